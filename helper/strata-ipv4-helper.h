// SPDX-License-Identifier: GPL-2.0-only

#ifndef STRATA_IPV4_HELPER_H
#define STRATA_IPV4_HELPER_H

#include "ns3/node-container.h"
#include "ns3/object-factory.h"
#include "ns3/strata-ipv4.h"

#include <string>
#include <utility>
#include <vector>

namespace ns3
{
namespace strata
{

/**
 * Makes the IPv4 of nodes right that the stock InternetStackHelper built.
 *
 * \code
 *   InternetStackHelper().Install(nodes);
 *   StrataIpv4Helper().Install(nodes); // the one more line
 * \endcode
 *
 * It may come before or after devices, addresses and routes.
 */
class StrataIpv4Helper
{
  public:
    StrataIpv4Helper();

    /** Sets an attribute of StrataIpv4 for the nodes installed from now on. */
    void SetAttribute(std::string name, const AttributeValue& value);

    /**
     * Whether nodes also get a FibRouting in place of the list scans of static and global routing,
     * with the routes of both (FibHelper::Install()); true unless set.
     */
    void SetFib(bool fib);

    /**
     * Installs it on nodes that have the stock IPv4. On a node that has it the attributes that were
     * set here are set there, the others stay, and so does the routing; PathMtuDiscovery cannot
     * change any more.
     */
    void Install(NodeContainer nodes) const;
    void Install(Ptr<Node> node) const;
    void InstallAll() const;

    /**
     * Assigns random streams to what was installed on \p nodes.
     *
     * \return how many streams were assigned
     */
    static int64_t AssignStreams(NodeContainer nodes, int64_t stream);

    /** What was installed on \p node; null if nothing was. */
    static Ptr<StrataIpv4> Get(Ptr<Node> node);

  private:
    /** What Install() does on a node that has it. */
    void SetAttributesOf(StrataIpv4& present, uint32_t node) const;

    ObjectFactory m_factory;
    std::vector<std::pair<std::string, Ptr<AttributeValue>>> m_attributes;
    bool m_fib{true};
};

} // namespace strata
} // namespace ns3

#endif /* STRATA_IPV4_HELPER_H */

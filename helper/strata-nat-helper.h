// SPDX-License-Identifier: GPL-2.0-only

#ifndef STRATA_NAT_HELPER_H
#define STRATA_NAT_HELPER_H

#include "ns3/attribute.h"
#include "ns3/net-device.h"
#include "ns3/node-container.h"
#include "ns3/object-factory.h"
#include "ns3/strata-nat.h"

#include <string>

namespace ns3
{
namespace strata
{

/**
 * Makes routers translate, before or after they have addresses.
 *
 * \code
 * StrataNatHelper nat;
 * nat.SetKind("port-restricted-cone");
 * nat.SetAttribute("UdpTimeout", StringValue("120s"));
 * Ptr<StrataNat> box = nat.Install(router, outsideDevice);
 * box->AddPortForward("tcp", 8080, "192.168.0.10", 80);
 * \endcode
 *
 * What crosses the outside device is translated to its first address, unless
 * StrataNat::AddPublicAddress() names others. StrataIpv4 on the router answers by ICMP what the
 * translator refuses.
 */
class StrataNatHelper
{
  public:
    StrataNatHelper();

    /**
     * Behaves as a kind of box (RFC 3489 section 5): mapping, filtering.
     *
     * | kind                 | mapping                    | filtering                  |
     * |----------------------|----------------------------|----------------------------|
     * | full-cone            | endpoint-independent       | endpoint-independent       |
     * | restricted-cone      | endpoint-independent       | address-dependent          |
     * | port-restricted-cone | endpoint-independent       | address-and-port-dependent |
     * | symmetric            | address-and-port-dependent | address-and-port-dependent |
     *
     * Any other name stops the program with a line that says so.
     */
    void SetKind(std::string kind);

    /** Whether \p kind is one that SetKind() knows. */
    static bool IsKind(const std::string& kind);

    /** The names that SetKind() knows, with commas between. */
    static std::string GetKinds();

    /** An attribute of StrataNat for the boxes that are installed from now on. */
    void SetAttribute(std::string name, const AttributeValue& value);

    /** Makes \p router, which has the stock IPv4, translate what crosses \p outside. */
    Ptr<StrataNat> Install(Ptr<Node> router, Ptr<NetDevice> outside) const;

    /** The translator of \p router; null if it has none. */
    static Ptr<StrataNat> Get(Ptr<Node> router);

    /** \return the number of random streams that were assigned */
    static int64_t AssignStreams(NodeContainer routers, int64_t stream);

  private:
    ObjectFactory m_factory;
};

} // namespace strata
} // namespace ns3

#endif /* STRATA_NAT_HELPER_H */

// SPDX-License-Identifier: GPL-2.0-only

#ifndef STRATA_PING_HELPER_H
#define STRATA_PING_HELPER_H

#include "ns3/application-container.h"
#include "ns3/ipv4-address.h"
#include "ns3/node-container.h"
#include "ns3/object-factory.h"
#include "ns3/output-stream-wrapper.h"

#include <ostream>
#include <string>

namespace ns3
{
namespace strata
{

/**
 * Installs PingApplication: the ping of Linux.
 *
 * \code
 *   StrataPingHelper ping(interfaces.GetAddress(1));
 *   ping.SetAttribute("Count", UintegerValue(3));
 *   ping.EnableOutput(std::cout);
 *   ping.Install(nodes.Get(0)).Start(Seconds(1));
 * \endcode
 */
class StrataPingHelper
{
  public:
    explicit StrataPingHelper(Ipv4Address destination);

    /** Sets an attribute of the applications that will be made. */
    void SetAttribute(std::string name, const AttributeValue& value);

    /** Those that will be made write their output to \p os, which outlives them. */
    void EnableOutput(std::ostream& os);
    void EnableOutput(Ptr<OutputStreamWrapper> stream);

    ApplicationContainer Install(Ptr<Node> node) const;
    ApplicationContainer Install(const NodeContainer& nodes) const;

  private:
    ObjectFactory m_factory;
    Ptr<OutputStreamWrapper> m_output;
};

} // namespace strata
} // namespace ns3

#endif /* STRATA_PING_HELPER_H */

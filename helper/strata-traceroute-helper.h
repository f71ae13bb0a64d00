// SPDX-License-Identifier: GPL-2.0-only

#ifndef STRATA_TRACEROUTE_HELPER_H
#define STRATA_TRACEROUTE_HELPER_H

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
 * Installs TracerouteApplication: the traceroute of Linux.
 *
 * \code
 *   StrataTracerouteHelper traceroute(interfaces.GetAddress(1));
 *   traceroute.SetAttribute("Method", StringValue("icmp"));
 *   traceroute.EnableOutput(std::cout);
 *   traceroute.Install(nodes.Get(0)).Start(Seconds(1));
 * \endcode
 */
class StrataTracerouteHelper
{
  public:
    explicit StrataTracerouteHelper(Ipv4Address destination);

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

#endif /* STRATA_TRACEROUTE_HELPER_H */

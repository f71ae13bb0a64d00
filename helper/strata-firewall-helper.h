// SPDX-License-Identifier: GPL-2.0-only

#ifndef STRATA_FIREWALL_HELPER_H
#define STRATA_FIREWALL_HELPER_H

#include "ns3/attribute.h"
#include "ns3/net-device-container.h"
#include "ns3/object-factory.h"
#include "ns3/strata-firewall.h"

#include <string>
#include <vector>

namespace ns3
{
namespace strata
{

/**
 * Puts a StrataFirewall on nodes that InternetStackHelper has built.
 *
 * \code
 *   StrataFirewallHelper firewall;
 *   firewall.AddRule("accept in=outside proto=tcp dst=10.0.0.5 dport=80 state=new");
 *   firewall.SetAttribute("FlowLimit", UintegerValue(1000));
 *   Ptr<StrataFirewall> f = firewall.Install(node, outsideDevice);
 * \endcode
 *
 * Devices that are not outside are inside, those that come later too. A rule that is none ends the
 * program with its line and column.
 */
class StrataFirewallHelper
{
  public:
    StrataFirewallHelper();

    /** An attribute of StrataFirewall on nodes that Install() comes to from now on. */
    void SetAttribute(std::string name, const AttributeValue& value);

    /** Rules for nodes that Install() comes to from now on; see ParseFirewallRule(). */
    void AddRule(std::string text);

    /** What lies beyond \p outside, a device of \p node, is outside. */
    Ptr<StrataFirewall> Install(Ptr<Node> node, Ptr<NetDevice> outside) const;
    /** What lies beyond any of \p outside, devices of \p node, is outside. */
    Ptr<StrataFirewall> Install(Ptr<Node> node, NetDeviceContainer outside) const;
    /** By the names of the node and of one device. */
    Ptr<StrataFirewall> Install(std::string nodeName, std::string outsideName) const;

  private:
    ObjectFactory m_factory;
    std::vector<std::pair<std::string, Ptr<AttributeValue>>> m_attributes;
    std::vector<std::string> m_rules;
};

} // namespace strata
} // namespace ns3

#endif /* STRATA_FIREWALL_HELPER_H */

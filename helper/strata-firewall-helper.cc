// SPDX-License-Identifier: GPL-2.0-only

#include "strata-firewall-helper.h"

#include "ns3/abort.h"
#include "ns3/names.h"

namespace ns3
{
namespace strata
{

StrataFirewallHelper::StrataFirewallHelper()
{
    m_factory.SetTypeId(StrataFirewall::GetTypeId());
}

void
StrataFirewallHelper::SetAttribute(std::string name, const AttributeValue& value)
{
    m_factory.Set(name, value); // stops at a name that is not known
    m_attributes.emplace_back(name, value.Copy());
}

void
StrataFirewallHelper::AddRule(std::string text)
{
    const auto rules = ParseFirewallRules(text);
    NS_ABORT_MSG_UNLESS(rules,
                        "A rule of the firewall, " << rules.error().ToText() << ", in '" << text
                                                   << "'");
    m_rules.push_back(text);
}

Ptr<StrataFirewall>
StrataFirewallHelper::Install(Ptr<Node> node, Ptr<NetDevice> outside) const
{
    return Install(node, NetDeviceContainer(outside));
}

Ptr<StrataFirewall>
StrataFirewallHelper::Install(Ptr<Node> node, NetDeviceContainer outside) const
{
    Ptr<StrataFirewall> firewall = StrataFirewall::Of(node);
    for (const auto& [name, value] : m_attributes)
    {
        firewall->SetAttribute(name, *value);
    }
    for (auto device = outside.Begin(); device != outside.End(); ++device)
    {
        firewall->SetOutside(*device);
    }
    for (const std::string& rule : m_rules)
    {
        firewall->AddRule(rule);
    }
    return firewall;
}

Ptr<StrataFirewall>
StrataFirewallHelper::Install(std::string nodeName, std::string outsideName) const
{
    return Install(Names::Find<Node>(nodeName), Names::Find<NetDevice>(outsideName));
}

} // namespace strata
} // namespace ns3

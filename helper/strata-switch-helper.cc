// SPDX-License-Identifier: GPL-2.0-only

#include "strata-switch-helper.h"

#include "ns3/bridge-helper.h"

namespace ns3
{
namespace strata
{

void
StrataSwitchHelper::SetCableAttribute(const std::string& name, const AttributeValue& value)
{
    m_cable.SetChannelAttribute(name, value);
}

StrataSwitch
StrataSwitchHelper::Install(const NodeContainer& hosts) const
{
    StrataSwitch made;
    made.node = CreateObject<Node>();
    for (uint32_t i = 0; i < hosts.GetN(); ++i)
    {
        const NetDeviceContainer cable = m_cable.Install(NodeContainer(hosts.Get(i), made.node));
        made.hosts.Add(cable.Get(0));
        made.ports.Add(cable.Get(1));
    }
    made.bridge = BridgeHelper().Install(made.node, made.ports).Get(0);
    return made;
}

} // namespace strata
} // namespace ns3

// SPDX-License-Identifier: GPL-2.0-only

#include "strata-arp-helper.h"

#include "ns3/ipv4.h"
#include "ns3/names.h"
#include "ns3/simulator.h"

namespace ns3
{
namespace strata
{

StrataArpHelper::StrataArpHelper()
{
    m_factory.SetTypeId(StrataArp::GetTypeId());
}

void
StrataArpHelper::SetAttribute(std::string name, const AttributeValue& value)
{
    m_factory.Set(name, value); // stops at a name that is not known
    m_attributes.emplace_back(name, value.Copy());
}

void
StrataArpHelper::Install(NodeContainer nodes) const
{
    for (auto node = nodes.Begin(); node != nodes.End(); ++node)
    {
        Install(*node);
    }
}

void
StrataArpHelper::Install(std::string nodeName) const
{
    Install(Names::Find<Node>(nodeName));
}

Ptr<StrataArp>
StrataArpHelper::Install(Ptr<Node> node) const
{
    Ptr<StrataArp> arp = StrataArp::Of(node);
    for (const auto& [name, value] : m_attributes)
    {
        arp->SetAttribute(name, *value);
    }
    return arp;
}

Ptr<StrataArp>
StrataArpHelper::On(Ptr<NetDevice> device) const
{
    Ptr<StrataArp> arp = device->GetNode()->GetObject<StrataArp>();
    return arp ? arp : Install(device->GetNode());
}

void
StrataArpHelper::AddStaticEntry(Ptr<NetDevice> device, Ipv4Address address, Address hardware) const
{
    On(device)->AddStaticEntry(device, address, hardware);
}

void
StrataArpHelper::AddProxy(Ptr<NetDevice> device, Ipv4Address network, Ipv4Mask mask) const
{
    On(device)->AddProxy(device, network, mask);
}

void
StrataArpHelper::AddBinding(Ptr<NetDevice> device, Ipv4Address address, Address hardware) const
{
    On(device)->AddBinding(device, address, hardware);
}

void
StrataArpHelper::AddBindings(NetDeviceContainer devices) const
{
    for (auto owner = devices.Begin(); owner != devices.End(); ++owner)
    {
        Ptr<Ipv4> ipv4 = (*owner)->GetNode()->GetObject<Ipv4>();
        const int32_t interface = ipv4 ? ipv4->GetInterfaceForDevice(*owner) : -1;
        NS_ABORT_MSG_IF(interface < 0, "Bindings are made of devices that have IPv4 addresses");
        const auto number = static_cast<uint32_t>(interface);
        for (uint32_t i = 0; i < ipv4->GetNAddresses(number); ++i)
        {
            const Ipv4Address address = ipv4->GetAddress(number, i).GetLocal();
            for (auto device = devices.Begin(); device != devices.End(); ++device)
            {
                AddBinding(*device, address, (*owner)->GetAddress());
            }
        }
    }
}

void
StrataArpHelper::ProbeAndAssign(Ptr<NetDevice> device,
                                Ipv4InterfaceAddress address,
                                Time time,
                                StrataArp::AssignCallback done) const
{
    Ptr<StrataArp> arp = On(device);
    Simulator::ScheduleWithContext(device->GetNode()->GetId(), time, [=] {
        arp->ProbeAndAssign(device, address, done);
    });
}

void
StrataArpHelper::Announce(Ptr<NetDevice> device, Time time) const
{
    Ptr<StrataArp> arp = On(device);
    Simulator::ScheduleWithContext(device->GetNode()->GetId(), time, [=] {
        arp->Announce(device);
    });
}

int64_t
StrataArpHelper::AssignStreams(NodeContainer nodes, int64_t stream) const
{
    int64_t used = 0;
    for (auto node = nodes.Begin(); node != nodes.End(); ++node)
    {
        if (Ptr<StrataArp> arp = (*node)->GetObject<StrataArp>())
        {
            used += arp->AssignStreams(stream + used);
        }
    }
    return used;
}

} // namespace strata
} // namespace ns3

// SPDX-License-Identifier: GPL-2.0-only

#include "strata-ipv4-address-filter.h"

namespace ns3
{
namespace strata
{

NS_OBJECT_ENSURE_REGISTERED(Ipv4AddressFilter);

TypeId
Ipv4AddressFilter::GetTypeId()
{
    static TypeId tid = TypeId("ns3::strata::Ipv4AddressFilter")
                            .SetParent<Ipv4HookElement>()
                            .SetGroupName("Strata")
                            .AddConstructor<Ipv4AddressFilter>();
    return tid;
}

DropReason
Ipv4AddressFilter::ReasonOf(Ipv4AddressFault fault)
{
    switch (fault)
    {
    case Ipv4AddressFault::NONE:
        break;
    case Ipv4AddressFault::SOURCE_MARTIAN:
        return DropReason("ip.source-martian");
    case Ipv4AddressFault::SOURCE_OWN:
        return DropReason("ip.source-own");
    case Ipv4AddressFault::SOURCE_UNSPECIFIED:
        return DropReason("ip.source-unspecified");
    case Ipv4AddressFault::DESTINATION_MARTIAN:
        return DropReason("ip.destination-martian");
    case Ipv4AddressFault::LOOPBACK_OUTSIDE:
        return DropReason("ip.loopback-outside");
    case Ipv4AddressFault::DIRECTED_BROADCAST_OFF:
        return DropReason("ip.directed-broadcast-off");
    case Ipv4AddressFault::OLD_BROADCAST:
        return DropReason("ip.old-broadcast");
    case Ipv4AddressFault::LINK_BROADCAST:
        return DropReason("ip.link-broadcast");
    case Ipv4AddressFault::LINK_LOCAL_SCOPE:
        return DropReason("ip.link-local-scope");
    case Ipv4AddressFault::PRIVATE_IN_PUBLIC:
        return DropReason("ip.private-in-public");
    case Ipv4AddressFault::NOT_FOR_US:
        return DropReason("ip.not-for-us");
    }
    return HOOK_DROP;
}

void
Ipv4AddressFilter::Setup(Ptr<Ipv4Hooks> hooks, Ptr<Ipv4Sender> sender)
{
    m_hooks = hooks;
    m_sender = sender;
}

void
Ipv4AddressFilter::SetRules(const Ipv4AddressRules& rules)
{
    m_rules = rules;
    if (m_hooks)
    {
        m_hooks->Review();
    }
}

void
Ipv4AddressFilter::SetPublic(Ptr<NetDevice> device, bool isPublic)
{
    if (isPublic)
    {
        m_public.insert(device->GetIfIndex());
    }
    else
    {
        m_public.erase(device->GetIfIndex());
    }
    m_hooks->Review();
}

const std::vector<LocalSubnet>&
Ipv4AddressFilter::Local()
{
    if (m_localVersion != m_hooks->GetAddressVersion())
    {
        m_localVersion = m_hooks->GetAddressVersion();
        m_local.clear();
        Ptr<Ipv4L3Protocol> ipv4 = m_hooks->GetIpv4();
        for (uint32_t i = 0; i < ipv4->GetNInterfaces(); ++i)
        {
            for (uint32_t j = 0; j < ipv4->GetNAddresses(i); ++j)
            {
                const Ipv4InterfaceAddress address = ipv4->GetAddress(i, j);
                const uint32_t local = address.GetLocal().Get();
                m_local.push_back(
                    {local, Ipv4Prefix(local, address.GetMask().GetPrefixLength()), i});
            }
        }
    }
    return m_local;
}

bool
Ipv4AddressFilter::NeedsAll() const
{
    // Where more than the plainest martians is refused, each datagram is looked at.
    return m_rules.martians == MartianFilter::RFC6890 || !m_public.empty();
}

Ipv4AddressVerdict
Ipv4AddressFilter::JudgeOwn(const Ipv4WireHeader& header)
{
    return JudgeSending(header.source, header.destination, Local(), m_rules);
}

HookVerdict
Ipv4AddressFilter::Verdict(Ipv4HookPacket& packet, Ipv4AddressFault fault)
{
    if (fault == Ipv4AddressFault::NONE)
    {
        return HookVerdict::ACCEPT;
    }
    packet.dropReason = ReasonOf(fault);
    return HookVerdict::DROP;
}

HookVerdict
Ipv4AddressFilter::Process(Ipv4HookPacket& packet)
{
    if (packet.point == HookPoint::PREROUTING)
    {
        return Arrive(packet);
    }
    if (packet.point == HookPoint::OUTPUT)
    {
        return Verdict(packet, JudgeOwn(packet.header).fault);
    }
    if (m_public.empty() || !packet.route || m_public.count(packet.Out()->GetIfIndex()) == 0)
    {
        return HookVerdict::ACCEPT;
    }
    return Verdict(packet, JudgePublicSide(packet.header.source, packet.header.destination));
}

HookVerdict
Ipv4AddressFilter::Arrive(Ipv4HookPacket& packet)
{
    Ptr<Ipv4L3Protocol> ipv4 = m_hooks->GetIpv4();
    Ipv4Arrival arrival;
    arrival.source = packet.header.source;
    arrival.destination = packet.header.destination;
    arrival.interface = static_cast<uint32_t>(ipv4->GetInterfaceForDevice(packet.in));
    arrival.linkBroadcast = packet.packetType == NetDevice::PACKET_BROADCAST ||
                            packet.packetType == NetDevice::PACKET_MULTICAST;
    arrival.fromPublic = m_public.count(packet.in->GetIfIndex()) != 0;
    Ipv4AddressRules rules = m_rules;
    rules.router = ipv4->IsForwarding(arrival.interface);
    const Ipv4AddressVerdict verdict = JudgeArrival(arrival, Local(), rules);
    if (verdict.action == Ipv4AddressAction::DIRECTED_BROADCAST)
    {
        Broadcast(packet, verdict.interface);
    }
    return Verdict(packet, verdict.fault);
}

void
Ipv4AddressFilter::Broadcast(const Ipv4HookPacket& packet, uint32_t interface)
{
    Ipv4HookPacket copy = packet;
    copy.payload = packet.payload->Copy();
    copy.point = HookPoint::FORWARD;
    copy.header.ttl -= copy.header.ttl > 0 ? 1 : 0;
    copy.route = Create<Ipv4Route>();
    copy.route->SetOutputDevice(m_hooks->GetIpv4()->GetNetDevice(interface));
    copy.route->SetDestination(Ipv4Address(copy.header.destination));
    copy.route->SetGateway(Ipv4Address::GetBroadcast()); // all on the link
    if (m_hooks->Run(copy))
    {
        m_sender->SendRouted(std::move(copy));
    }
}

void
Ipv4AddressFilter::DoDispose()
{
    m_hooks = nullptr;
    m_sender = nullptr;
    Ipv4HookElement::DoDispose();
}

} // namespace strata
} // namespace ns3

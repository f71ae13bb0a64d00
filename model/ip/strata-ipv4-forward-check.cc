// SPDX-License-Identifier: GPL-2.0-only

#include "strata-ipv4-forward-check.h"

#include "strata-redirect-decision.h"

#include "ns3/strata-ipv4-option.h"

namespace ns3
{
namespace strata
{

NS_OBJECT_ENSURE_REGISTERED(Ipv4ForwardCheck);

TypeId
Ipv4ForwardCheck::GetTypeId()
{
    static TypeId tid = TypeId("ns3::strata::Ipv4ForwardCheck")
                            .SetParent<Ipv4HookElement>()
                            .SetGroupName("Strata")
                            .AddConstructor<Ipv4ForwardCheck>()
                            .AddTraceSource("Truncated",
                                            "A datagram was cut to the MTU of the next link",
                                            MakeTraceSourceAccessor(&Ipv4ForwardCheck::m_truncated),
                                            "ns3::strata::Ipv4ForwardCheck::TruncatedCallback");
    return tid;
}

void
Ipv4ForwardCheck::Setup(Ptr<Ipv4Hooks> hooks, Ptr<StrataIcmp> icmp)
{
    m_hooks = hooks;
    m_icmp = icmp;
}

bool
Ipv4ForwardCheck::NeedsAll() const
{
    return false;
}

void
Ipv4ForwardCheck::SetCarried(Ptr<NetDevice> device, bool dontFragment)
{
    m_carried[device] = dontFragment;
}

HookVerdict
Ipv4ForwardCheck::Process(Ipv4HookPacket& packet)
{
    if (packet.header.ttl == 0)
    {
        m_icmp->SendError(IcmpType::TIME_EXCEEDED,
                          static_cast<uint8_t>(IcmpTimeExceededCode::IN_TRANSIT),
                          0,
                          packet);
        packet.dropReason = IP_TTL_EXPIRED;
        return HookVerdict::DROP;
    }
    if (m_sendRedirects && packet.Out() == packet.in)
    {
        MaybeRedirect(packet);
    }
    const std::size_t mtu = packet.Out()->GetMtu();
    const std::size_t size = packet.header.HeaderSize() + packet.payload->GetSize();
    if (size <= mtu)
    {
        return HookVerdict::ACCEPT;
    }
    const auto carried = m_carried.find(packet.Out());
    if (carried != m_carried.end() && packet.header.options.empty() &&
        (!packet.header.dontFragment || carried->second))
    {
        return HookVerdict::ACCEPT;
    }
    if (!packet.header.dontFragment && m_answer == OversizeAnswer::FRAGMENT)
    {
        return HookVerdict::ACCEPT;
    }
    if (m_answer == OversizeAnswer::TRUNCATE)
    {
        packet.payload->RemoveAtEnd(static_cast<uint32_t>(size - mtu));
        m_truncated(packet.payload, static_cast<uint32_t>(size), static_cast<uint32_t>(mtu));
        return HookVerdict::ACCEPT;
    }
    // RFC 1191 section 4: the MTU of the next hop goes with the refusal.
    m_icmp->SendFragmentationNeeded(static_cast<uint16_t>(mtu), packet);
    packet.dropReason = IP_FRAGMENTATION_NEEDED;
    return HookVerdict::DROP;
}

void
Ipv4ForwardCheck::MaybeRedirect(const Ipv4HookPacket& packet)
{
    RedirectCase what;
    what.source = packet.header.source;
    what.destination = packet.header.destination;
    what.nextHop = packet.NextHop().Get();
    what.leavesWhereItCame = true;
    // ns-3 tells it to promiscuous receivers alone; to others it hands 0, which is none of the
    // kinds.
    what.unicast = packet.packetType != NetDevice::PACKET_BROADCAST &&
                   packet.packetType != NetDevice::PACKET_MULTICAST;
    Ipv4OptionReader options(packet.header);
    while (const auto option = options.Next())
    {
        what.sourceRouted = what.sourceRouted || option->IsSourceRoute();
    }
    Ptr<Ipv4L3Protocol> ipv4 = m_hooks->GetIpv4();
    const auto interface = static_cast<uint32_t>(ipv4->GetInterfaceForDevice(packet.in));
    for (uint32_t i = 0; i < ipv4->GetNAddresses(interface); ++i)
    {
        const Ipv4InterfaceAddress address = ipv4->GetAddress(interface, i);
        what.subnets.emplace_back(address.GetLocal().Get(), address.GetMask().GetPrefixLength());
    }
    if (const auto gateway = RedirectDue(what))
    {
        m_icmp->SendError(IcmpType::REDIRECT,
                          static_cast<uint8_t>(IcmpRedirectCode::HOST),
                          *gateway,
                          packet);
    }
}

void
Ipv4ForwardCheck::DoDispose()
{
    m_hooks = nullptr;
    m_icmp = nullptr;
    m_carried.clear();
    Ipv4HookElement::DoDispose();
}

} // namespace strata
} // namespace ns3

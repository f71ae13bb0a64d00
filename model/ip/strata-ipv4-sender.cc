// SPDX-License-Identifier: GPL-2.0-only

#include "strata-ipv4-sender.h"

#include "ns3/log.h"
#include "ns3/strata-arp-protocol.h"
#include "ns3/strata-ipv4-convert.h"
#include "ns3/strata-ipv4-option.h"

namespace ns3
{
namespace strata
{

NS_LOG_COMPONENT_DEFINE("StrataIpv4Sender");

NS_OBJECT_ENSURE_REGISTERED(Ipv4Sender);

TypeId
Ipv4Sender::GetTypeId()
{
    static TypeId tid = TypeId("ns3::strata::Ipv4Sender")
                            .SetParent<Object>()
                            .SetGroupName("Strata")
                            .AddConstructor<Ipv4Sender>();
    return tid;
}

void
Ipv4Sender::SetHooks(Ptr<Ipv4Hooks> hooks)
{
    m_hooks = hooks;
}

void
Ipv4Sender::SetLeastMtu(uint32_t leastMtu)
{
    m_leastMtu = leastMtu;
}

void
Ipv4Sender::SendRouted(Ipv4HookPacket packet, OversizeAnswer answer)
{
    NS_LOG_FUNCTION(this);
    packet.point = HookPoint::POSTROUTING;
    if (!m_hooks->Run(packet))
    {
        return;
    }
    Ptr<NetDevice> device = packet.Out();
    const Ipv4Address nextHop = packet.NextHop();
    const Ipv4WireHeader first = packet.header;
    Ipv4WireHeader later = first;
    later.options = CopiedIpv4Options(first.options);

    FragmentationInput input;
    input.headerSize = static_cast<uint32_t>(first.HeaderSize());
    input.laterHeaderSize = static_cast<uint32_t>(later.HeaderSize());
    input.payloadSize = packet.payload->GetSize();
    input.offset = first.PayloadOffset();
    input.moreFragments = first.moreFragments;
    input.dontFragment = first.dontFragment;
    input.mtu = device->GetMtu();
    input.leastMtu = m_leastMtu;
    input.answer = answer;
    const FragmentPlan plan(input);
    if (plan.Count() == 0)
    {
        packet.dropReason = plan.GetVerdict() == FragmentPlan::Verdict::TOO_LONG
                                ? IP_TOO_LONG
                                : IP_FRAGMENTATION_NEEDED;
        m_hooks->Drop(packet);
        return;
    }
    for (uint32_t i = 0; i < plan.Count(); ++i)
    {
        const FragmentPiece piece = plan.Piece(i);
        Ipv4WireHeader header = i == 0 ? first : later;
        header.fragmentOffset = static_cast<uint16_t>(piece.offset / IPV4_FRAGMENT_UNIT);
        header.moreFragments = piece.moreFragments;
        Ptr<Packet> datagram = piece.size == packet.payload->GetSize()
                                   ? packet.payload->Copy()
                                   : packet.payload->CreateFragment(piece.from, piece.size);
        PrependHeader(header, datagram);
        SendOnLink(device, nextHop, datagram);
    }
}

void
Ipv4Sender::SendOnLink(Ptr<NetDevice> device, Ipv4Address nextHop, Ptr<Packet> datagram)
{
    StrataArp::Of(m_hooks->GetIpv4()->GetObject<Node>())->Send(device, nextHop, datagram);
}

void
Ipv4Sender::DoDispose()
{
    m_hooks = nullptr;
    Object::DoDispose();
}

} // namespace strata
} // namespace ns3

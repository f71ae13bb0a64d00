// SPDX-License-Identifier: GPL-2.0-only

// How StrataFirewall tells a sender of IPv4 that its packet is rejected.

#include "strata-firewall-reject-format.h"
#include "strata-firewall.h"

#include "ns3/ipv4-l3-protocol.h"
#include "ns3/simulator.h"
#include "ns3/strata-icmp-protocol.h"

#include <array>

namespace ns3
{
namespace strata
{

void
StrataFirewall::Reject(const Ipv4HookPacket& packet, const FirewallVerdict& verdict)
{
    if (packet.local)
    {
        return; // what the node itself sends is dropped where it is sent
    }
    switch (verdict.answer)
    {
    case FirewallAnswer::PROHIBITED:
        SendUnreachable(packet, IcmpUnreachableCode::COMMUNICATION_PROHIBITED);
        break;
    case FirewallAnswer::PORT:
        SendUnreachable(packet, IcmpUnreachableCode::PORT);
        break;
    case FirewallAnswer::RESET:
        Reset(packet);
        break;
    }
}

void
StrataFirewall::Reset(const Ipv4HookPacket& packet)
{
    std::array<uint8_t, FIREWALL_FRONT> bytes;
    const uint32_t size = packet.payload->CopyData(bytes.data(), bytes.size());
    const auto reset = MakeTcpReset(FlowAddress::FromIpv4(packet.header.source),
                                    FlowAddress::FromIpv4(packet.header.destination),
                                    ByteView(bytes.data(), size),
                                    packet.payload->GetSize(),
                                    Node::ChecksumEnabled());
    Ptr<Ipv4RoutingProtocol> routing = m_hooks->GetRouting();
    if (!reset || !routing)
    {
        return;
    }
    Ipv4HookPacket answer;
    answer.header.protocol = FirewallPacket::TCP;
    answer.header.source = packet.header.destination;
    answer.header.destination = packet.header.source;
    answer.payload = Create<Packet>(reset->data(), static_cast<uint32_t>(reset->size()));
    Ipv4Header header;
    header.SetSource(Ipv4Address(answer.header.source));
    header.SetDestination(Ipv4Address(answer.header.destination));
    header.SetProtocol(FirewallPacket::TCP);
    Socket::SocketErrno error;
    answer.route = routing->RouteOutput(answer.payload, header, nullptr, error);
    if (!answer.route)
    {
        return;
    }
    // It goes on as if its source had sent it: over here, or from here. So a translator at
    // POSTROUTING translates it, too.
    answer.local = packet.point == HookPoint::INPUT;
    answer.point = answer.local ? HookPoint::OUTPUT : HookPoint::FORWARD;
    answer.in = answer.local ? nullptr : packet.Out();
    Simulator::ScheduleNow([firewall = Ptr<StrataFirewall>(this), answer] {
        if (firewall->m_hooks)
        {
            firewall->m_hooks->Resume(answer, firewall);
        }
    });
}

void
StrataFirewall::SendUnreachable(const Ipv4HookPacket& packet, IcmpUnreachableCode code)
{
    Ptr<Ipv4L3Protocol> ipv4 = m_hooks->GetIpv4();
    Ptr<IpL4Protocol> icmp = ipv4->GetProtocol(FirewallPacket::ICMP);
    if (Ptr<StrataIcmp> full = DynamicCast<StrataIcmp>(icmp))
    {
        full->SendUnreachable(code, packet);
        return;
    }
    // The stock ICMP can say neither this code nor when to say nothing.
    Ipv4WireHeader about = packet.header;
    about.totalLength = static_cast<uint16_t>(about.HeaderSize() + packet.payload->GetSize());
    about.ttl = packet.point == HookPoint::FORWARD ? packet.receivedTtl : about.ttl;
    about.checksum = Node::ChecksumEnabled() ? about.ComputeHeaderChecksum() : 0;
    std::array<uint8_t, MAX_ICMP_ERROR_SIZE> bytes;
    const uint32_t size = packet.payload->CopyData(bytes.data(), bytes.size());
    IcmpErrorCase facts;
    facts.linkBroadcast = packet.packetType == NetDevice::PACKET_BROADCAST ||
                          packet.packetType == NetDevice::PACKET_MULTICAST;
    if (!icmp || WhyNoIcmpError(about, ByteView(bytes.data(), size), facts) ||
        !m_errorRate.Allow(Now()))
    {
        return;
    }
    Bytes quote = EncodeToBytes(about);
    const std::size_t quoted = IcmpQuoteSize(about,
                                             quote.size() + size,
                                             Ipv4WireHeader::MIN_SIZE,
                                             IcmpQuoteExtent::UP_TO_576);
    quote.insert(quote.end(), bytes.data(), bytes.data() + (quoted - quote.size()));
    IcmpMessage message = IcmpMessage::Unreachable(code, quote);
    if (!Node::ChecksumEnabled())
    {
        message.checksum = 0;
    }
    const Bytes encoded = EncodeToBytes(message);
    Ptr<Packet> payload = Create<Packet>(encoded.data(), static_cast<uint32_t>(encoded.size()));
    Ipv4Header header;
    header.SetDestination(Ipv4Address(about.source));
    header.SetProtocol(FirewallPacket::ICMP);
    Socket::SocketErrno error;
    Ptr<Ipv4Route> route = ipv4->GetRoutingProtocol()->RouteOutput(payload, header, nullptr, error);
    if (!route)
    {
        return;
    }
    const bool mine = ipv4->GetInterfaceForAddress(Ipv4Address(about.destination)) >= 0;
    icmp->GetDownTarget()(payload,
                          mine ? Ipv4Address(about.destination) : route->GetSource(),
                          Ipv4Address(about.source),
                          FirewallPacket::ICMP,
                          route);
}

} // namespace strata
} // namespace ns3

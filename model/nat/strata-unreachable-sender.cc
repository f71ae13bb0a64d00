// SPDX-License-Identifier: GPL-2.0-only

#include "strata-unreachable-sender.h"

#include "ns3/ipv4-l3-protocol.h"
#include "ns3/simulator.h"
#include "ns3/strata-icmp-protocol.h"

#include <array>

namespace ns3
{
namespace strata
{

void
UnreachableSender::Send(const Ipv4Hooks& hooks,
                        const Ipv4HookPacket& packet,
                        IcmpUnreachableCode code)
{
    constexpr auto ICMP = static_cast<uint8_t>(Ipv4Protocol::ICMP);
    Ptr<Ipv4L3Protocol> ipv4 = hooks.GetIpv4();
    Ptr<IpL4Protocol> icmp = ipv4->GetProtocol(ICMP);
    if (Ptr<StrataIcmp> full = DynamicCast<StrataIcmp>(icmp))
    {
        full->SendUnreachable(code, packet);
        return;
    }
    // The stock ICMP can say neither this code nor when to say nothing.
    const bool leaves = packet.point == HookPoint::FORWARD ||
                        (packet.point == HookPoint::POSTROUTING && !packet.local);
    Ipv4WireHeader about = packet.header;
    about.totalLength = static_cast<uint16_t>(about.HeaderSize() + packet.payload->GetSize());
    about.ttl = leaves ? packet.receivedTtl : about.ttl;
    about.checksum = Node::ChecksumEnabled() ? about.ComputeHeaderChecksum() : 0;
    std::array<uint8_t, MAX_ICMP_ERROR_SIZE> bytes;
    const uint32_t size = packet.payload->CopyData(bytes.data(), bytes.size());
    IcmpErrorCase facts;
    facts.linkBroadcast = packet.packetType == NetDevice::PACKET_BROADCAST ||
                          packet.packetType == NetDevice::PACKET_MULTICAST;
    if (!icmp || WhyNoIcmpError(about, ByteView(bytes.data(), size), facts) ||
        !m_rate.Allow(Nanos(Simulator::Now().GetNanoSeconds())))
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
    header.SetProtocol(ICMP);
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
                          ICMP,
                          route);
}

} // namespace strata
} // namespace ns3

// SPDX-License-Identifier: GPL-2.0-only

// How StrataFirewall tells a sender of IPv4 that its packet is rejected.

#include "strata-firewall-reject-format.h"
#include "strata-firewall.h"

#include "ns3/ipv4-l3-protocol.h"
#include "ns3/simulator.h"

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
        m_unreachable.Send(*m_hooks, packet, IcmpUnreachableCode::COMMUNICATION_PROHIBITED);
        break;
    case FirewallAnswer::PORT:
        m_unreachable.Send(*m_hooks, packet, IcmpUnreachableCode::PORT);
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

} // namespace strata
} // namespace ns3

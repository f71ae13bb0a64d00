// SPDX-License-Identifier: GPL-2.0-only

#include "strata-firewall-ipv6.h"

#include "strata-firewall-chain-decision.h"
#include "strata-firewall-reject-format.h"

#include "ns3/ipv6-interface.h"
#include "ns3/ipv6-queue-disc-item.h"
#include "ns3/ipv6-route.h"
#include "ns3/ipv6-routing-protocol.h"
#include "ns3/log.h"
#include "ns3/loopback-net-device.h"
#include "ns3/simulator.h"
#include "ns3/strata-ether-type.h"

namespace ns3
{
namespace strata
{

NS_LOG_COMPONENT_DEFINE("StrataFirewallIpv6");

NS_OBJECT_ENSURE_REGISTERED(FirewallIpv6Egress);

namespace
{

Ipv6Address
ToStock(const FlowAddress& address)
{
    uint8_t octets[16];
    for (int i = 0; i < 8; ++i)
    {
        octets[i] = static_cast<uint8_t>(address.high >> (56 - 8 * i));
        octets[8 + i] = static_cast<uint8_t>(address.low >> (56 - 8 * i));
    }
    return Ipv6Address(octets);
}

FlowAddress
FromStock(const Ipv6Address& address)
{
    uint8_t octets[16];
    address.GetBytes(octets);
    return FlowAddress::FromIpv6(octets);
}

} // namespace

TypeId
FirewallIpv6Egress::GetTypeId()
{
    static TypeId tid = TypeId("ns3::strata::FirewallIpv6Egress")
                            .SetParent<TrafficControlLayer>()
                            .SetGroupName("Strata");
    return tid;
}

FirewallIpv6Egress::FirewallIpv6Egress(FirewallIpv6* firewall, Ptr<TrafficControlLayer> next)
    : m_firewall(firewall),
      m_next(next)
{
}

FirewallIpv6Egress::~FirewallIpv6Egress() = default;

void
FirewallIpv6Egress::Send(Ptr<NetDevice> device, Ptr<QueueDiscItem> item)
{
    if (!m_firewall || m_firewall->MaySend(device, item, m_next))
    {
        m_next->Send(device, item);
    }
}

void
FirewallIpv6Egress::Receive(Ptr<NetDevice> device,
                            Ptr<const Packet> p,
                            uint16_t protocol,
                            const Address& from,
                            const Address& to,
                            NetDevice::PacketType packetType)
{
    // What a node sends to itself comes here.
    m_next->Receive(device, p, protocol, from, to, packetType);
}

void
FirewallIpv6Egress::DoDispose()
{
    m_firewall = nullptr;
    m_next = nullptr;
    TrafficControlLayer::DoDispose();
}

FirewallIpv6::FirewallIpv6(StrataFirewall* firewall, Ptr<Node> node)
    : m_firewall(firewall),
      m_strataNode(node->GetObject<StrataNode>()),
      m_node(node),
      m_receive(MakeCallback(&FirewallIpv6::Receive, this)),
      m_noPacket(Create<Packet>())
{
}

FirewallIpv6::~FirewallIpv6()
{
    if (m_egress)
    {
        m_egress->Release();
    }
}

void
FirewallIpv6::Refresh()
{
    if (!m_ipv6)
    {
        m_ipv6 = m_node->GetObject<Ipv6L3Protocol>();
        if (!m_ipv6)
        {
            return;
        }
        m_strataNode->TakeOver(EtherType::IPV6, m_receive);
    }
    if (!m_egress)
    {
        Ptr<TrafficControlLayer> next = m_node->GetObject<TrafficControlLayer>();
        if (!next)
        {
            return;
        }
        m_egress = CreateObject<FirewallIpv6Egress>(this, next);
    }
    if (m_interfaces != m_ipv6->GetNInterfaces())
    {
        m_interfaces = m_ipv6->GetNInterfaces();
        m_strataNode->TakeOverNewInterfaces();
        for (uint32_t i = 0; i < m_interfaces; ++i)
        {
            m_ipv6->GetInterface(i)->SetTrafficControl(m_egress);
        }
    }
}

FirewallPacket
FirewallIpv6::Read(const Packet& packet)
{
    std::array<uint8_t, IPV6_HEADER_SIZE + FIREWALL_FRONT> front;
    const uint32_t size = packet.CopyData(front.data(), front.size());
    FirewallPacket seen = ReadFirewallPacket6(ByteView(front.data(), size), packet.GetSize());
    if (seen.WantsMore() && size < packet.GetSize())
    {
        m_bytes.resize(packet.GetSize());
        packet.CopyData(m_bytes.data(), packet.GetSize());
        seen = ReadFirewallPacket6(m_bytes, m_bytes.size());
    }
    return seen;
}

bool
FirewallIpv6::IsForNode(const Ipv6Address& destination) const
{
    return destination.IsMulticast() || destination.IsLinkLocal() ||
           m_ipv6->GetInterfaceForAddress(destination) >= 0;
}

/** By which way a packet will leave that is forwarded. */
FirewallPort
FirewallIpv6::RouteOf(const FirewallPacket& seen) const
{
    Ipv6Header header;
    header.SetSource(ToStock(seen.source));
    header.SetDestination(ToStock(seen.destination));
    header.SetNextHeader(seen.protocol);
    Socket::SocketErrno error;
    Ptr<Ipv6RoutingProtocol> routing = m_ipv6->GetRoutingProtocol();
    Ptr<Ipv6Route> route =
        routing ? routing->RouteOutput(m_noPacket, header, nullptr, error) : nullptr;
    return m_firewall->PortOf(route ? PeekPointer(route->GetOutputDevice()) : nullptr);
}

void
FirewallIpv6::Receive(Ptr<NetDevice> device,
                      Ptr<const Packet> packet,
                      uint16_t etherType,
                      const Address& from,
                      const Address& to,
                      NetDevice::PacketType packetType)
{
    FirewallPacket seen = Read(*packet);
    const Ipv6Address source = ToStock(seen.source);
    seen.in = m_firewall->PortOf(PeekPointer(device));
    if (!IsForNode(ToStock(seen.destination)))
    {
        seen.out = RouteOf(seen);
    }
    const FirewallVerdict verdict = m_firewall->Judge(seen, [&]() -> StrataFirewall::Held {
        return [=, strataNode = m_strataNode](bool pass, DropReason reason) {
            if (!strataNode->GetNode())
            {
                return;
            }
            if (pass)
            {
                strataNode->PassToStock(device, packet, etherType, from, to, packetType);
            }
            else
            {
                strataNode->ReportDrop(packet, reason, device);
            }
        };
    });
    switch (verdict.fate)
    {
    case FirewallFate::ACCEPT:
        Pass(device, packet, etherType, from, to, packetType, source);
        return;
    case FirewallFate::HOLD:
        return;
    case FirewallFate::REJECT:
        Reject(packet, seen, verdict, packetType);
        break;
    case FirewallFate::DROP:
        break;
    }
    m_strataNode->ReportDrop(packet, ToDropReason(verdict), device);
}

/** Gives a packet to the stock stack, which forwards it from there if it forwards it at once. */
void
FirewallIpv6::Pass(const Ptr<NetDevice>& device,
                   const Ptr<const Packet>& packet,
                   uint16_t etherType,
                   const Address& from,
                   const Address& to,
                   NetDevice::PacketType packetType,
                   const Ipv6Address& source)
{
    m_passing = packet->GetUid();
    m_passingSource = source;
    m_strataNode->PassToStock(device, packet, etherType, from, to, packetType);
    m_passing.reset();
}

bool
FirewallIpv6::MaySend(const Ptr<NetDevice>& device,
                      const Ptr<QueueDiscItem>& item,
                      const Ptr<TrafficControlLayer>& next)
{
    Ptr<Ipv6QueueDiscItem> packet = DynamicCast<Ipv6QueueDiscItem>(item);
    if (!packet)
    {
        return true;
    }
    const Ipv6Address source = packet->GetHeader().GetSource();
    // Forwarded, and seen when it came. A packet about another may have its number, as an ICMP
    // error has in the stock stack, but not its source.
    const bool passing = m_passing == item->GetPacket()->GetUid() && source == m_passingSource;
    if (!source.IsAny() && (passing || m_ipv6->GetInterfaceForAddress(source) < 0))
    {
        return true;
    }
    Ptr<Packet> whole = packet->GetPacket()->Copy();
    whole->AddHeader(packet->GetHeader());
    FirewallPacket seen = Read(*whole);
    seen.out = m_firewall->PortOf(PeekPointer(device));
    const FirewallVerdict verdict = m_firewall->Judge(seen, [&]() -> StrataFirewall::Held {
        return [=, strataNode = m_strataNode](bool pass, DropReason reason) {
            if (!strataNode->GetNode())
            {
                return;
            }
            if (pass)
            {
                next->Send(device, item);
            }
            else
            {
                strataNode->ReportDrop(whole, reason, device);
            }
        };
    });
    if (verdict.fate == FirewallFate::HOLD)
    {
        return false;
    }
    if (verdict.fate != FirewallFate::ACCEPT)
    {
        m_strataNode->ReportDrop(whole, ToDropReason(verdict), device);
        return false;
    }
    return true;
}

void
FirewallIpv6::Reject(const Ptr<const Packet>& packet,
                     const FirewallPacket& seen,
                     const FirewallVerdict& verdict,
                     NetDevice::PacketType packetType)
{
    Bytes bytes(packet->GetSize());
    packet->CopyData(bytes.data(), packet->GetSize());
    const Ipv6Address sender = ToStock(seen.source);
    if (verdict.answer == FirewallAnswer::RESET)
    {
        const ByteView whole = ByteView(bytes).Sub(0, seen.size);
        const ByteView segment = whole.Sub(Ipv6TransportOffset(whole));
        const auto reset =
            MakeTcpReset(seen.source, seen.destination, segment, segment.size(), true);
        if (reset)
        {
            m_ipv6->Send(Create<Packet>(reset->data(), static_cast<uint32_t>(reset->size())),
                         ToStock(seen.destination),
                         sender,
                         FirewallPacket::TCP,
                         nullptr);
        }
        return;
    }
    // RFC 4443 section 2.4 e: nothing about errors, about what came to many or from no one
    if (seen.IsIcmpError() || seen.destination.IsToMany() ||
        packetType == NetDevice::PACKET_BROADCAST || packetType == NetDevice::PACKET_MULTICAST ||
        seen.source.IsUnspecified() || seen.source.IsToMany() || seen.IsLaterFragment() ||
        sender.IsLinkLocal() ||
        !m_firewall->m_unreachable.Rate().Allow(Nanos(Simulator::Now().GetNanoSeconds())))
    {
        return;
    }
    Ipv6Header header;
    header.SetDestination(sender);
    Socket::SocketErrno error;
    Ptr<Ipv6Route> route =
        m_ipv6->GetRoutingProtocol()->RouteOutput(m_noPacket, header, nullptr, error);
    if (!route)
    {
        return;
    }
    const bool mine = m_ipv6->GetInterfaceForAddress(ToStock(seen.destination)) >= 0;
    const Ipv6Address source = mine ? ToStock(seen.destination) : route->GetSource();
    const Bytes message = MakeIcmp6Unreachable(verdict.answer == FirewallAnswer::PORT
                                                   ? Icmp6UnreachableCode::PORT
                                                   : Icmp6UnreachableCode::PROHIBITED,
                                               FromStock(source),
                                               seen.source,
                                               ByteView(bytes).Sub(0, seen.size));
    m_ipv6->Send(Create<Packet>(message.data(), static_cast<uint32_t>(message.size())),
                 source,
                 sender,
                 FirewallPacket::ICMP6,
                 route);
}

} // namespace strata
} // namespace ns3

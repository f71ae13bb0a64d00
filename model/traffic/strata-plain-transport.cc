// SPDX-License-Identifier: GPL-2.0-only

#include "strata-plain-transport.h"

#include "strata-endpoint-text.h"

#include "ns3/inet-socket-address.h"
#include "ns3/inet6-socket-address.h"
#include "ns3/ipv4-header.h"
#include "ns3/ipv4-interface.h"
#include "ns3/ipv4-route.h"
#include "ns3/ipv4.h"
#include "ns3/ipv6-header.h"
#include "ns3/ipv6-interface.h"
#include "ns3/ipv6-l3-protocol.h"
#include "ns3/ipv6-route.h"
#include "ns3/packet.h"

namespace ns3
{
namespace strata
{

NS_OBJECT_ENSURE_REGISTERED(PlainTransport);

namespace
{

std::array<uint8_t, 16>
Octets(const Address& endpoint)
{
    std::array<uint8_t, 16> octets{};
    Inet6SocketAddress::ConvertFrom(endpoint).GetIpv6().Serialize(octets.data());
    return octets;
}

/** Puts \p protocol into \p ip in the place of the one of its number. */
template <class Ip>
void
Replace(Ptr<Ip> ip, Ptr<IpL4Protocol> protocol)
{
    if (Ptr<IpL4Protocol> former = ip->GetProtocol(protocol->GetProtocolNumber()))
    {
        ip->Remove(former);
    }
    ip->Insert(protocol);
}

} // namespace

TypeId
PlainTransport::GetTypeId()
{
    static TypeId tid = TypeId("ns3::strata::PlainTransport")
                            .SetParent<IpL4Protocol>()
                            .SetGroupName("Strata")
                            .AddConstructor<PlainTransport>();
    return tid;
}

PlainTransport::PlainTransport() = default;

PlainTransport::~PlainTransport() = default;

Ptr<PlainTransport>
PlainTransport::Of(Ptr<Node> node, uint8_t number)
{
    Ptr<Ipv4> ipv4 = node->GetObject<Ipv4>();
    Ptr<Ipv6L3Protocol> ipv6 = node->GetObject<Ipv6L3Protocol>();
    Ptr<PlainTransport> found;
    if (ipv4)
    {
        found = DynamicCast<PlainTransport>(ipv4->GetProtocol(number));
    }
    else if (ipv6)
    {
        found = DynamicCast<PlainTransport>(ipv6->GetProtocol(number));
    }
    if (found)
    {
        return found;
    }
    found = CreateObject<PlainTransport>();
    found->m_number = number;
    found->m_node = node;
    if (ipv4)
    {
        found->SetDownTarget(MakeCallback(&Ipv4::Send, ipv4));
        Replace(ipv4, Ptr<IpL4Protocol>(found));
    }
    if (ipv6)
    {
        found->SetDownTarget6(MakeCallback(&Ipv6L3Protocol::Send, ipv6));
        Replace(ipv6, Ptr<IpL4Protocol>(found));
    }
    return found;
}

void
PlainTransport::SetReceiver(Receiver receiver, ErrorReceiver errors)
{
    m_receiver = std::move(receiver);
    m_errors = std::move(errors);
}

bool
PlainTransport::Send(ByteView payload, const Address& remote)
{
    const std::optional<Address> source = SourceTowards(m_node, remote, 0);
    if (!source)
    {
        return false;
    }
    Ptr<Packet> packet = Create<Packet>(payload.data(), static_cast<uint32_t>(payload.size()));
    if (InetSocketAddress::IsMatchingType(remote))
    {
        m_down(packet,
               InetSocketAddress::ConvertFrom(*source).GetIpv4(),
               InetSocketAddress::ConvertFrom(remote).GetIpv4(),
               m_number,
               nullptr);
    }
    else
    {
        m_down6(packet,
                Inet6SocketAddress::ConvertFrom(*source).GetIpv6(),
                Inet6SocketAddress::ConvertFrom(remote).GetIpv6(),
                m_number,
                nullptr);
    }
    return true;
}

InternetChecksum
PlainTransport::PseudoHeader(const Ends& ends, std::size_t length) const
{
    InternetChecksum sum;
    if (InetSocketAddress::IsMatchingType(ends.source))
    {
        sum.AddPseudoHeader4(InetSocketAddress::ConvertFrom(ends.source).GetIpv4().Get(),
                             InetSocketAddress::ConvertFrom(ends.destination).GetIpv4().Get(),
                             m_number,
                             static_cast<uint16_t>(length));
    }
    else
    {
        sum.AddPseudoHeader6(Octets(ends.source),
                             Octets(ends.destination),
                             m_number,
                             static_cast<uint32_t>(length));
    }
    return sum;
}

int
PlainTransport::GetProtocolNumber() const
{
    return m_number;
}

IpL4Protocol::RxStatus
PlainTransport::Receive(Ptr<Packet> packet, const Ipv4Header& header, Ptr<Ipv4Interface>)
{
    return Hand(
        packet,
        {InetSocketAddress(header.GetSource(), 0), InetSocketAddress(header.GetDestination(), 0)});
}

IpL4Protocol::RxStatus
PlainTransport::Receive(Ptr<Packet> packet, const Ipv6Header& header, Ptr<Ipv6Interface>)
{
    return Hand(packet,
                {Inet6SocketAddress(header.GetSource(), 0),
                 Inet6SocketAddress(header.GetDestination(), 0)});
}

IpL4Protocol::RxStatus
PlainTransport::Hand(Ptr<const Packet> packet, const Ends& ends)
{
    Bytes bytes(packet->GetSize());
    packet->CopyData(bytes.data(), packet->GetSize());
    if (!m_receiver)
    {
        return RX_ENDPOINT_UNREACH;
    }
    m_receiver(bytes, ends);
    return RX_OK;
}

void
PlainTransport::ReceiveIcmp(Ipv4Address,
                            uint8_t,
                            uint8_t type,
                            uint8_t code,
                            uint32_t,
                            Ipv4Address,
                            Ipv4Address,
                            const uint8_t*)
{
    if (m_errors)
    {
        m_errors(type, code);
    }
}

void
PlainTransport::ReceiveIcmp(Ipv6Address,
                            uint8_t,
                            uint8_t type,
                            uint8_t code,
                            uint32_t,
                            Ipv6Address,
                            Ipv6Address,
                            const uint8_t*)
{
    if (m_errors)
    {
        m_errors(type, code);
    }
}

void
PlainTransport::SetDownTarget(DownTargetCallback callback)
{
    m_down = callback;
}

void
PlainTransport::SetDownTarget6(DownTargetCallback6 callback)
{
    m_down6 = callback;
}

IpL4Protocol::DownTargetCallback
PlainTransport::GetDownTarget() const
{
    return m_down;
}

IpL4Protocol::DownTargetCallback6
PlainTransport::GetDownTarget6() const
{
    return m_down6;
}

void
PlainTransport::DoDispose()
{
    m_receiver = nullptr;
    m_errors = nullptr;
    m_node = nullptr;
    m_down = DownTargetCallback();
    m_down6 = DownTargetCallback6();
    IpL4Protocol::DoDispose();
}

} // namespace strata
} // namespace ns3

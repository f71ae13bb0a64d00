// SPDX-License-Identifier: GPL-2.0-only

#include "strata-ipv4-input-check.h"

#include "strata-stock-access.h"
#include "strata-transport-decision.h"

#include "ns3/strata-packet-front.h"
#include "ns3/strata-raw-header.h"
#include "ns3/strata-udp-header.h"
#include "ns3/tcp-l4-protocol.h"
#include "ns3/udp-header.h"
#include "ns3/udp-l4-protocol.h"

namespace ns3
{
namespace strata
{

NS_OBJECT_ENSURE_REGISTERED(Ipv4InputCheck);

namespace
{

/** Whether it is the TCP or UDP whose format is known; a user may put another in its place. */
bool
IsStock(const IpL4Protocol& transport)
{
    return dynamic_cast<const TcpL4Protocol*>(&transport) ||
           dynamic_cast<const UdpL4Protocol*>(&transport);
}

} // namespace

TypeId
Ipv4InputCheck::GetTypeId()
{
    static TypeId tid = TypeId("ns3::strata::Ipv4InputCheck")
                            .SetParent<Ipv4HookElement>()
                            .SetGroupName("Strata")
                            .AddConstructor<Ipv4InputCheck>();
    return tid;
}

void
Ipv4InputCheck::Setup(Ptr<Ipv4Hooks> hooks, Ptr<StrataIcmp> icmp)
{
    m_hooks = hooks;
    m_icmp = icmp;
}

HookVerdict
Ipv4InputCheck::Process(Ipv4HookPacket& packet)
{
    Ptr<Ipv4L3Protocol> ipv4 = m_hooks->GetIpv4();
    const uint8_t protocol = packet.header.protocol;
    if (Ptr<IpL4Protocol> transport =
            ipv4->GetProtocol(protocol, ipv4->GetInterfaceForDevice(packet.in)))
    {
        m_icmp->NoteDelivery(packet);
        return !IsStock(*transport) || IsInOrder(packet) ? HookVerdict::ACCEPT : HookVerdict::DROP;
    }
    if (HasRawSocket(*ipv4, protocol))
    {
        return HookVerdict::ACCEPT;
    }
    m_icmp->SendUnreachable(IcmpUnreachableCode::PROTOCOL, packet);
    packet.dropReason = IP_NO_PROTOCOL;
    return HookVerdict::DROP;
}

bool
Ipv4InputCheck::IsInOrder(Ipv4HookPacket& packet)
{
    const bool udp = packet.header.Is(Ipv4Protocol::UDP);
    if (!udp && !packet.header.Is(Ipv4Protocol::TCP))
    {
        return true;
    }
    TransportArrival arrival;
    arrival.protocol = packet.header.protocol;
    arrival.source = packet.header.source;
    arrival.destination = packet.header.destination;
    arrival.toMany = m_icmp->IsToMany(packet.header.destination);
    arrival.checksums = Node::ChecksumEnabled();
    arrival.size = packet.payload->GetSize();
    constexpr std::size_t FRONT = 60;
    m_segment.resize(arrival.checksums ? arrival.size : std::min(arrival.size, FRONT));
    packet.payload->CopyData(m_segment.data(), static_cast<uint32_t>(m_segment.size()));
    arrival.bytes = m_segment;
    if (const auto fault = JudgeTransport(arrival))
    {
        packet.dropReason = DropReason(TransportFaultName(*fault));
        return false;
    }
    const auto header = udp ? UdpWireHeader::Decode(arrival.bytes, {}) : UdpWireHeader();
    if (!udp || (header->length == arrival.size && (header->checksum != 0 || !arrival.checksums)))
    {
        return true;
    }
    // The stock protocol knows neither octets behind the segment nor one without a checksum.
    packet.payload->RemoveAtEnd(static_cast<uint32_t>(arrival.size - header->length));
    if (header->checksum == 0 && arrival.checksums)
    {
        UdpWireHeader summed = *header;
        summed.checksum = header->ComputeChecksum4(
            arrival.source,
            arrival.destination,
            arrival.bytes.Sub(UdpWireHeader::SIZE, header->length - UdpWireHeader::SIZE));
        RemoveFront(packet.payload, UdpWireHeader::SIZE);
        AddFront(packet.payload, RawHeader(EncodeToBytes(summed), UdpHeader::GetTypeId()));
    }
    return true;
}

void
Ipv4InputCheck::DoDispose()
{
    m_hooks = nullptr;
    m_icmp = nullptr;
    Ipv4HookElement::DoDispose();
}

} // namespace strata
} // namespace ns3

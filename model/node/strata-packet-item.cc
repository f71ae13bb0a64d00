// SPDX-License-Identifier: GPL-2.0-only

#include "strata-packet-item.h"

#include "strata-datagram-item.h"
#include "strata-packet-front.h"
#include "strata-raw-header.h"

#include "ns3/hash.h"
#include "ns3/ipv4-header.h"
#include "ns3/strata-ether-type.h"
#include "ns3/strata-ipv4-header.h"

namespace ns3
{
namespace strata
{

namespace
{

constexpr uint8_t ECN_CE = 3;

/** The IPv4 header at the front of \p packet. */
Expected<Ipv4WireHeader, DecodeError>
PeekIpv4(Ptr<const Packet> packet)
{
    std::array<uint8_t, Ipv4WireHeader::MAX_SIZE> bytes;
    const uint32_t size = packet->CopyData(bytes.data(), bytes.size());
    return Ipv4WireHeader::Decode(ByteView(bytes.data(), size), {});
}

} // namespace

WholePacketItem::WholePacketItem(Ptr<Packet> packet, const Address& to, uint16_t etherType)
    : QueueDiscItem(packet, to, etherType)
{
}

void
WholePacketItem::AddHeader()
{
}

bool
WholePacketItem::Mark()
{
    if (GetProtocol() != EtherType::IPV4)
    {
        return false;
    }
    auto header = PeekIpv4(GetPacket());
    if (!header || header->ecn == 0)
    {
        return false;
    }
    header->UpdateTrafficClass(header->dscp, ECN_CE);
    std::array<uint8_t, Ipv4WireHeader::MAX_SIZE> bytes;
    const ByteView view = header->EncodeInto(bytes);
    Ptr<Packet> packet = GetPacket();
    RemoveFront(packet, static_cast<uint32_t>(view.size()));
    AddFront(packet, RawHeader(view, Ipv4Header::GetTypeId()));
    return true;
}

bool
WholePacketItem::GetUint8Value(Uint8Values field, uint8_t& value) const
{
    if (field != IP_DSFIELD || GetProtocol() != EtherType::IPV4)
    {
        return false;
    }
    uint8_t bytes[2];
    if (GetPacket()->CopyData(bytes, sizeof(bytes)) != sizeof(bytes))
    {
        return false;
    }
    value = bytes[1];
    return true;
}

uint32_t
WholePacketItem::Hash(uint32_t perturbation) const
{
    const auto header = PeekIpv4(GetPacket());
    if (GetProtocol() != EtherType::IPV4 || !header)
    {
        // What the first header begins with, a label, tells flows apart.
        uint8_t bytes[8] = {};
        GetPacket()->CopyData(bytes, 4);
        for (int i = 0; i < 4; ++i)
        {
            bytes[4 + i] = static_cast<uint8_t>(perturbation >> (8 * i));
        }
        return Hash32(reinterpret_cast<const char*>(bytes), sizeof(bytes));
    }
    // An item of the stock kind computes the hash of its flow, so that both kinds share a queue.
    Ipv4Header stock;
    stock.SetSource(Ipv4Address(header->source));
    stock.SetDestination(Ipv4Address(header->destination));
    stock.SetProtocol(header->protocol);
    stock.SetFragmentOffset(static_cast<uint16_t>(header->PayloadOffset()));
    Ptr<Packet> payload = GetPacket()->Copy();
    payload->RemoveAtStart(header->HeaderSize());
    return DatagramItem(payload, GetAddress(), GetProtocol(), stock).Hash(perturbation);
}

} // namespace strata
} // namespace ns3

// SPDX-License-Identifier: GPL-2.0-only

#include "strata-datagram-item.h"

#include "ns3/hash.h"
#include "ns3/packet.h"
#include "ns3/strata-ipv4-header.h"
#include "ns3/strata-tcp-header.h"

#include <algorithm>
#include <array>

namespace ns3
{
namespace strata
{

namespace
{

/** Whether a payload that is no later fragment begins as its protocol wants it. */
bool
IsWellFormed(uint8_t protocol, const Packet& payload)
{
    switch (static_cast<Ipv4Protocol>(protocol))
    {
    case Ipv4Protocol::UDP:
        return payload.GetSize() >= UdpWireHeader::SIZE;
    case Ipv4Protocol::TCP: {
        std::array<uint8_t, TcpWireHeader::MIN_SIZE + TcpWireHeader::MAX_OPTIONS> bytes;
        const uint32_t size = payload.CopyData(bytes.data(), bytes.size());
        const auto segment = TcpWireHeader::Decode(ByteView(bytes.data(), size), {});
        return segment && segment->AreOptionsInOrder();
    }
    default:
        return true;
    }
}

} // namespace

bool
CanStockHash(const Ipv4Header& header, const Packet& payload)
{
    return header.GetFragmentOffset() != 0 || IsWellFormed(header.GetProtocol(), payload);
}

uint32_t
FlowHashOf(ByteView header, const Packet& payload, uint32_t perturbation)
{
    constexpr std::size_t PROTOCOL = 9;
    constexpr std::size_t ADDRESSES = 12;
    // addresses, protocol, ports, perturbation: as the stock item has it
    std::array<uint8_t, 17> key{};
    std::copy_n(header.begin() + ADDRESSES, 8, key.begin());
    key[8] = header[PROTOCOL];
    const bool later = ((header[6] & 0x1f) | header[7]) != 0;
    const auto protocol = static_cast<Ipv4Protocol>(header[PROTOCOL]);
    if ((protocol == Ipv4Protocol::UDP || protocol == Ipv4Protocol::TCP) && !later &&
        IsWellFormed(header[PROTOCOL], payload))
    {
        payload.CopyData(key.data() + 9, 4);
    }
    for (std::size_t i = 0; i < 4; ++i)
    {
        key[13 + i] = static_cast<uint8_t>(perturbation >> (24 - 8 * i));
    }
    return Hash32(reinterpret_cast<const char*>(key.data()), key.size());
}

uint32_t
DatagramItem::Hash(uint32_t perturbation) const
{
    if (CanStockHash(GetHeader(), *GetPacket()))
    {
        return Ipv4QueueDiscItem::Hash(perturbation);
    }
    constexpr uint16_t NOT_THE_FIRST = 8;
    Ipv4Header header = GetHeader();
    header.SetFragmentOffset(NOT_THE_FIRST);
    return Ipv4QueueDiscItem(GetPacket(), GetAddress(), GetProtocol(), header).Hash(perturbation);
}

} // namespace strata
} // namespace ns3

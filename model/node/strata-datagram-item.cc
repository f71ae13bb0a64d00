// SPDX-License-Identifier: GPL-2.0-only

#include "strata-datagram-item.h"

#include "ns3/packet.h"
#include "ns3/strata-ipv4-header.h"
#include "ns3/strata-tcp-header.h"

#include <array>

namespace ns3
{
namespace strata
{

bool
CanStockHash(const Ipv4Header& header, const Packet& payload)
{
    if (header.GetFragmentOffset() != 0)
    {
        return true;
    }
    switch (static_cast<Ipv4Protocol>(header.GetProtocol()))
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

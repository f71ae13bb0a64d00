// SPDX-License-Identifier: GPL-2.0-only

#include "strata-ipv4-convert.h"

#include "strata-packet-front.h"
#include "strata-raw-header.h"

#include "ns3/node.h"

#include <array>

namespace ns3
{
namespace strata
{

Ipv4Header
ToStockHeader(const Ipv4WireHeader& header)
{
    Ipv4Header stock;
    stock.SetTos(static_cast<uint8_t>(header.dscp << 2 | header.ecn));
    stock.SetPayloadSize(static_cast<uint16_t>(header.totalLength - header.HeaderSize()));
    stock.SetIdentification(header.identification);
    if (header.dontFragment)
    {
        stock.SetDontFragment();
    }
    else
    {
        stock.SetMayFragment();
    }
    if (header.moreFragments)
    {
        stock.SetMoreFragments();
    }
    else
    {
        stock.SetLastFragment();
    }
    stock.SetFragmentOffset(static_cast<uint16_t>(header.fragmentOffset * 8));
    stock.SetTtl(header.ttl);
    stock.SetProtocol(header.protocol);
    stock.SetSource(Ipv4Address(header.source));
    stock.SetDestination(Ipv4Address(header.destination));
    if (Node::ChecksumEnabled())
    {
        stock.EnableChecksum();
    }
    return stock;
}

Ipv4WireHeader
FromStockHeader(const Ipv4Header& stock, uint32_t payloadSize)
{
    Ipv4WireHeader header;
    header.dscp = stock.GetTos() >> 2;
    header.ecn = stock.GetTos() & 3;
    header.totalLength = static_cast<uint16_t>(header.HeaderSize() + payloadSize);
    header.identification = stock.GetIdentification();
    header.dontFragment = stock.IsDontFragment();
    header.moreFragments = !stock.IsLastFragment();
    header.fragmentOffset = stock.GetFragmentOffset() / 8;
    header.ttl = stock.GetTtl();
    header.protocol = stock.GetProtocol();
    header.source = stock.GetSource().Get();
    header.destination = stock.GetDestination().Get();
    return header;
}

void
PrependHeader(Ipv4WireHeader header, Ptr<Packet> payload)
{
    header.totalLength = static_cast<uint16_t>(header.HeaderSize() + payload->GetSize());
    header.checksum = Node::ChecksumEnabled() ? header.ComputeHeaderChecksum() : 0;
    std::array<uint8_t, Ipv4WireHeader::MAX_SIZE> bytes;
    AddFront(payload, RawHeader(header.EncodeInto(bytes), Ipv4Header::GetTypeId()));
}

} // namespace strata
} // namespace ns3

// SPDX-License-Identifier: GPL-2.0-only

#include "strata-firewall-chain-decision.h"

#include "ns3/strata-byte-reader.h"

namespace ns3
{
namespace strata
{

namespace
{

constexpr uint8_t AUTHENTICATION = 51; // RFC 4302, an extension header of its own length unit

} // namespace

Ipv6Walk
WalkIpv6(ByteView front)
{
    Ipv6Walk walk;
    walk.protocol = front[6];
    walk.offset = IPV6_HEADER_SIZE;
    for (std::size_t count = 0;; ++count)
    {
        const uint8_t type = walk.protocol;
        const bool authentication = type == AUTHENTICATION;
        if (!authentication && !Ipv6Extension::IsKnown(type))
        {
            return walk;
        }
        // RFC 8200 section 4.1: hop-by-hop options stand first or nowhere
        if (count == Ipv6ExtensionChain::MAX_HEADERS ||
            (count > 0 && type == static_cast<uint8_t>(Ipv6NextHeader::HOP_BY_HOP)))
        {
            walk.fault = FirewallFault::BAD_CHAIN;
            return walk;
        }
        walk.extended = walk.extended || type != static_cast<uint8_t>(Ipv6NextHeader::HOP_BY_HOP);
        ByteReader reader(front.Sub(walk.offset));
        const uint8_t next = reader.U8();
        const uint8_t length = reader.U8();
        if (type == static_cast<uint8_t>(Ipv6NextHeader::FRAGMENT))
        {
            Ipv6Fragment fragment;
            const uint16_t word = reader.U16();
            fragment.nextHeader = next;
            fragment.fragmentOffset = word >> 3;
            fragment.moreFragments = word & 1;
            fragment.identification = reader.U32();
            walk.offset += 8;
            if (!reader.Ok())
            {
                walk.fault = FirewallFault::TRUNCATED;
                return walk;
            }
            if (walk.fragment)
            {
                walk.fault = FirewallFault::BAD_CHAIN; // a fragment of a fragment
                return walk;
            }
            walk.fragment = fragment;
            walk.cuttable = walk.offset;
            walk.protocol = next;
            if (fragment.fragmentOffset != 0)
            {
                return walk;
            }
            continue;
        }
        const std::size_t size = authentication ? (length + 2U) * 4 : (length + 1U) * 8;
        if (type == static_cast<uint8_t>(Ipv6NextHeader::ROUTING))
        {
            const uint8_t routingType = reader.U8();
            const uint8_t segmentsLeft = reader.U8();
            if (routingType == 0 && segmentsLeft > 0)
            {
                walk.fault = FirewallFault::ROUTING_HEADER;
            }
        }
        if (!reader.Ok() || size > front.size() - walk.offset)
        {
            walk.fault = FirewallFault::TRUNCATED;
        }
        if (walk.fault != FirewallFault::NONE)
        {
            return walk;
        }
        walk.offset += size;
        walk.protocol = next;
    }
}

std::size_t
Ipv6TransportOffset(ByteView packet)
{
    if (packet.size() < IPV6_HEADER_SIZE)
    {
        return packet.size();
    }
    const Ipv6Walk walk = WalkIpv6(packet);
    return walk.fault == FirewallFault::NONE ? walk.offset : packet.size();
}

} // namespace strata
} // namespace ns3

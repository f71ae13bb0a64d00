// SPDX-License-Identifier: GPL-2.0-only

#ifndef STRATA_FIREWALL_PACKETS_H
#define STRATA_FIREWALL_PACKETS_H

#include "ns3/strata-byte-view.h"
#include "ns3/strata-firewall-packet-decision.h"

#include <string>

namespace ns3
{
namespace strata
{

/** Packets octet by octet, as the RFCs draw them. Checksums are zero: a firewall asks for none. */
struct RawPackets
{
    static void Put16(Bytes& bytes, std::size_t at, uint32_t value)
    {
        bytes[at] = static_cast<uint8_t>(value >> 8);
        bytes[at + 1] = static_cast<uint8_t>(value);
    }

    static Bytes Tcp(uint16_t from, uint16_t to, uint8_t flags, std::size_t data = 0)
    {
        Bytes bytes(20 + data);
        Put16(bytes, 0, from);
        Put16(bytes, 2, to);
        bytes[12] = 5 << 4;
        bytes[13] = flags;
        return bytes;
    }

    static Bytes Udp(uint16_t from, uint16_t to, std::size_t data = 0)
    {
        Bytes bytes(8 + data);
        Put16(bytes, 0, from);
        Put16(bytes, 2, to);
        Put16(bytes, 4, static_cast<uint32_t>(bytes.size()));
        return bytes;
    }

    /** \p what stands behind the first eight octets: data, or a quote. */
    static Bytes Icmp(uint8_t type, uint8_t code, uint16_t identifier, const Bytes& what = {})
    {
        Bytes bytes(8);
        bytes[0] = type;
        bytes[1] = code;
        Put16(bytes, 4, identifier);
        return Join(bytes, what);
    }

    static Bytes Join(Bytes front, const Bytes& back)
    {
        front.insert(front.end(), back.begin(), back.end());
        return front;
    }

    /** \p fragment is the word of flags and offset. */
    static Bytes Ip4(const std::string& from,
                     const std::string& to,
                     uint8_t protocol,
                     const Bytes& payload,
                     uint16_t fragment = 0,
                     uint16_t identification = 1)
    {
        Bytes bytes(20);
        bytes[0] = 0x45;
        Put16(bytes, 2, static_cast<uint32_t>(20 + payload.size()));
        Put16(bytes, 4, identification);
        Put16(bytes, 6, fragment);
        bytes[8] = 64;
        bytes[9] = protocol;
        const uint32_t source = ParseFlowAddress(from)->Ipv4();
        const uint32_t destination = ParseFlowAddress(to)->Ipv4();
        Put16(bytes, 12, source >> 16);
        Put16(bytes, 14, source & 0xffff);
        Put16(bytes, 16, destination >> 16);
        Put16(bytes, 18, destination & 0xffff);
        return Join(bytes, payload);
    }

    static Bytes Ip6(const std::string& from,
                     const std::string& to,
                     uint8_t nextHeader,
                     const Bytes& payload,
                     uint8_t hopLimit = 64)
    {
        Bytes bytes(40);
        bytes[0] = 0x60;
        Put16(bytes, 4, static_cast<uint32_t>(payload.size()));
        bytes[6] = nextHeader;
        bytes[7] = hopLimit;
        for (const bool second : {false, true})
        {
            const FlowAddress address = *ParseFlowAddress(second ? to : from);
            for (std::size_t i = 0; i < 8; ++i)
            {
                bytes[8 + 16 * second + i] = static_cast<uint8_t>(address.high >> (56 - 8 * i));
                bytes[16 + 16 * second + i] = static_cast<uint8_t>(address.low >> (56 - 8 * i));
            }
        }
        return Join(bytes, payload);
    }

    /** An extension header in front of \p rest: hop-by-hop, destination options or routing. */
    static Bytes Extension(uint8_t nextHeader, std::size_t units, const Bytes& rest)
    {
        Bytes bytes(8 * units);
        bytes[0] = nextHeader;
        bytes[1] = static_cast<uint8_t>(units - 1);
        return Join(bytes, rest);
    }

    static Bytes Fragment6(uint8_t nextHeader,
                           uint16_t offset,
                           bool more,
                           const Bytes& rest,
                           uint16_t identification = 1)
    {
        Bytes bytes(8);
        bytes[0] = nextHeader;
        Put16(bytes, 2, offset | (more ? 1 : 0));
        Put16(bytes, 6, identification);
        return Join(bytes, rest);
    }

    /** As a firewall reads it. Precondition: an IPv4 header that can be read. */
    static FirewallPacket Read(const Bytes& bytes)
    {
        if (bytes[0] >> 4 == 6)
        {
            return ReadFirewallPacket6(bytes, bytes.size());
        }
        const auto header = Ipv4WireHeader::Decode(bytes, {});
        const ByteView payload = ByteView(bytes).Sub(header->HeaderSize());
        return ReadFirewallPacket4(*header, payload, payload.size());
    }
};

} // namespace strata
} // namespace ns3

#endif /* STRATA_FIREWALL_PACKETS_H */

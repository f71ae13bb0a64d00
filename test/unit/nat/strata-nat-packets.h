// SPDX-License-Identifier: GPL-2.0-only

#ifndef STRATA_NAT_PACKETS_H
#define STRATA_NAT_PACKETS_H

#include "ns3/strata-checksum.h"
#include "ns3/strata-nat-machine.h"
#include "ns3/strata-network-order.h"

#include <algorithm>
#include <string>

namespace ns3
{
namespace strata
{

/** A datagram whose checksums are right, for tests of what a translator makes of it. */
struct NatPacket
{
    Ipv4WireHeader header;
    Bytes payload;

    /** Whether all checksums are right, computed over all octets. */
    bool IsRight() const
    {
        return header.HasRightChecksum() && Residue() == 0;
    }

    /** By how much the checksum of the payload is wrong. */
    uint16_t Residue() const
    {
        InternetChecksum sum;
        if (header.protocol != 1)
        {
            sum.AddPseudoHeader4(header.source,
                                 header.destination,
                                 header.protocol,
                                 static_cast<uint16_t>(payload.size()));
        }
        sum.Add(payload);
        return sum.Get();
    }

    uint16_t SourcePort() const
    {
        return Get16(payload.data());
    }

    uint16_t DestinationPort() const
    {
        return Get16(payload.data() + 2);
    }

    NatEndpoint Source() const
    {
        return {header.source, SourcePort()};
    }

    NatEndpoint Destination() const
    {
        return {header.destination, DestinationPort()};
    }

    /** What follows a TCP header without options. */
    std::string Text() const
    {
        return payload.size() < 20 ? "" : std::string(payload.begin() + 20, payload.end());
    }
};

inline void
SetChecksums(NatPacket& packet, std::size_t offset)
{
    Put16(packet.payload.data() + offset, 0);
    InternetChecksum sum;
    if (packet.header.protocol != 1)
    {
        sum.AddPseudoHeader4(packet.header.source,
                             packet.header.destination,
                             packet.header.protocol,
                             static_cast<uint16_t>(packet.payload.size()));
    }
    sum.Add(packet.payload);
    Put16(packet.payload.data() + offset, sum.Get());
    packet.header.totalLength =
        static_cast<uint16_t>(packet.header.HeaderSize() + packet.payload.size());
    packet.header.SetChecksum();
}

inline NatPacket
MakeNatPacket(uint8_t protocol, NatEndpoint from, NatEndpoint to, Bytes payload)
{
    NatPacket packet;
    packet.header.protocol = protocol;
    packet.header.source = from.address;
    packet.header.destination = to.address;
    packet.header.ttl = 60;
    packet.payload = std::move(payload);
    return packet;
}

inline NatPacket
MakeUdp(NatEndpoint from, NatEndpoint to, std::size_t size = 4)
{
    NatPacket packet = MakeNatPacket(17, from, to, Bytes(8 + size, 0x55));
    Put16(packet.payload.data(), from.port);
    Put16(packet.payload.data() + 2, to.port);
    Put16(packet.payload.data() + 4, static_cast<uint16_t>(8 + size));
    SetChecksums(packet, 6);
    return packet;
}

inline NatPacket
MakeTcp(NatEndpoint from,
        NatEndpoint to,
        uint8_t flags,
        const std::string& text = "",
        uint32_t sequence = 1000,
        uint32_t acknowledgment = 0)
{
    NatPacket packet = MakeNatPacket(6, from, to, Bytes(20 + text.size(), 0));
    Put16(packet.payload.data(), from.port);
    Put16(packet.payload.data() + 2, to.port);
    Put32(packet.payload.data() + 4, sequence);
    Put32(packet.payload.data() + 8, acknowledgment);
    packet.payload[12] = 5 << 4;
    packet.payload[13] = flags;
    std::copy(text.begin(), text.end(), packet.payload.begin() + 20);
    SetChecksums(packet, 16);
    return packet;
}

/** An echo, or its reply, with \p identifier. */
inline NatPacket
MakeEcho(uint32_t from, uint32_t to, uint16_t identifier, bool reply = false)
{
    NatPacket packet = MakeNatPacket(1, {from, 0}, {to, 0}, Bytes(16, 0));
    packet.payload[0] = reply ? 0 : 8;
    Put16(packet.payload.data() + 4, identifier);
    SetChecksums(packet, 2);
    return packet;
}

/** An ICMP error of \p type and \p code that quotes \p about, with \p octets of its payload. */
inline NatPacket
MakeError(uint32_t from,
          uint32_t to,
          uint8_t type,
          uint8_t code,
          const NatPacket& about,
          std::size_t octets = 8)
{
    NatPacket packet = MakeNatPacket(1, {from, 0}, {to, 0}, Bytes(8, 0));
    packet.payload[0] = type;
    packet.payload[1] = code;
    const Bytes header = EncodeToBytes(about.header);
    packet.payload.insert(packet.payload.end(), header.begin(), header.end());
    const ByteView quoted = ByteView(about.payload).Sub(0, octets);
    packet.payload.insert(packet.payload.end(), quoted.begin(), quoted.end());
    SetChecksums(packet, 2);
    return packet;
}

/** The fragments of \p whole, in pieces of \p size octets, a multiple of eight. */
inline std::vector<NatPacket>
CutNatPacket(const NatPacket& whole, std::size_t size, uint16_t identification)
{
    std::vector<NatPacket> parts;
    for (std::size_t at = 0; at < whole.payload.size(); at += size)
    {
        NatPacket part = whole;
        part.payload = ByteView(whole.payload).Sub(at, size).ToBytes();
        part.header.identification = identification;
        part.header.fragmentOffset = static_cast<uint16_t>(at / 8);
        part.header.moreFragments = at + size < whole.payload.size();
        part.header.totalLength =
            static_cast<uint16_t>(part.header.HeaderSize() + part.payload.size());
        part.header.SetChecksum();
        parts.push_back(part);
    }
    return parts;
}

} // namespace strata
} // namespace ns3

#endif /* STRATA_NAT_PACKETS_H */

// SPDX-License-Identifier: GPL-2.0-only

#include "strata-firewall-reject-format.h"

#include "ns3/strata-checksum.h"
#include "ns3/strata-prefix.h"
#include "ns3/strata-tcp-header.h"

#include <algorithm>

namespace ns3
{
namespace strata
{

namespace
{

constexpr uint8_t TCP = 6;
constexpr uint8_t ICMP6 = 58;
constexpr std::size_t IPV6_MIN_MTU = 1280;
constexpr std::size_t IPV6_HEADER = 40;
constexpr std::size_t ICMP6_HEADER = 8;
constexpr uint8_t ICMP6_UNREACHABLE = 1;

Ipv6Family::Address
Octets(const FlowAddress& address)
{
    Ipv6Family::Address octets;
    for (std::size_t i = 0; i < 8; ++i)
    {
        octets[i] = static_cast<uint8_t>(address.high >> (56 - 8 * i));
        octets[8 + i] = static_cast<uint8_t>(address.low >> (56 - 8 * i));
    }
    return octets;
}

/** The checksum of \p bytes with the pseudo header of their family. */
uint16_t
Checksum(const FlowAddress& source,
         const FlowAddress& destination,
         uint8_t protocol,
         const Bytes& bytes)
{
    InternetChecksum sum;
    if (source.IsIpv4())
    {
        sum.AddPseudoHeader4(source.Ipv4(),
                             destination.Ipv4(),
                             protocol,
                             static_cast<uint16_t>(bytes.size()));
    }
    else
    {
        sum.AddPseudoHeader6(Octets(source),
                             Octets(destination),
                             protocol,
                             static_cast<uint32_t>(bytes.size()));
    }
    sum.Add(bytes);
    return sum.Get();
}

void
Put16(Bytes& bytes, std::size_t at, uint16_t value)
{
    bytes[at] = static_cast<uint8_t>(value >> 8);
    bytes[at + 1] = static_cast<uint8_t>(value);
}

} // namespace

std::optional<Bytes>
MakeTcpReset(const FlowAddress& source,
             const FlowAddress& destination,
             ByteView segment,
             std::size_t size,
             bool checksum)
{
    constexpr std::size_t OFFSET_AT = 12;
    constexpr std::size_t CHECKSUM_AT = 16;
    if (segment.size() < TcpWireHeader::MIN_SIZE)
    {
        return {};
    }
    const auto header = TcpWireHeader::Decode(segment.Sub(0, TcpWireHeader::MIN_SIZE), {});
    // Options are of no interest, and may be cut.
    TcpWireHeader refused;
    if (header)
    {
        refused = *header;
    }
    else
    {
        Bytes plain = segment.Sub(0, TcpWireHeader::MIN_SIZE).ToBytes();
        plain[OFFSET_AT] = static_cast<uint8_t>(TcpWireHeader::MIN_SIZE / 4 << 4);
        refused = *TcpWireHeader::Decode(plain, {});
    }
    if (refused.flags & TcpWireHeader::RST)
    {
        return {};
    }
    TcpWireHeader reset;
    reset.ports.source = refused.ports.destination;
    reset.ports.destination = refused.ports.source;
    reset.flags = TcpWireHeader::RST;
    if (refused.flags & TcpWireHeader::ACK)
    {
        reset.sequence = refused.acknowledgment;
    }
    else
    {
        const std::size_t headerSize = (segment[OFFSET_AT] >> 4) * std::size_t{4};
        const bool syn = refused.flags & TcpWireHeader::SYN;
        const bool fin = refused.flags & TcpWireHeader::FIN;
        reset.flags |= TcpWireHeader::ACK;
        reset.acknowledgment =
            refused.sequence +
            static_cast<uint32_t>((size > headerSize ? size - headerSize : 0) + syn + fin);
    }
    Bytes bytes = EncodeToBytes(reset);
    if (checksum)
    {
        Put16(bytes, CHECKSUM_AT, Checksum(destination, source, TCP, bytes));
    }
    return bytes;
}

Bytes
MakeIcmp6Unreachable(Icmp6UnreachableCode code,
                     const FlowAddress& source,
                     const FlowAddress& destination,
                     ByteView packet)
{
    const ByteView quote = packet.Sub(0, IPV6_MIN_MTU - IPV6_HEADER - ICMP6_HEADER);
    Bytes bytes(ICMP6_HEADER + quote.size());
    bytes[0] = ICMP6_UNREACHABLE;
    bytes[1] = static_cast<uint8_t>(code);
    std::copy(quote.begin(), quote.end(), bytes.begin() + ICMP6_HEADER);
    Put16(bytes, 2, Checksum(source, destination, ICMP6, bytes));
    return bytes;
}

} // namespace strata
} // namespace ns3

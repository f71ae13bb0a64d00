// SPDX-License-Identifier: GPL-2.0-only

#include "strata-firewall-packet-decision.h"

#include "strata-firewall-chain-decision.h"
#include "strata-firewall-icmp-decision.h"

#include "ns3/strata-byte-reader.h"
#include "ns3/strata-flow-hash.h"
#include "ns3/strata-tcp-header.h"

namespace ns3
{
namespace strata
{

namespace
{

constexpr uint32_t MAX_PAYLOAD = 65535;

/** The flow of the packet in a quote, whose transport may be cut behind eight octets. */
std::optional<FlowTuple>
TupleOf(bool ipv6, FlowAddress source, FlowAddress destination, uint8_t protocol, ByteView payload)
{
    FlowTuple tuple;
    tuple.source = source;
    tuple.destination = destination;
    tuple.protocol = protocol;
    ByteReader reader(payload);
    if (HasPorts(protocol))
    {
        tuple.sourcePort = reader.U16();
        tuple.destinationPort = reader.U16();
    }
    else if (protocol == (ipv6 ? FirewallPacket::ICMP6 : FirewallPacket::ICMP))
    {
        const uint8_t type = reader.U8();
        reader.Skip(3);
        const uint16_t identifier = reader.U16();
        bool answer = false;
        const auto query = IcmpQueryType(ipv6, type, answer);
        if (!query)
        {
            return {}; // no error is about an error (RFC 1122 section 3.2.2)
        }
        tuple.query = static_cast<uint8_t>(*query + 1);
        tuple.fromResponder = answer;
        tuple.sourcePort = tuple.destinationPort = identifier;
    }
    return reader.Ok() ? std::optional<FlowTuple>(tuple) : std::nullopt;
}

std::optional<FlowTuple>
ReadQuote4(ByteView quote)
{
    const auto header = Ipv4WireHeader::Decode(quote, {});
    if (!header || header->fragmentOffset != 0)
    {
        return {};
    }
    return TupleOf(false,
                   FlowAddress::FromIpv4(header->source),
                   FlowAddress::FromIpv4(header->destination),
                   header->protocol,
                   quote.Sub(header->HeaderSize()));
}

std::optional<FlowTuple>
ReadQuote6(ByteView quote)
{
    if (quote.size() < IPV6_HEADER_SIZE || quote[0] >> 4 != 6)
    {
        return {};
    }
    const Ipv6Walk walk = WalkIpv6(quote);
    if (walk.fault != FirewallFault::NONE || (walk.fragment && walk.fragment->fragmentOffset != 0))
    {
        return {};
    }
    return TupleOf(true,
                   FlowAddress::FromIpv6(quote.data() + 8),
                   FlowAddress::FromIpv6(quote.data() + 24),
                   walk.protocol,
                   quote.Sub(walk.offset));
}

/** Combinations that no TCP sends, and that scanners do. */
bool
AreFlagsSane(uint8_t flags)
{
    constexpr uint8_t KINDS =
        TcpWireHeader::SYN | TcpWireHeader::FIN | TcpWireHeader::RST | TcpWireHeader::ACK;
    switch (flags & KINDS)
    {
    case TcpWireHeader::SYN:
    case TcpWireHeader::SYN | TcpWireHeader::ACK:
    case TcpWireHeader::ACK:
    case TcpWireHeader::FIN | TcpWireHeader::ACK:
    case TcpWireHeader::RST:
    case TcpWireHeader::RST | TcpWireHeader::ACK:
        return true;
    default:
        return false;
    }
}

/** Octets that a transport header has at least; 0 where nothing is known of it. */
std::size_t
LeastHeader(bool ipv6, uint8_t protocol)
{
    if (protocol == FirewallPacket::TCP)
    {
        return TcpWireHeader::MIN_SIZE;
    }
    if (protocol == FirewallPacket::UDP ||
        protocol == (ipv6 ? FirewallPacket::ICMP6 : FirewallPacket::ICMP))
    {
        return 8;
    }
    return HasPorts(protocol) ? 4 : 0;
}

/**
 * Reads the transport header.
 *
 * \param front of what follows the IP headers
 * \param size octets that follow them, as the packet says
 */
void
ReadTransport(FirewallPacket& packet, ByteView front, std::size_t size)
{
    const std::size_t least = LeastHeader(packet.ipv6, packet.protocol);
    if (size < least)
    {
        packet.fault = packet.fragment ? FirewallFault::TINY_FRAGMENT : FirewallFault::TRUNCATED;
    }
    else if (front.size() < least)
    {
        packet.fault = FirewallFault::TRUNCATED;
    }
    if (packet.fault != FirewallFault::NONE)
    {
        return;
    }
    ByteReader reader(front);
    if (packet.IsIcmp())
    {
        packet.icmpType = reader.U8();
        packet.icmpCode = reader.U8();
        reader.Skip(2);
        packet.icmpIdentifier = reader.U16();
        if (packet.IsNeighborDiscovery())
        {
            packet.fault = FaultOfDiscovery(front, size);
        }
        if (packet.IsIcmpError())
        {
            const ByteView quote = front.Sub(8);
            packet.quoted = packet.ipv6 ? ReadQuote6(quote) : ReadQuote4(quote);
        }
        return;
    }
    if (!HasPorts(packet.protocol))
    {
        return;
    }
    packet.hasPorts = true;
    packet.sourcePort = reader.U16();
    packet.destinationPort = reader.U16();
    if (packet.IsTcp())
    {
        const std::size_t length = (front[12] >> 4) * 4U;
        packet.tcpFlags = front[13];
        if (length < TcpWireHeader::MIN_SIZE || (!packet.fragment && length > size))
        {
            packet.fault = FirewallFault::BAD_HEADER;
        }
        else if (!AreFlagsSane(packet.tcpFlags))
        {
            packet.fault = FirewallFault::TCP_FLAGS;
        }
    }
}

/** What is wrong with a part of a datagram, whatever it holds. */
FirewallFault
FaultOfFragment(const FirewallPacket& packet)
{
    if (packet.fragmentSize == 0 || (packet.moreFragments && packet.fragmentSize % 8 != 0) ||
        packet.fragmentOffset + packet.fragmentSize > MAX_PAYLOAD)
    {
        return FirewallFault::BAD_FRAGMENT;
    }
    // RFC 1858 section 3.2.2 and RFC 3128: it would write over the flags of the first fragment
    if (packet.fragmentOffset != 0 &&
        packet.fragmentOffset < LeastHeader(packet.ipv6, packet.protocol))
    {
        return FirewallFault::TINY_FRAGMENT;
    }
    return FirewallFault::NONE;
}

/** \p front is of the transport header and what follows, which is \p size octets long. */
void
ReadPayload(FirewallPacket& packet, ByteView front, std::size_t size)
{
    if (packet.fragment)
    {
        packet.fault = FaultOfFragment(packet);
    }
    if (packet.fault == FirewallFault::NONE && !packet.IsLaterFragment())
    {
        ReadTransport(packet, front.Sub(0, size), size);
    }
}

} // namespace

const char*
FirewallFaultName(FirewallFault fault)
{
    switch (fault)
    {
    case FirewallFault::NONE:
        return "none";
    case FirewallFault::TRUNCATED:
        return "truncated";
    case FirewallFault::BAD_HEADER:
        return "bad-header";
    case FirewallFault::BAD_CHAIN:
        return "bad-chain";
    case FirewallFault::ROUTING_HEADER:
        return "routing-header";
    case FirewallFault::BAD_ADDRESS:
        return "bad-address";
    case FirewallFault::TCP_FLAGS:
        return "tcp-flags";
    case FirewallFault::TINY_FRAGMENT:
        return "tiny-fragment";
    case FirewallFault::BAD_FRAGMENT:
        return "bad-fragment";
    case FirewallFault::NO_FLOW:
        return "no-flow";
    case FirewallFault::UNRELATED_ERROR:
        return "unrelated-error";
    case FirewallFault::WRONG_SIDE:
        return "wrong-side";
    case FirewallFault::NEIGHBOR:
        return "neighbor";
    }
    return "?";
}

bool
FirewallPacket::OpensConnection() const
{
    return IsTcp() && (tcpFlags & (TcpWireHeader::SYN | TcpWireHeader::ACK)) == TcpWireHeader::SYN;
}

FlowTuple
FirewallPacket::Tuple() const
{
    FlowTuple tuple;
    tuple.source = source;
    tuple.destination = destination;
    tuple.protocol = protocol;
    if (hasPorts)
    {
        tuple.sourcePort = sourcePort;
        tuple.destinationPort = destinationPort;
    }
    else if (IsIcmp())
    {
        bool answer = false;
        if (const auto query = IcmpQueryType(ipv6, icmpType, answer))
        {
            tuple.query = static_cast<uint8_t>(*query + 1);
            tuple.fromResponder = answer;
            tuple.sourcePort = tuple.destinationPort = icmpIdentifier;
        }
    }
    return tuple;
}

FirewallPacket
ReadFirewallPacket4(const Ipv4WireHeader& header, ByteView front, std::size_t payloadSize)
{
    FirewallPacket packet;
    packet.source = FlowAddress::FromIpv4(header.source);
    packet.destination = FlowAddress::FromIpv4(header.destination);
    packet.protocol = header.protocol;
    packet.ttl = header.ttl;
    packet.size = static_cast<uint32_t>(header.HeaderSize() + payloadSize);
    packet.fragment = header.IsFragment();
    packet.moreFragments = header.moreFragments;
    packet.fragmentOffset = header.PayloadOffset();
    packet.fragmentSize = static_cast<uint32_t>(payloadSize);
    packet.identification = header.identification;
    ReadPayload(packet, front, payloadSize);
    return packet;
}

FirewallPacket
ReadFirewallPacket6(ByteView front, std::size_t size)
{
    FirewallPacket packet;
    packet.ipv6 = true;
    packet.size = static_cast<uint32_t>(size);
    if (front.size() < IPV6_HEADER_SIZE)
    {
        packet.fault = FirewallFault::TRUNCATED;
        return packet;
    }
    packet.source = FlowAddress::FromIpv6(front.data() + 8);
    packet.destination = FlowAddress::FromIpv6(front.data() + 24);
    packet.protocol = front[6];
    packet.ttl = front[7];
    const std::size_t whole = IPV6_HEADER_SIZE + (front[4] << 8 | front[5]);
    if (front[0] >> 4 != 6)
    {
        packet.fault = FirewallFault::BAD_HEADER;
    }
    else if (whole > size)
    {
        packet.fault = FirewallFault::TRUNCATED;
    }
    else if (packet.source.IsIpv4() || packet.destination.IsIpv4())
    {
        packet.fault = FirewallFault::BAD_ADDRESS; // never on the wire (RFC 4942 section 2.2)
    }
    if (packet.fault != FirewallFault::NONE)
    {
        return packet;
    }
    packet.size = static_cast<uint32_t>(whole);
    const ByteView bytes = front.Sub(0, whole);
    const Ipv6Walk walk = WalkIpv6(bytes);
    packet.protocol = walk.protocol;
    packet.extended = walk.extended;
    packet.fault = walk.fault;
    if (walk.fragment)
    {
        packet.fragmentSize = static_cast<uint32_t>(whole - walk.cuttable);
        packet.fragmentOffset = uint32_t{walk.fragment->fragmentOffset} * 8;
        packet.moreFragments = walk.fragment->moreFragments;
        packet.identification = walk.fragment->identification;
        // RFC 6946: a whole datagram with a fragment header is no fragment
        packet.fragment = packet.moreFragments || packet.fragmentOffset != 0;
    }
    if (packet.fault == FirewallFault::NONE)
    {
        ReadPayload(packet, bytes.Sub(walk.offset), whole - walk.offset);
    }
    else if (packet.fault == FirewallFault::TRUNCATED && packet.fragment)
    {
        packet.fault = FirewallFault::TINY_FRAGMENT; // RFC 7112 section 5: the chain in the first
    }
    return packet;
}

} // namespace strata
} // namespace ns3

// SPDX-License-Identifier: GPL-2.0-only

#ifndef STRATA_FIREWALL_PACKET_DECISION_H
#define STRATA_FIREWALL_PACKET_DECISION_H

#include "strata-flow-table.h"

#include "ns3/strata-ipv4-header.h"

#include <optional>

namespace ns3
{
namespace strata
{

/** Where a packet comes from or goes to. */
struct FirewallPort
{
    static constexpr uint32_t NO_DEVICE = UINT32_MAX;

    FlowSide side{FlowSide::LOCAL};
    uint32_t device{NO_DEVICE}; //!< its number on the node

    auto Tie() const
    {
        return std::tie(side, device);
    }
};

/** What is wrong with a packet, so that it can belong to no flow and begin none. */
enum class FirewallFault : uint8_t
{
    NONE,
    TRUNCATED,       //!< shorter than its headers say
    BAD_HEADER,      //!< a header that contradicts itself
    BAD_CHAIN,       //!< IPv6 extension headers in a forbidden place, or too many
    ROUTING_HEADER,  //!< IPv6 routing header of type 0 with segments left (RFC 5095)
    BAD_ADDRESS,     //!< an IPv4-mapped address in IPv6, or a packet to its own sender
    TCP_FLAGS,       //!< a combination that no TCP sends
    TINY_FRAGMENT,   //!< a first fragment without its transport header (RFC 1858, RFC 7112)
    BAD_FRAGMENT,    //!< empty, not a multiple of 8 octets, or beyond the longest datagram
    NO_FLOW,         //!< in the middle of a connection that is not known
    UNRELATED_ERROR, //!< an ICMP error about no known flow
    WRONG_SIDE,      //!< of a known flow, but from where it cannot come
    NEIGHBOR,        //!< a message for neighbours that came from farther away
};

const char* FirewallFaultName(FirewallFault fault);

/** What a firewall looks at in a packet. */
struct FirewallPacket
{
    FlowAddress source;
    FlowAddress destination;
    FirewallPort in;
    FirewallPort out;
    bool ipv6{false};
    uint8_t protocol{0};  //!< behind the extension headers of IPv6
    uint8_t ttl{0};       //!< hop limit, in IPv6
    uint32_t size{0};     //!< octets, IP header included
    bool extended{false}; //!< IPv6 extension headers other than hop-by-hop options stand before it

    bool hasPorts{false};
    uint16_t sourcePort{0};
    uint16_t destinationPort{0};
    uint8_t tcpFlags{0};
    uint8_t icmpType{0};
    uint8_t icmpCode{0};
    uint16_t icmpIdentifier{0};

    bool fragment{false}; //!< a part of a datagram
    bool moreFragments{false};
    uint32_t fragmentOffset{0}; //!< in octets
    uint32_t fragmentSize{0};   //!< likewise
    uint32_t identification{0};

    /** Of the packet that an ICMP error is about: as that packet had it. */
    std::optional<FlowTuple> quoted;

    FirewallFault fault{FirewallFault::NONE};

    /** Whether more of the packet than the front that was read may tell more. */
    bool WantsMore() const
    {
        return fault != FirewallFault::NONE || (IsIcmpError() && !quoted);
    }

    /** Not the first part of a datagram: it has no transport header. */
    bool IsLaterFragment() const
    {
        return fragment && fragmentOffset != 0;
    }

    /** A query of ICMP that is answered under its identifier, or an answer. */
    bool IsIcmpQuery() const;

    /** An ICMP error that tells of a packet. */
    bool IsIcmpError() const;

    /** Neighbour discovery (RFC 4861) and its security (RFC 3971): never forwarded. */
    bool IsNeighborDiscovery() const;

    /** Multicast listener discovery (RFC 2710, RFC 3810). */
    bool IsListenerDiscovery() const;

    bool IsTcp() const
    {
        return protocol == TCP;
    }

    /** A segment that asks for a new connection, and nothing else. */
    bool OpensConnection() const;

    bool IsIcmp() const
    {
        return protocol == (ipv6 ? ICMP6 : ICMP);
    }

    /** By what it is told to belong to a flow. */
    FlowTuple Tuple() const;

    static constexpr uint8_t ICMP = 1;
    static constexpr uint8_t TCP = 6;
    static constexpr uint8_t UDP = 17;
    static constexpr uint8_t ICMP6 = 58;
};

/** Octets of the fixed header of IPv6. */
inline constexpr std::size_t IPV6_HEADER_SIZE = 40;

/**
 * Octets behind the IPv4 or IPv6 header that tell all there is to know of most packets. What needs
 * more, as long chains of extension headers do, is TRUNCATED if it gets only these.
 */
inline constexpr std::size_t FIREWALL_FRONT = 128;

/**
 * Reads an IPv4 datagram.
 *
 * \param front as much of its payload as there is, FIREWALL_FRONT octets do
 * \param payloadSize octets of the whole payload
 */
FirewallPacket ReadFirewallPacket4(const Ipv4WireHeader& header,
                                   ByteView front,
                                   std::size_t payloadSize);

/**
 * Reads an IPv6 packet.
 *
 * \param front as much of it as there is, from its fixed header on
 * \param size octets of the whole packet
 */
FirewallPacket ReadFirewallPacket6(ByteView front, std::size_t size);

} // namespace strata
} // namespace ns3

#endif /* STRATA_FIREWALL_PACKET_DECISION_H */

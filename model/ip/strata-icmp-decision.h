// SPDX-License-Identifier: GPL-2.0-only

#ifndef STRATA_ICMP_DECISION_H
#define STRATA_ICMP_DECISION_H

#include "ns3/strata-icmp-message.h"
#include "ns3/strata-time.h"

#include <optional>
#include <tuple>

namespace ns3
{
namespace strata
{

/** Why no ICMP error is sent about a datagram (RFC 1122 section 3.2.2, RFC 1812 section 4.3.2.7).
 */
enum class IcmpSilence : uint8_t
{
    ABOUT_ERROR,       //!< it is an ICMP error itself, or may be one
    TO_MANY,           //!< its destination is broadcast or multicast
    LINK_BROADCAST,    //!< it came in a frame to many
    LATER_FRAGMENT,    //!< not the first fragment
    SOURCE_IS_NOT_ONE, //!< zero, loopback, multicast, broadcast or class E
    RATE_LIMITED,      //!< too many errors lately; said by the sender, not by the rules
};

/** Name of \p silence as drop reasons print it. */
const char* IcmpSilenceName(IcmpSilence silence);

/** What the header doesn't tell of a datagram. */
struct IcmpErrorCase
{
    bool linkBroadcast{false};       //!< it came as a link-layer broadcast or multicast
    bool destinationIsToMany{false}; //!< a directed broadcast of a known subnet
    bool sourceIsToMany{false};      //!< likewise
    bool throughLoopback{false};     //!< it never left the node: loopback addresses are hosts
};

/**
 * Whether the rules forbid an ICMP error about a datagram; none if it may be sent. They stand
 * above every rule that asks for an error.
 *
 * \param payload what follows the header, one octet at least if the datagram has one. ICMP of
 *        an unknown type may be an error, so it is treated as one.
 */
std::optional<IcmpSilence> WhyNoIcmpError(const Ipv4WireHeader& header,
                                          ByteView payload,
                                          const IcmpErrorCase& about);

/** How much of a datagram an error quotes. */
enum class IcmpQuoteExtent : uint8_t
{
    HEADER_AND_EIGHT, //!< RFC 792: the header and 64 bits
    UP_TO_576,        //!< RFC 1812 section 4.3.2.3: as much as fits into 576 octets
};

/** Octets of a whole ICMP error, its header included (RFC 1812 section 4.3.2.3). */
constexpr std::size_t MAX_ICMP_ERROR_SIZE = 576;

/**
 * How many octets of a datagram an error quotes, from its header on.
 *
 * \param quoted the datagram's header
 * \param available octets that are still there, header included
 * \param errorHeaderSize octets of the error's own IP header, with its options
 */
std::size_t IcmpQuoteSize(const Ipv4WireHeader& quoted,
                          std::size_t available,
                          std::size_t errorHeaderSize,
                          IcmpQuoteExtent extent);

/**
 * The header of an ICMP error about a datagram from \p offending: precedence internetwork control
 * (RFC 1812 section 4.3.2.5), but for a source quench, which keeps that of its cause. Total length
 * and checksum are left to the caller.
 *
 * \param source RFC 1812 section 4.3.2.4: an address of the interface over which the error leaves;
 *        RFC 1122 section 3.2.1.3: of a host, the address to which the datagram came
 */
Ipv4WireHeader IcmpErrorHeader(const Ipv4WireHeader& offending,
                               IcmpType type,
                               uint32_t source,
                               uint8_t ttl);

/**
 * The source address of an error: that to which the datagram came, if it is this node's own
 * (RFC 1122 section 3.2.1.3), else that of the interface over which the error leaves
 * (RFC 1812 section 4.3.2.4).
 */
constexpr uint32_t
IcmpErrorSource(bool forThisNode, uint32_t destination, uint32_t outgoing)
{
    return forThisNode ? destination : outgoing;
}

/** Which queries a node answers. */
struct IcmpAnswerRules
{
    bool echo{true};           //!< RFC 1122 section 3.2.2.6: MUST
    bool timestamp{true};      //!< RFC 1122 section 3.2.2.8: MAY
    bool addressMask{false};   //!< RFC 1122 section 3.2.2.9: only an authoritative agent
    bool queriesToMany{false}; //!< answer those to broadcast and multicast addresses: MAY
};

/** What an answer needs to know. */
struct IcmpAnswerFacts
{
    bool toMany{false}; //!< the query came to a broadcast or multicast address
    uint32_t time{0};   //!< milliseconds since midnight UT
    uint32_t mask{0};   //!< of the interface over which the query came
};

/**
 * The answer to an ICMP query, if the node gives one: identifier, sequence number and data of an
 * echo come back as they were (RFC 792). Queries with a wrong checksum, a code or cut fields get
 * none.
 */
std::optional<IcmpMessage> AnswerIcmpQuery(const IcmpMessage& query,
                                           const IcmpAnswerRules& rules,
                                           const IcmpAnswerFacts& facts);

/**
 * A token bucket for ICMP errors (RFC 1812 section 4.3.2.8): one token an error, a new one every
 * interval, never more than the burst. It begins full. The defaults are Linux's for a whole host.
 */
class IcmpRateLimit
{
  public:
    IcmpRateLimit() = default;

    /** \p interval 0 lets everything pass; \p burst is at least one. */
    IcmpRateLimit(Nanos interval, uint32_t burst);

    /** Takes a token if there is one. Precondition: \p now doesn't go back. */
    bool Allow(Nanos now);

    auto Tie() const
    {
        return std::tie(m_interval, m_burst, m_tokens, m_since);
    }

    friend bool operator==(const IcmpRateLimit& a, const IcmpRateLimit& b)
    {
        return a.Tie() == b.Tie();
    }

    friend bool operator!=(const IcmpRateLimit& a, const IcmpRateLimit& b)
    {
        return !(a == b);
    }

  private:
    Nanos m_interval{std::chrono::milliseconds{1}};
    uint32_t m_burst{50};
    uint32_t m_tokens{50};
    Nanos m_since{0}; //!< from when the next token grows
};

} // namespace strata
} // namespace ns3

#endif /* STRATA_ICMP_DECISION_H */

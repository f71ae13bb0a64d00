// SPDX-License-Identifier: GPL-2.0-only

#include "strata-icmp-decision.h"

namespace ns3
{
namespace strata
{

namespace
{

constexpr std::size_t LEAST_QUOTED_PAYLOAD = 8; // RFC 792: 64 bits
constexpr uint8_t INTERNETWORK_CONTROL = 48;    // precedence 6 as a DSCP

/** Multicast, class E and the limited broadcast: 224.0.0.0 and above. */
constexpr bool
IsAboveUnicast(uint32_t address)
{
    return address >= 0xe0000000;
}

constexpr bool
IsLoopback(uint32_t address)
{
    return address >> 24 == 127;
}

/** RFC 1122 section 3.2.2: a source address that does not define a single host. */
bool
IsOneHost(uint32_t address, const IcmpErrorCase& about)
{
    const bool thisNetwork = address >> 24 == 0;
    return !thisNetwork && !IsAboveUnicast(address) && !about.sourceIsToMany &&
           (about.throughLoopback || !IsLoopback(address));
}

/** ICMP queries: about them, and no other ICMP, an error may be sent. */
bool
IsQuery(uint8_t type)
{
    switch (static_cast<IcmpType>(type))
    {
    case IcmpType::ECHO_REPLY:
    case IcmpType::ECHO_REQUEST:
    case IcmpType::ROUTER_ADVERTISEMENT:
    case IcmpType::ROUTER_SOLICITATION:
    case IcmpType::TIMESTAMP_REQUEST:
    case IcmpType::TIMESTAMP_REPLY:
    case IcmpType::INFORMATION_REQUEST:
    case IcmpType::INFORMATION_REPLY:
    case IcmpType::ADDRESS_MASK_REQUEST:
    case IcmpType::ADDRESS_MASK_REPLY:
        return true;
    default:
        return false;
    }
}

} // namespace

const char*
IcmpSilenceName(IcmpSilence silence)
{
    switch (silence)
    {
    case IcmpSilence::ABOUT_ERROR:
        return "about-error";
    case IcmpSilence::TO_MANY:
        return "to-many";
    case IcmpSilence::LINK_BROADCAST:
        return "link-broadcast";
    case IcmpSilence::LATER_FRAGMENT:
        return "later-fragment";
    case IcmpSilence::SOURCE_IS_NOT_ONE:
        return "source-is-not-one";
    case IcmpSilence::RATE_LIMITED:
        return "rate-limited";
    }
    return "unknown";
}

std::optional<IcmpSilence>
WhyNoIcmpError(const Ipv4WireHeader& header, ByteView payload, const IcmpErrorCase& about)
{
    if (about.linkBroadcast)
    {
        return IcmpSilence::LINK_BROADCAST;
    }
    if (IsAboveUnicast(header.destination) || about.destinationIsToMany)
    {
        return IcmpSilence::TO_MANY;
    }
    if (header.fragmentOffset != 0)
    {
        return IcmpSilence::LATER_FRAGMENT;
    }
    if (!IsOneHost(header.source, about))
    {
        return IcmpSilence::SOURCE_IS_NOT_ONE;
    }
    if (header.Is(Ipv4Protocol::ICMP) && (payload.empty() || !IsQuery(payload[0])))
    {
        return IcmpSilence::ABOUT_ERROR;
    }
    return std::nullopt;
}

std::size_t
IcmpQuoteSize(const Ipv4WireHeader& quoted,
              std::size_t available,
              std::size_t errorHeaderSize,
              IcmpQuoteExtent extent)
{
    // what lies behind Total Length is the link's padding
    std::size_t size =
        std::min<std::size_t>(available,
                              std::max<std::size_t>(quoted.totalLength, quoted.HeaderSize()));
    if (extent == IcmpQuoteExtent::HEADER_AND_EIGHT)
    {
        size = std::min(size, quoted.HeaderSize() + LEAST_QUOTED_PAYLOAD);
    }
    return std::min(size, MAX_ICMP_ERROR_SIZE - errorHeaderSize - IcmpMessage::HEADER_SIZE);
}

Ipv4WireHeader
IcmpErrorHeader(const Ipv4WireHeader& offending, IcmpType type, uint32_t source, uint8_t ttl)
{
    Ipv4WireHeader header;
    header.dscp = type == IcmpType::SOURCE_QUENCH ? offending.dscp & 0x38 : INTERNETWORK_CONTROL;
    header.ttl = ttl;
    header.protocol = static_cast<uint8_t>(Ipv4Protocol::ICMP);
    header.source = source;
    header.destination = offending.source;
    return header;
}

std::optional<IcmpMessage>
AnswerIcmpQuery(const IcmpMessage& query,
                const IcmpAnswerRules& rules,
                const IcmpAnswerFacts& facts)
{
    if (!query.HasRightChecksum() || query.code != 0 || (facts.toMany && !rules.queriesToMany))
    {
        return std::nullopt;
    }
    switch (query.type)
    {
    case IcmpType::ECHO_REQUEST:
        if (rules.echo)
        {
            return IcmpMessage::EchoReply(query);
        }
        break;
    case IcmpType::TIMESTAMP_REQUEST:
        if (rules.timestamp && query.Timestamps())
        {
            return IcmpMessage::TimestampReply(query, facts.time, facts.time);
        }
        break;
    case IcmpType::ADDRESS_MASK_REQUEST:
        if (rules.addressMask && query.AddressMask())
        {
            return IcmpMessage::AddressMaskReply(query, facts.mask);
        }
        break;
    default:
        break;
    }
    return std::nullopt;
}

IcmpRateLimit::IcmpRateLimit(Nanos interval, uint32_t burst)
    : m_interval(interval),
      m_burst(std::max<uint32_t>(burst, 1)),
      m_tokens(m_burst)
{
}

bool
IcmpRateLimit::Allow(Nanos now)
{
    if (m_interval <= Nanos{0})
    {
        return true;
    }
    if (m_tokens == m_burst)
    {
        m_since = now; // a full bucket grows nothing
    }
    const auto grown = (now - m_since) / m_interval;
    if (grown >= m_burst - m_tokens)
    {
        m_tokens = m_burst;
        m_since = now;
    }
    else
    {
        m_tokens += static_cast<uint32_t>(grown);
        m_since += grown * m_interval;
    }
    if (m_tokens == 0)
    {
        return false;
    }
    --m_tokens;
    return true;
}

} // namespace strata
} // namespace ns3

// SPDX-License-Identifier: GPL-2.0-only

// The part of NatMachine that translates ICMP errors and what they quote (RFC 5508 section 4).

#include "strata-nat-machine.h"
#include "strata-nat-option-decision.h"
#include "strata-nat-rewrite-decision.h"

#include "ns3/strata-checksum.h"
#include "ns3/strata-icmp-message.h"

namespace ns3
{
namespace strata
{

namespace
{

constexpr auto ICMP = static_cast<uint8_t>(Ipv4Protocol::ICMP);
constexpr std::size_t CHECKSUM = 2; //!< of the ICMP header

/** Keeps the checksum of a message right, or as wrong as it was, while the message changes. */
class MessageChecksum
{
  public:
    explicit MessageChecksum(NatPayload& payload)
        : m_payload(payload),
          m_before(ComputeChecksum(View()))
    {
    }

    ~MessageChecksum()
    {
        const uint16_t after = ComputeChecksum(View());
        uint8_t* const field = m_payload.data + CHECKSUM;
        Put16(field,
              UpdateChecksum(Get16(field),
                             static_cast<uint16_t>(~m_before),
                             static_cast<uint16_t>(~after)));
    }

  private:
    ByteView View() const
    {
        return {m_payload.data, m_payload.size};
    }

    NatPayload& m_payload;
    uint16_t m_before;
};

} // namespace

NatDrop
NatMachine::ReadQuote(NatPayload& payload, Quote& quote) const
{
    constexpr std::size_t FRONT = IcmpMessage::HEADER_SIZE;
    if (payload.size < FRONT + Ipv4WireHeader::MIN_SIZE)
    {
        return NatDrop::BAD_QUOTE;
    }
    const bool verify = GetConfig().verifyChecksums;
    // RFC 5508 REQ-3: "if the ICMP checksum fails to validate, the NAT SHOULD silently drop".
    if (verify && ComputeChecksum({payload.data, payload.size}) != 0)
    {
        return NatDrop::BAD_CHECKSUM;
    }
    quote.header = payload.data + FRONT;
    const std::size_t header = (quote.header[0] & 0xf) * std::size_t{4};
    if (quote.header[0] >> 4 != 4 || header < Ipv4WireHeader::MIN_SIZE ||
        FRONT + header > payload.size)
    {
        return NatDrop::BAD_QUOTE;
    }
    // REQ-3a; c) forbids to validate what is behind it.
    if (verify && ComputeChecksum({quote.header, header}) != 0)
    {
        return NatDrop::BAD_CHECKSUM;
    }
    quote.transport = quote.header + header;
    quote.transportSize = payload.size - FRONT - header;
    quote.source = Get32(quote.header + 12);
    quote.destination = Get32(quote.header + 16);
    quote.protocol = quote.header[9];
    quote.later = (Get16(quote.header + 6) & 0x1fff) != 0;
    return NatDrop::NONE;
}

bool
NatMachine::QuoteEnds(const Quote& quote, NatEndpoint& source, NatEndpoint& destination)
{
    source = {quote.source, 0};
    destination = {quote.destination, 0};
    if (NatHasPorts(quote.protocol))
    {
        if (quote.later || quote.transportSize < 4)
        {
            return false;
        }
        source.port = Get16(quote.transport);
        destination.port = Get16(quote.transport + 2);
    }
    if (quote.protocol == ICMP)
    {
        if (quote.later || quote.transportSize < NAT_IDENTIFIER + 2)
        {
            return false;
        }
        source.port = Get16(quote.transport + NAT_IDENTIFIER);
        destination.port = source.port;
    }
    return true;
}

/** The inside end of the quoted datagram's source, a public end. */
std::optional<NatEndpoint>
NatMachine::QuotedInside(const Quote& quote) const
{
    NatEndpoint outside;
    NatEndpoint remote;
    const bool ends = QuoteEnds(quote, outside, remote);
    if (const uint32_t inside = OneToOneBack(quote.source))
    {
        return NatEndpoint{inside, outside.port};
    }
    if (!ends)
    {
        return std::nullopt;
    }
    remote.port = quote.protocol == ICMP ? uint16_t{0} : remote.port;
    const NatTranslation found = m_table.PeekInbound(quote.protocol, outside, remote);
    return found ? std::optional<NatEndpoint>(found.endpoint) : std::nullopt;
}

/** The public end of the quoted datagram's destination, an inside end. */
std::optional<NatEndpoint>
NatMachine::QuotedOutside(const Quote& quote) const
{
    NatEndpoint inside;
    NatEndpoint remote;
    const bool ends = QuoteEnds(quote, remote, inside);
    if (const uint32_t outside = OneToOne(quote.destination))
    {
        return NatEndpoint{outside, inside.port};
    }
    if (!ends)
    {
        return std::nullopt;
    }
    remote.port = quote.protocol == ICMP ? uint16_t{0} : remote.port;
    const NatTranslation found = m_table.PeekOutbound({quote.protocol, inside, remote});
    return found ? std::optional<NatEndpoint>(found.endpoint) : std::nullopt;
}

NatVerdict
NatMachine::InboundError(Ipv4WireHeader& header, NatPayload& payload, const NatPortGuard* guard)
{
    if (!payload.IsWhole())
    {
        return NatVerdict::NeedAll();
    }
    Quote quote;
    const NatDrop why = ReadQuote(payload, quote);
    if (why != NatDrop::NONE)
    {
        return Drop(why);
    }
    const std::optional<NatEndpoint> inside =
        IsPublic(quote.source) ? QuotedInside(quote) : std::nullopt;
    if (!inside)
    {
        NatEndpoint source;
        NatEndpoint destination;
        const bool ends = QuoteEnds(quote, source, destination);
        // What the node itself sent without a mapping: its servers' answers, its protocols.
        const bool own =
            quote.source == header.destination && ends &&
            (NatHasPorts(quote.protocol) ? guard && guard->IsOwn(quote.protocol, source.port)
                                         : quote.protocol != ICMP);
        return own ? NatVerdict{} : Drop(NatDrop::NO_MAPPING);
    }
    if (inside->address == quote.source && quote.source == header.destination)
    {
        NatEndpoint source;
        NatEndpoint destination;
        QuoteEnds(quote, source, destination);
        if (inside->port == source.port)
        {
            return {};
        }
    }
    {
        MessageChecksum checksum(payload);
        if (!quote.later)
        {
            RewriteTransport(quote.protocol,
                             quote.transport,
                             quote.transportSize,
                             NatEnd::SOURCE,
                             quote.source,
                             *inside);
        }
        PatchIpv4Source(quote.header, inside->address);
    }
    header.UpdateDestination(inside->address);
    return NatVerdict::Rewritten();
}

NatVerdict
NatMachine::OutboundError(Ipv4WireHeader& header,
                          NatPayload& payload,
                          bool local,
                          const NatPortGuard* guard)
{
    if (!payload.IsWhole())
    {
        return NatVerdict::NeedAll();
    }
    Quote quote;
    const NatDrop why = ReadQuote(payload, quote);
    if (why != NatDrop::NONE)
    {
        return Drop(why);
    }
    const bool own = local && IsPublic(header.source);
    const std::optional<NatEndpoint> outside = QuotedOutside(quote);
    if (!outside)
    {
        return own && IsPublic(quote.destination) ? NatVerdict{} : Drop(NatDrop::NO_MAPPING);
    }
    {
        MessageChecksum checksum(payload);
        if (!quote.later)
        {
            RewriteTransport(quote.protocol,
                             quote.transport,
                             quote.transportSize,
                             NatEnd::DESTINATION,
                             quote.destination,
                             *outside);
        }
        PatchIpv4Destination(quote.header, outside->address);
        HideQuotedOptions(quote, outside->address, guard);
    }
    if (!own)
    {
        // REQ-5c: by basic NAT, the public address of the sender; else one of the box's own.
        const uint32_t sender = OneToOne(header.source);
        header.UpdateSource(sender != 0 ? sender : outside->address);
    }
    return NatVerdict::Rewritten();
}

void
NatMachine::HideQuotedOptions(const Quote& quote, uint32_t instead, const NatPortGuard* guard) const
{
    uint8_t* const options = quote.header + Ipv4WireHeader::MIN_SIZE;
    const ByteView view(options, static_cast<std::size_t>(quote.transport - options));
    const Bytes before = view.ToBytes();
    if (HideAddresses(
            options,
            view.size(),
            [&](uint32_t address) { return IsHidden(address, guard); },
            instead))
    {
        uint8_t* const checksum = quote.header + Ipv4WireHeader::CHECKSUM_OFFSET;
        Put16(checksum, UpdateChecksumOver(Get16(checksum), before, view));
    }
}

/** RFC 5508 REQ-7: both ends of what is quoted are inside. */
NatVerdict
NatMachine::HairpinError(Ipv4WireHeader& header, NatPayload& payload)
{
    if (!payload.IsWhole())
    {
        return NatVerdict::NeedAll();
    }
    Quote quote;
    const NatDrop why = ReadQuote(payload, quote);
    if (why != NatDrop::NONE)
    {
        return Drop(why);
    }
    const std::optional<NatEndpoint> inside =
        IsPublic(quote.source) ? QuotedInside(quote) : std::nullopt;
    const std::optional<NatEndpoint> outside = QuotedOutside(quote);
    if (!inside || !outside)
    {
        return Drop(NatDrop::NO_MAPPING);
    }
    if (!GetConfig().hairpinning)
    {
        return Drop(NatDrop::HAIRPIN);
    }
    {
        MessageChecksum checksum(payload);
        const bool query = quote.protocol == ICMP;
        if (!quote.later)
        {
            RewriteTransport(quote.protocol,
                             quote.transport,
                             quote.transportSize,
                             NatEnd::SOURCE,
                             quote.source,
                             *inside);
            if (!query)
            {
                RewriteTransport(quote.protocol,
                                 quote.transport,
                                 quote.transportSize,
                                 NatEnd::DESTINATION,
                                 quote.destination,
                                 *outside);
            }
        }
        PatchIpv4Source(quote.header, inside->address);
        PatchIpv4Destination(quote.header, outside->address);
    }
    header.UpdateSource(outside->address);
    header.UpdateDestination(inside->address);
    return NatVerdict::Rewritten();
}

} // namespace strata
} // namespace ns3

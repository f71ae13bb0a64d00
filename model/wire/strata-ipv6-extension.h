// SPDX-License-Identifier: GPL-2.0-only

#ifndef STRATA_IPV6_EXTENSION_H
#define STRATA_IPV6_EXTENSION_H

#include "strata-wire-contract.h"

#include "ns3/strata-byte-reader.h"

#include <tuple>
#include <variant>
#include <vector>

namespace ns3
{
namespace strata
{

/** Next Header values that name extension headers of this file, and the one for nothing. */
enum class Ipv6NextHeader : uint8_t
{
    HOP_BY_HOP = 0,           //!< RFC 8200 section 4.3
    ROUTING = 43,             //!< RFC 8200 section 4.4
    FRAGMENT = 44,            //!< RFC 8200 section 4.5
    NONE = 59,                //!< RFC 8200 section 4.7
    DESTINATION_OPTIONS = 60, //!< RFC 8200 section 4.6
};

/** What a node does with a packet whose option it doesn't know (RFC 8200 section 4.2). */
enum class Ipv6OptionAction : uint8_t
{
    SKIP = 0,
    DISCARD = 1,
    DISCARD_AND_REPORT = 2,
    DISCARD_AND_REPORT_UNICAST = 3, //!< report unless the destination was multicast
};

/** One option of an options header; views the bytes of that header. */
struct Ipv6Option
{
    static constexpr uint8_t PAD1 = 0;
    static constexpr uint8_t PADN = 1;

    uint8_t kind{0};
    std::size_t offset{0}; //!< of the kind, counted as the reader counts
    ByteView data;         //!< empty for Pad1, which has no length octet

    Ipv6OptionAction ActionWhenUnknown() const
    {
        return static_cast<Ipv6OptionAction>(kind >> 6);
    }

    /** Whether the data may change on the way, and so counts as zero for AH. */
    bool MayChange() const
    {
        return (kind & 0x20) != 0;
    }

    bool IsPadding() const
    {
        return kind == PAD1 || kind == PADN;
    }

    /**
     * The next option of \p options, known or not. An option that runs out of them fails the
     * reader with BAD_LENGTH at its length octet, or at its kind where that is the last octet.
     */
    static Ipv6Option Read(ByteReader& options);
};

/** Appends an option; precondition: \p data has at most 255 octets, none for Pad1. */
void AppendIpv6Option(Bytes& options, uint8_t kind, ByteView data);

/** Pads \p options with Pad1 or PadN so that their header fills units of 8 octets. */
void PadIpv6Options(Bytes& options);

/**
 * Hop-by-hop and destination options headers (RFC 8200 sections 4.3 and 4.6).
 *
 * \verbatim
 * +---------------+---------------+-------------------------------+
 * |  Next Header  |  Hdr Ext Len  |          Options ...          |
 * +---------------+---------------+-------------------------------+
 * \endverbatim
 *
 * Hdr Ext Len counts units of 8 octets without the first. The options are kept as they came:
 * unknown kinds, padding and what it holds.
 */
template <Ipv6NextHeader KIND>
struct Ipv6OptionsHeader
{
    static constexpr Ipv6NextHeader TYPE = KIND;

    uint8_t nextHeader{static_cast<uint8_t>(Ipv6NextHeader::NONE)};
    Bytes options{Ipv6Option::PADN, 4, 0, 0, 0, 0}; //!< whole options; 2 less than 8n octets

    auto Tie() const
    {
        return std::tie(nextHeader, options);
    }

    friend bool operator==(const Ipv6OptionsHeader& a, const Ipv6OptionsHeader& b)
    {
        return a.Tie() == b.Tie();
    }

    friend bool operator!=(const Ipv6OptionsHeader& a, const Ipv6OptionsHeader& b)
    {
        return !(a == b);
    }
};

using Ipv6HopByHop = Ipv6OptionsHeader<Ipv6NextHeader::HOP_BY_HOP>;
using Ipv6DestinationOptions = Ipv6OptionsHeader<Ipv6NextHeader::DESTINATION_OPTIONS>;

/** A routing header of any type (RFC 8200 section 4.4). */
struct Ipv6Routing
{
    static constexpr Ipv6NextHeader TYPE = Ipv6NextHeader::ROUTING;

    uint8_t nextHeader{static_cast<uint8_t>(Ipv6NextHeader::NONE)};
    uint8_t routingType{0};
    uint8_t segmentsLeft{0};
    Bytes data{0, 0, 0, 0}; //!< type-specific; 4 less than 8n octets

    auto Tie() const
    {
        return std::tie(nextHeader, routingType, segmentsLeft, data);
    }

    friend bool operator==(const Ipv6Routing& a, const Ipv6Routing& b)
    {
        return a.Tie() == b.Tie();
    }

    friend bool operator!=(const Ipv6Routing& a, const Ipv6Routing& b)
    {
        return !(a == b);
    }
};

/** The fragment header (RFC 8200 section 4.5). */
struct Ipv6Fragment
{
    static constexpr Ipv6NextHeader TYPE = Ipv6NextHeader::FRAGMENT;

    uint8_t nextHeader{static_cast<uint8_t>(Ipv6NextHeader::NONE)};
    uint8_t reserved{0};
    uint16_t fragmentOffset{0}; //!< 13 bits, in units of 8 octets
    uint8_t reservedBits{0};    //!< 2 bits
    bool moreFragments{false};
    uint32_t identification{0};

    auto Tie() const
    {
        return std::tie(nextHeader,
                        reserved,
                        fragmentOffset,
                        reservedBits,
                        moreFragments,
                        identification);
    }

    friend bool operator==(const Ipv6Fragment& a, const Ipv6Fragment& b)
    {
        return a.Tie() == b.Tie();
    }

    friend bool operator!=(const Ipv6Fragment& a, const Ipv6Fragment& b)
    {
        return !(a == b);
    }
};

/**
 * One extension header. Its bytes don't say what it is: the header before does, so that is the
 * context.
 *
 * Errors: TRUNCATED; BAD_LENGTH at the length octet of an option that runs out of its header;
 * BAD_TYPE at the Next Header field before when it names no header of this file. All offsets can
 * stand as they are in the pointer of an ICMPv6 Parameter Problem (RFC 4443 section 3.4).
 */
struct Ipv6Extension
{
    /** Offset of the Next Header field in the IPv6 header, and octets of that header. */
    static constexpr std::size_t IPV6_NEXT_HEADER_OFFSET = 6;
    static constexpr std::size_t IPV6_HEADER_SIZE = 40;

    struct Context
    {
        uint8_t nextHeader{0};                        //!< what the header before says
        std::size_t namedAt{IPV6_NEXT_HEADER_OFFSET}; //!< where, from the IPv6 header's start
        std::size_t offset{IPV6_HEADER_SIZE};         //!< of this header, counted likewise
    };

    std::variant<Ipv6HopByHop, Ipv6Routing, Ipv6Fragment, Ipv6DestinationOptions> header;

    /** Whether \p nextHeader names a header of this file. */
    static bool IsKnown(uint8_t nextHeader);

    /** The value by which the header before names this one. */
    uint8_t Type() const;

    /** What this header says of the next. */
    uint8_t NextHeader() const;

    void SetNextHeader(uint8_t nextHeader);

    static Expected<Ipv6Extension, DecodeError> Decode(ByteView bytes, const Context& context);

    std::size_t EncodedSize() const;

    void Encode(ByteWriter& writer) const;

    friend bool operator==(const Ipv6Extension& a, const Ipv6Extension& b)
    {
        return a.header == b.header;
    }

    friend bool operator!=(const Ipv6Extension& a, const Ipv6Extension& b)
    {
        return !(a == b);
    }
};

static_assert(IsWireFormat<Ipv6Extension>);

/**
 * The extension headers between an IPv6 header and what the packet carries (RFC 8200 section 4.1),
 * in any order and number, as a receiver must accept them.
 *
 * The chain ends before the first Next Header value that this file doesn't know, and behind a
 * fragment header with an offset, for what follows it is the middle of a packet.
 * Errors: those of Ipv6Extension; BAD_TYPE at a Next Header field that asks for hop-by-hop options
 * anywhere but in the IPv6 header; TOO_MANY at the header beyond MAX_HEADERS.
 */
struct Ipv6ExtensionChain
{
    struct Context
    {
        uint8_t nextHeader{0}; //!< what the IPv6 header says
    };

    /**
     * Twice what RFC 8200 section 4.1 recommends a packet to have with AH and ESP: it names seven.
     * A node may have such a limit (RFC 8883 section 3: too many extension headers).
     */
    static constexpr std::size_t MAX_HEADERS = 14;

    std::vector<Ipv6Extension> headers; //!< may be empty

    static Expected<Ipv6ExtensionChain, DecodeError> Decode(ByteView bytes, const Context& context);

    /** The protocol behind the chain; \p context as for Decode. */
    uint8_t UpperLayer(const Context& context) const
    {
        return headers.empty() ? context.nextHeader : headers.back().NextHeader();
    }

    std::size_t EncodedSize() const;

    void Encode(ByteWriter& writer) const;

    friend bool operator==(const Ipv6ExtensionChain& a, const Ipv6ExtensionChain& b)
    {
        return a.headers == b.headers;
    }

    friend bool operator!=(const Ipv6ExtensionChain& a, const Ipv6ExtensionChain& b)
    {
        return !(a == b);
    }
};

static_assert(IsWireFormat<Ipv6ExtensionChain>);

} // namespace strata
} // namespace ns3

#endif /* STRATA_IPV6_EXTENSION_H */

// SPDX-License-Identifier: GPL-2.0-only

#ifndef STRATA_ICMP_MESSAGE_H
#define STRATA_ICMP_MESSAGE_H

#include "strata-ipv4-header.h"

#include <optional>
#include <vector>

namespace ns3
{
namespace strata
{

/** ICMP types (RFC 792, 950, 1256); any other is kept. */
enum class IcmpType : uint8_t
{
    ECHO_REPLY = 0,
    UNREACHABLE = 3,
    SOURCE_QUENCH = 4, //!< deprecated by RFC 6633
    REDIRECT = 5,
    ECHO_REQUEST = 8,
    ROUTER_ADVERTISEMENT = 9, //!< RFC 1256
    ROUTER_SOLICITATION = 10,
    TIME_EXCEEDED = 11,
    PARAMETER_PROBLEM = 12,
    TIMESTAMP_REQUEST = 13,
    TIMESTAMP_REPLY = 14,
    INFORMATION_REQUEST = 15, //!< deprecated by RFC 6918, as the next
    INFORMATION_REPLY = 16,
    ADDRESS_MASK_REQUEST = 17, //!< RFC 950; deprecated by RFC 6918
    ADDRESS_MASK_REPLY = 18,
};

/** Codes of Destination Unreachable: 0 to 5 of RFC 792, to 12 of RFC 1122, to 15 of RFC 1812. */
enum class IcmpUnreachableCode : uint8_t
{
    NET = 0,
    HOST = 1,
    PROTOCOL = 2,
    PORT = 3,
    FRAGMENTATION_NEEDED = 4,
    SOURCE_ROUTE_FAILED = 5,
    NET_UNKNOWN = 6,
    HOST_UNKNOWN = 7,
    SOURCE_HOST_ISOLATED = 8,
    NET_PROHIBITED = 9,
    HOST_PROHIBITED = 10,
    NET_FOR_TOS = 11,
    HOST_FOR_TOS = 12,
    COMMUNICATION_PROHIBITED = 13,
    PRECEDENCE_VIOLATION = 14,
    PRECEDENCE_CUTOFF = 15,
};

/** Codes of Redirect (RFC 792). */
enum class IcmpRedirectCode : uint8_t
{
    NET = 0,
    HOST = 1,
    TOS_AND_NET = 2,
    TOS_AND_HOST = 3,
};

/** Codes of Time Exceeded (RFC 792). */
enum class IcmpTimeExceededCode : uint8_t
{
    IN_TRANSIT = 0,
    REASSEMBLY = 1,
};

/** Codes of Parameter Problem (RFC 792, RFC 1122 section 3.2.2.5). */
enum class IcmpParameterProblemCode : uint8_t
{
    POINTER = 0,
    MISSING_OPTION = 1, //!< the pointer holds the type of the option
    BAD_LENGTH = 2,
};

/** Times of a timestamp message: milliseconds since midnight UT (RFC 792). */
struct IcmpTimestamps
{
    uint32_t originate{0};
    uint32_t receive{0};
    uint32_t transmit{0};

    constexpr auto Tie() const
    {
        return std::tie(originate, receive, transmit);
    }

    friend bool operator==(const IcmpTimestamps& a, const IcmpTimestamps& b)
    {
        return a.Tie() == b.Tie();
    }

    friend bool operator!=(const IcmpTimestamps& a, const IcmpTimestamps& b)
    {
        return !(a == b);
    }
};

/** A router as an advertisement names it (RFC 1256 section 3). */
struct IcmpRouterEntry
{
    /** Never to be used as a default router. */
    static constexpr int32_t NEVER_DEFAULT = INT32_MIN;

    uint32_t address{0};
    int32_t preference{0}; //!< higher is better

    constexpr auto Tie() const
    {
        return std::tie(address, preference);
    }

    friend bool operator==(const IcmpRouterEntry& a, const IcmpRouterEntry& b)
    {
        return a.Tie() == b.Tie();
    }

    friend bool operator!=(const IcmpRouterEntry& a, const IcmpRouterEntry& b)
    {
        return !(a == b);
    }
};

/** What a router advertisement says (RFC 1256 section 3). */
struct IcmpRouterAdvertisement
{
    uint16_t lifetime{0}; //!< seconds; 0 takes the addresses back
    std::vector<IcmpRouterEntry> routers;
};

/** The datagram that an error is about, as far as it is quoted. */
struct IcmpQuote
{
    Ipv4WireHeader header; //!< its total length tells how long the datagram was
    ByteView payload;      //!< what is quoted of its payload; views the message's body
};

/**
 * An ICMP message (RFC 792): it fills the payload of its datagram.
 *
 * \verbatim
 * +---------------+---------------+-------------------------------+
 * |     Type      |     Code      |           Checksum            |
 * +---------------+---------------+-------------------------------+
 * |              rest of the header, by type and code             |
 * +---------------------------------------------------------------+
 * |                             body ...                          |
 * \endverbatim
 *
 * The checksum covers all and is kept as it came. The message is read whatever its type; the views
 * below read what types have in common and don't ask for the type, unless they say so.
 * Errors: TRUNCATED below 8 octets.
 */
struct IcmpMessage
{
    struct Context
    {
    };

    static constexpr std::size_t HEADER_SIZE = 8;

    IcmpType type{IcmpType::ECHO_REPLY};
    uint8_t code{0};
    uint16_t checksum{0};
    uint32_t rest{0};
    Bytes body;

    /** The makers below set the checksum. \p quote is what is quoted of the datagram. */
    static IcmpMessage Unreachable(IcmpUnreachableCode code, ByteView quote);
    static IcmpMessage FragmentationNeeded(uint16_t nextHopMtu, ByteView quote);
    static IcmpMessage TimeExceeded(IcmpTimeExceededCode code, ByteView quote);
    static IcmpMessage ParameterProblem(uint8_t pointer, ByteView quote);
    static IcmpMessage MissingOption(uint8_t kind, ByteView quote);
    static IcmpMessage SourceQuench(ByteView quote);
    static IcmpMessage Redirect(IcmpRedirectCode code, uint32_t gateway, ByteView quote);
    static IcmpMessage EchoRequest(uint16_t identifier, uint16_t sequence, Bytes data);
    static IcmpMessage TimestampRequest(uint16_t identifier, uint16_t sequence, uint32_t originate);
    static IcmpMessage AddressMaskRequest(uint16_t identifier, uint16_t sequence);
    static IcmpMessage RouterSolicitation();

    /** At most 255 routers are named, the first ones. */
    static IcmpMessage RouterAdvertisement(const IcmpRouterAdvertisement& advertisement);

    /** Preconditions: \p request is of the kind that is answered, and holds its fields. */
    static IcmpMessage EchoReply(const IcmpMessage& request);
    static IcmpMessage TimestampReply(const IcmpMessage& request,
                                      uint32_t receive,
                                      uint32_t transmit);
    static IcmpMessage AddressMaskReply(const IcmpMessage& request, uint32_t mask);

    /** Whether it is one of the errors of RFC 1122 section 3.2.2, which no error is sent about. */
    bool IsError() const
    {
        return IsIcmpError(static_cast<uint8_t>(type));
    }

    static bool IsIcmpError(uint8_t type);

    bool IsUnreachable(IcmpUnreachableCode which) const
    {
        return type == IcmpType::UNREACHABLE && code == static_cast<uint8_t>(which);
    }

    /** Of echo, timestamp, information and address mask. */
    uint16_t Identifier() const
    {
        return static_cast<uint16_t>(rest >> 16);
    }

    uint16_t Sequence() const
    {
        return static_cast<uint16_t>(rest);
    }

    /** Of Fragmentation Needed (RFC 1191 section 4); 0 from a router that does not know it. */
    uint16_t NextHopMtu() const
    {
        return static_cast<uint16_t>(rest);
    }

    /** Of Redirect. */
    uint32_t Gateway() const
    {
        return rest;
    }

    /** Of Parameter Problem. */
    uint8_t Pointer() const
    {
        return static_cast<uint8_t>(rest >> 24);
    }

    /** Octets of the quoted datagram where extensions follow it (RFC 4884); 0 without them. */
    std::size_t QuoteLength() const;

    /** The quoted octets of an error, without extensions. */
    ByteView QuotedBytes() const;

    /** The quoted datagram; its errors are those of Ipv4WireHeader, counted in the quote. */
    Expected<IcmpQuote, DecodeError> Quote() const;

    /** None when the body is too short for them. */
    std::optional<IcmpTimestamps> Timestamps() const;

    /** None when the body is too short. */
    std::optional<uint32_t> AddressMask() const;

    /**
     * What an advertisement says, if it is valid (RFC 1256 section 5.2: code 0, an address or
     * more, entries of two words or more, all of them there); none otherwise. Longer entries are
     * read by their first two words.
     */
    std::optional<IcmpRouterAdvertisement> Advertisement() const;

    uint16_t ComputeMessageChecksum() const;

    bool HasRightChecksum() const
    {
        return SumOver(checksum) == 0;
    }

    void SetChecksum()
    {
        checksum = ComputeMessageChecksum();
    }

    static Expected<IcmpMessage, DecodeError> Decode(ByteView bytes, const Context&);

    std::size_t EncodedSize() const
    {
        return HEADER_SIZE + body.size();
    }

    void Encode(ByteWriter& writer) const;

    auto Tie() const
    {
        return std::tie(type, code, checksum, rest, body);
    }

    friend bool operator==(const IcmpMessage& a, const IcmpMessage& b)
    {
        return a.Tie() == b.Tie();
    }

    friend bool operator!=(const IcmpMessage& a, const IcmpMessage& b)
    {
        return !(a == b);
    }

  private:
    uint16_t SumOver(uint16_t checksumField) const;
};

static_assert(IsWireFormat<IcmpMessage>);

} // namespace strata
} // namespace ns3

#endif /* STRATA_ICMP_MESSAGE_H */

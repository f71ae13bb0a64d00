// SPDX-License-Identifier: GPL-2.0-only

#ifndef STRATA_BGP_MESSAGE_H
#define STRATA_BGP_MESSAGE_H

#include "strata-wire-contract.h"

#include <tuple>

namespace ns3
{
namespace strata
{

/** BGP message types (https://www.iana.org/assignments/bgp-parameters). */
enum class BgpMessageType : uint8_t
{
    OPEN = 1,          //!< RFC 4271 section 4.2
    UPDATE = 2,        //!< RFC 4271 section 4.3
    NOTIFICATION = 3,  //!< RFC 4271 section 4.5
    KEEPALIVE = 4,     //!< RFC 4271 section 4.4
    ROUTE_REFRESH = 5, //!< RFC 2918 section 3
};

/**
 * A BGP-4 message as it is framed in a TCP stream (RFC 4271 section 4.1); the body is raw.
 *
 * \verbatim
 *  0                   1                   2                   3
 *  0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
 * +---------------------------------------------------------------+
 * |                    Marker (16 octets of ones)                 |
 * +-------------------------------+---------------+---------------+
 * |            Length             |     Type      |    Body ...
 * +-------------------------------+---------------+
 * \endverbatim
 *
 * Decode takes the bytes received so far, from the start of a message. A wrong field is refused
 * as soon as it has arrived, in the order of RFC 4271 section 6.1:
 *
 * | code       | offset                       | meaning                                       |
 * |------------|------------------------------|-----------------------------------------------|
 * | BAD_VALUE  | first wrong octet, 0 to 15   | Connection Not Synchronized                   |
 * | BAD_LENGTH | LENGTH_OFFSET                | Bad Message Length, of the type or in general |
 * | BAD_TYPE   | TYPE_OFFSET                  | Bad Message Type                              |
 * | INCOMPLETE | octets that must be there    | wait for more                                 |
 */
struct BgpMessage
{
    /** What the two ends agreed on in their OPEN messages. */
    struct Context
    {
        bool extendedMessage{false}; //!< up to 65535 octets but in OPEN and KEEPALIVE (RFC 8654)
        bool routeRefresh{false};    //!< ROUTE-REFRESH is a known type (RFC 2918)
    };

    static constexpr std::size_t MARKER_SIZE = 16;
    static constexpr std::size_t LENGTH_OFFSET = MARKER_SIZE;
    static constexpr std::size_t TYPE_OFFSET = LENGTH_OFFSET + 2;
    static constexpr std::size_t HEADER_SIZE = TYPE_OFFSET + 1;
    static constexpr std::size_t MAX_SIZE = 4096;           //!< RFC 4271 section 4.1
    static constexpr std::size_t MAX_EXTENDED_SIZE = 65535; //!< RFC 8654 section 2

    BgpMessageType type{BgpMessageType::KEEPALIVE};
    Bytes body; //!< everything behind the header

    /** Octets that a message of \p type has at least, the header included (RFC 4271 6.1). */
    static std::size_t MinSize(BgpMessageType type);

    /** Octets that a message of \p type has at most, the header included. */
    static std::size_t MaxSize(BgpMessageType type, const Context& context);

    static Expected<BgpMessage, DecodeError> Decode(ByteView bytes, const Context& context);

    std::size_t EncodedSize() const
    {
        return HEADER_SIZE + body.size();
    }

    /** Precondition: the body keeps the bounds of MinSize and MaxSize. */
    void Encode(ByteWriter& writer) const;

    auto Tie() const
    {
        return std::tie(type, body);
    }

    friend bool operator==(const BgpMessage& a, const BgpMessage& b)
    {
        return a.Tie() == b.Tie();
    }

    friend bool operator!=(const BgpMessage& a, const BgpMessage& b)
    {
        return !(a == b);
    }
};

static_assert(IsWireFormat<BgpMessage>);

/** The body of a NOTIFICATION (RFC 4271 section 4.5); codes unknown to us are kept. */
struct BgpNotification
{
    struct Context
    {
    };

    static constexpr uint8_t MESSAGE_HEADER_ERROR = 1; //!< error code (RFC 4271 section 6.1)
    static constexpr uint8_t NOT_SYNCHRONIZED = 1;     //!< its subcodes
    static constexpr uint8_t BAD_MESSAGE_LENGTH = 2;
    static constexpr uint8_t BAD_MESSAGE_TYPE = 3;

    uint8_t code{0};
    uint8_t subcode{0};
    Bytes data; //!< what the code and subcode say; all bytes to the end of the message

    static Expected<BgpNotification, DecodeError> Decode(ByteView bytes, const Context&);

    /**
     * The answer to bytes that BgpMessage::Decode refused (RFC 4271 section 6.1): the data is the
     * length or the type field at fault.
     * Precondition: \p error came from decoding \p bytes, and isn't INCOMPLETE.
     */
    static BgpNotification ForHeaderError(const DecodeError& error, ByteView bytes);

    std::size_t EncodedSize() const
    {
        return 2 + data.size();
    }

    void Encode(ByteWriter& writer) const;

    auto Tie() const
    {
        return std::tie(code, subcode, data);
    }

    friend bool operator==(const BgpNotification& a, const BgpNotification& b)
    {
        return a.Tie() == b.Tie();
    }

    friend bool operator!=(const BgpNotification& a, const BgpNotification& b)
    {
        return !(a == b);
    }
};

static_assert(IsWireFormat<BgpNotification>);

} // namespace strata
} // namespace ns3

#endif /* STRATA_BGP_MESSAGE_H */

// SPDX-License-Identifier: GPL-2.0-only

#ifndef STRATA_ARP_MESSAGE_H
#define STRATA_ARP_MESSAGE_H

#include "strata-wire-contract.h"

#include <array>
#include <tuple>

namespace ns3
{
namespace strata
{

/** A 48-bit hardware address as the wire has it. */
using MacBytes = std::array<uint8_t, 6>;

constexpr MacBytes BROADCAST_MAC{0xff, 0xff, 0xff, 0xff, 0xff, 0xff};

/** ar$op (RFC 826); any other value is kept. */
enum class ArpOperation : uint16_t
{
    REQUEST = 1,
    REPLY = 2,
};

/**
 * ARP for IPv4 over Ethernet (RFC 826).
 *
 * \verbatim
 * +-------------------------------+-------------------------------+
 * |    Hardware type (1)          |    Protocol type (0x0800)     |
 * +---------------+---------------+-------------------------------+
 * |  HLen (6)     |   PLen (4)    |          Operation            |
 * +---------------+---------------+-------------------------------+
 * |  Sender hardware, sender protocol, target hardware, target protocol address  |
 * +------------------------------------------------------------------------------+
 * \endverbatim
 *
 * What lies behind the 28 bytes is the frame's padding.
 * Errors: TRUNCATED; BAD_TYPE at the hardware or protocol type and BAD_LENGTH at the length of an
 * address, where they are not Ethernet's and IPv4's.
 */
struct ArpMessage
{
    struct Context
    {
    };

    static constexpr std::size_t SIZE = 28;

    ArpOperation operation{ArpOperation::REQUEST};
    MacBytes senderHardware{};
    uint32_t senderProtocol{0}; //!< host order, as all IPv4 addresses here
    MacBytes targetHardware{};  //!< nothing sensible in a request
    uint32_t targetProtocol{0};

    /** Who has \p target? Tell \p sender. */
    static ArpMessage Request(const MacBytes& hardware, uint32_t sender, uint32_t target);

    /** \p address is at \p hardware, for the sender of \p request. */
    static ArpMessage Reply(const ArpMessage& request, const MacBytes& hardware);

    /** Asks whether \p address is taken without claiming it (RFC 5227 section 1.1). */
    static ArpMessage Probe(const MacBytes& hardware, uint32_t address);

    /** Claims \p address (RFC 5227 section 1.1): what others call a gratuitous request. */
    static ArpMessage Announcement(const MacBytes& hardware, uint32_t address);

    /** RFC 5227 section 1.1: a request whose sender protocol address is all zero. */
    bool IsProbe() const
    {
        return operation == ArpOperation::REQUEST && senderProtocol == 0;
    }

    /** Speaks of the sender's own address, request or reply (RFC 5944 section 4.6). */
    bool IsGratuitous() const
    {
        return senderProtocol != 0 && senderProtocol == targetProtocol;
    }

    static Expected<ArpMessage, DecodeError> Decode(ByteView bytes, const Context&);

    std::size_t EncodedSize() const
    {
        return SIZE;
    }

    void Encode(ByteWriter& writer) const;

    constexpr auto Tie() const
    {
        return std::tie(operation, senderHardware, senderProtocol, targetHardware, targetProtocol);
    }

    friend bool operator==(const ArpMessage& a, const ArpMessage& b)
    {
        return a.Tie() == b.Tie();
    }

    friend bool operator!=(const ArpMessage& a, const ArpMessage& b)
    {
        return !(a == b);
    }
};

static_assert(IsWireFormat<ArpMessage>);

} // namespace strata
} // namespace ns3

#endif /* STRATA_ARP_MESSAGE_H */

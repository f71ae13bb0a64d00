// SPDX-License-Identifier: GPL-2.0-only

#ifndef STRATA_DHCP_MESSAGE_H
#define STRATA_DHCP_MESSAGE_H

#include "strata-dhcp-option.h"
#include "strata-wire-contract.h"

#include <array>
#include <optional>
#include <string>
#include <tuple>

namespace ns3
{
namespace strata
{

/** op (RFC 951); any other value is refused. */
enum class BootpOperation : uint8_t
{
    REQUEST = 1,
    REPLY = 2,
};

/** What a message is for (RFC 2132 section 9.6, RFC 3203, RFC 4388); unknown values are kept. */
enum class DhcpMessageType : uint8_t
{
    DISCOVER = 1,
    OFFER = 2,
    REQUEST = 3,
    DECLINE = 4,
    ACK = 5,
    NAK = 6,
    RELEASE = 7,
    INFORM = 8,
};

/** `DISCOVER` for 1, and so on; `type-N` for one that is not known. */
std::string DhcpMessageTypeName(DhcpMessageType type);

constexpr uint16_t DHCP_SERVER_PORT = 67;
constexpr uint16_t DHCP_CLIENT_PORT = 68;

/**
 * A BOOTP or DHCP message (RFC 951, RFC 2131 section 2).
 *
 * \verbatim
 * +---------------+---------------+---------------+---------------+
 * |     op (1)    |   htype (1)   |   hlen (1)    |   hops (1)    |
 * +---------------+---------------+---------------+---------------+
 * |                            xid (4)                            |
 * +-------------------------------+-------------------------------+
 * |           secs (2)            |           flags (2)           |
 * +-------------------------------+-------------------------------+
 * |            ciaddr, yiaddr, siaddr, giaddr (4 each)            |
 * +---------------------------------------------------------------+
 * |             chaddr (16), sname (64), file (128)               |
 * +---------------------------------------------------------------+
 * |            magic cookie (4) and options (variable)            |
 * +---------------------------------------------------------------+
 * \endverbatim
 *
 * All that comes behind `file` is kept as it came; Options() reads it. A message without the magic
 * cookie is one of BOOTP alone, whose vendor area may hold anything.
 *
 * Errors: TRUNCATED in the fixed part; BAD_VALUE at 0 for another op; BAD_LENGTH at 2 for an hlen
 * above 16; and those of the options (DhcpOptions::Parse), whose offsets count from the front of
 * the message.
 */
struct DhcpMessage
{
    struct Context
    {
    };

    static constexpr std::size_t FIXED_SIZE = 236;
    static constexpr std::size_t FILE_OFFSET = 108;
    static constexpr std::size_t SNAME_OFFSET = 44;
    /** What BOOTP sends, and what some relays and servers ask for at least (RFC 1542 section 2.1).
     */
    static constexpr std::size_t LEAST_SIZE = 300;
    /** IP datagram that every host takes (RFC 2131 section 2), less IP and UDP headers. */
    static constexpr std::size_t COMMON_SIZE = 576 - 28;
    static constexpr uint32_t COOKIE = 0x63825363;
    static constexpr uint16_t BROADCAST_FLAG = 0x8000;
    static constexpr uint8_t ETHERNET = 1;

    BootpOperation operation{BootpOperation::REQUEST};
    uint8_t hardwareType{ETHERNET};
    uint8_t hardwareLength{6};
    uint8_t hops{0};
    uint32_t transaction{0};
    uint16_t seconds{0};
    uint16_t flags{0};
    uint32_t clientAddress{0}; //!< ciaddr; host order, as all IPv4 addresses here
    uint32_t yourAddress{0};   //!< yiaddr
    uint32_t serverAddress{0}; //!< siaddr: the next server of a boot
    uint32_t relayAddress{0};  //!< giaddr
    std::array<uint8_t, 16> hardware{};
    std::array<uint8_t, 64> serverName{};
    std::array<uint8_t, 128> bootFile{};
    Bytes vendor; //!< the magic cookie and all that follows; for BOOTP alone, anything

    static Expected<DhcpMessage, DecodeError> Decode(ByteView bytes, const Context&);

    std::size_t EncodedSize() const
    {
        return FIXED_SIZE + vendor.size();
    }

    void Encode(ByteWriter& writer) const;

    bool HasCookie() const;

    /** All options, in the order of RFC 3396; none without the cookie. Decode has checked them. */
    DhcpOptions Options() const;

    /**
     * Writes \p options behind the cookie, and into file and sname if they do not fit (option
     * overload, RFC 2132 section 9.3). Options longer than 255 bytes are split (RFC 3396). What
     * was there before is replaced. The message is filled up to LEAST_SIZE.
     *
     * Names that are in use are left alone. Option 82 comes last, with room kept for it.
     *
     * \param limit bytes of the whole message, LEAST_SIZE or more
     * \return how many options were left out for want of room: those from the first that does not
     *         fit
     */
    std::size_t SetOptions(const DhcpOptions& options, std::size_t limit = COMMON_SIZE);

    bool WantsBroadcast() const
    {
        return (flags & BROADCAST_FLAG) != 0;
    }

    /** chaddr, hlen bytes of it. */
    ByteView HardwareAddress() const
    {
        return ByteView(hardware).Sub(0, hardwareLength);
    }

    constexpr auto Tie() const
    {
        return std::tie(operation,
                        hardwareType,
                        hardwareLength,
                        hops,
                        transaction,
                        seconds,
                        flags,
                        clientAddress,
                        yourAddress,
                        serverAddress,
                        relayAddress,
                        hardware,
                        serverName,
                        bootFile,
                        vendor);
    }

    friend bool operator==(const DhcpMessage& a, const DhcpMessage& b)
    {
        return a.Tie() == b.Tie();
    }

    friend bool operator!=(const DhcpMessage& a, const DhcpMessage& b)
    {
        return !(a == b);
    }
};

static_assert(IsWireFormat<DhcpMessage>);

} // namespace strata
} // namespace ns3

#endif /* STRATA_DHCP_MESSAGE_H */

// SPDX-License-Identifier: GPL-2.0-only

#ifndef STRATA_TCP_HEADER_H
#define STRATA_TCP_HEADER_H

#include "strata-udp-header.h"

#include <boost/container/static_vector.hpp>
#include <optional>

namespace ns3
{
namespace strata
{

/**
 * The TCP header with its options (RFC 9293 section 3.1), all as it came.
 *
 * Errors: TRUNCATED; BAD_LENGTH at 12 for a data offset below 5.
 */
struct TcpWireHeader
{
    struct Context
    {
    };

    static constexpr std::size_t MIN_SIZE = 20;
    static constexpr std::size_t MAX_OPTIONS = 40;

    /** Control bits (RFC 9293 section 3.1, RFC 3168). */
    static constexpr uint8_t FIN = 0x01;
    static constexpr uint8_t SYN = 0x02;
    static constexpr uint8_t RST = 0x04;
    static constexpr uint8_t PSH = 0x08;
    static constexpr uint8_t ACK = 0x10;
    static constexpr uint8_t URG = 0x20;
    static constexpr uint8_t ECE = 0x40;
    static constexpr uint8_t CWR = 0x80;

    using Options = boost::container::static_vector<uint8_t, MAX_OPTIONS>;

    TransportPorts ports;
    uint32_t sequence{0};
    uint32_t acknowledgment{0};
    uint8_t reservedBits{0}; //!< 4 bits behind the data offset
    uint8_t flags{0};
    uint16_t window{0};
    uint16_t checksum{0};
    uint16_t urgentPointer{0};
    Options options; //!< raw and padded: a multiple of 4 octets

    static Expected<TcpWireHeader, DecodeError> Decode(ByteView bytes, const Context&);

    std::size_t EncodedSize() const
    {
        return MIN_SIZE + options.size();
    }

    void Encode(ByteWriter& writer) const;

    /** The Maximum Segment Size option (RFC 9293 section 3.7.1); none without a whole one. */
    std::optional<uint16_t> MaximumSegmentSize() const;

    /** Whether each option has a legal length (RFC 9293 section 3.2, MUST-7; RFC 7323, RFC 2018).
     */
    bool AreOptionsInOrder() const;

    /** The field's value for this header over IPv4. */
    uint16_t ComputeChecksum4(uint32_t source, uint32_t destination, ByteView data) const;

    auto Tie() const
    {
        return std::tie(ports,
                        sequence,
                        acknowledgment,
                        reservedBits,
                        flags,
                        window,
                        checksum,
                        urgentPointer,
                        options);
    }

    friend bool operator==(const TcpWireHeader& a, const TcpWireHeader& b)
    {
        return a.Tie() == b.Tie();
    }

    friend bool operator!=(const TcpWireHeader& a, const TcpWireHeader& b)
    {
        return !(a == b);
    }
};

static_assert(IsWireFormat<TcpWireHeader>);

} // namespace strata
} // namespace ns3

#endif /* STRATA_TCP_HEADER_H */

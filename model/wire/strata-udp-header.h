// SPDX-License-Identifier: GPL-2.0-only

#ifndef STRATA_UDP_HEADER_H
#define STRATA_UDP_HEADER_H

#include "strata-wire-contract.h"

#include "ns3/strata-byte-reader.h"
#include "ns3/strata-checksum.h"

#include <tuple>

namespace ns3
{
namespace strata
{

/** What UDP, TCP and their kin begin with: all that an ICMP quote must hold for its receiver. */
struct TransportPorts
{
    struct Context
    {
    };

    static constexpr std::size_t SIZE = 4;

    uint16_t source{0};
    uint16_t destination{0};

    static Expected<TransportPorts, DecodeError> Decode(ByteView bytes, const Context&)
    {
        ByteReader reader(bytes);
        TransportPorts ports;
        ports.source = reader.U16();
        ports.destination = reader.U16();
        if (!reader.Ok())
        {
            return reader.Error();
        }
        return ports;
    }

    std::size_t EncodedSize() const
    {
        return SIZE;
    }

    void Encode(ByteWriter& writer) const
    {
        writer.U16(source);
        writer.U16(destination);
    }

    constexpr auto Tie() const
    {
        return std::tie(source, destination);
    }

    friend bool operator==(const TransportPorts& a, const TransportPorts& b)
    {
        return a.Tie() == b.Tie();
    }

    friend bool operator!=(const TransportPorts& a, const TransportPorts& b)
    {
        return !(a == b);
    }
};

static_assert(IsWireFormat<TransportPorts>);

/**
 * The UDP header (RFC 768): ports, length of header and data, checksum, all as they came.
 *
 * Errors: TRUNCATED; BAD_LENGTH at 4 for a length below 8. The length may promise more than there
 * is, as in the quote of an ICMP error.
 */
struct UdpWireHeader
{
    struct Context
    {
    };

    static constexpr std::size_t SIZE = 8;

    TransportPorts ports;
    uint16_t length{SIZE};
    uint16_t checksum{0}; //!< 0 says that there is none

    static Expected<UdpWireHeader, DecodeError> Decode(ByteView bytes, const Context&)
    {
        ByteReader reader(bytes);
        UdpWireHeader header;
        header.ports.source = reader.U16();
        header.ports.destination = reader.U16();
        header.length = reader.U16();
        header.checksum = reader.U16();
        if (!reader.Ok())
        {
            return reader.Error();
        }
        if (header.length < SIZE)
        {
            return Unexpected<DecodeError>{DecodeError{DecodeCode::BAD_LENGTH, 4}};
        }
        return header;
    }

    std::size_t EncodedSize() const
    {
        return SIZE;
    }

    void Encode(ByteWriter& writer) const
    {
        ports.Encode(writer);
        writer.U16(length);
        writer.U16(checksum);
    }

    /** The field's value for this header over IPv4; a sum of 0 is sent as 0xffff (RFC 768). */
    uint16_t ComputeChecksum4(uint32_t source, uint32_t destination, ByteView data) const
    {
        const uint16_t sum = Sum(source, destination, data, 0);
        return sum == 0 ? 0xffff : sum;
    }

    /** Whether there is no checksum or a right one. */
    bool HasRightChecksum4(uint32_t source, uint32_t destination, ByteView data) const
    {
        return checksum == 0 || Sum(source, destination, data, checksum) == 0;
    }

    constexpr auto Tie() const
    {
        return std::tie(ports, length, checksum);
    }

    friend bool operator==(const UdpWireHeader& a, const UdpWireHeader& b)
    {
        return a.Tie() == b.Tie();
    }

    friend bool operator!=(const UdpWireHeader& a, const UdpWireHeader& b)
    {
        return !(a == b);
    }

  private:
    uint16_t Sum(uint32_t source, uint32_t destination, ByteView data, uint16_t field) const
    {
        constexpr uint8_t protocol = 17;
        InternetChecksum sum;
        sum.AddPseudoHeader4(source, destination, protocol, length);
        sum.AddU16(ports.source);
        sum.AddU16(ports.destination);
        sum.AddU16(length);
        sum.AddU16(field);
        sum.Add(data);
        return sum.Get();
    }
};

static_assert(IsWireFormat<UdpWireHeader>);

} // namespace strata
} // namespace ns3

#endif /* STRATA_UDP_HEADER_H */

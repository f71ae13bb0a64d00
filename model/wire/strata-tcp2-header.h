// SPDX-License-Identifier: GPL-2.0-only

#ifndef STRATA_TCP2_HEADER_H
#define STRATA_TCP2_HEADER_H

#include "strata-wire-contract.h"

#include "ns3/strata-byte-reader.h"
#include "ns3/strata-checksum.h"

#include <tuple>

namespace ns3
{
namespace strata
{

/**
 * The header of "TCP-2", a transport protocol with 32-bit ports that nobody's middlebox knows. It
 * stands for any new protocol; the layout is this project's own.
 *
 * \verbatim
 * +---------------------------------------------------------------+
 * |                          Source port                          |
 * +---------------------------------------------------------------+
 * |                       Destination port                        |
 * +---------------------------------------------------------------+
 * |                        Sequence number                        |
 * +-------------------------------+-------------------------------+
 * |             Flags             |            Window             |
 * +-------------------------------+-------------------------------+
 * |           Checksum            |           Reserved            |
 * +-------------------------------+-------------------------------+
 * \endverbatim
 *
 * The checksum covers the pseudo-header of TCP, header and data, so it also says whether somebody
 * changed the addresses on the way. Error: TRUNCATED.
 */
struct Tcp2WireHeader
{
    struct Context
    {
    };

    static constexpr std::size_t SIZE = 20;
    static constexpr uint16_t FLAG_ACK = 1; //!< the sequence number is that of what arrived

    uint32_t source{0};
    uint32_t destination{0};
    uint32_t sequence{0};
    uint16_t flags{0};
    uint16_t window{0};
    uint16_t checksum{0};
    uint16_t reserved{0};

    static Expected<Tcp2WireHeader, DecodeError> Decode(ByteView bytes, const Context&)
    {
        ByteReader reader(bytes);
        Tcp2WireHeader header;
        header.source = reader.U32();
        header.destination = reader.U32();
        header.sequence = reader.U32();
        header.flags = reader.U16();
        header.window = reader.U16();
        header.checksum = reader.U16();
        header.reserved = reader.U16();
        if (!reader.Ok())
        {
            return reader.Error();
        }
        return header;
    }

    std::size_t EncodedSize() const
    {
        return SIZE;
    }

    void Encode(ByteWriter& writer) const
    {
        writer.U32(source);
        writer.U32(destination);
        writer.U32(sequence);
        writer.U16(flags);
        writer.U16(window);
        writer.U16(checksum);
        writer.U16(reserved);
    }

    /**
     * Over header and \p data behind a sum that holds the pseudo-header: what the checksum field
     * should hold if it is 0 now; else 0 if it is right.
     */
    uint16_t Sum(InternetChecksum pseudoHeader, ByteView data) const
    {
        pseudoHeader.Add(EncodeToBytes(*this));
        pseudoHeader.Add(data);
        return pseudoHeader.Get();
    }

    constexpr auto Tie() const
    {
        return std::tie(source, destination, sequence, flags, window, checksum, reserved);
    }

    friend bool operator==(const Tcp2WireHeader& a, const Tcp2WireHeader& b)
    {
        return a.Tie() == b.Tie();
    }

    friend bool operator!=(const Tcp2WireHeader& a, const Tcp2WireHeader& b)
    {
        return !(a == b);
    }
};

static_assert(IsWireFormat<Tcp2WireHeader>);

} // namespace strata
} // namespace ns3

#endif /* STRATA_TCP2_HEADER_H */

// SPDX-License-Identifier: GPL-2.0-only

#ifndef STRATA_IPV4_HEADER_H
#define STRATA_IPV4_HEADER_H

#include "strata-wire-contract.h"

#include <array>
#include <boost/container/static_vector.hpp>
#include <tuple>

namespace ns3
{
namespace strata
{

/** The Protocol values that this project speaks of; any other is a plain number. */
enum class Ipv4Protocol : uint8_t
{
    ICMP = 1,
    IGMP = 2,
    IPV4 = 4,
    TCP = 6,
    UDP = 17,
};

/**
 * The IPv4 header with its options (RFC 791 section 3.1, RFC 2474, RFC 3168).
 *
 * \verbatim
 * +-------+-------+-----------+---+-------------------------------+
 * |Version|  IHL  |   DSCP    |ECN|          Total Length         |
 * +-------+-------+-----------+---+-----+-------------------------+
 * |        Identification         |0 D M|     Fragment Offset     |
 * +---------------+---------------+-----+-------------------------+
 * | Time to Live  |   Protocol    |        Header Checksum        |
 * +---------------+---------------+-------------------------------+
 * |           Source, Destination, Options (0 to 40)              |
 * +---------------------------------------------------------------+
 * \endverbatim
 *
 * The header alone is read: Total Length may promise more than there is, as in the quote of an
 * ICMP error, and the checksum is kept as it came, right or wrong. Nothing allocates.
 * Errors: TRUNCATED; BAD_VERSION at 0; BAD_LENGTH at 0 for an IHL below 5, at 2 for a Total Length
 * below the header's.
 */
struct Ipv4WireHeader
{
    struct Context
    {
    };

    static constexpr std::size_t MIN_SIZE = 20;
    static constexpr std::size_t MAX_SIZE = 60;
    static constexpr std::size_t MAX_OPTIONS = MAX_SIZE - MIN_SIZE;
    static constexpr std::size_t MAX_TOTAL_LENGTH = 65535;
    /** Of the fields that others point to or patch. */
    static constexpr std::size_t TOTAL_LENGTH_OFFSET = 2;
    static constexpr std::size_t TTL_OFFSET = 8;
    static constexpr std::size_t CHECKSUM_OFFSET = 10;
    static constexpr std::size_t SOURCE_OFFSET = 12;
    static constexpr std::size_t DESTINATION_OFFSET = 16;

    using Options = boost::container::static_vector<uint8_t, MAX_OPTIONS>;

    uint8_t dscp{0};                //!< 6 bits (RFC 2474)
    uint8_t ecn{0};                 //!< 2 bits (RFC 3168)
    uint16_t totalLength{MIN_SIZE}; //!< octets of header and payload
    uint16_t identification{0};
    bool reservedFlag{false};
    bool dontFragment{false};
    bool moreFragments{false};
    uint16_t fragmentOffset{0}; //!< 13 bits, in units of 8 octets
    uint8_t ttl{64};
    uint8_t protocol{0};
    uint16_t checksum{0}; //!< as it came
    uint32_t source{0};   //!< host order
    uint32_t destination{0};
    Options options; //!< raw and padded: a multiple of 4 octets

    std::size_t HeaderSize() const
    {
        return MIN_SIZE + options.size();
    }

    /** Octets that Total Length promises behind the header. */
    std::size_t PayloadSize() const
    {
        return totalLength > HeaderSize() ? totalLength - HeaderSize() : 0;
    }

    bool Is(Ipv4Protocol which) const
    {
        return protocol == static_cast<uint8_t>(which);
    }

    /** A part of a datagram, and not all of it. */
    bool IsFragment() const
    {
        return moreFragments || fragmentOffset != 0;
    }

    /** Octets of the datagram's payload before this one's. */
    uint32_t PayloadOffset() const
    {
        return uint32_t{fragmentOffset} * 8;
    }

    /** What the checksum field of this header should hold. */
    uint16_t ComputeHeaderChecksum() const;

    bool HasRightChecksum() const;

    /** Makes the checksum right, whatever it was. */
    void SetChecksum()
    {
        checksum = ComputeHeaderChecksum();
    }

    /**
     * Changes a field and the checksum with it (RFC 1624 equation 3): a right checksum stays right,
     * and a wrong one stays wrong, so that the receiver sees what went wrong before.
     */
    void UpdateTtl(uint8_t value);
    void UpdateTrafficClass(uint8_t newDscp, uint8_t newEcn);
    void UpdateSource(uint32_t address);
    void UpdateDestination(uint32_t address);

    /** Precondition: as many octets as there are. */
    void UpdateOptions(const Options& changed);

    static Expected<Ipv4WireHeader, DecodeError> Decode(ByteView bytes, const Context&);

    std::size_t EncodedSize() const
    {
        return HeaderSize();
    }

    /** Writes all fields as they are stored. */
    void Encode(ByteWriter& writer) const;

    /** The same without a buffer that grows; \return a view of the front of \p out. */
    ByteView EncodeInto(std::array<uint8_t, MAX_SIZE>& out) const;

    auto Tie() const
    {
        return std::tie(dscp,
                        ecn,
                        totalLength,
                        identification,
                        reservedFlag,
                        dontFragment,
                        moreFragments,
                        fragmentOffset,
                        ttl,
                        protocol,
                        checksum,
                        source,
                        destination,
                        options);
    }

    friend bool operator==(const Ipv4WireHeader& a, const Ipv4WireHeader& b)
    {
        return a.Tie() == b.Tie();
    }

    friend bool operator!=(const Ipv4WireHeader& a, const Ipv4WireHeader& b)
    {
        return !(a == b);
    }
};

static_assert(IsWireFormat<Ipv4WireHeader>);

/**
 * Writes \p ttl into the header at \p header and patches its checksum (RFC 1624): what forwarding
 * costs on bytes. Precondition: at least Ipv4WireHeader::MIN_SIZE bytes are there.
 */
void PatchIpv4Ttl(uint8_t* header, uint8_t ttl);

/** @{ The same for an address. A checksum of a transport covers the addresses, too. */
void PatchIpv4Source(uint8_t* header, uint32_t address);
void PatchIpv4Destination(uint8_t* header, uint32_t address);
/** @} */

} // namespace strata
} // namespace ns3

#endif /* STRATA_IPV4_HEADER_H */

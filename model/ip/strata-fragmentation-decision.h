// SPDX-License-Identifier: GPL-2.0-only

#ifndef STRATA_FRAGMENTATION_DECISION_H
#define STRATA_FRAGMENTATION_DECISION_H

#include "ns3/strata-ipv4-header.h"

#include <cstdint>

namespace ns3
{
namespace strata
{

/** The largest IPv4 datagram, header included (RFC 791 section 3.1). */
constexpr uint32_t IPV4_MAX_DATAGRAM = 65535;

/** Bytes of an IPv4 header without options. */
constexpr uint32_t IPV4_MIN_HEADER = 20;

/** What every IPv4 link carries without further fragmentation (RFC 791 section 3.2). */
constexpr uint32_t IPV4_MIN_MTU = 68;

/** Fragment offsets count these (RFC 791 section 3.1). */
constexpr uint32_t IPV4_FRAGMENT_UNIT = 8;

/** What a node does with a datagram that is larger than the MTU and may be fragmented. */
enum class OversizeAnswer : uint8_t
{
    FRAGMENT, //!< RFC 791
    REPORT,   //!< as if Don't Fragment were set, as IPv6 routers do
    TRUNCATE, //!< cut it to the MTU, so that the destination learns the MTU from what arrives
};

/** A datagram, or a fragment of one, before a link. Sizes in bytes. */
struct FragmentationInput
{
    uint32_t headerSize{IPV4_MIN_HEADER};      //!< of this packet, with its options
    uint32_t laterHeaderSize{IPV4_MIN_HEADER}; //!< with only the options that each fragment copies
    uint32_t payloadSize{0};                   //!< of this packet
    uint32_t offset{0};                        //!< of this packet's payload in the datagram's
    bool moreFragments{false};                 //!< this packet's bit
    bool dontFragment{false};
    uint32_t mtu{IPV4_MIN_MTU};
    uint32_t leastMtu{IPV4_MIN_MTU}; //!< a link below this is refused
    OversizeAnswer answer{OversizeAnswer::FRAGMENT};
};

/** One packet that leaves: which part of the payload at hand, behind which header. */
struct FragmentPiece
{
    uint32_t from{0};   //!< first byte, counted in the payload at hand
    uint32_t size{0};   //!< bytes of payload
    uint32_t offset{0}; //!< of this piece in the datagram's payload, in bytes
    uint32_t headerSize{0};
    bool moreFragments{false};

    uint32_t TotalLength() const
    {
        return headerSize + size;
    }

    friend bool operator==(const FragmentPiece& a, const FragmentPiece& b)
    {
        return a.from == b.from && a.size == b.size && a.offset == b.offset &&
               a.headerSize == b.headerSize && a.moreFragments == b.moreFragments;
    }

    friend bool operator!=(const FragmentPiece& a, const FragmentPiece& b)
    {
        return !(a == b);
    }
};

/**
 * How a packet leaves over an MTU: whole, in pieces, or not at all. The pieces are computed when
 * asked for; nothing is allocated and no payload copied.
 *
 * The first piece keeps the header at hand, all others the shorter one (RFC 791 section 3.2). Each
 * piece but the last is as long as the MTU and the unit of eight allow. A fragment splits as a
 * datagram does: its pieces keep counting from its offset, and only the last piece of the last
 * fragment has no More Fragments bit.
 */
class FragmentPlan
{
  public:
    enum class Verdict : uint8_t
    {
        WHOLE,          //!< it fits: one piece
        SPLIT,          //!< two pieces or more
        TRUNCATED,      //!< one piece, shorter than the payload at hand
        TOO_BIG,        //!< not sent: ICMP 3/4 with the MTU is due (RFC 1191 section 4)
        LINK_TOO_SMALL, //!< not sent: the MTU is below the least, or has no room for data
        TOO_LONG,       //!< not sent: reaches beyond the largest datagram
    };

    explicit FragmentPlan(const FragmentationInput& input);

    Verdict GetVerdict() const
    {
        return m_verdict;
    }

    /** Packets that leave; 0 where the verdict says that nothing is sent. */
    uint32_t Count() const
    {
        return m_count;
    }

    /** The piece number \p index, in the order of offsets; precondition: index < Count(). */
    FragmentPiece Piece(uint32_t index) const;

    /** What goes into the Next-Hop MTU field of an ICMP 3/4. */
    uint32_t NextHopMtu() const
    {
        return m_input.mtu;
    }

    /** Bytes that leave in all, headers included: what fragmentation costs on the link. */
    uint64_t TotalBytes() const;

  private:
    void Decide();

    FragmentationInput m_input;
    Verdict m_verdict{Verdict::WHOLE};
    uint32_t m_count{0};
    uint32_t m_firstSize{0}; //!< payload of the first piece
    uint32_t m_laterSize{0}; //!< payload of each piece between the first and the last
};

/**
 * The header of one piece: length, offset, More Fragments, options and a right checksum.
 * \p original is the header of the packet at hand, \p copied its options whose copy bit is set,
 * padded to a multiple of four, for every piece but the first.
 */
Ipv4WireHeader HeaderOfPiece(const Ipv4WireHeader& original,
                             const Ipv4WireHeader::Options& copied,
                             const FragmentPiece& piece);

} // namespace strata
} // namespace ns3

#endif /* STRATA_FRAGMENTATION_DECISION_H */

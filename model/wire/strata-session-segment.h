// SPDX-License-Identifier: GPL-2.0-only

#ifndef STRATA_SESSION_SEGMENT_H
#define STRATA_SESSION_SEGMENT_H

#include "strata-wire-contract.h"

#include <boost/container/static_vector.hpp>
#include <tuple>

namespace ns3
{
namespace strata
{

/** What a segment of a session is. */
enum class SegmentKind : uint8_t
{
    DATAGRAM = 0,        //!< a message that may get lost
    ASKING_DATAGRAM = 1, //!< the same, and the peer answers
    DATA = 2,            //!< a message that is acknowledged
    ACK = 3,             //!< what has arrived and what may come
    PROBE = 4,           //!< asks for an ACK or an ANSWER
    ANSWER = 5,          //!< repeats the numbers of what asked
};

/** Messages that arrived behind messages that did not. */
struct SegmentRange
{
    uint16_t missing{1}; //!< messages missing before the range, from 1 on
    uint16_t arrived{1}; //!< messages in the range, from 1 on

    auto Tie() const
    {
        return std::tie(missing, arrived);
    }

    friend bool operator==(const SegmentRange& a, const SegmentRange& b)
    {
        return a.Tie() == b.Tie();
    }
};

/**
 * The header of a segment of a session; in DATAGRAM, ASKING_DATAGRAM and DATA the message follows
 * it to the end, in the other kinds nothing does. All numbers in network order:
 *
 * \verbatim
 * DATAGRAM, ASKING_DATAGRAM    kind 8, sequence 32
 * DATA, PROBE, ANSWER          kind 8, attempt 8, sequence 32
 * ACK                          kind 8, attempt 8, window 16, next 32, echo 32,
 *                              up to 16 ranges: missing 16, arrived 16
 * \endverbatim
 *
 * Sequence numbers count messages. The attempt counts how often the message or the probe was
 * repeated, so that the ACK or ANSWER that echoes it measures the round trip without Karn's
 * ambiguity (RFC 6298 section 3). An ACK says: all messages before `next` have arrived, those in
 * the ranges too, counted on from `next` (as RFC 9000 section 19.3.1, upwards); the segment that
 * it answers was attempt `attempt` of message `echo`, none where echo is next; messages from
 * next + window on are not taken.
 *
 * Errors: TRUNCATED; BAD_TYPE for an unknown kind; BAD_VALUE for a range of nothing; TOO_MANY
 * ranges; BAD_LENGTH for part of a range; TRAILING behind PROBE and ANSWER.
 */
struct SessionSegment
{
    struct Context
    {
    };

    static constexpr std::size_t MAX_RANGES = 16;

    /** The longest message: fits into a PDU of 65535 bytes behind all headers. */
    static constexpr std::size_t MAX_MESSAGE = 65000;

    SegmentKind kind{SegmentKind::DATAGRAM};
    uint8_t attempt{0};                                               //!< 0 where the kind has none
    uint32_t sequence{0};                                             //!< of an ACK: next
    uint16_t window{0};                                               //!< of an ACK
    uint32_t echo{0};                                                 //!< of an ACK
    boost::container::static_vector<SegmentRange, MAX_RANGES> ranges; //!< of an ACK

    static Expected<SessionSegment, DecodeError> Decode(ByteView bytes, const Context& context);
    std::size_t EncodedSize() const;
    void Encode(ByteWriter& writer) const;

    /** Header and message in one piece of memory. */
    Bytes WithMessage(ByteView message) const;

    friend bool operator==(const SessionSegment& a, const SessionSegment& b)
    {
        return std::tie(a.kind, a.attempt, a.sequence, a.window, a.echo, a.ranges) ==
               std::tie(b.kind, b.attempt, b.sequence, b.window, b.echo, b.ranges);
    }
};

static_assert(IsWireFormat<SessionSegment>);

} // namespace strata
} // namespace ns3

#endif /* STRATA_SESSION_SEGMENT_H */

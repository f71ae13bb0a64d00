// SPDX-License-Identifier: GPL-2.0-only

#ifndef STRATA_TCP_TRACK_STATE_H
#define STRATA_TCP_TRACK_STATE_H

#include "ns3/strata-tied.h"

#include <cstdint>

namespace ns3
{
namespace strata
{

/**
 * Which way a packet of a flow goes. Who keeps the flow says what OUTBOUND is, the same for all of
 * the flow's life: a translator, from inside to outside; a firewall, from whoever sent the first
 * packet to the other.
 */
enum class FlowDirection : uint8_t
{
    OUTBOUND,
    INBOUND,
};

constexpr FlowDirection
Opposite(FlowDirection direction)
{
    return direction == FlowDirection::OUTBOUND ? FlowDirection::INBOUND : FlowDirection::OUTBOUND;
}

/** How far a TCP connection is, as a box in the middle sees it. */
enum class TcpTrackPhase : uint8_t
{
    NONE,        //!< no SYN was seen: no connection that the box knows
    TRANSITORY,  //!< partially open: not both SYNs were seen and acknowledged (RFC 5382 section 5)
    ESTABLISHED, //!< open, in both directions or, after one FIN, in one
    CLOSING,     //!< FINs were seen in both directions
    RESET,       //!< a RST was seen, and nothing since from the side that it names as its sender
};

const char* TcpTrackPhaseName(TcpTrackPhase phase);

/** What a box remembers of a connection: one octet. */
struct TcpTrackState
{
    /** Bits of the direction OUTBOUND; those of INBOUND are the next ones. */
    static constexpr uint8_t SYN_SEEN = 0x01;
    static constexpr uint8_t ACK_SEEN = 0x04; //!< of the SYN of the other direction
    static constexpr uint8_t FIN_SEEN = 0x10;
    static constexpr uint8_t RST_SEEN = 0x40;

    uint8_t bits{0};

    auto Tie() const
    {
        return std::tie(bits);
    }
};

/** The phase that \p state is in. */
TcpTrackPhase PhaseOf(TcpTrackState state);

/**
 * Takes a segment into account.
 *
 * RFC 5382 section 5, with what RFC 7857 section 2 makes clear:
 *
 * - A connection opens with a SYN without ACK in either direction, crossing SYNs included
 *   (RFC 5382 REQ-2). Anything else before it leaves the phase at NONE.
 * - A FIN in one direction closes half; the other half may go on for as long as an established
 *   connection, so the phase stays ESTABLISHED until FINs went both ways.
 * - A RST may be forged, and refused by its receiver (RFC 5961): the state is kept (RFC 7857
 *   section 2.3), and a segment from the side that the RST named takes the connection back to
 *   where it was. What was under way from the other side does not.
 * - A SYN after FINs both ways, or after a RST, opens the connection anew (RFC 7857 section 2.1).
 *   In the established phase it changes nothing.
 *
 * It is the machine of RFC 7857 section 2.1 (from RFC 6146 section 3.5.2) but for three things: the
 * third segment establishes, not the second; after a RST only what its named sender sends does,
 * not what was under way to it; and a SYN opens a closed connection before its time is over.
 *
 * Sequence numbers are not followed: whoever guesses addresses and ports can end a connection's
 * long lifetime early, not its state.
 *
 * \param flags the octet of control bits in the TCP header
 * \return the phase after the segment; the caller chooses a lifetime by it
 */
TcpTrackPhase StepTcpTrack(TcpTrackState& state, FlowDirection direction, uint8_t flags);

} // namespace strata
} // namespace ns3

#endif /* STRATA_TCP_TRACK_STATE_H */

// SPDX-License-Identifier: GPL-2.0-only

#include "strata-tcp-track-state.h"

#include "ns3/strata-tcp-header.h"

namespace ns3
{
namespace strata
{

namespace
{

using State = TcpTrackState;

constexpr uint8_t
In(FlowDirection direction, uint8_t bit)
{
    return direction == FlowDirection::OUTBOUND ? bit : static_cast<uint8_t>(bit << 1);
}

constexpr uint8_t
BothWays(uint8_t bit)
{
    return static_cast<uint8_t>(bit | (bit << 1));
}

bool
Has(State state, uint8_t bits)
{
    return (state.bits & bits) == bits;
}

} // namespace

const char*
TcpTrackPhaseName(TcpTrackPhase phase)
{
    switch (phase)
    {
    case TcpTrackPhase::NONE:
        return "none";
    case TcpTrackPhase::TRANSITORY:
        return "transitory";
    case TcpTrackPhase::ESTABLISHED:
        return "established";
    case TcpTrackPhase::CLOSING:
        return "closing";
    case TcpTrackPhase::RESET:
        return "reset";
    }
    return "?";
}

TcpTrackPhase
PhaseOf(TcpTrackState state)
{
    if (state.bits & BothWays(State::RST_SEEN))
    {
        return TcpTrackPhase::RESET;
    }
    if (Has(state, BothWays(State::FIN_SEEN)))
    {
        return TcpTrackPhase::CLOSING;
    }
    if (Has(state, BothWays(State::SYN_SEEN) | BothWays(State::ACK_SEEN)))
    {
        return TcpTrackPhase::ESTABLISHED;
    }
    return state.bits == 0 ? TcpTrackPhase::NONE : TcpTrackPhase::TRANSITORY;
}

TcpTrackPhase
StepTcpTrack(TcpTrackState& state, FlowDirection direction, uint8_t flags)
{
    const TcpTrackPhase before = PhaseOf(state);
    const bool opens = (flags & (TcpWireHeader::SYN | TcpWireHeader::ACK | TcpWireHeader::RST |
                                 TcpWireHeader::FIN)) == TcpWireHeader::SYN;
    if (before == TcpTrackPhase::NONE && !opens)
    {
        return before;
    }
    if (flags & TcpWireHeader::RST)
    {
        state.bits |= In(direction, State::RST_SEEN);
        return TcpTrackPhase::RESET;
    }
    if (opens && (before == TcpTrackPhase::CLOSING || before == TcpTrackPhase::RESET))
    {
        state.bits = 0;
    }
    state.bits &= static_cast<uint8_t>(~In(direction, State::RST_SEEN));

    if (flags & TcpWireHeader::SYN)
    {
        state.bits |= In(direction, State::SYN_SEEN);
    }
    if ((flags & TcpWireHeader::ACK) && Has(state, In(Opposite(direction), State::SYN_SEEN)))
    {
        state.bits |= In(direction, State::ACK_SEEN);
    }
    if ((flags & TcpWireHeader::FIN) && Has(state, BothWays(State::SYN_SEEN)))
    {
        state.bits |= In(direction, State::FIN_SEEN);
    }
    return PhaseOf(state);
}

} // namespace strata
} // namespace ns3

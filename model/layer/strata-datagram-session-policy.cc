// SPDX-License-Identifier: GPL-2.0-only

#include "strata-datagram-session-policy.h"

#include "ns3/strata-session-segment.h"

namespace ns3
{
namespace strata
{

namespace
{

constexpr auto SEEN = static_cast<int64_t>(DatagramState::SEEN);

/** A sequence number so far ahead counts only when the next one follows (as RFC 3550 A.1). */
constexpr int64_t LEAP = SEEN * SEEN;

bool
TestBit(const DatagramState& state, int64_t sequence)
{
    const auto bit = static_cast<std::size_t>(sequence % SEEN);
    return (state.seen[bit / 64] >> (bit % 64)) & 1;
}

void
SetBit(DatagramState& state, int64_t sequence, bool value)
{
    const auto bit = static_cast<std::size_t>(sequence % SEEN);
    const uint64_t mask = uint64_t{1} << (bit % 64);
    state.seen[bit / 64] = value ? state.seen[bit / 64] | mask : state.seen[bit / 64] & ~mask;
}

/** One call of the policy: the state with all that the call brings. */
struct Step
{
    SessionProtocolState& state;
    DatagramState& own;
    Nanos now;
    SessionEffects& effects;

    Nanos Bound() const
    {
        return own.since == NEVER ? NEVER : own.since + state.parameters.bound;
    }

    void Fail()
    {
        state.failed = true;
        effects.failed = true;
        own.asked = false;
        own.since = NEVER;
        own.laterSince = NEVER;
        own.timer = NEVER;
    }

    /** Whether the session has not failed; fails it when the bound has passed. */
    bool Alive()
    {
        if (!state.failed && now > Bound())
        {
            Fail();
        }
        return !state.failed;
    }

    void Emit(SegmentKind kind, uint8_t attempt, int64_t sequence, ByteView message)
    {
        SessionSegment segment;
        segment.kind = kind;
        segment.attempt = attempt;
        segment.sequence = static_cast<uint32_t>(sequence);
        effects.segments.push_back(segment.WithMessage(message));
    }

    /** From now on the peer owes an answer about \p sequence. */
    void Ask(int64_t sequence, Nanos since)
    {
        own.asked = true;
        own.attempt = 0;
        own.question = sequence;
        own.askedAt = now;
        own.since = since;
        own.timer = now + own.roundTrip.Timeout(state.parameters);
    }

    void AskAgain()
    {
        own.attempt += own.attempt == UINT8_MAX ? 0 : 1;
        own.askedAt = now;
        own.timer = now + own.roundTrip.Timeout(state.parameters);
        Emit(SegmentKind::PROBE, own.attempt, own.question, {});
    }

    void OnAnswer(const SessionSegment& answer)
    {
        const int64_t sequence = UnwrapSequence(answer.sequence, own.question);
        if (sequence < 0 || sequence >= own.next || sequence > own.question ||
            (own.asked && sequence == own.question && answer.attempt > own.attempt))
        {
            ++state.counters.outside;
            return;
        }
        if (!own.asked || sequence != own.question)
        {
            return; // the answer to a question that is settled
        }
        if (answer.attempt == own.attempt && own.attempt != UINT8_MAX && own.askedAt <= now)
        {
            own.roundTrip.Measure(std::min(now - own.askedAt, SessionParameters::MAX_SPAN),
                                  state.parameters);
        }
        own.asked = false;
        own.since = NEVER;
        own.timer = NEVER;
        if (own.laterSince != NEVER)
        {
            const Nanos since = own.laterSince;
            own.laterSince = NEVER;
            Ask(own.next - 1, since);
            Emit(SegmentKind::PROBE, 0, own.question, {});
        }
    }

    /** Counts a datagram; whether it is to be delivered. */
    bool Take(int64_t sequence)
    {
        if (sequence < 0)
        {
            ++state.counters.outside;
            return false;
        }
        if (sequence >= own.expected)
        {
            const int64_t gap = sequence - own.expected;
            if (gap >= LEAP && sequence != own.leap)
            {
                own.leap = sequence + 1;
                ++state.counters.outside;
                return false;
            }
            state.counters.lost += static_cast<uint64_t>(gap);
            for (int64_t i = 0; i < std::min(gap + 1, SEEN); ++i)
            {
                SetBit(own, sequence - i, i == 0);
            }
            own.expected = sequence + 1;
            own.leap = -1;
        }
        else if (sequence < own.expected - SEEN)
        {
            ++state.counters.late;
        }
        else if (TestBit(own, sequence))
        {
            ++state.counters.duplicated;
            return false;
        }
        else
        {
            SetBit(own, sequence, true);
            ++state.counters.reordered;
            state.counters.lost -= state.counters.lost == 0 ? 0 : 1;
        }
        ++state.counters.delivered;
        return true;
    }

    void OnDatagram(const SessionSegment& segment, ByteView message)
    {
        const uint64_t outside = state.counters.outside;
        if (Take(UnwrapSequence(segment.sequence, own.expected)))
        {
            effects.deliveries.push_back(message.ToBytes());
        }
        // a double is answered too: the first answer may be lost
        if (segment.kind == SegmentKind::ASKING_DATAGRAM && state.counters.outside == outside)
        {
            Emit(SegmentKind::ANSWER, 0, segment.sequence, {});
        }
    }
};

} // namespace

SessionProtocolState
DatagramSession::Start(const SessionParameters& parameters, Nanos) const
{
    SessionProtocolState state;
    state.parameters = parameters.Usable();
    state.parameters.service = SessionService::DATAGRAM;
    DatagramState own;
    own.roundTrip.Restart(state.parameters);
    state.protocol = own;
    return state;
}

SendResult
DatagramSession::Send(SessionProtocolState& state,
                      ByteView message,
                      Nanos now,
                      SessionEffects& effects) const
{
    auto* own = std::get_if<DatagramState>(&state.protocol);
    if (own == nullptr || message.size() > SessionSegment::MAX_MESSAGE)
    {
        ++state.counters.refused;
        return SendResult::TOO_LONG;
    }
    Step step{state, *own, now, effects};
    if (!step.Alive())
    {
        ++state.counters.refused;
        return SendResult::FULL;
    }
    const int64_t sequence = own->next++;
    const bool asks = state.parameters.bound != Nanos(0) && !own->asked;
    if (asks)
    {
        step.Ask(sequence, now);
    }
    else if (own->asked && own->laterSince == NEVER)
    {
        own->laterSince = now;
    }
    step.Emit(asks ? SegmentKind::ASKING_DATAGRAM : SegmentKind::DATAGRAM, 0, sequence, message);
    ++state.counters.sent;
    return SendResult::SENT;
}

void
DatagramSession::Receive(SessionProtocolState& state,
                         ByteView bytes,
                         Nanos now,
                         SessionEffects& effects) const
{
    auto* own = std::get_if<DatagramState>(&state.protocol);
    if (own == nullptr)
    {
        return;
    }
    Step step{state, *own, now, effects};
    if (!step.Alive())
    {
        return;
    }
    const auto segment = SessionSegment::Decode(bytes, {});
    const SegmentKind kind = segment ? segment->kind : SegmentKind::DATA;
    const ByteView message = segment ? bytes.Sub(segment->EncodedSize()) : ByteView{};
    if ((kind == SegmentKind::DATAGRAM || kind == SegmentKind::ASKING_DATAGRAM) &&
        message.size() <= SessionSegment::MAX_MESSAGE)
    {
        step.OnDatagram(*segment, message);
    }
    else if (kind == SegmentKind::PROBE)
    {
        step.Emit(SegmentKind::ANSWER, segment->attempt, segment->sequence, {});
    }
    else if (kind == SegmentKind::ANSWER)
    {
        step.OnAnswer(*segment);
    }
    else
    {
        ++state.counters.malformed;
    }
}

void
DatagramSession::Tick(SessionProtocolState& state, Nanos now, SessionEffects& effects) const
{
    auto* own = std::get_if<DatagramState>(&state.protocol);
    if (own == nullptr || !own->asked)
    {
        return;
    }
    Step step{state, *own, now, effects};
    if (step.Bound() <= now)
    {
        step.Fail();
    }
    else if (own->timer <= now)
    {
        ++state.counters.timeouts;
        effects.unanswered = true;
        own->roundTrip.BackOff();
        step.AskAgain();
    }
}

Nanos
DatagramSession::NextDeadline(const SessionProtocolState& state) const
{
    const auto* own = std::get_if<DatagramState>(&state.protocol);
    return own == nullptr || !own->asked
               ? NEVER
               : std::min(own->timer, own->since + state.parameters.bound);
}

void
DatagramSession::PeerMoved(SessionProtocolState& state, Nanos now, SessionEffects& effects) const
{
    auto* own = std::get_if<DatagramState>(&state.protocol);
    if (own == nullptr)
    {
        return;
    }
    Step step{state, *own, now, effects};
    if (step.Alive())
    {
        own->roundTrip.Restart(state.parameters);
        if (own->asked)
        {
            step.AskAgain();
        }
    }
}

bool
DatagramSession::Idle(const SessionProtocolState& state) const
{
    const auto* own = std::get_if<DatagramState>(&state.protocol);
    return own == nullptr || !own->asked;
}

} // namespace strata
} // namespace ns3

// SPDX-License-Identifier: GPL-2.0-only

#include "strata-reliable-session-policy.h"

#include "ns3/strata-session-segment.h"

#include <algorithm>
#include <limits>

namespace ns3
{
namespace strata
{

namespace
{

/** Messages that must overtake one before it counts as lost (RFC 6675 section 2). */
constexpr uint8_t OVERTAKEN = 3;

/** No two ends with right windows are further apart. */
constexpr int64_t FAR = int64_t{UINT16_MAX} + 1;

template <class T>
void
Increment(T& value)
{
    if (value != std::numeric_limits<T>::max())
    {
        ++value;
    }
}

/** One call of the policy: the state with all that the call brings. */
struct Step
{
    SessionProtocolState& state;
    ReliableState& own;
    Nanos now;
    SessionEffects& effects;

    Nanos Timeout() const
    {
        return own.roundTrip.Timeout(state.parameters);
    }

    /** When the bound of the oldest message passes. */
    Nanos Bound() const
    {
        return state.parameters.bound == Nanos(0) || own.outgoing.empty()
                   ? NEVER
                   : own.outgoing.front().since + state.parameters.bound;
    }

    void Fail()
    {
        state.failed = true;
        effects.failed = true;
        own.outgoing.clear();
        own.held.clear();
        own.inFlight = 0;
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

    bool WindowOpen() const
    {
        return own.inFlight < state.parameters.window &&
               own.base + int64_t{own.inFlight} < own.limit;
    }

    std::size_t Waiting() const
    {
        return own.outgoing.size() - own.inFlight;
    }

    bool CanSendNow() const
    {
        return Waiting() == 0 && WindowOpen();
    }

    bool HasRoom() const
    {
        return CanSendNow() || Waiting() < state.parameters.queueLimit;
    }

    void Transmit(std::size_t i)
    {
        OutgoingMessage& message = own.outgoing[i];
        SessionSegment segment;
        segment.kind = SegmentKind::DATA;
        segment.attempt = message.attempt;
        segment.sequence = static_cast<uint32_t>(own.base + static_cast<int64_t>(i));
        effects.segments.push_back(segment.WithMessage(message.message));
        message.lastSent = now;
        message.overtaken = 0;
        message.lost = false;
        if (i == 0 || own.timer == NEVER)
        {
            own.timer = now + Timeout();
        }
    }

    void Retransmit(std::size_t i)
    {
        Increment(own.outgoing[i].attempt);
        ++state.counters.retransmitted;
        Transmit(i);
    }

    void Probe()
    {
        Increment(own.probes);
        own.probed = true;
        SessionSegment segment;
        segment.kind = SegmentKind::PROBE;
        segment.attempt = own.probes;
        segment.sequence = static_cast<uint32_t>(own.base);
        effects.segments.push_back(segment.WithMessage({}));
        own.timer = now + Timeout();
    }

    /** Sends what the window allows; a closed one is probed later. */
    void SendWaiting()
    {
        while (Waiting() != 0 && WindowOpen())
        {
            own.outgoing[own.inFlight].firstSent = now;
            Transmit(own.inFlight);
            ++own.inFlight;
            ++state.counters.sent;
        }
        if (own.timer == NEVER && Waiting() != 0)
        {
            own.timer = now + Timeout();
        }
        if (own.full && HasRoom())
        {
            own.full = false;
            effects.writable = true;
        }
    }

    /** Tells what has arrived; \p echo is the message answered, expected where there is none. */
    void Acknowledge(int64_t echo, uint8_t attempt)
    {
        SessionSegment segment;
        segment.kind = SegmentKind::ACK;
        segment.attempt = attempt;
        segment.window = own.offered;
        segment.sequence = static_cast<uint32_t>(own.expected);
        segment.echo = static_cast<uint32_t>(echo);
        int64_t next = own.expected;
        for (const HeldMessage& held : own.held)
        {
            if (held.sequence != next || segment.ranges.empty())
            {
                if (segment.ranges.size() == SessionSegment::MAX_RANGES)
                {
                    break;
                }
                segment.ranges.push_back({static_cast<uint16_t>(held.sequence - next), 0});
            }
            ++segment.ranges.back().arrived;
            next = held.sequence + 1;
        }
        effects.segments.push_back(segment.WithMessage({}));
    }

    void Deliver(Bytes message)
    {
        effects.deliveries.push_back(std::move(message));
        ++state.counters.delivered;
        ++own.expected;
    }

    /** Whether the peer may send \p sequence now. */
    bool Expects(int64_t sequence) const
    {
        return sequence >= own.expected && sequence < own.edge;
    }

    void OnData(const SessionSegment& segment, ByteView message)
    {
        const int64_t sequence = UnwrapSequence(segment.sequence, own.expected);
        if (!Expects(sequence))
        {
            if (sequence < 0 || sequence < own.expected - FAR || sequence >= own.edge + FAR)
            {
                ++state.counters.outside;
            }
            else if (sequence < own.expected)
            {
                ++state.counters.duplicated;
                Acknowledge(sequence, segment.attempt);
            }
            else
            {
                // the peer believes in a wider window: tell it
                ++state.counters.outside;
                Acknowledge(own.expected, 0);
            }
            return;
        }
        const bool passed = !own.held.empty() && own.held.back().sequence > sequence;
        bool fresh = true;
        if (sequence == own.expected)
        {
            Deliver(message.ToBytes());
            while (!own.held.empty() && own.held.front().sequence == own.expected)
            {
                Deliver(std::move(own.held.front().message));
                own.held.pop_front();
            }
            own.edge = std::max(own.edge, own.expected + own.offered);
        }
        else
        {
            const auto place = std::lower_bound(
                own.held.begin(),
                own.held.end(),
                sequence,
                [](const HeldMessage& held, int64_t wanted) { return held.sequence < wanted; });
            fresh = place == own.held.end() || place->sequence != sequence;
            if (fresh)
            {
                own.held.insert(place, HeldMessage{sequence, message.ToBytes()});
            }
        }
        state.counters.duplicated += fresh ? 0 : 1;
        // what was repeated is late because it was lost, not because it was overtaken
        state.counters.reordered += fresh && passed && segment.attempt == 0 ? 1 : 0;
        Acknowledge(sequence, segment.attempt);
    }

    /** Measures the round trip; whether an earlier attempt than the last one got through. */
    bool Measure(const OutgoingMessage& message, uint8_t attempt)
    {
        Nanos sent = NEVER;
        if (attempt == 0)
        {
            sent = message.firstSent;
        }
        else if (attempt == message.attempt && attempt != UINT8_MAX)
        {
            sent = message.lastSent;
        }
        if (sent <= now)
        {
            own.roundTrip.Measure(std::min(now - sent, SessionParameters::MAX_SPAN),
                                  state.parameters);
        }
        return attempt < message.attempt;
    }

    /** Whether the ACK speaks only of messages that have left. */
    bool Plausible(const SessionSegment& ack, int64_t next, int64_t echo) const
    {
        const int64_t end = own.base + int64_t{own.inFlight};
        int64_t last = next;
        for (const SegmentRange& range : ack.ranges)
        {
            last += int64_t{range.missing} + range.arrived;
        }
        return next <= end && last <= end && (echo == next || echo < end);
    }

    void OnAck(const SessionSegment& ack)
    {
        const int64_t next = UnwrapSequence(ack.sequence, own.base);
        const int64_t echo = UnwrapSequence(ack.echo, next);
        if (next < own.base)
        {
            // overtaken by a newer one
            state.counters.outside += next < own.base - FAR ? 1 : 0;
            return;
        }
        if (!Plausible(ack, next, echo))
        {
            ++state.counters.outside;
            return;
        }
        own.probed = false;
        bool early = false;
        if (echo >= own.base && echo != next)
        {
            const OutgoingMessage& message =
                own.outgoing[static_cast<std::size_t>(echo - own.base)];
            if (!message.arrived)
            {
                early = Measure(message, ack.attempt);
            }
        }
        bool progress = next > own.base;
        for (; own.base < next; ++own.base)
        {
            own.outgoing.pop_front();
            --own.inFlight;
            own.timer = NEVER;
        }
        if (own.inFlight != 0)
        {
            // an ACK that said otherwise was not the peer's
            own.outgoing.front().arrived = false;
        }
        if (Collect(ack, echo))
        {
            progress = true;
        }
        for (std::size_t i = 0; i < own.inFlight; ++i)
        {
            OutgoingMessage& message = own.outgoing[i];
            message.lost = message.lost && !early;
            if (!message.arrived && (message.overtaken >= OVERTAKEN || (message.lost && progress)))
            {
                Retransmit(i);
            }
        }
        if (own.timer == NEVER && own.inFlight != 0)
        {
            own.timer = now + Timeout();
        }
        own.limit = next + ack.window;
        if (own.probes != 0 && WindowOpen())
        {
            own.probes = 0;
            own.roundTrip.backOff = 0;
        }
        SendWaiting();
    }

    /** Marks what arrived out of turn, and what that overtook; whether anything is new. */
    bool Collect(const SessionSegment& ack, int64_t echo)
    {
        std::size_t end = 0;
        Nanos latest{0};
        const auto mark = [&](int64_t sequence) {
            const auto i = static_cast<std::size_t>(sequence - own.base);
            OutgoingMessage& message = own.outgoing[i];
            if (!message.arrived)
            {
                message.arrived = true;
                message.lost = false;
                message.overtaken = 1; // new here; cleared below
                latest = std::max(latest, message.lastSent);
                end = std::max(end, i + 1);
            }
        };
        int64_t sequence = own.base;
        for (const SegmentRange& range : ack.ranges)
        {
            sequence += range.missing;
            for (uint16_t i = 0; i < range.arrived; ++i, ++sequence)
            {
                mark(sequence);
            }
        }
        if (echo > own.base)
        {
            mark(echo);
        }
        uint8_t overtaking = 0;
        for (std::size_t i = end; i-- > 0;)
        {
            OutgoingMessage& message = own.outgoing[i];
            if (message.arrived)
            {
                overtaking = std::min<uint8_t>(overtaking + message.overtaken, OVERTAKEN);
                message.overtaken = 0;
            }
            else if (message.lastSent <= latest)
            {
                message.overtaken = std::min<uint8_t>(message.overtaken + overtaking, OVERTAKEN);
            }
        }
        return end != 0;
    }

    void OnTimer()
    {
        ++state.counters.timeouts;
        if (own.inFlight == 0)
        {
            effects.unanswered = own.probed;
            own.roundTrip.BackOff();
            Probe();
            return;
        }
        effects.unanswered = true;
        const Nanos overdue = now - Timeout();
        for (std::size_t i = 1; i < own.inFlight; ++i)
        {
            OutgoingMessage& message = own.outgoing[i];
            message.lost = !message.arrived && (message.lost || message.lastSent <= overdue);
        }
        own.roundTrip.BackOff();
        Retransmit(0);
    }

    void OnMove()
    {
        own.roundTrip.Restart(state.parameters);
        for (std::size_t i = 0; i < own.inFlight; ++i)
        {
            if (!own.outgoing[i].arrived)
            {
                own.outgoing[i].firstSent = NEVER;
                Retransmit(i);
            }
        }
        if (own.inFlight == 0 && Waiting() != 0)
        {
            Probe();
        }
    }
};

} // namespace

SessionProtocolState
ReliableSession::Start(const SessionParameters& parameters, Nanos) const
{
    SessionProtocolState state;
    state.parameters = parameters.Usable();
    state.parameters.service = SessionService::RELIABLE;
    ReliableState own;
    own.roundTrip.Restart(state.parameters);
    own.offered = state.parameters.window;
    own.edge = state.parameters.window;
    // until the peer says otherwise, it takes what this end takes
    own.limit = state.parameters.window;
    state.protocol = own;
    return state;
}

SendResult
ReliableSession::Send(SessionProtocolState& state,
                      ByteView message,
                      Nanos now,
                      SessionEffects& effects) const
{
    auto* own = std::get_if<ReliableState>(&state.protocol);
    if (own == nullptr || message.size() > SessionSegment::MAX_MESSAGE)
    {
        ++state.counters.refused;
        return SendResult::TOO_LONG;
    }
    Step step{state, *own, now, effects};
    if (!step.Alive() || !step.HasRoom())
    {
        own->full = !state.failed;
        ++state.counters.refused;
        return SendResult::FULL;
    }
    const bool leaves = step.CanSendNow();
    OutgoingMessage outgoing;
    outgoing.message = message.ToBytes();
    outgoing.since = now;
    own->outgoing.push_back(std::move(outgoing));
    step.SendWaiting();
    return leaves ? SendResult::SENT : SendResult::QUEUED;
}

void
ReliableSession::Receive(SessionProtocolState& state,
                         ByteView bytes,
                         Nanos now,
                         SessionEffects& effects) const
{
    auto* own = std::get_if<ReliableState>(&state.protocol);
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
    const SegmentKind kind = segment ? segment->kind : SegmentKind::DATAGRAM;
    const ByteView message = segment ? bytes.Sub(segment->EncodedSize()) : ByteView{};
    if (kind == SegmentKind::DATA && message.size() <= SessionSegment::MAX_MESSAGE)
    {
        step.OnData(*segment, message);
    }
    else if (kind == SegmentKind::ACK)
    {
        step.OnAck(*segment);
    }
    else if (kind == SegmentKind::PROBE)
    {
        step.Acknowledge(own->expected, 0);
    }
    else
    {
        ++state.counters.malformed;
    }
}

void
ReliableSession::Tick(SessionProtocolState& state, Nanos now, SessionEffects& effects) const
{
    auto* own = std::get_if<ReliableState>(&state.protocol);
    if (own == nullptr || state.failed)
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
        step.OnTimer();
    }
}

Nanos
ReliableSession::NextDeadline(const SessionProtocolState& state) const
{
    const auto* own = std::get_if<ReliableState>(&state.protocol);
    if (own == nullptr || state.failed || own->outgoing.empty())
    {
        return NEVER;
    }
    const Nanos bound = state.parameters.bound == Nanos(0)
                            ? NEVER
                            : own->outgoing.front().since + state.parameters.bound;
    return std::min(own->timer, bound);
}

void
ReliableSession::PeerMoved(SessionProtocolState& state, Nanos now, SessionEffects& effects) const
{
    auto* own = std::get_if<ReliableState>(&state.protocol);
    if (own != nullptr)
    {
        Step step{state, *own, now, effects};
        if (step.Alive())
        {
            step.OnMove();
        }
    }
}

bool
ReliableSession::Idle(const SessionProtocolState& state) const
{
    const auto* own = std::get_if<ReliableState>(&state.protocol);
    return own == nullptr || own->outgoing.empty();
}

void
ReliableSession::Offer(SessionProtocolState& state, uint16_t window, SessionEffects& effects) const
{
    auto* own = std::get_if<ReliableState>(&state.protocol);
    if (own != nullptr && !state.failed)
    {
        own->offered = window;
        own->edge = std::max(own->edge, own->expected + window);
        Step{state, *own, Nanos(0), effects}.Acknowledge(own->expected, 0);
    }
}

} // namespace strata
} // namespace ns3

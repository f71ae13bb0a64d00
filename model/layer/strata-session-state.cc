// SPDX-License-Identifier: GPL-2.0-only

#include "strata-session-state.h"

#include "ns3/strata-session-segment.h"

#include <algorithm>
#include <cstdint>

namespace ns3
{
namespace strata
{

namespace
{

template <class C>
void
Span(C& c, Nanos& span)
{
    int64_t count = span.count();
    c.Number(count);
    span = Nanos(count);
}

/** Bytes behind their length in four bytes. */
template <class C>
void
Sized(C& c, Bytes& bytes)
{
    auto size = static_cast<uint32_t>(bytes.size());
    c.Number(size);
    c.Exactly(bytes, size);
}

/** Elements behind their count in four bytes; a reader that has failed stops the loop. */
template <class C, class T>
void
Elements(C& c, std::deque<T>& elements)
{
    auto count = static_cast<uint32_t>(elements.size());
    c.Number(count);
    for (uint32_t i = 0; i < count && c.Ok(); ++i)
    {
        if (i == elements.size())
        {
            elements.emplace_back();
        }
        elements[i].Code(c);
    }
}

/** Whether a number of messages leaves room to count on. */
bool
IsCount(int64_t count)
{
    return count >= 0 && count <= INT64_MAX / 2;
}

/** Whether spans can be added to a time. */
bool
IsTime(Nanos time)
{
    return time >= Nanos(0) && time <= 4 * SessionParameters::MAX_SPAN;
}

bool
IsDeadline(Nanos time)
{
    return time == NEVER || IsTime(time);
}

/** Reads a state; FieldReader with what states need beyond packets. */
class StateReader : public FieldReader
{
  public:
    explicit StateReader(ByteReader& reader)
        : FieldReader(reader),
          m_reader(reader)
    {
    }

    bool Ok() const
    {
        return m_reader.Ok();
    }

    void Exactly(Bytes& bytes, uint32_t size)
    {
        bytes = m_reader.Read(size).ToBytes();
    }

    void Sized(Bytes& bytes)
    {
        strata::Sized(*this, bytes);
    }

  private:
    ByteReader& m_reader;
};

/** Writes what StateReader reads. */
class StateWriter : public FieldWriter
{
  public:
    explicit StateWriter(ByteWriter& writer)
        : FieldWriter(writer)
    {
    }

    bool Ok() const
    {
        return true;
    }

    void Exactly(const Bytes& bytes, uint32_t)
    {
        Rest(bytes);
    }

    void Sized(Bytes& bytes)
    {
        strata::Sized(*this, bytes);
    }
};

} // namespace

template <class C>
void
SessionParameters::Code(C& c)
{
    c.Number(service);
    Span(c, bound);
    c.Number(window);
    Span(c, initialRto);
    Span(c, minRto);
    Span(c, maxRto);
    c.Number(queueLimit);
}

SessionParameters
SessionParameters::Usable() const
{
    SessionParameters usable = *this;
    const auto span = [](Nanos value, Nanos least) { return std::clamp(value, least, MAX_SPAN); };
    usable.bound = span(bound, Nanos(0));
    usable.minRto = span(minRto, Nanos(1));
    usable.maxRto = std::max(span(maxRto, Nanos(1)), usable.minRto);
    usable.initialRto = std::clamp(initialRto, usable.minRto, usable.maxRto);
    usable.window = std::max<uint16_t>(window, 1);
    usable.queueLimit = std::min<uint32_t>(queueLimit, UINT16_MAX - usable.window);
    return usable;
}

void
RoundTripEstimate::Restart(const SessionParameters& parameters)
{
    *this = RoundTripEstimate();
    timeout = parameters.initialRto;
    if (parameters.bound != Nanos(0))
    {
        timeout = std::clamp(parameters.bound / 4, parameters.minRto, timeout);
    }
}

void
RoundTripEstimate::Measure(Nanos roundTrip, const SessionParameters& parameters)
{
    if (!measured)
    {
        measured = true;
        smoothed = roundTrip;
        variation = roundTrip / 2;
    }
    else
    {
        const Nanos off = smoothed > roundTrip ? smoothed - roundTrip : roundTrip - smoothed;
        variation = (3 * variation + off) / 4;
        smoothed = (7 * smoothed + roundTrip) / 8;
    }
    // the clock's granularity G is a nanosecond
    timeout = std::clamp(smoothed + std::max(Nanos(1), 4 * variation),
                         parameters.minRto,
                         parameters.maxRto);
    backOff = 0;
}

void
RoundTripEstimate::BackOff()
{
    backOff = static_cast<uint8_t>(std::min(backOff + 1, 63));
}

Nanos
RoundTripEstimate::Timeout(const SessionParameters& parameters) const
{
    Nanos doubled = timeout;
    for (uint8_t i = 0; i < backOff && doubled < parameters.maxRto; ++i)
    {
        doubled *= 2;
    }
    return std::min(doubled, parameters.maxRto);
}

bool
RoundTripEstimate::IsValid(const SessionParameters& parameters) const
{
    const auto span = [](Nanos value) {
        return value >= Nanos(0) && value <= SessionParameters::MAX_SPAN;
    };
    return span(smoothed) && span(variation) && timeout >= parameters.minRto &&
           timeout <= parameters.maxRto && backOff < 64;
}

bool
DatagramState::IsValid(const SessionParameters& parameters) const
{
    return IsCount(next) && IsCount(expected) && leap >= -1 && IsCount(leap + 1) &&
           IsCount(question) && question <= next && IsTime(askedAt) && IsDeadline(since) &&
           IsDeadline(laterSince) && IsDeadline(timer) && asked == (since != NEVER) &&
           asked == (timer != NEVER) && (asked || laterSince == NEVER) &&
           roundTrip.IsValid(parameters);
}

bool
ReliableState::IsValid(const SessionParameters& parameters) const
{
    constexpr int64_t WIDEST = UINT16_MAX;
    if (!IsCount(base) || !IsCount(expected) || limit < base || limit > base + 2 * WIDEST ||
        edge < expected || edge > expected + WIDEST || inFlight > outgoing.size() ||
        inFlight > parameters.window || !IsDeadline(timer) ||
        outgoing.size() > std::size_t{parameters.window} + parameters.queueLimit ||
        outgoing.empty() != (timer == NEVER) || !roundTrip.IsValid(parameters))
    {
        return false;
    }
    for (const OutgoingMessage& out : outgoing)
    {
        if (!IsTime(out.since) || !IsDeadline(out.firstSent) || !IsTime(out.lastSent) ||
            out.message.size() > SessionSegment::MAX_MESSAGE)
        {
            return false;
        }
    }
    int64_t above = expected;
    for (const HeldMessage& message : held)
    {
        if (message.sequence <= above || message.sequence >= edge)
        {
            return false;
        }
        above = message.sequence;
    }
    return true;
}

template <class C>
void
RoundTripEstimate::Code(C& c)
{
    c.Number(measured);
    Span(c, smoothed);
    Span(c, variation);
    Span(c, timeout);
    c.Number(backOff);
}

template <class C>
void
DatagramState::Code(C& c)
{
    c.Number(next);
    c.Number(expected);
    c.Number(leap);
    for (uint64_t& word : seen)
    {
        c.Number(word);
    }
    c.Number(asked);
    c.Number(attempt);
    c.Number(question);
    Span(c, askedAt);
    Span(c, since);
    Span(c, laterSince);
    Span(c, timer);
    roundTrip.Code(c);
}

template <class C>
void
OutgoingMessage::Code(C& c)
{
    c.Sized(message);
    Span(c, since);
    Span(c, firstSent);
    Span(c, lastSent);
    c.Number(attempt);
    c.Number(overtaken);
    c.Number(arrived);
    c.Number(lost);
}

template <class C>
void
ReliableState::Code(C& c)
{
    c.Number(base);
    Elements(c, outgoing);
    c.Number(inFlight);
    c.Number(limit);
    c.Number(full);
    c.Number(probed);
    c.Number(probes);
    Span(c, timer);
    roundTrip.Code(c);
    c.Number(offered);
    c.Number(expected);
    c.Number(edge);
    Elements(c, held);
}

template <class C>
void
SessionProtocolState::Code(C& c)
{
    parameters.Code(c);
    counters.Code(c);
    c.Number(failed);
    if (parameters.service == SessionService::RELIABLE && protocol.index() == 0)
    {
        protocol = ReliableState();
    }
    std::visit([&c](auto& state) { state.Code(c); }, protocol);
}

Expected<SessionProtocolState>
SessionProtocolState::Decode(ByteView bytes)
{
    ByteReader reader(bytes);
    StateReader fields(reader);
    SessionProtocolState state;
    state.Code(fields);
    reader.ExpectEnd();
    if (!reader.Ok())
    {
        return reader.Error();
    }
    const bool right =
        (state.parameters.service == SessionService::RELIABLE) ==
            std::holds_alternative<ReliableState>(state.protocol) &&
        state.parameters.service <= SessionService::RELIABLE &&
        state.parameters == state.parameters.Usable() &&
        std::visit([&](const auto& own) { return own.IsValid(state.parameters); }, state.protocol);
    if (!right)
    {
        return Unexpected<DecodeError>{{DecodeCode::BAD_VALUE, 0}};
    }
    return state;
}

void
SessionProtocolState::Encode(ByteWriter& writer) const
{
    StateWriter fields(writer);
    SessionProtocolState copy = *this;
    copy.Code(fields);
}

std::size_t
SessionProtocolState::MessagesKept() const
{
    const auto* reliable = std::get_if<ReliableState>(&protocol);
    return reliable == nullptr ? 0 : reliable->outgoing.size() + reliable->held.size();
}

} // namespace strata
} // namespace ns3

// SPDX-License-Identifier: GPL-2.0-only

#include "strata-datagram-session-policy.h"

#include "ns3/strata-byte-reader.h"
#include "ns3/strata-byte-writer.h"

namespace ns3
{
namespace strata
{

namespace
{

constexpr uint8_t DATAGRAM_KIND = 0;

/** What fits into a PDU of 65535 bytes behind its header and the session's. */
constexpr std::size_t LONGEST = 65000;

constexpr auto SEEN = static_cast<int64_t>(DatagramState::SEEN);

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

} // namespace

SessionProtocolState
DatagramSession::Start(const SessionParameters& parameters, Nanos) const
{
    SessionProtocolState state;
    state.parameters = parameters.Usable();
    state.parameters.service = SessionService::DATAGRAM;
    state.protocol = DatagramState();
    return state;
}

SendResult
DatagramSession::Send(SessionProtocolState& state,
                      ByteView message,
                      Nanos,
                      SessionEffects& effects) const
{
    auto* datagram = std::get_if<DatagramState>(&state.protocol);
    if (datagram == nullptr || message.size() > LONGEST)
    {
        ++state.counters.refused;
        return SendResult::TOO_LONG;
    }
    Bytes segment;
    segment.reserve(HEADER_SIZE + message.size());
    ByteWriter writer(segment);
    writer.U8(DATAGRAM_KIND);
    writer.U32(static_cast<uint32_t>(datagram->next++));
    writer.Write(message);
    effects.segments.push_back(std::move(segment));
    ++state.counters.sent;
    return SendResult::SENT;
}

void
DatagramSession::Receive(SessionProtocolState& state,
                         ByteView segment,
                         Nanos,
                         SessionEffects& effects) const
{
    auto* datagram = std::get_if<DatagramState>(&state.protocol);
    ByteReader reader(segment);
    const uint8_t kind = reader.U8();
    const uint32_t wire = reader.U32();
    if (datagram == nullptr || !reader.Ok() || kind != DATAGRAM_KIND)
    {
        ++state.counters.malformed;
        return;
    }
    const int64_t sequence = UnwrapSequence(wire, datagram->expected);
    if (sequence < 0 || sequence - datagram->expected >= SEEN * SEEN)
    {
        ++state.counters.outside;
        return;
    }
    if (sequence >= datagram->expected)
    {
        const int64_t gap = sequence - datagram->expected;
        state.counters.lost += static_cast<uint64_t>(gap);
        const int64_t clear = std::min(gap + 1, SEEN);
        for (int64_t i = 0; i < clear; ++i)
        {
            SetBit(*datagram, sequence - i, false);
        }
        datagram->expected = sequence + 1;
    }
    else if (sequence < datagram->expected - SEEN)
    {
        ++state.counters.late;
    }
    else if (TestBit(*datagram, sequence))
    {
        ++state.counters.duplicated;
        return;
    }
    else
    {
        ++state.counters.reordered;
        --state.counters.lost;
    }
    if (sequence >= datagram->expected - SEEN)
    {
        SetBit(*datagram, sequence, true);
    }
    ++state.counters.delivered;
    effects.deliveries.push_back(reader.Read(reader.Remaining()).ToBytes());
}

void
DatagramSession::Tick(SessionProtocolState&, Nanos, SessionEffects&) const
{
}

Nanos
DatagramSession::NextDeadline(const SessionProtocolState&) const
{
    return NEVER;
}

void
DatagramSession::PeerMoved(SessionProtocolState&, Nanos, SessionEffects&) const
{
}

bool
DatagramSession::Idle(const SessionProtocolState&) const
{
    return true;
}

} // namespace strata
} // namespace ns3

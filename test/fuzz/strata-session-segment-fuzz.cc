// SPDX-License-Identifier: GPL-2.0-only

#include "strata-fuzz.h"

#include "ns3/strata-byte-reader.h"
#include "ns3/strata-datagram-session-policy.h"
#include "ns3/strata-reliable-session-policy.h"
#include "ns3/strata-session-segment.h"

namespace
{

using namespace ns3::strata;

Bytes
Image(const SessionProtocolState& state)
{
    Bytes bytes;
    ByteWriter writer(bytes);
    state.Encode(writer);
    return bytes;
}

/** What holds after every step of a session. */
void
CheckState(const SessionProtocolState& state, const SessionEffects& effects)
{
    const auto copy = SessionProtocolState::Decode(Image(state));
    Require(copy && *copy == state, "a state is what its bytes say");
    Require(state.MessagesKept() <= 3U * UINT16_MAX, "the state is bounded");
    for (const Bytes& segment : effects.segments)
    {
        Require(SessionSegment::Decode(segment, {}).has_value(), "right segments leave");
    }
}

/** Plays what the bytes say to one end of a session. */
void
Play(const SessionPolicy& policy, SessionProtocolState state, ByteReader script)
{
    Nanos now{0};
    while (script.Ok() && script.Remaining() != 0)
    {
        const uint8_t order = script.U8();
        const bool failed = state.failed;
        SessionEffects effects;
        switch (order % 8)
        {
        case 0:
            now += std::chrono::milliseconds(order);
            policy.Tick(state, now, effects);
            break;
        case 1:
            policy.PeerMoved(state, now, effects);
            break;
        case 2:
        case 3: {
            const ByteView message =
                script.Read(std::min<std::size_t>(order / 64, script.Remaining()));
            policy.Send(state, message, now, effects);
            break;
        }
        default:
            policy.Receive(state,
                           script.Read(std::min<std::size_t>(order / 8, script.Remaining())),
                           now,
                           effects);
            break;
        }
        CheckState(state, effects);
        Require(!failed || (state.failed && effects.segments.empty() && effects.deliveries.empty()),
                "a failed session is silent");
    }
}

} // namespace

/**
 * The first byte chooses: 0, the rest is a segment; 1, the encoded state of a session, behind its
 * length in two bytes, and what is played to it; else what is played to fresh sessions, whose bound
 * and window are small where the byte says so.
 */
extern "C" int
LLVMFuzzerTestOneInput(const uint8_t* data, std::size_t size)
{
    if (size == 0)
    {
        return 0;
    }
    const DatagramSession datagram;
    const ReliableSession reliable;
    const ByteView bytes(data + 1, size - 1);
    if (data[0] == 0)
    {
        RoundTripExact<SessionSegment>(bytes);
        return 0;
    }
    ByteReader reader(bytes);
    if (data[0] == 1)
    {
        const ByteView image = reader.Read(reader.U16());
        const auto state = SessionProtocolState::Decode(image);
        if (reader.Ok() && state)
        {
            CheckState(*state, {});
            Play(datagram, *state, reader);
            Play(reliable, *state, reader);
        }
        return 0;
    }
    SessionParameters parameters;
    parameters.bound = std::chrono::milliseconds(data[0] % 2 == 0 ? 0 : 400);
    parameters.window = data[0] % 4 < 2 ? 3 : 64;
    parameters.queueLimit = 4;
    Play(datagram, datagram.Start(parameters, Nanos(0)), reader);
    Play(reliable, reliable.Start(parameters, Nanos(0)), reader);
    return 0;
}

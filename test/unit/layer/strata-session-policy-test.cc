// SPDX-License-Identifier: GPL-2.0-only

#include "strata-session-wire.h"

#include "ns3/strata-datagram-session-policy.h"
#include "ns3/strata-hash.h"
#include "ns3/strata-reliable-session-policy.h"

#include <gtest/gtest.h>

namespace ns3
{
namespace strata
{
namespace
{

using std::chrono::milliseconds;
using std::chrono::seconds;

Bytes
Message(uint32_t number)
{
    Bytes message;
    ByteWriter(message).U32(number);
    return message;
}

std::vector<Bytes>
Messages(uint32_t count)
{
    std::vector<Bytes> messages;
    for (uint32_t i = 0; i < count; ++i)
    {
        messages.push_back(Message(i));
    }
    return messages;
}

Bytes
Image(const SessionProtocolState& state)
{
    Bytes bytes;
    ByteWriter writer(bytes);
    state.Encode(writer);
    return bytes;
}

Bytes
Segment(SegmentKind kind, uint8_t attempt, uint32_t sequence, ByteView message = {})
{
    SessionSegment segment;
    segment.kind = kind;
    segment.attempt = attempt;
    segment.sequence = sequence;
    return segment.WithMessage(message);
}

/** What every session policy keeps to. */
template <class P>
class SessionConformance : public testing::Test
{
  protected:
    P policy;
    SessionParameters parameters;
};

using Policies = testing::Types<DatagramSession, ReliableSession>;
TYPED_TEST_SUITE(SessionConformance, Policies);

TYPED_TEST(SessionConformance, MessagesArriveInOrderInBothDirections)
{
    SessionWire wire(this->policy, this->parameters);
    for (uint32_t i = 0; i < 40; ++i)
    {
        EXPECT_EQ(wire.Send(0, Message(i)), SendResult::SENT);
        EXPECT_EQ(wire.Send(1, Message(i)), SendResult::SENT);
    }
    wire.RunOut();
    for (const SessionWire::End& end : wire.ends)
    {
        EXPECT_EQ(end.delivered, Messages(40));
        EXPECT_EQ(end.state.counters.sent, 40U);
        EXPECT_EQ(end.state.counters.delivered, 40U);
        EXPECT_EQ(end.state.counters.retransmitted, 0U);
        EXPECT_EQ(end.state.counters.malformed, 0U);
        EXPECT_EQ(end.state.counters.outside, 0U);
        EXPECT_TRUE(this->policy.Idle(end.state));
        EXPECT_EQ(this->policy.NextDeadline(end.state), NEVER);
    }
}

TYPED_TEST(SessionConformance, MessagesOfAnySizeUpToTheLongestArrive)
{
    SessionWire wire(this->policy, this->parameters);
    const Bytes longest(SessionSegment::MAX_MESSAGE, 7);
    EXPECT_EQ(wire.Send(0, {}), SendResult::SENT);
    EXPECT_EQ(wire.Send(0, longest), SendResult::SENT);
    EXPECT_EQ(wire.Send(0, Bytes(longest.size() + 1)), SendResult::TOO_LONG);
    wire.RunOut();
    EXPECT_EQ(wire.ends[1].delivered, (std::vector<Bytes>{{}, longest}));
    EXPECT_EQ(wire.ends[0].state.counters.refused, 1U);
}

TYPED_TEST(SessionConformance, DoubledSegmentsAreDeliveredOnceAndCounted)
{
    SessionWire wire(this->policy, this->parameters, {0, 1, Nanos(0)});
    for (uint32_t i = 0; i < 20; ++i)
    {
        wire.Send(0, Message(i));
    }
    wire.RunOut();
    EXPECT_EQ(wire.ends[1].delivered, Messages(20));
    EXPECT_EQ(wire.ends[1].state.counters.duplicated, 20U);
}

TYPED_TEST(SessionConformance, LateMessagesAreCountedAsReordered)
{
    SessionWire wire(this->policy, this->parameters);
    wire.Send(0, Message(0));
    wire.Send(0, Message(1));
    std::swap(wire.flying.begin()->second, std::next(wire.flying.begin())->second);
    wire.RunOut();
    EXPECT_EQ(wire.ends[1].delivered.size(), 2U);
    EXPECT_EQ(wire.ends[1].state.counters.reordered, 1U);
    EXPECT_EQ(wire.ends[1].state.counters.lost, 0U);
    EXPECT_EQ(wire.ends[1].state.counters.duplicated, 0U);
}

TYPED_TEST(SessionConformance, StateIsAValueThatCanBeCopiedComparedAndHashed)
{
    SessionWire wire(this->policy, this->parameters);
    const SessionProtocolState before = wire.ends[0].state;
    EXPECT_TRUE(before == wire.ends[1].state);
    EXPECT_EQ(HashOf(before), HashOf(wire.ends[1].state));
    wire.Send(0, Message(0));
    EXPECT_FALSE(before == wire.ends[0].state);
    EXPECT_NE(HashOf(before), HashOf(wire.ends[0].state));
    // a step depends on the state and its arguments alone
    SessionProtocolState copy = before;
    SessionEffects effects;
    this->policy.Send(copy, Message(0), wire.now, effects);
    EXPECT_TRUE(copy == wire.ends[0].state);
    EXPECT_EQ(HashOf(copy), HashOf(wire.ends[0].state));
}

TYPED_TEST(SessionConformance, SessionGoesOnFromItsEncodedStateAtAnyMoment)
{
    this->parameters.bound = seconds(30);
    this->parameters.window = 8;
    const WireFaults faults{0.2, 0.1, milliseconds(20)};
    SessionWire plain(this->policy, this->parameters, faults, 7);
    SessionWire moved(this->policy, this->parameters, faults, 7);
    for (uint32_t i = 0; i < 60; ++i)
    {
        plain.Send(i % 2, Message(i));
        moved.Send(i % 2, Message(i));
    }
    bool more = true;
    while (more)
    {
        for (SessionWire::End& end : moved.ends)
        {
            const auto state = SessionProtocolState::Decode(Image(end.state));
            ASSERT_TRUE(state.has_value());
            ASSERT_TRUE(*state == end.state);
            end.state = *state;
        }
        more = plain.Next(NEVER);
        ASSERT_EQ(moved.Next(NEVER), more);
    }
    for (int i = 0; i < 2; ++i)
    {
        EXPECT_TRUE(plain.ends[i].state == moved.ends[i].state);
        EXPECT_EQ(plain.ends[i].delivered, moved.ends[i].delivered);
    }
}

TYPED_TEST(SessionConformance, TruncatedAndChangedStatesAreRefusedOrWork)
{
    this->parameters.bound = seconds(30);
    this->parameters.window = 4;
    SessionWire wire(this->policy, this->parameters);
    wire.lose = [](int, const Bytes& segment) { return segment.back() == 1; };
    for (uint32_t i = 0; i < 6; ++i)
    {
        wire.Send(0, Message(i));
    }
    wire.RunUntil(wire.now + SessionWire::DELAY);
    for (const SessionWire::End& end : wire.ends)
    {
        const Bytes image = Image(end.state);
        for (std::size_t size = 0; size < image.size(); ++size)
        {
            EXPECT_FALSE(SessionProtocolState::Decode(ByteView(image).Sub(0, size)).has_value());
        }
        for (std::size_t bit = 0; bit < image.size() * 8; ++bit)
        {
            Bytes changed = image;
            changed[bit / 8] ^= static_cast<uint8_t>(1 << bit % 8);
            auto state = SessionProtocolState::Decode(changed);
            if (!state)
            {
                continue;
            }
            SessionWire other(this->policy, this->parameters);
            other.ends[0].state = *state;
            other.Send(0, Message(9));
            other.Move(0);
            for (int steps = 0; steps < 50 && other.Next(NEVER); ++steps)
            {
            }
        }
    }
}

TYPED_TEST(SessionConformance, AnswerAtTheBoundCountsAndNoneFailsExactlyThen)
{
    this->parameters.bound = milliseconds(700);
    for (const Nanos late : {Nanos(0), Nanos(1)})
    {
        SessionWire wire(this->policy, this->parameters);
        wire.lose = [](int from, const Bytes&) { return from == 1; };
        const Nanos start = wire.now;
        wire.Send(0, Message(0));
        wire.RunUntil(start + this->parameters.bound - Nanos(1));
        EXPECT_EQ(wire.ends[0].failedAt, NEVER);
        EXPECT_GT(wire.ends[0].unanswered, 0U);
        EXPECT_FALSE(this->policy.Idle(wire.ends[0].state));
        wire.now = start + this->parameters.bound + late;
        SessionSegment ack;
        ack.kind = SegmentKind::ACK;
        ack.sequence = 1;
        ack.echo = 1;
        ack.window = 64;
        wire.Receive(0,
                     this->policy.Name() == std::string("reliable")
                         ? ack.WithMessage({})
                         : Segment(SegmentKind::ANSWER, 0, 0));
        wire.RunOut();
        EXPECT_EQ(wire.ends[0].failedAt, late == Nanos(0) ? NEVER : wire.now);
        EXPECT_EQ(wire.ends[0].state.failed, late != Nanos(0));
    }
    SessionWire wire(this->policy, this->parameters);
    const Nanos start = wire.now;
    wire.lose = [](int, const Bytes&) { return true; };
    wire.Send(0, Message(0));
    wire.RunOut();
    EXPECT_EQ(wire.ends[0].failedAt, start + this->parameters.bound);
}

TYPED_TEST(SessionConformance, FailedSessionTakesSendsAndDeliversNothing)
{
    this->parameters.bound = seconds(1);
    SessionWire wire(this->policy, this->parameters);
    wire.lose = [](int, const Bytes&) { return true; };
    wire.Send(0, Message(0));
    wire.RunOut();
    ASSERT_TRUE(wire.ends[0].state.failed);
    const std::size_t sent = wire.sent[0];
    const SessionProtocolState state = wire.ends[0].state;
    EXPECT_EQ(wire.Send(0, Message(1)), SendResult::FULL);
    EXPECT_EQ(wire.ends[0].state.counters.refused, state.counters.refused + 1);
    for (const SegmentKind kind : {SegmentKind::DATAGRAM, SegmentKind::DATA, SegmentKind::PROBE})
    {
        wire.Receive(0, Segment(kind, 0, 0));
    }
    wire.Move(0);
    EXPECT_EQ(wire.sent[0], sent);
    EXPECT_TRUE(wire.ends[0].delivered.empty());
    EXPECT_EQ(this->policy.NextDeadline(wire.ends[0].state), NEVER);
    EXPECT_TRUE(this->policy.Idle(wire.ends[0].state));
    EXPECT_TRUE(SessionProtocolState::Decode(Image(wire.ends[0].state)).has_value());
}

TYPED_TEST(SessionConformance, BoundDoesNotPassWhileThePeerAnswers)
{
    this->parameters.bound = seconds(2);
    SessionWire wire(this->policy, this->parameters, {0.2, 0, Nanos(0)}, 3);
    for (uint32_t i = 0; i < 300; ++i)
    {
        wire.Send(0, Message(i));
        wire.RunUntil(wire.now + milliseconds(100));
    }
    wire.RunOut();
    EXPECT_EQ(wire.ends[0].failedAt, NEVER);
    EXPECT_GE(wire.ends[1].delivered.size(), 200U);
}

TYPED_TEST(SessionConformance, LostFirstMessageDoesNotFailABoundBelowTheInitialTimeout)
{
    this->parameters.bound = milliseconds(400);
    SessionWire wire(this->policy, this->parameters);
    bool first = true;
    wire.lose = [&first](int, const Bytes&) { return std::exchange(first, false); };
    wire.Send(0, Message(0));
    wire.RunOut();
    EXPECT_EQ(wire.ends[0].failedAt, NEVER);
}

TYPED_TEST(SessionConformance, WithoutABoundNothingEverFails)
{
    SessionWire wire(this->policy, this->parameters);
    wire.lose = [](int, const Bytes&) { return true; };
    wire.Send(0, Message(0));
    wire.RunUntil(wire.now + std::chrono::hours(1000));
    EXPECT_FALSE(wire.ends[0].state.failed);
    EXPECT_EQ(wire.Send(0, Message(1)), SendResult::SENT);
}

TYPED_TEST(SessionConformance, WhatCannotBeReadIsCountedAndChangesNothing)
{
    SessionWire wire(this->policy, this->parameters);
    const bool reliable = this->policy.Name() == std::string("reliable");
    std::vector<Bytes> bad{{}, {9}, {3, 0, 0}, Segment(SegmentKind::PROBE, 0, 0, Bytes{1})};
    bad.push_back(Segment(reliable ? SegmentKind::DATAGRAM : SegmentKind::DATA, 0, 0));
    bad.push_back(Segment(reliable ? SegmentKind::ANSWER : SegmentKind::ACK, 0, 0));
    bad.push_back(Segment(reliable ? SegmentKind::DATA : SegmentKind::DATAGRAM,
                          0,
                          0,
                          Bytes(SessionSegment::MAX_MESSAGE + 1)));
    SessionProtocolState expected = wire.ends[0].state;
    for (const Bytes& segment : bad)
    {
        wire.Receive(0, segment);
        ++expected.counters.malformed;
        EXPECT_TRUE(wire.ends[0].state == expected);
    }
    EXPECT_EQ(wire.sent[0], 0U);
}

TYPED_TEST(SessionConformance, RandomSegmentsNeitherCrashNorGrowTheState)
{
    this->parameters.window = 8;
    this->parameters.queueLimit = 8;
    std::mt19937 random(5);
    SessionWire wire(this->policy, this->parameters);
    for (int i = 0; i < 20000; ++i)
    {
        Bytes bytes(random() % 40);
        for (uint8_t& byte : bytes)
        {
            // small numbers reach further than any
            byte = static_cast<uint8_t>(random() % 3 == 0 ? random() : random() % 3);
        }
        wire.Receive(0, bytes);
        wire.Send(0, Message(0));
        wire.flying.clear();
        wire.RunUntil(wire.now + milliseconds(1));
        ASSERT_LE(wire.ends[0].state.MessagesKept(), 24U);
        ASSERT_TRUE(SessionProtocolState::Decode(Image(wire.ends[0].state)).has_value()) << i;
    }
}

TYPED_TEST(SessionConformance, MovedPeerIsAskedAtOnceAndItsPathMeasuredAnew)
{
    this->parameters.bound = seconds(60);
    SessionWire wire(this->policy, this->parameters);
    wire.Send(0, Message(0));
    wire.RunOut();
    bool gone = true;
    wire.lose = [&gone](int, const Bytes&) { return gone; };
    wire.Send(0, Message(1));
    wire.RunUntil(wire.now + seconds(5));
    gone = false;
    const Nanos moved = wire.now;
    wire.Move(0);
    while (!this->policy.Idle(wire.ends[0].state) && wire.Next(NEVER))
    {
    }
    EXPECT_EQ(wire.now, moved + 2 * SessionWire::DELAY);
    const RoundTripEstimate estimate =
        std::visit([](const auto& own) { return own.roundTrip; }, wire.ends[0].state.protocol);
    EXPECT_EQ(estimate.smoothed, 2 * SessionWire::DELAY);
    EXPECT_EQ(estimate.variation, SessionWire::DELAY);
    EXPECT_EQ(estimate.backOff, 0);
}

TYPED_TEST(SessionConformance, SequenceNumbersGoOnBeyond32Bits)
{
    SessionWire wire(this->policy, this->parameters);
    constexpr int64_t START = (int64_t{1} << 32) - 3;
    for (SessionWire::End& end : wire.ends)
    {
        if (auto* datagram = std::get_if<DatagramState>(&end.state.protocol))
        {
            datagram->next = START;
            datagram->expected = START;
        }
        else
        {
            auto& reliable = std::get<ReliableState>(end.state.protocol);
            reliable.base = START;
            reliable.expected = START;
            reliable.limit += START;
            reliable.edge += START;
        }
    }
    for (uint32_t i = 0; i < 10; ++i)
    {
        wire.Send(0, Message(i));
    }
    wire.RunOut();
    EXPECT_EQ(wire.ends[1].delivered, Messages(10));
    EXPECT_EQ(wire.ends[0].state.counters.outside, 0U);
    EXPECT_TRUE(this->policy.Idle(wire.ends[0].state));
}

TEST(DatagramSession, WithoutABoundAMessageIsOneSegmentAndNothingComesBack)
{
    DatagramSession policy;
    SessionWire wire(policy, {});
    for (uint32_t i = 0; i < 10; ++i)
    {
        wire.Send(0, Message(i));
    }
    wire.RunOut();
    EXPECT_EQ(wire.sent[0], 10U);
    EXPECT_EQ(wire.sent[1], 0U);
}

TEST(DatagramSession, WithABoundOneQuestionAtATimeCoversAllMessages)
{
    DatagramSession policy;
    SessionParameters parameters;
    parameters.bound = seconds(1);
    SessionWire wire(policy, parameters);
    for (uint32_t i = 0; i < 10; ++i)
    {
        wire.Send(0, Message(i));
    }
    wire.RunOut();
    // ten messages, the first of which asks, and one question about the other nine
    EXPECT_EQ(wire.sent[0], 11U);
    EXPECT_EQ(wire.sent[1], 2U);
    EXPECT_TRUE(policy.Idle(wire.ends[0].state));
}

TEST(DatagramSession, BoundCountsFromTheOldestMessageThatNoAnswerCovers)
{
    DatagramSession policy;
    SessionParameters parameters;
    parameters.bound = seconds(1);
    SessionWire wire(policy, parameters);
    wire.Send(0, Message(0));
    wire.RunUntil(wire.now + milliseconds(2));
    wire.lose = [](int from, const Bytes&) { return from == 0; };
    const Nanos second = wire.now;
    wire.Send(0, Message(1));
    wire.RunUntil(wire.now + milliseconds(2));
    wire.Send(0, Message(2));
    wire.RunOut();
    EXPECT_EQ(wire.ends[0].failedAt, second + seconds(1));
}

TEST(DatagramSession, LostMessagesAreCountedUntilTheyCome)
{
    DatagramSession policy;
    SessionWire wire(policy, {});
    for (const uint32_t sequence : {0U, 5U, 3U, 5U})
    {
        wire.Receive(1, Segment(SegmentKind::DATAGRAM, 0, sequence));
    }
    const SessionCounters& counters = wire.ends[1].state.counters;
    EXPECT_EQ(counters.lost, 3U);
    EXPECT_EQ(counters.reordered, 1U);
    EXPECT_EQ(counters.duplicated, 1U);
    EXPECT_EQ(counters.delivered, 3U);
}

TEST(DatagramSession, SequenceFarAheadIsBelievedWhenTheNextOneFollows)
{
    DatagramSession policy;
    SessionWire wire(policy, {});
    wire.Receive(1, Segment(SegmentKind::DATAGRAM, 0, 0));
    wire.Receive(1, Segment(SegmentKind::DATAGRAM, 0, 50'000'000));
    EXPECT_EQ(wire.ends[1].state.counters.outside, 1U);
    wire.Receive(1, Segment(SegmentKind::DATAGRAM, 0, 1));
    EXPECT_EQ(wire.ends[1].delivered.size(), 2U);
    wire.Receive(1, Segment(SegmentKind::DATAGRAM, 0, 60'000'000));
    wire.Receive(1, Segment(SegmentKind::DATAGRAM, 0, 60'000'001));
    EXPECT_EQ(wire.ends[1].delivered.size(), 3U);
    EXPECT_EQ(wire.ends[1].state.counters.lost, 60'000'001U - 2);
}

TEST(DatagramSession, AnswersThatNoRightPeerSendsAreIgnored)
{
    DatagramSession policy;
    SessionParameters parameters;
    parameters.bound = seconds(1);
    SessionWire wire(policy, parameters);
    wire.Send(0, Message(0));
    wire.Receive(0, Segment(SegmentKind::ANSWER, 0, 1));
    wire.Receive(0, Segment(SegmentKind::ANSWER, 1, 0));
    EXPECT_EQ(wire.ends[0].state.counters.outside, 2U);
    EXPECT_FALSE(policy.Idle(wire.ends[0].state));
    wire.RunOut();
    EXPECT_TRUE(policy.Idle(wire.ends[0].state));
}

} // namespace
} // namespace strata
} // namespace ns3

// SPDX-License-Identifier: GPL-2.0-only

#include "strata-session-wire.h"

#include "ns3/strata-reliable-session-policy.h"

#include <gtest/gtest.h>

namespace ns3
{
namespace strata
{
namespace
{

using std::chrono::microseconds;
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

SessionSegment
Parse(const Bytes& bytes)
{
    return *SessionSegment::Decode(bytes, {});
}

const ReliableState&
Own(const SessionWire::End& end)
{
    return std::get<ReliableState>(end.state.protocol);
}

/** Loses the first transmissions of some messages of the end 0. */
auto
LoseFirst(std::vector<uint32_t> sequences)
{
    return [sequences](int from, const Bytes& bytes) {
        const SessionSegment segment = Parse(bytes);
        return from == 0 && segment.kind == SegmentKind::DATA && segment.attempt == 0 &&
               std::find(sequences.begin(), sequences.end(), segment.sequence) != sequences.end();
    };
}

class LossyWire : public testing::TestWithParam<uint32_t>
{
};

TEST_P(LossyWire, EveryMessageArrivesOnceAndInOrder)
{
    const uint32_t seed = GetParam();
    std::mt19937 random(seed);
    const auto chance = [&random](double most) {
        return std::uniform_real_distribution<>(0, most)(random);
    };
    const ReliableSession policy;
    for (int round = 0; round < 10; ++round)
    {
        SessionParameters parameters;
        parameters.window = static_cast<uint16_t>(1 + random() % 100);
        parameters.queueLimit = random() % 20;
        const WireFaults faults{chance(0.4),
                                chance(0.3),
                                microseconds(random() % 3 == 0 ? 0 : random() % 50000)};
        SessionWire wire(policy, parameters, faults, random());
        uint32_t taken[2] = {0, 0};
        uint32_t most[2] = {100 + static_cast<uint32_t>(random() % 100),
                            static_cast<uint32_t>(random() % 100)};
        // users send in bursts, wait when they are refused, and the path changes now and then
        while (taken[0] < most[0] || taken[1] < most[1])
        {
            const int from = taken[0] < most[0] && (taken[1] == most[1] || random() % 2) ? 0 : 1;
            const SendResult result = wire.Send(from, Message(taken[from]));
            taken[from] += result == SendResult::FULL ? 0 : 1;
            if (result == SendResult::FULL || random() % 8 == 0)
            {
                const uint32_t writable = wire.ends[from].writable;
                const Nanos end = wire.now + milliseconds(random() % 30);
                while (result == SendResult::FULL
                           ? wire.ends[from].writable == writable && wire.Next(NEVER)
                           : wire.Next(end))
                {
                }
                if (result == SendResult::FULL)
                {
                    ASSERT_GT(wire.ends[from].writable, writable);
                }
            }
            if (random() % 50 == 0)
            {
                wire.Move(from);
            }
            const auto& own = Own(wire.ends[from]);
            ASSERT_LE(own.inFlight, parameters.window);
            ASSERT_LE(own.outgoing.size(),
                      std::size_t{parameters.window} + wire.ends[from].state.parameters.queueLimit);
            ASSERT_EQ(own.outgoing.empty(), own.timer == NEVER);
        }
        wire.RunOut();
        for (int i = 0; i < 2; ++i)
        {
            ASSERT_EQ(wire.ends[i].delivered, Messages(most[1 - i])) << "round " << round;
            EXPECT_EQ(wire.ends[i].state.counters.delivered, most[1 - i]);
            EXPECT_EQ(wire.ends[i].state.counters.sent, most[i]);
            EXPECT_EQ(wire.ends[i].state.counters.outside, 0U);
            EXPECT_TRUE(policy.Idle(wire.ends[i].state));
            EXPECT_EQ(wire.ends[i].state.MessagesKept(), 0U);
            EXPECT_FALSE(wire.ends[i].state.failed);
        }
    }
}

INSTANTIATE_TEST_SUITE_P(Seeds, LossyWire, testing::Range<uint32_t>(0, 50));

TEST(ReliableSession, WithoutLossNothingLeavesTwice)
{
    const ReliableSession policy;
    SessionWire wire(policy, {});
    for (uint32_t i = 0; i < 300; ++i)
    {
        wire.Send(0, Message(i));
    }
    wire.RunOut();
    EXPECT_EQ(wire.ends[1].delivered, Messages(300));
    EXPECT_EQ(wire.sent[0], 300U);
    EXPECT_EQ(wire.sent[1], 300U);
}

TEST(ReliableSession, ReorderingByTwoRepeatsNothing)
{
    const ReliableSession policy;
    SessionWire wire(policy, {});
    wire.Send(0, Message(0));
    const auto first = wire.flying.begin()->second;
    wire.flying.clear();
    wire.Send(0, Message(1));
    wire.Send(0, Message(2));
    wire.flying.emplace(wire.now + SessionWire::DELAY + microseconds(1), first);
    wire.RunOut();
    EXPECT_EQ(wire.ends[1].delivered, Messages(3));
    EXPECT_EQ(wire.ends[1].state.counters.reordered, 1U);
    EXPECT_EQ(wire.ends[0].state.counters.retransmitted, 0U);
}

TEST(ReliableSession, MessageLeavesAgainWhenThreeHaveOvertakenIt)
{
    const ReliableSession policy;
    for (uint32_t behind = 1; behind <= 4; ++behind)
    {
        SessionWire wire(policy, {});
        wire.lose = LoseFirst({0});
        const Nanos start = wire.now;
        for (uint32_t i = 0; i <= behind; ++i)
        {
            wire.Send(0, Message(i));
        }
        while (wire.ends[1].delivered.empty() && wire.Next(NEVER))
        {
        }
        // three overtakes: one round trip and a half; else: the initial timeout of a second, or
        // the one measured by those that came
        EXPECT_EQ(wire.now == start + 3 * SessionWire::DELAY, behind >= 3) << behind;
        EXPECT_EQ(wire.ends[0].state.counters.timeouts, behind >= 3 ? 0U : 1U);
        wire.RunOut();
        EXPECT_EQ(wire.ends[1].delivered, Messages(behind + 1));
        EXPECT_EQ(wire.ends[0].state.counters.retransmitted, 1U) << "only what was lost";
    }
}

TEST(ReliableSession, SeveralLostMessagesLeaveAgainInOneRoundTrip)
{
    const ReliableSession policy;
    SessionWire wire(policy, {});
    wire.lose = LoseFirst({0, 3, 4, 10, 20});
    const Nanos start = wire.now;
    for (uint32_t i = 0; i < 30; ++i)
    {
        wire.Send(0, Message(i));
    }
    while (wire.ends[1].delivered.size() < 30 && wire.Next(NEVER))
    {
    }
    EXPECT_EQ(wire.now, start + 3 * SessionWire::DELAY);
    EXPECT_EQ(wire.ends[0].state.counters.retransmitted, 5U);
    EXPECT_EQ(wire.ends[0].state.counters.timeouts, 0U);
}

TEST(ReliableSession, LostRetransmissionIsRepeatedByTheTimer)
{
    const ReliableSession policy;
    SessionWire wire(policy, {});
    wire.lose = [](int from, const Bytes& bytes) {
        const SessionSegment segment = Parse(bytes);
        return from == 0 && segment.sequence == 0 && segment.attempt < 2;
    };
    for (uint32_t i = 0; i < 5; ++i)
    {
        wire.Send(0, Message(i));
    }
    wire.RunOut();
    EXPECT_EQ(wire.ends[1].delivered, Messages(5));
    EXPECT_EQ(wire.ends[0].state.counters.retransmitted, 2U);
    EXPECT_EQ(wire.ends[0].state.counters.timeouts, 1U);
}

TEST(ReliableSession, AfterAGapAllThatWasLostLeavesAtTheFirstSignOfLife)
{
    const ReliableSession policy;
    SessionWire wire(policy, {});
    wire.Send(0, Message(0));
    wire.RunOut();
    bool gap = true;
    wire.lose = [&gap](int, const Bytes&) { return gap; };
    for (uint32_t i = 1; i < 21; ++i)
    {
        wire.Send(0, Message(i));
    }
    const uint64_t before = wire.ends[0].state.counters.timeouts;
    wire.RunUntil(wire.now + milliseconds(100));
    EXPECT_GE(wire.ends[0].state.counters.timeouts, before + 2);
    EXPECT_EQ(wire.ends[0].state.counters.retransmitted,
              wire.ends[0].state.counters.timeouts - before)
        << "the oldest alone";
    gap = false;
    const Nanos due = policy.NextDeadline(wire.ends[0].state);
    while (wire.ends[1].delivered.size() < 21 && wire.Next(NEVER))
    {
    }
    EXPECT_EQ(wire.now, due + 3 * SessionWire::DELAY);
    wire.RunOut();
    EXPECT_EQ(wire.ends[1].delivered, Messages(21));
    EXPECT_EQ(wire.ends[1].state.counters.duplicated, 0U);
}

TEST(ReliableSession, SpuriousTimeoutRepeatsTheOldestAlone)
{
    const ReliableSession policy;
    SessionWire wire(policy, {});
    wire.Send(0, Message(0));
    wire.RunOut();
    for (uint32_t i = 1; i < 21; ++i)
    {
        wire.Send(0, Message(i));
    }
    // a delay that nobody foresaw: all arrive, and the answers come when the timer has fired
    auto late = std::move(wire.flying);
    wire.flying.clear();
    for (auto& [at, what] : late)
    {
        wire.flying.emplace(at + milliseconds(23), what);
    }
    wire.RunOut();
    EXPECT_EQ(wire.ends[1].delivered, Messages(21));
    EXPECT_GE(wire.ends[0].state.counters.timeouts, 1U);
    EXPECT_EQ(wire.ends[0].state.counters.retransmitted, wire.ends[0].state.counters.timeouts);
}

TEST(ReliableSession, TimeoutDoublesUpToTheMostAndEndsWithAMeasurement)
{
    const ReliableSession policy;
    SessionParameters parameters;
    parameters.maxRto = seconds(5);
    SessionWire wire(policy, parameters);
    std::vector<Nanos> times;
    wire.lose = [&](int from, const Bytes&) {
        times.push_back(wire.now - seconds(100));
        return from == 0;
    };
    wire.Send(0, Message(0));
    wire.RunUntil(seconds(119));
    EXPECT_EQ(times,
              (std::vector<Nanos>{seconds(0),
                                  seconds(1),
                                  seconds(3),
                                  seconds(7),
                                  seconds(12),
                                  seconds(17)}));
    wire.lose = nullptr;
    wire.RunOut();
    EXPECT_EQ(Own(wire.ends[0]).roundTrip.backOff, 0);
    EXPECT_EQ(Own(wire.ends[0]).roundTrip.smoothed, 2 * SessionWire::DELAY)
        << "the attempt that was answered, not the first";
}

TEST(RoundTripEstimate, FollowsRfc6298)
{
    SessionParameters parameters;
    parameters.minRto = Nanos(1);
    RoundTripEstimate estimate;
    estimate.Restart(parameters);
    EXPECT_EQ(estimate.Timeout(parameters), seconds(1)); // 2.1

    struct Row
    {
        Nanos measured;
        Nanos smoothed;
        Nanos variation;
        Nanos timeout;
    };

    // by hand: RTTVAR = 3/4 RTTVAR + 1/4 |SRTT - R|, then SRTT = 7/8 SRTT + 1/8 R,
    // RTO = SRTT + 4 RTTVAR
    const Row rows[] = {
        {milliseconds(100), milliseconds(100), milliseconds(50), milliseconds(300)},
        {milliseconds(100), milliseconds(100), microseconds(37500), milliseconds(250)},
        {milliseconds(180), milliseconds(110), microseconds(48125), microseconds(302500)},
        {milliseconds(70), milliseconds(105), Nanos(46'093'750), Nanos(289'375'000)},
    };
    for (const Row& row : rows)
    {
        estimate.BackOff();
        estimate.Measure(row.measured, parameters);
        EXPECT_EQ(estimate.smoothed, row.smoothed);
        EXPECT_EQ(estimate.variation, row.variation);
        EXPECT_EQ(estimate.Timeout(parameters), row.timeout);
    }
    estimate.BackOff();
    EXPECT_EQ(estimate.Timeout(parameters), 2 * rows[3].timeout); // 5.5
    parameters.maxRto = milliseconds(400);
    EXPECT_EQ(estimate.Timeout(parameters), milliseconds(400)); // 2.5
    for (int i = 0; i < 300; ++i)
    {
        estimate.BackOff();
    }
    EXPECT_EQ(estimate.Timeout(parameters), milliseconds(400));
}

TEST(RoundTripEstimate, TimeoutStaysAboveASteadyRoundTrip)
{
    SessionParameters parameters;
    parameters.minRto = Nanos(1);
    RoundTripEstimate estimate;
    estimate.Restart(parameters);
    for (int i = 0; i < 1000; ++i)
    {
        estimate.Measure(milliseconds(10), parameters);
    }
    EXPECT_GT(estimate.Timeout(parameters), milliseconds(10)); // the granularity of 2.3
}

TEST(ReliableSession, ClosedWindowHoldsMessagesBackAndIsProbed)
{
    const ReliableSession policy;
    SessionWire wire(policy, {});
    wire.Send(0, Message(0));
    wire.RunOut();
    SessionEffects effects;
    policy.Offer(wire.ends[1].state, 0, effects);
    wire.Apply(1, effects);
    wire.RunOut();
    std::vector<Nanos> probes;
    wire.lose = [&](int from, const Bytes& bytes) {
        EXPECT_NE(Parse(bytes).kind, SegmentKind::DATA);
        if (from == 0)
        {
            EXPECT_EQ(Parse(bytes).kind, SegmentKind::PROBE);
            probes.push_back(wire.now);
        }
        return false;
    };
    const Nanos closed = wire.now;
    EXPECT_EQ(wire.Send(0, Message(1)), SendResult::QUEUED);
    wire.RunUntil(closed + seconds(400));
    ASSERT_GE(probes.size(), 8U);
    for (std::size_t i = 2; i < 8; ++i)
    {
        EXPECT_EQ(probes[i] - probes[i - 1], 2 * (probes[i - 1] - probes[i - 2]));
    }
    EXPECT_EQ(probes.back() - probes[probes.size() - 2], seconds(60));
    EXPECT_EQ(wire.ends[0].unanswered, 0U) << "every probe was answered";
    // the news of the open window is lost: the next probe finds out
    effects = {};
    wire.lose = [](int from, const Bytes&) { return from == 1; };
    policy.Offer(wire.ends[1].state, 5, effects);
    wire.Apply(1, effects);
    wire.lose = nullptr;
    wire.RunOut();
    EXPECT_EQ(wire.ends[1].delivered, Messages(2));
    EXPECT_EQ(Own(wire.ends[0]).probes, 0);
}

TEST(ReliableSession, SmallerWindowOfThePeerIsKept)
{
    const ReliableSession policy;
    SessionWire wire(policy, {});
    SessionEffects effects;
    policy.Offer(wire.ends[1].state, 3, effects);
    wire.Apply(1, effects);
    wire.RunOut();
    for (uint32_t i = 0; i < 50; ++i)
    {
        wire.Send(0, Message(i));
        EXPECT_LE(Own(wire.ends[0]).inFlight, 3U);
    }
    EXPECT_EQ(Own(wire.ends[0]).inFlight, 3U);
    wire.RunOut();
    EXPECT_EQ(wire.ends[1].delivered, Messages(50));
}

TEST(ReliableSession, FullQueueRefusesAndSaysWhenThereIsRoom)
{
    const ReliableSession policy;
    SessionParameters parameters;
    parameters.window = 2;
    parameters.queueLimit = 3;
    SessionWire wire(policy, parameters);
    for (uint32_t i = 0; i < 5; ++i)
    {
        EXPECT_EQ(wire.Send(0, Message(i)), i < 2 ? SendResult::SENT : SendResult::QUEUED);
    }
    EXPECT_EQ(wire.Send(0, Message(5)), SendResult::FULL);
    EXPECT_EQ(wire.ends[0].writable, 0U);
    wire.RunOut();
    EXPECT_EQ(wire.ends[0].writable, 1U);
    EXPECT_EQ(wire.ends[1].delivered, Messages(5));
}

TEST(ReliableSession, BoundCountsFromTheSendingOfEachMessage)
{
    const ReliableSession policy;
    SessionParameters parameters;
    parameters.bound = seconds(3);
    SessionWire wire(policy, parameters);
    wire.lose = [](int from, const Bytes& bytes) {
        return from == 0 && Parse(bytes).sequence == 1;
    };
    wire.Send(0, Message(0));
    wire.RunUntil(wire.now + seconds(1));
    const Nanos second = wire.now;
    wire.Send(0, Message(1));
    wire.RunUntil(wire.now + seconds(1));
    wire.Send(0, Message(2));
    wire.RunOut();
    EXPECT_EQ(wire.ends[0].failedAt, second + seconds(3));
    EXPECT_EQ(wire.ends[1].delivered, Messages(1)) << "nothing out of order";
}

TEST(ReliableSession, BoundCountsWhileTheWindowIsClosed)
{
    const ReliableSession policy;
    SessionParameters parameters;
    parameters.bound = seconds(3);
    SessionWire wire(policy, parameters);
    SessionEffects effects;
    policy.Offer(wire.ends[1].state, 0, effects);
    wire.Apply(1, effects);
    wire.RunOut();
    const Nanos start = wire.now;
    wire.Send(0, Message(0));
    wire.RunOut();
    EXPECT_EQ(wire.ends[0].failedAt, start + seconds(3));
}

TEST(ReliableSession, AckOfWhatNeverLeftIsIgnored)
{
    const ReliableSession policy;
    SessionWire wire(policy, {});
    wire.Send(0, Message(0));
    wire.Send(0, Message(1));
    const SessionProtocolState before = wire.ends[0].state;
    std::vector<SessionSegment> forged(4);
    forged[0].sequence = 3;
    forged[0].echo = 3;
    forged[1].sequence = 0;
    forged[1].echo = 2;
    forged[2].ranges.push_back({1, 2});
    forged[3].sequence = 0x90000000;
    forged[3].echo = 0x90000000;
    for (SessionSegment& ack : forged)
    {
        ack.kind = SegmentKind::ACK;
        wire.Receive(0, ack.WithMessage({}));
    }
    EXPECT_EQ(wire.ends[0].state.counters.outside, 4U);
    EXPECT_TRUE(wire.ends[0].state.protocol == before.protocol);
}

TEST(ReliableSession, ForgedAckOfALostMessageDoesNotStopTheSession)
{
    const ReliableSession policy;
    SessionWire wire(policy, {});
    wire.lose = LoseFirst({1});
    for (uint32_t i = 0; i < 3; ++i)
    {
        wire.Send(0, Message(i));
    }
    SessionSegment ack;
    ack.kind = SegmentKind::ACK;
    ack.window = 64;
    ack.ranges.push_back({1, 1});
    wire.Receive(0, ack.WithMessage({}));
    wire.RunOut();
    EXPECT_EQ(wire.ends[1].delivered, Messages(3));
}

TEST(ReliableSession, MessagesBeyondWhatWasOfferedAreNotHeld)
{
    const ReliableSession policy;
    SessionParameters parameters;
    parameters.window = 4;
    SessionWire wire(policy, parameters);
    SessionSegment data;
    data.kind = SegmentKind::DATA;
    for (const uint32_t sequence : {3U, 4U, 70000U, 0xfffffff0U})
    {
        data.sequence = sequence;
        wire.Receive(1, data.WithMessage({}));
    }
    EXPECT_EQ(wire.ends[1].state.MessagesKept(), 1U);
    EXPECT_EQ(wire.ends[1].state.counters.outside, 3U);
    EXPECT_EQ(wire.sent[1], 2U) << "answers what lies close, ignores the rest";
}

} // namespace
} // namespace strata
} // namespace ns3

// SPDX-License-Identifier: GPL-2.0-only

#include "ns3/strata-hash.h"
#include "ns3/strata-ping-machine.h"

#include <gtest/gtest.h>

using namespace ns3::strata;
using std::chrono::microseconds;
using std::chrono::milliseconds;
using std::chrono::seconds;

namespace
{

constexpr uint32_t PEER = 0x0a020002;

PingParameters
Parameters(uint64_t count)
{
    PingParameters parameters;
    parameters.destination = PEER;
    parameters.count = count;
    return parameters;
}

PingReply
Reply(uint16_t sequence, uint32_t from = PEER)
{
    return {from, sequence, 63, 64, {}};
}

PingError
Error(uint16_t sequence, uint8_t type, uint8_t code = 0)
{
    return {0x0a010001, sequence, type, code, 0};
}

const PingReplyReport&
Shown(const PingEffects& effects)
{
    return std::get<PingReplyReport>(effects.report.value());
}

} // namespace

TEST(PingMachine, SendsOneRequestAnIntervalWhateverComesBack)
{
    PingMachine ping(Parameters(3));
    EXPECT_EQ(ping.NextDeadline(), NEVER);
    const PingEffects first = ping.Start(seconds(5));
    ASSERT_TRUE(first.send);
    EXPECT_EQ(first.send->sequence, 1);
    EXPECT_FALSE(ping.Start(seconds(5)).send) << "started once";
    EXPECT_EQ(ping.NextDeadline(), seconds(6));
    EXPECT_FALSE(ping.Tick(seconds(6) - Nanos(1)).send);
    EXPECT_EQ(ping.Tick(seconds(6)).send->sequence, 2);
    ping.OnReply(Reply(2), seconds(6) + milliseconds(1));
    EXPECT_EQ(ping.NextDeadline(), seconds(7));
    EXPECT_EQ(ping.Tick(seconds(7)).send->sequence, 3);
    EXPECT_EQ(ping.GetStatistics().duration, seconds(2));
}

TEST(PingMachine, DataHoldTheTimeInSixteenBytesAndThenCountUp)
{
    PingParameters parameters = Parameters(1);
    parameters.size = 20;
    PingMachine ping(parameters);
    const Bytes expected{1, 1, 0, 0, 0, 0, 0, 0, 2, 0, 0, 0, 0, 0, 0, 0, 16, 17, 18, 19};
    EXPECT_EQ(ping.Start(seconds(257) + microseconds(2)).send->data, expected);
    parameters.size = 3;
    EXPECT_EQ(PingMachine(parameters).Start(seconds(1)).send->data, (Bytes{0, 1, 2}));
}

TEST(PingMachine, FinishesWithTheLastAnswer)
{
    PingMachine ping(Parameters(2));
    ping.Start(seconds(0));
    EXPECT_FALSE(ping.OnReply(Reply(1), milliseconds(10)).finished);
    ping.Tick(seconds(1));
    const PingEffects effects = ping.OnReply(Reply(2), seconds(1) + milliseconds(20));
    EXPECT_TRUE(effects.finished);
    EXPECT_EQ(Shown(effects).rtt, Nanos(milliseconds(20)));
    EXPECT_EQ(ping.NextDeadline(), NEVER);
    EXPECT_FALSE(ping.OnReply(Reply(1), seconds(2)).report) << "deaf afterwards";
    EXPECT_FALSE(ping.Stop().finished) << "finished once";
}

TEST(PingMachine, WaitsForTheTimeoutWhenNothingWasHeard)
{
    PingMachine ping(Parameters(1));
    ping.Start(seconds(0));
    EXPECT_EQ(ping.NextDeadline(), seconds(10));
    EXPECT_FALSE(ping.Tick(seconds(9)).finished);
    EXPECT_TRUE(ping.Tick(seconds(10)).finished);
    EXPECT_EQ(ping.GetStatistics().LossPercent(), 100);
}

TEST(PingMachine, WaitsForTwoLongestRoundTripsButAnIntervalAtLeast)
{
    for (const auto& [rtt, wait] : {std::pair{milliseconds(900), milliseconds(1800)},
                                    std::pair{milliseconds(10), milliseconds(1000)}})
    {
        PingMachine ping(Parameters(2));
        ping.Start(seconds(0));
        ping.OnReply(Reply(1), rtt);
        ping.Tick(seconds(1));
        EXPECT_EQ(ping.NextDeadline(), seconds(1) + wait);
    }
}

TEST(PingMachine, MarksASecondAnswerAsDuplicateAndCountsItsRoundTrip)
{
    PingMachine ping(Parameters(0));
    ping.Start(seconds(0));
    EXPECT_FALSE(Shown(ping.OnReply(Reply(1), milliseconds(10))).duplicate);
    EXPECT_TRUE(Shown(ping.OnReply(Reply(1), milliseconds(30))).duplicate);
    EXPECT_EQ(ping.GetStatistics().received, 1U);
    EXPECT_EQ(ping.GetStatistics().duplicates, 1U);
    EXPECT_EQ(ping.GetStatistics().Average(), 20000);
    EXPECT_EQ(ping.GetStatistics().LossPercent(), 0);
}

TEST(PingMachine, TakesAnswersInAnyOrder)
{
    PingParameters parameters = Parameters(3);
    parameters.interval = milliseconds(100);
    PingMachine ping(parameters);
    ping.Start(seconds(0));
    ping.Tick(milliseconds(100));
    ping.Tick(milliseconds(200));
    EXPECT_EQ(Shown(ping.OnReply(Reply(3), milliseconds(210))).rtt, Nanos(milliseconds(10)));
    EXPECT_EQ(Shown(ping.OnReply(Reply(1), milliseconds(250))).rtt, Nanos(milliseconds(250)));
    EXPECT_TRUE(ping.OnReply(Reply(2), milliseconds(260)).finished);
    EXPECT_EQ(ping.GetStatistics().pipe, 3U) << "when the answer to 1 came, 3 were sent";
    EXPECT_EQ(ping.GetStatistics().received, 3U);
}

TEST(PingMachine, StatisticsAreThoseThatLinuxPrinted)
{
    // Three requests over loopback: 0.245, 0.043 and 0.030 ms gave
    // "rtt min/avg/max/mdev = 0.030/0.106/0.245/0.098 ms".
    PingMachine ping(Parameters(0));
    ping.Start(seconds(0));
    ping.OnReply(Reply(1), microseconds(245));
    ping.Tick(seconds(1));
    ping.OnReply(Reply(2), seconds(1) + microseconds(43));
    ping.Tick(seconds(2));
    ping.OnReply(Reply(3), seconds(2) + Nanos(30'999));
    const PingStatistics& statistics = ping.GetStatistics();
    EXPECT_EQ(statistics.minimum, 30);
    EXPECT_EQ(statistics.Average(), 106);
    EXPECT_EQ(statistics.maximum, 245);
    EXPECT_EQ(statistics.Deviation(), 98);
    EXPECT_EQ(PingStatistics().Deviation(), 0);
    EXPECT_EQ(PingStatistics().LossPercent(), 0);
}

TEST(PingMachine, ErrorsSettleARequestButRedirectAndSourceQuenchDoNot)
{
    PingMachine ping(Parameters(1));
    ping.Start(seconds(0));
    EXPECT_FALSE(ping.OnError(Error(1, 5, 1)).finished);
    EXPECT_FALSE(ping.OnError(Error(1, 4)).finished);
    EXPECT_EQ(ping.GetStatistics().errors, 0U);
    const PingEffects effects = ping.OnError(Error(1, 11));
    EXPECT_TRUE(effects.finished);
    EXPECT_EQ(std::get<PingErrorReport>(*effects.report).error, Error(1, 11));
    EXPECT_EQ(ping.GetStatistics().errors, 1U);
}

TEST(PingMachine, IgnoresSequenceNumbersThatWereNotSent)
{
    PingMachine ping(Parameters(0));
    EXPECT_FALSE(ping.OnReply(Reply(0), seconds(0)).report) << "not started";
    ping.Start(seconds(0));
    for (uint16_t sequence : {0, 2, 0xffff, 0x8001})
    {
        EXPECT_FALSE(ping.OnReply(Reply(sequence), milliseconds(1)).report) << sequence;
        EXPECT_FALSE(ping.OnError(Error(sequence, 3, 1)).report) << sequence;
        EXPECT_FALSE(ping.OnLocalError(sequence, 1200).report) << sequence;
    }
    EXPECT_EQ(ping.GetStatistics().received, 0U);
}

TEST(PingMachine, SequenceNumbersWrapAfter65536)
{
    PingParameters parameters = Parameters(0);
    parameters.interval = milliseconds(1);
    parameters.size = 0;
    PingMachine ping(parameters);
    ping.Start(Nanos(0));
    ping.OnReply(Reply(1), microseconds(1));
    uint16_t last = 1;
    while (ping.GetStatistics().transmitted < 65537)
    {
        last = ping.Tick(ping.NextDeadline()).send->sequence;
    }
    EXPECT_EQ(last, 1);
    EXPECT_FALSE(Shown(ping.OnReply(Reply(1), milliseconds(65536))).duplicate)
        << "the answer to the new 1";
    EXPECT_FALSE(Shown(ping.OnReply(Reply(2), milliseconds(65536))).duplicate);
    EXPECT_TRUE(Shown(ping.OnReply(Reply(2), milliseconds(65536))).duplicate);
}

TEST(PingMachine, ShortAnswersAndStrangersAreSeen)
{
    PingMachine ping(Parameters(0));
    ping.Start(seconds(0));
    PingReply cut = Reply(1);
    cut.size = 63;
    EXPECT_TRUE(Shown(ping.OnReply(cut, milliseconds(1))).truncated);
    EXPECT_FALSE(Shown(ping.OnReply(Reply(1), milliseconds(1))).differentAddress);
    EXPECT_TRUE(Shown(ping.OnReply(Reply(1, PEER + 1), milliseconds(1))).differentAddress);
    PingParameters group = Parameters(0);
    group.anyResponder = true;
    PingMachine all(group);
    all.Start(seconds(0));
    EXPECT_FALSE(Shown(all.OnReply(Reply(1, PEER + 1), milliseconds(1))).differentAddress);
}

TEST(PingMachine, ARequestWithoutRoomForTheTimeHasNoRoundTrip)
{
    PingParameters parameters = Parameters(0);
    parameters.size = 15;
    PingMachine ping(parameters);
    ping.Start(seconds(0));
    EXPECT_FALSE(Shown(ping.OnReply(Reply(1), milliseconds(1))).rtt);
    EXPECT_EQ(ping.GetStatistics().samples, 0U);
}

TEST(PingMachine, AMessageTooLongIsAnErrorAndAMissingRouteALoss)
{
    PingMachine ping(Parameters(1));
    ping.Start(seconds(0));
    PingMachine other = ping;
    EXPECT_EQ(other.Tie(), ping.Tie());
    EXPECT_TRUE(ping.OnLocalError(1, 1200).finished);
    EXPECT_EQ(ping.GetStatistics().errors, 1U);
    EXPECT_FALSE(other.OnLocalError(1, 0).finished);
    EXPECT_EQ(other.GetStatistics().errors, 0U);
    EXPECT_TRUE(other.Tick(seconds(10)).finished);
}

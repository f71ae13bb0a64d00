// SPDX-License-Identifier: GPL-2.0-only

#include "ns3/strata-handoff-decision.h"

#include <gtest/gtest.h>

namespace ns3
{
namespace strata
{
namespace
{

using std::chrono::milliseconds;

constexpr Nanos INTERVAL = milliseconds(10);
constexpr Nanos DELAY = milliseconds(3);

/** A message every 10 ms from 0 ms on, each 3 ms on its way, but for those in [from, to). */
struct Traffic
{
    Traffic(int from, int to, int count = 100)
    {
        for (int i = 0; i < count; ++i)
        {
            const Nanos at = i * INTERVAL;
            sent.push_back(at);
            if (i < from || i >= to)
            {
                arrivals.push_back({at + DELAY, at, static_cast<uint32_t>(i)});
            }
        }
    }

    HandoffReport Judge(Nanos move = milliseconds(500), Nanos end = milliseconds(1003)) const
    {
        return JudgeHandoff(arrivals,
                            move,
                            end,
                            INTERVAL,
                            sent,
                            milliseconds(100),
                            milliseconds(50));
    }

    std::vector<Arrival> arrivals;
    std::vector<Nanos> sent;
};

TEST(HandoffDecision, MoveWithoutLossIsNoOutage)
{
    const HandoffReport report = Traffic(0, 0).Judge();
    EXPECT_TRUE(report.recovered);
    EXPECT_EQ(report.outage, Nanos(0));
    EXPECT_EQ(report.lost, 0U);
    EXPECT_EQ(report.duplicated, 0U);
    EXPECT_EQ(report.reordered, 0U);
}

TEST(HandoffDecision, OutageIsTheSilenceLessOneInterval)
{
    // messages 50 to 54 are lost: silence from 493 ms to 553 ms
    const HandoffReport report = Traffic(50, 55).Judge();
    EXPECT_TRUE(report.recovered);
    EXPECT_EQ(report.silentFrom, milliseconds(493));
    EXPECT_EQ(report.silentTo, milliseconds(553));
    EXPECT_EQ(report.outage, milliseconds(50));
    EXPECT_EQ(report.lost, 5U);
}

TEST(HandoffDecision, WhatWasUnderWayWhenTheMoveBeganIsLostByIt)
{
    EXPECT_EQ(Traffic(47, 52).Judge().lost, 5U);
    // but not what was lost long before
    EXPECT_EQ(Traffic(10, 20).Judge().lost, 0U);
}

TEST(HandoffDecision, DirectionThatStaysSilentHasNotRecovered)
{
    EXPECT_FALSE(Traffic(50, 100).Judge().recovered);
    EXPECT_TRUE(Traffic(50, 100).Judge().settledDelays.empty());
    EXPECT_FALSE(Traffic(0, 100).Judge().recovered);
    // silent for the last 90 ms alone, within the patience
    EXPECT_TRUE(Traffic(92, 100).Judge().recovered);
}

TEST(HandoffDecision, CountsDoublesAndOvertakenMessagesOfTheSpan)
{
    Traffic traffic(0, 0);
    traffic.arrivals.insert(traffic.arrivals.begin() + 61, traffic.arrivals[60]);
    std::swap(traffic.arrivals[70].sequence, traffic.arrivals[71].sequence);
    traffic.arrivals.insert(traffic.arrivals.begin() + 11, traffic.arrivals[10]);
    const HandoffReport report = traffic.Judge();
    EXPECT_EQ(report.duplicated, 1U);
    EXPECT_EQ(report.reordered, 1U);
    EXPECT_EQ(report.lost, 0U);
}

TEST(HandoffDecision, NumbersThatWereNeverSentAreNoMessages)
{
    Traffic traffic(0, 0);
    traffic.arrivals[80].sequence = 4'000'000'000;
    EXPECT_EQ(traffic.Judge().lost, 1U);
}

TEST(HandoffDecision, SettledDelaysAreThoseAfterTheSilence)
{
    const HandoffReport report = Traffic(50, 55).Judge();
    // messages 56 to 99: 55 ends the silence, and so does not count
    ASSERT_EQ(report.settledDelays.size(), 44U);
    for (const Nanos delay : report.settledDelays)
    {
        EXPECT_EQ(delay, DELAY);
    }
}

TEST(HandoffDecision, SharesOfAnOutageAddUp)
{
    const auto ms = [](int n) { return Nanos(milliseconds(n)); };
    // no link from 100 to 300, no name until 350, silent from 90 to 400
    const OutageShares shares =
        ShareOutage(ms(90), ms(400), ms(300), {{ms(100), ms(300), ms(350)}});
    EXPECT_EQ(shares.link, ms(200));
    EXPECT_EQ(shares.address, ms(50));
    EXPECT_EQ(shares.mobility, ms(50));
    // a new link before the old one goes: no gap
    const OutageShares soft = ShareOutage(ms(90), ms(120), ms(20), {{ms(100), ms(60), ms(60)}});
    EXPECT_EQ(soft.link, ms(0));
    EXPECT_EQ(soft.mobility, ms(20));
    // two moves whose gaps overlap count once
    const OutageShares two =
        ShareOutage(ms(0),
                    ms(500),
                    ms(490),
                    {{ms(100), ms(300), ms(300)}, {ms(200), ms(400), ms(450)}});
    EXPECT_EQ(two.link, ms(300));
    EXPECT_EQ(two.address, ms(50));
    EXPECT_EQ(two.link + two.address + two.mobility, ms(490));
}

} // namespace
} // namespace strata
} // namespace ns3

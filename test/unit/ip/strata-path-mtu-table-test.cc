// SPDX-License-Identifier: GPL-2.0-only

#include "ns3/strata-path-mtu-table.h"

#include <gtest/gtest.h>
#include <random>

namespace ns3
{
namespace strata
{
namespace
{

using std::chrono::minutes;
using Verdict = PathMtuVerdict;

constexpr uint32_t FAR = 0x0a020002; // 10.2.0.2

/** A report about a datagram of \p sent bytes. */
PathMtuReport
About(uint32_t sent, uint32_t nextHopMtu, uint32_t firstHopMtu = 1500)
{
    PathMtuReport report;
    report.destination = FAR;
    report.nextHopMtu = nextHopMtu;
    report.quotedTotalLength = sent;
    report.firstHopMtu = firstHopMtu;
    return report;
}

TEST(PathMtuTable, Figure542Needs1400Then1200Then900)
{
    PathMtuTable table;
    std::vector<uint32_t> sent{table.Find(FAR, 1400).mtu};
    for (uint32_t narrower : {1200U, 900U})
    {
        ASSERT_EQ(table.Report(About(sent.back(), narrower, 1400), minutes(0)), Verdict::LOWERED);
        sent.push_back(table.Find(FAR, 1400).mtu);
    }
    EXPECT_EQ(sent, (std::vector<uint32_t>{1400, 1200, 900}));
    EXPECT_TRUE(table.Find(FAR, 1400).dontFragment);
    EXPECT_EQ(table.Find(FAR + 1, 1400).mtu, 1400U); // another destination
}

TEST(PathMtuTable, AReportNeverRaisesTheEstimate)
{
    PathMtuTable table;
    table.Report(About(1500, 900), minutes(0));
    EXPECT_EQ(table.Report(About(1500, 1200), minutes(1)), Verdict::NOT_LOWER);
    EXPECT_EQ(table.Report(About(1500, 900), minutes(1)), Verdict::NOT_LOWER);
    EXPECT_EQ(table.Find(FAR, 1500).mtu, 900U);
    EXPECT_EQ(table.Report(About(9000, 2000), minutes(1)), Verdict::NOT_LOWER);
}

TEST(PathMtuTable, ForgedReportsAreRefused)
{
    PathMtuTable table;
    PathMtuReport report = About(1500, 600);
    report.quotesSomethingSent = false;
    EXPECT_EQ(table.Report(report, minutes(0)), Verdict::NOT_SENT);
    EXPECT_EQ(table.Report(About(600, 600), minutes(0)), Verdict::IMPLAUSIBLE);
    EXPECT_EQ(table.Report(About(100, 600), minutes(0)), Verdict::IMPLAUSIBLE);
    EXPECT_EQ(table.size(), 0U);
    EXPECT_EQ(table.Find(FAR, 1500).mtu, 1500U);
}

TEST(PathMtuTable, BelowTheFloorRoutersMayFragmentAgain)
{
    PathMtuTable::Config config;
    config.floor = 552;
    PathMtuTable table(config);
    EXPECT_EQ(table.Report(About(1500, 100), minutes(0)), Verdict::LOWERED);
    EXPECT_TRUE(table.Find(FAR, 1500) == (PathMtu{552, false}));
    EXPECT_EQ(table.Report(About(1500, 90), minutes(0)), Verdict::NOT_LOWER);
    // the same estimate, but now the path is known to be narrower
    PathMtuTable other(config);
    other.Report(About(1500, 552), minutes(0));
    EXPECT_TRUE(other.Find(FAR, 1500) == (PathMtu{552, true}));
    EXPECT_EQ(other.Report(About(552, 100), minutes(0)), Verdict::LOWERED);
    EXPECT_TRUE(other.Find(FAR, 1500) == (PathMtu{552, false}));

    PathMtuTable least; // RFC 1191: never below 68
    least.Report(About(1500, 1), minutes(0));
    EXPECT_EQ(least.Find(FAR, 1500).mtu, 68U);
}

TEST(PathMtuTable, PlateausAreThoseOfRfc1191)
{
    const std::vector<uint32_t>
        table{65535, 32000, 17914, 8166, 4352, 2002, 1492, 1006, 508, 296, 68};
    for (std::size_t i = 0; i + 1 < table.size(); ++i)
    {
        EXPECT_EQ(PlateauBelow(table[i]), table[i + 1]);
        EXPECT_EQ(PlateauBelow(table[i + 1] + 1), table[i + 1]);
        EXPECT_EQ(PlateauAbove(table[i + 1]), table[i]);
        EXPECT_EQ(PlateauAbove(table[i] - 1), table[i]);
    }
    EXPECT_EQ(PlateauBelow(68), 68U);
    EXPECT_EQ(PlateauBelow(0), 68U);
    EXPECT_EQ(PlateauAbove(70000), 65535U);
}

TEST(PathMtuTable, ARouterThatNamesNoMtuLeadsDownThePlateaus)
{
    PathMtuTable table;
    std::vector<uint32_t> estimates;
    for (int i = 0; i < 6; ++i)
    {
        const uint32_t sent = table.Find(FAR, 4352).mtu;
        table.Report(About(sent, 0, 4352), minutes(0));
        estimates.push_back(table.Find(FAR, 4352).mtu);
    }
    EXPECT_EQ(estimates, (std::vector<uint32_t>{2002, 1492, 1006, 508, 296, 68}));
}

TEST(PathMtuTable, ALengthThatBsdHasRaisedByTheHeaderIsCorrected)
{
    // 1006 bytes were sent; the router quotes 1026, and the plateau below that is 1006 itself
    PathMtuTable table;
    table.Report(About(1500, 1006), minutes(0));
    EXPECT_EQ(table.Report(About(1026, 0), minutes(0)), Verdict::LOWERED);
    EXPECT_EQ(table.Find(FAR, 1500).mtu, 508U);

    // with a header of 60 bytes likewise
    PathMtuTable options;
    options.Report(About(1500, 1006), minutes(0));
    PathMtuReport report = About(1066, 0);
    report.quotedHeaderSize = 60;
    EXPECT_EQ(options.Report(report, minutes(0)), Verdict::LOWERED);
    EXPECT_EQ(options.Find(FAR, 1500).mtu, 508U);

    // a quoted length below the estimate is right as it is
    PathMtuTable smaller;
    EXPECT_EQ(smaller.Report(About(1300, 0), minutes(0)), Verdict::LOWERED);
    EXPECT_EQ(smaller.Find(FAR, 1500).mtu, 1006U);

    report.quotedTotalLength = 10; // nonsense must not wrap
    report.firstHopMtu = 5;
    options.Report(report, minutes(0));
    EXPECT_LE(options.Find(FAR, 1500).mtu, 508U);
}

TEST(PathMtuTable, TimeRaisesAnEstimatePlateauByPlateauUntilTheFirstHop)
{
    PathMtuTable table;
    EXPECT_EQ(table.NextDeadline(), NEVER);
    table.Report(About(1500, 500), minutes(5));
    EXPECT_EQ(table.NextDeadline(), minutes(15));
    EXPECT_TRUE(table.Advance(minutes(15) - Nanos(1)).empty());
    const auto expectRise = [&](minutes at, uint32_t mtu) {
        ASSERT_EQ(table.NextDeadline(), at);
        const auto changes = table.Advance(at);
        ASSERT_EQ(changes.size(), 1U);
        EXPECT_TRUE(changes[0] == (PathMtuChange{FAR, {mtu, true}}));
        EXPECT_EQ(table.Find(FAR, 1500).mtu, mtu);
    };
    expectRise(minutes(15), 508);
    expectRise(minutes(17), 1006);
    // the path is still narrow: ten minutes of rest
    EXPECT_EQ(table.Report(About(1006, 500), minutes(18)), Verdict::LOWERED);
    expectRise(minutes(28), 508);
    expectRise(minutes(30), 1006);
    expectRise(minutes(32), 1492);
    expectRise(minutes(34), 1500);
    EXPECT_EQ(table.size(), 0U);
    EXPECT_EQ(table.NextDeadline(), NEVER);
}

TEST(PathMtuTable, ALateCallRaisesAsOftenAsPunctualOnes)
{
    PathMtuTable table;
    table.Report(About(1500, 500), minutes(0));
    EXPECT_EQ(table.Advance(minutes(13)).size(), 2U); // at 10 and 12
    EXPECT_EQ(table.Find(FAR, 1500).mtu, 1006U);
    EXPECT_EQ(table.NextDeadline(), minutes(14));
}

TEST(PathMtuTable, AHostMayRaiseAtOnceOrNever)
{
    PathMtuTable::Config config;
    config.raise = PathMtuTable::Raise::TO_FIRST_HOP;
    PathMtuTable atOnce(config);
    atOnce.Report(About(1500, 500), minutes(0));
    const auto changes = atOnce.Advance(minutes(10));
    ASSERT_EQ(changes.size(), 1U);
    EXPECT_EQ(changes[0].now.mtu, 1500U);

    config.raise = PathMtuTable::Raise::NOT_AT_ALL;
    PathMtuTable never(config);
    never.Report(About(1500, 500), minutes(0));
    EXPECT_EQ(never.NextDeadline(), NEVER);
    EXPECT_TRUE(never.Advance(NEVER).empty());
    EXPECT_EQ(never.Find(FAR, 1500).mtu, 500U);
}

TEST(PathMtuTable, WhatADestinationSaysOfATruncatedDatagramIsLearned)
{
    PathMtuTable table;
    table.Learn(FAR, 900, 1500, minutes(0));
    EXPECT_EQ(table.Find(FAR, 1500).mtu, 900U);
    table.Learn(FAR, 1200, 1500, minutes(1));
    EXPECT_EQ(table.Find(FAR, 1500).mtu, 1200U);
    EXPECT_EQ(table.NextDeadline(), minutes(11));
    table.Learn(FAR, 1500, 1500, minutes(2));
    EXPECT_EQ(table.size(), 0U);
}

TEST(PathMtuTable, AFloodOfReportsStaysWithinTheCap)
{
    PathMtuTable::Config config;
    config.maxEntries = 10;
    PathMtuTable table(config);
    for (uint32_t i = 0; i < 1000; ++i)
    {
        PathMtuReport report = About(1500, 600);
        report.destination = i;
        table.Report(report, Nanos(i));
        EXPECT_LE(table.size(), 10U);
    }
    EXPECT_EQ(table.Find(999, 1500).mtu, 600U);
    EXPECT_EQ(table.Find(989, 1500).mtu, 1500U); // the oldest went
}

TEST(PathMtuTable, NoSequenceOfReportsRaisesOrGoesBelowTheFloor)
{
    std::mt19937 random(1191);
    for (int round = 0; round < 200; ++round)
    {
        PathMtuTable::Config config;
        config.floor = round % 2 ? 68 : 552;
        PathMtuTable table(config);
        uint32_t last = 1500;
        for (int i = 0; i < 50; ++i)
        {
            PathMtuReport report = About(random() % 3000, random() % 4 ? random() % 2000 : 0);
            report.quotedHeaderSize = random() % 100;
            const Verdict verdict = table.Report(report, Nanos(i));
            const uint32_t now = table.Find(FAR, 1500).mtu;
            ASSERT_LE(now, last);
            ASSERT_GE(now, config.floor);
            ASSERT_TRUE(verdict == Verdict::LOWERED || now == last);
            last = now;
        }
    }
}

} // namespace
} // namespace strata
} // namespace ns3

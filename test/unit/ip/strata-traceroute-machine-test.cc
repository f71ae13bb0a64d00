// SPDX-License-Identifier: GPL-2.0-only

#include "ns3/strata-hash.h"
#include "ns3/strata-traceroute-format.h"
#include "ns3/strata-traceroute-machine.h"

#include <gtest/gtest.h>

using namespace ns3::strata;
using std::chrono::microseconds;
using std::chrono::milliseconds;
using std::chrono::seconds;

namespace
{

constexpr uint32_t DESTINATION = 0x0a020002;
constexpr uint32_t ROUTER = 0x0a010001;

TracerouteParameters
Parameters(uint32_t simultaneous = 1)
{
    TracerouteParameters parameters;
    parameters.destination = DESTINATION;
    parameters.simultaneous = simultaneous;
    return parameters;
}

TracerouteAnswer
Exceeded(uint32_t from = ROUTER)
{
    return {from, false, 11, 0, 0};
}

TracerouteAnswer
Unreachable(uint8_t code, uint32_t rest = 0)
{
    return {ROUTER, false, 3, code, rest};
}

TracerouteAnswer
Arrived()
{
    return {DESTINATION, true, 3, 3, 0};
}

} // namespace

TEST(TracerouteMachine, ProbesEachDistanceThreeTimesAndEndsAtTheDestination)
{
    TracerouteMachine trace(Parameters());
    Nanos now = seconds(1);
    TracerouteEffects effects = trace.Start(now);
    std::vector<TracerouteHop> hops;
    uint32_t probes = 0;
    while (!effects.finished)
    {
        ASSERT_EQ(effects.send.size(), 1U) << "one at a time";
        EXPECT_EQ(effects.send[0].index, probes);
        EXPECT_EQ(effects.send[0].ttl, 1 + probes / 3);
        ++probes;
        now += milliseconds(10) * effects.send[0].ttl;
        const bool last = effects.send[0].ttl == 3;
        effects = trace.OnAnswer(effects.send[0].index, last ? Arrived() : Exceeded(), now);
        hops.insert(hops.end(), effects.hops.begin(), effects.hops.end());
    }
    EXPECT_EQ(probes, 9U);
    ASSERT_EQ(hops.size(), 3U);
    EXPECT_EQ(hops[1].ttl, 2);
    for (const TracerouteResult& result : hops[1].results)
    {
        EXPECT_EQ(result.rtt, Nanos(milliseconds(20)));
    }
    EXPECT_TRUE(hops[2].results[2].answer->arrived);
    EXPECT_EQ(trace.NextDeadline(), NEVER);
}

TEST(TracerouteMachine, ASilentHopCostsItsTimeouts)
{
    TracerouteParameters parameters = Parameters();
    parameters.maxTtl = 2;
    parameters.queries = 2;
    TracerouteMachine trace(parameters);
    trace.Start(seconds(0));
    EXPECT_EQ(trace.NextDeadline(), seconds(5));
    EXPECT_TRUE(trace.Tick(seconds(4)).send.empty());
    EXPECT_EQ(trace.Tick(seconds(5)).send[0].index, 1U);
    EXPECT_TRUE(trace.OnAnswer(0, Exceeded(), seconds(6)).send.empty()) << "too late";
    TracerouteEffects effects = trace.Tick(seconds(10));
    ASSERT_EQ(effects.hops.size(), 1U);
    EXPECT_FALSE(effects.hops[0].results[0].answer);
    trace.Tick(seconds(15));
    effects = trace.Tick(seconds(20));
    EXPECT_TRUE(effects.finished) << "the largest TTL";
    EXPECT_EQ(effects.hops[0].ttl, 2);
}

TEST(TracerouteMachine, AnUnreachableEndsTheWayAfterItsHop)
{
    TracerouteMachine trace(Parameters());
    trace.Start(seconds(0));
    EXPECT_FALSE(trace.OnAnswer(0, Unreachable(1), milliseconds(1)).finished);
    trace.OnAnswer(1, Exceeded(), milliseconds(2));
    const TracerouteEffects effects = trace.OnAnswer(2, Exceeded(), milliseconds(3));
    EXPECT_TRUE(effects.finished);
    EXPECT_EQ(effects.hops.size(), 1U);
    EXPECT_TRUE(effects.send.empty());
}

TEST(TracerouteMachine, ManyProbesUnderWayAreStillReportedInOrder)
{
    TracerouteMachine trace(Parameters(16));
    TracerouteEffects effects = trace.Start(seconds(0));
    ASSERT_EQ(effects.send.size(), 16U);
    EXPECT_EQ(effects.send[15].ttl, 6);
    // The second hop is the destination and answers first.
    for (uint32_t index : {5, 4, 3, 15, 14, 13, 12, 11, 10, 9, 8, 7, 6})
    {
        effects = trace.OnAnswer(index, Arrived(), milliseconds(1));
        EXPECT_TRUE(effects.hops.empty());
        EXPECT_TRUE(effects.send.empty()) << "nothing to learn farther away";
    }
    trace.OnAnswer(2, Exceeded(), milliseconds(2));
    trace.OnAnswer(0, Exceeded(), milliseconds(2));
    effects = trace.OnAnswer(1, Exceeded(), milliseconds(2));
    ASSERT_EQ(effects.hops.size(), 2U);
    EXPECT_EQ(effects.hops[0].ttl, 1);
    EXPECT_EQ(effects.hops[1].ttl, 2);
    EXPECT_TRUE(effects.finished);
}

TEST(TracerouteMachine, IgnoresWhatWasNotAsked)
{
    TracerouteMachine trace(Parameters());
    EXPECT_TRUE(trace.OnAnswer(0, Arrived(), seconds(0)).hops.empty());
    EXPECT_TRUE(trace.Tick(seconds(0)).send.empty());
    trace.Start(seconds(0));
    EXPECT_TRUE(trace.OnAnswer(1, Arrived(), seconds(0)).send.empty()) << "not sent yet";
    EXPECT_TRUE(trace.OnAnswer(UINT32_MAX, Arrived(), seconds(0)).send.empty());
    trace.OnAnswer(0, Exceeded(), milliseconds(1));
    TracerouteMachine copy = trace;
    EXPECT_TRUE(trace.OnAnswer(0, Arrived(), milliseconds(2)).send.empty()) << "a second answer";
    EXPECT_EQ(copy.Tie(), trace.Tie());
    EXPECT_TRUE(trace.Stop().finished);
    EXPECT_FALSE(trace.Stop().finished);
}

TEST(TracerouteMachine, SenselessParametersAreMadeUseful)
{
    TracerouteMachine trace({DESTINATION, 0, 0, 0, 0, seconds(1), 60});
    EXPECT_EQ(trace.GetMaxProbes(), 1U);
    const TracerouteEffects effects = trace.Start(seconds(0));
    ASSERT_EQ(effects.send.size(), 1U);
    EXPECT_EQ(effects.send[0].ttl, 1);
    EXPECT_TRUE(trace.Tick(seconds(1)).finished);
    EXPECT_EQ(TracerouteMachine({DESTINATION, 1, 255, 3, 1, seconds(1), 60}).GetMaxProbes(), 765U);
}

// The expected texts are what traceroute 2.1.2 of Debian wrote in network namespaces.

TEST(TracerouteFormat, BannerTellsHopsAndBytes)
{
    EXPECT_EQ(FormatTracerouteBanner(Parameters()),
              "traceroute to 10.2.0.2 (10.2.0.2), 30 hops max, 60 byte packets\n");
}

TEST(TracerouteFormat, AnAddressIsWrittenWhereItChanges)
{
    TracerouteHop hop{1, {}};
    hop.results = {{Exceeded(), microseconds(29)}, {Exceeded(), Nanos(8999)}, {}};
    EXPECT_EQ(FormatTracerouteHop(hop), " 1  10.1.0.1 (10.1.0.1)  0.029 ms  0.008 ms *\n");
    hop.ttl = 2;
    hop.results.assign(3, {Unreachable(1), microseconds(3'060'384)});
    EXPECT_EQ(FormatTracerouteHop(hop),
              " 2  10.1.0.1 (10.1.0.1)  3060.384 ms !H  3060.384 ms !H  3060.384 ms !H\n");
    hop.results.assign(3, {});
    EXPECT_EQ(FormatTracerouteHop(hop), " 2  * * *\n");
    hop.ttl = 12;
    hop.results = {{}, {Exceeded(), milliseconds(1)}, {Exceeded(ROUTER + 1), milliseconds(2)}};
    EXPECT_EQ(FormatTracerouteHop(hop),
              "12  * 10.1.0.1 (10.1.0.1)  1.000 ms 10.1.0.2 (10.1.0.2)  2.000 ms\n");
}

TEST(TracerouteFormat, MarksTellWhyTheWayEnds)
{
    const char* byCode[] = {"!N",
                            "!H",
                            "!P",
                            "!<3>",
                            "!F-1200",
                            "!S",
                            "!N",
                            "!H",
                            "!N",
                            "!X",
                            "!X",
                            "!N",
                            "!H",
                            "!X",
                            "!V",
                            "!C",
                            "!<16>"};
    for (uint8_t code = 0; code < std::size(byCode); ++code)
    {
        EXPECT_EQ(FormatTracerouteMark(Unreachable(code, 1200)), byCode[code]);
    }
    EXPECT_EQ(FormatTracerouteMark(Arrived()), "");
    EXPECT_EQ(FormatTracerouteMark(Exceeded()), "");
    EXPECT_EQ(FormatTracerouteMark({ROUTER, false, 12, 0, 0}), "!<12-0>");
}

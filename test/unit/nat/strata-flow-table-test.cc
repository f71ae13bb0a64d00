// SPDX-License-Identifier: GPL-2.0-only

#include "../common/strata-allocation-counter.h"

#include "ns3/strata-flow-table.h"

#include <gtest/gtest.h>
#include <map>
#include <random>

namespace ns3
{
namespace strata
{
namespace
{

using std::chrono::minutes;
using std::chrono::seconds;

/** From host \p a, port \p p, to host \p b, port \p q. */
FlowTuple
Udp(uint32_t a, uint16_t p, uint32_t b, uint16_t q)
{
    FlowTuple tuple;
    tuple.source = FlowAddress::FromIpv4(a);
    tuple.destination = FlowAddress::FromIpv4(b);
    tuple.protocol = 17;
    tuple.sourcePort = p;
    tuple.destinationPort = q;
    return tuple;
}

TEST(FlowTable, AFlowIsFoundInBothDirections)
{
    FlowTable table;
    std::vector<TrackedFlow> evicted;
    const FlowTuple there = Udp(1, 10, 2, 20);
    const FlowTable::Index index =
        table.Create(there, FlowClass::UDP_UNANSWERED, seconds(0), evicted);
    ASSERT_NE(index, FlowTable::NONE);
    EXPECT_EQ(table.Find(there).index, index);
    EXPECT_EQ(table.Find(there).direction, FlowDirection::OUTBOUND);
    EXPECT_EQ(table.Find(Reversed(there)).index, index);
    EXPECT_EQ(table.Find(Reversed(there)).direction, FlowDirection::INBOUND);
    for (const FlowTuple& other : {Udp(1, 20, 2, 10), Udp(2, 10, 1, 20), Udp(1, 10, 2, 21)})
    {
        EXPECT_EQ(table.Find(other).index, FlowTable::NONE);
    }
    FlowTuple tcp = there;
    tcp.protocol = 6;
    EXPECT_EQ(table.Find(tcp).index, FlowTable::NONE);
}

TEST(FlowTable, TwoHostsThatPingEachOtherUnderOneIdentifierHaveTwoFlows)
{
    FlowTable table;
    std::vector<TrackedFlow> evicted;
    FlowTuple there = Udp(1, 7, 2, 7);
    there.protocol = 1;
    there.query = 9;
    FlowTuple request = there; // of the other host
    std::swap(request.source, request.destination);
    const auto first = table.Create(there, FlowClass::ICMP_QUERY, seconds(0), evicted);
    EXPECT_EQ(table.Find(request).index, FlowTable::NONE);
    const auto second = table.Create(request, FlowClass::ICMP_QUERY, seconds(0), evicted);
    EXPECT_EQ(table.Find(Reversed(there)).index, first);
    EXPECT_EQ(table.Find(Reversed(request)).index, second);
}

TEST(FlowTable, EachClassHasItsLifetime)
{
    FlowTable table;
    std::vector<TrackedFlow> gone;
    for (std::size_t i = 0; i < FLOW_CLASSES; ++i)
    {
        table.Create(Udp(1, static_cast<uint16_t>(i), 2, 1),
                     static_cast<FlowClass>(i),
                     seconds(1),
                     gone);
    }
    const auto& timeouts = table.GetConfig().timeouts;
    std::vector<Nanos> deadlines;
    for (const Nanos timeout : timeouts)
    {
        deadlines.push_back(seconds(1) + timeout);
    }
    std::sort(deadlines.begin(), deadlines.end());
    for (std::size_t i = 0; i < FLOW_CLASSES; ++i)
    {
        EXPECT_EQ(table.NextDeadline(), deadlines[i]);
        gone.clear();
        table.Advance(deadlines[i] - Nanos(1), gone);
        EXPECT_TRUE(gone.empty() || deadlines[i] == deadlines[i - 1]);
        table.Advance(deadlines[i], gone);
        i += gone.size() > 1 ? gone.size() - 1 : 0;
        for (const TrackedFlow& flow : gone)
        {
            EXPECT_EQ(seconds(1) + timeouts[static_cast<std::size_t>(flow.flowClass)],
                      deadlines[i]);
        }
    }
    EXPECT_EQ(table.size(), 0U);
    EXPECT_EQ(table.NextDeadline(), NEVER);
}

TEST(FlowTable, AFullTableGivesUpWhatWasNotAnsweredAndKeepsTheRest)
{
    FlowTable::Config config;
    config.limit = 4;
    FlowTable table(config);
    std::vector<TrackedFlow> evicted;
    table.Create(Udp(1, 1, 2, 1), FlowClass::TCP_ESTABLISHED, seconds(0), evicted);
    table.Create(Udp(1, 2, 2, 1), FlowClass::UDP_ANSWERED, seconds(1), evicted);
    table.Create(Udp(1, 3, 2, 1), FlowClass::UDP_UNANSWERED, seconds(3), evicted);
    table.Create(Udp(1, 4, 2, 1), FlowClass::TCP_OPENING, seconds(2), evicted);
    ASSERT_TRUE(evicted.empty());
    EXPECT_NE(table.Create(Udp(1, 5, 2, 1), FlowClass::TCP_ESTABLISHED, seconds(4), evicted),
              FlowTable::NONE);
    ASSERT_EQ(evicted.size(), 1U);
    EXPECT_EQ(evicted[0].opened, Udp(1, 4, 2, 1)) << "not seen for longest";
    table.Create(Udp(1, 6, 2, 1), FlowClass::TCP_ESTABLISHED, seconds(5), evicted);
    EXPECT_EQ(evicted[1].opened, Udp(1, 3, 2, 1));
    EXPECT_EQ(table.Create(Udp(1, 7, 2, 1), FlowClass::TCP_OPENING, seconds(6), evicted),
              FlowTable::NONE)
        << "all are established";
    EXPECT_EQ(table.size(), 4U);

    config.whenFull = FlowTable::WhenFull::REFUSE;
    FlowTable strict(config);
    for (uint16_t i = 0; i < 4; ++i)
    {
        strict.Create(Udp(1, i, 2, 1), FlowClass::UDP_UNANSWERED, seconds(0), evicted);
    }
    EXPECT_EQ(strict.Create(Udp(1, 7, 2, 1), FlowClass::TCP_OPENING, seconds(6), evicted),
              FlowTable::NONE);
}

TEST(FlowTable, DoesWhatAListOfFlowsDoes)
{
    std::mt19937 random(5);
    const auto below = [&random](uint32_t bound) {
        return static_cast<uint32_t>(random()) % bound;
    };
    FlowTable::Config config;
    config.limit = 60;
    FlowTable table(config);
    std::vector<TrackedFlow> list; // the naive one, in the order in which they were last seen
    Nanos now{0};
    uint64_t refused = 0;
    uint64_t evictions = 0;
    uint64_t expired = 0;
    for (int step = 0; step < 60000; ++step)
    {
        now += seconds(below(4));
        if (below(500) == 0)
        {
            config.seed = random();
            table.SetConfig(config);
        }
        std::vector<TrackedFlow> gone;
        table.Advance(now, gone);
        std::vector<FlowTuple> mustGo;
        for (auto i = list.begin(); i != list.end();)
        {
            const bool over =
                i->lastSeen + config.timeouts[static_cast<std::size_t>(i->flowClass)] <= now;
            if (over)
            {
                mustGo.push_back(i->opened);
                i = list.erase(i);
                ++expired;
            }
            else
            {
                ++i;
            }
        }
        ASSERT_EQ(gone.size(), mustGo.size());
        for (const TrackedFlow& flow : gone)
        {
            ASSERT_EQ(std::count(mustGo.begin(), mustGo.end(), flow.opened), 1);
        }
        const FlowTuple tuple = Udp(below(3),
                                    static_cast<uint16_t>(below(8)),
                                    below(3),
                                    static_cast<uint16_t>(below(8)));
        const auto known = std::find_if(list.begin(), list.end(), [&](const TrackedFlow& flow) {
            return flow.opened == tuple || flow.opened == Reversed(tuple);
        });
        const FlowTable::Found found = table.Find(tuple);
        ASSERT_EQ(found.index != FlowTable::NONE, known != list.end());
        const auto flowClass = static_cast<FlowClass>(below(FLOW_CLASSES));
        if (known != list.end())
        {
            ASSERT_EQ(table[found.index].opened, known->opened);
            ASSERT_EQ(found.direction == FlowDirection::OUTBOUND, known->opened == tuple);
            if (below(4) == 0)
            {
                table.Erase(found.index);
                list.erase(known);
                continue;
            }
            table.Touch(found.index, flowClass, now);
            TrackedFlow flow = *known;
            list.erase(known);
            flow.flowClass = flowClass;
            flow.lastSeen = now;
            list.push_back(flow);
            continue;
        }
        std::vector<TrackedFlow> evicted;
        const FlowTable::Index index = table.Create(tuple, flowClass, now, evicted);
        if (list.size() == config.limit)
        {
            const bool any = std::any_of(list.begin(), list.end(), [](const TrackedFlow& flow) {
                return MayGive(flow.flowClass);
            });
            ASSERT_EQ(index != FlowTable::NONE, any);
            if (!any)
            {
                ++refused;
                continue;
            }
            ASSERT_EQ(evicted.size(), 1U);
            ++evictions;
            const auto victim =
                std::find_if(list.begin(), list.end(), [&](const TrackedFlow& flow) {
                    return flow.opened == evicted[0].opened;
                });
            ASSERT_NE(victim, list.end());
            for (const TrackedFlow& flow : list)
            {
                ASSERT_TRUE(!MayGive(flow.flowClass) || flow.lastSeen >= victim->lastSeen);
            }
            list.erase(victim);
        }
        ASSERT_NE(index, FlowTable::NONE);
        TrackedFlow flow;
        flow.opened = tuple;
        flow.flowClass = flowClass;
        flow.lastSeen = now;
        list.push_back(flow);
        ASSERT_EQ(table.size(), list.size());
    }
    EXPECT_GT(evictions, 100U);
    EXPECT_GT(expired, 100U);
    (void)refused;
}

TEST(FlowTable, KnownFlowsAllocateNothing)
{
    FlowTable table;
    std::vector<TrackedFlow> gone;
    for (uint32_t i = 0; i < 1000; ++i)
    {
        table.Create(Udp(i, 1, 2, 1), FlowClass::UDP_UNANSWERED, seconds(0), gone);
    }
    gone.reserve(1000);
    const uint64_t before = AllocationCount();
    for (uint32_t i = 0; i < 1000; ++i)
    {
        table.Touch(table.Find(Udp(2, 1, i, 1)).index, FlowClass::UDP_ANSWERED, seconds(1));
    }
    table.Advance(minutes(100), gone);
    for (uint32_t i = 0; i < 1000; ++i)
    {
        table.Create(Udp(i, 9, 2, 1), FlowClass::UDP_UNANSWERED, minutes(100), gone);
    }
    EXPECT_EQ(AllocationCount(), before);
}

TEST(FlowTable, ALifetimeLongerThanTimeCountsDoesNotEnd)
{
    FlowTable::Config config;
    config.timeouts.fill(NEVER);
    FlowTable table(config);
    std::vector<TrackedFlow> flows;
    table.Create(Udp(1, 10, 2, 20), FlowClass::UDP_UNANSWERED, seconds(10), flows);
    table.Advance(std::chrono::hours(24 * 365 * 200), flows);
    EXPECT_EQ(table.size(), 1U);
    EXPECT_EQ(table.NextDeadline(), NEVER);
    EXPECT_TRUE(flows.empty());
    EXPECT_EQ(After(seconds(1), NEVER - seconds(2)), NEVER - seconds(1));
    EXPECT_EQ(After(seconds(1), NEVER - seconds(1)), NEVER);
    EXPECT_EQ(After(seconds(0), NEVER), NEVER);
}

} // namespace
} // namespace strata
} // namespace ns3

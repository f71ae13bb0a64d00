// SPDX-License-Identifier: GPL-2.0-only

#include "ns3/strata-nat-fragment-table.h"

#include <algorithm>
#include <gtest/gtest.h>
#include <map>
#include <random>

using namespace ns3::strata;
using namespace std::chrono_literals;

namespace
{

NatFragmentKey
Key(uint16_t identification, uint8_t way = 0)
{
    return {0x0a000001, 0x08080808, identification, 17, way};
}

NatFragmentFate
Fate(uint32_t source)
{
    NatFragmentFate fate;
    fate.source = source;
    return fate;
}

} // namespace

/** RFC 4787 REQ-14: in order or not, all fragments go the way of their first. */
TEST(NatFragmentTable, TellsOthersWhatTheFirstDecided)
{
    NatFragmentTable table;
    std::vector<uint32_t> dropped;
    EXPECT_EQ(table.Find(Key(1), 0s), nullptr);
    const auto ticket = table.Hold(Key(1), 0s, dropped);
    ASSERT_TRUE(ticket);
    EXPECT_EQ(table.Hold(Key(1), 1s, dropped), ticket);
    EXPECT_NE(table.Hold(Key(1, 1), 1s, dropped), ticket);
    EXPECT_EQ(table.CountHeld(), 3);
    EXPECT_EQ(table.Learn(Key(1), Fate(7), 1s), ticket);
    EXPECT_EQ(table.CountHeld(), 1);
    ASSERT_NE(table.Find(Key(1), 1s), nullptr);
    EXPECT_EQ(table.Find(Key(1), 1s)->source, 7);
    EXPECT_EQ(table.Find(Key(1, 1), 1s), nullptr);
    EXPECT_EQ(table.Find(Key(2), 1s), nullptr);
    // A later first one decides anew.
    EXPECT_EQ(table.Learn(Key(1), Fate(8), 2s), std::nullopt);
    EXPECT_EQ(table.Find(Key(1), 2s)->source, 8);
    EXPECT_TRUE(dropped.empty());
}

TEST(NatFragmentTable, ForgetsWhenTimeIsOver)
{
    NatFragmentTable table;
    std::vector<uint32_t> dropped;
    EXPECT_EQ(table.NextDeadline(), NEVER);
    table.Learn(Key(1), Fate(7), 0s);
    EXPECT_EQ(table.NextDeadline(), Nanos(30s));
    const auto ticket = table.Hold(Key(2), 10s, dropped);
    EXPECT_EQ(table.NextDeadline(), Nanos(12s));
    // A second one waits no longer than the first of them.
    table.Hold(Key(2), 11s, dropped);
    EXPECT_TRUE(table.Advance(Nanos(12s) - Nanos(1)).empty());
    EXPECT_EQ(table.Advance(12s), std::vector<uint32_t>{*ticket});
    EXPECT_EQ(table.CountHeld(), 0);
    EXPECT_NE(table.Find(Key(1), Nanos(30s) - Nanos(1)), nullptr);
    EXPECT_EQ(table.Find(Key(1), 30s), nullptr);
    table.Advance(30s);
    EXPECT_EQ(table.CountKnown(), 0);
    EXPECT_EQ(table.NextDeadline(), NEVER);
}

/** REQ-14a: those out of order must not shut out those in order; the oldest makes room. */
TEST(NatFragmentTable, KeepsItsLimitsAndLetsNoWaitingOneTakeThePlaceOfWhatIsDecided)
{
    NatFragmentTable::Config config;
    config.maxKnown = 3;
    config.maxHeld = 4;
    NatFragmentTable table(config);
    std::vector<uint32_t> dropped;
    table.Learn(Key(1000), Fate(7), 0s);
    std::vector<uint32_t> tickets;
    for (uint16_t i = 0; i < 10; ++i)
    {
        tickets.push_back(*table.Hold(Key(i), 0s, dropped));
        EXPECT_LE(table.CountHeld(), 4);
    }
    EXPECT_EQ(dropped, std::vector<uint32_t>(tickets.begin(), tickets.begin() + 6));
    EXPECT_NE(table.Find(Key(1000), 0s), nullptr);
    for (uint16_t i = 2000; i < 2003; ++i)
    {
        table.Learn(Key(i), Fate(i), 1s);
        EXPECT_LE(table.CountKnown(), 3);
    }
    EXPECT_EQ(table.Find(Key(1000), 1s), nullptr);
    EXPECT_NE(table.Find(Key(2000), 1s), nullptr);
    config.maxHeld = 0;
    config.maxKnown = 0;
    NatFragmentTable none(config);
    EXPECT_FALSE(none.Hold(Key(1), 0s, dropped));
    none.Learn(Key(1), Fate(7), 0s);
    EXPECT_EQ(none.Find(Key(1), 0s), nullptr);
}

TEST(NatFragmentTable, ForgetsAllThatConcernsAnAddress)
{
    constexpr uint32_t ADDRESS = 0xc63c2a0c;
    NatFragmentTable table;
    NatFragmentFate fates[5];
    fates[0].source = ADDRESS;
    fates[1].destination = ADDRESS;
    fates[2].hairpinSource = ADDRESS;
    NatFragmentKey keys[5] = {Key(0), Key(1), Key(2), Key(3), Key(4)};
    keys[3].destination = ADDRESS;
    for (int i = 0; i < 5; ++i)
    {
        table.Learn(keys[i], fates[i], 0s);
    }
    table.ForgetAddress(ADDRESS);
    EXPECT_EQ(table.CountKnown(), 1);
    EXPECT_NE(table.Find(Key(4), 0s), nullptr);
    table.Advance(30s);
    EXPECT_EQ(table.CountKnown(), 0);
}

/** Each ticket that was given comes back once: released, dropped, over or cleared. */
TEST(NatFragmentTable, LosesNoTicketWhateverTheOperations)
{
    for (uint32_t seed = 0; seed < 50; ++seed)
    {
        std::mt19937 random(seed);
        NatFragmentTable::Config config;
        config.maxHeld = 1 + random() % 6;
        config.maxKnown = random() % 4;
        NatFragmentTable table(config);
        std::map<uint32_t, int> open;
        const auto back = [&](uint32_t ticket) {
            EXPECT_EQ(open.count(ticket), 1) << "seed " << seed;
            open.erase(ticket);
        };
        Nanos now{0};
        for (int i = 0; i < 400; ++i)
        {
            now += Nanos(500ms) * (random() % 3);
            const auto key = Key(static_cast<uint16_t>(random() % 6));
            if (random() % 3 == 0)
            {
                if (const auto ticket = table.Learn(key, Fate(1), now))
                {
                    back(*ticket);
                }
            }
            else if (random() % 4 == 0)
            {
                for (const uint32_t ticket : table.Advance(now))
                {
                    back(ticket);
                }
            }
            else
            {
                std::vector<uint32_t> dropped;
                const auto ticket = table.Hold(key, now, dropped);
                std::for_each(dropped.begin(), dropped.end(), back);
                open[*ticket] = 1;
            }
            ASSERT_LE(table.CountHeld(), config.maxHeld);
            ASSERT_LE(table.CountKnown(), config.maxKnown);
        }
        for (const uint32_t ticket : table.Clear())
        {
            back(ticket);
        }
        EXPECT_TRUE(open.empty());
        EXPECT_EQ(table.CountHeld(), 0);
    }
}

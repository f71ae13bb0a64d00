// SPDX-License-Identifier: GPL-2.0-only

#include "ns3/strata-deadline-table.h"

#include <gtest/gtest.h>
#include <random>

using namespace ns3::strata;

TEST(DeadlineTableTest, WhatIsDueComesInTheOrderOfTimeThenOfNumber)
{
    DeadlineTable table;
    EXPECT_EQ(table.First(), NEVER);
    table.Set(7, Nanos(20));
    table.Set(3, Nanos(20));
    table.Set(9, Nanos(10));
    table.Set(1, Nanos(30));
    EXPECT_EQ(table.First(), Nanos(10));
    EXPECT_EQ(table.TakeDue(Nanos(9)), std::vector<uint64_t>{});
    EXPECT_EQ(table.TakeDue(Nanos(20)), (std::vector<uint64_t>{9, 3, 7}));
    EXPECT_EQ(table.First(), Nanos(30));
    EXPECT_EQ(table.size(), 1U);
}

TEST(DeadlineTableTest, ANewDeadlineReplacesTheOldAndNeverMeansNone)
{
    DeadlineTable table;
    table.Set(1, Nanos(10));
    table.Set(1, Nanos(40));
    EXPECT_EQ(table.Of(1), Nanos(40));
    EXPECT_TRUE(table.TakeDue(Nanos(39)).empty());
    table.Set(1, NEVER);
    EXPECT_EQ(table.First(), NEVER);
    EXPECT_EQ(table.Of(1), NEVER);
    EXPECT_TRUE(table == DeadlineTable());
}

TEST(DeadlineTableTest, AnyCallsLeaveItAsAPlainMapWouldBe)
{
    std::mt19937 random(5);
    DeadlineTable table;
    std::map<uint64_t, Nanos> plain;
    Nanos now(0);
    for (int i = 0; i < 20000; ++i)
    {
        const uint64_t key = random() % 50;
        switch (random() % 4)
        {
        case 0:
        case 1: {
            const Nanos at = now + Nanos(random() % 100);
            table.Set(key, at);
            plain[key] = at;
            break;
        }
        case 2:
            table.Erase(key);
            plain.erase(key);
            break;
        default: {
            now += Nanos(random() % 20);
            std::set<std::pair<Nanos, uint64_t>> due;
            for (const auto& [k, at] : plain)
            {
                if (at <= now)
                {
                    due.insert({at, k});
                }
            }
            std::vector<uint64_t> order;
            for (const auto& [at, k] : due)
            {
                order.push_back(k);
                plain.erase(k);
            }
            ASSERT_EQ(table.TakeDue(now), order);
        }
        }
        Nanos first = NEVER;
        for (const auto& [k, at] : plain)
        {
            first = std::min(first, at);
        }
        ASSERT_EQ(table.First(), first);
        ASSERT_EQ(table.size(), plain.size());
    }
}

// SPDX-License-Identifier: GPL-2.0-only

#include "ns3/strata-nat-order-table.h"

#include <algorithm>
#include <gtest/gtest.h>
#include <list>
#include <random>

using namespace ns3::strata;

TEST(NatOrderTable, KeepsTheOrderThatAListKeeps)
{
    NatOrderTable table;
    EXPECT_EQ(table.First(), NatOrderTable::NONE);
    EXPECT_EQ(table.MemoryBytes(), 0);
    std::list<uint32_t> wanted;
    std::mt19937 random(11);
    for (int i = 0; i < 20000; ++i)
    {
        const auto entry = static_cast<uint32_t>(random() % 50);
        const auto present = std::find(wanted.begin(), wanted.end(), entry);
        if (present == wanted.end())
        {
            table.PushBack(entry);
            wanted.push_back(entry);
        }
        else
        {
            table.Remove(entry);
            wanted.erase(present);
        }
        ASSERT_EQ(table.First(), wanted.empty() ? NatOrderTable::NONE : wanted.front());
    }
    while (!wanted.empty())
    {
        ASSERT_EQ(table.First(), wanted.front());
        table.Remove(wanted.front());
        wanted.pop_front();
    }
    EXPECT_EQ(table.First(), NatOrderTable::NONE);
}

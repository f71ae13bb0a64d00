// SPDX-License-Identifier: GPL-2.0-only

#include "ns3/strata-route-table.h"

#include <algorithm>
#include <gtest/gtest.h>
#include <map>
#include <random>

using namespace ns3::strata;

namespace
{

struct Tables
{
    RouteTable routes;
};

Route
MakeRoute(NameBlock block, MemberName nextHop, RouteOrigin origin = RouteOrigin::STATIC)
{
    Route route;
    route.block = block;
    route.nextHop = nextHop;
    route.origin = origin;
    return route;
}

class RouteTableTest : public ::testing::Test
{
  protected:
    const RouteTable& Routes() const
    {
        return m_tables.routes;
    }

    MemberName NextHop(MemberName name) const
    {
        const Route* route = Routes().Find(name);
        return route ? route->nextHop : NO_NAME;
    }

    Tables m_tables;
    WriteLedger m_ledger;
    AttachmentRight m_right{m_tables, 1, WriteCause::ROUTING, &m_ledger};
};

/** What the table must answer, by looking at every route. */
const Route*
NaiveFind(const std::map<RouteKey, Route>& routes, MemberName name)
{
    const Route* best = nullptr;
    for (const auto& [key, route] : routes)
    {
        if (key.origin != RouteOrigin::VISITOR && key.block.Contains(name) &&
            (!best || key.block.GetLength() > best->block.GetLength()))
        {
            best = &route;
        }
    }
    return best;
}

} // namespace

TEST_F(RouteTableTest, AnEmptyTableHasNoRoute)
{
    EXPECT_EQ(Routes().Find(5), nullptr);
    EXPECT_EQ(Routes().FindExact(NameBlock()), nullptr);
    EXPECT_EQ(Routes().EarliestExpiry(), NEVER);
    EXPECT_EQ(Routes().MemoryBytes(), 0U);
}

TEST_F(RouteTableTest, TheLongestBlockWins)
{
    m_right.Set(Routes(), MakeRoute(NameBlock(), 10, RouteOrigin::DEFAULT));
    m_right.Set(Routes(), MakeRoute(NameBlock(MakeName(3), 16), 11));
    m_right.Set(Routes(), MakeRoute(NameBlock(MakeName(3, 1), 32), 12));
    m_right.Set(Routes(), MakeRoute(NameBlock::Host(MakeName(3, 1, 0, 7)), 13));
    EXPECT_EQ(NextHop(MakeName(3, 1, 0, 7)), 13U);
    EXPECT_EQ(NextHop(MakeName(3, 1, 0, 8)), 12U);
    EXPECT_EQ(NextHop(MakeName(3, 2)), 11U);
    EXPECT_EQ(NextHop(MakeName(4)), 10U);
    EXPECT_EQ(NextHop(UINT64_MAX), 10U);
    EXPECT_EQ(NextHop(0), 10U);
}

TEST_F(RouteTableTest, OfRoutesToOneBlockTheFirstOriginWins)
{
    const NameBlock block = NameBlock::Host(5);
    m_right.Set(Routes(), MakeRoute(block, 20, RouteOrigin::LEARNED));
    m_right.Set(Routes(), MakeRoute(block, 21, RouteOrigin::LINK_STATE));
    EXPECT_EQ(NextHop(5), 21U);
    m_right.Set(Routes(), MakeRoute(block, 22, RouteOrigin::LOCAL));
    EXPECT_EQ(NextHop(5), 22U);
    EXPECT_EQ(Routes().FindExact(block)->nextHop, 22U);
    EXPECT_EQ((Routes().FindExact(RouteKey{block, RouteOrigin::LEARNED})->nextHop), 20U);
    EXPECT_EQ((Routes().FindExact(RouteKey{block, RouteOrigin::STATIC})), nullptr);
    m_right.Erase(Routes(), RouteKey{block, RouteOrigin::LOCAL});
    m_right.Erase(Routes(), RouteKey{block, RouteOrigin::LINK_STATE});
    EXPECT_EQ(NextHop(5), 20U) << "the next origin takes over";
}

TEST_F(RouteTableTest, AVisitorIsFoundByItsKeyAloneAndDoesNotHideItsBlock)
{
    m_right.Set(Routes(), MakeRoute(NameBlock(MakeName(3), 16), 11));
    const Route visitor = MakeRoute(NameBlock::Host(MakeName(3)), 20, RouteOrigin::VISITOR);
    m_right.Set(Routes(), visitor);
    EXPECT_EQ(NextHop(MakeName(3)), 11U);
    EXPECT_EQ(Routes().FindExact(visitor.block), nullptr);
    EXPECT_EQ(Routes().FindExact(visitor.Key())->nextHop, 20U);
}

TEST_F(RouteTableTest, SetReplacesARouteOfTheSameBlockAndOrigin)
{
    EXPECT_TRUE(m_right.Set(Routes(), MakeRoute(NameBlock::Host(5), 20)));
    EXPECT_TRUE(m_right.Set(Routes(), MakeRoute(NameBlock::Host(5), 21)));
    EXPECT_FALSE(m_right.Set(Routes(), MakeRoute(NameBlock::Host(5), 21)));
    EXPECT_EQ(Routes().size(), 1U);
    EXPECT_EQ(NextHop(5), 21U);
    EXPECT_EQ(m_ledger.size(), 2U);
    EXPECT_EQ(m_ledger[1].key, 5U);
}

TEST_F(RouteTableTest, ReplaceAllChangesAsLittleAsNeeded)
{
    m_right.Set(Routes(), MakeRoute(NameBlock::Host(2), 99, RouteOrigin::STATIC));
    std::vector<Route> first;
    for (MemberName name = 1; name <= 4; ++name)
    {
        first.push_back(MakeRoute(NameBlock::Host(name), 10 + name));
    }
    EXPECT_EQ(m_right.ReplaceAll(Routes(), RouteOrigin::LINK_STATE, first), 4U);
    m_ledger.clear();
    EXPECT_EQ(m_right.ReplaceAll(Routes(), RouteOrigin::LINK_STATE, first), 0U);
    EXPECT_TRUE(m_ledger.empty());

    // 1 stays, 2 changes, 3 goes, 4 stays, 5 comes; the order of the answer does not matter
    const std::vector<Route> second{MakeRoute(NameBlock::Host(5), 15),
                                    MakeRoute(NameBlock::Host(4), 14),
                                    MakeRoute(NameBlock::Host(2), 77),
                                    MakeRoute(NameBlock::Host(1), 11)};
    EXPECT_EQ(m_right.ReplaceAll(Routes(), RouteOrigin::LINK_STATE, second), 3U);
    ASSERT_EQ(m_ledger.size(), 3U);
    EXPECT_EQ(m_ledger[0].key, 2U);
    EXPECT_EQ(m_ledger[1].key, 3U);
    EXPECT_EQ(m_ledger[2].key, 5U);
    EXPECT_EQ(NextHop(2), 99U) << "another origin's route is not touched";
    EXPECT_EQ(NextHop(3), NO_NAME);
    EXPECT_EQ(Routes().size(), 5U);
    EXPECT_EQ(m_right.ReplaceAll(Routes(), RouteOrigin::LINK_STATE, std::vector<Route>{}), 4U);
    EXPECT_EQ(Routes().size(), 1U);
}

TEST_F(RouteTableTest, ReplaceAllTakesTheLastOfTwoRoutesToOneBlock)
{
    m_right.ReplaceAll(Routes(),
                       RouteOrigin::LEARNED,
                       std::vector<Route>{MakeRoute(NameBlock::Host(5), 20),
                                          MakeRoute(NameBlock::Host(4), 22),
                                          MakeRoute(NameBlock::Host(5), 21)});
    EXPECT_EQ(Routes().size(), 2U);
    EXPECT_EQ(NextHop(5), 21U);
    EXPECT_EQ(m_ledger.size(), 2U);
}

TEST_F(RouteTableTest, RoutesExpireAtTheirTime)
{
    for (MemberName name = 1; name <= 3; ++name)
    {
        Route route = MakeRoute(NameBlock::Host(name), 20, RouteOrigin::LEARNED);
        route.expires = Nanos(100 * name);
        m_right.Set(Routes(), route);
    }
    m_right.Set(Routes(), MakeRoute(NameBlock(), 21, RouteOrigin::DEFAULT));
    m_ledger.clear();
    EXPECT_EQ(Routes().EarliestExpiry(), Nanos(100));
    EXPECT_EQ(m_right.ExpireBefore(Routes(), Nanos(99)), 0U);
    EXPECT_EQ(m_right.ExpireBefore(Routes(), Nanos(200)), 2U);
    EXPECT_EQ(m_ledger.size(), 2U);
    EXPECT_EQ(Routes().EarliestExpiry(), Nanos(300));
    EXPECT_EQ(NextHop(2), 21U) << "the default route is left";
    EXPECT_EQ(NextHop(3), 20U);
}

TEST_F(RouteTableTest, ModifyRefreshesARoute)
{
    const RouteKey key{NameBlock::Host(5), RouteOrigin::LEARNED};
    m_right.Set(Routes(), MakeRoute(key.block, 20, key.origin));
    EXPECT_TRUE(m_right.Modify(Routes(), key, [](Route& r) { r.expires = Nanos(7); }));
    EXPECT_EQ(Routes().EarliestExpiry(), Nanos(7));
}

TEST_F(RouteTableTest, BlocksComeBeforeThoseInsideThem)
{
    m_right.Set(Routes(), MakeRoute(NameBlock::Host(MakeName(3)), 1));
    m_right.Set(Routes(), MakeRoute(NameBlock(MakeName(4), 16), 2));
    m_right.Set(Routes(), MakeRoute(NameBlock(MakeName(3), 16), 3));
    m_right.Set(Routes(), MakeRoute(NameBlock(), 4));
    std::vector<MemberName> order;
    for (const Route& route : Routes())
    {
        order.push_back(route.nextHop);
    }
    EXPECT_EQ(order, (std::vector<MemberName>{4, 3, 1, 2}));
}

TEST_F(RouteTableTest, AgreesWithANaiveTableUnderRandomChanges)
{
    std::mt19937_64 random(1);
    std::map<RouteKey, Route> naive;
    // few bits, so that blocks nest and keys meet
    const auto name = [&random] { return (random() & 0xf00000000000000fULL); };
    for (int step = 0; step < 20000; ++step)
    {
        const unsigned lengths[] = {0, 1, 2, 3, 4, 60, 61, 62, 63, 64};
        Route route = MakeRoute(NameBlock(name(), lengths[random() % 10]),
                                random() % 3,
                                static_cast<RouteOrigin>(random() % 7));
        route.expires = random() % 4 == 0 ? Nanos(random() % 20) : NEVER;
        switch (random() % 16)
        {
        case 0: {
            const auto before = naive;
            std::vector<Route> all;
            for (auto i = naive.begin(); i != naive.end();)
            {
                const bool mine = i->first.origin == route.origin;
                if (mine && random() % 4 != 0)
                {
                    all.push_back(i->second);
                }
                i = mine ? naive.erase(i) : std::next(i);
            }
            all.push_back(route);
            for (const Route& r : all)
            {
                naive[r.Key()] = r;
            }
            std::size_t differences = 0;
            for (const auto& [key, r] : before)
            {
                differences += naive.count(key) == 0 ? 1 : 0;
            }
            for (const auto& [key, r] : naive)
            {
                const auto old = before.find(key);
                differences += old == before.end() || old->second != r ? 1 : 0;
            }
            std::shuffle(all.begin(), all.end() - 1, random);
            ASSERT_EQ(m_right.ReplaceAll(Routes(), route.origin, all), differences);
            break;
        }
        case 1: {
            const Nanos now(random() % 20);
            for (auto i = naive.begin(); i != naive.end();)
            {
                i = i->second.expires <= now ? naive.erase(i) : std::next(i);
            }
            m_right.ExpireBefore(Routes(), now);
            break;
        }
        case 2:
        case 3:
        case 4:
        case 5:
            ASSERT_EQ(m_right.Erase(Routes(), route.Key()), naive.erase(route.Key()) > 0);
            break;
        default: {
            const auto old = naive.find(route.Key());
            const bool changes = old == naive.end() || old->second != route;
            naive[route.Key()] = route;
            ASSERT_EQ(m_right.Set(Routes(), route), changes);
        }
        }
        ASSERT_EQ(Routes().size(), naive.size());
        for (int i = 0; i < 4; ++i)
        {
            const MemberName wanted = name();
            const Route* expected = NaiveFind(naive, wanted);
            const Route* found = Routes().Find(wanted);
            ASSERT_EQ(found == nullptr, expected == nullptr);
            ASSERT_TRUE(!found || *found == *expected);
        }
    }
    auto expected = naive.begin();
    for (const Route& route : Routes())
    {
        ASSERT_TRUE(route == (expected++)->second);
    }
}

TEST_F(RouteTableTest, ATableIsAValueOfItsRoutes)
{
    m_right.Set(Routes(), MakeRoute(NameBlock::Host(5), 20));
    const RouteTable copy = Routes();
    EXPECT_TRUE(copy == Routes());
    m_right.Set(Routes(), MakeRoute(NameBlock::Host(6), 20));
    EXPECT_FALSE(copy == Routes());
    EXPECT_NE(HashOf(copy), HashOf(Routes()));
    m_right.Erase(Routes(), RouteKey{NameBlock::Host(6), RouteOrigin::STATIC});
    EXPECT_TRUE(copy == Routes());
    EXPECT_EQ(HashOf(copy), HashOf(Routes()));
}

TEST_F(RouteTableTest, OriginsHaveNames)
{
    EXPECT_STREQ(RouteOriginName(RouteOrigin::LINK_STATE), "link-state");
    EXPECT_STREQ(RouteOriginName(static_cast<RouteOrigin>(9)), "unknown");
}

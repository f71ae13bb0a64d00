// SPDX-License-Identifier: GPL-2.0-only

#include "ns3/strata-shortest-path-decision.h"

#include <algorithm>
#include <gtest/gtest.h>
#include <map>
#include <random>

using namespace ns3::strata;

namespace
{

using Database = std::map<MemberName, LinkStateRecord>;

void
AddArc(Database& database, MemberName from, MemberName to, uint32_t cost)
{
    LinkStateRecord& record = database[from];
    record.origin = from;
    record.neighbors.push_back({to, cost});
}

void
AddLink(Database& database, MemberName a, MemberName b, uint32_t cost = 1)
{
    AddArc(database, a, b, cost);
    AddArc(database, b, a, cost);
}

const PathEntry*
To(const std::vector<PathEntry>& paths, MemberName member)
{
    for (const PathEntry& path : paths)
    {
        if (path.member == member)
        {
            return &path;
        }
    }
    return nullptr;
}

uint32_t
DistanceTo(MemberName member, MemberName self, const Database& database)
{
    const auto paths = ComputeShortestPaths(self, database);
    const PathEntry* path = To(paths, member);
    return path ? path->distance : UINT32_MAX;
}

/** The same by relaxing every link until nothing changes (Bellman and Ford). */
std::vector<PathEntry>
NaivePaths(MemberName self, const Database& database)
{
    struct Best
    {
        uint64_t distance;
        uint64_t hops;
        MemberName nextHop;

        auto Tie() const
        {
            return std::tie(distance, hops, nextHop);
        }
    };

    const auto lists = [&database](MemberName from, MemberName to) {
        const auto i = database.find(from);
        return i != database.end() && !i->second.withdrawn &&
               std::any_of(i->second.neighbors.begin(),
                           i->second.neighbors.end(),
                           [to](const LinkStateNeighbor& n) { return n.name == to; });
    };
    std::map<MemberName, Best> best;
    const auto own = database.find(self);
    if (own == database.end() || own->second.withdrawn)
    {
        return {};
    }
    best[self] = {0, 0, NO_NAME};
    for (bool changed = true; changed;)
    {
        changed = false;
        for (const auto& [from, record] : database)
        {
            for (const LinkStateNeighbor& n : record.neighbors)
            {
                if (record.withdrawn || !best.count(from) || n.name == from || n.name == self ||
                    !lists(n.name, from))
                {
                    continue;
                }
                const Best& b = best[from];
                const Best candidate{b.distance + std::min(n.cost, MAX_LINK_COST),
                                     b.hops + 1,
                                     from == self ? n.name : b.nextHop};
                const auto old = best.find(n.name);
                if (old == best.end() || candidate.Tie() < old->second.Tie())
                {
                    best[n.name] = candidate;
                    changed = true;
                }
            }
        }
    }
    std::vector<PathEntry> paths;
    for (const auto& [member, b] : best)
    {
        if (member != self)
        {
            paths.push_back({member,
                             b.nextHop,
                             static_cast<uint32_t>(std::min<uint64_t>(b.distance, UINT32_MAX)),
                             static_cast<uint16_t>(b.hops),
                             database.at(member).blockLength});
        }
    }
    return paths;
}

} // namespace

TEST(ShortestPathTest, AnUnknownOrWithdrawnRouterHasNoPaths)
{
    Database database;
    AddLink(database, 1, 2);
    EXPECT_TRUE(ComputeShortestPaths(3, database).empty());
    database[1].withdrawn = 1;
    EXPECT_TRUE(ComputeShortestPaths(1, database).empty());
    EXPECT_TRUE(ComputeShortestPaths(1, Database()).empty());
}

TEST(ShortestPathTest, ALineIsWalkedHopByHop)
{
    Database database;
    AddLink(database, 1, 2, 5);
    AddLink(database, 2, 3, 7);
    database[3].blockLength = 32;
    const auto paths = ComputeShortestPaths(1, database);
    const std::vector<PathEntry> expected{{2, 2, 5, 1, 64}, {3, 2, 12, 2, 32}};
    EXPECT_TRUE(paths == expected);
    EXPECT_EQ(HashOf(paths), HashOf(expected));
}

TEST(ShortestPathTest, ALinkCountsOnlyIfBothEndsListIt)
{
    Database database;
    AddLink(database, 1, 2);
    AddArc(database, 2, 3, 1);
    database[3].origin = 3;
    AddArc(database, 4, 1, 1);
    AddArc(database, 1, 99, 1);
    const auto paths = ComputeShortestPaths(1, database);
    ASSERT_EQ(paths.size(), 1U);
    EXPECT_EQ(paths[0].member, 2U);
}

TEST(ShortestPathTest, AWithdrawnRecordEndsTheLinksOfItsRouter)
{
    Database database;
    AddLink(database, 1, 2);
    AddLink(database, 2, 3);
    AddLink(database, 1, 3, 10);
    EXPECT_EQ(DistanceTo(3, 1, database), 2U);
    database[2].withdrawn = 1;
    const auto paths = ComputeShortestPaths(1, database);
    EXPECT_EQ(To(paths, 2), nullptr);
    EXPECT_EQ(To(paths, 3)->distance, 10U);
}

TEST(ShortestPathTest, EachDirectionHasTheCostThatItsNearEndStates)
{
    Database database;
    AddArc(database, 1, 2, 3);
    AddArc(database, 2, 1, 50);
    EXPECT_EQ(DistanceTo(2, 1, database), 3U);
    EXPECT_EQ(DistanceTo(1, 2, database), 50U);
}

TEST(ShortestPathTest, OfParallelLinksTheCheapestCounts)
{
    Database database;
    AddLink(database, 1, 2, 9);
    AddLink(database, 1, 2, 4);
    AddLink(database, 1, 2, 6);
    EXPECT_EQ(DistanceTo(2, 1, database), 4U);
}

TEST(ShortestPathTest, ALinkToItselfCountsNothing)
{
    Database database;
    AddArc(database, 1, 1, 1);
    AddLink(database, 1, 2);
    const auto paths = ComputeShortestPaths(1, database);
    ASSERT_EQ(paths.size(), 1U);
    EXPECT_EQ(paths[0].hops, 1U);
}

TEST(ShortestPathTest, OfEqualDistancesFewerLinksWinAndThenTheLowestFirstRouter)
{
    Database database;
    AddLink(database, 1, 2, 1);
    AddLink(database, 2, 3, 1);
    AddLink(database, 3, 9, 1);
    AddLink(database, 1, 5, 2);
    AddLink(database, 5, 9, 1);
    AddLink(database, 1, 4, 1);
    AddLink(database, 4, 9, 2);
    const auto paths = ComputeShortestPaths(1, database);
    const PathEntry* path = To(paths, 9);
    EXPECT_EQ(path->distance, 3U);
    EXPECT_EQ(path->hops, 2U);
    EXPECT_EQ(path->nextHop, 4U);
}

TEST(ShortestPathTest, LinksThatCostNothingStillCountAsHops)
{
    Database database;
    AddLink(database, 1, 2, 0);
    AddLink(database, 2, 3, 0);
    AddLink(database, 1, 3, 0);
    const auto paths = ComputeShortestPaths(1, database);
    EXPECT_EQ(To(paths, 3)->nextHop, 3U);
    EXPECT_EQ(To(paths, 3)->hops, 1U);
    EXPECT_EQ(To(paths, 3)->distance, 0U);
}

TEST(ShortestPathTest, HugeCostsAreBoundedAndSumsStayAtTheLargestNumber)
{
    Database database;
    for (MemberName name = 1; name < 400; ++name)
    {
        AddLink(database, name, name + 1, UINT32_MAX);
    }
    const auto paths = ComputeShortestPaths(1, database);
    ASSERT_EQ(paths.size(), 399U);
    EXPECT_EQ(paths[0].distance, MAX_LINK_COST);
    EXPECT_EQ(paths[1].distance, 2 * MAX_LINK_COST);
    EXPECT_EQ(paths[398].distance, UINT32_MAX);
    EXPECT_EQ(paths[398].hops, 399U);
    EXPECT_EQ(paths[398].nextHop, 2U);
}

TEST(ShortestPathTest, RecordsInAnyOrderGiveTheSameAnswer)
{
    Database database;
    AddLink(database, 1, 2);
    AddLink(database, 2, 3);
    AddLink(database, 3, 4);
    std::vector<const LinkStateRecord*> records;
    for (const auto& [name, record] : database)
    {
        records.insert(records.begin(), &record);
    }
    EXPECT_TRUE(ComputeShortestPaths(1, records) == ComputeShortestPaths(1, database));
}

TEST(ShortestPathTest, AgreesWithANaiveComputationOnRandomGraphs)
{
    std::mt19937_64 random(1);
    std::size_t entries = 0;
    for (int round = 0; round < 400; ++round)
    {
        Database database;
        const uint64_t routers = 2 + random() % 30;
        const uint64_t links = random() % (3 * routers);
        // few different costs, so that equal distances are common
        const uint64_t costs = 1 + random() % 4;
        for (uint64_t i = 0; i < links; ++i)
        {
            const MemberName a = 1 + random() % routers;
            const MemberName b = 1 + random() % routers;
            AddArc(database, a, b, static_cast<uint32_t>(random() % costs));
            if (random() % 8 != 0)
            {
                AddArc(database, b, a, static_cast<uint32_t>(random() % costs));
            }
        }
        for (auto& [name, record] : database)
        {
            record.withdrawn = random() % 16 == 0 ? 1 : 0;
            record.blockLength = static_cast<uint8_t>(random() % 65);
        }
        const MemberName self = 1 + random() % routers;
        const auto paths = ComputeShortestPaths(self, database);
        ASSERT_TRUE(paths == NaivePaths(self, database)) << "round " << round;
        entries += paths.size();
    }
    EXPECT_GT(entries, 1000U) << "the graphs are not trivial";
}

TEST(ShortestPathTest, AllRoutersTogetherForwardWithoutLoops)
{
    std::mt19937_64 random(2);
    Database database;
    constexpr MemberName routers = 60;
    for (MemberName name = 2; name <= routers; ++name)
    {
        AddLink(database, name, 1 + random() % (name - 1), 1 + random() % 3);
        AddLink(database, name, 1 + random() % (name - 1), 1 + random() % 3);
    }
    std::map<MemberName, std::vector<PathEntry>> all;
    for (MemberName name = 1; name <= routers; ++name)
    {
        all[name] = ComputeShortestPaths(name, database);
        ASSERT_EQ(all[name].size(), routers - 1);
    }
    for (MemberName from = 1; from <= routers; ++from)
    {
        for (MemberName to = 1; to <= routers; ++to)
        {
            unsigned hops = 0;
            for (MemberName at = from; at != to; ++hops)
            {
                at = To(all[at], to)->nextHop;
                ASSERT_LT(hops, routers);
            }
            ASSERT_TRUE(from == to || hops == To(all[from], to)->hops);
        }
    }
}

TEST(ShortestPathTest, AStarOfManyRoutersIsNoTrap)
{
    // quadratic work would take minutes here
    Database database;
    for (MemberName leaf = 2; leaf <= 50000; ++leaf)
    {
        AddLink(database, 1, leaf);
    }
    const auto paths = ComputeShortestPaths(2, database);
    ASSERT_EQ(paths.size(), 49999U);
    EXPECT_EQ(paths.back().nextHop, 1U);
    EXPECT_EQ(paths.back().hops, 2U);
}

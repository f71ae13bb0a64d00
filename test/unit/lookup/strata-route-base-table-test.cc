// SPDX-License-Identifier: GPL-2.0-only

#include "strata-naive-lpm.h"

#include "ns3/strata-route-base-table.h"

#include <gtest/gtest.h>
#include <map>
#include <random>
#include <stdexcept>
#include <vector>

namespace ns3
{
namespace strata
{
namespace
{

using Rib = RouteBaseTable<Ipv4Family>;
using Path = Rib::Path;

const Ipv4Prefix TEN(0x0a000000, 8);

class RouteBaseTableTest : public testing::Test
{
  protected:
    Rib rib;
    RouteSource connected = rib.Source("connected");
    RouteSource fixed = rib.Source("static");
    RouteSource ospf = rib.Source("ospf");
    RouteSource rip = rib.Source("rip");

    std::vector<Rib::Hop> HopsTo(uint32_t address) const
    {
        const uint32_t group = rib.Lookup(address);
        return group == Rib::NO_GROUP ? std::vector<Rib::Hop>{} : rib.GroupOf(group).hops;
    }

    static Path Via(uint32_t gateway, uint32_t interface, RouteSource source, uint32_t metric = 0)
    {
        return {{gateway, interface}, metric, source, RouteKind::FORWARD};
    }
};

TEST_F(RouteBaseTableTest, TheUsualDistancesAreThoseOfRouters)
{
    EXPECT_EQ(rib.DistanceOf(connected), 0);
    EXPECT_EQ(rib.DistanceOf(fixed), 1);
    EXPECT_EQ(rib.DistanceOf(rib.Source("ebgp")), 20);
    EXPECT_EQ(rib.DistanceOf(ospf), 110);
    EXPECT_EQ(rib.DistanceOf(rip), 120);
    EXPECT_EQ(rib.DistanceOf(rib.Source("ibgp")), 200);
    EXPECT_EQ(rib.DistanceOf(rib.Source("mine")), 200);
    EXPECT_EQ(rib.DistanceOf(rib.Source("mine", 7)), 7);
    EXPECT_EQ(rib.Source("ospf"), ospf) << "a name is one source";
    EXPECT_EQ(rib.NameOf(ospf), "ospf");
}

TEST_F(RouteBaseTableTest, TheSmallestDistanceWinsWhateverTheMetric)
{
    EXPECT_EQ(rib.Add(TEN, Via(1, 1, rip, 1)), RouteChange::ADDED);
    EXPECT_EQ(rib.Add(TEN, Via(2, 2, ospf, 1000)), RouteChange::REPLACED);
    EXPECT_EQ(HopsTo(0x0a010101), (std::vector<Rib::Hop>{{2, 2}}));
    const auto why = rib.Explain(TEN);
    ASSERT_EQ(why.size(), 2u);
    EXPECT_EQ(why[0].first.source, ospf);
    EXPECT_EQ(why[0].second, RouteVerdict::BEST);
    EXPECT_EQ(why[1].first.source, rip);
    EXPECT_EQ(why[1].second, RouteVerdict::HIGHER_DISTANCE);

    EXPECT_EQ(rib.Remove(TEN, ospf), RouteChange::REPLACED);
    EXPECT_EQ(HopsTo(0x0a010101), (std::vector<Rib::Hop>{{1, 1}}));
    EXPECT_EQ(rib.Remove(TEN, rip), RouteChange::REMOVED);
    EXPECT_EQ(rib.Lookup(0x0a010101), Rib::NO_GROUP);
    EXPECT_EQ(rib.Size(), 0u);
}

TEST_F(RouteBaseTableTest, DistanceDoesNotBeatLength)
{
    rib.Add(TEN, Via(1, 1, connected));
    rib.Add(Ipv4Prefix(0x0a010000, 16), Via(2, 2, rip, 15));
    EXPECT_EQ(HopsTo(0x0a010101), (std::vector<Rib::Hop>{{2, 2}}));
    EXPECT_EQ(HopsTo(0x0a020101), (std::vector<Rib::Hop>{{1, 1}}));
}

TEST_F(RouteBaseTableTest, PathsOfTheSmallestMetricAreEqual)
{
    for (uint32_t i = 0; i < 40; ++i)
    {
        rib.Add(TEN, Via(100 + i, i % 4, ospf, i < 32 ? 5 : 6));
    }
    EXPECT_EQ(HopsTo(0x0a000001).size(), 32u);
    EXPECT_EQ(rib.Explain(TEN).back().second, RouteVerdict::HIGHER_METRIC);
    rib.Add(TEN, Via(100, 0, ospf, 4));
    EXPECT_EQ(HopsTo(0x0a000001), (std::vector<Rib::Hop>{{100, 0}})) << "its metric fell";
}

TEST_F(RouteBaseTableTest, EqualSourcesStayApart)
{
    const RouteSource one = rib.Source("one", 50);
    const RouteSource two = rib.Source("two", 50);
    rib.Add(TEN, Via(2, 2, two, 1));
    rib.Add(TEN, Via(1, 1, one, 9));
    EXPECT_EQ(HopsTo(0x0a000001), (std::vector<Rib::Hop>{{1, 1}}));
    EXPECT_EQ(rib.Explain(TEN).back().second, RouteVerdict::LATER_SOURCE);
}

TEST_F(RouteBaseTableTest, AChangeThatChangesNothingSaysSo)
{
    EXPECT_EQ(rib.Add(TEN, Via(1, 1, ospf, 5)), RouteChange::ADDED);
    EXPECT_EQ(rib.Add(TEN, Via(1, 1, ospf, 7)), RouteChange::NONE) << "the same way";
    EXPECT_EQ(rib.Add(TEN, Via(2, 2, rip)), RouteChange::NONE) << "not used";
    EXPECT_EQ(rib.Remove(TEN, rip), RouteChange::NONE);
    EXPECT_EQ(rib.Remove(TEN, rip), RouteChange::NONE);
    EXPECT_EQ(rib.Remove(TEN, Via(3, 3, ospf)), RouteChange::NONE);
    EXPECT_EQ(rib.Remove(Ipv4Prefix(0, 0), ospf), RouteChange::NONE);
    EXPECT_EQ(rib.Remove(TEN, Via(1, 1, ospf)), RouteChange::REMOVED);
}

TEST_F(RouteBaseTableTest, AnInterfaceThatGoesDownTakesItsPathsOutAndGivesThemBack)
{
    rib.Add(TEN, Via(1, 1, fixed));
    rib.Add(TEN, Via(2, 2, fixed));
    rib.Add(TEN, Via(3, 3, rip));
    rib.Add(Ipv4Prefix(), Via(1, 1, fixed));
    std::map<Ipv4Prefix, RouteChange> changes;
    const auto note = [&changes](const Ipv4Prefix& prefix, RouteChange change) {
        changes[prefix] = change;
    };
    rib.SetInterface(1, false, note);
    EXPECT_EQ(changes,
              (std::map<Ipv4Prefix, RouteChange>{{TEN, RouteChange::REPLACED},
                                                 {Ipv4Prefix(), RouteChange::REMOVED}}));
    EXPECT_EQ(HopsTo(0x0a000001), (std::vector<Rib::Hop>{{2, 2}}));
    rib.SetInterface(2, false, note);
    EXPECT_EQ(HopsTo(0x0a000001), (std::vector<Rib::Hop>{{3, 3}}));
    rib.SetInterface(3, false, note);
    EXPECT_EQ(rib.Lookup(0x0a000001), Rib::NO_GROUP);
    EXPECT_EQ(rib.Size(), 2u) << "the routes are kept";
    EXPECT_EQ(rib.Explain(TEN).front().second, RouteVerdict::INTERFACE_DOWN);
    changes.clear();
    rib.SetInterface(3, false, note);
    EXPECT_TRUE(changes.empty()) << "it was down";
    for (const uint32_t interface : {1, 2, 3})
    {
        rib.SetInterface(interface, true, note);
    }
    EXPECT_EQ(HopsTo(0x0a000001), (std::vector<Rib::Hop>{{1, 1}, {2, 2}}));
    EXPECT_EQ(HopsTo(0x0b000001), (std::vector<Rib::Hop>{{1, 1}}));
}

TEST_F(RouteBaseTableTest, ABlackholeLeadsNowhereOnPurpose)
{
    rib.Add(Ipv4Prefix(), Via(1, 1, fixed));
    EXPECT_EQ(rib.Add(TEN, {{9, 9}, 0, fixed, RouteKind::BLACKHOLE}), RouteChange::ADDED);
    EXPECT_EQ(rib.GroupOf(rib.Lookup(0x0a000001)).kind, RouteKind::BLACKHOLE);
    EXPECT_TRUE(HopsTo(0x0a000001).empty());
    EXPECT_EQ(rib.Add(TEN, Via(4, 4, fixed)), RouteChange::REPLACED) << "a way out is preferred";
    EXPECT_EQ(rib.Explain(TEN).back().second, RouteVerdict::OTHER_KIND);
    rib.SetInterface(4, false, nullptr);
    EXPECT_EQ(rib.GroupOf(rib.Lookup(0x0a000001)).kind, RouteKind::BLACKHOLE);
    rib.Remove(TEN, {{}, 0, fixed, RouteKind::BLACKHOLE});
    EXPECT_EQ(HopsTo(0x0a000001), (std::vector<Rib::Hop>{{1, 1}}));
}

TEST_F(RouteBaseTableTest, WhatIsBoundToAnInterfaceFindsTheBestPathOverIt)
{
    rib.Add(Ipv4Prefix(), Via(1, 1, fixed));
    rib.Add(TEN, Via(2, 2, fixed));
    rib.Add(TEN, Via(3, 3, rip, 4));
    rib.Add(TEN, Via(4, 3, rip, 3));
    const auto over = [this](uint32_t interface) {
        const auto path = rib.LookupOver(0x0a000001, interface);
        return path ? path->hop.gateway : 0;
    };
    EXPECT_EQ(over(1), 1u) << "over the default route, past a longer prefix";
    EXPECT_EQ(over(2), 2u);
    EXPECT_EQ(over(3), 4u) << "though its source does not win";
    EXPECT_EQ(over(4), 0u);
    rib.SetInterface(3, false, nullptr);
    EXPECT_EQ(over(3), 0u);
}

TEST_F(RouteBaseTableTest, EqualGroupsAreOneAndVanishWithTheirLastRoute)
{
    for (uint32_t i = 0; i < 1000; ++i)
    {
        rib.Add(Ipv4Prefix(i << 16, 16), Via(i % 3, 1, fixed));
    }
    EXPECT_EQ(rib.GroupLimit(), 3u);
    const uint32_t group = rib.Lookup(0);
    EXPECT_EQ(rib.Lookup(3u << 16), group);
    const uint32_t generation = rib.GenerationOf(group);
    for (uint32_t i = 0; i < 1000; i += 3)
    {
        rib.Remove(Ipv4Prefix(i << 16, 16), fixed);
    }
    rib.Add(TEN, Via(77, 7, fixed));
    EXPECT_EQ(rib.GroupLimit(), 3u) << "its number is used again";
    EXPECT_EQ(rib.Lookup(0x0a000001), group);
    EXPECT_NE(rib.GenerationOf(group), generation) << "for another group";
}

TEST_F(RouteBaseTableTest, ASourceThatLeavesTakesItsRoutesAlong)
{
    for (uint32_t i = 0; i < 100; ++i)
    {
        rib.Add(Ipv4Prefix(i << 16, 16), Via(1, 1, ospf));
        if (i % 2)
        {
            rib.Add(Ipv4Prefix(i << 16, 16), Via(2, 2, rip));
        }
    }
    int changes = 0;
    rib.RemoveSource(ospf, [&changes](const Ipv4Prefix&, RouteChange) { ++changes; });
    EXPECT_EQ(changes, 100);
    EXPECT_EQ(rib.Size(), 50u);
    EXPECT_EQ(HopsTo(1u << 16), (std::vector<Rib::Hop>{{2, 2}}));
    EXPECT_TRUE(HopsTo(2u << 16).empty());
}

TEST_F(RouteBaseTableTest, ANewDistanceWeighsTheRoutesAnew)
{
    rib.Add(TEN, Via(1, 1, ospf));
    rib.Add(TEN, Via(2, 2, rip));
    rib.Source("rip", 90);
    EXPECT_EQ(HopsTo(0x0a000001), (std::vector<Rib::Hop>{{2, 2}}));
}

TEST_F(RouteBaseTableTest, APathOfAnUnknownSourceIsRefused)
{
    EXPECT_THROW(rib.Add(TEN, Via(1, 1, 99)), std::invalid_argument);
    EXPECT_EQ(rib.Size(), 0u);
}

TEST_F(RouteBaseTableTest, AgreesWithARouterThatForgetsNothingAndComparesEverything)
{
    std::mt19937 random(1);
    using Key = std::tuple<RouteSource, RouteKind, uint32_t, uint32_t>;
    std::map<Ipv4Prefix, std::map<Key, uint32_t>> routes;
    std::set<uint32_t> down;
    const RouteSource sources[] = {connected, fixed, ospf, rip};
    for (int step = 0; step < 20000; ++step)
    {
        const Ipv4Prefix prefix((random() % 8) << 29 | (random() % 4) << 20, random() % 14);
        Path path = Via(random() % 3, random() % 3, sources[random() % 4], random() % 3);
        if (random() % 10 == 0)
        {
            path.kind = RouteKind::BLACKHOLE;
            path.hop = {};
        }
        const Key key{path.source, path.kind, path.hop.interface, path.hop.gateway};
        switch (random() % 8)
        {
        case 0:
        case 1:
        case 2:
            rib.Add(prefix, path);
            routes[prefix][key] = path.metric;
            break;
        case 3:
        case 4:
        case 5:
            rib.Remove(prefix, path);
            routes[prefix].erase(key);
            break;
        case 6: {
            rib.Remove(prefix, path.source);
            auto& there = routes[prefix];
            for (auto i = there.begin(); i != there.end();)
            {
                i = std::get<0>(i->first) == path.source ? there.erase(i) : std::next(i);
            }
            break;
        }
        case 7:
            if (random() % 20 == 0)
            {
                const uint32_t interface = random() % 3;
                const bool up = random() % 2;
                rib.SetInterface(interface, up, nullptr);
                up ? (void)down.erase(interface) : (void)down.insert(interface);
            }
            break;
        }
        // the longest prefix with a usable route, its smallest distance, its smallest metric
        const auto address = static_cast<uint32_t>(random());
        std::optional<Rib::Group> expected;
        for (unsigned length = 33; length > 0 && !expected; --length)
        {
            const auto there = routes.find(Ipv4Prefix(address, length - 1));
            if (there == routes.end())
            {
                continue;
            }
            std::optional<std::tuple<int, uint32_t, RouteKind>> best;
            for (const auto& [k, metric] : there->second)
            {
                const auto [source, kind, interface, gateway] = k;
                if (kind != RouteKind::FORWARD || down.count(interface) == 0)
                {
                    const auto rank = std::make_tuple(int{rib.DistanceOf(source)}, metric, kind);
                    best = best ? std::min(*best, rank) : rank;
                }
            }
            if (!best)
            {
                continue;
            }
            expected.emplace();
            expected->kind = std::get<2>(*best);
            for (const auto& [k, metric] : there->second)
            {
                const auto [source, kind, interface, gateway] = k;
                if (std::make_tuple(int{rib.DistanceOf(source)}, metric, kind) == *best &&
                    kind == RouteKind::FORWARD && down.count(interface) == 0)
                {
                    expected->hops.push_back({gateway, interface});
                }
            }
            std::sort(expected->hops.begin(), expected->hops.end());
        }
        const uint32_t group = rib.Lookup(address);
        ASSERT_EQ(group == Rib::NO_GROUP, !expected);
        ASSERT_TRUE(!expected || rib.GroupOf(group) == *expected);
    }
}

} // namespace
} // namespace strata
} // namespace ns3

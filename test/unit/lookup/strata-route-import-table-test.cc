// SPDX-License-Identifier: GPL-2.0-only

#include "ns3/strata-route-import-table.h"

#include <gtest/gtest.h>
#include <map>
#include <random>
#include <string>
#include <vector>

namespace ns3
{
namespace strata
{
namespace
{

using Rib = RouteBaseTable<Ipv4Family>;
using Import = RouteImportTable<Ipv4Family>;

class RouteImportTableTest : public testing::Test
{
  protected:
    Rib rib;
    RouteSource own = rib.Source("static");
    RouteSource taken = rib.Source("taken", 1);
    Import import;
    std::vector<std::string> changes;

    void Replace(std::vector<Import::Route> routes)
    {
        changes.clear();
        import.Replace(rib, std::move(routes), [this](const Ipv4Prefix&, RouteChange change) {
            changes.emplace_back(ToString(change));
    });

}

Import::Route
Via(uint32_t network, uint32_t gateway, uint32_t metric = 0) const

{
    return {Ipv4Prefix(network, 8), {{gateway, 1}, metric, taken, RouteKind::FORWARD}};
}
}; // namespace

TEST_F(RouteImportTableTest, OnlyDifferencesReachTheRoutes)
{
    Replace({Via(0x0a000000, 1), Via(0x0b000000, 2)});
    EXPECT_EQ(changes, (std::vector<std::string>{"added", "added"}));
    EXPECT_EQ(import.Size(), 2U);
    Replace({Via(0x0b000000, 2), Via(0x0a000000, 1)});
    EXPECT_TRUE(changes.empty()) << "in another order";
    Replace({Via(0x0b000000, 3)});
    EXPECT_EQ(changes, (std::vector<std::string>{"replaced", "removed", "replaced"}))
        << "equal-cost while both are there, 10/8 goes, then the old way of 11/8";
    EXPECT_EQ(rib.Size(), 1U);
    Replace({});
    EXPECT_EQ(rib.Size(), 0U);
}

TEST_F(RouteImportTableTest, AMetricThatChangesIsTaken)
{
    Replace({Via(0x0a000000, 1, 5), Via(0x0a000000, 2, 7)});
    Replace({Via(0x0a000000, 1, 9), Via(0x0a000000, 2, 7)});
    EXPECT_EQ(rib.GroupOf(rib.Lookup(0x0a000001)).hops, (std::vector<Rib::Hop>{{2, 1}}));
}

TEST_F(RouteImportTableTest, RoutesOfOthersStay)
{
    rib.Add(Ipv4Prefix(0x0a000000, 8), {{7, 1}, 0, own, RouteKind::FORWARD});
    Replace({Via(0x0a000000, 7)});
    Replace({});
    EXPECT_EQ(rib.Size(), 1U);
}

TEST_F(RouteImportTableTest, WhatIsThereIsWhatWasGivenLast)
{
    using Key = std::pair<Ipv4Prefix, Rib::Hop>;
    std::mt19937 random(1);
    for (int round = 0; round < 300; ++round)
    {
        std::vector<Import::Route> routes;
        std::map<Key, uint32_t> expected;
        for (unsigned i = random() % 40; i > 0; --i)
        {
            const Ipv4Prefix prefix(0x0a000000 | (random() % 4) << 16, 16 - random() % 2);
            const Rib::Hop hop{static_cast<uint32_t>(random() % 3), 1};
            const auto metric = static_cast<uint32_t>(random() % 3);
            routes.push_back({prefix, {hop, metric, taken, RouteKind::FORWARD}});
            const auto [place, added] = expected.emplace(Key(prefix, hop), metric);
            place->second = std::min(place->second, metric);
        }
        Replace(routes);
        std::map<Key, uint32_t> there;
        rib.ForEach([&](const Ipv4Prefix& prefix, const Rib::Path& path, RouteVerdict) {
            there.emplace(Key(prefix, path.hop), path.metric);
        });
        ASSERT_EQ(there, expected);
        ASSERT_EQ(import.Size(), expected.size());
    }
}

} // namespace strata
} // namespace ns3
} // namespace ns3

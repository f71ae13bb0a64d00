// SPDX-License-Identifier: GPL-2.0-only

#include "ns3/strata-forwarding-policy.h"

#include <gtest/gtest.h>
#include <string>

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

/** What every forwarding policy does. */
template <class Policy>
class ForwardingPolicyTest : public ::testing::Test
{
  protected:
    MemberName Select(MemberName name) const
    {
        const ForwardingPolicy& policy = m_policy;
        const Route* route = policy.Select(m_tables.routes, name);
        return route ? route->nextHop : NO_NAME;
    }

    Policy m_policy;
    Tables m_tables;
    AttachmentRight m_right{m_tables, 1, WriteCause::ROUTING};
};

using Policies = ::testing::Types<ExactForwarding, LongestPrefixForwarding>;

} // namespace

TYPED_TEST_SUITE(ForwardingPolicyTest, Policies, );

TYPED_TEST(ForwardingPolicyTest, HasAName)
{
    EXPECT_FALSE(std::string(this->m_policy.Name()).empty());
}

TYPED_TEST(ForwardingPolicyTest, SelectsNothingFromAnEmptyTable)
{
    EXPECT_EQ(this->Select(5), NO_NAME);
}

TYPED_TEST(ForwardingPolicyTest, SelectsTheRouteOfAName)
{
    this->m_right.Set(this->m_tables.routes, MakeRoute(NameBlock::Host(5), 20));
    this->m_right.Set(this->m_tables.routes, MakeRoute(NameBlock::Host(6), 21));
    EXPECT_EQ(this->Select(5), 20U);
    EXPECT_EQ(this->Select(6), 21U);
    EXPECT_EQ(this->Select(7), NO_NAME);
}

TYPED_TEST(ForwardingPolicyTest, TakesTheDefaultRouteForTheRest)
{
    this->m_right.Set(this->m_tables.routes, MakeRoute(NameBlock::Host(5), 20));
    this->m_right.Set(this->m_tables.routes, MakeRoute(NameBlock(), 30, RouteOrigin::DEFAULT));
    EXPECT_EQ(this->Select(5), 20U);
    EXPECT_EQ(this->Select(6), 30U);
}

TYPED_TEST(ForwardingPolicyTest, PrefersTheFirstOrigin)
{
    this->m_right.Set(this->m_tables.routes,
                      MakeRoute(NameBlock::Host(5), 20, RouteOrigin::LEARNED));
    this->m_right.Set(this->m_tables.routes,
                      MakeRoute(NameBlock::Host(5), 21, RouteOrigin::ATTACHMENT));
    EXPECT_EQ(this->Select(5), 21U);
}

TYPED_TEST(ForwardingPolicyTest, FollowsAChangeOfTheTable)
{
    this->m_right.Set(this->m_tables.routes, MakeRoute(NameBlock::Host(5), 20));
    this->m_right.Set(this->m_tables.routes, MakeRoute(NameBlock::Host(5), 21));
    EXPECT_EQ(this->Select(5), 21U);
    this->m_right.Clear(this->m_tables.routes);
    EXPECT_EQ(this->Select(5), NO_NAME);
}

TEST(ExactForwardingTest, IgnoresRoutesToBlocks)
{
    Tables tables;
    const AttachmentRight right(tables, 1, WriteCause::ROUTING);
    right.Set(tables.routes, MakeRoute(NameBlock(MakeName(3), 16), 20));
    EXPECT_EQ(ExactForwarding().Select(tables.routes, MakeName(3, 1)), nullptr);
    EXPECT_NE(LongestPrefixForwarding().Select(tables.routes, MakeName(3, 1)), nullptr);
}

// A router of region 1 in a layer of R regions with A access routers of L leaves each, on a line
// of regions: what lies below it has its own next hop, another region has one for all.
TEST(ForwardingTableSizeTest, RoutesToBlocksKeepTheTableSmall)
{
    constexpr uint16_t regions = 20;
    constexpr uint16_t access = 10;
    constexpr uint16_t leaves = 50;
    Tables flat;
    Tables hierarchical;
    const AttachmentRight flatRight(flat, MakeName(1), WriteCause::ROUTING);
    const AttachmentRight right(hierarchical, MakeName(1), WriteCause::ROUTING);
    std::vector<Route> flatRoutes;
    const auto nextHop = [](uint16_t region, uint16_t router) {
        return region == 1 ? MakeName(1, router) : MakeName(2);
    };
    for (uint16_t region = 1; region <= regions; ++region)
    {
        for (uint16_t router = 1; router <= access; ++router)
        {
            for (uint16_t leaf = 1; leaf <= leaves; ++leaf)
            {
                flatRoutes.push_back(MakeRoute(NameBlock::Host(MakeName(region, router, 0, leaf)),
                                               nextHop(region, router)));
            }
            const NameBlock block = region == 1 ? NameBlock(MakeName(region, router), 32)
                                                : NameBlock(MakeName(region), 16);
            right.Set(hierarchical.routes, MakeRoute(block, nextHop(region, router)));
        }
    }
    flatRight.ReplaceAll(flat.routes, RouteOrigin::LINK_STATE, flatRoutes);

    EXPECT_EQ(flat.routes.size(), std::size_t{regions} * access * leaves);
    EXPECT_EQ(hierarchical.routes.size(), std::size_t{access} + regions - 1);
    EXPECT_LT(hierarchical.routes.MemoryBytes() * 100, flat.routes.MemoryBytes());
    for (const Route& route : flat.routes)
    {
        const Route* same =
            LongestPrefixForwarding().Select(hierarchical.routes, route.block.GetAddress());
        ASSERT_NE(same, nullptr);
        ASSERT_EQ(same->nextHop, route.nextHop);
    }
    RecordProperty("flat_entries", static_cast<int>(flat.routes.size()));
    RecordProperty("hierarchical_entries", static_cast<int>(hierarchical.routes.size()));
}

// SPDX-License-Identifier: GPL-2.0-only

#include "ns3/strata-layer-scale.h"
#include "ns3/test.h"

#include <set>

using namespace ns3;
using namespace ns3::strata;

namespace
{

class NetsOfAllSizesAreConnected : public TestCase
{
  public:
    NetsOfAllSizesAreConnected()
        : TestCase("a net of any size is connected, by links that are neither loops nor twins")
    {
    }

  private:
    void DoRun() override
    {
        for (uint32_t size = LayerScaleNet::SMALLEST; size < 150; ++size)
        {
            const LayerScaleNet net(size);
            NS_TEST_ASSERT_MSG_EQ(net.RouterCount(), size, "all routers are there");
            std::set<std::pair<uint32_t, uint32_t>> links;
            std::vector<std::vector<uint32_t>> neighbours(size);
            for (const auto& [a, b] : net.Links())
            {
                NS_TEST_ASSERT_MSG_LT(a, b, "the lower router first");
                NS_TEST_ASSERT_MSG_LT(b, size, "a router of the net");
                NS_TEST_ASSERT_MSG_EQ(links.emplace(a, b).second, true, "one link a pair");
                neighbours[a].push_back(b);
                neighbours[b].push_back(a);
            }
            std::vector<uint32_t> reached{0};
            std::set<uint32_t> known{0};
            for (std::size_t i = 0; i < reached.size(); ++i)
            {
                for (const uint32_t next : neighbours[reached[i]])
                {
                    if (known.insert(next).second)
                    {
                        reached.push_back(next);
                    }
                }
            }
            NS_TEST_ASSERT_MSG_EQ(reached.size(), size, "every router is reached");
        }
    }
};

class RegionsPartTheRouters : public TestCase
{
  public:
    RegionsPartTheRouters()
        : TestCase("regions of about ten routers part the net; only gateways have links to others")
    {
    }

  private:
    void DoRun() override
    {
        for (const uint32_t size : {4U, 19U, 20U, 99U, 100U, 1000U, 1009U})
        {
            const LayerScaleNet net(size);
            for (uint32_t region = 0; region < net.RegionCount(); ++region)
            {
                const uint32_t width = net.Gateway(region + 1) - net.Gateway(region);
                NS_TEST_ASSERT_MSG_GT(width, (size < 10 ? 3U : 9U), "room to move");
                NS_TEST_ASSERT_MSG_LT(width, 20U, "a region stays small");
                for (uint32_t router = net.Gateway(region); router < net.Gateway(region + 1);
                     ++router)
                {
                    NS_TEST_ASSERT_MSG_EQ(net.RegionOf(router), region, "its own region");
                }
            }
            for (const auto& [a, b] : net.Links())
            {
                const bool trunk = net.RegionOf(a) != net.RegionOf(b);
                const bool gateways =
                    a == net.Gateway(net.RegionOf(a)) && b == net.Gateway(net.RegionOf(b));
                NS_TEST_ASSERT_MSG_EQ(!trunk || gateways, true, "trunks join gateways");
            }
        }
    }
};

class TwoLayersKeepMovesFromTheLargeOne : public TestCase
{
  public:
    TwoLayersKeepMovesFromTheLargeOne()
        : TestCase("moves reach no large router of two layers, but every one that floods them")
    {
    }

  private:
    void DoRun() override
    {
        constexpr uint32_t MEMBERS = 20;
        constexpr uint32_t MOVES = 60;
        const LayerScaleReport two = RunLayerScale({"two-layer", MEMBERS, 30, 2});
        NS_TEST_EXPECT_MSG_EQ(two.converged, true, "two-layer converges");
        NS_TEST_EXPECT_MSG_EQ(two.layers, 3, "two regions of a mobility layer, and the large one");
        NS_TEST_EXPECT_MSG_EQ(two.reachable, 30, "two-layer reaches everybody");
        NS_TEST_EXPECT_MSG_EQ(two.routers.writes, 0, "the large layer writes nothing");
        NS_TEST_EXPECT_MSG_EQ(two.routers.messages, 0, "the large layer says nothing");
        NS_TEST_EXPECT_MSG_GT(two.others.writes, 0, "the mobility layers do");

        const LayerScaleReport flood = RunLayerScale({"flood", MEMBERS, 30, 2});
        NS_TEST_EXPECT_MSG_EQ(flood.reachable, 30, "flood reaches everybody");
        // the leaf's record and its route, at every router and for every move
        NS_TEST_EXPECT_MSG_GT(flood.routers.writes, 2 * MEMBERS * MOVES - 1, "flood writes");
    }
};

class ScaleIsTheSameEveryTime : public TestCase
{
  public:
    ScaleIsTheSameEveryTime()
        : TestCase("the same plan gives the same report")
    {
    }

  private:
    void DoRun() override
    {
        const LayerScalePlan plan{"middle", 10, 12, 1};
        const LayerScaleReport a = RunLayerScale(plan);
        const LayerScaleReport b = RunLayerScale(plan);
        NS_TEST_EXPECT_MSG_EQ(a.events, b.events, "events");
        NS_TEST_EXPECT_MSG_EQ(a.others.stateBytes, b.others.stateBytes, "state");
        NS_TEST_EXPECT_MSG_EQ(a.others.messageBytes, b.others.messageBytes, "messages");
        NS_TEST_EXPECT_MSG_EQ(a.reachable, 12, "a middle layer reaches everybody");
    }
};

class StrataLayerScaleTestSuite : public TestSuite
{
  public:
    StrataLayerScaleTestSuite()
        : TestSuite("strata-layer-scale")
    {
        AddTestCase(new NetsOfAllSizesAreConnected());
        AddTestCase(new RegionsPartTheRouters());
        AddTestCase(new TwoLayersKeepMovesFromTheLargeOne());
        AddTestCase(new ScaleIsTheSameEveryTime());
    }
};

StrataLayerScaleTestSuite g_strataLayerScaleTestSuite;

} // namespace

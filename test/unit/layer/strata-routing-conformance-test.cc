// SPDX-License-Identifier: GPL-2.0-only

// The contract of the slot for routing: on any connected graph, when the layer has come to rest,
// PDUs of every member reach every router and every attached leaf; also after a link was cut that
// the graph can spare, and after it was laid again.

#include "strata-random-layer.h"

namespace ns3
{
namespace strata
{
namespace
{

constexpr std::size_t ROUTERS = 8;

/** Entries that lead along the tree of \p graph. */
std::vector<StaticRouting::Entry>
TreeEntries(const RandomGraph& graph)
{
    std::map<std::size_t, std::vector<std::size_t>> neighbors;
    for (const auto& [a, b] : graph.tree)
    {
        neighbors[a].push_back(b);
        neighbors[b].push_back(a);
    }
    std::vector<StaticRouting::Entry> entries;
    for (std::size_t to = 0; to < graph.size; ++to)
    {
        // from the destination outwards, each points to where the walk came from
        std::vector<std::pair<std::size_t, std::size_t>> walk{{to, to}};
        for (std::size_t i = 0; i < walk.size(); ++i)
        {
            const auto [at, from] = walk[i];
            if (at != to)
            {
                entries.push_back({MakeName(static_cast<uint16_t>(at + 1)),
                                   NameBlock(MakeName(static_cast<uint16_t>(to + 1)), 16),
                                   MakeName(static_cast<uint16_t>(from + 1))});
            }
            for (const std::size_t next : neighbors[at])
            {
                if (next != from)
                {
                    walk.emplace_back(next, at);
                }
            }
        }
    }
    return entries;
}

using RoutingCase = std::tuple<const char*, uint32_t>;

class RoutingConformance : public testing::TestWithParam<RoutingCase>
{
  protected:
    LayerPolicies Policies() const
    {
        LayerPolicies policies;
        const std::string name = std::get<0>(GetParam());
        if (name == "learning" || name == "resolver")
        {
            policies.naming = std::make_shared<FlatNaming>();
            policies.forwarding = std::make_shared<ExactForwarding>();
        }
        policies.attachment = std::make_shared<StayPut>();
        if (name == "static")
        {
            policies.routing =
                std::make_shared<StaticRouting>(TreeEntries(RandomGraph(Seed(), ROUTERS)));
        }
        else if (name == "learning")
        {
            policies.routing = std::make_shared<LearningRouting>();
        }
        else if (name == "anchor")
        {
            policies.routing = std::make_shared<AnchorRouting>();
            policies.attachment = std::make_shared<TellHome>();
        }
        else if (name == "resolver")
        {
            policies.routing = std::make_shared<ResolverRouting>();
            policies.attachment = std::make_shared<TellHome>();
        }
        return policies;
    }

    uint32_t Seed() const
    {
        return std::get<1>(GetParam());
    }
};

TEST_P(RoutingConformance, EveryMemberReachesEveryOther)
{
    RandomLayer layer(Seed(), ROUTERS, Policies());
    EXPECT_STREQ(layer.policies.routing->Name(), std::get<0>(GetParam()));
    layer.ExpectAllReach("at first");
}

TEST_P(RoutingConformance, EveryMemberReachesEveryOtherAfterACutAndAfterARepair)
{
    RandomLayer layer(Seed(), ROUTERS, Policies());
    layer.ExpectAllReach("before");
    const auto& [a, b] = layer.graph.chords[0];
    layer.net.Cut(layer.routers[a], layer.chordPorts[0]);
    layer.Settle();
    layer.ExpectAllReach("after the cut");
    layer.net.Connect(layer.routers[a], layer.routers[b]);
    layer.Settle();
    layer.ExpectAllReach("after the repair");
}

TEST_P(RoutingConformance, AtRestNothingIsSaid)
{
    RandomLayer layer(Seed(), ROUTERS, Policies());
    const auto& [a, b] = layer.graph.chords[0];
    layer.net.Cut(layer.routers[a], layer.chordPorts[0]);
    layer.Settle();
    layer.net.Connect(layer.routers[a], layer.routers[b]);
    layer.Settle();
    const std::size_t before = layer.net.Carried();
    layer.net.RunFor(std::chrono::seconds(10)); // hellos are off
    EXPECT_EQ(layer.net.Carried(), before);
}

/** The policies that find another way by themselves. */
class AdaptiveRoutingConformance : public RoutingConformance
{
};

TEST_P(AdaptiveRoutingConformance, ALinkInUseMayBeCut)
{
    RandomLayer layer(Seed(), ROUTERS, Policies());
    layer.ExpectAllReach("before");
    // the edge of the tree that closes a ring with the first chord
    const auto& [a, b] = layer.graph.chords[0];
    const std::size_t edge = std::max(a, b) - 1; // joins the later end to one before it
    layer.net.Cut(layer.routers[layer.graph.tree[edge].first], layer.treePorts[edge]);
    layer.Settle();
    layer.ExpectAllReach("after the cut");
}

TEST_P(RoutingConformance, EqualHistoriesGiveEqualStates)
{
    RandomLayer one(Seed(), ROUTERS, Policies());
    RandomLayer other(Seed(), ROUTERS, Policies());
    for (std::size_t i = 0; i < one.net.Size(); ++i)
    {
        EXPECT_TRUE(one.net.State(i) == other.net.State(i));
        EXPECT_EQ(HashOf(one.net.State(i)), HashOf(other.net.State(i)));
    }
}

std::string
CaseName(const testing::TestParamInfo<RoutingCase>& info)
{
    std::string name = std::get<0>(info.param);
    std::replace(name.begin(), name.end(), '-', '_');
    return name + std::to_string(std::get<1>(info.param));
}

INSTANTIATE_TEST_SUITE_P(
    All,
    RoutingConformance,
    testing::Combine(testing::Values("static", "link-state", "learning", "anchor", "resolver"),
                     testing::Range(1U, 7U)),
    &CaseName);

INSTANTIATE_TEST_SUITE_P(
    All,
    AdaptiveRoutingConformance,
    testing::Combine(testing::Values("link-state", "learning", "anchor", "resolver"),
                     testing::Range(1U, 7U)),
    &CaseName);

} // namespace
} // namespace strata
} // namespace ns3

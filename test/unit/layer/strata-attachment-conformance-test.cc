// SPDX-License-Identifier: GPL-2.0-only

// The contract of the slot for attachment mobility: a leaf that attaches elsewhere keeps its name
// and is reached from everywhere when the layer has come to rest, whether the old link ends before
// the new one stands or after it; only attachments, links and routes are written. A policy that
// allows no move has such a leaf refused, with the reason.

#include "strata-random-layer.h"

namespace ns3
{
namespace strata
{
namespace
{

constexpr std::size_t ROUTERS = 7;

using AttachmentCase = std::tuple<const char*, uint32_t>;

class AttachmentConformance : public testing::TestWithParam<AttachmentCase>
{
  protected:
    static LayerPolicies Policies()
    {
        LayerPolicies policies;
        const std::string name = std::get<0>(GetParam());
        if (name == "tell-everyone")
        {
            policies.attachment = std::make_shared<TellEveryone>();
        }
        else if (name == "tell-path")
        {
            policies.naming = std::make_shared<FlatNaming>();
            policies.forwarding = std::make_shared<ExactForwarding>();
            policies.routing = std::make_shared<LearningRouting>();
            policies.attachment = std::make_shared<TellPath>();
        }
        else if (name == "tell-home-anchor")
        {
            policies.routing = std::make_shared<AnchorRouting>();
            policies.attachment = std::make_shared<TellHome>();
        }
        else if (name == "tell-home-resolver")
        {
            policies.naming = std::make_shared<FlatNaming>();
            policies.forwarding = std::make_shared<ExactForwarding>();
            policies.routing = std::make_shared<ResolverRouting>();
            policies.attachment = std::make_shared<TellHome>();
        }
        return policies;
    }

    AttachmentConformance()
        : layer(std::get<1>(GetParam()), ROUTERS, Policies())
    {
    }

    /** Where leaf \p i is attached now. */
    std::size_t At(std::size_t i) const
    {
        const MemberName leaf = layer.net.State(layer.leaves[i]).name;
        for (std::size_t r = 0; r < ROUTERS; ++r)
        {
            for (const auto& [port, link] : layer.net.State(layer.routers[r]).links)
            {
                if (link.neighbor == leaf)
                {
                    return r;
                }
            }
        }
        return ROUTERS;
    }

    std::size_t Elsewhere(std::size_t i)
    {
        return (At(i) + 1 + layer.random() % (ROUTERS - 1)) % ROUTERS;
    }

    void BreakThenMake(std::size_t i, std::size_t to)
    {
        layer.net.Cut(layer.leaves[i], layer.access[i]);
        layer.access[i] = layer.net.Connect(layer.leaves[i], layer.routers[to]).first;
        layer.Settle();
    }

    void MakeThenBreak(std::size_t i, std::size_t to)
    {
        const PortId old = layer.access[i];
        layer.access[i] = layer.net.Connect(layer.leaves[i], layer.routers[to]).first;
        layer.Settle();
        layer.net.Cut(layer.leaves[i], old);
        layer.Settle();
    }

    void ExpectOnlyItsTables() const
    {
        EXPECT_FALSE(layer.net.Writes().empty());
        for (const WriteRecord& write : layer.net.Writes())
        {
            EXPECT_EQ(OwnerOf(write.table), MobilityKind::ATTACHMENT);
        }
    }

    RandomLayer layer;
};

TEST_P(AttachmentConformance, ALeafIsReachedAfterEachMoveThatBreaksFirst)
{
    const MemberName name = layer.net.State(layer.leaves[0]).name;
    for (int move = 0; move < 5; ++move)
    {
        layer.net.ClearWrites();
        BreakThenMake(0, Elsewhere(0));
        ExpectOnlyItsTables();
        EXPECT_EQ(layer.net.State(layer.leaves[0]).name, name);
        layer.ExpectAllReach("after move " + std::to_string(move));
    }
    EXPECT_TRUE(layer.net.State(layer.leaves[0]).pending.empty());
}

TEST_P(AttachmentConformance, ALeafIsReachedAfterEachMoveThatMakesFirst)
{
    for (int move = 0; move < 3; ++move)
    {
        layer.net.ClearWrites();
        MakeThenBreak(1, Elsewhere(1));
        ExpectOnlyItsTables();
        layer.ExpectAllReach("after move " + std::to_string(move));
    }
}

TEST_P(AttachmentConformance, ALeafThatLosesItsNewLinkGoesOnOverTheOld)
{
    const PortId other = layer.net.Connect(layer.leaves[2], layer.routers[Elsewhere(2)]).first;
    layer.Settle();
    layer.ExpectAllReach("with both links");
    layer.net.Cut(layer.leaves[2], other);
    layer.Settle();
    layer.ExpectAllReach("back on the old link");
}

TEST_P(AttachmentConformance, AllLeavesMayMoveAtOnce)
{
    for (std::size_t i = 0; i < layer.leaves.size(); ++i)
    {
        const std::size_t to = Elsewhere(i);
        layer.net.Cut(layer.leaves[i], layer.access[i]);
        layer.access[i] = layer.net.Connect(layer.leaves[i], layer.routers[to]).first;
    }
    layer.Settle();
    layer.ExpectAllReach("after all moved");
}

TEST_P(AttachmentConformance, ALeafThatLeftIsRoutedToByNobody)
{
    const MemberName name = layer.net.State(layer.leaves[0]).name;
    BreakThenMake(0, Elsewhere(0));
    layer.net.Do(layer.leaves[0], LeaveEvent{});
    layer.net.RunFor(std::chrono::seconds(400)); // longer than a switch remembers
    for (const auto router : layer.routers)
    {
        const Route* route = layer.net.State(router).routes.FindExact(NameBlock::Host(name));
        EXPECT_TRUE(route == nullptr || route->origin == RouteOrigin::LINK_STATE);
    }
    layer.leaves.erase(layer.leaves.begin());
    layer.ExpectAllReach("after one left");
}

class NoAttachmentMobility : public AttachmentConformance
{
};

TEST_P(NoAttachmentMobility, WhoMayNotMoveIsToldSo)
{
    BreakThenMake(0, Elsewhere(0));
    const auto refused = layer.net.Notices<RefusedNotice>(layer.leaves[0]);
    ASSERT_EQ(refused.size(), 1U);
    EXPECT_EQ(refused[0].reason, EnrollRefusal::NO_MOBILITY);
    EXPECT_FALSE(layer.policies.attachment->AllowsMove());
}

std::string
CaseName(const testing::TestParamInfo<AttachmentCase>& info)
{
    std::string name = std::get<0>(info.param);
    std::replace(name.begin(), name.end(), '-', '_');
    return name + std::to_string(std::get<1>(info.param));
}

INSTANTIATE_TEST_SUITE_P(All,
                         AttachmentConformance,
                         testing::Combine(testing::Values("tell-everyone",
                                                          "tell-path",
                                                          "tell-home-anchor",
                                                          "tell-home-resolver"),
                                          testing::Range(1U, 7U)),
                         &CaseName);

INSTANTIATE_TEST_SUITE_P(All,
                         NoAttachmentMobility,
                         testing::Combine(testing::Values("stay-put"), testing::Range(1U, 7U)),
                         &CaseName);

} // namespace
} // namespace strata
} // namespace ns3

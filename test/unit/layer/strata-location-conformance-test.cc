// SPDX-License-Identifier: GPL-2.0-only

// The contract of the slot for location mobility: a session survives one move of either end, in
// both directions, and writes only locations and sessions; or, if the policy allows no move, it is
// ended with a notice where the process arrives.

#include "strata-random-layer.h"

namespace ns3
{
namespace strata
{
namespace
{

constexpr std::size_t ROUTERS = 6;

using LocationCase = std::tuple<const char*, uint32_t>;

class LocationConformance : public testing::TestWithParam<LocationCase>
{
  protected:
    static LayerPolicies Policies()
    {
        LayerPolicies policies;
        policies.directory = std::make_shared<ServerDirectory>(MakeName(2));
        const std::string name = std::get<0>(GetParam());
        if (name == "tell-peer-and-directory")
        {
            policies.location = std::make_shared<TellPeerAndDirectory>();
        }
        else if (name == "tell-peer-only")
        {
            policies.location = std::make_shared<TellPeerOnly>();
        }
        else if (name == "look-up-on-recovery")
        {
            policies.location = std::make_shared<LookUpOnRecovery>();
        }
        else if (name == "tell-by-rendezvous")
        {
            policies.location = std::make_shared<TellByRendezvous>(MakeName(2));
        }
        return policies;
    }

    LocationConformance()
        : layer(std::get<1>(GetParam()), ROUTERS, Policies(), 1)
    {
        layer.net.Do(layer.routers[0], RegisterEvent{"a"});
        layer.net.Do(layer.routers[3], RegisterEvent{"b"});
        layer.Settle();
        OpenSessionEvent open;
        open.process = "a";
        open.peer = "b";
        layer.net.Do(layer.routers[0], open);
        layer.Settle();
        layer.net.ClearWrites();
    }

    void Move(const char* process, MemberNet::Index from, MemberNet::Index to)
    {
        layer.net.Do(from, ExportEvent{process});
        layer.net.Do(to, ImportEvent{layer.net.Notices<ExportedNotice>(from).back().image});
    }

    /** The only session at \p i; 0 without one. */
    uint32_t SessionAt(MemberNet::Index i) const
    {
        const SessionTable& sessions = layer.net.State(i).sessions;
        return sessions.size() == 1 ? sessions.begin()->first : 0;
    }

    /** Sends from both ends for three seconds, then says how many of the last ten arrived. */
    std::pair<std::size_t, std::size_t> Exchange(MemberNet::Index a, MemberNet::Index b)
    {
        std::size_t before[2] = {0, 0};
        for (int i = 0; i < 40; ++i)
        {
            if (i == 30)
            {
                layer.Settle();
                before[0] = layer.net.Deliveries(a).size();
                before[1] = layer.net.Deliveries(b).size();
            }
            SendEvent send;
            send.message = {static_cast<uint8_t>(i)};
            for (const auto end : {a, b})
            {
                send.session = SessionAt(end);
                layer.net.Do(end, send);
            }
            layer.net.RunFor(std::chrono::milliseconds(100));
        }
        layer.Settle();
        return {layer.net.Deliveries(b).size() - before[1],
                layer.net.Deliveries(a).size() - before[0]};
    }

    void ExpectSurvived(MemberNet::Index a, MemberNet::Index b)
    {
        ASSERT_NE(SessionAt(a), 0U);
        ASSERT_NE(SessionAt(b), 0U);
        const auto [there, back] = Exchange(a, b);
        EXPECT_EQ(there, 10U);
        EXPECT_EQ(back, 10U);
        for (const WriteRecord& write : layer.net.Writes())
        {
            EXPECT_EQ(OwnerOf(write.table), MobilityKind::LOCATION);
        }
        EXPECT_FALSE(layer.net.Writes().empty());
    }

    RandomLayer layer;
};

TEST_P(LocationConformance, ASessionSurvivesAMoveOfTheEndThatAccepted)
{
    EXPECT_STREQ(layer.policies.location->Name(), std::get<0>(GetParam()));
    EXPECT_TRUE(layer.policies.location->AllowsMove());
    Move("b", layer.routers[3], layer.routers[5]);
    ExpectSurvived(layer.routers[0], layer.routers[5]);
    layer.net.ExpectRestIsRight();
}

TEST_P(LocationConformance, ASessionSurvivesAMoveOfTheEndThatOpened)
{
    Move("a", layer.routers[0], layer.routers[4]);
    ExpectSurvived(layer.routers[4], layer.routers[3]);
    layer.net.ExpectRestIsRight();
}

TEST_P(LocationConformance, ASessionSurvivesAMoveToALeaf)
{
    Move("b", layer.routers[3], layer.leaves[0]);
    ExpectSurvived(layer.routers[0], layer.leaves[0]);
    layer.net.ExpectRestIsRight();
}

TEST_P(LocationConformance, ASessionSurvivesMovesOfBothEndsOneAfterTheOther)
{
    Move("b", layer.routers[3], layer.routers[5]);
    ExpectSurvived(layer.routers[0], layer.routers[5]);
    Move("a", layer.routers[0], layer.routers[4]);
    ExpectSurvived(layer.routers[4], layer.routers[5]);
    Move("b", layer.routers[5], layer.routers[3]);
    ExpectSurvived(layer.routers[4], layer.routers[3]);
    layer.net.ExpectRestIsRight();
}

class NoLocationMobility : public LocationConformance
{
};

TEST_P(NoLocationMobility, TheSessionOfAProcessThatMovesEndsWithANotice)
{
    EXPECT_FALSE(layer.policies.location->AllowsMove());
    Move("b", layer.routers[3], layer.routers[5]);
    layer.Settle();
    EXPECT_EQ(SessionAt(layer.routers[5]), 0U);
    const auto ended = layer.net.Notices<SessionEndedNotice>(layer.routers[5]);
    ASSERT_EQ(ended.size(), 1U);
    EXPECT_EQ(ended[0].process, "b");
    EXPECT_EQ(ended[0].reason, SessionEnd::UNREACHABLE);
}

std::string
CaseName(const testing::TestParamInfo<LocationCase>& info)
{
    std::string name = std::get<0>(info.param);
    std::replace(name.begin(), name.end(), '-', '_');
    return name + std::to_string(std::get<1>(info.param));
}

INSTANTIATE_TEST_SUITE_P(All,
                         LocationConformance,
                         testing::Combine(testing::Values("tell-peer-and-directory",
                                                          "tell-peer-only",
                                                          "look-up-on-recovery",
                                                          "tell-by-rendezvous"),
                                          testing::Range(1U, 4U)),
                         &CaseName);

INSTANTIATE_TEST_SUITE_P(All,
                         NoLocationMobility,
                         testing::Combine(testing::Values("stay-put"), testing::Range(1U, 4U)),
                         &CaseName);

} // namespace
} // namespace strata
} // namespace ns3

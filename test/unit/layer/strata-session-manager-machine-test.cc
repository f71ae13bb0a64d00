// SPDX-License-Identifier: GPL-2.0-only

#include "strata-checked-net.h"

#include <gtest/gtest.h>
#include <random>

namespace ns3
{
namespace strata
{
namespace
{

using std::chrono::milliseconds;
using std::chrono::seconds;

/** A chain of five routers, a leaf at the first, and a session from the leaf to the last. */
class ReliableChain : public testing::Test
{
  protected:
    void Build(const LayerPolicies& policies)
    {
        for (uint16_t i = 0; i < 5; ++i)
        {
            routers.push_back(net.Add(LayerParameters(), policies));
            if (i == 0)
            {
                net.Do(routers[0], BootstrapEvent{MakeName(1), 16});
            }
            else
            {
                wires.push_back(net.Connect(routers[i - 1], routers[i]));
                net.Do(routers[i], JoinEvent{MakeName(i + 1)});
            }
            net.RunFor(seconds(1));
        }
        LayerParameters parameters;
        parameters.role = MemberRole::LEAF;
        leaf = net.Add(parameters, policies);
        access = net.Connect(leaf, routers[0]).first;
        net.Do(leaf, JoinEvent{NO_NAME});
        net.RunFor(seconds(1));
        net.Do(leaf, RegisterEvent{"phone"});
        net.Do(routers[4], RegisterEvent{"server"});
        net.RunFor(seconds(1));
    }

    void Open(Nanos bound = Nanos(0))
    {
        OpenSessionEvent open;
        open.process = "phone";
        open.peer = "server";
        open.service = SessionService::RELIABLE;
        open.bound = bound;
        net.Do(leaf, open);
        net.RunFor(seconds(1));
        ASSERT_EQ(net.Notices<SessionOpenedNotice>(leaf).size(), 1U);
        ASSERT_EQ(net.Notices<SessionOpenedNotice>(routers[4]).size(), 1U);
        here = net.Notices<SessionOpenedNotice>(leaf)[0].session;
        there = net.Notices<SessionOpenedNotice>(routers[4])[0].session;
    }

    /** Every wire loses every twentieth segment, at random. */
    void LoseSegments()
    {
        net.loses = [this](MemberNet::Index, PduType type) {
            const bool lost = type == PduType::SESSION_DATA && m_random() % 20 == 0;
            segmentsLost += lost ? 1 : 0;
            return lost;
        };
    }

    void Send(MemberNet::Index from, uint32_t session, uint32_t number)
    {
        SendEvent send;
        send.session = session;
        ByteWriter(send.message).U32(number);
        net.Do(from, send);
    }

    /** The numbers that the members got, in order, as one member that moves got them. */
    std::vector<uint32_t> Got(const std::vector<MemberNet::Index>& members, uint32_t session) const
    {
        std::vector<uint32_t> numbers;
        for (const MemberNet::Index member : members)
        {
            for (const DeliverEffect& delivery : net.Deliveries(member))
            {
                EXPECT_EQ(delivery.session, session);
                numbers.push_back(ByteReader(delivery.message).U32());
            }
        }
        return numbers;
    }

    static std::vector<uint32_t> Numbers(uint32_t count)
    {
        std::vector<uint32_t> numbers;
        for (uint32_t i = 0; i < count; ++i)
        {
            numbers.push_back(i);
        }
        return numbers;
    }

    /** Break before make, with a gap that the session has to wait out. */
    void MoveLeaf(std::size_t to)
    {
        net.Cut(leaf, access);
        net.RunFor(milliseconds(150));
        access = net.Connect(leaf, routers[to]).first;
    }

    CheckedNet net;
    std::vector<MemberNet::Index> routers;
    std::vector<std::pair<PortId, PortId>> wires;
    MemberNet::Index leaf{0};
    PortId access{0};
    uint32_t here{0};
    uint32_t there{0};
    std::size_t segmentsLost{0};

  private:
    std::mt19937 m_random{11};
};

TEST_F(ReliableChain, EveryMessageCrossesLossyHopsOnceAndInOrder)
{
    Build(LayerPolicies());
    Open();
    LoseSegments();
    for (uint32_t i = 0; i < 300; ++i)
    {
        Send(leaf, here, i);
        Send(routers[4], there, i);
        net.RunFor(milliseconds(5));
    }
    net.RunFor(seconds(20));
    EXPECT_GT(segmentsLost, 100U);
    EXPECT_EQ(Got({routers[4]}, there), Numbers(300));
    EXPECT_EQ(Got({leaf}, here), Numbers(300));
    EXPECT_EQ(net.Deliveries(leaf)[0].hops, 5);
}

TEST_F(ReliableChain, MessagesSentBeforeTheSessionStandsArrive)
{
    Build(LayerPolicies());
    OpenSessionEvent open;
    open.process = "phone";
    open.peer = "server";
    open.service = SessionService::RELIABLE;
    net.Do(leaf, open);
    here = net.Notices<SessionOpenedNotice>(leaf).at(0).session;
    for (uint32_t i = 0; i < 20; ++i)
    {
        Send(leaf, here, i);
    }
    net.RunFor(seconds(1));
    there = net.Notices<SessionOpenedNotice>(routers[4]).at(0).session;
    EXPECT_EQ(Got({routers[4]}, there), Numbers(20));
}

TEST_F(ReliableChain, SessionWhoseBoundPassesEndsAtBothEnds)
{
    Build(LayerPolicies());
    Open(seconds(2));
    bool broken = true;
    net.loses = [&broken](MemberNet::Index, PduType type) {
        return broken && type == PduType::SESSION_DATA;
    };
    Send(leaf, here, 0);
    net.RunFor(seconds(2) - Nanos(1));
    EXPECT_TRUE(net.Notices<ContractNotice>(leaf).empty());
    net.RunFor(seconds(1));
    const auto contracts = net.Notices<ContractNotice>(leaf);
    ASSERT_EQ(contracts.size(), 1U);
    EXPECT_EQ(contracts[0].event, ContractEvent::BOUND_FAILED);
    EXPECT_EQ(contracts[0].subject, "phone");
    for (const auto& [member, session] : {std::make_pair(leaf, here), {routers[4], there}})
    {
        const auto ends = net.Notices<SessionEndedNotice>(member);
        ASSERT_EQ(ends.size(), 1U);
        EXPECT_EQ(ends[0].session, session);
        EXPECT_EQ(ends[0].reason, SessionEnd::BOUND_PASSED);
        EXPECT_TRUE(net.State(member).sessions.empty());
        EXPECT_TRUE(net.State(member).uses.empty());
    }
}

TEST_F(ReliableChain, DatagramSessionWithABoundFailsWhenThePeerDoesNotAnswer)
{
    Build(LayerPolicies());
    OpenSessionEvent open;
    open.process = "phone";
    open.peer = "server";
    open.bound = seconds(2);
    net.Do(leaf, open);
    net.RunFor(seconds(1));
    here = net.Notices<SessionOpenedNotice>(leaf).at(0).session;
    for (uint32_t i = 0; i < 50; ++i)
    {
        Send(leaf, here, i);
        net.RunFor(milliseconds(100));
    }
    EXPECT_TRUE(net.Notices<ContractNotice>(leaf).empty());
    net.Cut(routers[2], wires[2].first, false);
    Send(leaf, here, 50);
    net.RunFor(seconds(2));
    ASSERT_EQ(net.Notices<ContractNotice>(leaf).size(), 1U);
    ASSERT_EQ(net.Notices<SessionEndedNotice>(leaf).size(), 1U);
    EXPECT_EQ(net.Notices<SessionEndedNotice>(leaf)[0].reason, SessionEnd::BOUND_PASSED);
}

class AttachmentMoves : public ReliableChain, public testing::WithParamInterface<bool>
{
};

TEST_P(AttachmentMoves, LoseAndDoubleNothing)
{
    LayerPolicies policies;
    policies.attachment = std::make_shared<TellEveryone>();
    if (GetParam())
    {
        policies.routing = std::make_shared<AnchorRouting>();
        policies.attachment = std::make_shared<TellHome>();
    }
    Build(policies);
    Open(seconds(20));
    LoseSegments();
    const std::size_t places[] = {3, 1, 4, 0, 2};
    for (uint32_t i = 0; i < 500; ++i)
    {
        Send(leaf, here, i);
        Send(routers[4], there, i);
        net.RunFor(milliseconds(10));
        if (i % 100 == 50)
        {
            MoveLeaf(places[i / 100]);
        }
    }
    net.RunFor(seconds(30));
    EXPECT_EQ(Got({routers[4]}, there), Numbers(500));
    EXPECT_EQ(Got({leaf}, here), Numbers(500));
    EXPECT_TRUE(net.Notices<SessionEndedNotice>(leaf).empty());
    EXPECT_GT(segmentsLost, 100U);
}

INSTANTIATE_TEST_SUITE_P(Designs, AttachmentMoves, testing::Bool(), [](const auto& info) {
    return std::string(info.param ? "anchor" : "flood");
});

TEST_F(ReliableChain, ProcessThatMovesMidFlightTakesEveryMessageAlong)
{
    LayerPolicies policies;
    policies.location = std::make_shared<TellPeerAndDirectory>();
    Build(policies);
    Open(seconds(20));
    LoseSegments();
    const std::size_t places[] = {2, 0, 3, 4, 1};
    std::size_t at = 4;
    std::vector<uint32_t> got;
    std::size_t seen[5] = {};
    const auto collect = [&](std::size_t router) {
        const auto& deliveries = net.Deliveries(routers[router]);
        for (; seen[router] < deliveries.size(); ++seen[router])
        {
            got.push_back(ByteReader(deliveries[seen[router]].message).U32());
        }
    };
    for (uint32_t i = 0; i < 500; ++i)
    {
        Send(leaf, here, i);
        Send(routers[at], there, i);
        if (i % 100 == 50)
        {
            // what this end holds and what it waits for moves with it
            EXPECT_NE(net.State(routers[at]).uses.at(there).protocol.MessagesKept(), 0U);
            net.Do(routers[at], ExportEvent{"server"});
            collect(at);
            const Bytes image = net.Notices<ExportedNotice>(routers[at]).back().image;
            net.RunFor(milliseconds(40));
            at = places[i / 100];
            net.Do(routers[at], ImportEvent{image});
            const auto renumbered = net.Notices<ImportedNotice>(routers[at]).back().sessions;
            ASSERT_EQ(renumbered.size(), 1U);
            there = renumbered[0].second;
        }
        net.RunFor(milliseconds(5));
    }
    net.RunFor(seconds(30));
    collect(at);
    EXPECT_EQ(got, Numbers(500));
    EXPECT_EQ(Got({leaf}, here), Numbers(500));
    EXPECT_GT(segmentsLost, 100U);
}

TEST_F(ReliableChain, ProcessThatMovesBeforeTheSessionStandsTakesWaitingMessagesAlong)
{
    LayerPolicies policies;
    policies.location = std::make_shared<TellPeerAndDirectory>();
    Build(policies);
    net.loses = [](MemberNet::Index, PduType type) { return type == PduType::SESSION_OPEN; };
    OpenSessionEvent open;
    open.process = "phone";
    open.peer = "server";
    open.service = SessionService::RELIABLE;
    net.Do(leaf, open);
    here = net.Notices<SessionOpenedNotice>(leaf).at(0).session;
    for (uint32_t i = 0; i < 5; ++i)
    {
        Send(leaf, here, i);
    }
    net.Do(leaf, ExportEvent{"phone"});
    net.loses = nullptr;
    net.Do(routers[1], ImportEvent{net.Notices<ExportedNotice>(leaf).at(0).image});
    net.RunFor(seconds(2));
    there = net.Notices<SessionOpenedNotice>(routers[4]).at(0).session;
    EXPECT_EQ(Got({routers[4]}, there), Numbers(5));
}

} // namespace
} // namespace strata
} // namespace ns3

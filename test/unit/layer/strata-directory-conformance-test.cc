// SPDX-License-Identifier: GPL-2.0-only

// The contract of the slot for the directory: a registered process is found from every member,
// leaves included; what is newer wins, what is older is refused, and what is withdrawn is gone.

#include "strata-random-layer.h"

namespace ns3
{
namespace strata
{
namespace
{

constexpr std::size_t ROUTERS = 6;

using DirectoryCase = std::tuple<const char*, uint32_t>;

class DirectoryConformance : public testing::TestWithParam<DirectoryCase>
{
  protected:
    static LayerPolicies Policies()
    {
        LayerPolicies policies;
        const std::string name = std::get<0>(GetParam());
        if (name == "server")
        {
            policies.directory = std::make_shared<ServerDirectory>(MakeName(2));
        }
        else if (name == "hashed")
        {
            policies.directory = std::make_shared<HashedDirectory>();
        }
        policies.location = std::make_shared<TellPeerAndDirectory>();
        return policies;
    }

    DirectoryConformance()
        : layer(std::get<1>(GetParam()), ROUTERS, Policies(), 2)
    {
        members = layer.routers;
        members.insert(members.end(), layer.leaves.begin(), layer.leaves.end());
        for (const auto i : members)
        {
            layer.net.Do(i, RegisterEvent{"asker" + std::to_string(i)});
        }
        layer.Settle();
    }

    /** Asks for "p" from \p i; the member where a session with it stands, NO_NAME without one. */
    MemberName FindFrom(MemberNet::Index i)
    {
        OpenSessionEvent open;
        open.process = "asker" + std::to_string(i);
        open.peer = "p";
        layer.net.Do(i, open);
        const uint32_t session = layer.net.Notices<SessionOpenedNotice>(i).back().session;
        layer.Settle();
        const SessionEntry* entry = layer.net.State(i).sessions.Find(session);
        return entry != nullptr && entry->open ? entry->peerLocation : NO_NAME;
    }

    void ExpectFoundFromEverywhere(MemberNet::Index at)
    {
        for (const auto i : members)
        {
            EXPECT_EQ(FindFrom(i), layer.net.State(at).name) << "from " << i;
        }
        layer.net.ExpectRestIsRight();
    }

    /** Takes "p" from one member to another. */
    void Move(MemberNet::Index from, MemberNet::Index to)
    {
        layer.net.Do(from, ExportEvent{"p"});
        layer.net.Do(to, ImportEvent{layer.net.Notices<ExportedNotice>(from).back().image});
        layer.Settle();
    }

    /** Gives every router \p record, from a neighbour, as if it were to keep it. */
    void Announce(const LocationRecord& record)
    {
        for (const auto router : layer.routers)
        {
            LocationBody body;
            body.transaction = 1;
            body.records.push_back(record);
            Pdu pdu;
            pdu.header.layer = 1;
            pdu.header.hopLimit = 9;
            pdu.header.source = MakeName(99);
            pdu.header.destination =
                layer.policies.directory->Replicates() ? NO_NAME : layer.net.State(router).name;
            pdu.header.type = PduType::LOCATION;
            pdu.body = body;
            Bytes bytes;
            ByteWriter writer(bytes);
            ASSERT_TRUE(pdu.Encode(writer));
            layer.net.Do(router, PduEvent{layer.net.State(router).links.begin()->first, bytes});
        }
        layer.Settle();
    }

    RandomLayer layer;
    std::vector<MemberNet::Index> members;
};

TEST_P(DirectoryConformance, AProcessIsFoundFromEveryMember)
{
    EXPECT_STREQ(layer.policies.directory->Name(), std::get<0>(GetParam()));
    layer.net.Do(layer.routers[3], RegisterEvent{"p"});
    layer.Settle();
    ExpectFoundFromEverywhere(layer.routers[3]);
}

TEST_P(DirectoryConformance, AProcessAtALeafIsFoundFromEveryMember)
{
    layer.net.Do(layer.leaves[1], RegisterEvent{"p"});
    layer.Settle();
    ExpectFoundFromEverywhere(layer.leaves[1]);
}

TEST_P(DirectoryConformance, TheNewerPlaceWins)
{
    layer.net.Do(layer.routers[3], RegisterEvent{"p"});
    layer.Settle();
    Move(layer.routers[3], layer.routers[5]);
    ExpectFoundFromEverywhere(layer.routers[5]);
    Move(layer.routers[5], layer.leaves[0]);
    ExpectFoundFromEverywhere(layer.leaves[0]);
}

TEST_P(DirectoryConformance, WhatIsOlderIsRefused)
{
    layer.net.Do(layer.routers[3], RegisterEvent{"p"});
    layer.Settle();
    Move(layer.routers[3], layer.routers[5]);
    Announce(LocationRecord{"p", 1, layer.net.State(layer.routers[3]).name, 0});
    Announce(LocationRecord{"p", 1, layer.net.State(layer.routers[3]).name, 1});
    ExpectFoundFromEverywhere(layer.routers[5]);
}

TEST_P(DirectoryConformance, WhatIsNewerIsTakenOver)
{
    layer.net.Do(layer.routers[3], RegisterEvent{"p"});
    layer.Settle();
    Announce(LocationRecord{"p", 7, MakeName(1), 0});
    bool known = false;
    for (const auto router : layer.routers)
    {
        const LocationRecord* record = layer.net.State(router).locations.Find("p");
        known = known || (record != nullptr && record->sequence == 7);
    }
    EXPECT_TRUE(known) << "or else the refusal above proves nothing";
}

TEST_P(DirectoryConformance, AWithdrawnProcessIsFoundByNobody)
{
    layer.net.Do(layer.routers[3], RegisterEvent{"p"});
    layer.Settle();
    layer.net.Do(layer.routers[3], UnregisterEvent{"p"});
    layer.Settle();
    for (const auto i : members)
    {
        EXPECT_EQ(FindFrom(i), NO_NAME);
        const std::size_t ended = layer.net.Notices<SessionEndedNotice>(i).size();
        layer.net.RunFor(std::chrono::seconds(120));
        const auto notices = layer.net.Notices<SessionEndedNotice>(i);
        ASSERT_EQ(notices.size(), std::max<std::size_t>(ended, 1)) << "its user is told, once";
        EXPECT_TRUE(notices.back().reason == SessionEnd::UNREACHABLE ||
                    notices.back().reason == SessionEnd::NO_SUCH_PROCESS);
    }
}

TEST_P(DirectoryConformance, OnlyLocationsAndSessionsAreWritten)
{
    layer.net.ClearWrites();
    layer.net.Do(layer.routers[3], RegisterEvent{"p"});
    layer.Settle();
    Move(layer.routers[3], layer.routers[5]);
    FindFrom(layer.routers[0]);
    EXPECT_FALSE(layer.net.Writes().empty());
    for (const WriteRecord& write : layer.net.Writes())
    {
        EXPECT_EQ(OwnerOf(write.table), MobilityKind::LOCATION);
    }
}

INSTANTIATE_TEST_SUITE_P(All,
                         DirectoryConformance,
                         testing::Combine(testing::Values("replicated", "server", "hashed"),
                                          testing::Range(1U, 4U)),
                         [](const auto& info) {
                             return std::get<0>(info.param) +
                                    std::to_string(std::get<1>(info.param));
                         });

TEST(NoDirectoryContract, ASessionStandsOnlyWhereItsOpenerKnowsTheWay)
{
    LayerPolicies policies;
    policies.directory = std::make_shared<NoDirectory>();
    RandomLayer layer(1, 3, policies, 0);
    layer.net.Do(layer.routers[0], RegisterEvent{"a"});
    layer.net.Do(layer.routers[2], RegisterEvent{"p"});
    layer.Settle();
    OpenSessionEvent open;
    open.process = "a";
    open.peer = "p";
    layer.net.Do(layer.routers[0], open);
    layer.net.RunFor(std::chrono::seconds(120));
    ASSERT_EQ(layer.net.Notices<SessionEndedNotice>(layer.routers[0]).size(), 1U);
    open.peerLocation = MakeName(3);
    layer.net.Do(layer.routers[0], open);
    layer.Settle();
    ASSERT_EQ(layer.net.State(layer.routers[0]).sessions.size(), 1U);
    EXPECT_TRUE(layer.net.State(layer.routers[0]).sessions.begin()->second.open);
}

} // namespace
} // namespace strata
} // namespace ns3

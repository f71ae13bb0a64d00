// SPDX-License-Identifier: GPL-2.0-only

#include "strata-checked-net.h"

#include "ns3/strata-write-audit-decision.h"

#include <gtest/gtest.h>

namespace ns3
{
namespace strata
{
namespace
{

using std::chrono::milliseconds;
using std::chrono::seconds;

/** A chain of routers 1, 2, ... n, each the owner of a block, and one leaf that can move. */
class Chain
{
  public:
    Chain(std::size_t n, LayerPolicies policies)
        : m_policies(std::move(policies))
    {
        const bool flat = m_policies.naming->Scheme() == NameScheme::FLAT;
        for (std::size_t i = 0; i < n; ++i)
        {
            LayerParameters parameters;
            routers.push_back(net.Add(parameters, m_policies));
            const auto number = static_cast<uint16_t>(i + 1);
            const MemberName name = flat ? MemberName{number} : MakeName(number);
            if (i == 0)
            {
                net.Do(routers[0], BootstrapEvent{name, static_cast<uint8_t>(flat ? 64 : 16)});
            }
            else
            {
                wires.push_back(net.Connect(routers[i - 1], routers[i]));
                net.Do(routers[i], JoinEvent{name});
            }
            net.RunFor(seconds(1));
        }
        LayerParameters parameters;
        parameters.role = MemberRole::LEAF;
        leaf = net.Add(parameters, m_policies);
        access = net.Connect(leaf, routers[0]).first;
        net.Do(leaf, JoinEvent{flat ? MemberName{1000} : NO_NAME});
        net.RunFor(seconds(1));
    }

    /** Break before make: the leaf's wire is cut, and a new one laid. */
    void Move(std::size_t to)
    {
        net.Cut(leaf, access);
        access = net.Connect(leaf, routers[to]).first;
        net.RunFor(seconds(1));
    }

    /** The hops that a probe of router \p from takes to the leaf; 0 if it does not come back. */
    uint8_t Hops(std::size_t from)
    {
        const uint32_t id = ++m_probe;
        net.Do(routers[from], ProbeEvent{net.State(leaf).name, id});
        net.RunFor(seconds(1));
        for (const ProbeNotice& notice : net.Notices<ProbeNotice>(routers[from]))
        {
            if (notice.id == id)
            {
                return notice.hops;
            }
        }
        return 0;
    }

    CheckedNet net;
    std::vector<MemberNet::Index> routers;
    std::vector<std::pair<PortId, PortId>> wires;
    MemberNet::Index leaf{0};
    PortId access{0};

  private:
    LayerPolicies m_policies;
    uint32_t m_probe{0};
};

LayerPolicies
Flood()
{
    LayerPolicies policies;
    policies.attachment = std::make_shared<TellEveryone>();
    return policies;
}

LayerPolicies
Anchor()
{
    LayerPolicies policies;
    policies.routing = std::make_shared<AnchorRouting>();
    policies.attachment = std::make_shared<TellHome>();
    return policies;
}

LayerPolicies
Resolver()
{
    LayerPolicies policies;
    policies.naming = std::make_shared<FlatNaming>();
    policies.routing = std::make_shared<ResolverRouting>();
    policies.forwarding = std::make_shared<ExactForwarding>();
    policies.attachment = std::make_shared<TellHome>();
    return policies;
}

LayerPolicies
Learn()
{
    LayerPolicies policies;
    policies.naming = std::make_shared<FlatNaming>();
    policies.routing = std::make_shared<LearningRouting>();
    policies.forwarding = std::make_shared<ExactForwarding>();
    policies.attachment = std::make_shared<TellPath>();
    return policies;
}

TEST(MemberMachine, RoutersJoinThroughNeighboursAndKnowEveryRoute)
{
    Chain chain(5, Flood());
    for (std::size_t i = 0; i < 5; ++i)
    {
        const MemberState& state = chain.net.State(chain.routers[i]);
        EXPECT_EQ(state.phase, MemberPhase::MEMBER);
        EXPECT_EQ(state.name, MakeName(static_cast<uint16_t>(i + 1)));
        EXPECT_EQ(state.linkStates.size(), 5U);
        EXPECT_TRUE(state.pending.empty()) << "router " << i;
    }
    EXPECT_EQ(chain.net.State(chain.leaf).name, MakeName(1, 0, 0, 1));
}

TEST(MemberMachine, LeafInItsHomeBlockNeedsNoRouteElsewhere)
{
    Chain chain(4, Flood());
    EXPECT_EQ(chain.net.Carried(PduType::ATTACHMENT), 0U);
    EXPECT_EQ(chain.Hops(3), 4);
}

class AttachmentMobility
    : public testing::TestWithParam<std::pair<const char*, LayerPolicies (*)()>>
{
};

TEST_P(AttachmentMobility, LeafKeepsItsNameAndIsReachedAfterEveryMove)
{
    Chain chain(5, GetParam().second());
    const MemberName name = chain.net.State(chain.leaf).name;
    EXPECT_NE(chain.Hops(4), 0);
    for (const std::size_t to : {3, 1, 4, 0, 2})
    {
        chain.Move(to);
        EXPECT_EQ(chain.net.State(chain.leaf).name, name);
        for (std::size_t from = 0; from < 5; ++from)
        {
            EXPECT_NE(chain.Hops(from), 0) << "from " << from << " to " << to;
        }
        EXPECT_TRUE(chain.net.State(chain.leaf).pending.empty()) << "to " << to;
    }
}

TEST_P(AttachmentMobility, LeafThatWandersBackAndForthIsReachedFromEverywhere)
{
    Chain chain(5, GetParam().second());
    std::size_t place = 0;
    uint32_t random = 7;
    for (int move = 0; move < 24; ++move)
    {
        random = random * 1664525 + 1013904223;
        place = (place + 1 + (random >> 16) % 4) % 5;
        chain.Move(place);
        for (std::size_t from = 0; from < 5; ++from)
        {
            // the first probe may find out that a cached attachment is old
            chain.Hops(from);
            EXPECT_NE(chain.Hops(from), 0) << "move " << move << ", from " << from;
        }
    }
}

TEST_P(AttachmentMobility, MovesWriteOnlyAttachmentsLinksAndRoutes)
{
    Chain chain(4, GetParam().second());
    chain.net.ClearWrites();
    chain.Move(3);
    EXPECT_FALSE(chain.net.Writes().empty());
    for (const WriteRecord& write : chain.net.Writes())
    {
        EXPECT_EQ(OwnerOf(write.table), MobilityKind::ATTACHMENT)
            << FormatWrite(write, NameScheme::HIERARCHICAL);
    }
}

TEST_P(AttachmentMobility, StateIsAValueThatCanBeCopiedComparedAndHashed)
{
    Chain chain(3, GetParam().second());
    const MemberState before = chain.net.State(chain.routers[2]);
    EXPECT_TRUE(before == chain.net.State(chain.routers[2]));
    EXPECT_EQ(HashOf(before), HashOf(chain.net.State(chain.routers[2])));
    chain.Move(2);
    EXPECT_FALSE(before == chain.net.State(chain.routers[2]));
    EXPECT_NE(HashOf(before), HashOf(chain.net.State(chain.routers[2])));
}

INSTANTIATE_TEST_SUITE_P(Designs,
                         AttachmentMobility,
                         testing::Values(std::make_pair("flood", &Flood),
                                         std::make_pair("learn", &Learn),
                                         std::make_pair("anchor", &Anchor),
                                         std::make_pair("resolver", &Resolver)),
                         [](const auto& info) { return std::string(info.param.first); });

TEST(MemberMachine, FloodingRewritesOneMoreRouterThanTheMoveIsLong)
{
    Chain chain(6, Flood());
    chain.Move(1);
    const MemberName name = chain.net.State(chain.leaf).name;
    for (const std::size_t to : {4, 2, 5, 0, 3})
    {
        std::map<std::size_t, Route> before;
        std::size_t from = 0;
        for (std::size_t i = 0; i < 6; ++i)
        {
            before[i] = *chain.net.State(chain.routers[i]).routes.Find(name);
            from = before[i].nextHop == name ? i : from;
        }
        chain.Move(to);
        std::size_t rewritten = 0;
        for (std::size_t i = 0; i < 6; ++i)
        {
            rewritten +=
                chain.net.State(chain.routers[i]).routes.Find(name)->nextHop != before[i].nextHop;
        }
        EXPECT_EQ(rewritten, (to > from ? to - from : from - to) + 1);
    }
}

TEST(MemberMachine, ResolversAnswerIsForgottenWhenItIsOld)
{
    Chain chain(4, Resolver());
    chain.Move(2);
    const MemberName name = chain.net.State(chain.leaf).name;
    std::size_t cached = 0;
    for (std::size_t i = 0; i < 4; ++i)
    {
        EXPECT_NE(chain.Hops(i), 0);
        const LeafEntry* entry = chain.net.State(chain.routers[i]).leaves.Find(name);
        cached += entry != nullptr && entry->expires != NEVER;
    }
    EXPECT_GT(cached, 0U);
    EXPECT_TRUE(chain.net.RunUntilIdle(chain.net.Now() + 2 * LayerParameters().cacheAge));
    for (std::size_t i = 0; i < 4; ++i)
    {
        const LeafEntry* entry = chain.net.State(chain.routers[i]).leaves.Find(name);
        EXPECT_TRUE(entry == nullptr || entry->expires == NEVER) << "router " << i;
        EXPECT_NE(chain.Hops(i), 0);
    }
}

TEST(MemberMachine, AnchorAddsTheDetourOverTheHomeOfTheName)
{
    Chain chain(5, Anchor());
    chain.Move(3);
    // to the anchor at router 0, in the tunnel to router 3, and over the last link
    EXPECT_EQ(chain.Hops(2), 2 + 3 + 1);
    // past the access router and back
    EXPECT_EQ(chain.Hops(4), 4 + 3 + 1);
    // not even the access router itself is nearer
    EXPECT_EQ(chain.Hops(3), 3 + 3 + 1);
}

TEST(MemberMachine, LeafThatComesHomeIsReachedWithoutADetour)
{
    Chain chain(4, Anchor());
    chain.Move(3);
    chain.Move(0);
    EXPECT_EQ(chain.Hops(3), 3 + 1);
    EXPECT_EQ(chain.Hops(0), 1);
}

TEST(MemberMachine, AccessRouterForgetsAVisitorThatHasGone)
{
    Chain chain(4, Anchor());
    const RouteKey key{NameBlock::Host(chain.net.State(chain.leaf).name), RouteOrigin::VISITOR};
    chain.Move(2);
    EXPECT_NE(chain.net.State(chain.routers[2]).routes.FindExact(key), nullptr);
    chain.Move(3);
    EXPECT_EQ(chain.net.State(chain.routers[2]).routes.FindExact(key), nullptr);
    EXPECT_NE(chain.net.State(chain.routers[3]).routes.FindExact(key), nullptr);
}

TEST(MemberMachine, CuttingTheLinksThatCarryControlStopsConvergence)
{
    Chain chain(5, Flood());
    chain.Move(1);
    // nobody notices the cut: knowledge can only come as bytes, and none come
    chain.net.Cut(chain.routers[2], chain.wires[2].first, false);
    chain.Move(0);
    const MemberName name = chain.net.State(chain.leaf).name;
    EXPECT_EQ(chain.net.State(chain.routers[2]).leaves.Find(name)->record.access, MakeName(1));
    EXPECT_EQ(chain.net.State(chain.routers[3]).leaves.Find(name)->record.access, MakeName(2));
}

TEST(MemberMachine, MemberCannotComeAgainInALayerWithoutAttachmentMobility)
{
    Chain chain(3, LayerPolicies());
    chain.Move(2);
    const auto refused = chain.net.Notices<RefusedNotice>(chain.leaf);
    ASSERT_EQ(refused.size(), 1U);
    EXPECT_EQ(refused[0].reason, EnrollRefusal::NO_MOBILITY);
}

TEST(MemberMachine, SilentNeighbourDiesAfterItsHoldTime)
{
    CheckedNet net;
    LayerParameters parameters;
    parameters.helloInterval = milliseconds(100);
    parameters.holdTime = milliseconds(350);
    const auto a = net.Add(parameters, LayerPolicies());
    const auto b = net.Add(parameters, LayerPolicies());
    net.Do(a, BootstrapEvent{MakeName(1), 16});
    const auto wire = net.Connect(a, b);
    net.Do(b, JoinEvent{MakeName(2)});
    net.RunFor(seconds(2));
    EXPECT_EQ(net.State(a).links.size(), 1U);
    net.Cut(a, wire.first, false);
    net.RunFor(seconds(1));
    EXPECT_TRUE(net.State(a).links.empty());
    EXPECT_TRUE(net.Notices<LinkNotice>(a).back().died);
    EXPECT_EQ(net.State(a).routes.Find(MakeName(2)), nullptr);
}

TEST(MemberMachine, EnrollmentIsRefusedWithAReason)
{
    CheckedNet net;
    LayerParameters parameters;
    const auto a = net.Add(parameters, LayerPolicies());
    net.Do(a, BootstrapEvent{MakeName(1), 16});
    const auto twin = net.Add(parameters, LayerPolicies());
    net.Connect(a, twin);
    net.Do(twin, JoinEvent{MakeName(1)});
    parameters.layerName = "another";
    const auto stranger = net.Add(parameters, LayerPolicies());
    net.Connect(a, stranger);
    net.Do(stranger, JoinEvent{MakeName(3)});
    net.RunFor(seconds(1));
    ASSERT_FALSE(net.Notices<RefusedNotice>(twin).empty());
    EXPECT_EQ(net.Notices<RefusedNotice>(twin)[0].reason, EnrollRefusal::NAME_TAKEN);
    ASSERT_FALSE(net.Notices<RefusedNotice>(stranger).empty());
    EXPECT_EQ(net.Notices<RefusedNotice>(stranger)[0].reason, EnrollRefusal::WRONG_LAYER);
    EXPECT_TRUE(net.State(a).links.empty());
}

/** A keyed sum; stands in for HMAC where only "same key" matters. */
class ToyAuthenticator : public Authenticator
{
  public:
    explicit ToyAuthenticator(uint64_t key)
        : m_key(key)
    {
    }

    Tag Sign(ByteView message) const override
    {
        const uint64_t sum = HashOf(std::make_pair(m_key, message.ToBytes()));
        Tag tag{};
        for (std::size_t i = 0; i < tag.size(); ++i)
        {
            tag[i] = static_cast<uint8_t>(sum >> (8 * (i % 8)));
        }
        return tag;
    }

  private:
    uint64_t m_key;
};

TEST(MemberMachine, ForgedEnrollmentIsRefusedAndCounted)
{
    CheckedNet net;
    LayerPolicies inside;
    inside.security = std::make_shared<SharedSecretSecurity>(std::make_shared<ToyAuthenticator>(1));
    LayerPolicies outside;
    outside.security =
        std::make_shared<SharedSecretSecurity>(std::make_shared<ToyAuthenticator>(2));
    const auto a = net.Add(LayerParameters(), inside);
    const auto friendly = net.Add(LayerParameters(), inside);
    const auto forger = net.Add(LayerParameters(), outside);
    net.Do(a, BootstrapEvent{MakeName(1), 16});
    net.Connect(a, friendly);
    net.Do(friendly, JoinEvent{MakeName(2)});
    net.Connect(a, forger);
    net.Do(forger, JoinEvent{MakeName(3)});
    net.RunFor(seconds(1));
    EXPECT_EQ(net.State(friendly).phase, MemberPhase::MEMBER);
    EXPECT_EQ(net.State(forger).phase, MemberPhase::ENROLLING);
    EXPECT_EQ(net.State(a).links.size(), 1U);
    std::size_t refused = 0;
    for (const DropNotice& drop : net.Notices<DropNotice>(a))
    {
        refused += drop.reason == MemberDrop::NOT_AUTHENTIC;
    }
    EXPECT_GT(refused, 0U);
}

TEST(MemberMachine, LeavingMemberIsForgotten)
{
    Chain chain(4, Flood());
    chain.net.Do(chain.routers[3], LeaveEvent{});
    chain.net.RunFor(seconds(1));
    EXPECT_EQ(chain.net.State(chain.routers[3]).phase, MemberPhase::LEFT);
    EXPECT_EQ(chain.net.State(chain.routers[0]).routes.Find(MakeName(4)), nullptr);
}

/** Three routers; process a at the first, process b at one of the others. */
class Sessions
{
  public:
    explicit Sessions(std::shared_ptr<const LocationPolicy> location,
                      std::shared_ptr<const DirectoryPolicy> directory =
                          std::make_shared<ServerDirectory>(MakeName(4)))
    {
        LayerPolicies policies;
        policies.location = std::move(location);
        policies.directory = std::move(directory);
        for (uint16_t i = 0; i < 4; ++i)
        {
            members.push_back(net.Add(LayerParameters(), policies));
            if (i == 0)
            {
                net.Do(members[0], BootstrapEvent{MakeName(1), 16});
            }
            else
            {
                net.Connect(members[i - 1], members[i]);
                net.Do(members[i], JoinEvent{MakeName(static_cast<uint16_t>(i + 1))});
            }
            net.RunFor(seconds(1));
        }
        net.Do(members[0], RegisterEvent{"a"});
        net.Do(members[1], RegisterEvent{"b"});
        net.RunFor(seconds(1));
        OpenSessionEvent open;
        open.process = "a";
        open.peer = "b";
        net.Do(members[0], open);
        net.RunFor(seconds(1));
        here = net.Notices<SessionOpenedNotice>(members[0]).at(0).session;
        there = net.Notices<SessionOpenedNotice>(members[1]).at(0).session;
    }

    void MoveB(std::size_t from, std::size_t to)
    {
        net.Do(members[from], ExportEvent{"b"});
        image = net.Notices<ExportedNotice>(members[from]).back().image;
        net.Do(members[to], ImportEvent{image});
    }

    /** Sends from a to b every 100 ms for a while; how many of them \p to got. */
    std::size_t Exchange(std::size_t to, int count = 30)
    {
        const std::size_t before = net.Deliveries(members[to]).size();
        for (int i = 0; i < count; ++i)
        {
            SendEvent send;
            send.session = here;
            send.message = {1, 2, 3};
            net.Do(members[0], send);
            net.RunFor(milliseconds(100));
        }
        return net.Deliveries(members[to]).size() - before;
    }

    CheckedNet net;
    std::vector<MemberNet::Index> members;
    uint32_t here{0};
    uint32_t there{0};
    Bytes image;
};

TEST(SessionManager, MessagesReachTheProcessThatTheDirectoryNames)
{
    Sessions sessions(std::make_shared<StayAtLocation>());
    EXPECT_EQ(sessions.Exchange(1, 5), 5U);
    SendEvent back;
    back.session = sessions.there;
    back.message = {9};
    sessions.net.Do(sessions.members[1], back);
    sessions.net.RunFor(seconds(1));
    ASSERT_EQ(sessions.net.Deliveries(sessions.members[0]).size(), 1U);
    EXPECT_EQ(sessions.net.Deliveries(sessions.members[0])[0].message, Bytes{9});
    EXPECT_EQ(sessions.net.Deliveries(sessions.members[0])[0].hops, 1);
}

TEST(SessionManager, EveryDirectoryFindsTheProcess)
{
    const std::vector<std::shared_ptr<const DirectoryPolicy>> directories{
        std::make_shared<ReplicatedDirectory>(),
        std::make_shared<ServerDirectory>(MakeName(1)),
        std::make_shared<HashedDirectory>()};
    for (const auto& directory : directories)
    {
        Sessions sessions(std::make_shared<StayAtLocation>(), directory);
        EXPECT_EQ(sessions.Exchange(1, 3), 3U) << directory->Name();
    }
}

TEST(SessionManager, ToldPeerSendsToTheNewLocationWithoutLoss)
{
    Sessions sessions(std::make_shared<TellPeerAndDirectory>());
    sessions.net.ClearWrites();
    sessions.MoveB(1, 2);
    sessions.net.RunFor(seconds(1));
    EXPECT_EQ(sessions.Exchange(2), 30U);
    const MemberState& peer = sessions.net.State(sessions.members[0]);
    EXPECT_EQ(peer.sessions.Find(sessions.here)->peerLocation, MakeName(3));
    EXPECT_EQ(sessions.net.State(sessions.members[3]).locations.Find("b")->member, MakeName(3));
    EXPECT_FALSE(sessions.net.Writes().empty());
    for (const WriteRecord& write : sessions.net.Writes())
    {
        EXPECT_EQ(OwnerOf(write.table), MobilityKind::LOCATION);
    }
}

TEST(SessionManager, UntoldPeerRecoversByLookingUp)
{
    Sessions sessions(std::make_shared<LookUpOnRecovery>());
    sessions.MoveB(1, 2);
    const std::size_t arrived = sessions.Exchange(2);
    EXPECT_GT(arrived, 15U);
    EXPECT_LT(arrived, 30U);
    EXPECT_EQ(sessions.net.Carried(PduType::SESSION_MOVED), 0U);
}

TEST(SessionManager, RendezvousPassesTheNewsOn)
{
    Sessions sessions(std::make_shared<TellByRendezvous>(MakeName(4)));
    sessions.MoveB(1, 2);
    sessions.net.RunFor(seconds(1));
    EXPECT_EQ(sessions.Exchange(2), 30U);
    EXPECT_GT(sessions.net.Carried(PduType::RELAY), 0U);
}

TEST(SessionManager, BothEndsMovingAtOnceNeedADirectory)
{
    for (const bool directory : {true, false})
    {
        std::shared_ptr<const LocationPolicy> policy = std::make_shared<TellPeerAndDirectory>();
        if (!directory)
        {
            policy = std::make_shared<TellPeerOnly>();
        }
        Sessions sessions(policy);
        MemberNet& net = sessions.net;
        net.Do(sessions.members[0], ExportEvent{"a"});
        const Bytes a = net.Notices<ExportedNotice>(sessions.members[0]).back().image;
        sessions.MoveB(1, 2);
        net.Do(sessions.members[3], ImportEvent{a});
        net.RunFor(seconds(20));
        const SessionEntry* end = net.State(sessions.members[3]).sessions.Find(sessions.here);
        const SessionEntry* other = net.State(sessions.members[2]).sessions.Find(sessions.there);
        ASSERT_NE(end, nullptr);
        ASSERT_NE(other, nullptr);
        EXPECT_EQ(end->peerLocation == MakeName(3), directory);
        EXPECT_EQ(other->peerLocation == MakeName(4), directory);
    }
}

TEST(SessionManager, MovedProcessLosesItsSessionsWithoutLocationMobility)
{
    Sessions sessions(std::make_shared<StayAtLocation>());
    sessions.MoveB(1, 2);
    EXPECT_EQ(sessions.Exchange(2), 0U);
    ASSERT_FALSE(sessions.net.Notices<SessionEndedNotice>(sessions.members[2]).empty());
}

TEST(SessionManager, EveryTruncationOfAnImageIsRefusedOrTakenWithoutHarm)
{
    Sessions sessions(std::make_shared<TellPeerAndDirectory>());
    sessions.MoveB(1, 2);
    for (std::size_t size = 0; size < sessions.image.size(); ++size)
    {
        MemberState state = sessions.net.State(sessions.members[3]);
        Effects effects = MemberMachine(LayerParameters(), LayerPolicies())
                              .Step(state,
                                    ImportEvent{ByteView(sessions.image).Sub(0, size).ToBytes()},
                                    sessions.net.Now());
        EXPECT_TRUE(state.sessions.empty()) << size;
        EXPECT_FALSE(effects.notices.empty()) << size;
    }
}

} // namespace
} // namespace strata
} // namespace ns3

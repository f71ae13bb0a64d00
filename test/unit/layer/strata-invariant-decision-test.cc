// SPDX-License-Identifier: GPL-2.0-only

#include "strata-checked-net.h"

#include <random>

namespace ns3
{
namespace strata
{
namespace
{

using std::chrono::milliseconds;
using std::chrono::seconds;

/**
 * Routers 1 to 4 in a ring; leaves at 1 and, away from home, at 3; process "a" at 1 in a session
 * with "b" at 3, by a replicated directory.
 */
class SmallLayer
{
  public:
    explicit SmallLayer(std::shared_ptr<const RoutingPolicy> routing = nullptr,
                        std::shared_ptr<const AttachmentPolicy> attachment = nullptr)
    {
        if (routing)
        {
            policies.routing = std::move(routing);
        }
        policies.attachment = attachment ? std::move(attachment) : std::make_shared<TellEveryone>();
        policies.location = std::make_shared<TellPeerAndDirectory>();
        for (uint16_t i = 0; i < 4; ++i)
        {
            routers.push_back(net.Add(LayerParameters(), policies));
            if (i == 0)
            {
                net.Do(routers[0], BootstrapEvent{MakeName(1), 16});
                continue;
            }
            net.Connect(routers[i - 1], routers[i]);
            net.Do(routers[i], JoinEvent{MakeName(static_cast<uint16_t>(i + 1))});
            net.RunFor(seconds(1));
        }
        net.Connect(routers[3], routers[0]);
        for (std::size_t i = 0; i < 2; ++i)
        {
            LayerParameters parameters;
            parameters.role = MemberRole::LEAF;
            leaves.push_back(net.Add(parameters, policies));
            access.push_back(net.Connect(leaves[i], routers[0]).first);
            net.Do(leaves[i], JoinEvent{});
            net.RunFor(seconds(1));
        }
        net.Cut(leaves[1], access[1]);
        access[1] = net.Connect(leaves[1], routers[2]).first;
        net.Do(routers[0], RegisterEvent{"a"});
        net.Do(routers[2], RegisterEvent{"b"});
        net.RunFor(seconds(1));
        OpenSessionEvent open;
        open.process = "a";
        open.peer = "b";
        net.Do(routers[0], open);
        net.RunFor(seconds(10));
    }

    CheckedNet net;
    LayerPolicies policies;
    std::vector<MemberNet::Index> routers;
    std::vector<MemberNet::Index> leaves;
    std::vector<PortId> access;
};

std::set<InvariantRule>
Rules(const Violations& violations)
{
    std::set<InvariantRule> rules;
    for (const Violation& violation : violations)
    {
        rules.insert(violation.rule);
    }
    return rules;
}

/** A layer whose states are copies, to be spoilt. */
class SeededViolation : public testing::Test
{
  protected:
    SeededViolation()
    {
        const LayerSnapshot truth = layer.net.Snapshot();
        for (const LayerSnapshot::Member& member : truth.members)
        {
            states.push_back(*member.state);
        }
        snapshot = truth;
        for (std::size_t i = 0; i < states.size(); ++i)
        {
            snapshot.members[i].state = &states[i];
        }
    }

    AttachmentRight Attachment(std::size_t i)
    {
        return AttachmentRight(states[i], states[i].name, WriteCause::ROUTING);
    }

    LocationRight Location(std::size_t i)
    {
        return LocationRight(states[i], states[i].name, WriteCause::SESSION_USE);
    }

    /** The rules that member \p i breaks by itself. */
    std::set<InvariantRule> Of(std::size_t i) const
    {
        return Rules(CheckMember(states[i], layer.net.State(i).name));
    }

    std::set<InvariantRule> AtRest() const
    {
        return Rules(CheckAtRest(snapshot));
    }

    using Only = std::set<InvariantRule>;

    SmallLayer layer;
    std::vector<MemberState> states;
    LayerSnapshot snapshot;
};

TEST_F(SeededViolation, NoneIsFoundInALayerThatNobodySpoilt)
{
    for (std::size_t i = 0; i < states.size(); ++i)
    {
        EXPECT_TRUE(Of(i).empty());
    }
    EXPECT_TRUE(AtRest().empty());
    EXPECT_GT(layer.net.Audit().GetChecked(), 20U);
    EXPECT_EQ(snapshot.wires.size(), 6U);
    EXPECT_EQ(states[0].sessions.size(), 1U);
}

TEST_F(SeededViolation, AMemberThatLosesOrChangesItsName)
{
    states[1].name = NO_NAME;
    EXPECT_EQ(Of(1).count(InvariantRule::NAME), 1U);
    states[1].name = MakeName(9);
    EXPECT_EQ(Of(1), Only{InvariantRule::NAME});
}

TEST_F(SeededViolation, ARegistrationThatCountsOtherPorts)
{
    AttachmentEntry entry = *states[0].attachments.Find(0U);
    ++entry.ports;
    Attachment(0).Set(states[0].attachments, 0, entry);
    EXPECT_EQ(Of(0), Only{InvariantRule::ATTACHMENT});
    Attachment(0).Erase(states[0].attachments, 0);
    EXPECT_EQ(Of(0), Only{InvariantRule::ATTACHMENT});
}

TEST_F(SeededViolation, ALinkOverNoPort)
{
    LinkEntry link;
    link.neighbor = MakeName(2);
    Attachment(0).Set(states[0].links, 999, link);
    EXPECT_EQ(Of(0), Only{InvariantRule::LINK});
}

TEST_F(SeededViolation, ALinkToOneself)
{
    const PortId port = states[1].links.begin()->first;
    LinkEntry link = states[1].links.begin()->second;
    link.neighbor = states[1].name;
    Attachment(1).Set(states[1].links, port, link);
    EXPECT_EQ(Of(1).count(InvariantRule::LINK), 1U);
}

TEST_F(SeededViolation, ALinkOfOneThatIsNoMember)
{
    states[1].phase = MemberPhase::LEFT;
    EXPECT_EQ(Of(1).count(InvariantRule::LINK), 1U);
}

TEST_F(SeededViolation, ARouteOverADeadLink)
{
    Route route = *states[0].routes.Find(MakeName(3));
    route.port = 999;
    Attachment(0).Set(states[0].routes, route);
    EXPECT_EQ(Of(0), Only{InvariantRule::ROUTE});
    EXPECT_EQ(AtRest(), Only{InvariantRule::ROUTE_END});
}

TEST_F(SeededViolation, ARouteToAnotherThanTheNeighbour)
{
    Route route = *states[0].routes.Find(MakeName(3));
    route.nextHop = MakeName(7);
    Attachment(0).Set(states[0].routes, route);
    EXPECT_EQ(Of(0), Only{InvariantRule::ROUTE});
}

TEST_F(SeededViolation, ALeafThatIsRegisteredWithoutALink)
{
    LeafEntry entry;
    entry.record = AttachmentRecord{MakeName(1, 0, 0, 77), 1, MakeName(2), 0};
    Attachment(1).Set(states[1].leaves, entry.record.leaf, entry);
    EXPECT_EQ(Of(1), Only{InvariantRule::LEAF});
}

TEST_F(SeededViolation, ALeafThatIsRegisteredWithoutARoute)
{
    const MemberName leaf = states[layer.leaves[0]].name;
    Attachment(0).Erase(states[0].routes, RouteKey{NameBlock::Host(leaf), RouteOrigin::ATTACHMENT});
    EXPECT_EQ(Of(0), Only{InvariantRule::LEAF});
}

TEST_F(SeededViolation, ARouteToALeafThatHasGone)
{
    const MemberName leaf = states[layer.leaves[1]].name;
    Attachment(1).Modify(states[1].leaves, leaf, [](LeafEntry& e) { e.record.withdrawn = 1; });
    EXPECT_EQ(Of(1), Only{InvariantRule::WITHDRAWN});
}

TEST_F(SeededViolation, ASessionOfAProcessThatIsElsewhere)
{
    states[0].processes.erase("a");
    EXPECT_EQ(Of(0), Only{InvariantRule::SESSION});
}

TEST_F(SeededViolation, ASessionThatIsOpenToNowhere)
{
    const uint32_t session = states[0].sessions.begin()->first;
    Location(0).Modify(states[0].sessions, session, [](SessionEntry& e) {
        e.peerLocation = NO_NAME;
    });
    EXPECT_EQ(Of(0), Only{InvariantRule::SESSION});
}

TEST_F(SeededViolation, ASessionWithoutItsUseAndAUseWithoutItsSession)
{
    states[0].uses.clear();
    EXPECT_EQ(Of(0).count(InvariantRule::SESSION_USE), 1U);
    Location(2).Clear(states[2].sessions);
    EXPECT_EQ(Of(2), Only{InvariantRule::SESSION_USE});
}

TEST_F(SeededViolation, ADeadlineOfNothingAndOneThatIsSlept)
{
    states[0].requestTimers.Set(12345, seconds(100));
    states[0].wake = seconds(100);
    EXPECT_EQ(Of(0), Only{InvariantRule::DEADLINE});
    states[1].leafTimers.Set(states[layer.leaves[1]].name, seconds(5));
    EXPECT_EQ(Of(1), Only{InvariantRule::DEADLINE});
    states[2].pending[7] = PendingRequest();
    EXPECT_EQ(Of(2), Only{InvariantRule::DEADLINE});
    states[3].pending[7] = PendingRequest();
    states[3].requestTimers.Set(7, seconds(100));
    EXPECT_EQ(Of(3), Only{InvariantRule::DEADLINE});
    states[3].wake = seconds(99);
    EXPECT_EQ(Of(3), Only{}) << "to wake early is no harm";
}

TEST_F(SeededViolation, TwoMembersOfOneName)
{
    states[1].name = states[0].name;
    EXPECT_EQ(AtRest().count(InvariantRule::NAME_UNIQUE), 1U);
}

TEST_F(SeededViolation, ALinkThatOnlyOneEndKnows)
{
    const PortId port = states[1].links.begin()->first;
    Attachment(1).Erase(states[1].links, port);
    EXPECT_EQ(AtRest(), Only{InvariantRule::LINK_ENDS});
}

TEST_F(SeededViolation, ALinkWithoutAWireIsBrokenAtBothEnds)
{
    snapshot.wires.erase(snapshot.wires.begin());
    EXPECT_EQ(AtRest().count(InvariantRule::LINK_ENDS), 1U);
}

TEST_F(SeededViolation, ALinkOverAnUnderlayThatOneEndLeft)
{
    Attachment(1).Erase(states[1].attachments, 0);
    EXPECT_EQ(AtRest(), Only{InvariantRule::LINK_ENDS});
}

TEST_F(SeededViolation, ADirectoryThatNamesAnotherPlace)
{
    Location(3).Set(states[3].locations, "b", LocationRecord{"b", 9, MakeName(2), 0});
    EXPECT_EQ(AtRest(), Only{InvariantRule::DIRECTORY});
}

TEST_F(SeededViolation, AReplicaThatIsBehind)
{
    Location(3).Erase(states[3].locations, "b");
    EXPECT_EQ(AtRest(), Only{InvariantRule::DIRECTORY});
    snapshot.replicated = false;
    EXPECT_EQ(AtRest(), Only{});
}

TEST_F(SeededViolation, ASessionThatLooksForItsPeerElsewhere)
{
    const uint32_t session = states[0].sessions.begin()->first;
    Location(0).Modify(states[0].sessions, session, [](SessionEntry& e) {
        e.peerLocation = MakeName(2);
    });
    EXPECT_EQ(AtRest(), Only{InvariantRule::SESSION_PEER});
}

TEST_F(SeededViolation, RoutersThatSendAPduToEachOther)
{
    const MemberName leaf = states[layer.leaves[1]].name;
    for (const auto& [here, there] : {std::pair(0, 1), std::pair(1, 0)})
    {
        Route route = *states[here].routes.Find(states[there].name);
        route.block = NameBlock::Host(leaf);
        route.origin = RouteOrigin::ATTACHMENT;
        Attachment(here).Set(states[here].routes, route);
        EXPECT_TRUE(Of(here).empty()) << "each member for itself is right";
    }
    EXPECT_EQ(AtRest(), Only{InvariantRule::ROUTE_LOOP});
}

TEST_F(SeededViolation, ALeafThatIsNotFoundFromAfar)
{
    const MemberName leaf = states[layer.leaves[1]].name;
    Attachment(2).Erase(states[2].routes, RouteKey{NameBlock::Host(leaf), RouteOrigin::ATTACHMENT});
    const auto rules = AtRest();
    EXPECT_TRUE(rules.count(InvariantRule::ROUTE_LOOP) + rules.count(InvariantRule::ROUTE_END) > 0);
}

TEST(Invariants, ARuleHasANameAndAViolationATextForPeople)
{
    std::set<std::string> names;
    for (int i = 0; i < static_cast<int>(InvariantRule::COUNT_); ++i)
    {
        names.insert(InvariantRuleName(static_cast<InvariantRule>(i)));
    }
    EXPECT_EQ(names.size(), static_cast<std::size_t>(InvariantRule::COUNT_));
    EXPECT_STREQ(InvariantRuleName(InvariantRule::COUNT_), "unknown");
    EXPECT_EQ(FormatViolation({InvariantRule::ROUTE, MakeName(3, 1), "port 4 has no link"},
                              NameScheme::HIERARCHICAL),
              "member 3.1 breaks route: port 4 has no link");
}

TEST(Invariants, WhoWasOnlyToldWhileBothEndsMovedIsFoundLost)
{
    SmallLayer layer;
    MemberNet net; // each step is right; the design is what fails
    LayerPolicies policies;
    policies.location = std::make_shared<TellPeerOnly>();
    for (uint16_t i = 0; i < 4; ++i)
    {
        net.Add(LayerParameters(), policies);
        if (i == 0)
        {
            net.Do(0, BootstrapEvent{MakeName(1), 16});
            continue;
        }
        net.Connect(i - 1U, i);
        net.Do(i, JoinEvent{MakeName(static_cast<uint16_t>(i + 1))});
        net.RunFor(seconds(1));
    }
    net.Do(0, RegisterEvent{"a"});
    net.Do(1, RegisterEvent{"b"});
    net.RunFor(seconds(1));
    OpenSessionEvent open;
    open.process = "a";
    open.peer = "b";
    net.Do(0, open);
    net.RunFor(seconds(1));
    net.Do(0, ExportEvent{"a"});
    net.Do(1, ExportEvent{"b"});
    net.Do(2, ImportEvent{net.Notices<ExportedNotice>(0).back().image});
    net.Do(3, ImportEvent{net.Notices<ExportedNotice>(1).back().image});
    net.RunFor(seconds(60));
    EXPECT_TRUE(net.Broken().empty());
    EXPECT_EQ(Rules(CheckAtRest(net.Snapshot())).count(InvariantRule::SESSION_PEER), 1U);
}

TEST(Invariants, OfTooManyPairsOfEndsAFewAreFollowed)
{
    SmallLayer layer;
    LayerSnapshot snapshot = layer.net.Snapshot();
    MemberState spoilt = layer.net.State(0);
    AttachmentRight(spoilt, spoilt.name, WriteCause::ROUTING).Clear(spoilt.routes);
    snapshot.members[0].state = &spoilt;
    const std::size_t all = CheckAtRest(snapshot).size();
    snapshot.maxTraces = 6;
    EXPECT_LT(CheckAtRest(snapshot).size(), all);
    snapshot.maxTraces = 0;
    EXPECT_LT(CheckAtRest(snapshot).size(), all);
}

TEST(Invariants, AnEmptyLayerIsRight)
{
    EXPECT_TRUE(CheckAtRest(LayerSnapshot()).empty());
    EXPECT_TRUE(CheckMember(MemberState()).empty());
}

class HostileNeighbour : public testing::TestWithParam<const char*>
{
  protected:
    static std::unique_ptr<SmallLayer> Make()
    {
        const std::string design = GetParam();
        if (design == "anchor")
        {
            return std::make_unique<SmallLayer>(std::make_shared<AnchorRouting>(),
                                                std::make_shared<TellHome>());
        }
        if (design == "resolver")
        {
            return std::make_unique<SmallLayer>(std::make_shared<ResolverRouting>(),
                                                std::make_shared<TellHome>());
        }
        if (design == "learn")
        {
            return std::make_unique<SmallLayer>(std::make_shared<LearningRouting>(),
                                                std::make_shared<TellPath>());
        }
        return std::make_unique<SmallLayer>();
    }

    /** A PDU of any type whose names, numbers and processes are those of the layer, at random. */
    Pdu Forge(const SmallLayer& layer)
    {
        const auto name = [&] { return layer.net.State(random() % layer.net.Size()).name; };
        const auto number = [&] { return static_cast<uint32_t>(random() % 6); };
        const auto session = [&]() -> uint32_t {
            const MemberState& state = layer.net.State(0);
            return state.sessions.empty() ? 0 : state.sessions.begin()->first;
        };
        const auto bit = [&] { return static_cast<uint8_t>(random() % 2); };
        const auto process = [&] { return std::string(1, static_cast<char>('a' + random() % 3)); };
        const auto attachment = [&] { return AttachmentRecord{name(), number(), name(), bit()}; };
        const auto location = [&] { return LocationRecord{process(), number(), name(), bit()}; };
        Pdu pdu;
        switch (random() % 14)
        {
        case 0: {
            HelloBody body;
            body.role = bit() ? MemberRole::LEAF : MemberRole::ROUTER;
            body.flags = static_cast<uint8_t>(random() % 4);
            body.treeRoot = name();
            body.treeDistance = static_cast<uint16_t>(number());
            body.treeParent = name();
            body.holdTime = static_cast<uint16_t>(bit() * 1000);
            pdu.body = body;
            break;
        }
        case 1: {
            EnrollRequestBody body;
            body.transaction = number();
            body.role = bit() ? MemberRole::LEAF : MemberRole::ROUTER;
            body.reattach = bit();
            body.name = bit() ? name() : NO_NAME;
            body.sequence = number();
            body.layerName = "layer";
            pdu.body = body;
            break;
        }
        case 2:
            pdu.body = EnrollAcceptBody{number(), name(), 64};
            break;
        case 3: {
            LeaveBody body;
            body.name = name();
            body.sequence = number();
            pdu.body = body;
            break;
        }
        case 4: {
            LinkStateBody body;
            LinkStatePart record;
            record.origin = name();
            record.sequence = number() * 10;
            record.withdrawn = bit();
            record.blockLength = 16;
            record.total = static_cast<uint16_t>(1 + bit());
            record.first = static_cast<uint16_t>(bit());
            record.neighbors.push_back({name(), 1 + number()});
            body.records.push_back(record);
            pdu.body = body;
            break;
        }
        case 5: {
            AttachmentBody body;
            body.records.push_back(attachment());
            pdu.body = body;
            break;
        }
        case 6: {
            LocationBody body;
            body.records.push_back(location());
            pdu.body = body;
            break;
        }
        case 7: {
            ResolvedBody body;
            body.transaction = number();
            body.kind = bit() ? ResolveKind::ATTACHMENT : ResolveKind::LOCATION;
            body.found = bit();
            body.attachment = attachment();
            body.location = location();
            pdu.body = body;
            break;
        }
        case 8: {
            SessionOpenBody body;
            body.session = number();
            body.source = process();
            body.destination = process();
            pdu.body = body;
            break;
        }
        case 9:
            pdu.body = SessionAcceptBody{session(), number(), number()};
            break;
        case 10: {
            SessionMovedBody body;
            body.session = session();
            body.peerSession = number();
            body.location = location();
            pdu.body = body;
            break;
        }
        case 11: {
            SessionDataBody body;
            body.session = session();
            body.segment = Bytes(random() % 20, bit());
            pdu.body = body;
            break;
        }
        case 12: {
            AnnounceBody body;
            body.attachment = attachment();
            pdu.body = body;
            pdu.header.destination = body.attachment.leaf;
            pdu.header.source = body.attachment.leaf;
            break;
        }
        default: {
            SessionCloseBody body;
            body.session = session();
            pdu.body = body;
            break;
        }
        }
        pdu.header.layer = 1;
        pdu.header.hopLimit = static_cast<uint8_t>(1 + random() % 10);
        pdu.header.type = PduTypeOf(pdu.body);
        if (pdu.header.source == NO_NAME)
        {
            pdu.header.source = name();
            pdu.header.destination = bit() ? NO_NAME : name();
        }
        return pdu;
    }

    std::mt19937 random{11};
};

TEST_P(HostileNeighbour, ForgedPdusBreakNoRuleOfAMember)
{
    for (int round = 0; round < 25; ++round)
    {
        const auto layer = Make();
        for (int i = 0; i < 300; ++i)
        {
            const std::size_t victim = random() % layer->net.Size();
            const MemberState& state = layer->net.State(victim);
            if (state.ports.empty())
            {
                continue;
            }
            Bytes bytes;
            ByteWriter writer(bytes);
            Forge(*layer).Encode(writer);
            const auto port =
                std::next(state.ports.begin(), static_cast<long>(random() % state.ports.size()));
            layer->net.Do(victim, PduEvent{port->first, bytes});
            layer->net.RunFor(milliseconds(random() % 200));
            if (!layer->net.Broken().empty())
            {
                return; // the net reports it
            }
        }
    }
}

TEST_P(HostileNeighbour, PortsThatComeAndGoBreakNoRuleOfAMember)
{
    for (int round = 0; round < 25; ++round)
    {
        const auto layer = Make();
        CheckedNet& net = layer->net;
        std::vector<std::pair<std::size_t, PortId>> ends;
        for (int i = 0; i < 60; ++i)
        {
            const std::size_t a = random() % net.Size();
            const std::size_t b = random() % net.Size();
            if (random() % 2 == 0 && a != b)
            {
                ends.emplace_back(a, net.Connect(a, b).first);
            }
            else if (!ends.empty())
            {
                const auto& [member, port] = ends[random() % ends.size()];
                net.Cut(member, port, random() % 4 != 0);
            }
            net.Do(a, PortUpEvent{7000}); // again and again, as if a provider stuttered
            net.RunFor(milliseconds(random() % 300));
            if (!net.Broken().empty())
            {
                return;
            }
        }
    }
}

INSTANTIATE_TEST_SUITE_P(Designs,
                         HostileNeighbour,
                         testing::Values("flood", "anchor", "resolver", "learn"),
                         [](const auto& info) { return std::string(info.param); });

} // namespace
} // namespace strata
} // namespace ns3

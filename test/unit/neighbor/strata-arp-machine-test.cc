// SPDX-License-Identifier: GPL-2.0-only

#include "ns3/strata-arp-machine.h"
#include "ns3/strata-hash.h"

#include <gtest/gtest.h>

using namespace ns3::strata;
using std::chrono::milliseconds;
using std::chrono::seconds;

namespace
{

constexpr MacBytes ME{2, 0, 0, 0, 0, 1};
constexpr MacBytes BOB{2, 0, 0, 0, 0, 2};
constexpr MacBytes EVE{2, 0, 0, 0, 0, 0xee};
constexpr MacBytes NOBODY{};
constexpr uint32_t MY_IP = 0x0a000001;
constexpr uint32_t BOB_IP = 0x0a000002;
constexpr uint32_t EVE_IP = 0x0a0000ee;

ArpMessage
RequestFrom(const MacBytes& hardware, uint32_t sender, uint32_t target)
{
    return ArpMessage::Request(hardware, sender, target);
}

ArpMessage
ReplyFrom(const MacBytes& hardware, uint32_t sender)
{
    return {ArpOperation::REPLY, hardware, sender, ME, MY_IP};
}

/** The effects of one kind, in order. */
template <class T>
std::vector<T>
Only(const ArpEffects& effects)
{
    std::vector<T> found;
    for (const ArpEffect& effect : effects)
    {
        if (const T* one = std::get_if<T>(&effect))
        {
            found.push_back(*one);
        }
    }
    return found;
}

template <class T>
bool
Has(const ArpEffects& effects)
{
    return !Only<T>(effects).empty();
}

class ArpMachineTest : public testing::Test
{
  protected:
    ArpMachineTest()
    {
        state.hardware = ME;
        state.addresses = {{MY_IP, 24}};
    }

    ArpEffects Receive(const ArpMessage& message, bool proxyTarget = false)
    {
        return arp.Receive(state, message, proxyTarget, now);
    }

    ArpEffects Resolve(uint32_t address, uint64_t packet)
    {
        return arp.Resolve(state, address, packet, now);
    }

    /** Goes to the next deadline and does what is due. */
    ArpEffects Next()
    {
        now = ArpMachine::NextDeadline(state);
        return arp.Expire(state, now, random);
    }

    ArpEntryState StateOf(uint32_t address) const
    {
        return state.entries.at(address).state;
    }

    /** An entry that was asked for and answered. */
    void MakeReachable(uint32_t address, const MacBytes& hardware)
    {
        arp.Resolve(state, address, {}, now);
        Receive(ReplyFrom(hardware, address));
    }

    ArpParameters parameters;
    ArpMachine arp{parameters};
    ArpState state;
    Nanos now{seconds(100)};
    UniformRandom random = [] { return 0.5; };
};

} // namespace

// ---- RFC 826, packet reception ----------------------------------------------------------------

TEST_F(ArpMachineTest, UpdatesAKnownSenderWhateverTheTarget)
{
    MakeReachable(BOB_IP, BOB);
    Receive(RequestFrom(EVE, BOB_IP, EVE_IP));
    EXPECT_EQ(state.entries.at(BOB_IP).hardware, EVE);
}

TEST_F(ArpMachineTest, AddsAnUnknownSenderOnlyIfItIsTheTarget)
{
    Receive(RequestFrom(EVE, EVE_IP, BOB_IP));
    EXPECT_EQ(state.entries.count(EVE_IP), 0u);
    Receive(RequestFrom(BOB, BOB_IP, MY_IP));
    EXPECT_EQ(state.entries.at(BOB_IP).hardware, BOB);
    EXPECT_EQ(StateOf(BOB_IP), ArpEntryState::REACHABLE);
}

TEST_F(ArpMachineTest, AnswersARequestForItsAddressWithSwappedFields)
{
    const auto sent = Only<ArpTransmit>(Receive(RequestFrom(BOB, BOB_IP, MY_IP)));
    ASSERT_EQ(sent.size(), 1u);
    EXPECT_EQ(sent[0].to, BOB);
    EXPECT_EQ(sent[0].message, (ArpMessage{ArpOperation::REPLY, ME, MY_IP, BOB, BOB_IP}));
    EXPECT_FALSE(Has<ArpTransmit>(Receive(RequestFrom(BOB, BOB_IP, EVE_IP))));
    EXPECT_FALSE(Has<ArpTransmit>(Receive(ReplyFrom(BOB, BOB_IP))));
}

TEST_F(ArpMachineTest, LooksAtTheOperationLast)
{
    ArpMessage message = RequestFrom(BOB, BOB_IP, MY_IP);
    message.operation = static_cast<ArpOperation>(9);
    const ArpEffects effects = Receive(message);
    EXPECT_EQ(state.entries.at(BOB_IP).hardware, BOB);
    EXPECT_FALSE(Has<ArpTransmit>(effects));
    EXPECT_EQ(Only<ArpMessageDrop>(effects)[0].reason, ArpDropReason::UNKNOWN_OPERATION);
}

TEST_F(ArpMachineTest, LearnsFromAllOrFromNobodyWhenToldSo)
{
    parameters.learning = ArpLearning::ALL;
    Receive(RequestFrom(EVE, EVE_IP, BOB_IP));
    EXPECT_EQ(state.entries.at(EVE_IP).hardware, EVE);
    parameters.learning = ArpLearning::SOLICITED;
    Receive(RequestFrom(BOB, BOB_IP, MY_IP));
    EXPECT_EQ(state.entries.count(BOB_IP), 0u);
    MakeReachable(BOB_IP, BOB);
    EXPECT_EQ(StateOf(BOB_IP), ArpEntryState::REACHABLE);
}

TEST_F(ArpMachineTest, RefusesSendersThatCannotBeHosts)
{
    const auto reason = [this](const ArpMessage& message) {
        const auto drops = Only<ArpMessageDrop>(Receive(message));
        return drops.empty() ? ArpDropReason::QUEUE_FULL : drops[0].reason;
    };
    EXPECT_EQ(reason(RequestFrom(ME, MY_IP, BOB_IP)), ArpDropReason::OWN_HARDWARE);
    EXPECT_EQ(reason(ReplyFrom(BROADCAST_MAC, BOB_IP)), ArpDropReason::SENDER_HARDWARE);
    EXPECT_EQ(reason(ReplyFrom({1, 0, 0x5e, 0, 0, 1}, BOB_IP)), ArpDropReason::SENDER_HARDWARE);
    EXPECT_EQ(reason(ReplyFrom(NOBODY, BOB_IP)), ArpDropReason::SENDER_HARDWARE);
    EXPECT_EQ(reason(ReplyFrom(BOB, 0)), ArpDropReason::SENDER_PROTOCOL);
    EXPECT_EQ(reason(ReplyFrom(BOB, 0x7f000001)), ArpDropReason::SENDER_PROTOCOL);
    EXPECT_EQ(reason(ReplyFrom(BOB, 0xe0000001)), ArpDropReason::SENDER_PROTOCOL);
    EXPECT_EQ(reason(ReplyFrom(BOB, 0xffffffff)), ArpDropReason::SENDER_PROTOCOL);
    EXPECT_TRUE(state.entries.empty());
}

// ---- RFC 1122 section 2.3.2 -------------------------------------------------------------------

TEST_F(ArpMachineTest, AsksByBroadcastAndSendsWhatWaitedInOrder)
{
    const ArpEffects asked = Resolve(BOB_IP, 1);
    EXPECT_EQ(Only<ArpTransmit>(asked),
              (std::vector<ArpTransmit>{
                  {BROADCAST_MAC, {ArpOperation::REQUEST, ME, MY_IP, NOBODY, BOB_IP}}}));
    EXPECT_TRUE(Resolve(BOB_IP, 2).empty());
    EXPECT_EQ(Receive(ReplyFrom(BOB, BOB_IP)),
              (ArpEffects{ArpMap{BOB_IP, BOB, false}, ArpRelease{BOB_IP, BOB, {1, 2}}}));
    EXPECT_EQ(state.pending, 0u);
}

TEST_F(ArpMachineTest, ARequestOfTheHostThatIsAskedForResolvesIt)
{
    Resolve(BOB_IP, 1);
    EXPECT_TRUE(Has<ArpRelease>(Receive(RequestFrom(BOB, BOB_IP, EVE_IP))));
}

TEST_F(ArpMachineTest, AsksWithTheAddressOfTheTargetsNetwork)
{
    state.addresses.push_back({0x0b000001, 8});
    const auto source = [this](uint32_t target) {
        return Only<ArpTransmit>(Resolve(target, 1)).at(0).message.senderProtocol;
    };
    EXPECT_EQ(source(0x0b010203), 0x0b000001u);
    EXPECT_EQ(source(BOB_IP), MY_IP);
    EXPECT_EQ(source(0x0c000001), MY_IP);
}

TEST_F(ArpMachineTest, HoldsTheFirstRequestBackForTheJitter)
{
    EXPECT_FALSE(Has<ArpTransmit>(arp.Resolve(state, BOB_IP, 1, now, milliseconds(7))));
    const Nanos start = now;
    EXPECT_TRUE(Has<ArpTransmit>(Next()));
    EXPECT_EQ(now, start + milliseconds(7));
}

TEST_F(ArpMachineTest, GivesUpAfterItsRequestsAndReportsThePackets)
{
    const Nanos start = now;
    Resolve(BOB_IP, 1);
    Resolve(BOB_IP, 2);
    EXPECT_EQ(Only<ArpTransmit>(Next()).size(), 1u);
    EXPECT_EQ(now, start + seconds(1));
    EXPECT_EQ(Only<ArpTransmit>(Next()).size(), 1u);
    EXPECT_EQ(Next(), (ArpEffects{ArpUnreachable{BOB_IP, {1, 2}}}));
    EXPECT_EQ(now, start + seconds(3));
    EXPECT_EQ(StateOf(BOB_IP), ArpEntryState::FAILED);
    EXPECT_EQ(Resolve(BOB_IP, 3), (ArpEffects{ArpUnreachable{BOB_IP, {3}}}));
    Next();
    EXPECT_TRUE(state.entries.empty());
    EXPECT_TRUE(Has<ArpTransmit>(Resolve(BOB_IP, 4)));
}

TEST_F(ArpMachineTest, NeverAsksForAnAddressTwiceInASecond)
{
    // A sender that never stops, for a host that never answers.
    parameters.failedTime = Nanos(0);
    std::vector<Nanos> asked;
    const auto note = [&](const ArpEffects& effects) {
        for (std::size_t i = 0; i < Only<ArpTransmit>(effects).size(); ++i)
        {
            asked.push_back(now);
        }
    };
    const Nanos end = now + seconds(60);
    uint64_t packet = 0;
    for (; now < end; now += milliseconds(37))
    {
        note(arp.Expire(state, now, random));
        note(Resolve(BOB_IP, ++packet));
    }
    ASSERT_GT(asked.size(), 30u);
    for (std::size_t i = 1; i < asked.size(); ++i)
    {
        EXPECT_GE(asked[i] - asked[i - 1], seconds(1));
    }
}

TEST_F(ArpMachineTest, AHostThatComesBackIsHeardWhileItCountsAsFailed)
{
    Resolve(BOB_IP, 1);
    Next();
    Next();
    Next();
    ASSERT_EQ(StateOf(BOB_IP), ArpEntryState::FAILED);
    Receive(ArpMessage::Announcement(BOB, BOB_IP));
    EXPECT_EQ(StateOf(BOB_IP), ArpEntryState::REACHABLE);
}

TEST_F(ArpMachineTest, AnUnusedEntryGrowsOldAndGoesWithoutATraceOnTheWire)
{
    const Nanos start = now;
    MakeReachable(BOB_IP, BOB);
    EXPECT_EQ(Next(), (ArpEffects{ArpUnmap{BOB_IP}}));
    EXPECT_EQ(now, start + parameters.reachableTime);
    EXPECT_EQ(StateOf(BOB_IP), ArpEntryState::STALE);
    EXPECT_TRUE(Next().empty());
    EXPECT_TRUE(state.entries.empty());
    EXPECT_EQ(ArpMachine::NextDeadline(state), NEVER);
}

TEST_F(ArpMachineTest, AnOldEntryInUseIsPolledByUnicastAndBelievedMeanwhile)
{
    MakeReachable(BOB_IP, BOB);
    Next();
    const ArpEffects effects = Resolve(BOB_IP, 7);
    EXPECT_EQ(effects,
              (ArpEffects{ArpMap{BOB_IP, BOB, false},
                          ArpRelease{BOB_IP, BOB, {7}},
                          ArpTransmit{BOB, ArpMessage::Request(ME, MY_IP, BOB_IP)}}));
    EXPECT_EQ(StateOf(BOB_IP), ArpEntryState::PROBING);
    Receive(ReplyFrom(BOB, BOB_IP));
    EXPECT_EQ(StateOf(BOB_IP), ArpEntryState::REACHABLE);
}

TEST_F(ArpMachineTest, AnOldEntryWhosePollsAreNotAnsweredIsRemoved)
{
    MakeReachable(BOB_IP, BOB);
    Next();
    Resolve(BOB_IP, 7);
    EXPECT_EQ(Only<ArpTransmit>(Next()).at(0).to, BOB);
    EXPECT_EQ(Next(), (ArpEffects{ArpUnmap{BOB_IP}}));
    EXPECT_TRUE(state.entries.empty());
    EXPECT_EQ(Only<ArpTransmit>(Resolve(BOB_IP, 8)).at(0).to, BROADCAST_MAC);
}

TEST_F(ArpMachineTest, WithoutPollsAnEntryIsRemovedWhenItsTimeIsUp)
{
    parameters.poll = false;
    MakeReachable(BOB_IP, BOB);
    EXPECT_EQ(Next(), (ArpEffects{ArpUnmap{BOB_IP}}));
    EXPECT_TRUE(state.entries.empty());
}

TEST_F(ArpMachineTest, AnyMessageOfTheHostConfirmsItsEntry)
{
    MakeReachable(BOB_IP, BOB);
    now += seconds(59);
    EXPECT_TRUE(Receive(RequestFrom(BOB, BOB_IP, EVE_IP)).empty());
    EXPECT_EQ(ArpMachine::NextDeadline(state), now + parameters.reachableTime);
}

TEST_F(ArpMachineTest, TheLatestPacketsWait)
{
    parameters.maxPendingPerEntry = 2;
    Resolve(BOB_IP, 1);
    Resolve(BOB_IP, 2);
    EXPECT_EQ(Resolve(BOB_IP, 3), (ArpEffects{ArpDiscard{BOB_IP, {1}, ArpDropReason::QUEUE_FULL}}));
    EXPECT_EQ(Only<ArpRelease>(Receive(ReplyFrom(BOB, BOB_IP)))[0].packets,
              (std::vector<uint64_t>{2, 3}));
}

TEST_F(ArpMachineTest, InTotalWhoHasMostPacketsWaitingGives)
{
    parameters.maxPending = 3;
    Resolve(BOB_IP, 1);
    Resolve(BOB_IP, 2);
    Resolve(EVE_IP, 3);
    EXPECT_EQ(Only<ArpDiscard>(Resolve(EVE_IP + 1, 4)),
              (std::vector<ArpDiscard>{{BOB_IP, {1}, ArpDropReason::QUEUE_FULL}}));
    EXPECT_EQ(Only<ArpDiscard>(Resolve(EVE_IP, 5)),
              (std::vector<ArpDiscard>{{EVE_IP, {3}, ArpDropReason::QUEUE_FULL}}));
    EXPECT_EQ(Only<ArpDiscard>(Resolve(EVE_IP + 2, 6)),
              (std::vector<ArpDiscard>{{BOB_IP, {2}, ArpDropReason::QUEUE_FULL}}));
}

TEST_F(ArpMachineTest, MakesRoomByTheEntryUsedLeastRecently)
{
    parameters.maxEntries = 3;
    MakeReachable(BOB_IP, BOB);
    MakeReachable(EVE_IP, EVE);
    arp.AddStatic(state, 0x0a000009, EVE);
    Receive(RequestFrom(BOB, BOB_IP, MY_IP)); // Bob was heard later than Eve
    const ArpEffects effects = Resolve(0x0a000010, 1);
    EXPECT_EQ(Only<ArpUnmap>(effects), (std::vector<ArpUnmap>{{EVE_IP}}));
    EXPECT_EQ(state.entries.count(0x0a000009), 1u);
}

TEST_F(ArpMachineTest, RefusesAnEntryWhenAllOthersMustStay)
{
    parameters.maxEntries = 2;
    arp.AddStatic(state, 0x0a000009, EVE);
    Resolve(BOB_IP, 1);
    EXPECT_EQ(Resolve(EVE_IP, 2), (ArpEffects{ArpDiscard{EVE_IP, {2}, ArpDropReason::CACHE_FULL}}));
    const ArpEffects heard = Receive(RequestFrom(EVE, EVE_IP, MY_IP));
    EXPECT_EQ(Only<ArpMessageDrop>(heard)[0].reason, ArpDropReason::CACHE_FULL);
    EXPECT_TRUE(Has<ArpTransmit>(heard)) << "it is answered all the same";
    EXPECT_EQ(state.entries.size(), 2u);
}

TEST_F(ArpMachineTest, ALinkChangeForgetsWhatWasLearnedAndKeepsWhatWaits)
{
    MakeReachable(BOB_IP, BOB);
    arp.AddStatic(state, 0x0a000009, EVE);
    Resolve(EVE_IP, 1);
    const ArpEffects effects = arp.Flush(state);
    EXPECT_EQ(effects, (ArpEffects{ArpMap{0x0a000009, EVE, true}, ArpUnmap{BOB_IP}}));
    EXPECT_EQ(state.entries.size(), 2u);
    EXPECT_EQ(state.pending, 1u);
    EXPECT_EQ(arp.Remove(state, EVE_IP),
              (ArpEffects{ArpDiscard{EVE_IP, {1}, ArpDropReason::REMOVED}}));
}

// ---- Gratuitous ARP, hosts that move, poison --------------------------------------------------

TEST_F(ArpMachineTest, AMoveIsLearnedFromBothFormsOfGratuitousArp)
{
    for (const ArpOperation form : {ArpOperation::REQUEST, ArpOperation::REPLY})
    {
        MakeReachable(BOB_IP, BOB);
        ArpMessage message = ArpMessage::Announcement(EVE, BOB_IP);
        message.operation = form;
        EXPECT_EQ(Receive(message),
                  (ArpEffects{ArpHeard{BOB_IP, EVE, ArpCause::GRATUITOUS},
                              ArpMappingChange{BOB_IP, BOB, EVE, ArpCause::GRATUITOUS},
                              ArpMap{BOB_IP, EVE, false}}));
    }
}

TEST_F(ArpMachineTest, GratuitousArpMakesNoEntryUnlessAllAreLearned)
{
    Receive(ArpMessage::Announcement(BOB, BOB_IP));
    EXPECT_TRUE(state.entries.empty());
    parameters.learning = ArpLearning::ALL;
    Receive(ArpMessage::Announcement(BOB, BOB_IP));
    EXPECT_EQ(state.entries.size(), 1u);
}

TEST_F(ArpMachineTest, AReplyThatNobodyAskedForIsSeenAndItsChangeToo)
{
    MakeReachable(BOB_IP, BOB);
    EXPECT_EQ(Receive(ReplyFrom(EVE, BOB_IP)),
              (ArpEffects{ArpHeard{BOB_IP, EVE, ArpCause::UNSOLICITED},
                          ArpMappingChange{BOB_IP, BOB, EVE, ArpCause::UNSOLICITED},
                          ArpMap{BOB_IP, EVE, false}}));
}

TEST_F(ArpMachineTest, UnsolicitedAndGratuitousMappingsCanBeRefused)
{
    parameters.acceptUnsolicited = false;
    parameters.acceptGratuitous = false;
    MakeReachable(BOB_IP, BOB);
    EXPECT_EQ(
        Only<ArpPoisonRefusal>(Receive(ReplyFrom(EVE, BOB_IP))),
        (std::vector<ArpPoisonRefusal>{{BOB_IP, EVE, ArpCause::UNSOLICITED, ArpRefusal::POLICY}}));
    EXPECT_EQ(
        Only<ArpPoisonRefusal>(Receive(ArpMessage::Announcement(EVE, BOB_IP))),
        (std::vector<ArpPoisonRefusal>{{BOB_IP, EVE, ArpCause::GRATUITOUS, ArpRefusal::POLICY}}));
    EXPECT_FALSE(Has<ArpPoisonRefusal>(Receive(ReplyFrom(BOB, BOB_IP)))) << "says nothing new";
    EXPECT_EQ(state.entries.at(BOB_IP).hardware, BOB);
    EXPECT_TRUE(Has<ArpPoisonRefusal>(Receive(ReplyFrom(EVE, EVE_IP)))) << "would be learned";
    EXPECT_EQ(state.entries.count(EVE_IP), 0u);
}

TEST_F(ArpMachineTest, AStaticEntryIsNeverChanged)
{
    arp.AddStatic(state, BOB_IP, BOB);
    for (const ArpMessage& message : {ReplyFrom(EVE, BOB_IP),
                                      RequestFrom(EVE, BOB_IP, MY_IP),
                                      ArpMessage::Announcement(EVE, BOB_IP)})
    {
        const auto refused = Only<ArpPoisonRefusal>(Receive(message));
        ASSERT_EQ(refused.size(), 1u);
        EXPECT_EQ(refused[0].why, ArpRefusal::STATIC);
        EXPECT_EQ(refused[0].claimed, EVE);
        EXPECT_EQ(state.entries.at(BOB_IP).hardware, BOB);
    }
    EXPECT_FALSE(Has<ArpPoisonRefusal>(Receive(ReplyFrom(BOB, BOB_IP))));
    EXPECT_EQ(ArpMachine::NextDeadline(state), NEVER);
}

TEST_F(ArpMachineTest, ABindingRefusesOtherHardwareAndStrictlyEverybodyElse)
{
    state.bindings = {{BOB_IP, BOB}};
    const ArpEffects effects = Receive(RequestFrom(EVE, BOB_IP, MY_IP));
    EXPECT_EQ(Only<ArpPoisonRefusal>(effects).at(0).why, ArpRefusal::BINDING);
    EXPECT_FALSE(Has<ArpTransmit>(effects)) << "is not answered";
    EXPECT_TRUE(state.entries.empty());
    Receive(RequestFrom(BOB, BOB_IP, MY_IP));
    Receive(RequestFrom(EVE, EVE_IP, MY_IP));
    EXPECT_EQ(state.entries.size(), 2u);

    parameters.bindingCheck = ArpBindingCheck::STRICT;
    EXPECT_TRUE(Has<ArpPoisonRefusal>(Receive(RequestFrom(EVE, EVE_IP, MY_IP))));
    EXPECT_TRUE(Receive(RequestFrom(BOB, BOB_IP, EVE_IP)).empty());
    parameters.bindingCheck = ArpBindingCheck::OFF;
    EXPECT_TRUE(Has<ArpMappingChange>(Receive(RequestFrom(EVE, BOB_IP, MY_IP))));
}

TEST_F(ArpMachineTest, AStaticEntryReleasesWhatWaitsForIt)
{
    Resolve(BOB_IP, 1);
    EXPECT_EQ(arp.AddStatic(state, BOB_IP, BOB),
              (ArpEffects{ArpMap{BOB_IP, BOB, true}, ArpRelease{BOB_IP, BOB, {1}}}));
    EXPECT_EQ(Resolve(BOB_IP, 2),
              (ArpEffects{ArpMap{BOB_IP, BOB, true}, ArpRelease{BOB_IP, BOB, {2}}}));
}

// ---- Proxy ARP --------------------------------------------------------------------------------

TEST_F(ArpMachineTest, AProxyAnswersForWhatLiesBehindItAndForNothingElse)
{
    const uint32_t far = 0x0b000005;
    state.proxies = {Ipv4Prefix(0x0b000000, 8)};
    const ArpMessage request = RequestFrom(BOB, BOB_IP, far);
    EXPECT_EQ(Only<ArpTransmit>(Receive(request, true)),
              (std::vector<ArpTransmit>{{BOB, {ArpOperation::REPLY, ME, far, BOB, BOB_IP}}}));
    EXPECT_FALSE(Has<ArpTransmit>(Receive(request, false))) << "reached on the asker's side";
    EXPECT_FALSE(Has<ArpTransmit>(Receive(RequestFrom(BOB, BOB_IP, EVE_IP), true)));
    EXPECT_FALSE(Has<ArpTransmit>(Receive(ArpMessage::Probe(BOB, far), true)));
    EXPECT_FALSE(Has<ArpTransmit>(Receive(ArpMessage::Announcement(BOB, far), true)));
    EXPECT_EQ(state.entries.count(BOB_IP), 0u) << "the proxy is not the target";
}

// ---- State ------------------------------------------------------------------------------------

TEST_F(ArpMachineTest, StateIsAPlainValue)
{
    Resolve(BOB_IP, 1);
    const ArpState before = state;
    EXPECT_EQ(before, state);
    EXPECT_EQ(HashOf(before), HashOf(state));
    const ArpEffects first = Receive(ReplyFrom(BOB, BOB_IP));
    EXPECT_NE(before, state);
    ArpState copy = before;
    EXPECT_EQ(arp.Receive(copy, ReplyFrom(BOB, BOB_IP), false, now), first);
    EXPECT_EQ(copy, state);
    EXPECT_EQ(HashOf(copy), HashOf(state));
}

// SPDX-License-Identifier: GPL-2.0-only

#include "ns3/strata-arp-machine.h"

#include <gtest/gtest.h>

using namespace ns3::strata;
using std::chrono::milliseconds;
using std::chrono::seconds;

namespace
{

constexpr MacBytes ME{2, 0, 0, 0, 0, 1};
constexpr MacBytes OTHER{2, 0, 0, 0, 0, 2};
constexpr uint32_t ADDRESS = 0x0a000005;

class AddressClaimTest : public testing::Test
{
  protected:
    AddressClaimTest()
    {
        state.hardware = ME;
    }

    struct Sent
    {
        Nanos at;
        ArpMessage message;
    };

    /** Does what is due up to \p end and notes what is sent; stops at NEVER. */
    void RunTo(Nanos end)
    {
        while (ArpMachine::NextDeadline(state) <= end)
        {
            now = ArpMachine::NextDeadline(state);
            Note(arp.Expire(state, now, random));
        }
        now = end;
    }

    void Receive(const ArpMessage& message)
    {
        Note(arp.Receive(state, message, false, now));
    }

    void Note(const ArpEffects& effects)
    {
        for (const ArpEffect& effect : effects)
        {
            if (const auto* transmit = std::get_if<ArpTransmit>(&effect))
            {
                sent.push_back({now, transmit->message});
            }
            else if (const auto* conflict = std::get_if<ArpConflict>(&effect))
            {
                conflicts.push_back(*conflict);
            }
            else if (std::get_if<ArpAddressUsable>(&effect))
            {
                usableAt = now;
            }
            else if (std::get_if<ArpAddressLost>(&effect))
            {
                lost = true;
            }
        }
    }

    void Own()
    {
        state.addresses = {{ADDRESS, 24}};
    }

    ArpParameters parameters;
    ArpMachine arp{parameters};
    ArpState state;
    Nanos now{seconds(10)};
    std::vector<double> draws{0.25, 0.5, 0.75};
    std::size_t drawn{0};
    UniformRandom random = [this] { return draws[drawn++ % draws.size()]; };

    std::vector<Sent> sent;
    std::vector<ArpConflict> conflicts;
    std::optional<Nanos> usableAt;
    bool lost{false};
};

} // namespace

TEST_F(AddressClaimTest, ProbesThreeTimesThenAnnouncesTwiceAtTheTimesOfTheRfc)
{
    arp.Probe(state, ADDRESS, now, random);
    RunTo(seconds(60));
    // PROBE_WAIT 1 s, PROBE_MIN 1 s to PROBE_MAX 2 s, ANNOUNCE_WAIT 2 s, ANNOUNCE_INTERVAL 2 s
    const Nanos first = seconds(10) + milliseconds(250);
    const Nanos second = first + milliseconds(1500);
    const Nanos third = second + milliseconds(1750);
    const std::vector<Nanos> times{first, second, third, third + seconds(2), third + seconds(4)};
    ASSERT_EQ(sent.size(), times.size());
    for (std::size_t i = 0; i < sent.size(); ++i)
    {
        EXPECT_EQ(sent[i].at, times[i]) << i;
        // sender hardware filled in, target hardware zero, sender protocol zero or the address
        EXPECT_EQ(sent[i].message,
                  (ArpMessage{ArpOperation::REQUEST, ME, i < 3 ? 0 : ADDRESS, {}, ADDRESS}))
            << i;
    }
    EXPECT_EQ(usableAt, third + seconds(2)) << "with the first announcement";
    EXPECT_TRUE(state.IsOwn(ADDRESS));
    EXPECT_TRUE(state.claims.empty());
    EXPECT_EQ(ArpMachine::NextDeadline(state), NEVER);
}

TEST_F(AddressClaimTest, WhoUsesTheAddressWhileItIsProbedKeepsIt)
{
    for (const ArpMessage& message :
         {ArpMessage{ArpOperation::REQUEST, OTHER, ADDRESS, {}, 0x0a000009},
          ArpMessage{ArpOperation::REPLY, OTHER, ADDRESS, ME, 0},
          ArpMessage::Announcement(OTHER, ADDRESS),
          ArpMessage::Probe(OTHER, ADDRESS)})
    {
        arp.Probe(state, ADDRESS, now, random);
        RunTo(now + seconds(2));
        Receive(message);
        RunTo(now + seconds(20));
        EXPECT_FALSE(usableAt);
        EXPECT_FALSE(state.IsOwn(ADDRESS));
    }
    ASSERT_EQ(conflicts.size(), 4u);
    EXPECT_EQ(conflicts[0].outcome, ArpConflictOutcome::PROBE_FAILED);
    EXPECT_EQ(conflicts[0].other, OTHER);
}

TEST_F(AddressClaimTest, AConflictCountsUntilTheWaitAfterTheLastProbeIsOver)
{
    arp.Probe(state, ADDRESS, now, random);
    RunTo(seconds(10) + milliseconds(250 + 1500 + 1750 + 1999));
    Receive(ArpMessage::Probe(OTHER, ADDRESS));
    ASSERT_EQ(conflicts.size(), 1u);
    EXPECT_FALSE(state.IsOwn(ADDRESS));
}

TEST_F(AddressClaimTest, OwnProbesThatComeBackAndProbesForOthersAreNoConflict)
{
    state.siblings = {{2, 0, 0, 0, 0, 7}};
    arp.Probe(state, ADDRESS, now, random);
    Receive(ArpMessage::Probe(ME, ADDRESS));
    Receive(ArpMessage::Probe(state.siblings[0], ADDRESS));
    Receive(ArpMessage::Probe(OTHER, ADDRESS + 1));
    EXPECT_TRUE(conflicts.empty());
    EXPECT_EQ(state.claims.size(), 1u);
}

TEST_F(AddressClaimTest, ATentativeAddressIsNotAnsweredFor)
{
    arp.Probe(state, ADDRESS, now, random);
    Receive(ArpMessage::Request(OTHER, 0x0a000002, ADDRESS));
    EXPECT_TRUE(sent.empty());
}

TEST_F(AddressClaimTest, AnOwnerAnswersProbes)
{
    Own();
    Receive(ArpMessage::Probe(OTHER, ADDRESS));
    ASSERT_EQ(sent.size(), 1u);
    EXPECT_EQ(sent[0].message, (ArpMessage{ArpOperation::REPLY, ME, ADDRESS, OTHER, 0}));
    EXPECT_TRUE(state.entries.empty()) << "a probe tells nothing about its sender's address";
}

TEST_F(AddressClaimTest, AfterTenConflictsOneAddressIsTriedInAMinute)
{
    std::vector<Nanos> firstProbes;
    for (uint32_t i = 0; i < 13; ++i)
    {
        arp.Probe(state, ADDRESS + i, now, random);
        now = ArpMachine::NextDeadline(state);
        Note(arp.Expire(state, now, random));
        firstProbes.push_back(now);
        Receive(ArpMessage::Announcement(OTHER, ADDRESS + i));
    }
    EXPECT_LE(firstProbes[9] - firstProbes[0], seconds(10));
    for (std::size_t i = 11; i < firstProbes.size(); ++i)
    {
        // the wait before the first probe varies by up to a second
        EXPECT_GE(firstProbes[i] - firstProbes[i - 1], seconds(59)) << i;
    }
}

TEST_F(AddressClaimTest, GivingUpCeasesAtTheFirstConflict)
{
    parameters.defence = ArpDefence::GIVE_UP;
    Own();
    Receive(ArpMessage::Announcement(OTHER, ADDRESS));
    EXPECT_TRUE(lost);
    EXPECT_TRUE(sent.empty());
    EXPECT_FALSE(state.IsOwn(ADDRESS));
    EXPECT_EQ(conflicts.at(0).outcome, ArpConflictOutcome::GIVEN_UP);
    EXPECT_TRUE(state.entries.empty());
}

TEST_F(AddressClaimTest, DefendingOnceCeasesAtASecondConflictWithinTheInterval)
{
    parameters.defence = ArpDefence::ONCE;
    Own();
    Receive(ArpMessage::Announcement(OTHER, ADDRESS));
    ASSERT_EQ(sent.size(), 1u);
    EXPECT_EQ(sent[0].message, ArpMessage::Announcement(ME, ADDRESS));
    now += seconds(10); // DEFEND_INTERVAL is over
    Receive(ArpMessage::Request(OTHER, ADDRESS, 0x0a000009));
    EXPECT_EQ(sent.size(), 2u);
    EXPECT_FALSE(lost);
    now += seconds(10) - Nanos(1);
    Receive(ArpMessage::Announcement(OTHER, ADDRESS));
    EXPECT_EQ(sent.size(), 2u);
    EXPECT_TRUE(lost);
}

TEST_F(AddressClaimTest, DefendingAlwaysSendsOneAnnouncementInAnInterval)
{
    Own();
    const Nanos start = now;
    for (int i = 0; i < 300; ++i)
    {
        Receive(ArpMessage::Announcement(OTHER, ADDRESS));
        now += milliseconds(100);
    }
    ASSERT_EQ(sent.size(), 3u);
    EXPECT_EQ(sent[1].at - start, seconds(10));
    EXPECT_EQ(sent[2].at - start, seconds(20));
    EXPECT_EQ(conflicts.size(), 300u) << "each is reported";
    EXPECT_FALSE(lost);
    EXPECT_TRUE(state.IsOwn(ADDRESS));
}

TEST_F(AddressClaimTest, AnAddressOfAnotherCanBeAnnouncedForIt)
{
    arp.Announce(state, ADDRESS, now);
    RunTo(now + seconds(10));
    ASSERT_EQ(sent.size(), 2u);
    EXPECT_EQ(sent[0].message, ArpMessage::Announcement(ME, ADDRESS));
    EXPECT_EQ(sent[1].at - sent[0].at, seconds(2));
    EXPECT_FALSE(state.IsOwn(ADDRESS));
    EXPECT_FALSE(usableAt);
}

TEST_F(AddressClaimTest, AClaimCanBeCancelled)
{
    arp.Probe(state, ADDRESS, now, random);
    arp.Cancel(state, ADDRESS);
    EXPECT_EQ(ArpMachine::NextDeadline(state), NEVER);
    RunTo(now + seconds(10));
    EXPECT_TRUE(sent.empty());
}

// SPDX-License-Identifier: GPL-2.0-only

#include "ns3/strata-address-decision.h"

#include <gtest/gtest.h>
#include <random>

namespace ns3
{
namespace strata
{
namespace
{

using Action = Ipv4AddressAction;
using Fault = Ipv4AddressFault;
using Kind = Ipv4AddressKind;
using Role = Ipv4SubnetRole;

constexpr uint32_t
Ip(uint32_t a, uint32_t b, uint32_t c, uint32_t d)
{
    return a << 24 | b << 16 | c << 8 | d;
}

const uint32_t ALL_ONES = Ip(255, 255, 255, 255);

/** A node with 128.208.0.1/18 on interface 1 and 128.208.128.1/17 on interface 2. */
const std::vector<LocalSubnet> CAMPUS{
    {Ip(128, 208, 0, 1), Ipv4Prefix(Ip(128, 208, 0, 0), 18), 1},
    {Ip(128, 208, 128, 1), Ipv4Prefix(Ip(128, 208, 128, 0), 17), 2},
};

const uint32_t SOMEBODY = Ip(128, 208, 2, 151);
const uint32_t FAR = Ip(198, 60, 42, 12);

Ipv4AddressVerdict
Judge(uint32_t source,
      uint32_t destination,
      Ipv4AddressRules rules = {},
      bool linkBroadcast = false)
{
    Ipv4Arrival arrival;
    arrival.source = source;
    arrival.destination = destination;
    arrival.interface = 1;
    arrival.linkBroadcast = linkBroadcast;
    return JudgeArrival(arrival, CAMPUS, rules);
}

void
ExpectAction(const Ipv4AddressVerdict& verdict, Action action)
{
    EXPECT_EQ(static_cast<int>(verdict.action), static_cast<int>(action))
        << Ipv4AddressFaultName(verdict.fault);
}

void
ExpectDrop(const Ipv4AddressVerdict& verdict, Fault fault)
{
    ExpectAction(verdict, Action::DROP);
    EXPECT_STREQ(Ipv4AddressFaultName(verdict.fault), Ipv4AddressFaultName(fault));
}

TEST(AddressDecision, Figure549IsASlash24OfTwoToTheEighthAddresses)
{
    EXPECT_EQ(0x80d00297U, SOMEBODY);
    const Ipv4Prefix prefix(0x80d00297, 24);
    EXPECT_EQ(prefix.GetAddress(), Ip(128, 208, 2, 0));
    EXPECT_EQ(DirectedBroadcastOf(prefix) - prefix.GetAddress() + 1, 256U);
}

TEST(AddressDecision, Figure550SplitsASlash16WithoutGapOrOverlap)
{
    const Ipv4Prefix whole(Ip(128, 208, 0, 0), 16);
    const Ipv4Prefix cs(Ip(128, 208, 128, 0), 17);
    const Ipv4Prefix ee(Ip(128, 208, 0, 0), 18);
    const Ipv4Prefix art(Ip(128, 208, 96, 0), 19);
    const Ipv4Prefix unused(Ip(128, 208, 64, 0), 19);
    for (uint32_t host = 0; host < 65536; ++host)
    {
        const uint32_t address = whole.GetAddress() + host;
        ASSERT_EQ(cs.Contains(address) + ee.Contains(address) + art.Contains(address) +
                      unused.Contains(address),
                  1);
    }
    EXPECT_TRUE(ee.Contains(SOMEBODY));
    EXPECT_EQ(KeepBits(SOMEBODY, 17), whole.GetAddress()); // which is not that of CS
}

TEST(AddressDecision, Figure555HasFiveSpecialForms)
{
    EXPECT_EQ(KindOfAddress(0), Kind::THIS_HOST);
    EXPECT_EQ(KindOfAddress(Ip(0, 0, 2, 151)), Kind::THIS_NETWORK);
    EXPECT_EQ(KindOfAddress(ALL_ONES), Kind::LIMITED_BROADCAST);
    EXPECT_EQ(RoleInSubnet(Ip(128, 208, 63, 255), CAMPUS[0].subnet), Role::DIRECTED_BROADCAST);
    EXPECT_EQ(KindOfAddress(Ip(127, 1, 2, 3)), Kind::LOOPBACK);

    const Ipv4Prefix subnet(Ip(128, 208, 2, 0), 24);
    EXPECT_EQ(OnThisNetwork(Ip(0, 0, 0, 151), subnet), SOMEBODY);
    EXPECT_EQ(OnThisNetwork(Ip(0, 0, 1, 151), subnet), Ip(0, 0, 1, 151)); // too few zeros
    EXPECT_EQ(OnThisNetwork(0, subnet), 0U);
    EXPECT_EQ(OnThisNetwork(FAR, subnet), FAR);
}

TEST(AddressDecision, KindsBeginAndEndWhereTheirRfcsSay)
{
    const struct
    {
        uint32_t first;
        uint32_t last;
        Kind kind;
    } blocks[] = {
        {Ip(0, 0, 0, 1), Ip(0, 255, 255, 255), Kind::THIS_NETWORK},
        {Ip(10, 0, 0, 0), Ip(10, 255, 255, 255), Kind::PRIVATE},
        {Ip(100, 64, 0, 0), Ip(100, 127, 255, 255), Kind::SHARED},
        {Ip(127, 0, 0, 0), Ip(127, 255, 255, 255), Kind::LOOPBACK},
        {Ip(169, 254, 0, 0), Ip(169, 254, 255, 255), Kind::LINK_LOCAL},
        {Ip(172, 16, 0, 0), Ip(172, 31, 255, 255), Kind::PRIVATE},
        {Ip(192, 0, 0, 0), Ip(192, 0, 0, 255), Kind::PROTOCOL_ASSIGNMENTS},
        {Ip(192, 0, 2, 0), Ip(192, 0, 2, 255), Kind::DOCUMENTATION},
        {Ip(192, 88, 99, 0), Ip(192, 88, 99, 255), Kind::RELAY_6TO4},
        {Ip(192, 168, 0, 0), Ip(192, 168, 255, 255), Kind::PRIVATE},
        {Ip(198, 18, 0, 0), Ip(198, 19, 255, 255), Kind::BENCHMARKING},
        {Ip(198, 51, 100, 0), Ip(198, 51, 100, 255), Kind::DOCUMENTATION},
        {Ip(203, 0, 113, 0), Ip(203, 0, 113, 255), Kind::DOCUMENTATION},
        {Ip(224, 0, 0, 0), Ip(239, 255, 255, 255), Kind::MULTICAST},
        {Ip(240, 0, 0, 0), Ip(255, 255, 255, 254), Kind::RESERVED},
    };

    for (const auto& block : blocks)
    {
        EXPECT_EQ(KindOfAddress(block.first), block.kind) << std::hex << block.first;
        EXPECT_EQ(KindOfAddress(block.last), block.kind) << std::hex << block.last;
        EXPECT_NE(KindOfAddress(block.first - 1), block.kind) << std::hex << block.first;
        EXPECT_NE(KindOfAddress(block.last + 1), block.kind) << std::hex << block.last;
    }
    EXPECT_EQ(KindOfAddress(FAR), Kind::UNICAST);
}

TEST(AddressDecision, ASlash31HasTwoHostsAndNoBroadcast)
{
    const Ipv4Prefix link(Ip(10, 0, 0, 2), 31);
    EXPECT_EQ(RoleInSubnet(Ip(10, 0, 0, 2), link), Role::HOST);
    EXPECT_EQ(RoleInSubnet(Ip(10, 0, 0, 3), link), Role::HOST);
    EXPECT_EQ(RoleInSubnet(Ip(10, 0, 0, 4), link), Role::OUTSIDE);
    EXPECT_EQ(RoleInSubnet(Ip(10, 0, 0, 2), Ipv4Prefix::Host(Ip(10, 0, 0, 2))), Role::HOST);
    const Ipv4Prefix four(Ip(10, 0, 0, 0), 30);
    EXPECT_EQ(RoleInSubnet(Ip(10, 0, 0, 0), four), Role::NETWORK);
    EXPECT_EQ(RoleInSubnet(Ip(10, 0, 0, 3), four), Role::DIRECTED_BROADCAST);

    const std::vector<LocalSubnet> end{{Ip(10, 0, 0, 2), link, 1}};
    Ipv4Arrival arrival;
    arrival.source = Ip(10, 0, 0, 3);
    arrival.destination = Ip(10, 0, 0, 2);
    arrival.interface = 1;
    ExpectAction(JudgeArrival(arrival, end, {}), Action::DELIVER);
}

TEST(AddressDecision, ARouterForwardsWhatIsForOthersAndDeliversItsOwn)
{
    ExpectAction(Judge(SOMEBODY, FAR), Action::FORWARD);
    ExpectAction(Judge(SOMEBODY, CAMPUS[0].address), Action::DELIVER);
    ExpectAction(Judge(SOMEBODY, CAMPUS[1].address), Action::DELIVER); // weak host
    Ipv4AddressRules strong;
    strong.strongHost = true;
    ExpectAction(Judge(SOMEBODY, CAMPUS[1].address, strong), Action::FORWARD);
    ExpectAction(Judge(SOMEBODY, Ip(224, 0, 0, 5)), Action::MULTICAST);
    ExpectAction(Judge(SOMEBODY, ALL_ONES), Action::DELIVER_BROADCAST);
    Ipv4AddressRules host;
    host.router = false;
    ExpectDrop(Judge(SOMEBODY, FAR, host), Fault::NOT_FOR_US);
    ExpectAction(Judge(SOMEBODY, CAMPUS[0].address, host), Action::DELIVER);
}

TEST(AddressDecision, SourcesThatAreNoHostAreMartians)
{
    for (const uint32_t source :
         {Ip(224, 0, 0, 1), Ip(240, 0, 0, 1), ALL_ONES, Ip(128, 208, 63, 255)})
    {
        ExpectDrop(Judge(source, FAR), Fault::SOURCE_MARTIAN);
        ExpectDrop(Judge(source, CAMPUS[0].address), Fault::SOURCE_MARTIAN);
    }
    ExpectDrop(Judge(Ip(127, 0, 0, 1), FAR), Fault::LOOPBACK_OUTSIDE);
    ExpectDrop(Judge(CAMPUS[1].address, FAR), Fault::SOURCE_OWN);
    Ipv4AddressRules off;
    off.martians = MartianFilter::OFF;
    ExpectAction(Judge(Ip(240, 0, 0, 1), FAR, off), Action::FORWARD);
}

TEST(AddressDecision, ASubnetsOwnAddressIsNoSource)
{
    // RFC 1122 section 3.2.1.3: no host has the number zero.
    ExpectDrop(Judge(CAMPUS[0].subnet.GetAddress(), FAR), Fault::SOURCE_MARTIAN);
    ExpectDrop(Judge(CAMPUS[0].subnet.GetAddress(), CAMPUS[0].address), Fault::SOURCE_MARTIAN);
}

TEST(AddressDecision, ABlockForDocumentationIsAMartianOnlyWhenAskedFor)
{
    const uint32_t example = Ip(192, 0, 2, 1);
    ExpectAction(Judge(example, FAR), Action::FORWARD);
    ExpectAction(Judge(SOMEBODY, example), Action::FORWARD);
    Ipv4AddressRules all;
    all.martians = MartianFilter::RFC6890;
    ExpectDrop(Judge(example, FAR, all), Fault::SOURCE_MARTIAN);
    ExpectDrop(Judge(SOMEBODY, example, all), Fault::DESTINATION_MARTIAN);
    ExpectAction(Judge(Ip(10, 0, 0, 1), FAR, all), Action::FORWARD);
}

TEST(AddressDecision, AHostThatBootsIsHeardOnItsLinkOnly)
{
    ExpectAction(Judge(0, ALL_ONES), Action::DELIVER_BROADCAST);
    ExpectAction(Judge(0, CAMPUS[0].address), Action::DELIVER);
    ExpectDrop(Judge(0, FAR), Fault::SOURCE_UNSPECIFIED);
    ExpectDrop(Judge(Ip(0, 0, 2, 151), FAR), Fault::SOURCE_UNSPECIFIED);
    ExpectDrop(Judge(Ip(169, 254, 1, 1), FAR), Fault::LINK_LOCAL_SCOPE);
    ExpectDrop(Judge(SOMEBODY, Ip(169, 254, 1, 1)), Fault::LINK_LOCAL_SCOPE);
}

TEST(AddressDecision, DestinationsThatNobodyHasAreDropped)
{
    ExpectDrop(Judge(SOMEBODY, Ip(127, 0, 0, 1)), Fault::LOOPBACK_OUTSIDE);
    ExpectDrop(Judge(SOMEBODY, 0), Fault::DESTINATION_MARTIAN);
    ExpectDrop(Judge(SOMEBODY, Ip(0, 0, 0, 9)), Fault::DESTINATION_MARTIAN);
    ExpectDrop(Judge(SOMEBODY, Ip(240, 0, 0, 9)), Fault::DESTINATION_MARTIAN);
}

TEST(AddressDecision, DirectedBroadcastsPassARouterOnlyWhenSwitchedOn)
{
    const uint32_t here = Ip(128, 208, 63, 255);
    const uint32_t there = Ip(128, 208, 255, 255);
    ExpectAction(Judge(SOMEBODY, here), Action::DELIVER_BROADCAST);
    ExpectDrop(Judge(SOMEBODY, there), Fault::DIRECTED_BROADCAST_OFF);
    ExpectAction(Judge(SOMEBODY, Ip(198, 60, 42, 255)),
                 Action::FORWARD); // who knows the mask there
    Ipv4AddressRules on;
    on.forwardDirectedBroadcasts = true;
    const auto verdict = Judge(SOMEBODY, there, on);
    ExpectAction(verdict, Action::DIRECTED_BROADCAST);
    EXPECT_EQ(verdict.interface, 2U);
    ExpectDrop(Judge(SOMEBODY, there, on, true), Fault::LINK_BROADCAST);
    ExpectDrop(Judge(0, there, on), Fault::SOURCE_UNSPECIFIED);
    on.router = false;
    ExpectDrop(Judge(SOMEBODY, there, on), Fault::NOT_FOR_US);
}

TEST(AddressDecision, ANetworksOwnAddressIsABroadcastForOldHostsOnly)
{
    ExpectDrop(Judge(SOMEBODY, Ip(128, 208, 0, 0)), Fault::OLD_BROADCAST);
    Ipv4AddressRules old;
    old.acceptOldBroadcasts = true;
    ExpectAction(Judge(SOMEBODY, Ip(128, 208, 0, 0), old), Action::DELIVER_BROADCAST);
    ExpectAction(Judge(SOMEBODY, 0, old), Action::DELIVER_BROADCAST);
}

TEST(AddressDecision, AUnicastDatagramInABroadcastFrameIsDropped)
{
    ExpectDrop(Judge(SOMEBODY, FAR, {}, true), Fault::LINK_BROADCAST);
    ExpectDrop(Judge(SOMEBODY, CAMPUS[0].address, {}, true), Fault::LINK_BROADCAST);
    ExpectAction(Judge(SOMEBODY, ALL_ONES, {}, true), Action::DELIVER_BROADCAST);
}

TEST(AddressDecision, PrivateAddressesStayOffThePublicSide)
{
    Ipv4Arrival arrival;
    arrival.source = Ip(10, 0, 0, 1);
    arrival.destination = FAR;
    arrival.interface = 1;
    ExpectAction(JudgeArrival(arrival, CAMPUS, {}), Action::FORWARD);
    arrival.fromPublic = true;
    ExpectDrop(JudgeArrival(arrival, CAMPUS, {}), Fault::PRIVATE_IN_PUBLIC);
    EXPECT_EQ(JudgePublicSide(Ip(10, 0, 0, 1), FAR), Fault::PRIVATE_IN_PUBLIC);
    EXPECT_EQ(JudgePublicSide(FAR, Ip(172, 16, 0, 1)), Fault::PRIVATE_IN_PUBLIC);
    EXPECT_EQ(JudgePublicSide(FAR, Ip(192, 168, 1, 1)), Fault::PRIVATE_IN_PUBLIC);
    EXPECT_EQ(JudgePublicSide(FAR, Ip(100, 64, 0, 1)), Fault::PRIVATE_IN_PUBLIC);
    EXPECT_EQ(JudgePublicSide(FAR, SOMEBODY), Fault::NONE);
}

TEST(AddressDecision, LoopbackNeverReachesALink)
{
    const auto judge = [](uint32_t source, uint32_t destination) {
        return JudgeSending(source, destination, CAMPUS, {});
    };
    const uint32_t own = CAMPUS[0].address;
    ExpectAction(judge(own, Ip(127, 1, 2, 3)), Action::LOOP_BACK);
    ExpectAction(judge(Ip(127, 0, 0, 1), Ip(127, 0, 0, 1)), Action::LOOP_BACK);
    ExpectAction(judge(own, CAMPUS[1].address), Action::LOOP_BACK);
    ExpectDrop(judge(Ip(127, 0, 0, 1), FAR), Fault::LOOPBACK_OUTSIDE);
    ExpectAction(judge(own, FAR), Action::SEND);
    ExpectAction(judge(0, ALL_ONES), Action::SEND); // while booting
    ExpectAction(judge(0, Ip(224, 0, 0, 2)), Action::SEND);
    ExpectDrop(judge(0, FAR), Fault::SOURCE_UNSPECIFIED);
    ExpectAction(JudgeSending(0, FAR, CAMPUS, {true, MartianFilter::OFF}), Action::SEND);
    ExpectDrop(judge(own, 0), Fault::DESTINATION_MARTIAN);
    ExpectDrop(judge(own, Ip(250, 0, 0, 1)), Fault::DESTINATION_MARTIAN);
    ExpectDrop(judge(Ip(224, 0, 0, 1), FAR), Fault::SOURCE_MARTIAN);
    // As a DHCP client has it while it asks.
    const std::vector<LocalSubnet> booting = {{0, Ipv4Prefix(0, 0), 1}};
    ExpectAction(JudgeSending(0, ALL_ONES, booting, {}), Action::SEND);
    ExpectDrop(JudgeSending(0, 0, booting, {}), Fault::DESTINATION_MARTIAN);
}

TEST(AddressDecision, WhatIsForwardedMayBeOnAnyLink)
{
    std::mt19937 random(1812);
    Ipv4AddressRules rules;
    rules.martians = MartianFilter::RFC6890;
    const auto address = [&] {
        // near the borders of blocks as often as anywhere
        const uint32_t heads[] = {0, 10, 127, 169, 192, 198, 224, 240, 255, 128};
        const uint32_t any = static_cast<uint32_t>(random());
        return random() % 2 ? any : heads[random() % 10] << 24 | (any >> (random() % 24 + 8));
    };
    int forwarded = 0;
    for (int i = 0; i < 100000; ++i)
    {
        const uint32_t source = address();
        const uint32_t destination = address();
        const auto verdict = Judge(source, destination, rules);
        ASSERT_EQ(verdict.action == Action::DROP, verdict.fault != Fault::NONE);
        if (verdict.action == Action::FORWARD)
        {
            ++forwarded;
            ASSERT_TRUE(RuleOfKind(KindOfAddress(source)).source);
            ASSERT_TRUE(RuleOfKind(KindOfAddress(source)).forwardable);
            ASSERT_TRUE(RuleOfKind(KindOfAddress(destination)).destination);
            ASSERT_TRUE(RuleOfKind(KindOfAddress(destination)).forwardable);
        }
    }
    EXPECT_GT(forwarded, 1000);
}

} // namespace
} // namespace strata
} // namespace ns3

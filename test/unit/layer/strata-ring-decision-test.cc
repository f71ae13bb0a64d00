// SPDX-License-Identifier: GPL-2.0-only

#include "ns3/strata-hash.h"
#include "ns3/strata-ring-decision.h"
#include "ns3/strata-tied.h"

#include <algorithm>
#include <gtest/gtest.h>
#include <map>

using namespace ns3::strata;

namespace
{

std::vector<MemberName>
Members(MemberName count)
{
    std::vector<MemberName> members;
    for (MemberName name = 1; name <= count; ++name)
    {
        members.push_back(name);
    }
    return members;
}

} // namespace

TEST(RingTest, AnEmptyRingHasNobody)
{
    EXPECT_EQ(Responsible({}, 5), NO_NAME);
    EXPECT_EQ(HashRing().Responsible(5), NO_NAME);
    EXPECT_EQ(HashRing(Members(0)).Responsible(5), NO_NAME);
}

TEST(RingTest, OneMemberHasEverything)
{
    for (const uint64_t key : {uint64_t{0}, uint64_t{1} << 63, UINT64_MAX})
    {
        EXPECT_EQ(Responsible({42}, key), 42U);
        EXPECT_EQ(HashRing({42}).Responsible(key), 42U);
    }
}

TEST(RingTest, BothWaysGiveTheSameAnswer)
{
    for (const MemberName count : {1, 2, 3, 10, 40})
    {
        const auto members = Members(count);
        const HashRing ring(members);
        for (MemberName i = 0; i < 2000; ++i)
        {
            const uint64_t key = RingKey(i);
            ASSERT_EQ(Responsible(members, key), ring.Responsible(key));
        }
        ASSERT_EQ(Responsible(members, 0), ring.Responsible(0));
        ASSERT_EQ(Responsible(members, UINT64_MAX), ring.Responsible(UINT64_MAX));
    }
}

TEST(RingTest, TheOrderOfTheMembersDoesNotMatter)
{
    auto members = Members(20);
    const HashRing ring(members);
    std::reverse(members.begin(), members.end());
    EXPECT_TRUE(ring == HashRing(members));
    EXPECT_EQ(HashOf(ring), HashOf(HashRing(members)));
    EXPECT_EQ(Responsible(members, RingKey(7)), ring.Responsible(RingKey(7)));
}

TEST(RingTest, TheAnswersAreTheSameOnEveryMachine)
{
    EXPECT_EQ(RingKey(MemberName{1}), 0x8f96f0d6b61755b0ULL);
    EXPECT_EQ(RingKey(std::string("server")), 0xd58b1bd878fc241cULL);
    EXPECT_EQ(HashRing(Members(100)).Responsible(RingKey(std::string("server"))), 5U);
}

TEST(RingTest, WhenAMemberGoesOnlyItsKeysMove)
{
    const auto members = Members(50);
    const HashRing before(members);
    for (const MemberName gone : {MemberName{1}, MemberName{17}, MemberName{50}})
    {
        auto rest = members;
        rest.erase(std::find(rest.begin(), rest.end(), gone));
        const HashRing after(rest);
        unsigned moved = 0;
        for (MemberName i = 0; i < 20000; ++i)
        {
            const uint64_t key = RingKey(i);
            const MemberName was = before.Responsible(key);
            const MemberName is = after.Responsible(key);
            ASSERT_EQ(was != is, was == gone);
            moved += was == gone ? 1 : 0;
        }
        EXPECT_GT(moved, 0U);
        EXPECT_LT(moved, 20000U / 50 * 2);
    }
}

TEST(RingTest, WhatAMemberLeavesGoesToSeveralOthers)
{
    const auto members = Members(20);
    const HashRing before(members);
    const HashRing after(Members(19));
    std::map<MemberName, unsigned> heirs;
    for (MemberName i = 0; i < 20000; ++i)
    {
        if (before.Responsible(RingKey(i)) == 20)
        {
            ++heirs[after.Responsible(RingKey(i))];
        }
    }
    EXPECT_GE(heirs.size(), 8U);
}

TEST(RingTest, SharesAreBalanced)
{
    constexpr MemberName count = 50;
    constexpr unsigned keys = 50000;
    const HashRing ring(Members(count));
    std::map<MemberName, unsigned> shares;
    for (MemberName i = 0; i < keys; ++i)
    {
        ++shares[ring.Responsible(RingKey(i))];
    }
    ASSERT_EQ(shares.size(), count);
    constexpr double mean = double{keys} / count;
    double squares = 0;
    for (const auto& [member, share] : shares)
    {
        // four standard deviations of 18 %
        EXPECT_GT(share, mean * 0.28);
        EXPECT_LT(share, mean * 1.72);
        squares += (share / mean - 1) * (share / mean - 1);
    }
    EXPECT_LT(squares / count, 0.18 * 0.18 * 1.5);
}

TEST(RingTest, ANameAndATextOfTheSameBytesAreDifferentKeys)
{
    EXPECT_NE(RingKey(MemberName{0}), RingKey(std::string()));
    EXPECT_NE(RingKey(std::string("a")), RingKey(std::string("b")));
    EXPECT_NE(RingKey(MemberName{1}), RingKey(MemberName{2}));
}

// SPDX-License-Identifier: GPL-2.0-only

#include "ns3/strata-fragmentation-decision.h"

#include <gtest/gtest.h>
#include <random>
#include <vector>

namespace ns3
{
namespace strata
{
namespace
{

using Verdict = FragmentPlan::Verdict;

std::vector<FragmentPiece>
PiecesOf(const FragmentPlan& plan)
{
    std::vector<FragmentPiece> pieces;
    for (uint32_t i = 0; i < plan.Count(); ++i)
    {
        pieces.push_back(plan.Piece(i));
    }
    return pieces;
}

/** What a packet that is a piece of another one looks like before the next link. */
FragmentationInput
Again(const FragmentPiece& piece, uint32_t mtu, uint32_t leastMtu)
{
    FragmentationInput input;
    input.headerSize = piece.headerSize;
    input.payloadSize = piece.size;
    input.offset = piece.offset;
    input.moreFragments = piece.moreFragments;
    input.mtu = mtu;
    input.leastMtu = leastMtu;
    return input;
}

/** One row of Fig. 5-41: the number of the first unit, the end bit, and how many units follow. */
struct Row
{
    uint32_t unit;
    bool end;
    uint32_t units;
};

void
ExpectRows(const std::vector<FragmentPiece>& pieces, const std::vector<Row>& rows)
{
    ASSERT_EQ(pieces.size(), rows.size());
    for (std::size_t i = 0; i < rows.size(); ++i)
    {
        EXPECT_EQ(pieces[i].offset / IPV4_FRAGMENT_UNIT, rows[i].unit) << i;
        EXPECT_EQ(pieces[i].moreFragments, !rows[i].end) << i;
        EXPECT_EQ(pieces[i].size, rows[i].units * IPV4_FRAGMENT_UNIT) << i;
    }
}

TEST(FragmentationDecision, Figure541ComesOutAtAScaleOfEight)
{
    FragmentationInput original;
    original.payloadSize = 80; // A to J
    original.mtu = 1500;
    ExpectRows(PiecesOf(FragmentPlan(original)), {{0, true, 10}});

    original.mtu = 84; // eight units of payload plus header
    const auto afterFirst = PiecesOf(FragmentPlan(original));
    ExpectRows(afterFirst, {{0, false, 8}, {8, true, 2}});

    std::vector<FragmentPiece> afterSecond; // five units of payload plus header
    for (const FragmentPiece& piece : afterFirst)
    {
        for (const FragmentPiece& smaller : PiecesOf(FragmentPlan(Again(piece, 60, 60))))
        {
            afterSecond.push_back(smaller);
        }
    }
    ExpectRows(afterSecond, {{0, false, 5}, {5, false, 3}, {8, true, 2}});
}

TEST(FragmentationDecision, AnMtuBelow68IsRefusedUnlessTheCallerAllowsIt)
{
    FragmentationInput input;
    input.payloadSize = 80;
    input.mtu = 67;
    EXPECT_EQ(FragmentPlan(input).GetVerdict(), Verdict::LINK_TOO_SMALL);
    EXPECT_EQ(FragmentPlan(input).Count(), 0U);
    input.mtu = 68;
    EXPECT_EQ(FragmentPlan(input).GetVerdict(), Verdict::SPLIT);
    input.mtu = 60;
    input.leastMtu = 60;
    EXPECT_EQ(FragmentPlan(input).GetVerdict(), Verdict::SPLIT);
    input.leastMtu = 0;
    input.mtu = 27; // no room for one unit behind the header
    EXPECT_EQ(FragmentPlan(input).GetVerdict(), Verdict::LINK_TOO_SMALL);
    input.mtu = 0;
    EXPECT_EQ(FragmentPlan(input).GetVerdict(), Verdict::LINK_TOO_SMALL);
}

TEST(FragmentationDecision, APacketOfExactlyTheMtuLeavesWholeAndOneByteMoreDoesNot)
{
    FragmentationInput input;
    input.mtu = 1500;
    input.payloadSize = 1480;
    EXPECT_EQ(FragmentPlan(input).GetVerdict(), Verdict::WHOLE);
    input.payloadSize = 1481;
    const FragmentPlan plan(input);
    EXPECT_EQ(plan.GetVerdict(), Verdict::SPLIT);
    ASSERT_EQ(plan.Count(), 2U);
    EXPECT_EQ(plan.Piece(0).TotalLength(), 1500U);
    EXPECT_EQ(plan.Piece(1).size, 1U);
}

TEST(FragmentationDecision, Figure542HasTwoReportsWithTheSmallerMtus)
{
    FragmentationInput input;
    input.dontFragment = true;
    input.payloadSize = 1400 - IPV4_MIN_HEADER;
    std::vector<uint32_t> reported;
    for (uint32_t link : {1400U, 1200U, 900U})
    {
        input.mtu = link;
        const FragmentPlan plan(input);
        if (plan.GetVerdict() == Verdict::TOO_BIG)
        {
            EXPECT_EQ(plan.Count(), 0U);
            reported.push_back(plan.NextHopMtu());
            input.payloadSize = plan.NextHopMtu() - IPV4_MIN_HEADER;
            EXPECT_EQ(FragmentPlan(input).GetVerdict(), Verdict::WHOLE);
        }
    }
    EXPECT_EQ(reported, (std::vector<uint32_t>{1200, 900}));
}

TEST(FragmentationDecision, ARouterThatOnlyReportsAnswersAsIfDontFragmentWereSet)
{
    FragmentationInput input;
    input.payloadSize = 1400;
    input.mtu = 1000;
    input.answer = OversizeAnswer::REPORT;
    EXPECT_EQ(FragmentPlan(input).GetVerdict(), Verdict::TOO_BIG);
}

TEST(FragmentationDecision, ATruncatingRouterSendsOnePacketOfExactlyTheMtu)
{
    FragmentationInput input;
    input.headerSize = 24;
    input.payloadSize = 1400;
    input.mtu = 1001;
    input.answer = OversizeAnswer::TRUNCATE;
    const FragmentPlan plan(input);
    EXPECT_EQ(plan.GetVerdict(), Verdict::TRUNCATED);
    ASSERT_EQ(plan.Count(), 1U);
    EXPECT_EQ(plan.Piece(0).TotalLength(), 1001U);
    EXPECT_EQ(plan.TotalBytes(), 1001U);
    EXPECT_FALSE(plan.Piece(0).moreFragments);
    input.dontFragment = true; // the sender wants to hear of it
    EXPECT_EQ(FragmentPlan(input).GetVerdict(), Verdict::TOO_BIG);
}

TEST(FragmentationDecision, OnlyTheFirstPieceHasTheLongHeader)
{
    FragmentationInput input;
    input.headerSize = 60;
    input.laterHeaderSize = 28;
    input.payloadSize = 200;
    input.mtu = 100;
    const auto pieces = PiecesOf(FragmentPlan(input));
    // 40 behind 60 bytes, then 72 behind 28
    ASSERT_EQ(pieces.size(), 4U);
    EXPECT_EQ(pieces[0], (FragmentPiece{0, 40, 0, 60, true}));
    EXPECT_EQ(pieces[1], (FragmentPiece{40, 72, 40, 28, true}));
    EXPECT_EQ(pieces[2], (FragmentPiece{112, 72, 112, 28, true}));
    EXPECT_EQ(pieces[3], (FragmentPiece{184, 16, 184, 28, false}));
}

TEST(FragmentationDecision, HeadersOfPiecesSayLengthOffsetAndOptions)
{
    Ipv4WireHeader original;
    original.identification = 27;
    original.ecn = 2;
    original.options = {148, 4, 0, 0, 7, 3, 4, 0}; // router alert is copied, record route is not
    original.totalLength = 28 + 100;
    original.SetChecksum();
    FragmentationInput input;
    input.headerSize = 28;
    input.laterHeaderSize = 24;
    input.payloadSize = 100;
    input.mtu = 100;
    const FragmentPlan plan(input);
    ASSERT_EQ(plan.Count(), 2U);
    const Ipv4WireHeader::Options copied{148, 4, 0, 0};

    const Ipv4WireHeader first = HeaderOfPiece(original, copied, plan.Piece(0));
    EXPECT_EQ(first.totalLength, 28 + 72);
    EXPECT_EQ(first.fragmentOffset, 0);
    EXPECT_TRUE(first.moreFragments);
    EXPECT_EQ(first.options, original.options);
    EXPECT_TRUE(first.HasRightChecksum());

    const Ipv4WireHeader last = HeaderOfPiece(original, copied, plan.Piece(1));
    EXPECT_EQ(last.totalLength, 24 + 28);
    EXPECT_EQ(last.fragmentOffset, 9);
    EXPECT_FALSE(last.moreFragments);
    EXPECT_EQ(last.options, copied);
    EXPECT_EQ(last.identification, 27);
    EXPECT_EQ(last.ecn, 2);
    EXPECT_TRUE(last.HasRightChecksum());
}

TEST(FragmentationDecision, WhatReachesBeyondTheLargestDatagramIsRefused)
{
    FragmentationInput input;
    input.offset = 65528; // the largest offset that there is
    input.payloadSize = 8;
    input.mtu = 1500;
    EXPECT_EQ(FragmentPlan(input).GetVerdict(), Verdict::TOO_LONG);
    input.offset = 0;
    input.payloadSize = 65515;
    EXPECT_EQ(FragmentPlan(input).GetVerdict(), Verdict::SPLIT);
    input.payloadSize = 65516;
    EXPECT_EQ(FragmentPlan(input).GetVerdict(), Verdict::TOO_LONG);
    input.headerSize = 60;
    input.payloadSize = 65475;
    EXPECT_EQ(FragmentPlan(input).GetVerdict(), Verdict::SPLIT);
    input.payloadSize = 65476;
    EXPECT_EQ(FragmentPlan(input).GetVerdict(), Verdict::TOO_LONG);
    input.offset = UINT32_MAX;
    input.payloadSize = UINT32_MAX;
    EXPECT_EQ(FragmentPlan(input).GetVerdict(), Verdict::TOO_LONG);
}

TEST(FragmentationDecision, PiecesOfRandomPacketsCoverThemOnceWithinTheMtu)
{
    std::mt19937 random(541);
    const auto upTo = [&random](uint32_t most) { return random() % (most + 1); };
    for (int round = 0; round < 20000; ++round)
    {
        FragmentationInput input;
        input.headerSize = 20 + 4 * upTo(10);
        input.laterHeaderSize = 20 + 4 * upTo((input.headerSize - 20) / 4);
        input.mtu = 68 + upTo(round % 2 ? 60 : 3000);
        input.offset = 8 * upTo(4000);
        input.payloadSize = upTo(round % 3 ? 400 : 33000);
        input.moreFragments = random() % 2;
        const FragmentPlan plan(input);
        ASSERT_EQ(plan.GetVerdict(),
                  input.headerSize + input.payloadSize <= input.mtu ? Verdict::WHOLE
                                                                    : Verdict::SPLIT);
        uint32_t next = 0;
        uint64_t bytes = 0;
        for (uint32_t i = 0; i < plan.Count(); ++i)
        {
            const FragmentPiece piece = plan.Piece(i);
            const bool last = i + 1 == plan.Count();
            ASSERT_EQ(piece.from, next);
            ASSERT_EQ(piece.offset, input.offset + next);
            ASSERT_EQ(piece.headerSize, i == 0 ? input.headerSize : input.laterHeaderSize);
            ASSERT_EQ(piece.moreFragments, !last || input.moreFragments);
            ASSERT_LE(piece.TotalLength(), input.mtu);
            if (!last)
            {
                // neither off a unit nor shorter than it must be
                ASSERT_EQ(piece.size % 8, 0U);
                ASSERT_GT(piece.TotalLength() + 8, input.mtu);
            }
            if (plan.Count() > 1)
            {
                ASSERT_GT(piece.size, 0U);
            }
            next += piece.size;
            bytes += piece.TotalLength();
        }
        ASSERT_EQ(next, input.payloadSize);
        ASSERT_EQ(bytes, plan.TotalBytes());
    }
}

} // namespace
} // namespace strata
} // namespace ns3

// SPDX-License-Identifier: GPL-2.0-only

#include "ns3/strata-session-segment.h"

#include <gtest/gtest.h>

namespace ns3
{
namespace strata
{
namespace
{

struct Golden
{
    SessionSegment segment;
    Bytes bytes;
};

SessionSegment
Make(SegmentKind kind, uint8_t attempt, uint32_t sequence)
{
    SessionSegment segment;
    segment.kind = kind;
    segment.attempt = attempt;
    segment.sequence = sequence;
    return segment;
}

std::vector<Golden>
GoldenSegments()
{
    SessionSegment ack = Make(SegmentKind::ACK, 2, 0x01020304);
    ack.window = 0x4050;
    ack.echo = 0x0a0b0c0d;
    SessionSegment ranges = ack;
    ranges.ranges.push_back({1, 0x0203});
    ranges.ranges.push_back({0xffff, 0xfffe});
    return {
        {Make(SegmentKind::DATAGRAM, 0, 0xfffefdfc), {0, 0xff, 0xfe, 0xfd, 0xfc}},
        {Make(SegmentKind::ASKING_DATAGRAM, 0, 1), {1, 0, 0, 0, 1}},
        {Make(SegmentKind::DATA, 7, 0x11223344), {2, 7, 0x11, 0x22, 0x33, 0x44}},
        {ack, {3, 2, 0x40, 0x50, 1, 2, 3, 4, 0x0a, 0x0b, 0x0c, 0x0d}},
        {ranges, {3,    2,    0x40, 0x50, 1,    2,    3,    4,    0x0a, 0x0b,
                  0x0c, 0x0d, 0,    1,    0x02, 0x03, 0xff, 0xff, 0xff, 0xfe}},
        {Make(SegmentKind::PROBE, 255, 5), {4, 255, 0, 0, 0, 5}},
        {Make(SegmentKind::ANSWER, 3, 6), {5, 3, 0, 0, 0, 6}},
    };
}

bool
CarriesMessage(SegmentKind kind)
{
    return kind == SegmentKind::DATAGRAM || kind == SegmentKind::ASKING_DATAGRAM ||
           kind == SegmentKind::DATA;
}

DecodeError
ErrorOf(const Bytes& bytes)
{
    const auto segment = SessionSegment::Decode(bytes, {});
    EXPECT_FALSE(segment.has_value());
    return segment ? DecodeError{} : segment.error();
}

TEST(SessionSegment, EncodesToTheBytesOfTheFormat)
{
    for (const Golden& golden : GoldenSegments())
    {
        EXPECT_EQ(EncodeToBytes(golden.segment), golden.bytes);
        EXPECT_EQ(golden.segment.EncodedSize(), golden.bytes.size());
    }
}

TEST(SessionSegment, DecodesTheBytesOfTheFormat)
{
    for (const Golden& golden : GoldenSegments())
    {
        const auto segment = SessionSegment::Decode(golden.bytes, {});
        ASSERT_TRUE(segment.has_value());
        EXPECT_TRUE(*segment == golden.segment);
    }
}

TEST(SessionSegment, MessageFollowsTheHeaderWhereTheKindHasOne)
{
    for (const Golden& golden : GoldenSegments())
    {
        Bytes whole = golden.bytes;
        whole.insert(whole.end(), {0xde, 0xad, 0xbe});
        EXPECT_EQ(golden.segment.WithMessage(Bytes{0xde, 0xad, 0xbe}), whole);
        const auto segment = SessionSegment::Decode(whole, {});
        ASSERT_EQ(segment.has_value(), CarriesMessage(golden.segment.kind));
        if (segment)
        {
            EXPECT_TRUE(*segment == golden.segment);
            EXPECT_EQ(segment->EncodedSize(), golden.bytes.size());
        }
    }
}

TEST(SessionSegment, EveryTruncationIsRefused)
{
    for (const Golden& golden : GoldenSegments())
    {
        for (std::size_t size = 0; size < golden.bytes.size(); ++size)
        {
            const auto segment = SessionSegment::Decode(ByteView(golden.bytes).Sub(0, size), {});
            if (golden.segment.kind == SegmentKind::ACK && size >= 12 && size % 4 == 0)
            {
                // an ACK with fewer ranges
                EXPECT_TRUE(segment.has_value());
                continue;
            }
            ASSERT_FALSE(segment.has_value()) << size;
            EXPECT_EQ(segment.error().code,
                      size > 12 ? DecodeCode::BAD_LENGTH : DecodeCode::TRUNCATED);
        }
    }
}

TEST(SessionSegment, UnknownKindsAreRefused)
{
    for (int kind = 6; kind < 256; ++kind)
    {
        const DecodeError error = ErrorOf({static_cast<uint8_t>(kind), 0, 0, 0, 0, 0, 0});
        EXPECT_EQ(error.code, DecodeCode::BAD_TYPE);
        EXPECT_EQ(error.offset, 0U);
    }
}

TEST(SessionSegment, NothingFollowsProbesAndAnswers)
{
    for (const uint8_t kind : {4, 5})
    {
        const DecodeError error = ErrorOf({kind, 0, 0, 0, 0, 0, 9});
        EXPECT_EQ(error.code, DecodeCode::TRAILING);
        EXPECT_EQ(error.offset, 6U);
    }
}

TEST(SessionSegment, RangesOfNothingAreRefusedWhereTheyStand)
{
    Bytes bytes = GoldenSegments()[4].bytes;
    bytes[13] = 0;
    EXPECT_EQ(ErrorOf(bytes).code, DecodeCode::BAD_VALUE);
    EXPECT_EQ(ErrorOf(bytes).offset, 12U);
    bytes[13] = 1;
    bytes[18] = 0;
    bytes[19] = 0;
    EXPECT_EQ(ErrorOf(bytes).code, DecodeCode::BAD_VALUE);
    EXPECT_EQ(ErrorOf(bytes).offset, 18U);
}

TEST(SessionSegment, AckHasRoomForSixteenRanges)
{
    Bytes bytes = GoldenSegments()[3].bytes;
    for (std::size_t i = 0; i < SessionSegment::MAX_RANGES; ++i)
    {
        bytes.insert(bytes.end(), {0, 1, 0, 2});
    }
    const auto segment = SessionSegment::Decode(bytes, {});
    ASSERT_TRUE(segment.has_value());
    EXPECT_EQ(segment->ranges.size(), 16U);
    EXPECT_EQ(EncodeToBytes(*segment), bytes);
    bytes.insert(bytes.end(), {0, 1, 0, 2});
    EXPECT_EQ(ErrorOf(bytes).code, DecodeCode::TOO_MANY);
    EXPECT_EQ(ErrorOf(bytes).offset, 76U);
}

} // namespace
} // namespace strata
} // namespace ns3

// SPDX-License-Identifier: GPL-2.0-only

#include "ns3/strata-byte-reader.h"

#include <gtest/gtest.h>
#include <random>

namespace ns3
{
namespace strata
{
namespace
{

const Bytes COUNTING{0x01,
                     0x02,
                     0x03,
                     0x04,
                     0x05,
                     0x06,
                     0x07,
                     0x08,
                     0x09,
                     0x0a,
                     0x0b,
                     0x0c,
                     0x0d,
                     0x0e,
                     0x0f,
                     0x10,
                     0x11,
                     0x12};

TEST(ByteView, SubNeverReachesOutOfTheView)
{
    const ByteView view(COUNTING);
    EXPECT_EQ(view.Sub(0), view);
    EXPECT_EQ(view.Sub(16).size(), 2u);
    EXPECT_EQ(view.Sub(16, 1).ToBytes(), Bytes{0x11});
    EXPECT_EQ(view.Sub(16, SIZE_MAX).size(), 2u);
    EXPECT_TRUE(view.Sub(18).empty());
    EXPECT_TRUE(view.Sub(19).empty());
    EXPECT_TRUE(view.Sub(19, 1).empty());
    EXPECT_TRUE(view.Sub(SIZE_MAX, SIZE_MAX).empty());
    EXPECT_TRUE(ByteView().Sub(0, 1).empty());
    EXPECT_EQ(view.Sub(2, 4).Sub(1, 100).ToBytes(), (Bytes{4, 5, 6}));
}

TEST(ByteView, ComparesContentsNotPlaces)
{
    const Bytes copy = COUNTING;
    EXPECT_EQ(ByteView(copy), ByteView(COUNTING));
    EXPECT_NE(ByteView(copy).Sub(1), ByteView(COUNTING));
    EXPECT_NE(ByteView(copy).Sub(0, 17), ByteView(COUNTING));
    EXPECT_EQ(ByteView(), ByteView(copy.data(), 0));
    EXPECT_TRUE(ByteView().ToBytes().empty());
}

TEST(ByteReader, ReadsNumbersInNetworkOrder)
{
    ByteReader reader(COUNTING);
    EXPECT_EQ(reader.U8(), 0x01u);
    EXPECT_EQ(reader.U16(), 0x0203u);
    EXPECT_EQ(reader.U24(), 0x040506u);
    EXPECT_EQ(reader.U32(), 0x0708090au);
    EXPECT_EQ(reader.U64(), 0x0b0c0d0e0f101112u);
    EXPECT_TRUE(reader.Ok());
    EXPECT_EQ(reader.Offset(), COUNTING.size());
    EXPECT_EQ(reader.Remaining(), 0u);
    reader.ExpectEnd();
    EXPECT_TRUE(reader.Ok());
}

TEST(ByteReader, KeepsTheHighestBits)
{
    const Bytes ones(18, 0xff);
    ByteReader reader(ones);
    EXPECT_EQ(reader.U64(), UINT64_MAX);
    EXPECT_EQ(reader.U32(), UINT32_MAX);
    EXPECT_EQ(reader.U24(), 0xffffffu);
    EXPECT_EQ(reader.U16(), 0xffffu);
    EXPECT_EQ(reader.U8(), 0xffu);
}

TEST(ByteReader, EveryTruncationFailsBehindTheLastByte)
{
    for (std::size_t size = 0; size < COUNTING.size(); ++size)
    {
        ByteReader reader(ByteView(COUNTING).Sub(0, size));
        reader.U8();
        reader.U16();
        reader.U24();
        reader.U32();
        reader.U64();
        ASSERT_FALSE(reader.Ok()) << size;
        EXPECT_EQ(reader.Error().error, (DecodeError{DecodeCode::TRUNCATED, size}));
    }
}

TEST(ByteReader, FailureSticksAndStopsReading)
{
    ByteReader reader(COUNTING);
    reader.U8();
    reader.Fail(DecodeCode::BAD_VALUE);
    EXPECT_EQ(reader.U8(), 0u);
    EXPECT_EQ(reader.U64(), 0u);
    EXPECT_TRUE(reader.Read(1).empty());
    EXPECT_EQ((reader.Array<4>()), (std::array<uint8_t, 4>{}));
    EXPECT_EQ(reader.ShortText(), "");
    EXPECT_TRUE(reader.Rest().empty());
    EXPECT_EQ(reader.Remaining(), 0u);
    EXPECT_EQ(reader.Offset(), 1u);
    reader.Skip(100);
    reader.FailAt(DecodeCode::BAD_TYPE, 7);
    reader.ExpectEnd();
    EXPECT_EQ(reader.Error().error, (DecodeError{DecodeCode::BAD_VALUE, 1}));
}

TEST(ByteReader, AFailedReadConsumesNothing)
{
    ByteReader reader(ByteView(COUNTING).Sub(0, 3));
    reader.U16();
    EXPECT_EQ(reader.U32(), 0u);
    EXPECT_EQ(reader.Offset(), 2u);
    EXPECT_EQ(reader.Error().error, (DecodeError{DecodeCode::TRUNCATED, 3}));
}

TEST(ByteReader, AHugeCountIsATruncation)
{
    ByteReader reader(COUNTING);
    reader.U8();
    EXPECT_TRUE(reader.Read(SIZE_MAX).empty());
    EXPECT_EQ(reader.Error().error.code, DecodeCode::TRUNCATED);
}

TEST(ByteReader, NothingCanBeReadFromNothing)
{
    ByteReader reader{ByteView()};
    EXPECT_TRUE(reader.Read(0).empty());
    EXPECT_TRUE(reader.Ok());
    reader.U8();
    EXPECT_EQ(reader.Error().error, (DecodeError{DecodeCode::TRUNCATED, 0}));
}

TEST(ByteReader, BytesLeftOverAreRefusedWhereTheyBegin)
{
    ByteReader reader(COUNTING, 100);
    reader.U16();
    reader.ExpectEnd();
    EXPECT_EQ(reader.Error().error, (DecodeError{DecodeCode::TRAILING, 102}));
}

TEST(ByteReader, OffsetsCountFromTheBase)
{
    ByteReader reader(ByteView(COUNTING).Sub(0, 4), 40);
    EXPECT_EQ(reader.Offset(), 40u);
    reader.U16();
    EXPECT_EQ(reader.Offset(), 42u);
    reader.U32();
    EXPECT_EQ(reader.Error().error, (DecodeError{DecodeCode::TRUNCATED, 44}));
}

TEST(ByteReader, APartEndsBeforeTheWholeAndCountsOffsetsOn)
{
    ByteReader reader(COUNTING, 10);
    reader.U8();
    ByteReader part = reader.Part(4);
    EXPECT_EQ(reader.Offset(), 15u);
    EXPECT_EQ(part.Offset(), 11u);
    EXPECT_EQ(part.Remaining(), 4u);
    EXPECT_EQ(part.U32(), 0x02030405u);
    EXPECT_EQ(part.U8(), 0u);
    EXPECT_TRUE(reader.Ok());
    reader.Adopt(part);
    EXPECT_EQ(reader.Error().error, (DecodeError{DecodeCode::TRUNCATED, 15}));
}

TEST(ByteReader, APartBeyondTheEndFailsBoth)
{
    ByteReader reader(COUNTING);
    reader.U8();
    ByteReader part = reader.Part(18);
    EXPECT_FALSE(part.Ok());
    EXPECT_EQ(part.Remaining(), 0u);
    EXPECT_EQ(part.U8(), 0u);
    EXPECT_EQ(reader.Error().error, (DecodeError{DecodeCode::TRUNCATED, 18}));
    EXPECT_EQ(part.Error().error, reader.Error().error);
}

TEST(ByteReader, APartOfAFailedReaderKeepsTheFirstFailure)
{
    ByteReader reader(COUNTING);
    reader.FailAt(DecodeCode::BAD_LENGTH, 3);
    ByteReader part = reader.Part(2);
    EXPECT_EQ(part.U16(), 0u);
    EXPECT_EQ(part.Error().error, (DecodeError{DecodeCode::BAD_LENGTH, 3}));
    ByteReader other(COUNTING);
    other.Fail(DecodeCode::BAD_TYPE);
    reader.Adopt(other);
    EXPECT_EQ(reader.Error().error, (DecodeError{DecodeCode::BAD_LENGTH, 3}));
}

TEST(ByteReader, AdoptingAWholePartChangesNothing)
{
    ByteReader reader(COUNTING);
    ByteReader part = reader.Part(2);
    part.U16();
    reader.Adopt(part);
    EXPECT_TRUE(reader.Ok());
}

TEST(ByteReader, ShortTextReadsItsLengthFirst)
{
    const Bytes bytes{3, 'a', 'b', 'c', 0, 2, 'x'};
    ByteReader reader(bytes);
    EXPECT_EQ(reader.ShortText(), "abc");
    EXPECT_EQ(reader.ShortText(), "");
    EXPECT_EQ(reader.ShortText(), "");
    EXPECT_EQ(reader.Error().error, (DecodeError{DecodeCode::TRUNCATED, 7}));
}

/** Any order of calls on any bytes agrees with a position and a vector. */
TEST(ByteReader, AgreesWithANaiveModelOnRandomCalls)
{
    std::mt19937 random(1);
    for (int run = 0; run < 2000; ++run)
    {
        Bytes bytes(random() % 40);
        for (uint8_t& byte : bytes)
        {
            byte = static_cast<uint8_t>(random());
        }
        ByteReader reader(bytes, 5);
        std::size_t position = 0;
        bool ok = true;
        for (int call = 0; call < 12; ++call)
        {
            static constexpr std::size_t SIZES[] = {1, 2, 3, 4, 8, 0, 6};
            const std::size_t kind = random() % 7;
            const std::size_t size = kind == 5 ? random() % 10 : SIZES[kind];
            ok = ok && size <= bytes.size() - position;
            uint64_t number = 0;
            for (std::size_t i = 0; ok && kind < 5 && i < size; ++i)
            {
                number = number * 256 + bytes[position + i];
            }
            const Bytes raw =
                ok ? Bytes(bytes.begin() + static_cast<std::ptrdiff_t>(position),
                           bytes.begin() + static_cast<std::ptrdiff_t>(position + size))
                   : Bytes{};
            switch (kind)
            {
            case 0:
                ASSERT_EQ(reader.U8(), number);
                break;
            case 1:
                ASSERT_EQ(reader.U16(), number);
                break;
            case 2:
                ASSERT_EQ(reader.U24(), number);
                break;
            case 3:
                ASSERT_EQ(reader.U32(), number);
                break;
            case 4:
                ASSERT_EQ(reader.U64(), number);
                break;
            case 5:
                ASSERT_EQ(reader.Read(size).ToBytes(), raw);
                break;
            default:
                ASSERT_EQ(reader.Part(size).Rest().ToBytes(), raw);
                break;
            }
            position += ok ? size : 0;
            ASSERT_EQ(reader.Ok(), ok);
            ASSERT_EQ(reader.Offset(), 5 + position);
            ASSERT_EQ(reader.Remaining(), ok ? bytes.size() - position : 0);
        }
    }
}

TEST(DecodeError, EveryCodeHasANameOfItsOwn)
{
    std::vector<std::string> names;
    for (int code = 0; code <= static_cast<int>(DecodeCode::TRAILING); ++code)
    {
        names.emplace_back(DecodeCodeName(static_cast<DecodeCode>(code)));
        EXPECT_NE(names.back(), "unknown");
        EXPECT_EQ(std::count(names.begin(), names.end(), names.back()), 1);
    }
    EXPECT_STREQ(DecodeCodeName(static_cast<DecodeCode>(200)), "unknown");
}

} // namespace
} // namespace strata
} // namespace ns3

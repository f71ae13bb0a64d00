// SPDX-License-Identifier: GPL-2.0-only

#include "ns3/strata-byte-reader.h"
#include "ns3/strata-byte-writer.h"

#include <gtest/gtest.h>
#include <random>

namespace ns3
{
namespace strata
{
namespace
{

TEST(ByteWriter, WritesNumbersInNetworkOrder)
{
    Bytes out;
    ByteWriter writer(out);
    writer.U8(0x01);
    writer.U16(0x0203);
    writer.U24(0xff040506);
    writer.U32(0x0708090a);
    writer.U64(0x0b0c0d0e0f101112);
    writer.Zeros(2);
    EXPECT_EQ(out, (Bytes{1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 0, 0}));
    EXPECT_EQ(writer.Offset(), 20u);
}

TEST(ByteWriter, AppendsBehindWhatTheBufferHolds)
{
    Bytes out{0xaa, 0xbb};
    ByteWriter writer(out);
    EXPECT_EQ(writer.Offset(), 0u);
    writer.U8(1);
    writer.Write(Bytes{2, 3});
    EXPECT_EQ(out, (Bytes{0xaa, 0xbb, 1, 2, 3}));
    EXPECT_EQ(writer.Written().ToBytes(), (Bytes{1, 2, 3}));
    EXPECT_EQ(writer.Written(2).ToBytes(), (Bytes{3}));
    EXPECT_TRUE(writer.Written(3).empty());
    EXPECT_TRUE(writer.Written(4).empty());
}

TEST(ByteWriter, PatchesALengthReservedBefore)
{
    Bytes out{0xaa};
    ByteWriter writer(out);
    writer.U8(7);
    const std::size_t length = writer.ReserveU16();
    EXPECT_EQ(length, 1u);
    writer.Write(Bytes(300, 0x55));
    writer.PatchU16(length, static_cast<uint16_t>(writer.Offset()));
    writer.PatchU8(0, 9);
    EXPECT_EQ(ByteView(out).Sub(0, 5).ToBytes(), (Bytes{0xaa, 9, 0x01, 0x2f, 0x55}));
    EXPECT_EQ(out.size(), 304u);
}

TEST(ByteWriter, TwoWritersOnOneBufferPatchTheirOwnPart)
{
    Bytes out;
    ByteWriter outer(out);
    const std::size_t outerLength = outer.ReserveU16();
    ByteWriter inner(out);
    const std::size_t innerLength = inner.ReserveU16();
    inner.U8(1);
    inner.PatchU16(innerLength, static_cast<uint16_t>(inner.Offset()));
    outer.PatchU16(outerLength, static_cast<uint16_t>(outer.Offset()));
    EXPECT_EQ(out, (Bytes{0, 5, 0, 3, 1}));
}

TEST(ByteWriter, ShortTextIsCutAt255Bytes)
{
    Bytes out;
    ByteWriter writer(out);
    writer.ShortText("");
    writer.ShortText("ab");
    writer.ShortText(std::string(300, 'x'));
    EXPECT_EQ(out.size(), 1u + 3u + 256u);
    ByteReader reader(out);
    EXPECT_EQ(reader.ShortText(), "");
    EXPECT_EQ(reader.ShortText(), "ab");
    EXPECT_EQ(reader.ShortText(), std::string(255, 'x'));
    reader.ExpectEnd();
    EXPECT_TRUE(reader.Ok());
}

TEST(ByteWriter, WriterAndReaderStayInStep)
{
    std::mt19937_64 random(2);
    for (int run = 0; run < 500; ++run)
    {
        std::vector<std::pair<int, uint64_t>> calls(random() % 20);
        Bytes out;
        ByteWriter writer(out);
        for (auto& [size, value] : calls)
        {
            static constexpr int SIZES[] = {1, 2, 3, 4, 8};
            size = SIZES[random() % 5];
            value = random() >> (64 - 8 * size);
            switch (size)
            {
            case 1:
                writer.U8(static_cast<uint8_t>(value));
                break;
            case 2:
                writer.U16(static_cast<uint16_t>(value));
                break;
            case 3:
                writer.U24(static_cast<uint32_t>(value));
                break;
            case 4:
                writer.U32(static_cast<uint32_t>(value));
                break;
            default:
                writer.U64(value);
                break;
            }
        }
        ByteReader reader(out);
        for (const auto& [size, value] : calls)
        {
            switch (size)
            {
            case 1:
                ASSERT_EQ(reader.U8(), value);
                break;
            case 2:
                ASSERT_EQ(reader.U16(), value);
                break;
            case 3:
                ASSERT_EQ(reader.U24(), value);
                break;
            case 4:
                ASSERT_EQ(reader.U32(), value);
                break;
            default:
                ASSERT_EQ(reader.U64(), value);
                break;
            }
        }
        reader.ExpectEnd();
        ASSERT_TRUE(reader.Ok());
    }
}

} // namespace
} // namespace strata
} // namespace ns3

// SPDX-License-Identifier: GPL-2.0-only

#include "ns3/strata-mpls-label.h"

#include <gtest/gtest.h>

namespace ns3
{
namespace strata
{
namespace
{

/** 16001, reserved 7 (entropy label indicator, RFC 6790), 1048575 at the bottom. */
const Bytes THREE_BYTES{0x03, 0xe8, 0x1a, 0x40, 0x00, 0x00, 0x70, 0x00, 0xff, 0xff, 0xff, 0xff};

MplsLabelStack
ThreeLabels()
{
    MplsLabelStack stack;
    stack.labels = {{16001, 5, 64}, {7, 0, 0}, {0xfffff, 7, 255}};
    return stack;
}

TEST(MplsLabel, AStackOfThreeEncodesAndDecodes)
{
    EXPECT_EQ(EncodeToBytes(ThreeLabels()), THREE_BYTES);
    EXPECT_EQ(ThreeLabels().EncodedSize(), 12u);
    const auto decoded = MplsLabelStack::Decode(THREE_BYTES, {});
    ASSERT_TRUE(decoded);
    EXPECT_EQ(*decoded, ThreeLabels());
}

TEST(MplsLabel, EveryTruncationFailsBehindTheLastByte)
{
    for (std::size_t size = 0; size < THREE_BYTES.size(); ++size)
    {
        const auto decoded = MplsLabelStack::Decode(ByteView(THREE_BYTES).Sub(0, size), {});
        ASSERT_FALSE(decoded) << size;
        EXPECT_EQ(decoded.error(), (DecodeError{DecodeCode::TRUNCATED, size}));
    }
}

TEST(MplsLabel, TheStackEndsAtItsBottomAndLeavesThePayload)
{
    Bytes packet = THREE_BYTES;
    packet.insert(packet.end(), {0x45, 0x00, 0x00, 0x14});
    const auto decoded = MplsLabelStack::Decode(packet, {});
    ASSERT_TRUE(decoded);
    EXPECT_EQ(decoded->EncodedSize(), 12u);
    EXPECT_EQ(*decoded, ThreeLabels());
}

TEST(MplsLabel, ASwitchReadsTheTopEntryAlone)
{
    const auto top = MplsLabelEntry::Decode(THREE_BYTES, {});
    ASSERT_TRUE(top);
    EXPECT_EQ(*top, (MplsLabelEntry{{16001, 5, 64}, false}));
    const auto bottom = MplsLabelEntry::Decode(ByteView(THREE_BYTES).Sub(8), {});
    ASSERT_TRUE(bottom);
    EXPECT_EQ(*bottom, (MplsLabelEntry{{0xfffff, 7, 255}, true}));
    EXPECT_EQ(EncodeToBytes(*bottom), ByteView(THREE_BYTES).Sub(8).ToBytes());
}

/** RFC 3032 section 2.1: label 20 bits, Exp 3, S 1, TTL 8. */
TEST(MplsLabel, EachBitHasItsField)
{
    for (unsigned bit = 0; bit < 32; ++bit)
    {
        const uint32_t word = uint32_t{1} << bit;
        Bytes bytes;
        ByteWriter writer(bytes);
        writer.U32(word);
        const auto entry = MplsLabelEntry::Decode(bytes, {});
        ASSERT_TRUE(entry);
        EXPECT_EQ(entry->label.ttl, bit < 8 ? word : 0);
        EXPECT_EQ(entry->bottom, bit == 8);
        EXPECT_EQ(entry->label.trafficClass, bit > 8 && bit < 12 ? word >> 9 : 0);
        EXPECT_EQ(entry->label.value, bit >= 12 ? word >> 12 : 0);
        EXPECT_EQ(EncodeToBytes(*entry), bytes);
    }
}

TEST(MplsLabel, EveryReservedLabelIsKept)
{
    for (uint32_t label = 0; label < 16; ++label)
    {
        const Bytes bytes = EncodeToBytes(MplsLabelEntry{{label, 1, 2}, true});
        const auto decoded = MplsLabelStack::Decode(bytes, {});
        ASSERT_TRUE(decoded);
        EXPECT_EQ(decoded->labels.at(0).value, label);
        EXPECT_EQ(EncodeToBytes(*decoded), bytes);
    }
}

TEST(MplsLabel, NumbersAreCutToTheirFields)
{
    EXPECT_EQ(EncodeToBytes(MplsLabelEntry{{0xfff00001, 0xf8, 3}, false}), (Bytes{0, 0, 0x10, 3}));
}

TEST(MplsLabel, TheDeepestStackIsReadAndADeeperOneIsRefusedAtItsFirstEntryTooMany)
{
    Bytes bytes(4 * MplsLabelStack::MAX_DEPTH, 0);
    bytes[bytes.size() - 2] = 0x01;
    const auto deepest = MplsLabelStack::Decode(bytes, {});
    ASSERT_TRUE(deepest);
    EXPECT_EQ(deepest->labels.size(), MplsLabelStack::MAX_DEPTH);
    EXPECT_EQ(EncodeToBytes(*deepest), bytes);

    bytes.insert(bytes.begin(), 4, 0);
    const auto deeper = MplsLabelStack::Decode(bytes, {});
    ASSERT_FALSE(deeper);
    EXPECT_EQ(deeper.error(), (DecodeError{DecodeCode::TOO_MANY, 4 * MplsLabelStack::MAX_DEPTH}));
}

TEST(MplsLabel, StacksDifferInEveryField)
{
    for (int field = 0; field < 4; ++field)
    {
        MplsLabelStack other = ThreeLabels();
        other.labels[1].value ^= field == 0;
        other.labels[1].trafficClass ^= field == 1;
        other.labels[1].ttl ^= field == 2;
        if (field == 3)
        {
            other.labels.pop_back();
        }
        EXPECT_NE(other, ThreeLabels());
    }
}

} // namespace
} // namespace strata
} // namespace ns3

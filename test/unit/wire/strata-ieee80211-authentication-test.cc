// SPDX-License-Identifier: GPL-2.0-only

#include "ns3/strata-ieee80211-authentication.h"

#include <gtest/gtest.h>

namespace ns3
{
namespace strata
{
namespace
{

TEST(Ieee80211Authentication, NumbersStandWithTheirLowByteFirst)
{
    // IEEE 802.11-2020 section 9.2.2
    const Bytes bytes{0x00, 0x00, 0x02, 0x00, 0x0d, 0x01};
    Ieee80211Authentication frame;
    frame.sequence = 2;
    frame.status = 0x010d;
    EXPECT_EQ(EncodeToBytes(frame), bytes);
    const auto decoded = Ieee80211Authentication::Decode(bytes, {});
    ASSERT_TRUE(decoded);
    EXPECT_EQ(*decoded, frame);
}

TEST(Ieee80211Authentication, ElementsBehindTheFixedFieldsAreLeftAlone)
{
    const Bytes bytes{0x01, 0x00, 0x01, 0x00, 0x00, 0x00, 0x10, 0x02, 0xaa, 0xbb};
    const auto decoded = Ieee80211Authentication::Decode(bytes, {});
    ASSERT_TRUE(decoded);
    EXPECT_EQ(decoded->algorithm, 1);
    EXPECT_EQ(decoded->EncodedSize(), 6u);
}

TEST(Ieee80211Authentication, EveryTruncationFailsBehindTheLastByte)
{
    const Bytes bytes = EncodeToBytes(Ieee80211Authentication{});
    for (std::size_t size = 0; size < bytes.size(); ++size)
    {
        const auto decoded = Ieee80211Authentication::Decode(ByteView(bytes).Sub(0, size), {});
        ASSERT_FALSE(decoded) << size;
        EXPECT_EQ(decoded.error(), (DecodeError{DecodeCode::TRUNCATED, size}));
    }
}

} // namespace
} // namespace strata
} // namespace ns3

// SPDX-License-Identifier: GPL-2.0-only

#include "ns3/strata-tcp-header.h"

#include <gtest/gtest.h>

namespace ns3
{
namespace strata
{
namespace
{

/** A SYN from 10.0.0.1:32768 to 10.0.0.2:80 that offers an MSS of 1460; summed by hand. */
const Bytes SYN_BYTES{0x80, 0x00, 0x00, 0x50, 0x01, 0x02, 0x03, 0x04, 0x00, 0x00, 0x00, 0x00,
                      0x60, 0x02, 0xff, 0xff, 0xff, 0xcd, 0x00, 0x00, 0x02, 0x04, 0x05, 0xb4};

TcpWireHeader
Syn()
{
    TcpWireHeader header;
    header.ports = {32768, 80};
    header.sequence = 0x01020304;
    header.flags = TcpWireHeader::SYN;
    header.window = 0xffff;
    header.checksum = 0xffcd;
    header.options = {2, 4, 0x05, 0xb4};
    return header;
}

TEST(TcpWireHeader, ASynEncodesAndDecodes)
{
    EXPECT_EQ(EncodeToBytes(Syn()), SYN_BYTES);
    const auto decoded = TcpWireHeader::Decode(SYN_BYTES, {});
    ASSERT_TRUE(decoded);
    EXPECT_EQ(*decoded, Syn());
    EXPECT_EQ(decoded->MaximumSegmentSize(), 1460);
    EXPECT_EQ(decoded->ComputeChecksum4(0x0a000001, 0x0a000002, {}), 0xffcd);
}

TEST(TcpWireHeader, EveryTruncationFailsBehindTheLastByte)
{
    for (std::size_t size = 0; size < SYN_BYTES.size(); ++size)
    {
        const auto header = TcpWireHeader::Decode(ByteView(SYN_BYTES).Sub(0, size), {});
        ASSERT_FALSE(header);
        EXPECT_EQ(header.error(), (DecodeError{DecodeCode::TRUNCATED, size}));
    }
}

TEST(TcpWireHeader, ADataOffsetBelowFiveIsRefusedWhereItStands)
{
    Bytes bytes = SYN_BYTES;
    for (uint8_t offset = 0; offset < 5; ++offset)
    {
        bytes[12] = static_cast<uint8_t>(offset << 4);
        const auto header = TcpWireHeader::Decode(bytes, {});
        ASSERT_FALSE(header);
        EXPECT_EQ(header.error(), (DecodeError{DecodeCode::BAD_LENGTH, 12}));
    }
}

TEST(TcpWireHeader, OptionsOfIllegalLengthsAreOutOfOrder)
{
    const auto inOrder = [](TcpWireHeader::Options options) {
        TcpWireHeader header;
        header.options = options;
        return header.AreOptionsInOrder();
    };
    EXPECT_TRUE(inOrder({}));
    EXPECT_TRUE(inOrder({2, 4, 5, 0xb4, 1, 3, 3, 7, 4, 2, 8, 10, 0, 0, 0, 1, 0, 0, 0, 0}));
    EXPECT_TRUE(inOrder({1, 1, 5, 10, 0, 0, 0, 1, 0, 0, 0, 2}));
    EXPECT_TRUE(inOrder({0, 99, 0, 0})); // nothing counts behind the end
    EXPECT_TRUE(inOrder({253, 2, 254, 6, 1, 2, 3, 4}));
    EXPECT_FALSE(inOrder({253, 0, 1, 1}));
    EXPECT_FALSE(inOrder({253, 1, 1, 1}));
    EXPECT_FALSE(inOrder({253, 5, 1, 1}));
    EXPECT_FALSE(inOrder({1, 1, 1, 2}));
    EXPECT_FALSE(inOrder({2, 3, 5, 1}));
    EXPECT_FALSE(inOrder({3, 4, 5, 1}));
    EXPECT_FALSE(inOrder({4, 4, 5, 1}));
    EXPECT_FALSE(inOrder({5, 2, 1, 1}));
    EXPECT_FALSE(inOrder({8, 4, 5, 1}));
}

TEST(TcpWireHeader, EveryBitComesBack)
{
    for (unsigned bit = 0; bit < 160; ++bit)
    {
        if (bit >= 96 && bit < 100)
        {
            continue; // the data offset
        }
        Bytes bytes(20, 0);
        bytes[12] = 0x50;
        bytes[bit / 8] |= static_cast<uint8_t>(0x80 >> (bit % 8));
        const auto header = TcpWireHeader::Decode(bytes, {});
        ASSERT_TRUE(header);
        EXPECT_EQ(EncodeToBytes(*header), bytes) << bit;
        EXPECT_NE(*header, TcpWireHeader{}) << bit;
    }
}

TEST(TcpWireHeader, TheSegmentSizeIsFoundAmongOtherOptions)
{
    TcpWireHeader header = Syn();
    header.options = {1, 3, 3, 7, 2, 4, 2, 24, 4, 2, 0, 0};
    EXPECT_EQ(header.MaximumSegmentSize(), 536);
    header.options = {0, 2, 4, 2, 24, 0, 0, 0};
    EXPECT_FALSE(header.MaximumSegmentSize()) << "behind the end";
    header.options = {1, 1, 2, 4};
    EXPECT_FALSE(header.MaximumSegmentSize()) << "cut";
    header.options = {3, 0, 2, 4, 2, 24, 0, 0};
    EXPECT_FALSE(header.MaximumSegmentSize()) << "behind a length of zero";
    header.options = {1, 1, 1, 2};
    EXPECT_FALSE(header.MaximumSegmentSize()) << "without a length";
    header.options = {2, 3, 2, 1};
    EXPECT_FALSE(header.MaximumSegmentSize()) << "of another length";
}

} // namespace
} // namespace strata
} // namespace ns3

// SPDX-License-Identifier: GPL-2.0-only

#include "ns3/strata-tcp2-header.h"

#include <gtest/gtest.h>

namespace ns3
{
namespace strata
{
namespace
{

/** Port 100001 to 100000, number 7, acknowledging; window, checksum and reserved bits are set. */
const Bytes HEADER_BYTES{0x00, 0x01, 0x86, 0xa1, 0x00, 0x01, 0x86, 0xa0, 0x00, 0x00,
                         0x00, 0x07, 0x00, 0x01, 0x12, 0x34, 0xab, 0xcd, 0x56, 0x78};

Tcp2WireHeader
Header()
{
    Tcp2WireHeader header;
    header.source = 100'001;
    header.destination = 100'000;
    header.sequence = 7;
    header.flags = Tcp2WireHeader::FLAG_ACK;
    header.window = 0x1234;
    header.checksum = 0xabcd;
    header.reserved = 0x5678;
    return header;
}

TEST(Tcp2WireHeader, AHeaderEncodesAndDecodes)
{
    EXPECT_EQ(EncodeToBytes(Header()), HEADER_BYTES);
    const auto decoded = Tcp2WireHeader::Decode(HEADER_BYTES, {});
    ASSERT_TRUE(decoded);
    EXPECT_EQ(*decoded, Header());
    EXPECT_EQ(decoded->EncodedSize(), HEADER_BYTES.size());
}

TEST(Tcp2WireHeader, EveryTruncationFailsBehindTheLastByte)
{
    for (std::size_t size = 0; size < HEADER_BYTES.size(); ++size)
    {
        const auto header = Tcp2WireHeader::Decode(ByteView(HEADER_BYTES).Sub(0, size), {});
        ASSERT_FALSE(header);
        EXPECT_EQ(header.error(), (DecodeError{DecodeCode::TRUNCATED, size}));
    }
}

TEST(Tcp2WireHeader, TheChecksumCoversAddressesHeaderAndData)
{
    const Bytes data{'a', 'b', 'c'};
    const auto pseudo = [](uint32_t source) {
        InternetChecksum sum;
        sum.AddPseudoHeader4(source, 0xc0000250, 253, 23);
        return sum;
    };
    Tcp2WireHeader header = Header();
    header.checksum = 0;
    header.checksum = header.Sum(pseudo(0x0a000001), data);
    EXPECT_EQ(header.Sum(pseudo(0x0a000001), data), 0);
    EXPECT_NE(header.Sum(pseudo(0xc63c2a0c), data), 0) << "another source";
    EXPECT_NE(header.Sum(pseudo(0x0a000001), Bytes{'a', 'b', 'd'}), 0) << "other data";
    header.source = 1;
    EXPECT_NE(header.Sum(pseudo(0x0a000001), data), 0) << "another port";
}

/** 0001 + 86a1 + 0001 + 86a0 + 0007 + 0001 added by hand is 1 0d4b, folded 0d4c. */
TEST(Tcp2WireHeader, TheChecksumIsTheInternetChecksum)
{
    Tcp2WireHeader header = Header();
    header.window = header.checksum = header.reserved = 0;
    EXPECT_EQ(header.Sum(InternetChecksum(), ByteView()), static_cast<uint16_t>(~0x0d4c));
}

} // namespace
} // namespace strata
} // namespace ns3

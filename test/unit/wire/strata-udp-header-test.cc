// SPDX-License-Identifier: GPL-2.0-only

#include "ns3/strata-udp-header.h"

#include <gtest/gtest.h>

namespace ns3
{
namespace strata
{
namespace
{

constexpr uint32_t SOURCE = 0x0a000001;
constexpr uint32_t DESTINATION = 0x0a000002;
const Bytes DATA{0x61, 0x62, 0x63, 0x64};

/** 1234 to 7, with the checksum of 10.0.0.1 to 10.0.0.2 over "abcd", added up by hand. */
const Bytes HEADER_BYTES{0x04, 0xd2, 0x00, 0x07, 0x00, 0x0c, 0x22, 0x34};

TEST(UdpWireHeader, AHeaderEncodesAndDecodes)
{
    const UdpWireHeader header{{1234, 7}, 12, 0x2234};
    EXPECT_EQ(EncodeToBytes(header), HEADER_BYTES);
    const auto decoded = UdpWireHeader::Decode(HEADER_BYTES, {});
    ASSERT_TRUE(decoded);
    EXPECT_EQ(*decoded, header);
}

TEST(UdpWireHeader, EveryTruncationFailsBehindTheLastByte)
{
    for (std::size_t size = 0; size < HEADER_BYTES.size(); ++size)
    {
        const auto header = UdpWireHeader::Decode(ByteView(HEADER_BYTES).Sub(0, size), {});
        ASSERT_FALSE(header);
        EXPECT_EQ(header.error(), (DecodeError{DecodeCode::TRUNCATED, size}));
        const auto ports = TransportPorts::Decode(ByteView(HEADER_BYTES).Sub(0, size), {});
        EXPECT_EQ(ports.has_value(), size >= 4);
    }
}

/** RFC 768: the least length is eight. */
TEST(UdpWireHeader, ALengthBelowTheHeaderIsRefusedWhereItStands)
{
    Bytes bytes = HEADER_BYTES;
    bytes[5] = 7;
    const auto header = UdpWireHeader::Decode(bytes, {});
    ASSERT_FALSE(header);
    EXPECT_EQ(header.error(), (DecodeError{DecodeCode::BAD_LENGTH, 4}));
    bytes[5] = 8;
    EXPECT_TRUE(UdpWireHeader::Decode(bytes, {}));
}

TEST(UdpWireHeader, TheChecksumCoversAddressesPortsAndData)
{
    UdpWireHeader header{{1234, 7}, 12, 0};
    EXPECT_EQ(header.ComputeChecksum4(SOURCE, DESTINATION, DATA), 0x2234);
    EXPECT_TRUE(header.HasRightChecksum4(SOURCE, DESTINATION, DATA)) << "0 says there is none";
    header.checksum = 0x2234;
    EXPECT_TRUE(header.HasRightChecksum4(SOURCE, DESTINATION, DATA));
    EXPECT_FALSE(header.HasRightChecksum4(SOURCE, DESTINATION + 1, DATA));
    header.ports.source ^= 1;
    EXPECT_FALSE(header.HasRightChecksum4(SOURCE, DESTINATION, DATA));
}

/** RFC 768: a computed zero is sent as all ones. */
TEST(UdpWireHeader, AComputedZeroBecomesAllOnes)
{
    UdpWireHeader header{{1234, 7}, 10, 0};
    Bytes data{0, 0};
    const uint16_t sum = header.ComputeChecksum4(SOURCE, DESTINATION, data);
    data = {static_cast<uint8_t>(sum >> 8), static_cast<uint8_t>(sum)};
    EXPECT_EQ(header.ComputeChecksum4(SOURCE, DESTINATION, data), 0xffff);
    header.checksum = 0xffff;
    EXPECT_TRUE(header.HasRightChecksum4(SOURCE, DESTINATION, data));
}

TEST(UdpWireHeader, PortsComeFromTheFirstFourOctets)
{
    const auto ports = TransportPorts::Decode(HEADER_BYTES, {});
    ASSERT_TRUE(ports);
    EXPECT_EQ(*ports, (TransportPorts{1234, 7}));
    EXPECT_EQ(EncodeToBytes(*ports), ByteView(HEADER_BYTES).Sub(0, 4).ToBytes());
    EXPECT_NE(*ports, (TransportPorts{7, 1234}));
}

} // namespace
} // namespace strata
} // namespace ns3

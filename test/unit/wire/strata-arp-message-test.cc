// SPDX-License-Identifier: GPL-2.0-only

#include "ns3/strata-arp-message.h"

#include <gtest/gtest.h>

namespace ns3
{
namespace strata
{
namespace
{

const MacBytes E1{0x00, 0x00, 0x5e, 0x00, 0x53, 0xe1};
const MacBytes E2{0x00, 0x00, 0x5e, 0x00, 0x53, 0xe2};
constexpr uint32_t IP1 = 0xc0204107; // 192.32.65.7
constexpr uint32_t IP2 = 0xc0204105; // 192.32.65.5

/** Who has 192.32.65.5? Tell 192.32.65.7: tshark reads it so. */
const Bytes REQUEST_BYTES{0x00, 0x01, 0x08, 0x00, 0x06, 0x04, 0x00, 0x01, 0x00, 0x00,
                          0x5e, 0x00, 0x53, 0xe1, 0xc0, 0x20, 0x41, 0x07, 0x00, 0x00,
                          0x00, 0x00, 0x00, 0x00, 0xc0, 0x20, 0x41, 0x05};

/** 192.32.65.5 is at 00:00:5e:00:53:e2. */
const Bytes REPLY_BYTES{0x00, 0x01, 0x08, 0x00, 0x06, 0x04, 0x00, 0x02, 0x00, 0x00,
                        0x5e, 0x00, 0x53, 0xe2, 0xc0, 0x20, 0x41, 0x05, 0x00, 0x00,
                        0x5e, 0x00, 0x53, 0xe1, 0xc0, 0x20, 0x41, 0x07};

DecodeError
ErrorOf(const Bytes& bytes)
{
    const auto message = ArpMessage::Decode(bytes, {});
    EXPECT_FALSE(message);
    return message ? DecodeError{DecodeCode::TRAILING, 0} : message.error();
}

TEST(ArpMessage, ARequestEncodesAndDecodes)
{
    const ArpMessage request = ArpMessage::Request(E1, IP1, IP2);
    EXPECT_EQ(EncodeToBytes(request), REQUEST_BYTES);
    EXPECT_EQ(request.EncodedSize(), 28u);
    const auto decoded = ArpMessage::Decode(REQUEST_BYTES, {});
    ASSERT_TRUE(decoded);
    EXPECT_EQ(*decoded, request);
}

/** RFC 826: swap the hardware and protocol fields, putting the local addresses in the sender's. */
TEST(ArpMessage, AReplySwapsTheSidesOfItsRequest)
{
    const ArpMessage reply = ArpMessage::Reply(ArpMessage::Request(E1, IP1, IP2), E2);
    EXPECT_EQ(EncodeToBytes(reply), REPLY_BYTES);
    const auto decoded = ArpMessage::Decode(REPLY_BYTES, {});
    ASSERT_TRUE(decoded);
    EXPECT_EQ(*decoded, reply);
}

TEST(ArpMessage, EveryTruncationFailsBehindTheLastByte)
{
    for (std::size_t size = 0; size < REQUEST_BYTES.size(); ++size)
    {
        EXPECT_EQ(ErrorOf(ByteView(REQUEST_BYTES).Sub(0, size).ToBytes()),
                  (DecodeError{DecodeCode::TRUNCATED, size}));
    }
}

TEST(ArpMessage, ThePaddingOfTheFrameIsLeftAlone)
{
    Bytes padded = REQUEST_BYTES;
    padded.resize(46, 0xaa);
    const auto decoded = ArpMessage::Decode(padded, {});
    ASSERT_TRUE(decoded);
    EXPECT_EQ(decoded->EncodedSize(), REQUEST_BYTES.size());
    EXPECT_EQ(EncodeToBytes(*decoded), REQUEST_BYTES);
}

TEST(ArpMessage, OtherTypesAndLengthsAreRefusedWhereTheyStand)
{
    const auto with = [](std::size_t at, uint8_t value) {
        Bytes bytes = REQUEST_BYTES;
        bytes[at] = value;
        return bytes;
    };
    EXPECT_EQ(ErrorOf(with(1, 6)), (DecodeError{DecodeCode::BAD_TYPE, 0}));
    EXPECT_EQ(ErrorOf(with(2, 0x86)), (DecodeError{DecodeCode::BAD_TYPE, 2}));
    EXPECT_EQ(ErrorOf(with(4, 8)), (DecodeError{DecodeCode::BAD_LENGTH, 4}));
    EXPECT_EQ(ErrorOf(with(5, 16)), (DecodeError{DecodeCode::BAD_LENGTH, 5}));
}

TEST(ArpMessage, AnUnknownOperationIsKept)
{
    Bytes bytes = REQUEST_BYTES;
    bytes[6] = 0xab;
    const auto decoded = ArpMessage::Decode(bytes, {});
    ASSERT_TRUE(decoded);
    EXPECT_EQ(static_cast<unsigned>(decoded->operation), 0xab01u);
    EXPECT_EQ(EncodeToBytes(*decoded), bytes);
}

/** RFC 5227 section 1.1. */
TEST(ArpMessage, AProbeClaimsNothingAndAnAnnouncementDoes)
{
    const ArpMessage probe = ArpMessage::Probe(E1, IP1);
    EXPECT_TRUE(probe.IsProbe());
    EXPECT_FALSE(probe.IsGratuitous());
    EXPECT_EQ(probe.targetProtocol, IP1);
    EXPECT_EQ(probe.targetHardware, MacBytes{});

    const ArpMessage announcement = ArpMessage::Announcement(E1, IP1);
    EXPECT_FALSE(announcement.IsProbe());
    EXPECT_TRUE(announcement.IsGratuitous());
    EXPECT_EQ(announcement.senderProtocol, IP1);

    EXPECT_FALSE(ArpMessage::Request(E1, IP1, IP2).IsGratuitous());
    EXPECT_FALSE(ArpMessage::Request(E1, IP1, IP2).IsProbe());
}

TEST(ArpMessage, MessagesDifferInEveryField)
{
    const ArpMessage base = ArpMessage::Request(E1, IP1, IP2);
    for (int field = 0; field < 5; ++field)
    {
        ArpMessage other = base;
        other.operation = field == 0 ? ArpOperation::REPLY : base.operation;
        other.senderHardware[5] ^= field == 1;
        other.senderProtocol ^= field == 2;
        other.targetHardware[0] ^= field == 3;
        other.targetProtocol ^= field == 4;
        EXPECT_NE(other, base);
    }
}

} // namespace
} // namespace strata
} // namespace ns3

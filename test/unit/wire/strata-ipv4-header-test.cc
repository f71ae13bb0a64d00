// SPDX-License-Identifier: GPL-2.0-only

#include "ns3/strata-checksum.h"
#include "ns3/strata-ipv4-header.h"

#include <gtest/gtest.h>

namespace ns3
{
namespace strata
{
namespace
{

/** UDP from 192.168.0.1 to 192.168.0.199, 115 octets, DF; tshark calls its checksum correct. */
const Bytes PLAIN_BYTES{0x45, 0x00, 0x00, 0x73, 0x00, 0x00, 0x40, 0x00, 0x40, 0x11,
                        0xb8, 0x61, 0xc0, 0xa8, 0x00, 0x01, 0xc0, 0xa8, 0x00, 0xc7};

/** The same with a router alert, all other fields set. */
const Bytes FULL_BYTES{0x46, 0xbb, 0x00, 0x73, 0x12, 0x34, 0xf5, 0x55, 0x01, 0xfd, 0xbe, 0xef,
                       0x0a, 0x01, 0x02, 0x03, 0xe0, 0x00, 0x00, 0x01, 0x94, 0x04, 0x00, 0x00};

Ipv4WireHeader
Plain()
{
    Ipv4WireHeader header;
    header.totalLength = 115;
    header.dontFragment = true;
    header.protocol = 17;
    header.checksum = 0xb861;
    header.source = 0xc0a80001;
    header.destination = 0xc0a800c7;
    return header;
}

Ipv4WireHeader
Full()
{
    Ipv4WireHeader header;
    header.dscp = 46; // EF
    header.ecn = 3;
    header.totalLength = 115;
    header.identification = 0x1234;
    header.reservedFlag = true;
    header.dontFragment = true;
    header.moreFragments = true;
    header.fragmentOffset = 0x1555;
    header.ttl = 1;
    header.protocol = 253;
    header.checksum = 0xbeef;
    header.source = 0x0a010203;
    header.destination = 0xe0000001;
    header.options = {0x94, 4, 0, 0};
    return header;
}

DecodeError
ErrorOf(const Bytes& bytes)
{
    const auto header = Ipv4WireHeader::Decode(bytes, {});
    EXPECT_FALSE(header);
    return header ? DecodeError{DecodeCode::TRAILING, 0} : header.error();
}

Ipv4WireHeader
Decoded(const Bytes& bytes)
{
    const auto header = Ipv4WireHeader::Decode(bytes, {});
    EXPECT_TRUE(header);
    return header ? *header : Ipv4WireHeader{};
}

TEST(Ipv4WireHeader, AHeaderWithoutOptionsEncodesAndDecodes)
{
    EXPECT_EQ(EncodeToBytes(Plain()), PLAIN_BYTES);
    EXPECT_EQ(Decoded(PLAIN_BYTES), Plain());
    EXPECT_EQ(Plain().HeaderSize(), 20u);
    EXPECT_EQ(Plain().PayloadSize(), 95u);
}

TEST(Ipv4WireHeader, AHeaderWithEveryFieldSetEncodesAndDecodes)
{
    EXPECT_EQ(EncodeToBytes(Full()), FULL_BYTES);
    EXPECT_EQ(Decoded(FULL_BYTES), Full());
    EXPECT_EQ(Full().HeaderSize(), 24u);
    EXPECT_EQ(Full().PayloadSize(), 91u);
    std::array<uint8_t, Ipv4WireHeader::MAX_SIZE> buffer;
    EXPECT_EQ(Full().EncodeInto(buffer), ByteView(FULL_BYTES));
}

TEST(Ipv4WireHeader, EveryTruncationFailsBehindTheLastByte)
{
    for (const Bytes& bytes : {PLAIN_BYTES, FULL_BYTES})
    {
        for (std::size_t size = 0; size < bytes.size(); ++size)
        {
            EXPECT_EQ(ErrorOf(ByteView(bytes).Sub(0, size).ToBytes()),
                      (DecodeError{DecodeCode::TRUNCATED, size}));
        }
    }
}

/** RFC 791 section 3.1: every bit of the fixed part, each in its own field. */
TEST(Ipv4WireHeader, EveryBitComesBack)
{
    for (unsigned bit = 8; bit < 160; ++bit)
    {
        Bytes bytes(20, 0);
        bytes[0] = 0x45;
        bytes[3] = 20;
        bytes[bit / 8] |= static_cast<uint8_t>(0x80 >> (bit % 8));
        EXPECT_EQ(EncodeToBytes(Decoded(bytes)), bytes) << bit;
    }
}

TEST(Ipv4WireHeader, AnotherVersionIsRefusedBeforeAnythingElse)
{
    for (unsigned version = 0; version < 16; ++version)
    {
        if (version != 4)
        {
            const Bytes bytes{static_cast<uint8_t>(version << 4)};
            EXPECT_EQ(ErrorOf(bytes), (DecodeError{DecodeCode::BAD_VERSION, 0}));
        }
    }
}

TEST(Ipv4WireHeader, AnIhlBelowFiveIsRefused)
{
    Bytes bytes = PLAIN_BYTES;
    for (uint8_t ihl = 0; ihl < 5; ++ihl)
    {
        bytes[0] = 0x40 | ihl;
        EXPECT_EQ(ErrorOf(bytes), (DecodeError{DecodeCode::BAD_LENGTH, 0}));
    }
}

/** Fig. 5-47: IHL 15 makes a header of 60 octets, 40 of them options. */
TEST(Ipv4WireHeader, EveryIhlFromFiveToFifteenIsRead)
{
    for (std::size_t ihl = 5; ihl < 16; ++ihl)
    {
        Bytes bytes = PLAIN_BYTES;
        bytes[0] = static_cast<uint8_t>(0x40 | ihl);
        bytes.resize(ihl * 4, 1);
        const Ipv4WireHeader header = Decoded(bytes);
        EXPECT_EQ(header.HeaderSize(), ihl * 4);
        EXPECT_EQ(header.options.size(), ihl * 4 - 20);
        EXPECT_EQ(EncodeToBytes(header), bytes);
    }
}

TEST(Ipv4WireHeader, ATotalLengthBelowTheHeaderIsRefusedWhereItStands)
{
    Bytes bytes = FULL_BYTES;
    for (uint8_t length = 0; length < 24; ++length)
    {
        bytes[3] = length;
        EXPECT_EQ(ErrorOf(bytes), (DecodeError{DecodeCode::BAD_LENGTH, 2}));
    }
    bytes[3] = 24;
    EXPECT_EQ(Decoded(bytes).PayloadSize(), 0u);
}

TEST(Ipv4WireHeader, TheChecksumIsKeptAsItCameAndJudgedOnDemand)
{
    EXPECT_TRUE(Plain().HasRightChecksum());
    EXPECT_EQ(Plain().ComputeHeaderChecksum(), 0xb861);
    EXPECT_EQ(Decoded(FULL_BYTES).checksum, 0xbeef);
    EXPECT_FALSE(Full().HasRightChecksum());
    Ipv4WireHeader repaired = Full();
    repaired.SetChecksum();
    EXPECT_TRUE(repaired.HasRightChecksum());
    EXPECT_EQ(ComputeChecksum(EncodeToBytes(repaired)), 0);
}

/** RFC 1624: the update equals the new sum, and an error in the checksum outlives it. */
TEST(Ipv4WireHeader, UpdatesKeepARightChecksumRightAndAWrongOneWrong)
{
    for (const uint16_t error : {0, 1})
    {
        Ipv4WireHeader header = Full();
        header.SetChecksum();
        header.checksum ^= error;
        const auto check = [&header, error](const char* what) {
            EXPECT_EQ(header.HasRightChecksum(), error == 0) << what;
        };
        for (unsigned ttl = 0; ttl < 256; ++ttl)
        {
            header.UpdateTtl(static_cast<uint8_t>(ttl));
            EXPECT_EQ(header.ttl, ttl);
            check("ttl");
        }
        header.UpdateTrafficClass(0, 1);
        EXPECT_EQ(header.dscp, 0);
        EXPECT_EQ(header.ecn, 1);
        check("traffic class");
        header.UpdateSource(0xffffffff);
        check("source");
        header.UpdateDestination(0);
        check("destination");
        header.UpdateSource(0);
        EXPECT_EQ(header.source, 0u);
        check("source again");
        header.UpdateOptions({7, 3, 4, 1});
        EXPECT_EQ(header.options, (Ipv4WireHeader::Options{7, 3, 4, 1}));
        check("options");
    }
}

TEST(Ipv4WireHeader, PatchingTheTtlOnBytesIsTheSameAsOnTheHeader)
{
    for (const Bytes& before : {PLAIN_BYTES, FULL_BYTES})
    {
        for (unsigned ttl = 0; ttl < 256; ++ttl)
        {
            Bytes patched = before;
            PatchIpv4Ttl(patched.data(), static_cast<uint8_t>(ttl));
            Ipv4WireHeader header = Decoded(before);
            header.UpdateTtl(static_cast<uint8_t>(ttl));
            EXPECT_EQ(patched, EncodeToBytes(header));
        }
    }
}

TEST(Ipv4WireHeader, PatchingAnAddressIsEncodingTheOtherOne)
{
    for (const uint32_t address : {0x00000000u, 0x0a000001u, 0xc6336401u, 0xffff0000u, 0xffffffffu})
    {
        Ipv4WireHeader header = Plain();
        header.SetChecksum();
        Bytes patched = EncodeToBytes(header);
        PatchIpv4Source(patched.data(), address);
        header.source = address;
        header.SetChecksum();
        EXPECT_EQ(patched, EncodeToBytes(header));
        PatchIpv4Destination(patched.data(), ~address);
        header.destination = ~address;
        header.SetChecksum();
        EXPECT_EQ(patched, EncodeToBytes(header));
    }
}

TEST(Ipv4WireHeader, AFragmentHasAnOffsetOrMoreToCome)
{
    Ipv4WireHeader header = Plain();
    EXPECT_FALSE(header.IsFragment());
    header.moreFragments = true;
    EXPECT_TRUE(header.IsFragment());
    EXPECT_EQ(header.PayloadOffset(), 0u);
    header.moreFragments = false;
    header.fragmentOffset = 0x1fff;
    EXPECT_TRUE(header.IsFragment());
    EXPECT_EQ(header.PayloadOffset(), 65528u);
}

TEST(Ipv4WireHeader, NumbersAreCutToTheirFields)
{
    Ipv4WireHeader header = Plain();
    header.dscp = 0xff;
    header.ecn = 0xff;
    header.fragmentOffset = 0xffff;
    const Bytes bytes = EncodeToBytes(header);
    EXPECT_EQ(bytes[1], 0xff);
    EXPECT_EQ(bytes[6], 0x5f);
    EXPECT_EQ(bytes[7], 0xff);
    header.UpdateTrafficClass(0xff, 0xff);
    EXPECT_EQ(header.dscp, 0x3f);
    EXPECT_EQ(header.ecn, 0x3);
}

TEST(Ipv4WireHeader, HeadersDifferInEveryField)
{
    for (int field = 0; field < 14; ++field)
    {
        Ipv4WireHeader other = Full();
        other.dscp ^= field == 0;
        other.ecn ^= field == 1;
        other.totalLength ^= field == 2;
        other.identification ^= field == 3;
        other.reservedFlag ^= field == 4;
        other.dontFragment ^= field == 5;
        other.moreFragments ^= field == 6;
        other.fragmentOffset ^= field == 7;
        other.ttl ^= field == 8;
        other.protocol ^= field == 9;
        other.checksum ^= field == 10;
        other.source ^= field == 11;
        other.destination ^= field == 12;
        other.options[3] ^= field == 13;
        EXPECT_NE(other, Full()) << field;
    }
}

} // namespace
} // namespace strata
} // namespace ns3

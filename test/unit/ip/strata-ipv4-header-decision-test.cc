// SPDX-License-Identifier: GPL-2.0-only

#include "ns3/strata-checksum.h"
#include "ns3/strata-ipv4-header-decision.h"

#include <gtest/gtest.h>

namespace ns3
{
namespace strata
{
namespace
{

Ipv4WireHeader
Good(std::size_t totalLength = 100)
{
    Ipv4WireHeader header;
    header.totalLength = static_cast<uint16_t>(totalLength);
    header.protocol = 17;
    header.source = 0x0a000001;
    header.destination = 0x0a000002;
    header.SetChecksum();
    return header;
}

/** A datagram whose header is \p front, with a right checksum over what its IHL says. */
Bytes
Summed(Bytes front)
{
    front[10] = 0;
    front[11] = 0;
    const uint16_t sum = ComputeChecksum(ByteView(front).Sub(0, (front[0] & 0xf) * 4));
    front[10] = static_cast<uint8_t>(sum >> 8);
    front[11] = static_cast<uint8_t>(sum);
    return front;
}

Bytes
Datagram(const Ipv4WireHeader& header)
{
    Bytes bytes = EncodeToBytes(header);
    bytes.resize(header.totalLength, 0xda);
    return bytes;
}

Ipv4HeaderVerdict
Judge(const Bytes& bytes, bool report = false)
{
    Ipv4HeaderRules rules;
    rules.reportBadLength = report;
    return JudgeIpv4Header(bytes, bytes.size(), rules);
}

TEST(Ipv4HeaderDecision, AGoodDatagramGoesOn)
{
    const auto verdict = Judge(Datagram(Good()));
    EXPECT_TRUE(verdict.Ok());
    EXPECT_FALSE(verdict.pointer);
    EXPECT_EQ(verdict.header, Good());
}

TEST(Ipv4HeaderDecision, TheFirstSixtyOctetsAreEnough)
{
    const Bytes datagram = Datagram(Good(1500));
    const auto verdict = JudgeIpv4Header(ByteView(datagram).Sub(0, 60), 1500, {});
    EXPECT_TRUE(verdict.Ok());
    EXPECT_EQ(verdict.header.totalLength, 1500);
}

/** (1) The frame must be large enough to hold the least legal datagram, 20 octets. */
TEST(Ipv4HeaderDecision, AFrameBelowTwentyOctetsIsDropped)
{
    const Bytes datagram = Datagram(Good(20));
    for (std::size_t size = 0; size < 20; ++size)
    {
        const auto verdict = Judge(ByteView(datagram).Sub(0, size).ToBytes(), true);
        EXPECT_EQ(verdict.fault, Ipv4HeaderFault::SHORT_FRAME);
        EXPECT_FALSE(verdict.pointer);
    }
    EXPECT_TRUE(Judge(datagram).Ok());
}

/** (2) The checksum must be right; every single wrong bit is noticed and answered by silence. */
TEST(Ipv4HeaderDecision, AWrongBitInTheHeaderIsDroppedInSilence)
{
    const Bytes datagram = Datagram(Good());
    for (std::size_t bit = 0; bit < 160; ++bit)
    {
        Bytes broken = datagram;
        broken[bit / 8] ^= static_cast<uint8_t>(0x80 >> (bit % 8));
        const auto verdict = Judge(broken, true);
        EXPECT_FALSE(verdict.Ok()) << bit;
        EXPECT_FALSE(verdict.pointer) << bit;
        if (bit >= 8)
        {
            EXPECT_EQ(verdict.fault, Ipv4HeaderFault::BAD_CHECKSUM) << bit;
        }
    }
}

TEST(Ipv4HeaderDecision, AZeroChecksumPassesOnlyWhereItIsTakenForNone)
{
    Ipv4WireHeader header = Good();
    header.checksum = 0;
    const Bytes datagram = Datagram(header);
    EXPECT_EQ(Judge(datagram).fault, Ipv4HeaderFault::BAD_CHECKSUM);
    Ipv4HeaderRules rules;
    rules.acceptZeroChecksum = true;
    EXPECT_TRUE(JudgeIpv4Header(datagram, datagram.size(), rules).Ok());
    header.checksum = 1;
    EXPECT_EQ(JudgeIpv4Header(Datagram(header), 100, rules).fault, Ipv4HeaderFault::BAD_CHECKSUM);
}

/** (3) The version must be 4; others are not answered, even with a right sum. */
TEST(Ipv4HeaderDecision, AnotherVersionIsDroppedInSilence)
{
    for (unsigned version = 0; version < 16; ++version)
    {
        Bytes datagram = Datagram(Good());
        datagram[0] = static_cast<uint8_t>(version << 4 | 5);
        const auto verdict = Judge(Summed(datagram), true);
        EXPECT_EQ(verdict.Ok(), version == 4);
        EXPECT_FALSE(verdict.pointer);
        if (version != 4)
        {
            EXPECT_EQ(verdict.fault, Ipv4HeaderFault::BAD_VERSION);
        }
    }
}

/**
 * (4) IHL must hold the least header. With a right sum and version, an IHL of at least 4 and
 * lengths of at least 16 the router may point at the IHL.
 */
TEST(Ipv4HeaderDecision, ABadIhlIsAnsweredOnlyIfItIsFourAndTheSwitchIsOn)
{
    for (uint8_t ihl = 0; ihl < 5; ++ihl)
    {
        Bytes datagram = Datagram(Good());
        datagram[0] = 0x40 | ihl;
        if (ihl >= 3)
        {
            datagram = Summed(datagram);
        }
        const auto loud = Judge(datagram, true);
        EXPECT_EQ(loud.fault, Ipv4HeaderFault::BAD_HEADER_LENGTH);
        EXPECT_EQ(loud.pointer.has_value(), ihl == 4);
        const auto quiet = Judge(datagram, false);
        EXPECT_EQ(quiet.fault, Ipv4HeaderFault::BAD_HEADER_LENGTH);
        EXPECT_FALSE(quiet.pointer);
    }
    Bytes datagram = Datagram(Good());
    datagram[0] = 0x44;
    const auto verdict = Judge(Summed(datagram), true);
    EXPECT_EQ(verdict.pointer, 0);
    EXPECT_EQ(verdict.header.source, 0x0a000001u) << "the answer must find its way";
    EXPECT_EQ(verdict.header.totalLength, 100);
}

TEST(Ipv4HeaderDecision, AHeaderThatTheFrameDoesNotHoldIsDroppedInSilence)
{
    Bytes datagram = Datagram(Good(24));
    datagram[0] = 0x4f;
    const auto verdict = Judge(datagram, true);
    EXPECT_EQ(verdict.fault, Ipv4HeaderFault::SHORT_FRAME);
    EXPECT_FALSE(verdict.pointer);
}

/** (5) Total Length must hold the header; the pointer is the field's, from a length of 16 on. */
TEST(Ipv4HeaderDecision, ATotalLengthBelowTheHeaderIsAnsweredFromSixteenOn)
{
    for (uint8_t length = 0; length < 20; ++length)
    {
        Bytes datagram = Datagram(Good());
        datagram[3] = length;
        const auto verdict = Judge(Summed(datagram), true);
        EXPECT_EQ(verdict.fault, Ipv4HeaderFault::BAD_TOTAL_LENGTH);
        EXPECT_EQ(verdict.pointer.has_value(), length >= 16);
        if (verdict.pointer)
        {
            EXPECT_EQ(*verdict.pointer, 2);
            EXPECT_EQ(verdict.header.totalLength, length);
        }
        EXPECT_FALSE(Judge(Summed(datagram), false).pointer);
    }
}

/** If it appears that the packet has been truncated, it must be discarded; pointer 2. */
TEST(Ipv4HeaderDecision, ATruncatedDatagramIsDroppedAndMayBeAnswered)
{
    Bytes datagram = Datagram(Good());
    datagram.pop_back();
    EXPECT_EQ(Judge(datagram).fault, Ipv4HeaderFault::TRUNCATED);
    EXPECT_FALSE(Judge(datagram).pointer);
    const auto verdict = Judge(datagram, true);
    EXPECT_EQ(verdict.fault, Ipv4HeaderFault::TRUNCATED);
    EXPECT_EQ(verdict.pointer, 2);
    EXPECT_EQ(verdict.header.destination, 0x0a000002u);
}

/** Ethernet pads to 46 octets; what is behind Total Length is not the datagram's. */
TEST(Ipv4HeaderDecision, PaddingOfTheFrameDoesNotMatter)
{
    Bytes datagram = Datagram(Good(28));
    datagram.resize(46, 0);
    const auto verdict = Judge(datagram);
    EXPECT_TRUE(verdict.Ok());
    EXPECT_EQ(verdict.header.totalLength, 28);
}

TEST(Ipv4HeaderDecision, OptionsAreCoveredByTheChecksum)
{
    Ipv4WireHeader header = Good();
    header.options = {0x94, 4, 0, 0};
    header.SetChecksum();
    EXPECT_EQ(Judge(Datagram(header)).header, header);
    Bytes broken = Datagram(header);
    broken[23] ^= 1;
    EXPECT_EQ(Judge(broken).fault, Ipv4HeaderFault::BAD_CHECKSUM);
}

TEST(Ipv4HeaderDecision, EveryFaultHasItsName)
{
    EXPECT_STREQ(Ipv4HeaderFaultName(Ipv4HeaderFault::SHORT_FRAME), "short-frame");
    EXPECT_STREQ(Ipv4HeaderFaultName(Ipv4HeaderFault::BAD_VERSION), "bad-version");
    EXPECT_STREQ(Ipv4HeaderFaultName(Ipv4HeaderFault::BAD_HEADER_LENGTH), "bad-header-length");
    EXPECT_STREQ(Ipv4HeaderFaultName(Ipv4HeaderFault::BAD_CHECKSUM), "bad-checksum");
    EXPECT_STREQ(Ipv4HeaderFaultName(Ipv4HeaderFault::BAD_TOTAL_LENGTH), "bad-total-length");
    EXPECT_STREQ(Ipv4HeaderFaultName(Ipv4HeaderFault::TRUNCATED), "truncated");
}

} // namespace
} // namespace strata
} // namespace ns3

// SPDX-License-Identifier: GPL-2.0-only

#include "ns3/strata-byte-reader.h"
#include "ns3/strata-checksum.h"

#include <gtest/gtest.h>
#include <random>

namespace ns3
{
namespace strata
{
namespace
{

/** RFC 1071 section 1, word by word, each carry brought around at once. */
uint16_t
NaiveChecksum(const Bytes& bytes)
{
    uint32_t sum = 0;
    for (std::size_t i = 0; i < bytes.size(); ++i)
    {
        sum += i % 2 == 0 ? bytes[i] * 256u : bytes[i];
        sum = sum > 0xffff ? sum - 0xffff : sum;
    }
    return static_cast<uint16_t>(0xffff - sum);
}

Bytes
RandomBytes(std::mt19937& random, std::size_t size)
{
    Bytes bytes(size);
    for (uint8_t& byte : bytes)
    {
        // many zeros and ones of all bits, where one's complement is at its limits
        const unsigned kind = random() % 4;
        byte = static_cast<uint8_t>(kind == 0 ? 0x00 : kind == 1 ? 0xff : random());
    }
    return bytes;
}

/** RFC 1071 section 3: the example's sum is ddf2. */
TEST(Checksum, Rfc1071Example)
{
    const Bytes bytes{0x00, 0x01, 0xf2, 0x03, 0xf4, 0xf5, 0xf6, 0xf7};
    EXPECT_EQ(ComputeChecksum(bytes), static_cast<uint16_t>(~0xddf2));
}

TEST(Checksum, ARightHeaderGivesZero)
{
    const Bytes header{0x45, 0x00, 0x00, 0x73, 0x00, 0x00, 0x40, 0x00, 0x40, 0x11,
                       0xb8, 0x61, 0xc0, 0xa8, 0x00, 0x01, 0xc0, 0xa8, 0x00, 0xc7};
    EXPECT_EQ(ComputeChecksum(header), 0u);
    Bytes blank = header;
    blank[10] = blank[11] = 0;
    EXPECT_EQ(ComputeChecksum(blank), 0xb861u);
    for (std::size_t i = 0; i < header.size(); ++i)
    {
        Bytes wrong = header;
        wrong[i] ^= 0x10;
        EXPECT_NE(ComputeChecksum(wrong), 0u) << i;
    }
}

TEST(Checksum, NothingAndZerosSumToZero)
{
    EXPECT_EQ(ComputeChecksum({}), 0xffffu);
    EXPECT_EQ(ComputeChecksum(Bytes(33, 0)), 0xffffu);
    EXPECT_EQ(ComputeChecksum(Bytes(32, 0xff)), 0u);
}

TEST(Checksum, ALastOddByteCountsAsPaddedWithZero)
{
    EXPECT_EQ(ComputeChecksum(Bytes{0x12}), static_cast<uint16_t>(~0x1200));
    EXPECT_EQ(ComputeChecksum(Bytes{0x12, 0x34, 0x56}), static_cast<uint16_t>(~(0x1234 + 0x5600)));
}

TEST(Checksum, AgreesWithTheNaiveSumForEveryLength)
{
    std::mt19937 random(3);
    for (std::size_t size = 0; size < 200; ++size)
    {
        for (int run = 0; run < 20; ++run)
        {
            const Bytes bytes = RandomBytes(random, size);
            ASSERT_EQ(ComputeChecksum(bytes), NaiveChecksum(bytes)) << size;
        }
    }
    const Bytes large(1 << 20, 0xff);
    EXPECT_EQ(ComputeChecksum(large), NaiveChecksum(large));
}

TEST(Checksum, PartsOfAnyLengthCountAsOneRow)
{
    std::mt19937 random(4);
    for (int run = 0; run < 3000; ++run)
    {
        Bytes whole;
        InternetChecksum sum;
        for (unsigned part = random() % 6; part > 0; --part)
        {
            const uint32_t number = static_cast<uint32_t>(random());
            Bytes bytes;
            switch (random() % 3)
            {
            case 0:
                bytes = RandomBytes(random, random() % 20);
                sum.Add(bytes);
                break;
            case 1:
                bytes = {static_cast<uint8_t>(number >> 8), static_cast<uint8_t>(number)};
                sum.AddU16(static_cast<uint16_t>(number));
                break;
            default:
                bytes = {static_cast<uint8_t>(number >> 24),
                         static_cast<uint8_t>(number >> 16),
                         static_cast<uint8_t>(number >> 8),
                         static_cast<uint8_t>(number)};
                sum.AddU32(number);
                break;
            }
            whole.insert(whole.end(), bytes.begin(), bytes.end());
        }
        ASSERT_EQ(sum.Get(), NaiveChecksum(whole));
    }
}

/** RFC 1624 section 4: header checksum dd2f, a field goes from 5555 to 3285. */
TEST(Checksum, Rfc1624ExampleGivesZeroNotAllOnes)
{
    EXPECT_EQ(UpdateChecksum(0xdd2f, 0x5555, 0x3285), 0x0000u);
}

/** RFC 1624 section 3: RFC 1141's equation would turn 0000 into ffff where nothing changes. */
TEST(Checksum, AnUnchangedWordKeepsTheChecksum)
{
    for (uint32_t checksum = 0; checksum < 0xffff; ++checksum)
    {
        for (const unsigned word : {0x0000u, 0x0001u, 0x5555u, 0x8000u, 0xfffeu, 0xffffu})
        {
            const auto same = static_cast<uint16_t>(word);
            ASSERT_EQ(UpdateChecksum(static_cast<uint16_t>(checksum), same, same), checksum);
        }
    }
}

TEST(Checksum, AnUpdateEqualsANewSum)
{
    std::mt19937 random(5);
    for (int run = 0; run < 20000; ++run)
    {
        Bytes bytes = RandomBytes(random, 20);
        bytes[19] = 1; // never all zero, as no header is
        const uint16_t before = ComputeChecksum(bytes);
        const std::size_t at = 2 * (random() % 9);
        const Bytes word = RandomBytes(random, 2);
        const auto oldWord = static_cast<uint16_t>(bytes[at] << 8 | bytes[at + 1]);
        const auto newWord = static_cast<uint16_t>(word[0] << 8 | word[1]);
        bytes[at] = word[0];
        bytes[at + 1] = word[1];
        ASSERT_EQ(UpdateChecksum(before, oldWord, newWord), ComputeChecksum(bytes));
    }
}

TEST(Checksum, AnUpdateBringsEveryCarryAround)
{
    const uint32_t edges[] = {0, 1, 2, 0x7fff, 0x8000, 0x8001, 0xfffd, 0xfffe, 0xffff};
    for (const uint32_t checksum : edges)
    {
        for (const uint32_t oldWord : edges)
        {
            for (const uint32_t newWord : edges)
            {
                uint32_t sum = (0xffff - checksum) + (0xffff - oldWord) + newWord;
                while (sum > 0xffff)
                {
                    sum -= 0xffff;
                }
                ASSERT_EQ(UpdateChecksum(static_cast<uint16_t>(checksum),
                                         static_cast<uint16_t>(oldWord),
                                         static_cast<uint16_t>(newWord)),
                          0xffff - sum);
            }
        }
    }
}

TEST(Checksum, AnUpdateToAllZeroBytesGivesTheOtherZero)
{
    const uint16_t before = ComputeChecksum(Bytes{0x12, 0x34, 0, 0});
    EXPECT_EQ(UpdateChecksum(before, 0x1234, 0), 0x0000u);
    EXPECT_EQ(ComputeChecksum(Bytes(4, 0)), 0xffffu);
}

/** A packet that tshark finds right, and where its transport begins. */
struct KnownPacket
{
    const char* name;
    std::size_t transport;
    Bytes bytes;
};

const std::vector<KnownPacket> KNOWN_PACKETS{
    {"udp of odd length over IPv4", 20, {0x45, 0x00, 0x00, 0x1f, 0x1c, 0x46, 0x40, 0x00,
                                         0x40, 0x11, 0x32, 0x4c, 0xc0, 0x00, 0x02, 0x01,
                                         0xc6, 0x33, 0x64, 0x07, 0xc0, 0x00, 0x00, 0x07,
                                         0x00, 0x0b, 0x80, 0x2f, 0x6f, 0x64, 0x64}},
    {"tcp with an option over IPv4",
     20,
     {0x45, 0x00, 0x00, 0x2c, 0x1c, 0x46, 0x40, 0x00, 0x40, 0x06, 0x32, 0x4a, 0xc0, 0x00, 0x02,
      0x01, 0xc6, 0x33, 0x64, 0x07, 0xc0, 0x01, 0x00, 0x50, 0x11, 0x22, 0x33, 0x44, 0x00, 0x00,
      0x00, 0x00, 0x60, 0x02, 0xff, 0xff, 0xa7, 0x32, 0x00, 0x00, 0x02, 0x04, 0x05, 0xb4}},
    {"neighbour solicitation over IPv6",
     40,
     {0x60, 0x00, 0x00, 0x00, 0x00, 0x20, 0x3a, 0xff, 0xfe, 0x80, 0x00, 0x00, 0x00, 0x00, 0x00,
      0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x01, 0xff, 0x02, 0x00, 0x00, 0x00, 0x00,
      0x00, 0x00, 0x00, 0x00, 0x00, 0x01, 0xff, 0x00, 0x00, 0x02, 0x87, 0x00, 0x7a, 0x97, 0x00,
      0x00, 0x00, 0x00, 0xfe, 0x80, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00,
      0x00, 0x00, 0x00, 0x02, 0x01, 0x01, 0x02, 0x00, 0x00, 0x00, 0x00, 0x01}},
};

uint16_t
TransportChecksum(const Bytes& packet, std::size_t transport)
{
    const ByteView segment = ByteView(packet).Sub(transport);
    ByteReader reader(packet);
    InternetChecksum sum;
    if (packet[0] >> 4 == 4)
    {
        reader.Skip(9);
        const uint8_t protocol = reader.U8();
        reader.Skip(2);
        const uint32_t source = reader.U32();
        sum.AddPseudoHeader4(source, reader.U32(), protocol, static_cast<uint16_t>(segment.size()));
    }
    else
    {
        reader.Skip(6);
        const uint8_t nextHeader = reader.U8();
        reader.Skip(1);
        const auto source = reader.Array<16>();
        sum.AddPseudoHeader6(source,
                             reader.Array<16>(),
                             nextHeader,
                             static_cast<uint32_t>(segment.size()));
    }
    sum.Add(segment);
    return sum.Get();
}

TEST(Checksum, PseudoHeadersVerifyKnownPackets)
{
    for (const KnownPacket& known : KNOWN_PACKETS)
    {
        EXPECT_EQ(TransportChecksum(known.bytes, known.transport), 0u) << known.name;
    }
}

TEST(Checksum, PseudoHeadersCoverAddressesProtocolAndLength)
{
    for (const KnownPacket& known : KNOWN_PACKETS)
    {
        const bool v4 = known.transport == 20;
        for (std::size_t i = v4 ? 12 : 8; i < known.bytes.size(); ++i)
        {
            Bytes wrong = known.bytes;
            wrong[i] ^= 0x01;
            EXPECT_NE(TransportChecksum(wrong, known.transport), 0u) << known.name << " at " << i;
        }
        Bytes wrong = known.bytes;
        wrong[v4 ? 9 : 6] ^= 0x01;
        EXPECT_NE(TransportChecksum(wrong, known.transport), 0u) << known.name;
        Bytes longer = known.bytes;
        longer.push_back(0);
        EXPECT_NE(TransportChecksum(longer, known.transport), 0u) << known.name;
    }
}

/** RFC 8200 section 8.1: the length has 32 bits, as a jumbogram needs. */
TEST(Checksum, Ipv6PseudoHeaderTakesALengthOf32Bits)
{
    const std::array<uint8_t, 16> zero{};
    InternetChecksum sum;
    sum.AddPseudoHeader6(zero, zero, 58, 0x00010002);
    EXPECT_EQ(sum.Get(), static_cast<uint16_t>(~(1 + 2 + 58)));
}

} // namespace
} // namespace strata
} // namespace ns3

// SPDX-License-Identifier: GPL-2.0-only

#include "strata-nat-packets.h"

#include "ns3/strata-nat-rewrite-decision.h"

#include <gtest/gtest.h>
#include <random>

using namespace ns3::strata;

namespace
{

constexpr uint8_t TCP = 6;
constexpr uint8_t UDP = 17;
constexpr uint8_t ICMP = 1;

NatPacket
Make(uint8_t protocol, NatEndpoint from, NatEndpoint to, std::size_t size)
{
    switch (protocol)
    {
    case TCP:
        return MakeTcp(from, to, 16, std::string(size, 'x'));
    case UDP:
        return MakeUdp(from, to, size);
    default:
        return MakeEcho(from.address, to.address, from.port);
    }
}

} // namespace

/** All checksums computed anew over all octets must be right, whatever was replaced. */
TEST(NatRewrite, KeepsChecksumsRightWhateverItReplaces)
{
    std::mt19937 random(5);
    // Words of all zeros and all ones are where sums of complements go wrong (RFC 1624 section 3).
    const uint32_t addresses[] = {0, 0xffffffff, 0x0000ffff, 0xffff0000, 0x0a000001, 0xc63c2a0c};
    const uint16_t ports[] = {0, 0xffff, 1, 5000};
    const auto address = [&] {
        const std::size_t i = random() % 9;
        return i < 6 ? addresses[i] : static_cast<uint32_t>(random());
    };
    const auto port = [&] {
        const std::size_t i = random() % 6;
        return i < 4 ? ports[i] : static_cast<uint16_t>(random());
    };
    for (int round = 0; round < 20000; ++round)
    {
        const uint8_t protocol = std::array<uint8_t, 3>{TCP, UDP, ICMP}[random() % 3];
        NatPacket packet = Make(protocol, {address(), port()}, {address(), port()}, random() % 9);
        if (protocol == UDP && Get16(packet.payload.data() + 6) == 0)
        {
            continue; // RFC 768: none
        }
        ASSERT_TRUE(packet.IsRight());
        const NatEndpoint after{address(), port()};
        const NatEnd end = random() % 2 == 0 ? NatEnd::SOURCE : NatEnd::DESTINATION;
        uint32_t& field = end == NatEnd::SOURCE ? packet.header.source : packet.header.destination;
        RewriteTransport(protocol, packet.payload.data(), packet.payload.size(), end, field, after);
        Bytes header = EncodeToBytes(packet.header);
        (end == NatEnd::SOURCE ? PatchIpv4Source : PatchIpv4Destination)(header.data(),
                                                                         after.address);
        packet.header = *Ipv4WireHeader::Decode(header, {});
        ASSERT_TRUE(packet.IsRight()) << round;
        EXPECT_EQ(field, after.address);
        if (protocol == ICMP)
        {
            EXPECT_EQ(Get16(packet.payload.data() + 4), after.port);
            continue;
        }
        EXPECT_EQ(end == NatEnd::SOURCE ? packet.SourcePort() : packet.DestinationPort(),
                  after.port);
        // RFC 768: "If the computed checksum is zero, it is transmitted as all ones".
        EXPECT_FALSE(protocol == UDP && Get16(packet.payload.data() + 6) == 0);
    }
}

TEST(NatRewrite, LeavesAZeroChecksumOfUdpAndAWrongOneWhatTheyAre)
{
    NatPacket packet = MakeUdp({0x0a000001, 5000}, {0x08080808, 53});
    Put16(packet.payload.data() + 6, 0);
    RewriteTransport(UDP,
                     packet.payload.data(),
                     packet.payload.size(),
                     NatEnd::SOURCE,
                     0x0a000001,
                     {0xc63c2a0c, 6000});
    EXPECT_EQ(Get16(packet.payload.data() + 6), 0);
    EXPECT_EQ(packet.SourcePort(), 6000);

    packet = MakeTcp({0x0a000001, 5000}, {0x08080808, 53}, 16, "data");
    packet.payload[17] ^= 0x40;
    const uint16_t residue = packet.Residue();
    EXPECT_NE(residue, 0);
    RewriteTransport(TCP,
                     packet.payload.data(),
                     packet.payload.size(),
                     NatEnd::SOURCE,
                     0x0a000001,
                     {0xc63c2a0c, 6000});
    packet.header.source = 0xc63c2a0c;
    EXPECT_EQ(packet.Residue(), residue);
}

/** What an ICMP error quotes may end anywhere (RFC 792: 64 bits of it). */
TEST(NatRewrite, ChangesWhatIsThereOfAHeaderThatIsCutShort)
{
    for (const uint8_t protocol : {TCP, UDP, ICMP, uint8_t{47}})
    {
        const NatPacket whole = protocol == 47
                                    ? MakeNatPacket(47, {1, 0}, {2, 0}, Bytes(20, 7))
                                    : Make(protocol, {0x0a000001, 5000}, {0x08080808, 53}, 0);
        for (std::size_t size = 0; size <= whole.payload.size(); ++size)
        {
            for (const NatEnd end : {NatEnd::SOURCE, NatEnd::DESTINATION})
            {
                Bytes bytes = whole.payload;
                bytes.resize(size);
                bytes.resize(size + 8, 0xee); // not its own
                RewriteTransport(protocol, bytes.data(), size, end, 0x0a000001, {0xc63c2a0c, 6001});
                EXPECT_EQ(ByteView(bytes).Sub(size).ToBytes(), Bytes(8, 0xee));
                const std::size_t at = protocol == ICMP ? 4 : end == NatEnd::SOURCE ? 0 : 2;
                const bool there = protocol != 47 && size >= at + 2;
                EXPECT_EQ(size >= at + 2 && Get16(bytes.data() + at) == 6001, there);
                if (!there)
                {
                    EXPECT_EQ(ByteView(bytes).Sub(0, size).ToBytes(),
                              ByteView(whole.payload).Sub(0, size).ToBytes());
                }
            }
        }
    }
}

/** The header of a DNS query, as published: 45 00 00 73 00 00 40 00 40 11 b8 61 c0 a8 00 01 .. */
TEST(NatRewrite, PatchesTheChecksumOfAKnownHeader)
{
    Bytes header{0x45, 0x00, 0x00, 0x73, 0x00, 0x00, 0x40, 0x00, 0x40, 0x11,
                 0xb8, 0x61, 0xc0, 0xa8, 0x00, 0x01, 0xc0, 0xa8, 0x00, 0xc7};
    PatchIpv4Source(header.data(), 0xc63c2a0c);
    // By hand: b861 is the complement of 479e; less c0a8 and 0001, more c63c and 2a0c, is 773d.
    EXPECT_EQ(Get16(header.data() + 10), 0x88c2);
    EXPECT_EQ(Get32(header.data() + 12), 0xc63c2a0c);
    PatchIpv4Destination(header.data(), 0x08080808);
    EXPECT_EQ(ComputeChecksum(header), 0);
}

TEST(NatRewrite, UpdatesOverWhatChangesItsLength)
{
    std::mt19937 random(9);
    for (int round = 0; round < 2000; ++round)
    {
        Bytes before(2 * (random() % 20), 0);
        Bytes after(2 * (random() % 20), 0);
        Bytes rest(2 * (random() % 20), 0);
        for (Bytes* each : {&before, &after, &rest})
        {
            std::generate(each->begin(), each->end(), [&] {
                return static_cast<uint8_t>(random());
            });
        }
        const auto sum = [&](const Bytes& front) {
            Bytes all = front;
            all.insert(all.end(), rest.begin(), rest.end());
            return ComputeChecksum(all);
        };
        const uint16_t updated = UpdateChecksumOver(sum(before), before, after);
        // Two ways to write zero.
        EXPECT_TRUE(updated == sum(after) || (updated ^ sum(after)) == 0xffff) << round;
    }
}

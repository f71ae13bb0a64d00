// SPDX-License-Identifier: GPL-2.0-only

#include "strata-firewall-packets.h"

#include "ns3/strata-firewall-chain-decision.h"
#include "ns3/strata-ipv6-extension.h"

#include <gtest/gtest.h>
#include <random>

namespace ns3
{
namespace strata
{
namespace
{

using Raw = RawPackets;
using Fault = FirewallFault;

constexpr uint8_t SYN = 2;
constexpr uint8_t ACK = 16;

Fault
FaultOf(const Bytes& bytes)
{
    return Raw::Read(bytes).fault;
}

TEST(FirewallPacket, PortsFlagsAndTypesAreRead)
{
    FirewallPacket packet =
        Raw::Read(Raw::Ip4("10.0.0.1", "10.0.1.2", 6, Raw::Tcp(1000, 80, SYN, 5)));
    EXPECT_EQ(packet.fault, Fault::NONE);
    EXPECT_EQ(ToText(packet.source), "10.0.0.1");
    EXPECT_EQ(ToText(packet.destination), "10.0.1.2");
    EXPECT_EQ(packet.sourcePort, 1000);
    EXPECT_EQ(packet.destinationPort, 80);
    EXPECT_EQ(packet.tcpFlags, SYN);
    EXPECT_EQ(packet.size, 45U);
    EXPECT_FALSE(packet.fragment);

    packet = Raw::Read(Raw::Ip6("fd00::1", "fd00::2", 58, Raw::Icmp(128, 0, 77)));
    EXPECT_EQ(packet.fault, Fault::NONE);
    EXPECT_TRUE(packet.IsIcmpQuery());
    EXPECT_EQ(packet.Tuple().sourcePort, 77);
    EXPECT_FALSE(packet.Tuple().fromResponder);
    packet = Raw::Read(Raw::Ip6("fd00::1", "fd00::2", 58, Raw::Icmp(129, 0, 77)));
    EXPECT_TRUE(packet.Tuple().fromResponder);

    packet = Raw::Read(Raw::Ip4("10.0.0.1", "10.0.1.2", 47, {}));
    EXPECT_EQ(packet.fault, Fault::NONE);
    EXPECT_FALSE(packet.hasPorts);
}

TEST(FirewallPacket, EachQueryGoesWithItsAnswer)
{
    for (const auto& [query, answer] : {std::pair(8, 0), {13, 14}, {15, 16}, {17, 18}})
    {
        const FlowTuple there =
            Raw::Read(
                Raw::Ip4("10.0.0.1", "10.0.0.2", 1, Raw::Icmp(static_cast<uint8_t>(query), 0, 5)))
                .Tuple();
        const FlowTuple back =
            Raw::Read(
                Raw::Ip4("10.0.0.2", "10.0.0.1", 1, Raw::Icmp(static_cast<uint8_t>(answer), 0, 5)))
                .Tuple();
        EXPECT_EQ(back, Reversed(there)) << query;
        EXPECT_NE(there.query, 0) << query;
    }
}

TEST(FirewallPacket, WhatIsCutIsSeen)
{
    const Bytes packets[] = {
        Raw::Ip4("10.0.0.1", "10.0.1.2", 6, Raw::Tcp(1000, 80, SYN)),
        Raw::Ip4("10.0.0.1", "10.0.1.2", 17, Raw::Udp(1000, 53)),
        Raw::Ip4("10.0.0.1", "10.0.1.2", 1, Raw::Icmp(8, 0, 1)),
        Raw::Ip6("fd00::1", "fd00::2", 6, Raw::Tcp(1000, 80, SYN)),
        Raw::Ip6("fd00::1", "fd00::2", 60, Raw::Extension(17, 3, Raw::Udp(1, 2))),
        Raw::Ip6("fd00::1", "fd00::2", 0, Raw::Extension(51, 1, Raw::Extension(17, 2, {}))),
    };
    for (const Bytes& whole : packets)
    {
        const bool ipv6 = whole[0] >> 4 == 6;
        for (std::size_t size = ipv6 ? 0 : 20; size < whole.size(); ++size)
        {
            Bytes cut(whole.begin(), whole.begin() + static_cast<std::ptrdiff_t>(size));
            if (ipv6)
            {
                EXPECT_EQ(ReadFirewallPacket6(cut, size).fault, Fault::TRUNCATED) << size;
                continue;
            }
            Raw::Put16(cut, 2, static_cast<uint32_t>(size));
            EXPECT_EQ(FaultOf(cut), Fault::TRUNCATED) << size;
        }
    }
}

TEST(FirewallPacket, OnlyFlagsThatTcpSendsAreInOrder)
{
    for (int flags = 0; flags < 64; ++flags)
    {
        const bool fin = flags & 1;
        const bool syn = flags & 2;
        const bool rst = flags & 4;
        const bool ack = flags & 16;
        const bool sane = fin + syn + rst <= 1 && (ack || syn || rst);
        EXPECT_EQ(
            FaultOf(
                Raw::Ip4("10.0.0.1", "10.0.1.2", 6, Raw::Tcp(1, 2, static_cast<uint8_t>(flags)))),
            sane ? Fault::NONE : Fault::TCP_FLAGS)
            << flags;
    }
    Bytes shortOffset = Raw::Tcp(1, 2, ACK);
    shortOffset[12] = 4 << 4;
    EXPECT_EQ(FaultOf(Raw::Ip4("10.0.0.1", "10.0.1.2", 6, shortOffset)), Fault::BAD_HEADER);
    shortOffset[12] = 6 << 4;
    EXPECT_EQ(FaultOf(Raw::Ip4("10.0.0.1", "10.0.1.2", 6, shortOffset)), Fault::BAD_HEADER);
}

TEST(FirewallPacket, FragmentsThatAttackAreSeen)
{
    const auto at = [](uint16_t word, std::size_t size, uint8_t protocol = 6) {
        Bytes part = Raw::Tcp(1, 2, SYN, 100);
        part.resize(size);
        return FaultOf(Raw::Ip4("10.0.0.1", "10.0.1.2", protocol, part, word));
    };
    constexpr uint16_t MORE = 0x2000;
    EXPECT_EQ(at(MORE, 24), Fault::NONE);
    EXPECT_EQ(at(MORE, 16), Fault::TINY_FRAGMENT); // RFC 1858 section 3
    EXPECT_EQ(at(MORE | 1, 16), Fault::TINY_FRAGMENT);
    EXPECT_EQ(at(2, 16), Fault::TINY_FRAGMENT);
    EXPECT_EQ(at(3, 16), Fault::NONE);
    EXPECT_EQ(at(MORE | 1, 16, 17), Fault::NONE);
    EXPECT_EQ(at(MORE, 0), Fault::BAD_FRAGMENT);
    EXPECT_EQ(at(5, 0), Fault::BAD_FRAGMENT);
    EXPECT_EQ(at(MORE | 5, 13), Fault::BAD_FRAGMENT);
    EXPECT_EQ(at(5, 13), Fault::NONE);
    EXPECT_EQ(at(8191, 8), Fault::BAD_FRAGMENT); // beyond 65,535
    EXPECT_EQ(at(8191, 7), Fault::NONE);
}

TEST(FirewallPacket, FragmentsOfIpv6AreRead)
{
    const Bytes first = Raw::Ip6(
        "fd00::1",
        "fd00::2",
        0,
        Raw::Extension(44, 1, Raw::Fragment6(60, 0, true, Raw::Extension(17, 1, Raw::Udp(1, 2)))));
    FirewallPacket packet = Raw::Read(first);
    EXPECT_EQ(packet.fault, Fault::NONE);
    EXPECT_TRUE(packet.fragment);
    EXPECT_EQ(packet.destinationPort, 2);
    EXPECT_EQ(packet.fragmentSize, 16U) << "with the extension header in the part that is cut";

    packet = Raw::Read(Raw::Ip6("fd00::1", "fd00::2", 44, Raw::Fragment6(17, 16, false, Bytes(5))));
    EXPECT_EQ(packet.fault, Fault::NONE);
    EXPECT_TRUE(packet.IsLaterFragment());
    EXPECT_EQ(packet.fragmentOffset, 16U);
    EXPECT_EQ(packet.fragmentSize, 5U);

    packet =
        Raw::Read(Raw::Ip6("fd00::1", "fd00::2", 44, Raw::Fragment6(17, 0, false, Raw::Udp(1, 2))));
    EXPECT_FALSE(packet.fragment) << "RFC 6946";
    EXPECT_EQ(packet.destinationPort, 2);

    // RFC 7112: the chain does not end in the first fragment
    packet = Raw::Read(Raw::Ip6("fd00::1",
                                "fd00::2",
                                44,
                                Raw::Fragment6(60, 0, true, Bytes{17, 3, 1, 4, 0, 0, 0, 0})));
    EXPECT_EQ(packet.fault, Fault::TINY_FRAGMENT);
}

TEST(FirewallPacket, ChainsOfIpv6ThatMayNotBeAreSeen)
{
    const Bytes udp = Raw::Udp(1, 2);
    EXPECT_EQ(
        FaultOf(
            Raw::Ip6("fd00::1", "fd00::2", 60, Raw::Extension(0, 1, Raw::Extension(17, 1, udp)))),
        Fault::BAD_CHAIN);
    Bytes chain = Raw::Extension(17, 1, udp);
    for (int i = 1; i < 14; ++i)
    {
        chain = Raw::Extension(60, 1, chain);
    }
    EXPECT_EQ(FaultOf(Raw::Ip6("fd00::1", "fd00::2", 60, chain)), Fault::NONE);
    EXPECT_EQ(FaultOf(Raw::Ip6("fd00::1", "fd00::2", 60, Raw::Extension(60, 1, chain))),
              Fault::BAD_CHAIN);
    Bytes routing = Raw::Extension(17, 3, udp);
    EXPECT_EQ(FaultOf(Raw::Ip6("fd00::1", "fd00::2", 43, routing)), Fault::NONE);
    routing[3] = 1;
    EXPECT_EQ(FaultOf(Raw::Ip6("fd00::1", "fd00::2", 43, routing)), Fault::ROUTING_HEADER);
    routing[2] = 4; // segment routing is not type 0
    EXPECT_EQ(FaultOf(Raw::Ip6("fd00::1", "fd00::2", 43, routing)), Fault::NONE);
    EXPECT_EQ(FaultOf(Raw::Ip6("10.0.0.1", "fd00::2", 17, udp)), Fault::BAD_ADDRESS);
    EXPECT_EQ(FaultOf(Raw::Ip6("fd00::1",
                               "fd00::2",
                               44,
                               Raw::Fragment6(44, 0, true, Raw::Fragment6(17, 0, true, udp)))),
              Fault::BAD_CHAIN);
}

TEST(FirewallPacket, TheWalkComesToWhereTheDecoderOfChainsComes)
{
    std::mt19937 random(3);
    uint32_t walked = 0;
    for (int i = 0; i < 20000; ++i)
    {
        Bytes payload(random() % 90);
        for (uint8_t& octet : payload)
        {
            octet = static_cast<uint8_t>(random() % 4 == 0 ? random() : 0);
        }
        constexpr uint8_t TYPES[] = {0, 60, 43, 44, 17, 6, 58, 59};
        if (payload.size() > 9)
        {
            payload[0] = TYPES[random() % 8];
            payload[1] = static_cast<uint8_t>(random() % 3);
            payload[8 * (1 + payload[1]) < static_cast<int>(payload.size()) ? 8 * (1 + payload[1])
                                                                            : 0] =
                TYPES[random() % 8];
        }
        const uint8_t type = TYPES[random() % 8];
        const FirewallPacket packet = Raw::Read(Raw::Ip6("fd00::1", "fd00::2", type, payload));
        const auto chain = Ipv6ExtensionChain::Decode(payload, {type});
        if (!chain)
        {
            // The decoder reads options as well, which a firewall leaves to their receiver.
            continue;
        }
        if (packet.fault == Fault::ROUTING_HEADER || packet.fault == Fault::BAD_CHAIN ||
            chain->UpperLayer({type}) == 51)
        {
            continue;
        }
        ++walked;
        EXPECT_EQ(packet.protocol, chain->UpperLayer({type}));
        EXPECT_EQ(Ipv6TransportOffset(Raw::Ip6("fd00::1", "fd00::2", type, payload)),
                  40 + chain->EncodedSize());
    }
    EXPECT_GT(walked, 5000U);
}

TEST(FirewallPacket, TheFrontTellsAllOfAnErrorAboutAnyHeader)
{
    Bytes quoted = Raw::Ip4("10.0.0.1", "10.0.1.2", 6, Raw::Tcp(1000, 80, SYN, 400));
    quoted.insert(quoted.begin() + 20, 40, 1); // the longest options
    quoted[0] = 0x4f;
    const Bytes error = Raw::Ip4("10.0.9.9", "10.0.0.1", 1, Raw::Icmp(11, 0, 0, quoted));
    const auto header = Ipv4WireHeader::Decode(error, {});
    const ByteView payload = ByteView(error).Sub(20);
    const FirewallPacket packet =
        ReadFirewallPacket4(*header, payload.Sub(0, FIREWALL_FRONT), payload.size());
    ASSERT_TRUE(packet.quoted);
    EXPECT_EQ(packet.quoted->sourcePort, 1000);
    EXPECT_EQ(packet.quoted->destinationPort, 80);
    EXPECT_FALSE(packet.WantsMore());
}

TEST(FirewallPacket, AQuoteThatCannotBeReadIsNone)
{
    const Bytes quoted = Raw::Ip4("10.0.0.1", "10.0.1.2", 17, Raw::Udp(1, 2));
    for (std::size_t size = 0; size < quoted.size(); ++size)
    {
        const Bytes cut(quoted.begin(), quoted.begin() + static_cast<std::ptrdiff_t>(size));
        const FirewallPacket packet =
            Raw::Read(Raw::Ip4("10.0.1.2", "10.0.0.1", 1, Raw::Icmp(3, 3, 0, cut)));
        EXPECT_EQ(packet.quoted.has_value(), size >= 24) << size;
        EXPECT_EQ(packet.fault, Fault::NONE);
    }
    // about a later fragment, or about an error
    EXPECT_FALSE(
        Raw::Read(
            Raw::Ip4("10.0.1.2",
                     "10.0.0.1",
                     1,
                     Raw::Icmp(3, 3, 0, Raw::Ip4("10.0.0.1", "10.0.1.2", 17, Raw::Udp(1, 2), 9))))
            .quoted);
    EXPECT_FALSE(
        Raw::Read(
            Raw::Ip4("10.0.1.2",
                     "10.0.0.1",
                     1,
                     Raw::Icmp(3, 3, 0, Raw::Ip4("10.0.0.1", "10.0.1.2", 1, Raw::Icmp(3, 1, 0)))))
            .quoted);
}

} // namespace
} // namespace strata
} // namespace ns3

// SPDX-License-Identifier: GPL-2.0-only

#include "strata-firewall-packets.h"
#include "strata-linux-refusals.h"

#include "ns3/strata-firewall-reject-format.h"
#include "ns3/strata-tcp-header.h"

#include <gtest/gtest.h>

namespace ns3
{
namespace strata
{
namespace
{

using Raw = RawPackets;

constexpr uint8_t FIN = TcpWireHeader::FIN;
constexpr uint8_t SYN = TcpWireHeader::SYN;
constexpr uint8_t RST = TcpWireHeader::RST;
constexpr uint8_t ACK = TcpWireHeader::ACK;

/** What refuses a segment with sequence number 1000 that acknowledges 5000. */
std::optional<TcpWireHeader>
ResetOf(uint8_t flags, std::size_t data)
{
    Bytes segment = Raw::Tcp(1234, 80, flags, data);
    Raw::Put16(segment, 6, 1000);
    Raw::Put16(segment, 10, 5000);
    const auto bytes = MakeTcpReset(FlowAddress::FromIpv4(0x0a000001),
                                    FlowAddress::FromIpv4(0x0a000102),
                                    ByteView(segment).Sub(0, 20),
                                    segment.size(),
                                    true);
    if (!bytes)
    {
        return {};
    }
    EXPECT_EQ(bytes->size(), 20U);
    const TcpWireHeader reset = *TcpWireHeader::Decode(*bytes, {});
    TcpWireHeader plain = reset;
    plain.checksum = 0;
    EXPECT_EQ(reset.checksum, plain.ComputeChecksum4(0x0a000102, 0x0a000001, {}));
    EXPECT_EQ(reset.ports.source, 80);
    EXPECT_EQ(reset.ports.destination, 1234);
    return reset;
}

TEST(FirewallReject, AResetIsOneThatTheSenderBelieves)
{
    // RFC 9293 section 3.10.7.1
    TcpWireHeader reset = ResetOf(SYN, 0).value();
    EXPECT_EQ(reset.flags, RST | ACK);
    EXPECT_EQ(reset.sequence, 0U);
    EXPECT_EQ(reset.acknowledgment, 1001U);
    reset = ResetOf(SYN | FIN, 7).value();
    EXPECT_EQ(reset.acknowledgment, 1009U);
    reset = ResetOf(ACK, 7).value();
    EXPECT_EQ(reset.flags, RST);
    EXPECT_EQ(reset.sequence, 5000U);
    EXPECT_EQ(reset.acknowledgment, 0U);
    EXPECT_FALSE(ResetOf(RST, 0));
    EXPECT_FALSE(ResetOf(RST | ACK, 0));
}

TEST(FirewallReject, OnlyAWholeHeaderIsRefused)
{
    const Bytes segment = Raw::Tcp(1, 2, SYN);
    for (std::size_t size = 0; size < 20; ++size)
    {
        EXPECT_FALSE(MakeTcpReset({}, {}, ByteView(segment).Sub(0, size), size, true));
    }
    Bytes longer = Raw::Tcp(1, 2, SYN, 20); // options that are not all there
    longer[12] = 10 << 4;
    EXPECT_TRUE(MakeTcpReset({}, {}, ByteView(longer).Sub(0, 20), longer.size(), true));
}

TEST(FirewallReject, AnUnreachableOfIcmp6IsAsRfc4443Draws)
{
    const FlowAddress router = *ParseFlowAddress("fd00::2");
    const FlowAddress sender = *ParseFlowAddress("fd00::1");
    const Bytes about = Raw::Ip6("fd00::1", "fd00:2::1", 17, Raw::Udp(1, 2));
    const Bytes bytes =
        MakeIcmp6Unreachable(Icmp6UnreachableCode::PROHIBITED, router, sender, about);
    // Summed up by hand: the pseudo header, this message and its quote.
    const Bytes golden{0x01, 0x01, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00};
    ASSERT_EQ(bytes.size(), 8 + about.size());
    uint32_t sum = 0xfd00 + 0x0002 + 0xfd00 + 0x0001 + 58 + static_cast<uint32_t>(bytes.size());
    sum += 0x0101;
    for (std::size_t i = 0; i < about.size(); i += 2)
    {
        sum += static_cast<uint32_t>(about[i] << 8 | about[i + 1]);
    }
    while (sum >> 16)
    {
        sum = (sum & 0xffff) + (sum >> 16);
    }
    EXPECT_EQ(bytes[2] << 8 | bytes[3], ~sum & 0xffff);
    for (const std::size_t i : {0, 1, 4, 5, 6, 7})
    {
        EXPECT_EQ(bytes[i], golden[i]) << i;
    }
    EXPECT_EQ(ByteView(bytes).Sub(8), ByteView(about));
}

TEST(FirewallReject, AnErrorOfIcmp6FitsIntoTheLeastMtu)
{
    const Bytes about = Raw::Ip6("fd00::1", "fd00:2::1", 17, Raw::Udp(1, 2, 3000));
    EXPECT_EQ(MakeIcmp6Unreachable(Icmp6UnreachableCode::PORT, {}, {}, about).size(), 1240U);
}

TEST(FirewallReject, AResetIsThatOfLinux)
{
    for (const LinuxRefusal& refusal : LINUX_RESETS)
    {
        const Bytes segment = FromHex(refusal.refused);
        const auto reset = MakeTcpReset(FlowAddress::FromIpv4(0x7f000001),
                                        FlowAddress::FromIpv4(0x7f000002),
                                        segment,
                                        segment.size(),
                                        true);
        EXPECT_EQ(reset.value_or(Bytes()), FromHex(refusal.answer)) << refusal.refused;
    }
}

TEST(FirewallReject, AnUnreachableOfIcmp6IsThatOfLinux)
{
    for (const bool port : {false, true})
    {
        const LinuxRefusal& refusal = port ? LINUX_PORT_6 : LINUX_PROHIBITED_6;
        EXPECT_EQ(MakeIcmp6Unreachable(port ? Icmp6UnreachableCode::PORT
                                            : Icmp6UnreachableCode::PROHIBITED,
                                       *ParseFlowAddress("fd00:2::1"),
                                       *ParseFlowAddress("fd00:2::2"),
                                       QuoteOf(refusal)),
                  FromHex(refusal.answer));
    }
}

} // namespace
} // namespace strata
} // namespace ns3

// SPDX-License-Identifier: GPL-2.0-only

#include "ns3/strata-flow-hash.h"

#include <gtest/gtest.h>
#include <map>
#include <set>
#include <vector>

namespace ns3
{
namespace strata
{
namespace
{

constexpr uint8_t TCP = 6;
constexpr uint8_t ICMP = 1;

FlowKey<Ipv4Family>
Flow(uint32_t host, uint16_t port)
{
    return {0x0a000000 + host, 0xc0a80101, TCP, port, 80};
}

TEST(FlowHash, TheSameFlowHashesAlikeOnEveryMachine)
{
    // of an independent implementation of FNV-1a and the finaliser
    EXPECT_EQ(FlowHash(Flow(1, 1024), 0), 0xd82070c3704e2168ULL);
    EXPECT_EQ(FlowHash(FlowKey<Ipv6Family>{{0x20, 0x01}, {0xfe, 0x80}, 17, 5, 6}, 7),
              0x2ece9ad4425f3b40ULL);
}

TEST(FlowHash, EachPartOfTheFlowMatters)
{
    const FlowKey<Ipv4Family> key = Flow(1, 1024);
    std::set<uint64_t> hashes{FlowHash(key, 0), FlowHash(key, 1)};
    for (int part = 0; part < 5; ++part)
    {
        FlowKey<Ipv4Family> other = key;
        other.source += part == 0;
        other.destination += part == 1;
        other.protocol += part == 2;
        other.sourcePort += part == 3;
        other.destinationPort += part == 4;
        hashes.insert(FlowHash(other, 0));
    }
    EXPECT_EQ(hashes.size(), 7U);
}

TEST(FlowHash, FragmentsOfADatagramHaveOneFlowWithoutPorts)
{
    const Bytes first{0x04, 0x00, 0x00, 0x50, 0, 0, 0, 0};
    const Bytes second{0xde, 0xad, 0xbe, 0xef};
    const auto a = FlowOf<Ipv4Family>(1, 2, TCP, true, first);
    const auto b = FlowOf<Ipv4Family>(1, 2, TCP, true, second);
    EXPECT_EQ(a.Tie(), b.Tie());
    const auto whole = FlowOf<Ipv4Family>(1, 2, TCP, false, first);
    EXPECT_EQ(whole.sourcePort, 1024);
    EXPECT_EQ(whole.destinationPort, 80);
    EXPECT_EQ(FlowOf<Ipv4Family>(1, 2, ICMP, false, first).sourcePort, 0);
    EXPECT_EQ(FlowOf<Ipv4Family>(1, 2, TCP, false, {first.data(), 3}).destinationPort, 0);
}

TEST(FlowHash, PathsAreTakenEvenlyAndIndependentlyOfOtherSeeds)
{
    for (const uint32_t paths : {2U, 3U, 5U, 8U})
    {
        // neighbouring addresses and ports, as scenarios have them
        std::map<std::pair<uint32_t, uint32_t>, int> taken;
        const int flows = 40000;
        for (int i = 0; i < flows; ++i)
        {
            const auto key = Flow(static_cast<uint32_t>(i % 200), 1024 + i / 200);
            ++taken[{PathOfFlow(FlowHash(key, 1), paths), PathOfFlow(FlowHash(key, 2), paths)}];
        }
        // pairs of choices at two routers; with 63 degrees of freedom chi-squared is above 120
        // once in 50,000 times
        const double expected = static_cast<double>(flows) / paths / paths;
        double chi = 0;
        for (uint32_t a = 0; a < paths; ++a)
        {
            for (uint32_t b = 0; b < paths; ++b)
            {
                const double off = taken[{a, b}] - expected;
                chi += off * off / expected;
            }
        }
        EXPECT_LT(chi, 120) << paths;
    }
}

TEST(FlowHash, PathsStayInRange)
{
    EXPECT_EQ(PathOfFlow(UINT64_MAX, 1), 0U);
    EXPECT_EQ(PathOfFlow(UINT64_MAX, 7), 6U);
    EXPECT_EQ(PathOfFlow(0, 7), 0U);
    EXPECT_EQ(PathOfFlow(UINT64_MAX, UINT32_MAX), UINT32_MAX - 1);
}

} // namespace
} // namespace strata
} // namespace ns3

// SPDX-License-Identifier: GPL-2.0-only

#include "ns3/strata-member-net.h"

#include <gtest/gtest.h>

namespace ns3
{
namespace strata
{
namespace
{

using std::chrono::milliseconds;
using std::chrono::seconds;

/** Joins routers 1, 2, ... \p n to a chain; gives the ports of each wire. */
std::vector<std::pair<PortId, PortId>>
MakeChain(MemberNet& net, std::size_t n)
{
    std::vector<std::pair<PortId, PortId>> wires;
    for (std::size_t i = 0; i < n; ++i)
    {
        net.Add(LayerParameters(), LayerPolicies());
    }
    for (std::size_t i = 0; i + 1 < n; ++i)
    {
        wires.push_back(net.Connect(i, i + 1));
    }
    net.Do(0, BootstrapEvent{MakeName(1), 16});
    for (std::size_t i = 1; i < n; ++i)
    {
        net.Do(i, JoinEvent{MakeName(static_cast<uint16_t>(i + 1))});
    }
    return wires;
}

TEST(MemberNet, AllWhoWaitAtOneTimeJoinOneAfterTheOther)
{
    MemberNet net;
    MakeChain(net, 6);
    EXPECT_TRUE(net.RunUntilIdle(seconds(10)));
    for (MemberNet::Index i = 0; i < 6; ++i)
    {
        EXPECT_EQ(net.State(i).phase, MemberPhase::MEMBER);
        EXPECT_EQ(net.State(i).linkStates.size(), 6U);
    }
}

TEST(MemberNet, ProbeTakesTheDelayOfEveryWireAndCountsHops)
{
    MemberNet net;
    MakeChain(net, 4);
    net.RunUntilIdle(seconds(10));
    const Nanos before = net.Now();
    net.Do(0, ProbeEvent{MakeName(4), 7});
    EXPECT_TRUE(net.RunUntilIdle(before + seconds(1)));
    const auto probes = net.Notices<ProbeNotice>(0);
    ASSERT_EQ(probes.size(), 1U);
    EXPECT_EQ(probes[0].hops, 3);
    EXPECT_EQ(net.Now() - before, milliseconds(6));
    EXPECT_EQ(net.Carried(PduType::PROBE), 3U);
    EXPECT_EQ(net.Carried(PduType::PROBE_REPLY), 3U);
}

TEST(MemberNet, WhatIsOnAWireThatIsCutIsLost)
{
    MemberNet net;
    const auto wires = MakeChain(net, 3);
    net.RunUntilIdle(seconds(10));
    net.Do(0, ProbeEvent{MakeName(3), 7});
    net.RunFor(std::chrono::microseconds(1500));
    net.Cut(1, wires[1].first, false);
    net.RunFor(seconds(1));
    EXPECT_EQ(net.Carried(PduType::PROBE), 2U);
    EXPECT_TRUE(net.Notices<ProbeNotice>(0).empty());
}

TEST(MemberNet, IsNotIdleWhileARequestIsRepeated)
{
    MemberNet net;
    net.Add(LayerParameters(), LayerPolicies());
    net.Add(LayerParameters(), LayerPolicies());
    const auto wire = net.Connect(0, 1);
    net.Do(0, BootstrapEvent{MakeName(1), 16});
    net.Do(1, JoinEvent{MakeName(2)});
    net.RunFor(milliseconds(2));
    net.Cut(0, wire.first, false);
    EXPECT_FALSE(net.RunUntilIdle(milliseconds(100)));
}

TEST(MemberNet, ObserversHearWhatIsKept)
{
    MemberNet keeping;
    std::vector<Notice> heard;
    WriteLedger written;
    keeping.onNotice = [&](MemberNet::Index, const Notice& notice) { heard.push_back(notice); };
    keeping.onWrite = [&](const WriteRecord& write) { written.push_back(write); };
    MakeChain(keeping, 3);
    keeping.RunUntilIdle(seconds(10));
    std::size_t kept = 0;
    for (MemberNet::Index i = 0; i < 3; ++i)
    {
        kept += keeping.Notices<EnrolledNotice>(i).size();
        kept += keeping.Notices<LinkNotice>(i).size();
    }
    EXPECT_EQ(heard.size(), kept);
    EXPECT_EQ(written, keeping.Writes());

    MemberNet forgetting(MemberNet::Keep::NOTHING);
    WriteLedger again;
    forgetting.onWrite = [&](const WriteRecord& write) { again.push_back(write); };
    MakeChain(forgetting, 3);
    forgetting.RunUntilIdle(seconds(10));
    EXPECT_EQ(again, written);
    EXPECT_TRUE(forgetting.Writes().empty());
    EXPECT_TRUE(forgetting.Notices<EnrolledNotice>(1).empty());
}

} // namespace
} // namespace strata
} // namespace ns3

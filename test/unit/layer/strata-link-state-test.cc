// SPDX-License-Identifier: GPL-2.0-only

#include "strata-random-layer.h"

#include "ns3/strata-link-state.h"

#include <gtest/gtest.h>

namespace ns3
{
namespace strata
{
namespace
{

LinkStateRecord
RecordOf(uint32_t neighbors, uint32_t sequence = 1)
{
    LinkStateRecord record{MakeName(9), sequence, 0, 16, {}};
    for (uint32_t i = 0; i < neighbors; ++i)
    {
        record.neighbors.push_back({MemberName{i + 1}, i});
    }
    return record;
}

TEST(LinkStateRecord, PartsFitTheRoomAndSayItAll)
{
    for (const uint32_t neighbors : {0U, 1U, 2U, 79U, 80U, 81U, 1000U})
    {
        for (const std::size_t room : {0U, 31U, 32U, 33U, 43U, 44U, 980U, 1300U})
        {
            const LinkStateRecord record = RecordOf(neighbors);
            const std::vector<LinkStatePart> parts = SplitLinkState(record, room);
            LinkStateAssembly assembly;
            for (auto part = parts.rbegin(); part != parts.rend(); ++part)
            {
                EXPECT_LE(SizeOf(*part), std::max<std::size_t>(room, 32));
                EXPECT_FALSE(assembly.Whole().has_value() && part != parts.rbegin());
                assembly.Add(*part);
            }
            ASSERT_TRUE(assembly.Whole().has_value()) << neighbors << " in " << room;
            EXPECT_TRUE(*assembly.Whole() == record);
        }
    }
}

TEST(LinkStateRecord, PartsOfDifferentCutsMakeOneRecord)
{
    const LinkStateRecord record = RecordOf(50);
    const auto wide = SplitLinkState(record, 500);
    const auto narrow = SplitLinkState(record, 100);
    LinkStateAssembly assembly;
    assembly.Add(wide[0]); // 40 of them
    for (std::size_t i = 5; i < narrow.size(); ++i)
    {
        EXPECT_FALSE(assembly.Whole().has_value());
        assembly.Add(narrow[i]);
    }
    ASSERT_TRUE(assembly.Whole().has_value());
    EXPECT_TRUE(*assembly.Whole() == record);
}

TEST(LinkStateRecord, PartsOfAnotherRecordAreNotMixedIn)
{
    const auto older = SplitLinkState(RecordOf(50, 1), 500);
    const auto newer = SplitLinkState(RecordOf(60, 2), 500);
    LinkStateAssembly assembly;
    assembly.Add(older[0]);
    assembly.Add(newer[1]);
    assembly.Add(older[1]); // too late
    EXPECT_FALSE(assembly.Whole().has_value());
    assembly.Add(newer[0]);
    ASSERT_TRUE(assembly.Whole().has_value());
    EXPECT_TRUE(*assembly.Whole() == RecordOf(60, 2));
}

TEST(LinkStateRecord, APartBeyondTheEndAddsNothing)
{
    LinkStatePart part = SplitLinkState(RecordOf(3), 1300)[0];
    part.first = 65534;
    LinkStateAssembly assembly;
    assembly.Add(part);
    EXPECT_FALSE(assembly.Whole().has_value());
    part.first = 2;
    assembly.Add(part);
    EXPECT_FALSE(assembly.Whole().has_value());
}

/** Its record is longer than a PDU on any of its links. */
TEST(LinkStateRecord, AHubOfManyRoutersIsReachedOverSmallLinks)
{
    constexpr std::size_t ROUTERS = 130;
    MemberNet net;
    net.CheckSteps(false);
    LayerParameters parameters;
    LayerPolicies policies;
    const auto hub = net.Add(parameters, policies);
    net.Do(hub, BootstrapEvent{MakeName(1), 16});
    net.loses = [n = 0](MemberNet::Index, PduType type) mutable {
        return type == PduType::LINK_STATE && ++n % 7 == 0;
    };
    std::vector<MemberNet::Index> spokes;
    for (std::size_t i = 1; i < ROUTERS; ++i)
    {
        spokes.push_back(net.Add(parameters, policies));
        net.Connect(hub, spokes.back(), std::chrono::milliseconds(1), i % 2 == 0 ? 1500 : 300);
        net.Do(spokes.back(), JoinEvent{MakeName(static_cast<uint16_t>(i + 1))});
    }
    net.RunFor(std::chrono::seconds(60));
    for (const auto spoke : spokes)
    {
        ASSERT_EQ(net.State(spoke).linkStates.size(), ROUTERS);
        EXPECT_EQ(net.State(spoke).routes.size(), ROUTERS - 1);
        EXPECT_EQ(net.State(spoke).assemblies.size(), 0U);
    }
}

} // namespace
} // namespace strata
} // namespace ns3

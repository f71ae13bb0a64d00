// SPDX-License-Identifier: GPL-2.0-only

#include "../common/strata-allocation-counter.h"

#include "ns3/strata-icmp-decision.h"
#include "ns3/strata-ipv4-header-decision.h"
#include "ns3/strata-ipv4-options-decision.h"

#include <gtest/gtest.h>

namespace ns3
{
namespace strata
{
namespace
{

TEST(Ipv4Allocation, TheCounterCounts)
{
    const std::size_t before = AllocationCount();
    volatile auto pointer = new int(1);
    delete pointer;
    EXPECT_GT(AllocationCount(), before);
}

/** What each datagram meets on its way through a router. */
TEST(Ipv4Allocation, ADatagramWithFullOptionsIsForwardedWithoutAny)
{
    Ipv4WireHeader origin;
    ASSERT_TRUE(
        SetIpv4SourceRoute(origin, Ipv4OptionKind::LOOSE_SOURCE_ROUTE, {0x0a000001, 0x0a000002}));
    Ipv4OptionWriter writer(origin.options);
    ASSERT_TRUE(writer.RecordRoute(3));
    ASSERT_TRUE(writer.Nop());
    ASSERT_TRUE(writer.TimestampsWithAddress(1));
    origin.source = 0x0b000001;
    origin.totalLength = static_cast<uint16_t>(origin.HeaderSize());
    origin.SetChecksum();
    const Bytes bytes = EncodeToBytes(origin);
    Ipv4OptionsRules rules;
    rules.sourceRoute = Ipv4SourceRoutePolicy::PROCESS;
    std::array<uint8_t, Ipv4WireHeader::MAX_SIZE> out;

    const std::size_t before = AllocationCount();
    Ipv4HeaderVerdict verdict = JudgeIpv4Header(bytes, bytes.size(), {});
    const auto options = JudgeIpv4Options(verdict.header, true, rules);
    StampIpv4Options(verdict.header, options.plan, {0x0c000001, 7});
    verdict.header.UpdateTtl(static_cast<uint8_t>(verdict.header.ttl - 1));
    const bool right = verdict.header.HasRightChecksum();
    const ByteView encoded = verdict.header.EncodeInto(out);
    const auto reply = ReplyIpv4Options(verdict.header);
    const auto copied = CopiedIpv4Options(verdict.header.options);
    const auto silence = WhyNoIcmpError(verdict.header, {}, {});
    EXPECT_EQ(AllocationCount(), before);

    EXPECT_TRUE(verdict.Ok());
    EXPECT_EQ(options.action, Ipv4OptionsAction::SOURCE_ROUTE);
    EXPECT_TRUE(right);
    EXPECT_EQ(encoded.size(), bytes.size());
    EXPECT_EQ(reply.destination, 0x0c000001u);
    EXPECT_EQ(copied.size(), 8u);
    EXPECT_EQ(silence, std::nullopt);
}

} // namespace
} // namespace strata
} // namespace ns3

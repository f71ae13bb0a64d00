// SPDX-License-Identifier: GPL-2.0-only

#include "ns3/strata-ppp-protocol-table.h"

#include <gtest/gtest.h>

using namespace ns3::strata;

TEST(PppProtocolTable, MapsTheNumbersOfTheRfcs)
{
    EXPECT_EQ(PppProtocolOf(0x0800), 0x0021);
    EXPECT_EQ(PppProtocolOf(0x86DD), 0x0057);
    EXPECT_EQ(PppProtocolOf(0x8847), 0x0281);
    EXPECT_EQ(PppProtocolOf(0x8848), 0x0283);
    EXPECT_EQ(PppProtocolOf(0x88B5), 0x00B5);
}

TEST(PppProtocolTable, IsABijectionOverAllNumbers)
{
    unsigned known = 0;
    for (unsigned n = 0; n <= 0xffff; ++n)
    {
        const auto number = static_cast<uint16_t>(n);
        if (const auto ppp = PppProtocolOf(number))
        {
            ++known;
            EXPECT_EQ(EtherTypeOf(*ppp), number);
        }
        if (const auto etherType = EtherTypeOf(number))
        {
            EXPECT_EQ(PppProtocolOf(*etherType), number);
            EXPECT_STRNE(PppProtocolName(number), "unknown");
        }
        else
        {
            EXPECT_STREQ(PppProtocolName(number), "unknown");
        }
    }
    EXPECT_EQ(known, 5u);
}

TEST(PppProtocolTable, NumbersFollowRfc1661Section2)
{
    for (unsigned n = 0; n <= 0xffff; ++n)
    {
        if (EtherTypeOf(static_cast<uint16_t>(n)))
        {
            EXPECT_EQ(n & 0x0001, 0x0001u) << n;
            EXPECT_EQ(n & 0x0100, 0u) << n;
            EXPECT_LT(n, 0x4000u) << n;
        }
    }
}

TEST(PppProtocolTable, RefusesArpAndZero)
{
    EXPECT_FALSE(PppProtocolOf(0x0806));
    EXPECT_FALSE(PppProtocolOf(0));
    EXPECT_FALSE(EtherTypeOf(0));
    EXPECT_FALSE(EtherTypeOf(0xC021));
}

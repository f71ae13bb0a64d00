// SPDX-License-Identifier: GPL-2.0-only

#include "ns3/strata-classful-table.h"

#include <gtest/gtest.h>
#include <map>
#include <random>

namespace ns3
{
namespace strata
{
namespace
{

using Outcome = ClassfulTable::Outcome;

TEST(ClassfulTable, Figure554HasEightCasesForAFourForBAndTwoForC)
{
    std::map<Ipv4Class, int> cases;
    for (uint32_t first = 0; first < 16; ++first)
    {
        ++cases[ClassOf(first << 28 | 0x01234567)];
    }
    const std::map<Ipv4Class, int> expected{{Ipv4Class::A, 8},
                                            {Ipv4Class::B, 4},
                                            {Ipv4Class::C, 2},
                                            {Ipv4Class::D, 1},
                                            {Ipv4Class::E, 1}};
    EXPECT_EQ(cases, expected);
}

TEST(ClassfulTable, Figure554GivesTheRangeOfEachClass)
{
    const struct
    {
        uint32_t first;
        uint32_t last;
        Ipv4Class which;
        unsigned length;
    } ranges[] = {
        {0x01000000, 0x7fffffff, Ipv4Class::A, 8},
        {0x80000000, 0xbfffffff, Ipv4Class::B, 16},
        {0xc0000000, 0xdfffffff, Ipv4Class::C, 24},
        {0xe0000000, 0xefffffff, Ipv4Class::D, 4},
        {0xf0000000, 0xffffffff, Ipv4Class::E, 4},
    };

    for (const auto& range : ranges)
    {
        EXPECT_EQ(ClassOf(range.first), range.which);
        EXPECT_EQ(ClassOf(range.last), range.which);
        EXPECT_EQ(ClassfulNetworkOf(range.last), Ipv4Prefix(range.last, range.length));
    }
}

TEST(ClassfulTable, EachClassIsRoutedByItsNetworkAlone)
{
    ClassfulTable table;
    EXPECT_TRUE(table.Insert(0x0a010203, 1)); // 10
    EXPECT_TRUE(table.Insert(0x80d00297, 2)); // 128.208
    EXPECT_TRUE(table.Insert(0xc0204107, 3)); // 192.32.65
    EXPECT_FALSE(table.Insert(0xe0000001, 4));
    EXPECT_FALSE(table.Insert(0xf0000001, 4));
    EXPECT_EQ(table.Size(), 3U);
    EXPECT_EQ(table.Lookup(0x0affffff).value, 1U);
    EXPECT_EQ(table.Lookup(0x80d0ffff).value, 2U);
    EXPECT_EQ(table.Lookup(0xc02041ff).value, 3U);
    EXPECT_EQ(table.Lookup(0x0b000000).outcome, Outcome::NO_ROUTE);
    EXPECT_EQ(table.Lookup(0x80d10000).outcome, Outcome::NO_ROUTE);
    EXPECT_EQ(table.Lookup(0xc0204200).outcome, Outcome::NO_ROUTE);
    EXPECT_EQ(table.Lookup(0xe0000001).outcome, Outcome::MULTICAST);
    EXPECT_EQ(table.Lookup(0xffffffff).outcome, Outcome::REFUSED);
}

TEST(ClassfulTable, AnEmptyTableCostsNothingAndFindsNothing)
{
    const ClassfulTable table;
    EXPECT_EQ(table.MemoryBytes(), 0U);
    for (const uint32_t address : {0x0a000001U, 0x80000001U, 0xc0000001U})
    {
        EXPECT_EQ(table.Lookup(address).outcome, Outcome::NO_ROUTE);
    }
}

TEST(ClassfulTable, RandomUpdatesGiveWhatAMapOfNetworksGives)
{
    std::mt19937 random(54);
    ClassfulTable table;
    std::map<Ipv4Prefix, uint32_t> model;
    for (int i = 0; i < 60000; ++i)
    {
        // mostly class C, of few networks, so that slots collide and are freed again
        const uint32_t any = static_cast<uint32_t>(random());
        const uint32_t address = random() % 4 ? 0xc0000000 | (any & 0x3ffff) << 3 : any;
        const Ipv4Prefix network = ClassfulNetworkOf(address);
        if (random() % 5 < 2)
        {
            ASSERT_EQ(table.Erase(address), model.erase(network) != 0);
        }
        else if (table.Insert(address, static_cast<uint32_t>(i)))
        {
            model[network] = static_cast<uint32_t>(i);
        }
        const uint32_t probe = random() % 2 ? address : static_cast<uint32_t>(random());
        const auto known = model.find(ClassfulNetworkOf(probe));
        ASSERT_EQ(table.Lookup(probe).value,
                  known == model.end() ? ClassfulTable::NO_VALUE : known->second);
        ASSERT_EQ(table.Size(), model.size());
    }
    const auto routes = table.Routes();
    EXPECT_TRUE(
        std::equal(routes.begin(), routes.end(), model.begin(), model.end(), [](auto& a, auto& b) {
            return a.first == b.first && a.second == b.second;
        }));
    const ClassfulTable copy = table;
    EXPECT_EQ(copy, table);
    table.Insert(0x0a000000, 1 << 20);
    EXPECT_NE(copy, table);
}

} // namespace
} // namespace strata
} // namespace ns3

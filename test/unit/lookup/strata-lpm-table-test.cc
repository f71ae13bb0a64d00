// SPDX-License-Identifier: GPL-2.0-only

#include "strata-naive-lpm.h"

#include "ns3/strata-lpm-table.h"

#include <algorithm>
#include <gtest/gtest.h>
#include <random>
#include <stdexcept>
#include <vector>

namespace ns3
{
namespace strata
{
namespace
{

using Random = std::mt19937_64;

void
FlipBit(uint32_t& address, unsigned bit)
{
    address ^= 1u << (31 - bit);
}

void
FlipBit(std::array<uint8_t, 16>& address, unsigned bit)
{
    address[bit / 8] = static_cast<uint8_t>(address[bit / 8] ^ 0x80 >> bit % 8);
}

template <class Family>
typename Family::Address
RandomAddress(Random& random)
{
    typename Family::Address address{};
    for (unsigned bit = 0; bit < Family::BITS; ++bit)
    {
        if (random() & 1)
        {
            FlipBit(address, bit);
        }
    }
    return address;
}

/** How the prefixes of a random table are spread. */
enum class Spread
{
    UNIFORM,  ///< anywhere, of any length
    CROWDED,  ///< nearly all bits are zero: deep nesting, shared paths
    INTERNET, ///< near each other, most of them about three quarters of half the address long
    HOSTS     ///< long ones only
};

template <class Family>
Prefix<Family>
RandomPrefix(Random& random, Spread spread)
{
    using Address = typename Family::Address;
    Address address{};
    unsigned length = static_cast<unsigned>(random() % (Family::BITS + 1));
    switch (spread)
    {
    case Spread::UNIFORM:
        return Prefix<Family>(RandomAddress<Family>(random), length);
    case Spread::CROWDED:
        for (int i = 0; i < 4; ++i)
        {
            FlipBit(address, static_cast<unsigned>(random() % Family::BITS));
        }
        return Prefix<Family>(address, length);
    case Spread::INTERNET:
        for (unsigned bit = 0; bit < Family::BITS; ++bit)
        {
            // a few large blocks, the rest of the address at random
            if (random() % (bit < 10 ? 8 : 2) == 0)
            {
                FlipBit(address, bit);
            }
        }
        length = Family::BITS == 32 ? 25 : 49;
        do
        {
            --length;
        } while (length > 8 && random() % 3 == 0);
        return Prefix<Family>(address, length);
    case Spread::HOSTS:
        address = RandomAddress<Family>(random);
        for (unsigned bit = 0; bit < Family::BITS / 2; ++bit)
        {
            // the first half comes from a few blocks
            if (random() % 8 != 0)
            {
                Address rest = address;
                FlipBit(rest, bit);
                address = std::min(address, rest); // the bit becomes zero
            }
        }
        return Prefix<Family>(address, Family::BITS - static_cast<unsigned>(random() % 8));
    }
    return {};
}

/** An address in a prefix or right beside it. */
template <class Family>
typename Family::Address
AddressNear(const Prefix<Family>& prefix, Random& random)
{
    auto address = prefix.GetAddress();
    for (unsigned bit = prefix.GetLength(); bit < Family::BITS; ++bit)
    {
        if (random() & 1)
        {
            FlipBit(address, bit);
        }
    }
    if (random() % 4 == 0)
    {
        FlipBit(address, static_cast<unsigned>(random() % Family::BITS));
    }
    return address;
}

template <class Family>
class LpmTableTest : public testing::Test
{
  protected:
    using Table = LpmTable<Family>;

    static void ExpectSame(const Table& table, const NaiveLpm<Family>& naive)
    {
        ASSERT_EQ(table.Size(), naive.Values().size());
        auto next = naive.Values().begin();
        table.ForEach([&](const Prefix<Family>& prefix, uint32_t value) {
            ASSERT_NE(next, naive.Values().end());
            ASSERT_EQ(prefix, next->first) << "in order";
            ASSERT_EQ(value, next->second);
            ++next;
        });
        ASSERT_EQ(next, naive.Values().end());
    }

    static void ExpectSameLookup(const Table& table,
                                 const NaiveLpm<Family>& naive,
                                 const typename Family::Address& address)
    {
        ASSERT_EQ(table.Lookup(address), naive.Lookup(address).value_or(Table::NO_VALUE));
    }

    /** Grows to \p size prefixes, changes as many, shrinks to none; asks all the time. */
    static void Churn(Spread spread, std::size_t size, uint64_t seed, std::size_t checks)
    {
        Random random(seed);
        Table table;
        NaiveLpm<Family> naive;
        std::vector<Prefix<Family>> known;
        const auto step = [&](bool grow) {
            if (grow || known.empty())
            {
                const auto prefix = RandomPrefix<Family>(random, spread);
                const auto value = static_cast<uint32_t>(random() % (random() % 2 ? 8 : 1u << 31));
                const bool added = naive.Insert(prefix, value);
                ASSERT_EQ(table.Insert(prefix, value), added);
                if (added)
                {
                    known.push_back(prefix);
                }
                return;
            }
            std::swap(known[random() % known.size()], known.back());
            ASSERT_TRUE(table.Erase(known.back()));
            ASSERT_FALSE(table.Erase(known.back()));
            naive.Erase(known.back());
            ASSERT_FALSE(table.Find(known.back()));
            known.pop_back();
        };
        const auto ask = [&] {
            const auto prefix = !known.empty() && random() % 2
                                    ? known[random() % known.size()]
                                    : RandomPrefix<Family>(random, spread);
            ExpectSameLookup(table, naive, AddressNear(prefix, random));
            const auto found = naive.Values().find(prefix);
            ASSERT_EQ(table.Find(prefix),
                      found == naive.Values().end() ? std::nullopt
                                                    : std::optional<uint32_t>(found->second));
        };
        for (std::size_t i = 0; i < size; ++i)
        {
            step(true);
            ask();
        }
        ExpectSame(table, naive);
        const Table copy = table;
        const NaiveLpm<Family> old = naive;
        for (std::size_t i = 0; i < size; ++i)
        {
            step(random() % 2);
            ask();
        }
        ExpectSame(table, naive);
        ASSERT_EQ(copy == table, old.Values() == naive.Values());
        for (std::size_t i = 0; i < checks; ++i)
        {
            ExpectSameLookup(copy, old, AddressNear(RandomPrefix<Family>(random, spread), random));
        }
        ExpectSame(copy, old);
        while (!known.empty())
        {
            step(false);
            ask();
        }
        ExpectSame(table, naive);
        ASSERT_TRUE(table.IsEmpty());
        ASSERT_EQ(table, Table());
    }
};

using Families = testing::Types<Ipv4Family, Ipv6Family>;
TYPED_TEST_SUITE(LpmTableTest, Families);

TYPED_TEST(LpmTableTest, AgreesWithTheNaiveModelInTinyTables)
{
    for (uint64_t seed = 0; seed < 200; ++seed)
    {
        for (const auto spread : {Spread::UNIFORM, Spread::CROWDED})
        {
            this->Churn(spread, seed % 20, seed, 10);
            if (this->HasFatalFailure())
            {
                return;
            }
        }
    }
}

TYPED_TEST(LpmTableTest, AgreesWithTheNaiveModelWhilePrefixesOfAllLengthsComeAndGo)
{
    this->Churn(Spread::UNIFORM, 6000, 1, 2000);
}

TYPED_TEST(LpmTableTest, AgreesWithTheNaiveModelInDeepNesting)
{
    this->Churn(Spread::CROWDED, 6000, 2, 2000);
}

TYPED_TEST(LpmTableTest, AgreesWithTheNaiveModelOnTheInternetsLengths)
{
    this->Churn(Spread::INTERNET, 20000, 3, 5000);
}

TYPED_TEST(LpmTableTest, AgreesWithTheNaiveModelOnLongPrefixes)
{
    this->Churn(Spread::HOSTS, 6000, 4, 2000);
}

TYPED_TEST(LpmTableTest, ChangesItsFormWithoutALookupThatNotices)
{
    // around the numbers where the form changes, forth and back
    Random random(5);
    LpmTable<TypeParam> table;
    NaiveLpm<TypeParam> naive;
    std::vector<Prefix<TypeParam>> known;
    for (const std::size_t target : {1100, 200, 1060, 250, 1300, 900, 100, 1500, 0})
    {
        while (naive.Values().size() != target)
        {
            if (naive.Values().size() < target)
            {
                const auto prefix = RandomPrefix<TypeParam>(random, Spread::CROWDED);
                const auto value = static_cast<uint32_t>(random() % 100);
                if (naive.Insert(prefix, value))
                {
                    known.push_back(prefix);
                }
                table.Insert(prefix, value);
            }
            else
            {
                std::swap(known[random() % known.size()], known.back());
                naive.Erase(known.back());
                table.Erase(known.back());
                known.pop_back();
            }
            const auto address =
                AddressNear(RandomPrefix<TypeParam>(random, Spread::CROWDED), random);
            this->ExpectSameLookup(table, naive, address);
        }
        this->ExpectSame(table, naive);
        const LpmTable<TypeParam> copy = table;
        EXPECT_EQ(copy, table);
    }
}

TYPED_TEST(LpmTableTest, TheShortestPrefixesOfAFullTableComeAndGo)
{
    Random random(6);
    LpmTable<TypeParam> table;
    NaiveLpm<TypeParam> naive;
    const auto insert = [&](const Prefix<TypeParam>& prefix) {
        const auto value = static_cast<uint32_t>(random() % 1000000);
        table.Insert(prefix, value);
        naive.Insert(prefix, value);
    };
    for (int i = 0; i < 3000; ++i)
    {
        insert(RandomPrefix<TypeParam>(random, Spread::INTERNET));
    }
    for (int round = 0; round < 300; ++round)
    {
        const Prefix<TypeParam> prefix(
            RandomPrefix<TypeParam>(random, Spread::INTERNET).GetAddress(),
            static_cast<unsigned>(random() % 20));
        if (round % 3 == 0)
        {
            insert(prefix);
        }
        else
        {
            ASSERT_EQ(table.Erase(prefix), naive.Erase(prefix));
        }
        for (int i = 0; i < 50; ++i)
        {
            const auto near = RandomPrefix<TypeParam>(random, Spread::INTERNET);
            this->ExpectSameLookup(table, naive, AddressNear(near, random));
        }
    }
    this->ExpectSame(table, naive);
}

TYPED_TEST(LpmTableTest, AgreesWithTheNaiveModelInLargeTables)
{
    // enough for an image of the first 24 bits; first with few values, then with one a prefix
    Random random(12);
    LpmTable<TypeParam> table;
    NaiveLpm<TypeParam> naive;
    std::vector<Prefix<TypeParam>> known;
    const auto insert = [&](uint32_t value) {
        auto prefix = RandomPrefix<TypeParam>(random, Spread::INTERNET);
        if (random() % 8 == 0)
        {
            const auto length = static_cast<unsigned>(random() % (TypeParam::BITS + 1));
            prefix = Prefix<TypeParam>(AddressNear(prefix, random), length);
        }
        table.Insert(prefix, value);
        if (naive.Insert(prefix, value))
        {
            known.push_back(prefix);
        }
    };
    const auto ask = [&](int times) {
        for (int i = 0; i < times; ++i)
        {
            const auto& near = known[random() % known.size()];
            this->ExpectSameLookup(table, naive, AddressNear(near, random));
        }
    };
    while (known.size() < 170000)
    {
        insert(static_cast<uint32_t>(random() % 100));
    }
    ask(5000);
    const LpmTable<TypeParam> fewValues = table;
    const NaiveLpm<TypeParam> fewValuesNaive = naive;
    for (int i = 0; i < 30000 && !this->HasFatalFailure(); ++i)
    {
        insert(static_cast<uint32_t>(i));
        std::swap(known[random() % known.size()], known.back());
        ASSERT_TRUE(table.Erase(known.back()));
        naive.Erase(known.back());
        known.pop_back();
        if (i % 8 == 0)
        {
            ask(1);
        }
    }
    ask(5000);
    this->ExpectSame(table, naive);
    const LpmTable<TypeParam> copy = table;
    while (known.size() > 1000)
    {
        ASSERT_TRUE(table.Erase(known.back()));
        known.pop_back();
        if (known.size() % 64 == 0)
        {
            const auto address = AddressNear(known[random() % known.size()], random);
            this->ExpectSameLookup(copy, naive, address);
        }
    }
    NaiveLpm<TypeParam> rest;
    for (const auto& prefix : known)
    {
        rest.Insert(prefix, naive.Values().at(prefix));
    }
    this->ExpectSame(table, rest);
    for (int i = 0; i < 5000; ++i)
    {
        this->ExpectSameLookup(
            fewValues,
            fewValuesNaive,
            AddressNear(RandomPrefix<TypeParam>(random, Spread::INTERNET), random));
    }
    EXPECT_LT(table.MemoryBytes() + (16u << 20), copy.MemoryBytes()) << "the image is gone";
}

TYPED_TEST(LpmTableTest, AnEmptyTableMatchesNothing)
{
    LpmTable<TypeParam> table;
    EXPECT_EQ(table.Lookup({}), table.NO_VALUE);
    EXPECT_FALSE(table.Find({}));
    EXPECT_FALSE(table.Erase({}));
    EXPECT_TRUE(table.IsEmpty());
    table.ForEach([](const Prefix<TypeParam>&, uint32_t) { FAIL(); });
}

TYPED_TEST(LpmTableTest, TheDefaultRouteMatchesEverything)
{
    Random random(7);
    LpmTable<TypeParam> table;
    EXPECT_TRUE(table.Insert({}, 3));
    EXPECT_FALSE(table.Insert({}, 4)) << "changed, not added";
    for (int i = 0; i < 100; ++i)
    {
        EXPECT_EQ(table.Lookup(RandomAddress<TypeParam>(random)), 4u);
    }
}

TYPED_TEST(LpmTableTest, OneValueIsReserved)
{
    LpmTable<TypeParam> table;
    EXPECT_THROW(table.Insert({}, table.NO_VALUE), std::invalid_argument);
    EXPECT_TRUE(table.IsEmpty());
    EXPECT_TRUE(table.Insert({}, table.NO_VALUE - 1));
    EXPECT_EQ(table.Lookup({}), table.NO_VALUE - 1);
}

TYPED_TEST(LpmTableTest, ClearGivesTheMemoryBack)
{
    Random random(8);
    LpmTable<TypeParam> table;
    const std::size_t empty = table.MemoryBytes();
    for (int i = 0; i < 5000; ++i)
    {
        table.Insert(RandomPrefix<TypeParam>(random, Spread::UNIFORM), 1);
    }
    EXPECT_GT(table.MemoryBytes(), empty);
    table.Clear();
    EXPECT_EQ(table.MemoryBytes(), empty);
    EXPECT_EQ(table, LpmTable<TypeParam>());
}

TYPED_TEST(LpmTableTest, AnAssignedTableIsACopy)
{
    Random random(9);
    LpmTable<TypeParam> a;
    for (int i = 0; i < 3000; ++i)
    {
        a.Insert(RandomPrefix<TypeParam>(random, Spread::INTERNET), static_cast<uint32_t>(i));
    }
    LpmTable<TypeParam> b;
    b.Insert({}, 1);
    b = a;
    EXPECT_EQ(a, b);
    b.Insert({}, 1);
    EXPECT_NE(a, b);
    b = a;
    EXPECT_EQ(a, b);
    LpmTable<TypeParam> moved = std::move(b);
    EXPECT_EQ(a, moved);
    b = std::move(moved);
    EXPECT_EQ(a, b);
    EXPECT_TRUE(moved.IsEmpty()) << "what was moved from is an empty table";
    EXPECT_EQ(moved.Lookup({}), moved.NO_VALUE);
    moved.Insert({}, 5);
    EXPECT_EQ(moved.Lookup({}), 5u);
}

TYPED_TEST(LpmTableTest, AThousandPrefixesTakeLessThan64KiB)
{
    Random random(10);
    for (const auto spread : {Spread::UNIFORM, Spread::INTERNET, Spread::HOSTS})
    {
        LpmTable<TypeParam> table;
        while (table.Size() < 1000)
        {
            table.Insert(RandomPrefix<TypeParam>(random, spread),
                         static_cast<uint32_t>(random() % 64));
        }
        EXPECT_LT(table.MemoryBytes(), 64u * 1024);
    }
}

TEST(LpmTable, HoldsEveryHostOfABlockWithAValueOfItsOwn)
{
    LpmTable<Ipv4Family> table;
    constexpr uint32_t base = 0x0a000000;
    constexpr uint32_t hosts = 1u << 20;
    table.Insert(Ipv4Prefix(base, 12), hosts);
    for (uint32_t i = 0; i < hosts; ++i)
    {
        ASSERT_TRUE(table.Insert(Ipv4Prefix::Host(base + i), i));
    }
    for (uint32_t i = 0; i < hosts; ++i)
    {
        ASSERT_EQ(table.Lookup(base + i), i);
    }
    EXPECT_EQ(table.Lookup(base - 1), table.NO_VALUE);
    EXPECT_EQ(table.Lookup(base + hosts), table.NO_VALUE);
    for (uint32_t i = 0; i < hosts; i += 2)
    {
        ASSERT_TRUE(table.Erase(Ipv4Prefix::Host(base + i)));
    }
    for (uint32_t i = 0; i < hosts; ++i)
    {
        ASSERT_EQ(table.Lookup(base + i), i % 2 ? i : hosts);
    }
}

TEST(LpmTable, AMillionPrefixesWithTheInternetsLengthsTakeLessThan40MiB)
{
    // the shares of lengths in a full table, in thousandths, and every prefix a value of its own
    const std::vector<std::pair<unsigned, unsigned>> mix{{24, 610},
                                                         {23, 104},
                                                         {22, 115},
                                                         {21, 53},
                                                         {20, 46},
                                                         {19, 26},
                                                         {18, 15},
                                                         {17, 9},
                                                         {16, 14},
                                                         {15, 3},
                                                         {14, 3},
                                                         {13, 1},
                                                         {12, 1}};
    Random random(11);
    LpmTable<Ipv4Family> table;
    while (table.Size() < 1000000)
    {
        unsigned share = static_cast<unsigned>(random() % 1000);
        unsigned length = 0;
        for (const auto& [bits, thousandths] : mix)
        {
            length = bits;
            if (share < thousandths)
            {
                break;
            }
            share -= thousandths;
        }
        const auto address = static_cast<uint32_t>(random() % 0xe0000000);
        table.Insert(Ipv4Prefix(address, length), static_cast<uint32_t>(table.Size()));
    }
    EXPECT_LT(table.MemoryBytes(), 40u * 1024 * 1024);
}

} // namespace
} // namespace strata
} // namespace ns3

// SPDX-License-Identifier: GPL-2.0-only

#include "ns3/strata-prefix.h"

#include <algorithm>
#include <gtest/gtest.h>
#include <random>
#include <string>
#include <vector>

namespace ns3
{
namespace strata
{
namespace
{

/** The bits of an address as text, the first one first: the naive model. */
template <class UInt>
std::string
BitsOf(UInt address)
{
    std::string bits;
    for (unsigned i = sizeof(UInt) * 8; i > 0; --i)
    {
        bits += (address >> (i - 1)) & 1 ? '1' : '0';
    }
    return bits;
}

std::string
BitsOf(const std::array<uint8_t, 16>& address)
{
    std::string bits;
    for (const uint8_t byte : address)
    {
        bits += BitsOf(byte);
    }
    return bits;
}

template <class UInt>
void
FlipBit(UInt& address, unsigned bit)
{
    address ^= UInt{1} << (sizeof(UInt) * 8 - 1 - bit);
}

void
FlipBit(std::array<uint8_t, 16>& address, unsigned bit)
{
    address[bit / 8] = static_cast<uint8_t>(address[bit / 8] ^ (0x80 >> (bit % 8)));
}

template <class Family>
typename Family::Address
RandomAddress(std::mt19937_64& random)
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

template <class Family>
class PrefixTest : public testing::Test
{
};

using Families = testing::Types<Ipv4Family, Ipv6Family, LayerFamily>;
TYPED_TEST_SUITE(PrefixTest, Families);

TYPED_TEST(PrefixTest, KeepsTheFirstBitsOnly)
{
    std::mt19937_64 random(6);
    const unsigned bits = TypeParam::BITS;
    for (unsigned length = 0; length <= bits; ++length)
    {
        const auto address = RandomAddress<TypeParam>(random);
        const Prefix<TypeParam> prefix(address, length);
        EXPECT_EQ(BitsOf(prefix.GetAddress()),
                  BitsOf(address).substr(0, length) + std::string(bits - length, '0'));
        EXPECT_EQ(prefix.GetLength(), length);
        EXPECT_EQ(prefix.IsHost(), length == bits);
    }
}

TYPED_TEST(PrefixTest, ContainsExactlyTheAddressesThatBeginWithIt)
{
    std::mt19937_64 random(7);
    for (unsigned length = 0; length <= TypeParam::BITS; ++length)
    {
        const auto address = RandomAddress<TypeParam>(random);
        const Prefix<TypeParam> prefix(address, length);
        EXPECT_TRUE(prefix.Contains(address));
        for (unsigned bit = 0; bit < TypeParam::BITS; ++bit)
        {
            auto near = address;
            FlipBit(near, bit);
            EXPECT_EQ(prefix.Contains(near), bit >= length) << length << ' ' << bit;
        }
    }
}

TYPED_TEST(PrefixTest, ContainsBlocksAsTheBitsSay)
{
    std::mt19937_64 random(8);
    for (int run = 0; run < 2000; ++run)
    {
        const auto address = RandomAddress<TypeParam>(random);
        auto other = address;
        FlipBit(other, random() % TypeParam::BITS);
        const Prefix<TypeParam> a(address, random() % (TypeParam::BITS + 1));
        const Prefix<TypeParam> b(other, random() % (TypeParam::BITS + 1));
        const bool inside =
            b.GetLength() >= a.GetLength() &&
            BitsOf(address).compare(0, a.GetLength(), BitsOf(other), 0, a.GetLength()) == 0;
        ASSERT_EQ(a.Contains(b), inside);
        ASSERT_EQ(a == b, a.Contains(b) && b.Contains(a));
        ASSERT_EQ(a != b, !(a == b));
        if (inside && a != b)
        {
            ASSERT_TRUE(a < b) << "a block comes before the blocks inside it";
        }
    }
}

TYPED_TEST(PrefixTest, EqualBlocksAreEqualWhateverTheHostBits)
{
    std::mt19937_64 random(9);
    const auto address = RandomAddress<TypeParam>(random);
    auto other = address;
    FlipBit(other, TypeParam::BITS - 1);
    EXPECT_EQ(Prefix<TypeParam>(address, TypeParam::BITS - 1),
              Prefix<TypeParam>(other, TypeParam::BITS - 1));
    EXPECT_NE(Prefix<TypeParam>::Host(address), Prefix<TypeParam>::Host(other));
}

TYPED_TEST(PrefixTest, LengthZeroIsEverything)
{
    std::mt19937_64 random(10);
    const auto address = RandomAddress<TypeParam>(random);
    EXPECT_EQ(Prefix<TypeParam>(address, 0), Prefix<TypeParam>());
    EXPECT_TRUE(Prefix<TypeParam>().Contains(address));
    EXPECT_TRUE(Prefix<TypeParam>().Contains(Prefix<TypeParam>()));
    EXPECT_FALSE(Prefix<TypeParam>::Host(address).Contains(Prefix<TypeParam>()));
}

TYPED_TEST(PrefixTest, ALengthBeyondTheAddressIsTheWholeAddress)
{
    std::mt19937_64 random(11);
    const auto address = RandomAddress<TypeParam>(random);
    for (const unsigned length : {TypeParam::BITS + 1, 255u, 256u, 4294967295u})
    {
        const Prefix<TypeParam> prefix(address, length);
        EXPECT_EQ(prefix, Prefix<TypeParam>::Host(address)) << length;
        EXPECT_EQ(KeepBits(address, length), address);
    }
}

TYPED_TEST(PrefixTest, OrderIsThatOfTheBitsThenOfTheLength)
{
    std::mt19937_64 random(12);
    std::vector<Prefix<TypeParam>> prefixes;
    for (int i = 0; i < 200; ++i)
    {
        prefixes.emplace_back(RandomAddress<TypeParam>(random), random() % (TypeParam::BITS + 1));
    }
    std::sort(prefixes.begin(), prefixes.end());
    for (std::size_t i = 1; i < prefixes.size(); ++i)
    {
        const auto key = [](const Prefix<TypeParam>& p) {
            return std::make_pair(BitsOf(p.GetAddress()), p.GetLength());
        };
        EXPECT_LE(key(prefixes[i - 1]), key(prefixes[i]));
    }
}

TEST(Prefix, HoldsInConstantExpressions)
{
    constexpr Ipv4Prefix documentation(0xc0000280, 24);
    static_assert(documentation.GetAddress() == 0xc0000200);
    static_assert(documentation.Contains(0xc00002ff) && !documentation.Contains(0xc0000300));
    static_assert(Ipv4Prefix::Host(1).IsHost());
    SUCCEED();
}

TEST(Prefix, KeepBitsWorksOnSmallNumbers)
{
    EXPECT_EQ(KeepBits(uint8_t{0xff}, 3), 0xe0u);
    EXPECT_EQ(KeepBits(uint16_t{0xffff}, 15), 0xfffeu);
    EXPECT_EQ(KeepBits(uint16_t{0xffff}, 1), 0x8000u);
}

} // namespace
} // namespace strata
} // namespace ns3

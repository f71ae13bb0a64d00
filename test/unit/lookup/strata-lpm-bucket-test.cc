// SPDX-License-Identifier: GPL-2.0-only

#include "ns3/strata-lpm-bucket.h"

#include <array>
#include <gtest/gtest.h>
#include <random>

namespace ns3
{
namespace strata
{
namespace
{

using Random = std::mt19937_64;
using Lines = std::array<LpmBucketLine, LpmBucketLine::LinesFor(LpmBucket<uint32_t>::MAX)>;

uint32_t
Draw(Random& random, uint32_t)
{
    // few bits behind the twelve that a bucket shares, so that rules nest
    return 0x0a100000 | (static_cast<uint32_t>(random()) & 0x000f000f);
}

LpmKey128
Draw(Random& random, LpmKey128)
{
    return {0x2001000000000000 | (random() & 0x000f000f000f000f), random()};
}

template <class Key>
LpmBucket<Key>
RandomBucket(Random& random, unsigned longest)
{
    LpmBucket<Key> bucket;
    bucket.inherited = static_cast<uint32_t>(random());
    const std::size_t size = 1 + random() % LpmBucket<Key>::MAX;
    while (bucket.size < size)
    {
        LpmRule<Key> rule;
        rule.length = static_cast<uint8_t>(13 + random() % (longest - 12));
        rule.key = KeepKeyBits(Draw(random, Key{}), rule.length);
        rule.value = static_cast<uint32_t>(random());
        const std::size_t place = bucket.Place(rule);
        if (!bucket.Holds(place, rule))
        {
            bucket.Insert(place, rule);
        }
    }
    return bucket;
}

template <class Key>
class LpmBucketTest : public testing::Test
{
};

using Keys = testing::Types<uint32_t, LpmKey128>;
TYPED_TEST_SUITE(LpmBucketTest, Keys);

TYPED_TEST(LpmBucketTest, LinesGiveBackWhatWasWritten)
{
    Random random(1);
    for (int round = 0; round < 10000; ++round)
    {
        const auto bucket = RandomBucket<TypeParam>(random, std::min(64u, LPM_BITS<TypeParam>));
        ASSERT_TRUE(LpmBucketLine::Fits(bucket));
        Lines lines;
        LpmBucketLine::Write(bucket, lines.data());
        ASSERT_EQ(lines[0].HasNext(), bucket.size > LpmBucketLine::RULES);
        const auto read = LpmBucketLine::Read(lines.data(), bucket.rules[0].key);
        ASSERT_EQ(read.size, bucket.size);
        ASSERT_EQ(read.inherited, bucket.inherited);
        for (uint32_t i = 0; i < bucket.size; ++i)
        {
            ASSERT_TRUE(read.rules[i].IsAbout(bucket.rules[i]));
            ASSERT_EQ(read.rules[i].value, bucket.rules[i].value);
        }
    }
}

TYPED_TEST(LpmBucketTest, LinesMatchTheLongestRuleThatHoldsTheKey)
{
    Random random(2);
    int matched = 0;
    for (int round = 0; round < 10000; ++round)
    {
        const auto bucket = RandomBucket<TypeParam>(random, std::min(64u, LPM_BITS<TypeParam>));
        Lines lines;
        LpmBucketLine::Write(bucket, lines.data());
        for (int i = 0; i < 20; ++i)
        {
            const TypeParam key = Draw(random, TypeParam{});
            uint32_t expected = bucket.inherited;
            unsigned longest = 0;
            for (uint32_t j = 0; j < bucket.size; ++j)
            {
                const auto& rule = bucket.rules[j];
                if (rule.length > longest && KeepKeyBits(key, rule.length) == rule.key)
                {
                    longest = rule.length;
                    expected = rule.value;
                }
            }
            matched += longest > 0;
            const uint64_t word = LpmBucketLine::WordOf(key);
            uint32_t best = lines[0].Match(word, lines[0].inherited);
            if (lines[0].HasNext())
            {
                best = lines[1].Match(word, best);
            }
            ASSERT_EQ(best, expected);
        }
    }
    EXPECT_GT(matched, 10000);
}

TEST(LpmBucketFitTest, RulesOfMoreThan64BitsDoNotFit)
{
    LpmBucket<LpmKey128> bucket;
    bucket.Insert(0, {{0x2001000000000000, 0}, 1, 64});
    EXPECT_TRUE(LpmBucketLine::Fits(bucket));
    bucket.Insert(1, {{0x2001000000000000, 0}, 2, 65});
    EXPECT_FALSE(LpmBucketLine::Fits(bucket));
    bucket.Erase(1);
    EXPECT_TRUE(LpmBucketLine::Fits(bucket));
}

} // namespace
} // namespace strata
} // namespace ns3

// SPDX-License-Identifier: GPL-2.0-only

#ifndef STRATA_LPM_BUCKET_H
#define STRATA_LPM_BUCKET_H

#include "strata-lpm-key.h"

#include <array>
#include <cstdint>

namespace ns3
{
namespace strata
{

/** The first 64 bits of a key. */
inline uint64_t
FirstBits(uint32_t key)
{
    return uint64_t{key} << 32;
}

inline uint64_t
FirstBits(const LpmKey128& key)
{
    return key.high;
}

/** The key whose first 64 bits are these, the others zero. */
inline void
SetFirstBits(uint32_t& key, uint64_t bits)
{
    key = static_cast<uint32_t>(bits >> 32);
}

inline void
SetFirstBits(LpmKey128& key, uint64_t bits)
{
    key = {bits, 0};
}

/** A few rules in order that share their first twelve bits, and what holds where none matches. */
template <class Key>
struct LpmBucket
{
    static constexpr unsigned MAX = 10;

    uint32_t inherited{LPM_NO_VALUE};
    uint32_t size{0};
    std::array<LpmRule<Key>, MAX> rules;

    /** Where a rule is or belongs. */
    std::size_t Place(const LpmRule<Key>& rule) const
    {
        return LowerBound(rules.data(), size, rule);
    }

    bool Holds(std::size_t place, const LpmRule<Key>& rule) const
    {
        return place < size && rules[place].IsAbout(rule);
    }

    /** Precondition: size is below MAX. */
    void Insert(std::size_t place, const LpmRule<Key>& rule)
    {
        std::copy_backward(rules.data() + place, rules.data() + size, rules.data() + size + 1);
        rules[place] = rule;
        ++size;
    }

    void Erase(std::size_t place)
    {
        std::copy(rules.data() + place + 1, rules.data() + size, rules.data() + place);
        --size;
    }
};

/**
 * A cache line of a bucket whose rules have 13 to 64 bits: a word a rule. Its high bits are those
 * of the key behind the first twelve, which all rules of a bucket share; its low bits say by how
 * much to shift so that only the bits of the rule are left. So a lookup compares with all rules of
 * a line without a branch, which would be on what no processor can predict, and lookups that
 * follow each other overlap.
 */
struct LpmBucketLine
{
    static constexpr unsigned RULES = 5;

    uint64_t words[RULES];
    uint32_t values[RULES];
    uint32_t inherited; //!< in the first line of a bucket

    static constexpr unsigned LinesFor(unsigned size)
    {
        return (size + RULES - 1) / RULES;
    }

    /** What Match() compares with. */
    template <class Key>
    static uint64_t WordOf(const Key& key)
    {
        return FirstBits(key) << SHARED_BITS;
    }

    template <class Key>
    static bool Fits(const LpmBucket<Key>& bucket)
    {
        return LPM_BITS<Key> <= 64 ||
               std::all_of(bucket.rules.begin(),
                           bucket.rules.begin() + bucket.size,
                           [](const LpmRule<Key>& rule) { return rule.length <= 64; });
    }

    /** Writes a bucket that fits and is not empty into as many lines as it takes. */
    template <class Key>
    static void Write(const LpmBucket<Key>& bucket, LpmBucketLine* line)
    {
        for (unsigned next = 0; next < bucket.size; ++line)
        {
            const unsigned count = std::min(bucket.size - next, RULES);
            for (unsigned i = 0; i < RULES; ++i)
            {
                // an unused word differs from the first in all bits of the key
                const bool used = i < count;
                const LpmRule<Key>& rule = bucket.rules[used ? next + i : next];
                const uint64_t bits = WordOf(rule.key);
                const unsigned length = used ? rule.length : 64;
                line->words[i] = (used ? bits : ~bits & ~META) | (64 + SHARED_BITS - length);
                line->values[i] = rule.value;
            }
            line->inherited = bucket.inherited;
            next += count;
            line->words[0] |= count << COUNT_AT | (next < bucket.size ? MORE : 0);
        }
    }

    /** Reads a bucket; \p path is a key that shares its first twelve bits. */
    template <class Key>
    static LpmBucket<Key> Read(const LpmBucketLine* line, const Key& path)
    {
        LpmBucket<Key> bucket;
        bucket.inherited = line->inherited;
        const uint64_t shared = KeepBits(FirstBits(path), SHARED_BITS);
        for (bool more = true; more; ++line)
        {
            const auto count = static_cast<unsigned>(line->words[0] >> COUNT_AT & 7);
            for (unsigned i = 0; i < count; ++i)
            {
                LpmRule<Key>& rule = bucket.rules[bucket.size++];
                SetFirstBits(rule.key, shared | line->words[i] >> SHARED_BITS);
                rule.value = line->values[i];
                rule.length = static_cast<uint8_t>(64 + SHARED_BITS - (line->words[i] & 63));
            }
            more = line->HasNext();
        }
        return bucket;
    }

    bool HasNext() const
    {
        return (words[0] & MORE) != 0;
    }

    /** The value of the last rule that matches, which is the longest, else \p best. */
    uint32_t Match(uint64_t word, uint32_t best) const
    {
        for (unsigned i = 0; i < RULES; ++i)
        {
            const uint64_t differ = (word ^ words[i]) >> (words[i] & 63);
            best = differ == 0 ? values[i] : best;
        }
        return best;
    }

  private:
    static constexpr unsigned SHARED_BITS = 12;
    static constexpr uint64_t META = (1u << SHARED_BITS) - 1;

    /** In the first word of a line: whether another one follows, and how many rules are in this. */
    static constexpr uint64_t MORE = 1u << 6;
    static constexpr unsigned COUNT_AT = 7;
};

static_assert(sizeof(LpmBucketLine) == 64);

} // namespace strata
} // namespace ns3

#endif /* STRATA_LPM_BUCKET_H */

// SPDX-License-Identifier: GPL-2.0-only

#ifndef STRATA_LPM_KEY_H
#define STRATA_LPM_KEY_H

#include "ns3/strata-prefix.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>

namespace ns3
{
namespace strata
{

/** An IPv6 address as two numbers, the first bits in \ref high. */
struct LpmKey128
{
    uint64_t high{0};
    uint64_t low{0};

    friend bool operator==(const LpmKey128& a, const LpmKey128& b)
    {
        return a.high == b.high && a.low == b.low;
    }

    friend bool operator<(const LpmKey128& a, const LpmKey128& b)
    {
        return a.high != b.high ? a.high < b.high : a.low < b.low;
    }
};

/** What an LpmTable of a family computes with. */
template <class Family>
struct LpmKeyOf;

template <>
struct LpmKeyOf<Ipv4Family>
{
    using Key = uint32_t;
};

template <>
struct LpmKeyOf<Ipv6Family>
{
    using Key = LpmKey128;
};

template <class Key>
constexpr unsigned LPM_BITS = sizeof(Key) * 8;

inline uint32_t
ToLpmKey(uint32_t address)
{
    return address;
}

/** Eight bytes in network order; one expression, which compilers turn into one load. */
inline uint64_t
EightBytes(const uint8_t* bytes)
{
    return uint64_t{bytes[0]} << 56 | uint64_t{bytes[1]} << 48 | uint64_t{bytes[2]} << 40 |
           uint64_t{bytes[3]} << 32 | uint64_t{bytes[4]} << 24 | uint64_t{bytes[5]} << 16 |
           uint64_t{bytes[6]} << 8 | uint64_t{bytes[7]};
}

inline LpmKey128
ToLpmKey(const std::array<uint8_t, 16>& address)
{
    return {EightBytes(address.data()), EightBytes(address.data() + 8)};
}

inline void
FromLpmKey(uint32_t key, uint32_t& address)
{
    address = key;
}

inline void
FromLpmKey(const LpmKey128& key, std::array<uint8_t, 16>& address)
{
    for (std::size_t i = 0; i < 8; ++i)
    {
        address[i] = static_cast<uint8_t>(key.high >> (56 - 8 * i));
        address[i + 8] = static_cast<uint8_t>(key.low >> (56 - 8 * i));
    }
}

/** The six bits that follow the first \p depth ones; zeros stand behind the end of the key. */
inline unsigned
SixBitsAt(uint32_t key, unsigned depth)
{
    return static_cast<unsigned>((uint64_t{key} << 32 << depth) >> 58);
}

inline unsigned
SixBitsAt(const LpmKey128& key, unsigned depth)
{
    if (depth >= 64)
    {
        return static_cast<unsigned>((key.low << (depth - 64)) >> 58);
    }
    const uint64_t next = depth == 0 ? 0 : key.low >> (64 - depth);
    return static_cast<unsigned>((key.high << depth | next) >> 58);
}

/** The first twelve bits. */
inline unsigned
TwelveBitsOf(uint32_t key)
{
    return key >> 20;
}

inline unsigned
TwelveBitsOf(const LpmKey128& key)
{
    return static_cast<unsigned>(key.high >> 52);
}

/** The first 24 bits. */
inline uint32_t
BlockOf(uint32_t key)
{
    return key >> 8;
}

inline uint32_t
BlockOf(const LpmKey128& key)
{
    return static_cast<uint32_t>(key.high >> 40);
}

/** \p key with \p count bits written behind its first \p depth ones, which are kept. */
inline uint32_t
AppendBits(uint32_t key, unsigned depth, unsigned bits, unsigned count)
{
    return count == 0 ? key : key | static_cast<uint32_t>(uint64_t{bits} << (32 - depth) >> count);
}

inline LpmKey128
AppendBits(LpmKey128 key, unsigned depth, unsigned bits, unsigned count)
{
    const unsigned end = depth + count;
    if (count == 0)
    {
        return key;
    }
    if (end <= 64)
    {
        key.high |= uint64_t{bits} << (64 - end);
        return key;
    }
    key.low |= uint64_t{bits} << (128 - end);
    if (depth < 64)
    {
        key.high |= uint64_t{bits} >> (end - 64);
    }
    return key;
}

/** How many first bits two keys share; any number from 64 or 128 on means all. */
inline unsigned
CommonLength(uint32_t a, uint32_t b)
{
    const uint32_t differ = a ^ b;
    return differ == 0 ? 32 : static_cast<unsigned>(__builtin_clz(differ));
}

inline unsigned
CommonLength(const LpmKey128& a, const LpmKey128& b)
{
    if (a.high != b.high)
    {
        return static_cast<unsigned>(__builtin_clzll(a.high ^ b.high));
    }
    return a.low == b.low ? 128 : 64 + static_cast<unsigned>(__builtin_clzll(a.low ^ b.low));
}

/** The first \p length bits of a key, the others zero. */
inline uint32_t
KeepKeyBits(uint32_t key, unsigned length)
{
    return KeepBits(key, length);
}

inline LpmKey128
KeepKeyBits(const LpmKey128& key, unsigned length)
{
    return length <= 64 ? LpmKey128{KeepBits(key.high, length), 0}
                        : LpmKey128{key.high, KeepBits(key.low, length - 64)};
}

/** One route of a table: the block of \ref length bits at \ref key, and what it leads to. */
template <class Key>
struct LpmRule
{
    Key key{};
    uint32_t value{0};
    uint8_t length{0};

    bool Contains(const Key& other) const
    {
        return CommonLength(key, other) >= length;
    }

    /** As prefixes are ordered: by address, then by length. */
    bool ComesBefore(const LpmRule& other) const
    {
        return key == other.key ? length < other.length : key < other.key;
    }

    bool IsAbout(const LpmRule& other) const
    {
        return length == other.length && key == other.key;
    }
};

/** What an LpmTable answers where no prefix matches; no route may lead there. */
constexpr uint32_t LPM_NO_VALUE = 0xffffffff;

/**
 * \p value unless it is none, else \p other. Which one cannot be predicted, so it is computed
 * without a branch.
 */
inline uint32_t
ValueOr(uint32_t value, uint32_t other)
{
    const uint32_t none = -static_cast<uint32_t>(value == LPM_NO_VALUE);
    return value ^ ((value ^ other) & none);
}

/** The first of \p size rules in order that does not come before \p rule. */
template <class Key>
std::size_t
LowerBound(const LpmRule<Key>* rules, std::size_t size, const LpmRule<Key>& rule)
{
    const auto before = [](const LpmRule<Key>& a, const LpmRule<Key>& b) {
        return a.ComesBefore(b);
    };
    return static_cast<std::size_t>(std::lower_bound(rules, rules + size, rule, before) - rules);
}

/**
 * The longest of \p size rules in order that contains \p key and has at most \p longest bits;
 * nullptr when there is none. Costs one search for each block beside the key's path.
 */
template <class Key>
const LpmRule<Key>*
LongestMatch(const LpmRule<Key>* rules, std::size_t size, const Key& key, unsigned longest)
{
    while (true)
    {
        const LpmRule<Key> bound{KeepKeyBits(key, longest), 0, static_cast<uint8_t>(longest)};
        const std::size_t next = LowerBound(rules, size, bound);
        if (next < size && rules[next].IsAbout(bound))
        {
            return rules + next;
        }
        if (next == 0)
        {
            return nullptr;
        }
        // The rule before contains the key, or lies inside every rule that does: then those have
        // at most the bits that it shares with the key.
        const LpmRule<Key>& last = rules[next - 1];
        const unsigned common = CommonLength(last.key, key);
        if (common >= last.length)
        {
            return &last;
        }
        longest = common;
        size = next;
    }
}

} // namespace strata
} // namespace ns3

#endif /* STRATA_LPM_KEY_H */

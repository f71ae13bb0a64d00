// SPDX-License-Identifier: GPL-2.0-only

#include "strata-lpm-trie.h"

#include <cstring>

// The clones of LookupInTrie() below are worth it only when what they call is a part of them.
#define STRATA_ALWAYS_INLINE inline __attribute__((always_inline))

namespace ns3
{
namespace strata
{

namespace
{

/** By slot: the heap indices 1 to 63 of the blocks that hold it, as bits. */
constexpr std::array<uint64_t, 64>
MakePaths()
{
    std::array<uint64_t, 64> paths{};
    for (unsigned slot = 0; slot < 64; ++slot)
    {
        for (unsigned level = 0; level < 6; ++level)
        {
            paths[slot] |= uint64_t{1} << (1u << level | slot >> (6 - level));
        }
    }
    return paths;
}

constexpr std::array<uint64_t, 64> PATHS = MakePaths();

STRATA_ALWAYS_INLINE unsigned
CountBits(uint64_t bits)
{
    return static_cast<unsigned>(__builtin_popcountll(bits));
}

constexpr uint64_t
Below(unsigned bit)
{
    return (uint64_t{1} << bit) - 1;
}

/**
 * Where the value of the longest rule stands that holds a slot, 0 for the inherited one. Both
 * candidates are computed, for a branch would be on what no processor can predict.
 */
STRATA_ALWAYS_INLINE unsigned
RankOfMatch(const uint64_t* bits, unsigned slot)
{
    const unsigned last = 63 - static_cast<unsigned>(__builtin_clzll(bits[0] & PATHS[slot]));
    const unsigned inner = CountBits(bits[0] & Below(last));
    const unsigned outer = CountBits(bits[0]) + CountBits(bits[1] & Below(slot));
    const auto full = -static_cast<unsigned>(bits[1] >> slot & 1);
    return (outer & full) | (inner & ~full);
}

} // namespace

template <class Key>
LpmTrie<Key>::LpmTrie()
    : m_topValues(1u << TOP_BITS, LPM_NO_VALUE),
      m_topChildren(1u << TOP_BITS, 0)
{
    NewLeaf(LPM_NO_VALUE); // the number 0
}

// ---- Nodes ------------------------------------------------------------------------------------

template <class Key>
unsigned
LpmTrie<Key>::HeapIndex(const Key& key, unsigned depth, unsigned length)
{
    const unsigned level = length - depth;
    return 1u << level | SixBitsAt(key, depth) >> (STRIDE - level);
}

template <class Key>
unsigned
LpmTrie<Key>::RulesClass(unsigned count)
{
    return LpmArena::ClassFor(offsetof(Rules, values) + count * sizeof(uint32_t));
}

template <class Key>
unsigned
LpmTrie<Key>::FanClass(unsigned count)
{
    return LpmArena::ClassFor(offsetof(Fan, children) + count * sizeof(Ref));
}

template <class Key>
unsigned
LpmTrie<Key>::BucketClass(Kind kind, unsigned count)
{
    return LpmArena::ClassFor(kind == BUCKET
                                  ? LpmBucketLine::LinesFor(count) * sizeof(LpmBucketLine)
                                  : offsetof(Bucket, rules) + count * sizeof(Rule));
}

template <class Key>
unsigned
LpmTrie<Key>::Count(const Rules& rules)
{
    return CountBits(rules.bits[0]) + CountBits(rules.bits[1]);
}

/** How many values stand before that of \p index. */
template <class Key>
unsigned
LpmTrie<Key>::Rank(const Rules& rules, unsigned index)
{
    return index < 64 ? CountBits(rules.bits[0] & Below(index))
                      : CountBits(rules.bits[0]) + CountBits(rules.bits[1] & Below(index - 64));
}

/** The value of the longest rule that holds the slot, else the inherited one. */
template <class Key>
uint32_t
LpmTrie<Key>::Match(const Rules& rules, unsigned slot)
{
    return rules.values[RankOfMatch(rules.bits, slot)];
}

template <class Key>
uint32_t
LpmTrie<Key>::OwnMatch(const Rules& rules, unsigned slot)
{
    const bool own = (rules.bits[0] & PATHS[slot]) != 2 || (rules.bits[1] >> slot & 1) != 0;
    return own ? Match(rules, slot) : LPM_NO_VALUE;
}

template <class Key>
typename LpmTrie<Key>::Ref
LpmTrie<Key>::NewLeaf(uint32_t inherited)
{
    const uint32_t block = m_arena.Allocate(RulesClass(1));
    Rules* rules = m_arena.At<Rules>(block);
    rules->bits[0] = 2;
    rules->bits[1] = 0;
    rules->values[0] = inherited;
    return MakeRef(block, LEAF);
}

/** Writes a rule; returns where the rules are now. Block 0 is where a fan has none yet. */
template <class Key>
uint32_t
LpmTrie<Key>::SetRule(uint32_t block, unsigned index, uint32_t value, bool& added)
{
    Rules* rules = m_arena.At<Rules>(block);
    const unsigned rank = Rank(*rules, index);
    uint64_t& word = rules->bits[index / 64];
    const uint64_t bit = uint64_t{1} << (index % 64);
    added = (word & bit) == 0;
    if (!added)
    {
        rules->values[rank] = value;
        return block;
    }
    if (block == 0)
    {
        return SetRule(BlockOf(NewLeaf(LPM_NO_VALUE)), index, value, added);
    }
    const unsigned count = Count(*rules);
    word |= bit;
    Rules* to = rules;
    if (RulesClass(count + 1) != RulesClass(count))
    {
        const uint32_t larger = m_arena.Allocate(RulesClass(count + 1));
        to = m_arena.At<Rules>(larger);
        std::memcpy(to, rules, offsetof(Rules, values) + rank * sizeof(uint32_t));
        std::memcpy(to->values + rank + 1, rules->values + rank, (count - rank) * sizeof(uint32_t));
        m_arena.Free(block, RulesClass(count));
        block = larger;
    }
    else
    {
        std::memmove(to->values + rank + 1, to->values + rank, (count - rank) * sizeof(uint32_t));
    }
    to->values[rank] = value;
    return block;
}

/** Takes a rule out that is there; returns where the rules are now. */
template <class Key>
uint32_t
LpmTrie<Key>::RemoveRule(uint32_t block, unsigned index)
{
    Rules* rules = m_arena.At<Rules>(block);
    const unsigned rank = Rank(*rules, index);
    const unsigned count = Count(*rules);
    rules->bits[index / 64] &= ~(uint64_t{1} << (index % 64));
    std::memmove(rules->values + rank,
                 rules->values + rank + 1,
                 (count - rank - 1) * sizeof(uint32_t));
    if (RulesClass(count - 1) == RulesClass(count))
    {
        return block;
    }
    const uint32_t smaller = m_arena.Allocate(RulesClass(count - 1));
    std::memcpy(m_arena.At<Rules>(smaller),
                rules,
                offsetof(Rules, values) + (count - 1) * sizeof(uint32_t));
    m_arena.Free(block, RulesClass(count));
    return smaller;
}

template <class Key>
uint32_t
LpmTrie<Key>::RulesBlock(Ref node) const
{
    switch (KindOf(node))
    {
    case LEAF:
    case BUCKET:
    case LONG_BUCKET:
        break;
    case FAN:
        return m_arena.At<Fan>(BlockOf(node))->rules;
    case WIDE_FAN:
        return m_arena.At<WideFan>(BlockOf(node))->rules;
    }
    return BlockOf(node);
}

/** Says where the rules of a node are; a fan whose last rule is gone keeps none. */
template <class Key>
typename LpmTrie<Key>::Ref
LpmTrie<Key>::WithRules(Ref node, uint32_t block)
{
    if (KindOf(node) == LEAF)
    {
        return MakeRef(block, LEAF);
    }
    Rules* rules = m_arena.At<Rules>(block);
    if (block != 0 && Count(*rules) == 1)
    {
        m_arena.Free(block, RulesClass(1));
        block = 0;
    }
    uint32_t inherited;
    if (KindOf(node) == FAN)
    {
        Fan* fan = m_arena.At<Fan>(BlockOf(node));
        fan->rules = block;
        inherited = fan->inherited;
    }
    else
    {
        WideFan* fan = m_arena.At<WideFan>(BlockOf(node));
        fan->rules = block;
        inherited = fan->inherited;
    }
    if (block != 0)
    {
        rules->values[0] = inherited;
    }
    return node;
}

template <class Key>
void
LpmTrie<Key>::SetInherited(Ref ref, uint32_t value)
{
    switch (KindOf(ref))
    {
    case LEAF:
        m_arena.At<Rules>(BlockOf(ref))->values[0] = value;
        return;
    case BUCKET:
        m_arena.At<LpmBucketLine>(BlockOf(ref))->inherited = value;
        return;
    case LONG_BUCKET:
        m_arena.At<Bucket>(BlockOf(ref))->inherited = value;
        return;
    case FAN:
        m_arena.At<Fan>(BlockOf(ref))->inherited = value;
        break;
    case WIDE_FAN:
        m_arena.At<WideFan>(BlockOf(ref))->inherited = value;
        break;
    }
    if (const uint32_t block = RulesBlock(ref))
    {
        m_arena.At<Rules>(block)->values[0] = value;
    }
}

template <class Key>
bool
LpmTrie<Key>::IsEmptyLeaf(Ref ref) const
{
    return KindOf(ref) == LEAF && Count(*m_arena.At<Rules>(BlockOf(ref))) == 1;
}

// ---- Children ---------------------------------------------------------------------------------

template <class Key>
typename LpmTrie<Key>::Ref
LpmTrie<Key>::Child(Ref node, unsigned slot) const
{
    if (KindOf(node) == WIDE_FAN)
    {
        return m_arena.At<WideFan>(BlockOf(node))->children[slot];
    }
    const Fan* fan = m_arena.At<Fan>(BlockOf(node));
    return (fan->slots >> slot & 1) != 0 ? fan->children[CountBits(fan->slots & Below(slot))] : 0;
}

/** Sets or, with 0, removes a child; returns the fan, which may move. */
template <class Key>
typename LpmTrie<Key>::Ref
LpmTrie<Key>::WithChild(Ref node, unsigned slot, Ref child)
{
    if (KindOf(node) == WIDE_FAN)
    {
        WideFan* fan = m_arena.At<WideFan>(BlockOf(node));
        fan->used += (child != 0) - (fan->children[slot] != 0);
        fan->children[slot] = child;
        return node;
    }
    Fan* fan = m_arena.At<Fan>(BlockOf(node));
    const unsigned rank = CountBits(fan->slots & Below(slot));
    const unsigned count = CountBits(fan->slots);
    const bool had = (fan->slots >> slot & 1) != 0;
    if (had && child != 0)
    {
        fan->children[rank] = child;
        return node;
    }
    if (had == (child != 0))
    {
        return node;
    }
    const unsigned newCount = had ? count - 1 : count + 1;
    const uint32_t block = m_arena.Allocate(FanClass(newCount));
    Fan* to = m_arena.At<Fan>(block);
    to->slots = fan->slots ^ uint64_t { 1 } << slot;
    to->rules = fan->rules;
    to->inherited = fan->inherited;
    std::memcpy(to->children, fan->children, rank * sizeof(Ref));
    if (had)
    {
        std::memcpy(to->children + rank,
                    fan->children + rank + 1,
                    (count - rank - 1) * sizeof(Ref));
    }
    else
    {
        to->children[rank] = child;
        std::memcpy(to->children + rank + 1, fan->children + rank, (count - rank) * sizeof(Ref));
    }
    m_arena.Free(BlockOf(node), FanClass(count));
    return MakeRef(block, FAN);
}

template <class Key>
typename LpmTrie<Key>::Ref
LpmTrie<Key>::MakeFan(Ref leaf, unsigned depth)
{
    const uint32_t inherited = m_arena.At<Rules>(BlockOf(leaf))->values[0];
    Ref node;
    if (!IsWide(depth))
    {
        const uint32_t block = m_arena.Allocate(FanClass(0));
        Fan* fan = m_arena.At<Fan>(block);
        fan->slots = 0;
        fan->inherited = inherited;
        node = MakeRef(block, FAN);
    }
    else
    {
        const uint32_t block = m_arena.Allocate(LpmArena::ClassFor(sizeof(WideFan)));
        WideFan* fan = m_arena.At<WideFan>(block);
        *fan = WideFan{};
        fan->inherited = inherited;
        node = MakeRef(block, WIDE_FAN);
    }
    WithRules(node, BlockOf(leaf));
    Inherit(node, 0, SLOTS - 1);
    return node;
}

/** A fan without children as a leaf. */
template <class Key>
typename LpmTrie<Key>::Ref
LpmTrie<Key>::MakeLeaf(Ref fan)
{
    const uint32_t rules = RulesBlock(fan);
    uint32_t inherited;
    if (KindOf(fan) == FAN)
    {
        inherited = m_arena.At<Fan>(BlockOf(fan))->inherited;
        m_arena.Free(BlockOf(fan), FanClass(0));
    }
    else
    {
        inherited = m_arena.At<WideFan>(BlockOf(fan))->inherited;
        m_arena.Free(BlockOf(fan), LpmArena::ClassFor(sizeof(WideFan)));
    }
    return rules == 0 ? NewLeaf(inherited) : MakeRef(rules, LEAF);
}

/** A fan without children becomes a leaf; a leaf without rules vanishes, unless it is of use. */
template <class Key>
typename LpmTrie<Key>::Ref
LpmTrie<Key>::ShrinkNode(Ref node, unsigned depth)
{
    if ((KindOf(node) == FAN && m_arena.At<Fan>(BlockOf(node))->slots == 0) ||
        (KindOf(node) == WIDE_FAN && m_arena.At<WideFan>(BlockOf(node))->used == 0))
    {
        node = MakeLeaf(node);
    }
    if (!IsEmptyLeaf(node) ||
        (IsWide(depth - STRIDE) && m_arena.At<Rules>(BlockOf(node))->values[0] != LPM_NO_VALUE))
    {
        return node;
    }
    m_arena.Free(BlockOf(node), RulesClass(1));
    return 0;
}

/** Tells the children of some slots of a fan what its own rules give them. */
template <class Key>
void
LpmTrie<Key>::Inherit(Ref node, unsigned firstSlot, unsigned lastSlot)
{
    for (unsigned slot = firstSlot; slot <= lastSlot; ++slot)
    {
        const Ref child = Child(node, slot);
        if (child == 0 && KindOf(node) != WIDE_FAN)
        {
            continue;
        }
        const uint32_t value = OwnMatch(*m_arena.At<Rules>(RulesBlock(node)), slot);
        if (child == 0)
        {
            if (value != LPM_NO_VALUE)
            {
                WithChild(node, slot, NewLeaf(value));
            }
            continue;
        }
        SetInherited(child, value);
        if (value == LPM_NO_VALUE && IsEmptyLeaf(child))
        {
            m_arena.Free(BlockOf(child), RulesClass(1));
            WithChild(node, slot, 0);
        }
    }
}

// ---- Updates ----------------------------------------------------------------------------------

template <class Key>
bool
LpmTrie<Key>::Insert(const Rule& rule)
{
    bool added = false;
    if (rule.length > TOP_BITS)
    {
        Ref& child = m_topChildren[TwelveBitsOf(rule.key)];
        child = InsertAt(child, TOP_BITS, rule, LPM_NO_VALUE, added);
        return added;
    }
    const std::size_t at = LowerBound(m_short.data(), m_short.size(), rule);
    added = at == m_short.size() || !m_short[at].IsAbout(rule);
    if (added)
    {
        m_short.insert(m_short.begin() + static_cast<std::ptrdiff_t>(at), rule);
    }
    m_short[at].value = rule.value;
    Paint(rule);
    return added;
}

template <class Key>
bool
LpmTrie<Key>::Erase(const Rule& rule)
{
    if (rule.length > TOP_BITS)
    {
        bool erased = false;
        Ref& child = m_topChildren[TwelveBitsOf(rule.key)];
        child = EraseAt(child, TOP_BITS, rule, erased);
        return erased;
    }
    const std::size_t at = LowerBound(m_short.data(), m_short.size(), rule);
    if (at == m_short.size() || !m_short[at].IsAbout(rule))
    {
        return false;
    }
    m_short.erase(m_short.begin() + static_cast<std::ptrdiff_t>(at));
    Paint(rule);
    return true;
}

/** Writes anew what the short rules give to the addresses of a block. */
template <class Key>
void
LpmTrie<Key>::Paint(const Rule& block)
{
    const auto fill = [this](const Rule& rule, uint32_t value) {
        const auto first = m_topValues.begin() + TwelveBitsOf(rule.key);
        std::fill(first, first + (std::ptrdiff_t{1} << (TOP_BITS - rule.length)), value);
    };
    const Rule* cover = LongestMatch(m_short.data(), m_short.size(), block.key, block.length);
    fill(block, cover != nullptr ? cover->value : LPM_NO_VALUE);
    for (std::size_t i = LowerBound(m_short.data(), m_short.size(), block);
         i < m_short.size() && block.Contains(m_short[i].key);
         ++i)
    {
        fill(m_short[i], m_short[i].value);
    }
}

/** The child at \p depth after the insertion. */
template <class Key>
typename LpmTrie<Key>::Ref
LpmTrie<Key>::InsertAt(Ref ref, unsigned depth, const Rule& rule, uint32_t inherited, bool& added)
{
    if (ref == 0)
    {
        if (!NeedsNode(depth) && !(m_described && depth == TOP_BITS))
        {
            Bucket bucket;
            bucket.inherited = inherited;
            bucket.Insert(0, rule);
            added = true;
            return NewBucket(bucket);
        }
        ref = NewLeaf(inherited);
    }
    if (IsBucket(ref))
    {
        const Ref changed = InsertInBucket(ref, rule, added);
        if (changed != 0)
        {
            return changed;
        }
        ref = Burst(ref, depth, rule.key);
    }
    if (rule.length <= depth + STRIDE)
    {
        const unsigned index = HeapIndex(rule.key, depth, rule.length);
        ref = WithRules(ref, SetRule(RulesBlock(ref), index, rule.value, added));
        if (KindOf(ref) != LEAF)
        {
            const unsigned slot = SixBitsAt(rule.key, depth);
            Inherit(ref, slot, slot | ((SLOTS - 1) >> (rule.length - depth)));
        }
        return ref;
    }
    if (KindOf(ref) == LEAF)
    {
        ref = MakeFan(ref, depth);
    }
    const unsigned slot = SixBitsAt(rule.key, depth);
    const uint32_t own = OwnMatch(*m_arena.At<Rules>(RulesBlock(ref)), slot);
    return WithChild(ref, slot, InsertAt(Child(ref, slot), depth + STRIDE, rule, own, added));
}

/** What a bucket holds; \p path is any key that leads to it. */
template <class Key>
typename LpmTrie<Key>::Bucket
LpmTrie<Key>::ReadBucket(Ref ref, const Key& path) const
{
    return KindOf(ref) == BUCKET
               ? LpmBucketLine::Read(m_arena.At<LpmBucketLine>(BlockOf(ref)), path)
               : *m_arena.At<Bucket>(BlockOf(ref));
}

template <class Key>
typename LpmTrie<Key>::Ref
LpmTrie<Key>::NewBucket(const Bucket& bucket)
{
    const Kind kind = LpmBucketLine::Fits(bucket) ? BUCKET : LONG_BUCKET;
    return WriteBucket(MakeRef(m_arena.Allocate(BucketClass(kind, bucket.size)), kind),
                       bucket.size,
                       bucket);
}

/** Writes a bucket that held \p size rules anew; returns where it is now. */
template <class Key>
typename LpmTrie<Key>::Ref
LpmTrie<Key>::WriteBucket(Ref ref, unsigned size, const Bucket& bucket)
{
    const Kind kind = LpmBucketLine::Fits(bucket) ? BUCKET : LONG_BUCKET;
    if (kind != KindOf(ref) || BucketClass(kind, bucket.size) != BucketClass(kind, size))
    {
        m_arena.Free(BlockOf(ref), BucketClass(KindOf(ref), size));
        return NewBucket(bucket);
    }
    if (kind == BUCKET)
    {
        LpmBucketLine::Write(bucket, m_arena.At<LpmBucketLine>(BlockOf(ref)));
    }
    else
    {
        // no more than the rules that there are: the block ends behind them
        std::memcpy(m_arena.At<Bucket>(BlockOf(ref)),
                    &bucket,
                    offsetof(Bucket, rules) + bucket.size * sizeof(Rule));
    }
    return ref;
}

/** The bucket after the insertion; 0 when it is full. */
template <class Key>
typename LpmTrie<Key>::Ref
LpmTrie<Key>::InsertInBucket(Ref ref, const Rule& rule, bool& added)
{
    Bucket bucket = ReadBucket(ref, rule.key);
    const unsigned size = bucket.size;
    const std::size_t place = bucket.Place(rule);
    added = !bucket.Holds(place, rule);
    if (!added)
    {
        bucket.rules[place].value = rule.value;
    }
    else if (size == Bucket::MAX)
    {
        return 0;
    }
    else
    {
        bucket.Insert(place, rule);
    }
    return WriteBucket(ref, size, bucket);
}

/** A node with the rules of a bucket; \p path is any key that leads to it. */
template <class Key>
typename LpmTrie<Key>::Ref
LpmTrie<Key>::Burst(Ref ref, unsigned depth, const Key& path)
{
    const Bucket bucket = ReadBucket(ref, path);
    m_arena.Free(BlockOf(ref), BucketClass(KindOf(ref), bucket.size));
    Ref node = NewLeaf(bucket.inherited);
    bool added = false;
    for (uint32_t i = 0; i < bucket.size; ++i)
    {
        node = InsertAt(node, depth, bucket.rules[i], bucket.inherited, added);
    }
    return node;
}

/** The child at \p depth after the removal; 0 when nothing is left. */
template <class Key>
typename LpmTrie<Key>::Ref
LpmTrie<Key>::EraseAt(Ref ref, unsigned depth, const Rule& rule, bool& erased)
{
    if (ref == 0)
    {
        return 0;
    }
    if (IsBucket(ref))
    {
        return EraseInBucket(ref, rule, erased);
    }
    if (rule.length <= depth + STRIDE)
    {
        const unsigned index = HeapIndex(rule.key, depth, rule.length);
        const uint32_t block = RulesBlock(ref);
        erased = (m_arena.At<Rules>(block)->bits[index / 64] >> (index % 64) & 1) != 0;
        if (!erased)
        {
            return ref;
        }
        ref = WithRules(ref, RemoveRule(block, index));
        if (KindOf(ref) != LEAF)
        {
            const unsigned slot = SixBitsAt(rule.key, depth);
            Inherit(ref, slot, slot | ((SLOTS - 1) >> (rule.length - depth)));
        }
        return ShrinkNode(ref, depth);
    }
    if (KindOf(ref) == LEAF)
    {
        return ref;
    }
    const unsigned slot = SixBitsAt(rule.key, depth);
    const Ref child = Child(ref, slot);
    const Ref changed = EraseAt(child, depth + STRIDE, rule, erased);
    return changed == child ? ref : ShrinkNode(WithChild(ref, slot, changed), depth);
}

template <class Key>
typename LpmTrie<Key>::Ref
LpmTrie<Key>::EraseInBucket(Ref ref, const Rule& rule, bool& erased)
{
    Bucket bucket = ReadBucket(ref, rule.key);
    const unsigned size = bucket.size;
    const std::size_t place = bucket.Place(rule);
    erased = bucket.Holds(place, rule);
    if (!erased)
    {
        return ref;
    }
    bucket.Erase(place);
    if (bucket.size == 0)
    {
        m_arena.Free(BlockOf(ref), BucketClass(KindOf(ref), size));
        return 0;
    }
    return WriteBucket(ref, size, bucket);
}

// ---- Reading ----------------------------------------------------------------------------------

template <class Key>
uint32_t
LpmTrie<Key>::Find(const Rule& rule) const
{
    if (rule.length <= TOP_BITS)
    {
        const std::size_t at = LowerBound(m_short.data(), m_short.size(), rule);
        return at < m_short.size() && m_short[at].IsAbout(rule) ? m_short[at].value : LPM_NO_VALUE;
    }
    Ref ref = m_topChildren[TwelveBitsOf(rule.key)];
    for (unsigned depth = TOP_BITS; ref != 0; depth += STRIDE)
    {
        if (IsBucket(ref))
        {
            const Bucket bucket = ReadBucket(ref, rule.key);
            const std::size_t place = bucket.Place(rule);
            return bucket.Holds(place, rule) ? bucket.rules[place].value : LPM_NO_VALUE;
        }
        if (rule.length <= depth + STRIDE)
        {
            const Rules& rules = *m_arena.At<Rules>(RulesBlock(ref));
            const unsigned index = HeapIndex(rule.key, depth, rule.length);
            const bool there = (rules.bits[index / 64] >> (index % 64) & 1) != 0;
            return there ? rules.values[Rank(rules, index)] : LPM_NO_VALUE;
        }
        ref = KindOf(ref) == LEAF ? 0 : Child(ref, SixBitsAt(rule.key, depth));
    }
    return LPM_NO_VALUE;
}

template <class Key>
void
LpmTrie<Key>::VisitFrom(const Rule& from, const Visitor& visit) const
{
    std::size_t next = LowerBound(m_short.data(), m_short.size(), from);
    for (unsigned top = TwelveBitsOf(from.key); top < m_topChildren.size(); ++top)
    {
        for (; next < m_short.size() && TwelveBitsOf(m_short[next].key) == top; ++next)
        {
            if (!visit(m_short[next]))
            {
                return;
            }
        }
        const Key base = AppendBits(Key{}, 0, top, TOP_BITS);
        if (m_topChildren[top] != 0 && !Visit(m_topChildren[top], TOP_BITS, base, from, visit))
        {
            return;
        }
    }
}

template <class Key>
bool
LpmTrie<Key>::Visit(Ref ref,
                    unsigned depth,
                    const Key& base,
                    const Rule& from,
                    const Visitor& visit) const
{
    if (base < KeepKeyBits(from.key, depth))
    {
        return true;
    }
    if (!IsBucket(ref))
    {
        return VisitNode(ref, depth, base, 1, 0, from, visit);
    }
    const Bucket bucket = ReadBucket(ref, base);
    for (uint32_t i = 0; i < bucket.size; ++i)
    {
        if (!bucket.rules[i].ComesBefore(from) && !visit(bucket.rules[i]))
        {
            return false;
        }
    }
    return true;
}

/** The rules of a node's heap below \p index, and of the children there. */
template <class Key>
bool
LpmTrie<Key>::VisitNode(Ref ref,
                        unsigned depth,
                        const Key& base,
                        unsigned index,
                        unsigned level,
                        const Rule& from,
                        const Visitor& visit) const
{
    const Rules& rules = *m_arena.At<Rules>(RulesBlock(ref));
    const unsigned bits = index ^ 1u << level;
    if (level > 0 && (rules.bits[index / 64] >> (index % 64) & 1) != 0)
    {
        const Rule rule{AppendBits(base, depth, bits, level),
                        rules.values[Rank(rules, index)],
                        static_cast<uint8_t>(depth + level)};
        if (!rule.ComesBefore(from) && !visit(rule))
        {
            return false;
        }
    }
    if (level < STRIDE)
    {
        return VisitNode(ref, depth, base, 2 * index, level + 1, from, visit) &&
               VisitNode(ref, depth, base, 2 * index + 1, level + 1, from, visit);
    }
    const Ref child = KindOf(ref) == LEAF ? 0 : Child(ref, bits);
    return child == 0 ||
           Visit(child, depth + STRIDE, AppendBits(base, depth, bits, STRIDE), from, visit);
}

template <class Key>
uint32_t
LpmTrie<Key>::ShortMatchOf(uint32_t slot) const
{
    const Key key = AppendBits(Key{}, 0, slot, TOP_BITS);
    const Rule* rule = LongestMatch(m_short.data(), m_short.size(), key, TOP_BITS);
    return rule != nullptr && rule->length > 0 ? rule->value : LPM_NO_VALUE;
}

template <class Key>
void
LpmTrie<Key>::Describe(uint32_t chunk, unsigned first, unsigned last, LpmImage::Content& content)
{
    m_described = true;
    Ref& top = m_topChildren[chunk >> 4];
    if (IsBucket(top))
    {
        top = Burst(top, TOP_BITS, AppendBits(Key{}, 0, chunk >> 4, TOP_BITS));
    }
    const Ref node = top;
    for (unsigned i = first; i <= last; ++i)
    {
        // two steps of six bits: four nodes of 64 blocks make a chunk
        const unsigned outer = (chunk & 15) << 2 | i >> STRIDE;
        const unsigned slot = i & (SLOTS - 1);
        content.ask[i] = false;
        if (KindOf(node) == LEAF)
        {
            content.values[i] = Match(*m_arena.At<Rules>(BlockOf(node)), outer);
            continue;
        }
        const Ref inner = Child(node, outer);
        if (KindOf(inner) == LEAF)
        {
            content.values[i] = Match(*m_arena.At<Rules>(BlockOf(inner)), slot);
            continue;
        }
        const Fan& fan = *m_arena.At<Fan>(BlockOf(inner));
        content.ask[i] = (fan.slots >> slot & 1) != 0;
        content.values[i] =
            fan.rules == 0 ? fan.inherited : Match(*m_arena.At<Rules>(fan.rules), slot);
    }
}

template <class Key>
std::size_t
LpmTrie<Key>::MemoryBytes() const
{
    return m_arena.MemoryBytes() + m_topValues.capacity() * sizeof(uint32_t) +
           m_topChildren.capacity() * sizeof(Ref) + m_short.capacity() * sizeof(Rule);
}

// ---- Lookup -----------------------------------------------------------------------------------
// A lookup counts bits, for which every 64-bit PC since 2008 has an instruction that a compiler may
// not use unasked: the code is compiled twice, and the loader takes the one that fits.

#if defined(__x86_64__) && defined(__GLIBC__) && defined(__GNUC__) && !defined(__clang__)
#define STRATA_COUNTS_BITS __attribute__((target_clones("popcnt", "default")))
#else
#define STRATA_COUNTS_BITS
#endif

template <class Key>
struct LpmTrieSearch
{
    using Trie = LpmTrie<Key>;
    using Rules = typename Trie::Rules;

    STRATA_ALWAYS_INLINE static uint32_t Match(const Trie& trie, uint32_t block, unsigned slot)
    {
        const Rules* rules = trie.m_arena.template At<Rules>(block);
        return rules->values[RankOfMatch(rules->bits, slot)];
    }

    STRATA_ALWAYS_INLINE static uint32_t Find(const Trie& trie, const Key& key)
    {
        unsigned depth = Trie::TOP_BITS;
        const unsigned top = TwelveBitsOf(key);
        uint32_t best = trie.m_topValues.data()[top];
        uint32_t ref = trie.m_topChildren.data()[top];
        if (LPM_BITS<Key> == 32 && Trie::KindOf(ref) == Trie::WIDE_FAN)
        {
            // the path of nearly all lookups in a large table
            ref = trie.m_arena.template At<typename Trie::WideFan>(Trie::BlockOf(ref))
                      ->children[SixBitsAt(key, depth)];
            depth += Trie::STRIDE;
            if (Trie::KindOf(ref) == Trie::LEAF)
            {
                return ValueOr(Match(trie, Trie::BlockOf(ref), SixBitsAt(key, depth)), best);
            }
        }
        while (true)
        {
            const unsigned slot = SixBitsAt(key, depth);
            switch (Trie::KindOf(ref))
            {
            case Trie::LEAF:
                return ValueOr(Match(trie, Trie::BlockOf(ref), slot), best);
            case Trie::BUCKET: {
                const auto* line = trie.m_arena.template At<LpmBucketLine>(Trie::BlockOf(ref));
                const uint64_t word = LpmBucketLine::WordOf(key);
                best = line->Match(word, ValueOr(line->inherited, best));
                return line->HasNext() ? line[1].Match(word, best) : best;
            }
            case Trie::LONG_BUCKET: {
                const auto& bucket =
                    *trie.m_arena.template At<typename Trie::Bucket>(Trie::BlockOf(ref));
                for (uint32_t i = bucket.size; i > 0; --i)
                {
                    if (bucket.rules[i - 1].Contains(key))
                    {
                        return bucket.rules[i - 1].value;
                    }
                }
                return ValueOr(bucket.inherited, best);
            }
            case Trie::FAN: {
                const auto& fan = *trie.m_arena.template At<typename Trie::Fan>(Trie::BlockOf(ref));
                best = ValueOr(fan.inherited, best);
                if ((fan.slots >> slot & 1) == 0)
                {
                    return fan.rules == 0 ? best : ValueOr(Match(trie, fan.rules, slot), best);
                }
                ref = fan.children[CountBits(fan.slots & Below(slot))];
                break;
            }
            case Trie::WIDE_FAN:
                // such a one inherits nothing, and its slots without child match nothing
                ref = trie.m_arena.template At<typename Trie::WideFan>(Trie::BlockOf(ref))
                          ->children[slot];
                break;
            }
            depth += Trie::STRIDE;
        }
    }
};

STRATA_COUNTS_BITS uint32_t
LookupInTrie(const LpmTrie<uint32_t>& trie, const uint32_t& key)
{
    return LpmTrieSearch<uint32_t>::Find(trie, key);
}

STRATA_COUNTS_BITS uint32_t
LookupInTrie(const LpmTrie<LpmKey128>& trie, const LpmKey128& key)
{
    return LpmTrieSearch<LpmKey128>::Find(trie, key);
}

template class LpmTrie<uint32_t>;
template class LpmTrie<LpmKey128>;

} // namespace strata
} // namespace ns3

// SPDX-License-Identifier: GPL-2.0-only

#ifndef STRATA_LPM_TRIE_H
#define STRATA_LPM_TRIE_H

#include "strata-lpm-arena.h"
#include "strata-lpm-bucket.h"
#include "strata-lpm-image.h"
#include "strata-lpm-key.h"

#include <functional>
#include <vector>

namespace ns3
{
namespace strata
{

/**
 * The large form of an LpmTable: a trie whose nodes take six bits at a time.
 *
 * The first twelve bits index an array. Below stand
 * - nodes at depths 12, 18, 24 and so on. A node at depth d holds the rules of d+1 to d+6 bits as
 *   a binary tree in heap order: one bit says whether there is a rule, and the values of those that
 *   are there stand behind each other. So the longest match in a node is one mask, one search for
 *   the highest bit and one count of bits; and a node is its own record of what was inserted, so
 *   that deletion finds the covering rule in it;
 * - buckets of a few rules in order, where a node would be nearly empty: in cache lines that are
 *   compared without a branch (LpmBucketLine), or as they are where one has more than 64 bits.
 *
 * Each child keeps the value that its parent's own rules give to its block, so that a lookup looks
 * back only where that is none; rules of up to twelve bits are kept aside and painted into the
 * array. So no update touches more than a node and its 64 children, or the array.
 */
template <class Key>
class LpmTrie
{
  public:
    using Rule = LpmRule<Key>;

    LpmTrie();

    /** Adds or changes a rule; true when it is new. */
    bool Insert(const Rule& rule);

    /** Takes a rule out; false when it is not there. */
    bool Erase(const Rule& rule);

    /** The value of exactly this rule, LPM_NO_VALUE when it is not there. */
    uint32_t Find(const Rule& rule) const;

    /** Calls \p visit with rules in order, from \p from on, until it returns false. */
    void VisitFrom(const Rule& from, const std::function<bool(const Rule&)>& visit) const;

    /**
     * What the rules of more than twelve bits say about some blocks of 24 bits in a chunk. From the
     * first call on the trie has no buckets at its top.
     */
    void Describe(uint32_t chunk, unsigned first, unsigned last, LpmImage::Content& content);

    /** The value that the rules of one to twelve bits give to a slot of twelve bits. */
    uint32_t ShortMatchOf(uint32_t slot) const;

    /** By the first twelve bits of an address: the value that the rules of up to twelve bits give.
     */
    const uint32_t* ShortMatches() const
    {
        return m_topValues.data();
    }

    std::size_t MemoryBytes() const;

  private:
    template <class K>
    friend struct LpmTrieSearch;

    static constexpr unsigned TOP_BITS = 12;
    static constexpr unsigned STRIDE = 6;
    static constexpr unsigned SLOTS = 1 << STRIDE;

    /**
     * A child: the number of its block and what it is. The number 0 is a leaf without rules and
     * values that stands for no child.
     */
    enum Kind : uint32_t
    {
        LEAF = 0,
        FAN = 1,
        WIDE_FAN = 2,
        BUCKET = 3,
        LONG_BUCKET = 4
    };

    using Ref = uint32_t;
    static constexpr unsigned KIND_BITS = 3;

    static constexpr Kind KindOf(Ref ref)
    {
        return static_cast<Kind>(ref & ((1u << KIND_BITS) - 1));
    }

    static constexpr uint32_t BlockOf(Ref ref)
    {
        return ref >> KIND_BITS;
    }

    static constexpr bool IsBucket(Ref ref)
    {
        return KindOf(ref) >= BUCKET;
    }

    static constexpr Ref MakeRef(uint32_t block, Kind kind)
    {
        return block << KIND_BITS | kind;
    }

    /** A leaf, and the rules of a fan. Bit 1 stands for the inherited value and is always set. */
    struct Rules
    {
        uint64_t bits[2];
        uint32_t values[1];
    };

    /**
     * A node with children: those that are there, behind each other. Its own rules, where it has
     * some, are a block like a leaf; 0 stands for none.
     */
    struct Fan
    {
        uint64_t slots;
        uint32_t rules;
        uint32_t inherited;
        Ref children[1];
    };

    /**
     * A node with room for all children. A slot without child that a rule of the node covers gets
     * a leaf without rules, so that a lookup need not look at the node's own rules.
     */
    struct WideFan
    {
        Ref children[SLOTS];
        uint32_t rules;
        uint32_t inherited;
        uint32_t used;
    };

    using Bucket = LpmBucket<Key>;

    /** The level at which a table of the Internet's size is dense. */
    static constexpr bool IsWide(unsigned depth)
    {
        return depth == TOP_BITS;
    }

    /** Whether a slot gets a node at once, not a bucket first. */
    static constexpr bool NeedsNode(unsigned depth)
    {
        return depth + STRIDE >= LPM_BITS<Key> || IsWide(depth - STRIDE);
    }

    static unsigned HeapIndex(const Key& key, unsigned depth, unsigned length);
    static unsigned RulesClass(unsigned count);
    static unsigned FanClass(unsigned count);
    static unsigned BucketClass(Kind kind, unsigned count);
    static unsigned Count(const Rules& rules);
    static unsigned Rank(const Rules& rules, unsigned index);
    static uint32_t Match(const Rules& rules, unsigned slot);
    static uint32_t OwnMatch(const Rules& rules, unsigned slot);

    Ref NewLeaf(uint32_t inherited);
    uint32_t SetRule(uint32_t block, unsigned index, uint32_t value, bool& added);
    uint32_t RemoveRule(uint32_t block, unsigned index);
    uint32_t RulesBlock(Ref node) const;
    Ref WithRules(Ref node, uint32_t block);
    void SetInherited(Ref ref, uint32_t value);
    bool IsEmptyLeaf(Ref ref) const;

    Ref Child(Ref node, unsigned slot) const;
    Ref WithChild(Ref node, unsigned slot, Ref child);
    Ref MakeFan(Ref leaf, unsigned depth);
    Ref MakeLeaf(Ref fan);
    Ref ShrinkNode(Ref node, unsigned depth);
    void Inherit(Ref node, unsigned firstSlot, unsigned lastSlot);

    Ref InsertAt(Ref ref, unsigned depth, const Rule& rule, uint32_t inherited, bool& added);
    Bucket ReadBucket(Ref ref, const Key& path) const;
    Ref NewBucket(const Bucket& bucket);
    Ref WriteBucket(Ref ref, unsigned size, const Bucket& bucket);
    Ref InsertInBucket(Ref ref, const Rule& rule, bool& added);
    Ref Burst(Ref ref, unsigned depth, const Key& path);
    Ref EraseAt(Ref ref, unsigned depth, const Rule& rule, bool& erased);
    Ref EraseInBucket(Ref ref, const Rule& rule, bool& erased);

    void Paint(const Rule& block);

    using Visitor = std::function<bool(const Rule&)>;
    bool Visit(Ref ref,
               unsigned depth,
               const Key& base,
               const Rule& from,
               const Visitor& visit) const;
    bool VisitNode(Ref ref,
                   unsigned depth,
                   const Key& base,
                   unsigned index,
                   unsigned level,
                   const Rule& from,
                   const Visitor& visit) const;

    LpmArena m_arena;

    /** By the first twelve bits: the value that a short rule gives, and the child. */
    std::vector<uint32_t> m_topValues;
    std::vector<Ref> m_topChildren;

    /** The rules of up to twelve bits, in order. */
    std::vector<Rule> m_short;

    /** Whether all children of the top are nodes. */
    bool m_described{false};
};

/** The value of the longest match, LPM_NO_VALUE when nothing matches. Never allocates. */
uint32_t LookupInTrie(const LpmTrie<uint32_t>& trie, const uint32_t& key);
uint32_t LookupInTrie(const LpmTrie<LpmKey128>& trie, const LpmKey128& key);

extern template class LpmTrie<uint32_t>;
extern template class LpmTrie<LpmKey128>;

} // namespace strata
} // namespace ns3

#endif /* STRATA_LPM_TRIE_H */

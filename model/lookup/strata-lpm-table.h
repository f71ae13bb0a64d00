// SPDX-License-Identifier: GPL-2.0-only

#ifndef STRATA_LPM_TABLE_H
#define STRATA_LPM_TABLE_H

#include "strata-lpm-trie.h"

#include <functional>
#include <memory>
#include <optional>
#include <utility>
#include <vector>

namespace ns3
{
namespace strata
{

/**
 * Longest-prefix match: which of the inserted prefixes that hold an address is the longest, and
 * what value does it have. Family is Ipv4Family or Ipv6Family.
 *
 * A plain value: a copy is independent and costs a copy of its memory. A lookup never allocates.
 * No update rebuilds the table: up to a thousand prefixes are an array in order, more are a trie
 * (LpmTrie), and on the way from one form to the other each update moves eight prefixes while the
 * old form answers. From 131,072 prefixes on there is also an image of the trie (LpmImage), which
 * grows in the same way and answers at once what the first 24 bits decide.
 *
 * \code
 *   LpmTable<Ipv4Family> table;
 *   table.Insert(Ipv4Prefix(0x0a000000, 8), 7);
 *   table.Lookup(0x0a010203); // 7
 * \endcode
 */
template <class Family>
class LpmTable
{
  public:
    using Address = typename Family::Address;
    using Value = uint32_t;

    /** What Lookup() answers when no prefix holds the address. */
    static constexpr Value NO_VALUE = LPM_NO_VALUE;

    LpmTable() = default;
    ~LpmTable() = default;
    LpmTable(const LpmTable& other);

    LpmTable& operator=(const LpmTable& other)
    {
        LpmTable copy(other);
        Swap(copy);
        return *this;
    }

    /** A table that was moved from is empty. */
    LpmTable(LpmTable&& other) noexcept
    {
        Swap(other);
    }

    LpmTable& operator=(LpmTable&& other) noexcept
    {
        LpmTable moved(std::move(other));
        Swap(moved);
        return *this;
    }

    void Swap(LpmTable& other) noexcept;

    /**
     * Adds a prefix, or changes its value. Any value but NO_VALUE will do, for which
     * std::invalid_argument is thrown.
     * \return whether the prefix is new
     */
    bool Insert(const Prefix<Family>& prefix, Value value);

    /** Takes a prefix out; false when it is not there. */
    bool Erase(const Prefix<Family>& prefix);

    /** Takes all prefixes out and gives the memory back. */
    void Clear();

    /** The value of exactly this prefix. */
    std::optional<Value> Find(const Prefix<Family>& prefix) const;

    /** The value of the longest prefix that holds \p address, else NO_VALUE. */
    Value Lookup(const Address& address) const
    {
        const Key key = ToLpmKey(address);
        if (m_marks != nullptr)
        {
            const uint8_t mark = m_marks[BlockOf(key)];
            return mark == LpmImage::ASK ? LookupInTrie(*m_trie, key) : m_palette[mark];
        }
        return LookupElsewhere(key);
    }

    /** How many prefixes there are. */
    std::size_t Size() const
    {
        return m_size;
    }

    bool IsEmpty() const
    {
        return m_size == 0;
    }

    using Visitor = std::function<void(const Prefix<Family>&, Value)>;

    /** Calls \p visit for each prefix, in their order: by address, then by length. */
    void ForEach(const Visitor& visit) const;

    /** The bytes that the table takes, with all that insertion and deletion need. */
    std::size_t MemoryBytes() const;

    /** Whether both hold the same prefixes with the same values, in whatever form. */
    template <class F>
    friend bool operator==(const LpmTable<F>& a, const LpmTable<F>& b);

    template <class F>
    friend bool operator!=(const LpmTable<F>& a, const LpmTable<F>& b);

  private:
    using Key = typename LpmKeyOf<Family>::Key;
    using Rule = LpmRule<Key>;

    /** A longer array becomes a trie, a trie of fewer rules an array. */
    static constexpr std::size_t MAX_ARRAY = 1024;
    static constexpr std::size_t MIN_TRIE = 256;

    /** Rules that one update moves. */
    static constexpr std::size_t STEP = 8;

    /** Tables of that many rules have an image, and lose it with a quarter of them. */
    static constexpr std::size_t MIN_IMAGE = 1 << 17;

    /** Chunks of the image that one update paints. */
    static constexpr uint32_t PAINT_STEP = 4;

    enum class Form : uint8_t
    {
        ARRAY,
        TO_TRIE,
        TRIE,
        TO_ARRAY
    };

    Value LookupElsewhere(const Key& key) const;
    static Rule RuleOf(const Prefix<Family>& prefix, Value value);
    void Visit(const std::function<bool(const Rule&)>& visit) const;
    bool InsertInArray(const Rule& rule);
    bool EraseInArray(const Rule& rule);
    void Move();
    void Paint(const Rule& rule);
    void PaintShort(const Rule& rule);
    void Repaint(uint32_t chunk);
    void MoveImage();
    void Publish();

    Form m_form{Form::ARRAY};
    std::size_t m_size{0};

    /** On the way to a trie: the first ones of the array that are in the trie as well. */
    std::size_t m_moved{0};

    /** On the way to an array: the first rules of the trie. */
    std::vector<Rule> m_array;
    std::optional<LpmTrie<Key>> m_trie;

    /** The image, and how many of its chunks are painted; it answers when all are. */
    std::unique_ptr<LpmImage> m_image;
    uint32_t m_painted{0};

    /** What a lookup needs of a finished image that has one palette. */
    const uint8_t* m_marks{nullptr};
    const uint32_t* m_palette{nullptr};
};

extern template class LpmTable<Ipv4Family>;
extern template class LpmTable<Ipv6Family>;

template <class F>
bool
operator==(const LpmTable<F>& a, const LpmTable<F>& b)
{
    using Rule = typename LpmTable<F>::Rule;
    if (a.m_size != b.m_size)
    {
        return false;
    }
    std::vector<Rule> rules;
    rules.reserve(a.m_size);
    a.Visit([&rules](const Rule& rule) {
        rules.push_back(rule);
        return true;
    });
    std::size_t next = 0;
    b.Visit([&rules, &next](const Rule& rule) {
        const bool same = rules[next].IsAbout(rule) && rules[next].value == rule.value;
        next += same;
        return same;
    });
    return next == rules.size();
}

template <class F>
bool
operator!=(const LpmTable<F>& a, const LpmTable<F>& b)
{
    return !(a == b);
}

} // namespace strata
} // namespace ns3

#endif /* STRATA_LPM_TABLE_H */

// SPDX-License-Identifier: GPL-2.0-only

#ifndef STRATA_GUARDED_TABLE_H
#define STRATA_GUARDED_TABLE_H

#include "strata-write-right.h"

#include <functional>
#include <map>

namespace ns3
{
namespace strata
{

/**
 * A table of a member that everybody may read and only a right of its mobility kind may change:
 * a value, in the order of its keys. Pointers to a value stay valid while its key stays.
 *
 * Value offers Tie(). Key has an order and a hash (strata-hash.h).
 */
template <class Key, class Value, TableKind Table>
class GuardedTable
{
    using Less = std::conditional_t<std::is_integral_v<Key>, std::less<Key>, std::less<>>;
    using Map = std::map<Key, Value, Less>;

  public:
    static constexpr TableKind TABLE = Table;
    using KeyType = Key;
    using ValueType = Value;
    using value_type = typename Map::value_type;
    using const_iterator = typename Map::const_iterator;

    /** The value of \p key, or null. */
    template <class K>
    const Value* Find(const K& key) const
    {
        const auto i = m_entries.find(key);
        return i == m_entries.end() ? nullptr : &i->second;
    }

    template <class K>
    bool Contains(const K& key) const
    {
        return m_entries.find(key) != m_entries.end();
    }

    /** The first entry whose key is not below \p key. */
    template <class K>
    const_iterator LowerBound(const K& key) const
    {
        return m_entries.lower_bound(key);
    }

    const_iterator begin() const
    {
        return m_entries.begin();
    }

    const_iterator end() const
    {
        return m_entries.end();
    }

    /** The whole table, in the order of its keys. */
    const Map& Entries() const
    {
        return m_entries;
    }

    std::size_t size() const
    {
        return m_entries.size();
    }

    bool empty() const
    {
        return m_entries.empty();
    }

    /** Bytes of all entries, without what they own elsewhere and without the allocator's share. */
    std::size_t MemoryBytes() const
    {
        return m_entries.size() * sizeof(value_type);
    }

    auto Tie() const
    {
        return std::tie(m_entries);
    }

  private:
    friend class WriteRight<OwnerOf(Table)>;

    bool Put(const Key& key, Value&& value)
    {
        const auto i = m_entries.lower_bound(key);
        if (i == m_entries.end() || key < i->first)
        {
            m_entries.emplace_hint(i, key, std::move(value));
            return true;
        }
        // what stands outside of Tie() is taken over all the same
        const bool changed = !(i->second == value);
        i->second = std::move(value);
        return changed;
    }

    bool Remove(const Key& key)
    {
        return m_entries.erase(key) > 0;
    }

    Value* At(const Key& key)
    {
        const auto i = m_entries.find(key);
        return i == m_entries.end() ? nullptr : &i->second;
    }

    template <class Gone, class Report>
    void RemoveIf(const Gone& gone, const Report& report)
    {
        for (auto i = m_entries.begin(); i != m_entries.end();)
        {
            if (gone(i->first, std::as_const(i->second)))
            {
                report(i->first);
                i = m_entries.erase(i);
            }
            else
            {
                ++i;
            }
        }
    }

    Map m_entries;
};

} // namespace strata
} // namespace ns3

#endif /* STRATA_GUARDED_TABLE_H */

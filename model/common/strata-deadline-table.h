// SPDX-License-Identifier: GPL-2.0-only

#ifndef STRATA_DEADLINE_TABLE_H
#define STRATA_DEADLINE_TABLE_H

#include "ns3/strata-tied.h"
#include "ns3/strata-time.h"

#include <map>
#include <set>
#include <utility>
#include <vector>

namespace ns3
{
namespace strata
{

/**
 * When numbered things are due: at most one deadline each, the first found at once. What is not
 * due costs nothing. A value.
 */
class DeadlineTable
{
  public:
    /** Replaces the deadline of \p key; NEVER: it has none. */
    void Set(uint64_t key, Nanos deadline)
    {
        const auto known = m_byKey.find(key);
        if (known != m_byKey.end())
        {
            if (known->second == deadline)
            {
                return;
            }
            m_byTime.erase({known->second, key});
            m_byKey.erase(known);
        }
        if (deadline != NEVER)
        {
            m_byKey[key] = deadline;
            m_byTime.insert({deadline, key});
        }
    }

    void Erase(uint64_t key)
    {
        Set(key, NEVER);
    }

    void Clear()
    {
        m_byKey.clear();
        m_byTime.clear();
    }

    /** NEVER when nothing is due any more. */
    Nanos First() const
    {
        return m_byTime.empty() ? NEVER : m_byTime.begin()->first;
    }

    /** The deadline of \p key, or NEVER. */
    Nanos Of(uint64_t key) const
    {
        const auto known = m_byKey.find(key);
        return known == m_byKey.end() ? NEVER : known->second;
    }

    /** Removes what is due at \p now and returns it, the earliest first, then by number. */
    std::vector<uint64_t> TakeDue(Nanos now)
    {
        std::vector<uint64_t> due;
        while (!m_byTime.empty() && m_byTime.begin()->first <= now)
        {
            due.push_back(m_byTime.begin()->second);
            m_byKey.erase(due.back());
            m_byTime.erase(m_byTime.begin());
        }
        return due;
    }

    /** Each key with its deadline, in the order of keys. */
    auto begin() const
    {
        return m_byKey.begin();
    }

    auto end() const
    {
        return m_byKey.end();
    }

    std::size_t size() const
    {
        return m_byKey.size();
    }

    auto Tie() const
    {
        return std::tie(m_byKey);
    }

  private:
    std::map<uint64_t, Nanos> m_byKey;
    std::set<std::pair<Nanos, uint64_t>> m_byTime; //!< the same, in the order of time
};

} // namespace strata
} // namespace ns3

#endif /* STRATA_DEADLINE_TABLE_H */

// SPDX-License-Identifier: GPL-2.0-only

#ifndef STRATA_NAT_TIMER_TABLE_H
#define STRATA_NAT_TIMER_TABLE_H

#include "ns3/strata-time.h"

#include <array>
#include <cstdint>
#include <optional>
#include <vector>

namespace ns3
{
namespace strata
{

/**
 * When numbered entries are due, in ticks of an eighth of a second: a wheel of lists, one a tick.
 * To queue, to take out and to come due costs the same however many there are. An entry may be
 * queued earlier than it is due; who is called then says when it is. A value.
 */
class NatTimerTable
{
  public:
    using Tick = uint32_t;
    static constexpr Tick NEVER_DUE = UINT32_MAX;

    /** The first tick at or after \p time; what is due then is never early. */
    static Tick TickOf(Nanos time)
    {
        return static_cast<Tick>((static_cast<uint64_t>(time.count()) + TICK - 1) / TICK);
    }

    static Nanos TimeOf(Tick tick)
    {
        return Nanos(static_cast<int64_t>(tick) * static_cast<int64_t>(TICK));
    }

    /** Queues \p entry, which is not queued, for \p tick, or for as late before it as there is. */
    Tick Queue(uint32_t entry, Tick tick)
    {
        if (m_heads.empty())
        {
            m_heads.assign(SLOTS, NONE);
        }
        if (entry >= m_links.size())
        {
            m_links.resize(entry + 1);
        }
        tick = tick <= m_now ? m_now + 1 : tick;
        tick = tick - m_now >= SLOTS ? m_now + SLOTS - 1 : tick;
        const uint32_t slot = tick % SLOTS;
        m_links[entry] = Link{HEAD | slot, m_heads[slot]};
        if (m_heads[slot] != NONE)
        {
            m_links[m_heads[slot]].before = entry;
        }
        m_heads[slot] = entry;
        m_used[slot / 64] |= uint64_t{1} << slot % 64;
        ++m_size;
        m_first = tick < m_first ? tick : m_first;
        return tick;
    }

    /** Precondition: \p entry is queued. */
    void Remove(uint32_t entry)
    {
        const Link link = m_links[entry];
        if (link.behind != NONE)
        {
            m_links[link.behind].before = link.before;
        }
        if ((link.before & HEAD) == 0)
        {
            m_links[link.before].behind = link.behind;
        }
        else
        {
            const uint32_t slot = link.before & ~HEAD;
            m_heads[slot] = link.behind;
            if (link.behind == NONE)
            {
                m_used[slot / 64] &= ~(uint64_t{1} << slot % 64);
            }
        }
        --m_size;
    }

    /**
     * Takes out what is queued up to \p now and calls \p due with each. It may queue the same entry
     * again, and must not take others out.
     */
    template <class Due>
    void Advance(Nanos now, Due&& due)
    {
        const auto until = static_cast<Tick>(static_cast<uint64_t>(now.count()) / TICK);
        while (m_now < until)
        {
            const std::optional<Tick> next = Next();
            if (!next || *next > until)
            {
                m_now = until;
                break;
            }
            m_now = *next;
            const uint32_t slot = m_now % SLOTS;
            while (m_heads[slot] != NONE)
            {
                const uint32_t entry = m_heads[slot];
                Remove(entry);
                due(entry);
            }
        }
        m_first = Next().value_or(NEVER_DUE);
    }

    /** A tick before which nothing is due; NEVER_DUE: nothing is queued. */
    Tick First() const
    {
        return m_size == 0 ? NEVER_DUE : m_first;
    }

    /** The tick for which the first entry is queued. */
    std::optional<Tick> Next() const
    {
        if (m_size == 0)
        {
            return std::nullopt;
        }
        const uint32_t first = (m_now + 1) % SLOTS;
        uint64_t bits = m_used[first / 64] & (~uint64_t{0} << first % 64);
        uint32_t word = first / 64;
        while (bits == 0)
        {
            word = (word + 1) % WORDS;
            bits = m_used[word];
        }
        const uint32_t slot = word * 64 + static_cast<uint32_t>(__builtin_ctzll(bits));
        return m_now + 1 + (slot - first) % SLOTS;
    }

    /** The time that \p now has reached, in ticks. */
    Tick Now() const
    {
        return m_now;
    }

    void Clear()
    {
        m_heads.clear();
        m_links.clear();
        m_used.fill(0);
        m_size = 0;
    }

    std::size_t MemoryBytes() const
    {
        return m_heads.size() * sizeof(uint32_t) + m_links.size() * sizeof(Link) + sizeof(m_used);
    }

  private:
    static constexpr uint64_t TICK = 125'000'000; //!< nanoseconds
    static constexpr uint32_t SLOTS = 4096;       //!< 512 s; later ones are queued again on the way
    static constexpr uint32_t WORDS = SLOTS / 64;
    static constexpr uint32_t NONE = UINT32_MAX;
    static constexpr uint32_t HEAD = 0x80000000; //!< in Link::before: the first of that slot

    struct Link
    {
        uint32_t before{NONE};
        uint32_t behind{NONE};
    };

    std::vector<uint32_t> m_heads;
    std::vector<Link> m_links;
    std::array<uint64_t, WORDS> m_used{};
    Tick m_now{0};
    Tick m_first{NEVER_DUE};
    std::size_t m_size{0};
};

} // namespace strata
} // namespace ns3

#endif /* STRATA_NAT_TIMER_TABLE_H */

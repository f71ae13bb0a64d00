// SPDX-License-Identifier: GPL-2.0-only

#ifndef STRATA_NAT_INDEX_TABLE_H
#define STRATA_NAT_INDEX_TABLE_H

#include <cstdint>
#include <vector>

namespace ns3
{
namespace strata
{

/**
 * Finds numbered entries, which are kept elsewhere, by the hash of their key: open addressing with
 * linear probing in slots of eight octets, no more than three quarters of them used. Only Insert()
 * allocates. A value.
 */
class NatIndexTable
{
  public:
    static constexpr uint32_t NONE = UINT32_MAX;

    /** \return the entry with \p hash for which \p equal holds, or NONE */
    template <class Equal>
    uint32_t Find(uint32_t hash, Equal&& equal) const
    {
        if (m_slots.empty())
        {
            return NONE;
        }
        for (std::size_t at = hash & m_mask; m_slots[at].entry != NONE; at = (at + 1) & m_mask)
        {
            if (m_slots[at].hash == hash && equal(m_slots[at].entry))
            {
                return m_slots[at].entry;
            }
        }
        return NONE;
    }

    /** Precondition: no entry with an equal key is in it. */
    void Insert(uint32_t hash, uint32_t entry)
    {
        if ((m_size + 1) * 4 > m_slots.size() * 3)
        {
            Grow();
        }
        Put(hash, entry);
        ++m_size;
    }

    /** Precondition: \p entry is in it under \p hash. */
    void Erase(uint32_t hash, uint32_t entry)
    {
        std::size_t hole = hash & m_mask;
        while (m_slots[hole].entry != entry)
        {
            hole = (hole + 1) & m_mask;
        }
        // What was pushed on by the entry moves back, so that no marks of erased ones stay.
        for (std::size_t at = (hole + 1) & m_mask; m_slots[at].entry != NONE;
             at = (at + 1) & m_mask)
        {
            const std::size_t home = m_slots[at].hash & m_mask;
            if (((at - home) & m_mask) >= ((at - hole) & m_mask))
            {
                m_slots[hole] = m_slots[at];
                hole = at;
            }
        }
        m_slots[hole].entry = NONE;
        --m_size;
    }

    void Clear()
    {
        m_slots.clear();
        m_size = 0;
        m_mask = 0;
    }

    std::size_t size() const
    {
        return m_size;
    }

    std::size_t MemoryBytes() const
    {
        return m_slots.size() * sizeof(Slot);
    }

  private:
    struct Slot
    {
        uint32_t hash{0};
        uint32_t entry{NONE};
    };

    void Put(uint32_t hash, uint32_t entry)
    {
        std::size_t at = hash & m_mask;
        while (m_slots[at].entry != NONE)
        {
            at = (at + 1) & m_mask;
        }
        m_slots[at] = Slot{hash, entry};
    }

    void Grow()
    {
        std::vector<Slot> old(m_slots.empty() ? 16 : m_slots.size() * 2);
        old.swap(m_slots);
        m_mask = m_slots.size() - 1;
        for (const Slot& slot : old)
        {
            if (slot.entry != NONE)
            {
                Put(slot.hash, slot.entry);
            }
        }
    }

    std::vector<Slot> m_slots;
    std::size_t m_size{0};
    std::size_t m_mask{0};
};

} // namespace strata
} // namespace ns3

#endif /* STRATA_NAT_INDEX_TABLE_H */

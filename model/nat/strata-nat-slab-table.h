// SPDX-License-Identifier: GPL-2.0-only

#ifndef STRATA_NAT_SLAB_TABLE_H
#define STRATA_NAT_SLAB_TABLE_H

#include <cstddef>
#include <cstdint>
#include <vector>

namespace ns3
{
namespace strata
{

/** Numbered entries whose numbers are used again; an entry says itself whether it is used. A value.
 */
template <class T>
struct NatSlab
{
    std::vector<T> entries;
    std::vector<uint32_t> free;

    uint32_t Make()
    {
        if (free.empty())
        {
            entries.emplace_back();
            return static_cast<uint32_t>(entries.size() - 1);
        }
        const uint32_t number = free.back();
        free.pop_back();
        entries[number] = T{};
        return number;
    }

    void Drop(uint32_t number)
    {
        entries[number].used = false;
        free.push_back(number);
    }

    T& operator[](uint32_t number)
    {
        return entries[number];
    }

    const T& operator[](uint32_t number) const
    {
        return entries[number];
    }

    std::size_t MemoryBytes() const
    {
        return entries.capacity() * sizeof(T) + free.capacity() * sizeof(uint32_t);
    }

    void Clear()
    {
        entries.clear();
        free.clear();
    }
};

} // namespace strata
} // namespace ns3

#endif /* STRATA_NAT_SLAB_TABLE_H */

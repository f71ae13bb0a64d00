// SPDX-License-Identifier: GPL-2.0-only

#include "strata-lpm-arena.h"

#include <cstring>

namespace ns3
{
namespace strata
{

LpmArena::LpmArena(const LpmArena& other)
    : m_next(other.m_next),
      m_end(other.m_end),
      m_free(other.m_free)
{
    m_pages.reserve(other.m_pages.size());
    for (const auto& page : other.m_pages)
    {
        m_pages.push_back(std::make_unique<Page>(*page));
    }
}

LpmArena&
LpmArena::operator=(const LpmArena& other)
{
    if (this != &other)
    {
        LpmArena copy(other);
        *this = std::move(copy);
    }
    return *this;
}

uint32_t
LpmArena::Allocate(unsigned size)
{
    if (const uint32_t first = m_free[size])
    {
        std::memcpy(&m_free[size], Bytes(first - 1), sizeof(uint32_t));
        return first - 1;
    }
    const uint32_t units = CLASSES[size];
    while (true)
    {
        const uint32_t start = units % 2 == 1 ? m_next : (m_next + 1) & ~1u;
        if (start + units <= m_end)
        {
            if (start != m_next)
            {
                Free(m_next, 0);
            }
            m_next = start + units;
            return start;
        }
        // what is left of the page serves small blocks
        for (; m_next < m_end; ++m_next)
        {
            Free(m_next, 0);
        }
        m_next = static_cast<uint32_t>(m_pages.size()) << PAGE_BITS;
        m_end = m_next + (1u << PAGE_BITS);
        m_pages.push_back(std::make_unique<Page>());
    }
}

void
LpmArena::Free(uint32_t block, unsigned size)
{
    std::memcpy(Bytes(block), &m_free[size], sizeof(uint32_t));
    m_free[size] = block + 1;
}

} // namespace strata
} // namespace ns3

// SPDX-License-Identifier: GPL-2.0-only

#ifndef STRATA_NAT_ORDER_TABLE_H
#define STRATA_NAT_ORDER_TABLE_H

#include <cstddef>
#include <cstdint>
#include <vector>

namespace ns3
{
namespace strata
{

/**
 * Numbered entries in the order in which they came: what is done with one costs the same however
 * many there are. It takes memory up to the highest number that was ever in it, and none before the
 * first. A value.
 */
class NatOrderTable
{
  public:
    static constexpr uint32_t NONE = UINT32_MAX;

    /** Precondition: \p entry is not in it. */
    void PushBack(uint32_t entry)
    {
        if (entry >= m_links.size())
        {
            m_links.resize(entry + std::size_t{1});
        }
        m_links[entry] = Link{m_last, NONE};
        (m_last == NONE ? m_first : m_links[m_last].behind) = entry;
        m_last = entry;
    }

    /** Precondition: \p entry is in it. */
    void Remove(uint32_t entry)
    {
        const Link link = m_links[entry];
        (link.before == NONE ? m_first : m_links[link.before].behind) = link.behind;
        (link.behind == NONE ? m_last : m_links[link.behind].before) = link.before;
    }

    /** The one that came first, or NONE. */
    uint32_t First() const
    {
        return m_first;
    }

    std::size_t MemoryBytes() const
    {
        return m_links.capacity() * sizeof(Link);
    }

  private:
    struct Link
    {
        uint32_t before{NONE};
        uint32_t behind{NONE};
    };

    std::vector<Link> m_links;
    uint32_t m_first{NONE};
    uint32_t m_last{NONE};
};

} // namespace strata
} // namespace ns3

#endif /* STRATA_NAT_ORDER_TABLE_H */

// SPDX-License-Identifier: GPL-2.0-only

#include "strata-nat-port-table.h"

namespace ns3
{
namespace strata
{

void
NatPortTable::Take(uint16_t port, uint32_t owner)
{
    if (m_free.empty())
    {
        m_free.assign(2 * HALF, ~uint64_t{0});
    }
    if (m_directory[port >> 8] == 0)
    {
        m_pages.emplace_back();
        m_pages.back().fill(NONE);
        m_directory[port >> 8] = static_cast<uint16_t>(m_pages.size());
    }
    m_pages[m_directory[port >> 8] - 1][port & 0xff] = owner;
    uint64_t* const half = m_free.data() + HALF * (port & 1);
    const uint32_t at = port >> 1;
    half[at / 64] &= ~(uint64_t{1} << at % 64);
    if (half[at / 64] == 0)
    {
        half[WORDS + at / 4096] &= ~(uint64_t{1} << at / 64 % 64);
    }
    ++m_used;
}

void
NatPortTable::Release(uint16_t port)
{
    m_pages[m_directory[port >> 8] - 1][port & 0xff] = NONE;
    uint64_t* const half = m_free.data() + HALF * (port & 1);
    const uint32_t at = port >> 1;
    half[at / 64] |= uint64_t{1} << at % 64;
    half[WORDS + at / 4096] |= uint64_t{1} << at / 64 % 64;
    --m_used;
}

std::optional<uint32_t>
NatPortTable::Search(unsigned parity, uint32_t from, uint32_t to) const
{
    if (from > to)
    {
        return std::nullopt;
    }
    if (m_free.empty())
    {
        return from;
    }
    const uint64_t* const half = m_free.data() + HALF * parity;
    uint32_t word = from / 64;
    uint64_t bits = half[word] & (~uint64_t{0} << from % 64);
    if (bits == 0)
    {
        const uint32_t next = word + 1;
        uint32_t above = next / 64;
        uint64_t words =
            above < SUMMARY ? half[WORDS + above] & (~uint64_t{0} << next % 64) : uint64_t{0};
        while (words == 0 && ++above < SUMMARY)
        {
            words = half[WORDS + above];
        }
        if (words == 0)
        {
            return std::nullopt;
        }
        word = above * 64 + static_cast<uint32_t>(__builtin_ctzll(words));
        bits = half[word];
    }
    const uint32_t found = word * 64 + static_cast<uint32_t>(__builtin_ctzll(bits));
    return found <= to ? std::optional<uint32_t>(found) : std::nullopt;
}

std::optional<uint16_t>
NatPortTable::Cyclic(unsigned parity, uint32_t start, uint32_t first, uint32_t last) const
{
    // A port p of the parity is at p / 2; the bounds round inwards.
    const uint32_t low = (first + (first % 2 != parity ? 1 : 0)) / 2;
    if (last < parity)
    {
        return std::nullopt;
    }
    const uint32_t high = (last - (last % 2 != parity ? 1 : 0)) / 2;
    const uint32_t from = (start + (start % 2 != parity ? 1 : 0)) / 2;
    std::optional<uint32_t> found = Search(parity, from > low ? from : low, high);
    if (!found && from > low)
    {
        found = Search(parity, low, from - 1 < high ? from - 1 : high);
    }
    return found ? std::optional<uint16_t>(static_cast<uint16_t>(*found * 2 + parity))
                 : std::nullopt;
}

std::optional<uint16_t>
NatPortTable::FreeFrom(uint16_t start,
                       uint16_t first,
                       uint16_t last,
                       std::optional<unsigned> parity) const
{
    if (parity)
    {
        return Cyclic(*parity, start, first, last);
    }
    const std::optional<uint16_t> even = Cyclic(0, start, first, last);
    const std::optional<uint16_t> odd = Cyclic(1, start, first, last);
    if (!even || !odd)
    {
        return even ? even : odd;
    }
    // Those before the start come last.
    const auto distance = [start](uint16_t port) {
        return port >= start ? uint32_t{port} - start : uint32_t{port} + 65536 - start;
    };
    return distance(*even) < distance(*odd) ? even : odd;
}

} // namespace strata
} // namespace ns3

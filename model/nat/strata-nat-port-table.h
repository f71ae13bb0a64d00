// SPDX-License-Identifier: GPL-2.0-only

#ifndef STRATA_NAT_PORT_TABLE_H
#define STRATA_NAT_PORT_TABLE_H

#include <array>
#include <cstdint>
#include <optional>
#include <vector>

namespace ns3
{
namespace strata
{

/**
 * Who has which port of one public address and protocol: "an index into the NAT box's 65,536-entry
 * translation table", in pages that come with their first port. A value.
 *
 * To find a free port costs the same however few are left: bits of what is free, a summary of
 * them, even and odd ports apart.
 */
class NatPortTable
{
  public:
    static constexpr uint32_t NONE = UINT32_MAX;

    /** The owner of \p port, or NONE. */
    uint32_t Owner(uint16_t port) const
    {
        const uint32_t page = m_directory[port >> 8];
        return page == 0 ? NONE : m_pages[page - 1][port & 0xff];
    }

    /** Precondition: nobody has it. */
    void Take(uint16_t port, uint32_t owner);

    /** Precondition: somebody has it. */
    void Release(uint16_t port);

    bool IsFree(uint16_t port) const
    {
        return Owner(port) == NONE;
    }

    /**
     * The first free port from \p start on that is in the range; behind \p last it goes on at
     * \p first. Precondition: first <= last.
     *
     * \param parity 0 even, 1 odd ports only
     */
    std::optional<uint16_t> FreeFrom(uint16_t start,
                                     uint16_t first,
                                     uint16_t last,
                                     std::optional<unsigned> parity = std::nullopt) const;

    uint32_t Used() const
    {
        return m_used;
    }

    std::size_t MemoryBytes() const
    {
        return m_pages.size() * sizeof(Page) + m_free.size() * sizeof(uint64_t);
    }

  private:
    static constexpr std::size_t WORDS = 512; //!< of 64 ports of one parity
    static constexpr std::size_t SUMMARY = WORDS / 64;
    static constexpr std::size_t HALF = WORDS + SUMMARY;
    using Page = std::array<uint32_t, 256>;

    /** The first free one of a parity in [from, to], halves of port numbers. */
    std::optional<uint32_t> Search(unsigned parity, uint32_t from, uint32_t to) const;
    std::optional<uint16_t> Cyclic(unsigned parity,
                                   uint32_t start,
                                   uint32_t first,
                                   uint32_t last) const;

    std::vector<uint64_t> m_free; //!< even ports, their summary, odd ports, their summary
    std::array<uint16_t, 256> m_directory{};
    std::vector<Page> m_pages;
    uint32_t m_used{0};
};

} // namespace strata
} // namespace ns3

#endif /* STRATA_NAT_PORT_TABLE_H */

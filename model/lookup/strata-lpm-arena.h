// SPDX-License-Identifier: GPL-2.0-only

#ifndef STRATA_LPM_ARENA_H
#define STRATA_LPM_ARENA_H

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <vector>

namespace ns3
{
namespace strata
{

/**
 * Memory for the nodes of a trie: blocks of a few sizes, named by a number that stays right when
 * the arena grows or is copied. It grows by pages, so that no allocation moves what is there, and
 * keeps freed blocks for the next allocation of their size. Blocks of up to 64 bytes lie in one
 * cache line, larger ones of an even number of units begin with one.
 */
class LpmArena
{
  public:
    static constexpr std::size_t UNIT = 32;
    static constexpr uint32_t PAGE_BITS = 11;
    static constexpr std::size_t PAGE_SIZE = UNIT << PAGE_BITS;

    /** Sizes of blocks in units. */
    static constexpr std::array<uint8_t, 11> CLASSES{1, 2, 3, 4, 6, 8, 10, 12, 16, 24, 32};

    LpmArena() = default;
    ~LpmArena() = default;
    LpmArena(const LpmArena& other);
    LpmArena& operator=(const LpmArena& other);
    LpmArena(LpmArena&&) = default;
    LpmArena& operator=(LpmArena&&) = default;

    /** The smallest size of \p bytes bytes or more, of which there must be one. */
    static constexpr unsigned ClassFor(std::size_t bytes)
    {
        unsigned size = 0;
        while (CLASSES[size] * UNIT < bytes)
        {
            ++size;
        }
        return size;
    }

    /** The number of a new block; its content is not set. */
    uint32_t Allocate(unsigned size);

    /** Gives back a block of that size. */
    void Free(uint32_t block, unsigned size);

    template <class T>
    T* At(uint32_t block)
    {
        return reinterpret_cast<T*>(Bytes(block));
    }

    template <class T>
    const T* At(uint32_t block) const
    {
        return reinterpret_cast<const T*>(Bytes(block));
    }

    std::size_t MemoryBytes() const
    {
        return m_pages.size() * PAGE_SIZE + m_pages.capacity() * sizeof(m_pages[0]);
    }

  private:
    struct Page
    {
        alignas(64) std::byte bytes[PAGE_SIZE];
    };

    std::byte* Bytes(uint32_t block) const
    {
        return m_pages.data()[block >> PAGE_BITS]->bytes + (block & ((1u << PAGE_BITS) - 1)) * UNIT;
    }

    std::vector<std::unique_ptr<Page>> m_pages;

    /** The first unit that no block ever held, and one past the last one of its page. */
    uint32_t m_next{0};
    uint32_t m_end{0};

    /** Freed blocks by size: each holds the number of the next one, plus one; 0 ends the list. */
    std::array<uint32_t, CLASSES.size()> m_free{};
};

} // namespace strata
} // namespace ns3

#endif /* STRATA_LPM_ARENA_H */

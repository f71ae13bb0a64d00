// SPDX-License-Identifier: GPL-2.0-only

#ifndef STRATA_LPM_IMAGE_H
#define STRATA_LPM_IMAGE_H

#include "strata-lpm-arena.h"
#include "strata-lpm-key.h"

#include <array>
#include <bitset>
#include <cstdint>
#include <cstdlib>
#include <memory>

namespace ns3
{
namespace strata
{

/**
 * What a large LpmTable answers to each value of an address's first 24 bits: a byte that stands
 * for one of up to 255 values, or says that the trie is to be asked. So a lookup takes one access
 * to memory that no cache holds.
 *
 * Each chunk of 256 such blocks reads its bytes by a palette. There is a common one for the first
 * 255 values that occur; a chunk with another value gets a palette of its own. In a chunk of 256
 * different values the last one is left to the trie.
 */
class LpmImage
{
  public:
    static constexpr uint32_t CHUNKS = 1 << 16;
    static constexpr unsigned CHUNK_SIZE = 256;

    /** What the blocks of a chunk lead to. */
    struct Content
    {
        std::array<uint32_t, CHUNK_SIZE> values;
        std::bitset<CHUNK_SIZE> ask; ///< where the trie decides
    };

    LpmImage();
    ~LpmImage() = default;
    LpmImage(const LpmImage& other);
    LpmImage& operator=(const LpmImage& other) = delete;

    /** The mark that leaves a block to the trie. */
    static constexpr uint8_t ASK = 255;

    /** By the first 24 bits of an address: which entry of its chunk's palette, or ASK. */
    const uint8_t* Marks() const
    {
        return m_marks.get();
    }

    /** The palette of all chunks; nullptr when some have one of their own. */
    const uint32_t* CommonPalette() const
    {
        return m_owners == 0 ? m_arena.At<uint32_t>(m_common.block) : nullptr;
    }

    const uint32_t* PaletteOf(uint32_t chunk) const
    {
        return m_palettes[chunk];
    }

    /**
     * Writes some blocks of a chunk; false, with nothing lost, when that takes a new palette, for
     * which the whole chunk must be known: Repaint().
     */
    bool Paint(uint32_t chunk, unsigned first, unsigned last, const Content& content);

    /** Writes all blocks of a chunk. */
    void Repaint(uint32_t chunk, const Content& content);

    std::size_t MemoryBytes() const;

  private:
    static constexpr unsigned PALETTE_SIZE = 255;

    /** As a palette grows from here, few small blocks are left behind. */
    static constexpr unsigned LEAST_PALETTE = 24;

    /** What the palette of a chunk is: block 0, the common one, or a block and how full it is. */
    struct Palette
    {
        uint32_t block;
        uint8_t size;
        uint8_t used;
    };

    /** Memory that is zero, and not touched before it is written. */
    struct Release
    {
        void operator()(void* memory) const
        {
            std::free(memory);
        }
    };

    template <class T>
    using Array = std::unique_ptr<T[], Release>;

    template <class T>
    static Array<T> MakeArray(std::size_t size);
    static unsigned CapacityOf(unsigned size);
    bool MarkFor(uint32_t chunk, uint32_t value, uint8_t& mark);
    bool CommonMarkFor(uint32_t value, uint8_t& mark);
    void SetPalette(uint32_t chunk, const Palette& palette);

    LpmArena m_arena;
    Array<uint8_t> m_marks;

    /** By chunk that was painted: where its palette is, and what. */
    Array<const uint32_t*> m_palettes;
    Array<Palette> m_own;

    Palette m_common{};

    /** How many chunks have a palette of their own. */
    uint32_t m_owners{0};

    /** The values of the common palette by hash: mark plus one, 0 where there is none. */
    std::array<uint8_t, 1024> m_commonMarks{};
};

} // namespace strata
} // namespace ns3

#endif /* STRATA_LPM_IMAGE_H */

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
 * 254 values that occur; a chunk with another value gets a palette of its own. In a chunk of 256
 * different values the last one is left to the trie.
 *
 * Rules of one to twelve bits cover many chunks. In the common palette what they say has marks of
 * its own, the same for all blocks of a slot of twelve bits, so that a change exchanges one mark
 * for another without a look at the trie. The default route is the palette's first entry. In a
 * palette of a chunk's own both are LPM_NO_VALUE.
 */
class LpmImage
{
  public:
    static constexpr uint32_t CHUNKS = 1 << 16;
    static constexpr unsigned CHUNK_SIZE = 256;

    static constexpr uint32_t CHUNKS_OF_SLOT = 16;

    /** What the rules of more than twelve bits say about the blocks of a chunk. */
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

    /** The value of a block; false where the trie is to be asked. */
    bool Lookup(uint32_t block, uint32_t& value) const
    {
        const uint8_t mark = m_marks[block];
        if (mark == ASK)
        {
            return false;
        }
        value = m_palettes[block / CHUNK_SIZE][mark];
        return true;
    }

    /**
     * Writes some blocks of a chunk; false, with nothing lost, when that takes a new palette, for
     * which the whole chunk must be known: Repaint().
     */
    bool Paint(uint32_t chunk, unsigned first, unsigned last, const Content& content);

    /** Writes all blocks of a chunk. */
    void Repaint(uint32_t chunk, const Content& content);

    /** Where no other rule decides. */
    void SetDefault(uint32_t value)
    {
        m_arena.At<uint32_t>(m_common.block)[0] = value;
    }

    /**
     * What the rules of one to twelve bits give to a slot, LPM_NO_VALUE when they give nothing, for
     * the first \p painted of its chunks; false where those must be repainted.
     */
    bool SetShort(uint32_t slot, uint32_t value, uint32_t painted);

    /**
     * Gives a part of the memory back, for to give it back at once takes milliseconds; true when
     * nothing is left. The image is of no more use then.
     */
    bool Release();

    bool IsBeingReleased() const
    {
        return m_chunks < CHUNKS;
    }

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
    struct Freer
    {
        void operator()(void* memory) const
        {
            std::free(memory);
        }
    };

    template <class T>
    using Array = std::unique_ptr<T[], Freer>;

    template <class T>
    static Array<T> MakeArray(std::size_t size);
    static unsigned CapacityOf(unsigned size);
    bool MarkFor(uint32_t chunk, uint32_t value, uint8_t& mark);
    bool CommonMarkFor(uint32_t value, bool isShort, uint8_t& mark);
    void SetPalette(uint32_t chunk, const Palette& palette);

    LpmArena m_arena;
    Array<uint8_t> m_marks;

    /** The chunks that there is memory for. */
    uint32_t m_chunks{CHUNKS};

    /** By chunk that was painted: where its palette is, and what. */
    Array<const uint32_t*> m_palettes;
    Array<Palette> m_own;

    Palette m_common{};

    /** How many chunks have a palette of their own. */
    uint32_t m_owners{0};

    /** By mark of the common palette: whether it is a short rule's. */
    std::bitset<CHUNK_SIZE> m_isShort;

    /** By slot: the mark of what short rules say, ASK where the common palette has no room for it.
     */
    std::array<uint8_t, CHUNKS / CHUNKS_OF_SLOT> m_shortMarks{};

    /** The values of the common palette by hash: mark plus one, 0 where there is none. */
    std::array<uint8_t, 1024> m_commonMarks{};
};

} // namespace strata
} // namespace ns3

#endif /* STRATA_LPM_IMAGE_H */

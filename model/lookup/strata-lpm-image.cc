// SPDX-License-Identifier: GPL-2.0-only

#include "strata-lpm-image.h"

#include <algorithm>
#include <cstring>
#include <new>

namespace ns3
{
namespace strata
{

LpmImage::LpmImage()
    : m_marks(MakeArray<uint8_t>(CHUNKS * CHUNK_SIZE)),
      m_palettes(MakeArray<const uint32_t*>(CHUNKS)),
      m_own(MakeArray<Palette>(CHUNKS))
{
    m_common.size = static_cast<uint8_t>(LpmArena::ClassFor(PALETTE_SIZE * sizeof(uint32_t)));
    m_common.block = m_arena.Allocate(m_common.size);
    m_common.used = 1; // the default route's
    SetDefault(LPM_NO_VALUE);
}

LpmImage::LpmImage(const LpmImage& other)
    : m_arena(other.m_arena),
      m_marks(MakeArray<uint8_t>(CHUNKS * CHUNK_SIZE)),
      m_chunks(other.m_chunks),
      m_palettes(MakeArray<const uint32_t*>(CHUNKS)),
      m_own(MakeArray<Palette>(CHUNKS)),
      m_common(other.m_common),
      m_owners(other.m_owners),
      m_isShort(other.m_isShort),
      m_shortMarks(other.m_shortMarks),
      m_commonMarks(other.m_commonMarks)
{
    std::memcpy(m_marks.get(), other.m_marks.get(), std::size_t{other.m_chunks} * CHUNK_SIZE);
    std::memcpy(m_own.get(), other.m_own.get(), CHUNKS * sizeof(Palette));
    for (uint32_t chunk = 0; chunk < CHUNKS; ++chunk)
    {
        m_palettes[chunk] = m_arena.At<uint32_t>(m_own[chunk].block);
    }
}

template <class T>
LpmImage::Array<T>
LpmImage::MakeArray(std::size_t size)
{
    Array<T> array(static_cast<T*>(std::calloc(size, sizeof(T))));
    if (!array)
    {
        throw std::bad_alloc();
    }
    return array;
}

unsigned
LpmImage::CapacityOf(unsigned size)
{
    const std::size_t values = LpmArena::CLASSES[size] * LpmArena::UNIT / sizeof(uint32_t);
    return static_cast<unsigned>(std::min<std::size_t>(values, PALETTE_SIZE));
}

/** The mark of a value in the common palette, where it may be put; false when that is full. */
bool
LpmImage::CommonMarkFor(uint32_t value, bool isShort, uint8_t& mark)
{
    uint32_t* values = m_arena.At<uint32_t>(m_common.block);
    auto at = static_cast<std::size_t>((value * 2 + isShort) * 0x9e3779b1u >> 22);
    while (m_commonMarks[at] != 0)
    {
        mark = static_cast<uint8_t>(m_commonMarks[at] - 1);
        if (values[mark] == value && m_isShort[mark] == isShort)
        {
            return true;
        }
        at = (at + 1) % m_commonMarks.size();
    }
    if (m_common.used == PALETTE_SIZE)
    {
        return false;
    }
    mark = m_common.used++;
    values[mark] = value;
    m_isShort[mark] = isShort;
    m_commonMarks[at] = static_cast<uint8_t>(mark + 1);
    return true;
}

/** The mark of a value in the palette of a chunk, where it may be put; false when that is full. */
bool
LpmImage::MarkFor(uint32_t chunk, uint32_t value, uint8_t& mark)
{
    Palette& own = m_own[chunk];
    if (own.block == m_common.block)
    {
        if (value == LPM_NO_VALUE)
        {
            mark = m_shortMarks[chunk / CHUNKS_OF_SLOT];
            return mark != ASK;
        }
        return CommonMarkFor(value, false, mark);
    }
    uint32_t* values = m_arena.At<uint32_t>(own.block);
    const auto found = static_cast<unsigned>(std::find(values, values + own.used, value) - values);
    if (found == own.used)
    {
        if (own.used == CapacityOf(own.size))
        {
            return false;
        }
        values[own.used++] = value;
    }
    mark = static_cast<uint8_t>(found);
    return true;
}

bool
LpmImage::Paint(uint32_t chunk, unsigned first, unsigned last, const Content& content)
{
    uint8_t* marks = m_marks.get() + std::size_t{chunk} * CHUNK_SIZE;
    uint8_t mark = 0;
    for (unsigned i = first; i <= last; ++i)
    {
        if (content.ask[i])
        {
            marks[i] = ASK;
            continue;
        }
        // neighbours mostly lead to the same
        const bool known =
            i > first && !content.ask[i - 1] && content.values[i] == content.values[i - 1];
        if (!known && !MarkFor(chunk, content.values[i], mark))
        {
            return false;
        }
        marks[i] = mark;
    }
    return true;
}

bool
LpmImage::SetShort(uint32_t slot, uint32_t value, uint32_t painted)
{
    uint8_t mark = 0;
    if (value != LPM_NO_VALUE && !CommonMarkFor(value, true, mark))
    {
        mark = ASK;
    }
    const uint8_t before = m_shortMarks[slot];
    m_shortMarks[slot] = mark;
    if (before == mark)
    {
        return true;
    }
    if (before == ASK || mark == ASK)
    {
        return painted == 0;
    }
    for (uint32_t i = 0; i < painted; ++i)
    {
        const uint32_t chunk = slot * CHUNKS_OF_SLOT + i;
        if (m_own[chunk].block == m_common.block)
        {
            uint8_t* marks = m_marks.get() + std::size_t{chunk} * CHUNK_SIZE;
            std::replace(marks, marks + CHUNK_SIZE, before, mark);
        }
    }
    return true;
}

void
LpmImage::SetPalette(uint32_t chunk, const Palette& palette)
{
    if (m_own[chunk].block != m_common.block)
    {
        m_arena.Free(m_own[chunk].block, m_own[chunk].size);
        --m_owners;
    }
    m_owners += palette.block != m_common.block;
    m_own[chunk] = palette;
    m_palettes[chunk] = m_arena.At<uint32_t>(palette.block);
}

void
LpmImage::Repaint(uint32_t chunk, const Content& content)
{
    // the common palette, if it will do
    SetPalette(chunk, m_common);
    if (Paint(chunk, 0, CHUNK_SIZE - 1, content))
    {
        return;
    }
    std::array<uint32_t, CHUNK_SIZE> distinct;
    unsigned count = 0;
    for (unsigned i = 0; i < CHUNK_SIZE; ++i)
    {
        if (!content.ask[i])
        {
            distinct[count++] = content.values[i];
        }
    }
    std::sort(distinct.begin(), distinct.begin() + count);
    count = static_cast<unsigned>(std::unique(distinct.begin(), distinct.begin() + count) -
                                  distinct.begin());
    count = std::min(count, PALETTE_SIZE);
    Palette own;
    own.size = static_cast<uint8_t>(LpmArena::ClassFor(
        std::max(std::min(count + 1, CHUNK_SIZE), LEAST_PALETTE) * sizeof(uint32_t)));
    own.block = m_arena.Allocate(own.size);
    own.used = static_cast<uint8_t>(count);
    std::copy_n(distinct.begin(), count, m_arena.At<uint32_t>(own.block));
    SetPalette(chunk, own);
    uint8_t* marks = m_marks.get() + std::size_t{chunk} * CHUNK_SIZE;
    for (unsigned i = 0; i < CHUNK_SIZE; ++i)
    {
        const auto found =
            std::lower_bound(distinct.begin(), distinct.begin() + count, content.values[i]);
        const bool there = found != distinct.begin() + count && *found == content.values[i];
        marks[i] = content.ask[i] || !there ? ASK : static_cast<uint8_t>(found - distinct.begin());
    }
}

bool
LpmImage::Release()
{
    constexpr uint32_t step = CHUNKS / 64;
    m_chunks -= step;
    if (m_chunks > 0)
    {
        void* fewer = std::realloc(m_marks.get(), std::size_t{m_chunks} * CHUNK_SIZE);
        if (fewer != nullptr)
        {
            static_cast<void>(m_marks.release());
            m_marks.reset(static_cast<uint8_t*>(fewer));
        }
    }
    return m_chunks == 0;
}

std::size_t
LpmImage::MemoryBytes() const
{
    return sizeof(*this) + std::size_t{m_chunks} * CHUNK_SIZE + m_arena.MemoryBytes() +
           CHUNKS * (sizeof(m_palettes[0]) + sizeof(Palette));
}

} // namespace strata
} // namespace ns3

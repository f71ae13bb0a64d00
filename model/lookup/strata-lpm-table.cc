// SPDX-License-Identifier: GPL-2.0-only

#include "strata-lpm-table.h"

#include <algorithm>
#include <stdexcept>

namespace ns3
{
namespace strata
{

template <class Family>
typename LpmTable<Family>::Rule
LpmTable<Family>::RuleOf(const Prefix<Family>& prefix, Value value)
{
    return {ToLpmKey(prefix.GetAddress()), value, static_cast<uint8_t>(prefix.GetLength())};
}

template <class Family>
LpmTable<Family>::LpmTable(const LpmTable& other)
    : m_form(other.m_form),
      m_size(other.m_size),
      m_moved(other.m_moved),
      m_array(other.m_array),
      m_trie(other.m_trie),
      m_image(other.m_image ? std::make_unique<LpmImage>(*other.m_image) : nullptr),
      m_painted(other.m_painted)
{
    Publish();
}

template <class Family>
void
LpmTable<Family>::Swap(LpmTable& other) noexcept
{
    std::swap(m_form, other.m_form);
    std::swap(m_size, other.m_size);
    std::swap(m_moved, other.m_moved);
    m_array.swap(other.m_array);
    m_trie.swap(other.m_trie);
    m_image.swap(other.m_image);
    std::swap(m_painted, other.m_painted);
    Publish();
    other.Publish();
}

/** Makes lookups see the image as it is. */
template <class Family>
void
LpmTable<Family>::Publish()
{
    m_palette = m_painted == LpmImage::CHUNKS ? m_image->CommonPalette() : nullptr;
    m_marks = m_palette != nullptr ? m_image->Marks() : nullptr;
}

/** The value of a lookup without an image that has one palette. */
template <class Family>
uint32_t
LpmTable<Family>::LookupElsewhere(const Key& key) const
{
    if (m_painted == LpmImage::CHUNKS)
    {
        Value value;
        if (m_image->Lookup(BlockOf(key), value))
        {
            return ValueOr(value, m_trie->ShortMatches()[BlockOf(key) >> 12]);
        }
    }
    if (m_form == Form::TRIE || m_form == Form::TO_ARRAY)
    {
        return LookupInTrie(*m_trie, key);
    }
    const Rule* rule = LongestMatch(m_array.data(), m_array.size(), key, LPM_BITS<Key>);
    return rule != nullptr ? rule->value : NO_VALUE;
}

template <class Family>
bool
LpmTable<Family>::Insert(const Prefix<Family>& prefix, Value value)
{
    if (value == NO_VALUE)
    {
        throw std::invalid_argument("LpmTable: NO_VALUE is not the value of a prefix");
    }
    const Rule rule = RuleOf(prefix, value);
    bool added = false;
    switch (m_form)
    {
    case Form::ARRAY:
    case Form::TO_TRIE:
        added = InsertInArray(rule);
        break;
    case Form::TRIE:
        added = m_trie->Insert(rule);
        Paint(rule);
        break;
    case Form::TO_ARRAY:
        added = m_trie->Insert(rule);
        if (!m_array.empty() && !m_array.back().ComesBefore(rule))
        {
            InsertInArray(rule);
        }
        break;
    }
    m_size += added;
    Move();
    Publish();
    return added;
}

template <class Family>
bool
LpmTable<Family>::Erase(const Prefix<Family>& prefix)
{
    const Rule rule = RuleOf(prefix, 0);
    bool erased = false;
    switch (m_form)
    {
    case Form::ARRAY:
    case Form::TO_TRIE:
        erased = EraseInArray(rule);
        break;
    case Form::TRIE:
        erased = m_trie->Erase(rule);
        Paint(rule);
        break;
    case Form::TO_ARRAY:
        erased = m_trie->Erase(rule);
        EraseInArray(rule);
        break;
    }
    m_size -= erased;
    Move();
    Publish();
    return erased;
}

template <class Family>
bool
LpmTable<Family>::InsertInArray(const Rule& rule)
{
    const std::size_t at = LowerBound(m_array.data(), m_array.size(), rule);
    const bool added = at == m_array.size() || !m_array[at].IsAbout(rule);
    if (added)
    {
        m_array.insert(m_array.begin() + static_cast<std::ptrdiff_t>(at), rule);
    }
    else
    {
        m_array[at].value = rule.value;
    }
    if (m_form == Form::TO_TRIE && at < m_moved)
    {
        m_trie->Insert(rule);
        m_moved += added;
    }
    return added;
}

template <class Family>
bool
LpmTable<Family>::EraseInArray(const Rule& rule)
{
    const std::size_t at = LowerBound(m_array.data(), m_array.size(), rule);
    if (at == m_array.size() || !m_array[at].IsAbout(rule))
    {
        return false;
    }
    m_array.erase(m_array.begin() + static_cast<std::ptrdiff_t>(at));
    if (m_form == Form::TO_TRIE && at < m_moved)
    {
        m_trie->Erase(rule);
        --m_moved;
    }
    return true;
}

/** Begins, continues or ends a change of form. */
template <class Family>
void
LpmTable<Family>::Move()
{
    switch (m_form)
    {
    case Form::ARRAY:
        if (m_size > MAX_ARRAY)
        {
            m_trie.emplace();
            m_moved = 0;
            m_form = Form::TO_TRIE;
        }
        break;
    case Form::TO_TRIE:
        if (m_size < MIN_TRIE)
        {
            m_trie.reset();
            m_form = Form::ARRAY;
            break;
        }
        for (std::size_t i = 0; i < STEP && m_moved < m_array.size(); ++i)
        {
            m_trie->Insert(m_array[m_moved++]);
        }
        if (m_moved == m_array.size())
        {
            std::vector<Rule>().swap(m_array);
            m_form = Form::TRIE;
        }
        break;
    case Form::TRIE:
        MoveImage();
        if (m_size < MIN_TRIE)
        {
            m_image.reset(); // nearly always gone by now
            m_painted = 0;
            m_form = Form::TO_ARRAY;
        }
        break;
    case Form::TO_ARRAY:
        if (m_size > MAX_ARRAY)
        {
            std::vector<Rule>().swap(m_array);
            m_form = Form::TRIE;
            break;
        }
        {
            Rule from;
            if (!m_array.empty())
            {
                from = m_array.back();
                ++from.length; // the next one in order
            }
            std::size_t steps = 0;
            m_trie->VisitFrom(from, [this, &steps](const Rule& rule) {
                m_array.push_back(rule);
                return ++steps < STEP;
            });
        }
        if (m_array.size() == m_size)
        {
            m_trie.reset();
            m_form = Form::ARRAY;
        }
        break;
    }
}

/** Brings the image up to date with a rule that changed. */
template <class Family>
void
LpmTable<Family>::Paint(const Rule& rule)
{
    if (!m_image)
    {
        return;
    }
    if (rule.length <= 12)
    {
        PaintShort(rule);
        return;
    }
    const uint32_t first = BlockOf(rule.key);
    const uint32_t last = rule.length >= 24 ? first : first | ((1u << (24 - rule.length)) - 1);
    constexpr unsigned SIZE = LpmImage::CHUNK_SIZE;
    LpmImage::Content content;
    for (uint32_t chunk = first / SIZE; chunk <= last / SIZE && chunk < m_painted; ++chunk)
    {
        const unsigned from = chunk == first / SIZE ? first % SIZE : 0;
        const unsigned to = chunk == last / SIZE ? last % SIZE : SIZE - 1;
        m_trie->Describe(chunk, from, to, content);
        if (!m_image->Paint(chunk, from, to, content))
        {
            Repaint(chunk);
        }
    }
}

/** Likewise for a rule of up to twelve bits. */
template <class Family>
void
LpmTable<Family>::PaintShort(const Rule& rule)
{
    if (rule.length == 0)
    {
        m_image->SetDefault(m_trie->Find(rule));
        return;
    }
    constexpr uint32_t STEP_SIZE = LpmImage::CHUNKS_OF_SLOT;
    const uint32_t first = TwelveBitsOf(rule.key);
    const uint32_t last = first | ((1u << (12 - rule.length)) - 1);
    for (uint32_t slot = first; slot <= last && slot * STEP_SIZE < m_painted; ++slot)
    {
        const uint32_t painted = std::min(m_painted - slot * STEP_SIZE, STEP_SIZE);
        if (!m_image->SetShort(slot, m_trie->ShortMatchOf(slot), painted))
        {
            for (uint32_t i = 0; i < painted; ++i)
            {
                Repaint(slot * STEP_SIZE + i);
            }
        }
    }
}

template <class Family>
void
LpmTable<Family>::Repaint(uint32_t chunk)
{
    LpmImage::Content content;
    m_trie->Describe(chunk, 0, LpmImage::CHUNK_SIZE - 1, content);
    m_image->Repaint(chunk, content);
}

/** Begins, continues or drops the image. */
template <class Family>
void
LpmTable<Family>::MoveImage()
{
    if (!m_image)
    {
        if (m_size < MIN_IMAGE)
        {
            return;
        }
        m_image = std::make_unique<LpmImage>();
        m_image->SetDefault(m_trie->Find(Rule{}));
    }
    else if (m_size < MIN_IMAGE / 4 || m_image->IsBeingReleased())
    {
        m_painted = 0;
        if (m_image->Release())
        {
            m_image.reset();
        }
        return;
    }
    for (uint32_t i = 0; i < PAINT_STEP && m_painted < LpmImage::CHUNKS; ++i)
    {
        if (m_painted % LpmImage::CHUNKS_OF_SLOT == 0)
        {
            const uint32_t slot = m_painted / LpmImage::CHUNKS_OF_SLOT;
            m_image->SetShort(slot, m_trie->ShortMatchOf(slot), 0);
        }
        Repaint(m_painted++);
    }
}

template <class Family>
void
LpmTable<Family>::Clear()
{
    *this = LpmTable();
}

template <class Family>
std::optional<uint32_t>
LpmTable<Family>::Find(const Prefix<Family>& prefix) const
{
    const Rule rule = RuleOf(prefix, 0);
    if (m_form == Form::TRIE || m_form == Form::TO_ARRAY)
    {
        const Value value = m_trie->Find(rule);
        return value != NO_VALUE ? std::optional<Value>(value) : std::nullopt;
    }
    const std::size_t at = LowerBound(m_array.data(), m_array.size(), rule);
    return at < m_array.size() && m_array[at].IsAbout(rule)
               ? std::optional<Value>(m_array[at].value)
               : std::nullopt;
}

template <class Family>
void
LpmTable<Family>::Visit(const std::function<bool(const Rule&)>& visit) const
{
    if (m_form == Form::TRIE || m_form == Form::TO_ARRAY)
    {
        m_trie->VisitFrom(Rule{}, visit);
        return;
    }
    for (const Rule& rule : m_array)
    {
        if (!visit(rule))
        {
            return;
        }
    }
}

template <class Family>
void
LpmTable<Family>::ForEach(const Visitor& visit) const
{
    Visit([&visit](const Rule& rule) {
        Address address;
        FromLpmKey(rule.key, address);
        visit(Prefix<Family>(address, rule.length), rule.value);
        return true;
    });
}

template <class Family>
std::size_t
LpmTable<Family>::MemoryBytes() const
{
    return sizeof(*this) + m_array.capacity() * sizeof(Rule) +
           (m_trie ? m_trie->MemoryBytes() : 0) + (m_image ? m_image->MemoryBytes() : 0);
}

template class LpmTable<Ipv4Family>;
template class LpmTable<Ipv6Family>;

} // namespace strata
} // namespace ns3

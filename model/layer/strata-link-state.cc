// SPDX-License-Identifier: GPL-2.0-only

#include "strata-link-state.h"

#include <algorithm>
#include <limits>

namespace ns3
{
namespace strata
{

namespace
{

constexpr std::size_t PART_HEADER = 20;
constexpr std::size_t NEIGHBOR = 12;
constexpr std::size_t MOST_NEIGHBORS = std::numeric_limits<uint16_t>::max();

LinkStatePart
HeadOf(const LinkStatePart& part)
{
    return {part.origin, part.sequence, part.withdrawn, part.blockLength, part.total, 0, {}};
}

} // namespace

std::size_t
SizeOf(const LinkStatePart& part)
{
    return PART_HEADER + part.neighbors.size() * NEIGHBOR;
}

std::vector<LinkStatePart>
SplitLinkState(const LinkStateRecord& record, std::size_t room)
{
    const std::size_t total = std::min(record.neighbors.size(), MOST_NEIGHBORS);
    const std::size_t most =
        std::max<std::size_t>(1, (std::max(room, PART_HEADER) - PART_HEADER) / NEIGHBOR);
    std::vector<LinkStatePart> parts;
    std::size_t first = 0;
    do
    {
        const std::size_t count = std::min(most, total - first);
        const auto begin = record.neighbors.begin() + static_cast<std::ptrdiff_t>(first);
        parts.push_back({record.origin,
                         record.sequence,
                         record.withdrawn,
                         record.blockLength,
                         static_cast<uint16_t>(total),
                         static_cast<uint16_t>(first),
                         {begin, begin + static_cast<std::ptrdiff_t>(count)}});
        first += count;
    } while (first < total);
    return parts;
}

void
LinkStateAssembly::Add(const LinkStatePart& part)
{
    LinkStatePart head = HeadOf(part);
    if (!(head == m_head))
    {
        if (head.sequence < m_head.sequence)
        {
            return;
        }
        m_head = std::move(head);
        m_neighbors.clear();
    }
    std::size_t number = part.first;
    for (const LinkStateNeighbor& neighbor : part.neighbors)
    {
        // a part that goes beyond the end is no part of a record
        if (number < m_head.total)
        {
            m_neighbors.emplace(static_cast<uint16_t>(number), neighbor);
        }
        ++number;
    }
}

std::optional<LinkStateRecord>
LinkStateAssembly::Whole() const
{
    if (m_neighbors.size() != m_head.total)
    {
        return std::nullopt;
    }
    LinkStateRecord record{m_head.origin,
                           m_head.sequence,
                           m_head.withdrawn,
                           m_head.blockLength,
                           {}};
    record.neighbors.reserve(m_neighbors.size());
    for (const auto& [number, neighbor] : m_neighbors)
    {
        record.neighbors.push_back(neighbor);
    }
    return record;
}

} // namespace strata
} // namespace ns3

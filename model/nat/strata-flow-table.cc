// SPDX-License-Identifier: GPL-2.0-only

#include "strata-flow-table.h"

#include <algorithm>

namespace ns3
{
namespace strata
{

namespace
{

constexpr std::size_t FIRST_BUCKETS = 16;

/** One step of a multiplicative hash of 64-bit words. */
uint64_t
Mix(uint64_t hash, uint64_t word)
{
    hash = (hash ^ word) * 0xff51afd7ed558ccd;
    return hash ^ hash >> 32;
}

bool
Same(const FlowTuple& a, const FlowTuple& b)
{
    return a.source == b.source && a.destination == b.destination && a.sourcePort == b.sourcePort &&
           a.destinationPort == b.destinationPort && a.protocol == b.protocol &&
           a.query == b.query && a.fromResponder == b.fromResponder;
}

} // namespace

const char*
FlowSideName(FlowSide side)
{
    switch (side)
    {
    case FlowSide::INSIDE:
        return "inside";
    case FlowSide::OUTSIDE:
        return "outside";
    case FlowSide::LOCAL:
        return "local";
    }
    return "?";
}

const char*
FlowClassName(FlowClass which)
{
    switch (which)
    {
    case FlowClass::TCP_OPENING:
        return "opening";
    case FlowClass::TCP_ESTABLISHED:
        return "established";
    case FlowClass::TCP_CLOSING:
        return "closing";
    case FlowClass::TCP_RESET:
        return "reset";
    case FlowClass::UDP_UNANSWERED:
    case FlowClass::OTHER_UNANSWERED:
        return "unanswered";
    case FlowClass::UDP_ANSWERED:
    case FlowClass::OTHER_ANSWERED:
        return "answered";
    case FlowClass::ICMP_QUERY:
        return "query";
    }
    return "?";
}

FlowTuple
Reversed(const FlowTuple& tuple)
{
    FlowTuple reversed = tuple;
    std::swap(reversed.source, reversed.destination);
    std::swap(reversed.sourcePort, reversed.destinationPort);
    reversed.fromResponder = tuple.query != 0 && !tuple.fromResponder;
    return reversed;
}

FlowTable::FlowTable(const Config& config)
    : m_config(config),
      m_buckets(FIRST_BUCKETS, NONE)
{
}

void
FlowTable::SetConfig(const Config& config)
{
    const bool reseeded = config.seed != m_config.seed;
    m_config = config;
    if (reseeded)
    {
        std::fill(m_buckets.begin(), m_buckets.end(), NONE);
        for (const List& list : m_lists)
        {
            for (Index i = list.first; i != NONE; i = m_slots[i].later)
            {
                m_slots[i].hash = HashOfTuple(m_slots[i].flow.opened);
                Index& bucket = m_buckets[m_slots[i].hash & (m_buckets.size() - 1)];
                m_slots[i].next = bucket;
                bucket = i;
            }
        }
    }
}

/** The same for both directions. */
uint64_t
FlowTable::HashOfTuple(const FlowTuple& tuple) const
{
    const auto end = [this](const FlowAddress& address, uint16_t port) {
        return Mix(Mix(Mix(m_config.seed, address.high), address.low), port);
    };
    const uint64_t ends =
        end(tuple.source, tuple.sourcePort) + end(tuple.destination, tuple.destinationPort);
    return Mix(Mix(m_config.seed, ends), uint64_t{tuple.protocol} << 8 | tuple.query);
}

FlowTable::Found
FlowTable::Find(const FlowTuple& tuple) const
{
    const uint64_t hash = HashOfTuple(tuple);
    const FlowTuple reversed = Reversed(tuple);
    for (Index i = m_buckets[hash & (m_buckets.size() - 1)]; i != NONE; i = m_slots[i].next)
    {
        if (m_slots[i].hash != hash)
        {
            continue;
        }
        if (Same(m_slots[i].flow.opened, tuple))
        {
            return {i, FlowDirection::OUTBOUND};
        }
        if (Same(m_slots[i].flow.opened, reversed))
        {
            return {i, FlowDirection::INBOUND};
        }
    }
    return {};
}

FlowTable::Index
FlowTable::OldestThatGives() const
{
    Index oldest = NONE;
    for (std::size_t i = 0; i < FLOW_CLASSES; ++i)
    {
        const Index first = m_lists[i].first;
        if (first != NONE && MayGive(static_cast<FlowClass>(i)) &&
            (oldest == NONE || m_slots[first].flow.lastSeen < m_slots[oldest].flow.lastSeen))
        {
            oldest = first;
        }
    }
    return oldest;
}

FlowTable::Index
FlowTable::Create(const FlowTuple& tuple,
                  FlowClass flowClass,
                  Nanos now,
                  std::vector<TrackedFlow>& evicted)
{
    if (m_size >= m_config.limit)
    {
        const Index oldest = m_config.whenFull == WhenFull::EVICT && m_size == m_config.limit
                                 ? OldestThatGives()
                                 : NONE;
        if (oldest == NONE)
        {
            return NONE;
        }
        evicted.push_back(m_slots[oldest].flow);
        Erase(oldest);
    }
    if (m_size == m_buckets.size())
    {
        Grow();
    }
    Index index = m_free;
    if (index == NONE)
    {
        index = static_cast<Index>(m_slots.size());
        m_slots.emplace_back();
    }
    else
    {
        m_free = m_slots[index].next;
    }
    Slot& slot = m_slots[index];
    slot.flow = TrackedFlow{};
    slot.rulings = {};
    slot.flow.opened = tuple;
    slot.flow.flowClass = flowClass;
    slot.flow.created = now;
    slot.flow.lastSeen = now;
    slot.hash = HashOfTuple(tuple);
    Index& bucket = m_buckets[slot.hash & (m_buckets.size() - 1)];
    slot.next = bucket;
    bucket = index;
    Append(index);
    ++m_size;
    return index;
}

void
FlowTable::Touch(Index index, FlowClass flowClass, Nanos now)
{
    Unlink(index);
    m_slots[index].flow.flowClass = flowClass;
    m_slots[index].flow.lastSeen = now;
    Append(index);
}

void
FlowTable::Erase(Index index)
{
    Slot& slot = m_slots[index];
    Index* link = &m_buckets[slot.hash & (m_buckets.size() - 1)];
    while (*link != index)
    {
        link = &m_slots[*link].next;
    }
    *link = slot.next;
    Unlink(index);
    slot.next = m_free;
    m_free = index;
    --m_size;
}

void
FlowTable::Clear()
{
    *this = FlowTable(m_config);
}

void
FlowTable::Advance(Nanos now, std::vector<TrackedFlow>& expired)
{
    for (List& list : m_lists)
    {
        while (list.first != NONE && DeadlineOf(m_slots[list.first]) <= now)
        {
            expired.push_back(m_slots[list.first].flow);
            Erase(list.first);
        }
    }
}

Nanos
FlowTable::NextDeadline() const
{
    Nanos next = NEVER;
    for (const List& list : m_lists)
    {
        if (list.first != NONE)
        {
            next = std::min(next, DeadlineOf(m_slots[list.first]));
        }
    }
    return next;
}

void
FlowTable::Append(Index index)
{
    Slot& slot = m_slots[index];
    List& list = ListOf(slot);
    slot.earlier = list.last;
    slot.later = NONE;
    (list.last == NONE ? list.first : m_slots[list.last].later) = index;
    list.last = index;
    ++list.size;
}

void
FlowTable::Unlink(Index index)
{
    const Slot& slot = m_slots[index];
    List& list = ListOf(slot);
    (slot.earlier == NONE ? list.first : m_slots[slot.earlier].later) = slot.later;
    (slot.later == NONE ? list.last : m_slots[slot.later].earlier) = slot.earlier;
    --list.size;
}

void
FlowTable::Grow()
{
    m_buckets.assign(m_buckets.size() * 2, NONE);
    for (const List& list : m_lists)
    {
        for (Index i = list.first; i != NONE; i = m_slots[i].later)
        {
            Index& bucket = m_buckets[m_slots[i].hash & (m_buckets.size() - 1)];
            m_slots[i].next = bucket;
            bucket = i;
        }
    }
}

} // namespace strata
} // namespace ns3

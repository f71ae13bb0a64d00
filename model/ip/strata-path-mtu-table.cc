// SPDX-License-Identifier: GPL-2.0-only

#include "strata-path-mtu-table.h"

#include <algorithm>
#include <array>

namespace ns3
{
namespace strata
{

namespace
{

/** RFC 1191 section 7.1, table 7-1. */
constexpr std::array<uint32_t, 11> PLATEAUS =
    {68, 296, 508, 1006, 1492, 2002, 4352, 8166, 17914, 32000, 65535};

Nanos
Later(Nanos now, Nanos span)
{
    return now < NEVER - span ? now + span : NEVER;
}

} // namespace

uint32_t
PlateauBelow(uint32_t size)
{
    const auto above = std::lower_bound(PLATEAUS.begin(), PLATEAUS.end(), size);
    return above == PLATEAUS.begin() ? PLATEAUS.front() : *std::prev(above);
}

uint32_t
PlateauAbove(uint32_t size)
{
    const auto above = std::upper_bound(PLATEAUS.begin(), PLATEAUS.end(), size);
    return above == PLATEAUS.end() ? PLATEAUS.back() : *above;
}

const char*
PathMtuVerdictName(PathMtuVerdict verdict)
{
    switch (verdict)
    {
    case PathMtuVerdict::LOWERED:
        return "lowered";
    case PathMtuVerdict::NOT_SENT:
        return "not-sent";
    case PathMtuVerdict::IMPLAUSIBLE:
        return "implausible";
    case PathMtuVerdict::NOT_LOWER:
        return "not-lower";
    }
    return "unknown";
}

PathMtu
PathMtuTable::Find(uint32_t destination, uint32_t firstHopMtu) const
{
    const auto known = m_entries.find(destination);
    if (known == m_entries.end())
    {
        return {firstHopMtu, true};
    }
    PathMtu estimate = known->second.estimate;
    estimate.mtu = std::min(estimate.mtu, firstHopMtu);
    return estimate;
}

PathMtuVerdict
PathMtuTable::Report(const PathMtuReport& report, Nanos now)
{
    if (!report.quotesSomethingSent)
    {
        return PathMtuVerdict::NOT_SENT;
    }
    const PathMtu estimate = Find(report.destination, report.firstHopMtu);
    uint32_t mtu = report.nextHopMtu;
    if (mtu == 0)
    {
        uint32_t length = report.quotedTotalLength;
        if (length >= estimate.mtu)
        {
            // Routers from 4.2BSD add the header's length to the quoted total length (RFC 1191
            // section 5); nobody can tell whether this is one, so it is taken for one.
            length -= std::min(length, report.quotedHeaderSize);
        }
        mtu = PlateauBelow(length);
    }
    else if (mtu >= report.quotedTotalLength)
    {
        return PathMtuVerdict::IMPLAUSIBLE;
    }
    const uint32_t next = std::max(mtu, m_config.floor);
    const bool tooNarrow = mtu < m_config.floor && estimate.dontFragment;
    if (next > estimate.mtu || (next == estimate.mtu && !tooNarrow))
    {
        return PathMtuVerdict::NOT_LOWER;
    }
    Store(report.destination, mtu, report.firstHopMtu, Later(now, m_config.afterReport));
    return PathMtuVerdict::LOWERED;
}

void
PathMtuTable::Learn(uint32_t destination, uint32_t mtu, uint32_t firstHopMtu, Nanos now)
{
    if (mtu >= firstHopMtu)
    {
        Forget(destination);
        return;
    }
    Store(destination, mtu, firstHopMtu, Later(now, m_config.afterReport));
}

void
PathMtuTable::Forget(uint32_t destination)
{
    const auto known = m_entries.find(destination);
    if (known != m_entries.end())
    {
        m_byTime.erase({known->second.deadline, destination});
        m_entries.erase(known);
    }
}

std::vector<PathMtuChange>
PathMtuTable::Advance(Nanos now)
{
    std::vector<PathMtuChange> changes;
    while (!m_byTime.empty() && m_byTime.begin()->first <= now)
    {
        const auto [due, destination] = *m_byTime.begin();
        if (due == NEVER)
        {
            break;
        }
        const Entry entry = m_entries.at(destination);
        const uint32_t next = m_config.raise == Raise::TO_FIRST_HOP
                                  ? entry.firstHopMtu
                                  : PlateauAbove(entry.estimate.mtu);
        if (next >= entry.firstHopMtu)
        {
            Forget(destination);
            changes.push_back({destination, {entry.firstHopMtu, true}});
            continue;
        }
        // counted from the deadline, so that a late call raises as often as punctual ones
        Store(destination, next, entry.firstHopMtu, Later(due, m_config.afterRaise));
        changes.push_back({destination, m_entries.at(destination).estimate});
    }
    return changes;
}

void
PathMtuTable::Store(uint32_t destination, uint32_t mtu, uint32_t firstHopMtu, Nanos deadline)
{
    Forget(destination);
    if (m_config.maxEntries == 0)
    {
        return;
    }
    if (m_entries.size() >= m_config.maxEntries)
    {
        Forget(m_byTime.begin()->second);
    }
    Entry entry;
    entry.estimate = {std::max(mtu, m_config.floor), mtu >= m_config.floor};
    entry.firstHopMtu = firstHopMtu;
    entry.deadline = m_config.raise == Raise::NOT_AT_ALL ? NEVER : deadline;
    m_entries.emplace(destination, entry);
    m_byTime.emplace(entry.deadline, destination);
}

} // namespace strata
} // namespace ns3

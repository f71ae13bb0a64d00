// SPDX-License-Identifier: GPL-2.0-only

#include "strata-nat-fragment-table.h"

#include <algorithm>

namespace ns3
{
namespace strata
{

const NatFragmentFate*
NatFragmentTable::Find(const NatFragmentKey& key, Nanos now) const
{
    const auto known = m_known.find(key);
    return known == m_known.end() || known->second.deadline <= now ? nullptr : &known->second.fate;
}

std::optional<uint32_t>
NatFragmentTable::Learn(const NatFragmentKey& key, const NatFragmentFate& fate, Nanos now)
{
    const auto before = m_known.find(key);
    if (before != m_known.end())
    {
        m_knownByAge.erase(before->second.age);
        m_known.erase(before);
    }
    while (!m_known.empty() && m_known.size() >= m_config.maxKnown)
    {
        m_known.erase(m_knownByAge.begin()->second);
        m_knownByAge.erase(m_knownByAge.begin());
    }
    if (m_config.maxKnown > 0)
    {
        m_known[key] = Known{fate, now + m_config.timeout, m_nextAge};
        m_knownByAge[m_nextAge++] = key;
    }
    const auto waiting = m_waiting.find(key);
    return waiting == m_waiting.end() ? std::nullopt : std::optional<uint32_t>(Forget(waiting));
}

uint32_t
NatFragmentTable::Forget(std::map<NatFragmentKey, Waiting>::iterator which)
{
    const uint32_t ticket = which->second.ticket;
    m_held -= which->second.fragments;
    m_waitingByAge.erase(which->second.age);
    m_waiting.erase(which);
    return ticket;
}

std::optional<uint32_t>
NatFragmentTable::Hold(const NatFragmentKey& key, Nanos now, std::vector<uint32_t>& dropped)
{
    while (m_held >= m_config.maxHeld && !m_waiting.empty())
    {
        dropped.push_back(Forget(m_waiting.find(m_waitingByAge.begin()->second)));
    }
    if (m_config.maxHeld == 0)
    {
        return std::nullopt;
    }
    Waiting& waiting = m_waiting[key];
    if (waiting.fragments == 0)
    {
        waiting = Waiting{m_nextTicket++, 0, now + m_config.hold, m_nextAge};
        m_waitingByAge[m_nextAge++] = key;
    }
    ++waiting.fragments;
    ++m_held;
    return waiting.ticket;
}

void
NatFragmentTable::ForgetAddress(uint32_t address)
{
    for (auto known = m_known.begin(); known != m_known.end();)
    {
        const NatFragmentKey& key = known->first;
        const NatFragmentFate& fate = known->second.fate;
        const bool concerned = key.source == address || key.destination == address ||
                               fate.source == address || fate.destination == address ||
                               fate.hairpinSource == address;
        if (concerned)
        {
            m_knownByAge.erase(known->second.age);
        }
        known = concerned ? m_known.erase(known) : std::next(known);
    }
}

std::vector<uint32_t>
NatFragmentTable::Advance(Nanos now)
{
    std::vector<uint32_t> over;
    while (!m_waitingByAge.empty())
    {
        const auto oldest = m_waiting.find(m_waitingByAge.begin()->second);
        if (oldest->second.deadline > now)
        {
            break;
        }
        over.push_back(Forget(oldest));
    }
    while (!m_knownByAge.empty())
    {
        const auto oldest = m_known.find(m_knownByAge.begin()->second);
        if (oldest->second.deadline > now)
        {
            break;
        }
        m_knownByAge.erase(m_knownByAge.begin());
        m_known.erase(oldest);
    }
    return over;
}

Nanos
NatFragmentTable::NextDeadline() const
{
    Nanos next = NEVER;
    if (!m_waitingByAge.empty())
    {
        next = m_waiting.at(m_waitingByAge.begin()->second).deadline;
    }
    if (!m_knownByAge.empty())
    {
        next = std::min(next, m_known.at(m_knownByAge.begin()->second).deadline);
    }
    return next;
}

std::vector<uint32_t>
NatFragmentTable::Clear()
{
    std::vector<uint32_t> tickets;
    while (!m_waiting.empty())
    {
        tickets.push_back(Forget(m_waiting.begin()));
    }
    m_known.clear();
    m_knownByAge.clear();
    return tickets;
}

} // namespace strata
} // namespace ns3

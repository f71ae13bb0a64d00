// SPDX-License-Identifier: GPL-2.0-only

#include "strata-traceroute-machine.h"

#include <algorithm>

namespace ns3
{
namespace strata
{

namespace
{

constexpr uint8_t TIME_EXCEEDED = 11;

bool
EndsTheWay(const TracerouteResult& result)
{
    return result.answer && (result.answer->arrived || result.answer->type != TIME_EXCEEDED);
}

} // namespace

TracerouteMachine::TracerouteMachine(const TracerouteParameters& parameters)
    : m_parameters(parameters)
{
    m_parameters.firstTtl = std::max<uint8_t>(m_parameters.firstTtl, 1);
    m_parameters.maxTtl = std::max(m_parameters.maxTtl, m_parameters.firstTtl);
    m_parameters.queries = std::max<uint32_t>(m_parameters.queries, 1);
    m_parameters.simultaneous = std::max<uint32_t>(m_parameters.simultaneous, 1);
}

uint32_t
TracerouteMachine::GetMaxProbes() const
{
    return (m_parameters.maxTtl - m_parameters.firstTtl + 1U) * m_parameters.queries;
}

uint8_t
TracerouteMachine::TtlOf(uint32_t index) const
{
    return static_cast<uint8_t>(m_parameters.firstTtl + index / m_parameters.queries);
}

TracerouteEffects
TracerouteMachine::Start(Nanos now)
{
    TracerouteEffects effects;
    if (!m_started)
    {
        m_started = true;
        Continue(now, effects);
    }
    return effects;
}

TracerouteEffects
TracerouteMachine::Tick(Nanos now)
{
    TracerouteEffects effects;
    if (!m_started || m_finished)
    {
        return effects;
    }
    for (Probe& probe : m_probes)
    {
        probe.settled = probe.settled || now - probe.sent >= m_parameters.timeout;
    }
    Continue(now, effects);
    return effects;
}

TracerouteEffects
TracerouteMachine::OnAnswer(uint32_t index, const TracerouteAnswer& answer, Nanos now)
{
    TracerouteEffects effects;
    if (m_finished || index >= m_probes.size() || m_probes[index].settled)
    {
        return effects;
    }
    Probe& probe = m_probes[index];
    probe.settled = true;
    probe.result = {answer, now - probe.sent};
    Continue(now, effects);
    return effects;
}

TracerouteEffects
TracerouteMachine::Stop()
{
    TracerouteEffects effects;
    effects.finished = m_started && !m_finished;
    m_finished = m_finished || m_started;
    return effects;
}

void
TracerouteMachine::Continue(Nanos now, TracerouteEffects& effects)
{
    const uint32_t queries = m_parameters.queries;
    while (!m_finished && m_probes.size() >= m_reported + queries)
    {
        const auto first = m_probes.begin() + m_reported;
        if (!std::all_of(first, first + queries, [](const Probe& probe) { return probe.settled; }))
        {
            break;
        }
        TracerouteHop hop{TtlOf(m_reported), {}};
        for (auto probe = first; probe != first + queries; ++probe)
        {
            hop.results.push_back(probe->result);
        }
        m_reported += queries;
        const bool end = std::any_of(hop.results.begin(), hop.results.end(), EndsTheWay) ||
                         m_reported == GetMaxProbes();
        effects.hops.push_back(std::move(hop));
        if (end)
        {
            m_finished = true;
            effects.finished = true;
        }
    }
    if (m_finished)
    {
        return;
    }
    // Beyond a hop that ends the way there is nothing to learn: no further probes.
    std::size_t limit = GetMaxProbes();
    for (std::size_t i = m_reported; i < m_probes.size(); ++i)
    {
        if (EndsTheWay(m_probes[i].result))
        {
            limit = (i / queries + 1) * queries;
            break;
        }
    }
    auto open = static_cast<std::size_t>(
        std::count_if(m_probes.begin() + m_reported, m_probes.end(), [](const Probe& probe) {
            return !probe.settled;
        }));
    while (m_probes.size() < limit && open < m_parameters.simultaneous)
    {
        const auto index = static_cast<uint32_t>(m_probes.size());
        effects.send.push_back({index, TtlOf(index)});
        m_probes.push_back({now, false, {}});
        ++open;
    }
}

Nanos
TracerouteMachine::NextDeadline() const
{
    Nanos deadline = NEVER;
    if (m_finished)
    {
        return deadline;
    }
    for (std::size_t i = m_reported; i < m_probes.size(); ++i)
    {
        if (!m_probes[i].settled)
        {
            deadline = std::min(deadline, m_probes[i].sent + m_parameters.timeout);
        }
    }
    return deadline;
}

} // namespace strata
} // namespace ns3

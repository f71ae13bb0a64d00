// SPDX-License-Identifier: GPL-2.0-only

#include "strata-member-net.h"

#include <algorithm>
#include <numeric>

namespace ns3
{
namespace strata
{

MemberNet::MemberNet(Keep keep)
    : m_keep(keep == Keep::EVERYTHING),
      m_checks(m_keep),
      m_ends(1)
{
}

MemberNet::Index
MemberNet::Add(const LayerParameters& parameters, const LayerPolicies& policies)
{
    m_members.push_back({MemberMachine(parameters, policies), {}, NEVER, {}, {}});
    return m_members.size() - 1;
}

std::size_t
MemberNet::Carried() const
{
    return std::accumulate(m_carried.begin(), m_carried.end(), std::size_t{0});
}

bool
MemberNet::Later(const Flying& a, const Flying& b)
{
    return std::tie(a.at, a.order) > std::tie(b.at, b.order);
}

void
MemberNet::Do(Index i, const MemberEvent& event)
{
    Effects effects;
    std::swap(effects, m_spare);
    const MemberName former = m_members[i].state.name;
    m_members[i].machine.Step(m_members[i].state, event, m_now, effects);
    Check(i, former, effects);
    Reschedule(i);
    CarryOut(i, effects);
    effects.Clear();
    std::swap(effects, m_spare);
}

void
MemberNet::Check(Index i, MemberName former, const Effects& effects)
{
    if (m_checks)
    {
        m_auditor.Audit(effects.writes);
        const MemberBox& box = m_members[i];
        const Violations found =
            CheckMember(box.state, former, box.machine.Policies().naming->Scheme());
        m_broken.insert(m_broken.end(), found.begin(), found.end());
    }
}

LayerSnapshot
MemberNet::Snapshot() const
{
    LayerSnapshot snapshot;
    for (const MemberBox& box : m_members)
    {
        snapshot.members.push_back({&box.state, box.machine.Parameters().role});
    }
    for (PortId port = 1; port < m_ends.size(); ++port)
    {
        const End& end = m_ends[port];
        if (end.peer > port)
        {
            snapshot.wires.push_back({end.member, port, m_ends[end.peer].member, end.peer});
        }
    }
    if (!m_members.empty())
    {
        const LayerPolicies& policies = m_members.front().machine.Policies();
        snapshot.forwarding = policies.forwarding.get();
        snapshot.scheme = policies.naming->Scheme();
        snapshot.replicated = policies.directory->Replicates();
        snapshot.findsUnknown =
            policies.routing->FloodsUnknown() || policies.routing->ResolvesUnknown();
    }
    return snapshot;
}

void
MemberNet::Reschedule(Index i)
{
    MemberBox& box = m_members[i];
    const Nanos deadline = MemberMachine::NextDeadline(box.state);
    if (deadline == box.deadline)
    {
        return;
    }
    if (box.deadline != NEVER)
    {
        m_deadlines.erase({box.deadline, i});
    }
    if (deadline != NEVER)
    {
        m_deadlines.insert({deadline, i});
    }
    box.deadline = deadline;
}

void
MemberNet::CarryOut(Index i, Effects& effects)
{
    for (TransmitEffect& transmit : effects.transmits)
    {
        Send(i, transmit.port, transmit.type, std::move(transmit.pdu));
    }
    if (onNotice)
    {
        for (const Notice& notice : effects.notices)
        {
            onNotice(i, notice);
        }
    }
    if (onDeliver)
    {
        for (const DeliverEffect& delivery : effects.deliveries)
        {
            onDeliver(i, delivery);
        }
    }
    if (onWrite)
    {
        for (const WriteRecord& write : effects.writes)
        {
            onWrite(write);
        }
    }
    if (m_keep)
    {
        const auto append = [](auto& to, auto& from) {
            to.insert(to.end(),
                      std::make_move_iterator(from.begin()),
                      std::make_move_iterator(from.end()));
        };
        append(m_members[i].notices, effects.notices);
        append(m_members[i].deliveries, effects.deliveries);
        append(m_writes, effects.writes);
    }
}

void
MemberNet::Send(Index i, PortId port, PduType type, Bytes bytes)
{
    Flying flying{m_now, m_order++, i, port, std::move(bytes)};
    if (port != LOOPBACK_PORT)
    {
        if (port >= m_ends.size() || m_ends[port].member != i || m_ends[port].peer == 0)
        {
            return;
        }
        if (loses && loses(i, type))
        {
            return;
        }
        ++m_carried[static_cast<uint8_t>(type)];
        flying.at += m_ends[port].delay;
        flying.port = m_ends[port].peer;
        flying.member = m_ends[flying.port].member;
    }
    m_flying.push_back(std::move(flying));
    std::push_heap(m_flying.begin(), m_flying.end(), Later);
}

std::pair<PortId, PortId>
MemberNet::Connect(Index a, Index b, Nanos delay, uint32_t mtu)
{
    const auto pa = static_cast<PortId>(m_ends.size());
    const PortId pb = pa + 1;
    m_ends.push_back({a, pb, delay});
    m_ends.push_back({b, pa, delay});
    PortUpEvent up;
    up.mtu = mtu;
    up.port = pa;
    Do(a, up);
    up.port = pb;
    Do(b, up);
    return {pa, pb};
}

void
MemberNet::Cut(Index a, PortId port, bool noticed)
{
    const PortId peer = m_ends.at(port).peer;
    if (m_ends[port].member != a || peer == 0)
    {
        return;
    }
    // what flies finds its wire cut when it arrives, for no port is used again
    m_ends[port].peer = 0;
    m_ends[peer].peer = 0;
    if (noticed)
    {
        Do(a, PortDownEvent{port});
        Do(m_ends[peer].member, PortDownEvent{peer});
    }
}

void
MemberNet::Arrive(Flying flying)
{
    MemberBox& box = m_members[flying.member];
    if (flying.port != LOOPBACK_PORT)
    {
        if (m_ends[flying.port].peer == 0)
        {
            return;
        }
        if (const auto header = PduHeader::Decode(flying.bytes))
        {
            Effects effects;
            const auto port =
                box.machine.FastForward(box.state, flying.port, *header, m_now, effects);
            if (port)
            {
                Check(flying.member, box.state.name, effects);
                Reschedule(flying.member);
                PduHeader::CountHop(flying.bytes.data());
                flying.bytes.resize(header->totalLength);
                Send(flying.member, *port, header->type, std::move(flying.bytes));
                CarryOut(flying.member, effects);
                return;
            }
        }
    }
    Do(flying.member, PduEvent{flying.port, std::move(flying.bytes)});
}

bool
MemberNet::RunNext(Nanos end)
{
    const Nanos arrival = m_flying.empty() ? NEVER : m_flying.front().at;
    const Nanos timer = m_deadlines.empty() ? NEVER : m_deadlines.begin()->first;
    const Nanos next = std::min(arrival, timer);
    if (next == NEVER || next > end)
    {
        return false;
    }
    m_now = std::max(m_now, next);
    if (timer < arrival)
    {
        Do(m_deadlines.begin()->second, TimerEvent{});
        return true;
    }
    std::pop_heap(m_flying.begin(), m_flying.end(), Later);
    Flying flying = std::move(m_flying.back());
    m_flying.pop_back();
    Arrive(std::move(flying));
    return true;
}

void
MemberNet::RunUntil(Nanos end)
{
    while (RunNext(end))
    {
    }
    m_now = std::max(m_now, end);
}

bool
MemberNet::RunUntilIdle(Nanos limit)
{
    while (RunNext(limit))
    {
    }
    return m_flying.empty() && m_deadlines.empty();
}

} // namespace strata
} // namespace ns3

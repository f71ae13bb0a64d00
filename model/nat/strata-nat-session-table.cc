// SPDX-License-Identifier: GPL-2.0-only

#include "strata-nat-session-table.h"

#include <algorithm>

namespace ns3
{
namespace strata
{

namespace
{

constexpr auto TCP = static_cast<uint8_t>(Ipv4Protocol::TCP);
constexpr auto UDP = static_cast<uint8_t>(Ipv4Protocol::UDP);
constexpr auto ICMP = static_cast<uint8_t>(Ipv4Protocol::ICMP);

} // namespace

uint32_t
NatSessionTable::HashOf(const NatSession& s) const
{
    const NatEndpoint end = s.kind == NatSessionKind::HEARD
                                ? NatEndpoint{s.mapping, 0}
                                : NatEndpoint{s.insideAddress, s.insidePort};
    return NatHash(m_config.seed, s.protocol, end, {s.remoteAddress, s.remotePort});
}

NatEndpoint
NatSessionTable::KeyOf(uint8_t protocol, NatEndpoint remote) const
{
    if (protocol == TCP)
    {
        return remote;
    }
    if (!NatHasTable(protocol))
    {
        return {remote.address, 0};
    }
    switch (std::max(m_config.mapping, m_config.filtering))
    {
    case NatBehaviour::ENDPOINT_INDEPENDENT:
        return {};
    case NatBehaviour::ADDRESS_DEPENDENT:
        return {remote.address, 0};
    case NatBehaviour::ADDRESS_AND_PORT_DEPENDENT:
        break;
    }
    return remote;
}

bool
NatSessionTable::NeedsPermit(uint8_t protocol) const
{
    return m_config.filtering == NatBehaviour::ADDRESS_DEPENDENT &&
           (protocol == TCP || (NatHasTable(protocol) &&
                                m_config.mapping == NatBehaviour::ADDRESS_AND_PORT_DEPENDENT));
}

uint32_t
NatSessionTable::FindHeard(uint8_t protocol, uint32_t mapping, NatEndpoint key) const
{
    return m_byKey.Find(NatHash(m_config.seed, protocol, {mapping, 0}, key), [&](uint32_t i) {
        const NatSession& s = m_sessions[i];
        return s.mapping == mapping && s.kind == NatSessionKind::HEARD &&
               s.remoteAddress == key.address && s.remotePort == key.port;
    });
}

uint32_t
NatSessionTable::FindPermit(uint32_t mapping, uint32_t remoteAddress) const
{
    return m_byPermit.Find(NatHash(m_config.seed, 0, {mapping, 0}, {remoteAddress, 0}),
                           [&](uint32_t i) {
                               return m_permits[i].mapping == mapping &&
                                      m_permits[i].remoteAddress == remoteAddress;
                           });
}

bool
NatSessionTable::IsPermitted(uint8_t protocol, uint32_t mapping, uint32_t remoteAddress) const
{
    return NeedsPermit(protocol) && FindPermit(mapping, remoteAddress) != NONE;
}

Nanos
NatSessionTable::TimeoutOf(uint32_t number) const
{
    const NatSession& session = m_sessions[number];
    switch (session.protocol)
    {
    case UDP:
        return m_config.udpTimeout;
    case ICMP:
        return m_config.icmpTimeout;
    case TCP:
        break;
    default:
        return m_config.otherTimeout;
    }
    switch (PhaseOf(session.tcp))
    {
    case TcpTrackPhase::ESTABLISHED:
        return m_config.tcpEstablishedTimeout;
    case TcpTrackPhase::CLOSING:
    case TcpTrackPhase::RESET:
        return m_config.tcpClosingTimeout;
    case TcpTrackPhase::NONE:
    case TcpTrackPhase::TRANSITORY:
        break;
    }
    return m_config.tcpTransitoryTimeout;
}

bool
NatSessionTable::IsProvisional(const NatSession& session) const
{
    if (session.kind != NatSessionKind::HEARD && session.kind != NatSessionKind::ACCEPTED)
    {
        return false;
    }
    return session.protocol != TCP || PhaseOf(session.tcp) != TcpTrackPhase::ESTABLISHED;
}

void
NatSessionTable::Reconsider(uint32_t number, bool was)
{
    const bool is = IsProvisional(m_sessions[number]);
    if (is && !was)
    {
        m_provisional.PushBack(number);
    }
    if (was && !is)
    {
        m_provisional.Remove(number);
    }
}

void
NatSessionTable::Step(uint32_t number, FlowDirection direction, uint8_t tcpFlags, bool fixed)
{
    NatSession& session = m_sessions[number];
    if (session.protocol == TCP)
    {
        const bool was = IsProvisional(session);
        StepTcpTrack(session.tcp, direction, tcpFlags);
        Reconsider(number, was);
    }
    else if (direction == FlowDirection::OUTBOUND && session.kind == NatSessionKind::ACCEPTED &&
             !fixed)
    {
        session.kind = NatSessionKind::FLOW; // else the answers might leave by another mapping
        m_provisional.Remove(number);
    }
}

void
NatSessionTable::PickUp(uint32_t number, FlowDirection direction, uint8_t tcpFlags)
{
    const NatSession& session = m_sessions[number];
    TcpTrackState fresh;
    if (session.protocol == TCP && m_config.tcpLoose && session.tcp.bits == 0 &&
        StepTcpTrack(fresh, direction, tcpFlags) == TcpTrackPhase::NONE)
    {
        TcpTrackState open;
        open.bits = 3 * (TcpTrackState::SYN_SEEN | TcpTrackState::ACK_SEEN);
        SetTrack(number, open);
    }
}

void
NatSessionTable::SetTrack(uint32_t number, TcpTrackState state)
{
    const bool was = IsProvisional(m_sessions[number]);
    m_sessions[number].tcp = state;
    Reconsider(number, was);
}

void
NatSessionTable::EndAt(uint32_t number, Tick end)
{
    NatSession& session = m_sessions[number];
    session.end = end;
    if (session.end < session.queued)
    {
        m_timer.Remove(number);
        session.queued = m_timer.Queue(number, session.end);
    }
}

uint32_t
NatSessionTable::Make(uint8_t protocol,
                      uint32_t mapping,
                      NatEndpoint inside,
                      NatEndpoint key,
                      NatSessionKind kind)
{
    if (const uint32_t heard = FindHeard(protocol, mapping, key); heard != NONE)
    {
        // The mapping by which the inside end sent there has gone; it sends by this one now.
        const bool was = IsProvisional(m_sessions[heard]);
        m_byKey.Erase(HashOf(m_sessions[heard]), heard);
        m_sessions[heard].kind = kind;
        m_byKey.Insert(HashOf(m_sessions[heard]), heard);
        Reconsider(heard, was);
        return heard;
    }
    const uint32_t number = m_sessions.Make();
    NatSession& session = m_sessions[number];
    session.insideAddress = inside.address;
    session.insidePort = inside.port;
    session.remoteAddress = key.address;
    session.remotePort = key.port;
    session.mapping = mapping;
    session.protocol = protocol;
    session.kind = kind;
    session.end = m_timer.Now() + 1;
    // The first renewal says when it ends; the timer asks then.
    session.queued =
        m_timer.Queue(number, m_timer.Now() + NatTimerTable::TickOf(TimeoutOf(number)));
    m_byKey.Insert(HashOf(session), number);
    Reconsider(number, false);
    ++m_size;
    if (NeedsPermit(protocol))
    {
        uint32_t permit = FindPermit(mapping, key.address);
        if (permit == NONE)
        {
            permit = m_permits.Make();
            m_permits[permit].mapping = mapping;
            m_permits[permit].remoteAddress = key.address;
            m_permits[permit].sessions = 0;
            m_byPermit.Insert(NatHash(m_config.seed, 0, {mapping, 0}, {key.address, 0}), permit);
        }
        ++m_permits[permit].sessions;
    }
    return number;
}

void
NatSessionTable::Remove(uint32_t number, bool queued)
{
    const NatSession& session = m_sessions[number];
    if (queued)
    {
        m_timer.Remove(number);
    }
    if (IsProvisional(session))
    {
        m_provisional.Remove(number);
    }
    if (NeedsPermit(session.protocol))
    {
        const uint32_t permit = FindPermit(session.mapping, session.remoteAddress);
        if (--m_permits[permit].sessions == 0)
        {
            m_byPermit.Erase(
                NatHash(m_config.seed, 0, {session.mapping, 0}, {session.remoteAddress, 0}),
                permit);
            m_permits.Drop(permit);
        }
    }
    m_byKey.Erase(HashOf(session), number);
    m_sessions.Drop(number);
    --m_size;
}

Nanos
NatSessionTable::NextDeadline() const
{
    const Tick next = m_timer.First();
    return next == NatTimerTable::NEVER_DUE ? NEVER : NatTimerTable::TimeOf(next);
}

std::size_t
NatSessionTable::MemoryBytes() const
{
    return m_sessions.MemoryBytes() + m_permits.MemoryBytes() + m_byKey.MemoryBytes() +
           m_byPermit.MemoryBytes() + m_provisional.MemoryBytes() + m_timer.MemoryBytes();
}

} // namespace strata
} // namespace ns3

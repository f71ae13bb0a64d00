// SPDX-License-Identifier: GPL-2.0-only

#include "strata-nat-table.h"

#include "ns3/strata-tcp-header.h"

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

const char*
NatRefusalName(NatRefusal refusal)
{
    switch (refusal)
    {
    case NatRefusal::NONE:
        return "none";
    case NatRefusal::NO_ADDRESS:
        return "no-public-address";
    case NatRefusal::TABLE_FULL:
        return "table-full";
    case NatRefusal::HOST_FULL:
        return "host-full";
    case NatRefusal::PORTS_EXHAUSTED:
        return "ports-exhausted";
    case NatRefusal::NOT_A_BEGIN:
        return "no-connection";
    case NatRefusal::NO_MAPPING:
        return "no-mapping";
    case NatRefusal::FILTERED:
        return "filtered";
    }
    return "?";
}

NatTable::NatTable(const NatConfig& config)
    : m_config(config),
      m_sessions(config),
      m_random(NatMix(config.seed + 1))
{
}

void
NatTable::SetConfig(const NatConfig& config)
{
    // What is found by its key stays found only if the keys stay as they are.
    const bool keys = config.mapping != m_config.mapping ||
                      config.filtering != m_config.filtering || config.seed != m_config.seed ||
                      IsShared(UDP) != (config.portOverlapping &&
                                        config.mapping == NatBehaviour::ADDRESS_AND_PORT_DEPENDENT);
    if (!keys)
    {
        m_config = config;
        m_sessions.SetConfig(config);
        return;
    }
    std::vector<NatMapping> fixed;
    for (const Mapping& mapping : m_mappings.entries)
    {
        if (mapping.used && mapping.fixed)
        {
            fixed.push_back(ToMapping(mapping));
        }
    }
    const std::vector<uint32_t> addresses = PublicAddresses();
    for (const uint32_t address : addresses)
    {
        RemovePublicAddress(address);
    }
    m_config = config;
    m_sessions.SetConfig(config);
    m_random = NatMix(config.seed + 1);
    for (const uint32_t address : addresses)
    {
        AddPublicAddress(address);
    }
    for (const NatMapping& mapping : fixed)
    {
        PlaceMapping(mapping);
    }
}

bool
NatTable::MakeRoom(uint32_t mapping)
{
    if (!m_sessions.IsFull())
    {
        return true;
    }
    const uint32_t oldest = m_sessions.OldestProvisional();
    if (oldest == NONE)
    {
        return false;
    }
    // The mapping stays, though it may be its only session that goes.
    if (mapping != NONE)
    {
        ++m_mappings[mapping].sessions;
    }
    RemoveSession(oldest);
    if (mapping != NONE)
    {
        --m_mappings[mapping].sessions;
    }
    return true;
}

void
NatTable::Step(uint32_t number, FlowDirection direction, uint8_t tcpFlags)
{
    m_sessions.Step(number, direction, tcpFlags, m_mappings[m_sessions[number].mapping].fixed);
}

void
NatTable::Renew(uint32_t number, Nanos now)
{
    m_sessions.EndAt(number, NatTimerTable::TickOf(now + m_sessions.TimeoutOf(number)));
    const NatSession& session = m_sessions[number];
    Mapping& mapping = m_mappings[session.mapping];
    mapping.end = std::max(mapping.end, session.end);
}

NatTranslation
NatTable::Outbound(const NatFlow& flow, uint8_t tcpFlags, Nanos now, const NatPortGuard* guard)
{
    Advance(now);
    const NatEndpoint key = m_sessions.KeyOf(flow.protocol, flow.remote);
    uint32_t session = m_sessions.Find(flow.protocol, flow.inside, key);
    const bool fresh = session == NONE;
    if (fresh)
    {
        TcpTrackState state;
        if (flow.protocol == TCP && !m_config.tcpLoose &&
            StepTcpTrack(state, FlowDirection::OUTBOUND, tcpFlags) == TcpTrackPhase::NONE)
        {
            return NatTranslation::Refused(NatRefusal::NOT_A_BEGIN);
        }
        if (!MakeRoom(NONE))
        {
            return NatTranslation::Refused(NatRefusal::TABLE_FULL);
        }
        uint32_t mapping = FindMapping(flow.protocol, flow.inside, flow.remote);
        if (mapping == NONE)
        {
            if (const NatRefusal why =
                    MakeMapping(flow.protocol, flow.inside, flow.remote, guard, mapping);
                why != NatRefusal::NONE)
            {
                return NatTranslation::Refused(why);
            }
        }
        session = MakeSession(mapping, key, NatSessionKind::FLOW);
        m_sessions.PickUp(session, FlowDirection::OUTBOUND, tcpFlags);
    }
    Step(session, FlowDirection::OUTBOUND, tcpFlags);
    if (!fresh && flow.protocol == TCP && (tcpFlags & TcpWireHeader::RST))
    {
        // RFC 7857 section 7.1: a RST, which may answer whoever sent it, refreshes nothing.
        const auto end = NatTimerTable::TickOf(now + m_sessions.TimeoutOf(session));
        m_sessions.EndAt(session, std::min(m_sessions[session].end, end));
        return Use(session, true);
    }
    Renew(session, now);
    return Use(session, true);
}

NatTranslation
NatTable::Inbound(uint8_t protocol,
                  NatEndpoint outside,
                  NatEndpoint remote,
                  uint8_t tcpFlags,
                  Nanos now)
{
    Advance(now);
    const uint32_t mapping = FindOutside(protocol, outside, remote);
    if (mapping == NONE)
    {
        return NatTranslation::Refused(NatRefusal::NO_MAPPING);
    }
    const NatEndpoint inside{m_mappings[mapping].insideAddress, m_mappings[mapping].insidePort};
    const NatEndpoint key = m_sessions.KeyOf(protocol, remote);
    const bool refreshes = RefreshesInbound(protocol);
    const uint32_t sender = m_sessions.Find(protocol, inside, key);
    uint32_t session = sender;
    if (sender != NONE && m_sessions[sender].mapping != mapping)
    {
        session = m_sessions.FindHeard(protocol, mapping, key);
    }
    const bool expected = session != NONE && m_sessions[session].kind == NatSessionKind::EXPECTED;
    if (session == NONE || expected)
    {
        if (expected || !Hears(mapping, remote))
        {
            return NatTranslation::Refused(NatRefusal::FILTERED);
        }
        TcpTrackState fresh;
        if (protocol == TCP && !m_config.tcpLoose &&
            StepTcpTrack(fresh, FlowDirection::INBOUND, tcpFlags) == TcpTrackPhase::NONE)
        {
            return NatTranslation::Refused(NatRefusal::NOT_A_BEGIN);
        }
        if (!MakeRoom(mapping))
        {
            return NatTranslation::Refused(NatRefusal::TABLE_FULL);
        }
        // RFC 4787 section 5 asks who sends to a mapping, not by which other one the inside end
        // sends there.
        session = MakeSession(mapping,
                              key,
                              sender == NONE ? NatSessionKind::ACCEPTED : NatSessionKind::HEARD);
        m_sessions.PickUp(session, FlowDirection::INBOUND, tcpFlags);
        Nanos end = now + m_sessions.TimeoutOf(session);
        if (!refreshes && !m_mappings[mapping].fixed)
        {
            // RFC 4787 REQ-6: else whoever sends from ever new ends keeps the mapping for ever.
            end = std::min(end, NatTimerTable::TimeOf(m_mappings[mapping].end));
        }
        m_sessions.EndAt(session, NatTimerTable::TickOf(end));
    }
    Step(session, FlowDirection::INBOUND, tcpFlags);
    if (refreshes)
    {
        Renew(session, now);
    }
    return Use(session, false);
}

bool
NatTable::RefreshesInbound(uint8_t protocol) const
{
    return protocol == TCP || (m_config.inboundRefresh && protocol != ICMP);
}

bool
NatTable::IsInMidst(uint8_t protocol, uint8_t tcpFlags, Nanos now) const
{
    constexpr uint8_t TURNS = TcpWireHeader::SYN | TcpWireHeader::FIN | TcpWireHeader::RST;
    return !m_sessions.IsDue(now) &&
           (protocol == UDP || (protocol == TCP && (tcpFlags & TURNS) == 0));
}

NatTranslation
NatTable::OutboundKnown(const NatFlow& flow, uint8_t tcpFlags, Nanos now)
{
    if (!IsInMidst(flow.protocol, tcpFlags, now))
    {
        return NatTranslation::Refused(NatRefusal::NO_MAPPING);
    }
    const uint32_t session =
        m_sessions.Find(flow.protocol, flow.inside, m_sessions.KeyOf(flow.protocol, flow.remote));
    if (session == NONE)
    {
        return NatTranslation::Refused(NatRefusal::NO_MAPPING);
    }
    Step(session, FlowDirection::OUTBOUND, tcpFlags);
    Renew(session, now);
    return Use(session, true);
}

NatTranslation
NatTable::InboundKnown(uint8_t protocol,
                       NatEndpoint outside,
                       NatEndpoint remote,
                       uint8_t tcpFlags,
                       Nanos now)
{
    if (!IsInMidst(protocol, tcpFlags, now))
    {
        return NatTranslation::Refused(NatRefusal::NO_MAPPING);
    }
    const uint32_t mapping = FindOutside(protocol, outside, remote);
    if (mapping == NONE)
    {
        return NatTranslation::Refused(NatRefusal::NO_MAPPING);
    }
    const uint32_t session = FindSessionOf(mapping, m_sessions.KeyOf(protocol, remote));
    if (session == NONE || m_sessions[session].kind == NatSessionKind::EXPECTED)
    {
        return NatTranslation::Refused(NatRefusal::NO_MAPPING);
    }
    Step(session, FlowDirection::INBOUND, tcpFlags);
    if (RefreshesInbound(protocol))
    {
        Renew(session, now);
    }
    return Use(session, false);
}

NatTranslation
NatTable::Accept(uint8_t protocol,
                 NatEndpoint outside,
                 NatEndpoint remote,
                 uint8_t tcpFlags,
                 Nanos now)
{
    Advance(now);
    const uint32_t mapping = FindOutside(protocol, outside, remote);
    if (mapping == NONE || !m_mappings[mapping].fixed)
    {
        return NatTranslation::Refused(NatRefusal::NO_MAPPING);
    }
    const NatEndpoint inside{m_mappings[mapping].insideAddress, m_mappings[mapping].insidePort};
    uint32_t session = m_sessions.Find(protocol, inside, remote);
    if (session == NONE)
    {
        TcpTrackState fresh;
        if (protocol == TCP && !m_config.tcpLoose &&
            StepTcpTrack(fresh, FlowDirection::INBOUND, tcpFlags) == TcpTrackPhase::NONE)
        {
            return NatTranslation::Refused(NatRefusal::NOT_A_BEGIN);
        }
        if (!MakeRoom(mapping))
        {
            return NatTranslation::Refused(NatRefusal::TABLE_FULL);
        }
        session = MakeSession(mapping, remote, NatSessionKind::ACCEPTED);
        m_sessions.PickUp(session, FlowDirection::INBOUND, tcpFlags);
    }
    Step(session, FlowDirection::INBOUND, tcpFlags);
    Renew(session, now);
    return Use(session, false);
}

NatTranslation
NatTable::Answer(const NatFlow& flow, uint8_t tcpFlags, Nanos now)
{
    Advance(now);
    const uint32_t session = m_sessions.Find(flow.protocol, flow.inside, flow.remote);
    if (session == NONE)
    {
        return NatTranslation::Refused(NatRefusal::NO_MAPPING);
    }
    Step(session, FlowDirection::OUTBOUND, tcpFlags);
    Renew(session, now);
    return Use(session, true);
}

NatTranslation
NatTable::Expect(const NatFlow& flow, Nanos now, const NatPortGuard* guard)
{
    Advance(now);
    const NatEndpoint key{flow.remote.address, 0};
    uint32_t session = m_sessions.Find(TCP, flow.inside, key);
    if (session == NONE)
    {
        if (!MakeRoom(NONE))
        {
            return NatTranslation::Refused(NatRefusal::TABLE_FULL);
        }
        uint32_t mapping = FindMapping(TCP, flow.inside, key);
        if (mapping == NONE)
        {
            if (const NatRefusal why = MakeMapping(TCP, flow.inside, key, guard, mapping);
                why != NatRefusal::NONE)
            {
                return NatTranslation::Refused(why);
            }
        }
        session = MakeSession(mapping, key, NatSessionKind::EXPECTED);
    }
    Renew(session, now);
    return Use(session, true);
}

uint32_t
NatTable::MakeSession(uint32_t mapping, NatEndpoint remote, NatSessionKind kind)
{
    Mapping& m = m_mappings[mapping];
    const std::size_t before = m_sessions.size();
    const uint32_t session =
        m_sessions.Make(m.protocol, mapping, {m.insideAddress, m.insidePort}, remote, kind);
    m.sessions += static_cast<uint32_t>(m_sessions.size() - before);
    return session;
}

void
NatTable::RemoveSession(uint32_t number)
{
    const uint32_t mapping = m_sessions[number].mapping;
    m_sessions.Remove(number);
    LeaveMapping(mapping);
}

void
NatTable::LeaveMapping(uint32_t mapping)
{
    if (--m_mappings[mapping].sessions == 0 && !m_mappings[mapping].fixed)
    {
        RemoveMapping(mapping);
    }
}

void
NatTable::Advance(Nanos now)
{
    m_sessions.Advance(now, [this](uint32_t mapping) { LeaveMapping(mapping); });
}

Nanos
NatTable::NextDeadline() const
{
    return m_sessions.NextDeadline();
}

void
NatTable::Clear()
{
    for (uint32_t i = 0; i < m_sessions.Numbers(); ++i)
    {
        if (m_sessions[i].used)
        {
            RemoveSession(i);
        }
    }
}

NatMapping
NatTable::ToMapping(const Mapping& m)
{
    return NatMapping{m.protocol,
                      {m.insideAddress, m.insidePort},
                      {m.outsideAddress, m.outsidePort},
                      {m.remoteAddress, m.remotePort},
                      m.fixed};
}

std::vector<NatMapping>
NatTable::Mappings() const
{
    std::vector<NatMapping> mappings;
    for (const Mapping& mapping : m_mappings.entries)
    {
        if (mapping.used)
        {
            mappings.push_back(ToMapping(mapping));
        }
    }
    return mappings;
}

void
NatTable::Note(bool created, const Mapping& mapping)
{
    if (m_recording)
    {
        m_events.push_back({created, ToMapping(mapping)});
    }
}

uint64_t
NatTable::Random()
{
    m_random += 0x9e3779b97f4a7c15ULL; // SplitMix64
    return NatMix(m_random);
}

std::size_t
NatTable::MemoryBytes() const
{
    std::size_t bytes = m_sessions.MemoryBytes() + m_mappings.MemoryBytes() +
                        m_hosts.MemoryBytes() + m_byInside.MemoryBytes() +
                        m_byOutside.MemoryBytes() + m_byHost.MemoryBytes() +
                        m_byPublic.MemoryBytes();
    for (const auto& crowd : m_crowds)
    {
        bytes += sizeof(crowd) + crowd.second.MemoryBytes();
    }
    for (const Public& each : m_public)
    {
        bytes += sizeof(Public);
        for (const NatPortTable& ports : each.ports)
        {
            bytes += ports.MemoryBytes();
        }
    }
    return bytes;
}

} // namespace strata
} // namespace ns3

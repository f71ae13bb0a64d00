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

/** MurmurHash3's finaliser: every bit of the result depends on every bit of \p x. */
uint64_t
Mix(uint64_t x)
{
    x ^= x >> 33;
    x *= 0xff51afd7ed558ccdULL;
    x ^= x >> 33;
    x *= 0xc4ceb9fe1a85ec53ULL;
    x ^= x >> 33;
    return x;
}

/** Of addresses that nobody outside chooses. */
uint32_t
PublicHashOf(uint32_t address)
{
    return static_cast<uint32_t>(address * 0x9e3779b97f4a7c15ULL >> 32);
}

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

/** What the choice of a port asks of the table. */
class NatTable::Chooser : public NatPortChooser
{
  public:
    Chooser(NatTable& table,
            const NatPortTable& ports,
            uint8_t protocol,
            NatEndpoint outside,
            NatEndpoint remote,
            const NatPortGuard* guard)
        : m_table(table),
          m_ports(ports),
          m_protocol(protocol),
          m_outside(outside),
          m_remote(remote),
          m_guard(guard)
    {
    }

    bool IsFree(uint16_t port) const override
    {
        return m_ports.IsFree(port) &&
               (!m_table.IsShared(m_protocol) ||
                m_table.FindShared(m_protocol, {m_outside.address, port}, m_remote) == NONE);
    }

    bool IsOwn(uint16_t port) const override
    {
        return m_guard && m_guard->IsOwn(m_protocol, port);
    }

    uint64_t Random() override
    {
        return m_table.Random();
    }

  private:
    NatTable& m_table;
    const NatPortTable& m_ports;
    uint8_t m_protocol;
    NatEndpoint m_outside;
    NatEndpoint m_remote;
    const NatPortGuard* m_guard;
};

NatTable::NatTable(const NatConfig& config)
    : m_config(config),
      m_random(Mix(config.seed + 1))
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
    m_random = Mix(config.seed + 1);
    for (const uint32_t address : addresses)
    {
        AddPublicAddress(address);
    }
    for (const NatMapping& mapping : fixed)
    {
        PlaceMapping(mapping);
    }
}

int
NatTable::PortTableOf(uint8_t protocol)
{
    switch (protocol)
    {
    case UDP:
        return 0;
    case TCP:
        return 1;
    case ICMP:
        return 2;
    default:
        return -1;
    }
}

NatTable::Public*
NatTable::FindPublic(uint32_t address)
{
    if (m_public.size() == 1) // as most often
    {
        return m_public.front().address == address ? &m_public.front() : nullptr;
    }
    const uint32_t place = m_byPublic.Find(PublicHashOf(address), [&](uint32_t i) {
        return m_public[i].address == address;
    });
    return place == NONE ? nullptr : &m_public[place];
}

const NatTable::Public*
NatTable::FindPublic(uint32_t address) const
{
    return const_cast<NatTable*>(this)->FindPublic(address);
}

bool
NatTable::AddPublicAddress(uint32_t address)
{
    if (address == 0 || FindPublic(address))
    {
        return false;
    }
    m_byPublic.Insert(PublicHashOf(address), static_cast<uint32_t>(m_public.size()));
    m_public.emplace_back();
    m_public.back().address = address;
    return true;
}

bool
NatTable::RemovePublicAddress(uint32_t address)
{
    if (!FindPublic(address))
    {
        return false;
    }
    for (uint32_t i = 0; i < m_sessions.entries.size(); ++i)
    {
        if (m_sessions[i].used && m_mappings[m_sessions[i].mapping].outsideAddress == address)
        {
            RemoveSession(i, true);
        }
    }
    for (uint32_t i = 0; i < m_mappings.entries.size(); ++i)
    {
        if (m_mappings[i].used && m_mappings[i].outsideAddress == address)
        {
            RemoveMapping(i);
        }
    }
    for (Host& host : m_hosts.entries)
    {
        // Should the address come back, it owes them nothing.
        host.pairedWith = host.pairedWith == address ? 0 : host.pairedWith;
    }
    for (std::size_t i = 0; i < m_public.size(); ++i)
    {
        if (m_public[i].address == address)
        {
            m_public.erase(m_public.begin() + static_cast<std::ptrdiff_t>(i));
            break;
        }
    }
    m_byPublic.Clear();
    for (std::size_t i = 0; i < m_public.size(); ++i)
    {
        m_byPublic.Insert(PublicHashOf(m_public[i].address), static_cast<uint32_t>(i));
    }
    m_nextPublic = 0;
    return true;
}

std::size_t
NatTable::CountPublic() const
{
    return m_public.size();
}

std::vector<uint32_t>
NatTable::PublicAddresses() const
{
    std::vector<uint32_t> addresses;
    for (const Public& each : m_public)
    {
        addresses.push_back(each.address);
    }
    return addresses;
}

uint32_t
NatTable::HashOf(uint8_t protocol, NatEndpoint end, NatEndpoint remote) const
{
    const uint64_t a = uint64_t{end.address} << 32 | uint32_t{end.port} << 16 | remote.port;
    const uint64_t b = uint64_t{remote.address} << 8 | protocol;
    return static_cast<uint32_t>(Mix(a ^ Mix(b + m_config.seed)) >> 16);
}

uint32_t
NatTable::HashOf(const Session& s) const
{
    const NatEndpoint end = s.kind == SessionKind::HEARD
                                ? NatEndpoint{s.mapping, 0}
                                : NatEndpoint{s.insideAddress, s.insidePort};
    return HashOf(s.protocol, end, {s.remoteAddress, s.remotePort});
}

uint32_t
NatTable::HashOf(const Mapping& m) const
{
    return HashOf(m.protocol, {m.insideAddress, m.insidePort}, {m.remoteAddress, m.remotePort});
}

uint32_t
NatTable::OutsideHashOf(const Mapping& m) const
{
    return HashOf(m.protocol, {m.outsideAddress, m.outsidePort}, {m.remoteAddress, m.remotePort});
}

NatEndpoint
NatTable::MappingRemote(uint8_t protocol, NatEndpoint remote) const
{
    if (PortTableOf(protocol) < 0)
    {
        return {remote.address, 0};
    }
    switch (m_config.mapping)
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

NatEndpoint
NatTable::SessionRemote(uint8_t protocol, NatEndpoint remote) const
{
    if (protocol == TCP)
    {
        return remote;
    }
    if (PortTableOf(protocol) < 0)
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
NatTable::NeedsPermit(uint8_t protocol) const
{
    return m_config.filtering == NatBehaviour::ADDRESS_DEPENDENT &&
           (protocol == TCP || (PortTableOf(protocol) >= 0 &&
                                m_config.mapping == NatBehaviour::ADDRESS_AND_PORT_DEPENDENT));
}

bool
NatTable::IsShared(uint8_t protocol) const
{
    return PortTableOf(protocol) < 0 ||
           (m_config.portOverlapping && NatHasPorts(protocol) &&
            m_config.mapping == NatBehaviour::ADDRESS_AND_PORT_DEPENDENT);
}

uint32_t
NatTable::FindSession(uint8_t protocol, NatEndpoint inside, NatEndpoint remote) const
{
    return m_bySession.Find(HashOf(protocol, inside, remote), [&](uint32_t i) {
        const Session& s = m_sessions[i];
        return s.insideAddress == inside.address && s.remoteAddress == remote.address &&
               s.insidePort == inside.port && s.remotePort == remote.port &&
               s.protocol == protocol && s.kind != SessionKind::HEARD;
    });
}

uint32_t
NatTable::FindHeard(uint32_t mapping, NatEndpoint remote) const
{
    return m_bySession.Find(HashOf(m_mappings[mapping].protocol, {mapping, 0}, remote),
                            [&](uint32_t i) {
                                const Session& s = m_sessions[i];
                                return s.mapping == mapping && s.kind == SessionKind::HEARD &&
                                       s.remoteAddress == remote.address &&
                                       s.remotePort == remote.port;
                            });
}

uint32_t
NatTable::FindSessionOf(uint32_t mapping, NatEndpoint remote) const
{
    const Mapping& m = m_mappings[mapping];
    const uint32_t session = FindSession(m.protocol, {m.insideAddress, m.insidePort}, remote);
    return session == NONE || m_sessions[session].mapping == mapping ? session
                                                                     : FindHeard(mapping, remote);
}

uint32_t
NatTable::FindByInside(uint8_t protocol, NatEndpoint inside, NatEndpoint key) const
{
    return m_byInside.Find(HashOf(protocol, inside, key), [&](uint32_t i) {
        const Mapping& m = m_mappings[i];
        return m.insideAddress == inside.address && m.remoteAddress == key.address &&
               m.insidePort == inside.port && m.remotePort == key.port && m.protocol == protocol;
    });
}

uint32_t
NatTable::FindMapping(uint8_t protocol, NatEndpoint inside, NatEndpoint remote) const
{
    const NatEndpoint key = MappingRemote(protocol, remote);
    // Mappings set up by hand are for all remote ends.
    if (m_fixedCount > 0 && key.address != 0)
    {
        const uint32_t fixed = FindByInside(protocol, inside, {});
        if (fixed != NONE)
        {
            return fixed;
        }
    }
    return FindByInside(protocol, inside, key);
}

uint32_t
NatTable::FindOutside(uint8_t protocol, NatEndpoint outside, NatEndpoint remote) const
{
    const int table = PortTableOf(protocol);
    if (table >= 0)
    {
        const Public* owner = FindPublic(outside.address);
        const uint32_t mapping =
            owner ? owner->ports[static_cast<std::size_t>(table)].Owner(outside.port) : NONE;
        if (mapping != NONE || !IsShared(protocol))
        {
            return mapping;
        }
    }
    const uint32_t mapping = FindShared(protocol, outside, MappingRemote(protocol, remote));
    // An expected connection comes from any port.
    return mapping == NONE && protocol == TCP ? FindShared(TCP, outside, {remote.address, 0})
                                              : mapping;
}

uint32_t
NatTable::FindShared(uint8_t protocol, NatEndpoint outside, NatEndpoint key) const
{
    return m_byOutside.Find(HashOf(protocol, outside, key), [&](uint32_t i) {
        const Mapping& m = m_mappings[i];
        return m.outsideAddress == outside.address && m.remoteAddress == key.address &&
               m.outsidePort == outside.port && m.remotePort == key.port && m.protocol == protocol;
    });
}

std::optional<NatEndpoint>
NatTable::InsideOf(uint8_t protocol, NatEndpoint outside) const
{
    const int table = PortTableOf(protocol);
    const Public* owner = FindPublic(outside.address);
    const uint32_t mapping = table >= 0 && owner
                                 ? owner->ports[static_cast<std::size_t>(table)].Owner(outside.port)
                                 : NONE;
    if (mapping == NONE)
    {
        return std::nullopt;
    }
    return NatEndpoint{m_mappings[mapping].insideAddress, m_mappings[mapping].insidePort};
}

uint32_t
NatTable::FindPermit(uint32_t mapping, uint32_t remoteAddress) const
{
    return m_byPermit.Find(HashOf(0, {mapping, 0}, {remoteAddress, 0}), [&](uint32_t i) {
        return m_permits[i].mapping == mapping && m_permits[i].remoteAddress == remoteAddress;
    });
}

bool
NatTable::Hears(uint32_t mapping, NatEndpoint remote) const
{
    const Mapping& m = m_mappings[mapping];
    if (m.fixed || (m_config.filtering == NatBehaviour::ENDPOINT_INDEPENDENT && !m.own &&
                    PortTableOf(m.protocol) >= 0))
    {
        return true;
    }
    if (NeedsPermit(m.protocol) && FindPermit(mapping, remote.address) != NONE)
    {
        return true;
    }
    if (m.protocol == TCP)
    {
        const uint32_t expected =
            FindSession(TCP, {m.insideAddress, m.insidePort}, {remote.address, 0});
        return expected != NONE && m_sessions[expected].mapping == mapping;
    }
    return false;
}

Nanos
NatTable::TimeoutOf(const Session& session) const
{
    switch (session.protocol)
    {
    case UDP:
        return m_config.udpTimeout;
    case ICMP:
        return m_config.icmpTimeout;
    case TCP:
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
    default:
        return m_config.otherTimeout;
    }
}

bool
NatTable::IsProvisional(const Session& session) const
{
    if (session.kind != SessionKind::HEARD && session.kind != SessionKind::ACCEPTED)
    {
        return false;
    }
    return session.protocol != TCP || PhaseOf(session.tcp) != TcpTrackPhase::ESTABLISHED;
}

void
NatTable::Reconsider(uint32_t number, bool was)
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

bool
NatTable::MakeRoom(uint32_t mapping)
{
    if (m_sessionCount < m_config.maxSessions)
    {
        return true;
    }
    const uint32_t oldest = m_provisional.First();
    if (oldest == NONE)
    {
        return false;
    }
    // The mapping stays, though it may be its only session that goes.
    if (mapping != NONE)
    {
        ++m_mappings[mapping].sessions;
    }
    RemoveSession(oldest, true);
    if (mapping != NONE)
    {
        --m_mappings[mapping].sessions;
    }
    return true;
}

void
NatTable::Step(uint32_t number, FlowDirection direction, uint8_t tcpFlags)
{
    Session& session = m_sessions[number];
    if (session.protocol == TCP)
    {
        const bool was = IsProvisional(session);
        StepTcpTrack(session.tcp, direction, tcpFlags);
        Reconsider(number, was);
    }
    else if (direction == FlowDirection::OUTBOUND && session.kind == SessionKind::ACCEPTED &&
             !m_mappings[session.mapping].fixed)
    {
        session.kind = SessionKind::FLOW; // without it the answers would leave by another mapping
        m_provisional.Remove(number);
    }
}

void
NatTable::Renew(uint32_t number, Nanos now)
{
    const Session& session = m_sessions[number];
    EndAt(number, NatTimerTable::TickOf(now + TimeoutOf(session)));
    Mapping& mapping = m_mappings[session.mapping];
    mapping.end = std::max(mapping.end, session.end);
}

void
NatTable::EndAt(uint32_t number, NatTimerTable::Tick end)
{
    Session& session = m_sessions[number];
    session.end = end;
    if (session.end < session.queued)
    {
        m_timer.Remove(number);
        session.queued = m_timer.Queue(number, session.end);
    }
}

void
NatTable::PickUp(uint32_t number, FlowDirection direction, uint8_t tcpFlags)
{
    Session& session = m_sessions[number];
    TcpTrackState fresh;
    if (session.protocol == TCP && m_config.tcpLoose && session.tcp.bits == 0 &&
        StepTcpTrack(fresh, direction, tcpFlags) == TcpTrackPhase::NONE)
    {
        const bool was = IsProvisional(session);
        session.tcp.bits = 3 * (TcpTrackState::SYN_SEEN | TcpTrackState::ACK_SEEN);
        Reconsider(number, was);
    }
}

NatTranslation
NatTable::Use(uint32_t session, bool outbound) const
{
    const Mapping& m = m_mappings[m_sessions[session].mapping];
    NatTranslation translation;
    translation.session = session;
    translation.endpoint = outbound ? NatEndpoint{m.outsideAddress, m.outsidePort}
                                    : NatEndpoint{m.insideAddress, m.insidePort};
    return translation;
}

NatTranslation
NatTable::Outbound(const NatFlow& flow, uint8_t tcpFlags, Nanos now, const NatPortGuard* guard)
{
    Advance(now);
    const NatEndpoint key = SessionRemote(flow.protocol, flow.remote);
    uint32_t session = FindSession(flow.protocol, flow.inside, key);
    const bool fresh = session == NONE;
    NatTranslation refused;
    if (fresh)
    {
        TcpTrackState state;
        if (flow.protocol == TCP && !m_config.tcpLoose &&
            StepTcpTrack(state, FlowDirection::OUTBOUND, tcpFlags) == TcpTrackPhase::NONE)
        {
            refused.refusal = NatRefusal::NOT_A_BEGIN;
            return refused;
        }
        if (!MakeRoom(NONE))
        {
            refused.refusal = NatRefusal::TABLE_FULL;
            return refused;
        }
        uint32_t mapping = FindMapping(flow.protocol, flow.inside, flow.remote);
        if (mapping == NONE)
        {
            refused.refusal = MakeMapping(flow.protocol, flow.inside, flow.remote, guard, mapping);
            if (!refused)
            {
                return refused;
            }
        }
        session = MakeSession(mapping, key, SessionKind::FLOW);
        PickUp(session, FlowDirection::OUTBOUND, tcpFlags);
    }
    Step(session, FlowDirection::OUTBOUND, tcpFlags);
    if (!fresh && flow.protocol == TCP && (tcpFlags & TcpWireHeader::RST))
    {
        // RFC 7857 section 7.1: a RST, which may answer whoever sent it, refreshes nothing.
        const auto end = NatTimerTable::TickOf(now + TimeoutOf(m_sessions[session]));
        EndAt(session, std::min(m_sessions[session].end, end));
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
    NatTranslation refused;
    const uint32_t mapping = FindOutside(protocol, outside, remote);
    if (mapping == NONE)
    {
        refused.refusal = NatRefusal::NO_MAPPING;
        return refused;
    }
    const NatEndpoint inside{m_mappings[mapping].insideAddress, m_mappings[mapping].insidePort};
    const NatEndpoint key = SessionRemote(protocol, remote);
    const bool refreshes = protocol == TCP || (m_config.inboundRefresh && protocol != ICMP);
    const uint32_t sender = FindSession(protocol, inside, key);
    uint32_t session = sender;
    if (sender != NONE && m_sessions[sender].mapping != mapping)
    {
        session = FindHeard(mapping, key);
    }
    const bool expected = session != NONE && m_sessions[session].kind == SessionKind::EXPECTED;
    if (session == NONE || expected)
    {
        refused.refusal = NatRefusal::FILTERED;
        if (expected || !Hears(mapping, remote))
        {
            return refused;
        }
        TcpTrackState fresh;
        if (protocol == TCP && !m_config.tcpLoose &&
            StepTcpTrack(fresh, FlowDirection::INBOUND, tcpFlags) == TcpTrackPhase::NONE)
        {
            refused.refusal = NatRefusal::NOT_A_BEGIN;
            return refused;
        }
        if (!MakeRoom(mapping))
        {
            refused.refusal = NatRefusal::TABLE_FULL;
            return refused;
        }
        // RFC 4787 section 5 asks who sends to a mapping, not by which other one the inside end
        // sends there.
        session =
            MakeSession(mapping, key, sender == NONE ? SessionKind::ACCEPTED : SessionKind::HEARD);
        PickUp(session, FlowDirection::INBOUND, tcpFlags);
        Nanos end = now + TimeoutOf(m_sessions[session]);
        if (!refreshes && !m_mappings[mapping].fixed)
        {
            // RFC 4787 REQ-6: else whoever sends from ever new ends keeps the mapping for ever.
            end = std::min(end, NatTimerTable::TimeOf(m_mappings[mapping].end));
        }
        EndAt(session, NatTimerTable::TickOf(end));
    }
    Step(session, FlowDirection::INBOUND, tcpFlags);
    if (refreshes)
    {
        Renew(session, now);
    }
    return Use(session, false);
}

bool
NatTable::IsInMidst(uint8_t protocol, uint8_t tcpFlags, Nanos now) const
{
    constexpr uint8_t TURNS = TcpWireHeader::SYN | TcpWireHeader::FIN | TcpWireHeader::RST;
    return now < m_nextTick && (protocol == UDP || (protocol == TCP && (tcpFlags & TURNS) == 0));
}

NatTranslation
NatTable::OutboundKnown(const NatFlow& flow, uint8_t tcpFlags, Nanos now)
{
    NatTranslation refused;
    refused.refusal = NatRefusal::NO_MAPPING;
    if (!IsInMidst(flow.protocol, tcpFlags, now))
    {
        return refused;
    }
    const uint32_t session =
        FindSession(flow.protocol, flow.inside, SessionRemote(flow.protocol, flow.remote));
    if (session == NONE)
    {
        return refused;
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
    NatTranslation refused;
    refused.refusal = NatRefusal::NO_MAPPING;
    if (!IsInMidst(protocol, tcpFlags, now))
    {
        return refused;
    }
    const uint32_t mapping = FindOutside(protocol, outside, remote);
    if (mapping == NONE)
    {
        return refused;
    }
    const uint32_t session = FindSessionOf(mapping, SessionRemote(protocol, remote));
    if (session == NONE || m_sessions[session].kind == SessionKind::EXPECTED)
    {
        return refused;
    }
    Step(session, FlowDirection::INBOUND, tcpFlags);
    if (protocol == TCP || m_config.inboundRefresh)
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
    NatTranslation refused;
    refused.refusal = NatRefusal::NO_MAPPING;
    const uint32_t mapping = FindOutside(protocol, outside, remote);
    if (mapping == NONE || !m_mappings[mapping].fixed)
    {
        return refused;
    }
    const NatEndpoint inside{m_mappings[mapping].insideAddress, m_mappings[mapping].insidePort};
    uint32_t session = FindSession(protocol, inside, remote);
    if (session == NONE)
    {
        TcpTrackState fresh;
        if (protocol == TCP && !m_config.tcpLoose &&
            StepTcpTrack(fresh, FlowDirection::INBOUND, tcpFlags) == TcpTrackPhase::NONE)
        {
            refused.refusal = NatRefusal::NOT_A_BEGIN;
            return refused;
        }
        if (!MakeRoom(mapping))
        {
            refused.refusal = NatRefusal::TABLE_FULL;
            return refused;
        }
        session = MakeSession(mapping, remote, SessionKind::ACCEPTED);
        PickUp(session, FlowDirection::INBOUND, tcpFlags);
    }
    Step(session, FlowDirection::INBOUND, tcpFlags);
    Renew(session, now);
    return Use(session, false);
}

NatTranslation
NatTable::Answer(const NatFlow& flow, uint8_t tcpFlags, Nanos now)
{
    Advance(now);
    const uint32_t session = FindSession(flow.protocol, flow.inside, flow.remote);
    if (session == NONE)
    {
        NatTranslation refused;
        refused.refusal = NatRefusal::NO_MAPPING;
        return refused;
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
    uint32_t session = FindSession(TCP, flow.inside, key);
    if (session == NONE)
    {
        NatTranslation refused;
        if (!MakeRoom(NONE))
        {
            refused.refusal = NatRefusal::TABLE_FULL;
            return refused;
        }
        uint32_t mapping = FindMapping(TCP, flow.inside, key);
        if (mapping == NONE)
        {
            refused.refusal = MakeMapping(TCP, flow.inside, key, guard, mapping);
            if (!refused)
            {
                return refused;
            }
        }
        session = MakeSession(mapping, key, SessionKind::EXPECTED);
    }
    Renew(session, now);
    return Use(session, true);
}

NatTranslation
NatTable::PeekOutbound(const NatFlow& flow) const
{
    const uint32_t session =
        FindSession(flow.protocol, flow.inside, SessionRemote(flow.protocol, flow.remote));
    if (session != NONE)
    {
        return Use(session, true);
    }
    NatTranslation refused;
    refused.refusal = NatRefusal::NO_MAPPING;
    return refused;
}

NatTranslation
NatTable::PeekInbound(uint8_t protocol, NatEndpoint outside, NatEndpoint remote) const
{
    NatTranslation refused;
    refused.refusal = NatRefusal::NO_MAPPING;
    const uint32_t mapping = FindOutside(protocol, outside, remote);
    if (mapping == NONE)
    {
        return refused;
    }
    const uint32_t session = FindSessionOf(mapping, SessionRemote(protocol, remote));
    if (session == NONE)
    {
        return refused;
    }
    return Use(session, false);
}

bool
NatTable::AddFixed(uint8_t protocol, NatEndpoint inside, NatEndpoint outside, Nanos now)
{
    Advance(now);
    const int table = PortTableOf(protocol);
    const Public* owner = FindPublic(outside.address);
    if (table < 0 || !owner)
    {
        return false;
    }
    const uint32_t holder = owner->ports[static_cast<std::size_t>(table)].Owner(outside.port);
    const uint32_t present = FindByInside(protocol, inside, {});
    if (present != NONE && present == holder)
    {
        // The very mapping came by itself before.
        Mapping& mapping = m_mappings[present];
        m_fixedCount += mapping.fixed ? 0 : 1;
        mapping.fixed = true;
        return true;
    }
    if (holder != NONE || present != NONE || m_mappingCount >= m_config.maxMappings)
    {
        return false;
    }
    PlaceMapping(NatMapping{protocol, inside, outside, {}, true});
    return true;
}

uint32_t
NatTable::HostOf(uint32_t address) const
{
    return m_byHost.Find(HashOf(0, {address, 0}, {}),
                         [&](uint32_t i) { return m_hosts[i].address == address; });
}

uint32_t
NatTable::CountOf(uint32_t insideAddress) const
{
    const uint32_t host = HostOf(insideAddress);
    return host == NONE ? 0 : m_hosts[host].mappings;
}

NatRefusal
NatTable::MakeMapping(uint8_t protocol,
                      NatEndpoint inside,
                      NatEndpoint remote,
                      const NatPortGuard* guard,
                      uint32_t& mapping)
{
    if (m_public.empty())
    {
        return NatRefusal::NO_ADDRESS;
    }
    if (m_mappingCount >= m_config.maxMappings)
    {
        return NatRefusal::TABLE_FULL;
    }
    if (m_config.maxMappingsPerHost > 0 && CountOf(inside.address) >= m_config.maxMappingsPerHost)
    {
        return NatRefusal::HOST_FULL;
    }
    NatMapping what;
    what.protocol = protocol;
    what.inside = inside;
    what.remote = MappingRemote(protocol, remote);
    const NatRefusal refusal = Allocate(protocol, inside, what.remote, guard, what.outside);
    if (refusal == NatRefusal::NONE)
    {
        mapping = PlaceMapping(what);
    }
    return refusal;
}

NatRefusal
NatTable::Allocate(uint8_t protocol,
                   NatEndpoint inside,
                   NatEndpoint remote,
                   const NatPortGuard* guard,
                   NatEndpoint& outside)
{
    const auto take = [&](Public& from) {
        const auto port = ChoosePort(from, protocol, inside, remote, guard);
        if (!port)
        {
            return false;
        }
        outside = {from.address, *port};
        return true;
    };
    // The node itself keeps its address.
    if (Public* own = FindPublic(inside.address))
    {
        return take(*own) ? NatRefusal::NONE : NatRefusal::PORTS_EXHAUSTED;
    }
    const uint32_t host = HostOf(inside.address);
    if (m_config.pooling == NatPooling::PAIRED)
    {
        Public* paired = host == NONE ? nullptr : FindPublic(m_hosts[host].pairedWith);
        if (!paired)
        {
            paired = &m_public.front();
            for (Public& each : m_public)
            {
                paired = each.hosts < paired->hosts ? &each : paired;
            }
        }
        return take(*paired) ? NatRefusal::NONE : NatRefusal::PORTS_EXHAUSTED;
    }
    for (std::size_t tries = m_public.size(); tries > 0; --tries)
    {
        m_nextPublic = (m_nextPublic + 1) % static_cast<uint32_t>(m_public.size());
        if (take(m_public[m_nextPublic]))
        {
            return NatRefusal::NONE;
        }
    }
    return NatRefusal::PORTS_EXHAUSTED;
}

std::optional<uint16_t>
NatTable::ChoosePort(Public& from,
                     uint8_t protocol,
                     NatEndpoint inside,
                     NatEndpoint remote,
                     const NatPortGuard* guard)
{
    const int which = PortTableOf(protocol);
    const auto isUsed = [&](uint16_t port) {
        return FindShared(protocol, {from.address, port}, remote) != NONE;
    };
    if (which < 0)
    {
        return isUsed(0) ? std::nullopt : std::optional<uint16_t>(0);
    }
    const NatPortTable& ports = from.ports[static_cast<std::size_t>(which)];
    Chooser chooser(*this, ports, protocol, {from.address, 0}, remote, guard);
    NatPortWish wish;
    wish.port = inside.port;
    wish.ports = NatHasPorts(protocol);
    wish.own = inside.address == from.address;
    wish.shared = IsShared(protocol);
    uint16_t& cursor = from.cursors[static_cast<std::size_t>(which)];
    if (!wish.shared)
    {
        return ChooseNatPort(m_config, wish, ports, chooser, cursor);
    }
    const CrowdKey key{from.address, remote.address, remote.port, protocol};
    auto crowd = m_crowds.find(key);
    if (crowd == m_crowds.end())
    {
        if (const auto port = ChooseNatPort(m_config, wish, ports, chooser, cursor))
        {
            return port;
        }
        crowd = m_crowds.emplace(key, NatPortTable()).first;
        for (uint32_t port = 0; port < 65536; ++port)
        {
            const auto number = static_cast<uint16_t>(port);
            if (isUsed(number) || !ports.IsFree(number))
            {
                crowd->second.Take(number, 0);
            }
        }
    }
    wish.shared = false;
    return ChooseNatPort(m_config, wish, crowd->second, chooser, cursor);
}

void
NatTable::LeaveCrowd(const Mapping& mapping)
{
    NatPortTable* crowd = CrowdOf(mapping);
    if (!crowd)
    {
        return;
    }
    crowd->Release(mapping.outsidePort);
    // It is made anew after as many mappings at least.
    if (crowd->Used() < (65536 - std::min<uint32_t>(m_config.reservedPorts, 65535)) / 2)
    {
        m_crowds.erase(
            {mapping.outsideAddress, mapping.remoteAddress, mapping.remotePort, mapping.protocol});
    }
}

NatPortTable*
NatTable::CrowdOf(const Mapping& mapping)
{
    if (m_crowds.empty() || mapping.fixed || PortTableOf(mapping.protocol) < 0)
    {
        return nullptr;
    }
    const auto crowd = m_crowds.find(
        {mapping.outsideAddress, mapping.remoteAddress, mapping.remotePort, mapping.protocol});
    return crowd == m_crowds.end() ? nullptr : &crowd->second;
}

uint32_t
NatTable::PlaceMapping(const NatMapping& what)
{
    uint32_t host = HostOf(what.inside.address);
    Public& owner = *FindPublic(what.outside.address);
    if (host == NONE)
    {
        host = m_hosts.Make();
        m_hosts[host].address = what.inside.address;
        m_hosts[host].pairedWith = what.outside.address;
        m_hosts[host].mappings = 0;
        m_byHost.Insert(HashOf(0, {what.inside.address, 0}, {}), host);
        ++owner.hosts;
    }
    else if (m_hosts[host].pairedWith == 0)
    {
        m_hosts[host].pairedWith = what.outside.address;
        ++owner.hosts;
    }
    ++m_hosts[host].mappings;
    const uint32_t number = m_mappings.Make();
    Mapping& mapping = m_mappings[number];
    mapping.insideAddress = what.inside.address;
    mapping.insidePort = what.inside.port;
    mapping.outsideAddress = what.outside.address;
    mapping.outsidePort = what.outside.port;
    mapping.remoteAddress = what.remote.address;
    mapping.remotePort = what.remote.port;
    mapping.protocol = what.protocol;
    mapping.sessions = 0;
    mapping.end = 0;
    mapping.host = host;
    mapping.fixed = what.fixed;
    mapping.own = what.inside.address == what.outside.address;
    m_byInside.Insert(HashOf(mapping), number);
    const int table = PortTableOf(what.protocol);
    if (IsShared(what.protocol) && !what.fixed)
    {
        m_byOutside.Insert(OutsideHashOf(mapping), number);
        if (NatPortTable* crowd = CrowdOf(mapping))
        {
            crowd->Take(mapping.outsidePort, 0);
        }
    }
    else
    {
        owner.ports[static_cast<std::size_t>(table)].Take(what.outside.port, number);
    }
    ++m_mappingCount;
    m_fixedCount += what.fixed ? 1 : 0;
    Note(true, mapping);
    return number;
}

uint32_t
NatTable::MakeSession(uint32_t mapping, NatEndpoint remote, SessionKind kind)
{
    if (const uint32_t heard = FindHeard(mapping, remote); heard != NONE)
    {
        // The mapping by which the inside end sent there has gone; it sends by this one now.
        const bool was = IsProvisional(m_sessions[heard]);
        m_bySession.Erase(HashOf(m_sessions[heard]), heard);
        m_sessions[heard].kind = kind;
        m_bySession.Insert(HashOf(m_sessions[heard]), heard);
        Reconsider(heard, was);
        return heard;
    }
    const uint32_t number = m_sessions.Make();
    Session& session = m_sessions[number];
    const Mapping& m = m_mappings[mapping];
    session.insideAddress = m.insideAddress;
    session.insidePort = m.insidePort;
    session.remoteAddress = remote.address;
    session.remotePort = remote.port;
    session.mapping = mapping;
    session.protocol = m.protocol;
    session.kind = kind;
    session.end = m_timer.Now() + 1;
    // The first renewal says when it ends; the timer asks then.
    session.queued =
        m_timer.Queue(number, m_timer.Now() + NatTimerTable::TickOf(TimeoutOf(session)));
    m_bySession.Insert(HashOf(session), number);
    Reconsider(number, false);
    ++m_mappings[mapping].sessions;
    ++m_sessionCount;
    if (NeedsPermit(m.protocol))
    {
        uint32_t permit = FindPermit(mapping, remote.address);
        if (permit == NONE)
        {
            permit = m_permits.Make();
            m_permits[permit].mapping = mapping;
            m_permits[permit].remoteAddress = remote.address;
            m_permits[permit].sessions = 0;
            m_byPermit.Insert(HashOf(0, {mapping, 0}, {remote.address, 0}), permit);
        }
        ++m_permits[permit].sessions;
    }
    return number;
}

void
NatTable::RemoveSession(uint32_t number, bool queued)
{
    const Session& session = m_sessions[number];
    const uint32_t mapping = session.mapping;
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
        const uint32_t permit = FindPermit(mapping, session.remoteAddress);
        if (--m_permits[permit].sessions == 0)
        {
            m_byPermit.Erase(HashOf(0, {mapping, 0}, {session.remoteAddress, 0}), permit);
            m_permits.Drop(permit);
        }
    }
    m_bySession.Erase(HashOf(session), number);
    m_sessions.Drop(number);
    --m_sessionCount;
    if (--m_mappings[mapping].sessions == 0 && !m_mappings[mapping].fixed)
    {
        RemoveMapping(mapping);
    }
}

void
NatTable::RemoveMapping(uint32_t number)
{
    const Mapping mapping = m_mappings[number];
    m_byInside.Erase(HashOf(mapping), number);
    Public& owner = *FindPublic(mapping.outsideAddress);
    if (IsShared(mapping.protocol) && !mapping.fixed)
    {
        m_byOutside.Erase(OutsideHashOf(mapping), number);
        LeaveCrowd(mapping);
    }
    else
    {
        owner.ports[static_cast<std::size_t>(PortTableOf(mapping.protocol))].Release(
            mapping.outsidePort);
    }
    Host& host = m_hosts[mapping.host];
    if (--host.mappings == 0)
    {
        m_byHost.Erase(HashOf(0, {host.address, 0}, {}), mapping.host);
        if (Public* paired = FindPublic(host.pairedWith))
        {
            --paired->hosts;
        }
        m_hosts.Drop(mapping.host);
    }
    m_mappings.Drop(number);
    --m_mappingCount;
    m_fixedCount -= mapping.fixed ? 1 : 0;
    Note(false, mapping);
}

void
NatTable::Advance(Nanos now)
{
    if (now < m_nextTick)
    {
        return;
    }
    m_timer.Advance(now, [this](uint32_t number) {
        Session& session = m_sessions[number];
        if (session.end > m_timer.Now())
        {
            session.queued = m_timer.Queue(number, session.end);
            return;
        }
        RemoveSession(number, false);
    });
    m_nextTick = NatTimerTable::TimeOf(m_timer.Now() + 1);
}

Nanos
NatTable::NextDeadline() const
{
    const NatTimerTable::Tick next = m_timer.First();
    return next == NatTimerTable::NEVER_DUE ? NEVER : NatTimerTable::TimeOf(next);
}

void
NatTable::Clear()
{
    for (uint32_t i = 0; i < m_sessions.entries.size(); ++i)
    {
        if (m_sessions[i].used)
        {
            RemoveSession(i, true);
        }
    }
}

uint32_t
NatTable::CountFreePorts(uint32_t publicAddress, uint8_t protocol) const
{
    const Public* owner = FindPublic(publicAddress);
    const int table = PortTableOf(protocol);
    if (!owner || table < 0)
    {
        return 0;
    }
    uint32_t free = 0;
    const uint32_t first =
        NatHasPorts(protocol) ? std::min<uint32_t>(m_config.reservedPorts, 65535) : 0;
    for (uint32_t port = first; port < 65536; ++port)
    {
        free += owner->ports[static_cast<std::size_t>(table)].IsFree(static_cast<uint16_t>(port));
    }
    return free;
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
    return Mix(m_random);
}

std::size_t
NatTable::MemoryBytes() const
{
    std::size_t bytes =
        m_sessions.MemoryBytes() + m_mappings.MemoryBytes() + m_hosts.MemoryBytes() +
        m_permits.MemoryBytes() + m_bySession.MemoryBytes() + m_byInside.MemoryBytes() +
        m_byOutside.MemoryBytes() + m_byHost.MemoryBytes() + m_byPermit.MemoryBytes() +
        m_timer.MemoryBytes() + m_provisional.MemoryBytes();
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

// SPDX-License-Identifier: GPL-2.0-only

#ifndef STRATA_NAIVE_NAT_H
#define STRATA_NAIVE_NAT_H

#include "ns3/strata-nat-table.h"

#include <algorithm>
#include <optional>
#include <string>
#include <vector>

namespace ns3
{
namespace strata
{

/**
 * A NatTable beside a model that keeps lists and searches them from end to end. The model does not
 * choose ports; it checks that those chosen are free and as the rules have them, and that there
 * is really none where the table says so.
 */
class CheckedNat
{
  public:
    explicit CheckedNat(const NatConfig& config)
        : m_config(config),
          m_table(config)
    {
        m_table.SetRecording(true);
    }

    NatTable& Table()
    {
        return m_table;
    }

    void AddPublicAddress(uint32_t address)
    {
        m_public.push_back(address);
        m_table.AddPublicAddress(address);
    }

    void RemovePublicAddress(uint32_t address)
    {
        m_table.RemovePublicAddress(address);
        Erase(m_sessions, [&](const S& s) { return Owner(s).outside.address == address; });
        Erase(m_mappings, [&](const M& m) { return m.outside.address == address; });
        m_public.erase(std::remove(m_public.begin(), m_public.end(), address), m_public.end());
    }

    std::optional<std::string> AddFixed(uint8_t protocol,
                                        NatEndpoint in,
                                        NatEndpoint out,
                                        Nanos now)
    {
        Expire(now);
        bool wanted = IsPublic(out.address);
        bool there = false;
        for (M& m : m_mappings)
        {
            const bool sameIn =
                m.protocol == protocol && m.inside == in && m.remote == NatEndpoint{};
            const bool sameOut = m.protocol == protocol && m.outside == out;
            wanted = wanted && sameIn == sameOut;
            there = there || (sameIn && sameOut);
        }
        wanted = wanted && (there || m_mappings.size() < m_config.maxMappings);
        const bool got = m_table.AddFixed(protocol, in, out, now);
        if (got != wanted)
        {
            return "a mapping set up by hand was " + std::string(got ? "taken" : "refused");
        }
        if (got)
        {
            for (M& m : m_mappings)
            {
                if (m.protocol == protocol && m.inside == in && m.remote == NatEndpoint{})
                {
                    m.fixed = true;
                    return Compare();
                }
            }
            m_mappings.push_back(M{protocol, in, out, {}, true, m_next++});
        }
        return Compare();
    }

    std::optional<std::string> Outbound(const NatFlow& flow, uint8_t flags, Nanos now)
    {
        Expire(now);
        const NatEndpoint key = SessionKey(flow.protocol, flow.remote);
        S* session = Find(flow.protocol, flow.inside, key);
        NatRefusal wanted = NatRefusal::NONE;
        M* mapping = session ? &Owner(*session) : nullptr;
        const bool created = !session;
        std::optional<M> fresh;
        if (!session)
        {
            TcpTrackState none;
            if (flow.protocol == 6 &&
                StepTcpTrack(none, FlowDirection::OUTBOUND, flags) == TcpTrackPhase::NONE)
            {
                wanted = NatRefusal::NOT_A_BEGIN;
            }
            else if (!MakeRoom(nullptr))
            {
                wanted = NatRefusal::TABLE_FULL;
            }
            else
            {
                mapping = MappingOf(flow.protocol, flow.inside, flow.remote);
                if (!mapping)
                {
                    wanted = WhyNoMapping(flow.inside.address);
                    fresh = M{flow.protocol,
                              flow.inside,
                              {},
                              MappingKey(flow.protocol, flow.remote),
                              false,
                              m_next};
                }
            }
        }
        const NatTranslation got = m_table.Outbound(flow, flags, now);
        if (wanted != NatRefusal::NONE || got.refusal != NatRefusal::NONE)
        {
            if (wanted == NatRefusal::NONE && fresh && got.refusal == NatRefusal::PORTS_EXHAUSTED)
            {
                return HasFreePort(*fresh) ? std::optional<std::string>("there was a free port")
                                           : Compare();
            }
            return got.refusal == wanted
                       ? Compare()
                       : std::optional<std::string>(std::string("outbound ") +
                                                    NatRefusalName(got.refusal) + ", not " +
                                                    NatRefusalName(wanted));
        }
        if (fresh)
        {
            fresh->outside = got.endpoint;
            if (const char* wrong = WhyNot(*fresh))
            {
                return "port " + ToText(got.endpoint) + wrong;
            }
            ++m_next;
            m_mappings.push_back(*fresh);
            mapping = &m_mappings.back();
        }
        if (!(got.endpoint == mapping->outside))
        {
            return "outbound gives another public end";
        }
        if (created)
        {
            session = fresh ? nullptr : FindOf(*mapping, key);
            if (!session)
            {
                m_sessions.push_back(S{mapping->number, key, 0, {}, false, false});
                session = &m_sessions.back();
            }
            session->heard = false;
            session->accepted = false;
        }
        if (flow.protocol == 6)
        {
            Step(*session, FlowDirection::OUTBOUND, flags);
        }
        else if (!mapping->fixed)
        {
            session->accepted = false;
        }
        if (flow.protocol == 6 && (flags & 4) && !created)
        {
            const int64_t end = ((now + TcpTimeout(session->tcp)).count() + TICK - 1) / TICK;
            session->end = std::min(session->end, end);
            return Compare();
        }
        Renew(*session, flow.protocol, now);
        return Compare();
    }

    std::optional<std::string> Inbound(uint8_t protocol,
                                       NatEndpoint outside,
                                       NatEndpoint remote,
                                       uint8_t flags,
                                       Nanos now)
    {
        Expire(now);
        NatRefusal wanted = NatRefusal::NONE;
        M* mapping = OutsideOf(protocol, outside, remote);
        S* session = nullptr;
        bool create = false;
        bool heard = false;
        const NatEndpoint key = SessionKey(protocol, remote);
        if (!mapping)
        {
            wanted = NatRefusal::NO_MAPPING;
        }
        else
        {
            heard = Find(protocol, mapping->inside, key) != nullptr;
            session = FindOf(*mapping, key);
            if (!session || session->expected)
            {
                TcpTrackState none;
                if (session || !Hears(*mapping, remote))
                {
                    wanted = NatRefusal::FILTERED;
                }
                else if (protocol == 6 &&
                         StepTcpTrack(none, FlowDirection::INBOUND, flags) == TcpTrackPhase::NONE)
                {
                    wanted = NatRefusal::NOT_A_BEGIN;
                }
                else if (const uint64_t number = mapping->number; MakeRoom(mapping))
                {
                    mapping = &Numbered(number);
                }
                else
                {
                    wanted = NatRefusal::TABLE_FULL;
                }
                create = true;
            }
        }
        const NatTranslation got = m_table.Inbound(protocol, outside, remote, flags, now);
        if (got.refusal != wanted)
        {
            return std::string("inbound ") + NatRefusalName(got.refusal) + ", not " +
                   NatRefusalName(wanted);
        }
        if (wanted != NatRefusal::NONE)
        {
            return Compare();
        }
        if (!(got.endpoint == mapping->inside))
        {
            return "inbound gives another inside end";
        }
        if (create)
        {
            m_sessions.push_back(S{mapping->number, key, 0, {}, false, heard, true, ++m_turn});
            session = &m_sessions.back();
        }
        if (protocol == 6)
        {
            Step(*session, FlowDirection::INBOUND, flags);
        }
        const bool renews = protocol == 6 || (m_config.inboundRefresh && protocol != 1);
        if (create || renews)
        {
            Renew(*session, protocol, now, renews || mapping->fixed);
        }
        return Compare();
    }

    std::optional<std::string> Expect(const NatFlow& flow, Nanos now)
    {
        Expire(now);
        const NatEndpoint key{flow.remote.address, 0};
        S* session = Find(6, flow.inside, key);
        const bool full = !session && !MakeRoom(nullptr);
        const std::size_t before = m_mappings.size();
        M* mapping = session ? &Owner(*session) : MappingOf(6, flow.inside, key);
        const NatRefusal why =
            session || mapping ? NatRefusal::NONE : WhyNoMapping(flow.inside.address);
        const NatTranslation got = m_table.Expect({6, flow.inside, flow.remote}, now);
        if (full || why != NatRefusal::NONE)
        {
            return got ? std::optional<std::string>("an expectation past the limits") : Compare();
        }
        M fresh{6, flow.inside, got.endpoint, MappingKey(6, key), false, m_next};
        if (!got)
        {
            return mapping || HasFreePort(fresh)
                       ? std::optional<std::string>("an expectation was refused")
                       : Compare();
        }
        if (!mapping)
        {
            if (const char* wrong = WhyNot(fresh))
            {
                return "expected port " + ToText(got.endpoint) + wrong;
            }
            ++m_next;
            m_mappings.push_back(fresh);
            mapping = &m_mappings[before];
        }
        if (!(mapping->outside == got.endpoint))
        {
            return "an expectation gives another public end";
        }
        if (!session)
        {
            m_sessions.push_back(S{mapping->number, key, 0, {}, true, false});
            session = &m_sessions.back();
        }
        Renew(*session, 6, now);
        return Compare();
    }

    std::optional<std::string> Advance(Nanos now)
    {
        Expire(now);
        m_table.Advance(now);
        return Compare();
    }

    /** Every mapping of the model is one of the table, and the events tell the same story. */
    std::optional<std::string> CompareAll()
    {
        std::vector<NatMapping> wanted;
        for (const M& m : m_mappings)
        {
            wanted.push_back({m.protocol, m.inside, m.outside, m.remote, m.fixed});
        }
        std::vector<NatMapping> got = m_table.Mappings();
        std::vector<NatMappingEvent> events;
        m_table.TakeEvents(events);
        for (const NatMappingEvent& event : events)
        {
            m_alive += event.created ? 1 : -1;
        }
        if (m_alive != static_cast<long>(wanted.size()))
        {
            return "events and mappings disagree";
        }
        for (const NatMapping& mapping : wanted)
        {
            const auto found = std::find(got.begin(), got.end(), mapping);
            if (found == got.end())
            {
                return "not in the table: " + ToText(mapping);
            }
            got.erase(found);
        }
        return got.empty() ? std::nullopt
                           : std::optional<std::string>("in the table alone: " + ToText(got[0]));
    }

  private:
    struct M
    {
        uint8_t protocol;
        NatEndpoint inside;
        NatEndpoint outside;
        NatEndpoint remote;
        bool fixed;
        uint64_t number;
        int64_t end{0}; //!< ticks; until then it lives without more packets that renew it
    };

    struct S
    {
        uint64_t mapping;
        NatEndpoint remote;
        int64_t end; //!< ticks
        TcpTrackState tcp;
        bool expected;
        bool heard;           //!< not what the inside end sends by
        bool accepted{false}; //!< the remote end began it
        uint64_t since{0};    //!< when it became provisional
    };

    static constexpr int64_t TICK = 125000000;

    template <class T, class Predicate>
    static void Erase(std::vector<T>& from, Predicate which)
    {
        from.erase(std::remove_if(from.begin(), from.end(), which), from.end());
    }

    bool IsPublic(uint32_t address) const
    {
        return std::find(m_public.begin(), m_public.end(), address) != m_public.end();
    }

    static bool HasTable(uint8_t protocol)
    {
        return protocol == 1 || protocol == 6 || protocol == 17;
    }

    bool IsShared(const M& m) const
    {
        return !m.fixed && (!HasTable(m.protocol) ||
                            (m_config.portOverlapping && m.protocol != 1 &&
                             m_config.mapping == NatBehaviour::ADDRESS_AND_PORT_DEPENDENT));
    }

    static NatEndpoint By(NatBehaviour behaviour, NatEndpoint remote)
    {
        switch (behaviour)
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

    NatEndpoint MappingKey(uint8_t protocol, NatEndpoint remote) const
    {
        return HasTable(protocol) ? By(m_config.mapping, remote) : NatEndpoint{remote.address, 0};
    }

    NatEndpoint SessionKey(uint8_t protocol, NatEndpoint remote) const
    {
        return protocol == 6        ? remote
               : HasTable(protocol) ? By(std::max(m_config.mapping, m_config.filtering), remote)
                                    : NatEndpoint{remote.address, 0};
    }

    M& Numbered(uint64_t number)
    {
        return *std::find_if(m_mappings.begin(), m_mappings.end(), [&](const M& m) {
            return m.number == number;
        });
    }

    M& Owner(const S& session)
    {
        return Numbered(session.mapping);
    }

    bool IsProvisional(const S& session)
    {
        return session.accepted &&
               (Owner(session).protocol != 6 || PhaseOf(session.tcp) != TcpTrackPhase::ESTABLISHED);
    }

    void Step(S& session, FlowDirection direction, uint8_t flags)
    {
        const bool was = IsProvisional(session);
        StepTcpTrack(session.tcp, direction, flags);
        session.since = was ? session.since : ++m_turn;
    }

    bool MakeRoom(const M* keep)
    {
        if (m_sessions.size() < m_config.maxSessions)
        {
            return true;
        }
        auto oldest = m_sessions.end();
        for (auto s = m_sessions.begin(); s != m_sessions.end(); ++s)
        {
            if (IsProvisional(*s) && (oldest == m_sessions.end() || s->since < oldest->since))
            {
                oldest = s;
            }
        }
        if (oldest == m_sessions.end())
        {
            return false;
        }
        const uint64_t kept = keep ? keep->number : UINT64_MAX;
        m_sessions.erase(oldest);
        Erase(m_mappings, [&](const M& m) {
            return !m.fixed && m.number != kept &&
                   std::none_of(m_sessions.begin(), m_sessions.end(), [&](const S& s) {
                       return s.mapping == m.number;
                   });
        });
        return true;
    }

    S* Find(uint8_t protocol, NatEndpoint inside, NatEndpoint key)
    {
        for (S& s : m_sessions)
        {
            const M& m = Owner(s);
            if (m.protocol == protocol && m.inside == inside && s.remote == key && !s.heard)
            {
                return &s;
            }
        }
        return nullptr;
    }

    S* FindOf(const M& mapping, NatEndpoint key)
    {
        const auto found = std::find_if(m_sessions.begin(), m_sessions.end(), [&](const S& s) {
            return s.mapping == mapping.number && s.remote == key;
        });
        return found == m_sessions.end() ? nullptr : &*found;
    }

    M* MappingOf(uint8_t protocol, NatEndpoint inside, NatEndpoint remote)
    {
        M* found = nullptr;
        for (M& m : m_mappings)
        {
            if (m.protocol == protocol && m.inside == inside &&
                (m.fixed || (!found && m.remote == MappingKey(protocol, remote))))
            {
                found = &m;
            }
        }
        return found;
    }

    M* OutsideOf(uint8_t protocol, NatEndpoint outside, NatEndpoint remote)
    {
        M* found = nullptr;
        M* expected = nullptr;
        for (M& m : m_mappings)
        {
            if (m.protocol != protocol || !(m.outside == outside))
            {
                continue;
            }
            if (!IsShared(m) || (!found && m.remote == MappingKey(protocol, remote)))
            {
                found = &m;
            }
            else if (protocol == 6 && m.remote == NatEndpoint{remote.address, 0})
            {
                expected = &m;
            }
        }
        return found ? found : expected;
    }

    bool Hears(const M& mapping, NatEndpoint remote)
    {
        const bool own = mapping.inside.address == mapping.outside.address;
        if (mapping.fixed || (m_config.filtering == NatBehaviour::ENDPOINT_INDEPENDENT && !own &&
                              HasTable(mapping.protocol)))
        {
            return true;
        }
        for (const S& s : m_sessions)
        {
            const bool hears = m_config.filtering == NatBehaviour::ADDRESS_DEPENDENT &&
                               HasTable(mapping.protocol) && s.remote.address == remote.address;
            const bool expected =
                mapping.protocol == 6 && s.remote == NatEndpoint{remote.address, 0};
            if (s.mapping == mapping.number && (hears || expected))
            {
                return true;
            }
        }
        return false;
    }

    NatRefusal WhyNoMapping(uint32_t host) const
    {
        if (m_public.empty())
        {
            return NatRefusal::NO_ADDRESS;
        }
        if (m_mappings.size() >= m_config.maxMappings)
        {
            return NatRefusal::TABLE_FULL;
        }
        const auto ofHost = std::count_if(m_mappings.begin(), m_mappings.end(), [&](const M& m) {
            return m.inside.address == host;
        });
        return m_config.maxMappingsPerHost > 0 && ofHost >= m_config.maxMappingsPerHost
                   ? NatRefusal::HOST_FULL
                   : NatRefusal::NONE;
    }

    bool IsTaken(const M& fresh, NatEndpoint end) const
    {
        return std::any_of(m_mappings.begin(), m_mappings.end(), [&](const M& m) {
            return m.protocol == fresh.protocol && m.outside == end &&
                   (!IsShared(m) || !IsShared(fresh) || m.remote == fresh.remote);
        });
    }

    /** What is wrong with the public end of a mapping that is about to be; null if nothing is. */
    const char* WhyNot(const M& fresh) const
    {
        if (!IsPublic(fresh.outside.address))
        {
            return " is on no public address";
        }
        if (IsTaken(fresh, fresh.outside))
        {
            return " is taken";
        }
        const bool own = IsPublic(fresh.inside.address);
        if (!own && m_config.pooling == NatPooling::PAIRED)
        {
            for (const M& m : m_mappings)
            {
                if (m.inside.address == fresh.inside.address && !m.fixed &&
                    m.outside.address != fresh.outside.address)
                {
                    return " is on another address than the host's";
                }
            }
        }
        const bool ports = fresh.protocol == 6 || fresh.protocol == 17;
        const uint16_t port = fresh.inside.port;
        const uint32_t least = ports ? m_config.reservedPorts : 0;
        if (ports && !own && fresh.outside.port < least)
        {
            return " is reserved";
        }
        const bool keeps = HasTable(fresh.protocol) && port >= least &&
                           port >= (ports ? 1024 : 0) &&
                           m_config.allocation == NatPortAllocation::PRESERVATION &&
                           !IsTaken(fresh, {fresh.outside.address, port});
        return keeps && fresh.outside.port != port ? " is not the host's, which is free" : nullptr;
    }

    bool HasFreePort(const M& fresh) const
    {
        const bool ports = fresh.protocol == 6 || fresh.protocol == 17;
        const auto isFreeOn = [&](uint32_t address) {
            if (!HasTable(fresh.protocol))
            {
                return !IsTaken(fresh, {address, 0});
            }
            for (uint32_t port = ports ? std::max(1U, m_config.reservedPorts) : 0; port < 65536;
                 ++port)
            {
                if (!IsTaken(fresh, {address, static_cast<uint16_t>(port)}))
                {
                    return true;
                }
            }
            return false;
        };
        if (IsPublic(fresh.inside.address))
        {
            return isFreeOn(fresh.inside.address);
        }
        // A paired host may have its address full while others are not.
        const auto free = std::count_if(m_public.begin(), m_public.end(), isFreeOn);
        return m_config.pooling == NatPooling::PAIRED ? free == static_cast<long>(m_public.size())
                                                      : free > 0;
    }

    Nanos TcpTimeout(TcpTrackState state) const
    {
        const TcpTrackPhase phase = PhaseOf(state);
        return phase == TcpTrackPhase::ESTABLISHED ? m_config.tcpEstablishedTimeout
               : phase == TcpTrackPhase::CLOSING || phase == TcpTrackPhase::RESET
                   ? m_config.tcpClosingTimeout
                   : m_config.tcpTransitoryTimeout;
    }

    void Renew(S& session, uint8_t protocol, Nanos now, bool longer = true)
    {
        Nanos timeout = m_config.otherTimeout;
        switch (protocol)
        {
        case 17:
            timeout = m_config.udpTimeout;
            break;
        case 1:
            timeout = m_config.icmpTimeout;
            break;
        case 6:
            timeout = TcpTimeout(session.tcp);
            break;
        default:
            break;
        }
        M& mapping = Owner(session);
        session.end = ((now + timeout).count() + TICK - 1) / TICK;
        session.end = longer ? session.end : std::min(session.end, mapping.end);
        mapping.end = std::max(mapping.end, longer ? session.end : 0);
    }

    void Expire(Nanos now)
    {
        const int64_t tick = now.count() / TICK;
        Erase(m_sessions, [&](const S& s) { return s.end <= tick; });
        Erase(m_mappings, [&](const M& m) {
            return !m.fixed && std::none_of(m_sessions.begin(), m_sessions.end(), [&](const S& s) {
                return s.mapping == m.number;
            });
        });
    }

    std::optional<std::string> Compare()
    {
        if (m_table.size() != m_mappings.size())
        {
            return std::to_string(m_table.size()) + " mappings, not " +
                   std::to_string(m_mappings.size());
        }
        if (m_table.CountSessions() != m_sessions.size())
        {
            return std::to_string(m_table.CountSessions()) + " sessions, not " +
                   std::to_string(m_sessions.size());
        }
        if (m_table.size() > m_config.maxMappings || m_sessions.size() > m_config.maxSessions)
        {
            return "past the limits";
        }
        return std::nullopt;
    }

    NatConfig m_config;
    NatTable m_table;
    std::vector<uint32_t> m_public;
    std::vector<M> m_mappings;
    std::vector<S> m_sessions;
    uint64_t m_next{0};
    uint64_t m_turn{0};
    long m_alive{0};
};

/**
 * Runs operations that \p next chooses, which gives numbers below its argument, and compares.
 *
 * \return what is wrong; empty: nothing
 */
template <class Next>
std::string
CompareNat(Next&& next, int operations)
{
    NatConfig config;
    config.mapping = static_cast<NatBehaviour>(next(3));
    config.filtering = static_cast<NatBehaviour>(next(3));
    config.allocation = static_cast<NatPortAllocation>(next(4));
    config.pooling = static_cast<NatPooling>(next(2));
    config.portOverlapping = next(4) == 0;
    config.inboundRefresh = next(2) == 0;
    config.reservedPorts = next(2) == 0 ? 65536 - 12 : 4096;
    config.maxMappings = next(2) == 0 ? 10 : 40;
    config.maxSessions = next(2) == 0 ? 16 : 60;
    config.maxMappingsPerHost = next(2) == 0 ? 0 : 6;
    config.tcpClosingTimeout =
        next(2) == 0 ? Nanos(std::chrono::minutes(4)) : Nanos(std::chrono::minutes(1));
    config.seed = next(250);
    CheckedNat nat(config);
    const uint32_t first = 0xc63c2a0c;
    nat.AddPublicAddress(first);
    if (next(2) == 0)
    {
        nat.AddPublicAddress(first + 1);
    }
    Nanos now{0};
    const uint8_t protocols[] = {17, 17, 6, 6, 6, 1, 47};
    const uint8_t flags[] = {2, 2, 18, 16, 16, 17, 4};
    for (int i = 0; i < operations; ++i)
    {
        const uint8_t protocol = protocols[next(7)];
        const bool ports = protocol == 6 || protocol == 17;
        const auto port = [&](uint32_t base) {
            return static_cast<uint16_t>(protocol == 47 ? 0 : base + next(8));
        };
        NatEndpoint inside{next(12) == 0 ? first : 0x0a000001 + next(3), 0};
        inside.port = port(next(3) == 0 ? 1000 : 65524);
        const NatEndpoint remote{0x08080808 + next(3),
                                 static_cast<uint16_t>(ports ? 80 + next(3) : 0)};
        const NatEndpoint outside{first + next(2), port(next(3) == 0 ? 1000 : 65524)};
        std::optional<std::string> wrong;
        const uint32_t what = next(20);
        if (what < 9)
        {
            wrong = nat.Outbound({protocol, inside, remote}, flags[next(7)], now);
        }
        else if (what < 15)
        {
            wrong = nat.Inbound(protocol, outside, remote, flags[next(7)], now);
        }
        else if (what == 15)
        {
            wrong = nat.Expect({6, inside, remote}, now);
        }
        else if (what == 16 && next(4) == 0)
        {
            wrong = nat.AddFixed(protocol == 47 ? 17 : protocol, inside, outside, now);
        }
        else if (what == 17 && next(16) == 0)
        {
            nat.RemovePublicAddress(first + 1);
        }
        else
        {
            const int64_t steps[] = {1000000, 124999999, 125000000, 30000000000, 250000000000};
            now += Nanos(steps[next(5)] * (1 + next(3)));
            wrong = nat.Advance(now);
        }
        if (!wrong && i % 8 == 0)
        {
            wrong = nat.CompareAll();
        }
        if (wrong)
        {
            return "operation " + std::to_string(i) + ": " + *wrong;
        }
    }
    // What is exported comes back.
    NatTable copy(config);
    for (const uint32_t address : nat.Table().PublicAddresses())
    {
        copy.AddPublicAddress(address);
    }
    for (const NatMapping& mapping : nat.Table().Mappings())
    {
        if (mapping.fixed)
        {
            copy.AddFixed(mapping.protocol, mapping.inside, mapping.outside, now);
        }
    }
    const std::string refused = copy.Import(nat.Table().Export(), now);
    if (!refused.empty())
    {
        return "import: " + refused;
    }
    if (copy.size() != nat.Table().size() || copy.CountSessions() != nat.Table().CountSessions() ||
        copy.Print(now) != nat.Table().Print(now))
    {
        return "the import differs:\n" + nat.Table().Print(now) + "\n" + copy.Print(now);
    }
    return "";
}

} // namespace strata
} // namespace ns3

#endif /* STRATA_NAIVE_NAT_H */

// SPDX-License-Identifier: GPL-2.0-only

#include "strata-nat-table.h"

#include <algorithm>
#include <fmt/format.h>
#include <set>
#include <sstream>

namespace ns3
{
namespace strata
{

namespace
{

std::string
ProtocolText(uint8_t protocol)
{
    switch (protocol)
    {
    case static_cast<uint8_t>(Ipv4Protocol::TCP):
        return "tcp";
    case static_cast<uint8_t>(Ipv4Protocol::UDP):
        return "udp";
    case static_cast<uint8_t>(Ipv4Protocol::ICMP):
        return "icmp";
    default:
        return std::to_string(protocol);
    }
}

bool
ReadProtocol(std::istream& is, uint8_t& protocol)
{
    std::string text;
    is >> text;
    for (unsigned number = 0; number < 256; ++number)
    {
        if (text == ProtocolText(static_cast<uint8_t>(number)))
        {
            protocol = static_cast<uint8_t>(number);
            return true;
        }
    }
    return false;
}

bool
ReadEndpoint(std::istream& is, NatEndpoint& end)
{
    uint64_t parts[5];
    const char marks[] = "...:";
    for (std::size_t i = 0; i < 5; ++i)
    {
        if (!(is >> parts[i]) || parts[i] > (i < 4 ? 255U : 65535U) ||
            (i < 4 && is.get() != marks[i]))
        {
            return false;
        }
    }
    end.address = static_cast<uint32_t>(parts[0] << 24 | parts[1] << 16 | parts[2] << 8 | parts[3]);
    end.port = static_cast<uint16_t>(parts[4]);
    return true;
}

/** By inside end, then by remote and outside end. */
bool
Before(const NatMapping& a, const NatMapping& b)
{
    const auto key = [](const NatMapping& m) {
        return std::make_tuple(m.protocol,
                               m.inside.address,
                               m.inside.port,
                               m.remote.address,
                               m.remote.port,
                               m.outside.address,
                               m.outside.port);
    };
    return key(a) < key(b);
}

} // namespace

std::string
ToText(const NatEndpoint& end)
{
    return fmt::format("{}.{}.{}.{}:{}",
                       end.address >> 24,
                       end.address >> 16 & 0xff,
                       end.address >> 8 & 0xff,
                       end.address & 0xff,
                       end.port);
}

std::string
ToText(const NatMapping& mapping)
{
    std::string text = ProtocolText(mapping.protocol) + ' ' + ToText(mapping.inside) + " -> " +
                       ToText(mapping.outside);
    if (mapping.remote.address != 0)
    {
        text += " for " + ToText(mapping.remote);
    }
    return text + (mapping.fixed ? " fixed" : "");
}

std::vector<std::vector<uint32_t>>
NatTable::SessionsOfMappings() const
{
    std::vector<std::vector<uint32_t>> sessions(m_mappings.entries.size());
    for (uint32_t i = 0; i < m_sessions.Numbers(); ++i)
    {
        if (m_sessions[i].used)
        {
            sessions[m_sessions[i].mapping].push_back(i);
        }
    }
    for (auto& each : sessions)
    {
        std::sort(each.begin(), each.end(), [this](uint32_t a, uint32_t b) {
            return std::make_pair(m_sessions[a].remoteAddress, m_sessions[a].remotePort) <
                   std::make_pair(m_sessions[b].remoteAddress, m_sessions[b].remotePort);
        });
    }
    return sessions;
}

std::string
NatTable::Print(Nanos now) const
{
    const auto sessions = SessionsOfMappings();
    std::vector<std::pair<NatMapping, uint32_t>> order;
    for (uint32_t i = 0; i < m_mappings.entries.size(); ++i)
    {
        if (m_mappings[i].used)
        {
            order.emplace_back(ToMapping(m_mappings[i]), i);
        }
    }
    std::sort(order.begin(), order.end(), [](const auto& a, const auto& b) {
        return Before(a.first, b.first);
    });
    std::string text;
    for (const auto& [mapping, number] : order)
    {
        text += ToText(mapping) + '\n';
        for (const uint32_t i : sessions[number])
        {
            const NatSession& session = m_sessions[i];
            const std::string remote =
                session.remoteAddress == 0
                    ? "any"
                    : ToText(NatEndpoint{session.remoteAddress, session.remotePort});
            const Nanos left = std::max(Nanos(0), NatTimerTable::TimeOf(session.end) - now);
            text +=
                fmt::format("    {}{}{} for {:.1f} s\n",
                            remote,
                            session.protocol == static_cast<uint8_t>(Ipv4Protocol::TCP) ? " " : "",
                            session.protocol != static_cast<uint8_t>(Ipv4Protocol::TCP) ? ""
                            : session.kind == NatSessionKind::EXPECTED
                                ? "expected"
                                : TcpTrackPhaseName(PhaseOf(session.tcp)),
                            static_cast<double>(left.count()) * 1e-9);
        }
    }
    return text;
}

std::string
NatTable::Export() const
{
    const auto sessions = SessionsOfMappings();
    std::string text;
    for (uint32_t i = 0; i < m_mappings.entries.size(); ++i)
    {
        const Mapping& mapping = m_mappings[i];
        if (!mapping.used || sessions[i].empty())
        {
            continue;
        }
        const NatMapping what = ToMapping(mapping);
        text += fmt::format("mapping {} {} {} {}\n",
                            ProtocolText(what.protocol),
                            ToText(what.inside),
                            ToText(what.outside),
                            ToText(what.remote));
        for (const uint32_t number : sessions[i])
        {
            const NatSession& session = m_sessions[number];
            text += fmt::format("session {} {} {} {}\n",
                                ToText(NatEndpoint{session.remoteAddress, session.remotePort}),
                                NatTimerTable::TimeOf(session.end).count(),
                                session.tcp.bits,
                                static_cast<unsigned>(session.kind));
        }
    }
    return text;
}

std::string
NatTable::Import(const std::string& text, Nanos now)
{
    NatTable merged = *this;
    std::string wrong = merged.Merge(text, now);
    if (wrong.empty())
    {
        *this = std::move(merged);
    }
    return wrong;
}

std::string
NatTable::Merge(const std::string& text, Nanos now)
{
    Advance(now);
    std::set<uint32_t> read;
    std::istringstream lines(text);
    std::string line;
    std::size_t count = 0;
    const auto wrong = [&count](const char* what) {
        return fmt::format("line {}: {}", count, what);
    };
    NatMapping mapping;
    bool have = false;
    while (std::getline(lines, line))
    {
        ++count;
        std::istringstream words(line);
        std::string kind;
        words >> kind;
        if (kind == "mapping")
        {
            mapping = NatMapping{};
            if (!ReadProtocol(words, mapping.protocol) || !ReadEndpoint(words, mapping.inside) ||
                !ReadEndpoint(words, mapping.outside) || !ReadEndpoint(words, mapping.remote))
            {
                return wrong("not a mapping");
            }
            if (!IsPublic(mapping.outside.address))
            {
                return wrong("its address is not a public one here");
            }
            // Written by one that behaves otherwise, it is finer or coarser.
            mapping.remote = MappingRemote(mapping.protocol, mapping.remote);
            have = true;
            continue;
        }
        NatEndpoint remote;
        int64_t end = 0;
        unsigned tcp = 0;
        unsigned number = 0;
        if (kind != "session" || !have || !ReadEndpoint(words, remote) || !(words >> end >> tcp) ||
            !(words >> number) || number > static_cast<unsigned>(NatSessionKind::ACCEPTED) ||
            tcp > 255 || end < 0 || end >= int64_t{1} << 58)
        {
            return wrong("neither a mapping nor a session of one");
        }
        if (Nanos(end) <= now)
        {
            continue;
        }
        const auto sort = static_cast<NatSessionKind>(number);
        remote = sort == NatSessionKind::EXPECTED ? NatEndpoint{remote.address, 0}
                                                  : m_sessions.KeyOf(mapping.protocol, remote);
        uint32_t owner = FindByInside(mapping.protocol, mapping.inside, mapping.remote);
        if (owner != NONE && !(ToMapping(m_mappings[owner]).outside == mapping.outside))
        {
            return wrong("the inside end has another mapping");
        }
        if (owner == NONE)
        {
            if (IsTaken(mapping.protocol, mapping.outside, mapping.remote))
            {
                return wrong("the public end has another mapping");
            }
            if (m_mappingCount >= m_config.maxMappings)
            {
                return wrong("the table is full");
            }
        }
        const uint32_t present = owner == NONE ? NONE : FindSessionOf(owner, remote);
        if (present != NONE && read.count(present) != 0)
        {
            // What the other one told apart is one session here.
            m_sessions.EndAt(present,
                             std::max(m_sessions[present].end, NatTimerTable::TickOf(Nanos(end))));
            m_mappings[owner].end = std::max(m_mappings[owner].end, m_sessions[present].end);
            continue;
        }
        if (present != NONE || (sort != NatSessionKind::HEARD &&
                                m_sessions.Find(mapping.protocol, mapping.inside, remote) != NONE))
        {
            return wrong("the session is there already");
        }
        if (m_sessions.size() >= m_config.maxSessions)
        {
            return wrong("the table is full");
        }
        if (owner == NONE)
        {
            owner = PlaceMapping(mapping);
        }
        const uint32_t made = MakeSession(owner, remote, sort);
        read.insert(made);
        TcpTrackState state;
        state.bits = static_cast<uint8_t>(tcp);
        m_sessions.SetTrack(made, state);
        m_sessions.EndAt(made, NatTimerTable::TickOf(Nanos(end)));
        const NatSession& session = m_sessions[made];
        m_mappings[owner].end = std::max(m_mappings[owner].end, session.end);
    }
    return "";
}

} // namespace strata
} // namespace ns3

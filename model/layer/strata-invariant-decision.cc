// SPDX-License-Identifier: GPL-2.0-only

#include "strata-invariant-decision.h"

#include "strata-turn-machine.h"

#include <algorithm>
#include <fmt/format.h>
#include <map>
#include <set>

namespace ns3
{
namespace strata
{

const char*
InvariantRuleName(InvariantRule rule)
{
    static const char* const NAMES[] = {"name",
                                        "attachment",
                                        "link",
                                        "route",
                                        "leaf",
                                        "withdrawn",
                                        "session",
                                        "session-use",
                                        "deadline",
                                        "name-unique",
                                        "link-ends",
                                        "directory",
                                        "session-peer",
                                        "route-loop",
                                        "route-end"};
    static_assert(sizeof(NAMES) / sizeof(NAMES[0]) ==
                  static_cast<std::size_t>(InvariantRule::COUNT_));
    return rule < InvariantRule::COUNT_ ? NAMES[static_cast<std::size_t>(rule)] : "unknown";
}

std::string
FormatViolation(const Violation& violation, NameScheme scheme)
{
    return fmt::format("member {} breaks {}: {}",
                       FormatName(violation.member, scheme),
                       InvariantRuleName(violation.rule),
                       violation.subject);
}

namespace
{

/** Gathers what is wrong with one member. */
class MemberCheck
{
  public:
    MemberCheck(const MemberState& state, NameScheme scheme)
        : m_state(state),
          m_scheme(scheme)
    {
    }

    Violations Run(MemberName former)
    {
        CheckName(former);
        CheckAttachments();
        CheckLinks();
        CheckRoutes();
        CheckLeaves();
        CheckSessions();
        CheckDeadlines();
        return std::move(m_found);
    }

  private:
    std::string Text(MemberName name) const
    {
        return FormatName(name, m_scheme);
    }

    template <class... Args>
    void Report(InvariantRule rule, fmt::format_string<Args...> text, Args&&... args)
    {
        m_found.push_back({rule, m_state.name, fmt::format(text, std::forward<Args>(args)...)});
    }

    bool IsMember() const
    {
        return m_state.phase == MemberPhase::MEMBER;
    }

    void CheckName(MemberName former)
    {
        if (IsMember() && m_state.name == NO_NAME)
        {
            Report(InvariantRule::NAME, "a member without a name");
        }
        if (former != NO_NAME && former != m_state.name)
        {
            Report(InvariantRule::NAME, "it was {} before", Text(former));
        }
    }

    void CheckAttachments()
    {
        std::map<uint32_t, uint32_t> ports;
        for (const auto& [port, entry] : m_state.ports)
        {
            ++ports[entry.underlay];
        }
        for (const auto& [underlay, entry] : m_state.attachments)
        {
            const auto found = ports.find(underlay);
            const uint32_t count = found == ports.end() ? 0 : found->second;
            if (count != entry.ports || count == 0)
            {
                Report(InvariantRule::ATTACHMENT,
                       "underlay {} with {} ports, not {}",
                       underlay,
                       count,
                       entry.ports);
            }
        }
        for (const auto& [underlay, count] : ports)
        {
            if (m_state.phase != MemberPhase::LEFT && !m_state.attachments.Contains(underlay))
            {
                Report(InvariantRule::ATTACHMENT, "underlay {} is not registered", underlay);
            }
        }
    }

    void CheckLinks()
    {
        for (const auto& [port, link] : m_state.links)
        {
            const auto entry = m_state.ports.find(port);
            if (!IsMember())
            {
                Report(InvariantRule::LINK, "port {} has a link of no member", port);
            }
            else if (entry == m_state.ports.end() || entry->second.broadcast)
            {
                Report(InvariantRule::LINK, "port {} can't carry a link", port);
            }
            if (link.neighbor == NO_NAME || link.neighbor == m_state.name)
            {
                Report(InvariantRule::LINK, "port {} leads to nobody else", port);
            }
        }
    }

    void CheckRoutes()
    {
        for (const Route& route : m_state.routes)
        {
            if (route.port == TUNNEL_PORT)
            {
                if (route.nextHop == NO_NAME)
                {
                    Report(InvariantRule::ROUTE, "a tunnel to nobody");
                }
                continue;
            }
            const LinkEntry* link = m_state.links.Find(route.port);
            if (link == nullptr)
            {
                Report(InvariantRule::ROUTE,
                       "{} leaves by port {}, which has no link",
                       FormatBlock(route.block, m_scheme),
                       route.port);
            }
            else if (link->neighbor != route.nextHop)
            {
                Report(InvariantRule::ROUTE,
                       "{} leaves by port {} to {}, not to {}",
                       FormatBlock(route.block, m_scheme),
                       route.port,
                       Text(link->neighbor),
                       Text(route.nextHop));
            }
        }
    }

    /** The route to \p leaf that came from its attachment, or null. */
    const Route* LeafRoute(MemberName leaf) const
    {
        const NameBlock block = NameBlock::Host(leaf);
        const Route* route = m_state.routes.FindExact(RouteKey{block, RouteOrigin::ATTACHMENT});
        return route != nullptr ? route
                                : m_state.routes.FindExact(RouteKey{block, RouteOrigin::VISITOR});
    }

    void CheckLeaves()
    {
        for (const auto& [leaf, entry] : m_state.leaves)
        {
            const Route* route = LeafRoute(leaf);
            if (entry.record.withdrawn != 0)
            {
                if (route != nullptr)
                {
                    Report(InvariantRule::WITHDRAWN, "a route leads to {}", Text(leaf));
                }
                continue;
            }
            if (!IsMember() || entry.record.access != m_state.name || entry.withdrawAt != NEVER)
            {
                continue;
            }
            const LinkEntry* link = route == nullptr ? nullptr : m_state.links.Find(route->port);
            if (link == nullptr || link->neighbor != leaf || link->role != MemberRole::LEAF)
            {
                Report(InvariantRule::LEAF,
                       "{} is registered but not reached by its link",
                       Text(leaf));
            }
        }
    }

    void CheckSessions()
    {
        for (const auto& [number, session] : m_state.sessions)
        {
            if (m_state.processes.count(session.process) == 0)
            {
                Report(InvariantRule::SESSION,
                       "session {} of {}, which is not here",
                       number,
                       session.process);
            }
            if (session.open && session.peerLocation == NO_NAME)
            {
                Report(InvariantRule::SESSION, "session {} is open to nowhere", number);
            }
            if (m_state.uses.count(number) == 0)
            {
                Report(InvariantRule::SESSION_USE, "session {} has no protocol", number);
            }
        }
        for (const auto& [number, use] : m_state.uses)
        {
            if (!m_state.sessions.Contains(number))
            {
                Report(InvariantRule::SESSION_USE, "{} is used but is no session", number);
            }
        }
    }

    template <class Things>
    void CheckTimers(const char* what, const DeadlineTable& timers, const Things& exists)
    {
        for (const auto& [key, at] : timers)
        {
            if (!exists(key))
            {
                Report(InvariantRule::DEADLINE, "{} {} does not exist", what, key);
            }
        }
        if (timers.First() < m_state.wake)
        {
            Report(InvariantRule::DEADLINE, "a {} is due before the machine wakes", what);
        }
    }

    void CheckDeadlines()
    {
        const MemberState& state = m_state;
        CheckTimers("link", state.linkTimers, [&state](uint64_t port) {
            return state.links.Contains(static_cast<PortId>(port));
        });
        CheckTimers("leaf", state.leafTimers, [&state](uint64_t leaf) {
            return state.leaves.Contains(leaf);
        });
        CheckTimers("request", state.requestTimers, [&state](uint64_t transaction) {
            return state.pending.count(static_cast<uint32_t>(transaction)) != 0;
        });
        CheckTimers("session", state.sessionTimers, [&state](uint64_t session) {
            return state.uses.count(static_cast<uint32_t>(session)) != 0;
        });
        for (const auto& [transaction, request] : state.pending)
        {
            if (state.requestTimers.Of(transaction) == NEVER)
            {
                Report(InvariantRule::DEADLINE, "request {} is never repeated", transaction);
            }
        }
        for (const auto& [leaf, entry] : state.leaves)
        {
            if (IsMember() &&
                state.leafTimers.Of(leaf) != std::min(entry.withdrawAt, entry.expires))
            {
                Report(InvariantRule::DEADLINE, "leaf {} is due at another time", Text(leaf));
            }
        }
    }

    const MemberState& m_state;
    const NameScheme m_scheme;
    Violations m_found;
};

/** Gathers what is wrong with a layer at rest. */
class LayerCheck
{
  public:
    explicit LayerCheck(const LayerSnapshot& snapshot)
        : m_snapshot(snapshot)
    {
        for (const LayerSnapshot::Wire& wire : snapshot.wires)
        {
            m_ends[{wire.a, wire.portA}] = {wire.b, wire.portB};
            m_ends[{wire.b, wire.portB}] = {wire.a, wire.portA};
        }
        for (std::size_t i = 0; i < snapshot.members.size(); ++i)
        {
            if (snapshot.members[i].state->phase == MemberPhase::MEMBER)
            {
                m_live.push_back(i);
            }
        }
    }

    Violations Run()
    {
        CheckNames();
        CheckLinkEnds();
        CheckProcesses();
        CheckRoutes();
        return std::move(m_found);
    }

  private:
    std::string Text(MemberName name) const
    {
        return FormatName(name, m_snapshot.scheme);
    }

    using Port = std::pair<std::size_t, PortId>;

    template <class... Args>
    void Report(InvariantRule rule, std::size_t i, fmt::format_string<Args...> text, Args&&... args)
    {
        m_found.push_back({rule, State(i).name, fmt::format(text, std::forward<Args>(args)...)});
    }

    const MemberState& State(std::size_t i) const
    {
        return *m_snapshot.members[i].state;
    }

    bool IsRouter(std::size_t i) const
    {
        return m_snapshot.members[i].role == MemberRole::ROUTER;
    }

    void CheckNames()
    {
        std::set<MemberName> names;
        for (const std::size_t i : m_live)
        {
            if (!names.insert(State(i).name).second)
            {
                Report(InvariantRule::NAME_UNIQUE, i, "borne by two members");
            }
        }
    }

    /** Whether \p i is registered in the underlay of its port. */
    bool IsRegistered(const Port& port) const
    {
        const auto entry = State(port.first).ports.find(port.second);
        return entry != State(port.first).ports.end() &&
               State(port.first).attachments.Contains(entry->second.underlay);
    }

    void CheckLinkEnds()
    {
        for (const std::size_t i : m_live)
        {
            for (const auto& [port, link] : State(i).links)
            {
                const auto wire = m_ends.find({i, port});
                if (wire == m_ends.end())
                {
                    Report(InvariantRule::LINK_ENDS, i, "the link at port {} has no wire", port);
                    continue;
                }
                const auto& [j, peer] = wire->second;
                const LinkEntry* back = State(j).links.Find(peer);
                if (State(j).phase != MemberPhase::MEMBER || back == nullptr ||
                    link.neighbor != State(j).name || back->neighbor != State(i).name ||
                    link.role != m_snapshot.members[j].role)
                {
                    Report(InvariantRule::LINK_ENDS,
                           i,
                           "the other end of port {} does not know of a link to {}",
                           port,
                           Text(link.neighbor));
                }
                else if (!IsRegistered({i, port}) || !IsRegistered(wire->second))
                {
                    Report(InvariantRule::LINK_ENDS, i, "port {} without an underlay", port);
                }
            }
        }
    }

    void CheckProcesses()
    {
        std::map<std::string, std::vector<std::size_t>> holders;
        std::map<std::string, const LocationRecord*> newest;
        for (const std::size_t i : m_live)
        {
            for (const auto& [process, sequence] : State(i).processes)
            {
                holders[process].push_back(i);
            }
            for (const auto& [process, record] : State(i).locations)
            {
                const LocationRecord*& best = newest[process];
                if (best == nullptr || std::tie(best->sequence, best->withdrawn) <
                                           std::tie(record.sequence, record.withdrawn))
                {
                    best = &record;
                }
            }
        }
        for (const auto& [process, where] : holders)
        {
            for (const std::size_t i : where)
            {
                const LocationRecord* record = newest[process];
                if (where.size() == 1 && IsTrue(record, i))
                {
                    continue;
                }
                Report(InvariantRule::DIRECTORY, i, "{} is here, but not known to be", process);
            }
        }
        if (m_snapshot.replicated)
        {
            CheckReplicas(holders);
        }
        CheckPeers(holders);
    }

    bool IsTrue(const LocationRecord* record, std::size_t i) const
    {
        return record != nullptr && record->withdrawn == 0 && record->member == State(i).name;
    }

    void CheckReplicas(const std::map<std::string, std::vector<std::size_t>>& holders)
    {
        for (const auto& [process, where] : holders)
        {
            for (const std::size_t i : m_live)
            {
                if (IsRouter(i) && !IsTrue(State(i).locations.Find(process), where[0]))
                {
                    Report(InvariantRule::DIRECTORY,
                           i,
                           "the record of {} is not the newest",
                           process);
                }
            }
        }
    }

    void CheckPeers(const std::map<std::string, std::vector<std::size_t>>& holders)
    {
        for (const std::size_t i : m_live)
        {
            for (const auto& [number, session] : State(i).sessions)
            {
                const auto where = holders.find(session.peer);
                if (session.open && where != holders.end() && where->second.size() == 1 &&
                    session.peerLocation != State(where->second[0]).name)
                {
                    Report(InvariantRule::SESSION_PEER,
                           i,
                           "session {} looks for {} at {}, but it is at {}",
                           number,
                           session.peer,
                           Text(session.peerLocation),
                           Text(State(where->second[0]).name));
                }
            }
        }
    }

    /** Follows a PDU of \p from to \p destination through the members' tables, and reports. */
    void Trace(std::size_t from, MemberName destination)
    {
        std::size_t at = from;
        MemberName goal = destination; // of the outer PDU in a tunnel
        const std::size_t limit = 4 * m_live.size() + 4;
        for (std::size_t step = 0; step < limit; ++step)
        {
            const Route* route = nullptr;
            if (State(at).name == destination)
            {
                return;
            }
            if (State(at).name == goal)
            {
                // out of the tunnel
                goal = destination;
                route = State(at).routes.FindExact(
                    RouteKey{NameBlock::Host(destination), RouteOrigin::VISITOR});
            }
            route = route != nullptr ? route : Select(at, goal);
            if (route == nullptr ||
                (route->port == TUNNEL_PORT && route->nextHop == State(at).name))
            {
                if (!m_snapshot.findsUnknown || !IsRouter(at))
                {
                    Report(InvariantRule::ROUTE_END,
                           from,
                           "{} has no way to {}",
                           Text(State(at).name),
                           Text(destination));
                }
                return;
            }
            if (route->port == TUNNEL_PORT)
            {
                goal = route->nextHop;
                route = Select(at, goal);
            }
            const auto wire = route == nullptr ? m_ends.end() : m_ends.find({at, route->port});
            if (wire == m_ends.end() || State(wire->second.first).phase != MemberPhase::MEMBER)
            {
                Report(InvariantRule::ROUTE_END,
                       from,
                       "the way to {} ends at {}",
                       Text(destination),
                       Text(State(at).name));
                return;
            }
            at = wire->second.first;
            if (!IsRouter(at) && State(at).name != destination)
            {
                Report(InvariantRule::ROUTE_END,
                       from,
                       "the way to {} ends at the leaf {}",
                       Text(destination),
                       Text(State(at).name));
                return;
            }
        }
        Report(InvariantRule::ROUTE_LOOP, from, "a PDU to {} goes round", Text(destination));
    }

    const Route* Select(std::size_t at, MemberName destination) const
    {
        return m_snapshot.forwarding != nullptr
                   ? m_snapshot.forwarding->Select(State(at).routes, destination)
                   : State(at).routes.Find(destination);
    }

    void CheckRoutes()
    {
        std::vector<MemberName> targets;
        for (const std::size_t i : m_live)
        {
            if (IsRouter(i) || !State(i).links.empty())
            {
                targets.push_back(State(i).name);
            }
        }
        std::vector<std::size_t> sources;
        for (const std::size_t i : m_live)
        {
            if (!State(i).links.empty())
            {
                sources.push_back(i);
            }
        }
        const std::size_t pairs = sources.size() * targets.size();
        const std::size_t step =
            std::max<std::size_t>(1, pairs / std::max<std::size_t>(1, m_snapshot.maxTraces));
        for (std::size_t pair = 0; pair < pairs; pair += step)
        {
            Trace(sources[pair / targets.size()], targets[pair % targets.size()]);
        }
    }

    const LayerSnapshot& m_snapshot;
    std::map<Port, Port> m_ends;
    std::vector<std::size_t> m_live;
    Violations m_found;
};

} // namespace

Violations
CheckMember(const MemberState& state, MemberName former, NameScheme scheme)
{
    return MemberCheck(state, scheme).Run(former);
}

Violations
CheckAtRest(const LayerSnapshot& snapshot)
{
    return LayerCheck(snapshot).Run();
}

} // namespace strata
} // namespace ns3

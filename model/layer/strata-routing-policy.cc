// SPDX-License-Identifier: GPL-2.0-only

#include "strata-routing-policy.h"

#include "strata-layer-policy.h"
#include "strata-ring-decision.h"
#include "strata-shortest-path-decision.h"

#include <algorithm>
#include <optional>

namespace ns3
{
namespace strata
{

namespace
{

/** Removes all routes through \p port but the local ones of leaves, which end with their link. */
void
EraseRoutesThrough(AttachmentTurn& turn, PortId port)
{
    turn.tables.EraseIf(turn.state.routes,
                        [port](const RouteKey&, const Route& route) { return route.port == port; });
}

Route
LeafRoute(MemberName leaf, MemberName nextHop, PortId port, uint32_t metric)
{
    Route route;
    route.block = NameBlock::Host(leaf);
    route.nextHop = nextHop;
    route.port = port;
    route.metric = metric;
    route.origin = RouteOrigin::ATTACHMENT;
    return route;
}

/** Sets or removes the tunnel to the member where \p record says that the leaf is. */
void
SetTunnel(AttachmentTurn& turn, const AttachmentRecord& record)
{
    if (record.withdrawn != 0)
    {
        turn.tables.Erase(turn.state.routes,
                          RouteKey{NameBlock::Host(record.leaf), RouteOrigin::ATTACHMENT});
        return;
    }
    turn.tables.Set(turn.state.routes, LeafRoute(record.leaf, record.access, TUNNEL_PORT, 0));
}

/** The record that \p part is of, if nothing of it is missing any more. */
std::optional<LinkStateRecord>
Assemble(AttachmentTurn& turn, const LinkStatePart& part)
{
    auto& assemblies = turn.control.assemblies;
    const auto entry = assemblies.find(part.origin);
    if (entry == assemblies.end() && part.neighbors.size() == part.total)
    {
        LinkStateAssembly whole;
        whole.Add(part);
        return whole.Whole();
    }
    if (entry == assemblies.end() && assemblies.size() >= turn.parameters.maxTableEntries)
    {
        turn.Drop(MemberDrop::QUEUE_FULL, PduType::LINK_STATE);
        return std::nullopt;
    }
    LinkStateAssembly& assembly = assemblies[part.origin];
    assembly.Add(part);
    std::optional<LinkStateRecord> record = assembly.Whole();
    if (record)
    {
        assemblies.erase(part.origin);
    }
    return record;
}

void
KeepLinkState(AttachmentTurn& turn, const LinkStateRecord& record)
{
    const LinkStateRecord* known = turn.state.linkStates.Find(record.origin);
    if (known == nullptr || known->withdrawn != record.withdrawn)
    {
        turn.control.routerRing.stale = true;
    }
    turn.tables.Set(turn.state.linkStates, record.origin, record);
}

} // namespace

StaticRouting::StaticRouting(std::vector<Entry> entries)
    : m_entries(std::move(entries))
{
}

void
StaticRouting::OnLinkUp(AttachmentTurn& turn, PortId port) const
{
    const LinkEntry& link = *turn.state.links.Find(port);
    for (const Entry& entry : m_entries)
    {
        if (entry.member == turn.state.name && entry.neighbor == link.neighbor)
        {
            Route route;
            route.block = entry.block;
            route.nextHop = link.neighbor;
            route.port = port;
            route.metric = link.cost;
            route.origin = RouteOrigin::STATIC;
            turn.tables.Set(turn.state.routes, route);
        }
    }
}

void
StaticRouting::OnLinkDown(AttachmentTurn& turn, PortId port, const LinkEntry&) const
{
    EraseRoutesThrough(turn, port);
}

void
LinkStateRouting::Originate(AttachmentTurn& turn, bool withdrawn) const
{
    const MemberState& state = turn.state;
    MemberControl& control = turn.control;
    LinkStateRecord record;
    record.origin = state.name;
    record.sequence = ++control.linkStateSequence;
    record.withdrawn = withdrawn ? 1 : 0;
    record.blockLength = state.blockLength;
    for (const auto& [port, link] : state.links)
    {
        if (!withdrawn && link.role == MemberRole::ROUTER)
        {
            record.neighbors.push_back({link.neighbor, link.cost});
        }
    }
    KeepLinkState(turn, record);
    turn.Flood(record);
}

void
LinkStateRouting::SchedulePaths(AttachmentTurn& turn) const
{
    const MemberState& state = turn.state;
    MemberControl& control = turn.control;
    if (state.shortestPathAt == NEVER)
    {
        control.shortestPathAt = turn.now + turn.parameters.shortestPathDelay;
        control.WakeAt(state.shortestPathAt);
    }
}

void
LinkStateRouting::OnEnrolled(AttachmentTurn& turn) const
{
    if (turn.IsRouter())
    {
        Originate(turn, false);
    }
}

void
LinkStateRouting::OnLinkUp(AttachmentTurn& turn, PortId port) const
{
    if (!turn.IsRouter() || turn.state.links.Find(port)->role != MemberRole::ROUTER)
    {
        return;
    }
    Originate(turn, false);
    FloodBatch& batch = turn.Outbox(port);
    for (const auto& [origin, record] : turn.state.linkStates)
    {
        batch.linkStates[origin] = record;
    }
    for (const auto& [leaf, entry] : turn.state.leaves)
    {
        if (HomeOf(turn, leaf) == NO_NAME && turn.policies.attachment->AllowsMove())
        {
            batch.attachments[leaf] = entry.record;
        }
    }
    SchedulePaths(turn);
}

void
LinkStateRouting::OnLinkDown(AttachmentTurn& turn, PortId port, const LinkEntry& link) const
{
    EraseRoutesThrough(turn, port);
    if (turn.IsRouter() && link.role == MemberRole::ROUTER)
    {
        Originate(turn, false);
        SchedulePaths(turn);
    }
}

void
LinkStateRouting::OnLinkState(AttachmentTurn& turn, PortId port, const LinkStateBody& body) const
{
    const MemberState& state = turn.state;
    MemberControl& control = turn.control;
    if (!turn.IsRouter())
    {
        return;
    }
    for (const LinkStatePart& part : body.records)
    {
        const LinkStateRecord* known = state.linkStates.Find(part.origin);
        if (part.origin == state.name)
        {
            // an older life of this member, or a forgery: say it anew, above it
            if (known == nullptr || part.sequence > known->sequence)
            {
                control.linkStateSequence = std::max(state.linkStateSequence, part.sequence);
                Originate(turn, false);
            }
            continue;
        }
        if (known != nullptr && part.sequence <= known->sequence)
        {
            if (part.sequence < known->sequence)
            {
                turn.Drop(MemberDrop::STALE, PduType::LINK_STATE);
                turn.Outbox(port).linkStates[part.origin] = *known;
            }
            continue;
        }
        if (known == nullptr && state.linkStates.size() >= turn.parameters.maxTableEntries)
        {
            turn.Drop(MemberDrop::QUEUE_FULL, PduType::LINK_STATE);
            continue;
        }
        if (const std::optional<LinkStateRecord> record = Assemble(turn, part))
        {
            KeepLinkState(turn, *record);
            turn.Flood(*record, port);
            SchedulePaths(turn);
        }
    }
}

void
LinkStateRouting::OnLeafRecord(AttachmentTurn& turn, const AttachmentRecord& record) const
{
    if (record.access == turn.state.name)
    {
        return;
    }
    const RouteKey key{NameBlock::Host(record.leaf), RouteOrigin::ATTACHMENT};
    const Route* way = record.withdrawn != 0 ? nullptr : turn.state.routes.Find(record.access);
    if (way == nullptr || way->origin == RouteOrigin::DEFAULT)
    {
        turn.tables.Erase(turn.state.routes, key);
        return;
    }
    const Route copy = *way;
    turn.tables.Set(turn.state.routes,
                    LeafRoute(record.leaf, copy.nextHop, copy.port, copy.metric));
}

void
LinkStateRouting::ComputePaths(AttachmentTurn& turn) const
{
    const MemberState& state = turn.state;
    std::vector<Route> routes;
    MemberName lastHop = NO_NAME;
    std::optional<PortId> lastPort;
    for (const PathEntry& path : ComputeShortestPaths(state.name, state.linkStates.Entries()))
    {
        if (path.nextHop != lastHop)
        {
            lastHop = path.nextHop;
            lastPort = turn.PortTo(path.nextHop);
        }
        if (lastPort)
        {
            Route route;
            route.block = NameBlock(path.member, path.blockLength);
            route.nextHop = path.nextHop;
            route.port = *lastPort;
            route.metric = path.distance;
            route.origin = RouteOrigin::LINK_STATE;
            routes.push_back(route);
        }
    }
    if (turn.tables.ReplaceAll(state.routes, RouteOrigin::LINK_STATE, std::move(routes)) == 0)
    {
        return;
    }
    for (const auto& [leaf, entry] : state.leaves)
    {
        OnLeafRecord(turn, entry.record);
    }
}

void
LinkStateRouting::OnTimer(AttachmentTurn& turn) const
{
    if (turn.now >= turn.state.shortestPathAt)
    {
        turn.control.shortestPathAt = NEVER;
        ComputePaths(turn);
    }
}

void
LinkStateRouting::OnLeave(AttachmentTurn& turn) const
{
    if (turn.IsRouter())
    {
        Originate(turn, true);
    }
}

RouteOrigin
AnchorRouting::OriginForLeaf(const Turn& turn, MemberName leaf) const
{
    return HomeOf(turn, leaf) == turn.state.name ? RouteOrigin::ATTACHMENT : RouteOrigin::VISITOR;
}

MemberName
AnchorRouting::HomeOf(const Turn& turn, MemberName leaf) const
{
    return turn.OwnerOf(leaf);
}

void
AnchorRouting::OnLeafRecord(AttachmentTurn& turn, const AttachmentRecord& record) const
{
    if (record.access != turn.state.name && HomeOf(turn, record.leaf) == turn.state.name)
    {
        SetTunnel(turn, record);
    }
}

MemberName
ResolverRouting::HomeOf(const Turn& turn, MemberName leaf) const
{
    return turn.RouterRing().Responsible(RingKey(leaf));
}

void
ResolverRouting::OnLeafRecord(AttachmentTurn& turn, const AttachmentRecord& record) const
{
    if (record.access != turn.state.name)
    {
        SetTunnel(turn, record);
    }
}

bool
ResolverRouting::OnUnknown(AttachmentTurn& turn, const Pdu& pdu) const
{
    const MemberState& state = turn.state;
    MemberControl& control = turn.control;
    const MemberName leaf = pdu.header.destination;
    const LinkStateRecord* router = state.linkStates.Find(leaf);
    if (!turn.IsRouter() || (router != nullptr && router->withdrawn == 0))
    {
        // a router that can't be reached is no leaf: to ask for it would end at another such
        return false;
    }
    const MemberName home = HomeOf(turn, leaf);
    if (home == state.name)
    {
        return false;
    }
    const auto waiting = state.unresolved.find(leaf);
    if (waiting == state.unresolved.end())
    {
        if (state.unresolved.size() >= turn.parameters.maxTableEntries)
        {
            turn.Drop(MemberDrop::RESOLVING_OVERFLOW, pdu.header.type);
            return true;
        }
        PendingRequest request;
        request.kind = PendingKind::RESOLVE;
        request.destination = home;
        request.subject = std::to_string(leaf);
        ResolveBody body;
        body.kind = ResolveKind::ATTACHMENT;
        body.leaf = leaf;
        turn.Request(std::move(request), body);
    }
    std::vector<Bytes>& pdus = control.unresolved[leaf];
    if (pdus.size() >= turn.parameters.unresolvedLimit)
    {
        turn.Drop(MemberDrop::RESOLVING_OVERFLOW, pdu.header.type);
        return true;
    }
    Bytes bytes;
    ByteWriter writer(bytes);
    pdu.Encode(writer);
    pdus.push_back(std::move(bytes));
    return true;
}

void
LearningRouting::OnLinkDown(AttachmentTurn& turn, PortId port, const LinkEntry&) const
{
    EraseRoutesThrough(turn, port);
    turn.control.tree.heard.erase(port);
}

void
LearningRouting::OnLeafRecord(AttachmentTurn&, const AttachmentRecord&) const
{
    // what the tree knows of leaves comes from their own PDUs
}

void
LearningRouting::OnSource(AttachmentTurn& turn, PortId port, MemberName source) const
{
    const MemberState& state = turn.state;
    MemberControl& control = turn.control;
    const LinkEntry* link = state.links.Find(port);
    if (!turn.IsRouter() || source == NO_NAME || source == state.name || link == nullptr)
    {
        return;
    }
    const RouteKey key{NameBlock::Host(source), RouteOrigin::LEARNED};
    const Route* known = state.routes.FindExact(key);
    const Nanos expires = turn.now + turn.parameters.learnAge;
    if (known != nullptr && known->port == port &&
        known->expires > turn.now + turn.parameters.learnAge / 2)
    {
        return;
    }
    if (known != nullptr && known->port != port && known->expires > expires)
    {
        return;
    }
    if (known == nullptr)
    {
        const Route* local =
            state.routes.FindExact(RouteKey{NameBlock::Host(source), RouteOrigin::ATTACHMENT});
        if (local != nullptr && local->port == port)
        {
            return;
        }
        if (state.routes.size() >= turn.parameters.maxTableEntries)
        {
            turn.Drop(MemberDrop::QUEUE_FULL, PduType::HELLO);
            return;
        }
    }
    Route route;
    route.block = NameBlock::Host(source);
    route.nextHop = link->neighbor;
    route.port = port;
    route.origin = RouteOrigin::LEARNED;
    route.expires = expires;
    turn.tables.Set(state.routes, route);
    control.ageAt = std::min(state.ageAt, expires);
    control.WakeAt(expires);
}

void
LearningRouting::OnAnnounced(AttachmentTurn& turn, PortId port, MemberName leaf) const
{
    const MemberState& state = turn.state;
    MemberControl& control = turn.control;
    Route route;
    route.block = NameBlock::Host(leaf);
    route.nextHop = state.links.Find(port)->neighbor;
    route.port = port;
    route.origin = RouteOrigin::LEARNED;
    route.expires = turn.now + turn.parameters.learnAge + turn.parameters.leafHold;
    turn.tables.Set(state.routes, route);
    control.ageAt = std::min(state.ageAt, route.expires);
    control.WakeAt(route.expires);
}

void
LearningRouting::OnTreeChanged(AttachmentTurn& turn) const
{
    turn.tables.EraseIf(turn.state.routes, [](const RouteKey& key, const Route&) {
        return key.origin == RouteOrigin::LEARNED;
    });
}

void
LearningRouting::OnTimer(AttachmentTurn& turn) const
{
    const MemberState& state = turn.state;
    MemberControl& control = turn.control;
    if (turn.now >= state.ageAt)
    {
        turn.tables.For(WriteCause::AGEING).ExpireBefore(state.routes, turn.now);
        control.ageAt = state.routes.EarliestExpiry();
    }
}

bool
UpdateTree(Turn& turn)
{
    const MemberState& state = turn.state;
    MemberControl& control = turn.control;
    TreeState next;
    next.root = state.name;
    next.heard = state.tree.heard;
    next.quietUntil = state.tree.quietUntil;
    next.untold = state.tree.untold;
    for (const auto& [port, said] : state.tree.heard)
    {
        const LinkEntry* link = state.links.Find(port);
        const auto& [root, distance, parent] = said;
        if (link == nullptr || link->role != MemberRole::ROUTER || root == NO_NAME ||
            distance >= turn.parameters.hopLimit)
        {
            continue;
        }
        const auto offer = std::make_tuple(root, distance + 1, link->neighbor, port);
        const auto best = std::make_tuple(next.root,
                                          static_cast<int>(next.distance),
                                          next.parent,
                                          next.parentPort);
        if (offer < best)
        {
            next.root = root;
            next.distance = static_cast<uint16_t>(distance + 1);
            next.parent = link->neighbor;
            next.parentPort = port;
        }
    }
    const bool changed =
        std::tie(next.root, next.distance, next.parent, next.parentPort) !=
        std::tie(state.tree.root, state.tree.distance, state.tree.parent, state.tree.parentPort);
    control.tree = std::move(next);
    return changed;
}

std::vector<PortId>
FloodPorts(const Turn& turn, PortId except)
{
    const MemberState& state = turn.state;
    std::vector<PortId> ports;
    for (const auto& [port, link] : state.links)
    {
        if (port == except)
        {
            continue;
        }
        if (!turn.IsRouter() || link.role == MemberRole::LEAF)
        {
            ports.push_back(port);
            continue;
        }
        const auto heard = state.tree.heard.find(port);
        const bool child =
            heard != state.tree.heard.end() && std::get<2>(heard->second) == state.name;
        if ((port == state.tree.parentPort && link.neighbor == state.tree.parent) || child)
        {
            ports.push_back(port);
        }
    }
    return ports;
}

} // namespace strata
} // namespace ns3

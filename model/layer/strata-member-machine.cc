// SPDX-License-Identifier: GPL-2.0-only

#include "strata-member-machine.h"

#include "strata-session-manager-machine.h"

#include <algorithm>
#include <utility>

namespace ns3
{
namespace strata
{

namespace
{

/** The least time between two messages that say of a change of the tree. */
constexpr Nanos TREE_QUIET = std::chrono::milliseconds(100);

} // namespace

MemberMachine::MemberMachine(LayerParameters parameters, LayerPolicies policies)
    : m_parameters(std::move(parameters)),
      m_policies(std::move(policies))
{
}

Effects
MemberMachine::Step(MemberState& state, const MemberEvent& event, Nanos now) const
{
    Effects effects;
    Step(state, event, now, effects);
    return effects;
}

void
MemberMachine::Step(MemberState& state, const MemberEvent& event, Nanos now, Effects& effects) const
{
    Turn turn(m_parameters, m_policies, state, now, effects);
    std::visit([this, &turn](const auto& e) { On(turn, e); }, event);
    // what is due now, such as paths without a delay, is done in the same step
    if (state.wake <= now)
    {
        RunTimers(turn);
    }
}

std::optional<PortId>
MemberMachine::FastForward(MemberState& state,
                           PortId inPort,
                           const PduHeader& header,
                           Nanos now,
                           Effects& effects) const
{
    if (state.phase != MemberPhase::MEMBER || header.destination == NO_NAME ||
        header.destination == state.name || header.hopLimit <= 1 ||
        header.layer != m_parameters.layerId || header.type == PduType::ANNOUNCE ||
        m_parameters.role != MemberRole::ROUTER || state.links.Find(inPort) == nullptr)
    {
        return std::nullopt;
    }
    const Route* route = m_policies.forwarding->Select(state.routes, header.destination);
    if (route == nullptr || route->port == TUNNEL_PORT)
    {
        return std::nullopt;
    }
    const PortId port = route->port;
    const auto entry = state.ports.find(port);
    if (entry == state.ports.end() || header.totalLength > entry->second.mtu ||
        (port == inPort && m_policies.routing->FloodsUnknown()))
    {
        return std::nullopt;
    }
    if (m_policies.routing->FloodsUnknown())
    {
        Turn turn(m_parameters, m_policies, state, now, effects);
        AttachmentTurn learning(turn, WriteCause::ROUTING);
        m_policies.routing->OnSource(learning, inPort, header.source);
    }
    return port;
}

void
MemberMachine::On(Turn& turn, const BootstrapEvent& event) const
{
    if (turn.state.phase == MemberPhase::OUTSIDE && event.name != NO_NAME)
    {
        Enroll(turn, event.name, event.blockLength);
    }
}

void
MemberMachine::On(Turn& turn, const JoinEvent& event) const
{
    if (turn.state.phase != MemberPhase::OUTSIDE)
    {
        return;
    }
    turn.control.phase = MemberPhase::ENROLLING;
    turn.control.wish = event.wish;
    for (const auto& [port, entry] : turn.state.ports)
    {
        SendHello(turn, port, HelloBody::REPLY_WANTED);
    }
}

void
MemberMachine::On(Turn& turn, const LeaveEvent&) const
{
    const MemberState& state = turn.state;
    MemberControl& control = turn.control;
    if (state.phase != MemberPhase::MEMBER)
    {
        return;
    }
    SessionManager sessions(turn);
    while (!state.sessions.empty())
    {
        sessions.Close(state.sessions.begin()->first, SessionEnd::LAYER_LEFT);
    }
    for (const auto& [process, sequence] : std::map<std::string, uint32_t>(state.processes))
    {
        On(turn, UnregisterEvent{process});
    }
    AttachmentTurn writer(turn, WriteCause::ENROLLMENT);
    m_policies.routing->OnLeave(writer);
    control.flushAt = turn.now;
    turn.Flush();
    for (const auto& [port, link] : state.links)
    {
        LeaveBody body;
        body.transaction = turn.NewTransaction();
        body.name = state.name;
        body.sequence = state.attachmentSequence;
        turn.SendOnPort(port, body);
    }
    writer.tables.Clear(state.links);
    writer.tables.Clear(state.routes);
    writer.tables.Clear(state.attachments);
    control.pending.clear();
    control.linkTimers.Clear();
    control.leafTimers.Clear();
    control.requestTimers.Clear();
    control.phase = MemberPhase::LEFT;
}

void
MemberMachine::On(Turn& turn, const PortUpEvent& event) const
{
    if (turn.state.ports.count(event.port) != 0)
    {
        // offered again: what stood on it is over
        On(turn, PortDownEvent{event.port});
    }
    PortEntry entry;
    entry.cost = std::max<uint32_t>(event.cost, 1);
    entry.mtu = event.mtu;
    entry.broadcast = event.broadcast;
    entry.underlay = event.underlay;
    turn.control.ports[event.port] = entry;
    AttachmentTurn writer(turn, WriteCause::LINK_CHANGE);
    AttachmentEntry attachment;
    if (const AttachmentEntry* known = turn.state.attachments.Find(event.underlay))
    {
        attachment = *known;
    }
    ++attachment.ports;
    writer.tables.Set(turn.state.attachments, event.underlay, attachment);
    if (turn.state.phase == MemberPhase::ENROLLING || turn.IsMember())
    {
        SendHello(turn, event.port, HelloBody::REPLY_WANTED);
    }
}

void
MemberMachine::On(Turn& turn, const PortDownEvent& event) const
{
    const auto entry = turn.state.ports.find(event.port);
    if (entry == turn.state.ports.end())
    {
        return;
    }
    const uint32_t underlay = entry->second.underlay;
    turn.control.ports.erase(entry);
    turn.control.outbox.erase(event.port);
    turn.Forget([&event](const PendingRequest& request) { return request.port == event.port; });
    LinkDown(turn, event.port, false);
    AttachmentTurn writer(turn, WriteCause::LINK_CHANGE);
    const AttachmentEntry* known = turn.state.attachments.Find(underlay);
    if (known != nullptr && known->ports > 1)
    {
        AttachmentEntry fewer = *known;
        --fewer.ports;
        writer.tables.Set(turn.state.attachments, underlay, fewer);
    }
    else
    {
        writer.tables.Erase(turn.state.attachments, underlay);
    }
}

void
MemberMachine::On(Turn& turn, const TimerEvent&) const
{
    RunTimers(turn);
}

void
MemberMachine::On(Turn& turn, const RegisterEvent& event) const
{
    const MemberState& state = turn.state;
    MemberControl& control = turn.control;
    if (event.process.empty() || event.process.size() > 255 ||
        state.processes.count(event.process) != 0)
    {
        return;
    }
    const LocationRecord* known = state.locations.Find(event.process);
    const uint32_t sequence = known == nullptr ? 1 : known->sequence + 1;
    control.processes[event.process] = sequence;
    if (turn.IsMember())
    {
        LocationTurn writer(turn, WriteCause::REGISTRATION);
        Publish(writer, LocationRecord{event.process, sequence, state.name, 0});
    }
}

void
MemberMachine::On(Turn& turn, const UnregisterEvent& event) const
{
    const MemberState& state = turn.state;
    MemberControl& control = turn.control;
    const auto found = control.processes.find(event.process);
    if (found == state.processes.end())
    {
        return;
    }
    const uint32_t sequence = found->second;
    SessionManager sessions(turn);
    for (const auto& [number, entry] :
         std::map<uint32_t, SessionEntry>(state.sessions.begin(), state.sessions.end()))
    {
        if (entry.process == event.process)
        {
            sessions.Close(number, SessionEnd::FINISHED);
        }
    }
    control.processes.erase(event.process);
    LocationTurn writer(turn, WriteCause::REGISTRATION);
    Publish(writer, LocationRecord{event.process, sequence, state.name, 1});
}

void
MemberMachine::On(Turn& turn, const OpenSessionEvent& event) const
{
    SessionManager(turn).Open(event);
}

void
MemberMachine::On(Turn& turn, const SendEvent& event) const
{
    SessionManager(turn).Send(event);
}

void
MemberMachine::On(Turn& turn, const CloseSessionEvent& event) const
{
    SessionManager(turn).Close(event.session, SessionEnd::FINISHED);
}

void
MemberMachine::On(Turn& turn, const ExportEvent& event) const
{
    SessionManager(turn).Export(event.process);
}

void
MemberMachine::On(Turn& turn, const ImportEvent& event) const
{
    SessionManager(turn).Import(event.image);
}

void
MemberMachine::On(Turn& turn, const ProbeEvent& event) const
{
    turn.SendTo(event.destination, ProbeBody{event.id}, 0);
}

void
MemberMachine::Enroll(Turn& turn, MemberName name, uint8_t blockLength) const
{
    const MemberState& state = turn.state;
    MemberControl& control = turn.control;
    control.phase = MemberPhase::MEMBER;
    control.name = name;
    control.blockLength = blockLength;
    if (turn.IsRouter())
    {
        control.tree.root = name;
    }
    AttachmentTurn writer(turn, WriteCause::ENROLLMENT);
    m_policies.routing->OnEnrolled(writer);
    if (m_parameters.HelloInterval() > Nanos::zero())
    {
        control.nextHello = turn.now + m_parameters.HelloInterval();
        control.WakeAt(state.nextHello);
    }
    turn.Notify(EnrolledNotice{name});
}

void
MemberMachine::LinkUp(Turn& turn, PortId port, MemberName neighbor, MemberRole role, Nanos hold)
    const
{
    const MemberState& state = turn.state;
    MemberControl& control = turn.control;
    const LinkEntry* former = state.links.Find(port);
    if (former != nullptr && (former->neighbor != neighbor || former->role != role))
    {
        LinkDown(turn, port, false);
    }
    LinkEntry link;
    link.neighbor = neighbor;
    link.role = role;
    link.cost = state.ports.at(port).cost;
    link.lastHeard = turn.now;
    link.holdTime = hold;
    if (hold > Nanos::zero())
    {
        control.linkTimers.Set(port, turn.now + hold);
        control.WakeAt(turn.now + hold);
    }
    AttachmentTurn writer(turn, WriteCause::LINK_CHANGE);
    if (!writer.tables.Set(state.links, port, link))
    {
        return;
    }
    turn.Notify(LinkNotice{port, neighbor, true, false});
    m_policies.routing->OnLinkUp(writer, port);
    if (turn.IsRouter() && role == MemberRole::ROUTER && m_policies.directory->Replicates())
    {
        for (const auto& [process, record] : state.locations)
        {
            turn.Outbox(port).locations[process] = record;
        }
    }
}

void
MemberMachine::LinkDown(Turn& turn, PortId port, bool died) const
{
    const MemberState& state = turn.state;
    MemberControl& control = turn.control;
    const LinkEntry* found = state.links.Find(port);
    if (found == nullptr)
    {
        return;
    }
    const LinkEntry link = *found;
    const Route* way = state.routes.FindExact(RouteKey{NameBlock(), RouteOrigin::DEFAULT});
    const bool inUse = way != nullptr && way->port == port;
    AttachmentTurn writer(turn, WriteCause::LINK_CHANGE);
    writer.tables.Erase(state.links, port);
    control.linkTimers.Erase(port);
    writer.tables.EraseIf(state.routes, [port](const RouteKey&, const Route& route) {
        return route.port == port &&
               (route.origin == RouteOrigin::ATTACHMENT || route.origin == RouteOrigin::DEFAULT ||
                route.origin == RouteOrigin::VISITOR);
    });
    m_policies.routing->OnLinkDown(writer, port, link);
    turn.Notify(LinkNotice{port, link.neighbor, false, died});
    if (!turn.IsRouter())
    {
        if (state.links.empty())
        {
            turn.Notify(ContractNotice{ContractEvent::ATTACHMENT_ENDED, "own"});
        }
        else if (inUse)
        {
            // back to a link that still stands: the layer must hear of it
            const PortId other = std::prev(state.links.end())->first;
            PointLeafAt(writer, other);
            RequestEnrollment(turn, other);
        }
        return;
    }
    const LeafEntry* leaf = state.leaves.Find(link.neighbor);
    const bool here = link.role == MemberRole::LEAF && leaf != nullptr &&
                      leaf->record.access == state.name && leaf->record.withdrawn == 0;
    const std::optional<PortId> other = LeafPort(turn, link.neighbor);
    if (here && other)
    {
        PointAtLeaf(writer, *other, link.neighbor);
    }
    else if (here)
    {
        LeafEntry lost = *leaf;
        lost.withdrawAt = turn.now + m_parameters.leafHold;
        KeepLeaf(writer, link.neighbor, lost);
    }
    if (m_policies.routing->KeepsTree())
    {
        FollowTree(turn);
    }
}

void
MemberMachine::FollowTree(Turn& turn) const
{
    if (!UpdateTree(turn))
    {
        return;
    }
    for (const auto& [port, link] : turn.state.links)
    {
        SendHello(turn, port);
    }
    OnTreeChanged(turn, NO_PORT);
}

void
MemberMachine::OnTreeChanged(Turn& turn, PortId from) const
{
    TreeState& tree = turn.control.tree;
    AttachmentTurn writer(turn, WriteCause::ROUTING);
    m_policies.routing->OnTreeChanged(writer);
    // never back where it came from: on a tree it ends at the leaves
    for (const PortId port : FloodPorts(turn, from))
    {
        if (turn.state.links.Find(port)->role == MemberRole::ROUTER)
        {
            tree.untold.insert(port);
        }
    }
    SayTreeChanged(turn);
}

void
MemberMachine::SayTreeChanged(Turn& turn) const
{
    TreeState& tree = turn.control.tree;
    if (turn.now < tree.quietUntil)
    {
        turn.control.WakeAt(tree.SayAt());
        return;
    }
    const std::vector<PortId> ports = FloodPorts(turn, NO_PORT);
    for (const PortId port : std::exchange(tree.untold, {}))
    {
        if (std::find(ports.begin(), ports.end(), port) != ports.end())
        {
            tree.quietUntil = turn.now + TREE_QUIET;
            SendHello(turn, port, HelloBody::TREE_CHANGED);
        }
    }
}

void
MemberMachine::SendHello(Turn& turn, PortId port, uint8_t flags) const
{
    HelloBody body;
    body.role = m_parameters.role;
    body.flags = flags;
    body.holdTime = static_cast<uint16_t>(std::min<int64_t>(
        std::chrono::duration_cast<std::chrono::milliseconds>(m_parameters.holdTime).count(),
        UINT16_MAX));
    if (m_policies.routing->KeepsTree() && turn.IsRouter() && turn.IsMember())
    {
        body.treeRoot = turn.state.tree.root;
        body.treeDistance = turn.state.tree.distance;
        // said only on the link that is in the tree, so that both ends take the same of several
        body.treeParent = port == turn.state.tree.parentPort ? turn.state.tree.parent : NO_NAME;
    }
    turn.SendOnPort(port, body);
}

void
MemberMachine::RequestEnrollment(Turn& turn, PortId port) const
{
    const MemberState& state = turn.state;
    MemberControl& control = turn.control;
    for (const auto& [transaction, pending] : state.pending)
    {
        const bool same = pending.port == port || !turn.IsMember();
        if (pending.kind == PendingKind::ENROLL && same)
        {
            return;
        }
    }
    EnrollRequestBody body;
    body.role = m_parameters.role;
    body.reattach = turn.IsMember() ? 1 : 0;
    body.name = turn.IsMember() ? state.name : state.wish;
    body.sequence = ++control.attachmentSequence;
    body.layerName = m_parameters.layerName;
    body.machine = m_parameters.machine;
    PendingRequest request;
    request.kind = PendingKind::ENROLL;
    request.port = port;
    turn.Request(std::move(request), std::move(body));
}

void
MemberMachine::PointLeafAt(AttachmentTurn& turn, PortId port) const
{
    const LinkEntry* link = turn.state.links.Find(port);
    Route route;
    route.nextHop = link->neighbor;
    route.port = port;
    route.metric = link->cost;
    route.origin = RouteOrigin::DEFAULT;
    turn.tables.Set(turn.state.routes, route);
}

void
MemberMachine::PointAtLeaf(AttachmentTurn& turn, PortId port, MemberName leaf) const
{
    Route route;
    route.block = NameBlock::Host(leaf);
    route.nextHop = leaf;
    route.port = port;
    route.origin = m_policies.routing->OriginForLeaf(turn, leaf);
    turn.tables.Set(turn.state.routes, route);
}

void
MemberMachine::RunTimers(Turn& turn) const
{
    const MemberState& state = turn.state;
    MemberControl& control = turn.control;
    control.wake = NEVER;
    if (turn.now >= state.nextHello && turn.IsMember())
    {
        control.nextHello = turn.now + m_parameters.HelloInterval();
        for (const auto& [port, entry] : state.ports)
        {
            SendHello(turn, port);
        }
    }
    for (const uint64_t port : control.linkTimers.TakeDue(turn.now))
    {
        const LinkEntry* link = state.links.Find(static_cast<PortId>(port));
        if (link == nullptr)
        {
            continue;
        }
        const Nanos dies = link->lastHeard + link->holdTime;
        if (turn.now >= dies)
        {
            LinkDown(turn, static_cast<PortId>(port), true);
        }
        else
        {
            // it was heard meanwhile
            control.linkTimers.Set(port, dies);
        }
    }
    if (turn.now >= state.tree.SayAt())
    {
        SayTreeChanged(turn);
    }
    const bool newPaths = turn.now >= state.shortestPathAt;
    AttachmentTurn writer(turn, WriteCause::ROUTING);
    m_policies.routing->OnTimer(writer);
    if (newPaths)
    {
        // what had no way before may have one now
        for (const auto& [transaction, request] : state.pending)
        {
            if (request.unsent)
            {
                control.requestTimers.Set(transaction, turn.now);
            }
        }
    }
    for (const uint64_t leaf : control.leafTimers.TakeDue(turn.now))
    {
        const LeafEntry* entry = state.leaves.Find(leaf);
        if (entry == nullptr)
        {
            continue;
        }
        AttachmentTurn ageing(turn, WriteCause::AGEING);
        if (turn.now < entry->withdrawAt)
        {
            ForgetLeaf(ageing, leaf);
            ageing.tables.Erase(state.routes,
                                RouteKey{NameBlock::Host(leaf), RouteOrigin::ATTACHMENT});
            continue;
        }
        AttachmentRecord record = entry->record;
        record.withdrawn = 1;
        if (ApplyLeafRecord(ageing, record))
        {
            m_policies.attachment->OnLeafLost(ageing, record);
        }
    }
    SessionManager(turn).Tick();
    RetryPending(turn);
    turn.Flush();
    FindWake(turn);
}

void
MemberMachine::RetryPending(Turn& turn) const
{
    const MemberState& state = turn.state;
    MemberControl& control = turn.control;
    for (const uint64_t due : control.requestTimers.TakeDue(turn.now))
    {
        const auto transaction = static_cast<uint32_t>(due);
        const auto found = control.pending.find(transaction);
        if (found == state.pending.end())
        {
            continue;
        }
        PendingRequest& request = found->second;
        ++request.tries;
        const bool last = request.tries >= m_parameters.maxTries;
        if (request.session != 0)
        {
            SessionManager(turn).OnUnanswered(request, last);
        }
        if (last)
        {
            control.pending.erase(transaction);
            continue;
        }
        if (state.pending.count(transaction) != 0)
        {
            control.requestTimers.Set(transaction,
                                      turn.now + m_parameters.retryInterval *
                                                     (1 << std::min<int>(request.tries, 5)));
            turn.Repeat(transaction);
        }
    }
}

void
MemberMachine::FindWake(Turn& turn) const
{
    const MemberState& state = turn.state;
    MemberControl& control = turn.control;
    control.wake = std::min({state.nextHello,
                             state.shortestPathAt,
                             state.flushAt,
                             state.ageAt,
                             state.tree.SayAt(),
                             state.linkTimers.First(),
                             state.leafTimers.First(),
                             state.requestTimers.First(),
                             state.sessionTimers.First()});
}

} // namespace strata
} // namespace ns3

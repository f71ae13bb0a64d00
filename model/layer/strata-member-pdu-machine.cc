// SPDX-License-Identifier: GPL-2.0-only

// What MemberMachine does with each type of PDU.

#include "strata-member-machine.h"
#include "strata-ring-decision.h"
#include "strata-session-manager-machine.h"

#include <algorithm>

namespace ns3
{
namespace strata
{

namespace
{

/** Types whose handlers belong to the session manager. */
template <class Body>
constexpr bool IS_SESSION =
    std::is_same_v<Body, SessionOpenBody> || std::is_same_v<Body, SessionAcceptBody> ||
    std::is_same_v<Body, SessionRefuseBody> || std::is_same_v<Body, SessionCloseBody> ||
    std::is_same_v<Body, SessionDataBody> || std::is_same_v<Body, SessionMovedBody>;

/** What a process that is not a member yet may hear. */
bool
BeforeEnrollment(PduType type)
{
    return type == PduType::HELLO || type == PduType::ENROLL_ACCEPT ||
           type == PduType::ENROLL_REFUSE;
}

} // namespace

void
MemberMachine::On(Turn& turn, const PduEvent& event) const
{
    auto pdu = Pdu::Decode(event.bytes);
    if (!pdu)
    {
        turn.Drop(MemberDrop::MALFORMED, PduType{});
        return;
    }
    OnPdu(turn, event.port, *pdu);
}

void
MemberMachine::OnPdu(Turn& turn, PortId port, Pdu& pdu) const
{
    const MemberState& state = turn.state;
    const PduType type = pdu.header.type;
    if (pdu.header.layer != m_parameters.layerId)
    {
        turn.Drop(MemberDrop::OTHER_LAYER, type);
        return;
    }
    if (port != LOOPBACK_PORT && state.ports.count(port) == 0)
    {
        turn.Drop(MemberDrop::NOT_A_NEIGHBOR, type);
        return;
    }
    if (!turn.IsMember() && (state.phase != MemberPhase::ENROLLING || !BeforeEnrollment(type)))
    {
        turn.Drop(MemberDrop::NOT_A_MEMBER, type);
        return;
    }
    if (pdu.header.destination == NO_NAME || port == LOOPBACK_PORT)
    {
        Arrive(turn, port, pdu);
        return;
    }
    if (state.links.Find(port) == nullptr)
    {
        turn.Drop(MemberDrop::NOT_A_NEIGHBOR, type);
        return;
    }
    const auto* announce = std::get_if<AnnounceBody>(&pdu.body);
    if (announce != nullptr && pdu.header.destination != state.name)
    {
        if (!m_policies.security->Accept(pdu))
        {
            turn.Drop(MemberDrop::NOT_AUTHENTIC, type);
            return;
        }
        const AnnounceBody body = *announce;
        Announced(turn, port, pdu, body);
        return;
    }
    AttachmentTurn writer(turn, WriteCause::ROUTING);
    m_policies.routing->OnSource(writer, port, pdu.header.source);
    if (pdu.header.destination == state.name)
    {
        Arrive(turn, port, pdu);
        return;
    }
    if (!turn.IsRouter())
    {
        turn.Drop(MemberDrop::NO_ROUTE, type);
        return;
    }
    if (pdu.header.hopLimit <= 1)
    {
        turn.Drop(MemberDrop::HOP_LIMIT, type);
        return;
    }
    turn.Route(std::move(pdu), false, port);
}

void
MemberMachine::Arrive(Turn& turn, PortId port, Pdu& pdu) const
{
    if (!m_policies.security->Accept(pdu))
    {
        turn.Drop(MemberDrop::NOT_AUTHENTIC, pdu.header.type);
        if (const auto* request = std::get_if<EnrollRequestBody>(&pdu.body))
        {
            turn.SendOnPort(port,
                            EnrollRefuseBody{request->transaction, EnrollRefusal::NOT_AUTHENTIC});
        }
        return;
    }
    std::visit(
        [&](const auto& body) {
            using Body = std::decay_t<decltype(body)>;
            if constexpr (std::is_same_v<Body, UnknownBody>)
            {
                turn.Drop(MemberDrop::UNKNOWN_TYPE, pdu.header.type);
            }
            else if constexpr (IS_SESSION<Body>)
            {
                SessionManager(turn).OnPdu(pdu, body);
            }
            else
            {
                OnBody(turn, port, pdu, body);
            }
        },
        pdu.body);
}

void
MemberMachine::OnBody(Turn& turn, PortId port, const Pdu& pdu, const HelloBody& body) const
{
    const MemberState& state = turn.state;
    MemberControl& control = turn.control;
    const MemberName neighbor = pdu.header.source;
    if (pdu.header.destination != NO_NAME)
    {
        turn.Drop(MemberDrop::NOT_A_NEIGHBOR, PduType::HELLO);
        return;
    }
    if ((body.flags & HelloBody::REPLY_WANTED) != 0)
    {
        SendHello(turn, port);
    }
    if (state.ports.at(port).broadcast || neighbor == NO_NAME || neighbor == state.name)
    {
        return;
    }
    const Nanos hold = std::chrono::milliseconds(body.holdTime);
    const LinkEntry* link = state.links.Find(port);
    if (link != nullptr && link->neighbor == neighbor)
    {
        LinkEntry heard = *link;
        heard.lastHeard = turn.now;
        AttachmentTurn writer(turn, WriteCause::LINK_CHANGE);
        writer.tables.Set(state.links, port, heard);
    }
    else if (!turn.IsMember() || !turn.IsRouter())
    {
        if (body.role == MemberRole::ROUTER)
        {
            RequestEnrollment(turn, port);
        }
        return;
    }
    else if (body.role == MemberRole::ROUTER)
    {
        LinkUp(turn, port, neighbor, body.role, hold);
    }
    else
    {
        return;
    }
    if (m_policies.routing->KeepsTree() && turn.IsRouter() && turn.IsMember())
    {
        control.tree.heard[port] =
            std::make_tuple(body.treeRoot, body.treeDistance, body.treeParent);
        FollowTree(turn);
        if ((body.flags & HelloBody::TREE_CHANGED) != 0)
        {
            OnTreeChanged(turn, port);
        }
    }
}

void
MemberMachine::OnBody(Turn& turn, PortId port, const Pdu& pdu, const EnrollRequestBody& body) const
{
    const MemberState& state = turn.state;
    MemberControl& control = turn.control;
    const auto refuse = [&](EnrollRefusal reason) {
        turn.SendOnPort(port, EnrollRefuseBody{body.transaction, reason});
    };
    if (!turn.IsMember() || !turn.IsRouter() || pdu.header.destination != NO_NAME ||
        state.ports.at(port).broadcast)
    {
        refuse(EnrollRefusal::NOT_A_MEMBER);
        return;
    }
    if (body.layerName != m_parameters.layerName)
    {
        refuse(EnrollRefusal::WRONG_LAYER);
        return;
    }
    const LinkEntry* link = state.links.Find(port);
    const bool linked = link != nullptr && (body.name == NO_NAME || link->neighbor == body.name);
    MemberName name = linked ? link->neighbor : body.name;
    uint8_t blockLength = 64;
    const LeafEntry* known = state.leaves.Find(name);
    // a leaf that was elsewhere meanwhile may come back over a link that still stands
    const bool back = linked && body.reattach != 0 && body.role == MemberRole::LEAF &&
                      link->role == MemberRole::LEAF &&
                      (known == nullptr || known->record.sequence < body.sequence);
    const bool again = linked && !back;
    const auto taken = [&state](MemberName candidate) {
        const LeafEntry* leaf = state.leaves.Find(candidate);
        const LinkStateRecord* router = state.linkStates.Find(candidate);
        return candidate == state.name || (router != nullptr && router->withdrawn == 0) ||
               (leaf != nullptr && leaf->record.withdrawn == 0);
    };
    if (again)
    {
        blockLength = m_policies.naming->BlockLengthFor(name, body.role);
    }
    else if (body.reattach != 0)
    {
        if (body.role == MemberRole::LEAF && !m_policies.attachment->AllowsMove())
        {
            refuse(EnrollRefusal::NO_MOBILITY);
            return;
        }
        if (name == NO_NAME || name == state.name)
        {
            refuse(EnrollRefusal::BAD_NAME);
            return;
        }
        const LinkStateRecord* router = state.linkStates.Find(name);
        if (router != nullptr && router->withdrawn == 0)
        {
            refuse(EnrollRefusal::NAME_TAKEN);
            return;
        }
        if (known != nullptr && known->record.sequence >= body.sequence)
        {
            refuse(EnrollRefusal::STALE);
            return;
        }
        blockLength = m_policies.naming->BlockLengthFor(name, body.role);
    }
    else if (name == NO_NAME)
    {
        auto assigned =
            m_policies.naming->Assign(control.naming, state.name, state.blockLength, body.role);
        while (assigned && (taken(assigned->name) || state.leaves.Contains(assigned->name)))
        {
            assigned =
                m_policies.naming->Assign(control.naming, state.name, state.blockLength, body.role);
        }
        if (!assigned)
        {
            refuse(EnrollRefusal::NAMES_EXHAUSTED);
            return;
        }
        name = assigned->name;
        blockLength = assigned->blockLength;
    }
    else
    {
        if (taken(name))
        {
            refuse(EnrollRefusal::NAME_TAKEN);
            return;
        }
        if (known != nullptr && known->record.sequence >= body.sequence)
        {
            // the name of one that was here before, and it has said more than this
            refuse(EnrollRefusal::STALE);
            return;
        }
        if (!m_policies.naming->Fits(name, body.role, state.name, state.blockLength))
        {
            refuse(EnrollRefusal::BAD_NAME);
            return;
        }
        blockLength = m_policies.naming->BlockLengthFor(name, body.role);
    }
    turn.SendOnPort(port, EnrollAcceptBody{body.transaction, name, blockLength});
    if (again)
    {
        return;
    }
    LinkUp(turn, port, name, body.role, m_parameters.holdTime);
    if (body.role == MemberRole::ROUTER)
    {
        return;
    }
    AttachmentTurn writer(turn,
                          body.reattach != 0 ? WriteCause::ATTACHMENT_MOBILITY
                                             : WriteCause::ENROLLMENT);
    PointAtLeaf(writer, port, name);
    const AttachmentRecord record{name, body.sequence, state.name, 0};
    const LeafEntry* former = state.leaves.Find(name);
    const MemberName before = former == nullptr ? NO_NAME : former->record.access;
    if (ApplyLeafRecord(writer, record))
    {
        m_policies.attachment->OnLeafAttached(writer, record);
        TellFormerAccess(turn, before, record);
    }
    turn.Notify(AttachedNotice{name, state.name, body.sequence, body.reattach != 0});
}

void
MemberMachine::OnBody(Turn& turn, PortId port, const Pdu& pdu, const EnrollAcceptBody& body) const
{
    const MemberState& state = turn.state;
    const auto request = turn.Settle(body.transaction);
    if (!request || request->kind != PendingKind::ENROLL || request->port != port ||
        body.name == NO_NAME || pdu.header.source == NO_NAME || pdu.header.source == body.name ||
        (turn.IsMember() && body.name != state.name))
    {
        turn.Drop(MemberDrop::STALE, PduType::ENROLL_ACCEPT);
        return;
    }
    const bool first = !turn.IsMember();
    if (first)
    {
        Enroll(turn, body.name, body.blockLength);
    }
    LinkUp(turn, port, pdu.header.source, MemberRole::ROUTER, m_parameters.holdTime);
    AttachmentTurn writer(turn, first ? WriteCause::ENROLLMENT : WriteCause::ATTACHMENT_MOBILITY);
    AttachmentEntry attachment;
    const uint32_t underlay = state.ports.at(port).underlay;
    if (const AttachmentEntry* known = state.attachments.Find(underlay))
    {
        attachment = *known;
    }
    attachment.sequence = state.attachmentSequence;
    writer.tables.Set(state.attachments, underlay, attachment);
    if (!turn.IsRouter())
    {
        PointLeafAt(writer, port);
        turn.Notify(
            AttachedNotice{state.name, pdu.header.source, state.attachmentSequence, !first});
        m_policies.attachment->OnSelfAttached(writer, port);
        if (!first)
        {
            turn.Notify(ContractNotice{ContractEvent::ATTACHMENT_REPAIRED, "own"});
        }
    }
    if (first)
    {
        for (const auto& [other, entry] : state.ports)
        {
            if (other != port)
            {
                SendHello(turn, other, HelloBody::REPLY_WANTED);
            }
        }
        LocationTurn locations(turn, WriteCause::REGISTRATION);
        for (const auto& [process, sequence] : state.processes)
        {
            Publish(locations, LocationRecord{process, sequence, state.name, 0});
        }
    }
    if (m_policies.routing->KeepsTree())
    {
        SendHello(turn, port, HelloBody::REPLY_WANTED);
    }
}

void
MemberMachine::OnBody(Turn& turn, PortId port, const Pdu&, const EnrollRefuseBody& body) const
{
    const auto found = turn.state.pending.find(body.transaction);
    if (found == turn.state.pending.end() || found->second.kind != PendingKind::ENROLL ||
        found->second.port != port)
    {
        turn.Drop(MemberDrop::STALE, PduType::ENROLL_REFUSE);
        return;
    }
    turn.Settle(body.transaction);
    turn.Notify(RefusedNotice{body.reason});
}

void
MemberMachine::OnBody(Turn& turn, PortId port, const Pdu&, const LeaveBody& body) const
{
    const MemberState& state = turn.state;
    const LinkEntry* link = state.links.Find(port);
    if (link == nullptr || link->neighbor != body.name)
    {
        turn.Drop(MemberDrop::NOT_A_NEIGHBOR, PduType::LEAVE);
        return;
    }
    turn.SendOnPort(port, AckBody{PduType::LEAVE, body.transaction, 0});
    const bool leaf = link->role == MemberRole::LEAF;
    LinkDown(turn, port, false);
    const LeafEntry* entry = state.leaves.Find(body.name);
    if (leaf && entry != nullptr && entry->record.access == state.name)
    {
        AttachmentRecord record = entry->record;
        record.withdrawn = 1;
        AttachmentTurn writer(turn, WriteCause::ENROLLMENT);
        if (ApplyLeafRecord(writer, record))
        {
            m_policies.attachment->OnLeafLost(writer, record);
        }
    }
}

void
MemberMachine::OnBody(Turn& turn, PortId, const Pdu&, const AckBody& body) const
{
    const auto found = turn.state.pending.find(body.transaction);
    if (found == turn.state.pending.end() || found->second.type != body.acked)
    {
        turn.Drop(MemberDrop::STALE, PduType::ACK);
        return;
    }
    const auto request = turn.Settle(body.transaction);
    if (request->kind == PendingKind::SESSION_MOVED)
    {
        turn.Notify(ContractNotice{ContractEvent::LOCATION_REPAIRED, request->subject});
    }
}

void
MemberMachine::OnBody(Turn& turn, PortId port, const Pdu&, const LinkStateBody& body) const
{
    if (turn.state.links.Find(port) == nullptr)
    {
        turn.Drop(MemberDrop::NOT_A_NEIGHBOR, PduType::LINK_STATE);
        return;
    }
    const auto stands = [&turn](MemberName origin) {
        const LinkStateRecord* known = turn.state.linkStates.Find(origin);
        return known != nullptr && known->withdrawn == 0;
    };
    std::map<MemberName, bool> before;
    for (const LinkStatePart& record : body.records)
    {
        before.emplace(record.origin, stands(record.origin));
    }
    AttachmentTurn writer(turn, WriteCause::ROUTING);
    m_policies.routing->OnLinkState(writer, port, body);
    turn.SendOnPort(port, AckBody{PduType::LINK_STATE, body.transaction, 0});
    std::set<MemberName> appeared;
    bool gone = false;
    for (const auto& [origin, stood] : before)
    {
        if (!stood && stands(origin))
        {
            appeared.insert(origin);
        }
        gone = gone || (stood && !stands(origin));
    }
    if (gone || !appeared.empty())
    {
        LocationTurn locations(turn, WriteCause::REGISTRATION);
        Redistribute(locations, appeared, gone);
    }
}

void
MemberMachine::OnBody(Turn& turn, PortId port, const Pdu& pdu, const AttachmentBody& body) const
{
    const MemberState& state = turn.state;
    const bool flooded = pdu.header.destination == NO_NAME;
    if (!turn.IsRouter() || (flooded && state.links.Find(port) == nullptr))
    {
        turn.Drop(MemberDrop::NOT_A_NEIGHBOR, PduType::ATTACHMENT);
        return;
    }
    AttachmentTurn writer(turn, WriteCause::ATTACHMENT_MOBILITY);
    uint8_t status = 1;
    for (const AttachmentRecord& record : body.records)
    {
        const LeafEntry* known = state.leaves.Find(record.leaf);
        const MemberName before = known == nullptr ? NO_NAME : known->record.access;
        // who does not keep it for others is not told of its end either: it only remembers
        const MemberName home = m_policies.routing->HomeOf(turn, record.leaf);
        const bool keeps = flooded || home == NO_NAME || home == state.name;
        if (!ApplyLeafRecord(writer, record, keeps ? NEVER : turn.now + m_parameters.cacheAge))
        {
            turn.Drop(MemberDrop::STALE, PduType::ATTACHMENT);
            continue;
        }
        status = 0;
        if (flooded)
        {
            turn.Flood(record, port);
        }
        else
        {
            TellFormerAccess(turn, before, record);
        }
    }
    const AckBody ack{PduType::ATTACHMENT, body.transaction, status};
    if (flooded)
    {
        turn.SendOnPort(port, ack);
    }
    else
    {
        turn.SendTo(pdu.header.source, ack);
    }
}

void
MemberMachine::TellFormerAccess(Turn& turn, MemberName former, const AttachmentRecord& record) const
{
    if (!m_policies.routing->TellsFormerAccess() || former == NO_NAME || former == record.access ||
        former == turn.state.name ||
        m_policies.routing->HomeOf(turn, record.leaf) != turn.state.name)
    {
        return;
    }
    PendingRequest request;
    request.kind = PendingKind::ATTACHMENT;
    request.destination = former;
    request.subject = std::to_string(record.leaf) + " former";
    AttachmentBody news;
    news.records.push_back(record);
    turn.Request(std::move(request), std::move(news));
}

void
MemberMachine::OnBody(Turn& turn, PortId port, const Pdu& pdu, const LocationBody& body) const
{
    if (!turn.IsRouter() || (port != LOOPBACK_PORT && turn.state.links.Find(port) == nullptr))
    {
        turn.Drop(MemberDrop::NOT_A_NEIGHBOR, PduType::LOCATION);
        return;
    }
    LocationTurn writer(turn, WriteCause::REGISTRATION);
    OnLocation(writer, port, pdu, body);
}

void
MemberMachine::OnBody(Turn& turn, PortId, const Pdu& pdu, const ResolveBody& body) const
{
    const MemberState& state = turn.state;
    ResolvedBody answer;
    answer.transaction = body.transaction;
    answer.kind = body.kind;
    MemberName home = NO_NAME;
    if (body.kind == ResolveKind::ATTACHMENT)
    {
        const LeafEntry* leaf = state.leaves.Find(body.leaf);
        home = m_policies.routing->HomeOf(turn, body.leaf);
        if (leaf != nullptr && leaf->record.withdrawn == 0)
        {
            answer.found = 1;
            answer.attachment = leaf->record;
        }
    }
    else
    {
        home = m_policies.directory->HomeOf(turn, body.process);
        if (const auto record = KnownLocation(turn, body.process, true))
        {
            answer.found = 1;
            answer.location = *record;
        }
    }
    if (answer.found == 0 && home != NO_NAME && home != state.name && turn.IsRouter())
    {
        // asked on behalf of a leaf: the home answers the leaf itself
        Pdu onward = pdu;
        onward.header.destination = home;
        onward.header.hopLimit = m_parameters.hopLimit;
        m_policies.security->Protect(onward);
        turn.Route(std::move(onward), true);
        return;
    }
    turn.SendTo(pdu.header.source, answer);
}

void
MemberMachine::OnBody(Turn& turn, PortId, const Pdu&, const ResolvedBody& body) const
{
    const MemberState& state = turn.state;
    MemberControl& control = turn.control;
    const auto found = control.pending.find(body.transaction);
    if (found == state.pending.end() || found->second.kind != PendingKind::RESOLVE)
    {
        turn.Drop(MemberDrop::STALE, PduType::RESOLVED);
        return;
    }
    if (body.found == 0)
    {
        return;
    }
    const auto request = turn.Settle(body.transaction);
    if (body.kind == ResolveKind::LOCATION)
    {
        SessionManager(turn).OnLocated(request->session, body.location);
        return;
    }
    AttachmentTurn writer(turn, WriteCause::ROUTING);
    ApplyLeafRecord(writer, body.attachment, turn.now + m_parameters.cacheAge);
    const auto waiting = control.unresolved.find(body.attachment.leaf);
    if (waiting == state.unresolved.end())
    {
        return;
    }
    const std::vector<Bytes> pdus = std::move(waiting->second);
    control.unresolved.erase(waiting);
    for (const Bytes& bytes : pdus)
    {
        if (auto pdu = Pdu::Decode(bytes))
        {
            turn.Route(std::move(*pdu), false);
        }
    }
}

void
MemberMachine::OnBody(Turn& turn, PortId port, const Pdu& pdu, const TunnelBody& body) const
{
    const MemberState& state = turn.state;
    auto inner = Pdu::Decode(body.inner);
    if (!inner || inner->header.layer != m_parameters.layerId ||
        std::holds_alternative<TunnelBody>(inner->body))
    {
        turn.Drop(MemberDrop::MALFORMED, PduType::TUNNEL);
        return;
    }
    inner->header.hops =
        static_cast<uint8_t>(std::min<int>(UINT8_MAX, inner->header.hops + pdu.header.hops));
    const MemberName leaf = inner->header.destination;
    if (leaf == state.name)
    {
        Arrive(turn, port, *inner);
        return;
    }
    const Route* route =
        state.routes.FindExact(RouteKey{NameBlock::Host(leaf), RouteOrigin::VISITOR});
    if (route == nullptr)
    {
        route = state.routes.FindExact(RouteKey{NameBlock::Host(leaf), RouteOrigin::ATTACHMENT});
    }
    if (route == nullptr || inner->header.hopLimit <= 1)
    {
        turn.Drop(MemberDrop::NOT_ATTACHED, inner->header.type);
        Bytes header;
        ByteWriter writer(header);
        inner->header.Encode(writer);
        turn.SendTo(pdu.header.source,
                    UnreachableBody{UnreachableReason::NOT_ATTACHED, std::move(header)});
        return;
    }
    if (route->port == TUNNEL_PORT)
    {
        // the leaf has moved on: the sender of the tunnel learns where
        if (const LeafEntry* entry = state.leaves.Find(leaf))
        {
            PendingRequest request;
            request.kind = PendingKind::ATTACHMENT;
            request.destination = pdu.header.source;
            request.subject = std::to_string(leaf) + " former";
            AttachmentBody news;
            news.records.push_back(entry->record);
            turn.Forget([&request](const PendingRequest& other) {
                return other.kind == request.kind && other.subject == request.subject &&
                       other.destination == request.destination;
            });
            turn.Request(std::move(request), std::move(news));
        }
    }
    if (route->origin == RouteOrigin::VISITOR)
    {
        turn.Pass(*inner, route->port, port);
        return;
    }
    turn.Route(std::move(*inner), false);
}

void
MemberMachine::OnBody(Turn& turn, PortId, const Pdu& pdu, const UnreachableBody& body) const
{
    const auto header = PduHeader::Decode(body.header, PduHeader::Context{true});
    if (!header || body.reason != UnreachableReason::NOT_ATTACHED)
    {
        return;
    }
    const MemberName leaf = header->destination;
    const LeafEntry* entry = turn.state.leaves.Find(leaf);
    // what this member answers for itself is corrected by the leaf's attachments alone
    if (entry != nullptr && entry->record.access == pdu.header.source &&
        m_policies.routing->HomeOf(turn, leaf) != turn.state.name)
    {
        AttachmentTurn writer(turn, WriteCause::ATTACHMENT_MOBILITY);
        ForgetLeaf(writer, leaf);
        writer.tables.Erase(turn.state.routes,
                            RouteKey{NameBlock::Host(leaf), RouteOrigin::ATTACHMENT});
    }
}

void
MemberMachine::OnBody(Turn& turn, PortId, const Pdu&, const RelayBody& body) const
{
    auto inner = Pdu::Decode(body.inner);
    const auto location = KnownLocation(turn, body.process, true);
    if (!inner || inner->header.layer != m_parameters.layerId || !location ||
        std::holds_alternative<RelayBody>(inner->body))
    {
        turn.Drop(inner ? MemberDrop::NO_PROCESS : MemberDrop::MALFORMED, PduType::RELAY);
        return;
    }
    inner->header.destination = location->member;
    inner->header.hopLimit = m_parameters.hopLimit;
    m_policies.security->Protect(*inner);
    turn.Route(std::move(*inner), true);
}

void
MemberMachine::OnBody(Turn& turn, PortId, const Pdu& pdu, const ProbeBody& body) const
{
    turn.SendTo(pdu.header.source,
                ProbeReplyBody{body.id, static_cast<uint8_t>(pdu.header.hops + 1)},
                0);
}

void
MemberMachine::OnBody(Turn& turn, PortId, const Pdu& pdu, const ProbeReplyBody& body) const
{
    turn.Notify(ProbeNotice{body.id, body.hops, pdu.header.source});
}

void
MemberMachine::OnBody(Turn& turn, PortId, const Pdu&, const AnnounceBody&) const
{
    // a leaf's own announcement comes back to it only when nobody knew the leaf
    turn.Drop(MemberDrop::STALE, PduType::ANNOUNCE);
}

void
MemberMachine::Announced(Turn& turn, PortId port, Pdu& pdu, const AnnounceBody& body) const
{
    const MemberState& state = turn.state;
    const MemberName leaf = body.attachment.leaf;
    if (!turn.IsRouter() || leaf != pdu.header.destination || leaf != pdu.header.source)
    {
        turn.Drop(MemberDrop::STALE, PduType::ANNOUNCE);
        return;
    }
    AttachmentTurn writer(turn, WriteCause::ATTACHMENT_MOBILITY);
    const LeafEntry* former = state.leaves.Find(leaf);
    const bool here = state.links.Find(port)->neighbor == leaf;
    if (!here && former != nullptr && former->record.access == state.name &&
        former->record.sequence < body.attachment.sequence)
    {
        writer.tables.Erase(state.routes, RouteKey{NameBlock::Host(leaf), RouteOrigin::ATTACHMENT});
        ForgetLeaf(writer, leaf);
        m_policies.routing->OnAnnounced(writer, port, leaf);
        turn.SendTo(leaf, AckBody{PduType::ANNOUNCE, body.transaction, 0});
        return;
    }
    const RouteKey key{NameBlock::Host(leaf), RouteOrigin::LEARNED};
    const Route* old = state.routes.FindExact(key);
    const std::optional<PortId> before = old == nullptr ? std::nullopt : std::optional(old->port);
    if (here)
    {
        writer.tables.Erase(state.routes, key);
    }
    else
    {
        m_policies.routing->OnAnnounced(writer, port, leaf);
    }
    if (pdu.header.hopLimit <= 1 || before == port)
    {
        turn.Drop(MemberDrop::STALE, PduType::ANNOUNCE);
        return;
    }
    turn.Pass(pdu, before, port);
}

} // namespace strata
} // namespace ns3

// SPDX-License-Identifier: GPL-2.0-only

#include "strata-attachment-policy.h"

#include "strata-layer-policy.h"

namespace ns3
{
namespace strata
{

namespace
{

/** A leaf that never left the block of its name is reached by the route to the block. */
bool
AtHome(const Turn& turn, const AttachmentRecord& record)
{
    return record.sequence <= 1 && turn.OwnerOf(record.leaf) == turn.state.name;
}

void
SendToHome(AttachmentTurn& turn, const AttachmentRecord& record)
{
    const MemberName home = turn.policies.routing->HomeOf(turn, record.leaf);
    if (home == turn.state.name)
    {
        return;
    }
    if (home == NO_NAME)
    {
        turn.Drop(MemberDrop::NO_ROUTE, PduType::ATTACHMENT);
        return;
    }
    // only the newest record of a leaf is worth repeating
    const std::string subject = std::to_string(record.leaf);
    turn.Forget([&subject](const PendingRequest& request) {
        return request.kind == PendingKind::ATTACHMENT && request.subject == subject;
    });
    PendingRequest request;
    request.kind = PendingKind::ATTACHMENT;
    request.destination = home;
    request.subject = subject;
    AttachmentBody body;
    body.records.push_back(record);
    turn.Request(std::move(request), std::move(body));
}

/** Whether this member sends to \p leaf over the leaf's own link. */
bool
IsReached(const Turn& turn, MemberName leaf)
{
    const Route* route = turn.state.routes.FindExact(
        RouteKey{NameBlock::Host(leaf), turn.policies.routing->OriginForLeaf(turn, leaf)});
    const LinkEntry* link = route == nullptr ? nullptr : turn.state.links.Find(route->port);
    return link != nullptr && link->neighbor == leaf && link->role == MemberRole::LEAF;
}

} // namespace

void
StayPut::OnLeafAttached(AttachmentTurn& turn, const AttachmentRecord& record) const
{
    if (!AtHome(turn, record))
    {
        turn.Flood(record);
    }
}

void
TellEveryone::OnLeafAttached(AttachmentTurn& turn, const AttachmentRecord& record) const
{
    if (!AtHome(turn, record))
    {
        turn.Flood(record);
    }
}

void
TellEveryone::OnLeafLost(AttachmentTurn& turn, const AttachmentRecord& record) const
{
    if (!AtHome(turn, record))
    {
        turn.Flood(record);
    }
}

void
TellPath::OnSelfAttached(AttachmentTurn& turn, PortId) const
{
    if (turn.state.attachmentSequence <= 1)
    {
        return;
    }
    turn.Forget(
        [](const PendingRequest& request) { return request.kind == PendingKind::ANNOUNCE; });
    PendingRequest request;
    request.kind = PendingKind::ANNOUNCE;
    request.destination = turn.state.name;
    AnnounceBody body;
    body.attachment.leaf = turn.state.name;
    body.attachment.sequence = turn.state.attachmentSequence;
    body.attachment.access = turn.AccessRouter();
    turn.Request(std::move(request), body);
}

void
TellHome::OnLeafAttached(AttachmentTurn& turn, const AttachmentRecord& record) const
{
    if (!AtHome(turn, record) ||
        turn.policies.routing->HomeOf(turn, record.leaf) != turn.state.name)
    {
        SendToHome(turn, record);
    }
}

void
TellHome::OnLeafLost(AttachmentTurn& turn, const AttachmentRecord& record) const
{
    if (!AtHome(turn, record) ||
        turn.policies.routing->HomeOf(turn, record.leaf) != turn.state.name)
    {
        SendToHome(turn, record);
    }
}

bool
ApplyLeafRecord(AttachmentTurn& turn, const AttachmentRecord& record, Nanos expires)
{
    const MemberState& state = turn.state;
    MemberControl& control = turn.control;
    const LeafEntry* known = state.leaves.Find(record.leaf);
    if (record.access == state.name &&
        (record.withdrawn != 0 ? LeafPort(turn, record.leaf).has_value()
                               : !IsReached(turn, record.leaf)))
    {
        // nobody knows better than this member who is attached to it
        return false;
    }
    if (known != nullptr)
    {
        const AttachmentRecord& old = known->record;
        const bool newer =
            record.sequence > old.sequence ||
            (record.sequence == old.sequence && record.withdrawn != 0 && old.withdrawn == 0);
        if (!newer)
        {
            return false;
        }
    }
    else if (state.leaves.size() >= turn.parameters.maxTableEntries)
    {
        turn.Drop(MemberDrop::QUEUE_FULL, PduType::ATTACHMENT);
        return false;
    }
    LeafEntry entry;
    entry.record = record;
    entry.expires = expires;
    KeepLeaf(turn, record.leaf, entry);
    if (record.withdrawn != 0)
    {
        const NameBlock block = NameBlock::Host(record.leaf);
        turn.tables.Erase(state.routes, RouteKey{block, RouteOrigin::ATTACHMENT});
        turn.tables.Erase(state.routes, RouteKey{block, RouteOrigin::VISITOR});
    }
    control.repairing.erase(record.leaf);
    turn.policies.routing->OnLeafRecord(turn, record);
    return true;
}

std::optional<PortId>
LeafPort(const Turn& turn, MemberName leaf)
{
    std::optional<PortId> last;
    for (const auto& [port, link] : turn.state.links)
    {
        if (link.neighbor == leaf && link.role == MemberRole::LEAF)
        {
            last = port;
        }
    }
    return last;
}

void
KeepLeaf(AttachmentTurn& turn, MemberName leaf, const LeafEntry& entry)
{
    const Nanos due = std::min(entry.withdrawAt, entry.expires);
    turn.tables.Set(turn.state.leaves, leaf, entry);
    turn.control.leafTimers.Set(leaf, due);
    turn.control.WakeAt(due);
}

void
ForgetLeaf(AttachmentTurn& turn, MemberName leaf)
{
    turn.tables.Erase(turn.state.leaves, leaf);
    turn.control.leafTimers.Erase(leaf);
}

} // namespace strata
} // namespace ns3

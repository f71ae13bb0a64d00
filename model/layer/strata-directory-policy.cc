// SPDX-License-Identifier: GPL-2.0-only

#include "strata-directory-policy.h"

#include "strata-layer-policy.h"
#include "strata-ring-decision.h"

namespace ns3
{
namespace strata
{

MemberName
NoDirectory::HomeOf(const Turn&, const std::string&) const
{
    return NO_NAME;
}

MemberName
ReplicatedDirectory::HomeOf(const Turn& turn, const std::string&) const
{
    return turn.IsRouter() ? turn.state.name : turn.AccessRouter();
}

ServerDirectory::ServerDirectory(MemberName server)
    : m_server(server)
{
}

MemberName
ServerDirectory::HomeOf(const Turn&, const std::string&) const
{
    return m_server;
}

MemberName
HashedDirectory::HomeOf(const Turn& turn, const std::string& process) const
{
    return turn.IsRouter() ? turn.RouterRing().Responsible(RingKey(process)) : turn.AccessRouter();
}

bool
ApplyLocation(LocationTurn& turn, const LocationRecord& record)
{
    const LocationRecord* known = turn.state.locations.Find(record.process);
    if (known != nullptr)
    {
        const bool newer =
            record.sequence > known->sequence ||
            (record.sequence == known->sequence && record.withdrawn != 0 && known->withdrawn == 0);
        if (!newer)
        {
            return false;
        }
    }
    else if (turn.state.locations.size() >= turn.parameters.maxTableEntries)
    {
        turn.Drop(MemberDrop::QUEUE_FULL, PduType::LOCATION);
        return false;
    }
    turn.tables.Set(turn.state.locations, record.process, record);
    return true;
}

namespace
{

void
SendLocation(LocationTurn& turn, const LocationRecord& record, MemberName home)
{
    // only the newest record of a process is worth repeating
    turn.Forget([&record](const PendingRequest& request) {
        return request.kind == PendingKind::LOCATION && request.subject == record.process;
    });
    PendingRequest request;
    request.kind = PendingKind::LOCATION;
    request.destination = home;
    request.subject = record.process;
    LocationBody body;
    body.records.push_back(record);
    turn.Request(std::move(request), std::move(body));
}

/** Passes a record on to where the directory keeps it. */
void
Store(LocationTurn& turn, const LocationRecord& record)
{
    const DirectoryPolicy& directory = *turn.policies.directory;
    if (directory.Replicates() && turn.IsRouter())
    {
        turn.Flood(record);
        return;
    }
    const MemberName home = directory.HomeOf(turn, record.process);
    if (home != NO_NAME && home != turn.state.name)
    {
        SendLocation(turn, record, home);
    }
}

} // namespace

void
Publish(LocationTurn& turn, const LocationRecord& record)
{
    ApplyLocation(turn, record);
    Store(turn, record);
}

void
Redistribute(LocationTurn& turn, const std::set<MemberName>& appeared, bool gone)
{
    const DirectoryPolicy& directory = *turn.policies.directory;
    if (directory.Replicates() || !turn.IsRouter() || !turn.IsMember())
    {
        return; // floods reach who is new
    }
    for (const auto& [process, record] : turn.state.locations)
    {
        const bool own = record.withdrawn == 0 && turn.state.processes.count(process) != 0;
        if ((gone && own) || appeared.count(directory.HomeOf(turn, process)) != 0)
        {
            Store(turn, record);
        }
    }
}

std::optional<LocationRecord>
KnownLocation(const Turn& turn, const std::string& process, bool fresh)
{
    const LocationRecord* record = turn.state.locations.Find(process);
    if (record == nullptr || record->withdrawn != 0)
    {
        return std::nullopt;
    }
    const DirectoryPolicy& directory = *turn.policies.directory;
    const bool own = turn.state.processes.count(process) != 0;
    const bool kept = turn.IsRouter() && (directory.Replicates() ||
                                          directory.HomeOf(turn, process) == turn.state.name);
    if (fresh && !own && !kept)
    {
        return std::nullopt;
    }
    return *record;
}

void
LookUp(LocationTurn& turn, uint32_t session)
{
    const MemberState& state = turn.state;
    const SessionEntry* entry = state.sessions.Find(session);
    if (entry == nullptr)
    {
        return;
    }
    for (const auto& [transaction, request] : state.pending)
    {
        if (request.kind == PendingKind::RESOLVE && request.session == session)
        {
            return;
        }
    }
    const MemberName home =
        turn.IsRouter() ? turn.policies.directory->HomeOf(turn, entry->peer) : turn.AccessRouter();
    PendingRequest request;
    request.kind = PendingKind::RESOLVE;
    request.destination = home;
    request.session = session;
    request.subject = entry->peer;
    ResolveBody body;
    body.kind = ResolveKind::LOCATION;
    body.process = entry->peer;
    turn.Request(std::move(request), std::move(body));
}

void
OnLocation(LocationTurn& turn, PortId port, const Pdu& pdu, const LocationBody& body)
{
    const bool flooded = pdu.header.destination == NO_NAME;
    uint8_t status = 1;
    for (const LocationRecord& record : body.records)
    {
        const bool kept = turn.policies.directory->Replicates() ||
                          turn.policies.directory->HomeOf(turn, record.process) == turn.state.name;
        if (!flooded && !kept)
        {
            // a leaf knows only its access router, which passes the record on for it
            Store(turn, record);
            status = 0;
            continue;
        }
        if (ApplyLocation(turn, record))
        {
            status = 0;
            if (flooded)
            {
                turn.Flood(record, port);
            }
            else
            {
                Store(turn, record);
            }
        }
        else
        {
            turn.Drop(MemberDrop::STALE, PduType::LOCATION);
        }
    }
    const AckBody ack{PduType::LOCATION, body.transaction, status};
    if (flooded)
    {
        turn.SendOnPort(port, ack);
    }
    else
    {
        turn.SendTo(pdu.header.source, ack);
    }
}

} // namespace strata
} // namespace ns3

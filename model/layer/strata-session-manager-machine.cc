// SPDX-License-Identifier: GPL-2.0-only

#include "strata-session-manager-machine.h"

#include "strata-layer-policy.h"

#include <algorithm>

namespace ns3
{
namespace strata
{

namespace
{

/** A peer that has been silent for longer, while this end sends, may have moved. */
constexpr Nanos SILENCE = std::chrono::milliseconds(500);

/** Messages kept until a session stands. */
constexpr std::size_t WAITING_LIMIT = 256;

} // namespace

const SessionPolicy&
SessionManager::PolicyOf(const SessionEntry& entry) const
{
    return entry.service == SessionService::RELIABLE ? *m_turn.policies.reliable
                                                     : *m_turn.policies.datagram;
}

bool
SessionManager::Offers(SessionService service) const
{
    return (service == SessionService::DATAGRAM && m_turn.policies.datagram) ||
           (service == SessionService::RELIABLE && m_turn.policies.reliable);
}

uint32_t
SessionManager::NewNumber()
{
    const MemberState& state = m_turn.state;
    MemberControl& control = m_turn.control;
    uint32_t number = 0;
    // spread over all numbers, so that a process can keep its own when it moves
    do
    {
        number = static_cast<uint32_t>(HashOf(std::make_pair(state.name, control.nextSession++)));
    } while (number == 0 || state.sessions.Contains(number));
    return number;
}

void
SessionManager::Open(const OpenSessionEvent& event)
{
    const MemberState& state = m_turn.state;
    const uint32_t number = NewNumber();
    if (state.processes.count(event.process) == 0 || event.peer.size() > 255)
    {
        m_turn.Drop(MemberDrop::NO_PROCESS, PduType::SESSION_OPEN);
        m_turn.Notify(SessionEndedNotice{number, event.process, SessionEnd::NO_SUCH_PROCESS});
        return;
    }
    if (!Offers(event.service) || event.slice >= CONTROL_SLICE)
    {
        m_turn.Notify(SessionEndedNotice{number, event.process, SessionEnd::BAD_SERVICE});
        return;
    }
    SessionEntry entry;
    entry.process = event.process;
    entry.peer = event.peer;
    entry.peerLocation = event.peerLocation;
    entry.opener = true;
    entry.slice = event.slice;
    entry.service = event.service;
    entry.bound = event.bound;
    LocationTurn writer(m_turn, WriteCause::SESSION_USE);
    writer.tables.Set(state.sessions, number, entry);
    Established(number);
    m_turn.Notify(SessionOpenedNotice{number, event.process, event.peer, false});
    if (entry.peerLocation == NO_NAME)
    {
        if (const auto known = KnownLocation(m_turn, event.peer, true))
        {
            SetPeer(number, known->member, known->sequence, WriteCause::SESSION_USE);
        }
        else
        {
            LookUp(writer, number);
            return;
        }
    }
    Connect(number);
}

void
SessionManager::Established(uint32_t session)
{
    const MemberState& state = m_turn.state;
    MemberControl& control = m_turn.control;
    const SessionEntry& entry = *state.sessions.Find(session);
    SessionParameters parameters = m_turn.parameters.session;
    parameters.service = entry.service;
    parameters.bound = entry.bound;
    SessionUse use;
    use.protocol = PolicyOf(entry).Start(parameters, m_turn.now);
    use.lastHeard = m_turn.now;
    use.lastLookUp = m_turn.now;
    control.uses[session] = std::move(use);
}

void
SessionManager::Connect(uint32_t session)
{
    const MemberState& state = m_turn.state;
    const SessionEntry& entry = *state.sessions.Find(session);
    m_turn.Forget([session](const PendingRequest& request) {
        return request.kind == PendingKind::SESSION_OPEN && request.session == session;
    });
    SessionOpenBody body;
    body.session = session;
    body.service = entry.service;
    body.slice = entry.slice;
    body.bound = static_cast<uint32_t>(
        std::clamp<int64_t>(std::chrono::ceil<std::chrono::milliseconds>(entry.bound).count(),
                            0,
                            UINT32_MAX));
    const auto process = state.processes.find(entry.process);
    body.sequence = process == state.processes.end() ? 0 : process->second;
    body.source = entry.process;
    body.destination = entry.peer;
    PendingRequest request;
    request.kind = PendingKind::SESSION_OPEN;
    request.destination = entry.peerLocation;
    request.session = session;
    request.subject = entry.peer;
    request.type = PduType::SESSION_OPEN;
    request.body = Pdu::BodyBytes(body);
    m_turn.Keep(m_turn.NewTransaction(), std::move(request));
}

void
SessionManager::Send(const SendEvent& event)
{
    const MemberState& state = m_turn.state;
    MemberControl& control = m_turn.control;
    const SessionEntry* entry = state.sessions.Find(event.session);
    const auto use = control.uses.find(event.session);
    if (entry == nullptr || use == state.uses.end())
    {
        m_turn.Drop(MemberDrop::NO_SESSION, PduType::SESSION_DATA);
        return;
    }
    if (!entry->open)
    {
        if (use->second.waiting.size() >= WAITING_LIMIT)
        {
            m_turn.Drop(MemberDrop::QUEUE_FULL, PduType::SESSION_DATA);
            return;
        }
        use->second.waiting.emplace_back(event.message, event.flags);
        return;
    }
    use->second.flags = event.flags;
    SessionEffects effects;
    const SendResult result =
        PolicyOf(*entry).Send(use->second.protocol, event.message, m_turn.now, effects);
    if (result == SendResult::FULL || result == SendResult::TOO_LONG)
    {
        m_turn.Drop(result == SendResult::FULL ? MemberDrop::QUEUE_FULL : MemberDrop::TOO_BIG,
                    PduType::SESSION_DATA);
    }
    if (m_turn.now - use->second.lastHeard > SILENCE)
    {
        LostContact(event.session);
    }
    Apply(event.session, effects);
}

void
SessionManager::Apply(uint32_t session, SessionEffects& effects)
{
    const MemberState& state = m_turn.state;
    MemberControl& control = m_turn.control;
    for (Bytes& message : effects.deliveries)
    {
        DeliverEffect delivery;
        delivery.session = session;
        delivery.flags = m_deliveryFlags;
        delivery.hops = m_hops;
        delivery.message = std::move(message);
        m_turn.effects.deliveries.push_back(std::move(delivery));
    }
    for (Bytes& segment : effects.segments)
    {
        Transmit(session, std::move(segment));
    }
    const auto use = control.uses.find(session);
    const SessionEntry* entry = state.sessions.Find(session);
    if (use == state.uses.end() || entry == nullptr)
    {
        return;
    }
    SetTimer(session, PolicyOf(*entry).NextDeadline(use->second.protocol));
    if (effects.writable)
    {
        m_turn.Notify(WritableNotice{session});
    }
    if (effects.failed)
    {
        m_turn.Notify(ContractNotice{ContractEvent::BOUND_FAILED, entry->process});
        Close(session, SessionEnd::BOUND_PASSED);
    }
    else if (effects.unanswered)
    {
        LostContact(session);
    }
}

void
SessionManager::Transmit(uint32_t session, Bytes segment)
{
    const SessionEntry& entry = *m_turn.state.sessions.Find(session);
    if (!entry.open)
    {
        return; // the peer's number is not known yet; it repeats what was not answered
    }
    SessionDataBody body;
    body.session = entry.peerSession;
    body.flags = m_turn.state.uses.at(session).flags;
    body.segment = std::move(segment);
    m_turn.SendTo(entry.peerLocation, std::move(body), entry.slice);
}

void
SessionManager::LostContact(uint32_t session)
{
    MemberControl& control = m_turn.control;
    SessionUse& use = control.uses.at(session);
    if (!m_turn.policies.location->LooksUp() || m_turn.now - use.lastLookUp < SILENCE)
    {
        return;
    }
    use.lastLookUp = m_turn.now;
    LocationTurn writer(m_turn, WriteCause::LOCATION_MOBILITY);
    LookUp(writer, session);
}

void
SessionManager::Close(uint32_t session, SessionEnd reason)
{
    const SessionEntry* entry = m_turn.state.sessions.Find(session);
    if (entry == nullptr)
    {
        return;
    }
    if (entry->open)
    {
        SessionCloseBody body;
        body.session = entry->peerSession;
        body.reason = reason;
        m_turn.SendTo(entry->peerLocation, body);
    }
    End(session, reason);
}

void
SessionManager::End(uint32_t session, SessionEnd reason)
{
    const MemberState& state = m_turn.state;
    MemberControl& control = m_turn.control;
    const std::string process = state.sessions.Find(session)->process;
    LocationTurn writer(m_turn, WriteCause::SESSION_USE);
    writer.tables.Erase(state.sessions, session);
    control.uses.erase(session);
    control.sessionTimers.Erase(session);
    m_turn.Forget([session](const PendingRequest& r) { return r.session == session; });
    m_turn.Notify(SessionEndedNotice{session, process, reason});
}

void
SessionManager::Tick()
{
    for (const uint64_t due : m_turn.control.sessionTimers.TakeDue(m_turn.now))
    {
        const auto session = static_cast<uint32_t>(due);
        const SessionEntry* entry = m_turn.state.sessions.Find(session);
        SessionEffects effects;
        PolicyOf(*entry).Tick(m_turn.control.uses.at(session).protocol, m_turn.now, effects);
        Apply(session, effects);
    }
}

void
SessionManager::SetTimer(uint32_t session, Nanos deadline)
{
    m_turn.control.sessionTimers.Set(session, deadline);
    m_turn.control.WakeAt(deadline);
}

void
SessionManager::OnPdu(const Pdu& pdu, const SessionOpenBody& body)
{
    const MemberState& state = m_turn.state;
    const auto process = state.processes.find(body.destination);
    SessionEnd refusal = SessionEnd::FINISHED;
    if (process == state.processes.end())
    {
        refusal = SessionEnd::NO_SUCH_PROCESS;
    }
    else if (!Offers(body.service) || body.slice >= CONTROL_SLICE)
    {
        refusal = SessionEnd::BAD_SERVICE;
    }
    else if (state.sessions.size() >= m_turn.parameters.maxTableEntries)
    {
        refusal = SessionEnd::REFUSED;
    }
    if (refusal != SessionEnd::FINISHED)
    {
        SessionRefuseBody refuse;
        refuse.session = body.session;
        refuse.reason = refusal;
        m_turn.SendTo(pdu.header.source, refuse);
        return;
    }
    uint32_t number = 0;
    for (const auto& [known, entry] : state.sessions)
    {
        if (!entry.opener && entry.peerSession == body.session && entry.peer == body.source &&
            entry.process == body.destination)
        {
            number = known;
        }
    }
    if (number == 0)
    {
        number = NewNumber();
        SessionEntry entry;
        entry.process = body.destination;
        entry.peer = body.source;
        entry.peerLocation = pdu.header.source;
        entry.peerSession = body.session;
        entry.peerSequence = body.sequence;
        entry.open = true;
        entry.slice = body.slice;
        entry.service = body.service;
        entry.bound = std::chrono::milliseconds(body.bound);
        LocationTurn writer(m_turn, WriteCause::SESSION_USE);
        writer.tables.Set(state.sessions, number, entry);
        Established(number);
        m_turn.Notify(SessionOpenedNotice{number, body.destination, body.source, true});
    }
    m_turn.SendTo(pdu.header.source, SessionAcceptBody{body.session, number, process->second});
}

void
SessionManager::OnPdu(const Pdu& pdu, const SessionAcceptBody& body)
{
    const MemberState& state = m_turn.state;
    MemberControl& control = m_turn.control;
    const SessionEntry* found = state.sessions.Find(body.session);
    if (found == nullptr || found->open || !found->opener)
    {
        m_turn.Drop(found == nullptr ? MemberDrop::NO_SESSION : MemberDrop::STALE,
                    PduType::SESSION_ACCEPT);
        return;
    }
    SessionEntry entry = *found;
    entry.open = true;
    entry.peerSession = body.peerSession;
    entry.peerLocation = pdu.header.source;
    entry.peerSequence = body.sequence;
    LocationTurn writer(m_turn, WriteCause::SESSION_USE);
    writer.tables.Set(state.sessions, body.session, entry);
    const uint32_t session = body.session;
    m_turn.Forget([session](const PendingRequest& r) {
        return r.kind == PendingKind::SESSION_OPEN && r.session == session;
    });
    m_turn.Notify(SessionAcceptedNotice{session});
    SessionUse& use = control.uses.at(session);
    use.lastHeard = m_turn.now;
    const auto waiting = std::move(use.waiting);
    use.waiting.clear();
    for (const auto& [message, flags] : waiting)
    {
        Send(SendEvent{session, message, flags});
    }
}

void
SessionManager::OnPdu(const Pdu&, const SessionRefuseBody& body)
{
    const SessionEntry* entry = m_turn.state.sessions.Find(body.session);
    if (entry == nullptr || entry->open)
    {
        m_turn.Drop(MemberDrop::NO_SESSION, PduType::SESSION_REFUSE);
        return;
    }
    if (body.reason == SessionEnd::NO_SUCH_PROCESS && m_turn.policies.location->LooksUp())
    {
        // the process has moved since: the repeated request asks the directory again
        return;
    }
    End(body.session, body.reason);
}

void
SessionManager::OnPdu(const Pdu& pdu, const SessionCloseBody& body)
{
    const SessionEntry* entry = m_turn.state.sessions.Find(body.session);
    if (entry == nullptr || entry->peerLocation != pdu.header.source)
    {
        m_turn.Drop(MemberDrop::NO_SESSION, PduType::SESSION_CLOSE);
        return;
    }
    End(body.session, body.reason);
}

void
SessionManager::OnPdu(const Pdu& pdu, const SessionDataBody& body)
{
    const MemberState& state = m_turn.state;
    MemberControl& control = m_turn.control;
    const SessionEntry* entry = state.sessions.Find(body.session);
    if (entry == nullptr)
    {
        m_turn.Drop(MemberDrop::NO_SESSION, PduType::SESSION_DATA);
        return;
    }
    SessionUse& use = control.uses.at(body.session);
    use.lastHeard = m_turn.now;
    m_deliveryFlags = body.flags;
    m_hops = static_cast<uint8_t>(std::min<int>(UINT8_MAX, pdu.header.hops + 1));
    SessionEffects effects;
    PolicyOf(*entry).Receive(use.protocol, body.segment, m_turn.now, effects);
    const bool elsewhere = pdu.header.source != entry->peerLocation;
    Apply(body.session, effects);
    if (elsewhere && !m_turn.policies.location->TellsPeers() &&
        m_turn.state.sessions.Contains(body.session))
    {
        // a hint that the peer has moved, but no proof: the directory decides
        LostContact(body.session);
    }
}

void
SessionManager::OnPdu(const Pdu& pdu, const SessionMovedBody& body)
{
    const MemberState& state = m_turn.state;
    const SessionEntry* entry = state.sessions.Find(body.session);
    if (entry == nullptr || entry->peer != body.location.process ||
        !m_turn.policies.location->AllowsMove())
    {
        m_turn.Drop(MemberDrop::NO_SESSION, PduType::SESSION_MOVED);
        return;
    }
    const bool newer = body.location.sequence > entry->peerSequence;
    if (newer)
    {
        SetPeer(body.session,
                body.location.member,
                body.location.sequence,
                WriteCause::LOCATION_MOBILITY);
        if (body.peerSession != entry->peerSession)
        {
            SessionEntry renumbered = *entry;
            renumbered.peerSession = body.peerSession;
            LocationTurn writer(m_turn, WriteCause::LOCATION_MOBILITY);
            writer.tables.Set(state.sessions, body.session, renumbered);
        }
    }
    m_turn.SendTo(
        pdu.header.source,
        AckBody{PduType::SESSION_MOVED, body.transaction, static_cast<uint8_t>(newer ? 0 : 1)});
}

void
SessionManager::SetPeer(uint32_t session, MemberName location, uint32_t sequence, WriteCause cause)
{
    const MemberState& state = m_turn.state;
    MemberControl& control = m_turn.control;
    SessionEntry entry = *state.sessions.Find(session);
    entry.peerLocation = location;
    entry.peerSequence = sequence;
    LocationTurn writer(m_turn, cause);
    if (!writer.tables.Set(state.sessions, session, entry))
    {
        return;
    }
    for (auto& [transaction, request] : control.pending)
    {
        if (request.session == session && request.kind != PendingKind::RESOLVE)
        {
            request.destination = location;
        }
    }
    if (entry.open)
    {
        SessionUse& use = control.uses.at(session);
        use.lastHeard = m_turn.now;
        SessionEffects effects;
        PolicyOf(entry).PeerMoved(use.protocol, m_turn.now, effects);
        Apply(session, effects);
    }
}

void
SessionManager::OnLocated(uint32_t session, const LocationRecord& record)
{
    const SessionEntry* entry = m_turn.state.sessions.Find(session);
    if (entry == nullptr || entry->peer != record.process || record.withdrawn != 0)
    {
        return;
    }
    const bool open = entry->open;
    if (!open || record.sequence > entry->peerSequence)
    {
        SetPeer(session,
                record.member,
                record.sequence,
                open ? WriteCause::LOCATION_MOBILITY : WriteCause::SESSION_USE);
    }
    if (!open)
    {
        Connect(session);
    }
}

void
SessionManager::OnUnanswered(PendingRequest& request, bool last)
{
    const uint32_t session = request.session;
    const SessionEntry* entry = m_turn.state.sessions.Find(session);
    if (entry == nullptr)
    {
        return;
    }
    if (last && !entry->open)
    {
        End(session, SessionEnd::UNREACHABLE);
        return;
    }
    if (request.kind == PendingKind::SESSION_MOVED || request.kind == PendingKind::SESSION_OPEN)
    {
        if (m_turn.policies.location->LooksUp())
        {
            LocationTurn writer(m_turn, WriteCause::LOCATION_MOBILITY);
            LookUp(writer, session);
        }
    }
}

void
SessionManager::TellPeer(uint32_t session)
{
    const MemberState& state = m_turn.state;
    const SessionEntry& entry = *state.sessions.Find(session);
    PendingRequest request;
    request.kind = PendingKind::SESSION_MOVED;
    request.destination = entry.peerLocation;
    request.session = session;
    request.subject = entry.peer;
    SessionMovedBody body;
    body.session = entry.peerSession;
    body.peerSession = session;
    body.location = LocationRecord{entry.process, state.processes.at(entry.process), state.name, 0};
    m_turn.Request(std::move(request), std::move(body));
}

void
SessionManager::Export(const std::string& process)
{
    const MemberState& state = m_turn.state;
    MemberControl& control = m_turn.control;
    const auto found = control.processes.find(process);
    if (found == state.processes.end())
    {
        m_turn.Drop(MemberDrop::NO_PROCESS, PduType{});
        return;
    }
    ExportedNotice notice;
    notice.process = process;
    ByteWriter writer(notice.image);
    writer.ShortText(process);
    writer.U32(found->second);
    const std::size_t count = writer.ReserveU16();
    uint16_t sessions = 0;
    std::vector<uint32_t> leaving;
    for (const auto& [number, entry] : state.sessions)
    {
        if (entry.process != process || sessions == UINT16_MAX)
        {
            continue;
        }
        ++sessions;
        leaving.push_back(number);
        Bytes protocol;
        ByteWriter inner(protocol);
        const SessionUse& use = state.uses.at(number);
        use.protocol.Encode(inner);
        writer.U32(number);
        writer.ShortText(entry.peer);
        writer.U64(entry.peerLocation);
        writer.U32(entry.peerSession);
        writer.U32(entry.peerSequence);
        writer.U8(static_cast<uint8_t>((entry.open ? 1 : 0) | (entry.opener ? 2 : 0)));
        writer.U8(entry.slice);
        writer.U8(static_cast<uint8_t>(entry.service));
        writer.U64(static_cast<uint64_t>(entry.bound.count()));
        writer.U32(static_cast<uint32_t>(protocol.size()));
        writer.Write(protocol);
        writer.U8(use.flags);
        writer.U16(static_cast<uint16_t>(use.waiting.size()));
        for (const auto& [message, messageFlags] : use.waiting)
        {
            writer.U8(messageFlags);
            writer.U32(static_cast<uint32_t>(message.size()));
            writer.Write(message);
        }
    }
    writer.PatchU16(count, sessions);
    LocationTurn tables(m_turn, WriteCause::LOCATION_MOBILITY);
    for (const uint32_t number : leaving)
    {
        tables.tables.Erase(state.sessions, number);
        control.uses.erase(number);
        control.sessionTimers.Erase(number);
        m_turn.Forget([number](const PendingRequest& r) { return r.session == number; });
    }
    control.processes.erase(process);
    if (!leaving.empty())
    {
        m_turn.Notify(ContractNotice{ContractEvent::LOCATION_CHANGED, process});
    }
    m_turn.Notify(std::move(notice));
}

void
SessionManager::Import(ByteView image)
{
    const MemberState& state = m_turn.state;
    MemberControl& control = m_turn.control;
    ByteReader reader(image);
    ImportedNotice notice;
    notice.process = reader.ShortText();
    const uint32_t sequence = reader.U32() + 1;
    const uint16_t count = reader.U16();
    if (!reader.Ok() || notice.process.empty() || state.processes.count(notice.process) != 0)
    {
        m_turn.Drop(MemberDrop::MALFORMED, PduType{});
        return;
    }
    control.processes[notice.process] = sequence;
    LocationTurn writer(m_turn, WriteCause::LOCATION_MOBILITY);
    std::vector<uint32_t> arrived;
    for (uint16_t i = 0; i < count; ++i)
    {
        const uint32_t old = reader.U32();
        SessionEntry entry;
        entry.process = notice.process;
        entry.peer = reader.ShortText();
        entry.peerLocation = reader.U64();
        entry.peerSession = reader.U32();
        entry.peerSequence = reader.U32();
        const uint8_t flags = reader.U8();
        entry.open = (flags & 1) != 0;
        entry.opener = (flags & 2) != 0;
        entry.slice = reader.U8();
        entry.service = static_cast<SessionService>(reader.U8());
        entry.bound = Nanos(static_cast<int64_t>(reader.U64()));
        const uint32_t size = reader.U32();
        const auto protocol = SessionProtocolState::Decode(reader.Read(size));
        SessionUse use;
        use.flags = reader.U8();
        const uint16_t waiting = reader.U16();
        for (uint16_t m = 0; m < waiting && reader.Ok(); ++m)
        {
            const uint8_t messageFlags = reader.U8();
            const uint32_t length = reader.U32();
            use.waiting.emplace_back(reader.Read(length).ToBytes(), messageFlags);
        }
        if (!reader.Ok() || !protocol || !Offers(entry.service) ||
            protocol->parameters.service != entry.service)
        {
            m_turn.Drop(MemberDrop::MALFORMED, PduType{});
            break;
        }
        const uint32_t number = old == 0 || state.sessions.Contains(old) ? NewNumber() : old;
        use.protocol = *protocol;
        use.lastHeard = m_turn.now;
        use.lastLookUp = m_turn.now;
        SetTimer(number,
                 m_turn.policies.location->AllowsMove() ? PolicyOf(entry).NextDeadline(use.protocol)
                                                        : NEVER);
        writer.tables.Set(state.sessions, number, entry);
        control.uses[number] = std::move(use);
        notice.sessions.emplace_back(old, number);
        arrived.push_back(number);
    }
    m_turn.Notify(notice);
    const LocationPolicy& policy = *m_turn.policies.location;
    if (policy.WritesDirectory())
    {
        Publish(writer, LocationRecord{notice.process, sequence, state.name, 0});
    }
    else
    {
        ApplyLocation(writer, LocationRecord{notice.process, sequence, state.name, 0});
    }
    for (const uint32_t number : arrived)
    {
        if (!policy.AllowsMove())
        {
            End(number, SessionEnd::UNREACHABLE);
        }
        else if (!state.sessions.Find(number)->open)
        {
            Connect(number);
        }
        else if (policy.TellsPeers())
        {
            TellPeer(number);
        }
    }
}

} // namespace strata
} // namespace ns3

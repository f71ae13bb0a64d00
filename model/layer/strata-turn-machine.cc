// SPDX-License-Identifier: GPL-2.0-only

#include "strata-turn-machine.h"

#include "strata-layer-policy.h"

#include <algorithm>
#include <array>
#include <limits>

namespace ns3
{
namespace strata
{

namespace
{

/** How many first bits two names share. */
unsigned
CommonBits(MemberName a, MemberName b)
{
    unsigned count = 0;
    for (MemberName rest = a ^ b; count < NameBlock::BITS && rest >> (NameBlock::BITS - 1) == 0;
         rest <<= 1)
    {
        ++count;
    }
    return count;
}

/** Bytes of records in one PDU: what fits behind headers into an Ethernet frame. */
constexpr std::size_t RECORD_BYTES = 1300;

std::size_t
SizeOf(const AttachmentRecord&)
{
    return 21;
}

std::size_t
SizeOf(const LocationRecord& record)
{
    return 14 + record.process.size();
}

} // namespace

Turn::Turn(const LayerParameters& p, const LayerPolicies& q, MemberState& s, Nanos time, Effects& e)
    : parameters(p),
      policies(q),
      state(s),
      control(s),
      now(time),
      effects(e),
      m_tables(s)
{
}

Pdu
Turn::MakePdu(MemberName destination, PduBody body, uint8_t slice) const
{
    Pdu pdu;
    pdu.header.hierarchical = policies.naming->Scheme() == NameScheme::HIERARCHICAL;
    pdu.header.slice = slice;
    pdu.header.layer = parameters.layerId;
    pdu.header.hopLimit = parameters.hopLimit;
    pdu.header.destination = destination;
    pdu.header.source = state.name;
    pdu.header.type = PduTypeOf(body);
    pdu.body = std::move(body);
    policies.security->Protect(pdu);
    return pdu;
}

void
Turn::Transmit(PortId port, const Pdu& pdu, bool originated, bool retransmitted)
{
    uint32_t mtu = UINT16_MAX;
    if (port != LOOPBACK_PORT)
    {
        const auto entry = state.ports.find(port);
        if (entry == state.ports.end())
        {
            Drop(MemberDrop::NO_ROUTE, pdu.header.type);
            return;
        }
        mtu = entry->second.mtu;
    }
    if (pdu.EncodedSize() > mtu)
    {
        Drop(MemberDrop::TOO_BIG, pdu.header.type);
        return;
    }
    TransmitEffect effect;
    effect.port = port;
    effect.type = PduTypeOf(pdu.body);
    effect.slice = pdu.header.slice;
    effect.originated = originated && !retransmitted;
    effect.retransmitted = retransmitted;
    ByteWriter writer(effect.pdu);
    pdu.Encode(writer);
    effects.transmits.push_back(std::move(effect));
}

void
Turn::SendOnPort(PortId port, PduBody body)
{
    Transmit(port, MakePdu(NO_NAME, std::move(body), CONTROL_SLICE), true);
}

void
Turn::SendTo(MemberName destination, PduBody body, uint8_t slice)
{
    Route(MakePdu(destination, std::move(body), slice), true);
}

uint32_t
Turn::NewTransaction()
{
    uint32_t transaction = control.nextTransaction++;
    while (transaction == 0 || state.pending.count(transaction) != 0)
    {
        transaction = control.nextTransaction++;
    }
    return transaction;
}

void
Turn::Keep(uint32_t transaction, PendingRequest request)
{
    control.requestTimers.Set(transaction, now + parameters.retryInterval);
    control.WakeAt(now + parameters.retryInterval);
    control.pending[transaction] = std::move(request);
    Repeat(transaction, true);
}

void
Turn::Repeat(uint32_t transaction, bool first)
{
    const auto found = control.pending.find(transaction);
    if (found == state.pending.end())
    {
        return;
    }
    PendingRequest& request = found->second;
    if (!IsRouter() &&
        (request.kind == PendingKind::LOCATION || request.kind == PendingKind::RESOLVE))
    {
        // a leaf asks through whichever router it is attached to now
        request.destination = AccessRouter();
    }
    Pdu pdu = MakePdu(request.port ? NO_NAME : request.destination,
                      UnknownBody{request.type, request.body},
                      CONTROL_SLICE);
    if (request.kind == PendingKind::SESSION_MOVED && policies.location->Rendezvous() != NO_NAME)
    {
        Bytes inner;
        ByteWriter writer(inner);
        pdu.Encode(writer);
        pdu = MakePdu(policies.location->Rendezvous(),
                      RelayBody{request.subject, std::move(inner)},
                      CONTROL_SLICE);
    }
    std::optional<PortId> port = request.port;
    if (request.kind == PendingKind::ANNOUNCE)
    {
        // addressed to the leaf itself: it leaves by way of the access router all the same
        port = PortTo(AccessRouter());
    }
    if (port)
    {
        Transmit(*port, pdu, first, !first);
        return;
    }
    const std::size_t before = effects.transmits.size();
    const std::size_t drops = effects.notices.size();
    Route(std::move(pdu), first);
    // in the meantime the request may have been settled
    const auto still = control.pending.find(transaction);
    if (still != control.pending.end())
    {
        still->second.unsent = effects.transmits.size() == before && effects.notices.size() > drops;
    }
    for (std::size_t i = before; i < effects.transmits.size() && !first; ++i)
    {
        effects.transmits[i].retransmitted = true;
    }
}

std::optional<PendingRequest>
Turn::Settle(uint32_t transaction)
{
    const auto found = control.pending.find(transaction);
    if (found == state.pending.end())
    {
        return std::nullopt;
    }
    PendingRequest request = std::move(found->second);
    control.pending.erase(found);
    control.requestTimers.Erase(transaction);
    return request;
}

void
Turn::Forget(const std::function<bool(const PendingRequest&)>& match)
{
    for (auto it = control.pending.begin(); it != control.pending.end();)
    {
        if (match(it->second))
        {
            control.requestTimers.Erase(it->first);
            it = control.pending.erase(it);
        }
        else
        {
            ++it;
        }
    }
}

void
Turn::Route(Pdu pdu, bool originated, PortId inPort)
{
    const MemberName destination = pdu.header.destination;
    if (destination == state.name)
    {
        Transmit(LOOPBACK_PORT, pdu, originated);
        return;
    }
    const strata::Route* route = policies.forwarding->Select(state.routes, destination);
    if (route != nullptr && route->port == TUNNEL_PORT && route->nextHop != state.name)
    {
        if (!originated)
        {
            --pdu.header.hopLimit;
            ++pdu.header.hops;
        }
        Bytes inner;
        ByteWriter writer(inner);
        pdu.Encode(writer);
        Pdu outer = MakePdu(route->nextHop, TunnelBody{std::move(inner)}, pdu.header.slice);
        outer.header.hopLimit = pdu.header.hopLimit;
        route = policies.forwarding->Select(state.routes, outer.header.destination);
        if (route == nullptr || route->port == TUNNEL_PORT)
        {
            Drop(MemberDrop::NO_ROUTE, pdu.header.type);
            return;
        }
        Transmit(route->port, outer, originated);
        return;
    }
    if (route != nullptr && route->port != TUNNEL_PORT)
    {
        if (policies.routing->FloodsUnknown() && route->port == inPort)
        {
            // the neighbour would learn that its own way leads here (IEEE 802.1D-2004, 7.7.1)
            Drop(MemberDrop::NO_ROUTE, pdu.header.type);
            return;
        }
        if (!originated)
        {
            --pdu.header.hopLimit;
            ++pdu.header.hops;
        }
        Transmit(route->port, pdu, originated);
        return;
    }
    if (policies.routing->FloodsUnknown())
    {
        const std::vector<PortId> ports = FloodPorts(*this, inPort);
        if (!originated)
        {
            --pdu.header.hopLimit;
            ++pdu.header.hops;
        }
        if (ports.empty())
        {
            Drop(MemberDrop::NO_ROUTE, pdu.header.type);
        }
        for (const PortId port : ports)
        {
            Transmit(port, pdu, originated);
            originated = false;
        }
        return;
    }
    AttachmentTurn turn(*this, WriteCause::ROUTING);
    if (!policies.routing->OnUnknown(turn, pdu))
    {
        Drop(MemberDrop::NO_ROUTE, pdu.header.type);
    }
}

void
Turn::Pass(Pdu& pdu, std::optional<PortId> out, PortId inPort)
{
    --pdu.header.hopLimit;
    ++pdu.header.hops;
    for (const PortId port : out ? std::vector<PortId>{*out} : FloodPorts(*this, inPort))
    {
        Transmit(port, pdu, false);
    }
}

FloodBatch&
Turn::Outbox(PortId port)
{
    control.flushAt = std::min(state.flushAt, now + parameters.floodPacing);
    control.WakeAt(state.flushAt);
    return control.outbox[port];
}

template <class Record>
void
Turn::FloodTo(const Record& record, PortId except)
{
    for (const auto& [port, link] : state.links)
    {
        if (port == except || link.role != MemberRole::ROUTER)
        {
            continue;
        }
        FloodBatch& batch = Outbox(port);
        if constexpr (std::is_same_v<Record, LinkStateRecord>)
        {
            batch.linkStates[record.origin] = record;
        }
        else if constexpr (std::is_same_v<Record, AttachmentRecord>)
        {
            batch.attachments[record.leaf] = record;
        }
        else
        {
            batch.locations[record.process] = record;
        }
    }
}

void
Turn::Flood(const LinkStateRecord& record, PortId except)
{
    FloodTo(record, except);
}

void
Turn::Flood(const AttachmentRecord& record, PortId except)
{
    FloodTo(record, except);
}

void
Turn::Flood(const LocationRecord& record, PortId except)
{
    FloodTo(record, except);
}

namespace
{

std::vector<LinkStatePart>
OnTheWire(LinkStateRecord& record, std::size_t room)
{
    return SplitLinkState(record, room);
}

/** What is sent as it is kept. */
template <class Record>
std::array<Record, 1>
OnTheWire(Record& record, std::size_t)
{
    return {std::move(record)};
}

/** Sends records to the neighbour behind \p port, as many PDUs as they need. */
template <class Body, class Records>
void
SendRecords(Turn& turn, PortId port, Records& records)
{
    Body body;
    std::size_t bytes = 0;
    const auto send = [&] {
        PendingRequest request;
        request.kind = PendingKind::FLOOD;
        request.port = port;
        turn.Request(std::move(request), std::move(body));
        body = Body{};
        bytes = 0;
    };
    const std::size_t room =
        std::min<std::size_t>(RECORD_BYTES, std::max(turn.state.ports.at(port).mtu, 100U) - 100);
    for (auto& [key, record] : records)
    {
        for (auto& part : OnTheWire(record, room))
        {
            if (bytes != 0 && bytes + SizeOf(part) > room)
            {
                send();
            }
            bytes += SizeOf(part);
            body.records.push_back(std::move(part));
        }
    }
    if (!body.records.empty())
    {
        send();
    }
}

} // namespace

void
Turn::Flush()
{
    if (now < state.flushAt)
    {
        return;
    }
    control.flushAt = NEVER;
    std::map<PortId, FloodBatch> outbox;
    outbox.swap(control.outbox);
    for (auto& [port, batch] : outbox)
    {
        if (state.links.Find(port) == nullptr)
        {
            continue;
        }
        SendRecords<LinkStateBody>(*this, port, batch.linkStates);
        SendRecords<AttachmentBody>(*this, port, batch.attachments);
        SendRecords<LocationBody>(*this, port, batch.locations);
    }
}

void
Turn::Notify(Notice notice)
{
    effects.notices.push_back(std::move(notice));
}

void
Turn::Drop(MemberDrop reason, PduType type)
{
    Notify(DropNotice{reason, type});
}

std::optional<PortId>
Turn::PortTo(MemberName neighbor) const
{
    std::optional<PortId> best;
    uint32_t cost = 0;
    for (const auto& [port, link] : state.links)
    {
        if (link.neighbor == neighbor && (!best || link.cost < cost))
        {
            best = port;
            cost = link.cost;
        }
    }
    return best;
}

MemberName
Turn::AccessRouter() const
{
    if (IsRouter())
    {
        return NO_NAME;
    }
    const strata::Route* route = policies.forwarding->Select(state.routes, NO_NAME);
    return route == nullptr ? NO_NAME : route->nextHop;
}

std::vector<MemberName>
Turn::KnownRouters() const
{
    std::vector<MemberName> routers;
    routers.reserve(state.linkStates.size() + 1);
    for (const auto& [origin, record] : state.linkStates)
    {
        if (record.withdrawn == 0)
        {
            routers.push_back(origin);
        }
    }
    if (IsRouter())
    {
        const auto at = std::lower_bound(routers.begin(), routers.end(), state.name);
        if (at == routers.end() || *at != state.name)
        {
            routers.insert(at, state.name);
        }
    }
    return routers;
}

const HashRing&
Turn::RouterRing() const
{
    if (control.routerRing.stale)
    {
        control.routerRing.ring = HashRing(KnownRouters());
        control.routerRing.stale = false;
    }
    return control.routerRing.ring;
}

MemberName
Turn::OwnerOf(MemberName name) const
{
    const bool own = IsRouter() && NameBlock(state.name, state.blockLength).Contains(name);
    // A block begins with its owner's name, and of the blocks that hold a name the longest begins
    // last. So the owner is the first whose block fits, from the name downwards, where what lies
    // between two prefixes of the name is passed over.
    MemberName bound = name;
    while (bound != NO_NAME)
    {
        auto at = bound == std::numeric_limits<MemberName>::max()
                      ? state.linkStates.end()
                      : state.linkStates.LowerBound(bound + 1);
        if (at == state.linkStates.begin())
        {
            break;
        }
        const auto& [origin, record] = *--at;
        if (origin == NO_NAME)
        {
            break;
        }
        const NameBlock block(origin, record.blockLength);
        if (record.withdrawn == 0 && block.Contains(name) && block.GetAddress() == origin)
        {
            return own && state.blockLength >= record.blockLength ? state.name : origin;
        }
        bound = std::min(origin - 1, KeepBits(name, CommonBits(origin, name)));
    }
    return own ? state.name : NO_NAME;
}

bool
Turn::IsRouter() const
{
    return parameters.role == MemberRole::ROUTER;
}

} // namespace strata
} // namespace ns3

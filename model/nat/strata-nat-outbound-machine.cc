// SPDX-License-Identifier: GPL-2.0-only

// The part of NatMachine that translates what leaves on the public side.

#include "strata-nat-icmp-decision.h"
#include "strata-nat-machine.h"
#include "strata-nat-option-decision.h"
#include "strata-nat-rewrite-decision.h"

#include "ns3/strata-icmp-message.h"
#include "ns3/strata-tcp-header.h"

#include <algorithm>

namespace ns3
{
namespace strata
{

namespace
{

constexpr auto TCP = static_cast<uint8_t>(Ipv4Protocol::TCP);
constexpr auto ICMP = static_cast<uint8_t>(Ipv4Protocol::ICMP);

} // namespace

bool
NatMachine::OutboundInPassing(uint32_t& source,
                              uint32_t destination,
                              uint8_t protocol,
                              NatPayload transport,
                              Nanos now)
{
    const bool tcp = protocol == TCP;
    if (!NatHasPorts(protocol) || transport.size < NatTransportSize(protocol) ||
        OneToOne(source) != 0 || JudgeOutbound(source, destination, false))
    {
        return false;
    }
    const NatFlow flow{protocol,
                       {source, Get16(transport.data)},
                       {destination, Get16(transport.data + 2)}};
    if (IsFtp(flow))
    {
        return false;
    }
    const NatTranslation found =
        m_table.OutboundKnown(flow, tcp ? transport.data[NAT_TCP_FLAGS] : 0, now);
    if (!found)
    {
        return false;
    }
    RewriteTransport(protocol,
                     transport.data,
                     transport.size,
                     NatEnd::SOURCE,
                     source,
                     found.endpoint);
    source = found.endpoint.address;
    return true;
}

NatVerdict
NatMachine::Outbound(Ipv4WireHeader& header,
                     NatPayload payload,
                     bool local,
                     Nanos now,
                     const NatPortGuard* guard)
{
    if (header.options.empty())
    {
        return OutboundAny(header, payload, local, now, guard);
    }
    if (!local && HasSourceRoute(ByteView(header.options.data(), header.options.size())))
    {
        return Drop(NatDrop::SOURCE_ROUTE);
    }
    NatVerdict verdict = OutboundAny(header, payload, local, now, guard);
    if (verdict.action == NatAction::REWRITTEN)
    {
        HideOptions(header, guard);
    }
    return verdict;
}

NatVerdict
NatMachine::OutboundAny(Ipv4WireHeader& header,
                        NatPayload& payload,
                        bool local,
                        Nanos now,
                        const NatPortGuard* guard)
{
    const uint32_t source = header.source;
    if (const auto drop = JudgeOutbound(source, header.destination, local))
    {
        return *drop == NatDrop::NONE ? NatVerdict{} : Drop(*drop);
    }
    const bool byAddress =
        OneToOne(source) != 0 || (!NatHasPorts(header.protocol) && header.protocol != ICMP);
    if (!byAddress)
    {
        if (auto later = LaterFragment(header, Way::OUT, now))
        {
            return *later;
        }
    }
    if (!header.IsFragment() && (header.dontFragment || !payload.fragmentsLater))
    {
        return OutboundWhole(header, payload, local, now, guard);
    }
    const Ipv4WireHeader before = header;
    NatVerdict verdict = OutboundWhole(header, payload, local, now, guard);
    // Hosts that share an address must not share identifications (RFC 6864 section 5.3.1). Where
    // every fragment is translated by itself, the hosts do not share.
    if (verdict.action == NatAction::REWRITTEN && !byAddress)
    {
        Renumber(header, KeyOf(before, Way::OUT), now);
    }
    if (!byAddress)
    {
        NoteFragment(KeyOf(before, Way::OUT), before, header, now, verdict);
    }
    return verdict;
}

NatVerdict
NatMachine::OutboundWhole(Ipv4WireHeader& header,
                          NatPayload& payload,
                          bool local,
                          Nanos now,
                          const NatPortGuard* guard)
{
    const uint32_t source = header.source;
    if (header.Is(Ipv4Protocol::ICMP) && header.fragmentOffset == 0)
    {
        return OutboundIcmp(header, payload, local, now, guard);
    }
    if (const uint32_t outside = OneToOne(source))
    {
        if (header.fragmentOffset == 0)
        {
            NatFlow flow{header.protocol, {}, {}};
            if (NatHasPorts(header.protocol) &&
                !ReadEnds(header, payload, flow.inside, flow.remote))
            {
                return Drop(NatDrop::SHORT_TRANSPORT);
            }
            if (IsFtp(flow) && !header.IsFragment())
            {
                if (!payload.IsWhole())
                {
                    return NatVerdict::NeedAll();
                }
                bool changed = false;
                const NatDrop why = FtpOutbound(header, payload, flow, now, guard, changed);
                if (why != NatDrop::NONE)
                {
                    return Drop(why);
                }
            }
            RewriteTransportAddress(header.protocol, payload.data, payload.size, source, outside);
        }
        header.UpdateSource(outside);
        return NatVerdict::Rewritten();
    }
    if (NatHasPorts(header.protocol))
    {
        return OutboundTransport(header, payload, local, now, guard);
    }
    if (local && m_table.IsPublic(source))
    {
        return {};
    }
    if (GetConfig().unknownProtocols == NatUnknownProtocols::DROP)
    {
        return Drop(NatDrop::UNKNOWN_PROTOCOL);
    }
    const NatTranslation found =
        m_table.Outbound(NatFlow{header.protocol, {source, 0}, {header.destination, 0}},
                         0,
                         now,
                         guard);
    if (!found)
    {
        return Refused(found.refusal);
    }
    header.UpdateSource(found.endpoint.address);
    return NatVerdict::Rewritten();
}

NatVerdict
NatMachine::OutboundTransport(Ipv4WireHeader& header,
                              NatPayload& payload,
                              bool local,
                              Nanos now,
                              const NatPortGuard* guard)
{
    NatFlow flow{header.protocol, {}, {}};
    if (!ReadEnds(header, payload, flow.inside, flow.remote))
    {
        return Drop(NatDrop::SHORT_TRANSPORT);
    }
    const bool ftp = IsFtp(flow) && !header.IsFragment();
    if (ftp && !payload.IsWhole())
    {
        return NatVerdict::NeedAll();
    }
    const bool tcp = header.protocol == TCP;
    const uint8_t flags = tcp ? payload.data[NAT_TCP_FLAGS] : 0;
    const NatTranslation found = m_table.Outbound(flow, flags, now, guard);
    if (!found)
    {
        // What the node's own servers send belongs to no session.
        const bool own = local && m_table.IsPublic(flow.inside.address) &&
                         !m_table.HasMapping(flow.protocol, flow.inside);
        return own ? NatVerdict{} : Refused(found.refusal);
    }
    bool changed = false;
    if (ftp)
    {
        const NatDrop why = FtpOutbound(header, payload, flow, now, guard, changed);
        if (why != NatDrop::NONE)
        {
            return Drop(why);
        }
    }
    NatVerdict verdict;
    if (tcp && !m_syns.empty() && (flags & TcpWireHeader::SYN))
    {
        const auto held = std::find_if(m_syns.begin(), m_syns.end(), [&](const HeldSyn& syn) {
            return syn.outside == found.endpoint && syn.remote == flow.remote;
        });
        if (held != m_syns.end())
        {
            verdict.answered = held->ticket;
            m_syns.erase(held);
        }
    }
    if (changed || !(found.endpoint == flow.inside))
    {
        verdict.action = NatAction::REWRITTEN;
        RewriteTransport(header.protocol,
                         payload.data,
                         payload.size,
                         NatEnd::SOURCE,
                         header.source,
                         found.endpoint);
        header.UpdateSource(found.endpoint.address);
    }
    return verdict;
}

NatVerdict
NatMachine::OutboundIcmp(Ipv4WireHeader& header,
                         NatPayload& payload,
                         bool local,
                         Nanos now,
                         const NatPortGuard* guard)
{
    if (payload.size < NatTransportSize(ICMP))
    {
        return Drop(NatDrop::SHORT_TRANSPORT);
    }
    const uint8_t type = payload.data[0];
    if (IcmpMessage::IsIcmpError(type))
    {
        return OutboundError(header, payload, local, guard);
    }
    if (const uint32_t outside = OneToOne(header.source))
    {
        header.UpdateSource(outside);
        return NatVerdict::Rewritten();
    }
    const bool own = local && m_table.IsPublic(header.source);
    if (!IsNatQuery(type))
    {
        return own ? NatVerdict{}
                   : Drop(IsNatResponse(type) ? NatDrop::NO_MAPPING : NatDrop::UNKNOWN_ICMP);
    }
    const NatFlow flow{ICMP,
                       {header.source, Get16(payload.data + NAT_IDENTIFIER)},
                       {header.destination, 0}};
    const NatTranslation found = m_table.Outbound(flow, 0, now, guard);
    if (!found)
    {
        return own && !m_table.HasMapping(ICMP, flow.inside) ? NatVerdict{}
                                                             : Refused(found.refusal);
    }
    if (found.endpoint == flow.inside)
    {
        return {};
    }
    RewriteTransport(ICMP,
                     payload.data,
                     payload.size,
                     NatEnd::SOURCE,
                     header.source,
                     found.endpoint);
    header.UpdateSource(found.endpoint.address);
    return NatVerdict::Rewritten();
}

} // namespace strata
} // namespace ns3

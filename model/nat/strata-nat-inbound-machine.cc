// SPDX-License-Identifier: GPL-2.0-only

// The part of NatMachine that translates what comes in on the public side.

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

bool
OpensConnection(uint8_t flags)
{
    return (flags & (TcpWireHeader::SYN | TcpWireHeader::ACK | TcpWireHeader::RST)) ==
           TcpWireHeader::SYN;
}

} // namespace

bool
NatMachine::InboundInPassing(uint32_t source,
                             uint32_t& destination,
                             uint8_t protocol,
                             NatPayload transport,
                             Nanos now,
                             const NatPortGuard* guard)
{
    const bool tcp = protocol == TCP;
    if (!NatHasPorts(protocol) || transport.size < NatTransportSize(protocol) ||
        IsInside(source, guard) || IsPublic(source) || !m_table.IsPublic(destination) ||
        OneToOneBack(destination) != 0)
    {
        return false;
    }
    const NatEndpoint remote{source, Get16(transport.data)};
    const NatEndpoint outside{destination, Get16(transport.data + 2)};
    const NatTranslation found = m_table.InboundKnown(protocol,
                                                      outside,
                                                      remote,
                                                      tcp ? transport.data[NAT_TCP_FLAGS] : 0,
                                                      now);
    // What FTP's renewed here, Inbound() renews as well.
    if (!found || IsFtp({protocol, found.endpoint, remote}))
    {
        return false;
    }
    RewriteTransport(protocol,
                     transport.data,
                     transport.size,
                     NatEnd::DESTINATION,
                     destination,
                     found.endpoint);
    destination = found.endpoint.address;
    return true;
}

NatVerdict
NatMachine::Inbound(Ipv4WireHeader& header,
                    NatPayload payload,
                    Nanos now,
                    const NatPortGuard* guard)
{
    if (IsInside(header.source, guard) || IsPublic(header.source))
    {
        return Drop(NatDrop::SPOOFED);
    }
    const bool isPublic = IsPublic(header.destination);
    if (!isPublic && !IsInside(header.destination, guard))
    {
        return {};
    }
    if (!header.options.empty() &&
        HasSourceRoute(ByteView(header.options.data(), header.options.size())))
    {
        // It would go on from here as if it had not come from outside.
        return Drop(NatDrop::SOURCE_ROUTE);
    }
    if (!isPublic)
    {
        // A relay of DHCP, say, hears from its server at its address inside (RFC 2131 section 4.1).
        NatEndpoint remote;
        NatEndpoint own;
        const bool listens = IsOwn(header.destination) && NatHasPorts(header.protocol) &&
                             header.fragmentOffset == 0 && guard &&
                             ReadEnds(header, payload, remote, own) &&
                             guard->IsOwn(header.protocol, own.port);
        return listens ? NatVerdict{} : Drop(NatDrop::INSIDE_DESTINATION);
    }
    if (const uint32_t inside = OneToOneBack(header.destination))
    {
        if (header.fragmentOffset == 0)
        {
            if (header.Is(Ipv4Protocol::ICMP) && payload.size > 0 &&
                IcmpMessage::IsIcmpError(payload.data[0]))
            {
                return InboundError(header, payload, guard);
            }
            NatFlow flow{header.protocol, {}, {}};
            if (NatHasPorts(header.protocol) &&
                !ReadEnds(header, payload, flow.remote, flow.inside))
            {
                return Drop(NatDrop::SHORT_TRANSPORT);
            }
            flow.inside.address = inside;
            if (IsFtp(flow) && !header.IsFragment())
            {
                if (!payload.IsWhole())
                {
                    return NatVerdict::NeedAll();
                }
                FtpInbound(payload, flow);
            }
            RewriteTransportAddress(header.protocol,
                                    payload.data,
                                    payload.size,
                                    header.destination,
                                    inside);
        }
        header.UpdateDestination(inside);
        return NatVerdict::Rewritten();
    }
    if (!NatHasPorts(header.protocol) && header.protocol != ICMP)
    {
        return InboundWhole(header, payload, now, guard);
    }
    if (auto later = LaterFragment(header, Way::IN, now))
    {
        return *later;
    }
    if (!header.moreFragments)
    {
        return InboundWhole(header, payload, now, guard);
    }
    const Ipv4WireHeader before = header;
    NatVerdict verdict = InboundWhole(header, payload, now, guard);
    NoteFragment(KeyOf(before, Way::IN), before, header, now, verdict);
    return verdict;
}

NatVerdict
NatMachine::InboundWhole(Ipv4WireHeader& header,
                         NatPayload& payload,
                         Nanos now,
                         const NatPortGuard* guard)
{
    const uint8_t protocol = header.protocol;
    NatEndpoint remote;
    NatEndpoint outside;
    if (!ReadEnds(header, payload, remote, outside))
    {
        return Drop(NatDrop::SHORT_TRANSPORT);
    }
    if (protocol == ICMP)
    {
        const uint8_t type = payload.data[0];
        if (IcmpMessage::IsIcmpError(type))
        {
            return InboundError(header, payload, guard);
        }
        if (!IsNatResponse(type))
        {
            return {}; // for the node itself
        }
        outside.port = Get16(payload.data + NAT_IDENTIFIER);
    }
    const uint8_t flags = protocol == TCP ? payload.data[NAT_TCP_FLAGS] : 0;
    const NatTranslation found = m_table.Inbound(protocol, outside, remote, flags, now);
    if (!found)
    {
        const bool ports = NatHasPorts(protocol);
        if ((ports && guard && guard->IsOwn(protocol, outside.port)) ||
            (!ports && protocol != ICMP))
        {
            return {};
        }
        if (protocol == TCP && OpensConnection(flags) && !header.IsFragment() &&
            (found.refusal == NatRefusal::NO_MAPPING || found.refusal == NatRefusal::FILTERED))
        {
            return HoldSyn(outside, remote, now);
        }
        return Refused(found.refusal);
    }
    const NatFlow flow{protocol, found.endpoint, remote};
    bool changed = false;
    if (IsFtp(flow) && !header.IsFragment())
    {
        if (!payload.IsWhole())
        {
            return NatVerdict::NeedAll();
        }
        changed = FtpInbound(payload, flow);
    }
    if (!changed && found.endpoint == outside)
    {
        return {};
    }
    RewriteTransport(protocol,
                     payload.data,
                     payload.size,
                     NatEnd::DESTINATION,
                     header.destination,
                     found.endpoint);
    header.UpdateDestination(found.endpoint.address);
    return NatVerdict::Rewritten();
}

NatVerdict
NatMachine::HoldSyn(NatEndpoint outside, NatEndpoint remote, Nanos now)
{
    const bool known = std::any_of(m_syns.begin(), m_syns.end(), [&](const HeldSyn& syn) {
        return syn.outside == outside && syn.remote == remote;
    });
    if (known || m_syns.size() >= GetConfig().maxHeldSyns)
    {
        return Drop(NatDrop::UNSOLICITED_SYN);
    }
    m_syns.push_back(HeldSyn{outside, remote, now + GetConfig().synHold, m_nextSyn});
    NatVerdict verdict;
    verdict.action = NatAction::HOLD_SYN;
    verdict.drop = NatDrop::UNSOLICITED_SYN;
    verdict.ticket = m_nextSyn++;
    return verdict;
}

} // namespace strata
} // namespace ns3

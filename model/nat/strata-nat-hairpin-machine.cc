// SPDX-License-Identifier: GPL-2.0-only

// The part of NatMachine for datagrams from inside to a public end (RFC 4787 section 6).

#include "strata-nat-icmp-decision.h"
#include "strata-nat-machine.h"
#include "strata-nat-rewrite-decision.h"

#include "ns3/strata-icmp-message.h"

namespace ns3
{
namespace strata
{

namespace
{

constexpr auto TCP = static_cast<uint8_t>(Ipv4Protocol::TCP);
constexpr auto ICMP = static_cast<uint8_t>(Ipv4Protocol::ICMP);

} // namespace

NatVerdict
NatMachine::Hairpin(Ipv4WireHeader& header,
                    NatPayload payload,
                    Nanos now,
                    const NatPortGuard* guard)
{
    const bool byAddress = OneToOneBack(header.destination) != 0 && OneToOne(header.source) != 0;
    if (!byAddress)
    {
        if (!NatHasPorts(header.protocol) && header.protocol != ICMP)
        {
            return {};
        }
        if (auto later = LaterFragment(header, Way::HAIRPIN, now))
        {
            return *later;
        }
    }
    const Ipv4WireHeader before = header;
    NatVerdict verdict = HairpinWhole(header, payload, now, guard);
    if (byAddress)
    {
        return verdict;
    }
    // As on the way out: any link inside may be too small for it.
    if (verdict.action == NatAction::REWRITTEN && (before.IsFragment() || !before.dontFragment))
    {
        Renumber(header, KeyOf(before, Way::HAIRPIN), now);
    }
    NoteFragment(KeyOf(before, Way::HAIRPIN), before, header, now, verdict);
    return verdict;
}

NatVerdict
NatMachine::HairpinWhole(Ipv4WireHeader& header,
                         NatPayload& payload,
                         Nanos now,
                         const NatPortGuard* guard)
{
    const uint8_t protocol = header.protocol;
    const uint32_t oneToOneTarget = OneToOneBack(header.destination);
    const uint32_t oneToOneSource = OneToOne(header.source);
    NatEndpoint inside;
    NatEndpoint outside;
    if (header.fragmentOffset == 0 && !ReadEnds(header, payload, inside, outside))
    {
        return Drop(NatDrop::SHORT_TRANSPORT);
    }
    inside.address = header.source;
    outside.address = header.destination;
    const bool icmp = protocol == ICMP && header.fragmentOffset == 0;
    if (icmp)
    {
        const uint8_t type = payload.data[0];
        if (IcmpMessage::IsIcmpError(type))
        {
            return HairpinError(header, payload);
        }
        inside.port = Get16(payload.data + NAT_IDENTIFIER);
        // A query maps by whom it comes from, its response by whom it goes to.
        outside.port = IsNatResponse(type) ? inside.port : 0;
        if (!IsNatResponse(type) && oneToOneTarget == 0)
        {
            return {}; // for the node itself
        }
    }
    const std::optional<NatEndpoint> mapped =
        oneToOneTarget == 0 ? m_table.InsideOf(protocol, outside) : std::nullopt;
    if (oneToOneTarget == 0 && !mapped)
    {
        return {};
    }
    if (!GetConfig().hairpinning)
    {
        return Drop(NatDrop::HAIRPIN);
    }
    if (mapped && IsOwn(mapped->address))
    {
        return HairpinToSelf(header, payload, inside, outside, *mapped, now);
    }
    const uint8_t flags =
        protocol == TCP && header.fragmentOffset == 0 ? payload.data[NAT_TCP_FLAGS] : 0;
    // RFC 4787 REQ-9a: the receiver sees the sender's public end.
    NatEndpoint source{oneToOneSource, inside.port};
    if (oneToOneSource == 0)
    {
        if (icmp && IsNatResponse(payload.data[0]))
        {
            return Drop(NatDrop::NO_MAPPING);
        }
        const NatTranslation found =
            m_table.Outbound({protocol, inside, outside}, flags, now, guard);
        if (!found)
        {
            return Refused(found.refusal);
        }
        source = found.endpoint;
    }
    NatEndpoint target{oneToOneTarget, outside.port};
    if (oneToOneTarget == 0)
    {
        const NatEndpoint seen{source.address, icmp ? uint16_t{0} : source.port};
        const NatTranslation found = m_table.Inbound(protocol, outside, seen, flags, now);
        if (!found)
        {
            return Refused(found.refusal);
        }
        target = found.endpoint;
    }
    if (target.address == header.destination)
    {
        return {};
    }
    if (header.fragmentOffset == 0)
    {
        if (icmp)
        {
            // The identifier is that of the mapping, one of the two.
            NatEndpoint identifier = IsNatResponse(payload.data[0]) ? target : source;
            RewriteTransport(ICMP,
                             payload.data,
                             payload.size,
                             NatEnd::DESTINATION,
                             header.destination,
                             identifier);
            source.port = identifier.port;
        }
        else
        {
            RewriteTransport(protocol,
                             payload.data,
                             payload.size,
                             NatEnd::DESTINATION,
                             header.destination,
                             target);
        }
    }
    header.UpdateDestination(target.address);
    NatVerdict verdict = NatVerdict::Rewritten();
    verdict.hairpin = source;
    return verdict;
}

NatVerdict
NatMachine::HairpinToSelf(Ipv4WireHeader& header,
                          NatPayload& payload,
                          NatEndpoint inside,
                          NatEndpoint outside,
                          NatEndpoint target,
                          Nanos now)
{
    if (!NatHasPorts(header.protocol) || target == outside)
    {
        return {};
    }
    const uint8_t flags = header.protocol == TCP ? payload.data[NAT_TCP_FLAGS] : 0;
    const NatTranslation found = m_table.Accept(header.protocol, outside, inside, flags, now);
    if (!found)
    {
        return found.refusal == NatRefusal::NO_MAPPING ? NatVerdict{} : Refused(found.refusal);
    }
    // It is delivered here, and so is not seen again: the source stays, and Answer() knows it.
    m_answers = true;
    RewriteTransport(header.protocol,
                     payload.data,
                     payload.size,
                     NatEnd::DESTINATION,
                     header.destination,
                     target);
    header.UpdateDestination(target.address);
    return NatVerdict::Rewritten();
}

NatVerdict
NatMachine::Answer(Ipv4WireHeader& header, NatPayload payload, Nanos now)
{
    NatFlow flow{header.protocol, {}, {}};
    if (!NatHasPorts(header.protocol) || header.fragmentOffset != 0 || !IsOwn(header.source) ||
        !ReadEnds(header, payload, flow.inside, flow.remote))
    {
        return {};
    }
    const uint8_t flags = header.protocol == TCP ? payload.data[NAT_TCP_FLAGS] : 0;
    const NatTranslation found = m_table.Answer(flow, flags, now);
    if (!found)
    {
        return {};
    }
    RewriteSource(header, payload, found.endpoint);
    return NatVerdict::Rewritten();
}

void
NatMachine::RewriteSource(Ipv4WireHeader& header, NatPayload payload, NatEndpoint source)
{
    if (header.fragmentOffset == 0)
    {
        RewriteTransport(header.protocol,
                         payload.data,
                         payload.size,
                         NatEnd::SOURCE,
                         header.source,
                         source);
    }
    header.UpdateSource(source.address);
}

} // namespace strata
} // namespace ns3

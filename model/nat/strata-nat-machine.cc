// SPDX-License-Identifier: GPL-2.0-only

#include "strata-nat-machine.h"

#include "strata-nat-option-decision.h"
#include "strata-nat-rewrite-decision.h"

#include "ns3/strata-checksum.h"
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

/** Ways of a fragment; see NatFragmentKey. */
constexpr uint8_t OUT = 0;
constexpr uint8_t IN = 1;
constexpr uint8_t HAIR = 2;

/** Multicast, or all ones. */
bool
IsToMany(uint32_t address)
{
    return address >= 0xe0000000;
}

/** RFC 1918 section 3. */
bool
IsPrivate(uint32_t address)
{
    return address >> 24 == 10 || address >> 20 == 0xac1 || address >> 16 == 0xc0a8;
}

/** Private, or shared by carriers and their customers (RFC 6598). */
bool
IsOfPrivateRealm(uint32_t address)
{
    return IsPrivate(address) || address >> 22 == 0x64400000 >> 22;
}

/** Who asks, of those messages that have an identifier (RFC 5508 section 3.1). */
bool
IsQuery(uint8_t type)
{
    switch (static_cast<IcmpType>(type))
    {
    case IcmpType::ECHO_REQUEST:
    case IcmpType::TIMESTAMP_REQUEST:
    case IcmpType::INFORMATION_REQUEST:
    case IcmpType::ADDRESS_MASK_REQUEST:
        return true;
    default:
        return false;
    }
}

bool
IsResponse(uint8_t type)
{
    switch (static_cast<IcmpType>(type))
    {
    case IcmpType::ECHO_REPLY:
    case IcmpType::TIMESTAMP_REPLY:
    case IcmpType::INFORMATION_REPLY:
    case IcmpType::ADDRESS_MASK_REPLY:
        return true;
    default:
        return false;
    }
}

bool
OpensConnection(uint8_t flags)
{
    return (flags & (TcpWireHeader::SYN | TcpWireHeader::ACK | TcpWireHeader::RST)) ==
           TcpWireHeader::SYN;
}

constexpr std::size_t TCP_FLAGS = 13;

NatFragmentKey
KeyOf(const Ipv4WireHeader& header, uint8_t way)
{
    return NatFragmentKey{header.source,
                          header.destination,
                          header.identification,
                          header.protocol,
                          way};
}

NatFragmentTable::Config
FragmentConfig(const NatConfig& config)
{
    NatFragmentTable::Config fragments;
    fragments.timeout = config.fragmentTimeout;
    fragments.hold = config.fragmentHold;
    fragments.maxHeld = config.maxHeldFragments;
    fragments.maxKnown = config.maxFragmentedDatagrams;
    return fragments;
}

void
SetIdentification(Ipv4WireHeader& header, uint16_t identification)
{
    header.checksum = UpdateChecksum(header.checksum, header.identification, identification);
    header.identification = identification;
}

NatVerdict
Rewritten()
{
    NatVerdict verdict;
    verdict.action = NatAction::REWRITTEN;
    return verdict;
}

NatVerdict
NeedAll()
{
    NatVerdict verdict;
    verdict.action = NatAction::NEED_ALL;
    return verdict;
}

} // namespace

const char*
NatDropName(NatDrop drop)
{
    switch (drop)
    {
    case NatDrop::NONE:
        return "nat.none";
    case NatDrop::NO_ADDRESS:
        return "nat.no-public-address";
    case NatDrop::TABLE_FULL:
        return "nat.table-full";
    case NatDrop::HOST_FULL:
        return "nat.host-full";
    case NatDrop::PORTS_EXHAUSTED:
        return "nat.ports-exhausted";
    case NatDrop::NO_CONNECTION:
        return "nat.no-connection";
    case NatDrop::NO_MAPPING:
        return "nat.no-mapping";
    case NatDrop::FILTERED:
        return "nat.filtered";
    case NatDrop::UNSOLICITED_SYN:
        return "nat.unsolicited-syn";
    case NatDrop::SHORT_TRANSPORT:
        return "nat.short-transport";
    case NatDrop::BAD_CHECKSUM:
        return "nat.bad-checksum";
    case NatDrop::BAD_QUOTE:
        return "nat.bad-quote";
    case NatDrop::UNKNOWN_PROTOCOL:
        return "nat.unknown-protocol";
    case NatDrop::UNKNOWN_ICMP:
        return "nat.unknown-icmp";
    case NatDrop::SPOOFED:
        return "nat.spoofed";
    case NatDrop::PRIVATE_SOURCE:
        return "nat.private-source";
    case NatDrop::PRIVATE_DESTINATION:
        return "nat.private-destination";
    case NatDrop::INSIDE_DESTINATION:
        return "nat.inside-destination";
    case NatDrop::SOURCE_ROUTE:
        return "nat.source-route";
    case NatDrop::HAIRPIN:
        return "nat.hairpin";
    case NatDrop::FRAGMENT_TIMEOUT:
        return "nat.fragment-timeout";
    case NatDrop::FRAGMENTS_FULL:
        return "nat.fragments-full";
    case NatDrop::FTP:
        return "nat.ftp";
    case NatDrop::DOWN:
        return "nat.down";
    }
    return "nat.?";
}

NatMachine::NatMachine(const NatConfig& config)
    : m_table(config),
      m_fragments(FragmentConfig(config))
{
}

void
NatMachine::SetConfig(const NatConfig& config)
{
    m_table.SetConfig(config);
    m_fragments.SetConfig(FragmentConfig(config));
}

bool
NatMachine::AddPublicAddress(uint32_t address)
{
    return OneToOneBack(address) == 0 && m_table.AddPublicAddress(address);
}

bool
NatMachine::RemovePublicAddress(uint32_t address)
{
    m_fragments.ForgetAddress(address);
    return m_table.RemovePublicAddress(address);
}

bool
NatMachine::AddOneToOne(uint32_t inside, uint32_t outside)
{
    if (inside == outside || m_oneToOne.count(inside) || m_oneToOneBack.count(outside) ||
        m_table.IsPublic(outside))
    {
        return false;
    }
    m_oneToOne[inside] = outside;
    m_oneToOneBack[outside] = inside;
    return true;
}

void
NatMachine::SetInside(std::vector<Ipv4Prefix> networks, bool only)
{
    m_inside = std::move(networks);
    m_onlyInside = only;
}

bool
NatMachine::IsInside(uint32_t address, const NatPortGuard* guard) const
{
    return std::any_of(
               m_inside.begin(),
               m_inside.end(),
               [address](const Ipv4Prefix& network) { return network.Contains(address); }) ||
           (guard && !m_onlyInside && guard->IsBehind(address));
}

bool
NatMachine::IsOwn(uint32_t address) const
{
    return std::find(m_own.begin(), m_own.end(), address) != m_own.end();
}

bool
NatMachine::IsHidden(uint32_t address, const NatPortGuard* guard) const
{
    return IsInside(address, guard) || (IsOfPrivateRealm(address) && m_table.CountPublic() > 0 &&
                                        !IsOfPrivateRealm(m_table.FirstPublic()));
}

void
NatMachine::HideOptions(Ipv4WireHeader& header, const NatPortGuard* guard) const
{
    const Ipv4WireHeader::Options before = header.options;
    // Who is inside is all one box to those outside.
    if (HideAddresses(
            header.options.data(),
            header.options.size(),
            [&](uint32_t address) { return IsHidden(address, guard); },
            header.source))
    {
        header.checksum =
            UpdateChecksumOver(header.checksum,
                               ByteView(before.data(), before.size()),
                               ByteView(header.options.data(), header.options.size()));
    }
}

uint32_t
NatMachine::OneToOne(uint32_t inside) const
{
    if (m_oneToOne.empty())
    {
        return 0;
    }
    const auto found = m_oneToOne.find(inside);
    return found == m_oneToOne.end() ? 0 : found->second;
}

uint32_t
NatMachine::OneToOneBack(uint32_t outside) const
{
    if (m_oneToOneBack.empty())
    {
        return 0;
    }
    const auto found = m_oneToOneBack.find(outside);
    return found == m_oneToOneBack.end() ? 0 : found->second;
}

NatVerdict
NatMachine::Drop(NatDrop why)
{
    NatVerdict verdict;
    verdict.action = NatAction::DROP;
    verdict.drop = why;
    return verdict;
}

NatVerdict
NatMachine::Refused(NatRefusal refusal)
{
    switch (refusal)
    {
    case NatRefusal::NO_ADDRESS:
        return Drop(NatDrop::NO_ADDRESS);
    case NatRefusal::TABLE_FULL:
        return Drop(NatDrop::TABLE_FULL);
    case NatRefusal::HOST_FULL:
        return Drop(NatDrop::HOST_FULL);
    case NatRefusal::PORTS_EXHAUSTED:
        return Drop(NatDrop::PORTS_EXHAUSTED);
    case NatRefusal::NOT_A_BEGIN:
        return Drop(NatDrop::NO_CONNECTION);
    case NatRefusal::FILTERED:
        return Drop(NatDrop::FILTERED);
    case NatRefusal::NONE:
    case NatRefusal::NO_MAPPING:
        break;
    }
    return Drop(NatDrop::NO_MAPPING);
}

bool
NatMachine::ReadEnds(const Ipv4WireHeader& header,
                     const NatPayload& payload,
                     NatEndpoint& source,
                     NatEndpoint& destination)
{
    source = {header.source, 0};
    destination = {header.destination, 0};
    if (payload.size < NatTransportSize(header.protocol))
    {
        return false;
    }
    if (NatHasPorts(header.protocol))
    {
        source.port = Get16(payload.data);
        destination.port = Get16(payload.data + 2);
    }
    return true;
}

std::optional<NatVerdict>
NatMachine::LaterFragment(Ipv4WireHeader& header, uint8_t way, Nanos now)
{
    if (header.fragmentOffset == 0)
    {
        return std::nullopt;
    }
    const NatFragmentKey key = KeyOf(header, way);
    const NatFragmentFate* fate = m_fragments.Find(key, now);
    NatVerdict verdict;
    if (!fate)
    {
        const auto ticket = m_fragments.Hold(key, now, verdict.overflow);
        verdict.action = ticket ? NatAction::HOLD : NatAction::DROP;
        verdict.drop = NatDrop::FRAGMENTS_FULL;
        verdict.ticket = ticket.value_or(0);
        return verdict;
    }
    if (fate->drop != 0)
    {
        return Drop(static_cast<NatDrop>(fate->drop));
    }
    if (fate->source != 0)
    {
        header.UpdateSource(fate->source);
        verdict.action = NatAction::REWRITTEN;
    }
    if (fate->destination != 0)
    {
        header.UpdateDestination(fate->destination);
        verdict.action = NatAction::REWRITTEN;
    }
    if (fate->identification != 0)
    {
        SetIdentification(header, fate->identification);
        verdict.action = NatAction::REWRITTEN;
    }
    if (fate->hairpinSource != 0)
    {
        verdict.hairpin = NatEndpoint{fate->hairpinSource, 0};
    }
    return verdict;
}

void
NatMachine::Renumber(Ipv4WireHeader& header, const NatFragmentKey& key, Nanos now)
{
    // A first fragment that comes twice belongs to the others all the same.
    const NatFragmentFate* known = header.moreFragments ? m_fragments.Find(key, now) : nullptr;
    if (known && known->identification != 0)
    {
        SetIdentification(header, known->identification);
        return;
    }
    m_identification = static_cast<uint16_t>(m_identification == 0xffff ? 1 : m_identification + 1);
    SetIdentification(header, m_identification);
}

void
NatMachine::NoteFragment(const NatFragmentKey& key,
                         const Ipv4WireHeader& before,
                         const Ipv4WireHeader& after,
                         Nanos now,
                         NatVerdict& verdict)
{
    if (!before.moreFragments || verdict.action == NatAction::NEED_ALL)
    {
        return;
    }
    NatFragmentFate fate;
    fate.source = after.source != before.source ? after.source : 0;
    fate.destination = after.destination != before.destination ? after.destination : 0;
    fate.identification = after.identification != before.identification ? after.identification : 0;
    fate.hairpinSource = verdict.hairpin ? verdict.hairpin->address : 0;
    fate.drop = static_cast<uint8_t>(verdict.drop);
    verdict.release = m_fragments.Learn(key, fate, now);
}

std::optional<NatDrop>
NatMachine::JudgeOutbound(uint32_t source, uint32_t destination, bool local) const
{
    if (local && (source == 0 || IsToMany(destination)))
    {
        return NatDrop::NONE; // such as what a DHCP client, or a routing protocol, says to its link
    }
    if (!local && IsPublic(source))
    {
        return NatDrop::SPOOFED;
    }
    if (IsInside(destination))
    {
        return NatDrop::INSIDE_DESTINATION;
    }
    // The public side may be the inside of another translator, whose addresses are private.
    if (IsPrivate(destination) && m_table.CountPublic() > 0 &&
        !IsOfPrivateRealm(m_table.FirstPublic()))
    {
        return NatDrop::PRIVATE_DESTINATION;
    }
    if (m_onlyInside && !IsInside(source) && !IsPublic(source))
    {
        return IsPrivate(source) ? NatDrop::PRIVATE_SOURCE : NatDrop::NONE;
    }
    if (local && OneToOneBack(source) != 0)
    {
        return NatDrop::NONE;
    }
    return std::nullopt;
}

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
        m_table.OutboundKnown(flow, tcp ? transport.data[TCP_FLAGS] : 0, now);
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
        IsInside(source, guard) || IsPublic(source) || !m_table.IsPublic(destination) || OneToOneBack(destination) != 0)
    {
        return false;
    }
    const NatEndpoint remote{source, Get16(transport.data)};
    const NatEndpoint outside{destination, Get16(transport.data + 2)};
    const NatTranslation found =
        m_table.InboundKnown(protocol, outside, remote, tcp ? transport.data[TCP_FLAGS] : 0, now);
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
        if (auto later = LaterFragment(header, OUT, now))
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
        Renumber(header, KeyOf(before, OUT), now);
    }
    if (!byAddress)
    {
        NoteFragment(KeyOf(before, OUT), before, header, now, verdict);
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
                    return NeedAll();
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
        return Rewritten();
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
    return Rewritten();
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
        return NeedAll();
    }
    const bool tcp = header.protocol == TCP;
    const uint8_t flags = tcp ? payload.data[TCP_FLAGS] : 0;
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
        return Rewritten();
    }
    const bool own = local && m_table.IsPublic(header.source);
    if (!IsQuery(type))
    {
        return own ? NatVerdict{}
                   : Drop(IsResponse(type) ? NatDrop::NO_MAPPING : NatDrop::UNKNOWN_ICMP);
    }
    constexpr std::size_t IDENTIFIER = 4;
    const NatFlow flow{ICMP,
                       {header.source, Get16(payload.data + IDENTIFIER)},
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
    return Rewritten();
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
                    return NeedAll();
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
        return Rewritten();
    }
    if (!NatHasPorts(header.protocol) && header.protocol != ICMP)
    {
        return InboundWhole(header, payload, now, guard);
    }
    if (auto later = LaterFragment(header, IN, now))
    {
        return *later;
    }
    if (!header.moreFragments)
    {
        return InboundWhole(header, payload, now, guard);
    }
    const Ipv4WireHeader before = header;
    NatVerdict verdict = InboundWhole(header, payload, now, guard);
    NoteFragment(KeyOf(before, IN), before, header, now, verdict);
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
        if (!IsResponse(type))
        {
            return {}; // for the node itself
        }
        constexpr std::size_t IDENTIFIER = 4;
        outside.port = Get16(payload.data + IDENTIFIER);
    }
    const uint8_t flags = protocol == TCP ? payload.data[TCP_FLAGS] : 0;
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
            return NeedAll();
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
    return Rewritten();
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
        if (auto later = LaterFragment(header, HAIR, now))
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
        Renumber(header, KeyOf(before, HAIR), now);
    }
    NoteFragment(KeyOf(before, HAIR), before, header, now, verdict);
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
        constexpr std::size_t IDENTIFIER = 4;
        inside.port = Get16(payload.data + IDENTIFIER);
        // A query maps by whom it comes from, its response by whom it goes to.
        outside.port = IsResponse(type) ? inside.port : 0;
        if (!IsResponse(type) && oneToOneTarget == 0)
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
        protocol == TCP && header.fragmentOffset == 0 ? payload.data[TCP_FLAGS] : 0;
    // RFC 4787 REQ-9a: the receiver sees the sender's public end.
    NatEndpoint source{oneToOneSource, inside.port};
    if (oneToOneSource == 0)
    {
        if (icmp && IsResponse(payload.data[0]))
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
            NatEndpoint identifier = IsResponse(payload.data[0]) ? target : source;
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
    NatVerdict verdict = Rewritten();
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
    const uint8_t flags = header.protocol == TCP ? payload.data[TCP_FLAGS] : 0;
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
    return Rewritten();
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
    const uint8_t flags = header.protocol == TCP ? payload.data[TCP_FLAGS] : 0;
    const NatTranslation found = m_table.Answer(flow, flags, now);
    if (!found)
    {
        return {};
    }
    RewriteSource(header, payload, found.endpoint);
    return Rewritten();
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

NatDue
NatMachine::Advance(Nanos now)
{
    m_table.Advance(now);
    NatDue due;
    due.fragments = m_fragments.Advance(now);
    while (!m_syns.empty() && m_syns.front().deadline <= now)
    {
        due.syns.push_back(m_syns.front().ticket);
        m_syns.erase(m_syns.begin());
    }
    return due;
}

Nanos
NatMachine::NextDeadline() const
{
    Nanos next = std::min(m_table.NextDeadline(), m_fragments.NextDeadline());
    if (!m_syns.empty())
    {
        next = std::min(next, m_syns.front().deadline);
    }
    return next;
}

NatDue
NatMachine::Clear()
{
    m_table.Clear();
    m_ftp.clear();
    NatDue due;
    due.fragments = m_fragments.Clear();
    for (const HeldSyn& syn : m_syns)
    {
        due.syns.push_back(syn.ticket);
    }
    m_syns.clear();
    return due;
}

} // namespace strata
} // namespace ns3

// SPDX-License-Identifier: GPL-2.0-only

#include "strata-nat-machine.h"

#include "strata-nat-option-decision.h"
#include "strata-nat-rewrite-decision.h"

#include <algorithm>

namespace ns3
{
namespace strata
{

namespace
{

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

} // namespace

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

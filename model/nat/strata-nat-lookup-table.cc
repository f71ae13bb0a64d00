// SPDX-License-Identifier: GPL-2.0-only

// The part of NatTable that finds: whose public end it is, and who hears by it.

#include "strata-nat-table.h"

namespace ns3
{
namespace strata
{

namespace
{

constexpr auto TCP = static_cast<uint8_t>(Ipv4Protocol::TCP);
constexpr auto UDP = static_cast<uint8_t>(Ipv4Protocol::UDP);
constexpr auto ICMP = static_cast<uint8_t>(Ipv4Protocol::ICMP);

} // namespace

int
NatTable::PortTableOf(uint8_t protocol)
{
    switch (protocol)
    {
    case UDP:
        return 0;
    case TCP:
        return 1;
    case ICMP:
        return 2;
    default:
        return -1;
    }
}

uint32_t
NatTable::HashOf(uint8_t protocol, NatEndpoint end, NatEndpoint remote) const
{
    return NatHash(m_config.seed, protocol, end, remote);
}

uint32_t
NatTable::HashOf(const Mapping& m) const
{
    return HashOf(m.protocol, {m.insideAddress, m.insidePort}, {m.remoteAddress, m.remotePort});
}

uint32_t
NatTable::OutsideHashOf(const Mapping& m) const
{
    return HashOf(m.protocol, {m.outsideAddress, m.outsidePort}, {m.remoteAddress, m.remotePort});
}

NatEndpoint
NatTable::MappingRemote(uint8_t protocol, NatEndpoint remote) const
{
    if (PortTableOf(protocol) < 0)
    {
        return {remote.address, 0};
    }
    switch (m_config.mapping)
    {
    case NatBehaviour::ENDPOINT_INDEPENDENT:
        return {};
    case NatBehaviour::ADDRESS_DEPENDENT:
        return {remote.address, 0};
    case NatBehaviour::ADDRESS_AND_PORT_DEPENDENT:
        break;
    }
    return remote;
}

bool
NatTable::IsShared(uint8_t protocol) const
{
    return PortTableOf(protocol) < 0 ||
           (m_config.portOverlapping && NatHasPorts(protocol) &&
            m_config.mapping == NatBehaviour::ADDRESS_AND_PORT_DEPENDENT);
}

uint32_t
NatTable::FindSessionOf(uint32_t mapping, NatEndpoint remote) const
{
    const Mapping& m = m_mappings[mapping];
    const uint32_t session = m_sessions.Find(m.protocol, {m.insideAddress, m.insidePort}, remote);
    return session == NONE || m_sessions[session].mapping == mapping
               ? session
               : m_sessions.FindHeard(m.protocol, mapping, remote);
}

uint32_t
NatTable::FindByInside(uint8_t protocol, NatEndpoint inside, NatEndpoint key) const
{
    return m_byInside.Find(HashOf(protocol, inside, key), [&](uint32_t i) {
        const Mapping& m = m_mappings[i];
        return m.insideAddress == inside.address && m.remoteAddress == key.address &&
               m.insidePort == inside.port && m.remotePort == key.port && m.protocol == protocol;
    });
}

uint32_t
NatTable::FindMapping(uint8_t protocol, NatEndpoint inside, NatEndpoint remote) const
{
    const NatEndpoint key = MappingRemote(protocol, remote);
    // Mappings set up by hand are for all remote ends.
    if (m_fixedCount > 0 && key.address != 0)
    {
        const uint32_t fixed = FindByInside(protocol, inside, {});
        if (fixed != NONE)
        {
            return fixed;
        }
    }
    return FindByInside(protocol, inside, key);
}

uint32_t
NatTable::FindOutside(uint8_t protocol, NatEndpoint outside, NatEndpoint remote) const
{
    const int table = PortTableOf(protocol);
    if (table >= 0)
    {
        const Public* owner = FindPublic(outside.address);
        const uint32_t mapping =
            owner ? owner->ports[static_cast<std::size_t>(table)].Owner(outside.port) : NONE;
        if (mapping != NONE || !IsShared(protocol))
        {
            return mapping;
        }
    }
    const uint32_t mapping = FindShared(protocol, outside, MappingRemote(protocol, remote));
    // An expected connection comes from any port.
    return mapping == NONE && protocol == TCP ? FindShared(TCP, outside, {remote.address, 0})
                                              : mapping;
}

uint32_t
NatTable::FindShared(uint8_t protocol, NatEndpoint outside, NatEndpoint key) const
{
    return m_byOutside.Find(HashOf(protocol, outside, key), [&](uint32_t i) {
        const Mapping& m = m_mappings[i];
        return m.outsideAddress == outside.address && m.remoteAddress == key.address &&
               m.outsidePort == outside.port && m.remotePort == key.port && m.protocol == protocol;
    });
}

bool
NatTable::IsTaken(uint8_t protocol, NatEndpoint outside, NatEndpoint key) const
{
    return HasMapping(protocol, outside) ||
           (IsShared(protocol) && FindShared(protocol, outside, key) != NONE);
}

std::optional<NatEndpoint>
NatTable::InsideOf(uint8_t protocol, NatEndpoint outside) const
{
    const int table = PortTableOf(protocol);
    const Public* owner = FindPublic(outside.address);
    const uint32_t mapping = table >= 0 && owner
                                 ? owner->ports[static_cast<std::size_t>(table)].Owner(outside.port)
                                 : NONE;
    if (mapping == NONE)
    {
        return std::nullopt;
    }
    return NatEndpoint{m_mappings[mapping].insideAddress, m_mappings[mapping].insidePort};
}

bool
NatTable::Hears(uint32_t mapping, NatEndpoint remote) const
{
    const Mapping& m = m_mappings[mapping];
    if (m.fixed || (m_config.filtering == NatBehaviour::ENDPOINT_INDEPENDENT && !m.own &&
                    PortTableOf(m.protocol) >= 0))
    {
        return true;
    }
    if (m_sessions.IsPermitted(m.protocol, mapping, remote.address))
    {
        return true;
    }
    if (m.protocol == TCP)
    {
        const uint32_t expected =
            m_sessions.Find(TCP, {m.insideAddress, m.insidePort}, {remote.address, 0});
        return expected != NONE && m_sessions[expected].mapping == mapping;
    }
    return false;
}

NatTranslation
NatTable::Use(uint32_t session, bool outbound) const
{
    const Mapping& m = m_mappings[m_sessions[session].mapping];
    NatTranslation translation;
    translation.session = session;
    translation.endpoint = outbound ? NatEndpoint{m.outsideAddress, m.outsidePort}
                                    : NatEndpoint{m.insideAddress, m.insidePort};
    return translation;
}

NatTranslation
NatTable::PeekOutbound(const NatFlow& flow) const
{
    const uint32_t session =
        m_sessions.Find(flow.protocol, flow.inside, m_sessions.KeyOf(flow.protocol, flow.remote));
    return session == NONE ? NatTranslation::Refused(NatRefusal::NO_MAPPING) : Use(session, true);
}

NatTranslation
NatTable::PeekInbound(uint8_t protocol, NatEndpoint outside, NatEndpoint remote) const
{
    const uint32_t mapping = FindOutside(protocol, outside, remote);
    if (mapping == NONE)
    {
        return NatTranslation::Refused(NatRefusal::NO_MAPPING);
    }
    const uint32_t session = FindSessionOf(mapping, m_sessions.KeyOf(protocol, remote));
    return session == NONE ? NatTranslation::Refused(NatRefusal::NO_MAPPING) : Use(session, false);
}

} // namespace strata
} // namespace ns3

// SPDX-License-Identifier: GPL-2.0-only

// The part of NatTable that gives public ends away: its public addresses, mappings and hosts.

#include "strata-nat-table.h"

#include <algorithm>

namespace ns3
{
namespace strata
{

namespace
{

/** Of addresses that nobody outside chooses. */
uint32_t
PublicHashOf(uint32_t address)
{
    return static_cast<uint32_t>(address * 0x9e3779b97f4a7c15ULL >> 32);
}

} // namespace

NatTable::Public*
NatTable::FindPublic(uint32_t address)
{
    if (m_public.size() == 1) // as most often
    {
        return m_public.front().address == address ? &m_public.front() : nullptr;
    }
    const uint32_t place = m_byPublic.Find(PublicHashOf(address), [&](uint32_t i) {
        return m_public[i].address == address;
    });
    return place == NONE ? nullptr : &m_public[place];
}

const NatTable::Public*
NatTable::FindPublic(uint32_t address) const
{
    return const_cast<NatTable*>(this)->FindPublic(address);
}

bool
NatTable::AddPublicAddress(uint32_t address)
{
    if (address == 0 || FindPublic(address))
    {
        return false;
    }
    m_byPublic.Insert(PublicHashOf(address), static_cast<uint32_t>(m_public.size()));
    m_public.emplace_back();
    m_public.back().address = address;
    return true;
}

bool
NatTable::RemovePublicAddress(uint32_t address)
{
    if (!FindPublic(address))
    {
        return false;
    }
    for (uint32_t i = 0; i < m_sessions.Numbers(); ++i)
    {
        if (m_sessions[i].used && m_mappings[m_sessions[i].mapping].outsideAddress == address)
        {
            RemoveSession(i);
        }
    }
    for (uint32_t i = 0; i < m_mappings.entries.size(); ++i)
    {
        if (m_mappings[i].used && m_mappings[i].outsideAddress == address)
        {
            RemoveMapping(i);
        }
    }
    for (Host& host : m_hosts.entries)
    {
        // Should the address come back, it owes them nothing.
        host.pairedWith = host.pairedWith == address ? 0 : host.pairedWith;
    }
    for (std::size_t i = 0; i < m_public.size(); ++i)
    {
        if (m_public[i].address == address)
        {
            m_public.erase(m_public.begin() + static_cast<std::ptrdiff_t>(i));
            break;
        }
    }
    m_byPublic.Clear();
    for (std::size_t i = 0; i < m_public.size(); ++i)
    {
        m_byPublic.Insert(PublicHashOf(m_public[i].address), static_cast<uint32_t>(i));
    }
    m_nextPublic = 0;
    return true;
}

std::size_t
NatTable::CountPublic() const
{
    return m_public.size();
}

std::vector<uint32_t>
NatTable::PublicAddresses() const
{
    std::vector<uint32_t> addresses;
    for (const Public& each : m_public)
    {
        addresses.push_back(each.address);
    }
    return addresses;
}

bool
NatTable::AddFixed(uint8_t protocol, NatEndpoint inside, NatEndpoint outside, Nanos now)
{
    Advance(now);
    const int table = PortTableOf(protocol);
    const Public* owner = FindPublic(outside.address);
    if (table < 0 || !owner)
    {
        return false;
    }
    const uint32_t holder = owner->ports[static_cast<std::size_t>(table)].Owner(outside.port);
    const uint32_t present = FindByInside(protocol, inside, {});
    if (present != NONE && present == holder)
    {
        // The very mapping came by itself before.
        Mapping& mapping = m_mappings[present];
        m_fixedCount += mapping.fixed ? 0 : 1;
        mapping.fixed = true;
        return true;
    }
    const bool shared =
        IsShared(protocol) &&
        std::any_of(m_mappings.entries.begin(), m_mappings.entries.end(), [&](const Mapping& m) {
            return m.used && m.protocol == protocol && m.outsideAddress == outside.address &&
                   m.outsidePort == outside.port;
        });
    if (holder != NONE || present != NONE || shared || m_mappingCount >= m_config.maxMappings)
    {
        return false;
    }
    PlaceMapping(NatMapping{protocol, inside, outside, {}, true});
    return true;
}

uint32_t
NatTable::HostOf(uint32_t address) const
{
    return m_byHost.Find(HashOf(0, {address, 0}, {}),
                         [&](uint32_t i) { return m_hosts[i].address == address; });
}

uint32_t
NatTable::CountOf(uint32_t insideAddress) const
{
    const uint32_t host = HostOf(insideAddress);
    return host == NONE ? 0 : m_hosts[host].mappings;
}

/** What the choice of a port asks of the table. */
class NatTable::Chooser : public NatPortChooser
{
  public:
    Chooser(NatTable& table,
            uint8_t protocol,
            uint32_t outside,
            NatEndpoint remote,
            const NatPortGuard* guard)
        : m_table(table),
          m_protocol(protocol),
          m_outside(outside),
          m_remote(remote),
          m_guard(guard)
    {
    }

    bool IsFree(uint16_t port) const override
    {
        return !m_table.IsTaken(m_protocol, {m_outside, port}, m_remote);
    }

    bool IsOwn(uint16_t port) const override
    {
        return m_guard && m_guard->IsOwn(m_protocol, port);
    }

    uint64_t Random() override
    {
        return m_table.Random();
    }

  private:
    NatTable& m_table;
    uint8_t m_protocol;
    uint32_t m_outside; //!< the public address
    NatEndpoint m_remote;
    const NatPortGuard* m_guard;
};

NatRefusal
NatTable::MakeMapping(uint8_t protocol,
                      NatEndpoint inside,
                      NatEndpoint remote,
                      const NatPortGuard* guard,
                      uint32_t& mapping)
{
    if (m_public.empty())
    {
        return NatRefusal::NO_ADDRESS;
    }
    if (m_mappingCount >= m_config.maxMappings)
    {
        return NatRefusal::TABLE_FULL;
    }
    if (m_config.maxMappingsPerHost > 0 && CountOf(inside.address) >= m_config.maxMappingsPerHost)
    {
        return NatRefusal::HOST_FULL;
    }
    NatMapping what;
    what.protocol = protocol;
    what.inside = inside;
    what.remote = MappingRemote(protocol, remote);
    const NatRefusal refusal = Allocate(protocol, inside, what.remote, guard, what.outside);
    if (refusal == NatRefusal::NONE)
    {
        mapping = PlaceMapping(what);
    }
    return refusal;
}

NatRefusal
NatTable::Allocate(uint8_t protocol,
                   NatEndpoint inside,
                   NatEndpoint remote,
                   const NatPortGuard* guard,
                   NatEndpoint& outside)
{
    const auto take = [&](Public& from) {
        const auto port = ChoosePort(from, protocol, inside, remote, guard);
        if (!port)
        {
            return false;
        }
        outside = {from.address, *port};
        return true;
    };
    // The node itself keeps its address.
    if (Public* own = FindPublic(inside.address))
    {
        return take(*own) ? NatRefusal::NONE : NatRefusal::PORTS_EXHAUSTED;
    }
    const uint32_t host = HostOf(inside.address);
    if (m_config.pooling == NatPooling::PAIRED)
    {
        Public* paired = host == NONE ? nullptr : FindPublic(m_hosts[host].pairedWith);
        if (!paired)
        {
            paired = &m_public.front();
            for (Public& each : m_public)
            {
                paired = each.hosts < paired->hosts ? &each : paired;
            }
        }
        return take(*paired) ? NatRefusal::NONE : NatRefusal::PORTS_EXHAUSTED;
    }
    for (std::size_t tries = m_public.size(); tries > 0; --tries)
    {
        m_nextPublic = (m_nextPublic + 1) % static_cast<uint32_t>(m_public.size());
        if (take(m_public[m_nextPublic]))
        {
            return NatRefusal::NONE;
        }
    }
    return NatRefusal::PORTS_EXHAUSTED;
}

std::optional<uint16_t>
NatTable::ChoosePort(Public& from,
                     uint8_t protocol,
                     NatEndpoint inside,
                     NatEndpoint remote,
                     const NatPortGuard* guard)
{
    const int which = PortTableOf(protocol);
    const auto isTaken = [&](uint16_t port) {
        return IsTaken(protocol, {from.address, port}, remote);
    };
    if (which < 0)
    {
        return isTaken(0) ? std::nullopt : std::optional<uint16_t>(0);
    }
    const NatPortTable& ports = from.ports[static_cast<std::size_t>(which)];
    Chooser chooser(*this, protocol, from.address, remote, guard);
    NatPortWish wish;
    wish.port = inside.port;
    wish.ports = NatHasPorts(protocol);
    wish.own = inside.address == from.address;
    wish.shared = IsShared(protocol);
    uint16_t& cursor = from.cursors[static_cast<std::size_t>(which)];
    if (!wish.shared)
    {
        return ChooseNatPort(m_config, wish, ports, chooser, cursor);
    }
    const CrowdKey key{from.address, remote.address, remote.port, protocol};
    auto crowd = m_crowds.find(key);
    if (crowd == m_crowds.end())
    {
        if (const auto port = ChooseNatPort(m_config, wish, ports, chooser, cursor))
        {
            return port;
        }
        crowd = m_crowds.emplace(key, NatPortTable()).first;
        for (uint32_t port = 0; port < 65536; ++port)
        {
            const auto number = static_cast<uint16_t>(port);
            if (isTaken(number))
            {
                crowd->second.Take(number, 0);
            }
        }
    }
    wish.shared = false;
    return ChooseNatPort(m_config, wish, crowd->second, chooser, cursor);
}

void
NatTable::LeaveCrowd(const Mapping& mapping)
{
    NatPortTable* crowd = CrowdOf(mapping);
    if (!crowd)
    {
        return;
    }
    crowd->Release(mapping.outsidePort);
    // It is made anew after as many mappings at least.
    if (crowd->Used() < (65536 - std::min<uint32_t>(m_config.reservedPorts, 65535)) / 2)
    {
        m_crowds.erase(
            {mapping.outsideAddress, mapping.remoteAddress, mapping.remotePort, mapping.protocol});
    }
}

NatPortTable*
NatTable::CrowdOf(const Mapping& mapping)
{
    if (m_crowds.empty() || mapping.fixed || PortTableOf(mapping.protocol) < 0)
    {
        return nullptr;
    }
    const auto crowd = m_crowds.find(
        {mapping.outsideAddress, mapping.remoteAddress, mapping.remotePort, mapping.protocol});
    return crowd == m_crowds.end() ? nullptr : &crowd->second;
}

uint32_t
NatTable::PlaceMapping(const NatMapping& what)
{
    uint32_t host = HostOf(what.inside.address);
    Public& owner = *FindPublic(what.outside.address);
    if (host == NONE)
    {
        host = m_hosts.Make();
        m_hosts[host].address = what.inside.address;
        m_hosts[host].pairedWith = what.outside.address;
        m_hosts[host].mappings = 0;
        m_byHost.Insert(HashOf(0, {what.inside.address, 0}, {}), host);
        ++owner.hosts;
    }
    else if (m_hosts[host].pairedWith == 0)
    {
        m_hosts[host].pairedWith = what.outside.address;
        ++owner.hosts;
    }
    ++m_hosts[host].mappings;
    const uint32_t number = m_mappings.Make();
    Mapping& mapping = m_mappings[number];
    mapping.insideAddress = what.inside.address;
    mapping.insidePort = what.inside.port;
    mapping.outsideAddress = what.outside.address;
    mapping.outsidePort = what.outside.port;
    mapping.remoteAddress = what.remote.address;
    mapping.remotePort = what.remote.port;
    mapping.protocol = what.protocol;
    mapping.sessions = 0;
    mapping.end = 0;
    mapping.host = host;
    mapping.fixed = what.fixed;
    mapping.own = what.inside.address == what.outside.address;
    m_byInside.Insert(HashOf(mapping), number);
    const int table = PortTableOf(what.protocol);
    if (IsShared(what.protocol) && !what.fixed)
    {
        m_byOutside.Insert(OutsideHashOf(mapping), number);
        if (NatPortTable* crowd = CrowdOf(mapping))
        {
            crowd->Take(mapping.outsidePort, 0);
        }
    }
    else
    {
        owner.ports[static_cast<std::size_t>(table)].Take(what.outside.port, number);
    }
    ++m_mappingCount;
    m_fixedCount += what.fixed ? 1 : 0;
    Note(true, mapping);
    return number;
}

void
NatTable::RemoveMapping(uint32_t number)
{
    const Mapping mapping = m_mappings[number];
    m_byInside.Erase(HashOf(mapping), number);
    Public& owner = *FindPublic(mapping.outsideAddress);
    if (IsShared(mapping.protocol) && !mapping.fixed)
    {
        m_byOutside.Erase(OutsideHashOf(mapping), number);
        LeaveCrowd(mapping);
    }
    else
    {
        owner.ports[static_cast<std::size_t>(PortTableOf(mapping.protocol))].Release(
            mapping.outsidePort);
    }
    Host& host = m_hosts[mapping.host];
    if (--host.mappings == 0)
    {
        m_byHost.Erase(HashOf(0, {host.address, 0}, {}), mapping.host);
        if (Public* paired = FindPublic(host.pairedWith))
        {
            --paired->hosts;
        }
        m_hosts.Drop(mapping.host);
    }
    m_mappings.Drop(number);
    --m_mappingCount;
    m_fixedCount -= mapping.fixed ? 1 : 0;
    Note(false, mapping);
}

uint32_t
NatTable::CountFreePorts(uint32_t publicAddress, uint8_t protocol) const
{
    const Public* owner = FindPublic(publicAddress);
    const int table = PortTableOf(protocol);
    if (!owner || table < 0)
    {
        return 0;
    }
    uint32_t free = 0;
    const uint32_t first =
        NatHasPorts(protocol) ? std::min<uint32_t>(m_config.reservedPorts, 65535) : 0;
    for (uint32_t port = first; port < 65536; ++port)
    {
        free += owner->ports[static_cast<std::size_t>(table)].IsFree(static_cast<uint16_t>(port));
    }
    return free;
}

} // namespace strata
} // namespace ns3

// SPDX-License-Identifier: GPL-2.0-only

#include "strata-firewall-rules-decision.h"

#include <algorithm>

namespace ns3
{
namespace strata
{

namespace
{

bool
Holds(const FirewallAddresses& addresses, const FlowAddress& address)
{
    if (addresses.blocks.empty())
    {
        return true;
    }
    const bool among = std::any_of(addresses.blocks.begin(),
                                   addresses.blocks.end(),
                                   [&](const FlowPrefix& b) { return b.Contains(address); });
    return among != addresses.others;
}

bool
Has(const FirewallPortRange& range, uint16_t port)
{
    return range.first <= port && port <= range.last;
}

bool
Holds(const std::vector<FirewallPortRange>& ranges, const FirewallPacket& packet, uint16_t port)
{
    return ranges.empty() ||
           (packet.hasPorts &&
            std::any_of(ranges.begin(), ranges.end(), [&](const FirewallPortRange& r) {
                return Has(r, port);
            }));
}

bool
Holds(const std::vector<FirewallIcmpRange>& ranges, const FirewallPacket& packet)
{
    return ranges.empty() ||
           std::any_of(ranges.begin(), ranges.end(), [&](const FirewallIcmpRange& r) {
               return r.first <= packet.icmpType && packet.icmpType <= r.last &&
                      (r.code == FirewallIcmpRange::ANY_CODE || r.code == packet.icmpCode);
           });
}

bool
Holds(const FirewallPlaces& places, const std::vector<uint32_t>& devices, const FirewallPort& port)
{
    return (places.sides == 0 && places.devices.empty()) ||
           (places.sides & (1 << static_cast<unsigned>(port.side))) != 0 ||
           std::find(devices.begin(), devices.end(), port.device) != devices.end();
}

bool
Wants(const FirewallRule& rule, std::size_t state)
{
    return (rule.states & (1U << state)) != 0;
}

} // namespace

bool
HoldsButForDevices(const FirewallRule& rule, const FirewallPacket& packet, FirewallState state)
{
    const bool right = rule.protocols.empty() ||
                       std::find(rule.protocols.begin(), rule.protocols.end(), packet.protocol) !=
                           rule.protocols.end();
    // Type and ports of later fragments are not known: what asks for them never holds.
    return right && Wants(rule, static_cast<std::size_t>(state)) &&
           (rule.family == 0 || (rule.family == 6) == packet.ipv6) &&
           Holds(rule.destinationPorts, packet, packet.destinationPort) &&
           Holds(rule.sourcePorts, packet, packet.sourcePort) &&
           (rule.icmp.empty() || (packet.IsIcmp() && !packet.IsLaterFragment())) &&
           Holds(rule.icmp, packet) && Holds(rule.source, packet.source) &&
           Holds(rule.destination, packet.destination);
}

void
FirewallRules::Insert(const FirewallRule& rule, std::size_t place)
{
    Entry entry;
    entry.rule = rule;
    m_entries.insert(m_entries.begin() +
                         static_cast<std::ptrdiff_t>(std::min(place, m_entries.size())),
                     std::move(entry));
    Change();
}

void
FirewallRules::Remove(std::size_t place)
{
    m_entries.erase(m_entries.begin() + static_cast<std::ptrdiff_t>(place));
    Change();
}

void
FirewallRules::Clear()
{
    m_entries.clear();
    Change();
}

std::string
FirewallRules::Resolve(const Resolver& resolver)
{
    std::string unknown;
    const auto numbers = [&](const std::vector<std::string>& names) {
        std::vector<uint32_t> found;
        for (const std::string& name : names)
        {
            if (const auto number = resolver(name))
            {
                found.push_back(*number);
            }
            else if (unknown.empty())
            {
                unknown = name;
            }
        }
        return found;
    };
    for (Entry& entry : m_entries)
    {
        entry.in = numbers(entry.rule.in.devices);
        entry.out = numbers(entry.rule.out.devices);
    }
    Change();
    return unknown;
}

std::size_t
FirewallRules::Decide(const FirewallPacket& packet, FirewallState state)
{
    if (!m_sorted)
    {
        Sort();
    }
    ++m_walks;
    const auto bit = [](auto which) { return 1U << static_cast<unsigned>(which); };
    for (const Sieve& sieve : m_byClass[ClassOf(packet)])
    {
        if (!sieve.destination.Fit(packet.destination) || !sieve.source.Fit(packet.source) ||
            !Has(sieve.destinationPorts, packet.destinationPort) ||
            !Has(sieve.sourcePorts, packet.sourcePort) || (sieve.states & bit(state)) == 0 ||
            (sieve.in & bit(packet.in.side)) == 0 || (sieve.out & bit(packet.out.side)) == 0)
        {
            continue;
        }
        const Entry& entry = m_entries[sieve.place];
        if (HoldsButForDevices(entry.rule, packet, state) &&
            Holds(entry.rule.in, entry.in, packet.in) &&
            Holds(entry.rule.out, entry.out, packet.out))
        {
            Count(sieve.place, packet);
            return sieve.place;
        }
    }
    return NONE;
}

FirewallRules::Sieve
FirewallRules::SieveOf(const FirewallRule& rule, std::size_t place)
{
    const auto bits = [](const FirewallAddresses& addresses) {
        Bits result;
        if (addresses.blocks.size() == 1 && !addresses.others)
        {
            result.mask = FlowPrefix::Mask(addresses.blocks.front().length);
            result.value = addresses.blocks.front().address;
        }
        return result;
    };
    const auto ports = [](const std::vector<FirewallPortRange>& ranges) {
        FirewallPortRange hull{0, UINT16_MAX};
        for (const FirewallPortRange& range : ranges)
        {
            const bool first = &range == &ranges.front();
            hull.first = first ? range.first : std::min(hull.first, range.first);
            hull.last = first ? range.last : std::max(hull.last, range.last);
        }
        return hull;
    };
    const auto sides = [](const FirewallPlaces& places) {
        constexpr uint8_t ALL = (1 << FLOW_SIDES) - 1;
        return places.sides != 0 && places.devices.empty() ? places.sides : ALL;
    };
    Sieve sieve;
    sieve.source = bits(rule.source);
    sieve.destination = bits(rule.destination);
    sieve.sourcePorts = ports(rule.sourcePorts);
    sieve.destinationPorts = ports(rule.destinationPorts);
    sieve.place = static_cast<uint32_t>(place);
    sieve.states = rule.states;
    sieve.in = sides(rule.in);
    sieve.out = sides(rule.out);
    return sieve;
}

std::size_t
FirewallRules::ClassOf(const FirewallPacket& packet)
{
    const std::size_t protocol = packet.IsTcp()                           ? 0
                                 : packet.protocol == FirewallPacket::UDP ? 1
                                 : packet.IsIcmp()                        ? 2
                                                                          : 3;
    return protocol + (packet.ipv6 ? CLASSES / 2 : 0);
}

void
FirewallRules::Change()
{
    m_sorted = false;
    m_version = m_version == UINT32_MAX ? 1 : m_version + 1;
}

void
FirewallRules::Sort()
{
    for (auto& sieves : m_byClass)
    {
        sieves.clear();
    }
    for (std::size_t place = 0; place < m_entries.size(); ++place)
    {
        const FirewallRule& rule = m_entries[place].rule;
        const Sieve sieve = SieveOf(rule, place);
        for (const bool ipv6 : {false, true})
        {
            if (rule.family != 0 && (rule.family == 6) != ipv6)
            {
                continue;
            }
            std::array<bool, CLASSES / 2> classes{};
            classes.fill(rule.protocols.empty());
            for (const uint8_t protocol : rule.protocols)
            {
                FirewallPacket packet;
                packet.ipv6 = ipv6;
                packet.protocol = protocol;
                classes[ClassOf(packet) % classes.size()] = true;
            }
            for (std::size_t i = 0; i < classes.size(); ++i)
            {
                if (classes[i])
                {
                    m_byClass[i + (ipv6 ? CLASSES / 2 : 0)].push_back(sieve);
                }
            }
        }
    }
    m_sorted = true;
}

} // namespace strata
} // namespace ns3

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
Holds(const std::vector<FirewallPortRange>& ranges, const FirewallPacket& packet, uint16_t port)
{
    return ranges.empty() ||
           (packet.hasPorts &&
            std::any_of(ranges.begin(), ranges.end(), [&](const FirewallPortRange& r) {
                return r.first <= port && port <= r.last;
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
    Sort();
}

void
FirewallRules::Remove(std::size_t place)
{
    m_entries.erase(m_entries.begin() + static_cast<std::ptrdiff_t>(place));
    Sort();
}

void
FirewallRules::Clear()
{
    m_entries.clear();
    Sort();
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
    return unknown;
}

std::size_t
FirewallRules::Decide(const FirewallPacket& packet, FirewallState state)
{
    for (const std::size_t place : m_byState[static_cast<std::size_t>(state)])
    {
        Entry& entry = m_entries[place];
        if (HoldsButForDevices(entry.rule, packet, state) &&
            Holds(entry.rule.in, entry.in, packet.in) &&
            Holds(entry.rule.out, entry.out, packet.out))
        {
            ++entry.packets;
            entry.bytes += packet.size;
            return place;
        }
    }
    return NONE;
}

void
FirewallRules::Sort()
{
    for (std::size_t state = 0; state < m_byState.size(); ++state)
    {
        m_byState[state].clear();
        for (std::size_t place = 0; place < m_entries.size(); ++place)
        {
            if (Wants(m_entries[place].rule, state))
            {
                m_byState[state].push_back(place);
            }
        }
    }
}

} // namespace strata
} // namespace ns3

// SPDX-License-Identifier: GPL-2.0-only

#include "strata-classful-table.h"

#include <algorithm>

namespace ns3
{
namespace strata
{

namespace
{

constexpr std::size_t NETWORKS_A = 128;
constexpr std::size_t NETWORKS_B = 16384;
constexpr std::size_t FIRST_SLOTS = 16;

/** The number of the network, masked and right aligned. */
uint32_t
NumberA(uint32_t address)
{
    return address >> 24 & 0x7f;
}

uint32_t
NumberB(uint32_t address)
{
    return address >> 16 & 0x3fff;
}

uint32_t
NumberC(uint32_t address)
{
    return address >> 8 & 0x1fffff;
}

} // namespace

Ipv4Class
ClassOf(uint32_t address)
{
    switch (address >> 28)
    {
    default: // the eight cases from 0 to 7
        return Ipv4Class::A;
    case 8:
    case 9:
    case 10:
    case 11:
        return Ipv4Class::B;
    case 12:
    case 13:
        return Ipv4Class::C;
    case 14:
        return Ipv4Class::D;
    case 15:
        return Ipv4Class::E;
    }
}

Ipv4Prefix
ClassfulNetworkOf(uint32_t address)
{
    switch (ClassOf(address))
    {
    case Ipv4Class::A:
        return {address, 8};
    case Ipv4Class::B:
        return {address, 16};
    case Ipv4Class::C:
        return {address, 24};
    case Ipv4Class::D:
    case Ipv4Class::E:
        break;
    }
    return {address, 4};
}

bool
ClassfulTable::Insert(uint32_t address, Value value)
{
    const auto set = [&](std::vector<Value>& table, std::size_t networks, uint32_t number) {
        table.resize(networks, NO_VALUE);
        m_size += table[number] == NO_VALUE;
        table[number] = value;
        return true;
    };
    switch (ClassOf(address))
    {
    case Ipv4Class::A:
        return set(m_a, NETWORKS_A, NumberA(address));
    case Ipv4Class::B:
        return set(m_b, NETWORKS_B, NumberB(address));
    case Ipv4Class::C: {
        if (2 * (m_sizeC + 1) > m_c.size())
        {
            Grow();
        }
        Slot& slot = m_c[SlotOf(NumberC(address))];
        m_size += slot.value == NO_VALUE;
        m_sizeC += slot.value == NO_VALUE;
        slot = {NumberC(address), value};
        return true;
    }
    case Ipv4Class::D:
    case Ipv4Class::E:
        break;
    }
    return false;
}

bool
ClassfulTable::Erase(uint32_t address)
{
    if (Lookup(address).outcome != Outcome::FOUND)
    {
        return false;
    }
    --m_size;
    switch (ClassOf(address))
    {
    case Ipv4Class::A:
        m_a[NumberA(address)] = NO_VALUE;
        break;
    case Ipv4Class::B:
        m_b[NumberB(address)] = NO_VALUE;
        break;
    default:
        EraseSlot(SlotOf(NumberC(address)));
        break;
    }
    return true;
}

ClassfulTable::Answer
ClassfulTable::Lookup(uint32_t address) const
{
    const Ipv4Class addressClass = ClassOf(address);
    Value value = NO_VALUE;
    switch (addressClass)
    {
    case Ipv4Class::A:
        value = m_a.empty() ? NO_VALUE : m_a[NumberA(address)];
        break;
    case Ipv4Class::B:
        value = m_b.empty() ? NO_VALUE : m_b[NumberB(address)];
        break;
    case Ipv4Class::C:
        value = m_c.empty() ? NO_VALUE : m_c[SlotOf(NumberC(address))].value;
        break;
    case Ipv4Class::D:
        return {Outcome::MULTICAST, addressClass, NO_VALUE};
    case Ipv4Class::E:
        return {Outcome::REFUSED, addressClass, NO_VALUE};
    }
    return {value == NO_VALUE ? Outcome::NO_ROUTE : Outcome::FOUND, addressClass, value};
}

std::vector<std::pair<Ipv4Prefix, ClassfulTable::Value>>
ClassfulTable::Routes() const
{
    std::vector<std::pair<Ipv4Prefix, Value>> routes;
    for (uint32_t number = 0; number < m_a.size(); ++number)
    {
        routes.emplace_back(Ipv4Prefix(number << 24, 8), m_a[number]);
    }
    for (uint32_t number = 0; number < m_b.size(); ++number)
    {
        routes.emplace_back(Ipv4Prefix(0x80000000 | number << 16, 16), m_b[number]);
    }
    for (const Slot& slot : m_c)
    {
        routes.emplace_back(Ipv4Prefix(0xc0000000 | slot.network << 8, 24), slot.value);
    }
    routes.erase(std::remove_if(routes.begin(),
                                routes.end(),
                                [](const auto& route) { return route.second == NO_VALUE; }),
                 routes.end());
    std::sort(routes.begin(), routes.end());
    return routes;
}

std::size_t
ClassfulTable::MemoryBytes() const
{
    return (m_a.capacity() + m_b.capacity()) * sizeof(Value) + m_c.capacity() * sizeof(Slot);
}

std::size_t
ClassfulTable::HomeOf(uint32_t network) const
{
    // Knuth's multiplicative hash; the high bits are the mixed ones
    return (network * 2654435769U >> 8) & (m_c.size() - 1);
}

std::size_t
ClassfulTable::SlotOf(uint32_t network) const
{
    std::size_t slot = HomeOf(network);
    while (m_c[slot].value != NO_VALUE && m_c[slot].network != network)
    {
        slot = (slot + 1) & (m_c.size() - 1);
    }
    return slot;
}

void
ClassfulTable::Grow()
{
    std::vector<Slot> old(std::max(FIRST_SLOTS, 2 * m_c.size()));
    old.swap(m_c);
    for (const Slot& slot : old)
    {
        if (slot.value != NO_VALUE)
        {
            m_c[SlotOf(slot.network)] = slot;
        }
    }
}

void
ClassfulTable::EraseSlot(std::size_t slot)
{
    --m_sizeC;
    m_c[slot] = {};
    // whoever was pushed on by it moves up, so that no search ends too early
    const std::size_t mask = m_c.size() - 1;
    for (std::size_t next = (slot + 1) & mask; m_c[next].value != NO_VALUE;
         next = (next + 1) & mask)
    {
        const Slot moved = m_c[next];
        m_c[next] = {};
        m_c[SlotOf(moved.network)] = moved;
    }
}

} // namespace strata
} // namespace ns3

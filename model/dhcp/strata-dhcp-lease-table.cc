// SPDX-License-Identifier: GPL-2.0-only

#include "strata-dhcp-lease-table.h"

#include <algorithm>

namespace ns3
{
namespace strata
{

DhcpClientKey
DhcpKeyOfHardware(uint8_t type, ByteView address)
{
    DhcpClientKey key("h");
    key.push_back(static_cast<char>(type));
    key.append(address.begin(), address.end());
    return key;
}

DhcpClientKey
DhcpKeyOfIdentifier(ByteView identifier)
{
    DhcpClientKey key("i");
    key.append(identifier.begin(), identifier.end());
    return key;
}

DhcpClientKey
DhcpKeyOf(const DhcpMessage& message, const DhcpOptions& options)
{
    const auto identifier = options.Find(DhcpOptionCode::CLIENT_IDENTIFIER);
    // RFC 2132 section 9.14: behind a hardware type stands a hardware address; if it is chaddr, the
    // client is the same as without the option.
    if (!identifier || identifier->empty() ||
        ((*identifier)[0] == message.hardwareType &&
         identifier->Sub(1) == message.HardwareAddress()))
    {
        return DhcpKeyOfHardware(message.hardwareType, message.HardwareAddress());
    }
    return DhcpKeyOfIdentifier(*identifier);
}

const char*
DhcpBindingStateName(DhcpBindingState state)
{
    switch (state)
    {
    case DhcpBindingState::FREE:
        return "free";
    case DhcpBindingState::PROBING:
        return "probing";
    case DhcpBindingState::OFFERED:
        return "offered";
    case DhcpBindingState::BOUND:
        return "bound";
    case DhcpBindingState::PERMANENT:
        return "permanent";
    case DhcpBindingState::ABANDONED:
        return "abandoned";
    }
    return "unknown";
}

DhcpClientKey
DhcpLeaseTable::KeyIn(uint32_t subnet, const DhcpClientKey& client)
{
    DhcpClientKey key;
    for (int shift = 24; shift >= 0; shift -= 8)
    {
        key.push_back(static_cast<char>(subnet >> shift));
    }
    return key + client;
}

void
DhcpLeaseTable::AddRange(uint32_t subnet, uint32_t first, uint32_t last, bool leasing)
{
    Range range;
    range.first = first;
    range.last = last;
    range.leasing = leasing;
    range.next = first;
    m_ranges[subnet].push_back(std::move(range));
}

void
DhcpLeaseTable::Exclude(uint32_t address)
{
    m_excluded.insert(address);
    const DhcpBinding* binding = Find(address);
    Range* range = binding ? RangeOf(binding->subnet, address) : nullptr;
    if (range && binding->state == DhcpBindingState::FREE)
    {
        range->free.erase(binding->turn);
    }
}

const DhcpLeaseTable::Range*
DhcpLeaseTable::RangeOf(uint32_t subnet, uint32_t address) const
{
    const auto ranges = m_ranges.find(subnet);
    if (ranges != m_ranges.end())
    {
        for (const Range& range : ranges->second)
        {
            if (range.first <= address && address <= range.last)
            {
                return &range;
            }
        }
    }
    return nullptr;
}

DhcpLeaseTable::Range*
DhcpLeaseTable::RangeOf(uint32_t subnet, uint32_t address)
{
    return const_cast<Range*>(std::as_const(*this).RangeOf(subnet, address));
}

const DhcpBinding*
DhcpLeaseTable::Find(uint32_t address) const
{
    const auto found = m_bindings.find(address);
    return found == m_bindings.end() ? nullptr : &found->second;
}

const DhcpBinding*
DhcpLeaseTable::FindClient(uint32_t subnet, const DhcpClientKey& client) const
{
    const auto found = m_clients.find(KeyIn(subnet, client));
    return found == m_clients.end() ? nullptr : Find(found->second);
}

bool
DhcpLeaseTable::IsAvailable(uint32_t subnet, uint32_t address, bool leasing) const
{
    const Range* range = RangeOf(subnet, address);
    if (!range || range->leasing != leasing || m_excluded.count(address) != 0)
    {
        return false;
    }
    const DhcpBinding* binding = Find(address);
    return !binding || binding->state == DhcpBindingState::FREE;
}

std::optional<uint32_t>
DhcpLeaseTable::Choose(uint32_t subnet, bool leasing)
{
    const auto ranges = m_ranges.find(subnet);
    if (ranges == m_ranges.end())
    {
        return std::nullopt;
    }
    for (Range& range : ranges->second)
    {
        // Each address is passed over once: what is known or excluded stays so.
        while (range.leasing == leasing && range.next <= range.last)
        {
            const auto address = static_cast<uint32_t>(range.next);
            if (m_excluded.count(address) == 0 && m_bindings.count(address) == 0)
            {
                return address;
            }
            ++range.next;
        }
    }
    const Range* oldest = nullptr;
    for (const Range& range : ranges->second)
    {
        if (range.leasing == leasing && !range.free.empty() &&
            (!oldest || range.free.begin()->first < oldest->free.begin()->first))
        {
            oldest = &range;
        }
    }
    return oldest ? std::optional(oldest->free.begin()->second) : std::nullopt;
}

void
DhcpLeaseTable::Unlink(const DhcpBinding& binding)
{
    const auto client = m_clients.find(KeyIn(binding.subnet, binding.client));
    if (client != m_clients.end() && client->second == binding.address)
    {
        m_clients.erase(client);
    }
}

void
DhcpLeaseTable::Put(DhcpBinding& binding, DhcpBindingState state, Nanos expires)
{
    if (Range* range = RangeOf(binding.subnet, binding.address))
    {
        if (binding.state == DhcpBindingState::FREE)
        {
            range->free.erase(binding.turn);
        }
        else
        {
            --range->taken;
        }
        if (state == DhcpBindingState::FREE)
        {
            binding.turn = ++m_turn;
            if (m_excluded.count(binding.address) == 0)
            {
                range->free[binding.turn] = binding.address;
            }
        }
        else
        {
            ++range->taken;
        }
    }
    binding.state = state;
    binding.expires = state == DhcpBindingState::FREE ? NEVER : expires;
    m_deadlines.Set(binding.address, binding.expires);
}

const DhcpBinding&
DhcpLeaseTable::Assign(uint32_t address,
                       uint32_t subnet,
                       const DhcpClientKey& client,
                       ByteView hardware,
                       const std::string& name,
                       DhcpBindingState state,
                       Nanos expires)
{
    DhcpClientKey key = KeyIn(subnet, client);
    const auto before = m_clients.find(key);
    if (before != m_clients.end() && before->second != address)
    {
        // A client has one address in a subnet (RFC 2131 section 4.2).
        DhcpBinding& other = m_bindings[before->second];
        if (other.state != DhcpBindingState::FREE)
        {
            Put(other, DhcpBindingState::FREE, NEVER);
        }
        other.client.clear();
    }
    DhcpBinding& binding = m_bindings[address];
    if (binding.client != client)
    {
        Unlink(binding);
    }
    binding.address = address;
    binding.subnet = subnet;
    binding.client = client;
    binding.hardware = hardware.ToBytes();
    binding.name = name;
    m_clients[std::move(key)] = address;
    Put(binding, state, expires);
    return binding;
}

void
DhcpLeaseTable::SetState(uint32_t address, DhcpBindingState state, Nanos expires)
{
    Put(m_bindings[address], state, expires);
}

void
DhcpLeaseTable::Abandon(uint32_t address, Nanos expires)
{
    DhcpBinding& binding = m_bindings[address];
    Unlink(binding);
    binding.client.clear();
    binding.hardware.clear();
    binding.name.clear();
    Put(binding, DhcpBindingState::ABANDONED, expires);
}

void
DhcpLeaseTable::Restore(const DhcpBinding& binding)
{
    if (binding.client.empty())
    {
        DhcpBinding& mine = m_bindings[binding.address];
        Unlink(mine);
        mine.client.clear();
        mine.address = binding.address;
        mine.subnet = binding.subnet;
        Put(mine, binding.state, binding.expires);
        return;
    }
    Assign(binding.address,
           binding.subnet,
           binding.client,
           binding.hardware,
           binding.name,
           binding.state,
           binding.expires);
}

std::vector<DhcpBinding>
DhcpLeaseTable::All() const
{
    std::vector<DhcpBinding> all;
    all.reserve(m_bindings.size());
    for (const auto& [address, binding] : m_bindings)
    {
        all.push_back(binding);
    }
    std::sort(all.begin(), all.end(), [](const DhcpBinding& a, const DhcpBinding& b) {
        return a.address < b.address;
    });
    return all;
}

std::size_t
DhcpLeaseTable::CountAll(uint32_t subnet, bool leasing) const
{
    std::size_t sum = 0;
    const auto ranges = m_ranges.find(subnet);
    if (ranges != m_ranges.end())
    {
        for (const Range& range : ranges->second)
        {
            sum += range.leasing == leasing ? std::size_t{range.last} - range.first + 1 : 0;
        }
    }
    return sum;
}

std::size_t
DhcpLeaseTable::CountTaken(uint32_t subnet, bool leasing) const
{
    std::size_t sum = 0;
    const auto ranges = m_ranges.find(subnet);
    if (ranges != m_ranges.end())
    {
        for (const Range& range : ranges->second)
        {
            sum += range.leasing == leasing ? range.taken : 0;
        }
    }
    return sum;
}

} // namespace strata
} // namespace ns3

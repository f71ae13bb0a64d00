// SPDX-License-Identifier: GPL-2.0-only

#include "strata-dhcp-lease-table.h"

#include <algorithm>
#include <functional>

namespace ns3
{
namespace strata
{

namespace
{

/** Entries of a queue that are no longer meant are thrown out when they are more than the others
 * and this. */
constexpr std::size_t FEW = 64;

} // namespace

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
    const bool newly = m_excluded.insert(address).second;
    const DhcpBinding* binding = Find(address);
    Range* range = binding ? RangeOf(binding->subnet, address) : nullptr;
    if (range && newly && binding->state == DhcpBindingState::FREE && binding->turn != 0)
    {
        --range->free;
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
    for (Range& range : ranges->second)
    {
        if (range.leasing != leasing || range.free == 0)
        {
            continue;
        }
        while (!IsFree(range.freed.front())) // as many as are counted
        {
            range.freed.pop_front();
        }
        if (!oldest || range.freed.front().turn < oldest->freed.front().turn)
        {
            oldest = &range;
        }
    }
    return oldest ? std::optional(oldest->freed.front().address) : std::nullopt;
}

bool
DhcpLeaseTable::IsFree(const Freed& freed) const
{
    const DhcpBinding* binding = Find(freed.address);
    return binding && binding->state == DhcpBindingState::FREE && binding->turn == freed.turn &&
           m_excluded.count(freed.address) == 0;
}

void
DhcpLeaseTable::AddFreed(Range& range, const DhcpBinding& binding)
{
    range.freed.push_back({binding.turn, binding.address});
    ++range.free;
    if (range.freed.size() > 2 * range.free + FEW)
    {
        auto& all = range.freed;
        all.erase(std::remove_if(all.begin(),
                                 all.end(),
                                 [this](const Freed& freed) { return !IsFree(freed); }),
                  all.end());
    }
}

// ---- Time ----

bool
DhcpLeaseTable::IsDue(const std::pair<Nanos, uint32_t>& due) const
{
    const DhcpBinding* binding = Find(due.second);
    return binding && binding->expires == due.first;
}

void
DhcpLeaseTable::PopDue()
{
    std::pop_heap(m_due.begin(), m_due.end(), std::greater<>());
    m_due.pop_back();
}

void
DhcpLeaseTable::SetDue(DhcpBinding& binding, Nanos expires)
{
    if (binding.expires == expires)
    {
        return;
    }
    m_ending += expires != NEVER ? 1 : 0;
    m_ending -= binding.expires != NEVER ? 1 : 0;
    binding.expires = expires;
    if (expires != NEVER)
    {
        m_due.emplace_back(expires, binding.address);
        std::push_heap(m_due.begin(), m_due.end(), std::greater<>());
    }
    if (m_due.size() > 2 * m_ending + FEW)
    {
        m_due.erase(std::remove_if(m_due.begin(),
                                   m_due.end(),
                                   [this](const auto& due) { return !IsDue(due); }),
                    m_due.end());
        std::make_heap(m_due.begin(), m_due.end(), std::greater<>());
    }
    while (!m_due.empty() && !IsDue(m_due.front()))
    {
        PopDue();
    }
}

std::vector<uint32_t>
DhcpLeaseTable::TakeDue(Nanos now)
{
    std::vector<uint32_t> due;
    std::pair<Nanos, uint32_t> last{NEVER, 0};
    while (!m_due.empty() && m_due.front().first <= now)
    {
        // One that was set back to an earlier end is there twice.
        if (IsDue(m_due.front()) && m_due.front() != last)
        {
            last = m_due.front();
            due.push_back(last.second);
        }
        PopDue();
    }
    while (!m_due.empty() && !IsDue(m_due.front()))
    {
        PopDue();
    }
    return due;
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
DhcpLeaseTable::Leave(DhcpBinding& binding)
{
    Range* range = RangeOf(binding.subnet, binding.address);
    if (range && binding.state != DhcpBindingState::FREE)
    {
        --range->taken;
    }
    else if (range && binding.turn != 0 && m_excluded.count(binding.address) == 0)
    {
        --range->free;
    }
    binding.state = DhcpBindingState::FREE;
    binding.turn = 0;
}

void
DhcpLeaseTable::Put(DhcpBinding& binding, DhcpBindingState state, Nanos expires)
{
    Leave(binding);
    Range* range = RangeOf(binding.subnet, binding.address);
    if (state == DhcpBindingState::FREE)
    {
        binding.turn = ++m_turn;
        if (range && m_excluded.count(binding.address) == 0)
        {
            AddFreed(*range, binding);
        }
    }
    else if (range)
    {
        ++range->taken;
    }
    binding.state = state;
    SetDue(binding, state == DhcpBindingState::FREE ? NEVER : expires);
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
    if (binding.subnet != subnet)
    {
        Leave(binding);
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
        if (mine.subnet != binding.subnet)
        {
            Leave(mine);
        }
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

// SPDX-License-Identifier: GPL-2.0-only

#include "strata-dhcp-snooping-table.h"

#include <algorithm>

namespace ns3
{
namespace strata
{

DhcpSnoopingTable::DhcpSnoopingTable(DhcpSnoopingParameters parameters)
    : m_parameters(parameters)
{
}

void
DhcpSnoopingTable::Trust(uint32_t port)
{
    m_trusted.insert(port);
}

uint64_t
DhcpSnoopingTable::KeyOf(const MacBytes& hardware)
{
    uint64_t key = 0;
    for (const uint8_t byte : hardware)
    {
        key = (key << 8) | byte;
    }
    return key;
}

bool
DhcpSnoopingTable::TakeToken(uint32_t port, Nanos now)
{
    if (m_parameters.rate <= 0)
    {
        return true;
    }
    Bucket& bucket = m_buckets[port];
    const double seconds = std::chrono::duration<double>(now - bucket.filled).count();
    bucket.tokens = bucket.used
                        ? std::min(m_parameters.burst, bucket.tokens + seconds * m_parameters.rate)
                        : m_parameters.burst;
    bucket.filled = now;
    bucket.used = true;
    if (bucket.tokens < 1)
    {
        return false;
    }
    bucket.tokens -= 1;
    return true;
}

void
DhcpSnoopingTable::Erase(uint64_t client)
{
    const auto known = m_clients.find(client);
    if (known != m_clients.end())
    {
        --m_clientsAt[known->second.port];
        m_clients.erase(known);
    }
    m_deadlines.Erase(client);
}

void
DhcpSnoopingTable::Forget(Nanos now)
{
    for (const uint64_t client : m_deadlines.TakeDue(now))
    {
        Erase(client);
    }
}

std::optional<std::string_view>
DhcpSnoopingTable::CheckMalformed(uint32_t port) const
{
    return IsTrusted(port) ? std::nullopt : std::optional<std::string_view>("dhcp.snoop-malformed");
}

std::optional<std::string_view>
DhcpSnoopingTable::Check(const DhcpMessage& message,
                         uint32_t port,
                         const MacBytes& hardware,
                         Nanos now)
{
    Forget(now);
    const DhcpOptions options = message.Options();
    const auto type =
        static_cast<DhcpMessageType>(options.U8(DhcpOptionCode::MESSAGE_TYPE).value_or(0));
    MacBytes client{};
    std::copy_n(message.hardware.begin(), client.size(), client.begin());
    const uint64_t key = KeyOf(client);

    if (message.operation == BootpOperation::REPLY)
    {
        if (!IsTrusted(port))
        {
            return "dhcp.snoop-untrusted-server";
        }
        const auto known = m_clients.find(key);
        if (known != m_clients.end() && message.yourAddress != 0 &&
            (type == DhcpMessageType::ACK || !options.Has(DhcpOptionCode::MESSAGE_TYPE)))
        {
            const auto seconds = options.U32(DhcpOptionCode::LEASE_TIME);
            known->second.address = message.yourAddress;
            known->second.expires = seconds && *seconds != 0xffffffff
                                        ? now + Nanos(std::chrono::seconds(*seconds))
                                        : NEVER;
            m_deadlines.Set(key, known->second.expires);
        }
        return std::nullopt;
    }
    if (IsTrusted(port))
    {
        return std::nullopt;
    }
    if (!TakeToken(port, now))
    {
        return "dhcp.snoop-rate";
    }
    // Relays are at trusted ports; from elsewhere, giaddr would send answers astray.
    if (message.relayAddress != 0)
    {
        return "dhcp.snoop-untrusted-relay";
    }
    if (m_parameters.checkHardware && (message.hardwareLength != 6 || client != hardware))
    {
        return "dhcp.snoop-forged-hardware";
    }
    const auto known = m_clients.find(key);
    if (type == DhcpMessageType::RELEASE || type == DhcpMessageType::DECLINE)
    {
        // Nobody gives away what another has.
        if (known == m_clients.end() || known->second.port != port)
        {
            return "dhcp.snoop-forged-release";
        }
        if (type == DhcpMessageType::RELEASE)
        {
            Erase(key);
        }
        return std::nullopt;
    }
    if (known != m_clients.end() && known->second.port == port)
    {
        if (known->second.address == 0)
        {
            m_deadlines.Set(key, now + m_parameters.clientTime);
        }
        return std::nullopt;
    }
    if (m_parameters.clientsPerPort > 0 && m_clientsAt[port] >= m_parameters.clientsPerPort)
    {
        return "dhcp.snoop-too-many-clients";
    }
    if (m_clients.size() >= m_parameters.maxClients && known == m_clients.end())
    {
        return "dhcp.snoop-table-full";
    }
    Erase(key); // it has moved
    m_clients[key] = DhcpSnoopedBinding{port, client, 0, now + m_parameters.clientTime};
    ++m_clientsAt[port];
    m_deadlines.Set(key, now + m_parameters.clientTime);
    return std::nullopt;
}

std::vector<DhcpSnoopedBinding>
DhcpSnoopingTable::Bindings(Nanos now)
{
    Forget(now);
    std::vector<DhcpSnoopedBinding> all;
    for (const auto& [key, binding] : m_clients)
    {
        if (binding.address != 0)
        {
            all.push_back(binding);
        }
    }
    std::sort(all.begin(), all.end(), [](const auto& a, const auto& b) {
        return a.address < b.address;
    });
    return all;
}

std::optional<uint32_t>
DhcpSnoopingTable::PortOf(const MacBytes& hardware, Nanos now)
{
    Forget(now);
    const auto known = m_clients.find(KeyOf(hardware));
    return known == m_clients.end() ? std::nullopt : std::optional(known->second.port);
}

} // namespace strata
} // namespace ns3

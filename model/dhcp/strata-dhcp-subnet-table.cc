// SPDX-License-Identifier: GPL-2.0-only

#include "strata-dhcp-subnet-table.h"

#include "ns3/strata-byte-reader.h"

namespace ns3
{
namespace strata
{

uint32_t
DhcpSubnetTable::Add(DhcpSubnet subnet)
{
    const auto number = static_cast<uint32_t>(m_subnets.size());
    m_byPrefix[subnet.network.GetLength()][subnet.network.GetAddress()] = number;
    m_subnets.push_back(std::move(subnet));
    m_reserved.emplace_back();
    return number;
}

std::optional<uint32_t>
DhcpSubnetTable::Of(uint32_t address) const
{
    for (const auto& [length, networks] : m_byPrefix)
    {
        const auto found = networks.find(KeepBits(address, length));
        if (found != networks.end())
        {
            return found->second;
        }
    }
    return std::nullopt;
}

std::optional<uint32_t>
DhcpSubnetTable::OfSender(const DhcpMessage& message,
                          const DhcpOptions& options,
                          const DhcpArrival& arrival) const
{
    uint32_t link = arrival.localAddress;
    if (message.relayAddress != 0)
    {
        link = message.relayAddress;
        const auto relay = options.RelayAgent();
        for (const DhcpSubOption& part : relay ? *relay : std::vector<DhcpSubOption>())
        {
            if (part.code == static_cast<uint8_t>(DhcpRelaySubOption::LINK_SELECTION) &&
                part.data.size() == 4)
            {
                link = ByteReader(part.data).U32();
            }
        }
    }
    else if (message.clientAddress != 0 && !arrival.toAll)
    {
        // RFC 2131 section 4.3.2, RENEWING: no relay has touched it, so ciaddr can be trusted.
        link = message.clientAddress;
    }
    return Of(link);
}

void
DhcpSubnetTable::Reserve(uint32_t subnet, const DhcpClientKey& client, uint32_t address)
{
    m_reserved[subnet][client] = address;
}

std::optional<uint32_t>
DhcpSubnetTable::ReservedFor(uint32_t subnet, const DhcpClientKey& client) const
{
    const auto found = m_reserved[subnet].find(client);
    return found == m_reserved[subnet].end() ? std::nullopt : std::optional(found->second);
}

} // namespace strata
} // namespace ns3

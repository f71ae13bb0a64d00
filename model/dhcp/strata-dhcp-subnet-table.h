// SPDX-License-Identifier: GPL-2.0-only

#ifndef STRATA_DHCP_SUBNET_TABLE_H
#define STRATA_DHCP_SUBNET_TABLE_H

#include "strata-dhcp-server-state.h"

#include <functional>
#include <map>
#include <unordered_map>
#include <vector>

namespace ns3
{
namespace strata
{

/** The subnets of a server by number, and the addresses that are kept for clients in each. */
class DhcpSubnetTable
{
  public:
    /** \return the number of the subnet */
    uint32_t Add(DhcpSubnet subnet);

    const DhcpSubnet& operator[](uint32_t number) const
    {
        return m_subnets[number];
    }

    const std::vector<DhcpSubnet>& All() const
    {
        return m_subnets;
    }

    /** The number of the subnet that \p address lies in, the smallest of several. */
    std::optional<uint32_t> Of(uint32_t address) const;

    /**
     * The number of the sender's subnet: that of the relay's link selection (RFC 3527), else of
     * giaddr, else of ciaddr in what came by unicast, else of the interface.
     */
    std::optional<uint32_t> OfSender(const DhcpMessage& message,
                                     const DhcpOptions& options,
                                     const DhcpArrival& arrival) const;

    /** Precondition: the subnet is known. */
    void Reserve(uint32_t subnet, const DhcpClientKey& client, uint32_t address);

    std::optional<uint32_t> ReservedFor(uint32_t subnet, const DhcpClientKey& client) const;

  private:
    std::vector<DhcpSubnet> m_subnets;
    std::map<unsigned, std::unordered_map<uint32_t, uint32_t>, std::greater<unsigned>>
        m_byPrefix; //!< length, network: number
    std::vector<std::unordered_map<DhcpClientKey, uint32_t>> m_reserved; //!< by subnet
};

} // namespace strata
} // namespace ns3

#endif /* STRATA_DHCP_SUBNET_TABLE_H */

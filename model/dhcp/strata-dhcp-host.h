// SPDX-License-Identifier: GPL-2.0-only

#ifndef STRATA_DHCP_HOST_H
#define STRATA_DHCP_HOST_H

#include "strata-dhcp-client-machine.h"

#include "ns3/ipv4.h"
#include "ns3/net-device.h"
#include "ns3/node.h"

#include <optional>

namespace ns3
{
namespace strata
{

/**
 * What a lease gives a node: the address on an interface, and routes in the node's FibRouting or,
 * without one, in its Ipv4StaticRouting. What was given is taken away again, and nothing else.
 *
 * Routes that went while the interface was set down come back with the next Apply().
 *
 * An interface without any address is down, so that the stack says nothing on a link where it is
 * nobody yet.
 */
class DhcpHost
{
  public:
    /** Makes the IPv4 interface of \p device, if need be. The program ends without a stack. */
    void Attach(Ptr<NetDevice> device);

    void Apply(const DhcpLease& lease);
    void Withdraw();

    /** The number of the IPv4 interface. */
    uint32_t GetInterface() const
    {
        return m_interface;
    }

  private:
    /** The routes that a lease means (RFC 3442, RFC 2132 section 3.5). */
    static std::vector<DhcpRoute> RoutesOf(const DhcpLease& lease);
    /** Those of them that are not there. */
    void AddRoutes(const DhcpLease& lease);
    void RemoveRoutes();
    void RemoveAddress();

    Ptr<Node> m_node;
    Ptr<Ipv4> m_ipv4;
    uint32_t m_interface{0};
    std::optional<DhcpLease> m_applied;
};

} // namespace strata
} // namespace ns3

#endif /* STRATA_DHCP_HOST_H */

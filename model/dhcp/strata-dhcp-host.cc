// SPDX-License-Identifier: GPL-2.0-only

#include "strata-dhcp-host.h"

#include "ns3/abort.h"
#include "ns3/ipv4-list-routing.h"
#include "ns3/ipv4-routing-table-entry.h"
#include "ns3/ipv4-static-routing.h"
#include "ns3/strata-fib-routing-protocol.h"

namespace ns3
{
namespace strata
{

namespace
{

constexpr const char* SOURCE = "dhcp"; // of routes in the FIB

/** The protocol of type T, alone or in a list. */
template <class T>
Ptr<T>
Find(Ptr<Ipv4RoutingProtocol> protocol)
{
    if (Ptr<Ipv4ListRouting> list = DynamicCast<Ipv4ListRouting>(protocol))
    {
        for (uint32_t i = 0; i < list->GetNRoutingProtocols(); ++i)
        {
            int16_t priority;
            if (Ptr<T> found = Find<T>(list->GetRoutingProtocol(i, priority)))
            {
                return found;
            }
        }
    }
    return DynamicCast<T>(protocol);
}

Ipv4Mask
MaskOf(unsigned length)
{
    return Ipv4Mask(KeepBits(0xffffffffU, length));
}

/** The number in \p table of what AddNetworkRouteTo() has made of \p route. */
std::optional<uint32_t>
FindRoute(Ptr<Ipv4StaticRouting> table, uint32_t interface, const DhcpRoute& route)
{
    for (uint32_t i = table->GetNRoutes(); i > 0; --i)
    {
        const Ipv4RoutingTableEntry entry = table->GetRoute(i - 1);
        if (entry.GetInterface() == interface &&
            entry.GetDestNetwork().Get() == route.destination.GetAddress() &&
            entry.GetDestNetworkMask() == MaskOf(route.destination.GetLength()) &&
            entry.GetGateway().Get() == route.router && entry.IsGateway() == (route.router != 0))
        {
            return i - 1;
        }
    }
    return std::nullopt;
}

} // namespace

void
DhcpHost::Attach(Ptr<NetDevice> device)
{
    m_node = device->GetNode();
    m_ipv4 = m_node->GetObject<Ipv4>();
    NS_ABORT_MSG_UNLESS(m_ipv4,
                        "The DHCP client on node " << m_node->GetId() << " needs an IPv4 stack");
    Ptr<Ipv4RoutingProtocol> routing = m_ipv4->GetRoutingProtocol();
    NS_ABORT_MSG_UNLESS(Find<FibRouting>(routing) || Find<Ipv4StaticRouting>(routing),
                        "The DHCP client on node "
                            << m_node->GetId()
                            << " needs FibRouting or Ipv4StaticRouting for its routes");
    const int32_t known = m_ipv4->GetInterfaceForDevice(device);
    m_interface = known >= 0 ? static_cast<uint32_t>(known) : m_ipv4->AddInterface(device);
    if (m_ipv4->GetNAddresses(m_interface) == 0)
    {
        m_ipv4->SetDown(m_interface);
    }
}

std::vector<DhcpRoute>
DhcpHost::RoutesOf(const DhcpLease& lease)
{
    std::vector<DhcpRoute> routes = lease.routes;
    if (!lease.routers.empty())
    {
        routes.push_back({Ipv4Prefix(), lease.routers.front()}); // in order of preference
    }
    return routes;
}

void
DhcpHost::Apply(const DhcpLease& lease)
{
    const bool same = m_applied && m_applied->address == lease.address &&
                      m_applied->prefixLength == lease.prefixLength;
    if (m_applied && (!same || RoutesOf(*m_applied) != RoutesOf(lease)))
    {
        RemoveRoutes();
        if (!same)
        {
            RemoveAddress();
        }
        m_applied.reset();
    }
    if (!same)
    {
        m_ipv4->AddAddress(
            m_interface,
            Ipv4InterfaceAddress(Ipv4Address(lease.address), MaskOf(lease.prefixLength)));
        m_ipv4->SetUp(m_interface);
    }
    // The stock routing forgets what goes by an interface that is set down.
    if (!m_applied || m_ipv4->IsUp(m_interface))
    {
        AddRoutes(lease);
    }
    m_applied = lease;
}

void
DhcpHost::Withdraw()
{
    if (m_applied)
    {
        RemoveRoutes();
        RemoveAddress();
        m_applied.reset();
        if (m_ipv4->GetNAddresses(m_interface) == 0)
        {
            m_ipv4->SetDown(m_interface);
        }
    }
}

void
DhcpHost::AddRoutes(const DhcpLease& lease)
{
    Ptr<Ipv4RoutingProtocol> routing = m_ipv4->GetRoutingProtocol();
    Ptr<FibRouting> fib = Find<FibRouting>(routing);
    Ptr<Ipv4StaticRouting> table = Find<Ipv4StaticRouting>(routing);
    for (const DhcpRoute& route : RoutesOf(lease))
    {
        const Ipv4Address network(route.destination.GetAddress());
        if (fib)
        {
            if (!m_applied)
            {
                fib->AddRoute(route.destination,
                              Ipv4Address(route.router),
                              m_interface,
                              fib->Source(SOURCE));
            }
        }
        else if (m_applied && FindRoute(table, m_interface, route))
        {
            continue;
        }
        else if (route.router == 0)
        {
            table->AddNetworkRouteTo(network, MaskOf(route.destination.GetLength()), m_interface);
        }
        else
        {
            table->AddNetworkRouteTo(network,
                                     MaskOf(route.destination.GetLength()),
                                     Ipv4Address(route.router),
                                     m_interface);
        }
    }
}

void
DhcpHost::RemoveRoutes()
{
    Ptr<Ipv4RoutingProtocol> routing = m_ipv4->GetRoutingProtocol();
    Ptr<FibRouting> fib = Find<FibRouting>(routing);
    Ptr<Ipv4StaticRouting> table = Find<Ipv4StaticRouting>(routing);
    for (const DhcpRoute& route : RoutesOf(*m_applied))
    {
        if (fib)
        {
            fib->RemoveRoute(route.destination,
                             Ipv4Address(route.router),
                             m_interface,
                             fib->Source(SOURCE));
            continue;
        }
        if (const auto number = FindRoute(table, m_interface, route))
        {
            table->RemoveRoute(*number);
        }
    }
}

void
DhcpHost::RemoveAddress()
{
    for (uint32_t i = 0; i < m_ipv4->GetNAddresses(m_interface); ++i)
    {
        if (m_ipv4->GetAddress(m_interface, i).GetLocal().Get() == m_applied->address)
        {
            m_ipv4->RemoveAddress(m_interface, i);
            return;
        }
    }
}

} // namespace strata
} // namespace ns3

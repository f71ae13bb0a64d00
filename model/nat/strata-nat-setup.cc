// SPDX-License-Identifier: GPL-2.0-only

// The part of StrataNat that knows the node: what users set up, its addresses, ports and routes.

#include "strata-nat.h"

#include "ns3/abort.h"
#include "ns3/ipv4-end-point-demux.h"
#include "ns3/loopback-net-device.h"
#include "ns3/strata-fib-routing-protocol.h"
#include "ns3/strata-grant.h"
#include "ns3/tcp-l4-protocol.h"
#include "ns3/udp-l4-protocol.h"

namespace ns3
{
namespace strata
{

namespace
{

STRATA_GRANT(UdpEnds, UdpL4Protocol::m_endPoints)
STRATA_GRANT(TcpEnds, TcpL4Protocol::m_endPoints)

constexpr auto TCP = static_cast<uint8_t>(Ipv4Protocol::TCP);
constexpr auto UDP = static_cast<uint8_t>(Ipv4Protocol::UDP);
constexpr auto ICMP = static_cast<uint8_t>(Ipv4Protocol::ICMP);

} // namespace

bool
StrataNat::AddPublicAddress(Ipv4Address address)
{
    const bool primary =
        address.Get() == m_primary && m_pool.empty() && m_machine.Table().IsPublic(m_primary);
    if (address == Ipv4Address::GetAny() ||
        (!primary && !m_machine.AddPublicAddress(address.Get())))
    {
        return false;
    }
    if (m_pool.empty() && m_primary != 0 && m_primary != address.Get())
    {
        m_machine.RemovePublicAddress(m_primary);
    }
    m_pool.push_back(address.Get());
    m_toClaim.push_back(address.Get());
    m_version = 0;
    return true;
}

bool
StrataNat::AddStatic(Ipv4Address inside, Ipv4Address outside)
{
    Refresh();
    if (!m_machine.AddOneToOne(inside.Get(), outside.Get()))
    {
        return false;
    }
    m_toClaim.push_back(outside.Get());
    m_version = 0;
    return true;
}

bool
StrataNat::AddStaticMapping(std::string protocol,
                            Ipv4Address inside,
                            uint16_t insidePort,
                            Ipv4Address outside,
                            uint16_t outsidePort)
{
    Refresh();
    Fixed fixed;
    fixed.protocol = protocol == "tcp" ? TCP : protocol == "udp" ? UDP : ICMP;
    NS_ABORT_MSG_UNLESS(protocol == "tcp" || protocol == "udp" || protocol == "icmp",
                        "A static mapping is for tcp, udp or icmp; not '" << protocol << "'");
    fixed.inside = {inside.Get(), insidePort};
    fixed.outside = {outside.Get(), outsidePort};
    const bool here = fixed.outside.address == 0
                          ? m_primary != 0
                          : m_machine.Table().IsPublic(fixed.outside.address);
    if (here && !PlaceFixed(fixed))
    {
        return false;
    }
    m_fixed.push_back(fixed); // for when its address comes
    return true;
}

bool
StrataNat::AddPortForward(std::string protocol,
                          uint16_t outsidePort,
                          Ipv4Address inside,
                          uint16_t insidePort)
{
    return AddStaticMapping(protocol, inside, insidePort, Ipv4Address::GetAny(), outsidePort);
}

bool
StrataNat::PlaceFixed(const Fixed& fixed)
{
    const bool placed = m_machine.Table().AddFixed(
        fixed.protocol,
        fixed.inside,
        {fixed.outside.address == 0 ? m_primary : fixed.outside.address, fixed.outside.port},
        Now());
    Report();
    return placed;
}

void
StrataNat::AddInsideNetwork(Ipv4Address network, Ipv4Mask mask)
{
    m_insideNetworks.emplace_back(network.Get(), mask.GetPrefixLength());
    m_version = 0;
}

Ipv4InterfaceAddress
StrataNat::OutsideAddress() const
{
    Ptr<Ipv4L3Protocol> ipv4 = m_hooks->GetIpv4();
    const int32_t interface = ipv4 ? ipv4->GetInterfaceForDevice(m_outside) : -1;
    for (uint32_t i = 0;
         interface >= 0 && i < ipv4->GetNAddresses(static_cast<uint32_t>(interface));
         ++i)
    {
        const Ipv4InterfaceAddress address = ipv4->GetAddress(static_cast<uint32_t>(interface), i);
        if (!address.IsSecondary() && address.GetLocal() != Ipv4Address::GetAny())
        {
            return address;
        }
    }
    return Ipv4InterfaceAddress(Ipv4Address::GetAny(), Ipv4Mask::GetZero());
}

void
StrataNat::Claim(uint32_t address, const Ipv4InterfaceAddress& primary)
{
    Ptr<Ipv4L3Protocol> ipv4 = m_hooks->GetIpv4();
    const Ipv4Address claimed(address);
    if (!m_outside->NeedsArp() || ipv4->GetInterfaceForAddress(claimed) >= 0 ||
        primary.GetLocal().CombineMask(primary.GetMask()) != claimed.CombineMask(primary.GetMask()))
    {
        return;
    }
    Ipv4InterfaceAddress second(claimed, primary.GetMask());
    second.SetSecondary();
    ipv4->AddAddress(static_cast<uint32_t>(ipv4->GetInterfaceForDevice(m_outside)), second);
}

void
StrataNat::Refresh()
{
    if (!m_hooks || IsFresh())
    {
        return;
    }
    if (!m_seeded)
    {
        m_seeded = true;
        m_config.seed = m_random->GetInteger(1, UINT32_MAX);
        m_config.verifyChecksums = Node::ChecksumEnabled();
        m_machine.SetConfig(m_config);
    }
    Ptr<Ipv4L3Protocol> ipv4 = m_hooks->GetIpv4();
    const Ipv4InterfaceAddress primary = OutsideAddress();
    const uint32_t before = m_primary;
    m_primary = primary.GetLocal().Get();
    if (before != m_primary && m_pool.empty())
    {
        // RFC 4787 section 4.1: an address that is gone takes its mappings with it.
        m_machine.RemovePublicAddress(before);
        m_machine.AddPublicAddress(m_primary);
    }
    if (m_primary != 0)
    {
        for (const uint32_t address : m_toClaim)
        {
            Claim(address, primary);
        }
        m_toClaim.clear();
    }
    for (const Fixed& fixed : m_fixed)
    {
        if (m_machine.Table().IsPublic(fixed.outside.address == 0 ? m_primary
                                                                  : fixed.outside.address))
        {
            PlaceFixed(fixed);
        }
    }
    std::vector<Ipv4Prefix> inside = m_insideNetworks;
    std::vector<uint32_t> own;
    const int32_t outside = ipv4->GetInterfaceForDevice(m_outside);
    // Interface 0 is loopback.
    for (uint32_t i = 1; i < ipv4->GetNInterfaces(); ++i)
    {
        for (uint32_t j = 0; j < ipv4->GetNAddresses(i); ++j)
        {
            const Ipv4InterfaceAddress address = ipv4->GetAddress(i, j);
            if (address.GetLocal() == Ipv4Address::GetAny())
            {
                continue;
            }
            own.push_back(address.GetLocal().Get());
            if (m_insideNetworks.empty() && static_cast<int32_t>(i) != outside)
            {
                inside.emplace_back(address.GetLocal().Get(), address.GetMask().GetPrefixLength());
            }
        }
    }
    m_machine.SetInside(inside, !m_insideNetworks.empty());
    m_machine.SetOwn(own);
    m_sides.clear();
    m_fib = FibRouting::AskedFirst(m_hooks->GetRouting());
    m_outsideInterface = outside;
    m_version = m_hooks->GetAddressVersion();
    Report();
}

bool
StrataNat::IsOwn(uint8_t protocol, uint16_t port) const
{
    Ipv4EndPointDemux* ends = nullptr;
    if (protocol == TCP)
    {
        if (Ptr<TcpL4Protocol> tcp = m_node->GetObject<TcpL4Protocol>())
        {
            ends = PeekPointer(tcp)->*MemberOf(TcpEnds());
        }
    }
    else if (Ptr<UdpL4Protocol> udp = m_node->GetObject<UdpL4Protocol>())
    {
        ends = PeekPointer(udp)->*MemberOf(UdpEnds());
    }
    return ends && ends->LookupPortLocal(port);
}

bool
StrataNat::IsBehind(uint32_t address) const
{
    RouteKind kind;
    // It costs less than to remember what another protocol said.
    if (const auto* hop = m_fib ? m_fib->FindHop(0, address, 0, true, nullptr, kind) : nullptr)
    {
        return static_cast<int32_t>(hop->interface) != m_outsideInterface;
    }
    if (m_sides.empty())
    {
        m_sides.resize(1024);
    }
    const Nanos now = Now();
    Side& side = m_sides[(address * 0x9e3779b1U) >> 22];
    if (side.address == address && now < side.until)
    {
        return side.behind;
    }
    side.address = address;
    side.until = now + ROUTE_LIFETIME;
    Ipv4Header header;
    header.SetDestination(Ipv4Address(address));
    Socket::SocketErrno error;
    Ptr<Ipv4RoutingProtocol> routing = m_hooks->GetRouting();
    Ptr<Ipv4Route> route =
        routing && !header.GetDestination().IsMulticast() && !header.GetDestination().IsBroadcast()
            ? routing->RouteOutput(nullptr, header, nullptr, error)
            : nullptr;
    // Protocols that look for routes on demand say loopback before they do.
    const Ptr<NetDevice> device = route ? route->GetOutputDevice() : nullptr;
    side.behind = device && device != m_outside && !DynamicCast<LoopbackNetDevice>(device);
    return side.behind;
}

Ipv4Address
StrataNat::GetPublicAddress()
{
    Refresh();
    const auto addresses = m_machine.Table().PublicAddresses();
    return addresses.empty() ? Ipv4Address::GetAny() : Ipv4Address(addresses.front());
}

} // namespace strata
} // namespace ns3

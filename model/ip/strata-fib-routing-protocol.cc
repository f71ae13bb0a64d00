// SPDX-License-Identifier: GPL-2.0-only

#include "strata-fib-routing-protocol.h"

#include "ns3/ipv4-header.h"
#include "ns3/ipv4-list-routing.h"
#include "ns3/log.h"
#include "ns3/strata-flow-hash.h"
#include "ns3/strata-node.h"
#include "ns3/uinteger.h"

#include <fmt/format.h>
#include <utility>

namespace ns3
{
namespace strata
{

NS_LOG_COMPONENT_DEFINE("StrataFibRouting");
NS_OBJECT_ENSURE_REGISTERED(FibRouting);

namespace
{

/** The length of a mask; 33 for one with holes. */
unsigned
LengthOf(Ipv4Mask mask)
{
    const uint32_t bits = mask.Get();
    unsigned length = 0;
    while (length < 32 && (bits >> (31 - length) & 1) != 0)
    {
        ++length;
    }
    return KeepBits(~uint32_t{0}, length) == bits ? length : 33;
}

} // namespace

// ---- Conversions ------------------------------------------------------------------------------

std::string
Fib4Traits::TextOf(uint32_t address)
{
    return fmt::format("{}.{}.{}.{}",
                       address >> 24,
                       address >> 16 & 0xff,
                       address >> 8 & 0xff,
                       address & 0xff);
}

Prefix<Ipv4Family>
Fib4Traits::ParsePrefix(const std::string& text)
{
    const std::size_t slash = text.find('/');
    const std::string tail = slash == std::string::npos ? "32" : text.substr(slash + 1);
    uint32_t address = 0;
    unsigned parts = 0;
    uint32_t part = 0;
    bool digits = false;
    bool good = !tail.empty() && tail.size() <= 2 &&
                tail.find_first_not_of("0123456789") == std::string::npos && std::stoul(tail) <= 32;
    for (const char c : text.substr(0, slash) + ".")
    {
        if (c >= '0' && c <= '9' && part < 256)
        {
            part = part * 10 + static_cast<uint32_t>(c - '0');
            digits = true;
        }
        else
        {
            good = good && c == '.' && digits && part < 256 && ++parts <= 4;
            address = address << 8 | (part & 0xff);
            part = 0;
            digits = false;
        }
    }
    NS_ABORT_MSG_UNLESS(good && parts == 4,
                        "\"" << text << "\" is not a prefix such as 10.0.0.0/8");
    return Ipv4Prefix(address, static_cast<unsigned>(std::stoul(tail)));
}

// ---- Object -----------------------------------------------------------------------------------

TypeId
FibRouting::GetTypeId()
{
    static TypeId tid =
        TypeId("ns3::strata::FibRouting")
            .SetParent<Ipv4RoutingProtocol>()
            .SetGroupName("Strata")
            .AddConstructor<FibRouting>()
            .AddAttribute(
                "HashSeed",
                "With which flows are spread over equal-cost routes. The node's number is "
                "added, so that routers choose independently.",
                UintegerValue(0),
                MakeUintegerAccessor(&FibRouting::m_hashSeed),
                MakeUintegerChecker<uint64_t>())
            .AddTraceSource("RouteChange",
                            "Packets to a prefix go elsewhere: network, length, and one of added, "
                            "replaced and removed.",
                            MakeTraceSourceAccessor(&FibRouting::m_changeTrace),
                            "ns3::strata::FibRouting::RouteChangeCallback");
    return tid;
}

FibRouting::FibRouting()
{
    Source("static");
}

FibRouting::~FibRouting() = default;

void
FibRouting::AddRoute(const std::string& prefix,
                     Ipv4Address gateway,
                     const std::string& source,
                     uint32_t metric)
{
    NS_ABORT_MSG_UNLESS(m_stack, "a route is added before the node has IPv4");
    for (uint32_t i = 0; i < m_stack->GetNInterfaces(); ++i)
    {
        for (uint32_t j = 0; j < m_stack->GetNAddresses(i); ++j)
        {
            const Ipv4InterfaceAddress own = m_stack->GetAddress(i, j);
            if (own.GetLocal().CombineMask(own.GetMask()) == gateway.CombineMask(own.GetMask()))
            {
                FibProtocol::AddRoute(ParsePrefix(prefix), gateway, i, Source(source), metric);
                return;
            }
        }
    }
    NS_ABORT_MSG("the gateway " << gateway << " of " << prefix << " is on no subnet of the node");
}

// ---- Interfaces -------------------------------------------------------------------------------

void
FibRouting::SetIpv4(Ptr<Ipv4> ipv4)
{
    NS_ASSERT_MSG(!m_stack && ipv4, "a FibRouting serves one node");
    m_stack = ipv4;
    for (uint32_t i = 0; i < m_stack->GetNInterfaces(); ++i)
    {
        m_stack->IsUp(i) ? NotifyInterfaceUp(i) : NotifyInterfaceDown(i);
    }
}

/** Adds or removes the route to the subnet of an address. */
void
FibRouting::SetConnected(uint32_t interface, const Ipv4InterfaceAddress& address, bool there)
{
    const unsigned length = LengthOf(address.GetMask());
    // a host that asks for its address has 0.0.0.0/0 until then
    if (length > 32 || address.GetLocal().Get() == 0)
    {
        return;
    }
    const Ipv4Prefix subnet(address.GetLocal().Get(), length);
    const Path path{{0, interface}, 0, m_connected, RouteKind::FORWARD};
    Report(subnet, there ? m_table.Add(subnet, path) : m_table.Remove(subnet, path));
}

/** Routes that were handed out name addresses of the node, and so does the quick look. */
void
FibRouting::AddressesChanged()
{
    ForgetRoutes();
    m_own.Clear();
    for (uint32_t i = 0; i < m_stack->GetNInterfaces(); ++i)
    {
        for (uint32_t j = 0; j < m_stack->GetNAddresses(i); ++j)
        {
            const Ipv4InterfaceAddress address = m_stack->GetAddress(i, j);
            m_own.Add(address.GetLocal().Get());
            if (LengthOf(address.GetMask()) < 31) // RFC 3021: the other one is a neighbour
            {
                m_own.Add(address.GetBroadcast().Get());
            }
        }
    }
}

void
FibRouting::NotifyInterfaceUp(uint32_t interface)
{
    AddressesChanged();
    SetInterface(interface, true);
    for (uint32_t i = 0; i < m_stack->GetNAddresses(interface); ++i)
    {
        SetConnected(interface, m_stack->GetAddress(interface, i), true);
    }
    if (m_fallback)
    {
        m_fallback->NotifyInterfaceUp(interface);
    }
}

void
FibRouting::NotifyInterfaceDown(uint32_t interface)
{
    AddressesChanged();
    SetInterface(interface, false);
    if (m_fallback)
    {
        m_fallback->NotifyInterfaceDown(interface);
    }
}

void
FibRouting::NotifyAddAddress(uint32_t interface, Ipv4InterfaceAddress address)
{
    AddressesChanged();
    SetConnected(interface, address, true);
    if (m_fallback)
    {
        m_fallback->NotifyAddAddress(interface, address);
    }
}

void
FibRouting::NotifyRemoveAddress(uint32_t interface, Ipv4InterfaceAddress address)
{
    AddressesChanged();
    SetConnected(interface, address, false);
    // another address on the same subnet keeps the route
    for (uint32_t i = 0; i < m_stack->GetNAddresses(interface); ++i)
    {
        const Ipv4InterfaceAddress other = m_stack->GetAddress(interface, i);
        if (other.GetLocal() != address.GetLocal() || other.GetMask() != address.GetMask())
        {
            SetConnected(interface, other, true);
        }
    }
    if (m_fallback)
    {
        m_fallback->NotifyRemoveAddress(interface, address);
    }
}

// ---- Packets ----------------------------------------------------------------------------------

/** Which hop of a group a packet takes. */
uint32_t
FibRouting::ChooseHop(const Group& group,
                      uint32_t source,
                      uint32_t destination,
                      uint8_t protocol,
                      bool fragment,
                      Ptr<const Packet> payload,
                      uint32_t headerSize,
                      ByteView transport) const
{
    if (group.hops.size() <= 1)
    {
        return 0;
    }
    constexpr uint32_t PORTS = 4;
    uint8_t front[60 + PORTS];
    if (transport.size() == 0)
    {
        const uint32_t copied = payload ? payload->CopyData(front, headerSize + PORTS) : 0;
        transport = ByteView(front, copied).Sub(headerSize);
    }
    return FibProtocol::ChooseHop(
        group,
        FlowOf<Ipv4Family>(source, destination, protocol, fragment, transport));
}

Ptr<FibRouting>
FibRouting::AskedFirst(Ptr<Ipv4RoutingProtocol> routing)
{
    if (Ptr<Ipv4ListRouting> list = DynamicCast<Ipv4ListRouting>(routing))
    {
        int16_t priority;
        routing = list->GetNRoutingProtocols() ? list->GetRoutingProtocol(0, priority) : nullptr;
    }
    return DynamicCast<FibRouting>(routing);
}

const FibRouting::Hop*
FibRouting::FindHop(uint32_t source,
                    uint32_t destination,
                    uint8_t protocol,
                    bool fragment,
                    Ptr<const Packet> payload,
                    RouteKind& kind,
                    uint32_t headerSize,
                    ByteView transport)
{
    CatchUp();
    kind = RouteKind::FORWARD;
    const uint32_t number = m_table.Lookup(destination);
    if (number == Table::NO_GROUP)
    {
        return nullptr;
    }
    const Group& group = m_table.GroupOf(number);
    kind = group.kind;
    return kind == RouteKind::FORWARD ? &group.hops[ChooseHop(group,
                                                              source,
                                                              destination,
                                                              protocol,
                                                              fragment,
                                                              payload,
                                                              headerSize,
                                                              transport)]
                                      : nullptr;
}

Ipv4Address
FibRouting::SourceFor(const Hop& hop, Ipv4Address destination) const
{
    if (m_stack->GetNAddresses(hop.interface) == 0)
    {
        return RouterId();
    }
    return m_stack->SourceAddressSelection(hop.interface,
                                           hop.gateway == 0 ? destination
                                                            : Ipv4Address(hop.gateway));
}

/** What stands for the address of an interface that has none (RFC 1812 section 2.2.7). */
Ipv4Address
FibRouting::RouterId() const
{
    for (uint32_t i = 0; i < m_stack->GetNInterfaces(); ++i)
    {
        for (uint32_t j = 0; j < m_stack->GetNAddresses(i); ++j)
        {
            const Ipv4Address own = m_stack->GetAddress(i, j).GetLocal();
            if (own.Get() >> 24 != 127 && own != Ipv4Address::GetZero())
            {
                return own;
            }
        }
    }
    return Ipv4Address::GetZero();
}

/**
 * The interface by which what goes to many leaves when the sender named none; -1 when there is
 * none. It goes no further than the link of its route, and so has no gateway (RFC 1112 section 6.4,
 * RFC 919 section 7).
 */
int32_t
FibRouting::LinkOf(const Ipv4Header& header) const
{
    const Ipv4Address destination = header.GetDestination();
    if (destination.IsLocalMulticast())
    {
        return -1;
    }
    if (destination.IsBroadcast())
    {
        const int32_t own = m_stack->GetInterfaceForAddress(header.GetSource());
        if (own >= 0)
        {
            return own;
        }
    }
    const uint32_t number = m_table.Lookup(destination.Get());
    if (number == Table::NO_GROUP || m_table.GroupOf(number).kind != RouteKind::FORWARD)
    {
        return -1;
    }
    return static_cast<int32_t>(m_table.GroupOf(number).hops[0].interface);
}

Ptr<Ipv4Route>
FibRouting::RouteOver(const Hop& hop, Ipv4Address destination)
{
    Ptr<Ipv4Route> route = BoundRoute(hop, destination);
    route->SetSource(SourceFor(hop, destination));
    return route;
}

Ptr<Ipv4Route>
FibRouting::RouteOver(uint32_t number, uint32_t choice, Ipv4Address destination)
{
    Ptr<Ipv4Route> route = CachedRoute(number, choice, destination);
    const Hop& hop = m_table.GroupOf(number).hops[choice];
    // on the link the source may depend on the destination
    if (route->GetSource() == Ipv4Address::GetZero() ||
        (hop.gateway == 0 && m_stack->GetNAddresses(hop.interface) > 1))
    {
        route->SetSource(SourceFor(hop, destination));
    }
    return route;
}

Ptr<Ipv4Route>
FibRouting::RouteOutput(Ptr<Packet> p,
                        const Ipv4Header& header,
                        Ptr<NetDevice> oif,
                        Socket::SocketErrno& sockerr)
{
    CatchUp();
    const Ipv4Address destination = header.GetDestination();
    sockerr = Socket::ERROR_NOTERROR;
    const int32_t bound = oif ? m_stack->GetInterfaceForDevice(oif) : -1;
    if (destination.IsMulticast() || destination.IsBroadcast())
    {
        const int32_t link = oif ? bound : LinkOf(header);
        if (link >= 0)
        {
            return RouteOver({0, static_cast<uint32_t>(link)}, destination);
        }
    }
    else if (oif)
    {
        const auto path = bound >= 0
                              ? m_table.LookupOver(destination.Get(), static_cast<uint32_t>(bound))
                              : std::nullopt;
        if (path)
        {
            return RouteOver(path->hop, destination);
        }
    }
    else
    {
        const uint32_t number = m_table.Lookup(destination.Get());
        if (number != Table::NO_GROUP)
        {
            const Group& group = m_table.GroupOf(number);
            if (group.kind == RouteKind::FORWARD)
            {
                // what follows the header is not there yet, nor are ports
                const uint32_t hop = ChooseHop(group,
                                               header.GetSource().Get(),
                                               destination.Get(),
                                               header.GetProtocol(),
                                               true,
                                               nullptr);
                return RouteOver(number, hop, destination);
            }
            sockerr = Socket::ERROR_NOROUTETOHOST;
            return nullptr;
        }
    }
    if (m_fallback)
    {
        return m_fallback->RouteOutput(p, header, oif, sockerr);
    }
    sockerr = Socket::ERROR_NOROUTETOHOST;
    return nullptr;
}

bool
FibRouting::RouteInput(Ptr<const Packet> p,
                       const Ipv4Header& header,
                       Ptr<const NetDevice> idev,
                       RouteInput4::Unicast ucb,
                       RouteInput4::Multicast mcb,
                       RouteInput4::Local lcb,
                       RouteInput4::Error ecb)
{
    const int32_t input = m_stack->GetInterfaceForDevice(idev);
    NS_ASSERT_MSG(input >= 0, "a packet comes in over a device without IPv4");
    const auto interface = static_cast<uint32_t>(input);
    const Ipv4Address destination = header.GetDestination();
    if (!destination.IsMulticast())
    {
        // the stack compares with all addresses of the node, one by one
        if ((destination.IsBroadcast() || m_own.MayHold(destination.Get())) &&
            m_stack->IsDestinationAddress(destination, interface))
        {
            // without that callback the list has delivered the packet
            if (lcb.IsNull())
            {
                return false;
            }
            lcb(p, header, interface);
            return true;
        }
        if (!m_stack->IsForwarding(interface))
        {
            ecb(p, header, Socket::ERROR_NOROUTETOHOST);
            return true;
        }
        CatchUp();
        const uint32_t number = m_table.Lookup(destination.Get());
        if (number != Table::NO_GROUP)
        {
            const Group& group = m_table.GroupOf(number);
            switch (group.kind)
            {
            case RouteKind::BLACKHOLE:
                StrataNode::ReportDropOn(m_stack->GetObject<Node>(), p, fib_drop::BLACKHOLE);
                return true;
            case RouteKind::UNREACHABLE:
                ecb(p, header, Socket::ERROR_NOROUTETOHOST);
                return true;
            case RouteKind::FORWARD:
                break;
            }
            const bool fragment = !header.IsLastFragment() || header.GetFragmentOffset() != 0;
            const uint32_t hop = ChooseHop(group,
                                           header.GetSource().Get(),
                                           destination.Get(),
                                           header.GetProtocol(),
                                           fragment,
                                           p);
            ucb(RouteOver(number, hop, destination), p, header);
            return true;
        }
    }
    return m_fallback && m_fallback->RouteInput(p, header, idev, ucb, mcb, lcb, ecb);
}

// ---- Text -------------------------------------------------------------------------------------

void
FibRouting::PrintRoutingTable(Ptr<OutputStreamWrapper> stream, Time::Unit unit) const
{
    PrintTable(stream,
               unit,
               "FibRouting table\n"
               "Destination     Gateway         Genmask         Flags Metric Source     Iface",
               [](const PrefixType& prefix, const std::string& gateway, const auto&... columns) {
                   return fmt::format(
                       "{:<16}{:<16}{:<16}{:<6}{:<7}{:<11}{}",
                       Fib4Traits::TextOf(prefix.GetAddress()),
                       gateway,
                       Fib4Traits::TextOf(KeepBits(~uint32_t{0}, prefix.GetLength())),
                       columns...);
               });
}

} // namespace strata
} // namespace ns3

// SPDX-License-Identifier: GPL-2.0-only

#include "strata-fib6-routing-protocol.h"

#include "ns3/icmpv6-header.h"
#include "ns3/icmpv6-l4-protocol.h"
#include "ns3/ipv6-header.h"
#include "ns3/log.h"
#include "ns3/strata-node.h"
#include "ns3/strata-packet-front.h"
#include "ns3/uinteger.h"

#include <algorithm>
#include <arpa/inet.h>
#include <fmt/format.h>

namespace ns3
{
namespace strata
{

NS_LOG_COMPONENT_DEFINE("StrataFib6Routing");
NS_OBJECT_ENSURE_REGISTERED(Fib6Routing);

namespace
{

Prefix<Ipv6Family>
PrefixOf(Ipv6Address network, const ns3::Ipv6Prefix& mask)
{
    return {Fib6Traits::FromNs3(network), mask.GetPrefixLength()};
}

} // namespace

// ---- Conversions ------------------------------------------------------------------------------

Ipv6Address
Fib6Traits::ToNs3(const Ipv6Family::Address& address)
{
    Ipv6Family::Address bytes = address;
    return Ipv6Address(bytes.data());
}

Ipv6Family::Address
Fib6Traits::FromNs3(Ipv6Address address)
{
    Ipv6Family::Address bytes;
    address.GetBytes(bytes.data());
    return bytes;
}

std::string
Fib6Traits::TextOf(const Ipv6Family::Address& address)
{
    char text[INET6_ADDRSTRLEN] = "";
    inet_ntop(AF_INET6, address.data(), text, sizeof(text));
    return text;
}

Prefix<Ipv6Family>
Fib6Traits::ParsePrefix(const std::string& text)
{
    const std::size_t slash = text.find('/');
    const std::string tail = slash == std::string::npos ? "128" : text.substr(slash + 1);
    const std::string head = text.substr(0, slash);
    Ipv6Family::Address address{};
    const bool good = !tail.empty() && tail.size() <= 3 &&
                      tail.find_first_not_of("0123456789") == std::string::npos &&
                      std::stoul(tail) <= 128 && head.find('\0') == std::string::npos &&
                      inet_pton(AF_INET6, head.c_str(), &address) == 1;
    NS_ABORT_MSG_UNLESS(good, "\"" << text << "\" is not a prefix such as 2001:db8::/32");
    return {address, static_cast<unsigned>(std::stoul(tail))};
}

// ---- Object -----------------------------------------------------------------------------------

TypeId
Fib6Routing::GetTypeId()
{
    static TypeId tid =
        TypeId("ns3::strata::Fib6Routing")
            .SetParent<Ipv6RoutingProtocol>()
            .SetGroupName("Strata")
            .AddConstructor<Fib6Routing>()
            .AddAttribute(
                "HashSeed",
                "With which flows are spread over equal-cost routes. The node's number is "
                "added, so that routers choose independently.",
                UintegerValue(0),
                MakeUintegerAccessor(&Fib6Routing::m_hashSeed),
                MakeUintegerChecker<uint64_t>())
            .AddTraceSource("RouteChange",
                            "Packets to a prefix go elsewhere: network, length, and one of added, "
                            "replaced and removed.",
                            MakeTraceSourceAccessor(&Fib6Routing::m_changeTrace),
                            "ns3::strata::Fib6Routing::RouteChangeCallback");
    return tid;
}

Fib6Routing::Fib6Routing()
    : m_nd(Source("nd", 2))
{
}

Fib6Routing::~Fib6Routing() = default;

void
Fib6Routing::AddRoute(const std::string& prefix,
                      Ipv6Address gateway,
                      const std::string& source,
                      uint32_t metric)
{
    NS_ABORT_MSG_UNLESS(m_stack, "a route is added before the node has IPv6");
    NS_ABORT_MSG_IF(gateway.IsLinkLocal(),
                    "the gateway " << gateway << " of " << prefix
                                   << " is link-local: its interface must be named");
    for (uint32_t i = 0; i < m_stack->GetNInterfaces(); ++i)
    {
        for (uint32_t j = 0; j < m_stack->GetNAddresses(i); ++j)
        {
            const Ipv6InterfaceAddress own = m_stack->GetAddress(i, j);
            if (own.IsInSameSubnet(gateway))
            {
                FibProtocol::AddRoute(ParsePrefix(prefix), gateway, i, Source(source), metric);
                return;
            }
        }
    }
    NS_ABORT_MSG("the gateway " << gateway << " of " << prefix << " is on no prefix of the node");
}

void
Fib6Routing::HearTakenOver(const StockRoutes<Ipv6Family>::Routes& routes)
{
    m_takenPrefixes.clear();
    for (const StockRoute<Ipv6Family>& route : routes)
    {
        if (route.sourcePrefix != Ipv6Family::Address{})
        {
            m_takenPrefixes.emplace(Hop{route.gateway, route.interface},
                                    Fib6Traits::ToNs3(route.sourcePrefix));
        }
    }
    UpdateRouterPrefixes();
}

// ---- Interfaces -------------------------------------------------------------------------------

void
Fib6Routing::SetIpv6(Ptr<Ipv6> ipv6)
{
    NS_ASSERT_MSG(!m_stack && ipv6, "a Fib6Routing serves one node");
    m_stack = ipv6;
    for (uint32_t i = 0; i < m_stack->GetNInterfaces(); ++i)
    {
        m_stack->IsUp(i) ? NotifyInterfaceUp(i) : NotifyInterfaceDown(i);
    }
}

/** RFC 6724 rule 5.5: towards a router the source is of a prefix that it announced. */
void
Fib6Routing::UpdateRouterPrefixes()
{
    m_routerPrefixes = m_takenPrefixes;
    for (const Learned& learned : m_learned)
    {
        if (!learned.prefixToUse.IsAny())
        {
            m_routerPrefixes.emplace(learned.hop, learned.prefixToUse);
        }
    }
}

void
Fib6Routing::Learn(const Learned& learned)
{
    const bool known = std::any_of(m_learned.begin(), m_learned.end(), [&](const Learned& other) {
        return other.prefix == learned.prefix && other.hop == learned.hop &&
               other.source == learned.source && other.prefixToUse == learned.prefixToUse;
    });
    if (known)
    {
        return;
    }
    m_learned.push_back(learned);
    UpdateRouterPrefixes();
    Report(learned.prefix,
           m_table.Add(learned.prefix, {learned.hop, 0, learned.source, RouteKind::FORWARD}));
}

template <class Pred>
void
Fib6Routing::Unlearn(Pred pred)
{
    const auto middle = std::stable_partition(m_learned.begin(),
                                              m_learned.end(),
                                              [&](const Learned& l) { return !pred(l); });
    const std::vector<Learned> gone(middle, m_learned.end());
    m_learned.erase(middle, m_learned.end());
    UpdateRouterPrefixes();
    for (const Learned& learned : gone)
    {
        // two announcements of one router may lead to one route
        const bool kept =
            std::any_of(m_learned.begin(), m_learned.end(), [&](const Learned& other) {
                return other.prefix == learned.prefix && other.hop == learned.hop &&
                       other.source == learned.source;
            });
        if (!kept)
        {
            Report(learned.prefix,
                   m_table.Remove(learned.prefix,
                                  {learned.hop, 0, learned.source, RouteKind::FORWARD}));
        }
    }
}

/** The route to the prefix of an address, unless the prefix is not on the link. */
void
Fib6Routing::LearnConnected(uint32_t interface, const Ipv6InterfaceAddress& address)
{
    const PrefixType prefix = PrefixOf(address.GetAddress(), address.GetPrefix());
    if (!address.GetAddress().IsAny() && prefix.GetLength() > 0 &&
        (address.GetOnLink() || prefix.IsHost()))
    {
        Learn({prefix, {{}, interface}, m_connected, Ipv6Address::GetAny()});
    }
}

void
Fib6Routing::NotifyInterfaceUp(uint32_t interface)
{
    SetInterface(interface, true);
    for (uint32_t i = 0; i < m_stack->GetNAddresses(interface); ++i)
    {
        LearnConnected(interface, m_stack->GetAddress(interface, i));
    }
    if (m_fallback)
    {
        m_fallback->NotifyInterfaceUp(interface);
    }
}

/** What was learned over an interface goes with it: the stack drops its addresses as well. */
void
Fib6Routing::NotifyInterfaceDown(uint32_t interface)
{
    SetInterface(interface, false);
    Unlearn([interface](const Learned& learned) { return learned.hop.interface == interface; });
    if (m_fallback)
    {
        m_fallback->NotifyInterfaceDown(interface);
    }
}

void
Fib6Routing::NotifyAddAddress(uint32_t interface, Ipv6InterfaceAddress address)
{
    ForgetRoutes();
    if (m_stack->IsUp(interface))
    {
        LearnConnected(interface, address);
    }
    if (m_fallback)
    {
        m_fallback->NotifyAddAddress(interface, address);
    }
}

void
Fib6Routing::NotifyRemoveAddress(uint32_t interface, Ipv6InterfaceAddress address)
{
    ForgetRoutes();
    const PrefixType prefix = PrefixOf(address.GetAddress(), address.GetPrefix());
    bool another = false;
    for (uint32_t i = 0; i < m_stack->GetNAddresses(interface); ++i)
    {
        const Ipv6InterfaceAddress other = m_stack->GetAddress(interface, i);
        another = another || (other.GetAddress() != address.GetAddress() &&
                              PrefixOf(other.GetAddress(), other.GetPrefix()) == prefix &&
                              (other.GetOnLink() || prefix.IsHost()));
    }
    if (!another)
    {
        Unlearn([&](const Learned& learned) {
            return learned.source == m_connected && learned.prefix == prefix &&
                   learned.hop.interface == interface;
        });
    }
    if (m_fallback)
    {
        m_fallback->NotifyRemoveAddress(interface, address);
    }
}

/** Router advertisements, redirects, and once more the prefixes of addresses. */
void
Fib6Routing::NotifyAddRoute(Ipv6Address dst,
                            ns3::Ipv6Prefix mask,
                            Ipv6Address nextHop,
                            uint32_t interface,
                            Ipv6Address prefixToUse)
{
    NS_LOG_FUNCTION(this << dst << mask << nextHop << interface << prefixToUse);
    const PrefixType prefix = PrefixOf(dst, mask);
    const Hop hop{Fib6Traits::FromNs3(nextHop), interface};
    if (m_stack->IsUp(interface) && !Has(prefix, {hop, 0, m_connected, RouteKind::FORWARD}))
    {
        ForgetRoutes();
        Learn({prefix, hop, m_nd, prefixToUse});
    }
    if (m_fallback)
    {
        m_fallback->NotifyAddRoute(dst, mask, nextHop, interface, prefixToUse);
    }
}

void
Fib6Routing::NotifyRemoveRoute(Ipv6Address dst,
                               ns3::Ipv6Prefix mask,
                               Ipv6Address nextHop,
                               uint32_t interface,
                               Ipv6Address prefixToUse)
{
    NS_LOG_FUNCTION(this << dst << mask << nextHop << interface << prefixToUse);
    ForgetRoutes();
    Unlearn([&](const Learned& learned) {
        return learned.source == m_nd && learned.prefix == PrefixOf(dst, mask) &&
               learned.hop == Hop{Fib6Traits::FromNs3(nextHop), interface} &&
               learned.prefixToUse == prefixToUse;
    });
    if (m_fallback)
    {
        m_fallback->NotifyRemoveRoute(dst, mask, nextHop, interface, prefixToUse);
    }
}

// ---- Packets ----------------------------------------------------------------------------------

/** The label tells flows apart, RFC 6437; without one the ports do, where they are in sight. */
FlowKey<Ipv6Family>
Fib6Routing::FlowOfPacket(const Ipv6Header& header, Ptr<const Packet> payload) const
{
    const auto source = Fib6Traits::FromNs3(header.GetSource());
    const auto destination = Fib6Traits::FromNs3(header.GetDestination());
    if (const uint32_t label = header.GetFlowLabel() & 0xfffff)
    {
        return {source,
                destination,
                0,
                static_cast<uint16_t>(label >> 16),
                static_cast<uint16_t>(label)};
    }
    uint8_t ports[4];
    const uint32_t copied = payload ? payload->CopyData(ports, sizeof(ports)) : 0;
    // behind a fragment header the next header has no ports
    return FlowOf<Ipv6Family>(source,
                              destination,
                              header.GetNextHeader(),
                              false,
                              ByteView(ports, copied));
}

Ipv6Address
Fib6Routing::SourceFor(const Hop& hop, Ipv6Address destination) const
{
    const bool local = destination.IsLinkLocal() || destination.IsLinkLocalMulticast();
    Ipv6Address linkLocal;
    bool global = destination.IsLocalhost();
    for (uint32_t i = 0; i < m_stack->GetNAddresses(hop.interface); ++i)
    {
        const Ipv6InterfaceAddress own = m_stack->GetAddress(hop.interface, i);
        if (own.GetScope() == Ipv6InterfaceAddress::GLOBAL)
        {
            global = true;
        }
        else if (own.GetScope() == Ipv6InterfaceAddress::LINKLOCAL && linkLocal.IsAny())
        {
            linkLocal = own.GetAddress();
        }
    }
    if (local)
    {
        return linkLocal;
    }
    if (global)
    {
        const auto announced = m_routerPrefixes.find(hop);
        return m_stack->SourceAddressSelection(
            hop.interface,
            announced == m_routerPrefixes.end() ? destination : announced->second);
    }
    // over a link without global addresses a router speaks by another one of its own
    for (uint32_t i = 0; i < m_stack->GetNInterfaces(); ++i)
    {
        for (uint32_t j = 0; j < m_stack->GetNAddresses(i) && m_stack->IsUp(i); ++j)
        {
            const Ipv6InterfaceAddress own = m_stack->GetAddress(i, j);
            if (own.GetScope() == Ipv6InterfaceAddress::GLOBAL)
            {
                return own.GetAddress();
            }
        }
    }
    return linkLocal;
}

Ptr<Ipv6Route>
Fib6Routing::RouteOutput(Ptr<Packet> p,
                         const Ipv6Header& header,
                         Ptr<NetDevice> oif,
                         Socket::SocketErrno& sockerr)
{
    const Ipv6Address destination = header.GetDestination();
    const int32_t bound = oif ? m_stack->GetInterfaceForDevice(oif) : -1;
    sockerr = Socket::ERROR_NOTERROR;
    if (destination.IsLinkLocalMulticast() || (destination.IsLinkLocal() && oif))
    {
        // the link is all that it takes, and nothing else helps
        if (bound < 0)
        {
            sockerr = Socket::ERROR_NOROUTETOHOST;
            return nullptr;
        }
        const Hop hop{{}, static_cast<uint32_t>(bound)};
        Ptr<Ipv6Route> route = BoundRoute(hop, destination);
        route->SetSource(SourceFor(hop, destination));
        return route;
    }
    CatchUp();
    const Ipv6Family::Address address = Fib6Traits::FromNs3(destination);
    if (oif)
    {
        const auto path =
            bound >= 0 ? m_table.LookupOver(address, static_cast<uint32_t>(bound)) : std::nullopt;
        // a group has no router
        if (path && !(destination.IsMulticast() && path->hop.gateway != Ipv6Family::Address{}))
        {
            Ptr<Ipv6Route> route = BoundRoute(path->hop, destination);
            route->SetSource(SourceFor(path->hop, destination));
            return route;
        }
    }
    else if (const uint32_t number = m_table.Lookup(address); number != Table::NO_GROUP)
    {
        const Group& group = m_table.GroupOf(number);
        if (group.kind != RouteKind::FORWARD)
        {
            sockerr = Socket::ERROR_NOROUTETOHOST;
            return nullptr;
        }
        const uint32_t choice = ChooseOwnHop(group, header, p);
        const Hop hop = group.hops[choice];
        if (!(destination.IsMulticast() && hop.gateway != Ipv6Family::Address{}))
        {
            Ptr<Ipv6Route> route = CachedRoute(number, choice, destination);
            route->SetSource(SourceFor(hop, destination));
            return route;
        }
    }
    if (m_fallback)
    {
        return m_fallback->RouteOutput(p, header, oif, sockerr);
    }
    sockerr = Socket::ERROR_NOROUTETOHOST;
    return nullptr;
}

/** The way of a packet that this node sends. */
uint32_t
Fib6Routing::ChooseOwnHop(const Group& group, const Ipv6Header& header, Ptr<const Packet>) const
{
    if (group.hops.size() <= 1)
    {
        return 0;
    }
    // Every link has fe80::/64. The last one is meant where none is named, as stock routing does.
    if (header.GetDestination().IsLinkLocal())
    {
        return static_cast<uint32_t>(group.hops.size()) - 1;
    }
    // the transport header is not there yet, nor are ports
    return ChooseHop(group, FlowOfPacket(header, nullptr));
}

/** The sender hears that there is no way; within a list that is for this protocol to tell. */
void
Fib6Routing::Refuse(Ptr<const Packet> p, const Ipv6Header& header, const ErrorCallback& ecb) const
{
    if (!ecb.IsNull())
    {
        ecb(p, header, Socket::ERROR_NOROUTETOHOST);
        return;
    }
    Ptr<Node> node = m_stack->GetObject<Node>();
    StrataNode::ReportDropOn(node, p, fib6_drop::UNREACHABLE);
    if (Ptr<Icmpv6L4Protocol> icmp = node->GetObject<Icmpv6L4Protocol>())
    {
        Ptr<Packet> packet = p->Copy();
        AddFront(packet, header);
        icmp->SendErrorDestinationUnreachable(packet,
                                              header.GetSource(),
                                              Icmpv6Header::ICMPV6_NO_ROUTE);
    }
}

// The stack has delivered already what is for the node itself.
bool
Fib6Routing::RouteInput(Ptr<const Packet> p,
                        const Ipv6Header& header,
                        Ptr<const NetDevice> idev,
                        RouteInput6::Unicast ucb,
                        RouteInput6::Multicast mcb,
                        RouteInput6::Local lcb,
                        RouteInput6::Error ecb)
{
    const int32_t input = m_stack->GetInterfaceForDevice(idev);
    NS_ASSERT_MSG(input >= 0, "a packet comes in over a device without IPv6");
    const Ipv6Address destination = header.GetDestination();
    if (!destination.IsMulticast())
    {
        if (!m_stack->IsForwarding(static_cast<uint32_t>(input)))
        {
            if (!ecb.IsNull())
            {
                ecb(p, header, Socket::ERROR_NOROUTETOHOST);
            }
            return true;
        }
        if (destination.IsLinkLocal())
        {
            StrataNode::ReportDropOn(m_stack->GetObject<Node>(), p, fib6_drop::LINK_LOCAL);
            return true;
        }
        CatchUp();
        const uint32_t number = m_table.Lookup(Fib6Traits::FromNs3(destination));
        if (number != Table::NO_GROUP)
        {
            const Group& group = m_table.GroupOf(number);
            switch (group.kind)
            {
            case RouteKind::BLACKHOLE:
                StrataNode::ReportDropOn(m_stack->GetObject<Node>(), p, fib6_drop::BLACKHOLE);
                return true;
            case RouteKind::UNREACHABLE:
                Refuse(p, header, ecb);
                return true;
            case RouteKind::FORWARD:
                break;
            }
            const uint32_t hop =
                group.hops.size() <= 1 ? 0 : ChooseHop(group, FlowOfPacket(header, p));
            ucb(idev, CachedRoute(number, hop, destination), p, header);
            return true;
        }
    }
    // as in a list, others do not report an error: this protocol does, unless it is in one itself
    if (m_fallback && m_fallback->RouteInput(p, header, idev, ucb, mcb, lcb, ErrorCallback()))
    {
        return true;
    }
    if (!destination.IsMulticast() && !ecb.IsNull())
    {
        ecb(p, header, Socket::ERROR_NOROUTETOHOST);
    }
    return false;
}

// ---- Text -------------------------------------------------------------------------------------

void
Fib6Routing::PrintRoutingTable(Ptr<OutputStreamWrapper> stream, Time::Unit unit) const
{
    PrintTable(stream,
               unit,
               "Fib6Routing table\n"
               "Destination                    Next Hop                   Flag Metric Source     "
               "   If",
               [](const PrefixType& prefix, const auto&... columns) {
                   return fmt::format("{:<30} {:<26} {:<4} {:<6} {:<13} {}",
                                      fmt::format("{}/{}",
                                                  Fib6Traits::TextOf(prefix.GetAddress()),
                                                  prefix.GetLength()),
                                      columns...);
               });
}

} // namespace strata
} // namespace ns3

// SPDX-License-Identifier: GPL-2.0-only

#ifndef STRATA_FIB6_ROUTING_PROTOCOL_H
#define STRATA_FIB6_ROUTING_PROTOCOL_H

#include "strata-fib-protocol.h"

#include "ns3/ipv6-route.h"
#include "ns3/ipv6-routing-protocol.h"
#include "ns3/ipv6.h"
#include "ns3/strata-compat.h"
#include "ns3/strata-drop-reason.h"

#include <map>
#include <string>
#include <vector>

namespace ns3
{
namespace strata
{

/** Drops of Fib6Routing. */
namespace fib6_drop
{
inline constexpr DropReason BLACKHOLE{"fib6.blackhole"};
inline constexpr DropReason UNREACHABLE{"fib6.unreachable"};
/** To a link-local address: no router forwards that, RFC 4291 section 2.5.6. */
inline constexpr DropReason LINK_LOCAL{"fib6.link-local"};
} // namespace fib6_drop

/** FibProtocol over IPv6. */
struct Fib6Traits
{
    using Family = Ipv6Family;
    using Protocol = Ipv6RoutingProtocol;
    using Stack = Ipv6;
    using Address = Ipv6Address;
    using Route = Ipv6Route;

    static Ipv6Address ToNs3(const Ipv6Family::Address& address);
    static Ipv6Family::Address FromNs3(Ipv6Address address);
    static std::string TextOf(const Ipv6Family::Address& address);
    static Prefix<Ipv6Family> ParsePrefix(const std::string& text);
};

/**
 * IPv6 unicast routing by longest-prefix match over the routes of all sources.
 *
 * Routes come from addresses of interfaces ("connected", distance 0), from AddRoute() ("static", 1,
 * or any source named there), from router advertisements and redirects that the stack accepts
 * ("nd", 2), and by Follow() from an Ipv6StaticRouting ("static-import", 1). Which one wins is
 * RouteBaseTable's to say. Equal-cost routes share flows by a seeded hash over addresses and flow
 * label (RFC 6438), or without a label over addresses, protocol and, where the transport header of
 * a forwarded packet comes right after IPv6's, ports. Forwarding of groups, and what has no route,
 * is left to the other protocols of an Ipv6ListRouting.
 *
 * A packet that is routed costs no allocation as long as nobody keeps the route it is given.
 *
 * \code
 *   Ptr<Fib6Routing> fib = Fib6Helper::GetFib(node);
 *   fib->AddRoute("::/0", "fe80::1", 1);            // over interface 1
 *   fib->AddRoute("2001:a::/32", "2001:1::2", "ospf", 20);
 *   fib->AddBlackhole("2001::/16");
 * \endcode
 */
class Fib6Routing : public FibProtocol<Fib6Traits>
{
  public:
    static TypeId GetTypeId();

    Fib6Routing();
    ~Fib6Routing() override;

    using FibProtocol::AddRoute;

    /**
     * Adds a route by its text: "2001:a::/32" over the router \p gateway, which must be a neighbour
     * on a prefix of the node. A link-local one may be on any link: name its interface.
     */
    void AddRoute(const std::string& prefix,
                  Ipv6Address gateway,
                  const std::string& source = "static",
                  uint32_t metric = 0);

    // ---- Ipv6RoutingProtocol ----

    Ptr<Ipv6Route> RouteOutput(Ptr<Packet> p,
                               const Ipv6Header& header,
                               Ptr<NetDevice> oif,
                               Socket::SocketErrno& sockerr) override;
    bool RouteInput(Ptr<const Packet> p,
                    const Ipv6Header& header,
                    Ptr<const NetDevice> idev,
                    RouteInput6::Unicast ucb,
                    RouteInput6::Multicast mcb,
                    RouteInput6::Local lcb,
                    RouteInput6::Error ecb) override;
    void NotifyInterfaceUp(uint32_t interface) override;
    void NotifyInterfaceDown(uint32_t interface) override;
    void NotifyAddAddress(uint32_t interface, Ipv6InterfaceAddress address) override;
    void NotifyRemoveAddress(uint32_t interface, Ipv6InterfaceAddress address) override;
    void NotifyAddRoute(Ipv6Address dst,
                        ns3::Ipv6Prefix mask,
                        Ipv6Address nextHop,
                        uint32_t interface,
                        Ipv6Address prefixToUse = Ipv6Address::GetZero()) override;
    void NotifyRemoveRoute(Ipv6Address dst,
                           ns3::Ipv6Prefix mask,
                           Ipv6Address nextHop,
                           uint32_t interface,
                           Ipv6Address prefixToUse = Ipv6Address::GetZero()) override;
    void SetIpv6(Ptr<Ipv6> ipv6) override;
    void PrintRoutingTable(Ptr<OutputStreamWrapper> stream,
                           Time::Unit unit = Time::S) const override;

  protected:
    void HearTakenOver(const StockRoutes<Ipv6Family>::Routes& routes) override;

  private:
    /** A route of the node's own doing: to a prefix of an address, or from neighbour discovery. */
    struct Learned
    {
        PrefixType prefix;
        Hop hop;
        RouteSource source;
        Ipv6Address prefixToUse;
    };

    void Learn(const Learned& learned);
    template <class Pred>
    void Unlearn(Pred pred);
    void LearnConnected(uint32_t interface, const Ipv6InterfaceAddress& address);
    void UpdateRouterPrefixes();
    FlowKey<Ipv6Family> FlowOfPacket(const Ipv6Header& header, Ptr<const Packet> payload) const;
    uint32_t ChooseOwnHop(const Group& group, const Ipv6Header& header, Ptr<const Packet> p) const;
    Ipv6Address SourceFor(const Hop& hop, Ipv6Address destination) const;
    void Refuse(Ptr<const Packet> p, const Ipv6Header& header, const ErrorCallback& ecb) const;

    RouteSource m_nd;
    std::vector<Learned> m_learned;
    std::map<Hop, Ipv6Address> m_takenPrefixes; ///< of routes that were taken over

    /** A prefix of addresses to take as source towards a router: one that it announced. */
    std::map<Hop, Ipv6Address> m_routerPrefixes;
};

} // namespace strata
} // namespace ns3

#endif /* STRATA_FIB6_ROUTING_PROTOCOL_H */

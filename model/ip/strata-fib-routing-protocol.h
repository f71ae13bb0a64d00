// SPDX-License-Identifier: GPL-2.0-only

#ifndef STRATA_FIB_ROUTING_PROTOCOL_H
#define STRATA_FIB_ROUTING_PROTOCOL_H

#include "strata-fib-protocol.h"

#include "ns3/ipv4-route.h"
#include "ns3/ipv4-routing-protocol.h"
#include "ns3/ipv4.h"
#include "ns3/strata-address-sieve.h"
#include "ns3/strata-compat.h"
#include "ns3/strata-drop-reason.h"

#include <string>

namespace ns3
{
namespace strata
{

/** Drops of FibRouting. */
namespace fib_drop
{
inline constexpr DropReason BLACKHOLE{"fib.blackhole"};
} // namespace fib_drop

/** FibProtocol over IPv4. */
struct Fib4Traits
{
    using Family = Ipv4Family;
    using Protocol = Ipv4RoutingProtocol;
    using Stack = Ipv4;
    using Address = Ipv4Address;
    using Route = Ipv4Route;

    static Ipv4Address ToNs3(uint32_t address)
    {
        return Ipv4Address(address);
    }

    static uint32_t FromNs3(Ipv4Address address)
    {
        return address.Get();
    }

    static std::string TextOf(uint32_t address);
    static Prefix<Ipv4Family> ParsePrefix(const std::string& text);
};

/**
 * IPv4 unicast routing by longest-prefix match over the routes of all sources.
 *
 * Routes come from addresses of interfaces ("connected", distance 0), from AddRoute() ("static", 1,
 * or any source named there), and by Follow() from the stock protocols. Which one wins is
 * RouteBaseTable's to say. Equal-cost routes share flows by a seeded hash over addresses, protocol
 * and, where a packet that is forwarded has them, ports. What has no route, and packets to a group
 * that are forwarded, are left to the other protocols of an Ipv4ListRouting. What this node sends
 * to a group or to all goes to the link that the route is over, and to no gateway.
 *
 * A packet that is routed costs no allocation as long as nobody keeps the route it is given.
 *
 * \code
 *   Ptr<FibRouting> fib = FibHelper::GetFib(node);
 *   fib->AddRoute("0.0.0.0/0", "10.1.1.1");
 *   fib->AddRoute("10.2.0.0/16", "10.1.2.1", "ospf", 20);
 *   fib->AddBlackhole("10.0.0.0/8");
 * \endcode
 */
class FibRouting : public FibProtocol<Fib4Traits>
{
  public:
    static TypeId GetTypeId();

    FibRouting();
    ~FibRouting() override;

    using FibProtocol::AddRoute;

    /**
     * Adds a route by its text: "10.2.0.0/16" over the router \p gateway, which must be a neighbour
     * on a subnet of the node. Several of equal source and metric share the traffic.
     */
    void AddRoute(const std::string& prefix,
                  Ipv4Address gateway,
                  const std::string& source = "static",
                  uint32_t metric = 0);

    /** \p routing, or the first protocol of the list that it is, if that is one; else null. */
    static Ptr<FibRouting> AskedFirst(Ptr<Ipv4RoutingProtocol> routing);

    /**
     * The hop of a packet: nullptr when no prefix matches or the one that does leads nowhere, which
     * \p kind tells apart (FORWARD without hop is no route).
     *
     * \param headerSize octets of \p payload before the transport header; at most 60
     * \param transport the transport header, if it is other than that in \p payload
     */
    const Hop* FindHop(uint32_t source,
                       uint32_t destination,
                       uint8_t protocol,
                       bool fragment,
                       Ptr<const Packet> payload,
                       RouteKind& kind,
                       uint32_t headerSize = 0,
                       ByteView transport = {});

    // ---- Ipv4RoutingProtocol ----

    Ptr<Ipv4Route> RouteOutput(Ptr<Packet> p,
                               const Ipv4Header& header,
                               Ptr<NetDevice> oif,
                               Socket::SocketErrno& sockerr) override;
    bool RouteInput(Ptr<const Packet> p,
                    const Ipv4Header& header,
                    Ptr<const NetDevice> idev,
                    RouteInput4::Unicast ucb,
                    RouteInput4::Multicast mcb,
                    RouteInput4::Local lcb,
                    RouteInput4::Error ecb) override;
    void NotifyInterfaceUp(uint32_t interface) override;
    void NotifyInterfaceDown(uint32_t interface) override;
    void NotifyAddAddress(uint32_t interface, Ipv4InterfaceAddress address) override;
    void NotifyRemoveAddress(uint32_t interface, Ipv4InterfaceAddress address) override;
    void SetIpv4(Ptr<Ipv4> ipv4) override;
    void PrintRoutingTable(Ptr<OutputStreamWrapper> stream,
                           Time::Unit unit = Time::S) const override;

  private:
    void SetConnected(uint32_t interface, const Ipv4InterfaceAddress& address, bool there);
    void AddressesChanged();
    uint32_t ChooseHop(const Group& group,
                       uint32_t source,
                       uint32_t destination,
                       uint8_t protocol,
                       bool fragment,
                       Ptr<const Packet> payload,
                       uint32_t headerSize = 0,
                       ByteView transport = {}) const;
    Ipv4Address SourceFor(const Hop& hop, Ipv4Address destination) const;
    Ipv4Address RouterId() const;
    int32_t LinkOf(const Ipv4Header& header) const;
    Ptr<Ipv4Route> RouteOver(const Hop& hop, Ipv4Address destination);
    Ptr<Ipv4Route> RouteOver(uint32_t group, uint32_t hop, Ipv4Address destination);

    AddressSieve m_own; //!< addresses and broadcast addresses of the node
};

} // namespace strata
} // namespace ns3

#endif /* STRATA_FIB_ROUTING_PROTOCOL_H */

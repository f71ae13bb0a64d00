// SPDX-License-Identifier: GPL-2.0-only

#ifndef STRATA_FIB_ROUTING_PROTOCOL_H
#define STRATA_FIB_ROUTING_PROTOCOL_H

#include "ns3/ipv4-route.h"
#include "ns3/ipv4-routing-protocol.h"
#include "ns3/ipv4.h"
#include "ns3/strata-address-sieve.h"
#include "ns3/strata-compat.h"
#include "ns3/strata-drop-reason.h"
#include "ns3/strata-route-base-table.h"
#include "ns3/strata-route-import-table.h"
#include "ns3/strata-stock-routes.h"
#include "ns3/traced-callback.h"

#include <string>
#include <vector>

namespace ns3
{
namespace strata
{

/** Drops of FibRouting. */
namespace fib_drop
{
inline constexpr DropReason BLACKHOLE{"fib.blackhole"};
} // namespace fib_drop

/**
 * IPv4 unicast routing by longest-prefix match over the routes of all sources.
 *
 * Routes come from addresses of interfaces ("connected", distance 0), from AddRoute() ("static", 1,
 * or any source named there), and by Follow() from the stock protocols. Which one wins is
 * RouteBaseTable's to say. Equal-cost routes share flows by a seeded hash over addresses, protocol
 * and, where a packet that is forwarded has them, ports. Packets to a group, and what has no route,
 * are left to the other protocols of an Ipv4ListRouting.
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
class FibRouting : public Ipv4RoutingProtocol
{
  public:
    using Table = RouteBaseTable<Ipv4Family>;

    static TypeId GetTypeId();

    FibRouting();
    ~FibRouting() override;

    // ---- Routes ----

    /**
     * Adds a route by its text: "10.2.0.0/16" over the router \p gateway, which must be a neighbour
     * on a subnet of the node. Several of equal source and metric share the traffic.
     */
    void AddRoute(const std::string& prefix,
                  Ipv4Address gateway,
                  const std::string& source = "static",
                  uint32_t metric = 0);

    /** Adds a route over an interface; \p gateway 0.0.0.0 means that destinations are on the link.
     */
    void AddRoute(const Ipv4Prefix& prefix,
                  Ipv4Address gateway,
                  uint32_t interface,
                  RouteSource source,
                  uint32_t metric = 0);

    /** Takes the routes of a source to exactly this prefix out; false when there is none. */
    bool RemoveRoute(const std::string& prefix, const std::string& source = "static");

    /** Takes one route out; false when there is none. */
    bool RemoveRoute(const Ipv4Prefix& prefix,
                     Ipv4Address gateway,
                     uint32_t interface,
                     RouteSource source);

    /** Discards packets to the prefix in silence, unless a route of more bits takes them. */
    void AddBlackhole(const std::string& prefix, const std::string& source = "static");

    /** Refuses packets to the prefix: the error callback says so. */
    void AddUnreachable(const std::string& prefix, const std::string& source = "static");

    /** Takes all routes of a source out. */
    void RemoveSource(const std::string& source);

    /** The source of that name; its distance is the usual one of its kind, or 200. */
    RouteSource Source(const std::string& name);

    /** The source of that name, with that distance from now on. */
    RouteSource Source(const std::string& name, uint8_t distance);

    /**
     * Takes over the routes of an Ipv4StaticRouting (as source "static-import", distance 1), of an
     * Ipv4GlobalRouting ("global-import", 110), or of those in an Ipv4ListRouting, in place of what
     * an earlier call named; from now on also when they change, as StockRoutes says. Routes to the
     * subnets of up interfaces are known anyway. Multicast routes and masks with holes are left
     * out.
     */
    void Follow(Ptr<Ipv4RoutingProtocol> protocol);

    /** The prefix of a text such as "10.2.0.0/16"; an address alone is a host. Fatal on nonsense.
     */
    static Ipv4Prefix ParsePrefix(const std::string& text);

    // ---- What packets do ----

    /** The routes, with all reasons (Explain()). */
    const Table& GetTable();

    /**
     * The hop of a packet: nullptr when no prefix matches or the one that does leads nowhere, which
     * \p kind tells apart (FORWARD without hop is no route).
     *
     * \param headerSize octets of \p payload before the transport header; at most 60
     */
    const Table::Hop* FindHop(uint32_t source,
                              uint32_t destination,
                              uint8_t protocol,
                              bool fragment,
                              Ptr<const Packet> payload,
                              RouteKind& kind,
                              uint32_t headerSize = 0);

    /** A protocol that is asked when the FIB has no route; it is told what happens as well. */
    void SetFallback(Ptr<Ipv4RoutingProtocol> protocol);
    Ptr<Ipv4RoutingProtocol> GetFallback() const;

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

    /** Signature of the trace source RouteChange. */
    using RouteChangeCallback = void (*)(Ipv4Address network,
                                         uint8_t length,
                                         const std::string& change);

  protected:
    void DoDispose() override;

  private:
    /** Routes that were handed out, by hop of a group. */
    struct CachedGroup
    {
        uint32_t generation{0};
        std::vector<Ptr<Ipv4Route>> routes;
    };

    void Report(const Ipv4Prefix& prefix, RouteChange change);
    void SetConnected(uint32_t interface, const Ipv4InterfaceAddress& address, bool there);
    void AddressesChanged();
    void CatchUp();
    void TakeOver();
    uint32_t ChooseHop(const Table::Group& group,
                       uint32_t source,
                       uint32_t destination,
                       uint8_t protocol,
                       bool fragment,
                       Ptr<const Packet> payload,
                       uint32_t headerSize = 0) const;
    Ptr<Ipv4Route> MakeRoute(const Table::Hop& hop, Ipv4Address destination) const;
    Ptr<Ipv4Route> CachedRoute(uint32_t group, uint32_t hop, Ipv4Address destination);

    Table m_table;
    StockRoutes<Ipv4Family> m_stock;
    RouteImportTable<Ipv4Family> m_taken;
    RouteSource m_connected;
    RouteSource m_static;
    Ptr<Ipv4> m_ipv4;
    Ptr<Ipv4RoutingProtocol> m_fallback;
    uint64_t m_hashSeed;
    std::vector<CachedGroup> m_cache;
    AddressSieve m_own; //!< addresses and broadcast addresses of the node
    TracedCallback<Ipv4Address, uint8_t, const std::string&> m_changeTrace;
};

} // namespace strata
} // namespace ns3

#endif /* STRATA_FIB_ROUTING_PROTOCOL_H */

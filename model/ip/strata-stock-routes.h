// SPDX-License-Identifier: GPL-2.0-only

#ifndef STRATA_STOCK_ROUTES_H
#define STRATA_STOCK_ROUTES_H

#include "ns3/ipv4-list-routing.h"
#include "ns3/ipv4-static-routing.h"
#include "ns3/ipv6-list-routing.h"
#include "ns3/ipv6-static-routing.h"
#include "ns3/nstime.h"
#include "ns3/ptr.h"
#include "ns3/strata-compat.h"
#include "ns3/strata-prefix.h"

#include <cstdint>
#include <tuple>
#include <type_traits>
#include <vector>

namespace ns3
{
namespace strata
{

/** The classes by which ns-3 routes datagrams of a family. */
template <class Family>
struct StockRouting;

template <>
struct StockRouting<Ipv4Family>
{
    using Protocol = Ipv4RoutingProtocol;
    using List = Ipv4ListRouting;
    using Static = Ipv4StaticRouting;
    using Global = Ipv4GlobalRouting;
};

/** Global routing of IPv6 came after ns-3.37; it is not looked at. */
template <>
struct StockRouting<Ipv6Family>
{
    using Protocol = Ipv6RoutingProtocol;
    using List = Ipv6ListRouting;
    using Static = Ipv6StaticRouting;
    using Global = void;
};

/** A route as a stock table holds it. */
template <class Family>
struct StockRoute
{
    Prefix<Family> prefix;
    typename Family::Address gateway{}; ///< zero for what is on the link
    uint32_t interface {
        0
    };
    uint32_t metric{0};
    bool global{false}; ///< from global routing; otherwise static

    /** Of IPv6: a prefix that the source of what is sent this way is to have; zero for any. */
    typename Family::Address sourcePrefix{};

    auto Tie() const
    {
        return std::tie(prefix, gateway, interface, metric, global, sourcePrefix);
    }

    friend bool operator==(const StockRoute& a, const StockRoute& b)
    {
        return a.Tie() == b.Tie();
    }
};

/**
 * The unicast routes of the static and global routing protocols of a node, and whether they have
 * changed. Those protocols tell nobody, and have no counter of changes.
 *
 * HaveChanged() sees at once that a table has more or fewer routes, or another first or last one,
 * at a cost that does not grow with the table. To see all else, it compares every route, but not
 * more often than once in INTERVAL of simulated time for each route of the tables: a change that
 * keeps the number of routes and both ends may be seen that much later.
 */
template <class Family>
class StockRoutes
{
  public:
    using Protocol = typename StockRouting<Family>::Protocol;
    using Routes = std::vector<StockRoute<Family>>;

    /** In nanoseconds. A comparison takes about a thousandth of it. */
    static constexpr int64_t INTERVAL = 10'000;

    /** Looks at that protocol, or at those in a list and in lists in it. */
    void SetSource(Ptr<Protocol> source);

    /** Whether the tables are known to differ from what Read() gave last. */
    bool HaveChanged(Time now);

    /** The routes, in the order of the tables. Masks with holes are left out. */
    const Routes& Read(Time now);

  private:
    using StockGlobal = typename StockRouting<Family>::Global;
    static constexpr bool HAS_GLOBAL = !std::is_void_v<StockGlobal>;
    using Global = std::conditional_t<HAS_GLOBAL, StockGlobal, Protocol>;

    void Collect(Ptr<Protocol> protocol);
    uint64_t Mark() const;
    bool IsAsRead() const;
    template <class Visitor>
    bool Visit(const Visitor& visit) const;
    void PutOff(Time now);

    Protocol* m_source{nullptr}; ///< not owned: a list owns the FIB
    std::vector<typename StockRouting<Family>::List*> m_lists;
    std::vector<Ptr<typename StockRouting<Family>::Static>> m_fixed;
    std::vector<Ptr<Global>> m_global;
    Routes m_routes;
    uint64_t m_mark{0};
    bool m_read{false};
    Time m_next; ///< when all routes are compared again
};

extern template class StockRoutes<Ipv4Family>;
extern template class StockRoutes<Ipv6Family>;

} // namespace strata
} // namespace ns3

#endif /* STRATA_STOCK_ROUTES_H */

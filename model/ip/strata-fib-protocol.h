// SPDX-License-Identifier: GPL-2.0-only

#ifndef STRATA_FIB_PROTOCOL_H
#define STRATA_FIB_PROTOCOL_H

#include "strata-stock-routes.h"

#include "ns3/abort.h"
#include "ns3/names.h"
#include "ns3/net-device.h"
#include "ns3/node.h"
#include "ns3/output-stream-wrapper.h"
#include "ns3/packet.h"
#include "ns3/ptr.h"
#include "ns3/simulator.h"
#include "ns3/strata-flow-hash.h"
#include "ns3/strata-hash.h"
#include "ns3/strata-route-base-table.h"
#include "ns3/strata-route-import-table.h"
#include "ns3/traced-callback.h"

#include <string>
#include <utility>
#include <vector>

namespace ns3
{
namespace strata
{

/**
 * What a routing protocol over a RouteBaseTable does alike in every family of addresses: routes by
 * text and by source, changes as a trace, and route objects that serve again.
 *
 * \tparam Traits names Family, and of ns-3 the types Protocol, Stack, Address and Route; converts
 *         with ToNs3() and FromNs3(); writes an address with TextOf(); reads a prefix with
 *         ParsePrefix(), which is fatal on nonsense
 */
template <class Traits>
class FibProtocol : public Traits::Protocol
{
  public:
    using Family = typename Traits::Family;
    using Address = typename Traits::Address;
    using Route = typename Traits::Route;
    using PrefixType = Prefix<Family>;
    using Table = RouteBaseTable<Family>;
    using Hop = typename Table::Hop;
    using Path = typename Table::Path;
    using Group = typename Table::Group;

    /** The prefix of a text such as "10.2.0.0/16" or "2001:db8::/32"; an address alone is a host.
     */
    static PrefixType ParsePrefix(const std::string& text)
    {
        return Traits::ParsePrefix(text);
    }

    /** The text of a prefix, as ParsePrefix() reads it. */
    static std::string TextOf(const PrefixType& prefix)
    {
        return Traits::TextOf(prefix.GetAddress()) + "/" + std::to_string(prefix.GetLength());
    }

    /** Adds a route over an interface; a \p gateway of zeros means that destinations are on the
     * link. Several of equal source and metric share the traffic.
     */
    void AddRoute(const PrefixType& prefix,
                  Address gateway,
                  uint32_t interface,
                  RouteSource source,
                  uint32_t metric = 0)
    {
        Report(prefix,
               m_table.Add(
                   prefix,
                   {{Traits::FromNs3(gateway), interface}, metric, source, RouteKind::FORWARD}));
    }

    /** The same by text. */
    void AddRoute(const std::string& prefix,
                  Address gateway,
                  uint32_t interface,
                  const std::string& source = "static",
                  uint32_t metric = 0)
    {
        NS_ABORT_MSG_UNLESS(m_stack && interface < m_stack->GetNInterfaces(),
                            "a route to " << prefix << " over interface "
                                          << interface << ", which the node has not");
        AddRoute(ParsePrefix(prefix), gateway, interface, Source(source), metric);
    }

    /** Takes the routes of a source to exactly this prefix out; false when there is none. */
    bool RemoveRoute(const std::string& prefix, const std::string& source = "static")
    {
        const PrefixType parsed = ParsePrefix(prefix);
        const RouteSource number = Source(source);
        bool there = false;
        for (const auto& [path, verdict] : m_table.Explain(parsed))
        {
            there = there || path.source == number;
        }
        Report(parsed, m_table.Remove(parsed, number));
        return there;
    }

    /** Takes one route out; false when there is none. */
    bool RemoveRoute(const PrefixType& prefix,
                     Address gateway,
                     uint32_t interface,
                     RouteSource source)
    {
        const Path route{{Traits::FromNs3(gateway), interface}, 0, source, RouteKind::FORWARD};
        const bool there = Has(prefix, route);
        Report(prefix, m_table.Remove(prefix, route));
        return there;
    }

    /** Discards packets to the prefix in silence, unless a route of more bits takes them. */
    void AddBlackhole(const std::string& prefix, const std::string& source = "static")
    {
        const PrefixType parsed = ParsePrefix(prefix);
        Report(parsed, m_table.Add(parsed, {{}, 0, Source(source), RouteKind::BLACKHOLE}));
    }

    /** Refuses packets to the prefix, and the sender hears so. */
    void AddUnreachable(const std::string& prefix, const std::string& source = "static")
    {
        const PrefixType parsed = ParsePrefix(prefix);
        Report(parsed, m_table.Add(parsed, {{}, 0, Source(source), RouteKind::UNREACHABLE}));
    }

    /** Takes all routes of a source out. */
    void RemoveSource(const std::string& source)
    {
        m_table.RemoveSource(Source(source), Reporter());
    }

    /** The source of that name; its distance is the usual one of its kind, or 200. */
    RouteSource Source(const std::string& name)
    {
        return m_table.Source(name);
    }

    /** The source of that name, with that distance from now on. */
    RouteSource Source(const std::string& name, uint8_t distance)
    {
        return m_table.Source(name, distance);
    }

    /**
     * Takes over the routes of static routing (as source "static-import", distance 1), of global
     * routing ("global-import", 110), or of those in a list, in place of what an earlier call
     * named; from now on also when they change, as StockRoutes says. nullptr ends that. Routes to
     * the prefixes of the node's addresses are known anyway.
     */
    void Follow(Ptr<typename Traits::Protocol> protocol)
    {
        Source(STATIC_IMPORT, 1);
        Source(GLOBAL_IMPORT, 110);
        m_stock.SetSource(protocol);
        TakeOver();
    }

    /** The routes, with all reasons (Explain()). */
    const Table& GetTable()
    {
        CatchUp();
        return m_table;
    }

    /** A protocol that is asked when the FIB has no route; it is told what happens as well. */
    void SetFallback(Ptr<typename Traits::Protocol> protocol)
    {
        m_fallback = protocol;
    }

    Ptr<typename Traits::Protocol> GetFallback() const
    {
        return m_fallback;
    }

    /** Signature of the trace source RouteChange. */
    using RouteChangeCallback = void (*)(Address network,
                                         uint8_t length,
                                         const std::string& change);

  protected:
    FibProtocol()
        : m_connected(m_table.Source("connected"))
    {
    }

    void DoDispose() override
    {
        m_cache.clear();
        m_bound.clear();
        m_stock.SetSource(nullptr);
        m_stack = nullptr;
        m_fallback = nullptr;
        Traits::Protocol::DoDispose();
    }

    void Report(const PrefixType& prefix, RouteChange change)
    {
        if (change != RouteChange::NONE && !m_changeTrace.IsEmpty())
        {
            m_changeTrace(Traits::ToNs3(prefix.GetAddress()),
                          static_cast<uint8_t>(prefix.GetLength()),
                          std::string(ToString(change)));
        }
    }

    typename Table::ChangeVisitor Reporter()
    {
        return [this](const PrefixType& prefix, RouteChange change) { Report(prefix, change); };
    }

    /** Whether the path of that source, kind and hop is there. */
    bool Has(const PrefixType& prefix, const Path& route) const
    {
        bool there = false;
        for (const auto& [path, verdict] : m_table.Explain(prefix))
        {
            there = there || (path.source == route.source && path.hop == route.hop &&
                              path.kind == route.kind);
        }
        return there;
    }

    /** Before a packet is routed: what is followed may have changed. */
    void CatchUp()
    {
        if (m_stock.HaveChanged(Simulator::Now()))
        {
            TakeOver();
        }
    }

    /** What was followed has been read anew. */
    virtual void HearTakenOver(const typename StockRoutes<Family>::Routes&)
    {
    }

    void SetInterface(uint32_t interface, bool up)
    {
        ForgetRoutes();
        m_table.SetInterface(interface, up, Reporter());
    }

    /** Addresses have changed: sources in route objects may be wrong. */
    void ForgetRoutes()
    {
        m_cache.clear();
        m_bound.clear();
    }

    /** Which of the ways of a group the flow takes. */
    uint32_t ChooseHop(const Group& group, const FlowKey<Family>& flow) const
    {
        const uint64_t seed = HashOf(
            std::make_pair(m_hashSeed, uint64_t{m_stack->template GetObject<Node>()->GetId()}));
        return PathOfFlow(FlowHash(flow, seed), static_cast<uint32_t>(group.hops.size()));
    }

    /** A route for a packet that one interface was chosen for; the source may be of an earlier one.
     */
    Ptr<Route> BoundRoute(const Hop& hop, Address destination)
    {
        if (hop.interface >= m_bound.size())
        {
            m_bound.resize(hop.interface + 1);
        }
        Ptr<Route> route = Reuse(m_bound[hop.interface], hop, destination);
        route->SetGateway(Traits::ToNs3(hop.gateway));
        return route;
    }

    /** A route over a hop of a group; its source is zero, or as it was set for an earlier packet.
     */
    Ptr<Route> CachedRoute(uint32_t number, uint32_t hop, Address destination)
    {
        if (number >= m_cache.size())
        {
            m_cache.resize(m_table.GroupLimit());
        }
        CachedGroup& cached = m_cache[number];
        const Group& group = m_table.GroupOf(number);
        if (cached.generation != m_table.GenerationOf(number))
        {
            cached.generation = m_table.GenerationOf(number);
            cached.routes.assign(group.hops.size(), nullptr);
        }
        return Reuse(cached.routes[hop], group.hops[hop], destination);
    }

    /**
     * Prints the table as \p heading names its columns.
     * \param line makes a line of prefix, next hop, flags, distance/metric, source and interface
     */
    template <class Line>
    void PrintTable(Ptr<OutputStreamWrapper> stream,
                    Time::Unit unit,
                    const char* heading,
                    Line line) const
    {
        // what is printed holds already; this object has yet to look
        const_cast<FibProtocol*>(this)->CatchUp();
        std::ostream& os = *stream->GetStream();
        Ptr<Node> node = m_stack->template GetObject<Node>();
        os << "Node: " << node->GetId() << ", Time: " << Now().As(unit)
           << ", Local time: " << node->GetLocalTime().As(unit) << ", " << heading << "\n";
        m_table.ForEach([&](const PrefixType& prefix, const Path& path, RouteVerdict verdict) {
            const bool forward = path.kind == RouteKind::FORWARD;
            std::string flags = verdict == RouteVerdict::BEST ? "U" : "-";
            flags += !forward ? "!" : "";
            flags += prefix.IsHost() ? "H" : "";
            flags += path.hop.gateway != typename Family::Address{} ? "G" : "";
            std::string out = "-";
            if (forward)
            {
                out = Names::FindName(m_stack->GetNetDevice(path.hop.interface));
                out = out.empty() ? std::to_string(path.hop.interface) : out;
            }
            os << line(prefix,
                       forward ? Traits::TextOf(path.hop.gateway)
                               : std::string(ToString(path.kind)),
                       flags,
                       std::to_string(m_table.DistanceOf(path.source)) + '/' +
                           std::to_string(path.metric),
                       m_table.NameOf(path.source),
                       out)
               << '\n';
        });
        os << "\n";
        if (m_fallback)
        {
            m_fallback->PrintRoutingTable(stream, unit);
        }
    }

    static constexpr const char* STATIC_IMPORT = "static-import";
    static constexpr const char* GLOBAL_IMPORT = "global-import";

    /** Makes the table hold what the followed tables hold now; what is the same stays untouched. */
    void TakeOver()
    {
        const RouteSource fixed = Source(STATIC_IMPORT);
        const RouteSource global = Source(GLOBAL_IMPORT);
        const auto& routes = m_stock.Read(Simulator::Now());
        std::vector<typename RouteImportTable<Family>::Route> wanted;
        for (const StockRoute<Family>& route : routes)
        {
            const Hop hop{route.gateway, route.interface};
            if (!Has(route.prefix, {hop, 0, m_connected, RouteKind::FORWARD}))
            {
                wanted.push_back(
                    {route.prefix,
                     {hop, route.metric, route.global ? global : fixed, RouteKind::FORWARD}});
            }
        }
        m_taken.Replace(m_table, std::move(wanted), Reporter());
        HearTakenOver(routes);
    }

    /** What \p slot holds if its last user has let go of it, else a new one in its place. */
    Ptr<Route> Reuse(Ptr<Route>& slot, const Hop& hop, Address destination) const
    {
        if (!slot || slot->GetReferenceCount() > 1)
        {
            slot = Create<Route>();
            slot->SetSource(Traits::ToNs3(typename Family::Address{}));
            slot->SetGateway(Traits::ToNs3(hop.gateway));
            slot->SetOutputDevice(m_stack->GetNetDevice(hop.interface));
        }
        slot->SetDestination(destination);
        return slot;
    }

    /** Routes that were handed out, by hop of a group. */
    struct CachedGroup
    {
        uint32_t generation{0};
        std::vector<Ptr<Route>> routes;
    };

    Table m_table;
    StockRoutes<Family> m_stock;
    RouteImportTable<Family> m_taken;
    RouteSource m_connected;
    Ptr<typename Traits::Stack> m_stack;
    Ptr<typename Traits::Protocol> m_fallback;
    uint64_t m_hashSeed{0};
    std::vector<CachedGroup> m_cache;
    std::vector<Ptr<Route>> m_bound;
    TracedCallback<Address, uint8_t, const std::string&> m_changeTrace;
};

} // namespace strata
} // namespace ns3

#endif /* STRATA_FIB_PROTOCOL_H */

// SPDX-License-Identifier: GPL-2.0-only

#include "strata-fib-helper.h"

#include "ns3/abort.h"
#include "ns3/ipv4-list-routing.h"
#include "ns3/ipv4-static-routing.h"
#include "ns3/loopback-net-device.h"

#include <algorithm>
#include <functional>
#include <limits>
#include <map>
#include <vector>

namespace ns3
{
namespace strata
{

namespace
{

Ptr<FibRouting>
FindFib(Ptr<Ipv4RoutingProtocol> protocol)
{
    if (Ptr<Ipv4ListRouting> list = DynamicCast<Ipv4ListRouting>(protocol))
    {
        for (uint32_t i = 0; i < list->GetNRoutingProtocols(); ++i)
        {
            int16_t priority;
            if (Ptr<FibRouting> fib = FindFib(list->GetRoutingProtocol(i, priority)))
            {
                return fib;
            }
        }
    }
    return DynamicCast<FibRouting>(protocol);
}

/** Just before what the FIB follows, so that protocols that were asked before are so still. */
int16_t
PriorityIn(const Ipv4ListRouting& list)
{
    int16_t highest = std::numeric_limits<int16_t>::min();
    for (uint32_t i = 0; i < list.GetNRoutingProtocols(); ++i)
    {
        int16_t priority;
        const Ptr<Ipv4RoutingProtocol> protocol = list.GetRoutingProtocol(i, priority);
        if (DynamicCast<Ipv4StaticRouting>(protocol) || DynamicCast<Ipv4GlobalRouting>(protocol) ||
            DynamicCast<Ipv4ListRouting>(protocol))
        {
            highest = std::max(highest, priority);
        }
    }
    return highest == std::numeric_limits<int16_t>::max() ? highest
                                                          : static_cast<int16_t>(highest + 1);
}

Ptr<Ipv4>
StackOf(Ptr<Node> node)
{
    Ptr<Ipv4> ipv4 = node->GetObject<Ipv4>();
    NS_ABORT_MSG_UNLESS(ipv4, "node " << node->GetId() << " has no IPv4 stack yet");
    return ipv4;
}

constexpr const char* AGGREGATE = "aggregate";

/**
 * The prefixes, without the default route, all of whose used ways out are among those that
 * \p wanted says.
 */
std::vector<Ipv4Prefix>
PrefixesBy(FibRouting& fib, const std::function<bool(const FibRouting::Hop&)>& wanted)
{
    std::map<Ipv4Prefix, bool> found;
    fib.GetTable().ForEach(
        [&](const Ipv4Prefix& prefix, const FibRouting::Path& path, RouteVerdict verdict) {
            if (verdict == RouteVerdict::BEST && prefix.GetLength() > 0)
            {
                bool& all = found.try_emplace(prefix, true).first->second;
                all = all && path.kind == RouteKind::FORWARD && wanted(path.hop);
            }
        });
    std::vector<Ipv4Prefix> prefixes;
    for (const auto& [prefix, all] : found)
    {
        if (all)
        {
            prefixes.push_back(prefix);
        }
    }
    return prefixes;
}

} // namespace

FibHelper*
FibHelper::Copy() const
{
    return new FibHelper(*this);
}

Ptr<Ipv4RoutingProtocol>
FibHelper::Create(Ptr<Node>) const
{
    return CreateObject<FibRouting>();
}

void
FibHelper::Install(const NodeContainer& nodes)
{
    std::for_each(nodes.Begin(), nodes.End(), [](Ptr<Node> node) { Install(node); });
}

Ptr<FibRouting>
FibHelper::Install(Ptr<Node> node)
{
    Ptr<Ipv4> ipv4 = StackOf(node);
    Ptr<Ipv4RoutingProtocol> others = ipv4->GetRoutingProtocol();
    if (Ptr<FibRouting> fib = FindFib(others))
    {
        return fib;
    }
    Ptr<FibRouting> fib = CreateObject<FibRouting>();
    if (Ptr<Ipv4ListRouting> list = DynamicCast<Ipv4ListRouting>(others))
    {
        list->AddRoutingProtocol(fib, PriorityIn(*list));
    }
    else
    {
        ipv4->SetRoutingProtocol(fib);
        fib->SetFallback(others);
    }
    fib->Follow(others);
    return fib;
}

Ptr<FibRouting>
FibHelper::GetFib(Ptr<Node> node)
{
    Ptr<Ipv4> ipv4 = node->GetObject<Ipv4>();
    return ipv4 ? FindFib(ipv4->GetRoutingProtocol()) : nullptr;
}

CoveringResult<Ipv4Family>
FibHelper::Aggregate(Ptr<Node> inner,
                     Ptr<Node> outer,
                     Ipv4Address gateway,
                     const CoveringRules& rules)
{
    Ptr<FibRouting> innerFib = GetFib(inner);
    Ptr<FibRouting> outerFib = GetFib(outer);
    NS_ABORT_MSG_UNLESS(innerFib && outerFib, "Aggregate() needs two nodes with FibRouting");
    Ptr<Ipv4> ipv4 = inner->GetObject<Ipv4>();
    const int32_t way = ipv4->GetInterfaceForAddress(gateway);
    NS_ABORT_MSG_IF(way < 0, "node " << inner->GetId() << " has no address " << gateway);
    const auto own = PrefixesBy(*innerFib, [&ipv4, way](const FibRouting::Hop& hop) {
        return hop.interface != static_cast<uint32_t>(way) &&
               !DynamicCast<LoopbackNetDevice>(ipv4->GetNetDevice(hop.interface));
    });
    const auto foreign = PrefixesBy(*outerFib, [gateway](const FibRouting::Hop& hop) {
        return hop.gateway != gateway.Get();
    });
    CoveringResult<Ipv4Family> result = AggregateCovering<Ipv4Family>(own, foreign, rules);
    for (const Ipv4Prefix& prefix : result.announced)
    {
        outerFib->AddRoute(FibRouting::TextOf(prefix), gateway, AGGREGATE);
    }
    for (const Ipv4Prefix& prefix : result.discarded)
    {
        innerFib->AddBlackhole(FibRouting::TextOf(prefix), AGGREGATE);
    }
    return result;
}

} // namespace strata
} // namespace ns3

// SPDX-License-Identifier: GPL-2.0-only

#include "strata-fib6-helper.h"

#include "ns3/abort.h"
#include "ns3/ipv6-list-routing.h"
#include "ns3/ipv6-static-routing.h"
#include "ns3/strata-stock-access.h"

#include <algorithm>
#include <cstdint>

namespace ns3
{
namespace strata
{

namespace
{

/** Before static routing, or after all. */
int16_t
PriorityIn(Ptr<Ipv6ListRouting> list)
{
    int16_t least = 0;
    for (uint32_t i = 0; i < list->GetNRoutingProtocols(); ++i)
    {
        int16_t priority;
        Ptr<Ipv6RoutingProtocol> protocol = list->GetRoutingProtocol(i, priority);
        if (Ipv6RoutingHelper::GetRouting<Ipv6StaticRouting>(protocol))
        {
            return static_cast<int16_t>(std::min<int>(priority + 1, INT16_MAX));
        }
        least = i == 0 ? priority : std::min(least, priority);
    }
    return least;
}

} // namespace

Fib6Helper*
Fib6Helper::Copy() const
{
    return new Fib6Helper(*this);
}

Ptr<Ipv6RoutingProtocol>
Fib6Helper::Create(Ptr<Node>) const
{
    return CreateObject<Fib6Routing>();
}

void
Fib6Helper::Install(const NodeContainer& nodes)
{
    std::for_each(nodes.Begin(), nodes.End(), [](Ptr<Node> node) { Install(node); });
}

Ptr<Fib6Routing>
Fib6Helper::Install(Ptr<Node> node)
{
    Ptr<Ipv6> ipv6 = node->GetObject<Ipv6>();
    NS_ABORT_MSG_UNLESS(ipv6, "node " << node->GetId() << " has no IPv6 stack yet");
    if (Ptr<Fib6Routing> fib = GetFib(node))
    {
        return fib;
    }
    Ptr<Ipv6RoutingProtocol> others = ipv6->GetRoutingProtocol();
    Ptr<Fib6Routing> fib = CreateObject<Fib6Routing>();
    Ptr<Ipv6ListRouting> list = DynamicCast<Ipv6ListRouting>(others);
    if (!list)
    {
        // the default of InternetStackHelper is static routing alone
        list = CreateObject<Ipv6ListRouting>();
        ipv6->SetRoutingProtocol(list);
        if (others)
        {
            AddServing(*list, others, 0);
        }
    }
    // of equal priority the one added last is asked last
    list->AddRoutingProtocol(fib, PriorityIn(list));
    fib->Follow(list);
    return fib;
}

Ptr<Fib6Routing>
Fib6Helper::GetFib(Ptr<Node> node)
{
    Ptr<Ipv6> ipv6 = node->GetObject<Ipv6>();
    return ipv6 && ipv6->GetRoutingProtocol()
               ? Ipv6RoutingHelper::GetRouting<Fib6Routing>(ipv6->GetRoutingProtocol())
               : nullptr;
}

} // namespace strata
} // namespace ns3

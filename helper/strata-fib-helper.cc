// SPDX-License-Identifier: GPL-2.0-only

#include "strata-fib-helper.h"

#include "ns3/abort.h"
#include "ns3/ipv4-list-routing.h"
#include "ns3/ipv4-static-routing.h"

#include <algorithm>
#include <limits>

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

} // namespace strata
} // namespace ns3

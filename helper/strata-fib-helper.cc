// SPDX-License-Identifier: GPL-2.0-only

#include "strata-fib-helper.h"

#include "ns3/abort.h"
#include "ns3/ipv4-list-routing.h"
#include "ns3/simulator.h"

#include <algorithm>

namespace ns3
{
namespace strata
{

namespace
{

/** Before static (0), global (-10) and dynamic routing (10). */
constexpr int16_t PRIORITY = 1000;

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
        list->AddRoutingProtocol(fib, PRIORITY);
    }
    else
    {
        ipv4->SetRoutingProtocol(fib);
        fib->SetFallback(others);
    }
    Simulator::ScheduleWithContext(node->GetId(), Time(0), [fib, others] {
        if (others)
        {
            fib->ImportFrom(others);
        }
    });
    return fib;
}

uint32_t
FibHelper::Import(Ptr<Node> node)
{
    Ptr<FibRouting> fib = GetFib(node);
    NS_ABORT_MSG_UNLESS(fib, "node " << node->GetId() << " has no FIB");
    Ptr<Ipv4RoutingProtocol> protocol = StackOf(node)->GetRoutingProtocol();
    return fib->ImportFrom(protocol == fib ? fib->GetFallback() : protocol);
}

Ptr<FibRouting>
FibHelper::GetFib(Ptr<Node> node)
{
    Ptr<Ipv4> ipv4 = node->GetObject<Ipv4>();
    return ipv4 ? FindFib(ipv4->GetRoutingProtocol()) : nullptr;
}

} // namespace strata
} // namespace ns3

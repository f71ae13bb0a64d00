// SPDX-License-Identifier: GPL-2.0-only

#include "strata-ipv4-redirect-listener.h"

#include "strata-fib-routing-protocol.h"

#include "ns3/ipv4-routing-helper.h"
#include "ns3/ipv4-routing-table-entry.h"
#include "ns3/ipv4-static-routing.h"
#include "ns3/log.h"

namespace ns3
{
namespace strata
{

NS_LOG_COMPONENT_DEFINE("StrataIpv4RedirectListener");

NS_OBJECT_ENSURE_REGISTERED(Ipv4RedirectListener);

TypeId
Ipv4RedirectListener::GetTypeId()
{
    static TypeId tid =
        TypeId("ns3::strata::Ipv4RedirectListener")
            .SetParent<Object>()
            .SetGroupName("Strata")
            .AddConstructor<Ipv4RedirectListener>()
            .AddTraceSource("Judged",
                            "A redirect came in",
                            MakeTraceSourceAccessor(&Ipv4RedirectListener::m_judged),
                            "ns3::strata::Ipv4RedirectListener::JudgedCallback");
    return tid;
}

void
Ipv4RedirectListener::Setup(Ptr<Ipv4Hooks> hooks, Ptr<StrataIcmp> icmp)
{
    m_hooks = hooks;
    icmp->AddListener(MakeCallback(&Ipv4RedirectListener::OnMessage, this));
}

void
Ipv4RedirectListener::OnMessage(const IcmpMessage& message,
                                const Ipv4WireHeader& header,
                                Ptr<NetDevice> device)
{
    if (message.type != IcmpType::REDIRECT)
    {
        return;
    }
    const auto quote = message.Quote();
    if (!quote)
    {
        return;
    }
    Ptr<Ipv4L3Protocol> ipv4 = m_hooks->GetIpv4();
    const auto interface = static_cast<uint32_t>(ipv4->GetInterfaceForDevice(device));
    RedirectOffer offer;
    offer.from = header.source;
    offer.code = message.code;
    offer.gateway = message.Gateway();
    offer.quotedDestination = quote->header.destination;
    offer.quotesOwnDatagram = ipv4->GetInterfaceForAddress(Ipv4Address(quote->header.source)) >= 0;
    for (uint32_t i = 0; i < ipv4->GetNInterfaces(); ++i)
    {
        for (uint32_t j = 0; j < ipv4->GetNAddresses(i); ++j)
        {
            const Ipv4InterfaceAddress address = ipv4->GetAddress(i, j);
            offer.ownAddresses.push_back(address.GetLocal().Get());
            if (i == interface)
            {
                offer.subnets.emplace_back(address.GetLocal().Get(),
                                           address.GetMask().GetPrefixLength());
            }
        }
    }
    const Ipv4Address destination(offer.quotedDestination);
    Ipv4WireHeader probe;
    probe.destination = offer.quotedDestination;
    if (Ptr<Ipv4Route> route = m_hooks->FindRoute(probe, Create<Packet>()))
    {
        const Ipv4Address gateway = route->GetGateway();
        offer.firstHop = (gateway == Ipv4Address::GetAny() ? destination : gateway).Get();
    }
    RedirectRules rules = m_rules;
    // Stock helpers let every node forward; with one interface it is a host all the same.
    rules.router = ipv4->IsForwarding(interface) && ipv4->GetNInterfaces() > 2;
    const RedirectVerdict verdict = JudgeRedirect(offer, rules);
    NS_LOG_INFO("redirect to " << destination << ": " << RedirectVerdictName(verdict));
    m_judged(destination, Ipv4Address(offer.gateway), verdict);
    if (verdict == RedirectVerdict::OBEYED)
    {
        Obey(destination, Ipv4Address(offer.gateway), interface);
    }
}

void
Ipv4RedirectListener::Obey(Ipv4Address destination, Ipv4Address gateway, uint32_t interface)
{
    Ptr<Ipv4RoutingProtocol> routing = m_hooks->GetIpv4()->GetRoutingProtocol();
    if (Ptr<FibRouting> fib = Ipv4RoutingHelper::GetRouting<FibRouting>(routing))
    {
        const RouteSource source = fib->Source("redirect", 1);
        const Ipv4Prefix host = Ipv4Prefix::Host(destination.Get());
        std::ostringstream text;
        text << destination;
        fib->RemoveRoute(text.str(), "redirect");
        fib->AddRoute(host, gateway, interface, source);
        return;
    }
    Ptr<Ipv4StaticRouting> routes = Ipv4RoutingHelper::GetRouting<Ipv4StaticRouting>(routing);
    if (!routes)
    {
        NS_LOG_WARN("no static routing on this node: the redirect has no effect");
        return;
    }
    for (uint32_t i = 0; i < routes->GetNRoutes(); ++i)
    {
        const Ipv4RoutingTableEntry route = routes->GetRoute(i);
        if (route.IsHost() && route.GetDest() == destination)
        {
            routes->RemoveRoute(i);
            break;
        }
    }
    routes->AddHostRouteTo(destination, gateway, interface);
}

void
Ipv4RedirectListener::DoDispose()
{
    m_hooks = nullptr;
    Object::DoDispose();
}

} // namespace strata
} // namespace ns3

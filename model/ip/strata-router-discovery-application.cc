// SPDX-License-Identifier: GPL-2.0-only

#include "strata-router-discovery-application.h"

#include "ns3/abort.h"
#include "ns3/integer.h"
#include "ns3/ipv4-routing-table-entry.h"
#include "ns3/ipv4-static-routing-helper.h"
#include "ns3/ipv4-static-routing.h"
#include "ns3/loopback-net-device.h"
#include "ns3/simulator.h"
#include "ns3/string.h"
#include "ns3/uinteger.h"

namespace ns3
{
namespace strata
{

NS_OBJECT_ENSURE_REGISTERED(RouterDiscoveryApplication);

namespace
{

Nanos
Now()
{
    return Nanos(Simulator::Now().GetNanoSeconds());
}

/** Adds the default route, or removes those that lead to \p gateway. */
void
SetDefaultRoute(Ptr<Node> node, Ipv4Address gateway, uint32_t interface, uint32_t metric, bool add)
{
    Ptr<Ipv4StaticRouting> routing =
        Ipv4StaticRoutingHelper().GetStaticRouting(node->GetObject<Ipv4>());
    NS_ABORT_MSG_UNLESS(routing,
                        "Router discovery sets the default route by Ipv4StaticRouting, which node "
                            << node->GetId() << " lacks");
    if (add)
    {
        routing->SetDefaultRoute(gateway, interface, metric);
        return;
    }
    for (uint32_t i = routing->GetNRoutes(); i > 0; --i)
    {
        const Ipv4RoutingTableEntry route = routing->GetRoute(i - 1);
        if (route.IsDefault() && route.GetGateway() == gateway && route.GetInterface() == interface)
        {
            routing->RemoveRoute(i - 1);
        }
    }
}

} // namespace

TypeId
RouterDiscoveryApplication::GetTypeId()
{
    static TypeId tid =
        TypeId("ns3::strata::RouterDiscoveryApplication")
            .SetParent<Application>()
            .SetGroupName("Strata")
            .AddConstructor<RouterDiscoveryApplication>()
            .AddAttribute("Role",
                          "host or router",
                          StringValue("host"),
                          MakeStringAccessor(&RouterDiscoveryApplication::SetRole,
                                             &RouterDiscoveryApplication::GetRole),
                          MakeStringChecker())
            .AddAttribute("Preference",
                          "Of a router's addresses, higher is better; the least value of 32 bits "
                          "keeps hosts from using it as default gateway",
                          IntegerValue(0),
                          MakeIntegerAccessor(&RouterDiscoveryApplication::m_preference),
                          MakeIntegerChecker<int32_t>())
            .AddAttribute("MaxInterval",
                          "The longest time between two advertisements of a router",
                          TimeValue(Seconds(600)),
                          MakeTimeAccessor(&RouterDiscoveryApplication::m_maxInterval),
                          MakeTimeChecker(Seconds(4), Seconds(1800)))
            .AddAttribute("MinInterval",
                          "The shortest time between two; 0 means 3/4 of the longest",
                          TimeValue(Seconds(0)),
                          MakeTimeAccessor(&RouterDiscoveryApplication::m_minInterval),
                          MakeTimeChecker(Seconds(0), Seconds(1800)))
            .AddAttribute("Lifetime",
                          "How long hosts may use what is advertised; 0 means three times the "
                          "longest interval",
                          TimeValue(Seconds(0)),
                          MakeTimeAccessor(&RouterDiscoveryApplication::m_lifetime),
                          MakeTimeChecker(Seconds(0), Seconds(9000)))
            .AddAttribute("Metric",
                          "Of the default route that a host sets",
                          UintegerValue(0),
                          MakeUintegerAccessor(&RouterDiscoveryApplication::m_metric),
                          MakeUintegerChecker<uint32_t>())
            .AddTraceSource("Gateway",
                            "The gateway of a host changes",
                            MakeTraceSourceAccessor(&RouterDiscoveryApplication::m_gatewayTrace),
                            "ns3::strata::RouterDiscoveryApplication::GatewayTracedCallback");
    return tid;
}

RouterDiscoveryApplication::RouterDiscoveryApplication()
    : m_random(CreateObject<UniformRandomVariable>())
{
}

RouterDiscoveryApplication::~RouterDiscoveryApplication() = default;

void
RouterDiscoveryApplication::DoDispose()
{
    m_timer.Cancel();
    m_ports.clear();
    Application::DoDispose();
}

void
RouterDiscoveryApplication::SetRole(std::string role)
{
    NS_ABORT_MSG_UNLESS(role == "host" || role == "router",
                        "The role in router discovery is host or router, not " << role);
    m_isRouter = role == "router";
}

std::string
RouterDiscoveryApplication::GetRole() const
{
    return m_isRouter ? "router" : "host";
}

int64_t
RouterDiscoveryApplication::AssignStreams(int64_t stream)
{
    m_random->SetStream(stream);
    return 1;
}

uint64_t
RouterDiscoveryApplication::Random()
{
    const uint64_t high = m_random->GetInteger(0, UINT32_MAX - 1);
    return high << 32 | m_random->GetInteger(0, UINT32_MAX - 1);
}

void
RouterDiscoveryApplication::StartApplication()
{
    Ptr<Ipv4> ipv4 = GetNode()->GetObject<Ipv4>();
    NS_ABORT_MSG_UNLESS(ipv4, "Node " << GetNode()->GetId() << " has no IPv4");
    m_ports.clear();
    for (uint32_t i = 0; i < ipv4->GetNInterfaces(); ++i)
    {
        if (ipv4->GetNAddresses(i) > 0 && !DynamicCast<LoopbackNetDevice>(ipv4->GetNetDevice(i)))
        {
            OpenPort(i);
        }
    }
    Reschedule();
}

void
RouterDiscoveryApplication::OpenPort(uint32_t interface)
{
    Ptr<Ipv4> ipv4 = GetNode()->GetObject<Ipv4>();
    auto port = std::make_unique<Port>();
    port->interface = interface;
    port->address = ipv4->GetAddress(interface, 0).GetLocal();
    port->mask = ipv4->GetAddress(interface, 0).GetMask();
    if (m_isRouter)
    {
        RouterAdvertiserRules rules;
        rules.maxInterval = Nanos(m_maxInterval.GetNanoSeconds());
        rules.minInterval = m_minInterval.IsZero() ? rules.maxInterval * 3 / 4
                                                   : Nanos(m_minInterval.GetNanoSeconds());
        const Time lifetime = m_lifetime.IsZero() ? m_maxInterval * 3 : m_lifetime;
        rules.lifetime = static_cast<uint16_t>(lifetime.GetSeconds());
        std::vector<IcmpRouterEntry> routers;
        for (uint32_t i = 0; i < ipv4->GetNAddresses(interface); ++i)
        {
            routers.push_back({ipv4->GetAddress(interface, i).GetLocal().Get(), m_preference});
        }
        port->router = RouterAdvertiserMachine(rules, std::move(routers));
        port->router.Start(Now(), Random());
    }
    else
    {
        port->host =
            RouterDiscoveryMachine(Ipv4Prefix(port->address.Get(), port->mask.GetPrefixLength()));
        port->host.Start(Now(), Random());
    }
    port->icmp = std::make_unique<IcmpEndpoint>();
    port->icmp->Open(
        GetNode(),
        [this, p = port.get()](const IcmpMessage& message, const Ipv4WireHeader& header) {
            Receive(*p, message, header);
        },
        ipv4->GetNetDevice(interface));
    m_ports.push_back(std::move(port));
}

void
RouterDiscoveryApplication::StopApplication()
{
    m_timer.Cancel();
    for (const auto& port : m_ports)
    {
        Send(*port, port->router.Stop());
        port->icmp->Close();
    }
}

void
RouterDiscoveryApplication::Receive(Port& port,
                                    const IcmpMessage& message,
                                    const Ipv4WireHeader& header)
{
    if (!message.HasRightChecksum() || message.code != 0)
    {
        return;
    }
    if (m_isRouter && message.type == IcmpType::ROUTER_SOLICITATION)
    {
        // RFC 1256 section 4.3: from the link, or from a host that has no address yet.
        const Ipv4Address source(header.source);
        if (source == Ipv4Address::GetAny() || port.mask.IsMatch(source, port.address))
        {
            port.router.OnSolicitation(header.source, Now(), Random());
        }
    }
    else if (!m_isRouter && message.type == IcmpType::ROUTER_ADVERTISEMENT)
    {
        if (const auto advertisement = message.Advertisement())
        {
            port.host.OnAdvertisement(*advertisement, Now());
            UpdateGateway(port);
        }
    }
    Reschedule();
}

void
RouterDiscoveryApplication::Tick()
{
    for (const auto& port : m_ports)
    {
        if (m_isRouter)
        {
            Send(*port, port->router.Tick(Now(), Random()));
            continue;
        }
        if (port->host.Tick(Now()))
        {
            Send(*port, IcmpMessage::RouterSolicitation(), ALL_ROUTERS_GROUP);
        }
        UpdateGateway(*port);
    }
    Reschedule();
}

void
RouterDiscoveryApplication::Reschedule()
{
    m_timer.Cancel();
    Nanos deadline = NEVER;
    for (const auto& port : m_ports)
    {
        deadline = std::min({deadline, port->router.NextDeadline(), port->host.NextDeadline()});
    }
    if (deadline != NEVER)
    {
        const Nanos wait = std::max(deadline - Now(), Nanos(0));
        m_timer =
            Simulator::Schedule(NanoSeconds(wait.count()), &RouterDiscoveryApplication::Tick, this);
    }
}

void
RouterDiscoveryApplication::Send(const Port& port, const IcmpMessage& message, uint32_t destination)
{
    IcmpSendOptions options;
    options.ttl = 1;
    options.route = Create<Ipv4Route>();
    options.route->SetSource(port.address);
    options.route->SetDestination(Ipv4Address(destination));
    options.route->SetGateway(Ipv4Address::GetAny());
    options.route->SetOutputDevice(GetNode()->GetObject<Ipv4>()->GetNetDevice(port.interface));
    port.icmp->Send(message, Ipv4Address(destination), options);
}

void
RouterDiscoveryApplication::Send(const Port& port, const std::vector<RouterAdvertToSend>& adverts)
{
    for (const RouterAdvertToSend& advert : adverts)
    {
        Send(port, IcmpMessage::RouterAdvertisement(advert.advertisement), advert.destination);
    }
}

void
RouterDiscoveryApplication::UpdateGateway(Port& port)
{
    const Ipv4Address gateway(port.host.Gateway().value_or(0));
    if (gateway == port.gateway)
    {
        return;
    }
    if (port.gateway != Ipv4Address::GetAny())
    {
        SetDefaultRoute(GetNode(), port.gateway, port.interface, m_metric, false);
    }
    if (gateway != Ipv4Address::GetAny())
    {
        SetDefaultRoute(GetNode(), gateway, port.interface, m_metric, true);
    }
    port.gateway = gateway;
    m_gatewayTrace(port.interface, gateway);
}

void
RouterDiscoveryApplication::MarkUnreachable(Ipv4Address router)
{
    for (const auto& port : m_ports)
    {
        port->host.MarkUnreachable(router.Get());
        UpdateGateway(*port);
    }
    Reschedule();
}

Ipv4Address
RouterDiscoveryApplication::GetGateway(uint32_t interface) const
{
    for (const auto& port : m_ports)
    {
        if (port->interface == interface)
        {
            return port->gateway;
        }
    }
    return Ipv4Address::GetAny();
}

} // namespace strata
} // namespace ns3

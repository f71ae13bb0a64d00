// SPDX-License-Identifier: GPL-2.0-only

// Shows: what a firewall lets through without rules, and with one for a server.
//
// A host inside and a host outside try to reach each other, and the firewall's node, by TCP, UDP
// and ping. First the firewall has no rules; then one lets web requests in.

#include "ns3/core-module.h"
#include "ns3/csma-module.h"
#include "ns3/internet-module.h"
#include "ns3/network-module.h"
#include "ns3/strata-firewall-helper.h"
#include "ns3/strata-ping-helper.h"

#include <iomanip>
#include <iostream>

using namespace ns3;
using namespace ns3::strata;

/** What came to each of the nodes, by protocol. */
static uint32_t g_served[3][2];

/** A server for TCP and UDP at port 80. */
static void
Serve(Ptr<Node> node)
{
    for (const bool tcp : {true, false})
    {
        uint32_t& served = g_served[node->GetId()][tcp];
        Ptr<Socket> socket = Socket::CreateSocket(node,
                                                  tcp ? TcpSocketFactory::GetTypeId()
                                                      : UdpSocketFactory::GetTypeId());
        socket->Bind(InetSocketAddress(Ipv4Address::GetAny(), 80));
        const auto count = [&served](Ptr<Socket> s) {
            while (Ptr<Packet> packet = s->Recv())
            {
                served += packet->GetSize();
            }
        };
        socket->SetRecvCallback(Callback<void, Ptr<Socket>>(count));
        socket->SetAcceptCallback(
            MakeNullCallback<bool, Ptr<Socket>, const Address&>(),
            Callback<void, Ptr<Socket>, const Address&>([count](Ptr<Socket> s, const Address&) {
                s->SetRecvCallback(Callback<void, Ptr<Socket>>(count));
            }));
        if (tcp)
        {
            socket->Listen();
        }
    }
}

static void
Send(Ptr<Node> node, bool tcp, Ipv4Address to)
{
    Ptr<Socket> socket =
        Socket::CreateSocket(node,
                             tcp ? TcpSocketFactory::GetTypeId() : UdpSocketFactory::GetTypeId());
    socket->Bind();
    socket->Connect(InetSocketAddress(to, 80));
    socket->Send(Create<Packet>(100));
    Simulator::Schedule(Seconds(5), &Socket::Close, socket);
}

/** One line of the table: from one node to another. */
static void
Try(const std::string& what, uint32_t from, uint32_t to, Ipv4Address address, std::string rules)
{
    NodeContainer nodes(3); // inside, firewall, outside
    CsmaHelper csma;
    NetDeviceContainer in = csma.Install(NodeContainer(nodes.Get(0), nodes.Get(1)));
    NetDeviceContainer out = csma.Install(NodeContainer(nodes.Get(1), nodes.Get(2)));
    InternetStackHelper stack;
    stack.SetIpv6StackInstall(false);
    stack.Install(nodes);
    Ipv4AddressHelper("10.0.0.0", "255.255.255.0").Assign(in);
    Ipv4AddressHelper("10.0.1.0", "255.255.255.0").Assign(out);
    Ipv4GlobalRoutingHelper::PopulateRoutingTables();
    StrataFirewallHelper helper;
    helper.AddRule(rules);
    Ptr<StrataFirewall> firewall = helper.Install(nodes.Get(1), out.Get(0));

    for (auto& served : g_served)
    {
        served[0] = served[1] = 0;
    }
    for (uint32_t i = 0; i < 3; ++i)
    {
        Serve(nodes.Get(i));
    }
    Simulator::Schedule(Seconds(1), &Send, nodes.Get(from), true, address);
    Simulator::Schedule(Seconds(1), &Send, nodes.Get(from), false, address);
    StrataPingHelper ping(address);
    ping.SetAttribute("Count", UintegerValue(1));
    ApplicationContainer app = ping.Install(nodes.Get(from));
    app.Start(Seconds(1));
    uint32_t replies = 0;
    app.Get(0)->TraceConnectWithoutContext(
        "Rtt",
        Callback<void, uint16_t, Time>([&replies](uint16_t, Time) { ++replies; }));
    Simulator::Stop(Seconds(20));
    Simulator::Run();
    const auto mark = [](bool passed) { return passed ? "passes" : "-"; };
    std::cout << std::left << std::setw(28) << what << std::setw(9) << mark(g_served[to][1])
              << std::setw(9) << mark(g_served[to][0]) << std::setw(9) << mark(replies)
              << std::right << std::setw(5) << firewall->GetMachine().Flows().size() << "  ";
    for (const DropCounters::Entry& drop : StrataNode::Of(nodes.Get(1))->GetDrops().Entries())
    {
        std::cout << drop.reason << ' ' << drop.packets << ' ';
    }
    std::cout << "\n";
    Simulator::Destroy();
}

int
main(int argc, char* argv[])
{
    std::string rule = "accept in=outside proto=tcp dst=10.0.0.1 dport=80 state=new";
    CommandLine cmd(__FILE__);
    cmd.AddValue("rule", "A rule of the second half", rule);
    cmd.Parse(argc, argv);
    const auto parsed = ParseFirewallRules(rule);
    if (!parsed)
    {
        std::cerr << "firewall-default: " << parsed.error().ToText() << "\n";
        return 1;
    }
    const std::string rules[] = {"", rule};
    for (const std::string& with : rules)
    {
        std::cout << (with.empty() ? "No rules" : "\n" + with) << "\n"
                  << std::left << std::setw(28) << "from, to" << std::setw(9) << "TCP"
                  << std::setw(9) << "UDP" << std::setw(9) << "ping"
                  << "flows  drops\n";
        Try("inside, outside", 0, 2, "10.0.1.2", with);
        Try("inside, firewall", 0, 1, "10.0.0.2", with);
        Try("firewall, outside", 1, 2, "10.0.1.2", with);
        Try("outside, inside", 2, 0, "10.0.0.1", with);
        Try("outside, firewall", 2, 1, "10.0.1.1", with);
        Try("outside, firewall's inside", 2, 1, "10.0.0.2", with);
    }
    return 0;
}

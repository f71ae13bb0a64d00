// SPDX-License-Identifier: GPL-2.0-only

// How fast does a router forward IPv6 by Fib6Routing, beside ns-3's Ipv6StaticRouting?
//
// A chain of a source, ten routers and a sink carries datagrams over stock point-to-point devices
// with the stock stack. Each router has the routes of the chain and as many more as asked for, of
// the Internet's lengths.
//
// The variants take turns, each run in a process of its own. Time is the processor's, of
// Simulator::Run() while the packets are under way. A run that loses a packet fails the benchmark.

#include "strata-bench-turns.h"

#include "ns3/command-line.h"
#include "ns3/internet-stack-helper.h"
#include "ns3/ipv6-address-helper.h"
#include "ns3/ipv6-header.h"
#include "ns3/ipv6-static-routing-helper.h"
#include "ns3/node-container.h"
#include "ns3/point-to-point-helper.h"
#include "ns3/simulator.h"
#include "ns3/strata-compat.h"
#include "ns3/strata-ether-type.h"
#include "ns3/strata-fib6-helper.h"
#include "ns3/string.h"

#include <algorithm>
#include <random>
#include <set>

using namespace ns3;
using namespace ns3::strata;

namespace
{

using Prefix6 = strata::Prefix<Ipv6Family>;

constexpr uint32_t NODES = 12;

/** Above the 0.9 us that a frame of 1,100 bytes takes: nothing is lost by overload. */
constexpr int64_t INTERVAL_NS = 2000;

/** Addresses are no longer tentative by then. */
constexpr int64_t START_S = 5;

constexpr uint32_t HEADER = 40;
constexpr uint8_t NO_NEXT_HEADER = 59;

/** Prefixes in 3000::/4, apart from the chain's, with the Internet's mix of lengths. */
std::vector<Prefix6>
InternetPrefixes(uint32_t count)
{
    const std::vector<std::pair<unsigned, double>> mix{{48, 48.0},
                                                       {47, 1.6},
                                                       {46, 2.5},
                                                       {45, 1.2},
                                                       {44, 8.5},
                                                       {42, 1.2},
                                                       {40, 7.5},
                                                       {38, 0.8},
                                                       {36, 3.5},
                                                       {34, 1.0},
                                                       {33, 1.8},
                                                       {32, 11.5},
                                                       {29, 3.5},
                                                       {64, 0.7},
                                                       {56, 0.6}};
    std::vector<double> weights;
    for (const auto& [length, weight] : mix)
    {
        weights.push_back(weight);
    }
    std::mt19937 random(1);
    std::discrete_distribution<std::size_t> choose(weights.begin(), weights.end());
    std::set<Prefix6> prefixes;
    while (prefixes.size() < count)
    {
        Ipv6Family::Address address{};
        for (uint8_t& byte : address)
        {
            byte = static_cast<uint8_t>(random());
        }
        address[0] = static_cast<uint8_t>(0x30 | (address[0] & 0x0f));
        prefixes.insert(Prefix6(address, mix[choose(random)].first));
    }
    return {prefixes.begin(), prefixes.end()};
}

void
AddRoute(Ptr<Node> node, const Prefix6& prefix, Ipv6Address gateway, uint32_t interface)
{
    if (Ptr<Fib6Routing> fib = Fib6Helper::GetFib(node))
    {
        fib->AddRoute(prefix, gateway, interface, fib->Source("static"));
        return;
    }
    Ptr<Ipv6StaticRouting> table =
        Ipv6StaticRoutingHelper().GetStaticRouting(node->GetObject<Ipv6>());
    table->AddNetworkRouteTo(Fib6Traits::ToNs3(prefix.GetAddress()),
                             ns3::Ipv6Prefix(static_cast<uint8_t>(prefix.GetLength())),
                             gateway,
                             interface);
}

Outcome
RunChain(const Load& load, const Ipv6RoutingHelper& routing)
{
    NodeContainer nodes(NODES);
    InternetStackHelper stack;
    stack.SetIpv4StackInstall(false);
    stack.SetRoutingHelper(routing);
    stack.Install(nodes);
    PointToPointHelper link;
    link.SetDeviceAttribute("DataRate", StringValue("10Gbps"));
    link.SetChannelAttribute("Delay", StringValue("10us"));
    Ipv6AddressHelper addresses("2001:1::", 64); // no router forwards 2001:db8::/32
    std::vector<Ipv6InterfaceContainer> links;
    for (uint32_t i = 0; i + 1 < NODES; ++i)
    {
        links.push_back(addresses.Assign(link.Install(nodes.Get(i), nodes.Get(i + 1))));
        addresses.NewNetwork();
        links.back().SetForwarding(0, true);
        links.back().SetForwarding(1, true);
    }
    const Ipv6Address sink = links.back().GetAddress(1, 1);
    Ipv6Family::Address sinkBytes;
    sink.GetBytes(sinkBytes.data());
    const auto prefixes = InternetPrefixes(load.routes);
    for (uint32_t i = 0; i + 1 < NODES; ++i)
    {
        const Ipv6Address next = links[i].GetAddress(1, 1);
        const uint32_t out = links[i].GetInterfaceIndex(0);
        // To the sink's network the longest route; the others lie beside it.
        AddRoute(nodes.Get(i), Prefix6(sinkBytes, 64), next, out);
        if (i > 0)
        {
            for (const Prefix6& prefix : prefixes)
            {
                AddRoute(nodes.Get(i), prefix, next, out);
            }
        }
    }
    // What is measured is routers: whole datagrams go from the first device to the last, and no
    // socket has a part in it.
    uint64_t delivered = 0;
    Ptr<Node> last = nodes.Get(NODES - 1);
    const auto receive = [&delivered, &load](Ptr<NetDevice>,
                                             Ptr<const Packet> packet,
                                             uint16_t,
                                             const Address&,
                                             const Address&,
                                             NetDevice::PacketType) {
        delivered += packet->GetSize() == load.payload + HEADER ? 1 : 0;
    };
    last->RegisterProtocolHandler(Node::ProtocolHandler(receive), EtherType::IPV6, nullptr);
    last->GetObject<Ipv6>()->SetDown(links.back().GetInterfaceIndex(1));
    Ptr<NetDevice> out =
        nodes.Get(0)->GetObject<Ipv6>()->GetNetDevice(links.front().GetInterfaceIndex(0));
    Ipv6Header header;
    header.SetSource(links.front().GetAddress(0, 1));
    header.SetDestination(sink);
    header.SetNextHeader(NO_NEXT_HEADER);
    header.SetHopLimit(64);
    header.SetPayloadLength(static_cast<uint16_t>(load.payload));
    std::function<void(uint32_t)> send = [&](uint32_t left) {
        Ptr<Packet> packet = Create<Packet>(load.payload);
        packet->AddHeader(header);
        out->Send(packet, out->GetBroadcast(), EtherType::IPV6);
        if (left > 1)
        {
            Simulator::Schedule(NanoSeconds(INTERVAL_NS), [&send, left] { send(left - 1); });
        }
    };
    Simulator::Stop(Seconds(START_S));
    Simulator::Run();
    Simulator::ScheduleNow([&send, &load] { send(load.packets); });
    Simulator::Stop(Seconds(1));
    const double before = ProcessorSeconds();
    Simulator::Run();
    Outcome outcome;
    outcome.seconds = ProcessorSeconds() - before;
    outcome.delivered = delivered;
    return outcome;
}

} // namespace

int
main(int argc, char* argv[])
{
    const std::vector<Variant> all{
        {"stock static", [](const Load& l) { return RunChain(l, Ipv6StaticRoutingHelper()); }},
        {"FIB for IPv6", [](const Load& l) { return RunChain(l, Fib6Helper()); }},
    };
    if (IsOneRun(argc, argv))
    {
        return RunOne(all, argv);
    }
    Load load;
    uint32_t runs = 7;
    std::string routes = "10,1000,10000";
    CommandLine cmd(__FILE__);
    cmd.AddValue("packets", "Packets of a run with 10 routes; fewer with more", load.packets);
    cmd.AddValue("payload", "Bytes of a packet's payload", load.payload);
    cmd.AddValue("runs", "Runs of each variant", runs);
    cmd.AddValue("routes", "Numbers of routes on each router", routes);
    cmd.Parse(argc, argv);
    if (!IsFeasible("ipv6-forwarding-bench", load, runs))
    {
        return 2;
    }
    for (const uint32_t count : Numbers(routes))
    {
        std::vector<Variant> variants = all;
        if (!TakeTurnsWithRoutes(variants, load, count, runs, NODES - 1))
        {
            return 1;
        }
        PrintRatio(variants[1], variants[0]);
    }
    return 0;
}

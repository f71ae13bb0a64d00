// SPDX-License-Identifier: GPL-2.0-only

// How fast does a router forward IPv4, beside ns-3's own?
//
// A chain of a source, ten routers and a sink carries datagrams with checksums on. Each router has
// the routes of the chain and as many more as asked for, of the Internet's lengths. Stock routing
// is Ipv4StaticRouting or Ipv4GlobalRouting (which in ns-3.37 takes the first matching network, not
// the longest); ours is FibRouting under StrataIpv4, with and without the fast path, over stock
// devices and our own. What hook points cost that nobody uses, hook-points-cost.sh counts in
// instructions: it is too little for a clock.
//
// The variants take turns, each run in a process of its own. Time is the processor's, of
// Simulator::Run() while the packets are under way. A run that loses a packet fails the benchmark.

#include "strata-bench-turns.h"

#include "ns3/boolean.h"
#include "ns3/command-line.h"
#include "ns3/config.h"
#include "ns3/data-rate.h"
#include "ns3/internet-stack-helper.h"
#include "ns3/ipv4-address-helper.h"
#include "ns3/ipv4-global-routing-helper.h"
#include "ns3/ipv4-static-routing-helper.h"
#include "ns3/node-container.h"
#include "ns3/point-to-point-helper.h"
#include "ns3/simulator.h"
#include "ns3/strata-compat.h"
#include "ns3/strata-fib-helper.h"
#include "ns3/strata-ipv4-helper.h"
#include "ns3/strata-point-to-point-helper.h"
#include "ns3/string.h"
#include "ns3/traffic-control-helper.h"

#include <algorithm>
#include <random>
#include <set>

using namespace ns3;
using namespace ns3::strata;

namespace
{

constexpr uint32_t NODES = 12;
constexpr const char* RATE = "10Gbps";
constexpr const char* DELAY = "10us";

/** Above the 0.9 us that a frame of 1,100 bytes takes: nothing is lost by overload. */
constexpr int64_t INTERVAL_NS = 2000;
constexpr int64_t START_S = 2;

/** IPv4 and UDP. */
constexpr uint32_t HEADERS = 20 + 8;

enum class Routing
{
    STATIC,
    GLOBAL,
    FIB,
};

struct Setting
{
    Routing routing{Routing::STATIC};
    bool strata{false};   //!< StrataIpv4 on all nodes
    bool fastPath{false}; //!< on the routers
    bool ours{false};     //!< our point-to-point devices
    bool queueDisc{true};
    bool points{false}; //!< the hook points are in place, and nothing is attached to them
};

/** Attached and detached again, it leaves the hook points in place. */
class Visitor : public Ipv4HookElement
{
  public:
    HookVerdict Process(Ipv4HookPacket&) override
    {
        return HookVerdict::ACCEPT;
    }
};

/** Prefixes in 32.0.0.0/3, apart from the chain's, with the Internet's mix of lengths. */
std::vector<Ipv4Prefix>
InternetPrefixes(uint32_t count)
{
    const std::vector<std::pair<unsigned, double>> mix{{24, 61},
                                                       {22, 11.5},
                                                       {23, 10.4},
                                                       {21, 5.3},
                                                       {20, 4.6},
                                                       {19, 2.9},
                                                       {18, 1.6},
                                                       {16, 1.4},
                                                       {17, 0.9},
                                                       {15, 0.2},
                                                       {14, 0.1},
                                                       {12, 0.05}};
    std::vector<double> weights;
    for (const auto& [length, weight] : mix)
    {
        weights.push_back(weight);
    }
    std::mt19937 random(1);
    std::discrete_distribution<std::size_t> choose(weights.begin(), weights.end());
    std::set<Ipv4Prefix> prefixes;
    while (prefixes.size() < count)
    {
        const uint32_t address = 0x20000000 | (random() & 0x1fffffff);
        prefixes.insert(Ipv4Prefix(address, mix[choose(random)].first));
    }
    return {prefixes.begin(), prefixes.end()};
}

/** A UDP datagram as its host would send it. */
Bytes
MakeDatagram(Ipv4Address source, Ipv4Address destination, uint32_t payload)
{
    Ipv4WireHeader header;
    header.protocol = static_cast<uint8_t>(Ipv4Protocol::UDP);
    header.source = source.Get();
    header.destination = destination.Get();
    header.totalLength = static_cast<uint16_t>(HEADERS + payload);
    header.SetChecksum();
    Bytes bytes = EncodeToBytes(header);
    bytes.resize(HEADERS + payload, 0x2a);
    return bytes;
}

/** The stock protocol that a node's list holds. */
template <class T>
Ptr<T>
Stock(Ptr<Node> node)
{
    return Ipv4RoutingHelper::GetRouting<T>(node->GetObject<Ipv4>()->GetRoutingProtocol());
}

void
AddRoute(const Setting& setting,
         Ptr<Node> node,
         const Ipv4Prefix& prefix,
         Ipv4Address gateway,
         uint32_t interface)
{
    const Ipv4Address network(prefix.GetAddress());
    const Ipv4Mask mask(KeepBits(~uint32_t{0}, prefix.GetLength()));
    switch (setting.routing)
    {
    case Routing::STATIC:
        Stock<Ipv4StaticRouting>(node)->AddNetworkRouteTo(network, mask, gateway, interface);
        break;
    case Routing::GLOBAL:
        Stock<Ipv4GlobalRouting>(node)->AddNetworkRouteTo(network, mask, gateway, interface);
        break;
    case Routing::FIB: {
        Ptr<FibRouting> fib = FibHelper::GetFib(node);
        fib->AddRoute(prefix, gateway, interface, fib->Source("static"));
        break;
    }
    }
}

Outcome
RunChain(const Load& load, const Setting& setting)
{
    Config::SetGlobal("ChecksumEnabled", BooleanValue(true));
    NodeContainer nodes(NODES);
    InternetStackHelper stack;
    stack.SetIpv6StackInstall(false);
    switch (setting.routing)
    {
    case Routing::STATIC:
        stack.SetRoutingHelper(Ipv4StaticRoutingHelper());
        break;
    case Routing::GLOBAL:
        stack.SetRoutingHelper(Ipv4GlobalRoutingHelper());
        break;
    case Routing::FIB:
        stack.SetRoutingHelper(FibHelper());
        break;
    }
    stack.Install(nodes);
    if (setting.strata)
    {
        StrataIpv4Helper helper;
        helper.SetFib(false);
        helper.SetAttribute("FastPath", BooleanValue(setting.fastPath));
        helper.Install(nodes);
    }
    for (uint32_t i = 0; setting.points && i < NODES; ++i)
    {
        Ptr<Ipv4HookElement> visitor = CreateObject<Visitor>();
        Ptr<Ipv4Hooks> hooks = Ipv4Hooks::Of(nodes.Get(i));
        hooks->Attach(HookPoint::FORWARD, 0, visitor);
        hooks->Detach(HookPoint::FORWARD, visitor);
    }
    Ipv4AddressHelper addresses("10.0.0.0", "255.255.255.252");
    std::vector<Ipv4InterfaceContainer> links;
    for (uint32_t i = 0; i + 1 < NODES; ++i)
    {
        NodeContainer ends(nodes.Get(i), nodes.Get(i + 1));
        NetDeviceContainer devices;
        if (setting.ours)
        {
            StrataPointToPointHelper link;
            link.SetDeviceAttribute("DataRate", StringValue(RATE));
            link.SetChannelAttribute("Delay", StringValue(DELAY));
            devices = link.Install(ends);
        }
        else
        {
            PointToPointHelper link;
            link.SetDeviceAttribute("DataRate", StringValue(RATE));
            link.SetChannelAttribute("Delay", StringValue(DELAY));
            devices = link.Install(ends);
        }
        links.push_back(addresses.Assign(devices));
        addresses.NewNetwork();
        if (!setting.queueDisc && !setting.ours)
        {
            TrafficControlHelper().Uninstall(devices);
        }
    }
    const Ipv4Address sink = links.back().GetAddress(1);
    const auto prefixes = InternetPrefixes(load.routes);
    for (uint32_t i = 0; i + 1 < NODES; ++i)
    {
        const Ipv4Address next = links[i].GetAddress(1);
        const uint32_t out = links[i].Get(0).second;
        // To the sink's network the longest route; the others lie beside it.
        AddRoute(setting, nodes.Get(i), Ipv4Prefix(sink.Get(), 30), next, out);
        if (i > 0)
        {
            for (const Ipv4Prefix& prefix : prefixes)
            {
                AddRoute(setting, nodes.Get(i), prefix, next, out);
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
        delivered += packet->GetSize() == load.payload + HEADERS ? 1 : 0;
    };
    last->RegisterProtocolHandler(Node::ProtocolHandler(receive), 0x0800, nullptr);
    last->GetObject<Ipv4>()->SetDown(links.back().Get(1).second);
    Ptr<NetDevice> out = nodes.Get(0)->GetObject<Ipv4>()->GetNetDevice(links.front().Get(0).second);
    const Bytes datagram = MakeDatagram(links.front().GetAddress(0), sink, load.payload);
    std::function<void(uint32_t)> send = [&](uint32_t left) {
        out->Send(Create<Packet>(datagram.data(), static_cast<uint32_t>(datagram.size())),
                  out->GetBroadcast(),
                  0x0800);
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

/** How long a router takes to get a million routes. */
void
BuildMillion()
{
    const auto prefixes = InternetPrefixes(1000000);
    NodeContainer nodes(2);
    InternetStackHelper stack;
    stack.SetRoutingHelper(FibHelper());
    stack.Install(nodes);
    const auto link = Ipv4AddressHelper("10.0.0.0", "255.255.255.252")
                          .Assign(StrataPointToPointHelper().Install(nodes));
    Setting setting;
    setting.routing = Routing::FIB;
    const double before = ProcessorSeconds();
    for (const Ipv4Prefix& prefix : prefixes)
    {
        AddRoute(setting, nodes.Get(0), prefix, link.GetAddress(1), link.Get(0).second);
    }
    fmt::print("a router gets 1,000,000 routes in {:.2f} s\n", ProcessorSeconds() - before);
    Simulator::Destroy();
}

} // namespace

int
main(int argc, char* argv[])
{
    const auto variant = [](const char* name, Setting setting, const char* note = "") {
        return Variant{name, [setting](const Load& l) { return RunChain(l, setting); }, note};
    };
    std::vector<Variant> all{
        variant("stock static", {Routing::STATIC, false, false, false, true}),
        variant("stock global",
                {Routing::GLOBAL, false, false, false, true},
                "not longest-prefix in ns-3.37"),
        variant("FIB in the stock stack", {Routing::FIB, false, false, false, true}),
        variant("empty hook points", {Routing::STATIC, false, false, false, true, true}),
        variant("strata", {Routing::FIB, true, false, false, true}),
        variant("strata, fast path", {Routing::FIB, true, true, false, true}),
        variant("strata, fast path, our links", {Routing::FIB, true, true, true, true}),
    };
    if (IsOneRun(argc, argv))
    {
        return RunOne(all, argv);
    }
    Load load;
    uint32_t runs = 7;
    std::string only;
    std::string routes = "10,1000,10000";
    bool million = true;
    CommandLine cmd(__FILE__);
    cmd.AddValue("packets", "Packets of a run with 10 routes; fewer with more", load.packets);
    cmd.AddValue("payload", "Bytes of a packet's payload", load.payload);
    cmd.AddValue("runs", "Runs of each variant", runs);
    cmd.AddValue("routes", "Numbers of routes on each router", routes);
    cmd.AddValue(
        "only",
        "Name, or part of the names, of the variants to run, with - for spaces; for a profile",
        only);
    cmd.AddValue("million", "Also build a router with a million routes", million);
    cmd.Parse(argc, argv);
    std::replace(only.begin(), only.end(), '-', ' '); // the command line takes no spaces
    if (!IsFeasible("ipv4-forwarding-bench", load, runs))
    {
        return 2;
    }
    Choose(all, only);
    for (const uint32_t count : Numbers(routes))
    {
        std::vector<Variant> variants = all;
        if (!TakeTurnsWithRoutes(variants, load, count, runs, NODES - 1))
        {
            return 1;
        }
        for (std::size_t i = 1; i < variants.size() && only.empty(); ++i)
        {
            PrintRatio(variants[i], variants[0]);
        }
        for (std::size_t i = 2; i < variants.size() && only.empty(); ++i)
        {
            PrintRatio(variants[i], variants[1]);
        }
    }
    if (million && only.empty())
    {
        BuildMillion();
    }
    return 0;
}

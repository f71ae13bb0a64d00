// SPDX-License-Identifier: GPL-2.0-only

// How fast does a layer forward, beside ns-3's own IPv4?
//
// A chain of twelve nodes: a source, ten that forward, a sink. A layer of twelve members over our
// point-to-point device carries the messages of a session; the stock Internet stack over the stock
// device carries UDP. Same payload (real bytes), rate, delay and interval, checksums on; routes are
// static in both. With and without a queue discipline: FqCoDel, ns-3's default, beside the
// scheduler of the member's ports.
//
// The variants take turns, each run in a process of its own. Time is the processor's, of
// Simulator::Run() while the messages are under way. A run that loses a packet fails the benchmark.

#include "strata-bench-turns.h"

#include "ns3/boolean.h"
#include "ns3/command-line.h"
#include "ns3/config.h"
#include "ns3/data-rate.h"
#include "ns3/internet-stack-helper.h"
#include "ns3/ipv4-address-helper.h"
#include "ns3/ipv4-static-routing-helper.h"
#include "ns3/node-container.h"
#include "ns3/point-to-point-helper.h"
#include "ns3/simulator.h"
#include "ns3/strata-layer-member.h"
#include "ns3/strata-point-to-point-helper.h"
#include "ns3/string.h"
#include "ns3/traffic-control-helper.h"
#include "ns3/udp-socket-factory.h"

#include <cstdio>
#include <fmt/format.h>
#include <functional>
#include <vector>

using namespace ns3;
using namespace ns3::strata;

namespace
{

constexpr uint32_t NODES = 12;
constexpr uint32_t HOPS = NODES - 1;
constexpr const char* RATE = "10Gbps";
constexpr const char* DELAY = "10us";

/** Above the 0.9 us that a frame of 1,100 bytes takes: nothing is lost by overload. */
constexpr int64_t INTERVAL_NS = 2000;

/** Layers have settled by then. */
constexpr int64_t START_S = 20;

constexpr uint16_t PORT = 9;

/** Sends all packets, one after the other, and measures how long that takes until all is quiet. */
double
Measure(const Load& load, const std::function<void()>& send)
{
    std::function<void(uint32_t)> next = [&](uint32_t left) {
        send();
        if (left > 1)
        {
            Simulator::Schedule(NanoSeconds(INTERVAL_NS), [&next, left] { next(left - 1); });
        }
    };
    Simulator::Stop(Seconds(START_S));
    Simulator::Run();
    Simulator::ScheduleNow([&next, &load] { next(load.packets); });
    Simulator::Stop(Seconds(1));
    const double before = ProcessorSeconds();
    Simulator::Run();
    return ProcessorSeconds() - before;
}

// ---- IPv4 -------------------------------------------------------------------------------------

Outcome
RunIpv4(const Load& load, bool queueDisc)
{
    Config::SetGlobal("ChecksumEnabled", BooleanValue(true));
    NodeContainer nodes(NODES);
    const Ipv4StaticRoutingHelper routing;
    InternetStackHelper stack;
    stack.SetIpv6StackInstall(false);
    stack.SetRoutingHelper(routing);
    stack.Install(nodes);
    PointToPointHelper links;
    links.SetDeviceAttribute("DataRate", StringValue(RATE));
    links.SetChannelAttribute("Delay", StringValue(DELAY));
    Ipv4AddressHelper addresses("10.0.0.0", "255.255.255.252");
    Ipv4Address sink;
    for (uint32_t i = 0; i + 1 < NODES; ++i)
    {
        const auto devices = links.Install(nodes.Get(i), nodes.Get(i + 1));
        const auto interfaces = addresses.Assign(devices);
        sink = interfaces.GetAddress(1);
        addresses.NewNetwork();
        routing.GetStaticRouting(nodes.Get(i)->GetObject<Ipv4>())
            ->SetDefaultRoute(sink, interfaces.Get(0).second);
        if (!queueDisc)
        {
            TrafficControlHelper().Uninstall(devices);
        }
    }
    uint64_t delivered = 0;
    auto in = Socket::CreateSocket(nodes.Get(NODES - 1), UdpSocketFactory::GetTypeId());
    in->Bind(InetSocketAddress(Ipv4Address::GetAny(), PORT));
    in->SetRecvCallback(Callback<void, Ptr<Socket>>([&](Ptr<Socket> socket) {
        while (const auto packet = socket->Recv())
        {
            delivered += packet->GetSize() == load.payload ? 1 : 0;
        }
    }));
    auto out = Socket::CreateSocket(nodes.Get(0), UdpSocketFactory::GetTypeId());
    out->Connect(InetSocketAddress(sink, PORT));
    const Bytes message(load.payload, 0x2a);
    Outcome outcome;
    outcome.seconds = Measure(load, [&] {
        out->Send(Create<Packet>(message.data(), static_cast<uint32_t>(message.size())));
    });
    outcome.delivered = delivered;
    return outcome;
}

// ---- A layer ----------------------------------------------------------------------------------

Outcome
RunLayer(const Load& load, std::shared_ptr<const SchedulerPolicy> scheduler)
{
    NodeContainer nodes(NODES);
    StrataPointToPointHelper links;
    links.SetDeviceAttribute("DataRate", StringValue(RATE));
    links.SetChannelAttribute("Delay", StringValue(DELAY));
    LayerPolicies policies;
    std::vector<StaticRouting::Entry> routes;
    for (uint16_t i = 1; i <= NODES; ++i)
    {
        for (uint16_t to = 1; to <= NODES; ++to)
        {
            const auto neighbor = static_cast<uint16_t>(to > i ? i + 1 : i - 1);
            if (to != i)
            {
                routes.push_back({MakeName(i), NameBlock(MakeName(to), 16), MakeName(neighbor)});
            }
        }
    }
    policies.routing = std::make_shared<StaticRouting>(routes);
    policies.directory = std::make_shared<ServerDirectory>(MakeName(1));
    policies.scheduler = std::move(scheduler);
    std::vector<Ptr<LayerMember>> members;
    for (uint32_t i = 0; i < NODES; ++i)
    {
        members.push_back(CreateObject<LayerMember>());
        members.back()->Setup(nodes.Get(i), LayerParameters(), policies);
    }
    for (uint32_t i = 0; i + 1 < NODES; ++i)
    {
        const auto devices = links.Install(nodes.Get(i), nodes.Get(i + 1));
        members[i]->AddDevice(devices.Get(0));
        members[i + 1]->AddDevice(devices.Get(1));
    }
    members[0]->Bootstrap(MakeName(1), 16);
    for (uint32_t i = 1; i < NODES; ++i)
    {
        members[i]->Join(MakeName(static_cast<uint16_t>(i + 1)));
    }
    const auto source = members.front();
    const auto sink = members.back();
    uint64_t delivered = 0;
    sink->TraceConnectWithoutContext(
        "Deliver",
        Callback<void, const DeliverEffect&>([&](const DeliverEffect& delivery) {
            delivered += delivery.message.size() == load.payload ? 1 : 0;
        }));
    Simulator::Schedule(Seconds(START_S / 4), [&] {
        source->Take(RegisterEvent{"source"});
        sink->Take(RegisterEvent{"sink"});
    });
    uint32_t session = 0;
    source->TraceConnectWithoutContext("Notice",
                                       Callback<void, const Notice&>([&](const Notice& notice) {
                                           if (const auto* accepted =
                                                   std::get_if<SessionAcceptedNotice>(&notice))
                                           {
                                               session = accepted->session;
                                           }
                                       }));
    Simulator::Schedule(Seconds(START_S / 2), [&] {
        OpenSessionEvent open;
        open.process = "source";
        open.peer = "sink";
        source->Take(open);
    });
    SendEvent message;
    message.message = Bytes(load.payload, 0x2a);
    Outcome outcome;
    outcome.seconds = Measure(load, [&] {
        message.session = session;
        source->Take(message);
    });
    outcome.delivered = delivered;
    for (const auto& member : members)
    {
        member->Dispose();
    }
    return outcome;
}

} // namespace

int
main(int argc, char* argv[])
{
    const auto fifo = std::make_shared<FifoScheduler>();
    const auto drr = std::make_shared<DeficitRoundRobin>();
    std::vector<Variant> variants{
        {"IPv4, no queue discipline", [](const Load& l) { return RunIpv4(l, false); }},
        {"layer, no scheduler", [](const Load& l) { return RunLayer(l, nullptr); }},
        {"IPv4, FqCoDel", [](const Load& l) { return RunIpv4(l, true); }},
        {"layer, FIFO", [&fifo](const Load& l) { return RunLayer(l, fifo); }},
        {"layer, deficit round robin", [&drr](const Load& l) { return RunLayer(l, drr); }},
    };
    if (IsOneRun(argc, argv))
    {
        return RunOne(variants, argv);
    }
    Load load;
    uint32_t runs = 11;
    std::string only;
    CommandLine cmd(__FILE__);
    cmd.AddValue("packets", "Packets of a run", load.packets);
    cmd.AddValue("payload", "Bytes of a packet's payload", load.payload);
    cmd.AddValue("runs", "Runs of each variant", runs);
    cmd.AddValue("only", "Part of the names of the variants to run, for a profile", only);
    cmd.Parse(argc, argv);
    if (load.packets == 0 || load.payload == 0 || load.payload > 1400 || runs == 0)
    {
        fmt::print(stderr, "forwarding-bench: needs packets, runs, and 1 to 1400 bytes\n");
        return 2;
    }
    Choose(variants, only);
    fmt::print("{} packets of {} bytes over {} hops, {} runs: median [least to most]\n",
               load.packets,
               load.payload,
               HOPS,
               runs);
    const bool whole = TakeTurns(variants, load, runs, HOPS);
    if (only.empty())
    {
        PrintRatio(variants[1], variants[0]);
        PrintRatio(variants[3], variants[2]);
        PrintRatio(variants[4], variants[2]);
    }
    return whole ? 0 : 1;
}

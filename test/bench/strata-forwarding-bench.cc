// SPDX-License-Identifier: GPL-2.0-only

// How fast does a layer forward, beside ns-3's own IPv4?
//
// A chain of twelve nodes: a source, ten that forward, a sink. A layer of twelve members over our
// point-to-point device carries the messages of a session; the stock Internet stack over the stock
// device carries UDP. Same payload (real bytes), rate, delay and interval, checksums on; routes are
// static in both. With and without a queue discipline: FqCoDel, ns-3's default, beside the
// scheduler of the member's ports.
//
// The variants take turns, each in a process of its own. Time is the processor's, of
// Simulator::Run() while the messages are under way. A run that loses a packet fails the benchmark.

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

#include <algorithm>
#include <cstdio>
#include <ctime>
#include <fmt/format.h>
#include <functional>
#include <sys/wait.h>
#include <unistd.h>
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

struct Load
{
    uint32_t packets{10000};
    uint32_t payload{1000};
};

struct Outcome
{
    double seconds{0}; //!< of the processor
    uint64_t delivered{0};
};

double
ProcessorSeconds()
{
    timespec now{};
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
    return static_cast<double>(now.tv_sec) + static_cast<double>(now.tv_nsec) * 1e-9;
}

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

// ---- Taking turns -----------------------------------------------------------------------------

struct Variant
{
    std::string name;
    std::function<Outcome(const Load&)> run;
    std::vector<double> rates{}; //!< packet-hops per second, run by run
    uint64_t missing{0};
};

/** Runs \p variant in a process of its own, so that none leaves anything to the next. */
bool
RunApart(const Variant& variant, const Load& load, Outcome& outcome)
{
    int ends[2];
    if (pipe(ends) != 0)
    {
        return false;
    }
    const pid_t child = fork();
    if (child == 0)
    {
        const Outcome result = variant.run(load);
        const bool told = write(ends[1], &result, sizeof(result)) == sizeof(result);
        _exit(told ? 0 : 1);
    }
    close(ends[1]);
    const bool heard = child > 0 && read(ends[0], &outcome, sizeof(outcome)) == sizeof(outcome);
    close(ends[0]);
    int status = 0;
    return child > 0 && waitpid(child, &status, 0) == child && status == 0 && heard;
}

/** The middle, the least and the largest. */
std::string
Spread(std::vector<double> values, int digits)
{
    std::sort(values.begin(), values.end());
    return fmt::format("{:8.{}f} [{:.{}f} to {:.{}f}]",
                       values[values.size() / 2],
                       digits,
                       values.front(),
                       digits,
                       values.back(),
                       digits);
}

void
PrintRatio(const Variant& ours, const Variant& theirs)
{
    std::vector<double> ratios;
    for (std::size_t i = 0; i < ours.rates.size(); ++i)
    {
        ratios.push_back(ours.rates[i] / theirs.rates[i]);
    }
    fmt::print("{:<28} {}  run by run\n", ours.name + " / IPv4", Spread(ratios, 2));
}

} // namespace

int
main(int argc, char* argv[])
{
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
    const auto fifo = std::make_shared<FifoScheduler>();
    const auto drr = std::make_shared<DeficitRoundRobin>();
    std::vector<Variant> variants{
        {"IPv4, no queue discipline", [](const Load& l) { return RunIpv4(l, false); }},
        {"layer, no scheduler", [](const Load& l) { return RunLayer(l, nullptr); }},
        {"IPv4, FqCoDel", [](const Load& l) { return RunIpv4(l, true); }},
        {"layer, FIFO", [&fifo](const Load& l) { return RunLayer(l, fifo); }},
        {"layer, deficit round robin", [&drr](const Load& l) { return RunLayer(l, drr); }},
    };
    variants.erase(
        std::remove_if(variants.begin(),
                       variants.end(),
                       [&](const Variant& v) { return v.name.find(only) == std::string::npos; }),
        variants.end());
    for (uint32_t run = 0; run < runs; ++run)
    {
        for (Variant& variant : variants)
        {
            Outcome outcome;
            if (!RunApart(variant, load, outcome))
            {
                fmt::print(stderr, "forwarding-bench: {} ended early\n", variant.name);
                return 1;
            }
            variant.missing += load.packets - outcome.delivered;
            variant.rates.push_back(static_cast<double>(load.packets) * HOPS / outcome.seconds *
                                    1e-6);
        }
    }
    fmt::print("{} packets of {} bytes over {} hops, {} runs: median [least to most]\n",
               load.packets,
               load.payload,
               HOPS,
               runs);
    uint64_t missing = 0;
    for (const Variant& variant : variants)
    {
        fmt::print("{:<28} {}  million hops a second, {} missing\n",
                   variant.name,
                   Spread(variant.rates, 3),
                   variant.missing);
        missing += variant.missing;
    }
    if (only.empty())
    {
        PrintRatio(variants[1], variants[0]);
        PrintRatio(variants[3], variants[2]);
        PrintRatio(variants[4], variants[2]);
    }
    if (missing != 0)
    {
        fmt::print(stderr, "forwarding-bench: packets are missing\n");
        return 1;
    }
    return 0;
}

// SPDX-License-Identifier: GPL-2.0-only

// What does translation cost a router, and does it depend on how many mappings there are?
//
// A router between two links carries UDP datagrams of many flows, in no order that a cache could
// learn, one out and one back in turn. The variants take turns, each in a process of its own: the
// stock stack; StrataIpv4 with and without its fast path; and both with the translator, with a
// number of live mappings. An onlooker is an element at the hook points that does nothing but must
// see every datagram in full: with it, plain datagrams are not translated in passing. All mappings
// are made, by datagrams through the router, before the clock starts. Time is the processor's, of
// Simulator::Run() while the packets are under way.
//
// Then the table alone: how many mappings a second it makes, finds and ends, and how large one is.

#include "strata-bench-turns.h"

#include "ns3/boolean.h"
#include "ns3/command-line.h"
#include "ns3/config.h"
#include "ns3/internet-stack-helper.h"
#include "ns3/ipv4.h"
#include "ns3/node-container.h"
#include "ns3/simulator.h"
#include "ns3/strata-checksum.h"
#include "ns3/strata-fib-helper.h"
#include "ns3/strata-ipv4-helper.h"
#include "ns3/strata-nat-helper.h"
#include "ns3/strata-point-to-point-helper.h"
#include "ns3/string.h"
#include "ns3/uinteger.h"

#include <numeric>

using namespace ns3;
using namespace ns3::strata;

namespace
{

constexpr int64_t INTERVAL_NS = 2000;
constexpr uint32_t HEADERS = 20 + 8;
constexpr uint32_t REMOTE = 0xc6120100; //!< 198.18.1.0 and on
constexpr uint32_t REMOTES = 60000;
constexpr uint32_t POOL = 0xc6130001; //!< 198.19.0.1 and on
constexpr uint32_t HOST = 0x0a000100; //!< 10.0.1.0 and on
constexpr uint32_t PORTS_OF_HOST = 50;
constexpr uint16_t FIRST_PORT = 20000;

/** What is on the router. */
struct Setup
{
    bool strata{true};
    bool fast{false};
    bool onlooker{false};
    bool nat{false};
};

/** Sees all and does nothing. */
class Onlooker : public Ipv4HookElement
{
  public:
    HookVerdict Process(Ipv4HookPacket&) override
    {
        return HookVerdict::ACCEPT;
    }
};

NatEndpoint
InsideOf(uint32_t flow)
{
    return {HOST + flow / PORTS_OF_HOST, static_cast<uint16_t>(FIRST_PORT + flow % PORTS_OF_HOST)};
}

NatEndpoint
RemoteOf(uint32_t flow)
{
    return {REMOTE + flow % REMOTES, 80};
}

/** Flows in an order that visits each and jumps far. */
uint32_t
FlowAt(uint32_t i, uint32_t flows)
{
    return static_cast<uint32_t>(uint64_t{i} * 2654435761U % flows);
}

/** A datagram of \p flow, which its first bytes of data name, with right checksums. */
Bytes
MakeDatagram(NatEndpoint from, NatEndpoint to, uint32_t flow, uint32_t payload)
{
    Ipv4WireHeader header;
    header.protocol = static_cast<uint8_t>(Ipv4Protocol::UDP);
    header.source = from.address;
    header.destination = to.address;
    header.totalLength = static_cast<uint16_t>(HEADERS + payload);
    header.SetChecksum();
    Bytes bytes = EncodeToBytes(header);
    ByteWriter writer(bytes);
    writer.U16(from.port);
    writer.U16(to.port);
    writer.U16(static_cast<uint16_t>(8 + payload));
    writer.U16(0xbeef); // patched by what changes, right or wrong
    writer.U32(flow);
    bytes.resize(HEADERS + payload, 0x2a);
    return bytes;
}

struct Bench
{
    Load load;
    Setup setup;
    uint32_t flows;
    std::vector<NatEndpoint> publicEnds; //!< by flow, as the far side saw them
    uint64_t out{0};
    uint64_t back{0};
    Ptr<NetDevice> near;
    Ptr<NetDevice> far;

    void Send(uint32_t i, bool alternate)
    {
        const uint32_t flow = FlowAt(i, flows);
        const NatEndpoint remote = RemoteOf(flow);
        const bool outwards = !alternate || i % 2 == 0;
        const Bytes datagram = outwards
                                   ? MakeDatagram(InsideOf(flow), remote, flow, load.payload)
                                   : MakeDatagram(remote, publicEnds[flow], flow, load.payload);
        const Ptr<NetDevice> device = outwards ? near : far;
        device->Send(Create<Packet>(datagram.data(), static_cast<uint32_t>(datagram.size())),
                     device->GetBroadcast(),
                     0x0800);
    }

    void SendAll(uint32_t from, uint32_t to, bool alternate)
    {
        Send(from, alternate);
        if (from + 1 < to)
        {
            Simulator::Schedule(NanoSeconds(INTERVAL_NS),
                                [this, from, to, alternate] { SendAll(from + 1, to, alternate); });
        }
    }

    void Receive(Ptr<const Packet> packet, bool outwards)
    {
        if (!outwards)
        {
            ++back;
            return;
        }
        ++out;
        uint8_t bytes[HEADERS + 4];
        packet->CopyData(bytes, sizeof(bytes));
        const ByteView view(bytes, sizeof(bytes));
        const auto word = [&](std::size_t at) {
            return uint32_t{view[at]} << 24 | uint32_t{view[at + 1]} << 16 |
                   uint32_t{view[at + 2]} << 8 | view[at + 3];
        };
        publicEnds[word(HEADERS)] = {word(12), static_cast<uint16_t>(word(20) >> 16)};
    }

    Outcome Run()
    {
        Config::SetGlobal("ChecksumEnabled", BooleanValue(true));
        publicEnds.resize(flows);
        NodeContainer nodes(3);
        Ptr<Node> router = nodes.Get(1);
        InternetStackHelper stack;
        stack.SetIpv6StackInstall(false);
        if (setup.strata)
        {
            stack.SetRoutingHelper(FibHelper());
        }
        stack.Install(router);
        StrataPointToPointHelper link;
        link.SetDeviceAttribute("DataRate", StringValue("10Gbps"));
        link.SetChannelAttribute("Delay", StringValue("10us"));
        const auto left = link.Install(NodeContainer(nodes.Get(0), router));
        const auto right = link.Install(NodeContainer(router, nodes.Get(2)));
        near = left.Get(0);
        far = right.Get(1);
        if (setup.strata)
        {
            StrataIpv4Helper helper;
            helper.SetAttribute("FastPath", BooleanValue(setup.fast));
            helper.Install(router);
        }
        Ptr<Ipv4> ipv4 = router->GetObject<Ipv4>();
        const auto assign = [&](Ptr<NetDevice> device, const char* address, const char* mask) {
            const uint32_t interface = ipv4->AddInterface(device);
            ipv4->AddAddress(interface, Ipv4InterfaceAddress(Ipv4Address(address), Ipv4Mask(mask)));
            ipv4->SetUp(interface);
        };
        assign(left.Get(1), "10.0.0.1", "255.0.0.0");
        assign(right.Get(0), "198.18.0.1", "255.255.0.0");
        Ptr<StrataNat> nat;
        if (setup.onlooker)
        {
            Ptr<Ipv4HookElement> onlooker = CreateObject<Onlooker>();
            Ipv4Hooks::Of(router)->Attach(HookPoint::PREROUTING, -100, onlooker);
            Ipv4Hooks::Of(router)->Attach(HookPoint::POSTROUTING, 100, onlooker);
        }
        if (setup.nat)
        {
            StrataNatHelper helper;
            helper.SetAttribute("MaxMappings", UintegerValue(flows));
            nat = helper.Install(router, right.Get(0));
            for (uint32_t i = 0; i <= flows / 61440; ++i)
            {
                nat->AddPublicAddress(Ipv4Address(POOL + i));
            }
        }
        const auto receiver = [this](bool outwards) {
            return Node::ProtocolHandler(
                [this, outwards](Ptr<NetDevice>,
                                 Ptr<const Packet> packet,
                                 uint16_t,
                                 const Address&,
                                 const Address&,
                                 NetDevice::PacketType) { Receive(packet, outwards); });
        };
        nodes.Get(0)->RegisterProtocolHandler(receiver(false), 0x0800, nullptr);
        nodes.Get(2)->RegisterProtocolHandler(receiver(true), 0x0800, nullptr);
        // Once through all flows, which makes the mappings and tells their public ends.
        Simulator::ScheduleNow([this] { SendAll(0, flows, false); });
        Simulator::Stop(NanoSeconds(INTERVAL_NS * flows + 1000000));
        Simulator::Run();
        if (out != flows || (nat && nat->GetSize() != flows))
        {
            return {};
        }
        out = 0;
        Simulator::ScheduleNow([this] { SendAll(0, load.packets, true); });
        Simulator::Stop(NanoSeconds(INTERVAL_NS * load.packets + 1000000));
        const double before = ProcessorSeconds();
        Simulator::Run();
        Outcome outcome;
        outcome.seconds = ProcessorSeconds() - before;
        outcome.delivered = out + back;
        return outcome;
    }
};

Variant
MakeVariant(const std::string& name, Setup setup, uint32_t flows)
{
    return Variant{name, [=](const Load& load) {
                       Bench bench{load, setup, flows, {}, 0, 0, nullptr, nullptr};
                       return bench.Run();
                   }};
}

/** The table alone, with \p count mappings: nanoseconds each, medians of \p runs. */
void
BenchTable(uint32_t count, uint32_t runs)
{
    std::vector<double> make;
    std::vector<double> out;
    std::vector<double> in;
    std::vector<double> end;
    double bytes = 0;
    for (uint32_t run = 0; run < runs; ++run)
    {
        NatConfig config;
        config.maxMappings = count;
        config.maxSessions = count;
        NatTable table(config);
        for (uint32_t i = 0; i <= count / 61440; ++i)
        {
            table.AddPublicAddress(POOL + i);
        }
        std::vector<NatEndpoint> ends(count);
        const auto timed = [&](std::vector<double>& into, uint32_t times, auto&& what) {
            const double before = ProcessorSeconds();
            for (uint32_t i = 0; i < times; ++i)
            {
                what(i);
            }
            into.push_back((ProcessorSeconds() - before) / times * 1e9);
        };
        timed(make, count, [&](uint32_t i) {
            const uint32_t flow = FlowAt(i, count);
            ends[flow] = table.Outbound({17, InsideOf(flow), RemoteOf(flow)}, 0, Nanos(i)).endpoint;
        });
        bytes = static_cast<double>(table.MemoryBytes()) / count;
        const uint32_t asks = std::max(count, 200000U);
        timed(out, asks, [&](uint32_t i) {
            const uint32_t flow = FlowAt(i, count);
            table.Outbound({17, InsideOf(flow), RemoteOf(flow)}, 0, std::chrono::seconds(1));
        });
        timed(in, asks, [&](uint32_t i) {
            const uint32_t flow = FlowAt(i, count);
            table.Inbound(17, ends[flow], RemoteOf(flow), 0, std::chrono::seconds(1));
        });
        const double before = ProcessorSeconds();
        table.Advance(std::chrono::seconds(1000));
        end.push_back((ProcessorSeconds() - before) / count * 1e9);
        if (table.size() != 0)
        {
            fmt::print(stderr, "mappings are left over\n");
        }
    }
    fmt::print("{:>9} mappings, {:.0f} octets each: make {} ns, out {} ns, in {} ns, end {} ns\n",
               count,
               bytes,
               Spread(make, 0),
               Spread(out, 0),
               Spread(in, 0),
               Spread(end, 0));
}

} // namespace

int
main(int argc, char* argv[])
{
    constexpr uint32_t FEW = 1000;
    constexpr uint32_t MANY = 100000;
    constexpr uint32_t MILLION = 1000000;
    const Setup plain{};
    const Setup fast{true, true};
    const Setup natted{true, false, false, true};
    const Setup fastNatted{true, true, false, true};
    std::vector<Variant> variants{
        MakeVariant("stock", {false}, MANY),
        MakeVariant("plain", plain, MANY),
        MakeVariant("NAT, 1,000 mappings", natted, FEW),
        MakeVariant("NAT, 100,000 mappings", natted, MANY),
        MakeVariant("fast path", fast, MANY),
        MakeVariant("fast path and NAT, 1,000", fastNatted, FEW),
        MakeVariant("fast path and NAT, 100,000", fastNatted, MANY),
        MakeVariant("onlooker", {true, false, true}, MANY),
        MakeVariant("onlooker and NAT, 100,000", {true, false, true, true}, MANY),
        MakeVariant("NAT, 1,000,000 mappings", natted, MILLION),
        MakeVariant("fast path and NAT, 1,000,000", fastNatted, MILLION),
    };
    if (IsOneRun(argc, argv))
    {
        return RunOne(variants, argv);
    }
    Load load;
    load.packets = 100000;
    uint32_t runs = 7;
    std::string only;
    bool million = true;
    CommandLine cmd(__FILE__);
    cmd.AddValue("packets", "Packets of a run", load.packets);
    cmd.AddValue("payload", "Bytes of a packet's payload", load.payload);
    cmd.AddValue("runs", "Runs of each variant", runs);
    cmd.AddValue("only", "Part of the names of the variants to run; for a profile", only);
    cmd.AddValue("million", "Also run with 1,000,000 mappings", million);
    cmd.Parse(argc, argv);
    if (load.payload < 4 || !IsFeasible("nat-bench", load, runs))
    {
        return 2;
    }
    if (!million)
    {
        variants.resize(variants.size() - 2);
    }
    Choose(variants, only);
    fmt::print("{} packets of {} bytes through one router, {} runs: median [least to most]\n",
               load.packets,
               load.payload,
               runs);
    if (!TakeTurns(variants, load, runs, 2))
    {
        return 1;
    }
    const std::pair<const char*, const char*> ratios[] = {
        {"NAT, 100,000 mappings", "plain"},
        {"fast path and NAT, 100,000", "fast path"},
        {"onlooker and NAT, 100,000", "onlooker"},
        {"NAT, 100,000 mappings", "stock"},
        {"NAT, 1,000,000 mappings", "NAT, 1,000 mappings"},
        {"fast path and NAT, 1,000,000", "fast path and NAT, 1,000"},
    };
    for (const auto& [ours, theirs] : ratios)
    {
        PrintRatio(variants, ours, theirs);
    }
    for (const uint32_t count : {1000U, 100000U, 1000000U})
    {
        if (only.empty() && (million || count < 1000000))
        {
            BenchTable(count, 5);
        }
    }
    return 0;
}

// SPDX-License-Identifier: GPL-2.0-only

// What does a firewall cost a router, and does it depend on how many flows and rules there are?
//
// A router between two links carries datagrams of UDP of many flows, in no order that a cache could
// learn, one out and one back in turn. The variants take turns, each in a process of its own: the
// stock stack; the same with an element at the hook points that sees every datagram and does
// nothing (for IPv6, which has none in ns-3, a handler that passes all on); and the firewall with
// a number of flows that are known and answered before the clock starts, and of rules that are
// about all datagrams and hold for none; for IPv4 also on the fast path of StrataIpv4. In a second
// part each datagram begins a flow. Time is the processor's, of Simulator::Run() while the packets
// are under way.
//
// Then the machine alone: how many flows a second it begins, knows again and forgets, and how large
// one is.

#include "strata-bench-turns.h"

#include "ns3/boolean.h"
#include "ns3/command-line.h"
#include "ns3/internet-stack-helper.h"
#include "ns3/ipv4.h"
#include "ns3/ipv6.h"
#include "ns3/node-container.h"
#include "ns3/simulator.h"
#include "ns3/strata-ether-type.h"
#include "ns3/strata-firewall-helper.h"
#include "ns3/strata-ipv4-helper.h"
#include "ns3/strata-point-to-point-helper.h"
#include "ns3/string.h"
#include "ns3/uinteger.h"

#include <memory>
#include <optional>

using namespace ns3;
using namespace ns3::strata;

namespace
{

constexpr int64_t INTERVAL_NS = 2000;
constexpr uint32_t UDP_HEADER = 8;
constexpr uint32_t REMOTE = 0xc6120002; //!< 198.18.0.2, or the last 32 bits of its IPv6 address
constexpr uint32_t HOST = 0x0a000100;   //!< 10.0.1.0 and on, likewise
constexpr uint32_t PORTS_OF_HOST = 50;
constexpr uint16_t FIRST_PORT = 20000;

enum class Path
{
    PLAIN,
    ONLOOKER,
    FIREWALL,
};

struct Setting
{
    bool ipv6{false};
    Path path{Path::PLAIN};
    uint32_t flows{10};
    uint32_t rules{0};
    bool begins{false}; //!< each datagram begins a flow
    bool fast{false};   //!< the fast path of StrataIpv4
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

/** Flows in an order that visits each and jumps far. */
uint32_t
FlowAt(uint32_t i, uint32_t flows)
{
    return static_cast<uint32_t>(uint64_t{i} * 2654435761U % flows);
}

/** A rule of a number, about all datagrams, that holds for none of these. */
std::string
MakeRule(uint32_t number, bool ipv6)
{
    const std::string source = ipv6
                                   ? fmt::format("fd00:3:{:x}::/48", number)
                                   : fmt::format("172.{}.{}.0/24", 16 + number / 256, number % 256);
    return fmt::format("drop proto=udp src={} dport={}", source, number % 2 == 0 ? 80 : 443);
}

/** The datagram of a flow, or an answer. */
Bytes
MakeDatagram(const Setting& setting, uint32_t flow, bool back, uint32_t payload)
{
    const uint32_t host = HOST + flow / PORTS_OF_HOST;
    const auto port = static_cast<uint16_t>(FIRST_PORT + flow % PORTS_OF_HOST);
    Bytes bytes;
    if (setting.ipv6)
    {
        // fd00:1:: and the number of the host, fd00:2:: and that of the remote
        bytes.assign(40, 0);
        bytes[0] = 0x60;
        bytes[4] = static_cast<uint8_t>((UDP_HEADER + payload) >> 8);
        bytes[5] = static_cast<uint8_t>(UDP_HEADER + payload);
        bytes[6] = FirewallPacket::UDP;
        bytes[7] = 64;
        for (const bool source : {true, false})
        {
            const bool inside = source != back;
            uint8_t* address = bytes.data() + (source ? 8 : 24);
            address[0] = 0xfd;
            address[3] = inside ? 1 : 2;
            for (int i = 0; i < 4; ++i)
            {
                address[12 + i] = static_cast<uint8_t>((inside ? host : REMOTE) >> (24 - 8 * i));
            }
        }
    }
    else
    {
        Ipv4WireHeader header;
        header.protocol = FirewallPacket::UDP;
        header.source = back ? REMOTE : host;
        header.destination = back ? host : REMOTE;
        header.totalLength = static_cast<uint16_t>(Ipv4WireHeader::MIN_SIZE + UDP_HEADER + payload);
        header.SetChecksum();
        bytes = EncodeToBytes(header);
    }
    ByteWriter writer(bytes);
    writer.U16(back ? 80 : port);
    writer.U16(back ? port : 80);
    writer.U16(static_cast<uint16_t>(UDP_HEADER + payload));
    writer.U16(0xbeef);
    bytes.resize(bytes.size() + payload, 0x2a);
    return bytes;
}

class Bench
{
  public:
    Bench(const Load& load, const Setting& setting)
        : m_load(load),
          m_setting(setting)
    {
    }

    Outcome Run()
    {
        NodeContainer nodes(3);
        m_router = nodes.Get(1);
        InternetStackHelper stack;
        stack.SetIpv4StackInstall(!m_setting.ipv6);
        stack.SetIpv6StackInstall(m_setting.ipv6);
        stack.Install(m_router);
        StrataPointToPointHelper link;
        link.SetDeviceAttribute("DataRate", StringValue("10Gbps"));
        link.SetChannelAttribute("Delay", StringValue("10us"));
        const auto left = link.Install(NodeContainer(nodes.Get(0), m_router));
        const auto right = link.Install(NodeContainer(m_router, nodes.Get(2)));
        m_near = left.Get(0);
        m_far = right.Get(1);
        Assign(left.Get(1), "10.0.0.1", "255.0.0.0", "fd00:1::1");
        Assign(right.Get(0), "198.18.0.1", "255.255.0.0", "fd00:2::1");
        if (m_setting.fast)
        {
            StrataIpv4Helper helper;
            helper.SetAttribute("FastPath", BooleanValue(true));
            helper.Install(m_router);
        }
        const uint32_t flows = m_setting.begins ? m_load.packets : m_setting.flows;
        if (m_setting.path == Path::ONLOOKER)
        {
            Watch();
        }
        if (m_setting.path == Path::FIREWALL)
        {
            StrataFirewallHelper helper;
            helper.SetAttribute("FlowLimit", UintegerValue(flows));
            for (uint32_t i = 0; i < m_setting.rules; ++i)
            {
                helper.AddRule(MakeRule(i, m_setting.ipv6));
            }
            m_firewall = helper.Install(m_router, right.Get(0));
        }
        for (const uint32_t node : {0, 2})
        {
            nodes.Get(node)->RegisterProtocolHandler(
                Node::ProtocolHandler([this](Ptr<NetDevice>,
                                             Ptr<const Packet> packet,
                                             uint16_t,
                                             const Address&,
                                             const Address&,
                                             NetDevice::PacketType) { Receive(packet); }),
                m_setting.ipv6 ? EtherType::IPV6 : EtherType::IPV4,
                nullptr);
        }
        Simulator::Stop(Seconds(5)); // duplicate addresses are sought, and routers
        Simulator::Run();
        if (!m_setting.begins)
        {
            Carry(0, flows, Way::OUT);
            Carry(0, flows, Way::BACK);
            if (m_delivered != 2 * uint64_t{flows})
            {
                return {};
            }
        }
        m_delivered = 0;
        const double before = ProcessorSeconds();
        Carry(0, m_load.packets, m_setting.begins ? Way::OUT : Way::BOTH);
        Outcome outcome;
        outcome.seconds = ProcessorSeconds() - before;
        outcome.delivered = m_delivered;
        if (m_firewall && m_firewall->GetMachine().Flows().size() != flows)
        {
            outcome.delivered = 0; // not what was to be measured
        }
        return outcome;
    }

  private:
    enum class Way
    {
        OUT,
        BACK,
        BOTH, //!< in turn
    };

    void Assign(Ptr<NetDevice> device, const char* address4, const char* mask, const char* address6)
    {
        if (m_setting.ipv6)
        {
            Ptr<Ipv6> ipv6 = m_router->GetObject<Ipv6>();
            const uint32_t interface = ipv6->AddInterface(device);
            ipv6->AddAddress(interface,
                             Ipv6InterfaceAddress(Ipv6Address(address6), ns3::Ipv6Prefix(64)));
            ipv6->SetUp(interface);
            ipv6->SetForwarding(interface, true);
            return;
        }
        Ptr<Ipv4> ipv4 = m_router->GetObject<Ipv4>();
        const uint32_t interface = ipv4->AddInterface(device);
        ipv4->AddAddress(interface, Ipv4InterfaceAddress(Ipv4Address(address4), Ipv4Mask(mask)));
        ipv4->SetUp(interface);
    }

    void Watch()
    {
        if (!m_setting.ipv6)
        {
            Ipv4Hooks::Of(m_router)->Attach(HookPoint::FORWARD, 0, CreateObject<Onlooker>());
            return;
        }
        Ptr<StrataNode> node = StrataNode::Of(m_router);
        node->TakeOver(
            EtherType::IPV6,
            StrataNode::FrameHandler([node = PeekPointer(node)](Ptr<NetDevice> device,
                                                                Ptr<const Packet> packet,
                                                                uint16_t etherType,
                                                                const Address& from,
                                                                const Address& to,
                                                                NetDevice::PacketType packetType) {
                node->PassToStock(device, packet, etherType, from, to, packetType);
            }));
    }

    /** Sends the datagrams of these numbers, and lets them all come. */
    void Carry(uint32_t from, uint32_t to, Way way)
    {
        Simulator::ScheduleNow([=] { SendAll(from, to, way); });
        Simulator::Stop(NanoSeconds(INTERVAL_NS * (to - from) + 1000000));
        Simulator::Run();
    }

    void SendAll(uint32_t from, uint32_t to, Way way)
    {
        const bool back = way == Way::BACK || (way == Way::BOTH && from % 2 == 1);
        const uint32_t flow = m_setting.begins ? from : FlowAt(from, m_setting.flows);
        const Bytes bytes = MakeDatagram(m_setting, flow, back, m_load.payload);
        const Ptr<NetDevice> device = back ? m_far : m_near;
        device->Send(Create<Packet>(bytes.data(), static_cast<uint32_t>(bytes.size())),
                     device->GetBroadcast(),
                     m_setting.ipv6 ? EtherType::IPV6 : EtherType::IPV4);
        if (from + 1 < to)
        {
            Simulator::Schedule(NanoSeconds(INTERVAL_NS), [=] { SendAll(from + 1, to, way); });
        }
    }

    void Receive(const Ptr<const Packet>& packet)
    {
        const uint32_t header = m_setting.ipv6 ? IPV6_HEADER_SIZE : Ipv4WireHeader::MIN_SIZE;
        m_delivered += packet->GetSize() == header + UDP_HEADER + m_load.payload;
    }

    Load m_load;
    Setting m_setting;
    Ptr<Node> m_router;
    Ptr<NetDevice> m_near;
    Ptr<NetDevice> m_far;
    Ptr<StrataFirewall> m_firewall;
    uint64_t m_delivered{0};
};

/** The machine alone, with \p count flows: nanoseconds each, medians of \p runs. */
void
BenchMachine(uint32_t count, bool ipv6, uint32_t runs)
{
    const auto packetOf = [&](uint32_t flow, bool back) {
        const Bytes bytes = MakeDatagram({ipv6}, flow, back, 0);
        FirewallPacket packet =
            ipv6 ? ReadFirewallPacket6(bytes, bytes.size())
                 : ReadFirewallPacket4(*Ipv4WireHeader::Decode(bytes, {}),
                                       ByteView(bytes).Sub(Ipv4WireHeader::MIN_SIZE),
                                       UDP_HEADER);
        packet.in = {back ? FlowSide::OUTSIDE : FlowSide::INSIDE, back};
        packet.out = {back ? FlowSide::INSIDE : FlowSide::OUTSIDE, !back};
        return packet;
    };
    std::vector<FirewallPacket> packets;
    for (uint32_t i = 0; i < count; ++i)
    {
        packets.push_back(packetOf(FlowAt(i, count), i % 2 == 1));
    }
    std::vector<double> begin;
    std::vector<double> know;
    std::vector<double> forget;
    std::size_t bytes = 0;
    for (uint32_t run = 0; run < runs; ++run)
    {
        FirewallMachine machine;
        FirewallMachine::Config config;
        config.flows.limit = count;
        machine.SetConfig(config);
        std::vector<FlowEvent> events;
        std::vector<FirewallRelease> releases;
        const auto take = [&] {
            machine.SwapEffects(events, releases);
            events.clear();
            releases.clear();
        };
        const auto timed = [&](std::vector<double>& into, auto&& what) {
            const double before = ProcessorSeconds();
            what();
            into.push_back((ProcessorSeconds() - before) / count * 1e9);
        };
        timed(begin, [&] {
            for (uint32_t i = 0; i < count; ++i)
            {
                FirewallPacket packet = packets[i];
                if (packet.in.side == FlowSide::OUTSIDE)
                {
                    std::swap(packet.source, packet.destination);
                    std::swap(packet.sourcePort, packet.destinationPort);
                    std::swap(packet.in, packet.out);
                }
                machine.Step(packet, i, Nanos(i));
                take();
            }
        });
        if (machine.Flows().size() != count)
        {
            fmt::print(stderr, "flows are missing\n");
        }
        bytes = machine.Flows().MemoryBytes();
        timed(know, [&] {
            for (uint32_t i = 0; i < count; ++i)
            {
                machine.Step(packets[i], i, std::chrono::seconds(1));
            }
        });
        timed(forget, [&] {
            machine.Advance(std::chrono::hours(1));
            take();
        });
        if (machine.Flows().size() != 0)
        {
            fmt::print(stderr, "flows are left over\n");
        }
    }
    fmt::print("{:>9} flows of {}, {:.0f} octets each: begin {} ns, know {} ns, forget {} ns\n",
               count,
               ipv6 ? "IPv6" : "IPv4",
               static_cast<double>(bytes) / count,
               Spread(begin, 0),
               Spread(know, 0),
               Spread(forget, 0));
}

std::vector<Variant>
MakeVariants()
{
    std::vector<Variant> variants;
    for (const bool ipv6 : {false, true})
    {
        const auto add = [&](const std::string& name, Setting setting) {
            setting.ipv6 = ipv6;
            variants.push_back({(ipv6 ? "IPv6 " : "IPv4 ") + name,
                                [setting](const Load& l) { return Bench(l, setting).Run(); }});
        };
        add("plain", {});
        add("onlooker", {false, Path::ONLOOKER});
        add("firewall", {false, Path::FIREWALL});
        add("firewall, 100,000 flows", {false, Path::FIREWALL, 100000});
        add("firewall, 1,000,000 flows", {false, Path::FIREWALL, 1000000});
        for (const uint32_t rules : {1U, 10U, 100U, 1000U})
        {
            add(fmt::format("firewall, {} rules", rules), {false, Path::FIREWALL, 10, rules});
        }
        if (!ipv6)
        {
            add("fast path", {false, Path::PLAIN, 10, 0, false, true});
            add("fast path and firewall", {false, Path::FIREWALL, 10, 0, false, true});
            add("fast path and firewall, 100,000 flows",
                {false, Path::FIREWALL, 100000, 0, false, true});
        }
        for (const uint32_t rules : {0U, 1U, 10U, 100U, 1000U})
        {
            add(fmt::format("new flows, {} rules", rules),
                {false, Path::FIREWALL, 10, rules, true});
        }
    }
    return variants;
}

} // namespace

int
main(int argc, char* argv[])
{
    std::vector<Variant> variants = MakeVariants();
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
    cmd.AddValue(
        "only",
        "Name, or part of the names, of the variants to run, with _ for spaces; for a profile",
        only);
    cmd.AddValue("million", "Also run with 1,000,000 flows", million);
    cmd.Parse(argc, argv);
    std::replace(only.begin(), only.end(), '_', ' '); // the command line takes no spaces
    if (!IsFeasible("firewall-bench", load, runs))
    {
        return 2;
    }
    Choose(variants, only);
    if (!million)
    {
        variants.erase(std::remove_if(variants.begin(),
                                      variants.end(),
                                      [](const Variant& v) {
                                          return v.name.find("1,000,000") != std::string::npos;
                                      }),
                       variants.end());
    }
    fmt::print("{} packets of {} bytes through one router, {} runs: median [least to most]\n",
               load.packets,
               load.payload,
               runs);
    if (!TakeTurns(variants, load, runs, 1))
    {
        return 1;
    }
    const auto ratio = [&](const std::string& ours, const std::string& theirs) {
        PrintRatio(variants, ours, theirs);
    };
    ratio("IPv4 fast path and firewall", "IPv4 fast path");
    ratio("IPv4 fast path and firewall", "IPv4 plain");
    ratio("IPv4 fast path and firewall, 100,000 flows", "IPv4 fast path");
    for (const std::string family : {"IPv4 ", "IPv6 "})
    {
        ratio(family + "onlooker", family + "plain");
        ratio(family + "firewall", family + "plain");
        for (const char* what : {"firewall, 100,000 flows",
                                 "firewall, 1,000,000 flows",
                                 "firewall, 1 rules",
                                 "firewall, 10 rules",
                                 "firewall, 100 rules",
                                 "firewall, 1000 rules",
                                 "new flows, 0 rules"})
        {
            ratio(family + what, family + "firewall");
        }
        ratio(family + "firewall", family + "onlooker");
        for (const char* what : {"1", "10", "100", "1000"})
        {
            ratio(family + "new flows, " + what + " rules", family + "new flows, 0 rules");
        }
    }
    for (const bool ipv6 : {false, true})
    {
        for (const uint32_t count : {1000U, 100000U, 1000000U})
        {
            if (only.empty() && (million || count < 1000000))
            {
                BenchMachine(count, ipv6, 5);
            }
        }
    }
    return 0;
}

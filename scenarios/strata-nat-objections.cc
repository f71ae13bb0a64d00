// SPDX-License-Identifier: GPL-2.0-only

// Question: what do the objections to NAT come to, each beside a plain router?
//
// Section 5.7.2 of Tanenbaum and Wetherall's "Computer Networks" lists them. Each is tried through
// a plain router, through a NAT, and through a NAT with the special precaution that the text or an
// RFC names for it, where there is one.

#include "ns3/boolean.h"
#include "ns3/global-value.h"
#include "ns3/inet-socket-address.h"
#include "ns3/internet-stack-helper.h"
#include "ns3/ipv4-static-routing-helper.h"
#include "ns3/simulator.h"
#include "ns3/strata-fib-helper.h"
#include "ns3/strata-ipv4-convert.h"
#include "ns3/strata-ipv4-helper.h"
#include "ns3/strata-middlebox-world.h"
#include "ns3/strata-nat-helper.h"
#include "ns3/strata-node.h"
#include "ns3/strata-point-to-point-helper.h"
#include "ns3/strata-probe-application.h"
#include "ns3/strata-rendezvous-application.h"
#include "ns3/strata-study.h"
#include "ns3/strata-traffic-helper.h"
#include "ns3/strata-udp-header.h"
#include "ns3/string.h"
#include "ns3/udp-socket-factory.h"
#include "ns3/uinteger.h"

#include <algorithm>
#include <fmt/format.h>
#include <functional>
#include <iostream>
#include <set>
#include <sstream>

using namespace ns3;
using namespace ns3::strata;

namespace
{

const Time START = Seconds(2);
const Time END = Seconds(120);
constexpr uint32_t MESSAGES = 20;
constexpr uint16_t PORT = 5555;

/** What "the first 4096 ports are reserved" leaves of 65,536. */
constexpr uint32_t PORTS = 61'440;

struct Settings
{
    uint32_t hosts{100};
    uint32_t connections{20};
    Nanos down{1'000'000'000};
    bool pcap{false};
};

/** What an objection is tried through. */
enum Case
{
    ROUTER,
    NAT,
    PATCHED,
};

constexpr const char* CASES[] = {"router", "nat", "patched"};

/** So much of what was wanted came about, and what else there is to say. */
struct Outcome
{
    uint32_t done{0};
    uint32_t wanted{0};
    std::string remark;
};

struct Objection
{
    const char* number;
    const char* name;
    const char* what;     //!< is counted
    const char* patch;    //!< the special precaution; empty: none is known
    const char* sentence; //!< of the text
    Outcome (*run)(Case, const Settings&, const std::string& pcap);
};

MiddleboxPlan
PlanFor(Case which,
        const std::string& pcap,
        const std::vector<std::pair<std::string, std::string>>& patch)
{
    MiddleboxPlan plan;
    plan.rate = 10e6;
    plan.pcap = pcap;
    if (which != ROUTER)
    {
        plan.left[0].nat = "port-restricted-cone";
        plan.left[0].attributes = {{"FtpAlg", "false"}};
    }
    if (which == PATCHED)
    {
        plan.left[0].attributes.insert(plan.left[0].attributes.end(), patch.begin(), patch.end());
    }
    return plan;
}

Ptr<TrafficApplication>
Start(const StrataTrafficHelper& helper, Ptr<Node> node)
{
    ApplicationContainer applications = helper.Install(node);
    applications.Start(START);
    return DynamicCast<TrafficApplication>(applications.Get(0));
}

void
Assign(Ptr<NetDevice> device, uint32_t address, const char* mask)
{
    Ptr<Ipv4> ipv4 = device->GetNode()->GetObject<Ipv4>();
    const int32_t known = ipv4->GetInterfaceForDevice(device);
    const uint32_t interface =
        known < 0 ? ipv4->AddInterface(device) : static_cast<uint32_t>(known);
    ipv4->AddAddress(interface, {Ipv4Address(address), Ipv4Mask(mask)});
    ipv4->SetUp(interface);
}

void
Simulate()
{
    Simulator::Stop(END);
    Simulator::Run();
}

/** Homes at one ISP, each with a host and a box. The server sends to what each host calls itself.
 */
Outcome
UniqueAddresses(Case which, const Settings& settings, const std::string& pcap)
{
    Ptr<Node> server = CreateObject<Node>();
    Ptr<Node> isp = CreateObject<Node>();
    NodeContainer hosts(settings.hosts);
    NodeContainer boxes(settings.hosts);
    InternetStackHelper stack;
    stack.SetIpv6StackInstall(false);
    for (const NodeContainer& nodes : {NodeContainer(server, isp), hosts, boxes})
    {
        stack.Install(nodes);
        StrataIpv4Helper().Install(nodes);
    }
    StrataPointToPointHelper line;
    // Links of four addresses: one end is 1, the other 2.
    const auto connect = [&](Ptr<Node> one, Ptr<Node> two, uint32_t network) {
        const NetDeviceContainer ends = line.Install(one, two);
        Assign(ends.Get(0), network + 1, "/30");
        Assign(ends.Get(1), network + 2, "/30");
        return ends;
    };
    const auto gateway = [](Ptr<Node> node, uint32_t address) {
        FibHelper::GetFib(node)->AddRoute("0.0.0.0/0", Ipv4Address(address));
    };
    constexpr uint32_t SERVERS = 0xc0000200; // 192.0.2.0
    connect(server, isp, SERVERS);
    gateway(server, SERVERS + 2);
    uint32_t arrived = 0;
    std::set<Ipv4Address> addresses;
    Ptr<Socket> sender = Socket::CreateSocket(server, UdpSocketFactory::GetTypeId());
    for (uint32_t i = 0; i < settings.hosts; ++i)
    {
        const uint32_t access = 0xc63c0000 + 4 * i;                              // 198.60.0.0
        const uint32_t home = which == ROUTER ? 0xc7000000 + 4 * i : 0x0a000000; // 199.0.0.0
        connect(hosts.Get(i), boxes.Get(i), home);
        const NetDeviceContainer ends = connect(isp, boxes.Get(i), access);
        gateway(hosts.Get(i), home + 2);
        gateway(boxes.Get(i), access + 1);
        if (which == NAT)
        {
            StrataNatHelper().Install(boxes.Get(i), ends.Get(1));
        }
        else
        {
            std::ostringstream prefix;
            prefix << Ipv4Address(home) << "/30";
            FibHelper::GetFib(isp)->AddRoute(prefix.str(), Ipv4Address(access + 2));
        }
        if (!pcap.empty() && i == 0)
        {
            line.EnablePcap(pcap + "-outside.pcap", ends.Get(1), true, true);
        }
        Ptr<Socket> receiver = Socket::CreateSocket(hosts.Get(i), UdpSocketFactory::GetTypeId());
        receiver->Bind(InetSocketAddress(Ipv4Address::GetAny(), PORT));
        receiver->SetRecvCallback(Callback<void, Ptr<Socket>>([&arrived](Ptr<Socket> socket) {
            while (socket->Recv())
            {
                ++arrived;
            }
        }));
        const Ipv4Address own = hosts.Get(i)->GetObject<Ipv4>()->GetAddress(1, 0).GetLocal();
        addresses.insert(own);
        Simulator::Schedule(START + MilliSeconds(i), [=] {
            sender->SendTo(Create<Packet>(100), 0, InetSocketAddress(own, PORT));
        });
    }
    Simulate();
    const Outcome outcome{arrived,
                          settings.hosts,
                          fmt::format("{} hosts, {} addresses", settings.hosts, addresses.size())};
    return outcome;
}

/** A remote user calls a game server on the home network. */
Outcome
EndToEnd(Case which, const Settings&, const std::string& pcap)
{
    MiddleboxWorld world(PlanFor(which, pcap, {}));
    if (which == PATCHED)
    {
        world.Forward(0, "tcp", PORT);
    }
    StrataTrafficHelper server("MessageServer");
    server.SetAttribute("Count", UintegerValue(MESSAGES));
    server.Install(world.GetHost(MiddleboxWorld::LEFT));
    StrataTrafficHelper client("MessageClient");
    client.SetAttribute("Remote", StringValue(world.AtHost(MiddleboxWorld::LEFT, PORT)));
    client.SetAttribute("Count", UintegerValue(MESSAGES));
    Ptr<TrafficApplication> caller = Start(client, world.GetServer());
    uint32_t heard = 0;
    caller->TraceConnectWithoutContext("Message", Callback<void, uint32_t>([&](uint32_t count) {
                                           heard = count;
                                       }));
    Simulate();
    return {heard, MESSAGES, TrafficVerdictName(caller->GetVerdict())};
}

/** Connections are open when the box crashes. */
Outcome
State(Case which, const Settings& settings, const std::string& pcap)
{
    MiddleboxWorld world(PlanFor(which, pcap, {{"KeepTableOnCrash", "true"}}));
    world.Crash(START + Seconds(10), NanoSeconds(settings.down.count()));
    StrataTrafficHelper server("MessageServer");
    server.SetAttribute("Count", UintegerValue(MESSAGES));
    server.Install(world.GetServer());
    StrataTrafficHelper client("MessageClient");
    client.SetAttribute("Remote", StringValue(world.AtServer(PORT)));
    client.SetAttribute("Count", UintegerValue(MESSAGES));
    client.SetAttribute("Patience", TimeValue(Seconds(100)));
    std::vector<Ptr<TrafficApplication>> clients;
    std::vector<Time> last(settings.connections);
    Time longest;
    for (uint32_t i = 0; i < settings.connections; ++i)
    {
        // One after another: ARP lets few packets wait for its first answer.
        ApplicationContainer applications = client.Install(world.GetHost(MiddleboxWorld::LEFT));
        applications.Start(START + MilliSeconds(10 * i));
        clients.push_back(DynamicCast<TrafficApplication>(applications.Get(0)));
        clients.back()->TraceConnectWithoutContext(
            "Message",
            Callback<void, uint32_t>([&last, &longest, i](uint32_t count) {
                const Time now = Simulator::Now();
                longest = count > 1 ? std::max(longest, now - last[i]) : longest;
                last[i] = now;
            }));
    }
    Simulate();
    const auto whole = std::count_if(clients.begin(), clients.end(), [](const auto& item) {
        return item->GetVerdict() == TrafficVerdict::WORKS;
    });
    return {static_cast<uint32_t>(whole),
            settings.connections,
            whole > 0 ? fmt::format("silent for {:.1f} s at most", longest.GetSeconds())
                      : clients.front()->GetDetail()};
}

/** Numbered messages of a protocol that is neither TCP nor UDP. */
Outcome
Probe(Case which, const std::string& pcap, const std::string& name, uint8_t number)
{
    MiddleboxWorld world(PlanFor(which, pcap, {{"UnknownProtocols", "map"}}));
    StrataTrafficHelper server(name + "Server");
    StrataTrafficHelper client(name + "Client");
    client.SetAttribute("Remote", StringValue(world.AtServer(0)));
    client.SetAttribute("Count", UintegerValue(MESSAGES));
    if (name == "Tcp2")
    {
        server.SetAttribute("Number", UintegerValue(number));
        client.SetAttribute("Number", UintegerValue(number));
    }
    ApplicationContainer servers = server.Install(world.GetServer());
    Ptr<TrafficApplication> prober = Start(client, world.GetHost(MiddleboxWorld::LEFT));
    Simulate();
    const auto answered = static_cast<uint32_t>(std::stoul(prober->GetDetail()));
    std::string remark = TrafficVerdictName(prober->GetVerdict());
    for (const auto& [reason, count] : world.GetDrops())
    {
        remark = fmt::format("{} dropped: {}", count, reason);
    }
    const uint64_t spoilt = DynamicCast<AnswerApplication>(servers.Get(0))->GetSpoilt();
    return {answered,
            MESSAGES,
            spoilt > 0 ? fmt::format("{} came spoilt: the checksum covers addresses", spoilt)
                       : remark};
}

/** TCP is upgraded, and keeps its number. */
Outcome
Layering(Case which, const Settings&, const std::string& pcap)
{
    return Probe(which, pcap, "Tcp2", 6);
}

Outcome
NewTransport(Case which, const Settings&, const std::string& pcap)
{
    return Probe(which, pcap, "Tcp2", 253);
}

Outcome
Tunnel(Case which, const Settings&, const std::string& pcap)
{
    return Probe(which, pcap, "Tunnel", 4);
}

/** FTP, active as it was first meant. */
Outcome
Ftp(Case which, const Settings&, const std::string& pcap)
{
    constexpr uint32_t size = 10'000;
    MiddleboxWorld world(PlanFor(which, pcap, {{"FtpAlg", "true"}}));
    StrataTrafficHelper("FtpServer").Install(world.GetServer());
    StrataTrafficHelper client("FtpClient");
    client.SetAttribute("Remote", StringValue(world.AtServer(21)));
    client.SetAttribute("Mode", StringValue("active"));
    client.SetAttribute("Size", UintegerValue(size));
    client.SetAttribute("Patience", TimeValue(Seconds(100)));
    Ptr<TrafficApplication> fetcher = Start(client, world.GetHost(MiddleboxWorld::LEFT));
    std::string port;
    fetcher->TraceConnectWithoutContext(
        "Line",
        Callback<void, const std::string&>([&port](const std::string& line) {
            port = line.compare(0, 5, "PORT ") == 0 ? line : port;
        }));
    Simulate();
    const auto octets = static_cast<uint32_t>(std::stoul(fetcher->GetDetail()));
    return {octets, size, "the client says " + port};
}

/** Two telephones tell each other where they want to be spoken to, and keep to that. */
Outcome
Telephone(Case which, const Settings&, const std::string& pcap)
{
    MiddleboxWorld world(PlanFor(which, pcap, {}));
    StrataTrafficHelper("RendezvousServer").Install(world.GetServer());
    std::vector<Ptr<RendezvousPeer>> phones;
    for (const auto side : {MiddleboxWorld::LEFT, MiddleboxWorld::RIGHT})
    {
        const bool left = side == MiddleboxWorld::LEFT;
        StrataTrafficHelper phone("RendezvousPeer");
        phone.SetAttribute("Server", StringValue(world.AtServer(40000)));
        phone.SetAttribute("Name", StringValue(left ? "alice" : "bob"));
        phone.SetAttribute("Peer", StringValue(left ? "bob" : "alice"));
        phone.SetAttribute("Address", StringValue("own"));
        phone.SetAttribute("Adopts", BooleanValue(false));
        phone.SetAttribute("Interval", TimeValue(MilliSeconds(20)));
        phones.push_back(DynamicCast<RendezvousPeer>(Start(phone, world.GetHost(side))));
    }
    Simulate();
    return {phones[0]->GetHeard(),
            phones[1]->GetMoves(),
            fmt::format("the phone outside hears {}", phones[1]->GetHeard())};
}

/** Datagrams of so many machines, each from its port 5000, through one box. */
Outcome
Ports(Case which, const Settings&, const std::string&)
{
    const uint32_t machines = (which == PATCHED ? 2 : 1) * PORTS + 1;
    const uint32_t first = which == ROUTER ? 0x14010000 : 0x0a010000; // 20.1.0.0, 10.1.0.0
    const uint32_t destination = 0xc0000201;                          // 192.0.2.1
    NodeContainer nodes(3);
    InternetStackHelper stack;
    stack.SetIpv6StackInstall(false);
    stack.Install(nodes);
    StrataIpv4Helper().Install(nodes);
    StrataPointToPointHelper line;
    line.SetDeviceAttribute("DataRate", StringValue("1Gbps"));
    const NetDeviceContainer inside = line.Install(nodes.Get(0), nodes.Get(1));
    const NetDeviceContainer outside = line.Install(nodes.Get(1), nodes.Get(2));
    Assign(inside.Get(0), 0x0a000001, "/8");
    Assign(inside.Get(1), 0x0a000002, "/8");
    Assign(outside.Get(0), 0xc63c2a0c, "/24"); // 198.60.42.12
    Assign(outside.Get(1), 0xc63c2a01, "/24");
    Assign(outside.Get(1), destination, "/32");
    for (const uint32_t i : {0, 1})
    {
        FibHelper::GetFib(nodes.Get(i))
            ->AddRoute("0.0.0.0/0", Ipv4Address(i == 0 ? 0x0a000002 : 0xc63c2a01));
    }
    if (which != ROUTER)
    {
        StrataNatHelper helper;
        helper.SetAttribute("MaxMappings", UintegerValue(200'000));
        Ptr<StrataNat> nat = helper.Install(nodes.Get(1), outside.Get(0));
        if (which == PATCHED)
        {
            nat->AddPublicAddress("198.60.42.12");
            nat->AddPublicAddress("198.60.42.13");
        }
    }
    std::set<uint64_t> sources;
    Ptr<Socket> sink = Socket::CreateSocket(nodes.Get(2), UdpSocketFactory::GetTypeId());
    sink->Bind(InetSocketAddress(Ipv4Address::GetAny(), PORT));
    sink->SetRecvCallback(Callback<void, Ptr<Socket>>([&sources](Ptr<Socket> socket) {
        Address from;
        while (socket->RecvFrom(from))
        {
            const auto end = InetSocketAddress::ConvertFrom(from);
            sources.insert(uint64_t{end.GetIpv4().Get()} << 16 | end.GetPort());
        }
    }));
    Ptr<StrataIpv4> host = StrataIpv4Helper::Get(nodes.Get(0));
    uint32_t sent = 0;
    std::function<void()> next = [&] {
        const uint32_t source = first + sent;
        UdpWireHeader udp;
        udp.ports = {5000, PORT};
        udp.checksum = udp.ComputeChecksum4(source, destination, ByteView());
        const Bytes bytes = EncodeToBytes(udp);
        Ipv4HookPacket packet;
        packet.local = true;
        packet.payload = Create<Packet>(bytes.data(), static_cast<uint32_t>(bytes.size()));
        packet.header.protocol = static_cast<uint8_t>(Ipv4Protocol::UDP);
        packet.header.destination = destination;
        Socket::SocketErrno error = Socket::ERROR_NOTERROR;
        packet.route = host->GetHooks()->GetRouting()->RouteOutput(packet.payload,
                                                                   ToStockHeader(packet.header),
                                                                   nullptr,
                                                                   error);
        packet.header.source = source;
        host->GetSender()->SendRouted(packet);
        if (++sent < machines)
        {
            Simulator::Schedule(MicroSeconds(1), next);
        }
    };
    Simulator::ScheduleWithContext(nodes.Get(0)->GetId(), START, next);
    Simulator::Stop(START + Seconds(1));
    Simulator::Run();
    const uint64_t refused = StrataNode::Of(nodes.Get(1))->GetDrops().Packets(NAT_PORTS_EXHAUSTED);
    return {static_cast<uint32_t>(sources.size()), machines, fmt::format("{} refused", refused)};
}

const std::vector<Objection>&
Objections()
{
    static const std::vector<Objection> all{
        {"1",
         "addresses",
         "hosts that are reached at the address they have",
         "",
         "every IP address uniquely identifies a single machine worldwide",
         UniqueAddresses},
        {"2",
         "end-to-end",
         "messages of a server at home to a remote user",
         "port forwarding",
         "any host can send a packet to any other host at any time",
         EndToEnd},
        {"3",
         "state",
         "TCP connections that outlive a crash of the box",
         "the table is saved",
         "if the NAT box crashes [...] all its TCP connections are destroyed",
         State},
        {"4",
         "layering",
         "messages over TCP-2, with 32-bit ports, in the place of TCP",
         "",
         "layer k may not make any assumptions about what layer k + 1 has put into the payload",
         Layering},
        {"5",
         "new transport",
         "messages over TCP-2 with a number of its own",
         "mapping by addresses alone",
         "processes on the Internet are not required to use TCP or UDP",
         NewTransport},
        {"5",
         "tunnel",
         "messages through IP in IP",
         "mapping by addresses alone",
         "the same",
         Tunnel},
        {"6",
         "FTP",
         "octets of a file by active FTP",
         "the box rewrites PORT",
         "FTP [...] inserts IP addresses in the body of packet for the receiver to extract and use",
         Ftp},
        {"6",
         "telephone",
         "of what the phone outside is sent, the phone inside is sent so much that arrives",
         "",
         "and other applications such as the H.323 Internet telephony protocol",
         Telephone},
        {"7",
         "ports",
         "machines that are served at once",
         "a second public address",
         "at most 65,536 machines can be mapped [...] the first 4096 ports are reserved",
         Ports},
    };
    return all;
}

void
Print(const StudyTable& table)
{
    std::cout << fmt::format("{:<2} {:<13} {:>15} {:>15} {:>15}\n",
                             "",
                             "",
                             "plain router",
                             "NAT",
                             "NAT, patched");
    const auto cell = [&table](std::size_t row) {
        const StudyJson& done = table.At(row, "done");
        return fmt::format("{} of {}", done.get<int64_t>(), table.At(row, "wanted").get<int64_t>());
    };
    std::size_t row = 0;
    for (const Objection& objection : Objections())
    {
        const bool patch = *objection.patch != '\0';
        std::cout << fmt::format("{:<2} {:<13} {:>15} {:>15} {:>15}\n",
                                 objection.number,
                                 objection.name,
                                 cell(row),
                                 cell(row + 1),
                                 patch ? cell(row + 2) : "-");
        row += patch ? 3 : 2;
    }
    row = 0;
    for (const Objection& objection : Objections())
    {
        const bool patch = *objection.patch != '\0';
        std::cout << fmt::format("\n{} {}: {}\n  \"{}\"\n",
                                 objection.number,
                                 objection.name,
                                 objection.what,
                                 objection.sentence);
        for (std::size_t i = 0; i < (patch ? 3 : 2); ++i, ++row)
        {
            const std::string note = i < 2 ? "" : fmt::format(" ({})", objection.patch);
            std::cout << fmt::format("  {}{}: {}\n",
                                     CASES[i],
                                     note,
                                     table.At(row, "remark").get<std::string>());
        }
    }
    std::cout << "\n";
}

void
TryAll(Study& study, const Settings& settings)
{
    StudyTable& table = study.Table();
    table.AddGroup("objection", "number and name");
    table.AddGroup("box", "what it is tried through");
    table.AddColumn("done", "1", "of what was wanted", StudyType::INTEGER, StudyRole::MEASURE);
    table.AddColumn("wanted", "1", "see the name", StudyType::INTEGER, StudyRole::MEASURE);
    table.AddColumn("remark", "", "what else was seen", StudyType::TEXT, StudyRole::DETAIL);

    struct Cell
    {
        const Objection* objection;
        Case which;
    };

    std::vector<Cell> cells;
    std::vector<std::string> names;
    for (const Objection& objection : Objections())
    {
        for (const Case which : {ROUTER, NAT, PATCHED})
        {
            if (which != PATCHED || *objection.patch != '\0')
            {
                cells.push_back({&objection, which});
                names.push_back(fmt::format("{} {}", objection.name, CASES[which]));
            }
        }
    }
    // Nothing is random: one run of each says all.
    const auto results = study.Run(names, 1, [&](const StudyJob& job) {
        const Cell& cell = cells[job.cell];
        std::string file = job.name;
        std::replace(file.begin(), file.end(), ' ', '-');
        GlobalValue::Bind("ChecksumEnabled", BooleanValue(true));
        const Outcome outcome =
            cell.objection->run(cell.which,
                                settings,
                                settings.pcap ? study.Folder().Stage(file) : std::string());
        Simulator::Destroy(); // closes the captures
        return StudyJson{
            {"objection", fmt::format("{} {}", cell.objection->number, cell.objection->name)},
            {"box", CASES[cell.which]},
            {"done", outcome.done},
            {"wanted", outcome.wanted},
            {"remark", outcome.remark}};
    });
    for (const StudyJobResult& result : results)
    {
        table.AddRow(result.value);
    }
    Print(table);
}

} // namespace

int
main(int argc, char* argv[])
{
    Study study("nat-objections",
                "What do the objections to NAT come to, each beside a plain router?");
    Settings settings;
    StudyParameters& parameters = study.Parameters();
    parameters.AddInteger("hosts", "that are all 10.0.0.1", 1, 1'000, settings.hosts);
    parameters.AddInteger("connections", "while the box crashes", 1, 1'000, settings.connections);
    parameters.AddTime("down",
                       "how long the box that crashed is away",
                       std::chrono::milliseconds(1),
                       std::chrono::seconds(30),
                       settings.down);
    parameters.AddFlag("pcap", "capture on both sides of the box", settings.pcap);
    parameters.SetDefaultRuns(1);
    return study.Main(argc, argv, [&] { TryAll(study, settings); });
}

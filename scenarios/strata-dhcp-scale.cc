// SPDX-License-Identifier: GPL-2.0-only

// Question: what does a client cost a DHCP server when thousands boot at once behind relays?
//
// Routers with a relay each serve a LAN of 25 hosts, all of which ask at the same time. A server
// with a line to each router gives each host an address. The cost is the processor time that the
// server's machine needs for the messages of one client, from its DISCOVER to its lease, measured
// in a second run of the machine alone with the very messages of the simulation.

#include "ns3/core-module.h"
#include "ns3/csma-module.h"
#include "ns3/internet-module.h"
#include "ns3/network-module.h"
#include "ns3/point-to-point-module.h"
#include "ns3/strata-dhcp-helper.h"
#include "ns3/strata-dhcp-lease-format.h"
#include "ns3/strata-fib-helper.h"
#include "ns3/strata-study-error.h"
#include "ns3/strata-study-parameters.h"

#include <algorithm>
#include <chrono>
#include <ctime>
#include <fmt/format.h>
#include <iostream>
#include <numeric>
#include <set>
#include <string>
#include <thread>
#include <vector>

using namespace ns3;
using namespace ns3::strata;

namespace
{

constexpr uint32_t HOSTS_PER_LAN = 25;
constexpr std::size_t MESSAGES_AT_ONCE = 64; // that are measured together

struct Settings
{
    uint32_t clients{10000};
    bool probe{false};
    Nanos spread{1'000'000'000};
};

struct Result
{
    uint32_t clients{0};
    uint32_t bound{0};
    uint32_t addresses{0};   //!< different ones
    double last{0};          //!< when the last client was bound, in seconds
    uint64_t messages{0};    //!< that the server has received
    double machineMicros{0}; //!< of processor time for a client, in the server's machine
};

/** A message as the server has received it. */
struct Heard
{
    DhcpMessage message;
    Nanos at;
};

double
ProcessorSeconds()
{
    timespec time{};
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time);
    return static_cast<double>(time.tv_sec) + 1e-9 * static_cast<double>(time.tv_nsec);
}

// The LAN of relay i is 10.1.0.0/24 and i networks on, its line to the server 10.0.0.0/30 likewise,
// with the server in front.

uint32_t
LanNetwork(uint32_t i)
{
    return 0x0a010000 + 256 * i;
}

uint32_t
ServerAddress(uint32_t i)
{
    return 0x0a000001 + 4 * i;
}

/** A machine with the subnets of the simulation's server. */
DhcpServerMachine
MakeMachine(const std::vector<DhcpSubnet>& subnets)
{
    DhcpServerParameters parameters;
    parameters.probe = false;
    DhcpServerMachine machine(parameters);
    std::vector<uint32_t> own;
    for (const DhcpSubnet& subnet : subnets)
    {
        const uint32_t number = machine.AddSubnet(subnet);
        const uint32_t network = subnet.network.GetAddress();
        machine.AddRange(number, network + 2, network + 254, true);
        own.push_back(ServerAddress(number));
    }
    machine.SetOwnAddresses(own);
    return machine;
}

/**
 * The processor time of a machine alone for all of \p heard, in microseconds. It is the sum of what
 * the best of some rounds needed for few messages at a time, which shuts out what other programs
 * do.
 */
double
Replay(const std::vector<DhcpSubnet>& subnets, const std::vector<Heard>& heard)
{
    std::vector<double> best(heard.size() / MESSAGES_AT_ONCE + 1, 0);
    for (int round = 0; round < 5; ++round)
    {
        DhcpServerMachine machine = MakeMachine(subnets);
        for (std::size_t i = 0; i < heard.size(); i += MESSAGES_AT_ONCE)
        {
            // In the processor's cache, as what has just been received.
            const std::size_t end = std::min(heard.size(), i + MESSAGES_AT_ONCE);
            const std::vector<Heard> fresh(heard.data() + i, heard.data() + end);
            const double start = ProcessorSeconds();
            for (const Heard& one : fresh)
            {
                const uint32_t lan = (one.message.relayAddress - LanNetwork(0)) / 256;
                machine.OnMessage(one.message, {1 + lan, ServerAddress(lan), false}, one.at);
            }
            const double micros = 1e6 * (ProcessorSeconds() - start);
            double& least = best[i / MESSAGES_AT_ONCE];
            least = round == 0 ? micros : std::min(least, micros);
        }
    }
    return std::accumulate(best.begin(), best.end(), 0.0);
}

Result
Run(uint32_t clients, const Settings& settings)
{
    Result result;
    result.clients = clients;
    const uint32_t lans = (clients + HOSTS_PER_LAN - 1) / HOSTS_PER_LAN;
    Ptr<Node> serverNode = CreateObject<Node>();
    NodeContainer relays(lans);
    InternetStackHelper stack;
    stack.SetIpv6StackInstall(false);
    stack.SetRoutingHelper(FibHelper());
    stack.Install(NodeContainer(NodeContainer(serverNode), relays));

    StrataDhcpHelper dhcp;
    dhcp.SetServerAttribute("Probe", BooleanValue(settings.probe));
    Ptr<StrataDhcpServer> server = dhcp.InstallServer(serverNode);
    dhcp.SetClientAttribute("StartDelayMin", TimeValue(Seconds(0)));
    dhcp.SetClientAttribute("StartDelayMax", TimeValue(NanoSeconds(settings.spread.count())));
    std::vector<Ptr<StrataDhcpClient>> all;
    PointToPointHelper line;
    line.SetDeviceAttribute("DataRate", StringValue("1Gbps"));
    CsmaHelper lan;
    lan.SetChannelAttribute("DataRate", StringValue("1Gbps"));
    for (uint32_t i = 0; i < lans; ++i)
    {
        const uint32_t size = std::min(HOSTS_PER_LAN, clients - i * HOSTS_PER_LAN);
        Ipv4AddressHelper(Ipv4Address(ServerAddress(i) - 1), "255.255.255.252")
            .Assign(line.Install(serverNode, relays.Get(i)));
        NodeContainer hosts(size);
        stack.Install(hosts);
        NetDeviceContainer devices =
            lan.Install(NodeContainer(NodeContainer(relays.Get(i)), hosts));
        const Ipv4Address network(LanNetwork(i));
        Ipv4AddressHelper(network, "255.255.255.0").Assign(devices.Get(0));
        const auto host = [network](uint32_t number) {
            return DhcpAddressText(network.Get() + number);
        };
        FibHelper::GetFib(serverNode)->AddRoute(host(0) + "/24", Ipv4Address(ServerAddress(i) + 1));
        DhcpPoolOptions options;
        options.routers = {host(1)};
        StrataDhcpHelper::AddPool(server, host(0) + "/24", host(2), host(254), options);
        dhcp.InstallRelay(relays.Get(i), {DhcpAddressText(ServerAddress(i))});
        for (uint32_t j = 0; j < size; ++j)
        {
            all.push_back(dhcp.InstallClient(devices.Get(1 + j)));
        }
    }
    std::vector<Heard> heard;
    server->TraceConnectWithoutContext(
        "Message",
        Callback<void, const DhcpMessage&, bool>([&](const DhcpMessage& message, bool sent) {
            if (!sent)
            {
                heard.push_back({message, Nanos(Simulator::Now().GetNanoSeconds())});
            }
        }));
    std::set<uint32_t> addresses;
    for (const Ptr<StrataDhcpClient>& client : all)
    {
        client->TraceConnectWithoutContext(
            "NewLease",
            Callback<void, const DhcpLease&>([&](const DhcpLease& lease) {
                addresses.insert(lease.address);
                result.last = Simulator::Now().GetSeconds();
            }));
    }
    StrataDhcpHelper::AssignStreams(NodeContainer::GetGlobal(), 1);
    Simulator::Stop(Seconds(300) + NanoSeconds(settings.spread.count()));
    Simulator::Run();
    for (const Ptr<StrataDhcpClient>& client : all)
    {
        result.bound += client->GetState() == "BOUND" ? 1 : 0;
    }
    result.addresses = static_cast<uint32_t>(addresses.size());
    result.messages = heard.size();
    // In a thread of its own, whose heap is not the one that the simulation has cut into pieces.
    std::thread([&] {
        result.machineMicros = Replay(server->GetSubnets(), heard) / clients;
    }).join();
    Simulator::Destroy();
    return result;
}

} // namespace

int
main(int argc, char* argv[])
{
    try
    {
        Settings settings;
        StudyParameters parameters(
            "dhcp-scale",
            "Hosts that boot at once behind DHCP relays: are all served, and "
            "does a client cost the server the same however many there are?",
            false);
        parameters.AddInteger("clients",
                              "the largest number of hosts; a hundredth and a tenth go before",
                              1,
                              20000,
                              settings.clients);
        parameters.AddFlag("probe",
                           "whether the server asks by ICMP echo before an offer",
                           settings.probe);
        parameters.AddTime("spread",
                           "within which all hosts send their first DISCOVER",
                           Nanos(0),
                           Nanos(600'000'000'000),
                           settings.spread);
        if (!parameters.Parse({argv + 1, argv + argc}, std::cout))
        {
            return 0;
        }
        std::cout << "clients   bound   addresses   last bound (s)   messages per client   server "
                     "(us of CPU per client)\n";
        bool good = true;
        std::set<uint32_t> sizes{std::max(settings.clients / 100, 1U),
                                 std::max(settings.clients / 10, 1U),
                                 settings.clients};
        for (const uint32_t clients : sizes)
        {
            const Result result = Run(clients, settings);
            std::cout << fmt::format("{:>7} {:>7} {:>11} {:>16.2f} {:>21.2f} {:>31.2f}",
                                     result.clients,
                                     result.bound,
                                     result.addresses,
                                     result.last,
                                     static_cast<double>(result.messages) / result.clients,
                                     result.machineMicros)
                      << std::endl;
            good = good && result.bound == clients && result.addresses == clients;
        }
        if (!good)
        {
            throw StudyError("not every host has got an address of its own");
        }
        return 0;
    }
    catch (const StudyError& error)
    {
        std::cerr << "dhcp-scale: " << error.what() << "\n";
        return 1;
    }
}

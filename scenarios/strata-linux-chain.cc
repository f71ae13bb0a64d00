// SPDX-License-Identifier: GPL-2.0-only

// Question: does Linux find our routers to be routers? Two namespaces talk through a chain of them.
//
//   left namespace                                                             right namespace
//   10.1.0.2 ---- 10.1.0.1 [R1] 10.0.1.1 ---- 10.0.1.2 [R2] ... [RN] 10.2.0.1 ---- 10.2.0.2
//            |                                                                 |
//            +--- 10.1.0.3 [G] 10.2.0.3 -------- with --second-gateway --------+
//
// In real time, until the duration is over or the program is interrupted. "ready" is printed once
// an echo of R1 was answered by the right namespace, and one of RN by the left one: each through
// the whole chain. With a second gateway R1 sends to the right through it, on the LAN from which
// the packets come; so it tells the left namespace of the better way (ICMP redirect).
//
// With --dhcp the device of the left namespace, strata0, comes up without an address. R1 relays to
// a DHCP server on RN, which gives 10.1.0.2, the mask and the gateway; a single router serves
// itself. "ready" then means that packets flow from R1 to the right namespace and back, and that
// the server waits; the address is for the tester to get, by "udhcpc -i strata0" or dhclient.
//
// With --nat, R1 translates to its own address on its right: 10.0.1.1, or 10.2.0.1 if it is the
// only router. Nobody behind it reaches the left LAN by its addresses; both echoes are R1's then.

#include "ns3/bridge-module.h"
#include "ns3/core-module.h"
#include "ns3/csma-module.h"
#include "ns3/internet-module.h"
#include "ns3/network-module.h"
#include "ns3/strata-arp-helper.h"
#include "ns3/strata-dhcp-helper.h"
#include "ns3/strata-fib-helper.h"
#include "ns3/strata-ipv4-helper.h"
#include "ns3/strata-nat-helper.h"
#include "ns3/strata-point-to-point-helper.h"
#include "ns3/strata-study-error.h"
#include "ns3/strata-study-parameters.h"
#include "ns3/strata-tap-helper.h"

#include <algorithm>
#include <charconv>
#include <csignal>
#include <ctime>
#include <fmt/format.h>
#include <iostream>
#include <memory>
#include <string>
#include <utility>
#include <vector>

using namespace ns3;
using namespace ns3::strata;

namespace
{

const Ipv4Mask LAN_MASK("/24");
constexpr uint32_t LEAST_MTU = 68;   // RFC 791
constexpr uint32_t MOST_MTU = 65521; // of a TAP

struct Settings
{
    uint32_t hops{3};
    std::string mtu{"1500"};
    std::string left;
    std::string right;
    Nanos duration{60'000'000'000};
    Nanos delay{1'000'000};
    double rate{100};
    bool secondGateway{false};
    bool dhcp{false};
    std::string nat;
};

/** 10.B.C.D */
Ipv4Address
Ten(uint32_t b, uint32_t c, uint32_t d)
{
    return Ipv4Address((10U << 24) | (b << 16) | (c << 8) | d);
}

/** 10.B.C.0/24 */
std::string
Network(uint32_t b, uint32_t c)
{
    return fmt::format("10.{}.{}.0/24", b, c);
}

/** The MTUs of all links, from the left LAN to the right one. \throws StudyError */
std::vector<uint16_t>
ReadMtus(const std::string& text, uint32_t links)
{
    std::vector<uint16_t> mtus;
    for (std::size_t start = 0; start <= text.size();)
    {
        const std::size_t end = std::min(text.find(',', start), text.size());
        const std::string word = text.substr(start, end - start);
        uint32_t mtu = 0;
        const auto [stop, error] = std::from_chars(word.data(), word.data() + word.size(), mtu);
        if (error != std::errc() || stop != word.data() + word.size() || mtu < LEAST_MTU ||
            mtu > MOST_MTU)
        {
            throw StudyError(fmt::format("--mtu: '{}' is not a whole number from {} to {}",
                                         word,
                                         LEAST_MTU,
                                         MOST_MTU));
        }
        mtus.push_back(static_cast<uint16_t>(mtu));
        start = end + 1;
    }
    if (mtus.size() > links)
    {
        throw StudyError(fmt::format("--mtu names {} MTUs, and there are {} links from the left "
                                     "LAN to the right one",
                                     mtus.size(),
                                     links));
    }
    mtus.resize(links, mtus.back());
    return mtus;
}

/** One side: a LAN 10.NET.0.0/24 with Linux as host 2. */
struct Side
{
    uint32_t net;
    std::string space;
    uint16_t mtu;
    bool dhcp; //!< Linux gets its address by DHCP
};

/** Makes nodes into routers. */
void
InstallRouters(NodeContainer routers)
{
    InternetStackHelper internet;
    internet.SetIpv6StackInstall(false);
    internet.SetRoutingHelper(FibHelper());
    internet.Install(routers);
    StrataIpv4Helper().Install(routers);
    StrataArpHelper().Install(routers);
}

/** Gives \p device, on a router, an address with a prefix of 24 bits. */
void
AddAddress(Ptr<NetDevice> device, Ipv4Address address)
{
    Ptr<Ipv4> ipv4 = device->GetNode()->GetObject<Ipv4>();
    int32_t interface = ipv4->GetInterfaceForDevice(device);
    if (interface < 0)
    {
        interface = static_cast<int32_t>(ipv4->AddInterface(device));
    }
    ipv4->AddAddress(interface, Ipv4InterfaceAddress(address, LAN_MASK));
    ipv4->SetUp(interface);
}

/**
 * Connects Linux and the routers to one Ethernet segment. A single router has the TAP itself; for
 * more, a switch has it, and a cable to each router.
 *
 * \return the device of each router
 * \throws StudyError
 */
NetDeviceContainer
MakeLan(const Side& side, NodeContainer routers)
{
    StrataTapHelper tap;
    tap.SetNamespace(side.space);
    if (!side.dhcp)
    {
        tap.SetAddress(Ten(side.net, 0, 2), LAN_MASK);
        tap.SetGateway(Ten(side.net, 0, 1));
    }
    tap.SetMtu(side.mtu);
    const bool alone = routers.GetN() == 1;
    Ptr<Node> end = alone ? routers.Get(0) : CreateObject<Node>();
    const auto device = tap.Install(end);
    if (!device)
    {
        throw StudyError(device.error());
    }
    NetDeviceContainer ports(*device);
    if (alone)
    {
        return ports;
    }
    CsmaHelper cable;
    cable.SetDeviceAttribute("Mtu", UintegerValue(side.mtu));
    cable.SetChannelAttribute("DataRate", StringValue("1Gbps"));
    NetDeviceContainer devices;
    for (uint32_t i = 0; i < routers.GetN(); ++i)
    {
        NetDeviceContainer ends = cable.Install(NodeContainer(routers.Get(i), end));
        devices.Add(ends.Get(0));
        ports.Add(ends.Get(1));
    }
    BridgeHelper().Install(end, ports);
    return devices;
}

/** A server on the last router, and a relay on the first one. */
void
InstallDhcp(NodeContainer routers)
{
    const uint32_t n = routers.GetN();
    StrataDhcpHelper dhcp;
    DhcpPoolOptions options;
    options.routers = {"10.1.0.1"};
    StrataDhcpHelper::AddPool(dhcp.InstallServer(routers.Get(n - 1)),
                              Network(1, 0),
                              "10.1.0.2",
                              "10.1.0.2",
                              options);
    if (n > 1)
    {
        dhcp.InstallRelay(routers.Get(0), {fmt::format("10.0.{}.2", n - 1)});
    }
}

/** The routers, their links, addresses and routes. \return R1 to RN \throws StudyError */
NodeContainer
Build(const Settings& settings)
{
    const uint32_t n = settings.hops;
    const std::vector<uint16_t> mtus = ReadMtus(settings.mtu, n + 1);
    const Side left{1, settings.left, mtus.front(), settings.dhcp};
    const Side right{2, settings.right, mtus.back(), false};

    NodeContainer routers(n);
    NodeContainer second(settings.secondGateway ? 1 : 0);
    InstallRouters(NodeContainer(routers, second));
    StrataPointToPointHelper link;
    link.SetDeviceAttribute("DataRate",
                            DataRateValue(DataRate(static_cast<uint64_t>(settings.rate * 1e6))));
    link.SetChannelAttribute("Delay", TimeValue(NanoSeconds(settings.delay.count())));
    Ptr<NetDevice> rightOfFirst;
    for (uint32_t i = 1; i < n; ++i)
    {
        link.SetDeviceAttribute("Mtu", UintegerValue(mtus[i]));
        NetDeviceContainer ends = link.Install(routers.Get(i - 1), routers.Get(i));
        rightOfFirst = i == 1 ? ends.Get(0) : rightOfFirst;
        AddAddress(ends.Get(0), Ten(0, i, 1));
        AddAddress(ends.Get(1), Ten(0, i, 2));
    }
    NetDeviceContainer onLeft = MakeLan(left, NodeContainer(NodeContainer(routers.Get(0)), second));
    NetDeviceContainer onRight =
        MakeLan(right, NodeContainer(NodeContainer(routers.Get(n - 1)), second));
    AddAddress(onLeft.Get(0), Ten(1, 0, 1));
    AddAddress(onRight.Get(0), Ten(2, 0, 1));

    if (!settings.nat.empty())
    {
        StrataNatHelper nat;
        nat.SetKind(settings.nat);
        nat.Install(routers.Get(0), n > 1 ? rightOfFirst : onRight.Get(0));
    }

    // Router i has link i-1 on its left and link i on its right; link 0 is the left LAN.
    const std::string leftLan = Network(1, 0);
    const std::string rightLan = Network(2, 0);
    for (uint32_t i = 1; i <= n; ++i)
    {
        Ptr<FibRouting> fib = FibHelper::GetFib(routers.Get(i - 1));
        if (i > 1)
        {
            fib->AddRoute(leftLan, Ten(0, i - 1, 1));
        }
        if (i < n && !(i == 1 && settings.secondGateway))
        {
            fib->AddRoute(rightLan, Ten(0, i, 2));
        }
        for (uint32_t j = 1; j < n; ++j)
        {
            if (j + 1 < i)
            {
                fib->AddRoute(Network(0, j), Ten(0, i - 1, 1));
            }
            else if (j > i)
            {
                fib->AddRoute(Network(0, j), Ten(0, i, 2));
            }
        }
    }
    if (settings.secondGateway)
    {
        AddAddress(onLeft.Get(1), Ten(1, 0, 3));
        AddAddress(onRight.Get(1), Ten(2, 0, 3));
        for (uint32_t j = 1; j < n; ++j)
        {
            FibHelper::GetFib(second.Get(0))->AddRoute(Network(0, j), Ten(1, 0, 1));
        }
        if (n > 1)
        {
            FibHelper::GetFib(routers.Get(0))->AddRoute(rightLan, Ten(1, 0, 3));
        }
        else
        {
            // The only router is on the right LAN itself; a route to the host alone is better.
            FibHelper::GetFib(routers.Get(0))->AddRoute("10.2.0.2/32", Ten(1, 0, 3));
        }
    }
    return routers;
}

/** Sends echo requests from a router to a host of Linux until one is answered. */
class Probe
{
  public:
    Probe(Ptr<Node> router, Ipv4Address host, Callback<void> answered)
        : m_host(host),
          m_answered(answered),
          m_socket(Socket::CreateSocket(router, Ipv4RawSocketFactory::GetTypeId()))
    {
        m_socket->SetAttribute("Protocol", UintegerValue(Icmpv4L4Protocol::PROT_NUMBER));
        m_socket->SetRecvCallback(MakeCallback(&Probe::Receive, this));
        Simulator::ScheduleWithContext(router->GetId(), Time(0), &Probe::Send, this);
    }

  private:
    static constexpr uint16_t PATIENCE = 20; // requests before the user is told

    void Send()
    {
        Icmpv4Echo echo;
        echo.SetSequenceNumber(++m_sequence);
        Icmpv4Header header;
        header.SetType(Icmpv4Header::ICMPV4_ECHO);
        header.EnableChecksum();
        Ptr<Packet> packet = Create<Packet>();
        packet->AddHeader(echo);
        packet->AddHeader(header);
        m_socket->SendTo(packet, 0, InetSocketAddress(m_host, 0));
        if (m_sequence == PATIENCE)
        {
            std::cerr << "linux-chain: still no answer to a ping of " << m_host << std::endl;
        }
        m_again = Simulator::Schedule(MilliSeconds(250), &Probe::Send, this);
    }

    void Receive(Ptr<Socket> socket)
    {
        Address from;
        while (Ptr<Packet> packet = socket->RecvFrom(from))
        {
            Ipv4Header ip;
            Icmpv4Header icmp;
            packet->RemoveHeader(ip);
            if (packet->GetSize() < icmp.GetSerializedSize() || ip.GetSource() != m_host)
            {
                continue;
            }
            packet->RemoveHeader(icmp);
            if (icmp.GetType() == Icmpv4Header::ICMPV4_ECHO_REPLY && !m_done)
            {
                m_done = true;
                m_again.Cancel();
                // not here: the protocol goes through its list of sockets
                Simulator::ScheduleNow(&Socket::Close, socket);
                m_answered();
            }
        }
    }

    Ipv4Address m_host;
    Callback<void> m_answered;
    Ptr<Socket> m_socket;
    EventId m_again;
    uint16_t m_sequence{0};
    bool m_done{false};
};

/** The signals that end the program; they are blocked in all threads and asked for. */
sigset_t
EndingSignals()
{
    sigset_t set;
    sigemptyset(&set);
    for (const int signal : {SIGINT, SIGTERM, SIGHUP})
    {
        sigaddset(&set, signal);
    }
    return set;
}

void
StopWhenAsked()
{
    const sigset_t ending = EndingSignals();
    const timespec now{};
    if (sigtimedwait(&ending, nullptr, &now) > 0)
    {
        Simulator::Stop();
        return;
    }
    Simulator::Schedule(MilliSeconds(50), &StopWhenAsked);
}

void
Run(const Settings& settings)
{
    for (const auto& [name, value] :
         {std::pair("left", &settings.left), {"right", &settings.right}})
    {
        if (value->empty())
        {
            throw StudyError(fmt::format("--{} names no network namespace", name));
        }
    }
    if (settings.left == settings.right)
    {
        throw StudyError("--left and --right are the same network namespace");
    }
    if (!settings.nat.empty() && !StrataNatHelper::IsKind(settings.nat))
    {
        throw StudyError(
            fmt::format("--nat: '{}' is none of {}", settings.nat, StrataNatHelper::GetKinds()));
    }
    if (!settings.nat.empty() && settings.secondGateway)
    {
        throw StudyError("--nat and --second-gateway: the way around R1 is not translated");
    }
    StrataTapHelper::EnableRealTime();
    const sigset_t ending = EndingSignals();
    pthread_sigmask(SIG_BLOCK, &ending, nullptr);

    NodeContainer routers = Build(settings);
    if (settings.dhcp)
    {
        InstallDhcp(routers);
    }
    int awaited = settings.dhcp ? 1 : 2;
    const Callback<void> answered([&awaited] {
        if (--awaited == 0)
        {
            std::cout << "ready" << std::endl;
        }
    });
    Probe toRight(routers.Get(0), Ten(2, 0, 2), answered);
    std::unique_ptr<Probe> toLeft;
    if (!settings.dhcp)
    {
        const uint32_t from = settings.nat.empty() ? routers.GetN() - 1 : 0;
        toLeft = std::make_unique<Probe>(routers.Get(from), Ten(1, 0, 2), answered);
    }
    Simulator::ScheduleNow(&StopWhenAsked);
    if (settings.duration.count() > 0)
    {
        Simulator::Stop(NanoSeconds(settings.duration.count()));
    }
    Simulator::Run();
    Simulator::Destroy();
}

} // namespace

int
main(int argc, char* argv[])
{
    try
    {
        Settings settings;
        StudyParameters parameters("linux-chain",
                                   "Simulated routers in real time between two network namespaces "
                                   "of Linux: 10.1.0.2 on the left, 10.2.0.2 on the right",
                                   false);
        parameters.AddInteger("hops", "routers in the chain", 1, 255, settings.hops);
        parameters.AddString("mtu",
                             "MTUs in bytes of the links from the left LAN to the right one, with "
                             "commas; the last holds for all that follow",
                             settings.mtu);
        parameters.AddString("left", "network namespace of the left host", settings.left);
        parameters.AddString("right", "network namespace of the right host", settings.right);
        parameters.AddString("nat",
                             "R1 translates as a box of this kind: " + StrataNatHelper::GetKinds(),
                             settings.nat);
        parameters.AddTime("duration",
                           "how long to run; 0 is until interrupted",
                           Nanos(0),
                           Nanos(1'000'000'000'000'000),
                           settings.duration);
        parameters.AddTime("delay",
                           "of each link between routers",
                           Nanos(0),
                           Nanos(10'000'000'000),
                           settings.delay);
        parameters.AddReal("rate",
                           "of each link between routers, in Mbit/s",
                           0.001,
                           100000,
                           settings.rate);
        parameters.AddFlag("second-gateway",
                           "a second router 10.1.0.3 on the left LAN, the better way to the right",
                           settings.secondGateway);
        parameters.AddFlag("dhcp",
                           "the left namespace gets its address by DHCP, through R1 as relay",
                           settings.dhcp);
        if (parameters.Parse({argv + 1, argv + argc}, std::cout))
        {
            Run(settings);
        }
        return 0;
    }
    catch (const StudyError& error)
    {
        std::cerr << "linux-chain: " << error.what() << "\n";
        return 1;
    }
}

// SPDX-License-Identifier: GPL-2.0-only

// Shows: each type of ICMP message (Fig. 5-61), as a host on a LAN sends and gets it.
//
//     host --+-- router A -- server
//            |
//            +-- router B -- printer (both lines: MTU 576, 1 Mbps)
//
// The host finds router A by itself, which then tells it of router B. It pings the printer over B,
// a network that nobody knows, the server with a packet that is too large, and the server faster
// than the line is; it asks for a route that is none, for the way to the server, and for the time.

#include "ns3/core-module.h"
#include "ns3/csma-module.h"
#include "ns3/internet-module.h"
#include "ns3/network-module.h"
#include "ns3/strata-fib-helper.h"
#include "ns3/strata-ipv4-helper.h"
#include "ns3/strata-ping-helper.h"
#include "ns3/strata-point-to-point-helper.h"
#include "ns3/strata-router-discovery-helper.h"
#include "ns3/strata-traceroute-helper.h"

#include <fmt/format.h>
#include <map>
#include <tuple>

using namespace ns3;
using namespace ns3::strata;

/** How often the host sent or got a message of a type and code. */
std::map<std::pair<uint32_t, uint32_t>, uint32_t> g_seen;

void
Count(Ptr<const Packet> frame)
{
    constexpr uint32_t IP = 14; // behind the Ethernet header
    uint8_t bytes[IP + 60 + 2]{};
    frame->CopyData(bytes, sizeof(bytes));
    const uint32_t icmp = IP + (bytes[IP] & 15) * 4;
    if (bytes[IP - 2] == 8 && bytes[IP - 1] == 0 && bytes[IP + 9] == 1)
    {
        ++g_seen[{bytes[icmp], bytes[icmp + 1]}];
    }
}

/** The figure, with the one or two types of each row. */
const std::tuple<const char*, const char*, uint32_t, uint32_t> FIGURE[] = {
    {"Destination unreachable", "Packet could not be delivered", 3, 3},
    {"Time exceeded", "Time to live field hit 0", 11, 11},
    {"Parameter problem", "Invalid header field", 12, 12},
    {"Source quench", "Choke packet", 4, 4},
    {"Redirect", "Teach a host about geography", 5, 5},
    {"Echo and echo reply", "Check if a machine is alive", 8, 0},
    {"Timestamp request/reply", "Same as Echo, but with timestamp", 13, 14},
    {"Router advertisement/solicitation", "Find a nearby router", 9, 10}};

void
PrintFigure()
{
    fmt::print("{:36}{:34}{}\n", "Message type", "Description", "Seen: type/code (how often)");
    for (const auto& [name, description, first, second] : FIGURE)
    {
        fmt::print("{:36}{:32}", name, description);
        for (const auto& [kind, count] : g_seen)
        {
            if (kind.first == first || kind.first == second)
            {
                fmt::print("  {}/{} ({})", kind.first, kind.second, count);
            }
        }
        fmt::print("\n");
    }
}

int
main(int argc, char* argv[])
{
    std::string out = "icmp-figure";
    CommandLine cmd(__FILE__);
    cmd.AddValue("out", "Prefix of the captures", out);
    cmd.Parse(argc, argv);
    GlobalValue::Bind("ChecksumEnabled", BooleanValue(true));

    NodeContainer lan(3); // the host, A and B
    NodeContainer behind(2);
    NodeContainer nodes(lan, behind);
    InternetStackHelper().Install(nodes);
    StrataIpv4Helper ipv4;
    ipv4.SetAttribute("SourceRouting", StringValue("process"));
    ipv4.SetAttribute("SourceQuench", BooleanValue(true)); // off by default, as RFC 6633 wants
    ipv4.Install(nodes);
    CsmaHelper csma;
    const NetDeviceContainer ports = csma.Install(lan);
    Ipv4AddressHelper addresses("10.0.0.0", "255.255.255.0");
    addresses.Assign(ports);
    StrataPointToPointHelper links;
    links.SetDeviceAttribute("DataRate", StringValue("1Mbps"));
    links.SetDeviceAttribute("Mtu", UintegerValue(576));
    links.SetDeviceAttribute("QueueLimit", UintegerValue(5));
    for (uint32_t i : {0, 1})
    {
        addresses.NewNetwork();
        addresses.Assign(links.Install(lan.Get(1 + i), behind.Get(i)));
    }
    FibHelper::GetFib(behind.Get(0))->AddRoute("0.0.0.0/0", "10.0.1.1");
    FibHelper::GetFib(behind.Get(1))->AddRoute("0.0.0.0/0", "10.0.2.1");
    FibHelper::GetFib(lan.Get(1))->AddRoute("10.0.2.0/24", "10.0.0.3");
    csma.EnablePcap(out, ports.Get(0), true);
    links.EnablePcapAll(out);

    Ptr<Node> host = lan.Get(0);
    Ptr<StrataIcmp> icmp = StrataIpv4Helper::Get(host)->GetIcmp();
    ports.Get(0)->TraceConnectWithoutContext("Sniffer", MakeCallback(&Count));

    StrataRouterDiscoveryHelper discovery;
    discovery.InstallRouter(lan.Get(1), 100).Stop(Seconds(15));
    discovery.InstallHosts(host).Start(Seconds(2));

    const auto ping = [host](const char* destination, double start, uint64_t count = 1) {
        StrataPingHelper helper{Ipv4Address(destination)};
        helper.SetAttribute("Count", UintegerValue(count));
        helper.SetAttribute("Timeout", TimeValue(Seconds(1)));
        ApplicationContainer application = helper.Install(host);
        application.Start(Seconds(start));
        return application.Get(0);
    };
    ping("10.0.2.2", 5, 3); // A knows that B is the better first hop
    ping("192.0.2.1", 9);   // nobody knows that network
    Ptr<Application> large = ping("10.0.1.2", 10);
    large->SetAttribute("Size", UintegerValue(1000));
    large->SetAttribute("DontFragment", BooleanValue(true));
    // No router is left out of a strict source route, says RFC 791; this one leaves out A.
    ping("10.0.2.2", 11)->SetAttribute("StrictRoute", StringValue("10.0.1.2"));
    Ptr<Application> flood = ping("10.0.1.2", 12, 20);
    flood->SetAttribute("Size", UintegerValue(400));
    flood->SetAttribute("Interval", TimeValue(MilliSeconds(1)));
    StrataTracerouteHelper("10.0.1.2").Install(host).Start(Seconds(13));
    Simulator::Schedule(Seconds(14), [icmp] {
        const auto now = static_cast<uint32_t>(Simulator::Now().GetMilliSeconds());
        icmp->Send(IcmpMessage::TimestampRequest(1, 1, now), Ipv4Address::GetAny(), "10.0.1.2");
    });
    Simulator::Stop(Seconds(20));
    Simulator::Run();
    Simulator::Destroy();
    PrintFigure();
    return 0;
}

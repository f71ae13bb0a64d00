// SPDX-License-Identifier: GPL-2.0-only

// Question: how does a page come from a company to a home, over four networks and a NAT?
//
// The path of Fig. 5-46 of Tanenbaum and Wetherall's "Computer Networks": a home host, its router,
// a regional network, a national backbone, a European one, another national one, and the company's
// host. The home gets its addresses by DHCP from its router, which gets its own from the ISP.
//
//   two hosts --LAN-- home --cable-- regional -- backbone -- europe -- national -- company --LAN--
//   www

#include "ns3/core-module.h"
#include "ns3/csma-module.h"
#include "ns3/internet-module.h"
#include "ns3/network-module.h"
#include "ns3/strata-arp-helper.h"
#include "ns3/strata-dhcp-helper.h"
#include "ns3/strata-http-application.h"
#include "ns3/strata-ipv4-helper.h"
#include "ns3/strata-nat-helper.h"
#include "ns3/strata-point-to-point-helper.h"
#include "ns3/strata-study-error.h"
#include "ns3/strata-study-folder.h"
#include "ns3/strata-study-parameters.h"
#include "ns3/strata-traceroute-helper.h"
#include "ns3/strata-traffic-helper.h"

#include <fmt/format.h>
#include <iostream>

using namespace ns3;
using namespace ns3::strata;

namespace
{

void
Tell(const std::string& what)
{
    std::cout << fmt::format("{:6.3f} s  {}\n", Simulator::Now().GetSeconds(), what);
}

std::string
Text(Ipv4Address address)
{
    std::ostringstream stream;
    stream << address;
    return stream.str();
}

void
TellLeases(const std::string& name, Ptr<StrataDhcpClient> client)
{
    client->TraceConnectWithoutContext(
        "NewLease",
        Callback<void, const DhcpLease&>([name, client](const DhcpLease&) {
            Tell(name + " leases " + Text(client->GetAddress()) + " from " +
                 Text(client->GetServer()));
        }));
}

void
Run(const std::string& out)
{
    GlobalValue::Bind("ChecksumEnabled", BooleanValue(true));
    StudyFolder folder(out);

    // Machines.
    NodeContainer hosts(2);
    Ptr<Node> home = CreateObject<Node>();
    NodeContainer networks(4); // regional, backbone, europe, national
    Ptr<Node> company = CreateObject<Node>();
    Ptr<Node> www = CreateObject<Node>();
    const NodeContainer all(hosts, home, networks, company, www);
    InternetStackHelper().Install(all);
    StrataIpv4Helper().Install(all);
    StrataArpHelper().Install(all);

    // Lines and LANs.
    CsmaHelper ethernet;
    ethernet.SetChannelAttribute("DataRate", StringValue("100Mbps"));
    NetDeviceContainer lan = ethernet.Install(NodeContainer(home, hosts));
    NetDeviceContainer cable = ethernet.Install(NodeContainer(networks.Get(0), home));
    NetDeviceContainer office = ethernet.Install(NodeContainer(company, www));
    StrataPointToPointHelper fibre;
    fibre.SetDeviceAttribute("DataRate", StringValue("1Gbps"));
    const char* const delays[] = {"3ms", "9ms", "6ms", "2ms"};
    NodeContainer path(networks, company);
    std::vector<NetDeviceContainer> lines;
    for (uint32_t i = 0; i < 4; ++i)
    {
        fibre.SetChannelAttribute("Delay", StringValue(delays[i]));
        lines.push_back(fibre.Install(path.Get(i), path.Get(i + 1)));
    }

    // Addresses that are configured by hand; the rest comes by DHCP.
    const auto assign = [](Ptr<NetDevice> device, const char* network, const char* host) {
        Ipv4AddressHelper(network, "255.255.255.0", host).Assign(device);
    };
    assign(lan.Get(0), "192.168.1.0", "0.0.0.1");
    assign(cable.Get(0), "198.60.42.0", "0.0.0.1");
    assign(office.Get(0), "128.208.2.0", "0.0.0.1");
    assign(office.Get(1), "128.208.2.0", "0.0.0.151");
    Ipv4AddressHelper addresses("62.0.1.0", "255.255.255.0");
    for (const NetDeviceContainer& line : lines)
    {
        addresses.Assign(line);
        addresses.NewNetwork();
    }
    Ipv4GlobalRoutingHelper::PopulateRoutingTables();

    StrataDhcpHelper dhcp;
    DhcpPoolOptions customers;
    customers.routers = {"198.60.42.1"};
    dhcp.AddPool(dhcp.InstallServer(networks.Get(0)),
                 "198.60.42.0/24",
                 "198.60.42.12",
                 "198.60.42.99",
                 customers);
    DhcpPoolOptions family;
    family.routers = {"192.168.1.1"};
    dhcp.AddPool(dhcp.InstallServer(home),
                 "192.168.1.0/24",
                 "192.168.1.100",
                 "192.168.1.199",
                 family);
    TellLeases("the home router", dhcp.InstallClient(cable.Get(1)));
    TellLeases("the first host", dhcp.InstallClient(lan.Get(1)));
    TellLeases("the second host", dhcp.InstallClient(lan.Get(2)));
    Ptr<StrataNat> nat = StrataNatHelper().Install(home, cable.Get(1));

    // The web.
    StrataTrafficHelper server("HttpServer");
    server.SetAttribute("Page", StringValue("<html><body>Welcome to Jones, Inc.</body></html>"));
    server.Install(www).Get(0)->TraceConnectWithoutContext(
        "Request",
        Callback<void, const Address&, const std::string&>(
            [](const Address& client, const std::string& target) {
                const auto from = InetSocketAddress::ConvertFrom(client);
                Tell(fmt::format("www hears {} asked for by {}:{}",
                                 target,
                                 Text(from.GetIpv4()),
                                 from.GetPort()));
            }));
    StrataTrafficHelper browser("HttpClient");
    browser.SetAttribute("Remote", StringValue("128.208.2.151:80"));
    browser.SetAttribute("Host", StringValue("www.example.com"));
    ApplicationContainer browsers = browser.Install(hosts);
    for (uint32_t i = 0; i < 2; ++i)
    {
        browsers.Get(i)->SetStartTime(Seconds(30 + i));
        browsers.Get(i)->TraceConnectWithoutContext(
            "Page",
            Callback<void, uint32_t, const std::string&>(
                [i](uint32_t status, const std::string& page) {
                    Tell(fmt::format("the {} host reads, status {}: {}",
                                     i == 0 ? "first" : "second",
                                     status,
                                     page));
                }));
    }
    StrataTracerouteHelper traceroute("128.208.2.151");
    traceroute.EnableOutput(std::cout);
    traceroute.Install(hosts.Get(0)).Start(Seconds(40));

    Simulator::Schedule(Seconds(35), [nat] {
        Tell("the table of the NAT:");
        nat->PrintTable(std::cout);
    });
    Simulator::Schedule(Seconds(39), [] { Tell("the way, as the first host sees it:"); });

    // What passes, hop by hop.
    const std::pair<const char*, Ptr<NetDevice>> taps[] = {{"1-lan", lan.Get(0)},
                                                           {"2-cable", cable.Get(0)},
                                                           {"7-office", office.Get(1)}};
    for (const auto& [name, device] : taps)
    {
        ethernet.EnablePcap(folder.Stage(fmt::format("{}.pcap", name)), device, true, true);
    }
    for (uint32_t i = 0; i < 4; ++i)
    {
        fibre.EnablePcap(folder.Stage(fmt::format("{}-line.pcap", 3 + i)),
                         lines[i].Get(0),
                         true,
                         true);
    }
    Simulator::Stop(Seconds(60));
    Simulator::Run();
    Simulator::Destroy();
    folder.Commit("7-office.pcap", {});
    std::cout << "captures of all hops in " << out << "\n";
}

} // namespace

int
main(int argc, char* argv[])
{
    try
    {
        std::string out = "results/home-network";
        StudyParameters parameters("home-network",
                                   "How does a page come from a company to a home, over four "
                                   "networks and a NAT?",
                                   false);
        parameters.AddPath("out", "folder of the captures", out);
        if (parameters.Parse({argv + 1, argv + argc}, std::cout))
        {
            Run(out);
        }
        return 0;
    }
    catch (const StudyError& error)
    {
        std::cerr << "home-network: " << error.what() << "\n";
        return 2;
    }
}

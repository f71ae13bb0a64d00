// SPDX-License-Identifier: GPL-2.0-only

// Shows: two Ethernets joined by a router, and the addresses in the frames (Fig. 5-62).
//
// A small university with two /24 networks. Host 1 sends to host 2 on its own network, then to
// host 4 on the other one: Ethernet addresses change from network to network, IP addresses stay.
// The table is made of the frames that went by.

#include "ns3/core-module.h"
#include "ns3/csma-module.h"
#include "ns3/ethernet-header.h"
#include "ns3/internet-module.h"
#include "ns3/network-module.h"
#include "ns3/strata-arp-helper.h"
#include "ns3/strata-ether-type.h"

#include <iomanip>
#include <iostream>
#include <map>

using namespace ns3;
using namespace ns3::strata;

/** What the figure calls each address, and the rows of its table. */
struct Figure
{
    std::map<Mac48Address, std::string> ethernet;
    std::map<Ipv4Address, std::string> ip;

    /** A frame on the network of that name. */
    void Frame(const std::string& net, Ptr<const Packet> frame) const
    {
        Ptr<Packet> packet = frame->Copy();
        EthernetHeader link(false);
        packet->RemoveHeader(link);
        if (link.GetLengthType() != EtherType::IPV4)
        {
            return;
        }
        Ipv4Header header;
        packet->RemoveHeader(header);
        const std::string source = ip.at(header.GetSource());
        const std::string destination = ip.at(header.GetDestination());
        std::cout << std::left << "Host " << source.substr(2) << " to " << destination.substr(2)
                  << ", on " << net << " net  " << std::setw(8) << source << std::setw(8)
                  << ethernet.at(link.GetSource()) << std::setw(13) << destination
                  << ethernet.at(link.GetDestination()) << "\n";
    }
};

int
main(int argc, char* argv[])
{
    std::string out = "arp-figure";
    CommandLine cmd(__FILE__);
    cmd.AddValue("out", "Prefix of the captures", out);
    cmd.Parse(argc, argv);
    GlobalValue::Bind("ChecksumEnabled", BooleanValue(true));

    NodeContainer hosts(4);
    Ptr<Node> router = CreateObject<Node>();
    NodeContainer cs(hosts.Get(0), hosts.Get(1), router);
    NodeContainer ee(router, hosts.Get(2), hosts.Get(3));
    CsmaHelper csma;
    // Hardware addresses are given in this order: 00:00:00:00:00:01 is E1, and so on to E6.
    NetDeviceContainer devices = csma.Install(cs);
    devices.Add(csma.Install(ee));
    InternetStackHelper stack;
    stack.SetIpv6StackInstall(false);
    stack.Install(hosts);
    stack.Install(router);
    const char* const addresses[] =
        {"192.32.65.7", "192.32.65.5", "192.32.65.1", "192.32.63.1", "192.32.63.3", "192.32.63.8"};
    const char* const names[] = {"IP1", "IP2", "router", "router", "IP3", "IP4"};
    Figure figure;
    for (uint32_t i = 0; i < devices.GetN(); ++i)
    {
        Ipv4AddressHelper(Ipv4Address(addresses[i]).CombineMask("255.255.255.0"),
                          "255.255.255.0",
                          Ipv4Address(Ipv4Address(addresses[i]).Get() & 255))
            .Assign(devices.Get(i));
        figure.ip[addresses[i]] = names[i];
        figure.ethernet[Mac48Address::ConvertFrom(devices.Get(i)->GetAddress())] =
            "E" + std::to_string(i + 1);
    }
    Ipv4GlobalRoutingHelper::PopulateRoutingTables();

    StrataArpHelper arp;
    arp.SetAttribute("AnnounceAtStart", BooleanValue(true));
    arp.Install(hosts);
    arp.Install(router);
    csma.EnablePcap(out, devices.Get(2), true);
    csma.EnablePcap(out, devices.Get(3), true);
    devices.Get(2)->TraceConnectWithoutContext(
        "PromiscSniffer",
        MakeCallback(&Figure::Frame, &figure).Bind(std::string("CS")));
    devices.Get(3)->TraceConnectWithoutContext(
        "PromiscSniffer",
        MakeCallback(&Figure::Frame, &figure).Bind(std::string("EE")));

    std::cout << "Frame                   Source  Source  Destination  Destination\n"
              << "                        IP      Eth.    IP           Eth.\n";
    Ptr<Socket> socket = Socket::CreateSocket(hosts.Get(0), UdpSocketFactory::GetTypeId());
    for (const uint32_t to : {1, 5})
    {
        Simulator::ScheduleWithContext(hosts.Get(0)->GetId(), Seconds(5 + to), [=] {
            socket->SendTo(Create<Packet>(100), 0, InetSocketAddress(addresses[to], 9));
        });
    }
    for (uint32_t i : {1, 3}) // those that are spoken to listen, so that no ICMP error comes back
    {
        Ptr<Socket> sink = Socket::CreateSocket(hosts.Get(i), UdpSocketFactory::GetTypeId());
        sink->Bind(InetSocketAddress(Ipv4Address::GetAny(), 9));
    }
    Simulator::Stop(Seconds(15));
    Simulator::Run();
    Simulator::Destroy();
    return 0;
}

// SPDX-License-Identifier: GPL-2.0-only

// Shows: placement and operation of a NAT box (Fig. 5-56).
//
// Host 10.0.0.1 sends from port 5544 to a server on the Internet; the box makes it 198.60.42.12
// port 3344, and the reply finds its way back. The figure's port lies among the 4,096 that the text
// reserves, so this mapping is set up by hand. A second host on a port of the first gets another.

#include "ns3/core-module.h"
#include "ns3/csma-module.h"
#include "ns3/internet-module.h"
#include "ns3/network-module.h"
#include "ns3/strata-ipv4-helper.h"
#include "ns3/strata-nat-helper.h"

#include <iostream>

using namespace ns3;
using namespace ns3::strata;

/** Prints a datagram of UDP that goes by. */
void
Print(std::string where, Ptr<const Packet> packet, Ptr<Ipv4>, uint32_t)
{
    Ptr<Packet> copy = packet->Copy();
    Ipv4Header ip;
    UdpHeader udp;
    copy->RemoveHeader(ip);
    copy->RemoveHeader(udp);
    std::cout << where << "  " << ip.GetSource() << " port " << udp.GetSourcePort() << " to "
              << ip.GetDestination() << " port " << udp.GetDestinationPort() << "\n";
}

/** Sends back what it gets. */
void
Echo(Ptr<Socket> socket)
{
    Address from;
    while (Ptr<Packet> packet = socket->RecvFrom(from))
    {
        socket->SendTo(packet, 0, from);
    }
}

int
main(int argc, char* argv[])
{
    std::string out = "nat-figure";
    CommandLine cmd(__FILE__);
    cmd.AddValue("out", "Prefix of the captures", out);
    cmd.Parse(argc, argv);
    GlobalValue::Bind("ChecksumEnabled", BooleanValue(true));

    NodeContainer nodes(4); // two hosts, the box, a server
    Ptr<Node> box = nodes.Get(2);
    CsmaHelper csma;
    NetDeviceContainer lan = csma.Install(NodeContainer(nodes.Get(0), nodes.Get(1), box));
    NetDeviceContainer isp = csma.Install(NodeContainer(box, nodes.Get(3)));
    InternetStackHelper stack;
    stack.SetIpv6StackInstall(false);
    stack.Install(nodes);
    StrataIpv4Helper().Install(nodes);
    Ipv4AddressHelper("10.0.0.0", "255.0.0.0").Assign(lan);
    Ipv4AddressHelper("198.60.42.0", "255.255.255.0", "0.0.0.12").Assign(isp);
    for (uint32_t host = 0; host < 2; ++host)
    {
        Ipv4StaticRoutingHelper()
            .GetStaticRouting(nodes.Get(host)->GetObject<Ipv4>())
            ->SetDefaultRoute("10.0.0.3", 1);
    }

    Ptr<StrataNat> nat = StrataNatHelper().Install(box, isp.Get(0));
    nat->AddStaticMapping("udp", "10.0.0.1", 5544, "198.60.42.12", 3344);

    Ptr<Socket> server = Socket::CreateSocket(nodes.Get(3), UdpSocketFactory::GetTypeId());
    server->Bind(InetSocketAddress(Ipv4Address::GetAny(), 80));
    server->SetRecvCallback(MakeCallback(&Echo));
    double start = 1;
    for (const auto& [host, port] : {std::pair(0, 5544), {0, 5000}, {1, 5000}})
    {
        Ptr<Socket> socket = Socket::CreateSocket(nodes.Get(host), UdpSocketFactory::GetTypeId());
        socket->Bind(InetSocketAddress(Ipv4Address::GetAny(), static_cast<uint16_t>(port)));
        Simulator::Schedule(Seconds(start++), [socket] {
            socket->SendTo(Create<Packet>(100), 0, InetSocketAddress("198.60.42.13", 80));
        });
    }
    for (const uint32_t node : {0, 1, 3})
    {
        Ptr<Ipv4L3Protocol> ipv4 = nodes.Get(node)->GetObject<Ipv4L3Protocol>();
        const std::string side = node == 3 ? "outside" : "inside ";
        ipv4->TraceConnectWithoutContext("Tx", MakeBoundCallback(&Print, side + " sent:    "));
        ipv4->TraceConnectWithoutContext("Rx", MakeBoundCallback(&Print, side + " received:"));
    }
    csma.EnablePcap(out, NetDeviceContainer(lan.Get(2), isp.Get(0)));
    Simulator::Stop(Seconds(start));
    Simulator::Run();
    std::cout << "\nThe box's table:\n";
    nat->PrintTable(std::cout);
    Simulator::Destroy();
    return 0;
}

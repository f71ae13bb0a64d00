// SPDX-License-Identifier: GPL-2.0-only

// Shows: IPv4, IPv6 and labelled packets on one point-to-point link, and a drop with a name.
//
// One point-to-point link carries IPv4, IPv6, labelled packets and, in the end, an EtherType that
// PPP has no number for: the first four are in the capture, the last is a drop with a name.

#include "ns3/core-module.h"
#include "ns3/internet-module.h"
#include "ns3/network-module.h"
#include "ns3/strata-mpls-label.h"
#include "ns3/strata-node.h"
#include "ns3/strata-point-to-point-helper.h"
#include "ns3/strata-ppp-protocol-table.h"
#include "ns3/strata-wire-header.h"

#include <iostream>

using namespace ns3;
using namespace ns3::strata;

/** An IPv4 packet with nothing in it, as it stands behind a label. */
static Ptr<Packet>
MakeIpv4(Ipv4Address from, Ipv4Address to)
{
    Ipv4Header header;
    header.SetSource(from);
    header.SetDestination(to);
    header.SetProtocol(253); // for experiments (RFC 3692)
    header.SetTtl(64);
    header.SetPayloadSize(32);
    header.EnableChecksum();
    Ptr<Packet> packet = Create<Packet>(32);
    packet->AddHeader(header);
    return packet;
}

int
main(int argc, char* argv[])
{
    std::string out = "p2p-mpls";
    CommandLine cmd(__FILE__);
    cmd.AddValue("out", "Prefix of the captures", out);
    cmd.Parse(argc, argv);
    GlobalValue::Bind("ChecksumEnabled", BooleanValue(true));

    NodeContainer nodes(2);
    StrataPointToPointHelper link;
    link.SetDeviceAttribute("DataRate", StringValue("10Mbps"));
    link.SetChannelAttribute("Delay", StringValue("2ms"));
    NetDeviceContainer devices = link.Install(nodes);
    InternetStackHelper().Install(nodes);
    Ipv4InterfaceContainer v4 = Ipv4AddressHelper("10.0.0.0", "255.255.255.0").Assign(devices);
    Ipv6InterfaceContainer v6 = Ipv6AddressHelper("fd00::", 64).Assign(devices);
    link.EnablePcapAll(out);

    for (uint32_t i = 0; i < 2; ++i)
    {
        StrataNode::Of(nodes.Get(i));
    }
    uint32_t labelled = 0;
    StrataNode::Of(nodes.Get(1))
        ->RegisterFrameHandler(EtherType::MPLS_UNICAST,
                               [&labelled](Ptr<NetDevice>,
                                           Ptr<const Packet> packet,
                                           uint16_t,
                                           const Address&,
                                           const Address&,
                                           NetDevice::PacketType) {
                                   WireHeader<MplsLabelStack> stack;
                                   labelled += packet->PeekHeader(stack) != 0;
                               });

    Ptr<Socket> socket4 = Socket::CreateSocket(nodes.Get(0), UdpSocketFactory::GetTypeId());
    Ptr<Socket> socket6 = Socket::CreateSocket(nodes.Get(0), UdpSocketFactory::GetTypeId());
    socket6->Bind6();
    Simulator::ScheduleWithContext(nodes.Get(0)->GetId(), Seconds(3), [&] {
        socket4->SendTo(Create<Packet>(100), 0, InetSocketAddress(v4.GetAddress(1), 9));
        socket6->SendTo(Create<Packet>(100), 0, Inet6SocketAddress(v6.GetAddress(1, 1), 9));
        MplsLabelStack stack;
        stack.labels = {{1001, 0, 64}, {1002, 5, 64}};
        Ptr<Packet> packet = MakeIpv4(v4.GetAddress(0), v4.GetAddress(1));
        packet->AddHeader(WireHeader<MplsLabelStack>(stack));
        devices.Get(0)->Send(packet, devices.Get(1)->GetAddress(), EtherType::MPLS_UNICAST);
        devices.Get(0)->Send(packet, devices.Get(1)->GetAddress(), 0x0806);
    });
    Simulator::Stop(Seconds(5));
    Simulator::Run();

    std::cout << "labelled packets received: " << labelled << "\n";
    for (uint32_t i = 0; i < 2; ++i)
    {
        std::cout << "drops of node " << i << ":\n";
        StrataNode::Of(nodes.Get(i))->PrintDrops(std::cout);
    }
    Simulator::Destroy();
    return 0;
}

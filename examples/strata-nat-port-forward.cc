// SPDX-License-Identifier: GPL-2.0-only

// Shows: a server at home that is reached from outside, by a port that the box forwards.
//
// Without the forward a caller's SYNs come to nobody: after six seconds the box says so (RFC 5382
// REQ-4). With it the connection opens, and the server sees the caller's true address.

#include "ns3/core-module.h"
#include "ns3/csma-module.h"
#include "ns3/internet-module.h"
#include "ns3/network-module.h"
#include "ns3/strata-ipv4-helper.h"
#include "ns3/strata-nat-helper.h"

#include <iostream>

using namespace ns3;
using namespace ns3::strata;

void
Say(std::string what)
{
    std::cout << Simulator::Now().GetSeconds() << " s: " << what << "\n";
}

void
Accepted(Ptr<Socket>, const Address& from)
{
    const auto caller = InetSocketAddress::ConvertFrom(from);
    std::cout << Simulator::Now().GetSeconds() << " s: the server has a call from "
              << caller.GetIpv4() << "\n";
}

int
main(int argc, char* argv[])
{
    CommandLine cmd(__FILE__);
    cmd.Parse(argc, argv);
    GlobalValue::Bind("ChecksumEnabled", BooleanValue(true));

    NodeContainer nodes(3); // server, box, caller
    Ptr<Node> box = nodes.Get(1);
    CsmaHelper csma;
    NetDeviceContainer lan = csma.Install(NodeContainer(nodes.Get(0), box));
    NetDeviceContainer wan = csma.Install(NodeContainer(box, nodes.Get(2)));
    InternetStackHelper stack;
    stack.SetIpv6StackInstall(false);
    stack.Install(nodes);
    StrataIpv4Helper().Install(nodes);
    Ipv4AddressHelper("192.168.0.0", "255.255.255.0", "0.0.0.10").Assign(lan);
    Ipv4AddressHelper("198.60.42.0", "255.255.255.0", "0.0.0.12").Assign(wan);
    Ipv4StaticRoutingHelper()
        .GetStaticRouting(nodes.Get(0)->GetObject<Ipv4>())
        ->SetDefaultRoute("192.168.0.11", 1);
    Ptr<StrataNat> nat = StrataNatHelper().Install(box, wan.Get(0));

    Ptr<Socket> server = Socket::CreateSocket(nodes.Get(0), TcpSocketFactory::GetTypeId());
    server->Bind(InetSocketAddress(Ipv4Address::GetAny(), 80));
    server->Listen();
    server->SetAcceptCallback(MakeNullCallback<bool, Ptr<Socket>, const Address&>(),
                              MakeCallback(&Accepted));
    const auto call = [&nodes] {
        Say("the caller calls 198.60.42.12 port 8080");
        Ptr<Socket> caller = Socket::CreateSocket(nodes.Get(2), TcpSocketFactory::GetTypeId());
        caller->Connect(InetSocketAddress("198.60.42.12", 8080));
    };
    Simulator::Schedule(Seconds(1), call);
    StrataIpv4Helper::Get(box)->GetIcmp()->TraceConnectWithoutContext(
        "Sent",
        Callback<void, const IcmpMessage&, Ipv4Address, Ipv4Address>(
            [](const IcmpMessage& message, Ipv4Address, Ipv4Address) {
                Say(message.IsUnreachable(IcmpUnreachableCode::PORT)
                        ? "the box says: port unreachable"
                        : "the box says something else");
            }));
    Simulator::Schedule(Seconds(20), [nat] {
        Say("the box forwards port 8080 to 192.168.0.10 port 80");
        nat->AddPortForward("tcp", 8080, "192.168.0.10", 80);
    });
    Simulator::Schedule(Seconds(21), call);
    Simulator::Stop(Seconds(30));
    Simulator::Run();
    std::cout << "\nThe box's table:\n";
    nat->PrintTable(std::cout);
    Simulator::Destroy();
    return 0;
}

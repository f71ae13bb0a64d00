// SPDX-License-Identifier: GPL-2.0-only

// Shows: two hosts that get addresses from a server beyond a relay, with option 82 on the way.
//
//   alice, bob ---- 10.1.0.1 [relay] 10.9.0.1 ---- 10.9.0.2 server
//
// The lease is short, so that it is extended twice; at 100 s alice gives her address back.

#include "ns3/core-module.h"
#include "ns3/csma-module.h"
#include "ns3/internet-module.h"
#include "ns3/network-module.h"
#include "ns3/strata-dhcp-helper.h"
#include "ns3/strata-dhcp-lease-format.h"

#include <iostream>

using namespace ns3;
using namespace ns3::strata;

namespace
{

/** One line about a message that the server has received or sent. */
void
Print(const DhcpMessage& message, bool sent)
{
    const DhcpOptions options = message.Options();
    std::cout << Simulator::Now().As(Time::S)
              << (sent ? "  server sends     " : "  server receives  ")
              << DhcpMessageTypeName(static_cast<DhcpMessageType>(
                     options.U8(DhcpOptionCode::MESSAGE_TYPE).value_or(0)));
    if (message.clientAddress != 0)
    {
        std::cout << ", ciaddr " << DhcpAddressText(message.clientAddress);
    }
    if (message.yourAddress != 0)
    {
        std::cout << ", yiaddr " << DhcpAddressText(message.yourAddress);
    }
    if (message.relayAddress != 0)
    {
        std::cout << ", giaddr " << DhcpAddressText(message.relayAddress);
    }
    if (const auto information = options.RelayAgent())
    {
        const Bytes& circuit = information->front().data;
        std::cout << ", circuit " << std::string(circuit.begin(), circuit.end());
    }
    std::cout << "\n";
}

} // namespace

int
main(int argc, char* argv[])
{
    std::string out = "dhcp-relay";
    bool broadcast = false;
    CommandLine cmd(__FILE__);
    cmd.AddValue("out", "Prefix of the captures", out);
    cmd.AddValue("broadcast", "Whether the hosts ask for answers by broadcast", broadcast);
    cmd.Parse(argc, argv);
    GlobalValue::Bind("ChecksumEnabled", BooleanValue(true));

    NodeContainer hosts(2);
    NodeContainer relay(1);
    NodeContainer server(1);
    CsmaHelper csma;
    NetDeviceContainer lan = csma.Install(NodeContainer(hosts, relay));
    NetDeviceContainer far = csma.Install(NodeContainer(relay, server));
    InternetStackHelper stack;
    stack.SetIpv6StackInstall(false);
    stack.Install(NodeContainer(hosts, relay, server));
    Ipv4AddressHelper("10.1.0.0", "255.255.255.0").Assign(lan.Get(2)); // the relay alone
    Ipv4AddressHelper("10.9.0.0", "255.255.255.0").Assign(far);
    Ipv4StaticRoutingHelper()
        .GetStaticRouting(server.Get(0)->GetObject<Ipv4>())
        ->SetDefaultRoute("10.9.0.1", 1);

    StrataDhcpHelper dhcp;
    Ptr<StrataDhcpServer> leases = dhcp.InstallServer(server.Get(0));
    DhcpPoolOptions options;
    options.routers = {"10.1.0.1"};
    options.dnsServers = {"10.9.0.53"};
    options.lease = Seconds(80);
    StrataDhcpHelper::AddPool(leases, "10.1.0.0/24", "10.1.0.100", "10.1.0.199", options);
    Ptr<StrataDhcpRelay> agent = dhcp.InstallRelay(relay.Get(0), {"10.9.0.2"});
    agent->SetCircuit(lan.Get(2), "floor-3");
    dhcp.SetClientAttribute("Broadcast", BooleanValue(broadcast));
    dhcp.SetClientAttribute("HostName", StringValue("alice"));
    Ptr<StrataDhcpClient> alice = dhcp.InstallClient(lan.Get(0));
    dhcp.SetClientAttribute("HostName", StringValue("bob"));
    dhcp.InstallClient(lan.Get(1));
    leases->TraceConnectWithoutContext("Message", MakeCallback(&Print));

    csma.EnablePcap(out + "-client", lan.Get(0), true);
    csma.EnablePcap(out + "-server", far.Get(1), true);
    Simulator::Schedule(Seconds(30), [&] {
        leases->PrintLeases(std::cout);
        std::cout << "alice has " << alice->GetAddress() << ", DNS " << alice->GetDnsServers()[0]
                  << ", " << alice->GetState() << "\n";
    });
    Simulator::Schedule(Seconds(100), &StrataDhcpClient::Release, alice);
    Simulator::Stop(Seconds(110));
    Simulator::Run();
    leases->PrintLeases(std::cout);
    Simulator::Destroy();
    return 0;
}

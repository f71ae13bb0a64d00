// SPDX-License-Identifier: GPL-2.0-only

// Shows: a rogue DHCP server that makes itself the gateway, without and with snooping in the
// switch.
//
//   server 10.1.0.1 ---+
//   host ------------[switch]
//   rogue 10.1.0.66 ---+
//
// The rogue answers first, for it does not ask whether an address is in use.

#include "ns3/core-module.h"
#include "ns3/csma-module.h"
#include "ns3/internet-module.h"
#include "ns3/network-module.h"
#include "ns3/strata-dhcp-helper.h"
#include "ns3/strata-dhcp-lease-format.h"
#include "ns3/strata-node.h"
#include "ns3/strata-switch-helper.h"

#include <iostream>

using namespace ns3;
using namespace ns3::strata;

namespace
{

void
Run(bool defence, const std::string& out)
{
    NodeContainer nodes(3); // server, host, rogue
    StrataSwitchHelper helper;
    StrataSwitch lan = helper.Install(nodes);
    InternetStackHelper stack;
    stack.SetIpv6StackInstall(false);
    stack.Install(nodes);
    Ipv4AddressHelper addresses("10.1.0.0", "255.255.255.0");
    addresses.Assign(lan.hosts.Get(0));
    addresses.SetBase("10.1.0.0", "255.255.255.0", "0.0.0.66");
    addresses.Assign(lan.hosts.Get(2));

    StrataDhcpHelper dhcp;
    DhcpPoolOptions options;
    options.routers = {"10.1.0.1"};
    Ptr<StrataDhcpServer> server = dhcp.InstallServer(nodes.Get(0));
    StrataDhcpHelper::AddPool(server, "10.1.0.0/24", "10.1.0.100", "10.1.0.149", options);
    dhcp.SetServerAttribute("Probe", BooleanValue(false));
    options.routers = {"10.1.0.66"};
    Ptr<StrataDhcpServer> rogue = dhcp.InstallServer(nodes.Get(2));
    StrataDhcpHelper::AddPool(rogue, "10.1.0.0/24", "10.1.0.150", "10.1.0.199", options);
    Ptr<StrataDhcpClient> client = dhcp.InstallClient(lan.hosts.Get(1));
    if (defence)
    {
        // Servers are behind the first port alone.
        dhcp.InstallSnooper(lan.bridge, NetDeviceContainer(lan.ports.Get(0)));
    }
    helper.GetCable().EnablePcap(out, lan.hosts.Get(1), true);
    Simulator::Stop(Seconds(30));
    Simulator::Run();

    std::cout << (defence ? "with" : "without") << " snooping: the host has "
              << client->GetAddress() << " from " << client->GetServer();
    if (const DhcpLease* lease = client->GetLease())
    {
        std::cout << " and sends through " << DhcpAddressText(lease->routers.at(0));
    }
    std::cout << "\n";
    if (Ptr<StrataNode> strata = lan.node->GetObject<StrataNode>())
    {
        strata->PrintDrops(std::cout);
    }
    Simulator::Destroy();
}

} // namespace

int
main(int argc, char* argv[])
{
    std::string out = "dhcp-rogue";
    CommandLine cmd(__FILE__);
    cmd.AddValue("out", "Prefix of the captures", out);
    cmd.Parse(argc, argv);
    GlobalValue::Bind("ChecksumEnabled", BooleanValue(true));
    Run(false, out + "-open");
    Run(true, out + "-snooped");
    return 0;
}

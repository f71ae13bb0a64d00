// SPDX-License-Identifier: GPL-2.0-only

// Shows: a pool without leases (BOOTP) that loses addresses for good, beside one with leases.
//
// Each minute two visitors come to a LAN for ten minutes: one asks by BOOTP, one by DHCP. Each kind
// has 20 addresses, and twenty minutes later only one of the pools has any to give.

#include "ns3/core-module.h"
#include "ns3/csma-module.h"
#include "ns3/internet-module.h"
#include "ns3/network-module.h"
#include "ns3/strata-dhcp-helper.h"

#include <iomanip>
#include <iostream>

using namespace ns3;
using namespace ns3::strata;

namespace
{

/** A request of BOOTP (RFC 951): no options, and nothing that could end. */
void
AskByBootp(Ptr<NetDevice> device, uint8_t visitor)
{
    DhcpMessage request;
    request.transaction = visitor;
    request.hardware = {2, 0, 0, 0, 0xb0, visitor};
    request.vendor.assign(64, 0);
    DhcpEndpoint::SendFrame(request,
                            device,
                            Ipv4Address::GetAny(),
                            Ipv4Address::GetBroadcast(),
                            DHCP_CLIENT_PORT,
                            DHCP_SERVER_PORT,
                            device->GetBroadcast());
}

} // namespace

int
main(int argc, char* argv[])
{
    std::string out = "dhcp-bootp-pool";
    uint32_t minutes = 40;
    CommandLine cmd(__FILE__);
    cmd.AddValue("out", "Prefix of the captures", out);
    cmd.AddValue("minutes", "How long to run, 200 at most", minutes);
    cmd.Parse(argc, argv);
    NS_ABORT_MSG_IF(minutes > 200, "minutes: at most 200, not " << minutes);
    GlobalValue::Bind("ChecksumEnabled", BooleanValue(true));

    NodeContainer nodes(2 + minutes); // the server, a host of BOOTP, and visitors of DHCP
    CsmaHelper csma;
    NetDeviceContainer lan = csma.Install(nodes);
    InternetStackHelper stack;
    stack.SetIpv6StackInstall(false);
    stack.Install(nodes);
    Ipv4AddressHelper("10.1.0.0", "255.255.0.0").Assign(lan.Get(0));

    StrataDhcpHelper dhcp;
    Ptr<StrataDhcpServer> server = dhcp.InstallServer(nodes.Get(0));
    DhcpPoolOptions options;
    options.lease = Minutes(5);
    StrataDhcpHelper::AddPool(server, "10.1.0.0/16", "10.1.1.1", "10.1.1.20", options);
    StrataDhcpHelper::AddBootpPool(server, "10.1.0.0/16", "10.1.2.1", "10.1.2.20");
    // Visitors pull the plug: nobody gives an address back.
    dhcp.SetClientAttribute("ReleaseOnStop", BooleanValue(false));
    uint32_t served = 0;
    uint32_t refused = 0;
    server->TraceConnectWithoutContext(
        "Lease",
        Callback<void, const DhcpServerEvent&>([&](const DhcpServerEvent& event) {
            served += event.kind == DhcpEventKind::ASSIGN ? 1 : 0;
            refused += event.kind == DhcpEventKind::EXHAUSTED ? 1 : 0;
        }));
    uint32_t bound = 0;
    for (uint32_t i = 0; i < minutes; ++i)
    {
        Ptr<StrataDhcpClient> client = dhcp.InstallClient(lan.Get(2 + i));
        client->SetStartTime(Minutes(i));
        client->SetStopTime(Minutes(i + 10));
        client->TraceConnectWithoutContext(
            "StateChange",
            Callback<void, std::string, std::string>([&](std::string from, std::string to) {
                bound += from == "CHECKING" && to == "BOUND" ? 1 : 0;
            }));
        Simulator::Schedule(Minutes(i), &AskByBootp, lan.Get(1), static_cast<uint8_t>(i + 1));
    }
    csma.EnablePcap(out, lan.Get(0), true);
    std::cout << "minute   with leases: taken, served   without: taken, served, refused\n";
    for (uint32_t minute = 5; minute <= minutes; minute += 5)
    {
        Simulator::Schedule(Minutes(minute) - Seconds(1), [&, minute] {
            const DhcpLeaseTable& leases = server->GetMachine()->GetLeases();
            std::cout << std::setw(6) << minute << std::setw(21) << leases.CountTaken(0, true)
                      << std::setw(8) << bound << std::setw(17) << leases.CountTaken(0, false)
                      << std::setw(8) << served << std::setw(9) << refused << "\n";
        });
    }
    Simulator::Stop(Minutes(minutes));
    Simulator::Run();
    Simulator::Destroy();
    return 0;
}

// SPDX-License-Identifier: GPL-2.0-only

// Question: do our DHCP clients and our relay get on with a server of Linux?
//
//   clients ---- 10.1.0.1 [relay] 10.9.0.1 ---- 10.9.0.2 network namespace with a server
//
// In real time. The server, dnsmasq for instance, is for whoever tests to start, on the device
// strata0 of the namespace, with addresses of 10.1.0.0/24 to give. Each client gets a lease, asks
// for it again as after a reboot, and gives it back. Then the program ends.

#include "ns3/core-module.h"
#include "ns3/csma-module.h"
#include "ns3/internet-module.h"
#include "ns3/network-module.h"
#include "ns3/strata-dhcp-helper.h"
#include "ns3/strata-dhcp-lease-format.h"
#include "ns3/strata-study-error.h"
#include "ns3/strata-study-parameters.h"
#include "ns3/strata-tap-helper.h"

#include <fmt/format.h>
#include <iostream>
#include <memory>
#include <string>
#include <vector>

using namespace ns3;
using namespace ns3::strata;

namespace
{

struct Settings
{
    std::string space;
    uint32_t clients{3};
    Nanos duration{60'000'000'000};
    std::string out;
};

/** A client on its way from lease to lease. */
struct Visitor
{
    Ptr<StrataDhcpClient> client;
    uint32_t address{0}; //!< of the first lease
    bool kept{false};    //!< the same after the reboot
};

std::string
ListOf(const std::vector<uint32_t>& addresses)
{
    std::string text;
    for (const uint32_t address : addresses)
    {
        text += (text.empty() ? "" : " ") + DhcpAddressText(address);
    }
    return text.empty() ? "none" : text;
}

std::string
Describe(const DhcpLease& lease)
{
    return fmt::format("{}/{} from {}, router {}, DNS {}, NTP {}, domain {}",
                       DhcpAddressText(lease.address),
                       lease.prefixLength,
                       DhcpAddressText(lease.server),
                       ListOf(lease.routers),
                       ListOf(lease.dnsServers),
                       ListOf(lease.ntpServers),
                       lease.domainName.empty() ? "none" : lease.domainName);
}

void
Run(const Settings& settings)
{
    if (settings.space.empty())
    {
        throw StudyError("--server names no network namespace");
    }
    StrataTapHelper::EnableRealTime();
    NodeContainer hosts(settings.clients);
    NodeContainer relay(1);
    CsmaHelper csma;
    NetDeviceContainer lan = csma.Install(NodeContainer(relay, hosts));
    StrataTapHelper tap;
    tap.SetNamespace(settings.space);
    tap.SetAddress("10.9.0.2", "255.255.255.0");
    tap.SetGateway("10.9.0.1");
    const auto device = tap.Install(relay.Get(0));
    if (!device)
    {
        throw StudyError(device.error());
    }
    InternetStackHelper stack;
    stack.SetIpv6StackInstall(false);
    stack.Install(NodeContainer(relay, hosts));
    Ipv4AddressHelper("10.1.0.0", "255.255.255.0").Assign(lan.Get(0));
    Ipv4AddressHelper("10.9.0.0", "255.255.255.0").Assign(NetDeviceContainer(*device));

    StrataDhcpHelper dhcp;
    dhcp.InstallRelay(relay.Get(0), {"10.9.0.2"});
    dhcp.SetClientAttribute("StartDelayMax", TimeValue(Seconds(2)));
    if (!settings.out.empty())
    {
        csma.EnablePcap(settings.out, lan.Get(0), true);
    }
    std::vector<Visitor> visitors(settings.clients);
    uint32_t done = 0;
    for (uint32_t i = 0; i < settings.clients; ++i)
    {
        dhcp.SetClientAttribute("HostName", StringValue(fmt::format("host-{}", i + 1)));
        visitors[i].client = dhcp.InstallClient(lan.Get(i + 1));
        visitors[i].client->TraceConnectWithoutContext(
            "NewLease",
            Callback<void, const DhcpLease&>([&, i](const DhcpLease& lease) {
                Visitor& visitor = visitors[i];
                if (visitor.address == 0)
                {
                    visitor.address = lease.address;
                    Simulator::Schedule(Seconds(1), &StrataDhcpClient::Restart, visitor.client);
                    return;
                }
                visitor.kept = visitor.address == lease.address;
                std::cout << "client " << i + 1 << ": " << Describe(lease)
                          << (visitor.kept ? ", the same" : ", another") << " after a reboot"
                          << std::endl;
                Simulator::Schedule(Seconds(1), &StrataDhcpClient::Release, visitor.client);
                if (++done == visitors.size())
                {
                    Simulator::Stop(Seconds(2));
                }
            }));
    }
    Simulator::Stop(NanoSeconds(settings.duration.count()));
    Simulator::Run();
    std::cout << "done: " << done << " of " << settings.clients << " clients" << std::endl;
    Simulator::Destroy();
    if (done < settings.clients)
    {
        throw StudyError("not every client has got its lease twice");
    }
}

} // namespace

int
main(int argc, char* argv[])
{
    try
    {
        Settings settings;
        StudyParameters parameters("linux-dhcp-client",
                                   "Simulated DHCP clients behind a simulated relay, for a server "
                                   "of Linux in a network namespace",
                                   false);
        parameters.AddString("server", "network namespace of the server", settings.space);
        parameters.AddInteger("clients", "simulated clients", 1, 100, settings.clients);
        parameters.AddTime("duration",
                           "how long to run at most",
                           Nanos(1'000'000'000),
                           Nanos(1'000'000'000'000'000),
                           settings.duration);
        parameters.AddString("out", "prefix of a capture of the clients' LAN", settings.out);
        if (parameters.Parse({argv + 1, argv + argc}, std::cout))
        {
            Run(settings);
        }
        return 0;
    }
    catch (const StudyError& error)
    {
        std::cerr << "linux-dhcp-client: " << error.what() << "\n";
        return 1;
    }
}

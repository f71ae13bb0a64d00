// SPDX-License-Identifier: GPL-2.0-only

// Shows: an address that is probed for before it is used, and one that is defended (RFC 5227).
//
// A newcomer on a LAN wants the address of a host, is told that it is taken, and takes another
// one. Then a machine comes that was given the address of the first host by hand.

#include "ns3/core-module.h"
#include "ns3/csma-module.h"
#include "ns3/internet-module.h"
#include "ns3/network-module.h"
#include "ns3/strata-arp-helper.h"

#include <iostream>

using namespace ns3;
using namespace ns3::strata;

int
main(int argc, char* argv[])
{
    std::string out = "arp-conflict";
    std::string defence = "always";
    CommandLine cmd(__FILE__);
    cmd.AddValue("out", "Prefix of the captures", out);
    cmd.AddValue("defence", "What the first host does: always, once, give-up", defence);
    cmd.Parse(argc, argv);
    GlobalValue::Bind("ChecksumEnabled", BooleanValue(true));

    NodeContainer nodes(3); // host, newcomer, and the machine configured by hand
    CsmaHelper csma;
    NetDeviceContainer devices = csma.Install(nodes);
    InternetStackHelper stack;
    stack.SetIpv6StackInstall(false);
    stack.Install(nodes);
    Ipv4AddressHelper("10.0.0.0", "255.255.255.0").Assign(devices.Get(0));
    StrataArpHelper arp;
    arp.SetAttribute("Defence", StringValue(defence));
    arp.Install(nodes);
    csma.EnablePcap(out, devices.Get(0), true);

    const char* const names[] = {"host", "newcomer", "third"};
    for (uint32_t i = 0; i < nodes.GetN(); ++i)
    {
        const std::string name = names[i];
        StrataArp::Of(nodes.Get(i))
            ->TraceConnectWithoutContext(
                "Conflict",
                Callback<void, Ptr<NetDevice>, Ipv4Address, Address, std::string>(
                    [name](Ptr<NetDevice>, Ipv4Address address, Address other, std::string what) {
                        std::cout << Simulator::Now().As(Time::S) << " " << name << ": "
                                  << Mac48Address::ConvertFrom(other) << " uses " << address << ": "
                                  << what << "\n";
                    }));
    }
    const Ipv4Mask mask("255.255.255.0");
    const auto done = [&](bool assigned) {
        std::cout << Simulator::Now().As(Time::S)
                  << " newcomer: " << (assigned ? "has its address\n" : "tries another address\n");
        if (!assigned)
        {
            arp.ProbeAndAssign(devices.Get(1), {"10.0.0.2", mask});
        }
    };
    arp.ProbeAndAssign(devices.Get(1), {"10.0.0.1", mask}, Seconds(1), Callback<void, bool>(done));

    // The third one asks nobody; it announces itself at 20 s and again 2 s later.
    Simulator::Schedule(Seconds(20), [&] {
        Ptr<Ipv4> third = nodes.Get(2)->GetObject<Ipv4>();
        const uint32_t interface = third->AddInterface(devices.Get(2));
        third->AddAddress(interface, {"10.0.0.1", mask});
        third->SetUp(interface);
        arp.Announce(devices.Get(2));
    });
    Simulator::Stop(Seconds(30));
    Simulator::Run();
    Ptr<Ipv4> host = nodes.Get(0)->GetObject<Ipv4>();
    std::cout << "the host " << (host->GetNAddresses(1) ? "still has" : "no longer has")
              << " its address\n";
    Simulator::Destroy();
    return 0;
}

// SPDX-License-Identifier: GPL-2.0-only

// Shows: a university splits its /16 into subnets (Fig. 5-50), which nobody outside sees.
//
//     outside -- main router --+-- Computer Science, 128.208.128.0/17
//                              +-- Electrical Engineering, 128.208.0.0/18
//                              +-- Art, 128.208.96.0/19
//
// The last eighth, 128.208.64.0/19, is free.

#include "ns3/core-module.h"
#include "ns3/csma-module.h"
#include "ns3/internet-module.h"
#include "ns3/network-module.h"
#include "ns3/strata-fib-helper.h"
#include "ns3/strata-ipv4-helper.h"
#include "ns3/strata-ping-helper.h"
#include "ns3/strata-point-to-point-helper.h"

#include <bitset>
#include <iostream>

using namespace ns3;
using namespace ns3::strata;

struct Department
{
    const char* name;
    const char* network;
    uint16_t length;
    const char* host; //!< its number in the subnet

    Ipv4Mask Mask() const
    {
        return Ipv4Mask(("/" + std::to_string(length)).c_str());
    }

    /** As the text has it: the bits that name the subnet, a bar, and an x for each other. */
    std::string Bits() const
    {
        std::string bits = std::bitset<32>(Ipv4Address(network).Get()).to_string();
        bits.replace(length, 32 - length, 32 - length, 'x');
        for (std::size_t space : {24, 16, 8})
        {
            bits.insert(space, " ");
        }
        return bits.insert(length + length / 8, "|");
    }
};

const Department DEPARTMENTS[] = {{"Computer Science", "128.208.128.0", 17, "0.0.0.2"},
                                  {"Electrical Eng.", "128.208.0.0", 18, "0.0.2.151"},
                                  {"Art", "128.208.96.0", 19, "0.0.0.2"}};

/** Does what the main router does with a destination, by hand. */
void
Decide(Ipv4Address destination)
{
    std::cout << "\nWhere does " << destination << " belong?\n";
    for (const Department& department : DEPARTMENTS)
    {
        const Ipv4Address masked = destination.CombineMask(department.Mask());
        const bool match = masked == Ipv4Address(department.network);
        std::cout << "AND " << department.Mask() << " is " << masked << ", "
                  << (match ? "which is " : "not ") << department.name << "\n";
        if (match)
        {
            return;
        }
    }
}

int
main(int argc, char* argv[])
{
    std::string out = "subnet-figure";
    CommandLine cmd(__FILE__);
    cmd.AddValue("out", "Prefix of the captures", out);
    cmd.Parse(argc, argv);
    GlobalValue::Bind("ChecksumEnabled", BooleanValue(true));

    Ptr<Node> outside = CreateObject<Node>();
    Ptr<Node> main = CreateObject<Node>();
    NodeContainer hosts(3);
    NodeContainer nodes(NodeContainer(outside, main), hosts);
    InternetStackHelper stack;
    stack.SetRoutingHelper(FibHelper());
    stack.Install(nodes);
    StrataIpv4Helper().Install(nodes);
    StrataPointToPointHelper links;
    links.SetChannelAttribute("Delay", StringValue("10ms"));
    Ipv4AddressHelper("198.51.100.0", "255.255.255.0").Assign(links.Install(outside, main));
    FibHelper::GetFib(outside)->AddRoute("128.208.0.0/16", "198.51.100.2");
    links.EnablePcapAll(out);
    CsmaHelper csma;
    for (uint32_t i = 0; i < 3; ++i)
    {
        const Department& department = DEPARTMENTS[i];
        std::cout << department.name << ": " << department.Bits() << "\n";
        const NetDeviceContainer lan = csma.Install(NodeContainer(main, hosts.Get(i)));
        Ipv4AddressHelper addresses(department.network, department.Mask());
        const Ipv4Address router = addresses.Assign(lan.Get(0)).GetAddress(0);
        addresses.SetBase(department.network, department.Mask(), department.host);
        addresses.Assign(lan.Get(1));
        FibHelper::GetFib(hosts.Get(i))->AddRoute("0.0.0.0/0", router);
        csma.EnablePcap(out, lan.Get(1), true);
    }

    Time when = Seconds(1);
    for (const char* destination :
         {"128.208.128.2", "128.208.2.151", "128.208.96.2", "128.208.64.1"})
    {
        Simulator::Schedule(when, &Decide, Ipv4Address(destination));
        StrataPingHelper ping{Ipv4Address(destination)};
        ping.SetAttribute("Count", UintegerValue(1));
        ping.SetAttribute("Timeout", TimeValue(Seconds(1)));
        ping.EnableOutput(std::cout);
        ping.Install(outside).Start(when);
        when += Seconds(2);
    }
    Simulator::Stop(when);
    Simulator::Run();
    std::cout << "\nThe table outside:\n";
    FibHelper::GetFib(outside)->PrintRoutingTable(Create<OutputStreamWrapper>(&std::cout));
    std::cout << "The table of the main router:\n";
    FibHelper::GetFib(main)->PrintRoutingTable(Create<OutputStreamWrapper>(&std::cout));
    Simulator::Destroy();
    return 0;
}

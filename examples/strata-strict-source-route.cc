// SPDX-License-Identifier: GPL-2.0-only

// Shows: a strict source route that gets an emergency packet through corrupted routing tables.
//
//     manager -- A -- B -- C -- broken
//
// The tables of A and B send everything for the last network to each other, so that packets go
// to and fro until their TTL is used up. A packet that lists every router needs no table.

#include "ns3/core-module.h"
#include "ns3/internet-module.h"
#include "ns3/network-module.h"
#include "ns3/strata-ipv4-helper.h"
#include "ns3/strata-ping-application.h"
#include "ns3/strata-ping-helper.h"
#include "ns3/strata-point-to-point-helper.h"

#include <iostream>

using namespace ns3;
using namespace ns3::strata;

int
main(int argc, char* argv[])
{
    std::string out = "strict-source-route";
    CommandLine cmd(__FILE__);
    cmd.AddValue("out", "Prefix of the captures", out);
    cmd.Parse(argc, argv);
    GlobalValue::Bind("ChecksumEnabled", BooleanValue(true));

    NodeContainer nodes(5); // manager, A, B, C, broken
    InternetStackHelper().Install(nodes);
    StrataIpv4Helper ipv4;
    ipv4.SetAttribute("SourceRouting", StringValue("process"));
    ipv4.Install(nodes);
    StrataPointToPointHelper links;
    links.SetDeviceAttribute("DataRate", StringValue("10Mbps"));
    links.SetChannelAttribute("Delay", StringValue("5ms"));
    Ipv4AddressHelper addresses("10.0.1.0", "255.255.255.0");
    for (uint32_t i = 0; i < 4; ++i)
    {
        addresses.Assign(links.Install(nodes.Get(i), nodes.Get(i + 1)));
        addresses.NewNetwork();
    }
    Ipv4GlobalRoutingHelper::PopulateRoutingTables();
    links.EnablePcapAll(out);

    Simulator::Schedule(Seconds(2), [&nodes] {
        std::cout << "\nNow the tables of A and B are corrupted:\n\n";
        const auto corrupt = [](Ptr<Node> node, Ipv4Address gateway, uint32_t interface) {
            Ipv4StaticRoutingHelper()
                .GetStaticRouting(node->GetObject<Ipv4>())
                ->AddHostRouteTo("10.0.4.2", gateway, interface);
        };
        corrupt(nodes.Get(1), "10.0.2.2", 2);
        corrupt(nodes.Get(2), "10.0.2.1", 1);
    });
    Simulator::Schedule(Seconds(3),
                        [] { std::cout << "\nWith a strict source route over A, B and C:\n\n"; });
    StrataPingHelper ping("10.0.4.2");
    ping.SetAttribute("Count", UintegerValue(1));
    ping.EnableOutput(std::cout);
    ping.Install(nodes.Get(0)).Start(Seconds(1));
    ping.Install(nodes.Get(0)).Start(Seconds(2));
    ping.SetAttribute("StrictRoute", StringValue("10.0.1.2 10.0.2.2 10.0.3.2"));
    auto emergency = ping.Install(nodes.Get(0));
    emergency.Start(Seconds(3));
    Simulator::Run();
    const auto statistics = DynamicCast<PingApplication>(emergency.Get(0))->GetStatistics();
    Simulator::Destroy();
    return statistics.received == 1 ? 0 : 1;
}

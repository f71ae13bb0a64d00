// SPDX-License-Identifier: GPL-2.0-only

// Shows: a recorded route by which a manager finds that Houston reaches Dallas by way of Tokyo.
//
//     Houston (10.0.1.1) ------ 10.0.1.0/24 ------ (10.0.1.2) Dallas
//           \                                           /
//            10.0.2.0/24 ------- Tokyo ------ 10.0.3.0/24
//
// A wrong entry in the table of Houston sends what is for the hosts of Dallas, 10.0.4.0/24, over
// the ocean. The second ping comes after its repair.

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
    std::string out = "record-route";
    CommandLine cmd(__FILE__);
    cmd.AddValue("out", "Prefix of the captures", out);
    cmd.Parse(argc, argv);
    GlobalValue::Bind("ChecksumEnabled", BooleanValue(true));

    NodeContainer nodes(4);
    Ptr<Node> houston = nodes.Get(0);
    Ptr<Node> tokyo = nodes.Get(1);
    Ptr<Node> dallas = nodes.Get(2);
    Ptr<Node> host = nodes.Get(3);
    InternetStackHelper().Install(nodes);
    StrataIpv4Helper().Install(nodes);
    StrataPointToPointHelper links;
    links.SetDeviceAttribute("DataRate", StringValue("1Gbps"));
    Ipv4AddressHelper addresses("10.0.1.0", "255.255.255.0");
    const auto connect = [&](Ptr<Node> left, Ptr<Node> right, const char* delay) {
        links.SetChannelAttribute("Delay", StringValue(delay));
        addresses.Assign(links.Install(left, right));
        addresses.NewNetwork();
    };
    connect(houston, dallas, "2ms");
    connect(houston, tokyo, "54ms");
    connect(tokyo, dallas, "52ms");
    connect(dallas, host, "1ms");
    Ipv4GlobalRoutingHelper::PopulateRoutingTables();
    links.EnablePcapAll(out);

    Ptr<Ipv4StaticRouting> table =
        Ipv4StaticRoutingHelper().GetStaticRouting(houston->GetObject<Ipv4>());
    table->AddHostRouteTo("10.0.4.2", "10.0.2.2", 2);
    Simulator::Schedule(Seconds(3), [table] {
        for (uint32_t i = 0; i < table->GetNRoutes(); ++i)
        {
            if (table->GetRoute(i).GetGateway() == Ipv4Address("10.0.2.2"))
            {
                table->RemoveRoute(i);
                break;
            }
        }
        std::cout << "\n10.0.2.2 and 10.0.3.1 are Tokyo: the table of Houston is repaired.\n\n";
    });
    StrataPingHelper ping("10.0.4.2");
    ping.SetAttribute("Count", UintegerValue(2));
    ping.SetAttribute("RecordRoute", BooleanValue(true));
    ping.EnableOutput(std::cout);
    ping.Install(houston).Start(Seconds(1));
    auto repaired = ping.Install(houston);
    repaired.Start(Seconds(3));
    Simulator::Run();
    const auto statistics = DynamicCast<PingApplication>(repaired.Get(0))->GetStatistics();
    Simulator::Destroy();
    return statistics.maximum < 10000 && statistics.received == 2 ? 0 : 1;
}

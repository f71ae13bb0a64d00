// SPDX-License-Identifier: GPL-2.0-only

// Shows: traceroute with UDP and with ICMP probes, to a host, to nobody and to nowhere.
//
//     host -- router -- router -- router -- host
//      10.0.1.0   10.0.2.0  10.0.3.0   10.0.4.0, each /24

#include "ns3/core-module.h"
#include "ns3/internet-module.h"
#include "ns3/network-module.h"
#include "ns3/strata-ipv4-helper.h"
#include "ns3/strata-point-to-point-helper.h"
#include "ns3/strata-traceroute-helper.h"

#include <iostream>

using namespace ns3;
using namespace ns3::strata;

int
main(int argc, char* argv[])
{
    std::string out = "traceroute";
    CommandLine cmd(__FILE__);
    cmd.AddValue("out", "Prefix of the captures", out);
    cmd.Parse(argc, argv);
    GlobalValue::Bind("ChecksumEnabled", BooleanValue(true));

    NodeContainer nodes(5);
    InternetStackHelper().Install(nodes);
    StrataIpv4Helper().Install(nodes);
    StrataPointToPointHelper links;
    links.SetDeviceAttribute("DataRate", StringValue("100Mbps"));
    Ipv4AddressHelper addresses("10.0.1.0", "255.255.255.0");
    for (uint32_t i = 0; i < 4; ++i)
    {
        links.SetChannelAttribute("Delay", TimeValue(MilliSeconds(1 + i)));
        links.SetDeviceAttribute("Mtu", UintegerValue(i < 2 ? 1500 : 1200));
        addresses.Assign(links.Install(nodes.Get(i), nodes.Get(i + 1)));
        addresses.NewNetwork();
    }
    Ipv4GlobalRoutingHelper::PopulateRoutingTables();
    links.EnablePcapAll(out);

    const auto trace = [&nodes](const char* destination, const char* method) {
        StrataTracerouteHelper traceroute{Ipv4Address(destination)};
        traceroute.SetAttribute("Method", StringValue(method));
        traceroute.EnableOutput(std::cout);
        return traceroute.Install(nodes.Get(0)).Get(0);
    };
    trace("10.0.4.2", "udp")->SetStartTime(Seconds(1));
    trace("10.0.4.2", "icmp")->SetStartTime(Seconds(2));
    trace("192.0.2.1", "udp")->SetStartTime(Seconds(3)); // a network that no router knows
    const auto large = trace("10.0.4.2", "udp");         // does not fit into 1200 octets
    large->SetAttribute("Size", UintegerValue(1400));
    large->SetAttribute("DontFragment", BooleanValue(true));
    large->SetStartTime(Seconds(4));
    Simulator::Run();
    Simulator::Destroy();
    return 0;
}

// SPDX-License-Identifier: GPL-2.0-only

// Shows: traceroute with UDP and with ICMP probes, and what stops them on the way.
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

    const auto trace = [&nodes](const char* what, const char* destination, double start) {
        Simulator::Schedule(Seconds(start), [what] { std::cout << "\n" << what << ":\n"; });
        StrataTracerouteHelper traceroute{Ipv4Address(destination)};
        traceroute.EnableOutput(std::cout);
        ApplicationContainer application = traceroute.Install(nodes.Get(0));
        application.Start(Seconds(start));
        return application.Get(0);
    };
    trace("UDP probes", "10.0.4.2", 1);
    trace("ICMP probes", "10.0.4.2", 2)->SetAttribute("Method", StringValue("icmp"));
    trace("To a network that no router knows", "192.0.2.1", 3);
    const auto large = trace("Larger than the third link, and not to be fragmented", "10.0.4.2", 4);
    large->SetAttribute("Size", UintegerValue(1400));
    large->SetAttribute("DontFragment", BooleanValue(true));
    Simulator::Run();
    Simulator::Destroy();
    return 0;
}

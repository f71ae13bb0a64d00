// SPDX-License-Identifier: GPL-2.0-only

// Shows: a loose source route that forces packets from London to Sydney to go west.
//
//            New York -- Los Angeles -- Honolulu
//           /                                   \ .
//    London                                      Sydney
//           \                                   /
//            Dubai ------- Singapore -----------
//
// Routing goes east, for that is a hop shorter. The routers follow source routes, which RFC 7126
// has them refuse unless they are told otherwise.

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
    std::string out = "loose-source-route";
    CommandLine cmd(__FILE__);
    cmd.AddValue("out", "Prefix of the captures", out);
    cmd.Parse(argc, argv);
    GlobalValue::Bind("ChecksumEnabled", BooleanValue(true));

    enum City
    {
        LONDON,
        NEW_YORK,
        LOS_ANGELES,
        HONOLULU,
        SYDNEY,
        DUBAI,
        SINGAPORE
    };

    const std::vector<std::string>
        names{"London", "New York", "Los Angeles", "Honolulu", "Sydney", "Dubai", "Singapore"};
    const std::vector<std::tuple<City, City, std::string>> cables{{LONDON, NEW_YORK, "28ms"},
                                                                  {NEW_YORK, LOS_ANGELES, "20ms"},
                                                                  {LOS_ANGELES, HONOLULU, "21ms"},
                                                                  {HONOLULU, SYDNEY, "41ms"},
                                                                  {LONDON, DUBAI, "27ms"},
                                                                  {DUBAI, SINGAPORE, "29ms"},
                                                                  {SINGAPORE, SYDNEY, "31ms"}};
    NodeContainer cities(names.size());
    InternetStackHelper().Install(cities);
    StrataIpv4Helper ipv4;
    ipv4.SetAttribute("SourceRouting", StringValue("process"));
    ipv4.Install(cities);
    Ipv4AddressHelper addresses("10.0.1.0", "255.255.255.0");
    StrataPointToPointHelper links;
    links.SetDeviceAttribute("DataRate", StringValue("1Gbps"));
    for (const auto& [left, right, delay] : cables)
    {
        links.SetChannelAttribute("Delay", StringValue(delay));
        const auto ends = addresses.Assign(links.Install(cities.Get(left), cities.Get(right)));
        std::cout << ends.GetAddress(0) << " is " << names[left] << ", " << ends.GetAddress(1)
                  << " is " << names[right] << "\n";
        addresses.NewNetwork();
    }
    Ipv4GlobalRoutingHelper::PopulateRoutingTables();
    links.EnablePcapAll(out);

    std::cout << "\nAs routing has it, east:\n\n";
    StrataPingHelper ping("10.0.4.2"); // Sydney, as Honolulu knows it
    ping.SetAttribute("Count", UintegerValue(1));
    ping.SetAttribute("RecordRoute", BooleanValue(true));
    ping.EnableOutput(std::cout);
    ping.Install(cities.Get(LONDON)).Start(Seconds(1));
    Simulator::Schedule(Seconds(2), [] {
        std::cout << "\nWith a loose source route over New York, Los Angeles and Honolulu:\n\n";
    });
    ping.SetAttribute("LooseRoute", StringValue("10.0.1.2 10.0.2.2 10.0.3.2"));
    auto west = ping.Install(cities.Get(LONDON));
    west.Start(Seconds(2));
    Simulator::Run();
    const auto statistics = DynamicCast<PingApplication>(west.Get(0))->GetStatistics();
    Simulator::Destroy();
    return statistics.received == 1 ? 0 : 1;
}

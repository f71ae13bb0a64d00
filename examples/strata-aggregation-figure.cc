// SPDX-License-Identifier: GPL-2.0-only

// Shows: London aggregates three prefixes for New York, which then needs two (Figs. 5-51 to 5-53).
//
//     San Francisco -- New York -- London --+-- Cambridge, 194.24.0.0/21
//                                           +-- Edinburgh, 194.24.8.0/22
//                                           +-- Oxford, 194.24.16.0/20
//
// 194.24.12.0/22 is free at first, then it is San Francisco's. (Figs. 5-52 and 5-53 print 192.24
// for 194.24.)

#include "ns3/core-module.h"
#include "ns3/internet-module.h"
#include "ns3/network-module.h"
#include "ns3/strata-aggregation-decision.h"
#include "ns3/strata-fib-helper.h"
#include "ns3/strata-ipv4-helper.h"
#include "ns3/strata-ping-helper.h"
#include "ns3/strata-point-to-point-helper.h"

#include <fmt/format.h>
#include <iostream>

using namespace ns3;
using namespace ns3::strata;

struct Block
{
    const char* name;
    const char* prefix;
    const char* router; //!< first address, of the router next to it
    const char* host;
};

const Block LONDONS[] = {{"Cambridge", "194.24.0.0/21", "194.24.0.1", "194.24.0.2"},
                         {"Edinburgh", "194.24.8.0/22", "194.24.8.1", "194.24.8.2"},
                         {"Oxford", "194.24.16.0/20", "194.24.16.1", "194.24.16.2"}};
const Block FREE{"San Francisco", "194.24.12.0/22", "194.24.12.1", "194.24.12.2"};

std::string
Text(uint32_t address)
{
    std::ostringstream os;
    os << Ipv4Address(address);
    return os.str();
}

std::string
Text(const Ipv4Prefix& prefix)
{
    return Text(prefix.GetAddress()) + "/" + std::to_string(prefix.GetLength());
}

/** A row of Fig. 5-51. */
void
PrintAssignment(const char* name, const char* text)
{
    const Ipv4Prefix prefix = FibRouting::ParsePrefix(text);
    const uint32_t first = prefix.GetAddress();
    const uint32_t many = uint32_t{1} << (32 - prefix.GetLength());
    fmt::print("{:12}{:15}{:15}{:<10}{}\n", name, Text(first), Text(first + many - 1), many, text);
}

/** Prints routes, by the names of where they lead. */
void
PrintRoutes(const std::string& what, const std::vector<AggregationRoute<Ipv4Family>>& routes)
{
    fmt::print("{}:", what);
    for (const auto& [prefix, value] : routes)
    {
        fmt::print(" {} to {};", Text(prefix), value == 0 ? "London" : FREE.name);
    }
    fmt::print("\n");
}

/** Links \p block to a router. */
void
Connect(Ptr<Node> router, Ptr<Node> host, const Block& block, StrataPointToPointHelper& links)
{
    const Ipv4Prefix prefix = FibRouting::ParsePrefix(block.prefix);
    Ipv4AddressHelper(Ipv4Address(prefix.GetAddress()),
                      Ipv4Mask(("/" + std::to_string(prefix.GetLength())).c_str()))
        .Assign(links.Install(router, host));
    FibHelper::GetFib(host)->AddRoute("0.0.0.0/0", block.router);
}

int
main(int argc, char* argv[])
{
    std::string out = "aggregation-figure";
    CommandLine cmd(__FILE__);
    cmd.AddValue("out", "Prefix of the captures", out);
    cmd.Parse(argc, argv);
    GlobalValue::Bind("ChecksumEnabled", BooleanValue(true));

    NodeContainer routers(2); // New York and London
    NodeContainer hosts(4);
    InternetStackHelper stack;
    stack.SetRoutingHelper(FibHelper());
    stack.Install(NodeContainer(routers, hosts));
    StrataIpv4Helper().Install(NodeContainer(routers, hosts));
    Ptr<FibRouting> newYork = FibHelper::GetFib(routers.Get(0));
    Ptr<FibRouting> london = FibHelper::GetFib(routers.Get(1));
    StrataPointToPointHelper links;
    links.SetChannelAttribute("Delay", StringValue("10ms"));
    Ipv4AddressHelper("198.51.100.0", "255.255.255.0").Assign(links.Install(routers));
    london->AddRoute("0.0.0.0/0", "198.51.100.1");
    fmt::print("University  First address  Last address   How many  Prefix\n");
    for (uint32_t i = 0; i < 3; ++i)
    {
        PrintAssignment(LONDONS[i].name, LONDONS[i].prefix);
        Connect(routers.Get(1), hosts.Get(i), LONDONS[i], links);
    }
    PrintAssignment("(Available)", FREE.prefix);
    Connect(routers.Get(0), hosts.Get(3), FREE, links);
    Ptr<Ipv4> stackOfNewYork = routers.Get(0)->GetObject<Ipv4>();
    stackOfNewYork->SetDown(2); // San Francisco is not there yet
    links.EnablePcapAll(out);

    // What London has behind it, all but the way to New York.
    std::vector<Ipv4Prefix> own;
    london->GetTable().ForEach([&own](const Ipv4Prefix& prefix, const auto& path, RouteVerdict) {
        if (path.hop.interface > 1)
        {
            own.push_back(prefix);
        }
    });
    const auto aggregate = AggregateCovering<Ipv4Family>(own, {});
    for (const Ipv4Prefix& prefix : aggregate.announced)
    {
        fmt::print("\nLondon tells New York of {} for its {} prefixes,\n",
                   Text(prefix),
                   own.size());
        newYork->AddRoute(Text(prefix), "198.51.100.2");
    }
    for (const Ipv4Prefix& prefix : aggregate.discarded)
    {
        fmt::print("and discards what it has no route for in {}.\n", Text(prefix));
        london->AddBlackhole(Text(prefix));
    }
    std::vector<AggregationRoute<Ipv4Family>> exact;
    for (const Ipv4Prefix& prefix : own)
    {
        exact.push_back({prefix, 0});
    }
    fmt::print("\nThe fewest routes that send each address as all the prefixes do, and no other\n");
    PrintRoutes("before", AggregateExactly(exact));
    exact.push_back({FibRouting::ParsePrefix(FREE.prefix), 1});
    PrintRoutes("after", AggregateExactly(exact));

    const auto ping = [&](const Block& block, double start) {
        Simulator::Schedule(Seconds(start), [&block] { fmt::print("\n{}:\n", block.name); });
        StrataPingHelper helper{Ipv4Address(block.host)};
        helper.SetAttribute("Count", UintegerValue(1));
        helper.SetAttribute("Timeout", TimeValue(Seconds(1)));
        helper.EnableOutput(std::cout);
        helper.Install(routers.Get(0)).Start(Seconds(start));
    };
    ping(LONDONS[0], 1);
    ping(LONDONS[1], 2);
    ping(LONDONS[2], 3);
    ping(FREE, 4);
    Simulator::Schedule(Seconds(6), [&] {
        fmt::print("\n{} is given to San Francisco.\n", FREE.prefix);
        stackOfNewYork->SetUp(2);
    });
    ping(FREE, 7);
    ping(LONDONS[2], 8);
    Simulator::Run();
    fmt::print("\nThe table of New York:\n");
    newYork->PrintRoutingTable(Create<OutputStreamWrapper>(&std::cout));
    Simulator::Destroy();
    return 0;
}

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

const Block BLOCKS[] = {{"Cambridge", "194.24.0.0/21", "194.24.0.1", "194.24.0.2"},
                        {"Edinburgh", "194.24.8.0/22", "194.24.8.1", "194.24.8.2"},
                        {"(Available)", "194.24.12.0/22", "194.24.12.1", "194.24.12.2"},
                        {"Oxford", "194.24.16.0/20", "194.24.16.1", "194.24.16.2"}};
constexpr uint32_t FREE = 2; // later San Francisco's

/** A row of Fig. 5-51. */
void
PrintAssignment(const Block& block)
{
    const Ipv4Prefix prefix = FibRouting::ParsePrefix(block.prefix);
    const uint32_t first = prefix.GetAddress();
    const uint32_t many = uint32_t{1} << (32 - prefix.GetLength());
    fmt::print("{:12}{:15}{:15}{:<10}{}\n",
               block.name,
               Fib4Traits::TextOf(first),
               Fib4Traits::TextOf(first + many - 1),
               many,
               block.prefix);
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
    StrataPointToPointHelper links;
    links.SetChannelAttribute("Delay", StringValue("10ms"));
    Ipv4AddressHelper("198.51.100.0", "255.255.255.0").Assign(links.Install(routers));
    FibHelper::GetFib(routers.Get(1))->AddRoute("0.0.0.0/0", "198.51.100.1");
    fmt::print("University  First address  Last address   How many  Prefix\n");
    for (uint32_t i = 0; i < 4; ++i)
    {
        PrintAssignment(BLOCKS[i]);
        Connect(routers.Get(i == FREE ? 0 : 1), hosts.Get(i), BLOCKS[i], links);
    }
    Ptr<Ipv4> stackOfNewYork = routers.Get(0)->GetObject<Ipv4>();
    stackOfNewYork->SetDown(2); // San Francisco is not there yet
    links.EnablePcapAll(out);

    const auto told = FibHelper::Aggregate(routers.Get(1), routers.Get(0), "198.51.100.2");
    for (const Ipv4Prefix& prefix : told.announced)
    {
        fmt::print("\nLondon tells New York of {}", FibRouting::TextOf(prefix));
    }
    for (const Ipv4Prefix& prefix : told.discarded)
    {
        fmt::print(",\nand discards what it has no route for in {}", FibRouting::TextOf(prefix));
    }
    fmt::print(".\n");

    const std::pair<uint32_t, double> pings[] =
        {{0, 1}, {1, 2}, {3, 3}, {FREE, 4}, {FREE, 7}, {3, 8}};
    for (const auto& [i, start] : pings)
    {
        const Block& block = BLOCKS[i];
        Simulator::Schedule(Seconds(start), [&block] { fmt::print("\n{}:\n", block.name); });
        StrataPingHelper ping{Ipv4Address(block.host)};
        ping.SetAttribute("Count", UintegerValue(1));
        ping.SetAttribute("Timeout", TimeValue(Seconds(1)));
        ping.EnableOutput(std::cout);
        ping.Install(routers.Get(0)).Start(Seconds(start));
    }
    Simulator::Schedule(Seconds(6), [&] {
        fmt::print("\n{} is given to San Francisco.\n", BLOCKS[FREE].prefix);
        stackOfNewYork->SetUp(2);
    });
    Simulator::Run();
    fmt::print("\nThe table of New York:\n");
    FibHelper::GetFib(routers.Get(0))->PrintRoutingTable(Create<OutputStreamWrapper>(&std::cout));
    Simulator::Destroy();
    return 0;
}

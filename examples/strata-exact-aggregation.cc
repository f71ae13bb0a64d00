// SPDX-License-Identifier: GPL-2.0-only

// Shows: the fewest routes that change no decision, before and after a hole is taken (Fig. 5-53).
//
// New York sends three prefixes to London, 194.24.12.0/22 between them to nobody. Other than an
// aggregate that covers free space (aggregation-figure), exact routes may not join them until all
// of 194.24.0.0/19 leads somewhere. (The figure prints 192.24 for 194.24.)

#include "ns3/core-module.h"
#include "ns3/strata-aggregation-decision.h"
#include "ns3/strata-fib-routing-protocol.h"

#include <fmt/format.h>

using namespace ns3;
using namespace ns3::strata;

using Routes = std::vector<AggregationRoute<Ipv4Family>>;

const char* const CITIES[] = {"London", "San Francisco"};

void
Print(const char* when, const Routes& routes)
{
    fmt::print("{}:", when);
    for (const auto& [prefix, city] : AggregateExactly(routes))
    {
        fmt::print(" {} to {};", FibRouting::TextOf(prefix), CITIES[city]);
    }
    fmt::print("\n");
}

int
main(int argc, char* argv[])
{
    CommandLine cmd(__FILE__);
    cmd.Parse(argc, argv);
    Routes routes;
    for (const char* prefix : {"194.24.0.0/21", "194.24.8.0/22", "194.24.16.0/20"})
    {
        routes.push_back({FibRouting::ParsePrefix(prefix), 0});
    }
    Print("before", routes);
    routes.push_back({FibRouting::ParsePrefix("194.24.12.0/22"), 1});
    Print("after", routes);
    return 0;
}

// SPDX-License-Identifier: GPL-2.0-only

// Shows: the classes that addresses had before CIDR (Fig. 5-54), and how a router looked one up.

#include "ns3/core-module.h"
#include "ns3/network-module.h"
#include "ns3/strata-classful-table.h"

#include <fmt/format.h>
#include <sstream>

using namespace ns3;
using namespace ns3::strata;

std::string
Text(uint32_t address)
{
    std::ostringstream os;
    os << Ipv4Address(address);
    return os.str();
}

/** Fig. 5-54: the first four bits of an address choose among sixteen cases. */
void
PrintClasses()
{
    fmt::print("Class  Cases  First address    Last address\n");
    for (uint32_t first = 0, next; first < 16; first = next)
    {
        const Ipv4Class which = ClassOf(first << 28);
        for (next = first; next < 16 && ClassOf(next << 28) == which; ++next)
        {
        }
        // Network 0 is none: it means this network.
        const uint32_t lowest = first == 0 ? 1U << 24 : first << 28;
        const uint32_t last = (next << 28) - 1; // of sixteen, nothing is left but the ones
        fmt::print("{}      {:<5}  {:<15}  {}\n",
                   static_cast<char>('A' + static_cast<int>(which)),
                   next - first,
                   Text(lowest),
                   Text(last));
    }
}

/** A lookup as it was before CIDR. */
void
LookUp()
{
    ClassfulTable table;
    const char* const lines[] = {"line 1", "line 2", "line 3"};
    table.Insert(Ipv4Address("18.0.0.0").Get(), 0);
    table.Insert(Ipv4Address("128.208.0.0").Get(), 1);
    table.Insert(Ipv4Address("192.32.65.0").Get(), 2);
    fmt::print("\n");
    for (const char* destination :
         {"18.26.0.1", "128.208.2.151", "192.32.65.5", "192.32.63.3", "224.0.0.5", "240.0.0.1"})
    {
        const uint32_t address = Ipv4Address(destination).Get();
        const Ipv4Prefix network = ClassfulNetworkOf(address);
        const ClassfulTable::Answer answer = table.Lookup(address);
        using Outcome = ClassfulTable::Outcome;
        fmt::print("{:<14} is in {}/{}: {}\n",
                   destination,
                   Text(network.GetAddress()),
                   network.GetLength(),
                   answer.outcome == Outcome::FOUND       ? lines[answer.value]
                   : answer.outcome == Outcome::MULTICAST ? "to multicast"
                   : answer.outcome == Outcome::REFUSED   ? "refused"
                                                          : "no route");
    }
}

int
main(int argc, char* argv[])
{
    CommandLine cmd(__FILE__);
    cmd.Parse(argc, argv);
    PrintClasses();
    LookUp();
    return 0;
}

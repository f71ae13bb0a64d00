// SPDX-License-Identifier: GPL-2.0-only

#include "strata-forwarding-policy.h"

namespace ns3
{
namespace strata
{

const char*
ExactForwarding::Name() const
{
    return "exact";
}

const Route*
ExactForwarding::Select(const RouteTable& table, MemberName destination) const
{
    const Route* route = table.FindExact(NameBlock::Host(destination));
    return route ? route : table.FindExact(NameBlock());
}

const char*
LongestPrefixForwarding::Name() const
{
    return "longest-prefix";
}

const Route*
LongestPrefixForwarding::Select(const RouteTable& table, MemberName destination) const
{
    return table.Find(destination);
}

} // namespace strata
} // namespace ns3

// SPDX-License-Identifier: GPL-2.0-only

#include "strata-middlebox-trial.h"

#include <algorithm>

namespace ns3
{
namespace strata
{

namespace
{

/** A code, and the beginnings of the names of drops that it stands for. */
struct Reason
{
    MiddleboxName name;
    std::vector<std::string> drops;
};

/** The more telling ones first. */
const std::vector<Reason>&
Reasons()
{
    static const std::vector<Reason> reasons{
        {{"private", "a peer was told a private address, which leads nowhere"}, {"ip.private"}},
        {{"protocol", "the NAT cannot read the protocol"}, {"nat.unknown-protocol"}},
        {{"firewall", "the firewall lets nobody in who was not asked"}, {"firewall."}},
        {{"filter", "the NAT has a mapping, but lets in only whom the host sent to"},
         {"nat.filtered"}},
        {{"no-mapping", "the NAT does not know for which host it is"},
         {"nat.no-mapping", "nat.unsolicited-syn"}},
    };
    return reasons;
}

} // namespace

const std::vector<MiddleboxName>&
MiddleboxReasons()
{
    static const std::vector<MiddleboxName> names = [] {
        std::vector<MiddleboxName> all{
            {"ok", "works"},
            {"state", "it worked until a box had forgotten it"},
        };
        for (const Reason& reason : Reasons())
        {
            all.push_back(reason.name);
        }
        all.push_back({"?", "fails, and no box dropped anything"});
        return all;
    }();
    return names;
}

std::string
MiddleboxReasonFor(TrafficVerdict verdict, const std::map<std::string, uint64_t>& drops)
{
    if (verdict == TrafficVerdict::WORKS)
    {
        return "ok";
    }
    if (verdict == TrafficVerdict::BROKEN)
    {
        return "state";
    }
    for (const Reason& reason : Reasons())
    {
        for (const std::string& prefix : reason.drops)
        {
            const auto found = drops.lower_bound(prefix);
            if (found != drops.end() && found->first.compare(0, prefix.size(), prefix) == 0)
            {
                return reason.name.name;
            }
        }
    }
    return "?";
}

} // namespace strata
} // namespace ns3

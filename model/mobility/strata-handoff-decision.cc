// SPDX-License-Identifier: GPL-2.0-only

#include "strata-handoff-decision.h"

#include <algorithm>

namespace ns3
{
namespace strata
{

HandoffReport
JudgeHandoff(const std::vector<Arrival>& arrivals,
             Nanos move,
             Nanos end,
             Nanos interval,
             const std::vector<Nanos>& sent,
             Nanos patience,
             Nanos lead)
{
    HandoffReport report;
    std::vector<bool> seen(sent.size(), false);
    Nanos last = move;
    Nanos longest{-1};
    int64_t newest = -1;
    for (const Arrival& arrival : arrivals)
    {
        const bool inSpan = arrival.time >= move && arrival.time < end;
        if (arrival.time < end && arrival.time >= move)
        {
            if (arrival.time - last > longest)
            {
                longest = arrival.time - last;
                report.silentFrom = last;
                report.silentTo = arrival.time;
            }
        }
        if (arrival.time < end)
        {
            last = arrival.time;
        }
        if (arrival.sequence >= seen.size())
        {
            continue;
        }
        if (seen[arrival.sequence])
        {
            report.duplicated += inSpan ? 1 : 0;
            continue;
        }
        seen[arrival.sequence] = true;
        report.reordered += inSpan && arrival.sequence < newest ? 1 : 0;
        newest = std::max<int64_t>(newest, arrival.sequence);
    }
    report.recovered = longest >= Nanos::zero() && end - last <= patience;
    report.outage = std::max(longest - interval, Nanos::zero());
    for (std::size_t i = 0; i < sent.size(); ++i)
    {
        report.lost += sent[i] >= move - lead && sent[i] < end - lead && !seen[i] ? 1 : 0;
    }
    if (!report.recovered)
    {
        return report;
    }
    std::vector<bool> counted(sent.size(), false);
    for (const Arrival& arrival : arrivals)
    {
        if (arrival.time > report.silentTo && arrival.time < end &&
            arrival.sent >= report.silentTo && arrival.sequence < counted.size() &&
            !counted[arrival.sequence])
        {
            counted[arrival.sequence] = true;
            report.settledDelays.push_back(arrival.time - arrival.sent);
        }
    }
    return report;
}

namespace
{

/** The part of [from, to] that at least one of the spans covers. */
Nanos
Covered(Nanos from, Nanos to, std::vector<std::pair<Nanos, Nanos>> spans)
{
    std::sort(spans.begin(), spans.end());
    Nanos covered{0};
    Nanos reached = from;
    for (const auto& [begin, end] : spans)
    {
        const Nanos start = std::max(begin, reached);
        const Nanos stop = std::min(end, to);
        if (stop > start)
        {
            covered += stop - start;
            reached = stop;
        }
    }
    return covered;
}

} // namespace

OutageShares
ShareOutage(Nanos from, Nanos to, Nanos outage, const std::vector<LinkTimes>& links)
{
    std::vector<std::pair<Nanos, Nanos>> gaps;
    std::vector<std::pair<Nanos, Nanos>> all;
    for (const LinkTimes& link : links)
    {
        gaps.emplace_back(link.down, link.up);
        all.emplace_back(link.down, std::max(link.up, link.ready));
    }
    OutageShares shares;
    shares.link = std::min(Covered(from, to, gaps), outage);
    shares.address =
        std::min(Covered(from, to, all) - Covered(from, to, gaps), outage - shares.link);
    shares.mobility = outage - shares.link - shares.address;
    return shares;
}

} // namespace strata
} // namespace ns3

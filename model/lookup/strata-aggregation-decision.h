// SPDX-License-Identifier: GPL-2.0-only

#ifndef STRATA_AGGREGATION_DECISION_H
#define STRATA_AGGREGATION_DECISION_H

#include "ns3/strata-prefix.h"

#include <cstdint>
#include <vector>

namespace ns3
{
namespace strata
{

/** A prefix and a number that stands for where its packets go. */
template <class Family>
struct AggregationRoute
{
    Prefix<Family> prefix;
    uint32_t value{0};

    friend bool operator==(const AggregationRoute& a, const AggregationRoute& b)
    {
        return a.prefix == b.prefix && a.value == b.value;
    }

    friend bool operator!=(const AggregationRoute& a, const AggregationRoute& b)
    {
        return !(a == b);
    }
};

/** The value of a route that discards: to this router as good as no route. */
constexpr uint32_t DISCARD_VALUE = UINT32_MAX;

/**
 * The fewest routes whose longest match gives every address the value that the longest match in
 * \p routes gives it, and none where that gives none; in the order of prefixes. Of two routes with
 * one prefix the later counts.
 *
 * With \p discardRoutes the result may hold routes with DISCARD_VALUE, which mean "no route", and
 * need fewer routes for it.
 *
 * Draves, King, Venkatachary, Zill: Constructing optimal IP routing tables, INFOCOM 1999 (ORTC).
 * There every address has a route; here, without discard routes, no route may cover an address that
 * has none, so each largest block in which all addresses have one is a table of its own.
 */
template <class Family>
std::vector<AggregationRoute<Family>> AggregateExactly(
    const std::vector<AggregationRoute<Family>>& routes,
    bool discardRoutes = false);

/** How far a router goes when it announces one block in place of several. */
struct CoveringRules
{
    double leastFill{0.5}; //!< share of a block that must be the router's own
    unsigned shortest{8};  //!< bits; no block is larger
};

/** What a router announces and what it must do for it. */
template <class Family>
struct CoveringResult
{
    std::vector<Prefix<Family>> announced; //!< in the order of prefixes
    /**
     * Blocks for which the router must have a route that discards: it announces them and has no
     * route of its own for all of it. Without it, a packet to the rest would follow the default
     * route back to where it came from.
     */
    std::vector<Prefix<Family>> discarded;
};

/**
 * What a router announces for the prefixes \p own so that others need few routes to it. Space that
 * nobody has is covered too where that helps.
 *
 * \p foreign are the prefixes that others announce, without the default route. Whoever has these
 * and \p announced sends every address by its longest match to whom it belongs: an aggregate never
 * lies in a block of somebody else unless it is the router's own to the last address, and own
 * prefixes inside a foreign one inside an aggregate stay announced. A block is aggregated where
 * both its halves hold something of the router's and the rules allow it, the largest first.
 */
template <class Family>
CoveringResult<Family> AggregateCovering(const std::vector<Prefix<Family>>& own,
                                         const std::vector<Prefix<Family>>& foreign,
                                         const CoveringRules& rules = {});

extern template std::vector<AggregationRoute<Ipv4Family>> AggregateExactly<Ipv4Family>(
    const std::vector<AggregationRoute<Ipv4Family>>&,
    bool);
extern template std::vector<AggregationRoute<Ipv6Family>> AggregateExactly<Ipv6Family>(
    const std::vector<AggregationRoute<Ipv6Family>>&,
    bool);
extern template CoveringResult<Ipv4Family> AggregateCovering<Ipv4Family>(
    const std::vector<Ipv4Prefix>&,
    const std::vector<Ipv4Prefix>&,
    const CoveringRules&);
extern template CoveringResult<Ipv6Family> AggregateCovering<Ipv6Family>(
    const std::vector<Ipv6Prefix>&,
    const std::vector<Ipv6Prefix>&,
    const CoveringRules&);

} // namespace strata
} // namespace ns3

#endif /* STRATA_AGGREGATION_DECISION_H */

// SPDX-License-Identifier: GPL-2.0-only

#ifndef STRATA_SHORTEST_PATH_DECISION_H
#define STRATA_SHORTEST_PATH_DECISION_H

#include "strata-link-state.h"

#include "ns3/strata-tied.h"

#include <tuple>
#include <utility>
#include <vector>

namespace ns3
{
namespace strata
{

/** The best way to one router. */
struct PathEntry
{
    MemberName member{NO_NAME};
    MemberName nextHop{NO_NAME}; //!< a neighbour; the router itself if it is one
    uint32_t distance{0};        //!< sum of the links' costs; stays at the largest number
    uint16_t hops{0};            //!< links; stays at the largest number
    uint8_t blockLength{64};     //!< of the block that the router reaches

    auto Tie() const
    {
        return std::tie(member, nextHop, distance, hops, blockLength);
    }
};

/** A link's cost counts at most this much (LSInfinity, RFC 2328 appendix B). */
constexpr uint32_t MAX_LINK_COST = 0xffffff;

/**
 * Shortest paths from \p self to every router that can be reached, sorted by name, without
 * \p self itself. \p records has one record an origin, in any order, and no null.
 *
 * A link counts when both ends list it (RFC 2328 section 16.1, step 2b), in each direction at the
 * cost that its near end states, and of parallel links the cheapest. Withdrawn records don't
 * count. Of equal distances the path with fewer links wins, then the one whose first router has
 * the lowest name, so that equal databases give equal answers everywhere.
 */
std::vector<PathEntry> ComputeShortestPaths(MemberName self,
                                            std::vector<const LinkStateRecord*> records);

/** The same for a map, or a guarded table, from origins to their records. */
template <class Database>
std::vector<PathEntry>
ComputeShortestPaths(MemberName self, const Database& database)
{
    std::vector<const LinkStateRecord*> records;
    records.reserve(database.size());
    for (const auto& [origin, record] : database)
    {
        records.push_back(&record);
    }
    return ComputeShortestPaths(self, std::move(records));
}

} // namespace strata
} // namespace ns3

#endif /* STRATA_SHORTEST_PATH_DECISION_H */

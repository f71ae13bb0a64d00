// SPDX-License-Identifier: GPL-2.0-only

#ifndef STRATA_ROUTE_IMPORT_TABLE_H
#define STRATA_ROUTE_IMPORT_TABLE_H

#include "strata-route-base-table.h"

#include <algorithm>
#include <utility>
#include <vector>

namespace ns3
{
namespace strata
{

/**
 * The routes that were taken over from somewhere that does not tell what it changes: it is read
 * again from time to time, and only the difference reaches the routes of the router.
 */
template <class Family>
class RouteImportTable
{
  public:
    using Table = RouteBaseTable<Family>;
    using Path = RoutePath<Family>;
    using PrefixType = Prefix<Family>;
    using Route = std::pair<PrefixType, Path>;

    /**
     * Makes \p now what is taken over, in any order; of two that differ in their metric alone the
     * better one counts. \p changed hears what that does to forwarding.
     */
    void Replace(Table& table, std::vector<Route> now, const typename Table::ChangeVisitor& changed)
    {
        std::sort(now.begin(), now.end(), [](const Route& a, const Route& b) {
            return std::make_pair(KeyOf(a), a.second.metric) <
                   std::make_pair(KeyOf(b), b.second.metric);
        });
        now.erase(std::unique(now.begin(),
                              now.end(),
                              [](const Route& a, const Route& b) { return KeyOf(a) == KeyOf(b); }),
                  now.end());
        std::swap(m_routes, now);
        const std::vector<Route>& before = now;
        // What is new comes first: no packet falls between two routes of a prefix.
        auto old = before.begin();
        for (const Route& route : m_routes)
        {
            while (old != before.end() && KeyOf(*old) < KeyOf(route))
            {
                ++old;
            }
            const bool same = old != before.end() && KeyOf(*old) == KeyOf(route) &&
                              old->second.metric == route.second.metric;
            if (!same)
            {
                Tell(changed, route.first, table.Add(route.first, route.second));
            }
        }
        auto kept = m_routes.begin();
        for (const Route& route : before)
        {
            while (kept != m_routes.end() && KeyOf(*kept) < KeyOf(route))
            {
                ++kept;
            }
            if (kept == m_routes.end() || KeyOf(route) < KeyOf(*kept))
            {
                Tell(changed, route.first, table.Remove(route.first, route.second));
            }
        }
    }

    /** How many routes are taken over. */
    std::size_t Size() const
    {
        return m_routes.size();
    }

  private:
    /** What RouteBaseTable tells paths apart by. */
    static auto KeyOf(const Route& route)
    {
        return std::make_tuple(route.first,
                               route.second.kind,
                               route.second.hop,
                               route.second.source);
    }

    static void Tell(const typename Table::ChangeVisitor& changed,
                     const PrefixType& prefix,
                     RouteChange change)
    {
        if (change != RouteChange::NONE && changed)
        {
            changed(prefix, change);
        }
    }

    std::vector<Route> m_routes;
};

} // namespace strata
} // namespace ns3

#endif /* STRATA_ROUTE_IMPORT_TABLE_H */

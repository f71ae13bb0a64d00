// SPDX-License-Identifier: GPL-2.0-only

#ifndef STRATA_ROUTE_TABLE_H
#define STRATA_ROUTE_TABLE_H

#include "strata-write-right.h"

#include <array>
#include <vector>

namespace ns3
{
namespace strata
{

/** Who made a route. Of routes to the same block the first origin here wins. */
enum class RouteOrigin : uint8_t
{
    LOCAL,      //!< the member itself
    STATIC,     //!< configured
    ATTACHMENT, //!< a leaf's attachment is known
    LINK_STATE, //!< shortest path
    LEARNED,    //!< from the source of a PDU
    DEFAULT,    //!< where everything else goes
    VISITOR,    //!< a leaf here that is reached by tunnels alone; forwarding passes it over
};

/** The name in traces; "unknown" for a number that is none of the enum. */
const char* RouteOriginName(RouteOrigin origin);

/** A table holds one route of a key. */
struct RouteKey
{
    NameBlock block;
    RouteOrigin origin{RouteOrigin::LOCAL};

    auto Tie() const
    {
        return std::tie(block, origin);
    }

    friend bool operator<(const RouteKey& a, const RouteKey& b)
    {
        return a.Tie() < b.Tie();
    }
};

/** A route is recorded by the first name of its block. */
inline uint64_t
WriteKey(const RouteKey& key)
{
    return key.block.GetAddress();
}

/** Where PDUs for a block of names go. */
struct Route
{
    NameBlock block;
    MemberName nextHop{NO_NAME};
    uint32_t port{0};   //!< meaningless for LOCAL
    uint32_t metric{0}; //!< the sum of the links' costs
    RouteOrigin origin{RouteOrigin::STATIC};
    Nanos expires{NEVER};

    RouteKey Key() const
    {
        return {block, origin};
    }

    auto Tie() const
    {
        return std::tie(block, nextHop, port, metric, origin, expires);
    }
};

/**
 * The routes of a member: one a block and origin, in the order of blocks (a block before those
 * inside it) and then of origins. Looking up takes a binary search for each prefix length that
 * the table holds, and never allocates. Only an AttachmentRight changes the table:
 *
 * \code
 * AttachmentRight right(state, state.name, WriteCause::ROUTING, &effects.writes);
 * right.Set(state.routes, route);
 * right.ReplaceAll(state.routes, RouteOrigin::LINK_STATE, std::move(routes));
 * right.Erase(state.routes, RouteKey{block, RouteOrigin::LEARNED});
 * right.ExpireBefore(state.routes, now);
 * \endcode
 */
class RouteTable
{
  public:
    static constexpr TableKind TABLE = TableKind::ROUTES;
    using KeyType = RouteKey;
    using ValueType = Route;
    using value_type = Route;
    using const_iterator = std::vector<Route>::const_iterator;

    /** The route of the longest block that holds \p name, no visitor's; null if there is none. */
    const Route* Find(MemberName name) const;

    /** The route to exactly \p block, of the first origin that has one, no visitor's; or null. */
    const Route* FindExact(const NameBlock& block) const;

    /** The route of exactly \p key; null if there is none. */
    const Route* FindExact(const RouteKey& key) const;

    const_iterator begin() const
    {
        return m_routes.begin();
    }

    const_iterator end() const
    {
        return m_routes.end();
    }

    std::size_t size() const
    {
        return m_routes.size();
    }

    bool empty() const
    {
        return m_routes.empty();
    }

    /** The first time at which a route expires, NEVER if none does; goes through the table. */
    Nanos EarliestExpiry() const;

    /** Bytes of all entries, without the allocator's share. */
    std::size_t MemoryBytes() const
    {
        return m_routes.size() * sizeof(Route);
    }

    auto Tie() const
    {
        return std::tie(m_routes);
    }

  private:
    friend class WriteRight<OwnerOf(TABLE)>;

    /** Sets or replaces a route; true if that changed the table. */
    bool Put(const RouteKey& key, const Route& route);

    bool Remove(const RouteKey& key);

    /** For a change that keeps block and origin. */
    Route* At(const RouteKey& key);

    template <class Gone, class Report>
    void RemoveIf(const Gone& gone, const Report& report)
    {
        auto kept = m_routes.begin();
        for (auto i = m_routes.begin(); i != m_routes.end(); ++i)
        {
            if (gone(i->Key(), std::as_const(*i)))
            {
                report(i->Key());
                --m_lengths[i->block.GetLength()];
            }
            else
            {
                if (kept != i)
                {
                    *kept = *i;
                }
                ++kept;
            }
        }
        m_routes.erase(kept, m_routes.end());
    }

    /** \p wanted in any order; of two routes to one block the last counts. */
    template <class Report>
    void ReplaceAll(RouteOrigin origin, std::vector<Route> wanted, const Report& report)
    {
        for (const RouteKey& key : Merge(origin, std::move(wanted)))
        {
            report(key);
        }
    }

    /** Does the work of ReplaceAll; returns what changed, in order. */
    std::vector<RouteKey> Merge(RouteOrigin origin, std::vector<Route> wanted);

    std::vector<Route>::iterator LowerBound(const RouteKey& key);

    std::vector<Route> m_routes;                           //!< in the order of keys
    std::array<uint32_t, NameBlock::BITS + 1> m_lengths{}; //!< routes of each prefix length
};

} // namespace strata
} // namespace ns3

#endif /* STRATA_ROUTE_TABLE_H */

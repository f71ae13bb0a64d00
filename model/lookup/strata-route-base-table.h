// SPDX-License-Identifier: GPL-2.0-only

#ifndef STRATA_ROUTE_BASE_TABLE_H
#define STRATA_ROUTE_BASE_TABLE_H

#include "strata-lpm-table.h"

#include <boost/container/small_vector.hpp>
#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <tuple>
#include <vector>

namespace ns3
{
namespace strata
{

/** Where packets to a prefix go. */
enum class RouteKind : uint8_t
{
    FORWARD,     ///< to a gateway, or on the link
    BLACKHOLE,   ///< nowhere, in silence
    UNREACHABLE, ///< nowhere, and the sender hears so
};

/** One way out: an interface, and the router behind it; no gateway (zero) for what is on the link.
 */
template <class Family>
struct RouteHop
{
    typename Family::Address gateway{};
    uint32_t interface {
        0
    };

    auto Tie() const
    {
        return std::tie(interface, gateway);
    }

    friend bool operator==(const RouteHop& a, const RouteHop& b)
    {
        return a.Tie() == b.Tie();
    }

    friend bool operator<(const RouteHop& a, const RouteHop& b)
    {
        return a.Tie() < b.Tie();
    }
};

/** A place that routes come from, as a number: see RouteBaseTable::Source(). */
using RouteSource = uint16_t;

/** One way to a prefix, as one source knows it. */
template <class Family>
struct RoutePath
{
    RouteHop<Family> hop;
    uint32_t metric{0};
    RouteSource source{0};
    RouteKind kind{RouteKind::FORWARD};
};

/** What lookups lead to: equal ways, in order, at least one where the kind is FORWARD. */
template <class Family>
struct RouteGroup
{
    RouteKind kind{RouteKind::FORWARD};
    std::vector<RouteHop<Family>> hops;

    auto Tie() const
    {
        return std::tie(kind, hops);
    }

    friend bool operator==(const RouteGroup& a, const RouteGroup& b)
    {
        return a.Tie() == b.Tie();
    }

    friend bool operator<(const RouteGroup& a, const RouteGroup& b)
    {
        return a.Tie() < b.Tie();
    }
};

/** What a change of the routes did to forwarding. */
enum class RouteChange : uint8_t
{
    NONE,     ///< packets go where they went
    ADDED,    ///< the prefix is new
    REPLACED, ///< packets to the prefix go elsewhere
    REMOVED,  ///< the prefix is gone; shorter ones may hold its addresses
};

/** Why a path is used or not. */
enum class RouteVerdict : uint8_t
{
    BEST,            ///< used; with others of this verdict, equal ones
    INTERFACE_DOWN,  ///< its interface is down
    HIGHER_DISTANCE, ///< another source is trusted more
    LATER_SOURCE,    ///< another source of the same distance was known before
    HIGHER_METRIC,   ///< the same source knows a better one
    OTHER_KIND,      ///< as good as one that forwards, but doesn't
};

std::string_view ToString(RouteKind kind);
std::string_view ToString(RouteChange change);
std::string_view ToString(RouteVerdict verdict);

/**
 * The routes of a router: what every source knows, and from that what packets do.
 *
 * A source has a name and an administrative distance, how far it is to be trusted: the paths of the
 * source with the smallest distance win, among those the ones with the smallest metric, and several
 * such are equal. Winners go into an LpmTable whose values name groups of next hops; equal groups
 * are one. Every update touches one prefix; only an interface that goes up or down looks at all.
 */
template <class Family>
class RouteBaseTable
{
  public:
    using Address = typename Family::Address;
    using Path = RoutePath<Family>;
    using Hop = RouteHop<Family>;
    using Group = RouteGroup<Family>;
    using PrefixType = Prefix<Family>;

    /** The number of no group. */
    static constexpr uint32_t NO_GROUP = LPM_NO_VALUE;

    /** The source of that name; a new one gets the distance of its kind, or 200. */
    RouteSource Source(std::string_view name);

    /** The source of that name; all of its routes are weighed anew when its distance changes. */
    RouteSource Source(std::string_view name, uint8_t distance);

    const std::string& NameOf(RouteSource source) const;
    uint8_t DistanceOf(RouteSource source) const;

    /**
     * The distance that routers of the field use for a kind of source: connected 0, static 1, ebgp
     * 20, ospf 110, isis 115, rip 120, ibgp 200.
     */
    static std::optional<uint8_t> UsualDistance(std::string_view name);

    /** Adds a path, or changes the metric of one with the same source, kind and hop. */
    RouteChange Add(const PrefixType& prefix, const Path& path);

    /** Takes the path of that source, kind and hop out; NONE when there is none. */
    RouteChange Remove(const PrefixType& prefix, const Path& path);

    /** Takes all paths of a source to a prefix out. */
    RouteChange Remove(const PrefixType& prefix, RouteSource source);

    using ChangeVisitor = std::function<void(const PrefixType&, RouteChange)>;

    /** Takes all paths of a source out; tells what that changes. */
    void RemoveSource(RouteSource source, const ChangeVisitor& changed);

    /** Paths over an interface that is down are kept and not used. All are up at first. */
    void SetInterface(uint32_t interface, bool up, const ChangeVisitor& changed);

    /** The group of the longest prefix that holds the address; NO_GROUP where none does. */
    uint32_t Lookup(const Address& address) const
    {
        return m_forwarding.Lookup(address);
    }

    /** A group in use. */
    const Group& GroupOf(uint32_t group) const
    {
        return m_groups[group].group;
    }

    /** One more than the largest number of a group ever in use. */
    uint32_t GroupLimit() const
    {
        return static_cast<uint32_t>(m_groups.size());
    }

    /** How often a number has come to stand for another group; caches by number compare it. */
    uint32_t GenerationOf(uint32_t group) const
    {
        return m_groups[group].generation;
    }

    /**
     * The best path to the address over one interface, for what is bound to it: the longest prefix
     * with a path over it, whether or not that path is the best one of its prefix.
     */
    std::optional<Path> LookupOver(const Address& address, uint32_t interface) const;

    /** What lookups use. */
    const LpmTable<Family>& Forwarding() const
    {
        return m_forwarding;
    }

    /** All paths to exactly this prefix with what became of each, the used ones first. */
    std::vector<std::pair<Path, RouteVerdict>> Explain(const PrefixType& prefix) const;

    /** Calls \p visit for every prefix and each of its paths, in order of prefixes. */
    void ForEach(
        const std::function<void(const PrefixType&, const Path&, RouteVerdict)>& visit) const;

    /** How many prefixes have a path. */
    std::size_t Size() const
    {
        return m_index.Size();
    }

    std::size_t MemoryBytes() const;

  private:
    struct SourceInfo
    {
        std::string name;
        uint8_t distance{0};
    };

    /** The paths to one prefix: nearly always one. */
    struct Entry
    {
        boost::container::small_vector<Path, 1> paths;
        uint32_t group{NO_GROUP};
    };

    struct GroupSlot
    {
        Group group;
        uint32_t references{0};
        uint32_t generation{0};
    };

    bool IsUsable(const Path& path) const;
    std::tuple<uint8_t, RouteSource, uint32_t> RankOf(const Path& path) const;
    const Path* BestOf(const Entry& entry) const;
    RouteVerdict Judge(const Path& path, const Path* best) const;
    RouteChange Choose(const PrefixType& prefix, uint32_t index);
    uint32_t Acquire(const Group& group);
    void Release(uint32_t group);
    void ChooseAll(const ChangeVisitor& changed, const std::function<bool(Entry&)>& touch);

    std::vector<SourceInfo> m_sources;
    std::set<uint32_t> m_down;

    /** Every prefix with a path: the number of its entry. */
    LpmTable<Family> m_index;
    std::vector<Entry> m_entries;
    std::vector<uint32_t> m_freeEntries;

    /** Every prefix with a path in use: the number of its group. */
    LpmTable<Family> m_forwarding;
    std::vector<GroupSlot> m_groups;
    std::vector<uint32_t> m_freeGroups;
    std::map<Group, uint32_t> m_groupNumbers;
};

extern template class RouteBaseTable<Ipv4Family>;
extern template class RouteBaseTable<Ipv6Family>;

} // namespace strata
} // namespace ns3

#endif /* STRATA_ROUTE_BASE_TABLE_H */

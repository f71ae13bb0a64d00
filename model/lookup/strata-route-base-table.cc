// SPDX-License-Identifier: GPL-2.0-only

#include "strata-route-base-table.h"

#include <algorithm>
#include <stdexcept>

namespace ns3
{
namespace strata
{

std::string_view
ToString(RouteKind kind)
{
    switch (kind)
    {
    case RouteKind::FORWARD:
        return "forward";
    case RouteKind::BLACKHOLE:
        return "blackhole";
    case RouteKind::UNREACHABLE:
        return "unreachable";
    }
    return "";
}

std::string_view
ToString(RouteChange change)
{
    switch (change)
    {
    case RouteChange::NONE:
        return "none";
    case RouteChange::ADDED:
        return "added";
    case RouteChange::REPLACED:
        return "replaced";
    case RouteChange::REMOVED:
        return "removed";
    }
    return "";
}

std::string_view
ToString(RouteVerdict verdict)
{
    switch (verdict)
    {
    case RouteVerdict::BEST:
        return "best";
    case RouteVerdict::INTERFACE_DOWN:
        return "interface down";
    case RouteVerdict::HIGHER_DISTANCE:
        return "higher distance";
    case RouteVerdict::LATER_SOURCE:
        return "later source";
    case RouteVerdict::HIGHER_METRIC:
        return "higher metric";
    case RouteVerdict::OTHER_KIND:
        return "other kind";
    }
    return "";
}

template <class Family>
std::optional<uint8_t>
RouteBaseTable<Family>::UsualDistance(std::string_view name)
{
    constexpr std::pair<std::string_view, uint8_t> usual[] = {{"connected", 0},
                                                              {"static", 1},
                                                              {"ebgp", 20},
                                                              {"ospf", 110},
                                                              {"isis", 115},
                                                              {"rip", 120},
                                                              {"ibgp", 200}};
    for (const auto& [kind, distance] : usual)
    {
        if (kind == name)
        {
            return distance;
        }
    }
    return std::nullopt;
}

template <class Family>
RouteSource
RouteBaseTable<Family>::Source(std::string_view name)
{
    for (std::size_t i = 0; i < m_sources.size(); ++i)
    {
        if (m_sources[i].name == name)
        {
            return static_cast<RouteSource>(i);
        }
    }
    if (m_sources.size() > UINT16_MAX)
    {
        throw std::length_error("RouteBaseTable: too many sources of routes");
    }
    m_sources.push_back({std::string(name), UsualDistance(name).value_or(200)});
    return static_cast<RouteSource>(m_sources.size() - 1);
}

template <class Family>
RouteSource
RouteBaseTable<Family>::Source(std::string_view name, uint8_t distance)
{
    const RouteSource source = Source(name);
    if (m_sources[source].distance != distance)
    {
        m_sources[source].distance = distance;
        ChooseAll(nullptr, [source](const Entry& entry) {
            return std::any_of(entry.paths.begin(), entry.paths.end(), [source](const Path& path) {
                return path.source == source;
            });
        });
    }
    return source;
}

template <class Family>
const std::string&
RouteBaseTable<Family>::NameOf(RouteSource source) const
{
    return m_sources.at(source).name;
}

template <class Family>
uint8_t
RouteBaseTable<Family>::DistanceOf(RouteSource source) const
{
    return m_sources.at(source).distance;
}

// ---- Choice -----------------------------------------------------------------------------------

template <class Family>
bool
RouteBaseTable<Family>::IsUsable(const Path& path) const
{
    return path.kind != RouteKind::FORWARD || m_down.empty() ||
           m_down.count(path.hop.interface) == 0;
}

/** The smallest wins: distance, then the older source, then metric. */
template <class Family>
std::tuple<uint8_t, RouteSource, uint32_t>
RouteBaseTable<Family>::RankOf(const Path& path) const
{
    return {m_sources[path.source].distance, path.source, path.metric};
}

template <class Family>
const typename RouteBaseTable<Family>::Path*
RouteBaseTable<Family>::BestOf(const Entry& entry) const
{
    const Path* best = nullptr;
    for (const Path& path : entry.paths)
    {
        // paths stand in order of kind and hop, so that of equal ones the first forwards
        if (IsUsable(path) && (best == nullptr || RankOf(path) < RankOf(*best)))
        {
            best = &path;
        }
    }
    return best;
}

template <class Family>
RouteVerdict
RouteBaseTable<Family>::Judge(const Path& path, const Path* best) const
{
    if (!IsUsable(path))
    {
        return RouteVerdict::INTERFACE_DOWN;
    }
    const auto [distance, source, metric] = RankOf(path);
    const auto [bestDistance, bestSource, bestMetric] = RankOf(*best);
    if (distance != bestDistance)
    {
        return RouteVerdict::HIGHER_DISTANCE;
    }
    if (source != bestSource)
    {
        return RouteVerdict::LATER_SOURCE;
    }
    if (metric != bestMetric)
    {
        return RouteVerdict::HIGHER_METRIC;
    }
    return path.kind == best->kind ? RouteVerdict::BEST : RouteVerdict::OTHER_KIND;
}

/** Brings forwarding up to date with the paths of an entry. */
template <class Family>
RouteChange
RouteBaseTable<Family>::Choose(const PrefixType& prefix, uint32_t index)
{
    Entry& entry = m_entries[index];
    const Path* best = BestOf(entry);
    uint32_t chosen = NO_GROUP;
    if (best != nullptr)
    {
        Group group;
        group.kind = best->kind;
        for (const Path& path : entry.paths)
        {
            if (best->kind == RouteKind::FORWARD && Judge(path, best) == RouteVerdict::BEST)
            {
                group.hops.push_back(path.hop);
            }
        }
        chosen = Acquire(group);
    }
    const uint32_t before = entry.group;
    entry.group = chosen;
    if (before != NO_GROUP)
    {
        Release(before);
    }
    if (entry.paths.empty())
    {
        m_index.Erase(prefix);
        m_entries[index] = Entry{};
        m_freeEntries.push_back(index);
    }
    if (before == chosen)
    {
        return RouteChange::NONE;
    }
    if (chosen == NO_GROUP)
    {
        m_forwarding.Erase(prefix);
        return RouteChange::REMOVED;
    }
    m_forwarding.Insert(prefix, chosen);
    return before == NO_GROUP ? RouteChange::ADDED : RouteChange::REPLACED;
}

template <class Family>
uint32_t
RouteBaseTable<Family>::Acquire(const Group& group)
{
    const auto [place, added] = m_groupNumbers.emplace(group, 0);
    if (added)
    {
        if (m_freeGroups.empty())
        {
            m_freeGroups.push_back(GroupLimit());
            m_groups.emplace_back();
        }
        place->second = m_freeGroups.back();
        m_freeGroups.pop_back();
        m_groups[place->second].group = group;
        ++m_groups[place->second].generation;
    }
    ++m_groups[place->second].references;
    return place->second;
}

template <class Family>
void
RouteBaseTable<Family>::Release(uint32_t group)
{
    GroupSlot& slot = m_groups[group];
    if (--slot.references == 0)
    {
        m_groupNumbers.erase(slot.group);
        slot.group = Group{};
        m_freeGroups.push_back(group);
    }
}

// ---- Changes ----------------------------------------------------------------------------------

namespace
{

/** The order of an entry's paths. */
template <class Family>
bool
ComesBefore(const RoutePath<Family>& a, const RoutePath<Family>& b)
{
    return std::tie(a.kind, a.hop, a.source) < std::tie(b.kind, b.hop, b.source);
}

} // namespace

template <class Family>
RouteChange
RouteBaseTable<Family>::Add(const PrefixType& prefix, const Path& path)
{
    if (path.source >= m_sources.size())
    {
        throw std::invalid_argument("RouteBaseTable: a path of an unknown source");
    }
    Path added = path;
    if (added.kind != RouteKind::FORWARD)
    {
        added.hop = Hop{};
    }
    uint32_t index;
    if (const auto found = m_index.Find(prefix))
    {
        index = *found;
    }
    else
    {
        if (m_freeEntries.empty())
        {
            m_freeEntries.push_back(static_cast<uint32_t>(m_entries.size()));
            m_entries.emplace_back();
        }
        index = m_freeEntries.back();
        m_freeEntries.pop_back();
        m_index.Insert(prefix, index);
    }
    auto& paths = m_entries[index].paths;
    const auto at = std::lower_bound(paths.begin(), paths.end(), added, ComesBefore<Family>);
    if (at != paths.end() && !ComesBefore(added, *at))
    {
        at->metric = added.metric;
    }
    else
    {
        paths.insert(at, added);
    }
    return Choose(prefix, index);
}

template <class Family>
RouteChange
RouteBaseTable<Family>::Remove(const PrefixType& prefix, const Path& path)
{
    Path removed = path;
    if (removed.kind != RouteKind::FORWARD)
    {
        removed.hop = Hop{};
    }
    const auto index = m_index.Find(prefix);
    if (!index)
    {
        return RouteChange::NONE;
    }
    auto& paths = m_entries[*index].paths;
    const auto at = std::lower_bound(paths.begin(), paths.end(), removed, ComesBefore<Family>);
    if (at == paths.end() || ComesBefore(removed, *at))
    {
        return RouteChange::NONE;
    }
    paths.erase(at);
    return Choose(prefix, *index);
}

namespace
{

/** Takes the paths of a source out; false when there is none. */
template <class Paths>
bool
EraseSource(Paths& paths, RouteSource source)
{
    const auto from = std::remove_if(paths.begin(), paths.end(), [source](const auto& path) {
        return path.source == source;
    });
    const bool any = from != paths.end();
    paths.erase(from, paths.end());
    return any;
}

} // namespace

template <class Family>
RouteChange
RouteBaseTable<Family>::Remove(const PrefixType& prefix, RouteSource source)
{
    const auto index = m_index.Find(prefix);
    return index && EraseSource(m_entries[*index].paths, source) ? Choose(prefix, *index)
                                                                 : RouteChange::NONE;
}

/** Chooses anew for the entries for which \p touch is true; it may change them. */
template <class Family>
void
RouteBaseTable<Family>::ChooseAll(const ChangeVisitor& changed,
                                  const std::function<bool(Entry&)>& touch)
{
    // the index must not change while it is walked
    std::vector<std::pair<PrefixType, uint32_t>> touched;
    m_index.ForEach([&](const PrefixType& prefix, uint32_t index) {
        if (touch(m_entries[index]))
        {
            touched.emplace_back(prefix, index);
        }
    });
    for (const auto& [prefix, index] : touched)
    {
        const RouteChange change = Choose(prefix, index);
        if (change != RouteChange::NONE && changed)
        {
            changed(prefix, change);
        }
    }
}

template <class Family>
void
RouteBaseTable<Family>::RemoveSource(RouteSource source, const ChangeVisitor& changed)
{
    ChooseAll(changed, [source](Entry& entry) { return EraseSource(entry.paths, source); });
}

template <class Family>
void
RouteBaseTable<Family>::SetInterface(uint32_t interface, bool up, const ChangeVisitor& changed)
{
    const bool differs = up ? m_down.erase(interface) != 0 : m_down.insert(interface).second;
    if (differs)
    {
        ChooseAll(changed, [interface](const Entry& entry) {
            return std::any_of(entry.paths.begin(), entry.paths.end(), [&](const Path& path) {
                return path.kind == RouteKind::FORWARD && path.hop.interface == interface;
            });
        });
    }
}

// ---- Reading ----------------------------------------------------------------------------------

template <class Family>
std::optional<RoutePath<Family>>
RouteBaseTable<Family>::LookupOver(const Address& address, uint32_t interface) const
{
    for (unsigned length = Family::BITS + 1; length > 0; --length)
    {
        const auto index = m_index.Find(PrefixType(address, length - 1));
        if (!index)
        {
            continue;
        }
        const Path* best = nullptr;
        for (const Path& path : m_entries[*index].paths)
        {
            if (path.kind == RouteKind::FORWARD && path.hop.interface == interface &&
                IsUsable(path) && (best == nullptr || RankOf(path) < RankOf(*best)))
            {
                best = &path;
            }
        }
        if (best != nullptr)
        {
            return *best;
        }
    }
    return std::nullopt;
}

template <class Family>
std::vector<std::pair<RoutePath<Family>, RouteVerdict>>
RouteBaseTable<Family>::Explain(const PrefixType& prefix) const
{
    std::vector<std::pair<Path, RouteVerdict>> explained;
    if (const auto index = m_index.Find(prefix))
    {
        const Entry& entry = m_entries[*index];
        const Path* best = BestOf(entry);
        for (const Path& path : entry.paths)
        {
            explained.emplace_back(path, Judge(path, best));
        }
        std::stable_sort(explained.begin(), explained.end(), [this](const auto& a, const auto& b) {
            return std::make_pair(a.second, RankOf(a.first)) <
                   std::make_pair(b.second, RankOf(b.first));
        });
    }
    return explained;
}

template <class Family>
void
RouteBaseTable<Family>::ForEach(
    const std::function<void(const PrefixType&, const Path&, RouteVerdict)>& visit) const
{
    m_index.ForEach([&](const PrefixType& prefix, uint32_t) {
        for (const auto& [path, verdict] : Explain(prefix))
        {
            visit(prefix, path, verdict);
        }
    });
}

template <class Family>
std::size_t
RouteBaseTable<Family>::MemoryBytes() const
{
    std::size_t bytes = sizeof(*this) + m_index.MemoryBytes() + m_forwarding.MemoryBytes() +
                        m_entries.capacity() * sizeof(Entry) +
                        m_groups.capacity() * sizeof(GroupSlot);
    for (const Entry& entry : m_entries)
    {
        bytes += entry.paths.capacity() > 1 ? entry.paths.capacity() * sizeof(Path) : 0;
    }
    return bytes;
}

template class RouteBaseTable<Ipv4Family>;
template class RouteBaseTable<Ipv6Family>;

} // namespace strata
} // namespace ns3

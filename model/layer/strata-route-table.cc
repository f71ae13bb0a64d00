// SPDX-License-Identifier: GPL-2.0-only

#include "strata-route-table.h"

#include <algorithm>

namespace ns3
{
namespace strata
{

namespace
{

/** Orders routes, and a block before its routes of any origin; a look-up does little else. */
struct BeforeKey
{
    bool operator()(const Route& a, const RouteKey& b) const
    {
        return Before(a.block, a.origin, b.block, b.origin);
    }

    bool operator()(const Route& a, const NameBlock& b) const
    {
        const MemberName x = a.block.GetAddress();
        const MemberName y = b.GetAddress();
        return x != y ? x < y : a.block.GetLength() < b.GetLength();
    }

    bool operator()(const Route& a, const Route& b) const
    {
        return Before(a.block, a.origin, b.block, b.origin);
    }

  private:
    static bool Before(const NameBlock& a, RouteOrigin from, const NameBlock& b, RouteOrigin to)
    {
        const MemberName x = a.GetAddress();
        const MemberName y = b.GetAddress();
        if (x != y)
        {
            return x < y;
        }
        return a.GetLength() != b.GetLength() ? a.GetLength() < b.GetLength() : from < to;
    }
};

} // namespace

const char*
RouteOriginName(RouteOrigin origin)
{
    switch (origin)
    {
    case RouteOrigin::LOCAL:
        return "local";
    case RouteOrigin::STATIC:
        return "static";
    case RouteOrigin::ATTACHMENT:
        return "attachment";
    case RouteOrigin::LINK_STATE:
        return "link-state";
    case RouteOrigin::LEARNED:
        return "learned";
    case RouteOrigin::DEFAULT:
        return "default";
    case RouteOrigin::VISITOR:
        return "visitor";
    }
    return "unknown";
}

namespace
{

/** Whether forwarding may take \p route, the first of its block: a visitor's is the last. */
bool
Leads(const Route& route, const NameBlock& block)
{
    return route.block == block && route.origin != RouteOrigin::VISITOR;
}

} // namespace

const Route*
RouteTable::Find(MemberName name) const
{
    auto last = m_routes.end();
    for (unsigned length = NameBlock::BITS + 1; length-- > 0;)
    {
        if (m_lengths[length] == 0)
        {
            continue;
        }
        const NameBlock block(name, length);
        const auto i = std::lower_bound(m_routes.begin(), last, block, BeforeKey());
        if (i != last && Leads(*i, block))
        {
            return &*i;
        }
        // shorter blocks that hold the name come before longer ones
        last = i;
    }
    return nullptr;
}

const Route*
RouteTable::FindExact(const NameBlock& block) const
{
    const auto i = std::lower_bound(m_routes.begin(), m_routes.end(), block, BeforeKey());
    return i != m_routes.end() && Leads(*i, block) ? &*i : nullptr;
}

const Route*
RouteTable::FindExact(const RouteKey& key) const
{
    const auto i = std::lower_bound(m_routes.begin(), m_routes.end(), key, BeforeKey());
    return i != m_routes.end() && i->Key() == key ? &*i : nullptr;
}

Nanos
RouteTable::EarliestExpiry() const
{
    Nanos earliest = NEVER;
    for (const Route& route : m_routes)
    {
        earliest = std::min(earliest, route.expires);
    }
    return earliest;
}

std::vector<Route>::iterator
RouteTable::LowerBound(const RouteKey& key)
{
    return std::lower_bound(m_routes.begin(), m_routes.end(), key, BeforeKey());
}

bool
RouteTable::Put(const RouteKey& key, const Route& route)
{
    const auto i = LowerBound(key);
    if (i == m_routes.end() || i->Key() != key)
    {
        m_routes.insert(i, route);
        ++m_lengths[key.block.GetLength()];
        return true;
    }
    const bool changed = *i != route;
    *i = route;
    return changed;
}

bool
RouteTable::Remove(const RouteKey& key)
{
    const auto i = LowerBound(key);
    if (i == m_routes.end() || i->Key() != key)
    {
        return false;
    }
    m_routes.erase(i);
    --m_lengths[key.block.GetLength()];
    return true;
}

Route*
RouteTable::At(const RouteKey& key)
{
    const auto i = LowerBound(key);
    return i != m_routes.end() && i->Key() == key ? &*i : nullptr;
}

std::vector<RouteKey>
RouteTable::Merge(RouteOrigin origin, std::vector<Route> wanted)
{
    for (Route& route : wanted)
    {
        route.origin = origin;
    }
    std::stable_sort(wanted.begin(), wanted.end(), BeforeKey());
    // one route a block: the last of a run stays
    auto kept = wanted.begin();
    for (auto i = wanted.begin(); i != wanted.end(); ++i)
    {
        if (i + 1 == wanted.end() || (i + 1)->block != i->block)
        {
            *kept++ = *i;
        }
    }
    wanted.erase(kept, wanted.end());

    std::vector<RouteKey> changed;
    std::vector<Route> merged;
    merged.reserve(m_routes.size() + wanted.size());
    auto next = wanted.begin();
    for (const Route& old : m_routes)
    {
        while (next != wanted.end() && BeforeKey()(*next, old))
        {
            changed.push_back(next->Key());
            merged.push_back(*next++);
        }
        if (old.origin != origin)
        {
            merged.push_back(old);
        }
        else if (next != wanted.end() && next->block == old.block)
        {
            if (*next != old)
            {
                changed.push_back(old.Key());
            }
            merged.push_back(*next++);
        }
        else
        {
            changed.push_back(old.Key());
        }
    }
    for (; next != wanted.end(); ++next)
    {
        changed.push_back(next->Key());
        merged.push_back(*next);
    }
    if (!changed.empty())
    {
        m_routes = std::move(merged);
        m_lengths.fill(0);
        for (const Route& route : m_routes)
        {
            ++m_lengths[route.block.GetLength()];
        }
    }
    return changed;
}

} // namespace strata
} // namespace ns3

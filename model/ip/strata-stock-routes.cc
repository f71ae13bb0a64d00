// SPDX-License-Identifier: GPL-2.0-only

#include "strata-stock-routes.h"

#include "strata-stock-access.h"

namespace ns3
{
namespace strata
{

namespace
{

/** Whether the mask is one of a prefix, and of which length. */
bool
LengthOf(Ipv4Mask mask, unsigned& length)
{
    const uint32_t zeros = ~mask.Get();
    length = zeros == 0 ? 32 : static_cast<unsigned>(__builtin_clz(zeros));
    return KeepBits(~uint32_t{0}, length) == mask.Get();
}

/** An entry as a value; false for one whose mask has holes. */
bool
Convert(const Ipv4RoutingTableEntry& entry, StockRoute<Ipv4Family>& route)
{
    unsigned length;
    if (!LengthOf(entry.GetDestNetworkMask(), length))
    {
        return false;
    }
    route.prefix = Ipv4Prefix(entry.GetDest().Get(), length);
    route.gateway = entry.GetGateway().Get();
    route.interface = entry.GetInterface();
    return true;
}

Ipv6Family::Address
BytesOf(Ipv6Address address)
{
    Ipv6Family::Address bytes;
    address.GetBytes(bytes.data());
    return bytes;
}

bool
Convert(const Ipv6RoutingTableEntry& entry, StockRoute<Ipv6Family>& route)
{
    route.prefix = {BytesOf(entry.GetDestNetwork()),
                    entry.GetDestNetworkPrefix().GetPrefixLength()};
    route.gateway = BytesOf(entry.GetGateway());
    route.interface = entry.GetInterface();
    route.sourcePrefix = BytesOf(entry.GetPrefixToUse());
    return true;
}

void
Mix(uint64_t& mark, uint64_t value)
{
    mark = (mark ^ value) * 0x9e3779b97f4a7c15;
    mark ^= mark >> 32;
}

void
MixEntry(uint64_t& mark, const Ipv4RoutingTableEntry* entry)
{
    Mix(mark, reinterpret_cast<uintptr_t>(entry));
    Mix(mark, uint64_t{entry->GetDest().Get()} << 32 | entry->GetDestNetworkMask().Get());
    Mix(mark, uint64_t{entry->GetGateway().Get()} << 32 | entry->GetInterface());
}

void
MixAddress(uint64_t& mark, Ipv6Address address)
{
    for (const uint8_t byte : BytesOf(address))
    {
        Mix(mark, byte);
    }
}

void
MixEntry(uint64_t& mark, const Ipv6RoutingTableEntry* entry)
{
    Mix(mark, reinterpret_cast<uintptr_t>(entry));
    MixAddress(mark, entry->GetDestNetwork());
    MixAddress(mark, entry->GetGateway());
    Mix(mark,
        uint64_t{entry->GetDestNetworkPrefix().GetPrefixLength()} << 32 | entry->GetInterface());
}

} // namespace

template <class Family>
void
StockRoutes<Family>::SetSource(Ptr<Protocol> source)
{
    m_source = PeekPointer(source);
    m_lists.clear();
    m_fixed.clear();
    m_global.clear();
    m_routes.clear();
    m_read = false;
}

template <class Family>
void
StockRoutes<Family>::Collect(Ptr<Protocol> protocol)
{
    using Stock = StockRouting<Family>;
    if (auto list = DynamicCast<typename Stock::List>(protocol))
    {
        m_lists.push_back(PeekPointer(list));
        for (uint32_t i = 0; i < list->GetNRoutingProtocols(); ++i)
        {
            int16_t priority;
            Collect(list->GetRoutingProtocol(i, priority));
        }
    }
    else if (auto fixed = DynamicCast<typename Stock::Static>(protocol))
    {
        m_fixed.push_back(fixed);
    }
    else if constexpr (HAS_GLOBAL)
    {
        if (auto global = DynamicCast<Global>(protocol))
        {
            m_global.push_back(global);
        }
    }
}

/** What is cheap to look at: how many routes there are, and those at the ends. */
template <class Family>
uint64_t
StockRoutes<Family>::Mark() const
{
    uint64_t mark = 0;
    for (const auto* list : m_lists)
    {
        Mix(mark, list->GetNRoutingProtocols());
    }
    for (const auto& table : m_fixed)
    {
        const auto& routes = RoutesOf(*table);
        Mix(mark, routes.size());
        if (!routes.empty())
        {
            MixEntry(mark, routes.front().first);
            MixEntry(mark, routes.back().first);
            Mix(mark, routes.back().second);
        }
    }
    if constexpr (HAS_GLOBAL)
    {
        for (const auto& table : m_global)
        {
            for (const auto* routes : RoutesOf(*table))
            {
                Mix(mark, routes->size());
                if (!routes->empty())
                {
                    MixEntry(mark, routes->front());
                    MixEntry(mark, routes->back());
                }
            }
        }
    }
    return mark;
}

/** Shows each route to \p visit until that returns false; whether it never did. */
template <class Family>
template <class Visitor>
bool
StockRoutes<Family>::Visit(const Visitor& visit) const
{
    StockRoute<Family> route;
    for (const auto& table : m_fixed)
    {
        for (const auto& [entry, metric] : RoutesOf(*table))
        {
            route.metric = metric;
            if (Convert(*entry, route) && !visit(route))
            {
                return false;
            }
        }
    }
    route.metric = 0;
    route.global = true;
    if constexpr (HAS_GLOBAL)
    {
        for (const auto& table : m_global)
        {
            for (const auto* routes : RoutesOf(*table))
            {
                for (const auto* entry : *routes)
                {
                    if (Convert(*entry, route) && !visit(route))
                    {
                        return false;
                    }
                }
            }
        }
    }
    return true;
}

template <class Family>
bool
StockRoutes<Family>::IsAsRead() const
{
    std::size_t next = 0;
    return Visit([&](const StockRoute<Family>& route) {
               return next < m_routes.size() && m_routes[next++] == route;
           }) &&
           next == m_routes.size();
}

template <class Family>
void
StockRoutes<Family>::PutOff(Time now)
{
    m_next = now + NanoSeconds(INTERVAL * static_cast<int64_t>(m_routes.size() + 1));
}

template <class Family>
bool
StockRoutes<Family>::HaveChanged(Time now)
{
    if (!m_source)
    {
        return false;
    }
    if (!m_read || Mark() != m_mark)
    {
        return true;
    }
    if (now < m_next)
    {
        return false;
    }
    PutOff(now);
    return !IsAsRead();
}

template <class Family>
const typename StockRoutes<Family>::Routes&
StockRoutes<Family>::Read(Time now)
{
    m_lists.clear();
    m_fixed.clear();
    m_global.clear();
    m_routes.clear();
    if (m_source)
    {
        Collect(Ptr<Protocol>(m_source));
    }
    Visit([this](const StockRoute<Family>& route) {
        m_routes.push_back(route);
        return true;
    });
    m_mark = Mark();
    m_read = true;
    PutOff(now);
    return m_routes;
}

template class StockRoutes<Ipv4Family>;
template class StockRoutes<Ipv6Family>;

} // namespace strata
} // namespace ns3

// SPDX-License-Identifier: GPL-2.0-only

#include "strata-shortest-path-decision.h"

#include <algorithm>
#include <boost/graph/compressed_sparse_row_graph.hpp>
#include <boost/graph/dijkstra_shortest_paths_no_color_map.hpp>
#include <boost/property_map/property_map.hpp>

namespace ns3
{
namespace strata
{

namespace
{

using Vertex = uint32_t;

/**
 * What a path weighs: its distance, and in the low bits its links, so that of equal distances the
 * shorter path wins and no link is free. A path has fewer links than there are routers, and
 * 2^20 links of the largest cost fit.
 */
using Weight = uint64_t;
constexpr unsigned HOP_BITS = 20;
constexpr Weight HOP = 1;
constexpr std::size_t MAX_ROUTERS = std::size_t{1} << HOP_BITS;
constexpr Weight UNREACHED = UINT64_MAX;

struct Arc
{
    Vertex to;
    Weight weight;
};

struct WeightProperty
{
    Weight weight;
};

using Graph = boost::compressed_sparse_row_graph<boost::directedS,
                                                 boost::no_property,
                                                 WeightProperty,
                                                 boost::no_property,
                                                 Vertex,
                                                 Vertex>;

} // namespace

std::vector<PathEntry>
ComputeShortestPaths(MemberName self, std::vector<const LinkStateRecord*> records)
{
    // routers in the order of names are the vertices
    records.erase(std::remove_if(records.begin(),
                                 records.end(),
                                 [](const LinkStateRecord* r) { return r->withdrawn != 0; }),
                  records.end());
    const auto byName = [](const LinkStateRecord* a, const LinkStateRecord* b) {
        return a->origin < b->origin;
    };
    if (!std::is_sorted(records.begin(), records.end(), byName))
    {
        std::sort(records.begin(), records.end(), byName);
    }
    if (records.size() > MAX_ROUTERS)
    {
        records.resize(MAX_ROUTERS);
    }
    const auto size = static_cast<Vertex>(records.size());
    const auto find = [&records, size](MemberName name) {
        const auto i = std::lower_bound(
            records.begin(),
            records.end(),
            name,
            [](const LinkStateRecord* r, MemberName wanted) { return r->origin < wanted; });
        return i != records.end() && (*i)->origin == name ? static_cast<Vertex>(i - records.begin())
                                                          : size;
    };
    const Vertex source = find(self);
    if (source == size)
    {
        return {};
    }

    // what each router says, sorted, the cheapest of parallel links only
    std::size_t most = 0;
    for (const LinkStateRecord* record : records)
    {
        most += record->neighbors.size();
    }
    std::vector<Arc> arcs;
    arcs.reserve(most);
    std::vector<std::size_t> first;
    first.reserve(records.size() + 1);
    for (const LinkStateRecord* record : records)
    {
        first.push_back(arcs.size());
        for (const LinkStateNeighbor& neighbor : record->neighbors)
        {
            const Vertex to = find(neighbor.name);
            if (to != size && neighbor.name != record->origin)
            {
                const Weight cost = std::min(neighbor.cost, MAX_LINK_COST);
                arcs.push_back({to, (cost << HOP_BITS) + HOP});
            }
        }
        const auto begin = arcs.begin() + static_cast<std::ptrdiff_t>(first.back());
        std::sort(begin, arcs.end(), [](const Arc& a, const Arc& b) {
            return std::tie(a.to, a.weight) < std::tie(b.to, b.weight);
        });
        arcs.erase(
            std::unique(begin, arcs.end(), [](const Arc& a, const Arc& b) { return a.to == b.to; }),
            arcs.end());
    }
    first.push_back(arcs.size());

    // both ends must say so
    const auto lists = [&](Vertex from, Vertex to) {
        const auto begin = arcs.begin() + static_cast<std::ptrdiff_t>(first[from]);
        const auto end = arcs.begin() + static_cast<std::ptrdiff_t>(first[from + 1]);
        const auto i =
            std::lower_bound(begin, end, to, [](const Arc& a, Vertex v) { return a.to < v; });
        return i != end && i->to == to;
    };
    std::vector<std::pair<Vertex, Vertex>> edges;
    std::vector<WeightProperty> weights;
    edges.reserve(arcs.size());
    weights.reserve(arcs.size());
    for (Vertex from = 0; from < size; ++from)
    {
        for (std::size_t i = first[from]; i < first[from + 1]; ++i)
        {
            if (lists(arcs[i].to, from))
            {
                edges.emplace_back(from, arcs[i].to);
                weights.push_back({arcs[i].weight});
            }
        }
    }

    const Graph graph(boost::edges_are_sorted, edges.begin(), edges.end(), weights.begin(), size);
    const auto index = boost::get(boost::vertex_index, graph);
    std::vector<Weight> distance(size, UNREACHED);
    std::vector<Vertex> parent(size);
    boost::dijkstra_shortest_paths_no_color_map(
        graph,
        source,
        boost::predecessor_map(boost::make_iterator_property_map(parent.begin(), index))
            .distance_map(boost::make_iterator_property_map(distance.begin(), index))
            .weight_map(boost::get(&WeightProperty::weight, graph))
            .distance_inf(UNREACHED));

    // first routers, from the near to the far: the lowest among paths of equal weight
    std::vector<Vertex> order;
    order.reserve(size);
    for (Vertex v = 0; v < size; ++v)
    {
        if (distance[v] != UNREACHED)
        {
            order.push_back(v);
        }
    }
    std::sort(order.begin(), order.end(), [&distance](Vertex a, Vertex b) {
        return std::tie(distance[a], a) < std::tie(distance[b], b);
    });
    std::vector<Vertex> firstHop(size, size);
    for (const Vertex u : order)
    {
        const auto [begin, end] = boost::out_edges(u, graph);
        for (auto e = begin; e != end; ++e)
        {
            const Vertex v = boost::target(*e, graph);
            if (distance[u] + graph[*e].weight == distance[v])
            {
                firstHop[v] = std::min(firstHop[v], u == source ? v : firstHop[u]);
            }
        }
    }

    std::vector<PathEntry> paths;
    paths.reserve(order.size());
    for (Vertex v = 0; v < size; ++v)
    {
        if (v != source && distance[v] != UNREACHED)
        {
            const LinkStateRecord& record = *records[v];
            paths.push_back(
                {record.origin,
                 records[firstHop[v]]->origin,
                 static_cast<uint32_t>(std::min<Weight>(distance[v] >> HOP_BITS, UINT32_MAX)),
                 static_cast<uint16_t>(
                     std::min<Weight>(distance[v] & (MAX_ROUTERS - 1), UINT16_MAX)),
                 record.blockLength});
        }
    }
    return paths;
}

} // namespace strata
} // namespace ns3

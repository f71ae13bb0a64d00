// SPDX-License-Identifier: GPL-2.0-only

#include "strata-topology.h"

#include <algorithm>
#include <boost/graph/breadth_first_search.hpp>
#include <boost/graph/dijkstra_shortest_paths.hpp>
#include <boost/property_map/function_property_map.hpp>
#include <cmath>
#include <fmt/format.h>

namespace ns3
{
namespace strata
{

namespace
{

/** Larger toys are refused: a clique of it has eight million links. */
constexpr uint32_t MAXIMUM_TOY = 4096;

constexpr double PI = 3.14159265358979323846;

constexpr double
Radians(double degrees)
{
    return degrees * PI / 180;
}

std::vector<Nanos>
Dijkstra(const Topology::Graph& graph, uint32_t from)
{
    std::vector<int64_t> distances(boost::num_vertices(graph));
    const auto weight =
        boost::make_function_property_map<Topology::Graph::edge_descriptor, int64_t>(
            [&graph](const Topology::Graph::edge_descriptor& edge) {
                return static_cast<int64_t>(graph[edge].delay.count());
            });
    boost::dijkstra_shortest_paths(
        graph,
        from,
        boost::weight_map(weight).distance_map(
            boost::make_iterator_property_map(distances.begin(),
                                              boost::get(boost::vertex_index, graph))));
    std::vector<Nanos> delays;
    delays.reserve(distances.size());
    for (int64_t distance : distances)
    {
        delays.emplace_back(distance);
    }
    return delays;
}

} // namespace

#ifndef STRATA_HAVE_GRAPHML

Topology
Topology::Parse(const std::string& text, const std::string& name, const GraphmlLimits& limits)
{
    throw TopologyError(name + ": this build cannot read GraphML (no Boost.Graph library)");
}

Topology
Topology::Load(const std::string& path, const GraphmlLimits& limits)
{
    return Parse("", path, limits);
}

#endif

Topology
Topology::Toy(const std::string& shape, uint32_t n, Nanos delay)
{
    if (n == 0 || n > MAXIMUM_TOY)
    {
        throw TopologyError(
            fmt::format("a {} has from 1 to {} nodes, not {}", shape, MAXIMUM_TOY, n));
    }
    Topology topology;
    topology.m_name = shape;
    topology.m_graph = Graph(n);
    for (uint32_t i = 0; i < n; ++i)
    {
        TopologyNode& node = topology.m_graph[i];
        node.id = std::to_string(i);
        node.label = node.id;
        node.latitude = 5 * std::sin(2 * PI * i / n);
        node.longitude = 5 * std::cos(2 * PI * i / n);
        node.placed = false;
    }
    const auto join = [&](uint32_t a, uint32_t b) {
        boost::add_edge(a, b, TopologyLink{delay}, topology.m_graph);
    };
    for (uint32_t i = 1; i < n; ++i)
    {
        if (shape == "chain")
        {
            join(i - 1, i);
        }
        else if (shape == "star")
        {
            join(0, i);
        }
        else if (shape == "tree")
        {
            join((i - 1) / 2, i);
        }
        else if (shape == "clique")
        {
            for (uint32_t j = 0; j < i; ++j)
            {
                join(j, i);
            }
        }
    }
    if (shape != "chain" && shape != "star" && shape != "tree" && shape != "clique")
    {
        throw TopologyError(
            fmt::format("unknown shape '{}'; choose chain, clique, star or tree", shape));
    }
    topology.Index();
    topology.m_notes =
        fmt::format("{}: {} nodes, {} links", shape, n, boost::num_edges(topology.m_graph));
    return topology;
}

Topology
Topology::Chain(uint32_t n, Nanos delay)
{
    return Toy("chain", n, delay);
}

Topology
Topology::Clique(uint32_t n, Nanos delay)
{
    return Toy("clique", n, delay);
}

Topology
Topology::Star(uint32_t n, Nanos delay)
{
    return Toy("star", n, delay);
}

Topology
Topology::Tree(uint32_t n, Nanos delay)
{
    return Toy("tree", n, delay);
}

const Topology::Graph&
Topology::GetGraph() const
{
    return m_graph;
}

const std::string&
Topology::Name() const
{
    return m_name;
}

uint32_t
Topology::NodeCount() const
{
    return static_cast<uint32_t>(boost::num_vertices(m_graph));
}

const TopologyNode&
Topology::Node(uint32_t node) const
{
    return m_graph[node];
}

const std::vector<Topology::Edge>&
Topology::Edges() const
{
    return m_edges;
}

std::vector<uint32_t>
Topology::Neighbours(uint32_t node) const
{
    std::vector<uint32_t> neighbours;
    const auto range = boost::adjacent_vertices(node, m_graph);
    for (auto it = range.first; it != range.second; ++it)
    {
        neighbours.push_back(static_cast<uint32_t>(*it));
    }
    std::sort(neighbours.begin(), neighbours.end());
    return neighbours;
}

uint32_t
Topology::Find(const std::string& label) const
{
    for (uint32_t i = 0; i < NodeCount(); ++i)
    {
        if (m_graph[i].label == label)
        {
            return i;
        }
    }
    for (uint32_t i = 0; i < NodeCount(); ++i)
    {
        if (m_graph[i].id == label)
        {
            return i;
        }
    }
    throw TopologyError(fmt::format("{}: no node is called '{}'", m_name, label));
}

const std::string&
Topology::Notes() const
{
    return m_notes;
}

std::vector<Nanos>
Topology::DelaysFrom(uint32_t from) const
{
    return Dijkstra(m_graph, from);
}

std::vector<uint32_t>
Topology::HopsFrom(uint32_t from) const
{
    std::vector<uint32_t> hops(NodeCount(), UNREACHABLE);
    hops[from] = 0;
    boost::breadth_first_search(
        m_graph,
        boost::vertex(from, m_graph),
        boost::visitor(boost::make_bfs_visitor(boost::record_distances(
            boost::make_iterator_property_map(hops.begin(),
                                              boost::get(boost::vertex_index, m_graph)),
            boost::on_tree_edge()))));
    return hops;
}

std::vector<uint32_t>
Topology::Path(uint32_t from, uint32_t to) const
{
    const std::vector<Nanos> delays = DelaysFrom(from);
    std::vector<uint32_t> path{to};
    while (path.back() != from)
    {
        const uint32_t node = path.back();
        uint32_t before = UNREACHABLE;
        const auto range = boost::out_edges(node, m_graph);
        for (auto it = range.first; it != range.second; ++it)
        {
            const auto neighbour = static_cast<uint32_t>(boost::target(*it, m_graph));
            // Delays are positive, so a predecessor is strictly nearer and the walk ends.
            if (delays[neighbour] < delays[node] &&
                delays[neighbour] + m_graph[*it].delay == delays[node])
            {
                before = std::min(before, neighbour);
            }
        }
        if (before == UNREACHABLE)
        {
            throw TopologyError(fmt::format("{}: no path of positive delay", m_name));
        }
        path.push_back(before);
    }
    std::reverse(path.begin(), path.end());
    return path;
}

Nanos
Topology::Diameter() const
{
    Nanos longest{0};
    for (uint32_t i = 0; i < NodeCount(); ++i)
    {
        const std::vector<Nanos> delays = DelaysFrom(i);
        longest = std::max(longest, *std::max_element(delays.begin(), delays.end()));
    }
    return longest;
}

double
Topology::Distance(const TopologyNode& a, const TopologyNode& b)
{
    const double latitudes = std::sin(Radians(b.latitude - a.latitude) / 2);
    const double longitudes = std::sin(Radians(b.longitude - a.longitude) / 2);
    const double haversine = latitudes * latitudes + std::cos(Radians(a.latitude)) *
                                                         std::cos(Radians(b.latitude)) *
                                                         longitudes * longitudes;
    return 2 * EARTH_RADIUS_KM * std::asin(std::sqrt(std::min(1.0, haversine)));
}

void
Topology::Index()
{
    m_edges.clear();
    const auto range = boost::edges(m_graph);
    for (auto it = range.first; it != range.second; ++it)
    {
        const auto a = static_cast<uint32_t>(boost::source(*it, m_graph));
        const auto b = static_cast<uint32_t>(boost::target(*it, m_graph));
        m_edges.push_back({std::min(a, b), std::max(a, b), m_graph[*it].delay});
    }
    std::sort(m_edges.begin(), m_edges.end(), [](const Edge& x, const Edge& y) {
        return x.a != y.a ? x.a < y.a : x.b < y.b;
    });
}

} // namespace strata
} // namespace ns3

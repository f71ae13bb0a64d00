// SPDX-License-Identifier: GPL-2.0-only

#include "strata-topology.h"

#include <boost/graph/connected_components.hpp>
#include <boost/graph/graphml.hpp>
#include <boost/property_map/dynamic_property_map.hpp>
#include <cerrno>
#include <cmath>
#include <cstring>
#include <fcntl.h>
#include <fmt/format.h>
#include <map>
#include <sstream>
#include <sys/stat.h>
#include <unistd.h>

namespace ns3
{
namespace strata
{

namespace
{

/** A node and nothing of an edge: what the file knows that we need. */
struct RawNode
{
    std::string label;
    double latitude{std::numeric_limits<double>::quiet_NaN()};
    double longitude{std::numeric_limits<double>::quiet_NaN()};
};

struct RawGraph
{
    std::vector<TopologyNode> nodes;
    std::vector<std::pair<uint32_t, uint32_t>> edges;
};

/** \p message in one line of printable ASCII. */
std::string
OneLine(std::string message)
{
    for (char& c : message)
    {
        c = c >= ' ' && c <= '~' ? c : '?';
    }
    return message.substr(0, 200);
}

/** A property of our own is never made for a name that we do not ask for. */
boost::shared_ptr<boost::dynamic_property_map>
IgnoreProperty(const std::string&, const boost::any&, const boost::any&)
{
    return {};
}

template <class Direction>
RawGraph
ReadAs(const std::string& text, const GraphmlFacts& facts)
{
    using Raw = boost::adjacency_list<boost::vecS, boost::vecS, Direction, RawNode>;
    Raw raw;
    // The reader converts a value to the key's type, and the property map back to ours; names that
    // the file uses for a graph or an edge as well are told apart by what they describe.
    boost::dynamic_properties properties(&IgnoreProperty);
    properties.property("label", boost::get(&RawNode::label, raw));
    properties.property("Latitude", boost::get(&RawNode::latitude, raw));
    properties.property("Longitude", boost::get(&RawNode::longitude, raw));
    std::istringstream stream(text);
    boost::read_graphml(stream, raw, properties);

    RawGraph graph;
    const std::size_t count = boost::num_vertices(raw);
    if (count != facts.nodeIds.size() || boost::num_edges(raw) != facts.edges)
    {
        throw TopologyError("the reader found another number of nodes or edges than the check");
    }
    for (std::size_t i = 0; i < count; ++i)
    {
        TopologyNode node;
        node.id = facts.nodeIds[i];
        node.label = raw[i].label.empty() ? node.id : raw[i].label;
        node.latitude = raw[i].latitude;
        node.longitude = raw[i].longitude;
        node.placed = !std::isnan(node.latitude) && !std::isnan(node.longitude);
        if (node.placed && (std::abs(node.latitude) > 90 || std::abs(node.longitude) > 180))
        {
            throw TopologyError(
                OneLine(fmt::format("the node '{}' lies at no place on Earth ({}, {})",
                                    node.id,
                                    node.latitude,
                                    node.longitude)));
        }
        graph.nodes.push_back(node);
    }
    const auto range = boost::edges(raw);
    for (auto it = range.first; it != range.second; ++it)
    {
        graph.edges.emplace_back(static_cast<uint32_t>(boost::source(*it, raw)),
                                 static_cast<uint32_t>(boost::target(*it, raw)));
    }
    return graph;
}

/** Puts each node without a place at the mean of its neighbours that have one, in rounds. */
std::size_t
PlaceNodes(Topology::Graph& graph)
{
    constexpr double degree = 3.14159265358979323846 / 180;
    const std::size_t count = boost::num_vertices(graph);
    std::vector<bool> known(count);
    std::size_t guessed = 0;
    for (std::size_t i = 0; i < count; ++i)
    {
        known[i] = graph[i].placed;
        guessed += known[i] ? 0 : 1;
    }
    if (guessed == count)
    {
        for (std::size_t i = 0; i < count; ++i)
        {
            const double angle =
                360.0 * degree * static_cast<double>(i) / static_cast<double>(count);
            graph[i].latitude = 5 * std::sin(angle);
            graph[i].longitude = 5 * std::cos(angle);
        }
        return guessed;
    }
    for (std::size_t left = guessed; left > 0;)
    {
        // Nodes placed in this round count from the next one on, so the order does not matter.
        std::vector<std::size_t> placed;
        for (std::size_t i = 0; i < count; ++i)
        {
            if (known[i])
            {
                continue;
            }
            // The mean of unit vectors has no trouble with the date line or the poles.
            double x = 0;
            double y = 0;
            double z = 0;
            bool found = false;
            const auto range = boost::adjacent_vertices(i, graph);
            for (auto it = range.first; it != range.second; ++it)
            {
                if (known[*it])
                {
                    const TopologyNode& other = graph[*it];
                    x += std::cos(other.latitude * degree) * std::cos(other.longitude * degree);
                    y += std::cos(other.latitude * degree) * std::sin(other.longitude * degree);
                    z += std::sin(other.latitude * degree);
                    found = true;
                }
            }
            if (found)
            {
                graph[i].latitude = std::atan2(z, std::hypot(x, y)) / degree;
                graph[i].longitude = std::atan2(y, x) / degree;
                placed.push_back(i);
            }
        }
        for (std::size_t i : placed)
        {
            known[i] = true;
        }
        left -= placed.size();
    }
    return guessed;
}

/** The name of a file without its folder and extension. */
std::string
Stem(const std::string& path)
{
    std::string stem = path.substr(path.find_last_of('/') + 1);
    const std::size_t dot = stem.rfind('.');
    return dot == std::string::npos || dot == 0 ? stem : stem.substr(0, dot);
}

std::string
Plural(std::size_t count, const std::string& what)
{
    return fmt::format("{} {}{}", count, what, count == 1 ? "" : "s");
}

} // namespace

Topology
Topology::Parse(const std::string& text, const std::string& name, const GraphmlLimits& limits)
{
    const auto facts = CheckGraphml(text, limits);
    if (!facts)
    {
        throw TopologyError(
            fmt::format("{}:{}: {}", name, facts.error().line, facts.error().message));
    }
    RawGraph raw;
    try
    {
        raw = facts->directed ? ReadAs<boost::bidirectionalS>(text, *facts)
                              : ReadAs<boost::undirectedS>(text, *facts);
    }
    catch (const std::exception& error)
    {
        throw TopologyError(name + ": " + OneLine(error.what()));
    }

    // Parallel edges and loops first: they change neither components nor places.
    std::map<std::pair<uint32_t, uint32_t>, bool> links;
    std::size_t loops = 0;
    for (const auto& edge : raw.edges)
    {
        if (edge.first == edge.second)
        {
            ++loops;
        }
        else
        {
            links[std::minmax(edge.first, edge.second)] = true;
        }
    }
    const std::size_t parallel = raw.edges.size() - loops - links.size();

    boost::adjacency_list<boost::vecS, boost::vecS, boost::undirectedS> whole(raw.nodes.size());
    for (const auto& link : links)
    {
        boost::add_edge(link.first.first, link.first.second, whole);
    }
    std::vector<std::size_t> component(raw.nodes.size());
    const std::size_t components = boost::connected_components(whole, component.data());
    std::vector<std::size_t> sizes(components);
    for (std::size_t c : component)
    {
        ++sizes[c];
    }
    // Components are numbered by their first node; of equal ones the first is kept.
    const auto largest =
        static_cast<std::size_t>(std::max_element(sizes.begin(), sizes.end()) - sizes.begin());

    Topology topology;
    topology.m_name = Stem(name);
    std::vector<uint32_t> renumbered(raw.nodes.size(), UNREACHABLE);
    for (std::size_t i = 0; i < raw.nodes.size(); ++i)
    {
        if (component[i] == largest)
        {
            renumbered[i] = topology.NodeCount();
            boost::add_vertex(raw.nodes[i], topology.m_graph);
        }
    }
    for (const auto& link : links)
    {
        if (component[link.first.first] == largest)
        {
            boost::add_edge(renumbered[link.first.first],
                            renumbered[link.first.second],
                            topology.m_graph);
        }
    }
    const std::size_t guessed = PlaceNodes(topology.m_graph);
    const auto range = boost::edges(topology.m_graph);
    for (auto it = range.first; it != range.second; ++it)
    {
        const double kilometres = Distance(topology.m_graph[boost::source(*it, topology.m_graph)],
                                           topology.m_graph[boost::target(*it, topology.m_graph)]);
        const Nanos delay(std::llround(kilometres / FIBRE_KM_PER_S * 1e9));
        topology.m_graph[*it].delay = std::max(delay, MINIMUM_DELAY);
    }
    topology.Index();

    const uint32_t nodes = topology.NodeCount();
    std::string notes = fmt::format("{}: {}, {}",
                                    topology.m_name,
                                    Plural(nodes, "node"),
                                    Plural(topology.m_edges.size(), "link"));
    if (guessed == nodes)
    {
        notes += "; no node has a place, all are put on a ring";
    }
    else if (guessed > 0)
    {
        notes += fmt::format("; {} without a place put at the mean of the neighbours",
                             Plural(guessed, "node"));
    }
    if (components > 1)
    {
        notes += fmt::format("; the largest of {} components kept, {} dropped",
                             components,
                             Plural(raw.nodes.size() - nodes, "node"));
    }
    if (parallel > 0)
    {
        notes += fmt::format("; {} merged", Plural(parallel, "parallel edge"));
    }
    if (loops > 0)
    {
        notes += fmt::format("; {} dropped", Plural(loops, "loop"));
    }
    if (facts->directed)
    {
        notes += "; directions ignored";
    }
    topology.m_notes = notes;
    return topology;
}

Topology
Topology::Load(const std::string& path, const GraphmlLimits& limits)
{
    // Without O_NONBLOCK the opening of a pipe would wait for a writer.
    const int file = ::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    if (file < 0)
    {
        throw TopologyError(fmt::format("{}: cannot be read: {}", path, std::strerror(errno)));
    }
    struct stat status = {};
    std::string refusal;
    std::string text;
    if (::fstat(file, &status) != 0 || !S_ISREG(status.st_mode))
    {
        refusal = "is not a file";
    }
    else if (static_cast<std::size_t>(status.st_size) > limits.bytes)
    {
        refusal = fmt::format("is larger than {} bytes", limits.bytes);
    }
    else
    {
        // A file that grows while it is read is cut where the limit is exceeded.
        text.resize(limits.bytes + 1);
        std::size_t length = 0;
        while (length < text.size())
        {
            const ssize_t got = ::read(file, &text[length], text.size() - length);
            if (got < 0 && errno == EINTR)
            {
                continue;
            }
            if (got < 0)
            {
                refusal = fmt::format("cannot be read: {}", std::strerror(errno));
            }
            if (got <= 0)
            {
                break;
            }
            length += static_cast<std::size_t>(got);
        }
        text.resize(length);
    }
    ::close(file);
    if (!refusal.empty())
    {
        throw TopologyError(fmt::format("{}: {}", path, refusal));
    }
    return Parse(text, path, limits);
}

} // namespace strata
} // namespace ns3

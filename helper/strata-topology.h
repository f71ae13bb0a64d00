// SPDX-License-Identifier: GPL-2.0-only

#ifndef STRATA_TOPOLOGY_H
#define STRATA_TOPOLOGY_H

#include "ns3/strata-time.h"
#include "ns3/strata-topology-check.h"

#include <boost/graph/adjacency_list.hpp>
#include <cstdint>
#include <limits>
#include <stdexcept>
#include <string>
#include <vector>

namespace ns3
{
namespace strata
{

/** A topology cannot be had; what() is one line that says why. */
class TopologyError : public std::runtime_error
{
  public:
    explicit TopologyError(const std::string& message)
        : std::runtime_error(message)
    {
    }
};

/** A node of a topology. */
struct TopologyNode
{
    std::string id;                                             //!< as in the file; unique
    std::string label;                                          //!< for people; may repeat
    double latitude{std::numeric_limits<double>::quiet_NaN()};  //!< degrees north
    double longitude{std::numeric_limits<double>::quiet_NaN()}; //!< degrees east
    bool placed{true};                                          //!< false if the place is a guess
};

/** A link of a topology. */
struct TopologyLink
{
    Nanos delay{0}; //!< one way
};

/**
 * A connected, undirected graph of places without parallel edges or loops: a backbone from a
 * GraphML file, or a toy.
 */
class Topology
{
  public:
    using Graph = boost::
        adjacency_list<boost::vecS, boost::vecS, boost::undirectedS, TopologyNode, TopologyLink>;

    /** An edge by the numbers of its ends, a < b. */
    struct Edge
    {
        uint32_t a{0};
        uint32_t b{0};
        Nanos delay{0};
    };

    /** The distance between nodes that no path joins. */
    static constexpr uint32_t UNREACHABLE = std::numeric_limits<uint32_t>::max();

    /**
     * Reads a GraphML file as the Internet Topology Zoo writes it. The file is checked by
     * CheckGraphml before Boost.Graph reads it. A link's delay is the great-circle distance between
     * its ends at the speed of light in fibre, at least MINIMUM_DELAY.
     *
     * What the Zoo's graphs need is done and told by Notes(): a node without coordinates is put at
     * the mean of its neighbours, round after round; if no node has any, all go on a ring; of a
     * disconnected graph the largest component is kept; parallel edges are merged, loops dropped.
     *
     * \throws TopologyError with one line
     */
    static Topology Load(const std::string& path, const GraphmlLimits& limits = {});

    /** As Load, from the document itself; \p name stands in messages for the file's. */
    static Topology Parse(const std::string& text,
                          const std::string& name,
                          const GraphmlLimits& limits = {});

    /**
     * \name Toys
     * \p n nodes, at least 1 (star and tree: node 0 is the hub and the root; the tree is in heap
     * order, node i below (i - 1) / 2), on links of \p delay. \throws TopologyError if n is 0
     * @{
     */
    static Topology Chain(uint32_t n, Nanos delay);
    static Topology Clique(uint32_t n, Nanos delay);
    static Topology Star(uint32_t n, Nanos delay);
    static Topology Tree(uint32_t n, Nanos delay);
    /** @} */

    /** A toy by name: chain, clique, star or tree. \throws TopologyError on another name */
    static Topology Toy(const std::string& shape, uint32_t n, Nanos delay);

    /** The graph itself, for Boost.Graph's algorithms. */
    const Graph& GetGraph() const;

    /** The graph's name: the file's without folder and extension, or the toy's. */
    const std::string& Name() const;

    uint32_t NodeCount() const;
    const TopologyNode& Node(uint32_t node) const;

    /** Edges in ascending order of (a, b). */
    const std::vector<Edge>& Edges() const;

    /** Neighbours of \p node, ascending. */
    std::vector<uint32_t> Neighbours(uint32_t node) const;

    /** The node with this label (or, failing that, id). \throws TopologyError if there is none */
    uint32_t Find(const std::string& label) const;

    /** One line: how many nodes and links, and what was changed to get them. */
    const std::string& Notes() const;

    /** Delays of the shortest paths (by delay) from \p from to each node. */
    std::vector<Nanos> DelaysFrom(uint32_t from) const;

    /** Hops of the shortest paths (by hops) from \p from to each node. */
    std::vector<uint32_t> HopsFrom(uint32_t from) const;

    /**
     * The path of least delay from \p from to \p to, both included; among equal ones, each node's
     * predecessor is the one with the lowest number.
     */
    std::vector<uint32_t> Path(uint32_t from, uint32_t to) const;

    /** The largest delay between any two nodes. */
    Nanos Diameter() const;

    /**
     * Speed of light in fibre: c divided by the group index 1.468 of standard single-mode fibre
     * (ITU-T G.652; Corning SMF-28 data sheet: 1.4676 at 1310 nm, 1.4682 at 1550 nm).
     */
    static constexpr double FIBRE_KM_PER_S = 299792.458 / 1.468;

    /** Mean radius of the Earth (IUGG, R1). */
    static constexpr double EARTH_RADIUS_KM = 6371.0088;

    /** No link is shorter: two kilometres of fibre in a town. */
    static constexpr Nanos MINIMUM_DELAY{10'000};

    /** Great-circle distance in kilometres (haversine formula). */
    static double Distance(const TopologyNode& a, const TopologyNode& b);

  private:
    Topology() = default;

    void Index();

    Graph m_graph;
    std::string m_name;
    std::string m_notes;
    std::vector<Edge> m_edges;
};

} // namespace strata
} // namespace ns3

#endif /* STRATA_TOPOLOGY_H */

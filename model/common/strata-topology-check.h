// SPDX-License-Identifier: GPL-2.0-only

#ifndef STRATA_TOPOLOGY_CHECK_H
#define STRATA_TOPOLOGY_CHECK_H

#include "strata-expected.h"

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace ns3
{
namespace strata
{

/** How large a GraphML document may be. The largest graph of the Topology Zoo has 754 nodes. */
struct GraphmlLimits
{
    std::size_t bytes{4U << 20};
    std::size_t nodes{5000};
    std::size_t edges{20000};
    std::size_t elements{200000}; //!< elements of all kinds
    std::size_t attributes{32};   //!< attributes of one element
    std::size_t depth{16};        //!< elements open at once; the reader behind recurses
};

/** Why a document was refused. */
enum class GraphmlCode
{
    TOO_LARGE,      //!< more bytes, elements or attributes than the limits allow
    NOT_UTF8,       //!< not valid UTF-8, or declared in another encoding
    NOT_XML,        //!< not well-formed XML
    DOCTYPE,        //!< a document type: entities could be defined there
    TOO_DEEP,       //!< nested beyond the limit
    NOT_GRAPHML,    //!< the root is not graphml, or a key or data element is wrong
    NO_GRAPH,       //!< no graph element
    UNSUPPORTED,    //!< several or nested graphs, hyperedges, ports, mixed directions
    NO_NODES,       //!< a graph without nodes
    TOO_MANY_NODES, //!< more nodes than the limit
    TOO_MANY_EDGES, //!< more edges than the limit
    BAD_NODE_ID,    //!< a node without an id
    DUPLICATE_NODE, //!< two nodes with one id
    DANGLING_EDGE,  //!< an edge without an end, or to a node that does not exist
};

/** The refusal, with the line (from 1) where it was found. */
struct GraphmlError
{
    GraphmlCode code{GraphmlCode::NOT_XML};
    std::size_t line{0};
    std::string message; //!< one line of printable ASCII
};

/** What the check learned. */
struct GraphmlFacts
{
    std::vector<std::string> nodeIds; //!< in the order of the document
    std::size_t edges{0};
    bool directed{false};
};

/**
 * Checks \p text before a reader that trusts its input sees it: well-formed XML 1.0 in UTF-8
 * without a document type, within \p limits, and a GraphML graph whose node ids are unique and
 * whose edges join nodes that exist. Time and memory are bounded by the limits.
 */
Expected<GraphmlFacts, GraphmlError> CheckGraphml(std::string_view text,
                                                  const GraphmlLimits& limits = {});

} // namespace strata
} // namespace ns3

#endif /* STRATA_TOPOLOGY_CHECK_H */

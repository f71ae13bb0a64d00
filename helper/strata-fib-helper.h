// SPDX-License-Identifier: GPL-2.0-only

#ifndef STRATA_FIB_HELPER_H
#define STRATA_FIB_HELPER_H

#include "ns3/ipv4-routing-helper.h"
#include "ns3/node-container.h"
#include "ns3/strata-aggregation-decision.h"
#include "ns3/strata-fib-routing-protocol.h"

namespace ns3
{
namespace strata
{

/**
 * Gives nodes a FibRouting, in either of two ways:
 *
 * \code
 *   InternetStackHelper stack;
 *   stack.SetRoutingHelper(FibHelper()); // nodes without any other routing
 *   stack.Install(routers);
 *
 *   FibHelper::Install(others); // nodes that have a stack: asked first, the others after it
 * \endcode
 */
class FibHelper : public Ipv4RoutingHelper
{
  public:
    FibHelper* Copy() const override;
    Ptr<Ipv4RoutingProtocol> Create(Ptr<Node> node) const override;

    /**
     * Puts a FIB before the static and global routing of nodes that have a stack; those that have
     * one keep it. It has their routes, now and whenever they change (FibRouting::Follow()). In an
     * Ipv4ListRouting all protocols stay, and those that came before static routing, as OLSR does,
     * are asked before the FIB. A protocol that is alone becomes what the FIB asks where it has no
     * route.
     *
     * Other than the list, which takes any static route before any global one, the FIB takes the
     * longer prefix of the two; at equal length the static one.
     */
    static void Install(const NodeContainer& nodes);
    static Ptr<FibRouting> Install(Ptr<Node> node);

    /** The FIB of a node; nullptr when it has none. */
    static Ptr<FibRouting> GetFib(Ptr<Node> node);

    /**
     * Tells \p outer of what lies behind \p inner in as few prefixes as cover it, which may cover
     * space that nobody has (AggregateCovering()): \p outer gets a route to each over \p gateway,
     * and \p inner discards what it has no route for in them, or it would come back by a default
     * route. Both have these routes from the source "aggregate".
     *
     * Behind \p inner lies what it has routes for that are used and lead over other interfaces than
     * that of \p gateway, but for its default route. What \p outer reaches otherwise stays its own.
     *
     * Later changes are not followed: RemoveSource("aggregate") on both, and aggregate anew.
     *
     * \param inner a node with a FIB
     * \param outer a node with a FIB, on a link with \p inner
     * \param gateway the address of \p inner on that link
     * \param rules how far it goes
     * \return what was announced, and for what of it \p inner discards the rest
     */
    static CoveringResult<Ipv4Family> Aggregate(Ptr<Node> inner,
                                                Ptr<Node> outer,
                                                Ipv4Address gateway,
                                                const CoveringRules& rules = {});
};

} // namespace strata
} // namespace ns3

#endif /* STRATA_FIB_HELPER_H */

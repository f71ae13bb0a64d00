// SPDX-License-Identifier: GPL-2.0-only

#ifndef STRATA_FIB_HELPER_H
#define STRATA_FIB_HELPER_H

#include "ns3/ipv4-routing-helper.h"
#include "ns3/node-container.h"
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
};

} // namespace strata
} // namespace ns3

#endif /* STRATA_FIB_HELPER_H */

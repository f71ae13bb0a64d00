// SPDX-License-Identifier: GPL-2.0-only

#ifndef STRATA_FIB6_HELPER_H
#define STRATA_FIB6_HELPER_H

#include "ns3/ipv6-routing-helper.h"
#include "ns3/node-container.h"
#include "ns3/strata-fib6-routing-protocol.h"

namespace ns3
{
namespace strata
{

/**
 * Gives nodes a Fib6Routing, in either of two ways:
 *
 * \code
 *   InternetStackHelper stack;
 *   stack.SetRoutingHelper(Fib6Helper()); // nodes without any other IPv6 routing
 *   stack.Install(routers);
 *
 *   Fib6Helper::Install(others); // nodes that have a stack
 * \endcode
 */
class Fib6Helper : public Ipv6RoutingHelper
{
  public:
    Fib6Helper* Copy() const override;
    Ptr<Ipv6RoutingProtocol> Create(Ptr<Node> node) const override;

    /**
     * Puts a FIB into the routing of nodes that have a stack, where it follows the routes of
     * Ipv6StaticRouting, now and whenever they change (Fib6Routing::Follow()); nodes that have one
     * keep it. All other protocols stay in their Ipv6ListRouting; one that is alone comes into such
     * a list. The FIB is asked right before static routing, or last where there is none: what is
     * asked before static routing is asked before the FIB.
     */
    static void Install(const NodeContainer& nodes);
    static Ptr<Fib6Routing> Install(Ptr<Node> node);

    /** The FIB of a node; nullptr when it has none. */
    static Ptr<Fib6Routing> GetFib(Ptr<Node> node);
};

} // namespace strata
} // namespace ns3

#endif /* STRATA_FIB6_HELPER_H */

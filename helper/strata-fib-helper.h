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
     * Puts a FIB before the routing of nodes that have a stack; those that have one keep it. When
     * the simulation starts it takes over the routes that static and global routing hold then;
     * Import() does that at any time. In an Ipv4ListRouting all protocols stay; a protocol that is
     * alone becomes what the FIB asks where it has no route.
     */
    static void Install(const NodeContainer& nodes);
    static Ptr<FibRouting> Install(Ptr<Node> node);

    /** Takes over the routes that the other protocols of a node hold now; how many those are. */
    static uint32_t Import(Ptr<Node> node);

    /** The FIB of a node; nullptr when it has none. */
    static Ptr<FibRouting> GetFib(Ptr<Node> node);
};

} // namespace strata
} // namespace ns3

#endif /* STRATA_FIB_HELPER_H */

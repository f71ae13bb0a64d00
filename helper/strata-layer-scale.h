// SPDX-License-Identifier: GPL-2.0-only

#ifndef STRATA_LAYER_SCALE_H
#define STRATA_LAYER_SCALE_H

#include "ns3/strata-time.h"

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

namespace ns3
{
namespace strata
{

/** How large a layer is, and what happens in it. */
struct LayerScalePlan
{
    std::string design;    //!< one of MobilityDesignNames()
    uint32_t members{100}; //!< routers of the large layer, at least LayerScaleNet::SMALLEST
    uint32_t mobiles{100}; //!< machines that move
    uint32_t moves{1};     //!< of each machine
};

/** What members of one layer, or of several together, hold and did. */
struct LayerScaleShare
{
    uint64_t members{0};
    uint64_t stateBytes{0};     //!< of all tables at the end
    uint64_t stateEntries{0};   //!< of all tables at the end
    uint64_t mostStateBytes{0}; //!< of the member that holds most
    uint64_t messages{0};       //!< control PDUs made or repeated because of moves
    uint64_t messageBytes{0};   //!< of those PDUs
    uint64_t writes{0};         //!< changes of tables because of moves
};

/** The outcome of one plan. */
struct LayerScaleReport
{
    bool converged{false}; //!< all routers enrolled and had nothing left to say
    Nanos convergedAt{0};  //!< simulated time
    uint32_t layers{0};
    uint64_t events{0};      //!< of the simulator, over the whole run
    uint64_t enrolled{0};    //!< mobiles that were members before the first move
    uint64_t reachable{0};   //!< mobiles that a router reached after the last move
    LayerScaleShare routers; //!< of the large layer
    LayerScaleShare others;  //!< routers of mobility layers, and all members on mobiles
};

/**
 * Where the routers of a layer stand: rings of about ten routers, the regions, each with a chord
 * from its first router, the gateway, to the router opposite; the gateways make a ring as well,
 * with chords over about the square root of its length. The same for the same number of routers.
 */
class LayerScaleNet
{
  public:
    /** A region needs a place to move to. */
    static constexpr uint32_t SMALLEST = 4;

    explicit LayerScaleNet(uint32_t routers);

    /** Pairs of routers, in the order in which they are joined; the first of the pair is lower. */
    const std::vector<std::pair<uint32_t, uint32_t>>& Links() const
    {
        return m_links;
    }

    uint32_t RouterCount() const
    {
        return m_first.back();
    }

    uint32_t RegionCount() const
    {
        return static_cast<uint32_t>(m_first.size() - 1);
    }

    uint32_t RegionOf(uint32_t router) const;

    /** The first router of \p region; the others follow up to Gateway(region + 1). */
    uint32_t Gateway(uint32_t region) const
    {
        return m_first[region];
    }

  private:
    std::vector<uint32_t> m_first; //!< routers, one more than there are regions
    std::vector<std::pair<uint32_t, uint32_t>> m_links;
};

/**
 * Runs \p plan: a layer enrolls and converges, machines join it, each moves to other routers of
 * its region, and at the end a router elsewhere tries to reach each of them. Everything crosses
 * PointToPointDevices as PDUs.
 *
 * Designs of attachment mobility: a machine is a leaf, found by a probe to its name. A `two-layer`
 * design has one mobility layer a region, each of them under the one large layer. Designs of
 * location mobility: a machine has a process that keeps a session with a process at a router; it
 * is found by a message in that session. A `middle` design has one mobility layer for the machines
 * of each region, each of them over the one large layer.
 *
 * Ends by destroying the simulation.
 */
LayerScaleReport RunLayerScale(const LayerScalePlan& plan);

} // namespace strata
} // namespace ns3

#endif /* STRATA_LAYER_SCALE_H */

// SPDX-License-Identifier: GPL-2.0-only

#ifndef STRATA_MOBILITY_TRIAL_H
#define STRATA_MOBILITY_TRIAL_H

#include "strata-mobility-system.h"

#include "ns3/strata-handoff-decision.h"

#include <array>

namespace ns3
{
namespace strata
{

/** One thing that happens in a trial. */
struct MobilityStep
{
    enum class Kind
    {
        MOVE,    //!< the machine of an end goes to another place
        MIGRATE, //!< the process of an end goes to its spare machine
    };

    Kind kind{Kind::MOVE};
    uint32_t end{0};
    uint32_t place{0}; //!< of a MOVE
    Nanos after{0};    //!< since the first step
};

/** What two ends go through. */
struct MobilityPlan
{
    std::array<uint32_t, 2> places{0, 0};         //!< where they begin
    std::vector<MobilityStep> steps;              //!< in the order of time
    std::vector<uint32_t> spares;                 //!< a spare machine for end 1 at each place
    Nanos interval{std::chrono::milliseconds(5)}; //!< between messages, in each direction
    uint32_t messageBytes{112};
    Nanos lead{std::chrono::seconds(2)}; //!< of traffic before the first step
    Nanos tail{std::chrono::seconds(6)}; //!< of traffic after the last
    Nanos atLeast{0};                    //!< between the first step and the end of traffic
};

/** One handoff, a step or steps within a second, and its effect on both directions. */
struct MobilityHandoffReport
{
    Nanos time{0};                      //!< of its first sign, a move or a new link
    std::array<HandoffReport, 2> heard; //!< by end: what it received
    std::array<OutageShares, 2> shares; //!< of those outages
    MobilityCost cost;                  //!< until the next handoff
    std::vector<double> stretch;        //!< of the settled delays of both directions
};

/** What a trial gave. */
struct MobilityTrialReport
{
    bool survived{false}; //!< both directions recovered after the last step, and the session stands
    std::vector<MobilityHandoffReport> handoffs;
    MobilityStateSize state; //!< at the end
    double headerBytes{0};
    Nanos firstStep{0};
    std::array<std::vector<Arrival>, 2> arrivals; //!< by the end that received
    std::map<MobilityAct, uint64_t> acts;
    std::vector<std::string> faults; //!< invariants and write sets that a member broke
    std::vector<std::string> unrest; //!< invariants between members that fail at the end
};

/**
 * Runs \p plan on \p system from the start of a simulation to its end, and destroys the simulation.
 *
 * \param topology the one that the system was built on
 */
MobilityTrialReport RunMobilityTrial(MobilitySystem& system,
                                     const Topology& topology,
                                     const MobilityPlan& plan);

} // namespace strata
} // namespace ns3

#endif /* STRATA_MOBILITY_TRIAL_H */

// SPDX-License-Identifier: GPL-2.0-only

#ifndef STRATA_MOBILITY_DESIGN_H
#define STRATA_MOBILITY_DESIGN_H

#include "ns3/strata-layer-policy.h"
#include "ns3/strata-write-right.h"

#include <string>
#include <vector>

namespace ns3
{
namespace strata
{

/** How the layers of a design stand upon each other. */
enum class MobilityShape : uint8_t
{
    ONE_LAYER,    //!< the large layer does the work itself
    TWO_LAYER,    //!< a small mobility layer lies under the large one, which sees no move
    MIDDLE_LAYER, //!< a small mobility layer lies between the large one and the users
};

/** A named way to cope with moves: one policy a slot, and how layers stack. */
struct MobilityDesign
{
    std::string name;
    MobilityKind kind{MobilityKind::ATTACHMENT}; //!< what a machine's move means to the layer
    MobilityShape shape{MobilityShape::ONE_LAYER};
    bool migrates{false}; //!< a process can take its sessions to another machine
    std::string writes;   //!< in words, what a move writes
    LayerPolicies large;  //!< of the layer that all machines are in
    LayerPolicies small;  //!< of the mobility layer, where there is one
    bool largeFlat{false};
    bool smallFlat{true};
};

/** The designs by name, in the order of Zave and Rexford's talk. */
std::vector<std::string> MobilityDesignNames();

/**
 * The design called \p name, one of MobilityDesignNames(): policies for members and how they stack.
 *
 * Names of members, in the layers that the designs are made for: the first router of a hierarchical
 * layer owns block 1 of 16 bits, of a flat one it is called 1; it keeps the directory.
 */
MobilityDesign MakeMobilityDesign(const std::string& name);

} // namespace strata
} // namespace ns3

#endif /* STRATA_MOBILITY_DESIGN_H */

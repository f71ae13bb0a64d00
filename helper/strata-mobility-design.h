// SPDX-License-Identifier: GPL-2.0-only

#ifndef STRATA_MOBILITY_DESIGN_H
#define STRATA_MOBILITY_DESIGN_H

#include "ns3/strata-layer-policy.h"

#include <string>
#include <vector>

namespace ns3
{
namespace strata
{

/**
 * A mobility design: a named bundle of policies for one layer.
 *
 * Under an attachment design a machine that moves keeps its member. Under a location design its
 * member dies with the old attachment, another is born under another name, and the processes of
 * the machine go on there.
 */
struct MobilityDesign
{
    std::string name;
    MobilityKind kind{MobilityKind::ATTACHMENT};
    std::string writes; //!< what a move writes, and where; for people
    LayerPolicies policies;
};

/** The names of all designs, attachment mobility first. */
std::vector<std::string> MobilityDesignNames();

/**
 * The design \p name; \p server keeps the directory, and is the rendezvous where one is needed.
 * Precondition: \p name is one of MobilityDesignNames().
 */
MobilityDesign MakeMobilityDesign(const std::string& name, MemberName server);

} // namespace strata
} // namespace ns3

#endif /* STRATA_MOBILITY_DESIGN_H */

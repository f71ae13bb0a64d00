// SPDX-License-Identifier: GPL-2.0-only

#ifndef STRATA_MOBILITY_PROFILE_H
#define STRATA_MOBILITY_PROFILE_H

#include "ns3/strata-time.h"

#include <string>
#include <vector>

namespace ns3
{
namespace strata
{

/**
 * What the link layer does to a machine that moves, whatever the design above it: the spans
 * between the loss of the old link and a new one that can be used.
 *
 * Sources of the numbers:
 * - wifi-like: the MIPv6 and PMIPv6 showcases of INET 4.7 split a handover over 802.11 into 0.347 s
 *   until the loss is noticed, 0.651 s for scanning and associating, and, where a new address is
 *   needed, 0.396 s for router discovery and 1.509 s for duplicate address detection.
 * - cellular-like: 3GPP TR 36.881 gives 49.5 ms as the typical latency of handover execution in
 *   LTE (the target cell is prepared, so nothing is noticed late or scanned); a new address takes
 *   one exchange with the gateway, 20 ms at the 10 ms one-way latency of TR 36.912, and no
 *   duplicate address detection (RFC 6459 section 5.2).
 */
struct MobilityProfile
{
    std::string name;
    Nanos notice{0};      //!< until the machine knows that the old link is gone
    Nanos attach{0};      //!< scanning, authenticating, associating
    Nanos address{0};     //!< configuring a new name, for designs that need one
    bool wireless{false}; //!< real 802.11: the spans come out of the simulation

    /** From the loss of the old link to the new one. */
    Nanos Gap() const
    {
        return notice + attach;
    }
};

/** "ideal", "wifi-like", "cellular-like", and "wifi" where ns-3's module is there. */
std::vector<std::string> MobilityProfileNames();

/** Precondition: \p name is one of MobilityProfileNames. */
MobilityProfile MakeMobilityProfile(const std::string& name);

} // namespace strata
} // namespace ns3

#endif /* STRATA_MOBILITY_PROFILE_H */

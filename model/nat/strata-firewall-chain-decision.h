// SPDX-License-Identifier: GPL-2.0-only

#ifndef STRATA_FIREWALL_CHAIN_DECISION_H
#define STRATA_FIREWALL_CHAIN_DECISION_H

#include "strata-firewall-packet-decision.h"

#include "ns3/strata-ipv6-extension.h"

#include <optional>

namespace ns3
{
namespace strata
{

/** Where a walk along IPv6 extension headers came to. */
struct Ipv6Walk
{
    uint8_t protocol{0};
    std::size_t offset{0};   //!< of what follows the chain
    bool extended{false};    //!< by more than hop-by-hop options
    std::size_t cuttable{0}; //!< where the part begins that fragments share, if it is one
    FirewallFault fault{FirewallFault::NONE};
    std::optional<Ipv6Fragment> fragment;
};

/**
 * Walks the chain behind the fixed header without a copy. Precondition: \p front begins with that
 * header, whole.
 */
Ipv6Walk WalkIpv6(ByteView front);

/** Where the transport header of an IPv6 packet begins; its end if there is none. */
std::size_t Ipv6TransportOffset(ByteView packet);

} // namespace strata
} // namespace ns3

#endif /* STRATA_FIREWALL_CHAIN_DECISION_H */

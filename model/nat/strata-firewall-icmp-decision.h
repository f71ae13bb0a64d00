// SPDX-License-Identifier: GPL-2.0-only

#ifndef STRATA_FIREWALL_ICMP_DECISION_H
#define STRATA_FIREWALL_ICMP_DECISION_H

#include "strata-firewall-packet-decision.h"

#include <optional>

namespace ns3
{
namespace strata
{

/**
 * The type of the query that a message of ICMP or ICMPv6 asks or answers; none if it is neither.
 *
 * \param [out] answer whether it answers
 */
std::optional<uint8_t> IcmpQueryType(bool ipv6, uint8_t type, bool& answer);

/**
 * Whether a message of neighbour discovery is as its receiver must have it (RFC 4861 sections 6.1,
 * 7.1 and 8.1): long enough, with whole options that are not empty.
 *
 * \param message as much of it as there is, from its type on; eight octets at least
 * \param size octets of the whole message
 */
FirewallFault FaultOfDiscovery(ByteView message, std::size_t size);

} // namespace strata
} // namespace ns3

#endif /* STRATA_FIREWALL_ICMP_DECISION_H */

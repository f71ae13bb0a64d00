// SPDX-License-Identifier: GPL-2.0-only

#ifndef STRATA_NAT_ICMP_DECISION_H
#define STRATA_NAT_ICMP_DECISION_H

#include "ns3/strata-icmp-message.h"

namespace ns3
{
namespace strata
{

/** Who asks, of those messages that have an identifier (RFC 5508 section 3.1). */
inline bool
IsNatQuery(uint8_t type)
{
    switch (static_cast<IcmpType>(type))
    {
    case IcmpType::ECHO_REQUEST:
    case IcmpType::TIMESTAMP_REQUEST:
    case IcmpType::INFORMATION_REQUEST:
    case IcmpType::ADDRESS_MASK_REQUEST:
        return true;
    default:
        return false;
    }
}

/** Who answers. */
inline bool
IsNatResponse(uint8_t type)
{
    switch (static_cast<IcmpType>(type))
    {
    case IcmpType::ECHO_REPLY:
    case IcmpType::TIMESTAMP_REPLY:
    case IcmpType::INFORMATION_REPLY:
    case IcmpType::ADDRESS_MASK_REPLY:
        return true;
    default:
        return false;
    }
}

} // namespace strata
} // namespace ns3

#endif /* STRATA_NAT_ICMP_DECISION_H */

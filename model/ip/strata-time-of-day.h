// SPDX-License-Identifier: GPL-2.0-only

#ifndef STRATA_TIME_OF_DAY_H
#define STRATA_TIME_OF_DAY_H

#include <cstdint>

namespace ns3
{
namespace strata
{

/**
 * What all nodes put into timestamps of IPv4 (RFC 791 section 3.1) and ICMP (RFC 792) now:
 * milliseconds since midnight UT. The global value "StrataTimeOfDay" says when on its day the
 * simulation begins; 0, at midnight, is the default.
 */
uint32_t TimestampNow();

} // namespace strata
} // namespace ns3

#endif /* STRATA_TIME_OF_DAY_H */

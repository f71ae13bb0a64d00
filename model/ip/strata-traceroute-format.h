// SPDX-License-Identifier: GPL-2.0-only

#ifndef STRATA_TRACEROUTE_FORMAT_H
#define STRATA_TRACEROUTE_FORMAT_H

#include "strata-traceroute-machine.h"

#include <string>

namespace ns3
{
namespace strata
{

/** `traceroute to 10.2.0.2 (10.2.0.2), 30 hops max, 60 byte packets` and a newline. */
std::string FormatTracerouteBanner(const TracerouteParameters& parameters);

/**
 * A line as the traceroute of Debian writes it, newline included:
 * ` 1  10.0.0.1 (10.0.0.1)  0.123 ms  0.110 ms *`.
 */
std::string FormatTracerouteHop(const TracerouteHop& hop);

/**
 * What the line says of an answer other than "TTL exceeded" and "arrived": `!N` network, `!H`
 * host, `!P` protocol, `!F-1200` fragmentation needed, `!S` source route, `!X` prohibited, `!V`
 * and `!C` precedence, `!<code>`, `!<type-code>`; else nothing.
 */
std::string FormatTracerouteMark(const TracerouteAnswer& answer);

} // namespace strata
} // namespace ns3

#endif /* STRATA_TRACEROUTE_FORMAT_H */

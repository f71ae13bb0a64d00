// SPDX-License-Identifier: GPL-2.0-only

#ifndef STRATA_TIME_H
#define STRATA_TIME_H

#include <chrono>

namespace ns3
{
namespace strata
{

/** Time in the core: since the start of the simulation, or a span of it. */
using Nanos = std::chrono::nanoseconds;

/** A deadline that never comes. */
constexpr Nanos NEVER = Nanos::max();

} // namespace strata
} // namespace ns3

#endif /* STRATA_TIME_H */

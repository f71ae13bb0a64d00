// SPDX-License-Identifier: GPL-2.0-only

#ifndef STRATA_ALLOCATION_COUNTER_H
#define STRATA_ALLOCATION_COUNTER_H

#include <cstddef>

namespace ns3
{
namespace strata
{

/**
 * How often `operator new` has been called in this program. Tests of what a packet meets on its
 * way compare it before and after.
 */
std::size_t AllocationCount();

} // namespace strata
} // namespace ns3

#endif /* STRATA_ALLOCATION_COUNTER_H */

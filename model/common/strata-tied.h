// SPDX-License-Identifier: GPL-2.0-only

#ifndef STRATA_TIED_H
#define STRATA_TIED_H

#include "strata-hash.h"

#include <type_traits>

namespace ns3
{
namespace strata
{

/** Equality of plain values field by field: every struct that offers Tie() has it. */
template <class T>
std::enable_if_t<detail::HasTie<T>::value, bool>
operator==(const T& a, const T& b)
{
    return a.Tie() == b.Tie();
}

template <class T>
std::enable_if_t<detail::HasTie<T>::value, bool>
operator!=(const T& a, const T& b)
{
    return !(a == b);
}

} // namespace strata
} // namespace ns3

#endif /* STRATA_TIED_H */

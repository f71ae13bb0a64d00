// SPDX-License-Identifier: GPL-2.0-only

#ifndef STRATA_TIED_EQUALITY_H
#define STRATA_TIED_EQUALITY_H

#include "strata-hash.h"

namespace ns3
{
namespace strata
{

/** Structs that offer Tie() are equal when their ties are; a type's own operator comes first. */
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

#endif /* STRATA_TIED_EQUALITY_H */

// SPDX-License-Identifier: GPL-2.0-only

#ifndef STRATA_NAT_OPTION_DECISION_H
#define STRATA_NAT_OPTION_DECISION_H

#include "ns3/strata-byte-view.h"

#include <functional>

namespace ns3
{
namespace strata
{

/**
 * \file
 * Options of IPv4 that name addresses: record route, source routes and timestamps (RFC 791 section
 * 3.1). A translator need not support them (RFC 3022 section 4.6), and if it leaves them alone,
 * they carry addresses of the inside out.
 */

/** Whether \p options has a source route. */
bool HasSourceRoute(ByteView options);

/**
 * Puts \p instead in the place of every address in \p options for which \p isHidden, whether or not
 * the option's pointer says that it is there.
 *
 * \param [in,out] options what is behind the 20 octets of a header, as far as it is in order
 * \return whether something was changed
 */
bool HideAddresses(uint8_t* options,
                   std::size_t size,
                   const std::function<bool(uint32_t)>& isHidden,
                   uint32_t instead);

} // namespace strata
} // namespace ns3

#endif /* STRATA_NAT_OPTION_DECISION_H */

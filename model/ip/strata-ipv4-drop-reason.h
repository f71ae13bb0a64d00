// SPDX-License-Identifier: GPL-2.0-only

#ifndef STRATA_IPV4_DROP_REASON_H
#define STRATA_IPV4_DROP_REASON_H

#include "ns3/strata-drop-reason.h"

namespace ns3
{
namespace strata
{

/** @{ The tests of RFC 1812 section 5.2.2: silent, unless a switch says otherwise. */
inline constexpr DropReason IP_SHORT_FRAME{"ip.short-frame"};
inline constexpr DropReason IP_BAD_VERSION{"ip.bad-version"};
inline constexpr DropReason IP_BAD_HEADER_LENGTH{"ip.bad-header-length"};
inline constexpr DropReason IP_BAD_CHECKSUM{"ip.bad-checksum"};
inline constexpr DropReason IP_BAD_TOTAL_LENGTH{"ip.bad-total-length"};
inline constexpr DropReason IP_TRUNCATED{"ip.truncated"};
/** @} */

/** Options that do not fit their format (RFC 1812 section 5.2.2); Parameter Problem answers. */
inline constexpr DropReason IP_BAD_OPTION{"ip.bad-option"};

/** A source route where source routes are refused (RFC 7126 section 4.3). */
inline constexpr DropReason IP_SOURCE_ROUTE_REFUSED{"ip.source-route-refused"};

/** A strict source route whose next stop is no neighbour (RFC 1812 section 5.3.13.4). */
inline constexpr DropReason IP_SOURCE_ROUTE_FAILED{"ip.source-route-failed"};

/** A security label that may not pass (RFC 1108 section 2). */
inline constexpr DropReason IP_SECURITY_REFUSED{"ip.security-refused"};

/** For another host, and this one does not forward (RFC 1122 section 3.2.1.3: silently). */
inline constexpr DropReason IP_NOT_FORWARDING{"ip.not-forwarding"};

/** No route leads there (RFC 1812 section 5.2.7.1). */
inline constexpr DropReason IP_NO_ROUTE{"ip.no-route"};

/** The time to live ran out on the way (RFC 1812 section 5.3.1). */
inline constexpr DropReason IP_TTL_EXPIRED{"ip.ttl-expired"};

/** Larger than the MTU of the next link, and not to be fragmented (RFC 1191 section 4). */
inline constexpr DropReason IP_FRAGMENTATION_NEEDED{"ip.fragmentation-needed"};

/** Made here, and longer than a datagram can be (RFC 791 section 3.1). */
inline constexpr DropReason IP_TOO_LONG{"ip.too-long"};

/** No transport protocol of that number and no raw socket (RFC 1122 section 3.2.2.1). */
inline constexpr DropReason IP_NO_PROTOCOL{"ip.no-protocol"};

} // namespace strata
} // namespace ns3

#endif /* STRATA_IPV4_DROP_REASON_H */

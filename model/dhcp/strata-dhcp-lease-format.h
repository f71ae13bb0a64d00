// SPDX-License-Identifier: GPL-2.0-only

#ifndef STRATA_DHCP_LEASE_FORMAT_H
#define STRATA_DHCP_LEASE_FORMAT_H

#include "strata-dhcp-lease-table.h"

#include <string>
#include <string_view>

namespace ns3
{
namespace strata
{

/** 192.0.2.1 for 0xc0000201. */
std::string DhcpAddressText(uint32_t address);

/** Hexadecimal digits with colons between the bytes; `-` for none. */
std::string DhcpHardwareText(ByteView bytes);

/**
 * A line of the lease store, without its end:
 *
 * \verbatim
 * ADDRESS STATE EXPIRES CLIENT HARDWARE NAME
 * 10.0.0.5 bound 3600.000000000 h:01:02:00:00:00:00:05 02:00:00:00:00:05 "alice"
 * \endverbatim
 *
 * EXPIRES is the simulated time in seconds, or `never`; CLIENT is a DhcpClientKey, its first letter
 * and its bytes, or `-`; in NAME bytes other than printable ASCII, `"` and `\` are `\XX`. The last
 * line about an address holds. Lines that are empty or begin with `#` say nothing.
 */
std::string DhcpLeaseLine(const DhcpBinding& binding);

/** What a line says; none if it is malformed. */
std::optional<DhcpBinding> ParseDhcpLeaseLine(std::string_view line);

/** A table for people, with a line of headings: one line a binding, times from \p now. */
std::string DhcpLeaseTableText(const std::vector<DhcpBinding>& bindings, Nanos now);

} // namespace strata
} // namespace ns3

#endif /* STRATA_DHCP_LEASE_FORMAT_H */

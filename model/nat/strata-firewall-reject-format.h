// SPDX-License-Identifier: GPL-2.0-only

#ifndef STRATA_FIREWALL_REJECT_FORMAT_H
#define STRATA_FIREWALL_REJECT_FORMAT_H

#include "strata-flow-address-format.h"

#include "ns3/strata-byte-view.h"

#include <optional>

namespace ns3
{
namespace strata
{

/** Codes of ICMPv6 Destination Unreachable (RFC 4443 section 3.1). */
enum class Icmp6UnreachableCode : uint8_t
{
    PROHIBITED = 1,
    PORT = 4,
};

/**
 * The segment that refuses another in the name of its receiver (RFC 9293 section 3.10.7.1): a RST
 * that the sender believes. None for a RST, which nothing answers, and for what is no segment.
 *
 * \param source of the segment that is refused
 * \param segment as much of it as there is, from its TCP header on
 * \param size octets of the whole segment
 * \param checksum whether it gets a right checksum; else 0
 */
std::optional<Bytes> MakeTcpReset(const FlowAddress& source,
                                  const FlowAddress& destination,
                                  ByteView segment,
                                  std::size_t size,
                                  bool checksum);

/**
 * An ICMPv6 Destination Unreachable about a packet; what of the packet fits into 1280 octets is
 * quoted (RFC 4443 section 2.4 c).
 *
 * \param source of the message
 * \param destination the source of \p packet
 * \param packet from its IPv6 header on
 */
Bytes MakeIcmp6Unreachable(Icmp6UnreachableCode code,
                           const FlowAddress& source,
                           const FlowAddress& destination,
                           ByteView packet);

} // namespace strata
} // namespace ns3

#endif /* STRATA_FIREWALL_REJECT_FORMAT_H */

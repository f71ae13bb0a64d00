// SPDX-License-Identifier: GPL-2.0-only

#ifndef STRATA_NAT_REWRITE_DECISION_H
#define STRATA_NAT_REWRITE_DECISION_H

#include "strata-nat-table.h"

#include "ns3/strata-network-order.h"

namespace ns3
{
namespace strata
{

/**
 * \file
 * Addresses, ports and identifiers replaced in bytes, with the checksums that cover them patched
 * by what changed (RFC 1624). A UDP checksum of zero is none and stays so; one that becomes zero
 * is written as 0xffff (RFC 768). A checksum that is not there any more, in what is cut short, is
 * left out; a wrong one stays wrong.
 */

/** Where a TCP header has its control bits, and an ICMP query its identifier. */
constexpr std::size_t NAT_TCP_FLAGS = 13;
constexpr std::size_t NAT_IDENTIFIER = 4;

/** Which end of a datagram. */
enum class NatEnd : uint8_t
{
    SOURCE,
    DESTINATION,
};

/** Octets of a transport header that must be there for it to be translated. */
std::size_t NatTransportSize(uint8_t protocol);

/**
 * Replaces an end in a transport header: the port, or the identifier of an ICMP query, and what the
 * checksum covers of the address. Other protocols stay as they are.
 *
 * \param transport the header, as far as it is there
 */
void RewriteTransport(uint8_t protocol,
                      uint8_t* transport,
                      std::size_t size,
                      NatEnd end,
                      uint32_t addressBefore,
                      NatEndpoint after);

/** The same for what the checksum covers of the address alone. */
void RewriteTransportAddress(uint8_t protocol,
                             uint8_t* transport,
                             std::size_t size,
                             uint32_t addressBefore,
                             uint32_t addressAfter);

/** The checksum after the covered octets changed from \p before to \p after, all at once. */
uint16_t UpdateChecksumOver(uint16_t checksum, ByteView before, ByteView after);

} // namespace strata
} // namespace ns3

#endif /* STRATA_NAT_REWRITE_DECISION_H */

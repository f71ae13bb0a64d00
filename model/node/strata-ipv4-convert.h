// SPDX-License-Identifier: GPL-2.0-only

#ifndef STRATA_IPV4_CONVERT_H
#define STRATA_IPV4_CONVERT_H

#include "ns3/ipv4-header.h"
#include "ns3/packet.h"
#include "ns3/strata-ipv4-header.h"

namespace ns3
{
namespace strata
{

/**
 * The header as the stock stack holds it. Options and the reserved flag, which ns3::Ipv4Header
 * cannot hold, are left out. Its checksum is computed when it is written, if the global value
 * ChecksumEnabled says so.
 */
Ipv4Header ToStockHeader(const Ipv4WireHeader& header);

/**
 * The header of the stock stack as a wire header, without options. Its checksum is left zero.
 *
 * \param payloadSize octets behind the header
 */
Ipv4WireHeader FromStockHeader(const Ipv4Header& header, uint32_t payloadSize);

/**
 * Puts \p header in front of \p payload, with the total length of that payload and the checksum
 * that the global value ChecksumEnabled asks for: a right one, or zero.
 */
void PrependHeader(Ipv4WireHeader header, Ptr<Packet> payload);

} // namespace strata
} // namespace ns3

#endif /* STRATA_IPV4_CONVERT_H */

// SPDX-License-Identifier: GPL-2.0-only

#ifndef STRATA_RAW_SOCKETS_H
#define STRATA_RAW_SOCKETS_H

#include "ns3/ipv4-l3-protocol.h"

#include <cstdint>

namespace ns3
{
namespace strata
{

/**
 * Whether a raw socket of the node wants datagrams of \p protocol. The stock stack gives them
 * theirs before anybody else and tells nobody.
 */
bool HasRawSocket(const Ipv4L3Protocol& ipv4, uint8_t protocol);

} // namespace strata
} // namespace ns3

#endif /* STRATA_RAW_SOCKETS_H */

// SPDX-License-Identifier: GPL-2.0-only

#ifndef STRATA_PACKET_FRONT_H
#define STRATA_PACKET_FRONT_H

#include "ns3/header.h"
#include "ns3/packet.h"

namespace ns3
{
namespace strata
{

/**
 * \file
 * Octets off and onto the front of a packet that may be empty between. An empty packet of ns-3
 * shares its metadata with its copies, but writes its next header there as if it were alone. With
 * printing of packets on, the copies then have wrong metadata, which asserts find. Here an empty
 * packet gets metadata of its own; its uid and its tags stay.
 */

/** Packet::RemoveAtStart; the stock stack may add a header to what is left. */
void RemoveFront(Ptr<Packet> packet, uint32_t size);

/** Packet::AddHeader. */
void AddFront(Ptr<Packet> packet, const Header& header);

} // namespace strata
} // namespace ns3

#endif /* STRATA_PACKET_FRONT_H */

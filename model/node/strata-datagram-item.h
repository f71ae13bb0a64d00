// SPDX-License-Identifier: GPL-2.0-only

#ifndef STRATA_DATAGRAM_ITEM_H
#define STRATA_DATAGRAM_ITEM_H

#include "ns3/ipv4-queue-disc-item.h"
#include "ns3/strata-byte-view.h"

namespace ns3
{
namespace strata
{

/**
 * Whether the stock item can find the ports of a datagram. It reads a whole TCP header to get at
 * them, and does not come back from options of illegal lengths.
 */
bool CanStockHash(const Ipv4Header& header, const Packet& payload);

/**
 * The flow hash of DatagramItem, from octets.
 * \param header of the datagram, 20 octets or more
 */
uint32_t FlowHashOf(ByteView header, const Packet& payload, uint32_t perturbation);

/**
 * The stock item of an IPv4 datagram, with a flow hash for whatever the datagram carries: a
 * malformed segment counts as one without ports, as later fragments do.
 */
class DatagramItem final : public Ipv4QueueDiscItem
{
  public:
    using Ipv4QueueDiscItem::Ipv4QueueDiscItem;

    uint32_t Hash(uint32_t perturbation = 0) const override;
};

} // namespace strata
} // namespace ns3

#endif /* STRATA_DATAGRAM_ITEM_H */

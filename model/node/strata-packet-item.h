// SPDX-License-Identifier: GPL-2.0-only

#ifndef STRATA_PACKET_ITEM_H
#define STRATA_PACKET_ITEM_H

#include "ns3/queue-item.h"

namespace ns3
{
namespace strata
{

/**
 * A packet that has all its headers already, on its way through the traffic control layer to a
 * device: an IPv4 datagram with options, a labelled packet. Queue discs see an IPv4 datagram as
 * they see one of the stock stack: same size, same Traffic Class, same flow hash, and they may
 * mark it.
 */
class WholePacketItem final : public QueueDiscItem
{
  public:
    /**
     * \param packet from its first header on
     * \param to the hardware address of the next hop
     * \param etherType what the packet is
     */
    WholePacketItem(Ptr<Packet> packet, const Address& to, uint16_t etherType);

    void AddHeader() override;

    /** Sets Congestion Experienced in an IPv4 datagram of an ECN-capable sender (RFC 3168). */
    bool Mark() override;

    bool GetUint8Value(Uint8Values field, uint8_t& value) const override;

    uint32_t Hash(uint32_t perturbation = 0) const override;
};

} // namespace strata
} // namespace ns3

#endif /* STRATA_PACKET_ITEM_H */

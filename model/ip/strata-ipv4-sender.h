// SPDX-License-Identifier: GPL-2.0-only

#ifndef STRATA_IPV4_SENDER_H
#define STRATA_IPV4_SENDER_H

#include "strata-fragmentation-decision.h"
#include "strata-ipv4-drop-reason.h"

#include "ns3/object.h"
#include "ns3/strata-ipv4-hooks.h"

namespace ns3
{
namespace strata
{

/**
 * Sends IPv4 datagrams whose header the stock stack cannot hold, with options above all: it
 * fragments them, finds the link-layer address and hands them to the traffic control layer.
 */
class Ipv4Sender : public Object
{
  public:
    static TypeId GetTypeId();

    void SetHooks(Ptr<Ipv4Hooks> hooks);

    /** The least MTU over which it fragments; see FragmentationInput::leastMtu. */
    void SetLeastMtu(uint32_t leastMtu);

    uint32_t GetLeastMtu() const
    {
        return m_leastMtu;
    }

    /**
     * Shows \p packet to POSTROUTING and sends what the elements accept.
     *
     * Preconditions: it has a route; its TTL was taken off if it is forwarded.
     * \param answer what to do if it is larger than the MTU and may be fragmented
     */
    void SendRouted(Ipv4HookPacket packet, OversizeAnswer answer = OversizeAnswer::FRAGMENT);

    /**
     * An identification for a datagram that the stock stack does not number. It is never 0, which
     * stands for none given, and goes down where those of the stock stack go up from 0.
     */
    uint16_t NextIdentification()
    {
        --m_identification;
        if (m_identification == 0)
        {
            --m_identification;
        }
        return m_identification;
    }

    /** Sends one whole datagram, header in front, to \p nextHop on the link of \p device. */
    void SendOnLink(Ptr<NetDevice> device, Ipv4Address nextHop, Ptr<Packet> datagram);

  protected:
    void DoDispose() override;

  private:
    Ptr<Ipv4Hooks> m_hooks;
    uint32_t m_leastMtu{IPV4_MIN_MTU};
    uint16_t m_identification{0};
};

} // namespace strata
} // namespace ns3

#endif /* STRATA_IPV4_SENDER_H */

// SPDX-License-Identifier: GPL-2.0-only

#ifndef STRATA_IPV4_EGRESS_LAYER_H
#define STRATA_IPV4_EGRESS_LAYER_H

#include "ns3/ipv4-address.h"
#include "ns3/ipv4-queue-disc-item.h"
#include "ns3/tag.h"
#include "ns3/traffic-control-layer.h"

namespace ns3
{
namespace strata
{

class Ipv4Hooks;

/** Marks a datagram that passed the hook points, and what the stock stack cannot say of it. */
class Ipv4HookTag : public Tag
{
  public:
    Ipv4HookTag() = default;

    Ipv4HookTag(bool dontFragment, Ipv4Address nextHop)
        : m_dontFragment(dontFragment),
          m_nextHop(nextHop.Get())
    {
    }

    bool IsDontFragment() const
    {
        return m_dontFragment;
    }

    /** 0.0.0.0 where nobody knows. */
    Ipv4Address GetNextHop() const
    {
        return Ipv4Address(m_nextHop);
    }

    static TypeId GetTypeId();
    TypeId GetInstanceTypeId() const override;
    uint32_t GetSerializedSize() const override;
    void Serialize(TagBuffer buffer) const override;
    void Deserialize(TagBuffer buffer) override;
    void Print(std::ostream& os) const override;

  private:
    bool m_dontFragment{false};
    uint32_t m_nextHop{0};
};

/**
 * Stands between a node's IPv4 interfaces and its traffic control layer: the last place where a
 * datagram's header is not yet bytes.
 *
 * It sets Don't Fragment where the sender wanted it, which the stock stack has no way to say, and
 * shows the hook points OUTPUT and POSTROUTING what came past them from raw sockets. What goes to
 * one neighbour goes in a frame for it alone (RFC 1122 section 3.3.6), also where the stock stack
 * takes its address for a broadcast.
 */
class Ipv4EgressLayer : public TrafficControlLayer
{
  public:
    static TypeId GetTypeId();

    /**
     * \param hooks the hook points; they outlive this object
     * \param next the traffic control layer of the node
     */
    Ipv4EgressLayer(Ipv4Hooks* hooks, Ptr<TrafficControlLayer> next);
    ~Ipv4EgressLayer() override;

    void Send(Ptr<NetDevice> device, Ptr<QueueDiscItem> item) override;
    void Receive(Ptr<NetDevice> device,
                 Ptr<const Packet> p,
                 uint16_t protocol,
                 const Address& from,
                 const Address& to,
                 NetDevice::PacketType packetType) override;

  protected:
    void DoDispose() override;

  private:
    void Pass(const Ptr<NetDevice>& device,
              const Ptr<Ipv4QueueDiscItem>& datagram,
              Ipv4Address nextHop);

    Ipv4Hooks* m_hooks;
    Ptr<TrafficControlLayer> m_next;
};

} // namespace strata
} // namespace ns3

#endif /* STRATA_IPV4_EGRESS_LAYER_H */

// SPDX-License-Identifier: GPL-2.0-only

#ifndef STRATA_FIREWALL_IPV6_H
#define STRATA_FIREWALL_IPV6_H

#include "strata-firewall.h"

#include "ns3/ipv6-header.h"
#include "ns3/ipv6-l3-protocol.h"
#include "ns3/strata-node.h"
#include "ns3/traffic-control-layer.h"

#include <optional>

namespace ns3
{
namespace strata
{

class FirewallIpv6;

/**
 * Stands between a node's IPv6 interfaces and its traffic control layer, where all that the node
 * itself sends comes by, whatever socket or protocol it is from.
 */
class FirewallIpv6Egress : public TrafficControlLayer
{
  public:
    static TypeId GetTypeId();

    FirewallIpv6Egress(FirewallIpv6* firewall, Ptr<TrafficControlLayer> next);
    ~FirewallIpv6Egress() override;

    /** From now on everything passes. */
    void Release()
    {
        m_firewall = nullptr;
    }

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
    FirewallIpv6* m_firewall;
    Ptr<TrafficControlLayer> m_next;
};

/**
 * The firewall's part for IPv6. ns-3 has no hook points there: what is received is seen before the
 * stock stack, which forwards or delivers it; what the node sends, behind it.
 */
class FirewallIpv6
{
  public:
    /** \param firewall outlives this object */
    FirewallIpv6(StrataFirewall* firewall, Ptr<Node> node);
    ~FirewallIpv6();
    FirewallIpv6(const FirewallIpv6&) = delete;
    FirewallIpv6& operator=(const FirewallIpv6&) = delete;

    /** Takes the node's IPv6 and its new interfaces in; it is free to call it often. */
    void Refresh();

    /** What leaves by \p device: whether it may. A fragment may be held, and sent later. */
    bool MaySend(const Ptr<NetDevice>& device,
                 const Ptr<QueueDiscItem>& item,
                 const Ptr<TrafficControlLayer>& next);

  private:
    void Receive(Ptr<NetDevice> device,
                 Ptr<const Packet> packet,
                 uint16_t etherType,
                 const Address& from,
                 const Address& to,
                 NetDevice::PacketType packetType);

    FirewallPacket Read(const Packet& packet);
    FirewallPort RouteOf(const FirewallPacket& seen) const;
    void Pass(const Ptr<NetDevice>& device,
              const Ptr<const Packet>& packet,
              uint16_t etherType,
              const Address& from,
              const Address& to,
              NetDevice::PacketType packetType,
              const Ipv6Address& source);
    bool IsForNode(const Ipv6Address& destination) const;
    void Reject(const Ptr<const Packet>& packet,
                const FirewallPacket& seen,
                const FirewallVerdict& verdict,
                NetDevice::PacketType packetType);

    StrataFirewall* m_firewall;
    Ptr<StrataNode> m_strataNode;
    Ptr<Node> m_node;
    Ptr<Ipv6L3Protocol> m_ipv6;
    Ptr<FirewallIpv6Egress> m_egress;
    StrataNode::FrameHandler m_receive;
    uint32_t m_interfaces{0}; //!< with our traffic control
    Bytes m_bytes;            //!< kept for its memory
    Ptr<Packet> m_noPacket;   //!< for what asks for one
    /** Of the packet that the stock stack has in its hands, which may forward it. */
    std::optional<uint64_t> m_passing;
    Ipv6Address m_passingSource;
};

} // namespace strata
} // namespace ns3

#endif /* STRATA_FIREWALL_IPV6_H */

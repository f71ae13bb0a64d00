// SPDX-License-Identifier: GPL-2.0-only

#ifndef STRATA_IPV4_HOOK_ROUTING_H
#define STRATA_IPV4_HOOK_ROUTING_H

#include "strata-compat.h"
#include "strata-ipv4-hook.h"

#include "ns3/ipv4-list-routing.h"

#include <optional>

namespace ns3
{
namespace strata
{

class Ipv4Hooks;
struct Ipv4Reception;

/**
 * Stands around a node's routing protocol, so that the hook points see each datagram with the
 * decision of that protocol.
 *
 * It is an Ipv4ListRouting that passes everything on to the list (or the single protocol) that
 * was there: stock helpers find what they look for, and protocols added later go into that list.
 */
class Ipv4HookRouting : public Ipv4ListRouting
{
  public:
    static TypeId GetTypeId();

    /**
     * \param hooks the hook points; they outlive this object
     * \param inner the protocol that was there, already bound to the node's Ipv4
     */
    Ipv4HookRouting(Ipv4Hooks* hooks, Ptr<Ipv4RoutingProtocol> inner);
    ~Ipv4HookRouting() override;

    Ptr<Ipv4RoutingProtocol> GetInner() const
    {
        return m_inner;
    }

    /** Takes over what \p former, which stood around another protocol, knew of the stock stack. */
    void Succeed(const Ipv4HookRouting& former);

    /**
     * The link on which all get what this node sends to \p destination: that of \p source for the
     * limited broadcast (null if several have it), that of the subnet for a directed one.
     */
    Ptr<Ipv4Route> BroadcastRoute(Ipv4Address source, Ipv4Address destination) const;

    /** Hands a datagram to the stock stack for forwarding; its TTL was taken off already. */
    void ForwardByStock(Ipv4HookPacket& packet);

    /** Hands a datagram to the transport protocol that it is for. */
    void DeliverByStock(Ipv4HookPacket& packet);

    /** The route of the inner protocol, whatever the guard says of the datagram. */
    Ptr<Ipv4Route> LookUp(Ptr<Packet> p,
                          const Ipv4Header& header,
                          Ptr<NetDevice> oif,
                          Socket::SocketErrno& sockerr);

    Ptr<Ipv4Route> RouteOutput(Ptr<Packet> p,
                               const Ipv4Header& header,
                               Ptr<NetDevice> oif,
                               Socket::SocketErrno& sockerr) override;
    bool RouteInput(Ptr<const Packet> p,
                    const Ipv4Header& header,
                    Ptr<const NetDevice> idev,
                    RouteInput4::Unicast ucb,
                    RouteInput4::Multicast mcb,
                    RouteInput4::Local lcb,
                    RouteInput4::Error ecb) override;
    void NotifyInterfaceUp(uint32_t interface) override;
    void NotifyInterfaceDown(uint32_t interface) override;
    void NotifyAddAddress(uint32_t interface, Ipv4InterfaceAddress address) override;
    void NotifyRemoveAddress(uint32_t interface, Ipv4InterfaceAddress address) override;
    void SetIpv4(Ptr<Ipv4> ipv4) override;
    void PrintRoutingTable(Ptr<OutputStreamWrapper> stream,
                           Time::Unit unit = Time::S) const override;
    void AddRoutingProtocol(Ptr<Ipv4RoutingProtocol> routingProtocol, int16_t priority) override;
    uint32_t GetNRoutingProtocols() const override;
    Ptr<Ipv4RoutingProtocol> GetRoutingProtocol(uint32_t index, int16_t& priority) const override;

  protected:
    void DoInitialize() override;
    void DoDispose() override;

  private:
    /** Counts a datagram that a socket may not send, as long as it would have been. */
    void Refuse(const Ptr<Packet>& payload, const Ipv4Header& header, DropReason reason);

    /** LookUp() for the limited broadcast: to the link that the protocol finds, and no further. */
    Ptr<Ipv4Route> LookUpLimited(Ptr<Packet> p,
                                 const Ipv4Header& header,
                                 Ptr<NetDevice> oif,
                                 Socket::SocketErrno& sockerr);

    void OnForward(const Ptr<Ipv4Route>& route,
                   const Ptr<const Packet>& payload,
                   const Ipv4Header& header);
    /** Hands a datagram to the stock stack that no element minds. */
    void PassBy(const Ptr<Ipv4Route>& route,
                const Ptr<const Packet>& payload,
                const Ipv4Header& header);
    /**
     * Shows FORWARD and POSTROUTING a datagram in passing, and takes over what they change.
     *
     * \return whether all were content; else Run() goes on behind \p seen
     */
    bool ShowInPassing(const Ipv4Reception& received,
                       const Ipv4Route& route,
                       Ptr<const Packet>& payload,
                       Ipv4Header& header,
                       std::optional<Ipv4HookPlace>& seen) const;
    void Run(const Ptr<Ipv4Route>& route,
             const Ptr<const Packet>& payload,
             const Ipv4Header& header,
             const std::optional<Ipv4HookPlace>& seen);
    void OnMulticast(const Ptr<Ipv4MulticastRoute>& route,
                     const Ptr<const Packet>& payload,
                     const Ipv4Header& header);
    void OnLocal(Ptr<const Packet> payload, const Ipv4Header& header, uint32_t interface);
    void OnError(Ptr<const Packet> payload, const Ipv4Header& header, Socket::SocketErrno error);

    /** The datagram of a callback; what the link said of it is known while it is being received. */
    Ipv4HookPacket MakePacket(HookPoint point,
                              Ptr<const Packet> payload,
                              const Ipv4Header& header) const;

    Ipv4Hooks* m_hooks;
    Ptr<Ipv4RoutingProtocol> m_inner;
    Ptr<Ipv4ListRouting> m_list; //!< m_inner, if it is a list
    UnicastForwardCallback m_onForward;
    MulticastForwardCallback m_onMulticast;
    LocalDeliverCallback m_onLocal;
    ErrorCallback m_onError;
    UnicastForwardCallback m_stockForward; //!< the stack gives the same with each datagram
    MulticastForwardCallback m_stockMulticast;
    LocalDeliverCallback m_stockLocal;
};

} // namespace strata
} // namespace ns3

#endif /* STRATA_IPV4_HOOK_ROUTING_H */

// SPDX-License-Identifier: GPL-2.0-only

#ifndef STRATA_UDP_FLOW_PROVIDER_H
#define STRATA_UDP_FLOW_PROVIDER_H

#include "strata-flow-provider.h"

#include "ns3/address.h"
#include "ns3/event-id.h"
#include "ns3/node.h"
#include "ns3/nstime.h"
#include "ns3/socket.h"

#include <map>

namespace ns3
{
namespace strata
{

/**
 * The Internet as the layer below: flows over UDP between nodes with the stock Internet stack, one
 * PDU a datagram, IPv4 and IPv6.
 *
 * \code
 * auto below = CreateObject<UdpFlowProvider>();
 * below->SetNode(node);
 * member->AddProvider(below);
 * below->Connect(Ipv4Address("192.0.2.7"));
 * \endcode
 *
 * A flow begins with Connect, or with a whole PDU from an address that is not known, up to MaxPeers
 * flows. It ends with Disconnect, or when nothing was heard for SilenceTimeout; one that Connect
 * asked for then begins anew. A second provider on a node needs another Port.
 */
class UdpFlowProvider : public FlowProvider
{
  public:
    /** 0x88B5, the layer's EtherType; what the dissector listens to. */
    static constexpr uint16_t DEFAULT_PORT = 34997;

    static TypeId GetTypeId();

    UdpFlowProvider();
    ~UdpFlowProvider() override;

    /** The node; it has an Internet stack already. Call once, before Start. */
    void SetNode(Ptr<Node> node);

    /**
     * Keeps a flow to \p peer: an Ipv4Address or Ipv6Address, for the same Port as here, or an
     * InetSocketAddress or Inet6SocketAddress.
     */
    void Connect(const Address& peer);

    /** Ends the flow to \p peer; a PDU from it begins another. */
    void Disconnect(const Address& peer);

    /** Flows that stand. */
    std::size_t GetFlows() const;

    bool Send(PortId port, const Bytes& pdu, uint8_t slice) override;

  protected:
    void DoDispose() override;

  private:
    struct Peer
    {
        PortId port{0};
        bool wanted{false}; //!< by Connect
        Time lastHeard;
    };

    void DoStart() override;
    void DoStop() override;
    Ptr<Socket> Listen(const Address& local);
    Address WithPort(const Address& peer) const;
    void BeginWanted();
    void Begin(const Address& address, Peer& peer);
    void Receive(Ptr<Socket> socket);
    void Hear(const Address& from, Ptr<Packet> packet);
    void CheckSilence();
    void WatchSilence();
    uint32_t Mtu(const Address& peer) const;

    Ptr<Node> m_node;
    uint16_t m_udpPort{DEFAULT_PORT};
    uint32_t m_cost{1};
    uint32_t m_mtu{0};
    uint64_t m_rate{0};
    uint32_t m_maxPeers{256};
    Time m_silenceTimeout;
    Ptr<Socket> m_socket4;
    Ptr<Socket> m_socket6;
    std::map<Address, Peer> m_peers; //!< by socket address; all have a flow once the node runs
    std::map<PortId, Address> m_addresses; //!< the same, the other way
    EventId m_silence;
    Bytes m_buffer; //!< of the datagram being received
};

} // namespace strata
} // namespace ns3

#endif /* STRATA_UDP_FLOW_PROVIDER_H */

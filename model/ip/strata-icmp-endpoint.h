// SPDX-License-Identifier: GPL-2.0-only

#ifndef STRATA_ICMP_ENDPOINT_H
#define STRATA_ICMP_ENDPOINT_H

#include "ns3/application.h"
#include "ns3/ipv4-route.h"
#include "ns3/ipv4.h"
#include "ns3/node.h"
#include "ns3/socket.h"
#include "ns3/strata-icmp-message.h"

#include <functional>

namespace ns3
{
namespace strata
{

/** An identifier for the echoes of \p application: no other application of its node has it. */
uint16_t IcmpIdentifierOf(Ptr<const Application> application);

/** How an ICMP message is sent. */
struct IcmpSendOptions
{
    uint8_t ttl{0}; //!< 0: that of the node
    uint8_t tos{0};
    bool dontFragment{false};          //!< and the path MTU, where StrataIpv4 knows it, is heeded
    bool probe{false};                 //!< Don't Fragment whatever is known of the path
    Ipv4WireHeader::Options ipOptions; //!< what StrataIpv4 puts into the header
    Ptr<Ipv4Route> route;              //!< null: the routing protocol is asked
};

/**
 * An application's end for ICMP: it sends messages and hears of those for its node, on nodes of
 * the stock stack as well.
 *
 * It listens by a raw socket. Such a socket of ns-3 up to 3.45 sees what the node forwards, and
 * fragments: both are passed over, so a message that came in fragments is heard of only where the
 * node reassembles before the stock stack. It sends by the down target of the node's ICMP, and so
 * the message passes whatever stands there.
 */
class IcmpEndpoint
{
  public:
    /** Gets a message and the header that it came with, options included where StrataIpv4 is. */
    using Handler = std::function<void(const IcmpMessage&, const Ipv4WireHeader&)>;

    IcmpEndpoint() = default;
    ~IcmpEndpoint();
    IcmpEndpoint(const IcmpEndpoint&) = delete;
    IcmpEndpoint& operator=(const IcmpEndpoint&) = delete;

    /**
     * Starts to listen.
     * \param device where to; null for all
     */
    void Open(Ptr<Node> node, Handler handler, Ptr<NetDevice> device = nullptr);
    /** Ends listening; the handler may call it. It must not destroy this object. */
    void Close();

    /** The route to \p destination; null without one. */
    Ptr<Ipv4Route> FindRoute(Ipv4Address destination) const;

    /** \return false if there is no route */
    bool Send(const IcmpMessage& message, Ipv4Address destination, const IcmpSendOptions& options);

  private:
    void Receive(Ptr<Socket> socket);
    bool IsForUs(Ipv4Address destination) const;

    Ptr<Node> m_node;
    Ptr<Ipv4> m_ipv4;
    Ptr<Socket> m_socket;
    Handler m_handler;
    bool m_receiving{false}; //!< the handler is being called
};

} // namespace strata
} // namespace ns3

#endif /* STRATA_ICMP_ENDPOINT_H */

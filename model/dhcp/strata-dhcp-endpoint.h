// SPDX-License-Identifier: GPL-2.0-only

#ifndef STRATA_DHCP_ENDPOINT_H
#define STRATA_DHCP_ENDPOINT_H

#include "ns3/address.h"
#include "ns3/ipv4-address.h"
#include "ns3/net-device.h"
#include "ns3/node.h"
#include "ns3/socket.h"
#include "ns3/strata-arp-message.h"
#include "ns3/strata-dhcp-message.h"
#include "ns3/strata-drop-reason.h"
#include "ns3/strata-time.h"

#include <functional>
#include <vector>

namespace ns3
{
namespace strata
{

/** A datagram for the port that holds no DHCP message. */
inline constexpr DropReason DHCP_MALFORMED{"dhcp.malformed"};
/** A message that is too long for the link that it should take. */
inline constexpr DropReason DHCP_TOO_LONG{"dhcp.too-long"};
/** A message that the socket or the device did not take. */
inline constexpr DropReason DHCP_NOT_SENT{"dhcp.not-sent"};
/** A frame whose IP or UDP checksum is wrong. */
inline constexpr DropReason DHCP_WRONG_CHECKSUM{"dhcp.wrong-checksum"};

/** The simulated time, as the core has it. */
Nanos DhcpNow();

/** The 48 bits of the address of \p device; the program ends if it has another kind. */
MacBytes DhcpHardwareOf(Ptr<const NetDevice> device);

/**
 * One port of UDP on a node, by two ways: the stock socket, which sees what is for the node's
 * addresses and to all, and frames, which also reach a host that has no address (RFC 2131 section
 * 4.1 makes a server send to the hardware address of such a client).
 *
 * Frames pass by the hooks of IPv4, as those of packet sockets do in Linux.
 */
class DhcpEndpoint
{
  public:
    /** How a message came; the source of the frame is invalid where the socket was the way. */
    struct Arrival
    {
        Ptr<NetDevice> device;
        Ipv4Address source{Ipv4Address::GetAny()};
        Ipv4Address destination{Ipv4Address::GetAny()};
        Address hardware;
        bool toAll{false};        //!< the destination is a broadcast address of the link
        Ptr<const Packet> packet; //!< for reports of drops
    };

    using Handler = std::function<void(const DhcpMessage&, const Arrival&)>;

    DhcpEndpoint() = default;
    ~DhcpEndpoint();
    DhcpEndpoint(const DhcpEndpoint&) = delete;
    DhcpEndpoint& operator=(const DhcpEndpoint&) = delete;

    /**
     * Binds a socket to \p port, of one device or, if it is null, of all. What it receives goes to
     * \p handler, unless that is empty: then the port is only kept busy.
     */
    void OpenSocket(Ptr<Node> node, Ptr<NetDevice> device, uint16_t port, Handler handler);

    /** Hears datagrams to \p port in the frames of \p device; may be called for several devices. */
    void ListenToFrames(Ptr<NetDevice> device, uint16_t port, Handler handler);

    void Close();

    /** Whether frames and the socket are heard; both are at first. */
    void SetHearing(bool frames, bool socket);

    /** The socket passes over what is for all; frames bring it. */
    void LeaveBroadcastsToFrames();

    /** By the socket and the node's routes. */
    bool Send(const DhcpMessage& message, Ipv4Address destination, uint16_t port);

    /**
     * In a frame of \p device to \p hardware, whatever addresses and routes there are. An answer
     * that gives an address away also makes the node's stock ARP forget that nobody was there.
     */
    static bool SendFrame(const DhcpMessage& message,
                          Ptr<NetDevice> device,
                          Ipv4Address source,
                          Ipv4Address destination,
                          uint16_t sourcePort,
                          uint16_t destinationPort,
                          const Address& hardware);

  private:
    struct Listening
    {
        Ptr<NetDevice> device;
        Node::ProtocolHandler handler;
    };

    bool IsForAll(const Arrival& arrival) const;
    static void ForgetFailure(Ptr<NetDevice> device, Ipv4Address address);
    void Receive(Ptr<Socket> socket);
    void ReceiveFrame(Ptr<NetDevice> device,
                      Ptr<const Packet> packet,
                      uint16_t etherType,
                      const Address& from,
                      const Address& to,
                      NetDevice::PacketType type);

    Ptr<Node> m_node;
    Ptr<Socket> m_socket;
    Handler m_socketHandler;
    Handler m_frameHandler;
    uint16_t m_framePort{0};
    std::vector<Listening> m_listening;
    bool m_hearFrames{true};
    bool m_hearSocket{true};
    bool m_socketHearsBroadcasts{true};
};

} // namespace strata
} // namespace ns3

#endif /* STRATA_DHCP_ENDPOINT_H */

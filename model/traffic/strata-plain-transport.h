// SPDX-License-Identifier: GPL-2.0-only

#ifndef STRATA_PLAIN_TRANSPORT_H
#define STRATA_PLAIN_TRANSPORT_H

#include "ns3/address.h"
#include "ns3/ip-l4-protocol.h"
#include "ns3/node.h"
#include "ns3/strata-byte-view.h"
#include "ns3/strata-checksum.h"

#include <functional>

namespace ns3
{
namespace strata
{

/**
 * A protocol over IPv4 and IPv6 with a number of its own, whose octets an application makes and
 * reads. Unlike a raw socket it takes the place of what the node had for the number, and answers
 * for it: there is no "protocol unreachable".
 */
class PlainTransport : public IpL4Protocol
{
  public:
    /** Addresses of a datagram, as socket addresses of port 0. */
    struct Ends
    {
        Address source;
        Address destination;
    };

    using Receiver = std::function<void(ByteView payload, const Ends& ends)>;
    using ErrorReceiver = std::function<void(uint8_t type, uint8_t code)>;

    static TypeId GetTypeId();

    PlainTransport();
    ~PlainTransport() override;

    /** That of \p node for \p number; made, and put in the place of any other, at the first call.
     */
    static Ptr<PlainTransport> Of(Ptr<Node> node, uint8_t number);

    /** Empty functions end it. */
    void SetReceiver(Receiver receiver, ErrorReceiver errors);

    /**
     * Sends \p payload to the host of \p remote.
     *
     * \return false if there is no route
     */
    bool Send(ByteView payload, const Address& remote);

    /** The pseudo-header of TCP and UDP over \p length octets between \p ends. */
    InternetChecksum PseudoHeader(const Ends& ends, std::size_t length) const;

    int GetProtocolNumber() const override;
    RxStatus Receive(Ptr<Packet> packet,
                     const Ipv4Header& header,
                     Ptr<Ipv4Interface> interface) override;
    RxStatus Receive(Ptr<Packet> packet,
                     const Ipv6Header& header,
                     Ptr<Ipv6Interface> interface) override;
    void ReceiveIcmp(Ipv4Address source,
                     uint8_t ttl,
                     uint8_t type,
                     uint8_t code,
                     uint32_t info,
                     Ipv4Address payloadSource,
                     Ipv4Address payloadDestination,
                     const uint8_t payload[8]) override;
    void ReceiveIcmp(Ipv6Address source,
                     uint8_t ttl,
                     uint8_t type,
                     uint8_t code,
                     uint32_t info,
                     Ipv6Address payloadSource,
                     Ipv6Address payloadDestination,
                     const uint8_t payload[8]) override;
    void SetDownTarget(DownTargetCallback callback) override;
    void SetDownTarget6(DownTargetCallback6 callback) override;
    DownTargetCallback GetDownTarget() const override;
    DownTargetCallback6 GetDownTarget6() const override;

  protected:
    void DoDispose() override;

  private:
    RxStatus Hand(Ptr<const Packet> packet, const Ends& ends);

    uint8_t m_number{253}; // for experiments (RFC 3692)
    Ptr<Node> m_node;
    Receiver m_receiver;
    ErrorReceiver m_errors;
    DownTargetCallback m_down;
    DownTargetCallback6 m_down6;
};

} // namespace strata
} // namespace ns3

#endif /* STRATA_PLAIN_TRANSPORT_H */

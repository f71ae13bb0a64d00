// SPDX-License-Identifier: GPL-2.0-only

#ifndef STRATA_POINT_TO_POINT_DEVICE_H
#define STRATA_POINT_TO_POINT_DEVICE_H

#include "strata-point-to-point-channel.h"

#include "ns3/data-rate.h"
#include "ns3/error-model.h"
#include "ns3/event-id.h"
#include "ns3/mac48-address.h"
#include "ns3/net-device-queue-interface.h"
#include "ns3/net-device.h"
#include "ns3/strata-drop-reason.h"
#include "ns3/traced-callback.h"

#include <boost/circular_buffer.hpp>

namespace ns3
{
namespace strata
{

/** Why the point-to-point device drops packets. */
namespace link_drop
{
inline constexpr DropReason LINK_DOWN{"link.down"}; //!< sent while the link is down
inline constexpr DropReason LINK_CUT{"link.cut"};   //!< waiting or under way when the link was cut
inline constexpr DropReason UNKNOWN_ETHERTYPE{"link.unknown-ethertype"}; //!< PPP has no number
inline constexpr DropReason UNKNOWN_PPP{"link.unknown-ppp-protocol"};    //!< received, not known
inline constexpr DropReason MTU_EXCEEDED{"link.mtu-exceeded"};
inline constexpr DropReason QUEUE_FULL{"link.queue-full"};
inline constexpr DropReason RECEIVE_ERROR{"link.receive-error"}; //!< by the ReceiveErrorModel
inline constexpr DropReason NO_HANDLER{"link.no-handler"};       //!< nobody on the node wants it
inline constexpr DropReason TRUNCATED{"link.truncated"}; //!< shorter than the PPP Protocol field
} // namespace link_drop

/**
 * One end of a point-to-point link with PPP framing for IPv4, IPv6, MPLS and layer PDUs
 * (PppHeader, PppProtocolOf).
 *
 * A packet costs one event, its arrival: when it leaves follows from the packets before it. Only
 * who listens to the sender's traces of the wire, or has flow control, pays for more events.
 *
 * The MTU bounds the packet without the PPP header; larger packets are dropped. Up to QueueLimit
 * packets wait while another is being sent. Every drop is counted under its reason here and on
 * the StrataNode of the node, if there is one.
 *
 * Attach and Detach may be called while the simulation runs, for this node's end only. The link is
 * up while both ends of the channel are occupied. Detaching loses what has not left the device and
 * what is under way to it; what is under way to the other end still arrives. The other end learns
 * of a change after the propagation delay.
 */
class PointToPointDevice : public NetDevice
{
  public:
    /** What crossed this end, in frames: with the PPP header. */
    struct Counters
    {
        uint64_t txPackets{0}; //!< handed to the wire or waiting for it
        uint64_t txBytes{0};
        uint64_t rxPackets{0}; //!< arrived without error
        uint64_t rxBytes{0};
    };

    static TypeId GetTypeId();

    PointToPointDevice();
    ~PointToPointDevice() override;

    /**
     * Plugs the device into a free end of \p channel, out of the channel in which it was.
     *
     * \return false, and nothing changes, if the channel has no free end
     */
    bool Attach(Ptr<PointToPointChannel> channel);

    /** Pulls the device out of its channel, if it is in one. */
    void Detach();

    void SetDataRate(DataRate rate);
    DataRate GetDataRate() const;
    void SetReceiveErrorModel(Ptr<ErrorModel> model);

    /** Takes a frame from the wire: \p frame begins with the PPP header. */
    void Receive(Ptr<Packet> frame);

    const Counters& GetCounters() const;
    const DropCounters& GetDrops() const;
    /** Packets that wait behind the one being sent. */
    uint32_t GetQueuedPackets() const;

    /** Packets that may wait behind the one being sent. */
    uint32_t GetQueueLimit() const
    {
        return m_queueLimit;
    }

    /** How long a frame of \p bytes, PPP header included, occupies the wire; to the nearest ns. */
    Time GetTransmissionTime(uint32_t bytes) const;

    void SetIfIndex(const uint32_t index) override;
    uint32_t GetIfIndex() const override;
    Ptr<Channel> GetChannel() const override;
    void SetAddress(Address address) override;
    Address GetAddress() const override;
    bool SetMtu(const uint16_t mtu) override;
    uint16_t GetMtu() const override;
    bool IsLinkUp() const override;
    void AddLinkChangeCallback(Callback<void> callback) override;
    bool IsBroadcast() const override;
    Address GetBroadcast() const override;
    bool IsMulticast() const override;
    Address GetMulticast(Ipv4Address multicastGroup) const override;
    Address GetMulticast(Ipv6Address addr) const override;
    bool IsBridge() const override;
    bool IsPointToPoint() const override;
    /**
     * Sends \p packet to the other end, whatever \p dest is. The caller's packet stays as it is;
     * a packet of which the caller keeps no pointer, Send(Create<Packet>(...), ...), is not copied.
     *
     * \return false if the packet was dropped at once
     */
    bool Send(Ptr<Packet> packet, const Address& dest, uint16_t protocolNumber) override;
    /** PPP has no addresses: always false, without a drop. */
    bool SendFrom(Ptr<Packet> packet,
                  const Address& source,
                  const Address& dest,
                  uint16_t protocolNumber) override;
    Ptr<Node> GetNode() const override;
    void SetNode(Ptr<Node> node) override;
    bool NeedsArp() const override;
    void SetReceiveCallback(ReceiveCallback cb) override;
    void SetPromiscReceiveCallback(PromiscReceiveCallback cb) override;
    bool SupportsSendFrom() const override;

  protected:
    void DoDispose() override;
    void NotifyNewAggregate() override;

  private:
    class Arrival;

    /** A packet that has not left yet: the first is being sent, the others wait. */
    struct Departure
    {
        int64_t end;          //!< when its last bit leaves, in time steps
        Ptr<Arrival> arrival; //!< the event at the other end
    };

    void SetMacAddress(Mac48Address address);
    Mac48Address GetMacAddress() const;

    /** Forgets the departures that lie in the past. */
    void Settle();
    bool IsQueueFull() const;
    /** Loses what has not left. */
    void Flush();
    /** Called by an arrival of the attachment numbered \p attachment. */
    void Arrive(Ptr<Packet> frame, uint32_t attachment);
    void SetCarrier(bool up);
    /** The carrier of \p channel came or went, as seen at this end. */
    void CarrierChanged(Ptr<PointToPointChannel> channel, bool up);
    /** Lets the other end of \p channel know that this one was occupied or freed. */
    static void TellPeer(Ptr<PointToPointChannel> channel,
                         const PointToPointChannel::End& peer,
                         bool up);
    bool DropSent(Ptr<const Packet> packet, DropReason reason);
    void DropReceived(Ptr<const Packet> frame, DropReason reason);
    void CountDrop(Ptr<const Packet> packet, DropReason reason);

    bool IsTransmissionTraced() const;
    /** Traces the sending of \p frame, unless its \p arrival is called off before. */
    void TraceTransmission(Ptr<const Packet> frame,
                           Ptr<Arrival> arrival,
                           int64_t now,
                           int64_t start,
                           int64_t end);
    void TraceTxBegin(Ptr<const Packet> frame, Ptr<Arrival> arrival);
    void TraceTxEnd(Ptr<const Packet> frame, Ptr<Arrival> arrival);

    void StopQueue();
    void WakeQueue();

    Ptr<Node> m_node;
    uint32_t m_ifIndex{0};
    Address m_address;
    uint16_t m_mtu{1500};
    uint32_t m_queueLimit{100};
    DataRate m_rate;
    uint64_t m_nanosecondRate{0}; //!< bit/s; 0: time is not counted in nanoseconds
    Ptr<ErrorModel> m_errorModel;

    Ptr<PointToPointChannel> m_channel;
    uint32_t m_end{0};        //!< the end of the channel in which this device is
    uint32_t m_attachment{0}; //!< changes with each Attach and Detach
    bool m_linkUp{false};

    boost::circular_buffer<Departure> m_departures;
    Ptr<NetDeviceQueueInterface> m_queueInterface; //!< null: no flow control
    EventId m_wakeEvent;

    Counters m_counters;
    DropCounters m_drops;

    ReceiveCallback m_rxCallback;
    PromiscReceiveCallback m_promiscCallback;
    TracedCallback<> m_linkChangeCallbacks;

    TracedCallback<Ptr<const Packet>> m_macTxTrace;
    TracedCallback<Ptr<const Packet>> m_macTxDropTrace;
    TracedCallback<Ptr<const Packet>> m_macPromiscRxTrace;
    TracedCallback<Ptr<const Packet>> m_macRxTrace;
    TracedCallback<Ptr<const Packet>> m_macRxDropTrace;
    TracedCallback<Ptr<const Packet>> m_phyTxBeginTrace;
    TracedCallback<Ptr<const Packet>> m_phyTxEndTrace;
    TracedCallback<Ptr<const Packet>> m_phyTxDropTrace;
    TracedCallback<Ptr<const Packet>> m_phyRxEndTrace;
    TracedCallback<Ptr<const Packet>> m_phyRxDropTrace;
    TracedCallback<Ptr<const Packet>> m_snifferTrace;
    TracedCallback<Ptr<const Packet>> m_promiscSnifferTrace;
};

} // namespace strata
} // namespace ns3

#endif /* STRATA_POINT_TO_POINT_DEVICE_H */

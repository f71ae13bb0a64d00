// SPDX-License-Identifier: GPL-2.0-only

#include "strata-point-to-point-device.h"

#include "strata-ppp-header.h"
#include "strata-ppp-protocol-table.h"

#include "ns3/abort.h"
#include "ns3/boolean.h"
#include "ns3/event-impl.h"
#include "ns3/log.h"
#include "ns3/node.h"
#include "ns3/packet.h"
#include "ns3/pointer.h"
#include "ns3/simulator.h"
#include "ns3/strata-node.h"
#include "ns3/strata-packet-front.h"
#include "ns3/trace-source-accessor.h"
#include "ns3/uinteger.h"

#include <algorithm>

namespace ns3
{
namespace strata
{

NS_LOG_COMPONENT_DEFINE("StrataPointToPointDevice");

NS_OBJECT_ENSURE_REGISTERED(PointToPointDevice);

/**
 * The arrival of a frame at the other end. The sender holds on to it until the frame has left, so
 * that it can be called off when the link is cut.
 */
class PointToPointDevice::Arrival final : public EventImpl
{
  public:
    Arrival(const PointToPointChannel::End& to, Ptr<Packet> frame)
        : m_device(to.device),
          m_attachment(to.attachment),
          m_frame(frame)
    {
    }

    Ptr<Packet> GetFrame() const
    {
        return m_frame;
    }

  private:
    void Notify() override
    {
        // The sender may hold the event for long after it; let go of the frame now.
        Ptr<Packet> frame = m_frame;
        m_frame = nullptr;
        m_device->Arrive(frame, m_attachment);
    }

    Ptr<PointToPointDevice> m_device;
    uint32_t m_attachment;
    Ptr<Packet> m_frame;
};

TypeId
PointToPointDevice::GetTypeId()
{
    static TypeId tid =
        TypeId("ns3::strata::PointToPointDevice")
            .SetParent<NetDevice>()
            .SetGroupName("Strata")
            .AddConstructor<PointToPointDevice>()
            .AddAttribute("Mtu",
                          "Largest packet, without the PPP header, that the device sends",
                          UintegerValue(1500),
                          MakeUintegerAccessor(&PointToPointDevice::m_mtu),
                          MakeUintegerChecker<uint16_t>(1))
            .AddAttribute("Address",
                          "The MAC address of this device; it is never sent",
                          Mac48AddressValue(Mac48Address("ff:ff:ff:ff:ff:ff")),
                          MakeMac48AddressAccessor(&PointToPointDevice::SetMacAddress,
                                                   &PointToPointDevice::GetMacAddress),
                          MakeMac48AddressChecker())
            .AddAttribute("DataRate",
                          "Rate at which frames, PPP header included, are sent",
                          DataRateValue(DataRate("1Gbps")),
                          MakeDataRateAccessor(&PointToPointDevice::SetDataRate,
                                               &PointToPointDevice::GetDataRate),
                          MakeDataRateChecker())
            .AddAttribute("QueueLimit",
                          "Packets that may wait while another is being sent",
                          UintegerValue(100),
                          MakeUintegerAccessor(&PointToPointDevice::m_queueLimit),
                          MakeUintegerChecker<uint32_t>())
            .AddAttribute("ReceiveErrorModel",
                          "Decides which arriving frames are lost",
                          PointerValue(),
                          MakePointerAccessor(&PointToPointDevice::m_errorModel),
                          MakePointerChecker<ErrorModel>())
            .AddTraceSource("MacTx",
                            "A frame was accepted for sending",
                            MakeTraceSourceAccessor(&PointToPointDevice::m_macTxTrace),
                            "ns3::Packet::TracedCallback")
            .AddTraceSource("MacTxDrop",
                            "A packet, without the PPP header, was refused before sending",
                            MakeTraceSourceAccessor(&PointToPointDevice::m_macTxDropTrace),
                            "ns3::Packet::TracedCallback")
            .AddTraceSource("MacPromiscRx",
                            "A frame was received and goes to a promiscuous receiver",
                            MakeTraceSourceAccessor(&PointToPointDevice::m_macPromiscRxTrace),
                            "ns3::Packet::TracedCallback")
            .AddTraceSource("MacRx",
                            "A frame was received and goes up the stack",
                            MakeTraceSourceAccessor(&PointToPointDevice::m_macRxTrace),
                            "ns3::Packet::TracedCallback")
            .AddTraceSource("MacRxDrop",
                            "A frame arrived whole and was dropped: unknown protocol, no handler",
                            MakeTraceSourceAccessor(&PointToPointDevice::m_macRxDropTrace),
                            "ns3::Packet::TracedCallback")
            .AddTraceSource("PhyTxBegin",
                            "The first bit of a frame leaves",
                            MakeTraceSourceAccessor(&PointToPointDevice::m_phyTxBeginTrace),
                            "ns3::Packet::TracedCallback")
            .AddTraceSource("PhyTxEnd",
                            "The last bit of a frame has left",
                            MakeTraceSourceAccessor(&PointToPointDevice::m_phyTxEndTrace),
                            "ns3::Packet::TracedCallback")
            .AddTraceSource("PhyTxDrop",
                            "An accepted frame was lost before it had left, as the link was cut",
                            MakeTraceSourceAccessor(&PointToPointDevice::m_phyTxDropTrace),
                            "ns3::Packet::TracedCallback")
            .AddTraceSource("PhyRxEnd",
                            "A frame arrived whole",
                            MakeTraceSourceAccessor(&PointToPointDevice::m_phyRxEndTrace),
                            "ns3::Packet::TracedCallback")
            .AddTraceSource("PhyRxDrop",
                            "A frame was lost on arrival: by the error model, or the link was cut",
                            MakeTraceSourceAccessor(&PointToPointDevice::m_phyRxDropTrace),
                            "ns3::Packet::TracedCallback")
            .AddTraceSource("Sniffer",
                            "Every frame, as its first bit leaves or its last bit arrives",
                            MakeTraceSourceAccessor(&PointToPointDevice::m_snifferTrace),
                            "ns3::Packet::TracedCallback")
            .AddTraceSource("PromiscSniffer",
                            "The same as Sniffer; there is nobody else on the link",
                            MakeTraceSourceAccessor(&PointToPointDevice::m_promiscSnifferTrace),
                            "ns3::Packet::TracedCallback");
    return tid;
}

PointToPointDevice::PointToPointDevice() = default;

PointToPointDevice::~PointToPointDevice() = default;

void
PointToPointDevice::DoDispose()
{
    NS_LOG_FUNCTION(this);
    m_wakeEvent.Cancel();
    m_departures.clear();
    m_channel = nullptr;
    m_node = nullptr;
    m_errorModel = nullptr;
    m_queueInterface = nullptr;
    m_rxCallback.Nullify();
    m_promiscCallback.Nullify();
    NetDevice::DoDispose();
}

void
PointToPointDevice::NotifyNewAggregate()
{
    if (!m_queueInterface)
    {
        m_queueInterface = GetObject<NetDeviceQueueInterface>();
    }
    NetDevice::NotifyNewAggregate();
}

// ---- Plugging in and pulling out --------------------------------------------------------------

bool
PointToPointDevice::Attach(Ptr<PointToPointChannel> channel)
{
    NS_LOG_FUNCTION(this << channel);
    NS_ABORT_MSG_UNLESS(m_node, "A device must be added to a node before it is attached");
    if (m_channel == channel)
    {
        return true;
    }
    if (!channel->HasFreeEnd())
    {
        return false;
    }
    Detach();
    m_channel = channel;
    m_end = channel->m_ends[0].device ? 1 : 0;
    ++m_attachment;
    channel->m_ends[m_end] = {this, m_node->GetId(), m_attachment, m_address};
    const PointToPointChannel::End& peer = channel->m_ends[1 - m_end];
    if (peer.device)
    {
        TellPeer(channel, peer, true);
        SetCarrier(true);
    }
    return true;
}

void
PointToPointDevice::Detach()
{
    NS_LOG_FUNCTION(this);
    if (!m_channel)
    {
        return;
    }
    Ptr<PointToPointChannel> channel = m_channel;
    channel->m_ends[m_end] = {};
    m_channel = nullptr;
    ++m_attachment;
    const PointToPointChannel::End& peer = channel->m_ends[1 - m_end];
    if (peer.device)
    {
        TellPeer(channel, peer, false);
    }
    SetCarrier(false);
}

void
PointToPointDevice::TellPeer(Ptr<PointToPointChannel> channel,
                             const PointToPointChannel::End& peer,
                             bool up)
{
    if (Simulator::Now().IsZero() && Simulator::GetContext() == Simulator::NO_CONTEXT)
    {
        // While the network is being built there is nothing under way.
        peer.device->CarrierChanged(channel, up);
        return;
    }
    Simulator::ScheduleWithContext(peer.nodeId,
                                   channel->GetDelay(),
                                   &PointToPointDevice::CarrierChanged,
                                   peer.device,
                                   channel,
                                   up);
}

void
PointToPointDevice::CarrierChanged(Ptr<PointToPointChannel> channel, bool up)
{
    if (m_channel == channel)
    {
        SetCarrier(up);
    }
}

void
PointToPointDevice::SetCarrier(bool up)
{
    NS_LOG_FUNCTION(this << up);
    if (m_linkUp == up)
    {
        return;
    }
    m_linkUp = up;
    if (!up)
    {
        Flush();
    }
    m_linkChangeCallbacks();
}

// ---- Sending ----------------------------------------------------------------------------------

bool
PointToPointDevice::Send(Ptr<Packet> packet, const Address&, uint16_t protocolNumber)
{
    if (!m_linkUp)
    {
        return DropSent(packet, link_drop::LINK_DOWN);
    }
    const std::optional<uint16_t> pppProtocol = PppProtocolOf(protocolNumber);
    if (!pppProtocol)
    {
        return DropSent(packet, link_drop::UNKNOWN_ETHERTYPE);
    }
    if (packet->GetSize() > m_mtu)
    {
        return DropSent(packet, link_drop::MTU_EXCEEDED);
    }
    Settle();
    if (IsQueueFull())
    {
        return DropSent(packet, link_drop::QUEUE_FULL);
    }

    // The other node must share nothing with this one: whoever kept a pointer may change it.
    Ptr<Packet> frame = packet->GetReferenceCount() > 1 ? packet->Copy() : packet;
    AddFront(frame, PppHeader(*pppProtocol));
    const uint32_t size = frame->GetSize();
    ++m_counters.txPackets;
    m_counters.txBytes += size;
    m_macTxTrace(frame);

    const PointToPointChannel::End& peer = m_channel->m_ends[1 - m_end];
    if (!peer.device)
    {
        // Nobody is there any more, which this end cannot know until the carrier is gone.
        m_phyTxDropTrace(frame);
        CountDrop(frame, link_drop::LINK_CUT);
        return true;
    }
    const int64_t now = Simulator::Now().GetTimeStep();
    const int64_t start = m_departures.empty() ? now : m_departures.back().end;
    const int64_t end = start + GetTransmissionTime(size).GetTimeStep();
    const bool traced = IsTransmissionTraced();
    Ptr<Arrival> arrival(new Arrival(peer, traced ? frame->Copy() : frame), false);
    if (traced)
    {
        TraceTransmission(frame, arrival, now, start, end);
    }
    // The queue keeps one reference to the event, the simulator takes the other.
    arrival->Ref();
    Simulator::ScheduleWithContext(peer.nodeId,
                                   TimeStep(static_cast<uint64_t>(end - now)) + m_channel->m_delay,
                                   PeekPointer(arrival));
    if (m_departures.full())
    {
        m_departures.set_capacity(std::max<std::size_t>(8, 2 * m_departures.capacity()));
    }
    m_departures.push_back({end, arrival});
    if (m_queueInterface && IsQueueFull())
    {
        StopQueue();
    }
    return true;
}

void
PointToPointDevice::Settle()
{
    if (m_departures.empty())
    {
        return;
    }
    const int64_t now = Simulator::Now().GetTimeStep();
    while (!m_departures.empty() && m_departures.front().end <= now)
    {
        m_departures.pop_front();
    }
}

bool
PointToPointDevice::IsQueueFull() const
{
    // The first of the departures is being sent and does not wait.
    return m_departures.size() > m_queueLimit;
}

void
PointToPointDevice::Flush()
{
    Settle();
    while (!m_departures.empty())
    {
        Ptr<Arrival> arrival = m_departures.front().arrival;
        m_departures.pop_front();
        arrival->Cancel();
        Ptr<const Packet> frame = arrival->GetFrame();
        --m_counters.txPackets;
        m_counters.txBytes -= frame->GetSize();
        m_phyTxDropTrace(frame);
        CountDrop(frame, link_drop::LINK_CUT);
    }
    WakeQueue();
}

Time
PointToPointDevice::GetTransmissionTime(uint32_t bytes) const
{
    if (m_nanosecondRate != 0)
    {
        // To the nearest nanosecond, as DataRate rounds, at a tenth of the cost.
        const uint64_t bits = uint64_t{bytes} * 8;
        return TimeStep((bits * 1000000000 + m_nanosecondRate / 2) / m_nanosecondRate);
    }
    return m_rate.CalculateBytesTxTime(bytes);
}

void
PointToPointDevice::StopQueue()
{
    Ptr<NetDeviceQueue> queue = m_queueInterface->GetTxQueue(0);
    if (queue->IsStopped())
    {
        return;
    }
    queue->Stop();
    m_wakeEvent = Simulator::Schedule(TimeStep(static_cast<uint64_t>(m_departures.front().end)) -
                                          Simulator::Now(),
                                      &PointToPointDevice::WakeQueue,
                                      this);
}

void
PointToPointDevice::WakeQueue()
{
    m_wakeEvent.Cancel();
    if (m_queueInterface)
    {
        m_queueInterface->GetTxQueue(0)->Wake();
    }
}

// ---- Receiving --------------------------------------------------------------------------------

void
PointToPointDevice::Arrive(Ptr<Packet> frame, uint32_t attachment)
{
    if (attachment != m_attachment)
    {
        m_phyRxDropTrace(frame);
        CountDrop(frame, link_drop::LINK_CUT);
        return;
    }
    Receive(frame);
}

void
PointToPointDevice::Receive(Ptr<Packet> frame)
{
    if (m_errorModel && m_errorModel->IsCorrupt(frame))
    {
        m_phyRxDropTrace(frame);
        CountDrop(frame, link_drop::RECEIVE_ERROR);
        return;
    }
    m_snifferTrace(frame);
    m_promiscSnifferTrace(frame);
    m_phyRxEndTrace(frame);
    const uint32_t size = frame->GetSize();
    ++m_counters.rxPackets;
    m_counters.rxBytes += size;

    PppHeader header;
    if (frame->PeekHeader(header) == 0)
    {
        DropReceived(frame, link_drop::TRUNCATED);
        return;
    }
    const std::optional<uint16_t> etherType = EtherTypeOf(header.GetProtocol());
    if (!etherType)
    {
        DropReceived(frame, link_drop::UNKNOWN_PPP);
        return;
    }
    // The traces show the frame whole.
    Ptr<const Packet> whole;
    if (!m_macRxTrace.IsEmpty() || !m_macPromiscRxTrace.IsEmpty())
    {
        whole = frame->Copy();
    }
    frame->RemoveHeader(header);
    const Address& from = m_channel ? m_channel->m_ends[1 - m_end].address : m_address;
    bool taken = false;
    if (!m_promiscCallback.IsNull())
    {
        m_macPromiscRxTrace(whole);
        taken = m_promiscCallback(this, frame, *etherType, from, m_address, PACKET_HOST);
    }
    m_macRxTrace(whole);
    if (!m_rxCallback.IsNull())
    {
        taken = m_rxCallback(this, frame, *etherType, from) || taken;
    }
    if (!taken)
    {
        DropReceived(frame, link_drop::NO_HANDLER);
    }
}

// ---- Drops and traces -------------------------------------------------------------------------

bool
PointToPointDevice::DropSent(Ptr<const Packet> packet, DropReason reason)
{
    m_macTxDropTrace(packet);
    CountDrop(packet, reason);
    return false;
}

void
PointToPointDevice::DropReceived(Ptr<const Packet> frame, DropReason reason)
{
    m_macRxDropTrace(frame);
    CountDrop(frame, reason);
}

void
PointToPointDevice::CountDrop(Ptr<const Packet> packet, DropReason reason)
{
    NS_LOG_LOGIC("device " << this << " drops a packet: " << reason);
    m_drops.Count(reason, packet->GetSize());
    StrataNode::ReportDropOn(m_node, packet, reason, this);
}

bool
PointToPointDevice::IsTransmissionTraced() const
{
    return !m_snifferTrace.IsEmpty() || !m_promiscSnifferTrace.IsEmpty() ||
           !m_phyTxBeginTrace.IsEmpty() || !m_phyTxEndTrace.IsEmpty();
}

void
PointToPointDevice::TraceTransmission(Ptr<const Packet> frame,
                                      Ptr<Arrival> arrival,
                                      int64_t now,
                                      int64_t start,
                                      int64_t end)
{
    if (start == now)
    {
        TraceTxBegin(frame, arrival);
    }
    else
    {
        Simulator::ScheduleWithContext(m_node->GetId(),
                                       TimeStep(static_cast<uint64_t>(start - now)),
                                       &PointToPointDevice::TraceTxBegin,
                                       Ptr<PointToPointDevice>(this),
                                       frame,
                                       arrival);
    }
    if (!m_phyTxEndTrace.IsEmpty())
    {
        Simulator::ScheduleWithContext(m_node->GetId(),
                                       TimeStep(static_cast<uint64_t>(end - now)),
                                       &PointToPointDevice::TraceTxEnd,
                                       Ptr<PointToPointDevice>(this),
                                       frame,
                                       arrival);
    }
}

void
PointToPointDevice::TraceTxBegin(Ptr<const Packet> frame, Ptr<Arrival> arrival)
{
    if (!arrival->IsCancelled())
    {
        m_snifferTrace(frame);
        m_promiscSnifferTrace(frame);
        m_phyTxBeginTrace(frame);
    }
}

void
PointToPointDevice::TraceTxEnd(Ptr<const Packet> frame, Ptr<Arrival> arrival)
{
    if (!arrival->IsCancelled())
    {
        m_phyTxEndTrace(frame);
    }
}

// ---- NetDevice --------------------------------------------------------------------------------

void
PointToPointDevice::SetDataRate(DataRate rate)
{
    NS_ABORT_MSG_IF(rate.GetBitRate() == 0, "The data rate of a link must not be 0");
    m_rate = rate;
    m_nanosecondRate = Time::GetResolution() == Time::NS ? rate.GetBitRate() : 0;
}

DataRate
PointToPointDevice::GetDataRate() const
{
    return m_rate;
}

void
PointToPointDevice::SetReceiveErrorModel(Ptr<ErrorModel> model)
{
    m_errorModel = model;
}

const PointToPointDevice::Counters&
PointToPointDevice::GetCounters() const
{
    return m_counters;
}

const DropCounters&
PointToPointDevice::GetDrops() const
{
    return m_drops;
}

uint32_t
PointToPointDevice::GetQueuedPackets() const
{
    const int64_t now = Simulator::Now().GetTimeStep();
    const auto left = std::count_if(m_departures.begin(),
                                    m_departures.end(),
                                    [now](const Departure& d) { return d.end > now; });
    return left > 1 ? static_cast<uint32_t>(left - 1) : 0;
}

void
PointToPointDevice::SetIfIndex(const uint32_t index)
{
    m_ifIndex = index;
}

uint32_t
PointToPointDevice::GetIfIndex() const
{
    return m_ifIndex;
}

Ptr<Channel>
PointToPointDevice::GetChannel() const
{
    return m_channel;
}

void
PointToPointDevice::SetMacAddress(Mac48Address address)
{
    m_address = address;
    if (m_channel)
    {
        m_channel->m_ends[m_end].address = m_address;
    }
}

Mac48Address
PointToPointDevice::GetMacAddress() const
{
    return Mac48Address::ConvertFrom(m_address);
}

void
PointToPointDevice::SetAddress(Address address)
{
    SetMacAddress(Mac48Address::ConvertFrom(address));
}

Address
PointToPointDevice::GetAddress() const
{
    return m_address;
}

bool
PointToPointDevice::SetMtu(const uint16_t mtu)
{
    m_mtu = mtu;
    return true;
}

uint16_t
PointToPointDevice::GetMtu() const
{
    return m_mtu;
}

bool
PointToPointDevice::IsLinkUp() const
{
    return m_linkUp;
}

void
PointToPointDevice::AddLinkChangeCallback(Callback<void> callback)
{
    m_linkChangeCallbacks.ConnectWithoutContext(callback);
}

bool
PointToPointDevice::IsBroadcast() const
{
    return true;
}

Address
PointToPointDevice::GetBroadcast() const
{
    return Mac48Address::GetBroadcast();
}

bool
PointToPointDevice::IsMulticast() const
{
    return true;
}

Address
PointToPointDevice::GetMulticast(Ipv4Address multicastGroup) const
{
    return Mac48Address::GetMulticast(multicastGroup);
}

Address
PointToPointDevice::GetMulticast(Ipv6Address addr) const
{
    return Mac48Address::GetMulticast(addr);
}

bool
PointToPointDevice::IsBridge() const
{
    return false;
}

bool
PointToPointDevice::IsPointToPoint() const
{
    return true;
}

bool
PointToPointDevice::SendFrom(Ptr<Packet>, const Address&, const Address&, uint16_t)
{
    return false;
}

Ptr<Node>
PointToPointDevice::GetNode() const
{
    return m_node;
}

void
PointToPointDevice::SetNode(Ptr<Node> node)
{
    m_node = node;
}

bool
PointToPointDevice::NeedsArp() const
{
    return false;
}

void
PointToPointDevice::SetReceiveCallback(ReceiveCallback cb)
{
    m_rxCallback = cb;
}

void
PointToPointDevice::SetPromiscReceiveCallback(PromiscReceiveCallback cb)
{
    m_promiscCallback = cb;
}

bool
PointToPointDevice::SupportsSendFrom() const
{
    return false;
}

} // namespace strata
} // namespace ns3

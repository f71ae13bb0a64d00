// SPDX-License-Identifier: GPL-2.0-only

#include "strata-layer-member.h"

#include "ns3/abort.h"
#include "ns3/log.h"
#include "ns3/packet.h"
#include "ns3/simulator.h"
#include "ns3/strata-node.h"
#include "ns3/strata-ppp-protocol-table.h"

namespace ns3
{
namespace strata
{

NS_LOG_COMPONENT_DEFINE("StrataLayerMember");
NS_OBJECT_ENSURE_REGISTERED(LayerMember);

TypeId
LayerMember::GetTypeId()
{
    static TypeId tid =
        TypeId("ns3::strata::LayerMember")
            .SetParent<Object>()
            .SetGroupName("Strata")
            .AddConstructor<LayerMember>()
            .AddTraceSource("Notice",
                            "What the member notes: links, sessions, contracts, drops",
                            MakeTraceSourceAccessor(&LayerMember::m_noticeTrace),
                            "ns3::strata::LayerMember::NoticeCallback")
            .AddTraceSource("Deliver",
                            "A message for a process registered at this member",
                            MakeTraceSourceAccessor(&LayerMember::m_deliverTrace),
                            "ns3::strata::LayerMember::DeliverCallback")
            .AddTraceSource("Transmit",
                            "A PDU that the member makes or forwards by a whole step",
                            MakeTraceSourceAccessor(&LayerMember::m_transmitTrace),
                            "ns3::strata::LayerMember::TransmitCallback")
            .AddTraceSource("Write",
                            "A change of a guarded table",
                            MakeTraceSourceAccessor(&LayerMember::m_writeTrace),
                            "ns3::strata::LayerMember::WriteCallback");
    return tid;
}

LayerMember::LayerMember() = default;

LayerMember::~LayerMember() = default;

void
LayerMember::DoDispose()
{
    m_timer.Cancel();
    for (const auto& [index, underlay] : m_underlays)
    {
        StrataNode::Of(m_node)->UnregisterFrameHandler(EtherType::LAYER_PDU,
                                                       MakeCallback(&LayerMember::Receive, this),
                                                       underlay.device);
    }
    m_underlays.clear();
    m_ports.clear();
    m_node = nullptr;
    Object::DoDispose();
}

void
LayerMember::Setup(Ptr<Node> node, LayerParameters parameters, LayerPolicies policies)
{
    NS_ABORT_MSG_IF(m_machine, "a LayerMember is set up once");
    m_node = node;
    m_machine = std::make_unique<MemberMachine>(std::move(parameters), std::move(policies));
}

bool
LayerMember::AddDevice(Ptr<NetDevice> device)
{
    NS_ABORT_MSG_UNLESS(m_machine, "LayerMember::Setup comes before AddDevice");
    const bool stock = device->GetInstanceTypeId().GetName() == "ns3::PointToPointNetDevice";
    if (stock || !device->IsPointToPoint())
    {
        NS_LOG_ERROR("device " << device->GetInstanceTypeId().GetName()
                               << " can't carry the PDUs of a layer; use"
                                  " ns3::strata::PointToPointDevice");
        return false;
    }
    Underlay underlay;
    underlay.device = device;
    underlay.number = device->GetIfIndex();
    if (!m_underlays.emplace(device->GetIfIndex(), underlay).second)
    {
        return true;
    }
    StrataNode::Of(m_node)->RegisterFrameHandler(EtherType::LAYER_PDU,
                                                 MakeCallback(&LayerMember::Receive, this),
                                                 device);
    // the callback can't be taken back, so it keeps the member alive, but not the device
    Ptr<LayerMember> self(this);
    const uint32_t index = device->GetIfIndex();
    device->AddLinkChangeCallback(Callback<void>([self, index]() { self->LinkChanged(index); }));
    LinkChanged(index);
    return true;
}

void
LayerMember::Bootstrap(MemberName name, uint8_t blockLength)
{
    BootstrapEvent event;
    event.name = name;
    event.blockLength = blockLength;
    Take(event);
}

void
LayerMember::Join(MemberName wish)
{
    JoinEvent event;
    event.wish = wish;
    Take(event);
}

void
LayerMember::Leave()
{
    Take(LeaveEvent{});
}

Ptr<Node>
LayerMember::GetNode() const
{
    return m_node;
}

MemberName
LayerMember::GetName() const
{
    return m_state.name;
}

const MemberState&
LayerMember::GetState() const
{
    return m_state;
}

uint64_t
LayerMember::GetDrops(MemberDrop reason) const
{
    return m_drops.at(static_cast<std::size_t>(reason));
}

uint64_t
LayerMember::GetForwarded() const
{
    return m_forwarded;
}

Nanos
LayerMember::Now()
{
    return Nanos(Simulator::Now().GetNanoSeconds());
}

void
LayerMember::LinkChanged(uint32_t index)
{
    const auto found = m_underlays.find(index);
    if (found == m_underlays.end())
    {
        return;
    }
    Underlay& underlay = found->second;
    const Ptr<NetDevice> device = underlay.device;
    const bool up = device->IsLinkUp();
    if (up && underlay.port == NO_PORT)
    {
        underlay.port = m_nextPort++;
        m_ports[underlay.port] = device;
        PortUpEvent event;
        event.port = underlay.port;
        event.mtu = device->GetMtu();
        event.underlay = underlay.number;
        Take(event);
    }
    else if (!up && underlay.port != NO_PORT)
    {
        PortDownEvent event;
        event.port = underlay.port;
        m_ports.erase(underlay.port);
        underlay.port = NO_PORT;
        Take(event);
    }
}

void
LayerMember::Receive(Ptr<NetDevice> device,
                     Ptr<const Packet> packet,
                     uint16_t,
                     const Address&,
                     const Address&,
                     NetDevice::PacketType)
{
    const auto found = m_underlays.find(device->GetIfIndex());
    if (found == m_underlays.end() || found->second.port == NO_PORT)
    {
        return;
    }
    m_buffer.resize(packet->GetSize());
    packet->CopyData(m_buffer.data(), static_cast<uint32_t>(m_buffer.size()));
    const auto header = PduHeader::Decode(m_buffer);
    if (header && header->layer != m_machine->Parameters().layerId)
    {
        // another layer shares the device; its own member sees the frame as well
        return;
    }
    if (header)
    {
        Effects effects;
        const auto port =
            m_machine->FastForward(m_state, found->second.port, *header, Now(), effects);
        if (port)
        {
            PduHeader::CountHop(m_buffer.data());
            ++m_forwarded;
            m_buffer.resize(header->totalLength);
            SendBytes(*port, m_buffer);
            CarryOut(effects);
            return;
        }
    }
    PduEvent event;
    event.port = found->second.port;
    event.bytes = m_buffer;
    Take(event);
}

void
LayerMember::SendBytes(PortId port, const Bytes& bytes)
{
    if (port == LOOPBACK_PORT)
    {
        PduEvent event;
        event.port = port;
        event.bytes = bytes;
        Simulator::ScheduleNow(&LayerMember::Take, this, MemberEvent(event));
        return;
    }
    const auto device = m_ports.find(port);
    if (device == m_ports.end())
    {
        return;
    }
    // the device traces and counts what it does not take
    device->second->Send(Create<Packet>(bytes.data(), static_cast<uint32_t>(bytes.size())),
                         device->second->GetBroadcast(),
                         EtherType::LAYER_PDU);
}

void
LayerMember::Take(const MemberEvent& event)
{
    NS_ABORT_MSG_UNLESS(m_machine, "LayerMember::Setup comes first");
    Effects effects;
    m_machine->Step(m_state, event, Now(), effects);
    Reschedule();
    CarryOut(effects);
}

void
LayerMember::CarryOut(const Effects& effects)
{
    for (const WriteRecord& write : effects.writes)
    {
        m_writeTrace(write);
    }
    for (const TransmitEffect& transmit : effects.transmits)
    {
        m_transmitTrace(transmit);
        SendBytes(transmit.port, transmit.pdu);
    }
    for (const Notice& notice : effects.notices)
    {
        if (const auto* drop = std::get_if<DropNotice>(&notice))
        {
            ++m_drops[static_cast<std::size_t>(drop->reason)];
            NS_LOG_LOGIC(m_state.name << " drops " << PduTypeName(drop->type) << ": "
                                      << MemberDropName(drop->reason));
        }
        m_noticeTrace(notice);
    }
    for (const DeliverEffect& delivery : effects.deliveries)
    {
        m_deliverTrace(delivery);
    }
}

void
LayerMember::Reschedule()
{
    const Nanos deadline = MemberMachine::NextDeadline(m_state);
    if (deadline == m_timerAt && !m_timer.IsExpired())
    {
        return;
    }
    m_timer.Cancel();
    m_timerAt = deadline;
    if (deadline != NEVER)
    {
        const int64_t wait = std::max<int64_t>((deadline - Now()).count(), 0);
        m_timer = Simulator::Schedule(NanoSeconds(static_cast<uint64_t>(wait)),
                                      &LayerMember::OnTimer,
                                      this);
    }
}

void
LayerMember::OnTimer()
{
    Take(TimerEvent{});
}

} // namespace strata
} // namespace ns3

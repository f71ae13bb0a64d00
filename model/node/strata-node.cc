// SPDX-License-Identifier: GPL-2.0-only

#include "strata-node.h"

#include "ns3/ipv4-l3-protocol.h"
#include "ns3/ipv6-l3-protocol.h"
#include "ns3/log.h"
#include "ns3/loopback-net-device.h"
#include "ns3/strata-ether-type.h"

#include <algorithm>

namespace ns3
{
namespace strata
{

NS_LOG_COMPONENT_DEFINE("StrataNode");

NS_OBJECT_ENSURE_REGISTERED(StrataNode);

TypeId
StrataNode::GetTypeId()
{
    static TypeId tid = TypeId("ns3::strata::StrataNode")
                            .SetParent<Object>()
                            .SetGroupName("Strata")
                            .AddConstructor<StrataNode>()
                            .AddTraceSource("Drop",
                                            "A packet was dropped on this node",
                                            MakeTraceSourceAccessor(&StrataNode::m_dropTrace),
                                            "ns3::strata::StrataNode::DropTracedCallback");
    return tid;
}

StrataNode::StrataNode()
    // a lambda costs a packet less than MakeCallback()
    : m_receiveTaken([this](const Ptr<NetDevice>& device,
                            const Ptr<const Packet>& packet,
                            uint16_t etherType,
                            const Address& from,
                            const Address& to,
                            NetDevice::PacketType packetType) {
          ReceiveTaken(device, packet, etherType, from, to, packetType);
      })
{
}

StrataNode::~StrataNode() = default;

Ptr<StrataNode>
StrataNode::Of(Ptr<Node> node)
{
    Ptr<StrataNode> strataNode = node->GetObject<StrataNode>();
    if (!strataNode)
    {
        strataNode = CreateObject<StrataNode>();
        node->AggregateObject(strataNode);
    }
    return strataNode;
}

bool
StrataNode::Registration::operator==(const Registration& other) const
{
    return etherType == other.etherType && device == other.device && handler.IsEqual(other.handler);
}

void
StrataNode::Hook(const Registration& registration)
{
    m_node->RegisterProtocolHandler(registration.handler,
                                    registration.etherType,
                                    registration.device);
}

bool
StrataNode::RegisterFrameHandler(uint16_t etherType, FrameHandler handler, Ptr<NetDevice> device)
{
    NS_LOG_FUNCTION(this << etherType << device);
    const Registration registration{etherType, handler, device};
    if (std::find(m_registrations.begin(), m_registrations.end(), registration) !=
        m_registrations.end())
    {
        return false;
    }
    m_registrations.push_back(registration);
    if (m_node)
    {
        Hook(registration);
    }
    return true;
}

bool
StrataNode::UnregisterFrameHandler(uint16_t etherType, FrameHandler handler, Ptr<NetDevice> device)
{
    NS_LOG_FUNCTION(this << etherType << device);
    const Registration registration{etherType, handler, device};
    const auto found = std::find(m_registrations.begin(), m_registrations.end(), registration);
    if (found == m_registrations.end())
    {
        return false;
    }
    const auto same = [&handler](const Registration& r) { return r.handler.IsEqual(handler); };
    const auto uses = std::count_if(m_registrations.begin(), m_registrations.end(), same);
    m_registrations.erase(found);
    if (m_node)
    {
        // Node removes the first entry of a handler, of whatever EtherType: take all of its
        // entries away and put back those that stay.
        for (auto i = uses; i > 0; --i)
        {
            m_node->UnregisterProtocolHandler(handler);
        }
        for (const Registration& r : m_registrations)
        {
            if (same(r))
            {
                Hook(r);
            }
        }
    }
    return true;
}

const StrataNode::FrameHandler*
StrataNode::FindTakeOver(uint16_t etherType) const
{
    for (const Registration& r : m_takeOvers)
    {
        if (r.etherType == etherType)
        {
            return &r.handler;
        }
    }
    return nullptr;
}

bool
StrataNode::TakeOver(uint16_t etherType, FrameHandler handler)
{
    NS_LOG_FUNCTION(this << etherType);
    if (const FrameHandler* present = FindTakeOver(etherType))
    {
        if (present->IsEqual(handler))
        {
            return false;
        }
        NS_ABORT_MSG("EtherType 0x" << std::hex << etherType
                                    << " of this node was taken over by another handler before");
    }
    m_takeOvers.push_back({etherType, handler, nullptr});
    m_takenInterfaces = 0;
    TakeOverNewInterfaces();
    return true;
}

namespace
{

/** The devices of a stack's interfaces, without loopback. */
template <class Stack>
std::vector<Ptr<NetDevice>>
InterfaceDevices(Ptr<Node> node)
{
    std::vector<Ptr<NetDevice>> devices;
    if (Ptr<Stack> stack = node->GetObject<Stack>())
    {
        for (uint32_t i = 0; i < stack->GetNInterfaces(); ++i)
        {
            Ptr<NetDevice> device = stack->GetNetDevice(i);
            if (!DynamicCast<LoopbackNetDevice>(device))
            {
                devices.push_back(device);
            }
        }
    }
    return devices;
}

} // namespace

void
StrataNode::TakeOverNewInterfaces()
{
    if (!m_node || m_takeOvers.empty())
    {
        return;
    }
    m_trafficControl = m_node->GetObject<TrafficControlLayer>();
    const auto devices4 = InterfaceDevices<Ipv4L3Protocol>(m_node);
    const auto devices6 = InterfaceDevices<Ipv6L3Protocol>(m_node);
    const std::size_t interfaces = devices4.size() + devices6.size();
    if (!m_trafficControl || interfaces == m_takenInterfaces)
    {
        return;
    }
    NS_LOG_FUNCTION(this << interfaces);
    m_takenInterfaces = interfaces;

    // Node::UnregisterProtocolHandler removes one entry, of whatever EtherType, and does not say
    // whether it found one. An interface has two entries for IPv4 or one for IPv6.
    const FrameHandler stock = MakeCallback(&TrafficControlLayer::Receive, m_trafficControl);
    for (std::size_t i = 0; i < 2 * interfaces; ++i)
    {
        m_node->UnregisterProtocolHandler(stock);
        m_node->UnregisterProtocolHandler(m_receiveTaken);
    }
    const auto put = [&](uint16_t etherType, const std::vector<Ptr<NetDevice>>& devices) {
        const bool taken = FindTakeOver(etherType) != nullptr;
        for (const Ptr<NetDevice>& device : devices)
        {
            // Only promiscuous handlers hear to whom a frame was sent.
            m_node->RegisterProtocolHandler(taken ? m_receiveTaken : stock,
                                            etherType,
                                            device,
                                            taken && device->NeedsArp());
        }
    };
    put(EtherType::IPV4, devices4);
    put(EtherType::ARP, devices4);
    put(EtherType::IPV6, devices6);
}

void
StrataNode::ReceiveTaken(const Ptr<NetDevice>& device,
                         const Ptr<const Packet>& packet,
                         uint16_t etherType,
                         const Address& from,
                         const Address& to,
                         NetDevice::PacketType packetType)
{
    if (packetType == NetDevice::PACKET_OTHERHOST)
    {
        return;
    }
    // Node gives handlers that are not promiscuous a type of 0.
    constexpr NetDevice::PacketType UNKNOWN{};
    (*FindTakeOver(etherType))(device,
                               packet,
                               etherType,
                               from,
                               to,
                               packetType == UNKNOWN ? NetDevice::PACKET_HOST : packetType);
}

void
StrataNode::PassToStock(Ptr<NetDevice> device,
                        Ptr<const Packet> packet,
                        uint16_t etherType,
                        const Address& from,
                        const Address& to,
                        NetDevice::PacketType packetType)
{
    m_trafficControl->Receive(device, packet, etherType, from, to, packetType);
}

void
StrataNode::ReportDrop(Ptr<const Packet> packet, DropReason reason, Ptr<const NetDevice> device)
{
    NS_LOG_FUNCTION(this << packet << reason << device);
    m_drops.Count(reason, packet->GetSize());
    m_dropTrace(packet, reason, device);
}

void
StrataNode::ReportDropOn(Ptr<Node> node,
                         Ptr<const Packet> packet,
                         DropReason reason,
                         Ptr<const NetDevice> device)
{
    if (!node)
    {
        return;
    }
    if (Ptr<StrataNode> strataNode = node->GetObject<StrataNode>())
    {
        strataNode->ReportDrop(packet, reason, device);
    }
}

const DropCounters&
StrataNode::GetDrops() const
{
    return m_drops;
}

void
StrataNode::PrintDrops(std::ostream& os) const
{
    m_drops.Print(os);
}

Ptr<Node>
StrataNode::GetNode() const
{
    return m_node;
}

void
StrataNode::NotifyNewAggregate()
{
    if (!m_node)
    {
        m_node = GetObject<Node>();
        if (m_node)
        {
            for (const Registration& registration : m_registrations)
            {
                Hook(registration);
            }
        }
    }
    TakeOverNewInterfaces();
    Object::NotifyNewAggregate();
}

void
StrataNode::DoInitialize()
{
    TakeOverNewInterfaces();
    Object::DoInitialize();
}

void
StrataNode::DoDispose()
{
    NS_LOG_FUNCTION(this);
    m_registrations.clear();
    m_takeOvers.clear();
    m_trafficControl = nullptr;
    m_node = nullptr;
    Object::DoDispose();
}

} // namespace strata
} // namespace ns3

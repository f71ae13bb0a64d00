// SPDX-License-Identifier: GPL-2.0-only

#include "strata-device-flow-provider.h"

#include "strata-turn-machine.h"

#include "ns3/abort.h"
#include "ns3/data-rate.h"
#include "ns3/log.h"
#include "ns3/packet.h"
#include "ns3/simulator.h"
#include "ns3/strata-drop-reason.h"
#include "ns3/strata-ppp-protocol-table.h"
#include "ns3/uinteger.h"

namespace ns3
{
namespace strata
{

NS_LOG_COMPONENT_DEFINE("StrataDeviceFlowProvider");
NS_OBJECT_ENSURE_REGISTERED(DeviceFlowProvider);

namespace
{

/** A frame from one more station than MaxStations. */
constexpr DropReason TOO_MANY_STATIONS{"layer.too-many-stations"};

} // namespace

TypeId
DeviceFlowProvider::GetTypeId()
{
    static TypeId tid = TypeId("ns3::strata::DeviceFlowProvider")
                            .SetParent<FlowProvider>()
                            .SetGroupName("Strata")
                            .AddConstructor<DeviceFlowProvider>()
                            .AddAttribute("Cost",
                                          "Cost of a link over this device, for routing",
                                          UintegerValue(1),
                                          MakeUintegerAccessor(&DeviceFlowProvider::m_cost),
                                          MakeUintegerChecker<uint32_t>(1))
                            .AddAttribute("MaxStations",
                                          "Stations of a broadcast device to which flows are kept",
                                          UintegerValue(4096),
                                          MakeUintegerAccessor(&DeviceFlowProvider::m_maxStations),
                                          MakeUintegerChecker<uint32_t>());
    return tid;
}

DeviceFlowProvider::DeviceFlowProvider()
    : m_port(NO_PORT)
{
}

DeviceFlowProvider::~DeviceFlowProvider() = default;

std::string
DeviceFlowProvider::CanCarry(Ptr<NetDevice> device)
{
    const TypeId tid = device->GetInstanceTypeId();
    const std::string type = tid.GetName();
    TypeId stock;
    if (TypeId::LookupByNameFailSafe("ns3::PointToPointNetDevice", &stock) &&
        (tid == stock || tid.IsChildOf(stock)))
    {
        return type + " sends the PDUs of a layer as PPP protocol 0x0000; use"
                      " ns3::strata::PointToPointDevice";
    }
    if (!device->IsPointToPoint() && !device->IsBroadcast())
    {
        return type + " has neither one peer nor a broadcast address";
    }
    return "";
}

void
DeviceFlowProvider::SetDevice(Ptr<NetDevice> device)
{
    const std::string fault = CanCarry(device);
    NS_ABORT_MSG_UNLESS(fault.empty(), fault);
    NS_ABORT_MSG_IF(m_device, "a DeviceFlowProvider has one device");
    m_device = device;
}

Ptr<NetDevice>
DeviceFlowProvider::GetDevice() const
{
    return m_device;
}

PortId
DeviceFlowProvider::GetPort() const
{
    return m_port;
}

const std::map<Address, PortId>&
DeviceFlowProvider::GetStations() const
{
    return m_stations;
}

void
DeviceFlowProvider::DoDispose()
{
    FlowProvider::DoDispose();
    m_device = nullptr;
}

void
DeviceFlowProvider::DoStart()
{
    NS_ABORT_MSG_UNLESS(m_device, "DeviceFlowProvider::SetDevice comes before Start");
    NS_ABORT_MSG_UNLESS(m_device->GetNode(), "the device of a DeviceFlowProvider is on a node");
    m_node = StrataNode::Of(m_device->GetNode());
    m_node->RegisterFrameHandler(EtherType::LAYER_PDU,
                                 MakeCallback(&DeviceFlowProvider::Receive, this),
                                 m_device);
    if (!m_watching)
    {
        // the callback can't be taken back, so it keeps the provider alive, but not the device
        m_watching = true;
        Ptr<DeviceFlowProvider> self(this);
        m_device->AddLinkChangeCallback(Callback<void>([self]() { self->LinkChanged(); }));
    }
    LinkChanged();
}

void
DeviceFlowProvider::DoStop()
{
    // the node may be handing out a frame to its handlers just now
    Ptr<DeviceFlowProvider> self(this);
    Ptr<StrataNode> node = m_node;
    Ptr<NetDevice> device = m_device;
    Simulator::ScheduleNow([self, node, device] {
        if (self->User() == nullptr)
        {
            node->UnregisterFrameHandler(
                EtherType::LAYER_PDU,
                MakeCallback(&DeviceFlowProvider::Receive, PeekPointer(self)),
                device);
        }
    });
    m_node = nullptr;
    m_port = NO_PORT;
    m_stations.clear();
    m_addresses.clear();
}

FlowProperties
DeviceFlowProvider::Properties() const
{
    FlowProperties properties;
    properties.cost = m_cost;
    properties.mtu = m_device->GetMtu();
    if (m_device->IsPointToPoint())
    {
        DataRateValue rate;
        if (m_device->GetAttributeFailSafe("DataRate", rate))
        {
            properties.rate = rate.Get().GetBitRate();
        }
        properties.framing = 2; // the PPP Protocol field
    }
    return properties;
}

bool
DeviceFlowProvider::IsUp() const
{
    return m_device->IsLinkUp();
}

void
DeviceFlowProvider::LinkChanged()
{
    if (User() == nullptr)
    {
        return;
    }
    const bool up = IsUp();
    if (up && m_port == NO_PORT)
    {
        FlowProperties properties = Properties();
        properties.broadcast = !m_device->IsPointToPoint();
        m_port = User()->NewFlow();
        User()->FlowUp(m_port, *this, properties);
    }
    else if (!up && m_port != NO_PORT)
    {
        const PortId everybody = m_port;
        m_port = NO_PORT;
        const std::map<PortId, Address> stations = std::move(m_addresses);
        m_addresses.clear();
        m_stations.clear();
        for (const auto& [port, address] : stations)
        {
            TellDown(port);
        }
        TellDown(everybody);
    }
}

void
DeviceFlowProvider::ForgetStation(Address station)
{
    const auto found = m_stations.find(station);
    if (found == m_stations.end())
    {
        return;
    }
    const PortId port = found->second;
    m_stations.erase(found);
    m_addresses.erase(port);
    TellDown(port);
}

void
DeviceFlowProvider::Receive(Ptr<NetDevice>,
                            Ptr<const Packet> packet,
                            uint16_t,
                            const Address& from,
                            const Address&,
                            NetDevice::PacketType)
{
    if (m_port == NO_PORT)
    {
        return;
    }
    if (m_device->IsPointToPoint())
    {
        Hear(m_port, packet);
        return;
    }
    const auto known = m_stations.find(from);
    if (known != m_stations.end())
    {
        Hear(known->second, packet);
        return;
    }
    if (m_stations.size() >= m_maxStations)
    {
        StrataNode::ReportDropOn(m_device->GetNode(), packet, TOO_MANY_STATIONS, m_device);
        return;
    }
    const PortId port = User()->NewFlow();
    m_stations.emplace(from, port);
    m_addresses.emplace(port, from);
    User()->FlowUp(port, *this, Properties());
    Hear(port, packet);
}

void
DeviceFlowProvider::Hear(PortId port, Ptr<const Packet> packet)
{
    if (User() == nullptr)
    {
        return; // stopped because of what came before
    }
    m_buffer.resize(packet->GetSize());
    packet->CopyData(m_buffer.data(), static_cast<uint32_t>(m_buffer.size()));
    User()->FlowReceive(port, m_buffer);
}

bool
DeviceFlowProvider::Send(PortId port, const Bytes& pdu, uint8_t)
{
    const auto size = static_cast<uint32_t>(pdu.size());
    if (port == m_port)
    {
        // the device traces and counts what it does not take
        return m_device->Send(Create<Packet>(pdu.data(), size),
                              m_device->GetBroadcast(),
                              EtherType::LAYER_PDU);
    }
    const auto station = m_addresses.find(port);
    return station != m_addresses.end() &&
           m_device->Send(Create<Packet>(pdu.data(), size), station->second, EtherType::LAYER_PDU);
}

} // namespace strata
} // namespace ns3

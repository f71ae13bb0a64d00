// SPDX-License-Identifier: GPL-2.0-only

#include "strata-dhcp-snooper.h"

#include "strata-dhcp-endpoint.h"
#include "strata-dhcp-lease-format.h"

#include "ns3/abort.h"
#include "ns3/boolean.h"
#include "ns3/double.h"
#include "ns3/mac48-address.h"
#include "ns3/strata-ether-type.h"
#include "ns3/strata-ipv4-header.h"
#include "ns3/strata-node.h"
#include "ns3/strata-udp-header.h"
#include "ns3/uinteger.h"

namespace ns3
{
namespace strata
{

NS_OBJECT_ENSURE_REGISTERED(StrataDhcpSnooper);

namespace
{

constexpr uint8_t UDP = 17;

/** A way to the bridge's handler, which ns-3 keeps protected. */
struct BridgeDoor : public BridgeNetDevice
{
    static auto Handler()
    {
        return &BridgeDoor::ReceiveFromDevice;
    }
};

} // namespace

TypeId
StrataDhcpSnooper::GetTypeId()
{
    static TypeId tid =
        TypeId("ns3::strata::StrataDhcpSnooper")
            .SetParent<Object>()
            .SetGroupName("Strata")
            .AddConstructor<StrataDhcpSnooper>()
            .AddAttribute("Enabled",
                          "Whether anything is dropped",
                          BooleanValue(true),
                          MakeBooleanAccessor(&StrataDhcpSnooper::m_enabled),
                          MakeBooleanChecker())
            .AddAttribute(
                "ClientsPerPort",
                "Hardware addresses that may ask by a port; 0: any number. Set before the "
                "first frame, as all below",
                UintegerValue(0),
                MakeUintegerAccessor(&StrataDhcpSnooper::m_clientsPerPort),
                MakeUintegerChecker<uint32_t>())
            .AddAttribute("Rate",
                          "Messages a second that may come by a port; 0: any number",
                          DoubleValue(0),
                          MakeDoubleAccessor(&StrataDhcpSnooper::m_rate),
                          MakeDoubleChecker<double>(0))
            .AddAttribute("Burst",
                          "With Rate: messages that may come at once",
                          DoubleValue(10),
                          MakeDoubleAccessor(&StrataDhcpSnooper::m_burst),
                          MakeDoubleChecker<double>(1))
            .AddAttribute("CheckHardware",
                          "Whether chaddr must be the source of the frame",
                          BooleanValue(true),
                          MakeBooleanAccessor(&StrataDhcpSnooper::m_checkHardware),
                          MakeBooleanChecker());
    return tid;
}

StrataDhcpSnooper::StrataDhcpSnooper() = default;

StrataDhcpSnooper::~StrataDhcpSnooper() = default;

void
StrataDhcpSnooper::DoDispose()
{
    m_bridge = nullptr;
    m_pass = Node::ProtocolHandler();
    Object::DoDispose();
}

void
StrataDhcpSnooper::Attach(Ptr<BridgeNetDevice> bridge)
{
    NS_ABORT_MSG_UNLESS(bridge, "DHCP snooping needs a BridgeNetDevice");
    NS_ABORT_MSG_IF(m_bridge, "A StrataDhcpSnooper is attached to one bridge");
    m_bridge = bridge;
    Ptr<Node> node = bridge->GetNode();
    StrataNode::Of(node);
    void (BridgeNetDevice::*handler)(Ptr<NetDevice>,
                                     Ptr<const Packet>,
                                     uint16_t,
                                     const Address&,
                                     const Address&,
                                     NetDevice::PacketType) = BridgeDoor::Handler();
    m_pass = MakeCallback(handler, PeekPointer(bridge));
    for (uint32_t i = 0; i < bridge->GetNBridgePorts(); ++i)
    {
        // The bridge has one handler a port, all of them equal: each call takes out one.
        node->UnregisterProtocolHandler(m_pass);
    }
    for (uint32_t i = 0; i < bridge->GetNBridgePorts(); ++i)
    {
        node->RegisterProtocolHandler(MakeCallback(&StrataDhcpSnooper::Receive, this),
                                      0,
                                      bridge->GetBridgePort(i),
                                      true);
    }
}

void
StrataDhcpSnooper::Trust(Ptr<NetDevice> port)
{
    m_trusted.push_back(port->GetIfIndex());
    if (m_table)
    {
        m_table->Trust(port->GetIfIndex());
    }
}

void
StrataDhcpSnooper::MakeTable()
{
    if (m_table)
    {
        return;
    }
    DhcpSnoopingParameters parameters;
    parameters.clientsPerPort = m_clientsPerPort;
    parameters.rate = m_rate;
    parameters.burst = m_burst;
    parameters.checkHardware = m_checkHardware;
    m_table.emplace(parameters);
    for (const uint32_t port : m_trusted)
    {
        m_table->Trust(port);
    }
}

void
StrataDhcpSnooper::Receive(Ptr<NetDevice> device,
                           Ptr<const Packet> packet,
                           uint16_t etherType,
                           const Address& from,
                           const Address& to,
                           NetDevice::PacketType type)
{
    if (m_enabled && etherType == EtherType::IPV4)
    {
        if (const auto why = Judge(device, packet, from))
        {
            StrataNode::Of(m_bridge->GetNode())->ReportDrop(packet, DropReason(*why), device);
            return;
        }
    }
    m_pass(device, packet, etherType, from, to, type);
}

std::optional<std::string_view>
StrataDhcpSnooper::Judge(Ptr<NetDevice> device, Ptr<const Packet> packet, const Address& from)
{
    std::array<uint8_t, Ipv4WireHeader::MAX_SIZE + UdpWireHeader::SIZE> front;
    const uint32_t there = packet->CopyData(front.data(), front.size());
    const ByteView view(front.data(), there);
    const auto ip = Ipv4WireHeader::Decode(view, {});
    if (!ip || ip->protocol != UDP || ip->fragmentOffset != 0)
    {
        return std::nullopt; // without a first fragment there is no datagram
    }
    MakeTable();
    const uint32_t port = device->GetIfIndex();
    // Behind the datagram stands the frame's padding.
    const ByteView datagram = view.Sub(0, std::max<std::size_t>(ip->totalLength, ip->HeaderSize()));
    const auto ports = TransportPorts::Decode(datagram.Sub(ip->HeaderSize()), {});
    if (!ports)
    {
        // RFC 1858: fragments this small exist to hide something.
        return ip->moreFragments ? m_table->CheckMalformed(port) : std::nullopt;
    }
    const bool toServer = ports->destination == DHCP_SERVER_PORT;
    const bool toClient = ports->destination == DHCP_CLIENT_PORT;
    if (!toServer && !toClient)
    {
        return std::nullopt;
    }
    Bytes bytes(packet->GetSize());
    packet->CopyData(bytes.data(), packet->GetSize());
    const ByteView data = ByteView(bytes)
                              .Sub(0, std::max<std::size_t>(ip->totalLength, ip->HeaderSize()))
                              .Sub(ip->HeaderSize() + UdpWireHeader::SIZE);
    const auto message = DhcpMessage::Decode(data, {});
    if (!message || ip->moreFragments)
    {
        return m_table->CheckMalformed(port);
    }
    MacBytes hardware{};
    if (Mac48Address::IsMatchingType(from))
    {
        Mac48Address::ConvertFrom(from).CopyTo(hardware.data());
    }
    return m_table->Check(*message, port, hardware, DhcpNow());
}

std::vector<DhcpSnoopedBinding>
StrataDhcpSnooper::GetBindings()
{
    MakeTable();
    return m_table->Bindings(DhcpNow());
}

void
StrataDhcpSnooper::PrintBindings(std::ostream& os)
{
    for (const DhcpSnoopedBinding& binding : GetBindings())
    {
        os << "port " << binding.port << "  " << DhcpHardwareText(binding.hardware) << "  "
           << DhcpAddressText(binding.address) << "\n";
    }
}

} // namespace strata
} // namespace ns3

// SPDX-License-Identifier: GPL-2.0-only

#include "strata-dhcp-endpoint.h"

#include "ns3/abort.h"
#include "ns3/arp-cache.h"
#include "ns3/inet-socket-address.h"
#include "ns3/ipv4-interface.h"
#include "ns3/ipv4-l3-protocol.h"
#include "ns3/ipv4-packet-info-tag.h"
#include "ns3/ipv4.h"
#include "ns3/mac48-address.h"
#include "ns3/simulator.h"
#include "ns3/strata-arp-protocol.h"
#include "ns3/strata-ether-type.h"
#include "ns3/strata-ipv4-convert.h"
#include "ns3/strata-node.h"
#include "ns3/strata-packet-item.h"
#include "ns3/strata-udp-header.h"
#include "ns3/traffic-control-layer.h"
#include "ns3/udp-socket-factory.h"

namespace ns3
{
namespace strata
{

namespace
{

constexpr uint8_t UDP = 17;
constexpr uint8_t FRAME_TTL = 64;

Bytes
BytesOf(const Packet& packet)
{
    Bytes bytes(packet.GetSize());
    packet.CopyData(bytes.data(), packet.GetSize());
    return bytes;
}

} // namespace

Nanos
DhcpNow()
{
    return Nanos(Simulator::Now().GetNanoSeconds());
}

MacBytes
DhcpHardwareOf(Ptr<const NetDevice> device)
{
    const Address address = device->GetAddress();
    NS_ABORT_MSG_UNLESS(Mac48Address::IsMatchingType(address),
                        "DHCP needs devices with 48-bit addresses; device "
                            << device->GetIfIndex() << " of node " << device->GetNode()->GetId()
                            << " has another kind");
    MacBytes bytes;
    Mac48Address::ConvertFrom(address).CopyTo(bytes.data());
    return bytes;
}

DhcpEndpoint::~DhcpEndpoint()
{
    Close();
}

void
DhcpEndpoint::OpenSocket(Ptr<Node> node, Ptr<NetDevice> device, uint16_t port, Handler handler)
{
    m_node = node;
    m_socketHandler = std::move(handler);
    m_socket = Socket::CreateSocket(node, UdpSocketFactory::GetTypeId());
    m_socket->SetAllowBroadcast(true);
    if (device)
    {
        m_socket->BindToNetDevice(device);
    }
    NS_ABORT_MSG_IF(m_socket->Bind(InetSocketAddress(Ipv4Address::GetAny(), port)) != 0,
                    "UDP port " << port << " of node " << node->GetId()
                                << " is in use: is there another DHCP server, relay or client?");
    m_socket->SetRecvPktInfo(true);
    m_socket->SetRecvCallback(MakeCallback(&DhcpEndpoint::Receive, this));
}

void
DhcpEndpoint::ListenToFrames(Ptr<NetDevice> device, uint16_t port, Handler handler)
{
    m_node = device->GetNode();
    m_framePort = port;
    m_frameHandler = std::move(handler);
    m_listening.push_back({device, MakeCallback(&DhcpEndpoint::ReceiveFrame, this)});
    StrataNode::Of(m_node)->RegisterFrameHandler(EtherType::IPV4,
                                                 m_listening.back().handler,
                                                 device);
}

void
DhcpEndpoint::Close()
{
    if (m_socket)
    {
        m_socket->SetRecvCallback(MakeNullCallback<void, Ptr<Socket>>());
        m_socket->Close();
        m_socket = nullptr;
    }
    for (const Listening& listening : m_listening)
    {
        if (Ptr<StrataNode> strata = m_node->GetObject<StrataNode>())
        {
            strata->UnregisterFrameHandler(EtherType::IPV4, listening.handler, listening.device);
        }
    }
    m_listening.clear();
    m_socketHandler = nullptr;
    m_frameHandler = nullptr;
    m_node = nullptr;
}

void
DhcpEndpoint::SetHearing(bool frames, bool socket)
{
    m_hearFrames = frames;
    m_hearSocket = socket;
}

void
DhcpEndpoint::LeaveBroadcastsToFrames()
{
    m_socketHearsBroadcasts = false;
}

bool
DhcpEndpoint::IsForAll(const Arrival& arrival) const
{
    if (arrival.destination.IsBroadcast())
    {
        return true;
    }
    Ptr<Ipv4> ipv4 = m_node->GetObject<Ipv4>();
    const int32_t interface =
        ipv4 && arrival.device ? ipv4->GetInterfaceForDevice(arrival.device) : -1;
    for (uint32_t i = 0; interface >= 0 && i < ipv4->GetNAddresses(interface); ++i)
    {
        const Ipv4InterfaceAddress own = ipv4->GetAddress(interface, i);
        if (own.GetMask().GetPrefixLength() < 31 && own.GetBroadcast() == arrival.destination)
        {
            return true;
        }
    }
    return false;
}

void
DhcpEndpoint::Receive(Ptr<Socket> socket)
{
    Address from;
    while (Ptr<Packet> packet = socket->RecvFrom(from))
    {
        if (!m_hearSocket || !m_socketHandler)
        {
            continue;
        }
        Arrival arrival;
        arrival.source = InetSocketAddress::ConvertFrom(from).GetIpv4();
        arrival.packet = packet;
        Ipv4PacketInfoTag info;
        if (packet->RemovePacketTag(info))
        {
            arrival.device = m_node->GetDevice(info.GetRecvIf());
            arrival.destination = info.GetAddress();
        }
        arrival.toAll = IsForAll(arrival);
        if (arrival.toAll && !m_socketHearsBroadcasts)
        {
            continue;
        }
        const auto message = DhcpMessage::Decode(BytesOf(*packet), {});
        if (!message)
        {
            StrataNode::Of(m_node)->ReportDrop(packet, DHCP_MALFORMED, arrival.device);
            continue;
        }
        m_socketHandler(*message, arrival);
        if (socket != m_socket)
        {
            return;
        }
    }
}

void
DhcpEndpoint::ReceiveFrame(Ptr<NetDevice> device,
                           Ptr<const Packet> packet,
                           uint16_t,
                           const Address& from,
                           const Address&,
                           NetDevice::PacketType type)
{
    if (!m_hearFrames || !m_frameHandler || type == NetDevice::PACKET_OTHERHOST)
    {
        return;
    }
    std::array<uint8_t, Ipv4WireHeader::MAX_SIZE + UdpWireHeader::SIZE> front;
    const uint32_t there = packet->CopyData(front.data(), front.size());
    const ByteView view(front.data(), there);
    const auto ip = Ipv4WireHeader::Decode(view, {});
    if (!ip || ip->protocol != UDP || ip->IsFragment() || ip->totalLength > packet->GetSize() ||
        ip->totalLength < ip->HeaderSize())
    {
        return; // none of ours; the stack has its own word for it
    }
    const auto udp = UdpWireHeader::Decode(view.Sub(ip->HeaderSize()), {});
    if (!udp || udp->ports.destination != m_framePort || udp->length > ip->PayloadSize())
    {
        return;
    }
    Arrival arrival;
    arrival.device = device;
    arrival.source = Ipv4Address(ip->source);
    arrival.destination = Ipv4Address(ip->destination);
    arrival.hardware = from;
    arrival.toAll = IsForAll(arrival);
    arrival.packet = packet;
    const Bytes bytes = BytesOf(*packet);
    const ByteView data = ByteView(bytes).Sub(ip->HeaderSize() + UdpWireHeader::SIZE,
                                              udp->length - UdpWireHeader::SIZE);
    if (Node::ChecksumEnabled() &&
        (!ip->HasRightChecksum() || !udp->HasRightChecksum4(ip->source, ip->destination, data)))
    {
        StrataNode::Of(m_node)->ReportDrop(packet, DHCP_WRONG_CHECKSUM, device);
        return;
    }
    const auto message = DhcpMessage::Decode(data, {});
    if (!message)
    {
        StrataNode::Of(m_node)->ReportDrop(packet, DHCP_MALFORMED, device);
        return;
    }
    m_frameHandler(*message, arrival);
}

bool
DhcpEndpoint::Send(const DhcpMessage& message, Ipv4Address destination, uint16_t port)
{
    const Bytes bytes = EncodeToBytes(message);
    Ptr<Packet> packet = Create<Packet>(bytes.data(), static_cast<uint32_t>(bytes.size()));
    if (!m_socket || m_socket->SendTo(packet, 0, InetSocketAddress(destination, port)) < 0)
    {
        StrataNode::Of(m_node)->ReportDrop(packet, DHCP_NOT_SENT);
        return false;
    }
    return true;
}

void
DhcpEndpoint::ForgetFailure(Ptr<NetDevice> device, Ipv4Address address)
{
    Ptr<Node> node = device->GetNode();
    Ptr<Ipv4L3Protocol> ipv4 = node->GetObject<Ipv4L3Protocol>();
    const int32_t interface = ipv4 ? ipv4->GetInterfaceForDevice(device) : -1;
    Ptr<ArpCache> cache = interface >= 0
                              ? ipv4->GetInterface(static_cast<uint32_t>(interface))->GetArpCache()
                              : nullptr;
    if (!cache || node->GetObject<StrataArp>())
    {
        return; // StrataArp learns from the client's announcement
    }
    // The probe before the offer found nobody, which the stock ARP believes for 100 s.
    ArpCache::Entry* entry = cache->Lookup(address);
    if (entry && (entry->IsDead() || entry->IsWaitReply()))
    {
        cache->Remove(entry);
    }
}

bool
DhcpEndpoint::SendFrame(const DhcpMessage& message,
                        Ptr<NetDevice> device,
                        Ipv4Address source,
                        Ipv4Address destination,
                        uint16_t sourcePort,
                        uint16_t destinationPort,
                        const Address& hardware)
{
    const Bytes data = EncodeToBytes(message);
    UdpWireHeader udp;
    udp.ports = {sourcePort, destinationPort};
    udp.length = static_cast<uint16_t>(UdpWireHeader::SIZE + data.size());
    udp.checksum =
        Node::ChecksumEnabled() ? udp.ComputeChecksum4(source.Get(), destination.Get(), data) : 0;
    Bytes bytes = EncodeToBytes(udp);
    bytes.insert(bytes.end(), data.begin(), data.end());
    Ptr<Packet> packet = Create<Packet>(bytes.data(), static_cast<uint32_t>(bytes.size()));
    Ipv4WireHeader ip;
    ip.ttl = FRAME_TTL;
    ip.protocol = UDP;
    ip.source = source.Get();
    ip.destination = destination.Get();
    PrependHeader(ip, packet);

    Ptr<Node> node = device->GetNode();
    if (message.operation == BootpOperation::REPLY && message.yourAddress != 0)
    {
        ForgetFailure(device, Ipv4Address(message.yourAddress));
    }
    if (packet->GetSize() > device->GetMtu())
    {
        StrataNode::Of(node)->ReportDrop(packet, DHCP_TOO_LONG, device);
        return false;
    }
    const Address to = device->NeedsArp() ? hardware : device->GetBroadcast();
    if (Ptr<TrafficControlLayer> traffic = node->GetObject<TrafficControlLayer>())
    {
        traffic->Send(device, Create<WholePacketItem>(packet, to, EtherType::IPV4));
        return true;
    }
    return device->Send(packet, to, EtherType::IPV4);
}

} // namespace strata
} // namespace ns3

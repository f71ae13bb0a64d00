// SPDX-License-Identifier: GPL-2.0-only

#include "strata-udp-flow-provider.h"

#include "ns3/abort.h"
#include "ns3/inet-socket-address.h"
#include "ns3/inet6-socket-address.h"
#include "ns3/ipv4-header.h"
#include "ns3/ipv4-route.h"
#include "ns3/ipv4-routing-protocol.h"
#include "ns3/ipv4.h"
#include "ns3/ipv6-header.h"
#include "ns3/ipv6-route.h"
#include "ns3/ipv6-routing-protocol.h"
#include "ns3/ipv6.h"
#include "ns3/log.h"
#include "ns3/net-device.h"
#include "ns3/packet.h"
#include "ns3/simulator.h"
#include "ns3/strata-drop-reason.h"
#include "ns3/strata-node.h"
#include "ns3/strata-pdu-header.h"
#include "ns3/udp-socket-factory.h"
#include "ns3/uinteger.h"

namespace ns3
{
namespace strata
{

NS_LOG_COMPONENT_DEFINE("StrataUdpFlowProvider");
NS_OBJECT_ENSURE_REGISTERED(UdpFlowProvider);

namespace
{

/** A PDU from one more address than MaxPeers. */
constexpr DropReason TOO_MANY_PEERS{"layer.too-many-udp-peers"};
/** A datagram from an unknown address that begins with no PDU header. */
constexpr DropReason NOT_A_PDU{"layer.not-a-pdu-over-udp"};
/** The stock stack refused a datagram: no route, or too long. */
constexpr DropReason NOT_SENT{"layer.udp-not-sent"};

constexpr uint32_t UDP_HEADER = 8;
constexpr uint32_t IPV4_HEADER = 20;
constexpr uint32_t IPV6_HEADER = 40;
/** What every host takes (RFC 1122 section 3.3.2, RFC 8200 section 5): without a route. */
constexpr uint32_t IPV4_SURE = 576;
constexpr uint32_t IPV6_SURE = 1280;

/** What \p headers leave of an MTU: nothing, where a link is too small for them. */
uint32_t
Within(uint32_t mtu, uint32_t headers)
{
    return mtu > headers ? mtu - headers : 0;
}

} // namespace

TypeId
UdpFlowProvider::GetTypeId()
{
    static TypeId tid =
        TypeId("ns3::strata::UdpFlowProvider")
            .SetParent<FlowProvider>()
            .SetGroupName("Strata")
            .AddConstructor<UdpFlowProvider>()
            .AddAttribute("Port",
                          "The UDP port to listen at, and the port of peers given without one",
                          UintegerValue(DEFAULT_PORT),
                          MakeUintegerAccessor(&UdpFlowProvider::m_udpPort),
                          MakeUintegerChecker<uint16_t>(1))
            .AddAttribute("Cost",
                          "Cost of a link over these flows, for routing",
                          UintegerValue(1),
                          MakeUintegerAccessor(&UdpFlowProvider::m_cost),
                          MakeUintegerChecker<uint32_t>(1))
            .AddAttribute("Mtu",
                          "Bytes of PDU that a flow carries; 0: what the first device on the route"
                          " leaves behind IP and UDP headers",
                          UintegerValue(0),
                          MakeUintegerAccessor(&UdpFlowProvider::m_mtu),
                          MakeUintegerChecker<uint32_t>(0, UINT16_MAX - IPV4_HEADER - UDP_HEADER))
            .AddAttribute("Rate",
                          "Capacity in bit/s that the user schedules by; 0: it does not",
                          UintegerValue(0),
                          MakeUintegerAccessor(&UdpFlowProvider::m_rate),
                          MakeUintegerChecker<uint64_t>())
            .AddAttribute("MaxPeers",
                          "Flows that may stand because others sent a PDU",
                          UintegerValue(256),
                          MakeUintegerAccessor(&UdpFlowProvider::m_maxPeers),
                          MakeUintegerChecker<uint32_t>())
            .AddAttribute("SilenceTimeout",
                          "After which a flow on which nothing was heard ends; 0: never",
                          TimeValue(Seconds(0)),
                          MakeTimeAccessor(&UdpFlowProvider::m_silenceTimeout),
                          MakeTimeChecker(Seconds(0)));
    return tid;
}

UdpFlowProvider::UdpFlowProvider() = default;

UdpFlowProvider::~UdpFlowProvider() = default;

void
UdpFlowProvider::SetNode(Ptr<Node> node)
{
    NS_ABORT_MSG_IF(m_node, "a UdpFlowProvider has one node");
    NS_ABORT_MSG_UNLESS(node->GetObject<UdpSocketFactory>(),
                        "node " << node->GetId()
                                << " has no Internet stack to carry a layer over UDP; install one"
                                   " with InternetStackHelper first");
    m_node = node;
}

void
UdpFlowProvider::DoDispose()
{
    FlowProvider::DoDispose();
    m_node = nullptr;
}

Ptr<Socket>
UdpFlowProvider::Listen(const Address& local)
{
    Ptr<Socket> socket = Socket::CreateSocket(m_node, UdpSocketFactory::GetTypeId());
    NS_ABORT_MSG_IF(socket->Bind(local) != 0,
                    "UDP port " << m_udpPort << " of node " << m_node->GetId()
                                << " is in use; give this UdpFlowProvider another Port");
    socket->SetRecvCallback(MakeCallback(&UdpFlowProvider::Receive, this));
    return socket;
}

void
UdpFlowProvider::DoStart()
{
    NS_ABORT_MSG_UNLESS(m_node, "UdpFlowProvider::SetNode comes before Start");
    StrataNode::Of(m_node); // drops are counted there
    if (m_node->GetObject<Ipv4>())
    {
        m_socket4 = Listen(InetSocketAddress(Ipv4Address::GetAny(), m_udpPort));
    }
    if (m_node->GetObject<Ipv6>())
    {
        m_socket6 = Listen(Inet6SocketAddress(Ipv6Address::GetAny(), m_udpPort));
    }
    BeginWanted();
}

void
UdpFlowProvider::BeginWanted()
{
    if (User() == nullptr)
    {
        return;
    }
    if (!m_node->IsInitialized())
    {
        // the stock stack can't send before
        Simulator::ScheduleWithContext(m_node->GetId(),
                                       Seconds(0),
                                       &UdpFlowProvider::BeginWanted,
                                       Ptr<UdpFlowProvider>(this));
        return;
    }
    std::vector<Address> wanted; // the user may call back
    for (const auto& [address, peer] : m_peers)
    {
        if (peer.wanted && peer.port == 0)
        {
            wanted.push_back(address);
        }
    }
    for (const Address& address : wanted)
    {
        const auto found = m_peers.find(address);
        if (User() != nullptr && found != m_peers.end() && found->second.port == 0)
        {
            Begin(address, found->second);
        }
    }
}

void
UdpFlowProvider::DoStop()
{
    m_silence.Cancel();
    m_peers.clear();
    m_addresses.clear();
    for (Ptr<Socket>* socket : {&m_socket4, &m_socket6})
    {
        if (*socket)
        {
            (*socket)->SetRecvCallback(MakeNullCallback<void, Ptr<Socket>>());
            (*socket)->Close();
            *socket = nullptr;
        }
    }
}

Address
UdpFlowProvider::WithPort(const Address& peer) const
{
    if (Ipv4Address::IsMatchingType(peer))
    {
        return InetSocketAddress(Ipv4Address::ConvertFrom(peer), m_udpPort);
    }
    if (Ipv6Address::IsMatchingType(peer))
    {
        return Inet6SocketAddress(Ipv6Address::ConvertFrom(peer), m_udpPort);
    }
    if (InetSocketAddress::IsMatchingType(peer))
    {
        // without the type of service, which is no part of who it is
        const auto address = InetSocketAddress::ConvertFrom(peer);
        return InetSocketAddress(address.GetIpv4(), address.GetPort());
    }
    NS_ABORT_MSG_UNLESS(Inet6SocketAddress::IsMatchingType(peer),
                        "a peer over UDP is an IPv4 or IPv6 address, with or without a port");
    return peer;
}

void
UdpFlowProvider::Connect(const Address& peer)
{
    m_peers[WithPort(peer)].wanted = true;
    BeginWanted();
}

void
UdpFlowProvider::Disconnect(const Address& peer)
{
    const auto found = m_peers.find(WithPort(peer));
    if (found == m_peers.end())
    {
        return;
    }
    const PortId port = found->second.port;
    m_peers.erase(found);
    if (m_addresses.erase(port) != 0)
    {
        TellDown(port);
    }
}

std::size_t
UdpFlowProvider::GetFlows() const
{
    return m_addresses.size();
}

uint32_t
UdpFlowProvider::Mtu(const Address& peer) const
{
    if (m_mtu != 0)
    {
        return m_mtu;
    }
    Socket::SocketErrno error = Socket::ERROR_NOTERROR;
    if (InetSocketAddress::IsMatchingType(peer))
    {
        Ipv4Header header;
        header.SetDestination(InetSocketAddress::ConvertFrom(peer).GetIpv4());
        Ptr<Ipv4> ip = m_node->GetObject<Ipv4>();
        Ptr<Ipv4Route> route;
        if (ip)
        {
            route = ip->GetRoutingProtocol()->RouteOutput(nullptr, header, nullptr, error);
        }
        return Within(route ? route->GetOutputDevice()->GetMtu() : IPV4_SURE,
                      IPV4_HEADER + UDP_HEADER);
    }
    Ipv6Header header;
    header.SetDestination(Inet6SocketAddress::ConvertFrom(peer).GetIpv6());
    Ptr<Ipv6> ip = m_node->GetObject<Ipv6>();
    Ptr<Ipv6Route> route;
    if (ip)
    {
        route = ip->GetRoutingProtocol()->RouteOutput(nullptr, header, nullptr, error);
    }
    return Within(route ? route->GetOutputDevice()->GetMtu() : IPV6_SURE, IPV6_HEADER + UDP_HEADER);
}

void
UdpFlowProvider::Begin(const Address& address, Peer& peer)
{
    FlowProperties properties;
    properties.cost = m_cost;
    properties.mtu = Mtu(address);
    properties.rate = m_rate;
    properties.framing =
        UDP_HEADER + (InetSocketAddress::IsMatchingType(address) ? IPV4_HEADER : IPV6_HEADER);
    const PortId port = User()->NewFlow();
    peer.port = port;
    peer.lastHeard = Simulator::Now();
    m_addresses[port] = address;
    WatchSilence();
    User()->FlowUp(port, *this, properties);
}

void
UdpFlowProvider::Receive(Ptr<Socket> socket)
{
    Address from;
    while (Ptr<Packet> packet = socket->RecvFrom(from))
    {
        if (User() != nullptr)
        {
            Hear(WithPort(from), packet);
        }
    }
}

void
UdpFlowProvider::Hear(const Address& from, Ptr<Packet> packet)
{
    m_buffer.resize(packet->GetSize());
    packet->CopyData(m_buffer.data(), static_cast<uint32_t>(m_buffer.size()));
    auto known = m_peers.find(from);
    if (known == m_peers.end())
    {
        if (!PduHeader::Decode(m_buffer))
        {
            StrataNode::ReportDropOn(m_node, packet, NOT_A_PDU);
            return;
        }
        if (m_peers.size() >= m_maxPeers)
        {
            StrataNode::ReportDropOn(m_node, packet, TOO_MANY_PEERS);
            return;
        }
        const Bytes first = m_buffer;
        Begin(from, m_peers[from]);
        known = m_peers.find(from);
        if (User() == nullptr || known == m_peers.end())
        {
            return;
        }
        m_buffer = first;
    }
    known->second.lastHeard = Simulator::Now();
    User()->FlowReceive(known->second.port, m_buffer);
}

void
UdpFlowProvider::WatchSilence()
{
    if (m_silenceTimeout.IsZero() || !m_silence.IsExpired() || m_addresses.empty())
    {
        return;
    }
    Time first = Time::Max();
    for (const auto& [address, peer] : m_peers)
    {
        first = Min(first, peer.lastHeard + m_silenceTimeout);
    }
    m_silence = Simulator::Schedule(Max(first - Simulator::Now(), Seconds(0)),
                                    &UdpFlowProvider::CheckSilence,
                                    this);
}

void
UdpFlowProvider::CheckSilence()
{
    std::vector<Address> silent;
    for (const auto& [address, peer] : m_peers)
    {
        if (peer.lastHeard + m_silenceTimeout <= Simulator::Now())
        {
            silent.push_back(address);
        }
    }
    for (const Address& address : silent)
    {
        const auto found = m_peers.find(address);
        if (found == m_peers.end())
        {
            continue; // the user disconnected it when it heard of another
        }
        const bool wanted = found->second.wanted;
        Disconnect(address);
        if (wanted && User() != nullptr)
        {
            Connect(address);
        }
    }
    WatchSilence();
}

bool
UdpFlowProvider::Send(PortId port, const Bytes& pdu, uint8_t)
{
    const auto peer = m_addresses.find(port);
    if (peer == m_addresses.end())
    {
        return false;
    }
    const Address to = peer->second;
    const Ptr<Socket> socket = InetSocketAddress::IsMatchingType(to) ? m_socket4 : m_socket6;
    auto packet = Create<Packet>(pdu.data(), static_cast<uint32_t>(pdu.size()));
    if (!socket || socket->SendTo(packet, 0, to) < 0)
    {
        StrataNode::ReportDropOn(m_node, packet, NOT_SENT);
        return false;
    }
    return true;
}

} // namespace strata
} // namespace ns3

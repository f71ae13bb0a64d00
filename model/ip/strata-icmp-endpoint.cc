// SPDX-License-Identifier: GPL-2.0-only

#include "strata-icmp-endpoint.h"

#include "strata-ipv4-options-tag.h"
#include "strata-ipv4-probe-tag.h"

#include "ns3/abort.h"
#include "ns3/icmpv4-l4-protocol.h"
#include "ns3/ipv4-raw-socket-factory.h"
#include "ns3/ipv4-routing-protocol.h"
#include "ns3/simulator.h"
#include "ns3/uinteger.h"

namespace ns3
{
namespace strata
{

uint16_t
IcmpIdentifierOf(Ptr<const Application> application)
{
    Ptr<Node> node = application->GetNode();
    for (uint32_t i = 0; i < node->GetNApplications(); ++i)
    {
        if (node->GetApplication(i) == application)
        {
            return static_cast<uint16_t>(i + 1);
        }
    }
    return 0;
}

IcmpEndpoint::~IcmpEndpoint()
{
    Close();
}

void
IcmpEndpoint::Open(Ptr<Node> node, Handler handler, Ptr<NetDevice> device)
{
    Close();
    m_node = node;
    m_ipv4 = node->GetObject<Ipv4>();
    NS_ABORT_MSG_UNLESS(m_ipv4, "Node " << node->GetId() << " has no IPv4");
    m_handler = std::move(handler);
    m_socket = Socket::CreateSocket(node, Ipv4RawSocketFactory::GetTypeId());
    m_socket->SetAttribute("Protocol", UintegerValue(Icmpv4L4Protocol::PROT_NUMBER));
    if (device)
    {
        m_socket->BindToNetDevice(device);
    }
    m_socket->SetRecvCallback(MakeCallback(&IcmpEndpoint::Receive, this));
}

void
IcmpEndpoint::Close()
{
    if (m_socket)
    {
        m_socket->SetRecvCallback(MakeNullCallback<void, Ptr<Socket>>());
        // The stock stack walks its list of raw sockets while one of them receives.
        if (m_receiving)
        {
            Simulator::ScheduleNow(&Socket::Close, m_socket);
        }
        else
        {
            m_socket->Close();
        }
        m_socket = nullptr;
    }
    m_handler = nullptr;
    m_ipv4 = nullptr;
    m_node = nullptr;
}

bool
IcmpEndpoint::IsForUs(Ipv4Address destination) const
{
    return destination.IsMulticast() || destination.IsBroadcast() ||
           m_ipv4->GetInterfaceForAddress(destination) >= 0;
}

void
IcmpEndpoint::Receive(Ptr<Socket> socket)
{
    while (Ptr<Packet> packet = socket->Recv())
    {
        Bytes bytes(packet->GetSize());
        packet->CopyData(bytes.data(), packet->GetSize());
        auto header = Ipv4WireHeader::Decode(bytes, {});
        if (!header || header->IsFragment() || !IsForUs(Ipv4Address(header->destination)))
        {
            continue;
        }
        const ByteView payload = ByteView(bytes).Sub(header->HeaderSize(), header->PayloadSize());
        const auto message = IcmpMessage::Decode(payload, {});
        if (!message)
        {
            continue;
        }
        Ipv4OptionsTag tag;
        if (packet->PeekPacketTag(tag))
        {
            header->options = tag.GetOptions();
        }
        // The handler may close this end.
        const Handler handler = m_handler;
        m_receiving = true;
        handler(*message, *header);
        m_receiving = false;
        if (socket != m_socket)
        {
            return;
        }
    }
}

Ptr<Ipv4Route>
IcmpEndpoint::FindRoute(Ipv4Address destination) const
{
    Ptr<Ipv4RoutingProtocol> routing = m_ipv4->GetRoutingProtocol();
    if (!routing)
    {
        return nullptr;
    }
    Ipv4Header header;
    header.SetDestination(destination);
    header.SetProtocol(Icmpv4L4Protocol::PROT_NUMBER);
    Socket::SocketErrno error = Socket::ERROR_NOTERROR;
    return routing->RouteOutput(Create<Packet>(), header, nullptr, error);
}

bool
IcmpEndpoint::Send(const IcmpMessage& message,
                   Ipv4Address destination,
                   const IcmpSendOptions& options)
{
    Ptr<Ipv4Route> route = options.route ? options.route : FindRoute(destination);
    Ptr<IpL4Protocol> icmp = m_ipv4->GetProtocol(Icmpv4L4Protocol::PROT_NUMBER);
    if (!route || !icmp || icmp->GetDownTarget().IsNull())
    {
        return false;
    }
    const Bytes bytes = EncodeToBytes(message);
    Ptr<Packet> packet = Create<Packet>(bytes.data(), static_cast<uint32_t>(bytes.size()));
    if (options.ttl != 0)
    {
        SocketIpTtlTag tag;
        tag.SetTtl(options.ttl);
        packet->AddPacketTag(tag);
    }
    if (options.tos != 0)
    {
        SocketIpTosTag tag;
        tag.SetTos(options.tos);
        packet->AddPacketTag(tag);
    }
    if (options.probe)
    {
        packet->AddPacketTag(Ipv4ProbeTag());
    }
    else if (options.dontFragment)
    {
        SocketSetDontFragmentTag tag;
        tag.Enable();
        packet->AddPacketTag(tag);
    }
    if (!options.ipOptions.empty())
    {
        packet->AddPacketTag(Ipv4OptionsTag(options.ipOptions));
    }
    icmp->GetDownTarget()(packet,
                          route->GetSource(),
                          destination,
                          Icmpv4L4Protocol::PROT_NUMBER,
                          route);
    return true;
}

} // namespace strata
} // namespace ns3

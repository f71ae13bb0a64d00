// SPDX-License-Identifier: GPL-2.0-only

#include "strata-ipv4-transparent.h"

#include "ns3/ipv4-routing-protocol.h"
#include "ns3/strata-ipv4-convert.h"

namespace ns3
{
namespace strata
{

NS_OBJECT_ENSURE_REGISTERED(Ipv4TransparentGateway);

TypeId
Ipv4TransparentGateway::GetTypeId()
{
    static TypeId tid =
        TypeId("ns3::strata::Ipv4TransparentGateway")
            .SetParent<Ipv4HookElement>()
            .SetGroupName("Strata")
            .AddConstructor<Ipv4TransparentGateway>()
            .AddTraceSource("Entered",
                            "A datagram was too large and is carried to the exit",
                            MakeTraceSourceAccessor(&Ipv4TransparentGateway::m_entered),
                            "ns3::strata::Ipv4TransparentGateway::TracedCallback")
            .AddTraceSource("Left",
                            "A datagram was recombined here and goes on",
                            MakeTraceSourceAccessor(&Ipv4TransparentGateway::m_left),
                            "ns3::strata::Ipv4TransparentGateway::TracedCallback");
    return tid;
}

void
Ipv4TransparentGateway::Setup(Ptr<Ipv4Hooks> hooks)
{
    m_hooks = hooks;
    hooks->Attach(HookPoint::FORWARD, FORWARD_PRIORITY, this);
    hooks->Attach(HookPoint::PREROUTING, PREROUTING_PRIORITY, this);
}

void
Ipv4TransparentGateway::AddNetwork(Ptr<NetDevice> device, Ipv4Address gateway)
{
    m_networks[device] = gateway;
    m_gateways.insert(gateway.Get());
}

void
Ipv4TransparentGateway::DoDispose()
{
    m_hooks = nullptr;
    m_networks.clear();
    Ipv4HookElement::DoDispose();
}

HookVerdict
Ipv4TransparentGateway::Process(Ipv4HookPacket& packet)
{
    return packet.point == HookPoint::FORWARD ? Enter(packet) : Leave(packet);
}

HookVerdict
Ipv4TransparentGateway::Enter(Ipv4HookPacket& packet)
{
    const auto network = m_networks.find(packet.Out());
    const std::size_t size = packet.header.HeaderSize() + packet.payload->GetSize();
    if (network == m_networks.end() || size <= network->first->GetMtu() ||
        packet.header.dontFragment || !packet.header.options.empty())
    {
        return HookVerdict::ACCEPT;
    }
    Ipv4WireHeader outer;
    outer.dscp = packet.header.dscp;
    outer.ecn = packet.header.ecn;
    outer.identification = ++m_nextIdentification;
    outer.protocol = static_cast<uint8_t>(Ipv4Protocol::IPV4);
    outer.destination = network->second.Get();
    Socket::SocketErrno error = Socket::ERROR_NOTERROR;
    Ptr<Ipv4Route> route =
        m_hooks->GetRouting()->RouteOutput(packet.payload, ToStockHeader(outer), nullptr, error);
    if (!route || size + outer.HeaderSize() > Ipv4WireHeader::MAX_TOTAL_LENGTH)
    {
        return HookVerdict::ACCEPT;
    }
    outer.source = route->GetSource().Get();
    m_entered(packet.header, network->second);
    PrependHeader(packet.header, packet.payload);
    packet.header = outer;
    packet.route = route;
    return HookVerdict::ACCEPT;
}

HookVerdict
Ipv4TransparentGateway::Leave(Ipv4HookPacket& packet)
{
    if (!packet.header.Is(Ipv4Protocol::IPV4) || packet.header.IsFragment() ||
        m_gateways.count(packet.header.source) == 0 ||
        m_hooks->GetIpv4()->GetInterfaceForAddress(Ipv4Address(packet.header.destination)) < 0)
    {
        return HookVerdict::ACCEPT;
    }
    std::array<uint8_t, Ipv4WireHeader::MAX_SIZE> bytes;
    const uint32_t copied = packet.payload->CopyData(bytes.data(), bytes.size());
    const auto inner = Ipv4WireHeader::Decode(ByteView(bytes.data(), copied), {});
    const uint32_t size = packet.payload->GetSize();
    if (!inner || !inner->options.empty() || inner->totalLength > size ||
        (Node::ChecksumEnabled() && !inner->HasRightChecksum()))
    {
        packet.dropReason = IP_BAD_INNER;
        return HookVerdict::DROP;
    }
    m_left(*inner, Ipv4Address(packet.header.source));
    packet.payload->RemoveAtEnd(size - inner->totalLength);
    packet.payload->RemoveAtStart(static_cast<uint32_t>(inner->HeaderSize()));
    packet.header = *inner;
    return HookVerdict::ACCEPT;
}

} // namespace strata
} // namespace ns3

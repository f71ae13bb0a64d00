// SPDX-License-Identifier: GPL-2.0-only

#include "strata-ipv4-transparent.h"

#include "ns3/boolean.h"
#include "ns3/ipv4-routing-protocol.h"
#include "ns3/strata-ipv4-convert.h"
#include "ns3/strata-packet-front.h"

namespace ns3
{
namespace strata
{

NS_OBJECT_ENSURE_REGISTERED(Ipv4TransparentGateway);

namespace
{

/** Congestion Experienced (RFC 3168 section 5). */
constexpr uint8_t ECN_CE = 3;

} // namespace

TypeId
Ipv4TransparentGateway::GetTypeId()
{
    static TypeId tid =
        TypeId("ns3::strata::Ipv4TransparentGateway")
            .SetParent<Ipv4HookElement>()
            .SetGroupName("Strata")
            .AddConstructor<Ipv4TransparentGateway>()
            .AddAttribute("CarryDontFragment",
                          "Carry also what may not be fragmented; else its sender is told the MTU",
                          BooleanValue(true),
                          MakeBooleanAccessor(&Ipv4TransparentGateway::SetCarryDontFragment,
                                              &Ipv4TransparentGateway::GetCarryDontFragment),
                          MakeBooleanChecker())
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
    m_ipv4 = hooks->GetObject<StrataIpv4>();
    NS_ABORT_MSG_UNLESS(m_ipv4,
                        "Node " << hooks->GetIpv4()->GetObject<Node>()->GetId()
                                << " has no StrataIpv4: call StrataIpv4Helper::Install() first");
    hooks->Attach(HookPoint::FORWARD, FORWARD_PRIORITY, this);
    hooks->Attach(HookPoint::PREROUTING, PREROUTING_PRIORITY, this);
}

void
Ipv4TransparentGateway::AddNetwork(Ptr<NetDevice> device, Ipv4Address gateway)
{
    m_networks[device] = gateway;
    m_gateways.insert(gateway.Get());
    m_ipv4->GetForwardCheck()->SetCarried(device, m_carryDontFragment);
}

void
Ipv4TransparentGateway::SetCarryDontFragment(bool carry)
{
    m_carryDontFragment = carry;
    for (const auto& [device, gateway] : m_networks)
    {
        m_ipv4->GetForwardCheck()->SetCarried(device, carry);
    }
}

bool
Ipv4TransparentGateway::GetCarryDontFragment() const
{
    return m_carryDontFragment;
}

void
Ipv4TransparentGateway::DoDispose()
{
    m_hooks = nullptr;
    m_ipv4 = nullptr;
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
        !packet.header.options.empty())
    {
        return HookVerdict::ACCEPT;
    }
    Ipv4WireHeader outer;
    outer.dscp = packet.header.dscp;
    outer.ecn = packet.header.ecn;
    outer.protocol = static_cast<uint8_t>(Ipv4Protocol::IPV4);
    outer.destination = network->second.Get();
    Socket::SocketErrno error = Socket::ERROR_NOTERROR;
    Ptr<Ipv4Route> route =
        m_hooks->GetRouting()->RouteOutput(packet.payload, ToStockHeader(outer), nullptr, error);
    if (!route || size + outer.HeaderSize() > Ipv4WireHeader::MAX_TOTAL_LENGTH)
    {
        if (!packet.header.dontFragment)
        {
            return HookVerdict::ACCEPT;
        }
        m_ipv4->GetIcmp()->SendFragmentationNeeded(network->first->GetMtu(), packet);
        packet.dropReason = IP_FRAGMENTATION_NEEDED;
        return HookVerdict::DROP;
    }
    outer.identification = ++m_nextIdentification;
    outer.source = route->GetSource().Get();
    m_entered(packet.header, network->second);
    // The outer datagram is made here, so it meets OUTPUT's far side alone.
    Ipv4HookPacket carrier;
    carrier.local = true;
    carrier.payload = packet.payload;
    PrependHeader(packet.header, carrier.payload);
    carrier.header = outer;
    carrier.route = route;
    m_ipv4->GetSender()->SendRouted(carrier);
    return HookVerdict::TAKEN;
}

bool
Ipv4TransparentGateway::IsFromGateway(const Ipv4WireHeader& header) const
{
    return header.Is(Ipv4Protocol::IPV4) && m_gateways.count(header.source) != 0 &&
           m_hooks->GetIpv4()->GetInterfaceForAddress(Ipv4Address(header.destination)) >= 0;
}

HookVerdict
Ipv4TransparentGateway::DropInner(Ipv4HookPacket& packet) const
{
    packet.dropReason = IP_BAD_INNER;
    return HookVerdict::DROP;
}

HookVerdict
Ipv4TransparentGateway::Leave(Ipv4HookPacket& packet)
{
    if (packet.header.IsFragment() || !IsFromGateway(packet.header))
    {
        return HookVerdict::ACCEPT;
    }
    std::array<uint8_t, Ipv4WireHeader::MAX_SIZE> bytes;
    const uint32_t copied = packet.payload->CopyData(bytes.data(), bytes.size());
    const auto decoded = Ipv4WireHeader::Decode(ByteView(bytes.data(), copied), {});
    const uint32_t size = packet.payload->GetSize();
    // A gateway packs nothing that it got packed, so depth has an end.
    if (!decoded || !decoded->options.empty() || decoded->totalLength > size ||
        IsFromGateway(*decoded) || (Node::ChecksumEnabled() && !decoded->HasRightChecksum()))
    {
        return DropInner(packet);
    }
    Ipv4WireHeader inner = *decoded;
    // RFC 6040 section 4.2: congestion that the outer datagram met is the inner one's.
    if (packet.header.ecn == ECN_CE)
    {
        if (inner.ecn == 0)
        {
            return DropInner(packet);
        }
        inner.UpdateTrafficClass(inner.dscp, ECN_CE);
    }
    m_left(inner, Ipv4Address(packet.header.source));
    packet.payload->RemoveAtEnd(size - inner.totalLength);
    RemoveFront(packet.payload, static_cast<uint32_t>(inner.HeaderSize()));
    packet.header = inner;
    m_hooks->Resume(packet, nullptr);
    return HookVerdict::TAKEN;
}

} // namespace strata
} // namespace ns3

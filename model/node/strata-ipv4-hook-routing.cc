// SPDX-License-Identifier: GPL-2.0-only

#include "strata-ipv4-hook-routing.h"

#include "strata-datagram-item.h"
#include "strata-ipv4-convert.h"
#include "strata-ipv4-egress-layer.h"
#include "strata-ipv4-hooks.h"
#include "strata-packet-front.h"
#include "strata-raw-header.h"
#include "strata-transport-front.h"

#include "ns3/ipv4-interface.h"
#include "ns3/log.h"
#include "ns3/strata-udp-header.h"
#include "ns3/udp-header.h"

namespace ns3
{
namespace strata
{

NS_LOG_COMPONENT_DEFINE("StrataIpv4HookRouting");

NS_OBJECT_ENSURE_REGISTERED(Ipv4HookRouting);

TypeId
Ipv4HookRouting::GetTypeId()
{
    static TypeId tid =
        TypeId("ns3::strata::Ipv4HookRouting").SetParent<Ipv4ListRouting>().SetGroupName("Strata");
    return tid;
}

Ipv4HookRouting::Ipv4HookRouting(Ipv4Hooks* hooks, Ptr<Ipv4RoutingProtocol> inner)
    : m_hooks(hooks),
      m_inner(inner),
      m_list(DynamicCast<Ipv4ListRouting>(inner)),
      // a lambda costs a packet less than MakeCallback()
      m_onForward([this](const Ptr<Ipv4Route>& route,
                         const Ptr<const Packet>& payload,
                         const Ipv4Header& header) { OnForward(route, payload, header); }),
      m_onMulticast([this](const Ptr<Ipv4MulticastRoute>& route,
                           const Ptr<const Packet>& payload,
                           const Ipv4Header& header) { OnMulticast(route, payload, header); }),
      m_onLocal(MakeCallback(&Ipv4HookRouting::OnLocal, this)),
      m_onError(MakeCallback(&Ipv4HookRouting::OnError, this))
{
}

Ipv4HookRouting::~Ipv4HookRouting() = default;

Ptr<Ipv4Route>
Ipv4HookRouting::RouteOutput(Ptr<Packet> p,
                             const Ipv4Header& header,
                             Ptr<NetDevice> oif,
                             Socket::SocketErrno& sockerr)
{
    // Sockets ask with what they are about to send, others with nothing.
    if (m_hooks->m_guard && p && PeekPointer(m_hooks->m_routing) == this)
    {
        if (const auto refusal = m_hooks->m_guard->WhyNotSend(header, p))
        {
            Refuse(p, header, refusal->reason);
            sockerr = refusal->error;
            return nullptr;
        }
    }
    return LookUp(p, header, oif, sockerr);
}

void
Ipv4HookRouting::Refuse(const Ptr<Packet>& payload, const Ipv4Header& header, DropReason reason)
{
    const bool udp = header.GetProtocol() == static_cast<uint8_t>(Ipv4Protocol::UDP);
    if (payload->GetSize() == 0 && header.GetProtocol() == static_cast<uint8_t>(Ipv4Protocol::ICMP))
    {
        return; // No message is empty: it is a mere question for the way.
    }
    Ptr<Packet> datagram = payload->Copy();
    if (udp) // it asks before it has put its header in front
    {
        UdpWireHeader front;
        front.length = static_cast<uint16_t>(UdpWireHeader::SIZE + datagram->GetSize());
        AddFront(datagram, RawHeader(EncodeToBytes(front), UdpHeader::GetTypeId()));
    }
    Ipv4WireHeader wire = FromStockHeader(header, datagram->GetSize());
    if (m_hooks->GetIpv4()->GetInterfaceForAddress(header.GetSource()) < 0)
    {
        wire.source = 0; // not yet chosen
    }
    PrependHeader(wire, datagram);
    m_hooks->GetStrataNode()->ReportDrop(datagram, reason);
}

Ptr<Ipv4Route>
Ipv4HookRouting::LookUp(Ptr<Packet> p,
                        const Ipv4Header& header,
                        Ptr<NetDevice> oif,
                        Socket::SocketErrno& sockerr)
{
    // Groups of a link have no route without the link; the stock protocols do not survive the
    // question, which a forged quote in an ICMP error can make a node ask.
    if (!oif && header.GetDestination().IsLocalMulticast())
    {
        sockerr = Socket::ERROR_NOROUTETOHOST;
        return nullptr;
    }
    if (header.GetDestination().IsBroadcast())
    {
        return LookUpLimited(p, header, oif, sockerr);
    }
    return m_inner->RouteOutput(p, header, oif, sockerr);
}

namespace
{

/** All on the link of \p device, or the one of them that a datagram is for. */
Ptr<Ipv4Route>
OnLink(Ipv4Address source, Ipv4Address destination, Ptr<NetDevice> device)
{
    Ptr<Ipv4Route> route = Create<Ipv4Route>();
    route->SetSource(source);
    route->SetDestination(destination);
    route->SetGateway(Ipv4Address::GetAny());
    route->SetOutputDevice(device);
    return route;
}

} // namespace

Ptr<Ipv4Route>
Ipv4HookRouting::BroadcastRoute(Ipv4Address source, Ipv4Address destination) const
{
    // Every broadcast address ends in two ones at least.
    if ((destination.Get() & 3) != 3 || destination.IsMulticast())
    {
        return nullptr;
    }
    const bool limited = destination.IsBroadcast();
    Ptr<Ipv4L3Protocol> ipv4 = m_hooks->GetIpv4();
    Ptr<NetDevice> device;
    for (uint32_t i = 0; i < ipv4->GetNInterfaces(); ++i)
    {
        const Ptr<Ipv4Interface> interface = ipv4->GetInterface(i);
        for (uint32_t j = 0; j < interface->GetNAddresses(); ++j)
        {
            const Ipv4InterfaceAddress own = interface->GetAddress(j);
            const uint32_t local = own.GetLocal().Get();
            const uint32_t hosts = ~own.GetMask().Get();
            const bool here = limited ? own.GetLocal() == source
                                      : hosts > 1 && destination.Get() == (local | hosts);
            if (!here)
            {
                continue;
            }
            if (!limited)
            {
                return OnLink(source, destination, interface->GetDevice());
            }
            if (device)
            {
                return nullptr;
            }
            device = interface->GetDevice();
            break;
        }
    }
    return device ? OnLink(source, destination, device) : nullptr;
}

Ptr<Ipv4Route>
Ipv4HookRouting::LookUpLimited(Ptr<Packet> p,
                               const Ipv4Header& header,
                               Ptr<NetDevice> oif,
                               Socket::SocketErrno& sockerr)
{
    const Ipv4Address destination = header.GetDestination();
    Ptr<Ipv4Route> route;
    if (!oif)
    {
        route = BroadcastRoute(header.GetSource(), destination);
    }
    if (!route)
    {
        route = m_inner->RouteOutput(p, header, oif, sockerr);
        if (!route)
        {
            return nullptr;
        }
        route = OnLink(route->GetSource(), destination, route->GetOutputDevice());
    }
    sockerr = Socket::ERROR_NOTERROR;
    return route;
}

bool
Ipv4HookRouting::RouteInput(Ptr<const Packet> p,
                            const Ipv4Header& header,
                            Ptr<const NetDevice> idev,
                            RouteInput4::Unicast ucb,
                            RouteInput4::Multicast mcb,
                            RouteInput4::Local lcb,
                            RouteInput4::Error ecb)
{
    if (PeekPointer(m_hooks->m_routing) != this)
    {
        // A user put it into another protocol, around which its successor stands.
        return m_inner->RouteInput(p, header, idev, ucb, mcb, lcb, ecb);
    }
    if (m_stockForward.IsNull() || m_stockLocal.IsNull())
    {
        m_stockForward = ucb;
        m_stockMulticast = mcb;
        m_stockLocal = lcb;
    }
    const bool forward =
        m_hooks->HasElements(HookPoint::FORWARD) || m_hooks->HasElements(HookPoint::POSTROUTING);
    const bool input = m_hooks->HasElements(HookPoint::INPUT);
    if (m_hooks->m_guard && m_hooks->m_guard->ClaimsLocal(header.GetDestination().Get(), idev))
    {
        const int32_t interface = m_hooks->GetIpv4()->GetInterfaceForDevice(idev);
        (input ? m_onLocal : lcb)(p, header, static_cast<uint32_t>(interface));
        return true;
    }
    if (m_hooks->m_guard && m_hooks->m_mistakable && m_hooks->IsOtherOfTwo(header.GetDestination()))
    {
        Ptr<Ipv4L3Protocol> ipv4 = m_hooks->GetIpv4();
        const int32_t interface = ipv4->GetInterfaceForDevice(idev);
        Socket::SocketErrno error = Socket::ERROR_NOROUTETOHOST;
        Ptr<Ipv4Route> route;
        if (ipv4->IsForwarding(static_cast<uint32_t>(interface)))
        {
            route = LookUp(p->Copy(), header, nullptr, error);
        }
        route ? (forward ? m_onForward : ucb)(route, p, header) : OnError(p, header, error);
        return true;
    }
    if (m_inner->RouteInput(p,
                            header,
                            idev,
                            forward ? m_onForward : ucb,
                            m_hooks->m_guard ? m_onMulticast : mcb,
                            input ? m_onLocal : lcb,
                            m_hooks->m_guard ? m_onError : ecb))
    {
        return true;
    }
    if (m_hooks->m_guard)
    {
        OnError(p, header, Socket::ERROR_NOROUTETOHOST);
        return true;
    }
    return false;
}

Ipv4HookPacket
Ipv4HookRouting::MakePacket(HookPoint point,
                            Ptr<const Packet> payload,
                            const Ipv4Header& header) const
{
    Ipv4HookPacket packet;
    if (const Ipv4Reception* received = m_hooks->m_received)
    {
        packet.in = received->in;
        packet.from = received->from;
        packet.to = received->to;
        packet.packetType = received->packetType;
    }
    packet.header = FromStockHeader(header, payload->GetSize());
    packet.receivedTtl = packet.header.ttl;
    packet.payload = payload->Copy();
    packet.point = point;
    return packet;
}

void
Ipv4HookRouting::OnForward(const Ptr<Ipv4Route>& route,
                           const Ptr<const Packet>& payload,
                           const Ipv4Header& header)
{
    const Ipv4Reception* received = m_hooks->m_received;
    std::optional<Ipv4HookPlace> seen;
    if (received && received->seen && received->seen->point != HookPoint::PREROUTING)
    {
        seen = received->seen;
    }
    else if (received && m_hooks->m_guard && m_hooks->MayPassBy() &&
             CanStockHash(header, *payload) &&
             m_hooks->m_guard->IsPlainForward(header,
                                              payload->GetSize() + header.GetSerializedSize(),
                                              *route,
                                              received->in) &&
             !(m_hooks->m_mistakable &&
               m_hooks->IsMistaken(route->GetOutputDevice(),
                                   route->GetGateway() == Ipv4Address::GetAny()
                                       ? header.GetDestination()
                                       : route->GetGateway())))
    {
        if (!m_hooks->HasPassing())
        {
            PassBy(route, payload, header);
            return;
        }
        Ptr<const Packet> shown = payload;
        Ipv4Header after = header;
        if (ShowInPassing(*received, *route, shown, after, seen))
        {
            if (shown != payload && route->GetOutputDevice()->NeedsArp())
            {
                // While it waits for its neighbour nobody knows any more that it was in transit.
                const Ipv4Address gateway = route->GetGateway();
                const bool direct = gateway == Ipv4Address::GetAny();
                shown->AddPacketTag(
                    Ipv4HookTag(after.IsDontFragment(), direct ? after.GetDestination() : gateway));
                m_stockForward(route, shown, after);
                return;
            }
            PassBy(route, shown, after);
            return;
        }
        Run(route, shown, after, seen);
        return;
    }
    Run(route, payload, header, seen);
}

void
Ipv4HookRouting::PassBy(const Ptr<Ipv4Route>& route,
                        const Ptr<const Packet>& payload,
                        const Ipv4Header& header)
{
    m_hooks->m_isPassing = true;
    m_stockForward(route, payload, header);
    m_hooks->m_isPassing = false;
}

bool
Ipv4HookRouting::ShowInPassing(const Ipv4Reception& received,
                               const Ipv4Route& route,
                               Ptr<const Packet>& payload,
                               Ipv4Header& header,
                               std::optional<Ipv4HookPlace>& seen) const
{
    if (header.GetSerializedSize() != Ipv4WireHeader::MIN_SIZE || !header.IsLastFragment() ||
        header.GetFragmentOffset() != 0)
    {
        return false;
    }
    TransportFront front(header.GetProtocol(), *payload);
    Ipv4PassingDatagram datagram;
    datagram.source = header.GetSource().Get();
    datagram.destination = header.GetDestination().Get();
    datagram.protocol = header.GetProtocol();
    datagram.transport = front.data();
    datagram.transportSize = front.size();
    datagram.size = payload->GetSize() + header.GetSerializedSize();
    datagram.packet = PeekPointer(payload);
    datagram.in = PeekPointer(received.in);
    datagram.out = PeekPointer(route.GetOutputDevice());
    const bool all = m_hooks->ShowInPassing(HookPoint::FORWARD, datagram, seen) &&
                     m_hooks->ShowInPassing(HookPoint::POSTROUTING, datagram, seen);
    if (datagram.changed)
    {
        Ptr<Packet> changed = payload->Copy();
        front.PutBack(changed);
        payload = changed;
        header.SetSource(Ipv4Address(datagram.source));
        header.SetDestination(Ipv4Address(datagram.destination));
    }
    return all;
}

void
Ipv4HookRouting::Run(const Ptr<Ipv4Route>& route,
                     const Ptr<const Packet>& payload,
                     const Ipv4Header& header,
                     const std::optional<Ipv4HookPlace>& seen)
{
    Ipv4HookPacket packet = MakePacket(HookPoint::FORWARD, payload, header);
    packet.route = route;
    if (packet.header.ttl > 0)
    {
        --packet.header.ttl;
    }
    packet.point = seen ? seen->point : HookPoint::FORWARD;
    if (m_hooks->RunBehind(packet, seen))
    {
        m_hooks->Proceed(packet);
    }
}

/** The stock stack knows how, but says to nobody that it does not. */
void
Ipv4HookRouting::OnMulticast(const Ptr<Ipv4MulticastRoute>& route,
                             const Ptr<const Packet>& payload,
                             const Ipv4Header& header)
{
    if (header.GetTtl() > 1)
    {
        m_stockMulticast(route, payload, header);
        return;
    }
    if (!route->GetOutputTtlMap().empty())
    {
        Ipv4HookPacket packet = MakePacket(HookPoint::FORWARD, payload, header);
        m_hooks->m_guard->GroupExpired(packet);
    }
}

/** The stock stack would only log it. */
void
Ipv4HookRouting::OnError(Ptr<const Packet> payload, const Ipv4Header& header, Socket::SocketErrno)
{
    Ipv4HookPacket packet = MakePacket(HookPoint::FORWARD, payload, header);
    m_hooks->m_guard->Unroutable(packet);
}

void
Ipv4HookRouting::OnLocal(Ptr<const Packet> payload, const Ipv4Header& header, uint32_t interface)
{
    Ipv4HookPacket packet = MakePacket(HookPoint::INPUT, payload, header);
    if (!packet.in)
    {
        packet.in = m_hooks->GetIpv4()->GetNetDevice(interface);
    }
    if (m_hooks->Run(packet))
    {
        m_hooks->Proceed(packet);
    }
}

void
Ipv4HookRouting::Succeed(const Ipv4HookRouting& former)
{
    m_stockForward = former.m_stockForward;
    m_stockMulticast = former.m_stockMulticast;
    m_stockLocal = former.m_stockLocal;
}

void
Ipv4HookRouting::ForwardByStock(Ipv4HookPacket& packet)
{
    Ipv4Header header = ToStockHeader(packet.header);
    // The stock stack takes one off; 256 does not come up, for FORWARD takes one off as well.
    header.SetTtl(static_cast<uint8_t>(packet.header.ttl + 1));
    m_stockForward(packet.route, packet.payload, header);
}

void
Ipv4HookRouting::DeliverByStock(Ipv4HookPacket& packet)
{
    const int32_t interface = m_hooks->GetIpv4()->GetInterfaceForDevice(packet.in);
    m_stockLocal(packet.payload, ToStockHeader(packet.header), static_cast<uint32_t>(interface));
}

void
Ipv4HookRouting::NotifyInterfaceUp(uint32_t interface)
{
    m_inner->NotifyInterfaceUp(interface);
    m_hooks->Refresh();
}

void
Ipv4HookRouting::NotifyInterfaceDown(uint32_t interface)
{
    m_inner->NotifyInterfaceDown(interface);
    m_hooks->HearAddressChange();
}

void
Ipv4HookRouting::NotifyAddAddress(uint32_t interface, Ipv4InterfaceAddress address)
{
    m_inner->NotifyAddAddress(interface, address);
    m_hooks->HearAddressChange();
}

void
Ipv4HookRouting::NotifyRemoveAddress(uint32_t interface, Ipv4InterfaceAddress address)
{
    m_inner->NotifyRemoveAddress(interface, address);
    m_hooks->HearAddressChange();
}

void
Ipv4HookRouting::SetIpv4(Ptr<Ipv4>)
{
    // The inner protocol is bound already, and may not be bound twice.
}

void
Ipv4HookRouting::PrintRoutingTable(Ptr<OutputStreamWrapper> stream, Time::Unit unit) const
{
    m_inner->PrintRoutingTable(stream, unit);
}

void
Ipv4HookRouting::AddRoutingProtocol(Ptr<Ipv4RoutingProtocol> routingProtocol, int16_t priority)
{
    NS_ABORT_MSG_UNLESS(m_list,
                        "This node has a single routing protocol, " << m_inner->GetInstanceTypeId()
                                                                    << ", and no list to add to");
    m_list->AddRoutingProtocol(routingProtocol, priority);
}

uint32_t
Ipv4HookRouting::GetNRoutingProtocols() const
{
    return m_list ? m_list->GetNRoutingProtocols() : 1;
}

Ptr<Ipv4RoutingProtocol>
Ipv4HookRouting::GetRoutingProtocol(uint32_t index, int16_t& priority) const
{
    if (m_list)
    {
        return m_list->GetRoutingProtocol(index, priority);
    }
    NS_ABORT_MSG_UNLESS(index == 0, "There is one routing protocol, not " << index + 1);
    priority = 0;
    return m_inner;
}

void
Ipv4HookRouting::DoInitialize()
{
    m_inner->Initialize();
    Ipv4ListRouting::DoInitialize();
}

void
Ipv4HookRouting::DoDispose()
{
    m_hooks = nullptr;
    m_inner = nullptr;
    m_list = nullptr;
    m_stockForward.Nullify();
    m_stockMulticast.Nullify();
    m_stockLocal.Nullify();
    Ipv4ListRouting::DoDispose();
}

} // namespace strata
} // namespace ns3

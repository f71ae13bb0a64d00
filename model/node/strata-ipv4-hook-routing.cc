// SPDX-License-Identifier: GPL-2.0-only

#include "strata-ipv4-hook-routing.h"

#include "strata-datagram-item.h"
#include "strata-ipv4-convert.h"
#include "strata-ipv4-hooks.h"

#include "ns3/log.h"

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
    if (m_hooks->m_guard && p)
    {
        if (const auto refusal = m_hooks->m_guard->WhyNotSend(header, p))
        {
            if (p->GetSize() > 0)
            {
                m_hooks->GetStrataNode()->ReportDrop(p, refusal->reason);
            }
            sockerr = refusal->error;
            return nullptr;
        }
    }
    return LookUp(p, header, oif, sockerr);
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
    return m_inner->RouteOutput(p, header, oif, sockerr);
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
    if (m_stockForward.IsNull() || m_stockLocal.IsNull())
    {
        m_stockForward = ucb;
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
    if (m_inner->RouteInput(p,
                            header,
                            idev,
                            forward ? m_onForward : ucb,
                            mcb,
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
    if (const Ipv4Hooks::Reception* received = m_hooks->m_received)
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
    const Ipv4Hooks::Reception* received = m_hooks->m_received;
    if (received && m_hooks->m_guard && m_hooks->MayPassBy() && CanStockHash(header, *payload) &&
        m_hooks->m_guard->IsPlainForward(header,
                                         payload->GetSize() + header.GetSerializedSize(),
                                         *route,
                                         received->in))
    {
        m_hooks->m_passing = true;
        m_stockForward(route, payload, header);
        m_hooks->m_passing = false;
        return;
    }
    Ipv4HookPacket packet = MakePacket(HookPoint::FORWARD, payload, header);
    packet.route = route;
    if (packet.header.ttl > 0)
    {
        --packet.header.ttl;
    }
    if (m_hooks->Run(packet))
    {
        m_hooks->Proceed(packet);
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
    ++m_hooks->m_addressVersion;
    m_hooks->Refresh();
}

void
Ipv4HookRouting::NotifyInterfaceDown(uint32_t interface)
{
    m_inner->NotifyInterfaceDown(interface);
    ++m_hooks->m_addressVersion;
}

void
Ipv4HookRouting::NotifyAddAddress(uint32_t interface, Ipv4InterfaceAddress address)
{
    m_inner->NotifyAddAddress(interface, address);
    ++m_hooks->m_addressVersion;
}

void
Ipv4HookRouting::NotifyRemoveAddress(uint32_t interface, Ipv4InterfaceAddress address)
{
    m_inner->NotifyRemoveAddress(interface, address);
    ++m_hooks->m_addressVersion;
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
    m_stockLocal.Nullify();
    Ipv4ListRouting::DoDispose();
}

} // namespace strata
} // namespace ns3

// SPDX-License-Identifier: GPL-2.0-only

#include "strata-ipv4-hooks.h"

#include "strata-ipv4-convert.h"
#include "strata-ipv4-egress-layer.h"
#include "strata-ipv4-hook-routing.h"
#include "strata-packet-front.h"

#include "ns3/ipv4-interface.h"
#include "ns3/log.h"
#include "ns3/socket.h"
#include "ns3/strata-ether-type.h"
#include "ns3/uinteger.h"

#include <algorithm>

namespace ns3
{
namespace strata
{

NS_LOG_COMPONENT_DEFINE("StrataIpv4Hooks");

NS_OBJECT_ENSURE_REGISTERED(Ipv4HookElement);
NS_OBJECT_ENSURE_REGISTERED(Ipv4Hooks);

TypeId
Ipv4HookElement::GetTypeId()
{
    static TypeId tid =
        TypeId("ns3::strata::Ipv4HookElement").SetParent<Object>().SetGroupName("Strata");
    return tid;
}

/** Remembers where a transport protocol sent to before the hook points came between. */
class Ipv4Hooks::Output : public SimpleRefCount<Ipv4Hooks::Output>
{
  public:
    Output(Ipv4Hooks* hooks, IpL4Protocol::DownTargetCallback down)
        : m_hooks(hooks),
          m_down(down)
    {
    }

    void Send(Ptr<Packet> payload,
              Ipv4Address source,
              Ipv4Address destination,
              uint8_t protocol,
              Ptr<Ipv4Route> route)
    {
        m_hooks->Send(payload, source, destination, protocol, route, m_down);
    }

    const IpL4Protocol::DownTargetCallback& Down() const
    {
        return m_down;
    }

  private:
    Ipv4Hooks* m_hooks;
    IpL4Protocol::DownTargetCallback m_down;
};

TypeId
Ipv4Hooks::GetTypeId()
{
    static TypeId tid = TypeId("ns3::strata::Ipv4Hooks")
                            .SetParent<Object>()
                            .SetGroupName("Strata")
                            .AddConstructor<Ipv4Hooks>();
    return tid;
}

Ipv4Hooks::Ipv4Hooks()
    // a lambda costs a packet less than MakeCallback()
    : m_receive([this](const Ptr<NetDevice>& device,
                       const Ptr<const Packet>& datagram,
                       uint16_t,
                       const Address& from,
                       const Address& to,
                       NetDevice::PacketType packetType) {
          Receive({device, from, to, packetType}, datagram);
      })
{
}

Ipv4Hooks::~Ipv4Hooks() = default;

Ptr<Ipv4Hooks>
Ipv4Hooks::Of(Ptr<Node> node)
{
    Ptr<Ipv4Hooks> hooks = node->GetObject<Ipv4Hooks>();
    if (!hooks)
    {
        StrataNode::Of(node);
        hooks = CreateObject<Ipv4Hooks>();
        node->AggregateObject(hooks);
    }
    return hooks;
}

bool
Ipv4Hooks::Attach(HookPoint point, int priority, Ptr<Ipv4HookElement> element)
{
    NS_LOG_FUNCTION(this << static_cast<int>(point) << priority << element);
    auto& elements = m_elements[static_cast<std::size_t>(point)];
    const auto same = [&](const Attached& a) { return a.element == element; };
    if (std::any_of(elements.begin(), elements.end(), same))
    {
        return false;
    }
    const auto behind =
        std::upper_bound(elements.begin(),
                         elements.end(),
                         priority,
                         [](int value, const Attached& a) { return value < a.priority; });
    elements.insert(behind, Attached{priority, element});
    m_wanted = true;
    Review();
    Refresh();
    return true;
}

bool
Ipv4Hooks::Detach(HookPoint point, Ptr<Ipv4HookElement> element)
{
    NS_LOG_FUNCTION(this << static_cast<int>(point) << element);
    auto& elements = m_elements[static_cast<std::size_t>(point)];
    const auto same = [&](const Attached& a) { return a.element == element; };
    const auto found = std::find_if(elements.begin(), elements.end(), same);
    if (found == elements.end())
    {
        return false;
    }
    elements.erase(found);
    Review();
    return true;
}

void
Ipv4Hooks::Review()
{
    m_mayPassBy = true;
    for (const HookPoint point :
         {HookPoint::PREROUTING, HookPoint::FORWARD, HookPoint::POSTROUTING})
    {
        for (const Attached& attached : m_elements[static_cast<std::size_t>(point)])
        {
            m_mayPassBy = m_mayPassBy && !attached.element->NeedsAll();
        }
    }
}

void
Ipv4Hooks::SetGuard(Ipv4IngressGuard* guard)
{
    m_guard = guard;
    m_wanted = m_wanted || guard;
    Refresh();
}

Ptr<Ipv4RoutingProtocol>
Ipv4Hooks::GetRouting() const
{
    return m_routing ? m_routing->GetInner() : nullptr;
}

void
Ipv4Hooks::Refresh()
{
    if (!m_wanted || !m_ipv4 || !m_ipv4->GetRoutingProtocol())
    {
        return;
    }
    NS_LOG_FUNCTION(this);
    ++m_addressVersion;
    UintegerValue ttl;
    m_ipv4->GetAttribute("DefaultTtl", ttl);
    m_defaultTtl = static_cast<uint8_t>(ttl.Get());
    m_strataNode->TakeOver(EtherType::IPV4, m_receive);
    m_strataNode->TakeOverNewInterfaces();
    // A user may have set another routing protocol since.
    if (!DynamicCast<Ipv4HookRouting>(m_ipv4->GetRoutingProtocol()))
    {
        m_routing = CreateObject<Ipv4HookRouting>(this, m_ipv4->GetRoutingProtocol());
        m_ipv4->SetRoutingProtocol(m_routing);
    }
    InstallOutputs();
    InstallEgress();
}

void
Ipv4Hooks::InstallOutputs()
{
    for (int number = 0; number < 256; ++number)
    {
        Ptr<IpL4Protocol> protocol = m_ipv4->GetProtocol(number);
        if (!protocol)
        {
            continue;
        }
        Ptr<Output>& output = m_outputs[number];
        const IpL4Protocol::DownTargetCallback present = protocol->GetDownTarget();
        if (present.IsNull() ||
            (output && present.IsEqual(MakeCallback(&Output::Send, PeekPointer(output)))))
        {
            continue;
        }
        output = Create<Output>(this, present);
        protocol->SetDownTarget(MakeCallback(&Output::Send, PeekPointer(output)));
    }
}

void
Ipv4Hooks::InstallEgress()
{
    if (!m_egress)
    {
        Ptr<TrafficControlLayer> next = m_ipv4->GetObject<TrafficControlLayer>();
        if (!next)
        {
            return;
        }
        m_egress = CreateObject<Ipv4EgressLayer>(this, next);
    }
    for (uint32_t i = 0; i < m_ipv4->GetNInterfaces(); ++i)
    {
        m_ipv4->GetInterface(i)->SetTrafficControl(m_egress);
    }
}

void
Ipv4Hooks::Receive(const Reception& received, const Ptr<const Packet>& datagram)
{
    Ipv4WireHeader header;
    bool plain = !HasElements(HookPoint::PREROUTING);
    if (m_guard)
    {
        const Ipv4Admission admission = m_guard->Admit(received.in,
                                                       datagram,
                                                       received.from,
                                                       received.to,
                                                       received.packetType,
                                                       header);
        if (admission == Ipv4Admission::REFUSED)
        {
            return;
        }
        plain = plain || admission == Ipv4Admission::PLAIN;
    }
    else if (!plain)
    {
        std::array<uint8_t, Ipv4WireHeader::MAX_SIZE> bytes;
        const uint32_t size = datagram->CopyData(bytes.data(), bytes.size());
        const auto decoded = Ipv4WireHeader::Decode(ByteView(bytes.data(), size), {});
        // What is malformed is not for elements; the stock stack does with it what it always does.
        if (!decoded || (Node::ChecksumEnabled() && !decoded->HasRightChecksum()) ||
            decoded->totalLength > datagram->GetSize())
        {
            PassToStock(received, datagram);
            return;
        }
        header = *decoded;
    }
    if (plain)
    {
        PassToStock(received, datagram);
        return;
    }
    Ipv4HookPacket packet;
    packet.header = header;
    packet.in = received.in;
    packet.from = received.from;
    packet.to = received.to;
    packet.packetType = received.packetType;
    packet.payload = datagram->Copy();
    packet.payload->RemoveAtEnd(packet.payload->GetSize() - packet.header.totalLength);
    RemoveFront(packet.payload, static_cast<uint32_t>(packet.header.HeaderSize()));
    if (Run(packet))
    {
        Proceed(packet);
    }
}

bool
Ipv4Hooks::Run(Ipv4HookPacket& packet)
{
    return RunFrom(packet, 0);
}

bool
Ipv4Hooks::RunFrom(Ipv4HookPacket& packet, std::size_t first)
{
    const auto& elements = m_elements[static_cast<std::size_t>(packet.point)];
    for (std::size_t i = first; i < elements.size(); ++i)
    {
        // An element may detach itself, or others, while it runs.
        const Ptr<Ipv4HookElement> element = elements[i].element;
        switch (element->Process(packet))
        {
        case HookVerdict::ACCEPT:
            break;
        case HookVerdict::DROP:
            Drop(packet);
            return false;
        case HookVerdict::TAKEN:
            return false;
        }
    }
    return true;
}

void
Ipv4Hooks::Resume(Ipv4HookPacket packet, Ptr<const Ipv4HookElement> element)
{
    const auto& elements = m_elements[static_cast<std::size_t>(packet.point)];
    std::size_t next = 0;
    for (std::size_t i = 0; i < elements.size(); ++i)
    {
        if (elements[i].element == element)
        {
            next = i + 1;
        }
    }
    if (RunFrom(packet, next))
    {
        Proceed(packet);
    }
}

void
Ipv4Hooks::Proceed(Ipv4HookPacket& packet)
{
    packet.header.totalLength =
        static_cast<uint16_t>(packet.header.HeaderSize() + packet.payload->GetSize());
    switch (packet.point)
    {
    case HookPoint::PREROUTING:
        DeliverToStock(packet);
        break;
    case HookPoint::INPUT:
        m_routing->DeliverByStock(packet);
        break;
    case HookPoint::FORWARD:
    case HookPoint::OUTPUT:
        packet.point = HookPoint::POSTROUTING;
        if (Run(packet))
        {
            Proceed(packet);
        }
        break;
    case HookPoint::POSTROUTING:
        Leave(packet);
        break;
    }
}

void
Ipv4Hooks::DeliverToStock(Ipv4HookPacket& packet)
{
    PrependHeader(packet.header, packet.payload);
    PassToStock({packet.in, packet.from, packet.to, packet.packetType}, packet.payload);
}

/** Straight to the protocol: to ask the traffic control layer for it is a walk over its handlers.
 */
void
Ipv4Hooks::PassToStock(const Reception& received, const Ptr<const Packet>& datagram)
{
    const Reception* outer = m_received;
    m_received = &received;
    m_ipv4->Receive(received.in,
                    datagram,
                    EtherType::IPV4,
                    received.from,
                    received.to,
                    received.packetType);
    m_received = outer;
}

void
Ipv4Hooks::Send(Ptr<Packet> payload,
                Ipv4Address source,
                Ipv4Address destination,
                uint8_t protocol,
                Ptr<Ipv4Route> route,
                const IpL4Protocol::DownTargetCallback& down)
{
    if (!HasElements(HookPoint::OUTPUT) && !HasElements(HookPoint::POSTROUTING))
    {
        down(payload, source, destination, protocol, route);
        return;
    }
    Ipv4HookPacket packet;
    packet.point = HookPoint::OUTPUT;
    packet.local = true;
    packet.payload = payload;
    packet.route = route;
    Ipv4WireHeader& header = packet.header;
    header.totalLength = static_cast<uint16_t>(header.HeaderSize() + payload->GetSize());
    header.protocol = protocol;
    header.source = source.Get();
    header.destination = destination.Get();
    SocketIpTtlTag ttlTag;
    if (payload->RemovePacketTag(ttlTag))
    {
        header.ttl = ttlTag.GetTtl();
    }
    else
    {
        header.ttl = m_defaultTtl;
    }
    SocketIpTosTag tosTag;
    if (payload->RemovePacketTag(tosTag))
    {
        header.dscp = tosTag.GetTos() >> 2;
        header.ecn = tosTag.GetTos() & 3;
    }
    if (!packet.route)
    {
        Socket::SocketErrno error;
        // Broadcasts have no route; the stock stack finds their interfaces itself.
        packet.route = m_routing->LookUp(payload, ToStockHeader(header), nullptr, error);
    }
    if (Run(packet))
    {
        Proceed(packet);
    }
}

void
Ipv4Hooks::Leave(Ipv4HookPacket& packet)
{
    const Ipv4WireHeader& header = packet.header;
    if (!packet.local)
    {
        packet.payload->AddPacketTag(Ipv4HookTag(header.dontFragment));
        m_routing->ForwardByStock(packet);
        return;
    }
    // Tags say to the stock stack what its way down has no parameter for; that way fires the trace
    // that flow monitors rely on.
    packet.payload->AddPacketTag(Ipv4HookTag(header.dontFragment));
    if (header.identification != 0 || header.moreFragments || header.fragmentOffset != 0)
    {
        m_ipv4->SendWithHeader(packet.payload, ToStockHeader(header), packet.route);
        return;
    }
    SocketIpTtlTag ttlTag;
    ttlTag.SetTtl(header.ttl);
    packet.payload->AddPacketTag(ttlTag);
    if (header.dscp != 0 || header.ecn != 0)
    {
        SocketIpTosTag tosTag;
        tosTag.SetTos(static_cast<uint8_t>(header.dscp << 2 | header.ecn));
        packet.payload->AddPacketTag(tosTag);
    }
    const auto output = m_outputs.find(header.protocol);
    const Ipv4Address source(header.source);
    const Ipv4Address destination(header.destination);
    if (output != m_outputs.end() && output->second)
    {
        output->second->Down()(packet.payload, source, destination, header.protocol, packet.route);
    }
    else
    {
        m_ipv4->Send(packet.payload, source, destination, header.protocol, packet.route);
    }
}

void
Ipv4Hooks::Drop(const Ipv4HookPacket& packet)
{
    Ptr<Packet> datagram = packet.payload->Copy();
    PrependHeader(packet.header, datagram);
    m_strataNode->ReportDrop(datagram, packet.dropReason, packet.in ? packet.in : packet.Out());
}

void
Ipv4Hooks::NotifyNewAggregate()
{
    if (!m_ipv4)
    {
        m_ipv4 = GetObject<Ipv4L3Protocol>();
    }
    if (!m_strataNode)
    {
        m_strataNode = GetObject<StrataNode>();
    }
    Object::NotifyNewAggregate();
    if (m_strataNode)
    {
        Refresh();
    }
}

void
Ipv4Hooks::DoInitialize()
{
    Refresh();
    Object::DoInitialize();
}

void
Ipv4Hooks::DoDispose()
{
    NS_LOG_FUNCTION(this);
    m_guard = nullptr;
    for (auto& elements : m_elements)
    {
        elements.clear();
    }
    m_outputs.clear();
    m_routing = nullptr;
    m_egress = nullptr;
    m_ipv4 = nullptr;
    m_strataNode = nullptr;
    Object::DoDispose();
}

} // namespace strata
} // namespace ns3

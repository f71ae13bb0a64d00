// SPDX-License-Identifier: GPL-2.0-only

#include "strata-ipv4-hooks.h"

#include "strata-grant.h"
#include "strata-ipv4-convert.h"
#include "strata-ipv4-egress-layer.h"
#include "strata-ipv4-hook-routing.h"
#include "strata-packet-front.h"

#include "ns3/ipv4-interface.h"
#include "ns3/log.h"
#include "ns3/loopback-net-device.h"
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

namespace
{

STRATA_GRANT(StackRouting, Ipv4L3Protocol::m_routingProtocol) // to ask for it costs a packet more

/** Whether the hook points do not stand around the stack's routing protocol, or no longer. */
bool
IsReplaced(const Ptr<Ipv4HookRouting>& routing, const Ipv4L3Protocol& ipv4)
{
    return PeekPointer(ipv4.*MemberOf(StackRouting())) != PeekPointer(routing);
}

} // namespace

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
          Receive({device, datagram, from, to, packetType, std::nullopt});
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
    elements.insert(behind, Attached{priority, ++m_turn, element});
    ++m_changes;
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
    ++m_changes;
    Review();
    return true;
}

void
Ipv4Hooks::Review()
{
    m_mayPassBy = true;
    m_hasPassing = false;
    for (const HookPoint point :
         {HookPoint::PREROUTING, HookPoint::FORWARD, HookPoint::POSTROUTING})
    {
        const auto number = static_cast<std::size_t>(point);
        m_passing[number].clear();
        for (const Attached& attached : m_elements[number])
        {
            if (attached.element->NeedsAll())
            {
                m_mayPassBy = m_mayPassBy && attached.element->WorksInPassing();
                m_hasPassing = true;
                m_passing[number].push_back(attached);
            }
        }
    }
}

bool
Ipv4Hooks::ShowInPassing(HookPoint point,
                         Ipv4PassingDatagram& datagram,
                         std::optional<Ipv4HookPlace>& seen) const
{
    for (const Attached& attached : m_passing[static_cast<std::size_t>(point)])
    {
        if (!attached.element->ProcessInPassing(point, datagram))
        {
            return false;
        }
        seen = Ipv4HookPlace{point, attached.priority, attached.turn, nullptr};
    }
    return true;
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
    HearAddressChange();
    UintegerValue ttl;
    m_ipv4->GetAttribute("DefaultTtl", ttl);
    m_defaultTtl = static_cast<uint8_t>(ttl.Get());
    m_strataNode->TakeOver(EtherType::IPV4, m_receive);
    m_strataNode->TakeOverNewInterfaces();
    if (IsReplaced(m_routing, *m_ipv4))
    {
        InstallRouting();
    }
    InstallOutputs();
    InstallEgress();
    InstallLoopback();
}

void
Ipv4Hooks::InstallRouting()
{
    const Ptr<Ipv4RoutingProtocol> present = m_ipv4->GetRoutingProtocol();
    NS_LOG_LOGIC("around " << present->GetInstanceTypeId());
    const Ptr<Ipv4HookRouting> former = m_routing;
    m_routing = CreateObject<Ipv4HookRouting>(this, present);
    if (former)
    {
        m_routing->Succeed(*former);
    }
    m_ipv4->SetRoutingProtocol(m_routing);
    HearAddressChange();
}

void
Ipv4Hooks::HearAddressChange()
{
    ++m_addressVersion;
    m_mistakable = false;
    for (uint32_t i = 0; m_ipv4 && i < m_ipv4->GetNInterfaces(); ++i)
    {
        const Ptr<Ipv4Interface> interface = m_ipv4->GetInterface(i);
        for (uint32_t j = 0; j < interface->GetNAddresses(); ++j)
        {
            const Ipv4Mask mask = interface->GetAddress(j).GetMask();
            m_mistakable = m_mistakable || ~mask.Get() == 1 ||
                           mask.Get() != interface->GetAddress(0).GetMask().Get();
        }
    }
}

bool
Ipv4Hooks::IsMistaken(const Ptr<NetDevice>& device, Ipv4Address nextHop) const
{
    if (!m_mistakable || !device->NeedsArp() || nextHop.IsBroadcast() || nextHop.IsMulticast())
    {
        return false;
    }
    const auto number = static_cast<uint32_t>(m_ipv4->GetInterfaceForDevice(device));
    const Ptr<Ipv4Interface> interface = m_ipv4->GetInterface(number);
    bool taken = false;
    for (uint32_t j = 0; j < interface->GetNAddresses(); ++j)
    {
        const Ipv4InterfaceAddress own = interface->GetAddress(j);
        const uint32_t hosts = ~own.GetMask().Get();
        if (hosts > 1 && nextHop.Get() == (own.GetLocal().Get() | hosts))
        {
            return false;
        }
        taken = taken || nextHop.IsSubnetDirectedBroadcast(own.GetMask());
    }
    return taken;
}

bool
Ipv4Hooks::IsOtherOfTwo(Ipv4Address address) const
{
    bool other = false;
    for (uint32_t i = 0; m_mistakable && i < m_ipv4->GetNInterfaces(); ++i)
    {
        const Ptr<Ipv4Interface> interface = m_ipv4->GetInterface(i);
        for (uint32_t j = 0; j < interface->GetNAddresses(); ++j)
        {
            const Ipv4InterfaceAddress own = interface->GetAddress(j);
            if (own.GetLocal() == address)
            {
                return false;
            }
            other =
                other || (~own.GetMask().Get() == 1 && (own.GetLocal().Get() ^ address.Get()) == 1);
        }
    }
    return other;
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

/** Loopback has no traffic control: the stock protocol is the handler of what comes by it. */
void
Ipv4Hooks::InstallLoopback()
{
    if (m_loopback)
    {
        return;
    }
    for (uint32_t i = 0; i < m_ipv4->GetNInterfaces(); ++i)
    {
        Ptr<NetDevice> device = m_ipv4->GetNetDevice(i);
        if (DynamicCast<LoopbackNetDevice>(device))
        {
            m_loopback = device;
            Ptr<Node> node = m_strataNode->GetNode();
            node->UnregisterProtocolHandler(
                MakeCallback(&Ipv4L3Protocol::Receive, PeekPointer(m_ipv4)));
            node->RegisterProtocolHandler(MakeCallback(&Ipv4Hooks::ReceiveOwn, this),
                                          EtherType::IPV4,
                                          device);
            return;
        }
    }
}

void
Ipv4Hooks::ReceiveOwn(Ptr<NetDevice> device,
                      Ptr<const Packet> datagram,
                      uint16_t,
                      const Address& from,
                      const Address& to,
                      NetDevice::PacketType packetType)
{
    Ptr<Packet> own = datagram->Copy();
    Ipv4HookTag tag;
    if (!own->RemovePacketTag(tag) &&
        (HasElements(HookPoint::OUTPUT) || HasElements(HookPoint::POSTROUTING)))
    {
        std::array<uint8_t, Ipv4WireHeader::MAX_SIZE> bytes;
        const uint32_t size = own->CopyData(bytes.data(), bytes.size());
        const auto decoded = Ipv4WireHeader::Decode(ByteView(bytes.data(), size), {});
        Ipv4HookPacket packet;
        if (decoded)
        {
            packet.header = *decoded;
            packet.payload = own;
            RemoveFront(packet.payload, static_cast<uint32_t>(decoded->HeaderSize()));
            packet.route = Create<Ipv4Route>();
            packet.route->SetSource(Ipv4Address(decoded->source));
            packet.route->SetDestination(Ipv4Address(decoded->destination));
            packet.route->SetGateway(Ipv4Address::GetAny());
            packet.route->SetOutputDevice(device);
            if (!RunOutput(packet))
            {
                return;
            }
            PrependHeader(packet.header, packet.payload);
        }
    }
    PassToStock({device, own, from, to, packetType, std::nullopt});
}

bool
Ipv4Hooks::RunOutput(Ipv4HookPacket& packet)
{
    packet.local = true;
    for (const HookPoint point : {HookPoint::OUTPUT, HookPoint::POSTROUTING})
    {
        packet.point = point;
        if (!Run(packet))
        {
            return false;
        }
    }
    packet.header.totalLength =
        static_cast<uint16_t>(packet.header.HeaderSize() + packet.payload->GetSize());
    return true;
}

void
Ipv4Hooks::Receive(Ipv4Reception received)
{
    if (IsReplaced(m_routing, *m_ipv4))
    {
        InstallRouting();
    }
    Ipv4WireHeader header;
    bool plain = !HasElements(HookPoint::PREROUTING);
    if (m_guard)
    {
        const Ipv4Admission admission = m_guard->Admit(received, header);
        if (admission == Ipv4Admission::REFUSED)
        {
            return;
        }
        plain = plain || admission == Ipv4Admission::PLAIN;
    }
    else if (!plain)
    {
        const Ptr<const Packet>& datagram = received.datagram;
        std::array<uint8_t, Ipv4WireHeader::MAX_SIZE> bytes;
        const uint32_t size = datagram->CopyData(bytes.data(), bytes.size());
        const auto decoded = Ipv4WireHeader::Decode(ByteView(bytes.data(), size), {});
        // What is malformed is not for elements; the stock stack does with it what it always does.
        if (!decoded || (Node::ChecksumEnabled() && !decoded->HasRightChecksum()) ||
            decoded->totalLength > datagram->GetSize())
        {
            PassToStock(received);
            return;
        }
        header = *decoded;
    }
    if (plain)
    {
        PassToStock(received);
        return;
    }
    Ipv4HookPacket packet;
    packet.header = header;
    packet.in = received.in;
    packet.from = received.from;
    packet.to = received.to;
    packet.packetType = received.packetType;
    packet.payload = received.datagram->Copy();
    packet.payload->RemoveAtEnd(packet.payload->GetSize() - packet.header.totalLength);
    RemoveFront(packet.payload, static_cast<uint32_t>(packet.header.HeaderSize()));
    if (RunBehind(packet, received.seen))
    {
        Proceed(packet);
    }
}

bool
Ipv4Hooks::RunBehind(Ipv4HookPacket& packet, const std::optional<Ipv4HookPlace>& seen)
{
    const Elements& elements = m_elements[static_cast<std::size_t>(packet.point)];
    const bool here = seen && seen->point == packet.point;
    return RunFrom(packet, here ? Behind(elements, *seen) : 0, nullptr);
}

bool
Ipv4Hooks::Run(Ipv4HookPacket& packet)
{
    return RunFrom(packet, 0, nullptr);
}

std::size_t
Ipv4Hooks::Behind(const Elements& elements, const Ipv4HookPlace& place)
{
    const auto behind =
        std::partition_point(elements.begin(), elements.end(), [&place](const Attached& a) {
            return a.priority < place.priority ||
                   (a.priority == place.priority && a.turn <= place.turn);
        });
    return static_cast<std::size_t>(behind - elements.begin());
}

bool
Ipv4Hooks::RunFrom(Ipv4HookPacket& packet, std::size_t first, const Ipv4HookElement* except)
{
    const HookPoint point = packet.point;
    const Elements& elements = m_elements[static_cast<std::size_t>(point)];
    const uint64_t last = m_turn; // who comes meanwhile waits for the next datagram
    std::size_t next = first;
    while (next < elements.size())
    {
        const Attached& attached = elements[next];
        const Ptr<Ipv4HookElement> element = attached.element; // it may detach itself
        if (attached.turn > last || PeekPointer(element) == except)
        {
            ++next;
            continue;
        }
        const Ipv4HookPlace place{point, attached.priority, attached.turn, PeekPointer(element)};
        packet.place = place;
        const uint64_t changes = m_changes;
        const HookVerdict verdict = element->Process(packet);
        if (verdict == HookVerdict::DROP)
        {
            Drop(packet);
        }
        if (verdict != HookVerdict::ACCEPT)
        {
            return false;
        }
        next = changes == m_changes ? next + 1 : Behind(elements, place);
    }
    return true;
}

void
Ipv4Hooks::Resume(Ipv4HookPacket packet, Ptr<const Ipv4HookElement> element)
{
    const Elements& elements = m_elements[static_cast<std::size_t>(packet.point)];
    std::size_t next = 0;
    if (element && packet.place.element == element && packet.place.point == packet.point)
    {
        next = Behind(elements, packet.place);
    }
    else
    {
        const auto same = [&](const Attached& a) { return a.element == element; };
        const auto found = std::find_if(elements.begin(), elements.end(), same);
        next = found == elements.end() ? 0 : static_cast<std::size_t>(found - elements.begin()) + 1;
    }
    if (RunFrom(packet, next, PeekPointer(element)))
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
    PassToStock(
        {packet.in, packet.payload, packet.from, packet.to, packet.packetType, std::nullopt});
}

/** Straight to the protocol: to ask the traffic control layer for it is a walk over its handlers.
 */
void
Ipv4Hooks::PassToStock(const Ipv4Reception& received)
{
    const Ipv4Reception* outer = m_received;
    m_received = &received;
    m_ipv4->Receive(received.in,
                    received.datagram,
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
    if (IsReplaced(m_routing, *m_ipv4))
    {
        InstallRouting();
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
        packet.route = FindRoute(header, payload);
    }
    if (Run(packet))
    {
        Proceed(packet);
    }
}

Ptr<Ipv4Route>
Ipv4Hooks::FindRoute(const Ipv4WireHeader& header, const Ptr<Packet>& payload) const
{
    const Ipv4Address destination(header.destination);
    Ptr<Ipv4Route> route = m_routing->BroadcastRoute(Ipv4Address(header.source), destination);
    if (!route && !destination.IsBroadcast())
    {
        Socket::SocketErrno error;
        route = m_routing->LookUp(payload, ToStockHeader(header), nullptr, error);
    }
    return route;
}

void
Ipv4Hooks::Leave(Ipv4HookPacket& packet)
{
    const Ipv4WireHeader& header = packet.header;
    const Ipv4Address nextHop = packet.route ? packet.NextHop() : Ipv4Address::GetAny();
    packet.payload->AddPacketTag(Ipv4HookTag(header.dontFragment, nextHop));
    if (!packet.local)
    {
        m_routing->ForwardByStock(packet);
        return;
    }
    // Tags say to the stock stack what its way down has no parameter for; that way fires the trace
    // that flow monitors rely on.
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
    for (auto* places : {&m_elements, &m_passing})
    {
        for (Elements& elements : *places)
        {
            elements.clear();
        }
    }
    m_outputs.clear();
    m_routing = nullptr;
    m_egress = nullptr;
    m_loopback = nullptr;
    m_ipv4 = nullptr;
    m_strataNode = nullptr;
    Object::DoDispose();
}

} // namespace strata
} // namespace ns3

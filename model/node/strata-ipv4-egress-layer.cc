// SPDX-License-Identifier: GPL-2.0-only

#include "strata-ipv4-egress-layer.h"

#include "strata-datagram-item.h"
#include "strata-ipv4-convert.h"
#include "strata-ipv4-hook-routing.h"
#include "strata-ipv4-hooks.h"

#include "ns3/strata-ether-type.h"

namespace ns3
{
namespace strata
{

NS_OBJECT_ENSURE_REGISTERED(Ipv4HookTag);
NS_OBJECT_ENSURE_REGISTERED(Ipv4EgressLayer);

TypeId
Ipv4HookTag::GetTypeId()
{
    static TypeId tid = TypeId("ns3::strata::Ipv4HookTag")
                            .SetParent<Tag>()
                            .SetGroupName("Strata")
                            .AddConstructor<Ipv4HookTag>();
    return tid;
}

TypeId
Ipv4HookTag::GetInstanceTypeId() const
{
    return GetTypeId();
}

uint32_t
Ipv4HookTag::GetSerializedSize() const
{
    return 5;
}

void
Ipv4HookTag::Serialize(TagBuffer buffer) const
{
    buffer.WriteU8(m_dontFragment);
    buffer.WriteU32(m_nextHop);
}

void
Ipv4HookTag::Deserialize(TagBuffer buffer)
{
    m_dontFragment = buffer.ReadU8() != 0;
    m_nextHop = buffer.ReadU32();
}

void
Ipv4HookTag::Print(std::ostream& os) const
{
    os << "dontFragment=" << m_dontFragment << " nextHop=" << Ipv4Address(m_nextHop);
}

TypeId
Ipv4EgressLayer::GetTypeId()
{
    static TypeId tid = TypeId("ns3::strata::Ipv4EgressLayer")
                            .SetParent<TrafficControlLayer>()
                            .SetGroupName("Strata");
    return tid;
}

Ipv4EgressLayer::Ipv4EgressLayer(Ipv4Hooks* hooks, Ptr<TrafficControlLayer> next)
    : m_hooks(hooks),
      m_next(next)
{
}

Ipv4EgressLayer::~Ipv4EgressLayer() = default;

void
Ipv4EgressLayer::Send(Ptr<NetDevice> device, Ptr<QueueDiscItem> item)
{
    Ptr<Ipv4QueueDiscItem> datagram;
    if (!m_hooks->m_isPassing)
    {
        datagram = DynamicCast<Ipv4QueueDiscItem>(item);
    }
    if (!datagram)
    {
        m_next->Send(device, item);
        return;
    }
    Ptr<Packet> payload = datagram->GetPacket();
    if (!CanStockHash(datagram->GetHeader(), *payload))
    {
        datagram = Create<DatagramItem>(payload,
                                        datagram->GetAddress(),
                                        datagram->GetProtocol(),
                                        datagram->GetHeader());
    }
    Ipv4HookTag tag;
    if (payload->RemovePacketTag(tag))
    {
        if (tag.IsDontFragment())
        {
            Ipv4Header header = datagram->GetHeader();
            header.SetDontFragment();
            datagram = Create<DatagramItem>(payload,
                                            datagram->GetAddress(),
                                            datagram->GetProtocol(),
                                            header);
        }
        Pass(device, datagram, tag.GetNextHop());
        return;
    }
    const Ipv4Header& header = datagram->GetHeader();
    const Ipv4Address source = header.GetSource();
    const bool seen =
        (!m_hooks->HasElements(HookPoint::OUTPUT) &&
         !m_hooks->HasElements(HookPoint::POSTROUTING)) ||
        (source != Ipv4Address::GetAny() && m_hooks->GetIpv4()->GetInterfaceForAddress(source) < 0);
    if (seen)
    {
        Pass(device, datagram, Ipv4Address::GetAny());
        return;
    }
    Ipv4HookPacket packet;
    packet.header = FromStockHeader(header, payload->GetSize());
    packet.payload = payload;
    packet.route = Create<Ipv4Route>();
    packet.route->SetSource(source);
    packet.route->SetDestination(header.GetDestination());
    packet.route->SetGateway(Ipv4Address::GetAny());
    packet.route->SetOutputDevice(device);
    if (!m_hooks->RunOutput(packet))
    {
        return;
    }
    Pass(device,
         Create<DatagramItem>(packet.payload,
                              datagram->GetAddress(),
                              datagram->GetProtocol(),
                              ToStockHeader(packet.header)),
         Ipv4Address::GetAny());
}

void
Ipv4EgressLayer::Pass(const Ptr<NetDevice>& device,
                      const Ptr<Ipv4QueueDiscItem>& datagram,
                      Ipv4Address nextHop)
{
    if (m_hooks->m_guard && m_hooks->m_mistakable &&
        datagram->GetAddress() == device->GetBroadcast())
    {
        const Ipv4Header& header = datagram->GetHeader();
        if (nextHop == Ipv4Address::GetAny())
        {
            // A raw socket's; the protocol that found the link says who on it is next.
            Socket::SocketErrno error;
            Ptr<Ipv4Route> route =
                m_hooks->m_routing->LookUp(datagram->GetPacket(), header, device, error);
            nextHop = route ? route->GetGateway() : nextHop;
        }
        nextHop = nextHop == Ipv4Address::GetAny() ? header.GetDestination() : nextHop;
        if (m_hooks->IsMistaken(device, nextHop) &&
            m_hooks->m_guard->SendToNeighbor(device, nextHop, *datagram))
        {
            return;
        }
    }
    m_next->Send(device, datagram);
}

void
Ipv4EgressLayer::Receive(Ptr<NetDevice> device,
                         Ptr<const Packet> p,
                         uint16_t protocol,
                         const Address& from,
                         const Address& to,
                         NetDevice::PacketType packetType)
{
    if (protocol == EtherType::IPV4)
    {
        m_hooks->ReceiveOwn(device, p, protocol, from, to, packetType);
        return;
    }
    m_next->Receive(device, p, protocol, from, to, packetType);
}

void
Ipv4EgressLayer::DoDispose()
{
    m_hooks = nullptr;
    m_next = nullptr;
    TrafficControlLayer::DoDispose();
}

} // namespace strata
} // namespace ns3

// SPDX-License-Identifier: GPL-2.0-only

#include "strata-ipv4-egress-layer.h"

#include "strata-datagram-item.h"
#include "strata-ipv4-convert.h"
#include "strata-ipv4-hooks.h"

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
    return 1;
}

void
Ipv4HookTag::Serialize(TagBuffer buffer) const
{
    buffer.WriteU8(m_dontFragment);
}

void
Ipv4HookTag::Deserialize(TagBuffer buffer)
{
    m_dontFragment = buffer.ReadU8() != 0;
}

void
Ipv4HookTag::Print(std::ostream& os) const
{
    os << "dontFragment=" << m_dontFragment;
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
    if (!m_hooks->m_passing)
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
        item = datagram = Create<DatagramItem>(payload,
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
            item = Create<DatagramItem>(payload,
                                        datagram->GetAddress(),
                                        datagram->GetProtocol(),
                                        header);
        }
        m_next->Send(device, item);
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
        m_next->Send(device, item);
        return;
    }
    Ipv4HookPacket packet;
    packet.header = FromStockHeader(header, payload->GetSize());
    packet.payload = payload;
    packet.local = true;
    packet.route = Create<Ipv4Route>();
    packet.route->SetSource(source);
    packet.route->SetDestination(header.GetDestination());
    packet.route->SetGateway(Ipv4Address::GetAny());
    packet.route->SetOutputDevice(device);
    for (const HookPoint point : {HookPoint::OUTPUT, HookPoint::POSTROUTING})
    {
        packet.point = point;
        if (!m_hooks->Run(packet))
        {
            return;
        }
    }
    packet.header.totalLength =
        static_cast<uint16_t>(packet.header.HeaderSize() + packet.payload->GetSize());
    m_next->Send(device,
                 Create<DatagramItem>(packet.payload,
                                      datagram->GetAddress(),
                                      datagram->GetProtocol(),
                                      ToStockHeader(packet.header)));
}

void
Ipv4EgressLayer::Receive(Ptr<NetDevice> device,
                         Ptr<const Packet> p,
                         uint16_t protocol,
                         const Address& from,
                         const Address& to,
                         NetDevice::PacketType packetType)
{
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

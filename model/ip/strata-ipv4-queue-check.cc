// SPDX-License-Identifier: GPL-2.0-only

#include "strata-ipv4-queue-check.h"

#include "strata-ipv4.h"

#include "ns3/ipv4-queue-disc-item.h"
#include "ns3/pointer.h"
#include "ns3/simulator.h"
#include "ns3/strata-ether-type.h"
#include "ns3/strata-ipv4-convert.h"
#include "ns3/strata-packet-front.h"
#include "ns3/tag.h"
#include "ns3/traffic-control-layer.h"

#include <array>

namespace ns3
{
namespace strata
{

namespace
{

/** Marks a datagram that a node forwards. It stays on as far as the next node that forwards. */
class ForwardedTag : public Tag
{
  public:
    ForwardedTag() = default;

    ForwardedTag(uint32_t node, uint8_t receivedTtl)
        : m_node(node),
          m_receivedTtl(receivedTtl)
    {
    }

    uint32_t GetNode() const
    {
        return m_node;
    }

    uint8_t GetReceivedTtl() const
    {
        return m_receivedTtl;
    }

    static TypeId GetTypeId()
    {
        static TypeId tid = TypeId("ns3::strata::Ipv4ForwardedTag")
                                .SetParent<Tag>()
                                .SetGroupName("Strata")
                                .AddConstructor<ForwardedTag>();
        return tid;
    }

    TypeId GetInstanceTypeId() const override
    {
        return GetTypeId();
    }

    uint32_t GetSerializedSize() const override
    {
        return 5;
    }

    void Serialize(TagBuffer buffer) const override
    {
        buffer.WriteU32(m_node);
        buffer.WriteU8(m_receivedTtl);
    }

    void Deserialize(TagBuffer buffer) override
    {
        m_node = buffer.ReadU32();
        m_receivedTtl = buffer.ReadU8();
    }

    void Print(std::ostream& os) const override
    {
        os << "node=" << m_node << " receivedTtl=" << +m_receivedTtl;
    }

  private:
    uint32_t m_node{0};
    uint8_t m_receivedTtl{0};
};

/** No header, PPP, Ethernet, Ethernet with LLC and SNAP. */
constexpr uint32_t LINK_HEADERS[] = {0, 2, 14, 22};

} // namespace

NS_OBJECT_ENSURE_REGISTERED(ForwardedTag);
NS_OBJECT_ENSURE_REGISTERED(Ipv4QueueCheck);

TypeId
Ipv4QueueCheck::GetTypeId()
{
    static TypeId tid = TypeId("ns3::strata::Ipv4QueueCheck")
                            .SetParent<Ipv4HookElement>()
                            .SetGroupName("Strata")
                            .AddConstructor<Ipv4QueueCheck>();
    return tid;
}

void
Ipv4QueueCheck::Setup(Ptr<Ipv4Hooks> hooks, Ptr<StrataIcmp> icmp)
{
    m_hooks = hooks;
    m_icmp = icmp;
    Update();
}

void
Ipv4QueueCheck::SetSourceQuench(bool send)
{
    m_sourceQuench = send;
    Update();
}

void
Ipv4QueueCheck::SetAgeInterval(Time interval)
{
    m_ageInterval = interval;
    Update();
}

void
Ipv4QueueCheck::Update()
{
    if (!m_hooks)
    {
        return;
    }
    if (m_sourceQuench || m_ageInterval.IsStrictlyPositive())
    {
        m_hooks->Attach(HookPoint::POSTROUTING, Ipv4Priority::LAST, this);
    }
    else
    {
        m_hooks->Detach(HookPoint::POSTROUTING, this);
    }
}

HookVerdict
Ipv4QueueCheck::Process(Ipv4HookPacket& packet)
{
    ForwardedTag tag;
    packet.payload->RemovePacketTag(tag);
    if (!packet.local)
    {
        const uint32_t node = packet.Out()->GetNode()->GetId();
        packet.payload->AddPacketTag(ForwardedTag(node, packet.receivedTtl));
        Watch(packet.Out());
    }
    return HookVerdict::ACCEPT;
}

void
Ipv4QueueCheck::Watch(Ptr<NetDevice> device)
{
    Ptr<TrafficControlLayer> layer = m_hooks->GetIpv4()->GetObject<TrafficControlLayer>();
    Ptr<QueueDisc> disc = layer ? layer->GetRootQueueDiscOnDevice(device) : nullptr;
    if (layer && !m_watchesLayer)
    {
        m_watchesLayer = true;
        layer->TraceConnectWithoutContext(
            "TcDrop",
            MakeCallback(&Ipv4QueueCheck::OnDeviceDrop, Ptr<Ipv4QueueCheck>(this)));
    }
    const auto [watched, isNew] = m_watched.try_emplace(device);
    if (isNew)
    {
        WatchDevice(device);
    }
    // Queue discs come and go while the simulation runs.
    if (watched->second != disc)
    {
        watched->second = disc;
        if (disc)
        {
            WatchDisc(disc);
        }
    }
}

void
Ipv4QueueCheck::WatchDevice(Ptr<NetDevice> device)
{
    // The traces of devices may outlive the node's IPv4, so they hold this object.
    Ptr<Ipv4QueueCheck> self(this);
    PointerValue queue;
    if (device->GetAttributeFailSafe("TxQueue", queue) && queue.GetObject())
    {
        queue.GetObject()->TraceConnectWithoutContext(
            "Drop",
            MakeCallback(&Ipv4QueueCheck::OnDeviceDrop, self));
        return;
    }
    device->TraceConnectWithoutContext(
        "MacTxDrop",
        Callback<void, Ptr<const Packet>>([self, device](Ptr<const Packet> frame) {
            // A frame may have been refused for what it is, or as nobody is there.
            if (device->IsLinkUp() && frame->GetSize() <= device->GetMtu())
            {
                self->OnDeviceDrop(frame);
            }
        }));
}

void
Ipv4QueueCheck::WatchDisc(Ptr<QueueDisc> disc)
{
    Ptr<Ipv4QueueCheck> self(this);
    disc->TraceConnectWithoutContext("Drop", MakeCallback(&Ipv4QueueCheck::OnDiscDrop, self));
    const auto ageIn = [&self](Ptr<QueueDisc> sending) {
        if (const auto send = sending->GetSendCallback())
        {
            sending->SetSendCallback([self, send](Ptr<QueueDiscItem> item) {
                if (self->Age(item))
                {
                    send(item);
                }
            });
        }
    };
    ageIn(disc);
    // A disc of several device queues leaves the sending to its children.
    for (std::size_t i = 0; i < disc->GetNQueueDiscClasses(); ++i)
    {
        ageIn(disc->GetQueueDiscClass(i)->GetQueueDisc());
    }
}

void
Ipv4QueueCheck::OnDiscDrop(Ptr<const QueueDiscItem> item)
{
    if (!m_sourceQuench || !m_hooks || item->GetProtocol() != EtherType::IPV4)
    {
        return;
    }
    Ptr<Packet> datagram = item->GetPacket();
    if (const auto* stock = dynamic_cast<const Ipv4QueueDiscItem*>(PeekPointer(item)))
    {
        // It gets its header when it leaves.
        datagram = datagram->Copy();
        PrependHeader(FromStockHeader(stock->GetHeader(), datagram->GetSize()), datagram);
    }
    OnDeviceDrop(datagram);
}

void
Ipv4QueueCheck::OnDeviceDrop(Ptr<const Packet> frame)
{
    if (!m_sourceQuench || !m_hooks)
    {
        return;
    }
    if (const auto packet = Recognise(frame))
    {
        // The queue is at work now, and the message may need it.
        Simulator::ScheduleNow(&Ipv4QueueCheck::Quench, Ptr<Ipv4QueueCheck>(this), *packet);
    }
}

void
Ipv4QueueCheck::Quench(Ipv4HookPacket packet)
{
    if (m_hooks)
    {
        m_icmp->SendError(IcmpType::SOURCE_QUENCH, 0, 0, packet);
    }
}

bool
Ipv4QueueCheck::Age(Ptr<QueueDiscItem> item)
{
    if (!m_hooks || !m_ageInterval.IsStrictlyPositive() || item->GetProtocol() != EtherType::IPV4)
    {
        return true;
    }
    const Time wait = Simulator::Now() - item->GetTimeStamp();
    const int64_t intervals = wait.GetTimeStep() / m_ageInterval.GetTimeStep();
    // The hop itself took one off already.
    if (intervals < 2)
    {
        return true;
    }
    auto packet = Recognise(item->GetPacket());
    if (!packet)
    {
        return true;
    }
    if (intervals - 1 >= packet->header.ttl)
    {
        packet->dropReason = IP_TTL_EXPIRED;
        m_icmp->SendError(IcmpType::TIME_EXCEEDED,
                          static_cast<uint8_t>(IcmpTimeExceededCode::IN_TRANSIT),
                          0,
                          *packet);
        m_hooks->Drop(*packet);
        return false;
    }
    packet->header.ttl = static_cast<uint8_t>(packet->header.ttl - (intervals - 1));
    Ptr<Packet> datagram = item->GetPacket();
    RemoveFront(datagram, static_cast<uint32_t>(packet->header.HeaderSize()));
    PrependHeader(packet->header, datagram);
    return true;
}

std::optional<Ipv4HookPacket>
Ipv4QueueCheck::Recognise(Ptr<const Packet> frame) const
{
    ForwardedTag tag;
    const uint32_t node = m_hooks->GetIpv4()->GetObject<Node>()->GetId();
    if (!frame->PeekPacketTag(tag) || tag.GetNode() != node)
    {
        return std::nullopt;
    }
    std::array<uint8_t, 22 + Ipv4WireHeader::MAX_SIZE> bytes;
    const ByteView view(bytes.data(), frame->CopyData(bytes.data(), bytes.size()));
    for (const uint32_t skip : LINK_HEADERS)
    {
        if (skip >= view.size())
        {
            break;
        }
        const auto header = Ipv4WireHeader::Decode(view.Sub(skip), {});
        if (!header || skip + header->totalLength > frame->GetSize() ||
            (Node::ChecksumEnabled() && !header->HasRightChecksum()))
        {
            continue;
        }
        Ipv4HookPacket packet;
        packet.point = HookPoint::FORWARD;
        packet.header = *header;
        packet.receivedTtl = tag.GetReceivedTtl();
        packet.payload = frame->CreateFragment(
            static_cast<uint32_t>(skip + header->HeaderSize()),
            static_cast<uint32_t>(header->totalLength - header->HeaderSize()));
        return packet;
    }
    return std::nullopt;
}

void
Ipv4QueueCheck::DoDispose()
{
    m_hooks = nullptr;
    m_icmp = nullptr;
    m_watched.clear();
    Ipv4HookElement::DoDispose();
}

} // namespace strata
} // namespace ns3

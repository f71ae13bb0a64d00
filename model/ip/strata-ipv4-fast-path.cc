// SPDX-License-Identifier: GPL-2.0-only

#include "strata-ipv4-fast-path.h"

#include "strata-address-decision.h"
#include "strata-stock-access.h"

#include "ns3/ipv4-interface.h"
#include "ns3/loopback-net-device.h"
#include "ns3/socket.h"
#include "ns3/strata-datagram-item.h"
#include "ns3/strata-ether-type.h"
#include "ns3/strata-ipv4-convert.h"
#include "ns3/strata-packet-front.h"
#include "ns3/strata-raw-header.h"

#include <cstring>

namespace ns3
{
namespace strata
{

namespace
{

constexpr uint32_t HEADER = Ipv4WireHeader::MIN_SIZE;

constexpr std::size_t PROTOCOL = 9;
constexpr std::size_t SOURCE = Ipv4WireHeader::SOURCE_OFFSET;
constexpr std::size_t DESTINATION = Ipv4WireHeader::DESTINATION_OFFSET;

/** Of the word with the flags: More Fragments and the offset. */
constexpr uint16_t MORE_AND_OFFSET = 0x3fff;

uint16_t
Read16(const uint8_t* bytes)
{
    return static_cast<uint16_t>(bytes[0] << 8 | bytes[1]);
}

uint32_t
Read32(const uint8_t* bytes)
{
    return uint32_t{Read16(bytes)} << 16 | Read16(bytes + 2);
}

/** Whether the header's words add up (RFC 1071); five steps, for the header has no options. */
bool
SumsUp(const uint8_t* front)
{
    uint32_t sum = 0;
    for (uint32_t i = 0; i < HEADER; i += 2)
    {
        sum += Read16(front + i);
    }
    sum = (sum & 0xffff) + (sum >> 16);
    return ((sum & 0xffff) + (sum >> 16)) == 0xffff;
}

/** An address that a datagram in transit may have without a second look. */
bool
IsOrdinary(uint32_t address)
{
    const uint32_t first = address >> 24;
    return first != 0 && first != 127 && first < 224 && address >> 16 != 0xa9fe;
}

/**
 * Queue discs that keep nothing of an only packet, or (FqCoDel) are told of it. CoDel is not among
 * them: it remembers in which state its last packet left it.
 */
bool
IsPassable(Ptr<const QueueDisc> queueDisc)
{
    const std::string name = queueDisc->GetInstanceTypeId().GetName();
    return name == "ns3::FqCoDelQueueDisc" || name == "ns3::PfifoFastQueueDisc" ||
           name == "ns3::FifoQueueDisc";
}

} // namespace

Ipv4FastPath::Ipv4FastPath(Ptr<Ipv4Hooks> hooks)
    : m_hooks(hooks)
{
}

void
Ipv4FastPath::Refresh()
{
    m_version = m_hooks->GetAddressVersion();
    Ptr<Ipv4L3Protocol> ipv4 = m_hooks->GetIpv4();
    m_arp = ipv4->GetObject<StrataArp>();
    m_trafficControl = ipv4->GetObject<TrafficControlLayer>();
    m_fib = FibRouting::AskedFirst(m_hooks->GetRouting()); // as the stock path does
    m_ports.assign(ipv4->GetNInterfaces(), Port());
    m_interfaces.clear();
    m_own.clear();
    m_maybeOwn.Clear();
    for (uint32_t i = 0; i < ipv4->GetNInterfaces(); ++i)
    {
        Ptr<NetDevice> device = ipv4->GetNetDevice(i);
        for (uint32_t j = 0; j < ipv4->GetNAddresses(i); ++j)
        {
            const Ipv4InterfaceAddress address = ipv4->GetAddress(i, j);
            const uint32_t local = address.GetLocal().Get();
            const Ipv4Prefix subnet(local, address.GetMask().GetPrefixLength());
            m_own.insert(local);
            if (subnet.GetLength() < 31) // RFC 3021: the other one is a neighbour
            {
                m_own.insert({subnet.GetAddress(),
                              DirectedBroadcastOf(subnet),
                              address.GetBroadcast().Get()});
            }
        }
        if (DynamicCast<LoopbackNetDevice>(device) || !ipv4->IsUp(i))
        {
            continue;
        }
        const uint32_t number = device->GetIfIndex();
        m_interfaces.resize(std::max<std::size_t>(m_interfaces.size(), number + 1), UINT32_MAX);
        m_interfaces[number] = i;
        Port& port = m_ports[i];
        port.device = device;
        port.needsArp = device->NeedsArp();
        port.broadcast = device->GetBroadcast();
        SetQueueDisc(port, m_trafficControl->GetRootQueueDiscOnDevice(device));
    }
    for (const uint32_t own : m_own)
    {
        m_maybeOwn.Add(own);
    }
}

void
Ipv4FastPath::SetQueueDisc(Port& port, Ptr<QueueDisc> queueDisc)
{
    port.queues = port.device->GetObject<NetDeviceQueueInterface>();
    port.queueDisc = queueDisc;
    port.passable = queueDisc && IsPassable(queueDisc);
    port.fqCoDel = DynamicCast<FqCoDelQueueDisc>(queueDisc);
}

Ipv4FastPath::Outcome
Ipv4FastPath::Pass(Ipv4Reception& received, bool forward)
{
    if (m_version != m_hooks->GetAddressVersion())
    {
        Refresh();
    }
    const bool shown = m_hooks->HasPassing();
    const Packet& datagram = *received.datagram;
    Front front;
    front.size = datagram.CopyData(front.bytes.data(),
                                   shown ? static_cast<uint32_t>(front.bytes.size()) : HEADER);
    if (!IsPlain(*received.in, datagram.GetSize(), front))
    {
        return Outcome::NOT_PLAIN;
    }
    if (shown)
    {
        return PassShown(received, front, forward);
    }
    if (!IsPlainDestination(front))
    {
        return Outcome::NOT_PLAIN;
    }
    return forward && Forward(received, front, nullptr) ? Outcome::FORWARDED : Outcome::PLAIN;
}

bool
Ipv4FastPath::IsPlain(const NetDevice& in, uint32_t size, Front& front) const
{
    const uint32_t number = in.GetIfIndex();
    const uint8_t* bytes = front.bytes.data();
    if (front.size < HEADER || bytes[0] != 0x45 || number >= m_interfaces.size() ||
        m_interfaces[number] == UINT32_MAX)
    {
        return false;
    }
    front.interface = m_interfaces[number];
    const uint16_t total = Read16(bytes + 2);
    const uint16_t fragment = Read16(bytes + 6);
    constexpr uint16_t RESERVED_FLAG = 0x8000;
    front.isFragment = (fragment & MORE_AND_OFFSET) != 0;
    front.sumsUp = SumsUp(bytes);
    if (total < HEADER || total > size || (fragment & RESERVED_FLAG) != 0 ||
        (!front.sumsUp && Node::ChecksumEnabled())) // to add is cheaper than to ask
    {
        return false;
    }
    const uint32_t source = Read32(bytes + SOURCE);
    return IsOrdinary(source) && !IsOwn(source) && IsOrdinary(Read32(bytes + DESTINATION));
}

bool
Ipv4FastPath::IsPlainDestination(Front& front) const
{
    const uint32_t destination = Read32(front.bytes.data() + DESTINATION);
    front.isOwn = IsOwn(destination);
    if (!front.isOwn)
    {
        // A switch that nobody tells of when it is thrown.
        return m_hooks->GetIpv4()->IsForwarding(front.interface);
    }
    return !front.isFragment &&
           m_hooks->GetIpv4()->GetInterfaceForAddress(Ipv4Address(destination)) >= 0;
}

Ipv4FastPath::Outcome
Ipv4FastPath::PassShown(Ipv4Reception& received, Front& front, bool forward)
{
    if (front.isFragment || !IsPlainDestination(front))
    {
        return Outcome::NOT_PLAIN;
    }
    uint8_t* const bytes = front.bytes.data();
    const uint32_t end = std::min<uint32_t>(front.size, Read16(bytes + 2));
    TransportFront transport(bytes[PROTOCOL], ByteView(bytes + HEADER, end - HEADER));
    Ipv4PassingDatagram shown;
    shown.source = Read32(bytes + SOURCE);
    shown.destination = Read32(bytes + DESTINATION);
    shown.protocol = bytes[PROTOCOL];
    shown.transport = transport.data();
    shown.transportSize = transport.size();
    shown.size = Read16(bytes + 2);
    shown.packet = PeekPointer(received.datagram);
    shown.in = PeekPointer(received.in);
    Shown view{shown, transport};
    const bool all = m_hooks->ShowInPassing(HookPoint::PREROUTING, shown, received.seen);
    view.TakeOver(front);
    // What is no longer plain goes on behind those that have seen it.
    Outcome outcome = Outcome::NOT_PLAIN;
    if (all && (!shown.changed || (IsOrdinary(shown.destination) && IsPlainDestination(front))))
    {
        outcome = forward && Forward(received, front, &view) ? Outcome::FORWARDED : Outcome::PLAIN;
    }
    if (shown.changed && outcome != Outcome::FORWARDED)
    {
        Ptr<Packet> changed = received.datagram->Copy();
        RemoveFront(changed, HEADER);
        transport.PutBack(changed);
        AddFront(changed, RawHeader(ByteView(bytes, HEADER), Ipv4Header::GetTypeId()));
        received.datagram = changed;
    }
    return outcome;
}

void
Ipv4FastPath::Shown::TakeOver(Front& front) const
{
    if (!datagram.changed)
    {
        return;
    }
    uint8_t* const header = front.bytes.data();
    if (datagram.source != Read32(header + SOURCE))
    {
        PatchIpv4Source(header, datagram.source);
    }
    if (datagram.destination != Read32(header + DESTINATION))
    {
        PatchIpv4Destination(header, datagram.destination);
    }
    if (!front.sumsUp)
    {
        header[Ipv4WireHeader::CHECKSUM_OFFSET] = 0; // the only wrong one that is taken
        header[Ipv4WireHeader::CHECKSUM_OFFSET + 1] = 0;
    }
}

bool
Ipv4FastPath::Forward(Ipv4Reception& received, Front& front, Shown* shown)
{
    const uint8_t* bytes = front.bytes.data();
    const uint8_t ttl = bytes[8];
    if (front.isOwn || !m_fib || ttl <= 1 || TracesForwarding(*m_hooks->GetIpv4()))
    {
        return false;
    }
    const Ptr<const Packet>& datagram = received.datagram;
    const uint32_t size = datagram->GetSize();
    const uint16_t total = Read16(bytes + 2);
    const bool checksums = Node::ChecksumEnabled();
    const uint32_t destination = Read32(bytes + DESTINATION);
    RouteKind kind;
    const FibRouting::Table::Hop* hop = m_fib->FindHop(Read32(bytes + SOURCE),
                                                       destination,
                                                       bytes[PROTOCOL],
                                                       front.isFragment,
                                                       datagram,
                                                       kind,
                                                       HEADER,
                                                       shown ? shown->Transport() : ByteView());
    if (!hop || hop->interface >= m_ports.size())
    {
        return false;
    }
    Port& port = m_ports[hop->interface];
    if (!port.device || port.device == received.in || total > port.device->GetMtu())
    {
        return false;
    }
    Address to = port.broadcast;
    if (port.needsArp)
    {
        const Ipv4Address nextHop(hop->gateway != 0 ? hop->gateway : destination);
        const auto known = m_arp ? m_arp->Lookup(port.device, nextHop) : std::nullopt;
        if (!known)
        {
            return false;
        }
        to = *known;
    }
    if (shown && !ShowBehindRouting(received, port, *shown, front))
    {
        return false;
    }
    uint8_t header[HEADER];
    std::memcpy(header, bytes, HEADER);
    PatchIpv4Ttl(header, static_cast<uint8_t>(ttl - 1));
    if (!checksums)
    {
        header[Ipv4WireHeader::CHECKSUM_OFFSET] = 0;
        header[Ipv4WireHeader::CHECKSUM_OFFSET + 1] = 0;
    }
    Ptr<Packet> packet = datagram->Copy();
    if (total < size)
    {
        packet->RemoveAtEnd(size - total);
    }
    RemoveFront(packet, HEADER);
    if (shown && shown->datagram.changed)
    {
        shown->transport.PutBack(packet);
    }
    Send(port, to, packet, header);
    ++m_forwarded;
    return true;
}

bool
Ipv4FastPath::ShowBehindRouting(Ipv4Reception& received,
                                const Port& port,
                                Shown& shown,
                                Front& front) const
{
    shown.datagram.out = PeekPointer(port.device);
    std::optional<Ipv4HookPlace> seen;
    const bool all = m_hooks->ShowInPassing(HookPoint::FORWARD, shown.datagram, seen) &&
                     m_hooks->ShowInPassing(HookPoint::POSTROUTING, shown.datagram, seen);
    if (seen)
    {
        received.seen = seen;
    }
    shown.TakeOver(front);
    return all;
}

bool
Ipv4FastPath::PassQueueDisc(const Port& port, const Packet& payload, ByteView header)
{
    if (!port.queueDisc)
    {
        return true;
    }
    if (!port.passable || port.queueDisc->GetNPackets() != 0 || TracesPassing(*port.queueDisc))
    {
        return false;
    }
    return !port.fqCoDel || LetPass(*port.fqCoDel,
                                    FlowHashOf(header, payload, PerturbationOf(*port.fqCoDel)),
                                    static_cast<uint32_t>(payload.GetSize() + header.size()));
}

void
Ipv4FastPath::Send(Port& port, const Address& to, Ptr<Packet> packet, const uint8_t* header)
{
    SocketPriorityTag priority;
    packet->RemovePacketTag(priority);
    if (Ptr<QueueDisc> present = m_trafficControl->GetRootQueueDiscOnDevice(port.device);
        present != port.queueDisc)
    {
        SetQueueDisc(port, present);
    }
    const bool room = !port.queues || (port.queues->GetNTxQueues() == 1 &&
                                       !port.queues->GetTxQueue(0)->IsStopped());
    if (room && PassQueueDisc(port, *packet, ByteView(header, HEADER)))
    {
        AddFront(packet, RawHeader(ByteView(header, HEADER), Ipv4Header::GetTypeId()));
        port.device->Send(packet, to, EtherType::IPV4);
        return;
    }
    const auto wire = Ipv4WireHeader::Decode(ByteView(header, HEADER), {});
    if (const uint8_t value = Socket::IpTos2Priority(header[1]))
    {
        priority.SetPriority(value);
        packet->AddPacketTag(priority);
    }
    m_trafficControl->Send(port.device,
                           Create<DatagramItem>(packet, to, EtherType::IPV4, ToStockHeader(*wire)));
}

} // namespace strata
} // namespace ns3

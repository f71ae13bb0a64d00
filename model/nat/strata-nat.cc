// SPDX-License-Identifier: GPL-2.0-only

#include "strata-nat.h"

#include "ns3/abort.h"
#include "ns3/ipv4-end-point-demux.h"
#include "ns3/log.h"
#include "ns3/loopback-net-device.h"
#include "ns3/simulator.h"
#include "ns3/strata-grant.h"
#include "ns3/strata-icmp-message.h"
#include "ns3/strata-packet-front.h"
#include "ns3/strata-transport-front.h"
#include "ns3/tcp-l4-protocol.h"
#include "ns3/udp-l4-protocol.h"

#include <istream>
#include <iterator>

namespace ns3
{
namespace strata
{

NS_LOG_COMPONENT_DEFINE("StrataNat");

namespace
{

STRATA_GRANT(UdpEnds, UdpL4Protocol::m_endPoints)
STRATA_GRANT(TcpEnds, TcpL4Protocol::m_endPoints)

constexpr auto TCP = static_cast<uint8_t>(Ipv4Protocol::TCP);
constexpr auto UDP = static_cast<uint8_t>(Ipv4Protocol::UDP);
constexpr auto ICMP = static_cast<uint8_t>(Ipv4Protocol::ICMP);

/** The source that a datagram leaves with which goes from inside to inside. */
class NatHairpinTag : public Tag
{
  public:
    NatHairpinTag() = default;

    explicit NatHairpinTag(NatEndpoint source)
        : m_source(source)
    {
    }

    static TypeId GetTypeId()
    {
        static TypeId tid = TypeId("ns3::strata::NatHairpinTag")
                                .SetParent<Tag>()
                                .SetGroupName("Strata")
                                .AddConstructor<NatHairpinTag>();
        return tid;
    }

    TypeId GetInstanceTypeId() const override
    {
        return GetTypeId();
    }

    uint32_t GetSerializedSize() const override
    {
        return 6;
    }

    void Serialize(TagBuffer buffer) const override
    {
        buffer.WriteU32(m_source.address);
        buffer.WriteU16(m_source.port);
    }

    void Deserialize(TagBuffer buffer) override
    {
        m_source.address = buffer.ReadU32();
        m_source.port = buffer.ReadU16();
    }

    void Print(std::ostream& os) const override
    {
        os << ToText(m_source);
    }

    NatEndpoint GetSource() const
    {
        return m_source;
    }

  private:
    NatEndpoint m_source;
};

NS_OBJECT_ENSURE_REGISTERED(NatHairpinTag);

/** The transport header of a datagram, for what has one. */
TransportFront
FrontOf(const Ipv4HookPacket& packet)
{
    return packet.header.fragmentOffset == 0
               ? TransportFront(packet.header.protocol, *packet.payload)
               : TransportFront(packet.header.protocol, ByteView());
}

NatPayload
PayloadOf(TransportFront& front, const Ipv4HookPacket& packet)
{
    return NatPayload(front.data(), front.size(), packet.payload->GetSize());
}

/** Puts other octets in the place of a packet's, which keeps its uid and its packet tags. */
void
ReplaceAll(Ptr<Packet> packet, const Bytes& bytes)
{
    RemoveFront(packet, packet->GetSize());
    packet->AddAtEnd(Create<Packet>(bytes.data(), static_cast<uint32_t>(bytes.size())));
}

} // namespace

StrataNat::StrataNat()
    : m_random(CreateObject<UniformRandomVariable>())
{
    m_machine.Table().SetRecording(true);
}

StrataNat::~StrataNat() = default;

void
StrataNat::Install(Ptr<Node> node, Ptr<NetDevice> outside)
{
    NS_LOG_FUNCTION(this << node << outside);
    NS_ABORT_MSG_UNLESS(outside && outside->GetNode() == node,
                        "The outside device of a translator is one of its node");
    NS_ABORT_MSG_IF(m_hooks, "This translator is installed already");
    m_node = node;
    m_outside = outside;
    m_hooks = Ipv4Hooks::Of(node);
    m_hooks->Attach(HookPoint::PREROUTING, NatPriority::DESTINATION, this);
    m_hooks->Attach(HookPoint::POSTROUTING, NatPriority::SOURCE, this);
    node->AggregateObject(this);
}

void
StrataNat::Apply()
{
    m_machine.SetConfig(m_config);
    Report();
}

int64_t
StrataNat::AssignStreams(int64_t stream)
{
    m_random->SetStream(stream);
    m_seeded = false;
    return 1;
}

bool
StrataNat::AddPublicAddress(Ipv4Address address)
{
    const bool primary =
        address.Get() == m_primary && m_pool.empty() && m_machine.Table().IsPublic(m_primary);
    if (address == Ipv4Address::GetAny() ||
        (!primary && !m_machine.AddPublicAddress(address.Get())))
    {
        return false;
    }
    if (m_pool.empty() && m_primary != 0 && m_primary != address.Get())
    {
        m_machine.RemovePublicAddress(m_primary);
    }
    m_pool.push_back(address.Get());
    m_toClaim.push_back(address.Get());
    m_version = 0;
    return true;
}

bool
StrataNat::AddStatic(Ipv4Address inside, Ipv4Address outside)
{
    Refresh();
    if (!m_machine.AddOneToOne(inside.Get(), outside.Get()))
    {
        return false;
    }
    m_toClaim.push_back(outside.Get());
    m_version = 0;
    return true;
}

bool
StrataNat::AddStaticMapping(std::string protocol,
                            Ipv4Address inside,
                            uint16_t insidePort,
                            Ipv4Address outside,
                            uint16_t outsidePort)
{
    Refresh();
    Fixed fixed;
    fixed.protocol = protocol == "tcp" ? TCP : protocol == "udp" ? UDP : ICMP;
    NS_ABORT_MSG_UNLESS(protocol == "tcp" || protocol == "udp" || protocol == "icmp",
                        "A static mapping is for tcp, udp or icmp; not '" << protocol << "'");
    fixed.inside = {inside.Get(), insidePort};
    fixed.outside = {outside.Get(), outsidePort};
    const bool here = fixed.outside.address == 0
                          ? m_primary != 0
                          : m_machine.Table().IsPublic(fixed.outside.address);
    if (here && !PlaceFixed(fixed))
    {
        return false;
    }
    m_fixed.push_back(fixed); // for when its address comes
    return true;
}

bool
StrataNat::AddPortForward(std::string protocol,
                          uint16_t outsidePort,
                          Ipv4Address inside,
                          uint16_t insidePort)
{
    return AddStaticMapping(protocol, inside, insidePort, Ipv4Address::GetAny(), outsidePort);
}

bool
StrataNat::PlaceFixed(const Fixed& fixed)
{
    const bool placed = m_machine.Table().AddFixed(
        fixed.protocol,
        fixed.inside,
        {fixed.outside.address == 0 ? m_primary : fixed.outside.address, fixed.outside.port},
        Now());
    Report();
    return placed;
}

void
StrataNat::AddInsideNetwork(Ipv4Address network, Ipv4Mask mask)
{
    m_insideNetworks.emplace_back(network.Get(), mask.GetPrefixLength());
    m_version = 0;
}

Ipv4InterfaceAddress
StrataNat::OutsideAddress() const
{
    Ptr<Ipv4L3Protocol> ipv4 = m_hooks->GetIpv4();
    const int32_t interface = ipv4 ? ipv4->GetInterfaceForDevice(m_outside) : -1;
    for (uint32_t i = 0;
         interface >= 0 && i < ipv4->GetNAddresses(static_cast<uint32_t>(interface));
         ++i)
    {
        const Ipv4InterfaceAddress address = ipv4->GetAddress(static_cast<uint32_t>(interface), i);
        if (!address.IsSecondary() && address.GetLocal() != Ipv4Address::GetAny())
        {
            return address;
        }
    }
    return Ipv4InterfaceAddress(Ipv4Address::GetAny(), Ipv4Mask::GetZero());
}

void
StrataNat::Claim(uint32_t address, const Ipv4InterfaceAddress& primary)
{
    Ptr<Ipv4L3Protocol> ipv4 = m_hooks->GetIpv4();
    const Ipv4Address claimed(address);
    if (!m_outside->NeedsArp() || ipv4->GetInterfaceForAddress(claimed) >= 0 ||
        primary.GetLocal().CombineMask(primary.GetMask()) != claimed.CombineMask(primary.GetMask()))
    {
        return;
    }
    Ipv4InterfaceAddress second(claimed, primary.GetMask());
    second.SetSecondary();
    ipv4->AddAddress(static_cast<uint32_t>(ipv4->GetInterfaceForDevice(m_outside)), second);
}

void
StrataNat::Refresh()
{
    if (!m_hooks || IsFresh())
    {
        return;
    }
    if (!m_seeded)
    {
        m_seeded = true;
        m_config.seed = m_random->GetInteger(1, UINT32_MAX);
        m_config.verifyChecksums = Node::ChecksumEnabled();
        m_machine.SetConfig(m_config);
    }
    Ptr<Ipv4L3Protocol> ipv4 = m_hooks->GetIpv4();
    const Ipv4InterfaceAddress primary = OutsideAddress();
    const uint32_t before = m_primary;
    m_primary = primary.GetLocal().Get();
    if (before != m_primary && m_pool.empty())
    {
        // RFC 4787 section 4.1: an address that is gone takes its mappings with it.
        m_machine.RemovePublicAddress(before);
        m_machine.AddPublicAddress(m_primary);
    }
    if (m_primary != 0)
    {
        for (const uint32_t address : m_toClaim)
        {
            Claim(address, primary);
        }
        m_toClaim.clear();
    }
    for (const Fixed& fixed : m_fixed)
    {
        if (m_machine.Table().IsPublic(fixed.outside.address == 0 ? m_primary
                                                                  : fixed.outside.address))
        {
            PlaceFixed(fixed);
        }
    }
    std::vector<Ipv4Prefix> inside = m_insideNetworks;
    std::vector<uint32_t> own;
    const int32_t outside = ipv4->GetInterfaceForDevice(m_outside);
    // Interface 0 is loopback.
    for (uint32_t i = 1; i < ipv4->GetNInterfaces(); ++i)
    {
        for (uint32_t j = 0; j < ipv4->GetNAddresses(i); ++j)
        {
            const Ipv4InterfaceAddress address = ipv4->GetAddress(i, j);
            if (address.GetLocal() == Ipv4Address::GetAny())
            {
                continue;
            }
            own.push_back(address.GetLocal().Get());
            if (m_insideNetworks.empty() && static_cast<int32_t>(i) != outside)
            {
                inside.emplace_back(address.GetLocal().Get(), address.GetMask().GetPrefixLength());
            }
        }
    }
    m_machine.SetInside(inside, !m_insideNetworks.empty());
    m_machine.SetOwn(own);
    m_sides.clear();
    m_version = m_hooks->GetAddressVersion();
    Report();
}

bool
StrataNat::IsOwn(uint8_t protocol, uint16_t port) const
{
    Ipv4EndPointDemux* ends = nullptr;
    if (protocol == TCP)
    {
        if (Ptr<TcpL4Protocol> tcp = m_node->GetObject<TcpL4Protocol>())
        {
            ends = PeekPointer(tcp)->*MemberOf(TcpEnds());
        }
    }
    else if (Ptr<UdpL4Protocol> udp = m_node->GetObject<UdpL4Protocol>())
    {
        ends = PeekPointer(udp)->*MemberOf(UdpEnds());
    }
    return ends && ends->LookupPortLocal(port);
}

bool
StrataNat::IsBehind(uint32_t address) const
{
    if (m_sides.empty())
    {
        m_sides.resize(1024);
    }
    const Nanos now = Now();
    Side& side = m_sides[(address * 0x9e3779b1U) >> 22];
    if (side.address == address && now < side.until)
    {
        return side.behind;
    }
    side.address = address;
    side.until = now + ROUTE_LIFETIME;
    Ipv4Header header;
    header.SetDestination(Ipv4Address(address));
    Socket::SocketErrno error;
    Ptr<Ipv4RoutingProtocol> routing = m_hooks->GetRouting();
    Ptr<Ipv4Route> route =
        routing && !header.GetDestination().IsMulticast() && !header.GetDestination().IsBroadcast()
            ? routing->RouteOutput(nullptr, header, nullptr, error)
            : nullptr;
    // Protocols that look for routes on demand say loopback before they do.
    const Ptr<NetDevice> device = route ? route->GetOutputDevice() : nullptr;
    side.behind = device && device != m_outside && !DynamicCast<LoopbackNetDevice>(device);
    return side.behind;
}

Ipv4Address
StrataNat::GetPublicAddress()
{
    Refresh();
    const auto addresses = m_machine.Table().PublicAddresses();
    return addresses.empty() ? Ipv4Address::GetAny() : Ipv4Address(addresses.front());
}

Nanos
StrataNat::Now() const
{
    return Nanos(Simulator::Now().GetNanoSeconds());
}

HookVerdict
StrataNat::Process(Ipv4HookPacket& packet)
{
    Refresh();
    return packet.point == HookPoint::PREROUTING ? Arrive(packet) : Depart(packet);
}

bool
StrataNat::ProcessInPassing(HookPoint point, Ipv4PassingDatagram& datagram)
{
    if (!m_up || !IsFresh())
    {
        return false;
    }
    const bool fromOutside = datagram.in == PeekPointer(m_outside);
    const NatPayload transport(datagram.transport, datagram.transportSize, datagram.size);
    if (point == HookPoint::PREROUTING)
    {
        if (!fromOutside)
        {
            return !m_machine.IsPublic(datagram.destination);
        }
        if (!m_machine.InboundInPassing(datagram.source,
                                        datagram.destination,
                                        datagram.protocol,
                                        transport,
                                        Now(),
                                        this))
        {
            return false;
        }
        datagram.changed = true;
        Arm();
        return true;
    }
    if (NatHairpinTag tag; m_tagged && datagram.packet->PeekPacketTag(tag))
    {
        return false;
    }
    if (datagram.out != PeekPointer(m_outside))
    {
        return true;
    }
    if (fromOutside || !m_machine.OutboundInPassing(datagram.source,
                                                    datagram.destination,
                                                    datagram.protocol,
                                                    transport,
                                                    Now()))
    {
        return false;
    }
    datagram.changed = true;
    Arm(); // its session may end sooner than before, if times were set anew
    return true;
}

HookVerdict
StrataNat::Arrive(Ipv4HookPacket& packet)
{
    const bool outside = packet.in == m_outside;
    if (!outside && !m_machine.IsPublic(packet.header.destination))
    {
        return HookVerdict::ACCEPT;
    }
    if (!m_up)
    {
        return DropFor(packet, NatDrop::DOWN);
    }
    return Translate(outside ? Way::IN : Way::HAIRPIN, packet);
}

HookVerdict
StrataNat::Depart(Ipv4HookPacket& packet)
{
    if (packet.Out() != m_outside)
    {
        if (packet.local)
        {
            return m_up && m_machine.HasAnswers() ? Translate(Way::ANSWER, packet)
                                                  : HookVerdict::ACCEPT;
        }
        NatHairpinTag tag;
        if (!m_tagged || !packet.payload->RemovePacketTag(tag))
        {
            return HookVerdict::ACCEPT;
        }
        TransportFront front = FrontOf(packet);
        NatMachine::RewriteSource(packet.header, PayloadOf(front, packet), tag.GetSource());
        front.PutBack(packet.payload);
        return HookVerdict::ACCEPT;
    }
    if (!m_up)
    {
        return DropFor(packet, NatDrop::DOWN);
    }
    if (NatHairpinTag tag; m_tagged && !packet.local)
    {
        packet.payload->RemovePacketTag(tag); // what a public end outside led to
    }
    if (!packet.local && packet.in == m_outside)
    {
        return m_machine.IsInside(packet.header.source) ? DropFor(packet, NatDrop::SPOOFED)
                                                        : HookVerdict::ACCEPT;
    }
    // With a pool of other addresses, the node's own traffic keeps the node's own.
    if (packet.local && packet.header.source == m_primary && !m_machine.Table().IsPublic(m_primary))
    {
        return HookVerdict::ACCEPT;
    }
    return Translate(Way::OUT, packet);
}

NatVerdict
StrataNat::Ask(Way way, Ipv4HookPacket& packet, NatPayload payload)
{
    switch (way)
    {
    case Way::IN:
        return m_machine.Inbound(packet.header, payload, Now(), this);
    case Way::HAIRPIN:
        return m_machine.Hairpin(packet.header, payload, Now(), this);
    case Way::ANSWER:
        return m_machine.Answer(packet.header, payload, Now());
    case Way::OUT:
        break;
    }
    payload.fragmentsLater =
        packet.header.HeaderSize() + packet.payload->GetSize() > m_outside->GetMtu();
    return m_machine.Outbound(packet.header, payload, packet.local, Now(), this);
}

HookVerdict
StrataNat::Translate(Way way, Ipv4HookPacket& packet)
{
    TransportFront front = FrontOf(packet);
    NatVerdict verdict = Ask(way, packet, PayloadOf(front, packet));
    if (verdict.action == NatAction::REWRITTEN)
    {
        front.PutBack(packet.payload);
    }
    else if (verdict.action == NatAction::NEED_ALL)
    {
        m_scratch.resize(packet.payload->GetSize());
        packet.payload->CopyData(m_scratch.data(), static_cast<uint32_t>(m_scratch.size()));
        verdict = Ask(way, packet, NatPayload(m_scratch));
        if (verdict.action == NatAction::REWRITTEN)
        {
            ReplaceAll(packet.payload, m_scratch);
        }
    }
    return Decide(way, packet, verdict);
}

HookVerdict
StrataNat::Decide(Way way, Ipv4HookPacket& packet, NatVerdict& verdict)
{
    for (const uint32_t ticket : verdict.overflow)
    {
        DiscardFragments(ticket, NatDrop::FRAGMENTS_FULL);
    }
    if (verdict.release)
    {
        // Behind this one, for fragments should leave in order (RFC 4787 REQ-13a).
        Simulator::ScheduleNow(&StrataNat::ReleaseFragments, this, *verdict.release);
    }
    if (verdict.answered)
    {
        const auto syn = m_syns.find(*verdict.answered);
        if (syn != m_syns.end())
        {
            Discard(syn->second, NatDrop::UNSOLICITED_SYN);
            m_syns.erase(syn);
        }
    }
    Report();
    HookVerdict result = HookVerdict::ACCEPT;
    switch (verdict.action)
    {
    case NatAction::PASS:
    case NatAction::REWRITTEN:
        if (verdict.hairpin)
        {
            packet.payload->AddPacketTag(NatHairpinTag(*verdict.hairpin));
            m_tagged = true;
        }
        break;
    case NatAction::HOLD:
        m_fragments[verdict.ticket].push_back(packet);
        result = HookVerdict::TAKEN;
        break;
    case NatAction::HOLD_SYN:
        m_refuse(packet, NAT_UNSOLICITED_SYN);
        m_syns[verdict.ticket] = packet;
        result = HookVerdict::TAKEN;
        break;
    case NatAction::DROP:
    case NatAction::NEED_ALL:
        result = DropFor(packet, verdict.drop);
        if (verdict.drop >= NatDrop::NO_ADDRESS && verdict.drop <= NatDrop::UNSOLICITED_SYN)
        {
            m_refuse(packet, packet.dropReason);
        }
        if (way == Way::OUT && !packet.local &&
            (verdict.drop == NatDrop::TABLE_FULL || verdict.drop == NatDrop::HOST_FULL ||
             verdict.drop == NatDrop::PORTS_EXHAUSTED))
        {
            // RFC 5508 REQ-8: "send an ICMP Destination Unreachable message, with a code of 13".
            m_unreachable.Send(*m_hooks, packet, IcmpUnreachableCode::COMMUNICATION_PROHIBITED);
        }
        break;
    }
    Arm();
    return result;
}

HookVerdict
StrataNat::DropFor(Ipv4HookPacket& packet, NatDrop why) const
{
    packet.dropReason = DropReason(NatDropName(why));
    return HookVerdict::DROP;
}

void
StrataNat::Discard(Ipv4HookPacket& packet, NatDrop why)
{
    packet.dropReason = DropReason(NatDropName(why));
    m_hooks->Drop(packet);
}

void
StrataNat::DiscardFragments(uint32_t ticket, NatDrop why)
{
    const auto held = m_fragments.find(ticket);
    if (held == m_fragments.end())
    {
        return;
    }
    std::vector<Ipv4HookPacket> packets = std::move(held->second);
    m_fragments.erase(held);
    for (Ipv4HookPacket& packet : packets)
    {
        Discard(packet, why);
    }
}

void
StrataNat::ReleaseFragments(uint32_t ticket)
{
    const auto held = m_fragments.find(ticket);
    if (held == m_fragments.end())
    {
        return;
    }
    std::vector<Ipv4HookPacket> packets = std::move(held->second);
    m_fragments.erase(held);
    for (Ipv4HookPacket& packet : packets)
    {
        switch (Process(packet))
        {
        case HookVerdict::ACCEPT:
            m_hooks->Resume(packet, this);
            break;
        case HookVerdict::DROP:
            m_hooks->Drop(packet);
            break;
        case HookVerdict::TAKEN:
            break;
        }
    }
}

void
StrataNat::DiscardAll(const NatDue& held, NatDrop why)
{
    for (const uint32_t ticket : held.fragments)
    {
        DiscardFragments(ticket, why);
    }
    for (const uint32_t ticket : held.syns)
    {
        const auto syn = m_syns.find(ticket);
        if (syn != m_syns.end())
        {
            Discard(syn->second, why);
            m_syns.erase(syn);
        }
    }
}

void
StrataNat::Arm()
{
    const Nanos next = m_machine.NextDeadline();
    if (m_timerAt <= next)
    {
        return;
    }
    m_timer.Cancel();
    m_timerAt = next;
    m_timer = Simulator::Schedule(NanoSeconds((std::max(next, Now()) - Now()).count()),
                                  &StrataNat::OnTimer,
                                  this);
}

void
StrataNat::OnTimer()
{
    m_timerAt = NEVER;
    const NatDue due = m_machine.Advance(Now());
    for (const uint32_t ticket : due.fragments)
    {
        DiscardFragments(ticket, NatDrop::FRAGMENT_TIMEOUT);
    }
    for (const uint32_t ticket : due.syns)
    {
        const auto syn = m_syns.find(ticket);
        if (syn == m_syns.end())
        {
            continue;
        }
        Ipv4HookPacket packet = std::move(syn->second);
        m_syns.erase(syn);
        // RFC 5382 REQ-4: "the NAT SHOULD send an ICMP Port Unreachable error".
        m_unreachable.Send(*m_hooks, packet, IcmpUnreachableCode::PORT);
        Discard(packet, NatDrop::UNSOLICITED_SYN);
    }
    Report();
    Arm();
}

void
StrataNat::Report()
{
    if (!m_machine.Table().HasEvents())
    {
        return;
    }
    std::vector<NatMappingEvent> events;
    events.swap(m_events); // a listener may cause more of them
    m_machine.Table().TakeEvents(events);
    for (const NatMappingEvent& event : events)
    {
        NS_LOG_INFO((event.created ? "create " : "expire ") << ToText(event.mapping));
        (event.created ? m_create : m_expire)(event.mapping);
    }
    events.clear();
    events.swap(m_events);
}

void
StrataNat::Crash()
{
    NS_LOG_FUNCTION(this);
    m_up = false;
    DiscardAll(m_keepTable ? NatDue{} : m_machine.Clear(), NatDrop::DOWN);
    Report();
}

void
StrataNat::Restart()
{
    NS_LOG_FUNCTION(this);
    m_up = true;
}

uint32_t
StrataNat::GetSize() const
{
    return static_cast<uint32_t>(m_machine.Table().size());
}

uint32_t
StrataNat::GetSessions() const
{
    return static_cast<uint32_t>(m_machine.Table().CountSessions());
}

void
StrataNat::PrintTable(std::ostream& os) const
{
    os << m_machine.Table().Print(Now());
}

void
StrataNat::SaveTable(std::ostream& os) const
{
    os << m_machine.Table().Export();
}

std::string
StrataNat::LoadTable(std::istream& is)
{
    Refresh();
    const std::string text{std::istreambuf_iterator<char>(is), std::istreambuf_iterator<char>()};
    const std::string wrong = m_machine.Table().Import(text, Now());
    Report();
    Arm();
    return wrong;
}

void
StrataNat::DoDispose()
{
    m_timer.Cancel();
    m_fragments.clear();
    m_syns.clear();
    m_hooks = nullptr;
    m_outside = nullptr;
    m_node = nullptr;
    m_random = nullptr;
    Ipv4HookElement::DoDispose();
}

} // namespace strata
} // namespace ns3

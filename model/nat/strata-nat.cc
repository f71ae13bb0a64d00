// SPDX-License-Identifier: GPL-2.0-only

#include "strata-nat.h"

#include "strata-nat-hairpin-tag.h"

#include "ns3/abort.h"
#include "ns3/log.h"
#include "ns3/simulator.h"
#include "ns3/strata-fib-routing-protocol.h"
#include "ns3/strata-packet-front.h"
#include "ns3/strata-transport-front.h"

#include <istream>
#include <iterator>

namespace ns3
{
namespace strata
{

NS_LOG_COMPONENT_DEFINE("StrataNat");

namespace
{

constexpr auto ICMP = static_cast<uint8_t>(Ipv4Protocol::ICMP);

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
    m_fib = nullptr;
    m_outside = nullptr;
    m_node = nullptr;
    m_random = nullptr;
    Ipv4HookElement::DoDispose();
}

} // namespace strata
} // namespace ns3

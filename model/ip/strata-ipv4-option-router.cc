// SPDX-License-Identifier: GPL-2.0-only

#include "strata-ipv4-option-router.h"

#include "strata-address-decision.h"
#include "strata-time-of-day.h"

#include "ns3/ipv4-interface.h"
#include "ns3/loopback-net-device.h"
#include "ns3/simulator.h"
#include "ns3/strata-ipv4-convert.h"

#include <algorithm>

namespace ns3
{
namespace strata
{

NS_OBJECT_ENSURE_REGISTERED(Ipv4OptionRouter);

namespace
{

/** More source routes of peers than this are not remembered: the first ones go. */
constexpr std::size_t MAX_RETURNS = 4096;

/** The first two 16-bit words of a transport header: the ports. */
std::optional<std::pair<uint16_t, uint16_t>>
Ports(const Ipv4HookPacket& packet)
{
    uint8_t bytes[4];
    if (packet.header.fragmentOffset != 0 || packet.payload->CopyData(bytes, 4) != 4)
    {
        return std::nullopt;
    }
    return std::pair(static_cast<uint16_t>(bytes[0] << 8 | bytes[1]),
                     static_cast<uint16_t>(bytes[2] << 8 | bytes[3]));
}

/**
 * Makes a source route that names the stops on the way one that is under way: the first stop
 * becomes the destination, and the destination the last stop.
 */
bool
CompleteSourceRoute(Ipv4WireHeader& header)
{
    std::vector<uint32_t> stops;
    Ipv4OptionKind kind = Ipv4OptionKind::LOOSE_SOURCE_ROUTE;
    Ipv4WireHeader::Options others;
    Ipv4OptionWriter writer(others);
    Ipv4OptionReader reader(header);
    while (const auto option = reader.Next())
    {
        if (!option->IsSourceRoute())
        {
            writer.Copy(option->bytes);
            continue;
        }
        const auto route = Ipv4RouteOption::Parse(*option);
        if (!route)
        {
            return false;
        }
        kind = static_cast<Ipv4OptionKind>(option->kind);
        for (std::size_t i = 0; i < route->SlotCount(); ++i)
        {
            stops.push_back(route->Slot(i));
        }
    }
    if (!reader.Ok() || stops.empty())
    {
        return reader.Ok();
    }
    stops.push_back(header.destination);
    header.options = others;
    return SetIpv4SourceRoute(header, kind, stops);
}

} // namespace

TypeId
Ipv4OptionRouter::GetTypeId()
{
    static TypeId tid =
        TypeId("ns3::strata::Ipv4OptionRouter")
            .SetParent<Ipv4HookElement>()
            .SetGroupName("Strata")
            .AddConstructor<Ipv4OptionRouter>()
            .AddTraceSource("RouterAlert",
                            "A datagram that asks every router to look at it passes",
                            MakeTraceSourceAccessor(&Ipv4OptionRouter::m_routerAlert),
                            "ns3::strata::Ipv4OptionRouter::RouterAlertCallback");
    return tid;
}

void
Ipv4OptionRouter::Setup(Ptr<Ipv4Hooks> hooks,
                        Ptr<StrataIcmp> icmp,
                        Ptr<Ipv4Sender> sender,
                        Ptr<Ipv4AddressFilter> addresses)
{
    m_hooks = hooks;
    m_icmp = icmp;
    m_sender = sender;
    m_addresses = addresses;
}

uint32_t
Ipv4OptionRouter::HeaderSizeOf(Ptr<const Packet> payload)
{
    Ipv4WireHeader header;
    Ipv4OptionsTag tag;
    if (payload->PeekPacketTag(tag))
    {
        header.options = tag.GetOptions();
        if (tag.GetFirstStop() == 0)
        {
            CompleteSourceRoute(header);
        }
    }
    return static_cast<uint32_t>(header.HeaderSize());
}

void
Ipv4OptionRouter::SetOptions(uint8_t protocol, uint16_t localPort, Ipv4WireHeader::Options options)
{
    if (options.empty())
    {
        m_ports.erase({protocol, localPort});
        return;
    }
    Ipv4OptionWriter(options).Pad();
    m_ports[{protocol, localPort}] = std::move(options);
}

bool
Ipv4OptionRouter::Owns(uint32_t address) const
{
    return m_hooks->GetIpv4()->GetInterfaceForAddress(Ipv4Address(address)) >= 0;
}

bool
Ipv4OptionRouter::IsMine(uint32_t address, Ptr<NetDevice> in) const
{
    // RFC 1122 section 3.2.1.3 (g): all of 127/8 is this host.
    if (KindOfAddress(address) == Ipv4AddressKind::LOOPBACK)
    {
        return DynamicCast<LoopbackNetDevice>(in) != nullptr;
    }
    Ptr<Ipv4L3Protocol> ipv4 = m_hooks->GetIpv4();
    return ipv4->IsDestinationAddress(Ipv4Address(address),
                                      static_cast<uint32_t>(ipv4->GetInterfaceForDevice(in)));
}

bool
Ipv4OptionRouter::MayBeStop(uint32_t address) const
{
    return !m_icmp->IsToMany(address) && RuleOfKind(KindOfAddress(address)).forwardable;
}

bool
Ipv4OptionRouter::NeedsAll() const
{
    return false;
}

HookVerdict
Ipv4OptionRouter::Process(Ipv4HookPacket& packet)
{
    if (packet.point == HookPoint::OUTPUT)
    {
        return Emit(packet);
    }
    return packet.header.options.empty() ? HookVerdict::ACCEPT : Receive(packet);
}

HookVerdict
Ipv4OptionRouter::Refuse(Ipv4HookPacket& packet, DropReason reason)
{
    packet.dropReason = reason;
    return HookVerdict::DROP;
}

HookVerdict
Ipv4OptionRouter::Receive(Ipv4HookPacket& packet)
{
    // A source route may name several addresses of this node in a row; 40 octets hold nine.
    for (int stop = 0; stop < 10; ++stop)
    {
        const bool mine = IsMine(packet.header.destination, packet.in);
        const Ipv4OptionsVerdict verdict = JudgeIpv4Options(packet.header, mine, m_rules);
        if (verdict.plan.routerAlert && stop == 0)
        {
            m_routerAlert(packet, *verdict.plan.routerAlert);
        }
        switch (verdict.action)
        {
        case Ipv4OptionsAction::PARAMETER_PROBLEM:
            m_icmp->SendParameterProblem(verdict.pointer, packet);
            return Refuse(packet, IP_BAD_OPTION);
        case Ipv4OptionsAction::MISSING_OPTION:
            m_icmp->SendError(IcmpType::PARAMETER_PROBLEM,
                              static_cast<uint8_t>(IcmpParameterProblemCode::MISSING_OPTION),
                              uint32_t{verdict.pointer} << 24,
                              packet);
            return Refuse(packet, IP_SECURITY_REFUSED);
        case Ipv4OptionsAction::SOURCE_ROUTE_REFUSED:
            return Refuse(packet, IP_SOURCE_ROUTE_REFUSED);
        case Ipv4OptionsAction::SECURITY_REFUSED:
            m_icmp->SendUnreachable(IcmpUnreachableCode::HOST_PROHIBITED, packet);
            return Refuse(packet, IP_SECURITY_REFUSED);
        case Ipv4OptionsAction::SOURCE_ROUTE:
            if (m_icmp->IsToMany(packet.header.destination))
            {
                // RFC 1812 section 5.3.4: what all on a link got is not for one to forward.
                return Refuse(packet, IP_SOURCE_ROUTE_REFUSED);
            }
            if (Owns(verdict.nextDestination))
            {
                Stamp(packet, verdict.plan, packet.header.destination);
                continue;
            }
            Forward(packet, verdict);
            return HookVerdict::TAKEN;
        case Ipv4OptionsAction::CONTINUE:
            if (mine)
            {
                Deliver(packet, verdict.plan);
            }
            else
            {
                Forward(packet, verdict);
            }
            return HookVerdict::TAKEN;
        }
    }
    return Refuse(packet, IP_BAD_OPTION);
}

void
Ipv4OptionRouter::Stamp(Ipv4HookPacket& packet, const Ipv4OptionsPlan& plan, uint32_t address) const
{
    if (!plan.Changes())
    {
        return;
    }
    Ipv4OptionsStamp stamp;
    stamp.address = address;
    stamp.time = TimestampNow();
    stamp.ownsTimestamp = plan.timestampFor && Owns(*plan.timestampFor);
    StampIpv4Options(packet.header, plan, stamp);
}

void
Ipv4OptionRouter::Forward(Ipv4HookPacket& packet, const Ipv4OptionsVerdict& verdict)
{
    Ptr<Ipv4L3Protocol> ipv4 = m_hooks->GetIpv4();
    const bool routed = verdict.action == Ipv4OptionsAction::SOURCE_ROUTE;
    const Ipv4Address destination(routed ? verdict.nextDestination : packet.header.destination);
    packet.point = HookPoint::FORWARD;
    packet.local = false;
    packet.receivedTtl = packet.header.ttl;
    if (!ipv4->IsForwarding(static_cast<uint32_t>(ipv4->GetInterfaceForDevice(packet.in))))
    {
        packet.dropReason = IP_NOT_FORWARDING;
        m_hooks->Drop(packet);
        return;
    }
    if (packet.header.ttl > 0)
    {
        packet.header.UpdateTtl(static_cast<uint8_t>(packet.header.ttl - 1));
    }
    Ipv4Header stock = ToStockHeader(packet.header);
    stock.SetDestination(destination);
    if (!routed || MayBeStop(verdict.nextDestination))
    {
        Socket::SocketErrno error;
        packet.route = m_hooks->GetRouting()->RouteOutput(packet.payload, stock, nullptr, error);
    }
    // a route to a neighbour may name it as its own gateway, as global routing does
    const bool neighbour = packet.route && (packet.route->GetGateway() == Ipv4Address::GetAny() ||
                                            packet.route->GetGateway() == destination);
    if (!packet.route || (routed && verdict.strict && !neighbour))
    {
        m_icmp->SendUnreachable(routed ? IcmpUnreachableCode::SOURCE_ROUTE_FAILED
                                       : IcmpUnreachableCode::NET,
                                packet);
        packet.dropReason = routed ? IP_SOURCE_ROUTE_FAILED : IP_NO_ROUTE;
        m_hooks->Drop(packet);
        return;
    }
    if (!m_hooks->Run(packet))
    {
        return;
    }
    // RFC 791: the address by which this node is known where the datagram goes.
    Stamp(packet, verdict.plan, packet.route->GetSource().Get());
    m_sender->SendRouted(packet, m_answer);
}

void
Ipv4OptionRouter::Deliver(Ipv4HookPacket& packet, const Ipv4OptionsPlan& plan)
{
    Stamp(packet, plan, packet.header.destination);
    if (packet.header.Is(Ipv4Protocol::TCP))
    {
        // RFC 1122 section 4.2.3.8: TCP answers over the reverse of the source route it came by.
        const auto ports = Ports(packet);
        const Ipv4ReturnPlan plan = ReplyIpv4Options(packet.header);
        if (ports && !plan.options.empty())
        {
            if (m_returns.size() == MAX_RETURNS)
            {
                m_returns.erase(m_returns.begin());
            }
            m_returns[{ports->second, packet.header.source, ports->first}] = plan;
        }
    }
    Ipv4OptionsTag tag(packet.header.options);
    packet.payload->ReplacePacketTag(tag);
    packet.header.options.clear();
    m_hooks->Resume(packet, this);
}

Ipv4OptionsTag
Ipv4OptionRouter::FindOptions(const Ipv4HookPacket& packet) const
{
    Ipv4OptionsTag tag;
    if (packet.payload->RemovePacketTag(tag))
    {
        return tag;
    }
    if (m_ports.empty() && m_returns.empty())
    {
        return {};
    }
    const auto ports = Ports(packet);
    if (!ports)
    {
        return {};
    }
    const auto found = m_ports.find({packet.header.protocol, ports->first});
    if (found != m_ports.end())
    {
        return Ipv4OptionsTag(found->second);
    }
    if (packet.header.Is(Ipv4Protocol::TCP))
    {
        const auto back = m_returns.find({ports->first, packet.header.destination, ports->second});
        if (back != m_returns.end())
        {
            return Ipv4OptionsTag(back->second.options, back->second.destination);
        }
    }
    return {};
}

HookVerdict
Ipv4OptionRouter::Emit(Ipv4HookPacket& packet)
{
    Ipv4WireHeader& header = packet.header;
    const Ipv4OptionsTag wanted = FindOptions(packet);
    header.options = wanted.GetOptions();
    const uint32_t end = header.destination;
    if (wanted.GetFirstStop() != 0)
    {
        header.destination = wanted.GetFirstStop();
    }
    else if (!header.options.empty() && !CompleteSourceRoute(header))
    {
        return Refuse(packet, IP_BAD_OPTION);
    }
    // A route back is what a stranger says was the way here.
    if (header.destination != end && !MayBeStop(header.destination))
    {
        return Refuse(packet, IP_BAD_OPTION);
    }
    const std::size_t size = header.HeaderSize() + packet.payload->GetSize();
    if (header.options.empty())
    {
        // The stock stack would loop it back in fragments, but what comes to INPUT is whole.
        if (packet.route && size > packet.Out()->GetMtu() && StaysHere(header))
        {
            LoopBack(packet);
            return HookVerdict::TAKEN;
        }
        return HookVerdict::ACCEPT;
    }
    if (size > IPV4_MAX_DATAGRAM)
    {
        return Refuse(packet, IP_TOO_LONG);
    }
    header.totalLength = static_cast<uint16_t>(size);
    header.identification = m_sender->NextIdentification();
    // The stock protocols have no route for a link's own groups unless told the link.
    if (!Ipv4Address(header.destination).IsLocalMulticast())
    {
        packet.route = m_hooks->FindRoute(header, packet.payload);
    }
    if (!packet.route)
    {
        return Refuse(packet, IP_NO_ROUTE);
    }
    const Ipv4OptionsVerdict verdict = JudgeOwnIpv4Options(header);
    if (verdict.action == Ipv4OptionsAction::PARAMETER_PROBLEM)
    {
        return Refuse(packet, IP_BAD_OPTION);
    }
    Stamp(packet, verdict.plan, header.source);
    if (StaysHere(header))
    {
        LoopBack(packet);
    }
    else
    {
        m_sender->SendRouted(packet);
    }
    return HookVerdict::TAKEN;
}

bool
Ipv4OptionRouter::StaysHere(const Ipv4WireHeader& header) const
{
    return m_addresses->JudgeOwn(header).action == Ipv4AddressAction::LOOP_BACK;
}

void
Ipv4OptionRouter::LoopBack(Ipv4HookPacket packet)
{
    packet.point = HookPoint::POSTROUTING;
    if (m_hooks->Run(packet))
    {
        Simulator::ScheduleNow(&Ipv4OptionRouter::ReceiveOwn, Ptr<Ipv4OptionRouter>(this), packet);
    }
}

void
Ipv4OptionRouter::ReceiveOwn(Ipv4HookPacket packet)
{
    if (!m_hooks)
    {
        return;
    }
    // As the stock stack does it: by the interface that has the address, or by loopback.
    Ptr<Ipv4L3Protocol> ipv4 = m_hooks->GetIpv4();
    const int32_t interface = ipv4->GetInterfaceForAddress(Ipv4Address(packet.header.destination));
    packet.in = ipv4->GetNetDevice(static_cast<uint32_t>(std::max(interface, 0)));
    packet.from = packet.to = packet.in->GetBroadcast();
    packet.packetType = NetDevice::PACKET_HOST;
    packet.route = nullptr;
    packet.point = HookPoint::PREROUTING;
    if (packet.header.options.empty())
    {
        m_hooks->Resume(packet, this);
    }
    else if (Receive(packet) == HookVerdict::DROP)
    {
        m_hooks->Drop(packet);
    }
}

void
Ipv4OptionRouter::DoDispose()
{
    m_hooks = nullptr;
    m_icmp = nullptr;
    m_sender = nullptr;
    m_addresses = nullptr;
    Ipv4HookElement::DoDispose();
}

} // namespace strata
} // namespace ns3

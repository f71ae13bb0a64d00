// SPDX-License-Identifier: GPL-2.0-only

#include "strata-icmp-protocol.h"

#include "strata-time-of-day.h"

#include "ns3/boolean.h"
#include "ns3/ipv4-interface.h"
#include "ns3/log.h"
#include "ns3/loopback-net-device.h"
#include "ns3/simulator.h"
#include "ns3/socket.h"
#include "ns3/strata-ipv4-convert.h"
#include "ns3/uinteger.h"

#include <array>

namespace ns3
{
namespace strata
{

NS_LOG_COMPONENT_DEFINE("StrataIcmp");

NS_OBJECT_ENSURE_REGISTERED(StrataIcmp);

namespace
{

constexpr uint8_t ICMP = static_cast<uint8_t>(Ipv4Protocol::ICMP);

Bytes
ToBytes(Ptr<const Packet> packet)
{
    Bytes bytes(packet->GetSize());
    packet->CopyData(bytes.data(), static_cast<uint32_t>(bytes.size()));
    return bytes;
}

} // namespace

TypeId
StrataIcmp::GetTypeId()
{
    static TypeId tid =
        TypeId("ns3::strata::StrataIcmp")
            .SetParent<Icmpv4L4Protocol>()
            .SetGroupName("Strata")
            .AddConstructor<StrataIcmp>()
            .AddAttribute("AnswerBroadcasts",
                          "Whether queries to a broadcast or multicast address are answered "
                          "(RFC 1122 section 3.2.2.6)",
                          BooleanValue(false),
                          MakeBooleanAccessor(&StrataIcmp::m_answerBroadcasts),
                          MakeBooleanChecker())
            .AddAttribute("AnswerTimestamps",
                          "Whether timestamp requests are answered (RFC 1122 section 3.2.2.8)",
                          BooleanValue(true),
                          MakeBooleanAccessor(&StrataIcmp::m_answerTimestamps),
                          MakeBooleanChecker())
            .AddAttribute("QuoteLittle",
                          "Quote the header and 64 bits (RFC 792), not up to 576 octets (RFC 1812)",
                          BooleanValue(false),
                          MakeBooleanAccessor(&StrataIcmp::m_quoteLittle),
                          MakeBooleanChecker())
            .AddAttribute(
                "ErrorInterval",
                "Errors may leave this far apart on average; 0 is no limit (RFC 1812 "
                "section 4.3.2.8)",
                TimeValue(MilliSeconds(1)),
                MakeTimeAccessor(&StrataIcmp::SetErrorInterval, &StrataIcmp::GetErrorInterval),
                MakeTimeChecker(Seconds(0)))
            .AddAttribute(
                "ErrorBurst",
                "Errors that may leave at once after a pause",
                UintegerValue(50),
                MakeUintegerAccessor(&StrataIcmp::SetErrorBurst, &StrataIcmp::GetErrorBurst),
                MakeUintegerChecker<uint32_t>(1))
            .AddTraceSource("Sent",
                            "A message left",
                            MakeTraceSourceAccessor(&StrataIcmp::m_sent),
                            "ns3::strata::StrataIcmp::MessageTracedCallback")
            .AddTraceSource(
                "Withheld",
                "An error was due about a datagram, but the rules or the rate forbid it",
                MakeTraceSourceAccessor(&StrataIcmp::m_withheld),
                "ns3::strata::StrataIcmp::WithheldCallback")
            .AddTraceSource("Received",
                            "A message with a right checksum came in",
                            MakeTraceSourceAccessor(&StrataIcmp::m_received),
                            "ns3::strata::StrataIcmp::MessageTracedCallback");
    return tid;
}

StrataIcmp::StrataIcmp() = default;

StrataIcmp::~StrataIcmp() = default;

void
StrataIcmp::Install(Ptr<Ipv4Hooks> hooks)
{
    m_hooks = hooks;
    Ptr<Ipv4L3Protocol> ipv4 = hooks->GetIpv4();
    SetNode(ipv4->GetObject<Node>());
    SetDownTarget(MakeCallback(&Ipv4::Send, Ptr<Ipv4>(ipv4)));
    ipv4->Insert(this);
    hooks->Refresh();
}

void
StrataIcmp::AddListener(Listener listener)
{
    m_listeners.push_back(listener);
}

bool
StrataIcmp::SendError(IcmpType type, uint8_t code, uint32_t rest, const Ipv4HookPacket& packet)
{
    NS_LOG_FUNCTION(this << static_cast<int>(type) << static_cast<int>(code) << rest);
    // The quote shows the header as it was received.
    Ipv4WireHeader about = packet.header;
    about.totalLength = static_cast<uint16_t>(about.HeaderSize() + packet.payload->GetSize());
    if (packet.point == HookPoint::FORWARD && !packet.local)
    {
        about.ttl = packet.receivedTtl;
    }
    about.checksum = Node::ChecksumEnabled() ? about.ComputeHeaderChecksum() : 0;

    std::array<uint8_t, MAX_ICMP_ERROR_SIZE> front;
    const uint32_t size = packet.payload->CopyData(front.data(), front.size());
    const ByteView payload(front.data(), size);

    IcmpErrorCase facts;
    facts.linkBroadcast = packet.packetType == NetDevice::PACKET_BROADCAST ||
                          packet.packetType == NetDevice::PACKET_MULTICAST;
    facts.destinationIsToMany = IsToMany(about.destination);
    facts.sourceIsToMany = IsToMany(about.source);
    facts.throughLoopback = packet.in && DynamicCast<LoopbackNetDevice>(packet.in);
    std::optional<IcmpSilence> silence = WhyNoIcmpError(about, payload, facts);
    if (!silence && !m_rate.Allow(Nanos(Simulator::Now().GetNanoSeconds())))
    {
        silence = IcmpSilence::RATE_LIMITED;
    }
    if (silence)
    {
        m_withheld(packet, *silence);
        return false;
    }
    const bool aboutSourceRoute =
        type == IcmpType::UNREACHABLE &&
        code == static_cast<uint8_t>(IcmpUnreachableCode::SOURCE_ROUTE_FAILED);
    const Ipv4ReturnPlan back = ErrorIpv4Options(about, aboutSourceRoute);

    IcmpMessage message;
    message.type = type;
    message.code = code;
    message.rest = rest;
    message.body = EncodeToBytes(about);
    const std::size_t quoted = IcmpQuoteSize(about,
                                             message.body.size() + payload.size(),
                                             Ipv4WireHeader::MIN_SIZE + back.options.size(),
                                             m_quoteLittle ? IcmpQuoteExtent::HEADER_AND_EIGHT
                                                           : IcmpQuoteExtent::UP_TO_576);
    const ByteView part = payload.Sub(0, quoted - message.body.size());
    message.body.insert(message.body.end(), part.begin(), part.end());

    // Send() fills in the address of the interface over which the error leaves.
    const bool mine =
        m_hooks->GetIpv4()->GetInterfaceForAddress(Ipv4Address(about.destination)) >= 0;
    const Ipv4Address source(IcmpErrorSource(mine, about.destination, 0));
    const Ipv4WireHeader header = IcmpErrorHeader(about, type, 0, 0);
    Send(std::move(message),
         source,
         Ipv4Address(about.source),
         Ipv4OptionsTag(back.options, back.destination),
         static_cast<uint8_t>(header.dscp << 2 | header.ecn));
    return true;
}

void
StrataIcmp::Send(IcmpMessage message,
                 Ipv4Address source,
                 Ipv4Address destination,
                 const Ipv4OptionsTag& options,
                 uint8_t tos)
{
    if (Node::ChecksumEnabled())
    {
        message.SetChecksum();
    }
    else
    {
        message.checksum = 0;
    }
    const Bytes bytes = EncodeToBytes(message);
    Ptr<Packet> packet = Create<Packet>(bytes.data(), static_cast<uint32_t>(bytes.size()));
    Ipv4Header header;
    header.SetSource(source);
    header.SetDestination(destination);
    header.SetProtocol(ICMP);
    Socket::SocketErrno error;
    Ptr<Ipv4Route> route =
        m_hooks->GetIpv4()->GetRoutingProtocol()->RouteOutput(packet, header, nullptr, error);
    if (!route && !destination.IsBroadcast() && !destination.IsMulticast())
    {
        m_hooks->GetStrataNode()->ReportDrop(packet, ICMP_NO_ROUTE);
        return;
    }
    if (source.IsAny() && route)
    {
        source = route->GetSource();
    }
    if (!options.GetOptions().empty())
    {
        packet->AddPacketTag(options);
    }
    if (tos != 0)
    {
        SocketIpTosTag tag;
        tag.SetTos(tos);
        packet->AddPacketTag(tag);
    }
    m_sent(message, source, destination);
    m_down(packet, source, destination, ICMP, route);
}

void
StrataIcmp::SetDownTarget(IpL4Protocol::DownTargetCallback callback)
{
    m_down = callback;
    Icmpv4L4Protocol::SetDownTarget(MakeCallback(&StrataIcmp::SendForStock, this));
}

IpL4Protocol::DownTargetCallback
StrataIcmp::GetDownTarget() const
{
    return m_down;
}

void
StrataIcmp::NoteDelivery(const Ipv4HookPacket& packet)
{
    m_delivered = packet;
    m_delivered.payload = packet.payload->Copy();
}

void
StrataIcmp::SendForStock(Ptr<Packet> packet,
                         Ipv4Address source,
                         Ipv4Address destination,
                         uint8_t protocol,
                         Ptr<Ipv4Route> route)
{
    uint8_t front[2]{};
    packet->CopyData(front, 2);
    const bool error = IcmpMessage::IsIcmpError(front[0]);
    if (!error)
    {
        m_down(packet, source, destination, protocol, route);
    }
    else if (m_delivered.payload && destination == Ipv4Address(m_delivered.header.source))
    {
        SendError(static_cast<IcmpType>(front[0]), front[1], 0, m_delivered);
    }
}

bool
StrataIcmp::IsToMany(uint32_t address) const
{
    const Ipv4Address destination(address);
    if (destination.IsBroadcast() || destination.IsMulticast())
    {
        return true;
    }
    Ptr<Ipv4L3Protocol> ipv4 = m_hooks->GetIpv4();
    for (uint32_t i = 0; i < ipv4->GetNInterfaces(); ++i)
    {
        for (uint32_t j = 0; j < ipv4->GetNAddresses(i); ++j)
        {
            const Ipv4InterfaceAddress own = ipv4->GetAddress(i, j);
            // RFC 3021: a /31 has no broadcast address. Old ones have all bits zero.
            if (own.GetMask().GetPrefixLength() < 31 &&
                (destination == own.GetBroadcast() ||
                 destination == own.GetLocal().CombineMask(own.GetMask())))
            {
                return true;
            }
        }
    }
    return false;
}

IpL4Protocol::RxStatus
StrataIcmp::Receive(Ptr<Packet> p, const Ipv4Header& stock, Ptr<Ipv4Interface> incomingInterface)
{
    NS_LOG_FUNCTION(this << p);
    const Bytes bytes = ToBytes(p);
    Ptr<NetDevice> in = incomingInterface->GetDevice();
    const auto message = IcmpMessage::Decode(bytes, {});
    if (!message)
    {
        m_hooks->GetStrataNode()->ReportDrop(p, ICMP_TRUNCATED, in);
        return RX_OK;
    }
    if (Node::ChecksumEnabled() && !message->HasRightChecksum())
    {
        m_hooks->GetStrataNode()->ReportDrop(p, ICMP_BAD_CHECKSUM, in);
        return RX_CSUM_FAILED;
    }
    const Ipv4WireHeader header = FromStockHeader(stock, p->GetSize());
    m_received(*message, stock.GetSource(), stock.GetDestination());
    if (message->IsError())
    {
        ReportToTransport(*message, header);
    }
    else
    {
        Answer(*message, header, p);
    }
    for (const Listener& listener : m_listeners)
    {
        listener(*message, header, in);
    }
    return RX_OK;
}

void
StrataIcmp::Answer(const IcmpMessage& request,
                   const Ipv4WireHeader& header,
                   Ptr<const Packet> payload)
{
    IcmpAnswerRules rules;
    rules.timestamp = m_answerTimestamps;
    rules.queriesToMany = m_answerBroadcasts;
    IcmpAnswerFacts facts;
    facts.toMany = IsToMany(header.destination);
    facts.time = TimestampNow();
    auto answer = AnswerIcmpQuery(request, rules, facts);
    if (!answer)
    {
        return;
    }
    // RFC 1122 section 3.2.2.6: from the address that was asked, back the way of a source route.
    const Ipv4Address source =
        facts.toMany ? Ipv4Address::GetAny() : Ipv4Address(header.destination);
    Ipv4OptionsTag tag;
    if (payload->PeekPacketTag(tag))
    {
        Ipv4WireHeader request = header;
        request.options = tag.GetOptions();
        const Ipv4ReturnPlan back = ReplyIpv4Options(request);
        tag = Ipv4OptionsTag(back.options, back.destination);
    }
    Send(std::move(*answer),
         source,
         Ipv4Address(header.source),
         tag,
         static_cast<uint8_t>(header.dscp << 2));
}

void
StrataIcmp::ReportToTransport(const IcmpMessage& message, const Ipv4WireHeader& header)
{
    const auto quote = message.Quote();
    if (!quote)
    {
        return;
    }
    Ptr<IpL4Protocol> transport = m_hooks->GetIpv4()->GetProtocol(quote->header.protocol);
    if (!transport || transport == this)
    {
        return;
    }
    uint8_t ports[8]{};
    std::copy_n(quote->payload.begin(), std::min<std::size_t>(8, quote->payload.size()), ports);
    const bool tooBig = message.IsUnreachable(IcmpUnreachableCode::FRAGMENTATION_NEEDED);
    transport->ReceiveIcmp(Ipv4Address(header.source),
                           quote->header.ttl,
                           static_cast<uint8_t>(message.type),
                           message.code,
                           tooBig ? message.NextHopMtu() : 0,
                           Ipv4Address(quote->header.source),
                           Ipv4Address(quote->header.destination),
                           ports);
}

void
StrataIcmp::SetErrorInterval(Time interval)
{
    m_errorInterval = interval;
    m_rate = IcmpRateLimit(Nanos(interval.GetNanoSeconds()), m_errorBurst);
}

Time
StrataIcmp::GetErrorInterval() const
{
    return m_errorInterval;
}

void
StrataIcmp::SetErrorBurst(uint32_t burst)
{
    m_errorBurst = burst;
    m_rate = IcmpRateLimit(Nanos(m_errorInterval.GetNanoSeconds()), burst);
}

uint32_t
StrataIcmp::GetErrorBurst() const
{
    return m_errorBurst;
}

void
StrataIcmp::Uninstall()
{
    m_listeners.clear();
    m_delivered = Ipv4HookPacket();
    m_down.Nullify();
    m_hooks = nullptr;
    Dispose();
}

} // namespace strata
} // namespace ns3

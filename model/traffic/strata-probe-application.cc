// SPDX-License-Identifier: GPL-2.0-only

#include "strata-probe-application.h"

#include "strata-endpoint-text.h"

#include "ns3/simulator.h"
#include "ns3/strata-ipv4-header.h"
#include "ns3/strata-udp-header.h"
#include "ns3/string.h"
#include "ns3/uinteger.h"

#include <algorithm>

namespace ns3
{
namespace strata
{

NS_OBJECT_ENSURE_REGISTERED(ProbeApplication);
NS_OBJECT_ENSURE_REGISTERED(AnswerApplication);
NS_OBJECT_ENSURE_REGISTERED(Tcp2Client);
NS_OBJECT_ENSURE_REGISTERED(Tcp2Server);
NS_OBJECT_ENSURE_REGISTERED(TunnelClient);
NS_OBJECT_ENSURE_REGISTERED(TunnelServer);

namespace
{

/** For experiments (RFC 3692). */
constexpr uint8_t EXPERIMENTAL = 253;

/** No 16 bits hold it. */
constexpr uint32_t TCP2_PORT = 100'000;

/** Hosts behind the two ends of the tunnel, and the port on which they speak. */
constexpr uint32_t INNER_CLIENT = 0xac100101; // 172.16.1.1
constexpr uint32_t INNER_SERVER = 0xac100201; // 172.16.2.1
constexpr uint16_t INNER_PORT = 40'000;

/** A datagram of the inner network with a number as its data. */
Bytes
InnerDatagram(uint32_t source, uint32_t destination, uint32_t sequence)
{
    Bytes data;
    ByteWriter number(data);
    number.U32(sequence);
    UdpWireHeader udp;
    udp.ports = {INNER_PORT, INNER_PORT};
    udp.length = static_cast<uint16_t>(UdpWireHeader::SIZE + data.size());
    udp.checksum = udp.ComputeChecksum4(source, destination, data);
    Ipv4WireHeader header;
    header.totalLength = static_cast<uint16_t>(Ipv4WireHeader::MIN_SIZE + udp.length);
    header.identification = static_cast<uint16_t>(sequence);
    header.protocol = static_cast<uint8_t>(Ipv4Protocol::UDP);
    header.source = source;
    header.destination = destination;
    header.SetChecksum();
    Bytes bytes;
    ByteWriter writer(bytes);
    header.Encode(writer);
    udp.Encode(writer);
    writer.Write(data);
    return bytes;
}

/** The number in a datagram to \p destination; nothing if it is not such a datagram. */
std::optional<uint32_t>
ReadInner(ByteView bytes, uint32_t destination)
{
    const auto header = Ipv4WireHeader::Decode(bytes, {});
    if (!header || !header->HasRightChecksum() || header->totalLength > bytes.size() ||
        !header->Is(Ipv4Protocol::UDP) || header->IsFragment() ||
        header->destination != destination)
    {
        return std::nullopt;
    }
    const ByteView payload = bytes.Sub(header->HeaderSize(), header->PayloadSize());
    const auto udp = UdpWireHeader::Decode(payload, {});
    if (!udp || udp->length != payload.size() || udp->ports.destination != INNER_PORT)
    {
        return std::nullopt;
    }
    const ByteView data = payload.Sub(UdpWireHeader::SIZE);
    ByteReader reader(data);
    const uint32_t sequence = reader.U32();
    if (!reader.Ok() || !udp->HasRightChecksum4(header->source, header->destination, data))
    {
        return std::nullopt;
    }
    return sequence;
}

/** A segment of TCP-2 with the right checksum. */
Bytes
Tcp2Segment(Tcp2WireHeader header,
            const std::string& text,
            const PlainTransport& transport,
            const PlainTransport::Ends& ends)
{
    const Bytes data(text.begin(), text.end());
    header.checksum =
        header.Sum(transport.PseudoHeader(ends, Tcp2WireHeader::SIZE + data.size()), data);
    Bytes bytes;
    ByteWriter writer(bytes);
    header.Encode(writer);
    writer.Write(data);
    return bytes;
}

/** The header, if the segment came as it was sent. */
std::optional<Tcp2WireHeader>
ReadTcp2(ByteView bytes, const PlainTransport& transport, const PlainTransport::Ends& ends)
{
    const auto header = Tcp2WireHeader::Decode(bytes, {});
    if (!header || header->Sum(transport.PseudoHeader(ends, bytes.size()),
                               bytes.Sub(Tcp2WireHeader::SIZE)) != 0)
    {
        return std::nullopt;
    }
    return *header;
}

} // namespace

TypeId
ProbeApplication::GetTypeId()
{
    static TypeId tid = TypeId("ns3::strata::ProbeApplication")
                            .SetParent<TrafficApplication>()
                            .SetGroupName("Strata")
                            .AddAttribute("Remote",
                                          "The far end, as ADDRESS:0 or [ADDRESS]:0",
                                          StringValue(""),
                                          MakeStringAccessor(&ProbeApplication::m_remote),
                                          MakeStringChecker())
                            .AddAttribute("Count",
                                          "Messages, each after the answer to the one before",
                                          UintegerValue(10),
                                          MakeUintegerAccessor(&ProbeApplication::m_count),
                                          MakeUintegerChecker<uint32_t>(1))
                            .AddAttribute("Interval",
                                          "From one message to the next, or to the same one again",
                                          TimeValue(Seconds(1)),
                                          MakeTimeAccessor(&ProbeApplication::m_interval),
                                          MakeTimeChecker(NanoSeconds(1)))
                            .AddAttribute("Patience",
                                          "How long to wait for all answers",
                                          TimeValue(Seconds(60)),
                                          MakeTimeAccessor(&ProbeApplication::m_patience),
                                          MakeTimeChecker(NanoSeconds(1)));
    return tid;
}

void
ProbeApplication::DoDispose()
{
    m_next.Cancel();
    m_giveUp.Cancel();
    if (m_transport)
    {
        m_transport->SetReceiver(nullptr, nullptr);
        m_transport = nullptr;
    }
    TrafficApplication::DoDispose();
}

void
ProbeApplication::StartApplication()
{
    m_transport = PlainTransport::Of(GetNode(), GetNumber());
    m_transport->SetReceiver(
        [this](ByteView payload, const PlainTransport::Ends& ends) { OnReceive(payload, ends); },
        [this](uint8_t type, uint8_t code) {
            m_error = ", ICMP " + std::to_string(type) + "/" + std::to_string(code);
        });
    m_giveUp = Simulator::Schedule(m_patience, &ProbeApplication::StopApplication, this);
    Send();
}

void
ProbeApplication::StopApplication()
{
    m_next.Cancel();
    m_giveUp.Cancel();
    if (IsPending())
    {
        const bool all = m_answered == m_count;
        Judge(all                ? TrafficVerdict::WORKS
              : m_answered > 0   ? TrafficVerdict::BROKEN
              : !m_error.empty() ? TrafficVerdict::REFUSED
                                 : TrafficVerdict::NO_ANSWER,
              std::to_string(m_answered) + " of " + std::to_string(m_count) + " answers" + m_error);
    }
}

void
ProbeApplication::Send()
{
    const Address remote = EndpointOf(m_remote, "ProbeApplication Remote");
    const std::optional<Address> source = SourceTowards(GetNode(), remote, 0);
    if (source)
    {
        m_transport->Send(MakeMessage(m_answered + 1, {*source, WithPort(remote, 0)}), remote);
    }
    m_next = Simulator::Schedule(m_interval, &ProbeApplication::Send, this);
}

void
ProbeApplication::OnReceive(ByteView payload, const PlainTransport::Ends& ends)
{
    if (ReadAnswer(payload, ends) == std::optional<uint32_t>(m_answered + 1) &&
        ++m_answered == m_count)
    {
        StopApplication();
    }
}

TypeId
AnswerApplication::GetTypeId()
{
    static TypeId tid = TypeId("ns3::strata::AnswerApplication")
                            .SetParent<TrafficApplication>()
                            .SetGroupName("Strata");
    return tid;
}

uint64_t
AnswerApplication::GetSpoilt() const
{
    return m_spoilt;
}

void
AnswerApplication::DoDispose()
{
    StopApplication();
    m_transport = nullptr;
    TrafficApplication::DoDispose();
}

void
AnswerApplication::StartApplication()
{
    m_transport = PlainTransport::Of(GetNode(), GetNumber());
    m_transport->SetReceiver(
        [this](ByteView payload, const PlainTransport::Ends& ends) {
            const std::optional<Bytes> answer = Answer(payload, ends);
            m_spoilt += !answer;
            if (answer)
            {
                m_transport->Send(*answer, ends.source);
            }
        },
        nullptr);
}

void
AnswerApplication::StopApplication()
{
    if (m_transport)
    {
        m_transport->SetReceiver(nullptr, nullptr);
    }
}

TypeId
Tcp2Client::GetTypeId()
{
    static TypeId tid = TypeId("ns3::strata::Tcp2Client")
                            .SetParent<ProbeApplication>()
                            .SetGroupName("Strata")
                            .AddConstructor<Tcp2Client>()
                            .AddAttribute("Number",
                                          "Of the protocol; with 6 it replaces the node's TCP",
                                          UintegerValue(EXPERIMENTAL),
                                          MakeUintegerAccessor(&Tcp2Client::m_number),
                                          MakeUintegerChecker<uint8_t>())
                            .AddAttribute("Port",
                                          "Of this side: 32 bits",
                                          UintegerValue(TCP2_PORT + 1),
                                          MakeUintegerAccessor(&Tcp2Client::m_port),
                                          MakeUintegerChecker<uint32_t>())
                            .AddAttribute("RemotePort",
                                          "Of the server: 32 bits",
                                          UintegerValue(TCP2_PORT),
                                          MakeUintegerAccessor(&Tcp2Client::m_remotePort),
                                          MakeUintegerChecker<uint32_t>());
    return tid;
}

uint8_t
Tcp2Client::GetNumber() const
{
    return m_number;
}

Bytes
Tcp2Client::MakeMessage(uint32_t sequence, const PlainTransport::Ends& ends) const
{
    Tcp2WireHeader header;
    header.source = m_port;
    header.destination = m_remotePort;
    header.sequence = sequence;
    return Tcp2Segment(header, "message", *m_transport, ends);
}

std::optional<uint32_t>
Tcp2Client::ReadAnswer(ByteView payload, const PlainTransport::Ends& ends) const
{
    const auto header = ReadTcp2(payload, *m_transport, ends);
    const bool mine = header && header->source == m_remotePort && header->destination == m_port &&
                      (header->flags & Tcp2WireHeader::FLAG_ACK) != 0;
    return mine ? std::optional<uint32_t>(header->sequence) : std::nullopt;
}

TypeId
Tcp2Server::GetTypeId()
{
    static TypeId tid = TypeId("ns3::strata::Tcp2Server")
                            .SetParent<AnswerApplication>()
                            .SetGroupName("Strata")
                            .AddConstructor<Tcp2Server>()
                            .AddAttribute("Number",
                                          "Of the protocol; with 6 it replaces the node's TCP",
                                          UintegerValue(EXPERIMENTAL),
                                          MakeUintegerAccessor(&Tcp2Server::m_number),
                                          MakeUintegerChecker<uint8_t>())
                            .AddAttribute("Port",
                                          "Where it waits: 32 bits",
                                          UintegerValue(TCP2_PORT),
                                          MakeUintegerAccessor(&Tcp2Server::m_port),
                                          MakeUintegerChecker<uint32_t>());
    return tid;
}

uint8_t
Tcp2Server::GetNumber() const
{
    return m_number;
}

std::optional<Bytes>
Tcp2Server::Answer(ByteView payload, const PlainTransport::Ends& ends) const
{
    const auto header = ReadTcp2(payload, *m_transport, ends);
    if (!header || header->destination != m_port || (header->flags & Tcp2WireHeader::FLAG_ACK) != 0)
    {
        return std::nullopt;
    }
    Tcp2WireHeader answer;
    answer.source = m_port;
    answer.destination = header->source;
    answer.sequence = header->sequence;
    answer.flags = Tcp2WireHeader::FLAG_ACK;
    return Tcp2Segment(answer, "", *m_transport, {ends.destination, ends.source});
}

TypeId
TunnelClient::GetTypeId()
{
    static TypeId tid = TypeId("ns3::strata::TunnelClient")
                            .SetParent<ProbeApplication>()
                            .SetGroupName("Strata")
                            .AddConstructor<TunnelClient>();
    return tid;
}

uint8_t
TunnelClient::GetNumber() const
{
    return static_cast<uint8_t>(Ipv4Protocol::IPV4);
}

Bytes
TunnelClient::MakeMessage(uint32_t sequence, const PlainTransport::Ends&) const
{
    return InnerDatagram(INNER_CLIENT, INNER_SERVER, sequence);
}

std::optional<uint32_t>
TunnelClient::ReadAnswer(ByteView payload, const PlainTransport::Ends&) const
{
    return ReadInner(payload, INNER_CLIENT);
}

TypeId
TunnelServer::GetTypeId()
{
    static TypeId tid = TypeId("ns3::strata::TunnelServer")
                            .SetParent<AnswerApplication>()
                            .SetGroupName("Strata")
                            .AddConstructor<TunnelServer>();
    return tid;
}

uint8_t
TunnelServer::GetNumber() const
{
    return static_cast<uint8_t>(Ipv4Protocol::IPV4);
}

std::optional<Bytes>
TunnelServer::Answer(ByteView payload, const PlainTransport::Ends&) const
{
    const std::optional<uint32_t> sequence = ReadInner(payload, INNER_SERVER);
    return sequence ? std::optional<Bytes>(InnerDatagram(INNER_SERVER, INNER_CLIENT, *sequence))
                    : std::nullopt;
}

} // namespace strata
} // namespace ns3

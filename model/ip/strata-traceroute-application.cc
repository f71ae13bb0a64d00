// SPDX-License-Identifier: GPL-2.0-only

#include "strata-traceroute-application.h"

#include "strata-ipv4-probe-tag.h"
#include "strata-traceroute-format.h"

#include "ns3/abort.h"
#include "ns3/boolean.h"
#include "ns3/inet-socket-address.h"
#include "ns3/simulator.h"
#include "ns3/strata-byte-reader.h"
#include "ns3/string.h"
#include "ns3/udp-socket-factory.h"
#include "ns3/uinteger.h"

namespace ns3
{
namespace strata
{

NS_OBJECT_ENSURE_REGISTERED(TracerouteApplication);

namespace
{

constexpr uint32_t HEADERS = 28; //!< octets of IPv4 and UDP, or IPv4 and ICMP

Nanos
Now()
{
    return Nanos(Simulator::Now().GetNanoSeconds());
}

/** As the traceroute of Debian fills its probes. */
Bytes
ProbeData(uint32_t size)
{
    Bytes data(size > HEADERS ? size - HEADERS : 0);
    for (std::size_t i = 0; i < data.size(); ++i)
    {
        data[i] = static_cast<uint8_t>(0x40 + (i & 0x3f));
    }
    return data;
}

} // namespace

TypeId
TracerouteApplication::GetTypeId()
{
    static TypeId tid =
        TypeId("ns3::strata::TracerouteApplication")
            .SetParent<Application>()
            .SetGroupName("Strata")
            .AddConstructor<TracerouteApplication>()
            .AddAttribute("Destination",
                          "Where the way leads",
                          Ipv4AddressValue(Ipv4Address::GetAny()),
                          MakeIpv4AddressAccessor(&TracerouteApplication::m_destination),
                          MakeIpv4AddressChecker())
            .AddAttribute("Method",
                          "What the probes are: udp, or icmp (-I)",
                          StringValue("udp"),
                          MakeStringAccessor(&TracerouteApplication::SetMethod,
                                             &TracerouteApplication::GetMethod),
                          MakeStringChecker())
            .AddAttribute("FirstPort",
                          "Destination port of the first UDP probe; it grows with each (-p)",
                          UintegerValue(33434),
                          MakeUintegerAccessor(&TracerouteApplication::m_firstPort),
                          MakeUintegerChecker<uint16_t>(1))
            .AddAttribute("FirstTtl",
                          "TTL of the first probes (-f)",
                          UintegerValue(1),
                          MakeUintegerAccessor(&TracerouteApplication::m_firstTtl),
                          MakeUintegerChecker<uint8_t>(1))
            .AddAttribute("MaxTtl",
                          "TTL of the last probes (-m)",
                          UintegerValue(30),
                          MakeUintegerAccessor(&TracerouteApplication::m_maxTtl),
                          MakeUintegerChecker<uint8_t>(1))
            .AddAttribute("Queries",
                          "Probes of each TTL (-q)",
                          UintegerValue(3),
                          MakeUintegerAccessor(&TracerouteApplication::m_queries),
                          MakeUintegerChecker<uint32_t>(1, 10))
            .AddAttribute("Simultaneous",
                          "Most probes under way at a time (-N; 16 in Debian)",
                          UintegerValue(1),
                          MakeUintegerAccessor(&TracerouteApplication::m_simultaneous),
                          MakeUintegerChecker<uint32_t>(1))
            .AddAttribute("Timeout",
                          "How long to wait for the answer to a probe (-w)",
                          TimeValue(Seconds(5)),
                          MakeTimeAccessor(&TracerouteApplication::m_timeout),
                          MakeTimeChecker(NanoSeconds(1), Years(1)))
            .AddAttribute("Size",
                          "Octets of a probe with its IPv4 header",
                          UintegerValue(60),
                          MakeUintegerAccessor(&TracerouteApplication::m_size),
                          MakeUintegerChecker<uint32_t>(HEADERS, 65000))
            .AddAttribute("DontFragment",
                          "Whether no router may fragment the probes (-F)",
                          BooleanValue(false),
                          MakeBooleanAccessor(&TracerouteApplication::m_dontFragment),
                          MakeBooleanChecker())
            .AddTraceSource("Report",
                            "Each hop whose probes are all answered or given up",
                            MakeTraceSourceAccessor(&TracerouteApplication::m_reportTrace),
                            "ns3::strata::TracerouteApplication::ReportTracedCallback");
    return tid;
}

TracerouteApplication::TracerouteApplication() = default;

TracerouteApplication::~TracerouteApplication() = default;

void
TracerouteApplication::DoDispose()
{
    m_timer.Cancel();
    m_icmp.Close();
    m_udp = nullptr;
    m_output = nullptr;
    Application::DoDispose();
}

void
TracerouteApplication::SetMethod(std::string method)
{
    NS_ABORT_MSG_UNLESS(method == "udp" || method == "icmp",
                        "The method of a traceroute is udp or icmp, not " << method);
    m_useIcmp = method == "icmp";
}

std::string
TracerouteApplication::GetMethod() const
{
    return m_useIcmp ? "icmp" : "udp";
}

void
TracerouteApplication::SetOutput(Ptr<OutputStreamWrapper> stream)
{
    m_output = stream;
}

void
TracerouteApplication::StartApplication()
{
    TracerouteParameters parameters;
    parameters.destination = m_destination.Get();
    parameters.firstTtl = m_firstTtl;
    parameters.maxTtl = m_maxTtl;
    parameters.queries = m_queries;
    parameters.simultaneous = m_simultaneous;
    parameters.timeout = Nanos(m_timeout.GetNanoSeconds());
    parameters.size = m_size;
    m_machine = std::make_unique<TracerouteMachine>(parameters);
    m_identifier = IcmpIdentifierOf(this);
    m_icmp.Open(GetNode(), [this](const IcmpMessage& message, const Ipv4WireHeader& header) {
        OnIcmp(message, header);
    });
    if (!m_useIcmp)
    {
        m_udp = Socket::CreateSocket(GetNode(), UdpSocketFactory::GetTypeId());
        m_udp->Bind();
        Address local;
        m_udp->GetSockName(local);
        m_localPort = InetSocketAddress::ConvertFrom(local).GetPort();
        m_udp->SetRecvCallback(MakeCallback(&TracerouteApplication::OnUdp, this));
    }
    Write(FormatTracerouteBanner(m_machine->GetParameters()));
    Do(m_machine->Start(Now()));
}

void
TracerouteApplication::StopApplication()
{
    if (m_machine)
    {
        Do(m_machine->Stop());
    }
}

std::optional<uint32_t>
TracerouteApplication::FindProbe(const IcmpQuote& quote) const
{
    if (quote.header.destination != m_destination.Get() || quote.header.fragmentOffset != 0)
    {
        return std::nullopt;
    }
    if (m_useIcmp)
    {
        const auto probe = IcmpMessage::Decode(quote.payload, {});
        if (!quote.header.Is(Ipv4Protocol::ICMP) || !probe ||
            probe->type != IcmpType::ECHO_REQUEST || probe->Identifier() != m_identifier)
        {
            return std::nullopt;
        }
        return static_cast<uint16_t>(probe->Sequence() - 1);
    }
    ByteReader ports(quote.payload);
    const uint16_t source = ports.U16();
    const uint16_t destination = ports.U16();
    if (!quote.header.Is(Ipv4Protocol::UDP) || !ports.Ok() || source != m_localPort)
    {
        return std::nullopt;
    }
    return static_cast<uint16_t>(destination - m_firstPort);
}

void
TracerouteApplication::OnIcmp(const IcmpMessage& message, const Ipv4WireHeader& header)
{
    TracerouteAnswer answer;
    answer.from = header.source;
    answer.type = static_cast<uint8_t>(message.type);
    answer.code = message.code;
    answer.rest = message.rest;
    if (m_useIcmp && message.type == IcmpType::ECHO_REPLY && message.Identifier() == m_identifier)
    {
        answer.arrived = true;
        Do(m_machine->OnAnswer(static_cast<uint16_t>(message.Sequence() - 1), answer, Now()));
        return;
    }
    // A redirect comes beside the answer, not in its place.
    if (!message.IsError() || message.type == IcmpType::REDIRECT ||
        message.type == IcmpType::SOURCE_QUENCH)
    {
        return;
    }
    const auto quote = message.Quote();
    const auto probe = quote ? FindProbe(*quote) : std::nullopt;
    if (probe)
    {
        answer.arrived = message.IsUnreachable(IcmpUnreachableCode::PORT);
        Do(m_machine->OnAnswer(*probe, answer, Now()));
    }
}

void
TracerouteApplication::OnUdp(Ptr<Socket> socket)
{
    // Somebody listens at the port of a probe, and answers.
    Address from;
    while (socket->RecvFrom(from))
    {
        const InetSocketAddress peer = InetSocketAddress::ConvertFrom(from);
        TracerouteAnswer answer;
        answer.from = peer.GetIpv4().Get();
        answer.arrived = true;
        Do(m_machine->OnAnswer(static_cast<uint16_t>(peer.GetPort() - m_firstPort), answer, Now()));
        if (!m_udp)
        {
            return;
        }
    }
}

void
TracerouteApplication::Do(const TracerouteEffects& effects)
{
    for (const TracerouteHop& hop : effects.hops)
    {
        Write(FormatTracerouteHop(hop));
        m_reportTrace(hop);
    }
    if (effects.finished)
    {
        Finish();
        return;
    }
    for (const TracerouteProbe& probe : effects.send)
    {
        Ptr<Ipv4Route> route = m_icmp.FindRoute(m_destination);
        if (m_dontFragment && route && m_size > route->GetOutputDevice()->GetMtu())
        {
            Write("send: Message too long\n");
            Do(m_machine->Stop());
            return;
        }
        if (!Send(probe))
        {
            Write("connect: Network is unreachable\n");
            Do(m_machine->Stop());
            return;
        }
    }
    m_timer.Cancel();
    const Nanos deadline = m_machine->NextDeadline();
    if (deadline != NEVER)
    {
        m_timer = Simulator::Schedule(NanoSeconds((deadline - Now()).count()),
                                      [this] { Do(m_machine->Tick(Now())); });
    }
}

bool
TracerouteApplication::Send(const TracerouteProbe& probe)
{
    const Bytes data = ProbeData(m_size);
    if (m_useIcmp)
    {
        IcmpSendOptions options;
        options.ttl = probe.ttl;
        options.probe = m_dontFragment;
        const auto sequence = static_cast<uint16_t>(probe.index + 1);
        return m_icmp.Send(IcmpMessage::EchoRequest(m_identifier, sequence, data),
                           m_destination,
                           options);
    }
    m_udp->SetIpTtl(probe.ttl);
    const auto port = static_cast<uint16_t>(m_firstPort + probe.index);
    Ptr<Packet> packet = Create<Packet>(data.data(), static_cast<uint32_t>(data.size()));
    if (m_dontFragment)
    {
        packet->AddPacketTag(Ipv4ProbeTag());
    }
    return m_udp->SendTo(packet, 0, InetSocketAddress(m_destination, port)) >= 0;
}

void
TracerouteApplication::Finish()
{
    m_timer.Cancel();
    m_icmp.Close();
    if (m_udp)
    {
        m_udp->SetRecvCallback(MakeNullCallback<void, Ptr<Socket>>());
        m_udp->Close();
        m_udp = nullptr;
    }
}

void
TracerouteApplication::Write(const std::string& text)
{
    if (m_output)
    {
        *m_output->GetStream() << text;
    }
}

} // namespace strata
} // namespace ns3

// SPDX-License-Identifier: GPL-2.0-only

#include "strata-ping-application.h"

#include "strata-ipv4.h"

#include "ns3/abort.h"
#include "ns3/boolean.h"
#include "ns3/simulator.h"
#include "ns3/strata-byte-reader.h"
#include "ns3/strata-ipv4-option.h"
#include "ns3/string.h"
#include "ns3/uinteger.h"

#include <sstream>
#include <vector>

namespace ns3
{
namespace strata
{

NS_OBJECT_ENSURE_REGISTERED(PingApplication);

namespace
{

constexpr uint32_t ICMP_AND_IP = 28; //!< octets of both headers

Nanos
Now()
{
    return Nanos(Simulator::Now().GetNanoSeconds());
}

std::vector<uint32_t>
ReadAddresses(std::istringstream& words, const std::string& attribute)
{
    std::vector<uint32_t> addresses;
    std::string word;
    while (words >> word)
    {
        Bytes parts;
        unsigned value = 0;
        unsigned digits = 0;
        for (char c : word + '.')
        {
            if (c == '.' && digits > 0)
            {
                parts.push_back(static_cast<uint8_t>(value));
                value = digits = 0;
                continue;
            }
            value = value * 10 + static_cast<unsigned>(c - '0');
            ++digits;
            NS_ABORT_MSG_UNLESS(c >= '0' && c <= '9' && value < 256,
                                attribute << ": " << word << " is not an IPv4 address");
        }
        NS_ABORT_MSG_UNLESS(parts.size() == 4,
                            attribute << ": " << word << " is not an IPv4 address");
        addresses.push_back(ByteReader(parts).U32());
    }
    return addresses;
}

} // namespace

TypeId
PingApplication::GetTypeId()
{
    static TypeId tid =
        TypeId("ns3::strata::PingApplication")
            .SetParent<Application>()
            .SetGroupName("Strata")
            .AddConstructor<PingApplication>()
            .AddAttribute("Destination",
                          "Whom to ask",
                          Ipv4AddressValue(Ipv4Address::GetAny()),
                          MakeIpv4AddressAccessor(&PingApplication::m_destination),
                          MakeIpv4AddressChecker())
            .AddAttribute("Count",
                          "Requests to send; 0 means until the application stops (-c)",
                          UintegerValue(0),
                          MakeUintegerAccessor(&PingApplication::m_count),
                          MakeUintegerChecker<uint64_t>())
            .AddAttribute("Interval",
                          "Time between two requests (-i)",
                          TimeValue(Seconds(1)),
                          MakeTimeAccessor(&PingApplication::m_interval),
                          MakeTimeChecker(NanoSeconds(1), Years(1)))
            .AddAttribute("Timeout",
                          "How long to wait after the last request if there was no answer (-W)",
                          TimeValue(Seconds(10)),
                          MakeTimeAccessor(&PingApplication::m_timeout),
                          MakeTimeChecker(NanoSeconds(1), Years(1)))
            .AddAttribute("Size",
                          "Octets of data behind the ICMP header (-s)",
                          UintegerValue(56),
                          MakeUintegerAccessor(&PingApplication::m_size),
                          MakeUintegerChecker<uint32_t>(0, 65507))
            .AddAttribute("Ttl",
                          "TTL of the requests; 0 means that of the node (-t)",
                          UintegerValue(0),
                          MakeUintegerAccessor(&PingApplication::m_ttl),
                          MakeUintegerChecker<uint8_t>())
            .AddAttribute("Tos",
                          "DSCP and ECN of the requests, as one octet (-Q)",
                          UintegerValue(0),
                          MakeUintegerAccessor(&PingApplication::m_tos),
                          MakeUintegerChecker<uint8_t>())
            .AddAttribute("DontFragment",
                          "Whether no router may fragment the requests (-M do)",
                          BooleanValue(false),
                          MakeBooleanAccessor(&PingApplication::m_dontFragment),
                          MakeBooleanChecker())
            .AddAttribute("Quiet",
                          "Whether only the first line and the statistics are written (-q)",
                          BooleanValue(false),
                          MakeBooleanAccessor(&PingApplication::m_quiet),
                          MakeBooleanChecker())
            .AddAttribute("RecordRoute",
                          "Whether routers shall record their addresses, as far as there is room "
                          "(-R)",
                          BooleanValue(false),
                          MakeBooleanAccessor(&PingApplication::m_recordRoute),
                          MakeBooleanChecker())
            .AddAttribute("Timestamp",
                          "Whether routers shall record their times (-T): tsonly, tsandaddr, or "
                          "tsprespec and up to four addresses that shall; empty for not",
                          StringValue(""),
                          MakeStringAccessor(&PingApplication::m_timestamp),
                          MakeStringChecker())
            .AddAttribute("LooseRoute",
                          "Addresses, with spaces between, that the requests shall pass in order",
                          StringValue(""),
                          MakeStringAccessor(&PingApplication::m_looseRoute),
                          MakeStringChecker())
            .AddAttribute("StrictRoute",
                          "Addresses of all routers, with spaces between, that the requests shall "
                          "pass",
                          StringValue(""),
                          MakeStringAccessor(&PingApplication::m_strictRoute),
                          MakeStringChecker())
            .AddTraceSource("Rtt",
                            "Sequence number and round trip of each answer",
                            MakeTraceSourceAccessor(&PingApplication::m_rttTrace),
                            "ns3::strata::PingApplication::RttTracedCallback")
            .AddTraceSource("Report",
                            "Each answer, ICMP error and failure to send",
                            MakeTraceSourceAccessor(&PingApplication::m_reportTrace),
                            "ns3::strata::PingApplication::ReportTracedCallback");
    return tid;
}

PingApplication::PingApplication() = default;

PingApplication::~PingApplication() = default;

void
PingApplication::DoDispose()
{
    m_timer.Cancel();
    m_icmp.Close();
    m_output = nullptr;
    Application::DoDispose();
}

void
PingApplication::SetOutput(Ptr<OutputStreamWrapper> stream)
{
    m_output = stream;
}

PingStatistics
PingApplication::GetStatistics() const
{
    return m_machine ? m_machine->GetStatistics() : PingStatistics();
}

Ipv4WireHeader::Options
PingApplication::MakeOptions() const
{
    // The sizes and the order of the ping of Linux, where it has them.
    Ipv4WireHeader::Options options;
    Ipv4OptionWriter writer(options);
    bool fits = true;
    const auto route = [&](Ipv4OptionKind kind, const std::string& text, const char* attribute) {
        std::istringstream words(text);
        const std::vector<uint32_t> hops = ReadAddresses(words, attribute);
        fits = fits && (hops.empty() || writer.SourceRoute(kind, hops));
    };
    route(Ipv4OptionKind::LOOSE_SOURCE_ROUTE, m_looseRoute, "LooseRoute");
    route(Ipv4OptionKind::STRICT_SOURCE_ROUTE, m_strictRoute, "StrictRoute");
    std::istringstream words(m_timestamp);
    std::string form;
    if (words >> form)
    {
        const std::vector<uint32_t> addresses = ReadAddresses(words, "Timestamp");
        NS_ABORT_MSG_UNLESS(((form == "tsonly" || form == "tsandaddr") && addresses.empty()) ||
                                (form == "tsprespec" && !addresses.empty()),
                            "Timestamp: tsonly, tsandaddr or tsprespec ADDRESS..., not "
                                << m_timestamp);
        fits = fits && (form == "tsonly"      ? writer.Timestamps(9)
                        : form == "tsandaddr" ? writer.TimestampsWithAddress(4)
                                              : writer.PrespecifiedTimestamps(addresses));
    }
    if (m_recordRoute)
    {
        const std::size_t room = options.capacity() - options.size();
        fits = fits && room >= 8 && (options.empty() ? writer.Nop() : true) &&
               writer.RecordRoute((options.capacity() - options.size() - 3) / 4);
    }
    NS_ABORT_MSG_UNLESS(fits, "Options of IPv4 have 40 octets at most; these need more");
    writer.Pad();
    return options;
}

void
PingApplication::StartApplication()
{
    m_ipOptions = MakeOptions();
    NS_ABORT_MSG_UNLESS(m_ipOptions.empty() || GetNode()->GetObject<StrataIpv4>(),
                        "Options of IPv4 need StrataIpv4, which node " << GetNode()->GetId()
                                                                       << " lacks");
    PingParameters parameters;
    parameters.destination = m_destination.Get();
    parameters.count = m_count;
    parameters.interval = Nanos(m_interval.GetNanoSeconds());
    parameters.timeout = Nanos(m_timeout.GetNanoSeconds());
    parameters.size = m_size;
    parameters.optionBytes = static_cast<uint32_t>(m_ipOptions.size());
    parameters.anyResponder = m_destination.IsMulticast() || m_destination.IsBroadcast();
    m_machine = std::make_unique<PingMachine>(parameters);
    m_printer = PingPrinter();
    m_identifier = IcmpIdentifierOf(this);
    m_icmp.Open(GetNode(), [this](const IcmpMessage& message, const Ipv4WireHeader& header) {
        Receive(message, header);
    });
    Write(PingPrinter::Banner(parameters));
    Do(m_machine->Start(Now()));
}

void
PingApplication::StopApplication()
{
    if (m_machine)
    {
        Do(m_machine->Stop());
    }
}

void
PingApplication::Receive(const IcmpMessage& message, const Ipv4WireHeader& header)
{
    if (message.type != IcmpType::ECHO_REPLY)
    {
        OnError(message, header);
        return;
    }
    if (message.Identifier() != m_identifier)
    {
        return;
    }
    PingReply reply;
    reply.from = header.source;
    reply.sequence = message.Sequence();
    reply.ttl = header.ttl;
    reply.size = static_cast<uint32_t>(message.EncodedSize());
    reply.options.assign(header.options.begin(), header.options.end());
    Do(m_machine->OnReply(reply, Now()));
}

void
PingApplication::OnError(const IcmpMessage& message, const Ipv4WireHeader& header)
{
    if (!message.IsError())
    {
        return;
    }
    const auto quote = message.Quote();
    if (!quote || !quote->header.Is(Ipv4Protocol::ICMP) || quote->header.fragmentOffset != 0)
    {
        return;
    }
    const auto request = IcmpMessage::Decode(quote->payload, {});
    if (!request || request->type != IcmpType::ECHO_REQUEST ||
        request->Identifier() != m_identifier)
    {
        return;
    }
    PingError error;
    error.from = header.source;
    error.sequence = request->Sequence();
    error.type = static_cast<uint8_t>(message.type);
    error.code = message.code;
    error.rest = message.rest;
    Do(m_machine->OnError(error));
}

void
PingApplication::Do(const PingEffects& effects)
{
    if (effects.report)
    {
        Report(*effects.report);
    }
    if (effects.finished)
    {
        Finish();
        return;
    }
    m_timer.Cancel();
    const Nanos deadline = m_machine->NextDeadline();
    if (deadline != NEVER)
    {
        m_timer = Simulator::Schedule(NanoSeconds((deadline - Now()).count()),
                                      [this] { Do(m_machine->Tick(Now())); });
    }
    if (effects.send)
    {
        Send(*effects.send);
    }
}

void
PingApplication::Report(const PingReport& report)
{
    if (!m_quiet)
    {
        Write(m_printer.Line(report));
    }
    m_reportTrace(report);
    const auto* reply = std::get_if<PingReplyReport>(&report);
    if (reply && reply->rtt)
    {
        m_rttTrace(reply->reply.sequence, NanoSeconds(reply->rtt->count()));
    }
}

void
PingApplication::Send(const PingRequest& request)
{
    IcmpSendOptions options;
    options.ttl = m_ttl;
    options.tos = m_tos;
    options.dontFragment = m_dontFragment;
    options.ipOptions = m_ipOptions;
    options.route = m_icmp.FindRoute(m_destination);
    if (!options.route)
    {
        Do(m_machine->OnLocalError(request.sequence, 0));
        return;
    }
    uint32_t mtu = options.route->GetOutputDevice()->GetMtu();
    if (Ptr<StrataIpv4> ipv4 = GetNode()->GetObject<StrataIpv4>())
    {
        mtu = ipv4->GetPathMtu()->Find(m_destination, mtu).mtu;
    }
    const auto optionBytes = static_cast<uint32_t>(m_ipOptions.size());
    const uint32_t limit = m_dontFragment ? mtu : IPV4_MAX_DATAGRAM;
    if (request.data.size() + ICMP_AND_IP + optionBytes > limit)
    {
        // Linux tells what is left beside the options.
        Do(m_machine->OnLocalError(request.sequence, mtu - optionBytes));
        return;
    }
    m_icmp.Send(IcmpMessage::EchoRequest(m_identifier, request.sequence, request.data),
                m_destination,
                options);
}

void
PingApplication::Finish()
{
    m_timer.Cancel();
    m_icmp.Close();
    Write(PingPrinter::Summary(m_machine->GetParameters(), m_machine->GetStatistics()));
}

void
PingApplication::Write(const std::string& text)
{
    if (m_output)
    {
        *m_output->GetStream() << text;
    }
}

} // namespace strata
} // namespace ns3

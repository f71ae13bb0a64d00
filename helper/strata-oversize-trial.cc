// SPDX-License-Identifier: GPL-2.0-only

#include "strata-oversize-trial.h"

#include "strata-ipv4-helper.h"
#include "strata-ipv4-transparent-helper.h"
#include "strata-point-to-point-helper.h"

#include "ns3/boolean.h"
#include "ns3/data-rate.h"
#include "ns3/error-model.h"
#include "ns3/global-value.h"
#include "ns3/internet-stack-helper.h"
#include "ns3/ipv4-address-helper.h"
#include "ns3/ipv4-global-routing-helper.h"
#include "ns3/pointer.h"
#include "ns3/simulator.h"
#include "ns3/strata-ipv4-convert.h"
#include "ns3/strata-ppp-header.h"
#include "ns3/string.h"
#include "ns3/uinteger.h"

#include <algorithm>
#include <cmath>

namespace ns3
{
namespace strata
{

namespace
{

/** An experimental protocol number (RFC 3692). */
constexpr uint8_t PROTOCOL = 253;

constexpr uint32_t IP_HEADER = 20;

constexpr Nanos BEGIN{1'000'000'000};

/** Reassembly gives up within it. */
constexpr Nanos REST{70'000'000'000};

/** Front of each datagram: what it is, and the length that its sender gave it. */
struct Record
{
    static constexpr uint32_t SIZE = OVERSIZE_HEADERS - IP_HEADER;

    enum Kind : uint8_t
    {
        DATA,
        TOLD, //!< how long a datagram was that arrived cut
    };

    uint8_t kind{DATA};
    uint16_t length{0};
    uint32_t number{0};

    void Encode(uint8_t (&bytes)[SIZE]) const
    {
        bytes[0] = kind;
        bytes[1] = 0;
        bytes[2] = static_cast<uint8_t>(length >> 8);
        bytes[3] = static_cast<uint8_t>(length);
        for (int i = 0; i < 4; ++i)
        {
            bytes[4 + i] = static_cast<uint8_t>(number >> (24 - 8 * i));
        }
    }

    static Record Decode(const uint8_t (&bytes)[SIZE])
    {
        Record record;
        record.kind = bytes[0];
        record.length = static_cast<uint16_t>(bytes[2] << 8 | bytes[3]);
        for (int i = 0; i < 4; ++i)
        {
            record.number = record.number << 8 | bytes[4 + i];
        }
        return record;
    }
};

/** One end: it sends records, and sees those that arrive. */
class RecordEnd : public Ipv4HookElement
{
  public:
    using OnRecord = Callback<void, const Record&, const Ipv4WireHeader&>;

    RecordEnd(Ptr<Node> node, OnRecord onRecord)
        : m_ipv4(StrataIpv4Helper::Get(node)),
          m_onRecord(onRecord)
    {
        m_ipv4->GetHooks()->Attach(HookPoint::INPUT, 0, this);
    }

    Ptr<StrataIpv4> GetIpv4() const
    {
        return m_ipv4;
    }

    /** Sends \p record in a datagram of \p size octets, zeros behind it. */
    void Send(const Record& record, uint32_t size, Ipv4Address destination, bool dontFragment)
    {
        uint8_t bytes[Record::SIZE];
        record.Encode(bytes);
        Ipv4HookPacket packet;
        packet.local = true;
        packet.payload = Create<Packet>(bytes, Record::SIZE);
        packet.payload->AddAtEnd(Create<Packet>(size - OVERSIZE_HEADERS));
        packet.header.protocol = PROTOCOL;
        packet.header.ttl = 64;
        packet.header.identification = ++m_identification;
        packet.header.dontFragment = dontFragment;
        packet.header.totalLength = static_cast<uint16_t>(size);
        packet.header.destination = destination.Get();
        Socket::SocketErrno error = Socket::ERROR_NOTERROR;
        packet.route = m_ipv4->GetHooks()->GetRouting()->RouteOutput(packet.payload,
                                                                     ToStockHeader(packet.header),
                                                                     nullptr,
                                                                     error);
        NS_ABORT_MSG_UNLESS(packet.route, "No route to " << destination);
        packet.header.source = packet.route->GetSource().Get();
        m_ipv4->GetSender()->SendRouted(packet);
    }

    HookVerdict Process(Ipv4HookPacket& packet) override
    {
        uint8_t bytes[Record::SIZE];
        if (packet.header.protocol != PROTOCOL ||
            packet.payload->CopyData(bytes, Record::SIZE) != Record::SIZE)
        {
            return HookVerdict::ACCEPT;
        }
        packet.header.totalLength =
            static_cast<uint16_t>(packet.header.HeaderSize() + packet.payload->GetSize());
        m_onRecord(Record::Decode(bytes), packet.header);
        return HookVerdict::TAKEN;
    }

  private:
    Ptr<StrataIpv4> m_ipv4;
    OnRecord m_onRecord;
    uint16_t m_identification{0};
};

Nanos
Now()
{
    return Nanos(Simulator::Now().GetNanoSeconds());
}

class OversizeTrial
{
  public:
    explicit OversizeTrial(const OversizePlan& plan);

    OversizeReport Run();

  private:
    void BuildChain();
    void SendNext();
    void OnAtSource(const Record& record, const Ipv4WireHeader& header);
    void OnAtDestination(const Record& record, const Ipv4WireHeader& header);
    void OnLesson(Ipv4Address destination, uint32_t mtu);
    void Count();

    bool IsAdaptive() const
    {
        return m_plan.method == OversizeMethod::DISCOVERY ||
               m_plan.method == OversizeMethod::TRUNCATION;
    }

    const OversizePlan& m_plan;
    const uint16_t m_smallest;
    NodeContainer m_nodes;
    std::vector<NetDeviceContainer> m_links;
    Ptr<RecordEnd> m_source;
    Ptr<RecordEnd> m_destination;
    Ipv4Address m_to;
    uint32_t m_left;
    OversizeReport m_report;
};

OversizeTrial::OversizeTrial(const OversizePlan& plan)
    : m_plan(plan),
      m_smallest(*std::min_element(plan.mtus.begin(), plan.mtus.end())),
      m_left(plan.octets)
{
    BuildChain();
    m_source =
        CreateObject<RecordEnd>(m_nodes.Get(0), MakeCallback(&OversizeTrial::OnAtSource, this));
    m_destination = CreateObject<RecordEnd>(m_nodes.Get(m_nodes.GetN() - 1),
                                            MakeCallback(&OversizeTrial::OnAtDestination, this));
    m_source->GetIpv4()->GetPathMtu()->TraceConnectWithoutContext(
        "Changed",
        MakeCallback(&OversizeTrial::OnLesson, this));
}

void
OversizeTrial::BuildChain()
{
    const auto count = static_cast<uint32_t>(m_plan.mtus.size());
    m_nodes.Create(count + 1);
    InternetStackHelper().Install(m_nodes);
    StrataIpv4Helper helper;
    if (m_plan.method == OversizeMethod::TRUNCATION)
    {
        helper.SetAttribute("Oversize", StringValue("truncate"));
    }
    helper.Install(m_nodes);
    StrataPointToPointHelper links;
    links.SetDeviceAttribute("DataRate",
                             DataRateValue(DataRate(static_cast<uint64_t>(m_plan.linkRate))));
    links.SetChannelAttribute("Delay", TimeValue(NanoSeconds(m_plan.delay.count())));
    Ipv4AddressHelper addresses("10.0.1.0", "255.255.255.0");
    for (uint32_t i = 0; i < count; ++i)
    {
        links.SetDeviceAttribute("Mtu", UintegerValue(m_plan.mtus[i]));
        NetDeviceContainer link = links.Install(m_nodes.Get(i), m_nodes.Get(i + 1));
        m_to = addresses.Assign(link).GetAddress(1);
        addresses.NewNetwork();
        if (i < m_plan.losses.size() && m_plan.losses[i] > 0)
        {
            Ptr<RateErrorModel> loss = CreateObject<RateErrorModel>();
            loss->SetUnit(RateErrorModel::ERROR_UNIT_PACKET);
            loss->SetRate(m_plan.losses[i]);
            loss->AssignStreams(100 + i);
            link.Get(1)->SetAttribute("ReceiveErrorModel", PointerValue(loss));
        }
        if (m_plan.method == OversizeMethod::TRANSPARENT && i > 0 && i + 1 < count)
        {
            StrataIpv4TransparentHelper::Install(link.Get(0), link.Get(1));
        }
        m_links.push_back(link);
    }
    Ipv4GlobalRoutingHelper::PopulateRoutingTables();
    if (!m_plan.pcap.empty())
    {
        links.EnablePcap(m_plan.pcap + "-source.pcap", m_links.front().Get(0), true, true);
        links.EnablePcap(m_plan.pcap + "-destination.pcap", m_links.back().Get(1), true, true);
    }
}

OversizeReport
OversizeTrial::Run()
{
    Simulator::ScheduleWithContext(m_nodes.Get(0)->GetId(),
                                   NanoSeconds(BEGIN.count()),
                                   &OversizeTrial::SendNext,
                                   this);
    const Nanos sending(std::llround(m_plan.octets * 8e9 / m_plan.rate));
    Simulator::Stop(NanoSeconds((BEGIN + sending + REST).count()));
    Simulator::Run();
    Count();
    return m_report;
}

void
OversizeTrial::SendNext()
{
    uint32_t size = m_plan.mtus.front();
    if (IsAdaptive())
    {
        size = std::min(size, m_source->GetIpv4()->GetPathMtu()->Find(m_to, size).mtu);
    }
    const uint32_t octets = std::min(size - OVERSIZE_HEADERS, m_left);
    size = octets + OVERSIZE_HEADERS;
    m_left -= octets;
    Record record;
    record.length = static_cast<uint16_t>(size);
    record.number = static_cast<uint32_t>(m_report.sent++);
    m_report.tooLarge += IsAdaptive() && size > m_smallest;
    m_source->Send(record, size, m_to, m_plan.method == OversizeMethod::DISCOVERY);
    if (m_left > 0)
    {
        Simulator::Schedule(NanoSeconds(std::llround(octets * 8e9 / m_plan.rate)),
                            &OversizeTrial::SendNext,
                            this);
    }
}

void
OversizeTrial::OnAtSource(const Record& record, const Ipv4WireHeader& header)
{
    Ptr<PathMtuDiscovery> paths = m_source->GetIpv4()->GetPathMtu();
    const Ipv4Address from(header.source);
    if (record.kind == Record::TOLD && record.length < paths->Find(from, m_plan.mtus.front()).mtu)
    {
        paths->Learn(from, record.length);
    }
}

void
OversizeTrial::OnAtDestination(const Record& record, const Ipv4WireHeader& header)
{
    if (header.totalLength < record.length)
    {
        Record told;
        told.kind = Record::TOLD;
        told.length = header.totalLength;
        told.number = record.number;
        m_destination->Send(told, OVERSIZE_HEADERS, Ipv4Address(header.source), false);
        return;
    }
    ++m_report.whole;
    m_report.octets += header.totalLength - OVERSIZE_HEADERS;
    m_report.firstData = std::min(m_report.firstData, Now() - BEGIN);
    m_report.lastData = Now() - BEGIN;
}

void
OversizeTrial::OnLesson(Ipv4Address, uint32_t)
{
    ++m_report.lessons;
}

void
OversizeTrial::Count()
{
    for (const NetDeviceContainer& link : m_links)
    {
        for (uint32_t end = 0; end < 2; ++end)
        {
            const auto& counters = DynamicCast<PointToPointDevice>(link.Get(end))->GetCounters();
            m_report.packets += counters.txPackets;
            m_report.bytes += counters.txBytes - counters.txPackets * PppHeader::SIZE;
        }
    }
    for (uint32_t i = 1; i < m_nodes.GetN(); ++i)
    {
        Ptr<Ipv4Reassembler> reassembler = StrataIpv4Helper::Get(m_nodes.Get(i))->GetReassembler();
        OversizeReassembly& cost = i + 1 == m_nodes.GetN() ? m_report.host : m_report.exits;
        cost.fragments += reassembler->GetFragments();
        cost.lost += reassembler->GetLostFragments();
        cost.peakBytes = std::max<uint64_t>(cost.peakBytes, reassembler->GetPeakMemory());
    }
}

/** What becomes of packets with these payloads over an MTU, as RFC 791 section 3.2 says. */
std::vector<uint32_t>
Split(const std::vector<uint32_t>& payloads, uint32_t mtu)
{
    const uint32_t room = (mtu - IP_HEADER) / 8 * 8;
    std::vector<uint32_t> pieces;
    for (uint32_t payload : payloads)
    {
        while (payload + IP_HEADER > mtu)
        {
            pieces.push_back(room);
            payload -= room;
        }
        pieces.push_back(payload);
    }
    return pieces;
}

OversizeCrossing
Sum(const std::vector<uint32_t>& payloads)
{
    OversizeCrossing crossing;
    for (const uint32_t payload : payloads)
    {
        ++crossing.packets;
        crossing.bytes += payload + IP_HEADER;
    }
    return crossing;
}

} // namespace

const std::vector<OversizeMethod>&
OversizeMethods()
{
    static const std::vector<OversizeMethod> methods{OversizeMethod::NONTRANSPARENT,
                                                     OversizeMethod::TRANSPARENT,
                                                     OversizeMethod::DISCOVERY,
                                                     OversizeMethod::TRUNCATION};
    return methods;
}

const char*
OversizeMethodName(OversizeMethod method)
{
    switch (method)
    {
    case OversizeMethod::NONTRANSPARENT:
        return "nontransparent";
    case OversizeMethod::TRANSPARENT:
        return "transparent";
    case OversizeMethod::DISCOVERY:
        return "discovery";
    case OversizeMethod::TRUNCATION:
        return "truncation";
    }
    return "";
}

OversizeReport
RunOversize(const OversizePlan& plan)
{
    GlobalValue::Bind("ChecksumEnabled", BooleanValue(true));
    OversizeReport report;
    {
        OversizeTrial trial(plan);
        report = trial.Run();
        Simulator::Destroy();
    }
    return report;
}

std::vector<OversizeCrossing>
OversizeCrossings(OversizeMethod method, const std::vector<uint16_t>& mtus)
{
    const bool adaptive =
        method == OversizeMethod::DISCOVERY || method == OversizeMethod::TRUNCATION;
    const uint32_t size = adaptive ? *std::min_element(mtus.begin(), mtus.end()) : mtus.front();
    std::vector<OversizeCrossing> crossings;
    std::vector<uint32_t> payloads{size - IP_HEADER};
    for (std::size_t i = 0; i < mtus.size(); ++i)
    {
        const bool between = i > 0 && i + 1 < mtus.size();
        if (method == OversizeMethod::TRANSPARENT && between && size > mtus[i])
        {
            // The datagram with its header is the payload of another one, and whole behind it.
            crossings.push_back(Sum(Split({size}, mtus[i])));
            continue;
        }
        payloads = Split(payloads, mtus[i]);
        crossings.push_back(Sum(payloads));
    }
    return crossings;
}

} // namespace strata
} // namespace ns3

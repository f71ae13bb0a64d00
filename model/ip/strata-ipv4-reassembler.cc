// SPDX-License-Identifier: GPL-2.0-only

#include "strata-ipv4-reassembler.h"

#include "ns3/log.h"
#include "ns3/simulator.h"
#include "ns3/string.h"
#include "ns3/uinteger.h"

namespace ns3
{
namespace strata
{

NS_LOG_COMPONENT_DEFINE("StrataIpv4Reassembler");

NS_OBJECT_ENSURE_REGISTERED(Ipv4Reassembler);

namespace
{

DropReason
ReasonOf(ReassemblyDropReason reason)
{
    switch (reason)
    {
    case ReassemblyDropReason::EMPTY:
        return DropReason("ip.fragment-empty");
    case ReassemblyDropReason::RAGGED:
        return DropReason("ip.fragment-ragged");
    case ReassemblyDropReason::TOO_LONG:
        return DropReason("ip.fragment-too-long");
    case ReassemblyDropReason::DUPLICATE:
        return DropReason("ip.fragment-duplicate");
    case ReassemblyDropReason::OVERLAP:
        return DropReason("ip.fragment-overlap");
    case ReassemblyDropReason::CONFLICTING_END:
        return DropReason("ip.fragment-conflicting-end");
    case ReassemblyDropReason::TOO_MANY:
        return DropReason("ip.fragment-too-many");
    case ReassemblyDropReason::MIXED_ECN:
        return DropReason("ip.fragment-mixed-ecn");
    case ReassemblyDropReason::NO_MEMORY:
        return DropReason("ip.fragment-no-memory");
    case ReassemblyDropReason::LATE:
        return DropReason("ip.fragment-late");
    }
    return HOOK_DROP;
}

constexpr DropReason REASSEMBLY_TIMEOUT{"ip.reassembly-timeout"};

Nanos
Now()
{
    return Nanos(Simulator::Now().GetNanoSeconds());
}

Ptr<Packet>
ToPacket(ByteView bytes)
{
    return Create<Packet>(bytes.data(), static_cast<uint32_t>(bytes.size()));
}

const std::pair<const char*, OverlapPolicy> OVERLAPS[] = {
    {"first-wins", OverlapPolicy::FIRST_WINS},
    {"last-wins", OverlapPolicy::LAST_WINS},
    {"drop-datagram", OverlapPolicy::DROP_DATAGRAM},
};

} // namespace

TypeId
Ipv4Reassembler::GetTypeId()
{
    static TypeId tid =
        TypeId("ns3::strata::Ipv4Reassembler")
            .SetParent<Ipv4HookElement>()
            .SetGroupName("Strata")
            .AddConstructor<Ipv4Reassembler>()
            .AddAttribute(
                "Timeout",
                "How long fragments wait for the others (RFC 1122 section 3.3.2)",
                TimeValue(Seconds(60)),
                MakeTimeAccessor(&Ipv4Reassembler::SetTimeout, &Ipv4Reassembler::GetTimeout),
                MakeTimeChecker(NanoSeconds(1)))
            .AddAttribute("MemoryLimit",
                          "Bytes that waiting fragments may take; the oldest make room",
                          UintegerValue(4 << 20),
                          MakeUintegerAccessor(&Ipv4Reassembler::SetMemoryLimit,
                                               &Ipv4Reassembler::GetMemoryLimit),
                          MakeUintegerChecker<uint64_t>(4096))
            .AddAttribute(
                "Overlap",
                "Fragments that overlap with other bytes: first-wins, last-wins or "
                "drop-datagram (RFC 5722)",
                StringValue("drop-datagram"),
                MakeStringAccessor(&Ipv4Reassembler::SetOverlap, &Ipv4Reassembler::GetOverlap),
                MakeStringChecker())
            .AddTraceSource("Reassembled",
                            "All fragments of a datagram are there",
                            MakeTraceSourceAccessor(&Ipv4Reassembler::m_reassembled),
                            "ns3::strata::Ipv4Reassembler::ReassembledCallback");
    return tid;
}

Ipv4Reassembler::Ipv4Reassembler() = default;

Ipv4Reassembler::~Ipv4Reassembler() = default;

void
Ipv4Reassembler::Setup(Ptr<Ipv4Hooks> hooks, Ptr<StrataIcmp> icmp)
{
    m_hooks = hooks;
    m_icmp = icmp;
}

void
Ipv4Reassembler::Configure(const ReassemblyTable::Config& config)
{
    NS_ABORT_MSG_IF(m_table.size() != 0, "Reassembly cannot be configured while fragments wait");
    m_table = ReassemblyTable(config);
}

void
Ipv4Reassembler::SetTimeout(Time timeout)
{
    ReassemblyTable::Config config = m_table.GetConfig();
    config.timeout = Nanos(timeout.GetNanoSeconds());
    Configure(config);
}

Time
Ipv4Reassembler::GetTimeout() const
{
    return NanoSeconds(m_table.GetConfig().timeout.count());
}

void
Ipv4Reassembler::SetMemoryLimit(uint64_t bytes)
{
    ReassemblyTable::Config config = m_table.GetConfig();
    config.highMemory = bytes;
    config.lowMemory = bytes / 4 * 3;
    Configure(config);
}

uint64_t
Ipv4Reassembler::GetMemoryLimit() const
{
    return m_table.GetConfig().highMemory;
}

void
Ipv4Reassembler::SetOverlap(std::string policy)
{
    for (const auto& [name, value] : OVERLAPS)
    {
        if (policy == name)
        {
            ReassemblyTable::Config config = m_table.GetConfig();
            config.overlap = value;
            Configure(config);
            return;
        }
    }
    NS_ABORT_MSG("Overlap is first-wins, last-wins or drop-datagram, not '" << policy << "'");
}

std::string
Ipv4Reassembler::GetOverlap() const
{
    for (const auto& [name, value] : OVERLAPS)
    {
        if (value == m_table.GetConfig().overlap)
        {
            return name;
        }
    }
    return "";
}

bool
Ipv4Reassembler::NeedsAll() const
{
    return false;
}

HookVerdict
Ipv4Reassembler::Process(Ipv4HookPacket& packet)
{
    const Ipv4WireHeader& header = packet.header;
    if (!header.IsFragment())
    {
        return HookVerdict::ACCEPT;
    }
    Ptr<Ipv4L3Protocol> ipv4 = m_hooks->GetIpv4();
    const int32_t interface = ipv4->GetInterfaceForDevice(packet.in);
    if (!ipv4->IsDestinationAddress(Ipv4Address(header.destination),
                                    static_cast<uint32_t>(interface)))
    {
        return HookVerdict::ACCEPT;
    }
    ++m_fragments;
    Bytes payload(packet.payload->GetSize());
    packet.payload->CopyData(payload.data(), static_cast<uint32_t>(payload.size()));
    const Bytes front = EncodeToBytes(header);

    ReassemblyFragment fragment;
    fragment.key = {header.source, header.destination, header.identification, header.protocol, 0};
    fragment.offset = header.PayloadOffset();
    fragment.moreFragments = header.moreFragments;
    fragment.ecn = header.ecn;
    fragment.payload = payload;
    fragment.header = front;
    Carry(m_table.Add(fragment, Now()), &packet);
    return HookVerdict::TAKEN;
}

void
Ipv4Reassembler::Carry(std::vector<ReassemblyEffect> effects, const Ipv4HookPacket* last)
{
    m_peakMemory = std::max(m_peakMemory, m_table.MemoryBytes());
    Schedule();
    for (const ReassemblyEffect& effect : effects)
    {
        if (const auto* drop = std::get_if<ReassemblyDrop>(&effect))
        {
            GiveUp(*drop, last);
        }
        else if (const auto* timeout = std::get_if<ReassemblyTimeout>(&effect))
        {
            ReportTimeout(*timeout);
        }
        else if (const auto* whole = std::get_if<ReassembledDatagram>(&effect))
        {
            // Only a fragment completes a datagram, so there is a last one.
            Ipv4HookPacket packet = *last;
            const auto header = HeaderOfReassembled(*whole);
            NS_ASSERT(header);
            packet.header = *header;
            Ptr<Packet> payload = ToPacket(whole->payload);
            packet.payload = payload;
            m_reassembled(packet.header,
                          whole->fragments,
                          NanoSeconds((Now() - whole->firstArrival).count()));
            m_hooks->Resume(packet, this);
        }
    }
}

void
Ipv4Reassembler::GiveUp(const ReassemblyDrop& drop, const Ipv4HookPacket* last)
{
    // The bytes are gone with the table's entry; each fragment counts, the packet at hand with
    // what it holds.
    m_lostFragments += drop.fragments;
    const Ptr<Packet> packet = last ? last->payload : Create<Packet>(drop.bytes);
    for (uint32_t i = 0; i < drop.fragments; ++i)
    {
        m_hooks->GetStrataNode()->ReportDrop(packet,
                                             ReasonOf(drop.reason),
                                             last ? last->in : nullptr);
    }
}

void
Ipv4Reassembler::ReportTimeout(const ReassemblyTimeout& timeout)
{
    m_lostFragments += timeout.fragments;
    Ptr<Packet> front = ToPacket(timeout.front);
    for (uint32_t i = 0; i < timeout.fragments; ++i)
    {
        m_hooks->GetStrataNode()->ReportDrop(front, REASSEMBLY_TIMEOUT);
    }
    const auto header = Ipv4WireHeader::Decode(timeout.header, {});
    if (!header)
    {
        return;
    }
    Ipv4HookPacket packet;
    packet.header = *header;
    packet.payload = front;
    packet.point = HookPoint::PREROUTING;
    m_icmp->SendError(IcmpType::TIME_EXCEEDED,
                      static_cast<uint8_t>(IcmpTimeExceededCode::REASSEMBLY),
                      0,
                      packet);
}

void
Ipv4Reassembler::Schedule()
{
    m_expire.Cancel();
    const Nanos deadline = m_table.NextDeadline();
    if (deadline != NEVER)
    {
        m_expire = Simulator::Schedule(NanoSeconds((deadline - Now()).count()),
                                       &Ipv4Reassembler::Expire,
                                       this);
    }
}

void
Ipv4Reassembler::Expire()
{
    Carry(m_table.Advance(Now()), nullptr);
}

void
Ipv4Reassembler::DoDispose()
{
    m_expire.Cancel();
    m_hooks = nullptr;
    m_icmp = nullptr;
    Ipv4HookElement::DoDispose();
}

} // namespace strata
} // namespace ns3

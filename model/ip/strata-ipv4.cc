// SPDX-License-Identifier: GPL-2.0-only

#include "strata-ipv4.h"

#include "ns3/boolean.h"
#include "ns3/log.h"
#include "ns3/loopback-net-device.h"
#include "ns3/pointer.h"
#include "ns3/strata-datagram-item.h"
#include "ns3/strata-ipv4-convert.h"
#include "ns3/strata-packet-front.h"
#include "ns3/strata-udp-header.h"
#include "ns3/string.h"
#include "ns3/uinteger.h"

#include <array>

namespace ns3
{
namespace strata
{

NS_LOG_COMPONENT_DEFINE("StrataIpv4");

NS_OBJECT_ENSURE_REGISTERED(StrataIpv4);

namespace
{

const std::pair<const char*, Ipv4SourceRoutePolicy> SOURCE_ROUTING[] = {
    {"refuse", Ipv4SourceRoutePolicy::REFUSE},
    {"process", Ipv4SourceRoutePolicy::PROCESS},
    {"ignore", Ipv4SourceRoutePolicy::IGNORE},
};

const std::pair<const char*, OversizeAnswer> OVERSIZE[] = {
    {"fragment", OversizeAnswer::FRAGMENT},
    {"report", OversizeAnswer::REPORT},
    {"truncate", OversizeAnswer::TRUNCATE},
};

/** The value of \p name, or an end with one clear line. */
template <class T, std::size_t N>
T
Choose(const std::pair<const char*, T> (&choices)[N], const char* what, const std::string& name)
{
    std::string names;
    for (const auto& [choice, value] : choices)
    {
        if (name == choice)
        {
            return value;
        }
        names += std::string(names.empty() ? "" : ", ") + choice;
    }
    NS_ABORT_MSG(what << " is one of " << names << "; not '" << name << "'");
    return choices[0].second;
}

template <class T, std::size_t N>
std::string
NameOf(const std::pair<const char*, T> (&choices)[N], T value)
{
    for (const auto& [choice, candidate] : choices)
    {
        if (candidate == value)
        {
            return choice;
        }
    }
    return "";
}

const std::pair<const char*, MartianFilter> MARTIANS[] = {
    {"off", MartianFilter::OFF},
    {"rfc1812", MartianFilter::RFC1812},
    {"rfc6890", MartianFilter::RFC6890},
};

DropReason
ReasonOf(Ipv4HeaderFault fault)
{
    switch (fault)
    {
    case Ipv4HeaderFault::SHORT_FRAME:
        return IP_SHORT_FRAME;
    case Ipv4HeaderFault::BAD_VERSION:
        return IP_BAD_VERSION;
    case Ipv4HeaderFault::BAD_HEADER_LENGTH:
        return IP_BAD_HEADER_LENGTH;
    case Ipv4HeaderFault::BAD_CHECKSUM:
        return IP_BAD_CHECKSUM;
    case Ipv4HeaderFault::BAD_TOTAL_LENGTH:
        return IP_BAD_TOTAL_LENGTH;
    case Ipv4HeaderFault::TRUNCATED:
        return IP_TRUNCATED;
    }
    return HOOK_DROP;
}

} // namespace

TypeId
StrataIpv4::GetTypeId()
{
    static TypeId tid =
        TypeId("ns3::strata::StrataIpv4")
            .SetParent<Object>()
            .SetGroupName("Strata")
            .AddConstructor<StrataIpv4>()
            .AddAttribute("FastPath",
                          "Forward datagrams that need nothing special past the stock stack, where "
                          "the node has a FibRouting",
                          BooleanValue(false),
                          MakeBooleanAccessor(&StrataIpv4::m_fastPath),
                          MakeBooleanChecker())
            .AddAttribute(
                "SourceRouting",
                "What becomes of source routes: refuse (RFC 7126), process (RFC 791) or "
                "ignore",
                StringValue("refuse"),
                MakeStringAccessor(&StrataIpv4::SetSourceRouting, &StrataIpv4::GetSourceRouting),
                MakeStringChecker())
            .AddAttribute("Oversize",
                          "What becomes of a forwarded datagram that is larger than the MTU and "
                          "may be fragmented: fragment (RFC 791), report (as if it might not) or "
                          "truncate (so that the destination learns the MTU)",
                          StringValue("fragment"),
                          MakeStringAccessor(&StrataIpv4::SetOversize, &StrataIpv4::GetOversize),
                          MakeStringChecker())
            .AddAttribute("SendRedirects",
                          "Tell senders on a link of a better first hop on it",
                          BooleanValue(true),
                          MakeBooleanAccessor(&StrataIpv4::SetSendRedirects),
                          MakeBooleanChecker())
            .AddAttribute("AcceptRedirects",
                          "Hosts obey redirects (RFC 1122 section 3.2.2.2); routers never do",
                          BooleanValue(true),
                          MakeBooleanAccessor(&StrataIpv4::SetAcceptRedirects,
                                              &StrataIpv4::GetAcceptRedirects),
                          MakeBooleanChecker())
            .AddAttribute("PathMtuDiscovery",
                          "Find the MTU of paths (RFC 1191) for TCP, and for UDP sockets whose "
                          "attribute MtuDiscover is set; to be set before installing",
                          BooleanValue(true),
                          MakeBooleanAccessor(&StrataIpv4::m_pathMtuDiscovery),
                          MakeBooleanChecker())
            .AddAttribute("Martians",
                          "Which addresses are refused: none (off), those that no host can have "
                          "(rfc1812), or also those that have no place on the Internet (rfc6890)",
                          StringValue("rfc1812"),
                          MakeStringAccessor(&StrataIpv4::SetMartians, &StrataIpv4::GetMartians),
                          MakeStringChecker())
            .AddAttribute("DirectedBroadcasts",
                          "Whether a router sends broadcasts on to a subnet of its own (RFC 2644: "
                          "no)",
                          BooleanValue(false),
                          MakeBooleanAccessor(&StrataIpv4::SetDirectedBroadcasts,
                                              &StrataIpv4::GetDirectedBroadcasts),
                          MakeBooleanChecker())
            .AddAttribute("ReportBadLength",
                          "Answer a header length or total length that cannot be with a Parameter "
                          "Problem (RFC 1812 section 5.2.2), not with silence",
                          BooleanValue(false),
                          MakeBooleanAccessor(&StrataIpv4::SetReportBadLength,
                                              &StrataIpv4::GetReportBadLength),
                          MakeBooleanChecker())
            .AddAttribute("LeastMtu",
                          "The least MTU over which datagrams are fragmented; RFC 791 asks 68 of "
                          "every link, so no more can be asked here",
                          UintegerValue(IPV4_MIN_MTU),
                          MakeUintegerAccessor(&StrataIpv4::SetLeastMtu, &StrataIpv4::GetLeastMtu),
                          MakeUintegerChecker<uint32_t>(28, IPV4_MIN_MTU))
            .AddAttribute(
                "SourceQuench",
                "Tell the source of a forwarded datagram that a full queue dropped it "
                "(RFC 792; deprecated by RFC 6633)",
                BooleanValue(false),
                MakeBooleanAccessor(&StrataIpv4::SetSourceQuench, &StrataIpv4::GetSourceQuench),
                MakeBooleanChecker())
            .AddAttribute(
                "AgeInterval",
                "A datagram that waits longer than this in a queue disc loses one of its "
                "time to live for each such interval (RFC 791 section 3.2: a second); "
                "0: one for each hop, however long it takes",
                TimeValue(Time(0)),
                MakeTimeAccessor(&StrataIpv4::SetAgeInterval, &StrataIpv4::GetAgeInterval),
                MakeTimeChecker(Time(0)))
            .AddAttribute("Icmp",
                          "ICMP of this node",
                          TypeId::ATTR_GET,
                          PointerValue(),
                          MakePointerAccessor(&StrataIpv4::m_icmp),
                          MakePointerChecker<StrataIcmp>())
            .AddAttribute("Reassembler",
                          "What puts fragments together",
                          TypeId::ATTR_GET,
                          PointerValue(),
                          MakePointerAccessor(&StrataIpv4::m_reassembler),
                          MakePointerChecker<Ipv4Reassembler>())
            .AddAttribute("PathMtu",
                          "What knows the MTU of paths",
                          TypeId::ATTR_GET,
                          PointerValue(),
                          MakePointerAccessor(&StrataIpv4::m_pathMtu),
                          MakePointerChecker<PathMtuDiscovery>())
            .AddAttribute("Options",
                          "What processes options",
                          TypeId::ATTR_GET,
                          PointerValue(),
                          MakePointerAccessor(&StrataIpv4::m_options),
                          MakePointerChecker<Ipv4OptionRouter>());
    return tid;
}

StrataIpv4::StrataIpv4()
    : m_icmp(CreateObject<StrataIcmp>()),
      m_sender(CreateObject<Ipv4Sender>()),
      m_forwardCheck(CreateObject<Ipv4ForwardCheck>()),
      m_inputCheck(CreateObject<Ipv4InputCheck>()),
      m_options(CreateObject<Ipv4OptionRouter>()),
      m_reassembler(CreateObject<Ipv4Reassembler>()),
      m_addressFilter(CreateObject<Ipv4AddressFilter>()),
      m_pathMtu(CreateObject<PathMtuDiscovery>()),
      m_redirects(CreateObject<Ipv4RedirectListener>()),
      m_queueCheck(CreateObject<Ipv4QueueCheck>())
{
}

StrataIpv4::~StrataIpv4() = default;

void
StrataIpv4::NotifyNewAggregate()
{
    Ptr<Ipv4L3Protocol> ipv4 = GetObject<Ipv4L3Protocol>();
    Ptr<Node> node = GetObject<Node>();
    if (!m_installed && ipv4 && node)
    {
        // What is aggregated here notifies this object anew.
        m_installed = true;
        m_hooks = Ipv4Hooks::Of(node);
        m_sender->SetHooks(m_hooks);
        m_forwardCheck->Setup(m_hooks, m_icmp);
        m_inputCheck->Setup(m_hooks, m_icmp);
        m_options->Setup(m_hooks, m_icmp, m_sender, m_addressFilter);
        m_reassembler->Setup(m_hooks, m_icmp);
        m_addressFilter->Setup(m_hooks, m_sender);
        m_pathMtu->Setup(m_hooks, m_icmp, m_sender, m_addressFilter);
        m_redirects->Setup(m_hooks, m_icmp);
        m_queueCheck->Setup(m_hooks, m_icmp);

        m_fast = std::make_unique<Ipv4FastPath>(m_hooks);
        Ptr<StrataArp> arp = StrataArp::Of(node);
        arp->TraceConnectWithoutContext("ResolutionFailed",
                                        MakeCallback(&StrataIpv4::NeighborFailed, this));
        m_hooks->SetGuard(this);
        m_hooks->Attach(HookPoint::PREROUTING, Ipv4Priority::FIRST, m_addressFilter);
        m_hooks->Attach(HookPoint::OUTPUT, Ipv4Priority::FIRST, m_addressFilter);
        m_hooks->Attach(HookPoint::POSTROUTING, Ipv4Priority::LAST, m_addressFilter);
        m_hooks->Attach(HookPoint::FORWARD, Ipv4Priority::FIRST, m_forwardCheck);
        m_hooks->Attach(HookPoint::PREROUTING, Ipv4Priority::DEFRAGMENT, m_reassembler);
        m_hooks->Attach(HookPoint::PREROUTING, Ipv4Priority::LAST, m_options);
        m_hooks->Attach(HookPoint::OUTPUT, Ipv4Priority::LAST, m_options);
        if (m_pathMtuDiscovery)
        {
            m_hooks->Attach(HookPoint::OUTPUT, Ipv4Priority::LAST, m_pathMtu);
        }
        m_hooks->Attach(HookPoint::INPUT, Ipv4Priority::LAST, m_inputCheck);
        m_icmp->Install(m_hooks);
    }
    Object::NotifyNewAggregate();
}

Ipv4Admission
StrataIpv4::Admit(Ipv4Reception& received, Ipv4WireHeader& header)
{
    if (received.packetType == NetDevice::PACKET_HOST && m_hooks->MayPassBy())
    {
        switch (m_fast->Pass(received, m_fastPath))
        {
        case Ipv4FastPath::Outcome::FORWARDED:
            return Ipv4Admission::REFUSED;
        case Ipv4FastPath::Outcome::PLAIN:
            return Ipv4Admission::PLAIN;
        case Ipv4FastPath::Outcome::NOT_PLAIN:
            break;
        }
    }
    std::array<uint8_t, Ipv4WireHeader::MAX_SIZE> bytes;
    const uint32_t size = received.datagram->CopyData(bytes.data(), bytes.size());
    m_headerRules.acceptZeroChecksum = !Node::ChecksumEnabled();
    const Ipv4HeaderVerdict verdict =
        JudgeIpv4Header(ByteView(bytes.data(), size), received.datagram->GetSize(), m_headerRules);
    if (!verdict.Ok())
    {
        Refuse(verdict, received.in, received.datagram, received.packetType);
        return Ipv4Admission::REFUSED;
    }
    header = verdict.header;
    return Ipv4Admission::ADMITTED;
}

bool
StrataIpv4::IsPlainForward(const Ipv4Header& header,
                           uint32_t size,
                           const Ipv4Route& route,
                           const Ptr<NetDevice>& in)
{
    Ptr<NetDevice> out = route.GetOutputDevice();
    return header.GetTtl() > 1 && out != in && size <= out->GetMtu();
}

void
StrataIpv4::Refuse(const Ipv4HeaderVerdict& verdict,
                   Ptr<NetDevice> device,
                   Ptr<const Packet> datagram,
                   NetDevice::PacketType packetType)
{
    m_hooks->GetStrataNode()->ReportDrop(datagram, ReasonOf(*verdict.fault), device);
    if (verdict.pointer)
    {
        Ipv4HookPacket packet;
        packet.header = verdict.header;
        packet.payload = datagram->Copy();
        RemoveFront(packet.payload, Ipv4WireHeader::MIN_SIZE);
        packet.in = device;
        packet.packetType = packetType;
        m_icmp->SendParameterProblem(*verdict.pointer, packet);
    }
}

void
StrataIpv4::Unroutable(Ipv4HookPacket& packet)
{
    Ptr<Ipv4L3Protocol> ipv4 = m_hooks->GetIpv4();
    const int32_t interface = packet.in ? ipv4->GetInterfaceForDevice(packet.in) : -1;
    if (interface >= 0 && !ipv4->IsForwarding(static_cast<uint32_t>(interface)))
    {
        // RFC 1122 section 3.2.1.3: a host discards in silence what is not for it.
        packet.dropReason = Ipv4AddressFilter::ReasonOf(Ipv4AddressFault::NOT_FOR_US);
        m_hooks->Drop(packet);
        return;
    }
    // RFC 1812 section 5.2.7.1: a router that has no route at all to a network says so.
    m_icmp->SendUnreachable(IcmpUnreachableCode::NET, packet);
    packet.dropReason = IP_NO_ROUTE;
    m_hooks->Drop(packet);
}

void
StrataIpv4::GroupExpired(Ipv4HookPacket& packet)
{
    packet.dropReason = IP_TTL_EXPIRED; // RFC 1122 section 3.2.2: no error about a group
    m_hooks->Drop(packet);
}

void
StrataIpv4::NeighborFailed(Ptr<NetDevice> device, Ipv4Address, Ptr<const Packet> datagram)
{
    if (!datagram)
    {
        return;
    }
    std::array<uint8_t, Ipv4WireHeader::MAX_SIZE> bytes;
    const uint32_t size = datagram->CopyData(bytes.data(), bytes.size());
    const auto header = Ipv4WireHeader::Decode(ByteView(bytes.data(), size), {});
    if (!header)
    {
        return;
    }
    // RFC 1812 section 5.2.7.1; the source may be this node itself.
    Ipv4HookPacket packet;
    packet.header = *header;
    packet.payload = datagram->Copy();
    RemoveFront(packet.payload, static_cast<uint32_t>(header->HeaderSize()));
    packet.route = Create<Ipv4Route>();
    packet.route->SetOutputDevice(device);
    packet.point = HookPoint::POSTROUTING;
    m_icmp->SendUnreachable(IcmpUnreachableCode::HOST, packet);
}

bool
StrataIpv4::ClaimsLocal(uint32_t destination, const Ptr<const NetDevice>& in)
{
    // RFC 1122 section 3.2.1.3 (g): all of 127/8 is this host; it never comes from a link.
    return destination >> 24 == 127 && DynamicCast<const LoopbackNetDevice>(in);
}

bool
StrataIpv4::SendToNeighbor(const Ptr<NetDevice>& device,
                           Ipv4Address nextHop,
                           const Ipv4QueueDiscItem& datagram)
{
    Ptr<StrataArp> arp = GetObject<StrataArp>();
    Ptr<Packet> packet = datagram.GetPacket();
    if (const auto hardware = arp->Lookup(device, nextHop))
    {
        GetObject<TrafficControlLayer>()->Send(
            device,
            Create<DatagramItem>(packet, *hardware, datagram.GetProtocol(), datagram.GetHeader()));
        return true;
    }
    PrependHeader(FromStockHeader(datagram.GetHeader(), packet->GetSize()), packet);
    m_sender->SendOnLink(device, nextHop, packet);
    return true;
}

std::optional<Ipv4SendRefusal>
StrataIpv4::WhyNotSend(const Ipv4Header& header, Ptr<const Packet> payload)
{
    if (const auto fault = JudgeDestination(header.GetDestination().Get());
        fault != Ipv4AddressFault::NONE)
    {
        return Ipv4SendRefusal{Ipv4AddressFilter::ReasonOf(fault), Socket::ERROR_NOROUTETOHOST};
    }
    // UDP asks before it has put its header in front.
    const bool udp = header.GetProtocol() == static_cast<uint8_t>(Ipv4Protocol::UDP);
    const std::size_t front =
        Ipv4OptionRouter::HeaderSizeOf(payload) + (udp ? UdpWireHeader::SIZE : 0);
    if (front + payload->GetSize() > IPV4_MAX_DATAGRAM)
    {
        return Ipv4SendRefusal{IP_TOO_LONG, Socket::ERROR_MSGSIZE};
    }
    return std::nullopt;
}

void
StrataIpv4::SetSourceRouting(std::string policy)
{
    Ipv4OptionsRules rules = m_options->GetRules();
    rules.sourceRoute = Choose(SOURCE_ROUTING, "SourceRouting", policy);
    m_options->SetRules(rules);
}

std::string
StrataIpv4::GetSourceRouting() const
{
    return NameOf(SOURCE_ROUTING, m_options->GetRules().sourceRoute);
}

void
StrataIpv4::SetOversize(std::string answer)
{
    m_oversize = Choose(OVERSIZE, "Oversize", answer);
    m_forwardCheck->SetOversizeAnswer(m_oversize);
    m_options->SetOversizeAnswer(m_oversize);
}

std::string
StrataIpv4::GetOversize() const
{
    return NameOf(OVERSIZE, m_oversize);
}

void
StrataIpv4::SetSendRedirects(bool send)
{
    m_forwardCheck->SetSendRedirects(send);
}

void
StrataIpv4::SetAcceptRedirects(bool accept)
{
    m_redirects->SetAccept(accept);
}

bool
StrataIpv4::GetAcceptRedirects() const
{
    return m_redirects->GetAccept();
}

void
StrataIpv4::SetMartians(std::string which)
{
    Ipv4AddressRules rules = m_addressFilter->GetRules();
    rules.martians = Choose(MARTIANS, "Martians", which);
    m_addressFilter->SetRules(rules);
}

std::string
StrataIpv4::GetMartians() const
{
    return NameOf(MARTIANS, m_addressFilter->GetRules().martians);
}

void
StrataIpv4::SetDirectedBroadcasts(bool forward)
{
    Ipv4AddressRules rules = m_addressFilter->GetRules();
    rules.forwardDirectedBroadcasts = forward;
    m_addressFilter->SetRules(rules);
}

bool
StrataIpv4::GetDirectedBroadcasts() const
{
    return m_addressFilter->GetRules().forwardDirectedBroadcasts;
}

void
StrataIpv4::SetPublic(Ptr<NetDevice> device, bool isPublic)
{
    m_addressFilter->SetPublic(device, isPublic);
}

void
StrataIpv4::SetReportBadLength(bool report)
{
    m_headerRules.reportBadLength = report;
}

bool
StrataIpv4::GetReportBadLength() const
{
    return m_headerRules.reportBadLength;
}

void
StrataIpv4::SetLeastMtu(uint32_t mtu)
{
    m_sender->SetLeastMtu(mtu);
}

uint32_t
StrataIpv4::GetLeastMtu() const
{
    return m_sender->GetLeastMtu();
}

void
StrataIpv4::SetSourceQuench(bool send)
{
    m_queueCheck->SetSourceQuench(send);
}

bool
StrataIpv4::GetSourceQuench() const
{
    return m_queueCheck->GetSourceQuench();
}

void
StrataIpv4::SetAgeInterval(Time interval)
{
    m_queueCheck->SetAgeInterval(interval);
}

Time
StrataIpv4::GetAgeInterval() const
{
    return m_queueCheck->GetAgeInterval();
}

void
StrataIpv4::DoDispose()
{
    NS_LOG_FUNCTION(this);
    m_fast.reset();
    m_icmp->Uninstall();
    for (Ptr<Object> part : {Ptr<Object>(m_sender),
                             Ptr<Object>(m_forwardCheck),
                             Ptr<Object>(m_inputCheck),
                             Ptr<Object>(m_options),
                             Ptr<Object>(m_reassembler),
                             Ptr<Object>(m_addressFilter),
                             Ptr<Object>(m_pathMtu),
                             Ptr<Object>(m_redirects),
                             Ptr<Object>(m_queueCheck)})
    {
        part->Dispose();
    }
    m_hooks = nullptr;
    Object::DoDispose();
}

} // namespace strata
} // namespace ns3

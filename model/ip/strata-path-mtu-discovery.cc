// SPDX-License-Identifier: GPL-2.0-only

#include "strata-path-mtu-discovery.h"

#include "strata-ipv4-probe-tag.h"

#include "ns3/ipv4-end-point.h"
#include "ns3/log.h"
#include "ns3/object-vector.h"
#include "ns3/simulator.h"
#include "ns3/socket.h"
#include "ns3/strata-ipv4-convert.h"
#include "ns3/strata-tcp-header.h"
#include "ns3/tcp-l4-protocol.h"
#include "ns3/tcp-socket-state.h"
#include "ns3/tcp-tx-buffer.h"
#include "ns3/udp-l4-protocol.h"
#include "ns3/uinteger.h"

namespace ns3
{
namespace strata
{

NS_LOG_COMPONENT_DEFINE("StrataPathMtuDiscovery");

NS_OBJECT_ENSURE_REGISTERED(PathMtuDiscovery);

namespace
{

/** The IPv4 and TCP headers, and the timestamp option that stock TCP sends with each segment. */
constexpr uint32_t TCP_OVERHEAD = 20 + 20 + 12;

/**
 * Reads and mends a stock socket's protected state: a pointer to a member that is named through a
 * derived class may be used on the base.
 */
struct TcpSocketAccess : public TcpSocketBase
{
    static Ptr<TcpSocketState> State(Ptr<TcpSocketBase> socket)
    {
        return (*socket).*(&TcpSocketAccess::m_tcb);
    }

    static Ipv4EndPoint* EndPoint(Ptr<TcpSocketBase> socket)
    {
        return (*socket).*(&TcpSocketAccess::m_endPoint);
    }

    static void Retransmit(Ptr<TcpSocketBase> socket)
    {
        ((*socket).*(static_cast<void (TcpSocketBase::*)()>(&TcpSocketAccess::DoRetransmit)))();
    }
};

Nanos
Now()
{
    return Nanos(Simulator::Now().GetNanoSeconds());
}

} // namespace

TypeId
PathMtuDiscovery::GetTypeId()
{
    static TypeId tid =
        TypeId("ns3::strata::PathMtuDiscovery")
            .SetParent<Ipv4HookElement>()
            .SetGroupName("Strata")
            .AddConstructor<PathMtuDiscovery>()
            .AddAttribute(
                "Floor",
                "No estimate is lower, whatever is reported (RFC 1191 section 3: 68; "
                "Linux: 552)",
                UintegerValue(68),
                MakeUintegerAccessor(&PathMtuDiscovery::SetFloor, &PathMtuDiscovery::GetFloor),
                MakeUintegerChecker<uint32_t>(68, 65535))
            .AddAttribute(
                "Timeout",
                "How long after a report a larger MTU is tried (RFC 1191 section 6.3)",
                TimeValue(Minutes(10)),
                MakeTimeAccessor(&PathMtuDiscovery::SetTimeout, &PathMtuDiscovery::GetTimeout),
                MakeTimeChecker(Seconds(1)))
            .AddTraceSource("Changed",
                            "The estimate for a destination changed",
                            MakeTraceSourceAccessor(&PathMtuDiscovery::m_changed),
                            "ns3::strata::PathMtuDiscovery::ChangedCallback");
    return tid;
}

PathMtuDiscovery::PathMtuDiscovery() = default;

PathMtuDiscovery::~PathMtuDiscovery() = default;

void
PathMtuDiscovery::Setup(Ptr<Ipv4Hooks> hooks,
                        Ptr<StrataIcmp> icmp,
                        Ptr<Ipv4Sender> sender,
                        Ptr<Ipv4AddressFilter> addresses)
{
    m_hooks = hooks;
    m_sender = sender;
    m_addresses = addresses;
    icmp->AddListener(MakeCallback(&PathMtuDiscovery::OnMessage, this));
}

void
PathMtuDiscovery::SetFloor(uint32_t floor)
{
    PathMtuTable::Config config = m_table.GetConfig();
    config.floor = floor;
    m_table = PathMtuTable(config);
}

uint32_t
PathMtuDiscovery::GetFloor() const
{
    return m_table.GetConfig().floor;
}

void
PathMtuDiscovery::SetTimeout(Time timeout)
{
    PathMtuTable::Config config = m_table.GetConfig();
    config.afterReport = Nanos(timeout.GetNanoSeconds());
    m_table = PathMtuTable(config);
}

Time
PathMtuDiscovery::GetTimeout() const
{
    return NanoSeconds(m_table.GetConfig().afterReport.count());
}

HookVerdict
PathMtuDiscovery::Process(Ipv4HookPacket& packet)
{
    Ipv4WireHeader& header = packet.header;
    Ipv4ProbeTag probe;
    if (packet.payload->RemovePacketTag(probe))
    {
        header.dontFragment = true;
        return HookVerdict::ACCEPT;
    }
    SocketSetDontFragmentTag tag;
    const bool tagged = packet.payload->RemovePacketTag(tag) && tag.IsEnabled();
    const Ipv4Address destination(header.destination);
    if (!(header.Is(Ipv4Protocol::TCP) || tagged) || !packet.route || destination.IsMulticast() ||
        destination.IsBroadcast())
    {
        return HookVerdict::ACCEPT;
    }
    const PathMtu path = m_table.Find(header.destination, packet.Out()->GetMtu());
    header.dontFragment = path.dontFragment;
    if (header.HeaderSize() + packet.payload->GetSize() <= path.mtu)
    {
        return HookVerdict::ACCEPT;
    }
    if (m_addresses->JudgeOwn(header).action == Ipv4AddressAction::LOOP_BACK)
    {
        return HookVerdict::ACCEPT;
    }
    if (header.Is(Ipv4Protocol::TCP))
    {
        // The connection does not know yet, as one that was opened after the report.
        Simulator::ScheduleNow(&PathMtuDiscovery::AdaptConnections, this, destination, path);
    }
    Fragment(packet, path);
    return HookVerdict::TAKEN;
}

void
PathMtuDiscovery::Fragment(Ipv4HookPacket& packet, const PathMtu& path)
{
    FragmentationInput input;
    input.payloadSize = packet.payload->GetSize();
    input.mtu = path.mtu;
    const FragmentPlan plan(input);
    if (plan.Count() == 0)
    {
        packet.dropReason = IP_FRAGMENTATION_NEEDED;
        m_hooks->Drop(packet);
        return;
    }
    packet.header.identification = m_sender->NextIdentification();
    for (uint32_t i = 0; i < plan.Count(); ++i)
    {
        const FragmentPiece piece = plan.Piece(i);
        Ipv4HookPacket fragment = packet;
        fragment.header.fragmentOffset = static_cast<uint16_t>(piece.offset / IPV4_FRAGMENT_UNIT);
        fragment.header.moreFragments = piece.moreFragments;
        fragment.payload = packet.payload->CreateFragment(piece.from, piece.size);
        m_sender->SendRouted(fragment);
    }
}

void
PathMtuDiscovery::OnMessage(const IcmpMessage& message, const Ipv4WireHeader&, Ptr<NetDevice>)
{
    if (!message.IsUnreachable(IcmpUnreachableCode::FRAGMENTATION_NEEDED))
    {
        return;
    }
    const auto quote = message.Quote();
    if (!quote)
    {
        return;
    }
    PathMtuReport report;
    report.destination = quote->header.destination;
    report.nextHopMtu = message.NextHopMtu();
    report.quotedTotalLength = quote->header.totalLength;
    report.quotedHeaderSize = static_cast<uint32_t>(quote->header.HeaderSize());
    report.firstHopMtu = FirstHopMtu(Ipv4Address(report.destination));
    report.quotesSomethingSent = QuotesSomethingSent(*quote);
    const PathMtuVerdict verdict = m_table.Report(report, Now());
    NS_LOG_INFO("path MTU report: " << PathMtuVerdictName(verdict));
    if (verdict == PathMtuVerdict::LOWERED)
    {
        OnChange(Ipv4Address(report.destination));
    }
}

bool
PathMtuDiscovery::QuotesSomethingSent(const IcmpQuote& quote) const
{
    Ptr<Ipv4L3Protocol> ipv4 = m_hooks->GetIpv4();
    if (ipv4->GetInterfaceForAddress(Ipv4Address(quote.header.source)) < 0)
    {
        return false;
    }
    if (!quote.header.Is(Ipv4Protocol::TCP) || quote.header.fragmentOffset != 0)
    {
        return true;
    }
    // RFC 5927 section 4.1: the quoted sequence number lies in what is under way.
    ByteReader reader(quote.payload);
    const uint16_t sourcePort = reader.U16();
    const uint16_t destinationPort = reader.U16();
    const SequenceNumber32 sequence(reader.U32());
    if (!reader.Ok())
    {
        return false;
    }
    for (const Ptr<TcpSocketBase>& socket : Connections())
    {
        Ipv4EndPoint* end = TcpSocketAccess::EndPoint(socket);
        if (end->GetLocalPort() == sourcePort && end->GetPeerPort() == destinationPort &&
            end->GetPeerAddress().Get() == quote.header.destination)
        {
            const Ptr<TcpSocketState> state = TcpSocketAccess::State(socket);
            return sequence >= socket->GetTxBuffer()->HeadSequence() &&
                   sequence <= state->m_highTxMark.Get();
        }
    }
    return false;
}

uint32_t
PathMtuDiscovery::FirstHopMtu(Ipv4Address destination) const
{
    Ipv4WireHeader header;
    header.destination = destination.Get();
    Ptr<Ipv4Route> route = m_hooks->FindRoute(header, Create<Packet>());
    return route ? route->GetOutputDevice()->GetMtu() : IPV4_MIN_MTU;
}

void
PathMtuDiscovery::Learn(Ipv4Address destination, uint32_t mtu)
{
    m_table.Learn(destination.Get(), mtu, FirstHopMtu(destination), Now());
    OnChange(destination);
}

void
PathMtuDiscovery::OnChange(Ipv4Address destination)
{
    const PathMtu path = m_table.Find(destination.Get(), FirstHopMtu(destination));
    m_changed(destination, path.mtu);
    AdaptConnections(destination, path);
    Schedule();
}

std::vector<Ptr<TcpSocketBase>>
PathMtuDiscovery::Connections() const
{
    std::vector<Ptr<TcpSocketBase>> connections;
    Ptr<TcpL4Protocol> tcp = m_hooks->GetIpv4()->GetObject<TcpL4Protocol>();
    if (!tcp)
    {
        return connections;
    }
    ObjectVectorValue sockets;
    tcp->GetAttribute("SocketList", sockets);
    for (auto i = sockets.Begin(); i != sockets.End(); ++i)
    {
        Ptr<TcpSocketBase> socket = DynamicCast<TcpSocketBase>(i->second);
        if (socket && TcpSocketAccess::EndPoint(socket) && TcpSocketAccess::State(socket) &&
            TcpSocketAccess::EndPoint(socket)->GetPeerPort() != 0)
        {
            connections.push_back(socket);
        }
    }
    return connections;
}

void
PathMtuDiscovery::AdaptConnections(Ipv4Address destination, const PathMtu& path)
{
    if (!m_hooks)
    {
        return;
    }
    for (const Ptr<TcpSocketBase>& socket : Connections())
    {
        Ipv4EndPoint* end = TcpSocketAccess::EndPoint(socket);
        if (end->GetPeerAddress() != destination)
        {
            continue;
        }
        Ptr<TcpSocketState> state = TcpSocketAccess::State(socket);
        const Connection key{end->GetLocalPort(), destination.Get(), end->GetPeerPort()};
        const uint32_t first = m_segmentSizes.emplace(key, state->m_segmentSize).first->second;
        const uint32_t room = path.mtu > TCP_OVERHEAD + 8 ? path.mtu - TCP_OVERHEAD : 8;
        const uint32_t size = std::min(first, room);
        if (size == state->m_segmentSize)
        {
            continue;
        }
        const bool lowered = size < state->m_segmentSize;
        NS_LOG_INFO("segment size to " << destination << ": " << size);
        // SetSegSize() refuses to change a connected socket.
        state->m_segmentSize = size;
        socket->GetTxBuffer()->SetSegmentSize(size);
        if (lowered && state->m_highTxMark.Get() > socket->GetTxBuffer()->HeadSequence())
        {
            // RFC 1191 section 6.4: what was too large is lost; it is sent anew without a
            // congestion response.
            socket->GetTxBuffer()->SetSentListLost();
            state->m_nextTxSequence = socket->GetTxBuffer()->HeadSequence();
            TcpSocketAccess::Retransmit(socket);
        }
    }
}

void
PathMtuDiscovery::Schedule()
{
    m_advance.Cancel();
    const Nanos deadline = m_table.NextDeadline();
    if (deadline != NEVER)
    {
        m_advance = Simulator::Schedule(NanoSeconds((deadline - Now()).count()),
                                        &PathMtuDiscovery::Advance,
                                        this);
    }
}

void
PathMtuDiscovery::Advance()
{
    for (const PathMtuChange& change : m_table.Advance(Now()))
    {
        const Ipv4Address destination(change.destination);
        m_changed(destination, change.now.mtu);
        AdaptConnections(destination, change.now);
    }
    Schedule();
}

void
PathMtuDiscovery::DoDispose()
{
    m_advance.Cancel();
    m_hooks = nullptr;
    m_sender = nullptr;
    m_addresses = nullptr;
    Ipv4HookElement::DoDispose();
}

} // namespace strata
} // namespace ns3

// SPDX-License-Identifier: GPL-2.0-only

#include "strata-session-flow-provider.h"

#include "ns3/abort.h"
#include "ns3/boolean.h"
#include "ns3/log.h"
#include "ns3/simulator.h"
#include "ns3/strata-session-segment.h"
#include "ns3/uinteger.h"

namespace ns3
{
namespace strata
{

NS_LOG_COMPONENT_DEFINE("StrataSessionFlowProvider");
NS_OBJECT_ENSURE_REGISTERED(SessionFlowProvider);

TypeId
SessionFlowProvider::GetTypeId()
{
    static TypeId tid =
        TypeId("ns3::strata::SessionFlowProvider")
            .SetParent<FlowProvider>()
            .SetGroupName("Strata")
            .AddConstructor<SessionFlowProvider>()
            .AddAttribute("Reliable",
                          "Whether sessions deliver every PDU in order",
                          BooleanValue(false),
                          MakeBooleanAccessor(&SessionFlowProvider::m_reliable),
                          MakeBooleanChecker())
            .AddAttribute(
                "Bound",
                "The stated time within which a PDU arrives or the session fails; 0: none",
                TimeValue(Seconds(0)),
                MakeTimeAccessor(&SessionFlowProvider::m_bound),
                MakeTimeChecker(Seconds(0)))
            .AddAttribute("RetryInterval",
                          "After which a session that ended is opened again",
                          TimeValue(MilliSeconds(200)),
                          MakeTimeAccessor(&SessionFlowProvider::m_retryInterval),
                          MakeTimeChecker(NanoSeconds(1)))
            .AddAttribute("Slice",
                          "The slice of the underlay that the flows use",
                          UintegerValue(0),
                          MakeUintegerAccessor(&SessionFlowProvider::m_slice),
                          MakeUintegerChecker<uint8_t>(0, CONTROL_SLICE - 1))
            .AddAttribute("Cost",
                          "Cost of a link over these flows, for routing",
                          UintegerValue(1),
                          MakeUintegerAccessor(&SessionFlowProvider::m_cost),
                          MakeUintegerChecker<uint32_t>(1))
            .AddAttribute("Mtu",
                          "Bytes of PDU that a flow carries; 0: what the underlay's links leave",
                          UintegerValue(0),
                          MakeUintegerAccessor(&SessionFlowProvider::m_mtu),
                          MakeUintegerChecker<uint32_t>())
            .AddAttribute("Rate",
                          "Capacity in bit/s that the user schedules by; 0: it does not",
                          UintegerValue(0),
                          MakeUintegerAccessor(&SessionFlowProvider::m_rate),
                          MakeUintegerChecker<uint64_t>());
    return tid;
}

SessionFlowProvider::SessionFlowProvider() = default;

SessionFlowProvider::~SessionFlowProvider() = default;

void
SessionFlowProvider::SetUnderlay(Ptr<LayerMember> member, std::string process)
{
    NS_ABORT_MSG_IF(m_underlay, "a SessionFlowProvider has one underlay");
    NS_ABORT_MSG_IF(process.empty() || process.size() > 255, "a process name has 1 to 255 bytes");
    m_underlay = member;
    m_process = std::move(process);
}

Ptr<LayerMember>
SessionFlowProvider::GetUnderlay() const
{
    return m_underlay;
}

void
SessionFlowProvider::DoDispose()
{
    FlowProvider::DoDispose();
    m_underlay = nullptr;
}

void
SessionFlowProvider::DoStart()
{
    NS_ABORT_MSG_UNLESS(m_underlay, "SessionFlowProvider::SetUnderlay comes before Start");
    m_underlay->TraceConnectWithoutContext("Notice",
                                           MakeCallback(&SessionFlowProvider::OnNotice, this));
    m_underlay->TraceConnectWithoutContext("Deliver",
                                           MakeCallback(&SessionFlowProvider::OnDelivery, this));
    m_underlay->Take(RegisterEvent{m_process});
    for (auto& [peer, flow] : m_flows)
    {
        Open(peer);
    }
}

void
SessionFlowProvider::DoStop()
{
    m_underlay->TraceDisconnectWithoutContext("Notice",
                                              MakeCallback(&SessionFlowProvider::OnNotice, this));
    m_underlay->TraceDisconnectWithoutContext("Deliver",
                                              MakeCallback(&SessionFlowProvider::OnDelivery, this));
    for (auto& [peer, flow] : m_flows)
    {
        flow.retry.Cancel();
    }
    m_flows.clear();
    m_peers.clear();
    m_ports.clear();
    if (m_underlay->IsSetUp())
    {
        m_underlay->Take(UnregisterEvent{m_process});
    }
}

void
SessionFlowProvider::Connect(const std::string& peer)
{
    Flow& flow = m_flows[peer];
    flow.wanted = true;
    if (User() != nullptr && flow.current == 0 && flow.retry.IsExpired())
    {
        Open(peer);
    }
}

void
SessionFlowProvider::Disconnect(const std::string& peer)
{
    const auto found = m_flows.find(peer);
    if (found == m_flows.end())
    {
        return;
    }
    found->second.wanted = false;
    found->second.retry.Cancel();
    const std::set<uint32_t> sessions = found->second.sessions;
    for (const uint32_t session : sessions)
    {
        m_underlay->Take(CloseSessionEvent{session});
    }
}

void
SessionFlowProvider::Open(const std::string& peer)
{
    OpenSessionEvent event;
    event.process = m_process;
    event.peer = peer;
    event.service = m_reliable ? SessionService::RELIABLE : SessionService::DATAGRAM;
    event.slice = m_slice;
    event.bound = Nanos(m_bound.GetNanoSeconds());
    m_underlay->Take(event);
}

uint32_t
SessionFlowProvider::Mtu() const
{
    if (m_mtu != 0)
    {
        return m_mtu;
    }
    // a PDU of the underlay with the session's fields, and once more in a tunnel
    constexpr uint32_t SESSION_FIELDS = 5;
    constexpr uint32_t OVERHEAD = 2 * PduHeader::SIZE + SESSION_FIELDS + 6;
    uint32_t mtu = UINT16_MAX;
    for (const auto& [port, entry] : m_underlay->GetState().ports)
    {
        mtu = std::min(mtu, entry.mtu);
    }
    return mtu > OVERHEAD ? mtu - OVERHEAD : 0;
}

void
SessionFlowProvider::Up(const std::string& peer, uint32_t session)
{
    m_peers[session] = peer;
    Flow& flow = m_flows[peer];
    const bool first = flow.sessions.empty();
    flow.sessions.insert(session);
    flow.current = session;
    if (first)
    {
        FlowProperties properties;
        properties.cost = m_cost;
        properties.mtu = Mtu();
        properties.rate = m_rate;
        flow.port = User()->NewFlow();
        m_ports[flow.port] = peer;
        User()->FlowUp(flow.port, *this, properties);
    }
}

void
SessionFlowProvider::Ended(uint32_t session)
{
    const auto known = m_peers.find(session);
    if (known == m_peers.end())
    {
        return;
    }
    const std::string peer = known->second;
    m_peers.erase(known);
    Flow& flow = m_flows[peer];
    const bool stood = flow.sessions.erase(session) != 0;
    flow.current = flow.sessions.empty() ? 0 : *flow.sessions.rbegin();
    if (flow.current != 0)
    {
        return;
    }
    const PortId port = flow.port;
    if (flow.wanted)
    {
        flow.retry = Simulator::Schedule(m_retryInterval, &SessionFlowProvider::Open, this, peer);
    }
    else
    {
        m_flows.erase(peer);
    }
    if (stood)
    {
        m_ports.erase(port);
        User()->FlowDown(port);
    }
}

void
SessionFlowProvider::OnNotice(const Notice& notice)
{
    if (User() == nullptr)
    {
        return;
    }
    if (const auto* opened = std::get_if<SessionOpenedNotice>(&notice))
    {
        if (opened->process != m_process)
        {
            return;
        }
        if (opened->incoming)
        {
            Up(opened->peer, opened->session);
        }
        else
        {
            m_peers[opened->session] = opened->peer;
        }
    }
    else if (const auto* accepted = std::get_if<SessionAcceptedNotice>(&notice))
    {
        const auto known = m_peers.find(accepted->session);
        if (known != m_peers.end())
        {
            const std::string peer = known->second;
            Up(peer, accepted->session);
        }
    }
    else if (const auto* ended = std::get_if<SessionEndedNotice>(&notice))
    {
        Ended(ended->session);
    }
}

void
SessionFlowProvider::OnDelivery(const DeliverEffect& delivery)
{
    const auto known = m_peers.find(delivery.session);
    if (User() == nullptr || known == m_peers.end() ||
        (delivery.flags & SessionDataBody::OVERLAY_PDU) == 0)
    {
        return;
    }
    const Flow& flow = m_flows.at(known->second);
    if (!flow.sessions.empty())
    {
        m_buffer = delivery.message;
        User()->FlowReceive(flow.port, m_buffer);
    }
}

bool
SessionFlowProvider::Send(PortId port, const Bytes& pdu, uint8_t)
{
    const auto peer = m_ports.find(port);
    if (peer == m_ports.end())
    {
        return false;
    }
    SendEvent event;
    event.session = m_flows.at(peer->second).current;
    event.flags = SessionDataBody::OVERLAY_PDU;
    event.message = pdu;
    m_underlay->Take(event);
    return true;
}

} // namespace strata
} // namespace ns3

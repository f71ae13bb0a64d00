// SPDX-License-Identifier: GPL-2.0-only

#include "strata-session-flow-provider.h"

#include "ns3/abort.h"
#include "ns3/boolean.h"
#include "ns3/log.h"
#include "ns3/simulator.h"
#include "ns3/strata-session-segment.h"
#include "ns3/uinteger.h"

#include <algorithm>

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

const std::string&
SessionFlowProvider::GetProcess() const
{
    return m_process;
}

PortId
SessionFlowProvider::GetPort(const std::string& peer) const
{
    const auto flow = m_flows.find(peer);
    return flow == m_flows.end() || flow->second.sessions.empty() ? NO_PORT : flow->second.port;
}

std::vector<std::string>
SessionFlowProvider::GetPeers() const
{
    std::vector<std::string> peers;
    for (const auto& [port, peer] : m_ports)
    {
        peers.push_back(peer);
    }
    std::sort(peers.begin(), peers.end());
    return peers;
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
    NS_ABORT_MSG_IF(m_underlay->GetState().processes.count(m_process) != 0,
                    "a process \"" << m_process << "\" is registered at this member already");
    if (!m_listening)
    {
        m_listening = true;
        m_underlay->TraceConnectWithoutContext("Notice",
                                               MakeCallback(&SessionFlowProvider::OnNotice, this));
        m_underlay->TraceConnectWithoutContext(
            "Deliver",
            MakeCallback(&SessionFlowProvider::OnDelivery, this));
    }
    m_underlay->Take(RegisterEvent{m_process});
    OpenWanted();
}

void
SessionFlowProvider::DoStop()
{
    for (auto& [peer, flow] : m_flows)
    {
        flow.retry.Cancel();
    }
    m_flows.clear();
    m_peers.clear();
    m_ports.clear();
    m_asked.clear();
    m_underlay->Take(UnregisterEvent{m_process});
    // the member below may be telling its listeners something just now
    Ptr<SessionFlowProvider> self(this);
    Ptr<LayerMember> underlay = m_underlay;
    Simulator::ScheduleNow([self, underlay] {
        if (self->User() == nullptr && self->m_listening)
        {
            self->m_listening = false;
            SessionFlowProvider* provider = PeekPointer(self);
            underlay->TraceDisconnectWithoutContext(
                "Notice",
                MakeCallback(&SessionFlowProvider::OnNotice, provider));
            underlay->TraceDisconnectWithoutContext(
                "Deliver",
                MakeCallback(&SessionFlowProvider::OnDelivery, provider));
        }
    });
}

void
SessionFlowProvider::Connect(const std::string& peer)
{
    m_flows[peer].wanted = true;
    OpenWanted();
}

void
SessionFlowProvider::Disconnect(const std::string& peer)
{
    const auto found = m_flows.find(peer);
    if (found == m_flows.end())
    {
        return;
    }
    Flow& flow = found->second;
    flow.wanted = false;
    flow.retry.Cancel();
    std::set<uint32_t> sessions = flow.sessions;
    if (flow.opening != 0)
    {
        sessions.insert(flow.opening);
    }
    if (sessions.empty() && !flow.asked)
    {
        m_flows.erase(found);
        return;
    }
    for (const uint32_t session : sessions)
    {
        m_underlay->Take(CloseSessionEvent{session});
    }
}

void
SessionFlowProvider::OpenWanted()
{
    if (User() == nullptr || !m_underlay->IsSetUp() ||
        m_underlay->GetState().phase != MemberPhase::MEMBER)
    {
        return; // its enrollment is told
    }
    std::vector<std::string> peers;
    for (const auto& [peer, flow] : m_flows)
    {
        if (flow.wanted && !flow.asked && flow.sessions.empty() && flow.retry.IsExpired())
        {
            peers.push_back(peer);
        }
    }
    for (const std::string& peer : peers)
    {
        Open(peer);
    }
}

void
SessionFlowProvider::Open(const std::string& peer)
{
    if (!m_underlay->IsSetUp())
    {
        return;
    }
    m_flows[peer].asked = true;
    m_asked.push_back(peer);
    OpenSessionEvent event;
    event.process = m_process;
    event.peer = peer;
    event.service = m_reliable ? SessionService::RELIABLE : SessionService::DATAGRAM;
    event.slice = m_slice;
    event.bound = Nanos(m_bound.GetNanoSeconds());
    m_underlay->Take(event);
}

void
SessionFlowProvider::OpenAgain(const std::string& peer)
{
    const auto found = m_flows.find(peer);
    if (found == m_flows.end() || found->second.asked || !found->second.sessions.empty())
    {
        return;
    }
    if (!found->second.wanted)
    {
        m_flows.erase(found);
    }
    else if (found->second.retry.IsExpired())
    {
        found->second.retry =
            Simulator::Schedule(m_retryInterval, &SessionFlowProvider::Open, this, peer);
    }
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
        const PortId port = User()->NewFlow();
        flow.port = port;
        m_ports[port] = peer;
        User()->FlowUp(port, *this, properties);
    }
}

void
SessionFlowProvider::Ended(const SessionEndedNotice& ended)
{
    const auto known = m_peers.find(ended.session);
    if (known == m_peers.end())
    {
        if (ended.process == m_process && !m_asked.empty())
        {
            // refused before it had a number of ours: answers come in the order of questions
            const std::string peer = m_asked.front();
            m_asked.pop_front();
            m_flows[peer].asked = false;
            OpenAgain(peer);
        }
        return;
    }
    const std::string peer = known->second;
    m_peers.erase(known);
    Flow& flow = m_flows[peer];
    if (flow.opening == ended.session)
    {
        flow.opening = 0;
        flow.asked = false;
    }
    const bool stood = flow.sessions.erase(ended.session) != 0;
    flow.current = flow.sessions.empty() ? 0 : *flow.sessions.rbegin();
    const PortId port = flow.port;
    const bool down = stood && flow.current == 0;
    OpenAgain(peer);
    if (down)
    {
        m_ports.erase(port);
        TellDown(port);
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
        else if (!m_asked.empty() && m_asked.front() == opened->peer)
        {
            m_asked.pop_front();
            m_peers[opened->session] = opened->peer;
            Flow& flow = m_flows[opened->peer];
            flow.opening = opened->session;
            if (!flow.wanted)
            {
                m_underlay->Take(CloseSessionEvent{opened->session});
            }
        }
    }
    else if (const auto* accepted = std::get_if<SessionAcceptedNotice>(&notice))
    {
        const auto known = m_peers.find(accepted->session);
        if (known != m_peers.end())
        {
            const std::string peer = known->second;
            m_flows[peer].opening = 0;
            m_flows[peer].asked = false;
            Up(peer, accepted->session);
        }
    }
    else if (const auto* ended = std::get_if<SessionEndedNotice>(&notice))
    {
        Ended(*ended);
    }
    else if (std::holds_alternative<EnrolledNotice>(notice))
    {
        OpenWanted();
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
    const auto flow = m_flows.find(known->second);
    if (flow != m_flows.end() && !flow->second.sessions.empty())
    {
        m_buffer = delivery.message;
        User()->FlowReceive(flow->second.port, m_buffer);
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

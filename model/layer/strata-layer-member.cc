// SPDX-License-Identifier: GPL-2.0-only

#include "strata-layer-member.h"

#include "strata-device-flow-provider.h"
#include "strata-layer-member-list.h"

#include "ns3/abort.h"
#include "ns3/boolean.h"
#include "ns3/log.h"
#include "ns3/simulator.h"

#ifdef STRATA_HAVE_WIFI
#include "strata-wifi-flow-provider.h"

#include "ns3/wifi-net-device.h"
#endif

#include <algorithm>

namespace ns3
{
namespace strata
{

NS_LOG_COMPONENT_DEFINE("StrataLayerMember");
NS_OBJECT_ENSURE_REGISTERED(LayerMember);

namespace
{

/** Of an encoded PDU (PduHeader): its slice and its type stand in the first two bytes. */
uint8_t
SliceOf(const Bytes& pdu)
{
    return pdu[0] & 0x0f;
}

PduType
TypeOf(const Bytes& pdu)
{
    return static_cast<PduType>(pdu[1]);
}

} // namespace

TypeId
LayerMember::GetTypeId()
{
    static TypeId tid =
        TypeId("ns3::strata::LayerMember")
            .SetParent<Object>()
            .SetGroupName("Strata")
            .AddConstructor<LayerMember>()
            .AddAttribute("CheckInvariants",
                          "Whether each step is checked against the invariants and the write sets; "
                          "costs a walk through all tables",
                          BooleanValue(false),
                          MakeBooleanAccessor(&LayerMember::m_checks),
                          MakeBooleanChecker())
            .AddTraceSource("Notice",
                            "What the member notes: links, sessions, contracts, drops",
                            MakeTraceSourceAccessor(&LayerMember::m_noticeTrace),
                            "ns3::strata::LayerMember::NoticeCallback")
            .AddTraceSource("Deliver",
                            "A message for a process registered at this member",
                            MakeTraceSourceAccessor(&LayerMember::m_deliverTrace),
                            "ns3::strata::LayerMember::DeliverCallback")
            .AddTraceSource("Transmit",
                            "A PDU that the member makes or forwards by a whole step",
                            MakeTraceSourceAccessor(&LayerMember::m_transmitTrace),
                            "ns3::strata::LayerMember::TransmitCallback")
            .AddTraceSource("Write",
                            "A change of a guarded table",
                            MakeTraceSourceAccessor(&LayerMember::m_writeTrace),
                            "ns3::strata::LayerMember::WriteCallback");
    return tid;
}

/** While it exists, events wait. */
class LayerMember::Busy
{
  public:
    explicit Busy(LayerMember& member)
        : m_member(&member),
          m_before(member.m_busy)
    {
        member.m_busy = true;
    }

    ~Busy()
    {
        m_member->m_busy = m_before;
    }

    Busy(const Busy&) = delete;
    Busy& operator=(const Busy&) = delete;

  private:
    Ptr<LayerMember> m_member; // may be let go by whom it calls
    bool m_before;
};

LayerMember::LayerMember() = default;

LayerMember::~LayerMember() = default;

void
LayerMember::Silence()
{
    m_machine.reset();
    m_timer.Cancel();
    m_waiting.clear();
    for (auto& [number, port] : m_ports)
    {
        port.wake.Cancel();
    }
    m_ports.clear();
}

void
LayerMember::DoDispose()
{
    const bool died = m_machine != nullptr;
    Silence();
    const std::vector<Ptr<FlowProvider>> providers = std::move(m_providers);
    m_providers.clear();
    for (const auto& provider : providers)
    {
        if (provider)
        {
            provider->Dispose();
        }
    }
    if (died)
    {
        for (const auto& [number, session] : m_state.sessions)
        {
            m_noticeTrace(SessionEndedNotice{number, session.process, SessionEnd::LAYER_LEFT});
        }
    }
    if (m_node)
    {
        if (Ptr<LayerMemberList> list = m_node->GetObject<LayerMemberList>())
        {
            list->Remove(this);
        }
        m_node = nullptr;
    }
    Object::DoDispose();
}

void
LayerMember::Setup(Ptr<Node> node, LayerParameters parameters, LayerPolicies policies)
{
    NS_ABORT_MSG_IF(m_wasSetUp, "a LayerMember is set up once");
    NS_ABORT_MSG_UNLESS(node, "a LayerMember lives on a node");
    m_wasSetUp = true;
    m_node = node;
    LayerMemberList::Of(node)->Add(this);
    m_machine = std::make_unique<MemberMachine>(std::move(parameters), std::move(policies));
}

bool
LayerMember::AddDevice(Ptr<NetDevice> device)
{
    const std::string fault = DeviceFlowProvider::CanCarry(device);
    if (!fault.empty())
    {
        NS_LOG_ERROR(fault);
        return false;
    }
    for (const auto& provider : m_providers)
    {
        const auto known = DynamicCast<DeviceFlowProvider>(provider);
        if (known && known->GetDevice() == device)
        {
            return true;
        }
    }
    auto provider = CreateObject<DeviceFlowProvider>();
#ifdef STRATA_HAVE_WIFI
    if (DynamicCast<WifiNetDevice>(device))
    {
        provider = CreateObject<WifiFlowProvider>();
    }
#endif
    provider->SetDevice(device);
    AddProvider(provider);
    return true;
}

void
LayerMember::RemoveDevice(Ptr<NetDevice> device)
{
    for (auto& provider : m_providers)
    {
        const auto known = DynamicCast<DeviceFlowProvider>(provider);
        if (!known || known->GetDevice() != device)
        {
            continue;
        }
        provider = nullptr;
        std::vector<PortId> ports;
        for (const auto& [number, port] : m_ports)
        {
            if (port.provider == known)
            {
                ports.push_back(number);
            }
        }
        known->Dispose();
        for (const PortId port : ports)
        {
            FlowDown(port);
        }
    }
}

void
LayerMember::AddProvider(Ptr<FlowProvider> provider)
{
    NS_ABORT_MSG_UNLESS(m_machine, "LayerMember::Setup comes before AddProvider and AddDevice");
    m_providers.push_back(provider);
    provider->Start(*this);
}

void
LayerMember::Bootstrap(MemberName name, uint8_t blockLength)
{
    BootstrapEvent event;
    event.name = name;
    event.blockLength = blockLength;
    Take(event);
}

void
LayerMember::Join(MemberName wish)
{
    JoinEvent event;
    event.wish = wish;
    Take(event);
}

void
LayerMember::Leave()
{
    Take(LeaveEvent{});
}

bool
LayerMember::IsSetUp() const
{
    return m_machine != nullptr;
}

const LayerParameters&
LayerMember::GetParameters() const
{
    return m_machine->Parameters();
}

const std::vector<Ptr<FlowProvider>>&
LayerMember::GetProviders() const
{
    return m_providers;
}

Ptr<Node>
LayerMember::GetNode() const
{
    return m_node;
}

MemberName
LayerMember::GetName() const
{
    return m_state.name;
}

uint16_t
LayerMember::GetLayerId() const
{
    return m_machine->Parameters().layerId;
}

MemberRole
LayerMember::GetRole() const
{
    return m_machine->Parameters().role;
}

const MemberState&
LayerMember::GetState() const
{
    return m_state;
}

uint64_t
LayerMember::GetDrops(MemberDrop reason) const
{
    return m_drops.at(static_cast<std::size_t>(reason));
}

uint64_t
LayerMember::GetForwarded() const
{
    return m_forwarded;
}

Nanos
LayerMember::Now()
{
    return Nanos(Simulator::Now().GetNanoSeconds());
}

PortId
LayerMember::NewFlow()
{
    return m_nextPort++;
}

void
LayerMember::FlowUp(PortId number, FlowProvider& provider, const FlowProperties& properties)
{
    if (!m_machine)
    {
        return;
    }
    Port& port = m_ports[number];
    port.provider = Ptr<FlowProvider>(&provider);
    const auto& scheduler = m_machine->Policies().scheduler;
    if (scheduler && properties.rate != 0)
    {
        port.egress =
            std::make_unique<EgressMachine>(scheduler, properties.rate, properties.framing);
    }
    PortUpEvent event;
    event.port = number;
    event.cost = properties.cost;
    event.mtu = properties.mtu;
    event.broadcast = properties.broadcast;
    const auto place = std::find(m_providers.begin(), m_providers.end(), port.provider);
    event.underlay = static_cast<uint32_t>(place - m_providers.begin());
    Take(event);
}

void
LayerMember::FlowDown(PortId port)
{
    const auto found = m_ports.find(port);
    if (found == m_ports.end())
    {
        return;
    }
    found->second.wake.Cancel();
    const EgressState queue = std::move(found->second.queue);
    m_ports.erase(found);
    for (const Bytes& pdu : queue.held)
    {
        if (!pdu.empty())
        {
            Count(DropNotice{MemberDrop::FLOW_ENDED, TypeOf(pdu)});
        }
    }
    Take(PortDownEvent{port});
}

void
LayerMember::FlowReceive(PortId port, Bytes& pdu)
{
    if (!m_machine)
    {
        return;
    }
    const auto header = PduHeader::Decode(pdu);
    if (header && header->layer != m_machine->Parameters().layerId)
    {
        // another layer shares the underlay; its own member sees the bytes as well
        return;
    }
    if (header && !m_busy)
    {
        Effects effects;
        const auto out = m_machine->FastForward(m_state, port, *header, Now(), effects);
        if (out)
        {
            PduHeader::CountHop(pdu.data());
            ++m_forwarded;
            pdu.resize(header->totalLength);
            {
                Busy busy(*this);
                SendBytes(*out, pdu, header->slice);
            }
            if (!effects.writes.empty())
            {
                CarryOut(effects);
                Reschedule();
            }
            ProcessWaiting();
            return;
        }
    }
    PduEvent event;
    event.port = port;
    event.bytes = pdu;
    Take(std::move(event));
}

void
LayerMember::SendBytes(PortId number, const Bytes& bytes, uint8_t slice)
{
    if (number == LOOPBACK_PORT)
    {
        PduEvent event;
        event.port = number;
        event.bytes = bytes;
        Simulator::ScheduleWithContext(m_node->GetId(),
                                       Seconds(0),
                                       &LayerMember::Take,
                                       Ptr<LayerMember>(this),
                                       MemberEvent(std::move(event)));
        return;
    }
    const auto found = m_ports.find(number);
    if (found == m_ports.end())
    {
        // the flow ended in the same instant
        Count(DropNotice{MemberDrop::FLOW_ENDED, TypeOf(bytes)});
        return;
    }
    Port& port = found->second;
    if (port.egress)
    {
        const auto result = port.egress->Offer(port.queue, bytes, slice, Now());
        if (result == EgressMachine::Result::NO_ROOM)
        {
            Count(DropNotice{MemberDrop::QUEUE_FULL, TypeOf(bytes)});
        }
        else if (result == EgressMachine::Result::WAITS && port.wake.IsExpired())
        {
            Drain(number);
        }
        if (result != EgressMachine::Result::SEND)
        {
            return;
        }
    }
    // the provider traces and counts what it does not take
    const Ptr<FlowProvider> provider = port.provider;
    provider->Send(number, bytes, slice);
}

void
LayerMember::Drain(PortId number)
{
    if (!InContext())
    {
        Simulator::ScheduleWithContext(m_node->GetId(),
                                       Seconds(0),
                                       &LayerMember::Drain,
                                       Ptr<LayerMember>(this),
                                       number);
        return;
    }
    auto found = m_ports.find(number);
    if (found == m_ports.end() || !found->second.wake.IsExpired())
    {
        return;
    }
    {
        Busy busy(*this);
        while (found != m_ports.end())
        {
            const auto pdu = found->second.egress->Next(found->second.queue, Now());
            if (!pdu)
            {
                break;
            }
            const Ptr<FlowProvider> provider = found->second.provider;
            provider->Send(number, *pdu, SliceOf(*pdu));
            found = m_ports.find(number); // whom it calls may have ended the flow
        }
        if (found != m_ports.end())
        {
            const Nanos deadline = EgressMachine::NextDeadline(found->second.queue);
            if (deadline != NEVER)
            {
                found->second.wake = Simulator::Schedule(NanoSeconds((deadline - Now()).count()),
                                                         &LayerMember::Drain,
                                                         this,
                                                         number);
            }
        }
    }
    ProcessWaiting();
}

void
LayerMember::Take(const MemberEvent& event)
{
    NS_ABORT_MSG_UNLESS(m_wasSetUp, "LayerMember::Setup comes first");
    if (!m_machine)
    {
        return;
    }
    if (m_busy)
    {
        m_waiting.push_back(event);
        return;
    }
    Process(event);
    ProcessWaiting();
}

void
LayerMember::ProcessWaiting()
{
    while (!m_waiting.empty() && !m_busy)
    {
        const MemberEvent event = std::move(m_waiting.front());
        m_waiting.pop_front();
        Process(event);
    }
}

void
LayerMember::Process(const MemberEvent& event)
{
    const Ptr<LayerMember> self(this); // may be let go by whom it calls
    Effects effects;
    const MemberName former = m_state.name;
    m_machine->Step(m_state, event, Now(), effects);
    if (m_checks)
    {
        Check(effects, former);
    }
    CarryOut(effects);
    Reschedule();
}

void
LayerMember::Check(const Effects& effects, MemberName former)
{
    // a rule that stays broken is told again at every step: the first ones are the ones to read
    constexpr std::size_t MOST = 100;
    m_auditor.Audit(effects.writes);
    const NameScheme scheme = m_machine->Policies().naming->Scheme();
    for (Violation& violation : CheckMember(m_state, former, scheme))
    {
        if (m_violations.size() < MOST)
        {
            NS_LOG_ERROR(FormatViolation(violation, scheme));
            m_violations.push_back(std::move(violation));
        }
    }
}

const Violations&
LayerMember::GetViolations() const
{
    return m_violations;
}

const WriteLedger&
LayerMember::GetForbiddenWrites() const
{
    return m_auditor.GetViolations();
}

void
LayerMember::CarryOut(const Effects& effects)
{
    Busy busy(*this);
    for (const WriteRecord& write : effects.writes)
    {
        m_writeTrace(write);
    }
    for (const TransmitEffect& transmit : effects.transmits)
    {
        m_transmitTrace(transmit);
        if (!m_machine)
        {
            return; // disposed of by who heard of it
        }
        SendBytes(transmit.port, transmit.pdu, transmit.slice);
    }
    for (const Notice& notice : effects.notices)
    {
        if (!m_machine)
        {
            return;
        }
        if (const auto* drop = std::get_if<DropNotice>(&notice))
        {
            Count(*drop);
            continue;
        }
        m_noticeTrace(notice);
    }
    for (const DeliverEffect& delivery : effects.deliveries)
    {
        if (!m_machine)
        {
            return;
        }
        m_deliverTrace(delivery);
    }
}

void
LayerMember::Count(const DropNotice& drop)
{
    ++m_drops[static_cast<std::size_t>(drop.reason)];
    NS_LOG_LOGIC(m_state.name << " drops " << PduTypeName(drop.type) << ": "
                              << MemberDropName(drop.reason));
    m_noticeTrace(drop);
}

void
LayerMember::Reschedule()
{
    if (!m_machine)
    {
        // disposed of by who heard the last effect
        return;
    }
    if (!InContext())
    {
        if (!m_rearming)
        {
            m_rearming = true;
            Simulator::ScheduleWithContext(m_node->GetId(),
                                           Seconds(0),
                                           &LayerMember::Rearm,
                                           Ptr<LayerMember>(this));
        }
        return;
    }
    const Nanos deadline = MemberMachine::NextDeadline(m_state);
    if (deadline == m_timerAt && !m_timer.IsExpired())
    {
        return;
    }
    m_timer.Cancel();
    m_timerAt = deadline;
    if (deadline != NEVER)
    {
        const int64_t wait = std::max<int64_t>((deadline - Now()).count(), 0);
        m_timer = Simulator::Schedule(NanoSeconds(static_cast<uint64_t>(wait)),
                                      &LayerMember::OnTimer,
                                      this);
    }
}

void
LayerMember::Rearm()
{
    m_rearming = false;
    Reschedule();
}

bool
LayerMember::InContext() const
{
    return Simulator::GetContext() == m_node->GetId();
}

void
LayerMember::OnTimer()
{
    Take(TimerEvent{});
}

} // namespace strata
} // namespace ns3

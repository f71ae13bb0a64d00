// SPDX-License-Identifier: GPL-2.0-only

#include "strata-stock-access.h"

#include "ns3/codel-queue-disc.h"
#include "ns3/ipv4-raw-socket-impl.h"
#include "ns3/strata-grant.h"
#include "ns3/uinteger.h"

namespace ns3
{
namespace strata
{

namespace
{

STRATA_GRANT(RawSockets, Ipv4L3Protocol::m_sockets)
STRATA_GRANT(RxTrace, Ipv4L3Protocol::m_rxTrace)
STRATA_GRANT(ForwardTrace, Ipv4L3Protocol::m_unicastForwardTrace)
STRATA_GRANT(TxTrace, Ipv4L3Protocol::m_txTrace)
STRATA_GRANT(EnqueueTrace, QueueDisc::m_traceEnqueue)
STRATA_GRANT(DequeueTrace, QueueDisc::m_traceDequeue)
STRATA_GRANT(SojournTrace, QueueDisc::m_sojourn)
STRATA_GRANT(PacketsTrace, QueueDisc::m_nPackets)
STRATA_GRANT(BytesTrace, QueueDisc::m_nBytes)
STRATA_GRANT(ValueTrace, TracedValue<uint32_t>::m_cb)
STRATA_GRANT(NewFlows, FqCoDelQueueDisc::m_newFlows)
STRATA_GRANT(OldFlows, FqCoDelQueueDisc::m_oldFlows)
STRATA_GRANT(FlowClasses, FqCoDelQueueDisc::m_flowsIndices)
STRATA_GRANT(FlowCount, FqCoDelQueueDisc::m_flows)
STRATA_GRANT(Quantum, FqCoDelQueueDisc::m_quantum)
STRATA_GRANT(Perturbation, FqCoDelQueueDisc::m_perturbation)
STRATA_GRANT(SetAssociative, FqCoDelQueueDisc::m_enableSetAssociativeHash)
STRATA_GRANT(UseL4s, FqCoDelQueueDisc::m_useL4s)
STRATA_GRANT(Dropping, CoDelQueueDisc::m_dropping)
STRATA_GRANT(FirstAboveTime, CoDelQueueDisc::m_firstAboveTime)
STRATA_GRANT(StaticRoutes, Ipv4StaticRouting::m_networkRoutes)
STRATA_GRANT(StaticRoutes6, Ipv6StaticRouting::m_networkRoutes)
STRATA_GRANT(ListStack6, Ipv6ListRouting::m_ipv6)
STRATA_GRANT(HostRoutes, Ipv4GlobalRouting::m_hostRoutes)
STRATA_GRANT(NetworkRoutes, Ipv4GlobalRouting::m_networkRoutes)
STRATA_GRANT(ExternalRoutes, Ipv4GlobalRouting::m_ASexternalRoutes)

} // namespace

bool
HasRawSocket(const Ipv4L3Protocol& ipv4, uint8_t protocol)
{
    for (const auto& socket : ipv4.*MemberOf(RawSockets()))
    {
        UintegerValue wanted;
        socket->GetAttribute("Protocol", wanted);
        if (wanted.Get() == protocol)
        {
            return true;
        }
    }
    return false;
}

bool
TracesForwarding(const Ipv4L3Protocol& ipv4)
{
    return !((ipv4.*MemberOf(RxTrace())).IsEmpty() && (ipv4.*MemberOf(ForwardTrace())).IsEmpty() &&
             (ipv4.*MemberOf(TxTrace())).IsEmpty());
}

bool
TracesPassing(const QueueDisc& queueDisc)
{
    const auto isEmpty = [](const TracedValue<uint32_t>& value) {
        return (value.*MemberOf(ValueTrace())).IsEmpty();
    };
    return !((queueDisc.*MemberOf(EnqueueTrace())).IsEmpty() &&
             (queueDisc.*MemberOf(DequeueTrace())).IsEmpty() &&
             (queueDisc.*MemberOf(SojournTrace())).IsEmpty() &&
             isEmpty(queueDisc.*MemberOf(PacketsTrace())) &&
             isEmpty(queueDisc.*MemberOf(BytesTrace())));
}

uint32_t
PerturbationOf(const FqCoDelQueueDisc& queueDisc)
{
    return queueDisc.*MemberOf(Perturbation());
}

bool
LetPass(FqCoDelQueueDisc& queueDisc, uint32_t hash, uint32_t size)
{
    const QueueSize limit = queueDisc.GetMaxSize();
    const uint32_t used = limit.GetUnit() == QueueSizeUnit::PACKETS ? 1 : size;
    if (used > limit.GetValue() || queueDisc.*MemberOf(SetAssociative()) ||
        queueDisc.*MemberOf(UseL4s()) || queueDisc.GetNPacketFilters() != 0)
    {
        return false;
    }
    const auto& classes = queueDisc.*MemberOf(FlowClasses());
    const auto number = classes.find(hash % (queueDisc.*MemberOf(FlowCount())));
    if (number == classes.end())
    {
        return false;
    }
    const auto flow = StaticCast<FqCoDelFlow>(queueDisc.GetQueueDiscClass(number->second));
    if (!DynamicCast<CoDelQueueDisc>(flow->GetQueueDisc()))
    {
        return false;
    }
    const uint32_t quantum = queueDisc.*MemberOf(Quantum());
    auto& fresh = queueDisc.*MemberOf(NewFlows());
    auto& old = queueDisc.*MemberOf(OldFlows());
    // What follows is DoEnqueue and DoDequeue, where no flow has a packet but this one.
    if (flow->GetStatus() == FqCoDelFlow::INACTIVE)
    {
        flow->SetStatus(FqCoDelFlow::NEW_FLOW);
        flow->SetDeficit(quantum);
        fresh.push_back(flow);
    }
    while (true)
    {
        const bool isFresh = !fresh.empty();
        auto& flows = isFresh ? fresh : old;
        const Ptr<FqCoDelFlow> turn = flows.front();
        if (turn->GetDeficit() <= 0)
        {
            turn->IncreaseDeficit(static_cast<int32_t>(quantum));
            if (isFresh)
            {
                turn->SetStatus(FqCoDelFlow::OLD_FLOW);
            }
            old.splice(old.end(), flows, flows.begin());
            continue;
        }
        // An empty queue, or the delay of a packet that did not wait, ends a time of drops.
        auto& codel = *StaticCast<CoDelQueueDisc>(turn->GetQueueDisc());
        codel.*MemberOf(Dropping()) = false;
        if (turn == flow)
        {
            codel.*MemberOf(FirstAboveTime()) = 0;
            turn->IncreaseDeficit(-static_cast<int32_t>(size));
            return true;
        }
        turn->SetStatus(isFresh ? FqCoDelFlow::OLD_FLOW : FqCoDelFlow::INACTIVE);
        if (isFresh)
        {
            old.splice(old.end(), fresh, fresh.begin());
        }
        else
        {
            old.pop_front();
        }
    }
}

const std::list<std::pair<Ipv4RoutingTableEntry*, uint32_t>>&
RoutesOf(const Ipv4StaticRouting& table)
{
    return table.*MemberOf(StaticRoutes());
}

const std::list<std::pair<Ipv6RoutingTableEntry*, uint32_t>>&
RoutesOf(const Ipv6StaticRouting& table)
{
    return table.*MemberOf(StaticRoutes6());
}

std::array<const std::list<Ipv4RoutingTableEntry*>*, 3>
RoutesOf(const Ipv4GlobalRouting& table)
{
    return {&(table.*MemberOf(HostRoutes())),
            &(table.*MemberOf(NetworkRoutes())),
            &(table.*MemberOf(ExternalRoutes()))};
}

void
AddServing(Ipv6ListRouting& list, Ptr<Ipv6RoutingProtocol> protocol, int16_t priority)
{
    // a list without a stack tells nobody
    Ptr<Ipv6>& stack = list.*MemberOf(ListStack6());
    const Ptr<Ipv6> ipv6 = stack;
    stack = nullptr;
    list.AddRoutingProtocol(protocol, priority);
    stack = ipv6;
}

} // namespace strata
} // namespace ns3

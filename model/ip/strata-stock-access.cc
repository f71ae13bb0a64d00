// SPDX-License-Identifier: GPL-2.0-only

#include "strata-stock-access.h"

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

bool
HasActiveFlows(const FqCoDelQueueDisc& queueDisc)
{
    return !((queueDisc.*MemberOf(NewFlows())).empty() &&
             (queueDisc.*MemberOf(OldFlows())).empty());
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

// SPDX-License-Identifier: GPL-2.0-only

#include "strata-layer-world.h"

#include "ns3/data-rate.h"
#include "ns3/nstime.h"
#include "ns3/simulator.h"
#include "ns3/strata-write-audit-decision.h"

#include <algorithm>

namespace ns3
{
namespace strata
{

namespace
{

/** The last metres between a machine and the router of its place. */
constexpr int64_t ACCESS_DELAY_US = 100;

Nanos
Now()
{
    return Nanos(Simulator::Now().GetNanoSeconds());
}

} // namespace

void
LayerLedger::Watch(Ptr<LayerMember> member, uint16_t layer)
{
    member->TraceConnectWithoutContext(
        "Transmit",
        MakeBoundCallback(&LayerLedger::OnTransmit, this, layer, member));
    member->TraceConnectWithoutContext("Write",
                                       MakeBoundCallback(&LayerLedger::OnWrite, this, layer));
}

void
LayerLedger::OnTransmit(LayerLedger* ledger,
                        uint16_t layer,
                        Ptr<LayerMember> member,
                        const TransmitEffect& transmit)
{
    if (transmit.type != PduType::SESSION_DATA && transmit.port != LOOPBACK_PORT &&
        (transmit.originated || transmit.retransmitted))
    {
        ledger->m_messages.push_back({Now(),
                                      layer,
                                      member->GetName(),
                                      transmit.type,
                                      static_cast<uint32_t>(transmit.pdu.size()),
                                      transmit.retransmitted});
    }
}

void
LayerLedger::OnWrite(LayerLedger* ledger, uint16_t layer, const WriteRecord& record)
{
    ledger->m_writes.push_back({Now(), layer, record});
}

MobilityCost
LayerLedger::CostOf(Nanos from, Nanos to, uint16_t large) const
{
    MobilityCost cost;
    for (const Message& message : m_messages)
    {
        if (message.time < from || message.time >= to)
        {
            continue;
        }
        ++cost.messages;
        cost.bytes += message.bytes;
        cost.largeMessages += message.layer == large ? 1 : 0;
        if (cost.firstSignal < Nanos::zero())
        {
            cost.firstSignal = message.time;
        }
    }
    std::set<std::pair<uint16_t, MemberName>> written;
    for (const Write& write : m_writes)
    {
        if (write.time < from || write.time >= to || write.record.cause == WriteCause::AGEING)
        {
            continue;
        }
        written.emplace(write.layer, write.record.member);
        // what is tidied up when a dead member's silence is noticed is no part of the handoff
        switch (write.record.cause)
        {
        case WriteCause::ATTACHMENT_MOBILITY:
        case WriteCause::LOCATION_MOBILITY:
        case WriteCause::ENROLLMENT:
        case WriteCause::REGISTRATION:
            cost.lastWrite = write.time;
            break;
        default:
            break;
        }
    }
    cost.membersWritten = written.size();
    cost.largeWritten = static_cast<std::size_t>(
        std::count_if(written.begin(), written.end(), [large](const auto& member) {
            return member.first == large;
        }));
    return cost;
}

std::map<MobilityAct, uint64_t>
LayerLedger::Acts() const
{
    std::map<MobilityAct, uint64_t> acts;
    for (const Message& message : m_messages)
    {
        if (!message.repeated)
        {
            ++acts[{message.layer, message.member, "message", PduTypeName(message.type)}];
        }
    }
    for (const Write& write : m_writes)
    {
        ++acts[{write.layer,
                write.record.member,
                TableKindName(write.record.table),
                WriteCauseName(write.record.cause)}];
    }
    return acts;
}

LayerWorld::LayerWorld(const Topology& topology, uint64_t rate)
    : m_topology(topology)
{
    m_links.SetDeviceAttribute("DataRate", DataRateValue(DataRate(rate)));
}

void
LayerWorld::Build()
{
    m_nodes.Create(m_topology.NodeCount());
    for (const auto& edge : m_topology.Edges())
    {
        m_links.SetChannelAttribute("Delay", TimeValue(NanoSeconds(edge.delay.count())));
        const auto ends = m_links.Install(m_nodes.Get(edge.a), m_nodes.Get(edge.b));
        m_cables.push_back({edge.a, edge.b, ends.Get(0), ends.Get(1)});
    }
    m_links.SetChannelAttribute("Delay", TimeValue(MicroSeconds(ACCESS_DELAY_US)));
}

LayerWorld::Routers
LayerWorld::BuildLayer(const LayerParameters& parameters,
                       const LayerPolicies& policies,
                       bool flat,
                       const std::vector<uint32_t>& scope,
                       LayerLedger& ledger)
{
    Routers routers;
    for (const uint32_t place : scope)
    {
        auto router = CreateObject<LayerMember>();
        router->Setup(m_nodes.Get(place), parameters, policies);
        ledger.Watch(router, parameters.layerId);
        routers[place] = router;
    }
    for (const Cable& cable : m_cables)
    {
        const auto a = routers.find(cable.a);
        const auto b = routers.find(cable.b);
        if (a != routers.end() && b != routers.end())
        {
            a->second->AddDevice(cable.atA);
            b->second->AddDevice(cable.atB);
        }
    }
    uint16_t number = 1;
    for (const uint32_t place : scope)
    {
        const MemberName name = flat ? MemberName{number} : MakeName(number);
        if (number++ == 1)
        {
            routers[place]->Bootstrap(name, flat ? 64 : 16);
        }
        else
        {
            routers[place]->Join(name);
        }
    }
    return routers;
}

Ptr<PointToPointDevice>
LayerWorld::NewRadio(Ptr<Node> node)
{
    return m_links.InstallDevice(node);
}

void
LayerWorld::Plug(Ptr<PointToPointDevice> radio, uint32_t place, Ptr<LayerMember> router)
{
    const auto cable = m_links.CreateChannel();
    const auto end = m_links.InstallDevice(m_nodes.Get(place));
    router->AddDevice(end);
    end->Attach(cable);
    radio->Attach(cable);
}

std::vector<uint32_t>
LayerWorld::Region(const std::vector<uint32_t>& places) const
{
    std::vector<uint32_t> region{places.front()};
    for (const uint32_t place : places)
    {
        for (const uint32_t node : m_topology.Path(places.front(), place))
        {
            if (std::find(region.begin(), region.end(), node) == region.end())
            {
                region.push_back(node);
            }
        }
    }
    return region;
}

Ptr<Node>
LayerWorld::GetNode(uint32_t place) const
{
    return m_nodes.Get(place);
}

StrataPointToPointHelper&
LayerWorld::Links()
{
    return m_links;
}

const Topology&
LayerWorld::GetTopology() const
{
    return m_topology;
}

} // namespace strata
} // namespace ns3

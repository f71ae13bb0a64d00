// SPDX-License-Identifier: GPL-2.0-only

#include "strata-node.h"

#include "ns3/log.h"

#include <algorithm>

namespace ns3
{
namespace strata
{

NS_LOG_COMPONENT_DEFINE("StrataNode");

NS_OBJECT_ENSURE_REGISTERED(StrataNode);

TypeId
StrataNode::GetTypeId()
{
    static TypeId tid = TypeId("ns3::strata::StrataNode")
                            .SetParent<Object>()
                            .SetGroupName("Strata")
                            .AddConstructor<StrataNode>()
                            .AddTraceSource("Drop",
                                            "A packet was dropped on this node",
                                            MakeTraceSourceAccessor(&StrataNode::m_dropTrace),
                                            "ns3::strata::StrataNode::DropTracedCallback");
    return tid;
}

StrataNode::StrataNode() = default;

StrataNode::~StrataNode() = default;

Ptr<StrataNode>
StrataNode::Of(Ptr<Node> node)
{
    Ptr<StrataNode> strataNode = node->GetObject<StrataNode>();
    if (!strataNode)
    {
        strataNode = CreateObject<StrataNode>();
        node->AggregateObject(strataNode);
    }
    return strataNode;
}

bool
StrataNode::Registration::operator==(const Registration& other) const
{
    return etherType == other.etherType && device == other.device && handler.IsEqual(other.handler);
}

void
StrataNode::Hook(const Registration& registration)
{
    m_node->RegisterProtocolHandler(registration.handler,
                                    registration.etherType,
                                    registration.device);
}

bool
StrataNode::RegisterFrameHandler(uint16_t etherType, FrameHandler handler, Ptr<NetDevice> device)
{
    NS_LOG_FUNCTION(this << etherType << device);
    const Registration registration{etherType, handler, device};
    if (std::find(m_registrations.begin(), m_registrations.end(), registration) !=
        m_registrations.end())
    {
        return false;
    }
    m_registrations.push_back(registration);
    if (m_node)
    {
        Hook(registration);
    }
    return true;
}

bool
StrataNode::UnregisterFrameHandler(uint16_t etherType, FrameHandler handler, Ptr<NetDevice> device)
{
    NS_LOG_FUNCTION(this << etherType << device);
    const Registration registration{etherType, handler, device};
    const auto found = std::find(m_registrations.begin(), m_registrations.end(), registration);
    if (found == m_registrations.end())
    {
        return false;
    }
    const auto same = [&handler](const Registration& r) { return r.handler.IsEqual(handler); };
    const auto uses = std::count_if(m_registrations.begin(), m_registrations.end(), same);
    m_registrations.erase(found);
    if (m_node)
    {
        // Node removes the first entry of a handler, of whatever EtherType: take all of its
        // entries away and put back those that stay.
        for (auto i = uses; i > 0; --i)
        {
            m_node->UnregisterProtocolHandler(handler);
        }
        for (const Registration& r : m_registrations)
        {
            if (same(r))
            {
                Hook(r);
            }
        }
    }
    return true;
}

void
StrataNode::ReportDrop(Ptr<const Packet> packet, DropReason reason, Ptr<const NetDevice> device)
{
    NS_LOG_FUNCTION(this << packet << reason << device);
    m_drops.Count(reason, packet->GetSize());
    m_dropTrace(packet, reason, device);
}

void
StrataNode::ReportDropOn(Ptr<Node> node,
                         Ptr<const Packet> packet,
                         DropReason reason,
                         Ptr<const NetDevice> device)
{
    if (!node)
    {
        return;
    }
    if (Ptr<StrataNode> strataNode = node->GetObject<StrataNode>())
    {
        strataNode->ReportDrop(packet, reason, device);
    }
}

const DropCounters&
StrataNode::GetDrops() const
{
    return m_drops;
}

void
StrataNode::PrintDrops(std::ostream& os) const
{
    m_drops.Print(os);
}

Ptr<Node>
StrataNode::GetNode() const
{
    return m_node;
}

void
StrataNode::NotifyNewAggregate()
{
    if (!m_node)
    {
        m_node = GetObject<Node>();
        if (m_node)
        {
            for (const Registration& registration : m_registrations)
            {
                Hook(registration);
            }
        }
    }
    Object::NotifyNewAggregate();
}

void
StrataNode::DoDispose()
{
    NS_LOG_FUNCTION(this);
    m_registrations.clear();
    m_node = nullptr;
    Object::DoDispose();
}

} // namespace strata
} // namespace ns3

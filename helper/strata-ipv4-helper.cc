// SPDX-License-Identifier: GPL-2.0-only

#include "strata-ipv4-helper.h"

#include "strata-fib-helper.h"

#include "ns3/abort.h"
#include "ns3/strata-arp-protocol.h"
#include "ns3/string.h"

namespace ns3
{
namespace strata
{

StrataIpv4Helper::StrataIpv4Helper()
{
    m_factory.SetTypeId(StrataIpv4::GetTypeId());
}

void
StrataIpv4Helper::SetAttribute(std::string name, const AttributeValue& value)
{
    TypeId::AttributeInformation attribute;
    NS_ABORT_MSG_IF(StrataIpv4::GetTypeId().LookupAttributeByName(name, &attribute) &&
                        !(attribute.flags & TypeId::ATTR_CONSTRUCT),
                    "The attribute " << name
                                     << " of StrataIpv4 is read-only; it has attributes of "
                                        "its own, on each node where it is installed");
    m_factory.Set(name, value); // stops at a name that is not known
    m_attributes.emplace_back(name, value.Copy());
}

void
StrataIpv4Helper::SetFib(bool fib)
{
    m_fib = fib;
}

void
StrataIpv4Helper::Install(NodeContainer nodes) const
{
    for (auto node = nodes.Begin(); node != nodes.End(); ++node)
    {
        Install(*node);
    }
}

void
StrataIpv4Helper::SetAttributesOf(StrataIpv4& present, uint32_t node) const
{
    for (const auto& [name, value] : m_attributes)
    {
        StringValue before;
        TypeId::AttributeInformation attribute;
        if (name == "PathMtuDiscovery" && present.GetAttributeFailSafe(name, before) &&
            StrataIpv4::GetTypeId().LookupAttributeByName(name, &attribute))
        {
            NS_ABORT_MSG_IF(value->SerializeToString(attribute.checker) != before.Get(),
                            "Node " << node << " has StrataIpv4 already, with PathMtuDiscovery "
                                    << before.Get() << "; it cannot change any more");
        }
        present.SetAttribute(name, *value);
    }
}

void
StrataIpv4Helper::Install(Ptr<Node> node) const
{
    if (Ptr<StrataIpv4> present = Get(node))
    {
        SetAttributesOf(*present, node->GetId());
        return;
    }
    NS_ABORT_MSG_UNLESS(node->GetObject<Ipv4L3Protocol>(),
                        "Node " << node->GetId()
                                << " has no IPv4: call InternetStackHelper::Install() first");
    if (m_fib)
    {
        FibHelper::Install(node);
    }
    node->AggregateObject(m_factory.Create<StrataIpv4>());
}

int64_t
StrataIpv4Helper::AssignStreams(NodeContainer nodes, int64_t stream)
{
    int64_t next = stream;
    for (auto node = nodes.Begin(); node != nodes.End(); ++node)
    {
        if (Ptr<StrataArp> arp = (*node)->GetObject<StrataArp>())
        {
            next += arp->AssignStreams(next);
        }
    }
    return next - stream;
}

void
StrataIpv4Helper::InstallAll() const
{
    Install(NodeContainer::GetGlobal());
}

Ptr<StrataIpv4>
StrataIpv4Helper::Get(Ptr<Node> node)
{
    return node->GetObject<StrataIpv4>();
}

} // namespace strata
} // namespace ns3

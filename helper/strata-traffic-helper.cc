// SPDX-License-Identifier: GPL-2.0-only

#include "strata-traffic-helper.h"

namespace ns3
{
namespace strata
{

StrataTrafficHelper::StrataTrafficHelper(const std::string& name)
{
    m_factory.SetTypeId("ns3::strata::" + name);
}

void
StrataTrafficHelper::SetAttribute(std::string name, const AttributeValue& value)
{
    m_factory.Set(name, value);
}

ApplicationContainer
StrataTrafficHelper::Install(Ptr<Node> node) const
{
    Ptr<TrafficApplication> application = m_factory.Create<TrafficApplication>();
    node->AddApplication(application);
    return ApplicationContainer(application);
}

ApplicationContainer
StrataTrafficHelper::Install(const NodeContainer& nodes) const
{
    ApplicationContainer applications;
    for (auto node = nodes.Begin(); node != nodes.End(); ++node)
    {
        applications.Add(Install(*node));
    }
    return applications;
}

} // namespace strata
} // namespace ns3

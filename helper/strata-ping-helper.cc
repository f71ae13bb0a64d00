// SPDX-License-Identifier: GPL-2.0-only

#include "strata-ping-helper.h"

#include "ns3/strata-ping-application.h"

namespace ns3
{
namespace strata
{

StrataPingHelper::StrataPingHelper(Ipv4Address destination)
{
    m_factory.SetTypeId(PingApplication::GetTypeId());
    m_factory.Set("Destination", Ipv4AddressValue(destination));
}

void
StrataPingHelper::SetAttribute(std::string name, const AttributeValue& value)
{
    m_factory.Set(name, value);
}

void
StrataPingHelper::EnableOutput(std::ostream& os)
{
    EnableOutput(Create<OutputStreamWrapper>(&os));
}

void
StrataPingHelper::EnableOutput(Ptr<OutputStreamWrapper> stream)
{
    m_output = stream;
}

ApplicationContainer
StrataPingHelper::Install(Ptr<Node> node) const
{
    Ptr<PingApplication> application = m_factory.Create<PingApplication>();
    application->SetOutput(m_output);
    node->AddApplication(application);
    return ApplicationContainer(application);
}

ApplicationContainer
StrataPingHelper::Install(const NodeContainer& nodes) const
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

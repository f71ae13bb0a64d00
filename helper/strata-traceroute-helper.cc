// SPDX-License-Identifier: GPL-2.0-only

#include "strata-traceroute-helper.h"

#include "ns3/strata-traceroute-application.h"

namespace ns3
{
namespace strata
{

StrataTracerouteHelper::StrataTracerouteHelper(Ipv4Address destination)
{
    m_factory.SetTypeId(TracerouteApplication::GetTypeId());
    m_factory.Set("Destination", Ipv4AddressValue(destination));
}

void
StrataTracerouteHelper::SetAttribute(std::string name, const AttributeValue& value)
{
    m_factory.Set(name, value);
}

void
StrataTracerouteHelper::EnableOutput(std::ostream& os)
{
    EnableOutput(Create<OutputStreamWrapper>(&os));
}

void
StrataTracerouteHelper::EnableOutput(Ptr<OutputStreamWrapper> stream)
{
    m_output = stream;
}

ApplicationContainer
StrataTracerouteHelper::Install(Ptr<Node> node) const
{
    Ptr<TracerouteApplication> application = m_factory.Create<TracerouteApplication>();
    application->SetOutput(m_output);
    node->AddApplication(application);
    return ApplicationContainer(application);
}

ApplicationContainer
StrataTracerouteHelper::Install(const NodeContainer& nodes) const
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

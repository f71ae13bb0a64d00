// SPDX-License-Identifier: GPL-2.0-only

#include "strata-router-discovery-helper.h"

#include "ns3/integer.h"
#include "ns3/strata-router-discovery-application.h"
#include "ns3/string.h"

namespace ns3
{
namespace strata
{

StrataRouterDiscoveryHelper::StrataRouterDiscoveryHelper()
{
    m_factory.SetTypeId(RouterDiscoveryApplication::GetTypeId());
}

void
StrataRouterDiscoveryHelper::SetAttribute(std::string name, const AttributeValue& value)
{
    m_factory.Set(name, value);
}

ApplicationContainer
StrataRouterDiscoveryHelper::InstallRouter(Ptr<Node> node, int32_t preference) const
{
    Ptr<Application> application = m_factory.Create<Application>();
    application->SetAttribute("Role", StringValue("router"));
    application->SetAttribute("Preference", IntegerValue(preference));
    node->AddApplication(application);
    return ApplicationContainer(application);
}

ApplicationContainer
StrataRouterDiscoveryHelper::InstallHosts(const NodeContainer& nodes) const
{
    ApplicationContainer applications;
    for (auto node = nodes.Begin(); node != nodes.End(); ++node)
    {
        Ptr<Application> application = m_factory.Create<Application>();
        application->SetAttribute("Role", StringValue("host"));
        (*node)->AddApplication(application);
        applications.Add(application);
    }
    return applications;
}

int64_t
StrataRouterDiscoveryHelper::AssignStreams(const ApplicationContainer& applications, int64_t stream)
{
    int64_t used = 0;
    for (auto application = applications.Begin(); application != applications.End(); ++application)
    {
        if (auto discovery = DynamicCast<RouterDiscoveryApplication>(*application))
        {
            used += discovery->AssignStreams(stream + used);
        }
    }
    return used;
}

} // namespace strata
} // namespace ns3

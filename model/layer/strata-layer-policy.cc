// SPDX-License-Identifier: GPL-2.0-only

#include "strata-layer-policy.h"

#include "strata-datagram-session-policy.h"
#include "strata-reliable-session-policy.h"

namespace ns3
{
namespace strata
{

LayerPolicies::LayerPolicies()
    : naming(std::make_shared<HierarchicalNaming>()),
      directory(std::make_shared<ReplicatedDirectory>()),
      routing(std::make_shared<LinkStateRouting>()),
      forwarding(std::make_shared<LongestPrefixForwarding>()),
      datagram(std::make_shared<DatagramSession>()),
      reliable(std::make_shared<ReliableSession>()),
      attachment(std::make_shared<StayPut>()),
      location(std::make_shared<StayAtLocation>()),
      security(std::make_shared<OpenSecurity>())
{
}

std::string
CheckTogether(const LayerParameters& parameters, const LayerPolicies& policies)
{
    if (parameters.holdTime > Nanos::zero() && parameters.HelloInterval() >= parameters.holdTime)
    {
        return "HoldTime is to be longer than HelloInterval: members would die between two hellos";
    }
    const bool knowsRouters =
        dynamic_cast<const LinkStateRouting*>(policies.routing.get()) != nullptr;
    if (knowsRouters && policies.naming->Scheme() == NameScheme::HIERARCHICAL &&
        dynamic_cast<const ExactForwarding*>(policies.forwarding.get()) != nullptr)
    {
        return std::string("forwarding \"exact\" finds no route of routing \"") +
               policies.routing->Name() +
               "\" with hierarchical names, which leads to blocks; take \"longest-prefix\"";
    }
    if (!knowsRouters && dynamic_cast<const HashedDirectory*>(policies.directory.get()) != nullptr)
    {
        return std::string("directory \"hashed\" needs to know all routers, which routing \"") +
               policies.routing->Name() + "\" does not tell";
    }
    return "";
}

} // namespace strata
} // namespace ns3

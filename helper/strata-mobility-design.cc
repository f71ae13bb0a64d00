// SPDX-License-Identifier: GPL-2.0-only

#include "strata-mobility-design.h"

#include "ns3/abort.h"

namespace ns3
{
namespace strata
{

std::vector<std::string>
MobilityDesignNames()
{
    return {"flood",
            "learn",
            "anchor",
            "resolver",
            "direct",
            "direct-only",
            "lookup",
            "rendezvous"};
}

MobilityDesign
MakeMobilityDesign(const std::string& name, MemberName server)
{
    MobilityDesign design;
    design.name = name;
    LayerPolicies& policies = design.policies;
    policies.directory = std::make_shared<ServerDirectory>(server);
    const auto location = [&](std::shared_ptr<const LocationPolicy> policy, const char* writes) {
        design.kind = MobilityKind::LOCATION;
        design.writes = writes;
        policies.location = std::move(policy);
    };
    if (name == "flood")
    {
        design.writes = "a route at every router";
        policies.attachment = std::make_shared<TellEveryone>();
    }
    else if (name == "learn")
    {
        design.writes = "a route at every router between the old and the new place";
        policies.naming = std::make_shared<FlatNaming>();
        policies.routing = std::make_shared<LearningRouting>();
        policies.forwarding = std::make_shared<ExactForwarding>();
        policies.attachment = std::make_shared<TellPath>();
    }
    else if (name == "anchor")
    {
        design.writes = "a binding at the owner of the name's block";
        policies.routing = std::make_shared<AnchorRouting>();
        policies.attachment = std::make_shared<TellHome>();
    }
    else if (name == "resolver")
    {
        design.writes = "an attachment at one router, and in caches when they are used";
        policies.naming = std::make_shared<FlatNaming>();
        policies.routing = std::make_shared<ResolverRouting>();
        policies.forwarding = std::make_shared<ExactForwarding>();
        policies.attachment = std::make_shared<TellHome>();
    }
    else if (name == "direct")
    {
        location(std::make_shared<TellPeerAndDirectory>(), "the peer's session and the directory");
    }
    else if (name == "direct-only")
    {
        location(std::make_shared<TellPeerOnly>(), "the peer's session");
    }
    else if (name == "lookup")
    {
        location(std::make_shared<LookUpOnRecovery>(), "the directory");
    }
    else
    {
        NS_ABORT_MSG_UNLESS(name == "rendezvous", "no mobility design is called " << name);
        location(std::make_shared<TellByRendezvous>(server),
                 "the directory at the rendezvous, and the peer's session through it");
    }
    return design;
}

} // namespace strata
} // namespace ns3

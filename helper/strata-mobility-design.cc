// SPDX-License-Identifier: GPL-2.0-only

#include "strata-mobility-design.h"

#include "ns3/abort.h"

#include <functional>
#include <utility>

namespace ns3
{
namespace strata
{

namespace
{

/** Names that don't say where a member is, and tables that hold them one by one. */
void
MakeFlat(LayerPolicies& policies)
{
    policies.naming = std::make_shared<FlatNaming>();
    policies.forwarding = std::make_shared<ExactForwarding>();
    policies.directory = std::make_shared<ServerDirectory>(MemberName{1});
}

void
FlatLarge(MobilityDesign& design)
{
    design.largeFlat = true;
    MakeFlat(design.large);
}

/** Location mobility in the large layer. */
void
Relocate(MobilityDesign& design, std::shared_ptr<const LocationPolicy> policy, const char* writes)
{
    design.kind = MobilityKind::LOCATION;
    design.migrates = true;
    design.large.location = std::move(policy);
    design.writes = writes;
}

using Maker = std::function<void(MobilityDesign&)>;

/** In the order in which they are shown. */
const std::vector<std::pair<const char*, Maker>>&
Makers()
{
    static const std::vector<std::pair<const char*, Maker>> makers{
        {"flood",
         [](MobilityDesign& design) {
             design.writes = "a route at every router";
             design.large.attachment = std::make_shared<TellEveryone>();
         }},
        {"learn",
         [](MobilityDesign& design) {
             design.writes = "a route at every router between the old and the new place";
             FlatLarge(design);
             design.large.routing = std::make_shared<LearningRouting>();
             design.large.attachment = std::make_shared<TellPath>();
         }},
        {"anchor",
         [](MobilityDesign& design) {
             design.writes = "a binding at the owner of the name's block";
             design.large.routing = std::make_shared<AnchorRouting>();
             design.large.attachment = std::make_shared<TellHome>();
         }},
        {"resolver",
         [](MobilityDesign& design) {
             design.writes = "an attachment at one router, and in caches when they are used";
             FlatLarge(design);
             design.large.routing = std::make_shared<ResolverRouting>();
             design.large.attachment = std::make_shared<TellHome>();
         }},
        {"two-layer",
         [](MobilityDesign& design) {
             design.writes = "routes of a small layer under the large one, which sees no move";
             design.shape = MobilityShape::TWO_LAYER;
             MakeFlat(design.small);
             design.small.routing = std::make_shared<LearningRouting>();
             design.small.attachment = std::make_shared<TellPath>();
         }},
        {"direct",
         [](MobilityDesign& design) {
             Relocate(design,
                      std::make_shared<TellPeerAndDirectory>(),
                      "the peer's session and the directory");
         }},
        {"direct-only",
         [](MobilityDesign& design) {
             Relocate(design, std::make_shared<TellPeerOnly>(), "the peer's session");
         }},
        {"lookup",
         [](MobilityDesign& design) {
             Relocate(design, std::make_shared<LookUpOnRecovery>(), "the directory");
         }},
        {"rendezvous",
         [](MobilityDesign& design) {
             Relocate(design,
                      std::make_shared<TellByRendezvous>(MakeName(1)),
                      "the directory at the rendezvous, and the peer's session through it");
         }},
        {"middle",
         [](MobilityDesign& design) {
             Relocate(design, std::make_shared<StayAtLocation>(), "");
             design.writes = "session and directory of a small layer over the large one, in which "
                             "nothing moves";
             design.shape = MobilityShape::MIDDLE_LAYER;
             MakeFlat(design.small);
             design.small.location = std::make_shared<TellPeerAndDirectory>();
         }},
        {"both",
         [](MobilityDesign& design) {
             design.writes = "a route at every router when a machine moves, session and directory "
                             "when a process does";
             design.migrates = true;
             design.large.attachment = std::make_shared<TellEveryone>();
             design.large.location = std::make_shared<TellPeerAndDirectory>();
         }},
    };
    return makers;
}

} // namespace

std::vector<std::string>
MobilityDesignNames()
{
    std::vector<std::string> names;
    for (const auto& [name, make] : Makers())
    {
        names.emplace_back(name);
    }
    return names;
}

MobilityDesign
MakeMobilityDesign(const std::string& name)
{
    for (const auto& [known, make] : Makers())
    {
        if (name == known)
        {
            MobilityDesign design;
            design.name = name;
            design.large.directory = std::make_shared<ServerDirectory>(MakeName(1));
            make(design);
            return design;
        }
    }
    NS_ABORT_MSG("no mobility design is called " << name);
    return {};
}

} // namespace strata
} // namespace ns3

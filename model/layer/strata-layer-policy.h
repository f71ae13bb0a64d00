// SPDX-License-Identifier: GPL-2.0-only

#ifndef STRATA_LAYER_POLICY_H
#define STRATA_LAYER_POLICY_H

#include "strata-attachment-policy.h"
#include "strata-directory-policy.h"
#include "strata-forwarding-policy.h"
#include "strata-location-policy.h"
#include "strata-naming-policy.h"
#include "strata-routing-policy.h"
#include "strata-scheduler-policy.h"
#include "strata-security-policy.h"
#include "strata-session-policy.h"

#include <memory>
#include <string>

namespace ns3
{
namespace strata
{

/** Numbers of a layer; times are spans. */
struct LayerParameters
{
    std::string layerName{"layer"};
    uint16_t layerId{1};
    MemberRole role{MemberRole::ROUTER};
    std::string machine; //!< for people
    uint8_t hopLimit{255};
    /** 0: a third of holdTime; with no holdTime either, hellos only when a link is new. */
    Nanos helloInterval{0};
    Nanos holdTime{0}; //!< after which this member counts as dead; in whole ms; 0: never
    Nanos retryInterval{std::chrono::milliseconds(200)}; //!< doubles with each try
    uint8_t maxTries{10};                                //!< a request is given up after so many
    Nanos shortestPathDelay{0}; //!< gathers link-state changes before paths are computed
    Nanos floodPacing{0};       //!< gathers records before they are flooded
    Nanos leafHold{std::chrono::seconds(3)};   //!< a lost leaf is withdrawn after that
    Nanos learnAge{std::chrono::seconds(300)}; //!< IEEE 802.1D's default ageing time
    Nanos cacheAge{std::chrono::seconds(60)};  //!< of a resolver's answers
    uint16_t unresolvedLimit{16};              //!< PDUs waiting for one answer
    uint32_t maxTableEntries{200000};          //!< of any table that neighbours can fill
    SessionParameters session;                 //!< service and bound come with each session

    /** \return between two hellos; zero if there are none but the first */
    Nanos HelloInterval() const
    {
        return helloInterval > Nanos::zero() ? helloInterval : holdTime / 3;
    }
};

/** One policy per slot; the defaults make a working layer. */
struct LayerPolicies
{
    LayerPolicies();

    std::shared_ptr<const NamingPolicy> naming;
    std::shared_ptr<const DirectoryPolicy> directory;
    std::shared_ptr<const RoutingPolicy> routing;
    std::shared_ptr<const ForwardingPolicy> forwarding;
    std::shared_ptr<const SessionPolicy> datagram;
    std::shared_ptr<const SessionPolicy> reliable; //!< none: such sessions are refused
    std::shared_ptr<const AttachmentPolicy> attachment;
    std::shared_ptr<const LocationPolicy> location;
    std::shared_ptr<const SecurityPolicy> security;
    std::shared_ptr<const SchedulerPolicy> scheduler; //!< none: underlays queue as they like
};

/** \return empty, or one line that says why the choices can't make a layer together */
std::string CheckTogether(const LayerParameters& parameters, const LayerPolicies& policies);

} // namespace strata
} // namespace ns3

#endif /* STRATA_LAYER_POLICY_H */

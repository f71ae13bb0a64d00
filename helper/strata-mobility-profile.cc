// SPDX-License-Identifier: GPL-2.0-only

#include "strata-mobility-profile.h"

#include "ns3/abort.h"

namespace ns3
{
namespace strata
{

std::vector<std::string>
MobilityProfileNames()
{
    std::vector<std::string> names{"ideal", "wifi-like", "cellular-like"};
#ifdef STRATA_HAVE_WIFI
    names.emplace_back("wifi");
#endif
    return names;
}

MobilityProfile
MakeMobilityProfile(const std::string& name)
{
    using namespace std::chrono_literals;
    MobilityProfile profile;
    profile.name = name;
    if (name == "wifi-like")
    {
        profile.notice = 347ms;
        profile.attach = 651ms;
        profile.address = 396ms + 1509ms;
    }
    else if (name == "cellular-like")
    {
        profile.attach = 49500us;
        profile.address = 20ms;
    }
    else if (name == "wifi")
    {
        profile.address = 396ms + 1509ms;
        profile.wireless = true;
    }
    else
    {
        NS_ABORT_MSG_UNLESS(name == "ideal", "no mobility profile is called " << name);
    }
    return profile;
}

} // namespace strata
} // namespace ns3

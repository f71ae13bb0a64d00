// SPDX-License-Identifier: GPL-2.0-only

#include "strata-radio-access.h"

#ifdef STRATA_HAVE_WIFI
#include "strata-wifi-access.h"
#endif

namespace ns3
{
namespace strata
{

std::unique_ptr<RadioAccess>
MakeRadioAccess()
{
#ifdef STRATA_HAVE_WIFI
    return std::make_unique<WifiAccess>();
#else
    return nullptr;
#endif
}

} // namespace strata
} // namespace ns3

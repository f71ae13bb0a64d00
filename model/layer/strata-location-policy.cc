// SPDX-License-Identifier: GPL-2.0-only

#include "strata-location-policy.h"

namespace ns3
{
namespace strata
{

TellByRendezvous::TellByRendezvous(MemberName rendezvous)
    : m_rendezvous(rendezvous)
{
}

} // namespace strata
} // namespace ns3

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

} // namespace strata
} // namespace ns3

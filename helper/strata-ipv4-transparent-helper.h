// SPDX-License-Identifier: GPL-2.0-only

#ifndef STRATA_IPV4_TRANSPARENT_HELPER_H
#define STRATA_IPV4_TRANSPARENT_HELPER_H

#include "ns3/net-device.h"
#include "ns3/strata-ipv4-transparent.h"

namespace ns3
{
namespace strata
{

/** Makes the two gateways of a small-packet network fragment transparently, in both ways. */
class StrataIpv4TransparentHelper
{
  public:
    /**
     * \param left the device of one gateway in the network; its node has StrataIpv4, it an address
     * \param right that of the other one
     */
    static void Install(Ptr<NetDevice> left, Ptr<NetDevice> right);

    /** The gateway object of \p node; it is made at the first call. */
    static Ptr<Ipv4TransparentGateway> Of(Ptr<Node> node);
};

} // namespace strata
} // namespace ns3

#endif /* STRATA_IPV4_TRANSPARENT_HELPER_H */

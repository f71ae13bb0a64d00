// SPDX-License-Identifier: GPL-2.0-only

#ifndef STRATA_SWITCH_HELPER_H
#define STRATA_SWITCH_HELPER_H

#include "ns3/csma-helper.h"
#include "ns3/net-device-container.h"
#include "ns3/node-container.h"

#include <string>

namespace ns3
{
namespace strata
{

/** A switch and the hosts at its ports, in one order. */
struct StrataSwitch
{
    Ptr<Node> node;
    Ptr<NetDevice> bridge;
    NetDeviceContainer ports; //!< of the switch; the first is that of the first host
    NetDeviceContainer hosts; //!< the other ends
};

/**
 * A LAN with a switch: a node with a BridgeNetDevice, and a cable of its own to each host. Unlike
 * the hosts of one CsmaChannel, those at a switch hear what is for them, for all or for somebody
 * unknown, and the switch can judge by port.
 *
 * \code
 *   StrataSwitch lan = StrataSwitchHelper().Install(hosts);
 *   dhcp.InstallSnooper(lan.bridge, NetDeviceContainer(lan.ports.Get(0)));
 * \endcode
 */
class StrataSwitchHelper
{
  public:
    /** Attributes of the cables, as `DataRate` and `Delay`. */
    void SetCableAttribute(const std::string& name, const AttributeValue& value);

    StrataSwitch Install(const NodeContainer& hosts) const;

    /** The cables, for captures. */
    CsmaHelper& GetCable()
    {
        return m_cable;
    }

  private:
    CsmaHelper m_cable;
};

} // namespace strata
} // namespace ns3

#endif /* STRATA_SWITCH_HELPER_H */

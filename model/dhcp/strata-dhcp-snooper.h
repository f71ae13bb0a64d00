// SPDX-License-Identifier: GPL-2.0-only

#ifndef STRATA_DHCP_SNOOPER_H
#define STRATA_DHCP_SNOOPER_H

#include "strata-dhcp-snooping-table.h"

#include "ns3/bridge-net-device.h"
#include "ns3/node.h"
#include "ns3/object.h"
#include "ns3/strata-drop-reason.h"

#include <ostream>

namespace ns3
{
namespace strata
{

/**
 * DHCP snooping in a switch: stands between the ports of a BridgeNetDevice and the bridge, and
 * keeps from the bridge what DhcpSnoopingTable does not let pass. What it drops is counted by the
 * StrataNode of the switch. All other frames pass.
 *
 * \code
 *   NetDeviceContainer bridge = BridgeHelper().Install(node, ports);
 *   Ptr<StrataDhcpSnooper> snooper = CreateObject<StrataDhcpSnooper>();
 *   snooper->Attach(DynamicCast<BridgeNetDevice>(bridge.Get(0)));
 *   snooper->Trust(ports.Get(0)); // where the server is
 * \endcode
 *
 * First fragments are judged by what they show: one of DHCP, or one that hides its ports, does not
 * pass at a port that is not trusted. Without a first fragment there is no datagram.
 */
class StrataDhcpSnooper : public Object
{
  public:
    static TypeId GetTypeId();

    StrataDhcpSnooper();
    ~StrataDhcpSnooper() override;

    /** Watches the ports that the bridge has now. Once, after the bridge has got all its ports. */
    void Attach(Ptr<BridgeNetDevice> bridge);

    /** Servers, relays or ways to them are at \p port. */
    void Trust(Ptr<NetDevice> port);

    /** Who has what address at which port, as far as it was seen. */
    void PrintBindings(std::ostream& os);

    /** The same as values. */
    std::vector<DhcpSnoopedBinding> GetBindings();

  protected:
    void DoDispose() override;

  private:
    void Receive(Ptr<NetDevice> device,
                 Ptr<const Packet> packet,
                 uint16_t etherType,
                 const Address& from,
                 const Address& to,
                 NetDevice::PacketType type);
    /** Why the frame must not pass; none if it may. */
    std::optional<std::string_view> Judge(Ptr<NetDevice> device,
                                          Ptr<const Packet> packet,
                                          const Address& from);
    void MakeTable();

    // Attributes
    bool m_enabled;
    uint32_t m_clientsPerPort;
    double m_rate;
    double m_burst;
    bool m_checkHardware;

    Ptr<BridgeNetDevice> m_bridge;
    Node::ProtocolHandler m_pass; //!< the bridge's own
    std::vector<uint32_t> m_trusted;
    std::optional<DhcpSnoopingTable> m_table;
};

} // namespace strata
} // namespace ns3

#endif /* STRATA_DHCP_SNOOPER_H */

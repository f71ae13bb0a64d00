// SPDX-License-Identifier: GPL-2.0-only

#ifndef STRATA_DEVICE_FLOW_PROVIDER_H
#define STRATA_DEVICE_FLOW_PROVIDER_H

#include "strata-flow-provider.h"

#include "ns3/address.h"
#include "ns3/net-device.h"
#include "ns3/node.h"
#include "ns3/strata-node.h"

#include <map>

namespace ns3
{
namespace strata
{

/**
 * The layer of a LAN or of a point-to-point link, as a member above sees it.
 *
 * A point-to-point device offers one flow while its link is up. A broadcast device (CSMA, Wi-Fi)
 * offers one flow that reaches everybody, and one to each station from which a PDU was heard, up
 * to MaxStations; all end when the link goes down, and one ends when the access point says that
 * its station has left (ForgetStation).
 *
 * PDUs travel under EtherType 0x88B5. The stock PointToPointNetDevice sends that type as PPP
 * protocol 0x0000 and is refused by CanCarry.
 */
class DeviceFlowProvider : public FlowProvider
{
  public:
    static TypeId GetTypeId();

    DeviceFlowProvider();
    ~DeviceFlowProvider() override;

    /** Empty if \p device can carry PDUs of a layer, else one line that says why not. */
    static std::string CanCarry(Ptr<NetDevice> device);

    /** The device to use; it is on a node already. Call once, before Start. */
    void SetDevice(Ptr<NetDevice> device);
    Ptr<NetDevice> GetDevice() const;

    /** The only flow, or the one to everybody; NO_PORT while the link is down. */
    PortId GetPort() const;

    /** The flows of a broadcast device to single stations. */
    const std::map<Address, PortId>& GetStations() const;

    /** The station has left the LAN: its flow ends. */
    void ForgetStation(Address station);

    bool Send(PortId port, const Bytes& pdu, uint8_t slice) override;

  protected:
    void DoDispose() override;
    void DoStart() override;

    /** Whether the device carries frames now; asked when its link has changed. */
    virtual bool IsUp() const;

  private:
    void DoStop() override;
    void LinkChanged();
    void Receive(Ptr<NetDevice> device,
                 Ptr<const Packet> packet,
                 uint16_t protocol,
                 const Address& from,
                 const Address& to,
                 NetDevice::PacketType type);
    FlowProperties Properties() const;
    void Hear(PortId port, Ptr<const Packet> packet);

    Ptr<NetDevice> m_device;
    Ptr<StrataNode> m_node; //!< where frames are asked for, between Start and Stop
    uint32_t m_cost{1};
    uint32_t m_maxStations{4096};
    bool m_watching{false};                //!< the device's link changes are told
    PortId m_port;                         //!< the only flow, or the one to everybody
    std::map<Address, PortId> m_stations;  //!< of a broadcast device
    std::map<PortId, Address> m_addresses; //!< the same, the other way
    Bytes m_buffer;                        //!< of the frame being received
};

} // namespace strata
} // namespace ns3

#endif /* STRATA_DEVICE_FLOW_PROVIDER_H */

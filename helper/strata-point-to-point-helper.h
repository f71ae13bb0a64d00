// SPDX-License-Identifier: GPL-2.0-only

#ifndef STRATA_POINT_TO_POINT_HELPER_H
#define STRATA_POINT_TO_POINT_HELPER_H

#include "ns3/net-device-container.h"
#include "ns3/node-container.h"
#include "ns3/object-factory.h"
#include "ns3/strata-point-to-point-channel.h"
#include "ns3/strata-point-to-point-device.h"
#include "ns3/trace-helper.h"

#include <string>

namespace ns3
{
namespace strata
{

/**
 * Builds point-to-point links of PointToPointDevice, in the manner of ns3::PointToPointHelper.
 */
class StrataPointToPointHelper : public PcapHelperForDevice, public AsciiTraceHelperForDevice
{
  public:
    StrataPointToPointHelper();

    /** Sets an attribute of the devices that will be made. */
    void SetDeviceAttribute(std::string name, const AttributeValue& value);
    /** Sets an attribute of the channels that will be made. */
    void SetChannelAttribute(std::string name, const AttributeValue& value);

    /**
     * Lets queue discs be installed above the devices that will be made: a device whose queue is
     * full then stops the queue disc instead of dropping. Off by default, in which case
     * Ipv4AddressHelper and Ipv6AddressHelper install no queue disc and a packet costs less.
     */
    void EnableFlowControl(bool enable = true);

    /** A link between the two nodes of \p c. */
    NetDeviceContainer Install(NodeContainer c);
    /** A link between \p a and \p b. */
    NetDeviceContainer Install(Ptr<Node> a, Ptr<Node> b);
    NetDeviceContainer Install(Ptr<Node> a, std::string bName);
    NetDeviceContainer Install(std::string aName, Ptr<Node> b);
    NetDeviceContainer Install(std::string aName, std::string bName);

    /** A device on \p node that is attached to nothing yet. */
    Ptr<PointToPointDevice> InstallDevice(Ptr<Node> node);
    /** A channel with both ends free. */
    Ptr<PointToPointChannel> CreateChannel();

  private:
    void EnablePcapInternal(std::string prefix,
                            Ptr<NetDevice> nd,
                            bool promiscuous,
                            bool explicitFilename) override;
    void EnableAsciiInternal(Ptr<OutputStreamWrapper> stream,
                             std::string prefix,
                             Ptr<NetDevice> nd,
                             bool explicitFilename) override;

    ObjectFactory m_deviceFactory;
    ObjectFactory m_channelFactory;
    bool m_flowControl{false};
};

} // namespace strata
} // namespace ns3

#endif /* STRATA_POINT_TO_POINT_HELPER_H */

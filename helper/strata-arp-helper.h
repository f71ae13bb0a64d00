// SPDX-License-Identifier: GPL-2.0-only

#ifndef STRATA_ARP_HELPER_H
#define STRATA_ARP_HELPER_H

#include "ns3/attribute.h"
#include "ns3/ipv4-interface-address.h"
#include "ns3/net-device-container.h"
#include "ns3/node-container.h"
#include "ns3/object-factory.h"
#include "ns3/strata-arp-protocol.h"

#include <string>

namespace ns3
{
namespace strata
{

/**
 * Puts StrataArp in the place of the stock ARP, on nodes that InternetStackHelper has built or
 * will build, before or after they get addresses.
 *
 * \code
 * StrataArpHelper arp;
 * arp.SetAttribute("Learning", StringValue("all"));
 * arp.Install(nodes);
 * arp.AddBinding(routers.Get(0), "10.0.0.1", gateway->GetAddress());
 * \endcode
 *
 * The methods that take a device install on its node if need be; it must have its IPv4 interface.
 */
class StrataArpHelper
{
  public:
    StrataArpHelper();

    /** An attribute of StrataArp on nodes that Install() comes to from now on. */
    void SetAttribute(std::string name, const AttributeValue& value);

    void Install(NodeContainer nodes) const;
    void Install(std::string nodeName) const;
    /** The attributes are set also if the node had the object before. */
    Ptr<StrataArp> Install(Ptr<Node> node) const;

    /** \p hardware is at \p address, whatever comes from the wire. */
    void AddStaticEntry(Ptr<NetDevice> device, Ipv4Address address, Address hardware) const;

    /** \p device answers for addresses of the network that are reached by other interfaces. */
    void AddProxy(Ptr<NetDevice> device, Ipv4Address network, Ipv4Mask mask) const;

    /** \p device believes in no other hardware at \p address. */
    void AddBinding(Ptr<NetDevice> device, Ipv4Address address, Address hardware) const;
    /** Each of \p devices believes in no other hardware at the addresses that all of them have. */
    void AddBindings(NetDeviceContainer devices) const;

    /** At \p time, probes for \p address and assigns it if nobody has it (RFC 5227). */
    void ProbeAndAssign(Ptr<NetDevice> device,
                        Ipv4InterfaceAddress address,
                        Time time = Time(0),
                        StrataArp::AssignCallback done = StrataArp::AssignCallback()) const;

    /** At \p time, announces the addresses of \p device. */
    void Announce(Ptr<NetDevice> device, Time time = Time(0)) const;

    /** \return the number of random streams that were assigned */
    int64_t AssignStreams(NodeContainer nodes, int64_t stream) const;

  private:
    Ptr<StrataArp> On(Ptr<NetDevice> device) const;

    ObjectFactory m_factory;
    std::vector<std::pair<std::string, Ptr<AttributeValue>>> m_attributes;
};

} // namespace strata
} // namespace ns3

#endif /* STRATA_ARP_HELPER_H */

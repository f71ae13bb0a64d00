// SPDX-License-Identifier: GPL-2.0-only

#ifndef STRATA_DHCP_HELPER_H
#define STRATA_DHCP_HELPER_H

#include "ns3/application-container.h"
#include "ns3/net-device-container.h"
#include "ns3/node-container.h"
#include "ns3/object-factory.h"
#include "ns3/strata-dhcp-client-application.h"
#include "ns3/strata-dhcp-relay-application.h"
#include "ns3/strata-dhcp-server-application.h"
#include "ns3/strata-dhcp-snooper.h"

#include <string>
#include <vector>

namespace ns3
{
namespace strata
{

/** What clients of a subnet are told, beside their address and mask. All is text. */
struct DhcpPoolOptions
{
    std::vector<std::string> routers;
    std::vector<std::string> dnsServers;
    std::vector<std::string> ntpServers;
    std::string domainName;
    /** Networks and next hops: {"10.2.0.0/16", "10.1.0.254"}; 0.0.0.0 is the link itself. */
    std::vector<std::pair<std::string, std::string>> routes;
    Time lease{Hours(1)};        //!< for a client that asks for none
    Time leastLease{Minutes(1)}; //!< whatever a client asks for, here and below
    Time mostLease{Hours(24)};
};

/**
 * DHCP on nodes of the stock stack.
 *
 * \code
 *   StrataDhcpHelper dhcp;
 *   Ptr<StrataDhcpServer> server = dhcp.InstallServer(serverNode);
 *   DhcpPoolOptions options;
 *   options.routers = {"10.1.0.1"};
 *   dhcp.AddPool(server, "10.1.0.0/24", "10.1.0.100", "10.1.0.199", options);
 *   dhcp.InstallRelay(router, {"10.9.0.2"});
 *   dhcp.InstallClient(devices); // need no addresses
 * \endcode
 *
 * Text that makes no sense ends the program with one line about it.
 */
class StrataDhcpHelper
{
  public:
    StrataDhcpHelper();

    /** Attributes of what will be installed. */
    void SetClientAttribute(std::string name, const AttributeValue& value);
    void SetServerAttribute(std::string name, const AttributeValue& value);
    void SetRelayAttribute(std::string name, const AttributeValue& value);
    void SetSnooperAttribute(std::string name, const AttributeValue& value);

    Ptr<StrataDhcpServer> InstallServer(Ptr<Node> node) const;

    /**
     * Addresses \p first to \p last of \p network, which has the form 10.1.0.0/24, for clients of
     * DHCP. More than one pool may lie in a network; the options of the first one hold.
     */
    static void AddPool(Ptr<StrataDhcpServer> server,
                        const std::string& network,
                        const std::string& first,
                        const std::string& last,
                        const DhcpPoolOptions& options = {});

    /** The same for clients of BOOTP, which keep what they get for good. */
    static void AddBootpPool(Ptr<StrataDhcpServer> server,
                             const std::string& network,
                             const std::string& first,
                             const std::string& last,
                             const DhcpPoolOptions& options = {});

    /**
     * \p client gets \p address, in whatever network of the server's it lies.
     *
     * \param client a hardware address as 00:00:5e:00:53:01, or the text of a client identifier
     */
    static void Reserve(Ptr<StrataDhcpServer> server,
                        const std::string& client,
                        const std::string& address);

    Ptr<StrataDhcpRelay> InstallRelay(Ptr<Node> node,
                                      const std::vector<std::string>& servers) const;

    /** A client for the device, which needs no address and no IPv4 interface. */
    Ptr<StrataDhcpClient> InstallClient(Ptr<NetDevice> device) const;
    ApplicationContainer InstallClient(const NetDeviceContainer& devices) const;

    /** DHCP snooping for the ports of a bridge; servers are at \p trusted alone. */
    Ptr<StrataDhcpSnooper> InstallSnooper(Ptr<NetDevice> bridge,
                                          const NetDeviceContainer& trusted) const;

    /** \return the number of random streams that were assigned */
    static int64_t AssignStreams(const NodeContainer& nodes, int64_t stream);

  private:
    static uint32_t FindOrAddSubnet(Ptr<StrataDhcpServer> server,
                                    const std::string& network,
                                    const DhcpPoolOptions& options);
    static void AddRange(Ptr<StrataDhcpServer> server,
                         const std::string& network,
                         const std::string& first,
                         const std::string& last,
                         const DhcpPoolOptions& options,
                         bool leasing);

    ObjectFactory m_client;
    ObjectFactory m_server;
    ObjectFactory m_relay;
    ObjectFactory m_snooper;
};

} // namespace strata
} // namespace ns3

#endif /* STRATA_DHCP_HELPER_H */

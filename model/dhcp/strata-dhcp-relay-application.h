// SPDX-License-Identifier: GPL-2.0-only

#ifndef STRATA_DHCP_RELAY_APPLICATION_H
#define STRATA_DHCP_RELAY_APPLICATION_H

#include "strata-dhcp-endpoint.h"
#include "strata-dhcp-relay-decision.h"
#include "strata-dhcp-snooping-table.h"

#include "ns3/application.h"
#include "ns3/traced-callback.h"

#include <ostream>
#include <set>
#include <string>

namespace ns3
{
namespace strata
{

/**
 * A BOOTP and DHCP relay agent on a router (RFC 1542, RFC 3046).
 *
 * Its ports are the interfaces that have an address when it starts. What clients send to all comes
 * to it in frames, so that it knows who has sent it; what other relays and servers send to it comes
 * by the socket.
 *
 * With Snooping, a port is trusted if it was named so, or if the route to a server leaves by it.
 */
class StrataDhcpRelay : public Application
{
  public:
    /** \param [in] toServers whether it goes to the servers; else to a client */
    typedef void (*ForwardTracedCallback)(const DhcpMessage& message, bool toServers);

    static TypeId GetTypeId();

    StrataDhcpRelay();
    ~StrataDhcpRelay() override;

    /** Requests go to this server, too. */
    void AddServer(Ipv4Address server);

    /** The port may speak for servers, and requests with option 82 may come by it. */
    void Trust(Ptr<NetDevice> device);

    /** Requests that come by \p device carry \p name as circuit id, in the place of its number. */
    void SetCircuit(Ptr<NetDevice> device, const std::string& name);

    /** Who has what address at which interface, as far as it was seen; empty without Snooping. */
    void PrintBindings(std::ostream& os);

  protected:
    void DoDispose() override;

  private:
    void StartApplication() override;
    void StopApplication() override;

    void MakePorts();
    void Receive(const DhcpMessage& message, const DhcpEndpoint::Arrival& arrival);
    void Drop(const DhcpEndpoint::Arrival& arrival, std::string_view why);
    void ReadServers();

    // Attributes
    std::string m_serverText;
    uint32_t m_maxHops;
    uint32_t m_minSeconds;
    bool m_information;
    std::string m_remote;
    bool m_snooping;
    uint32_t m_clientsPerPort;
    double m_rate;
    double m_burst;
    bool m_checkHardware;

    std::vector<Ipv4Address> m_servers;
    std::set<Ptr<NetDevice>> m_trusted;
    std::map<Ptr<NetDevice>, std::string> m_circuits;
    DhcpRelayDecision m_decision;
    DhcpSnoopingTable m_snoop;
    DhcpEndpoint m_endpoint;
    TracedCallback<const DhcpMessage&, bool> m_forwardTrace;
};

} // namespace strata
} // namespace ns3

#endif /* STRATA_DHCP_RELAY_APPLICATION_H */

// SPDX-License-Identifier: GPL-2.0-only

#ifndef STRATA_ROUTER_DISCOVERY_APPLICATION_H
#define STRATA_ROUTER_DISCOVERY_APPLICATION_H

#include "strata-icmp-endpoint.h"
#include "strata-router-discovery-machine.h"

#include "ns3/application.h"
#include "ns3/event-id.h"
#include "ns3/random-variable-stream.h"
#include "ns3/traced-callback.h"

#include <memory>
#include <string>
#include <vector>

namespace ns3
{
namespace strata
{

/**
 * ICMP router discovery (RFC 1256) on all interfaces of a node that have an address.
 *
 * A router advertises its addresses. A host solicits, listens, and sets its default route by the
 * node's Ipv4StaticRouting: to the router of the highest preference whose lifetime lasts; without
 * one it takes the route back. It runs on nodes of the stock stack as well.
 */
class RouterDiscoveryApplication : public Application
{
  public:
    /**
     * Signature of the trace source Gateway.
     *
     * \param [in] interface on which the gateway is
     * \param [in] gateway the new one; 0.0.0.0 for none
     */
    typedef void (*GatewayTracedCallback)(uint32_t interface, Ipv4Address gateway);

    static TypeId GetTypeId();

    RouterDiscoveryApplication();
    ~RouterDiscoveryApplication() override;

    /** A host that hears no more of \p router uses another one until it is advertised again. */
    void MarkUnreachable(Ipv4Address router);

    /** The gateway of a host on \p interface; 0.0.0.0 for none. */
    Ipv4Address GetGateway(uint32_t interface) const;

    /** \return how many streams were used: 1 */
    int64_t AssignStreams(int64_t stream);

  protected:
    void DoDispose() override;

  private:
    /** One interface and both machines, of which the role uses one. */
    struct Port
    {
        uint32_t interface {
            0
        };
        Ipv4Address address;
        Ipv4Mask mask;
        std::unique_ptr<IcmpEndpoint> icmp;
        RouterAdvertiserMachine router;
        RouterDiscoveryMachine host;
        Ipv4Address gateway{Ipv4Address::GetAny()};
    };

    void StartApplication() override;
    void StopApplication() override;

    void SetRole(std::string role);
    std::string GetRole() const;

    void OpenPort(uint32_t interface);
    void Receive(Port& port, const IcmpMessage& message, const Ipv4WireHeader& header);
    void Tick();
    void Reschedule();
    void Send(const Port& port, const IcmpMessage& message, uint32_t destination);
    void Send(const Port& port, const std::vector<RouterAdvertToSend>& adverts);
    void UpdateGateway(Port& port);
    uint64_t Random();

    bool m_isRouter{false};
    int32_t m_preference;
    Time m_maxInterval;
    Time m_minInterval;
    Time m_lifetime;
    uint32_t m_metric;
    std::vector<std::unique_ptr<Port>> m_ports;
    Ptr<UniformRandomVariable> m_random;
    EventId m_timer;
    TracedCallback<uint32_t, Ipv4Address> m_gatewayTrace;
};

} // namespace strata
} // namespace ns3

#endif /* STRATA_ROUTER_DISCOVERY_APPLICATION_H */

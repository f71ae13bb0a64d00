// SPDX-License-Identifier: GPL-2.0-only

#ifndef STRATA_DHCP_CLIENT_APPLICATION_H
#define STRATA_DHCP_CLIENT_APPLICATION_H

#include "strata-dhcp-address-claim.h"
#include "strata-dhcp-client-machine.h"
#include "strata-dhcp-endpoint.h"
#include "strata-dhcp-host.h"

#include "ns3/application.h"
#include "ns3/ipv4-address.h"
#include "ns3/random-variable-stream.h"
#include "ns3/strata-deadline-timer.h"
#include "ns3/traced-callback.h"

#include <memory>
#include <string>
#include <vector>

namespace ns3
{
namespace strata
{

/**
 * A DHCP client on one device of a node (RFC 2131): DhcpClientMachine with the node's address,
 * routes and clock. It works on nodes of the stock stack, with StrataIpv4 and StrataArp or without.
 *
 * When the application stops, the address is given back if ReleaseOnStop says so.
 */
class StrataDhcpClient : public Application
{
  public:
    /** \param [in] before the name of the state in RFC 2131, as `REQUESTING` */
    typedef void (*StateTracedCallback)(std::string before, std::string after);
    /** The lease that began or was renewed, or that is over. */
    typedef void (*LeaseTracedCallback)(const DhcpLease& lease);
    /** \param [in] sent whether this client has sent it; else it has received it */
    typedef void (*MessageTracedCallback)(const DhcpMessage& message, bool sent);

    static TypeId GetTypeId();

    StrataDhcpClient();
    ~StrataDhcpClient() override;

    /** The device to configure; without a word it is the node's first one with a 48-bit address. */
    void SetDevice(Ptr<NetDevice> device);
    Ptr<NetDevice> GetDevice() const;

    /** Gives the address back and stays without one (RFC 2131 section 4.4.6). */
    void Release();

    /** Begins again after Release(), or checks the address again as after a change of link. */
    void Restart();

    /** Asks for parameters for an address that was configured by hand (section 4.4.3). */
    void Inform(Ipv4Address address);

    /** The state's name in RFC 2131. */
    std::string GetState() const;

    /** The lease in use; null without one. */
    const DhcpLease* GetLease() const;

    /** The address in use; 0.0.0.0 without a lease. Here and below, of the lease in use. */
    Ipv4Address GetAddress() const;
    Ipv4Address GetServer() const;
    std::vector<Ipv4Address> GetDnsServers() const;
    std::vector<Ipv4Address> GetNtpServers() const;
    std::string GetDomainName() const;

    /** What the last INFORM brought; null before. */
    const DhcpLease* GetInformation() const;

    /** \return the number of random streams that were assigned: 1 */
    int64_t AssignStreams(int64_t stream);

  protected:
    void DoDispose() override;

  private:
    void StartApplication() override;
    void StopApplication() override;

    DhcpClientParameters MakeParameters() const;
    /** Makes the machine and opens the ways in, unless that was done. */
    void Open();
    void Close();
    void Do(const DhcpClientEffects& effects);
    void Send(const DhcpClientSend& send);
    void Apply(const DhcpClientApply& effect);
    void Withdraw(const DhcpClientWithdraw& effect);
    void Receive(const DhcpMessage& message, const DhcpEndpoint::Arrival& arrival);
    void ArpConflict(Ptr<NetDevice> device, Ipv4Address address, Address other, std::string what);
    void LinkChanged();
    void Schedule();

    // Attributes
    std::string m_identifier;
    std::string m_hostName;
    bool m_broadcast;
    Time m_leaseTime;
    Time m_startMin;
    Time m_startMax;
    Time m_offerWait;
    bool m_probe;
    bool m_releaseOnStop;
    uint32_t m_requestCount;
    Time m_declineWait;
    double m_renewalFuzz;
    Ipv4Address m_inform{Ipv4Address::GetAny()};

    Ptr<NetDevice> m_device;
    Ptr<UniformRandomVariable> m_uniform;
    std::unique_ptr<DhcpClientMachine> m_machine;
    DhcpEndpoint m_endpoint;
    DhcpAddressClaim m_claim;
    DhcpHost m_host;
    DeadlineTimer m_timer;
    std::optional<DhcpLease> m_information;
    bool m_open{false};
    bool m_linkUp{true};
    Address m_serverHardware;     //!< of whoever sent the last frame: the server or a relay
    Ptr<const Packet> m_received; //!< the packet whose message is being handled

    TracedCallback<std::string, std::string> m_stateTrace;
    TracedCallback<const DhcpLease&> m_newLeaseTrace;
    TracedCallback<const DhcpLease&> m_expireTrace;
    TracedCallback<const DhcpMessage&, bool> m_messageTrace;
};

} // namespace strata
} // namespace ns3

#endif /* STRATA_DHCP_CLIENT_APPLICATION_H */

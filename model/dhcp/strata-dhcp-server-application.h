// SPDX-License-Identifier: GPL-2.0-only

#ifndef STRATA_DHCP_SERVER_APPLICATION_H
#define STRATA_DHCP_SERVER_APPLICATION_H

#include "strata-dhcp-endpoint.h"
#include "strata-dhcp-server-machine.h"

#include "ns3/application.h"
#include "ns3/strata-deadline-timer.h"
#include "ns3/strata-icmp-endpoint.h"
#include "ns3/traced-callback.h"

#include <fstream>
#include <memory>
#include <ostream>
#include <string>

namespace ns3
{
namespace strata
{

/**
 * A DHCP and BOOTP server on a node (RFC 2131): DhcpServerMachine with the node's interfaces and
 * clock. StrataDhcpHelper describes subnets and pools by text.
 *
 * It answers at all interfaces that have an address when it starts, and to relays anywhere.
 */
class StrataDhcpServer : public Application
{
  public:
    /** An offer, a lease that began or ended, a refusal, ... (DhcpEventKind). */
    typedef void (*LeaseTracedCallback)(const DhcpServerEvent& event);
    /** \param [in] sent whether the server has sent it; else it has received it */
    typedef void (*MessageTracedCallback)(const DhcpMessage& message, bool sent);

    static TypeId GetTypeId();

    StrataDhcpServer();
    ~StrataDhcpServer() override;

    // What follows may be said before the start and while the server runs.

    /** \return the number of the subnet */
    uint32_t AddSubnet(const DhcpSubnet& subnet);
    /** Preconditions as those of DhcpServerMachine::AddRange(). */
    void AddRange(uint32_t subnet, Ipv4Address first, Ipv4Address last, bool leasing);
    void Reserve(uint32_t subnet, const DhcpClientKey& client, Ipv4Address address);
    void Exclude(Ipv4Address address);
    const std::vector<DhcpSubnet>& GetSubnets() const;
    /** Whether a range has an address from \p first to \p last. */
    bool Overlaps(Ipv4Address first, Ipv4Address last) const;

    /**
     * Crashes and starts again: what is not in the lease file is forgotten. Without a lease file
     * that is everything.
     */
    void Restart();

    /** Writes all bindings, a line each (DhcpLeaseLine()). */
    void ExportLeases(std::ostream& os) const;

    /**
     * Takes bindings back.
     *
     * \return the number of the first line that is malformed or has an address of no subnet; what
     *         stands before it is taken. 0 if there is none
     */
    uint32_t ImportLeases(std::istream& is);

    /** A table of all bindings for people. */
    void PrintLeases(std::ostream& os) const;

    /** How often something has happened since the start, restarts included. */
    uint64_t Count(DhcpEventKind kind) const;

    /** Null before the start. */
    const DhcpServerMachine* GetMachine() const;

  protected:
    void DoDispose() override;

  private:
    struct Range
    {
        uint32_t subnet;
        Ipv4Address first;
        Ipv4Address last;
        bool leasing;
    };

    struct Reservation
    {
        uint32_t subnet;
        DhcpClientKey client;
        Ipv4Address address;
    };

    void StartApplication() override;
    void StopApplication() override;

    void MakeMachine();
    void LoadFile();
    void Receive(const DhcpMessage& message, const DhcpEndpoint::Arrival& arrival);
    void ReceiveIcmp(const IcmpMessage& message, const Ipv4WireHeader& header);
    void Do(const DhcpServerEffects& effects, Ptr<const Packet> packet = nullptr);
    void Send(const DhcpServerSend& send);
    void Schedule();

    // Attributes
    Time m_offerTime;
    Time m_abandonTime;
    bool m_probe;
    Time m_probeWait;
    std::string m_leaseFile;

    std::vector<DhcpSubnet> m_subnets;
    std::vector<Range> m_ranges;
    std::vector<Reservation> m_reservations;
    std::vector<Ipv4Address> m_excluded;

    std::unique_ptr<DhcpServerMachine> m_machine;
    std::array<uint64_t, DHCP_EVENT_KINDS> m_counts{}; //!< of machines before this one
    DhcpEndpoint m_endpoint;
    IcmpEndpoint m_icmp;
    uint16_t m_icmpIdentifier{0};
    uint16_t m_icmpSequence{0};
    std::ofstream m_store;
    DeadlineTimer m_timer;

    TracedCallback<const DhcpServerEvent&> m_leaseTrace;
    TracedCallback<const DhcpMessage&, bool> m_messageTrace;
};

} // namespace strata
} // namespace ns3

#endif /* STRATA_DHCP_SERVER_APPLICATION_H */

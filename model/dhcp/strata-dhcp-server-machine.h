// SPDX-License-Identifier: GPL-2.0-only

#ifndef STRATA_DHCP_SERVER_MACHINE_H
#define STRATA_DHCP_SERVER_MACHINE_H

#include "strata-dhcp-answer-decision.h"
#include "strata-dhcp-subnet-table.h"

namespace ns3
{
namespace strata
{

/**
 * A DHCP and BOOTP server (RFC 2131 section 4.3).
 *
 * Of what it is made: DhcpSubnetTable knows where a client is, DhcpLeaseTable who has what, and
 * the answers are those of DhcpAnswer().
 *
 * Two kinds of ranges: those that lease, for DHCP, and those that do not, for BOOTP clients. What
 * the latter give never comes back.
 *
 * \code
 *   DhcpServerMachine server(parameters);
 *   const uint32_t subnet = server.AddSubnet(description);
 *   server.AddRange(subnet, first, last, true);
 *   Do(server.OnMessage(message, arrival, now));
 *   // at server.NextDeadline(): Do(server.Tick(now))
 * \endcode
 */
class DhcpServerMachine
{
  public:
    explicit DhcpServerMachine(DhcpServerParameters parameters = {});

    /** \return the number of the subnet */
    uint32_t AddSubnet(DhcpSubnet subnet);

    /** Preconditions: the subnet is known; its ranges do not overlap and lie in it. */
    void AddRange(uint32_t subnet, uint32_t first, uint32_t last, bool leasing);

    /** \p client gets \p address and no other; nobody else gets it. */
    void Reserve(uint32_t subnet, const DhcpClientKey& client, uint32_t address);

    /** Nobody gets \p address. */
    void Exclude(uint32_t address);

    /** The server's own addresses: who names one of them as server identifier means this server. */
    void SetOwnAddresses(const std::vector<uint32_t>& addresses);

    /** A message that came to the server's port. */
    DhcpServerEffects OnMessage(const DhcpMessage& message, const DhcpArrival& arrival, Nanos now);

    /** Somebody answers at an address that was asked for. */
    DhcpServerEffects OnProbeAnswered(uint32_t address, Nanos now);

    /** What is due at \p now. */
    DhcpServerEffects Tick(Nanos now);

    /** NEVER if nothing is pending. */
    Nanos NextDeadline() const
    {
        return m_leases.NextDeadline();
    }

    /** Takes back a binding of the lease store; \return false if no subnet has its address. */
    bool Restore(DhcpBinding binding);

    const DhcpLeaseTable& GetLeases() const
    {
        return m_leases;
    }

    const std::vector<DhcpSubnet>& GetSubnets() const
    {
        return m_subnets.All();
    }

    /** How often something has happened. */
    uint64_t Count(DhcpEventKind kind) const
    {
        return m_counts[static_cast<std::size_t>(kind)];
    }

    /** The number of the subnet that \p address lies in, the smallest of several. */
    std::optional<uint32_t> SubnetOf(uint32_t address) const
    {
        return m_subnets.Of(address);
    }

  private:
    /** A DISCOVER that is answered when it is known that nobody has the address. */
    struct Probing
    {
        DhcpMessage message;
        DhcpArrival arrival;
    };

    DhcpRequest RequestOf(const Probing& probing) const;
    void OnBootp(const DhcpRequest& request, DhcpServerEffects& effects);
    void OnDiscover(const DhcpRequest& request, Nanos now, DhcpServerEffects& effects);
    void OnRequest(const DhcpRequest& request, Nanos now, DhcpServerEffects& effects);
    void OnSelection(const DhcpRequest& request,
                     uint32_t server,
                     Nanos now,
                     DhcpServerEffects& effects);
    bool IsOwn(uint32_t server, const DhcpRequest& request) const;
    void OnExtension(const DhcpRequest& request, Nanos now, DhcpServerEffects& effects);
    void OnDecline(const DhcpRequest& request, Nanos now, DhcpServerEffects& effects);
    void OnRelease(const DhcpRequest& request, DhcpServerEffects& effects);
    void OnInform(const DhcpRequest& request, DhcpServerEffects& effects);

    std::optional<uint32_t> ChooseAddress(const DhcpRequest& request);
    std::optional<uint32_t> Reserved(const DhcpRequest& request) const;
    bool MayHave(const DhcpRequest& request, const DhcpBinding& binding) const;
    bool IsOfAnother(const DhcpRequest& request, uint32_t address) const;
    void Offer(const DhcpRequest& request, uint32_t address, Nanos now, DhcpServerEffects& effects);
    void Bind(const DhcpRequest& request, uint32_t address, Nanos now, DhcpServerEffects& effects);
    void Refuse(const DhcpRequest& request, const std::string& why, DhcpServerEffects& effects);
    void Report(DhcpEventKind kind, const DhcpBinding& binding, DhcpServerEffects& effects);
    void Report(DhcpEventKind kind, const DhcpRequest& request, DhcpServerEffects& effects);
    void Store(uint32_t address, DhcpServerEffects& effects);

    DhcpServerParameters m_parameters;
    DhcpSubnetTable m_subnets;
    std::unordered_set<uint32_t> m_own;
    DhcpLeaseTable m_leases;
    std::unordered_map<uint32_t, Probing> m_probing; //!< by the address that is asked for
    std::array<uint64_t, DHCP_EVENT_KINDS> m_counts{};
};

} // namespace strata
} // namespace ns3

#endif /* STRATA_DHCP_SERVER_MACHINE_H */

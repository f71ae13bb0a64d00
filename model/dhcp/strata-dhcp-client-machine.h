// SPDX-License-Identifier: GPL-2.0-only

#ifndef STRATA_DHCP_CLIENT_MACHINE_H
#define STRATA_DHCP_CLIENT_MACHINE_H

#include "strata-dhcp-client-state.h"

namespace ns3
{
namespace strata
{

/**
 * A DHCP client on one interface (RFC 2131 section 4.4).
 *
 * \code
 *   DhcpClientMachine client(parameters, random);
 *   Do(client.Start(now));
 *   // a reply: Do(client.OnMessage(message, now)); an address probed: Do(client.OnProbeDone(...));
 *   // at client.NextDeadline(): Do(client.Tick(now))
 * \endcode
 */
class DhcpClientMachine
{
  public:
    /** \param random numbers drawn uniformly from [0, 1) */
    DhcpClientMachine(DhcpClientParameters parameters, UniformRandom random);

    /** From INIT; with a lease that is remembered and not over, from INIT-REBOOT (section 3.2). */
    DhcpClientEffects Start(Nanos now);

    /** Stops without a word; the address goes, the lease is remembered for the next Start(). */
    DhcpClientEffects Stop(Nanos now);

    /** Gives the address back (section 4.4.6) and stops. */
    DhcpClientEffects Release(Nanos now);

    /** Asks for parameters for \p address, which was configured by hand (section 4.4.3). */
    DhcpClientEffects Inform(uint32_t address, Nanos now);

    /** The link may be another one: the address is checked with the servers (section 3.7). */
    DhcpClientEffects LinkChanged(Nanos now);

    /** A message that came to the client's port. */
    DhcpClientEffects OnMessage(const DhcpMessage& message, Nanos now);

    /** \param taken whether another host has the address */
    DhcpClientEffects OnProbeDone(uint32_t address, bool taken, Nanos now);

    /** Another host uses the address that is ours: it is declined. */
    DhcpClientEffects OnConflict(uint32_t address, Nanos now);

    /** What is due at \p now. */
    DhcpClientEffects Tick(Nanos now);

    /** When Tick has something to do; NEVER if nothing is pending. */
    Nanos NextDeadline() const
    {
        return m_deadline;
    }

    DhcpClientState GetState() const
    {
        return m_state;
    }

    /** The lease that is held, checked or remembered; none before the first. */
    const std::optional<DhcpLease>& GetLease() const
    {
        return m_lease;
    }

    /** Whether the host has the lease's address now. */
    bool IsConfigured() const
    {
        return m_configured;
    }

    const DhcpClientParameters& GetParameters() const
    {
        return m_parameters;
    }

    auto Tie() const
    {
        return std::tie(m_parameters,
                        m_state,
                        m_lease,
                        m_offer,
                        m_configured,
                        m_transaction,
                        m_began,
                        m_discovered,
                        m_sent,
                        m_attempts,
                        m_refusals,
                        m_deadline,
                        m_informAddress);
    }

  private:
    struct Offer
    {
        uint32_t address{0};
        uint32_t server{0};

        auto Tie() const
        {
            return std::tie(address, server);
        }
    };

    void Enter(DhcpClientState state, DhcpClientEffects& effects);
    void EnterInit(Nanos now, Nanos wait, DhcpClientEffects& effects);
    void BeginDiscovery(Nanos now, DhcpClientEffects& effects);
    void BeginReboot(Nanos now, DhcpClientEffects& effects);
    void Request(Nanos now, DhcpClientEffects& effects);
    void Withdraw(bool expired, DhcpClientEffects& effects);
    void Expired(Nanos now, DhcpClientEffects& effects);
    void Decline(Nanos now, DhcpClientEffects& effects);
    void Acknowledged(const DhcpMessage& message,
                      const DhcpOptions& options,
                      Nanos now,
                      DhcpClientEffects& effects);
    void Refused(Nanos now, DhcpClientEffects& effects);
    void Bind(Nanos now, DhcpClientEffects& effects);

    void SendDiscover(Nanos now, DhcpClientEffects& effects);
    void SendRequest(Nanos now, DhcpClientEffects& effects);
    void SendInform(Nanos now, DhcpClientEffects& effects);
    /** The wait behind the attempt that was just made (section 4.1). */
    Nanos RetryWait() const;
    void NewTransaction(Nanos now);

    DhcpClientParameters m_parameters;
    UniformRandom m_random;
    DhcpClientState m_state{DhcpClientState::STOPPED};
    std::optional<DhcpLease> m_lease;
    std::optional<Offer> m_offer;
    bool m_configured{false};
    uint32_t m_transaction{0};
    Nanos m_began{0};       //!< of the exchange: what secs counts from
    Nanos m_discovered{0};  //!< the last DISCOVER
    Nanos m_sent{0};        //!< the first REQUEST of the transaction
    uint32_t m_attempts{0}; //!< transmissions in this state
    uint32_t m_refusals{0}; //!< NAKs since the last lease
    Nanos m_deadline{NEVER};
    uint32_t m_informAddress{0};
};

} // namespace strata
} // namespace ns3

#endif /* STRATA_DHCP_CLIENT_MACHINE_H */

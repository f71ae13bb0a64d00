// SPDX-License-Identifier: GPL-2.0-only

#ifndef STRATA_DHCP_CLIENT_MACHINE_H
#define STRATA_DHCP_CLIENT_MACHINE_H

#include "ns3/strata-arp-state.h"
#include "ns3/strata-dhcp-message.h"
#include "ns3/strata-tied.h"
#include "ns3/strata-time.h"

#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace ns3
{
namespace strata
{

/** The states of RFC 2131 figure 5, and three that it has no box for. */
enum class DhcpClientState : uint8_t
{
    INIT,
    SELECTING,
    REQUESTING,
    INIT_REBOOT,
    REBOOTING,
    CHECKING, //!< ours: acknowledged, being probed for (section 3.1 step 5)
    BOUND,
    RENEWING,
    REBINDING,
    INFORMING, //!< ours: asks for parameters alone (section 3.4)
    STOPPED,   //!< ours: does nothing
};

/** The name that RFC 2131 has: `INIT-REBOOT`, ... */
const char* DhcpClientStateName(DhcpClientState state);

struct DhcpClientParameters
{
    MacBytes hardware{};
    Bytes identifier;      //!< option 61; empty: none is sent, chaddr stands for the client
    std::string hostName;  //!< option 12; empty: none is sent
    bool broadcast{false}; //!< asks for replies by broadcast (section 4.1)
    uint32_t leaseTime{0}; //!< seconds to ask for; 0: what the server thinks right
    Nanos startMin{std::chrono::seconds(1)}; //!< wait before the first DISCOVER (section 4.4.1)
    Nanos startMax{std::chrono::seconds(10)};
    Nanos offerWait{0}; //!< how long offers are collected; 0: the first one is taken
    bool probe{true};   //!< asks by ARP before an address is used (section 4.4.1)
    Nanos retryFirst{std::chrono::seconds(4)}; //!< doubled up to retryMax (section 4.1)
    Nanos retryMax{std::chrono::seconds(64)};
    Nanos retryJitter{std::chrono::seconds(1)};  //!< plus or minus
    uint32_t requestCount{4};                    //!< REQUESTs before INIT again (section 4.4.1)
    Nanos declineWait{std::chrono::seconds(10)}; //!< section 3.1 step 5
    Nanos renewMin{std::chrono::seconds(60)};    //!< section 4.4.5
    double renewalFuzz{0.05}; //!< the part of T1 and T2 that they vary by; 0: by nothing
    std::vector<uint8_t> wanted{1, 121, 3, 6, 15, 26, 28, 42, 51, 54, 58, 59}; //!< option 55

    auto Tie() const
    {
        return std::tie(hardware,
                        identifier,
                        hostName,
                        broadcast,
                        leaseTime,
                        startMin,
                        startMax,
                        offerWait,
                        probe,
                        retryFirst,
                        retryMax,
                        retryJitter,
                        requestCount,
                        declineWait,
                        renewMin,
                        renewalFuzz,
                        wanted);
    }
};

/** What a server gave: an address, how long it is ours, and parameters for the host. */
struct DhcpLease
{
    static constexpr uint32_t INFINITE = 0xffffffff; //!< RFC 2131 section 3.3

    uint32_t address{0};
    uint32_t server{0}; //!< its identifier
    unsigned prefixLength{32};
    std::vector<uint32_t> routers;
    std::vector<uint32_t> dnsServers;
    std::vector<uint32_t> ntpServers;
    std::vector<DhcpRoute> routes; //!< option 121; routers are to be ignored where there are any
    std::string domainName;
    uint16_t mtu{0}; //!< 0: none was given
    uint32_t leaseSeconds{0};
    Nanos obtained{0};     //!< when the first REQUEST was sent that may have been acknowledged
    Nanos renewAt{NEVER};  //!< T1
    Nanos rebindAt{NEVER}; //!< T2
    Nanos expiresAt{NEVER};

    auto Tie() const
    {
        return std::tie(address,
                        server,
                        prefixLength,
                        routers,
                        dnsServers,
                        ntpServers,
                        routes,
                        domainName,
                        mtu,
                        leaseSeconds,
                        obtained,
                        renewAt,
                        rebindAt,
                        expiresAt);
    }
};

// ---- What the caller is to do, in this order ----

/** A message to send, from the client's port to the server's. */
struct DhcpClientSend
{
    DhcpMessage message;
    DhcpMessageType type{DhcpMessageType::DISCOVER};
    uint32_t source{0};
    uint32_t destination{0xffffffff}; //!< all ones: to all on the link, whatever routes there are

    auto Tie() const
    {
        return std::tie(message, type, source, destination);
    }
};

/** Asks by ARP who has the address; OnProbeDone() is awaited. */
struct DhcpClientProbe
{
    uint32_t address{0};

    auto Tie() const
    {
        return std::tie(address);
    }
};

/** The host gets the lease's address and parameters, or others than before. */
struct DhcpClientApply
{
    DhcpLease lease;
    bool renewed{false}; //!< the address was ours already

    auto Tie() const
    {
        return std::tie(lease, renewed);
    }
};

/** All that the lease gave is taken away. */
struct DhcpClientWithdraw
{
    DhcpLease lease;
    bool expired{false}; //!< else released, refused or found taken

    auto Tie() const
    {
        return std::tie(lease, expired);
    }
};

/** Answer to INFORM: parameters without an address. */
struct DhcpClientInformed
{
    DhcpLease parameters;

    auto Tie() const
    {
        return std::tie(parameters);
    }
};

struct DhcpClientStateChange
{
    DhcpClientState from{DhcpClientState::STOPPED};
    DhcpClientState to{DhcpClientState::INIT};

    auto Tie() const
    {
        return std::tie(from, to);
    }
};

/** A message that is not acted on. */
struct DhcpClientIgnored
{
    std::string_view why;

    auto Tie() const
    {
        return std::tie(why);
    }
};

using DhcpClientEffect = std::variant<DhcpClientSend,
                                      DhcpClientProbe,
                                      DhcpClientApply,
                                      DhcpClientWithdraw,
                                      DhcpClientInformed,
                                      DhcpClientStateChange,
                                      DhcpClientIgnored>;
using DhcpClientEffects = std::vector<DhcpClientEffect>;

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

    DhcpMessage MakeMessage(Nanos now) const;
    void Send(DhcpMessage message,
              DhcpOptions options,
              DhcpMessageType type,
              uint32_t destination,
              DhcpClientEffects& effects) const;
    void SendDiscover(Nanos now, DhcpClientEffects& effects);
    void SendRequest(Nanos now, DhcpClientEffects& effects);
    void SendInform(Nanos now, DhcpClientEffects& effects);
    /** The wait behind the attempt that was just made (section 4.1). */
    Nanos RetryWait() const;
    /** Drawn uniformly from -\p most to \p most. */
    Nanos Varied(Nanos most) const;
    void NewTransaction(Nanos now);
    std::optional<DhcpLease> ReadLease(const DhcpMessage& message,
                                       const DhcpOptions& options) const;
    /** T1, T2 and the end of a lease that has one. */
    void SetTimes(DhcpLease& lease, const DhcpOptions& options) const;

    DhcpClientParameters m_parameters;
    UniformRandom m_random;
    DhcpClientState m_state{DhcpClientState::STOPPED};
    std::optional<DhcpLease> m_lease;
    std::optional<Offer> m_offer;
    bool m_configured{false};
    uint32_t m_transaction{0};
    Nanos m_began{0};       //!< of the exchange: what secs counts from
    Nanos m_sent{0};        //!< the last DISCOVER, or the first REQUEST of the transaction
    uint32_t m_attempts{0}; //!< transmissions in this state
    uint32_t m_refusals{0}; //!< NAKs since the last lease
    Nanos m_deadline{NEVER};
    uint32_t m_informAddress{0};
};

} // namespace strata
} // namespace ns3

#endif /* STRATA_DHCP_CLIENT_MACHINE_H */

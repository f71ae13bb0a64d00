// SPDX-License-Identifier: GPL-2.0-only

#ifndef STRATA_DHCP_CLIENT_STATE_H
#define STRATA_DHCP_CLIENT_STATE_H

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

} // namespace strata
} // namespace ns3

#endif /* STRATA_DHCP_CLIENT_STATE_H */

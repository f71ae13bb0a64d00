// SPDX-License-Identifier: GPL-2.0-only

#ifndef STRATA_DHCP_SERVER_STATE_H
#define STRATA_DHCP_SERVER_STATE_H

#include "strata-dhcp-lease-table.h"

#include "ns3/strata-prefix.h"

#include <array>
#include <string_view>
#include <variant>

namespace ns3
{
namespace strata
{

/** Seconds of a lease without an end (RFC 2131 section 3.3). */
constexpr uint32_t DHCP_INFINITE_LEASE = 0xffffffff;

/** What the clients of a subnet get; how it is found is DhcpServerMachine's affair. */
struct DhcpSubnet
{
    Ipv4Prefix network;
    DhcpOptions options;         //!< parameters for hosts: routers, servers, routes, ...
    uint32_t defaultLease{3600}; //!< seconds
    uint32_t leastLease{60};     //!< what a client gets that asks for less
    uint32_t mostLease{86400};   //!< what a client gets that asks for more

    auto Tie() const
    {
        return std::tie(network, options, defaultLease, leastLease, mostLease);
    }
};

struct DhcpServerParameters
{
    Nanos offerTime{std::chrono::seconds(60)}; //!< how long an offer is held
    Nanos abandonTime{std::chrono::hours(1)};  //!< how long an address in use is set aside
    bool probe{true};                          //!< asks by ICMP echo before an offer
    Nanos probeWait{std::chrono::milliseconds(500)};

    auto Tie() const
    {
        return std::tie(offerTime, abandonTime, probe, probeWait);
    }
};

/** How a message came. */
struct DhcpArrival
{
    uint32_t interface {
        0
    };
    uint32_t localAddress{0}; //!< of that interface: the server identifier of the answer
    bool toAll{true};         //!< by broadcast

    auto Tie() const
    {
        return std::tie(interface, localAddress, toAll);
    }
};

/** How an answer goes (RFC 2131 section 4.1). */
enum class DhcpWay : uint8_t
{
    RELAY,     //!< to the relay's address and the server's port
    UNICAST,   //!< to a client that has its address
    BROADCAST, //!< to all on the link
    LINK,      //!< to the hardware address of a client that has no address yet
};

struct DhcpServerSend
{
    DhcpMessage message;
    std::optional<DhcpMessageType> type; //!< none: BOOTP
    DhcpWay way{DhcpWay::BROADCAST};
    uint32_t destination{0};
    uint32_t interface {
        0
    }; //!< the one that the request came by
    uint32_t source{0};

    auto Tie() const
    {
        return std::tie(message, type, way, destination, interface, source);
    }
};

/** Asks by ICMP echo who has the address; an answer goes to OnProbeAnswered(). */
struct DhcpServerProbe
{
    uint32_t address{0};

    auto Tie() const
    {
        return std::tie(address);
    }
};

enum class DhcpEventKind : uint8_t
{
    OFFER,     //!< an address is held for a client
    BIND,      //!< a client has a new lease
    RENEW,     //!< a client has its lease for longer
    RELEASE,   //!< a client has given its address back
    EXPIRE,    //!< a lease is over
    LAPSE,     //!< an offer was not taken, or another server's was
    DECLINE,   //!< a client has found its address in use
    CONFLICT,  //!< a probe before an offer was answered
    REFUSE,    //!< a client was told NAK
    ASSIGN,    //!< an address was given for good (BOOTP)
    EXHAUSTED, //!< a client was not answered, for no address is left
    INFORM,    //!< a host got parameters alone
};

constexpr std::size_t DHCP_EVENT_KINDS = 12;

/** `offer`, `bind`, ... */
const char* DhcpEventName(DhcpEventKind kind);

/** What became of an address; for tracing. */
struct DhcpServerEvent
{
    DhcpEventKind kind{DhcpEventKind::OFFER};
    uint32_t address{0}; //!< 0 where there is none
    Bytes hardware;      //!< of the client; empty where it is not known
    std::string name;    //!< of the client
    Nanos expires{NEVER};

    auto Tie() const
    {
        return std::tie(kind, address, hardware, name, expires);
    }
};

/** The lease store is to be told of a binding. */
struct DhcpServerStore
{
    DhcpBinding binding;

    auto Tie() const
    {
        return std::tie(binding);
    }
};

/** A message that is not answered, and why. */
struct DhcpServerIgnored
{
    std::string_view why;

    auto Tie() const
    {
        return std::tie(why);
    }
};

using DhcpServerEffect = std::
    variant<DhcpServerSend, DhcpServerProbe, DhcpServerEvent, DhcpServerStore, DhcpServerIgnored>;
using DhcpServerEffects = std::vector<DhcpServerEffect>;

} // namespace strata
} // namespace ns3

#endif /* STRATA_DHCP_SERVER_STATE_H */

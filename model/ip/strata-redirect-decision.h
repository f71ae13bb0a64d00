// SPDX-License-Identifier: GPL-2.0-only

#ifndef STRATA_REDIRECT_DECISION_H
#define STRATA_REDIRECT_DECISION_H

#include "ns3/strata-prefix.h"

#include <cstdint>
#include <optional>
#include <vector>

namespace ns3
{
namespace strata
{

/** A datagram that a router is about to forward. */
struct RedirectCase
{
    uint32_t source{0};
    uint32_t destination{0};
    uint32_t nextHop{0};             //!< the destination itself where that is on the link
    bool leavesWhereItCame{false};   //!< by the interface on which it arrived
    bool sourceRouted{false};        //!< it has a source route that is not yet at its end
    bool unicast{true};              //!< neither its frame nor its destination is for many
    std::vector<Ipv4Prefix> subnets; //!< of that interface
};

/**
 * The better first hop for whoever sent the datagram, if a redirect is due (RFC 1812 section
 * 5.2.7.2): it came from a host of a subnet to which the next hop belongs too, and leaves by the
 * interface on which it came. Redirects name hosts (code 1), never networks, whose prefix they
 * can't tell. That no ICMP error is answered, and the rate, is decided elsewhere.
 */
std::optional<uint32_t> RedirectDue(const RedirectCase& what);

/** A redirect that a node received, and what it needs to know to judge it. */
struct RedirectOffer
{
    uint32_t from{0};                   //!< source of the ICMP message
    uint8_t code{1};                    //!< of the ICMP message
    uint32_t gateway{0};                //!< the better first hop that it names
    uint32_t quotedDestination{0};      //!< of the datagram that it quotes
    bool quotesOwnDatagram{true};       //!< whose source is an address of this node
    uint32_t firstHop{0};               //!< of this node towards that destination now
    std::vector<Ipv4Prefix> subnets;    //!< of the interface on which it came
    std::vector<uint32_t> ownAddresses; //!< of this node
};

/** What a node does with a redirect. */
enum class RedirectVerdict : uint8_t
{
    OBEYED,              //!< the gateway becomes the first hop to that destination
    OFF,                 //!< this node was told not to listen
    ROUTER,              //!< a router has its routing protocol (RFC 1812 section 5.2.7.2)
    BAD_CODE,            //!< none of RFC 792's four
    NOT_OWN,             //!< about a datagram that this node did not send
    NOT_FROM_FIRST_HOP,  //!< from a stranger (RFC 1122 section 3.2.2.2)
    GATEWAY_NOT_ON_LINK, //!< not on the subnet on which it came (RFC 1122 section 3.2.2.2)
    GATEWAY_NO_HOST,     //!< this node itself, a broadcast or another address of no host
    NOTHING_NEW,         //!< the gateway is the first hop already
};

const char* RedirectVerdictName(RedirectVerdict verdict);

struct RedirectRules
{
    bool accept{true};
    bool router{false};
};

/**
 * Whether a node obeys a redirect (RFC 1122 section 3.2.2.2). Redirects for networks and for types
 * of service count as redirects for the host that is quoted.
 */
RedirectVerdict JudgeRedirect(const RedirectOffer& offer, const RedirectRules& rules);

} // namespace strata
} // namespace ns3

#endif /* STRATA_REDIRECT_DECISION_H */

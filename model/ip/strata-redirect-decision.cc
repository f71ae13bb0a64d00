// SPDX-License-Identifier: GPL-2.0-only

#include "strata-redirect-decision.h"

#include "strata-address-decision.h"

#include <algorithm>

namespace ns3
{
namespace strata
{

namespace
{

constexpr uint8_t LAST_CODE = 3; // RFC 792: network, host, and both with a type of service

bool
CanBeHost(uint32_t address)
{
    switch (KindOfAddress(address))
    {
    case Ipv4AddressKind::THIS_HOST:
    case Ipv4AddressKind::THIS_NETWORK:
    case Ipv4AddressKind::LOOPBACK:
    case Ipv4AddressKind::MULTICAST:
    case Ipv4AddressKind::RESERVED:
    case Ipv4AddressKind::LIMITED_BROADCAST:
        return false;
    default:
        return true;
    }
}

} // namespace

std::optional<uint32_t>
RedirectDue(const RedirectCase& what)
{
    if (!what.leavesWhereItCame || what.sourceRouted || !what.unicast ||
        what.nextHop == what.source || !CanBeHost(what.source))
    {
        return std::nullopt;
    }
    for (const Ipv4Prefix& subnet : what.subnets)
    {
        if (RoleInSubnet(what.source, subnet) == Ipv4SubnetRole::HOST &&
            RoleInSubnet(what.nextHop, subnet) == Ipv4SubnetRole::HOST)
        {
            return what.nextHop;
        }
    }
    return std::nullopt;
}

const char*
RedirectVerdictName(RedirectVerdict verdict)
{
    switch (verdict)
    {
    case RedirectVerdict::OBEYED:
        return "obeyed";
    case RedirectVerdict::OFF:
        return "off";
    case RedirectVerdict::ROUTER:
        return "router";
    case RedirectVerdict::BAD_CODE:
        return "bad-code";
    case RedirectVerdict::NOT_OWN:
        return "not-own";
    case RedirectVerdict::NOT_FROM_FIRST_HOP:
        return "not-from-first-hop";
    case RedirectVerdict::GATEWAY_NOT_ON_LINK:
        return "gateway-not-on-link";
    case RedirectVerdict::GATEWAY_NO_HOST:
        return "gateway-no-host";
    case RedirectVerdict::NOTHING_NEW:
        return "nothing-new";
    }
    return "unknown";
}

RedirectVerdict
JudgeRedirect(const RedirectOffer& offer, const RedirectRules& rules)
{
    if (rules.router)
    {
        return RedirectVerdict::ROUTER;
    }
    if (!rules.accept)
    {
        return RedirectVerdict::OFF;
    }
    if (offer.code > LAST_CODE)
    {
        return RedirectVerdict::BAD_CODE;
    }
    if (!offer.quotesOwnDatagram)
    {
        return RedirectVerdict::NOT_OWN;
    }
    if (offer.from != offer.firstHop)
    {
        return RedirectVerdict::NOT_FROM_FIRST_HOP;
    }
    const auto& own = offer.ownAddresses;
    if (!CanBeHost(offer.gateway) || std::find(own.begin(), own.end(), offer.gateway) != own.end())
    {
        return RedirectVerdict::GATEWAY_NO_HOST;
    }
    Ipv4SubnetRole role = Ipv4SubnetRole::OUTSIDE;
    for (const Ipv4Prefix& subnet : offer.subnets)
    {
        const Ipv4SubnetRole here = RoleInSubnet(offer.gateway, subnet);
        role = role == Ipv4SubnetRole::HOST || here == Ipv4SubnetRole::OUTSIDE ? role : here;
    }
    if (role != Ipv4SubnetRole::HOST)
    {
        return role == Ipv4SubnetRole::OUTSIDE ? RedirectVerdict::GATEWAY_NOT_ON_LINK
                                               : RedirectVerdict::GATEWAY_NO_HOST;
    }
    return offer.gateway == offer.firstHop ? RedirectVerdict::NOTHING_NEW : RedirectVerdict::OBEYED;
}

} // namespace strata
} // namespace ns3

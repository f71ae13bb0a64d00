// SPDX-License-Identifier: GPL-2.0-only

#include "ns3/strata-redirect-decision.h"

#include <gtest/gtest.h>

namespace ns3
{
namespace strata
{
namespace
{

using Verdict = RedirectVerdict;

// 10.1.0.0/24: a host, the router it asks and the better one
const Ipv4Prefix LAN(0x0a010000, 24);
constexpr uint32_t HOST = 0x0a010002;
constexpr uint32_t ROUTER = 0x0a010001;
constexpr uint32_t BETTER = 0x0a010003;
constexpr uint32_t FAR = 0x0a020002;

RedirectCase
Detour()
{
    RedirectCase what;
    what.source = HOST;
    what.destination = FAR;
    what.nextHop = BETTER;
    what.leavesWhereItCame = true;
    what.subnets = {LAN};
    return what;
}

RedirectOffer
Offer()
{
    RedirectOffer offer;
    offer.from = ROUTER;
    offer.gateway = BETTER;
    offer.quotedDestination = FAR;
    offer.firstHop = ROUTER;
    offer.subnets = {LAN};
    offer.ownAddresses = {HOST};
    return offer;
}

TEST(RedirectDecision, AHostOnTheSameSubnetAsTheNextHopIsToldOfIt)
{
    EXPECT_EQ(RedirectDue(Detour()), BETTER);
    RedirectCase onLink = Detour(); // the destination itself is a neighbour
    onLink.destination = onLink.nextHop = 0x0a010009;
    EXPECT_EQ(RedirectDue(onLink), 0x0a010009U);
}

TEST(RedirectDecision, NoRedirectWithoutADetourOnOneSubnet)
{
    RedirectCase what = Detour();
    what.leavesWhereItCame = false;
    EXPECT_FALSE(RedirectDue(what));

    what = Detour();
    what.sourceRouted = true;
    EXPECT_FALSE(RedirectDue(what));

    what = Detour();
    what.unicast = false;
    EXPECT_FALSE(RedirectDue(what));

    what = Detour(); // from behind another router: it would not listen
    what.source = 0x0a050001;
    EXPECT_FALSE(RedirectDue(what));

    what = Detour(); // two subnets on one link
    what.subnets = {Ipv4Prefix(HOST, 31), Ipv4Prefix(0x0a030000, 24)};
    what.nextHop = 0x0a030001;
    EXPECT_FALSE(RedirectDue(what));

    what = Detour(); // it came from the router to which it goes back
    what.source = BETTER;
    EXPECT_FALSE(RedirectDue(what));

    what = Detour(); // a host that boots
    what.source = 0;
    what.subnets = {Ipv4Prefix()};
    EXPECT_FALSE(RedirectDue(what));
}

TEST(RedirectDecision, AHostObeysItsOwnFirstHop)
{
    for (uint8_t code = 0; code < 4; ++code)
    {
        RedirectOffer offer = Offer();
        offer.code = code;
        EXPECT_EQ(JudgeRedirect(offer, {}), Verdict::OBEYED);
    }
}

TEST(RedirectDecision, EachConditionOfRfc1122IsNeeded)
{
    const auto expect = [](Verdict verdict, auto change) {
        RedirectOffer offer = Offer();
        change(offer);
        EXPECT_STREQ(RedirectVerdictName(JudgeRedirect(offer, {})), RedirectVerdictName(verdict));
    };
    expect(Verdict::NOT_FROM_FIRST_HOP, [](RedirectOffer& o) { o.from = 0x0a010063; });
    expect(Verdict::NOT_FROM_FIRST_HOP, [](RedirectOffer& o) { o.firstHop = FAR; });
    expect(Verdict::GATEWAY_NOT_ON_LINK, [](RedirectOffer& o) { o.gateway = 0x0a010103; });
    expect(Verdict::GATEWAY_NOT_ON_LINK, [](RedirectOffer& o) { o.subnets.clear(); });
    expect(Verdict::GATEWAY_NO_HOST, [](RedirectOffer& o) { o.gateway = HOST; });
    expect(Verdict::GATEWAY_NO_HOST, [](RedirectOffer& o) { o.gateway = 0x0a0100ff; });
    expect(Verdict::GATEWAY_NO_HOST, [](RedirectOffer& o) { o.gateway = 0x0a010000; });
    expect(Verdict::GATEWAY_NO_HOST, [](RedirectOffer& o) { o.gateway = 0; });
    expect(Verdict::GATEWAY_NO_HOST, [](RedirectOffer& o) { o.gateway = 0xe0000001; });
    expect(Verdict::GATEWAY_NO_HOST, [](RedirectOffer& o) { o.gateway = 0xffffffff; });
    expect(Verdict::NOT_OWN, [](RedirectOffer& o) { o.quotesOwnDatagram = false; });
    expect(Verdict::BAD_CODE, [](RedirectOffer& o) { o.code = 4; });
    expect(Verdict::NOTHING_NEW, [](RedirectOffer& o) { o.gateway = ROUTER; });
}

TEST(RedirectDecision, RoutersAndHostsThatAreToldSoDoNotListen)
{
    EXPECT_EQ(JudgeRedirect(Offer(), {true, true}), Verdict::ROUTER);
    EXPECT_EQ(JudgeRedirect(Offer(), {false, false}), Verdict::OFF);
}

} // namespace
} // namespace strata
} // namespace ns3

// SPDX-License-Identifier: GPL-2.0-only

#include "ns3/strata-router-discovery-machine.h"

#include <gtest/gtest.h>

namespace ns3
{
namespace strata
{
namespace
{

using namespace std::chrono_literals;

constexpr uint64_t LEAST = 0;
constexpr uint32_t R1 = 0x0a000001;
constexpr uint32_t R2 = 0x0a000002;
constexpr uint32_t R3 = 0x0a000003;
constexpr uint32_t ELSEWHERE = 0x0b000001;
const Ipv4Prefix SUBNET(0x0a000000, 8);

/** A random number that makes a span \p offset above its least. */
constexpr uint64_t
Offset(Nanos offset)
{
    return static_cast<uint64_t>(offset.count());
}

RouterAdvertiserMachine
Advertiser(const RouterAdvertiserRules& rules = {})
{
    return RouterAdvertiserMachine(rules, {{R1, 10}, {R2, 5}});
}

RouterAdvertiserRules
Unicast()
{
    RouterAdvertiserRules rules;
    rules.unicastResponses = true;
    return rules;
}

// ---- The router ---------------------------------------------------------------------------------

TEST(RouterDiscovery, AnAdvertNamesTheRoutersAndItsLifetime)
{
    auto router = Advertiser();
    router.Start(0s, LEAST);
    const auto sends = router.Tick(0s, LEAST);
    ASSERT_EQ(sends.size(), 1u);
    EXPECT_EQ(sends[0].destination, 0xe0000001u);
    EXPECT_EQ(sends[0].advertisement.lifetime, 1800);
    EXPECT_EQ(sends[0].advertisement.routers, (std::vector<IcmpRouterEntry>{{R1, 10}, {R2, 5}}));
}

/** RFC 1256 section 4.3: the first few at most MAX_INITIAL_ADVERT_INTERVAL apart. */
TEST(RouterDiscovery, TheFirstIntervalsAreShortAndTheOthersBetweenTheirBounds)
{
    auto router = Advertiser();
    router.Start(5s, Offset(1s));
    EXPECT_EQ(router.NextDeadline(), 6s);
    EXPECT_TRUE(router.Tick(6s - 1ns, LEAST).empty());
    for (int i = 0; i < 3; ++i)
    {
        const Nanos now = router.NextDeadline();
        EXPECT_EQ(router.Tick(now, LEAST).size(), 1u);
        EXPECT_EQ(router.NextDeadline() - now, 16s);
    }
    Nanos now = router.NextDeadline();
    EXPECT_EQ(router.Tick(now, LEAST).size(), 1u);
    EXPECT_EQ(router.NextDeadline() - now, 450s);
    now = router.NextDeadline();
    EXPECT_EQ(router.Tick(now, Offset(150s)).size(), 1u);
    EXPECT_EQ(router.NextDeadline() - now, 600s);
    now = router.NextDeadline();
    EXPECT_EQ(router.Tick(now, Offset(150s) + 1).size(), 1u);
    EXPECT_EQ(router.NextDeadline() - now, 450s) << "no draw is above the bound";
}

TEST(RouterDiscovery, AShortConfiguredIntervalIsKeptFromTheStart)
{
    RouterAdvertiserRules rules;
    rules.minInterval = 3s;
    rules.maxInterval = 4s;
    auto router = Advertiser(rules);
    router.Start(0s, LEAST);
    router.Tick(0s, Offset(1s));
    EXPECT_EQ(router.NextDeadline(), 4s);
}

/** RFC 1256 section 4.3: a multicast response is delayed, answers many, and resets the timer. */
TEST(RouterDiscovery, SolicitationsShareAnAnswerToTheGroup)
{
    auto router = Advertiser();
    router.Start(0s, LEAST);
    router.Tick(0s, LEAST);
    router.OnSolicitation(R3, 10s, Offset(2s));
    EXPECT_EQ(router.NextDeadline(), 12s);
    router.OnSolicitation(0, 11s, LEAST);
    EXPECT_EQ(router.NextDeadline(), 12s) << "the second shares the first's answer";
    const auto sends = router.Tick(12s, LEAST);
    ASSERT_EQ(sends.size(), 1u);
    EXPECT_EQ(sends[0].destination, ALL_SYSTEMS_GROUP);
    EXPECT_EQ(router.NextDeadline(), 12s + 16s);
}

TEST(RouterDiscovery, AnAdvertThatIsDueAnswersThoseWhoWait)
{
    auto router = Advertiser();
    router.Start(0s, LEAST);
    router.Tick(0s, LEAST);
    router.OnSolicitation(R3, 15s, Offset(2s));
    EXPECT_EQ(router.NextDeadline(), 16s);
    EXPECT_EQ(router.Tick(16s, LEAST).size(), 1u);
    EXPECT_EQ(router.NextDeadline(), 32s);
}

/** RFC 1256 section 4.3: the response may go to the host's address, if it is not zero. */
TEST(RouterDiscovery, AnAnswerToOneHostLeavesTheTimerAlone)
{
    auto router = Advertiser(Unicast());
    router.Start(0s, LEAST);
    router.Tick(0s, LEAST);
    router.OnSolicitation(R3, 10s, Offset(1s));
    router.OnSolicitation(R3, 10s, Offset(2s));
    router.OnSolicitation(0x0a000004, 10s, Offset(2s));
    EXPECT_EQ(router.NextDeadline(), 11s);
    auto sends = router.Tick(11s, LEAST);
    ASSERT_EQ(sends.size(), 1u);
    EXPECT_EQ(sends[0].destination, R3);
    EXPECT_EQ(router.NextDeadline(), 12s);
    sends = router.Tick(12s, LEAST);
    ASSERT_EQ(sends.size(), 1u);
    EXPECT_EQ(sends[0].destination, 0x0a000004u);
    EXPECT_EQ(router.NextDeadline(), 16s);

    router.OnSolicitation(0, 12s, Offset(1s));
    sends = router.Tick(13s, LEAST);
    ASSERT_EQ(sends.size(), 1u);
    EXPECT_EQ(sends[0].destination, ALL_SYSTEMS_GROUP) << "a host without address";
}

TEST(RouterDiscovery, AFloodOfSolicitationsIsAnsweredTogether)
{
    auto router = Advertiser(Unicast());
    router.Start(0s, LEAST);
    router.Tick(0s, LEAST);
    for (uint32_t host = 0; host < 10'000; ++host)
    {
        router.OnSolicitation(0x0a010000 + host, 1s, Offset(2s));
    }
    std::size_t answers = 0;
    while (router.NextDeadline() <= 4s)
    {
        answers += router.Tick(router.NextDeadline(), LEAST).size();
    }
    EXPECT_EQ(answers, 1u);
}

/** RFC 1256 section 4.3: a last advertisement with a lifetime of zero. */
TEST(RouterDiscovery, ARouterThatStopsTakesItsAddressesBack)
{
    auto router = Advertiser();
    router.Start(0s, LEAST);
    const auto sends = router.Stop();
    ASSERT_EQ(sends.size(), 1u);
    EXPECT_EQ(sends[0].advertisement.lifetime, 0);
    EXPECT_EQ(sends[0].advertisement.routers.size(), 2u);
    EXPECT_EQ(router.NextDeadline(), NEVER);
    router.OnSolicitation(R3, 10s, LEAST);
    EXPECT_EQ(router.NextDeadline(), NEVER);
    EXPECT_TRUE(router.Tick(1000s, LEAST).empty());
    EXPECT_TRUE(router.Stop().empty()) << "once";
}

TEST(RouterDiscovery, AnAddressThatGoesIsTakenBackAlone)
{
    auto router = Advertiser();
    router.Start(0s, LEAST);
    EXPECT_TRUE(router.SetRouters({{R1, 99}, {R2, 5}}).empty()) << "a new preference";
    const auto sends = router.SetRouters({{R2, 5}});
    ASSERT_EQ(sends.size(), 1u);
    EXPECT_EQ(sends[0].advertisement.lifetime, 0);
    EXPECT_EQ(sends[0].advertisement.routers, (std::vector<IcmpRouterEntry>{{R1, 99}}));
    EXPECT_EQ(router.Tick(2s, LEAST)[0].advertisement.routers,
              (std::vector<IcmpRouterEntry>{{R2, 5}}));
    router.SetRouters({});
    EXPECT_TRUE(router.Tick(router.NextDeadline(), LEAST).empty()) << "nothing to advertise";
}

// ---- The host -----------------------------------------------------------------------------------

/** RFC 1256 section 5.3: a delay up to a second, then three at most, three seconds apart. */
TEST(RouterDiscovery, AHostAsksThreeTimes)
{
    RouterDiscoveryMachine host(SUBNET);
    EXPECT_EQ(host.NextDeadline(), NEVER);
    host.Start(10s, Offset(1s));
    EXPECT_EQ(host.NextDeadline(), 11s);
    EXPECT_FALSE(host.Tick(11s - 1ns));
    EXPECT_TRUE(host.Tick(11s));
    EXPECT_EQ(host.NextDeadline(), 14s);
    EXPECT_TRUE(host.Tick(14s));
    EXPECT_TRUE(host.Tick(17s));
    EXPECT_EQ(host.NextDeadline(), NEVER);
    EXPECT_FALSE(host.Tick(20s));
    host.Start(30s, LEAST);
    EXPECT_TRUE(host.Tick(30s)) << "the interface comes up again";
}

/** RFC 1256 section 5.3: upon a valid advertisement it must not send any more. */
TEST(RouterDiscovery, AHostThatHearsARouterStopsAsking)
{
    RouterDiscoveryMachine host(SUBNET);
    host.Start(0s, LEAST);
    EXPECT_TRUE(host.Tick(0s));
    host.OnAdvertisement({1800, {{R1, 0}}}, 1s);
    EXPECT_EQ(host.NextDeadline(), 1801s);
    EXPECT_FALSE(host.Tick(3s));
}

TEST(RouterDiscovery, AHostThatHearsOfNoGatewayGoesOnAsking)
{
    RouterDiscoveryMachine host(SUBNET);
    host.Start(0s, LEAST);
    EXPECT_TRUE(host.Tick(0s));
    host.OnAdvertisement({0, {{R1, 0}}}, 1s);
    host.OnAdvertisement({1800, {{ELSEWHERE, 0}}}, 1s);
    EXPECT_EQ(host.NextDeadline(), 3s);
    EXPECT_TRUE(host.Tick(3s));
}

TEST(RouterDiscovery, TheGatewayIsTheRouterOfTheHighestPreference)
{
    RouterDiscoveryMachine host(SUBNET);
    EXPECT_EQ(host.Gateway(), std::nullopt);
    host.OnAdvertisement({1800, {{R1, -5}}}, 0s);
    EXPECT_EQ(host.Gateway(), R1);
    host.OnAdvertisement({1800, {{R2, 3}}}, 0s);
    EXPECT_EQ(host.Gateway(), R2);
    host.OnAdvertisement({1800, {{R3, 3}}}, 0s);
    EXPECT_EQ(host.Gateway(), R2) << "of equals the first";
    host.OnAdvertisement({1800, {{R2, -9}}}, 0s);
    EXPECT_EQ(host.Gateway(), R3) << "a preference may change";
}

/** RFC 1256 section 5.3: an advertised address lives as long as the advertisement says. */
TEST(RouterDiscovery, ARouterThatIsNotHeardOfExpires)
{
    RouterDiscoveryMachine host(SUBNET);
    host.OnAdvertisement({30, {{R1, 9}}}, 0s);
    host.OnAdvertisement({1800, {{R2, 0}}}, 0s);
    host.OnAdvertisement({30, {{R1, 9}}}, 20s);
    EXPECT_EQ(host.NextDeadline(), 50s);
    host.Tick(50s - 1ns);
    EXPECT_EQ(host.Gateway(), R1);
    host.Tick(50s);
    EXPECT_EQ(host.Gateway(), R2);
    EXPECT_EQ(host.Routers().size(), 1u);
}

TEST(RouterDiscovery, ALifetimeOfZeroTakesARouterBackAtOnce)
{
    RouterDiscoveryMachine host(SUBNET);
    host.OnAdvertisement({1800, {{R1, 9}, {R2, 0}}}, 0s);
    host.OnAdvertisement({0, {{R1, 9}}}, 1s);
    EXPECT_EQ(host.Gateway(), R2);
    host.OnAdvertisement({0, {{R3, 9}}}, 1s);
    EXPECT_EQ(host.Routers().size(), 1u);
}

/** RFC 1256 section 3: the minimum preference is never a default router. */
TEST(RouterDiscovery, TheLeastPreferenceIsNeverADefault)
{
    RouterDiscoveryMachine host(SUBNET);
    host.OnAdvertisement({1800, {{R1, IcmpRouterEntry::NEVER_DEFAULT}}}, 0s);
    EXPECT_TRUE(host.Routers().empty());
    host.OnAdvertisement({1800, {{R1, 1}}}, 0s);
    host.OnAdvertisement({1800, {{R1, IcmpRouterEntry::NEVER_DEFAULT}}}, 1s);
    EXPECT_EQ(host.Gateway(), std::nullopt);
}

/** RFC 1256 section 5.3: addresses that are no neighbours are ignored. */
TEST(RouterDiscovery, ARouterOfAnotherSubnetIsIgnored)
{
    RouterDiscoveryMachine host(SUBNET);
    host.OnAdvertisement({1800, {{ELSEWHERE, 9}, {R1, 0}}}, 0s);
    EXPECT_EQ(host.Gateway(), R1);
    EXPECT_EQ(host.Routers().size(), 1u);
}

/** RFC 1122 section 3.3.1.4: a gateway found dead is left for another. */
TEST(RouterDiscovery, ADeadGatewayIsLeftUntilItIsAdvertisedAgain)
{
    RouterDiscoveryMachine host(SUBNET);
    host.OnAdvertisement({1800, {{R1, 9}, {R2, 0}}}, 0s);
    host.MarkUnreachable(R1);
    EXPECT_EQ(host.Gateway(), R2);
    host.MarkUnreachable(R2);
    EXPECT_EQ(host.Gateway(), std::nullopt);
    host.OnAdvertisement({1800, {{R1, 9}}}, 1s);
    EXPECT_EQ(host.Gateway(), R1);
}

TEST(RouterDiscovery, AFloodOfRoutersLeavesThoseOfTheHighestPreference)
{
    RouterDiscoveryMachine host(SUBNET);
    for (uint32_t i = 0; i < 10'000; ++i)
    {
        host.OnAdvertisement({1800, {{0x0a010000 + i, static_cast<int32_t>(i % 1000)}}}, 0s);
    }
    EXPECT_EQ(host.Routers().size(), RouterDiscoveryMachine::MAX_ROUTERS);
    for (const DiscoveredRouter& router : host.Routers())
    {
        EXPECT_GE(router.preference, 995);
    }
}

TEST(RouterDiscovery, TheMachinesAreValues)
{
    RouterDiscoveryMachine a(SUBNET);
    RouterDiscoveryMachine b = a;
    EXPECT_EQ(a, b);
    EXPECT_EQ(HashOf(a), HashOf(b));
    a.OnAdvertisement({1800, {{R1, 0}}}, 0s);
    EXPECT_NE(a, b);

    auto c = Advertiser(Unicast());
    auto d = c;
    c.Start(0s, LEAST);
    EXPECT_NE(c, d);
    d.Start(0s, LEAST);
    c.OnSolicitation(R3, 1s, LEAST);
    EXPECT_NE(c, d);
    d.OnSolicitation(R3, 1s, LEAST);
    EXPECT_EQ(c, d);
    EXPECT_EQ(HashOf(c), HashOf(d));
}

/** A router and hosts on one link: all find it, although a third of the messages are lost. */
TEST(RouterDiscovery, HostsFindTheRouterOverALossyLink)
{
    for (uint64_t seed = 1; seed <= 50; ++seed)
    {
        uint64_t state = seed;
        const auto random = [&state] {
            state = state * 6364136223846793005u + 1442695040888963407u;
            return state >> 20;
        };
        auto router = Advertiser();
        RouterDiscoveryMachine host(SUBNET);
        router.Start(0s, random());
        host.Start(0s, random());
        Nanos now{0};
        while (now < 60s)
        {
            now = std::min(router.NextDeadline(), host.NextDeadline());
            if (now >= host.NextDeadline() && host.Tick(now) && random() % 3 != 0)
            {
                router.OnSolicitation(0, now, random());
            }
            if (now >= router.NextDeadline())
            {
                for (const auto& send : router.Tick(now, random()))
                {
                    if (random() % 3 != 0)
                    {
                        host.OnAdvertisement(send.advertisement, now);
                    }
                }
            }
        }
        EXPECT_EQ(host.Gateway(), R1) << seed;
    }
}

} // namespace
} // namespace strata
} // namespace ns3

// SPDX-License-Identifier: GPL-2.0-only

#include "strata-naive-lpm.h"

#include "ns3/strata-aggregation-decision.h"

#include <algorithm>
#include <gtest/gtest.h>
#include <random>
#include <set>

namespace ns3
{
namespace strata
{
namespace
{

using Route = AggregationRoute<Ipv4Family>;
using Routes = std::vector<Route>;
using Prefixes = std::vector<Ipv4Prefix>;

constexpr uint32_t
Ip(uint32_t a, uint32_t b, uint32_t c, uint32_t d)
{
    return a << 24 | b << 16 | c << 8 | d;
}

// Fig. 5-51
const Ipv4Prefix CAMBRIDGE(Ip(194, 24, 0, 0), 21);
const Ipv4Prefix EDINBURGH(Ip(194, 24, 8, 0), 22);
const Ipv4Prefix AVAILABLE(Ip(194, 24, 12, 0), 22);
const Ipv4Prefix OXFORD(Ip(194, 24, 16, 0), 20);
const Ipv4Prefix AGGREGATE(Ip(194, 24, 0, 0), 19);

template <class Family>
NaiveLpm<Family>
LpmOf(const std::vector<AggregationRoute<Family>>& routes)
{
    NaiveLpm<Family> lpm;
    for (const auto& route : routes)
    {
        lpm.Insert(route.prefix, route.value);
    }
    return lpm;
}

template <class Family>
uint32_t
ValueAt(const NaiveLpm<Family>& lpm, const typename Family::Address& address)
{
    return lpm.Lookup(address).value_or(DISCARD_VALUE);
}

/** Values of the four blocks that the first two bits make. */
uint32_t
FunctionOf(const Routes& routes)
{
    uint32_t function = 0;
    for (const Route& route : routes)
    {
        // longer ones come later
        for (uint32_t block = 0; block < 4; ++block)
        {
            if (route.prefix.Contains(block << 30))
            {
                function = (function & ~(0xffU << (8 * block))) | (route.value & 0xff)
                                                                      << (8 * block);
            }
        }
    }
    return function;
}

TEST(AggregationDecision, ExactAggregationIsTheSmallestOfAllTablesOverTwoBits)
{
    // each of the seven prefixes has no route, or one with the values 1 to 3, the last of which
    // stands for a discard route
    const Prefixes prefixes{{0, 0},
                            {0, 1},
                            {1U << 31, 1},
                            {0, 2},
                            {1U << 30, 2},
                            {2U << 30, 2},
                            {3U << 30, 2}};
    for (const bool discard : {false, true})
    {
        const uint32_t none = 0;
        std::vector<Routes> tables;
        std::map<uint32_t, std::size_t> least;
        for (uint32_t code = 0; code < 1U << 14; ++code)
        {
            Routes routes;
            bool hasDiscard = false;
            for (std::size_t i = 0; i < prefixes.size(); ++i)
            {
                const uint32_t choice = code >> (2 * i) & 3;
                if (choice != 0)
                {
                    const bool drops = discard && choice == 3;
                    hasDiscard = hasDiscard || drops;
                    routes.push_back({prefixes[i], drops ? none : choice});
                }
            }
            const auto known = least.emplace(FunctionOf(routes), routes.size()).first;
            known->second = std::min(known->second, routes.size());
            if (!hasDiscard)
            {
                tables.push_back(routes);
            }
        }
        for (const Routes& table : tables)
        {
            Routes smaller = AggregateExactly(table, discard);
            for (Route& route : smaller)
            {
                ASSERT_TRUE(discard || route.value != DISCARD_VALUE);
                route.value = route.value == DISCARD_VALUE ? none : route.value;
            }
            std::stable_sort(smaller.begin(), smaller.end(), [](const Route& a, const Route& b) {
                return a.prefix.GetLength() < b.prefix.GetLength();
            });
            ASSERT_EQ(FunctionOf(smaller), FunctionOf(table));
            ASSERT_EQ(smaller.size(), least.at(FunctionOf(table)));
        }
    }
}

template <class Family>
class AggregationFamilyTest : public testing::Test
{
};

using Families = testing::Types<Ipv4Family, Ipv6Family>;
TYPED_TEST_SUITE(AggregationFamilyTest, Families);

void
Flip(uint32_t& address, unsigned bit)
{
    address ^= 1U << (31 - bit);
}

void
Flip(Ipv6Family::Address& address, unsigned bit)
{
    address[bit / 8] = static_cast<uint8_t>(address[bit / 8] ^ 1U << (7 - bit % 8));
}

TYPED_TEST(AggregationFamilyTest, ExactAggregationChangesNoForwardingDecision)
{
    using Address = typename TypeParam::Address;
    std::mt19937 random(1999);
    std::size_t before = 0;
    std::size_t after = 0;
    // the model asks for each length, so IPv6 takes its time
    for (int round = 0; round < (TypeParam::BITS == 32 ? 100 : 12); ++round)
    {
        // crowded: lengths within ten bits behind a common front, at either end of the address
        const unsigned front = round % 3 ? TypeParam::BITS - 10 : random() % 4;
        std::vector<AggregationRoute<TypeParam>> routes;
        const int count = 1 + static_cast<int>(random() % 300);
        for (int i = 0; i < count; ++i)
        {
            Address address{};
            for (unsigned bit = front; bit < front + 10; ++bit)
            {
                if (random() % 2)
                {
                    Flip(address, bit);
                }
            }
            const unsigned length = front + static_cast<unsigned>(random() % 11);
            routes.push_back({Prefix<TypeParam>(address, length),
                              static_cast<uint32_t>(random() % (2 + round % 3))});
        }
        const auto original = LpmOf(routes);
        for (const bool discard : {false, true})
        {
            const auto smaller = AggregateExactly(routes, discard);
            const auto lpm = LpmOf(smaller);
            ASSERT_EQ(lpm.Values().size(), smaller.size()) << "a prefix came twice";
            ASSERT_LE(smaller.size(), original.Values().size());
            ASSERT_TRUE(std::is_sorted(smaller.begin(), smaller.end(), [](auto& a, auto& b) {
                return a.prefix < b.prefix;
            }));
            before += original.Values().size();
            after += smaller.size();
            // each combination of the ten bits, and neighbours outside
            for (uint32_t code = 0; code < 1024; ++code)
            {
                Address address{};
                for (unsigned bit = 0; bit < 10; ++bit)
                {
                    if (code >> bit & 1)
                    {
                        Flip(address, front + bit);
                    }
                }
                ASSERT_EQ(ValueAt(lpm, address), ValueAt(original, address));
                if (front > 0)
                {
                    Flip(address, static_cast<unsigned>(random() % front));
                    ASSERT_EQ(ValueAt(lpm, address), ValueAt(original, address));
                }
            }
            ASSERT_EQ(AggregateExactly(smaller, discard).size(), smaller.size());
        }
    }
    EXPECT_LT(after, before * 3 / 4);
}

TEST(AggregationDecision, ExactAggregationJoinsSiblingsAndDropsWhatIsSaidTwice)
{
    const Ipv4Prefix left(Ip(10, 0, 0, 0), 25);
    const Ipv4Prefix right(Ip(10, 0, 0, 128), 25);
    const Ipv4Prefix both(Ip(10, 0, 0, 0), 24);
    EXPECT_EQ(AggregateExactly<Ipv4Family>({{left, 1}, {right, 1}}), (Routes{{both, 1}}));
    EXPECT_EQ(AggregateExactly<Ipv4Family>({{both, 1}, {right, 1}}), (Routes{{both, 1}}));
    // as few, in ORTC's form: the longer one is an exception
    EXPECT_EQ(AggregateExactly<Ipv4Family>({{left, 1}, {right, 2}}),
              (Routes{{both, 1}, {right, 2}}));
    EXPECT_EQ(AggregateExactly<Ipv4Family>({{both, 1}, {both, 2}}), (Routes{{both, 2}}));
    EXPECT_TRUE(AggregateExactly<Ipv4Family>({}).empty());
}

TEST(AggregationDecision, ExactAggregationLeavesFigure551AsItIsWhileSpaceIsFree)
{
    const Routes london{{CAMBRIDGE, 1}, {EDINBURGH, 1}, {OXFORD, 1}};
    EXPECT_EQ(AggregateExactly(london), london);
    Routes filled = london;
    filled.push_back({AVAILABLE, 1});
    EXPECT_EQ(AggregateExactly(filled), (Routes{{AGGREGATE, 1}}));
    // Fig. 5-53: two routes where the four say the same
    filled.back().value = 2;
    EXPECT_EQ(AggregateExactly(filled), (Routes{{AGGREGATE, 1}, {AVAILABLE, 2}}));
}

TEST(AggregationDecision, Figure552AnnouncesOneSlash19ForThreePrefixes)
{
    const auto result = AggregateCovering<Ipv4Family>({CAMBRIDGE, EDINBURGH, OXFORD}, {});
    EXPECT_EQ(result.announced, Prefixes{AGGREGATE});
    EXPECT_EQ(result.discarded, Prefixes{AGGREGATE}); // 194.24.12.0/22 is nobody's
}

TEST(AggregationDecision, Figure553KeepsTheAggregateBesideSanFrancisco)
{
    const auto result = AggregateCovering<Ipv4Family>({CAMBRIDGE, EDINBURGH, OXFORD}, {AVAILABLE});
    EXPECT_EQ(result.announced, Prefixes{AGGREGATE});
    NaiveLpm<Ipv4Family> newYork;
    newYork.Insert(AGGREGATE, 1);
    newYork.Insert(AVAILABLE, 2);
    EXPECT_EQ(newYork.Lookup(Ip(194, 24, 13, 1)), 2U);
    EXPECT_EQ(newYork.Lookup(Ip(194, 24, 17, 4)), 1U);
}

TEST(AggregationDecision, FreeSpaceInSomebodyElsesBlockIsNotCovered)
{
    const Ipv4Prefix provider(Ip(194, 24, 0, 0), 18);
    const Prefixes own{CAMBRIDGE, EDINBURGH, OXFORD};
    const auto inside = AggregateCovering<Ipv4Family>(own, {provider});
    EXPECT_EQ(inside.announced, own);
    EXPECT_TRUE(inside.discarded.empty());
    // own to the last address, so nothing of the provider's is taken
    const auto whole =
        AggregateCovering<Ipv4Family>({CAMBRIDGE, EDINBURGH, AVAILABLE, OXFORD}, {provider});
    EXPECT_EQ(whole.announced, Prefixes{AGGREGATE});
    EXPECT_TRUE(whole.discarded.empty());
}

TEST(AggregationDecision, AnOwnPrefixInsideAForeignOneStaysAnnounced)
{
    const Ipv4Prefix inner(Ip(194, 24, 13, 0), 24);
    const auto result =
        AggregateCovering<Ipv4Family>({CAMBRIDGE, EDINBURGH, OXFORD, inner}, {AVAILABLE});
    EXPECT_EQ(result.announced, (Prefixes{AGGREGATE, inner}));
}

TEST(AggregationDecision, AnOwnPrefixThatAnotherAnnouncesTooStaysAnnounced)
{
    const auto result = AggregateCovering<Ipv4Family>({AGGREGATE, AVAILABLE}, {AVAILABLE});
    EXPECT_EQ(result.announced, (Prefixes{AGGREGATE, AVAILABLE}));
}

TEST(AggregationDecision, NoAggregateIsLargerThanItNeedsToBe)
{
    // half of a /23 would be enough to announce that, but the /24 does as well
    const Prefixes own{{Ip(10, 0, 0, 0), 25}, {Ip(10, 0, 0, 128), 25}};
    const auto result = AggregateCovering<Ipv4Family>(own, {});
    EXPECT_EQ(result.announced, (Prefixes{{Ip(10, 0, 0, 0), 24}}));
    EXPECT_TRUE(result.discarded.empty());
}

TEST(AggregationDecision, RulesSayHowEmptyAndHowLargeABlockMayBe)
{
    const Prefixes own{CAMBRIDGE, EDINBURGH, OXFORD};
    CoveringRules rules;
    rules.leastFill =
        0.9; // seven eighths are not enough for the /19, nor three quarters for the /20
    EXPECT_EQ(AggregateCovering<Ipv4Family>(own, {}, rules).announced, own);
    rules.leastFill = 0.875;
    EXPECT_EQ(AggregateCovering<Ipv4Family>(own, {}, rules).announced, Prefixes{AGGREGATE});
    rules.shortest = 20;
    rules.leastFill = 0.75;
    EXPECT_EQ(AggregateCovering<Ipv4Family>(own, {}, rules).announced,
              (Prefixes{Ipv4Prefix(Ip(194, 24, 0, 0), 20), OXFORD}));
}

/** Where a packet ends that New York gets: 1 at London's networks, 2 elsewhere, 0 nowhere. */
uint32_t
Travel(uint32_t address, const NaiveLpm<Ipv4Family>& newYork, const NaiveLpm<Ipv4Family>& london)
{
    bool atLondon = false;
    for (int hop = 0; hop < 8; ++hop)
    {
        const auto value = (atLondon ? london : newYork).Lookup(address);
        if (!value || *value == DISCARD_VALUE)
        {
            return 0;
        }
        if (*value == 2 || (atLondon && *value == 1))
        {
            return *value;
        }
        atLondon = !atLondon; // 1 in New York is the way to London, 3 in London the way back
    }
    return UINT32_MAX; // a loop
}

TEST(AggregationDecision, CoveringAggregationNeitherLoopsNorTakesWhatIsSomebodyElses)
{
    std::mt19937 random(552);
    std::size_t announced = 0;
    std::size_t owned = 0;
    std::size_t discarded = 0;
    for (int round = 0; round < 600; ++round)
    {
        // blocks of the /22 at 10.1.0.0, each prefix with one owner
        std::set<Ipv4Prefix> all;
        Prefixes own;
        Prefixes foreign;
        for (int i = 0, count = 1 + static_cast<int>(random() % 14); i < count; ++i)
        {
            const Ipv4Prefix prefix(Ip(10, 1, 0, 0) + static_cast<uint32_t>(random() % 1024),
                                    22 + static_cast<unsigned>(random() % 8));
            if (all.insert(prefix).second)
            {
                (random() % 4 ? own : foreign).push_back(prefix);
            }
        }
        CoveringRules rules;
        rules.leastFill = static_cast<double>(random() % 5) / 4;
        rules.shortest = 8 + static_cast<unsigned>(random() % 18);
        const auto result = AggregateCovering(own, foreign, rules);

        NaiveLpm<Ipv4Family> truth;
        NaiveLpm<Ipv4Family> newYork;
        NaiveLpm<Ipv4Family> london;
        london.Insert(Ipv4Prefix(), 3);
        for (const auto& prefix : result.discarded)
        {
            london.Insert(prefix, DISCARD_VALUE);
        }
        for (const auto& prefix : result.announced)
        {
            ASSERT_EQ(newYork.Lookup(prefix.GetAddress()) == 1U &&
                          newYork.Values().count(prefix) != 0,
                      false)
                << "announced twice";
            newYork.Insert(prefix, 1);
        }
        for (const auto& prefix : foreign)
        {
            ASSERT_TRUE(newYork.Insert(prefix, 2)) << "announced in another's name";
            truth.Insert(prefix, 2);
            london.Insert(prefix, 3);
        }
        for (const auto& prefix : own)
        {
            truth.Insert(prefix, 1);
            london.Insert(prefix, 1);
        }
        for (uint32_t address = Ip(10, 0, 255, 0); address < Ip(10, 1, 5, 0); ++address)
        {
            ASSERT_EQ(Travel(address, newYork, london), truth.Lookup(address).value_or(0));
        }
        ASSERT_LE(result.announced.size(), own.size());
        announced += result.announced.size();
        owned += own.size();
        discarded += result.discarded.size();
    }
    EXPECT_LT(announced, owned * 3 / 4);
    EXPECT_GT(discarded, 50U);
}

} // namespace
} // namespace strata
} // namespace ns3

// SPDX-License-Identifier: GPL-2.0-only

#include "strata-naive-nat.h"
#include "strata-nat-table-make.h"

#include <gtest/gtest.h>
#include <random>
#include <set>

using namespace ns3::strata;

TEST(NatTable, AnswersAsListsThatAreSearchedDoWhateverTheOperations)
{
    for (uint32_t seed = 0; seed < 300; ++seed)
    {
        std::mt19937 random(seed);
        const std::string wrong = CompareNat(
            [&random](uint32_t below) { return static_cast<uint32_t>(random() % below); },
            400);
        ASSERT_EQ(wrong, "") << "seed " << seed;
    }
}

TEST(NatTable, GivesAnAddressToSixtyOneThousandFourHundredFortyMappingsAndNoMore)
{
    NatConfig config;
    for (const auto allocation : {NatPortAllocation::PRESERVATION,
                                  NatPortAllocation::PARITY,
                                  NatPortAllocation::SEQUENTIAL,
                                  NatPortAllocation::RANDOM})
    {
        config.allocation = allocation;
        NatTable table = Make(config);
        std::set<uint16_t> ports;
        for (uint32_t i = 0; i < 61440; ++i)
        {
            const auto found =
                Out(table, static_cast<uint16_t>(i % 60000), 80, Nanos(0), INSIDE + i / 60000);
            ASSERT_TRUE(found) << i << ' ' << NatRefusalName(found.refusal);
            ASSERT_GE(found.endpoint.port, 4096);
            ports.insert(found.endpoint.port);
        }
        EXPECT_EQ(ports.size(), 61440);
        EXPECT_EQ(table.CountFreePorts(PUBLIC, UDP), 0);
        EXPECT_EQ(Out(table, 5, 80, Nanos(0), INSIDE + 7).refusal, NatRefusal::PORTS_EXHAUSTED);
        // TCP has ports of its own, and so has a second address.
        EXPECT_TRUE(table.Outbound({TCP, {INSIDE, 5}, {REMOTE, 80}}, SYN, Nanos(0)));
        table.AddPublicAddress(PUBLIC + 1);
        EXPECT_TRUE(Out(table, 5, 80, Nanos(0), INSIDE + 7));
    }
}

/*
 * RFC 4787 section 5, of packets to the public end that X:x has for S:1. X:x has sent to S:1, S:2
 * and T:1. Endpoint-independent: "The NAT forwards any packets destined to X:x." Address-dependent:
 * from whatever port of an address that X:x has sent to; address and port: from those ends alone.
 * Where several mappings are X:x, each hears those that it was made for, as RFC 3489 section 5 has
 * it of a symmetric NAT: "Only the external host that receives a packet can send a UDP packet
 * back".
 */
TEST(NatTable, HearsByEachMappingWhomFilteringSaysWhateverTheOtherMappings)
{
    constexpr uint32_t S = REMOTE;
    constexpr uint32_t T = REMOTE + 1;
    constexpr uint32_t U = REMOTE + 2;
    const NatEndpoint inside{INSIDE, 5000};
    const std::vector<NatEndpoint> sent{{S, 1}, {S, 2}, {T, 1}};
    const std::vector<NatEndpoint> asked{{S, 1}, {S, 2}, {S, 3}, {T, 1}, {T, 2}, {U, 1}};
    const auto EI = NatBehaviour::ENDPOINT_INDEPENDENT;
    const auto AD = NatBehaviour::ADDRESS_DEPENDENT;
    const auto APD = NatBehaviour::ADDRESS_AND_PORT_DEPENDENT;

    const struct
    {
        NatBehaviour mapping;
        NatBehaviour filtering;
        const char* hears; //!< of each that is asked: y or n
    } kinds[] = {
        {EI, EI, "yyyyyy"},
        {EI, AD, "yyyyyn"},
        {EI, APD, "yynynn"},
        {AD, EI, "yyyyyy"},
        {AD, AD, "yyynnn"},
        {AD, APD, "yynnnn"},
        {APD, EI, "yyyyyy"},
        {APD, AD, "yyynnn"},
        {APD, APD, "ynnnnn"},
    };

    for (const auto& kind : kinds)
    {
        for (const uint8_t protocol : {UDP, TCP})
        {
            NatConfig config;
            config.mapping = kind.mapping;
            config.filtering = kind.filtering;
            NatTable table = Make(config);
            std::vector<NatEndpoint> ends;
            for (const NatEndpoint& remote : sent)
            {
                ends.push_back(table.Outbound({protocol, inside, remote}, SYN, Secs(0)).endpoint);
            }
            std::string hears;
            for (int twice = 0; twice < 2; ++twice)
            {
                hears.clear();
                for (const NatEndpoint& remote : asked)
                {
                    const auto in = table.Inbound(protocol, ends[0], remote, SYN, Secs(1));
                    hears += in ? 'y' : 'n';
                    EXPECT_EQ(table.PeekInbound(protocol, ends[0], remote).refusal,
                              in ? NatRefusal::NONE : NatRefusal::NO_MAPPING);
                    EXPECT_TRUE(!in || in.endpoint == inside);
                }
                EXPECT_EQ(hears, kind.hears)
                    << NatBehaviourName(kind.mapping) << " mapping, "
                    << NatBehaviourName(kind.filtering) << " filtering, " << int{protocol};
                // Section 4.1: each mapping is used again.
                for (std::size_t i = 0; i < sent.size(); ++i)
                {
                    EXPECT_TRUE(
                        table.Outbound({protocol, inside, sent[i]}, SYN, Secs(1)).endpoint ==
                        ends[i]);
                }
            }
            // RFC 5382 REQ-2: an answer belongs to the connection that it answers.
            if (hears.back() == 'y')
            {
                EXPECT_TRUE(table.Outbound({protocol, inside, {U, 1}}, 0x12, Secs(2)).endpoint ==
                            ends[0]);
            }
            table.Advance(Secs(8000));
            EXPECT_EQ(table.size(), 0);
            EXPECT_EQ(table.CountSessions(), 0);
        }
    }
}

TEST(NatTable, SendsByAMappingThatWasOnlyHeardWhenTheOtherOneHasGone)
{
    NatConfig config;
    config.mapping = NatBehaviour::ADDRESS_DEPENDENT;
    config.filtering = NatBehaviour::ENDPOINT_INDEPENDENT;
    NatTable table = Make(config);
    const NatEndpoint inside{INSIDE, 5000};
    const NatEndpoint remote{REMOTE, 1};
    const auto there = table.Outbound({TCP, inside, {REMOTE + 1, 1}}, SYN, Secs(0)).endpoint;
    // It comes by the mapping for another address, then the inside end makes one for its own.
    EXPECT_TRUE(table.Inbound(TCP, there, remote, SYN, Secs(1)));
    const auto own = table.Outbound({TCP, inside, {REMOTE, 2}}, SYN, Secs(100)).endpoint;
    EXPECT_FALSE(own == there);
    EXPECT_TRUE(table.Inbound(TCP, own, remote, SYN, Secs(230)));
    table.Advance(Secs(242));
    EXPECT_EQ(table.size(), 1);
    EXPECT_TRUE(table.Outbound({TCP, inside, remote}, SYN, Secs(243)).endpoint == own);
    EXPECT_TRUE(table.Inbound(TCP, own, remote, 0x12, Secs(243)));
    EXPECT_EQ(table.CountSessions(), 2);
}

/*
 * RFC 4787 section 4.1: paired is "the same external IP address" for all that an inside host has,
 * also for one whose address went and came back; and hosts go where there are fewest.
 */
TEST(NatTable, PairsHostsWithAddressesThatGoAndComeBack)
{
    NatTable table = Make();
    table.AddPublicAddress(PUBLIC + 1);
    EXPECT_EQ(Out(table, 5000).endpoint.address, PUBLIC);
    EXPECT_TRUE(table.AddFixed(UDP, {INSIDE, 80}, {PUBLIC + 1, 80}, Secs(0)));
    EXPECT_TRUE(table.RemovePublicAddress(PUBLIC));
    EXPECT_EQ(Out(table, 5000).endpoint.address, PUBLIC + 1);
    EXPECT_TRUE(table.AddPublicAddress(PUBLIC));
    for (uint16_t port = 5001; port < 5010; ++port)
    {
        EXPECT_EQ(Out(table, port).endpoint.address, PUBLIC + 1);
    }
    EXPECT_EQ(Out(table, 5000, 80, Secs(0), INSIDE + 1).endpoint.address, PUBLIC);
    // The hosts that an address had are not counted when it comes back.
    EXPECT_TRUE(table.RemovePublicAddress(PUBLIC));
    EXPECT_TRUE(table.AddPublicAddress(PUBLIC));
    EXPECT_TRUE(table.RemovePublicAddress(PUBLIC + 1));
    EXPECT_EQ(table.size(), 0);
    EXPECT_TRUE(table.AddPublicAddress(PUBLIC + 1));
    std::set<uint32_t> addresses;
    for (uint32_t host = 0; host < 2; ++host)
    {
        addresses.insert(Out(table, 5000, 80, Secs(0), INSIDE + host).endpoint.address);
    }
    EXPECT_EQ(addresses.size(), 2);
}

TEST(NatTable, KnowsEachOfManyPublicAddresses)
{
    NatTable table;
    std::vector<uint32_t> addresses;
    std::mt19937 random(3);
    for (int step = 0; step < 600; ++step)
    {
        const bool add = addresses.empty() || random() % 3 != 0;
        const uint32_t address = add ? PUBLIC + static_cast<uint32_t>(random() % 512)
                                     : addresses[random() % addresses.size()];
        const auto known = std::find(addresses.begin(), addresses.end(), address);
        if (add)
        {
            EXPECT_EQ(table.AddPublicAddress(address), known == addresses.end());
            if (known == addresses.end())
            {
                addresses.push_back(address);
                // Those that hosts are paired with are found by their address.
                EXPECT_TRUE(table.AddFixed(UDP,
                                           {INSIDE, static_cast<uint16_t>(step)},
                                           {address, 80},
                                           Secs(0)));
            }
        }
        else
        {
            EXPECT_TRUE(table.RemovePublicAddress(address));
            addresses.erase(known);
        }
        ASSERT_EQ(table.PublicAddresses(), addresses);
        ASSERT_EQ(table.size(), addresses.size());
        for (uint32_t each = PUBLIC - 2; each < PUBLIC + 514; ++each)
        {
            const bool is = std::find(addresses.begin(), addresses.end(), each) != addresses.end();
            ASSERT_EQ(table.IsPublic(each), is);
            ASSERT_EQ(table.HasMapping(UDP, {each, 80}), is);
        }
    }
}

/** The host's only other mapping is one set up by hand, on an address that stays. */
TEST(NatTable, CountsNoHostTwiceWhoseAddressWent)
{
    NatTable table = Make();
    table.AddPublicAddress(PUBLIC + 1);
    EXPECT_EQ(Out(table, 5000).endpoint.address, PUBLIC);
    EXPECT_TRUE(table.AddFixed(UDP, {INSIDE, 80}, {PUBLIC + 1, 80}, Secs(0)));
    table.RemovePublicAddress(PUBLIC);
    table.AddPublicAddress(PUBLIC);
    table.RemovePublicAddress(PUBLIC + 1);
    table.AddPublicAddress(PUBLIC + 1);
    std::set<uint32_t> addresses;
    for (uint32_t host = 1; host < 3; ++host)
    {
        addresses.insert(Out(table, 5000, 80, Secs(0), INSIDE + host).endpoint.address);
    }
    EXPECT_EQ(addresses.size(), 2);
}

TEST(NatTable, MakesMillionsOfMappingsAndForgetsThem)
{
    NatConfig config;
    config.maxMappings = 1000000;
    config.maxSessions = 1000000;
    NatTable table(config);
    for (uint32_t i = 0; i < 17; ++i)
    {
        table.AddPublicAddress(PUBLIC + i);
    }
    for (uint32_t i = 0; i < 1000000; ++i)
    {
        ASSERT_TRUE(
            Out(table, static_cast<uint16_t>(5000 + i % 500), 80, Nanos(i), INSIDE + i / 500))
            << i;
    }
    EXPECT_EQ(table.size(), 1000000);
    EXPECT_EQ(Out(table, 1, 80, Secs(1)).refusal, NatRefusal::TABLE_FULL);
    EXPECT_LT(table.MemoryBytes() / table.size(), 200);
    table.Advance(Secs(400));
    EXPECT_EQ(table.size(), 0);
}

// SPDX-License-Identifier: GPL-2.0-only

#include "strata-naive-nat.h"

#include <gtest/gtest.h>
#include <random>
#include <set>

using namespace ns3::strata;

namespace
{

constexpr uint32_t PUBLIC = 0xc63c2a0c;
constexpr uint32_t INSIDE = 0x0a000001;
constexpr uint32_t REMOTE = 0x08080808;
constexpr uint8_t UDP = 17;
constexpr uint8_t TCP = 6;
constexpr uint8_t SYN = 2;

Nanos
Secs(int64_t seconds)
{
    return std::chrono::seconds(seconds);
}

NatTable
Make(NatConfig config = {})
{
    NatTable table(config);
    table.AddPublicAddress(PUBLIC);
    return table;
}

NatTranslation
Out(NatTable& table,
    uint16_t port,
    uint16_t remotePort = 80,
    Nanos now = Nanos(0),
    uint32_t host = INSIDE)
{
    return table.Outbound({UDP, {host, port}, {REMOTE, remotePort}}, 0, now);
}

} // namespace

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

TEST(NatTable, EndsAMappingAtTheFirstTickAfterItsDeadline)
{
    NatTable table = Make();
    Out(table, 5000);
    table.Advance(Secs(300) - Nanos(1));
    EXPECT_EQ(table.size(), 1);
    table.Advance(Secs(300));
    EXPECT_EQ(table.size(), 0);
    EXPECT_EQ(table.CountSessions(), 0);
    EXPECT_EQ(table.NextDeadline(), NEVER);
}

TEST(NatTable, KeepsAnEstablishedConnectionForTwoHoursAndFourMinutes)
{
    NatTable table = Make();
    const NatFlow flow{TCP, {INSIDE, 5000}, {REMOTE, 80}};
    table.Outbound(flow, SYN, Nanos(0));
    table.Inbound(TCP, {PUBLIC, 5000}, flow.remote, 0x12, Nanos(0));
    table.Outbound(flow, 0x10, Secs(1));
    table.Advance(Secs(7440));
    EXPECT_EQ(table.size(), 1);
    table.Advance(Secs(7441));
    EXPECT_EQ(table.size(), 0);
}

/*
 * RFC 5382 REQ-5: 2 hours and 4 minutes is for a connection that is established; one that is picked
 * up is nothing else, for its SYNs do not come again. It ends as any other.
 */
TEST(NatTable, TakesAConnectionThatItPicksUpForEstablished)
{
    constexpr uint8_t ACK = 0x10;
    constexpr uint8_t FIN = 0x11;
    NatConfig config;
    config.tcpLoose = true;
    config.filtering = NatBehaviour::ADDRESS_DEPENDENT;
    const NatEndpoint inside{INSIDE, 5000};
    const NatEndpoint remote{REMOTE, 80};
    for (const bool outbound : {true, false})
    {
        for (const bool fins : {false, true})
        {
            NatTable table = Make(config);
            const auto pass = [&](bool out, uint8_t flags, Nanos now) {
                return out ? bool(table.Outbound({TCP, inside, remote}, flags, now))
                           : bool(table.Inbound(TCP, {PUBLIC, 80}, remote, flags, now));
            };
            ASSERT_TRUE(table.AddFixed(TCP, inside, {PUBLIC, 80}, Secs(0)));
            EXPECT_TRUE(pass(outbound, ACK, Secs(0)));
            if (fins)
            {
                EXPECT_TRUE(pass(outbound, FIN, Secs(0)));
                EXPECT_TRUE(pass(!outbound, FIN, Secs(0)));
            }
            const int64_t lifetime = fins ? 240 : 7440;
            table.Advance(Secs(lifetime) - Nanos(1));
            EXPECT_EQ(table.CountSessions(), 1);
            table.Advance(Secs(lifetime));
            EXPECT_EQ(table.CountSessions(), 0);
            // What begins with a SYN is partially open, loose or not.
            EXPECT_TRUE(pass(outbound, SYN, Secs(10000)));
            table.Advance(Secs(10240));
            EXPECT_EQ(table.CountSessions(), 0);
        }
    }
    config.tcpLoose = false;
    NatTable strict = Make(config);
    EXPECT_EQ(strict.Outbound({TCP, inside, remote}, ACK, Secs(0)).refusal,
              NatRefusal::NOT_A_BEGIN);
}

/*
 * RFC 5382 REQ-5 has one idle time for connections that open and that close; RFC 7857 section 2.2
 * sets them apart. A half that is open keeps a connection established (section 2.1, by RFC 6146
 * section 3.5.2.2: FIN of one side alone leaves the lifetime of an established one).
 */
TEST(NatTable, TellsConnectionsThatOpenFromThoseThatClose)
{
    constexpr uint8_t ACK = 0x10;
    constexpr uint8_t FIN = 0x11;
    constexpr uint8_t RST = 0x04;
    const NatFlow flow{TCP, {INSIDE, 5000}, {REMOTE, 80}};

    const struct
    {
        std::string segments; //!< S A F R by the inside, s a f r by the other end
        int64_t seconds;
    } lives[] = {
        {"S", 100},
        {"Ss", 100},
        {"SsA", 7440},
        {"SsAF", 7440},
        {"SsAFa", 7440},
        {"SsAf", 7440},
        {"SsAFf", 50},
        {"SsAfFA", 50},
        {"SsAR", 50},
        {"SsAr", 50},
        {"SsAra", 7440},
        {"SsAFfS", 100},
    };

    for (const auto& life : lives)
    {
        NatConfig config;
        config.tcpTransitoryTimeout = Secs(100);
        config.tcpClosingTimeout = Secs(50);
        NatTable table = Make(config);
        for (const char segment : life.segments)
        {
            const bool out = segment < 'a';
            const uint8_t flags = segment == 'S'                     ? SYN
                                  : segment == 's'                   ? SYN | ACK
                                  : segment == 'F' || segment == 'f' ? FIN
                                  : segment == 'R' || segment == 'r' ? RST
                                                                     : ACK;
            EXPECT_TRUE(out ? table.Outbound(flow, flags, Secs(0))
                            : table.Inbound(TCP, {PUBLIC, 5000}, flow.remote, flags, Secs(0)));
        }
        table.Advance(Secs(life.seconds) - Nanos(1));
        EXPECT_EQ(table.size(), 1) << life.segments;
        table.Advance(Secs(life.seconds));
        EXPECT_EQ(table.size(), 0) << life.segments;
    }
}

/** RFC 7857 section 7.1. */
TEST(NatTable, RefreshesNothingByAResetThatAnswers)
{
    NatTable table = Make();
    const NatFlow flow{TCP, {INSIDE, 5000}, {REMOTE, 80}};
    table.Outbound(flow, SYN, Secs(0));
    table.Outbound(flow, 0x04, Secs(200));
    table.Advance(Secs(240));
    EXPECT_EQ(table.size(), 0);
}

/*
 * RFC 4787 section 4.3: inbound refresh "may allow an external attacker or misbehaving application
 * to keep a mapping alive indefinitely"; without it none may, from however many ends it sends.
 */
TEST(NatTable, EndsAMappingThatOnlyStrangersSendTo)
{
    for (const NatBehaviour mapping : {NatBehaviour::ENDPOINT_INDEPENDENT,
                                       NatBehaviour::ADDRESS_DEPENDENT,
                                       NatBehaviour::ADDRESS_AND_PORT_DEPENDENT})
    {
        for (const bool inbound : {false, true})
        {
            NatConfig config;
            config.mapping = mapping;
            config.filtering = NatBehaviour::ENDPOINT_INDEPENDENT;
            config.inboundRefresh = inbound;
            NatTable table = Make(config);
            const auto end = Out(table, 5000).endpoint;
            const auto stranger = [&](int i) { return NatEndpoint{REMOTE + 1 + i, 7}; };
            // The host has the mapping until 350 s; then it is silent.
            EXPECT_TRUE(table.Inbound(UDP, end, stranger(0), 0, Secs(40)));
            EXPECT_TRUE(Out(table, 5000, 80, Secs(50)).endpoint == end);
            for (int i = 1; i < 30; ++i)
            {
                const bool lives = inbound || 60 * i < 350;
                EXPECT_EQ(bool(table.Inbound(UDP, end, stranger(i), 0, Secs(60 * i))), lives) << i;
                EXPECT_EQ(table.size(), lives ? 1 : 0);
            }
        }
    }
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

/*
 * Whoever forges addresses fills a table by a server that was set up by hand; who is connected, and
 * whoever inside begins something, must not feel it. RFC 4987 has the same for the table of a host
 * (section 3.4, "Recycling the Oldest Half-Open TCB").
 */
TEST(NatTable, KeepsRoomForTheInsideWhateverStrangersBegin)
{
    constexpr uint8_t ACK = 0x10;
    constexpr uint8_t RST = 0x04;
    constexpr uint32_t LIMIT = 100;
    const NatEndpoint client{REMOTE, 5000};
    for (const uint8_t protocol : {TCP, UDP})
    {
        for (const bool answers : {false, true})
        {
            NatConfig config;
            config.maxSessions = LIMIT;
            NatTable table = Make(config);
            const NatEndpoint server{INSIDE, 80};
            ASSERT_TRUE(table.AddFixed(protocol, server, {PUBLIC, 80}, Secs(0)));
            const auto in = [&](NatEndpoint remote, uint8_t flags) {
                return table.Inbound(protocol, {PUBLIC, 80}, remote, flags, Secs(1));
            };
            const auto out = [&](NatEndpoint remote, uint8_t flags) {
                return table.Outbound({protocol, server, remote}, flags, Secs(1));
            };
            EXPECT_TRUE(in(client, SYN));
            EXPECT_TRUE(out(client, SYN | ACK));
            EXPECT_TRUE(in(client, ACK));
            for (uint32_t i = 0; i < 5 * LIMIT; ++i)
            {
                const NatEndpoint forged{0x01000000 + i, 999};
                EXPECT_TRUE(in(forged, SYN));
                if (answers)
                {
                    EXPECT_TRUE(out(forged, SYN | ACK));
                    // One may guess at the answer; the server then says what it is worth.
                    EXPECT_TRUE(in(forged, ACK));
                    EXPECT_TRUE(out(forged, RST));
                }
                if (i % 10 == 0)
                {
                    const NatFlow flow{protocol,
                                       {INSIDE + 1, static_cast<uint16_t>(5000 + i)},
                                       {REMOTE, 443}};
                    EXPECT_TRUE(table.Outbound(flow, SYN, Secs(1))) << i;
                }
                EXPECT_LE(table.CountSessions(), LIMIT);
            }
            EXPECT_EQ(table.size(), 51);
            EXPECT_TRUE(in(client, ACK));
            // What the inside began gives way to nobody.
            for (uint16_t i = 1; i < LIMIT - 50; ++i)
            {
                const NatFlow flow{protocol, {INSIDE + 2, i}, {REMOTE, 443}};
                EXPECT_TRUE(table.Outbound(flow, SYN, Secs(1))) << i;
            }
            const NatFlow last{protocol, {INSIDE + 2, 1000}, {REMOTE, 443}};
            table.Outbound(last, SYN, Secs(1));
            EXPECT_EQ(
                table.Outbound({protocol, {INSIDE + 2, 1001}, {REMOTE, 443}}, SYN, Secs(1)).refusal,
                NatRefusal::TABLE_FULL);
            EXPECT_EQ(in({0x02000000, 999}, SYN).refusal, NatRefusal::TABLE_FULL);
            table.Advance(Secs(8000));
            EXPECT_EQ(table.CountSessions(), 0);
            EXPECT_EQ(table.size(), 1);
        }
    }
}

/** A flow that an inside host answered by a mapping of its own keeps that, for its public end. */
TEST(NatTable, KeepsAnAnsweredFlowWhereAnotherOneWouldLeaveByAnotherPort)
{
    NatConfig config;
    config.mapping = NatBehaviour::ADDRESS_DEPENDENT;
    config.filtering = NatBehaviour::ENDPOINT_INDEPENDENT;
    config.maxSessions = 10;
    NatTable table = Make(config);
    const NatEndpoint end = Out(table, 5000).endpoint;
    const NatEndpoint peer{REMOTE + 1, 7};
    EXPECT_TRUE(table.Inbound(UDP, end, peer, 0, Secs(1)));
    EXPECT_TRUE(table.Outbound({UDP, {INSIDE, 5000}, peer}, 0, Secs(1)).endpoint == end);
    for (uint32_t i = 0; i < 50; ++i)
    {
        EXPECT_TRUE(table.Inbound(UDP, end, {0x01000000 + i, 7}, 0, Secs(1)));
    }
    EXPECT_TRUE(table.Outbound({UDP, {INSIDE, 5000}, peer}, 0, Secs(1)).endpoint == end);
    EXPECT_EQ(table.CountSessions(), 10);
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

TEST(NatTable, SaysWhatIsWrongInATableAsText)
{
    const std::string good = "mapping udp 10.0.0.1:5 198.60.42.12:6000 0.0.0.0:0\n"
                             "session 8.8.8.8:53 100000000000 0 0\n";
    NatTable table = Make();
    EXPECT_EQ(table.Import(good, Nanos(0)), "");
    EXPECT_EQ(table.size(), 1);
    EXPECT_EQ(table.Print(Nanos(0)),
              "udp 10.0.0.1:5 -> 198.60.42.12:6000\n    8.8.8.8:53 for 100.0 s\n");
    EXPECT_NE(table.Import(good, Nanos(0)), "");
    for (const char* bad :
         {"session 8.8.8.8:53 1 0 0\n",
          "mapping udp 10.0.0.1:5 198.60.42.13:6000 0.0.0.0:0\n",
          "mapping udp 10.0.0.256:5 198.60.42.12:6000 0.0.0.0:0\n",
          "mapping 256 10.0.0.2:5 198.60.42.12:6000 0.0.0.0:0\n",
          "what\n",
          "mapping udp 10.0.0.2:5 198.60.42.12:7000 0.0.0.0:0\nsession 8.8.8.8\n"})
    {
        EXPECT_NE(Make().Import(bad, Nanos(0)).find("line "), std::string::npos) << bad;
    }
}

/** All nine behaviours write; those that tell mappings apart as the writer, or less, read. */
TEST(NatTable, ReadsWhatOneThatFiltersOtherwiseWrote)
{
    for (int writer = 0; writer < 9; ++writer)
    {
        NatConfig config;
        config.mapping = static_cast<NatBehaviour>(writer / 3);
        config.filtering = static_cast<NatBehaviour>(writer % 3);
        NatTable table = Make(config);
        Out(table, 5000, 80, Secs(0));
        Out(table, 5000, 81, Secs(20));
        Out(table, 6000, 81, Secs(50));
        Out(table, 5000, 80, Secs(100));
        table.Outbound({TCP, {INSIDE, 5000}, {REMOTE, 81}}, SYN, Secs(100));
        for (int filtering = 0; filtering < 3; ++filtering)
        {
            config.filtering = static_cast<NatBehaviour>(filtering);
            NatTable copy = Make(config);
            EXPECT_EQ(copy.Import(table.Export(), Secs(100)), "") << writer << ' ' << filtering;
            EXPECT_EQ(copy.size(), table.size());
            const auto ends = [](const NatTable& of) {
                std::set<std::string> texts;
                for (const NatMapping& mapping : of.Mappings())
                {
                    texts.insert(ToText(mapping));
                }
                return texts;
            };
            EXPECT_EQ(ends(copy), ends(table));
            // A mapping lives as long as the last of its sessions.
            copy.Advance(Secs(390));
            table.Advance(Secs(100));
            EXPECT_GE(copy.size(), 1);
            copy.Advance(Secs(400));
            EXPECT_EQ(copy.size(), 0);
        }
    }
}

TEST(NatTable, LoadsAllOfATableOrNothing)
{
    NatTable table = Make();
    Out(table, 5000);
    const std::string before = table.Print(Secs(0));
    std::vector<NatMappingEvent> events;
    table.SetRecording(true);
    const std::string good = "mapping udp 10.0.0.9:5 198.60.42.12:6000 0.0.0.0:0\n"
                             "session 8.8.8.8:53 100000000000 0 0\n";
    for (const char* bad : {"mapping udp 10.0.0.8:5 198.60.42.12:6000 0.0.0.0:0\n"
                            "session 8.8.8.8:53 100000000000 0 0\n",
                            "mapping udp 10.0.0.1:5000 198.60.42.12:5000 0.0.0.0:0\n"
                            "session 8.8.8.8:80 100000000000 0 0\n",
                            "no\n"})
    {
        EXPECT_EQ(table.Import(good + bad, Secs(0)).find("line "), 0);
        EXPECT_EQ(table.Print(Secs(0)), before);
        table.TakeEvents(events);
        EXPECT_TRUE(events.empty());
    }
    EXPECT_EQ(table.Import(good, Secs(0)), "");
    EXPECT_EQ(table.size(), 2);
    table.TakeEvents(events);
    EXPECT_EQ(events.size(), 1);
}

TEST(NatPortTable, FindsTheFirstFreePortFromAnywhereOnAsASearchDoes)
{
    std::mt19937 random(7);
    for (int round = 0; round < 30; ++round)
    {
        NatPortTable ports;
        std::vector<bool> taken(65536);
        const uint32_t share = random() % 100;
        for (uint32_t port = 0; port < 65536; ++port)
        {
            if (random() % 100 <= share)
            {
                taken[port] = true;
                ports.Take(static_cast<uint16_t>(port), port);
            }
        }
        for (uint32_t port = 0; port < 65536; port += 3)
        {
            if (taken[port] && random() % 50 == 0)
            {
                taken[port] = false;
                ports.Release(static_cast<uint16_t>(port));
            }
        }
        for (int ask = 0; ask < 200; ++ask)
        {
            const uint32_t first = random() % 65536;
            const uint32_t last = first + random() % (65536 - first);
            const uint32_t start =
                random() % 4 == 0 ? random() % 65536 : first + random() % (last - first + 1);
            const int parity = static_cast<int>(random() % 3) - 1;
            std::optional<uint16_t> wanted;
            for (uint32_t i = 0; i < 65536 && !wanted; ++i)
            {
                const uint32_t port = (start + i) % 65536;
                if (port >= first && port <= last && !taken[port] &&
                    (parity < 0 || port % 2 == static_cast<uint32_t>(parity)))
                {
                    wanted = static_cast<uint16_t>(port);
                }
            }
            const auto got =
                ports.FreeFrom(static_cast<uint16_t>(start),
                               static_cast<uint16_t>(first),
                               static_cast<uint16_t>(last),
                               parity < 0 ? std::nullopt : std::optional<unsigned>(parity));
            ASSERT_EQ(got, wanted) << start << ' ' << first << ' ' << last << ' ' << parity;
        }
    }
}

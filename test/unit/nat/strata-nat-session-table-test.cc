// SPDX-License-Identifier: GPL-2.0-only

#include "strata-nat-table-make.h"

#include <gtest/gtest.h>
#include <string>

using namespace ns3::strata;

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

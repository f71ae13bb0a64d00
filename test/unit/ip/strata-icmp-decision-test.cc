// SPDX-License-Identifier: GPL-2.0-only

#include "ns3/strata-icmp-decision.h"

#include <gtest/gtest.h>

namespace ns3
{
namespace strata
{
namespace
{

using namespace std::chrono_literals;

const Bytes PAYLOAD{8, 0, 0, 0, 0, 0, 0, 0};

Ipv4WireHeader
Datagram(std::size_t size = 100)
{
    Ipv4WireHeader header;
    header.totalLength = static_cast<uint16_t>(size);
    header.protocol = 17;
    header.source = 0x0a000001;
    header.destination = 0x0a000102;
    return header;
}

std::optional<IcmpSilence>
Why(const Ipv4WireHeader& header, const IcmpErrorCase& about = {})
{
    return WhyNoIcmpError(header, PAYLOAD, about);
}

// ---- When not to send ---------------------------------------------------------------------------

TEST(IcmpDecision, AnErrorMayBeSentAboutAnOrdinaryDatagram)
{
    EXPECT_EQ(Why(Datagram()), std::nullopt);
}

/** RFC 1122 section 3.2.2: not about an ICMP error message; nor about what may be one. */
TEST(IcmpDecision, NoErrorIsSentAboutAnErrorButAboutQueries)
{
    Ipv4WireHeader header = Datagram();
    header.protocol = 1;
    std::vector<unsigned> answered;
    for (unsigned type = 0; type < 256; ++type)
    {
        const Bytes payload{static_cast<uint8_t>(type), 0};
        const auto why = WhyNoIcmpError(header, payload, {});
        if (!why)
        {
            answered.push_back(type);
        }
        else
        {
            EXPECT_EQ(*why, IcmpSilence::ABOUT_ERROR);
        }
    }
    EXPECT_EQ(answered, (std::vector<unsigned>{0, 8, 9, 10, 13, 14, 15, 16, 17, 18}));
    EXPECT_EQ(WhyNoIcmpError(header, {}, {}), IcmpSilence::ABOUT_ERROR) << "nobody knows";
    header.protocol = 17;
    EXPECT_EQ(WhyNoIcmpError(header, {}, {}), std::nullopt);
}

/** RFC 1122 section 3.2.2: not about a datagram destined to a broadcast or multicast address. */
TEST(IcmpDecision, NoErrorIsSentAboutADatagramToMany)
{
    Ipv4WireHeader header = Datagram();
    for (const uint32_t destination : {0xe0000001u, 0xefffffffu, 0xf0000000u, 0xffffffffu})
    {
        header.destination = destination;
        EXPECT_EQ(Why(header), IcmpSilence::TO_MANY);
    }
    header.destination = 0xdfffffff;
    EXPECT_EQ(Why(header), std::nullopt);
    IcmpErrorCase directed;
    directed.destinationIsToMany = true;
    EXPECT_EQ(Why(header, directed), IcmpSilence::TO_MANY);
}

/** RFC 1812 section 4.3.2.7: not about a packet sent as link-layer broadcast or multicast. */
TEST(IcmpDecision, NoErrorIsSentAboutALinkBroadcast)
{
    IcmpErrorCase about;
    about.linkBroadcast = true;
    EXPECT_EQ(Why(Datagram(), about), IcmpSilence::LINK_BROADCAST);
}

/** RFC 1122 section 3.2.2: not about a non-initial fragment. */
TEST(IcmpDecision, OnlyTheFirstFragmentIsAnswered)
{
    Ipv4WireHeader header = Datagram();
    header.moreFragments = true;
    EXPECT_EQ(Why(header), std::nullopt);
    header.fragmentOffset = 1;
    EXPECT_EQ(Why(header), IcmpSilence::LATER_FRAGMENT);
    header.moreFragments = false;
    EXPECT_EQ(Why(header), IcmpSilence::LATER_FRAGMENT);
}

/** RFC 1122 section 3.2.2: zero, loopback, broadcast, multicast and class E are no single host. */
TEST(IcmpDecision, NoErrorIsSentToASourceThatIsNotOneHost)
{
    Ipv4WireHeader header = Datagram();
    for (const uint32_t source : {0x00000000u,
                                  0x00000001u,
                                  0x00ffffffu,
                                  0x7f000001u,
                                  0x7fffffffu,
                                  0xe0000001u,
                                  0xf0000001u,
                                  0xffffffffu})
    {
        header.source = source;
        EXPECT_EQ(Why(header), IcmpSilence::SOURCE_IS_NOT_ONE) << std::hex << source;
    }
    for (const uint32_t source : {0x01000000u, 0x7effffffu, 0x80000000u, 0xdfffffffu})
    {
        header.source = source;
        EXPECT_EQ(Why(header), std::nullopt) << std::hex << source;
    }
    IcmpErrorCase about;
    about.sourceIsToMany = true;
    EXPECT_EQ(Why(header, about), IcmpSilence::SOURCE_IS_NOT_ONE);
}

TEST(IcmpDecision, ALoopbackSourceIsAHostInsideTheNode)
{
    Ipv4WireHeader header = Datagram();
    header.source = 0x7f000001;
    IcmpErrorCase about;
    about.throughLoopback = true;
    EXPECT_EQ(Why(header, about), std::nullopt);
    header.source = 0;
    EXPECT_EQ(Why(header, about), IcmpSilence::SOURCE_IS_NOT_ONE);
}

// ---- What is sent -------------------------------------------------------------------------------

/** RFC 1812 section 4.3.2.3: as much as possible without exceeding 576 octets. */
TEST(IcmpDecision, AnErrorQuotesUpToFiveHundredSeventySixOctets)
{
    const auto size = [](std::size_t datagram, std::size_t errorHeader = 20) {
        return IcmpQuoteSize(Datagram(datagram), datagram, errorHeader, IcmpQuoteExtent::UP_TO_576);
    };
    EXPECT_EQ(size(100), 100u);
    EXPECT_EQ(size(548), 548u);
    EXPECT_EQ(size(549), 548u);
    EXPECT_EQ(size(65535), 548u);
    EXPECT_EQ(size(1500, 60), 508u);
    EXPECT_EQ(20 + 8 + size(1500), MAX_ICMP_ERROR_SIZE);
}

/** RFC 792: the internet header plus the first 64 bits of the datagram's data. */
TEST(IcmpDecision, TheLeastQuoteIsTheHeaderAndEightOctets)
{
    Ipv4WireHeader header = Datagram(1500);
    EXPECT_EQ(IcmpQuoteSize(header, 1500, 20, IcmpQuoteExtent::HEADER_AND_EIGHT), 28u);
    header.options.resize(40);
    EXPECT_EQ(IcmpQuoteSize(header, 1500, 20, IcmpQuoteExtent::HEADER_AND_EIGHT), 68u);
    header = Datagram(24);
    EXPECT_EQ(IcmpQuoteSize(header, 24, 20, IcmpQuoteExtent::HEADER_AND_EIGHT), 24u);
}

TEST(IcmpDecision, PaddingAndWhatIsGoneAreNotQuoted)
{
    EXPECT_EQ(IcmpQuoteSize(Datagram(28), 46, 20, IcmpQuoteExtent::UP_TO_576), 28u);
    EXPECT_EQ(IcmpQuoteSize(Datagram(100), 60, 20, IcmpQuoteExtent::UP_TO_576), 60u);
    EXPECT_EQ(IcmpQuoteSize(Datagram(10), 40, 20, IcmpQuoteExtent::UP_TO_576), 20u)
        << "a header with a bad length is quoted all the same";
}

/** RFC 1812 section 4.3.2.5: precedence 6; a source quench has that of its cause. */
TEST(IcmpDecision, AnErrorHasThePrecedenceOfInternetworkControl)
{
    Ipv4WireHeader offending = Datagram();
    offending.dscp = 46; // precedence 5
    const auto error = IcmpErrorHeader(offending, IcmpType::TIME_EXCEEDED, 0x0b000001, 64);
    EXPECT_EQ(error.dscp, 6 << 3);
    EXPECT_EQ(error.ecn, 0);
    EXPECT_EQ(error.source, 0x0b000001u);
    EXPECT_EQ(error.destination, offending.source);
    EXPECT_EQ(error.ttl, 64);
    EXPECT_TRUE(error.Is(Ipv4Protocol::ICMP));
    EXPECT_EQ(IcmpErrorHeader(offending, IcmpType::SOURCE_QUENCH, 1, 64).dscp, 5 << 3);
}

/** RFC 1812 section 4.3.2.4, RFC 1122 section 3.2.1.3. */
TEST(IcmpDecision, TheSourceOfAnErrorIsItsInterfaceOrTheAddressAsked)
{
    EXPECT_EQ(IcmpErrorSource(false, 0x0a000001, 0x0b000001), 0x0b000001u);
    EXPECT_EQ(IcmpErrorSource(true, 0x0a000001, 0x0b000001), 0x0a000001u);
}

// ---- Queries ------------------------------------------------------------------------------------

/** RFC 792: the data received in the echo message must be returned. */
TEST(IcmpDecision, AnEchoComesBackAsItWas)
{
    const auto query = IcmpMessage::EchoRequest(7, 9, {1, 2, 3});
    const auto answer = AnswerIcmpQuery(query, {}, {});
    ASSERT_TRUE(answer);
    EXPECT_EQ(answer->type, IcmpType::ECHO_REPLY);
    EXPECT_EQ(answer->Identifier(), 7);
    EXPECT_EQ(answer->Sequence(), 9);
    EXPECT_EQ(answer->body, (Bytes{1, 2, 3}));
    EXPECT_TRUE(answer->HasRightChecksum());
}

/** RFC 792: receive is when it was first touched, transmit when last. */
TEST(IcmpDecision, ATimestampIsAnsweredWithTheTime)
{
    IcmpAnswerFacts facts;
    facts.time = 12345;
    const auto answer = AnswerIcmpQuery(IcmpMessage::TimestampRequest(7, 9, 77), {}, facts);
    ASSERT_TRUE(answer);
    EXPECT_EQ(answer->Timestamps(), (IcmpTimestamps{77, 12345, 12345}));
    EXPECT_EQ(answer->Identifier(), 7);
}

/** RFC 1122 section 3.2.2.9: must not send mask replies unless it is an authoritative agent. */
TEST(IcmpDecision, OnlyAnAgentTellsTheMask)
{
    IcmpAnswerFacts facts;
    facts.mask = 0xfffff000;
    const auto query = IcmpMessage::AddressMaskRequest(7, 9);
    EXPECT_FALSE(AnswerIcmpQuery(query, {}, facts));
    IcmpAnswerRules rules;
    rules.addressMask = true;
    const auto answer = AnswerIcmpQuery(query, rules, facts);
    ASSERT_TRUE(answer);
    EXPECT_EQ(answer->AddressMask(), 0xfffff000u);
}

/** RFC 1122 section 3.2.2.6: an echo to a broadcast or multicast address may be discarded. */
TEST(IcmpDecision, QueriesToManyAreAnsweredOnlyWhereAsked)
{
    IcmpAnswerFacts facts;
    facts.toMany = true;
    const auto query = IcmpMessage::EchoRequest(7, 9, {});
    EXPECT_FALSE(AnswerIcmpQuery(query, {}, facts));
    IcmpAnswerRules rules;
    rules.queriesToMany = true;
    EXPECT_TRUE(AnswerIcmpQuery(query, rules, facts));
}

TEST(IcmpDecision, WhatIsNoSoundQueryGetsNoAnswer)
{
    IcmpAnswerRules all;
    all.addressMask = true;
    auto query = IcmpMessage::EchoRequest(7, 9, {1});
    query.checksum ^= 1;
    EXPECT_FALSE(AnswerIcmpQuery(query, all, {})) << "wrong checksum";
    query.code = 1;
    query.SetChecksum();
    EXPECT_FALSE(AnswerIcmpQuery(query, all, {})) << "a code";
    query = IcmpMessage::TimestampRequest(7, 9, 1);
    query.body.pop_back();
    query.SetChecksum();
    EXPECT_FALSE(AnswerIcmpQuery(query, all, {})) << "cut times";
    query = IcmpMessage::AddressMaskRequest(7, 9);
    query.body.clear();
    query.SetChecksum();
    EXPECT_FALSE(AnswerIcmpQuery(query, all, {})) << "no mask";
    EXPECT_FALSE(
        AnswerIcmpQuery(IcmpMessage::EchoReply(IcmpMessage::EchoRequest(1, 1, {})), all, {}))
        << "an answer";
    IcmpAnswerRules none;
    none.echo = false;
    none.timestamp = false;
    EXPECT_FALSE(AnswerIcmpQuery(IcmpMessage::EchoRequest(7, 9, {}), none, {}));
    EXPECT_FALSE(AnswerIcmpQuery(IcmpMessage::TimestampRequest(7, 9, 1), none, {}));
}

// ---- Rate ---------------------------------------------------------------------------------------

TEST(IcmpDecision, ABurstPassesAndThenOneAnInterval)
{
    IcmpRateLimit limit(10ms, 3);
    for (int i = 0; i < 3; ++i)
    {
        EXPECT_TRUE(limit.Allow(5ms));
    }
    EXPECT_FALSE(limit.Allow(5ms));
    EXPECT_FALSE(limit.Allow(15ms - 1ns));
    EXPECT_TRUE(limit.Allow(15ms));
    EXPECT_FALSE(limit.Allow(15ms));
    EXPECT_TRUE(limit.Allow(35ms)) << "two have grown";
    EXPECT_TRUE(limit.Allow(35ms));
    EXPECT_FALSE(limit.Allow(35ms));
}

TEST(IcmpDecision, TheBucketHoldsNoMoreThanTheBurst)
{
    IcmpRateLimit limit(10ms, 2);
    EXPECT_TRUE(limit.Allow(0ms));
    int allowed = 0;
    for (int i = 0; i < 10; ++i)
    {
        allowed += limit.Allow(24h);
    }
    EXPECT_EQ(allowed, 2);
}

/** Asked every 3 ms for 7 s, what grows every 7 ms and the burst pass. */
TEST(IcmpDecision, NoFractionOfATokenIsLost)
{
    IcmpRateLimit limit(7ms, 5);
    int allowed = 0;
    for (auto now = 0ms; now <= 7000ms; now += 3ms)
    {
        allowed += limit.Allow(now);
    }
    EXPECT_EQ(allowed, 5 + 999);
}

TEST(IcmpDecision, WithoutAnIntervalEverythingPasses)
{
    IcmpRateLimit limit(0ms, 1);
    for (int i = 0; i < 1000; ++i)
    {
        EXPECT_TRUE(limit.Allow(0ms));
    }
    IcmpRateLimit one(1s, 0);
    EXPECT_TRUE(one.Allow(0ms)) << "a burst is at least one";
    EXPECT_FALSE(one.Allow(0ms));
}

TEST(IcmpDecision, TheStateOfTheBucketIsAValue)
{
    IcmpRateLimit a;
    IcmpRateLimit b = a;
    EXPECT_EQ(a, b);
    a.Allow(1ms);
    EXPECT_NE(a, b);
    b.Allow(1ms);
    EXPECT_EQ(a, b);
}

TEST(IcmpDecision, EverySilenceHasItsName)
{
    EXPECT_STREQ(IcmpSilenceName(IcmpSilence::ABOUT_ERROR), "about-error");
    EXPECT_STREQ(IcmpSilenceName(IcmpSilence::TO_MANY), "to-many");
    EXPECT_STREQ(IcmpSilenceName(IcmpSilence::LINK_BROADCAST), "link-broadcast");
    EXPECT_STREQ(IcmpSilenceName(IcmpSilence::LATER_FRAGMENT), "later-fragment");
    EXPECT_STREQ(IcmpSilenceName(IcmpSilence::SOURCE_IS_NOT_ONE), "source-is-not-one");
    EXPECT_STREQ(IcmpSilenceName(IcmpSilence::RATE_LIMITED), "rate-limited");
}

} // namespace
} // namespace strata
} // namespace ns3

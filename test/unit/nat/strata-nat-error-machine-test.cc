// SPDX-License-Identifier: GPL-2.0-only

// ICMP errors through NatMachine, by the requirements of RFC 5508 section 4.

#include "strata-nat-box.h"

#include <gtest/gtest.h>

using namespace ns3::strata;

namespace
{

constexpr uint32_t PUBLIC = NatEnds::PUBLIC;
constexpr uint32_t A = NatEnds::A;
constexpr uint32_t B = NatEnds::B;
constexpr uint32_t S = NatEnds::S;
constexpr uint32_t ROUTER = 0xc6336401; // 198.51.100.1
constexpr uint8_t SYN = NatEnds::SYN;
constexpr std::size_t ALL = SIZE_MAX;

/** What an error quotes, as far as it is there. */
NatPacket
QuoteOf(const NatPacket& error)
{
    NatPacket quote;
    const ByteView bytes = ByteView(error.payload).Sub(8);
    const auto header = Ipv4WireHeader::Decode(bytes, {});
    EXPECT_TRUE(header);
    if (header)
    {
        quote.header = *header;
        quote.payload = bytes.Sub(header->HeaderSize()).ToBytes();
    }
    return quote;
}

/** A box through which A has sent to S by UDP, TCP and an echo, from 5000, or identifier 5000. */
class ErrorBox : public NatBox
{
  public:
    using NatBox::NatBox;

    NatPacket Sent(uint8_t protocol)
    {
        switch (protocol)
        {
        case 6:
            return Out(MakeTcp({A, 5000}, {S, 80}, SYN));
        case 17:
            return Out(MakeUdp({A, 5000}, {S, 80}, 32));
        default:
            return Out(MakeEcho(A, S, 5000));
        }
    }
};

NatPacket
Original(uint8_t protocol)
{
    return protocol == 6    ? MakeTcp({A, 5000}, {S, 80}, SYN)
           : protocol == 17 ? MakeUdp({A, 5000}, {S, 80}, 32)
                            : MakeEcho(A, S, 5000);
}

} // namespace

/**
 * REQ-4: the embedded packet is reverted to its inside form, and the error goes to who sent it. So
 * what it quotes is the very bytes that left the host, but for what ended before the quote does.
 */
TEST(NatErrors, InboundOnesQuoteTheVeryBytesThatTheHostSent)
{
    for (const uint8_t protocol : {1, 6, 17})
    {
        for (const std::size_t octets : {std::size_t{8}, std::size_t{20}, ALL})
        {
            ErrorBox box;
            box.machine.Table().AddFixed(protocol, {B, 5000}, {PUBLIC, 5000}, box.now);
            const NatPacket sent = box.Sent(protocol);
            ASSERT_FALSE(protocol != 1 && sent.SourcePort() == 5000); // it is translated
            const NatPacket error = box.In(MakeError(ROUTER, PUBLIC, 11, 0, sent, octets));
            ASSERT_EQ(box.verdict.action, NatAction::REWRITTEN) << int{protocol};
            EXPECT_TRUE(error.IsRight());
            EXPECT_EQ(error.header.source, ROUTER);
            EXPECT_EQ(error.header.destination, A);
            EXPECT_EQ(error.payload[0], 11);
            const NatPacket quote = QuoteOf(error);
            NatPacket wanted = Original(protocol);
            wanted.payload = ByteView(wanted.payload).Sub(0, octets).ToBytes();
            EXPECT_EQ(quote.header.source, A);
            EXPECT_EQ(quote.header.destination, S);
            EXPECT_TRUE(quote.header.HasRightChecksum());
            EXPECT_EQ(quote.payload, wanted.payload) << int{protocol} << ' ' << octets;
        }
    }
}

/** REQ-5: what an inside host quotes is put back to what came, and the error leaves as the box's.
 */
TEST(NatErrors, OutboundOnesQuoteTheVeryBytesThatCame)
{
    for (const uint8_t protocol : {6, 17})
    {
        for (const std::size_t octets : {std::size_t{8}, ALL})
        {
            ErrorBox box;
            box.machine.Table().AddFixed(protocol, {A, 80}, {PUBLIC, 8080}, box.now);
            const NatPacket came = protocol == 6 ? MakeTcp({S, 999}, {PUBLIC, 8080}, SYN)
                                                 : MakeUdp({S, 999}, {PUBLIC, 8080}, 30);
            const NatPacket inside = box.In(came);
            ASSERT_EQ(inside.header.destination, A);
            const NatPacket error = box.Out(MakeError(A, S, 3, 3, inside, octets));
            ASSERT_EQ(box.verdict.action, NatAction::REWRITTEN);
            EXPECT_TRUE(error.IsRight());
            EXPECT_EQ(error.header.source, PUBLIC); // REQ-5c
            EXPECT_EQ(error.header.destination, S);
            const NatPacket quote = QuoteOf(error);
            EXPECT_EQ(quote.header.source, S);
            EXPECT_EQ(quote.header.destination, PUBLIC);
            EXPECT_TRUE(quote.header.HasRightChecksum());
            EXPECT_EQ(quote.payload, ByteView(came.payload).Sub(0, octets).ToBytes());
        }
    }
}

/** REQ-5c: of a router inside, too, whose address means nothing outside. */
TEST(NatErrors, OutboundOnesOfInnerRoutersLeaveAsTheBoxs)
{
    ErrorBox box;
    box.machine.Table().AddFixed(17, {A, 80}, {PUBLIC, 8080}, box.now);
    const NatPacket inside = box.In(MakeUdp({S, 999}, {PUBLIC, 8080}));
    EXPECT_EQ(box.Out(MakeError(0x0a000063, S, 3, 1, inside)).header.source, PUBLIC);
    EXPECT_EQ(box.verdict.action, NatAction::REWRITTEN);
}

/** REQ-7: A and B speak by their public ends; what B says of A's packet A must know again. */
TEST(NatErrors, HairpinsQuoteTheVeryBytesThatWereSent)
{
    NatConfig config;
    config.filtering = NatBehaviour::ENDPOINT_INDEPENDENT;
    for (const std::size_t octets : {std::size_t{8}, ALL})
    {
        ErrorBox box(config);
        box.machine.Table().AddFixed(17, {B, 80}, {PUBLIC, 8080}, box.now);
        box.machine.Table().AddFixed(17, {A, 6000}, {PUBLIC, 6001}, box.now);
        const NatPacket sent = MakeUdp({A, 6000}, {PUBLIC, 8080}, 30);
        const NatPacket got = box.Hairpin(sent);
        ASSERT_TRUE((got.Source() == NatEndpoint{PUBLIC, 6001}));
        ASSERT_TRUE((got.Destination() == NatEndpoint{B, 80}));
        const NatPacket error = box.Hairpin(MakeError(B, PUBLIC, 3, 3, got, octets));
        ASSERT_EQ(box.verdict.action, NatAction::REWRITTEN);
        EXPECT_TRUE(error.IsRight());
        EXPECT_EQ(error.header.source, PUBLIC);
        EXPECT_EQ(error.header.destination, A);
        const NatPacket quote = QuoteOf(error);
        EXPECT_EQ(quote.header.source, A);
        EXPECT_EQ(quote.header.destination, PUBLIC);
        EXPECT_TRUE(quote.header.HasRightChecksum());
        EXPECT_EQ(quote.payload, ByteView(sent.payload).Sub(0, octets).ToBytes());
    }
}

/** REQ-3: what fails to validate is dropped in silence; c) but not for what it quotes behind IP. */
TEST(NatErrors, AreValidatedAsFarAsTheRfcHasIt)
{
    for (const bool verify : {true, false})
    {
        NatConfig config;
        config.verifyChecksums = verify;
        ErrorBox box(config);
        const NatPacket sent = box.Sent(17);
        NatPacket error = MakeError(ROUTER, PUBLIC, 3, 1, sent);
        error.payload[2] ^= 1;
        box.In(error);
        EXPECT_EQ(box.verdict.drop, verify ? NatDrop::BAD_CHECKSUM : NatDrop::NONE);
        NatPacket wrong = sent;
        wrong.header.checksum ^= 1;
        box.In(MakeError(ROUTER, PUBLIC, 3, 1, wrong));
        EXPECT_EQ(box.verdict.drop, verify ? NatDrop::BAD_CHECKSUM : NatDrop::NONE);
        wrong = sent;
        wrong.payload[6] ^= 1;
        const NatPacket got = box.In(MakeError(ROUTER, PUBLIC, 3, 1, wrong, ALL));
        EXPECT_EQ(box.verdict.action, NatAction::REWRITTEN);
        EXPECT_TRUE(got.IsRight());
        // As wrong as it was.
        NatPacket quote = QuoteOf(got);
        EXPECT_EQ(quote.Residue(), wrong.Residue());
    }
}

/** An error cut short at any octet is dropped or translated, and has a reason for the one. */
TEST(NatErrors, StandAnyLength)
{
    for (const uint8_t protocol : {1, 6, 17})
    {
        ErrorBox box;
        const NatPacket sent = box.Sent(protocol);
        const NatPacket whole = MakeError(ROUTER, PUBLIC, 3, 1, sent, ALL);
        for (std::size_t size = 0; size <= whole.payload.size(); ++size)
        {
            NatPacket cut = whole;
            cut.payload.resize(size);
            if (size >= 8)
            {
                SetChecksums(cut, 2);
            }
            const NatPacket got = box.In(cut);
            // Ports are in the first four octets, the identifier of a query in the first six.
            const std::size_t least = 8 + 20 + (protocol == 1 ? 6 : 4);
            EXPECT_EQ(box.verdict.action, size >= least ? NatAction::REWRITTEN : NatAction::DROP)
                << int{protocol} << ' ' << size;
            EXPECT_EQ(box.verdict.drop == NatDrop::NONE, size >= least);
            if (size >= least)
            {
                EXPECT_TRUE(got.IsRight());
                EXPECT_EQ(got.header.destination, A);
            }
        }
    }
}

/** What belongs to no mapping tells nobody anything, and is no way to find one. */
TEST(NatErrors, AboutNobodysPacketsAreDropped)
{
    ErrorBox box;
    const NatPacket sent = box.Sent(17);
    for (const NatPacket& other : {MakeUdp({PUBLIC, 5002}, {S, 80}),
                                   MakeUdp({PUBLIC, 5000}, {S, 81}),
                                   MakeUdp({S, 5000}, {S, 80}),
                                   MakeTcp({PUBLIC, 5000}, {S, 80}, SYN),
                                   MakeNatPacket(47, {PUBLIC, 0}, {S, 0}, Bytes(8, 0))})
    {
        box.In(MakeError(ROUTER, PUBLIC, 3, 1, other));
        EXPECT_EQ(box.verdict.action, NatAction::DROP);
    }
    box.Out(MakeError(A, S, 3, 3, MakeUdp({S, 80}, {A, 5001})));
    EXPECT_EQ(box.verdict.drop, NatDrop::NO_MAPPING);
    // REQ-6: nor does an error renew what it is about.
    box.now += std::chrono::seconds(200);
    box.In(MakeError(ROUTER, PUBLIC, 3, 1, sent));
    EXPECT_EQ(box.verdict.action, NatAction::REWRITTEN);
    box.now += std::chrono::seconds(101);
    box.machine.Advance(box.now);
    EXPECT_EQ(box.machine.Table().size(), 0);
}

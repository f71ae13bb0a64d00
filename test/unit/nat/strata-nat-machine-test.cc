// SPDX-License-Identifier: GPL-2.0-only

#include "strata-nat-box.h"

#include "ns3/strata-nat-machine.h"

#include <gtest/gtest.h>

using namespace ns3::strata;
using namespace std::chrono_literals;

namespace
{

constexpr uint32_t PUBLIC = NatEnds::PUBLIC;
constexpr uint32_t OWN = NatEnds::OWN;
constexpr uint32_t A = NatEnds::A;
constexpr uint32_t B = NatEnds::B;
constexpr uint32_t S = NatEnds::S;
constexpr uint8_t SYN = NatEnds::SYN;
constexpr uint8_t ACK = NatEnds::ACK;

/** A control connection of A with S, which is open. */
class FtpBox : public NatBox
{
  public:
    FtpBox()
    {
        machine.Table().AddFixed(6, {B, 6543}, {PUBLIC, 6543}, now); // so that the port changes
        Out(MakeTcp({A, 5000}, {S, 21}, SYN, "", 1000));
        In(MakeTcp({S, 21}, {PUBLIC, 5000}, SYN | ACK, "", 7000, 1001));
        Out(MakeTcp({A, 5000}, {S, 21}, ACK, "", 1001));
    }

    NatPacket Client(uint32_t sequence, const std::string& text)
    {
        return Out(MakeTcp({A, 5000}, {S, 21}, ACK, text, sequence, 7001));
    }

    uint32_t Acknowledged(uint32_t number)
    {
        return Get32(In(MakeTcp({S, 21}, {PUBLIC, 5000}, ACK, "", 7001, number)).payload.data() +
                     8);
    }
};

uint32_t
Sequence(const NatPacket& packet)
{
    return Get32(packet.payload.data() + 4);
}

const std::string LINE = "PORT 10,0,0,1,25,143\r\n";     // 6543
const std::string SENT = "PORT 198,60,42,12,25,145\r\n"; // 6545, for parity is kept

} // namespace

TEST(NatMachine, LetsKeepAlivesBehindAReplacedLineBeWhatTheyAre)
{
    FtpBox box;
    EXPECT_EQ(box.Client(1001, LINE).Text(), SENT);
    const auto next = static_cast<uint32_t>(1001 + SENT.size());
    EXPECT_EQ(box.Acknowledged(next), 1023);
    // RFC 1122 section 4.2.3.6: "SEG.SEQ = SND.NXT-1", with one octet of garbage or without.
    for (const char* garbage : {"", "\n"})
    {
        const NatPacket probe = box.Client(1022, garbage);
        ASSERT_TRUE(box.Went()) << NatDropName(box.verdict.drop);
        EXPECT_EQ(Sequence(probe), next - 1);
        EXPECT_EQ(probe.Text().size(), std::string(garbage).size());
        EXPECT_TRUE(probe.IsRight());
    }
    EXPECT_EQ(box.Acknowledged(next), 1023);
    EXPECT_EQ(Sequence(box.Client(1023, "LIST\r\n")), next);
}

TEST(NatMachine, PassesAReplacedLineThatIsSentAgainInPieces)
{
    FtpBox box;
    EXPECT_EQ(box.Client(1001, LINE).Text(), SENT);
    std::string got;
    // RFC 9293 section 3.8.6.1: a probe into a window of zero has an octet; the receiver may take
    // it.
    const NatPacket probe = box.Client(1001, LINE.substr(0, 1));
    ASSERT_TRUE(box.Went()) << NatDropName(box.verdict.drop);
    EXPECT_EQ(probe.Text(), "P");
    EXPECT_EQ(Sequence(probe), 1001);
    EXPECT_EQ(box.Acknowledged(1002), 1001);
    for (const auto& [from, to] : {std::pair(0, 9), {9, 10}, {10, 22}})
    {
        const NatPacket piece =
            box.Client(static_cast<uint32_t>(1001 + from), LINE.substr(from, to - from));
        ASSERT_TRUE(box.Went()) << NatDropName(box.verdict.drop);
        EXPECT_EQ(Sequence(piece), 1001 + got.size());
        EXPECT_TRUE(piece.IsRight());
        got += piece.Text();
    }
    EXPECT_EQ(got, SENT);
    // The end of the line and what follows it in one segment.
    const NatPacket last = box.Client(1021, "\r\nQUIT\r\n");
    EXPECT_EQ(last.Text().substr(last.Text().size() - 6), "QUIT\r\n");
    EXPECT_EQ(Sequence(last) + last.Text().size(), 1001 + SENT.size() + 6);
}

TEST(NatMachine, GivesAFirstFragmentThatComesTwiceTheIdentificationOfTheOthers)
{
    NatBox box;
    const auto parts = CutNatPacket(MakeUdp({A, 5000}, {S, 80}, 992), 400, 7);
    std::vector<uint16_t> identifications;
    for (const std::size_t i : {0, 1, 0, 2})
    {
        const NatPacket part = box.Out(parts[i]);
        ASSERT_TRUE(box.Went());
        EXPECT_TRUE(part.header.HasRightChecksum());
        identifications.push_back(part.header.identification);
    }
    EXPECT_EQ(identifications, std::vector<uint16_t>(4, identifications[0]));
    // Another datagram has another one.
    EXPECT_NE(
        box.Out(CutNatPacket(MakeUdp({A, 5000}, {S, 80}, 992), 400, 8)[0]).header.identification,
        identifications[0]);
}

/** RFC 6864 section 5.3.1: who translates keeps identifications unique; a hairpin is translated. */
TEST(NatMachine, TellsFragmentsOfHairpinsApart)
{
    NatConfig config;
    config.filtering = NatBehaviour::ENDPOINT_INDEPENDENT;
    NatBox box(config);
    constexpr uint32_t C = 0x0a000003;
    box.machine.Table().AddFixed(17, {B, 9000}, {PUBLIC, 9000}, box.now);
    std::vector<uint16_t> identifications;
    for (const uint32_t from : {A, C})
    {
        const auto parts = CutNatPacket(MakeUdp({from, 5000}, {PUBLIC, 9000}, 992), 400, 77);
        for (const std::size_t i : {1, 0, 0, 1, 2})
        {
            const NatPacket part = box.Hairpin(parts[i]);
            if (box.verdict.action == NatAction::HOLD)
            {
                continue;
            }
            ASSERT_TRUE(box.Went());
            EXPECT_EQ(part.header.source, PUBLIC);
            EXPECT_EQ(part.header.destination, B);
            EXPECT_TRUE(part.header.HasRightChecksum());
            identifications.push_back(part.header.identification);
        }
    }
    ASSERT_EQ(identifications.size(), 8);
    EXPECT_NE(identifications[0], identifications[4]);
    for (std::size_t i = 0; i < 8; ++i)
    {
        EXPECT_EQ(identifications[i], identifications[i / 4 * 4]);
    }
    // A link inside may cut what is whole here, unless it must not (RFC 6864 section 4.1).
    NatPacket whole = MakeUdp({A, 5000}, {PUBLIC, 9000}, 992);
    NatPacket atomic = whole;
    atomic.header.dontFragment = true;
    SetChecksums(atomic, 6);
    EXPECT_NE(box.Hairpin(whole).header.identification, 0);
    EXPECT_EQ(box.Hairpin(atomic).header.identification, 0);
}

/** No fragment leaves with, or comes in for, an address that is public no more. */
TEST(NatMachine, ForgetsFragmentsWithTheAddress)
{
    NatBox box;
    const auto out = CutNatPacket(MakeUdp({A, 5000}, {S, 80}, 992), 400, 7);
    const auto in = CutNatPacket(MakeUdp({S, 80}, {PUBLIC, 5000}, 992), 400, 7);
    EXPECT_EQ(box.Out(out[0]).header.source, PUBLIC);
    EXPECT_EQ(box.In(in[0]).header.destination, A);
    EXPECT_TRUE(box.machine.RemovePublicAddress(PUBLIC));
    EXPECT_TRUE(box.machine.AddPublicAddress(PUBLIC + 1));
    box.Out(out[1]);
    EXPECT_EQ(box.verdict.action, NatAction::HOLD);
    box.In(in[1]);
    EXPECT_EQ(box.verdict.action, NatAction::PASS); // for somebody else
    EXPECT_EQ(box.machine.Advance(box.now + 2s).fragments.size(), 1);
}

/** An address is in the pool of all, or one inside host's, never both. */
TEST(NatMachine, HasAnAddressForAllOrForOne)
{
    NatBox box;
    EXPECT_TRUE(box.machine.AddOneToOne(B, PUBLIC + 1));
    EXPECT_FALSE(box.machine.AddPublicAddress(PUBLIC + 1));
    EXPECT_FALSE(box.machine.AddPublicAddress(PUBLIC));
    EXPECT_FALSE(box.machine.AddOneToOne(A, PUBLIC));
    EXPECT_FALSE(box.machine.AddOneToOne(A, PUBLIC + 1));
    EXPECT_FALSE(box.machine.AddOneToOne(B, PUBLIC + 2));
    EXPECT_TRUE(box.machine.AddPublicAddress(PUBLIC + 2));
}

TEST(NatMachine, TakesWhatRoutesLeadToForInside)
{
    NatBox box;
    const uint32_t behind = 0x0a010005;
    box.machine.Table().AddFixed(17, {A, 9000}, {PUBLIC, 9000}, box.now);
    box.In(MakeUdp({behind, 1}, {PUBLIC, 9000}));
    EXPECT_EQ(box.verdict.drop, NatDrop::SPOOFED);
    box.In(MakeUdp({S, 1}, {behind, 9000}));
    EXPECT_EQ(box.verdict.drop, NatDrop::INSIDE_DESTINATION);
    EXPECT_EQ(box.Out(MakeUdp({behind, 5000}, {S, 80})).header.source, PUBLIC);
    // Who says which networks are inside means them alone.
    box.machine.SetInside({Ipv4Prefix(0x0a000000, 24)}, true);
    box.In(MakeUdp({behind, 1}, {PUBLIC, 9000}));
    EXPECT_TRUE(box.Went());
}

/*
 * To a public end that leads to the box itself: the client hears from whom it asked, and who asked
 * the box by its own address hears from that. Whatever filtering tells apart.
 */
TEST(NatMachine, AnswersByThePublicEndThatWasAsked)
{
    for (int filtering = 0; filtering < 3; ++filtering)
    {
        NatConfig config;
        config.filtering = static_cast<NatBehaviour>(filtering);
        NatBox box(config);
        const NatEndpoint server{OWN, 80};
        const NatEndpoint open{PUBLIC, 8080};
        box.machine.Table().AddFixed(17, server, open, box.now);
        box.machine.Table().AddFixed(6, server, open, box.now);
        EXPECT_FALSE(box.machine.HasAnswers());
        const NatEndpoint a{A, 5000};
        const NatEndpoint b{B, 5000};
        EXPECT_TRUE((box.Hairpin(MakeUdp(a, open)).Destination() == server));
        EXPECT_TRUE((box.Hairpin(MakeUdp(a, open)).Source() == a));
        EXPECT_TRUE(box.machine.HasAnswers());
        const NatPacket answer = box.Answer(MakeUdp(server, a));
        EXPECT_TRUE((answer.Source() == open));
        EXPECT_TRUE(answer.IsRight());
        for (const NatEndpoint other : {b, NatEndpoint{A, 5001}})
        {
            EXPECT_TRUE((box.Answer(MakeUdp(server, other)).Source() == server));
            EXPECT_EQ(box.verdict.action, NatAction::PASS);
        }
        const NatPacket syn = box.Hairpin(MakeTcp(a, open, SYN));
        EXPECT_TRUE((syn.Destination() == server));
        EXPECT_TRUE(syn.IsRight());
        EXPECT_FALSE(box.verdict.hairpin);
        const NatPacket ack = box.Answer(MakeTcp(server, a, SYN | ACK));
        EXPECT_TRUE((ack.Source() == open));
        EXPECT_TRUE(ack.IsRight());
        box.Hairpin(MakeTcp(b, open, ACK));
        EXPECT_EQ(box.verdict.drop, NatDrop::NO_CONNECTION);
        // From outside as ever.
        EXPECT_TRUE((box.In(MakeUdp({S, 7}, open)).Destination() == server));
        EXPECT_TRUE((box.Out(MakeUdp(server, {S, 7}), true).Source() == open));
        box.now += 8000s;
        box.machine.Advance(box.now);
        EXPECT_EQ(box.machine.Table().CountSessions(), 0);
    }
}

namespace
{

NatPacket
WithOptions(NatPacket packet, const Bytes& options)
{
    packet.header.options.assign(options.begin(), options.end());
    packet.header.totalLength =
        static_cast<uint16_t>(packet.header.HeaderSize() + packet.payload.size());
    packet.header.SetChecksum();
    return packet;
}

Bytes
OptionsOf(const NatPacket& packet)
{
    return Bytes(packet.header.options.begin(), packet.header.options.end());
}

} // namespace

TEST(NatMachine, LetsOptionsTellNothingOfTheInside)
{
    NatBox box;
    const Bytes route{7, 15, 16, 10, 0, 0, 254, 10, 1, 0, 9, 9, 9, 9, 9, 0};
    const Bytes hidden{7, 15, 16, 198, 60, 42, 12, 198, 60, 42, 12, 9, 9, 9, 9, 0};
    const NatPacket out = box.Out(WithOptions(MakeUdp({A, 5000}, {S, 80}), route));
    EXPECT_EQ(OptionsOf(out), hidden);
    EXPECT_TRUE(out.IsRight());
    // Inbound nobody inside is told less.
    EXPECT_EQ(OptionsOf(box.In(WithOptions(MakeUdp({S, 80}, {PUBLIC, 5000}), route))), route);
    // What an error quotes has been inside, too.
    NatPacket got = WithOptions(MakeUdp({S, 80}, {A, 5000}), route);
    const NatPacket error = box.Out(MakeError(A, S, 3, 3, got));
    ASSERT_TRUE(box.Went()) << NatDropName(box.verdict.drop);
    EXPECT_TRUE(error.IsRight());
    const auto quoted = Ipv4WireHeader::Decode(ByteView(error.payload).Sub(8), {});
    ASSERT_TRUE(quoted);
    EXPECT_TRUE(quoted->HasRightChecksum());
    EXPECT_EQ(quoted->destination, PUBLIC);
    EXPECT_EQ(Bytes(quoted->options.begin(), quoted->options.end()), hidden);
}

TEST(NatMachine, LetsNoSourceRouteAcross)
{
    NatBox box;
    box.machine.Table().AddFixed(17, {A, 9000}, {PUBLIC, 9000}, box.now);
    for (const uint8_t kind : {131, 137})
    {
        const Bytes options{kind, 7, 4, 10, 0, 0, 2, 0};
        box.In(WithOptions(MakeUdp({S, 80}, {PUBLIC, 9000}), options));
        EXPECT_EQ(box.verdict.drop, NatDrop::SOURCE_ROUTE);
        box.In(WithOptions(MakeEcho(S, PUBLIC, 7), options));
        EXPECT_EQ(box.verdict.drop, NatDrop::SOURCE_ROUTE);
        box.Out(WithOptions(MakeUdp({A, 5000}, {S, 80}), options));
        EXPECT_EQ(box.verdict.drop, NatDrop::SOURCE_ROUTE);
        // What only passes by outside is none of its business.
        box.In(WithOptions(MakeUdp({S, 80}, {S + 1, 9000}), options));
        EXPECT_EQ(box.verdict.action, NatAction::PASS);
    }
}

/*
 * RFC 5382 REQ-4: no answer to an unsolicited SYN "for at least 6 seconds"; in between an outbound
 * SYN makes it one half of a simultaneous open (REQ-4a). Those that wait are few, whoever floods.
 */
TEST(NatMachine, HoldsUnsolicitedSynsForSixSecondsAndNoMoreOfThemThanItsLimit)
{
    NatConfig config;
    config.maxHeldSyns = 2;
    NatBox box(config);
    std::vector<uint32_t> tickets;
    for (uint16_t port = 1; port <= 4; ++port)
    {
        box.In(MakeTcp({S, port}, {PUBLIC, 5000}, SYN));
        EXPECT_EQ(box.verdict.drop, NatDrop::UNSOLICITED_SYN);
        EXPECT_EQ(box.verdict.action, port <= 2 ? NatAction::HOLD_SYN : NatAction::DROP);
        if (port <= 2)
        {
            tickets.push_back(box.verdict.ticket);
        }
        // Sent again it is not held twice.
        box.In(MakeTcp({S, port}, {PUBLIC, 5000}, SYN));
        EXPECT_EQ(box.verdict.action, NatAction::DROP);
    }
    EXPECT_NE(tickets[0], tickets[1]);
    EXPECT_TRUE(box.machine.Advance(box.now + 6s - Nanos(1)).syns.empty());
    EXPECT_EQ(box.machine.NextDeadline(), box.now + 6s);
    box.Out(MakeTcp({A, 5000}, {S, 2}, SYN));
    EXPECT_EQ(box.verdict.answered, tickets[1]);
    EXPECT_EQ(box.machine.Advance(box.now + 6s).syns, std::vector<uint32_t>{tickets[0]});
    // Anything but a SYN waits for nothing.
    box.In(MakeTcp({S, 9}, {PUBLIC, 5001}, ACK));
    EXPECT_EQ(box.verdict.action, NatAction::DROP);
    EXPECT_EQ(box.verdict.drop, NatDrop::NO_MAPPING);
}

TEST(NatMachine, KeepsOtherProtocolsAsLongAsItIsTold)
{
    NatConfig config;
    config.unknownProtocols = NatUnknownProtocols::MAP;
    config.otherTimeout = 100s;
    NatBox box(config);
    const NatPacket sent = MakeNatPacket(47, {A, 0}, {S, 0}, Bytes(20, 7));
    EXPECT_EQ(box.Out(sent).header.source, PUBLIC);
    const NatPacket back = MakeNatPacket(47, {S, 0}, {PUBLIC, 0}, Bytes(20, 7));
    box.now += 100s - Nanos(1);
    EXPECT_EQ(box.In(back).header.destination, A);
    box.now += Nanos(1);
    box.In(back);
    EXPECT_EQ(box.verdict.action, NatAction::PASS); // for the box, if for anybody
    EXPECT_EQ(box.machine.Table().size(), 0);
}

// SPDX-License-Identifier: GPL-2.0-only

#include "strata-nat-packets.h"

#include "ns3/strata-nat-machine.h"

#include <gtest/gtest.h>

using namespace ns3::strata;
using namespace std::chrono_literals;

namespace
{

constexpr uint32_t PUBLIC = 0xc63c2a0c; // 198.60.42.12
constexpr uint32_t A = 0x0a000001;      // 10.0.0.1
constexpr uint32_t B = 0x0a000002;
constexpr uint32_t S = 0xc63c2a01;
constexpr uint8_t SYN = 2;
constexpr uint8_t ACK = 16;

/** A translator with 10.0.0.0/24 inside, and what became of the last packet. */
class Box
{
  public:
    explicit Box(const NatConfig& config = {})
        : machine(config)
    {
        machine.AddPublicAddress(PUBLIC);
        machine.SetInside({Ipv4Prefix(0x0a000000, 24)}, false);
    }

    NatPacket Out(NatPacket packet, bool local = false)
    {
        return Ask(std::move(packet), [&](Ipv4WireHeader& header, NatPayload payload) {
            return machine.Outbound(header, payload, local, now);
        });
    }

    NatPacket In(NatPacket packet)
    {
        return Ask(std::move(packet), [&](Ipv4WireHeader& header, NatPayload payload) {
            return machine.Inbound(header, payload, now);
        });
    }

    /** From inside to a public end, both halves. */
    NatPacket Hairpin(NatPacket packet)
    {
        packet = Ask(std::move(packet), [&](Ipv4WireHeader& header, NatPayload payload) {
            return machine.Hairpin(header, payload, now);
        });
        if (verdict.hairpin)
        {
            NatMachine::RewriteSource(packet.header, NatPayload(packet.payload), *verdict.hairpin);
        }
        return packet;
    }

    bool Went() const
    {
        return verdict.action == NatAction::PASS || verdict.action == NatAction::REWRITTEN;
    }

    NatMachine machine;
    Nanos now{1s};
    NatVerdict verdict;

  private:
    template <class Call>
    NatPacket Ask(NatPacket packet, Call call)
    {
        Bytes front(packet.payload.begin(),
                    packet.payload.begin() + static_cast<std::ptrdiff_t>(
                                                 std::min<std::size_t>(60, packet.payload.size())));
        verdict =
            call(packet.header, NatPayload(front.data(), front.size(), packet.payload.size()));
        if (verdict.action == NatAction::NEED_ALL)
        {
            verdict = call(packet.header, NatPayload(packet.payload));
        }
        else
        {
            std::copy(front.begin(), front.end(), packet.payload.begin());
        }
        return packet;
    }
};

/** A control connection of A with S, which is open. */
class FtpBox : public Box
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
    Box box;
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

/*
 * RFC 6864 section 5.3.1: what shares a source address "MUST ensure that the IPv4 ID field of
 * datagrams whose addresses or protocols are translated" is unique; a hairpin is such.
 */
TEST(NatMachine, TellsFragmentsOfHairpinsApart)
{
    NatConfig config;
    config.filtering = NatBehaviour::ENDPOINT_INDEPENDENT;
    Box box(config);
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
    Box box;
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
    Box box;
    EXPECT_TRUE(box.machine.AddOneToOne(B, PUBLIC + 1));
    EXPECT_FALSE(box.machine.AddPublicAddress(PUBLIC + 1));
    EXPECT_FALSE(box.machine.AddPublicAddress(PUBLIC));
    EXPECT_FALSE(box.machine.AddOneToOne(A, PUBLIC));
    EXPECT_FALSE(box.machine.AddOneToOne(A, PUBLIC + 1));
    EXPECT_FALSE(box.machine.AddOneToOne(B, PUBLIC + 2));
    EXPECT_TRUE(box.machine.AddPublicAddress(PUBLIC + 2));
}

// SPDX-License-Identifier: GPL-2.0-only

#include "strata-hostile-datagrams.h"
#include "strata-nat-test-case.h"

using namespace ns3;
using namespace ns3::strata;

namespace
{

constexpr uint32_t MAPPINGS = 200;

/** Strangers on both sides, while an honest connection goes on. */
class HostileTest : public NatTestCase
{
  public:
    HostileTest(const char* kind, uint32_t seed)
        : NatTestCase(std::string("hostile datagrams through a ") + kind),
          m_kind(kind),
          m_seed(seed)
    {
    }

  private:
    void DoRun() override
    {
        StrataNatHelper helper;
        helper.SetKind(m_kind);
        helper.SetAttribute("MaxMappings", UintegerValue(MAPPINGS));
        helper.SetAttribute("MaxSessions", UintegerValue(MAPPINGS));
        helper.SetAttribute("UnknownProtocols", StringValue("map"));
        helper.SetAttribute("MaxHeldFragments", UintegerValue(16));
        Build(helper);
        nat->AddPortForward("udp", 9000, Ipv4Address("10.0.0.2"), 9000);
        const End a{"10.0.0.1", 5000};
        const End s{"198.60.42.1", 80};
        Through(A, TcpSegment(a, s, TcpWireHeader::SYN), S, "SYN");
        const uint16_t port = 5000;
        Through(S,
                TcpSegment(s, {PUBLIC, port}, TcpWireHeader::SYN | TcpWireHeader::ACK),
                A,
                "SYN ACK");
        Through(A, TcpSegment(a, s, TcpWireHeader::ACK), S, "ACK");
        HostileDatagrams hostile(m_seed,
                                 {Ipv4Address("10.0.0.1").Get(),
                                  Ipv4Address("10.0.0.2").Get(),
                                  Ipv4Address("10.0.0.77").Get(),
                                  Ipv4Address(PUBLIC).Get(),
                                  Ipv4Address("198.60.42.1").Get(),
                                  Ipv4Address("198.60.42.2").Get()});
        for (int round = 0; round < 30; ++round)
        {
            for (int i = 0; i < 100; ++i)
            {
                const Host from = hostile.OnceIn(2) ? B : T;
                Simulator::Schedule(MicroSeconds(20 * i), [this, from, &hostile] {
                    Bytes bytes = hostile.OnceIn(5)
                                      ? hostile.NextFragment(Ipv4Address(PUBLIC).Get())
                                      : hostile.Next();
                    // What the connection's own ends would say is not for strangers to say.
                    if (bytes.size() >= 20 &&
                        (HostileDatagrams::Get32(bytes, 12) == Ipv4Address("10.0.0.1").Get() ||
                         HostileDatagrams::Get32(bytes, 12) == Ipv4Address("198.60.42.1").Get()))
                    {
                        HostileDatagrams::Put32(bytes, 12, 0x0a00004d);
                        HostileDatagrams::SetHeaderChecksum(bytes);
                    }
                    SendBytes(from, bytes);
                });
            }
            // A flood of new flows.
            for (int i = 0; i < 50; ++i)
            {
                Simulator::Schedule(MicroSeconds(2500 + 20 * i), [this, round, i] {
                    SendBytes(
                        B,
                        UdpDatagram({"10.0.0.2", static_cast<uint16_t>(1024 + round * 50 + i)},
                                    {"198.60.42.1", 53})
                            .ToBytes());
                });
            }
            Run(0.02);
            NS_TEST_EXPECT_MSG_LT_OR_EQ(nat->GetSize(), MAPPINGS, "the table keeps its limit");
            NS_TEST_EXPECT_MSG_LT_OR_EQ(nat->GetSessions(), MAPPINGS, "and its sessions");
            CheckOutside();
            taps[A]->arrived.clear();
            taps[B]->arrived.clear();
            Through(A, TcpSegment(a, s, TcpWireHeader::ACK, "still here"), S, "the connection");
            Through(S, TcpSegment(s, {PUBLIC, port}, TcpWireHeader::ACK, "x"), A, "both ways");
        }
        NS_TEST_EXPECT_MSG_GT(Drops(NAT_TABLE_FULL), 0, "the flood met the limit");
        NS_TEST_EXPECT_MSG_GT(Drops(NAT_SPOOFED), 0, "spoofed ones were dropped");
        NS_TEST_EXPECT_MSG_GT(Drops(NAT_SHORT_TRANSPORT), 0, "short ones");
        for (const auto& entry : StrataNode::Of(nodes.Get(BOX))->GetDrops().Entries())
        {
            NS_TEST_EXPECT_MSG_NE(entry.reason.Name(), "nat.none", "each drop has a reason");
        }
        Run(1000);
        NS_TEST_EXPECT_MSG_EQ(nat->GetSize(), 2, "the connection, and what was set up by hand");
    }

    /** No address of the inside may be on what came out. */
    void CheckOutside()
    {
        for (const Host host : {S, T})
        {
            for (const Datagram& datagram : Arrived(host))
            {
                NS_TEST_EXPECT_MSG_NE((datagram.header.source >> 8), 0x0a0000U, "an inside source");
                const auto message = datagram.header.Is(Ipv4Protocol::ICMP)
                                         ? IcmpMessage::Decode(datagram.payload, {})
                                         : Unexpected<DecodeError>{DecodeError{}};
                // What strangers outside say to each other passes the box as it is.
                if (datagram.header.source == Ipv4Address(PUBLIC).Get() &&
                    datagram.header.fragmentOffset == 0 && message && message->IsError())
                {
                    if (const auto quote = message->Quote())
                    {
                        NS_TEST_EXPECT_MSG_NE((quote->header.destination >> 8),
                                              0x0a0000U,
                                              "an inside address in a quote");
                    }
                }
            }
        }
    }

    const char* m_kind;
    uint32_t m_seed;
};

/** Forged sources begin connections with a server inside; hosts inside begin theirs all the same.
 */
class SynFloodTest : public NatTestCase
{
  public:
    explicit SynFloodTest(bool answered)
        : NatTestCase(std::string("a flood of SYNs at a forwarded port, ") +
                      (answered ? "answered" : "not answered")),
          m_answered(answered)
    {
    }

  private:
    static constexpr uint8_t SYN = TcpWireHeader::SYN;
    static constexpr uint8_t ACK = TcpWireHeader::ACK;

    void DoRun() override
    {
        StrataNatHelper helper;
        helper.SetAttribute("MaxSessions", UintegerValue(MAPPINGS));
        Build(helper);
        nat->AddPortForward("tcp", 80, Ipv4Address("10.0.0.2"), 80);
        const End client{"198.60.42.1", 4000};
        const End server{"10.0.0.2", 80};
        Through(S, TcpSegment(client, {PUBLIC, 80}, SYN), B, "a client");
        Through(B, TcpSegment(server, client, SYN | ACK), S, "is answered");
        Through(S, TcpSegment(client, {PUBLIC, 80}, ACK), B, "and connected");
        const End first{"10.0.0.1", 4999};
        Through(A, TcpSegment(first, {"198.60.42.2", 443}, SYN), T, "who was there before");
        for (uint32_t round = 0; round < 10; ++round)
        {
            for (uint32_t i = 0; i < MAPPINGS / 2; ++i)
            {
                Datagram forged = TcpSegment({"198.60.42.2", 999}, {PUBLIC, 80}, SYN);
                forged.header.source = 0x01000000 + round * MAPPINGS + i;
                SetTransportChecksum(forged, 16);
                SendAt(Simulator::Now().GetSeconds() + 10e-6 * i, T, forged);
                if (m_answered)
                {
                    Datagram answer = TcpSegment(server, {"198.60.42.2", 999}, SYN | ACK);
                    answer.header.destination = forged.header.source;
                    SetTransportChecksum(answer, 16);
                    SendAt(Simulator::Now().GetSeconds() + 5e-3 + 10e-6 * i, B, answer);
                }
            }
            Run(0.1);
            const End a{"10.0.0.1", static_cast<uint16_t>(5000 + round)};
            Through(A, TcpSegment(a, {"198.60.42.1", 443}, SYN), S, "a new connection of A");
            Through(S, TcpSegment({"198.60.42.1", 443}, {PUBLIC, a.port}, SYN | ACK), A, "open");
            Through(S, TcpSegment(client, {PUBLIC, 80}, ACK, "x"), B, "the client");
            Through(B, TcpSegment(server, client, ACK, "x"), S, "and its server");
            NS_TEST_EXPECT_MSG_LT_OR_EQ(nat->GetSessions(), MAPPINGS, "the table keeps its limit");
        }
        NS_TEST_EXPECT_MSG_EQ(nat->GetSessions(), MAPPINGS, "the flood met the limit");
        NS_TEST_EXPECT_MSG_EQ(Drops(NAT_TABLE_FULL), 0, "at nobody's cost but its own");
        Through(A, TcpSegment(first, {"198.60.42.2", 443}, SYN), T, "who was there before");
        NS_TEST_EXPECT_MSG_EQ(created.size(), 12, "its mapping was made once");
    }

    bool m_answered;
};

class NatHostileTestSuite : public TestSuite
{
  public:
    NatHostileTestSuite()
        : TestSuite("strata-nat-hostile")
    {
        uint32_t seed = 1;
        for (const char* kind :
             {"full-cone", "restricted-cone", "port-restricted-cone", "symmetric"})
        {
            AddTestCase(new HostileTest(kind, seed++));
        }
        AddTestCase(new SynFloodTest(false));
        AddTestCase(new SynFloodTest(true));
    }
};

NatHostileTestSuite g_natHostileTestSuite;

} // namespace

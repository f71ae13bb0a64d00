// SPDX-License-Identifier: GPL-2.0-only

// One case for each requirement of RFC 4787 (UDP), RFC 5382 (TCP) and RFC 5508 (ICMP) that is met;
// doc/nat.rst has the table.

#include "strata-nat-test-case.h"

#include <functional>
#include <set>

using namespace ns3;
using namespace ns3::strata;

namespace
{

constexpr uint8_t SYN = TcpWireHeader::SYN;
constexpr uint8_t ACK = TcpWireHeader::ACK;
constexpr uint8_t FIN = TcpWireHeader::FIN;
constexpr const char* PUB = "198.60.42.12";
constexpr const char* ADDRESS_A = "10.0.0.1";
constexpr const char* ADDRESS_B = "10.0.0.2";
constexpr const char* ADDRESS_S = "198.60.42.1";
constexpr const char* ADDRESS_T = "198.60.42.2";

StrataNatHelper
Kind(const char* kind)
{
    StrataNatHelper helper;
    helper.SetKind(kind);
    return helper;
}

StrataNatHelper
With(const char* name, const AttributeValue& value)
{
    StrataNatHelper helper;
    helper.SetAttribute(name, value);
    return helper;
}

/** The front of \p datagram, as an ICMP error quotes it. */
Bytes
Quoted(const Datagram& datagram, std::size_t payload = 8)
{
    Bytes bytes = datagram.ToBytes();
    bytes.resize(std::min(bytes.size(), datagram.header.HeaderSize() + payload));
    return bytes;
}

/** A requirement and how it is shown. */
class RequirementTest : public NatTestCase
{
  public:
    using Body = void (RequirementTest::*)();

    RequirementTest(const char* name, Body body)
        : NatTestCase(name),
          m_body(body)
    {
    }

    // RFC 4787

    void UdpMappingIsEndpointIndependent()
    {
        Build();
        const uint16_t first = SeenPort(A, {ADDRESS_A, 5001}, S, {ADDRESS_S, 80});
        NS_TEST_EXPECT_MSG_EQ(SeenPort(A, {ADDRESS_A, 5001}, T, {ADDRESS_T, 53}),
                              first,
                              "another host sees the same port");
        NS_TEST_EXPECT_MSG_EQ(nat->GetSize(), 1, "one mapping");
    }

    void SymmetricMappingIsNot()
    {
        Build(Kind("symmetric"));
        const uint16_t first = SeenPort(A, {ADDRESS_A, 5001}, S, {ADDRESS_S, 80});
        NS_TEST_EXPECT_MSG_NE(SeenPort(A, {ADDRESS_A, 5001}, T, {ADDRESS_T, 53}),
                              first,
                              "another host sees another port");
    }

    void PoolingIsPaired()
    {
        Build();
        nat->AddPublicAddress(Ipv4Address("198.60.42.20"));
        nat->AddPublicAddress(Ipv4Address("198.60.42.21"));
        std::set<uint32_t> ofA;
        std::set<uint32_t> ofB;
        for (uint16_t port = 5000; port < 5010; ++port)
        {
            ofA.insert(
                Through(A, UdpDatagram({ADDRESS_A, port}, {ADDRESS_S, 80}), S, "A").header.source);
            ofB.insert(
                Through(B, UdpDatagram({ADDRESS_B, port}, {ADDRESS_S, 80}), S, "B").header.source);
        }
        NS_TEST_EXPECT_MSG_EQ(ofA.size(), 1, "A has one public address");
        NS_TEST_EXPECT_MSG_EQ(ofB.size(), 1, "B has one public address");
        NS_TEST_EXPECT_MSG_EQ((ofA == ofB), false, "the pool is shared out");
    }

    void ArbitraryPoolingIsOffered()
    {
        Build(With("Pooling", StringValue("arbitrary")));
        nat->AddPublicAddress(Ipv4Address("198.60.42.20"));
        nat->AddPublicAddress(Ipv4Address("198.60.42.21"));
        std::set<uint32_t> ofA;
        for (uint16_t port = 5000; port < 5010; ++port)
        {
            ofA.insert(
                Through(A, UdpDatagram({ADDRESS_A, port}, {ADDRESS_S, 80}), S, "A").header.source);
        }
        NS_TEST_EXPECT_MSG_EQ(ofA.size(), 2, "A has both");
    }

    void UdpPortsAreNotOverloaded()
    {
        Build(With("ReservedPorts", UintegerValue(0)));
        const uint16_t a = SeenPort(A, {ADDRESS_A, 6000}, S, {ADDRESS_S, 80});
        const uint16_t b = SeenPort(B, {ADDRESS_B, 6000}, T, {ADDRESS_T, 80});
        NS_TEST_EXPECT_MSG_NE(a, b, "even towards different hosts");
        // REQ-3a
        NS_TEST_EXPECT_MSG_LT(SeenPort(A, {ADDRESS_A, 700}, S, {ADDRESS_S, 80}), 1024, "low");
        NS_TEST_EXPECT_MSG_LT(SeenPort(B, {ADDRESS_B, 700}, S, {ADDRESS_S, 80}), 1024, "low, too");
        NS_TEST_EXPECT_MSG_GT(SeenPort(B, {ADDRESS_B, 1500}, S, {ADDRESS_S, 80}), 1023, "high");
    }

    void PortParityIsKept()
    {
        for (const char* allocation : {"preservation", "parity"})
        {
            Build(With("PortAllocation", StringValue(allocation)));
            for (uint16_t port = 7000; port < 7010; ++port)
            {
                for (const auto& [host, address] : {std::pair(A, ADDRESS_A), {B, ADDRESS_B}})
                {
                    const uint16_t seen = SeenPort(host, {address, port}, S, {ADDRESS_S, 80});
                    NS_TEST_EXPECT_MSG_EQ(seen % 2, port % 2, allocation << " of " << port);
                }
            }
            Simulator::Destroy();
            nodes = NodeContainer();
        }
        Build();
    }

    void UdpMappingsLiveFiveMinutes()
    {
        Build();
        SeenPort(A, {ADDRESS_A, 5000}, S, {ADDRESS_S, 80});
        Run(299);
        NS_TEST_EXPECT_MSG_EQ(nat->GetSize(), 1, "after 299 s");
        Run(2);
        NS_TEST_EXPECT_MSG_EQ(nat->GetSize(), 0, "after 301 s");
        nat->SetAttribute("UdpTimeout", StringValue("130s"));
        SeenPort(A, {ADDRESS_A, 5000}, S, {ADDRESS_S, 80});
        Run(131);
        NS_TEST_EXPECT_MSG_EQ(nat->GetSize(), 0, "REQ-5b: it can be configured");
        NS_TEST_EXPECT_MSG_EQ(nat->SetAttributeFailSafe("UdpTimeout", TimeValue(Years(1))),
                              true,
                              "for a year");
        SeenPort(A, {ADDRESS_A, 5000}, S, {ADDRESS_S, 80});
        Run(3600 * 24 * 364);
        NS_TEST_EXPECT_MSG_EQ(nat->GetSize(), 1, "after a year, but for a day");
        NS_TEST_EXPECT_MSG_EQ(nat->SetAttributeFailSafe("UdpTimeout", TimeValue(Time::Max())),
                              false,
                              "not for longer than time counts");
    }

    void OutboundUdpRefreshes()
    {
        Build();
        SeenPort(A, {ADDRESS_A, 5000}, S, {ADDRESS_S, 80});
        for (int i = 0; i < 4; ++i)
        {
            Run(200);
            SeenPort(A, {ADDRESS_A, 5000}, S, {ADDRESS_S, 80});
        }
        NS_TEST_EXPECT_MSG_EQ(created.size(), 1, "one mapping lives on");
        // REQ-6a is a choice, which is off: a stranger shall not keep a mapping alive.
        Run(200);
        Through(S, UdpDatagram({ADDRESS_S, 80}, {PUB, 5000}), A, "inbound");
        Run(150);
        NS_TEST_EXPECT_MSG_EQ(nat->GetSize(), 0, "inbound packets do not renew");
        nat->SetAttribute("UdpRefresh", StringValue("both"));
        SeenPort(A, {ADDRESS_A, 5000}, S, {ADDRESS_S, 80});
        Run(200);
        Through(S, UdpDatagram({ADDRESS_S, 80}, {PUB, 5000}), A, "inbound");
        Run(150);
        NS_TEST_EXPECT_MSG_EQ(nat->GetSize(), 1, "unless they are asked to");
    }

    /** Who of the ends outside gets in at a mapping towards S port 80. */
    void ExpectFilter(const char* kind, bool samePort, bool sameHost, bool others)
    {
        Build(Kind(kind));
        const uint16_t port = SeenPort(A, {ADDRESS_A, 5000}, S, {ADDRESS_S, 80});
        Arrived(A);
        Send(S, UdpDatagram({ADDRESS_S, 80}, {PUB, port}));
        NS_TEST_EXPECT_MSG_EQ((Arrived(A).size() == 1), samePort, kind << ": the same port");
        Send(S, UdpDatagram({ADDRESS_S, 81}, {PUB, port}));
        NS_TEST_EXPECT_MSG_EQ((Arrived(A).size() == 1), sameHost, kind << ": the same host");
        Send(T, UdpDatagram({ADDRESS_T, 80}, {PUB, port}));
        NS_TEST_EXPECT_MSG_EQ((Arrived(A).size() == 1), others, kind << ": others");
        NS_TEST_EXPECT_MSG_EQ(Drops(NAT_FILTERED), !sameHost + !others, kind << ": drops");
        NS_TEST_EXPECT_MSG_EQ(refused.size(), !sameHost + !others, kind << ": traced");
    }

    void FullConeFiltersNothing()
    {
        ExpectFilter("full-cone", true, true, true);
    }

    void RestrictedConeFiltersByAddress()
    {
        ExpectFilter("restricted-cone", true, true, false);
    }

    void PortRestrictedConeFiltersByPort()
    {
        ExpectFilter("port-restricted-cone", true, false, false);
    }

    void SymmetricFiltersByPort()
    {
        ExpectFilter("symmetric", true, false, false);
    }

    void UdpHairpins()
    {
        for (const char* kind : {"full-cone", "port-restricted-cone"})
        {
            Build(Kind(kind));
            const uint16_t a = SeenPort(A, {ADDRESS_A, 5001}, S, {ADDRESS_S, 80});
            const uint16_t b = SeenPort(B, {ADDRESS_B, 5002}, S, {ADDRESS_S, 80});
            Send(B, UdpDatagram({ADDRESS_B, 5002}, {PUB, a})); // opens the filter of B
            Arrived(A);
            const Datagram got =
                Through(A, UdpDatagram({ADDRESS_A, 5001}, {PUB, b}), B, "A to B by the outside");
            // REQ-9a: the external source address and port
            ExpectEnds(got, {PUB, a}, {ADDRESS_B, 5002}, "A to B by the outside");
            const Datagram back =
                Through(B, UdpDatagram({ADDRESS_B, 5002}, {PUB, a}), A, "and back");
            ExpectEnds(back, {PUB, b}, {ADDRESS_A, 5001}, "and back");
            nat->SetAttribute("Hairpinning", BooleanValue(false));
            Blocked(A, UdpDatagram({ADDRESS_A, 5001}, {PUB, b}), B, "with Hairpinning off");
            NS_TEST_EXPECT_MSG_EQ(Drops(NAT_HAIRPIN), 1, "counted");
            Simulator::Destroy();
            nodes = NodeContainer();
        }
        Build();
    }

    void UdpPayloadsAreLeftAlone()
    {
        Build();
        Datagram call = UdpDatagram({ADDRESS_A, 1719}, {ADDRESS_S, 1719}, 4);
        call.payload = Bytes{6, 0xb7, 6, 0xb7, 0, 14, 0, 0, 10, 0, 0, 1, 6, 0xb8};
        SetTransportChecksum(call, 6);
        const Datagram got = Through(A, call, S, "an address in the payload");
        NS_TEST_EXPECT_MSG_EQ((ByteView(got.payload).Sub(8) == ByteView(call.payload).Sub(8)),
                              true,
                              "stays what it is: there is no gateway for any application over UDP");
    }

    /** How the end \p from of \p host is mapped and filtered: a letter for each thing seen. */
    std::string Behaviour(Host host, End from)
    {
        const uint16_t port = SeenPort(host, from, S, {ADDRESS_S, 80});
        std::string seen;
        const std::tuple<Host, const char*, uint16_t> strangers[]{{S, ADDRESS_S, 80},
                                                                  {S, ADDRESS_S, 81},
                                                                  {T, ADDRESS_T, 80}};
        for (const auto& [stranger, address, number] : strangers)
        {
            Arrived(host);
            Send(stranger, UdpDatagram({address, number}, {PUB, port}));
            seen += Arrived(host).size() == 1 ? 'h' : '-';
        }
        seen += SeenPort(host, from, S, {ADDRESS_S, 82}) == port ? 's' : 'd';
        return seen;
    }

    void BehaviourIsDeterministic()
    {
        const std::pair<const char*, const char*> kinds[]{{"full-cone", "hhhs"},
                                                          {"restricted-cone", "hh-s"},
                                                          {"port-restricted-cone", "h--s"},
                                                          {"symmetric", "h--d"}};
        for (const auto& [kind, behaviour] : kinds)
        {
            // Fifteen ports, and 30 mappings.
            StrataNatHelper helper = Kind(kind);
            helper.SetAttribute("ReservedPorts", UintegerValue(65521));
            helper.SetAttribute("MaxMappings", UintegerValue(30));
            Build(helper);
            NS_TEST_EXPECT_MSG_EQ(Behaviour(A, {ADDRESS_A, 65530}), behaviour, kind << ": first");
            NS_TEST_EXPECT_MSG_EQ(Behaviour(B, {ADDRESS_B, 65530}),
                                  behaviour,
                                  kind << ": a port that another host has");
            NS_TEST_EXPECT_MSG_EQ(Behaviour(B, {ADDRESS_B, 700}),
                                  behaviour,
                                  kind << ": a port that is reserved");
            for (uint16_t port = 1; port <= 20; ++port)
            {
                SendBytes(A, UdpDatagram({ADDRESS_A, port}, {ADDRESS_S, 80}).ToBytes());
            }
            Run(0.1);
            NS_TEST_EXPECT_MSG_EQ(nat->GetSize(), 15, kind << ": there are no more ports");
            NS_TEST_EXPECT_MSG_GT(Drops(NAT_PORTS_EXHAUSTED), 0, kind << ": as is counted");
            for (const auto& [host, address] : {std::pair(A, ADDRESS_A), {B, ADDRESS_B}})
            {
                NS_TEST_EXPECT_MSG_EQ(Behaviour(host, {address, 65530}),
                                      behaviour,
                                      kind << ": without ports");
            }
            for (uint16_t identifier = 1; identifier <= 20; ++identifier)
            {
                SendBytes(A, Echo({ADDRESS_A, identifier}, {ADDRESS_S}).ToBytes());
            }
            Run(0.1);
            NS_TEST_EXPECT_MSG_EQ(nat->GetSize(), 30, kind << ": the table is full");
            NS_TEST_EXPECT_MSG_GT(Drops(NAT_TABLE_FULL), 0, kind << ": as is counted");
            NS_TEST_EXPECT_MSG_EQ(Behaviour(B, {ADDRESS_B, 65530}),
                                  behaviour,
                                  kind << ": in a full table");
            Simulator::Destroy();
            nodes = NodeContainer();
        }
        Build();
    }

    void ErrorsEndNoUdpMapping()
    {
        Build();
        const uint16_t port = SeenPort(A, {ADDRESS_A, 5000}, S, {ADDRESS_S, 80});
        const Datagram sent = UdpDatagram({PUB, port}, {ADDRESS_S, 80});
        for (const auto code : {IcmpUnreachableCode::PORT, IcmpUnreachableCode::HOST})
        {
            // REQ-12a: whoever sends it; T may be a router on the way.
            Through(T,
                    IcmpDatagram({ADDRESS_T}, {PUB}, IcmpMessage::Unreachable(code, Quoted(sent))),
                    A,
                    "an error from elsewhere");
        }
        NS_TEST_EXPECT_MSG_EQ(nat->GetSize(), 1, "the mapping is there");
        Through(S, UdpDatagram({ADDRESS_S, 80}, {PUB, port}), A, "and works");
    }

    void TooLargeIsAnsweredOrFragmented()
    {
        Build();
        outside.Get(0)->SetMtu(600);
        Datagram large = UdpDatagram({ADDRESS_A, 5000}, {ADDRESS_S, 80}, 1000);
        large.header.dontFragment = true;
        Arrived(S);
        const Datagram answer = Through(A, large, A, "with DF");
        const auto message = IcmpMessage::Decode(answer.payload, {});
        NS_TEST_EXPECT_MSG_EQ(
            (message && message->IsUnreachable(IcmpUnreachableCode::FRAGMENTATION_NEEDED)),
            true,
            "fragmentation needed");
        NS_TEST_EXPECT_MSG_EQ(Arrived(S).size(), 0, "nothing goes on");
        large.header.dontFragment = false;
        Send(A, large);
        const auto fragments = Arrived(S);
        NS_TEST_EXPECT_MSG_EQ(fragments.size(), 2, "without DF in two fragments");
        NS_TEST_EXPECT_MSG_EQ(fragments[0].header.fragmentOffset, 0, "in order");
        for (const Datagram& fragment : fragments)
        {
            NS_TEST_EXPECT_MSG_EQ(Ipv4Address(fragment.header.source), Ipv4Address(PUB), "from");
        }
    }

    /** Cuts \p datagram into three. */
    static std::vector<Datagram> Cut(const Datagram& datagram, uint16_t identification)
    {
        std::vector<Datagram> parts(3, datagram);
        for (std::size_t i = 0; i < 3; ++i)
        {
            parts[i].payload =
                ByteView(datagram.payload).Sub(i * 400, i == 2 ? SIZE_MAX : 400).ToBytes();
            parts[i].header.identification = identification;
            parts[i].header.fragmentOffset = static_cast<uint16_t>(i * 50);
            parts[i].header.moreFragments = i < 2;
        }
        return parts;
    }

    /** What the fragments carry, put together. */
    static Datagram Join(const std::vector<Datagram>& parts)
    {
        Datagram whole = parts.empty() ? Datagram() : parts[0];
        whole.payload.assign(1008, 0);
        for (const Datagram& part : parts)
        {
            std::copy(part.payload.begin(),
                      part.payload.end(),
                      whole.payload.begin() + part.header.fragmentOffset * 8);
        }
        return whole;
    }

    void FragmentsComeInAnyOrder()
    {
        Build();
        SeenPort(A, {ADDRESS_A, 5000}, S, {ADDRESS_S, 80});
        uint16_t identification = 0;
        const std::vector<std::vector<std::size_t>> orders{{0, 1, 2}, {2, 1, 0}, {1, 0, 2}};
        for (const auto& order : orders)
        {
            for (const bool outwards : {true, false})
            {
                const Datagram whole = outwards
                                           ? UdpDatagram({ADDRESS_A, 5000}, {ADDRESS_S, 80}, 1000)
                                           : UdpDatagram({ADDRESS_S, 80}, {PUB, 5000}, 1000);
                const auto parts = Cut(whole, ++identification);
                const Host to = outwards ? S : A;
                Arrived(to);
                for (const std::size_t i : order)
                {
                    Send(outwards ? A : S, parts[i]);
                }
                const auto arrived = Arrived(to);
                NS_TEST_EXPECT_MSG_EQ(arrived.size(), 3, "all fragments arrive");
                const Datagram joined = Join(arrived);
                NS_TEST_EXPECT_MSG_EQ(joined.IsRight(), true, "with a right checksum");
                ExpectEnds(joined,
                           outwards ? End{PUB, 5000} : End{ADDRESS_S, 80},
                           outwards ? End{ADDRESS_S, 80} : End{ADDRESS_A, 5000},
                           "translated");
                for (const Datagram& part : arrived)
                {
                    NS_TEST_EXPECT_MSG_EQ(part.header.identification,
                                          arrived[0].header.identification,
                                          "all of one datagram");
                }
            }
        }
        // Two hosts that use one identification do not share it outside (RFC 3022 section 6.3).
        SeenPort(B, {ADDRESS_B, 5001}, S, {ADDRESS_S, 80});
        Arrived(S);
        Send(A, Cut(UdpDatagram({ADDRESS_A, 5000}, {ADDRESS_S, 80}, 1000), 77)[0]);
        Send(B, Cut(UdpDatagram({ADDRESS_B, 5001}, {ADDRESS_S, 80}, 1000), 77)[0]);
        const auto both = Arrived(S);
        NS_TEST_EXPECT_MSG_EQ(both.size(), 2, "both leave");
        NS_TEST_EXPECT_MSG_NE(both[0].header.identification,
                              both[1].header.identification,
                              "with identifications of their own");
    }

    void FragmentFloodsStarveNobody()
    {
        Build(With("MaxHeldFragments", UintegerValue(8)));
        SeenPort(A, {ADDRESS_A, 5000}, S, {ADDRESS_S, 80});
        const auto flood = Cut(UdpDatagram({ADDRESS_T, 80}, {PUB, 5000}, 1000), 0);
        for (uint16_t i = 0; i < 40; ++i)
        {
            Datagram orphan = flood[1];
            orphan.header.identification = i;
            SendBytes(T, orphan.ToBytes());
        }
        Run(0.1);
        NS_TEST_EXPECT_MSG_EQ(Drops(NAT_FRAGMENTS_FULL), 32, "all but eight made room");
        Arrived(A);
        for (const Datagram& part : Cut(UdpDatagram({ADDRESS_S, 80}, {PUB, 5000}, 1000), 9))
        {
            Send(S, part);
        }
        NS_TEST_EXPECT_MSG_EQ(Arrived(A).size(), 3, "those in order pass");
        Run(3);
        NS_TEST_EXPECT_MSG_EQ(Drops(NAT_FRAGMENT_TIMEOUT), 8, "the others wait two seconds");
    }

    // RFC 5382

    void TcpMappingIsEndpointIndependent()
    {
        Build();
        const Datagram s = Through(A, TcpSegment({ADDRESS_A, 5001}, {ADDRESS_S, 80}, SYN), S, "S");
        const Datagram t = Through(A, TcpSegment({ADDRESS_A, 5001}, {ADDRESS_T, 81}, SYN), T, "T");
        NS_TEST_EXPECT_MSG_EQ(s.SourcePort(), t.SourcePort(), "one public port for both");
        NS_TEST_EXPECT_MSG_EQ(nat->GetSessions(), 2, "two connections");
    }

    void AllTcpSequencesPass()
    {
        Build();
        const End a{ADDRESS_A, 5000};
        const End s{ADDRESS_S, 80};
        const End p{PUB, 5000};
        Through(A, TcpSegment(a, s, SYN), S, "SYN");
        Through(S, TcpSegment(s, p, SYN | ACK), A, "SYN ACK");
        Through(A, TcpSegment(a, s, ACK), S, "ACK");
        Through(A, TcpSegment(a, s, ACK, "data"), S, "data");
        Through(A, TcpSegment(a, s, FIN | ACK), S, "FIN");
        Through(S, TcpSegment(s, p, ACK, "late data"), A, "data after FIN");
        Through(S, TcpSegment(s, p, FIN | ACK), A, "FIN of the other");
        Through(A, TcpSegment(a, s, ACK), S, "last ACK");
        Through(A, TcpSegment(a, s, SYN, "", 90000), S, "the same connection anew");
        // REQ-2a: simultaneous open
        const End a2{ADDRESS_A, 5001};
        const End p2{PUB, 5001};
        Through(A, TcpSegment(a2, s, SYN), S, "SYN");
        Through(S, TcpSegment(s, p2, SYN), A, "SYN that crosses");
        Through(A, TcpSegment(a2, s, SYN | ACK), S, "SYN ACK");
        Through(S, TcpSegment(s, p2, SYN | ACK), A, "SYN ACK");
        // What was never opened is none.
        Blocked(A, TcpSegment({ADDRESS_A, 5005}, s, ACK, "data"), S, "out of nothing");
        NS_TEST_EXPECT_MSG_EQ(Drops(NAT_NO_CONNECTION), 1, "counted");
    }

    void TcpFilteringIsOfAllThreeKinds()
    {
        const std::tuple<const char*, bool, bool> kinds[]{{"full-cone", true, true},
                                                          {"restricted-cone", true, false},
                                                          {"port-restricted-cone", false, false}};
        for (const auto& [kind, sameHost, others] : kinds)
        {
            Build(Kind(kind));
            Through(A, TcpSegment({ADDRESS_A, 5000}, {ADDRESS_S, 80}, SYN), S, kind);
            Arrived(A);
            Send(S, TcpSegment({ADDRESS_S, 81}, {PUB, 5000}, SYN));
            NS_TEST_EXPECT_MSG_EQ((Arrived(A).size() == 1), sameHost, kind << ": same host");
            Send(T, TcpSegment({ADDRESS_T, 80}, {PUB, 5000}, SYN));
            NS_TEST_EXPECT_MSG_EQ((Arrived(A).size() == 1), others, kind << ": others");
            Simulator::Destroy();
            nodes = NodeContainer();
        }
        Build();
    }

    void UnsolicitedSynsWaitSixSecondsByTheStockStack()
    {
        stock = true;
        UnsolicitedSynsWaitSixSeconds();
    }

    void RefusalsAreAnsweredByTheStockStack()
    {
        stock = true;
        RefusalsAreAnswered();
    }

    void UnsolicitedSynsWaitSixSeconds()
    {
        Build();
        const End s{ADDRESS_S, 80};
        Arrived(S);
        Send(S, TcpSegment(s, {PUB, 5000}, SYN));
        Run(5.7);
        NS_TEST_EXPECT_MSG_EQ(Arrived(S).size(), 0, "no answer for six seconds");
        Run(0.3);
        const auto answers = Arrived(S);
        NS_TEST_EXPECT_MSG_EQ(answers.size(), 1, "then one");
        const auto message = IcmpMessage::Decode(answers[0].payload, {});
        NS_TEST_EXPECT_MSG_EQ((message && message->IsUnreachable(IcmpUnreachableCode::PORT)),
                              true,
                              "port unreachable");
        // An outbound SYN in the meantime makes it the half of a simultaneous open.
        Send(S, TcpSegment(s, {PUB, 5001}, SYN));
        Run(2);
        Through(A, TcpSegment({ADDRESS_A, 5001}, s, SYN), S, "SYN of the inside");
        Run(10);
        NS_TEST_EXPECT_MSG_EQ(Arrived(S).size(), 0, "no answer to the first");
        Through(S, TcpSegment(s, {PUB, 5001}, SYN), A, "its retransmission passes");
        NS_TEST_EXPECT_MSG_EQ(Drops(NAT_UNSOLICITED_SYN), 2, "both are counted");
    }

    void Establish(uint16_t port)
    {
        Through(A, TcpSegment({ADDRESS_A, port}, {ADDRESS_S, 80}, SYN), S, "SYN");
        Through(S, TcpSegment({ADDRESS_S, 80}, {PUB, port}, SYN | ACK), A, "SYN ACK");
        Through(A, TcpSegment({ADDRESS_A, port}, {ADDRESS_S, 80}, ACK), S, "ACK");
    }

    void TcpTimersAreTheRfcs()
    {
        Build();
        Through(A, TcpSegment({ADDRESS_A, 6000}, {ADDRESS_S, 80}, SYN), S, "half open");
        Establish(5000);
        Run(238);
        NS_TEST_EXPECT_MSG_EQ(nat->GetSize(), 2, "a half open one lives four minutes");
        Run(3);
        NS_TEST_EXPECT_MSG_EQ(nat->GetSize(), 1, "and no more");
        Run(7440 - 242);
        NS_TEST_EXPECT_MSG_EQ(nat->GetSize(), 1, "an idle one lives 2 hours 4 minutes");
        Through(S, TcpSegment({ADDRESS_S, 80}, {PUB, 5000}, ACK, "x"), A, "and still works");
        Run(7439);
        NS_TEST_EXPECT_MSG_EQ(nat->GetSize(), 1, "again");
        Run(3);
        NS_TEST_EXPECT_MSG_EQ(nat->GetSize(), 0, "and no more");
        Establish(5001);
        Send(A, TcpSegment({ADDRESS_A, 5001}, {ADDRESS_S, 80}, TcpWireHeader::RST));
        Run(239);
        NS_TEST_EXPECT_MSG_EQ(nat->GetSize(), 1, "four minutes after a RST (RFC 7857 section 2.3)");
        Run(3);
        NS_TEST_EXPECT_MSG_EQ(nat->GetSize(), 0, "it is gone");
    }

    void FtpIsTheOnlyGatewayAndCanBeOff()
    {
        Build(With("FtpAlg", BooleanValue(false)));
        Through(A, TcpSegment({ADDRESS_A, 5000}, {ADDRESS_S, 21}, SYN), S, "SYN");
        const Datagram got = Through(
            A,
            TcpSegment({ADDRESS_A, 5000}, {ADDRESS_S, 21}, ACK, "PORT 10,0,0,1,19,137\r\n", 1001),
            S,
            "PORT");
        NS_TEST_EXPECT_MSG_EQ(std::string(got.payload.begin() + 20, got.payload.end()),
                              "PORT 10,0,0,1,19,137\r\n",
                              "off, it leaves the address as it is");
    }

    void TcpPortsAreNotOverloaded()
    {
        Build();
        const Datagram a = Through(A, TcpSegment({ADDRESS_A, 6000}, {ADDRESS_S, 80}, SYN), S, "A");
        const Datagram b = Through(B, TcpSegment({ADDRESS_B, 6000}, {ADDRESS_T, 80}, SYN), T, "B");
        NS_TEST_EXPECT_MSG_NE(a.SourcePort(), b.SourcePort(), "even towards different hosts");
    }

    void TcpHairpins()
    {
        Build();
        nat->AddPortForward("tcp", 8080, Ipv4Address(ADDRESS_B), 80);
        const Datagram syn =
            Through(A, TcpSegment({ADDRESS_A, 5000}, {PUB, 8080}, SYN), B, "SYN by the outside");
        ExpectEnds(syn, {PUB, 5000}, {ADDRESS_B, 80}, "SYN"); // REQ-8a
        const Datagram answer =
            Through(B, TcpSegment({ADDRESS_B, 80}, {PUB, 5000}, SYN | ACK), A, "SYN ACK");
        ExpectEnds(answer, {PUB, 8080}, {ADDRESS_A, 5000}, "SYN ACK");
        Through(A, TcpSegment({ADDRESS_A, 5000}, {PUB, 8080}, ACK, "GET"), B, "data");
    }

    void ErrorsAboutTcpAreTranslated()
    {
        Build();
        const Datagram syn =
            Through(A, TcpSegment({ADDRESS_A, 5000}, {ADDRESS_S, 80}, SYN), S, "SYN");
        const Datagram error =
            Through(S,
                    IcmpDatagram({ADDRESS_S},
                                 {PUB},
                                 IcmpMessage::Unreachable(IcmpUnreachableCode::PORT, Quoted(syn))),
                    A,
                    "unreachable");
        ExpectQuote(error, {ADDRESS_A, 5000}, {ADDRESS_S, 80});
    }

    void ErrorsEndNoConnection()
    {
        Build();
        Establish(5000);
        const Datagram sent = TcpSegment({PUB, 5000}, {ADDRESS_S, 80}, ACK);
        for (const auto code : {IcmpUnreachableCode::PORT,
                                IcmpUnreachableCode::PROTOCOL,
                                IcmpUnreachableCode::HOST_PROHIBITED})
        {
            Through(S,
                    IcmpDatagram({ADDRESS_S}, {PUB}, IcmpMessage::Unreachable(code, Quoted(sent))),
                    A,
                    "error");
        }
        Run(3600);
        NS_TEST_EXPECT_MSG_EQ(nat->GetSize(), 1, "the mapping is there an hour later");
        Through(S, TcpSegment({ADDRESS_S, 80}, {PUB, 5000}, ACK, "x"), A, "the connection works");
    }

    // RFC 5508

    void QueriesPassAndMapIndependently()
    {
        Build();
        const Datagram s = Through(A, Echo({ADDRESS_A, 77}, {ADDRESS_S}), S, "to S");
        const Datagram t = Through(A, Echo({ADDRESS_A, 77}, {ADDRESS_T}), T, "to T");
        NS_TEST_EXPECT_MSG_EQ(s.Identifier(), t.Identifier(), "REQ-1a: one identifier for both");
        const Datagram b = Through(B, Echo({ADDRESS_B, 77}, {ADDRESS_S}), S, "from B");
        NS_TEST_EXPECT_MSG_NE(s.Identifier(), b.Identifier(), "another for another host");
        const Datagram toB =
            Through(S, Echo({ADDRESS_S}, {PUB, b.Identifier()}, true), B, "reply to B");
        NS_TEST_EXPECT_MSG_EQ(toB.Identifier(), 77, "with B's identifier");
        Blocked(T, Echo({ADDRESS_T}, {PUB, b.Identifier()}, true), B, "a reply nobody asked for");
    }

    void QueriesLiveSixtySeconds()
    {
        Build();
        Through(A, Echo({ADDRESS_A, 77}, {ADDRESS_S}), S, "query");
        Run(59.5);
        NS_TEST_EXPECT_MSG_EQ(nat->GetSize(), 1, "not less than 60 s");
        Run(2);
        NS_TEST_EXPECT_MSG_EQ(nat->GetSize(), 0, "not much more");
        nat->SetAttribute("IcmpTimeout", StringValue("100s"));
        Through(A, Echo({ADDRESS_A, 77}, {ADDRESS_S}), S, "query");
        Run(90);
        NS_TEST_EXPECT_MSG_EQ(nat->GetSize(), 1, "REQ-2a: it can be configured");
    }

    void ErrorsAreValidated()
    {
        Build();
        const Datagram sent =
            Through(A, UdpDatagram({ADDRESS_A, 5000}, {ADDRESS_S, 80}, 40), S, "sent");
        const auto error = [&](const Bytes& quote) {
            return IcmpDatagram({ADDRESS_S},
                                {PUB},
                                IcmpMessage::Unreachable(IcmpUnreachableCode::PORT, quote));
        };
        Datagram wrong = error(Quoted(sent));
        wrong.payload[2] ^= 1;
        Blocked(S, wrong, A, "a wrong checksum");
        NS_TEST_EXPECT_MSG_EQ(Drops(NAT_BAD_CHECKSUM), 1, "counted");
        Bytes quote = Quoted(sent);
        quote[10] ^= 1;
        Blocked(S, error(quote), A, "REQ-3a: a wrong checksum of the quoted header");
        // REQ-3b: options in the quoted header
        Datagram options = sent;
        options.header.options.assign({1, 1, 1, 0});
        const Datagram got = Through(S, error(Quoted(options)), A, "with options");
        ExpectQuote(got, {ADDRESS_A, 5000}, {ADDRESS_S, 80});
        // REQ-3c: the transport checksum is none of its business
        Datagram transport = sent;
        transport.payload[6] ^= 1;
        Through(S, error(Quoted(transport, 48)), A, "a wrong checksum of the quoted transport");
    }

    void InboundErrorsAreReverted()
    {
        Build();
        const Datagram sent =
            Through(A, UdpDatagram({ADDRESS_A, 5000}, {ADDRESS_S, 80}), S, "sent");
        const Datagram error = Through(
            T,
            IcmpDatagram({ADDRESS_T},
                         {PUB},
                         IcmpMessage::TimeExceeded(IcmpTimeExceededCode::IN_TRANSIT, Quoted(sent))),
            A,
            "from a router");
        NS_TEST_EXPECT_MSG_EQ(uint32_t{error.payload[0]}, 11, "REQ-4b: type and code stay");
        NS_TEST_EXPECT_MSG_EQ(Ipv4Address(error.header.source),
                              Ipv4Address(ADDRESS_T),
                              "the source stays");
        ExpectQuote(error, {ADDRESS_A, 5000}, {ADDRESS_S, 80});
        const Datagram other = UdpDatagram({PUB, 5999}, {ADDRESS_S, 80});
        Blocked(S,
                IcmpDatagram({ADDRESS_S},
                             {PUB},
                             IcmpMessage::Unreachable(IcmpUnreachableCode::PORT, Quoted(other))),
                A,
                "about nobody's datagram");
        NS_TEST_EXPECT_MSG_EQ(Drops(NAT_NO_MAPPING), 1, "counted");
    }

    void OutboundErrorsAreReverted()
    {
        Build();
        Through(A, UdpDatagram({ADDRESS_A, 5000}, {ADDRESS_S, 80}), S, "opens");
        const Datagram got = Through(S, UdpDatagram({ADDRESS_S, 80}, {PUB, 5000}), A, "comes in");
        const Datagram error =
            Through(A,
                    IcmpDatagram({ADDRESS_A},
                                 {ADDRESS_S},
                                 IcmpMessage::Unreachable(IcmpUnreachableCode::PORT, Quoted(got))),
                    S,
                    "A's port is closed");
        NS_TEST_EXPECT_MSG_EQ(Ipv4Address(error.header.source),
                              Ipv4Address(PUB),
                              "REQ-5c: from the box");
        ExpectQuote(error, {ADDRESS_S, 80}, {PUB, 5000});
        const Datagram other = UdpDatagram({ADDRESS_T, 80}, {ADDRESS_A, 5000});
        Blocked(A,
                IcmpDatagram({ADDRESS_A},
                             {ADDRESS_T},
                             IcmpMessage::Unreachable(IcmpUnreachableCode::PORT, Quoted(other))),
                T,
                "about what never came");
    }

    void ErrorsRefreshNothing()
    {
        Build();
        const Datagram sent = Through(A, Echo({ADDRESS_A, 77}, {ADDRESS_S}), S, "query");
        for (int i = 0; i < 5; ++i)
        {
            Run(10);
            Through(S,
                    IcmpDatagram({ADDRESS_S},
                                 {PUB},
                                 IcmpMessage::Unreachable(IcmpUnreachableCode::HOST, Quoted(sent))),
                    A,
                    "error");
        }
        NS_TEST_EXPECT_MSG_EQ(nat->GetSize(), 1, "nor do they end it");
        Run(11);
        NS_TEST_EXPECT_MSG_EQ(nat->GetSize(), 0, "it ends when it would have");
    }

    void ErrorsHairpin()
    {
        Build(Kind("full-cone"));
        Through(B, UdpDatagram({ADDRESS_B, 5002}, {ADDRESS_S, 80}), S, "B");
        const Datagram got =
            Through(A, UdpDatagram({ADDRESS_A, 5001}, {PUB, 5002}), B, "A to B by the outside");
        const Datagram error =
            Through(B,
                    IcmpDatagram({ADDRESS_B},
                                 {PUB},
                                 IcmpMessage::Unreachable(IcmpUnreachableCode::PORT, Quoted(got))),
                    A,
                    "B's error");
        // REQ-7a
        ExpectQuote(error, {ADDRESS_A, 5001}, {PUB, 5002});
        NS_TEST_EXPECT_MSG_EQ(Ipv4Address(error.header.source), Ipv4Address(PUB), "from outside");
        // By basic NAT also queries.
        nat->AddStatic(Ipv4Address(ADDRESS_B), Ipv4Address("198.60.42.30"));
        const Datagram query =
            Through(A, Echo({ADDRESS_A, 9}, {"198.60.42.30"}), B, "a query by the outside");
        const Datagram reply =
            Through(B, Echo({ADDRESS_B}, {PUB, query.Identifier()}, true), A, "its reply");
        NS_TEST_EXPECT_MSG_EQ(reply.Identifier(), 9, "with A's identifier");
        NS_TEST_EXPECT_MSG_EQ(Ipv4Address(reply.header.source),
                              Ipv4Address("198.60.42.30"),
                              "from whom A asked");
    }

    void RefusalsAreAnswered()
    {
        for (const char* limit : {"MaxMappings", "MaxMappingsPerHost"})
        {
            Build(With(limit, UintegerValue(1)));
            Through(A, UdpDatagram({ADDRESS_A, 5000}, {ADDRESS_S, 80}), S, "the first");
            Arrived(S);
            const Datagram answer =
                Through(A, UdpDatagram({ADDRESS_A, 5001}, {ADDRESS_S, 80}), A, "one too many");
            const auto message = IcmpMessage::Decode(answer.payload, {});
            NS_TEST_EXPECT_MSG_EQ(
                (message && message->IsUnreachable(IcmpUnreachableCode::COMMUNICATION_PROHIBITED)),
                true,
                "code 13");
            ExpectQuote(answer, {ADDRESS_A, 5001}, {ADDRESS_S, 80});
            NS_TEST_EXPECT_MSG_EQ(Arrived(S).size(), 0, "and dropped");
            NS_TEST_EXPECT_MSG_EQ(refused.size(), 1, "and traced");
            refused.clear();
            Simulator::Destroy();
            nodes = NodeContainer();
        }
        Build();
    }

    void ErrorsOfAllTypesPass()
    {
        Build();
        const Datagram sent =
            Through(A, UdpDatagram({ADDRESS_A, 5000}, {ADDRESS_S, 80}), S, "sent");
        for (const IcmpMessage& message :
             {IcmpMessage::Unreachable(IcmpUnreachableCode::NET, Quoted(sent)),
              IcmpMessage::FragmentationNeeded(600, Quoted(sent)),
              IcmpMessage::TimeExceeded(IcmpTimeExceededCode::REASSEMBLY, Quoted(sent)),
              IcmpMessage::ParameterProblem(9, Quoted(sent)),
              IcmpMessage::SourceQuench(Quoted(sent))})
        {
            const Datagram got = Through(S, IcmpDatagram({ADDRESS_S}, {PUB}, message), A, "error");
            NS_TEST_EXPECT_MSG_EQ(uint32_t{got.payload[0]},
                                  static_cast<uint32_t>(message.type),
                                  "type");
            NS_TEST_EXPECT_MSG_EQ(got.Identifier(),
                                  static_cast<uint16_t>(message.rest >> 16),
                                  "the second word stays");
            ExpectQuote(got, {ADDRESS_A, 5000}, {ADDRESS_S, 80});
        }
        // The box itself: it answers echo, and says when a time to live ends at it.
        Through(S, Echo({ADDRESS_S, 5}, {PUB}), S, "an echo of the box");
        Datagram last = UdpDatagram({ADDRESS_A, 5000}, {ADDRESS_S, 33434});
        last.header.ttl = 1;
        const Datagram answer = Through(A, last, A, "traceroute");
        NS_TEST_EXPECT_MSG_EQ(uint32_t{answer.payload[0]}, 11, "time exceeded");
        const Datagram timestamp =
            Through(A,
                    IcmpDatagram({ADDRESS_A}, {ADDRESS_S}, IcmpMessage::TimestampRequest(3, 1, 5)),
                    S,
                    "REQ-10b: timestamps");
        NS_TEST_EXPECT_MSG_EQ(Ipv4Address(timestamp.header.source), Ipv4Address(PUB), "mapped");
    }

    void OtherIcmpIsDropped()
    {
        Build();
        IcmpMessage solicitation = IcmpMessage::RouterSolicitation();
        Blocked(A, IcmpDatagram({ADDRESS_A}, {ADDRESS_S}, solicitation), S, "neither of both");
        NS_TEST_EXPECT_MSG_EQ(Drops(NAT_UNKNOWN_ICMP), 1, "counted");
    }

  private:
    void DoRun() override
    {
        (this->*m_body)();
    }

    /** The public port that \p to sees of a datagram. */
    uint16_t SeenPort(Host from, End source, Host to, End destination)
    {
        return Through(from, UdpDatagram(source, destination), to, "UDP").SourcePort();
    }

    void ExpectQuote(const Datagram& error, End source, End destination)
    {
        const auto message = IcmpMessage::Decode(error.payload, {});
        const auto quote = message->Quote();
        NS_TEST_EXPECT_MSG_EQ(quote.has_value(), true, "a quote");
        NS_TEST_EXPECT_MSG_EQ(Ipv4Address(quote->header.source),
                              Ipv4Address(source.address),
                              "quoted source");
        NS_TEST_EXPECT_MSG_EQ(Ipv4Address(quote->header.destination),
                              Ipv4Address(destination.address),
                              "quoted destination");
        NS_TEST_EXPECT_MSG_EQ(quote->header.HasRightChecksum(), true, "quoted checksum");
        Datagram quoted;
        quoted.payload = quote->payload.ToBytes();
        NS_TEST_EXPECT_MSG_EQ(quoted.SourcePort(), source.port, "quoted source port");
        NS_TEST_EXPECT_MSG_EQ(quoted.DestinationPort(), destination.port, "quoted port");
        NS_TEST_EXPECT_MSG_EQ(error.IsRight(), true, "checksum");
    }

    Body m_body;
};

class NatRfcTestSuite : public TestSuite
{
  public:
    NatRfcTestSuite()
        : TestSuite("strata-nat-rfc")
    {
        using T = RequirementTest;
        const std::pair<const char*, T::Body> cases[]{
            {"RFC 4787 REQ-1: mapping is endpoint-independent",
             &T::UdpMappingIsEndpointIndependent},
            {"RFC 4787 section 4.1: the symmetric kind maps by address and port",
             &T::SymmetricMappingIsNot},
            {"RFC 4787 REQ-2: pooling is paired", &T::PoolingIsPaired},
            {"RFC 4787 section 4.1: arbitrary pooling", &T::ArbitraryPoolingIsOffered},
            {"RFC 4787 REQ-3: ports are not overloaded", &T::UdpPortsAreNotOverloaded},
            {"RFC 4787 REQ-4: port parity is kept", &T::PortParityIsKept},
            {"RFC 4787 REQ-5: a mapping lives five minutes", &T::UdpMappingsLiveFiveMinutes},
            {"RFC 4787 REQ-6: outbound packets refresh", &T::OutboundUdpRefreshes},
            {"RFC 4787 REQ-8: endpoint-independent filtering", &T::FullConeFiltersNothing},
            {"RFC 4787 REQ-8: address-dependent filtering", &T::RestrictedConeFiltersByAddress},
            {"RFC 4787 REQ-8: address and port-dependent filtering",
             &T::PortRestrictedConeFiltersByPort},
            {"RFC 4787 section 5: the symmetric kind filters by port", &T::SymmetricFiltersByPort},
            {"RFC 4787 REQ-9: hairpinning with the external source", &T::UdpHairpins},
            {"RFC 4787 REQ-10: no gateway for UDP", &T::UdpPayloadsAreLeftAlone},
            {"RFC 4787 REQ-11: behaviour is deterministic", &T::BehaviourIsDeterministic},
            {"RFC 4787 REQ-12: errors end no mapping", &T::ErrorsEndNoUdpMapping},
            {"RFC 4787 REQ-13: too large is answered or fragmented",
             &T::TooLargeIsAnsweredOrFragmented},
            {"RFC 4787 REQ-14: fragments in any order", &T::FragmentsComeInAnyOrder},
            {"RFC 4787 REQ-14a: floods of fragments starve nobody", &T::FragmentFloodsStarveNobody},
            {"RFC 5382 REQ-1: mapping is endpoint-independent",
             &T::TcpMappingIsEndpointIndependent},
            {"RFC 5382 REQ-2: all sequences of segments", &T::AllTcpSequencesPass},
            {"RFC 5382 REQ-3: filtering of all three kinds", &T::TcpFilteringIsOfAllThreeKinds},
            {"RFC 5382 REQ-4: unsolicited SYNs wait six seconds",
             &T::UnsolicitedSynsWaitSixSeconds},
            {"RFC 5382 REQ-4: on a router with the stock stack",
             &T::UnsolicitedSynsWaitSixSecondsByTheStockStack},
            {"RFC 5382 REQ-5: timers", &T::TcpTimersAreTheRfcs},
            {"RFC 5382 REQ-6: FTP is the only gateway", &T::FtpIsTheOnlyGatewayAndCanBeOff},
            {"RFC 5382 REQ-7: ports are not overloaded", &T::TcpPortsAreNotOverloaded},
            {"RFC 5382 REQ-8: hairpinning with the external source", &T::TcpHairpins},
            {"RFC 5382 REQ-9: errors are translated", &T::ErrorsAboutTcpAreTranslated},
            {"RFC 5382 REQ-10: errors end no connection", &T::ErrorsEndNoConnection},
            {"RFC 5508 REQ-1: queries pass", &T::QueriesPassAndMapIndependently},
            {"RFC 5508 REQ-2: queries live 60 seconds", &T::QueriesLiveSixtySeconds},
            {"RFC 5508 REQ-3: errors are validated", &T::ErrorsAreValidated},
            {"RFC 5508 REQ-4: inbound errors are reverted", &T::InboundErrorsAreReverted},
            {"RFC 5508 REQ-5: outbound errors are reverted", &T::OutboundErrorsAreReverted},
            {"RFC 5508 REQ-6: errors refresh and end nothing", &T::ErrorsRefreshNothing},
            {"RFC 5508 REQ-7: errors and queries hairpin", &T::ErrorsHairpin},
            {"RFC 5508 REQ-8: refusals are answered", &T::RefusalsAreAnswered},
            {"RFC 5508 REQ-8: on a router with the stock stack",
             &T::RefusalsAreAnsweredByTheStockStack},
            {"RFC 5508 REQ-10: messages of all types", &T::ErrorsOfAllTypesPass},
            {"RFC 5508 REQ-11: other messages", &T::OtherIcmpIsDropped},
        };
        for (const auto& [name, body] : cases)
        {
            AddTestCase(new RequirementTest(name, body));
        }
    }
};

NatRfcTestSuite g_natRfcTestSuite;

} // namespace

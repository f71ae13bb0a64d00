// SPDX-License-Identifier: GPL-2.0-only

#include "strata-nat-test-case.h"

#include "ns3/inet-socket-address.h"
#include "ns3/strata-ipv4.h"
#include "ns3/tcp-socket-factory.h"
#include "ns3/udp-socket-factory.h"

#include <sstream>

using namespace ns3;
using namespace ns3::strata;

namespace
{

constexpr uint8_t SYN = TcpWireHeader::SYN;
constexpr uint8_t ACK = TcpWireHeader::ACK;

/** Fig. 5-56, for UDP, TCP and a reply of each. */
class FigureTest : public NatTestCase
{
  public:
    FigureTest()
        : NatTestCase("10.0.0.1 port 5544 becomes 198.60.42.12 port 3344, and back")
    {
    }

  private:
    void DoRun() override
    {
        Build();
        for (const char* protocol : {"udp", "tcp"})
        {
            NS_TEST_EXPECT_MSG_EQ(nat->AddStaticMapping(protocol,
                                                        Ipv4Address("10.0.0.1"),
                                                        5544,
                                                        Ipv4Address(PUBLIC),
                                                        3344),
                                  true,
                                  "the mapping of the figure");
        }
        const Datagram out =
            Through(A, UdpDatagram({"10.0.0.1", 5544}, {"198.60.42.1", 80}), S, "out by UDP");
        ExpectEnds(out, {PUBLIC, 3344}, {"198.60.42.1", 80}, "out by UDP");
        const Datagram back =
            Through(S, UdpDatagram({"198.60.42.1", 80}, {PUBLIC, 3344}), A, "back by UDP");
        ExpectEnds(back, {"198.60.42.1", 80}, {"10.0.0.1", 5544}, "back by UDP");
        const Datagram syn =
            Through(A, TcpSegment({"10.0.0.1", 5544}, {"198.60.42.1", 80}, SYN), S, "SYN");
        ExpectEnds(syn, {PUBLIC, 3344}, {"198.60.42.1", 80}, "SYN");
        const Datagram answer =
            Through(S, TcpSegment({"198.60.42.1", 80}, {PUBLIC, 3344}, SYN | ACK), A, "SYN ACK");
        ExpectEnds(answer, {"198.60.42.1", 80}, {"10.0.0.1", 5544}, "SYN ACK");
    }
};

/** The text: "both happen to use port 5000". */
class TwoHostsOnePortTest : public NatTestCase
{
  public:
    TwoHostsOnePortTest()
        : NatTestCase("two hosts on one source port get two public ports")
    {
    }

  private:
    void DoRun() override
    {
        Build();
        const Datagram a =
            Through(A, UdpDatagram({"10.0.0.1", 5000}, {"198.60.42.1", 80}), S, "from A");
        const Datagram b =
            Through(B, UdpDatagram({"10.0.0.2", 5000}, {"198.60.42.1", 80}), S, "from B");
        NS_TEST_EXPECT_MSG_EQ(a.SourcePort(), 5000, "the first keeps its port");
        NS_TEST_EXPECT_MSG_NE(b.SourcePort(), 5000, "the second gets another");
        NS_TEST_EXPECT_MSG_EQ(b.SourcePort() % 2, 0, "of the same parity");
        const Datagram toA =
            Through(S, UdpDatagram({"198.60.42.1", 80}, {PUBLIC, 5000}), A, "to A");
        ExpectEnds(toA, {"198.60.42.1", 80}, {"10.0.0.1", 5000}, "to A");
        const Datagram toB =
            Through(S, UdpDatagram({"198.60.42.1", 80}, {PUBLIC, b.SourcePort()}), B, "to B");
        ExpectEnds(toB, {"198.60.42.1", 80}, {"10.0.0.2", 5000}, "to B");
        NS_TEST_EXPECT_MSG_EQ(nat->GetSize(), 2, "two mappings");
        NS_TEST_EXPECT_MSG_EQ(created.size(), 2, "both were traced");
        std::ostringstream table;
        nat->PrintTable(table);
        NS_TEST_EXPECT_MSG_NE(table.str().find("udp 10.0.0.1:5000 -> 198.60.42.12:5000"),
                              std::string::npos,
                              "the table as text has " << table.str());
    }
};

/** A stock TCP connection through the box, with stock sockets. */
class StockTcpTest : public NatTestCase
{
  public:
    StockTcpTest()
        : NatTestCase("a stock TCP connection carries its bytes through the box")
    {
    }

  private:
    void DoRun() override
    {
        Build();
        taps[A]->alive = true;
        taps[S]->alive = true;
        m_listener = Socket::CreateSocket(nodes.Get(S), TcpSocketFactory::GetTypeId());
        m_listener->Bind(InetSocketAddress(Ipv4Address::GetAny(), 80));
        m_listener->Listen();
        m_listener->SetAcceptCallback(MakeNullCallback<bool, Ptr<Socket>, const Address&>(),
                                      MakeCallback(&StockTcpTest::OnAccept, this));
        Ptr<Socket> client = Socket::CreateSocket(nodes.Get(A), TcpSocketFactory::GetTypeId());
        client->Bind();
        client->Connect(InetSocketAddress(Ipv4Address("198.60.42.1"), 80));
        Simulator::Schedule(Seconds(0.5), [client] {
            client->Send(Create<Packet>(50000));
            client->Close();
        });
        Run(10);
        NS_TEST_EXPECT_MSG_EQ(m_received, 50000, "all bytes arrive");
        NS_TEST_EXPECT_MSG_EQ(m_peer, Ipv4Address(PUBLIC), "from the public address");
        NS_TEST_EXPECT_MSG_EQ(nat->GetSize(), 1, "by one mapping");
        Run(300);
        NS_TEST_EXPECT_MSG_EQ(nat->GetSize(), 0, "which ends four minutes after the connection");
        NS_TEST_EXPECT_MSG_EQ(expired.size(), 1, "and is traced");
    }

    void OnAccept(Ptr<Socket> socket, const Address& from)
    {
        m_peer = InetSocketAddress::ConvertFrom(from).GetIpv4();
        socket->SetRecvCallback(MakeCallback(&StockTcpTest::OnData, this));
        socket->SetCloseCallbacks(MakeCallback(&StockTcpTest::OnClose, this),
                                  MakeCallback(&StockTcpTest::OnClose, this));
    }

    void OnClose(Ptr<Socket> socket)
    {
        socket->Close();
    }

    void OnData(Ptr<Socket> socket)
    {
        while (Ptr<Packet> packet = socket->Recv())
        {
            if (packet->GetSize() == 0)
            {
                break;
            }
            m_received += packet->GetSize();
        }
    }

    Ptr<Socket> m_listener;
    uint32_t m_received{0};
    Ipv4Address m_peer;
};

/** Cases whose set-up is all the same. */
class NatCase : public NatTestCase
{
  public:
    using Body = void (NatCase::*)();

    NatCase(const char* name, Body body)
        : NatTestCase(name),
          m_body(body)
    {
    }

    void ZeroChecksumsStay()
    {
        Build();
        const Datagram out =
            Through(A, UdpDatagram({"10.0.0.1", 5000}, {"198.60.42.1", 80}, 4, false), S, "out");
        NS_TEST_EXPECT_MSG_EQ(out.payload[6] + out.payload[7], 0, "zero outbound");
        const Datagram back =
            Through(S, UdpDatagram({"198.60.42.1", 80}, {PUBLIC, 5000}, 4, false), A, "back");
        NS_TEST_EXPECT_MSG_EQ(back.payload[6] + back.payload[7], 0, "zero inbound");
        // A payload whose sum becomes zero is sent with all ones (RFC 768).
        Datagram ones = UdpDatagram({PUBLIC, 5000}, {"198.60.42.1", 80}, 4, false);
        InternetChecksum sum;
        sum.AddPseudoHeader4(ones.header.source, ones.header.destination, 17, 12);
        sum.Add(ones.payload);
        const uint16_t rest = sum.Get();
        Datagram datagram = UdpDatagram({"10.0.0.1", 5000}, {"198.60.42.1", 80}, 4, false);
        for (Datagram* each : {&ones, &datagram})
        {
            const uint32_t word = uint32_t{each->payload[8]} << 8 | each->payload[9];
            const uint32_t all = word + rest;
            const auto folded = static_cast<uint16_t>((all & 0xffff) + (all >> 16));
            each->payload[8] = static_cast<uint8_t>(folded >> 8);
            each->payload[9] = static_cast<uint8_t>(folded);
        }
        SetTransportChecksum(datagram, 6);
        const Datagram got = Through(A, datagram, S, "a sum of zero");
        NS_TEST_EXPECT_MSG_EQ(got.payload[6] * 256 + got.payload[7], 0xffff, "is 0xffff");
    }

    void OneToOne()
    {
        Build();
        NS_TEST_EXPECT_MSG_EQ(nat->AddStatic(Ipv4Address("10.0.0.2"), Ipv4Address("198.60.42.20")),
                              true,
                              "set up");
        // Whoever begins, whatever the protocol; the box answers ARP for the address.
        const Datagram in =
            Through(T, TcpSegment({"198.60.42.2", 99}, {"198.60.42.20", 22}, SYN), B, "in");
        ExpectEnds(in, {"198.60.42.2", 99}, {"10.0.0.2", 22}, "in");
        const Datagram out =
            Through(B, TcpSegment({"10.0.0.2", 22}, {"198.60.42.2", 99}, SYN | ACK), T, "out");
        ExpectEnds(out, {"198.60.42.20", 22}, {"198.60.42.2", 99}, "out");
        Datagram other = Between({"10.0.0.2"}, {"198.60.42.1"}, Ipv4Protocol::IPV4);
        other.header.protocol = 253;
        other.payload = Bytes(20, 7);
        Arrived(S);
        Send(B, other);
        const auto arrived = Arrived(S);
        NS_TEST_EXPECT_MSG_EQ(arrived.size(), 1, "a new transport passes");
        NS_TEST_EXPECT_MSG_EQ(Ipv4Address(arrived[0].header.source),
                              Ipv4Address("198.60.42.20"),
                              "from the public address");
        NS_TEST_EXPECT_MSG_EQ(nat->GetSize(), 0, "without a mapping");
        NS_TEST_EXPECT_MSG_EQ(nat->AddStatic(Ipv4Address("10.0.0.1"), Ipv4Address("198.60.42.20")),
                              false,
                              "not twice");
        NS_TEST_EXPECT_MSG_EQ(nat->AddPublicAddress(Ipv4Address("198.60.42.20")),
                              false,
                              "nor for all, too");
        NS_TEST_EXPECT_MSG_EQ(nat->AddStatic(Ipv4Address("10.0.0.1"), Ipv4Address(PUBLIC)),
                              false,
                              "nor one of those for all");
        NS_TEST_EXPECT_MSG_EQ(nat->AddPublicAddress(Ipv4Address(PUBLIC)), true, "the box's own");
    }

    void UnknownProtocols()
    {
        Build();
        Datagram other = Between({"10.0.0.1"}, {"198.60.42.1"}, Ipv4Protocol::IPV4);
        other.header.protocol = 253;
        other.payload = Bytes(20, 7);
        Blocked(A, other, S, "a new transport");
        NS_TEST_EXPECT_MSG_EQ(Drops(NAT_UNKNOWN_PROTOCOL), 1, "counted");
        nat->SetAttribute("UnknownProtocols", StringValue("map"));
        Arrived(S);
        Send(A, other);
        NS_TEST_EXPECT_MSG_EQ(Arrived(S).size(), 1, "mapped by addresses");
        Datagram second = other;
        second.header.source = Ipv4Address("10.0.0.2").Get();
        Blocked(B, second, S, "a second host to the same end");
        NS_TEST_EXPECT_MSG_EQ(Drops(NAT_PORTS_EXHAUSTED), 1, "counted");
        Datagram back = other;
        back.header.source = Ipv4Address("198.60.42.1").Get();
        back.header.destination = Ipv4Address(PUBLIC).Get();
        Arrived(A);
        Send(S, back);
        const auto arrived = Arrived(A);
        NS_TEST_EXPECT_MSG_EQ(arrived.size(), 1, "the way back");
    }

    void NothingPrivateLeaves()
    {
        Build();
        // Outbound to a private address, by the box's route to everywhere.
        Ipv4StaticRoutingHelper()
            .GetStaticRouting(nodes.Get(BOX)->GetObject<Ipv4>())
            ->SetDefaultRoute(Ipv4Address("198.60.42.1"), 2);
        Blocked(A, UdpDatagram({"10.0.0.1", 5000}, {"192.168.7.7", 80}), S, "to a private end");
        NS_TEST_EXPECT_MSG_EQ(Drops(NAT_PRIVATE_DESTINATION), 1, "counted");
        // The box's public address as the source of an inside host.
        Blocked(A, UdpDatagram({PUBLIC, 5000}, {"198.60.42.1", 80}), S, "a stolen source");
        NS_TEST_EXPECT_MSG_EQ(StrataNode::Of(nodes.Get(BOX))->GetDrops().Packets(),
                              2,
                              "counted, here or by the check of addresses");
        // With an inside that is named, others leave as they are, unless they are private.
        nat->AddInsideNetwork(Ipv4Address("10.0.0.0"), Ipv4Mask("255.255.255.0"));
        Blocked(A, UdpDatagram({"172.16.0.1", 5000}, {"198.60.42.1", 80}), S, "a private source");
        NS_TEST_EXPECT_MSG_EQ(Drops(NAT_PRIVATE_SOURCE), 1, "counted");
        const Datagram other =
            Through(A, UdpDatagram({"203.0.113.5", 5000}, {"198.60.42.1", 80}), S, "a public one");
        ExpectEnds(other, {"203.0.113.5", 5000}, {"198.60.42.1", 80}, "as it is");
    }

    void NothingSpoofedEnters()
    {
        Build();
        nat->AddPortForward("udp", 9000, Ipv4Address("10.0.0.2"), 9000);
        Blocked(S, UdpDatagram({"10.0.0.1", 5000}, {PUBLIC, 9000}), B, "an inside source");
        Blocked(S, UdpDatagram({"198.60.42.12", 5000}, {PUBLIC, 9000}), B, "the box's own");
        Blocked(S, UdpDatagram({"198.60.42.1", 5000}, {"10.0.0.2", 9000}), B, "past the box");
        NS_TEST_EXPECT_MSG_EQ(Drops(NAT_INSIDE_DESTINATION), 1, "counted");
        NS_TEST_EXPECT_MSG_EQ(StrataNode::Of(nodes.Get(BOX))->GetDrops().Packets(), 3, "all three");
        Through(S, UdpDatagram({"198.60.42.1", 5000}, {PUBLIC, 9000}), B, "an honest one");
    }

    void InnerRoutersAreInside()
    {
        Build();
        nat->AddPortForward("udp", 9000, Ipv4Address("10.0.0.2"), 9000);
        const Datagram forged = UdpDatagram({"10.1.0.5", 5000}, {PUBLIC, 9000});
        Through(S, forged, B, "an address that is nowhere inside");
        // A is the router of 10.1.0.0/24.
        Ptr<Ipv4StaticRouting> routes =
            Ipv4StaticRoutingHelper().GetStaticRouting(nodes.Get(BOX)->GetObject<Ipv4>());
        routes->AddNetworkRouteTo(Ipv4Address("10.1.0.0"),
                                  Ipv4Mask("255.255.255.0"),
                                  Ipv4Address("10.0.0.1"),
                                  1);
        Run(1.1); // what routes said before is believed for a second
        Blocked(S, UdpDatagram({"198.60.42.1", 5000}, {"10.1.0.5", 9000}), A, "past the box");
        NS_TEST_EXPECT_MSG_EQ(Drops(NAT_INSIDE_DESTINATION), 1, "counted");
        Blocked(S, forged, B, "an inside source");
        NS_TEST_EXPECT_MSG_EQ(Drops(NAT_SPOOFED), 1, "counted");
        const Datagram out =
            Through(A, UdpDatagram({"10.1.0.5", 5000}, {"198.60.42.1", 80}), S, "out");
        ExpectEnds(out, {PUBLIC, 5000}, {"198.60.42.1", 80}, "out");
        const Datagram back =
            Through(S, UdpDatagram({"198.60.42.1", 80}, {PUBLIC, 5000}), A, "and back");
        ExpectEnds(back, {"198.60.42.1", 80}, {"10.1.0.5", 5000}, "and back");
    }

    void ForwardsLeadToTheBoxItself()
    {
        Build();
        nat->AddPortForward("udp", 8080, Ipv4Address("10.0.0.254"), 80);
        Ptr<Socket> server = Socket::CreateSocket(nodes.Get(BOX), UdpSocketFactory::GetTypeId());
        server->Bind(InetSocketAddress(Ipv4Address("10.0.0.254"), 80));
        server->SetRecvCallback(MakeCallback(&NatCase::SendBack, this));
        for (const auto& [host, end] : {std::pair(S, End{"198.60.42.1", 5000}),
                                        {A, End{"10.0.0.1", 5000}},
                                        {B, End{"10.0.0.2", 5000}},
                                        {A, End{"10.0.0.1", 5000}}})
        {
            const Datagram answer = Through(host, UdpDatagram(end, {PUBLIC, 8080}), host, "echo");
            ExpectEnds(answer, {PUBLIC, 8080}, end, "from whom it was asked");
            // Who asks the box at its own address hears from that.
            if (host != S)
            {
                const End direct{end.address, 5001};
                const Datagram own =
                    Through(host, UdpDatagram(direct, {"10.0.0.254", 80}), host, "direct");
                ExpectEnds(own, {"10.0.0.254", 80}, direct, "direct");
            }
        }
    }

    void SendBack(Ptr<Socket> socket)
    {
        Address from;
        while (Ptr<Packet> packet = socket->RecvFrom(from))
        {
            socket->SendTo(packet, 0, from); // with whatever tags it has
        }
    }

    void OptionsTellNothing()
    {
        Build();
        for (const uint32_t host : {A, B, S})
        {
            nodes.Get(host)->GetObject<StrataIpv4>()->SetAttribute("SourceRouting",
                                                                   StringValue("process"));
        }
        nodes.Get(BOX)->GetObject<StrataIpv4>()->SetAttribute("SourceRouting",
                                                              StringValue("process"));
        const auto with = [](Datagram datagram, const Bytes& options) {
            datagram.header.options.assign(options.begin(), options.end());
            return datagram;
        };
        // Routers before the box: 10.0.0.9, and one that is not of the inside.
        const Datagram route =
            Through(A,
                    with(UdpDatagram({"10.0.0.1", 5000}, {"198.60.42.1", 80}),
                         {7, 19, 12, 10, 0, 0, 9, 203, 0, 113, 5, 0, 0, 0, 0, 0, 0, 0, 0, 0}),
                    S,
                    "record route");
        const Bytes box{198, 60, 42, 12};
        const auto at = [](const Datagram& datagram, std::size_t i) {
            const ByteView options(datagram.header.options.data(), datagram.header.options.size());
            return options.Sub(i, 4).ToBytes();
        };
        NS_TEST_EXPECT_MSG_EQ((at(route, 3) == box), true, "inside");
        NS_TEST_EXPECT_MSG_EQ((at(route, 7) == Bytes{203, 0, 113, 5}), true, "elsewhere");
        NS_TEST_EXPECT_MSG_EQ((at(route, 11) == box), true, "the box by its outside address");
        const Datagram time = Through(A,
                                      with(UdpDatagram({"10.0.0.1", 5000}, {"198.60.42.1", 80}),
                                           {68, 12, 13, 1, 10, 0, 0, 9, 10, 0, 0, 9}),
                                      S,
                                      "timestamps");
        NS_TEST_EXPECT_MSG_EQ((at(time, 4) == box), true, "an address");
        NS_TEST_EXPECT_MSG_EQ((at(time, 8) == Bytes{10, 0, 0, 9}), true, "a time");
        const Bytes loose{131, 7, 4, 10, 0, 0, 2, 0};
        Blocked(S, with(Echo({"198.60.42.1", 7}, {PUBLIC}), loose), B, "a source route in");
        Blocked(
            A,
            with(UdpDatagram({"10.0.0.1", 5000}, {"198.60.42.1", 80}), {131, 7, 8, 10, 0, 0, 9, 0}),
            S,
            "a source route out");
        NS_TEST_EXPECT_MSG_EQ(Drops(NAT_SOURCE_ROUTE), 2, "counted");
    }

    void CrashLosesTheTable()
    {
        Build();
        const End a{"10.0.0.1", 5000};
        const End s{"198.60.42.1", 80};
        Through(A, TcpSegment(a, s, SYN), S, "SYN");
        Through(S, TcpSegment(s, {PUBLIC, 5000}, SYN | ACK), A, "SYN ACK");
        Through(A, TcpSegment(a, s, ACK, "x"), S, "data");
        std::stringstream saved;
        nat->SaveTable(saved);
        nat->Crash();
        Blocked(A, TcpSegment(a, s, ACK, "x"), S, "while it is down");
        NS_TEST_EXPECT_MSG_EQ(Drops(NAT_DOWN), 1, "counted");
        nat->Restart();
        NS_TEST_EXPECT_MSG_EQ(nat->GetSize(), 0, "the table is lost");
        Blocked(A, TcpSegment(a, s, ACK, "x"), S, "and the connection with it");
        NS_TEST_EXPECT_MSG_EQ(expired.size(), 1, "which is traced");
        NS_TEST_EXPECT_MSG_EQ(nat->LoadTable(saved), "", "what was saved comes back");
        Through(A, TcpSegment(a, s, ACK, "x"), S, "and the connection, too");
        nat->SetAttribute("KeepTableOnCrash", BooleanValue(true));
        nat->Crash();
        nat->Restart();
        Through(A, TcpSegment(a, s, ACK, "x"), S, "a box that keeps its table");
    }

    void RenumberingEndsMappings()
    {
        Build(StrataNatHelper(), false);
        Blocked(A, UdpDatagram({"10.0.0.1", 5000}, {"198.60.42.1", 80}), S, "without an address");
        NS_TEST_EXPECT_MSG_EQ(nat->AddPublicAddress(Ipv4Address::GetAny()), false, "none is none");
        nat->AddPortForward("udp", 9000, Ipv4Address("10.0.0.2"), 9000);
        Assign(outside.Get(0), PUBLIC);
        Through(A, UdpDatagram({"10.0.0.1", 5000}, {"198.60.42.1", 80}), S, "with one");
        Through(S, UdpDatagram({"198.60.42.1", 5000}, {PUBLIC, 9000}), B, "the forward");
        Ptr<Ipv4> ipv4 = nodes.Get(BOX)->GetObject<Ipv4>();
        const auto interface = static_cast<uint32_t>(ipv4->GetInterfaceForDevice(outside.Get(0)));
        ipv4->RemoveAddress(interface, Ipv4Address(PUBLIC));
        Assign(outside.Get(0), "198.60.42.13");
        Blocked(S, UdpDatagram({"198.60.42.1", 80}, {PUBLIC, 5000}), A, "to the old address");
        NS_TEST_EXPECT_MSG_EQ(expired.size(), 2, "both mappings are gone");
        const Datagram out =
            Through(A, UdpDatagram({"10.0.0.1", 5000}, {"198.60.42.1", 80}), S, "a new one");
        ExpectEnds(out, {"198.60.42.13", 5000}, {"198.60.42.1", 80}, "at the new address");
        Through(S, UdpDatagram({"198.60.42.1", 1}, {"198.60.42.13", 9000}), B, "the forward moves");
    }

    void OwnTrafficCollidesWithNone()
    {
        Build();
        // A has the port that the box's own socket then gets.
        Through(A, UdpDatagram({"10.0.0.1", 49153}, {"198.60.42.1", 7}), S, "A");
        Ptr<Socket> own = Socket::CreateSocket(nodes.Get(BOX), UdpSocketFactory::GetTypeId());
        own->Bind(InetSocketAddress(Ipv4Address::GetAny(), 49153));
        Arrived(S);
        Simulator::ScheduleNow([own] {
            own->SendTo(Create<Packet>(10), 0, InetSocketAddress(Ipv4Address("198.60.42.1"), 7));
        });
        Run(0.1);
        const auto arrived = Arrived(S);
        NS_TEST_EXPECT_MSG_EQ(arrived.size(), 1, "the box's own datagram leaves");
        NS_TEST_EXPECT_MSG_NE(arrived[0].SourcePort(), 49153, "from another port than A's");
        NS_TEST_EXPECT_MSG_EQ(arrived[0].IsRight(), true, "with a right checksum");
        Arrived(A);
        Send(S, UdpDatagram({"198.60.42.1", 7}, {PUBLIC, arrived[0].SourcePort()}));
        NS_TEST_EXPECT_MSG_EQ(own->GetRxAvailable(), 4, "and its answer comes to the box");
        Send(S, UdpDatagram({"198.60.42.1", 7}, {PUBLIC, 49153}));
        NS_TEST_EXPECT_MSG_EQ(Arrived(A).size(), 1, "A's to A");
        // A port on which the box listens is given to nobody.
        Ptr<Socket> server = Socket::CreateSocket(nodes.Get(BOX), UdpSocketFactory::GetTypeId());
        server->Bind(InetSocketAddress(Ipv4Address::GetAny(), 5353));
        const Datagram b = Through(B, UdpDatagram({"10.0.0.2", 5353}, {"198.60.42.1", 7}), S, "B");
        NS_TEST_EXPECT_MSG_NE(b.SourcePort(), 5353, "another port");
        Send(T, UdpDatagram({"198.60.42.2", 7}, {PUBLIC, 5353}));
        NS_TEST_EXPECT_MSG_EQ(server->GetRxAvailable(), 4, "the box's server hears");
    }

    void FtpIsTranslated()
    {
        Build();
        const End client{"10.0.0.1", 5000};
        const End server{"198.60.42.1", 21};
        Through(B, TcpSegment({"10.0.0.2", 6543}, server, SYN), S, "B takes the port");
        Through(A, TcpSegment(client, server, SYN, "", 1000), S, "SYN");
        Through(S, TcpSegment(server, {PUBLIC, 5000}, SYN | ACK, "", 7000, 1001), A, "SYN ACK");
        const Datagram command =
            TcpSegment(client, server, ACK, "PORT 10,0,0,1,25,143\r\n", 1001, 7001); // 6543
        const Datagram got = Through(A, command, S, "PORT");
        const std::string text(got.payload.begin() + 20, got.payload.end());
        NS_TEST_EXPECT_MSG_EQ(text, "PORT 198,60,42,12,25,145\r\n", "the next odd port");
        const auto longer = static_cast<uint32_t>(text.size() - 22);
        const Datagram again = Through(A, command, S, "a retransmission");
        NS_TEST_EXPECT_MSG_EQ((again.payload == got.payload), true, "is rewritten the same");
        const auto word = [](const Datagram& datagram, std::size_t at) {
            return uint32_t{datagram.payload[at]} << 24 | uint32_t{datagram.payload[at + 1]} << 16 |
                   uint32_t{datagram.payload[at + 2]} << 8 | datagram.payload[at + 3];
        };
        // The answer acknowledges what the server saw, and A hears what it sent.
        const Datagram answer = Through(
            S,
            TcpSegment(server, {PUBLIC, 5000}, ACK, "200 yes\r\n", 7001, 1001 + 22 + longer),
            A,
            "200");
        NS_TEST_EXPECT_MSG_EQ(word(answer, 8), 1023, "acknowledgment");
        const Datagram next =
            Through(A, TcpSegment(client, server, ACK, "RETR x\r\n", 1023, 7010), S, "RETR");
        NS_TEST_EXPECT_MSG_EQ(word(next, 4), 1023 + longer, "sequence number");
        // SACK of what followed, in the server's numbers.
        Bytes sack{1, 1, 5, 10};
        ByteWriter writer(sack);
        writer.U32(1023 + longer);
        writer.U32(1031 + longer);
        const Datagram selective =
            Through(S, TcpSegment(server, {PUBLIC, 5000}, ACK, "", 7010, 1001, sack), A, "SACK");
        NS_TEST_EXPECT_MSG_EQ(word(selective, 24), 1023, "left edge");
        NS_TEST_EXPECT_MSG_EQ(word(selective, 28), 1031, "right edge");
        // The data connection is expected, from the server alone.
        Blocked(T, TcpSegment({"198.60.42.2", 20}, {PUBLIC, 6545}, SYN), A, "a stranger");
        const Datagram data =
            Through(S, TcpSegment({"198.60.42.1", 20}, {PUBLIC, 6545}, SYN), A, "data connection");
        ExpectEnds(data, {"198.60.42.1", 20}, {"10.0.0.1", 6543}, "data connection");
        // An end that is not the sender's own gets no hole.
        const Datagram bounce =
            Through(A,
                    TcpSegment(client, server, ACK, "PORT 10,0,0,2,0,22\r\n", 1031, 7010),
                    S,
                    "another host's end");
        NS_TEST_EXPECT_MSG_EQ(std::string(bounce.payload.begin() + 20, bounce.payload.end()),
                              "PORT 10,0,0,2,0,22\r\n",
                              "stays as it is");
    }

    void FtpServerInside()
    {
        Build();
        nat->AddPortForward("tcp", 21, Ipv4Address("10.0.0.2"), 21);
        const End client{"198.60.42.1", 3000};
        Through(S, TcpSegment(client, {PUBLIC, 21}, SYN), B, "SYN");
        Through(B, TcpSegment({"10.0.0.2", 21}, client, SYN | ACK), S, "SYN ACK");
        const Datagram got = Through(B,
                                     TcpSegment({"10.0.0.2", 21},
                                                client,
                                                ACK,
                                                "227 Entering Passive Mode (10,0,0,2,195,149).\r\n",
                                                1001),
                                     S,
                                     "227");
        NS_TEST_EXPECT_MSG_EQ(std::string(got.payload.begin() + 20, got.payload.end()),
                              "227 Entering Passive Mode (198,60,42,12,195,149).\r\n",
                              "the public end");
        const Datagram data =
            Through(S, TcpSegment({"198.60.42.1", 3001}, {PUBLIC, 50069}, SYN), B, "data");
        ExpectEnds(data, {"198.60.42.1", 3001}, {"10.0.0.2", 50069}, "data");
    }

    void ShortOnesAreDropped()
    {
        Build();
        for (const auto protocol : {Ipv4Protocol::TCP, Ipv4Protocol::UDP, Ipv4Protocol::ICMP})
        {
            for (std::size_t size = 0; size < 8; ++size)
            {
                Datagram datagram = Between({"10.0.0.1"}, {"198.60.42.1"}, protocol);
                datagram.payload = Bytes(size, 0);
                Blocked(A, datagram, S, "out");
                datagram.header.source = Ipv4Address("198.60.42.1").Get();
                datagram.header.destination = Ipv4Address(PUBLIC).Get();
                Send(S, datagram);
            }
        }
        NS_TEST_EXPECT_MSG_EQ(Drops(NAT_SHORT_TRANSPORT), 48, "each is counted");
    }

  private:
    void DoRun() override
    {
        (this->*m_body)();
    }

    Body m_body;
};

class NatTestSuite : public TestSuite
{
  public:
    NatTestSuite()
        : TestSuite("strata-nat")
    {
        AddTestCase(new FigureTest);
        AddTestCase(new TwoHostsOnePortTest);
        AddTestCase(new StockTcpTest);
        const std::pair<const char*, NatCase::Body> cases[]{
            {"a UDP checksum of zero stays zero", &NatCase::ZeroChecksumsStay},
            {"one address for one, whoever begins", &NatCase::OneToOne},
            {"transports that it cannot read", &NatCase::UnknownProtocols},
            {"nothing private leaves", &NatCase::NothingPrivateLeaves},
            {"nothing spoofed enters", &NatCase::NothingSpoofedEnters},
            {"networks behind an inner router are inside", &NatCase::InnerRoutersAreInside},
            {"forwards lead to the box itself, too", &NatCase::ForwardsLeadToTheBoxItself},
            {"options tell nothing of the inside", &NatCase::OptionsTellNothing},
            {"a crash loses the table, unless it is kept", &NatCase::CrashLosesTheTable},
            {"an address that goes takes its mappings along", &NatCase::RenumberingEndsMappings},
            {"the box's own traffic collides with none", &NatCase::OwnTrafficCollidesWithNone},
            {"FTP in active mode", &NatCase::FtpIsTranslated},
            {"an FTP server inside, in passive mode", &NatCase::FtpServerInside},
            {"short transport headers are dropped", &NatCase::ShortOnesAreDropped},
        };
        for (const auto& [name, body] : cases)
        {
            AddTestCase(new NatCase(name, body));
        }
    }
};

NatTestSuite g_natTestSuite;

} // namespace

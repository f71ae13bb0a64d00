// SPDX-License-Identifier: GPL-2.0-only

#include "strata-ipv4-test-case.h"

#include "ns3/inet-socket-address.h"
#include "ns3/ipv4-static-routing-helper.h"
#include "ns3/strata-fib-helper.h"
#include "ns3/udp-socket-factory.h"

using namespace ns3;
using namespace ns3::strata;

namespace
{

class MartianTest : public Ipv4TestCase
{
  public:
    MartianTest()
        : Ipv4TestCase("Addresses that no host can have are dropped and counted")
    {
    }

  private:
    void DoRun() override
    {
        Build(3);
        Time when = Seconds(1);
        const auto send = [&](const char* source, const char* destination) {
            Ipv4WireHeader header = HeaderTo(destination);
            header.source = Ipv4Address(source).Get();
            Inject(header, Create<Packet>(20), when);
            when += MilliSeconds(10);
        };
        send("255.255.255.255", "10.0.1.2");
        send("224.0.0.5", "10.0.1.2");
        send("127.0.0.1", "10.0.1.2");
        send("10.0.0.1", "127.0.0.1");
        send("10.0.0.1", "240.0.0.1");
        send("10.0.0.2", "10.0.1.2");
        send("10.0.0.1", "10.0.1.2");
        Run();
        NS_TEST_ASSERT_MSG_EQ(arrivals->arrived.size(), 1, "only the good one arrives");
        NS_TEST_ASSERT_MSG_EQ(StrataNode::Of(nodes.Get(1))->GetDrops().Packets(), 6, "counted");
        NS_TEST_ASSERT_MSG_EQ(icmp.entries.size(), 0, "in silence");
    }
};

class ForbiddenDestinationTest : public Ipv4TestCase
{
  public:
    ForbiddenDestinationTest()
        : Ipv4TestCase("Nobody may send to net 0 and class E, and sockets hear it")
    {
    }

  private:
    void DoRun() override
    {
        Build(3);
        const DropReason reason("ip.destination-martian");
        Ptr<Socket> free = Socket::CreateSocket(nodes.Get(0), UdpSocketFactory::GetTypeId());
        Ptr<Socket> bound = Socket::CreateSocket(nodes.Get(0), UdpSocketFactory::GetTypeId());
        bound->Bind(InetSocketAddress("10.0.0.1", 5000));
        const auto send = [](Ptr<Socket> socket, const char* to) {
            return socket->SendTo(Create<Packet>(20), 0, InetSocketAddress(to, 9));
        };
        uint64_t refused = 0;
        for (const char* to : {"0.0.0.0", "0.0.0.7", "240.0.0.1", "255.255.255.254"})
        {
            NS_TEST_EXPECT_MSG_EQ(send(free, to), -1, to);
            NS_TEST_EXPECT_MSG_EQ(free->GetErrno(), Socket::ERROR_NOROUTETOHOST, to);
            NS_TEST_EXPECT_MSG_EQ(Drops(0, reason), ++refused, "once for " << to);
            // The stock stack asks for no route here.
            send(bound, to);
            NS_TEST_EXPECT_MSG_EQ(Drops(0, reason), ++refused, "once for " << to);
        }
        const auto octets = [this] {
            return StrataNode::Of(nodes.Get(0))->GetDrops().Entries().front().bytes;
        };
        NS_TEST_EXPECT_MSG_EQ(octets(), refused * (20 + 8 + 20), "whole datagrams");
        free->SendTo(Create<Packet>(), 0, InetSocketAddress("240.0.0.1", 9));
        NS_TEST_EXPECT_MSG_EQ(Drops(0, reason), ++refused, "an empty one, too");
        NS_TEST_EXPECT_MSG_EQ(octets(), (refused - 1) * 48 + 28, "is its headers");
        Get(0)->GetPathMtu()->Learn("240.0.0.1", 1000);
        NS_TEST_EXPECT_MSG_EQ(Drops(0, reason), refused, "a question is no datagram");
        NS_TEST_EXPECT_MSG_EQ(send(free, "10.0.1.2"), 20, "others go");
        NS_TEST_EXPECT_MSG_EQ(send(free, "255.255.255.255"), -1, "not without being allowed");
        free->SetAllowBroadcast(true);
        NS_TEST_EXPECT_MSG_EQ(send(free, "255.255.255.255"), 20, "the limited broadcast goes");
        Run();
        NS_TEST_EXPECT_MSG_EQ(StrataNode::Of(nodes.Get(0))->GetDrops().Packets(), refused, "");
        NS_TEST_EXPECT_MSG_EQ(Drops(1, reason), 0, "nothing left");
    }
};

class LoopedBackTest : public Ipv4TestCase
{
  public:
    LoopedBackTest()
        : Ipv4TestCase("What a node sends to itself stays in it, with options and without")
    {
    }

  private:
    void DoRun() override
    {
        Build(3);
        uint32_t sent = 0;
        nodes.Get(0)->GetObject<Ipv4>()->GetNetDevice(1)->TraceConnectWithoutContext(
            "PhyTxBegin",
            Callback<void, Ptr<const Packet>>([&sent](Ptr<const Packet>) { ++sent; }));
        Ipv4WireHeader::Options route;
        Ipv4OptionWriter(route).RecordRoute(4);
        const auto send = [this](const char* to, Ipv4WireHeader::Options options) {
            Get(0)->GetIcmp()->Send(IcmpMessage::EchoRequest(1, 1, Bytes(5000, 7)),
                                    Ipv4Address::GetAny(),
                                    to,
                                    Ipv4OptionsTag(options));
        };
        uint32_t answers = 0;
        for (const char* to : {"10.0.0.1", "127.0.0.1", "127.1.2.3"})
        {
            for (const auto& options : {Ipv4WireHeader::Options(), route})
            {
                Simulator::Schedule(Seconds(++answers), [=] { send(to, options); });
            }
        }
        Ptr<Socket> socket = Socket::CreateSocket(nodes.Get(0), UdpSocketFactory::GetTypeId());
        socket->SetAttribute("MtuDiscover", BooleanValue(true));
        Ptr<Socket> server = Socket::CreateSocket(nodes.Get(0), UdpSocketFactory::GetTypeId());
        server->Bind(InetSocketAddress(Ipv4Address::GetAny(), 9));
        Simulator::Schedule(Seconds(8), [socket] {
            socket->SendTo(Create<Packet>(4000), 0, InetSocketAddress("10.0.0.1", 9));
        });
        Run();
        NS_TEST_EXPECT_MSG_EQ(sent, 0, "nothing on the cable");
        NS_TEST_EXPECT_MSG_EQ(icmp.entries.size(), 2 * answers, "each request and its answer");
        NS_TEST_EXPECT_MSG_EQ(server->GetRxAvailable(), 4000, "path MTU discovery or not");
        NS_TEST_EXPECT_MSG_EQ(StrataNode::Of(nodes.Get(0))->GetDrops().Packets(), 0, "no drops");
    }
};

class PublicSideTest : public Ipv4TestCase
{
  public:
    PublicSideTest()
        : Ipv4TestCase("Private addresses neither leave nor enter by a public link")
    {
    }

  private:
    void DoRun() override
    {
        Build(3);
        Ptr<Ipv4> router = nodes.Get(1)->GetObject<Ipv4>();
        Get(1)->SetPublic(router->GetNetDevice(2));
        Inject(HeaderTo("10.0.1.2"), Create<Packet>(20), Seconds(1));
        Run();
        NS_TEST_ASSERT_MSG_EQ(arrivals->arrived.size(), 0, "does not leave");
        NS_TEST_ASSERT_MSG_EQ(Drops(1, DropReason("ip.private-in-public")), 1, "counted");
    }
};

class DirectedBroadcastTest : public Ipv4TestCase
{
  public:
    DirectedBroadcastTest(bool on)
        : Ipv4TestCase(on ? "A directed broadcast is sent to its subnet where that is on"
                          : "A directed broadcast stops at the router where that is off"),
          m_on(on)
    {
    }

  private:
    void DoRun() override
    {
        helper.SetAttribute("DirectedBroadcasts", BooleanValue(m_on));
        Build(3, {}, true);
        Simulator::Schedule(Seconds(1), [this] {
            nodes.Get(0)->GetObject<Ipv4>()->Send(Create<Packet>(20),
                                                  "10.0.0.1",
                                                  "10.0.1.255",
                                                  TEST_PROTOCOL,
                                                  nullptr);
        });
        Run();
        NS_TEST_ASSERT_MSG_EQ(arrivals->arrived.size(), (m_on ? 1 : 0), "on the far LAN");
        NS_TEST_ASSERT_MSG_EQ(Drops(1, DropReason("ip.directed-broadcast-off")),
                              (m_on ? 0 : 1),
                              "at the router");
    }

    bool m_on;
};

class BroadcastMtuTest : public Ipv4TestCase
{
  public:
    BroadcastMtuTest()
        : Ipv4TestCase("A directed broadcast keeps to the MTU of its subnet, and is counted where "
                       "it ends")
    {
    }

  private:
    void DoRun() override
    {
        helper.SetAttribute("DirectedBroadcasts", BooleanValue(true));
        Build(3, {1500, 600});
        uint32_t largest = 0;
        nodes.Get(1)->GetObject<Ipv4>()->GetNetDevice(2)->TraceConnectWithoutContext(
            "MacTx",
            Callback<void, Ptr<const Packet>>(
                [&largest](Ptr<const Packet> p) { largest = std::max(largest, p->GetSize()); }));
        Ipv4WireHeader header = HeaderTo("10.0.1.255");
        Inject(header, Create<Packet>(1400), Seconds(1));
        header.dontFragment = true;
        Inject(header, Create<Packet>(1400), Seconds(2));
        header.dontFragment = false;
        header.ttl = 1;
        Inject(header, Create<Packet>(20), Seconds(3));
        Run();
        NS_TEST_ASSERT_MSG_EQ(arrivals->arrived.size(), 1, "put together at the far host");
        NS_TEST_ASSERT_MSG_EQ(arrivals->arrived[0].payload->GetSize(), 1400, "whole");
        NS_TEST_ASSERT_MSG_LT_OR_EQ(largest, 600 + 2, "no frame carries more");
        NS_TEST_ASSERT_MSG_EQ(Drops(1, DropReason("ip.fragmentation-needed")), 1, "don't fragment");
        NS_TEST_ASSERT_MSG_EQ(Drops(1, DropReason("ip.ttl-expired")), 1, "too old");
        NS_TEST_ASSERT_MSG_EQ(icmp.entries.size(), 0, "no error about a broadcast");
    }
};

class NoWayTest : public Ipv4TestCase
{
  public:
    NoWayTest()
        : Ipv4TestCase("A route that leads nowhere is answered and counted")
    {
    }

  private:
    void DoRun() override
    {
        Build(3);
        FibHelper::Install(nodes.Get(1))->AddUnreachable("10.0.1.2/32");
        Inject(HeaderTo("10.0.1.2"), Create<Packet>(20), Seconds(1));
        Run();
        NS_TEST_ASSERT_MSG_EQ(arrivals->arrived.size(), 0, "no way");
        NS_TEST_ASSERT_MSG_EQ(icmp.entries.size(), 1, "the sender hears so");
        NS_TEST_ASSERT_MSG_EQ((icmp.entries[0].message.type == IcmpType::UNREACHABLE),
                              true,
                              "destination unreachable");
        NS_TEST_ASSERT_MSG_EQ(+icmp.entries[0].message.code, 0, "network");
        NS_TEST_ASSERT_MSG_EQ(Drops(1, DropReason("ip.no-route")), 1, "counted");
    }
};

/** A LAN with a host and two routers; the host knows the first, the second is the better way. */
class RedirectTest : public Ipv4TestCase
{
  public:
    RedirectTest(bool accept)
        : Ipv4TestCase(accept ? "A host obeys a redirect to a better first hop"
                              : "A host may be told not to obey redirects"),
          m_accept(accept)
    {
    }

  private:
    void DoRun() override
    {
        GlobalValue::Bind("ChecksumEnabled", BooleanValue(true));
        nodes.Create(4);
        InternetStackHelper().Install(nodes);
        helper.SetAttribute("AcceptRedirects", BooleanValue(m_accept));
        helper.Install(nodes);
        NodeContainer lan(nodes.Get(0), nodes.Get(1), nodes.Get(2));
        Ipv4AddressHelper("10.1.0.0", "255.255.255.0").Assign(CsmaHelper().Install(lan));
        Ipv4AddressHelper("10.2.0.0", "255.255.255.0")
            .Assign(StrataPointToPointHelper().Install(nodes.Get(2), nodes.Get(3)));
        Ipv4StaticRoutingHelper routes;
        const auto table = [&](uint32_t node) {
            return routes.GetStaticRouting(nodes.Get(node)->GetObject<Ipv4>());
        };
        table(0)->SetDefaultRoute("10.1.0.2", 1);
        table(1)->AddNetworkRouteTo("10.2.0.0", "255.255.255.0", "10.1.0.3", 1);
        table(3)->SetDefaultRoute("10.2.0.1", 1);
        arrivals = CreateObject<ArrivalLog>();
        Hooks(3)->Attach(HookPoint::INPUT, 0, arrivals);
        Get(0)->GetIcmp()->TraceConnectWithoutContext("Received",
                                                      MakeCallback(&IcmpLog::Record, &icmp));
        for (uint32_t i = 1; i <= 3; ++i)
        {
            Simulator::Schedule(Seconds(i), [this] {
                nodes.Get(0)->GetObject<Ipv4>()->Send(Create<Packet>(20),
                                                      "10.1.0.1",
                                                      "10.2.0.2",
                                                      TEST_PROTOCOL,
                                                      nullptr);
            });
        }
        Run();
        NS_TEST_ASSERT_MSG_EQ(arrivals->arrived.size(), 3, "all arrive");
        NS_TEST_ASSERT_MSG_EQ(icmp.entries.size(), (m_accept ? 1 : 3), "redirects");
        if (icmp.entries.empty())
        {
            return;
        }
        const IcmpMessage& redirect = icmp.entries.front().message;
        NS_TEST_ASSERT_MSG_EQ((redirect.type == IcmpType::REDIRECT), true, "type");
        NS_TEST_ASSERT_MSG_EQ(+redirect.code, 1, "for a host");
        NS_TEST_ASSERT_MSG_EQ(Ipv4Address(redirect.Gateway()), Ipv4Address("10.1.0.3"), "where");
        const uint8_t last = arrivals->arrived.back().header.ttl;
        NS_TEST_ASSERT_MSG_EQ(+last, (m_accept ? 63 : 62), "over one router less");
    }

    bool m_accept;
};

class StrataIpv4AddressTestSuite : public TestSuite
{
  public:
    StrataIpv4AddressTestSuite()
        : TestSuite("strata-ipv4-address")
    {
        AddTestCase(new MartianTest);
        AddTestCase(new ForbiddenDestinationTest);
        AddTestCase(new LoopedBackTest);
        AddTestCase(new PublicSideTest);
        AddTestCase(new DirectedBroadcastTest(false));
        AddTestCase(new DirectedBroadcastTest(true));
        AddTestCase(new BroadcastMtuTest);
        AddTestCase(new NoWayTest);
        AddTestCase(new RedirectTest(true));
        AddTestCase(new RedirectTest(false));
    }
};

StrataIpv4AddressTestSuite g_strataIpv4AddressTestSuite;

} // namespace

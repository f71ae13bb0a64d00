// SPDX-License-Identifier: GPL-2.0-only

#include "ns3/boolean.h"
#include "ns3/inet-socket-address.h"
#include "ns3/internet-stack-helper.h"
#include "ns3/ipv4-address-helper.h"
#include "ns3/ipv4-global-routing-helper.h"
#include "ns3/ipv4-static-routing-helper.h"
#include "ns3/node-container.h"
#include "ns3/simulator.h"
#include "ns3/strata-ipv4-helper.h"
#include "ns3/strata-ping-application.h"
#include "ns3/strata-ping-helper.h"
#include "ns3/strata-point-to-point-helper.h"
#include "ns3/strata-traceroute-application.h"
#include "ns3/strata-traceroute-helper.h"
#include "ns3/string.h"
#include "ns3/test.h"
#include "ns3/udp-socket-factory.h"
#include "ns3/uinteger.h"

#include <sstream>

using namespace ns3;
using namespace ns3::strata;

namespace
{

/**
 * A host, two routers and a host of the stock stack in a row: 10.0.1.1 - .2, 10.0.2.1 - .2,
 * 10.0.3.1 - .2. Each link delays by 5 ms and carries an octet in 0.8 microseconds.
 */
class PingTestCase : public TestCase
{
  public:
    using TestCase::TestCase;

  protected:
    void Build()
    {
        nodes.Create(4);
        links.SetDeviceAttribute("DataRate", StringValue("10Mbps"));
        links.SetChannelAttribute("Delay", StringValue("5ms"));
        InternetStackHelper().Install(nodes);
        Ipv4AddressHelper addresses("10.0.1.0", "255.255.255.0");
        for (uint32_t i = 0; i < 3; ++i)
        {
            addresses.Assign(links.Install(nodes.Get(i), nodes.Get(i + 1)));
            addresses.NewNetwork();
        }
        Ipv4GlobalRoutingHelper::PopulateRoutingTables();
    }

    void DoTeardown() override
    {
        Simulator::Destroy();
    }

    void Expect(const std::string& text, const std::string& what)
    {
        Simulator::Run();
        NS_TEST_EXPECT_MSG_EQ(output.str(), text, what);
    }

    NodeContainer nodes;
    StrataPointToPointHelper links;
    std::ostringstream output;
};

class PingAnswersTest : public PingTestCase
{
  public:
    PingAnswersTest()
        : PingTestCase("Ping prints the round trips that delay and size give")
    {
    }

  private:
    void DoRun() override
    {
        Build();
        StrataPingHelper ping("10.0.3.2");
        ping.SetAttribute("Count", UintegerValue(2));
        ping.EnableOutput(output);
        ApplicationContainer applications = ping.Install(nodes.Get(0));
        std::vector<Time> rtts;
        applications.Get(0)->TraceConnectWithoutContext(
            "Rtt",
            Callback<void, uint16_t, Time>([&rtts](uint16_t, Time rtt) { rtts.push_back(rtt); }));
        // 84 octets and two of PPP: six times 5 ms + 68.8 microseconds.
        Expect("PING 10.0.3.2 (10.0.3.2) 56(84) bytes of data.\n"
               "64 bytes from 10.0.3.2: icmp_seq=1 ttl=62 time=30.4 ms\n"
               "64 bytes from 10.0.3.2: icmp_seq=2 ttl=62 time=30.4 ms\n"
               "\n--- 10.0.3.2 ping statistics ---\n"
               "2 packets transmitted, 2 received, 0% packet loss, time 1000ms\n"
               "rtt min/avg/max/mdev = 30.412/30.412/30.412/0.000 ms\n",
               "output");
        NS_TEST_EXPECT_MSG_EQ(rtts.size(), 2, "traced");
        NS_TEST_EXPECT_MSG_EQ(rtts.at(0), NanoSeconds(30'412'800), "to the nanosecond");
    }
};

class PingErrorsTest : public PingTestCase
{
  public:
    PingErrorsTest()
        : PingTestCase("Ping prints the errors of routers, its own and its losses")
    {
    }

  private:
    void DoRun() override
    {
        Build();
        StrataPingHelper expiring("10.0.3.2");
        expiring.SetAttribute("Count", UintegerValue(1));
        expiring.SetAttribute("Ttl", UintegerValue(2));
        expiring.EnableOutput(output);
        expiring.Install(nodes.Get(0)).Start(Seconds(1));
        StrataPingHelper astray("192.0.2.1");
        astray.SetAttribute("Count", UintegerValue(1));
        astray.SetAttribute("Timeout", TimeValue(Seconds(1)));
        astray.EnableOutput(output);
        astray.Install(nodes.Get(1)).Start(Seconds(3)); // a stub has a default route
        Simulator::Schedule(Seconds(9), [this] { nodes.Get(3)->GetObject<Ipv4>()->SetDown(1); });
        StrataPingHelper stopped("10.0.3.2");
        stopped.EnableOutput(output);
        ApplicationContainer silent = stopped.Install(nodes.Get(0));
        silent.Start(Seconds(10));
        silent.Stop(Seconds(12.5));
        StrataPingHelper large("10.0.3.2");
        large.SetAttribute("Count", UintegerValue(1));
        large.SetAttribute("Size", UintegerValue(1473));
        large.SetAttribute("DontFragment", BooleanValue(true));
        large.EnableOutput(output);
        large.Install(nodes.Get(0)).Start(Seconds(20));
        Expect("PING 10.0.3.2 (10.0.3.2) 56(84) bytes of data.\n"
               "From 10.0.2.2 icmp_seq=1 Time to live exceeded\n"
               "\n--- 10.0.3.2 ping statistics ---\n"
               "1 packets transmitted, 0 received, +1 errors, 100% packet loss, time 0ms\n\n"
               "PING 192.0.2.1 (192.0.2.1) 56(84) bytes of data.\n"
               "ping: sendmsg: Network is unreachable\n"
               "\n--- 192.0.2.1 ping statistics ---\n"
               "1 packets transmitted, 0 received, 100% packet loss, time 0ms\n\n"
               "PING 10.0.3.2 (10.0.3.2) 56(84) bytes of data.\n"
               "\n--- 10.0.3.2 ping statistics ---\n"
               "3 packets transmitted, 0 received, 100% packet loss, time 2000ms\n\n"
               "PING 10.0.3.2 (10.0.3.2) 1473(1501) bytes of data.\n"
               "ping: local error: message too long, mtu=1500\n"
               "\n--- 10.0.3.2 ping statistics ---\n"
               "1 packets transmitted, 0 received, +1 errors, 100% packet loss, time 0ms\n\n",
               "output");
    }
};

class PingSeparateTest : public PingTestCase
{
  public:
    PingSeparateTest()
        : PingTestCase("Pings through and from a router hear only their own answers")
    {
    }

  private:
    void DoRun() override
    {
        Build();
        StrataPingHelper ping("10.0.3.2");
        ping.SetAttribute("Count", UintegerValue(5));
        ping.SetAttribute("Interval", TimeValue(MilliSeconds(20)));
        std::vector<Ptr<PingApplication>> applications;
        for (uint32_t i : {0, 0, 1, 2, 3})
        {
            applications.push_back(DynamicCast<PingApplication>(ping.Install(nodes.Get(i)).Get(0)));
        }
        Simulator::Run();
        for (const auto& application : applications)
        {
            NS_TEST_EXPECT_MSG_EQ(application->GetStatistics().received, 5, "answers");
            NS_TEST_EXPECT_MSG_EQ(application->GetStatistics().duplicates, 0, "no one else's");
        }
    }
};

class PingOptionsTest : public PingTestCase
{
  public:
    PingOptionsTest()
        : PingTestCase("Ping records routes and times, one way and back")
    {
    }

  private:
    /** At half a second from now, and half a second long. */
    void Ping(const std::string& attribute, const AttributeValue& value)
    {
        StrataPingHelper ping("10.0.3.2");
        ping.SetAttribute("Count", UintegerValue(1));
        ping.SetAttribute(attribute, value);
        ping.EnableOutput(output);
        ping.Install(nodes.Get(0)).Start(Seconds(0.5));
        Simulator::Stop(Seconds(1));
        Simulator::Run();
        // The first and the last lines are tested elsewhere.
        const std::string text = output.str();
        const std::size_t from = text.find("time=");
        lines = text.substr(from, text.find("\n---") - from);
        output.str("");
    }

    void DoRun() override
    {
        Build();
        StrataIpv4Helper().Install(nodes);
        // 126 octets on each link: 5 ms and 100.8 microseconds.
        Ping("RecordRoute", BooleanValue(true));
        NS_TEST_EXPECT_MSG_EQ(lines,
                              "time=30.6 ms\nRR: \t10.0.1.1\n\t10.0.2.1\n\t10.0.3.1\n\t10.0.3.2\n"
                              "\t10.0.3.2\n\t10.0.2.2\n\t10.0.1.2\n\t10.0.1.1\n\n",
                              "record route");
        Ping("Timestamp", StringValue("tsonly"));
        NS_TEST_EXPECT_MSG_EQ(
            lines,
            "time=30.6 ms\nTS: \t1500 absolute\n\t5\n\t5\n\t5\n\t0\n\t5\n\t5\n\t5\n\n",
            "times");
        Ping("Timestamp", StringValue("tsandaddr"));
        NS_TEST_EXPECT_MSG_EQ(lines,
                              "time=30.6 ms\nTS: \t10.0.1.1\t2500 absolute\n\t10.0.2.1\t5\n"
                              "\t10.0.3.1\t5\n\t10.0.3.2\t5\nUnrecorded hops: 4\n\n",
                              "times and addresses");
        // 110 octets: 5 ms and 88 microseconds.
        Ping("Timestamp", StringValue("tsprespec 10.0.2.1 10.0.3.2"));
        NS_TEST_EXPECT_MSG_EQ(lines,
                              "time=30.5 ms\nTS: \t10.0.2.1\t3505 absolute\n\t10.0.3.2\t10\n\n",
                              "of those who were named");
    }

    std::string lines;
};

class PingSelfTest : public PingTestCase
{
  public:
    PingSelfTest()
        : PingTestCase("Ping to an own address or net 127 prints with options what Linux does")
    {
    }

  private:
    void DoRun() override
    {
        Build();
        StrataIpv4Helper().Install(nodes);
        const auto ping = [this](const char* to, uint32_t count) {
            StrataPingHelper ping(to);
            ping.SetAttribute("Count", UintegerValue(count));
            ping.SetAttribute("RecordRoute", BooleanValue(true));
            ping.EnableOutput(output);
            ping.Install(nodes.Get(0)).Start(Seconds(1));
            Simulator::Stop(Seconds(10));
        };
        ping("10.0.1.1", 1);
        Expect("PING 10.0.1.1 (10.0.1.1) 56(124) bytes of data.\n"
               "64 bytes from 10.0.1.1: icmp_seq=1 ttl=64 time=0.000 ms\n"
               "RR: \t10.0.1.1\n\t10.0.1.1\n\t10.0.1.1\n\t10.0.1.1\n\n"
               "\n--- 10.0.1.1 ping statistics ---\n"
               "1 packets transmitted, 1 received, 0% packet loss, time 0ms\n"
               "rtt min/avg/max/mdev = 0.000/0.000/0.000/0.000 ms\n",
               "own address");
        output.str("");
        ping("127.0.0.1", 3);
        Expect("PING 127.0.0.1 (127.0.0.1) 56(124) bytes of data.\n"
               "64 bytes from 127.0.0.1: icmp_seq=1 ttl=64 time=0.000 ms\n"
               "RR: \t127.0.0.1\n\t127.0.0.1\n\t127.0.0.1\n\t127.0.0.1\n\n"
               "64 bytes from 127.0.0.1: icmp_seq=2 ttl=64 time=0.000 ms\t(same route)\n"
               "64 bytes from 127.0.0.1: icmp_seq=3 ttl=64 time=0.000 ms\t(same route)\n"
               "\n--- 127.0.0.1 ping statistics ---\n"
               "3 packets transmitted, 3 received, 0% packet loss, time 2000ms\n"
               "rtt min/avg/max/mdev = 0.000/0.000/0.000/0.000 ms\n",
               "loopback");
    }
};

class PingRefusedTest : public PingTestCase
{
  public:
    PingRefusedTest()
        : PingTestCase("Ping sends nothing too long for a datagram, and nothing to class E")
    {
    }

  private:
    void DoRun() override
    {
        Build();
        StrataIpv4Helper().Install(nodes);
        const auto ping = [this](const char* to, uint32_t size, bool options) {
            StrataPingHelper ping(to);
            ping.SetAttribute("Count", UintegerValue(1));
            ping.SetAttribute("Timeout", TimeValue(Seconds(1)));
            ping.SetAttribute("Size", UintegerValue(size));
            ping.SetAttribute("RecordRoute", BooleanValue(options));
            ping.EnableOutput(output);
            ping.Install(nodes.Get(0)).Start(Seconds(1));
            Simulator::Stop(Seconds(10));
        };
        ping("10.0.3.2", 65507, true);
        Expect("PING 10.0.3.2 (10.0.3.2) 65507(65575) bytes of data.\n"
               "ping: local error: message too long, mtu=1460\n"
               "\n--- 10.0.3.2 ping statistics ---\n"
               "1 packets transmitted, 0 received, +1 errors, 100% packet loss, time 0ms\n\n",
               "40 octets too long");
        output.str("");
        for (const bool options : {false, true})
        {
            ping("10.0.3.2", options ? 65467 : 65507, options);
            Simulator::Run();
            const std::string text = output.str();
            NS_TEST_EXPECT_MSG_NE(text.find("1 received"), std::string::npos, text);
            output.str("");
        }
        ping("240.0.0.1", 56, false);
        Expect("PING 240.0.0.1 (240.0.0.1) 56(84) bytes of data.\n"
               "ping: sendmsg: Network is unreachable\n"
               "\n--- 240.0.0.1 ping statistics ---\n"
               "1 packets transmitted, 0 received, 100% packet loss, time 0ms\n\n",
               "class E");
    }
};

class TracerouteTest : public PingTestCase
{
  public:
    TracerouteTest(bool icmp)
        : PingTestCase(icmp ? "Traceroute finds each router with ICMP probes"
                            : "Traceroute finds each router with UDP probes"),
          m_icmp(icmp)
    {
    }

  private:
    void DoRun() override
    {
        Build();
        StrataTracerouteHelper traceroute("10.0.3.2");
        traceroute.SetAttribute("Method", StringValue(m_icmp ? "icmp" : "udp"));
        traceroute.EnableOutput(output);
        traceroute.Install(nodes.Get(0));
        // A probe has 62 octets with PPP, an error of the stock stack 58, an echo reply 62: there
        // and back a hop costs 10 ms and 96 microseconds, or 99.2 for an echo and its reply.
        const std::string last = m_icmp ? "30.297" : "30.288";
        Expect("traceroute to 10.0.3.2 (10.0.3.2), 30 hops max, 60 byte packets\n"
               " 1  10.0.1.2 (10.0.1.2)  10.096 ms  10.096 ms  10.096 ms\n"
               " 2  10.0.2.2 (10.0.2.2)  20.192 ms  20.192 ms  20.192 ms\n"
               " 3  10.0.3.2 (10.0.3.2)  " +
                   last + " ms  " + last + " ms  " + last + " ms\n",
               "output");
    }

    bool m_icmp;
};

class TracerouteEndsTest : public PingTestCase
{
  public:
    TracerouteEndsTest()
        : PingTestCase("Traceroute ends at its largest TTL, at a listener and without a route")
    {
    }

  private:
    void DoRun() override
    {
        Build();
        StrataTracerouteHelper silent("10.0.3.2");
        silent.SetAttribute("MaxTtl", UintegerValue(2));
        silent.SetAttribute("FirstTtl", UintegerValue(2));
        silent.SetAttribute("Queries", UintegerValue(2));
        silent.SetAttribute("Timeout", TimeValue(Seconds(1)));
        silent.EnableOutput(output);
        silent.Install(nodes.Get(0)).Start(Seconds(1));
        Simulator::Schedule(Seconds(0.5), [this] {
            nodes.Get(2)->GetObject<Ipv4>()->SetDown(1); // so that no answer comes back
        });
        Simulator::Schedule(Seconds(4), [this] { nodes.Get(2)->GetObject<Ipv4>()->SetUp(1); });
        StrataTracerouteHelper astray("192.0.2.1");
        astray.EnableOutput(output);
        astray.Install(nodes.Get(1)).Start(Seconds(5)); // a stub has a default route
        // The port of the third hop's first probe answers what it gets.
        Ptr<Socket> listener = Socket::CreateSocket(nodes.Get(3), UdpSocketFactory::GetTypeId());
        listener->Bind(InetSocketAddress(Ipv4Address::GetAny(), 33436));
        listener->SetRecvCallback(Callback<void, Ptr<Socket>>([](Ptr<Socket> socket) {
            Address from;
            Ptr<Packet> packet = socket->RecvFrom(from);
            socket->SendTo(packet, 0, from);
        }));
        StrataTracerouteHelper answered("10.0.3.2");
        answered.SetAttribute("Queries", UintegerValue(1));
        answered.SetAttribute("Simultaneous", UintegerValue(3));
        answered.EnableOutput(output);
        answered.Install(nodes.Get(0)).Start(Seconds(6));
        Expect("traceroute to 10.0.3.2 (10.0.3.2), 2 hops max, 60 byte packets\n"
               " 2  * *\n"
               "traceroute to 192.0.2.1 (192.0.2.1), 30 hops max, 60 byte packets\n"
               "connect: Network is unreachable\n"
               "traceroute to 10.0.3.2 (10.0.3.2), 30 hops max, 60 byte packets\n"
               " 1  10.0.1.2 (10.0.1.2)  10.096 ms\n"
               " 2  10.0.2.2 (10.0.2.2)  20.241 ms\n"
               " 3  10.0.3.2 (10.0.3.2)  30.396 ms\n",
               "output");
    }
};

/** The second link takes 1000 octets, the third 600. */
class DontFragmentTest : public PingTestCase
{
  public:
    DontFragmentTest()
        : PingTestCase("Ping heeds the path MTU that it found, probes of traceroute do not")
    {
    }

  private:
    void Traceroute(const std::string& method, uint32_t size, double start)
    {
        StrataTracerouteHelper traceroute("10.0.3.2");
        traceroute.SetAttribute("Method", StringValue(method));
        traceroute.SetAttribute("DontFragment", BooleanValue(true));
        traceroute.SetAttribute("Size", UintegerValue(size));
        traceroute.SetAttribute("Queries", UintegerValue(1));
        traceroute.EnableOutput(output);
        traceroute.Install(nodes.Get(0)).Start(Seconds(start));
    }

    void DoRun() override
    {
        Build();
        StrataIpv4Helper().Install(nodes);
        for (const auto& [router, mtu] : {std::pair{1, 1000}, std::pair{2, 600}})
        {
            nodes.Get(router)->GetObject<Ipv4>()->GetNetDevice(2)->SetMtu(mtu);
        }
        StrataPingHelper ping("10.0.3.2");
        ping.SetAttribute("Count", UintegerValue(4));
        ping.SetAttribute("Size", UintegerValue(1172));
        ping.SetAttribute("DontFragment", BooleanValue(true));
        ping.EnableOutput(output);
        ping.Install(nodes.Get(0));
        Traceroute("udp", 800, 10);
        Traceroute("icmp", 800, 11);
        Traceroute("udp", 1501, 12);
        // Up to the error a probe of 800 octets takes 5 ms and 641.6 microseconds a link, the error
        // about it, which quotes 548 octets, 5 ms and 462.4.
        const std::string probed =
            "traceroute to 10.0.3.2 (10.0.3.2), 30 hops max, 800 byte packets\n"
            " 1  10.0.1.2 (10.0.1.2)  11.104 ms\n"
            " 2  10.0.2.2 (10.0.2.2)  22.208 ms\n"
            " 3  10.0.2.2 (10.0.2.2)  22.208 ms !F-600\n";
        Expect("PING 10.0.3.2 (10.0.3.2) 1172(1200) bytes of data.\n"
               "From 10.0.1.2 icmp_seq=1 Frag needed and DF set (mtu = 1000)\n"
               "ping: local error: message too long, mtu=1000\n"
               "ping: local error: message too long, mtu=1000\n"
               "ping: local error: message too long, mtu=1000\n"
               "\n--- 10.0.3.2 ping statistics ---\n"
               "4 packets transmitted, 0 received, +4 errors, 100% packet loss, time 3000ms\n\n" +
                   probed + probed +
                   "traceroute to 10.0.3.2 (10.0.3.2), 30 hops max, 1501 byte packets\n"
                   "send: Message too long\n",
               "output");
    }
};

class StrataPingTestSuite : public TestSuite
{
  public:
    StrataPingTestSuite()
        : TestSuite("strata-ping")
    {
        AddTestCase(new PingAnswersTest);
        AddTestCase(new PingErrorsTest);
        AddTestCase(new PingSeparateTest);
        AddTestCase(new PingOptionsTest);
        AddTestCase(new PingSelfTest);
        AddTestCase(new PingRefusedTest);
        AddTestCase(new TracerouteTest(false));
        AddTestCase(new TracerouteTest(true));
        AddTestCase(new TracerouteEndsTest);
        AddTestCase(new DontFragmentTest);
    }
};

StrataPingTestSuite g_strataPingTestSuite;

} // namespace

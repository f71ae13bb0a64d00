// SPDX-License-Identifier: GPL-2.0-only

#include "ns3/boolean.h"
#include "ns3/config.h"
#include "ns3/double.h"
#include "ns3/inet-socket-address.h"
#include "ns3/internet-stack-helper.h"
#include "ns3/ipv4-address-helper.h"
#include "ns3/ipv4-global-routing-helper.h"
#include "ns3/node-container.h"
#include "ns3/object-vector.h"
#include "ns3/random-variable-stream.h"
#include "ns3/simulator.h"
#include "ns3/strata-endpoint-text.h"
#include "ns3/strata-ftp-client.h"
#include "ns3/strata-http-application.h"
#include "ns3/strata-ipv4-helper.h"
#include "ns3/strata-point-to-point-helper.h"
#include "ns3/strata-rendezvous-application.h"
#include "ns3/strata-stream-connection.h"
#include "ns3/strata-traffic-helper.h"
#include "ns3/string.h"
#include "ns3/tcp-l4-protocol.h"
#include "ns3/test.h"
#include "ns3/udp-socket-factory.h"
#include "ns3/uinteger.h"

using namespace ns3;
using namespace ns3::strata;

namespace
{

/** Client 10.0.1.1, a router, server 10.0.2.2; routes are of global routing. */
class TrafficTestCase : public TestCase
{
  public:
    using TestCase::TestCase;

  protected:
    void Build()
    {
        nodes.Create(3);
        InternetStackHelper().Install(nodes);
        StrataIpv4Helper().Install(nodes);
        StrataPointToPointHelper links;
        links.SetDeviceAttribute("DataRate", StringValue("10Mbps"));
        Ipv4AddressHelper addresses("10.0.1.0", "255.255.255.0");
        for (uint32_t i = 0; i < 2; ++i)
        {
            devices.Add(links.Install(nodes.Get(i), nodes.Get(i + 1)));
            addresses.Assign(NetDeviceContainer(devices.Get(2 * i), devices.Get(2 * i + 1)));
            addresses.NewNetwork();
        }
        Ipv4GlobalRoutingHelper::PopulateRoutingTables();
    }

    Ptr<Node> Client() const
    {
        return nodes.Get(0);
    }

    Ptr<Node> Server() const
    {
        return nodes.Get(2);
    }

    /** From \p at on nothing comes to the client. */
    void CutAt(Time at)
    {
        Simulator::Schedule(at, [this] { nodes.Get(1)->GetObject<Ipv4>()->SetDown(1); });
    }

    Ptr<TrafficApplication> Start(const StrataTrafficHelper& helper, Ptr<Node> node)
    {
        ApplicationContainer applications = helper.Install(node);
        applications.Start(Seconds(1));
        return DynamicCast<TrafficApplication>(applications.Get(0));
    }

    void Expect(Ptr<TrafficApplication> application,
                TrafficVerdict verdict,
                const std::string& what)
    {
        NS_TEST_EXPECT_MSG_EQ(std::string(TrafficVerdictName(application->GetVerdict())),
                              std::string(TrafficVerdictName(verdict)),
                              what + ": " + application->GetDetail());
    }

    void Run(Time end = Seconds(400))
    {
        Simulator::Stop(end);
        Simulator::Run();
    }

    void DoTeardown() override
    {
        Simulator::Destroy();
    }

    NodeContainer nodes;
    NetDeviceContainer devices;
};

class EndpointTextTest : public TestCase
{
  public:
    EndpointTextTest()
        : TestCase("Endpoints are read and written as URIs have them")
    {
    }

  private:
    void DoRun() override
    {
        for (const char* text : {"192.0.2.1:80", "0.0.0.0:0", "[2001:db8::1]:65535", "[::]:1"})
        {
            const auto endpoint = ParseEndpoint(text);
            NS_TEST_ASSERT_MSG_EQ(endpoint.has_value(), true, text);
            NS_TEST_EXPECT_MSG_EQ(EndpointText(*endpoint), std::string(text), text);
        }
        for (const char* text : {"",
                                 ":",
                                 "192.0.2.1",
                                 "192.0.2.1:",
                                 "192.0.2.1:65536",
                                 "192.0.2.1:-1",
                                 "192.0.2:1",
                                 "host:80",
                                 "2001:db8::1:80",
                                 "[2001:db8::1:80",
                                 "[]:1",
                                 "[:1"})
        {
            NS_TEST_EXPECT_MSG_EQ(ParseEndpoint(text).has_value(), false, text);
        }
    }
};

class HttpTest : public TrafficTestCase
{
  public:
    HttpTest()
        : TrafficTestCase("A browser gets the whole page, and tells refusal from silence")
    {
    }

  private:
    void DoRun() override
    {
        Build();
        StrataTrafficHelper server("HttpServer");
        server.SetAttribute("Page", StringValue("hello"));
        server.SetAttribute("Size", UintegerValue(30000));
        Ptr<TrafficApplication> serving = Start(server, Server());
        uint32_t asked = 0;
        serving->TraceConnectWithoutContext(
            "Request",
            Callback<void, const Address&, const std::string&>(
                [&](const Address& from, const std::string& target) {
                    ++asked;
                    NS_TEST_EXPECT_MSG_EQ(EndpointHost(from), std::string("10.0.1.1"), "client");
                    NS_TEST_EXPECT_MSG_EQ(target, std::string("/index.html"), "target");
                }));
        std::size_t octets = 0;
        const auto get = [&](const char* remote, Time start) {
            StrataTrafficHelper client("HttpClient");
            client.SetAttribute("Remote", StringValue(remote));
            client.SetAttribute("Target", StringValue("/index.html"));
            client.SetAttribute("Count", UintegerValue(3));
            ApplicationContainer applications = client.Install(Client());
            applications.Start(start);
            applications.Get(0)->TraceConnectWithoutContext(
                "Page",
                Callback<void, uint32_t, const std::string&>(
                    [&octets](uint32_t, const std::string& body) { octets += body.size(); }));
            return DynamicCast<TrafficApplication>(applications.Get(0));
        };
        const auto good = get("10.0.2.2:80", Seconds(2));
        const auto closed = get("10.0.2.2:81", Seconds(2));
        const auto nobody = get("10.9.9.9:80", Seconds(2));
        const auto broken = get("10.0.2.2:80", Seconds(95));
        CutAt(Seconds(98));
        Run();
        Expect(good, TrafficVerdict::WORKS, "good");
        Expect(closed, TrafficVerdict::REFUSED, "no such port");
        Expect(nobody, TrafficVerdict::NO_ANSWER, "no such host");
        Expect(broken, TrafficVerdict::BROKEN, "cut");
        NS_TEST_EXPECT_MSG_EQ(asked, 5, "requests");
        NS_TEST_EXPECT_MSG_EQ(octets, 5 * 30000, "octets of pages");
    }
};

class FtpTest : public TrafficTestCase
{
  public:
    FtpTest()
        : TrafficTestCase("A file comes over a data connection that either side opens")
    {
    }

  private:
    Ptr<TrafficApplication> Fetch(const std::string& mode, uint32_t size)
    {
        StrataTrafficHelper client("FtpClient");
        client.SetAttribute("Remote", StringValue("10.0.2.2:21"));
        client.SetAttribute("Mode", StringValue(mode));
        client.SetAttribute("Size", UintegerValue(size));
        return Start(client, Client());
    }

    void DoRun() override
    {
        Build();
        StrataTrafficHelper server("FtpServer");
        server.SetAttribute("Size", UintegerValue(300'000));
        server.Install(Server());
        const auto passive = Fetch("passive", 300'000);
        const auto active = Fetch("active", 300'000);
        const auto short_ = Fetch("passive", 300'001);
        std::string lines;
        active->TraceConnectWithoutContext(
            "Line",
            Callback<void, const std::string&>(
                [&lines](const std::string& line) { lines += line.substr(0, 4) + "|"; }));
        Run();
        Expect(passive, TrafficVerdict::WORKS, "passive");
        Expect(active, TrafficVerdict::WORKS, "active");
        Expect(short_, TrafficVerdict::BROKEN, "an octet less than awaited");
        NS_TEST_EXPECT_MSG_EQ(
            lines,
            "220 |USER|331 |PASS|230 |TYPE|200 |PORT|200 |RETR|150 |226 |QUIT|221 |",
            "the dialogue of RFC 959 section 7");
    }
};

class MessageTest : public TrafficTestCase
{
  public:
    MessageTest()
        : TrafficTestCase("A connection that breaks in the middle is told from one that never was")
    {
    }

  private:
    void DoRun() override
    {
        Build();
        StrataTrafficHelper server("MessageServer");
        server.SetAttribute("Interval", TimeValue(Seconds(10)));
        server.Install(Server());
        const auto listen = [this](uint32_t count, uint16_t port) {
            StrataTrafficHelper client("MessageClient");
            client.SetAttribute("Remote", StringValue("10.0.2.2:" + std::to_string(port)));
            client.SetAttribute("Count", UintegerValue(count));
            client.SetAttribute("KeepAlive", TimeValue(Seconds(7)));
            client.SetAttribute("Patience", TimeValue(Seconds(100)));
            return Start(client, Client());
        };
        const auto good = listen(4, 5555);
        const auto broken = listen(6, 5555);
        const auto closed = listen(1, 5556);
        CutAt(Seconds(45));
        Run();
        Expect(good, TrafficVerdict::WORKS, "four messages in 31 s");
        Expect(broken, TrafficVerdict::BROKEN, "six messages would take 51 s");
        Expect(closed, TrafficVerdict::REFUSED, "no such port");
    }
};

class ProbeTest : public TrafficTestCase
{
  public:
    ProbeTest()
        : TrafficTestCase("TCP-2 and the tunnel run beside TCP, and TCP-2 in its place")
    {
    }

  private:
    Ptr<TrafficApplication> Try(const std::string& name, uint32_t number, bool serve)
    {
        StrataTrafficHelper server(name + "Server");
        StrataTrafficHelper client(name + "Client");
        client.SetAttribute("Remote", StringValue("10.0.2.2:0"));
        client.SetAttribute("Count", UintegerValue(3));
        if (name == "Tcp2")
        {
            server.SetAttribute("Number", UintegerValue(number));
            client.SetAttribute("Number", UintegerValue(number));
        }
        if (serve)
        {
            server.Install(Server());
        }
        return Start(client, Client());
    }

    void DoRun() override
    {
        Build();
        const auto beside = Try("Tcp2", 253, true);
        const auto instead = Try("Tcp2", 6, true);
        const auto unknown = Try("Tcp2", 254, false);
        const auto tunnel = Try("Tunnel", 4, true);
        Run();
        Expect(beside, TrafficVerdict::WORKS, "beside TCP");
        Expect(instead, TrafficVerdict::WORKS, "in the place of TCP");
        Expect(unknown, TrafficVerdict::REFUSED, "ICMP says that there is no such protocol");
        Expect(tunnel, TrafficVerdict::WORKS, "tunnel");
    }
};

class RendezvousTest : public TrafficTestCase
{
  public:
    RendezvousTest()
        : TrafficTestCase("Peers find each other if one calls, and not if both wait")
    {
    }

  private:
    Ptr<TrafficApplication> Peer(const std::string& name, const std::string& other, bool calls)
    {
        const bool left = name[0] == 'a';
        StrataTrafficHelper peer("RendezvousPeer");
        peer.SetAttribute("Server", StringValue("10.0.1.2:40000"));
        peer.SetAttribute("Name", StringValue(name));
        peer.SetAttribute("Peer", StringValue(other));
        peer.SetAttribute("Port", UintegerValue(calls ? 5000 : 5001));
        peer.SetAttribute("Address", StringValue(left ? "own" : "both"));
        peer.SetAttribute("Calls", BooleanValue(calls && left));
        return Start(peer, left ? Client() : Server());
    }

    void DoRun() override
    {
        Build();
        StrataTrafficHelper("RendezvousServer").Install(nodes.Get(1));
        const auto caller = Peer("a-calls", "b-called", true);
        const auto called = Peer("b-called", "a-calls", true);
        const auto waiting = Peer("a-waits", "b-waits", false);
        const auto too = Peer("b-waits", "a-waits", false);
        Run();
        Expect(caller, TrafficVerdict::WORKS, "caller");
        Expect(called, TrafficVerdict::WORKS, "called");
        Expect(waiting, TrafficVerdict::NO_ANSWER, "waiting");
        Expect(too, TrafficVerdict::NO_ANSWER, "waiting, too");
    }
};

class GarbageTest : public TrafficTestCase
{
  public:
    GarbageTest()
        : TrafficTestCase("Servers live on whatever octets come")
    {
    }

  private:
    std::string Noise()
    {
        std::string text;
        for (uint32_t i = random->GetInteger(1, 2000); i > 0; --i)
        {
            // Lines and commands more often than chance has them.
            const uint32_t kind = random->GetInteger(0, 30);
            static const char* const words[] = {"GET ",
                                                "PORT 1,2,3,4,",
                                                "RETR x",
                                                "PASV",
                                                "HERE a "};
            text += kind < 5    ? words[kind]
                    : kind == 5 ? std::string("\r\n")
                                : std::string(1, static_cast<char>(random->GetInteger(0, 255)));
        }
        return text;
    }

    void DoRun() override
    {
        Build();
        random = CreateObject<UniformRandomVariable>();
        random->SetStream(1);
        for (const char* name : {"HttpServer", "FtpServer", "MessageServer", "RendezvousServer"})
        {
            StrataTrafficHelper(name).Install(Server());
        }
        StrataTrafficHelper peer("RendezvousPeer");
        peer.SetAttribute("Server", StringValue("10.0.2.2:40000"));
        peer.Install(Server());
        std::vector<std::unique_ptr<StreamConnection>> connections;
        Ptr<Socket> socket = Socket::CreateSocket(Client(), UdpSocketFactory::GetTypeId());
        for (uint32_t i = 0; i < 60; ++i)
        {
            Simulator::Schedule(MilliSeconds(2000 + 100 * i), [&, i] {
                const uint16_t ports[] = {80, 21, 5555};
                const std::string remote = "10.0.2.2:" + std::to_string(ports[i % 3]);
                connections.push_back(std::make_unique<StreamConnection>(Client(),
                                                                         *ParseEndpoint(remote),
                                                                         StreamHandler()));
                connections.back()->Write(Noise());
                connections.back()->Write(std::string(i % 5 == 0 ? 20000 : 0, 'x'));
                const std::string noise = Noise();
                for (const uint16_t port : {40000, 5544})
                {
                    socket->SendTo(Create<Packet>(reinterpret_cast<const uint8_t*>(noise.data()),
                                                  static_cast<uint32_t>(noise.size() % 1400)),
                                   0,
                                   InetSocketAddress("10.0.2.2", port));
                }
            });
        }
        StrataTrafficHelper client("HttpClient");
        client.SetAttribute("Remote", StringValue("10.0.2.2:80"));
        client.SetAttribute("Count", UintegerValue(10));
        const auto browser = Start(client, Client());
        StrataTrafficHelper fetch("FtpClient");
        fetch.SetAttribute("Remote", StringValue("10.0.2.2:21"));
        ApplicationContainer later = fetch.Install(Client());
        later.Start(Seconds(30));
        Run();
        Expect(browser, TrafficVerdict::WORKS, "a browser meanwhile");
        Expect(DynamicCast<TrafficApplication>(later.Get(0)),
               TrafficVerdict::WORKS,
               "a file after");
    }

    Ptr<UniformRandomVariable> random;
};

/** A client that has data connections opened and never uses them: PASV, connect, PASV, ... */
class IdleDataTest : public TrafficTestCase
{
  public:
    IdleDataTest()
        : TrafficTestCase("A server of files keeps no connection that it has no use for")
    {
    }

  private:
    uint32_t Sockets() const
    {
        ObjectVectorValue sockets;
        Server()->GetObject<TcpL4Protocol>()->GetAttribute("SocketList", sockets);
        return static_cast<uint32_t>(sockets.GetN());
    }

    /** The port of a reply 229 (RFC 2428). */
    void OnReply(const std::string& line)
    {
        const auto bars = line.find("|||");
        if (line.substr(0, 3) != "229" || bars == std::string::npos)
        {
            return;
        }
        const std::string port = line.substr(bars + 3, line.find('|', bars + 3) - bars - 3);
        for (int i = 0; i < 2; ++i)
        {
            data.push_back(std::make_unique<StreamConnection>(Client(),
                                                              *ParseEndpoint("10.0.2.2:" + port),
                                                              StreamHandler()));
        }
    }

    void DoRun() override
    {
        // TIME-WAIT, which is four minutes as a rule, would hold what was closed.
        Config::SetDefault("ns3::TcpSocketBase::MaxSegLifetime", DoubleValue(0.1));
        Build();
        StrataTrafficHelper("FtpServer").Install(Server());
        StreamHandler handler;
        handler.line = [this](const std::string& line) { OnReply(line); };
        std::unique_ptr<StreamConnection> control;
        Simulator::Schedule(Seconds(1), [&] {
            control = std::make_unique<StreamConnection>(Client(),
                                                         *ParseEndpoint("10.0.2.2:21"),
                                                         handler);
        });
        for (uint32_t i = 0; i < 50; ++i)
        {
            Simulator::Schedule(Seconds(2 + i), [&] { control->Write("EPSV\r\n"); });
        }
        uint32_t before = 0;
        Simulator::Schedule(MilliSeconds(500), [&] { before = Sockets(); });
        uint32_t during = 0;
        Simulator::Schedule(MilliSeconds(51900), [&] { during = Sockets(); });
        Simulator::Schedule(Seconds(60), [&] { control->Drop(); });
        Run();
        NS_TEST_EXPECT_MSG_EQ(data.size(), 100, "data connections");
        // The control connection, the listeners of one EPSV by IPv4 and IPv6, one data connection.
        NS_TEST_EXPECT_MSG_LT(during, before + 5, "sockets meanwhile");
        NS_TEST_EXPECT_MSG_EQ(Sockets(), before, "sockets in the end");
        Config::SetDefault("ns3::TcpSocketBase::MaxSegLifetime", DoubleValue(120));
    }

    std::vector<std::unique_ptr<StreamConnection>> data;
};

class TrafficTestSuite : public TestSuite
{
  public:
    TrafficTestSuite()
        : TestSuite("strata-traffic")
    {
        AddTestCase(new EndpointTextTest);
        AddTestCase(new HttpTest);
        AddTestCase(new FtpTest);
        AddTestCase(new MessageTest);
        AddTestCase(new ProbeTest);
        AddTestCase(new RendezvousTest);
        AddTestCase(new GarbageTest);
        AddTestCase(new IdleDataTest);
    }
};

TrafficTestSuite g_trafficTestSuite;

} // namespace

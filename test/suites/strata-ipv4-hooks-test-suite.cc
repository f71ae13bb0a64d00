// SPDX-License-Identifier: GPL-2.0-only

#include "ns3/boolean.h"
#include "ns3/csma-helper.h"
#include "ns3/flow-monitor-helper.h"
#include "ns3/global-value.h"
#include "ns3/inet-socket-address.h"
#include "ns3/internet-stack-helper.h"
#include "ns3/ipv4-address-helper.h"
#include "ns3/ipv4-global-routing-helper.h"
#include "ns3/ipv4-raw-socket-factory.h"
#include "ns3/ipv4-static-routing-helper.h"
#include "ns3/node-container.h"
#include "ns3/packet.h"
#include "ns3/simulator.h"
#include "ns3/strata-ipv4-hook-routing.h"
#include "ns3/strata-ipv4-hooks.h"
#include "ns3/strata-point-to-point-helper.h"
#include "ns3/string.h"
#include "ns3/test.h"
#include "ns3/udp-client-server-helper.h"
#include "ns3/udp-server.h"
#include "ns3/udp-socket-factory.h"
#include "ns3/uinteger.h"

#include <functional>
#include <vector>

using namespace ns3;
using namespace ns3::strata;

namespace
{

constexpr uint16_t PORT = 9;

/** Remembers what it saw, and does what the test tells it. */
class Probe : public Ipv4HookElement
{
  public:
    using Action = std::function<HookVerdict(Ipv4HookPacket&)>;

    explicit Probe(Action action = nullptr)
        : m_action(std::move(action))
    {
    }

    HookVerdict Process(Ipv4HookPacket& packet) override
    {
        seen.push_back(packet);
        seen.back().payload = packet.payload->Copy();
        return m_action ? m_action(packet) : HookVerdict::ACCEPT;
    }

    std::size_t Count(HookPoint point) const
    {
        std::size_t count = 0;
        for (const Ipv4HookPacket& packet : seen)
        {
            count += packet.point == point;
        }
        return count;
    }

    std::vector<Ipv4HookPacket> seen;

  private:
    Action m_action;
};

constexpr HookPoint ALL[] = {HookPoint::PREROUTING,
                             HookPoint::INPUT,
                             HookPoint::FORWARD,
                             HookPoint::OUTPUT,
                             HookPoint::POSTROUTING};

/** A host, a router and a host: 10.0.0.1 - 10.0.0.2, 10.0.1.1 - 10.0.1.2. */
class HooksTestCase : public TestCase
{
  public:
    using TestCase::TestCase;

  protected:
    void Build(bool csma = false)
    {
        nodes.Create(3);
        InternetStackHelper().Install(nodes);
        Link(0, 1, "10.0.0.0", csma);
        Link(1, 2, "10.0.1.0", csma);
        Ipv4GlobalRoutingHelper::PopulateRoutingTables();
    }

    void Link(uint32_t a, uint32_t b, const char* network, bool csma)
    {
        NodeContainer ends(nodes.Get(a), nodes.Get(b));
        NetDeviceContainer devices =
            csma ? CsmaHelper().Install(ends) : StrataPointToPointHelper().Install(ends);
        Ipv4AddressHelper(network, "255.255.255.0").Assign(devices);
    }

    Ptr<UdpServer> Serve(uint32_t node)
    {
        UdpServerHelper server(PORT);
        return server.Install(nodes.Get(node)).Get(0)->GetObject<UdpServer>();
    }

    void Send(uint32_t node, Ipv4Address to, uint32_t packets, Time start = Seconds(1))
    {
        UdpClientHelper client(to, PORT);
        client.SetAttribute("MaxPackets", UintegerValue(packets));
        client.SetAttribute("Interval", TimeValue(MilliSeconds(100)));
        client.Install(nodes.Get(node)).Start(start);
    }

    Ptr<Ipv4Hooks> Hooks(uint32_t node)
    {
        return Ipv4Hooks::Of(nodes.Get(node));
    }

    Ptr<Probe> AttachEverywhere(uint32_t node)
    {
        Ptr<Probe> probe = CreateObject<Probe>();
        for (const HookPoint point : ALL)
        {
            Hooks(node)->Attach(point, 0, probe);
        }
        return probe;
    }

    void Run()
    {
        Simulator::Stop(Seconds(10));
        Simulator::Run();
    }

    void DoTeardown() override
    {
        nodes = NodeContainer();
        Simulator::Destroy();
    }

    NodeContainer nodes;
};

class PlacesTest : public HooksTestCase
{
  public:
    PlacesTest(bool csma, bool before)
        : HooksTestCase(std::string("Datagrams pass the five places once each, ") +
                        (csma ? "over a LAN" : "over a link") +
                        (before ? ", attached first" : ", attached last")),
          m_csma(csma),
          m_before(before)
    {
    }

  private:
    void DoRun() override
    {
        std::vector<Ptr<Probe>> probes;
        if (m_before)
        {
            nodes.Create(3);
            for (uint32_t i = 0; i < 3; ++i)
            {
                probes.push_back(AttachEverywhere(i));
            }
            InternetStackHelper().Install(nodes);
            Link(0, 1, "10.0.0.0", m_csma);
            Link(1, 2, "10.0.1.0", m_csma);
            Ipv4GlobalRoutingHelper::PopulateRoutingTables();
        }
        else
        {
            Build(m_csma);
            for (uint32_t i = 0; i < 3; ++i)
            {
                probes.push_back(AttachEverywhere(i));
            }
        }
        Ptr<UdpServer> server = Serve(2);
        FlowMonitorHelper monitor;
        Ptr<FlowMonitor> flows = monitor.InstallAll();
        Send(0, "10.0.1.2", 5);
        Run();
        NS_TEST_ASSERT_MSG_EQ(server->GetReceived(), 5, "all arrive");
        const auto& stats = flows->GetFlowStats();
        NS_TEST_ASSERT_MSG_EQ(stats.size(), 1, "one flow");
        NS_TEST_ASSERT_MSG_EQ(stats.begin()->second.txPackets, 5, "sent");
        NS_TEST_ASSERT_MSG_EQ(stats.begin()->second.rxPackets, 5, "received");
        NS_TEST_ASSERT_MSG_EQ(stats.begin()->second.timesForwarded, 5, "forwarded");
        const std::size_t expected[3][5] = {{0, 0, 0, 5, 5}, {5, 0, 5, 0, 5}, {5, 5, 0, 0, 0}};
        for (uint32_t i = 0; i < 3; ++i)
        {
            for (const HookPoint point : ALL)
            {
                NS_TEST_ASSERT_MSG_EQ(probes[i]->Count(point),
                                      expected[i][static_cast<std::size_t>(point)],
                                      "node " << i << " point " << static_cast<int>(point));
            }
        }
        Ptr<Ipv4> router = nodes.Get(1)->GetObject<Ipv4>();
        for (const Ipv4HookPacket& packet : probes[1]->seen)
        {
            NS_TEST_ASSERT_MSG_EQ(packet.in, router->GetNetDevice(1), "received here");
            const bool routed = packet.point != HookPoint::PREROUTING;
            NS_TEST_ASSERT_MSG_EQ((packet.Out() == router->GetNetDevice(2)), routed, "leaves");
            NS_TEST_ASSERT_MSG_EQ(+packet.header.ttl, (routed ? 63 : 64), "time to live");
            NS_TEST_ASSERT_MSG_EQ(packet.payload->GetSize(), 1032, "payload with its UDP header");
        }
    }

    bool m_csma;
    bool m_before;
};

class UntouchedTest : public HooksTestCase
{
  public:
    UntouchedTest()
        : HooksTestCase("A node to which nothing was attached is as the stock helper built it")
    {
    }

  private:
    void DoRun() override
    {
        Build();
        Ptr<Ipv4L3Protocol> ipv4 = nodes.Get(1)->GetObject<Ipv4L3Protocol>();
        Ptr<Ipv4RoutingProtocol> before = ipv4->GetRoutingProtocol();
        Ptr<Ipv4Hooks> hooks = Hooks(1);
        NS_TEST_ASSERT_MSG_EQ(ipv4->GetRoutingProtocol(), before, "routing");
        Ptr<Probe> probe = CreateObject<Probe>();
        NS_TEST_ASSERT_MSG_EQ(hooks->Attach(HookPoint::FORWARD, 0, probe), true, "first time");
        NS_TEST_ASSERT_MSG_EQ(hooks->Attach(HookPoint::FORWARD, 5, probe), false, "second time");
        NS_TEST_ASSERT_MSG_NE(DynamicCast<Ipv4HookRouting>(ipv4->GetRoutingProtocol()),
                              nullptr,
                              "around the routing protocol");
        NS_TEST_ASSERT_MSG_NE(Ipv4StaticRoutingHelper().GetStaticRouting(ipv4),
                              nullptr,
                              "stock helpers find what they look for");
        NS_TEST_ASSERT_MSG_EQ(hooks->Detach(HookPoint::FORWARD, probe), true, "detached");
        NS_TEST_ASSERT_MSG_EQ(hooks->Detach(HookPoint::FORWARD, probe), false, "once");
        Ptr<UdpServer> server = Serve(2);
        Send(0, "10.0.1.2", 3);
        Run();
        NS_TEST_ASSERT_MSG_EQ(server->GetReceived(), 3, "forwarded with nothing attached");
        NS_TEST_ASSERT_MSG_EQ(probe->seen.size(), 0, "not seen");
    }
};

class VerdictTest : public HooksTestCase
{
  public:
    VerdictTest()
        : HooksTestCase("Elements run by priority; a drop is counted with its reason")
    {
    }

  private:
    void DoRun() override
    {
        Build();
        constexpr DropReason REASON{"test.second"};
        uint32_t count = 0;
        Ptr<Probe> last = CreateObject<Probe>();
        Ptr<Probe> middle = CreateObject<Probe>([&](Ipv4HookPacket& packet) {
            packet.dropReason = REASON;
            return ++count == 2 ? HookVerdict::DROP : HookVerdict::ACCEPT;
        });
        Ptr<Probe> first = CreateObject<Probe>();
        Hooks(1)->Attach(HookPoint::FORWARD, 10, last);
        Hooks(1)->Attach(HookPoint::FORWARD, -10, first);
        Hooks(1)->Attach(HookPoint::FORWARD, 0, middle);
        Ptr<UdpServer> server = Serve(2);
        Send(0, "10.0.1.2", 3);
        Run();
        NS_TEST_ASSERT_MSG_EQ(first->seen.size(), 3, "before the drop");
        NS_TEST_ASSERT_MSG_EQ(last->seen.size(), 2, "behind the drop");
        NS_TEST_ASSERT_MSG_EQ(server->GetReceived(), 2, "arrived");
        const DropCounters& drops = StrataNode::Of(nodes.Get(1))->GetDrops();
        NS_TEST_ASSERT_MSG_EQ(drops.Packets(REASON), 1, "counted");
        NS_TEST_ASSERT_MSG_EQ(drops.Packets(), 1, "nothing else");
        NS_TEST_ASSERT_MSG_EQ(drops.Entries().front().bytes, 20 + 8 + 1024, "whole datagram");
    }
};

class ResumeTest : public HooksTestCase
{
  public:
    ResumeTest(HookPoint point, uint32_t node)
        : HooksTestCase("What was taken at place " + std::to_string(static_cast<int>(point)) +
                        " goes on behind the element, later"),
          m_point(point),
          m_node(node)
    {
    }

  private:
    void DoRun() override
    {
        Build();
        Ptr<Probe> behind = CreateObject<Probe>();
        Ptr<Probe> holder = CreateObject<Probe>([&](Ipv4HookPacket& packet) {
            Simulator::Schedule(Seconds(1),
                                [this, packet] { Hooks(m_node)->Resume(packet, m_holder); });
            return HookVerdict::TAKEN;
        });
        m_holder = holder;
        Hooks(m_node)->Attach(m_point, 0, holder);
        Hooks(m_node)->Attach(m_point, 1, behind);
        Ptr<UdpServer> server = Serve(2);
        Time arrival;
        server->TraceConnectWithoutContext(
            "Rx",
            Callback<void, Ptr<const Packet>>([&](Ptr<const Packet>) { arrival = Now(); }));
        Send(0, "10.0.1.2", 1);
        Run();
        NS_TEST_ASSERT_MSG_EQ(server->GetReceived(), 1, "arrived");
        NS_TEST_ASSERT_MSG_GT(arrival, Seconds(2), "a second late");
        NS_TEST_ASSERT_MSG_EQ(holder->seen.size(), 1, "seen once by the holder");
        NS_TEST_ASSERT_MSG_EQ(behind->seen.size(), 1, "seen once behind it");
        m_holder = nullptr;
    }

    HookPoint m_point;
    uint32_t m_node;
    Ptr<Probe> m_holder;
};

class RewriteTest : public HooksTestCase
{
  public:
    RewriteTest()
        : HooksTestCase("What elements change is what leaves, with a right checksum")
    {
    }

  private:
    void DoRun() override
    {
        GlobalValue::Bind("ChecksumEnabled", BooleanValue(true));
        Build();
        // The router answers for 10.0.1.2 under its own address, without a look at ports.
        Ptr<Probe> in = CreateObject<Probe>([](Ipv4HookPacket& packet) {
            packet.header.destination = Ipv4Address("10.0.1.2").Get();
            return HookVerdict::ACCEPT;
        });
        Ptr<Probe> out = CreateObject<Probe>([](Ipv4HookPacket& packet) {
            packet.header.dscp = 46;
            packet.header.dontFragment = true;
            packet.payload->RemoveAtEnd(100);
            return HookVerdict::ACCEPT;
        });
        Hooks(1)->Attach(HookPoint::PREROUTING, 0, in);
        Hooks(1)->Attach(HookPoint::POSTROUTING, 0, out);
        Ptr<Probe> end = CreateObject<Probe>();
        Hooks(2)->Attach(HookPoint::PREROUTING, 0, end);
        Ptr<Ipv4> ipv4 = nodes.Get(0)->GetObject<Ipv4>();
        Simulator::Schedule(Seconds(1), [ipv4] {
            ipv4->Send(Create<Packet>(300), "10.0.0.1", "10.0.0.2", 253, nullptr);
        });
        Run();
        GlobalValue::Bind("ChecksumEnabled", BooleanValue(false));
        NS_TEST_ASSERT_MSG_EQ(end->seen.size(), 1, "arrives, though sent to the router");
        const Ipv4WireHeader& header = end->seen.front().header;
        NS_TEST_ASSERT_MSG_EQ(Ipv4Address(header.destination), Ipv4Address("10.0.1.2"), "where to");
        NS_TEST_ASSERT_MSG_EQ(+header.dscp, 46, "class");
        NS_TEST_ASSERT_MSG_EQ(header.dontFragment, true, "flag");
        NS_TEST_ASSERT_MSG_EQ(header.totalLength, 220, "length");
        NS_TEST_ASSERT_MSG_EQ(header.HasRightChecksum(), true, "checksum");
        NS_TEST_ASSERT_MSG_EQ(+header.ttl, 63, "one hop");
    }
};

class RawSocketTest : public HooksTestCase
{
  public:
    RawSocketTest()
        : HooksTestCase("Raw sockets do not bypass OUTPUT and POSTROUTING")
    {
    }

  private:
    void DoRun() override
    {
        Build(true);
        uint32_t count = 0;
        Ptr<Probe> probe = CreateObject<Probe>([&](Ipv4HookPacket& packet) {
            if (packet.point != HookPoint::OUTPUT)
            {
                return HookVerdict::ACCEPT;
            }
            packet.header.ttl = 7;
            return ++count == 2 ? HookVerdict::DROP : HookVerdict::ACCEPT;
        });
        Hooks(0)->Attach(HookPoint::OUTPUT, 0, probe);
        Hooks(0)->Attach(HookPoint::POSTROUTING, 0, probe);
        Ptr<Probe> end = CreateObject<Probe>();
        Hooks(2)->Attach(HookPoint::INPUT, 0, end);
        Ptr<Socket> socket = Socket::CreateSocket(nodes.Get(0), Ipv4RawSocketFactory::GetTypeId());
        socket->SetAttribute("Protocol", UintegerValue(253));
        for (uint32_t i = 1; i <= 3; ++i)
        {
            Simulator::Schedule(Seconds(i), [socket] {
                socket->SendTo(Create<Packet>(50), 0, InetSocketAddress("10.0.1.2", 0));
            });
        }
        Run();
        NS_TEST_ASSERT_MSG_EQ(probe->Count(HookPoint::OUTPUT), 3, "OUTPUT");
        NS_TEST_ASSERT_MSG_EQ(probe->Count(HookPoint::POSTROUTING), 2, "POSTROUTING");
        NS_TEST_ASSERT_MSG_EQ(end->seen.size(), 2, "arrived");
        NS_TEST_ASSERT_MSG_EQ(+end->seen.front().header.ttl, 6, "as changed at OUTPUT");
    }
};

class StrataIpv4HooksTestSuite : public TestSuite
{
  public:
    StrataIpv4HooksTestSuite()
        : TestSuite("strata-ipv4-hooks")
    {
        for (const bool csma : {false, true})
        {
            for (const bool before : {false, true})
            {
                AddTestCase(new PlacesTest(csma, before));
            }
        }
        AddTestCase(new UntouchedTest);
        AddTestCase(new VerdictTest);
        AddTestCase(new ResumeTest(HookPoint::PREROUTING, 1));
        AddTestCase(new ResumeTest(HookPoint::FORWARD, 1));
        AddTestCase(new ResumeTest(HookPoint::POSTROUTING, 1));
        AddTestCase(new ResumeTest(HookPoint::OUTPUT, 0));
        AddTestCase(new ResumeTest(HookPoint::INPUT, 2));
        AddTestCase(new RewriteTest);
        AddTestCase(new RawSocketTest);
    }
};

StrataIpv4HooksTestSuite g_strataIpv4HooksTestSuite;

} // namespace

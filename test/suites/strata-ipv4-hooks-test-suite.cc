// SPDX-License-Identifier: GPL-2.0-only

#include "strata-ipv4-hooks-test-case.h"

#include "ns3/boolean.h"
#include "ns3/flow-monitor-helper.h"
#include "ns3/global-value.h"
#include "ns3/ipv4-raw-socket-factory.h"
#include "ns3/ipv4-static-routing-helper.h"
#include "ns3/strata-ipv4-hook-routing.h"
#include "ns3/udp-socket-factory.h"

using namespace ns3;
using namespace ns3::strata;

namespace
{

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
        std::vector<Ptr<HookProbe>> probes;
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
            for (const HookPoint point : ALL_HOOK_POINTS)
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
        Ptr<HookProbe> probe = CreateObject<HookProbe>();
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
        Ptr<HookProbe> last = CreateObject<HookProbe>();
        Ptr<HookProbe> middle = CreateObject<HookProbe>([&](Ipv4HookPacket& packet) {
            packet.dropReason = REASON;
            return ++count == 2 ? HookVerdict::DROP : HookVerdict::ACCEPT;
        });
        Ptr<HookProbe> first = CreateObject<HookProbe>();
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
        Ptr<HookProbe> behind = CreateObject<HookProbe>();
        Ptr<HookProbe> holder = CreateObject<HookProbe>([&](Ipv4HookPacket& packet) {
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
    Ptr<HookProbe> m_holder;
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
        Ptr<HookProbe> in = CreateObject<HookProbe>([](Ipv4HookPacket& packet) {
            packet.header.destination = Ipv4Address("10.0.1.2").Get();
            return HookVerdict::ACCEPT;
        });
        Ptr<HookProbe> out = CreateObject<HookProbe>([](Ipv4HookPacket& packet) {
            packet.header.dscp = 46;
            packet.header.dontFragment = true;
            packet.payload->RemoveAtEnd(100);
            return HookVerdict::ACCEPT;
        });
        Hooks(1)->Attach(HookPoint::PREROUTING, 0, in);
        Hooks(1)->Attach(HookPoint::POSTROUTING, 0, out);
        Ptr<HookProbe> end = CreateObject<HookProbe>();
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
        Ptr<HookProbe> probe = CreateObject<HookProbe>([&](Ipv4HookPacket& packet) {
            if (packet.point != HookPoint::OUTPUT)
            {
                return HookVerdict::ACCEPT;
            }
            packet.header.ttl = 7;
            return ++count == 2 ? HookVerdict::DROP : HookVerdict::ACCEPT;
        });
        Hooks(0)->Attach(HookPoint::OUTPUT, 0, probe);
        Hooks(0)->Attach(HookPoint::POSTROUTING, 0, probe);
        Ptr<HookProbe> end = CreateObject<HookProbe>();
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

class OwnTest : public HooksTestCase
{
  public:
    OwnTest(const char* to, bool raw)
        : HooksTestCase(std::string("What a node sends to itself passes OUTPUT, POSTROUTING and "
                                    "INPUT: to ") +
                        to + (raw ? ", by a raw socket" : "")),
          m_to(to),
          m_raw(raw)
    {
    }

  private:
    void DoRun() override
    {
        Build(true);
        Ptr<HookProbe> probe = AttachEverywhere(0);
        Ptr<UdpServer> server = Serve(0);
        uint32_t count = 0;
        Ptr<HookProbe> second = CreateObject<HookProbe>([&count](Ipv4HookPacket& packet) {
            packet.header.dscp = 46;
            return ++count == 2 ? HookVerdict::DROP : HookVerdict::ACCEPT;
        });
        Hooks(0)->Attach(HookPoint::OUTPUT, 1, second);
        Ptr<Socket> socket = Socket::CreateSocket(nodes.Get(0),
                                                  m_raw ? Ipv4RawSocketFactory::GetTypeId()
                                                        : UdpSocketFactory::GetTypeId());
        if (m_raw)
        {
            socket->SetAttribute("Protocol", UintegerValue(253));
        }
        const InetSocketAddress peer(Ipv4Address(m_to), HOOKS_PORT);
        for (uint32_t i = 1; i <= 3; ++i)
        {
            Simulator::Schedule(Seconds(i),
                                [socket, peer] { socket->SendTo(Create<Packet>(50), 0, peer); });
        }
        Run();
        NS_TEST_ASSERT_MSG_EQ(probe->Count(HookPoint::PREROUTING), 0, "it came by no link");
        NS_TEST_ASSERT_MSG_EQ(probe->Count(HookPoint::OUTPUT), 3, "OUTPUT");
        NS_TEST_ASSERT_MSG_EQ(probe->Count(HookPoint::POSTROUTING), 2, "POSTROUTING");
        NS_TEST_ASSERT_MSG_EQ(probe->Count(HookPoint::INPUT), 2, "INPUT");
        for (const Ipv4HookPacket& packet : probe->seen)
        {
            const bool changed = packet.point != HookPoint::OUTPUT;
            NS_TEST_EXPECT_MSG_EQ(+packet.header.dscp, (changed ? 46 : 0), "as changed at OUTPUT");
            NS_TEST_EXPECT_MSG_EQ(packet.local, (packet.point != HookPoint::INPUT), "made here");
        }
    }

    const char* m_to;
    bool m_raw;
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
        for (const char* to : {"10.0.0.1", "127.0.0.1"})
        {
            AddTestCase(new OwnTest(to, false));
            AddTestCase(new OwnTest(to, true));
        }
    }
};

StrataIpv4HooksTestSuite g_strataIpv4HooksTestSuite;

} // namespace

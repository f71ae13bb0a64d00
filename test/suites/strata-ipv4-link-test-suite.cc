// SPDX-License-Identifier: GPL-2.0-only

#include "strata-ipv4-link-test-case.h"

#include "ns3/strata-fib-helper.h"

using namespace ns3;
using namespace ns3::strata;

namespace
{

/** Host - router =/31= router - host; both directions, and the routers' own addresses. */
class SubnetOfTwoTest : public LinkTestCase
{
  public:
    SubnetOfTwoTest(bool fastPath)
        : LinkTestCase(std::string("A subnet of two on an Ethernet has two hosts and no broadcast "
                                   "(RFC 3021)") +
                       (fastPath ? ", on the fast path" : "")),
          m_fastPath(fastPath)
    {
    }

  private:
    void DoRun() override
    {
        MakeNodes(4);
        Lan({0, 1}, "10.0.0.0");
        Lan({1, 2}, "10.1.0.0", "255.255.255.254", "0.0.0.0");
        Lan({2, 3}, "10.0.2.0");
        Ipv4GlobalRoutingHelper::PopulateRoutingTables();
        helper.SetAttribute("FastPath", BooleanValue(m_fastPath));
        Equip(!m_fastPath);
        const uint32_t each = 3;
        const std::pair<uint32_t, const char*> flows[] = {
            {0, "10.0.2.2"},
            {3, "10.0.0.1"},
            {1, "10.1.0.1"},
            {2, "10.1.0.0"},
            {0, "10.1.0.1"},
            {3, "10.1.0.0"},
        };
        std::vector<Ptr<Socket>> servers;
        for (uint32_t i = 0; i < 4; ++i)
        {
            servers.push_back(Open(i, "0.0.0.0", LINK_PORT));
        }
        for (uint32_t i = 0; i < each; ++i)
        {
            for (const auto& [from, to] : flows)
            {
                SendAt(Seconds(1 + i), Open(from), to, 100);
            }
            SendAt(Seconds(1 + i), OpenRaw(1), "10.0.2.2", 200);
            SendAt(Seconds(1 + i), OpenRaw(1), "10.1.0.1", 200);
        }
        Run();
        const uint32_t octets[] = {each * 100, 2 * each * 100, 2 * each * 100, each * 100};
        for (uint32_t i = 0; i < 4; ++i)
        {
            NS_TEST_EXPECT_MSG_EQ(servers[i]->GetRxAvailable(), octets[i], "node " << i);
            NS_TEST_EXPECT_MSG_EQ(logs[i]->Count(NetDevice::PACKET_HOST),
                                  logs[i]->received.size(),
                                  "each in a frame of its own, at node " << i);
        }
        const uint64_t raw = Drops(3, IP_NO_PROTOCOL) + Drops(2, IP_NO_PROTOCOL);
        NS_TEST_EXPECT_MSG_EQ(raw, 2 * each, "raw sockets' arrive, too");
        // All but what had to wait for an address.
        const uint64_t fast = Get(1)->GetFastForwarded() + Get(2)->GetFastForwarded();
        NS_TEST_EXPECT_MSG_GT_OR_EQ(fast, (m_fastPath ? 4 * each : 0), "fast");
    }

    bool m_fastPath;
};

class MixedMasksTest : public LinkTestCase
{
  public:
    MixedMasksTest()
        : LinkTestCase("A host is not taken for a broadcast by the mask of another address of the "
                       "interface")
    {
    }

  private:
    void DoRun() override
    {
        MakeNodes(8);
        Lan({0, 1, 2, 3, 4, 5, 6}, "10.0.0.0");
        Lan({6, 7}, "10.0.7.0");
        // 10.0.0.7 ends as the broadcast of a /30 does.
        nodes.Get(0)->GetObject<Ipv4>()->AddAddress(
            1,
            Ipv4InterfaceAddress("192.168.0.1", "255.255.255.252"));
        SetDefaultRoute(0, "10.0.0.7");
        Equip();
        SendAt(Seconds(1), Open(0), "10.0.0.7");
        SendAt(Seconds(2), Open(0), "10.0.7.2");
        SendAt(Seconds(3), OpenRaw(0), "10.0.7.2");
        SendAt(Seconds(4), Open(0), "192.168.0.3");
        SendAt(Seconds(5), Open(0), "10.0.0.255");
        Run();
        for (uint32_t i = 1; i < 6; ++i)
        {
            NS_TEST_EXPECT_MSG_EQ(logs[i]->received.size(), 2, "two are for all, also node " << i);
            NS_TEST_EXPECT_MSG_EQ(logs[i]->Count(NetDevice::PACKET_BROADCAST), 2, "broadcasts");
        }
        NS_TEST_EXPECT_MSG_EQ(logs[6]->Count(NetDevice::PACKET_HOST), 3, "for 10.0.0.7 alone");
        NS_TEST_EXPECT_MSG_EQ(logs[7]->received.size(), 2, "behind it");
    }
};

/** Host - router - (no addresses on the router's side) - host. */
class UnnumberedTest : public Ipv4TestCase
{
  public:
    UnnumberedTest(bool fastPath)
        : Ipv4TestCase(std::string("A router forwards over a line without an address, and speaks "
                                   "there as its other side (RFC 1812 section 2.2.7)") +
                       (fastPath ? ", on the fast path" : "")),
          m_fastPath(fastPath)
    {
    }

  private:
    void DoRun() override
    {
        helper.SetAttribute("FastPath", BooleanValue(m_fastPath));
        Build(3);
        nodes.Get(1)->GetObject<Ipv4>()->RemoveAddress(2, 0);
        FibHelper::GetFib(nodes.Get(1))->AddRoute("10.0.1.0/24", Ipv4Address::GetAny(), 2);
        FibHelper::GetFib(nodes.Get(0))->AddRoute("0.0.0.0/0", "10.0.0.2");
        FibHelper::GetFib(nodes.Get(2))->AddRoute("0.0.0.0/0", Ipv4Address::GetAny(), 1);
        IcmpLog far;
        Get(2)->GetIcmp()->TraceConnectWithoutContext("Received",
                                                      MakeCallback(&IcmpLog::Record, &far));
        Simulator::Schedule(Seconds(1), [this] {
            const auto ping = [this](uint32_t node, const char* to) {
                Get(node)->GetIcmp()->Send(IcmpMessage::EchoRequest(1, 1, Bytes(20, 7)),
                                           Ipv4Address::GetAny(),
                                           to,
                                           {});
            };
            ping(0, "10.0.1.2");
            ping(1, "10.0.1.2");
        });
        Ipv4WireHeader late = HeaderTo("10.0.0.1");
        late.source = Ipv4Address("10.0.1.2").Get();
        late.ttl = 1;
        Simulator::Schedule(Seconds(2), [this, late] {
            Ipv4HookPacket packet;
            packet.header = late;
            packet.payload = Create<Packet>(20);
            packet.route = Create<Ipv4Route>();
            packet.route->SetGateway(Ipv4Address::GetAny());
            packet.route->SetOutputDevice(nodes.Get(2)->GetObject<Ipv4>()->GetNetDevice(1));
            packet.local = true;
            Get(2)->GetSender()->SendRouted(packet);
        });
        Run();
        NS_TEST_ASSERT_MSG_EQ(icmp.entries.size(), 1, "the answer comes back");
        NS_TEST_ASSERT_MSG_EQ(icmp.entries[0].source, Ipv4Address("10.0.1.2"), "from there");
        NS_TEST_ASSERT_MSG_EQ(far.entries.size(), 3, "two requests and an error");
        for (const IcmpLog::Entry& entry : far.entries)
        {
            const Ipv4Address router("10.0.0.2");
            const bool forwarded = entry.source == Ipv4Address("10.0.0.1");
            NS_TEST_EXPECT_MSG_EQ((forwarded ? router : entry.source), router, "the router-id");
        }
        NS_TEST_ASSERT_MSG_EQ((far.entries[2].message.type == IcmpType::TIME_EXCEEDED), true, "");
    }

    bool m_fastPath;
};

class NoAddressTest : public Ipv4TestCase
{
  public:
    NoAddressTest()
        : Ipv4TestCase("A host that loses its last address sends to nobody from 0.0.0.0")
    {
    }

  private:
    void DoRun() override
    {
        Build(3);
        Ptr<Socket> socket = Socket::CreateSocket(nodes.Get(0), UdpSocketFactory::GetTypeId());
        const auto send = [socket] {
            socket->SendTo(Create<Packet>(20), 0, InetSocketAddress("10.0.1.2", LINK_PORT));
        };
        Simulator::Schedule(Seconds(1), send);
        Simulator::Schedule(Seconds(2), [this, send] {
            nodes.Get(0)->GetObject<Ipv4>()->RemoveAddress(1, 0);
            send();
        });
        Run();
        NS_TEST_ASSERT_MSG_EQ(Drops(0, DropReason("ip.source-unspecified")), 1, "counted");
        NS_TEST_ASSERT_MSG_EQ(StrataNode::Of(nodes.Get(1))->GetDrops().Packets(), 0, "here");
    }
};

class NoRouterTest : public Ipv4TestCase
{
  public:
    NoRouterTest(bool fastPath, bool attribute)
        : Ipv4TestCase(
              std::string("A node that is told to forward no more is a host, and silent: ") +
              (attribute ? "by attribute" : "by interface") +
              (fastPath ? ", on the fast path" : "")),
          m_fastPath(fastPath),
          m_attribute(attribute)
    {
    }

  private:
    void DoRun() override
    {
        helper.SetAttribute("FastPath", BooleanValue(m_fastPath));
        Build(3);
        for (uint32_t i = 1; i <= 5; ++i)
        {
            Inject(HeaderTo("10.0.1.2"), Create<Packet>(20), Seconds(i));
        }
        Ptr<Ipv4> router = nodes.Get(1)->GetObject<Ipv4>();
        const auto forward = [this, router](bool on) {
            m_attribute ? router->SetAttribute("IpForward", BooleanValue(on))
                        : router->SetForwarding(1, on);
        };
        Simulator::Schedule(Seconds(2.5), [=] { forward(false); });
        Simulator::Schedule(Seconds(4.5), [=] { forward(true); });
        Run();
        NS_TEST_ASSERT_MSG_EQ(arrivals->arrived.size(), 3, "while it forwards");
        NS_TEST_ASSERT_MSG_EQ(Drops(1, DropReason("ip.not-for-us")), 2, "counted as a host does");
        NS_TEST_ASSERT_MSG_EQ(StrataNode::Of(nodes.Get(1))->GetDrops().Packets(), 2, "once");
        NS_TEST_ASSERT_MSG_EQ(icmp.entries.size(), 0, "RFC 1122 section 3.2.1.3");
    }

    bool m_fastPath;
    bool m_attribute;
};

class StrataIpv4LinkTestSuite : public TestSuite
{
  public:
    StrataIpv4LinkTestSuite()
        : TestSuite("strata-ipv4-link")
    {
        for (const bool fastPath : {false, true})
        {
            AddTestCase(new SubnetOfTwoTest(fastPath));
            AddTestCase(new UnnumberedTest(fastPath));
            for (const bool attribute : {false, true})
            {
                AddTestCase(new NoRouterTest(fastPath, attribute));
            }
        }
        AddTestCase(new MixedMasksTest);
        AddTestCase(new NoAddressTest);
    }
};

StrataIpv4LinkTestSuite g_strataIpv4LinkTestSuite;

} // namespace

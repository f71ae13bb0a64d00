// SPDX-License-Identifier: GPL-2.0-only

#include "strata-ipv4-link-test-case.h"

#include "ns3/dhcp-helper.h"

using namespace ns3;
using namespace ns3::strata;

namespace
{

/** A host on two LANs with a default route over the first. */
class LimitedBroadcastTest : public LinkTestCase
{
  public:
    LimitedBroadcastTest(bool fib, const char* local, bool options)
        : LinkTestCase(std::string("A limited broadcast goes to all on the link, though there is a "
                                   "default route: ") +
                       (fib ? "FIB" : "stock routing") + ", from " + local +
                       (options ? ", with options" : "")),
          m_fib(fib),
          m_local(local),
          m_options(options)
    {
    }

  private:
    void DoRun() override
    {
        MakeNodes(5);
        Lan({0, 1, 2}, "10.0.0.0");
        Lan({0, 3, 4}, "10.0.1.0");
        SetDefaultRoute(0, "10.0.0.2");
        helper.SetFib(m_fib);
        Equip();
        if (m_options)
        {
            Ipv4WireHeader::Options options;
            Ipv4OptionWriter(options).RecordRoute(4);
            Get(0)->GetOptions()->SetOptions(17, 77, options);
        }
        SendAt(Seconds(1), Open(0, m_local, 77), "255.255.255.255");
        Run();
        // A stock socket sends by each interface, whatever its address.
        for (uint32_t i = 1; i < 5; ++i)
        {
            NS_TEST_EXPECT_MSG_EQ(logs[i]->received.size(), 1, "node " << i);
            NS_TEST_EXPECT_MSG_EQ(logs[i]->Count(NetDevice::PACKET_BROADCAST), 1, "node " << i);
            for (const Ipv4HookPacket& packet : logs[i]->received)
            {
                const Ipv4Address source(i < 3 ? "10.0.0.1" : "10.0.1.1");
                NS_TEST_EXPECT_MSG_EQ(Ipv4Address(packet.header.source), source, "source");
                NS_TEST_EXPECT_MSG_EQ(packet.header.options.empty(), !m_options, "options");
            }
        }
        NS_TEST_EXPECT_MSG_EQ(StrataNode::Of(nodes.Get(0))->GetDrops().Packets(), 0, "no drops");
    }

    bool m_fib;
    const char* m_local;
    bool m_options;
};

class SubnetBroadcastTest : public LinkTestCase
{
  public:
    SubnetBroadcastTest()
        : LinkTestCase("A broadcast to an own subnet that no route leads to does not leave it")
    {
    }

  private:
    void DoRun() override
    {
        MakeNodes(3);
        Lan({0, 1, 2}, "10.0.0.0");
        Ptr<Ipv4StaticRouting> routes =
            Ipv4StaticRoutingHelper().GetStaticRouting(nodes.Get(0)->GetObject<Ipv4>());
        while (routes->GetNRoutes() > 0)
        {
            routes->RemoveRoute(0);
        }
        routes->AddHostRouteTo("10.0.0.2", 1);
        SetDefaultRoute(0, "10.0.0.2");
        helper.SetFib(false);
        Equip();
        SendAt(Seconds(1), Open(0, "10.0.0.1"), "10.0.0.255");
        Run();
        for (uint32_t i = 1; i < 3; ++i)
        {
            NS_TEST_EXPECT_MSG_EQ(logs[i]->Count(NetDevice::PACKET_BROADCAST), 1, "node " << i);
        }
    }
};

class DhcpTest : public LinkTestCase
{
  public:
    DhcpTest()
        : LinkTestCase("The stock DHCP server has a default route, and its client gets an address")
    {
    }

  private:
    void DoRun() override
    {
        MakeNodes(3);
        NetDeviceContainer devices = CsmaHelper().Install(nodes);
        DhcpHelper dhcp;
        dhcp.InstallFixedAddress(devices.Get(0), "172.30.0.12", "255.255.255.0");
        dhcp.InstallFixedAddress(devices.Get(2), "172.30.0.17", "255.255.255.0");
        dhcp.InstallDhcpServer(devices.Get(0),
                               "172.30.0.12",
                               "172.30.0.0",
                               "255.255.255.0",
                               "172.30.0.100",
                               "172.30.0.115",
                               "172.30.0.17")
            .Start(Seconds(0));
        ApplicationContainer client = dhcp.InstallDhcpClient(devices.Get(1));
        client.Start(Seconds(1));
        SetDefaultRoute(0, "172.30.0.17");
        Equip();
        Ipv4Address lease = Ipv4Address::GetAny();
        client.Get(0)->TraceConnectWithoutContext(
            "NewLease",
            Callback<void, const Ipv4Address&>([&](const Ipv4Address& a) { lease = a; }));
        Run(Seconds(20));
        NS_TEST_ASSERT_MSG_EQ(lease, Ipv4Address("172.30.0.100"), "the first of the range");
    }
};

class GroupTest : public LinkTestCase
{
  public:
    GroupTest(const char* local)
        : LinkTestCase(std::string("What goes to a group goes to the group's frames, on the link "
                                   "of the default route, and to no gateway: from ") +
                       local),
          m_local(local)
    {
    }

  private:
    void DoRun() override
    {
        MakeNodes(4);
        Lan({0, 1, 2}, "10.0.0.0");
        Lan({0, 3}, "10.0.1.0");
        SetDefaultRoute(0, "10.0.0.2");
        Equip();
        SendAt(Seconds(1), Open(0, m_local), "239.1.1.1");
        Run();
        for (uint32_t i = 1; i < 4; ++i)
        {
            const uint32_t expected = i < 3 ? 1 : 0;
            NS_TEST_EXPECT_MSG_EQ(logs[i]->received.size(), expected, "node " << i);
            NS_TEST_EXPECT_MSG_EQ(logs[i]->Count(NetDevice::PACKET_MULTICAST), expected, "frames");
        }
    }

    const char* m_local;
};

class GroupEndTest : public LinkTestCase
{
  public:
    GroupEndTest()
        : LinkTestCase("A group's datagram whose time to live ends at a router is counted")
    {
    }

  private:
    void DoRun() override
    {
        MakeNodes(3);
        Lan({0, 1}, "10.0.0.0");
        Lan({1, 2}, "10.0.1.0");
        Ptr<Ipv4> host = nodes.Get(0)->GetObject<Ipv4>();
        Ptr<Ipv4> router = nodes.Get(1)->GetObject<Ipv4>();
        Ipv4StaticRoutingHelper routing;
        routing.SetDefaultMulticastRoute(nodes.Get(0), host->GetNetDevice(1));
        routing.AddMulticastRoute(nodes.Get(1),
                                  "10.0.0.1",
                                  "239.1.1.1",
                                  router->GetNetDevice(1),
                                  router->GetNetDevice(2));
        Equip();
        Ptr<Socket> socket = Open(0);
        for (const uint32_t ttl : {1, 2})
        {
            Simulator::Schedule(Seconds(ttl), [socket, ttl] {
                socket->SetAttribute("IpMulticastTtl", UintegerValue(ttl));
                socket->SendTo(Create<Packet>(50), 0, InetSocketAddress("239.1.1.1", LINK_PORT));
            });
        }
        Run();
        NS_TEST_ASSERT_MSG_EQ(logs[2]->received.size(), 1, "the second arrives");
        NS_TEST_ASSERT_MSG_EQ(Drops(1, IP_TTL_EXPIRED), 1, "the first is counted");
        NS_TEST_ASSERT_MSG_EQ(icmp.entries.size(), 0, "in silence (RFC 1122 section 3.2.2)");
    }
};

class StrataIpv4BroadcastTestSuite : public TestSuite
{
  public:
    StrataIpv4BroadcastTestSuite()
        : TestSuite("strata-ipv4-broadcast")
    {
        for (const bool fib : {true, false})
        {
            for (const char* local : {"0.0.0.0", "10.0.0.1"})
            {
                AddTestCase(new LimitedBroadcastTest(fib, local, false));
            }
            AddTestCase(new LimitedBroadcastTest(fib, "0.0.0.0", true));
        }
        AddTestCase(new SubnetBroadcastTest);
        AddTestCase(new DhcpTest);
        AddTestCase(new GroupTest("0.0.0.0"));
        AddTestCase(new GroupTest("10.0.0.1"));
        AddTestCase(new GroupEndTest);
    }
};

StrataIpv4BroadcastTestSuite g_strataIpv4BroadcastTestSuite;

} // namespace

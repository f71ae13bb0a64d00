// SPDX-License-Identifier: GPL-2.0-only

#include "ns3/inet-socket-address.h"
#include "ns3/internet-stack-helper.h"
#include "ns3/ipv4-address-helper.h"
#include "ns3/ipv4-global-routing-helper.h"
#include "ns3/ipv4-header.h"
#include "ns3/ipv4-list-routing.h"
#include "ns3/ipv4-routing-table-entry.h"
#include "ns3/ipv4-static-routing-helper.h"
#include "ns3/node-container.h"
#include "ns3/output-stream-wrapper.h"
#include "ns3/packet.h"
#include "ns3/simple-net-device-helper.h"
#include "ns3/simulator.h"
#include "ns3/socket.h"
#include "ns3/strata-fib-helper.h"
#include "ns3/strata-node.h"
#include "ns3/test.h"
#include "ns3/udp-header.h"
#include "ns3/udp-socket-factory.h"

#include <map>
#include <random>
#include <set>
#include <sstream>
#include <string>
#include <vector>

using namespace ns3;
using namespace ns3::strata;

namespace
{

class FibTestCase : public TestCase
{
  public:
    using TestCase::TestCase;

  protected:
    void DoTeardown() override
    {
        Simulator::Destroy();
    }

    /** A router with \p links neighbours: 10.0.i.1 here, 10.0.i.2 there. */
    static Ptr<Node> MakeRouter(uint32_t links, bool alone)
    {
        NodeContainer nodes(links + 1);
        InternetStackHelper stack;
        if (alone)
        {
            stack.SetRoutingHelper(FibHelper());
        }
        stack.Install(nodes);
        if (!alone)
        {
            FibHelper::Install(nodes);
        }
        for (uint32_t i = 0; i < links; ++i)
        {
            SimpleNetDeviceHelper link;
            const NetDeviceContainer devices =
                link.Install(NodeContainer(nodes.Get(0), nodes.Get(i + 1)));
            Ipv4AddressHelper address(Ipv4Address(0x0a000000 + (i << 8)), "255.255.255.0");
            address.Assign(devices);
        }
        return nodes.Get(0);
    }

    /** The gateway (or, on the link, the destination) that a packet from here goes to. */
    static std::string NextHop(Ptr<Node> node,
                               const char* destination,
                               Ptr<NetDevice> oif = nullptr)
    {
        Ipv4Header header;
        header.SetDestination(Ipv4Address(destination));
        Socket::SocketErrno error;
        Ptr<Ipv4Route> route =
            node->GetObject<Ipv4>()->GetRoutingProtocol()->RouteOutput(nullptr, header, oif, error);
        if (!route)
        {
            return error == Socket::ERROR_NOROUTETOHOST ? "none" : "other error";
        }
        std::ostringstream text;
        text << (route->GetGateway() == Ipv4Address::GetZero() ? route->GetDestination()
                                                               : route->GetGateway())
             << " by " << route->GetSource();
        return text.str();
    }
};

class LongestPrefixTest : public FibTestCase
{
  public:
    LongestPrefixTest()
        : FibTestCase("A router sends where the longest prefix says, through insertion and removal")
    {
    }

  private:
    void DoRun() override
    {
        Ptr<Node> node = MakeRouter(4, true);
        Ptr<FibRouting> fib = FibHelper::GetFib(node);
        NS_TEST_ASSERT_MSG_EQ((fib != nullptr), true, "installed by the stack's helper");
        const RouteSource source = fib->Source("static");
        std::mt19937 random(1);
        std::map<std::pair<uint32_t, uint32_t>, uint32_t> routes; // (length, network): link
        for (int step = 0; step < 6000; ++step)
        {
            const uint32_t length = random() % 33;
            const uint32_t network = KeepBits(0x0b000000 | (random() & 0x00f3f0f1), length);
            const uint32_t link = random() % 4;
            const auto known = routes.find({length, network});
            if (known != routes.end())
            {
                const Ipv4Address gateway(0x0a000002 + (known->second << 8));
                const bool removed = fib->RemoveRoute(Ipv4Prefix(network, length),
                                                      gateway,
                                                      known->second + 1,
                                                      source);
                NS_TEST_ASSERT_MSG_EQ(removed, true, "what was added can be removed");
                routes.erase(known);
            }
            else
            {
                fib->AddRoute(Ipv4Prefix(network, length),
                              Ipv4Address(0x0a000002 + (link << 8)),
                              link + 1,
                              source);
                routes[{length, network}] = link;
            }
            const uint32_t to = 0x0b000000 | (random() & 0x00f3f0f1);
            int expected = -1;
            for (uint32_t bits = 33; bits > 0 && expected < 0; --bits)
            {
                const auto found = routes.find({bits - 1, KeepBits(to, bits - 1)});
                expected = found == routes.end() ? -1 : static_cast<int>(found->second);
            }
            Ipv4Header header;
            header.SetDestination(Ipv4Address(to));
            Socket::SocketErrno error;
            Ptr<Ipv4Route> route = fib->RouteOutput(nullptr, header, nullptr, error);
            NS_TEST_ASSERT_MSG_EQ((route != nullptr), (expected >= 0), "a route exists");
            if (route)
            {
                NS_TEST_ASSERT_MSG_EQ(route->GetGateway(),
                                      Ipv4Address(0x0a000002 + (expected << 8)),
                                      "the longest prefix");
                NS_TEST_ASSERT_MSG_EQ(route->GetDestination(), Ipv4Address(to), "destination");
                NS_TEST_ASSERT_MSG_EQ(route->GetSource(),
                                      Ipv4Address(0x0a000001 + (expected << 8)),
                                      "source");
                NS_TEST_ASSERT_MSG_EQ(route->GetOutputDevice(),
                                      node->GetObject<Ipv4>()->GetNetDevice(expected + 1),
                                      "device");
            }
        }
    }
};

class SourcesTest : public FibTestCase
{
  public:
    SourcesTest()
        : FibTestCase("Of several sources the one with the smallest distance wins, and each change "
                      "is traced")
    {
    }

  private:
    void DoRun() override
    {
        Ptr<Node> node = MakeRouter(3, true);
        Ptr<FibRouting> fib = FibHelper::GetFib(node);
        std::string changes;
        fib->TraceConnectWithoutContext(
            "RouteChange",
            Callback<void, Ipv4Address, uint8_t, const std::string&>(
                [&changes](Ipv4Address network, uint8_t length, const std::string& change) {
                    std::ostringstream text;
                    text << network << "/" << int{length} << " " << change << "; ";
                    changes += text.str();
                }));
        fib->AddRoute("20.0.0.0/8", "10.0.0.2", "rip", 3);
        NS_TEST_ASSERT_MSG_EQ(NextHop(node, "20.1.1.1"), "10.0.0.2 by 10.0.0.1", "RIP alone");
        fib->AddRoute("20.0.0.0/8", "10.0.1.2", "ospf", 50);
        NS_TEST_ASSERT_MSG_EQ(NextHop(node, "20.1.1.1"), "10.0.1.2 by 10.0.1.1", "OSPF wins");
        fib->AddRoute("20.0.0.0/8", "10.0.2.2", "ibgp");
        NS_TEST_ASSERT_MSG_EQ(NextHop(node, "20.1.1.1"), "10.0.1.2 by 10.0.1.1", "iBGP does not");
        NS_TEST_ASSERT_MSG_EQ(fib->RemoveRoute("20.0.0.0/8", "ospf"), true, "OSPF withdraws");
        NS_TEST_ASSERT_MSG_EQ(fib->RemoveRoute("20.0.0.0/8", "ospf"), false, "once");
        NS_TEST_ASSERT_MSG_EQ(NextHop(node, "20.1.1.1"), "10.0.0.2 by 10.0.0.1", "RIP again");
        fib->RemoveSource("rip");
        fib->RemoveSource("ibgp");
        NS_TEST_ASSERT_MSG_EQ(NextHop(node, "20.1.1.1"), "none", "nobody");
        NS_TEST_ASSERT_MSG_EQ(changes,
                              "20.0.0.0/8 added; 20.0.0.0/8 replaced; 20.0.0.0/8 replaced; "
                              "20.0.0.0/8 replaced; 20.0.0.0/8 removed; ",
                              "trace");

        fib->AddRoute("0.0.0.0/0", "10.0.2.2");
        fib->AddBlackhole("30.0.0.0/8");
        fib->AddUnreachable("30.1.0.0/16");
        fib->AddRoute("30.1.1.1", "10.0.0.2");
        NS_TEST_ASSERT_MSG_EQ(NextHop(node, "20.1.1.1"), "10.0.2.2 by 10.0.2.1", "default");
        NS_TEST_ASSERT_MSG_EQ(NextHop(node, "30.9.9.9"), "none", "blackhole");
        NS_TEST_ASSERT_MSG_EQ(NextHop(node, "30.1.9.9"), "none", "unreachable");
        NS_TEST_ASSERT_MSG_EQ(NextHop(node, "30.1.1.1"), "10.0.0.2 by 10.0.0.1", "host");
        NS_TEST_ASSERT_MSG_EQ(NextHop(node, "127.0.0.1"), "127.0.0.1 by 127.0.0.1", "loopback");

        std::ostringstream text;
        fib->PrintRoutingTable(Create<OutputStreamWrapper>(&text));
        NS_TEST_ASSERT_MSG_EQ(
            text.str(),
            "Node: 0, Time: +0s, Local time: +0s, FibRouting table\n"
            "Destination     Gateway         Genmask         Flags Metric Source     Iface\n"
            "0.0.0.0         10.0.2.2        0.0.0.0         UG    1/0    static     3\n"
            "10.0.0.0        0.0.0.0         255.255.255.0   U     0/0    connected  1\n"
            "10.0.1.0        0.0.0.0         255.255.255.0   U     0/0    connected  2\n"
            "10.0.2.0        0.0.0.0         255.255.255.0   U     0/0    connected  3\n"
            "30.0.0.0        blackhole       255.0.0.0       U!    1/0    static     -\n"
            "30.1.0.0        unreachable     255.255.0.0     U!    1/0    static     -\n"
            "30.1.1.1        10.0.0.2        255.255.255.255 UHG   1/0    static     1\n"
            "127.0.0.0       0.0.0.0         255.0.0.0       U     0/0    connected  0\n"
            "\n",
            "as text");
    }
};

class InterfaceTest : public FibTestCase
{
  public:
    InterfaceTest()
        : FibTestCase("Routes over an interface that is down wait until it is up")
    {
    }

  private:
    void DoRun() override
    {
        Ptr<Node> node = MakeRouter(2, true);
        Ptr<Ipv4> ipv4 = node->GetObject<Ipv4>();
        Ptr<FibRouting> fib = FibHelper::GetFib(node);
        fib->AddRoute("20.0.0.0/8", "10.0.0.2");
        fib->AddRoute("20.0.0.0/8", "10.0.1.2", "rip");
        ipv4->SetDown(1);
        NS_TEST_ASSERT_MSG_EQ(NextHop(node, "20.1.1.1"), "10.0.1.2 by 10.0.1.1", "the other");
        NS_TEST_ASSERT_MSG_EQ(NextHop(node, "10.0.0.2"), "none", "not connected");
        ipv4->SetDown(2);
        NS_TEST_ASSERT_MSG_EQ(NextHop(node, "20.1.1.1"), "none", "both are down");
        ipv4->SetUp(1);
        NS_TEST_ASSERT_MSG_EQ(NextHop(node, "20.1.1.1"), "10.0.0.2 by 10.0.0.1", "back");
        NS_TEST_ASSERT_MSG_EQ(NextHop(node, "10.0.0.2"), "10.0.0.2 by 10.0.0.1", "connected");

        ipv4->AddAddress(1, Ipv4InterfaceAddress("10.7.0.1", "255.255.255.254"));
        ipv4->AddAddress(1, Ipv4InterfaceAddress("10.0.0.9", "255.255.255.0"));
        NS_TEST_ASSERT_MSG_EQ(NextHop(node, "10.7.0.0"), "10.7.0.0 by 10.7.0.1", "a link of two");
        ipv4->RemoveAddress(1, Ipv4Address("10.0.0.1"));
        NS_TEST_ASSERT_MSG_EQ(NextHop(node, "10.0.0.2"), "10.0.0.2 by 10.0.0.9", "the other one");
        NS_TEST_ASSERT_MSG_EQ(NextHop(node, "20.1.1.1"), "10.0.0.2 by 10.0.0.9", "no stale source");
        ipv4->RemoveAddress(1, Ipv4Address("10.0.0.9"));
        NS_TEST_ASSERT_MSG_EQ(NextHop(node, "10.0.0.2"), "none", "the subnet is gone");
    }
};

class BoundDeviceTest : public FibTestCase
{
  public:
    BoundDeviceTest()
        : FibTestCase("A packet that is bound to a device takes the best route over it")
    {
    }

  private:
    void DoRun() override
    {
        Ptr<Node> node = MakeRouter(3, true);
        Ptr<Ipv4> ipv4 = node->GetObject<Ipv4>();
        Ptr<FibRouting> fib = FibHelper::GetFib(node);
        fib->AddRoute("0.0.0.0/0", "10.0.0.2");
        fib->AddRoute("20.0.0.0/8", "10.0.1.2", "ospf");
        const auto over = [&](uint32_t interface, const char* to) {
            return NextHop(node, to, ipv4->GetNetDevice(interface));
        };
        NS_TEST_ASSERT_MSG_EQ(over(1, "20.1.1.1"), "10.0.0.2 by 10.0.0.1", "the default route");
        NS_TEST_ASSERT_MSG_EQ(over(2, "20.1.1.1"), "10.0.1.2 by 10.0.1.1", "the longer one");
        NS_TEST_ASSERT_MSG_EQ(over(3, "20.1.1.1"), "none", "nothing there");
        NS_TEST_ASSERT_MSG_EQ(over(3, "224.0.0.5"), "224.0.0.5 by 10.0.2.1", "a group on the link");
        NS_TEST_ASSERT_MSG_EQ(NextHop(node, "224.0.0.5"), "none", "a group without device");
    }
};

class ManyTest : public FibTestCase
{
  public:
    ManyTest()
        : FibTestCase("What goes to many goes to a link, and to no gateway")
    {
    }

  private:
    void DoRun() override
    {
        Ptr<Node> node = MakeRouter(3, true);
        Ptr<Ipv4> ipv4 = node->GetObject<Ipv4>();
        Ptr<FibRouting> fib = FibHelper::GetFib(node);
        NS_TEST_ASSERT_MSG_EQ(NextHop(node, "255.255.255.255"), "none", "nobody says where");
        NS_TEST_ASSERT_MSG_EQ(NextHop(node, "239.1.1.1"), "none", "nor for a group");
        fib->AddRoute("0.0.0.0/0", "10.0.1.2");
        fib->AddRoute("239.2.0.0/16", "10.0.0.2");
        const auto to = [&](const char* destination, int32_t interface = -1) {
            return NextHop(node,
                           destination,
                           interface < 0 ? nullptr
                                         : ipv4->GetNetDevice(static_cast<uint32_t>(interface)));
        };
        NS_TEST_ASSERT_MSG_EQ(to("255.255.255.255"), "255.255.255.255 by 10.0.1.1", "all");
        NS_TEST_ASSERT_MSG_EQ(to("239.1.1.1"), "239.1.1.1 by 10.0.1.1", "a group");
        NS_TEST_ASSERT_MSG_EQ(to("239.2.1.1"), "239.2.1.1 by 10.0.0.1", "one that has a route");
        NS_TEST_ASSERT_MSG_EQ(to("255.255.255.255", 3), "255.255.255.255 by 10.0.2.1", "bound");
        NS_TEST_ASSERT_MSG_EQ(to("239.2.1.1", 3), "239.2.1.1 by 10.0.2.1", "bound");
        Ipv4Header header;
        header.SetSource("10.0.2.1");
        header.SetDestination("255.255.255.255");
        Socket::SocketErrno error;
        NS_TEST_ASSERT_MSG_EQ(fib->RouteOutput(nullptr, header, nullptr, error)->GetOutputDevice(),
                              ipv4->GetNetDevice(3),
                              "on the link of its source");
    }
};

class SourceTest : public FibTestCase
{
  public:
    SourceTest()
        : FibTestCase("A line without an address speaks as the router (RFC 1812 section 2.2.7)")
    {
    }

  private:
    void DoRun() override
    {
        Ptr<Node> node = MakeRouter(3, true);
        Ptr<Ipv4> ipv4 = node->GetObject<Ipv4>();
        Ptr<FibRouting> fib = FibHelper::GetFib(node);
        fib->AddRoute("20.0.0.0/8", Ipv4Address::GetZero(), 3);
        NS_TEST_ASSERT_MSG_EQ(NextHop(node, "20.1.1.1"), "20.1.1.1 by 10.0.2.1", "its own");
        ipv4->RemoveAddress(3, 0);
        NS_TEST_ASSERT_MSG_EQ(NextHop(node, "20.1.1.1"), "20.1.1.1 by 10.0.0.1", "the first");
        ipv4->RemoveAddress(1, 0);
        NS_TEST_ASSERT_MSG_EQ(NextHop(node, "20.1.1.1"), "20.1.1.1 by 10.0.1.1", "the next");
        ipv4->RemoveAddress(2, 0);
        NS_TEST_ASSERT_MSG_EQ(NextHop(node, "20.1.1.1"), "20.1.1.1 by 0.0.0.0", "none is left");
        ipv4->AddAddress(3, Ipv4InterfaceAddress("10.0.2.1", "255.255.255.0"));
        NS_TEST_ASSERT_MSG_EQ(NextHop(node, "20.1.1.1"), "20.1.1.1 by 10.0.2.1", "again");
    }
};

class CacheTest : public FibTestCase
{
  public:
    CacheTest()
        : FibTestCase("A route object serves again once nobody holds it")
    {
    }

  private:
    void DoRun() override
    {
        Ptr<Node> node = MakeRouter(1, true);
        Ptr<FibRouting> fib = FibHelper::GetFib(node);
        fib->AddRoute("20.0.0.0/8", "10.0.0.2");
        Ipv4Header header;
        Socket::SocketErrno error;
        const auto route = [&](const char* to) {
            header.SetDestination(Ipv4Address(to));
            return fib->RouteOutput(nullptr, header, nullptr, error);
        };
        Ptr<Ipv4Route> held = route("20.0.0.1");
        const Ipv4Route* first = PeekPointer(held);
        NS_TEST_ASSERT_MSG_NE(PeekPointer(route("20.0.0.2")), first, "it is held");
        NS_TEST_ASSERT_MSG_EQ(held->GetDestination(), Ipv4Address("20.0.0.1"), "and unchanged");
        std::set<const Ipv4Route*> objects;
        for (int i = 0; i < 100; ++i)
        {
            objects.insert(PeekPointer(route("20.0.0.3")));
        }
        NS_TEST_ASSERT_MSG_EQ(objects.size(), 1, "one object for a hundred packets");
        fib->RemoveRoute("20.0.0.0/8");
        fib->AddRoute("21.0.0.0/8", "10.0.0.3");
        NS_TEST_ASSERT_MSG_EQ(route("21.0.0.1")->GetGateway(),
                              Ipv4Address("10.0.0.3"),
                              "a new group in an old one's place");
    }
};

/** Forwards flows by hand, to see where each packet goes. */
class EqualCostTest : public FibTestCase
{
  public:
    EqualCostTest()
        : FibTestCase("Equal-cost routes share flows, and each flow keeps to one")
    {
    }

  private:
    static Ipv4Address Forward(Ptr<Node> node, uint16_t port, bool fragment, uint32_t to)
    {
        UdpHeader udp;
        udp.SetSourcePort(port);
        udp.SetDestinationPort(9);
        Ptr<Packet> packet = Create<Packet>(100);
        packet->AddHeader(udp);
        Ipv4Header header;
        header.SetSource("10.0.0.2");
        header.SetDestination(Ipv4Address(to));
        header.SetProtocol(17);
        if (fragment)
        {
            header.SetMoreFragments();
        }
        Ipv4Address gateway;
        FibHelper::GetFib(node)->RouteInput(
            packet,
            header,
            node->GetObject<Ipv4>()->GetNetDevice(1),
            Ipv4RoutingProtocol::UnicastForwardCallback(
                [&gateway](Ptr<Ipv4Route> route, Ptr<const Packet>, const Ipv4Header&) {
                    gateway = route->GetGateway();
                }),
            Ipv4RoutingProtocol::MulticastForwardCallback(),
            Ipv4RoutingProtocol::LocalDeliverCallback(),
            Ipv4RoutingProtocol::ErrorCallback());
        return gateway;
    }

    void DoRun() override
    {
        constexpr uint32_t WAYS = 16;
        Ptr<Node> node = MakeRouter(WAYS + 1, true);
        Ptr<FibRouting> fib = FibHelper::GetFib(node);
        for (uint32_t i = 1; i <= WAYS; ++i)
        {
            fib->AddRoute("20.0.0.0/8", Ipv4Address(0x0a000002 + (i << 8)), "ospf", 10);
        }
        std::map<Ipv4Address, uint32_t> share;
        constexpr uint32_t FLOWS = 4096;
        std::vector<Ipv4Address> ways;
        for (uint32_t flow = 0; flow < FLOWS; ++flow)
        {
            const Ipv4Address way = Forward(node, static_cast<uint16_t>(flow), false, 0x14000001);
            ++share[way];
            ways.push_back(way);
            NS_TEST_ASSERT_MSG_EQ(Forward(node, static_cast<uint16_t>(flow), false, 0x14000001),
                                  way,
                                  "a flow keeps to its way");
        }
        NS_TEST_ASSERT_MSG_EQ(share.size(), WAYS, "all are used");
        // 256 flows each on average; chi-squared with 15 degrees, one in a thousand is above 37.7
        double chi = 0;
        for (const auto& [way, flows] : share)
        {
            chi += (flows - 256.0) * (flows - 256.0) / 256.0;
        }
        NS_TEST_ASSERT_MSG_LT(chi, 37.7, "evenly");

        const Ipv4Address fragments = Forward(node, 1, true, 0x14000001);
        for (uint16_t port = 0; port < 100; ++port)
        {
            NS_TEST_ASSERT_MSG_EQ(Forward(node, port, true, 0x14000001),
                                  fragments,
                                  "fragments go by addresses alone");
        }
        fib->SetAttribute("HashSeed", UintegerValue(1));
        uint32_t moved = 0;
        for (uint32_t flow = 0; flow < FLOWS; ++flow)
        {
            moved += Forward(node, static_cast<uint16_t>(flow), false, 0x14000001) != ways[flow];
        }
        NS_TEST_ASSERT_MSG_GT(moved, FLOWS * 9 / 10, "another seed, other ways");
    }
};

class DeliveryTest : public FibTestCase
{
  public:
    DeliveryTest(bool alone)
        : FibTestCase(alone ? "Datagrams cross routers whose only routing is the FIB"
                            : "A FIB put before the stock routing takes over its routes"),
          m_alone(alone)
    {
    }

  private:
    void DoRun() override
    {
        // 0 -- 1 -- 2, where 1 also has a wrong static route of fewer bits
        NodeContainer nodes(3);
        InternetStackHelper stack;
        if (m_alone)
        {
            stack.SetRoutingHelper(FibHelper());
        }
        stack.Install(nodes);
        for (uint32_t i = 0; i < 2; ++i)
        {
            SimpleNetDeviceHelper link;
            const auto devices = link.Install(NodeContainer(nodes.Get(i), nodes.Get(i + 1)));
            Ipv4AddressHelper address(Ipv4Address(0x0a000000 + (i << 8)), "255.255.255.0");
            address.Assign(devices);
        }
        if (m_alone)
        {
            FibHelper::GetFib(nodes.Get(0))->AddRoute("0.0.0.0/0", "10.0.0.2");
            FibHelper::GetFib(nodes.Get(2))->AddRoute("0.0.0.0/0", "10.0.1.1");
            FibHelper::GetFib(nodes.Get(1))->AddBlackhole("66.0.0.0/8");
            FibHelper::GetFib(nodes.Get(1))->AddUnreachable("67.0.0.0/8");
        }
        else
        {
            FibHelper::Install(nodes);
            FibHelper::Install(nodes); // a second time changes nothing
            Ipv4StaticRoutingHelper fixed;
            for (const uint32_t end : {0, 2})
            {
                fixed.GetStaticRouting(nodes.Get(end)->GetObject<Ipv4>())
                    ->SetDefaultRoute(end == 0 ? "10.0.0.2" : "10.0.1.1", 1);
            }
            Ipv4GlobalRoutingHelper::PopulateRoutingTables();
        }
        std::string received;
        Ptr<Socket> server = Socket::CreateSocket(nodes.Get(2), UdpSocketFactory::GetTypeId());
        server->Bind(InetSocketAddress(Ipv4Address::GetAny(), 7));
        server->SetRecvCallback(Callback<void, Ptr<Socket>>([&received](Ptr<Socket> socket) {
            Address from;
            while (Ptr<Packet> packet = socket->RecvFrom(from))
            {
                received += "server ";
                socket->SendTo(packet, 0, from);
            }
        }));
        Ptr<Socket> client = Socket::CreateSocket(nodes.Get(0), UdpSocketFactory::GetTypeId());
        client->Bind();
        client->SetRecvCallback(Callback<void, Ptr<Socket>>([&received](Ptr<Socket> socket) {
            while (socket->Recv())
            {
                received += "client ";
            }
        }));
        Simulator::Schedule(Seconds(1), [&] {
            for (const char* to : {"10.0.1.2", "66.1.1.1", "67.1.1.1", "68.1.1.1"})
            {
                client->SendTo(Create<Packet>(100), 0, InetSocketAddress(to, 7));
            }
        });
        Simulator::Run();
        NS_TEST_ASSERT_MSG_EQ(received, "server client ", "there and back");
        if (m_alone)
        {
            return;
        }
        Ptr<FibRouting> fib = FibHelper::GetFib(nodes.Get(0));
        const auto why = fib->GetTable().Explain(Ipv4Prefix(0, 0));
        NS_TEST_ASSERT_MSG_EQ(why.size(), 1, "the default route was taken over");
        NS_TEST_ASSERT_MSG_EQ(fib->GetTable().NameOf(why[0].first.source), "static-import", "from");
        const auto global = fib->GetTable().Explain(Ipv4Prefix(0x0a000100, 24));
        NS_TEST_ASSERT_MSG_EQ(global.empty(), false, "a network of global routing");
        NS_TEST_ASSERT_MSG_EQ(fib->GetTable().NameOf(global[0].first.source),
                              "global-import",
                              "from global routing");
        NS_TEST_ASSERT_MSG_EQ(int{fib->GetTable().DistanceOf(global[0].first.source)},
                              110,
                              "as OSPF");
        // naming the followed tables again changes nothing
        const std::size_t size = fib->GetTable().Size();
        fib->Follow(nodes.Get(0)->GetObject<Ipv4>()->GetRoutingProtocol());
        NS_TEST_ASSERT_MSG_EQ(fib->GetTable().Size(), size, "the same routes");
    }

    bool m_alone;
};

class FollowTest : public FibTestCase
{
  public:
    FollowTest(bool list)
        : FibTestCase(list ? "A FIB in a list follows static routing as it changes"
                           : "A FIB beside a lone static routing follows it as it changes"),
          m_list(list)
    {
    }

  private:
    void DoRun() override
    {
        NodeContainer nodes(3);
        InternetStackHelper stack;
        if (!m_list)
        {
            stack.SetRoutingHelper(Ipv4StaticRoutingHelper());
        }
        stack.Install(nodes);
        Ptr<Node> node = nodes.Get(0);
        for (uint32_t i = 0; i < 2; ++i)
        {
            Ipv4AddressHelper address(Ipv4Address(0x0a000000 + (i << 8)), "255.255.255.0");
            address.Assign(SimpleNetDeviceHelper().Install(NodeContainer(node, nodes.Get(i + 1))));
        }
        Ptr<Ipv4StaticRouting> fixed =
            Ipv4StaticRoutingHelper().GetStaticRouting(node->GetObject<Ipv4>());
        fixed->AddNetworkRouteTo("20.0.0.0", "255.0.0.0", "10.0.0.2", 1);
        Ptr<FibRouting> fib = FibHelper::Install(node);
        // asked for itself: the other protocol stands behind
        const auto own = [&](const char* to) {
            const auto number = fib->GetTable().Lookup(Ipv4Address(to).Get());
            return number == FibRouting::Table::NO_GROUP
                       ? Ipv4Address::GetAny()
                       : Ipv4Address(fib->GetTable().GroupOf(number).hops[0].gateway);
        };
        const auto at = [](double seconds, auto check) {
            Simulator::Schedule(Seconds(seconds), check);
        };
        at(1, [&] {
            NS_TEST_ASSERT_MSG_EQ(own("20.1.1.1"), Ipv4Address("10.0.0.2"), "taken over");
            fixed->AddNetworkRouteTo("20.1.0.0", "255.255.0.0", "10.0.1.2", 2);
            NS_TEST_ASSERT_MSG_EQ(own("20.1.1.1"), Ipv4Address("10.0.1.2"), "seen at once");
            NS_TEST_ASSERT_MSG_EQ(NextHop(node, "20.1.1.1"), "10.0.1.2 by 10.0.1.1", "and used");
            fixed->AddHostRouteTo("20.1.1.1", "10.0.0.2", 1);
            NS_TEST_ASSERT_MSG_EQ(own("20.1.1.1"), Ipv4Address("10.0.0.2"), "a host");
        });
        at(2, [&] {
            for (uint32_t i = fixed->GetNRoutes(); i-- > 0;)
            {
                if (fixed->GetRoute(i).GetDest() == Ipv4Address("20.1.1.1") ||
                    fixed->GetRoute(i).GetDest() == Ipv4Address("20.1.0.0"))
                {
                    fixed->RemoveRoute(i);
                }
            }
            NS_TEST_ASSERT_MSG_EQ(own("20.1.1.1"), Ipv4Address("10.0.0.2"), "the shorter one");
            fixed->SetDefaultRoute("10.0.1.2", 2);
            NS_TEST_ASSERT_MSG_EQ(own("99.1.1.1"), Ipv4Address("10.0.1.2"), "a default route");
        });
        at(3, [&] {
            // one for another in the middle, which keeps their number and both ends
            uint32_t middle = fixed->GetNRoutes();
            while (fixed->GetRoute(--middle).GetDest() != Ipv4Address("20.0.0.0"))
            {
            }
            NS_TEST_ASSERT_MSG_GT(middle, 0, "not the first");
            fixed->RemoveRoute(middle);
            const uint32_t last = fixed->GetNRoutes() - 1;
            const Ipv4RoutingTableEntry end = fixed->GetRoute(last);
            fixed->RemoveRoute(last);
            fixed->AddNetworkRouteTo("20.0.0.0", "255.0.0.0", "10.0.1.2", 2);
            fixed->AddNetworkRouteTo(end.GetDest(),
                                     end.GetDestNetworkMask(),
                                     end.GetGateway(),
                                     end.GetInterface());
        });
        at(3.1, [&] {
            NS_TEST_ASSERT_MSG_EQ(own("20.1.1.1"), Ipv4Address("10.0.1.2"), "seen by time");
            fib->Follow(nullptr);
            NS_TEST_ASSERT_MSG_EQ(own("20.1.1.1"), Ipv4Address::GetAny(), "followed no more");
            NS_TEST_ASSERT_MSG_EQ(NextHop(node, "20.1.1.1"),
                                  "10.0.1.2 by 10.0.1.1",
                                  "the other protocol answers");
        });
        Simulator::Run();
    }

    bool m_list;
};

class RecomputeTest : public FibTestCase
{
  public:
    RecomputeTest()
        : FibTestCase("A FIB follows global routing that is computed anew when a link fails")
    {
    }

  private:
    void DoRun() override
    {
        // 0, 1 and 2 in a ring, 3 behind 2
        NodeContainer nodes(4);
        InternetStackHelper().Install(nodes);
        const std::vector<std::pair<uint32_t, uint32_t>> links{{0, 1}, {1, 2}, {0, 2}, {2, 3}};
        for (uint32_t i = 0; i < links.size(); ++i)
        {
            Ipv4AddressHelper address(Ipv4Address(0x0a000000 + (i << 8)), "255.255.255.0");
            address.Assign(SimpleNetDeviceHelper().Install(
                NodeContainer(nodes.Get(links[i].first), nodes.Get(links[i].second))));
        }
        Ipv4GlobalRoutingHelper::PopulateRoutingTables();
        FibHelper::Install(nodes);
        Ptr<Node> node = nodes.Get(0);
        Ptr<FibRouting> fib = FibHelper::GetFib(node);
        const auto own = [&] {
            const auto number = fib->GetTable().Lookup(Ipv4Address("10.0.3.2").Get());
            return number == FibRouting::Table::NO_GROUP
                       ? Ipv4Address::GetAny()
                       : Ipv4Address(fib->GetTable().GroupOf(number).hops[0].gateway);
        };
        const auto set = [&](bool up) {
            for (const auto& [end, interface] : {std::make_pair(0U, 2U), std::make_pair(2U, 2U)})
            {
                Ptr<Ipv4> ipv4 = nodes.Get(end)->GetObject<Ipv4>();
                if (up)
                {
                    ipv4->SetUp(interface);
                }
                else
                {
                    ipv4->SetDown(interface);
                }
            }
            Ipv4GlobalRoutingHelper::RecomputeRoutingTables();
        };
        std::map<int, uint32_t> got; // by second
        Ptr<Socket> server = Socket::CreateSocket(nodes.Get(3), UdpSocketFactory::GetTypeId());
        server->Bind(InetSocketAddress(Ipv4Address::GetAny(), 7));
        server->SetRecvCallback(Callback<void, Ptr<Socket>>([&got](Ptr<Socket> socket) {
            while (socket->Recv())
            {
                ++got[static_cast<int>(Simulator::Now().GetSeconds())];
            }
        }));
        Ptr<Socket> client = Socket::CreateSocket(node, UdpSocketFactory::GetTypeId());
        client->Connect(InetSocketAddress("10.0.3.2", 7));
        for (int i = 0; i < 30; ++i)
        {
            Simulator::Schedule(MilliSeconds(50 + 100 * i),
                                [client] { client->Send(Create<Packet>(100)); });
        }
        const Ipv4Address direct("10.0.2.2");
        const Ipv4Address around("10.0.0.2");
        NS_TEST_ASSERT_MSG_EQ(own(), direct, "the short way");
        Simulator::Schedule(Seconds(1), [&] {
            set(false);
            NS_TEST_ASSERT_MSG_EQ(own(), around, "the long way");
        });
        Simulator::Schedule(Seconds(2), [&] {
            set(true);
            NS_TEST_ASSERT_MSG_EQ(own(), direct, "the short way again");
        });
        Simulator::Run();
        for (int second = 0; second < 3; ++second)
        {
            NS_TEST_ASSERT_MSG_EQ(got[second], 10, "nothing is lost in second " << second);
        }
    }
};

/** Static routing that counts its living objects. */
class CountedRouting : public Ipv4StaticRouting
{
  public:
    CountedRouting()
    {
        ++alive;
    }

    ~CountedRouting() override
    {
        --alive;
    }

    static int alive;
};

int CountedRouting::alive = 0;

/** A protocol that is asked before static routing, as OLSR is, and knows 50.0.0.0/8. */
class OtherRouting : public Ipv4RoutingProtocol
{
  public:
    Ptr<Ipv4Route> RouteOutput(Ptr<Packet>,
                               const Ipv4Header& header,
                               Ptr<NetDevice>,
                               Socket::SocketErrno& error) override
    {
        ++asked;
        if (header.GetDestination().CombineMask("255.0.0.0") != Ipv4Address("50.0.0.0"))
        {
            error = Socket::ERROR_NOROUTETOHOST;
            return nullptr;
        }
        Ptr<Ipv4Route> route = Create<Ipv4Route>();
        route->SetDestination(header.GetDestination());
        route->SetGateway("10.0.0.50");
        route->SetSource("10.0.0.1");
        route->SetOutputDevice(m_ipv4->GetNetDevice(1));
        error = Socket::ERROR_NOTERROR;
        return route;
    }

    bool RouteInput(Ptr<const Packet>,
                    const Ipv4Header&,
                    Ptr<const NetDevice>,
                    RouteInput4::Unicast,
                    RouteInput4::Multicast,
                    RouteInput4::Local,
                    RouteInput4::Error) override
    {
        return false;
    }

    void NotifyInterfaceUp(uint32_t) override
    {
    }

    void NotifyInterfaceDown(uint32_t) override
    {
    }

    void NotifyAddAddress(uint32_t, Ipv4InterfaceAddress) override
    {
    }

    void NotifyRemoveAddress(uint32_t, Ipv4InterfaceAddress) override
    {
    }

    void SetIpv4(Ptr<Ipv4> ipv4) override
    {
        m_ipv4 = ipv4;
    }

    void PrintRoutingTable(Ptr<OutputStreamWrapper>, Time::Unit) const override
    {
    }

    uint32_t asked{0};

  protected:
    void DoDispose() override
    {
        m_ipv4 = nullptr;
        Ipv4RoutingProtocol::DoDispose();
    }

  private:
    Ptr<Ipv4> m_ipv4;
};

class PlaceTest : public FibTestCase
{
  public:
    PlaceTest()
        : FibTestCase("In a list, who is asked before static routing is asked before the FIB, and "
                      "all end with the node")
    {
    }

  private:
    void DoRun() override
    {
        for (const bool inList : {true, false})
        {
            Run(inList);
            Simulator::Destroy();
            NS_TEST_ASSERT_MSG_EQ(CountedRouting::alive, 0, "nothing holds itself");
        }
    }

    void Run(bool inList)
    {
        NodeContainer nodes(2);
        InternetStackHelper().Install(nodes.Get(1));
        Ptr<Node> node = nodes.Get(0);
        InternetStackHelper stack;
        stack.Install(node);
        Ptr<Ipv4> ipv4 = node->GetObject<Ipv4>();
        Ptr<CountedRouting> fixed = CreateObject<CountedRouting>();
        Ptr<OtherRouting> other = CreateObject<OtherRouting>();
        if (inList)
        {
            Ptr<Ipv4ListRouting> list = CreateObject<Ipv4ListRouting>();
            ipv4->SetRoutingProtocol(list);
            list->AddRoutingProtocol(fixed, 0);
            list->AddRoutingProtocol(other, 10);
        }
        else
        {
            ipv4->SetRoutingProtocol(fixed);
        }
        Ipv4AddressHelper address("10.0.0.0", "255.255.255.0");
        address.Assign(SimpleNetDeviceHelper().Install(nodes));
        fixed->AddNetworkRouteTo("50.0.0.0", "255.0.0.0", "10.0.0.2", 1);
        fixed->AddNetworkRouteTo("60.0.0.0", "255.0.0.0", "10.0.0.2", 1);
        FibHelper::Install(node);
        NS_TEST_ASSERT_MSG_EQ(NextHop(node, "60.1.1.1"), "10.0.0.2 by 10.0.0.1", "static");
        NS_TEST_ASSERT_MSG_EQ(NextHop(node, "50.1.1.1"),
                              (inList ? "10.0.0.50 by 10.0.0.1" : "10.0.0.2 by 10.0.0.1"),
                              "the other one has its turn");
        NS_TEST_ASSERT_MSG_EQ(other->asked, (inList ? 2U : 0U), "for both");
    }
};

class AggregateTest : public FibTestCase
{
  public:
    AggregateTest()
        : FibTestCase("A router tells another of what lies behind it in one prefix, discards the "
                      "rest of it, and leaves to others what is theirs")
    {
    }

  private:
    void DoRun() override
    {
        // Figs. 5-51 to 5-53: London has three neighbours, of which the first is New York.
        Ptr<Node> london = MakeRouter(3, true);
        Ptr<Node> newYork = london->GetDevice(1)->GetChannel()->GetDevice(1)->GetNode();
        Ptr<FibRouting> inner = FibHelper::GetFib(london);
        Ptr<FibRouting> outer = FibHelper::GetFib(newYork);
        inner->AddRoute("0.0.0.0/0", "10.0.0.2");
        inner->AddRoute("194.24.0.0/21", "10.0.1.2");
        inner->AddRoute("194.24.8.0/22", "10.0.2.2");
        inner->AddRoute("194.24.16.0/20", "10.0.1.2");
        inner->AddRoute("194.25.0.0/16", "10.0.0.2"); // lies behind New York
        inner->AddBlackhole("194.26.0.0/16");         // nothing lies there
        const auto told = FibHelper::Aggregate(london, newYork, "10.0.0.1", {0.5, 16});
        NS_TEST_EXPECT_MSG_EQ(Text(told.announced), "10.0.0.0/22 194.24.0.0/19 ", "");
        NS_TEST_EXPECT_MSG_EQ(Text(told.discarded), "10.0.0.0/22 194.24.0.0/19 ", "");
        NS_TEST_EXPECT_MSG_EQ(NextHop(newYork, "194.24.31.255"), "10.0.0.1 by 10.0.0.2", "");
        NS_TEST_EXPECT_MSG_EQ(NextHop(newYork, "194.24.12.1"), "10.0.0.1 by 10.0.0.2", "free");
        NS_TEST_EXPECT_MSG_EQ(NextHop(newYork, "194.25.0.1"), "none", "its own");
        NS_TEST_EXPECT_MSG_EQ(NextHop(newYork, "194.26.0.1"), "none", "a hole");
        NS_TEST_EXPECT_MSG_EQ(NextHop(london, "194.24.12.1"), "none", "discarded");
        NS_TEST_EXPECT_MSG_EQ(NextHop(london, "194.24.8.1"), "10.0.2.2 by 10.0.2.1", "as before");
        NS_TEST_EXPECT_MSG_EQ(NextHop(london, "194.24.32.1"), "10.0.0.2 by 10.0.0.1", "default");

        // Taken back, and done anew with an interface down and somebody else around.
        inner->RemoveSource("aggregate");
        outer->RemoveSource("aggregate");
        NS_TEST_EXPECT_MSG_EQ(NextHop(newYork, "194.24.31.255"), "none", "taken back");
        NS_TEST_EXPECT_MSG_EQ(NextHop(london, "194.24.12.1"), "10.0.0.2 by 10.0.0.1", "taken back");
        outer->AddRoute("194.24.0.0/16", "10.0.0.9");
        london->GetObject<Ipv4>()->SetDown(3);
        const auto anew = FibHelper::Aggregate(london, newYork, "10.0.0.1", {0.5, 16});
        NS_TEST_EXPECT_MSG_EQ(Text(anew.announced),
                              "10.0.1.0/24 194.24.0.0/21 194.24.16.0/20 ",
                              "");
        NS_TEST_EXPECT_MSG_EQ(Text(anew.discarded), "", "");
        NS_TEST_EXPECT_MSG_EQ(NextHop(newYork, "194.24.8.1"), "10.0.0.9 by 10.0.0.2", "theirs");
    }

    static std::string Text(const std::vector<Ipv4Prefix>& prefixes)
    {
        std::string text;
        for (const Ipv4Prefix& prefix : prefixes)
        {
            text += FibRouting::TextOf(prefix) + " ";
        }
        return text;
    }
};

class DiscardTest : public FibTestCase
{
  public:
    DiscardTest()
        : FibTestCase("A blackhole drops with a reason, an unreachable route reports an error, and "
                      "without a route others are asked")
    {
    }

  private:
    void DoRun() override
    {
        Ptr<Node> node = MakeRouter(2, true);
        Ptr<StrataNode> strataNode = StrataNode::Of(node);
        Ptr<FibRouting> fib = FibHelper::GetFib(node);
        fib->AddBlackhole("66.0.0.0/8");
        fib->AddUnreachable("67.0.0.0/8");
        std::string done;
        const auto input = [&](const char* to) {
            Ipv4Header header;
            header.SetDestination(Ipv4Address(to));
            done.clear();
            const bool taken = fib->RouteInput(
                Create<Packet>(10),
                header,
                node->GetObject<Ipv4>()->GetNetDevice(1),
                Ipv4RoutingProtocol::UnicastForwardCallback(
                    [&done](Ptr<Ipv4Route>, Ptr<const Packet>, const Ipv4Header&) {
                        done = "forwarded";
                    }),
                Ipv4RoutingProtocol::MulticastForwardCallback(),
                Ipv4RoutingProtocol::LocalDeliverCallback(
                    [&done](Ptr<const Packet>, const Ipv4Header&, uint32_t) {
                        done = "delivered";
                    }),
                Ipv4RoutingProtocol::ErrorCallback(
                    [&done](Ptr<const Packet>, const Ipv4Header&, Socket::SocketErrno) {
                        done = "error";
                    }));
            return (taken ? "taken " : "left ") + done;
        };
        NS_TEST_ASSERT_MSG_EQ(input("66.1.1.1"), "taken ", "blackhole");
        NS_TEST_ASSERT_MSG_EQ(strataNode->GetDrops().Packets(fib_drop::BLACKHOLE), 1, "counted");
        NS_TEST_ASSERT_MSG_EQ(input("67.1.1.1"), "taken error", "unreachable");
        NS_TEST_ASSERT_MSG_EQ(input("68.1.1.1"), "left ", "no route");
        NS_TEST_ASSERT_MSG_EQ(input("10.0.0.1"), "taken delivered", "local");
        NS_TEST_ASSERT_MSG_EQ(input("10.0.1.2"), "taken forwarded", "on the other link");
        NS_TEST_ASSERT_MSG_EQ(input("225.1.1.1"), "left ", "a group");
        node->GetObject<Ipv4>()->SetForwarding(1, false);
        NS_TEST_ASSERT_MSG_EQ(input("10.0.1.2"), "taken error", "a host does not forward");
    }
};

class StrataFibTestSuite : public TestSuite
{
  public:
    StrataFibTestSuite()
        : TestSuite("strata-fib")
    {
        AddTestCase(new LongestPrefixTest);
        AddTestCase(new SourcesTest);
        AddTestCase(new InterfaceTest);
        AddTestCase(new BoundDeviceTest);
        AddTestCase(new ManyTest);
        AddTestCase(new SourceTest);
        AddTestCase(new CacheTest);
        AddTestCase(new EqualCostTest);
        AddTestCase(new DeliveryTest(true));
        AddTestCase(new DeliveryTest(false));
        AddTestCase(new FollowTest(true));
        AddTestCase(new FollowTest(false));
        AddTestCase(new RecomputeTest);
        AddTestCase(new PlaceTest);
        AddTestCase(new AggregateTest);
        AddTestCase(new DiscardTest);
    }
};

StrataFibTestSuite g_strataFibTestSuite;

} // namespace

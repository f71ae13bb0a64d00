// SPDX-License-Identifier: GPL-2.0-only

#include "ns3/csma-helper.h"
#include "ns3/internet-stack-helper.h"
#include "ns3/ipv4-address-helper.h"
#include "ns3/ipv4-static-routing-helper.h"
#include "ns3/node-container.h"
#include "ns3/simulator.h"
#include "ns3/strata-router-discovery-application.h"
#include "ns3/strata-router-discovery-helper.h"
#include "ns3/test.h"

using namespace ns3;
using namespace ns3::strata;

namespace
{

/** A LAN with two routers, .1 the better one, and a host, .3, of the stock stack. */
class RouterDiscoveryTestCase : public TestCase
{
  public:
    using TestCase::TestCase;

  protected:
    void Build()
    {
        nodes.Create(3);
        CsmaHelper csma;
        const NetDeviceContainer lan = csma.Install(nodes);
        InternetStackHelper().Install(nodes);
        Ipv4AddressHelper("10.0.0.0", "255.255.255.0").Assign(lan);
        // A longest interval of 4 s, and so a lifetime of 12 s.
        StrataRouterDiscoveryHelper discovery;
        discovery.SetAttribute("MaxInterval", TimeValue(Seconds(4)));
        better = discovery.InstallRouter(nodes.Get(0), 10);
        other = discovery.InstallRouter(nodes.Get(1), -10);
        host = discovery.InstallHosts(NodeContainer(nodes.Get(2)));
        int64_t stream = 1;
        for (const auto& applications : {better, other, host})
        {
            stream += StrataRouterDiscoveryHelper::AssignStreams(applications, stream);
        }
        host.Get(0)->TraceConnectWithoutContext(
            "Gateway",
            Callback<void, uint32_t, Ipv4Address>([this](uint32_t, Ipv4Address gateway) {
                changes.emplace_back(Simulator::Now(), gateway);
            }));
    }

    /** Where the host sends what is not for its LAN; 0.0.0.0 for nowhere. */
    Ipv4Address Route()
    {
        Ptr<Ipv4> ipv4 = nodes.Get(2)->GetObject<Ipv4>();
        Ipv4Header header;
        header.SetDestination("192.0.2.1");
        Socket::SocketErrno error;
        Ptr<Ipv4Route> route =
            ipv4->GetRoutingProtocol()->RouteOutput(Create<Packet>(), header, nullptr, error);
        return route ? route->GetGateway() : Ipv4Address::GetAny();
    }

    void RunUntil(double seconds)
    {
        Simulator::Stop(Seconds(seconds) - Simulator::Now());
        Simulator::Run();
    }

    void DoTeardown() override
    {
        Simulator::Destroy();
    }

    NodeContainer nodes;
    ApplicationContainer better;
    ApplicationContainer other;
    ApplicationContainer host;
    std::vector<std::pair<Time, Ipv4Address>> changes;
};

class FallBackTest : public RouterDiscoveryTestCase
{
  public:
    FallBackTest()
        : RouterDiscoveryTestCase(
              "A host takes the better router, and the other while that is dead")
    {
    }

  private:
    void DoRun() override
    {
        Build();
        // Solicited within a second, answered within two.
        RunUntil(3.1);
        NS_TEST_EXPECT_MSG_EQ(Route(), Ipv4Address("10.0.0.1"), "the better one");
        RunUntil(20);
        NS_TEST_EXPECT_MSG_EQ(changes.back().second, Ipv4Address("10.0.0.1"), "it stays");
        nodes.Get(0)->GetObject<Ipv4>()->SetDown(1);
        RunUntil(27.9);
        NS_TEST_EXPECT_MSG_EQ(Route(), Ipv4Address("10.0.0.1"), "its lifetime lasts 8 s at least");
        RunUntil(32.1);
        NS_TEST_EXPECT_MSG_EQ(Route(), Ipv4Address("10.0.0.2"), "and 12 s at most");
        nodes.Get(1)->GetObject<Ipv4>()->SetDown(1);
        RunUntil(50);
        NS_TEST_EXPECT_MSG_EQ(Route(), Ipv4Address::GetAny(), "nobody is left");
        nodes.Get(0)->GetObject<Ipv4>()->SetUp(1);
        RunUntil(54.1);
        NS_TEST_EXPECT_MSG_EQ(Route(), Ipv4Address("10.0.0.1"), "back");
        auto application = DynamicCast<RouterDiscoveryApplication>(host.Get(0));
        NS_TEST_EXPECT_MSG_EQ(application->GetGateway(1), Ipv4Address("10.0.0.1"), "it knows");
    }
};

class TakenBackTest : public RouterDiscoveryTestCase
{
  public:
    TakenBackTest()
        : RouterDiscoveryTestCase("A router that stops, or is found dead, is left at once")
    {
    }

  private:
    void DoRun() override
    {
        Build();
        better.Stop(Seconds(30));
        RunUntil(20);
        auto application = DynamicCast<RouterDiscoveryApplication>(host.Get(0));
        application->MarkUnreachable("10.0.0.1");
        NS_TEST_EXPECT_MSG_EQ(Route(), Ipv4Address("10.0.0.2"), "found dead");
        RunUntil(24.1);
        NS_TEST_EXPECT_MSG_EQ(Route(), Ipv4Address("10.0.0.1"), "until it is advertised again");
        RunUntil(30.1);
        NS_TEST_EXPECT_MSG_EQ(Route(), Ipv4Address("10.0.0.2"), "taken back");
    }
};

class StrataRouterDiscoveryTestSuite : public TestSuite
{
  public:
    StrataRouterDiscoveryTestSuite()
        : TestSuite("strata-router-discovery")
    {
        AddTestCase(new FallBackTest);
        AddTestCase(new TakenBackTest);
    }
};

StrataRouterDiscoveryTestSuite g_strataRouterDiscoveryTestSuite;

} // namespace

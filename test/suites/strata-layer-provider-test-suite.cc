// SPDX-License-Identifier: GPL-2.0-only

// What can stand below a layer: LANs and UDP.

#include "strata-layer-test-case.h"

#include "ns3/csma-helper.h"
#include "ns3/inet-socket-address.h"
#include "ns3/inet6-socket-address.h"
#include "ns3/internet-stack-helper.h"
#include "ns3/ipv4-address-helper.h"
#include "ns3/ipv4-global-routing-helper.h"
#include "ns3/ipv6-address-helper.h"
#include "ns3/node-container.h"
#include "ns3/point-to-point-helper.h"
#include "ns3/strata-device-flow-provider.h"
#include "ns3/strata-node.h"
#include "ns3/strata-udp-flow-provider.h"
#include "ns3/udp-socket-factory.h"

using namespace ns3;
using namespace ns3::strata;

namespace
{

class CsmaLanTest : public LayerTestCase
{
  public:
    CsmaLanTest()
        : LayerTestCase("Two layers share the devices of a LAN, each a full mesh of its members")
    {
    }

  private:
    void DoRun() override
    {
        NodeContainer nodes(4);
        CsmaHelper csma;
        const NetDeviceContainer devices = csma.Install(nodes);
        std::vector<Ptr<LayerMember>> first;
        std::vector<Ptr<LayerMember>> second;
        for (uint32_t i = 0; i < 4; ++i)
        {
            first.push_back(MakeMember(nodes.Get(i), 1));
            second.push_back(MakeMember(nodes.Get(3 - i), 2));
            NS_TEST_ASSERT_MSG_EQ(first.back()->AddDevice(devices.Get(i)), true, "carries");
            NS_TEST_ASSERT_MSG_EQ(second.back()->AddDevice(devices.Get(3 - i)), true, "carries");
        }
        Enroll(first);
        Enroll(second);
        for (uint32_t i = 0; i < 4; ++i)
        {
            first[i]->Take(RegisterEvent{"p" + std::to_string(i)});
            second[i]->Take(RegisterEvent{"p" + std::to_string(i)});
        }
        Run(Seconds(2));
        for (uint32_t i = 0; i < 4; ++i)
        {
            std::set<MemberName> others;
            for (uint16_t j = 1; j <= 4; ++j)
            {
                if (j != i + 1)
                {
                    others.insert(MakeName(j));
                }
            }
            for (const auto& member : {first[i], second[i]})
            {
                NS_TEST_ASSERT_MSG_EQ((Neighbors(member) == others), true, "full mesh");
                NS_TEST_ASSERT_MSG_EQ(member->GetState().links.size(), 3, "one link each");
                // CSMA pads short frames: a PDU ends where its total length says
                NS_TEST_ASSERT_MSG_EQ(member->GetDrops(MemberDrop::MALFORMED), 0, "padding");
                NS_TEST_ASSERT_MSG_EQ(member->GetDrops(MemberDrop::OTHER_LAYER), 0, "filtered");
            }
        }
        // data goes to its receiver alone
        Deliveries at;
        at.Watch(first[3]);
        uint32_t heard = 0;
        devices.Get(1)->TraceConnectWithoutContext("MacRx", MakeCallback(&CsmaLanTest::Hear, this));
        m_heard = &heard;
        const uint32_t session = Open(first[0], "p0", "p3");
        Run(Seconds(3));
        heard = 0;
        for (int i = 0; i < 10; ++i)
        {
            Say(first[0], session, 1);
        }
        Run(Seconds(4));
        NS_TEST_ASSERT_MSG_EQ(at.messages, 10, "arrived");
        NS_TEST_ASSERT_MSG_EQ(at.bytes, 10, "without the padding");
        NS_TEST_ASSERT_MSG_EQ(heard, 0, "a third station gets none of it");
    }

    void Hear(Ptr<const Packet>)
    {
        ++*m_heard;
    }

    uint32_t* m_heard{nullptr};
};

class RefusedDeviceTest : public LayerTestCase
{
  public:
    RefusedDeviceTest()
        : LayerTestCase("A stock point-to-point device is refused, and why is said")
    {
    }

  private:
    void DoRun() override
    {
        NodeContainer nodes(2);
        const NetDeviceContainer devices = PointToPointHelper().Install(nodes);
        auto member = MakeMember(nodes.Get(0));
        NS_TEST_ASSERT_MSG_EQ(member->AddDevice(devices.Get(0)), false, "refused");
        NS_TEST_ASSERT_MSG_EQ(member->GetProviders().empty(), true, "nothing changed");
        NS_TEST_ASSERT_MSG_EQ(DeviceFlowProvider::CanCarry(devices.Get(0)),
                              "ns3::PointToPointNetDevice sends the PDUs of a layer as PPP protocol"
                              " 0x0000; use ns3::strata::PointToPointDevice",
                              "why");
    }
};

/** A chain of three nodes with IP in between; the members are at its ends. */
class UdpTestCase : public LayerTestCase
{
  public:
    using LayerTestCase::LayerTestCase;

  protected:
    void Build()
    {
        nodes.Create(3);
        InternetStackHelper().Install(nodes);
        ns3::PointToPointHelper links;
        links.SetDeviceAttribute("Mtu", UintegerValue(1400));
        Ipv4AddressHelper ipv4("10.0.0.0", "255.255.255.0");
        Ipv6AddressHelper ipv6(Ipv6Address("fd00::"), ns3::Ipv6Prefix(64));
        for (uint32_t i = 0; i < 2; ++i)
        {
            const NetDeviceContainer ends = links.Install(nodes.Get(i), nodes.Get(i + 1));
            const auto four = ipv4.Assign(ends);
            auto six = ipv6.Assign(ends);
            six.SetForwarding(i == 0 ? 1 : 0, true);
            six.SetDefaultRouteInAllNodes(i == 0 ? 1 : 0);
            addresses.push_back(four.GetAddress(i));
            addresses6.push_back(six.GetAddress(i, 1));
            ipv4.NewNetwork();
            ipv6.NewNetwork();
        }
        Ipv4GlobalRoutingHelper::PopulateRoutingTables();
        for (const uint32_t i : {0, 2})
        {
            members.push_back(MakeMember(nodes.Get(i)));
            providers.push_back(CreateObject<UdpFlowProvider>());
            providers.back()->SetNode(nodes.Get(i));
        }
    }

    NodeContainer nodes;
    std::vector<Ipv4Address> addresses; //!< of the two ends
    std::vector<Ipv6Address> addresses6;
    std::vector<Ptr<LayerMember>> members;
    std::vector<Ptr<UdpFlowProvider>> providers;
};

class UdpFlowTest : public UdpTestCase
{
  public:
    UdpFlowTest(bool six)
        : UdpTestCase(six ? "A layer runs over UDP and IPv6" : "A layer runs over UDP and IPv4"),
          m_six(six)
    {
    }

  private:
    void DoRun() override
    {
        Build();
        Run(Seconds(3)); // duplicate address detection
        members[0]->AddProvider(providers[0]);
        members[1]->AddProvider(providers[1]);
        Enroll(members);
        members[0]->Take(RegisterEvent{"server"});
        members[1]->Take(RegisterEvent{"client"});
        const Address peer = m_six ? Address(addresses6[0]) : Address(addresses[0]);
        Simulator::Schedule(MilliSeconds(50), [this, peer] { providers[1]->Connect(peer); });
        Deliveries at;
        at.Watch(members[0]);
        Run(Seconds(4));
        const uint32_t session = Open(members[1], "client", "server");
        Run(Seconds(5));
        Say(members[1], session, 1000);
        Run(Seconds(6));
        NS_TEST_ASSERT_MSG_EQ(at.messages, 1, "delivered");
        const uint32_t headers = m_six ? 48 : 28;
        for (int i = 0; i < 2; ++i)
        {
            NS_TEST_ASSERT_MSG_EQ(providers[i]->GetFlows(), 1, "one flow, told or accepted");
            const auto& ports = members[i]->GetState().ports;
            NS_TEST_ASSERT_MSG_EQ(ports.begin()->second.mtu, 1400 - headers, "MTU of the route");
        }
        providers[1]->Disconnect(peer);
        NS_TEST_ASSERT_MSG_EQ(members[1]->GetState().links.empty(), true, "the link went with it");
        Run(Seconds(7));
        NS_TEST_ASSERT_MSG_EQ(providers[1]->GetFlows(), 0, "and does not come again");
    }

    bool m_six;
};

class UdpSilenceTest : public UdpTestCase
{
  public:
    UdpSilenceTest()
        : UdpTestCase("A flow over UDP ends by silence; one that was asked for begins anew")
    {
    }

  private:
    void DoRun() override
    {
        Build();
        for (int i = 0; i < 2; ++i)
        {
            providers[i]->SetAttribute("SilenceTimeout", TimeValue(Seconds(2)));
            members[i]->AddProvider(providers[i]);
        }
        providers[1]->Connect(addresses[0]);
        Enroll(members);
        Run(Seconds(1));
        NS_TEST_ASSERT_MSG_EQ(Neighbors(members[0]).size(), 1, "linked");
        // the other end dies without a word
        members[1]->Dispose();
        Run(Seconds(5));
        NS_TEST_ASSERT_MSG_EQ(providers[0]->GetFlows(), 0, "accepted: ended by silence");
        NS_TEST_ASSERT_MSG_EQ(Neighbors(members[0]).empty(), true, "no link");

        // asked for: a flow stands always, the link only while somebody answers
        providers[0]->Connect(addresses[1]);
        Run(Seconds(12));
        NS_TEST_ASSERT_MSG_EQ(providers[0]->GetFlows(), 1, "begun anew");
        auto reborn = MakeMember(nodes.Get(2));
        auto below = CreateObject<UdpFlowProvider>();
        below->SetNode(nodes.Get(2));
        reborn->AddProvider(below);
        reborn->Join();
        Run(Seconds(15));
        NS_TEST_ASSERT_MSG_EQ(Neighbors(members[0]).size(), 1, "linked to who answers");
        NS_TEST_ASSERT_MSG_EQ((reborn->GetName() != NO_NAME), true, "and enrolled it");
    }
};

class UdpStrangersTest : public UdpTestCase
{
  public:
    UdpStrangersTest()
        : UdpTestCase("Unknown senders over UDP get flows up to a limit, and only for PDUs")
    {
    }

  private:
    void DoRun() override
    {
        Build();
        providers[0]->SetAttribute("MaxPeers", UintegerValue(3));
        members[0]->AddProvider(providers[0]);
        members[0]->Bootstrap(MakeName(1), 16);
        Pdu hello;
        hello.header.layer = 1;
        hello.body = HelloBody{};
        Bytes whole;
        ByteWriter writer(whole);
        hello.Encode(writer);
        Simulator::Schedule(MilliSeconds(1), [&] {
            for (uint16_t port = 1000; port < 1010; ++port)
            {
                auto socket = Socket::CreateSocket(nodes.Get(1), UdpSocketFactory::GetTypeId());
                socket->Bind(InetSocketAddress(Ipv4Address::GetAny(), port));
                socket->Connect(InetSocketAddress(addresses[0], UdpFlowProvider::DEFAULT_PORT));
                const Bytes noise(port - 1000U, 0x10);
                socket->Send(noise.data(), static_cast<uint32_t>(noise.size()), 0);
                if (port >= 1005)
                {
                    socket->Send(whole.data(), static_cast<uint32_t>(whole.size()), 0);
                }
            }
        });
        Run(Seconds(1));
        NS_TEST_ASSERT_MSG_EQ(providers[0]->GetFlows(), 3, "no more");
        const auto& drops = StrataNode::Of(nodes.Get(0))->GetDrops();
        NS_TEST_ASSERT_MSG_EQ(drops.Packets(DropReason{"layer.not-a-pdu-over-udp"}) +
                                  members[0]->GetDrops(MemberDrop::MALFORMED),
                              10,
                              "noise from strangers, and on flows");
        NS_TEST_ASSERT_MSG_EQ(drops.Packets(DropReason{"layer.too-many-udp-peers"}),
                              2,
                              "strangers");
        NS_TEST_ASSERT_MSG_EQ(members[0]->GetName(), MakeName(1), "alive");
    }
};

class LayerProviderTestSuite : public TestSuite
{
  public:
    LayerProviderTestSuite()
        : TestSuite("strata-layer-provider")
    {
        AddTestCase(new CsmaLanTest);
        AddTestCase(new RefusedDeviceTest);
        AddTestCase(new UdpFlowTest(false));
        AddTestCase(new UdpFlowTest(true));
        AddTestCase(new UdpSilenceTest);
        AddTestCase(new UdpStrangersTest);
    }
};

LayerProviderTestSuite g_layerProviderTestSuite;

} // namespace

// SPDX-License-Identifier: GPL-2.0-only

#include "ns3/boolean.h"
#include "ns3/inet-socket-address.h"
#include "ns3/internet-stack-helper.h"
#include "ns3/ipv4-address-helper.h"
#include "ns3/ipv4-global-routing-helper.h"
#include "ns3/ipv4-raw-socket-factory.h"
#include "ns3/node-container.h"
#include "ns3/simulator.h"
#include "ns3/strata-ipv4-convert.h"
#include "ns3/strata-ipv4-helper.h"
#include "ns3/strata-ipv4-transparent-helper.h"
#include "ns3/strata-point-to-point-helper.h"
#include "ns3/strata-ppp-header.h"
#include "ns3/test.h"
#include "ns3/uinteger.h"

#include <vector>

using namespace ns3;
using namespace ns3::strata;

namespace
{

constexpr uint8_t EXPERIMENT = 253;

/** host - gateway - (MTU 300) - gateway - host: 10.0.1.0, 10.0.2.0 and 10.0.3.0 */
class TransparentTestCase : public TestCase
{
  public:
    using TestCase::TestCase;

  protected:
    void Build()
    {
        nodes.Create(4);
        InternetStackHelper().Install(nodes);
        StrataIpv4Helper().Install(nodes);
        Ipv4AddressHelper addresses("10.0.1.0", "255.255.255.0");
        for (uint16_t mtu : {1500, 300, 1500})
        {
            const auto i = static_cast<uint32_t>(networks.size());
            StrataPointToPointHelper links;
            links.SetDeviceAttribute("Mtu", UintegerValue(mtu));
            networks.push_back(links.Install(nodes.Get(i), nodes.Get(i + 1)));
            addresses.Assign(networks.back());
            addresses.NewNetwork();
        }
        Ipv4GlobalRoutingHelper::PopulateRoutingTables();
        StrataIpv4TransparentHelper::Install(networks[1].Get(0), networks[1].Get(1));
        for (uint32_t i = 0; i < 3; ++i)
        {
            networks[i].Get(1)->TraceConnectWithoutContext(
                "MacRx",
                Callback<void, Ptr<const Packet>>([this, i](Ptr<const Packet> frame) {
                    Bytes bytes(frame->GetSize());
                    frame->CopyData(bytes.data(), frame->GetSize());
                    seen[i].push_back(
                        *Ipv4WireHeader::Decode(ByteView(bytes).Sub(PppHeader::SIZE), {}));
                }));
        }
        receiver = Socket::CreateSocket(nodes.Get(3), Ipv4RawSocketFactory::GetTypeId());
        receiver->SetAttribute("Protocol", UintegerValue(EXPERIMENT));
    }

    /** Sends \p payload under \p header, whose addresses are those of the hosts unless it says. */
    void Send(Ipv4WireHeader header, Ptr<Packet> payload)
    {
        header.source = Ipv4Address("10.0.1.1").Get();
        if (header.destination == 0)
        {
            header.destination = Ipv4Address("10.0.3.2").Get();
        }
        header.totalLength = static_cast<uint16_t>(header.HeaderSize() + payload->GetSize());
        header.identification = 7;
        PrependHeader(header, payload);
        Ptr<Socket> socket = Socket::CreateSocket(nodes.Get(0), Ipv4RawSocketFactory::GetTypeId());
        socket->SetAttribute("IpHeaderInclude", BooleanValue(true));
        Simulator::ScheduleNow([socket, payload, header] {
            socket->SendTo(payload, 0, InetSocketAddress(Ipv4Address(header.destination), 0));
        });
        Simulator::Stop(Seconds(1));
        Simulator::Run();
    }

    Ipv4WireHeader Header(uint8_t protocol = EXPERIMENT)
    {
        Ipv4WireHeader header;
        header.protocol = protocol;
        header.dscp = 46;
        return header;
    }

    void DoTeardown() override
    {
        Simulator::Destroy();
    }

    NodeContainer nodes;
    std::vector<NetDeviceContainer> networks;
    std::vector<Ipv4WireHeader> seen[3]; //!< on each network
    Ptr<Socket> receiver;
};

class WholeAgainTest : public TransparentTestCase
{
  public:
    WholeAgainTest()
        : TransparentTestCase("A large datagram is whole again behind the network")
    {
    }

  private:
    void DoRun() override
    {
        Build();
        Bytes data(1000);
        for (std::size_t i = 0; i < data.size(); ++i)
        {
            data[i] = static_cast<uint8_t>(i * 7);
        }
        Send(Header(), Create<Packet>(data.data(), 1000));
        // 20 octets of the inner header go with it; 280 fit in each.
        NS_TEST_ASSERT_MSG_EQ(seen[1].size(), 4, "fragments");
        for (const Ipv4WireHeader& fragment : seen[1])
        {
            NS_TEST_EXPECT_MSG_EQ(Ipv4Address(fragment.source), Ipv4Address("10.0.2.1"), "from");
            NS_TEST_EXPECT_MSG_EQ(Ipv4Address(fragment.destination), Ipv4Address("10.0.2.2"), "to");
            NS_TEST_EXPECT_MSG_EQ(fragment.Is(Ipv4Protocol::IPV4), true, "IP in IP");
            NS_TEST_EXPECT_MSG_EQ(+fragment.dscp, 46, "of the class of the datagram");
        }
        NS_TEST_ASSERT_MSG_EQ(seen[2].size(), 1, "one packet behind it");
        const Ipv4WireHeader& header = seen[2][0];
        NS_TEST_EXPECT_MSG_EQ(header.IsFragment(), false, "whole");
        NS_TEST_EXPECT_MSG_EQ(header.identification, 7, "as it was sent");
        NS_TEST_EXPECT_MSG_EQ(+header.ttl, 62, "two routers");
        NS_TEST_EXPECT_MSG_EQ(Ipv4Address(header.source), Ipv4Address("10.0.1.1"), "source");
        Ptr<Packet> received = receiver->Recv();
        NS_TEST_ASSERT_MSG_NE(received, nullptr, "received");
        Bytes bytes(received->GetSize());
        received->CopyData(bytes.data(), received->GetSize());
        bytes.erase(bytes.begin(), bytes.begin() + Ipv4WireHeader::MIN_SIZE);
        NS_TEST_EXPECT_MSG_EQ((bytes == data), true, "every octet");
    }
};

class AsTheyAreTest : public TransparentTestCase
{
  public:
    AsTheyAreTest()
        : TransparentTestCase("What fits, and what may not be fragmented, passes as it is")
    {
    }

  private:
    void DoRun() override
    {
        Build();
        Send(Header(), Create<Packet>(280));
        NS_TEST_ASSERT_MSG_EQ(seen[1].size(), 1, "it fits");
        NS_TEST_EXPECT_MSG_EQ(+seen[1][0].protocol, +EXPERIMENT, "not in another datagram");
        uint32_t unreachable = 0;
        StrataIpv4Helper::Get(nodes.Get(1))
            ->GetIcmp()
            ->TraceConnectWithoutContext(
                "Sent",
                Callback<void, const IcmpMessage&, Ipv4Address, Ipv4Address>(
                    [&unreachable](const IcmpMessage& message, Ipv4Address, Ipv4Address) {
                        unreachable +=
                            message.IsUnreachable(IcmpUnreachableCode::FRAGMENTATION_NEEDED) &&
                            message.NextHopMtu() == 300;
                    }));
        Ipv4WireHeader whole = Header();
        whole.dontFragment = true;
        Send(whole, Create<Packet>(281));
        NS_TEST_EXPECT_MSG_EQ(seen[1].size(), 1, "it does not pass");
        NS_TEST_EXPECT_MSG_EQ(unreachable, 1, "and its sender is told");
    }
};

class StrangersTest : public TransparentTestCase
{
  public:
    StrangersTest()
        : TransparentTestCase("Datagrams are taken out only if they come from the other gateway")
    {
    }

  private:
    void DoRun() override
    {
        Build();
        const auto inner = [this] {
            Ptr<Packet> packet = Create<Packet>(10);
            Ipv4WireHeader header = Header();
            header.source = Ipv4Address("10.0.1.1").Get();
            header.destination = Ipv4Address("10.0.3.2").Get();
            header.totalLength = 30;
            PrependHeader(header, packet);
            return packet;
        };
        Ipv4WireHeader outer = Header(static_cast<uint8_t>(Ipv4Protocol::IPV4));
        outer.destination = Ipv4Address("10.0.2.2").Get();
        Send(outer, inner());
        NS_TEST_EXPECT_MSG_EQ(seen[1].size(), 1, "it reaches the gateway");
        NS_TEST_EXPECT_MSG_EQ(seen[2].size(), 0, "and ends there");

        // Now the sender counts as a gateway; garbage from it is dropped by name.
        StrataIpv4TransparentHelper::Of(nodes.Get(2))->AddNetwork(networks[1].Get(1), "10.0.1.1");
        Send(outer, inner());
        NS_TEST_EXPECT_MSG_EQ(seen[2].size(), 1, "taken out");
        for (uint32_t size : {0, 19, 20, 29})
        {
            Ptr<Packet> cut = inner();
            cut->RemoveAtEnd(30 - size);
            Send(outer, cut);
        }
        NS_TEST_EXPECT_MSG_EQ(seen[2].size(), 1, "not taken out");
        NS_TEST_EXPECT_MSG_EQ(StrataNode::Of(nodes.Get(2))->GetDrops().Packets(IP_BAD_INNER),
                              4,
                              "counted");
    }
};

class StrataIpv4TransparentTestSuite : public TestSuite
{
  public:
    StrataIpv4TransparentTestSuite()
        : TestSuite("strata-ipv4-transparent")
    {
        AddTestCase(new WholeAgainTest);
        AddTestCase(new AsTheyAreTest);
        AddTestCase(new StrangersTest);
    }
};

StrataIpv4TransparentTestSuite g_strataIpv4TransparentTestSuite;

} // namespace

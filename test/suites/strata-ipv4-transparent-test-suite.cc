// SPDX-License-Identifier: GPL-2.0-only

#include "strata-ipv4-test-case.h"

#include "ns3/boolean.h"
#include "ns3/error-model.h"
#include "ns3/inet-socket-address.h"
#include "ns3/internet-stack-helper.h"
#include "ns3/ipv4-address-helper.h"
#include "ns3/ipv4-global-routing-helper.h"
#include "ns3/ipv4-raw-socket-factory.h"
#include "ns3/node-container.h"
#include "ns3/pointer.h"
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
        Ptr<Ipv4TransparentGateway> entry = StrataIpv4TransparentHelper::Of(nodes.Get(1));
        entry->SetAttribute("CarryDontFragment", BooleanValue(false));
        Send(whole, Create<Packet>(281));
        NS_TEST_EXPECT_MSG_EQ(seen[1].size(), 1, "it does not pass");
        NS_TEST_EXPECT_MSG_EQ(unreachable, 1, "and its sender is told");
        entry->SetAttribute("CarryDontFragment", BooleanValue(true));
        Send(whole, Create<Packet>(281));
        NS_TEST_EXPECT_MSG_EQ(seen[1].size(), 3, "it passes in two fragments");
        NS_TEST_EXPECT_MSG_EQ(seen[1][1].dontFragment, false, "of another datagram");
        NS_TEST_EXPECT_MSG_EQ(seen[2].back().dontFragment, true, "as it was sent");
        NS_TEST_EXPECT_MSG_EQ(seen[2].back().totalLength, 301, "whole");
        NS_TEST_EXPECT_MSG_EQ(unreachable, 1, "and its sender does not notice");
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

/** Two small-packet networks in series, each with its own entry and exit. */
class SeriesTest : public Ipv4TestCase
{
  public:
    SeriesTest()
        : Ipv4TestCase("Two networks in series each fragment and recombine; a lost fragment loses "
                       "its datagram alone")
    {
    }

  private:
    void DoRun() override
    {
        Build(6, {1500, 576, 1500, 400, 1500});
        for (const uint32_t entry : {1, 3})
        {
            StrataIpv4TransparentHelper::Install(Device(entry, 2), Device(entry + 1, 1));
        }
        // The second fragment of the second datagram.
        Ptr<ReceiveListErrorModel> loss = CreateObject<ReceiveListErrorModel>();
        loss->SetList({4});
        Device(2, 1)->SetAttribute("ReceiveErrorModel", PointerValue(loss));
        Ipv4WireHeader header = HeaderTo("10.0.4.2");
        header.dontFragment = true;
        for (uint16_t i = 1; i <= 3; ++i)
        {
            header.identification = i;
            Inject(header, Create<Packet>(1480), Seconds(i));
        }
        Run(Seconds(100));
        NS_TEST_ASSERT_MSG_EQ(arrivals->arrived.size(), 2, "but one arrive");
        for (std::size_t i = 0; i < 2; ++i)
        {
            const Ipv4HookPacket& packet = arrivals->arrived[i];
            NS_TEST_EXPECT_MSG_EQ(packet.header.identification, 1 + 2 * i, "which");
            NS_TEST_EXPECT_MSG_EQ(packet.payload->GetSize(), 1480, "whole");
            NS_TEST_EXPECT_MSG_EQ(+packet.header.ttl, 60, "each gateway is a hop");
            NS_TEST_EXPECT_MSG_EQ(packet.header.dontFragment, true, "as it was sent");
        }
        // 1500 octets in an outer datagram: 552, 552 and 396; 376 three times and 372.
        const Ptr<Ipv4Reassembler> first = Get(2)->GetReassembler();
        NS_TEST_EXPECT_MSG_EQ(first->GetFragments(), 8, "three for each, and one lost");
        NS_TEST_EXPECT_MSG_EQ(first->GetLostFragments(), 2, "for nothing");
        NS_TEST_EXPECT_MSG_GT(first->GetPeakMemory(), 1500, "its buffer");
        const Ptr<Ipv4Reassembler> second = Get(4)->GetReassembler();
        NS_TEST_EXPECT_MSG_EQ(second->GetFragments(), 8, "four for each that came so far");
        NS_TEST_EXPECT_MSG_EQ(second->GetLostFragments(), 0, "none for nothing");
        NS_TEST_EXPECT_MSG_EQ(Get(5)->GetReassembler()->GetFragments(), 0, "none at the host");
        NS_TEST_EXPECT_MSG_EQ(icmp.entries.size(), 0, "the sender does not notice");
    }

    Ptr<NetDevice> Device(uint32_t node, uint32_t interface) const
    {
        return nodes.Get(node)->GetObject<Ipv4>()->GetNetDevice(interface);
    }
};

/** The outer datagram may meet congestion. */
class CongestionTest : public TransparentTestCase
{
  public:
    CongestionTest()
        : TransparentTestCase("Congestion that the outer datagram met is the inner one's")
    {
    }

  private:
    void DoRun() override
    {
        Build();
        StrataIpv4TransparentHelper::Of(nodes.Get(2))->AddNetwork(networks[1].Get(1), "10.0.1.1");
        for (const uint8_t ecn : {2, 0})
        {
            Ptr<Packet> packet = Create<Packet>(10);
            Ipv4WireHeader inner = Header();
            inner.source = Ipv4Address("10.0.1.1").Get();
            inner.destination = Ipv4Address("10.0.3.2").Get();
            inner.ecn = ecn;
            PrependHeader(inner, packet);
            Ipv4WireHeader outer = Header(static_cast<uint8_t>(Ipv4Protocol::IPV4));
            outer.destination = Ipv4Address("10.0.2.2").Get();
            outer.ecn = 3;
            Send(outer, packet);
        }
        NS_TEST_ASSERT_MSG_EQ(seen[2].size(), 1, "who cannot hear of it loses the datagram");
        NS_TEST_EXPECT_MSG_EQ(+seen[2][0].ecn, 3, "the other hears");
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
        AddTestCase(new SeriesTest);
        AddTestCase(new CongestionTest);
    }
};

StrataIpv4TransparentTestSuite g_strataIpv4TransparentTestSuite;

} // namespace

// SPDX-License-Identifier: GPL-2.0-only

#include "strata-ipv4-test-case.h"

#include "ns3/bulk-send-helper.h"
#include "ns3/config.h"
#include "ns3/inet-socket-address.h"
#include "ns3/packet-sink-helper.h"
#include "ns3/packet-sink.h"
#include "ns3/udp-client-server-helper.h"
#include "ns3/udp-server.h"

using namespace ns3;
using namespace ns3::strata;

namespace
{

/** Sizes of the datagrams that enter the first router, with what Don't Fragment says. */
class SizeLog : public Ipv4HookElement
{
  public:
    HookVerdict Process(Ipv4HookPacket& packet) override
    {
        if (packet.header.Is(m_protocol))
        {
            sizes.push_back(packet.header.totalLength);
            allDontFragment = allDontFragment && packet.header.dontFragment;
        }
        return HookVerdict::ACCEPT;
    }

    Ipv4Protocol m_protocol{Ipv4Protocol::TCP};
    std::vector<uint16_t> sizes;
    bool allDontFragment{true};
};

class PathMtuTestCase : public Ipv4TestCase
{
  public:
    using Ipv4TestCase::Ipv4TestCase;

  protected:
    /** The figure's path: a source, links of 1400, 1200 and 900 octets. */
    void BuildFigure()
    {
        Config::SetDefault("ns3::TcpSocket::SegmentSize", UintegerValue(1348));
        Build(4, {1400, 1200, 900});
        Get(0)->GetPathMtu()->TraceConnectWithoutContext(
            "Changed",
            MakeCallback(&PathMtuTestCase::OnChange, this));
        log = CreateObject<SizeLog>();
        Hooks(1)->Attach(HookPoint::PREROUTING, 0, log);
    }

    void OnChange(Ipv4Address, uint32_t mtu)
    {
        estimates.push_back(mtu);
    }

    void DoTeardown() override
    {
        log = nullptr;
        Config::SetDefault("ns3::TcpSocket::SegmentSize", UintegerValue(536));
        Config::SetDefault("ns3::UdpSocket::MtuDiscover", BooleanValue(false));
        Ipv4TestCase::DoTeardown();
    }

    std::vector<uint32_t> estimates;
    Ptr<SizeLog> log;
};

class TcpTest : public PathMtuTestCase
{
  public:
    TcpTest()
        : PathMtuTestCase("A stock TCP connection adapts: 1400, then 1200, then 900")
    {
    }

  private:
    void DoRun() override
    {
        BuildFigure();
        PacketSinkHelper sink("ns3::TcpSocketFactory",
                              InetSocketAddress(Ipv4Address::GetAny(), 80));
        Ptr<PacketSink> server = sink.Install(nodes.Get(3)).Get(0)->GetObject<PacketSink>();
        BulkSendHelper bulk("ns3::TcpSocketFactory", InetSocketAddress("10.0.2.2", 80));
        bulk.SetAttribute("MaxBytes", UintegerValue(200000));
        bulk.SetAttribute("SendSize", UintegerValue(1348));
        bulk.Install(nodes.Get(0)).Start(Seconds(1));
        Run(Seconds(300));
        NS_TEST_ASSERT_MSG_EQ(server->GetTotalRx(), 200000, "all bytes arrive");
        NS_TEST_ASSERT_MSG_EQ(estimates.size(), 2, "two reports count");
        NS_TEST_ASSERT_MSG_EQ(estimates[0], 1200, "try 1200");
        NS_TEST_ASSERT_MSG_EQ(estimates[1], 900, "try 900");
        NS_TEST_ASSERT_MSG_EQ(*std::max_element(log->sizes.begin(), log->sizes.end()), 1400, "");
        NS_TEST_ASSERT_MSG_EQ(log->allDontFragment, true, "never to be fragmented");
        NS_TEST_ASSERT_MSG_EQ(Get(3)->GetReassembler()->GetFragments(), 0, "nor is anything");
        std::size_t large = 0;
        for (const uint16_t size : log->sizes)
        {
            large += size > 900;
        }
        NS_TEST_ASSERT_MSG_LT(large, 12, "only what was under way is too large");
    }
};

class UdpTest : public PathMtuTestCase
{
  public:
    UdpTest()
        : PathMtuTestCase("A stock UDP socket adapts: two datagrams are lost, then all arrive")
    {
    }

  private:
    void DoRun() override
    {
        Config::SetDefault("ns3::UdpSocket::MtuDiscover", BooleanValue(true));
        BuildFigure();
        log->m_protocol = Ipv4Protocol::UDP;
        UdpServerHelper server(9);
        Ptr<UdpServer> sink = server.Install(nodes.Get(3)).Get(0)->GetObject<UdpServer>();
        UdpClientHelper client(Ipv4Address("10.0.2.2"), 9);
        client.SetAttribute("MaxPackets", UintegerValue(10));
        client.SetAttribute("PacketSize", UintegerValue(1372));
        client.SetAttribute("Interval", TimeValue(MilliSeconds(200)));
        client.Install(nodes.Get(0)).Start(Seconds(1));
        Run();
        NS_TEST_ASSERT_MSG_EQ(sink->GetReceived(), 8, "all but those that met the small links");
        NS_TEST_ASSERT_MSG_EQ(estimates.size(), 2, "reports");
        NS_TEST_ASSERT_MSG_EQ(estimates[1], 900, "the last estimate");
        NS_TEST_ASSERT_MSG_EQ(log->sizes[0], 1400, "first in one piece");
        NS_TEST_ASSERT_MSG_EQ(log->sizes[1], 1196, "then in pieces of 1200");
        NS_TEST_ASSERT_MSG_EQ(log->sizes[3], 900, "then in pieces of 900");
    }
};

class ForgeryTest : public PathMtuTestCase
{
  public:
    ForgeryTest()
        : PathMtuTestCase("Forged reports change nothing")
    {
    }

  private:
    void DoRun() override
    {
        BuildFigure();
        PacketSinkHelper sink("ns3::TcpSocketFactory",
                              InetSocketAddress(Ipv4Address::GetAny(), 80));
        sink.Install(nodes.Get(1));
        BulkSendHelper bulk("ns3::TcpSocketFactory", InetSocketAddress("10.0.0.2", 80));
        bulk.SetAttribute("MaxBytes", UintegerValue(5000000));
        bulk.Install(nodes.Get(0)).Start(Seconds(1));
        // Of a sequence number that was never sent, and of somebody else's datagram.
        for (const char* source : {"10.0.0.1", "10.9.9.9"})
        {
            Simulator::Schedule(Seconds(2), [this, source] {
                Ipv4WireHeader quoted;
                quoted.source = Ipv4Address(source).Get();
                quoted.destination = Ipv4Address("10.0.0.2").Get();
                quoted.protocol = static_cast<uint8_t>(Ipv4Protocol::TCP);
                quoted.totalLength = 1400;
                Bytes quote = EncodeToBytes(quoted);
                for (const uint8_t octet : {0xc0, 0x01, 0x00, 0x50, 0xee, 0xee, 0xee, 0xee})
                {
                    quote.push_back(octet);
                }
                Get(1)->GetIcmp()->Send(IcmpMessage::FragmentationNeeded(296, quote),
                                        "10.0.0.2",
                                        "10.0.0.1");
            });
        }
        Run();
        NS_TEST_ASSERT_MSG_EQ(icmp.entries.size(), 2, "both came");
        NS_TEST_ASSERT_MSG_EQ(estimates.size(), 0, "neither counts");
    }
};

class StrataPathMtuTestSuite : public TestSuite
{
  public:
    StrataPathMtuTestSuite()
        : TestSuite("strata-path-mtu")
    {
        AddTestCase(new TcpTest);
        AddTestCase(new UdpTest);
        AddTestCase(new ForgeryTest);
    }
};

StrataPathMtuTestSuite g_strataPathMtuTestSuite;

} // namespace

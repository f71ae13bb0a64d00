// SPDX-License-Identifier: GPL-2.0-only

#include "strata-ipv4-test-case.h"

#include "ns3/data-rate.h"
#include "ns3/net-device-queue-interface.h"
#include "ns3/point-to-point-helper.h"
#include "ns3/traffic-control-helper.h"

#include <set>

using namespace ns3;
using namespace ns3::strata;

namespace
{

/** A host, a router and a host; what waits, waits at the router. */
class QueueTestCase : public Ipv4TestCase
{
  public:
    using Ipv4TestCase::Ipv4TestCase;

  protected:
    Ptr<NetDevice> SlowDevice() const
    {
        return nodes.Get(1)->GetObject<Ipv4>()->GetNetDevice(2);
    }

    /** The link behind the router, \p waiting packets behind the one that is sent. */
    void SlowDown(const char* rate, uint32_t waiting)
    {
        SlowDevice()->SetAttribute("DataRate", StringValue(rate));
        SlowDevice()->SetAttribute("QueueLimit", UintegerValue(waiting));
    }

    void InstallDisc(const char* size)
    {
        SlowDevice()->AggregateObject(CreateObject<NetDeviceQueueInterface>());
        TrafficControlHelper disc;
        disc.SetRootQueueDisc("ns3::FifoQueueDisc", "MaxSize", StringValue(size));
        disc.Install(SlowDevice());
    }

    void SendMany(uint16_t count, uint32_t size, uint8_t ttl = 64)
    {
        for (uint16_t i = 1; i <= count; ++i)
        {
            Ipv4WireHeader header = HeaderTo("10.0.1.2");
            header.identification = i;
            header.ttl = ttl;
            Inject(header, Create<Packet>(size - 20), Seconds(1) + MicroSeconds(i));
        }
    }

    /** Whether each of \p count datagrams arrived or was reported, none both. */
    void ExpectReports(uint16_t count)
    {
        std::set<uint16_t> numbers;
        for (const Ipv4HookPacket& packet : arrivals->arrived)
        {
            numbers.insert(packet.header.identification);
        }
        NS_TEST_EXPECT_MSG_EQ(numbers.size(), arrivals->arrived.size(), "each once");
        for (const IcmpLog::Entry& entry : icmp.entries)
        {
            NS_TEST_EXPECT_MSG_EQ((entry.message.type == IcmpType::SOURCE_QUENCH), true, "type");
            NS_TEST_EXPECT_MSG_EQ(entry.source, Ipv4Address("10.0.0.2"), "by the router");
            const auto quote = entry.message.Quote();
            NS_TEST_ASSERT_MSG_EQ(quote.has_value(), true, "quotes");
            NS_TEST_EXPECT_MSG_EQ(+quote->header.ttl, 64, "as it was received");
            NS_TEST_EXPECT_MSG_EQ(quote->header.HasRightChecksum(), true, "as it was received");
            NS_TEST_EXPECT_MSG_EQ(numbers.insert(quote->header.identification).second,
                                  true,
                                  "about another one");
        }
        NS_TEST_EXPECT_MSG_EQ(numbers.size(), count, "all");
    }
};

class QuenchAtDeviceTest : public QueueTestCase
{
  public:
    QuenchAtDeviceTest()
        : QueueTestCase("The source of what a full device drops is quenched, if that is on")
    {
    }

  private:
    void DoRun() override
    {
        Build(3);
        SlowDown("100kbps", 5);
        SendMany(20, 500);
        Simulator::Schedule(Seconds(5), [this] {
            NS_TEST_EXPECT_MSG_EQ(arrivals->arrived.size(), 6, "one was sent and five waited");
            NS_TEST_EXPECT_MSG_EQ(icmp.entries.size(), 0, "off by default");
            arrivals->arrived.clear();
            Get(1)->SetAttribute("SourceQuench", BooleanValue(true));
            SendMany(20, 500);
        });
        Run(Seconds(20));
        NS_TEST_EXPECT_MSG_EQ(arrivals->arrived.size(), 6, "as before");
        NS_TEST_EXPECT_MSG_EQ(icmp.entries.size(), 14, "for each that was dropped");
        ExpectReports(20);
    }
};

class QuenchAtStoppedDeviceTest : public QueueTestCase
{
  public:
    QuenchAtStoppedDeviceTest()
        : QueueTestCase("A device that stops its sender without a queue disc is full too")
    {
    }

  private:
    void DoRun() override
    {
        helper.SetAttribute("SourceQuench", BooleanValue(true));
        Build(3);
        SlowDown("100kbps", 5);
        SlowDevice()->AggregateObject(CreateObject<NetDeviceQueueInterface>());
        SendMany(20, 500);
        Run(Seconds(20));
        NS_TEST_EXPECT_MSG_EQ(arrivals->arrived.size(), 6, "one was sent and five waited");
        ExpectReports(20);
    }
};

class QuenchAtStockQueueTest : public QueueTestCase
{
  public:
    QuenchAtStockQueueTest()
        : QueueTestCase("The queue of a stock device, behind its link-layer header, counts too")
    {
    }

  private:
    void DoRun() override
    {
        GlobalValue::Bind("ChecksumEnabled", BooleanValue(true));
        nodes.Create(3);
        InternetStackHelper().Install(nodes);
        PointToPointHelper links;
        links.DisableFlowControl();
        Ipv4AddressHelper addresses("10.0.0.0", "255.255.255.0");
        for (uint32_t i = 0; i < 2; ++i)
        {
            links.SetDeviceAttribute("DataRate", StringValue(i == 0 ? "1Gbps" : "100kbps"));
            links.SetQueue("ns3::DropTailQueue<Packet>",
                           "MaxSize",
                           StringValue(i == 0 ? "100p" : "3p"));
            addresses.Assign(links.Install(nodes.Get(i), nodes.Get(i + 1)));
            addresses.NewNetwork();
        }
        Ipv4GlobalRoutingHelper::PopulateRoutingTables();
        helper.SetAttribute("SourceQuench", BooleanValue(true));
        helper.Install(nodes);
        arrivals = CreateObject<ArrivalLog>();
        Hooks(2)->Attach(HookPoint::INPUT, 0, arrivals);
        Get(0)->GetIcmp()->TraceConnectWithoutContext("Received",
                                                      MakeCallback(&IcmpLog::Record, &icmp));
        SendMany(10, 500);
        Run(Seconds(20));
        NS_TEST_EXPECT_MSG_EQ(arrivals->arrived.size(), 4, "one was sent and three waited");
        ExpectReports(10);
    }
};

class QuenchAtDiscTest : public QueueTestCase
{
  public:
    QuenchAtDiscTest()
        : QueueTestCase("The source of what a full queue disc drops is quenched")
    {
    }

  private:
    void DoRun() override
    {
        helper.SetAttribute("SourceQuench", BooleanValue(true));
        Build(3);
        SlowDown("100kbps", 1);
        InstallDisc("4p");
        SendMany(20, 500);
        Run(Seconds(20));
        NS_TEST_EXPECT_MSG_EQ(arrivals->arrived.size(), 6, "one was sent and five waited");
        ExpectReports(20);
    }
};

class AgeTest : public QueueTestCase
{
  public:
    AgeTest(bool fastPath)
        : QueueTestCase(std::string("Who waits for seconds in a queue loses seconds of its life") +
                        (fastPath ? ", also where there is a fast path" : "")),
          m_fastPath(fastPath)
    {
    }

  private:
    void DoRun() override
    {
        helper.SetAttribute("FastPath", BooleanValue(m_fastPath));
        helper.SetAttribute("AgeInterval", TimeValue(Seconds(1)));
        Build(3);
        SlowDown("8kbps", 1);
        InstallDisc("100p");
        // One takes a little more than a second to send.
        SendMany(6, 1000, 4);
        Run(Seconds(20));
        // The first is sent at once, the second waits in the device, the others in the disc: for
        // one second and a little, for two, for three, for four.
        const std::pair<uint16_t, uint8_t> expected[] = {{1, 3}, {2, 3}, {3, 3}, {4, 2}, {5, 1}};
        NS_TEST_ASSERT_MSG_EQ(arrivals->arrived.size(), 5, "but one arrive");
        for (std::size_t i = 0; i < 5; ++i)
        {
            const Ipv4WireHeader& header = arrivals->arrived[i].header;
            NS_TEST_EXPECT_MSG_EQ(header.identification, expected[i].first, "which");
            NS_TEST_EXPECT_MSG_EQ(+header.ttl, +expected[i].second, "what is left");
        }
        NS_TEST_ASSERT_MSG_EQ(icmp.entries.size(), 1, "the last is reported");
        const IcmpMessage& message = icmp.entries[0].message;
        NS_TEST_EXPECT_MSG_EQ((message.type == IcmpType::TIME_EXCEEDED), true, "type");
        NS_TEST_EXPECT_MSG_EQ(message.Quote()->header.identification, 6, "which");
        NS_TEST_EXPECT_MSG_EQ(Drops(1, IP_TTL_EXPIRED), 1, "counted");
        NS_TEST_EXPECT_MSG_EQ(Get(1)->GetFastForwarded(), 0, "all had to be watched");
        // Who no longer ages may be fast again.
        Get(1)->SetAttribute("AgeInterval", TimeValue(Time(0)));
        SendMany(1, 1000);
        Run(Seconds(10));
        NS_TEST_EXPECT_MSG_EQ(Get(1)->GetFastForwarded(), (m_fastPath ? 1 : 0), "unless it is off");
    }

    bool m_fastPath;
};

class NoAgeTest : public QueueTestCase
{
  public:
    NoAgeTest()
        : QueueTestCase("By default a hop takes one, however long it takes")
    {
    }

  private:
    void DoRun() override
    {
        Build(3);
        SlowDown("8kbps", 1);
        InstallDisc("100p");
        SendMany(6, 1000, 2);
        Run(Seconds(20));
        NS_TEST_ASSERT_MSG_EQ(arrivals->arrived.size(), 6, "all arrive");
        NS_TEST_EXPECT_MSG_EQ(+arrivals->arrived.back().header.ttl, 1, "what is left");
    }
};

class PassByTest : public QueueTestCase
{
  public:
    PassByTest()
        : QueueTestCase("Plain datagrams pass by the hook points only while both are off")
    {
    }

  private:
    void DoRun() override
    {
        Build(3);
        Ptr<Ipv4Hooks> hooks = nodes.Get(1)->GetObject<Ipv4Hooks>();
        NS_TEST_EXPECT_MSG_EQ(hooks->MayPassBy(), true, "by default");
        Get(1)->SetAttribute("SourceQuench", BooleanValue(true));
        NS_TEST_EXPECT_MSG_EQ(hooks->MayPassBy(), false, "to be known in a queue");
        Get(1)->SetAttribute("AgeInterval", TimeValue(Seconds(1)));
        Get(1)->SetAttribute("SourceQuench", BooleanValue(false));
        NS_TEST_EXPECT_MSG_EQ(hooks->MayPassBy(), false, "one is enough");
        Get(1)->SetAttribute("AgeInterval", TimeValue(Time(0)));
        NS_TEST_EXPECT_MSG_EQ(hooks->MayPassBy(), true, "again");
        Run(Seconds(1));
    }
};

class StrataIpv4QueueTestSuite : public TestSuite
{
  public:
    StrataIpv4QueueTestSuite()
        : TestSuite("strata-ipv4-queue")
    {
        AddTestCase(new QuenchAtDeviceTest);
        AddTestCase(new QuenchAtStoppedDeviceTest);
        AddTestCase(new QuenchAtStockQueueTest);
        AddTestCase(new QuenchAtDiscTest);
        AddTestCase(new AgeTest(false));
        AddTestCase(new AgeTest(true));
        AddTestCase(new NoAgeTest);
        AddTestCase(new PassByTest);
    }
};

StrataIpv4QueueTestSuite g_strataIpv4QueueTestSuite;

} // namespace

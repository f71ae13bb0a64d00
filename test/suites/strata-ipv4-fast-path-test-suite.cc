// SPDX-License-Identifier: GPL-2.0-only

#include "ns3/boolean.h"
#include "ns3/csma-helper.h"
#include "ns3/csma-net-device.h"
#include "ns3/flow-monitor-helper.h"
#include "ns3/global-value.h"
#include "ns3/internet-stack-helper.h"
#include "ns3/ipv4-address-helper.h"
#include "ns3/ipv4-global-routing-helper.h"
#include "ns3/node-container.h"
#include "ns3/point-to-point-helper.h"
#include "ns3/simulator.h"
#include "ns3/strata-hash.h"
#include "ns3/strata-ipv4-helper.h"
#include "ns3/strata-point-to-point-helper.h"
#include "ns3/string.h"
#include "ns3/test.h"
#include "ns3/traffic-control-helper.h"
#include "ns3/traffic-control-layer.h"
#include "ns3/udp-client-server-helper.h"
#include "ns3/udp-socket-factory.h"

#include <functional>
#include <vector>

using namespace ns3;
using namespace ns3::strata;

namespace
{

/** What came out of a run. */
struct Outcome
{
    std::vector<std::string> frames; //!< time and octets of each frame on each device
    uint64_t fast{0};                //!< datagrams of the router that took the fast path
    uint64_t drops{0};
};

/** The links of the chain. */
enum class LinkKind
{
    OURS,
    STOCK,
    LAN,
};

/** A source, two routers, a sink; the second link is slower, so that queues fill. */
class FastPathTestCase : public TestCase
{
  public:
    using TestCase::TestCase;

  protected:
    struct Scene
    {
        LinkKind link{LinkKind::OURS};
        bool checksums{true};
        bool fastPath{true};
        uint8_t tos{0};
        std::function<void(NodeContainer)> prepare;
    };

    static Outcome Play(const Scene& scene)
    {
        GlobalValue::Bind("ChecksumEnabled", BooleanValue(scene.checksums));
        NodeContainer nodes(4);
        InternetStackHelper().Install(nodes);
        for (uint32_t i = 0; i < 3; ++i)
        {
            NodeContainer ends(nodes.Get(i), nodes.Get(i + 1));
            const std::string rate = i == 1 ? "2Mbps" : "10Mbps";
            NetDeviceContainer link = Connect(scene.link, ends, rate);
            const std::string network = "10.0." + std::to_string(i) + ".0";
            Ipv4AddressHelper(network.c_str(), "255.255.255.0").Assign(link);
        }
        Ipv4GlobalRoutingHelper::PopulateRoutingTables();
        StrataIpv4Helper helper;
        helper.SetAttribute("FastPath", BooleanValue(scene.fastPath));
        helper.Install(nodes);
        StrataIpv4Helper::AssignStreams(nodes, 10);
        Outcome outcome;
        for (uint32_t i = 0; i < 4; ++i)
        {
            for (uint32_t j = 0; j < nodes.Get(i)->GetNDevices(); ++j)
            {
                Listen(nodes.Get(i)->GetDevice(j), outcome);
                if (auto csma = DynamicCast<CsmaNetDevice>(nodes.Get(i)->GetDevice(j)))
                {
                    csma->AssignStreams(100 + 10 * i + j);
                }
            }
        }
        if (scene.prepare)
        {
            scene.prepare(nodes);
        }
        Ptr<Socket> socket = Socket::CreateSocket(nodes.Get(0), UdpSocketFactory::GetTypeId());
        socket->SetIpTos(scene.tos);
        // Bursts fill the queue of the slow link; single datagrams find it empty. Some are too
        // large for a link and go in fragments.
        for (uint32_t burst = 0; burst < 20; ++burst)
        {
            const uint32_t packets = burst % 3 == 0 ? 60 : 1;
            const uint32_t size = burst % 5 == 4 ? 2000 : 300 + burst * 20;
            Simulator::Schedule(Seconds(1) + MilliSeconds(100 * burst), [socket, packets, size] {
                for (uint32_t i = 0; i < packets; ++i)
                {
                    Bytes bytes(size, static_cast<uint8_t>(i));
                    socket->SendTo(Create<Packet>(bytes.data(), size),
                                   0,
                                   InetSocketAddress("10.0.2.2", 9));
                }
            });
        }
        Simulator::Stop(Seconds(6));
        Simulator::Run();
        outcome.fast = StrataIpv4Helper::Get(nodes.Get(1))->GetFastForwarded();
        for (uint32_t i = 0; i < 4; ++i)
        {
            outcome.drops += StrataNode::Of(nodes.Get(i))->GetDrops().Packets();
        }
        nodes = NodeContainer();
        Simulator::Destroy();
        GlobalValue::Bind("ChecksumEnabled", BooleanValue(false));
        return outcome;
    }

    /** Plays the scene with and without the fast path: nothing on the wires may differ. */
    Outcome Compare(Scene scene)
    {
        scene.fastPath = false;
        const Outcome slow = Play(scene);
        scene.fastPath = true;
        const Outcome fast = Play(scene);
        NS_TEST_EXPECT_MSG_EQ(slow.fast, 0, "off is off");
        NS_TEST_EXPECT_MSG_GT(slow.frames.size(), 1000, "there is traffic");
        NS_TEST_EXPECT_MSG_EQ(fast.frames.size(), slow.frames.size(), "frames");
        for (std::size_t i = 0; i < slow.frames.size() && i < fast.frames.size(); ++i)
        {
            if (fast.frames[i] != slow.frames[i])
            {
                NS_TEST_EXPECT_MSG_EQ(fast.frames[i], slow.frames[i], "frame " << i);
                break;
            }
        }
        NS_TEST_EXPECT_MSG_EQ(fast.drops, slow.drops, "drops");
        return fast;
    }

  private:
    static NetDeviceContainer Connect(LinkKind kind, NodeContainer ends, const std::string& rate)
    {
        if (kind == LinkKind::OURS)
        {
            StrataPointToPointHelper link;
            link.SetDeviceAttribute("DataRate", StringValue(rate));
            link.SetChannelAttribute("Delay", StringValue("2ms"));
            return link.Install(ends);
        }
        if (kind == LinkKind::STOCK)
        {
            PointToPointHelper link;
            link.SetDeviceAttribute("DataRate", StringValue(rate));
            link.SetChannelAttribute("Delay", StringValue("2ms"));
            return link.Install(ends);
        }
        CsmaHelper link;
        link.SetChannelAttribute("DataRate", StringValue(rate));
        link.SetChannelAttribute("Delay", StringValue("2ms"));
        return link.Install(ends);
    }

    static void Listen(Ptr<NetDevice> device, Outcome& outcome)
    {
        const auto record = [device, &outcome](Ptr<const Packet> packet) {
            std::ostringstream text;
            text << Simulator::Now().GetNanoSeconds() << " " << device->GetNode()->GetId() << "/"
                 << device->GetIfIndex() << " ";
            std::vector<uint8_t> bytes(packet->GetSize());
            packet->CopyData(bytes.data(), packet->GetSize());
            text << HashOf(bytes) << " " << bytes.size();
            outcome.frames.push_back(text.str());
        };
        const Callback<void, Ptr<const Packet>> callback(record);
        device->TraceConnectWithoutContext("MacRx", callback);
        device->TraceConnectWithoutContext("PhyTxBegin", callback);
    }
};

class SameFramesTest : public FastPathTestCase
{
  public:
    SameFramesTest(LinkKind link, bool checksums, uint8_t tos)
        : FastPathTestCase(std::string("The fast path changes no frame and no time: ") +
                           (link == LinkKind::OURS    ? "our links"
                            : link == LinkKind::STOCK ? "stock links"
                                                      : "LANs") +
                           (checksums ? ", checksums" : "") +
                           (tos ? ", with a type of service" : "")),
          m_link(link),
          m_checksums(checksums),
          m_tos(tos)
    {
    }

  private:
    void DoRun() override
    {
        Scene scene;
        scene.link = m_link;
        scene.checksums = m_checksums;
        scene.tos = m_tos;
        const Outcome outcome = Compare(scene);
        NS_TEST_ASSERT_MSG_GT(outcome.fast, 300, "it was taken");
    }

    LinkKind m_link;
    bool m_checksums;
    uint8_t m_tos;
};

/** Counts, and must see everything. */
class Meter : public Ipv4HookElement
{
  public:
    HookVerdict Process(Ipv4HookPacket&) override
    {
        ++count;
        return HookVerdict::ACCEPT;
    }

    uint32_t count{0};
};

class ListenersTest : public FastPathTestCase
{
  public:
    ListenersTest()
        : FastPathTestCase("Whoever listens is heard: elements, flow monitors, IP captures")
    {
    }

  private:
    void DoRun() override
    {
        Scene scene;
        Ptr<Meter> meter = CreateObject<Meter>();
        scene.prepare = [meter](NodeContainer nodes) {
            Ipv4Hooks::Of(nodes.Get(1))->Attach(HookPoint::FORWARD, 0, meter);
        };
        NS_TEST_ASSERT_MSG_EQ(Play(scene).fast, 0, "not past an element");
        NS_TEST_ASSERT_MSG_GT(meter->count, 300, "which sees all");

        FlowMonitorHelper monitor;
        scene.prepare = [&monitor](NodeContainer) { monitor.InstallAll(); };
        NS_TEST_ASSERT_MSG_EQ(Play(scene).fast, 0, "not past a flow monitor");

        scene.link = LinkKind::STOCK;
        uint32_t packets = 0;
        scene.prepare = [&packets](NodeContainer nodes) {
            const auto count = [&packets](uint32_t, uint32_t now) { packets += now > 0; };
            Ptr<Ipv4> ipv4 = nodes.Get(1)->GetObject<Ipv4>();
            nodes.Get(1)
                ->GetObject<TrafficControlLayer>()
                ->GetRootQueueDiscOnDevice(ipv4->GetNetDevice(2))
                ->TraceConnectWithoutContext("PacketsInQueue",
                                             Callback<void, uint32_t, uint32_t>(count));
        };
        const Outcome outcome = Play(scene);
        NS_TEST_ASSERT_MSG_GT(outcome.fast, 300, "a traced queue disc is not passed by");
        NS_TEST_ASSERT_MSG_GT(packets, 300, "but the stack is");
    }
};

class ForwardingSwitchTest : public FastPathTestCase
{
  public:
    ForwardingSwitchTest()
        : FastPathTestCase("A router that is told to forward no more, and again, obeys at once")
    {
    }

  private:
    void DoRun() override
    {
        Scene scene;
        scene.prepare = [](NodeContainer nodes) {
            Ptr<Ipv4> ipv4 = nodes.Get(1)->GetObject<Ipv4>();
            Simulator::Schedule(Seconds(1.51), &Ipv4::SetForwarding, ipv4, 1, false);
            Simulator::Schedule(Seconds(2.51), &Ipv4::SetForwarding, ipv4, 1, true);
        };
        const Outcome outcome = Compare(scene);
        NS_TEST_ASSERT_MSG_GT(outcome.fast, 100, "fast while it forwards");
        scene.prepare = nullptr;
        NS_TEST_ASSERT_MSG_GT(Play(scene).fast, outcome.fast + 100, "and not meanwhile");
    }
};

class QueueChangeTest : public FastPathTestCase
{
  public:
    QueueChangeTest(
        const char* name = "A queue disc that comes, goes or is another one is seen at once")
        : FastPathTestCase(name)
    {
    }

  protected:
    static Ptr<NetDevice> Out(NodeContainer nodes)
    {
        return nodes.Get(1)->GetObject<Ipv4>()->GetNetDevice(2);
    }

    static void Exchange(Ptr<NetDevice> device, const char* type)
    {
        Ptr<TrafficControlLayer> layer = device->GetNode()->GetObject<TrafficControlLayer>();
        if (layer->GetRootQueueDiscOnDevice(device))
        {
            TrafficControlHelper().Uninstall(device);
        }
        if (*type)
        {
            TrafficControlHelper disc;
            disc.SetRootQueueDisc(type, "MaxSize", StringValue("30p"));
            const QueueDiscContainer discs = disc.Install(device);
            layer->ScanDevices();
            discs.Get(0)->Initialize(); // FqCoDel asks the device for its quantum
        }
    }

  private:
    void DoRun() override
    {
        // Between the bursts, each of which fills the queue before the slow link.
        Scene scene;
        scene.link = LinkKind::STOCK;
        scene.prepare = [](NodeContainer nodes) {
            Simulator::Schedule(Seconds(1.25), Exchange, Out(nodes), "ns3::FifoQueueDisc");
            Simulator::Schedule(Seconds(1.85), Exchange, Out(nodes), "");
            Simulator::Schedule(Seconds(2.45), Exchange, Out(nodes), "ns3::CoDelQueueDisc");
        };
        NS_TEST_ASSERT_MSG_GT(Compare(scene).fast, 100, "fast all the same");
    }
};

class QueueLimitTest : public QueueChangeTest
{
  public:
    QueueLimitTest()
        : QueueChangeTest("A limit of our own queue that changes is seen at once")
    {
    }

  private:
    void DoRun() override
    {
        Scene scene;
        scene.link = LinkKind::OURS;
        scene.prepare = [](NodeContainer nodes) {
            Out(nodes)->AggregateObject(CreateObject<NetDeviceQueueInterface>());
            Exchange(Out(nodes), "ns3::FqCoDelQueueDisc");
            const auto limit = [device = Out(nodes)](uint32_t packets) {
                device->SetAttribute("QueueLimit", UintegerValue(packets));
            };
            Simulator::Schedule(Seconds(1.25), [limit] { limit(2); });
            Simulator::Schedule(Seconds(2.45), [limit] { limit(50); });
        };
        NS_TEST_ASSERT_MSG_GT(Compare(scene).fast, 100, "fast all the same");
    }
};

class StrataIpv4FastPathTestSuite : public TestSuite
{
  public:
    StrataIpv4FastPathTestSuite()
        : TestSuite("strata-ipv4-fast-path")
    {
        AddTestCase(new SameFramesTest(LinkKind::OURS, true, 0));
        AddTestCase(new SameFramesTest(LinkKind::STOCK, true, 0));
        AddTestCase(new SameFramesTest(LinkKind::STOCK, false, 0));
        AddTestCase(new SameFramesTest(LinkKind::LAN, true, 0));
        AddTestCase(new SameFramesTest(LinkKind::STOCK, true, 0x10));
        AddTestCase(new ListenersTest);
        AddTestCase(new ForwardingSwitchTest);
        AddTestCase(new QueueChangeTest);
        AddTestCase(new QueueLimitTest);
    }
};

StrataIpv4FastPathTestSuite g_strataIpv4FastPathTestSuite;

} // namespace

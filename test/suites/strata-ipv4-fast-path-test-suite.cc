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
    uint32_t backlog{0};  //!< the most packets that waited at one time before the slow link
    uint32_t enqueued{0}; //!< what the queue disc there says of itself in the end
};

/** The links of the chain. */
enum class LinkKind
{
    OURS,
    STOCK,
    LAN,
};

/**
 * A source, two routers, a sink. The second link is slower, and its devices hold only some packets,
 * so that the others wait in queue discs.
 */
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
            NetDeviceContainer link = Connect(scene.link, ends, rate, i == 1 ? DEVICE_QUEUE : 100);
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
        // Bursts fill the queue of the slow link. Some datagrams are too large for a link and go in
        // fragments.
        Ptr<Socket> bursts = MakeSocket(nodes, scene.tos);
        for (uint32_t burst = 0; burst < 20; ++burst)
        {
            const uint32_t packets = burst % 3 == 0 ? 60 : 1;
            const uint32_t size = burst % 5 == 4 ? 2000 : 300 + burst * 20;
            SendAt(bursts, Seconds(1) + MilliSeconds(100 * burst), packets, size);
        }
        // A flow beside them, whose datagrams find the queue full or empty.
        Ptr<Socket> stream = MakeSocket(nodes, scene.tos);
        for (uint32_t i = 0; i < 1000; ++i)
        {
            SendAt(stream, Seconds(1) + MilliSeconds(4 * i + 1), 1, 100);
        }
        // Who listened to the queue disc would keep it from being passed by.
        for (uint32_t i = 0; i < 5000; ++i)
        {
            Simulator::Schedule(Seconds(1) + MilliSeconds(i), [&outcome, nodes] {
                outcome.backlog = std::max(outcome.backlog, Waiting(nodes));
            });
        }
        Simulator::Stop(Seconds(6));
        Simulator::Run();
        outcome.fast = StrataIpv4Helper::Get(nodes.Get(1))->GetFastForwarded();
        if (Ptr<QueueDisc> disc = Disc(nodes))
        {
            outcome.enqueued = disc->GetStats().nTotalEnqueuedPackets;
        }
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
        NS_TEST_EXPECT_MSG_EQ(fast.backlog, slow.backlog, "backlog");
        return fast;
    }

    /** The router's device before the slow link. */
    static Ptr<NetDevice> Out(const NodeContainer& nodes)
    {
        return nodes.Get(1)->GetObject<Ipv4>()->GetNetDevice(2);
    }

    /** Its queue disc, or null. */
    static Ptr<QueueDisc> Disc(const NodeContainer& nodes)
    {
        return nodes.Get(1)->GetObject<TrafficControlLayer>()->GetRootQueueDiscOnDevice(Out(nodes));
    }

    /** Packets in it. */
    static uint32_t Waiting(const NodeContainer& nodes)
    {
        Ptr<QueueDisc> disc = Disc(nodes);
        return disc ? disc->GetNPackets() : 0;
    }

    /** Puts a queue disc of that type, or none, in the place of it. */
    static void Exchange(const NodeContainer& nodes, const std::string& type)
    {
        Ptr<NetDevice> device = Out(nodes);
        if (Disc(nodes))
        {
            TrafficControlHelper().Uninstall(device);
        }
        if (!type.empty())
        {
            TrafficControlHelper helper;
            helper.SetRootQueueDisc(type, "MaxSize", StringValue("30p"));
            const QueueDiscContainer discs = helper.Install(device);
            nodes.Get(1)->GetObject<TrafficControlLayer>()->ScanDevices();
            discs.Get(0)->Initialize(); // FqCoDel asks the device for its quantum
        }
    }

  private:
    /** Packets that a device of the slow link holds. */
    static constexpr uint32_t DEVICE_QUEUE = 5;

    static Ptr<Socket> MakeSocket(const NodeContainer& nodes, uint8_t tos)
    {
        Ptr<Socket> socket = Socket::CreateSocket(nodes.Get(0), UdpSocketFactory::GetTypeId());
        socket->SetIpTos(tos);
        return socket;
    }

    static void SendAt(Ptr<Socket> socket, Time when, uint32_t packets, uint32_t size)
    {
        Simulator::Schedule(when, [socket, packets, size] {
            for (uint32_t i = 0; i < packets; ++i)
            {
                Bytes bytes(size, static_cast<uint8_t>(i));
                socket->SendTo(Create<Packet>(bytes.data(), size),
                               0,
                               InetSocketAddress("10.0.2.2", 9));
            }
        });
    }

    static NetDeviceContainer Connect(LinkKind kind,
                                      NodeContainer ends,
                                      const std::string& rate,
                                      uint32_t packets)
    {
        const StringValue queue(std::to_string(packets) + "p");
        if (kind == LinkKind::OURS)
        {
            StrataPointToPointHelper link;
            link.SetDeviceAttribute("DataRate", StringValue(rate));
            link.SetDeviceAttribute("QueueLimit", UintegerValue(packets));
            link.SetChannelAttribute("Delay", StringValue("2ms"));
            return link.Install(ends);
        }
        if (kind == LinkKind::STOCK)
        {
            PointToPointHelper link;
            link.SetDeviceAttribute("DataRate", StringValue(rate));
            link.SetChannelAttribute("Delay", StringValue("2ms"));
            link.SetQueue("ns3::DropTailQueue<Packet>", "MaxSize", queue);
            return link.Install(ends);
        }
        CsmaHelper link;
        link.SetQueue("ns3::DropTailQueue<Packet>", "MaxSize", queue);
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
    SameFramesTest(LinkKind link, bool checksums, uint8_t tos, const std::string& disc)
        : FastPathTestCase(std::string("The fast path changes no frame and no time: ") +
                           (link == LinkKind::OURS    ? "our links"
                            : link == LinkKind::STOCK ? "stock links"
                                                      : "LANs") +
                           (checksums ? ", checksums" : "") +
                           (tos ? ", with a type of service" : "") +
                           (disc.empty() ? "" : ", " + disc)),
          m_link(link),
          m_checksums(checksums),
          m_tos(tos),
          m_disc(disc)
    {
    }

  private:
    void DoRun() override
    {
        Scene scene;
        scene.link = m_link;
        scene.checksums = m_checksums;
        scene.tos = m_tos;
        if (!m_disc.empty())
        {
            scene.prepare = [this](NodeContainer nodes) {
                if (m_link == LinkKind::OURS)
                {
                    Out(nodes)->AggregateObject(CreateObject<NetDeviceQueueInterface>());
                }
                Exchange(nodes, "ns3::" + m_disc);
            };
        }
        const Outcome outcome = Compare(scene);
        NS_TEST_EXPECT_MSG_GT(outcome.fast, 300, "it was taken");
        if (m_disc.empty())
        {
            NS_TEST_EXPECT_MSG_EQ(outcome.backlog, 0, "packets wait in the device alone");
            return;
        }
        NS_TEST_EXPECT_MSG_GT(outcome.backlog, 20, "packets wait in the queue disc");
        NS_TEST_EXPECT_MSG_GT(outcome.enqueued, 200, "which was not passed by meanwhile");
    }

    LinkKind m_link;
    bool m_checksums;
    uint8_t m_tos;
    std::string m_disc;
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
        scene.prepare = nullptr;
        NS_TEST_ASSERT_MSG_LT(Play(scene).enqueued, 1000, "a queue disc is passed by");
        uint32_t packets = 0;
        scene.prepare = [&packets](NodeContainer nodes) {
            const auto count = [&packets](uint32_t, uint32_t now) { packets += now > 0; };
            Disc(nodes)->TraceConnectWithoutContext("PacketsInQueue",
                                                    Callback<void, uint32_t, uint32_t>(count));
        };
        const Outcome outcome = Compare(scene);
        NS_TEST_ASSERT_MSG_GT(outcome.fast, 300, "a traced queue disc is not, but the stack is");
        NS_TEST_ASSERT_MSG_GT(outcome.enqueued, 1400, "its statistics are whole");
        NS_TEST_ASSERT_MSG_GT(packets, 1400, "and its listener is told");
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
    QueueChangeTest()
        : FastPathTestCase("A queue disc that comes, goes or is another one is seen at once")
    {
    }

  private:
    void DoRun() override
    {
        // In the middle of bursts: more comes, and what waits goes with its queue disc.
        std::vector<uint32_t> waiting;
        Scene scene;
        scene.link = LinkKind::STOCK;
        scene.prepare = [&waiting](NodeContainer nodes) {
            const auto exchange = [&waiting, nodes](const std::string& type) {
                waiting.push_back(Waiting(nodes));
                Exchange(nodes, type);
            };
            Simulator::Schedule(Seconds(1.31), [exchange] { exchange("ns3::FifoQueueDisc"); });
            Simulator::Schedule(Seconds(1.61), [exchange] { exchange("ns3::CoDelQueueDisc"); });
            Simulator::Schedule(Seconds(1.94), [exchange] { exchange("ns3::PfifoFastQueueDisc"); });
            Simulator::Schedule(Seconds(2.21), [exchange] { exchange(""); });
            Simulator::Schedule(Seconds(2.51), [exchange] { exchange("ns3::FqCoDelQueueDisc"); });
        };
        const Outcome outcome = Compare(scene);
        NS_TEST_EXPECT_MSG_GT(outcome.fast, 100, "fast all the same");
        NS_TEST_ASSERT_MSG_EQ(waiting.size(), 10, "five changes in two runs");
        for (std::size_t i = 0; i < 4; ++i)
        {
            NS_TEST_EXPECT_MSG_GT(waiting[i], 5, "packets wait at change " << i);
        }
        for (std::size_t i = 0; i < 5; ++i)
        {
            NS_TEST_EXPECT_MSG_EQ(waiting[5 + i], waiting[i], "as many at change " << i);
        }
    }
};

class QueueLimitTest : public FastPathTestCase
{
  public:
    QueueLimitTest()
        : FastPathTestCase("A limit of our own queue that changes is seen at once")
    {
    }

  private:
    void DoRun() override
    {
        std::vector<uint32_t> waiting;
        Scene scene;
        scene.link = LinkKind::OURS;
        scene.prepare = [&waiting](NodeContainer nodes) {
            Out(nodes)->AggregateObject(CreateObject<NetDeviceQueueInterface>());
            Exchange(nodes, "ns3::FqCoDelQueueDisc");
            const auto limit = [&waiting, nodes](uint32_t packets) {
                waiting.push_back(Waiting(nodes));
                Out(nodes)->SetAttribute("QueueLimit", UintegerValue(packets));
            };
            Simulator::Schedule(Seconds(1.31), [limit] { limit(2); });
            Simulator::Schedule(Seconds(1.61), [limit] { limit(20); });
            Simulator::Schedule(Seconds(1.85), [limit] { limit(3); }); // and while nothing waits
        };
        const Outcome outcome = Compare(scene);
        NS_TEST_EXPECT_MSG_GT(outcome.fast, 100, "fast all the same");
        NS_TEST_ASSERT_MSG_EQ(waiting.size(), 6, "three changes in two runs");
        NS_TEST_EXPECT_MSG_GT(waiting[0], 5, "packets wait");
        NS_TEST_EXPECT_MSG_GT(waiting[1], 5, "packets wait");
        NS_TEST_EXPECT_MSG_EQ(waiting[2], 0, "none waits");
    }
};

class StrataIpv4FastPathTestSuite : public TestSuite
{
  public:
    StrataIpv4FastPathTestSuite()
        : TestSuite("strata-ipv4-fast-path")
    {
        const std::string fqCoDel = "FqCoDelQueueDisc";
        AddTestCase(new SameFramesTest(LinkKind::OURS, true, 0, ""));
        AddTestCase(new SameFramesTest(LinkKind::OURS, true, 0, fqCoDel));
        AddTestCase(new SameFramesTest(LinkKind::STOCK, true, 0, fqCoDel));
        AddTestCase(new SameFramesTest(LinkKind::STOCK, false, 0, fqCoDel));
        AddTestCase(new SameFramesTest(LinkKind::STOCK, true, 0, "FifoQueueDisc"));
        AddTestCase(new SameFramesTest(LinkKind::STOCK, true, 0x10, "PfifoFastQueueDisc"));
        AddTestCase(new SameFramesTest(LinkKind::STOCK, true, 0, "CoDelQueueDisc"));
        AddTestCase(new SameFramesTest(LinkKind::LAN, true, 0, fqCoDel));
        AddTestCase(new ListenersTest);
        AddTestCase(new ForwardingSwitchTest);
        AddTestCase(new QueueChangeTest);
        AddTestCase(new QueueLimitTest);
    }
};

StrataIpv4FastPathTestSuite g_strataIpv4FastPathTestSuite;

} // namespace

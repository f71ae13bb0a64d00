// SPDX-License-Identifier: GPL-2.0-only

#include "ns3/boolean.h"
#include "ns3/bulk-send-helper.h"
#include "ns3/config.h"
#include "ns3/double.h"
#include "ns3/error-model.h"
#include "ns3/inet-socket-address.h"
#include "ns3/inet6-socket-address.h"
#include "ns3/internet-stack-helper.h"
#include "ns3/ipv4-address-helper.h"
#include "ns3/ipv4-global-routing-helper.h"
#include "ns3/ipv6-address-helper.h"
#include "ns3/node-container.h"
#include "ns3/packet-sink-helper.h"
#include "ns3/packet-sink.h"
#include "ns3/packet.h"
#include "ns3/pcap-file.h"
#include "ns3/point-to-point-helper.h"
#include "ns3/pointer.h"
#include "ns3/simulator.h"
#include "ns3/strata-node.h"
#include "ns3/strata-point-to-point-helper.h"
#include "ns3/strata-ppp-header.h"
#include "ns3/strata-ppp-protocol-table.h"
#include "ns3/string.h"
#include "ns3/test.h"
#include "ns3/traffic-control-helper.h"
#include "ns3/traffic-control-layer.h"
#include "ns3/udp-client-server-helper.h"
#include "ns3/udp-server.h"
#include "ns3/uinteger.h"

#include <sstream>
#include <string>
#include <sys/wait.h>
#include <unistd.h>
#include <vector>

using namespace ns3;
using namespace ns3::strata;

namespace
{

class LinkTestCase : public TestCase
{
  public:
    using TestCase::TestCase;

  protected:
    /** Two nodes and a link of 8 Mbit/s (1 us a byte) and 3 ms. */
    void Build()
    {
        m_nodes.Create(2);
        m_helper.SetDeviceAttribute("DataRate", StringValue("8Mbps"));
        m_helper.SetChannelAttribute("Delay", StringValue("3ms"));
        m_devices = m_helper.Install(m_nodes);
        m_a = DynamicCast<PointToPointDevice>(m_devices.Get(0));
        m_b = DynamicCast<PointToPointDevice>(m_devices.Get(1));
        m_b->SetReceiveCallback(
            [this](Ptr<NetDevice>, Ptr<const Packet> packet, uint16_t, const Address&) {
                m_arrivals.push_back(Simulator::Now());
                m_sizes.push_back(packet->GetSize());
                return true;
            });
    }

    /** Sends \p size bytes from a at \p time. */
    void SendAt(Time time, uint32_t size, uint16_t etherType = EtherType::MPLS_UNICAST)
    {
        Simulator::ScheduleWithContext(m_nodes.Get(0)->GetId(), time, [this, size, etherType] {
            m_accepted += m_a->Send(Create<Packet>(size), m_b->GetAddress(), etherType);
        });
    }

    void DoTeardown() override
    {
        Simulator::Destroy();
        Config::Reset();
    }

    NodeContainer m_nodes;
    StrataPointToPointHelper m_helper;
    NetDeviceContainer m_devices;
    Ptr<PointToPointDevice> m_a;
    Ptr<PointToPointDevice> m_b;
    std::vector<Time> m_arrivals;
    std::vector<uint32_t> m_sizes;
    uint32_t m_accepted{0};
};

class TimingTest : public LinkTestCase
{
  public:
    TimingTest()
        : LinkTestCase(
              "Packets arrive after size over rate and delay, back to back, one event each")
    {
    }

  private:
    void DoRun() override
    {
        Build();
        SendAt(Seconds(1), 998);
        SendAt(Seconds(1), 498);
        SendAt(Seconds(1) + MicroSeconds(1200), 98);
        SendAt(Seconds(2), 1498);
        const uint64_t before = Simulator::GetEventCount();
        Simulator::Run();
        // Four sendings, four arrivals, and the initialisation of two nodes and two devices.
        NS_TEST_ASSERT_MSG_EQ(Simulator::GetEventCount() - before, 12, "events");
        const std::vector<Time> expected{Seconds(1) + MicroSeconds(1000) + MilliSeconds(3),
                                         Seconds(1) + MicroSeconds(1500) + MilliSeconds(3),
                                         Seconds(1) + MicroSeconds(1600) + MilliSeconds(3),
                                         Seconds(2) + MicroSeconds(1500) + MilliSeconds(3)};
        NS_TEST_ASSERT_MSG_EQ(m_arrivals.size(), 4, "arrivals");
        for (std::size_t i = 0; i < expected.size(); ++i)
        {
            NS_TEST_ASSERT_MSG_EQ(m_arrivals[i], expected[i], "arrival " << i);
        }
        NS_TEST_ASSERT_MSG_EQ(m_a->GetCounters().txBytes, 1000 + 500 + 100 + 1500, "bytes sent");
        NS_TEST_ASSERT_MSG_EQ(m_b->GetCounters().rxPackets, 4, "packets received");
    }
};

class RoundingTest : public LinkTestCase
{
  public:
    RoundingTest()
        : LinkTestCase("Transmission times are the stock data rate's to the nanosecond")
    {
    }

  private:
    void DoRun() override
    {
        Build();
        for (uint64_t rate : {9600ULL, 1544000ULL, 33333333ULL, 999999999ULL, 123456789012ULL})
        {
            m_a->SetDataRate(DataRate(rate));
            for (uint32_t bytes = 1; bytes < 70000; bytes += 97)
            {
                NS_TEST_ASSERT_MSG_EQ(m_a->GetTransmissionTime(bytes),
                                      DataRate(rate).CalculateBytesTxTime(bytes),
                                      bytes << " bytes at " << rate << " bit/s");
            }
        }
    }
};

class QueueLimitTest : public LinkTestCase
{
  public:
    QueueLimitTest()
        : LinkTestCase("QueueLimit packets wait behind the one being sent, others are dropped")
    {
    }

  private:
    void DoRun() override
    {
        m_helper.SetDeviceAttribute("QueueLimit", UintegerValue(3));
        Build();
        for (int i = 0; i < 6; ++i)
        {
            SendAt(Seconds(1), 998);
        }
        uint32_t waiting = 0;
        Simulator::Schedule(Seconds(1) + MicroSeconds(500),
                            [&] { waiting = m_a->GetQueuedPackets(); });
        // The second packet is being sent: one place is free again.
        SendAt(Seconds(1) + MicroSeconds(1500), 998);
        SendAt(Seconds(1) + MicroSeconds(1500), 998);
        Simulator::Run();
        NS_TEST_ASSERT_MSG_EQ(waiting, 3, "waiting");
        NS_TEST_ASSERT_MSG_EQ(m_accepted, 5, "accepted");
        NS_TEST_ASSERT_MSG_EQ(m_arrivals.size(), 5, "arrived");
        NS_TEST_ASSERT_MSG_EQ(m_a->GetDrops().Packets(link_drop::QUEUE_FULL), 3, "dropped");
        NS_TEST_ASSERT_MSG_EQ(m_a->GetQueuedPackets(), 0, "empty at the end");
    }
};

class RefusalTest : public LinkTestCase
{
  public:
    RefusalTest()
        : LinkTestCase("Unknown EtherTypes and packets above the MTU are refused, counted, traced")
    {
    }

  private:
    void DoRun() override
    {
        Build();
        uint32_t traced = 0;
        m_a->TraceConnectWithoutContext(
            "MacTxDrop",
            Callback<void, Ptr<const Packet>>([&](Ptr<const Packet>) { ++traced; }));
        Ptr<StrataNode> strataNode = StrataNode::Of(m_nodes.Get(0));
        m_a->SetMtu(600);
        SendAt(Seconds(1), 600);
        SendAt(Seconds(2), 601);
        SendAt(Seconds(3), 100, 0x0806);
        SendAt(Seconds(4), 100, 0);
        Simulator::Run();
        NS_TEST_ASSERT_MSG_EQ(m_accepted, 1, "Send returned true");
        NS_TEST_ASSERT_MSG_EQ(m_arrivals.size(), 1, "arrived");
        NS_TEST_ASSERT_MSG_EQ(m_sizes[0], 600, "as large as the MTU");
        NS_TEST_ASSERT_MSG_EQ(m_a->GetDrops().Packets(link_drop::MTU_EXCEEDED), 1, "MTU");
        NS_TEST_ASSERT_MSG_EQ(m_a->GetDrops().Packets(link_drop::UNKNOWN_ETHERTYPE),
                              2,
                              "EtherType");
        NS_TEST_ASSERT_MSG_EQ(traced, 3, "MacTxDrop");
        NS_TEST_ASSERT_MSG_EQ(strataNode->GetDrops().Packets(), 3, "on the node's account too");
        NS_TEST_ASSERT_MSG_EQ(m_a->GetCounters().txPackets, 1, "not counted as sent");
    }
};

class ReceiveTest : public LinkTestCase
{
  public:
    ReceiveTest()
        : LinkTestCase(
              "Frames of unknown protocols, short ones and unwanted ones are counted drops")
    {
    }

  private:
    void DoRun() override
    {
        Build();
        Ptr<Packet> unknown = Create<Packet>(10);
        unknown->AddHeader(strata::PppHeader(0xC021));
        Ptr<Packet> zero = Create<Packet>(10);
        zero->AddHeader(strata::PppHeader(0));
        m_b->Receive(unknown);
        m_b->Receive(zero);
        m_b->Receive(Create<Packet>(1));
        m_b->Receive(Create<Packet>());
        NS_TEST_ASSERT_MSG_EQ(m_b->GetDrops().Packets(link_drop::UNKNOWN_PPP), 2, "unknown");
        NS_TEST_ASSERT_MSG_EQ(m_b->GetDrops().Packets(link_drop::TRUNCATED), 2, "short");
        NS_TEST_ASSERT_MSG_EQ(m_arrivals.size(), 0, "none goes up");
        m_b->SetReceiveCallback(
            MakeNullCallback<bool, Ptr<NetDevice>, Ptr<const Packet>, uint16_t, const Address&>());
        SendAt(Seconds(1), 10);
        Simulator::Run();
        NS_TEST_ASSERT_MSG_EQ(m_b->GetDrops().Packets(link_drop::NO_HANDLER), 1, "unwanted");
    }
};

class StockContrastTest : public LinkTestCase
{
  public:
    StockContrastTest()
        : LinkTestCase(
              "The stock device sends layer PDUs as protocol 0x0000, which is refused here")
    {
    }

  private:
    /** The PPP protocol of the first frame that \p device sends when it is given a layer PDU. */
    static int ProtocolOf(Ptr<NetDevice> device)
    {
        int protocol = -1;
        device->TraceConnectWithoutContext(
            "PhyTxBegin",
            Callback<void, Ptr<const Packet>>([&protocol](Ptr<const Packet> frame) {
                strata::PppHeader header;
                frame->PeekHeader(header);
                protocol = header.GetProtocol();
            }));
        device->Send(Create<Packet>(20), device->GetBroadcast(), EtherType::LAYER_PDU);
        return protocol;
    }

    void DoRun() override
    {
        Build();
        NS_TEST_ASSERT_MSG_EQ(ProtocolOf(m_a), 0x00B5, "our device has a number for it");

        // An ns-3 built with assertions stops the program instead, so a child process does it.
        const pid_t child = fork();
        if (child == 0)
        {
            NodeContainer nodes(2);
            _exit(ProtocolOf(PointToPointHelper().Install(nodes).Get(0)) == 0 ? 0 : 1);
        }
        int status = 0;
        NS_TEST_ASSERT_MSG_EQ(waitpid(child, &status, 0), child, "child ran");
        const bool sentZero = WIFEXITED(status) && WEXITSTATUS(status) == 0;
        NS_TEST_ASSERT_MSG_EQ((sentZero || WIFSIGNALED(status)), true, "0x0000, or an assertion");

        Ptr<Packet> frame = Create<Packet>(20);
        frame->AddHeader(strata::PppHeader(0));
        m_b->Receive(frame);
        NS_TEST_ASSERT_MSG_EQ(m_b->GetDrops().Packets(link_drop::UNKNOWN_PPP), 1, "refused");
    }
};

class ErrorModelTest : public LinkTestCase
{
  public:
    ErrorModelTest()
        : LinkTestCase("The receive error model's losses are counted and traced")
    {
    }

  private:
    void DoRun() override
    {
        Build();
        Ptr<ReceiveListErrorModel> model = CreateObject<ReceiveListErrorModel>();
        model->SetList({1, 3});
        m_b->SetAttribute("ReceiveErrorModel", PointerValue(model));
        uint32_t traced = 0;
        m_b->TraceConnectWithoutContext(
            "PhyRxDrop",
            Callback<void, Ptr<const Packet>>([&](Ptr<const Packet>) { ++traced; }));
        for (uint32_t i = 0; i < 5; ++i)
        {
            SendAt(Seconds(1 + i), 100 + i);
        }
        Simulator::Run();
        NS_TEST_ASSERT_MSG_EQ((m_sizes == std::vector<uint32_t>{100, 102, 104}),
                              true,
                              "the others arrive");
        NS_TEST_ASSERT_MSG_EQ(m_b->GetDrops().Packets(link_drop::RECEIVE_ERROR), 2, "counted");
        NS_TEST_ASSERT_MSG_EQ(traced, 2, "traced");
    }
};

class IsolationTest : public LinkTestCase
{
  public:
    IsolationTest()
        : LinkTestCase("Whoever keeps a sent packet cannot change what is under way")
    {
    }

  private:
    void DoRun() override
    {
        Build();
        Ptr<Packet> kept = Create<Packet>(100);
        Simulator::Schedule(Seconds(1), [&] {
            m_a->Send(kept, Address(), EtherType::MPLS_UNICAST);
            NS_TEST_EXPECT_MSG_EQ(kept->GetSize(), 100, "Send leaves the packet as it was");
            kept->AddAtEnd(Create<Packet>(50));
            m_a->Send(kept, Address(), EtherType::MPLS_UNICAST);
            kept->RemoveAtStart(150);
        });
        Simulator::Run();
        NS_TEST_ASSERT_MSG_EQ((m_sizes == std::vector<uint32_t>{100, 150}), true, "sizes");
    }
};

class TraceTest : public LinkTestCase
{
  public:
    TraceTest()
        : LinkTestCase("Traces of the wire fire when bits leave and arrive, also from the queue")
    {
    }

  private:
    void Note(const char* name, Ptr<const Packet> packet)
    {
        std::ostringstream line;
        line << name << ' ' << Simulator::Now().GetMicroSeconds() << ' ' << packet->GetSize()
             << '\n';
        m_log += line.str();
    }

    void DoRun() override
    {
        Build();
        for (const char* name : {"MacTx", "Sniffer", "PhyTxBegin", "PhyTxEnd"})
        {
            m_a->TraceConnectWithoutContext(
                name,
                Callback<void, Ptr<const Packet>>(
                    [this, name](Ptr<const Packet> p) { Note(name, p); }));
        }
        for (const char* name : {"PromiscSniffer", "PhyRxEnd", "MacRx"})
        {
            m_b->TraceConnectWithoutContext(
                name,
                Callback<void, Ptr<const Packet>>(
                    [this, name](Ptr<const Packet> p) { Note(name, p); }));
        }
        SendAt(MicroSeconds(100), 998);
        SendAt(MicroSeconds(100), 498);
        Simulator::Run();
        NS_TEST_ASSERT_MSG_EQ(m_log,
                              "MacTx 100 1000\nSniffer 100 1000\nPhyTxBegin 100 1000\n"
                              "MacTx 100 500\n"
                              "PhyTxEnd 1100 1000\nSniffer 1100 500\nPhyTxBegin 1100 500\n"
                              "PhyTxEnd 1600 500\n"
                              "PromiscSniffer 4100 1000\nPhyRxEnd 4100 1000\nMacRx 4100 1000\n"
                              "PromiscSniffer 4600 500\nPhyRxEnd 4600 500\nMacRx 4600 500\n",
                              "traces");
    }

    std::string m_log;
};

class PcapTest : public LinkTestCase
{
  public:
    PcapTest()
        : LinkTestCase("Captures have link type 9 and the protocol numbers of the frames")
    {
    }

  private:
    void DoRun() override
    {
        Build();
        const std::string name = CreateTempDirFilename("link.pcap");
        m_helper.EnablePcap(name, m_b, true, true);
        const std::vector<uint16_t> etherTypes{EtherType::IPV4,
                                               EtherType::IPV6,
                                               EtherType::MPLS_UNICAST,
                                               EtherType::MPLS_MULTICAST,
                                               EtherType::LAYER_PDU};
        const std::vector<uint16_t> expected{0x0021, 0x0057, 0x0281, 0x0283, 0x00B5};
        for (uint16_t etherType : etherTypes)
        {
            SendAt(Seconds(1), 98, etherType);
        }
        Simulator::Run();
        Simulator::Destroy();
        m_helper = StrataPointToPointHelper();
        m_a = m_b = nullptr;
        m_devices = NetDeviceContainer();
        m_nodes = NodeContainer();

        PcapFile file;
        file.Open(name, std::ios::in);
        NS_TEST_ASSERT_MSG_EQ(file.Fail(), false, "can be opened");
        NS_TEST_ASSERT_MSG_EQ(file.GetDataLinkType(), 9, "LINKTYPE_PPP");
        for (std::size_t i = 0; i < expected.size(); ++i)
        {
            uint8_t bytes[256];
            uint32_t seconds;
            uint32_t microseconds;
            uint32_t included;
            uint32_t original;
            uint32_t read;
            file.Read(bytes, sizeof(bytes), seconds, microseconds, included, original, read);
            NS_TEST_ASSERT_MSG_EQ(file.Fail(), false, "record " << i);
            NS_TEST_ASSERT_MSG_EQ(original, 100, "length of record " << i);
            NS_TEST_ASSERT_MSG_EQ(microseconds, 3000 + 100 * (i + 1), "time of record " << i);
            NS_TEST_ASSERT_MSG_EQ((bytes[0] << 8 | bytes[1]), expected[i], "protocol " << i);
        }
        file.Close();
    }
};

class CutTest : public LinkTestCase
{
  public:
    CutTest(bool sender)
        : LinkTestCase(sender ? "Detaching the sender loses what has not left, no more"
                              : "Detaching the receiver loses what is under way to it"),
          m_sender(sender)
    {
    }

  private:
    void DoRun() override
    {
        Build();
        uint32_t changesA = 0;
        std::vector<Time> changesB;
        m_a->AddLinkChangeCallback(Callback<void>([&] { ++changesA; }));
        m_b->AddLinkChangeCallback(Callback<void>([&] { changesB.push_back(Simulator::Now()); }));
        // They leave at 1, 2, 3 and 4 ms and arrive 3 ms later.
        for (int i = 0; i < 4; ++i)
        {
            SendAt(Time(0), 998);
        }
        Ptr<PointToPointDevice> puller = m_sender ? m_a : m_b;
        Simulator::Schedule(MicroSeconds(2500), [&] {
            puller->Detach();
            NS_TEST_EXPECT_MSG_EQ(puller->IsLinkUp(), false, "down at once at the end pulled out");
            NS_TEST_EXPECT_MSG_EQ(puller->GetChannel(), nullptr, "no channel");
        });
        SendAt(MilliSeconds(10), 100);
        Simulator::Run();
        NS_TEST_ASSERT_MSG_EQ(m_a->IsLinkUp() || m_b->IsLinkUp(), false, "down at both ends");
        NS_TEST_ASSERT_MSG_EQ(changesA, 1, "told once");
        NS_TEST_ASSERT_MSG_EQ(changesB.size(), 1, "told once");
        NS_TEST_ASSERT_MSG_EQ(m_a->GetDrops().Packets(link_drop::LINK_DOWN), 1, "sent when down");
        if (m_sender)
        {
            NS_TEST_ASSERT_MSG_EQ(m_arrivals.size(), 2, "what had left arrives");
            NS_TEST_ASSERT_MSG_EQ(m_a->GetDrops().Packets(link_drop::LINK_CUT),
                                  2,
                                  "cut and waiting");
            NS_TEST_ASSERT_MSG_EQ(m_a->GetCounters().txPackets, 2, "counted as sent");
            NS_TEST_ASSERT_MSG_EQ(changesB[0], MicroSeconds(5500), "heard after the delay");
        }
        else
        {
            // The sender hears at 5.5 ms, when all have left.
            NS_TEST_ASSERT_MSG_EQ(m_arrivals.size(), 0, "nothing had arrived");
            NS_TEST_ASSERT_MSG_EQ(m_b->GetDrops().Packets(link_drop::LINK_CUT), 4, "all lost here");
        }
    }

    bool m_sender;
};

class ReattachTest : public LinkTestCase
{
  public:
    ReattachTest()
        : LinkTestCase("A device moves to another channel while running and talks to its peer")
    {
    }

  private:
    void DoRun() override
    {
        Build();
        Ptr<Node> third = CreateObject<Node>();
        Ptr<PointToPointDevice> c = m_helper.InstallDevice(third);
        Ptr<strata::PointToPointChannel> other = m_helper.CreateChannel();
        NS_TEST_ASSERT_MSG_EQ(c->Attach(other), true, "first end");
        NS_TEST_ASSERT_MSG_EQ(c->IsLinkUp(), false, "down while alone");
        std::vector<Time> atC;
        Address from;
        c->SetReceiveCallback([&](Ptr<NetDevice>, Ptr<const Packet>, uint16_t, const Address& a) {
            atC.push_back(Simulator::Now());
            from = a;
            return true;
        });
        std::string changes;
        m_b->AddLinkChangeCallback(
            Callback<void>([&] { changes += m_b->IsLinkUp() ? "B+" : "B-"; }));
        c->AddLinkChangeCallback(Callback<void>([&] { changes += c->IsLinkUp() ? "C+" : "C-"; }));
        SendAt(Seconds(1), 98);
        Simulator::ScheduleWithContext(m_nodes.Get(0)->GetId(), Seconds(2), [&] {
            NS_TEST_EXPECT_MSG_EQ(m_a->Attach(other), true, "second end");
            NS_TEST_EXPECT_MSG_EQ(m_a->GetChannel(), Ptr<Channel>(other), "one channel at a time");
            NS_TEST_EXPECT_MSG_EQ(m_a->IsLinkUp(), true, "up");
        });
        SendAt(Seconds(2), 98);
        Simulator::Schedule(Seconds(3), [&] {
            NS_TEST_EXPECT_MSG_EQ(m_b->Attach(other), false, "no third end");
            NS_TEST_EXPECT_MSG_EQ(other->GetNDevices(), 2, "two devices");
            NS_TEST_EXPECT_MSG_EQ(m_b->GetChannel()->GetNDevices(),
                                  1,
                                  "refused: still where it was");
        });
        // Out and in again: what was under way to it is lost, what comes later arrives.
        SendAt(Seconds(4), 998);
        Simulator::Schedule(Seconds(4) + MicroSeconds(3500), [&] {
            c->Detach();
            c->Attach(other);
        });
        SendAt(Seconds(5), 98);
        Simulator::Run();
        NS_TEST_ASSERT_MSG_EQ(m_arrivals.size(), 1, "at the first peer");
        NS_TEST_ASSERT_MSG_EQ(atC.size(), 2, "at the second peer");
        NS_TEST_ASSERT_MSG_EQ(atC[0], Seconds(2) + MicroSeconds(3100), "on time");
        NS_TEST_ASSERT_MSG_EQ(atC[1], Seconds(5) + MicroSeconds(3100), "on time");
        NS_TEST_ASSERT_MSG_EQ(from, m_a->GetAddress(), "from the device");
        NS_TEST_ASSERT_MSG_EQ(c->GetDrops().Packets(link_drop::LINK_CUT), 1, "lost");
        NS_TEST_ASSERT_MSG_EQ(changes, "B-C+C-C+", "link changes, B first as it was told first");
    }
};

/** Stock applications over the device, with and without queue discs. */
class StockStackTest : public LinkTestCase
{
  public:
    StockStackTest(bool ipv6, bool flowControl)
        : LinkTestCase(std::string("Stock UDP and TCP run over it with ") +
                       (ipv6 ? "IPv6" : "IPv4") + (flowControl ? " and queue discs" : "")),
          m_ipv6(ipv6),
          m_flowControl(flowControl)
    {
    }

  private:
    void DoRun() override
    {
        Config::SetGlobal("ChecksumEnabled", BooleanValue(true));
        m_nodes.Create(3);
        m_helper.EnableFlowControl(m_flowControl);
        m_helper.SetDeviceAttribute("DataRate", StringValue("10Mbps"));
        m_helper.SetDeviceAttribute("QueueLimit", UintegerValue(m_flowControl ? 2 : 100));
        m_helper.SetChannelAttribute("Delay", StringValue("1ms"));
        NetDeviceContainer left = m_helper.Install(m_nodes.Get(0), m_nodes.Get(1));
        NetDeviceContainer right = m_helper.Install(m_nodes.Get(1), m_nodes.Get(2));
        InternetStackHelper().Install(m_nodes);
        Address udp;
        Address tcp;
        if (m_ipv6)
        {
            Ipv6AddressHelper addresses("fd00:1::", 64);
            Ipv6InterfaceContainer first = addresses.Assign(left);
            addresses.NewNetwork();
            Ipv6InterfaceContainer second = addresses.Assign(right);
            for (auto* side : {&first, &second})
            {
                side->SetForwarding(side == &first ? 1 : 0, true);
                side->SetDefaultRouteInAllNodes(side == &first ? 1 : 0);
            }
            udp = Inet6SocketAddress(second.GetAddress(1, 1), 9);
            tcp = Inet6SocketAddress(second.GetAddress(1, 1), 80);
        }
        else
        {
            Ipv4AddressHelper addresses("10.0.0.0", "255.255.255.0");
            addresses.Assign(left);
            addresses.NewNetwork();
            Ipv4InterfaceContainer second = addresses.Assign(right);
            Ipv4GlobalRoutingHelper::PopulateRoutingTables();
            udp = InetSocketAddress(second.GetAddress(1), 9);
            tcp = InetSocketAddress(second.GetAddress(1), 80);
        }
        Ptr<TrafficControlLayer> tc = m_nodes.Get(0)->GetObject<TrafficControlLayer>();
        NS_TEST_ASSERT_MSG_EQ((tc->GetRootQueueDiscOnDevice(left.Get(0)) != nullptr),
                              m_flowControl,
                              "a queue disc is installed where there is flow control");

        ApplicationContainer sinks =
            PacketSinkHelper("ns3::TcpSocketFactory", tcp).Install(m_nodes.Get(2));
        BulkSendHelper bulk("ns3::TcpSocketFactory", tcp);
        bulk.SetAttribute("MaxBytes", UintegerValue(500000));
        ApplicationContainer sources = bulk.Install(m_nodes.Get(0));
        ApplicationContainer servers = UdpServerHelper(9).Install(m_nodes.Get(2));
        UdpClientHelper client =
            m_ipv6 ? UdpClientHelper(Inet6SocketAddress::ConvertFrom(udp).GetIpv6(), 9)
                   : UdpClientHelper(InetSocketAddress::ConvertFrom(udp).GetIpv4(), 9);
        client.SetAttribute("MaxPackets", UintegerValue(50));
        client.SetAttribute("Interval", TimeValue(MilliSeconds(20)));
        client.SetAttribute("PacketSize", UintegerValue(1000));
        ApplicationContainer clients = client.Install(m_nodes.Get(0));
        clients.Start(Seconds(10));
        sources.Start(Seconds(2));
        Simulator::Stop(Seconds(20));
        Simulator::Run();
        NS_TEST_ASSERT_MSG_EQ(DynamicCast<PacketSink>(sinks.Get(0))->GetTotalRx(),
                              500000,
                              "TCP bytes");
        NS_TEST_ASSERT_MSG_EQ(DynamicCast<UdpServer>(servers.Get(0))->GetReceived(),
                              50,
                              "UDP packets");
        for (uint32_t i = 0; i < 2 && m_flowControl; ++i)
        {
            Ptr<PointToPointDevice> device = DynamicCast<PointToPointDevice>(left.Get(i));
            NS_TEST_ASSERT_MSG_EQ(device->GetDrops().Packets(link_drop::QUEUE_FULL),
                                  0,
                                  "a stopped queue disc sends nothing that the queue cannot take");
        }
    }

    void DoTeardown() override
    {
        LinkTestCase::DoTeardown();
        Config::SetGlobal("ChecksumEnabled", BooleanValue(false));
    }

    bool m_ipv6;
    bool m_flowControl;
};

class FlowControlTest : public LinkTestCase
{
  public:
    FlowControlTest()
        : LinkTestCase("With flow control a full device stops its queue and wakes it in time")
    {
    }

  private:
    void DoRun() override
    {
        m_helper.EnableFlowControl();
        m_helper.SetDeviceAttribute("QueueLimit", UintegerValue(1));
        Build();
        Ptr<NetDeviceQueue> queue = m_a->GetObject<NetDeviceQueueInterface>()->GetTxQueue(0);
        std::vector<Time> wakes;
        queue->SetWakeCallback(Callback<void>([&] { wakes.push_back(Simulator::Now()); }));
        SendAt(MilliSeconds(1), 998);
        Simulator::Schedule(MicroSeconds(1100), [&] {
            NS_TEST_EXPECT_MSG_EQ(queue->IsStopped(), false, "one place is free");
        });
        SendAt(MicroSeconds(1200), 998);
        Simulator::Schedule(MicroSeconds(1300),
                            [&] { NS_TEST_EXPECT_MSG_EQ(queue->IsStopped(), true, "full"); });
        Simulator::Run();
        NS_TEST_ASSERT_MSG_EQ(wakes.size(), 1, "woken once");
        NS_TEST_ASSERT_MSG_EQ(wakes[0], MilliSeconds(2), "when the first has left");
        NS_TEST_ASSERT_MSG_EQ(queue->IsStopped(), false, "running");
    }
};

class StrataLinkTestSuite : public TestSuite
{
  public:
    StrataLinkTestSuite()
        : TestSuite("strata-link")
    {
        AddTestCase(new TimingTest);
        AddTestCase(new RoundingTest);
        AddTestCase(new QueueLimitTest);
        AddTestCase(new RefusalTest);
        AddTestCase(new ReceiveTest);
        AddTestCase(new StockContrastTest);
        AddTestCase(new ErrorModelTest);
        AddTestCase(new IsolationTest);
        AddTestCase(new TraceTest);
        AddTestCase(new PcapTest);
        AddTestCase(new CutTest(true));
        AddTestCase(new CutTest(false));
        AddTestCase(new ReattachTest);
        AddTestCase(new FlowControlTest);
        for (bool ipv6 : {false, true})
        {
            for (bool flowControl : {false, true})
            {
                AddTestCase(new StockStackTest(ipv6, flowControl));
            }
        }
    }
};

StrataLinkTestSuite g_strataLinkTestSuite;

} // namespace

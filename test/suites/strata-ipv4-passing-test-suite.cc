// SPDX-License-Identifier: GPL-2.0-only

// Elements that see plain datagrams in passing: that must make no difference to who sees what, nor
// to a single octet that leaves.

#include "strata-ipv4-hooks-test-case.h"
#include "strata-nat-test-case.h"

#include "ns3/csma-net-device.h"
#include "ns3/strata-firewall-helper.h"
#include "ns3/strata-hash.h"
#include "ns3/tcp-socket-factory.h"
#include "ns3/udp-socket-factory.h"

using namespace ns3;
using namespace ns3::strata;

namespace
{

/** How a router lets plain datagrams pass. */
enum class Way
{
    FULL,    //!< an onlooker must see them all in full
    PASSING, //!< the elements see them in passing
    FAST,    //!< and the fast path is on
};

const char*
NameOf(Way way)
{
    return way == Way::FULL ? "in full" : way == Way::PASSING ? "in passing" : "on the fast path";
}

/** Sees all in full and does nothing. */
class Onlooker : public Ipv4HookElement
{
  public:
    HookVerdict Process(Ipv4HookPacket&) override
    {
        return HookVerdict::ACCEPT;
    }
};

/** How an element changes a port: in which order two of them come can be told from the result. */
uint16_t
Changed(uint16_t port, uint32_t number)
{
    return static_cast<uint16_t>(port * 3 + number);
}

/** Changes the source port, in passing or in full; a UDP checksum of zero stays right. */
class PortChanger : public Ipv4HookElement
{
  public:
    PortChanger(uint32_t number, uint32_t refuses)
        : m_number(number),
          m_refuses(refuses)
    {
    }

    bool WorksInPassing() const override
    {
        return true;
    }

    bool ProcessInPassing(HookPoint, Ipv4PassingDatagram& datagram) override
    {
        ++asked;
        if (datagram.transportSize < 2 || (m_refuses != 0 && asked % m_refuses == 0))
        {
            return false;
        }
        Change(datagram.transport);
        datagram.changed = true;
        ++inPassing;
        return true;
    }

    HookVerdict Process(Ipv4HookPacket& packet) override
    {
        TransportFront front(packet.header.protocol, *packet.payload);
        Change(front.data());
        front.PutBack(packet.payload);
        ++inFull;
        return HookVerdict::ACCEPT;
    }

    uint32_t asked{0};
    uint32_t inPassing{0};
    uint32_t inFull{0};

  private:
    void Change(uint8_t* ports) const
    {
        const uint16_t port = Changed(static_cast<uint16_t>(ports[0] << 8 | ports[1]), m_number);
        ports[0] = static_cast<uint8_t>(port >> 8);
        ports[1] = static_cast<uint8_t>(port);
    }

    uint32_t m_number;
    uint32_t m_refuses;
};

/** Two elements at each point, each of which refuses to work in passing now and then. */
class EachOnceTest : public HooksTestCase
{
  public:
    EachOnceTest(Way way, bool lan, uint32_t refuses)
        : HooksTestCase(
              std::string("Each element sees each datagram once, in their order: ") + NameOf(way) +
              (lan ? ", LANs" : "") +
              (refuses ? ", refusing one in " + std::to_string(refuses + 1) + " or more" : "")),
          m_way(way),
          m_lan(lan),
          m_refuses(refuses)
    {
    }

  private:
    static constexpr uint32_t PACKETS = 60;
    static constexpr uint16_t PORT = 4000;

    void DoRun() override
    {
        Build(m_lan);
        StrataIpv4Helper helper;
        helper.SetAttribute("FastPath", BooleanValue(m_way == Way::FAST));
        helper.Install(nodes.Get(1));
        std::vector<Ptr<PortChanger>> changers;
        uint16_t expected = PORT;
        for (const HookPoint point :
             {HookPoint::PREROUTING, HookPoint::FORWARD, HookPoint::POSTROUTING})
        {
            for (const int priority : {-1, 1})
            {
                // No two of them refuse the same ones.
                const auto number = static_cast<uint32_t>(changers.size() + 1);
                changers.push_back(
                    CreateObject<PortChanger>(number, m_refuses ? m_refuses + number : 0));
                Hooks(1)->Attach(point, priority, changers.back());
                expected = Changed(expected, number);
            }
        }
        if (m_way == Way::FULL)
        {
            Hooks(1)->Attach(HookPoint::FORWARD, 0, CreateObject<Onlooker>());
        }
        Ptr<Socket> sink = Socket::CreateSocket(nodes.Get(2), UdpSocketFactory::GetTypeId());
        sink->Bind(InetSocketAddress(HOOKS_PORT));
        uint32_t received = 0;
        sink->SetRecvCallback(MakeCallback(&EachOnceTest::Receive, this));
        m_received = &received;
        m_expected = expected;
        Ptr<Socket> source = Socket::CreateSocket(nodes.Get(0), UdpSocketFactory::GetTypeId());
        source->Bind(InetSocketAddress(PORT));
        for (uint32_t i = 0; i < PACKETS; ++i)
        {
            Simulator::Schedule(Seconds(1) + MilliSeconds(20 * i), [source] {
                source->SendTo(Create<Packet>(100), 0, InetSocketAddress("10.0.1.2", HOOKS_PORT));
            });
        }
        Run();
        NS_TEST_EXPECT_MSG_EQ(received, PACKETS, "all arrive");
        for (std::size_t i = 0; i < changers.size(); ++i)
        {
            const PortChanger& changer = *changers[i];
            NS_TEST_EXPECT_MSG_EQ(changer.inPassing + changer.inFull,
                                  PACKETS,
                                  "element " << i << " saw each once");
            NS_TEST_EXPECT_MSG_EQ((changer.inPassing > 0),
                                  (m_way != Way::FULL),
                                  "element " << i << " in passing");
            NS_TEST_EXPECT_MSG_EQ((changer.inFull > 0),
                                  (m_way == Way::FULL || m_refuses != 0),
                                  "element " << i << " in full");
        }
        const uint64_t fast = StrataIpv4Helper::Get(nodes.Get(1))->GetFastForwarded();
        NS_TEST_EXPECT_MSG_EQ((fast > 0), (m_way == Way::FAST), "fast path");
    }

    void Receive(Ptr<Socket> socket)
    {
        Address from;
        while (socket->RecvFrom(from))
        {
            ++*m_received;
            NS_TEST_EXPECT_MSG_EQ(InetSocketAddress::ConvertFrom(from).GetPort(),
                                  m_expected,
                                  "in their order");
        }
    }

    Way m_way;
    bool m_lan;
    uint32_t m_refuses;
    uint32_t* m_received{nullptr};
    uint16_t m_expected{0};
};

/** Minds nothing, and counts what it sees in passing. */
class Counter : public Ipv4HookElement
{
  public:
    bool WorksInPassing() const override
    {
        return true;
    }

    bool ProcessInPassing(HookPoint, Ipv4PassingDatagram&) override
    {
        ++inPassing;
        return true;
    }

    HookVerdict Process(Ipv4HookPacket&) override
    {
        return HookVerdict::ACCEPT;
    }

    uint32_t inPassing{0};
};

/** What a scene behind a translator leaves on the wires. */
struct Outcome
{
    std::vector<std::string> frames;
    std::string table;
    std::string drops;
    uint64_t dropped{0};
    uint64_t fast{0};
    uint32_t inPassing{0}; //!< of what leaves
};

/** Traffic of all kinds through a translator: not an octet may depend on how it passes. */
class SameTranslationTest : public NatTestCase
{
  public:
    struct Scene
    {
        std::string mapping;
        bool checksums{true};
        bool firewall{false};
        bool oneToOne{false};
        bool broadcasts{false};
    };

    SameTranslationTest(const std::string& name, const Scene& scene)
        : NatTestCase("A translator in passing changes no frame and no time: " + name),
          m_scene(scene)
    {
    }

  private:
    Outcome Play(Way way)
    {
        StrataNatHelper helper;
        helper.SetAttribute("Mapping", StringValue(m_scene.mapping));
        helper.SetAttribute("UnknownProtocols", StringValue("map"));
        helper.SetAttribute("UdpTimeout", TimeValue(Seconds(150)));
        Build(helper);
        GlobalValue::Bind("ChecksumEnabled", BooleanValue(m_scene.checksums));
        Ptr<Node> box = nodes.Get(BOX);
        StrataIpv4Helper::Get(box)->SetAttribute("FastPath", BooleanValue(way == Way::FAST));
        StrataIpv4Helper::Get(box)->SetAttribute("DirectedBroadcasts",
                                                 BooleanValue(m_scene.broadcasts));
        Ptr<Ipv4Hooks> hooks = Ipv4Hooks::Of(box);
        if (way == Way::FULL)
        {
            hooks->Attach(HookPoint::FORWARD, 0, CreateObject<Onlooker>());
        }
        if (m_scene.firewall)
        {
            StrataFirewallHelper().Install(box, outside.Get(0));
        }
        Ptr<Counter> counter = CreateObject<Counter>();
        hooks->Attach(HookPoint::POSTROUTING, NatPriority::SOURCE + 1, counter);
        StrataIpv4Helper::AssignStreams(nodes, 10);
        for (uint32_t i = 0; i < 3; ++i)
        {
            DynamicCast<CsmaNetDevice>(inside.Get(i))->AssignStreams(100 + i);
            DynamicCast<CsmaNetDevice>(outside.Get(i))->AssignStreams(200 + i);
        }
        nat->AddPortForward("udp", 8080, Ipv4Address("10.0.0.2"), 80);
        nat->AddPortForward("udp", 8081, Ipv4Address("10.0.0.255"), 80);
        if (m_scene.oneToOne)
        {
            nat->AddStatic(Ipv4Address("10.0.0.2"), Ipv4Address("198.60.42.20"));
        }
        Outcome outcome;
        for (uint32_t i = 0; i < 3; ++i)
        {
            Listen(inside.Get(i), outcome);
            Listen(outside.Get(i), outcome);
        }
        for (const uint32_t host : {A, B, S, T})
        {
            taps[host]->alive = true;
        }
        Connect();
        SendDatagrams();
        Run(400);
        std::ostringstream table;
        nat->PrintTable(table);
        outcome.table = table.str();
        outcome.fast = StrataIpv4Helper::Get(box)->GetFastForwarded();
        outcome.dropped = StrataNode::Of(box)->GetDrops().Packets();
        std::ostringstream drops;
        StrataNode::Of(box)->PrintDrops(drops);
        outcome.drops = drops.str();
        outcome.inPassing = counter->inPassing;
        m_sockets.clear();
        nat = nullptr;
        nodes = NodeContainer();
        inside = NetDeviceContainer();
        outside = NetDeviceContainer();
        Simulator::Destroy();
        return outcome;
    }

    /** A TCP connection from A to S, with data both ways, that is closed in the end. */
    void Connect()
    {
        Ptr<Socket> server = Socket::CreateSocket(nodes.Get(S), TcpSocketFactory::GetTypeId());
        server->Bind(InetSocketAddress(7));
        server->Listen();
        server->SetAcceptCallback(MakeNullCallback<bool, Ptr<Socket>, const Address&>(),
                                  MakeCallback(&SameTranslationTest::Accept, this));
        Ptr<Socket> client = Socket::CreateSocket(nodes.Get(A), TcpSocketFactory::GetTypeId());
        client->Bind(InetSocketAddress(6000));
        m_sockets = {server, client};
        Simulator::Schedule(Seconds(1),
                            [client] { client->Connect(InetSocketAddress("198.60.42.1", 7)); });
        for (uint32_t i = 0; i < 20; ++i)
        {
            Simulator::Schedule(Seconds(2 + i), [client] { client->Send(Create<Packet>(3000)); });
        }
        Simulator::Schedule(Seconds(30), [client] { client->Close(); });
    }

    void Accept(Ptr<Socket> socket, const Address&)
    {
        m_sockets.push_back(socket);
        socket->SetRecvCallback(MakeCallback(&SameTranslationTest::Answer, this));
        socket->SetCloseCallbacks(MakeCallback(&SameTranslationTest::Close, this),
                                  MakeNullCallback<void, Ptr<Socket>>());
    }

    void Answer(Ptr<Socket> socket)
    {
        while (socket->Recv())
        {
            socket->Send(Create<Packet>(500));
        }
    }

    void Close(Ptr<Socket> socket)
    {
        socket->Close();
    }

    /** UDP with and without checksums, from inside, to the forward, by the hairpin; fragments,
     * echoes, other protocols, what is cut short; past the end of mappings. */
    void SendDatagrams()
    {
        Ptr<UniformRandomVariable> random = CreateObject<UniformRandomVariable>();
        random->SetStream(7);
        const char* insides[] = {"10.0.0.1", "10.0.0.2"};
        const char* outsides[] = {"198.60.42.1", "198.60.42.2"};
        double at = 40;
        for (uint32_t i = 0; i < 900; ++i)
        {
            at += random->GetInteger(0, 9) == 0 ? random->GetValue(0, 20) * (i % 97 == 0 ? 10 : 0.1)
                                                : random->GetValue(0.001, 0.3);
            const uint32_t in = random->GetInteger(0, 1);
            const uint32_t out = random->GetInteger(0, 1);
            const auto port = static_cast<uint16_t>(5000 + random->GetInteger(0, 5));
            const auto other = static_cast<uint16_t>(53 + random->GetInteger(0, 1));
            const End near{insides[in], port};
            const End far{outsides[out], other};
            const Host from = in ? B : A;
            const Host to = out ? T : S;
            switch (random->GetInteger(0, 14))
            {
            case 0:
                SendAt(at, to, UdpDatagram(far, {PUBLIC, 8080}, 30));
                break;
            case 1:
                SendAt(at, from, UdpDatagram(near, {PUBLIC, 8080}, 30));
                break;
            case 2:
                SendAt(at, from, Echo(near, far));
                break;
            case 3: {
                Datagram cut = UdpDatagram(near, far);
                cut.payload.resize(random->GetInteger(0, 7));
                SendAt(at, from, cut);
                break;
            }
            case 4: {
                Datagram first = UdpDatagram(near, far, 40);
                first.header.identification = static_cast<uint16_t>(i);
                Datagram second = first;
                first.header.moreFragments = true;
                first.payload.resize(24);
                second.header.fragmentOffset = 24;
                second.payload.erase(second.payload.begin(), second.payload.begin() + 24);
                SendAt(at, from, first);
                SendAt(at + 0.001, from, second);
                break;
            }
            case 5:
                // A guess at a public end; right at times, for ports are preserved.
                SendAt(at, to, UdpDatagram(far, {PUBLIC, port}, 20));
                break;
            case 6:
                SendAt(at, from, TcpSegment(near, far, TcpWireHeader::ACK, "late"));
                break;
            case 7: {
                // To everybody on a link, in the new way and the old.
                const char* many[] = {"198.60.42.255", "198.60.42.0", "10.0.0.255", "10.0.0.0"};
                SendAt(at, from, UdpDatagram(near, {many[random->GetInteger(0, 3)], other}));
                SendAt(at + 0.001, to, UdpDatagram(far, {PUBLIC, 8081}));
                break;
            }
            case 8: {
                Datagram last = UdpDatagram(near, far);
                last.header.ttl = static_cast<uint8_t>(random->GetInteger(0, 2));
                last.header.dontFragment = random->GetInteger(0, 1) != 0;
                SendAt(at, from, last);
                break;
            }
            case 9: {
                Datagram option = UdpDatagram(near, far);
                option.header.options.assign({7, 7, 4, 0, 0, 0, 0, 0});
                SendAt(at, from, option);
                break;
            }
            case 10: {
                Datagram unknown = Between(near, far, Ipv4Protocol::IPV4);
                unknown.header.protocol = 200;
                unknown.payload = Bytes(random->GetInteger(0, 30), 0x33);
                SendAt(at, from, unknown);
                break;
            }
            case 11: {
                // Headers that promise more than there is.
                Datagram lie = TcpSegment(near, far, TcpWireHeader::ACK, "x");
                lie.payload[12] = static_cast<uint8_t>(random->GetInteger(0, 15) << 4);
                SendAt(at, from, lie);
                Datagram other = UdpDatagram(near, far, 5);
                other.payload[5] = 200;
                SendAt(at + 0.001, from, other);
                break;
            }
            case 12:
                SendAt(at, to, UdpDatagram(far, {"198.60.42.20", port}, 20));
                SendAt(at + 0.001, from, UdpDatagram(near, {PUBLIC, 9999}));
                break;
            default:
                SendAt(at, from, UdpDatagram(near, far, 10, random->GetInteger(0, 3) != 0));
                SendAt(at + 0.0005, to, UdpDatagram(far, {PUBLIC, port}, 20));
                break;
            }
        }
    }

    static void Listen(Ptr<NetDevice> device, Outcome& outcome)
    {
        const auto record = [device, &outcome](Ptr<const Packet> packet) {
            Bytes bytes(packet->GetSize());
            packet->CopyData(bytes.data(), packet->GetSize());
            outcome.frames.push_back(std::to_string(Simulator::Now().GetNanoSeconds()) + " " +
                                     std::to_string(device->GetNode()->GetId()) + " " +
                                     std::to_string(HashOf(bytes)) + " " +
                                     std::to_string(bytes.size()));
        };
        device->TraceConnectWithoutContext("PhyTxBegin", Callback<void, Ptr<const Packet>>(record));
    }

    void DoRun() override
    {
        const Outcome full = Play(Way::FULL);
        NS_TEST_EXPECT_MSG_EQ(full.fast, 0, "all of it in full");
        NS_TEST_EXPECT_MSG_GT(full.frames.size(), 1500, "there is traffic");
        NS_TEST_EXPECT_MSG_GT(full.dropped, 50, "and what is dropped");
        NS_TEST_EXPECT_MSG_EQ(full.inPassing, 0, "all of it in full");
        for (const Way way : {Way::PASSING, Way::FAST})
        {
            const Outcome other = Play(way);
            NS_TEST_EXPECT_MSG_EQ(other.frames.size(), full.frames.size(), NameOf(way));
            for (std::size_t i = 0; i < full.frames.size() && i < other.frames.size(); ++i)
            {
                if (other.frames[i] != full.frames[i])
                {
                    NS_TEST_EXPECT_MSG_EQ(other.frames[i], full.frames[i], NameOf(way) << " " << i);
                    break;
                }
            }
            NS_TEST_EXPECT_MSG_GT(other.inPassing, 100, NameOf(way));
            NS_TEST_EXPECT_MSG_EQ((other.fast > 100), (way == Way::FAST), NameOf(way));
            NS_TEST_EXPECT_MSG_EQ(other.table, full.table, NameOf(way));
            NS_TEST_EXPECT_MSG_EQ(other.drops, full.drops, NameOf(way));
        }
    }

    Scene m_scene;
    std::vector<Ptr<Socket>> m_sockets;
};

class Ipv4PassingTestSuite : public TestSuite
{
  public:
    Ipv4PassingTestSuite()
        : TestSuite("strata-ipv4-passing")
    {
        for (const bool lan : {false, true})
        {
            for (const Way way : {Way::FULL, Way::PASSING, Way::FAST})
            {
                for (const uint32_t refuses : {0U, 1U, 2U, 5U})
                {
                    AddTestCase(new EachOnceTest(way, lan, refuses));
                }
            }
        }
        using Scene = SameTranslationTest::Scene;
        Scene scene{"endpoint-independent"};
        AddTestCase(new SameTranslationTest(scene.mapping, scene));
        scene.firewall = true;
        AddTestCase(new SameTranslationTest("and a firewall", scene));
        scene.firewall = false;
        scene.checksums = false;
        AddTestCase(new SameTranslationTest("without checksums", scene));
        scene.checksums = true;
        scene.broadcasts = true;
        AddTestCase(new SameTranslationTest("with directed broadcasts", scene));
        scene = Scene{"address-dependent"};
        AddTestCase(new SameTranslationTest(scene.mapping, scene));
        scene.oneToOne = true;
        AddTestCase(new SameTranslationTest("and one to one", scene));
        scene = Scene{"address-and-port-dependent"};
        AddTestCase(new SameTranslationTest(scene.mapping, scene));
    }
};

Ipv4PassingTestSuite g_ipv4PassingTestSuite;

} // namespace

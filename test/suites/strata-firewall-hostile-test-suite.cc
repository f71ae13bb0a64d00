// SPDX-License-Identifier: GPL-2.0-only

#include "strata-firewall-test-case.h"
#include "strata-hostile-datagrams.h"

#include <algorithm>

using namespace ns3;
using namespace ns3::strata;

namespace
{

constexpr uint32_t DATAGRAMS = 40000;
constexpr uint32_t LIMIT = 500;

/**
 * From outside comes what a stranger may send: random and mutated datagrams of both families, with
 * forged inside addresses too, and a flood of SYNs to a port that is open. Meanwhile an inside
 * host talks to the outside one.
 */
class HostileTest : public FirewallTestCase
{
  public:
    explicit HostileTest(bool full)
        : FirewallTestCase(std::string("Nothing that a stranger sends begins a flow, ends one or "
                                       "passes the limit, ") +
                           (full ? "beside StrataIpv4" : "beside the stock stack")),
          m_full(full)
    {
    }

  private:
    void DoRun() override
    {
        helper.SetAttribute("FlowLimit", UintegerValue(LIMIT));
        helper.AddRule("accept in=outside proto=tcp dst=10.0.0.1 dport=22 state=new");
        Build(m_full);
        m_hostile = std::make_unique<HostileDatagrams>(11,
                                                       std::vector<uint32_t>{0x0a000001,
                                                                             0x0a000001,
                                                                             0x0a000001,
                                                                             0x0a000002,
                                                                             0x0a000101,
                                                                             0x0a000102,
                                                                             0x0a000102,
                                                                             0x0a000102,
                                                                             0x08080808,
                                                                             0xffffffff,
                                                                             0xe0000001,
                                                                             0x7f000001,
                                                                             0});
        firewall->TraceConnectWithoutContext(
            "FlowBegan",
            Callback<void, const TrackedFlow&>([this](const TrackedFlow& flow) {
                const bool open = flow.opened.protocol == 6 && flow.opened.destinationPort == 22;
                const bool ping = flow.opened.protocol == 58 && flow.opened.query != 0;
                m_wrong += flow.from == FlowSide::OUTSIDE && !open && !ping;
                m_most = std::max(m_most, firewall->GetMachine().Flows().size());
            }));
        firewall->TraceConnectWithoutContext(
            "FlowEnded",
            Callback<void, const TrackedFlow&, std::string>(
                [this](const TrackedFlow& flow, std::string why) {
                    m_lost += flow.flowClass == FlowClass::TCP_ESTABLISHED && why == "evicted";
                }));
        firewall->TraceConnectWithoutContext(
            "Accepted",
            Callback<void, const FirewallPacket&, uint32_t>(
                [this](const FirewallPacket& packet, uint32_t) {
                    m_strange += packet.in.side == FlowSide::OUTSIDE && !MayCome(packet);
                }));
        firewall->TraceConnectWithoutContext(
            "Dropped",
            Callback<void, const FirewallPacket&, uint32_t, DropReason>(
                [this](const FirewallPacket&, uint32_t, DropReason reason) {
                    m_dropped += reason.Name().rfind("firewall.", 0) == 0;
                }));
        const auto server = Serve(OUTSIDE, true, 80, false);
        const auto server6 = Serve(OUTSIDE, true, 80, true);
        m_talks = {Talk(INSIDE, true, "10.0.1.2", 80, 300, Seconds(1.5), 5000),
                   Talk(INSIDE, true, "fd00:2::2", 80, 300, Seconds(1.5), 5001)};
        At(OUTSIDE, Seconds(2), [this] { Strike(); });
        Run(Seconds(2) + MicroSeconds(25) * (DATAGRAMS + 10));
        // After all of it, a new connection and the old rules.
        const auto late = Talk(INSIDE, true, "10.0.1.2", 80, 3000, Seconds(1));
        Run(Seconds(60));
        NS_TEST_EXPECT_MSG_EQ(m_talks[0]->answered, 300, "IPv4 got through");
        NS_TEST_EXPECT_MSG_EQ(m_talks[1]->answered, 300, "IPv6 got through");
        NS_TEST_EXPECT_MSG_EQ(late->answered, 3000, "and another later");
        NS_TEST_EXPECT_MSG_EQ(m_wrong, 0, "no flow began outside but to the open port, and pings");
        NS_TEST_EXPECT_MSG_EQ(m_strange, 0, "nothing else came in");
        NS_TEST_EXPECT_MSG_EQ(m_lost, 0, "no established flow was evicted");
        NS_TEST_EXPECT_MSG_LT_OR_EQ(m_most, LIMIT, "the limit was kept");
        NS_TEST_EXPECT_MSG_GT(firewall->GetMachine().GetEvictedFlows(), 100, "and met");
        uint64_t counted = 0;
        for (const auto& drop : StrataNode::Of(nodes.Get(FIREWALL))->GetDrops().Entries())
        {
            const std::string_view name = drop.reason.Name();
            // What waited for its first fragment was dropped later than it was judged.
            if (name.rfind("firewall.", 0) == 0)
            {
                counted += drop.packets;
            }
        }
        NS_TEST_EXPECT_MSG_GT(m_dropped, 5000, "most was dropped");
        NS_TEST_EXPECT_MSG_GT_OR_EQ(counted, m_dropped, "and counted with a reason");
        for (const DropReason reason : {FIREWALL_POLICY,
                                        FIREWALL_NO_FLOW,
                                        FIREWALL_UNRELATED_ERROR,
                                        FIREWALL_TCP_FLAGS,
                                        FIREWALL_TRUNCATED,
                                        FIREWALL_BAD_ADDRESS,
                                        FIREWALL_TINY_FRAGMENT,
                                        FIREWALL_FRAGMENT_NO_FIRST})
        {
            NS_TEST_EXPECT_MSG_GT(Drops(reason), 0, "of every kind: " << reason);
        }
    }

    /** What a stranger may send, by what it is alone, and what the servers outside answer. */
    static bool MayCome(const FirewallPacket& packet)
    {
        if (packet.ipv6 && packet.protocol == 58)
        {
            // A ping, what a host outside answers to one, or discovery, which neighbours may send.
            const bool near = packet.out.side == FlowSide::LOCAL;
            return packet.icmpType == 128 || packet.icmpType == 129 ||
                   (near && packet.icmpType >= 130);
        }
        const FlowAddress server = *ParseFlowAddress(packet.ipv6 ? "fd00:2::2" : "10.0.1.2");
        const bool answer = packet.source == server && packet.sourcePort == 80;
        return packet.protocol == 6 && (answer || (!packet.ipv6 && packet.destinationPort == 22));
    }

    void Strike()
    {
        if (m_sent++ == DATAGRAMS)
        {
            return;
        }
        Ptr<NetDevice> weapon = links.Get(3);
        const bool ipv6 = m_sent % 4 == 0;
        const Bytes bytes = m_sent % 4 == 1 ? Syn() : ipv6 ? Ipv6() : m_hostile->Next();
        weapon->Send(Create<Packet>(bytes.data(), static_cast<uint32_t>(bytes.size())),
                     links.Get(2)->GetAddress(),
                     ipv6 ? 0x86dd : 0x0800);
        Simulator::Schedule(MicroSeconds(25), &HostileTest::Strike, this);
    }

    /** A request of a host that is not there, to the open port. */
    Bytes Syn()
    {
        Bytes bytes(40);
        bytes[0] = 0x45;
        bytes[3] = 40;
        bytes[8] = 64;
        bytes[9] = 6;
        HostileDatagrams::Put32(bytes, 12, 0xc6120000 | m_hostile->Below(65536));
        HostileDatagrams::Put32(bytes, 16, 0x0a000001);
        HostileDatagrams::SetHeaderChecksum(bytes);
        HostileDatagrams::Put16(bytes, 20, 1024 + m_hostile->Below(60000));
        HostileDatagrams::Put16(bytes, 22, 22);
        bytes[32] = 0x50;
        bytes[33] = 2;
        return bytes;
    }

    /** Chains of extension headers, fragments, ICMPv6 and noise. */
    Bytes Ipv6()
    {
        Bytes bytes = m_hostile->Random(40 + m_hostile->Below(120));
        bytes[0] = static_cast<uint8_t>(m_hostile->OnceIn(20) ? bytes[0] : 0x60);
        HostileDatagrams::Put16(bytes,
                                4,
                                m_hostile->OnceIn(12) ? m_hostile->Below(65536)
                                                      : static_cast<uint32_t>(bytes.size() - 40));
        constexpr uint8_t TYPES[] = {0, 60, 43, 44, 44, 17, 6, 58, 58, 59, 51};
        bytes[6] = TYPES[m_hostile->Below(sizeof(TYPES))];
        bytes[7] = static_cast<uint8_t>(m_hostile->OnceIn(2) ? 255 : 64);
        for (std::size_t at = 40; at + 8 <= bytes.size() && m_hostile->OnceIn(2); at += 8)
        {
            bytes[at] = TYPES[m_hostile->Below(sizeof(TYPES))];
            bytes[at + 1] = 0;
        }
        const char* const inside[] = {"fd00:1::1",
                                      "fd00:1::2",
                                      "fd00:2::1",
                                      "ff02::1",
                                      "fd00:2::2"};
        Ipv6Address(inside[m_hostile->Below(5)]).GetBytes(bytes.data() + 24);
        if (!m_hostile->OnceIn(6))
        {
            Ipv6Address(inside[m_hostile->OnceIn(3) ? m_hostile->Below(5) : 4])
                .GetBytes(bytes.data() + 8);
        }
        return bytes;
    }

    bool m_full;
    std::unique_ptr<HostileDatagrams> m_hostile;
    std::vector<std::shared_ptr<TalkResult>> m_talks;
    uint32_t m_sent{0};
    uint64_t m_wrong{0};
    uint64_t m_lost{0};
    uint64_t m_strange{0};
    uint64_t m_dropped{0};
    std::size_t m_most{0};
};

/**
 * Something inside begins new flows as fast as it can. Connections and questions of before, to
 * which both ends have nothing to say meanwhile, go on behind it.
 */
class FloodTest : public FirewallTestCase
{
  public:
    explicit FloodTest(const std::string& whenFull)
        : FirewallTestCase("A flood of new flows keeps within the limit and ends none that is "
                           "established, WhenFull " +
                           whenFull),
          m_whenFull(whenFull)
    {
    }

  private:
    static constexpr uint32_t FLOOD = 1000;
    static constexpr uint32_t MOST = 200;

    /** A socket that asks a server twice, before and after. */
    struct Asker
    {
        Ptr<Socket> socket;
        uint32_t answered{0};
    };

    void DoRun() override
    {
        for (const bool ipv6 : {false, true})
        {
            for (const uint8_t protocol : {6, 17, ipv6 ? 58 : 1, 253})
            {
                Flood(ipv6, protocol);
            }
        }
    }

    void Flood(bool ipv6, uint8_t protocol)
    {
        helper.SetAttribute("FlowLimit", UintegerValue(MOST));
        helper.SetAttribute("WhenFull", StringValue(m_whenFull));
        Build();
        std::size_t most = 0;
        uint64_t lost = 0;
        firewall->TraceConnectWithoutContext(
            "FlowBegan",
            Callback<void, const TrackedFlow&>([&](const TrackedFlow&) {
                most = std::max(most, firewall->GetMachine().Flows().size());
            }));
        firewall->TraceConnectWithoutContext("FlowEnded",
                                             Callback<void, const TrackedFlow&, std::string>(
                                                 [&](const TrackedFlow& flow, std::string) {
                                                     lost += flow.opened.destinationPort == 80;
                                                 }));
        const std::string outside = AddressOf("outside", ipv6);
        Ping(INSIDE, AddressOf("inside", ipv6), outside, Seconds(1));
        const auto tcpServer = Serve(OUTSIDE, true, 80, ipv6);
        const auto udpServer = Serve(OUTSIDE, false, 80, ipv6);
        Asker askers[2];
        for (const bool tcp : {true, false})
        {
            Asker& asker = askers[tcp];
            At(INSIDE, Seconds(1.5), [this, &asker, tcp, outside, ipv6] {
                asker.socket = MakeSocket(INSIDE, tcp);
                asker.socket->Bind(SocketAddress(ipv6 ? "::" : "0.0.0.0", 4000));
                asker.socket->SetRecvCallback(Callback<void, Ptr<Socket>>([&asker](Ptr<Socket> s) {
                    while (Ptr<Packet> packet = s->Recv())
                    {
                        asker.answered += packet->GetSize();
                    }
                }));
                asker.socket->Connect(SocketAddress(outside, 80));
                asker.socket->Send(Create<Packet>(100));
            });
            At(INSIDE, Seconds(20), [&asker] { asker.socket->Send(Create<Packet>(100)); });
        }
        Run(Seconds(2));
        NS_TEST_EXPECT_MSG_EQ(askers[0].answered, 100, "a question before");
        NS_TEST_EXPECT_MSG_EQ(askers[1].answered, 100, "a connection before");
        for (uint32_t i = 0; i < FLOOD; ++i)
        {
            const Bytes bytes = MakePacket(ipv6, protocol, i);
            Inject(INSIDE, bytes, ipv6 ? 0x86dd : 0x0800, MilliSeconds(2) * i);
        }
        Run(Seconds(10));
        NS_TEST_EXPECT_MSG_EQ(most, MOST, "the limit was met, and kept");
        const FirewallMachine& machine = firewall->GetMachine();
        NS_TEST_EXPECT_MSG_GT(machine.GetEvictedFlows() + machine.GetRefusedFlows(),
                              FLOOD / 2,
                              "most found no room, or gave theirs up");
        NS_TEST_EXPECT_MSG_EQ((machine.GetRefusedFlows() > 0),
                              (m_whenFull == "refuse"),
                              "as was asked for");
        NS_TEST_EXPECT_MSG_EQ(Drops(FIREWALL_TABLE_FULL), machine.GetRefusedFlows(), "counted");
        Run(Seconds(20));
        NS_TEST_EXPECT_MSG_EQ(lost, 0, "no flow of before ended");
        NS_TEST_EXPECT_MSG_EQ(tcpServer->served, 200, "the connection goes on");
        NS_TEST_EXPECT_MSG_EQ(askers[1].answered, 200, "both ways");
        NS_TEST_EXPECT_MSG_EQ(udpServer->served, 200, "so does the other");
        NS_TEST_EXPECT_MSG_EQ(askers[0].answered, 200, "both ways");
        Clear();
    }

    /** The packet of a number, that begins a flow of its own: of a forged host inside. */
    static Bytes MakePacket(bool ipv6, uint8_t protocol, uint32_t number)
    {
        Bytes bytes(ipv6 ? 60 : 40);
        const std::size_t header = bytes.size() - 20;
        if (ipv6)
        {
            bytes[0] = 0x60;
            bytes[5] = 20;
            bytes[6] = protocol;
            bytes[7] = 64;
            Ipv6Address("fd00:9::7:0").GetBytes(bytes.data() + 8);
            Ipv6Address("fd00:2::2").GetBytes(bytes.data() + 24);
            HostileDatagrams::Put16(bytes, 22, number);
        }
        else
        {
            bytes[0] = 0x45;
            bytes[3] = 40;
            bytes[8] = 64;
            bytes[9] = protocol;
            HostileDatagrams::Put32(bytes, 12, 0x0a010000 + number);
            HostileDatagrams::Put32(bytes, 16, 0x0a000102);
            HostileDatagrams::SetHeaderChecksum(bytes);
        }
        if (protocol == 6 || protocol == 17)
        {
            HostileDatagrams::Put16(bytes, header, 1024 + number);
            HostileDatagrams::Put16(bytes, header + 2, 7);
            HostileDatagrams::Put16(bytes, header + 4, protocol == 17 ? 20 : 0);
            bytes[header + 12] = 0x50;
            bytes[header + 13] = 2;
        }
        else if (protocol != 253)
        {
            bytes[header] = ipv6 ? 128 : 8;
        }
        return bytes;
    }

    std::string m_whenFull;
};

class FirewallHostileTestSuite : public TestSuite
{
  public:
    FirewallHostileTestSuite()
        : TestSuite("strata-firewall-hostile")
    {
        AddTestCase(new HostileTest(false));
        AddTestCase(new HostileTest(true));
        AddTestCase(new FloodTest("evict"));
        AddTestCase(new FloodTest("refuse"));
    }
};

const FirewallHostileTestSuite g_firewallHostileTestSuite;

} // namespace

// SPDX-License-Identifier: GPL-2.0-only

#include "strata-hostile-datagrams.h"
#include "strata-ipv4-test-case.h"

#include "ns3/csma-helper.h"
#include "ns3/csma-net-device.h"
#include "ns3/inet-socket-address.h"
#include "ns3/ipv4-static-routing-helper.h"
#include "ns3/queue-disc.h"
#include "ns3/strata-arp-protocol.h"
#include "ns3/strata-ether-type.h"
#include "ns3/strata-hash.h"
#include "ns3/udp-socket-factory.h"

#include <cstdlib>
#include <map>
#include <sstream>

using namespace ns3;
using namespace ns3::strata;

namespace
{

constexpr uint32_t HOST_A = 0x0a000001;
constexpr uint32_t ROUTER_A = 0x0a000002;
constexpr uint32_t ROUTER_B = 0x0a000101;
constexpr uint32_t HOST_B = 0x0a000102;
constexpr uint16_t GOOD_PORT = 4000;
constexpr uint32_t LAN_MTU = 576;
constexpr std::size_t CABLE = 2;     // octets of link headers
constexpr std::size_t ETHERNET = 14; // likewise

Bytes
ToBytes(Ptr<const Packet> packet)
{
    Bytes bytes(packet->GetSize());
    packet->CopyData(bytes.data(), static_cast<uint32_t>(bytes.size()));
    return bytes;
}

/** What the node of this index may know of an address: each host has one subnet, the router both.
 */
bool
IsOneHost(uint32_t address, uint32_t node)
{
    const uint32_t subnet = address & 0xffffff00;
    const bool local = (subnet == 0x0a000000 && node < 2) || (subnet == 0x0a000100 && node > 0);
    return address >> 24 != 0 && address >> 24 != 127 && address < 0xe0000000 &&
           !(local && ((address & 0xff) == 0 || (address & 0xff) == 0xff));
}

/**
 * Reads what a node made, octet by octet, and says which rule of RFC 1122 section 3.2.2 or
 * RFC 1812 section 4.3.2 it breaks.
 */
class WireJudge
{
  public:
    void Judge(const Bytes& d, uint32_t node, Time now)
    {
        const std::string fault = FaultOf(d, node, now);
        if (!fault.empty() && m_faults++ == 0)
        {
            std::ostringstream text;
            text << fault << ":" << std::hex;
            for (const uint8_t byte : d)
            {
                text << ' ' << uint32_t{byte};
            }
            m_first = text.str();
        }
    }

    uint64_t Faults() const
    {
        return m_faults;
    }

    const std::string& First() const
    {
        return m_first;
    }

    uint64_t Errors() const
    {
        return m_errors;
    }

  private:
    std::string FaultOf(const Bytes& d, uint32_t node, Time now)
    {
        const std::size_t header = d.empty() ? 0 : (d[0] & 0xf) * 4;
        if (d.size() < 20 || d[0] >> 4 != 4 || header < 20 || header > d.size())
        {
            return "no IPv4 header";
        }
        if (HostileDatagrams::Checksum(d.data(), header) != 0 ||
            HostileDatagrams::Get16(d, 2) > d.size())
        {
            return "a wrong header";
        }
        if (!IsOneHost(HostileDatagrams::Get32(d, 16), node))
        {
            return "an answer to no host";
        }
        if (d[9] != 1 || (HostileDatagrams::Get16(d, 6) & 0x3fff) != 0)
        {
            return "";
        }
        const std::size_t size = HostileDatagrams::Get16(d, 2) - header;
        if (size < 8 || HostileDatagrams::Checksum(d.data() + header, size) != 0)
        {
            return "wrong ICMP";
        }
        const uint8_t type = d[header];
        const bool error = type == 3 || type == 4 || type == 5 || type == 11 || type == 12;
        return error ? FaultOfError(d, header, node, now) : "";
    }

    std::string FaultOfError(const Bytes& d, std::size_t header, uint32_t node, Time now)
    {
        ++m_errors;
        // RFC 1812 section 4.3.2.8: the default of 50 at once, then one a millisecond.
        if (m_errors > 50 + static_cast<uint64_t>(now.GetMilliSeconds()) + 1)
        {
            return "beyond the rate limit";
        }
        if (HostileDatagrams::Get16(d, 2) > 576)
        {
            return "a quote beyond 576 octets";
        }
        const Bytes q(d.begin() + static_cast<Bytes::difference_type>(header) + 8,
                      d.begin() + HostileDatagrams::Get16(d, 2));
        if (q.size() < 20)
        {
            return "no quote";
        }
        const std::size_t quoted = (q[0] & 0xf) * 4;
        const uint32_t from = HostileDatagrams::Get32(q, 12);
        const uint32_t to = HostileDatagrams::Get32(q, 16);
        if ((HostileDatagrams::Get16(q, 6) & 0x1fff) != 0)
        {
            return "about a later fragment";
        }
        if (!IsOneHost(from, node))
        {
            return "about what comes from no host";
        }
        if (to >= 0xe0000000 || to == 0x0a0000ff || to == 0x0a0001ff)
        {
            return "about a broadcast";
        }
        if ((from & 0xffff0000) == HostileDatagrams::MARKED)
        {
            return "about a link broadcast";
        }
        if (q[9] == 1)
        {
            static const std::vector<uint8_t> queries{0, 8, 9, 10, 13, 14, 15, 16, 17, 18};
            if (q.size() <= quoted ||
                std::find(queries.begin(), queries.end(), q[quoted]) == queries.end())
            {
                return "about an ICMP error";
            }
        }
        return header == 20 && HostileDatagrams::Get32(d, 16) != from ? "to somebody else" : "";
    }

    uint64_t m_faults{0};
    uint64_t m_errors{0};
    std::string m_first;
};

/** Sees the datagrams that reassembly made, at PREROUTING between it and options. */
class WholeLog : public Ipv4HookElement
{
  public:
    bool NeedsAll() const override
    {
        return false;
    }

    HookVerdict Process(Ipv4HookPacket& packet) override
    {
        see(packet);
        return HookVerdict::ACCEPT;
    }

    std::function<void(const Ipv4HookPacket&)> see;
};

/** What came out of a run. */
struct HostileOutcome
{
    std::map<std::string, uint64_t> drops; //!< of the router, by reason, those of ns-3 included
    uint64_t arrived{0};                   //!< datagrams at the router
    uint64_t forwarded{0};
    uint64_t delivered{0};
    uint64_t cut{0};  //!< those with a fate for each of their fragments
    uint64_t held{0}; //!< fragments that the reassembler took
    uint64_t errors{0};
    uint64_t fast{0};
    uint64_t wire{0}; //!< hash of all frames that the router sent, with their times
};

/**
 * A router between a cable and a LAN. On the cable host A sends what a stranger may send, on the
 * LAN a node without any stack; A and host B talk over the router meanwhile.
 */
class HostileTest : public TestCase
{
  public:
    HostileTest()
        : TestCase("Each of a flood of random and mutated datagrams has one fate, and good ones "
                   "arrive")
    {
    }

  private:
    void DoRun() override;
    void DoTeardown() override;
    HostileOutcome Play(bool fastPath, uint32_t datagrams, bool flood = false);
    void Build(bool fastPath);
    void Watch();
    void Strike();
    void StrikeLan();
    void SendGood();
    void ReceiveGood(Ptr<Socket> socket);
    void Settle();
    Bytes GoodBytes(uint32_t number) const;

    /** \p datagram has link headers of \p link octets. */
    void Arrive(uint64_t uid, const Bytes& datagram, std::size_t link)
    {
        Fate& fate = At(uid);
        fate.arrivals++;
        fate.pieces = datagram.size() < link + 20 ? 1 : PiecesOf(datagram, link);
        ++m_outcome.arrived;
    }

    /** Into how many fragments without options it is cut for the LAN, at most. */
    static uint8_t PiecesOf(const Bytes& bytes, std::size_t at)
    {
        const uint32_t header = (bytes[at] & 0xf) * 4;
        const uint32_t total = HostileDatagrams::Get16(bytes, at + 2);
        if (total <= LAN_MTU || total < header || total > bytes.size() - at)
        {
            return 1;
        }
        const uint32_t unit = (LAN_MTU - header) / 8 * 8;
        return static_cast<uint8_t>((total - header + unit - 1) / unit);
    }

    /** What is known of a packet. */
    struct Fate
    {
        uint8_t injected{0};
        uint8_t arrivals{0};
        uint8_t pieces{1};
        uint8_t ends{0};      //!< delivered or dropped, whole or in pieces
        uint8_t forwarded{0}; //!< likewise
    };

    Fate& At(uint64_t uid)
    {
        if (uid >= m_fates.size())
        {
            m_fates.resize(uid + 65536);
        }
        return m_fates[uid];
    }

    NodeContainer m_nodes; // host A, router, host B, a stranger on the LAN
    Ptr<NetDevice> m_cable;
    Ptr<NetDevice> m_weapon;
    Ptr<NetDevice> m_target; // the router's on the LAN
    std::unique_ptr<HostileDatagrams> m_hostile;
    std::vector<Fate> m_fates;
    std::array<WireJudge, 3> m_judges;
    HostileOutcome m_outcome;
    uint64_t m_wholes{0};
    uint64_t m_reassembled{0};
    uint64_t m_reassembledFragments{0};
    uint32_t m_left{0};
    bool m_flood{false}; //!< of fragments alone
    std::array<Ptr<Socket>, 2> m_sockets;
    uint32_t m_goodSent{0};
    std::array<std::vector<uint8_t>, 2> m_goodReceived; //!< by host, by number
    std::size_t m_mostNeighbors{0};
    std::size_t m_mostPending{0};
};

void
HostileTest::Build(bool fastPath)
{
    GlobalValue::Bind("ChecksumEnabled", BooleanValue(true));
    m_nodes = NodeContainer(4);
    const NodeContainer stacks(m_nodes.Get(0), m_nodes.Get(1), m_nodes.Get(2));
    InternetStackHelper().Install(stacks);
    StrataPointToPointHelper cable;
    cable.SetDeviceAttribute("DataRate", StringValue("10Gbps"));
    cable.SetChannelAttribute("Delay", StringValue("1us"));
    const NetDeviceContainer left = cable.Install(m_nodes.Get(0), m_nodes.Get(1));
    CsmaHelper lan;
    lan.SetChannelAttribute("DataRate", StringValue("10Gbps"));
    lan.SetChannelAttribute("Delay", StringValue("10ns"));
    const NetDeviceContainer right =
        lan.Install(NodeContainer(m_nodes.Get(1), m_nodes.Get(2), m_nodes.Get(3)));
    Ipv4AddressHelper("10.0.0.0", "255.255.255.0").Assign(left);
    Ipv4AddressHelper("10.0.1.0", "255.255.255.0")
        .Assign(NetDeviceContainer(right.Get(0), right.Get(1)));
    right.Get(0)->SetMtu(LAN_MTU);
    for (const uint32_t host : {0, 2})
    {
        m_nodes.Get(host)->GetObject<Ipv4>()->SetAttribute("IpForward", BooleanValue(false));
        Ipv4StaticRoutingHelper()
            .GetStaticRouting(m_nodes.Get(host)->GetObject<Ipv4>())
            ->SetDefaultRoute(Ipv4Address(host == 0 ? ROUTER_A : ROUTER_B), 1);
    }
    Ptr<Ipv4StaticRouting> routes =
        Ipv4StaticRoutingHelper().GetStaticRouting(m_nodes.Get(1)->GetObject<Ipv4>());
    // An error about a datagram with a marked source would go there.
    routes->AddNetworkRouteTo("10.66.0.0", "255.255.0.0", Ipv4Address(HOST_A), 1);
    // And here a gateway that does not exist, and one to which redirects point.
    routes->AddNetworkRouteTo("10.9.0.0", "255.255.0.0", "10.0.1.77", 2);
    routes->AddNetworkRouteTo("10.8.0.0", "255.255.0.0", Ipv4Address(HOST_B), 2);

    StrataIpv4Helper helper;
    helper.SetAttribute("FastPath", BooleanValue(fastPath));
    helper.SetAttribute("SourceRouting", StringValue("process"));
    helper.SetAttribute("ReportBadLength", BooleanValue(true));
    helper.Install(stacks);
    StrataIpv4Helper::AssignStreams(stacks, 10);
    CsmaHelper().AssignStreams(right, 500);
    StrataArp::Of(m_nodes.Get(1))
        ->AddStaticEntry(right.Get(0), Ipv4Address(HOST_B), right.Get(1)->GetAddress());
    StrataArp::Of(m_nodes.Get(2))
        ->AddStaticEntry(right.Get(1), Ipv4Address(ROUTER_B), right.Get(0)->GetAddress());
    m_cable = left.Get(0);
    m_target = right.Get(0);
    m_weapon = right.Get(2);
    for (uint32_t i = 0; i < 2; ++i)
    {
        m_sockets[i] = Socket::CreateSocket(m_nodes.Get(2 * i), UdpSocketFactory::GetTypeId());
        m_sockets[i]->Bind(InetSocketAddress(Ipv4Address::GetAny(), GOOD_PORT));
        m_sockets[i]->SetRecvCallback(MakeCallback(&HostileTest::ReceiveGood, this));
    }
}

void
HostileTest::Watch()
{
    Ptr<Node> router = m_nodes.Get(1);
    Ptr<Ipv4L3Protocol> ipv4 = router->GetObject<Ipv4L3Protocol>();
    const auto isIpv4 = [](const Bytes& frame, std::size_t at, uint16_t type) {
        return frame.size() >= at + 2 && HostileDatagrams::Get16(frame, at) == type;
    };
    // Arrivals, before anything else sees them.
    ipv4->GetNetDevice(1)->TraceConnectWithoutContext(
        "MacRx",
        Callback<void, Ptr<const Packet>>(
            [this](Ptr<const Packet> frame) { Arrive(frame->GetUid(), ToBytes(frame), CABLE); }));
    uint8_t own[6];
    Mac48Address::ConvertFrom(m_target->GetAddress()).CopyTo(own);
    m_target->TraceConnectWithoutContext(
        "MacPromiscRx",
        Callback<void, Ptr<const Packet>>(
            [this, isIpv4, mac = Bytes(own, own + 6)](Ptr<const Packet> frame) {
                const Bytes bytes = ToBytes(frame);
                if (isIpv4(bytes, 12, 0x0800) &&
                    ((bytes[0] & 1) != 0 || std::equal(mac.begin(), mac.end(), bytes.begin())))
                {
                    Arrive(frame->GetUid(), bytes, ETHERNET);
                }
            }));
    Ptr<WholeLog> wholes = CreateObject<WholeLog>();
    wholes->see = [this](const Ipv4HookPacket& packet) {
        const uint64_t uid = packet.payload->GetUid();
        if (At(uid).arrivals == 0)
        {
            Bytes datagram = EncodeToBytes(packet.header);
            datagram.resize(packet.header.totalLength);
            Arrive(uid, datagram, 0);
            ++m_wholes;
        }
    };
    Ipv4Hooks::Of(router)->Attach(HookPoint::PREROUTING, Ipv4Priority::DEFRAGMENT + 1, wholes);
    StrataIpv4Helper::Get(router)->GetReassembler()->TraceConnectWithoutContext(
        "Reassembled",
        Callback<void, const Ipv4WireHeader&, uint32_t, Time>(
            [this](const Ipv4WireHeader&, uint32_t fragments, Time) {
                ++m_reassembled;
                m_reassembledFragments += fragments;
            }));
    // Ends.
    ipv4->TraceConnectWithoutContext(
        "LocalDeliver",
        Callback<void, const Ipv4Header&, Ptr<const Packet>, uint32_t>(
            [this](const Ipv4Header&, Ptr<const Packet> packet, uint32_t) {
                ++At(packet->GetUid()).ends;
                ++m_outcome.delivered;
            }));
    StrataNode::Of(router)->TraceConnectWithoutContext(
        "Drop",
        Callback<void, Ptr<const Packet>, DropReason, Ptr<const NetDevice>>(
            [this](Ptr<const Packet> packet, DropReason reason, Ptr<const NetDevice>) {
                const std::string name(reason.Name());
                ++m_outcome.drops[name];
                const bool fragment =
                    name.rfind("ip.fragment-", 0) == 0 || name == "ip.reassembly-timeout";
                // ICMP drops what was delivered to it.
                if (!fragment && name.rfind("icmp.", 0) != 0)
                {
                    ++At(packet->GetUid()).ends;
                }
            }));
    ipv4->TraceConnectWithoutContext("Drop",
                                     Callback<void,
                                              const Ipv4Header&,
                                              Ptr<const Packet>,
                                              Ipv4L3Protocol::DropReason,
                                              Ptr<Ipv4>,
                                              uint32_t>([this](const Ipv4Header&,
                                                               Ptr<const Packet> packet,
                                                               Ipv4L3Protocol::DropReason reason,
                                                               Ptr<Ipv4>,
                                                               uint32_t) {
                                         ++m_outcome.drops["stock." + std::to_string(reason)];
                                         ++At(packet->GetUid()).ends;
                                     }));
    for (uint32_t i = 1; i < 3; ++i)
    {
        // Our own links have no queue disc.
        Ptr<QueueDisc> queueDisc =
            router->GetObject<TrafficControlLayer>()->GetRootQueueDiscOnDevice(
                ipv4->GetNetDevice(i));
        if (queueDisc)
        {
            queueDisc->TraceConnectWithoutContext(
                "Drop",
                Callback<void, Ptr<const QueueDiscItem>>([this](Ptr<const QueueDiscItem> item) {
                    ++m_outcome.drops["queue"];
                    ++At(item->GetPacket()->GetUid()).ends;
                }));
        }
    }
    // What leaves, of all three.
    for (uint32_t node = 0; node < 3; ++node)
    {
        Ptr<Ipv4> stack = m_nodes.Get(node)->GetObject<Ipv4>();
        for (uint32_t i = 1; i < stack->GetNInterfaces(); ++i)
        {
            const std::size_t link =
                DynamicCast<CsmaNetDevice>(stack->GetNetDevice(i)) ? ETHERNET : CABLE;
            stack->GetNetDevice(i)->TraceConnectWithoutContext(
                "MacTx",
                Callback<void, Ptr<const Packet>>([this, node, link](Ptr<const Packet> frame) {
                    Bytes bytes = ToBytes(frame);
                    const bool arp =
                        link == ETHERNET && HostileDatagrams::Get16(bytes, 12) == 0x0806;
                    bytes.erase(bytes.begin(), bytes.begin() + link);
                    Fate& fate = At(frame->GetUid());
                    if (node == 1)
                    {
                        const auto now = static_cast<uint64_t>(Simulator::Now().GetNanoSeconds());
                        m_outcome.wire = HashOf(std::tuple(m_outcome.wire, now, bytes));
                    }
                    const bool passes = node == 1 ? fate.arrivals != 0 : fate.injected != 0;
                    if (passes && node == 1)
                    {
                        m_outcome.forwarded += fate.forwarded == 0;
                        fate.forwarded++;
                    }
                    if (!passes && !arp)
                    {
                        m_judges[node].Judge(bytes, node, Simulator::Now());
                    }
                }));
        }
    }
}

void
HostileTest::Strike()
{
    if (m_left == 0)
    {
        return;
    }
    --m_left;
    if (m_flood || m_hostile->OnceIn(2))
    {
        const Bytes bytes = m_flood ? m_hostile->NextFragment(ROUTER_A) : m_hostile->Next();
        Ptr<Packet> packet = Create<Packet>(bytes.data(), static_cast<uint32_t>(bytes.size()));
        At(packet->GetUid()).injected = 1;
        m_cable->Send(packet, m_cable->GetBroadcast(), EtherType::IPV4);
    }
    else
    {
        StrikeLan();
    }
    if (m_left % 64 == 0)
    {
        const ArpState* state = StrataArp::Of(m_nodes.Get(1))->GetState(m_target);
        std::size_t pending = 0;
        for (const auto& [address, entry] : state->entries)
        {
            pending += entry.pending.size();
        }
        m_mostNeighbors = std::max(m_mostNeighbors, state->entries.size());
        m_mostPending = std::max(m_mostPending, pending);
    }
    Simulator::Schedule(MicroSeconds(20), &HostileTest::Strike, this);
}

void
HostileTest::StrikeLan()
{
    const bool arp = m_hostile->OnceIn(20);
    const bool toMany = m_hostile->OnceIn(12);
    Address to = m_target->GetAddress();
    if (toMany)
    {
        to = m_hostile->OnceIn(2) ? m_weapon->GetBroadcast()
                                  : Address(Mac48Address("01:00:5e:00:00:01"));
    }
    else if (m_hostile->OnceIn(20))
    {
        to = Mac48Address("00:00:00:00:77:77"); // nobody's
    }
    const Bytes bytes = arp ? m_hostile->NextArp() : m_hostile->Next(toMany);
    Ptr<Packet> packet = Create<Packet>(bytes.data(), static_cast<uint32_t>(bytes.size()));
    At(packet->GetUid()).injected = 1;
    m_weapon->Send(packet, to, arp ? EtherType::ARP : EtherType::IPV4);
}

Bytes
HostileTest::GoodBytes(uint32_t number) const
{
    Bytes bytes(16 + number % 900);
    for (std::size_t i = 0; i < bytes.size(); ++i)
    {
        bytes[i] = static_cast<uint8_t>(number * 31 + i * 7);
    }
    HostileDatagrams::Put32(bytes, 0, 0x600dda7a);
    HostileDatagrams::Put32(bytes, 4, number);
    return bytes;
}

void
HostileTest::SendGood()
{
    if (m_left == 0)
    {
        return;
    }
    const Bytes bytes = GoodBytes(m_goodSent++);
    for (uint32_t i = 0; i < 2; ++i)
    {
        m_goodReceived[i].resize(m_goodSent);
        m_sockets[i]->SendTo(Create<Packet>(bytes.data(), static_cast<uint32_t>(bytes.size())),
                             0,
                             InetSocketAddress(Ipv4Address(i == 0 ? HOST_B : HOST_A), GOOD_PORT));
    }
    Simulator::Schedule(MilliSeconds(1), &HostileTest::SendGood, this);
}

void
HostileTest::ReceiveGood(Ptr<Socket> socket)
{
    auto& received = m_goodReceived[socket == m_sockets[0] ? 0 : 1];
    while (Ptr<Packet> packet = socket->Recv())
    {
        const Bytes bytes = ToBytes(packet);
        if (bytes.size() >= 16 && HostileDatagrams::Get32(bytes, 0) == 0x600dda7a)
        {
            const uint32_t number = HostileDatagrams::Get32(bytes, 4);
            if (number < received.size() && bytes == GoodBytes(number))
            {
                ++received[number];
            }
        }
    }
}

/** Holds the books of the router against each other. */
void
HostileTest::Settle()
{
    uint64_t lost = 0;
    uint64_t twice = 0;
    for (const Fate& fate : m_fates)
    {
        const int fates = fate.ends + fate.forwarded;
        lost += fate.arrivals == 1 && fates == 0;
        // One fate, or one for each piece; options that are not copied make room in later pieces.
        const bool cut = fate.pieces > 1 && (fates == fate.pieces || fates == fate.pieces - 1);
        m_outcome.cut += fates > 1 && cut;
        twice += fate.arrivals > 1 || (fate.arrivals == 1 && fates > 1 && !cut);
    }
    Ptr<Ipv4Reassembler> reassembler = StrataIpv4Helper::Get(m_nodes.Get(1))->GetReassembler();
    m_outcome.held = reassembler->GetFragments();
    NS_TEST_EXPECT_MSG_EQ(lost, m_outcome.held, "without a fate are the fragments that were held");
    NS_TEST_EXPECT_MSG_EQ(twice, 0, "nothing has two fates");
    NS_TEST_EXPECT_MSG_EQ(m_wholes, m_reassembled, "what was made of fragments was seen");
    uint64_t given = 0;
    for (const auto& [reason, count] : m_outcome.drops)
    {
        if (reason.rfind("ip.fragment-", 0) == 0 || reason == "ip.reassembly-timeout")
        {
            given += count;
        }
    }
    NS_TEST_EXPECT_MSG_EQ(m_outcome.held,
                          m_reassembledFragments + given,
                          "each fragment went into a datagram or was dropped");
    NS_TEST_EXPECT_MSG_EQ(reassembler->GetMemory(), 0, "nothing is left of fragments");
    NS_TEST_EXPECT_MSG_LT_OR_EQ(reassembler->GetPeakMemory(), 4U << 20, "memory of fragments");
    NS_TEST_EXPECT_MSG_LT_OR_EQ(m_mostNeighbors, 1024, "neighbours");
    NS_TEST_EXPECT_MSG_LT_OR_EQ(m_mostPending, 256, "packets that wait for neighbours");
    for (std::size_t i = 0; i < 3; ++i)
    {
        NS_TEST_EXPECT_MSG_EQ(m_judges[i].Faults(), 0, "node " << i << ": " << m_judges[i].First());
    }
    if (m_flood)
    {
        NS_TEST_EXPECT_MSG_GT(reassembler->GetPeakMemory(), 3U << 20, "the flood fills it");
        NS_TEST_EXPECT_MSG_GT(m_outcome.drops["ip.fragment-no-memory"], 0, "and meets the limit");
    }
    else
    {
        NS_TEST_EXPECT_MSG_GT(m_outcome.cut, 0, "some were cut for the LAN");
        NS_TEST_EXPECT_MSG_GT(m_judges[1].Errors(), 100, "what may be reported is");
    }
    for (std::size_t i = 0; i < 2; ++i)
    {
        const auto& received = m_goodReceived[i];
        NS_TEST_EXPECT_MSG_EQ(
            static_cast<uint64_t>(std::count(received.begin(), received.end(), 1)),
            m_goodSent,
            "all good datagrams arrive once at host " << i);
    }
}

HostileOutcome
HostileTest::Play(bool fastPath, uint32_t datagrams, bool flood)
{
    m_outcome = HostileOutcome();
    m_judges = {};
    m_fates.clear();
    m_wholes = m_reassembled = m_reassembledFragments = 0;
    m_goodSent = 0;
    m_goodReceived = {};
    m_mostNeighbors = m_mostPending = 0;
    m_left = datagrams;
    m_flood = flood;
    m_hostile = std::make_unique<HostileDatagrams>(
        7,
        std::vector<uint32_t>{
            HOST_A,     HOST_A,     HOST_A,     ROUTER_A,   ROUTER_A,   ROUTER_B,   HOST_B,
            HOST_B,     HOST_B,     0x0a000103, 0x0a000163, 0x0a090102, 0x0a080102, 0xcb007109,
            0xe0000001, 0xef010203, 0xffffffff, 0x0a0000ff, 0x0a0001ff, 0x0a000100, 0,
            9,          0x7f000001, 0xf0010101, 0xa9fe0303, 0xc0a80101, 0x08080808});
    Build(fastPath);
    Watch();
    Simulator::Schedule(MilliSeconds(100), &HostileTest::Strike, this);
    Simulator::Schedule(MilliSeconds(100), &HostileTest::SendGood, this);
    Simulator::Stop(MicroSeconds(20) * datagrams + Seconds(200));
    Simulator::Run();
    Settle();
    m_outcome.errors = m_judges[1].Errors();
    m_outcome.fast = StrataIpv4Helper::Get(m_nodes.Get(1))->GetFastForwarded();
    DoTeardown();
    return m_outcome;
}

void
HostileTest::DoRun()
{
    const char* wanted = std::getenv("STRATA_HOSTILE_DATAGRAMS");
    const uint32_t datagrams = wanted ? static_cast<uint32_t>(std::atol(wanted)) : 500000;
    const HostileOutcome slow = Play(false, datagrams);
    const HostileOutcome fast = Play(true, datagrams);
    NS_TEST_EXPECT_MSG_EQ(slow.fast, 0, "off is off");
    NS_TEST_EXPECT_MSG_GT(fast.fast, datagrams / 100, "the fast path was taken");
    NS_TEST_EXPECT_MSG_EQ(fast.arrived, slow.arrived, "arrivals with and without the fast path");
    NS_TEST_EXPECT_MSG_EQ(fast.forwarded, slow.forwarded, "forwarded with and without");
    NS_TEST_EXPECT_MSG_EQ(fast.delivered, slow.delivered, "delivered with and without");
    NS_TEST_EXPECT_MSG_EQ(fast.errors, slow.errors, "errors with and without");
    NS_TEST_EXPECT_MSG_EQ(fast.wire, slow.wire, "frames and times with and without");
    NS_TEST_EXPECT_MSG_EQ((fast.drops == slow.drops), true, "drops with and without");
    Play(false, 20000, true);
    Play(true, 20000, true);
    if (std::getenv("STRATA_HOSTILE_PRINT"))
    {
        std::cout << "arrived " << slow.arrived << ", forwarded " << slow.forwarded << " ("
                  << fast.fast << " fast), delivered " << slow.delivered << ", fragments "
                  << slow.held << ", errors sent " << slow.errors << "\n";
        for (const auto& [reason, count] : slow.drops)
        {
            std::cout << reason << " " << count << "\n";
        }
    }
}

void
HostileTest::DoTeardown()
{
    m_nodes = NodeContainer();
    m_cable = m_weapon = m_target = nullptr;
    m_sockets = {};
    Simulator::Destroy();
    GlobalValue::Bind("ChecksumEnabled", BooleanValue(false));
}

class StrataIpv4HostileTestSuite : public TestSuite
{
  public:
    StrataIpv4HostileTestSuite()
        : TestSuite("strata-ipv4-hostile")
    {
        AddTestCase(new HostileTest);
    }
};

StrataIpv4HostileTestSuite g_strataIpv4HostileTestSuite;

} // namespace

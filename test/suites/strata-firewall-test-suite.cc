// SPDX-License-Identifier: GPL-2.0-only

#include "strata-firewall-test-case.h"

#include "ns3/config.h"
#include "ns3/names.h"

#include <sstream>

using namespace ns3;
using namespace ns3::strata;

namespace
{

constexpr uint32_t OCTETS = 50000;

/** TCP, UDP and ICMP, IPv4 and IPv6, on a firewall without any rule. */
class DefaultTest : public FirewallTestCase
{
  public:
    explicit DefaultTest(bool full)
        : FirewallTestCase(std::string("What begins inside passes with its answers, and nothing "
                                       "from outside does, ") +
                           (full ? "beside StrataIpv4" : "beside the stock stack")),
          m_full(full)
    {
    }

  private:
    /** Whether \p from may talk to \p to by TCP and UDP, and ping it. */
    void Expect(uint32_t node,
                const std::string& from,
                const std::string& to,
                uint32_t server,
                bool ipv6,
                bool may,
                bool pings)
    {
        Build(m_full);
        const std::string address = AddressOf(to, ipv6);
        const auto tcpServer = Serve(server, true, 80, ipv6);
        const auto udpServer = Serve(server, false, 53, ipv6);
        const auto tcp = Talk(node, true, address, 80, OCTETS, Seconds(2));
        const auto udp = Talk(node, false, address, 53, 100, Seconds(2));
        Ping(node, AddressOf(from, ipv6), address, Seconds(3));
        Run(Seconds(20));
        const std::string what = from + " to " + to + (ipv6 ? ", IPv6" : ", IPv4");
        NS_TEST_EXPECT_MSG_EQ(tcpServer->served, (may ? OCTETS : 0), "TCP, " << what);
        NS_TEST_EXPECT_MSG_EQ(tcp->answered, (may ? OCTETS : 0), "TCP back, " << what);
        NS_TEST_EXPECT_MSG_EQ(tcp->connected, may, "TCP connects, " << what);
        NS_TEST_EXPECT_MSG_EQ(udpServer->served, (may ? 100 : 0), "UDP, " << what);
        NS_TEST_EXPECT_MSG_EQ(udp->answered, (may ? 100 : 0), "UDP back, " << what);
        if (node != FIREWALL)
        {
            NS_TEST_EXPECT_MSG_EQ(Icmp(node, ipv6 ? 129 : 0), (pings ? 1 : 0), "ping, " << what);
        }
        else
        {
            NS_TEST_EXPECT_MSG_EQ(Icmp(server, ipv6 ? 128 : 8), 1, "ping, " << what);
        }
        // A SYN and its repetitions, a datagram and perhaps an echo request.
        const uint64_t dropped = Drops(FIREWALL_POLICY);
        NS_TEST_EXPECT_MSG_EQ((dropped >= 3), !may, "drops of " << what << ": " << dropped);
        NS_TEST_EXPECT_MSG_EQ(firewall->GetMachine().Flows().size(),
                              may + pings, // UDP is over
                              "flows that are left, " << what);
        NS_TEST_EXPECT_MSG_EQ(firewall->GetMachine().Flows().Count(FlowClass::TCP_CLOSING),
                              (may ? 1 : 0),
                              "the connection is closed, " << what);
        Clear();
    }

    void DoRun() override
    {
        const auto expect = [this](uint32_t node,
                                   const char* from,
                                   const char* to,
                                   uint32_t server,
                                   bool ipv6,
                                   bool may,
                                   bool pings) {
            helper.SetAttribute("UdpAnsweredTimeout", TimeValue(Seconds(5)));
            Expect(node, from, to, server, ipv6, may, pings);
        };
        for (const bool ipv6 : {false, true})
        {
            expect(INSIDE, "inside", "outside", OUTSIDE, ipv6, true, true);
            expect(INSIDE, "inside", "near", FIREWALL, ipv6, true, true);
            expect(FIREWALL, "far", "outside", OUTSIDE, ipv6, true, true);
            expect(FIREWALL, "near", "inside", INSIDE, ipv6, true, true);
            // RFC 4890 sections 4.3.1 and 4.4.1: pings of IPv6 must not be dropped
            expect(OUTSIDE, "outside", "inside", INSIDE, ipv6, false, ipv6);
            expect(OUTSIDE, "outside", "far", FIREWALL, ipv6, false, ipv6);
            expect(OUTSIDE, "outside", "near", FIREWALL, ipv6, false, ipv6);
        }
        helper.SetAttribute("PassIpv6Echo", BooleanValue(false));
        expect(OUTSIDE, "outside", "inside", INSIDE, true, false, false);
        helper.SetAttribute("PassIpv6Echo", BooleanValue(false));
        expect(INSIDE, "inside", "outside", OUTSIDE, true, true, true);
        helper.AddRule("drop in=outside out=local proto=icmp6 type=echo-request");
        expect(OUTSIDE, "outside", "far", FIREWALL, true, false, false);
        helper.SetAttribute("ProtectNode", BooleanValue(false));
        expect(OUTSIDE, "outside", "far", FIREWALL, false, true, true);
        helper.SetAttribute("ProtectNode", BooleanValue(false));
        expect(OUTSIDE, "outside", "inside", INSIDE, true, false, true);
    }

    bool m_full;
};

/** A log by UDP that tells of flows, and begins one of its own with each line. */
class ListenerTest : public FirewallTestCase
{
  public:
    ListenerTest()
        : FirewallTestCase("Who hears of flows may send something by the firewall's node")
    {
    }

  private:
    static constexpr uint16_t LOG = 514;
    static constexpr uint32_t FLOWS = 20;

    void DoRun() override
    {
        helper.SetAttribute("UdpUnansweredTimeout", TimeValue(Seconds(5)));
        Build();
        firewall->TraceConnectWithoutContext(
            "FlowBegan",
            Callback<void, const TrackedFlow&>(
                [this](const TrackedFlow& flow) { Hear(flow, "began"); }));
        firewall->TraceConnectWithoutContext(
            "FlowEnded",
            Callback<void, const TrackedFlow&, std::string>(
                [this](const TrackedFlow& flow, std::string why) { Hear(flow, why); }));
        const auto log = Serve(OUTSIDE, false, LOG, false); // echoes, so it is answered
        // The stock ARP keeps three datagrams for a neighbour that it does not know yet.
        Ping(INSIDE, "10.0.0.1", "10.0.1.2", Seconds(0.5));
        for (uint32_t i = 0; i < FLOWS; ++i)
        {
            Talk(INSIDE, false, "10.0.1.2", static_cast<uint16_t>(1000 + i), 10, Seconds(1));
        }
        Run(Seconds(3));
        NS_TEST_EXPECT_MSG_EQ(m_heard["began"], FLOWS, "of each flow once");
        NS_TEST_EXPECT_MSG_EQ(m_own, FLOWS, "and of each that this began");
        NS_TEST_EXPECT_MSG_EQ(log->served, FLOWS, "the log came");
        NS_TEST_EXPECT_MSG_EQ(firewall->GetMachine().Flows().size(), 2 * FLOWS + 1, "all live");
        Run(Seconds(5));
        NS_TEST_EXPECT_MSG_EQ(m_heard["timeout"], FLOWS, "nobody answered");
        NS_TEST_EXPECT_MSG_EQ(log->served, 2 * FLOWS, "the log came");
        NS_TEST_EXPECT_MSG_EQ(firewall->GetMachine().Flows().size(), 2 * FLOWS + 1, "of the log");
        firewall->ForgetFlows();
        NS_TEST_EXPECT_MSG_EQ(m_ownForgotten, 2 * FLOWS, "those of the log are forgotten");
        NS_TEST_EXPECT_MSG_EQ(firewall->GetMachine().Flows().size(), 0, "all are");
    }

    void Hear(const TrackedFlow& flow, const std::string& what)
    {
        if (flow.opened.protocol != 17)
        {
            return;
        }
        if (flow.from == FlowSide::LOCAL)
        {
            m_own += what == "began";
            m_ownForgotten += what == "forgotten";
            return;
        }
        ++m_heard[what];
        Ptr<Socket> socket = MakeSocket(FIREWALL, false);
        socket->Bind(); // at a new port each time
        socket->SendTo(Create<Packet>(1), 0, SocketAddress("10.0.1.2", LOG));
    }

    std::map<std::string, uint32_t> m_heard; //!< of flows of others, by what befell them
    uint32_t m_own{0};
    uint32_t m_ownForgotten{0};
};

/** What passes without being taken apart is judged, followed and counted as anything else. */
class PassingTest : public FirewallTestCase
{
  public:
    PassingTest()
        : FirewallTestCase("On the fast path a firewall does the same, in passing")
    {
    }

  private:
    struct Outcome
    {
        std::string texts;
        std::vector<uint32_t> octets;
        uint64_t passed{0};
    };

    /** Of one flow of UDP, or an answer; some are fragments. */
    static Bytes Datagram(bool back, uint32_t number)
    {
        const std::size_t size = 28 + number / 2 % 50 * 8;
        Bytes bytes(size);
        const auto put = [&bytes](std::size_t at, std::initializer_list<unsigned> octets) {
            for (const unsigned octet : octets)
            {
                bytes[at++] = static_cast<uint8_t>(octet);
            }
        };
        put(0, {0x45, 0, static_cast<unsigned>(size >> 8), static_cast<unsigned>(size & 0xff)});
        put(4, {0, number, number % 10 == 0 ? 0x20U : 0, 0, 64, 17});
        const std::initializer_list<unsigned> inside{10, 0, 0, 1};
        const std::initializer_list<unsigned> outside{10, 0, 1, 2};
        put(12, back ? outside : inside);
        put(16, back ? inside : outside);
        put(20, {0, back ? 7U : 40, 0, back ? 40U : 7});
        put(24,
            {static_cast<unsigned>((size - 20) >> 8), static_cast<unsigned>((size - 20) & 0xff)});
        InternetChecksum sum;
        sum.Add(ByteView(bytes).Sub(0, 20));
        put(10, {static_cast<unsigned>(sum.Get() >> 8), static_cast<unsigned>(sum.Get() & 0xff)});
        return bytes;
    }

    Outcome Try(bool full, bool fast, bool heard)
    {
        helper.AddRule("drop proto=tcp dport=9; accept in=outside proto=udp dport=53 state=new");
        Build(full, fast);
        uint64_t accepted = 0;
        if (heard)
        {
            firewall->TraceConnectWithoutContext(
                "Accepted",
                Callback<void, const FirewallPacket&, uint32_t>(
                    [&accepted](const FirewallPacket&, uint32_t) { ++accepted; }));
        }
        const auto tcp = Serve(OUTSIDE, true, 80, false);
        const auto udp = Serve(INSIDE, false, 53, false);
        const auto none = Serve(INSIDE, true, 80, false);
        const auto question = Talk(OUTSIDE, false, "10.0.0.1", 53, 500, Seconds(1.1), 4001);
        Talk(OUTSIDE, true, "10.0.0.1", 80, 500, Seconds(1.2), 4002);
        for (uint32_t i = 0; i < 200; ++i)
        {
            const Time when = Seconds(2) + MilliSeconds(i);
            Inject(INSIDE, Datagram(false, i), 0x0800, when);
            Inject(OUTSIDE, Datagram(true, i), 0x0800, when + MicroSeconds(500));
        }
        Run(Seconds(5));
        Outcome outcome;
        std::ostringstream text;
        firewall->PrintRules(text);
        firewall->PrintFlows(text);
        outcome.texts = text.str();
        outcome.passed = firewall->GetMachine().GetInPassing();
        // How many segments there are depends on chance.
        const auto asks = Talk(INSIDE, true, "10.0.1.2", 80, OCTETS, Seconds(1), 4000);
        Run(Seconds(10));
        outcome.octets = {tcp->served, udp->served, asks->answered, question->answered};
        NS_TEST_EXPECT_MSG_EQ(none->served, 0, "nothing else");
        NS_TEST_EXPECT_MSG_EQ(outcome.octets[2], OCTETS, "answered");
        NS_TEST_EXPECT_MSG_EQ(outcome.octets[3], 500, "answered");
        NS_TEST_EXPECT_MSG_EQ((accepted > 100), heard, "who listens hears of all");
        Clear();
        return outcome;
    }

    void DoRun() override
    {
        const Outcome slow = Try(true, false, true);
        NS_TEST_EXPECT_MSG_EQ(slow.passed, 0, "who listens hears of each");
        for (const bool fast : {false, true})
        {
            const Outcome outcome = Try(true, fast, false);
            NS_TEST_EXPECT_MSG_GT(outcome.passed, 100, "most pass, fast path " << fast);
            NS_TEST_EXPECT_MSG_EQ(outcome.texts, slow.texts, "flows and counts are the same");
            NS_TEST_EXPECT_MSG_EQ((outcome.octets == slow.octets), true, "so is what came");
        }
    }
};

class FirewallTestSuite : public TestSuite
{
  public:
    FirewallTestSuite()
        : TestSuite("strata-firewall")
    {
        AddTestCase(new DefaultTest(false));
        AddTestCase(new DefaultTest(true));
        AddTestCase(new ListenerTest);
        AddTestCase(new PassingTest);
    }
};

const FirewallTestSuite g_firewallTestSuite;

} // namespace

// SPDX-License-Identifier: GPL-2.0-only

#include "../unit/nat/strata-linux-refusals.h"
#include "strata-firewall-test-case.h"

#include "ns3/names.h"

#include <sstream>

using namespace ns3;
using namespace ns3::strata;

namespace
{

constexpr uint8_t ANY_PROTOCOL = 253; // RFC 3692

/** A server inside that one rule opens, and the kinds of rejection. */
class RuleTest : public FirewallTestCase
{
  public:
    RuleTest()
        : FirewallTestCase("Rules open ports, drop, and reject with an answer that is heard")
    {
    }

  private:
    void DoRun() override
    {
        for (const bool full : {false, true})
        {
            for (const bool ipv6 : {false, true})
            {
                Opened(ipv6, full);
                Rejected(ipv6, full);
            }
        }
        Devices();
    }

    void Opened(bool ipv6, bool full)
    {
        helper.AddRule("drop in=outside proto=tcp dport=81\n"
                       "accept in=outside proto=tcp dst=" +
                       AddressOf("inside", ipv6) +
                       " dport=80-90 state=new\n"
                       "drop in=inside proto=udp dport=53 # no names");
        Build(full);
        const std::string inside = AddressOf("inside", ipv6);
        const auto web = Serve(INSIDE, true, 80, ipv6);
        const auto other = Serve(INSIDE, true, 81, ipv6);
        const auto names = Serve(OUTSIDE, false, 53, ipv6);
        const auto good = Talk(OUTSIDE, true, inside, 80, 5000, Seconds(2));
        const auto bad = Talk(OUTSIDE, true, inside, 81, 5000, Seconds(2));
        const auto asks = Talk(INSIDE, false, AddressOf("outside", ipv6), 53, 50, Seconds(2));
        Run(Seconds(10));
        NS_TEST_EXPECT_MSG_EQ(web->served, 5000, "the open port is served");
        NS_TEST_EXPECT_MSG_EQ(good->answered, 5000, "and answers");
        NS_TEST_EXPECT_MSG_EQ(other->served, 0, "the rule before drops");
        NS_TEST_EXPECT_MSG_EQ(bad->failed, false, "silently");
        NS_TEST_EXPECT_MSG_EQ(names->served, 0, "inside is ruled as well");
        NS_TEST_EXPECT_MSG_EQ(firewall->GetRulePackets(2), 1, "the SYN alone is new");
        NS_TEST_EXPECT_MSG_EQ(firewall->GetRulePackets(3), 1, "the question");
        NS_TEST_EXPECT_MSG_GT(firewall->GetRulePackets(1), 1, "SYNs repeated");
        NS_TEST_EXPECT_MSG_EQ(Drops(FIREWALL_RULE),
                              firewall->GetRulePackets(1) + firewall->GetRulePackets(3),
                              "each drop is counted once");
        std::ostringstream text;
        firewall->PrintRules(text);
        NS_TEST_EXPECT_MSG_NE(text.str().find("3         1"), std::string::npos, text.str());
        text.str("");
        firewall->PrintFlows(text);
        NS_TEST_EXPECT_MSG_NE(text.str().find("tcp outside"), std::string::npos, text.str());
        Clear();
    }

    void Rejected(bool ipv6, bool full)
    {
        helper.AddRule("reject in=outside proto=tcp dport=80 with=reset; "
                       "reject in=outside out=local proto=tcp dport=82 with=reset; "
                       "reject in=outside proto=udp dport=1000 with=prohibited; "
                       "reject in=outside proto=udp with=port");
        Build(full);
        const std::string inside = AddressOf("inside", ipv6);
        const auto web = Serve(INSIDE, true, 80, ipv6);
        const auto reset = Talk(OUTSIDE, true, inside, 80, 5000, Seconds(2));
        const auto own = Talk(OUTSIDE, true, AddressOf("far", ipv6), 82, 5000, Seconds(2.1));
        const auto silent = Talk(OUTSIDE, true, inside, 81, 5000, Seconds(2.2));
        Talk(OUTSIDE, false, inside, 1000, 50, Seconds(2.3));
        Talk(OUTSIDE, false, inside, 1001, 50, Seconds(2.4));
        Talk(OUTSIDE, false, AddressOf("far", ipv6), 1001, 50, Seconds(2.5));
        Run(Seconds(2.9));
        const std::string what = std::string(ipv6 ? "IPv6" : "IPv4") + (full ? ", StrataIpv4" : "");
        // The clients of ns-3 take a RST with an ACK for an ACK, so what came to them is counted.
        NS_TEST_EXPECT_MSG_EQ(Arrived(OUTSIDE, 6), 2, "two RSTs, " << what);
        NS_TEST_EXPECT_MSG_EQ(reset->connected || own->connected, false, "no more, " << what);
        NS_TEST_EXPECT_MSG_EQ(silent->failed, false, "a drop is silent, " << what);
        NS_TEST_EXPECT_MSG_EQ(web->served, 0, "nothing came through, " << what);
        NS_TEST_EXPECT_MSG_EQ(Icmp(OUTSIDE, ipv6 ? 1 : 3), 3, "unreachables, " << what);
        NS_TEST_EXPECT_MSG_EQ(Drops(FIREWALL_REJECT), 5, "each is counted, " << what);
        NS_TEST_EXPECT_MSG_EQ(firewall->GetMachine().Flows().size(), 0, "no flow, " << what);
        Clear();
    }

    /** Devices by number and by name. */
    void Devices()
    {
        Build();
        Names::Add("wan", links.Get(2));
        firewall->AddRule("accept in=wan out=dev1 proto=udp dport=5");
        firewall->AddRule("drop in=dev1 proto=udp dport=6");
        const auto five = Serve(INSIDE, false, 5, false);
        const auto six = Serve(OUTSIDE, false, 6, false);
        Talk(OUTSIDE, false, "10.0.0.1", 5, 10, Seconds(1));
        Talk(INSIDE, false, "10.0.1.2", 6, 10, Seconds(1));
        Run(Seconds(2));
        NS_TEST_EXPECT_MSG_EQ(five->served, 10, "by name and number");
        NS_TEST_EXPECT_MSG_EQ(six->served, 0, "by number");
        Names::Clear();
        Clear();
    }
};

/** What the sender of a rejected packet hears, octet by octet. */
class RefusalTest : public FirewallTestCase
{
  public:
    RefusalTest()
        : FirewallTestCase("A refusal is that of Linux, octet by octet")
    {
    }

  private:
    void DoRun() override
    {
        for (const bool full : {false, true})
        {
            Expect(LINUX_PROHIBITED_4, "prohibited", full, false);
            Expect(LINUX_PORT_4, "port", full, false);
            Expect(LINUX_PROHIBITED_6, "prohibited", full, true);
            Expect(LINUX_PORT_6, "port", full, true);
            for (const LinuxRefusal& refusal : LINUX_RESETS)
            {
                Reset(refusal, full);
            }
        }
    }

    void Expect(const LinuxRefusal& refusal, const std::string& with, bool full, bool ipv6)
    {
        helper.AddRule("reject in=outside proto=udp with=" + with);
        Build(full);
        Inject(OUTSIDE, QuoteOf(refusal), ipv6 ? 0x86dd : 0x0800, Seconds(2));
        Run(Seconds(3));
        NS_TEST_EXPECT_MSG_EQ((Heard(OUTSIDE, ipv6 ? 58 : 1) == FromHex(refusal.answer)),
                              true,
                              with << (ipv6 ? ", IPv6" : ", IPv4") << (full ? ", StrataIpv4" : ""));
        Clear();
    }

    /** The same segment from outside to inside: all but the checksum, which is of addresses. */
    void Reset(const LinuxRefusal& refusal, bool full)
    {
        helper.AddRule("reject in=outside proto=tcp with=reset state=any");
        Build(full);
        const Bytes segment = FromHex(refusal.refused);
        Bytes bytes(20);
        bytes[0] = 0x45;
        bytes[3] = static_cast<uint8_t>(bytes.size() + segment.size());
        bytes[8] = 64;
        bytes[9] = 6;
        const uint8_t ends[] = {10, 0, 1, 2, 10, 0, 0, 1};
        std::copy(ends, ends + 8, bytes.begin() + 12);
        InternetChecksum sum;
        sum.Add(bytes);
        bytes[10] = static_cast<uint8_t>(sum.Get() >> 8);
        bytes[11] = static_cast<uint8_t>(sum.Get());
        bytes.insert(bytes.end(), segment.begin(), segment.end());
        Inject(OUTSIDE, bytes, 0x0800, Seconds(2));
        Run(Seconds(3));
        Bytes heard = Heard(OUTSIDE, 6);
        Bytes expected = FromHex(refusal.answer);
        NS_TEST_EXPECT_MSG_EQ(heard.size(), expected.size(), "an answer to " << refusal.refused);
        if (heard.size() == expected.size() && !heard.empty())
        {
            InternetChecksum whole;
            whole.AddPseudoHeader4(0x0a000001, 0x0a000102, 6, static_cast<uint16_t>(heard.size()));
            whole.Add(heard);
            NS_TEST_EXPECT_MSG_EQ(whole.Get(), 0, "the checksum is right");
            heard[16] = heard[17] = expected[16] = expected[17] = 0;
            NS_TEST_EXPECT_MSG_EQ((heard == expected), true, "refused " << refusal.refused);
        }
        Clear();
    }
};

/** ICMP errors, of hosts and of the node itself, and messages in the wrong place. */
class RelatedTest : public FirewallTestCase
{
  public:
    RelatedTest()
        : FirewallTestCase("Errors about what an inside host sent come to it, and forged ones do "
                           "not")
    {
    }

  private:
    void DoRun() override
    {
        for (const bool ipv6 : {false, true})
        {
            Build();
            const std::string inside = AddressOf("inside", ipv6);
            const std::string outside = AddressOf("outside", ipv6);
            // Nobody listens outside: its stack says so.
            Talk(INSIDE, false, outside, 9, 50, Seconds(2), 4000);
            Run(Seconds(3));
            NS_TEST_EXPECT_MSG_EQ(Icmp(INSIDE, ipv6 ? 1 : 3), 1, "the error about it came");
            // The same about a flow that is none.
            Bytes quote(ipv6 ? 48 : 28);
            quote[0] = ipv6 ? 0x60 : 0x45;
            quote[ipv6 ? 5 : 3] = ipv6 ? 8 : 28;
            quote[ipv6 ? 6 : 9] = 17;
            PutAddress(quote, ipv6 ? 8 : 12, inside);
            PutAddress(quote, ipv6 ? 24 : 16, outside);
            quote[ipv6 ? 41 : 21] = 77;
            Bytes error{static_cast<uint8_t>(ipv6 ? 1 : 3),
                        static_cast<uint8_t>(ipv6 ? 4 : 3),
                        0,
                        0,
                        0,
                        0,
                        0,
                        0};
            error.insert(error.end(), quote.begin(), quote.end());
            SetChecksum(error, 2, outside, inside, 58);
            SendIp(OUTSIDE, outside, inside, ipv6 ? 58 : 1, error, Seconds(0.1));
            // A redirect from afar.
            Bytes redirect = error;
            redirect[0] = ipv6 ? 137 : 5;
            redirect[1] = 0;
            redirect[2] = redirect[3] = 0;
            redirect.resize(ipv6 ? 40 : redirect.size()); // that of IPv6 quotes in an option
            SetChecksum(redirect, 2, outside, inside, 58);
            SendIp(OUTSIDE, outside, inside, ipv6 ? 58 : 1, redirect, Seconds(0.2));
            Run(Seconds(1));
            NS_TEST_EXPECT_MSG_EQ(Icmp(INSIDE, ipv6 ? 1 : 3), 1, "the forged one did not");
            NS_TEST_EXPECT_MSG_EQ(Icmp(INSIDE, ipv6 ? 137 : 5), 0, "nor the redirect");
            NS_TEST_EXPECT_MSG_EQ(Drops(FIREWALL_UNRELATED_ERROR), 1, "and is counted");
            NS_TEST_EXPECT_MSG_EQ(Drops(ipv6 ? FIREWALL_NEIGHBOR : FIREWALL_POLICY),
                                  1,
                                  "so is the redirect");
            Clear();
        }
    }

    static void PutAddress(Bytes& bytes, std::size_t at, const std::string& text)
    {
        if (text.find(':') != std::string::npos)
        {
            Ipv6Address(text.c_str()).GetBytes(bytes.data() + at);
            return;
        }
        const uint32_t address = Ipv4Address(text.c_str()).Get();
        for (std::size_t i = 0; i < 4; ++i)
        {
            bytes[at + i] = static_cast<uint8_t>(address >> (24 - 8 * i));
        }
    }
};

/** Datagrams of UDP larger than the MTU, in whatever order, over both families. */
class FragmentTest : public FirewallTestCase
{
  public:
    FragmentTest()
        : FirewallTestCase("Fragments pass with the first of their datagram, or not at all")
    {
    }

  private:
    void DoRun() override
    {
        for (const bool ipv6 : {false, true})
        {
            Build();
            const auto out = Serve(OUTSIDE, false, 53, ipv6);
            const auto in = Serve(INSIDE, false, 53, ipv6);
            // The stock stacks keep three packets for a neighbour that they do not know yet.
            Ping(INSIDE, AddressOf("inside", ipv6), AddressOf("outside", ipv6), Seconds(1));
            const auto asks = Talk(INSIDE, false, AddressOf("outside", ipv6), 53, 6000, Seconds(2));
            Talk(OUTSIDE, false, AddressOf("inside", ipv6), 53, 6000, Seconds(3));
            Run(Seconds(5));
            NS_TEST_EXPECT_MSG_EQ(out->served, 6000, "a large datagram from inside");
            NS_TEST_EXPECT_MSG_EQ(asks->answered, 6000, "and its answer");
            NS_TEST_EXPECT_MSG_EQ(in->served, 0, "none from outside");
            NS_TEST_EXPECT_MSG_EQ(Drops(FIREWALL_POLICY), 1, "the first by the policy");
            NS_TEST_EXPECT_MSG_EQ(Drops(FIREWALL_FRAGMENT_REFUSED), 4, "the others with it");
            Clear();
        }
        OutOfOrder();
    }

    static Bytes Piece(uint16_t id, uint16_t word, std::size_t size)
    {
        Bytes bytes(20 + size, 0);
        bytes[0] = 0x45;
        bytes[2] = static_cast<uint8_t>(bytes.size() >> 8);
        bytes[3] = static_cast<uint8_t>(bytes.size());
        bytes[4] = static_cast<uint8_t>(id >> 8);
        bytes[5] = static_cast<uint8_t>(id);
        bytes[6] = static_cast<uint8_t>(word >> 8);
        bytes[7] = static_cast<uint8_t>(word);
        bytes[8] = 64;
        bytes[9] = ANY_PROTOCOL;
        const uint8_t ends[] = {10, 0, 0, 1, 10, 0, 1, 2};
        std::copy(ends, ends + 8, bytes.begin() + 12);
        InternetChecksum sum;
        sum.Add(ByteView(bytes).Sub(0, 20));
        bytes[10] = static_cast<uint8_t>(sum.Get() >> 8);
        bytes[11] = static_cast<uint8_t>(sum.Get());
        return bytes;
    }

    void OutOfOrder()
    {
        constexpr uint16_t MORE = 0x2000;
        Build();
        Inject(INSIDE, Piece(1, 4, 10), 0x0800, Seconds(1)); // the last, then the first
        Inject(INSIDE, Piece(1, MORE | 2, 16), 0x0800, Seconds(1.1));
        Inject(INSIDE, Piece(1, MORE, 16), 0x0800, Seconds(1.2));
        Inject(INSIDE, Piece(2, MORE, 16), 0x0800, Seconds(2)); // then one that lies over it
        Inject(INSIDE, Piece(2, MORE | 1, 16), 0x0800, Seconds(2.1));
        Inject(INSIDE, Piece(2, 2, 16), 0x0800, Seconds(2.2));
        Inject(INSIDE, Piece(3, 2, 16), 0x0800, Seconds(3)); // the first never comes
        Run(Seconds(32));
        NS_TEST_EXPECT_MSG_EQ(Arrived(OUTSIDE, ANY_PROTOCOL), 1, "one is whole");
        NS_TEST_EXPECT_MSG_EQ(Drops(FIREWALL_FRAGMENT_OVERLAP), 2, "one is refused");
        NS_TEST_EXPECT_MSG_EQ(Drops(FIREWALL_FRAGMENT_NO_FIRST), 0, "one waits");
        Run(Seconds(3));
        NS_TEST_EXPECT_MSG_EQ(Drops(FIREWALL_FRAGMENT_NO_FIRST), 1, "until its time is over");
        Clear();
    }
};

/** What the traces tell, and attributes that change while flows live. */
class TraceTest : public FirewallTestCase
{
  public:
    TraceTest()
        : FirewallTestCase("Traces tell of packets, rules and flows; a firewall without power "
                           "forgets")
    {
    }

  private:
    void DoRun() override
    {
        Build();
        std::map<uint32_t, uint32_t> accepted;
        std::map<uint32_t, uint32_t> dropped;
        std::vector<std::string> ends;
        uint32_t began = 0;
        firewall->TraceConnectWithoutContext(
            "Accepted",
            Callback<void, const FirewallPacket&, uint32_t>(
                [&](const FirewallPacket&, uint32_t rule) { ++accepted[rule]; }));
        firewall->TraceConnectWithoutContext(
            "Dropped",
            Callback<void, const FirewallPacket&, uint32_t, DropReason>(
                [&](const FirewallPacket&, uint32_t rule, DropReason) { ++dropped[rule]; }));
        firewall->TraceConnectWithoutContext(
            "FlowBegan",
            Callback<void, const TrackedFlow&>([&](const TrackedFlow&) { ++began; }));
        firewall->TraceConnectWithoutContext(
            "FlowEnded",
            Callback<void, const TrackedFlow&, std::string>(
                [&](const TrackedFlow&, std::string why) { ends.push_back(why); }));
        Serve(OUTSIDE, false, 53, false);
        Talk(INSIDE, false, "10.0.1.2", 53, 10, Seconds(1));
        Talk(OUTSIDE, false, "10.0.0.1", 53, 10, Seconds(1));
        Run(Seconds(2));
        NS_TEST_EXPECT_MSG_EQ(accepted[3], 1, "the question begins");
        NS_TEST_EXPECT_MSG_EQ(accepted[2], 1, "the answer belongs to it");
        NS_TEST_EXPECT_MSG_EQ(dropped[4], 1, "and the other does not");
        NS_TEST_EXPECT_MSG_EQ(began, 1, "a flow began");
        Run(Seconds(298));
        NS_TEST_EXPECT_MSG_EQ(ends.size(), 0, "it is remembered for five minutes");
        Run(Seconds(3));
        NS_TEST_EXPECT_MSG_EQ(ends.size(), 1, "and no longer");
        NS_TEST_EXPECT_MSG_EQ(ends.at(0), "timeout", "for want of packets");

        const auto server = Serve(OUTSIDE, true, 80, false);
        const auto talk = Talk(INSIDE, true, "10.0.1.2", 80, 100000, Seconds(1));
        uint32_t segments = 0;
        firewall->TraceConnectWithoutContext(
            "Accepted",
            Callback<void, const FirewallPacket&, uint32_t>(
                [&](const FirewallPacket& packet, uint32_t) {
                    if (packet.IsTcp() && ++segments == 60) // of about 200 each way
                    {
                        Simulator::ScheduleNow(&StrataFirewall::ForgetFlows, firewall);
                    }
                }));
        Run(Seconds(20));
        NS_TEST_EXPECT_MSG_EQ(ends.size(), 2, "one end of each flow");
        NS_TEST_EXPECT_MSG_EQ(ends.back(), "forgotten", "the power was lost");
        NS_TEST_EXPECT_MSG_EQ(talk->connected, true, "it was in the midst of it");
        NS_TEST_EXPECT_MSG_LT(talk->answered, 100000, "a connection does not outlive its flow");
        NS_TEST_EXPECT_MSG_GT(Drops(FIREWALL_NO_FLOW), 0, "its segments are dropped");
        firewall->SetAttribute("PickUp", BooleanValue(true));
        Run(Seconds(200));
        NS_TEST_EXPECT_MSG_EQ(talk->answered, 100000, "unless it may be picked up");
    }
};

/** For how long flows are remembered. */
class LifetimeTest : public FirewallTestCase
{
  public:
    LifetimeTest()
        : FirewallTestCase("Timeouts are a year at most, and as long as they say")
    {
    }

  private:
    void DoRun() override
    {
        Build();
        for (const char* name : {"TcpOpeningTimeout",
                                 "TcpEstablishedTimeout",
                                 "TcpClosingTimeout",
                                 "TcpResetTimeout",
                                 "UdpUnansweredTimeout",
                                 "UdpAnsweredTimeout",
                                 "IcmpTimeout",
                                 "OtherUnansweredTimeout",
                                 "OtherAnsweredTimeout",
                                 "FragmentTimeout"})
        {
            NS_TEST_EXPECT_MSG_EQ(firewall->SetAttributeFailSafe(name, TimeValue(Years(1))),
                                  true,
                                  name << " for a year");
            NS_TEST_EXPECT_MSG_EQ(firewall->SetAttributeFailSafe(name, TimeValue(Time::Max())),
                                  false,
                                  name << " not for longer than time counts");
        }
        Talk(INSIDE, false, "10.0.1.2", 9, 50, Seconds(1));
        Run(Days(364));
        NS_TEST_EXPECT_MSG_EQ(firewall->GetMachine().Flows().size(), 1, "a year but for a day");
        Run(Days(2));
        NS_TEST_EXPECT_MSG_EQ(firewall->GetMachine().Flows().size(), 0, "and no longer");
    }
};

class FirewallRulesTestSuite : public TestSuite
{
  public:
    FirewallRulesTestSuite()
        : TestSuite("strata-firewall-rules")
    {
        AddTestCase(new RuleTest);
        AddTestCase(new RefusalTest);
        AddTestCase(new RelatedTest);
        AddTestCase(new FragmentTest);
        AddTestCase(new TraceTest);
        AddTestCase(new LifetimeTest);
    }
};

const FirewallRulesTestSuite g_firewallRulesTestSuite;

} // namespace

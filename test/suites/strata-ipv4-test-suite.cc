// SPDX-License-Identifier: GPL-2.0-only

#include "strata-ipv4-test-case.h"

#include "ns3/inet-socket-address.h"
#include "ns3/ipv4-raw-socket-factory.h"
#include "ns3/ipv4-static-routing-helper.h"
#include "ns3/pointer.h"
#include "ns3/strata-ipv4-sender.h"
#include "ns3/udp-socket-factory.h"

#include <set>
#include <sys/wait.h>
#include <unistd.h>

using namespace ns3;
using namespace ns3::strata;

namespace
{

class TimeToLiveTest : public Ipv4TestCase
{
  public:
    TimeToLiveTest()
        : Ipv4TestCase("A datagram lives as many hops as its time says, and none at 0")
    {
    }

  private:
    void DoRun() override
    {
        Build(4);
        for (uint8_t ttl = 0; ttl < 4; ++ttl)
        {
            Ipv4WireHeader header = HeaderTo("10.0.2.2");
            header.ttl = ttl;
            header.identification = ttl;
            Inject(header, Create<Packet>(100), Seconds(1 + ttl));
        }
        Run();
        NS_TEST_ASSERT_MSG_EQ(arrivals->arrived.size(), 1, "only the last lives long enough");
        NS_TEST_ASSERT_MSG_EQ(+arrivals->arrived.front().header.ttl, 1, "what is left");
        NS_TEST_ASSERT_MSG_EQ(icmp.entries.size(), 3, "the others are reported");
        const char* routers[] = {"10.0.0.2", "10.0.0.2", "10.0.1.2"};
        for (uint8_t i = 0; i < 3; ++i)
        {
            const IcmpLog::Entry& entry = icmp.entries[i];
            NS_TEST_ASSERT_MSG_EQ((entry.message.type == IcmpType::TIME_EXCEEDED), true, "type");
            NS_TEST_ASSERT_MSG_EQ(+entry.message.code, 0, "in transit");
            NS_TEST_ASSERT_MSG_EQ(entry.source, Ipv4Address(routers[i]), "by whom");
            const auto quote = entry.message.Quote();
            NS_TEST_ASSERT_MSG_EQ(quote.has_value(), true, "quotes");
            NS_TEST_ASSERT_MSG_EQ(quote->header.identification, i, "the datagram");
            NS_TEST_ASSERT_MSG_EQ(quote->payload.size(), 100, "in full");
            NS_TEST_ASSERT_MSG_EQ(quote->header.HasRightChecksum(), true, "as it was received");
            NS_TEST_ASSERT_MSG_EQ(+quote->header.ttl, (i == 0 ? 0 : 1), "as it was received");
        }
        NS_TEST_ASSERT_MSG_EQ(Drops(1, IP_TTL_EXPIRED), 2, "counted");
        NS_TEST_ASSERT_MSG_EQ(Drops(2, IP_TTL_EXPIRED), 1, "counted");
    }
};

class DontFragmentTest : public Ipv4TestCase
{
  public:
    DontFragmentTest()
        : Ipv4TestCase("Don't Fragment is obeyed and the MTU reported; without it fragments meet")
    {
    }

  private:
    void DoRun() override
    {
        Build(4, {1500, 600, 400});
        Ipv4WireHeader header = HeaderTo("10.0.2.2");
        header.identification = 1;
        header.dontFragment = true;
        Inject(header, Create<Packet>(1000), Seconds(1));
        header.identification = 2;
        header.dontFragment = false;
        Inject(header, Create<Packet>(1000), Seconds(2));
        Run();
        NS_TEST_ASSERT_MSG_EQ(icmp.entries.size(), 1, "one report");
        const IcmpMessage& message = icmp.entries.front().message;
        NS_TEST_ASSERT_MSG_EQ(message.IsUnreachable(IcmpUnreachableCode::FRAGMENTATION_NEEDED),
                              true,
                              "type and code");
        NS_TEST_ASSERT_MSG_EQ(message.NextHopMtu(), 600, "MTU");
        NS_TEST_ASSERT_MSG_EQ(Drops(1, IP_FRAGMENTATION_NEEDED), 1, "counted");
        NS_TEST_ASSERT_MSG_EQ(arrivals->arrived.size(), 1, "the other arrives, whole");
        NS_TEST_ASSERT_MSG_EQ(arrivals->arrived.front().header.identification, 2, "that one");
        NS_TEST_ASSERT_MSG_EQ(arrivals->arrived.front().payload->GetSize(), 1000, "all of it");
        // 980 + 20 over 600: 576 and 424; over 400: 376 and 200, and 376 and 48.
        NS_TEST_ASSERT_MSG_EQ(Get(3)->GetReassembler()->GetFragments(), 4, "in four pieces");
    }
};

class QuoteTest : public Ipv4TestCase
{
  public:
    QuoteTest()
        : Ipv4TestCase("An error quotes the front of the datagram, octet for octet")
    {
    }

  private:
    void DoRun() override
    {
        Build(3, {1500, 600});
        Bytes data(1000);
        for (std::size_t i = 0; i < data.size(); ++i)
        {
            data[i] = static_cast<uint8_t>(i * 7);
        }
        for (const uint8_t protocol : {uint8_t{6}, TEST_PROTOCOL})
        {
            Ipv4WireHeader header = HeaderTo("10.0.1.2");
            header.protocol = protocol;
            header.dontFragment = true;
            header.totalLength = 1020;
            header.SetChecksum();
            Bytes sent = EncodeToBytes(header);
            sent.insert(sent.end(), data.begin(), data.end());
            m_sent.push_back(sent);
            InjectBytes(sent, Seconds(m_sent.size()));
        }
        Run();
        NS_TEST_ASSERT_MSG_EQ(icmp.entries.size(), m_sent.size(), "both are too large");
        for (std::size_t i = 0; i < m_sent.size(); ++i)
        {
            // RFC 1812 section 4.3.2.3: 576 octets in all.
            m_sent[i].resize(576 - 20 - 8);
            NS_TEST_EXPECT_MSG_EQ((icmp.entries[i].message.body == m_sent[i]), true, "quote " << i);
        }
    }

    std::vector<Bytes> m_sent;
};

class UnreachableTest : public Ipv4TestCase
{
  public:
    UnreachableTest()
        : Ipv4TestCase("Net, protocol and port unreachable are said; a raw socket is a protocol")
    {
    }

  private:
    void DoRun() override
    {
        Build(3);
        Ptr<Socket> raw = Socket::CreateSocket(nodes.Get(2), Ipv4RawSocketFactory::GetTypeId());
        raw->SetAttribute("Protocol", UintegerValue(89));
        Ipv4WireHeader header = HeaderTo("192.168.9.9");
        Inject(header, Create<Packet>(50), Seconds(1));
        header = HeaderTo("10.0.1.2");
        header.protocol = 250;
        Inject(header, Create<Packet>(50), Seconds(2));
        header.protocol = 89;
        Inject(header, Create<Packet>(50), Seconds(3));
        Ptr<Socket> udp = Socket::CreateSocket(nodes.Get(0), UdpSocketFactory::GetTypeId());
        Simulator::Schedule(Seconds(4), [udp] {
            udp->SendTo(Create<Packet>(200), 0, InetSocketAddress("10.0.1.2", 4242));
        });
        // The router itself has no such port either.
        Simulator::Schedule(Seconds(5), [udp] {
            udp->SendTo(Create<Packet>(200), 0, InetSocketAddress("10.0.1.1", 4242));
        });
        Run();
        NS_TEST_ASSERT_MSG_EQ(icmp.entries.size(), 4, "reports");
        const std::pair<IcmpUnreachableCode, const char*> expected[] = {
            {IcmpUnreachableCode::NET, "10.0.0.2"},
            {IcmpUnreachableCode::PROTOCOL, "10.0.1.2"},
            {IcmpUnreachableCode::PORT, "10.0.1.2"},
            {IcmpUnreachableCode::PORT, "10.0.1.1"},
        };
        for (std::size_t i = 0; i < 4; ++i)
        {
            NS_TEST_ASSERT_MSG_EQ(icmp.entries[i].message.IsUnreachable(expected[i].first),
                                  true,
                                  "code of report " << i);
            NS_TEST_ASSERT_MSG_EQ(icmp.entries[i].source,
                                  Ipv4Address(expected[i].second),
                                  "source of report " << i);
        }
        const auto quote = icmp.entries[2].message.Quote();
        NS_TEST_ASSERT_MSG_EQ(quote->payload.size(), 208, "UDP is quoted in full");
        NS_TEST_ASSERT_MSG_EQ(Drops(1, IP_NO_ROUTE), 1, "counted");
        NS_TEST_ASSERT_MSG_EQ(Drops(2, IP_NO_PROTOCOL), 1, "counted");
    }
};

class RecordRouteTest : public Ipv4TestCase
{
  public:
    RecordRouteTest()
        : Ipv4TestCase("A route is recorded there and back, by address of the outgoing interface")
    {
    }

  private:
    void DoRun() override
    {
        Build(4);
        Ipv4WireHeader::Options options;
        Ipv4OptionWriter(options).RecordRoute(9);
        Simulator::Schedule(Seconds(1), [this, options] {
            Get(0)->GetIcmp()->Send(IcmpMessage::EchoRequest(1, 1, Bytes(56, 7)),
                                    Ipv4Address::GetAny(),
                                    "10.0.2.2",
                                    Ipv4OptionsTag(options));
        });
        Ptr<Probe> probe = CreateObject<Probe>();
        Hooks(0)->Attach(HookPoint::INPUT, 0, probe);
        Run();
        NS_TEST_ASSERT_MSG_EQ(icmp.entries.size(), 1, "a reply");
        NS_TEST_ASSERT_MSG_EQ((icmp.entries[0].message.type == IcmpType::ECHO_REPLY), true, "echo");
        NS_TEST_ASSERT_MSG_EQ(icmp.entries[0].message.body.size(), 56, "with its data");
        Ipv4WireHeader header;
        header.options = probe->options;
        Ipv4OptionReader reader(header);
        const auto option = reader.Next();
        NS_TEST_ASSERT_MSG_EQ(option.has_value(), true, "has an option");
        const auto route = Ipv4RouteOption::Parse(*option);
        // As "ping -R" shows it: out, each router, the destination twice, and back.
        const char* expected[] = {"10.0.0.1",
                                  "10.0.1.1",
                                  "10.0.2.1",
                                  "10.0.2.2",
                                  "10.0.2.2",
                                  "10.0.1.2",
                                  "10.0.0.2",
                                  "10.0.0.1"};
        NS_TEST_ASSERT_MSG_EQ(route->RecordedCount(), 8, "stops");
        for (std::size_t i = 0; i < 8; ++i)
        {
            NS_TEST_ASSERT_MSG_EQ(Ipv4Address(route->Slot(i)), Ipv4Address(expected[i]), "stop");
        }
    }

    class Probe : public Ipv4HookElement
    {
      public:
        HookVerdict Process(Ipv4HookPacket& packet) override
        {
            Ipv4OptionsTag tag;
            packet.payload->PeekPacketTag(tag);
            options = tag.GetOptions();
            return HookVerdict::ACCEPT;
        }

        Ipv4WireHeader::Options options;
    };
};

class MalformedTest : public Ipv4TestCase
{
  public:
    MalformedTest()
        : Ipv4TestCase("Malformed datagrams are dropped with their reason, and good ones pass")
    {
    }

  private:
    void DoRun() override
    {
        Build(3);
        Ipv4WireHeader header = HeaderTo("10.0.1.2");
        header.totalLength = 60;
        header.SetChecksum();
        Bytes good = EncodeToBytes(header);
        good.resize(60);
        std::vector<std::pair<Bytes, DropReason>> bad;
        const auto with = [&](std::size_t offset, uint8_t value, DropReason reason) {
            Bytes bytes = good;
            bytes[offset] = value;
            bad.emplace_back(bytes, reason);
        };
        with(0, 0x65, IP_BAD_VERSION);
        with(0, 0x44, IP_BAD_HEADER_LENGTH);
        with(10, static_cast<uint8_t>(good[10] ^ 1), IP_BAD_CHECKSUM);
        bad.emplace_back(Bytes(good.begin(), good.begin() + 30), IP_TRUNCATED);
        bad.emplace_back(Bytes(good.begin(), good.begin() + 12), IP_SHORT_FRAME);
        Time when = Seconds(1);
        for (const auto& [bytes, reason] : bad)
        {
            InjectBytes(bytes, when);
            when += MilliSeconds(10);
        }
        Bytes padded = good;
        padded.resize(80, 0xee);
        InjectBytes(padded, when);
        Run();
        for (const auto& [bytes, reason] : bad)
        {
            NS_TEST_ASSERT_MSG_EQ(Drops(1, reason), 1, reason);
        }
        NS_TEST_ASSERT_MSG_EQ(icmp.entries.size(), 0, "all in silence");
        NS_TEST_ASSERT_MSG_EQ(arrivals->arrived.size(), 1, "the good one arrives");
        NS_TEST_ASSERT_MSG_EQ(arrivals->arrived.front().payload->GetSize(), 40, "without padding");
    }
};

class ReassemblyTimeoutTest : public Ipv4TestCase
{
  public:
    ReassemblyTimeoutTest()
        : Ipv4TestCase("An incomplete datagram is given up and reported if its front came")
    {
    }

  private:
    void DoRun() override
    {
        Build(2);
        Ipv4WireHeader header = HeaderTo("10.0.0.2");
        header.identification = 1;
        header.moreFragments = true;
        Inject(header, Create<Packet>(80), Seconds(1));
        header.identification = 2;
        header.fragmentOffset = 10;
        Inject(header, Create<Packet>(80), Seconds(1));
        Run(Seconds(100));
        NS_TEST_ASSERT_MSG_EQ(icmp.entries.size(), 1, "reported once");
        NS_TEST_ASSERT_MSG_EQ((icmp.entries[0].message.type == IcmpType::TIME_EXCEEDED), true, "");
        NS_TEST_ASSERT_MSG_EQ(+icmp.entries[0].message.code, 1, "reassembly");
        NS_TEST_ASSERT_MSG_EQ(icmp.entries[0].message.Quote()->header.identification, 1, "which");
        NS_TEST_ASSERT_MSG_EQ(Get(1)->GetReassembler()->GetLostFragments(), 2, "both are lost");
    }
};

class LoopbackTest : public Ipv4TestCase
{
  public:
    LoopbackTest()
        : Ipv4TestCase("All of net 127 is this host")
    {
    }

  private:
    void DoRun() override
    {
        Build(2);
        Hooks(0)->Attach(HookPoint::INPUT, 0, arrivals);
        Ptr<Ipv4> ipv4 = nodes.Get(0)->GetObject<Ipv4>();
        Simulator::Schedule(Seconds(1), [ipv4] {
            ipv4->Send(Create<Packet>(10), "127.0.0.1", "127.1.2.3", TEST_PROTOCOL, nullptr);
        });
        Run();
        NS_TEST_ASSERT_MSG_EQ(arrivals->arrived.size(), 1, "delivered");
        NS_TEST_ASSERT_MSG_EQ(+arrivals->arrived.front().header.ttl, 64, "without a hop");
    }
};

/** Both hosts send the largest datagrams to each other, and larger ones. */
class LargestDatagramTest : public Ipv4TestCase
{
  public:
    LargestDatagramTest(std::size_t options)
        : Ipv4TestCase("65,535 octets are sent, 65,536 are not, with so many of options: " +
                       std::to_string(options)),
          m_options(options)
    {
    }

  private:
    Ptr<Packet> Make(uint32_t size)
    {
        Ptr<Packet> packet = Create<Packet>(size);
        if (m_options != 0)
        {
            Ipv4WireHeader::Options options;
            Ipv4OptionWriter(options).RecordRoute((m_options - 3) / 4);
            Ipv4OptionWriter(options).Pad();
            NS_TEST_EXPECT_MSG_EQ(options.size(), m_options, "as many");
            packet->AddPacketTag(Ipv4OptionsTag(options));
        }
        return packet;
    }

    void DoRun() override
    {
        Build(3, {1500, 600});
        nodes.Get(2)->GetObject<Ipv4>()->GetNetDevice(1)->SetAttribute("QueueLimit",
                                                                       UintegerValue(200));
        const auto most = static_cast<uint32_t>(65535 - 20 - 8 - m_options);
        const std::pair<uint32_t, const char*> ways[] = {{0, "10.0.1.2"}, {2, "10.0.0.1"}};
        std::vector<Ptr<Socket>> servers;
        for (const auto& [node, peer] : ways)
        {
            servers.push_back(Socket::CreateSocket(nodes.Get(node), UdpSocketFactory::GetTypeId()));
            servers.back()->SetAttribute("RcvBufSize", UintegerValue(200000));
            servers.back()->Bind(InetSocketAddress(Ipv4Address::GetAny(), 9));
            Ptr<Socket> socket =
                Socket::CreateSocket(nodes.Get(node), UdpSocketFactory::GetTypeId());
            Simulator::Schedule(Seconds(1), [this, socket, most, to = peer] {
                const InetSocketAddress address(to, 9);
                NS_TEST_EXPECT_MSG_EQ(socket->SendTo(Make(most + 1), 0, address), -1, "too long");
                NS_TEST_EXPECT_MSG_EQ(socket->GetErrno(), Socket::ERROR_MSGSIZE, "it is told");
                const int sent = socket->SendTo(Make(most), 0, address);
                NS_TEST_EXPECT_MSG_EQ(sent, static_cast<int>(most), "not too long");
            });
        }
        // A raw socket, which has no limit of its own; ports may have options as well.
        Ptr<Socket> raw = Socket::CreateSocket(nodes.Get(0), Ipv4RawSocketFactory::GetTypeId());
        raw->SetAttribute("Protocol", UintegerValue(TEST_PROTOCOL));
        Simulator::Schedule(Seconds(5), [this, raw] {
            const InetSocketAddress address("10.0.1.2", 0);
            NS_TEST_EXPECT_MSG_EQ(raw->SendTo(Create<Packet>(65516), 0, address), -1, "too long");
            NS_TEST_EXPECT_MSG_EQ(raw->SendTo(Create<Packet>(65515), 0, address), 65515, "not");
            Ipv4WireHeader::Options options;
            Ipv4OptionWriter(options).RouterAlert();
            Get(0)->GetOptions()->SetOptions(17, 4000, options);
            Ptr<Socket> udp = Socket::CreateSocket(nodes.Get(0), UdpSocketFactory::GetTypeId());
            udp->Bind(InetSocketAddress(Ipv4Address::GetAny(), 4000));
            udp->SendTo(Create<Packet>(65507), 0, InetSocketAddress("10.0.1.2", 9));
        });
        Run();
        for (const Ptr<Socket>& server : servers)
        {
            NS_TEST_EXPECT_MSG_EQ(server->GetRxAvailable(), most, "arrives whole");
        }
        NS_TEST_EXPECT_MSG_EQ(arrivals->arrived.size(), 1, "the raw one arrives");
        const uint64_t drops = m_options != 0 ? 3 : 2; // the stock socket refuses one itself
        NS_TEST_EXPECT_MSG_EQ(Drops(0, IP_TOO_LONG), drops, "those that were refused");
        NS_TEST_EXPECT_MSG_EQ(Get(2)->GetReassembler()->GetLostFragments(), 0, "no piece of them");
    }

    std::size_t m_options;
};

class AttributesTest : public Ipv4TestCase
{
  public:
    AttributesTest()
        : Ipv4TestCase("Parts can be looked at and not be exchanged; the least MTU has bounds")
    {
    }

  private:
    void DoRun() override
    {
        Build(2);
        for (const char* part : {"Icmp", "Options", "Reassembler", "PathMtu"})
        {
            PointerValue value;
            NS_TEST_EXPECT_MSG_EQ(Get(0)->GetAttributeFailSafe(part, value), true, part);
            NS_TEST_EXPECT_MSG_EQ((value.GetObject() ? 1 : 0), 1, part);
            NS_TEST_EXPECT_MSG_EQ(Get(0)->SetAttributeFailSafe(part, value), false, part);
            NS_TEST_EXPECT_MSG_EQ(Get(0)->SetAttributeFailSafe(part, StringValue("x")),
                                  false,
                                  part);
        }
        const std::pair<uint32_t, bool> mtus[] = {{27, false}, {28, true}, {68, true}, {69, false}};
        for (const auto& [mtu, good] : mtus)
        {
            NS_TEST_EXPECT_MSG_EQ(Get(0)->SetAttributeFailSafe("LeastMtu", UintegerValue(mtu)),
                                  good,
                                  mtu);
        }
    }
};

class SecondHelperTest : public Ipv4TestCase
{
  public:
    SecondHelperTest()
        : Ipv4TestCase("A second helper sets what was set in it, and stops at what cannot change")
    {
    }

  private:
    std::string Value(const std::string& name) const
    {
        StringValue value;
        Get(1)->GetAttribute(name, value);
        return value.Get();
    }

    void DoRun() override
    {
        helper.SetAttribute("SourceRouting", StringValue("process"));
        helper.SetAttribute("PathMtuDiscovery", BooleanValue(false));
        Build(2);
        const Ptr<StrataIpv4> first = Get(1);
        StrataIpv4Helper().Install(nodes);
        NS_TEST_EXPECT_MSG_EQ(Value("SourceRouting"), "process", "nothing was set");
        StrataIpv4Helper second;
        second.SetAttribute("FastPath", BooleanValue(true));
        second.SetAttribute("PathMtuDiscovery", BooleanValue(false)); // as it is
        second.Install(nodes);
        NS_TEST_EXPECT_MSG_EQ((first == Get(1)), true, "there is one");
        NS_TEST_EXPECT_MSG_EQ(Value("FastPath"), "true", "set");
        NS_TEST_EXPECT_MSG_EQ(Value("SourceRouting"), "process", "left");
        second.SetAttribute("PathMtuDiscovery", BooleanValue(true));
        const pid_t child = fork();
        if (child == 0)
        {
            close(STDERR_FILENO);
            second.Install(nodes);
            _exit(0);
        }
        int status = 0;
        NS_TEST_ASSERT_MSG_EQ(waitpid(child, &status, 0), child, "it ran");
        NS_TEST_EXPECT_MSG_EQ(WIFSIGNALED(status), true, "and stopped");
    }
};

class IdentificationTest : public TestCase
{
  public:
    IdentificationTest()
        : TestCase("65,535 identifications in a row differ, and none is 0")
    {
    }

  private:
    void DoRun() override
    {
        Ptr<Ipv4Sender> sender = CreateObject<Ipv4Sender>();
        sender->NextIdentification();
        std::set<uint16_t> seen;
        for (uint32_t i = 0; i < 65535; ++i)
        {
            seen.insert(sender->NextIdentification());
        }
        NS_TEST_ASSERT_MSG_EQ(seen.size(), 65535, "all differ");
        NS_TEST_ASSERT_MSG_EQ(seen.count(0), 0, "0 stands for none given");
    }
};

class StrataIpv4TestSuite : public TestSuite
{
  public:
    StrataIpv4TestSuite()
        : TestSuite("strata-ipv4")
    {
        AddTestCase(new TimeToLiveTest);
        AddTestCase(new DontFragmentTest);
        AddTestCase(new QuoteTest);
        AddTestCase(new UnreachableTest);
        AddTestCase(new RecordRouteTest);
        AddTestCase(new MalformedTest);
        AddTestCase(new ReassemblyTimeoutTest);
        AddTestCase(new LoopbackTest);
        AddTestCase(new LargestDatagramTest(0));
        AddTestCase(new LargestDatagramTest(40));
        AddTestCase(new AttributesTest);
        AddTestCase(new SecondHelperTest);
        AddTestCase(new IdentificationTest);
    }
};

StrataIpv4TestSuite g_strataIpv4TestSuite;

} // namespace

// SPDX-License-Identifier: GPL-2.0-only

#include "ns3/arp-cache.h"
#include "ns3/config.h"
#include "ns3/csma-channel.h"
#include "ns3/csma-helper.h"
#include "ns3/csma-net-device.h"
#include "ns3/ethernet-header.h"
#include "ns3/inet-socket-address.h"
#include "ns3/internet-stack-helper.h"
#include "ns3/ipv4-address-helper.h"
#include "ns3/ipv4-l3-protocol.h"
#include "ns3/ipv4-queue-disc-item.h"
#include "ns3/ipv4-static-routing-helper.h"
#include "ns3/mac48-address.h"
#include "ns3/node-container.h"
#include "ns3/packet.h"
#include "ns3/point-to-point-helper.h"
#include "ns3/random-variable-stream.h"
#include "ns3/simulator.h"
#include "ns3/strata-arp-helper.h"
#include "ns3/strata-ether-type.h"
#include "ns3/strata-ipv4-header.h"
#include "ns3/strata-packet-item.h"
#include "ns3/strata-raw-header.h"
#include "ns3/string.h"
#include "ns3/test.h"
#include "ns3/udp-socket-factory.h"
#include "ns3/uinteger.h"

#include <functional>
#include <string>
#include <vector>

using namespace ns3;
using namespace ns3::strata;

namespace
{

MacBytes
MacOf(Ptr<NetDevice> device)
{
    MacBytes bytes;
    Mac48Address::ConvertFrom(device->GetAddress()).CopyTo(bytes.data());
    return bytes;
}

/** A LAN of stock hosts, some with StrataArp, and what is seen on it. */
class ArpTestCase : public TestCase
{
  public:
    using TestCase::TestCase;

  protected:
    /** ARP as it went by on the LAN. */
    struct Seen
    {
        Time at;
        Mac48Address from;
        Mac48Address to;
        ArpMessage message;
    };

    void MakeLan(uint32_t hosts, bool installBefore = false)
    {
        nodes.Create(hosts);
        arp.SetAttribute("RequestJitter", StringValue("ns3::ConstantRandomVariable[Constant=0]"));
        if (installBefore)
        {
            arp.Install(nodes);
        }
        devices = csma.Install(nodes);
        InternetStackHelper stack;
        stack.SetIpv6StackInstall(false);
        stack.Install(nodes);
        addresses = Ipv4AddressHelper("10.0.0.0", "255.255.255.0").Assign(devices);
        if (!installBefore)
        {
            arp.Install(nodes);
        }
        Watch(devices.Get(0), seen);
    }

    /** Notes the ARP frames that \p device sees, its own among them. */
    void Watch(Ptr<NetDevice> device, std::vector<Seen>& into)
    {
        device->TraceConnectWithoutContext(
            "PromiscSniffer",
            Callback<void, Ptr<const Packet>>([&into](Ptr<const Packet> frame) {
                Ptr<Packet> packet = frame->Copy();
                EthernetHeader ethernet(false);
                packet->RemoveHeader(ethernet);
                if (ethernet.GetLengthType() != EtherType::ARP)
                {
                    return;
                }
                Bytes bytes(packet->GetSize());
                packet->CopyData(bytes.data(), bytes.size());
                if (const auto message = ArpMessage::Decode(bytes, {}))
                {
                    into.push_back({Simulator::Now(),
                                    ethernet.GetSource(),
                                    ethernet.GetDestination(),
                                    *message});
                }
            }));
    }

    Ptr<StrataArp> Arp(uint32_t host)
    {
        return nodes.Get(host)->GetObject<StrataArp>();
    }

    Ptr<StrataNode> Strata(uint32_t host)
    {
        return nodes.Get(host)->GetObject<StrataNode>();
    }

    Ptr<Ipv4L3Protocol> Ipv4Of(uint32_t host)
    {
        return nodes.Get(host)->GetObject<Ipv4L3Protocol>();
    }

    Ptr<ArpCache> Cache(uint32_t host)
    {
        return Ipv4Of(host)->GetInterface(1)->GetArpCache();
    }

    /** The address in the machine of \p host for \p address, and its state; none as "". */
    std::string StateOf(uint32_t host, Ipv4Address address)
    {
        const auto& entries = Arp(host)->GetState(devices.Get(host))->entries;
        const auto found = entries.find(address.Get());
        static const char* const names[] =
            {"incomplete", "reachable", "stale", "probing", "failed", "static"};
        return found == entries.end() ? "" : names[static_cast<int>(found->second.state)];
    }

    bool Maps(uint32_t host, Ipv4Address address, Ptr<NetDevice> device)
    {
        const auto hardware = Arp(host)->Lookup(devices.Get(host), address);
        return hardware && *hardware == device->GetAddress();
    }

    void Listen(uint32_t host)
    {
        Ptr<Socket> socket = Socket::CreateSocket(nodes.Get(host), UdpSocketFactory::GetTypeId());
        socket->Bind(InetSocketAddress(Ipv4Address::GetAny(), 9));
        received.resize(nodes.GetN());
        socket->SetRecvCallback(Callback<void, Ptr<Socket>>([this, host](Ptr<Socket> s) {
            while (Ptr<Packet> packet = s->Recv())
            {
                received[host].push_back(packet->GetSize());
            }
        }));
        sockets.push_back(socket);
    }

    void SendUdp(uint32_t host, Ipv4Address to, uint32_t size, Time at)
    {
        Simulator::ScheduleWithContext(nodes.Get(host)->GetId(), at, [=] {
            Ptr<Socket> socket =
                Socket::CreateSocket(nodes.Get(host), UdpSocketFactory::GetTypeId());
            socket->SendTo(Create<Packet>(size), 0, InetSocketAddress(to, 9));
        });
    }

    /** An ARP message out of \p device, as it is. */
    void Inject(Ptr<NetDevice> device, ArpMessage message, Mac48Address to, Time at)
    {
        Simulator::ScheduleWithContext(device->GetNode()->GetId(), at, [=] {
            const Bytes bytes = EncodeToBytes(message);
            device->Send(Create<Packet>(bytes.data(), bytes.size()), to, EtherType::ARP);
        });
    }

    void At(Time time, std::function<void()> what)
    {
        Simulator::Schedule(time, [what] { what(); });
    }

    void Run(Time until)
    {
        Simulator::Stop(until);
        Simulator::Run();
    }

    void DoTeardown() override
    {
        sockets.clear();
        Simulator::Destroy();
        Config::Reset();
    }

    NodeContainer nodes;
    NetDeviceContainer devices;
    Ipv4InterfaceContainer addresses;
    CsmaHelper csma;
    StrataArpHelper arp;
    std::vector<Seen> seen;
    std::vector<Ptr<Socket>> sockets;
    std::vector<std::vector<uint32_t>> received;
};

/** The first exchange on a LAN, installed before or after the stack. */
class ResolveTest : public ArpTestCase
{
  public:
    ResolveTest(bool before)
        : ArpTestCase(before ? "Installed before the stack, two hosts find each other"
                             : "Installed after the stack, two hosts find each other"),
          m_before(before)
    {
    }

  private:
    void DoRun() override
    {
        MakeLan(3, m_before);
        arp.Install(nodes); // once more changes nothing
        Listen(0);
        Listen(1);
        // 5 kB are four fragments: all of them wait.
        SendUdp(0, addresses.GetAddress(1), 5000, Seconds(1));
        SendUdp(1, addresses.GetAddress(0), 10, Seconds(2));
        Run(Seconds(5));
        NS_TEST_ASSERT_MSG_EQ(received[1].size(), 1, "one datagram");
        NS_TEST_ASSERT_MSG_EQ(received[1][0], 5000, "all fragments");
        NS_TEST_ASSERT_MSG_EQ(received[0].size(), 1, "and back");
        NS_TEST_ASSERT_MSG_EQ(seen.size(), 2, "a request and a reply, both learn from them");
        NS_TEST_ASSERT_MSG_EQ(seen[0].to, Mac48Address::GetBroadcast(), "request by broadcast");
        NS_TEST_ASSERT_MSG_EQ((seen[0].message.operation == ArpOperation::REQUEST), true, "");
        NS_TEST_ASSERT_MSG_EQ((seen[1].message.operation == ArpOperation::REPLY), true, "");
        NS_TEST_ASSERT_MSG_EQ(seen[1].to, devices.Get(0)->GetAddress(), "reply by unicast");
        NS_TEST_ASSERT_MSG_EQ(Maps(0, addresses.GetAddress(1), devices.Get(1)), true, "");
        NS_TEST_ASSERT_MSG_EQ(Maps(1, addresses.GetAddress(0), devices.Get(0)), true, "");
        NS_TEST_ASSERT_MSG_EQ(StateOf(2, addresses.GetAddress(0)), "", "host 3 was not spoken to");
        NS_TEST_ASSERT_MSG_EQ(Strata(0)->GetDrops().Packets(), 0, "nothing lost");
    }

    bool m_before;
};

class AgeTest : public ArpTestCase
{
  public:
    AgeTest()
        : ArpTestCase("Entries leave the stock cache with the machine's, and are polled in use")
    {
    }

  private:
    void DoRun() override
    {
        arp.SetAttribute("ReachableTime", TimeValue(Seconds(10)));
        arp.SetAttribute("StaleTime", TimeValue(Seconds(20)));
        MakeLan(2);
        Listen(1);
        const Ipv4Address peer = addresses.GetAddress(1);
        SendUdp(0, peer, 10, Seconds(1));
        At(Seconds(5), [=] {
            NS_TEST_EXPECT_MSG_EQ(StateOf(0, peer), "reachable", "fresh");
            NS_TEST_EXPECT_MSG_NE(Cache(0)->Lookup(peer), nullptr, "mirrored");
        });
        At(Seconds(12), [=] {
            NS_TEST_EXPECT_MSG_EQ(StateOf(0, peer), "stale", "old");
            NS_TEST_EXPECT_MSG_EQ(Cache(0)->Lookup(peer), nullptr, "no longer mirrored");
        });
        SendUdp(0, peer, 11, Seconds(13));
        At(Seconds(14),
           [=] { NS_TEST_EXPECT_MSG_EQ(StateOf(0, peer), "reachable", "the poll was answered"); });
        At(Seconds(50), [=] { NS_TEST_EXPECT_MSG_EQ(StateOf(0, peer), "", "forgotten"); });
        Simulator::Run(); // ends by itself: nothing ticks on
        NS_TEST_ASSERT_MSG_EQ(received[1].size(), 2, "both packets");
        NS_TEST_ASSERT_MSG_EQ(seen.size(), 4, "request, reply, poll, reply");
        NS_TEST_ASSERT_MSG_EQ(seen[2].to, devices.Get(1)->GetAddress(), "the poll is unicast");
    }
};

class UnreachableTest : public ArpTestCase
{
  public:
    UnreachableTest()
        : ArpTestCase("A silent next hop fails with all packets that waited, stock and raw ones")
    {
    }

  private:
    void DoRun() override
    {
        MakeLan(2);
        const Ipv4Address nobody("10.0.0.99");
        std::vector<Ptr<const Packet>> failed;
        Time failedAt;
        Arp(0)->TraceConnectWithoutContext(
            "ResolutionFailed",
            Callback<void, Ptr<NetDevice>, Ipv4Address, Ptr<const Packet>>(
                [&](Ptr<NetDevice> device, Ipv4Address nextHop, Ptr<const Packet> packet) {
                    NS_TEST_EXPECT_MSG_EQ(device, devices.Get(0), "where");
                    NS_TEST_EXPECT_MSG_EQ(nextHop, nobody, "who");
                    failed.push_back(packet);
                    failedAt = Simulator::Now();
                }));
        SendUdp(0, nobody, 100, Seconds(1));
        At(Seconds(2), [=] {
            Arp(0)->Send(devices.Get(0), nobody, Create<Packet>(50), EtherType::MPLS_UNICAST);
        });
        Run(Seconds(30));
        NS_TEST_ASSERT_MSG_EQ(failed.size(), 2, "both");
        NS_TEST_ASSERT_MSG_EQ(failedAt, Seconds(4), "three requests, a second apart");
        NS_TEST_ASSERT_MSG_EQ(failed[0]->GetSize(), 128, "with IPv4 and UDP header");
        Ipv4Header header;
        failed[0]->PeekHeader(header);
        NS_TEST_ASSERT_MSG_EQ(header.GetDestination(), nobody, "the header is in front");
        NS_TEST_ASSERT_MSG_EQ(failed[1]->GetSize(), 50, "the raw one as it was");
        NS_TEST_ASSERT_MSG_EQ(Strata(0)->GetDrops().Packets(ARP_UNREACHABLE), 2, "counted");
        NS_TEST_ASSERT_MSG_EQ(seen.size(), 3, "three requests");
        NS_TEST_ASSERT_MSG_EQ(seen[1].at - seen[0].at, Seconds(1), "one a second");
        NS_TEST_ASSERT_MSG_EQ(Cache(0)->Lookup(nobody), nullptr, "no trace in the stock cache");
    }
};

class QueueLimitTest : public ArpTestCase
{
  public:
    QueueLimitTest()
        : ArpTestCase("Of the packets for an unresolved address the latest are kept, in order")
    {
    }

  private:
    void DoRun() override
    {
        arp.SetAttribute("MaxPendingPerEntry", UintegerValue(3));
        MakeLan(2);
        Listen(1);
        // The peer is deaf at first, so that the packets pile up.
        Ipv4Of(1)->SetDown(1);
        for (uint32_t i = 0; i < 8; ++i)
        {
            SendUdp(0, addresses.GetAddress(1), 100 + i, Seconds(1) + MilliSeconds(50 * i));
        }
        At(Seconds(1.8), [=] { Ipv4Of(1)->SetUp(1); });
        Run(Seconds(5));
        NS_TEST_ASSERT_MSG_EQ((received[1] == std::vector<uint32_t>{105, 106, 107}), true, "");
        NS_TEST_ASSERT_MSG_EQ(Strata(0)->GetDrops().Packets(ARP_QUEUE_FULL), 5, "the others");
        NS_TEST_ASSERT_MSG_GT(Strata(1)->GetDrops().Packets(ARP_INTERFACE_DOWN), 0, "deaf");
    }
};

class LearningTest : public ArpTestCase
{
  public:
    LearningTest()
        : ArpTestCase("With learning from all, one broadcast tells every host")
    {
    }

  private:
    void DoRun() override
    {
        arp.SetAttribute("Learning", StringValue("all"));
        MakeLan(4);
        SendUdp(0, addresses.GetAddress(1), 10, Seconds(1));
        Run(Seconds(2));
        for (uint32_t host = 1; host < 4; ++host)
        {
            NS_TEST_ASSERT_MSG_EQ(Maps(host, addresses.GetAddress(0), devices.Get(0)), true, "");
        }
        NS_TEST_ASSERT_MSG_EQ(Maps(2, addresses.GetAddress(1), devices.Get(1)),
                              false,
                              "the reply is unicast: a third host does not see it");
    }
};

/** A host whose address appears at other hardware. */
class MoveTest : public ArpTestCase
{
  public:
    MoveTest()
        : ArpTestCase("A host that moves is found again: at once when it announces itself, "
                      "else when its entry grows old")
    {
    }

  private:
    void DoRun() override
    {
        arp.SetAttribute("ReachableTime", TimeValue(Seconds(30)));
        MakeLan(4); // 0 sends; 1 hands its address to 2, then 2 to 3
        Listen(1);
        Listen(2);
        Listen(3);
        const Ipv4InterfaceAddress address = Ipv4Of(1)->GetAddress(1, 0);
        const Ipv4Address mobile = address.GetLocal();
        const auto move = [=](uint32_t from, uint32_t to) {
            Ipv4Of(from)->RemoveAddress(1, mobile);
            Ipv4Of(to)->AddAddress(1, address);
        };
        std::vector<std::string> changes;
        Arp(0)->TraceConnectWithoutContext(
            "MappingChanged",
            Callback<void, Ptr<NetDevice>, Ipv4Address, Address, Address, std::string>(
                [&changes](Ptr<NetDevice>, Ipv4Address, Address, Address, std::string cause) {
                    changes.push_back(cause);
                }));
        SendUdp(0, mobile, 1, Seconds(1));
        At(Seconds(2), [=] {
            move(1, 2);
            Arp(2)->Announce(devices.Get(2), mobile);
        });
        SendUdp(0, mobile, 2, Seconds(3));
        At(Seconds(10), [=] { move(2, 3); }); // in silence
        for (int second = 11; second < 60; ++second)
        {
            SendUdp(0, mobile, 100 + second, Seconds(second));
        }
        Run(Seconds(61));
        NS_TEST_ASSERT_MSG_EQ(received[1].size(), 1, "before the moves");
        NS_TEST_ASSERT_MSG_EQ(received[2].size(), 1, "after the announced one");
        NS_TEST_ASSERT_MSG_EQ((changes == std::vector<std::string>{"gratuitous"}), true, "event");
        NS_TEST_ASSERT_MSG_GT(received[3].size(), 20, "found again");
        // Confirmed last at 4 s by the second announcement: old at 34 s, two polls, then asked.
        NS_TEST_ASSERT_MSG_LT(received[3].front(), 140, "soon after it grew old");
        NS_TEST_ASSERT_MSG_EQ(received[3].back(), 159, "and from then on");
        NS_TEST_ASSERT_MSG_EQ(Maps(0, mobile, devices.Get(3)), true, "");
    }
};

class ClaimTest : public ArpTestCase
{
  public:
    ClaimTest()
        : ArpTestCase("An address is assigned after probes, unless somebody has it")
    {
    }

  private:
    void DoRun() override
    {
        MakeLan(3);
        const Ipv4Mask mask("255.255.255.0");
        std::vector<bool> done;
        const auto note =
            Callback<void, bool>([&done](bool assigned) { done.push_back(assigned); });
        std::vector<std::string> conflicts;
        Arp(1)->TraceConnectWithoutContext(
            "Conflict",
            Callback<void, Ptr<NetDevice>, Ipv4Address, Address, std::string>(
                [&conflicts](Ptr<NetDevice>, Ipv4Address, Address, std::string outcome) {
                    conflicts.push_back(outcome);
                }));
        arp.ProbeAndAssign(devices.Get(1), {"10.0.0.77", mask}, Seconds(1), note);
        At(Seconds(4), [=] {
            NS_TEST_EXPECT_MSG_EQ(Ipv4Of(1)->GetInterfaceForAddress("10.0.0.77"), -1, "not yet");
        });
        At(Seconds(12.5), [this] { seen.clear(); });
        arp.ProbeAndAssign(devices.Get(1), {addresses.GetAddress(2), mask}, Seconds(13), note);
        Run(Seconds(12));
        NS_TEST_ASSERT_MSG_EQ(seen.size(), 5, "three probes and two announcements");
        for (uint32_t i = 0; i < 5; ++i)
        {
            NS_TEST_ASSERT_MSG_EQ(seen[i].message.IsProbe(), (i < 3), i);
            NS_TEST_ASSERT_MSG_EQ(seen[i].message.IsGratuitous(), (i >= 3), i);
        }
        NS_TEST_ASSERT_MSG_EQ(Ipv4Of(1)->GetInterfaceForAddress("10.0.0.77"), 1, "assigned");
        Run(Seconds(20));
        NS_TEST_ASSERT_MSG_EQ((done == std::vector<bool>{true, false}), true, "what became of it");
        NS_TEST_ASSERT_MSG_EQ((conflicts == std::vector<std::string>{"probe-failed"}), true, "");
        NS_TEST_ASSERT_MSG_EQ(Ipv4Of(1)->GetNAddresses(1), 2, "no third address");
        NS_TEST_ASSERT_MSG_EQ(seen.size(), 2, "one probe, one answer");
    }
};

class DefenceTest : public ArpTestCase
{
  public:
    DefenceTest(std::string policy, uint32_t answers, bool keeps)
        : ArpTestCase("Defence '" + policy + "' against three claims in five seconds"),
          m_policy(policy),
          m_answers(answers),
          m_keeps(keeps)
    {
    }

  private:
    void DoRun() override
    {
        MakeLan(2);
        Arp(1)->SetAttribute("Defence", StringValue(m_policy));
        for (int i = 1; i <= 3; ++i)
        {
            Inject(devices.Get(0),
                   ArpMessage::Announcement(MacOf(devices.Get(0)), addresses.GetAddress(1).Get()),
                   Mac48Address::GetBroadcast(),
                   Seconds(2 * i));
        }
        Run(Seconds(10));
        uint32_t answers = 0;
        for (const Seen& one : seen)
        {
            answers += one.message.senderHardware == MacOf(devices.Get(1));
        }
        NS_TEST_ASSERT_MSG_EQ(answers, m_answers, "defensive announcements");
        NS_TEST_ASSERT_MSG_EQ(Ipv4Of(1)->GetNAddresses(1), m_keeps, "keeps its address");
        NS_TEST_ASSERT_MSG_GT(Strata(1)->GetDrops().Packets(ARP_CONFLICT), 0, "counted");
    }

    std::string m_policy;
    uint32_t m_answers;
    bool m_keeps;
};

class ProxyTest : public ArpTestCase
{
  public:
    ProxyTest()
        : ArpTestCase("A router answers for hosts behind it, and never for its asker's own LAN")
    {
    }

  private:
    void DoRun() override
    {
        MakeLan(3); // 0 and 1 are hosts, 2 is a router to another LAN
        NodeContainer far;
        far.Create(1);
        far.Add(nodes.Get(2));
        NetDeviceContainer farDevices = csma.Install(far);
        InternetStackHelper stack;
        stack.SetIpv6StackInstall(false);
        stack.Install(far.Get(0));
        Ipv4InterfaceContainer farAddresses =
            Ipv4AddressHelper("10.0.1.0", "255.255.255.0").Assign(farDevices);
        Ipv4StaticRoutingHelper routing;
        routing.GetStaticRouting(far.Get(0)->GetObject<Ipv4>())
            ->SetDefaultRoute(farAddresses.GetAddress(1), 1);
        // Host 0 believes that all of 10/8 is on its LAN.
        routing.GetStaticRouting(Ipv4Of(0))->AddNetworkRouteTo("10.0.0.0", "255.0.0.0", 1);
        Arp(2)->SetAttribute("ProxyPrefixes", StringValue("10.0.0.0/16"));
        Listen(1);
        nodes.Add(far.Get(0)); // host 3
        Listen(3);
        SendUdp(0, farAddresses.GetAddress(0), 10, Seconds(1));
        SendUdp(0, addresses.GetAddress(1), 11, Seconds(2));
        SendUdp(0, "10.0.0.50", 12, Seconds(3)); // nobody on the own LAN
        SendUdp(0, "10.2.0.1", 13, Seconds(10)); // no route there
        Run(Seconds(20));
        NS_TEST_ASSERT_MSG_EQ(received[3].size(), 1, "through the proxy");
        NS_TEST_ASSERT_MSG_EQ(received[1].size(), 1, "directly");
        NS_TEST_ASSERT_MSG_EQ(Maps(0, farAddresses.GetAddress(0), devices.Get(2)), true, "");
        NS_TEST_ASSERT_MSG_EQ(Maps(0, addresses.GetAddress(1), devices.Get(1)), true, "");
        NS_TEST_ASSERT_MSG_EQ(Strata(0)->GetDrops().Packets(ARP_UNREACHABLE), 2, "the others");
        for (const Seen& one : seen)
        {
            if (one.message.operation == ArpOperation::REPLY &&
                one.message.senderHardware == MacOf(devices.Get(2)))
            {
                NS_TEST_ASSERT_MSG_EQ(Ipv4Address(one.message.senderProtocol),
                                      farAddresses.GetAddress(0),
                                      "the one answer of the proxy");
            }
        }
    }
};

class PoisonTest : public ArpTestCase
{
  public:
    PoisonTest(std::string protection)
        : ArpTestCase("Poison against a host with protection '" + protection + "'"),
          m_protection(protection)
    {
    }

  private:
    void DoRun() override
    {
        MakeLan(3); // 0 is the victim, 1 its gateway, 2 the attacker
        const Ipv4Address gateway = addresses.GetAddress(1);
        if (m_protection == "static")
        {
            arp.AddStaticEntry(devices.Get(0), gateway, devices.Get(1)->GetAddress());
        }
        else if (m_protection == "binding")
        {
            arp.AddBindings(devices);
        }
        else if (m_protection == "stock")
        {
            // A permanent entry that a user put into the stock cache.
            ArpCache::Entry* entry = Cache(0)->Add(gateway);
            entry->SetMacAddress(devices.Get(1)->GetAddress());
            entry->MarkPermanent();
        }
        uint32_t changed = 0;
        std::string refused;
        Arp(0)->TraceConnectWithoutContext(
            "MappingChanged",
            Callback<void, Ptr<NetDevice>, Ipv4Address, Address, Address, std::string>(
                [&](Ptr<NetDevice>, Ipv4Address, Address, Address after, std::string) {
                    changed += after == devices.Get(2)->GetAddress();
                }));
        Arp(0)->TraceConnectWithoutContext(
            "PoisonRefused",
            Callback<void, Ptr<NetDevice>, Ipv4Address, Address, std::string, std::string>(
                [&](Ptr<NetDevice>, Ipv4Address, Address, std::string, std::string why) {
                    refused += why + " ";
                }));
        SendUdp(0, gateway, 10, Seconds(1));
        const Mac48Address victim = Mac48Address::ConvertFrom(devices.Get(0)->GetAddress());
        Inject(devices.Get(2),
               {ArpOperation::REPLY,
                MacOf(devices.Get(2)),
                gateway.Get(),
                MacOf(devices.Get(0)),
                addresses.GetAddress(0).Get()},
               victim,
               Seconds(2));
        Inject(devices.Get(2),
               ArpMessage::Announcement(MacOf(devices.Get(2)), gateway.Get()),
               victim,
               Seconds(3));
        Run(Seconds(4));
        if (m_protection == "none")
        {
            NS_TEST_ASSERT_MSG_EQ(changed, 1, "it worked and was seen");
            NS_TEST_ASSERT_MSG_EQ(Maps(0, gateway, devices.Get(2)), true, "it worked");
            return;
        }
        const std::string why = m_protection == "stock" ? "static" : m_protection;
        NS_TEST_ASSERT_MSG_EQ(refused, why + " " + why + " ", "both tries refused");
        NS_TEST_ASSERT_MSG_EQ(changed, 0, "it did not work");
        NS_TEST_ASSERT_MSG_EQ(Maps(0, gateway, devices.Get(1)), true, "it did not work");
    }

    std::string m_protection;
};

class RawDatagramTest : public ArpTestCase
{
  public:
    RawDatagramTest()
        : ArpTestCase("A datagram with options is sent as it is, at once and after waiting")
    {
    }

  private:
    Ptr<Packet> Datagram(uint8_t ttl)
    {
        Ipv4WireHeader header;
        header.options = {1, 1, 1, 0};
        header.ttl = ttl;
        header.protocol = 17;
        header.source = addresses.GetAddress(0).Get();
        header.destination = addresses.GetAddress(1).Get();
        header.totalLength = 24 + 8;
        header.SetChecksum();
        Ptr<Packet> packet = Create<Packet>(8);
        packet->AddHeader(RawHeader(EncodeToBytes(header)));
        return packet;
    }

    void DoRun() override
    {
        MakeLan(2);
        std::vector<uint8_t> ttls;
        Strata(1)->RegisterFrameHandler(
            EtherType::IPV4,
            [&ttls, this](Ptr<NetDevice>,
                          Ptr<const Packet> packet,
                          uint16_t,
                          const Address&,
                          const Address& to,
                          NetDevice::PacketType) {
                uint8_t bytes[24];
                packet->CopyData(bytes, sizeof(bytes));
                const auto header = Ipv4WireHeader::Decode(ByteView(bytes, 24), {});
                NS_TEST_ASSERT_MSG_EQ(header.has_value(), true, "an IPv4 header");
                NS_TEST_ASSERT_MSG_EQ(header->options.size(), 4, "with its options");
                NS_TEST_ASSERT_MSG_EQ(header->HasRightChecksum(), true, "as it was");
                NS_TEST_ASSERT_MSG_EQ(to, devices.Get(1)->GetAddress(), "to the next hop");
                ttls.push_back(header->ttl);
            });
        // not for the stock stack of the receiver, which cannot read it
        Ipv4Of(1)->SetDown(1);
        const Ipv4Address peer = addresses.GetAddress(1);
        At(Seconds(1), [=] {
            NS_TEST_EXPECT_MSG_EQ(Arp(0)->Lookup(devices.Get(0), peer).has_value(), false, "");
            Arp(0)->Send(devices.Get(0), peer, Datagram(1));
            Arp(0)->Send(devices.Get(0), peer, Datagram(2));
        });
        Inject(devices.Get(1),
               {ArpOperation::REPLY,
                MacOf(devices.Get(1)),
                peer.Get(),
                MacOf(devices.Get(0)),
                addresses.GetAddress(0).Get()},
               Mac48Address::ConvertFrom(devices.Get(0)->GetAddress()),
               Seconds(1.5));
        At(Seconds(2), [=] { Arp(0)->Send(devices.Get(0), peer, Datagram(3)); });
        Run(Seconds(3));
        NS_TEST_ASSERT_MSG_EQ((ttls == std::vector<uint8_t>{1, 2, 3}), true, "all, in order");
    }
};

class LookupTest : public ArpTestCase
{
  public:
    LookupTest()
        : ArpTestCase("Groups and broadcast need no resolution, nor do devices without ARP")
    {
    }

  private:
    void DoRun() override
    {
        MakeLan(2);
        PointToPointHelper link;
        NetDeviceContainer ends = link.Install(nodes);
        Ipv4AddressHelper("10.0.9.0", "255.255.255.252").Assign(ends);
        Ptr<NetDevice> lan = devices.Get(0);
        const Address all = lan->GetBroadcast();
        NS_TEST_ASSERT_MSG_EQ(*Arp(0)->Lookup(lan, "255.255.255.255"), all, "limited");
        NS_TEST_ASSERT_MSG_EQ(*Arp(0)->Lookup(lan, "10.0.0.255"), all, "directed");
        NS_TEST_ASSERT_MSG_EQ(*Arp(0)->Lookup(lan, "224.0.0.5"),
                              lan->GetMulticast(Ipv4Address("224.0.0.5")),
                              "multicast");
        NS_TEST_ASSERT_MSG_EQ(Arp(0)->Lookup(lan, "10.0.0.254").has_value(), false, "a host");
        NS_TEST_ASSERT_MSG_EQ(Arp(0)->Lookup(ends.Get(0), "10.0.9.1").has_value(), true, "p2p");
        NS_TEST_ASSERT_MSG_EQ(Arp(0)->GetState(ends.Get(0)), nullptr, "no ARP there");
        uint32_t frames = 0;
        Strata(1)->RegisterFrameHandler(EtherType::MPLS_UNICAST,
                                        [&frames](Ptr<NetDevice>,
                                                  Ptr<const Packet>,
                                                  uint16_t,
                                                  const Address&,
                                                  const Address&,
                                                  NetDevice::PacketType) { ++frames; });
        At(Seconds(1),
           [=] { Arp(0)->Send(lan, "10.0.0.255", Create<Packet>(60), EtherType::MPLS_UNICAST); });
        Run(Seconds(2));
        NS_TEST_ASSERT_MSG_EQ(frames, 1, "a labelled broadcast");
    }
};

class LateInterfaceTest : public ArpTestCase
{
  public:
    LateInterfaceTest()
        : ArpTestCase("An interface that comes while the simulation runs has ARP in full, too")
    {
    }

  private:
    void DoRun() override
    {
        MakeLan(2);
        NetDeviceContainer late;
        At(Seconds(5), [this, &late] {
            late = csma.Install(nodes);
            for (uint32_t i = 0; i < 2; ++i)
            {
                // Ipv4AddressHelper adds a queue disc, which stock ns-3 does not start so late.
                const uint32_t number = Ipv4Of(i)->AddInterface(late.Get(i));
                Ipv4Of(i)->AddAddress(number, {Ipv4Address(0x0a000501 + i), "255.255.255.0"});
                Ipv4Of(i)->SetUp(number);
            }
            Watch(late.Get(0), m_late);
        });
        Listen(1);
        SendUdp(0, "10.0.5.2", 10, Seconds(6));
        Run(Seconds(8));
        NS_TEST_ASSERT_MSG_EQ(received[1].size(), 1, "arrives");
        NS_TEST_ASSERT_MSG_EQ(m_late.size(), 2, "one request and one reply");
        NS_TEST_ASSERT_MSG_NE(Arp(1)->GetState(late.Get(1)), nullptr, "the machine is there");
        NS_TEST_ASSERT_MSG_EQ(Arp(1)->GetState(late.Get(1))->entries.size(), 1, "and learned");
    }

    std::vector<Seen> m_late;
};

/** Nobody tells StrataArp of the interface: neither a new device nor a packet to send. */
class QuietInterfaceTest : public ArpTestCase
{
  public:
    QuietInterfaceTest()
        : ArpTestCase("An interface that comes late to an old device is taken over when it answers")
    {
    }

  private:
    void DoRun() override
    {
        MakeLan(2);
        NodeContainer more(1);
        InternetStackHelper stack;
        stack.SetIpv6StackInstall(false);
        stack.Install(more);
        NetDeviceContainer device =
            csma.Install(more, DynamicCast<CsmaChannel>(devices.Get(0)->GetChannel()));
        Ptr<StrataArp> quiet = arp.Install(more.Get(0));
        Ptr<Ipv4L3Protocol> ipv4 = more.Get(0)->GetObject<Ipv4L3Protocol>();
        At(Seconds(1), [=] {
            const uint32_t number = ipv4->AddInterface(device.Get(0));
            ipv4->AddAddress(number, {"10.0.0.66", "255.255.255.0"});
            ipv4->SetUp(number);
        });
        SendUdp(0, "10.0.0.66", 10, Seconds(2));
        SendUdp(1, "10.0.0.66", 10, Seconds(3));
        Run(Seconds(5));
        NS_TEST_ASSERT_MSG_EQ(Maps(0, "10.0.0.66", device.Get(0)), true, "answered");
        const ArpState* state = quiet->GetState(device.Get(0));
        NS_TEST_ASSERT_MSG_NE(state, nullptr, "taken over");
        NS_TEST_ASSERT_MSG_EQ(state->entries.count(addresses.GetAddress(1).Get()), 1, "it learns");
    }
};

class BadMessageTest : public ArpTestCase
{
  public:
    BadMessageTest()
        : ArpTestCase("Malformed and impossible messages are counted and change nothing")
    {
    }

  private:
    void SendBytes(Bytes bytes)
    {
        m_at += MilliSeconds(10);
        Simulator::ScheduleWithContext(nodes.Get(0)->GetId(), m_at, [=] {
            devices.Get(0)->Send(Create<Packet>(bytes.data(), bytes.size()),
                                 devices.Get(1)->GetAddress(),
                                 EtherType::ARP);
        });
    }

    void DoRun() override
    {
        MakeLan(2);
        const ArpMessage good =
            ArpMessage::Request(MacOf(devices.Get(0)), 0x0a000063, addresses.GetAddress(1).Get());
        Bytes bytes = EncodeToBytes(good);
        bytes[0] = 9; // hardware type
        SendBytes(bytes);
        SendBytes(Bytes(46, 0));
        ArpMessage bad = good;
        bad.senderProtocol = 0xe0000001;
        SendBytes(EncodeToBytes(bad));
        bad = good;
        bad.senderHardware = BROADCAST_MAC;
        SendBytes(EncodeToBytes(bad));
        bad = good;
        bad.senderHardware = MacOf(devices.Get(1));
        SendBytes(EncodeToBytes(bad));
        Run(Seconds(2));
        const DropCounters& drops = Strata(1)->GetDrops();
        NS_TEST_ASSERT_MSG_EQ(drops.Packets(ARP_MALFORMED), 2, "");
        NS_TEST_ASSERT_MSG_EQ(drops.Packets(ARP_SENDER_PROTOCOL), 1, "");
        NS_TEST_ASSERT_MSG_EQ(drops.Packets(ARP_SENDER_HARDWARE), 1, "");
        NS_TEST_ASSERT_MSG_EQ(drops.Packets(ARP_OWN_HARDWARE), 1, "");
        NS_TEST_ASSERT_MSG_EQ(Arp(1)->GetState(devices.Get(1))->entries.size(), 0, "");
        NS_TEST_ASSERT_MSG_EQ(seen.size(), 3, "nothing was answered");
    }

    Time m_at{Seconds(1)};
};

class FloodTest : public ArpTestCase
{
  public:
    FloodTest()
        : ArpTestCase(
              "A flood of random ARP keeps the caches within their bounds and does not stop "
              "good traffic")
    {
    }

  private:
    void DoRun() override
    {
        arp.SetAttribute("Learning", StringValue("all"));
        arp.SetAttribute("MaxEntries", UintegerValue(50));
        MakeLan(4); // 0 floods, 1 talks to 2, and knows 3 by a static entry
        Listen(2);
        Listen(3);
        arp.AddStaticEntry(devices.Get(1), addresses.GetAddress(3), devices.Get(3)->GetAddress());
        Ptr<UniformRandomVariable> random = CreateObject<UniformRandomVariable>();
        random->SetStream(7);
        for (int i = 0; i < 20000; ++i)
        {
            Bytes bytes = EncodeToBytes(
                ArpMessage::Request({2, 0, 0, 0, 1, static_cast<uint8_t>(random->GetInteger(1, 9))},
                                    0x0a000000 + random->GetInteger(5, 4000),
                                    0x0a000000 + random->GetInteger(1, 4)));
            bytes[7] = static_cast<uint8_t>(random->GetInteger(0, 3));
            for (uint32_t changes = random->GetInteger(0, 3); changes > 0; --changes)
            {
                // anything but the addresses that are the good hosts' own
                bytes[random->GetInteger(0, 13)] = static_cast<uint8_t>(random->GetInteger(0, 255));
            }
            Simulator::ScheduleWithContext(nodes.Get(0)->GetId(),
                                           Seconds(1) + MicroSeconds(400 * i),
                                           [=] {
                                               devices.Get(0)->Send(
                                                   Create<Packet>(bytes.data(), bytes.size()),
                                                   devices.Get(0)->GetBroadcast(),
                                                   EtherType::ARP);
                                           });
        }
        for (uint32_t i = 0; i < 90; ++i)
        {
            SendUdp(1, addresses.GetAddress(2), 10, Seconds(1) + MilliSeconds(100 * i));
            SendUdp(1, addresses.GetAddress(3), 10, Seconds(1) + MilliSeconds(100 * i));
        }
        for (int i = 0; i < 90; ++i)
        {
            At(Seconds(1) + MilliSeconds(100 * i), [this] {
                const ArpState* state = Arp(1)->GetState(devices.Get(1));
                NS_TEST_EXPECT_MSG_LT_OR_EQ(state->entries.size(), 50, "within its bound");
                std::size_t mirrored = 0;
                for (uint32_t host = 1; host <= 4000; ++host)
                {
                    mirrored += Cache(1)->Lookup(Ipv4Address(0x0a000000 + host)) != nullptr;
                }
                NS_TEST_EXPECT_MSG_LT_OR_EQ(mirrored, 51, "and the stock cache");
            });
        }
        Run(Seconds(12));
        NS_TEST_ASSERT_MSG_EQ(received[2].size(), 90, "asked for again and again");
        NS_TEST_ASSERT_MSG_EQ(received[3].size(), 90, "by the static entry");
        const DropCounters& drops = Strata(1)->GetDrops();
        NS_TEST_ASSERT_MSG_GT(drops.Packets(ARP_MALFORMED), 1000, "counted");
        NS_TEST_ASSERT_MSG_GT(drops.Packets(ARP_UNKNOWN_OPERATION), 1000, "counted");
    }
};

class LinkChangeTest : public ArpTestCase
{
  public:
    LinkChangeTest()
        : ArpTestCase("A link change forgets what was learned and keeps static entries")
    {
    }

  private:
    void DoRun() override
    {
        MakeLan(3);
        arp.AddStaticEntry(devices.Get(0), addresses.GetAddress(2), devices.Get(2)->GetAddress());
        SendUdp(0, addresses.GetAddress(1), 10, Seconds(1));
        Run(Seconds(2));
        NS_TEST_ASSERT_MSG_EQ(Maps(0, addresses.GetAddress(1), devices.Get(1)), true, "learned");
        Ptr<CsmaNetDevice> device = DynamicCast<CsmaNetDevice>(devices.Get(0));
        device->Attach(DynamicCast<CsmaChannel>(device->GetChannel())); // tells of a link
        NS_TEST_ASSERT_MSG_EQ(StateOf(0, addresses.GetAddress(1)), "", "forgotten");
        NS_TEST_ASSERT_MSG_EQ(Maps(0, addresses.GetAddress(1), devices.Get(1)), false, "");
        NS_TEST_ASSERT_MSG_EQ(Maps(0, addresses.GetAddress(2), devices.Get(2)), true, "static");
        arp.Install(nodes.Get(0))->RemoveEntry(devices.Get(0), addresses.GetAddress(2));
        NS_TEST_ASSERT_MSG_EQ(Maps(0, addresses.GetAddress(2), devices.Get(2)), false, "removed");
    }
};

class PacketItemTest : public ArpTestCase
{
  public:
    PacketItemTest()
        : ArpTestCase("A queue disc sees a whole datagram as it sees a stock one")
    {
    }

  private:
    void DoRun() override
    {
        Ipv4WireHeader header;
        header.protocol = 17;
        header.source = 0x0a000001;
        header.destination = 0x0a000002;
        header.UpdateTrafficClass(46, 1);
        header.totalLength = 28;
        header.SetChecksum();
        const uint8_t udp[8] = {0, 7, 0, 9, 0, 8, 0, 0};
        Ptr<Packet> packet = Create<Packet>(udp, sizeof(udp));
        Ipv4Header stockHeader;
        stockHeader.SetSource(Ipv4Address(header.source));
        stockHeader.SetDestination(Ipv4Address(header.destination));
        stockHeader.SetProtocol(17);
        stockHeader.SetPayloadSize(8);
        Ptr<QueueDiscItem> stock =
            Create<Ipv4QueueDiscItem>(packet->Copy(), Address(), 0x0800, stockHeader);
        packet->AddHeader(RawHeader(EncodeToBytes(header)));
        Ptr<QueueDiscItem> whole = Create<WholePacketItem>(packet, Address(), 0x0800);
        NS_TEST_ASSERT_MSG_EQ(whole->GetSize(), stock->GetSize(), "size");
        NS_TEST_ASSERT_MSG_EQ(whole->Hash(5), stock->Hash(5), "flow");
        uint8_t tos = 0;
        NS_TEST_ASSERT_MSG_EQ(whole->GetUint8Value(QueueItem::IP_DSFIELD, tos), true, "");
        NS_TEST_ASSERT_MSG_EQ(+tos, (46 << 2 | 1), "traffic class");
        NS_TEST_ASSERT_MSG_EQ(whole->Mark(), true, "ECN-capable");
        Bytes bytes(packet->GetSize());
        packet->CopyData(bytes.data(), bytes.size());
        const auto marked = Ipv4WireHeader::Decode(bytes, {});
        NS_TEST_ASSERT_MSG_EQ(+marked->ecn, 3, "Congestion Experienced");
        NS_TEST_ASSERT_MSG_EQ(marked->HasRightChecksum(), true, "the checksum follows");
        NS_TEST_ASSERT_MSG_EQ(packet->GetSize(), 28, "same size");
    }
};

class ArpTestSuite : public TestSuite
{
  public:
    ArpTestSuite()
        : TestSuite("strata-arp")
    {
        AddTestCase(new ResolveTest(false));
        AddTestCase(new ResolveTest(true));
        AddTestCase(new AgeTest);
        AddTestCase(new UnreachableTest);
        AddTestCase(new QueueLimitTest);
        AddTestCase(new LearningTest);
        AddTestCase(new MoveTest);
        AddTestCase(new ClaimTest);
        AddTestCase(new DefenceTest("always", 1, true));
        AddTestCase(new DefenceTest("once", 1, false));
        AddTestCase(new DefenceTest("give-up", 0, false));
        AddTestCase(new ProxyTest);
        for (const char* protection : {"none", "static", "binding", "stock"})
        {
            AddTestCase(new PoisonTest(protection));
        }
        AddTestCase(new RawDatagramTest);
        AddTestCase(new LookupTest);
        AddTestCase(new LateInterfaceTest);
        AddTestCase(new QuietInterfaceTest);
        AddTestCase(new BadMessageTest);
        AddTestCase(new FloodTest);
        AddTestCase(new LinkChangeTest);
        AddTestCase(new PacketItemTest);
    }
};

ArpTestSuite g_arpTestSuite;

} // namespace

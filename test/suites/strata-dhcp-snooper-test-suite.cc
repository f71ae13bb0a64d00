// SPDX-License-Identifier: GPL-2.0-only

#include "strata-dhcp-test-case.h"

#include "ns3/boolean.h"
#include "ns3/double.h"
#include "ns3/strata-ipv4-convert.h"
#include "ns3/strata-switch-helper.h"
#include "ns3/uinteger.h"

#include <sstream>

using namespace ns3;
using namespace ns3::strata;

namespace
{

/** A switch with cables to a server 10.1.0.1, to hosts, and to an attacker 10.1.0.66. */
class SnooperTestCase : public DhcpTestCase
{
  public:
    using DhcpTestCase::DhcpTestCase;

  protected:
    void Build(uint32_t hosts)
    {
        lan.router = CreateObject<Node>();
        attacker = CreateObject<Node>();
        lan.clients.Create(hosts);
        const NodeContainer all(NodeContainer(lan.router), lan.clients, NodeContainer(attacker));
        const StrataSwitch made = StrataSwitchHelper().Install(all);
        node = made.node;
        bridge = made.bridge;
        ports = made.ports;
        InternetStackHelper stack;
        stack.SetIpv6StackInstall(false);
        stack.Install(all);
        lan.routerDevice = made.hosts.Get(0);
        for (uint32_t i = 0; i < hosts; ++i)
        {
            lan.devices.Add(made.hosts.Get(1 + i));
        }
        attackerDevice = made.hosts.Get(1 + hosts);
        Ipv4AddressHelper addresses("10.1.0.0", "255.255.255.0");
        addresses.Assign(lan.routerDevice);
        addresses.SetBase("10.1.0.0", "255.255.255.0", "0.0.0.66");
        addresses.Assign(attackerDevice);
        dhcp.SetClientAttribute("StartDelayMin", TimeValue(Seconds(1)));
        dhcp.SetClientAttribute("StartDelayMax", TimeValue(Seconds(1)));
    }

    void Snoop()
    {
        snooper = dhcp.InstallSnooper(bridge, NetDeviceContainer(ports.Get(0)));
    }

    uint64_t Drops(const char* reason) const
    {
        Ptr<StrataNode> strata = node->GetObject<StrataNode>();
        return strata ? strata->GetDrops().Packets(DropReason(reason)) : 0;
    }

    /** A DISCOVER whose chaddr, and whose frame's source if \p honest, end in \p name. */
    void Discover(uint8_t name, bool honest)
    {
        DhcpMessage message;
        message.hardware = {2, 0, 0, 0, 0x66, name};
        DhcpOptions options;
        options.SetU8(DhcpOptionCode::MESSAGE_TYPE, 1);
        message.SetOptions(options);
        Bytes bytes;
        ByteWriter writer(bytes);
        UdpWireHeader udp;
        udp.ports = {68, 67};
        udp.length = static_cast<uint16_t>(UdpWireHeader::SIZE + message.EncodedSize());
        udp.Encode(writer);
        message.Encode(writer);
        Ptr<Packet> packet = Create<Packet>(bytes.data(), bytes.size());
        Ipv4WireHeader ip;
        ip.ttl = 1;
        ip.protocol = 17;
        ip.destination = 0xffffffff;
        PrependHeader(ip, packet);
        Mac48Address source = Mac48Address::ConvertFrom(attackerDevice->GetAddress());
        if (honest)
        {
            source.CopyFrom(message.hardware.data());
        }
        attackerDevice->SendFrom(packet, source, attackerDevice->GetBroadcast(), EtherType::IPV4);
    }

    Ptr<Node> node;
    Ptr<Node> attacker;
    Ptr<NetDevice> attackerDevice;
    NetDeviceContainer ports;
    Ptr<NetDevice> bridge;
    Ptr<StrataDhcpSnooper> snooper;
};

class RogueCase : public SnooperTestCase
{
  public:
    explicit RogueCase(bool defence)
        : SnooperTestCase(defence ? "a-rogue-is-not-heard" : "without-snooping-a-rogue-wins"),
          m_defence(defence)
    {
    }

  private:
    void DoRun() override
    {
        Build(1);
        MakeServer(lan.router, {});
        dhcp.SetServerAttribute("Probe", BooleanValue(false));
        Ptr<StrataDhcpServer> rogue = dhcp.InstallServer(attacker);
        StrataDhcpHelper::AddPool(rogue, "10.1.0.0/24", "10.1.0.200", "10.1.0.209");
        if (m_defence)
        {
            Snoop();
        }
        Ptr<StrataDhcpClient> client = MakeClient(0);
        RunUntil(20);
        NS_TEST_EXPECT_MSG_EQ(client->GetServer(),
                              Ipv4Address(m_defence ? "10.1.0.1" : "10.1.0.66"),
                              "whose lease it is");
        NS_TEST_EXPECT_MSG_EQ(Drops("dhcp.snoop-untrusted-server"), (m_defence ? 1 : 0), "drops");
        if (m_defence)
        {
            std::ostringstream text;
            snooper->PrintBindings(text);
            NS_TEST_EXPECT_MSG_EQ(text.str(),
                                  "port 1  " + MacText(lan.devices.Get(0)) + "  10.1.0.100\n",
                                  "the binding");
            NS_TEST_EXPECT_MSG_EQ(CanTalk(0, "10.1.0.1"), true, "other traffic passes");
        }
        Simulator::Destroy();
    }

    bool m_defence;
};

class StarvationCase : public SnooperTestCase
{
  public:
    StarvationCase(const std::string& name, bool honest, const char* reason)
        : SnooperTestCase("starvation-" + name),
          m_honest(honest),
          m_reason(reason)
    {
    }

  private:
    void DoRun() override
    {
        Build(1);
        Ptr<StrataDhcpServer> server = dhcp.InstallServer(lan.router);
        StrataDhcpHelper::AddPool(server, "10.1.0.0/24", "10.1.0.100", "10.1.0.109");
        const bool defence = m_reason != nullptr;
        if (defence)
        {
            dhcp.SetSnooperAttribute("ClientsPerPort", UintegerValue(2));
            Snoop();
        }
        for (uint8_t name = 1; name <= 50; ++name)
        {
            Simulator::Schedule(MilliSeconds(10 * name),
                                [this, name] { Discover(name, m_honest); });
        }
        Ptr<StrataDhcpClient> client = MakeClient(0);
        RunUntil(30);
        NS_TEST_EXPECT_MSG_EQ(client->GetState(), (defence ? "BOUND" : "SELECTING"), "the host");
        if (defence)
        {
            NS_TEST_EXPECT_MSG_EQ(Drops(m_reason), (m_honest ? 48 : 50), "drops");
            NS_TEST_EXPECT_MSG_EQ(server->Count(DhcpEventKind::EXHAUSTED), 0, "never exhausted");
        }
        else
        {
            NS_TEST_EXPECT_MSG_GT(server->Count(DhcpEventKind::EXHAUSTED), 40, "exhausted");
        }
        Simulator::Destroy();
    }

    bool m_honest;
    const char* m_reason;
};

class RateCase : public SnooperTestCase
{
  public:
    RateCase()
        : SnooperTestCase("a-port-has-a-rate")
    {
    }

  private:
    void DoRun() override
    {
        Build(1);
        MakeServer(lan.router, {});
        dhcp.SetSnooperAttribute("Rate", DoubleValue(1));
        dhcp.SetSnooperAttribute("Burst", DoubleValue(5));
        Snoop();
        for (uint8_t i = 0; i < 100; ++i)
        {
            Simulator::Schedule(MilliSeconds(100 * i), [this] { Discover(1, true); });
        }
        Ptr<StrataDhcpClient> client = MakeClient(0);
        RunUntil(20);
        // 100 in 9.9 s: five at once and nine more.
        NS_TEST_EXPECT_MSG_EQ(Drops("dhcp.snoop-rate"), 86, "drops");
        NS_TEST_EXPECT_MSG_EQ(client->GetState(), "BOUND", "other ports have their own");
        Simulator::Destroy();
    }
};

class HiddenCase : public SnooperTestCase
{
  public:
    HiddenCase()
        : SnooperTestCase("what-cannot-be-judged-does-not-pass")
    {
    }

  private:
    void DoRun() override
    {
        Build(1);
        Snoop();
        const auto send = [this](const Bytes& payload, bool more) {
            Ptr<Packet> packet = Create<Packet>(payload.data(), payload.size());
            Ipv4WireHeader ip;
            ip.ttl = 1;
            ip.protocol = 17;
            ip.moreFragments = more;
            ip.destination = 0xffffffff;
            PrependHeader(ip, packet);
            attackerDevice->Send(packet, attackerDevice->GetBroadcast(), EtherType::IPV4);
        };
        send({0, 67, 0, 68, 0, 20, 0, 0, 1, 2, 3, 4}, false); // no message
        send({0, 67, 0, 68, 0, 255, 0, 0}, true);             // the first fragment of one
        send({0, 67}, true);                                  // ports in a later fragment
        send({0, 53, 0, 53, 0, 8, 0, 0}, false);              // none of DHCP
        send({0, 67}, false);
        RunUntil(1);
        NS_TEST_EXPECT_MSG_EQ(Drops("dhcp.snoop-malformed"), 3, "drops");
        Simulator::Destroy();
    }
};

class StrataDhcpSnooperTestSuite : public TestSuite
{
  public:
    StrataDhcpSnooperTestSuite()
        : TestSuite("strata-dhcp-snooper")
    {
        AddTestCase(new RogueCase(false));
        AddTestCase(new RogueCase(true));
        AddTestCase(new StarvationCase("without-snooping", true, nullptr));
        AddTestCase(new StarvationCase("by-many-hosts", true, "dhcp.snoop-too-many-clients"));
        AddTestCase(new StarvationCase("by-false-names", false, "dhcp.snoop-forged-hardware"));
        AddTestCase(new RateCase());
        AddTestCase(new HiddenCase());
    }
};

StrataDhcpSnooperTestSuite g_strataDhcpSnooperTestSuite;

} // namespace

// SPDX-License-Identifier: GPL-2.0-only

#include "strata-dhcp-test-case.h"

#include "ns3/boolean.h"
#include "ns3/ipv4-routing-table-entry.h"
#include "ns3/ipv4-static-routing-helper.h"
#include "ns3/point-to-point-helper.h"
#include "ns3/simple-net-device-helper.h"
#include "ns3/strata-fib-helper.h"
#include "ns3/string.h"
#include "ns3/uinteger.h"

#include <cstdio>
#include <sstream>

using namespace ns3;
using namespace ns3::strata;

namespace
{

/** An address, mask and routes from a server on the LAN, whatever stands on the nodes. */
class LeaseCase : public DhcpTestCase
{
  public:
    LeaseCase(const std::string& name, Stack stack, bool broadcast)
        : DhcpTestCase("lease-" + name + (broadcast ? "-broadcast" : "-unicast")),
          m_stack(stack),
          m_broadcast(broadcast)
    {
    }

  private:
    void DoRun() override
    {
        Build(m_stack, 1, 0);
        dhcp.SetClientAttribute("Broadcast", BooleanValue(m_broadcast));
        DhcpPoolOptions options;
        options.routers = {"10.1.0.1"};
        options.dnsServers = {"10.9.0.53", "10.9.0.54"};
        options.ntpServers = {"10.9.0.123"};
        options.domainName = "example.net";
        MakeServer(lan.router, options);
        Ptr<StrataDhcpClient> client = MakeClient(0);
        std::vector<std::string> sent;
        WatchFrames(lan.devices.Get(0), sent);
        RunUntil(20);

        NS_TEST_EXPECT_MSG_EQ(client->GetState(), "BOUND", "state");
        NS_TEST_EXPECT_MSG_EQ(client->GetAddress(), Ipv4Address("10.1.0.100"), "address");
        NS_TEST_EXPECT_MSG_EQ(client->GetServer(), Ipv4Address("10.1.0.1"), "server");
        NS_TEST_EXPECT_MSG_EQ(client->GetDnsServers().size(), 2, "DNS servers");
        NS_TEST_EXPECT_MSG_EQ(client->GetNtpServers().at(0), Ipv4Address("10.9.0.123"), "NTP");
        NS_TEST_EXPECT_MSG_EQ(client->GetDomainName(), "example.net", "domain");
        NS_TEST_EXPECT_MSG_EQ(AddressOf(0), "10.1.0.100/24", "address of the interface");
        NS_TEST_EXPECT_MSG_EQ(NextHop(0, "192.0.2.1"), Ipv4Address("10.1.0.1"), "default route");
        NS_TEST_EXPECT_MSG_EQ(NextHop(0, "10.1.0.77"), Ipv4Address::GetAny(), "on the link");
        // How the server answered, and that the client has said nothing but DHCP and ARP.
        const std::string to = m_broadcast ? "ff:ff:ff:ff:ff:ff" : MacText(lan.devices.Get(0));
        NS_TEST_EXPECT_MSG_EQ(
            Joined(sent),
            "> 67 0.0.0.0 255.255.255.255;< 68 10.1.0.1 " +
                std::string(m_broadcast ? "255.255.255.255" : "10.1.0.100") + " to " + to +
                ";> 67 0.0.0.0 255.255.255.255;"
                "< 68 10.1.0.1 " +
                std::string(m_broadcast ? "255.255.255.255" : "10.1.0.100") + " to " + to +
                ";> arp 0.0.0.0 10.1.0.100;> arp 0.0.0.0 10.1.0.100;"
                "> arp 0.0.0.0 10.1.0.100;> arp 10.1.0.100 10.1.0.100;"
                "> arp 10.1.0.100 10.1.0.100;",
            "frames");
        Simulator::Destroy();
    }

    Stack m_stack;
    bool m_broadcast;
};

/** The same through a relay, with option 82 on the way and off at the client. */
class RelayCase : public DhcpTestCase
{
  public:
    RelayCase(const std::string& name, Stack stack, bool broadcast)
        : DhcpTestCase("relay-" + name + (broadcast ? "-broadcast" : "-unicast")),
          m_stack(stack),
          m_broadcast(broadcast)
    {
    }

  private:
    void DoRun() override
    {
        Build(m_stack, 2, 2);
        dhcp.SetClientAttribute("Broadcast", BooleanValue(m_broadcast));
        dhcp.SetRelayAttribute("RemoteId", StringValue("router"));
        DhcpPoolOptions options;
        options.routers = {"10.1.0.1"};
        options.lease = Seconds(200);
        Ptr<StrataDhcpServer> server = MakeServer(servers.Get(0), options);
        // A second server, with other addresses of the same network.
        dhcp.SetServerAttribute("ProbeWait", TimeValue(MilliSeconds(600)));
        Ptr<StrataDhcpServer> second = dhcp.InstallServer(servers.Get(1));
        StrataDhcpHelper::AddPool(second, "10.1.0.0/24", "10.1.0.200", "10.1.0.209", options);
        Ptr<StrataDhcpRelay> relay = dhcp.InstallRelay(lan.router, {"10.9.0.2", "10.9.0.3"});
        relay->SetCircuit(lan.routerDevice, "east");
        std::vector<std::string> received;
        Watch(server, received);
        std::vector<std::string> heard;
        Ptr<StrataDhcpClient> client = MakeClient(0);
        client->TraceConnectWithoutContext(
            "Message",
            Callback<void, const DhcpMessage&, bool>([&](const DhcpMessage& message, bool sent) {
                if (!sent)
                {
                    heard.push_back(message.Options().Has(DhcpOptionCode::RELAY_AGENT) ? "82" : "");
                }
            }));
        RunUntil(20);
        NS_TEST_EXPECT_MSG_EQ(client->GetState(), "BOUND", "state");
        NS_TEST_EXPECT_MSG_EQ(client->GetAddress(), Ipv4Address("10.1.0.100"), "address");
        NS_TEST_EXPECT_MSG_EQ(AddressOf(0), "10.1.0.100/24", "address of the interface");
        NS_TEST_EXPECT_MSG_EQ(Joined(received),
                              "> DISCOVER 10.1.0.1 1 east/router;< OFFER 10.1.0.1 0 east/router;"
                              "> REQUEST 10.1.0.1 1 east/router;< ACK 10.1.0.1 0 east/router;",
                              "at the server");
        NS_TEST_EXPECT_MSG_EQ(Joined(heard).find("82"),
                              std::string::npos,
                              "option 82 at the client");
        NS_TEST_EXPECT_MSG_EQ(second->Count(DhcpEventKind::LAPSE), 1, "is taken back");
        NS_TEST_EXPECT_MSG_EQ(second->Count(DhcpEventKind::BIND), 0, "and not taken");

        // The lease is extended by unicast, without the relay.
        received.clear();
        RunUntil(130);
        NS_TEST_EXPECT_MSG_EQ(Joined(received),
                              "> REQUEST 0.0.0.0 0 ;< ACK 0.0.0.0 0 ;",
                              "renewal at the server");
        NS_TEST_EXPECT_MSG_EQ(server->Count(DhcpEventKind::RENEW), 1, "renewed");
        NS_TEST_EXPECT_MSG_EQ(CanTalk(0, "10.9.0.2"), true, "the other side can be reached");
        received.clear();
        client->Release();
        RunUntil(140);
        NS_TEST_EXPECT_MSG_EQ(Joined(received), "> RELEASE 0.0.0.0 0 ;", "release");
        NS_TEST_EXPECT_MSG_EQ(server->Count(DhcpEventKind::RELEASE), 1, "released");
        NS_TEST_EXPECT_MSG_EQ(AddressOf(0), "", "no address is left");
        NS_TEST_EXPECT_MSG_EQ(HasRoute(0, "192.0.2.1"), false, "no route is left");
        // Who comes back finds the address again.
        client->Restart();
        RunUntil(170);
        NS_TEST_EXPECT_MSG_EQ(AddressOf(0), "10.1.0.100/24", "the same address again");
        Simulator::Destroy();
    }

    Stack m_stack;
    bool m_broadcast;
};

/** RENEWING, REBINDING and the end of a lease whose server has died. */
class LeaseEndCase : public DhcpTestCase
{
  public:
    LeaseEndCase(const std::string& name, Stack stack)
        : DhcpTestCase("lease-end-" + name),
          m_stack(stack)
    {
    }

  private:
    void DoRun() override
    {
        Build(m_stack, 1, 0);
        DhcpPoolOptions options;
        options.routers = {"10.1.0.1"};
        options.routes = {{"10.77.0.0/16", "10.1.0.7"}, {"10.78.0.0/16", "0.0.0.0"}};
        options.lease = Seconds(800);
        Ptr<StrataDhcpServer> server = MakeServer(lan.router, options);
        server->SetStopTime(Seconds(100));
        Ptr<StrataDhcpClient> client = MakeClient(0);
        std::vector<std::string> states;
        client->TraceConnectWithoutContext(
            "StateChange",
            Callback<void, std::string, std::string>([&](std::string, std::string after) {
                states.push_back(after + " " +
                                 std::to_string(static_cast<int>(Simulator::Now().GetSeconds())));
            }));
        std::vector<std::string> sent;
        client->TraceConnectWithoutContext(
            "Message",
            Callback<void, const DhcpMessage&, bool>([&](const DhcpMessage& message, bool out) {
                if (out && message.clientAddress != 0)
                {
                    sent.push_back(std::to_string(static_cast<int>(Simulator::Now().GetSeconds())));
                }
            }));
        RunUntil(50);
        NS_TEST_EXPECT_MSG_EQ(NextHop(0, "10.77.1.1"), Ipv4Address("10.1.0.7"), "option 121");
        NS_TEST_EXPECT_MSG_EQ(NextHop(0, "10.78.1.1"), Ipv4Address::GetAny(), "on the link");
        NS_TEST_EXPECT_MSG_EQ(NextHop(0, "192.0.2.1"), Ipv4Address("10.1.0.1"), "default");
        RunUntil(790);
        NS_TEST_EXPECT_MSG_EQ(AddressOf(0), "10.1.0.100/24", "used to the last");
        RunUntil(810);
        // Section 4.4.5: T1 400, T2 700; in between half of what remains, but 60 s at least.
        NS_TEST_EXPECT_MSG_EQ(Joined(sent), "401;551;626;686;701;761;", "times of REQUESTs");
        NS_TEST_EXPECT_MSG_EQ(states.at(4).substr(0, 6), "BOUND ", "bound after the probe");
        NS_TEST_EXPECT_MSG_EQ(states.at(5), "RENEWING 401", "T1");
        NS_TEST_EXPECT_MSG_EQ(states.at(6), "REBINDING 701", "T2");
        NS_TEST_EXPECT_MSG_EQ(states.at(7), "INIT 801", "the end");
        NS_TEST_EXPECT_MSG_EQ(AddressOf(0), "", "no address is left");
        NS_TEST_EXPECT_MSG_EQ(HasRoute(0, "10.77.1.1"), false, "no route is left");
        NS_TEST_EXPECT_MSG_EQ(HasRoute(0, "10.78.1.1"), false, "none on the link");
        NS_TEST_EXPECT_MSG_EQ(HasRoute(0, "192.0.2.1"), false, "no default");
        NS_TEST_EXPECT_MSG_EQ((client->GetLease() == nullptr), true, "no lease");
        Simulator::Destroy();
    }

    Stack m_stack;
};

/** An address that somebody has configured by hand is found out, by the server or the client. */
class ConflictCase : public DhcpTestCase
{
  public:
    ConflictCase(Stack stack, bool serverProbes)
        : DhcpTestCase(std::string("conflict-") + (serverProbes ? "echo" : "arp") +
                       (stack == Stack::STOCK ? "-stock" : "-strata")),
          m_stack(stack),
          m_serverProbes(serverProbes)
    {
    }

  private:
    void DoRun() override
    {
        Build(m_stack, 2, 0);
        dhcp.SetServerAttribute("Probe", BooleanValue(m_serverProbes));
        Ptr<StrataDhcpServer> server = MakeServer(lan.router, {});
        Ptr<StrataDhcpClient> client = MakeClient(0);
        // The squatter.
        Ptr<Ipv4> ipv4 = lan.clients.Get(1)->GetObject<Ipv4>();
        const uint32_t interface = ipv4->AddInterface(lan.devices.Get(1));
        ipv4->AddAddress(interface, {Ipv4Address("10.1.0.100"), Ipv4Mask("/24")});
        ipv4->SetUp(interface);
        RunUntil(60);
        NS_TEST_EXPECT_MSG_EQ(AddressOf(0), "10.1.0.101/24", "the next address");
        NS_TEST_EXPECT_MSG_EQ(server->Count(DhcpEventKind::CONFLICT),
                              (m_serverProbes ? 1 : 0),
                              "echo");
        NS_TEST_EXPECT_MSG_EQ(server->Count(DhcpEventKind::DECLINE),
                              (m_serverProbes ? 0 : 1),
                              "ARP");
        std::ostringstream table;
        server->PrintLeases(table);
        NS_TEST_EXPECT_MSG_NE(table.str().find("10.1.0.100      -                 abandoned"),
                              std::string::npos,
                              "set aside: " << table.str());
        // Later on the squatter takes the client's address, and insists (RFC 5227 section 2.4 b).
        ipv4->RemoveAddress(interface, 0);
        ipv4->AddAddress(interface, {Ipv4Address("10.1.0.101"), Ipv4Mask("/24")});
        StrataArpHelper arp;
        arp.Install(lan.clients.Get(1));
        arp.Announce(lan.devices.Get(1), Seconds(1));
        arp.Announce(lan.devices.Get(1), Seconds(4));
        RunUntil(120);
        if (m_stack == Stack::STOCK)
        {
            NS_TEST_EXPECT_MSG_EQ(AddressOf(0), "10.1.0.102/24", "given way");
        }
        else
        {
            NS_TEST_EXPECT_MSG_EQ(AddressOf(0), "10.1.0.101/24", "StrataArp defends it always");
        }
        Simulator::Destroy();
    }

    Stack m_stack;
    bool m_serverProbes;
};

/** A server that crashes and has its leases in a file, or has not. */
class RestartCase : public DhcpTestCase
{
  public:
    explicit RestartCase(bool file)
        : DhcpTestCase(std::string("restart-with") + (file ? "" : "out") + "-lease-file"),
          m_file(file)
    {
    }

  private:
    void DoRun() override
    {
        const std::string path = CreateTempDirFilename("leases");
        std::remove(path.c_str());
        Build(Stack::STOCK, 3, 0);
        if (m_file)
        {
            dhcp.SetServerAttribute("LeaseFile", StringValue(path));
        }
        DhcpPoolOptions options;
        options.lease = Seconds(400);
        Ptr<StrataDhcpServer> server = MakeServer(lan.router, options);
        Ptr<StrataDhcpClient> first = MakeClient(0);
        Ptr<StrataDhcpClient> second = MakeClient(1);
        RunUntil(30);
        std::ostringstream before;
        server->ExportLeases(before);
        server->Restart();
        std::ostringstream after;
        server->ExportLeases(after);
        NS_TEST_EXPECT_MSG_EQ((before.str() == after.str()), m_file, before.str() << after.str());
        // A newcomer must not get what another has.
        Ptr<StrataDhcpClient> third = MakeClient(2);
        Simulator::Schedule(Seconds(1), [third] { third->Restart(); });
        RunUntil(60);
        NS_TEST_EXPECT_MSG_EQ(third->GetAddress(), Ipv4Address("10.1.0.102"), "third");
        NS_TEST_EXPECT_MSG_EQ(server->Count(DhcpEventKind::CONFLICT),
                              (m_file ? 0 : 2),
                              "without a memory it has to ask");
        RunUntil(260);
        // RENEWING: a server without a record is silent (RFC 2131 section 4.3.2).
        NS_TEST_EXPECT_MSG_EQ(server->Count(DhcpEventKind::RENEW), (m_file ? 3 : 1), "renewed");
        NS_TEST_EXPECT_MSG_EQ(first->GetState(), (m_file ? "BOUND" : "RENEWING"), "first");
        Simulator::Destroy();
    }

    bool m_file;
};

/** A pool that is too small: silence, counted, and room again when leases end. */
class ExhaustionCase : public DhcpTestCase
{
  public:
    ExhaustionCase()
        : DhcpTestCase("exhaustion")
    {
    }

  private:
    void DoRun() override
    {
        Build(Stack::STOCK, 3, 0);
        Ptr<StrataDhcpServer> server = dhcp.InstallServer(lan.router);
        StrataDhcpHelper::AddPool(server, "10.1.0.0/24", "10.1.0.100", "10.1.0.101");
        std::vector<Ptr<StrataDhcpClient>> clients;
        for (uint32_t i = 0; i < 3; ++i)
        {
            clients.push_back(MakeClient(i));
            clients.back()->SetStartTime(Seconds(i * 20));
        }
        uint32_t traced = 0;
        server->TraceConnectWithoutContext(
            "Lease",
            Callback<void, const DhcpServerEvent&>([&](const DhcpServerEvent& event) {
                traced += event.kind == DhcpEventKind::EXHAUSTED ? 1 : 0;
            }));
        RunUntil(100);
        NS_TEST_EXPECT_MSG_EQ(clients[2]->GetState(), "SELECTING", "goes on asking");
        NS_TEST_EXPECT_MSG_GT(server->Count(DhcpEventKind::EXHAUSTED), 2, "counted");
        NS_TEST_EXPECT_MSG_EQ(traced, server->Count(DhcpEventKind::EXHAUSTED), "traced");
        clients[0]->Release();
        RunUntil(200);
        NS_TEST_EXPECT_MSG_EQ(clients[2]->GetAddress(), Ipv4Address("10.1.0.100"), "has one now");
        Simulator::Destroy();
    }
};

/** Clients are told apart by chaddr or identifier, and have their reservations. */
class ReservationCase : public DhcpTestCase
{
  public:
    ReservationCase()
        : DhcpTestCase("reservation")
    {
    }

  private:
    void DoRun() override
    {
        Build(Stack::STOCK, 3, 0);
        Ptr<StrataDhcpServer> server = MakeServer(lan.router, {});
        StrataDhcpHelper::Reserve(server, MacText(lan.devices.Get(0)), "10.1.0.100");
        StrataDhcpHelper::Reserve(server, "printer", "10.1.0.9");
        Ptr<StrataDhcpClient> other = MakeClient(2);
        RunUntil(20);
        Ptr<StrataDhcpClient> byHardware = MakeClient(0);
        dhcp.SetClientAttribute("ClientIdentifier", StringValue("printer"));
        Ptr<StrataDhcpClient> byName = MakeClient(1);
        Simulator::Schedule(Seconds(0), [=] {
            byHardware->Restart();
            byName->Restart();
        });
        RunUntil(50);
        NS_TEST_EXPECT_MSG_EQ(other->GetAddress(), Ipv4Address("10.1.0.101"), "not the reserved");
        NS_TEST_EXPECT_MSG_EQ(byHardware->GetAddress(), Ipv4Address("10.1.0.100"), "by hardware");
        NS_TEST_EXPECT_MSG_EQ(byName->GetAddress(), Ipv4Address("10.1.0.9"), "by name");
        Simulator::Destroy();
    }
};

/** A host that has moved to another network is refused there, and gets an address of that one. */
class WrongNetworkCase : public DhcpTestCase
{
  public:
    WrongNetworkCase()
        : DhcpTestCase("wrong-network")
    {
    }

  private:
    void DoRun() override
    {
        Build(Stack::STOCK, 1, 0);
        Ptr<StrataDhcpServer> server = MakeServer(lan.router, {});
        StrataDhcpHelper::AddPool(server, "10.5.0.0/24", "10.5.0.100", "10.5.0.199");
        Ptr<StrataDhcpClient> client = MakeClient(0);
        RunUntil(20);
        NS_TEST_EXPECT_MSG_EQ(AddressOf(0), "10.1.0.100/24", "at home");
        // The network is another one now, and the host is told that its link has changed.
        Ptr<Ipv4> ipv4 = lan.router->GetObject<Ipv4>();
        const uint32_t interface = ipv4->GetInterfaceForDevice(lan.routerDevice);
        ipv4->RemoveAddress(interface, 0);
        ipv4->AddAddress(interface, {Ipv4Address("10.5.0.1"), Ipv4Mask("/24")});
        std::vector<std::string> states;
        client->TraceConnectWithoutContext(
            "StateChange",
            Callback<void, std::string, std::string>(
                [&](std::string, std::string after) { states.push_back(after); }));
        client->Restart();
        NS_TEST_EXPECT_MSG_EQ(AddressOf(0), "", "not used before a server agrees");
        RunUntil(40);
        NS_TEST_EXPECT_MSG_EQ(Joined(states),
                              "INIT-REBOOT;REBOOTING;INIT;SELECTING;REQUESTING;CHECKING;BOUND;",
                              "states");
        NS_TEST_EXPECT_MSG_EQ(server->Count(DhcpEventKind::REFUSE), 1, "NAK");
        NS_TEST_EXPECT_MSG_EQ(AddressOf(0), "10.5.0.100/24", "abroad");
        // The same network again: INIT-REBOOT is enough.
        states.clear();
        client->Restart();
        RunUntil(60);
        NS_TEST_EXPECT_MSG_EQ(Joined(states),
                              "INIT-REBOOT;REBOOTING;CHECKING;BOUND;",
                              "states of a reboot");
        Simulator::Destroy();
    }
};

/** INFORM brings parameters and no lease. */
class InformCase : public DhcpTestCase
{
  public:
    InformCase()
        : DhcpTestCase("inform")
    {
    }

  private:
    void DoRun() override
    {
        Build(Stack::STOCK, 1, 0);
        DhcpPoolOptions options;
        options.dnsServers = {"10.9.0.53"};
        Ptr<StrataDhcpServer> server = MakeServer(lan.router, options);
        Ptr<Ipv4> ipv4 = lan.clients.Get(0)->GetObject<Ipv4>();
        const uint32_t interface = ipv4->AddInterface(lan.devices.Get(0));
        ipv4->AddAddress(interface, {Ipv4Address("10.1.0.7"), Ipv4Mask("/24")});
        ipv4->SetUp(interface);
        dhcp.SetClientAttribute("Inform", Ipv4AddressValue("10.1.0.7"));
        Ptr<StrataDhcpClient> client = MakeClient(0);
        RunUntil(20);
        NS_TEST_ASSERT_MSG_EQ((client->GetInformation() != nullptr), true, "there is an answer");
        NS_TEST_EXPECT_MSG_EQ(client->GetInformation()->dnsServers.at(0), 0x0a090035, "DNS");
        NS_TEST_EXPECT_MSG_EQ(server->GetMachine()->GetLeases().All().size(), 0, "no lease");
        NS_TEST_EXPECT_MSG_EQ(AddressOf(0), "10.1.0.7/24", "what was there stays");
        Simulator::Destroy();
    }
};

/** Point-to-point links, which need no ARP, and clients that find their device by themselves. */
class PointToPointCase : public DhcpTestCase
{
  public:
    PointToPointCase()
        : DhcpTestCase("point-to-point")
    {
    }

  private:
    void DoRun() override
    {
        NodeContainer nodes(2);
        NetDeviceContainer devices = PointToPointHelper().Install(nodes);
        InternetStackHelper().Install(nodes);
        Ipv4AddressHelper("10.1.0.0", "255.255.255.0").Assign(devices.Get(0));
        Ptr<StrataDhcpServer> server = dhcp.InstallServer(nodes.Get(0));
        StrataDhcpHelper::AddPool(server, "10.1.0.0/24", "10.1.0.100", "10.1.0.101");
        Ptr<StrataDhcpClient> client = CreateObject<StrataDhcpClient>();
        nodes.Get(1)->AddApplication(client);
        RunUntil(20);
        NS_TEST_EXPECT_MSG_EQ(client->GetAddress(), Ipv4Address("10.1.0.100"), "address");
        Simulator::Destroy();
    }
};

/** BOOTP clients have addresses for good, from a pool of their own. */
class BootpCase : public DhcpTestCase
{
  public:
    BootpCase()
        : DhcpTestCase("bootp")
    {
    }

  private:
    void DoRun() override
    {
        Build(Stack::STOCK, 1, 0);
        Ptr<StrataDhcpServer> server = MakeServer(lan.router, {});
        StrataDhcpHelper::AddBootpPool(server, "10.1.0.0/24", "10.1.0.50", "10.1.0.51");
        RunUntil(1);
        std::vector<uint32_t> given;
        server->TraceConnectWithoutContext(
            "Message",
            Callback<void, const DhcpMessage&, bool>([&](const DhcpMessage& message, bool sent) {
                if (sent)
                {
                    given.push_back(message.yourAddress & 0xff);
                    NS_TEST_EXPECT_MSG_EQ(message.Options().Has(DhcpOptionCode::MESSAGE_TYPE),
                                          false,
                                          "BOOTP has no types");
                    NS_TEST_EXPECT_MSG_EQ(message.EncodedSize(), 300, "BOOTP has one size");
                }
            }));
        for (const uint8_t host : {1, 2, 1, 3})
        {
            DhcpMessage request;
            request.hardware = {2, 0, 0, 0, 0, host};
            request.vendor.assign(64, 0);
            DhcpEndpoint::SendFrame(request,
                                    lan.devices.Get(0),
                                    Ipv4Address::GetAny(),
                                    Ipv4Address::GetBroadcast(),
                                    68,
                                    67,
                                    lan.devices.Get(0)->GetBroadcast());
        }
        RunUntil(1e7);
        NS_TEST_EXPECT_MSG_EQ((given == std::vector<uint32_t>{50, 51, 50}), true, "addresses");
        NS_TEST_EXPECT_MSG_EQ(server->Count(DhcpEventKind::EXHAUSTED), 1, "the third finds none");
        NS_TEST_EXPECT_MSG_EQ(server->GetMachine()->GetLeases().CountTaken(0, false),
                              2,
                              "for good");
        Simulator::Destroy();
    }
};

/** What is no DHCP message, or none for us, is counted by name. */
class DropCase : public DhcpTestCase
{
  public:
    DropCase()
        : DhcpTestCase("drops-have-names")
    {
    }

  private:
    void DoRun() override
    {
        Build(Stack::STOCK, 1, 1);
        Ptr<StrataDhcpServer> server = MakeServer(servers.Get(0), {});
        dhcp.InstallRelay(lan.router, {"10.9.0.2"});
        RunUntil(1);
        const auto send = [this](const DhcpMessage& message) {
            DhcpEndpoint::SendFrame(message,
                                    lan.devices.Get(0),
                                    Ipv4Address::GetAny(),
                                    Ipv4Address::GetBroadcast(),
                                    68,
                                    67,
                                    lan.devices.Get(0)->GetBroadcast());
        };
        DhcpMessage malformed;
        malformed.vendor = {0x63, 0x82, 0x53, 0x63, 53, 9};
        send(malformed);
        DhcpMessage message;
        DhcpOptions options;
        options.SetU8(DhcpOptionCode::MESSAGE_TYPE, 1);
        message.SetOptions(options);
        message.hops = 16;
        send(message);
        message.hops = 0;
        message.relayAddress = 0x0a010001;
        send(message);
        message.relayAddress = 0x0a630001; // of a network that nobody knows
        send(message);
        message.relayAddress = 0;
        options.SetRelayAgent({{1, {1}}});
        message.SetOptions(options);
        send(message);
        options.SetU8(DhcpOptionCode::MESSAGE_TYPE, 99);
        options.Remove(DhcpOptionCode::RELAY_AGENT);
        message.SetOptions(options);
        send(message);
        RunUntil(5);
        const auto drops = [](Ptr<Node> node, const char* reason) {
            return StrataNode::Of(node)->GetDrops().Packets(DropReason(reason));
        };
        NS_TEST_EXPECT_MSG_EQ(drops(lan.router, "dhcp.malformed"), 1, "malformed");
        NS_TEST_EXPECT_MSG_EQ(drops(lan.router, "dhcp.hops"), 1, "hops");
        NS_TEST_EXPECT_MSG_EQ(drops(lan.router, "dhcp.forged-relay-address"), 1, "forged giaddr");
        NS_TEST_EXPECT_MSG_EQ(drops(lan.router, "dhcp.untrusted-information"), 1, "option 82");
        NS_TEST_EXPECT_MSG_EQ(drops(servers.Get(0), "dhcp.no-subnet"), 1, "no subnet");
        NS_TEST_EXPECT_MSG_EQ(drops(servers.Get(0), "dhcp.unknown-type"), 1, "unknown type");
        Simulator::Destroy();
    }
};

/** A relay that judges by port: forged requests and rogue replies stop there, the rest is served.
 */
class RelaySnoopingCase : public DhcpTestCase
{
  public:
    RelaySnoopingCase()
        : DhcpTestCase("a-relay-judges-by-port")
    {
    }

  private:
    void DoRun() override
    {
        Build(Stack::STOCK, 2, 1);
        Ptr<StrataDhcpServer> server = MakeServer(servers.Get(0), {});
        dhcp.SetRelayAttribute("Snooping", BooleanValue(true));
        dhcp.SetRelayAttribute("ClientsPerPort", UintegerValue(1));
        Ptr<StrataDhcpRelay> relay = dhcp.InstallRelay(lan.router, {"10.9.0.2"});
        Ptr<StrataDhcpClient> client = MakeClient(0);
        Ptr<StrataDhcpClient> late = MakeClient(1);
        late->SetStartTime(Seconds(10));
        Simulator::Schedule(Seconds(0.5), [this] {
            DhcpMessage message;
            message.hardware = {2, 0, 0, 0, 0, 9};
            DhcpOptions options;
            options.SetU8(DhcpOptionCode::MESSAGE_TYPE, 1);
            message.SetOptions(options);
            const auto send = [this](const DhcpMessage& what) {
                DhcpEndpoint::SendFrame(what,
                                        lan.devices.Get(1),
                                        Ipv4Address::GetAny(),
                                        Ipv4Address::GetBroadcast(),
                                        68,
                                        67,
                                        lan.devices.Get(1)->GetBroadcast());
            };
            send(message);
            message.operation = BootpOperation::REPLY;
            message.relayAddress = 0x0a010001;
            message.yourAddress = 0x0a0100c8;
            send(message);
        });
        RunUntil(30);
        NS_TEST_EXPECT_MSG_EQ(client->GetState(), "BOUND", "who asks for itself");
        NS_TEST_EXPECT_MSG_EQ(late->GetState(), "SELECTING", "one client too many");
        const DropCounters& drops = StrataNode::Of(lan.router)->GetDrops();
        NS_TEST_EXPECT_MSG_EQ(drops.Packets(DropReason("dhcp.snoop-forged-hardware")), 1, "forged");
        NS_TEST_EXPECT_MSG_EQ(drops.Packets(DropReason("dhcp.snoop-untrusted-server")), 1, "rogue");
        NS_TEST_EXPECT_MSG_GT(drops.Packets(DropReason("dhcp.snoop-too-many-clients")), 1, "many");
        NS_TEST_EXPECT_MSG_EQ(server->Count(DhcpEventKind::BIND), 1, "at the server");
        std::ostringstream bindings;
        relay->PrintBindings(bindings);
        NS_TEST_EXPECT_MSG_EQ(bindings.str(),
                              "port 0  " + MacText(lan.devices.Get(0)) + "  10.1.0.100\n",
                              "bindings");
        Simulator::Destroy();
    }
};

/** A home router: a server on one side, a client on the other. */
class HomeRouterCase : public DhcpTestCase
{
  public:
    HomeRouterCase()
        : DhcpTestCase("a-router-is-server-and-client")
    {
    }

  private:
    void DoRun() override
    {
        Build(Stack::STOCK, 1, 1);
        MakeServer(lan.router, {});
        // The provider beyond, on the far LAN, where the router's device is its second one.
        Ptr<StrataDhcpServer> provider = dhcp.InstallServer(servers.Get(0));
        StrataDhcpHelper::AddPool(provider, "10.9.0.0/24", "10.9.0.50", "10.9.0.59");
        Ptr<Ipv4> ipv4 = lan.router->GetObject<Ipv4>();
        const uint32_t far = ipv4->GetInterfaceForAddress("10.9.0.1");
        Ptr<NetDevice> device = ipv4->GetNetDevice(far);
        ipv4->RemoveAddress(far, 0);
        Ptr<StrataDhcpClient> outside = dhcp.InstallClient(device);
        Ptr<StrataDhcpClient> inside = MakeClient(0);
        RunUntil(20);
        NS_TEST_EXPECT_MSG_EQ(outside->GetAddress(), Ipv4Address("10.9.0.50"), "outside");
        NS_TEST_EXPECT_MSG_EQ(inside->GetAddress(), Ipv4Address("10.1.0.100"), "inside");
        NS_TEST_EXPECT_MSG_EQ(inside->GetServer(), Ipv4Address("10.1.0.1"), "whose it is");
        Simulator::Destroy();
    }
};

/** Many clients at once behind a relay: all bound, all different. */
class CrowdCase : public DhcpTestCase
{
  public:
    CrowdCase()
        : DhcpTestCase("a-crowd-behind-a-relay")
    {
    }

  private:
    void DoRun() override
    {
        Build(Stack::STOCK, 60, 1);
        MakeServer(servers.Get(0), {});
        dhcp.InstallRelay(lan.router, {"10.9.0.2"});
        std::vector<Ptr<StrataDhcpClient>> clients;
        for (uint32_t i = 0; i < 60; ++i)
        {
            clients.push_back(MakeClient(i));
        }
        RunUntil(60);
        std::set<Ipv4Address> addresses;
        for (const auto& client : clients)
        {
            NS_TEST_EXPECT_MSG_EQ(client->GetState(), "BOUND", "state");
            addresses.insert(client->GetAddress());
        }
        NS_TEST_EXPECT_MSG_EQ(addresses.size(), 60, "different addresses");
        Simulator::Destroy();
    }
};

/** Clients of one boot do not renew together (RFC 2131 section 4.4.5), unless they are told to. */
class RenewalFuzzCase : public DhcpTestCase
{
  public:
    explicit RenewalFuzzCase(bool fuzz)
        : DhcpTestCase(fuzz ? "renewals-are-spread" : "renewals-without-fuzz-come-together"),
          m_fuzz(fuzz)
    {
    }

  private:
    void DoRun() override
    {
        constexpr uint32_t clients = 40;
        Build(Stack::STOCK, clients, 0);
        if (m_fuzz)
        {
            dhcp.SetClientAttribute("RenewalFuzz", DoubleValue(0.05));
        }
        DhcpPoolOptions options;
        options.lease = Seconds(1000);
        MakeServer(lan.router, options);
        std::vector<double> renewals;
        for (uint32_t i = 0; i < clients; ++i)
        {
            MakeClient(i)->TraceConnectWithoutContext(
                "Message",
                Callback<void, const DhcpMessage&, bool>([&](const DhcpMessage& message, bool out) {
                    if (out && message.clientAddress != 0)
                    {
                        renewals.push_back(Simulator::Now().GetSeconds());
                    }
                }));
        }
        StrataDhcpHelper::AssignStreams(lan.clients, 1);
        RunUntil(600);
        NS_TEST_ASSERT_MSG_EQ(renewals.size(), clients, "each renews once");
        // T1 is half the lease, which began about 1 s after the start; plus or minus 5 %.
        const double least = renewals.front() - 1;
        const double most = renewals.back() - 1;
        NS_TEST_EXPECT_MSG_GT(least, (m_fuzz ? 475 : 500), "none before");
        NS_TEST_EXPECT_MSG_LT(most, (m_fuzz ? 526 : 501), "none after");
        if (m_fuzz)
        {
            NS_TEST_EXPECT_MSG_LT(least, 485, "some early");
            NS_TEST_EXPECT_MSG_GT(most, 515, "some late");
            double closest = most;
            for (uint32_t i = 1; i < clients; ++i)
            {
                closest = std::min(closest, renewals[i] - renewals[i - 1]);
            }
            NS_TEST_EXPECT_MSG_GT(closest, 0, "no two at once");
        }
        Simulator::Destroy();
    }

    bool m_fuzz;
};

/** The user sets the interface down and up again in mid-lease. */
class InterfaceDownCase : public DhcpTestCase
{
  public:
    InterfaceDownCase(const std::string& name, Stack stack)
        : DhcpTestCase("interface-down-and-up-" + name),
          m_stack(stack)
    {
    }

  private:
    void DoRun() override
    {
        Build(m_stack, 1, 1);
        DhcpPoolOptions options;
        options.routers = {"10.1.0.1"};
        options.lease = Seconds(200);
        MakeServer(lan.router, options);
        Ptr<StrataDhcpClient> client = MakeClient(0);
        Ptr<Ipv4> ipv4 = lan.clients.Get(0)->GetObject<Ipv4>();
        RunUntil(30);
        NS_TEST_EXPECT_MSG_EQ(CanTalk(0, "10.9.0.2"), true, "beyond the router");
        const auto interface =
            static_cast<uint32_t>(ipv4->GetInterfaceForDevice(lan.devices.Get(0)));
        ipv4->SetDown(interface);
        RunUntil(40);
        ipv4->SetUp(interface);
        RunUntil(110); // T1 is at 101
        NS_TEST_EXPECT_MSG_EQ(client->GetState(), "BOUND", "renewed");
        NS_TEST_EXPECT_MSG_EQ(NextHop(0, "192.0.2.1"), Ipv4Address("10.1.0.1"), "default route");
        NS_TEST_EXPECT_MSG_EQ(CanTalk(0, "10.9.0.2"), true, "beyond the router again");
        if (m_stack == Stack::STOCK)
        {
            auto table = Ipv4StaticRoutingHelper().GetStaticRouting(ipv4);
            RunUntil(310); // renewed twice more
            uint32_t defaults = 0;
            for (uint32_t i = 0; i < table->GetNRoutes(); ++i)
            {
                defaults += table->GetRoute(i).IsDefault() ? 1 : 0;
            }
            NS_TEST_EXPECT_MSG_EQ(defaults, 1, "one default route");
        }
        Simulator::Destroy();
    }

    Stack m_stack;
};

class StrataDhcpTestSuite : public TestSuite
{
  public:
    StrataDhcpTestSuite()
        : TestSuite("strata-dhcp")
    {
        for (const auto& [name, stack] : DhcpTestCase::Stacks())
        {
            for (const bool broadcast : {false, true})
            {
                AddTestCase(new LeaseCase(name, stack, broadcast));
                AddTestCase(new RelayCase(name, stack, broadcast));
            }
            AddTestCase(new LeaseEndCase(name, stack));
            AddTestCase(new InterfaceDownCase(name, stack));
        }
        for (const bool serverProbes : {false, true})
        {
            AddTestCase(new ConflictCase(Stack::STOCK, serverProbes));
            AddTestCase(new ConflictCase(Stack::STRATA, serverProbes));
        }
        AddTestCase(new RestartCase(true));
        AddTestCase(new RestartCase(false));
        for (const bool fuzz : {false, true})
        {
            AddTestCase(new RenewalFuzzCase(fuzz));
        }
        AddTestCase(new ExhaustionCase());
        AddTestCase(new ReservationCase());
        AddTestCase(new WrongNetworkCase());
        AddTestCase(new InformCase());
        AddTestCase(new PointToPointCase());
        AddTestCase(new BootpCase());
        AddTestCase(new DropCase());
        AddTestCase(new RelaySnoopingCase());
        AddTestCase(new HomeRouterCase());
        AddTestCase(new CrowdCase());
    }
};

StrataDhcpTestSuite g_strataDhcpTestSuite;

} // namespace

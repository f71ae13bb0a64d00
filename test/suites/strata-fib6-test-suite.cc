// SPDX-License-Identifier: GPL-2.0-only

#include "ns3/boolean.h"
#include "ns3/inet6-socket-address.h"
#include "ns3/internet-stack-helper.h"
#include "ns3/ipv6-header.h"
#include "ns3/ipv6-list-routing-helper.h"
#include "ns3/ipv6-list-routing.h"
#include "ns3/ipv6-static-routing-helper.h"
#include "ns3/node-container.h"
#include "ns3/output-stream-wrapper.h"
#include "ns3/packet.h"
#include "ns3/ripng-helper.h"
#include "ns3/simple-net-device-helper.h"
#include "ns3/simulator.h"
#include "ns3/socket.h"
#include "ns3/strata-fib6-helper.h"
#include "ns3/strata-node.h"
#include "ns3/test.h"
#include "ns3/udp-header.h"
#include "ns3/udp-socket-factory.h"

#include <fmt/format.h>
#include <map>
#include <random>
#include <set>
#include <sstream>
#include <string>
#include <sys/wait.h>
#include <unistd.h>
#include <vector>

using namespace ns3;
using namespace ns3::strata;

namespace
{

using Address6 = Ipv6Family::Address;
using Prefix6 = Prefix<Ipv6Family>;

Ipv6Address
ToNs3(Address6 address)
{
    return Ipv6Address(address.data());
}

class Fib6TestCase : public TestCase
{
  public:
    using TestCase::TestCase;

  protected:
    void DoTeardown() override
    {
        Simulator::Destroy();
    }

    static void AddAddress(Ptr<Node> node,
                           uint32_t interface,
                           const std::string& address,
                           uint8_t length = 64)
    {
        node->GetObject<Ipv6>()->AddAddress(
            interface,
            Ipv6InterfaceAddress(Ipv6Address(address.c_str()), ns3::Ipv6Prefix(length)));
    }

    /** Two nodes get a link with 2001:1:NET::1 and ::2, and forward over it. */
    static void Link(Ptr<Node> left, Ptr<Node> right, uint32_t net)
    {
        const NetDeviceContainer devices =
            SimpleNetDeviceHelper().Install(NodeContainer(left, right));
        for (uint32_t end = 0; end < 2; ++end)
        {
            Ptr<Ipv6> ipv6 = devices.Get(end)->GetNode()->GetObject<Ipv6>();
            const uint32_t interface = ipv6->AddInterface(devices.Get(end));
            ipv6->SetUp(interface);
            ipv6->SetForwarding(interface, true);
            AddAddress(devices.Get(end)->GetNode(),
                       interface,
                       fmt::format("2001:1:{:x}::{}", net, end + 1));
        }
    }

    /** A router with \p links neighbours: 2001:1:i::1 here, 2001:1:i::2 there. */
    static Ptr<Node> MakeRouter(uint32_t links)
    {
        NodeContainer nodes(links + 1);
        InternetStackHelper stack;
        stack.SetRoutingHelper(Fib6Helper());
        stack.Install(nodes);
        for (uint32_t i = 0; i < links; ++i)
        {
            Link(nodes.Get(0), nodes.Get(i + 1), i);
        }
        return nodes.Get(0);
    }

    static Ipv6Address LinkLocalOf(Ptr<Node> node, uint32_t interface)
    {
        Ptr<Ipv6> ipv6 = node->GetObject<Ipv6>();
        for (uint32_t i = 0; i < ipv6->GetNAddresses(interface); ++i)
        {
            const Ipv6Address address = ipv6->GetAddress(interface, i).GetAddress();
            if (address.IsLinkLocal())
            {
                return address;
            }
        }
        return Ipv6Address::GetAny();
    }

    static std::string Text(Ipv6Address address)
    {
        std::ostringstream text;
        text << address;
        return text.str();
    }

    /** The gateway (or "link") that a packet from here goes to, the interface and the source. */
    static std::string Way(Ptr<Node> node, const char* destination, Ptr<NetDevice> oif = nullptr)
    {
        Ptr<Ipv6> ipv6 = node->GetObject<Ipv6>();
        Ipv6Header header;
        header.SetDestination(Ipv6Address(destination));
        Socket::SocketErrno error;
        Ptr<Ipv6Route> route = ipv6->GetRoutingProtocol()->RouteOutput(nullptr, header, oif, error);
        if (!route)
        {
            return error == Socket::ERROR_NOROUTETOHOST ? "none" : "other error";
        }
        const bool right =
            error == Socket::ERROR_NOTERROR && route->GetDestination() == Ipv6Address(destination);
        const Ipv6Address source = route->GetSource();
        return fmt::format("{} {} {}{}",
                           route->GetGateway().IsAny() ? "link" : Text(route->GetGateway()),
                           ipv6->GetInterfaceForDevice(route->GetOutputDevice()),
                           source.IsLinkLocal() ? "link-local" : Text(source),
                           right ? "" : " wrong");
    }

    /** Forwards a packet by hand: what became of it. */
    static std::string Input(Ptr<Node> node,
                             const Ipv6Header& header,
                             Ptr<Packet> packet,
                             bool inList = false)
    {
        std::string done;
        const bool taken = Fib6Helper::GetFib(node)->RouteInput(
            packet,
            header,
            node->GetObject<Ipv6>()->GetNetDevice(1),
            Ipv6RoutingProtocol::UnicastForwardCallback(
                [&done](Ptr<const NetDevice>,
                        Ptr<Ipv6Route> route,
                        Ptr<const Packet>,
                        const Ipv6Header&) { done += Text(route->GetGateway()); }),
            Ipv6RoutingProtocol::MulticastForwardCallback(),
            Ipv6RoutingProtocol::LocalDeliverCallback(),
            inList ? Ipv6RoutingProtocol::ErrorCallback()
                   : Ipv6RoutingProtocol::ErrorCallback(
                         [&done](Ptr<const Packet>, const Ipv6Header&, Socket::SocketErrno) {
                             done += "error";
                         }));
        return (taken ? "taken " : "left ") + done;
    }
};

class LongestPrefixTest : public Fib6TestCase
{
  public:
    LongestPrefixTest()
        : Fib6TestCase("A router sends where the longest prefix says, through insertion and "
                       "removal")
    {
    }

  private:
    static Address6 Draw(std::mt19937& random)
    {
        // few bits vary, in all bytes, so that prefixes nest and addresses hit them
        Address6 address{0x20, 0x02};
        for (std::size_t i = 2; i < address.size(); ++i)
        {
            address[i] = random() % 4 == 0 ? static_cast<uint8_t>(0x80 >> random() % 8) : 0;
        }
        return address;
    }

    void DoRun() override
    {
        Ptr<Node> node = MakeRouter(4);
        Ptr<Ipv6> ipv6 = node->GetObject<Ipv6>();
        Ptr<Fib6Routing> fib = Fib6Helper::GetFib(node);
        NS_TEST_ASSERT_MSG_EQ((fib != nullptr), true, "installed by the stack's helper");
        const RouteSource source = fib->Source("static");
        const auto gateway = [](uint32_t link) {
            return Ipv6Address(fmt::format("2001:1:{:x}::2", link).c_str());
        };
        std::mt19937 random(1);
        std::map<Prefix6, uint32_t> routes;
        std::vector<Prefix6> drawn;
        for (int step = 0; step < 6000; ++step)
        {
            const bool again = !drawn.empty() && random() % 2 == 0;
            const Prefix6 prefix =
                again ? drawn[random() % drawn.size()] : Prefix6(Draw(random), random() % 129);
            drawn.push_back(prefix);
            const uint32_t link = random() % 4;
            const auto known = routes.find(prefix);
            if (known != routes.end())
            {
                NS_TEST_ASSERT_MSG_EQ(
                    fib->RemoveRoute(prefix, gateway(known->second), known->second + 1, source),
                    true,
                    "what was added can be removed");
                routes.erase(known);
            }
            else
            {
                fib->AddRoute(prefix, gateway(link), link + 1, source);
                routes[prefix] = link;
            }
            const Address6 to = random() % 2 == 0 ? Draw(random) : prefix.GetAddress();
            if (to[0] != 0x20 || to[1] != 0x02)
            {
                continue;
            }
            int expected = -1;
            unsigned longest = 0;
            for (const auto& [candidate, way] : routes)
            {
                bool holds = true;
                for (unsigned bit = 0; bit < candidate.GetLength(); ++bit)
                {
                    holds =
                        holds &&
                        ((candidate.GetAddress()[bit / 8] ^ to[bit / 8]) >> (7 - bit % 8) & 1) == 0;
                }
                if (holds && (expected < 0 || candidate.GetLength() >= longest))
                {
                    longest = candidate.GetLength();
                    expected = static_cast<int>(way);
                }
            }
            Ipv6Header header;
            header.SetDestination(ToNs3(to));
            Socket::SocketErrno error;
            Ptr<Ipv6Route> route = fib->RouteOutput(nullptr, header, nullptr, error);
            NS_TEST_ASSERT_MSG_EQ((route != nullptr), (expected >= 0), "a route exists");
            if (route)
            {
                NS_TEST_ASSERT_MSG_EQ(route->GetGateway(), gateway(expected), "longest prefix");
                NS_TEST_ASSERT_MSG_EQ(route->GetDestination(), ToNs3(to), "destination");
                NS_TEST_ASSERT_MSG_EQ(route->GetSource(),
                                      Ipv6Address(fmt::format("2001:1:{:x}::1", expected).c_str()),
                                      "source");
                NS_TEST_ASSERT_MSG_EQ(route->GetOutputDevice(),
                                      ipv6->GetNetDevice(expected + 1),
                                      "device");
            }
        }
        NS_TEST_ASSERT_MSG_GT(routes.size(), 500, "there was something to search");
    }
};

class SourcesTest : public Fib6TestCase
{
  public:
    SourcesTest()
        : Fib6TestCase("Of several sources the one with the smallest distance wins, and each "
                       "change is traced")
    {
    }

  private:
    void DoRun() override
    {
        Ptr<Node> node = MakeRouter(2);
        Ptr<Fib6Routing> fib = Fib6Helper::GetFib(node);
        std::string changes;
        fib->TraceConnectWithoutContext(
            "RouteChange",
            Callback<void, Ipv6Address, uint8_t, const std::string&>(
                [&changes](Ipv6Address network, uint8_t length, const std::string& change) {
                    changes += fmt::format("{}/{} {}; ", Text(network), length, change);
                }));
        fib->AddRoute("2a00::/16", "2001:1:0::2", "rip", 3);
        NS_TEST_ASSERT_MSG_EQ(Way(node, "2a00::1"), "2001:1::2 1 2001:1::1", "RIP alone");
        fib->AddRoute("2a00::/16", "2001:1:1::2", "ospf", 50);
        NS_TEST_ASSERT_MSG_EQ(Way(node, "2a00::1"), "2001:1:1::2 2 2001:1:1::1", "OSPF wins");
        NS_TEST_ASSERT_MSG_EQ(fib->RemoveRoute("2a00::/16", "ospf"), true, "OSPF withdraws");
        NS_TEST_ASSERT_MSG_EQ(fib->RemoveRoute("2a00::/16", "ospf"), false, "once");
        fib->RemoveSource("rip");
        NS_TEST_ASSERT_MSG_EQ(Way(node, "2a00::1"), "none", "nobody");
        NS_TEST_ASSERT_MSG_EQ(changes,
                              "2a00::/16 added; 2a00::/16 replaced; 2a00::/16 replaced; "
                              "2a00::/16 removed; ",
                              "trace");

        // a router on the link is known by its link-local address
        fib->AddRoute("::/0", "fe80::9", 2);
        fib->AddBlackhole("2b00::/16");
        fib->AddUnreachable("2b00:1::/32");
        fib->AddRoute("2b00:1::1", "2001:1:0::2");
        NS_TEST_ASSERT_MSG_EQ(Way(node, "2a00::1"), "fe80::9 2 2001:1:1::1", "default");
        NS_TEST_ASSERT_MSG_EQ(Way(node, "2b00::1"), "none", "blackhole");
        NS_TEST_ASSERT_MSG_EQ(Way(node, "2b00:1::9"), "none", "unreachable");
        NS_TEST_ASSERT_MSG_EQ(Way(node, "2b00:1::1"), "2001:1::2 1 2001:1::1", "host");
        NS_TEST_ASSERT_MSG_EQ(Way(node, "::1"), "link 0 ::1", "loopback");

        std::ostringstream text;
        fib->PrintRoutingTable(Create<OutputStreamWrapper>(&text));
        NS_TEST_ASSERT_MSG_EQ(
            text.str(),
            "Node: 0, Time: +0s, Local time: +0s, Fib6Routing table\n"
            "Destination                    Next Hop                   Flag Metric Source        "
            "If\n"
            "::/0                           fe80::9                    UG   1/0    static        "
            "2\n"
            "::1/128                        ::                         UH   0/0    connected     "
            "0\n"
            "2001:1::/64                    ::                         U    0/0    connected     "
            "1\n"
            "2001:1:1::/64                  ::                         U    0/0    connected     "
            "2\n"
            "2b00::/16                      blackhole                  U!   1/0    static        "
            "-\n"
            "2b00:1::/32                    unreachable                U!   1/0    static        "
            "-\n"
            "2b00:1::1/128                  2001:1::2                  UHG  1/0    static        "
            "1\n"
            "fe80::/64                      ::                         U    0/0    connected     "
            "1\n"
            "fe80::/64                      ::                         U    0/0    connected     "
            "2\n"
            "\n",
            "as text");
    }
};

class TextTest : public Fib6TestCase
{
  public:
    TextTest()
        : Fib6TestCase("A text that is no prefix is refused")
    {
    }

  private:
    /** Whether the text ends the program. */
    static bool IsRefused(const std::string& text)
    {
        const pid_t child = fork();
        if (child == 0)
        {
            close(2);
            Fib6Routing::ParsePrefix(text);
            _exit(0);
        }
        int status = 0;
        waitpid(child, &status, 0);
        return WIFSIGNALED(status);
    }

    void DoRun() override
    {
        NS_TEST_ASSERT_MSG_EQ((Fib6Routing::ParsePrefix("2001:DB8:ffff::/33") ==
                               Prefix6({0x20, 0x01, 0x0d, 0xb8, 0x80}, 33)),
                              true,
                              "host bits do not count");
        NS_TEST_ASSERT_MSG_EQ(Fib6Routing::ParsePrefix("::").GetLength(), 128, "a host");
        NS_TEST_ASSERT_MSG_EQ(Fib6Routing::ParsePrefix("::/0").GetLength(), 0, "everything");
        NS_TEST_ASSERT_MSG_EQ((Fib6Routing::ParsePrefix("::ffff:10.0.0.1/104") ==
                               Prefix6({0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff, 10}, 104)),
                              true,
                              "with an IPv4 address inside");
        for (const std::string text : {"",
                                       "/",
                                       "::/",
                                       "::/129",
                                       "::/-1",
                                       "::/ 1",
                                       "::/0x10",
                                       "::/1/2",
                                       "10.0.0.0/8",
                                       "2001:db8/32",
                                       "2001::db8::/32",
                                       "2001:db8::g/64",
                                       "12345::/16",
                                       "fe80::1%1",
                                       "1:2:3:4:5:6:7:8:9/64",
                                       "::/4294967296"})
        {
            NS_TEST_ASSERT_MSG_EQ(IsRefused(text), true, text);
        }
        NS_TEST_ASSERT_MSG_EQ(IsRefused(std::string("::\0junk/8", 9)), true, "a zero inside");
    }
};

class InterfaceTest : public Fib6TestCase
{
  public:
    InterfaceTest()
        : Fib6TestCase("Routes over an interface that is down wait until it is up; its prefixes "
                       "go with its addresses")
    {
    }

  private:
    void DoRun() override
    {
        Ptr<Node> node = MakeRouter(2);
        Ptr<Ipv6> ipv6 = node->GetObject<Ipv6>();
        Ptr<Fib6Routing> fib = Fib6Helper::GetFib(node);
        fib->AddRoute("2a00::/16", "2001:1:0::2");
        fib->AddRoute("2a00::/16", "2001:1:1::2", "rip");
        ipv6->SetDown(1);
        NS_TEST_ASSERT_MSG_EQ(Way(node, "2a00::1"), "2001:1:1::2 2 2001:1:1::1", "the other");
        NS_TEST_ASSERT_MSG_EQ(Way(node, "2001:1::2"), "none", "not connected");
        NS_TEST_ASSERT_MSG_EQ(Way(node, "fe80::2"), "link 2 link-local", "the other link");
        ipv6->SetDown(2);
        NS_TEST_ASSERT_MSG_EQ(Way(node, "2a00::1"), "none", "both are down");
        NS_TEST_ASSERT_MSG_EQ(Way(node, "fe80::2"), "none", "no link");

        // ns-3 takes the addresses away: what comes back is the link-local one
        ipv6->SetUp(1);
        NS_TEST_ASSERT_MSG_EQ(Way(node, "2a00::1"), "2001:1::2 1 link-local", "the route is back");
        NS_TEST_ASSERT_MSG_EQ(Way(node, "2001:1::2"), "none", "the prefix is not");
        AddAddress(node, 1, "2001:1:0::1");
        NS_TEST_ASSERT_MSG_EQ(Way(node, "2001:1::2"), "link 1 2001:1::1", "connected");
        NS_TEST_ASSERT_MSG_EQ(Way(node, "2a00::1"), "2001:1::2 1 2001:1::1", "as before");

        AddAddress(node, 1, "2001:7::1", 127);
        AddAddress(node, 1, "2001:1::9");
        NS_TEST_ASSERT_MSG_EQ(Way(node, "2001:7::"), "link 1 2001:7::1", "a link of two");
        ipv6->RemoveAddress(1, Ipv6Address("2001:1::1"));
        NS_TEST_ASSERT_MSG_EQ(Way(node, "2001:1::2"), "link 1 2001:1::9", "the other address");
        ipv6->RemoveAddress(1, Ipv6Address("2001:1::9"));
        NS_TEST_ASSERT_MSG_EQ(Way(node, "2001:1::2"), "none", "the prefix is gone");
        NS_TEST_ASSERT_MSG_EQ(Way(node, "2a00::1"), "2001:1::2 1 2001:7::1", "no stale source");

        // an address whose prefix is not on the link
        ipv6->AddAddress(1, Ipv6InterfaceAddress("2001:8::1", ns3::Ipv6Prefix(64)), false);
        NS_TEST_ASSERT_MSG_EQ(Way(node, "2001:8::2"), "none", "off the link");
    }
};

class BoundDeviceTest : public Fib6TestCase
{
  public:
    BoundDeviceTest()
        : Fib6TestCase("A packet that is bound to a device takes the best route over it, and one "
                       "to a link needs the device")
    {
    }

  private:
    void DoRun() override
    {
        Ptr<Node> node = MakeRouter(3);
        Ptr<Ipv6> ipv6 = node->GetObject<Ipv6>();
        Ptr<Fib6Routing> fib = Fib6Helper::GetFib(node);
        const auto over = [&](uint32_t interface, const char* to) {
            return Way(node, to, ipv6->GetNetDevice(interface));
        };
        fib->AddRoute("::/0", "fe80::2", 1);
        fib->AddRoute("2a00::/16", "2001:1:1::2", "ospf");
        NS_TEST_ASSERT_MSG_EQ(over(1, "2a00::1"), "fe80::2 1 2001:1::1", "the default route");
        NS_TEST_ASSERT_MSG_EQ(over(2, "2a00::1"), "2001:1:1::2 2 2001:1:1::1", "the longer one");
        NS_TEST_ASSERT_MSG_EQ(over(3, "2a00::1"), "none", "nothing there");
        for (uint32_t interface = 1; interface <= 3; ++interface)
        {
            const std::string link = fmt::format("link {} link-local", interface);
            NS_TEST_ASSERT_MSG_EQ(over(interface, "fe80::7"), link, "a neighbour");
            NS_TEST_ASSERT_MSG_EQ(over(interface, "ff02::1"), link, "a group on the link");
        }
        NS_TEST_ASSERT_MSG_EQ(Way(node, "ff02::1"), "none", "a group on no link");
        NS_TEST_ASSERT_MSG_EQ(Way(node, "fe80::7"), "link 3 link-local", "as stock: the last one");
        NS_TEST_ASSERT_MSG_EQ(Way(node, "ff05::1"), "none", "the default route is no way to it");
        fib->AddRoute("ff00::/8", "::", 2);
        NS_TEST_ASSERT_MSG_EQ(Way(node, "ff05::1"), "link 2 2001:1:1::1", "a wider group");
    }
};

class CacheTest : public Fib6TestCase
{
  public:
    CacheTest()
        : Fib6TestCase("A route object serves again once nobody holds it")
    {
    }

  private:
    void DoRun() override
    {
        Ptr<Node> node = MakeRouter(1);
        Ptr<NetDevice> device = node->GetObject<Ipv6>()->GetNetDevice(1);
        Ptr<Fib6Routing> fib = Fib6Helper::GetFib(node);
        fib->AddRoute("2a00::/16", "2001:1::2");
        Ipv6Header header;
        Socket::SocketErrno error;
        const auto route = [&](const char* to, Ptr<NetDevice> oif) {
            header.SetDestination(Ipv6Address(to));
            return fib->RouteOutput(nullptr, header, oif, error);
        };
        for (const Ptr<NetDevice>& oif : {Ptr<NetDevice>(nullptr), device})
        {
            Ptr<Ipv6Route> held = route("2a00::1", oif);
            const Ipv6Route* first = PeekPointer(held);
            NS_TEST_ASSERT_MSG_NE(PeekPointer(route("2a00::2", oif)), first, "it is held");
            NS_TEST_ASSERT_MSG_EQ(held->GetDestination(), Ipv6Address("2a00::1"), "unchanged");
            std::set<const Ipv6Route*> objects;
            for (int i = 0; i < 100; ++i)
            {
                objects.insert(PeekPointer(route("2a00::3", oif)));
            }
            NS_TEST_ASSERT_MSG_EQ(objects.size(), 1, "one object for a hundred packets");
        }
        fib->RemoveRoute("2a00::/16");
        fib->AddRoute("2c00::/16", "2001:1::3");
        NS_TEST_ASSERT_MSG_EQ(route("2c00::1", nullptr)->GetGateway(),
                              Ipv6Address("2001:1::3"),
                              "a new group in an old one's place");
    }
};

class EqualCostTest : public Fib6TestCase
{
  public:
    EqualCostTest()
        : Fib6TestCase("Equal-cost routes share flows, and each flow keeps to one")
    {
    }

  private:
    static constexpr uint8_t UDP = 17;
    static constexpr uint8_t FRAGMENT = 44;
    static constexpr uint8_t DESTINATION_OPTIONS = 60;

    static std::string Forward(Ptr<Node> node,
                               uint16_t port,
                               uint8_t nextHeader = UDP,
                               uint32_t label = 0)
    {
        UdpHeader udp;
        udp.SetSourcePort(port);
        udp.SetDestinationPort(9);
        Ptr<Packet> packet = Create<Packet>(100);
        packet->AddHeader(udp);
        Ipv6Header header;
        header.SetSource("2001:1::2");
        header.SetDestination("2a00::1");
        header.SetNextHeader(nextHeader);
        header.SetFlowLabel(label);
        return Input(node, header, packet);
    }

    void DoRun() override
    {
        constexpr uint32_t WAYS = 16;
        Ptr<Node> node = MakeRouter(WAYS + 1);
        Ptr<Fib6Routing> fib = Fib6Helper::GetFib(node);
        for (uint32_t i = 1; i <= WAYS; ++i)
        {
            fib->AddRoute("2a00::/16",
                          Ipv6Address(fmt::format("2001:1:{:x}::2", i).c_str()),
                          "ospf",
                          10);
        }
        constexpr uint32_t FLOWS = 4096;
        // 256 flows each on average; chi-squared with 15 degrees, one in a thousand is above 37.7
        const auto chi = [&](const std::vector<std::string>& ways) {
            std::map<std::string, uint32_t> share;
            for (const std::string& way : ways)
            {
                ++share[way];
            }
            double sum = share.size() == WAYS ? 0 : 1e9;
            for (const auto& [way, flows] : share)
            {
                sum += (flows - 256.0) * (flows - 256.0) / 256.0;
            }
            return sum;
        };
        std::vector<std::string> ways;
        std::vector<std::string> labelled;
        for (uint32_t flow = 0; flow < FLOWS; ++flow)
        {
            ways.push_back(Forward(node, static_cast<uint16_t>(flow)));
            NS_TEST_ASSERT_MSG_EQ(Forward(node, static_cast<uint16_t>(flow)),
                                  ways.back(),
                                  "a flow keeps to its way");
            labelled.push_back(Forward(node, 1, FRAGMENT, flow * 255 + 1));
            NS_TEST_ASSERT_MSG_EQ(Forward(node, 2, UDP, flow * 255 + 1),
                                  labelled.back(),
                                  "the label is the flow, in fragments and not");
        }
        NS_TEST_ASSERT_MSG_LT(chi(ways), 37.7, "evenly by ports");
        NS_TEST_ASSERT_MSG_LT(chi(labelled), 37.7, "evenly by label");
        for (const uint8_t next : {FRAGMENT, DESTINATION_OPTIONS})
        {
            const std::string way = Forward(node, 1, next);
            for (uint16_t port = 0; port < 100; ++port)
            {
                NS_TEST_ASSERT_MSG_EQ(Forward(node, port, next), way, "ports are out of sight");
            }
        }
        fib->SetAttribute("HashSeed", UintegerValue(1));
        uint32_t moved = 0;
        for (uint32_t flow = 0; flow < FLOWS; ++flow)
        {
            moved += Forward(node, static_cast<uint16_t>(flow)) != ways[flow];
        }
        NS_TEST_ASSERT_MSG_GT(moved, FLOWS * 9 / 10, "another seed, other ways");
    }
};

class DiscardTest : public Fib6TestCase
{
  public:
    DiscardTest()
        : Fib6TestCase("A blackhole drops with a reason, an unreachable route reports an error, "
                       "and a router forwards nothing to a link-local address")
    {
    }

  private:
    void DoRun() override
    {
        Ptr<Node> node = MakeRouter(2);
        Ptr<StrataNode> strataNode = StrataNode::Of(node);
        Ptr<Fib6Routing> fib = Fib6Helper::GetFib(node);
        fib->AddBlackhole("66::/16");
        fib->AddUnreachable("67::/16");
        fib->AddRoute("68::/16", "2001:1:1::2");
        const auto input = [&](const char* to, bool inList) {
            Ipv6Header header;
            header.SetSource("2001:1::2");
            header.SetDestination(Ipv6Address(to));
            return Input(node, header, Create<Packet>(10), inList);
        };
        NS_TEST_ASSERT_MSG_EQ(input("66::1", false), "taken ", "blackhole");
        NS_TEST_ASSERT_MSG_EQ(strataNode->GetDrops().Packets(fib6_drop::BLACKHOLE), 1, "counted");
        NS_TEST_ASSERT_MSG_EQ(input("67::1", false), "taken error", "unreachable");
        NS_TEST_ASSERT_MSG_EQ(input("67::1", true), "taken ", "unreachable, in a list");
        NS_TEST_ASSERT_MSG_EQ(strataNode->GetDrops().Packets(fib6_drop::UNREACHABLE), 1, "told");
        NS_TEST_ASSERT_MSG_EQ(input("68::1", false), "taken 2001:1:1::2", "forwarded");
        NS_TEST_ASSERT_MSG_EQ(input("69::1", false), "left error", "no route");
        NS_TEST_ASSERT_MSG_EQ(input("69::1", true), "left ", "no route, in a list");
        Ptr<Ipv6StaticRouting> other = CreateObject<Ipv6StaticRouting>();
        other->SetIpv6(node->GetObject<Ipv6>());
        other->AddNetworkRouteTo("69::", ns3::Ipv6Prefix(16), "2001:1:1::9", 2);
        fib->SetFallback(other);
        NS_TEST_ASSERT_MSG_EQ(input("69::1", false), "taken 2001:1:1::9", "by the fallback");
        NS_TEST_ASSERT_MSG_EQ(input("70::1", false), "left error", "not even there");
        NS_TEST_ASSERT_MSG_EQ(input("fe80::1", false), "taken ", "to a link-local address");
        NS_TEST_ASSERT_MSG_EQ(strataNode->GetDrops().Packets(fib6_drop::LINK_LOCAL), 1, "counted");
        NS_TEST_ASSERT_MSG_EQ(input("ff05::1", false), "left ", "a group");
        node->GetObject<Ipv6>()->SetForwarding(1, false);
        NS_TEST_ASSERT_MSG_EQ(input("68::1", false), "taken error", "a host does not forward");
    }
};

class NeighborDiscoveryTest : public Fib6TestCase
{
  public:
    NeighborDiscoveryTest()
        : Fib6TestCase("What the stack learns from routers is routed by, with a source of the "
                       "prefix that the router announced")
    {
    }

  private:
    void DoRun() override
    {
        Ptr<Node> node = MakeRouter(1);
        Ptr<Ipv6> ipv6 = node->GetObject<Ipv6>();
        Ptr<Ipv6RoutingProtocol> routing = ipv6->GetRoutingProtocol();
        AddAddress(node, 1, "2001:a::1");
        AddAddress(node, 1, "2001:b::1");
        const ns3::Ipv6Prefix all(uint8_t{0});
        const auto add = [&](const char* router, const char* prefix) {
            routing->NotifyAddRoute("::", all, Ipv6Address(router), 1, Ipv6Address(prefix));
        };
        const auto remove = [&](const char* router, const char* prefix) {
            routing->NotifyRemoveRoute("::", all, Ipv6Address(router), 1, Ipv6Address(prefix));
        };
        add("fe80::a", "2001:a::");
        NS_TEST_ASSERT_MSG_EQ(Way(node, "2a00::1"), "fe80::a 1 2001:a::1", "by the router");
        add("fe80::a", "2001:b::");
        remove("fe80::a", "2001:a::");
        NS_TEST_ASSERT_MSG_EQ(Way(node, "2a00::1"), "fe80::a 1 2001:b::1", "another prefix of it");
        remove("fe80::a", "2001:b::");
        NS_TEST_ASSERT_MSG_EQ(Way(node, "2a00::1"), "none", "no prefix, no router");

        // a redirect to another router, and one that says that a host is on the link
        add("fe80::b", "2001:b::");
        routing->NotifyAddRoute("2a00::1", ns3::Ipv6Prefix(128), "fe80::c", 1);
        routing->NotifyAddRoute("2a00::2", ns3::Ipv6Prefix(128), "::", 1);
        NS_TEST_ASSERT_MSG_EQ(Way(node, "2a00::1").substr(0, 9), "fe80::c 1", "redirected");
        NS_TEST_ASSERT_MSG_EQ(Way(node, "2a00::2").substr(0, 6), "link 1", "on the link");
        NS_TEST_ASSERT_MSG_EQ(Way(node, "2a00::3"), "fe80::b 1 2001:b::1", "the others are not");
        Fib6Helper::GetFib(node)->AddRoute("::/0", "fe80::d", 1);
        NS_TEST_ASSERT_MSG_EQ(Way(node, "2a00::3").substr(0, 9), "fe80::d 1", "static wins");
        ipv6->SetDown(1);
        ipv6->SetUp(1);
        NS_TEST_ASSERT_MSG_EQ(Way(node, "2a00::1").substr(0, 9), "fe80::d 1", "forgotten");
    }
};

class FollowTest : public Fib6TestCase
{
  public:
    FollowTest(bool list)
        : Fib6TestCase(list ? "A FIB in a list follows static routing as it changes"
                            : "A FIB beside a lone static routing follows it as it changes"),
          m_list(list)
    {
    }

  private:
    void DoRun() override
    {
        NodeContainer nodes(3);
        InternetStackHelper stack;
        if (m_list)
        {
            Ipv6ListRoutingHelper list;
            list.Add(Ipv6StaticRoutingHelper(), 0);
            stack.SetRoutingHelper(list);
        }
        stack.Install(nodes);
        Ptr<Node> node = nodes.Get(0);
        Link(node, nodes.Get(1), 0);
        Ptr<Ipv6StaticRouting> fixed =
            Ipv6StaticRoutingHelper().GetStaticRouting(node->GetObject<Ipv6>());
        fixed->AddNetworkRouteTo("2a00::", ns3::Ipv6Prefix(16), "fe80::a", 1);
        Ptr<Fib6Routing> fib = Fib6Helper::Install(node);
        NS_TEST_ASSERT_MSG_EQ(Fib6Helper::Install(node), fib, "a second time changes nothing");
        NS_TEST_ASSERT_MSG_EQ(Fib6Helper::GetFib(node), fib, "found");
        NS_TEST_ASSERT_MSG_EQ(Ipv6StaticRoutingHelper().GetStaticRouting(node->GetObject<Ipv6>()),
                              fixed,
                              "stock helpers find what they look for");
        const auto gateway = [&](const char* to) {
            const std::string way = Way(node, to);
            return way.substr(0, way.find(' '));
        };
        // asked for itself: the other protocol stands behind
        const auto own = [&](const char* to) {
            const auto number = fib->GetTable().Lookup(Fib6Traits::FromNs3(Ipv6Address(to)));
            return number == Fib6Routing::Table::NO_GROUP
                       ? "none"
                       : Text(ToNs3(fib->GetTable().GroupOf(number).hops[0].gateway));
        };
        NS_TEST_ASSERT_MSG_EQ(gateway("2a00::1"), "fe80::a", "taken over");
        NS_TEST_ASSERT_MSG_EQ(own("2a00::1"), "fe80::a", "by the FIB");
        fixed->AddNetworkRouteTo("2a00:1::", ns3::Ipv6Prefix(32), "fe80::b", 1);
        NS_TEST_ASSERT_MSG_EQ(gateway("2a00:1::1"), "fe80::b", "added later");
        NS_TEST_ASSERT_MSG_EQ(own("2a00:1::1"), "fe80::b", "by the FIB");
        Link(node, nodes.Get(2), 1);
        fixed->RemoveRoute("2a00::", ns3::Ipv6Prefix(16), 1, "::");
        fixed->RemoveRoute("2a00:1::", ns3::Ipv6Prefix(32), 1, "::");
        NS_TEST_ASSERT_MSG_EQ(gateway("2a00::1"), "none", "removed");
        NS_TEST_ASSERT_MSG_EQ(own("2a00:1::1"), "none", "and the other");
        fixed->SetDefaultRoute("fe80::c", 1);
        NS_TEST_ASSERT_MSG_EQ(gateway("2a00::1"), "fe80::c", "a default route");

        // one for another keeps their number
        fixed->RemoveRoute("::", ns3::Ipv6Prefix(uint8_t{0}), 1, "::");
        fixed->SetDefaultRoute("fe80::d", 1);
        NS_TEST_ASSERT_MSG_EQ(gateway("2a00::1"), "fe80::d", "another default route");
        NS_TEST_ASSERT_MSG_EQ(own("2a00::1"), "fe80::d", "by the FIB");

        // in the middle of the table: seen by time
        fixed->AddNetworkRouteTo("2a00::", ns3::Ipv6Prefix(16), "fe80::e", 1);
        fixed->AddNetworkRouteTo("2b00::", ns3::Ipv6Prefix(16), "fe80::e", 1);
        NS_TEST_ASSERT_MSG_EQ(own("2a00::1"), "fe80::e", "before");
        fixed->RemoveRoute("2a00::", ns3::Ipv6Prefix(16), 1, "::");
        fixed->RemoveRoute("2b00::", ns3::Ipv6Prefix(16), 1, "::");
        fixed->AddNetworkRouteTo("2a00::", ns3::Ipv6Prefix(16), "fe80::f", 1);
        fixed->AddNetworkRouteTo("2b00::", ns3::Ipv6Prefix(16), "fe80::e", 1);
        Simulator::Stop(MilliSeconds(1));
        Simulator::Run();
        NS_TEST_ASSERT_MSG_EQ(own("2a00::1"), "fe80::f", "after");

        fib->Follow(nullptr);
        NS_TEST_ASSERT_MSG_EQ(own("2a00::1"), "none", "followed no more");
        NS_TEST_ASSERT_MSG_EQ(gateway("2a00::1"), "fe80::f", "the other protocol answers");
    }

    bool m_list;
};

class PlaceTest : public Fib6TestCase
{
  public:
    PlaceTest()
        : Fib6TestCase("In a list the FIB stands right before static routing")
    {
    }

  private:
    static std::string Order(Ptr<Node> node)
    {
        auto list = DynamicCast<Ipv6ListRouting>(node->GetObject<Ipv6>()->GetRoutingProtocol());
        std::string order;
        for (uint32_t i = 0; i < list->GetNRoutingProtocols(); ++i)
        {
            int16_t priority;
            order += list->GetRoutingProtocol(i, priority)->GetInstanceTypeId().GetName() + " ";
        }
        return order;
    }

    static Ptr<Node> Install(const std::vector<std::pair<const Ipv6RoutingHelper*, int16_t>>& all)
    {
        Ipv6ListRoutingHelper list;
        for (const auto& [helper, priority] : all)
        {
            list.Add(*helper, priority);
        }
        Ptr<Node> node = CreateObject<Node>();
        InternetStackHelper stack;
        stack.SetRoutingHelper(list);
        stack.Install(node);
        Fib6Helper::Install(node);
        return node;
    }

    void DoRun() override
    {
        const RipNgHelper ripng;
        const Ipv6StaticRoutingHelper fixed;
        NS_TEST_ASSERT_MSG_EQ(Order(Install({{&ripng, 10}, {&fixed, 0}})),
                              "ns3::RipNg ns3::strata::Fib6Routing ns3::Ipv6StaticRouting ",
                              "after what is asked before static routing");
        NS_TEST_ASSERT_MSG_EQ(Order(Install({{&ripng, -10}, {&fixed, 0}})),
                              "ns3::strata::Fib6Routing ns3::Ipv6StaticRouting ns3::RipNg ",
                              "before what is asked after it");
        NS_TEST_ASSERT_MSG_EQ(Order(Install({{&ripng, 5}})),
                              "ns3::RipNg ns3::strata::Fib6Routing ",
                              "last");
        // RipNg cannot be disposed of before it has started
        Simulator::Stop(Seconds(1));
        Simulator::Run();
    }
};

class DeliveryTest : public Fib6TestCase
{
  public:
    enum class Gateways
    {
        GLOBAL,
        LINK_LOCAL,
        STOCK,
    };

    DeliveryTest(Gateways gateways, const char* name)
        : Fib6TestCase(name),
          m_gateways(gateways)
    {
    }

  private:
    void DoRun() override
    {
        constexpr uint32_t NODES = 5;
        NodeContainer nodes(NODES);
        InternetStackHelper stack;
        if (m_gateways != Gateways::STOCK)
        {
            stack.SetRoutingHelper(Fib6Helper());
        }
        stack.Install(nodes);
        for (uint32_t i = 0; i + 1 < NODES; ++i)
        {
            Link(nodes.Get(i), nodes.Get(i + 1), i);
        }
        if (m_gateways == Gateways::STOCK)
        {
            Fib6Helper::Install(nodes);
        }
        // to the right everywhere over the last interface, to the left over the first
        for (uint32_t i = 0; i < NODES; ++i)
        {
            if (i + 1 < NODES)
            {
                AddDefault(nodes, i, i + 1, i, i == 0 ? 1 : 2, "2001::/16");
            }
            if (i > 0)
            {
                AddDefault(nodes, i, i - 1, i - 1, 1, i + 1 == NODES ? "2001::/16" : "2001:1::/64");
            }
        }
        std::string received;
        Ptr<Socket> server =
            Socket::CreateSocket(nodes.Get(NODES - 1), UdpSocketFactory::GetTypeId());
        server->Bind(Inet6SocketAddress(Ipv6Address::GetAny(), 7));
        server->SetRecvCallback(Callback<void, Ptr<Socket>>([&received](Ptr<Socket> socket) {
            Address from;
            while (Ptr<Packet> packet = socket->RecvFrom(from))
            {
                received += fmt::format("{} from {} ",
                                        packet->GetSize(),
                                        Text(Inet6SocketAddress::ConvertFrom(from).GetIpv6()));
                socket->SendTo(packet, 0, from);
            }
        }));
        Ptr<Socket> client = Socket::CreateSocket(nodes.Get(0), UdpSocketFactory::GetTypeId());
        client->Bind6();
        client->SetRecvCallback(Callback<void, Ptr<Socket>>([&received](Ptr<Socket> socket) {
            while (Ptr<Packet> packet = socket->Recv())
            {
                received += fmt::format("{} back ", packet->GetSize());
            }
        }));
        const std::string to = fmt::format("2001:1:{:x}::2", NODES - 2);
        for (const uint32_t size : {100, 1000})
        {
            Simulator::Schedule(Seconds(size), [&, size] {
                client->SendTo(Create<Packet>(size),
                               0,
                               Inet6SocketAddress(Ipv6Address(to.c_str()), 7));
            });
        }
        Simulator::Stop(Seconds(2000));
        Simulator::Run();
        NS_TEST_ASSERT_MSG_EQ(received,
                              "100 from 2001:1::1 100 back 1000 from 2001:1::1 1000 back ",
                              "there and back");
    }

    void AddDefault(const NodeContainer& nodes,
                    uint32_t at,
                    uint32_t next,
                    uint32_t net,
                    uint32_t interface,
                    const std::string& prefix)
    {
        Ptr<Node> node = nodes.Get(at);
        const Ipv6Address global(fmt::format("2001:1:{:x}::{}", net, next > at ? 2 : 1).c_str());
        switch (m_gateways)
        {
        case Gateways::GLOBAL:
            Fib6Helper::GetFib(node)->AddRoute(prefix, global);
            break;
        case Gateways::LINK_LOCAL:
            Fib6Helper::GetFib(node)->AddRoute(
                prefix,
                LinkLocalOf(nodes.Get(next), next < at && next > 0 ? 2 : 1),
                interface);
            break;
        case Gateways::STOCK: {
            const Prefix6 parsed = Fib6Routing::ParsePrefix(prefix);
            Ipv6StaticRoutingHelper()
                .GetStaticRouting(node->GetObject<Ipv6>())
                ->AddNetworkRouteTo(ToNs3(parsed.GetAddress()),
                                    ns3::Ipv6Prefix(static_cast<uint8_t>(parsed.GetLength())),
                                    global,
                                    interface);
            break;
        }
        }
    }

    Gateways m_gateways;
};

class StrataFib6TestSuite : public TestSuite
{
  public:
    StrataFib6TestSuite()
        : TestSuite("strata-fib6")
    {
        AddTestCase(new LongestPrefixTest);
        AddTestCase(new SourcesTest);
        AddTestCase(new TextTest);
        AddTestCase(new InterfaceTest);
        AddTestCase(new BoundDeviceTest);
        AddTestCase(new CacheTest);
        AddTestCase(new EqualCostTest);
        AddTestCase(new DiscardTest);
        AddTestCase(new NeighborDiscoveryTest);
        AddTestCase(new FollowTest(true));
        AddTestCase(new FollowTest(false));
        AddTestCase(new PlaceTest);
        AddTestCase(new DeliveryTest(DeliveryTest::Gateways::GLOBAL,
                                     "Datagrams cross a chain of routers with the FIB alone"));
        AddTestCase(new DeliveryTest(DeliveryTest::Gateways::LINK_LOCAL,
                                     "Routers are reached by their link-local addresses"));
        AddTestCase(new DeliveryTest(DeliveryTest::Gateways::STOCK,
                                     "Routes given to static routing lead across FIBs"));
    }
};

StrataFib6TestSuite g_strataFib6TestSuite;

} // namespace

// SPDX-License-Identifier: GPL-2.0-only

#ifndef STRATA_DHCP_TEST_CASE_H
#define STRATA_DHCP_TEST_CASE_H

#include "ns3/csma-helper.h"
#include "ns3/double.h"
#include "ns3/ethernet-header.h"
#include "ns3/inet-socket-address.h"
#include "ns3/internet-stack-helper.h"
#include "ns3/ipv4-address-helper.h"
#include "ns3/ipv4-static-routing-helper.h"
#include "ns3/mac48-address.h"
#include "ns3/simulator.h"
#include "ns3/strata-arp-helper.h"
#include "ns3/strata-byte-reader.h"
#include "ns3/strata-dhcp-helper.h"
#include "ns3/strata-dhcp-lease-format.h"
#include "ns3/strata-ether-type.h"
#include "ns3/strata-fib-helper.h"
#include "ns3/strata-ipv4-helper.h"
#include "ns3/strata-udp-header.h"
#include "ns3/test.h"
#include "ns3/udp-socket-factory.h"

#include <set>
#include <string>
#include <utility>
#include <vector>

namespace ns3
{
namespace strata
{

/** What stands on the nodes. */
enum class Stack
{
    STOCK,  //!< InternetStackHelper alone
    FIB,    //!< a FIB and no other routing
    STRATA, //!< StrataIpv4 and StrataArp, too
};

/**
 * Hosts on a LAN 10.1.0.0/24 with a router as 10.1.0.1, and servers 10.9.0.2, 10.9.0.3, ... on a
 * LAN beyond it, where the router is 10.9.0.1.
 */
class DhcpTestCase : public TestCase
{
  public:
    using TestCase::TestCase;

    static std::vector<std::pair<std::string, Stack>> Stacks()
    {
        return {{"stock", Stack::STOCK}, {"fib", Stack::FIB}, {"strata", Stack::STRATA}};
    }

  protected:
    struct Lan
    {
        NodeContainer clients;
        NetDeviceContainer devices;
        Ptr<Node> router;
        Ptr<NetDevice> routerDevice;
    };

    void Build(Stack stack, uint32_t clients, uint32_t farServers)
    {
        lan.clients.Create(clients);
        lan.router = CreateObject<Node>();
        servers.Create(farServers);
        CsmaHelper csma;
        csma.SetChannelAttribute("Delay", TimeValue(MicroSeconds(2)));
        NetDeviceContainer all = csma.Install(NodeContainer(lan.clients, lan.router));
        for (uint32_t i = 0; i < clients; ++i)
        {
            lan.devices.Add(all.Get(i));
        }
        lan.routerDevice = all.Get(clients);
        NetDeviceContainer far = csma.Install(NodeContainer(NodeContainer(lan.router), servers));
        const NodeContainer nodes(lan.clients, NodeContainer(lan.router), servers);
        InternetStackHelper internet;
        internet.SetIpv6StackInstall(false);
        if (stack == Stack::FIB)
        {
            internet.SetRoutingHelper(FibHelper());
        }
        internet.Install(nodes);
        if (stack == Stack::STRATA)
        {
            StrataIpv4Helper().Install(nodes);
            StrataArpHelper().Install(nodes);
        }
        Ipv4AddressHelper("10.1.0.0", "255.255.255.0").Assign(lan.routerDevice);
        Ipv4AddressHelper("10.9.0.0", "255.255.255.0").Assign(far);
        for (uint32_t i = 0; i < farServers; ++i)
        {
            if (Ptr<FibRouting> fib = FibHelper::GetFib(servers.Get(i)))
            {
                fib->AddRoute("0.0.0.0/0", Ipv4Address("10.9.0.1"));
            }
            else
            {
                Ipv4StaticRoutingHelper()
                    .GetStaticRouting(servers.Get(i)->GetObject<Ipv4>())
                    ->SetDefaultRoute("10.9.0.1", 1);
            }
        }
        dhcp.SetClientAttribute("StartDelayMin", TimeValue(Seconds(1)));
        dhcp.SetClientAttribute("StartDelayMax", TimeValue(Seconds(1)));
        dhcp.SetClientAttribute("RenewalFuzz", DoubleValue(0));
    }

    /** A server with the pool 10.1.0.100 to 10.1.0.199. */
    Ptr<StrataDhcpServer> MakeServer(Ptr<Node> node, const DhcpPoolOptions& options)
    {
        Ptr<StrataDhcpServer> server = dhcp.InstallServer(node);
        StrataDhcpHelper::AddPool(server, "10.1.0.0/24", "10.1.0.100", "10.1.0.199", options);
        return server;
    }

    Ptr<StrataDhcpClient> MakeClient(uint32_t host)
    {
        return dhcp.InstallClient(lan.devices.Get(host));
    }

    static void RunUntil(double seconds)
    {
        Simulator::Stop(Seconds(seconds) - Simulator::Now());
        Simulator::Run();
    }

    static std::string MacText(Ptr<NetDevice> device)
    {
        std::ostringstream text;
        text << Mac48Address::ConvertFrom(device->GetAddress());
        return text.str();
    }

    static std::string Joined(const std::vector<std::string>& lines)
    {
        std::string all;
        for (const std::string& line : lines)
        {
            all += line + ';';
        }
        return all;
    }

    /** The addresses of a host's interface, with the length of their prefixes. */
    std::string AddressOf(uint32_t host) const
    {
        std::ostringstream text;
        Ptr<Ipv4> ipv4 = lan.clients.Get(host)->GetObject<Ipv4>();
        const int32_t interface = ipv4->GetInterfaceForDevice(lan.devices.Get(host));
        for (uint32_t i = 0; interface >= 0 && i < ipv4->GetNAddresses(interface); ++i)
        {
            const Ipv4InterfaceAddress address = ipv4->GetAddress(interface, i);
            text << (i > 0 ? " " : "") << address.GetLocal() << "/"
                 << address.GetMask().GetPrefixLength();
        }
        return text.str();
    }

    Ptr<Ipv4Route> RouteOf(uint32_t host, const char* destination) const
    {
        Ipv4Header header;
        header.SetDestination(Ipv4Address(destination));
        Socket::SocketErrno error;
        return lan.clients.Get(host)->GetObject<Ipv4>()->GetRoutingProtocol()->RouteOutput(
            Create<Packet>(),
            header,
            nullptr,
            error);
    }

    bool HasRoute(uint32_t host, const char* destination) const
    {
        return RouteOf(host, destination) != nullptr;
    }

    /** 0.0.0.0 on the link; 255.255.255.255 without a route. */
    Ipv4Address NextHop(uint32_t host, const char* destination) const
    {
        Ptr<Ipv4Route> route = RouteOf(host, destination);
        if (!route)
        {
            return Ipv4Address::GetBroadcast();
        }
        const Ipv4Address gateway = route->GetGateway();
        return gateway == Ipv4Address(destination) ? Ipv4Address::GetAny() : gateway;
    }

    /** Whether a datagram of a host is answered by a server of UDP at \p address. */
    bool CanTalk(uint32_t host, const char* address)
    {
        bool answered = false;
        Ptr<Node> peer;
        for (const auto& node : {NodeContainer(lan.router), servers})
        {
            for (uint32_t i = 0; i < node.GetN(); ++i)
            {
                if (node.Get(i)->GetObject<Ipv4>()->GetInterfaceForAddress(Ipv4Address(address)) >=
                    0)
                {
                    peer = node.Get(i);
                }
            }
        }
        Ptr<Socket> server = Socket::CreateSocket(peer, UdpSocketFactory::GetTypeId());
        server->Bind(InetSocketAddress(Ipv4Address::GetAny(), 7));
        server->SetRecvCallback(Callback<void, Ptr<Socket>>([](Ptr<Socket> socket) {
            Address from;
            while (Ptr<Packet> packet = socket->RecvFrom(from))
            {
                socket->SendTo(packet, 0, from);
            }
        }));
        Ptr<Socket> client =
            Socket::CreateSocket(lan.clients.Get(host), UdpSocketFactory::GetTypeId());
        client->Bind();
        client->SetRecvCallback(Callback<void, Ptr<Socket>>(
            [&answered](Ptr<Socket> socket) { answered = socket->Recv() != nullptr; }));
        client->SendTo(Create<Packet>(100), 0, InetSocketAddress(Ipv4Address(address), 7));
        RunUntil(Simulator::Now().GetSeconds() + 2);
        client->Close();
        server->Close();
        return answered;
    }

    /** A line for each message at a server: way, type, giaddr, hops, option 82. */
    static void Watch(Ptr<StrataDhcpServer> server, std::vector<std::string>& into)
    {
        server->TraceConnectWithoutContext(
            "Message",
            Callback<void, const DhcpMessage&, bool>(
                [&into](const DhcpMessage& message, bool sent) {
                    const DhcpOptions options = message.Options();
                    std::string information;
                    const auto parts = options.RelayAgent();
                    for (const DhcpSubOption& part : parts ? *parts : std::vector<DhcpSubOption>())
                    {
                        information += (information.empty() ? "" : "/") +
                                       std::string(part.data.begin(), part.data.end());
                    }
                    into.push_back(std::string(sent ? "< " : "> ") +
                                   DhcpMessageTypeName(static_cast<DhcpMessageType>(
                                       options.U8(DhcpOptionCode::MESSAGE_TYPE).value_or(0))) +
                                   " " + DhcpAddressText(message.relayAddress) + " " +
                                   std::to_string(message.hops) + " " + information);
                }));
    }

    /** A line for each frame from and to a host's device, unless it is none of the host's. */
    static void WatchFrames(Ptr<NetDevice> device, std::vector<std::string>& into)
    {
        const Mac48Address own = Mac48Address::ConvertFrom(device->GetAddress());
        device->TraceConnectWithoutContext(
            "PromiscSniffer",
            Callback<void, Ptr<const Packet>>([&into, own](Ptr<const Packet> frame) {
                Ptr<Packet> packet = frame->Copy();
                EthernetHeader ethernet(false);
                packet->RemoveHeader(ethernet);
                Bytes bytes(packet->GetSize());
                packet->CopyData(bytes.data(), bytes.size());
                const bool sent = ethernet.GetSource() == own;
                if (ethernet.GetLengthType() == EtherType::ARP)
                {
                    const auto arp = ArpMessage::Decode(bytes, {});
                    if (sent && arp)
                    {
                        into.push_back("> arp " + DhcpAddressText(arp->senderProtocol) + " " +
                                       DhcpAddressText(arp->targetProtocol));
                    }
                    return;
                }
                const auto ip = Ipv4WireHeader::Decode(bytes, {});
                if (!ip)
                {
                    return;
                }
                const auto udp = TransportPorts::Decode(ByteView(bytes).Sub(ip->HeaderSize()), {});
                if (ip->protocol != 17)
                {
                    if (sent)
                    {
                        into.push_back("> protocol " + std::to_string(ip->protocol));
                    }
                    return;
                }
                std::ostringstream to;
                to << ethernet.GetDestination();
                if (udp->destination == 67 || udp->destination == 68)
                {
                    into.push_back((sent ? "> " : "< ") + std::to_string(udp->destination) + " " +
                                   DhcpAddressText(ip->source) + " " +
                                   DhcpAddressText(ip->destination) +
                                   (sent ? "" : " to " + to.str()));
                }
            }));
    }

    Lan lan;
    NodeContainer servers;
    StrataDhcpHelper dhcp;
};

} // namespace strata
} // namespace ns3

#endif /* STRATA_DHCP_TEST_CASE_H */

// SPDX-License-Identifier: GPL-2.0-only

#ifndef STRATA_FIREWALL_TEST_CASE_H
#define STRATA_FIREWALL_TEST_CASE_H

#include "ns3/boolean.h"
#include "ns3/csma-helper.h"
#include "ns3/global-value.h"
#include "ns3/inet-socket-address.h"
#include "ns3/inet6-socket-address.h"
#include "ns3/internet-stack-helper.h"
#include "ns3/ipv4-address-helper.h"
#include "ns3/ipv4-static-routing-helper.h"
#include "ns3/ipv6-l3-protocol.h"
#include "ns3/ipv6-route.h"
#include "ns3/ipv6-static-routing-helper.h"
#include "ns3/simulator.h"
#include "ns3/socket.h"
#include "ns3/strata-checksum.h"
#include "ns3/strata-firewall-helper.h"
#include "ns3/strata-ipv4-helper.h"
#include "ns3/strata-prefix.h"
#include "ns3/string.h"
#include "ns3/tcp-socket-factory.h"
#include "ns3/test.h"
#include "ns3/udp-socket-factory.h"
#include "ns3/uinteger.h"

#include <map>
#include <memory>
#include <string>
#include <vector>

namespace ns3
{
namespace strata
{

/** What came of an attempt to talk. */
struct TalkResult
{
    uint32_t served{0};   //!< octets that came to the server
    uint32_t answered{0}; //!< octets that came back
    bool connected{false};
    bool failed{false}; //!< the connection was refused, or an error heard of
};

/**
 * An inside host, a firewall and an outside host in a row, joined by LANs; all of them with the
 * stock stack for IPv4 and IPv6:
 *
 *     10.0.0.1 -- 10.0.0.2 | 10.0.1.1 -- 10.0.1.2
 *     fd00:1::1 -- fd00:1::2 | fd00:2::1 -- fd00:2::2
 */
class FirewallTestCase : public TestCase
{
  public:
    using TestCase::TestCase;

  protected:
    static constexpr uint32_t INSIDE = 0;
    static constexpr uint32_t FIREWALL = 1;
    static constexpr uint32_t OUTSIDE = 2;

    /**
     * \param full whether the firewall's node has StrataIpv4, too
     * \param fast whether with its fast path
     */
    void Build(bool full = false, bool fast = false)
    {
        GlobalValue::Bind("ChecksumEnabled", BooleanValue(true));
        nodes = NodeContainer(3);
        InternetStackHelper().Install(nodes);
        Ipv4AddressHelper addresses("10.0.0.0", "255.255.255.0");
        for (uint32_t link = 0; link < 2; ++link)
        {
            CsmaHelper csma;
            csma.SetChannelAttribute("DataRate", StringValue("1Gbps"));
            NetDeviceContainer ends =
                csma.Install(NodeContainer(nodes.Get(link), nodes.Get(link + 1)));
            links.Add(ends);
            addresses.Assign(ends);
            addresses.NewNetwork();
            for (uint32_t end = 0; end < 2; ++end)
            {
                Ptr<Ipv6> ipv6 = ends.Get(end)->GetNode()->GetObject<Ipv6>();
                const uint32_t interface = ipv6->AddInterface(ends.Get(end));
                const std::string address =
                    "fd00:" + std::to_string(link + 1) + "::" + std::to_string(end + 1);
                ipv6->AddAddress(
                    interface,
                    Ipv6InterfaceAddress(Ipv6Address(address.c_str()), ns3::Ipv6Prefix(64)));
                ipv6->SetUp(interface);
                ipv6->SetForwarding(interface, ends.Get(end)->GetNode() == nodes.Get(FIREWALL));
            }
        }
        for (uint32_t host : {INSIDE, OUTSIDE})
        {
            Ptr<Node> node = nodes.Get(host);
            Ipv4StaticRoutingHelper()
                .GetStaticRouting(node->GetObject<Ipv4>())
                ->SetDefaultRoute(host == INSIDE ? "10.0.0.2" : "10.0.1.1", 1);
            Ipv6StaticRoutingHelper()
                .GetStaticRouting(node->GetObject<Ipv6>())
                ->SetDefaultRoute(host == INSIDE ? "fd00:1::2" : "fd00:2::1", 1);
            node->GetObject<Ipv4L3Protocol>()->TraceConnectWithoutContext(
                "LocalDeliver",
                Callback<void, const Ipv4Header&, Ptr<const Packet>, uint32_t>(
                    [this, host](const Ipv4Header& header, Ptr<const Packet> packet, uint32_t) {
                        Note(host, header.GetProtocol(), packet);
                    }));
            node->GetObject<Ipv6L3Protocol>()->TraceConnectWithoutContext(
                "LocalDeliver",
                Callback<void, const Ipv6Header&, Ptr<const Packet>, uint32_t>(
                    [this, host](const Ipv6Header& header, Ptr<const Packet> packet, uint32_t) {
                        Note(host, header.GetNextHeader(), packet);
                    }));
        }
        if (full)
        {
            StrataIpv4Helper ipv4;
            ipv4.SetAttribute("FastPath", BooleanValue(fast));
            ipv4.Install(nodes.Get(FIREWALL));
        }
        firewall = helper.Install(nodes.Get(FIREWALL), links.Get(2));
    }

    /** The address of a host, or of the firewall on that side. */
    static std::string AddressOf(const std::string& who, bool ipv6)
    {
        static const std::map<std::string, std::pair<const char*, const char*>> addresses{
            {"inside", {"10.0.0.1", "fd00:1::1"}},
            {"near", {"10.0.0.2", "fd00:1::2"}},
            {"far", {"10.0.1.1", "fd00:2::1"}},
            {"outside", {"10.0.1.2", "fd00:2::2"}}};
        return ipv6 ? addresses.at(who).second : addresses.at(who).first;
    }

    static Address SocketAddress(const std::string& address, uint16_t port)
    {
        if (address.find(':') != std::string::npos)
        {
            return Inet6SocketAddress(Ipv6Address(address.c_str()), port);
        }
        return InetSocketAddress(Ipv4Address(address.c_str()), port);
    }

    /** A server at \p port of a node that sends back what it gets, by TCP or UDP. */
    std::shared_ptr<TalkResult> Serve(uint32_t node, bool tcp, uint16_t port, bool ipv6)
    {
        auto result = std::make_shared<TalkResult>();
        Ptr<Socket> socket = MakeSocket(node, tcp);
        socket->Bind(SocketAddress(ipv6 ? "::" : "0.0.0.0", port));
        const auto echo = [result](Ptr<Socket> s) {
            Address from;
            while (Ptr<Packet> packet = s->RecvFrom(from))
            {
                if (packet->GetSize() == 0)
                {
                    break;
                }
                result->served += packet->GetSize();
                s->SendTo(packet, 0, from);
            }
        };
        if (tcp)
        {
            socket->SetAcceptCallback(
                MakeNullCallback<bool, Ptr<Socket>, const Address&>(),
                Callback<void, Ptr<Socket>, const Address&>(
                    [this, echo](Ptr<Socket> s, const Address&) {
                        sockets.push_back(s);
                        s->SetRecvCallback(Callback<void, Ptr<Socket>>(echo));
                        s->SetCloseCallbacks(
                            Callback<void, Ptr<Socket>>([](Ptr<Socket> c) { c->Close(); }),
                            MakeNullCallback<void, Ptr<Socket>>());
                    }));
            socket->Listen();
        }
        else
        {
            socket->SetRecvCallback(Callback<void, Ptr<Socket>>(echo));
        }
        return result;
    }

    /** At \p when, sends \p octets from a node to \p to and counts what comes back. */
    std::shared_ptr<TalkResult> Talk(uint32_t node,
                                     bool tcp,
                                     const std::string& to,
                                     uint16_t port,
                                     uint32_t octets,
                                     Time when,
                                     uint16_t ownPort = 0)
    {
        auto result = std::make_shared<TalkResult>();
        const bool ipv6 = to.find(':') != std::string::npos;
        At(node, when, [=] {
            Ptr<Socket> socket = MakeSocket(node, tcp);
            socket->Bind(SocketAddress(ipv6 ? "::" : "0.0.0.0", ownPort));
            socket->SetRecvCallback(Callback<void, Ptr<Socket>>([result, octets](Ptr<Socket> s) {
                while (Ptr<Packet> packet = s->Recv())
                {
                    if (packet->GetSize() == 0)
                    {
                        break;
                    }
                    result->answered += packet->GetSize();
                    if (result->answered == octets)
                    {
                        s->Close();
                    }
                }
            }));
            socket->SetConnectCallback(
                Callback<void, Ptr<Socket>>([result](Ptr<Socket>) { result->connected = true; }),
                Callback<void, Ptr<Socket>>([result](Ptr<Socket>) { result->failed = true; }));
            // A refused connection is closed, in ns-3, and has not failed.
            const Callback<void, Ptr<Socket>> closed(
                [result](Ptr<Socket>) { result->failed = result->failed || !result->connected; });
            socket->SetCloseCallbacks(closed, closed);
            socket->Connect(SocketAddress(to, port));
            socket->Send(Create<Packet>(octets));
        });
        return result;
    }

    /** Sends one IP packet by a node's stack. */
    void SendIp(uint32_t node,
                const std::string& from,
                const std::string& to,
                uint8_t protocol,
                const Bytes& payload,
                Time when)
    {
        At(node, when, [=] {
            Ptr<Packet> packet =
                Create<Packet>(payload.data(), static_cast<uint32_t>(payload.size()));
            if (to.find(':') == std::string::npos)
            {
                nodes.Get(node)->GetObject<Ipv4>()->Send(packet,
                                                         Ipv4Address(from.c_str()),
                                                         Ipv4Address(to.c_str()),
                                                         protocol,
                                                         nullptr);
                return;
            }
            nodes.Get(node)->GetObject<Ipv6>()->Send(packet,
                                                     Ipv6Address(from.c_str()),
                                                     Ipv6Address(to.c_str()),
                                                     protocol,
                                                     nullptr);
        });
    }

    /** An echo request, in order. */
    void Ping(uint32_t node,
              const std::string& from,
              const std::string& to,
              Time when,
              uint16_t identifier = 7)
    {
        const bool ipv6 = to.find(':') != std::string::npos;
        Bytes echo(16, 0x55);
        echo[0] = ipv6 ? 128 : 8;
        echo[1] = echo[2] = echo[3] = 0;
        echo[4] = static_cast<uint8_t>(identifier >> 8);
        echo[5] = static_cast<uint8_t>(identifier);
        SetChecksum(echo, 2, from, to, 58);
        SendIp(node, from, to, ipv6 ? 58 : 1, echo, when);
    }

    /** Sets the field at \p at, with the pseudo header if the addresses are of IPv6. */
    static void SetChecksum(Bytes& bytes,
                            std::size_t at,
                            const std::string& from,
                            const std::string& to,
                            uint8_t protocol)
    {
        InternetChecksum sum;
        if (to.find(':') != std::string::npos)
        {
            Ipv6Family::Address source;
            Ipv6Family::Address destination;
            Ipv6Address(from.c_str()).GetBytes(source.data());
            Ipv6Address(to.c_str()).GetBytes(destination.data());
            sum.AddPseudoHeader6(source,
                                 destination,
                                 protocol,
                                 static_cast<uint32_t>(bytes.size()));
        }
        sum.Add(bytes);
        const uint16_t value = sum.Get();
        bytes[at] = static_cast<uint8_t>(value >> 8);
        bytes[at + 1] = static_cast<uint8_t>(value);
    }

    /** Puts bytes on the link of a host, to the firewall, as they are. */
    void Inject(uint32_t host, const Bytes& bytes, uint16_t etherType, Time when)
    {
        Ptr<NetDevice> device = links.Get(host == INSIDE ? 0 : 3);
        Ptr<NetDevice> other = links.Get(host == INSIDE ? 1 : 2);
        At(host, when, [=] {
            device->Send(Create<Packet>(bytes.data(), static_cast<uint32_t>(bytes.size())),
                         other->GetAddress(),
                         etherType);
        });
    }

    template <class Do>
    void At(uint32_t node, Time when, Do action)
    {
        Simulator::ScheduleWithContext(nodes.Get(node)->GetId(), when, action);
    }

    Ptr<Socket> MakeSocket(uint32_t node, bool tcp)
    {
        Ptr<Socket> socket = Socket::CreateSocket(nodes.Get(node),
                                                  tcp ? TcpSocketFactory::GetTypeId()
                                                      : UdpSocketFactory::GetTypeId());
        sockets.push_back(socket);
        return socket;
    }

    void Run(Time stop)
    {
        Simulator::Stop(stop);
        Simulator::Run();
    }

    uint64_t Drops(DropReason reason) const
    {
        return StrataNode::Of(nodes.Get(FIREWALL))->GetDrops().Packets(reason);
    }

    /** ICMP messages of a type that came to a host, of either family. */
    uint32_t Icmp(uint32_t host, uint8_t type) const
    {
        const auto found = icmp.find({host, type});
        return found == icmp.end() ? 0 : found->second;
    }

    /** Packets of a protocol that came to a host. */
    uint32_t Arrived(uint32_t host, uint8_t protocol) const
    {
        const auto found = arrived.find({host, protocol});
        return found == arrived.end() ? 0 : found->second;
    }

    /** The payload of the last packet of a protocol that came to a host. */
    Bytes Heard(uint32_t host, uint8_t protocol) const
    {
        const auto found = heard.find({host, protocol});
        return found == heard.end() ? Bytes() : found->second;
    }

    void Clear()
    {
        sockets.clear();
        icmp.clear();
        arrived.clear();
        heard.clear();
        links = NetDeviceContainer();
        nodes = NodeContainer();
        firewall = nullptr;
        helper = StrataFirewallHelper();
        Simulator::Destroy();
        GlobalValue::Bind("ChecksumEnabled", BooleanValue(false));
    }

    void DoTeardown() override
    {
        Clear();
    }

    NodeContainer nodes;
    NetDeviceContainer links; //!< inside, firewall, firewall, outside
    StrataFirewallHelper helper;
    Ptr<StrataFirewall> firewall;
    std::vector<Ptr<Socket>> sockets;

  private:
    void Note(uint32_t host, uint8_t protocol, Ptr<const Packet> packet)
    {
        ++arrived[{host, protocol}];
        Bytes& bytes = heard[{host, protocol}];
        bytes.resize(packet->GetSize());
        packet->CopyData(bytes.data(), packet->GetSize());
        uint8_t type = 0;
        if (packet->CopyData(&type, 1) == 1 && (protocol == 1 || protocol == 58))
        {
            ++icmp[{host, type}];
        }
    }

    std::map<std::pair<uint32_t, uint8_t>, uint32_t> icmp;
    std::map<std::pair<uint32_t, uint8_t>, uint32_t> arrived;
    std::map<std::pair<uint32_t, uint8_t>, Bytes> heard;
};

} // namespace strata
} // namespace ns3

#endif /* STRATA_FIREWALL_TEST_CASE_H */

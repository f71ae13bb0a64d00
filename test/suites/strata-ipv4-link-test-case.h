// SPDX-License-Identifier: GPL-2.0-only

#ifndef STRATA_IPV4_LINK_TEST_CASE_H
#define STRATA_IPV4_LINK_TEST_CASE_H

#include "strata-ipv4-test-case.h"

#include "ns3/inet-socket-address.h"
#include "ns3/ipv4-raw-socket-factory.h"
#include "ns3/ipv4-static-routing-helper.h"
#include "ns3/udp-socket-factory.h"

namespace ns3
{
namespace strata
{

constexpr uint16_t LINK_PORT = 9;

/** Datagrams to LINK_PORT that come in at a node, with what the link said of their frames. */
class FrameLog : public Ipv4HookElement
{
  public:
    HookVerdict Process(Ipv4HookPacket& packet) override
    {
        received.push_back(packet);
        received.back().payload = packet.payload->Copy();
        return HookVerdict::ACCEPT;
    }

    bool NeedsAll() const override
    {
        return all;
    }

    std::size_t Count(NetDevice::PacketType type) const
    {
        std::size_t count = 0;
        for (const Ipv4HookPacket& packet : received)
        {
            count += packet.packetType == type;
        }
        return count;
    }

    std::vector<Ipv4HookPacket> received;
    bool all{true}; //!< else those for this node alone pass by, which the fast path asks for
};

/** Hosts and routers on Ethernets, with what each hears. */
class LinkTestCase : public Ipv4TestCase
{
  public:
    using Ipv4TestCase::Ipv4TestCase;

  protected:
    void MakeNodes(uint32_t count)
    {
        GlobalValue::Bind("ChecksumEnabled", BooleanValue(true));
        nodes.Create(count);
        InternetStackHelper().Install(nodes);
    }

    void Lan(std::vector<uint32_t> members,
             const char* network,
             const char* mask = "255.255.255.0",
             const char* base = "0.0.0.1")
    {
        NodeContainer lan;
        for (const uint32_t member : members)
        {
            lan.Add(nodes.Get(member));
        }
        Ipv4AddressHelper(network, mask, base).Assign(CsmaHelper().Install(lan));
    }

    void SetDefaultRoute(uint32_t node, const char* gateway, uint32_t interface = 1)
    {
        Ipv4StaticRoutingHelper()
            .GetStaticRouting(nodes.Get(node)->GetObject<Ipv4>())
            ->SetDefaultRoute(gateway, interface);
    }

    /** StrataIpv4 and a log of frames on every node. */
    void Equip(bool all = true)
    {
        helper.Install(nodes);
        for (uint32_t i = 0; i < nodes.GetN(); ++i)
        {
            logs.push_back(CreateObject<FrameLog>());
            logs.back()->all = all;
            Hooks(i)->Attach(HookPoint::PREROUTING, -2000, logs.back());
        }
        Get(0)->GetIcmp()->TraceConnectWithoutContext("Received",
                                                      MakeCallback(&IcmpLog::Record, &icmp));
    }

    Ptr<Socket> Open(uint32_t node, const char* local = "0.0.0.0", uint16_t port = 0)
    {
        Ptr<Socket> socket = Socket::CreateSocket(nodes.Get(node), UdpSocketFactory::GetTypeId());
        socket->SetAllowBroadcast(true);
        socket->Bind(InetSocketAddress(local, port));
        return socket;
    }

    Ptr<Socket> OpenRaw(uint32_t node)
    {
        Ptr<Socket> socket =
            Socket::CreateSocket(nodes.Get(node), Ipv4RawSocketFactory::GetTypeId());
        socket->SetAttribute("Protocol", UintegerValue(TEST_PROTOCOL));
        return socket;
    }

    static void SendAt(Time when, Ptr<Socket> socket, const char* to, uint32_t size = 50)
    {
        const InetSocketAddress peer(Ipv4Address(to), LINK_PORT);
        Simulator::Schedule(when, [socket, peer, size] {
            socket->SendTo(Create<Packet>(size), 0, peer);
        });
    }

    void DoTeardown() override
    {
        logs.clear();
        Ipv4TestCase::DoTeardown();
    }

    std::vector<Ptr<FrameLog>> logs; //!< by node
};

} // namespace strata
} // namespace ns3

#endif /* STRATA_IPV4_LINK_TEST_CASE_H */

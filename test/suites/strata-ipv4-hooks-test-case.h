// SPDX-License-Identifier: GPL-2.0-only

#ifndef STRATA_IPV4_HOOKS_TEST_CASE_H
#define STRATA_IPV4_HOOKS_TEST_CASE_H

#include "ns3/csma-helper.h"
#include "ns3/inet-socket-address.h"
#include "ns3/internet-stack-helper.h"
#include "ns3/ipv4-address-helper.h"
#include "ns3/ipv4-global-routing-helper.h"
#include "ns3/node-container.h"
#include "ns3/packet.h"
#include "ns3/simulator.h"
#include "ns3/strata-ipv4-hooks.h"
#include "ns3/strata-point-to-point-helper.h"
#include "ns3/string.h"
#include "ns3/test.h"
#include "ns3/udp-client-server-helper.h"
#include "ns3/udp-server.h"
#include "ns3/uinteger.h"

#include <functional>
#include <vector>

namespace ns3
{
namespace strata
{

constexpr uint16_t HOOKS_PORT = 9;

/** Remembers what it saw, and does what the test tells it. */
class HookProbe : public Ipv4HookElement
{
  public:
    using Action = std::function<HookVerdict(Ipv4HookPacket&)>;

    explicit HookProbe(Action action = nullptr)
        : m_action(std::move(action))
    {
    }

    HookVerdict Process(Ipv4HookPacket& packet) override
    {
        seen.push_back(packet);
        seen.back().payload = packet.payload->Copy();
        return m_action ? m_action(packet) : HookVerdict::ACCEPT;
    }

    std::size_t Count(HookPoint point) const
    {
        std::size_t count = 0;
        for (const Ipv4HookPacket& packet : seen)
        {
            count += packet.point == point;
        }
        return count;
    }

    std::vector<Ipv4HookPacket> seen;

  private:
    Action m_action;
};

constexpr HookPoint ALL_HOOK_POINTS[] = {HookPoint::PREROUTING,
                                         HookPoint::INPUT,
                                         HookPoint::FORWARD,
                                         HookPoint::OUTPUT,
                                         HookPoint::POSTROUTING};

/** A host, a router and a host: 10.0.0.1 - 10.0.0.2, 10.0.1.1 - 10.0.1.2. */
class HooksTestCase : public TestCase
{
  public:
    using TestCase::TestCase;

  protected:
    void Build(bool csma = false)
    {
        nodes.Create(3);
        InternetStackHelper().Install(nodes);
        Link(0, 1, "10.0.0.0", csma);
        Link(1, 2, "10.0.1.0", csma);
        Ipv4GlobalRoutingHelper::PopulateRoutingTables();
    }

    void Link(uint32_t a, uint32_t b, const char* network, bool csma)
    {
        NodeContainer ends(nodes.Get(a), nodes.Get(b));
        NetDeviceContainer devices =
            csma ? CsmaHelper().Install(ends) : StrataPointToPointHelper().Install(ends);
        Ipv4AddressHelper(network, "255.255.255.0").Assign(devices);
    }

    Ptr<UdpServer> Serve(uint32_t node)
    {
        UdpServerHelper server(HOOKS_PORT);
        return server.Install(nodes.Get(node)).Get(0)->GetObject<UdpServer>();
    }

    void Send(uint32_t node, Ipv4Address to, uint32_t packets, Time start = Seconds(1))
    {
        UdpClientHelper client(to, HOOKS_PORT);
        client.SetAttribute("MaxPackets", UintegerValue(packets));
        client.SetAttribute("Interval", TimeValue(MilliSeconds(100)));
        client.Install(nodes.Get(node)).Start(start);
    }

    Ptr<Ipv4Hooks> Hooks(uint32_t node)
    {
        return Ipv4Hooks::Of(nodes.Get(node));
    }

    Ptr<HookProbe> AttachEverywhere(uint32_t node)
    {
        Ptr<HookProbe> probe = CreateObject<HookProbe>();
        for (const HookPoint point : ALL_HOOK_POINTS)
        {
            Hooks(node)->Attach(point, 0, probe);
        }
        return probe;
    }

    void Run()
    {
        Simulator::Stop(Seconds(10));
        Simulator::Run();
    }

    void DoTeardown() override
    {
        nodes = NodeContainer();
        Simulator::Destroy();
    }

    NodeContainer nodes;
};

} // namespace strata
} // namespace ns3

#endif /* STRATA_IPV4_HOOKS_TEST_CASE_H */

// SPDX-License-Identifier: GPL-2.0-only

// Shows: four layers, each over the one below, with cables, a LAN, sessions and UDP as links.
//
//   layer 4   0 ------------------------- 2 ----------- 3
//   layer 3   0 ------------------------- 2        (UDP over IPv4)
//   layer 2   0 ------------------------- 2
//   layer 1   0 -- (a cable) -- 1 -- (a LAN) -- 2
//
// Each link of layers 2 to 4 between 0 and 2 is a session of the layer below. A message from 0 to 3
// crosses the cable in a PDU of layer 4 in one of layer 3 in one of layer 2 in one of layer 1.

#include "ns3/core-module.h"
#include "ns3/csma-helper.h"
#include "ns3/internet-module.h"
#include "ns3/network-module.h"
#include "ns3/point-to-point-helper.h"
#include "ns3/strata-layer-member.h"
#include "ns3/strata-point-to-point-helper.h"
#include "ns3/strata-session-flow-provider.h"
#include "ns3/strata-udp-flow-provider.h"

#include <fmt/format.h>

using namespace ns3;
using namespace ns3::strata;

namespace
{

Ptr<LayerMember>
MakeMember(Ptr<Node> node, uint16_t layer)
{
    LayerParameters parameters;
    parameters.layerId = layer;
    parameters.layerName = fmt::format("layer {}", layer);
    auto member = CreateObject<LayerMember>();
    member->Setup(node, parameters, LayerPolicies());
    return member;
}

/** Puts \p above over \p below, at which it registers as \p process. */
Ptr<SessionFlowProvider>
Stack(Ptr<LayerMember> above, Ptr<LayerMember> below, const std::string& process)
{
    auto provider = CreateObject<SessionFlowProvider>();
    provider->SetUnderlay(below, process);
    above->AddProvider(provider);
    return provider;
}

void
Tell(uint16_t layer, const Notice& notice)
{
    if (const auto* link = std::get_if<LinkNotice>(&notice))
    {
        fmt::print("{:6.3f} s  layer {}: a link to {} is {}\n",
                   Simulator::Now().GetSeconds(),
                   layer,
                   FormatName(link->neighbor, NameScheme::HIERARCHICAL),
                   link->up ? "up" : "down");
    }
}

void
Arrived(std::size_t* count, const DeliverEffect& delivery)
{
    *count += 1;
    fmt::print("{:6.3f} s  the server has a message of {} bytes, {} hops of layer 4\n",
               Simulator::Now().GetSeconds(),
               delivery.message.size(),
               delivery.hops);
}

} // namespace

int
main(int argc, char* argv[])
{
    std::string out = "layer-stack";
    CommandLine cmd(__FILE__);
    cmd.AddValue("out", "Prefix of the captures", out);
    cmd.Parse(argc, argv);

    NodeContainer nodes(4);
    StrataPointToPointHelper cables;
    const NetDeviceContainer cable = cables.Install(nodes.Get(0), nodes.Get(1));
    CsmaHelper csma;
    const NetDeviceContainer lan = csma.Install(NodeContainer(nodes.Get(1), nodes.Get(2)));
    const NodeContainer hosts(nodes.Get(2), nodes.Get(3));
    ns3::PointToPointHelper stock;
    const NetDeviceContainer wire = stock.Install(hosts);
    InternetStackHelper().Install(hosts);
    const auto addresses = Ipv4AddressHelper("192.0.2.0", "255.255.255.0").Assign(wire);

    std::vector<Ptr<LayerMember>> one;
    for (uint32_t i = 0; i < 3; ++i)
    {
        one.push_back(MakeMember(nodes.Get(i), 1));
    }
    one[0]->AddDevice(cable.Get(0));
    one[1]->AddDevice(cable.Get(1));
    one[1]->AddDevice(lan.Get(0));
    one[2]->AddDevice(lan.Get(1));
    one[0]->Bootstrap(MakeName(1), 16);
    one[1]->Join(MakeName(2));
    one[2]->Join(MakeName(3));

    Ptr<LayerMember> left = one[0];
    Ptr<LayerMember> right = one[2];
    for (uint16_t layer = 2; layer <= 4; ++layer)
    {
        auto aboveLeft = MakeMember(nodes.Get(0), layer);
        auto aboveRight = MakeMember(nodes.Get(2), layer);
        Stack(aboveLeft, left, fmt::format("layer {} at 0", layer));
        auto below = Stack(aboveRight, right, fmt::format("layer {} at 2", layer));
        aboveLeft->Bootstrap(MakeName(1), 16);
        aboveRight->Join(MakeName(2));
        aboveRight->TraceConnectWithoutContext("Notice", MakeBoundCallback(&Tell, layer));
        below->Connect(fmt::format("layer {} at 0", layer));
        left = aboveLeft;
        right = aboveRight;
    }
    auto server = MakeMember(nodes.Get(3), 4);
    std::vector<Ptr<UdpFlowProvider>> udp;
    for (const auto& member : {right, server})
    {
        udp.push_back(CreateObject<UdpFlowProvider>());
        udp.back()->SetNode(member->GetNode());
        member->AddProvider(udp.back());
    }
    udp[1]->Connect(addresses.GetAddress(0));
    server->Join(MakeName(3));
    server->Take(RegisterEvent{"server"});
    left->Take(RegisterEvent{"client"});
    std::size_t arrived = 0;
    server->TraceConnectWithoutContext("Deliver", MakeBoundCallback(&Arrived, &arrived));
    cables.EnablePcap(out, cable.Get(0), true);
    csma.EnablePcap(out, lan.Get(1), true);
    stock.EnablePcap(out, wire.Get(0), true);

    uint32_t session = 0;
    Simulator::Schedule(Seconds(5), [&] {
        OpenSessionEvent open;
        open.process = "client";
        open.peer = "server";
        left->Take(open);
        session = left->GetState().sessions.begin()->first;
    });
    for (int i = 0; i < 3; ++i)
    {
        Simulator::Schedule(Seconds(6 + i), [&] {
            SendEvent send;
            send.session = session;
            send.message.assign(100, 0x2a);
            left->Take(send);
        });
    }
    Simulator::Stop(Seconds(10));
    Simulator::Run();
    Simulator::Destroy();
    return arrived == 3 ? 0 : 1;
}

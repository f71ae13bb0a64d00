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
#include "ns3/strata-layer-helper.h"
#include "ns3/strata-point-to-point-helper.h"

#include <fmt/format.h>

using namespace ns3;
using namespace ns3::strata;

namespace
{

LayerHelper
Describe(uint16_t layer)
{
    LayerHelper helper;
    helper.SetLayer(fmt::format("layer {}", layer), layer);
    return helper;
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
    GlobalValue::Bind("ChecksumEnabled", BooleanValue(true));

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

    const LayerHelper first = Describe(1);
    const NodeContainer routers(nodes.Get(0), nodes.Get(1), nodes.Get(2));
    const LayerMemberContainer one = first.Install(routers);
    first.AddDevices(cable);
    first.AddDevices(lan);
    first.Enroll(one, MilliSeconds(10));

    Ptr<LayerMember> left = one.Get(0);
    Ptr<LayerMember> right = one.Get(2);
    for (uint16_t layer = 2; layer <= 4; ++layer)
    {
        const LayerHelper helper = Describe(layer);
        const auto ends = helper.Install(NodeContainer(nodes.Get(0), nodes.Get(2)));
        const std::string processes[] = {fmt::format("layer {} at 0", layer),
                                         fmt::format("layer {} at 2", layer)};
        helper.AddUnderlay(ends.Get(0), left, processes[0]);
        helper.AddUnderlay(ends.Get(1), right, processes[1])->Connect(processes[0]);
        helper.Enroll(ends, MilliSeconds(20));
        left = ends.Get(0);
        right = ends.Get(1);
        right->TraceConnectWithoutContext("Notice", MakeBoundCallback(&Tell, layer));
    }
    const LayerHelper fourth = Describe(4);
    const Ptr<LayerMember> server = fourth.Install(nodes.Get(3));
    fourth.AddUdp(right);
    fourth.AddUdp(server)->Connect(addresses.GetAddress(0));
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

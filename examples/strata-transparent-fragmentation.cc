// SPDX-License-Identifier: GPL-2.0-only

// Shows: transparent against nontransparent fragmentation over two small-packet networks
// (Fig. 5-40), and what the exit routers pay for the first.
//
//                  network 1                network 2
//     source -- G1 -- 576 -- G2 -- 1500 -- G3 -- 576 -- G4 -- 1500 -- destination
//
// Transparent: G1 fragments and G2 reassembles, G3 fragments and G4 reassembles. All fragments of
// a network must leave it by the same router, which keeps them until the last one has come.
// Nontransparent: only the destination reassembles. In network 1 each packet is lost with a
// probability of 1 % in both cases.

#include "ns3/core-module.h"
#include "ns3/internet-module.h"
#include "ns3/network-module.h"
#include "ns3/strata-ipv4-helper.h"
#include "ns3/strata-ipv4-transparent-helper.h"
#include "ns3/strata-point-to-point-helper.h"

#include <fmt/format.h>

using namespace ns3;
using namespace ns3::strata;

namespace
{

constexpr uint32_t PACKETS = 500;

/** \return how many packets of 1400 octets arrived */
uint32_t
Run(bool transparent, const std::string& out)
{
    NodeContainer nodes(6); // source, G1 to G4, destination
    InternetStackHelper().Install(nodes);
    StrataIpv4Helper().Install(nodes);
    StrataPointToPointHelper links;
    links.SetDeviceAttribute("DataRate", StringValue("10Mbps"));
    links.SetChannelAttribute("Delay", StringValue("2ms"));
    Ipv4AddressHelper addresses("10.0.1.0", "255.255.255.0");
    std::vector<NetDeviceContainer> networks;
    uint64_t packets = 0;
    for (uint16_t mtu : {1500, 576, 1500, 576, 1500})
    {
        links.SetDeviceAttribute("Mtu", UintegerValue(mtu));
        const auto i = static_cast<uint32_t>(networks.size());
        networks.push_back(links.Install(nodes.Get(i), nodes.Get(i + 1)));
        addresses.Assign(networks.back());
        addresses.NewNetwork();
        networks.back().Get(1)->TraceConnectWithoutContext(
            "MacRx",
            Callback<void, Ptr<const Packet>>([&packets](Ptr<const Packet>) { ++packets; }));
    }
    Ipv4GlobalRoutingHelper::PopulateRoutingTables();
    if (transparent)
    {
        StrataIpv4TransparentHelper::Install(networks[1].Get(0), networks[1].Get(1));
        StrataIpv4TransparentHelper::Install(networks[3].Get(0), networks[3].Get(1));
    }
    auto loss = CreateObject<RateErrorModel>();
    loss->SetUnit(RateErrorModel::ERROR_UNIT_PACKET);
    loss->SetRate(0.01);
    loss->AssignStreams(1);
    networks[1].Get(1)->SetAttribute("ReceiveErrorModel", PointerValue(loss));
    links.EnablePcap(out, networks[1].Get(0), true);
    links.EnablePcap(out, networks[2].Get(0), true);
    links.EnablePcap(out, networks[4].Get(0), true);

    uint32_t arrived = 0;
    Ptr<Socket> receiver = Socket::CreateSocket(nodes.Get(5), UdpSocketFactory::GetTypeId());
    receiver->Bind(InetSocketAddress(Ipv4Address::GetAny(), 9));
    receiver->SetRecvCallback(Callback<void, Ptr<Socket>>(
        [&arrived](Ptr<Socket> socket) { arrived += socket->Recv() ? 1 : 0; }));
    Ptr<Socket> sender = Socket::CreateSocket(nodes.Get(0), UdpSocketFactory::GetTypeId());
    for (uint32_t i = 0; i < PACKETS; ++i)
    {
        Simulator::Schedule(Seconds(1) + MilliSeconds(5 * i), [sender] {
            sender->SendTo(Create<Packet>(1372), 0, InetSocketAddress("10.0.5.2", 9));
        });
    }
    Simulator::Run();
    fmt::print("{}: {} of {} packets of 1400 octets arrived, in {} packets on all links\n",
               transparent ? "transparent" : "nontransparent",
               arrived,
               PACKETS,
               packets);
    for (uint32_t i : {2, 4, 5})
    {
        const auto reassembler = StrataIpv4Helper::Get(nodes.Get(i))->GetReassembler();
        fmt::print("  at {}: {} fragments came in, {} of them for nothing; {} octets of buffer\n",
                   i == 5 ? std::string("destination") : fmt::format("G{}", i),
                   reassembler->GetFragments(),
                   reassembler->GetLostFragments(),
                   reassembler->GetPeakMemory());
    }
    Simulator::Destroy();
    return arrived;
}

} // namespace

int
main(int argc, char* argv[])
{
    std::string out = "transparent-fragmentation";
    CommandLine cmd(__FILE__);
    cmd.AddValue("out", "Prefix of the captures", out);
    cmd.Parse(argc, argv);
    GlobalValue::Bind("ChecksumEnabled", BooleanValue(true));

    const uint32_t transparent = Run(true, out + "-a");
    const uint32_t nontransparent = Run(false, out + "-b");
    return transparent > 0 && nontransparent > 0 ? 0 : 1;
}

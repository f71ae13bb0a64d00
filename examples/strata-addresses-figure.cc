// SPDX-License-Identifier: GPL-2.0-only

// Shows: special addresses (Fig. 5-55), and who hears what is sent to them.
//
//     192.32.65.7 --+                    +-- 192.32.63.3
//                   +-- .1  router  .1 --+
//     192.32.65.5 --+                    +-- 192.32.63.8

#include "ns3/core-module.h"
#include "ns3/csma-module.h"
#include "ns3/internet-module.h"
#include "ns3/network-module.h"
#include "ns3/strata-address-decision.h"
#include "ns3/strata-ipv4-helper.h"

#include <fmt/format.h>
#include <set>

using namespace ns3;
using namespace ns3::strata;

/** What a host sends that does not know its address yet. */
void
Boot(Ptr<NetDevice> device)
{
    Ptr<Packet> packet = Create<Packet>(20);
    UdpHeader udp;
    udp.SetSourcePort(9);
    udp.SetDestinationPort(9);
    udp.EnableChecksums();
    udp.InitializeChecksum(Ipv4Address::GetAny(), Ipv4Address::GetBroadcast(), 17);
    packet->AddHeader(udp);
    Ipv4Header header;
    header.SetSource(Ipv4Address::GetAny());
    header.SetDestination(Ipv4Address::GetBroadcast());
    header.SetProtocol(17);
    header.SetTtl(1);
    header.SetPayloadSize(packet->GetSize());
    header.EnableChecksum();
    packet->AddHeader(header);
    device->Send(packet, device->GetBroadcast(), Ipv4L3Protocol::PROT_NUMBER);
}

/** A row of the figure, and who heard. */
void
Tell(std::set<std::string>* heard, const std::string& address, const std::string& meaning)
{
    fmt::print("{:<16} {:<36} {}\n", address, meaning, fmt::join(*heard, " "));
    heard->clear();
}

int
main(int argc, char* argv[])
{
    std::string out = "addresses-figure";
    CommandLine cmd(__FILE__);
    cmd.AddValue("out", "Prefix of the captures", out);
    cmd.Parse(argc, argv);
    GlobalValue::Bind("ChecksumEnabled", BooleanValue(true));

    NodeContainer nodes(5); // two hosts, the router, two hosts
    InternetStackHelper().Install(nodes);
    StrataIpv4Helper().Install(nodes);
    CsmaHelper csma;
    const char* const networks[] = {"192.32.65.0", "192.32.63.0"};
    const char* const numbers[] = {"7", "5", "1", "1", "3", "8"};
    for (uint32_t i = 0; i < 2; ++i)
    {
        NodeContainer lan;
        for (uint32_t j = 0; j < 3; ++j)
        {
            lan.Add(nodes.Get(2 * i + j));
        }
        const NetDeviceContainer ports = csma.Install(lan);
        for (uint32_t j = 0; j < 3; ++j)
        {
            const std::string base = std::string("0.0.0.") + numbers[3 * i + j];
            Ipv4AddressHelper(networks[i], "255.255.255.0", base.c_str()).Assign(ports.Get(j));
        }
        csma.EnablePcap(out, ports.Get(1), true);
    }
    Ipv4GlobalRoutingHelper::PopulateRoutingTables();

    const char* const names[] = {"192.32.65.7",
                                 "192.32.65.5",
                                 "router",
                                 "192.32.63.3",
                                 "192.32.63.8"};
    std::set<std::string> heard;
    for (uint32_t i = 0; i < 5; ++i)
    {
        Ptr<Socket> socket = Socket::CreateSocket(nodes.Get(i), UdpSocketFactory::GetTypeId());
        socket->Bind(InetSocketAddress(Ipv4Address::GetAny(), 9));
        socket->SetRecvCallback([&heard, name = names[i]](Ptr<Socket> s) {
            s->Recv();
            heard.insert(name);
        });
    }
    Ptr<Socket> sender = Socket::CreateSocket(nodes.Get(0), UdpSocketFactory::GetTypeId());
    sender->SetAllowBroadcast(true);
    const Ipv4Prefix subnet(Ipv4Address(networks[0]).Get(), 24);
    const auto send = [&](const char* destination, double when, const char* what) {
        // Who means a host on this network fills in which one that is.
        const uint32_t address = OnThisNetwork(Ipv4Address(destination).Get(), subnet);
        Simulator::ScheduleWithContext(0, Seconds(when), [&sender, address] {
            sender->SendTo(Create<Packet>(20), 0, InetSocketAddress(Ipv4Address(address), 9));
        });
        Simulator::Schedule(Seconds(when + 0.5), &Tell, &heard, destination, what);
    };
    fmt::print("{:<16} {:<36} Heard by\n", "Address", "What 192.32.65.7 means by it");
    Simulator::Schedule(Seconds(1), &Boot, nodes.Get(0)->GetDevice(1));
    Simulator::Schedule(Seconds(1.5), &Tell, &heard, "0.0.0.0", "This host (as a source)");
    send("0.0.0.5", 2, "A host on this network");
    send("255.255.255.255", 3, "Broadcast on the local network");
    send("192.32.63.255", 4, "Broadcast on a distant network");
    Simulator::Schedule(Seconds(5), [&nodes] {
        StrataIpv4Helper::Get(nodes.Get(2))->SetAttribute("DirectedBroadcasts", BooleanValue(true));
    });
    send("192.32.63.255", 6, "the same, where the router allows it");
    send("127.1.2.3", 7, "Loopback");
    Simulator::Stop(Seconds(10));
    Simulator::Run();
    Simulator::Destroy();
    return 0;
}

// SPDX-License-Identifier: GPL-2.0-only

// Shows: ARP poison that works and is seen, and that bindings refuse.
//
// A host talks to its gateway while a third machine on the LAN claims the gateway's address. The
// first time the host believes it, and its traffic goes through the attacker; then it has a
// table of bindings and does not. Both times there is an event.

#include "ns3/core-module.h"
#include "ns3/csma-module.h"
#include "ns3/internet-module.h"
#include "ns3/network-module.h"
#include "ns3/strata-arp-helper.h"
#include "ns3/strata-ether-type.h"

#include <iostream>

using namespace ns3;
using namespace ns3::strata;

/** An ARP reply that nobody asked for: \p address is at \p attacker. */
static void
Poison(Ptr<NetDevice> attacker,
       Ptr<NetDevice> victim,
       Ipv4Address address,
       Ipv4Address victimAddress)
{
    MacBytes from;
    MacBytes to;
    Mac48Address::ConvertFrom(attacker->GetAddress()).CopyTo(from.data());
    Mac48Address::ConvertFrom(victim->GetAddress()).CopyTo(to.data());
    const Bytes bytes = EncodeToBytes(
        ArpMessage{ArpOperation::REPLY, from, address.Get(), to, victimAddress.Get()});
    attacker->Send(Create<Packet>(bytes.data(), bytes.size()),
                   victim->GetAddress(),
                   EtherType::ARP);
}

static std::ostream&
Say()
{
    return std::cout << Simulator::Now().As(Time::S) << " host: ";
}

int
main(int argc, char* argv[])
{
    std::string out = "arp-poisoning";
    CommandLine cmd(__FILE__);
    cmd.AddValue("out", "Prefix of the captures", out);
    cmd.Parse(argc, argv);
    GlobalValue::Bind("ChecksumEnabled", BooleanValue(true));

    NodeContainer nodes(3); // host, gateway, attacker
    CsmaHelper csma;
    NetDeviceContainer devices = csma.Install(nodes);
    InternetStackHelper stack;
    stack.SetIpv6StackInstall(false);
    stack.Install(nodes);
    Ipv4InterfaceContainer ip = Ipv4AddressHelper("10.0.0.0", "255.255.255.0").Assign(devices);
    StrataArpHelper arp;
    arp.Install(nodes);
    csma.EnablePcap(out, devices.Get(0), true);

    Ptr<StrataArp> host = StrataArp::Of(nodes.Get(0));
    host->TraceConnectWithoutContext(
        "MappingChanged",
        Callback<void, Ptr<NetDevice>, Ipv4Address, Address, Address, std::string>(
            [](Ptr<NetDevice>, Ipv4Address a, Address was, Address is, std::string cause) {
                Say() << a << " moved from " << Mac48Address::ConvertFrom(was) << " to "
                      << Mac48Address::ConvertFrom(is) << " (" << cause << ")\n";
            }));
    host->TraceConnectWithoutContext(
        "PoisonRefused",
        Callback<void, Ptr<NetDevice>, Ipv4Address, Address, std::string, std::string>(
            [](Ptr<NetDevice>, Ipv4Address a, Address claimed, std::string, std::string why) {
                Say() << a << " is not at " << Mac48Address::ConvertFrom(claimed) << " (" << why
                      << ")\n";
            }));

    Ptr<Socket> socket = Socket::CreateSocket(nodes.Get(0), UdpSocketFactory::GetTypeId());
    const auto send = [&] {
        const auto at = host->Lookup(devices.Get(0), ip.GetAddress(1));
        Say() << "sends to the gateway at "
              << (at ? Mac48Address::ConvertFrom(*at) : Mac48Address()) << "\n";
        socket->SendTo(Create<Packet>(100), 0, InetSocketAddress(ip.GetAddress(1), 9));
    };
    const auto poison = [&] {
        Poison(devices.Get(2), devices.Get(0), ip.GetAddress(1), ip.GetAddress(0));
    };
    const auto bind = [&] {
        Say() << "trusts a table of bindings from now on\n";
        host->RemoveEntry(devices.Get(0), ip.GetAddress(1));
        arp.AddBindings(devices);
    };
    host->Resolve(devices.Get(0), ip.GetAddress(1));
    Simulator::Schedule(Seconds(1), [&] { send(); });
    Simulator::Schedule(Seconds(2), [&] { poison(); });
    Simulator::Schedule(Seconds(3), [&] { send(); });
    Simulator::Schedule(Seconds(4), [&] { bind(); });
    Simulator::Schedule(Seconds(5), [&] { host->Resolve(devices.Get(0), ip.GetAddress(1)); });
    Simulator::Schedule(Seconds(6), [&] { poison(); });
    Simulator::Schedule(Seconds(7), [&] { send(); });
    Simulator::Stop(Seconds(8));
    Simulator::Run();
    std::cout << "The host dropped, and why:\n";
    StrataNode::Of(nodes.Get(0))->PrintDrops(std::cout);
    Simulator::Destroy();
    return 0;
}

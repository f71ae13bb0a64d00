// SPDX-License-Identifier: GPL-2.0-only

// Shows: the four kinds of NAT boxes side by side: which port a host has outside, and who gets in.
//
// A host sends from one port to server 1 and then to server 2. Then each of four ends answers to
// the public end that server 1 saw: the one that was asked, another port of its host, and two ports
// of server 2.

#include "ns3/core-module.h"
#include "ns3/csma-module.h"
#include "ns3/internet-module.h"
#include "ns3/network-module.h"
#include "ns3/strata-nat-helper.h"

#include <iomanip>
#include <iostream>
#include <map>

using namespace ns3;
using namespace ns3::strata;

/** What one kind of box does. */
class Trial
{
  public:
    explicit Trial(const std::string& kind)
    {
        NodeContainer nodes(4); // host, box, server 1, server 2
        CsmaHelper csma;
        NetDeviceContainer lan = csma.Install(NodeContainer(nodes.Get(0), nodes.Get(1)));
        NetDeviceContainer wan =
            csma.Install(NodeContainer(nodes.Get(1), nodes.Get(2), nodes.Get(3)));
        InternetStackHelper().Install(nodes);
        Ipv4AddressHelper("10.0.0.0", "255.255.255.0").Assign(lan);
        const auto outside = Ipv4AddressHelper("192.0.2.0", "255.255.255.0").Assign(wan);
        Ipv4StaticRoutingHelper()
            .GetStaticRouting(nodes.Get(0)->GetObject<Ipv4>())
            ->SetDefaultRoute("10.0.0.2", 1);
        StrataNatHelper nat;
        nat.SetKind(kind);
        nat.Install(nodes.Get(1), wan.Get(0));

        Ptr<Socket> host = Open(nodes.Get(0), 5000);
        Ptr<Socket> ends[4];
        for (uint32_t i = 0; i < 4; ++i)
        {
            ends[i] = Open(nodes.Get(2 + i / 2), static_cast<uint16_t>(80 + i % 2));
        }
        for (uint32_t server = 0; server < 2; ++server)
        {
            const InetSocketAddress to(outside.GetAddress(1 + server), 80);
            Simulator::Schedule(Seconds(1 + server),
                                [host, to] { host->SendTo(Create<Packet>(10), 0, to); });
        }
        for (uint32_t i = 0; i < 4; ++i)
        {
            Simulator::Schedule(Seconds(3 + i), [this, end = ends[i], first = ends[0]] {
                end->SendTo(Create<Packet>(10), 0, seen[first]);
            });
        }
        Simulator::Stop(Seconds(8));
        Simulator::Run();
        const auto port = [this](Ptr<Socket> end) {
            return InetSocketAddress::ConvertFrom(seen[end]).GetPort();
        };
        std::cout << std::left << std::setw(22) << kind << std::setw(18)
                  << (port(ends[0]) == port(ends[2]) ? "the same port" : "another port");
        for (uint32_t i = 0; i < 4; ++i)
        {
            const Address end = InetSocketAddress(outside.GetAddress(1 + i / 2), 80 + i % 2);
            std::cout << std::setw(16) << (heard.count(end) ? "gets in" : "-");
        }
        std::cout << "\n";
        Simulator::Destroy();
    }

  private:
    Ptr<Socket> Open(Ptr<Node> node, uint16_t port)
    {
        Ptr<Socket> socket = Socket::CreateSocket(node, UdpSocketFactory::GetTypeId());
        socket->Bind(InetSocketAddress(Ipv4Address::GetAny(), port));
        socket->SetRecvCallback(MakeCallback(&Trial::Receive, this));
        return socket;
    }

    void Receive(Ptr<Socket> socket)
    {
        Address from;
        while (socket->RecvFrom(from))
        {
            seen[socket] = from;
            heard[from] = true;
        }
    }

    std::map<Ptr<Socket>, Address> seen; //!< whom a socket heard last
    std::map<Address, bool> heard;       //!< who was heard by anybody
};

int
main(int argc, char* argv[])
{
    CommandLine cmd(__FILE__);
    cmd.Parse(argc, argv);
    std::cout << std::left << std::setw(22) << "" << std::setw(18) << "to server 2 from"
              << std::setw(16) << "server 1 :80" << std::setw(16) << "server 1 :81" << std::setw(16)
              << "server 2 :80"
              << "server 2 :81\n";
    for (const char* kind : {"full-cone", "restricted-cone", "port-restricted-cone", "symmetric"})
    {
        Trial trial(kind);
    }
    return 0;
}

// SPDX-License-Identifier: GPL-2.0-only

// Shows: an attacker that leases all addresses under false names, without and with snooping.
//
//   attacker, host ---- 10.1.0.1 [relay] 10.9.0.1 ---- 10.9.0.2 server
//
// The network has 20 addresses. The relay lets 3 clients ask by a port, and only who asks from the
// hardware address that the message names.

#include "ns3/core-module.h"
#include "ns3/csma-module.h"
#include "ns3/internet-module.h"
#include "ns3/network-module.h"
#include "ns3/strata-dhcp-helper.h"
#include "ns3/strata-node.h"

#include <iostream>

using namespace ns3;
using namespace ns3::strata;

namespace
{

/** Asks for an address every 100 ms, each time as somebody else, and takes what is offered. */
class Attacker
{
  public:
    explicit Attacker(Ptr<NetDevice> device)
        : m_device(device)
    {
        m_endpoint.ListenToFrames(
            device,
            DHCP_CLIENT_PORT,
            [this](const DhcpMessage& offer, const DhcpEndpoint::Arrival&) {
                const DhcpOptions options = offer.Options();
                if (options.U8(DhcpOptionCode::MESSAGE_TYPE) ==
                    static_cast<uint8_t>(DhcpMessageType::OFFER))
                {
                    DhcpOptions request;
                    request.SetU32(DhcpOptionCode::REQUESTED_ADDRESS, offer.yourAddress);
                    request.SetU32(DhcpOptionCode::SERVER_IDENTIFIER,
                                   options.U32(DhcpOptionCode::SERVER_IDENTIFIER).value_or(0));
                    Send(DhcpMessageType::REQUEST, request, offer.hardware[5]);
                }
            });
        Simulator::Schedule(Seconds(1), &Attacker::Ask, this, 1);
    }

  private:
    void Ask(uint8_t name)
    {
        Send(DhcpMessageType::DISCOVER, {}, name);
        if (name < 200)
        {
            Simulator::Schedule(MilliSeconds(100), &Attacker::Ask, this, name + 1);
        }
    }

    void Send(DhcpMessageType type, DhcpOptions options, uint8_t name)
    {
        DhcpMessage message;
        message.flags = DhcpMessage::BROADCAST_FLAG;
        message.hardware = {2, 0, 0, 0, 0x66, name};
        options.SetU8(DhcpOptionCode::MESSAGE_TYPE, static_cast<uint8_t>(type));
        message.SetOptions(options);
        DhcpEndpoint::SendFrame(message,
                                m_device,
                                Ipv4Address::GetAny(),
                                Ipv4Address::GetBroadcast(),
                                DHCP_CLIENT_PORT,
                                DHCP_SERVER_PORT,
                                m_device->GetBroadcast());
    }

    Ptr<NetDevice> m_device;
    DhcpEndpoint m_endpoint;
};

void
Run(bool defence, const std::string& out)
{
    NodeContainer nodes(4); // attacker, host, relay, server
    CsmaHelper csma;
    NetDeviceContainer lan = csma.Install(NodeContainer(nodes.Get(0), nodes.Get(1), nodes.Get(2)));
    NetDeviceContainer far = csma.Install(NodeContainer(nodes.Get(2), nodes.Get(3)));
    InternetStackHelper stack;
    stack.SetIpv6StackInstall(false);
    stack.Install(nodes);
    Ipv4AddressHelper("10.1.0.0", "255.255.255.0").Assign(lan.Get(2));
    Ipv4AddressHelper("10.9.0.0", "255.255.255.0").Assign(far);
    Ipv4StaticRoutingHelper()
        .GetStaticRouting(nodes.Get(3)->GetObject<Ipv4>())
        ->SetDefaultRoute("10.9.0.1", 1);

    StrataDhcpHelper dhcp;
    Ptr<StrataDhcpServer> server = dhcp.InstallServer(nodes.Get(3));
    StrataDhcpHelper::AddPool(server, "10.1.0.0/24", "10.1.0.100", "10.1.0.119");
    dhcp.SetRelayAttribute("Snooping", BooleanValue(defence));
    dhcp.SetRelayAttribute("ClientsPerPort", UintegerValue(3));
    dhcp.InstallRelay(nodes.Get(2), {"10.9.0.2"});
    Attacker attacker(lan.Get(0));
    Ptr<StrataDhcpClient> host = dhcp.InstallClient(lan.Get(1));
    host->SetStartTime(Seconds(30));
    csma.EnablePcap(out, far.Get(1), true);
    Simulator::Stop(Seconds(120));
    Simulator::Run();

    std::cout << (defence ? "with" : "without")
              << " snooping: " << server->GetMachine()->GetLeases().CountTaken(0, true) << " of "
              << server->GetMachine()->GetLeases().CountAll(0, true)
              << " addresses are taken; the host is " << host->GetState() << " and has "
              << host->GetAddress() << "; " << server->Count(DhcpEventKind::EXHAUSTED)
              << " requests found no address\n";
    if (Ptr<StrataNode> strata = nodes.Get(2)->GetObject<StrataNode>())
    {
        strata->PrintDrops(std::cout);
    }
    Simulator::Destroy();
}

} // namespace

int
main(int argc, char* argv[])
{
    std::string out = "dhcp-starvation";
    CommandLine cmd(__FILE__);
    cmd.AddValue("out", "Prefix of the captures", out);
    cmd.Parse(argc, argv);
    GlobalValue::Bind("ChecksumEnabled", BooleanValue(true));
    Run(false, out + "-open");
    Run(true, out + "-snooped");
    return 0;
}

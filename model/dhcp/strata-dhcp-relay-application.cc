// SPDX-License-Identifier: GPL-2.0-only

#include "strata-dhcp-relay-application.h"

#include "strata-dhcp-lease-format.h"

#include "ns3/abort.h"
#include "ns3/boolean.h"
#include "ns3/double.h"
#include "ns3/ipv4-routing-protocol.h"
#include "ns3/ipv4.h"
#include "ns3/mac48-address.h"
#include "ns3/names.h"
#include "ns3/strata-node.h"
#include "ns3/string.h"
#include "ns3/uinteger.h"

#include <algorithm>
#include <sstream>

namespace ns3
{
namespace strata
{

NS_OBJECT_ENSURE_REGISTERED(StrataDhcpRelay);

TypeId
StrataDhcpRelay::GetTypeId()
{
    static TypeId tid =
        TypeId("ns3::strata::StrataDhcpRelay")
            .SetParent<Application>()
            .SetGroupName("Strata")
            .AddConstructor<StrataDhcpRelay>()
            .AddAttribute("Servers",
                          "Addresses of servers, with spaces between, beside those of AddServer()",
                          StringValue(""),
                          MakeStringAccessor(&StrataDhcpRelay::m_serverText),
                          MakeStringChecker())
            .AddAttribute("MaxHops",
                          "Requests that have passed so many relays are dropped",
                          UintegerValue(16),
                          MakeUintegerAccessor(&StrataDhcpRelay::m_maxHops),
                          MakeUintegerChecker<uint32_t>(1, 16))
            .AddAttribute("MinSeconds",
                          "Requests of clients that have tried for fewer seconds are dropped",
                          UintegerValue(0),
                          MakeUintegerAccessor(&StrataDhcpRelay::m_minSeconds),
                          MakeUintegerChecker<uint32_t>(0, 65535))
            .AddAttribute(
                "Information",
                "Whether option 82 is added: the circuit, and the relay if RemoteId is set",
                BooleanValue(true),
                MakeBooleanAccessor(&StrataDhcpRelay::m_information),
                MakeBooleanChecker())
            .AddAttribute("RemoteId",
                          "The relay's name in option 82; empty: none",
                          StringValue(""),
                          MakeStringAccessor(&StrataDhcpRelay::m_remote),
                          MakeStringChecker())
            .AddAttribute("Snooping",
                          "Whether messages are judged by the port that they come by",
                          BooleanValue(false),
                          MakeBooleanAccessor(&StrataDhcpRelay::m_snooping),
                          MakeBooleanChecker())
            .AddAttribute("ClientsPerPort",
                          "With Snooping: hardware addresses that may ask by a port; 0: any number",
                          UintegerValue(0),
                          MakeUintegerAccessor(&StrataDhcpRelay::m_clientsPerPort),
                          MakeUintegerChecker<uint32_t>())
            .AddAttribute("Rate",
                          "With Snooping: messages a second that may come by a port; 0: any number",
                          DoubleValue(0),
                          MakeDoubleAccessor(&StrataDhcpRelay::m_rate),
                          MakeDoubleChecker<double>(0))
            .AddAttribute("Burst",
                          "With Rate: messages that may come at once",
                          DoubleValue(10),
                          MakeDoubleAccessor(&StrataDhcpRelay::m_burst),
                          MakeDoubleChecker<double>(1))
            .AddAttribute("CheckHardware",
                          "With Snooping: whether chaddr must be the source of the frame",
                          BooleanValue(true),
                          MakeBooleanAccessor(&StrataDhcpRelay::m_checkHardware),
                          MakeBooleanChecker())
            .AddTraceSource("Forward",
                            "Each message that goes on, and whether it goes to the servers",
                            MakeTraceSourceAccessor(&StrataDhcpRelay::m_forwardTrace),
                            "ns3::strata::StrataDhcpRelay::ForwardTracedCallback");
    return tid;
}

StrataDhcpRelay::StrataDhcpRelay() = default;

StrataDhcpRelay::~StrataDhcpRelay() = default;

void
StrataDhcpRelay::DoDispose()
{
    m_endpoint.Close();
    m_trusted.clear();
    m_circuits.clear();
    Application::DoDispose();
}

void
StrataDhcpRelay::AddServer(Ipv4Address server)
{
    m_servers.push_back(server);
}

void
StrataDhcpRelay::Trust(Ptr<NetDevice> device)
{
    m_trusted.insert(device);
}

void
StrataDhcpRelay::SetCircuit(Ptr<NetDevice> device, const std::string& name)
{
    NS_ABORT_MSG_UNLESS(!name.empty() && name.size() <= 100,
                        "A circuit's name has 1 to 100 bytes, not " << name.size());
    m_circuits[device] = name;
}

void
StrataDhcpRelay::ReadServers()
{
    std::istringstream words(m_serverText);
    std::string word;
    while (words >> word)
    {
        const auto binding = ParseDhcpLeaseLine(word + " free never - - \"\"");
        NS_ABORT_MSG_UNLESS(binding, "Servers: " << word << " is not an IPv4 address");
        m_servers.emplace_back(binding->address);
    }
    m_serverText.clear();
    NS_ABORT_MSG_IF(m_servers.empty(),
                    "The DHCP relay on node " << GetNode()->GetId() << " has no server");
}

void
StrataDhcpRelay::MakePorts()
{
    Ptr<Ipv4> ipv4 = GetNode()->GetObject<Ipv4>();
    std::set<Ptr<NetDevice>> towardsServers;
    for (const Ipv4Address server : m_servers)
    {
        Ipv4Header header;
        header.SetDestination(server);
        Socket::SocketErrno error = Socket::ERROR_NOTERROR;
        Ptr<Ipv4Route> route =
            ipv4->GetRoutingProtocol()->RouteOutput(Create<Packet>(), header, nullptr, error);
        if (route)
        {
            towardsServers.insert(route->GetOutputDevice());
        }
    }
    std::vector<DhcpRelayPort> ports;
    for (uint32_t i = 1; i < ipv4->GetNInterfaces(); ++i)
    {
        if (ipv4->GetNAddresses(i) == 0)
        {
            continue;
        }
        Ptr<NetDevice> device = ipv4->GetNetDevice(i);
        const auto named = m_circuits.find(device);
        DhcpRelayPort port;
        port.number = device->GetIfIndex();
        port.address = ipv4->GetAddress(i, 0).GetLocal().Get();
        port.circuit =
            named == m_circuits.end() ? "port-" + std::to_string(port.number) : named->second;
        port.trusted = m_trusted.count(device) != 0;
        ports.push_back(port);
        if (port.trusted || towardsServers.count(device) != 0)
        {
            m_snoop.Trust(port.number);
        }
        m_endpoint.ListenToFrames(
            device,
            DHCP_SERVER_PORT,
            [this](const DhcpMessage& message, const DhcpEndpoint::Arrival& arrival) {
                // What is for the relay's own address comes by the socket.
                if (arrival.toAll)
                {
                    Receive(message, arrival);
                }
            });
    }
    m_decision.SetPorts(std::move(ports));
}

void
StrataDhcpRelay::StartApplication()
{
    Ptr<Node> node = GetNode();
    NS_ABORT_MSG_UNLESS(node->GetObject<Ipv4>(),
                        "The DHCP relay on node " << node->GetId() << " needs an IPv4 stack");
    ReadServers();
    DhcpRelayParameters relay;
    relay.maxHops = static_cast<uint8_t>(m_maxHops);
    relay.minSeconds = static_cast<uint16_t>(m_minSeconds);
    relay.addInformation = m_information;
    relay.remote = m_remote.substr(0, 100);
    m_decision = DhcpRelayDecision(relay);
    DhcpSnoopingParameters snooping;
    snooping.clientsPerPort = m_clientsPerPort;
    snooping.rate = m_rate;
    snooping.burst = m_burst;
    snooping.checkHardware = m_checkHardware;
    m_snoop = DhcpSnoopingTable(snooping);
    m_endpoint.OpenSocket(node,
                          nullptr,
                          DHCP_SERVER_PORT,
                          [this](const DhcpMessage& message, const DhcpEndpoint::Arrival& arrival) {
                              Receive(message, arrival);
                          });
    m_endpoint.LeaveBroadcastsToFrames();
    MakePorts();
}

void
StrataDhcpRelay::StopApplication()
{
    m_endpoint.Close();
}

void
StrataDhcpRelay::Drop(const DhcpEndpoint::Arrival& arrival, std::string_view why)
{
    StrataNode::Of(GetNode())->ReportDrop(arrival.packet, DropReason(why), arrival.device);
}

void
StrataDhcpRelay::Receive(const DhcpMessage& message, const DhcpEndpoint::Arrival& arrival)
{
    if (!arrival.device)
    {
        Drop(arrival, "dhcp.unknown-port");
        return;
    }
    const uint32_t number = arrival.device->GetIfIndex();
    if (m_snooping)
    {
        // Without a frame, as behind a socket, nobody but the message says who has sent it.
        MacBytes hardware{};
        std::copy_n(message.hardware.begin(), hardware.size(), hardware.begin());
        if (Mac48Address::IsMatchingType(arrival.hardware))
        {
            Mac48Address::ConvertFrom(arrival.hardware).CopyTo(hardware.data());
        }
        if (const auto why = m_snoop.Check(message, number, hardware, DhcpNow()))
        {
            Drop(arrival, *why);
            return;
        }
    }
    const DhcpRelayVerdict verdict = m_decision.Decide(message, number);
    if (const auto* toServers = std::get_if<DhcpRelayToServers>(&verdict))
    {
        m_forwardTrace(toServers->message, true);
        for (const Ipv4Address server : m_servers)
        {
            m_endpoint.Send(toServers->message, server, DHCP_SERVER_PORT);
        }
    }
    else if (const auto* toClient = std::get_if<DhcpRelayToClient>(&verdict))
    {
        m_forwardTrace(toClient->message, false);
        Ptr<NetDevice> device = GetNode()->GetDevice(toClient->port);
        Address hardware = device->GetBroadcast();
        Ipv4Address destination = Ipv4Address::GetBroadcast();
        if (!toClient->broadcast)
        {
            Mac48Address mac;
            mac.CopyFrom(toClient->message.hardware.data());
            hardware = mac;
            destination = Ipv4Address(toClient->message.yourAddress);
        }
        DhcpEndpoint::SendFrame(toClient->message,
                                device,
                                Ipv4Address(toClient->message.relayAddress),
                                destination,
                                DHCP_SERVER_PORT,
                                DHCP_CLIENT_PORT,
                                hardware);
    }
    else
    {
        Drop(arrival, std::get<DhcpRelayDrop>(verdict).why);
    }
}

void
StrataDhcpRelay::PrintBindings(std::ostream& os)
{
    for (const DhcpSnoopedBinding& binding : m_snoop.Bindings(DhcpNow()))
    {
        os << "port " << binding.port << "  " << DhcpHardwareText(binding.hardware) << "  "
           << DhcpAddressText(binding.address) << "\n";
    }
}

} // namespace strata
} // namespace ns3

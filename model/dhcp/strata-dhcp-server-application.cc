// SPDX-License-Identifier: GPL-2.0-only

#include "strata-dhcp-server-application.h"

#include "strata-dhcp-lease-format.h"

#include "ns3/abort.h"
#include "ns3/boolean.h"
#include "ns3/ipv4.h"
#include "ns3/mac48-address.h"
#include "ns3/nstime.h"
#include "ns3/simulator.h"
#include "ns3/strata-node.h"
#include "ns3/string.h"

#include <algorithm>

namespace ns3
{
namespace strata
{

NS_OBJECT_ENSURE_REGISTERED(StrataDhcpServer);

TypeId
StrataDhcpServer::GetTypeId()
{
    static TypeId tid =
        TypeId("ns3::strata::StrataDhcpServer")
            .SetParent<Application>()
            .SetGroupName("Strata")
            .AddConstructor<StrataDhcpServer>()
            .AddAttribute("OfferTime",
                          "How long an address is held for whom it was offered to",
                          TimeValue(Seconds(60)),
                          MakeTimeAccessor(&StrataDhcpServer::m_offerTime),
                          MakeTimeChecker(NanoSeconds(1), Years(1)))
            .AddAttribute("AbandonTime",
                          "How long an address is set aside that a client has declined, or where "
                          "somebody has answered a probe",
                          TimeValue(Hours(1)),
                          MakeTimeAccessor(&StrataDhcpServer::m_abandonTime),
                          MakeTimeChecker(NanoSeconds(1), Years(1)))
            .AddAttribute("Probe",
                          "Whether an address is asked for by an ICMP echo before it is offered "
                          "(RFC 2131 section 2.2)",
                          BooleanValue(true),
                          MakeBooleanAccessor(&StrataDhcpServer::m_probe),
                          MakeBooleanChecker())
            .AddAttribute("ProbeWait",
                          "How long an answer to a probe is waited for",
                          TimeValue(MilliSeconds(500)),
                          MakeTimeAccessor(&StrataDhcpServer::m_probeWait),
                          MakeTimeChecker(NanoSeconds(1), Years(1)))
            .AddAttribute("LeaseFile",
                          "The file that keeps the leases; it is read at the start and after a "
                          "crash, and a line is added for each change. Empty: leases are forgotten",
                          StringValue(""),
                          MakeStringAccessor(&StrataDhcpServer::m_leaseFile),
                          MakeStringChecker())
            .AddTraceSource("Lease",
                            "What becomes of addresses: offer, bind, renew, release, expire, ...",
                            MakeTraceSourceAccessor(&StrataDhcpServer::m_leaseTrace),
                            "ns3::strata::StrataDhcpServer::LeaseTracedCallback")
            .AddTraceSource("Message",
                            "Each message, and whether it was sent",
                            MakeTraceSourceAccessor(&StrataDhcpServer::m_messageTrace),
                            "ns3::strata::StrataDhcpServer::MessageTracedCallback");
    return tid;
}

StrataDhcpServer::StrataDhcpServer() = default;

StrataDhcpServer::~StrataDhcpServer() = default;

void
StrataDhcpServer::DoDispose()
{
    m_timer.Cancel();
    m_endpoint.Close();
    m_icmp.Close();
    m_store.close();
    Application::DoDispose();
}

// ---- What the user says ----

uint32_t
StrataDhcpServer::AddSubnet(const DhcpSubnet& subnet)
{
    m_subnets.push_back(subnet);
    if (m_machine)
    {
        m_machine->AddSubnet(subnet);
    }
    return static_cast<uint32_t>(m_subnets.size() - 1);
}

void
StrataDhcpServer::AddRange(uint32_t subnet, Ipv4Address first, Ipv4Address last, bool leasing)
{
    m_ranges.push_back({subnet, first, last, leasing});
    if (m_machine)
    {
        m_machine->AddRange(subnet, first.Get(), last.Get(), leasing);
    }
}

void
StrataDhcpServer::Reserve(uint32_t subnet, const DhcpClientKey& client, Ipv4Address address)
{
    m_reservations.push_back({subnet, client, address});
    if (m_machine)
    {
        m_machine->Reserve(subnet, client, address.Get());
    }
}

void
StrataDhcpServer::Exclude(Ipv4Address address)
{
    m_excluded.push_back(address);
    if (m_machine)
    {
        m_machine->Exclude(address.Get());
    }
}

const std::vector<DhcpSubnet>&
StrataDhcpServer::GetSubnets() const
{
    return m_subnets;
}

bool
StrataDhcpServer::Overlaps(Ipv4Address first, Ipv4Address last) const
{
    return std::any_of(m_ranges.begin(), m_ranges.end(), [&](const Range& range) {
        return range.first.Get() <= last.Get() && first.Get() <= range.last.Get();
    });
}

// ---- Life ----

void
StrataDhcpServer::MakeMachine()
{
    DhcpServerParameters parameters;
    parameters.offerTime = Nanos(m_offerTime.GetNanoSeconds());
    parameters.abandonTime = Nanos(m_abandonTime.GetNanoSeconds());
    parameters.probe = m_probe;
    parameters.probeWait = Nanos(m_probeWait.GetNanoSeconds());
    for (std::size_t i = 0; m_machine && i < m_counts.size(); ++i)
    {
        m_counts[i] += m_machine->Count(static_cast<DhcpEventKind>(i));
    }
    m_machine = std::make_unique<DhcpServerMachine>(parameters);
    for (const DhcpSubnet& subnet : m_subnets)
    {
        m_machine->AddSubnet(subnet);
    }
    for (const Range& range : m_ranges)
    {
        m_machine->AddRange(range.subnet, range.first.Get(), range.last.Get(), range.leasing);
    }
    for (const Reservation& reservation : m_reservations)
    {
        m_machine->Reserve(reservation.subnet, reservation.client, reservation.address.Get());
    }
    for (const Ipv4Address address : m_excluded)
    {
        m_machine->Exclude(address.Get());
    }
    std::vector<uint32_t> own;
    Ptr<Ipv4> ipv4 = GetNode()->GetObject<Ipv4>();
    for (uint32_t i = 1; i < ipv4->GetNInterfaces(); ++i)
    {
        for (uint32_t j = 0; j < ipv4->GetNAddresses(i); ++j)
        {
            own.push_back(ipv4->GetAddress(i, j).GetLocal().Get());
        }
    }
    m_machine->SetOwnAddresses(own);
    if (!m_leaseFile.empty())
    {
        LoadFile();
    }
}

void
StrataDhcpServer::LoadFile()
{
    m_store.close();
    std::ifstream before(m_leaseFile);
    if (before)
    {
        const uint32_t line = ImportLeases(before);
        NS_ABORT_MSG_UNLESS(line == 0,
                            m_leaseFile << ": line " << line
                                        << " is no lease of this server's subnets");
        before.close();
    }
    // Written anew, so that it does not grow from one start to the next.
    m_store.open(m_leaseFile, std::ios::trunc);
    NS_ABORT_MSG_UNLESS(m_store, m_leaseFile << ": cannot be written");
    ExportLeases(m_store);
    m_store.flush();
}

void
StrataDhcpServer::StartApplication()
{
    Ptr<Node> node = GetNode();
    NS_ABORT_MSG_UNLESS(node->GetObject<Ipv4>(),
                        "The DHCP server on node " << node->GetId() << " needs an IPv4 stack");
    MakeMachine();
    m_endpoint.OpenSocket(node,
                          nullptr,
                          DHCP_SERVER_PORT,
                          [this](const DhcpMessage& message, const DhcpEndpoint::Arrival& arrival) {
                              Receive(message, arrival);
                          });
    m_icmpIdentifier = IcmpIdentifierOf(this);
    m_icmp.Open(node, [this](const IcmpMessage& message, const Ipv4WireHeader& header) {
        ReceiveIcmp(message, header);
    });
    Schedule();
}

void
StrataDhcpServer::StopApplication()
{
    m_timer.Cancel();
    m_endpoint.Close();
    m_icmp.Close();
    m_store.close();
}

void
StrataDhcpServer::Restart()
{
    if (m_machine)
    {
        MakeMachine();
        Schedule();
    }
}

void
StrataDhcpServer::ExportLeases(std::ostream& os) const
{
    os << "# address state expires client hardware name\n";
    if (m_machine)
    {
        for (const DhcpBinding& binding : m_machine->GetLeases().All())
        {
            os << DhcpLeaseLine(binding) << "\n";
        }
    }
}

uint32_t
StrataDhcpServer::ImportLeases(std::istream& is)
{
    NS_ABORT_MSG_UNLESS(m_machine, "Leases are imported into a server that runs");
    std::string line;
    for (uint32_t number = 1; std::getline(is, line); ++number)
    {
        if (line.empty() || line[0] == '#')
        {
            continue;
        }
        const auto binding = ParseDhcpLeaseLine(line);
        if (!binding || !m_machine->Restore(*binding))
        {
            return number;
        }
    }
    Schedule();
    return 0;
}

void
StrataDhcpServer::PrintLeases(std::ostream& os) const
{
    os << DhcpLeaseTableText(m_machine ? m_machine->GetLeases().All() : std::vector<DhcpBinding>(),
                             DhcpNow());
}

uint64_t
StrataDhcpServer::Count(DhcpEventKind kind) const
{
    return m_counts[static_cast<std::size_t>(kind)] + (m_machine ? m_machine->Count(kind) : 0);
}

const DhcpServerMachine*
StrataDhcpServer::GetMachine() const
{
    return m_machine.get();
}

// ---- What comes and what goes ----

void
StrataDhcpServer::Receive(const DhcpMessage& message, const DhcpEndpoint::Arrival& arrival)
{
    m_messageTrace(message, false);
    Ptr<Ipv4> ipv4 = GetNode()->GetObject<Ipv4>();
    const int32_t interface = arrival.device ? ipv4->GetInterfaceForDevice(arrival.device) : -1;
    if (interface < 0 || ipv4->GetNAddresses(static_cast<uint32_t>(interface)) == 0)
    {
        StrataNode::ReportDropOn(GetNode(),
                                 arrival.packet,
                                 DropReason("dhcp.port-without-address"),
                                 arrival.device);
        return;
    }
    DhcpArrival how;
    how.interface = static_cast<uint32_t>(interface);
    how.localAddress = ipv4->GetAddress(how.interface, 0).GetLocal().Get();
    how.toAll = arrival.toAll;
    Do(m_machine->OnMessage(message, how, DhcpNow()), arrival.packet);
}

void
StrataDhcpServer::ReceiveIcmp(const IcmpMessage& message, const Ipv4WireHeader& header)
{
    if (message.type == IcmpType::ECHO_REPLY && message.Identifier() == m_icmpIdentifier)
    {
        Do(m_machine->OnProbeAnswered(header.source, DhcpNow()));
    }
}

void
StrataDhcpServer::Do(const DhcpServerEffects& effects, Ptr<const Packet> packet)
{
    for (const DhcpServerEffect& effect : effects)
    {
        if (const auto* send = std::get_if<DhcpServerSend>(&effect))
        {
            Send(*send);
        }
        else if (const auto* probe = std::get_if<DhcpServerProbe>(&effect))
        {
            const Bytes data(32, 0);
            m_icmp.Send(IcmpMessage::EchoRequest(m_icmpIdentifier, ++m_icmpSequence, data),
                        Ipv4Address(probe->address),
                        {});
        }
        else if (const auto* event = std::get_if<DhcpServerEvent>(&effect))
        {
            m_leaseTrace(*event);
        }
        else if (const auto* store = std::get_if<DhcpServerStore>(&effect))
        {
            if (m_store.is_open())
            {
                m_store << DhcpLeaseLine(store->binding) << "\n" << std::flush;
            }
        }
        else if (const auto* ignored = std::get_if<DhcpServerIgnored>(&effect))
        {
            StrataNode::Of(GetNode())->ReportDrop(packet ? packet : Create<const Packet>(),
                                                  DropReason(ignored->why));
        }
    }
    Schedule();
}

void
StrataDhcpServer::Send(const DhcpServerSend& send)
{
    m_messageTrace(send.message, true);
    const Ipv4Address destination(send.destination);
    if (send.way == DhcpWay::RELAY || send.way == DhcpWay::UNICAST)
    {
        m_endpoint.Send(send.message,
                        destination,
                        send.way == DhcpWay::RELAY ? DHCP_SERVER_PORT : DHCP_CLIENT_PORT);
        return;
    }
    Ptr<NetDevice> device = GetNode()->GetObject<Ipv4>()->GetNetDevice(send.interface);
    Address hardware = device->GetBroadcast();
    if (send.way == DhcpWay::LINK)
    {
        Mac48Address mac;
        mac.CopyFrom(send.message.hardware.data());
        hardware = mac;
    }
    DhcpEndpoint::SendFrame(send.message,
                            device,
                            Ipv4Address(send.source),
                            destination,
                            DHCP_SERVER_PORT,
                            DHCP_CLIENT_PORT,
                            hardware);
}

void
StrataDhcpServer::Schedule()
{
    m_timer.Set(m_machine->NextDeadline(), [this] { Do(m_machine->Tick(DhcpNow())); });
}

} // namespace strata
} // namespace ns3

// SPDX-License-Identifier: GPL-2.0-only

#include "strata-dhcp-client-application.h"

#include "ns3/abort.h"
#include "ns3/log.h"
#include "ns3/mac48-address.h"
#include "ns3/simulator.h"
#include "ns3/strata-arp-protocol.h"
#include "ns3/strata-node.h"

namespace ns3
{
namespace strata
{

NS_LOG_COMPONENT_DEFINE("StrataDhcpClient");

namespace
{

std::vector<Ipv4Address>
ToNs3(const std::vector<uint32_t>& addresses)
{
    std::vector<Ipv4Address> all;
    all.reserve(addresses.size());
    for (const uint32_t address : addresses)
    {
        all.emplace_back(address);
    }
    return all;
}

} // namespace

StrataDhcpClient::StrataDhcpClient()
    : m_uniform(CreateObject<UniformRandomVariable>())
{
}

StrataDhcpClient::~StrataDhcpClient() = default;

void
StrataDhcpClient::DoDispose()
{
    Close();
    m_device = nullptr;
    m_uniform = nullptr;
    Application::DoDispose();
}

void
StrataDhcpClient::SetDevice(Ptr<NetDevice> device)
{
    m_device = device;
}

Ptr<NetDevice>
StrataDhcpClient::GetDevice() const
{
    return m_device;
}

int64_t
StrataDhcpClient::AssignStreams(int64_t stream)
{
    m_uniform->SetStream(stream);
    return 1;
}

// ---- Life ----

void
StrataDhcpClient::Open()
{
    if (m_open)
    {
        return;
    }
    Ptr<Node> node = GetNode();
    for (uint32_t i = 0; !m_device && i < node->GetNDevices(); ++i)
    {
        Ptr<NetDevice> device = node->GetDevice(i);
        if (Mac48Address::IsMatchingType(device->GetAddress()) &&
            device->GetInstanceTypeId().GetName() != "ns3::LoopbackNetDevice")
        {
            m_device = device;
        }
    }
    NS_ABORT_MSG_UNLESS(m_device, "The DHCP client on node " << node->GetId() << " has no device");
    NS_ABORT_MSG_UNLESS(m_device->GetNode() == node,
                        "The DHCP client on node " << node->GetId()
                                                   << " was given a device of another node");
    m_host.Attach(m_device);
    const auto handler = [this](const DhcpMessage& message, const DhcpEndpoint::Arrival& arrival) {
        Receive(message, arrival);
    };
    m_endpoint.OpenSocket(node, m_device, DHCP_CLIENT_PORT, handler);
    m_endpoint.ListenToFrames(m_device, DHCP_CLIENT_PORT, handler);
    m_endpoint.SetHearing(true, false);
    const UniformRandom random = [uniform = m_uniform] { return uniform->GetValue(0, 1); };
    m_claim.Open(
        m_device,
        random,
        [this](uint32_t address, bool taken) {
            Do(m_machine->OnProbeDone(address, taken, DhcpNow()));
        },
        [this](uint32_t address) { Do(m_machine->OnConflict(address, DhcpNow())); });
    if (Ptr<StrataArp> arp = node->GetObject<StrataArp>())
    {
        arp->TraceConnectWithoutContext("Conflict",
                                        MakeCallback(&StrataDhcpClient::ArpConflict, this));
    }
    if (!m_machine)
    {
        m_machine = std::make_unique<DhcpClientMachine>(MakeParameters(), random);
        m_linkUp = m_device->IsLinkUp();
        m_device->AddLinkChangeCallback(MakeCallback(&StrataDhcpClient::LinkChanged, this));
    }
    m_open = true;
}

void
StrataDhcpClient::Close()
{
    m_timer.Cancel();
    if (m_open)
    {
        m_open = false;
        m_endpoint.Close();
        m_claim.Close();
        if (Ptr<StrataArp> arp = GetNode()->GetObject<StrataArp>())
        {
            arp->TraceDisconnectWithoutContext("Conflict",
                                               MakeCallback(&StrataDhcpClient::ArpConflict, this));
        }
    }
}

void
StrataDhcpClient::StartApplication()
{
    if (m_inform != Ipv4Address::GetAny())
    {
        Inform(m_inform);
        return;
    }
    Open();
    Do(m_machine->Start(DhcpNow()));
}

void
StrataDhcpClient::StopApplication()
{
    if (m_open)
    {
        Do(m_releaseOnStop ? m_machine->Release(DhcpNow()) : m_machine->Stop(DhcpNow()));
        Close();
    }
}

void
StrataDhcpClient::Release()
{
    if (m_open)
    {
        Do(m_machine->Release(DhcpNow()));
    }
}

void
StrataDhcpClient::Restart()
{
    Open();
    Do(m_machine->GetState() == DhcpClientState::STOPPED ? m_machine->Start(DhcpNow())
                                                         : m_machine->LinkChanged(DhcpNow()));
}

void
StrataDhcpClient::Inform(Ipv4Address address)
{
    Open();
    // The address is there already, so the socket hears the answer.
    m_endpoint.SetHearing(false, true);
    Do(m_machine->Inform(address.Get(), DhcpNow()));
}

void
StrataDhcpClient::LinkChanged()
{
    if (!m_device)
    {
        return;
    }
    const bool up = m_device->IsLinkUp();
    if (m_open && up && !m_linkUp)
    {
        Do(m_machine->LinkChanged(DhcpNow()));
    }
    m_linkUp = up;
}

void
StrataDhcpClient::ArpConflict(Ptr<NetDevice> device, Ipv4Address address, Address, std::string what)
{
    if (device == m_device && what == "given-up")
    {
        // Not here: StrataArp is about to take the address away itself.
        Simulator::ScheduleNow([this, address] {
            if (m_open)
            {
                Do(m_machine->OnConflict(address.Get(), DhcpNow()));
            }
        });
    }
}

// ---- What the machine wants ----

void
StrataDhcpClient::Receive(const DhcpMessage& message, const DhcpEndpoint::Arrival& arrival)
{
    m_messageTrace(message, false);
    if (!arrival.hardware.IsInvalid())
    {
        m_serverHardware = arrival.hardware;
    }
    m_received = arrival.packet;
    Do(m_machine->OnMessage(message, DhcpNow()));
    m_received = nullptr;
}

void
StrataDhcpClient::Do(const DhcpClientEffects& effects)
{
    for (const DhcpClientEffect& effect : effects)
    {
        if (const auto* send = std::get_if<DhcpClientSend>(&effect))
        {
            Send(*send);
        }
        else if (const auto* probe = std::get_if<DhcpClientProbe>(&effect))
        {
            m_claim.Probe(probe->address);
        }
        else if (const auto* apply = std::get_if<DhcpClientApply>(&effect))
        {
            Apply(*apply);
        }
        else if (const auto* withdraw = std::get_if<DhcpClientWithdraw>(&effect))
        {
            Withdraw(*withdraw);
        }
        else if (const auto* informed = std::get_if<DhcpClientInformed>(&effect))
        {
            m_information = informed->parameters;
        }
        else if (const auto* change = std::get_if<DhcpClientStateChange>(&effect))
        {
            NS_LOG_LOGIC(DhcpClientStateName(change->from)
                         << " -> " << DhcpClientStateName(change->to));
            m_stateTrace(DhcpClientStateName(change->from), DhcpClientStateName(change->to));
        }
        else if (const auto* ignored = std::get_if<DhcpClientIgnored>(&effect))
        {
            // What others on the link are told is no loss.
            if (m_received && ignored->why != "dhcp.not-for-us")
            {
                StrataNode::ReportDropOn(GetNode(), m_received, DropReason(ignored->why), m_device);
            }
        }
    }
    Schedule();
}

void
StrataDhcpClient::Send(const DhcpClientSend& send)
{
    m_messageTrace(send.message, true);
    const Ipv4Address destination(send.destination);
    const bool toAll = destination == Ipv4Address::GetBroadcast();
    // What gives the address back must not wait for ARP, which ends with the address: it takes the
    // way that the acknowledgement came, from the server or from the relay in front of it.
    const bool last = send.type == DhcpMessageType::RELEASE && !m_serverHardware.IsInvalid();
    if (!toAll && !last)
    {
        m_endpoint.Send(send.message, destination, DHCP_SERVER_PORT);
        return;
    }
    DhcpEndpoint::SendFrame(send.message,
                            m_device,
                            Ipv4Address(send.source),
                            destination,
                            DHCP_CLIENT_PORT,
                            DHCP_SERVER_PORT,
                            toAll ? m_device->GetBroadcast() : m_serverHardware);
}

void
StrataDhcpClient::Apply(const DhcpClientApply& effect)
{
    m_host.Apply(effect.lease);
    m_endpoint.SetHearing(false, true);
    m_claim.Use(effect.lease.address);
    m_newLeaseTrace(effect.lease);
}

void
StrataDhcpClient::Withdraw(const DhcpClientWithdraw& effect)
{
    m_claim.Drop(effect.lease.address);
    m_host.Withdraw();
    m_endpoint.SetHearing(true, false);
    m_expireTrace(effect.lease);
}

void
StrataDhcpClient::Schedule()
{
    m_timer.Set(m_machine->NextDeadline(), [this] { Do(m_machine->Tick(DhcpNow())); });
}

// ---- What it has ----

std::string
StrataDhcpClient::GetState() const
{
    return DhcpClientStateName(m_machine ? m_machine->GetState() : DhcpClientState::STOPPED);
}

const DhcpLease*
StrataDhcpClient::GetLease() const
{
    return m_machine && m_machine->IsConfigured() ? &*m_machine->GetLease() : nullptr;
}

const DhcpLease*
StrataDhcpClient::GetInformation() const
{
    return m_information ? &*m_information : nullptr;
}

Ipv4Address
StrataDhcpClient::GetAddress() const
{
    const DhcpLease* lease = GetLease();
    return lease ? Ipv4Address(lease->address) : Ipv4Address::GetAny();
}

Ipv4Address
StrataDhcpClient::GetServer() const
{
    const DhcpLease* lease = GetLease();
    return lease ? Ipv4Address(lease->server) : Ipv4Address::GetAny();
}

std::vector<Ipv4Address>
StrataDhcpClient::GetDnsServers() const
{
    const DhcpLease* lease = GetLease();
    return lease ? ToNs3(lease->dnsServers) : std::vector<Ipv4Address>();
}

std::vector<Ipv4Address>
StrataDhcpClient::GetNtpServers() const
{
    const DhcpLease* lease = GetLease();
    return lease ? ToNs3(lease->ntpServers) : std::vector<Ipv4Address>();
}

std::string
StrataDhcpClient::GetDomainName() const
{
    const DhcpLease* lease = GetLease();
    return lease ? lease->domainName : std::string();
}

} // namespace strata
} // namespace ns3

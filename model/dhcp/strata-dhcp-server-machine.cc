// SPDX-License-Identifier: GPL-2.0-only

#include "strata-dhcp-server-machine.h"

namespace ns3
{
namespace strata
{

DhcpServerMachine::DhcpServerMachine(DhcpServerParameters parameters)
    : m_parameters(parameters)
{
}

// ---- What the user says ----

uint32_t
DhcpServerMachine::AddSubnet(DhcpSubnet subnet)
{
    return m_subnets.Add(std::move(subnet));
}

void
DhcpServerMachine::AddRange(uint32_t subnet, uint32_t first, uint32_t last, bool leasing)
{
    m_leases.AddRange(subnet, first, last, leasing);
}

void
DhcpServerMachine::Reserve(uint32_t subnet, const DhcpClientKey& client, uint32_t address)
{
    m_subnets.Reserve(subnet, client, address);
    m_leases.Exclude(address);
}

void
DhcpServerMachine::Exclude(uint32_t address)
{
    m_leases.Exclude(address);
}

void
DhcpServerMachine::SetOwnAddresses(const std::vector<uint32_t>& addresses)
{
    m_own = {addresses.begin(), addresses.end()};
    for (const uint32_t address : addresses)
    {
        m_leases.Exclude(address);
    }
}

bool
DhcpServerMachine::Restore(DhcpBinding binding)
{
    const auto subnet = m_subnets.Of(binding.address);
    if (!subnet)
    {
        return false;
    }
    binding.subnet = *subnet;
    // Whom an address was being asked or held for does not outlive a server.
    if (binding.state == DhcpBindingState::PROBING || binding.state == DhcpBindingState::OFFERED)
    {
        binding.state = DhcpBindingState::FREE;
    }
    m_leases.Restore(binding);
    return true;
}

// ---- Messages that come ----

DhcpServerEffects
DhcpServerMachine::OnMessage(const DhcpMessage& message, const DhcpArrival& arrival, Nanos now)
{
    DhcpServerEffects effects;
    const auto ignore = [&effects](std::string_view why) {
        effects.push_back(DhcpServerIgnored{why});
        return effects;
    };
    if (message.operation != BootpOperation::REQUEST)
    {
        return ignore("dhcp.not-a-request");
    }
    DhcpRequest request(message, arrival);
    if (message.hardwareLength == 0 && !request.options.Has(DhcpOptionCode::CLIENT_IDENTIFIER))
    {
        return ignore("dhcp.no-client");
    }
    const auto subnet = m_subnets.OfSender(message, request.options, arrival);
    if (!subnet)
    {
        return ignore("dhcp.no-subnet");
    }
    request.subnet = *subnet;
    const auto type = request.options.U8(DhcpOptionCode::MESSAGE_TYPE);
    if (!type)
    {
        // Apart from the leases of a DHCP client on the same hardware, as behind a boot PROM.
        request.client[0] = 'b';
        OnBootp(request, effects);
        return effects;
    }
    switch (static_cast<DhcpMessageType>(*type))
    {
    case DhcpMessageType::DISCOVER:
        OnDiscover(request, now, effects);
        return effects;
    case DhcpMessageType::REQUEST:
        OnRequest(request, now, effects);
        return effects;
    case DhcpMessageType::DECLINE:
        OnDecline(request, now, effects);
        return effects;
    case DhcpMessageType::RELEASE:
        OnRelease(request, effects);
        return effects;
    case DhcpMessageType::INFORM:
        OnInform(request, effects);
        return effects;
    case DhcpMessageType::OFFER:
    case DhcpMessageType::ACK:
    case DhcpMessageType::NAK:
        break;
    }
    return ignore("dhcp.unknown-type");
}

void
DhcpServerMachine::OnBootp(const DhcpRequest& request, DhcpServerEffects& effects)
{
    std::optional<uint32_t> address = Reserved(request);
    const DhcpBinding* known = m_leases.FindClient(request.subnet, request.client);
    if (!address)
    {
        address = known ? std::optional(known->address) : m_leases.Choose(request.subnet, false);
    }
    if (!address || IsOfAnother(request, *address))
    {
        Report(DhcpEventKind::EXHAUSTED, request, effects);
        return;
    }
    if (!known || known->address != *address)
    {
        const DhcpBinding& binding = m_leases.Assign(*address,
                                                     request.subnet,
                                                     request.client,
                                                     request.message.HardwareAddress(),
                                                     request.name,
                                                     DhcpBindingState::PERMANENT,
                                                     NEVER);
        Report(DhcpEventKind::ASSIGN, binding, effects);
        Store(*address, effects);
    }
    DhcpMessage reply = DhcpReplyTo(request);
    reply.yourAddress = *address;
    effects.push_back(DhcpAnswer(request,
                                 std::move(reply),
                                 DhcpParametersFor(m_subnets[request.subnet], request),
                                 std::nullopt));
}

std::optional<uint32_t>
DhcpServerMachine::Reserved(const DhcpRequest& request) const
{
    const auto reserved = m_subnets.ReservedFor(request.subnet, request.client);
    return reserved ? reserved
                    : m_subnets.ReservedFor(request.subnet,
                                            DhcpKeyOfHardware(request.message.hardwareType,
                                                              request.message.HardwareAddress()));
}

/** Whether the client may keep the address of its binding, or take it again if it is free. */
bool
DhcpServerMachine::MayHave(const DhcpRequest& request, const DhcpBinding& binding) const
{
    if (const auto reserved = Reserved(request))
    {
        return *reserved == binding.address;
    }
    return binding.state != DhcpBindingState::FREE ||
           m_leases.IsAvailable(request.subnet, binding.address, true);
}

/** Whether somebody else got an address, before it was reserved. */
bool
DhcpServerMachine::IsOfAnother(const DhcpRequest& request, uint32_t address) const
{
    const DhcpBinding* known = m_leases.Find(address);
    return known && known->client != request.client && known->state != DhcpBindingState::FREE &&
           ByteView(known->hardware) != request.message.HardwareAddress();
}

/** Section 4.3.1: the address bound now, the one before, the one asked for, any other. */
std::optional<uint32_t>
DhcpServerMachine::ChooseAddress(const DhcpRequest& request)
{
    if (const auto reserved = Reserved(request))
    {
        return reserved;
    }
    const DhcpBinding* known = m_leases.FindClient(request.subnet, request.client);
    if (known && (known->state != DhcpBindingState::FREE ||
                  m_leases.IsAvailable(request.subnet, known->address, true)))
    {
        return known->address;
    }
    const auto wanted = request.options.U32(DhcpOptionCode::REQUESTED_ADDRESS);
    if (wanted && m_leases.IsAvailable(request.subnet, *wanted, true))
    {
        return wanted;
    }
    return m_leases.Choose(request.subnet, true);
}

void
DhcpServerMachine::OnDiscover(const DhcpRequest& request, Nanos now, DhcpServerEffects& effects)
{
    const auto address = ChooseAddress(request);
    if (!address)
    {
        // Section 4.3.1: silence; another server may have addresses.
        Report(DhcpEventKind::EXHAUSTED, request, effects);
        return;
    }
    const DhcpBinding* known = m_leases.Find(*address);
    const bool mine = known && known->client == request.client;
    if (mine && known->state == DhcpBindingState::PROBING)
    {
        effects.push_back(DhcpServerIgnored{"dhcp.being-probed"});
        return;
    }
    if (IsOfAnother(request, *address))
    {
        Report(DhcpEventKind::EXHAUSTED, request, effects);
        return;
    }
    const bool held = mine && known->state != DhcpBindingState::FREE;
    if (m_parameters.probe && !held && !Reserved(request))
    {
        m_leases.Assign(*address,
                        request.subnet,
                        request.client,
                        request.message.HardwareAddress(),
                        request.name,
                        DhcpBindingState::PROBING,
                        now + m_parameters.probeWait);
        m_probing.insert_or_assign(*address, Probing{request.message, request.arrival});
        effects.push_back(DhcpServerProbe{*address});
        return;
    }
    Offer(request, *address, now, effects);
}

void
DhcpServerMachine::Offer(const DhcpRequest& request,
                         uint32_t address,
                         Nanos now,
                         DhcpServerEffects& effects)
{
    const DhcpBinding* known = m_leases.Find(address);
    const bool bound =
        known && known->client == request.client &&
        (known->state == DhcpBindingState::BOUND || known->state == DhcpBindingState::PERMANENT);
    if (!bound)
    {
        known = &m_leases.Assign(address,
                                 request.subnet,
                                 request.client,
                                 request.message.HardwareAddress(),
                                 request.name,
                                 DhcpBindingState::OFFERED,
                                 now + m_parameters.offerTime);
    }
    Report(DhcpEventKind::OFFER, *known, effects);
    DhcpMessage reply = DhcpReplyTo(request);
    reply.yourAddress = address;
    DhcpOptions options = DhcpParametersFor(m_subnets[request.subnet], request);
    options.SetU32(DhcpOptionCode::LEASE_TIME,
                   DhcpLeaseSeconds(m_subnets[request.subnet], request));
    effects.push_back(
        DhcpAnswer(request, std::move(reply), std::move(options), DhcpMessageType::OFFER));
}

void
DhcpServerMachine::OnDecline(const DhcpRequest& request, Nanos now, DhcpServerEffects& effects)
{
    const auto server = request.options.U32(DhcpOptionCode::SERVER_IDENTIFIER);
    const auto address = request.options.U32(DhcpOptionCode::REQUESTED_ADDRESS);
    const DhcpBinding* known = address ? m_leases.Find(*address) : nullptr;
    if ((server && !IsOwn(*server, request)) || !known || known->client != request.client ||
        known->state == DhcpBindingState::PERMANENT)
    {
        effects.push_back(DhcpServerIgnored{"dhcp.no-such-lease"});
        return;
    }
    Report(DhcpEventKind::DECLINE, *known, effects);
    m_probing.erase(*address);
    m_leases.Abandon(*address, now + m_parameters.abandonTime);
    Store(*address, effects);
}

void
DhcpServerMachine::OnRelease(const DhcpRequest& request, DhcpServerEffects& effects)
{
    const uint32_t address = request.message.clientAddress;
    const DhcpBinding* known = m_leases.Find(address);
    if (!known || known->client != request.client || known->state != DhcpBindingState::BOUND)
    {
        effects.push_back(DhcpServerIgnored{"dhcp.no-such-lease"});
        return;
    }
    Report(DhcpEventKind::RELEASE, *known, effects);
    m_leases.SetState(address, DhcpBindingState::FREE);
    Store(address, effects);
}

void
DhcpServerMachine::OnInform(const DhcpRequest& request, DhcpServerEffects& effects)
{
    if (request.message.clientAddress == 0)
    {
        effects.push_back(DhcpServerIgnored{"dhcp.no-address-requested"});
        return;
    }
    Report(DhcpEventKind::INFORM, request, effects);
    // Section 4.3.5: to ciaddr, without yiaddr and without any lease.
    DhcpMessage reply = DhcpReplyTo(request);
    reply.clientAddress = request.message.clientAddress;
    effects.push_back(DhcpAnswer(request,
                                 std::move(reply),
                                 DhcpParametersFor(m_subnets[request.subnet], request),
                                 DhcpMessageType::ACK));
}

// ---- Probes and time ----

DhcpRequest
DhcpServerMachine::RequestOf(const Probing& probing) const
{
    DhcpRequest request(probing.message, probing.arrival);
    request.subnet =
        m_subnets.OfSender(probing.message, request.options, probing.arrival).value_or(0);
    return request;
}

DhcpServerEffects
DhcpServerMachine::OnProbeAnswered(uint32_t address, Nanos now)
{
    DhcpServerEffects effects;
    const auto probe = m_probing.find(address);
    if (probe == m_probing.end())
    {
        return effects;
    }
    const Probing probing = std::move(probe->second);
    m_probing.erase(probe);
    if (m_leases.Find(address)->state != DhcpBindingState::PROBING)
    {
        return effects; // the client has got another address meanwhile
    }
    Report(DhcpEventKind::CONFLICT, *m_leases.Find(address), effects);
    m_leases.Abandon(address, now + m_parameters.abandonTime);
    Store(address, effects);
    OnDiscover(RequestOf(probing), now, effects);
    return effects;
}

DhcpServerEffects
DhcpServerMachine::Tick(Nanos now)
{
    DhcpServerEffects effects;
    for (const uint32_t address : m_leases.TakeDue(now))
    {
        const DhcpBinding& binding = *m_leases.Find(address);
        switch (binding.state)
        {
        case DhcpBindingState::PROBING: {
            // Silence: nobody has it.
            const auto probe = m_probing.find(address);
            if (probe == m_probing.end())
            {
                m_leases.SetState(address, DhcpBindingState::FREE);
                break;
            }
            const Probing probing = std::move(probe->second);
            m_probing.erase(probe);
            Offer(RequestOf(probing), address, now, effects);
            break;
        }
        case DhcpBindingState::OFFERED:
            Report(DhcpEventKind::LAPSE, binding, effects);
            m_leases.SetState(address, DhcpBindingState::FREE);
            break;
        case DhcpBindingState::BOUND:
            Report(DhcpEventKind::EXPIRE, binding, effects);
            m_leases.SetState(address, DhcpBindingState::FREE);
            Store(address, effects);
            break;
        case DhcpBindingState::ABANDONED:
            m_leases.SetState(address, DhcpBindingState::FREE);
            Store(address, effects);
            break;
        case DhcpBindingState::FREE:
        case DhcpBindingState::PERMANENT:
            break;
        }
    }
    return effects;
}

// ---- What is told ----

void
DhcpServerMachine::Report(DhcpEventKind kind,
                          const DhcpBinding& binding,
                          DhcpServerEffects& effects)
{
    ++m_counts[static_cast<std::size_t>(kind)];
    effects.push_back(
        DhcpServerEvent{kind, binding.address, binding.hardware, binding.name, binding.expires});
}

void
DhcpServerMachine::Report(DhcpEventKind kind,
                          const DhcpRequest& request,
                          DhcpServerEffects& effects)
{
    ++m_counts[static_cast<std::size_t>(kind)];
    const uint32_t address =
        request.message.clientAddress != 0
            ? request.message.clientAddress
            : request.options.U32(DhcpOptionCode::REQUESTED_ADDRESS).value_or(0);
    effects.push_back(DhcpServerEvent{kind,
                                      address,
                                      request.message.HardwareAddress().ToBytes(),
                                      request.name,
                                      NEVER});
}

void
DhcpServerMachine::Store(uint32_t address, DhcpServerEffects& effects)
{
    effects.push_back(DhcpServerStore{*m_leases.Find(address)});
}

} // namespace strata
} // namespace ns3

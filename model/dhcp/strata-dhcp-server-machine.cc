// SPDX-License-Identifier: GPL-2.0-only

#include "strata-dhcp-server-machine.h"

#include "ns3/strata-byte-reader.h"

#include <algorithm>

namespace ns3
{
namespace strata
{

namespace
{

constexpr uint32_t INFINITE_LEASE = 0xffffffff;
constexpr uint32_t ALL_ONES = 0xffffffff;
constexpr std::size_t IP_AND_UDP = 28;
constexpr std::size_t MOST_MESSAGE = 1500 - IP_AND_UDP; // whatever a client says that it takes

} // namespace

const char*
DhcpEventName(DhcpEventKind kind)
{
    switch (kind)
    {
    case DhcpEventKind::OFFER:
        return "offer";
    case DhcpEventKind::BIND:
        return "bind";
    case DhcpEventKind::RENEW:
        return "renew";
    case DhcpEventKind::RELEASE:
        return "release";
    case DhcpEventKind::EXPIRE:
        return "expire";
    case DhcpEventKind::LAPSE:
        return "lapse";
    case DhcpEventKind::DECLINE:
        return "decline";
    case DhcpEventKind::CONFLICT:
        return "conflict";
    case DhcpEventKind::REFUSE:
        return "refuse";
    case DhcpEventKind::ASSIGN:
        return "assign";
    case DhcpEventKind::EXHAUSTED:
        return "exhausted";
    case DhcpEventKind::INFORM:
        return "inform";
    }
    return "unknown";
}

DhcpServerMachine::DhcpServerMachine(DhcpServerParameters parameters)
    : m_parameters(parameters)
{
}

// ---- What the user says ----

uint32_t
DhcpServerMachine::AddSubnet(DhcpSubnet subnet)
{
    const auto number = static_cast<uint32_t>(m_subnets.size());
    m_subnetsByPrefix[subnet.network.GetLength()][subnet.network.GetAddress()] = number;
    m_subnets.push_back(std::move(subnet));
    m_reserved.emplace_back();
    return number;
}

void
DhcpServerMachine::AddRange(uint32_t subnet, uint32_t first, uint32_t last, bool leasing)
{
    m_leases.AddRange(subnet, first, last, leasing);
}

void
DhcpServerMachine::Reserve(uint32_t subnet, const DhcpClientKey& client, uint32_t address)
{
    m_reserved[subnet][client] = address;
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

std::optional<uint32_t>
DhcpServerMachine::SubnetOf(uint32_t address) const
{
    for (const auto& [length, networks] : m_subnetsByPrefix)
    {
        const auto found = networks.find(KeepBits(address, length));
        if (found != networks.end())
        {
            return found->second;
        }
    }
    return std::nullopt;
}

bool
DhcpServerMachine::Restore(DhcpBinding binding)
{
    const auto subnet = SubnetOf(binding.address);
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
    Request request;
    request.message = message;
    request.options = message.Options();
    request.arrival = arrival;
    request.client = DhcpKeyOf(message, request.options);
    request.name = request.options.Text(DhcpOptionCode::HOST_NAME);
    if (message.hardwareLength == 0 && !request.options.Has(DhcpOptionCode::CLIENT_IDENTIFIER))
    {
        return ignore("dhcp.no-client");
    }

    const auto type = request.options.U8(DhcpOptionCode::MESSAGE_TYPE);
    uint32_t link = arrival.localAddress;
    if (message.relayAddress != 0)
    {
        link = message.relayAddress;
        const auto relay = request.options.RelayAgent();
        for (const DhcpSubOption& part : relay ? *relay : std::vector<DhcpSubOption>())
        {
            if (part.code == static_cast<uint8_t>(DhcpRelaySubOption::LINK_SELECTION) &&
                part.data.size() == 4)
            {
                link = ByteReader(part.data).U32();
            }
        }
    }
    else if (message.clientAddress != 0 && !arrival.toAll)
    {
        // Section 4.3.2, RENEWING: no relay has touched it, so ciaddr can be trusted.
        link = message.clientAddress;
    }
    const auto subnet = SubnetOf(link);
    if (!subnet)
    {
        return ignore("dhcp.no-subnet");
    }
    request.subnet = *subnet;
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
DhcpServerMachine::OnBootp(const Request& request, DhcpServerEffects& effects)
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
    DhcpMessage reply = MakeReply(request);
    reply.yourAddress = *address;
    Answer(request, std::move(reply), ParametersFor(request), std::nullopt, effects);
}

std::optional<uint32_t>
DhcpServerMachine::Reserved(const Request& request) const
{
    const auto& reserved = m_reserved[request.subnet];
    auto found = reserved.find(request.client);
    if (found == reserved.end())
    {
        found = reserved.find(
            DhcpKeyOfHardware(request.message.hardwareType, request.message.HardwareAddress()));
    }
    return found == reserved.end() ? std::nullopt : std::optional(found->second);
}

/** Whether the client may keep the address of its binding, or take it again if it is free. */
bool
DhcpServerMachine::MayHave(const Request& request, const DhcpBinding& binding) const
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
DhcpServerMachine::IsOfAnother(const Request& request, uint32_t address) const
{
    const DhcpBinding* known = m_leases.Find(address);
    return known && known->client != request.client && known->state != DhcpBindingState::FREE &&
           ByteView(known->hardware) != request.message.HardwareAddress();
}

/** Section 4.3.1: the address bound now, the one before, the one asked for, any other. */
std::optional<uint32_t>
DhcpServerMachine::ChooseAddress(const Request& request)
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
DhcpServerMachine::OnDiscover(const Request& request, Nanos now, DhcpServerEffects& effects)
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
        m_probing[*address] = request;
        effects.push_back(DhcpServerProbe{*address});
        return;
    }
    Offer(request, *address, now, effects);
}

void
DhcpServerMachine::Offer(const Request& request,
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
    DhcpMessage reply = MakeReply(request);
    reply.yourAddress = address;
    DhcpOptions options = ParametersFor(request);
    options.SetU32(DhcpOptionCode::LEASE_TIME, LeaseSecondsFor(request));
    Answer(request, std::move(reply), std::move(options), DhcpMessageType::OFFER, effects);
}

void
DhcpServerMachine::OnRequest(const Request& request, Nanos now, DhcpServerEffects& effects)
{
    // Table 4: what the client is about shows by what it fills in.
    const auto server = request.options.U32(DhcpOptionCode::SERVER_IDENTIFIER);
    if (server)
    {
        OnSelection(request, *server, now, effects);
        return;
    }
    OnExtension(request, now, effects);
}

/** Whether \p server names this server; its addresses may have changed since it was told them. */
bool
DhcpServerMachine::IsOwn(uint32_t server, const Request& request) const
{
    return m_own.count(server) != 0 || server == request.arrival.localAddress;
}

/** SELECTING: an offer, this server's or another's, is taken. */
void
DhcpServerMachine::OnSelection(const Request& request,
                               uint32_t server,
                               Nanos now,
                               DhcpServerEffects& effects)
{
    const DhcpBinding* known = m_leases.FindClient(request.subnet, request.client);
    if (!IsOwn(server, request))
    {
        if (known && (known->state == DhcpBindingState::OFFERED ||
                      known->state == DhcpBindingState::PROBING))
        {
            const uint32_t address = known->address;
            m_probing.erase(address);
            m_leases.SetState(address, DhcpBindingState::FREE);
            Report(DhcpEventKind::LAPSE, *m_leases.Find(address), effects);
        }
        effects.push_back(DhcpServerIgnored{"dhcp.other-server"});
        return;
    }
    const auto wanted = request.options.U32(DhcpOptionCode::REQUESTED_ADDRESS);
    if (!wanted)
    {
        effects.push_back(DhcpServerIgnored{"dhcp.no-address-requested"});
        return;
    }
    const bool mine =
        known && known->address == *wanted && known->state != DhcpBindingState::PROBING;
    if (mine && MayHave(request, *known))
    {
        Bind(request, *wanted, now, effects);
        return;
    }
    Refuse(request, "the address was not offered", effects);
}

/** INIT-REBOOT, RENEWING and REBINDING: a client wants to go on with what it has. */
void
DhcpServerMachine::OnExtension(const Request& request, Nanos now, DhcpServerEffects& effects)
{
    const bool reboot = request.message.clientAddress == 0;
    const auto wanted = reboot ? request.options.U32(DhcpOptionCode::REQUESTED_ADDRESS)
                               : std::optional(request.message.clientAddress);
    if (!wanted)
    {
        effects.push_back(DhcpServerIgnored{"dhcp.no-address-requested"});
        return;
    }
    // Section 4.3.2: the network is known to be the wrong one, whoever has the record.
    if (!m_subnets[request.subnet].network.Contains(*wanted))
    {
        Refuse(request, "wrong network", effects);
        return;
    }
    const DhcpBinding* known = m_leases.FindClient(request.subnet, request.client);
    if (known && known->address == *wanted)
    {
        switch (known->state)
        {
        case DhcpBindingState::FREE:
        case DhcpBindingState::OFFERED:
        case DhcpBindingState::BOUND:
        case DhcpBindingState::PERMANENT:
            if (MayHave(request, *known))
            {
                Bind(request, *wanted, now, effects);
                return;
            }
            break;
        case DhcpBindingState::PROBING:
        case DhcpBindingState::ABANDONED:
            break;
        }
        Refuse(request, "the address is no longer yours", effects);
        return;
    }
    const DhcpBinding* other = m_leases.Find(*wanted);
    const bool taken = other && other->state != DhcpBindingState::FREE &&
                       other->state != DhcpBindingState::ABANDONED;
    if ((known && known->state != DhcpBindingState::FREE) || taken)
    {
        Refuse(request, known ? "you have another address" : "the address is another's", effects);
        return;
    }
    // Section 4.3.2: without a record of the client the server MUST remain silent.
    effects.push_back(DhcpServerIgnored{"dhcp.no-record"});
}

void
DhcpServerMachine::Bind(const Request& request,
                        uint32_t address,
                        Nanos now,
                        DhcpServerEffects& effects)
{
    const DhcpBinding* known = m_leases.Find(address);
    const bool renewed =
        known && known->client == request.client && known->state == DhcpBindingState::BOUND;
    const uint32_t seconds = LeaseSecondsFor(request);
    const Nanos expires =
        seconds == INFINITE_LEASE ? NEVER : now + Nanos(std::chrono::seconds(seconds));
    const DhcpBinding& binding = m_leases.Assign(address,
                                                 request.subnet,
                                                 request.client,
                                                 request.message.HardwareAddress(),
                                                 request.name,
                                                 DhcpBindingState::BOUND,
                                                 expires);
    Report(renewed ? DhcpEventKind::RENEW : DhcpEventKind::BIND, binding, effects);
    // Section 4.3.1 and 2.2: the store is told before the client is.
    Store(address, effects);
    DhcpMessage reply = MakeReply(request);
    reply.yourAddress = address;
    reply.clientAddress = request.message.clientAddress;
    DhcpOptions options = ParametersFor(request);
    options.SetU32(DhcpOptionCode::LEASE_TIME, seconds);
    Answer(request, std::move(reply), std::move(options), DhcpMessageType::ACK, effects);
}

void
DhcpServerMachine::Refuse(const Request& request,
                          const std::string& why,
                          DhcpServerEffects& effects)
{
    Report(DhcpEventKind::REFUSE, request, effects);
    DhcpMessage reply = MakeReply(request);
    DhcpOptions options;
    options.SetText(DhcpOptionCode::MESSAGE, why);
    Answer(request, std::move(reply), std::move(options), DhcpMessageType::NAK, effects);
}

void
DhcpServerMachine::OnDecline(const Request& request, Nanos now, DhcpServerEffects& effects)
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
DhcpServerMachine::OnRelease(const Request& request, DhcpServerEffects& effects)
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
DhcpServerMachine::OnInform(const Request& request, DhcpServerEffects& effects)
{
    if (request.message.clientAddress == 0)
    {
        effects.push_back(DhcpServerIgnored{"dhcp.no-address-requested"});
        return;
    }
    Report(DhcpEventKind::INFORM, request, effects);
    // Section 4.3.5: to ciaddr, without yiaddr and without any lease.
    DhcpMessage reply = MakeReply(request);
    reply.clientAddress = request.message.clientAddress;
    Answer(request, std::move(reply), ParametersFor(request), DhcpMessageType::ACK, effects);
}

// ---- Probes and time ----

DhcpServerEffects
DhcpServerMachine::OnProbeAnswered(uint32_t address, Nanos now)
{
    DhcpServerEffects effects;
    const auto probe = m_probing.find(address);
    if (probe == m_probing.end())
    {
        return effects;
    }
    const Request request = std::move(probe->second);
    m_probing.erase(probe);
    if (m_leases.Find(address)->state != DhcpBindingState::PROBING)
    {
        return effects; // the client has got another address meanwhile
    }
    Report(DhcpEventKind::CONFLICT, *m_leases.Find(address), effects);
    m_leases.Abandon(address, now + m_parameters.abandonTime);
    Store(address, effects);
    OnDiscover(request, now, effects);
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
            const Request request = std::move(probe->second);
            m_probing.erase(probe);
            Offer(request, address, now, effects);
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

// ---- Answers ----

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
DhcpServerMachine::Report(DhcpEventKind kind, const Request& request, DhcpServerEffects& effects)
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

uint32_t
DhcpServerMachine::LeaseSecondsFor(const Request& request) const
{
    const DhcpSubnet& subnet = m_subnets[request.subnet];
    const auto wanted = request.options.U32(DhcpOptionCode::LEASE_TIME);
    return std::clamp(wanted.value_or(subnet.defaultLease),
                      std::min(subnet.leastLease, subnet.mostLease),
                      subnet.mostLease);
}

DhcpMessage
DhcpServerMachine::MakeReply(const Request& request) const
{
    // Table 3.
    DhcpMessage reply;
    reply.operation = BootpOperation::REPLY;
    reply.hardwareType = request.message.hardwareType;
    reply.hardwareLength = request.message.hardwareLength;
    reply.transaction = request.message.transaction;
    reply.flags = request.message.flags;
    reply.relayAddress = request.message.relayAddress;
    reply.hardware = request.message.hardware;
    return reply;
}

/** What the subnet has: all of it, or what the client asks for, in its order (section 4.3.1). */
DhcpOptions
DhcpServerMachine::ParametersFor(const Request& request) const
{
    const DhcpSubnet& subnet = m_subnets[request.subnet];
    DhcpOptions all;
    all.SetU32(DhcpOptionCode::SUBNET_MASK, KeepBits(ALL_ONES, subnet.network.GetLength()));
    const auto wanted = request.options.Find(DhcpOptionCode::PARAMETER_LIST);
    if (!wanted)
    {
        for (const DhcpOptions::Option& option : subnet.options.All())
        {
            all.Set(static_cast<DhcpOptionCode>(option.code), option.data);
        }
        return all;
    }
    for (const uint8_t code : *wanted)
    {
        const auto data = subnet.options.Find(static_cast<DhcpOptionCode>(code));
        if (data && !all.Has(static_cast<DhcpOptionCode>(code)))
        {
            all.Set(static_cast<DhcpOptionCode>(code), data->ToBytes());
        }
    }
    return all;
}

void
DhcpServerMachine::Answer(const Request& request,
                          DhcpMessage message,
                          DhcpOptions options,
                          std::optional<DhcpMessageType> type,
                          DhcpServerEffects& effects) const
{
    const DhcpMessage& asked = request.message;
    DhcpOptions all;
    std::size_t limit = DhcpMessage::LEAST_SIZE; // BOOTP has 64 bytes (RFC 951)
    if (type)
    {
        all.SetU8(DhcpOptionCode::MESSAGE_TYPE, static_cast<uint8_t>(*type));
        all.SetU32(DhcpOptionCode::SERVER_IDENTIFIER, request.arrival.localAddress);
        const auto seconds = options.U32(DhcpOptionCode::LEASE_TIME);
        if (seconds)
        {
            all.SetU32(DhcpOptionCode::LEASE_TIME, *seconds);
        }
        if (seconds && *seconds != INFINITE_LEASE)
        {
            all.SetU32(DhcpOptionCode::RENEWAL_TIME, *seconds / 2);
            all.SetU32(DhcpOptionCode::REBINDING_TIME,
                       static_cast<uint32_t>(uint64_t{*seconds} * 7 / 8));
        }
        limit = DhcpMessage::COMMON_SIZE;
        if (const auto most = request.options.U16(DhcpOptionCode::MAX_MESSAGE_SIZE))
        {
            limit = std::clamp<std::size_t>(*most > IP_AND_UDP ? *most - IP_AND_UDP : 0,
                                            limit,
                                            MOST_MESSAGE);
        }
    }
    for (const DhcpOptions::Option& option : options.All())
    {
        if (!all.Has(static_cast<DhcpOptionCode>(option.code)))
        {
            all.Set(static_cast<DhcpOptionCode>(option.code), option.data);
        }
    }
    // RFC 6842: what names the client is given back; so is what the relay has added (RFC 3046).
    for (const DhcpOptionCode code :
         {DhcpOptionCode::CLIENT_IDENTIFIER, DhcpOptionCode::RELAY_AGENT})
    {
        const auto data = request.options.Find(code);
        if (data && type)
        {
            all.Set(code, data->ToBytes());
        }
    }
    if (type || asked.HasCookie())
    {
        message.SetOptions(all, limit);
    }
    else
    {
        message.vendor.assign(DhcpMessage::LEAST_SIZE - DhcpMessage::FIXED_SIZE, 0);
    }

    // Section 4.1.
    DhcpServerSend send;
    send.type = type;
    send.interface = request.arrival.interface;
    send.source = request.arrival.localAddress;
    const bool refusal = type == DhcpMessageType::NAK;
    const bool inform = type == DhcpMessageType::ACK && message.yourAddress == 0;
    if (inform)
    {
        send.way = DhcpWay::UNICAST;
        send.destination = asked.clientAddress;
    }
    else if (asked.relayAddress != 0)
    {
        send.way = DhcpWay::RELAY;
        send.destination = asked.relayAddress;
        if (refusal)
        {
            // Section 4.3.2: the client may have no address, or one of another network.
            message.flags |= DhcpMessage::BROADCAST_FLAG;
        }
    }
    else if (refusal)
    {
        send.way = DhcpWay::BROADCAST;
        send.destination = ALL_ONES;
    }
    else if (asked.clientAddress != 0)
    {
        send.way = DhcpWay::UNICAST;
        send.destination = asked.clientAddress;
    }
    else if (asked.WantsBroadcast() || asked.hardwareLength != 6)
    {
        send.way = DhcpWay::BROADCAST;
        send.destination = ALL_ONES;
    }
    else
    {
        send.way = DhcpWay::LINK;
        send.destination = message.yourAddress;
    }
    send.message = std::move(message);
    effects.push_back(std::move(send));
}

} // namespace strata
} // namespace ns3

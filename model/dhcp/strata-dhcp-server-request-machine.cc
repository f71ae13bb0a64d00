// SPDX-License-Identifier: GPL-2.0-only

#include "strata-dhcp-server-machine.h"

namespace ns3
{
namespace strata
{

// The part of DhcpServerMachine that answers REQUESTs (RFC 2131 section 4.3.2).

void
DhcpServerMachine::OnRequest(const DhcpRequest& request, Nanos now, DhcpServerEffects& effects)
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
DhcpServerMachine::IsOwn(uint32_t server, const DhcpRequest& request) const
{
    return m_own.count(server) != 0 || server == request.arrival.localAddress;
}

/** SELECTING: an offer, this server's or another's, is taken. */
void
DhcpServerMachine::OnSelection(const DhcpRequest& request,
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
DhcpServerMachine::OnExtension(const DhcpRequest& request, Nanos now, DhcpServerEffects& effects)
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
DhcpServerMachine::Bind(const DhcpRequest& request,
                        uint32_t address,
                        Nanos now,
                        DhcpServerEffects& effects)
{
    const DhcpBinding* known = m_leases.Find(address);
    const bool renewed =
        known && known->client == request.client && known->state == DhcpBindingState::BOUND;
    const uint32_t seconds = DhcpLeaseSeconds(m_subnets[request.subnet], request);
    const Nanos expires =
        seconds == DHCP_INFINITE_LEASE ? NEVER : now + Nanos(std::chrono::seconds(seconds));
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
    DhcpMessage reply = DhcpReplyTo(request);
    reply.yourAddress = address;
    reply.clientAddress = request.message.clientAddress;
    DhcpOptions options = DhcpParametersFor(m_subnets[request.subnet], request);
    options.SetU32(DhcpOptionCode::LEASE_TIME, seconds);
    effects.push_back(
        DhcpAnswer(request, std::move(reply), std::move(options), DhcpMessageType::ACK));
}

void
DhcpServerMachine::Refuse(const DhcpRequest& request,
                          const std::string& why,
                          DhcpServerEffects& effects)
{
    Report(DhcpEventKind::REFUSE, request, effects);
    DhcpMessage reply = DhcpReplyTo(request);
    DhcpOptions options;
    options.SetText(DhcpOptionCode::MESSAGE, why);
    effects.push_back(
        DhcpAnswer(request, std::move(reply), std::move(options), DhcpMessageType::NAK));
}

} // namespace strata
} // namespace ns3

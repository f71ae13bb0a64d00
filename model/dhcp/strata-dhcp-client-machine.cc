// SPDX-License-Identifier: GPL-2.0-only

#include "strata-dhcp-client-machine.h"

#include "strata-dhcp-client-message-decision.h"

#include <algorithm>

namespace ns3
{
namespace strata
{

namespace
{

constexpr uint32_t ALL_ONES = 0xffffffff;

} // namespace

DhcpClientMachine::DhcpClientMachine(DhcpClientParameters parameters, UniformRandom random)
    : m_parameters(std::move(parameters)),
      m_random(std::move(random))
{
}

// ---- What the user asks for ----

DhcpClientEffects
DhcpClientMachine::Start(Nanos now)
{
    DhcpClientEffects effects;
    if (m_state != DhcpClientState::STOPPED)
    {
        return effects;
    }
    m_refusals = 0;
    if (m_lease && now < m_lease->expiresAt)
    {
        BeginReboot(now, effects);
        return effects;
    }
    m_lease.reset();
    const auto span = static_cast<double>((m_parameters.startMax - m_parameters.startMin).count());
    EnterInit(now,
              m_parameters.startMin + Nanos(static_cast<Nanos::rep>(span * m_random())),
              effects);
    return effects;
}

DhcpClientEffects
DhcpClientMachine::Stop(Nanos)
{
    DhcpClientEffects effects;
    Withdraw(false, effects);
    m_deadline = NEVER;
    m_offer.reset();
    Enter(DhcpClientState::STOPPED, effects);
    return effects;
}

DhcpClientEffects
DhcpClientMachine::Release(Nanos now)
{
    DhcpClientEffects effects;
    if (m_configured)
    {
        NewTransaction(now);
        DhcpMessage message = DhcpClientMessage(m_parameters, m_transaction, now - m_began);
        message.clientAddress = m_lease->address;
        message.seconds = 0;
        message.flags = 0;
        DhcpOptions options;
        options.SetU32(DhcpOptionCode::SERVER_IDENTIFIER, m_lease->server);
        effects.push_back(DhcpClientSending(m_parameters,
                                            message,
                                            options,
                                            DhcpMessageType::RELEASE,
                                            m_lease->server));
        Withdraw(false, effects);
    }
    m_lease.reset();
    m_offer.reset();
    m_deadline = NEVER;
    Enter(DhcpClientState::STOPPED, effects);
    return effects;
}

DhcpClientEffects
DhcpClientMachine::Inform(uint32_t address, Nanos now)
{
    DhcpClientEffects effects;
    if (m_state != DhcpClientState::STOPPED && m_state != DhcpClientState::INFORMING)
    {
        return effects;
    }
    m_informAddress = address;
    m_attempts = 0;
    NewTransaction(now);
    Enter(DhcpClientState::INFORMING, effects);
    SendInform(now, effects);
    return effects;
}

DhcpClientEffects
DhcpClientMachine::LinkChanged(Nanos now)
{
    DhcpClientEffects effects;
    if (m_state == DhcpClientState::STOPPED || m_state == DhcpClientState::INFORMING)
    {
        return effects;
    }
    m_offer.reset();
    if (m_configured)
    {
        // The address may be wrong here, so nothing is sent from it before a server agrees.
        Withdraw(false, effects);
        BeginReboot(now, effects);
    }
    else
    {
        m_lease.reset();
        EnterInit(now, Nanos(0), effects);
    }
    return effects;
}

// ---- States ----

void
DhcpClientMachine::Enter(DhcpClientState state, DhcpClientEffects& effects)
{
    if (m_state != state)
    {
        effects.push_back(DhcpClientStateChange{m_state, state});
        m_state = state;
    }
}

void
DhcpClientMachine::EnterInit(Nanos now, Nanos wait, DhcpClientEffects& effects)
{
    m_offer.reset();
    Enter(DhcpClientState::INIT, effects);
    m_deadline = now + wait;
    if (wait <= Nanos(0))
    {
        BeginDiscovery(now, effects);
    }
}

void
DhcpClientMachine::BeginDiscovery(Nanos now, DhcpClientEffects& effects)
{
    NewTransaction(now);
    Enter(DhcpClientState::SELECTING, effects);
    m_attempts = 0;
    SendDiscover(now, effects);
}

void
DhcpClientMachine::BeginReboot(Nanos now, DhcpClientEffects& effects)
{
    Enter(DhcpClientState::INIT_REBOOT, effects);
    NewTransaction(now);
    Enter(DhcpClientState::REBOOTING, effects);
    m_attempts = 0;
    SendRequest(now, effects);
}

void
DhcpClientMachine::Request(Nanos now, DhcpClientEffects& effects)
{
    Enter(DhcpClientState::REQUESTING, effects);
    m_attempts = 0;
    SendRequest(now, effects);
}

void
DhcpClientMachine::Withdraw(bool expired, DhcpClientEffects& effects)
{
    if (m_configured)
    {
        m_configured = false;
        effects.push_back(DhcpClientWithdraw{*m_lease, expired});
    }
}

void
DhcpClientMachine::Bind(Nanos now, DhcpClientEffects& effects)
{
    const bool renewed = m_configured;
    m_configured = true;
    m_refusals = 0;
    effects.push_back(DhcpClientApply{*m_lease, renewed});
    Enter(DhcpClientState::BOUND, effects);
    m_deadline = std::max(now, m_lease->renewAt);
}

void
DhcpClientMachine::Expired(Nanos now, DhcpClientEffects& effects)
{
    // Section 4.4.5: the client MUST stop all other network processing.
    Withdraw(true, effects);
    m_lease.reset();
    EnterInit(now, Nanos(0), effects);
}

void
DhcpClientMachine::Decline(Nanos now, DhcpClientEffects& effects)
{
    NewTransaction(now);
    // Table 5: secs, flags and ciaddr are zero; the server is told by broadcast.
    DhcpMessage message = DhcpClientMessage(m_parameters, m_transaction, now - m_began);
    message.seconds = 0;
    message.flags = 0;
    DhcpOptions options;
    options.SetU32(DhcpOptionCode::REQUESTED_ADDRESS, m_lease->address);
    options.SetU32(DhcpOptionCode::SERVER_IDENTIFIER, m_lease->server);
    effects.push_back(
        DhcpClientSending(m_parameters, message, options, DhcpMessageType::DECLINE, ALL_ONES));
    m_lease.reset();
    // Section 3.1 step 5: not at once, so that a conflict does not become a flood.
    EnterInit(now, m_parameters.declineWait, effects);
}

void
DhcpClientMachine::Refused(Nanos now, DhcpClientEffects& effects)
{
    Withdraw(false, effects);
    m_lease.reset();
    // Figure 5 goes to INIT at once; who is refused again and again waits longer and longer.
    const Nanos wait =
        m_refusals == 0 ? Nanos(0)
                        : std::min(m_parameters.retryMax,
                                   m_parameters.retryFirst * (1U << std::min(m_refusals - 1, 8U)));
    ++m_refusals;
    EnterInit(now, wait, effects);
}

// ---- Time ----

Nanos
DhcpClientMachine::RetryWait() const
{
    const unsigned doublings = std::min(m_attempts > 0 ? m_attempts - 1 : 0U, 16U);
    const Nanos base = std::min(m_parameters.retryMax, m_parameters.retryFirst * (1U << doublings));
    return base + DhcpVaried(m_parameters.retryJitter, m_random);
}

void
DhcpClientMachine::NewTransaction(Nanos now)
{
    m_transaction = static_cast<uint32_t>(m_random() * 4294967296.0);
    m_began = now;
}

DhcpClientEffects
DhcpClientMachine::Tick(Nanos now)
{
    DhcpClientEffects effects;
    if (now < m_deadline)
    {
        return effects;
    }
    switch (m_state)
    {
    case DhcpClientState::INIT:
        BeginDiscovery(now, effects);
        break;
    case DhcpClientState::SELECTING:
        if (m_offer)
        {
            Request(now, effects);
        }
        else
        {
            SendDiscover(now, effects);
        }
        break;
    case DhcpClientState::REQUESTING:
    case DhcpClientState::REBOOTING:
        if (m_attempts < m_parameters.requestCount)
        {
            SendRequest(now, effects);
        }
        else
        {
            m_lease.reset();
            EnterInit(now, Nanos(0), effects);
        }
        break;
    case DhcpClientState::BOUND:
        NewTransaction(now);
        m_attempts = 0;
        // A probe may have taken longer than T2.
        Enter(now < m_lease->rebindAt ? DhcpClientState::RENEWING : DhcpClientState::REBINDING,
              effects);
        SendRequest(now, effects);
        break;
    case DhcpClientState::RENEWING:
        if (now >= m_lease->rebindAt)
        {
            // Another xid, so that an answer is known to be one to what is sent from now on; secs
            // goes on counting.
            const Nanos began = m_began;
            NewTransaction(now);
            m_began = began;
            m_attempts = 0;
            Enter(DhcpClientState::REBINDING, effects);
        }
        SendRequest(now, effects);
        break;
    case DhcpClientState::REBINDING:
        if (now >= m_lease->expiresAt)
        {
            Expired(now, effects);
        }
        else
        {
            SendRequest(now, effects);
        }
        break;
    case DhcpClientState::INFORMING:
        SendInform(now, effects);
        break;
    case DhcpClientState::INIT_REBOOT:
    case DhcpClientState::CHECKING:
    case DhcpClientState::STOPPED:
        m_deadline = NEVER;
        break;
    }
    return effects;
}

// ---- Messages that go ----

void
DhcpClientMachine::SendDiscover(Nanos now, DhcpClientEffects& effects)
{
    ++m_attempts;
    m_discovered = now;
    DhcpOptions options;
    if (m_parameters.leaseTime != 0)
    {
        options.SetU32(DhcpOptionCode::LEASE_TIME, m_parameters.leaseTime);
    }
    effects.push_back(
        DhcpClientSending(m_parameters,
                          DhcpClientMessage(m_parameters, m_transaction, now - m_began),
                          options,
                          DhcpMessageType::DISCOVER,
                          ALL_ONES));
    m_deadline = now + RetryWait();
}

void
DhcpClientMachine::SendRequest(Nanos now, DhcpClientEffects& effects)
{
    // Section 4.4.1: the lease counts from when the REQUEST was sent; which of several is answered
    // is not known.
    if (m_attempts++ == 0)
    {
        m_sent = now;
    }
    DhcpMessage message = DhcpClientMessage(m_parameters, m_transaction, now - m_began);
    DhcpOptions options;
    uint32_t destination = ALL_ONES;
    if (m_parameters.leaseTime != 0)
    {
        options.SetU32(DhcpOptionCode::LEASE_TIME, m_parameters.leaseTime);
    }
    // Table 4: how a server tells the states apart.
    switch (m_state)
    {
    case DhcpClientState::REQUESTING:
        // Section 3.1 step 3: secs is that of the DISCOVER, so that the same relays forward both.
        message.seconds =
            DhcpClientMessage(m_parameters, m_transaction, m_discovered - m_began).seconds;
        options.SetU32(DhcpOptionCode::REQUESTED_ADDRESS, m_offer->address);
        options.SetU32(DhcpOptionCode::SERVER_IDENTIFIER, m_offer->server);
        m_deadline = now + RetryWait();
        break;
    case DhcpClientState::RENEWING: {
        message.clientAddress = m_lease->address;
        message.flags = 0; // it can be reached
        destination = m_lease->server;
        // Section 4.4.5: half of what remains, but not more often than once a minute.
        const Nanos left = (m_lease->rebindAt - now) / 2;
        m_deadline = std::min(now + std::max(left, m_parameters.renewMin), m_lease->rebindAt);
        break;
    }
    case DhcpClientState::REBINDING: {
        message.clientAddress = m_lease->address;
        message.flags = 0;
        const Nanos left = (m_lease->expiresAt - now) / 2;
        m_deadline = std::min(now + std::max(left, m_parameters.renewMin), m_lease->expiresAt);
        break;
    }
    case DhcpClientState::INIT:
    case DhcpClientState::SELECTING:
    case DhcpClientState::INIT_REBOOT:
    case DhcpClientState::REBOOTING:
    case DhcpClientState::CHECKING:
    case DhcpClientState::BOUND:
    case DhcpClientState::INFORMING:
    case DhcpClientState::STOPPED:
        options.SetU32(DhcpOptionCode::REQUESTED_ADDRESS, m_lease->address);
        m_deadline = now + RetryWait();
        break;
    }
    effects.push_back(DhcpClientSending(m_parameters,
                                        std::move(message),
                                        options,
                                        DhcpMessageType::REQUEST,
                                        destination));
}

void
DhcpClientMachine::SendInform(Nanos now, DhcpClientEffects& effects)
{
    ++m_attempts;
    m_sent = now;
    DhcpMessage message = DhcpClientMessage(m_parameters, m_transaction, now - m_began);
    message.clientAddress = m_informAddress;
    message.flags = 0;
    effects.push_back(
        DhcpClientSending(m_parameters, std::move(message), {}, DhcpMessageType::INFORM, ALL_ONES));
    m_deadline = now + RetryWait();
}

} // namespace strata
} // namespace ns3

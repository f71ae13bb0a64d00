// SPDX-License-Identifier: GPL-2.0-only

#include "strata-dhcp-client-machine.h"
#include "strata-dhcp-client-message-decision.h"

namespace ns3
{
namespace strata
{

// The part of DhcpClientMachine that takes what comes: answers, and what ARP tells of the address.

DhcpClientEffects
DhcpClientMachine::OnMessage(const DhcpMessage& message, Nanos now)
{
    DhcpClientEffects effects;
    const auto ignore = [&effects](const char* why) {
        effects.push_back(DhcpClientIgnored{why});
        return effects;
    };
    if (message.operation != BootpOperation::REPLY)
    {
        return ignore("dhcp.not-a-reply");
    }
    if (message.transaction != m_transaction || message.hardwareLength != 6 ||
        message.HardwareAddress() != ByteView(m_parameters.hardware))
    {
        return ignore("dhcp.not-for-us");
    }
    const DhcpOptions options = message.Options();
    const auto type = options.U8(DhcpOptionCode::MESSAGE_TYPE);
    if (!type)
    {
        return ignore("dhcp.no-message-type");
    }
    const auto server = options.U32(DhcpOptionCode::SERVER_IDENTIFIER);
    switch (static_cast<DhcpMessageType>(*type))
    {
    case DhcpMessageType::OFFER:
        if (m_state != DhcpClientState::SELECTING)
        {
            return ignore("dhcp.not-expected");
        }
        if (!server || !DhcpIsHostAddress(message.yourAddress))
        {
            return ignore("dhcp.incomplete-offer");
        }
        if (m_offer)
        {
            return ignore("dhcp.another-offer");
        }
        m_offer = Offer{message.yourAddress, *server};
        m_deadline = now + m_parameters.offerWait;
        if (m_parameters.offerWait == Nanos(0))
        {
            Request(now, effects);
        }
        return effects;
    case DhcpMessageType::ACK:
        Acknowledged(message, options, now, effects);
        return effects;
    case DhcpMessageType::NAK:
        switch (m_state)
        {
        case DhcpClientState::REQUESTING:
            // Table 3: a NAK has a server identifier; one from a server that was not asked is not
            // ours.
            if (server && m_offer && *server != m_offer->server)
            {
                return ignore("dhcp.other-server");
            }
            Refused(now, effects);
            return effects;
        case DhcpClientState::REBOOTING:
        case DhcpClientState::RENEWING:
        case DhcpClientState::REBINDING:
            Refused(now, effects);
            return effects;
        case DhcpClientState::INIT:
        case DhcpClientState::SELECTING:
        case DhcpClientState::INIT_REBOOT:
        case DhcpClientState::CHECKING:
        case DhcpClientState::BOUND:
        case DhcpClientState::INFORMING:
        case DhcpClientState::STOPPED:
            break;
        }
        return ignore("dhcp.not-expected");
    case DhcpMessageType::DISCOVER:
    case DhcpMessageType::REQUEST:
    case DhcpMessageType::DECLINE:
    case DhcpMessageType::RELEASE:
    case DhcpMessageType::INFORM:
        break;
    }
    return ignore("dhcp.unknown-type");
}

void
DhcpClientMachine::Acknowledged(const DhcpMessage& message,
                                const DhcpOptions& options,
                                Nanos now,
                                DhcpClientEffects& effects)
{
    if (m_state == DhcpClientState::INFORMING)
    {
        // Section 4.4.3: without yiaddr and lease; what comes is for the address that was named.
        DhcpMessage own = message;
        own.yourAddress = m_informAddress;
        if (auto parameters =
                DhcpReadLease(own, options, m_sent, m_parameters.renewalFuzz, m_random))
        {
            parameters->renewAt = parameters->rebindAt = parameters->expiresAt = NEVER;
            m_deadline = NEVER;
            effects.push_back(DhcpClientInformed{*parameters});
            Enter(DhcpClientState::STOPPED, effects);
        }
        return;
    }
    const bool first =
        m_state == DhcpClientState::REQUESTING || m_state == DhcpClientState::REBOOTING;
    const bool again =
        m_state == DhcpClientState::RENEWING || m_state == DhcpClientState::REBINDING;
    if (!first && !again)
    {
        effects.push_back(DhcpClientIgnored{"dhcp.not-expected"});
        return;
    }
    const auto server = options.U32(DhcpOptionCode::SERVER_IDENTIFIER);
    if (m_state == DhcpClientState::REQUESTING && server && *server != m_offer->server)
    {
        effects.push_back(DhcpClientIgnored{"dhcp.other-server"});
        return;
    }
    auto lease = DhcpReadLease(message, options, m_sent, m_parameters.renewalFuzz, m_random);
    const uint32_t asked =
        m_state == DhcpClientState::REQUESTING ? m_offer->address : m_lease->address;
    if (!lease || lease->leaseSeconds == 0 || lease->address != asked)
    {
        effects.push_back(DhcpClientIgnored{"dhcp.unfit-acknowledgement"});
        return;
    }
    if (now >= lease->expiresAt)
    {
        // It came so late that it is over.
        Expired(now, effects);
        return;
    }
    if (lease->server == 0)
    {
        lease->server = m_offer ? m_offer->server : m_lease ? m_lease->server : 0;
    }
    m_lease = std::move(lease);
    m_offer.reset();
    if (first && m_parameters.probe)
    {
        Enter(DhcpClientState::CHECKING, effects);
        m_deadline = NEVER;
        effects.push_back(DhcpClientProbe{m_lease->address});
        return;
    }
    Bind(now, effects);
}

DhcpClientEffects
DhcpClientMachine::OnProbeDone(uint32_t address, bool taken, Nanos now)
{
    DhcpClientEffects effects;
    if (m_state != DhcpClientState::CHECKING || m_lease->address != address)
    {
        return effects;
    }
    if (taken)
    {
        Decline(now, effects);
    }
    else if (now >= m_lease->expiresAt)
    {
        // It ended while it was probed for.
        Expired(now, effects);
    }
    else
    {
        Bind(now, effects);
    }
    return effects;
}

DhcpClientEffects
DhcpClientMachine::OnConflict(uint32_t address, Nanos now)
{
    DhcpClientEffects effects;
    if (m_configured && m_lease->address == address)
    {
        Withdraw(false, effects);
        Decline(now, effects);
    }
    return effects;
}

} // namespace strata
} // namespace ns3

// SPDX-License-Identifier: GPL-2.0-only

#include "strata-dhcp-relay-decision.h"

#include <algorithm>

namespace ns3
{
namespace strata
{

namespace
{

DhcpSubOption
Part(DhcpRelaySubOption code, const std::string& text)
{
    return {static_cast<uint8_t>(code), Bytes(text.begin(), text.end())};
}

} // namespace

DhcpRelayDecision::DhcpRelayDecision(DhcpRelayParameters parameters)
    : m_parameters(std::move(parameters))
{
}

void
DhcpRelayDecision::SetPorts(std::vector<DhcpRelayPort> ports)
{
    m_ports = std::move(ports);
}

DhcpRelayVerdict
DhcpRelayDecision::Decide(DhcpMessage message, uint32_t port) const
{
    if (message.operation == BootpOperation::REPLY)
    {
        return Reply(std::move(message));
    }
    const auto found = std::find_if(m_ports.begin(), m_ports.end(), [port](const auto& known) {
        return known.number == port;
    });
    if (found == m_ports.end())
    {
        return DhcpRelayDrop{"dhcp.unknown-port"};
    }
    return Request(std::move(message), *found);
}

std::vector<DhcpSubOption>
DhcpRelayDecision::InformationOf(const DhcpRelayPort& port) const
{
    std::vector<DhcpSubOption> parts{Part(DhcpRelaySubOption::CIRCUIT_ID, port.circuit)};
    if (!m_parameters.remote.empty())
    {
        parts.push_back(Part(DhcpRelaySubOption::REMOTE_ID, m_parameters.remote));
    }
    return parts;
}

DhcpRelayVerdict
DhcpRelayDecision::Request(DhcpMessage message, const DhcpRelayPort& port) const
{
    // RFC 1542 section 4.1.1: silently discarded above the limit; the hop is counted first.
    if (message.hops >= m_parameters.maxHops)
    {
        return DhcpRelayDrop{"dhcp.hops"};
    }
    if (message.seconds < m_parameters.minSeconds)
    {
        return DhcpRelayDrop{"dhcp.seconds"};
    }
    ++message.hops;
    if (message.relayAddress != 0)
    {
        // RFC 3046 section 2.1: giaddr of this relay, which has not put it there, is a forgery.
        const bool own = std::any_of(m_ports.begin(), m_ports.end(), [&](const auto& known) {
            return known.address == message.relayAddress;
        });
        if (own)
        {
            return DhcpRelayDrop{"dhcp.forged-relay-address"};
        }
        return DhcpRelayToServers{std::move(message)};
    }
    if (port.address == 0)
    {
        return DhcpRelayDrop{"dhcp.port-without-address"};
    }
    message.relayAddress = port.address;
    DhcpOptions options = message.Options();
    if (options.Has(DhcpOptionCode::RELAY_AGENT))
    {
        // RFC 3046 section 2.1: from a circuit that is not trusted it is dropped; else it stays as
        // it is, and none is added.
        if (!port.trusted)
        {
            return DhcpRelayDrop{"dhcp.untrusted-information"};
        }
        return DhcpRelayToServers{std::move(message)};
    }
    // BOOTP clients (RFC 951) have no room that an option could be put in.
    if (m_parameters.addInformation && options.Has(DhcpOptionCode::MESSAGE_TYPE))
    {
        options.SetRelayAgent(InformationOf(port));
        DhcpMessage informed = message;
        if (informed.SetOptions(options, m_parameters.limit) == 0 &&
            informed.EncodedSize() <= m_parameters.limit)
        {
            return DhcpRelayToServers{std::move(informed)};
        }
        // RFC 3046 section 2.1: forwarded without, if it would be too long.
    }
    return DhcpRelayToServers{std::move(message)};
}

DhcpRelayVerdict
DhcpRelayDecision::Reply(DhcpMessage message) const
{
    const auto port = std::find_if(m_ports.begin(), m_ports.end(), [&](const auto& known) {
        return known.address != 0 && known.address == message.relayAddress;
    });
    if (port == m_ports.end())
    {
        return DhcpRelayDrop{"dhcp.reply-for-another-relay"};
    }
    DhcpOptions options = message.Options();
    if (options.RelayAgent() == InformationOf(*port))
    {
        // RFC 3046 section 2.1.
        options.Remove(DhcpOptionCode::RELAY_AGENT);
        message.SetOptions(options, std::max(message.EncodedSize(), DhcpMessage::LEAST_SIZE));
    }
    // RFC 1542 section 4.1.2; a client whose hardware address is not Ethernet's cannot be reached
    // but by broadcast.
    const bool broadcast =
        message.WantsBroadcast() || message.hardwareLength != 6 || message.yourAddress == 0;
    return DhcpRelayToClient{std::move(message), port->number, broadcast};
}

} // namespace strata
} // namespace ns3

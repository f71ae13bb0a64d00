// SPDX-License-Identifier: GPL-2.0-only

#include "strata-firewall-icmp-decision.h"

#include "ns3/strata-icmp-message.h"

namespace ns3
{
namespace strata
{

namespace
{

/** Types of ICMPv6 (RFC 4443, RFC 4861, RFC 2710, RFC 3810, RFC 3971). */
enum Icmp6Type : uint8_t
{
    UNREACHABLE_6 = 1,
    PARAMETER_PROBLEM_6 = 4,
    ECHO_REQUEST_6 = 128,
    ECHO_REPLY_6 = 129,
    LISTENER_QUERY = 130,
    LISTENER_DONE = 132,
    ROUTER_SOLICITATION_6 = 133,
    REDIRECT_6 = 137,
    INVERSE_SOLICITATION = 141,
    INVERSE_ADVERTISEMENT = 142,
    LISTENER_REPORT_2 = 143,
    CERTIFICATION_PATH_SOLICITATION = 148,
    CERTIFICATION_PATH_ADVERTISEMENT = 149,
};

uint8_t
TypeOf(IcmpType type)
{
    return static_cast<uint8_t>(type);
}

} // namespace

std::optional<uint8_t>
IcmpQueryType(bool ipv6, uint8_t type, bool& answer)
{
    if (ipv6)
    {
        answer = type == ECHO_REPLY_6;
        return answer || type == ECHO_REQUEST_6 ? std::optional<uint8_t>(ECHO_REQUEST_6)
                                                : std::nullopt;
    }
    switch (static_cast<IcmpType>(type))
    {
    case IcmpType::ECHO_REPLY:
        answer = true;
        return TypeOf(IcmpType::ECHO_REQUEST);
    case IcmpType::ECHO_REQUEST:
    case IcmpType::TIMESTAMP_REQUEST:
    case IcmpType::INFORMATION_REQUEST:
    case IcmpType::ADDRESS_MASK_REQUEST:
        answer = false;
        return type;
    case IcmpType::TIMESTAMP_REPLY:
    case IcmpType::INFORMATION_REPLY:
    case IcmpType::ADDRESS_MASK_REPLY:
        answer = true;
        return static_cast<uint8_t>(type - 1);
    default:
        return {};
    }
}

FirewallFault
FaultOfDiscovery(ByteView message, std::size_t size)
{
    std::size_t at = 8;
    switch (message[0])
    {
    case ROUTER_SOLICITATION_6 + 1: // advertisement
        at = 16;
        break;
    case ROUTER_SOLICITATION_6 + 2: // neighbour solicitation, and advertisement
    case ROUTER_SOLICITATION_6 + 3:
        at = 24;
        break;
    case REDIRECT_6:
        at = 40;
        break;
    default:
        break;
    }
    if (at > size || message[1] != 0)
    {
        return FirewallFault::BAD_HEADER;
    }
    while (at < size && message[0] <= REDIRECT_6)
    {
        if (at + 1 >= message.size())
        {
            return message.size() < size ? FirewallFault::TRUNCATED : FirewallFault::BAD_HEADER;
        }
        const std::size_t length = message[at + 1] * std::size_t{8};
        if (length == 0 || length > size - at)
        {
            return FirewallFault::BAD_HEADER;
        }
        at += length;
    }
    return FirewallFault::NONE;
}

bool
FirewallPacket::IsIcmpQuery() const
{
    bool answer = false;
    return IsIcmp() && IcmpQueryType(ipv6, icmpType, answer).has_value();
}

bool
FirewallPacket::IsIcmpError() const
{
    if (!IsIcmp())
    {
        return false;
    }
    if (ipv6)
    {
        return icmpType >= UNREACHABLE_6 && icmpType <= PARAMETER_PROBLEM_6;
    }
    // Redirects are for hosts of a link, and source quenches for nobody (RFC 6633 section 6).
    return icmpType == TypeOf(IcmpType::UNREACHABLE) ||
           icmpType == TypeOf(IcmpType::TIME_EXCEEDED) ||
           icmpType == TypeOf(IcmpType::PARAMETER_PROBLEM);
}

bool
FirewallPacket::IsNeighborDiscovery() const
{
    return ipv6 && IsIcmp() &&
           ((icmpType >= ROUTER_SOLICITATION_6 && icmpType <= REDIRECT_6) ||
            icmpType == INVERSE_SOLICITATION || icmpType == INVERSE_ADVERTISEMENT ||
            icmpType == CERTIFICATION_PATH_SOLICITATION ||
            icmpType == CERTIFICATION_PATH_ADVERTISEMENT);
}

bool
FirewallPacket::IsListenerDiscovery() const
{
    return ipv6 && IsIcmp() &&
           ((icmpType >= LISTENER_QUERY && icmpType <= LISTENER_DONE) ||
            icmpType == LISTENER_REPORT_2);
}

} // namespace strata
} // namespace ns3

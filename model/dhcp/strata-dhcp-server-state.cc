// SPDX-License-Identifier: GPL-2.0-only

#include "strata-dhcp-server-state.h"

namespace ns3
{
namespace strata
{

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

} // namespace strata
} // namespace ns3

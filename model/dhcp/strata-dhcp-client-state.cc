// SPDX-License-Identifier: GPL-2.0-only

#include "strata-dhcp-client-state.h"

namespace ns3
{
namespace strata
{

const char*
DhcpClientStateName(DhcpClientState state)
{
    switch (state)
    {
    case DhcpClientState::INIT:
        return "INIT";
    case DhcpClientState::SELECTING:
        return "SELECTING";
    case DhcpClientState::REQUESTING:
        return "REQUESTING";
    case DhcpClientState::INIT_REBOOT:
        return "INIT-REBOOT";
    case DhcpClientState::REBOOTING:
        return "REBOOTING";
    case DhcpClientState::CHECKING:
        return "CHECKING";
    case DhcpClientState::BOUND:
        return "BOUND";
    case DhcpClientState::RENEWING:
        return "RENEWING";
    case DhcpClientState::REBINDING:
        return "REBINDING";
    case DhcpClientState::INFORMING:
        return "INFORMING";
    case DhcpClientState::STOPPED:
        return "STOPPED";
    }
    return "unknown";
}

} // namespace strata
} // namespace ns3

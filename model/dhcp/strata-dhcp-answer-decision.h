// SPDX-License-Identifier: GPL-2.0-only

#ifndef STRATA_DHCP_ANSWER_DECISION_H
#define STRATA_DHCP_ANSWER_DECISION_H

#include "strata-dhcp-server-state.h"

namespace ns3
{
namespace strata
{

/** A message and what a server reads in it. The message must live as long. */
struct DhcpRequest
{
    DhcpRequest(const DhcpMessage& from, const DhcpArrival& how);

    const DhcpMessage& message;
    DhcpOptions options;
    DhcpArrival arrival;
    uint32_t subnet{0};
    DhcpClientKey client;
    std::string name;
};

// What an answer holds, once it is decided which one is given and to whom.

/** The lease that a client gets: what it asks for, within the subnet's bounds (section 4.3.1). */
uint32_t DhcpLeaseSeconds(const DhcpSubnet& subnet, const DhcpRequest& request);

/** The fixed part of an answer (RFC 2131 table 3). */
DhcpMessage DhcpReplyTo(const DhcpRequest& request);

/** What the subnet has: all of it, or what the client asks for, in its order (section 4.3.1). */
DhcpOptions DhcpParametersFor(const DhcpSubnet& subnet, const DhcpRequest& request);

/**
 * An answer with its options and the way that it takes (section 4.1).
 *
 * \param type none: BOOTP
 */
DhcpServerSend DhcpAnswer(const DhcpRequest& request,
                          DhcpMessage message,
                          const DhcpOptions& options,
                          std::optional<DhcpMessageType> type);

} // namespace strata
} // namespace ns3

#endif /* STRATA_DHCP_ANSWER_DECISION_H */

// SPDX-License-Identifier: GPL-2.0-only

#ifndef STRATA_DHCP_CLIENT_MESSAGE_DECISION_H
#define STRATA_DHCP_CLIENT_MESSAGE_DECISION_H

#include "strata-dhcp-client-state.h"

namespace ns3
{
namespace strata
{

// What a client writes into messages, and what it reads in answers, whatever its state.

/**
 * The fixed part of a message (RFC 2131 table 5).
 *
 * \param since how long the client has been at it: secs
 */
DhcpMessage DhcpClientMessage(const DhcpClientParameters& parameters,
                              uint32_t transaction,
                              Nanos since);

/** A message with \p options, and behind them those that all of its type have. */
DhcpClientSend DhcpClientSending(const DhcpClientParameters& parameters,
                                 DhcpMessage message,
                                 const DhcpOptions& options,
                                 DhcpMessageType type,
                                 uint32_t destination);

/** Whether a host may have \p address: not 0/8, 127/8, a group, class E or the broadcast. */
bool DhcpIsHostAddress(uint32_t address);

/**
 * What an acknowledgement gives; none if yiaddr is no host's address.
 *
 * \param sent when the lease begins
 * \param fuzz the part of T1 and T2 that they vary by (section 4.4.5)
 * \param random numbers drawn uniformly from [0, 1); none is drawn without fuzz
 */
std::optional<DhcpLease> DhcpReadLease(const DhcpMessage& message,
                                       const DhcpOptions& options,
                                       Nanos sent,
                                       double fuzz,
                                       const UniformRandom& random);

/** Drawn uniformly from -\p most to \p most. */
Nanos DhcpVaried(Nanos most, const UniformRandom& random);

} // namespace strata
} // namespace ns3

#endif /* STRATA_DHCP_CLIENT_MESSAGE_DECISION_H */

// SPDX-License-Identifier: GPL-2.0-only

#ifndef STRATA_UNREACHABLE_SENDER_H
#define STRATA_UNREACHABLE_SENDER_H

#include "ns3/strata-icmp-decision.h"
#include "ns3/strata-ipv4-hooks.h"

namespace ns3
{
namespace strata
{

/**
 * Says to senders that their datagrams go no further: by StrataIcmp where the node has it, else by
 * what there is, as RFC 1812 section 4.3.2 has it: not about errors, fragments behind the first, or
 * broadcasts; and no more often than its rate allows.
 */
class UnreachableSender
{
  public:
    /** Answers \p packet, which the node has received or is about to send on. */
    void Send(const Ipv4Hooks& hooks, const Ipv4HookPacket& packet, IcmpUnreachableCode code);

    /** For errors that are sent otherwise, by IPv6. */
    IcmpRateLimit& Rate()
    {
        return m_rate;
    }

  private:
    IcmpRateLimit m_rate;
};

} // namespace strata
} // namespace ns3

#endif /* STRATA_UNREACHABLE_SENDER_H */

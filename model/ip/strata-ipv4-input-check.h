// SPDX-License-Identifier: GPL-2.0-only

#ifndef STRATA_IPV4_INPUT_CHECK_H
#define STRATA_IPV4_INPUT_CHECK_H

#include "strata-icmp-protocol.h"
#include "strata-ipv4-drop-reason.h"

#include "ns3/strata-ipv4-hooks.h"

namespace ns3
{
namespace strata
{

/**
 * Answers datagrams of a protocol that nobody on this node speaks (RFC 1122 section 3.2.2.1), and
 * drops malformed segments of UDP and TCP, some of which the stock protocols do not survive; at
 * INPUT behind all other elements.
 */
class Ipv4InputCheck : public Ipv4HookElement
{
  public:
    static TypeId GetTypeId();

    void Setup(Ptr<Ipv4Hooks> hooks, Ptr<StrataIcmp> icmp);

    HookVerdict Process(Ipv4HookPacket& packet) override;

  protected:
    void DoDispose() override;

  private:
    /** Whether the transport protocol can have it. */
    bool IsInOrder(Ipv4HookPacket& packet);

    Ptr<Ipv4Hooks> m_hooks;
    Ptr<StrataIcmp> m_icmp;
    Bytes m_segment; //!< room for the segment at hand
};

} // namespace strata
} // namespace ns3

#endif /* STRATA_IPV4_INPUT_CHECK_H */

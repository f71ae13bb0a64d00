// SPDX-License-Identifier: GPL-2.0-only

#ifndef STRATA_DATAGRAM_SESSION_POLICY_H
#define STRATA_DATAGRAM_SESSION_POLICY_H

#include "strata-session-policy.h"

namespace ns3
{
namespace strata
{

/**
 * Messages that may be lost, doubled or reordered; the receiver counts which were, and drops
 * doubles that it can tell.
 *
 * With a bound t, the peer must show that it is there: a message asks for an answer (at most one
 * question at a time), the question is repeated as the retransmission timer says (RFC 6298), and
 * the messages that left meanwhile are covered by the next question. The session fails when t has
 * passed since the oldest message that no answer covers yet; an answer at that very time still
 * counts. An answer says that the path works, not that each message arrived. Without a bound
 * nothing is asked, and the session never fails.
 */
class DatagramSession : public SessionPolicy
{
  public:
    const char* Name() const override
    {
        return "datagram";
    }

    SessionProtocolState Start(const SessionParameters& parameters, Nanos now) const override;
    SendResult Send(SessionProtocolState& state,
                    ByteView message,
                    Nanos now,
                    SessionEffects& effects) const override;
    void Receive(SessionProtocolState& state,
                 ByteView segment,
                 Nanos now,
                 SessionEffects& effects) const override;
    void Tick(SessionProtocolState& state, Nanos now, SessionEffects& effects) const override;
    Nanos NextDeadline(const SessionProtocolState& state) const override;
    void PeerMoved(SessionProtocolState& state, Nanos now, SessionEffects& effects) const override;
    bool Idle(const SessionProtocolState& state) const override;
};

} // namespace strata
} // namespace ns3

#endif /* STRATA_DATAGRAM_SESSION_POLICY_H */

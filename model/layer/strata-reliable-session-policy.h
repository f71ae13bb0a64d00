// SPDX-License-Identifier: GPL-2.0-only

#ifndef STRATA_RELIABLE_SESSION_POLICY_H
#define STRATA_RELIABLE_SESSION_POLICY_H

#include "strata-session-policy.h"

namespace ns3
{
namespace strata
{

/**
 * Every message once and in order, or the session fails.
 *
 * Selective repeat: each message that arrives is acknowledged at once, by number and in ranges, and
 * only what is missing leaves again:
 * - when three messages that left after it have arrived (RFC 6675 section 2, DupThresh);
 * - when the retransmission timer fires, set by RFC 6298, doubled with each time; the oldest
 *   message then leaves alone, and the others that are overdue follow at the peer's first sign of
 *   life, unless the ACK says that the first transmission had arrived after all (as RFC 3522);
 * - when the path changed.
 *
 * The receiver states how many messages it takes. A window that stays closed is probed, at growing
 * intervals (RFC 9293 section 3.8.6.1). There is no congestion window.
 *
 * With a bound t, a message that is not acknowledged t after its Send fails the session; an ACK at
 * that very time still counts. A failed session drops what it holds and takes nothing more.
 *
 * Segments aren't secret or signed: a forged DATA or ACK with numbers inside the window is taken
 * for the peer's. What lies outside changes nothing but counters.
 */
class ReliableSession : public SessionPolicy
{
  public:
    const char* Name() const override
    {
        return "reliable";
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

    /**
     * Takes no more than \p window messages from now on, apart from what was offered before, and
     * tells the peer; 0 stops it.
     */
    void Offer(SessionProtocolState& state, uint16_t window, SessionEffects& effects) const;
};

} // namespace strata
} // namespace ns3

#endif /* STRATA_RELIABLE_SESSION_POLICY_H */

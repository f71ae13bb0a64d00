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
 * doubles that it can tell. A segment is the message behind one byte of kind (0) and four bytes
 * of sequence number. A datagram session keeps no bound: Start ignores it.
 */
class DatagramSession : public SessionPolicy
{
  public:
    /** Bytes before the message. */
    static constexpr std::size_t HEADER_SIZE = 5;

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

// SPDX-License-Identifier: GPL-2.0-only

#ifndef STRATA_SESSION_POLICY_H
#define STRATA_SESSION_POLICY_H

#include "strata-session-state.h"

#include <vector>

namespace ns3
{
namespace strata
{

/** What one step of a session brings about. */
struct SessionEffects
{
    std::vector<Bytes> segments;   //!< to send, in order
    std::vector<Bytes> deliveries; //!< to the user, in order
    bool failed{false};            //!< the stated bound passed
    bool unanswered{false};        //!< a retransmission timer fired: the peer may have moved
    bool writable{false};          //!< room for messages that were refused
};

/** What became of a message that its user sent. */
enum class SendResult : uint8_t
{
    SENT,
    QUEUED,
    FULL,     //!< not taken: the queue is full or the session has failed
    TOO_LONG, //!< not taken: it does not fit into a segment
};

/** The slot for the session protocol: error and flow control between two processes. */
class SessionPolicy
{
  public:
    virtual ~SessionPolicy() = default;
    virtual const char* Name() const = 0;

    virtual SessionProtocolState Start(const SessionParameters& parameters, Nanos now) const = 0;

    virtual SendResult Send(SessionProtocolState& state,
                            ByteView message,
                            Nanos now,
                            SessionEffects& effects) const = 0;

    /** Malformed segments are counted in the state and ignored. */
    virtual void Receive(SessionProtocolState& state,
                         ByteView segment,
                         Nanos now,
                         SessionEffects& effects) const = 0;

    virtual void Tick(SessionProtocolState& state, Nanos now, SessionEffects& effects) const = 0;

    /** When Tick must be called next; NEVER if nothing waits. */
    virtual Nanos NextDeadline(const SessionProtocolState& state) const = 0;

    /** The path changed: what is outstanding leaves again at once, estimates start anew. */
    virtual void PeerMoved(SessionProtocolState& state,
                           Nanos now,
                           SessionEffects& effects) const = 0;

    /** Nothing is outstanding. */
    virtual bool Idle(const SessionProtocolState& state) const = 0;
};

} // namespace strata
} // namespace ns3

#endif /* STRATA_SESSION_POLICY_H */

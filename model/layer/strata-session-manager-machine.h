// SPDX-License-Identifier: GPL-2.0-only

#ifndef STRATA_SESSION_MANAGER_MACHINE_H
#define STRATA_SESSION_MANAGER_MACHINE_H

#include "strata-session-policy.h"
#include "strata-turn-machine.h"

namespace ns3
{
namespace strata
{

/**
 * The sessions of one member: opening, use, loss of contact, and processes that take their
 * sessions elsewhere. Part of MemberMachine, which hands it the events that concern sessions.
 */
class SessionManager
{
  public:
    void Open(const OpenSessionEvent& event);
    void Send(const SendEvent& event);

    /** The local user closes; the peer is told. */
    void Close(uint32_t session, SessionEnd reason);
    void Export(const std::string& process);
    void Import(ByteView image);
    void Tick();

    void OnPdu(const Pdu& pdu, const SessionOpenBody& body);
    void OnPdu(const Pdu& pdu, const SessionAcceptBody& body);
    void OnPdu(const Pdu& pdu, const SessionRefuseBody& body);
    void OnPdu(const Pdu& pdu, const SessionCloseBody& body);
    void OnPdu(const Pdu& pdu, const SessionDataBody& body);
    void OnPdu(const Pdu& pdu, const SessionMovedBody& body);

    /** The directory's answer to a look-up for \p session. */
    void OnLocated(uint32_t session, const LocationRecord& record);

    /** A request that concerns a session was not answered yet (or never, when \p last). */
    void OnUnanswered(PendingRequest& request, bool last);

  private:
    friend class MemberMachine;

    /** It writes sessions, so it is not for policies. */
    explicit SessionManager(Turn& turn)
        : m_turn(turn)
    {
    }

    bool Offers(SessionService service) const;
    const SessionPolicy& PolicyOf(const SessionEntry& entry) const;
    void Apply(uint32_t session, SessionEffects& effects);
    void Transmit(uint32_t session, Bytes segment);
    void End(uint32_t session, SessionEnd reason);
    void Established(uint32_t session);
    void Connect(uint32_t session);
    void LostContact(uint32_t session);
    void SetPeer(uint32_t session, MemberName location, uint32_t sequence, WriteCause cause);
    void TellPeer(uint32_t session);
    void SetTimer(uint32_t session, Nanos deadline);
    uint32_t NewNumber();

    Turn& m_turn;
    uint8_t m_deliveryFlags{0}; //!< of the segment being received
    uint8_t m_hops{0};          //!< that it took
};

} // namespace strata
} // namespace ns3

#endif /* STRATA_SESSION_MANAGER_MACHINE_H */

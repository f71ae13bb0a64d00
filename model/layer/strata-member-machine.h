// SPDX-License-Identifier: GPL-2.0-only

#ifndef STRATA_MEMBER_MACHINE_H
#define STRATA_MEMBER_MACHINE_H

#include "strata-layer-policy.h"
#include "strata-member-event.h"
#include "strata-member-state.h"

namespace ns3
{
namespace strata
{

/**
 * One member of a layer: Day's template with one policy per slot.
 *
 * The machine has no state of its own, no clock and no randomness: Step() changes the state that
 * it is given and says what the surroundings must do. Members know of each other only what PDUs
 * told them.
 *
 * \code
 * MemberMachine machine(parameters, policies);
 * MemberState state;
 * Effects effects = machine.Step(state, BootstrapEvent{MakeName(1), 16}, now);
 * // carry out effects; come back with TimerEvent at MemberMachine::NextDeadline(state)
 * \endcode
 */
class MemberMachine
{
  public:
    MemberMachine(LayerParameters parameters, LayerPolicies policies);

    /** Takes \p event at \p now, which never runs backwards. */
    Effects Step(MemberState& state, const MemberEvent& event, Nanos now) const;

    /** The same, with the effects appended to \p effects, whose memory can be used again. */
    void Step(MemberState& state, const MemberEvent& event, Nanos now, Effects& effects) const;

    /** When a TimerEvent is due; NEVER without one. */
    static Nanos NextDeadline(const MemberState& state)
    {
        return state.wake;
    }

    /**
     * The port by which a PDU that came in on \p inPort goes on unchanged but for its hop fields;
     * none if the PDU ends here or needs a whole Step. Does not allocate in the common case; what
     * learning routing learns from the source is written.
     */
    std::optional<PortId> FastForward(MemberState& state,
                                      PortId inPort,
                                      const PduHeader& header,
                                      Nanos now,
                                      Effects& effects) const;

    const LayerParameters& Parameters() const
    {
        return m_parameters;
    }

    const LayerPolicies& Policies() const
    {
        return m_policies;
    }

  private:
    void On(Turn& turn, const BootstrapEvent& event) const;
    void On(Turn& turn, const JoinEvent& event) const;
    void On(Turn& turn, const LeaveEvent& event) const;
    void On(Turn& turn, const PortUpEvent& event) const;
    void On(Turn& turn, const PortDownEvent& event) const;
    void On(Turn& turn, const PduEvent& event) const;
    void On(Turn& turn, const TimerEvent& event) const;
    void On(Turn& turn, const RegisterEvent& event) const;
    void On(Turn& turn, const UnregisterEvent& event) const;
    void On(Turn& turn, const OpenSessionEvent& event) const;
    void On(Turn& turn, const SendEvent& event) const;
    void On(Turn& turn, const CloseSessionEvent& event) const;
    void On(Turn& turn, const ExportEvent& event) const;
    void On(Turn& turn, const ImportEvent& event) const;
    void On(Turn& turn, const ProbeEvent& event) const;

    void OnPdu(Turn& turn, PortId port, Pdu& pdu) const;
    void Arrive(Turn& turn, PortId port, Pdu& pdu) const;
    void OnBody(Turn& turn, PortId port, const Pdu& pdu, const HelloBody& body) const;
    void OnBody(Turn& turn, PortId port, const Pdu& pdu, const EnrollRequestBody& body) const;
    void OnBody(Turn& turn, PortId port, const Pdu& pdu, const EnrollAcceptBody& body) const;
    void OnBody(Turn& turn, PortId port, const Pdu& pdu, const EnrollRefuseBody& body) const;
    void OnBody(Turn& turn, PortId port, const Pdu& pdu, const LeaveBody& body) const;
    void OnBody(Turn& turn, PortId port, const Pdu& pdu, const AckBody& body) const;
    void OnBody(Turn& turn, PortId port, const Pdu& pdu, const LinkStateBody& body) const;
    void OnBody(Turn& turn, PortId port, const Pdu& pdu, const AttachmentBody& body) const;
    void OnBody(Turn& turn, PortId port, const Pdu& pdu, const LocationBody& body) const;
    void OnBody(Turn& turn, PortId port, const Pdu& pdu, const ResolveBody& body) const;
    void OnBody(Turn& turn, PortId port, const Pdu& pdu, const ResolvedBody& body) const;
    void OnBody(Turn& turn, PortId port, const Pdu& pdu, const TunnelBody& body) const;
    void OnBody(Turn& turn, PortId port, const Pdu& pdu, const UnreachableBody& body) const;
    void OnBody(Turn& turn, PortId port, const Pdu& pdu, const RelayBody& body) const;
    void OnBody(Turn& turn, PortId port, const Pdu& pdu, const ProbeBody& body) const;
    void OnBody(Turn& turn, PortId port, const Pdu& pdu, const ProbeReplyBody& body) const;
    void OnBody(Turn& turn, PortId port, const Pdu& pdu, const AnnounceBody& body) const;

    /** The home of a leaf tells the member that the leaf was attached at before \p record. */
    void TellFormerAccess(Turn& turn, MemberName former, const AttachmentRecord& record) const;
    void Enroll(Turn& turn, MemberName name, uint8_t blockLength) const;
    void LinkUp(Turn& turn, PortId port, MemberName neighbor, MemberRole role, Nanos hold) const;
    void LinkDown(Turn& turn, PortId port, bool died) const;
    void SendHello(Turn& turn, PortId port, uint8_t flags = 0) const;

    /** This member's place in the tree follows what it heard; the others hear of a change. */
    void FollowTree(Turn& turn) const;

    /** The tree has changed, as the neighbour behind \p from said, if any. */
    void OnTreeChanged(Turn& turn, PortId from) const;

    /** Says to who waits for it that the tree changed, unless it was said just now. */
    void SayTreeChanged(Turn& turn) const;
    void RequestEnrollment(Turn& turn, PortId port) const;
    void PointLeafAt(AttachmentTurn& turn, PortId port) const;
    void PointAtLeaf(AttachmentTurn& turn, PortId port, MemberName leaf) const;
    void Announced(Turn& turn, PortId port, Pdu& pdu, const AnnounceBody& body) const;
    void RunTimers(Turn& turn) const;
    void RetryPending(Turn& turn) const;
    void FindWake(Turn& turn) const;

    LayerParameters m_parameters;
    LayerPolicies m_policies;
};

} // namespace strata
} // namespace ns3

#endif /* STRATA_MEMBER_MACHINE_H */

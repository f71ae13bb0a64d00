// SPDX-License-Identifier: GPL-2.0-only

#ifndef STRATA_LAYER_MEMBER_H
#define STRATA_LAYER_MEMBER_H

#include "strata-egress-machine.h"
#include "strata-flow-provider.h"
#include "strata-invariant-decision.h"
#include "strata-member-machine.h"
#include "strata-write-audit-decision.h"

#include "ns3/event-id.h"
#include "ns3/net-device.h"
#include "ns3/node.h"
#include "ns3/object.h"
#include "ns3/traced-callback.h"

#include <array>
#include <deque>
#include <map>
#include <memory>

namespace ns3
{
namespace strata
{

/**
 * A process of a layer on a node: drives a MemberMachine with simulated time and with what its
 * flow providers bring, and carries out its effects.
 *
 * A device offers one flow while its link is up, so plugging a cable in or out is all that a
 * scenario does to move a machine. If the layer has a scheduler, PDUs wait for a port whose rate
 * is known in the member's own queues (EgressMachine); else the device's queue holds them.
 *
 * Events that arrive while the effects of another are carried out (a layer below may call back)
 * wait their turn. Timers run in the context of the node, whoever caused them.
 *
 * A member lives on its node's LayerMemberList. Dispose() while the simulation runs is death
 * without leaving: neighbours learn of it by silence, the processes registered here at once.
 */
class LayerMember : public Object, private FlowUser
{
  public:
    static TypeId GetTypeId();

    LayerMember();
    ~LayerMember() override;

    /** Prepares the process on \p node; call once, before anything else. */
    void Setup(Ptr<Node> node, LayerParameters parameters, LayerPolicies policies);

    /** Uses \p device as an underlay of its own. \return false, with nothing changed and a line in
     * the log, for a device that can't carry PDUs of a layer (DeviceFlowProvider::CanCarry). */
    bool AddDevice(Ptr<NetDevice> device);

    /** Gives \p device up: its flows end, and another member may use it in the same layer. */
    void RemoveDevice(Ptr<NetDevice> device);

    /** Uses \p provider, which no other member uses, as an underlay. */
    void AddProvider(Ptr<FlowProvider> provider);

    /** Begins the layer under \p name, the owner of the block of \p blockLength bits around it. */
    void Bootstrap(MemberName name, uint8_t blockLength);

    /** Joins through whichever neighbour answers; \p wish 0: the neighbour chooses the name. */
    void Join(MemberName wish = NO_NAME);

    /** Leaves the layer and says so. */
    void Leave();

    /** Hands any event to the machine; nothing happens after Dispose(). */
    void Take(const MemberEvent& event);

    /** Whether Setup was called and the member was not disposed of. */
    bool IsSetUp() const;

    Ptr<Node> GetNode() const;

    /** Precondition: IsSetUp(). */
    const LayerParameters& GetParameters() const;
    const std::vector<Ptr<FlowProvider>>& GetProviders() const;
    MemberName GetName() const;
    uint16_t GetLayerId() const;
    MemberRole GetRole() const;
    const MemberState& GetState() const;

    /** How often a PDU was dropped for \p reason. */
    uint64_t GetDrops(MemberDrop reason) const;

    /**
     * What broke the invariants of a member, or the write sets, so far; empty as long as the
     * attribute CheckInvariants is false.
     */
    const Violations& GetViolations() const;
    const WriteLedger& GetForbiddenWrites() const;

    /** PDUs that were sent on unchanged but for their hop fields, without a step of the machine. */
    uint64_t GetForwarded() const;

    /** Signature of the trace source Notice. */
    using NoticeCallback = void (*)(const Notice& notice);

    /** Signature of the trace source Deliver. */
    using DeliverCallback = void (*)(const DeliverEffect& delivery);

    /** Signature of the trace source Transmit. */
    using TransmitCallback = void (*)(const TransmitEffect& transmit);

    /** Signature of the trace source Write. */
    using WriteCallback = void (*)(const WriteRecord& write);

  protected:
    void DoDispose() override;

  private:
    friend class LayerMemberList;
    class Busy;

    struct Port
    {
        Ptr<FlowProvider> provider;
        std::unique_ptr<EgressMachine> egress; //!< null: nothing waits here
        EgressState queue;
        EventId wake;
    };

    PortId NewFlow() override;
    void FlowUp(PortId port, FlowProvider& provider, const FlowProperties& properties) override;
    void FlowDown(PortId port) override;
    void FlowReceive(PortId port, Bytes& pdu) override;

    void Process(const MemberEvent& event);
    void Check(const Effects& effects, MemberName former);
    void ProcessWaiting();
    void SendBytes(PortId port, const Bytes& bytes, uint8_t slice);
    void Drain(PortId port);
    void CarryOut(const Effects& effects);
    void Count(const DropNotice& drop);
    void Reschedule();
    void Rearm();
    void OnTimer();
    bool InContext() const;

    /** The node is going: neither effects nor notices from now on. */
    void Silence();
    static Nanos Now();

    Ptr<Node> m_node;
    std::unique_ptr<MemberMachine> m_machine;
    MemberState m_state;
    std::vector<Ptr<FlowProvider>> m_providers; //!< null: given up
    std::map<PortId, Port> m_ports;
    PortId m_nextPort{1};
    bool m_busy{false};                //!< effects are being carried out
    std::deque<MemberEvent> m_waiting; //!< until that is done
    bool m_wasSetUp{false};
    bool m_rearming{false}; //!< the timer is set anew in the node's context
    EventId m_timer;
    Nanos m_timerAt{NEVER};
    bool m_checks{false};
    WriteAuditor m_auditor;
    Violations m_violations;
    uint64_t m_forwarded{0};
    std::array<uint64_t, static_cast<std::size_t>(MemberDrop::COUNT_)> m_drops{};

    TracedCallback<const Notice&> m_noticeTrace;
    TracedCallback<const DeliverEffect&> m_deliverTrace;
    TracedCallback<const TransmitEffect&> m_transmitTrace;
    TracedCallback<const WriteRecord&> m_writeTrace;
};

} // namespace strata
} // namespace ns3

#endif /* STRATA_LAYER_MEMBER_H */

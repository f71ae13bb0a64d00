// SPDX-License-Identifier: GPL-2.0-only

#ifndef STRATA_LAYER_MEMBER_H
#define STRATA_LAYER_MEMBER_H

#include "strata-member-machine.h"

#include "ns3/address.h"
#include "ns3/event-id.h"
#include "ns3/net-device.h"
#include "ns3/node.h"
#include "ns3/object.h"
#include "ns3/traced-callback.h"

#include <array>
#include <map>

namespace ns3
{
namespace strata
{

/**
 * A process of a layer on a node: drives a MemberMachine with simulated time and with the frames
 * of devices, and carries out its effects.
 *
 * A device offers one flow while its link is up, so plugging a cable in or out is all that a
 * scenario does to move a machine. The device must carry EtherType 0x88B5 to exactly one peer:
 * strata's PointToPointDevice does; the stock PointToPointNetDevice sends that type as PPP
 * protocol 0x0000 and is refused. Dispose() a member before the simulation is destroyed: its
 * devices keep it alive until then.
 */
class LayerMember : public Object
{
  public:
    static TypeId GetTypeId();

    LayerMember();
    ~LayerMember() override;

    /** Prepares the process; call once, before anything else. */
    void Setup(Ptr<Node> node, LayerParameters parameters, LayerPolicies policies);

    /** Uses \p device as an underlay of its own. \return false, with nothing changed, for a device
     * that can't carry PDUs of a layer to one peer. */
    bool AddDevice(Ptr<NetDevice> device);

    /** Begins the layer under \p name, the owner of the block of \p blockLength bits around it. */
    void Bootstrap(MemberName name, uint8_t blockLength);

    /** Joins through whichever neighbour answers; \p wish 0: the neighbour chooses the name. */
    void Join(MemberName wish = NO_NAME);

    /** Leaves the layer and says so. */
    void Leave();

    /** Hands any event to the machine. */
    void Take(const MemberEvent& event);

    Ptr<Node> GetNode() const;
    MemberName GetName() const;
    const MemberState& GetState() const;

    /** How often a PDU was dropped for \p reason. */
    uint64_t GetDrops(MemberDrop reason) const;

    /** PDUs that were sent on: not made here. */
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
    void Receive(Ptr<NetDevice> device,
                 Ptr<const Packet> packet,
                 uint16_t protocol,
                 const Address& from,
                 const Address& to,
                 NetDevice::PacketType type);
    void LinkChanged(uint32_t index);
    void SendBytes(PortId port, const Bytes& bytes);
    void CarryOut(const Effects& effects);
    void Reschedule();
    void OnTimer();
    static Nanos Now();

    struct Underlay
    {
        Ptr<NetDevice> device;
        PortId port{NO_PORT}; //!< NO_PORT while the link is down
        uint32_t number{0};
    };

    Ptr<Node> m_node;
    std::unique_ptr<MemberMachine> m_machine;
    MemberState m_state;
    std::map<uint32_t, Underlay> m_underlays; //!< by the device's interface index
    std::map<PortId, Ptr<NetDevice>> m_ports;
    PortId m_nextPort{1};
    EventId m_timer;
    Nanos m_timerAt{NEVER};
    Bytes m_buffer; //!< of the frame being received
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

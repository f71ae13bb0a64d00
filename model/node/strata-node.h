// SPDX-License-Identifier: GPL-2.0-only

#ifndef STRATA_NODE_H
#define STRATA_NODE_H

#include "strata-drop-reason.h"

#include "ns3/net-device.h"
#include "ns3/node.h"
#include "ns3/object.h"
#include "ns3/packet.h"
#include "ns3/traced-callback.h"
#include "ns3/traffic-control-layer.h"

#include <ostream>
#include <vector>

namespace ns3
{
namespace strata
{

/**
 * What strata keeps on a node: the handlers of frames by EtherType, and the account of drops.
 *
 * One object is aggregated to each node that strata works on, so that the trace source of all
 * drops is `/NodeList/N/$ns3::strata::StrataNode/Drop`. It stands beside the stock stack and
 * changes nothing in it.
 */
class StrataNode : public Object
{
  public:
    /** Signature: device, packet, EtherType, from, to, packet type. */
    using FrameHandler = Node::ProtocolHandler;

    /**
     * Signature of the trace source Drop. The device is null where the drop belongs to none.
     *
     * \param [in] packet the packet as far as it was processed
     * \param [in] reason the name of the reason
     * \param [in] device the device that received, or would have sent, the packet
     */
    typedef void (*DropTracedCallback)(Ptr<const Packet> packet,
                                       DropReason reason,
                                       Ptr<const NetDevice> device);

    static TypeId GetTypeId();

    StrataNode();
    ~StrataNode() override;

    /** The object of \p node; it is made and aggregated at the first call. */
    static Ptr<StrataNode> Of(Ptr<Node> node);

    /**
     * Gives frames of \p etherType to \p handler, from \p device, or from every device of the
     * node if it is null: those that the node has and those that it will get. Other handlers of
     * the type, the stock stack's among them, go on receiving.
     *
     * \return false if exactly this was registered before; it is not registered twice
     */
    bool RegisterFrameHandler(uint16_t etherType,
                              FrameHandler handler,
                              Ptr<NetDevice> device = nullptr);

    /**
     * Takes back what RegisterFrameHandler registered with the same arguments. A handler must not
     * call it while it handles a frame; it may schedule the call.
     *
     * \return false if that was not registered
     */
    bool UnregisterFrameHandler(uint16_t etherType,
                                FrameHandler handler,
                                Ptr<NetDevice> device = nullptr);

    /**
     * Puts \p handler in the place of the traffic control layer, which hands frames of
     * \p etherType to the stock stack: from then on it alone gets what the IPv4 (0x0800, 0x0806)
     * and IPv6 (0x86dd) interfaces receive. What it does not keep goes on by PassToStock().
     * The loopback interface has no traffic control and is left alone. Unlike handlers of Node,
     * it hears whether the frame was for this host, for all or for a group.
     *
     * It works before and after interfaces are added; TakeOverNewInterfaces() tells of those that
     * came while the simulation runs.
     *
     * \return false if exactly this was taken over before
     */
    bool TakeOver(uint16_t etherType, FrameHandler handler);

    /** Makes TakeOver() hold for interfaces that were added since. It is free to call it often. */
    void TakeOverNewInterfaces();

    /** Gives a frame to the stock stack, as if nothing had been taken over. */
    void PassToStock(Ptr<NetDevice> device,
                     Ptr<const Packet> packet,
                     uint16_t etherType,
                     const Address& from,
                     const Address& to,
                     NetDevice::PacketType packetType);

    /** Counts a drop and fires the trace source Drop. */
    void ReportDrop(Ptr<const Packet> packet,
                    DropReason reason,
                    Ptr<const NetDevice> device = nullptr);

    /**
     * ReportDrop on the object of \p node, if the node has one; what code uses that also runs on
     * nodes without it.
     */
    static void ReportDropOn(Ptr<Node> node,
                             Ptr<const Packet> packet,
                             DropReason reason,
                             Ptr<const NetDevice> device = nullptr);

    const DropCounters& GetDrops() const;

    /** One line for each reason; nothing if nothing was dropped. */
    void PrintDrops(std::ostream& os) const;

    /** Null until the object is aggregated to a node. */
    Ptr<Node> GetNode() const;

  protected:
    void DoInitialize() override;
    void DoDispose() override;
    void NotifyNewAggregate() override;

  private:
    struct Registration
    {
        uint16_t etherType;
        FrameHandler handler;
        Ptr<NetDevice> device;

        bool operator==(const Registration& other) const;
    };

    void Hook(const Registration& registration);

    /** Receives frames in the place of the traffic control layer. */
    void ReceiveTaken(const Ptr<NetDevice>& device,
                      const Ptr<const Packet>& packet,
                      uint16_t etherType,
                      const Address& from,
                      const Address& to,
                      NetDevice::PacketType packetType);

    /** The handler in the place of traffic control; null where the stock stack has kept its own. */
    const FrameHandler* FindTakeOver(uint16_t etherType) const;

    Ptr<Node> m_node;
    Ptr<TrafficControlLayer> m_trafficControl;
    std::vector<Registration> m_registrations;
    std::vector<Registration> m_takeOvers; //!< at most one for each EtherType
    FrameHandler m_receiveTaken;
    std::size_t m_takenInterfaces{0}; //!< interfaces that the present handlers serve
    DropCounters m_drops;
    TracedCallback<Ptr<const Packet>, DropReason, Ptr<const NetDevice>> m_dropTrace;
};

} // namespace strata
} // namespace ns3

#endif /* STRATA_NODE_H */

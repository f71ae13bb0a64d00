// SPDX-License-Identifier: GPL-2.0-only

#ifndef STRATA_IPV4_HOOK_H
#define STRATA_IPV4_HOOK_H

#include "strata-drop-reason.h"

#include "ns3/address.h"
#include "ns3/ipv4-address.h"
#include "ns3/ipv4-route.h"
#include "ns3/net-device.h"
#include "ns3/object.h"
#include "ns3/packet.h"
#include "ns3/strata-ipv4-header.h"

#include <cstdint>

namespace ns3
{
namespace strata
{

/**
 * The five places on the way of an IPv4 datagram through a node, as netfilter has them.
 *
 * \verbatim
 *  device -> PREROUTING -> route -> FORWARD -> POSTROUTING -> device
 *                            |                     ^
 *                            v                     |
 *                          INPUT                 OUTPUT
 *                            |                     ^
 *                            v                     |
 *                        transport ----------------+
 * \endverbatim
 */
enum class HookPoint : uint8_t
{
    PREROUTING,  //!< received, before the routing decision
    INPUT,       //!< for this node, before the transport protocol gets it
    FORWARD,     //!< for another node, routed, TTL taken off
    OUTPUT,      //!< made on this node
    POSTROUTING, //!< about to leave, forwarded or made here, not yet fragmented
};

/** How many places there are. */
inline constexpr std::size_t HOOK_POINTS = 5;

/** What an element says of a datagram. */
enum class HookVerdict : uint8_t
{
    ACCEPT, //!< go on, with the datagram as the element left it
    DROP,   //!< counted and traced with the datagram's dropReason
    TAKEN,  //!< the element keeps it; it may go on later by Ipv4Hooks::Resume()
};

class Ipv4HookElement;

/** How far a datagram came at a hook point; Ipv4Hooks keeps it and goes on from there. */
struct Ipv4HookPlace
{
    HookPoint point{HookPoint::PREROUTING};
    int priority{0};
    uint64_t turn{0};                        //!< of the attaching, among all of the node
    const Ipv4HookElement* element{nullptr}; //!< who saw it last; only to be compared
};

/** Why an element dropped a datagram, unless it says more. */
inline constexpr DropReason HOOK_DROP{"node.hook"};

/**
 * A datagram at a hook point: the header as values, the payload as a packet of its own.
 *
 * An element may change both; what leaves is what the elements left. The header's total length
 * follows the payload by itself. The header's checksum field is what came; what leaves has a
 * right one.
 */
struct Ipv4HookPacket
{
    Ipv4WireHeader header;
    Ptr<Packet> payload; //!< what follows the header; nobody else holds it
    HookPoint point{HookPoint::PREROUTING};

    bool local{false};      //!< made on this node
    uint8_t receivedTtl{0}; //!< before FORWARD took one off

    Ptr<NetDevice> in; //!< where it was received; null if made here, or if nobody knows any more
    Address from;      //!< link-layer source, for received ones
    Address to;        //!< link-layer destination, for received ones
    NetDevice::PacketType packetType{NetDevice::PACKET_HOST};

    /** At FORWARD and POSTROUTING, and at OUTPUT where the sender knew it; an element may set it.
     */
    Ptr<Ipv4Route> route;

    DropReason dropReason{HOOK_DROP};

    Ipv4HookPlace place; //!< not for elements

    /** The device by which it leaves; null before the routing decision. */
    Ptr<NetDevice> Out() const
    {
        return route ? route->GetOutputDevice() : nullptr;
    }

    /** To whom the link layer carries it. Precondition: it has a route. */
    Ipv4Address NextHop() const
    {
        const Ipv4Address gateway = route->GetGateway();
        return gateway == Ipv4Address::GetAny() ? Ipv4Address(header.destination) : gateway;
    }
};

/**
 * A datagram that needs nothing special, as elements see it in passing: whole, without options,
 * between ordinary unicast addresses; one that is forwarded, or at PREROUTING for this node. Only
 * what is here is read of it; nobody has made an Ipv4HookPacket.
 */
struct Ipv4PassingDatagram
{
    uint32_t source{0};
    uint32_t destination{0};
    uint8_t protocol{0};
    uint8_t* transport{nullptr};   //!< TCP's or UDP's header, or the first eight octets of ICMP
    std::size_t transportSize{0};  //!< octets there; none of other protocols
    uint32_t size{0};              //!< octets of the whole datagram
    const Packet* packet{nullptr}; //!< the datagram or its payload, for its tags
    const NetDevice* in{nullptr};
    const NetDevice* out{nullptr}; //!< null before the routing decision

    /** For elements to set: addresses or transport header are others now. */
    bool changed{false};
};

/**
 * What is attached to a hook point: a firewall, a translator, a meter.
 *
 * One element may be attached to several places and to several nodes.
 */
class Ipv4HookElement : public Object
{
  public:
    static TypeId GetTypeId();

    /**
     * Whether it must see datagrams that are forwarded and need nothing special, too; such ones
     * may pass by the hook points while no element says so.
     */
    virtual bool NeedsAll() const
    {
        return true;
    }

    /**
     * Whether ProcessInPassing() does for most datagrams what Process() would, so that they need
     * not be taken apart for it. Only for those that need all, and asked when they are attached.
     */
    virtual bool WorksInPassing() const
    {
        return false;
    }

    /**
     * Does what Process() would, if that is to let \p datagram go on, changed or not. It must not
     * send, attach, detach, or call who may.
     *
     * \return false if it is not; it has done nothing then, and Process() comes
     */
    virtual bool ProcessInPassing(HookPoint, Ipv4PassingDatagram&)
    {
        return false;
    }

    /** Looks at, and may change, \p packet at the place packet.point. */
    virtual HookVerdict Process(Ipv4HookPacket& packet) = 0;
};

} // namespace strata
} // namespace ns3

#endif /* STRATA_IPV4_HOOK_H */

// SPDX-License-Identifier: GPL-2.0-only

#ifndef STRATA_IPV4_FAST_PATH_H
#define STRATA_IPV4_FAST_PATH_H

#include "strata-fib-routing-protocol.h"

#include "ns3/fq-codel-queue-disc.h"
#include "ns3/net-device-queue-interface.h"
#include "ns3/queue-disc.h"
#include "ns3/strata-address-sieve.h"
#include "ns3/strata-arp-protocol.h"
#include "ns3/strata-ipv4-hooks.h"
#include "ns3/strata-transport-front.h"
#include "ns3/traffic-control-layer.h"

#include <array>
#include <unordered_set>
#include <vector>

namespace ns3
{
namespace strata
{

/**
 * Tells datagrams that need nothing special from others, shows them to the elements that see them
 * in passing, and can forward them on their bytes, past the stock stack: time to live and checksum
 * are patched, the FIB and the ARP cache asked, and the frame handed to the device.
 *
 * It forwards a datagram only if what leaves is what the stock path would have sent, at the same
 * time: without options, reserved flag or fragmentation; between ordinary unicast addresses; to
 * another interface, whose next hop is known; while no element at the hook points must see it but
 * in passing, and nobody listens to the stock stack's traces of forwarding. A queue disc is passed
 * by only while it is idle, of a kind that hands an only packet on at once and remembers nothing of
 * it, and traced by nobody, and the device has room for this packet and the next. Its statistics
 * (QueueDisc::GetStats()) do not count what passes it, for nothing but QueueDisc itself may write
 * them.
 *
 * What it takes is not seen by raw sockets of the router, which in ns-3 up to 3.45 get copies of
 * datagrams in transit.
 */
class Ipv4FastPath
{
  public:
    /** The hooks outlive this object. */
    explicit Ipv4FastPath(Ptr<Ipv4Hooks> hooks);

    /** What became of a datagram. */
    enum class Outcome : uint8_t
    {
        NOT_PLAIN, //!< nothing, or not all elements at PREROUTING have seen it
        PLAIN,     //!< no element at PREROUTING minds it, or all that do have seen it
        FORWARDED,
    };

    /**
     * Looks whether a datagram needs none of the elements of IPv4 itself before it is routed: its
     * header is in order, without options, and its addresses are ordinary ones; if it is for this
     * node, it is whole.
     *
     * \param received what elements changed in passing is in it then
     * \param forward forward it if possible
     */
    Outcome Pass(Ipv4Reception& received, bool forward);

    /** Datagrams forwarded so far. */
    uint64_t GetForwarded() const
    {
        return m_forwarded;
    }

  private:
    /** What is known of the way out by an interface. */
    struct Port
    {
        Ptr<NetDevice> device;
        bool needsArp{false};
        Address broadcast;
        Ptr<QueueDisc> queueDisc;
        bool passable{false};          //!< the queue disc is of a kind that may be passed by
        Ptr<FqCoDelQueueDisc> fqCoDel; //!< the queue disc, if it is one
        Ptr<NetDeviceQueueInterface> queues;
    };

    /** Reads what depends on interfaces, addresses and routing protocols. */
    void Refresh();

    /** Reads what depends on the queue disc, which comes and goes while the simulation runs. */
    static void SetQueueDisc(Port& port, Ptr<QueueDisc> queueDisc);

    /** Whether a datagram that the queue disc would hand on at once goes past it. */
    static bool PassQueueDisc(const Port& port, const Packet& payload, ByteView header);

    /** As much of a datagram as is worked on. */
    struct Front
    {
        std::array<uint8_t, Ipv4WireHeader::MIN_SIZE + TransportFront::MAX_SIZE> bytes;
        uint32_t size{0};
        uint32_t interface {
            0
        };                 //!< where it came in
        bool isOwn{false}; //!< it is for this node
        bool isFragment{false};
        bool sumsUp{false}; //!< the header checksum is right
    };

    /** A datagram that elements see in passing. */
    struct Shown
    {
        Ipv4PassingDatagram& datagram;
        TransportFront& transport;

        /** Writes what elements changed into the datagram's header. */
        void TakeOver(Front& front) const;

        ByteView Transport() const
        {
            return ByteView(transport.data(), transport.size());
        }
    };

    bool IsPlain(const NetDevice& in, uint32_t size, Front& front) const;

    /** What IsPlain() leaves open: that it may go where it is for. */
    bool IsPlainDestination(Front& front) const;

    /** Shows PREROUTING a plain datagram, and goes on with what that leaves. */
    Outcome PassShown(Ipv4Reception& received, Front& front, bool forward);

    /** \param shown null if no element is to see it */
    bool Forward(Ipv4Reception& received, Front& front, Shown* shown);

    /** Shows FORWARD and POSTROUTING what leaves by \p port. */
    bool ShowBehindRouting(Ipv4Reception& received,
                           const Port& port,
                           Shown& shown,
                           Front& front) const;

    void Send(Port& port, const Address& to, Ptr<Packet> datagram, const uint8_t* header);

    Ptr<Ipv4Hooks> m_hooks;
    Ptr<FibRouting> m_fib;
    Ptr<StrataArp> m_arp;
    Ptr<TrafficControlLayer> m_trafficControl;
    std::vector<Port> m_ports; //!< by interface

    bool IsOwn(uint32_t address) const
    {
        return m_maybeOwn.MayHold(address) && m_own.count(address) != 0;
    }

    std::unordered_set<uint32_t> m_own; //!< addresses and broadcast addresses of the node
    AddressSieve m_maybeOwn;            //!< a quick no: the addresses in m_own
    std::vector<uint32_t> m_interfaces; //!< by number of the device on its node
    uint64_t m_version{0};
    uint64_t m_forwarded{0};
};

} // namespace strata
} // namespace ns3

#endif /* STRATA_IPV4_FAST_PATH_H */

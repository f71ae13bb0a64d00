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
#include "ns3/traffic-control-layer.h"

#include <unordered_set>
#include <vector>

namespace ns3
{
namespace strata
{

/**
 * Forwards datagrams that need nothing special on their bytes, past the stock stack: time to live
 * and checksum are patched, the FIB and the ARP cache asked, and the frame handed to the device.
 *
 * It takes a datagram only if what leaves is what the stock path would have sent, at the same time:
 * without options, reserved flag or fragmentation; between ordinary unicast addresses; to another
 * interface, whose next hop is known; while no element at the hook points must see it, and nobody
 * listens to the stock stack's traces of forwarding. A queue disc is passed by only while it is
 * idle, of a kind that hands an only packet on at once and remembers nothing of it, and traced by
 * nobody, and the device has room for this packet and the next. Its statistics
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

    /**
     * Whether a datagram needs none of the elements of IPv4 itself before it is routed: its header
     * is in order, without options, and its addresses are ordinary ones; if it is for this node,
     * it is whole.
     *
     * \param front as much of the datagram as there is, up to its header
     * \param size octets that the link gave
     */
    bool IsPlain(Ptr<const NetDevice> in, ByteView front, uint32_t size);

    /**
     * Precondition: IsPlain().
     *
     * \param front the first 20 octets of \p datagram
     * \return whether it was forwarded
     */
    bool Forward(Ptr<NetDevice> in, Ptr<const Packet> datagram, const uint8_t* front);

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
    bool m_plainIsOwn{false};           //!< what IsPlain() saw last is for this node
    std::vector<uint32_t> m_interfaces; //!< by number of the device on its node
    uint64_t m_version{0};
    uint64_t m_forwarded{0};
};

} // namespace strata
} // namespace ns3

#endif /* STRATA_IPV4_FAST_PATH_H */

// SPDX-License-Identifier: GPL-2.0-only

#ifndef STRATA_IPV4_HOOKS_H
#define STRATA_IPV4_HOOKS_H

#include "strata-ipv4-hook.h"
#include "strata-node.h"

#include "ns3/ip-l4-protocol.h"
#include "ns3/ipv4-l3-protocol.h"
#include "ns3/ipv4-queue-disc-item.h"
#include "ns3/socket.h"

#include <array>
#include <map>
#include <optional>
#include <vector>

namespace ns3
{
namespace strata
{

class Ipv4EgressLayer;
class Ipv4HookRouting;

/** What becomes of a received datagram. */
enum class Ipv4Admission : uint8_t
{
    REFUSED,  //!< dropped, or taken
    ADMITTED, //!< on to PREROUTING
    PLAIN,    //!< on to the stock stack: no element at PREROUTING minds it, or any more
};

/** A datagram as the link gave it; a guard may put another one in its place. */
struct Ipv4Reception
{
    const Ptr<NetDevice>& in;
    Ptr<const Packet> datagram; //!< from its IPv4 header on, with what padding the link added
    const Address& from;
    const Address& to;
    NetDevice::PacketType packetType;

    /** How far the elements have seen it in passing; no further than Process() need not come. */
    std::optional<Ipv4HookPlace> seen;
};

/** Why a socket may not send, as it hears of it. */
struct Ipv4SendRefusal
{
    DropReason reason;
    Socket::SocketErrno error;
};

/**
 * What sees a received datagram before PREROUTING: it may check the bytes, and may take what
 * needs nothing special. It also says what sockets may not send. A node has at most one.
 */
class Ipv4IngressGuard
{
  public:
    virtual ~Ipv4IngressGuard() = default;

    /**
     * \param [in,out] received a datagram, which elements may see in passing, and change
     * \param [out] header the decoded header, if the datagram is admitted
     * \return PLAIN only while the hooks say MayPassBy()
     */
    virtual Ipv4Admission Admit(Ipv4Reception& received, Ipv4WireHeader& header) = 0;

    /**
     * Whether a datagram that is forwarded needs nothing but the stock stack.
     *
     * \param size of the whole datagram, in octets
     * \param in where it came in
     */
    virtual bool IsPlainForward(const Ipv4Header& header,
                                uint32_t size,
                                const Ipv4Route& route,
                                const Ptr<NetDevice>& in) = 0;

    /** Hears that no route leads to where \p packet, which was received, wants to go. */
    virtual void Unroutable(Ipv4HookPacket& packet) = 0;

    /** Hears that the time to live of \p packet, which this node forwards to a group, ends here. */
    virtual void GroupExpired(Ipv4HookPacket&)
    {
    }

    /** Whether \p destination, which came in at \p in, is this node's, though no interface has it.
     */
    virtual bool ClaimsLocal(uint32_t destination, const Ptr<const NetDevice>& in) = 0;

    /**
     * Sends \p datagram, which the stock stack takes for a broadcast, to one neighbour.
     *
     * \return false if it does not
     */
    virtual bool SendToNeighbor(const Ptr<NetDevice>&, Ipv4Address, const Ipv4QueueDiscItem&)
    {
        return false;
    }

    /**
     * Hears that a socket wants a route for \p payload, in front of which the header of its
     * transport may lack yet.
     */
    virtual std::optional<Ipv4SendRefusal> WhyNotSend(const Ipv4Header& header,
                                                      Ptr<const Packet> payload) = 0;
};

/**
 * The hook points of IPv4 on a node that the stock InternetStackHelper built.
 *
 * The first element that is attached puts this object on the node's IPv4 path: as receiver of
 * frames in the place of the traffic control layer (PREROUTING), around the routing protocol
 * (INPUT, FORWARD, POSTROUTING), and as down target of the transport protocols (OUTPUT,
 * POSTROUTING). Until then the node is as the stock helper built it.
 *
 * Datagrams of raw sockets, and of others that call Ipv4::Send() themselves, bypass the down
 * targets: they are caught on their way into the traffic control layer, or back from it, where
 * OUTPUT and POSTROUTING see them with the next hop fixed and, where they were too large, in
 * fragments. What a node sends to itself passes OUTPUT, POSTROUTING and INPUT, but not PREROUTING,
 * which hears of links alone (in netfilter it passes that, too).
 *
 * Multicast datagrams that the node forwards pass no FORWARD and no POSTROUTING.
 */
class Ipv4Hooks : public Object
{
  public:
    static TypeId GetTypeId();

    Ipv4Hooks();
    ~Ipv4Hooks() override;

    /** The object of \p node; it is made and aggregated at the first call. */
    static Ptr<Ipv4Hooks> Of(Ptr<Node> node);

    /**
     * Attaches \p element at \p point. Elements see a datagram in the order of their priorities,
     * the lowest first; equal ones in the order in which they came. An element may attach and
     * detach itself and others while it looks at a datagram: that datagram is not shown to those
     * that are new, nor to those that are gone, and to all others once.
     *
     * \return false if the element was attached there before; nothing changes then
     */
    bool Attach(HookPoint point, int priority, Ptr<Ipv4HookElement> element);

    /** \return false if \p element was not attached there */
    bool Detach(HookPoint point, Ptr<Ipv4HookElement> element);

    bool HasElements(HookPoint point) const
    {
        return !m_elements[static_cast<std::size_t>(point)].empty();
    }

    /**
     * Whether forwarded datagrams that need nothing special may pass by the elements, or are shown
     * to them in passing.
     */
    bool MayPassBy() const
    {
        return m_mayPassBy;
    }

    /** Whether some elements are to see them in passing. */
    bool HasPassing() const
    {
        return m_hasPassing;
    }

    /**
     * Shows \p datagram in passing to those elements at \p point that need all.
     *
     * \param seen set to the last one that was content
     * \return whether all were; else it goes on behind \p seen by Process(), if that is set
     */
    bool ShowInPassing(HookPoint point,
                       Ipv4PassingDatagram& datagram,
                       std::optional<Ipv4HookPlace>& seen) const;

    /** Asks the elements anew what they need; for those that changed their mind. */
    void Review();

    /** Sets the guard, or removes it with null; the caller keeps it alive. */
    void SetGuard(Ipv4IngressGuard* guard);

    /**
     * Shows \p packet to the elements at packet.point. A drop is counted and traced.
     *
     * \return whether it goes on: all elements accepted it
     */
    bool Run(Ipv4HookPacket& packet);

    /**
     * Goes on with a datagram that \p element had taken, behind the element, which may have been
     * detached since. The datagram goes on at packet.point, as if the element had accepted it now.
     * One that \p element did not take there goes on behind it if it is attached there, and is
     * shown to all at the point otherwise.
     */
    void Resume(Ipv4HookPacket packet, Ptr<const Ipv4HookElement> element);

    /**
     * The route of a datagram that this node sends. A broadcast goes to its link, whatever routes
     * there are (RFC 1122 section 3.3.6, RFC 919 section 7).
     *
     * \return null if there is none, and for a limited broadcast that the stock stack sends by
     *         several links
     */
    Ptr<Ipv4Route> FindRoute(const Ipv4WireHeader& header, const Ptr<Packet>& payload) const;

    /** Counts a drop of \p packet for packet.dropReason. */
    void Drop(const Ipv4HookPacket& packet);

    /** Grows whenever addresses or interfaces of the node change. */
    uint64_t GetAddressVersion() const
    {
        return m_addressVersion;
    }

    /** Takes new interfaces and new transport protocols in; it is free to call it often. */
    void Refresh();

    /** The routing protocol that the hooks stand around; null before the first element. */
    Ptr<Ipv4RoutingProtocol> GetRouting() const;

    Ptr<Ipv4L3Protocol> GetIpv4() const
    {
        return m_ipv4;
    }

    Ptr<StrataNode> GetStrataNode() const
    {
        return m_strataNode;
    }

  protected:
    void DoInitialize() override;
    void DoDispose() override;
    void NotifyNewAggregate() override;

  private:
    friend class Ipv4HookRouting;
    friend class Ipv4EgressLayer;

    struct Attached
    {
        int priority;
        uint64_t turn;
        Ptr<Ipv4HookElement> element;
    };

    using Elements = std::vector<Attached>;

    /** The way down of one transport protocol. */
    class Output;

    /** Stands around the node's routing protocol, which a user may have replaced. */
    void InstallRouting();
    void InstallOutputs();
    void InstallEgress();
    void InstallLoopback();

    /** A datagram that this node sent to itself, by \p device or by loopback. */
    void ReceiveOwn(Ptr<NetDevice> device,
                    Ptr<const Packet> datagram,
                    uint16_t etherType,
                    const Address& from,
                    const Address& to,
                    NetDevice::PacketType packetType);

    /** Shows OUTPUT and POSTROUTING what came past them. */
    bool RunOutput(Ipv4HookPacket& packet);

    void Receive(Ipv4Reception received);

    /** Runs the elements behind those that have seen \p packet in passing. */
    bool RunBehind(Ipv4HookPacket& packet, const std::optional<Ipv4HookPlace>& seen);

    /** Runs the elements from the one at index \p first on, without \p except. */
    bool RunFrom(Ipv4HookPacket& packet, std::size_t first, const Ipv4HookElement* except);

    /** The index of the first element behind \p place. */
    static std::size_t Behind(const Elements& elements, const Ipv4HookPlace& place);

    /** Addresses or interfaces are others than before. */
    void HearAddressChange();

    /**
     * Whether the stock stack would send to all on the link what is for the neighbour \p nextHop
     * alone: it compares with the masks of the interface, but with no network, and takes RFC 3021's
     * subnets of two for larger ones.
     */
    bool IsMistaken(const Ptr<NetDevice>& device, Ipv4Address nextHop) const;

    /** Whether \p address is the other one of an own subnet of two; the stock stack takes it for a
     * broadcast that is for this node, too. */
    bool IsOtherOfTwo(Ipv4Address address) const;

    /** Where a datagram goes that all elements at its place accepted. */
    void Proceed(Ipv4HookPacket& packet);

    void DeliverToStock(Ipv4HookPacket& packet);
    void PassToStock(const Ipv4Reception& received);
    void Leave(Ipv4HookPacket& packet);

    /** What a transport protocol sends. */
    void Send(Ptr<Packet> payload,
              Ipv4Address source,
              Ipv4Address destination,
              uint8_t protocol,
              Ptr<Ipv4Route> route,
              const IpL4Protocol::DownTargetCallback& down);

    std::array<Elements, HOOK_POINTS> m_elements;
    uint64_t m_turn{0};    //!< of the last attaching
    uint64_t m_changes{0}; //!< of the elements
    Ipv4IngressGuard* m_guard{nullptr};
    Ptr<StrataNode> m_strataNode;
    Ptr<Ipv4L3Protocol> m_ipv4;
    Ptr<Ipv4HookRouting> m_routing;
    Ptr<Ipv4EgressLayer> m_egress;
    StrataNode::FrameHandler m_receive;
    Ptr<NetDevice> m_loopback;
    std::map<int, Ptr<Output>> m_outputs;        //!< by protocol number
    const Ipv4Reception* m_received{nullptr};    //!< what the stock stack is handling right now
    std::array<Elements, HOOK_POINTS> m_passing; //!< who is shown what passes by
    bool m_mayPassBy{true};
    bool m_hasPassing{false};
    bool m_isPassing{false};  //!< the stock stack forwards a datagram that no element minds
    bool m_mistakable{false}; //!< IsMistaken() or IsOtherOfTwo() of some addresses
    uint64_t m_addressVersion{1};
    uint8_t m_defaultTtl{64}; //!< of the stock stack
    bool m_wanted{false};     //!< something was attached once
};

} // namespace strata
} // namespace ns3

#endif /* STRATA_IPV4_HOOKS_H */

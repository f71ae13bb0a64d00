// SPDX-License-Identifier: GPL-2.0-only

#ifndef STRATA_ARP_PROTOCOL_H
#define STRATA_ARP_PROTOCOL_H

#include "strata-arp-machine.h"

#include "ns3/address.h"
#include "ns3/arp-cache.h"
#include "ns3/event-id.h"
#include "ns3/ipv4-header.h"
#include "ns3/ipv4-interface-address.h"
#include "ns3/ipv4-interface.h"
#include "ns3/ipv4-l3-protocol.h"
#include "ns3/random-variable-stream.h"
#include "ns3/strata-drop-reason.h"
#include "ns3/strata-node.h"
#include "ns3/traced-callback.h"
#include "ns3/traffic-control-layer.h"

#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace ns3
{
namespace strata
{

inline constexpr DropReason ARP_MALFORMED{"arp.malformed"};
inline constexpr DropReason ARP_OWN_HARDWARE{"arp.own-hardware"};
inline constexpr DropReason ARP_SENDER_HARDWARE{"arp.sender-hardware"};
inline constexpr DropReason ARP_SENDER_PROTOCOL{"arp.sender-protocol"};
inline constexpr DropReason ARP_UNKNOWN_OPERATION{"arp.unknown-operation"};
inline constexpr DropReason ARP_BINDING{"arp.binding"};
inline constexpr DropReason ARP_CONFLICT{"arp.conflict"};
inline constexpr DropReason ARP_CACHE_FULL{"arp.cache-full"};
inline constexpr DropReason ARP_QUEUE_FULL{"arp.queue-full"};
inline constexpr DropReason ARP_REMOVED{"arp.entry-removed"};
inline constexpr DropReason ARP_UNREACHABLE{"arp.unreachable"};
inline constexpr DropReason ARP_INTERFACE_DOWN{"arp.interface-down"};

/**
 * ARP on a node, in the place of the stock ArpL3Protocol: an ArpMachine for each interface whose
 * device needs ARP and has 48-bit addresses.
 *
 * Stock senders notice nothing. They look into the stock ArpCache, in which the machine's usable
 * entries stand; what they do not find there comes, packet and all, to the machine, for the
 * stock protocol's requests are taken off on their way to the traffic control layer. Senders of
 * packets that the stock stack cannot carry use Send().
 *
 * Devices that need no ARP are none of its business: Send() and Lookup() give their packets the
 * broadcast address, as the stock stack does.
 *
 * All times, counts and rules are attributes, as StrataArp::ReachableTime; they may change at any
 * time.
 */
class StrataArp : public Object
{
  public:
    /** \param [in] outcome probe-failed, defended, kept, given-up */
    typedef void (*ConflictTracedCallback)(Ptr<NetDevice> device,
                                           Ipv4Address address,
                                           Address other,
                                           std::string outcome);
    /** \param [in] cause request, reply, unsolicited, gratuitous */
    typedef void (*MappingChangedTracedCallback)(Ptr<NetDevice> device,
                                                 Ipv4Address address,
                                                 Address before,
                                                 Address after,
                                                 std::string cause);
    /**
     * \param [in] cause request, reply, unsolicited, gratuitous
     * \param [in] why static, binding, policy
     */
    typedef void (*PoisonRefusedTracedCallback)(Ptr<NetDevice> device,
                                                Ipv4Address address,
                                                Address claimed,
                                                std::string cause,
                                                std::string why);
    /** \param [in] cause unsolicited, gratuitous */
    typedef void (*HeardTracedCallback)(Ptr<NetDevice> device,
                                        Ipv4Address address,
                                        Address hardware,
                                        std::string cause);
    /** \param [in] packet from its first header on; null where no packet waited */
    typedef void (*ResolutionFailedTracedCallback)(Ptr<NetDevice> device,
                                                   Ipv4Address nextHop,
                                                   Ptr<const Packet> packet);

    /** What became of ProbeAndAssign: true if the address was assigned. */
    using AssignCallback = Callback<void, bool>;

    static TypeId GetTypeId();

    StrataArp();
    ~StrataArp() override;

    /** The object of \p node; it is made and aggregated at the first call. */
    static Ptr<StrataArp> Of(Ptr<Node> node);

    /**
     * The hardware address of \p nextHop if it is known and believed. It changes nothing and
     * allocates nothing.
     */
    std::optional<Address> Lookup(Ptr<const NetDevice> device, Ipv4Address nextHop) const;

    /**
     * Sends a packet that has all its headers to \p nextHop through the traffic control layer, at
     * once or when the address is known. Fails as ResolutionFailed and a drop.
     */
    void Send(Ptr<NetDevice> device,
              Ipv4Address nextHop,
              Ptr<Packet> packet,
              uint16_t etherType = 0x0800);

    /** Begins to ask for \p nextHop, unless it is known or being asked for. */
    void Resolve(Ptr<NetDevice> device, Ipv4Address nextHop);

    /** An entry that never ages and that nothing on the wire changes. */
    void AddStaticEntry(Ptr<NetDevice> device, Ipv4Address address, Address hardware);
    /** Forgets an entry, static or learned. */
    void RemoveEntry(Ptr<NetDevice> device, Ipv4Address address);

    /**
     * Answers requests that come in at \p device for addresses of \p network, if the route to the
     * address leaves by another interface.
     */
    void AddProxy(Ptr<NetDevice> device, Ipv4Address network, Ipv4Mask mask);
    void RemoveProxy(Ptr<NetDevice> device, Ipv4Address network, Ipv4Mask mask);

    /** From now on only \p hardware is believed to be at \p address (attribute BindingCheck). */
    void AddBinding(Ptr<NetDevice> device, Ipv4Address address, Address hardware);

    /**
     * Probes for an address (RFC 5227); if nobody has it, it is added to the interface, which is
     * set up, and announced.
     */
    void ProbeAndAssign(Ptr<NetDevice> device,
                        Ipv4InterfaceAddress address,
                        AssignCallback done = AssignCallback());

    /** Announces \p address, own or not, AnnounceCount times (RFC 5227 section 2.3). */
    void Announce(Ptr<NetDevice> device, Ipv4Address address);
    /** Announces all addresses of the interface. */
    void Announce(Ptr<NetDevice> device);

    /** What the machine knows at \p device; null where ARP does not run. */
    const ArpState* GetState(Ptr<const NetDevice> device) const;

    /** \return the number of random streams that were assigned */
    int64_t AssignStreams(int64_t stream);

  protected:
    void NotifyNewAggregate() override;
    void DoInitialize() override;
    void DoDispose() override;

  private:
    friend class ArpRequestTap;

    /** A packet that waits: whole, or as the stock stack has it. */
    struct Waiting
    {
        Ptr<Packet> packet;
        std::optional<Ipv4Header> header;
        uint16_t etherType;
    };

    struct Port
    {
        Ptr<NetDevice> device;
        Ptr<Ipv4Interface> interface;
        Ptr<ArpCache> cache;
        ArpState state;
        std::map<uint64_t, Waiting> waiting;
        uint64_t lastHandle{0};
        std::map<uint32_t, std::pair<Ipv4InterfaceAddress, AssignCallback>> assigning;
        EventId timer;
        Nanos timerAt{NEVER};
    };

    void Attach();
    void DeviceAdded(Ptr<NetDevice> device);
    /** The port of \p device, made if need be; null where ARP does not run. */
    Port* PortOf(Ptr<const NetDevice> device);
    const Port* FindPort(Ptr<const NetDevice> device) const;
    /** Tells the machine what the stack is configured to. */
    void Refresh(Port& port);

    void Receive(Ptr<NetDevice> device,
                 Ptr<const Packet> packet,
                 uint16_t etherType,
                 const Address& from,
                 const Address& to,
                 NetDevice::PacketType packetType);
    /** The stock protocol asks for \p address: takes its packets over. */
    void StockAsks(Port& port, Ipv4Address address);
    void Enqueue(Port& port, Ipv4Address nextHop, std::optional<Waiting> waiting);
    /** A user's permanent entry in the stock cache is as static as one of ours. */
    void AdoptStatic(Port& port, uint32_t address);
    bool IsBeyondAnother(const Port& port, uint32_t address) const;
    void LinkChanged(Ptr<NetDevice> device);
    /** A device's interface may be there now. */
    void Adopt(Ptr<NetDevice> device);
    void TimerExpired(Ptr<NetDevice> device);

    void Do(Port& port, const ArpEffects& effects, Ptr<const Packet> message = nullptr);
    void Do(Port& port, const ArpTransmit& effect);
    void Do(Port& port, const ArpMap& effect);
    void Do(Port& port, const ArpUnmap& effect);
    void Do(Port& port, const ArpRelease& effect);
    void Do(Port& port, const ArpDiscard& effect);
    void Do(Port& port, const ArpUnreachable& effect);
    void Do(Port& port, const ArpHeard& effect);
    void Do(Port& port, const ArpMappingChange& effect);
    void Do(Port& port, const ArpPoisonRefusal& effect);
    void Do(Port& port, const ArpConflict& effect);
    void Do(Port& port, const ArpAddressUsable& effect);
    void Do(Port& port, const ArpAddressLost& effect);
    Waiting Take(Port& port, uint64_t handle);
    void Schedule(Port& port);

    void SetLearning(std::string text);
    std::string GetLearning() const;
    void SetBindingCheck(std::string text);
    std::string GetBindingCheck() const;
    void SetDefence(std::string text);
    std::string GetDefence() const;
    void SetProxyPrefixes(std::string text);
    std::string GetProxyPrefixes() const;

    // Each field of ArpParameters as an attribute.
    template <Nanos ArpParameters::*Field>
    void SetSpan(Time span);
    template <Nanos ArpParameters::*Field>
    Time GetSpan() const;
    template <auto Field>
    void SetCount(uint64_t count);
    template <auto Field>
    uint64_t GetCount() const;
    template <bool ArpParameters::*Field>
    void SetFlag(bool flag);
    template <bool ArpParameters::*Field>
    bool GetFlag() const;
    template <Nanos ArpParameters::*Field>
    static void AddSpan(TypeId& tid, const char* name, const char* help);
    template <auto Field>
    static void AddCount(TypeId& tid, const char* name, const char* help);
    template <bool ArpParameters::*Field>
    static void AddFlag(TypeId& tid, const char* name, const char* help);
    static TypeId MakeTypeId();

    ArpParameters m_parameters;
    ArpMachine m_machine{m_parameters};
    std::string m_proxyText;
    std::vector<Ipv4Prefix> m_proxies; //!< at every interface
    bool m_announceAtStart{false};
    Ptr<RandomVariableStream> m_jitter;
    Ptr<UniformRandomVariable> m_uniform;
    UniformRandom m_random;

    Ptr<Node> m_node;
    Ptr<StrataNode> m_strataNode;
    Ptr<Ipv4L3Protocol> m_ipv4;
    Ptr<TrafficControlLayer> m_trafficControl;
    Ptr<TrafficControlLayer> m_tap;
    std::vector<std::unique_ptr<Port>> m_ports; //!< by the number of the device on its node
    bool m_attached{false};

    TracedCallback<Ptr<NetDevice>, Ipv4Address, Address, std::string> m_conflictTrace;
    TracedCallback<Ptr<NetDevice>, Ipv4Address, Address, Address, std::string> m_changeTrace;
    TracedCallback<Ptr<NetDevice>, Ipv4Address, Address, std::string, std::string> m_refusedTrace;
    TracedCallback<Ptr<NetDevice>, Ipv4Address, Address, std::string> m_heardTrace;
    TracedCallback<Ptr<NetDevice>, Ipv4Address, Ptr<const Packet>> m_failedTrace;
};

} // namespace strata
} // namespace ns3

#endif /* STRATA_ARP_PROTOCOL_H */

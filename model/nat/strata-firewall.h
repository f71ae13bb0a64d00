// SPDX-License-Identifier: GPL-2.0-only

#ifndef STRATA_FIREWALL_H
#define STRATA_FIREWALL_H

#include "strata-firewall-machine.h"
#include "strata-unreachable-sender.h"

#include "ns3/event-id.h"
#include "ns3/net-device.h"
#include "ns3/nstime.h"
#include "ns3/strata-ipv4-hooks.h"
#include "ns3/traced-callback.h"

#include <functional>
#include <memory>
#include <ostream>
#include <string>
#include <unordered_map>
#include <vector>

namespace ns3
{
namespace strata
{

class FirewallIpv6;

/** A rule of the user's says so, silently or with an answer. */
inline constexpr DropReason FIREWALL_RULE{"firewall.rule"};
inline constexpr DropReason FIREWALL_REJECT{"firewall.reject"};
/** No rule of the user's accepts it, and the policy does not: as what begins from outside. */
inline constexpr DropReason FIREWALL_POLICY{"firewall.policy"};
/** It would begin a flow, and the table is full. */
inline constexpr DropReason FIREWALL_TABLE_FULL{"firewall.table-full"};
/** @{ It can belong to no flow and begin none; see FirewallFault. */
inline constexpr DropReason FIREWALL_TRUNCATED{"firewall.truncated"};
inline constexpr DropReason FIREWALL_BAD_HEADER{"firewall.bad-header"};
inline constexpr DropReason FIREWALL_BAD_CHAIN{"firewall.bad-chain"};
inline constexpr DropReason FIREWALL_ROUTING_HEADER{"firewall.routing-header"};
inline constexpr DropReason FIREWALL_BAD_ADDRESS{"firewall.bad-address"};
inline constexpr DropReason FIREWALL_TCP_FLAGS{"firewall.tcp-flags"};
inline constexpr DropReason FIREWALL_TINY_FRAGMENT{"firewall.tiny-fragment"};
inline constexpr DropReason FIREWALL_BAD_FRAGMENT{"firewall.bad-fragment"};
inline constexpr DropReason FIREWALL_NO_FLOW{"firewall.no-flow"};
inline constexpr DropReason FIREWALL_UNRELATED_ERROR{"firewall.unrelated-error"};
inline constexpr DropReason FIREWALL_WRONG_SIDE{"firewall.wrong-side"};
inline constexpr DropReason FIREWALL_NEIGHBOR{"firewall.neighbor"};
/** @} */
/** @{ Of fragments; see FirewallReason. */
inline constexpr DropReason FIREWALL_FRAGMENT_REFUSED{"firewall.fragment-refused"};
inline constexpr DropReason FIREWALL_FRAGMENT_OVERLAP{"firewall.fragment-overlap"};
inline constexpr DropReason FIREWALL_FRAGMENT_REPEATED{"firewall.fragment-repeated"};
inline constexpr DropReason FIREWALL_FRAGMENT_LIMIT{"firewall.fragment-limit"};
inline constexpr DropReason FIREWALL_FRAGMENT_NO_FIRST{"firewall.fragment-no-first"};
/** @} */

/** The reason by which a drop is counted. */
DropReason ToDropReason(const FirewallVerdict& verdict);

/**
 * A stateful firewall on a node, for IPv4 at its hook points and for IPv6 before and behind the
 * stock stack.
 *
 * It is aggregated to the node. Some devices look outside, the others inside. Without rules,
 * whatever begins inside or on the node passes, with its answers and with errors about it, and
 * nothing from outside begins, but for pings over IPv6. Between DNAT at PREROUTING and SNAT at
 * POSTROUTING it sees inside addresses.
 */
class StrataFirewall : public Ipv4HookElement
{
  public:
    /** Where it stands at FORWARD, INPUT and OUTPUT. */
    static constexpr int PRIORITY = 0;

    /**
     * Signature of the trace source Accepted.
     *
     * \param [in] packet as the firewall saw it
     * \param [in] rule that accepted it, counted from 1; 0 for what passes before all rules
     */
    typedef void (*AcceptedCallback)(const FirewallPacket& packet, uint32_t rule);

    /** Signature of the trace source Dropped; rule 0: no rule was asked, or none held. */
    typedef void (*DroppedCallback)(const FirewallPacket& packet, uint32_t rule, DropReason reason);

    /** Signature of the trace source FlowBegan. */
    typedef void (*FlowBeganCallback)(const TrackedFlow& flow);

    /**
     * Signature of the trace source FlowEnded.
     *
     * \param [in] why timeout, evicted, reopened or forgotten
     */
    typedef void (*FlowEndedCallback)(const TrackedFlow& flow, std::string why);

    static TypeId GetTypeId();

    StrataFirewall();
    ~StrataFirewall() override;

    /** The firewall of \p node; it is made, aggregated and attached at the first call. */
    static Ptr<StrataFirewall> Of(Ptr<Node> node);

    /** What lies beyond \p device, one of the node's, is outside from now on, or inside again. */
    void SetOutside(Ptr<NetDevice> device, bool outside = true);

    bool IsOutside(Ptr<const NetDevice> device) const
    {
        return IsOutside(device->GetIfIndex());
    }

    /**
     * Puts rules behind those that there are, in the syntax of ParseFirewallRule(), one a line or
     * apart by semicolons. A text that is no rule, and a device that is not there, end the program.
     * Devices are named as Names has them, or by their number on the node as dev1.
     */
    void AddRule(std::string text);

    /** Puts rules before the one of this number, counted from 1. */
    void InsertRule(uint32_t number, std::string text);

    /** \return false if there is no rule of the user's of that number */
    bool RemoveRule(uint32_t number);

    void ClearRules();

    /** Forgets all flows, as a box does that loses its power. */
    void ForgetFlows();

    /** Rules and flows. */
    const FirewallMachine& GetMachine() const
    {
        return m_machine;
    }

    /** Packets that a rule decided on, by its number, counted from 1; 0 if there is none. */
    uint64_t GetRulePackets(uint32_t rule) const;

    /** One line for each rule: number, packets, bytes, text. */
    void PrintRules(std::ostream& os) const;

    /** One line for each flow. */
    void PrintFlows(std::ostream& os) const;

    HookVerdict Process(Ipv4HookPacket& packet) override;

    bool WorksInPassing() const override
    {
        return true;
    }

    bool ProcessInPassing(HookPoint point, Ipv4PassingDatagram& datagram) override;

  protected:
    void NotifyNewAggregate() override;
    void DoInitialize() override;
    void DoDispose() override;

  private:
    friend class FirewallIpv6;

    /** Goes on with a fragment that was held, or drops it. */
    using Held = std::function<void(bool pass, DropReason reason)>;

    void Insert(std::size_t number, const std::string& text);
    void Resolve();

    bool IsOutside(uint32_t device) const
    {
        return device < m_outside.size() && m_outside[device];
    }

    bool IsLoopback(const Ptr<NetDevice>& device);
    FirewallPort PortOf(const NetDevice* device) const;

    /**
     * Asks the machine, and tells of what it does.
     *
     * \param makeHeld makes the Held of a fragment that is held
     */
    template <class MakeHeld>
    FirewallVerdict Judge(const FirewallPacket& packet, MakeHeld makeHeld)
    {
        const uint64_t handle = ++m_lastHandle;
        const FirewallVerdict verdict = m_machine.Step(packet, handle, Now());
        // Before anybody is told, who may send something by this node and so come here again.
        if (verdict.fate == FirewallFate::HOLD)
        {
            m_held.emplace(handle, makeHeld());
        }
        Tell(packet, verdict);
        return verdict;
    }

    static Nanos Now();
    void Tell(const FirewallPacket& packet, const FirewallVerdict& verdict);
    void CarryEffects();
    void Schedule();
    void Expire();

    void Reject(const Ipv4HookPacket& packet, const FirewallVerdict& verdict);
    void Reset(const Ipv4HookPacket& packet);

    void Apply();
    void ApplyPolicy();

    template <FlowClass CLASS>
    void SetTimeout(Time timeout);
    template <FlowClass CLASS>
    Time GetTimeout() const;
    void SetFlowLimit(uint32_t limit);
    uint32_t GetFlowLimit() const;
    void SetWhenFull(std::string what);
    std::string GetWhenFull() const;
    void SetPickUp(bool pickUp);
    bool GetPickUp() const;
    void SetPassDiscovery(bool pass);
    bool GetPassDiscovery() const;
    void SetProtectNode(bool protect);
    bool GetProtectNode() const;
    void SetPassIpv6Echo(bool pass);
    bool GetPassIpv6Echo() const;
    void SetPolicy(std::string text);
    std::string GetPolicy() const;
    void SetFragmentTimeout(Time timeout);
    Time GetFragmentTimeout() const;
    void SetMaxDatagrams(uint32_t datagrams);
    uint32_t GetMaxDatagrams() const;
    void SetMaxHeld(uint32_t fragments);
    uint32_t GetMaxHeld() const;

    Ptr<Node> m_node;
    Ptr<Ipv4Hooks> m_hooks;
    std::unique_ptr<FirewallIpv6> m_ipv6;
    FirewallMachine m_machine;
    FirewallMachine::Config m_config;
    std::string m_policy{FirewallMachine::DEFAULT_POLICY};
    bool m_protectNode{true};
    bool m_passIpv6Echo{true};
    std::vector<bool> m_outside;  //!< by number of the device
    std::vector<bool> m_loopback; //!< likewise, as far as was asked for
    std::unordered_map<uint64_t, Held> m_held;
    uint64_t m_lastHandle{0}; //!< of the packet that was judged last
    bool m_carrying{false};
    std::vector<FlowEvent> m_events; //!< that are being told; kept for their memory
    std::vector<FirewallRelease> m_releases;
    EventId m_expire;
    Nanos m_expireAt{NEVER};
    UnreachableSender m_unreachable;
    TracedCallback<const FirewallPacket&, uint32_t> m_accepted;
    TracedCallback<const FirewallPacket&, uint32_t, DropReason> m_dropped;
    TracedCallback<const TrackedFlow&> m_flowBegan;
    TracedCallback<const TrackedFlow&, std::string> m_flowEnded;
};

} // namespace strata
} // namespace ns3

#endif /* STRATA_FIREWALL_H */

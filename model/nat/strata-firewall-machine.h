// SPDX-License-Identifier: GPL-2.0-only

#ifndef STRATA_FIREWALL_MACHINE_H
#define STRATA_FIREWALL_MACHINE_H

#include "strata-firewall-fragment-table.h"
#include "strata-firewall-rules-decision.h"

namespace ns3
{
namespace strata
{

/** What becomes of a packet. */
enum class FirewallFate : uint8_t
{
    ACCEPT,
    DROP,
    REJECT, //!< dropped, and the sender hears of it
    HOLD,   //!< a fragment that waits; a FirewallRelease tells of its end
};

/** Why a packet is dropped. */
enum class FirewallReason : uint8_t
{
    NONE,
    RULE,              //!< a rule of the user's says so
    POLICY,            //!< a rule of the policy says so, or no rule holds
    INVALID,           //!< as POLICY, and the packet has a fault
    TABLE_FULL,        //!< it would begin a flow, and there is no room
    FRAGMENT_REFUSED,  //!< the first fragment of its datagram was dropped
    FRAGMENT_OVERLAP,  //!< it lies over another in part, or its datagram has such
    FRAGMENT_REPEATED, //!< all of it came before
    FRAGMENT_LIMIT,    //!< too many fragments wait
    FRAGMENT_NO_FIRST, //!< the first fragment of its datagram did not come in time
};

/** What the firewall says of a packet. */
struct FirewallVerdict
{
    FirewallFate fate{FirewallFate::DROP};
    FirewallReason reason{FirewallReason::NONE};
    FirewallState state{FirewallState::INVALID};
    FirewallFault fault{FirewallFault::NONE};
    FirewallAnswer answer{FirewallAnswer::PROHIBITED}; //!< of REJECT
    /** That decided: from 1 on, the user's first; 0 where none did. */
    std::size_t rule{0};
};

/** What becomes of a fragment that was held. */
struct FirewallRelease
{
    uint64_t handle{0};
    bool pass{false};
    FirewallReason reason{FirewallReason::NONE}; //!< if it does not
};

/** Why a flow ended. */
enum class FlowEnd : uint8_t
{
    TIMEOUT,
    EVICTED,  //!< for a new one; the table was full
    REOPENED, //!< a closed connection was opened anew
    FORGOTTEN,
};

const char* FlowEndName(FlowEnd end);

/** The beginning of a flow, or its end. */
struct FlowEvent
{
    TrackedFlow flow;
    bool began{false};
    FlowEnd end{FlowEnd::TIMEOUT}; //!< if it did not begin
};

/**
 * A stateful firewall for IPv4 and IPv6: rules in order, flows, fragments. Packets in; verdicts
 * and events out. A value, but for the names of devices.
 *
 * A packet of a known flow is ESTABLISHED, an ICMP error about one RELATED; a packet that may
 * begin a flow is NEW, and does so if a rule accepts it; what is neither is INVALID. The user's
 * rules come first, then those of the policy; what no rule accepts is dropped. A flow remembers
 * what the rules say of its packets until they change, so that these cost the same however many
 * rules there are.
 */
class FirewallMachine
{
  public:
    struct Config
    {
        FlowTable::Config flows;
        FirewallFragmentTable::Config fragments;
        /** Connections that began unseen go on as established (RFC 5382 section 7.1 warns of it).
         */
        bool pickUp{false};
        /**
         * Neighbour and listener discovery of IPv6 pass whatever rules say, between neighbours
         * (RFC 4890 section 4.4.1).
         */
        bool passDiscovery{true};

        auto Tie() const
        {
            return std::tie(flows, fragments, pickUp, passDiscovery);
        }
    };

    /** Everything from inside and from the node itself may begin, and nothing from outside. */
    static constexpr std::string_view DEFAULT_POLICY = "accept state=established,related\n"
                                                       "accept in=inside,local\n"
                                                       "drop state=any\n";

    FirewallMachine();

    const Config& GetConfig() const
    {
        return m_config;
    }

    void SetConfig(const Config& config);

    /** Puts a rule of the user's behind those that there are, or at \p number, counted from 1. */
    void AddRule(const FirewallRule& rule, std::size_t number = SIZE_MAX);

    /** \return false if the user has no rule of that number */
    bool RemoveRule(std::size_t number);

    void ClearRules();

    /** Replaces the rules that stand behind the user's. */
    void SetPolicy(const std::vector<FirewallRule>& rules);

    /** See FirewallRules::Resolve(). */
    std::string Resolve(const FirewallRules::Resolver& resolver)
    {
        return m_rules.Resolve(resolver);
    }

    /** The user's and then those of the policy. */
    const FirewallRules& Rules() const
    {
        return m_rules;
    }

    std::size_t UserRules() const
    {
        return m_userRules;
    }

    /**
     * Judges a packet. Precondition: \p now never goes back.
     *
     * \param handle by which the caller knows the packet, if it is held
     */
    FirewallVerdict Step(const FirewallPacket& packet, uint64_t handle, Nanos now);

    /**
     * Does what Step() would if the packet is of a known flow, is no fragment, and the rules are
     * remembered to accept it; nothing is due either. There are no effects then.
     *
     * \return whether that was so; else it has done nothing
     */
    bool StepInPassing(const FirewallPacket& packet, Nanos now);

    /** Forgets what is over at \p now; events and releases tell of it. */
    void Advance(Nanos now);

    /** When Advance has something to do next, or earlier. */
    Nanos NextDeadline() const;

    /** Forgets all flows, as a box does that loses its power; events tell of it. */
    void ForgetFlows();

    const FlowTable& Flows() const
    {
        return m_flows;
    }

    /** What happened to flows since ClearEffects(). */
    const std::vector<FlowEvent>& Events() const
    {
        return m_events;
    }

    /** What became of held fragments since ClearEffects(). */
    const std::vector<FirewallRelease>& Releases() const
    {
        return m_releases;
    }

    void ClearEffects()
    {
        m_events.clear();
        m_releases.clear();
    }

    bool HasEffects() const
    {
        return !m_events.empty() || !m_releases.empty();
    }

    /** Gives what there is since ClearEffects() for two empty vectors, whose memory it uses on. */
    void SwapEffects(std::vector<FlowEvent>& events, std::vector<FirewallRelease>& releases)
    {
        m_events.swap(events);
        m_releases.swap(releases);
    }

    /** Packets that began no flow because the table was full. */
    uint64_t GetRefusedFlows() const
    {
        return m_refusedFlows;
    }

    uint64_t GetEvictedFlows() const
    {
        return m_evictedFlows;
    }

    /** Packets for which StepInPassing() was enough. */
    uint64_t GetInPassing() const
    {
        return m_inPassing;
    }

    /** Packets of discovery that passed before all rules. */
    uint64_t GetDiscovery() const
    {
        return m_discovery;
    }

    /** Packets that no rule was about. */
    uint64_t GetUnruled() const
    {
        return m_unruled;
    }

  private:
    /** What a packet is, and to which flow it belongs. */
    struct Standing
    {
        FirewallState state{FirewallState::INVALID};
        FirewallFault fault{FirewallFault::NONE};
        FlowTable::Found flow;
        bool begins{false}; //!< a flow, if it is accepted
    };

    std::size_t Rule(const FirewallPacket& packet, const Standing& standing);
    FirewallVerdict StepWhole(const FirewallPacket& packet, Nanos now);
    Standing Judge(const FirewallPacket& packet) const;
    Standing JudgeNew(const FirewallPacket& packet) const;
    Standing JudgeError(const FirewallPacket& packet) const;
    bool Begin(const FirewallPacket& packet, const Standing& standing, Nanos now);
    void Continue(const FirewallPacket& packet, const Standing& standing, Nanos now);
    void TakeReleases();

    Config m_config;
    FirewallRules m_rules;
    std::size_t m_userRules{0};
    FlowTable m_flows;
    FirewallFragmentTable m_fragments;
    Nanos m_nextDeadline{NEVER}; //!< never later than the first one
    std::vector<FlowEvent> m_events;
    std::vector<FirewallRelease> m_releases;
    std::vector<TrackedFlow> m_ended;              //!< kept for its memory
    std::vector<FragmentRelease> m_fragmentsEnded; //!< likewise
    uint64_t m_refusedFlows{0};
    uint64_t m_evictedFlows{0};
    uint64_t m_inPassing{0};
    uint64_t m_discovery{0};
    uint64_t m_unruled{0};
};

} // namespace strata
} // namespace ns3

#endif /* STRATA_FIREWALL_MACHINE_H */

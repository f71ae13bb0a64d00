// SPDX-License-Identifier: GPL-2.0-only

#ifndef STRATA_FLOW_TABLE_H
#define STRATA_FLOW_TABLE_H

#include "strata-flow-address-format.h"
#include "strata-tcp-track-state.h"

#include "ns3/strata-time.h"

#include <array>
#include <vector>

namespace ns3
{
namespace strata
{

/** \p span after \p now, or NEVER where that cannot be told. Precondition: neither is negative. */
constexpr Nanos
After(Nanos now, Nanos span)
{
    return span < NEVER - now ? now + span : NEVER;
}

/** The side of a node that a packet comes from or goes to. */
enum class FlowSide : uint8_t
{
    INSIDE,
    OUTSIDE,
    LOCAL, //!< the node itself
};

inline constexpr std::size_t FLOW_SIDES = 3;

const char* FlowSideName(FlowSide side);

/** By what a packet is told to belong to a flow, as the packet has it. */
struct FlowTuple
{
    FlowAddress source;
    FlowAddress destination;
    uint8_t protocol{0};
    /** Of an ICMP query or its answer, the type of the query plus one; 0 else. */
    uint8_t query{0};
    bool fromResponder{false};   //!< an answer to an ICMP query
    uint16_t sourcePort{0};      //!< the identifier, in ICMP; 0 where the protocol has no ports
    uint16_t destinationPort{0}; //!< likewise

    auto Tie() const
    {
        return std::tie(source,
                        destination,
                        protocol,
                        query,
                        fromResponder,
                        sourcePort,
                        destinationPort);
    }
};

/** What a packet in the other direction would have. */
FlowTuple Reversed(const FlowTuple& tuple);

/** For how long a flow is remembered depends on this. */
enum class FlowClass : uint8_t
{
    TCP_OPENING,
    TCP_ESTABLISHED,
    TCP_CLOSING,
    TCP_RESET,
    UDP_UNANSWERED,
    UDP_ANSWERED,
    ICMP_QUERY,
    OTHER_UNANSWERED,
    OTHER_ANSWERED,
};

inline constexpr std::size_t FLOW_CLASSES = 9;

const char* FlowClassName(FlowClass which);

/** Whether a flow of this class may be given up for a new one when the table is full. */
constexpr bool
MayGive(FlowClass which)
{
    return which != FlowClass::TCP_ESTABLISHED && which != FlowClass::UDP_ANSWERED &&
           which != FlowClass::OTHER_ANSWERED;
}

/** A flow that a box remembers. Its OUTBOUND direction is that of its first packet. */
struct TrackedFlow
{
    FlowTuple opened; //!< as the first packet had it
    FlowSide from{FlowSide::INSIDE};
    FlowSide to{FlowSide::OUTSIDE};
    TcpTrackState tcp;
    FlowClass flowClass{FlowClass::OTHER_UNANSWERED};
    Nanos created{0};
    Nanos lastSeen{0};
    std::array<uint64_t, 2> packets{}; //!< by direction
    std::array<uint64_t, 2> bytes{};   //!< IP headers included

    auto Tie() const
    {
        return std::tie(opened, from, to, tcp, flowClass, created, lastSeen, packets, bytes);
    }
};

/** What was decided on packets of one direction of a flow, so that it need not be again. */
struct FlowRuling
{
    uint64_t key{0};     //!< of what else it depends on
    uint32_t version{0}; //!< of the rules; 0: of none
    uint32_t place{0};   //!< of the rule
};

/**
 * The flows that a box remembers: found by either direction in constant time, forgotten when
 * nothing was seen of them for as long as their class allows. A value.
 *
 * Each class has one lifetime, so its flows stand in the order in which they were last seen, and
 * the next to go is the first. Memory grows up to the limit and is kept; a packet of a known flow
 * allocates nothing.
 *
 * Precondition of all calls with a time: it never goes back.
 */
class FlowTable
{
  public:
    /** Names a flow until it is removed. */
    using Index = uint32_t;
    static constexpr Index NONE = UINT32_MAX;

    /** What happens to a new flow when the table is full. */
    enum class WhenFull : uint8_t
    {
        REFUSE, //!< it is refused
        EVICT,  //!< the flow that MayGive() and was not seen for longest goes; else refused
    };

    struct Config
    {
        std::size_t limit{65536};
        WhenFull whenFull{WhenFull::EVICT};
        /** By class: how long a flow is remembered without a packet; NEVER forgotten with that. */
        std::array<Nanos, FLOW_CLASSES> timeouts{
            std::chrono::minutes(4),   // RFC 5382 REQ-5, transitory
            std::chrono::minutes(124), // RFC 5382 REQ-5: not under 2 h 4 min
            std::chrono::minutes(4),
            std::chrono::minutes(4),  // RFC 7857 section 2.3
            std::chrono::seconds(30), // nobody waits for an answer longer
            std::chrono::minutes(5),  // RFC 4787 REQ-5: 5 min recommended
            std::chrono::seconds(60), // RFC 5508 REQ-2
            std::chrono::seconds(60),
            std::chrono::minutes(10),
        };
        uint64_t seed{0x9e3779b97f4a7c15}; //!< against flows made to collide

        auto Tie() const
        {
            return std::tie(limit, whenFull, timeouts, seed);
        }
    };

    struct Found
    {
        Index index{NONE};
        FlowDirection direction{FlowDirection::OUTBOUND};
    };

    FlowTable()
        : FlowTable(Config{})
    {
    }

    explicit FlowTable(const Config& config);

    const Config& GetConfig() const
    {
        return m_config;
    }

    /** Flows beyond a smaller limit stay until they end. */
    void SetConfig(const Config& config);

    /** Also flows that are overdue, until Advance(). */
    Found Find(const FlowTuple& tuple) const;

    const TrackedFlow& operator[](Index index) const
    {
        return m_slots[index].flow;
    }

    /** May change all but what it is found by, its class and times. */
    TrackedFlow& At(Index index)
    {
        return m_slots[index].flow;
    }

    /** What is kept for a direction of a flow; empty when it begins. */
    FlowRuling& RulingOf(const Found& found)
    {
        return m_slots[found.index].rulings[static_cast<std::size_t>(found.direction)];
    }

    /**
     * Remembers a new flow. Precondition: it is not known.
     *
     * \param [out] evicted gets the flow that went, if one did
     * \return NONE if there is no room
     */
    Index Create(const FlowTuple& tuple,
                 FlowClass flowClass,
                 Nanos now,
                 std::vector<TrackedFlow>& evicted);

    /** Something was seen of it. */
    void Touch(Index index, FlowClass flowClass, Nanos now);

    void Erase(Index index);

    void Clear();

    /** Appends the flows that are over at \p now to \p expired, and forgets them. */
    void Advance(Nanos now, std::vector<TrackedFlow>& expired);

    /** When Advance has something to do next. */
    Nanos NextDeadline() const;

    std::size_t size() const
    {
        return m_size;
    }

    /** Flows of a class. */
    std::size_t Count(FlowClass flowClass) const
    {
        return m_lists[static_cast<std::size_t>(flowClass)].size;
    }

    /** Octets that a flow takes, and its share of the index. */
    static constexpr std::size_t BytesPerFlow()
    {
        return sizeof(Slot) + sizeof(Index);
    }

    /** Octets that all flows and the index take, with what is kept for more. */
    std::size_t MemoryBytes() const
    {
        return m_slots.capacity() * sizeof(Slot) + m_buckets.capacity() * sizeof(Index);
    }

    /** Calls \p use with each flow, by class, the one not seen for longest first. */
    template <class Use>
    void ForEach(Use use) const
    {
        for (const List& list : m_lists)
        {
            for (Index i = list.first; i != NONE; i = m_slots[i].later)
            {
                use(m_slots[i].flow);
            }
        }
    }

  private:
    struct Slot
    {
        TrackedFlow flow;
        std::array<FlowRuling, 2> rulings{}; //!< by direction
        uint64_t hash{0};
        Index next{NONE};    //!< in its bucket, or among the free ones
        Index earlier{NONE}; //!< in its class
        Index later{NONE};
    };

    struct List
    {
        Index first{NONE};
        Index last{NONE};
        std::size_t size{0};
    };

    List& ListOf(const Slot& slot)
    {
        return m_lists[static_cast<std::size_t>(slot.flow.flowClass)];
    }

    Nanos DeadlineOf(const Slot& slot) const
    {
        return After(slot.flow.lastSeen,
                     m_config.timeouts[static_cast<std::size_t>(slot.flow.flowClass)]);
    }

    uint64_t HashOfTuple(const FlowTuple& tuple) const;
    Index OldestThatGives() const;
    void Append(Index index);
    void Unlink(Index index);
    void Grow();

    Config m_config;
    std::vector<Slot> m_slots;
    std::vector<Index> m_buckets; //!< a power of two
    Index m_free{NONE};
    std::array<List, FLOW_CLASSES> m_lists;
    std::size_t m_size{0};
};

} // namespace strata
} // namespace ns3

#endif /* STRATA_FLOW_TABLE_H */

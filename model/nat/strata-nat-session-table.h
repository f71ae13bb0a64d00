// SPDX-License-Identifier: GPL-2.0-only

#ifndef STRATA_NAT_SESSION_TABLE_H
#define STRATA_NAT_SESSION_TABLE_H

#include "strata-nat-flow-state.h"
#include "strata-nat-index-table.h"
#include "strata-nat-order-table.h"
#include "strata-nat-policy.h"
#include "strata-nat-slab-table.h"
#include "strata-nat-timer-table.h"
#include "strata-tcp-track-state.h"

namespace ns3
{
namespace strata
{

enum class NatSessionKind : uint8_t
{
    FLOW,     //!< what the inside end sends there leaves by its mapping
    EXPECTED, //!< of a connection that has not come yet
    /**
     * The remote end sends to this mapping while the inside end sends to it by another one.
     * Found by its mapping, the others by their inside end.
     */
    HEARD,
    ACCEPTED, //!< as FLOW, but the remote end began it
};

struct NatSession
{
    uint32_t insideAddress;
    uint32_t remoteAddress; //!< 0: any
    uint16_t insidePort;
    uint16_t remotePort; //!< 0: any
    uint32_t mapping;
    NatTimerTable::Tick end;    //!< when it ends
    NatTimerTable::Tick queued; //!< where the timer has it, never behind the end
    uint8_t protocol;
    TcpTrackState tcp;
    bool used{true};
    NatSessionKind kind;
};

/**
 * The sessions of a translator: which remote ends its mappings, known by their numbers, speak with,
 * and until when. A value.
 *
 * A session is found by its protocol, inside end and remote end, one that is only heard by its
 * mapping and remote end; the remote end as finely as mapping and filtering tell it apart, for TCP
 * always in full. Where filtering asks for addresses alone while sessions tell ports apart, permits
 * count the sessions of a mapping with an address.
 *
 * Whoever sends to a public end that hears from everybody begins sessions, from as many addresses
 * as he forges. So there are provisional ones, whose place others may have: those that a remote end
 * began and that hold nothing yet, for it is a connection that is not established, or packets that
 * the inside end did not answer, or whose mapping was set up by hand and stays without them.
 */
class NatSessionTable
{
  public:
    static constexpr uint32_t NONE = NatIndexTable::NONE;
    using Tick = NatTimerTable::Tick;

    explicit NatSessionTable(const NatConfig& config)
        : m_config(config)
    {
    }

    /** Precondition: it is empty if mapping, filtering or the seed are others. */
    void SetConfig(const NatConfig& config)
    {
        m_config = config;
    }

    const NatSession& operator[](uint32_t number) const
    {
        return m_sessions[number];
    }

    /** Numbers below it are, or were, of sessions; NatSession::used tells. */
    uint32_t Numbers() const
    {
        return static_cast<uint32_t>(m_sessions.entries.size());
    }

    /** The remote end as far as sessions tell it apart. */
    NatEndpoint KeyOf(uint8_t protocol, NatEndpoint remote) const;

    /** The session, but for those that are only heard; or NONE. */
    uint32_t Find(uint8_t protocol, NatEndpoint inside, NatEndpoint key) const
    {
        return m_byKey.Find(NatHash(m_config.seed, protocol, inside, key), [&](uint32_t i) {
            const NatSession& s = m_sessions[i];
            return s.insideAddress == inside.address && s.remoteAddress == key.address &&
                   s.insidePort == inside.port && s.remotePort == key.port &&
                   s.protocol == protocol && s.kind != NatSessionKind::HEARD;
        });
    }

    /** The session that is only heard. */
    uint32_t FindHeard(uint8_t protocol, uint32_t mapping, NatEndpoint key) const;

    /** Whether the mapping has a session with that address; false where that counts for nothing. */
    bool IsPermitted(uint8_t protocol, uint32_t mapping, uint32_t remoteAddress) const;

    /** Precondition: the mapping has none with that key, unless it is only heard. */
    uint32_t Make(uint8_t protocol,
                  uint32_t mapping,
                  NatEndpoint inside,
                  NatEndpoint key,
                  NatSessionKind kind);

    void Remove(uint32_t number)
    {
        Remove(number, true);
    }

    bool IsFull() const
    {
        return m_size >= m_config.maxSessions;
    }

    /** The session that has been provisional for longest, or NONE. */
    uint32_t OldestProvisional() const
    {
        return m_provisional.First();
    }

    /** A packet of it was seen. \param fixed the mapping was set up by hand */
    void Step(uint32_t number, FlowDirection direction, uint8_t tcpFlags, bool fixed);

    /** Of a new connection whose first segment is none that opens one: it is open already. */
    void PickUp(uint32_t number, FlowDirection direction, uint8_t tcpFlags);

    /** Sets how far its connection is. */
    void SetTrack(uint32_t number, TcpTrackState state);

    /** How long it lives without a packet. */
    Nanos TimeoutOf(uint32_t number) const;

    void EndAt(uint32_t number, Tick end);

    /** Whether Advance() may have something to do. */
    bool IsDue(Nanos now) const
    {
        return now >= m_nextTick;
    }

    /** Ends what is due, and calls \p ended with the mapping of each. */
    template <class Ended>
    void Advance(Nanos now, Ended&& ended)
    {
        if (!IsDue(now))
        {
            return;
        }
        m_timer.Advance(now, [&](uint32_t number) {
            NatSession& session = m_sessions[number];
            if (session.end > m_timer.Now())
            {
                session.queued = m_timer.Queue(number, session.end);
                return;
            }
            const uint32_t mapping = session.mapping;
            Remove(number, false);
            ended(mapping);
        });
        m_nextTick = NatTimerTable::TimeOf(m_timer.Now() + 1);
    }

    Nanos NextDeadline() const;

    std::size_t size() const
    {
        return m_size;
    }

    std::size_t MemoryBytes() const;

  private:
    /** That a mapping hears from a remote address, where its sessions tell ports apart. */
    struct Permit
    {
        uint32_t mapping;
        uint32_t remoteAddress;
        uint32_t sessions;
        bool used{true};
    };

    uint32_t HashOf(const NatSession& session) const;
    bool NeedsPermit(uint8_t protocol) const;
    uint32_t FindPermit(uint32_t mapping, uint32_t remoteAddress) const;
    bool IsProvisional(const NatSession& session) const;
    /** Keeps \p number among the provisional ones, or not, if it \p was one of them. */
    void Reconsider(uint32_t number, bool was);
    void Remove(uint32_t number, bool queued);

    NatConfig m_config;
    NatSlab<NatSession> m_sessions;
    NatSlab<Permit> m_permits;
    NatIndexTable m_byKey;
    NatIndexTable m_byPermit;
    NatOrderTable m_provisional; //!< the oldest first
    NatTimerTable m_timer;
    std::size_t m_size{0};
    Nanos m_nextTick{0}; //!< before it there is nothing to do for Advance()
};

} // namespace strata
} // namespace ns3

#endif /* STRATA_NAT_SESSION_TABLE_H */

// SPDX-License-Identifier: GPL-2.0-only

#ifndef STRATA_ARP_MACHINE_H
#define STRATA_ARP_MACHINE_H

#include "strata-address-claim-machine.h"
#include "strata-arp-state.h"

namespace ns3
{
namespace strata
{

/**
 * ARP at one interface (RFC 826; RFC 1122 section 2.3.2; RFC 5227): the cache with its timers,
 * packets that wait, answers for own addresses and as a proxy, and conflicts.
 *
 * It holds parameters only: state comes in, effects go out. Packets are handles that the caller
 * chooses; each handle given to Resolve comes back once, in an ArpRelease, ArpDiscard or
 * ArpUnreachable.
 *
 * \verbatim
 *               Resolve                 answer
 *   (nothing) ----------> INCOMPLETE ------------> REACHABLE <---------+
 *       ^                  |                         | reachableTime   | any message
 *       |     requestCount | requests                v        use      | of the host
 *       | failedTime       v unanswered            STALE ----------> PROBING
 *       +---------------- FAILED                     | staleTime       | pollCount polls
 *       +<-------------------------------------------+-----------------+ unanswered
 * \endverbatim
 *
 * What is there of RFC 1122 section 2.3.2.1: mechanism (1), a time limit, and (2), unicast polls,
 * these for entries in use only; and at most one request in a requestInterval for an address.
 * Of section 2.3.2.2: the latest packets are kept while an address is asked for.
 *
 * The cache never holds more than maxEntries. Room for a new entry is made by the entry that was
 * confirmed or asked for least recently among STALE, REACHABLE and PROBING ones; INCOMPLETE,
 * FAILED and STATIC ones stay: they hold packets, the limit on requests, and configuration. If
 * there are only these, the new entry is refused.
 *
 * \code
 * ArpMachine arp(parameters);
 * Do(arp.Resolve(state, nextHop, handle, now));
 * Do(arp.Receive(state, message, false, now));
 * // come back at NextDeadline(state)
 * Do(arp.Expire(state, now, random));
 * \endcode
 */
class ArpMachine
{
  public:
    /** \param parameters must outlive the machine; they may change between its calls */
    explicit ArpMachine(const ArpParameters& parameters)
        : m_parameters(parameters),
          m_claims(parameters)
    {
    }

    explicit ArpMachine(ArpParameters&&) = delete;

    /**
     * A message came in at this interface.
     *
     * \param proxyTarget whether the target can be reached, and not through this interface: else
     * no answer is given for it as a proxy
     */
    ArpEffects Receive(ArpState& state,
                       const ArpMessage& message,
                       bool proxyTarget,
                       Nanos now) const;

    /** Whether a proxy would answer \p message if the target lay beyond another interface. */
    static bool WantsProxy(const ArpState& state, const ArpMessage& message);

    /**
     * A packet, if there is one, has \p address as its next hop.
     *
     * \param jitter how long the first request is held back
     */
    ArpEffects Resolve(ArpState& state,
                       uint32_t address,
                       std::optional<uint64_t> packet,
                       Nanos now,
                       Nanos jitter = Nanos(0)) const;

    /** Does what is due at \p now. */
    ArpEffects Expire(ArpState& state, Nanos now, const UniformRandom& random) const;

    /** NEVER if nothing is due any more. */
    static Nanos NextDeadline(const ArpState& state)
    {
        return state.deadlines.First();
    }

    /** A static entry, in the place of any other; no effect if the cache is full of those that
     * stay. */
    ArpEffects AddStatic(ArpState& state, uint32_t address, const MacBytes& hardware) const;

    /** Forgets an entry, static or not; its packets are discarded. */
    ArpEffects Remove(ArpState& state, uint32_t address) const;

    /** Forgets what was learned, as when the link changes; packets go on waiting. */
    ArpEffects Flush(ArpState& state) const;

    /** Probes for an address, then announces it: see AddressClaimMachine. */
    void Probe(ArpState& state, uint32_t address, Nanos now, const UniformRandom& random) const
    {
        m_claims.Probe(state, address, now, random);
    }

    void Announce(ArpState& state, uint32_t address, Nanos now) const
    {
        m_claims.Announce(state, address, now);
    }

    void Cancel(ArpState& state, uint32_t address) const
    {
        m_claims.Cancel(state, address);
    }

  private:
    /** The entry of \p address; a new one if there is none and there is room. */
    ArpEntry* Obtain(ArpState& state, uint32_t address, ArpEffects& effects) const;
    /** RFC 826: the merge and what follows it. */
    void Merge(ArpState& state, const ArpMessage& message, Nanos now, ArpEffects& effects) const;
    /** The entry's host is at \p hardware. */
    void Confirm(ArpState& state,
                 uint32_t address,
                 const MacBytes& hardware,
                 ArpCause cause,
                 Nanos now,
                 ArpEffects& effects) const;
    void Answer(ArpState& state,
                const ArpMessage& message,
                bool proxyTarget,
                ArpEffects& effects) const;
    /** Sends a request about the entry, by broadcast or to whom it was. */
    void Ask(ArpState& state,
             uint32_t address,
             ArpEntry& entry,
             Nanos now,
             ArpEffects& effects) const;
    void ExpireEntry(ArpState& state, uint32_t address, Nanos now, ArpEffects& effects) const;
    void Keep(ArpState& state, uint32_t address, uint64_t packet, ArpEffects& effects) const;
    /** Takes the oldest packet of an entry away. */
    void DiscardOldest(ArpState& state, uint32_t address, ArpEffects& effects) const;
    void Erase(ArpState& state, uint32_t address, ArpEffects& effects) const;

    const ArpParameters& m_parameters;
    AddressClaimMachine m_claims;
};

/** The names of ArpCause, ArpRefusal and ArpConflictOutcome in traces: "unsolicited" and so on. */
const char* ArpCauseName(ArpCause cause);
const char* ArpRefusalName(ArpRefusal why);
const char* ArpConflictOutcomeName(ArpConflictOutcome outcome);

} // namespace strata
} // namespace ns3

#endif /* STRATA_ARP_MACHINE_H */

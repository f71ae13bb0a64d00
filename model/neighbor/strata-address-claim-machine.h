// SPDX-License-Identifier: GPL-2.0-only

#ifndef STRATA_ADDRESS_CLAIM_MACHINE_H
#define STRATA_ADDRESS_CLAIM_MACHINE_H

#include "strata-arp-state.h"

namespace ns3
{
namespace strata
{

/**
 * IPv4 address conflict detection (RFC 5227): probes before an address is used, announcements,
 * and the defence of an address in use. It is a part of ArpMachine, which gives it the messages
 * and the time.
 */
class AddressClaimMachine
{
  public:
    explicit AddressClaimMachine(const ArpParameters& parameters)
        : m_parameters(parameters)
    {
    }

    /**
     * Begins to probe for \p address (section 2.1.1). Nothing happens if it is the host's own or
     * probed for already. After maxConflicts addresses in vain, one is tried in rateLimitInterval.
     */
    void Probe(ArpState& state, uint32_t address, Nanos now, const UniformRandom& random) const;

    /** Begins to announce \p address, own or not (section 2.3): the first announcement is due. */
    void Announce(ArpState& state, uint32_t address, Nanos now) const;

    /** Ends what Probe or Announce began. */
    void Cancel(ArpState& state, uint32_t address) const;

    /** What is due for \p address. */
    void Expire(ArpState& state,
                uint32_t address,
                Nanos now,
                const UniformRandom& random,
                ArpEffects& effects) const;

    /**
     * Looks for conflicts in a message that another host sent.
     *
     * \return true if there is one: the message must not be processed further
     */
    bool Check(ArpState& state, const ArpMessage& message, Nanos now, ArpEffects& effects) const;

    /** The key of a claim's deadline; entries of the cache have their addresses as keys. */
    static uint64_t DeadlineKey(uint32_t address)
    {
        return (uint64_t{1} << 32) | address;
    }

  private:
    void Defend(ArpState& state,
                uint32_t address,
                const MacBytes& other,
                Nanos now,
                ArpEffects& effects) const;

    const ArpParameters& m_parameters;
};

} // namespace strata
} // namespace ns3

#endif /* STRATA_ADDRESS_CLAIM_MACHINE_H */

// SPDX-License-Identifier: GPL-2.0-only

#include "strata-address-claim-machine.h"

#include <algorithm>

namespace ns3
{
namespace strata
{

namespace
{

/** A random time between \p from and \p to. */
Nanos
Between(Nanos from, Nanos to, const UniformRandom& random)
{
    const double span = static_cast<double>((to - from).count());
    return from + Nanos(static_cast<Nanos::rep>(span * random()));
}

} // namespace

void
AddressClaimMachine::Probe(ArpState& state,
                           uint32_t address,
                           Nanos now,
                           const UniformRandom& random) const
{
    const auto known = state.claims.find(address);
    if (state.IsOwn(address) || (known != state.claims.end() && known->second.probing))
    {
        return;
    }
    Nanos begin = now;
    if (state.conflicts >= m_parameters.maxConflicts && state.tried)
    {
        begin = std::max(now, *state.tried + m_parameters.rateLimitInterval);
    }
    state.tried = begin;
    const Nanos start = begin + Between(Nanos(0), m_parameters.probeWait, random);
    state.claims[address] = {true, 0};
    state.deadlines.Set(DeadlineKey(address), start);
}

void
AddressClaimMachine::Announce(ArpState& state, uint32_t address, Nanos now) const
{
    state.claims[address] = {false, 0};
    state.deadlines.Set(DeadlineKey(address), now);
}

void
AddressClaimMachine::Cancel(ArpState& state, uint32_t address) const
{
    state.claims.erase(address);
    state.deadlines.Erase(DeadlineKey(address));
}

void
AddressClaimMachine::Expire(ArpState& state,
                            uint32_t address,
                            Nanos now,
                            const UniformRandom& random,
                            ArpEffects& effects) const
{
    const auto found = state.claims.find(address);
    if (found == state.claims.end())
    {
        return;
    }
    ArpClaim& claim = found->second;
    if (claim.probing && claim.sent < m_parameters.probeCount)
    {
        ++claim.sent;
        effects.push_back(ArpTransmit{BROADCAST_MAC, ArpMessage::Probe(state.hardware, address)});
        const bool last = claim.sent == m_parameters.probeCount;
        state.deadlines.Set(
            DeadlineKey(address),
            now + (last ? m_parameters.announceWait
                        : Between(m_parameters.probeMin, m_parameters.probeMax, random)));
        return;
    }
    if (claim.probing)
    {
        // Nobody objected. The address may be used with the first announcement (section 2.3).
        claim = {false, 0};
        state.conflicts = 0;
        if (!state.IsOwn(address))
        {
            state.addresses.push_back({address, 32});
        }
        effects.push_back(ArpAddressUsable{address});
    }
    if (claim.sent < m_parameters.announceCount)
    {
        ++claim.sent;
        effects.push_back(
            ArpTransmit{BROADCAST_MAC, ArpMessage::Announcement(state.hardware, address)});
    }
    if (claim.sent < m_parameters.announceCount)
    {
        state.deadlines.Set(DeadlineKey(address), now + m_parameters.announceInterval);
    }
    else
    {
        Cancel(state, address);
    }
}

bool
AddressClaimMachine::Check(ArpState& state,
                           const ArpMessage& message,
                           Nanos now,
                           ArpEffects& effects) const
{
    // Section 2.1.1: while an address is probed for, whoever uses it, or probes for it, too, has
    // it.
    const uint32_t wanted = message.IsProbe() ? message.targetProtocol : message.senderProtocol;
    const auto claim = state.claims.find(wanted);
    if (claim != state.claims.end() && claim->second.probing)
    {
        Cancel(state, wanted);
        ++state.conflicts;
        effects.push_back(
            ArpConflict{wanted, message.senderHardware, ArpConflictOutcome::PROBE_FAILED});
        return true;
    }
    if (state.IsOwn(message.senderProtocol))
    {
        Defend(state, message.senderProtocol, message.senderHardware, now, effects);
        return true;
    }
    return false;
}

void
AddressClaimMachine::Defend(ArpState& state,
                            uint32_t address,
                            const MacBytes& other,
                            Nanos now,
                            ArpEffects& effects) const
{
    const auto defended = state.defended.find(address);
    const bool recently =
        defended != state.defended.end() && now - defended->second < m_parameters.defendInterval;
    if (m_parameters.defence == ArpDefence::GIVE_UP ||
        (m_parameters.defence == ArpDefence::ONCE && recently))
    {
        Cancel(state, address);
        state.defended.erase(address);
        state.addresses.erase(
            std::remove_if(state.addresses.begin(),
                           state.addresses.end(),
                           [address](const ArpOwnAddress& own) { return own.address == address; }),
            state.addresses.end());
        effects.push_back(ArpConflict{address, other, ArpConflictOutcome::GIVEN_UP});
        effects.push_back(ArpAddressLost{address});
        return;
    }
    if (recently)
    {
        // Two hosts that both insist must not shout at each other without end.
        effects.push_back(ArpConflict{address, other, ArpConflictOutcome::KEPT});
        return;
    }
    state.defended[address] = now;
    effects.push_back(ArpConflict{address, other, ArpConflictOutcome::DEFENDED});
    effects.push_back(
        ArpTransmit{BROADCAST_MAC, ArpMessage::Announcement(state.hardware, address)});
}

} // namespace strata
} // namespace ns3

// SPDX-License-Identifier: GPL-2.0-only

#include "strata-arp-machine.h"

#include <algorithm>

namespace ns3
{
namespace strata
{

namespace
{

/** RFC 1812 section 3.3.2: no mapping to a group's hardware address is believed. */
bool
IsHostHardware(const MacBytes& hardware)
{
    return (hardware[0] & 1) == 0 && hardware != MacBytes{};
}

/** RFC 1122 section 3.2.1.3: what can be the address of a host on a link. */
bool
IsHostProtocol(uint32_t address)
{
    const uint32_t net = address >> 24;
    return net != 0 && net != 127 && net < 224;
}

/** The own address to ask with: one in the network of \p target if possible. */
uint32_t
SourceFor(const ArpState& state, uint32_t target)
{
    for (const ArpOwnAddress& own : state.addresses)
    {
        if (Ipv4Prefix(own.address, own.prefixLength).Contains(target))
        {
            return own.address;
        }
    }
    return state.addresses.empty() ? 0 : state.addresses.front().address;
}

bool
IsEvictable(const ArpEntry& entry)
{
    return entry.state == ArpEntryState::STALE || entry.state == ArpEntryState::REACHABLE ||
           entry.state == ArpEntryState::PROBING;
}

bool
IsAsked(const ArpEntry& entry)
{
    return entry.state == ArpEntryState::INCOMPLETE || entry.state == ArpEntryState::PROBING;
}

/** Gives the packets of an entry to the caller. */
std::vector<uint64_t>
TakePending(ArpState& state, ArpEntry& entry)
{
    std::vector<uint64_t> packets;
    packets.swap(entry.pending);
    state.pending -= packets.size();
    return packets;
}

} // namespace

// ---- Messages ---------------------------------------------------------------------------------

ArpEffects
ArpMachine::Receive(ArpState& state, const ArpMessage& message, bool proxyTarget, Nanos now) const
{
    ArpEffects effects;
    const auto drop = [&effects](ArpDropReason reason) {
        effects.push_back(ArpMessageDrop{reason});
        return effects;
    };
    const MacBytes& hardware = message.senderHardware;
    const uint32_t sender = message.senderProtocol;
    if (hardware == state.hardware)
    {
        return drop(ArpDropReason::OWN_HARDWARE);
    }
    if (!IsHostHardware(hardware))
    {
        return drop(ArpDropReason::SENDER_HARDWARE);
    }
    const bool sibling =
        std::find(state.siblings.begin(), state.siblings.end(), hardware) != state.siblings.end();
    if (!sibling && m_claims.Check(state, message, now, effects))
    {
        return drop(ArpDropReason::CONFLICT);
    }
    if (!message.IsProbe())
    {
        if (!IsHostProtocol(sender))
        {
            return drop(ArpDropReason::SENDER_PROTOCOL);
        }
        const auto bound = state.bindings.find(sender);
        const bool listed = bound != state.bindings.end();
        if ((m_parameters.bindingCheck == ArpBindingCheck::STRICT && !listed) ||
            (m_parameters.bindingCheck != ArpBindingCheck::OFF && listed &&
             bound->second != hardware))
        {
            const ArpCause cause = message.IsGratuitous()                     ? ArpCause::GRATUITOUS
                                   : message.operation == ArpOperation::REPLY ? ArpCause::REPLY
                                                                              : ArpCause::REQUEST;
            effects.push_back(ArpPoisonRefusal{sender, hardware, cause, ArpRefusal::BINDING});
            return drop(ArpDropReason::BINDING);
        }
        if (!sibling || !state.IsOwn(sender))
        {
            Merge(state, message, now, effects);
        }
    }
    Answer(state, message, proxyTarget, effects);
    return effects;
}

void
ArpMachine::Merge(ArpState& state, const ArpMessage& message, Nanos now, ArpEffects& effects) const
{
    const uint32_t sender = message.senderProtocol;
    const MacBytes& hardware = message.senderHardware;
    const auto found = state.entries.find(sender);
    const bool known = found != state.entries.end();
    const bool same = known && found->second.HasHardware() && found->second.hardware == hardware;
    const bool learned =
        m_parameters.learning == ArpLearning::ALL ||
        (m_parameters.learning == ArpLearning::TARGET && state.IsOwn(message.targetProtocol));

    ArpCause cause = ArpCause::REQUEST;
    if (message.IsGratuitous())
    {
        cause = ArpCause::GRATUITOUS;
    }
    else if (message.operation == ArpOperation::REPLY)
    {
        cause = known && IsAsked(found->second) ? ArpCause::REPLY : ArpCause::UNSOLICITED;
    }
    if (cause == ArpCause::GRATUITOUS || cause == ArpCause::UNSOLICITED)
    {
        effects.push_back(ArpHeard{sender, hardware, cause});
    }

    if (known && found->second.state == ArpEntryState::STATIC)
    {
        if (!same)
        {
            effects.push_back(ArpPoisonRefusal{sender, hardware, cause, ArpRefusal::STATIC});
        }
        return;
    }
    if ((cause == ArpCause::UNSOLICITED && !m_parameters.acceptUnsolicited) ||
        (cause == ArpCause::GRATUITOUS && !m_parameters.acceptGratuitous))
    {
        if (known ? !same : learned)
        {
            effects.push_back(ArpPoisonRefusal{sender, hardware, cause, ArpRefusal::POLICY});
        }
        return;
    }
    // RFC 826: "If the pair is already in my translation table, update ... and set Merge_flag";
    // "Am I the target protocol address? ... If Merge_flag is false, add the triplet".
    if (!known && !learned)
    {
        return;
    }
    if (!Obtain(state, sender, effects))
    {
        effects.push_back(ArpMessageDrop{ArpDropReason::CACHE_FULL});
        return;
    }
    Confirm(state, sender, hardware, cause, now, effects);
}

void
ArpMachine::Confirm(ArpState& state,
                    uint32_t address,
                    const MacBytes& hardware,
                    ArpCause cause,
                    Nanos now,
                    ArpEffects& effects) const
{
    ArpEntry& entry = state.entries.at(address);
    const bool changed = entry.HasHardware() && entry.hardware != hardware;
    if (changed)
    {
        effects.push_back(ArpMappingChange{address, entry.hardware, hardware, cause});
    }
    if (changed || !entry.IsUsable())
    {
        effects.push_back(ArpMap{address, hardware, false});
    }
    entry.state = ArpEntryState::REACHABLE;
    entry.hardware = hardware;
    entry.requests = 0;
    entry.used = ++state.uses;
    state.deadlines.Set(address, now + m_parameters.reachableTime);
    if (!entry.pending.empty())
    {
        effects.push_back(ArpRelease{address, hardware, TakePending(state, entry)});
    }
}

void
ArpMachine::Answer(ArpState& state,
                   const ArpMessage& message,
                   bool proxyTarget,
                   ArpEffects& effects) const
{
    // RFC 826: "NOW look at the opcode!!"
    if (message.operation == ArpOperation::REQUEST)
    {
        if (state.IsOwn(message.targetProtocol) || (proxyTarget && WantsProxy(state, message)))
        {
            effects.push_back(
                ArpTransmit{message.senderHardware, ArpMessage::Reply(message, state.hardware)});
        }
    }
    else if (message.operation != ArpOperation::REPLY)
    {
        effects.push_back(ArpMessageDrop{ArpDropReason::UNKNOWN_OPERATION});
    }
}

bool
ArpMachine::WantsProxy(const ArpState& state, const ArpMessage& message)
{
    // An answer to a probe would take the address away from the host that is about to use it.
    if (message.operation != ArpOperation::REQUEST || message.IsProbe() || message.IsGratuitous() ||
        state.IsOwn(message.targetProtocol))
    {
        return false;
    }
    return std::any_of(state.proxies.begin(), state.proxies.end(), [&](const Ipv4Prefix& prefix) {
        return prefix.Contains(message.targetProtocol);
    });
}

// ---- Packets ----------------------------------------------------------------------------------

ArpEffects
ArpMachine::Resolve(ArpState& state,
                    uint32_t address,
                    std::optional<uint64_t> packet,
                    Nanos now,
                    Nanos jitter) const
{
    ArpEffects effects;
    const bool known = state.entries.count(address) != 0;
    ArpEntry* entry = Obtain(state, address, effects);
    if (!entry)
    {
        if (packet)
        {
            effects.push_back(ArpDiscard{address, {*packet}, ArpDropReason::CACHE_FULL});
        }
        return effects;
    }
    entry->used = ++state.uses;
    if (entry->state == ArpEntryState::FAILED)
    {
        effects.push_back(ArpUnreachable{address, {}});
        if (packet)
        {
            std::get<ArpUnreachable>(effects.back()).packets.push_back(*packet);
        }
        return effects;
    }
    if (entry->HasHardware())
    {
        effects.push_back(ArpMap{address, entry->hardware, entry->state == ArpEntryState::STATIC});
        if (packet)
        {
            effects.push_back(ArpRelease{address, entry->hardware, {*packet}});
        }
        if (entry->state == ArpEntryState::STALE)
        {
            entry->state = ArpEntryState::PROBING;
            entry->requests = 0;
            jitter = Nanos(0);
        }
        else
        {
            return effects;
        }
    }
    else if (packet)
    {
        Keep(state, address, *packet, effects);
    }
    if (known && entry->state == ArpEntryState::INCOMPLETE)
    {
        return effects; // the next request has its time
    }
    // RFC 1122 section 2.3.2.1: no more than one request a second for an address
    Nanos when = now + jitter;
    if (entry->asked)
    {
        when = std::max(when, *entry->asked + m_parameters.requestInterval);
    }
    if (when <= now)
    {
        Ask(state, address, *entry, now, effects);
    }
    else
    {
        state.deadlines.Set(address, when);
    }
    return effects;
}

void
ArpMachine::Ask(ArpState& state, uint32_t address, ArpEntry& entry, Nanos now, ArpEffects& effects)
    const
{
    const MacBytes& to = entry.state == ArpEntryState::PROBING ? entry.hardware : BROADCAST_MAC;
    effects.push_back(
        ArpTransmit{to, ArpMessage::Request(state.hardware, SourceFor(state, address), address)});
    entry.asked = now;
    ++entry.requests;
    state.deadlines.Set(address, now + m_parameters.requestInterval);
}

void
ArpMachine::Keep(ArpState& state, uint32_t address, uint64_t packet, ArpEffects& effects) const
{
    // RFC 1122 section 2.3.2.2: "at least one (the latest) packet" of each destination is saved.
    ArpEntry& entry = state.entries.at(address);
    while (entry.pending.size() >= std::max<std::size_t>(1, m_parameters.maxPendingPerEntry))
    {
        DiscardOldest(state, address, effects);
    }
    while (state.pending >= std::max<std::size_t>(1, m_parameters.maxPending))
    {
        // Who has most gives, then who was asked for least recently.
        uint32_t victim = address;
        if (entry.pending.empty())
        {
            const auto most =
                std::max_element(state.entries.begin(),
                                 state.entries.end(),
                                 [](const auto& a, const auto& b) {
                                     const std::size_t ofA = a.second.pending.size();
                                     const std::size_t ofB = b.second.pending.size();
                                     return ofA != ofB ? ofA < ofB : a.second.used > b.second.used;
                                 });
            victim = most->first;
        }
        DiscardOldest(state, victim, effects);
    }
    entry.pending.push_back(packet);
    ++state.pending;
}

void
ArpMachine::DiscardOldest(ArpState& state, uint32_t address, ArpEffects& effects) const
{
    ArpEntry& entry = state.entries.at(address);
    effects.push_back(ArpDiscard{address, {entry.pending.front()}, ArpDropReason::QUEUE_FULL});
    entry.pending.erase(entry.pending.begin());
    --state.pending;
}

// ---- Time -------------------------------------------------------------------------------------

ArpEffects
ArpMachine::Expire(ArpState& state, Nanos now, const UniformRandom& random) const
{
    ArpEffects effects;
    for (const uint64_t key : state.deadlines.TakeDue(now))
    {
        const auto address = static_cast<uint32_t>(key);
        if (key == AddressClaimMachine::DeadlineKey(address))
        {
            m_claims.Expire(state, address, now, random, effects);
        }
        else
        {
            ExpireEntry(state, address, now, effects);
        }
    }
    return effects;
}

void
ArpMachine::ExpireEntry(ArpState& state, uint32_t address, Nanos now, ArpEffects& effects) const
{
    ArpEntry& entry = state.entries.at(address);
    switch (entry.state)
    {
    case ArpEntryState::INCOMPLETE:
        if (entry.requests < std::max(1u, m_parameters.requestCount))
        {
            Ask(state, address, entry, now, effects);
            return;
        }
        effects.push_back(ArpUnreachable{address, TakePending(state, entry)});
        entry.state = ArpEntryState::FAILED;
        state.deadlines.Set(
            address,
            std::max(now + m_parameters.failedTime, *entry.asked + m_parameters.requestInterval));
        return;
    case ArpEntryState::REACHABLE:
        if (m_parameters.poll)
        {
            entry.state = ArpEntryState::STALE;
            effects.push_back(ArpUnmap{address});
            state.deadlines.Set(address, now + m_parameters.staleTime);
            return;
        }
        break;
    case ArpEntryState::PROBING:
        if (entry.requests < std::max(1u, m_parameters.pollCount))
        {
            Ask(state, address, entry, now, effects);
            return;
        }
        break;
    case ArpEntryState::STALE:
    case ArpEntryState::FAILED:
    case ArpEntryState::STATIC:
        break;
    }
    Erase(state, address, effects);
}

// ---- Entries ----------------------------------------------------------------------------------

ArpEntry*
ArpMachine::Obtain(ArpState& state, uint32_t address, ArpEffects& effects) const
{
    const auto found = state.entries.find(address);
    if (found != state.entries.end())
    {
        return &found->second;
    }
    while (state.entries.size() >= std::max<std::size_t>(1, m_parameters.maxEntries))
    {
        auto oldest = state.entries.end();
        for (auto i = state.entries.begin(); i != state.entries.end(); ++i)
        {
            if (IsEvictable(i->second) &&
                (oldest == state.entries.end() || i->second.used < oldest->second.used))
            {
                oldest = i;
            }
        }
        if (oldest == state.entries.end())
        {
            return nullptr;
        }
        Erase(state, oldest->first, effects);
    }
    return &state.entries[address];
}

void
ArpMachine::Erase(ArpState& state, uint32_t address, ArpEffects& effects) const
{
    const auto found = state.entries.find(address);
    if (found->second.IsUsable())
    {
        effects.push_back(ArpUnmap{address});
    }
    if (!found->second.pending.empty())
    {
        effects.push_back(
            ArpDiscard{address, TakePending(state, found->second), ArpDropReason::REMOVED});
    }
    state.entries.erase(found);
    state.deadlines.Erase(address);
}

ArpEffects
ArpMachine::AddStatic(ArpState& state, uint32_t address, const MacBytes& hardware) const
{
    ArpEffects effects;
    ArpEntry* entry = Obtain(state, address, effects);
    if (!entry)
    {
        return effects;
    }
    entry->state = ArpEntryState::STATIC;
    entry->hardware = hardware;
    entry->requests = 0;
    entry->used = ++state.uses;
    state.deadlines.Erase(address);
    effects.push_back(ArpMap{address, hardware, true});
    if (!entry->pending.empty())
    {
        effects.push_back(ArpRelease{address, hardware, TakePending(state, *entry)});
    }
    return effects;
}

ArpEffects
ArpMachine::Remove(ArpState& state, uint32_t address) const
{
    ArpEffects effects;
    if (state.entries.count(address) != 0)
    {
        Erase(state, address, effects);
    }
    return effects;
}

ArpEffects
ArpMachine::Flush(ArpState& state) const
{
    ArpEffects effects;
    std::vector<uint32_t> forgotten;
    for (const auto& [address, entry] : state.entries)
    {
        if (entry.state == ArpEntryState::STATIC)
        {
            effects.push_back(ArpMap{address, entry.hardware, true});
        }
        else if (entry.state != ArpEntryState::INCOMPLETE)
        {
            forgotten.push_back(address);
        }
    }
    for (const uint32_t address : forgotten)
    {
        Erase(state, address, effects);
    }
    return effects;
}

// ---- Names ------------------------------------------------------------------------------------

const char*
ArpCauseName(ArpCause cause)
{
    switch (cause)
    {
    case ArpCause::REQUEST:
        return "request";
    case ArpCause::REPLY:
        return "reply";
    case ArpCause::UNSOLICITED:
        return "unsolicited";
    case ArpCause::GRATUITOUS:
        return "gratuitous";
    }
    return "unknown";
}

const char*
ArpRefusalName(ArpRefusal why)
{
    switch (why)
    {
    case ArpRefusal::STATIC:
        return "static";
    case ArpRefusal::BINDING:
        return "binding";
    case ArpRefusal::POLICY:
        return "policy";
    }
    return "unknown";
}

const char*
ArpConflictOutcomeName(ArpConflictOutcome outcome)
{
    switch (outcome)
    {
    case ArpConflictOutcome::PROBE_FAILED:
        return "probe-failed";
    case ArpConflictOutcome::DEFENDED:
        return "defended";
    case ArpConflictOutcome::KEPT:
        return "kept";
    case ArpConflictOutcome::GIVEN_UP:
        return "given-up";
    }
    return "unknown";
}

} // namespace strata
} // namespace ns3

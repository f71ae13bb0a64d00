// SPDX-License-Identifier: GPL-2.0-only

// The part of NatMachine that keeps fragments together (RFC 4787 REQ-14).

#include "strata-nat-machine.h"

#include "ns3/strata-checksum.h"

namespace ns3
{
namespace strata
{

namespace
{

void
SetIdentification(Ipv4WireHeader& header, uint16_t identification)
{
    header.checksum = UpdateChecksum(header.checksum, header.identification, identification);
    header.identification = identification;
}

} // namespace

NatFragmentKey
NatMachine::KeyOf(const Ipv4WireHeader& header, Way way)
{
    return NatFragmentKey{header.source,
                          header.destination,
                          header.identification,
                          header.protocol,
                          static_cast<uint8_t>(way)};
}

std::optional<NatVerdict>
NatMachine::LaterFragment(Ipv4WireHeader& header, Way way, Nanos now)
{
    if (header.fragmentOffset == 0)
    {
        return std::nullopt;
    }
    const NatFragmentKey key = KeyOf(header, way);
    const NatFragmentFate* fate = m_fragments.Find(key, now);
    NatVerdict verdict;
    if (!fate)
    {
        const auto ticket = m_fragments.Hold(key, now, verdict.overflow);
        verdict.action = ticket ? NatAction::HOLD : NatAction::DROP;
        verdict.drop = NatDrop::FRAGMENTS_FULL;
        verdict.ticket = ticket.value_or(0);
        return verdict;
    }
    if (fate->drop != 0)
    {
        return Drop(static_cast<NatDrop>(fate->drop));
    }
    if (fate->source != 0)
    {
        header.UpdateSource(fate->source);
        verdict.action = NatAction::REWRITTEN;
    }
    if (fate->destination != 0)
    {
        header.UpdateDestination(fate->destination);
        verdict.action = NatAction::REWRITTEN;
    }
    if (fate->identification != 0)
    {
        SetIdentification(header, fate->identification);
        verdict.action = NatAction::REWRITTEN;
    }
    if (fate->hairpinSource != 0)
    {
        verdict.hairpin = NatEndpoint{fate->hairpinSource, 0};
    }
    return verdict;
}

void
NatMachine::Renumber(Ipv4WireHeader& header, const NatFragmentKey& key, Nanos now)
{
    // A first fragment that comes twice belongs to the others all the same.
    const NatFragmentFate* known = header.moreFragments ? m_fragments.Find(key, now) : nullptr;
    if (known && known->identification != 0)
    {
        SetIdentification(header, known->identification);
        return;
    }
    m_identification = static_cast<uint16_t>(m_identification == 0xffff ? 1 : m_identification + 1);
    SetIdentification(header, m_identification);
}

void
NatMachine::NoteFragment(const NatFragmentKey& key,
                         const Ipv4WireHeader& before,
                         const Ipv4WireHeader& after,
                         Nanos now,
                         NatVerdict& verdict)
{
    if (!before.moreFragments || verdict.action == NatAction::NEED_ALL)
    {
        return;
    }
    NatFragmentFate fate;
    fate.source = after.source != before.source ? after.source : 0;
    fate.destination = after.destination != before.destination ? after.destination : 0;
    fate.identification = after.identification != before.identification ? after.identification : 0;
    fate.hairpinSource = verdict.hairpin ? verdict.hairpin->address : 0;
    fate.drop = static_cast<uint8_t>(verdict.drop);
    verdict.release = m_fragments.Learn(key, fate, now);
}

} // namespace strata
} // namespace ns3

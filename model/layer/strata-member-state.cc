// SPDX-License-Identifier: GPL-2.0-only

#include "strata-member-state.h"

namespace ns3
{
namespace strata
{

StateSize
MeasureState(const MemberState& state)
{
    StateSize size;
    size.attachments = state.attachments.size();
    size.links = state.links.size();
    size.linkStates = state.linkStates.size();
    size.leaves = state.leaves.size();
    size.routes = state.routes.size();
    size.locations = state.locations.size();
    size.sessions = state.sessions.size();
    size.bytes = state.attachments.MemoryBytes() + state.links.MemoryBytes() +
                 state.linkStates.MemoryBytes() + state.leaves.MemoryBytes() +
                 state.routes.MemoryBytes() + state.locations.MemoryBytes() +
                 state.sessions.MemoryBytes();
    for (const auto& [origin, record] : state.linkStates)
    {
        size.bytes += record.neighbors.size() * sizeof(LinkStateNeighbor);
    }
    return size;
}

const char*
MemberDropName(MemberDrop reason)
{
    static const char* const NAMES[] = {"malformed",
                                        "other-layer",
                                        "not-a-member",
                                        "no-route",
                                        "not-attached",
                                        "hop-limit",
                                        "too-big",
                                        "not-authentic",
                                        "stale",
                                        "no-session",
                                        "no-process",
                                        "resolving-overflow",
                                        "unknown-type",
                                        "not-a-neighbor",
                                        "queue-full",
                                        "bad-segment",
                                        "replayed",
                                        "flow-ended"};
    static_assert(sizeof(NAMES) / sizeof(NAMES[0]) == static_cast<std::size_t>(MemberDrop::COUNT_));
    return reason < MemberDrop::COUNT_ ? NAMES[static_cast<std::size_t>(reason)] : "unknown";
}

const char*
ContractEventName(ContractEvent event)
{
    switch (event)
    {
    case ContractEvent::ATTACHMENT_ENDED:
        return "attachment-ended";
    case ContractEvent::ATTACHMENT_REPAIRED:
        return "attachment-repaired";
    case ContractEvent::LOCATION_CHANGED:
        return "location-changed";
    case ContractEvent::LOCATION_REPAIRED:
        return "location-repaired";
    case ContractEvent::BOUND_FAILED:
        return "bound-failed";
    }
    return "unknown";
}

} // namespace strata
} // namespace ns3

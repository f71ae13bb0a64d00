// SPDX-License-Identifier: GPL-2.0-only

#ifndef STRATA_MEMBER_STATE_H
#define STRATA_MEMBER_STATE_H

#include "strata-guarded-table.h"
#include "strata-link-state.h"
#include "strata-member-event.h"
#include "strata-naming-policy.h"
#include "strata-ring-decision.h"
#include "strata-route-table.h"
#include "strata-session-state.h"

#include "ns3/strata-deadline-table.h"
#include "ns3/strata-hash.h"
#include "ns3/strata-tied.h"

#include <map>
#include <optional>
#include <set>

namespace ns3
{
namespace strata
{

/** Where a process stands in its life as a member. */
enum class MemberPhase : uint8_t
{
    OUTSIDE,   //!< not a member
    ENROLLING, //!< looking for a neighbour that accepts it
    MEMBER,
    LEFT, //!< has left; the name is never used again
};

/** A flow that an underlay offers. */
struct PortEntry
{
    uint32_t cost{1};
    uint32_t mtu{1500};
    bool broadcast{false};
    uint32_t underlay{0};

    auto Tie() const
    {
        return std::tie(cost, mtu, broadcast, underlay);
    }
};

/** The registration of this member in an underlay. */
struct AttachmentEntry
{
    uint32_t sequence{0}; //!< of the member's own attachment, if it is a leaf
    uint32_t ports{0};    //!< flows in use

    auto Tie() const
    {
        return std::tie(sequence, ports);
    }
};

/** A link: a port behind which a member is known. */
struct LinkEntry
{
    MemberName neighbor{NO_NAME};
    MemberRole role{MemberRole::ROUTER};
    uint32_t cost{1};
    Nanos lastHeard{0};
    Nanos holdTime{0}; //!< 0: the neighbour never dies by silence

    /** When it was last heard is not a change of the link: it is kept outside the comparison. */
    auto Tie() const
    {
        return std::tie(neighbor, role, cost, holdTime);
    }
};

/** Where a leaf is attached, as this member knows it. */
struct LeafEntry
{
    AttachmentRecord record;
    Nanos withdrawAt{NEVER}; //!< a lost leaf of this access member is given up then
    Nanos expires{NEVER};    //!< a cached answer of a resolver

    auto Tie() const
    {
        return std::tie(record, withdrawAt, expires);
    }
};

/** The ends and the peer's location of a session. */
struct SessionEntry
{
    std::string process;
    std::string peer;
    MemberName peerLocation{NO_NAME};
    uint32_t peerSession{0};
    uint32_t peerSequence{0}; //!< of the peer's location, orders its moves
    bool open{false};
    bool opener{false};
    uint8_t slice{0};
    SessionService service{SessionService::DATAGRAM};
    Nanos bound{0};

    auto Tie() const
    {
        return std::tie(process,
                        peer,
                        peerLocation,
                        peerSession,
                        peerSequence,
                        open,
                        opener,
                        slice,
                        service,
                        bound);
    }
};

/** How a session is used; not its location, so no part of what mobility writes. */
struct SessionUse
{
    SessionProtocolState protocol;
    std::vector<std::pair<Bytes, uint8_t>> waiting; //!< messages before the session stands
    Nanos lastHeard{0};
    Nanos lastLookUp{0};
    uint8_t flags{0}; //!< of the messages being sent

    auto Tie() const
    {
        return std::tie(protocol, waiting, lastHeard, lastLookUp, flags);
    }
};

/** What a pending request is about; it selects what happens when no answer comes. */
enum class PendingKind : uint8_t
{
    ENROLL,
    FLOOD,      //!< to a neighbour, by port
    ATTACHMENT, //!< to an anchor, resolver or former access member
    LOCATION,   //!< to a directory's home
    ANNOUNCE,
    LEAVE,
    RESOLVE,
    SESSION_OPEN,
    SESSION_MOVED,
};

/** A request that is repeated until it is answered. */
struct PendingRequest
{
    PendingKind kind{PendingKind::FLOOD};
    std::optional<PortId> port; //!< sent on this port, else routed
    MemberName destination{NO_NAME};
    PduType type{PduType::ACK};
    Bytes body;
    uint32_t session{0};
    std::string subject; //!< the process or leaf that it is about
    uint8_t tries{0};
    bool unsent{false}; //!< there was no way to the destination the last time

    auto Tie() const
    {
        return std::tie(kind, port, destination, type, body, session, subject, tries, unsent);
    }
};

/** Records that wait to be flooded to one neighbour. */
struct FloodBatch
{
    std::map<MemberName, LinkStateRecord> linkStates;
    std::map<MemberName, AttachmentRecord> attachments;
    std::map<std::string, LocationRecord> locations;

    auto Tie() const
    {
        return std::tie(linkStates, attachments, locations);
    }
};

/** The place of this member in the spanning tree that learning routing floods along. */
struct TreeState
{
    MemberName root{NO_NAME};
    uint16_t distance{0};
    MemberName parent{NO_NAME};
    PortId parentPort{0};    //!< of several links to the parent only one is in the tree
    Nanos quietUntil{0};     //!< a change was said just now: the next waits until then
    std::set<PortId> untold; //!< the links on which a change waits to be said
    /** What each neighbour said last: root, distance, parent. */
    std::map<PortId, std::tuple<MemberName, uint16_t, MemberName>> heard;

    /** \return when a change that waits is said, NEVER if none does */
    Nanos SayAt() const
    {
        return untold.empty() ? NEVER : quietUntil;
    }

    auto Tie() const
    {
        return std::tie(root, distance, parent, parentPort, quietUntil, untold, heard);
    }
};

using AttachmentTable = GuardedTable<uint32_t, AttachmentEntry, TableKind::ATTACHMENTS>;
using LinkTable = GuardedTable<PortId, LinkEntry, TableKind::LINKS>;
using LinkStateTable = GuardedTable<MemberName, LinkStateRecord, TableKind::ROUTES>;
using LeafTable = GuardedTable<MemberName, LeafEntry, TableKind::ROUTES>;
using LocationTable = GuardedTable<std::string, LocationRecord, TableKind::LOCATIONS>;
using SessionTable = GuardedTable<uint32_t, SessionEntry, TableKind::SESSIONS>;

/** What mobility writes; the tables change only through a right (see strata-write-right.h). */
struct MemberTables
{
    AttachmentTable attachments;
    LinkTable links;
    LinkStateTable linkStates;
    LeafTable leaves;
    RouteTable routes;
    LocationTable locations;
    SessionTable sessions;

    auto Tie() const
    {
        return std::tie(attachments, links, linkStates, leaves, routes, locations, sessions);
    }
};

/** What stands beside the tables: the control state of the machine and its policies. */
struct MemberControl
{
    MemberPhase phase{MemberPhase::OUTSIDE};
    MemberName name{NO_NAME};
    uint8_t blockLength{64};
    MemberName wish{NO_NAME};
    NamingState naming;
    uint32_t attachmentSequence{0};
    uint32_t linkStateSequence{0};
    uint32_t nextTransaction{1};
    uint32_t nextSession{1};

    std::map<PortId, PortEntry> ports;
    std::map<std::string, uint32_t> processes; //!< registered here, with their location's sequence
    std::map<uint32_t, SessionUse> uses;
    std::map<uint32_t, PendingRequest> pending; //!< by transaction
    std::map<PortId, FloodBatch> outbox;
    std::map<MemberName, std::vector<Bytes>> unresolved; //!< PDUs for leaves being resolved
    std::map<MemberName, uint32_t> repairing;           //!< leaves whose attachment ended: sequence
    std::map<MemberName, LinkStateAssembly> assemblies; //!< records that have not come in whole
    TreeState tree;

    DeadlineTable linkTimers;    //!< by port: a neighbour may have died; late for one just heard
    DeadlineTable leafTimers;    //!< by leaf: the first deadline of its entry
    DeadlineTable requestTimers; //!< by transaction: the request is repeated
    DeadlineTable sessionTimers; //!< by session: its protocol has work
    Nanos nextHello{NEVER};
    Nanos shortestPathAt{NEVER};
    Nanos flushAt{NEVER};
    Nanos ageAt{NEVER}; //!< a learned route is too old then
    Nanos wake{NEVER};  //!< never later than the first deadline of all

    /** The routers on the ring of consistent hashing: follows from linkStates. */
    struct RouterRing
    {
        bool stale{true};
        HashRing ring;
    };

    /** Kept outside the comparison. */
    RouterRing routerRing;

    auto Tie() const
    {
        return std::tie(phase,
                        name,
                        blockLength,
                        wish,
                        naming,
                        attachmentSequence,
                        linkStateSequence,
                        nextTransaction,
                        nextSession,
                        ports,
                        processes,
                        uses,
                        pending,
                        outbox,
                        unresolved,
                        repairing,
                        assemblies,
                        tree,
                        linkTimers,
                        leafTimers,
                        requestTimers,
                        sessionTimers,
                        nextHello,
                        shortestPathAt,
                        flushAt,
                        ageAt,
                        wake);
    }

    /** Wakes the machine no later than \p deadline. */
    void WakeAt(Nanos deadline)
    {
        wake = std::min(wake, deadline);
    }
};

/**
 * All that one member knows: a value that can be copied, compared and hashed. A policy sees it as
 * const, may change the control state, and writes tables with the right of its turn.
 */
struct MemberState : MemberTables, MemberControl
{
    auto Tie() const
    {
        return std::tuple_cat(MemberTables::Tie(), MemberControl::Tie());
    }
};

/** Entries and bytes that a member holds, by table. */
struct StateSize
{
    std::size_t attachments{0};
    std::size_t links{0};
    std::size_t linkStates{0};
    std::size_t leaves{0};
    std::size_t routes{0};
    std::size_t locations{0};
    std::size_t sessions{0};
    std::size_t bytes{0}; //!< of all tables, without allocator overhead

    std::size_t Entries() const
    {
        return attachments + links + linkStates + leaves + routes + locations + sessions;
    }
};

StateSize MeasureState(const MemberState& state);

} // namespace strata
} // namespace ns3

#endif /* STRATA_MEMBER_STATE_H */

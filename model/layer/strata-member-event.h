// SPDX-License-Identifier: GPL-2.0-only

#ifndef STRATA_MEMBER_EVENT_H
#define STRATA_MEMBER_EVENT_H

#include "strata-write-right.h"

#include "ns3/strata-pdu.h"
#include "ns3/strata-time.h"

#include <string>
#include <variant>
#include <vector>

namespace ns3
{
namespace strata
{

/** A member's number for one flow to a neighbour, offered by a flow provider below. */
using PortId = uint32_t;

/**
 * \name Events: what a member machine is told.
 * @{
 */

/** The first member of a layer begins it. */
struct BootstrapEvent
{
    MemberName name{NO_NAME};
    uint8_t blockLength{64};
};

/** The process wants to join through whichever neighbour answers. */
struct JoinEvent
{
    MemberName wish{NO_NAME}; //!< 0: the neighbour chooses the name
};

/** The member leaves the layer and says so. */
struct LeaveEvent
{
};

/** A flow provider offers a flow. */
struct PortUpEvent
{
    PortId port{0};
    uint32_t cost{1};
    uint32_t mtu{1500};    //!< bytes of PDU that fit
    bool broadcast{false}; //!< reaches every member on a LAN; carries only hellos
    uint32_t underlay{0};  //!< which underlay offers it
};

/** A flow has ended. */
struct PortDownEvent
{
    PortId port{0};
};

/** Bytes arrived on a port. */
struct PduEvent
{
    PortId port{0};
    Bytes bytes;
};

/** NextDeadline() has come. */
struct TimerEvent
{
};

/** A process of an overlay registers at this member. */
struct RegisterEvent
{
    std::string process;
};

struct UnregisterEvent
{
    std::string process;
};

/** A registered process asks for a session with another. */
struct OpenSessionEvent
{
    std::string process;
    std::string peer;
    SessionService service{SessionService::DATAGRAM};
    uint8_t slice{0};
    Nanos bound{0};                   //!< the stated time t; 0: none
    MemberName peerLocation{NO_NAME}; //!< known already: the directory is not asked
};

/** A message for the peer of a session. */
struct SendEvent
{
    uint32_t session{0};
    Bytes message;
    uint8_t flags{0}; //!< of SessionDataBody
};

struct CloseSessionEvent
{
    uint32_t session{0};
};

/** A process leaves this member with its sessions, to go on elsewhere. */
struct ExportEvent
{
    std::string process;
};

/** A process arrives with its sessions; the bytes come from an ExportedNotice. */
struct ImportEvent
{
    Bytes image;
};

/** Asks a member how many hops away it is. */
struct ProbeEvent
{
    MemberName destination{NO_NAME};
    uint32_t id{0};
};

using MemberEvent = std::variant<BootstrapEvent,
                                 JoinEvent,
                                 LeaveEvent,
                                 PortUpEvent,
                                 PortDownEvent,
                                 PduEvent,
                                 TimerEvent,
                                 RegisterEvent,
                                 UnregisterEvent,
                                 OpenSessionEvent,
                                 SendEvent,
                                 CloseSessionEvent,
                                 ExportEvent,
                                 ImportEvent,
                                 ProbeEvent>;

/** @} */

/** Why a member dropped a PDU or refused a request. */
enum class MemberDrop : uint8_t
{
    MALFORMED,    //!< the bytes are no PDU
    OTHER_LAYER,  //!< a PDU of a layer that has no member here
    NOT_A_MEMBER, //!< arrived before enrollment
    NO_ROUTE,
    NOT_ATTACHED,  //!< the leaf has gone from here
    HOP_LIMIT,     //!< crossed too many links
    TOO_BIG,       //!< longer than the port carries
    NOT_AUTHENTIC, //!< the security check refused it
    STALE,         //!< older than what is known
    NO_SESSION,    //!< for a session that is not here
    NO_PROCESS,
    RESOLVING_OVERFLOW, //!< too many PDUs wait for an answer
    UNKNOWN_TYPE,
    NOT_A_NEIGHBOR, //!< control traffic from a port without a link
    QUEUE_FULL,     //!< the egress queue of the port
    BAD_SEGMENT,
    REPLAYED,
    FLOW_ENDED, //!< while the PDU waited for it
    COUNT_,
};

/** The reason as traces print it. */
const char* MemberDropName(MemberDrop reason);

/** The promises between layers (Zave and Rexford), and what mends a broken one. */
enum class ContractEvent : uint8_t
{
    ATTACHMENT_ENDED,    //!< the underlay ended the attachment of an active process
    ATTACHMENT_REPAIRED, //!< attachment mobility restored its reachability
    LOCATION_CHANGED,    //!< an overlay's process changed location while in a session
    LOCATION_REPAIRED,   //!< location mobility restored the session
    BOUND_FAILED,        //!< a message was not delivered within t: the session failed
};

const char* ContractEventName(ContractEvent event);

/**
 * \name Effects: what the surroundings must do or may note.
 * @{
 */

/** Bytes to send. */
struct TransmitEffect
{
    PortId port{0};
    PduType type{PduType::HELLO};
    uint8_t slice{0};
    bool originated{false};    //!< made here for the first time: not forwarded, not repeated
    bool retransmitted{false}; //!< a repetition by this member's own timer
    Bytes pdu;
};

/** A message for a process. */
struct DeliverEffect
{
    uint32_t session{0};
    uint8_t flags{0};
    uint8_t hops{0}; //!< links that the carrying PDU crossed
    Bytes message;
};

struct EnrolledNotice
{
    MemberName name{NO_NAME};
};

struct RefusedNotice
{
    EnrollRefusal reason{};
};

struct LinkNotice
{
    PortId port{0};
    MemberName neighbor{NO_NAME};
    bool up{false};
    bool died{false}; //!< silent for longer than its hold time
};

/** A leaf's attachment at this member begins (leaf and access). */
struct AttachedNotice
{
    MemberName leaf{NO_NAME};
    MemberName access{NO_NAME};
    uint32_t sequence{0};
    bool repeated{false}; //!< the member was attached before: attachment mobility
};

struct SessionOpenedNotice
{
    uint32_t session{0};
    std::string process;
    std::string peer;
    bool incoming{false};
};

/** The peer has accepted a session that this end asked for. */
struct SessionAcceptedNotice
{
    uint32_t session{0};
};

struct SessionEndedNotice
{
    uint32_t session{0};
    std::string process;
    SessionEnd reason{};
};

/** The window of a session opened again. */
struct WritableNotice
{
    uint32_t session{0};
};

/** A process has left with these bytes. */
struct ExportedNotice
{
    std::string process;
    Bytes image;
};

/** A process goes on here; the pairs give the old and the new number of each session. */
struct ImportedNotice
{
    std::string process;
    std::vector<std::pair<uint32_t, uint32_t>> sessions;
};

struct ContractNotice
{
    ContractEvent event{};
    std::string subject;
};

struct ProbeNotice
{
    uint32_t id{0};
    uint8_t hops{0}; //!< there
    MemberName from{NO_NAME};
};

struct DropNotice
{
    MemberDrop reason{};
    PduType type{};
};

using Notice = std::variant<EnrolledNotice,
                            RefusedNotice,
                            LinkNotice,
                            AttachedNotice,
                            SessionOpenedNotice,
                            SessionAcceptedNotice,
                            SessionEndedNotice,
                            WritableNotice,
                            ExportedNotice,
                            ImportedNotice,
                            ContractNotice,
                            ProbeNotice,
                            DropNotice>;

/** Everything that one step brings about, in order. */
struct Effects
{
    std::vector<TransmitEffect> transmits;
    std::vector<DeliverEffect> deliveries;
    std::vector<Notice> notices;
    WriteLedger writes; //!< every change of a guarded table

    void Clear()
    {
        transmits.clear();
        deliveries.clear();
        notices.clear();
        writes.clear();
    }
};

/** @} */

} // namespace strata
} // namespace ns3

#endif /* STRATA_MEMBER_EVENT_H */

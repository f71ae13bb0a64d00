// SPDX-License-Identifier: GPL-2.0-only

#ifndef STRATA_PDU_H
#define STRATA_PDU_H

#include "strata-field-codec.h"
#include "strata-pdu-header.h"
#include "strata-wire-contract.h"

#include "ns3/strata-authenticator.h"

#include <optional>
#include <string>
#include <tuple>
#include <variant>
#include <vector>

namespace ns3
{
namespace strata
{

/**
 * \file
 * Bodies of a layer's PDUs. Each struct states its format once, in Code(): fields follow one
 * another without padding, numbers in network order, texts behind one byte of length, lists behind
 * two bytes of count. Sequence numbers order what one subject says of itself; a transaction pairs
 * an update with its acknowledgement.
 */

/** What a member does for others. */
enum class MemberRole : uint8_t
{
    ROUTER = 0, //!< forwards for others
    LEAF = 1,   //!< only sends and receives for itself
};

/** Why an enrollment is refused. */
enum class EnrollRefusal : uint8_t
{
    NOT_A_MEMBER = 1,    //!< the neighbour is not a member itself
    WRONG_LAYER = 2,     //!< it belongs to another layer
    NAME_TAKEN = 3,      //!< another process has the name
    NAMES_EXHAUSTED = 4, //!< no name is left in the neighbour's block
    NOT_AUTHENTIC = 5,   //!< the security check failed
    STALE = 6,           //!< a newer attachment of the same member is known
    NO_MOBILITY = 7,     //!< the layer has no attachment mobility: a member can't come again
    BAD_NAME = 8,        //!< the name does not fit the layer's naming
};

/** Why a session is refused or closed. */
enum class SessionEnd : uint8_t
{
    FINISHED = 0,        //!< its user closed it
    NO_SUCH_PROCESS = 1, //!< nobody of that name is registered here
    REFUSED = 2,         //!< the process does not want it
    NO_SUCH_SESSION = 3, //!< the receiver knows no session of that number
    BOUND_PASSED = 4,    //!< a message was not delivered within the stated time
    UNREACHABLE = 5,     //!< no location of the other end is known
    LAYER_LEFT = 6,      //!< the member left the layer
    BAD_SERVICE = 7,     //!< the service asked for is not offered
};

/** Why a PDU was not delivered. */
enum class UnreachableReason : uint8_t
{
    NO_ROUTE = 1,
    NOT_ATTACHED = 2, //!< the leaf is no longer at the member that the PDU was sent to
    TOO_BIG = 3,
};

/** \see PduType::HELLO. The tree fields are zero where no spanning tree is kept. */
struct HelloBody
{
    static constexpr uint8_t REPLY_WANTED = 1; //!< answer at once, the link is new
    static constexpr uint8_t TREE_CHANGED = 2; //!< forget what was learned, and pass it on

    MemberRole role{MemberRole::ROUTER};
    uint8_t flags{0};
    uint16_t holdTime{0}; //!< ms after which a silent neighbour is dead; 0: never
    MemberName treeRoot{NO_NAME};
    uint16_t treeDistance{0}; //!< links to the root
    MemberName treeParent{NO_NAME};

    template <class C>
    void Code(C& c)
    {
        c.Number(role);
        c.Number(flags);
        c.Number(holdTime);
        c.Number(treeRoot);
        c.Number(treeDistance);
        c.Number(treeParent);
    }

    auto Tie() const
    {
        return std::tie(role, flags, holdTime, treeRoot, treeDistance, treeParent);
    }
};

/** \see PduType::ENROLL_REQUEST. */
struct EnrollRequestBody
{
    uint32_t transaction{0};
    MemberRole role{MemberRole::LEAF};
    uint8_t reattach{0};      //!< 1: the process is a member already and attaches here
    MemberName name{NO_NAME}; //!< the name it has or wishes; 0: the neighbour chooses
    uint32_t sequence{0};     //!< of its attachment; higher is newer
    std::string layerName;
    std::string machine; //!< for people

    template <class C>
    void Code(C& c)
    {
        c.Number(transaction);
        c.Number(role);
        c.Number(reattach);
        c.Number(name);
        c.Number(sequence);
        c.Text(layerName);
        c.Text(machine);
    }

    auto Tie() const
    {
        return std::tie(transaction, role, reattach, name, sequence, layerName, machine);
    }
};

/** \see PduType::ENROLL_ACCEPT. */
struct EnrollAcceptBody
{
    uint32_t transaction{0};
    MemberName name{NO_NAME};
    uint8_t blockLength{64}; //!< the member owns the block of that many bits around its name

    template <class C>
    void Code(C& c)
    {
        c.Number(transaction);
        c.Number(name);
        c.Number(blockLength);
    }

    auto Tie() const
    {
        return std::tie(transaction, name, blockLength);
    }
};

/** \see PduType::ENROLL_REFUSE. */
struct EnrollRefuseBody
{
    uint32_t transaction{0};
    EnrollRefusal reason{EnrollRefusal::NOT_A_MEMBER};

    template <class C>
    void Code(C& c)
    {
        c.Number(transaction);
        c.Number(reason);
    }

    auto Tie() const
    {
        return std::tie(transaction, reason);
    }
};

/** \see PduType::LEAVE. */
struct LeaveBody
{
    uint32_t transaction{0};
    MemberName name{NO_NAME};
    uint32_t sequence{0}; //!< of the attachment that ends
    uint8_t final{1};     //!< 1: the member leaves the layer; 0: only this attachment

    template <class C>
    void Code(C& c)
    {
        c.Number(transaction);
        c.Number(name);
        c.Number(sequence);
        c.Number(final);
    }

    auto Tie() const
    {
        return std::tie(transaction, name, sequence, final);
    }
};

/** \see PduType::ACK. */
struct AckBody
{
    PduType acked{PduType::ACK};
    uint32_t transaction{0};
    uint8_t status{0}; //!< 0: taken over; 1: something newer was known; 2: nothing to update here

    template <class C>
    void Code(C& c)
    {
        c.Number(acked);
        c.Number(transaction);
        c.Number(status);
    }

    auto Tie() const
    {
        return std::tie(acked, transaction, status);
    }
};

/** One link in a link-state record. */
struct LinkStateNeighbor
{
    MemberName name{NO_NAME};
    uint32_t cost{1};

    template <class C>
    void Code(C& c)
    {
        c.Number(name);
        c.Number(cost);
    }

    auto Tie() const
    {
        return std::tie(name, cost);
    }
};

/** What a router says of its links: all, or as many as fit where the list is long. */
struct LinkStatePart
{
    MemberName origin{NO_NAME};
    uint32_t sequence{0};
    uint8_t withdrawn{0};    //!< 1: the origin left the layer
    uint8_t blockLength{64}; //!< the origin reaches all names of that block around its own
    uint16_t total{0};       //!< links of the origin
    uint16_t first{0};       //!< which of them the first one here is
    std::vector<LinkStateNeighbor> neighbors;

    template <class C>
    void Code(C& c)
    {
        c.Number(origin);
        c.Number(sequence);
        c.Number(withdrawn);
        c.Number(blockLength);
        c.Number(total);
        c.Number(first);
        c.List(neighbors);
    }

    auto Tie() const
    {
        return std::tie(origin, sequence, withdrawn, blockLength, total, first, neighbors);
    }
};

/** \see PduType::LINK_STATE. */
struct LinkStateBody
{
    uint32_t transaction{0};
    std::vector<LinkStatePart> records;

    template <class C>
    void Code(C& c)
    {
        c.Number(transaction);
        c.List(records);
    }

    auto Tie() const
    {
        return std::tie(transaction, records);
    }
};

/** Where a leaf is attached; the leaf itself orders its attachments by the sequence. */
struct AttachmentRecord
{
    MemberName leaf{NO_NAME};
    uint32_t sequence{0};
    MemberName access{NO_NAME}; //!< the member next to it
    uint8_t withdrawn{0};       //!< 1: it is not attached there any more

    template <class C>
    void Code(C& c)
    {
        c.Number(leaf);
        c.Number(sequence);
        c.Number(access);
        c.Number(withdrawn);
    }

    auto Tie() const
    {
        return std::tie(leaf, sequence, access, withdrawn);
    }
};

/** \see PduType::ATTACHMENT. */
struct AttachmentBody
{
    uint32_t transaction{0};
    std::vector<AttachmentRecord> records;

    template <class C>
    void Code(C& c)
    {
        c.Number(transaction);
        c.List(records);
    }

    auto Tie() const
    {
        return std::tie(transaction, records);
    }
};

/** Where a process of an overlay is registered; the process orders its moves by the sequence. */
struct LocationRecord
{
    std::string process;
    uint32_t sequence{0};
    MemberName member{NO_NAME};
    uint8_t withdrawn{0}; //!< 1: it is not registered any more

    template <class C>
    void Code(C& c)
    {
        c.Text(process);
        c.Number(sequence);
        c.Number(member);
        c.Number(withdrawn);
    }

    auto Tie() const
    {
        return std::tie(process, sequence, member, withdrawn);
    }
};

/** \see PduType::LOCATION. */
struct LocationBody
{
    uint32_t transaction{0};
    std::vector<LocationRecord> records;

    template <class C>
    void Code(C& c)
    {
        c.Number(transaction);
        c.List(records);
    }

    auto Tie() const
    {
        return std::tie(transaction, records);
    }
};

/** What a RESOLVE asks for. */
enum class ResolveKind : uint8_t
{
    ATTACHMENT = 1, //!< of the leaf
    LOCATION = 2,   //!< of the process
};

/** \see PduType::RESOLVE. */
struct ResolveBody
{
    uint32_t transaction{0};
    ResolveKind kind{ResolveKind::ATTACHMENT};
    MemberName leaf{NO_NAME};
    std::string process;

    template <class C>
    void Code(C& c)
    {
        c.Number(transaction);
        c.Number(kind);
        c.Number(leaf);
        c.Text(process);
    }

    auto Tie() const
    {
        return std::tie(transaction, kind, leaf, process);
    }
};

/** \see PduType::RESOLVED. */
struct ResolvedBody
{
    uint32_t transaction{0};
    ResolveKind kind{ResolveKind::ATTACHMENT};
    uint8_t found{0};
    AttachmentRecord attachment; //!< for kind ATTACHMENT
    LocationRecord location;     //!< for kind LOCATION
    Bytes other;                 //!< for a kind that this version does not know

    template <class C>
    void Code(C& c)
    {
        c.Number(transaction);
        c.Number(kind);
        c.Number(found);
        if (kind == ResolveKind::ATTACHMENT)
        {
            attachment.Code(c);
        }
        else if (kind == ResolveKind::LOCATION)
        {
            location.Code(c);
        }
        else
        {
            c.Rest(other);
        }
    }

    auto Tie() const
    {
        return std::tie(transaction, kind, found, attachment, location, other);
    }
};

/** What a session promises. */
enum class SessionService : uint8_t
{
    DATAGRAM = 0, //!< messages may be lost, doubled or reordered
    RELIABLE = 1, //!< every message once and in order, or the session fails
};

/** \see PduType::SESSION_OPEN. */
struct SessionOpenBody
{
    uint32_t session{0}; //!< the opener's number
    SessionService service{SessionService::DATAGRAM};
    uint8_t slice{0};
    uint32_t bound{0};    //!< ms: the stated time t within which a message is delivered; 0: none
    uint32_t sequence{0}; //!< of the source's location
    std::string source;
    std::string destination;

    template <class C>
    void Code(C& c)
    {
        c.Number(session);
        c.Number(service);
        c.Number(slice);
        c.Number(bound);
        c.Number(sequence);
        c.Text(source);
        c.Text(destination);
    }

    auto Tie() const
    {
        return std::tie(session, service, slice, bound, sequence, source, destination);
    }
};

/** \see PduType::SESSION_ACCEPT. */
struct SessionAcceptBody
{
    uint32_t session{0};     //!< the receiver's number
    uint32_t peerSession{0}; //!< the sender's number
    uint32_t sequence{0};    //!< of the sender's location

    template <class C>
    void Code(C& c)
    {
        c.Number(session);
        c.Number(peerSession);
        c.Number(sequence);
    }

    auto Tie() const
    {
        return std::tie(session, peerSession, sequence);
    }
};

/** \see PduType::SESSION_REFUSE and SESSION_CLOSE. */
struct SessionEndBody
{
    uint32_t session{0}; //!< the receiver's number
    SessionEnd reason{SessionEnd::FINISHED};

    template <class C>
    void Code(C& c)
    {
        c.Number(session);
        c.Number(reason);
    }

    auto Tie() const
    {
        return std::tie(session, reason);
    }
};

/** \see PduType::SESSION_REFUSE. */
struct SessionRefuseBody : SessionEndBody
{
};

/** \see PduType::SESSION_CLOSE. */
struct SessionCloseBody : SessionEndBody
{
};

/** \see PduType::SESSION_DATA. */
struct SessionDataBody
{
    /** The message is a PDU of the overlay. */
    static constexpr uint8_t OVERLAY_PDU = 1;

    uint32_t session{0}; //!< the receiver's number
    uint8_t flags{0};
    Bytes segment; //!< of the session protocol

    template <class C>
    void Code(C& c)
    {
        c.Number(session);
        c.Number(flags);
        c.Rest(segment);
    }

    auto Tie() const
    {
        return std::tie(session, flags, segment);
    }
};

/** \see PduType::SESSION_MOVED. */
struct SessionMovedBody
{
    uint32_t transaction{0};
    uint32_t session{0};     //!< the receiver's number
    uint32_t peerSession{0}; //!< the number that the sender has now
    LocationRecord location;

    template <class C>
    void Code(C& c)
    {
        c.Number(transaction);
        c.Number(session);
        c.Number(peerSession);
        location.Code(c);
    }

    auto Tie() const
    {
        return std::tie(transaction, session, peerSession, location);
    }
};

/** \see PduType::ANNOUNCE. The destination is the leaf itself: who believes to know the way to it
 * passes the announcement on along that way, and so learns the new one.
 */
struct AnnounceBody
{
    uint32_t transaction{0};
    AttachmentRecord attachment;

    template <class C>
    void Code(C& c)
    {
        c.Number(transaction);
        attachment.Code(c);
    }

    auto Tie() const
    {
        return std::tie(transaction, attachment);
    }
};

/** \see PduType::TUNNEL. */
struct TunnelBody
{
    Bytes inner; //!< a whole PDU

    template <class C>
    void Code(C& c)
    {
        c.Rest(inner);
    }

    auto Tie() const
    {
        return std::tie(inner);
    }
};

/** \see PduType::UNREACHABLE. */
struct UnreachableBody
{
    UnreachableReason reason{UnreachableReason::NO_ROUTE};
    Bytes header; //!< of the PDU that was not delivered, as it came; see PduHeader::Context

    template <class C>
    void Code(C& c)
    {
        c.Number(reason);
        c.Rest(header);
    }

    auto Tie() const
    {
        return std::tie(reason, header);
    }
};

/** \see PduType::RELAY. */
struct RelayBody
{
    std::string process; //!< for whom
    Bytes inner;         //!< a whole PDU; the rendezvous sets its destination

    template <class C>
    void Code(C& c)
    {
        c.Text(process);
        c.Rest(inner);
    }

    auto Tie() const
    {
        return std::tie(process, inner);
    }
};

/** \see PduType::PROBE. */
struct ProbeBody
{
    uint32_t id{0};

    template <class C>
    void Code(C& c)
    {
        c.Number(id);
    }

    auto Tie() const
    {
        return std::tie(id);
    }
};

/** \see PduType::PROBE_REPLY. */
struct ProbeReplyBody
{
    uint32_t id{0};
    uint8_t hops{0}; //!< that the probe had taken when it arrived

    template <class C>
    void Code(C& c)
    {
        c.Number(id);
        c.Number(hops);
    }

    auto Tie() const
    {
        return std::tie(id, hops);
    }
};

/** A body of a type that this version does not know; kept as it came. */
struct UnknownBody
{
    PduType type{};
    Bytes bytes;

    auto Tie() const
    {
        return std::tie(type, bytes);
    }
};

using PduBody = std::variant<UnknownBody,
                             HelloBody,
                             EnrollRequestBody,
                             EnrollAcceptBody,
                             EnrollRefuseBody,
                             LeaveBody,
                             AckBody,
                             LinkStateBody,
                             AttachmentBody,
                             LocationBody,
                             ResolveBody,
                             ResolvedBody,
                             SessionOpenBody,
                             SessionAcceptBody,
                             SessionRefuseBody,
                             SessionCloseBody,
                             SessionDataBody,
                             SessionMovedBody,
                             AnnounceBody,
                             TunnelBody,
                             UnreachableBody,
                             RelayBody,
                             ProbeBody,
                             ProbeReplyBody>;

/** The type that goes into the header for \p body. */
PduType PduTypeOf(const PduBody& body);

/**
 * A whole PDU. The header's type, total length, body checksum and authenticated bit follow from
 * body and tag: Decode fills them in, Encode computes them, and two PDUs that differ in them alone
 * are equal.
 */
struct Pdu
{
    struct Context
    {
    };

    /** What the total length can say, bytes. */
    static constexpr std::size_t MAX_SIZE = 65535;

    PduHeader header;
    PduBody body;
    std::optional<Authenticator::Tag> tag; //!< present where header.authenticated is set

    /**
     * Decodes header, body and tag; verifies both checksums; bytes behind the total length are a
     * device's padding and ignored, bytes left over inside it are refused.
     */
    static Expected<Pdu> Decode(ByteView bytes, const Context& context = {});

    /** Bytes that the PDU needs; may lie above MAX_SIZE, does not allocate. */
    std::size_t EncodedSize() const;

    /**
     * Writes the PDU; a text longer than 255 bytes is cut.
     * \return false, with nothing written, if EncodedSize() is above MAX_SIZE.
     */
    bool Encode(ByteWriter& writer) const;

    /** What a tag covers: type, layer, destination, source and the body without the tag. */
    Bytes AuthenticatedPart() const;

    friend bool operator==(const Pdu& a, const Pdu& b)
    {
        const auto own = [](const PduHeader& h) {
            return std::tie(h.hierarchical,
                            h.slice,
                            h.layer,
                            h.hopLimit,
                            h.hops,
                            h.destination,
                            h.source);
        };
        return own(a.header) == own(b.header) && a.tag == b.tag &&
               PduTypeOf(a.body) == PduTypeOf(b.body) && BodyBytes(a.body) == BodyBytes(b.body);
    }

    /** The body alone as bytes. */
    static Bytes BodyBytes(const PduBody& body);
};

static_assert(IsWireFormat<Pdu>);

} // namespace strata
} // namespace ns3

#endif /* STRATA_PDU_H */

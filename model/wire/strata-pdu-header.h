// SPDX-License-Identifier: GPL-2.0-only

#ifndef STRATA_PDU_HEADER_H
#define STRATA_PDU_HEADER_H

#include "strata-wire-contract.h"

#include "ns3/strata-byte-reader.h"
#include "ns3/strata-byte-writer.h"
#include "ns3/strata-member-name.h"

#include <tuple>

namespace ns3
{
namespace strata
{

/** What a PDU of a layer carries. */
enum class PduType : uint8_t
{
    HELLO = 1,           //!< a neighbour is there; the tree of learning routing rides on it
    ENROLL_REQUEST = 2,  //!< a process asks a neighbour to become, or to be attached as, a member
    ENROLL_ACCEPT = 3,   //!< the name it has, and the block that goes with it
    ENROLL_REFUSE = 4,   //!< why not
    LEAVE = 5,           //!< a member goes, and says so
    ACK = 6,             //!< an update has arrived
    LINK_STATE = 7,      //!< who is linked to whom
    ATTACHMENT = 8,      //!< at which member a leaf is attached
    LOCATION = 9,        //!< at which member a process of an overlay is registered
    RESOLVE = 10,        //!< asks for an attachment or a location
    RESOLVED = 11,       //!< the answer
    SESSION_OPEN = 12,   //!< asks for a session between two processes
    SESSION_ACCEPT = 13, //!< the session stands
    SESSION_REFUSE = 14, //!< it does not, and why
    SESSION_CLOSE = 15,  //!< an end is gone, and why
    SESSION_DATA = 16,   //!< a segment of the session protocol
    SESSION_MOVED = 17,  //!< tells the peer of a session the new location of its other end
    ANNOUNCE = 18,       //!< a leaf's first PDU from a new place, for those who learn from sources
    TUNNEL = 19,         //!< a whole PDU of the same layer
    UNREACHABLE = 20,    //!< a PDU was not delivered, and why
    RELAY = 21,          //!< a control PDU for a process, by way of its rendezvous
    PROBE = 22,          //!< asks a member to answer
    PROBE_REPLY = 23,    //!< the answer, with the hops that the probe took
};

/** The name of \p type in traces and counters; "unknown" for a type that is not assigned. */
const char* PduTypeName(PduType type);

/**
 * The header of every PDU of a layer, 28 bytes in network order:
 *
 * \verbatim
 *  0                   1                   2                   3
 *  0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
 * +---+-+-+-------+---------------+-------------------------------+
 * |Ver|A|H| Slice |     Type      |           Layer id            |
 * +---+-+-+-------+---------------+---------------+---------------+
 * |         Total length          |   Hop limit   |     Hops      |
 * +-------------------------------+---------------+---------------+
 * |                  Destination name (64 bits)                   |
 * |                                                               |
 * +---------------------------------------------------------------+
 * |                    Source name (64 bits)                      |
 * |                                                               |
 * +-------------------------------+-------------------------------+
 * |        Header checksum        |         Body checksum         |
 * +-------------------------------+-------------------------------+
 * \endverbatim
 *
 * Ver is 1. A: an authentication tag of 16 bytes ends the body. H: the layer's names are
 * hierarchical. Slice: the share of links that the PDU may use. Total length counts header and
 * body. Destination 0 is the neighbour on the link. Hops counts the links crossed so far.
 * The header checksum (RFC 1071) covers the 28 bytes, a forwarder updates it as RFC 1624 says; the
 * body checksum covers the body and is verified where the PDU ends, as IPv4 and UDP share the work.
 * Both hold what RFC 1071 computes and nothing that is merely equal to it in one's complement: a
 * header checksum of 0xffff is refused.
 */
struct PduHeader
{
    struct Context
    {
        /** The header stands alone, as UNREACHABLE quotes it: its body need not be there. */
        bool quoted{false};
    };

    static constexpr std::size_t SIZE = 28;
    static constexpr uint8_t VERSION = 1;
    static constexpr uint8_t DEFAULT_HOP_LIMIT = 255;

    bool authenticated{false};
    bool hierarchical{false};
    uint8_t slice{0}; //!< 0..15
    PduType type{PduType::HELLO};
    uint16_t layer{0};
    uint16_t totalLength{SIZE}; //!< bytes
    uint8_t hopLimit{DEFAULT_HOP_LIMIT};
    uint8_t hops{0};
    MemberName destination{NO_NAME};
    MemberName source{NO_NAME};
    uint16_t bodyChecksum{0};

    /** Decodes the first 28 bytes; checks version, header checksum and total length, in this order.
     */
    static Expected<PduHeader> Decode(ByteView bytes, const Context& context);

    static Expected<PduHeader> Decode(ByteView bytes)
    {
        return Decode(bytes, Context{});
    }

    static constexpr std::size_t EncodedSize()
    {
        return SIZE;
    }

    /** Writes the header with its checksum. */
    void Encode(ByteWriter& writer) const;

    /**
     * Takes one off the hop limit and counts one hop (255 wraps to 0), in the encoded bytes, with
     * the checksum updated (RFC 1624).
     * Precondition: \p header points to SIZE bytes of a decoded header whose hop limit is not 0.
     */
    static void CountHop(uint8_t* header);

    auto Tie() const
    {
        return std::tie(authenticated,
                        hierarchical,
                        slice,
                        type,
                        layer,
                        totalLength,
                        hopLimit,
                        hops,
                        destination,
                        source,
                        bodyChecksum);
    }

    friend bool operator==(const PduHeader& a, const PduHeader& b)
    {
        return a.Tie() == b.Tie();
    }
};

static_assert(IsWireFormat<PduHeader>);

} // namespace strata
} // namespace ns3

#endif /* STRATA_PDU_HEADER_H */

// SPDX-License-Identifier: GPL-2.0-only

#ifndef STRATA_IPV4_HEADER_DECISION_H
#define STRATA_IPV4_HEADER_DECISION_H

#include "ns3/strata-ipv4-header.h"

#include <optional>

namespace ns3
{
namespace strata
{

/** What is wrong with a datagram's header, by the tests of RFC 1812 section 5.2.2. */
enum class Ipv4HeaderFault : uint8_t
{
    SHORT_FRAME,       //!< the link gave less than a header
    BAD_VERSION,       //!< not 4
    BAD_HEADER_LENGTH, //!< IHL below 5
    BAD_CHECKSUM,
    BAD_TOTAL_LENGTH, //!< below the header's
    TRUNCATED,        //!< the link gave less than Total Length
};

/** Name of \p fault as drop reasons print it. */
const char* Ipv4HeaderFaultName(Ipv4HeaderFault fault);

struct Ipv4HeaderRules
{
    /**
     * Answer a bad IHL and a Total Length that is too small or more than came with a Parameter
     * Problem, as RFC 1812 section 5.2.2 allows.
     */
    bool reportBadLength{false};

    /**
     * Take a checksum field of zero for one that nobody computed: stock ns-3 leaves it so unless
     * ChecksumEnabled is set. A real router does not.
     */
    bool acceptZeroChecksum{false};
};

/** What becomes of a datagram. */
struct Ipv4HeaderVerdict
{
    std::optional<Ipv4HeaderFault> fault; //!< none: go on with it
    std::optional<uint8_t> pointer; //!< answer the fault with a Parameter Problem that points here

    /**
     * As decoded, if there is no fault. With a pointer: what the first 20 octets hold, without
     * options, for the answer's sake. Else meaningless.
     */
    Ipv4WireHeader header;

    bool Ok() const
    {
        return !fault;
    }
};

/**
 * The tests of RFC 1812 section 5.2.2. Nothing allocates.
 *
 * The faults that have no pointer are dropped in silence. What a frame holds beyond Total Length
 * is the link's padding, which the caller trims to header.totalLength.
 *
 * \param bytes the front of the datagram: its first 60 octets or all, more does no harm
 * \param frameSize how many octets the link gave, at least bytes.size()
 */
Ipv4HeaderVerdict JudgeIpv4Header(ByteView bytes,
                                  std::size_t frameSize,
                                  const Ipv4HeaderRules& rules);

} // namespace strata
} // namespace ns3

#endif /* STRATA_IPV4_HEADER_DECISION_H */

// SPDX-License-Identifier: GPL-2.0-only

#ifndef STRATA_TRANSPORT_DECISION_H
#define STRATA_TRANSPORT_DECISION_H

#include "ns3/strata-byte-view.h"

#include <cstdint>
#include <optional>

namespace ns3
{
namespace strata
{

/** Why what a datagram carries is not for its transport protocol. All are silent. */
enum class TransportFault : uint8_t
{
    UDP_TRUNCATED,         //!< less than a header
    UDP_BAD_LENGTH,        //!< the length field says less than a header, or more than came
    UDP_BAD_CHECKSUM,      //!< RFC 1122 section 4.1.3.4
    TCP_TRUNCATED,         //!< less than a header
    TCP_BAD_HEADER_LENGTH, //!< the data offset says less than a header, or more than came
    TCP_BAD_OPTION,        //!< an option's length is illegal (RFC 9293 section 3.2, MUST-7)
    TCP_BAD_CHECKSUM,      //!< RFC 9293 section 3.1, MUST-3
    TCP_TO_MANY,           //!< to a broadcast or multicast address (RFC 9293 section 3.9.2.3)
    TCP_BAD_SOURCE,        //!< from no single host (RFC 9293 section 3.9.2.3, MUST-63)
};

/** Name of \p fault as drop reasons print it. */
const char* TransportFaultName(TransportFault fault);

/** A segment as it comes out of its datagram. */
struct TransportArrival
{
    uint8_t protocol{0};
    uint32_t source{0};
    uint32_t destination{0};
    bool toMany{false};   //!< the destination is a broadcast or multicast address
    bool checksums{true}; //!< whether checksums are looked at
    std::size_t size{0};  //!< octets of the whole segment
    ByteView bytes;       //!< the segment, or its first 60 octets if no checksum is asked for
};

/** What is wrong with a UDP or TCP segment; none for other protocols. */
std::optional<TransportFault> JudgeTransport(const TransportArrival& arrival);

} // namespace strata
} // namespace ns3

#endif /* STRATA_TRANSPORT_DECISION_H */

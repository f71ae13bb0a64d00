// SPDX-License-Identifier: GPL-2.0-only

#ifndef STRATA_NAT_DROP_POLICY_H
#define STRATA_NAT_DROP_POLICY_H

#include <cstdint>

namespace ns3
{
namespace strata
{

/** Why a translator drops a datagram. */
enum class NatDrop : uint8_t
{
    NONE,
    NO_ADDRESS, //!< to FILTERED: see NatRefusal
    TABLE_FULL,
    HOST_FULL,
    PORTS_EXHAUSTED,
    NO_CONNECTION,
    NO_MAPPING,
    FILTERED,
    UNSOLICITED_SYN,     //!< a SYN to nobody; see NatConfig::synHold
    SHORT_TRANSPORT,     //!< the transport header is not all there
    BAD_CHECKSUM,        //!< of an ICMP error
    BAD_QUOTE,           //!< an ICMP error quotes no datagram
    UNKNOWN_PROTOCOL,    //!< see NatUnknownProtocols
    UNKNOWN_ICMP,        //!< an ICMP message that is neither a query nor an error
    SPOOFED,             //!< from outside with an address of the inside, or the other way round
    PRIVATE_SOURCE,      //!< a private address would leave as the source
    PRIVATE_DESTINATION, //!< a private address would leave as the destination
    INSIDE_DESTINATION,  //!< between outside and inside, but past the translation
    SOURCE_ROUTE,        //!< it names routers that it shall pass, across the translation
    HAIRPIN,             //!< to an inside host by its public end, where that is off
    FRAGMENT_TIMEOUT,    //!< the first fragment did not come
    FRAGMENTS_FULL,      //!< too many fragments wait
    FTP,                 //!< one line too many for the FTP gateway to remember
    DOWN,                //!< the box has crashed
};

/** The name of \p drop as counters have it, such as nat.filtered. */
const char* NatDropName(NatDrop drop);

} // namespace strata
} // namespace ns3

#endif /* STRATA_NAT_DROP_POLICY_H */

// SPDX-License-Identifier: GPL-2.0-only

#ifndef STRATA_PPP_PROTOCOL_TABLE_H
#define STRATA_PPP_PROTOCOL_TABLE_H

#include "ns3/strata-ether-type.h"

#include <cstdint>
#include <optional>

namespace ns3
{
namespace strata
{

/**
 * PPP protocol numbers of what the point-to-point device carries.
 *
 * PPP has no number for experiments, so layer PDUs take one that IANA's "PPP DLL Protocol Numbers"
 * list as unassigned, together with the number of its control protocol, 0x80B5. 0x00B5 keeps the
 * low byte of the EtherType and follows RFC 1661 section 2: the low bit of the first byte is 0,
 * that of the last byte is 1, and 0x0000 to 0x3fff name network layers.
 */
struct PppProtocol
{
    static constexpr uint16_t IPV4 = 0x0021;           //!< RFC 1332
    static constexpr uint16_t IPV6 = 0x0057;           //!< RFC 5072
    static constexpr uint16_t LAYER_PDU = 0x00B5;      //!< unassigned
    static constexpr uint16_t MPLS_UNICAST = 0x0281;   //!< RFC 3032 section 4.3
    static constexpr uint16_t MPLS_MULTICAST = 0x0283; //!< RFC 3032 section 4.3
};

/** The PPP protocol number that carries \p etherType, if there is one. */
std::optional<uint16_t> PppProtocolOf(uint16_t etherType);

/** The EtherType of what \p pppProtocol carries, if it is known. */
std::optional<uint16_t> EtherTypeOf(uint16_t pppProtocol);

/** What \p pppProtocol carries, in words; "unknown" for any other number. */
const char* PppProtocolName(uint16_t pppProtocol);

} // namespace strata
} // namespace ns3

#endif /* STRATA_PPP_PROTOCOL_TABLE_H */

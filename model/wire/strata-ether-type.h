// SPDX-License-Identifier: GPL-2.0-only

#ifndef STRATA_ETHER_TYPE_H
#define STRATA_ETHER_TYPE_H

#include <cstdint>

namespace ns3
{
namespace strata
{

/** EtherTypes of what the models of this module carry (IANA, "IEEE 802 Numbers"). */
struct EtherType
{
    static constexpr uint16_t IPV4 = 0x0800;
    static constexpr uint16_t ARP = 0x0806;
    static constexpr uint16_t IPV6 = 0x86DD;
    static constexpr uint16_t MPLS_UNICAST = 0x8847;   //!< RFC 3032 section 5
    static constexpr uint16_t MPLS_MULTICAST = 0x8848; //!< RFC 5332 section 4
    static constexpr uint16_t LAYER_PDU = 0x88B5;      //!< IEEE 802 local experimental EtherType 1
};

} // namespace strata
} // namespace ns3

#endif /* STRATA_ETHER_TYPE_H */

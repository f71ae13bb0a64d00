// SPDX-License-Identifier: GPL-2.0-only

#ifndef STRATA_NAT_FLOW_STATE_H
#define STRATA_NAT_FLOW_STATE_H

#include "ns3/strata-ipv4-header.h"
#include "ns3/strata-tied.h"

#include <cstdint>

namespace ns3
{
namespace strata
{

/** Whether the translator knows where a protocol has its ports. */
inline bool
NatHasPorts(uint8_t protocol)
{
    return protocol == static_cast<uint8_t>(Ipv4Protocol::TCP) ||
           protocol == static_cast<uint8_t>(Ipv4Protocol::UDP);
}

/** Whether each public address has ports, or identifiers, of the protocol. */
inline bool
NatHasTable(uint8_t protocol)
{
    return NatHasPorts(protocol) || protocol == static_cast<uint8_t>(Ipv4Protocol::ICMP);
}

/** Address and port; the identifier of an ICMP query counts as its port. */
struct NatEndpoint
{
    uint32_t address{0};
    uint16_t port{0};

    auto Tie() const
    {
        return std::tie(address, port);
    }
};

/** Two ends of a flow, as the inside host sees them. */
struct NatFlow
{
    uint8_t protocol{0};
    NatEndpoint inside;
    NatEndpoint remote; //!< port 0 for protocols other than TCP and UDP

    auto Tie() const
    {
        return std::tie(protocol, inside, remote);
    }
};

/** MurmurHash3's finaliser: every bit of the result depends on every bit of \p x. */
inline uint64_t
NatMix(uint64_t x)
{
    x ^= x >> 33;
    x *= 0xff51afd7ed558ccdULL;
    x ^= x >> 33;
    x *= 0xc4ceb9fe1a85ec53ULL;
    x ^= x >> 33;
    return x;
}

/** Of a flow, or of what else is found by two ends; \p seed keeps strangers from making them
 * collide. */
inline uint32_t
NatHash(uint64_t seed, uint8_t protocol, NatEndpoint end, NatEndpoint remote)
{
    const uint64_t a = uint64_t{end.address} << 32 | uint32_t{end.port} << 16 | remote.port;
    const uint64_t b = uint64_t{remote.address} << 8 | protocol;
    return static_cast<uint32_t>(NatMix(a ^ NatMix(b + seed)) >> 16);
}

} // namespace strata
} // namespace ns3

#endif /* STRATA_NAT_FLOW_STATE_H */

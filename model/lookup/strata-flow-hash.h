// SPDX-License-Identifier: GPL-2.0-only

#ifndef STRATA_FLOW_HASH_H
#define STRATA_FLOW_HASH_H

#include "ns3/strata-byte-view.h"
#include "ns3/strata-hash.h"
#include "ns3/strata-prefix.h"

#include <cstdint>
#include <tuple>

namespace ns3
{
namespace strata
{

/** What the packets of a flow have in common: the 5-tuple. */
template <class Family>
struct FlowKey
{
    typename Family::Address source{};
    typename Family::Address destination{};
    uint8_t protocol{0};
    uint16_t sourcePort{0};      //!< 0 where the protocol has none, and in fragments
    uint16_t destinationPort{0}; //!< likewise

    auto Tie() const
    {
        return std::tie(source, destination, protocol, sourcePort, destinationPort);
    }
};

/** Whether the first four bytes of \p protocol's header are its ports. */
constexpr bool
HasPorts(uint8_t protocol)
{
    constexpr uint8_t TCP = 6;
    constexpr uint8_t UDP = 17;
    constexpr uint8_t DCCP = 33;
    constexpr uint8_t SCTP = 132;
    constexpr uint8_t UDP_LITE = 136;
    return protocol == TCP || protocol == UDP || protocol == DCCP || protocol == SCTP ||
           protocol == UDP_LITE;
}

/**
 * The flow of a packet. No fragment counts with ports, the first one neither: only it has them, and
 * all fragments of a datagram shall take one path. \p payload follows the IP header.
 */
template <class Family>
FlowKey<Family>
FlowOf(const typename Family::Address& source,
       const typename Family::Address& destination,
       uint8_t protocol,
       bool fragment,
       ByteView payload)
{
    FlowKey<Family> key{source, destination, protocol, 0, 0};
    if (!fragment && HasPorts(protocol) && payload.size() >= 4)
    {
        key.sourcePort = static_cast<uint16_t>(payload[0] << 8 | payload[1]);
        key.destinationPort = static_cast<uint16_t>(payload[2] << 8 | payload[3]);
    }
    return key;
}

namespace detail
{

inline void
AddAddress(StableHash& hash, uint32_t address)
{
    hash.Add(address);
}

inline void
AddAddress(StableHash& hash, const Ipv6Family::Address& address)
{
    for (std::size_t half = 0; half < 2; ++half)
    {
        uint64_t word = 0;
        for (std::size_t i = 0; i < 8; ++i)
        {
            word = word << 8 | address[half * 8 + i];
        }
        hash.Add(word);
    }
}

} // namespace detail

/**
 * A hash of a flow, the same on every machine. Routers with different \p seed choose independently;
 * with equal ones, all flows that one router sends a certain way would go one way at the next too.
 */
template <class Family>
uint64_t
FlowHash(const FlowKey<Family>& key, uint64_t seed)
{
    StableHash hash;
    hash.Add(seed);
    detail::AddAddress(hash, key.source);
    detail::AddAddress(hash, key.destination);
    hash.Add(uint64_t{key.protocol} << 32 | uint32_t{key.sourcePort} << 16 | key.destinationPort);
    return hash.Get();
}

/** One of \p paths equal paths, 0 to paths - 1; precondition: paths > 0. */
constexpr uint32_t
PathOfFlow(uint64_t hash, uint32_t paths)
{
    return static_cast<uint32_t>((hash >> 32) * paths >> 32);
}

} // namespace strata
} // namespace ns3

#endif /* STRATA_FLOW_HASH_H */

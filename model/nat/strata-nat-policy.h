// SPDX-License-Identifier: GPL-2.0-only

#ifndef STRATA_NAT_POLICY_H
#define STRATA_NAT_POLICY_H

#include "ns3/strata-tied.h"
#include "ns3/strata-time.h"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace ns3
{
namespace strata
{

/**
 * What of the remote end counts, for mapping (RFC 4787 section 4.1) and for filtering (section 5).
 */
enum class NatBehaviour : uint8_t
{
    ENDPOINT_INDEPENDENT,
    ADDRESS_DEPENDENT,
    ADDRESS_AND_PORT_DEPENDENT,
};

/** Which public port a new mapping gets (RFC 4787 sections 4.2.1 and 4.2.2). */
enum class NatPortAllocation : uint8_t
{
    PRESERVATION, //!< the host's own port; if that is taken, the next free one of its parity
    PARITY,       //!< in turn, even for even and odd for odd, while there are such
    SEQUENTIAL,   //!< in turn
    RANDOM,       //!< the first free one from a random place on
};

/** Which public address a host gets (RFC 4787 section 4.1). */
enum class NatPooling : uint8_t
{
    PAIRED,    //!< the same for all its mappings at a time
    ARBITRARY, //!< for each mapping, the next that has room
};

/** What is done with transport protocols whose header the translator cannot read. */
enum class NatUnknownProtocols : uint8_t
{
    DROP,
    MAP, //!< by addresses alone: one inside host for a protocol and a remote address
};

/** @{ Names as attributes have them. */
const char* NatBehaviourName(NatBehaviour behaviour);
std::optional<NatBehaviour> NatBehaviourOf(std::string_view name);
const char* NatPortAllocationName(NatPortAllocation allocation);
std::optional<NatPortAllocation> NatPortAllocationOf(std::string_view name);

/** @} */

/** One of the four kinds by which NAT boxes were first told apart (RFC 3489 section 5). */
struct NatKind
{
    const char* name;
    NatBehaviour mapping;
    NatBehaviour filtering;
};

/** The kind called \p name: full-cone, restricted-cone, port-restricted-cone or symmetric. */
const NatKind* NatKindOf(std::string_view name);

/** The names of all kinds, with commas between. */
std::string NatKindNames();

/** How a translator behaves. */
struct NatConfig
{
    NatBehaviour mapping{NatBehaviour::ENDPOINT_INDEPENDENT}; //!< RFC 4787 REQ-1, RFC 5382 REQ-1
    NatBehaviour filtering{NatBehaviour::ADDRESS_AND_PORT_DEPENDENT};
    NatPortAllocation allocation{NatPortAllocation::PRESERVATION};
    NatPooling pooling{NatPooling::PAIRED}; //!< RFC 4787 REQ-2
    NatUnknownProtocols unknownProtocols{NatUnknownProtocols::DROP};

    /** TCP and UDP ports below this are given to no mapping that asks for none. */
    uint32_t reservedPorts{4096};

    /**
     * Mappings to different remote ends may share a port (RFC 7857 section 3); only where mapping
     * depends on address and port, else it is what RFC 4787 REQ-3 forbids.
     */
    bool portOverlapping{false};
    bool hairpinning{true};     //!< RFC 4787 REQ-9, RFC 5382 REQ-8
    bool inboundRefresh{false}; //!< of UDP; outbound always does (RFC 4787 REQ-6)
    bool ftpAlg{true};          //!< RFC 5382 REQ-6
    bool tcpLoose{false};       //!< a segment in mid-connection may make a mapping, too
    bool verifyChecksums{true}; //!< of ICMP errors and what they quote (RFC 5508 REQ-3)

    Nanos udpTimeout{std::chrono::minutes(5)};              //!< RFC 4787 REQ-5
    Nanos tcpEstablishedTimeout{std::chrono::minutes(124)}; //!< RFC 5382 REQ-5
    Nanos tcpTransitoryTimeout{std::chrono::minutes(4)};    //!< RFC 5382 REQ-5, while it opens
    Nanos tcpClosingTimeout{std::chrono::minutes(4)};       //!< RFC 7857 section 2.2
    Nanos icmpTimeout{std::chrono::seconds(60)};            //!< RFC 5508 REQ-2
    Nanos otherTimeout{std::chrono::minutes(5)};
    Nanos synHold{std::chrono::seconds(6)};          //!< RFC 5382 REQ-4
    Nanos fragmentTimeout{std::chrono::seconds(30)}; //!< how long a datagram's fragments may take
    Nanos fragmentHold{std::chrono::seconds(2)};     //!< how long one waits for its first

    uint32_t maxMappings{65536};
    uint32_t maxSessions{262144};   //!< pairs of a mapping and a remote end
    uint32_t maxMappingsPerHost{0}; //!< RFC 6888 REQ-4; 0: no limit
    uint32_t maxHeldSyns{64};
    uint32_t maxHeldFragments{256};
    uint32_t maxFragmentedDatagrams{4096};
    uint64_t seed{1}; //!< of random ports, and of hashes

    auto Tie() const
    {
        return std::tie(mapping,
                        filtering,
                        allocation,
                        pooling,
                        unknownProtocols,
                        reservedPorts,
                        portOverlapping,
                        hairpinning,
                        inboundRefresh,
                        ftpAlg,
                        tcpLoose,
                        verifyChecksums,
                        udpTimeout,
                        tcpEstablishedTimeout,
                        tcpTransitoryTimeout,
                        tcpClosingTimeout,
                        icmpTimeout,
                        otherTimeout,
                        synHold,
                        fragmentTimeout,
                        fragmentHold,
                        maxMappings,
                        maxSessions,
                        maxMappingsPerHost,
                        maxHeldSyns,
                        maxHeldFragments,
                        maxFragmentedDatagrams,
                        seed);
    }
};

} // namespace strata
} // namespace ns3

#endif /* STRATA_NAT_POLICY_H */

// SPDX-License-Identifier: GPL-2.0-only

#ifndef STRATA_OVERSIZE_TRIAL_H
#define STRATA_OVERSIZE_TRIAL_H

#include "ns3/strata-time.h"

#include <cstdint>
#include <string>
#include <vector>

namespace ns3
{
namespace strata
{

/** What is done about datagrams that are too large for a link on their way. */
enum class OversizeMethod : uint8_t
{
    NONTRANSPARENT, //!< routers fragment, the destination reassembles (RFC 791)
    TRANSPARENT,    //!< the far router of a small link reassembles
    DISCOVERY,      //!< routers refuse and tell the MTU, the source sends what fits (RFC 1191)
    TRUNCATION,     //!< routers cut, the destination tells what arrived, the source sends that
};

/** All methods, in the order of the enumeration. */
const std::vector<OversizeMethod>& OversizeMethods();

/** The method in one word. */
const char* OversizeMethodName(OversizeMethod method);

/** A chain of links, with a source at one end and a destination at the other. */
struct OversizePlan
{
    OversizeMethod method{OversizeMethod::NONTRANSPARENT};
    std::vector<uint16_t> mtus; //!< of the links from the source on, at least one
    std::vector<double> losses; //!< of packets towards the destination, by link
    uint32_t octets{736000};    //!< that the source has to send; what is lost is not sent again
    double rate{2e6};           //!< of these octets, in bit/s
    double linkRate{10e6};      //!< of each link, in bit/s
    Nanos delay{5'000'000};     //!< of each link
    std::string pcap;           //!< front of the names of captures; empty: none
};

/** What reassembly cost a node, or several together. */
struct OversizeReassembly
{
    uint64_t fragments{0}; //!< that it took in
    uint64_t lost{0};      //!< of these, given up
    uint64_t peakBytes{0}; //!< of buffers at once, at the node that needed most
};

struct OversizeReport
{
    uint64_t sent{0};       //!< datagrams of the source
    uint64_t tooLarge{0};   //!< of these, larger than the path takes, though the method avoids that
    uint64_t whole{0};      //!< arrived whole
    uint64_t octets{0};     //!< of data in these
    uint64_t packets{0};    //!< sent on all links, both ways
    uint64_t bytes{0};      //!< of these, with IPv4 headers
    uint64_t lessons{0};    //!< answers that made the source send less at once
    Nanos firstData{NEVER}; //!< until the first datagram arrived whole, from when it could be sent
    Nanos lastData{NEVER};  //!< until the last one did
    OversizeReassembly exits;
    OversizeReassembly host;
};

/**
 * Runs the chain in ns-3. Data goes in records over an experimental protocol number, 8 octets of
 * header with the length of the datagram as it was sent, so that a destination knows what a router
 * cut. Each link but the first and the last lies between routers, which are gateways of it if the
 * method is transparent.
 */
OversizeReport RunOversize(const OversizePlan& plan);

/** Octets of the headers of a record: IPv4 and its own. */
constexpr uint32_t OVERSIZE_HEADERS = 28;

/** What a datagram is on one link. */
struct OversizeCrossing
{
    uint32_t packets{0};
    uint32_t bytes{0}; //!< with IPv4 headers
};

/**
 * What theory says of one datagram of the size that the source sends in the end, link by link: of
 * the first link's MTU if routers fragment, else of the smallest MTU.
 */
std::vector<OversizeCrossing> OversizeCrossings(OversizeMethod method,
                                                const std::vector<uint16_t>& mtus);

} // namespace strata
} // namespace ns3

#endif /* STRATA_OVERSIZE_TRIAL_H */

// SPDX-License-Identifier: GPL-2.0-only

#ifndef STRATA_ADDRESS_DECISION_H
#define STRATA_ADDRESS_DECISION_H

#include "ns3/strata-prefix.h"

#include <cstdint>
#include <vector>

namespace ns3
{
namespace strata
{

/** What an IPv4 address is by itself, without knowing any subnet. */
enum class Ipv4AddressKind : uint8_t
{
    UNICAST,              //!< none of the others
    THIS_HOST,            //!< 0.0.0.0
    THIS_NETWORK,         //!< 0.0.0.0/8: a host on this network
    PRIVATE,              //!< RFC 1918
    SHARED,               //!< 100.64.0.0/10 (RFC 6598)
    LOOPBACK,             //!< 127.0.0.0/8
    LINK_LOCAL,           //!< 169.254.0.0/16 (RFC 3927)
    PROTOCOL_ASSIGNMENTS, //!< 192.0.0.0/24 (RFC 6890 section 2.1)
    DOCUMENTATION,        //!< RFC 5737
    RELAY_6TO4,           //!< 192.88.99.0/24 (RFC 3068)
    BENCHMARKING,         //!< 198.18.0.0/15 (RFC 2544)
    MULTICAST,            //!< class D
    RESERVED,             //!< class E without the limited broadcast
    LIMITED_BROADCAST,    //!< 255.255.255.255
};

Ipv4AddressKind KindOfAddress(uint32_t address);

const char* Ipv4AddressKindName(Ipv4AddressKind kind);

/** Where addresses of a kind may stand (RFC 6890 section 2.2.2; multicast: RFC 1112). */
struct Ipv4KindRule
{
    bool source{true};
    bool destination{true};
    bool forwardable{true};
    bool global{true};
};

Ipv4KindRule RuleOfKind(Ipv4AddressKind kind);

/** What an address is in a subnet. */
enum class Ipv4SubnetRole : uint8_t
{
    OUTSIDE,
    HOST,
    NETWORK,            //!< host bits zero: the subnet itself, a broadcast in old hosts
    DIRECTED_BROADCAST, //!< host bits one
};

/** On subnets of two addresses or one, all are hosts (RFC 3021). */
Ipv4SubnetRole RoleInSubnet(uint32_t address, const Ipv4Prefix& subnet);

/** The address with all host bits one. */
uint32_t DirectedBroadcastOf(const Ipv4Prefix& subnet);

/**
 * What a machine on \p subnet means by an address whose network bits are zero: the host with this
 * number on its own network. Any other address is itself.
 */
uint32_t OnThisNetwork(uint32_t address, const Ipv4Prefix& subnet);

/** An address of this node and the subnet around it. */
struct LocalSubnet
{
    uint32_t address{0};
    Ipv4Prefix subnet;
    uint32_t interface {
        0
    };
};

/** What happens to a datagram, as far as its addresses say. */
enum class Ipv4AddressAction : uint8_t
{
    DELIVER,            //!< to this node
    DELIVER_BROADCAST,  //!< to this node as to all others on the link
    MULTICAST,          //!< to whatever knows the groups
    FORWARD,            //!< to the routing table
    DIRECTED_BROADCAST, //!< out of the interface of that subnet as link broadcast, and to this node
    LOOP_BACK,          //!< sent: stays in this node
    SEND,               //!< sent: leaves
    DROP,
};

/** Why the addresses of a datagram have it dropped. */
enum class Ipv4AddressFault : uint8_t
{
    NONE,
    SOURCE_MARTIAN,         //!< an address that no datagram may come from
    SOURCE_OWN,             //!< from outside, yet with an address of this node
    SOURCE_UNSPECIFIED,     //!< 0.0.0.0/8 may not leave its link (RFC 1122 section 3.2.1.3)
    DESTINATION_MARTIAN,    //!< an address that no datagram may go to
    LOOPBACK_OUTSIDE,       //!< 127/8 on a link (RFC 1122 section 3.2.1.3)
    DIRECTED_BROADCAST_OFF, //!< to a subnet behind this router, and that is off (RFC 2644)
    OLD_BROADCAST,          //!< to a network's own address
    LINK_BROADCAST,         //!< a link broadcast to a unicast address (RFC 1122 section 3.3.6)
    LINK_LOCAL_SCOPE,       //!< would have to be forwarded (RFC 3927 section 7)
    PRIVATE_IN_PUBLIC,      //!< RFC 1918 section 3 or RFC 6598 on the public side
    NOT_FOR_US,             //!< this node is no router
};

/** Name of \p fault as traces and counters print it. */
const char* Ipv4AddressFaultName(Ipv4AddressFault fault);

/** How much is taken for a martian. */
enum class MartianFilter : uint8_t
{
    OFF,
    RFC1812, //!< section 5.3.7: what can't be an address of a host
    RFC6890, //!< also what shall not be seen on the Internet, as the blocks for documentation
};

struct Ipv4AddressRules
{
    bool router{true};
    MartianFilter martians{MartianFilter::RFC1812};
    bool forwardDirectedBroadcasts{false}; //!< RFC 2644: off unless asked for
    bool acceptOldBroadcasts{false};       //!< take a network's own address and 0.0.0.0 for it
    bool strongHost{
        false}; //!< an address is known on its own interface only (RFC 1122 section 3.3.4.2)
};

/** A datagram that came in. */
struct Ipv4Arrival
{
    uint32_t source{0};
    uint32_t destination{0};
    uint32_t interface {
        0
    };
    bool linkBroadcast{false}; //!< its frame was for all or many
    bool fromPublic{false};    //!< the interface looks at the public Internet
};

struct Ipv4AddressVerdict
{
    Ipv4AddressAction action{Ipv4AddressAction::DROP};
    Ipv4AddressFault fault{Ipv4AddressFault::NONE};
    uint32_t interface {
        0
    }; //!< DIRECTED_BROADCAST: where to

    friend bool operator==(const Ipv4AddressVerdict& a, const Ipv4AddressVerdict& b)
    {
        return a.action == b.action && a.fault == b.fault && a.interface == b.interface;
    }
};

/**
 * What a node with the addresses \p local does with an arrival (RFC 1122 section 3.2.1.3, RFC 1812
 * sections 4.2.2.11, 4.2.3.1, 5.3.4, 5.3.5 and 5.3.7). All drops are silent.
 */
Ipv4AddressVerdict JudgeArrival(const Ipv4Arrival& arrival,
                                const std::vector<LocalSubnet>& local,
                                const Ipv4AddressRules& rules);

/** Why no datagram may go to \p destination, whoever sends it (RFC 1122 section 3.2.1.3). */
Ipv4AddressFault JudgeDestination(uint32_t destination);

/** What a node does with a datagram of its own (RFC 1122 section 3.2.1.3). */
Ipv4AddressVerdict JudgeSending(uint32_t source,
                                uint32_t destination,
                                const std::vector<LocalSubnet>& local,
                                const Ipv4AddressRules& rules);

/** Whether a datagram with these addresses may be on a link of the public side (RFC 1918). */
Ipv4AddressFault JudgePublicSide(uint32_t source, uint32_t destination);

} // namespace strata
} // namespace ns3

#endif /* STRATA_ADDRESS_DECISION_H */

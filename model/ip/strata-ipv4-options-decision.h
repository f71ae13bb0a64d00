// SPDX-License-Identifier: GPL-2.0-only

#ifndef STRATA_IPV4_OPTIONS_DECISION_H
#define STRATA_IPV4_OPTIONS_DECISION_H

#include "ns3/strata-ipv4-option.h"
#include "ns3/strata-time.h"

#include <optional>
#include <vector>

namespace ns3
{
namespace strata
{

/** What a node does with a datagram that names its own route. */
enum class Ipv4SourceRoutePolicy : uint8_t
{
    REFUSE,  //!< drop it: the default of RFC 7126 sections 4.3.5 and 4.4.5
    PROCESS, //!< follow it, as RFC 791 says and RFC 1812 section 5.3.13.4 once asked
    IGNORE,  //!< forward it as if the option were not there
};

struct Ipv4OptionsRules
{
    Ipv4SourceRoutePolicy sourceRoute{Ipv4SourceRoutePolicy::REFUSE};

    /** Fill in record route and timestamps of forwarded datagrams (RFC 1812 5.3.13.5, .6). */
    bool recordRoute{true};
    bool timestamp{true};

    /**
     * Labels that may pass (RFC 1108 section 2): a datagram without a basic security option is
     * answered as one that misses it, a level outside of the ranks is dropped.
     */
    bool requireSecurity{false};
    unsigned minSecurityRank{0}; //!< as Ipv4SecurityRank() counts
    unsigned maxSecurityRank{3};
};

/** What a node has still to do with a header's options when it knows the way out. */
struct Ipv4OptionsPlan
{
    // where the options begin, from the start of the header; 0 for nothing to do
    uint8_t sourceRoute{0};
    uint8_t recordRoute{0};
    uint8_t timestamp{0};

    /** Time is put only by the owner of this address (the third form of the option). */
    std::optional<uint32_t> timestampFor;

    /** The value of a router alert: every router looks at the datagram (RFC 2113). */
    std::optional<uint16_t> routerAlert;

    bool Changes() const
    {
        return sourceRoute != 0 || recordRoute != 0 || timestamp != 0;
    }
};

enum class Ipv4OptionsAction : uint8_t
{
    CONTINUE,             //!< deliver or forward by the header's destination
    SOURCE_ROUTE,         //!< forward to nextDestination
    PARAMETER_PROBLEM,    //!< drop, answer with code 0 and the pointer
    MISSING_OPTION,       //!< drop, answer with code 1; the pointer is the option's type
    SOURCE_ROUTE_REFUSED, //!< drop
    SECURITY_REFUSED,     //!< drop
};

struct Ipv4OptionsVerdict
{
    Ipv4OptionsAction action{Ipv4OptionsAction::CONTINUE};
    uint8_t pointer{0};
    uint32_t nextDestination{0};

    /**
     * With SOURCE_ROUTE: nextDestination must be a neighbour, else the datagram is answered with
     * source route failed (RFC 791; RFC 1812 section 5.3.13.4).
     */
    bool strict{false};

    Ipv4OptionsPlan plan;
};

/**
 * What the options of a received datagram ask of this node (RFC 791 section 3.1, RFC 1812
 * sections 4.2.2.1, 5.2.4.1 and 5.3.13). Unknown options pass unchanged. Nothing allocates.
 *
 * An option with room left, but not for a whole entry, is an error, and so is an overflow count
 * that overflows, and an option that comes twice and may come once: the pointer is at the second.
 * A strict source route that is not at one of its stops is an error of the router before; the
 * pointer is at the destination (RFC 1812 section 5.2.2).
 *
 * \param mine the header's destination is an address of this node
 */
Ipv4OptionsVerdict JudgeIpv4Options(const Ipv4WireHeader& header,
                                    bool mine,
                                    const Ipv4OptionsRules& rules);

/** The same for a datagram that this node makes: it records, and no source route is at a stop. */
Ipv4OptionsVerdict JudgeOwnIpv4Options(const Ipv4WireHeader& header);

/** What is written into options. */
struct Ipv4OptionsStamp
{
    /** This node's address as the network sees it into which the datagram goes; at its
     *  destination, the address to which it came. */
    uint32_t address{0};
    uint32_t time{0};          //!< Ipv4TimestampAt()
    bool ownsTimestamp{false}; //!< whether plan.timestampFor is an address of this node
};

/**
 * Carries out \p plan on the header that it was made for: fills in slots, moves pointers, counts
 * overflows, and puts the next stop of a source route into the destination. The checksum is
 * updated (RFC 1624). Nothing allocates.
 */
void StampIpv4Options(Ipv4WireHeader& header,
                      const Ipv4OptionsPlan& plan,
                      const Ipv4OptionsStamp& stamp);

/** Milliseconds since midnight UT (RFC 791 section 3.1), for the time since some midnight. */
uint32_t Ipv4TimestampAt(Nanos now);

/**
 * Sends a datagram over \p stops, the last of which is its destination: the first becomes the
 * header's, the others a source route (RFC 791).
 *
 * \return false, with nothing changed, if there are no stops or more than the options have room for
 */
bool SetIpv4SourceRoute(Ipv4WireHeader& header,
                        Ipv4OptionKind kind,
                        const std::vector<uint32_t>& stops);

/** Where an answer goes, and with which options. */
struct Ipv4ReturnPlan
{
    uint32_t destination{0};
    Ipv4WireHeader::Options options; //!< padded
};

/**
 * The options of a reply to \p request: its source route reversed (RFC 1122 section 3.2.1.8 (c)),
 * correct even where the recorded route begins with the source; its record route and timestamp as
 * they stand, so that they go on (RFC 1122 section 3.2.2.6); its security label; no other.
 */
Ipv4ReturnPlan ReplyIpv4Options(const Ipv4WireHeader& request);

/**
 * The options of an ICMP error about \p offending: the part of its source route before the pointer
 * reversed (RFC 1812 section 4.3.2.6), unless the error complains of that route, and its label.
 */
Ipv4ReturnPlan ErrorIpv4Options(const Ipv4WireHeader& offending, bool aboutSourceRoute);

} // namespace strata
} // namespace ns3

#endif /* STRATA_IPV4_OPTIONS_DECISION_H */

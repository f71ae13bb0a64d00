// SPDX-License-Identifier: GPL-2.0-only

#ifndef STRATA_INVARIANT_DECISION_H
#define STRATA_INVARIANT_DECISION_H

#include "strata-forwarding-policy.h"
#include "strata-member-state.h"

#include <string>
#include <vector>

namespace ns3
{
namespace strata
{

/**
 * \file
 * What must be true of a layer (the state components of Zave and Rexford, "The Design Space of
 * Network Mobility", 2013, section 2, and how they hang together). Some rules hold for each member
 * after each step, the others for all members together when nothing is under way any more.
 */

enum class InvariantRule : uint8_t
{
    // of one member, always
    NAME,        //!< a member has a name, and it never changes
    ATTACHMENT,  //!< a registration in an underlay counts its ports
    LINK,        //!< only a member has links, each over a port of its own, to somebody else
    ROUTE,       //!< a route leaves by a live link, to the neighbour behind it
    LEAF,        //!< a leaf registered here is linked, and a route leads to it over that link
    WITHDRAWN,   //!< nobody routes to a leaf whose attachment is known to have ended
    SESSION,     //!< a session belongs to a process registered here
    SESSION_USE, //!< every session has the state of its protocol, and only they
    DEADLINE,    //!< what has a deadline exists, and the machine wakes in time

    // of all members, at rest
    NAME_UNIQUE,  //!< no two members bear one name
    LINK_ENDS,    //!< both ends of a wire agree on the link over it
    DIRECTORY,    //!< the newest record of a process says where it is
    SESSION_PEER, //!< an open session knows where its peer is
    ROUTE_LOOP,   //!< no PDU goes round
    ROUTE_END,    //!< every PDU to a router or to an attached leaf arrives
    COUNT_,
};

/** The name in traces and results; "unknown" for a number that is none of the enum. */
const char* InvariantRuleName(InvariantRule rule);

/** A rule that is broken. */
struct Violation
{
    InvariantRule rule{};
    MemberName member{NO_NAME}; //!< whose state shows it
    std::string subject;        //!< what breaks it, for people

    auto Tie() const
    {
        return std::tie(rule, member, subject);
    }
};

using Violations = std::vector<Violation>;

/** "member 3.1 breaks route: port 4 has no link". */
std::string FormatViolation(const Violation& violation, NameScheme scheme);

/**
 * Checks the rules of one member.
 * \param former the name that it had before; NO_NAME if it had none
 * \param scheme how subjects write names
 */
Violations CheckMember(const MemberState& state,
                       MemberName former = NO_NAME,
                       NameScheme scheme = NameScheme::HIERARCHICAL);

/** A layer as one sees it who stands outside: plain data, nothing is copied. */
struct LayerSnapshot
{
    struct Member
    {
        const MemberState* state;
        MemberRole role;
    };

    /** A flow between two members, by their places in members. */
    struct Wire
    {
        std::size_t a;
        PortId portA;
        std::size_t b;
        PortId portB;
    };

    std::vector<Member> members; //!< also those that are no members yet, or any more
    std::vector<Wire> wires;
    const ForwardingPolicy* forwarding{nullptr}; //!< longest prefix without one
    NameScheme scheme{NameScheme::HIERARCHICAL}; //!< how subjects write names
    bool replicated{false};                      //!< each router keeps the whole directory
    bool findsUnknown{false};       //!< a PDU without a route is flooded or resolved, not lost
    std::size_t maxTraces{1000000}; //!< of more pairs of ends, this many are followed, evenly
};

/** Checks the rules of all members at rest; not those of one member. */
Violations CheckAtRest(const LayerSnapshot& snapshot);

} // namespace strata
} // namespace ns3

#endif /* STRATA_INVARIANT_DECISION_H */

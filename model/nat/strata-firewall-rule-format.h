// SPDX-License-Identifier: GPL-2.0-only

#ifndef STRATA_FIREWALL_RULE_FORMAT_H
#define STRATA_FIREWALL_RULE_FORMAT_H

#include "strata-flow-table.h"

#include "ns3/strata-expected.h"

#include <string>
#include <string_view>
#include <vector>

namespace ns3
{
namespace strata
{

/** What a rule does with a packet. */
enum class FirewallAction : uint8_t
{
    ACCEPT,
    DROP,   //!< silently
    REJECT, //!< the sender hears of it
};

/** How a sender hears of a rejection. */
enum class FirewallAnswer : uint8_t
{
    PROHIBITED, //!< ICMP 3/13 (RFC 1812 section 5.2.7.1), ICMPv6 1/1 (RFC 4443 section 3.1)
    PORT,       //!< ICMP 3/3, ICMPv6 1/4, as if nobody listened
    RESET,      //!< a TCP RST (RFC 9293 section 3.10.7.1)
};

/** What a packet is to the flows that are known. */
enum class FirewallState : uint8_t
{
    NEW,         //!< of no known flow; it may begin one
    ESTABLISHED, //!< of a known flow, in either direction
    RELATED,     //!< an ICMP error about a packet of a known flow
    INVALID,     //!< it can belong to no flow and begin none
};

const char* FirewallActionName(FirewallAction action);
const char* FirewallStateName(FirewallState state);

/** Where a packet comes from or goes to. Empty: anywhere. */
struct FirewallPlaces
{
    uint8_t sides{0};                 //!< a bit for each FlowSide
    std::vector<std::string> devices; //!< names

    auto Tie() const
    {
        return std::tie(sides, devices);
    }
};

/** Ports from the first to the last. */
struct FirewallPortRange
{
    uint16_t first{0};
    uint16_t last{0};

    auto Tie() const
    {
        return std::tie(first, last);
    }
};

/** Types of ICMP messages, and a code. */
struct FirewallIcmpRange
{
    static constexpr uint16_t ANY_CODE = 256;

    uint8_t first{0};
    uint8_t last{0};
    uint16_t code{ANY_CODE};

    auto Tie() const
    {
        return std::tie(first, last, code);
    }
};

/** Addresses: those in one of the blocks or, the other way round, in none. No block: all. */
struct FirewallAddresses
{
    bool others{false};
    std::vector<FlowPrefix> blocks;

    auto Tie() const
    {
        return std::tie(others, blocks);
    }
};

/** What a rule asks of a packet, and what it does with one that has all of it. */
struct FirewallRule
{
    static constexpr uint8_t VALID_STATES = 0x7; //!< all but INVALID
    static constexpr uint8_t ALL_STATES = 0xf;

    FirewallAction action{FirewallAction::DROP};
    FirewallAnswer answer{FirewallAnswer::PROHIBITED};
    FirewallPlaces in;
    FirewallPlaces out;
    uint8_t family{0}; //!< 4 or 6; 0 for both
    std::vector<uint8_t> protocols;
    FirewallAddresses source;
    FirewallAddresses destination;
    std::vector<FirewallPortRange> sourcePorts;
    std::vector<FirewallPortRange> destinationPorts;
    std::vector<FirewallIcmpRange> icmp;
    uint8_t states{VALID_STATES}; //!< a bit for each FirewallState

    auto Tie() const
    {
        return std::tie(action,
                        answer,
                        in,
                        out,
                        family,
                        protocols,
                        source,
                        destination,
                        sourcePorts,
                        destinationPorts,
                        icmp,
                        states);
    }
};

/** Why a text is no rule. Lines and columns count from 1. */
struct FirewallRuleError
{
    std::size_t line{1};
    std::size_t column{1};
    std::string message;

    /** "line 2, column 8: message" */
    std::string ToText() const;
};

/**
 * Reads one rule: an action and what the rule asks for, apart by blanks, in any order, each at
 * most once.
 *
 * \verbatim
 * accept | drop | reject
 * in=PLACE,...  out=PLACE,...      inside, outside, local (this node itself), a device's name, any
 * ip=4 | 6
 * proto=PROTOCOL,...               tcp, udp, icmp, icmp6, sctp, ... or a number, any
 * src=[!]PREFIX,...  dst=...       10.0.0.0/8, 10.1.2.3, fd00::/16, any; ! for all but these
 * sport=PORT,...  dport=...        80, 8000-8080, any; for protocols with ports
 * type=TYPE[/CODE],...             echo-request, 8, 3/4, 133-137, any; for icmp or icmp6
 * state=STATE,...                  new, established, related, invalid, any
 * with=prohibited | port | reset   what reject answers
 * \endverbatim
 *
 * What is not said is not asked for, but for the state: without it a rule is about all packets
 * but invalid ones. What follows # is a remark. Words may be in capitals.
 */
Expected<FirewallRule, FirewallRuleError> ParseFirewallRule(std::string_view text);

/** Reads rules, one a line, or several in a line apart by semicolons; lines may be empty. */
Expected<std::vector<FirewallRule>, FirewallRuleError> ParseFirewallRules(std::string_view text);

/** A text that is read as the same rule. */
std::string ToText(const FirewallRule& rule);

/** As tcp, or as a number. */
std::string FirewallProtocolName(uint8_t protocol);

} // namespace strata
} // namespace ns3

#endif /* STRATA_FIREWALL_RULE_FORMAT_H */

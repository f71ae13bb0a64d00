// SPDX-License-Identifier: GPL-2.0-only

#include "strata-nat-drop-policy.h"

namespace ns3
{
namespace strata
{

const char*
NatDropName(NatDrop drop)
{
    switch (drop)
    {
    case NatDrop::NONE:
        return "nat.none";
    case NatDrop::NO_ADDRESS:
        return "nat.no-public-address";
    case NatDrop::TABLE_FULL:
        return "nat.table-full";
    case NatDrop::HOST_FULL:
        return "nat.host-full";
    case NatDrop::PORTS_EXHAUSTED:
        return "nat.ports-exhausted";
    case NatDrop::NO_CONNECTION:
        return "nat.no-connection";
    case NatDrop::NO_MAPPING:
        return "nat.no-mapping";
    case NatDrop::FILTERED:
        return "nat.filtered";
    case NatDrop::UNSOLICITED_SYN:
        return "nat.unsolicited-syn";
    case NatDrop::SHORT_TRANSPORT:
        return "nat.short-transport";
    case NatDrop::BAD_CHECKSUM:
        return "nat.bad-checksum";
    case NatDrop::BAD_QUOTE:
        return "nat.bad-quote";
    case NatDrop::UNKNOWN_PROTOCOL:
        return "nat.unknown-protocol";
    case NatDrop::UNKNOWN_ICMP:
        return "nat.unknown-icmp";
    case NatDrop::SPOOFED:
        return "nat.spoofed";
    case NatDrop::PRIVATE_SOURCE:
        return "nat.private-source";
    case NatDrop::PRIVATE_DESTINATION:
        return "nat.private-destination";
    case NatDrop::INSIDE_DESTINATION:
        return "nat.inside-destination";
    case NatDrop::SOURCE_ROUTE:
        return "nat.source-route";
    case NatDrop::HAIRPIN:
        return "nat.hairpin";
    case NatDrop::FRAGMENT_TIMEOUT:
        return "nat.fragment-timeout";
    case NatDrop::FRAGMENTS_FULL:
        return "nat.fragments-full";
    case NatDrop::FTP:
        return "nat.ftp";
    case NatDrop::DOWN:
        return "nat.down";
    }
    return "nat.?";
}

} // namespace strata
} // namespace ns3

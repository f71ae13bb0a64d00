// SPDX-License-Identifier: GPL-2.0-only

#include "strata-address-decision.h"

#include <algorithm>

namespace ns3
{
namespace strata
{

namespace
{

using Action = Ipv4AddressAction;
using Fault = Ipv4AddressFault;
using Kind = Ipv4AddressKind;

struct Block
{
    uint32_t address;
    unsigned length;
    Kind kind;
};

/** Longer blocks before those that hold them. */
constexpr Block BLOCKS[] = {
    {0x00000000, 32, Kind::THIS_HOST},
    {0x00000000, 8, Kind::THIS_NETWORK},
    {0x0a000000, 8, Kind::PRIVATE},
    {0x64400000, 10, Kind::SHARED},
    {0x7f000000, 8, Kind::LOOPBACK},
    {0xa9fe0000, 16, Kind::LINK_LOCAL},
    {0xac100000, 12, Kind::PRIVATE},
    {0xc0000000, 24, Kind::PROTOCOL_ASSIGNMENTS},
    {0xc0000200, 24, Kind::DOCUMENTATION},
    {0xc0586300, 24, Kind::RELAY_6TO4},
    {0xc0a80000, 16, Kind::PRIVATE},
    {0xc6120000, 15, Kind::BENCHMARKING},
    {0xc6336400, 24, Kind::DOCUMENTATION},
    {0xcb007100, 24, Kind::DOCUMENTATION},
    {0xe0000000, 4, Kind::MULTICAST},
    {0xffffffff, 32, Kind::LIMITED_BROADCAST},
    {0xf0000000, 4, Kind::RESERVED},
};

Ipv4AddressVerdict
Drop(Fault fault)
{
    return {Action::DROP, fault, 0};
}

Ipv4AddressVerdict
Do(Action action, uint32_t interface = 0)
{
    return {action, Fault::NONE, interface};
}

bool
IsUnspecified(Kind kind)
{
    return kind == Kind::THIS_HOST || kind == Kind::THIS_NETWORK;
}

/** Kinds that are no address of a host (RFC 1812 section 5.3.7). */
bool
IsNoHost(Kind kind)
{
    return kind == Kind::LOOPBACK || kind == Kind::MULTICAST || kind == Kind::RESERVED ||
           kind == Kind::LIMITED_BROADCAST;
}

bool
IsOwn(uint32_t address, const std::vector<LocalSubnet>& local)
{
    return std::any_of(local.begin(), local.end(), [address](const LocalSubnet& own) {
        return own.address == address;
    });
}

/** RFC 1122 section 3.2.1.3: a host's number is neither all zeros nor all ones. */
bool
IsNoHostOfAny(uint32_t address, const std::vector<LocalSubnet>& local)
{
    return std::any_of(local.begin(), local.end(), [address](const LocalSubnet& own) {
        const Ipv4SubnetRole role = RoleInSubnet(address, own.subnet);
        return role == Ipv4SubnetRole::DIRECTED_BROADCAST || role == Ipv4SubnetRole::NETWORK;
    });
}

Fault
FaultOfSource(const Ipv4Arrival& arrival,
              Kind kind,
              const std::vector<LocalSubnet>& local,
              const Ipv4AddressRules& rules)
{
    if (rules.martians == MartianFilter::OFF)
    {
        return Fault::NONE;
    }
    if (kind == Kind::LOOPBACK)
    {
        return Fault::LOOPBACK_OUTSIDE;
    }
    if (IsNoHost(kind) || IsNoHostOfAny(arrival.source, local) ||
        (rules.martians == MartianFilter::RFC6890 && !RuleOfKind(kind).source))
    {
        return Fault::SOURCE_MARTIAN;
    }
    return IsOwn(arrival.source, local) ? Fault::SOURCE_OWN : Fault::NONE;
}

/** Whether \p arrival goes to an address of this node. */
bool
IsForThisNode(const Ipv4Arrival& arrival,
              const std::vector<LocalSubnet>& local,
              const Ipv4AddressRules& rules)
{
    return std::any_of(local.begin(), local.end(), [&](const LocalSubnet& own) {
        return own.address == arrival.destination &&
               (!rules.strongHost || own.interface == arrival.interface);
    });
}

/** A verdict on a datagram to all hosts of a subnet; DELIVER where it goes to a single host. */
Ipv4AddressVerdict
JudgeSubnetBroadcast(const Ipv4Arrival& arrival,
                     const std::vector<LocalSubnet>& local,
                     const Ipv4AddressRules& rules)
{
    Ipv4AddressVerdict elsewhere = Do(Action::DELIVER);
    for (const LocalSubnet& own : local)
    {
        const Ipv4SubnetRole role = RoleInSubnet(arrival.destination, own.subnet);
        if (role == Ipv4SubnetRole::OUTSIDE || role == Ipv4SubnetRole::HOST)
        {
            continue;
        }
        if (role == Ipv4SubnetRole::NETWORK && !rules.acceptOldBroadcasts)
        {
            elsewhere = Drop(Fault::OLD_BROADCAST);
        }
        else if (own.interface == arrival.interface)
        {
            return Do(Action::DELIVER_BROADCAST);
        }
        else if (!rules.router)
        {
            elsewhere = Drop(Fault::NOT_FOR_US);
        }
        else if (!rules.forwardDirectedBroadcasts)
        {
            elsewhere = Drop(Fault::DIRECTED_BROADCAST_OFF);
        }
        else if (arrival.linkBroadcast)
        {
            elsewhere = Drop(Fault::LINK_BROADCAST); // RFC 1812 section 5.3.4
        }
        else
        {
            elsewhere = Do(Action::DIRECTED_BROADCAST, own.interface);
        }
    }
    return elsewhere;
}

} // namespace

Ipv4AddressKind
KindOfAddress(uint32_t address)
{
    for (const Block& block : BLOCKS)
    {
        if (KeepBits(address, block.length) == block.address)
        {
            return block.kind;
        }
    }
    return Kind::UNICAST;
}

const char*
Ipv4AddressKindName(Ipv4AddressKind kind)
{
    switch (kind)
    {
    case Kind::UNICAST:
        return "unicast";
    case Kind::THIS_HOST:
        return "this host";
    case Kind::THIS_NETWORK:
        return "a host on this network";
    case Kind::PRIVATE:
        return "private";
    case Kind::SHARED:
        return "shared";
    case Kind::LOOPBACK:
        return "loopback";
    case Kind::LINK_LOCAL:
        return "link-local";
    case Kind::PROTOCOL_ASSIGNMENTS:
        return "protocol assignments";
    case Kind::DOCUMENTATION:
        return "documentation";
    case Kind::RELAY_6TO4:
        return "6to4 relay";
    case Kind::BENCHMARKING:
        return "benchmarking";
    case Kind::MULTICAST:
        return "multicast";
    case Kind::RESERVED:
        return "reserved";
    case Kind::LIMITED_BROADCAST:
        return "limited broadcast";
    }
    return "unknown";
}

Ipv4KindRule
RuleOfKind(Ipv4AddressKind kind)
{
    switch (kind)
    {
    case Kind::UNICAST:
    case Kind::RELAY_6TO4:
        return {true, true, true, true};
    case Kind::THIS_HOST:
    case Kind::THIS_NETWORK:
        return {true, false, false, false};
    case Kind::PRIVATE:
    case Kind::SHARED:
    case Kind::BENCHMARKING:
        return {true, true, true, false};
    case Kind::LINK_LOCAL:
        return {true, true, false, false};
    case Kind::MULTICAST:
        return {false, true, true, true};
    case Kind::LIMITED_BROADCAST:
        return {false, true, false, false};
    case Kind::LOOPBACK:
    case Kind::PROTOCOL_ASSIGNMENTS:
    case Kind::DOCUMENTATION:
    case Kind::RESERVED:
        break;
    }
    return {false, false, false, false};
}

Ipv4SubnetRole
RoleInSubnet(uint32_t address, const Ipv4Prefix& subnet)
{
    if (!subnet.Contains(address))
    {
        return Ipv4SubnetRole::OUTSIDE;
    }
    if (subnet.GetLength() >= 31)
    {
        return Ipv4SubnetRole::HOST;
    }
    if (address == subnet.GetAddress())
    {
        return Ipv4SubnetRole::NETWORK;
    }
    return address == DirectedBroadcastOf(subnet) ? Ipv4SubnetRole::DIRECTED_BROADCAST
                                                  : Ipv4SubnetRole::HOST;
}

uint32_t
DirectedBroadcastOf(const Ipv4Prefix& subnet)
{
    return subnet.GetAddress() | ~KeepBits(UINT32_MAX, subnet.GetLength());
}

uint32_t
OnThisNetwork(uint32_t address, const Ipv4Prefix& subnet)
{
    return KeepBits(address, subnet.GetLength()) == 0 && address != 0
               ? subnet.GetAddress() | address
               : address;
}

const char*
Ipv4AddressFaultName(Ipv4AddressFault fault)
{
    switch (fault)
    {
    case Fault::NONE:
        return "none";
    case Fault::SOURCE_MARTIAN:
        return "ip.source-martian";
    case Fault::SOURCE_OWN:
        return "ip.source-own";
    case Fault::SOURCE_UNSPECIFIED:
        return "ip.source-unspecified";
    case Fault::DESTINATION_MARTIAN:
        return "ip.destination-martian";
    case Fault::LOOPBACK_OUTSIDE:
        return "ip.loopback-outside";
    case Fault::DIRECTED_BROADCAST_OFF:
        return "ip.directed-broadcast-off";
    case Fault::OLD_BROADCAST:
        return "ip.old-broadcast";
    case Fault::LINK_BROADCAST:
        return "ip.link-broadcast";
    case Fault::LINK_LOCAL_SCOPE:
        return "ip.link-local-scope";
    case Fault::PRIVATE_IN_PUBLIC:
        return "ip.private-in-public";
    case Fault::NOT_FOR_US:
        return "ip.not-for-us";
    }
    return "unknown";
}

Ipv4AddressVerdict
JudgeArrival(const Ipv4Arrival& arrival,
             const std::vector<LocalSubnet>& local,
             const Ipv4AddressRules& rules)
{
    const Kind from = KindOfAddress(arrival.source);
    const Kind to = KindOfAddress(arrival.destination);
    if (const Fault fault = FaultOfSource(arrival, from, local, rules); fault != Fault::NONE)
    {
        return Drop(fault);
    }
    if (arrival.fromPublic)
    {
        if (const Fault fault = JudgePublicSide(arrival.source, arrival.destination);
            fault != Fault::NONE)
        {
            return Drop(fault);
        }
    }
    if (to == Kind::LOOPBACK)
    {
        return Drop(Fault::LOOPBACK_OUTSIDE);
    }
    if (to == Kind::LIMITED_BROADCAST || (to == Kind::THIS_HOST && rules.acceptOldBroadcasts))
    {
        return Do(Action::DELIVER_BROADCAST);
    }
    if (const Fault fault = JudgeDestination(arrival.destination); fault != Fault::NONE)
    {
        return Drop(fault);
    }
    if (to == Kind::MULTICAST)
    {
        return Do(Action::MULTICAST);
    }
    if (IsForThisNode(arrival, local, rules))
    {
        return arrival.linkBroadcast ? Drop(Fault::LINK_BROADCAST) : Do(Action::DELIVER);
    }
    const Ipv4AddressVerdict broadcast = JudgeSubnetBroadcast(arrival, local, rules);
    if (broadcast.action == Action::DELIVER_BROADCAST || broadcast.action == Action::DROP)
    {
        return broadcast;
    }
    if (!rules.router)
    {
        return Drop(Fault::NOT_FOR_US);
    }
    if (arrival.linkBroadcast)
    {
        return Drop(Fault::LINK_BROADCAST);
    }
    if (IsUnspecified(from))
    {
        return Drop(Fault::SOURCE_UNSPECIFIED);
    }
    if (from == Kind::LINK_LOCAL || to == Kind::LINK_LOCAL)
    {
        return Drop(Fault::LINK_LOCAL_SCOPE);
    }
    if (rules.martians == MartianFilter::RFC6890 && !RuleOfKind(to).forwardable)
    {
        return Drop(Fault::DESTINATION_MARTIAN);
    }
    return broadcast.action == Action::DIRECTED_BROADCAST ? broadcast : Do(Action::FORWARD);
}

Ipv4AddressFault
JudgeDestination(uint32_t destination)
{
    const Kind to = KindOfAddress(destination);
    return IsUnspecified(to) || to == Kind::RESERVED ? Fault::DESTINATION_MARTIAN : Fault::NONE;
}

Ipv4AddressVerdict
JudgeSending(uint32_t source,
             uint32_t destination,
             const std::vector<LocalSubnet>& local,
             const Ipv4AddressRules& rules)
{
    const Kind from = KindOfAddress(source);
    if (const Fault fault = JudgeDestination(destination); fault != Fault::NONE)
    {
        return Drop(fault);
    }
    if (KindOfAddress(destination) == Kind::LOOPBACK || IsOwn(destination, local))
    {
        return Do(Action::LOOP_BACK);
    }
    if (from == Kind::LOOPBACK)
    {
        return Drop(Fault::LOOPBACK_OUTSIDE);
    }
    // Who does not know its address yet says so, to all.
    if (rules.martians != MartianFilter::OFF && IsUnspecified(from) &&
        KindOfAddress(destination) != Kind::LIMITED_BROADCAST &&
        KindOfAddress(destination) != Kind::MULTICAST && !IsNoHostOfAny(destination, local))
    {
        return Drop(Fault::SOURCE_UNSPECIFIED);
    }
    const bool known = IsUnspecified(from) || IsOwn(source, local);
    if (rules.martians != MartianFilter::OFF &&
        (IsNoHost(from) || (!known && IsNoHostOfAny(source, local))))
    {
        return Drop(Fault::SOURCE_MARTIAN);
    }
    return Do(Action::SEND);
}

Ipv4AddressFault
JudgePublicSide(uint32_t source, uint32_t destination)
{
    for (const uint32_t address : {source, destination})
    {
        const Kind kind = KindOfAddress(address);
        if (kind == Kind::PRIVATE || kind == Kind::SHARED)
        {
            return Fault::PRIVATE_IN_PUBLIC;
        }
    }
    return Fault::NONE;
}

} // namespace strata
} // namespace ns3

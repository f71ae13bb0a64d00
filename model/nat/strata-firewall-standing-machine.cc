// SPDX-License-Identifier: GPL-2.0-only

// What a packet is to the flows that FirewallMachine knows.

#include "strata-firewall-machine.h"

#include "ns3/strata-tcp-header.h"

namespace ns3
{
namespace strata
{

namespace
{

/** fe80::/10, or nobody: who speaks to neighbours before it has another address. */
bool
IsLinkLocal(const FlowAddress& address)
{
    return address.IsUnspecified() || address.high >> 54 == 0xfe80 >> 6;
}

} // namespace

FirewallMachine::Standing
FirewallMachine::Judge(const FirewallPacket& packet) const
{
    Standing standing;
    const bool local = packet.in.side == FlowSide::LOCAL;
    standing.fault = packet.fault;
    if (standing.fault == FirewallFault::NONE && !local &&
        (packet.source == packet.destination || packet.source.IsToMany()))
    {
        standing.fault = FirewallFault::BAD_ADDRESS;
    }
    if (packet.IsNeighborDiscovery() || packet.IsListenerDiscovery())
    {
        // RFC 4861 sections 6.1 and 7.1: 255 tells that no router passed it on. RFC 6980 section 5:
        // never in fragments. RFC 3810 section 5: listeners speak from link-local addresses.
        // No sender puts other extension headers before either.
        const bool near =
            !packet.extended &&
            (packet.IsNeighborDiscovery() ? packet.ttl == 255 : IsLinkLocal(packet.source));
        if (standing.fault == FirewallFault::NONE && !local &&
            (packet.out.side != FlowSide::LOCAL || !near))
        {
            standing.fault = FirewallFault::NEIGHBOR;
        }
    }
    if (standing.fault != FirewallFault::NONE)
    {
        return standing;
    }
    if (packet.IsIcmpError())
    {
        return JudgeError(packet);
    }
    if (packet.destination.IsToMany() || packet.source.IsUnspecified() ||
        (packet.IsIcmp() && !packet.IsIcmpQuery()))
    {
        standing.state = FirewallState::NEW; // whoever answers does so from another address
        return standing;
    }
    const FlowTuple tuple = packet.Tuple();
    const FlowTable::Found found = m_flows.Find(tuple);
    if (found.index == FlowTable::NONE)
    {
        return JudgeNew(packet);
    }
    const TrackedFlow& flow = m_flows[found.index];
    const FlowSide side = found.direction == FlowDirection::OUTBOUND ? flow.from : flow.to;
    const TcpTrackPhase phase = PhaseOf(flow.tcp);
    if (packet.OpensConnection() &&
        (phase == TcpTrackPhase::CLOSING || phase == TcpTrackPhase::RESET))
    {
        // A new connection, whoever opens it now: the rules decide anew.
        standing = JudgeNew(packet);
        standing.flow = found;
    }
    else if (packet.in.side != side)
    {
        standing.fault = FirewallFault::WRONG_SIDE;
    }
    else
    {
        standing.state = FirewallState::ESTABLISHED;
        standing.flow = found;
    }
    return standing;
}

FirewallMachine::Standing
FirewallMachine::JudgeNew(const FirewallPacket& packet) const
{
    Standing standing;
    const bool answers = packet.IsIcmp() && packet.Tuple().fromResponder;
    if (packet.in.side == FlowSide::LOCAL &&
        (answers || (packet.tcpFlags & TcpWireHeader::RST) != 0))
    {
        // The node answers an echo request to many (RFC 4443 section 4.2), or refuses what was
        // rejected here.
        standing.state = FirewallState::NEW;
        return standing;
    }
    const bool late = answers || (packet.IsTcp() && !packet.OpensConnection() &&
                                  !(m_config.pickUp && !(packet.tcpFlags & TcpWireHeader::RST)));
    if (late)
    {
        standing.fault = FirewallFault::NO_FLOW;
        return standing;
    }
    standing.state = FirewallState::NEW;
    standing.begins = true;
    return standing;
}

FirewallMachine::Standing
FirewallMachine::JudgeError(const FirewallPacket& packet) const
{
    Standing standing;
    standing.fault = FirewallFault::UNRELATED_ERROR;
    const bool local = packet.in.side == FlowSide::LOCAL;
    // An error goes to who sent what it quotes.
    if (packet.quoted && packet.quoted->source == packet.destination)
    {
        const FlowTable::Found found = m_flows.Find(*packet.quoted);
        if (found.index != FlowTable::NONE)
        {
            const TrackedFlow& flow = m_flows[found.index];
            const FlowSide beyond =
                found.direction == FlowDirection::OUTBOUND ? flow.to : flow.from;
            if (local || packet.in.side == beyond)
            {
                standing.fault = FirewallFault::NONE;
                standing.state = FirewallState::RELATED;
            }
            else
            {
                standing.fault = FirewallFault::WRONG_SIDE;
            }
            return standing;
        }
    }
    if (local)
    {
        // The node itself tells of what it dropped, as of a packet that was rejected here.
        standing.fault = FirewallFault::NONE;
        standing.state = FirewallState::NEW;
    }
    return standing;
}

} // namespace strata
} // namespace ns3

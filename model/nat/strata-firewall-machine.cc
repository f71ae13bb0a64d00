// SPDX-License-Identifier: GPL-2.0-only

#include "strata-firewall-machine.h"

#include "ns3/strata-tcp-header.h"

#include <algorithm>

namespace ns3
{
namespace strata
{

namespace
{

FlowClass
TcpClass(TcpTrackPhase phase)
{
    switch (phase)
    {
    case TcpTrackPhase::NONE:
    case TcpTrackPhase::TRANSITORY:
        break;
    case TcpTrackPhase::ESTABLISHED:
        return FlowClass::TCP_ESTABLISHED;
    case TcpTrackPhase::CLOSING:
        return FlowClass::TCP_CLOSING;
    case TcpTrackPhase::RESET:
        return FlowClass::TCP_RESET;
    }
    return FlowClass::TCP_OPENING;
}

constexpr uint64_t NO_KEY = UINT64_MAX;

/**
 * What a rule may ask for that differs among packets of one direction of a flow: where they come
 * from and go to, and the code of ICMP.
 */
uint64_t
RulingKey(const FirewallPacket& packet)
{
    constexpr uint32_t NO_DEVICE = (1 << 24) - 1;
    uint64_t key = packet.icmpCode;
    for (const FirewallPort& port : {packet.in, packet.out})
    {
        if (port.device >= NO_DEVICE && port.device != FirewallPort::NO_DEVICE)
        {
            return NO_KEY; // there is no room for its number
        }
        key = key << 26 | std::min(port.device, NO_DEVICE) << 2 | static_cast<uint64_t>(port.side);
    }
    return key;
}

} // namespace

const char*
FlowEndName(FlowEnd end)
{
    switch (end)
    {
    case FlowEnd::TIMEOUT:
        return "timeout";
    case FlowEnd::EVICTED:
        return "evicted";
    case FlowEnd::REOPENED:
        return "reopened";
    case FlowEnd::FORGOTTEN:
        return "forgotten";
    }
    return "?";
}

FirewallMachine::FirewallMachine()
{
    SetPolicy(*ParseFirewallRules(DEFAULT_POLICY));
}

void
FirewallMachine::SetConfig(const Config& config)
{
    m_config = config;
    m_flows.SetConfig(config.flows);
    m_fragments.SetConfig(config.fragments);
    m_nextDeadline = std::min(m_flows.NextDeadline(), m_fragments.NextDeadline());
}

void
FirewallMachine::AddRule(const FirewallRule& rule, std::size_t number)
{
    const std::size_t place = number == 0 ? 0 : number - 1;
    m_rules.Insert(rule, std::min(place, m_userRules));
    ++m_userRules;
}

bool
FirewallMachine::RemoveRule(std::size_t number)
{
    if (number == 0 || number > m_userRules)
    {
        return false;
    }
    m_rules.Remove(number - 1);
    --m_userRules;
    return true;
}

void
FirewallMachine::ClearRules()
{
    while (m_userRules > 0)
    {
        RemoveRule(m_userRules);
    }
}

void
FirewallMachine::SetPolicy(const std::vector<FirewallRule>& rules)
{
    while (m_rules.size() > m_userRules)
    {
        m_rules.Remove(m_userRules);
    }
    for (const FirewallRule& rule : rules)
    {
        m_rules.Insert(rule);
    }
}

FirewallVerdict
FirewallMachine::Step(const FirewallPacket& packet, uint64_t handle, Nanos now)
{
    Advance(now);
    const bool remembered =
        packet.fragment &&
        (packet.fault == FirewallFault::NONE ||
         (packet.fragmentOffset == 0 && packet.fault != FirewallFault::BAD_FRAGMENT));
    if (!remembered)
    {
        return StepWhole(packet, now);
    }
    FirewallVerdict verdict;
    const FragmentFate fate = m_fragments.Step(packet, handle, now, m_fragmentsEnded);
    m_nextDeadline = std::min(m_nextDeadline, After(now, m_config.fragments.timeout));
    switch (fate)
    {
    case FragmentFate::ASK:
        verdict = StepWhole(packet, now);
        m_fragments.Settle(packet, verdict.fate == FirewallFate::ACCEPT, m_fragmentsEnded);
        break;
    case FragmentFate::PASS:
        verdict.fate = FirewallFate::ACCEPT;
        verdict.state = FirewallState::ESTABLISHED;
        break;
    case FragmentFate::HOLD:
        verdict.fate = FirewallFate::HOLD;
        break;
    case FragmentFate::REFUSE:
        verdict.reason = FirewallReason::FRAGMENT_REFUSED;
        break;
    case FragmentFate::OVERLAP:
        verdict.reason = FirewallReason::FRAGMENT_OVERLAP;
        break;
    case FragmentFate::REPEAT:
        verdict.reason = FirewallReason::FRAGMENT_REPEATED;
        break;
    case FragmentFate::LIMIT:
        verdict.reason = FirewallReason::FRAGMENT_LIMIT;
        break;
    }
    TakeReleases();
    return verdict;
}

/** The rule that decides on a packet, by memory if it is of a known flow. */
std::size_t
FirewallMachine::Rule(const FirewallPacket& packet, const Standing& standing)
{
    const uint64_t key = standing.state == FirewallState::ESTABLISHED ? RulingKey(packet) : NO_KEY;
    if (key == NO_KEY)
    {
        return m_rules.Decide(packet, standing.state);
    }
    FlowRuling& ruling = m_flows.RulingOf(standing.flow);
    if (ruling.version != m_rules.Version() || ruling.key != key)
    {
        const std::size_t place = m_rules.Decide(packet, standing.state);
        ruling = {key, m_rules.Version(), static_cast<uint32_t>(place)};
        return place;
    }
    const std::size_t place = ruling.place == static_cast<uint32_t>(FirewallRules::NONE)
                                  ? FirewallRules::NONE
                                  : ruling.place;
    m_rules.Count(place, packet);
    return place;
}

bool
FirewallMachine::StepInPassing(const FirewallPacket& packet, Nanos now)
{
    if (packet.fragment || now >= m_nextDeadline)
    {
        return false;
    }
    const Standing standing = Judge(packet);
    if (standing.state != FirewallState::ESTABLISHED)
    {
        return false;
    }
    const FlowRuling& ruling = m_flows.RulingOf(standing.flow);
    if (ruling.version != m_rules.Version() || ruling.key == NO_KEY ||
        ruling.key != RulingKey(packet) || ruling.place >= m_rules.size() ||
        m_rules.Entries()[ruling.place].rule.action != FirewallAction::ACCEPT)
    {
        return false;
    }
    m_rules.Count(ruling.place, packet);
    Continue(packet, standing, now);
    ++m_inPassing;
    return true;
}

FirewallVerdict
FirewallMachine::StepWhole(const FirewallPacket& packet, Nanos now)
{
    const Standing standing = Judge(packet);
    FirewallVerdict verdict;
    verdict.state = standing.state;
    verdict.fault = standing.fault;
    if (m_config.passDiscovery && standing.state == FirewallState::NEW &&
        (packet.IsNeighborDiscovery() || packet.IsListenerDiscovery()))
    {
        verdict.fate = FirewallFate::ACCEPT;
        ++m_discovery;
        return verdict;
    }
    const std::size_t place = Rule(packet, standing);
    if (place == FirewallRules::NONE)
    {
        ++m_unruled;
        verdict.reason = standing.state == FirewallState::INVALID ? FirewallReason::INVALID
                                                                  : FirewallReason::POLICY;
        return verdict;
    }
    verdict.rule = place + 1;
    const FirewallRule& rule = m_rules.Entries()[place].rule;
    if (rule.action != FirewallAction::ACCEPT)
    {
        verdict.fate =
            rule.action == FirewallAction::REJECT ? FirewallFate::REJECT : FirewallFate::DROP;
        verdict.answer = rule.answer;
        verdict.reason = place < m_userRules                        ? FirewallReason::RULE
                         : standing.state == FirewallState::INVALID ? FirewallReason::INVALID
                                                                    : FirewallReason::POLICY;
        return verdict;
    }
    if (standing.begins && !Begin(packet, standing, now))
    {
        verdict.reason = FirewallReason::TABLE_FULL;
        return verdict;
    }
    if (standing.state == FirewallState::ESTABLISHED)
    {
        Continue(packet, standing, now);
    }
    verdict.fate = FirewallFate::ACCEPT;
    return verdict;
}

bool
FirewallMachine::Begin(const FirewallPacket& packet, const Standing& standing, Nanos now)
{
    if (standing.flow.index != FlowTable::NONE)
    {
        m_events.push_back({m_flows[standing.flow.index], false, FlowEnd::REOPENED});
        m_flows.Erase(standing.flow.index);
    }
    TcpTrackState tcp;
    FlowClass flowClass = FlowClass::OTHER_UNANSWERED;
    if (packet.IsTcp())
    {
        if (!packet.OpensConnection())
        {
            tcp.bits = 3 * (TcpTrackState::SYN_SEEN | TcpTrackState::ACK_SEEN); // picked up
        }
        flowClass = TcpClass(StepTcpTrack(tcp, FlowDirection::OUTBOUND, packet.tcpFlags));
    }
    else if (packet.IsIcmp())
    {
        flowClass = FlowClass::ICMP_QUERY;
    }
    else if (packet.protocol == FirewallPacket::UDP)
    {
        flowClass = FlowClass::UDP_UNANSWERED;
    }
    const FlowTable::Index index = m_flows.Create(packet.Tuple(), flowClass, now, m_ended);
    for (const TrackedFlow& flow : m_ended)
    {
        m_events.push_back({flow, false, FlowEnd::EVICTED});
        ++m_evictedFlows;
    }
    m_ended.clear();
    if (index == FlowTable::NONE)
    {
        ++m_refusedFlows;
        return false;
    }
    TrackedFlow& flow = m_flows.At(index);
    flow.from = packet.in.side;
    flow.to = packet.out.side;
    flow.tcp = tcp;
    flow.packets[0] = 1;
    flow.bytes[0] = packet.size;
    m_nextDeadline =
        std::min(m_nextDeadline,
                 After(now, m_config.flows.timeouts[static_cast<std::size_t>(flowClass)]));
    m_events.push_back({flow, true, FlowEnd::TIMEOUT});
    return true;
}

void
FirewallMachine::Continue(const FirewallPacket& packet, const Standing& standing, Nanos now)
{
    TrackedFlow& flow = m_flows.At(standing.flow.index);
    const bool inbound = standing.flow.direction == FlowDirection::INBOUND;
    ++flow.packets[inbound];
    flow.bytes[inbound] += packet.size;
    FlowClass flowClass = flow.flowClass;
    if (packet.IsTcp())
    {
        flowClass = TcpClass(StepTcpTrack(flow.tcp, standing.flow.direction, packet.tcpFlags));
    }
    else if (inbound && flowClass == FlowClass::UDP_UNANSWERED)
    {
        flowClass = FlowClass::UDP_ANSWERED;
    }
    else if (inbound && flowClass == FlowClass::OTHER_UNANSWERED)
    {
        flowClass = FlowClass::OTHER_ANSWERED;
    }
    if (flowClass != flow.flowClass)
    {
        m_nextDeadline =
            std::min(m_nextDeadline,
                     After(now, m_config.flows.timeouts[static_cast<std::size_t>(flowClass)]));
    }
    m_flows.Touch(standing.flow.index, flowClass, now);
}

void
FirewallMachine::Advance(Nanos now)
{
    if (now < m_nextDeadline)
    {
        return;
    }
    m_flows.Advance(now, m_ended);
    for (const TrackedFlow& flow : m_ended)
    {
        m_events.push_back({flow, false, FlowEnd::TIMEOUT});
    }
    m_ended.clear();
    m_fragments.Advance(now, m_fragmentsEnded);
    TakeReleases();
    m_nextDeadline = std::min(m_flows.NextDeadline(), m_fragments.NextDeadline());
}

Nanos
FirewallMachine::NextDeadline() const
{
    return m_nextDeadline;
}

void
FirewallMachine::ForgetFlows()
{
    m_flows.ForEach([this](const TrackedFlow& flow) {
        m_events.push_back({flow, false, FlowEnd::FORGOTTEN});
    });
    m_flows.Clear();
    m_nextDeadline = m_fragments.NextDeadline();
}

void
FirewallMachine::TakeReleases()
{
    for (const FragmentRelease& fragment : m_fragmentsEnded)
    {
        FirewallRelease release;
        release.handle = fragment.handle;
        switch (fragment.fate)
        {
        case FragmentFate::PASS:
            release.pass = true;
            break;
        case FragmentFate::OVERLAP:
            release.reason = FirewallReason::FRAGMENT_OVERLAP;
            break;
        case FragmentFate::LIMIT:
            release.reason = FirewallReason::FRAGMENT_LIMIT;
            break;
        case FragmentFate::HOLD:
            release.reason = FirewallReason::FRAGMENT_NO_FIRST;
            break;
        default:
            release.reason = FirewallReason::FRAGMENT_REFUSED;
            break;
        }
        m_releases.push_back(release);
    }
    m_fragmentsEnded.clear();
}

} // namespace strata
} // namespace ns3

// SPDX-License-Identifier: GPL-2.0-only

#include "strata-firewall.h"

#include "strata-firewall-ipv6.h"

#include "ns3/log.h"
#include "ns3/loopback-net-device.h"
#include "ns3/names.h"
#include "ns3/simulator.h"

#include <fmt/format.h>

namespace ns3
{
namespace strata
{

NS_LOG_COMPONENT_DEFINE("StrataFirewall");

namespace
{

DropReason
FaultReason(FirewallFault fault)
{
    switch (fault)
    {
    case FirewallFault::NONE:
        break;
    case FirewallFault::TRUNCATED:
        return FIREWALL_TRUNCATED;
    case FirewallFault::BAD_HEADER:
        return FIREWALL_BAD_HEADER;
    case FirewallFault::BAD_CHAIN:
        return FIREWALL_BAD_CHAIN;
    case FirewallFault::ROUTING_HEADER:
        return FIREWALL_ROUTING_HEADER;
    case FirewallFault::BAD_ADDRESS:
        return FIREWALL_BAD_ADDRESS;
    case FirewallFault::TCP_FLAGS:
        return FIREWALL_TCP_FLAGS;
    case FirewallFault::TINY_FRAGMENT:
        return FIREWALL_TINY_FRAGMENT;
    case FirewallFault::BAD_FRAGMENT:
        return FIREWALL_BAD_FRAGMENT;
    case FirewallFault::NO_FLOW:
        return FIREWALL_NO_FLOW;
    case FirewallFault::UNRELATED_ERROR:
        return FIREWALL_UNRELATED_ERROR;
    case FirewallFault::WRONG_SIDE:
        return FIREWALL_WRONG_SIDE;
    case FirewallFault::NEIGHBOR:
        return FIREWALL_NEIGHBOR;
    }
    return FIREWALL_POLICY;
}

} // namespace

DropReason
ToDropReason(const FirewallVerdict& verdict)
{
    switch (verdict.reason)
    {
    case FirewallReason::NONE:
    case FirewallReason::RULE:
        return verdict.fate == FirewallFate::REJECT ? FIREWALL_REJECT : FIREWALL_RULE;
    case FirewallReason::POLICY:
        return verdict.fate == FirewallFate::REJECT ? FIREWALL_REJECT : FIREWALL_POLICY;
    case FirewallReason::INVALID:
        return FaultReason(verdict.fault);
    case FirewallReason::TABLE_FULL:
        return FIREWALL_TABLE_FULL;
    case FirewallReason::FRAGMENT_REFUSED:
        return FIREWALL_FRAGMENT_REFUSED;
    case FirewallReason::FRAGMENT_OVERLAP:
        return FIREWALL_FRAGMENT_OVERLAP;
    case FirewallReason::FRAGMENT_REPEATED:
        return FIREWALL_FRAGMENT_REPEATED;
    case FirewallReason::FRAGMENT_LIMIT:
        return FIREWALL_FRAGMENT_LIMIT;
    case FirewallReason::FRAGMENT_NO_FIRST:
        return FIREWALL_FRAGMENT_NO_FIRST;
    }
    return FIREWALL_POLICY;
}

StrataFirewall::StrataFirewall() = default;

StrataFirewall::~StrataFirewall() = default;

Ptr<StrataFirewall>
StrataFirewall::Of(Ptr<Node> node)
{
    Ptr<StrataFirewall> firewall = node->GetObject<StrataFirewall>();
    if (!firewall)
    {
        Ipv4Hooks::Of(node);
        firewall = CreateObject<StrataFirewall>();
        node->AggregateObject(firewall);
    }
    return firewall;
}

void
StrataFirewall::NotifyNewAggregate()
{
    if (!m_node)
    {
        m_node = GetObject<Node>();
        if (m_node)
        {
            // An object may not be aggregated while another is.
            m_hooks = m_node->GetObject<Ipv4Hooks>();
            NS_ABORT_MSG_UNLESS(m_hooks, "StrataFirewall::Of() puts a firewall on a node");
            for (const HookPoint point : {HookPoint::FORWARD, HookPoint::INPUT, HookPoint::OUTPUT})
            {
                m_hooks->Attach(point, PRIORITY, this);
            }
            m_ipv6 = std::make_unique<FirewallIpv6>(this, m_node);
        }
    }
    if (m_ipv6)
    {
        m_ipv6->Refresh();
    }
    Object::NotifyNewAggregate();
}

void
StrataFirewall::DoInitialize()
{
    if (m_ipv6)
    {
        m_ipv6->Refresh();
    }
    Ipv4HookElement::DoInitialize();
}

void
StrataFirewall::DoDispose()
{
    NS_LOG_FUNCTION(this);
    m_expire.Cancel();
    m_held.clear();
    m_ipv6.reset();
    m_hooks = nullptr;
    m_node = nullptr;
    Ipv4HookElement::DoDispose();
}

void
StrataFirewall::SetOutside(Ptr<NetDevice> device, bool outside)
{
    NS_LOG_FUNCTION(this << device << outside);
    NS_ABORT_MSG_UNLESS(m_node && device->GetNode() == m_node,
                        "A firewall looks outside by the devices of its own node");
    const uint32_t number = device->GetIfIndex();
    if (m_outside.size() <= number)
    {
        m_outside.resize(number + 1);
    }
    m_outside[number] = outside;
}

bool
StrataFirewall::IsLoopback(const Ptr<NetDevice>& device)
{
    const uint32_t number = device->GetIfIndex();
    if (number >= m_loopback.size())
    {
        m_loopback.resize(number + 1);
        for (uint32_t i = 0; i <= number; ++i)
        {
            m_loopback[i] = DynamicCast<LoopbackNetDevice>(m_node->GetDevice(i)) != nullptr;
        }
    }
    return m_loopback[number];
}

FirewallPort
StrataFirewall::PortOf(const NetDevice* device) const
{
    if (!device)
    {
        return {FlowSide::OUTSIDE, FirewallPort::NO_DEVICE}; // the less trusted side
    }
    const uint32_t number = device->GetIfIndex();
    return {IsOutside(number) ? FlowSide::OUTSIDE : FlowSide::INSIDE, number};
}

void
StrataFirewall::AddRule(std::string text)
{
    Insert(m_machine.UserRules() + 1, text);
}

void
StrataFirewall::InsertRule(uint32_t number, std::string text)
{
    Insert(number, text);
}

void
StrataFirewall::Insert(std::size_t number, const std::string& text)
{
    const auto rules = ParseFirewallRules(text);
    NS_ABORT_MSG_UNLESS(rules,
                        "A rule of the firewall, " << rules.error().ToText() << ", in '" << text
                                                   << "'");
    for (const FirewallRule& rule : *rules)
    {
        m_machine.AddRule(rule, number++);
    }
    Resolve();
}

void
StrataFirewall::Resolve()
{
    if (!m_node)
    {
        return; // at the latest when the firewall comes to a node
    }
    const std::string unknown =
        m_machine.Resolve([this](const std::string& name) -> std::optional<uint32_t> {
            for (uint32_t i = 0; i < m_node->GetNDevices(); ++i)
            {
                if (name == "dev" + std::to_string(i) ||
                    name == Names::FindName(m_node->GetDevice(i)))
                {
                    return i;
                }
            }
            return {};
        });
    NS_ABORT_MSG_UNLESS(unknown.empty(),
                        "A rule of the firewall names the device '"
                            << unknown << "', which node " << m_node->GetId() << " does not have");
}

bool
StrataFirewall::RemoveRule(uint32_t number)
{
    return m_machine.RemoveRule(number);
}

void
StrataFirewall::ClearRules()
{
    m_machine.ClearRules();
}

void
StrataFirewall::ForgetFlows()
{
    m_machine.ForgetFlows();
    CarryEffects();
}

uint64_t
StrataFirewall::GetRulePackets(uint32_t rule) const
{
    const auto& entries = m_machine.Rules().Entries();
    return rule == 0 || rule > entries.size() ? 0 : entries[rule - 1].packets;
}

Nanos
StrataFirewall::Now()
{
    return Nanos(Simulator::Now().GetNanoSeconds());
}

void
StrataFirewall::Tell(const FirewallPacket& packet, const FirewallVerdict& verdict)
{
    const auto rule = static_cast<uint32_t>(verdict.rule);
    if (verdict.fate == FirewallFate::ACCEPT)
    {
        m_accepted(packet, rule);
    }
    else if (verdict.fate != FirewallFate::HOLD)
    {
        m_dropped(packet, rule, ToDropReason(verdict));
    }
    CarryEffects();
}

void
StrataFirewall::CarryEffects()
{
    if (m_carrying)
    {
        return; // a listener caused them, and hears of them after those that it hears of now
    }
    m_carrying = true;
    while (m_machine.HasEffects())
    {
        m_machine.SwapEffects(m_events, m_releases);
        for (const FlowEvent& event : m_events)
        {
            if (event.began)
            {
                m_flowBegan(event.flow);
            }
            else
            {
                m_flowEnded(event.flow, FlowEndName(event.end));
            }
        }
        for (const FirewallRelease& release : m_releases)
        {
            const auto held = m_held.find(release.handle);
            if (held != m_held.end())
            {
                FirewallVerdict verdict;
                verdict.reason = release.reason;
                // Those that pass go behind the first fragment, which is being judged.
                Simulator::ScheduleNow([go = std::move(held->second),
                                        pass = release.pass,
                                        reason = ToDropReason(verdict)] { go(pass, reason); });
                m_held.erase(held);
            }
        }
        m_events.clear();
        m_releases.clear();
    }
    m_carrying = false;
    Schedule();
}

void
StrataFirewall::Schedule()
{
    const Nanos next = m_machine.NextDeadline();
    if (next >= m_expireAt)
    {
        return; // the timer goes off earlier, and finds nothing or something to do
    }
    m_expire.Cancel();
    m_expireAt = next;
    m_expire =
        Simulator::Schedule(NanoSeconds((next - Now()).count()), &StrataFirewall::Expire, this);
}

void
StrataFirewall::Expire()
{
    m_expireAt = NEVER;
    m_machine.Advance(Now());
    CarryEffects();
}

bool
StrataFirewall::ProcessInPassing(HookPoint, Ipv4PassingDatagram& datagram)
{
    if (!m_accepted.IsEmpty())
    {
        return false; // who hears of it may send something
    }
    Ipv4WireHeader header;
    header.protocol = datagram.protocol;
    header.source = datagram.source;
    header.destination = datagram.destination;
    FirewallPacket seen = ReadFirewallPacket4(header,
                                              ByteView(datagram.transport, datagram.transportSize),
                                              datagram.size - Ipv4WireHeader::MIN_SIZE);
    seen.in = PortOf(datagram.in);
    seen.out = PortOf(datagram.out);
    if (!m_machine.StepInPassing(seen, Now()))
    {
        return false;
    }
    Schedule(); // a flow may end sooner than before, as when its connection closes
    return true;
}

HookVerdict
StrataFirewall::Process(Ipv4HookPacket& packet)
{
    const Ptr<NetDevice> outDevice = packet.Out();
    if ((packet.in && IsLoopback(packet.in)) || (outDevice && IsLoopback(outDevice)))
    {
        return HookVerdict::ACCEPT; // of the node with itself
    }
    std::array<uint8_t, FIREWALL_FRONT> bytes;
    const uint32_t size = packet.payload->CopyData(bytes.data(), bytes.size());
    FirewallPacket seen =
        ReadFirewallPacket4(packet.header, ByteView(bytes.data(), size), packet.payload->GetSize());
    seen.in = packet.point == HookPoint::OUTPUT ? FirewallPort{} : PortOf(PeekPointer(packet.in));
    seen.out = packet.point == HookPoint::INPUT ? FirewallPort{} : PortOf(PeekPointer(outDevice));
    const FirewallVerdict verdict = Judge(seen, [this, &packet]() -> Held {
        Ipv4HookPacket kept = packet;
        kept.payload = packet.payload->Copy();
        return [this, kept](bool pass, DropReason reason) mutable {
            if (!m_hooks)
            {
                return;
            }
            if (pass)
            {
                m_hooks->Resume(kept, this);
                return;
            }
            kept.dropReason = reason;
            m_hooks->Drop(kept);
        };
    });
    switch (verdict.fate)
    {
    case FirewallFate::ACCEPT:
        return HookVerdict::ACCEPT;
    case FirewallFate::HOLD:
        return HookVerdict::TAKEN;
    case FirewallFate::REJECT:
        Reject(packet, verdict);
        break;
    case FirewallFate::DROP:
        break;
    }
    packet.dropReason = ToDropReason(verdict);
    return HookVerdict::DROP;
}

void
StrataFirewall::PrintRules(std::ostream& os) const
{
    os << fmt::format("{:>4} {:>9} {:>11}  {}\n", "rule", "packets", "bytes", "what");
    if (m_machine.GetConfig().passDiscovery)
    {
        os << fmt::format("{:>4} {:>9} {:>11}  {}\n",
                          0,
                          m_machine.GetDiscovery(),
                          "",
                          "accept discovery of neighbours and listeners (IPv6)");
    }
    std::size_t number = 0;
    for (const FirewallRules::Entry& entry : m_machine.Rules().Entries())
    {
        ++number;
        os << fmt::format("{:>4} {:>9} {:>11}  {}{}\n",
                          number,
                          entry.packets,
                          entry.bytes,
                          ToText(entry.rule),
                          number > m_machine.UserRules() ? " (policy)" : "");
    }
    if (m_machine.GetUnruled() > 0)
    {
        os << fmt::format("{:>4} {:>9} {:>11}  {}\n",
                          "-",
                          m_machine.GetUnruled(),
                          "",
                          "drop what no rule is about");
    }
}

void
StrataFirewall::PrintFlows(std::ostream& os) const
{
    const auto end = [](const FlowAddress& address, uint16_t port, bool ports) {
        const std::string text = ToText(address);
        return !ports             ? text
               : address.IsIpv4() ? fmt::format("{}:{}", text, port)
                                  : fmt::format("[{}]:{}", text, port);
    };
    const Nanos now = Now();
    m_machine.Flows().ForEach([&](const TrackedFlow& flow) {
        const FlowTuple& t = flow.opened;
        const bool ports = t.sourcePort != 0 || t.destinationPort != 0;
        const Nanos left =
            flow.lastSeen +
            m_machine.GetConfig().flows.timeouts[static_cast<std::size_t>(flow.flowClass)] - now;
        os << fmt::format("{} {} {} -> {} {} {}, {} + {} packets, {} s left\n",
                          FirewallProtocolName(t.protocol),
                          FlowSideName(flow.from),
                          end(t.source, t.sourcePort, ports && t.query == 0),
                          FlowSideName(flow.to),
                          end(t.destination, t.destinationPort, ports && t.query == 0),
                          FlowClassName(flow.flowClass),
                          flow.packets[0],
                          flow.packets[1],
                          std::chrono::duration_cast<std::chrono::seconds>(left).count());
    });
}

} // namespace strata
} // namespace ns3

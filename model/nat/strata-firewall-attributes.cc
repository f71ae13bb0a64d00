// SPDX-License-Identifier: GPL-2.0-only

// The attributes and trace sources of StrataFirewall.

#include "strata-firewall-ipv6.h"
#include "strata-firewall.h"

#include "ns3/boolean.h"
#include "ns3/string.h"
#include "ns3/trace-source-accessor.h"
#include "ns3/uinteger.h"

namespace ns3
{
namespace strata
{

NS_OBJECT_ENSURE_REGISTERED(StrataFirewall);

namespace
{

constexpr const char* OPEN_NODE = "accept out=local state=new\n";
constexpr const char* PASS_IPV6_ECHO = "accept ip=6 proto=icmp6 type=echo-request state=new\n";

} // namespace

TypeId
StrataFirewall::GetTypeId()
{
    const Time longest = Years(1); // as a translator's
    static TypeId tid =
        TypeId("ns3::strata::StrataFirewall")
            .SetParent<Ipv4HookElement>()
            .SetGroupName("Strata")
            .AddConstructor<StrataFirewall>()
            .AddAttribute(
                "Policy",
                "The rules that stand behind the user's, one a line or apart by "
                "semicolons; what none of them accepts is dropped",
                StringValue(std::string(FirewallMachine::DEFAULT_POLICY)),
                MakeStringAccessor(&StrataFirewall::SetPolicy, &StrataFirewall::GetPolicy),
                MakeStringChecker())
            .AddAttribute("ProtectNode",
                          "Whether the policy holds for what comes to the node itself; if not, "
                          "anybody may begin a flow with it",
                          BooleanValue(true),
                          MakeBooleanAccessor(&StrataFirewall::SetProtectNode,
                                              &StrataFirewall::GetProtectNode),
                          MakeBooleanChecker())
            .AddAttribute("PassIpv6Echo",
                          "Whether echo requests of IPv6 may come from outside, which a firewall "
                          "must not drop (RFC 4890 sections 4.3.1 and 4.4.1); rules of the user's "
                          "come first",
                          BooleanValue(true),
                          MakeBooleanAccessor(&StrataFirewall::SetPassIpv6Echo,
                                              &StrataFirewall::GetPassIpv6Echo),
                          MakeBooleanChecker())
            .AddAttribute("PassDiscovery",
                          "Whether neighbour and listener discovery of IPv6 pass before all rules "
                          "(RFC 4890 section 4.4.1)",
                          BooleanValue(true),
                          MakeBooleanAccessor(&StrataFirewall::SetPassDiscovery,
                                              &StrataFirewall::GetPassDiscovery),
                          MakeBooleanChecker())
            .AddAttribute(
                "PickUp",
                "Whether a TCP connection whose beginning was not seen may go on, as "
                "after a restart; it is new to the rules",
                BooleanValue(false),
                MakeBooleanAccessor(&StrataFirewall::SetPickUp, &StrataFirewall::GetPickUp),
                MakeBooleanChecker())
            .AddAttribute(
                "FlowLimit",
                "The most flows that are remembered",
                UintegerValue(65536),
                MakeUintegerAccessor(&StrataFirewall::SetFlowLimit, &StrataFirewall::GetFlowLimit),
                MakeUintegerChecker<uint32_t>(1))
            .AddAttribute(
                "WhenFull",
                "What happens to a new flow when no more can be remembered: refuse, or "
                "evict the flow that was not seen for longest among those that are not "
                "answered or are over",
                StringValue("evict"),
                MakeStringAccessor(&StrataFirewall::SetWhenFull, &StrataFirewall::GetWhenFull),
                MakeStringChecker())
            .AddAttribute("TcpOpeningTimeout",
                          "For how long a half-open connection is remembered (RFC 7857 section "
                          "2.2)",
                          TimeValue(Minutes(4)),
                          MakeTimeAccessor(&StrataFirewall::SetTimeout<FlowClass::TCP_OPENING>,
                                           &StrataFirewall::GetTimeout<FlowClass::TCP_OPENING>),
                          MakeTimeChecker(NanoSeconds(1), longest))
            .AddAttribute("TcpEstablishedTimeout",
                          "For how long an idle connection is remembered (RFC 5382 REQ-5)",
                          TimeValue(Minutes(124)),
                          MakeTimeAccessor(&StrataFirewall::SetTimeout<FlowClass::TCP_ESTABLISHED>,
                                           &StrataFirewall::GetTimeout<FlowClass::TCP_ESTABLISHED>),
                          MakeTimeChecker(NanoSeconds(1), longest))
            .AddAttribute("TcpClosingTimeout",
                          "For how long a connection is remembered after FINs both ways",
                          TimeValue(Minutes(4)),
                          MakeTimeAccessor(&StrataFirewall::SetTimeout<FlowClass::TCP_CLOSING>,
                                           &StrataFirewall::GetTimeout<FlowClass::TCP_CLOSING>),
                          MakeTimeChecker(NanoSeconds(1), longest))
            .AddAttribute("TcpResetTimeout",
                          "For how long a connection is remembered after a RST (RFC 7857 section "
                          "2.3)",
                          TimeValue(Minutes(4)),
                          MakeTimeAccessor(&StrataFirewall::SetTimeout<FlowClass::TCP_RESET>,
                                           &StrataFirewall::GetTimeout<FlowClass::TCP_RESET>),
                          MakeTimeChecker(NanoSeconds(1), longest))
            .AddAttribute("UdpUnansweredTimeout",
                          "For how long a flow of UDP waits for an answer",
                          TimeValue(Seconds(30)),
                          MakeTimeAccessor(&StrataFirewall::SetTimeout<FlowClass::UDP_UNANSWERED>,
                                           &StrataFirewall::GetTimeout<FlowClass::UDP_UNANSWERED>),
                          MakeTimeChecker(NanoSeconds(1), longest))
            .AddAttribute("UdpAnsweredTimeout",
                          "For how long an answered flow of UDP is remembered (RFC 4787 REQ-5)",
                          TimeValue(Minutes(5)),
                          MakeTimeAccessor(&StrataFirewall::SetTimeout<FlowClass::UDP_ANSWERED>,
                                           &StrataFirewall::GetTimeout<FlowClass::UDP_ANSWERED>),
                          MakeTimeChecker(NanoSeconds(1), longest))
            .AddAttribute("IcmpTimeout",
                          "For how long an ICMP query is remembered (RFC 5508 REQ-2)",
                          TimeValue(Seconds(60)),
                          MakeTimeAccessor(&StrataFirewall::SetTimeout<FlowClass::ICMP_QUERY>,
                                           &StrataFirewall::GetTimeout<FlowClass::ICMP_QUERY>),
                          MakeTimeChecker(NanoSeconds(1), longest))
            .AddAttribute(
                "OtherUnansweredTimeout",
                "For how long a flow of another protocol waits for an answer",
                TimeValue(Seconds(60)),
                MakeTimeAccessor(&StrataFirewall::SetTimeout<FlowClass::OTHER_UNANSWERED>,
                                 &StrataFirewall::GetTimeout<FlowClass::OTHER_UNANSWERED>),
                MakeTimeChecker(NanoSeconds(1), longest))
            .AddAttribute("OtherAnsweredTimeout",
                          "For how long an answered flow of another protocol is remembered",
                          TimeValue(Minutes(10)),
                          MakeTimeAccessor(&StrataFirewall::SetTimeout<FlowClass::OTHER_ANSWERED>,
                                           &StrataFirewall::GetTimeout<FlowClass::OTHER_ANSWERED>),
                          MakeTimeChecker(NanoSeconds(1), longest))
            .AddAttribute(
                "FragmentTimeout",
                "For how long a datagram in fragments is remembered, and a fragment waits "
                "for the first one",
                TimeValue(Seconds(30)),
                MakeTimeAccessor(&StrataFirewall::SetFragmentTimeout,
                                 &StrataFirewall::GetFragmentTimeout),
                MakeTimeChecker(NanoSeconds(1), longest))
            .AddAttribute("MaxFragmentedDatagrams",
                          "The most datagrams in fragments that are remembered",
                          UintegerValue(1024),
                          MakeUintegerAccessor(&StrataFirewall::SetMaxDatagrams,
                                               &StrataFirewall::GetMaxDatagrams),
                          MakeUintegerChecker<uint32_t>(1))
            .AddAttribute(
                "MaxHeldFragments",
                "The most fragments that wait for the first one",
                UintegerValue(256),
                MakeUintegerAccessor(&StrataFirewall::SetMaxHeld, &StrataFirewall::GetMaxHeld),
                MakeUintegerChecker<uint32_t>())
            .AddTraceSource("Accepted",
                            "A packet passed, with the number of the rule that says so",
                            MakeTraceSourceAccessor(&StrataFirewall::m_accepted),
                            "ns3::strata::StrataFirewall::AcceptedCallback")
            .AddTraceSource("Dropped",
                            "A packet was dropped, with the number of the rule that says so",
                            MakeTraceSourceAccessor(&StrataFirewall::m_dropped),
                            "ns3::strata::StrataFirewall::DroppedCallback")
            .AddTraceSource("FlowBegan",
                            "A flow is remembered from now on",
                            MakeTraceSourceAccessor(&StrataFirewall::m_flowBegan),
                            "ns3::strata::StrataFirewall::FlowBeganCallback")
            .AddTraceSource("FlowEnded",
                            "A flow is forgotten",
                            MakeTraceSourceAccessor(&StrataFirewall::m_flowEnded),
                            "ns3::strata::StrataFirewall::FlowEndedCallback");
    return tid;
}

void
StrataFirewall::Apply()
{
    m_machine.SetConfig(m_config);
    Schedule();
}

template <FlowClass CLASS>
void
StrataFirewall::SetTimeout(Time timeout)
{
    m_config.flows.timeouts[static_cast<std::size_t>(CLASS)] = Nanos(timeout.GetNanoSeconds());
    Apply();
}

template <FlowClass CLASS>
Time
StrataFirewall::GetTimeout() const
{
    return NanoSeconds(m_config.flows.timeouts[static_cast<std::size_t>(CLASS)].count());
}

void
StrataFirewall::SetFlowLimit(uint32_t limit)
{
    m_config.flows.limit = limit;
    Apply();
}

uint32_t
StrataFirewall::GetFlowLimit() const
{
    return static_cast<uint32_t>(m_config.flows.limit);
}

void
StrataFirewall::SetWhenFull(std::string what)
{
    NS_ABORT_MSG_UNLESS(what == "refuse" || what == "evict",
                        "StrataFirewall::WhenFull is one of refuse, evict, not '" << what << "'");
    m_config.flows.whenFull =
        what == "evict" ? FlowTable::WhenFull::EVICT : FlowTable::WhenFull::REFUSE;
    Apply();
}

std::string
StrataFirewall::GetWhenFull() const
{
    return m_config.flows.whenFull == FlowTable::WhenFull::EVICT ? "evict" : "refuse";
}

void
StrataFirewall::SetPickUp(bool pickUp)
{
    m_config.pickUp = pickUp;
    Apply();
}

bool
StrataFirewall::GetPickUp() const
{
    return m_config.pickUp;
}

void
StrataFirewall::SetPassDiscovery(bool pass)
{
    m_config.passDiscovery = pass;
    Apply();
}

bool
StrataFirewall::GetPassDiscovery() const
{
    return m_config.passDiscovery;
}

void
StrataFirewall::SetProtectNode(bool protect)
{
    m_protectNode = protect;
    ApplyPolicy();
}

bool
StrataFirewall::GetProtectNode() const
{
    return m_protectNode;
}

void
StrataFirewall::SetPassIpv6Echo(bool pass)
{
    m_passIpv6Echo = pass;
    ApplyPolicy();
}

bool
StrataFirewall::GetPassIpv6Echo() const
{
    return m_passIpv6Echo;
}

void
StrataFirewall::SetPolicy(std::string text)
{
    m_policy = text;
    ApplyPolicy();
}

std::string
StrataFirewall::GetPolicy() const
{
    return m_policy;
}

void
StrataFirewall::ApplyPolicy()
{
    const std::string text = std::string(m_protectNode ? "" : OPEN_NODE) +
                             (m_passIpv6Echo ? PASS_IPV6_ECHO : "") + m_policy;
    const auto rules = ParseFirewallRules(text);
    NS_ABORT_MSG_UNLESS(rules,
                        "StrataFirewall::Policy, " << rules.error().ToText() << ", in '" << text
                                                   << "'");
    m_machine.SetPolicy(*rules);
    Resolve();
}

void
StrataFirewall::SetFragmentTimeout(Time timeout)
{
    m_config.fragments.timeout = Nanos(timeout.GetNanoSeconds());
    Apply();
}

Time
StrataFirewall::GetFragmentTimeout() const
{
    return NanoSeconds(m_config.fragments.timeout.count());
}

void
StrataFirewall::SetMaxDatagrams(uint32_t datagrams)
{
    m_config.fragments.maxDatagrams = datagrams;
    Apply();
}

uint32_t
StrataFirewall::GetMaxDatagrams() const
{
    return static_cast<uint32_t>(m_config.fragments.maxDatagrams);
}

void
StrataFirewall::SetMaxHeld(uint32_t fragments)
{
    m_config.fragments.maxHeld = fragments;
    Apply();
}

uint32_t
StrataFirewall::GetMaxHeld() const
{
    return static_cast<uint32_t>(m_config.fragments.maxHeld);
}

} // namespace strata
} // namespace ns3

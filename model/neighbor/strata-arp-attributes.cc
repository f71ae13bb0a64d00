// SPDX-License-Identifier: GPL-2.0-only

// The attributes of StrataArp: each parameter of the machine under its name, rules as words.

#include "strata-arp-protocol.h"

#include "ns3/boolean.h"
#include "ns3/nstime.h"
#include "ns3/pointer.h"
#include "ns3/string.h"
#include "ns3/uinteger.h"

#include <algorithm>
#include <sstream>

namespace ns3
{
namespace strata
{

namespace
{

/** A word of an attribute and what it means. */
template <class E>
struct Word
{
    const char* text;
    E value;
};

constexpr Word<ArpLearning> LEARNING[] = {{"solicited", ArpLearning::SOLICITED},
                                          {"target", ArpLearning::TARGET},
                                          {"all", ArpLearning::ALL}};
constexpr Word<ArpBindingCheck> BINDING_CHECK[] = {{"off", ArpBindingCheck::OFF},
                                                   {"listed", ArpBindingCheck::LISTED},
                                                   {"strict", ArpBindingCheck::STRICT}};
constexpr Word<ArpDefence> DEFENCE[] = {{"give-up", ArpDefence::GIVE_UP},
                                        {"once", ArpDefence::ONCE},
                                        {"always", ArpDefence::ALWAYS}};

template <class E, std::size_t N>
E
FromWord(const char* attribute, const Word<E> (&words)[N], const std::string& text)
{
    std::string known;
    for (const Word<E>& word : words)
    {
        if (text == word.text)
        {
            return word.value;
        }
        known += std::string(known.empty() ? "" : ", ") + word.text;
    }
    NS_ABORT_MSG("StrataArp::" << attribute << " is one of " << known << ", not '" << text << "'");
    return words[0].value;
}

template <class E, std::size_t N>
std::string
ToWord(const Word<E> (&words)[N], E value)
{
    for (const Word<E>& word : words)
    {
        if (word.value == value)
        {
            return word.text;
        }
    }
    return "";
}

/** "10.0.0.0/8" */
std::optional<Ipv4Prefix>
ParsePrefix(const std::string& text)
{
    std::istringstream stream(text);
    unsigned part[5] = {};
    const char separator[5] = {'.', '.', '.', '/', 0};
    for (int i = 0; i < 5; ++i)
    {
        char c = 0;
        if (!(stream >> part[i]) || part[i] > (i == 4 ? 32 : 255) ||
            (separator[i] && (!stream.get(c) || c != separator[i])))
        {
            return {};
        }
    }
    if (stream.peek() != std::istringstream::traits_type::eof())
    {
        return {};
    }
    return Ipv4Prefix(part[0] << 24 | part[1] << 16 | part[2] << 8 | part[3], part[4]);
}

} // namespace

void
StrataArp::SetLearning(std::string text)
{
    m_parameters.learning = FromWord("Learning", LEARNING, text);
}

std::string
StrataArp::GetLearning() const
{
    return ToWord(LEARNING, m_parameters.learning);
}

void
StrataArp::SetBindingCheck(std::string text)
{
    m_parameters.bindingCheck = FromWord("BindingCheck", BINDING_CHECK, text);
}

std::string
StrataArp::GetBindingCheck() const
{
    return ToWord(BINDING_CHECK, m_parameters.bindingCheck);
}

void
StrataArp::SetDefence(std::string text)
{
    m_parameters.defence = FromWord("Defence", DEFENCE, text);
}

std::string
StrataArp::GetDefence() const
{
    return ToWord(DEFENCE, m_parameters.defence);
}

void
StrataArp::SetProxyPrefixes(std::string text)
{
    std::vector<Ipv4Prefix> prefixes;
    std::istringstream words(text);
    for (std::string word; words >> word;)
    {
        const auto prefix = ParsePrefix(word);
        NS_ABORT_MSG_UNLESS(prefix,
                            "StrataArp::ProxyPrefixes holds prefixes as 10.0.0.0/8, not '" << word
                                                                                           << "'");
        prefixes.push_back(*prefix);
    }
    for (const auto& port : m_ports)
    {
        if (!port)
        {
            continue;
        }
        std::vector<Ipv4Prefix>& proxies = port->state.proxies;
        for (const Ipv4Prefix& old : m_proxies)
        {
            proxies.erase(std::remove(proxies.begin(), proxies.end(), old), proxies.end());
        }
        proxies.insert(proxies.end(), prefixes.begin(), prefixes.end());
    }
    m_proxies = prefixes;
    m_proxyText = text;
}

std::string
StrataArp::GetProxyPrefixes() const
{
    return m_proxyText;
}

template <Nanos ArpParameters::*Field>
void
StrataArp::SetSpan(Time span)
{
    m_parameters.*Field = Nanos(span.GetNanoSeconds());
}

template <Nanos ArpParameters::*Field>
Time
StrataArp::GetSpan() const
{
    return NanoSeconds((m_parameters.*Field).count());
}

template <auto Field>
void
StrataArp::SetCount(uint64_t count)
{
    using Type = std::decay_t<decltype(m_parameters.*Field)>;
    m_parameters.*Field = static_cast<Type>(count);
}

template <auto Field>
uint64_t
StrataArp::GetCount() const
{
    return m_parameters.*Field;
}

template <bool ArpParameters::*Field>
void
StrataArp::SetFlag(bool flag)
{
    m_parameters.*Field = flag;
}

template <bool ArpParameters::*Field>
bool
StrataArp::GetFlag() const
{
    return m_parameters.*Field;
}

template <Nanos ArpParameters::*Field>
void
StrataArp::AddSpan(TypeId& tid, const char* name, const char* help)
{
    tid.AddAttribute(name,
                     help,
                     TimeValue(NanoSeconds((ArpParameters().*Field).count())),
                     MakeTimeAccessor(&StrataArp::SetSpan<Field>, &StrataArp::GetSpan<Field>),
                     MakeTimeChecker(Time(0), Years(1)));
}

template <auto Field>
void
StrataArp::AddCount(TypeId& tid, const char* name, const char* help)
{
    tid.AddAttribute(name,
                     help,
                     UintegerValue(ArpParameters().*Field),
                     MakeUintegerAccessor(&StrataArp::SetCount<Field>, &StrataArp::GetCount<Field>),
                     MakeUintegerChecker<uint32_t>(1));
}

template <bool ArpParameters::*Field>
void
StrataArp::AddFlag(TypeId& tid, const char* name, const char* help)
{
    tid.AddAttribute(name,
                     help,
                     BooleanValue(ArpParameters().*Field),
                     MakeBooleanAccessor(&StrataArp::SetFlag<Field>, &StrataArp::GetFlag<Field>),
                     MakeBooleanChecker());
}

TypeId
StrataArp::MakeTypeId()
{
    using P = ArpParameters;
    TypeId tid =
        TypeId("ns3::strata::StrataArp")
            .SetParent<Object>()
            .SetGroupName("Strata")
            .AddConstructor<StrataArp>()
            .AddAttribute("Learning",
                          "Whose mappings are learned besides those asked for: 'solicited' "
                          "(nobody's), 'target' (of who speaks to this host, RFC 826), 'all'",
                          StringValue("target"),
                          MakeStringAccessor(&StrataArp::SetLearning, &StrataArp::GetLearning),
                          MakeStringChecker())
            .AddAttribute(
                "BindingCheck",
                "What is held against the table of bindings: 'off', 'listed' (senders in the "
                "table), 'strict' (everybody)",
                StringValue("listed"),
                MakeStringAccessor(&StrataArp::SetBindingCheck, &StrataArp::GetBindingCheck),
                MakeStringChecker())
            .AddAttribute("Defence",
                          "When another host uses an own address (RFC 5227 section 2.4): "
                          "'give-up', 'once', 'always'",
                          StringValue("always"),
                          MakeStringAccessor(&StrataArp::SetDefence, &StrataArp::GetDefence),
                          MakeStringChecker())
            .AddAttribute(
                "ProxyPrefixes",
                "Prefixes, with blanks between them, that this host answers for at every "
                "interface where they are not reached through it",
                StringValue(""),
                MakeStringAccessor(&StrataArp::SetProxyPrefixes, &StrataArp::GetProxyPrefixes),
                MakeStringChecker())
            .AddAttribute("AnnounceAtStart",
                          "Whether all addresses are announced when the simulation starts",
                          BooleanValue(false),
                          MakeBooleanAccessor(&StrataArp::m_announceAtStart),
                          MakeBooleanChecker())
            .AddAttribute("RequestJitter",
                          "How long the first request for an address is held back, in "
                          "milliseconds",
                          StringValue("ns3::UniformRandomVariable[Min=0.0|Max=10.0]"),
                          MakePointerAccessor(&StrataArp::m_jitter),
                          MakePointerChecker<RandomVariableStream>())
            .AddTraceSource("Conflict",
                            "Another host uses, or wants, an address of this one",
                            MakeTraceSourceAccessor(&StrataArp::m_conflictTrace),
                            "ns3::strata::StrataArp::ConflictTracedCallback")
            .AddTraceSource("MappingChanged",
                            "A known address has moved to other hardware",
                            MakeTraceSourceAccessor(&StrataArp::m_changeTrace),
                            "ns3::strata::StrataArp::MappingChangedTracedCallback")
            .AddTraceSource("PoisonRefused",
                            "A mapping was not believed",
                            MakeTraceSourceAccessor(&StrataArp::m_refusedTrace),
                            "ns3::strata::StrataArp::PoisonRefusedTracedCallback")
            .AddTraceSource("Heard",
                            "A gratuitous message or a reply that nobody asked for",
                            MakeTraceSourceAccessor(&StrataArp::m_heardTrace),
                            "ns3::strata::StrataArp::HeardTracedCallback")
            .AddTraceSource("ResolutionFailed",
                            "Nobody answered for a next hop; fires for each packet that waited",
                            MakeTraceSourceAccessor(&StrataArp::m_failedTrace),
                            "ns3::strata::StrataArp::ResolutionFailedTracedCallback");

    // The cache
    AddSpan<&P::reachableTime>(tid, "ReachableTime", "How long a mapping is believed");
    AddFlag<&P::poll>(tid, "Poll", "Whether old mappings in use are asked by unicast");
    AddCount<&P::pollCount>(tid, "PollCount", "Unanswered polls after which a mapping goes");
    AddSpan<&P::staleTime>(tid, "StaleTime", "How long an old mapping is kept unused");
    AddSpan<&P::requestInterval>(tid, "RequestInterval", "Least time between two requests");
    AddCount<&P::requestCount>(tid, "RequestCount", "Unanswered requests after which it fails");
    AddSpan<&P::failedTime>(tid, "FailedTime", "How long a silent address is not asked again");
    AddCount<&P::maxEntries>(tid, "MaxEntries", "Entries at an interface");
    AddCount<&P::maxPendingPerEntry>(tid, "MaxPendingPerEntry", "Packets that wait for one");
    AddCount<&P::maxPending>(tid, "MaxPending", "Packets that wait at an interface");
    AddFlag<&P::acceptUnsolicited>(tid, "AcceptUnsolicited", "Whether unasked replies count");
    AddFlag<&P::acceptGratuitous>(tid, "AcceptGratuitous", "Whether gratuitous ARP counts");
    // Address conflicts; the names are those of RFC 5227 section 1.1
    AddSpan<&P::probeWait>(tid, "ProbeWait", "Longest wait before the first probe");
    AddCount<&P::probeCount>(tid, "ProbeNum", "Probes");
    AddSpan<&P::probeMin>(tid, "ProbeMin", "Least time between probes");
    AddSpan<&P::probeMax>(tid, "ProbeMax", "Longest time between probes");
    AddSpan<&P::announceWait>(tid, "AnnounceWait", "From the last probe to the use");
    AddCount<&P::announceCount>(tid, "AnnounceNum", "Announcements");
    AddSpan<&P::announceInterval>(tid, "AnnounceInterval", "Time between announcements");
    AddCount<&P::maxConflicts>(tid, "MaxConflicts", "Conflicts before the rate is limited");
    AddSpan<&P::rateLimitInterval>(tid, "RateLimitInterval", "Time of one try from then on");
    AddSpan<&P::defendInterval>(tid, "DefendInterval", "Time with at most one defence");
    return tid;
}

TypeId
StrataArp::GetTypeId()
{
    static TypeId tid = MakeTypeId();
    return tid;
}

} // namespace strata
} // namespace ns3

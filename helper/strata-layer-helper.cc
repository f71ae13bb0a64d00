// SPDX-License-Identifier: GPL-2.0-only

#include "strata-layer-helper.h"

#include "ns3/abort.h"
#include "ns3/simulator.h"
#include "ns3/strata-device-flow-provider.h"
#include "ns3/strata-layer-member-list.h"
#include "ns3/uinteger.h"

#ifdef STRATA_HAVE_GCRYPT
#include "ns3/strata-gcrypt-authenticator.h"
#endif

#include <algorithm>
#include <chrono>
#include <cmath>
#include <cstdlib>
#include <fmt/format.h>
#include <fmt/ranges.h>
#include <functional>
#include <limits>
#include <sstream>

namespace ns3
{
namespace strata
{

namespace
{

/** What stands behind "name:" in a choice, and how names of members are written. */
struct Choice
{
    std::string rest;
    bool hasRest{false};
    NameScheme scheme{NameScheme::HIERARCHICAL};
};

/** Sets a slot; the answer is empty, or what is wrong with the rest. */
using Setter = std::function<std::string(LayerPolicies&, const Choice&)>;

struct Option
{
    std::string usage; //!< "name", or "name:REST", or "name[:REST]"
    Setter set;

    std::string Name() const
    {
        return usage.substr(0, usage.find_first_of("[:"));
    }

    bool TakesRest() const
    {
        return usage.find(':') != std::string::npos;
    }

    bool NeedsRest() const
    {
        return TakesRest() && usage.find('[') == std::string::npos;
    }
};

struct Slot
{
    std::string name;
    std::vector<Option> options; //!< the default first
};

std::vector<std::string>
Split(const std::string& text, char separator)
{
    std::vector<std::string> parts;
    std::istringstream stream(text);
    std::string part;
    while (std::getline(stream, part, separator))
    {
        parts.push_back(part);
    }
    return parts;
}

/** A whole decimal number between \p least and \p most; none for anything else. */
std::optional<uint64_t>
ParseNumber(const std::string& text, uint64_t least, uint64_t most)
{
    if (text.empty() || text.size() > 19 ||
        text.find_first_not_of("0123456789") != std::string::npos)
    {
        return std::nullopt;
    }
    const uint64_t number = std::stoull(text);
    return number < least || number > most ? std::nullopt : std::optional(number);
}

template <class Policy>
Setter
Set(std::shared_ptr<const Policy> LayerPolicies::*slot, std::shared_ptr<const Policy> policy)
{
    return [slot, policy](LayerPolicies& policies, const Choice&) {
        policies.*slot = policy;
        return std::string();
    };
}

/** Sets a policy that is made for one member. */
template <class Made, class Policy>
Setter
SetFor(std::shared_ptr<const Policy> LayerPolicies::*slot)
{
    return [slot](LayerPolicies& policies, const Choice& choice) -> std::string {
        const auto member = ParseName(choice.rest, choice.scheme);
        if (!member || *member == NO_NAME)
        {
            return fmt::format("\"{}\" is no member's name", choice.rest);
        }
        policies.*slot = std::make_shared<Made>(*member);
        return "";
    };
}

std::string
SetStatic(LayerPolicies& policies, const Choice& choice)
{
    std::vector<StaticRouting::Entry> entries;
    for (const std::string& text : Split(choice.rest, ','))
    {
        std::istringstream words(text);
        std::string member;
        std::string block;
        std::string via;
        std::string more;
        words >> member >> block >> via;
        const std::size_t slash = block.find('/');
        const auto at = ParseName(member, choice.scheme);
        const auto to = ParseName(block.substr(0, slash), choice.scheme);
        const auto neighbor = ParseName(via, choice.scheme);
        const auto bits =
            slash == std::string::npos ? 64 : ParseNumber(block.substr(slash + 1), 0, 64);
        if (!at || !to || !neighbor || !bits || words >> more)
        {
            return fmt::format("\"{}\" is not MEMBER BLOCK/BITS VIA", text);
        }
        entries.push_back({*at, NameBlock(*to, static_cast<uint8_t>(*bits)), *neighbor});
    }
    policies.routing = std::make_shared<StaticRouting>(std::move(entries));
    return "";
}

std::string
SetSecret(LayerPolicies& policies, const Choice& choice)
{
#ifdef STRATA_HAVE_GCRYPT
    const Bytes key(choice.rest.begin(), choice.rest.end());
    policies.security =
        std::make_shared<SharedSecretSecurity>(std::make_shared<GcryptAuthenticator>(key));
    return "";
#else
    (void)policies;
    (void)choice;
    return "this build has no libgcrypt";
#endif
}

std::string
SetFifo(LayerPolicies& policies, const Choice& choice)
{
    QueueLimit limit;
    if (choice.hasRest)
    {
        const auto packets = ParseNumber(choice.rest, 1, UINT32_MAX);
        if (!packets)
        {
            return fmt::format("\"{}\" is no number of packets", choice.rest);
        }
        limit.packets = static_cast<uint32_t>(*packets);
    }
    policies.scheduler = std::make_shared<FifoScheduler>(limit);
    return "";
}

std::string
SetDrr(LayerPolicies& policies, const Choice& choice)
{
    SliceShares shares;
    for (SliceShare& share : shares)
    {
        share.weight = 0;
    }
    for (const std::string& text : Split(choice.rest, ','))
    {
        const std::size_t equal = text.find('=');
        const auto slice = ParseNumber(text.substr(0, equal), 0, CONTROL_SLICE - 1);
        const auto weight = equal == std::string::npos
                                ? std::nullopt
                                : ParseNumber(text.substr(equal + 1), 1, UINT32_MAX);
        if (!slice || !weight)
        {
            return fmt::format("\"{}\" is not SLICE=WEIGHT with a slice of 0 to {} and a weight"
                               " from 1 on",
                               text,
                               CONTROL_SLICE - 1);
        }
        shares[*slice].weight = static_cast<uint32_t>(*weight);
    }
    policies.scheduler = std::make_shared<DeficitRoundRobin>(shares);
    return "";
}

template <class Made, class Policy>
Option
Plain(const char* name, std::shared_ptr<const Policy> LayerPolicies::*slot)
{
    return {name, Set<Policy>(slot, std::make_shared<Made>())};
}

const std::vector<Slot>&
Slots()
{
    using P = LayerPolicies;
    // naming is first: the names of members in other slots are read as it writes them
    static const std::vector<Slot> slots = {
        {"naming",
         {Plain<HierarchicalNaming>("hierarchical", &P::naming),
          Plain<FlatNaming>("flat", &P::naming),
          {"flat-assigned", Set<NamingPolicy>(&P::naming, std::make_shared<FlatNaming>(true))}}},
        {"directory",
         {Plain<ReplicatedDirectory>("replicated", &P::directory),
          {"server:MEMBER", SetFor<ServerDirectory>(&P::directory)},
          Plain<HashedDirectory>("hashed", &P::directory),
          Plain<NoDirectory>("none", &P::directory)}},
        {"routing",
         {Plain<LinkStateRouting>("link-state", &P::routing),
          Plain<LearningRouting>("learning", &P::routing),
          Plain<AnchorRouting>("anchor", &P::routing),
          Plain<ResolverRouting>("resolver", &P::routing),
          {"static[:MEMBER BLOCK/BITS VIA,...]", SetStatic}}},
        {"forwarding",
         {Plain<LongestPrefixForwarding>("longest-prefix", &P::forwarding),
          Plain<ExactForwarding>("exact", &P::forwarding)}},
        {"attachment",
         {Plain<StayPut>("stay-put", &P::attachment),
          Plain<TellEveryone>("tell-everyone", &P::attachment),
          Plain<TellPath>("tell-path", &P::attachment),
          Plain<TellHome>("tell-home", &P::attachment)}},
        {"location",
         {Plain<StayAtLocation>("stay-put", &P::location),
          Plain<TellPeerAndDirectory>("tell-peer-and-directory", &P::location),
          Plain<TellPeerOnly>("tell-peer-only", &P::location),
          Plain<LookUpOnRecovery>("look-up-on-recovery", &P::location),
          {"tell-by-rendezvous:MEMBER", SetFor<TellByRendezvous>(&P::location)}}},
        {"security", {Plain<OpenSecurity>("open", &P::security), {"secret:TEXT", SetSecret}}},
        {"scheduler",
         {{"none", Set<SchedulerPolicy>(&P::scheduler, nullptr)},
          {"fifo[:PACKETS]", SetFifo},
          {"drr:SLICE=WEIGHT,...", SetDrr}}},
    };
    return slots;
}

/** Sets one slot; the answer is empty, or one line that says what is wrong. */
std::string
Apply(LayerPolicies& policies, const std::string& slotName, const std::string& text)
{
    const auto& slots = Slots();
    const auto slot =
        std::find_if(slots.begin(), slots.end(), [&](const Slot& s) { return s.name == slotName; });
    if (slot == slots.end())
    {
        return fmt::format("a layer has no policy \"{}\"; there are {}",
                           slotName,
                           fmt::join(LayerHelper::GetPolicySlots(), ", "));
    }
    const std::size_t colon = text.find(':');
    Choice choice;
    choice.hasRest = colon != std::string::npos;
    choice.rest = choice.hasRest ? text.substr(colon + 1) : "";
    choice.scheme = policies.naming->Scheme();
    const std::string name = text.substr(0, colon);
    std::vector<std::string> usages;
    for (const Option& option : slot->options)
    {
        usages.push_back(option.usage);
        if (option.Name() != name)
        {
            continue;
        }
        if (choice.hasRest ? !option.TakesRest() || choice.rest.empty() : option.NeedsRest())
        {
            return fmt::format("{} \"{}\" is written {}", slotName, text, option.usage);
        }
        const std::string fault = option.set(policies, choice);
        return fault.empty() ? "" : fmt::format("{} \"{}\": {}", slotName, text, fault);
    }
    return fmt::format("no {} is called \"{}\"; there are {}",
                       slotName,
                       name,
                       fmt::join(usages, ", "));
}

// ---- Parameters ---------------------------------------------------------------------------------

std::optional<Nanos>
ParseTime(const std::string& text)
{
    static const std::pair<const char*, double> UNITS[] =
        {{"min", 60e9}, {"ms", 1e6}, {"us", 1e3}, {"ns", 1}, {"h", 3600e9}, {"s", 1e9}};
    const std::size_t end = text.find_first_not_of("0123456789.");
    const std::string digits = text.substr(0, end);
    if (end == std::string::npos || digits.find_first_of("0123456789") == std::string::npos ||
        std::count(digits.begin(), digits.end(), '.') > 1)
    {
        return std::nullopt;
    }
    for (const auto& [unit, nanos] : UNITS)
    {
        if (text.substr(end) == unit)
        {
            // too many digits give infinity, or nothing
            const double span = std::round(std::strtod(digits.c_str(), nullptr) * nanos);
            return span < static_cast<double>(SessionParameters::MAX_SPAN.count())
                       ? std::optional(Nanos(static_cast<int64_t>(span)))
                       : std::nullopt;
        }
    }
    return std::nullopt;
}

struct Parameter
{
    std::string name;
    std::string kind; //!< what a value is, for people
    std::function<bool(LayerParameters&, const std::string&)> set;
};

/** \p field gives the number in the parameters. */
template <class Field>
Parameter
Number(const char* name, Field field, uint64_t least)
{
    using Value = std::decay_t<decltype(field(std::declval<LayerParameters&>()))>;
    constexpr uint64_t most = std::numeric_limits<Value>::max();
    return {name,
            fmt::format("a number of {} to {}", least, most),
            [field, least](LayerParameters& p, const std::string& text) {
                const auto number = ParseNumber(text, least, most);
                if (number)
                {
                    field(p) = static_cast<Value>(*number);
                }
                return number.has_value();
            }};
}

/** \p above is the span that a value must exceed. */
template <class Field>
Parameter
Span(const char* name, Field field, Nanos above = Nanos(-1))
{
    return {name,
            above < Nanos::zero() ? "a time with a unit, as \"3s\" or \"200ms\""
                                  : "a time above zero with a unit, as \"3s\" or \"200ms\"",
            [field, above](LayerParameters& p, const std::string& text) {
                const auto span = ParseTime(text);
                const bool good = span && *span > above;
                if (good)
                {
                    field(p) = *span;
                }
                return good;
            }};
}

/** A span after which something is done again: zero would do it for ever at one instant. */
template <class Field>
Parameter
PositiveSpan(const char* name, Field field)
{
    return Span(name, field, Nanos::zero());
}

/** HELLO says it in 16 bits of milliseconds. */
bool
SetHoldTime(LayerParameters& parameters, const std::string& text)
{
    const auto span = ParseTime(text);
    const auto step = std::chrono::milliseconds(1);
    if (!span || *span % step != Nanos::zero() || *span / step > UINT16_MAX)
    {
        return false;
    }
    parameters.holdTime = *span;
    return true;
}

const std::vector<Parameter>&
Parameters()
{
    using P = LayerParameters;
    static const std::vector<Parameter> parameters = {
        {"Role",
         "router or leaf",
         [](P& p, const std::string& text) {
             p.role = text == "leaf" ? MemberRole::LEAF : MemberRole::ROUTER;
             return text == "leaf" || text == "router";
         }},
        {"Machine",
         "a text of at most 255 bytes",
         [](P& p, const std::string& text) {
             p.machine = text;
             return text.size() <= 255;
         }},
        Number(
            "HopLimit",
            [](P& p) -> uint8_t& { return p.hopLimit; },
            1),
        Span("HelloInterval", [](P& p) -> Nanos& { return p.helloInterval; }),
        {"HoldTime", "a time of whole milliseconds up to \"65535ms\"", SetHoldTime},
        PositiveSpan("RetryInterval", [](P& p) -> Nanos& { return p.retryInterval; }),
        Number(
            "MaxTries",
            [](P& p) -> uint8_t& { return p.maxTries; },
            1),
        Span("ShortestPathDelay", [](P& p) -> Nanos& { return p.shortestPathDelay; }),
        Span("FloodPacing", [](P& p) -> Nanos& { return p.floodPacing; }),
        Span("LeafHold", [](P& p) -> Nanos& { return p.leafHold; }),
        Span("LearnAge", [](P& p) -> Nanos& { return p.learnAge; }),
        Span("CacheAge", [](P& p) -> Nanos& { return p.cacheAge; }),
        Number(
            "UnresolvedLimit",
            [](P& p) -> uint16_t& { return p.unresolvedLimit; },
            0),
        Number(
            "MaxTableEntries",
            [](P& p) -> uint32_t& { return p.maxTableEntries; },
            1),
        Number(
            "SessionWindow",
            [](P& p) -> uint16_t& { return p.session.window; },
            1),
        Number(
            "SessionQueueLimit",
            [](P& p) -> uint32_t& { return p.session.queueLimit; },
            0),
        PositiveSpan("SessionInitialRto", [](P& p) -> Nanos& { return p.session.initialRto; }),
        PositiveSpan("SessionMinRto", [](P& p) -> Nanos& { return p.session.minRto; }),
        PositiveSpan("SessionMaxRto", [](P& p) -> Nanos& { return p.session.maxRto; }),
    };
    return parameters;
}

std::string
Apply(LayerParameters& parameters, const std::string& name, const std::string& value)
{
    for (const Parameter& parameter : Parameters())
    {
        if (parameter.name == name)
        {
            return parameter.set(parameters, value)
                       ? ""
                       : fmt::format("{} is {}, not \"{}\"", name, parameter.kind, value);
        }
    }
    return fmt::format("a layer has no parameter \"{}\"; there are {}",
                       name,
                       fmt::join(LayerHelper::GetParameterNames(), ", "));
}

} // namespace

LayerHelper::LayerHelper() = default;

void
LayerHelper::SetLayer(const std::string& name, uint16_t id)
{
    NS_ABORT_MSG_IF(name.empty() || name.size() > 255, "a layer's name has 1 to 255 bytes");
    m_parameters.layerName = name;
    m_parameters.layerId = id;
}

std::string
LayerHelper::CheckPolicy(const std::string& slot, const std::string& choice) const
{
    LayerPolicies policies = GetPolicies();
    return Apply(policies, slot, choice);
}

std::string
LayerHelper::CheckParameter(const std::string& name, const std::string& value) const
{
    LayerParameters parameters = m_parameters;
    return Apply(parameters, name, value);
}

void
LayerHelper::SetPolicy(const std::string& slot, const std::string& choice)
{
    const std::string fault = CheckPolicy(slot, choice);
    NS_ABORT_MSG_UNLESS(fault.empty(), fault);
    m_choices[slot] = choice;
    GetPolicies(); // names of members are still names if the naming has changed
}

void
LayerHelper::SetParameter(const std::string& name, const std::string& value)
{
    const std::string fault = Apply(m_parameters, name, value);
    NS_ABORT_MSG_UNLESS(fault.empty(), fault);
}

std::vector<std::string>
LayerHelper::GetPolicySlots()
{
    std::vector<std::string> names;
    for (const Slot& slot : Slots())
    {
        names.push_back(slot.name);
    }
    return names;
}

std::vector<std::string>
LayerHelper::GetParameterNames()
{
    std::vector<std::string> names;
    for (const Parameter& parameter : Parameters())
    {
        names.push_back(parameter.name);
    }
    return names;
}

LayerParameters
LayerHelper::GetParameters() const
{
    return m_parameters;
}

LayerPolicies
LayerHelper::GetPolicies() const
{
    LayerPolicies policies;
    for (const Slot& slot : Slots())
    {
        const auto choice = m_choices.find(slot.name);
        if (choice != m_choices.end())
        {
            const std::string fault = Apply(policies, slot.name, choice->second);
            NS_ABORT_MSG_UNLESS(fault.empty(), fault);
        }
    }
    return policies;
}

Ptr<LayerMember>
LayerHelper::Install(Ptr<Node> node) const
{
    NS_ABORT_MSG_IF(LayerMemberList::Of(node)->Find(m_parameters.layerId),
                    "node " << node->GetId() << " has a member of layer " << m_parameters.layerId
                            << " already; SetLayer gives another id");
    const LayerPolicies policies = GetPolicies();
    const std::string fault = CheckTogether(m_parameters, policies);
    NS_ABORT_MSG_UNLESS(fault.empty(), fault);
    auto member = CreateObject<LayerMember>();
    member->Setup(node, m_parameters, policies);
    return member;
}

LayerMemberContainer
LayerHelper::Install(const NodeContainer& nodes) const
{
    LayerMemberContainer members;
    for (auto node = nodes.Begin(); node != nodes.End(); ++node)
    {
        members.Add(Install(*node));
    }
    return members;
}

void
LayerHelper::AddDevices(const NetDeviceContainer& devices) const
{
    for (auto device = devices.Begin(); device != devices.End(); ++device)
    {
        const Ptr<Node> node = (*device)->GetNode();
        const auto member = LayerMemberList::Of(node)->Find(m_parameters.layerId);
        NS_ABORT_MSG_UNLESS(member,
                            "node " << node->GetId() << " has no member of layer "
                                    << m_parameters.layerId << "; Install comes first");
        NS_ABORT_MSG_UNLESS(member->AddDevice(*device), DeviceFlowProvider::CanCarry(*device));
    }
}

Ptr<SessionFlowProvider>
LayerHelper::AddUnderlay(Ptr<LayerMember> member,
                         Ptr<LayerMember> below,
                         const std::string& process,
                         uint8_t slice) const
{
    auto provider = CreateObject<SessionFlowProvider>();
    provider->SetAttribute("Slice", UintegerValue(slice));
    provider->SetUnderlay(below, process);
    member->AddProvider(provider);
    return provider;
}

Ptr<UdpFlowProvider>
LayerHelper::AddUdp(Ptr<LayerMember> member) const
{
    auto provider = CreateObject<UdpFlowProvider>();
    provider->SetNode(member->GetNode());
    member->AddProvider(provider);
    return provider;
}

void
LayerHelper::Enroll(const LayerMemberContainer& members, Time interval) const
{
    const bool hierarchical = GetPolicies().naming->Scheme() == NameScheme::HIERARCHICAL;
    NS_ABORT_MSG_IF(hierarchical && members.GetN() > UINT16_MAX,
                    "hierarchical names have blocks for " << UINT16_MAX << " members, not for "
                                                          << members.GetN());
    Time when;
    for (uint32_t i = 0; i < members.GetN(); ++i)
    {
        const MemberName name =
            hierarchical ? MakeName(static_cast<uint16_t>(i + 1)) : MemberName{i + 1};
        const Ptr<LayerMember> member = members.Get(i);
        if (i == 0)
        {
            NS_ABORT_MSG_IF(member->GetRole() == MemberRole::LEAF,
                            "the first member of a layer is a router: leaves join through one");
            member->Bootstrap(name, hierarchical ? 16 : 64);
            continue;
        }
        when += interval;
        Simulator::ScheduleWithContext(member->GetNode()->GetId(),
                                       when,
                                       &LayerMember::Join,
                                       member,
                                       name);
    }
}

} // namespace strata
} // namespace ns3

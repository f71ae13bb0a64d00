// SPDX-License-Identifier: GPL-2.0-only

#include "strata-ipv4-options-decision.h"

#include <boost/container/static_vector.hpp>

namespace ns3
{
namespace strata
{

namespace
{

constexpr uint8_t DESTINATION_POINTER = 16;
constexpr std::size_t ROUTER_ALERT_SIZE = 4;
constexpr std::size_t LEAST_SECURITY_SIZE = 3; // RFC 1108 section 2.2
constexpr std::size_t SECURITY_LEVEL = 2;      // offset in the option
constexpr int64_t MILLISECONDS_A_DAY = 86'400'000;
constexpr std::size_t MAX_STOPS = 9;

Ipv4OptionsVerdict
Problem(std::size_t pointer)
{
    Ipv4OptionsVerdict verdict;
    verdict.action = Ipv4OptionsAction::PARAMETER_PROBLEM;
    verdict.pointer = static_cast<uint8_t>(pointer);
    return verdict;
}

Ipv4OptionsVerdict
Refusal(Ipv4OptionsAction action, std::size_t pointer)
{
    Ipv4OptionsVerdict verdict = Problem(pointer);
    verdict.action = action;
    return verdict;
}

/** What one pass over the options gathers. */
struct Findings
{
    std::optional<Ipv4RouteOption> sourceRoute;
    std::optional<Ipv4RouteOption> recordRoute;
    std::optional<Ipv4TimestampOption> timestamp;
    std::optional<Ipv4Option> security;
    std::optional<uint16_t> routerAlert;
};

/** Puts an option that may come once into its place; a fault is its offset. */
template <class View>
std::optional<std::size_t>
Take(std::optional<View>& place, const Ipv4Option& option)
{
    if (place)
    {
        return option.offset;
    }
    const auto view = View::Parse(option);
    if (!view)
    {
        return view.error().offset;
    }
    place = *view;
    return std::nullopt;
}

std::optional<std::size_t>
TakeShort(const Ipv4Option& option, std::size_t least)
{
    return option.bytes.size() < least ? std::make_optional(option.offset + 1) : std::nullopt;
}

/** \return the pointer of a Parameter Problem, if there is one */
std::optional<std::size_t>
Gather(const Ipv4WireHeader& header, const Ipv4OptionsRules& rules, bool stamps, Findings& found)
{
    Ipv4OptionReader reader(header);
    while (const auto option = reader.Next())
    {
        std::optional<std::size_t> fault;
        switch (static_cast<Ipv4OptionKind>(option->kind))
        {
        case Ipv4OptionKind::LOOSE_SOURCE_ROUTE:
        case Ipv4OptionKind::STRICT_SOURCE_ROUTE:
            fault = Take(found.sourceRoute, *option);
            break;
        case Ipv4OptionKind::RECORD_ROUTE:
            fault = stamps || rules.recordRoute ? Take(found.recordRoute, *option) : std::nullopt;
            break;
        case Ipv4OptionKind::TIMESTAMP:
            fault = stamps || rules.timestamp ? Take(found.timestamp, *option) : std::nullopt;
            break;
        case Ipv4OptionKind::SECURITY:
            fault = found.security ? std::make_optional(option->offset)
                                   : TakeShort(*option, LEAST_SECURITY_SIZE);
            found.security = option;
            break;
        case Ipv4OptionKind::ROUTER_ALERT:
            fault = TakeShort(*option, ROUTER_ALERT_SIZE);
            if (!fault)
            {
                found.routerAlert = static_cast<uint16_t>(option->bytes[2] << 8 | option->bytes[3]);
            }
            break;
        default:
            // RFC 1812 section 5.3.13.1: passed through unchanged
            break;
        }
        if (fault)
        {
            return fault;
        }
    }
    return reader.Ok() ? std::nullopt : std::make_optional(reader.Error().offset);
}

/** What must be written into a timestamp option, or the pointer at its fault. */
std::optional<std::size_t>
PlanTimestamp(const Ipv4TimestampOption& timestamp, Ipv4OptionsPlan& plan)
{
    if (!timestamp.IsKnownForm())
    {
        return std::nullopt;
    }
    const bool prespecified = timestamp.Is(Ipv4TimestampForm::PRESPECIFIED);
    if (timestamp.IsFull())
    {
        // a node that the sender didn't name has nothing to register, so it misses no room
        if (prespecified)
        {
            return std::nullopt;
        }
        if (timestamp.overflow == Ipv4TimestampOption::MAX_OVERFLOW)
        {
            return timestamp.OverflowOffset();
        }
    }
    else if (!timestamp.HasRoom())
    {
        return timestamp.PointerOffset();
    }
    else if (prespecified)
    {
        plan.timestampFor = timestamp.Address(timestamp.RecordedCount());
    }
    plan.timestamp = static_cast<uint8_t>(timestamp.option.offset);
    return std::nullopt;
}

std::optional<std::size_t>
PlanRecords(const Findings& found, Ipv4OptionsPlan& plan)
{
    if (found.recordRoute && !found.recordRoute->IsExhausted())
    {
        if (!found.recordRoute->HasRoom())
        {
            return found.recordRoute->PointerOffset();
        }
        plan.recordRoute = static_cast<uint8_t>(found.recordRoute->option.offset);
    }
    plan.routerAlert = found.routerAlert;
    return found.timestamp ? PlanTimestamp(*found.timestamp, plan) : std::nullopt;
}

/** Whether the label lets the datagram pass; none if it does. */
std::optional<Ipv4OptionsVerdict>
JudgeSecurity(const Findings& found, const Ipv4OptionsRules& rules)
{
    if (!rules.requireSecurity)
    {
        return std::nullopt;
    }
    if (!found.security)
    {
        return Refusal(Ipv4OptionsAction::MISSING_OPTION,
                       static_cast<std::size_t>(Ipv4OptionKind::SECURITY));
    }
    const auto rank = Ipv4SecurityRank(found.security->bytes[SECURITY_LEVEL]);
    if (!rank || *rank < rules.minSecurityRank || *rank > rules.maxSecurityRank)
    {
        return Refusal(Ipv4OptionsAction::SECURITY_REFUSED,
                       found.security->offset + SECURITY_LEVEL);
    }
    return std::nullopt;
}

void
Put32(Ipv4WireHeader::Options& options, std::size_t at, uint32_t value)
{
    for (std::size_t i = 0; i < 4; ++i)
    {
        options[at + i] = static_cast<uint8_t>(value >> (24 - 8 * i));
    }
}

uint32_t
Get32(const Ipv4WireHeader::Options& options, std::size_t at)
{
    uint32_t value = 0;
    for (std::size_t i = 0; i < 4; ++i)
    {
        value = value << 8 | options[at + i];
    }
    return value;
}

/** Writes \p address where a route's pointer stands; \return what stood there. */
uint32_t
RecordAddress(Ipv4WireHeader::Options& options, uint8_t option, uint32_t address)
{
    uint8_t& pointer = options[option - Ipv4WireHeader::MIN_SIZE + 2];
    const std::size_t slot = option - Ipv4WireHeader::MIN_SIZE + pointer - 1;
    const uint32_t before = Get32(options, slot);
    Put32(options, slot, address);
    pointer = static_cast<uint8_t>(pointer + 4);
    return before;
}

void
RecordTime(Ipv4WireHeader::Options& options, uint8_t option, const Ipv4OptionsStamp& stamp)
{
    const std::size_t start = option - Ipv4WireHeader::MIN_SIZE;
    uint8_t& pointer = options[start + 2];
    if (pointer > options[start + 1])
    {
        options[start + 3] = static_cast<uint8_t>(options[start + 3] + 0x10);
        return;
    }
    const auto form = static_cast<Ipv4TimestampForm>(options[start + 3] & 0xf);
    if (form == Ipv4TimestampForm::PRESPECIFIED && !stamp.ownsTimestamp)
    {
        return;
    }
    std::size_t entry = start + pointer - 1;
    if (form != Ipv4TimestampForm::TIME_ONLY)
    {
        if (form == Ipv4TimestampForm::WITH_ADDRESS)
        {
            Put32(options, entry, stamp.address);
        }
        entry += 4;
        pointer = static_cast<uint8_t>(pointer + 4);
    }
    Put32(options, entry, stamp.time);
    pointer = static_cast<uint8_t>(pointer + 4);
}

using Stops = boost::container::static_vector<uint32_t, MAX_STOPS>;

/**
 * The way back over a source route: its recorded part from the last stop to the first, then the
 * source. RFC 1122 section 3.2.1.8 (c), case (B): a recorded source is not a stop of its own.
 */
Stops
ReturnStops(const Ipv4RouteOption& route, uint32_t source)
{
    Stops stops;
    for (std::size_t i = std::min(route.RecordedCount(), MAX_STOPS); i > 0; --i)
    {
        const uint32_t stop = route.Slot(i - 1);
        if (i > 1 || stop != source)
        {
            stops.push_back(stop);
        }
    }
    return stops;
}

/** Appends the way back and answers where it begins. */
uint32_t
AppendReturnRoute(const Ipv4RouteOption& route, uint32_t source, Ipv4WireHeader::Options& options)
{
    const Stops stops = ReturnStops(route, source);
    if (stops.empty())
    {
        return source;
    }
    // as many slots as there are stops: the first stop is the header's, the source comes last
    const auto length = static_cast<uint8_t>(Ipv4RouteOption::FIRST_SLOT + 4 * stops.size());
    const std::size_t start = options.size();
    options.resize(start + length);
    options[start] = route.option.kind;
    options[start + 1] = length;
    options[start + 2] = 4;
    for (std::size_t i = 0; i < stops.size(); ++i)
    {
        Put32(options,
              start + Ipv4RouteOption::FIRST_SLOT + 4 * i,
              i + 1 < stops.size() ? stops[i + 1] : source);
    }
    return stops.front();
}

Ipv4ReturnPlan
PlanReturn(const Ipv4WireHeader& header, bool withRoute, bool withRecords)
{
    Ipv4ReturnPlan plan;
    plan.destination = header.source;
    Ipv4OptionWriter writer(plan.options);
    Ipv4OptionReader reader(header);
    bool routed = false;
    while (const auto option = reader.Next())
    {
        switch (static_cast<Ipv4OptionKind>(option->kind))
        {
        case Ipv4OptionKind::LOOSE_SOURCE_ROUTE:
        case Ipv4OptionKind::STRICT_SOURCE_ROUTE:
            if (const auto route = Ipv4RouteOption::Parse(*option); route && withRoute && !routed)
            {
                plan.destination = AppendReturnRoute(*route, header.source, plan.options);
                routed = true;
            }
            break;
        case Ipv4OptionKind::RECORD_ROUTE:
        case Ipv4OptionKind::TIMESTAMP:
            if (withRecords)
            {
                writer.Copy(option->bytes);
            }
            break;
        case Ipv4OptionKind::SECURITY:
        case Ipv4OptionKind::EXTENDED_SECURITY:
        case Ipv4OptionKind::COMMERCIAL_SECURITY:
            writer.Copy(option->bytes);
            break;
        default:
            break;
        }
    }
    writer.Pad();
    return plan;
}

} // namespace

Ipv4OptionsVerdict
JudgeIpv4Options(const Ipv4WireHeader& header, bool mine, const Ipv4OptionsRules& rules)
{
    if (header.options.empty() && !rules.requireSecurity)
    {
        return {};
    }
    Findings found;
    if (const auto pointer = Gather(header, rules, mine, found))
    {
        return Problem(*pointer);
    }
    if (const auto refusal = JudgeSecurity(found, rules))
    {
        return *refusal;
    }
    Ipv4OptionsVerdict verdict;
    if (found.sourceRoute && rules.sourceRoute != Ipv4SourceRoutePolicy::IGNORE)
    {
        const Ipv4RouteOption& route = *found.sourceRoute;
        if (rules.sourceRoute == Ipv4SourceRoutePolicy::REFUSE)
        {
            return Refusal(Ipv4OptionsAction::SOURCE_ROUTE_REFUSED, route.option.offset);
        }
        verdict.strict = route.option.Is(Ipv4OptionKind::STRICT_SOURCE_ROUTE);
        if (!mine && verdict.strict)
        {
            return Problem(DESTINATION_POINTER);
        }
        if (mine && !route.IsExhausted())
        {
            if (!route.HasRoom())
            {
                return Problem(route.PointerOffset());
            }
            verdict.action = Ipv4OptionsAction::SOURCE_ROUTE;
            verdict.nextDestination = route.Slot(route.RecordedCount());
            verdict.plan.sourceRoute = static_cast<uint8_t>(route.option.offset);
        }
    }
    if (const auto pointer = PlanRecords(found, verdict.plan))
    {
        return Problem(*pointer);
    }
    return verdict;
}

Ipv4OptionsVerdict
JudgeOwnIpv4Options(const Ipv4WireHeader& header)
{
    Findings found;
    Ipv4OptionsVerdict verdict;
    auto pointer = Gather(header, {}, true, found);
    if (!pointer)
    {
        pointer = PlanRecords(found, verdict.plan);
    }
    return pointer ? Problem(*pointer) : verdict;
}

void
StampIpv4Options(Ipv4WireHeader& header, const Ipv4OptionsPlan& plan, const Ipv4OptionsStamp& stamp)
{
    if (!plan.Changes())
    {
        return;
    }
    Ipv4WireHeader::Options options = header.options;
    std::optional<uint32_t> next;
    if (plan.sourceRoute != 0)
    {
        next = RecordAddress(options, plan.sourceRoute, stamp.address);
    }
    if (plan.recordRoute != 0)
    {
        RecordAddress(options, plan.recordRoute, stamp.address);
    }
    if (plan.timestamp != 0)
    {
        RecordTime(options, plan.timestamp, stamp);
    }
    header.UpdateOptions(options);
    if (next)
    {
        header.UpdateDestination(*next);
    }
}

uint32_t
Ipv4TimestampAt(Nanos now)
{
    const auto milliseconds = std::chrono::duration_cast<std::chrono::milliseconds>(now).count();
    return static_cast<uint32_t>(milliseconds % MILLISECONDS_A_DAY);
}

bool
SetIpv4SourceRoute(Ipv4WireHeader& header, Ipv4OptionKind kind, const std::vector<uint32_t>& stops)
{
    if (stops.empty())
    {
        return false;
    }
    if (stops.size() > 1)
    {
        // in front of the others, which may end in padding
        Ipv4WireHeader::Options options;
        Ipv4OptionWriter writer(options);
        if (!writer.SourceRoute(kind, {stops.begin() + 1, stops.end()}) ||
            !writer.Copy(ByteView(header.options.data(), header.options.size())))
        {
            return false;
        }
        writer.Pad();
        header.options = options;
    }
    header.destination = stops.front();
    return true;
}

Ipv4ReturnPlan
ReplyIpv4Options(const Ipv4WireHeader& request)
{
    return PlanReturn(request, true, true);
}

Ipv4ReturnPlan
ErrorIpv4Options(const Ipv4WireHeader& offending, bool aboutSourceRoute)
{
    return PlanReturn(offending, !aboutSourceRoute, false);
}

} // namespace strata
} // namespace ns3

// SPDX-License-Identifier: GPL-2.0-only

#include "strata-traceroute-format.h"

#include "strata-ping-format.h"

#include <fmt/format.h>

namespace ns3
{
namespace strata
{

std::string
FormatTracerouteBanner(const TracerouteParameters& parameters)
{
    const std::string name = FormatIpv4(parameters.destination);
    return fmt::format("traceroute to {} ({}), {} hops max, {} byte packets\n",
                       name,
                       name,
                       parameters.maxTtl,
                       parameters.size);
}

std::string
FormatTracerouteMark(const TracerouteAnswer& answer)
{
    constexpr uint8_t UNREACHABLE = 3;
    constexpr uint8_t TIME_EXCEEDED = 11;
    if (answer.arrived || answer.type == TIME_EXCEEDED)
    {
        return {};
    }
    if (answer.type != UNREACHABLE)
    {
        return fmt::format("!<{}-{}>", answer.type, answer.code);
    }
    // Codes of RFC 792, RFC 1122 section 3.2.2.1 and RFC 1812 section 5.2.7.1.
    switch (answer.code)
    {
    case 0:
    case 6:
    case 8:
    case 11:
        return "!N";
    case 1:
    case 7:
    case 12:
        return "!H";
    case 2:
        return "!P";
    case 4:
        return fmt::format("!F-{}", answer.rest & 0xffff);
    case 5:
        return "!S";
    case 9:
    case 10:
    case 13:
        return "!X";
    case 14:
        return "!V";
    case 15:
        return "!C";
    default:
        return fmt::format("!<{}>", answer.code);
    }
}

std::string
FormatTracerouteHop(const TracerouteHop& hop)
{
    std::string line = fmt::format("{:2} ", hop.ttl);
    const TracerouteAnswer* last = nullptr;
    for (const TracerouteResult& result : hop.results)
    {
        if (!result.answer)
        {
            line += " *";
            continue;
        }
        if (!last || last->from != result.answer->from)
        {
            const std::string name = FormatIpv4(result.answer->from);
            line += fmt::format(" {} ({})", name, name);
        }
        last = &*result.answer;
        const int64_t micros = result.rtt.count() / 1000;
        line += fmt::format("  {}.{:03} ms", micros / 1000, micros % 1000);
        const std::string mark = FormatTracerouteMark(*result.answer);
        line += mark.empty() ? "" : ' ' + mark;
    }
    return line + '\n';
}

} // namespace strata
} // namespace ns3

// SPDX-License-Identifier: GPL-2.0-only

#include "strata-ping-format.h"

#include <fmt/format.h>

namespace ns3
{
namespace strata
{

namespace
{

constexpr uint32_t OVERHEAD = 28; // headers of IPv4 and of the echo

/** Three digits that count, in milliseconds. */
std::string
FormatRtt(int64_t micros)
{
    if (micros >= 99'950)
    {
        return fmt::format("{}", (micros + 500) / 1000);
    }
    if (micros >= 9'995)
    {
        return fmt::format("{}.{}", (micros + 50) / 1000, (micros + 50) % 1000 / 100);
    }
    if (micros >= 1000)
    {
        return fmt::format("{}.{:02}", (micros + 5) / 1000, (micros + 5) % 1000 / 10);
    }
    return fmt::format("0.{:03}", micros);
}

std::string
FormatMicros(int64_t micros)
{
    return fmt::format("{}.{:03}", micros / 1000, micros % 1000);
}

std::string
Addresses(const Ipv4RouteOption& route, std::size_t count)
{
    std::string text;
    for (std::size_t i = 0; i < count; ++i)
    {
        text += fmt::format("\t{}\n", FormatIpv4(route.Slot(i)));
    }
    return text;
}

std::string
Times(const Ipv4TimestampOption& option)
{
    constexpr uint32_t NOT_STANDARD = 0x80000000; // RFC 791 section 3.1
    std::string text = "\nTS: ";
    int64_t last[2] = {0, 0}; // of standard and of other times
    for (std::size_t i = 0; i < option.RecordedCount(); ++i)
    {
        text += option.HasAddresses() ? '\t' + FormatIpv4(option.Address(i)) : "";
        const bool other = (option.Time(i) & NOT_STANDARD) != 0;
        const int64_t time = option.Time(i) & ~NOT_STANDARD;
        text += last[other] == 0 ? fmt::format("\t{} absolute", time)
                                 : fmt::format("\t{}", time - last[other]);
        text += other ? " not-standard\n" : "\n";
        last[other] = time;
    }
    text += option.overflow == 0 ? "" : fmt::format("Unrecorded hops: {}\n", option.overflow);
    return text;
}

std::string
Unreachable(const PingError& error)
{
    // In the order of the codes (RFC 792, 1122 section 3.2.2.1, 1812 section 5.2.7.1).
    static constexpr const char* TEXTS[] = {
        "Destination Net Unreachable",
        "Destination Host Unreachable",
        "Destination Protocol Unreachable",
        "Destination Port Unreachable",
        "",
        "Source Route Failed",
        "Destination Net Unknown",
        "Destination Host Unknown",
        "Source Host Isolated",
        "Destination Net Prohibited",
        "Destination Host Prohibited",
        "Destination Net Unreachable for Type of Service",
        "Destination Host Unreachable for Type of Service",
        "Packet filtered",
        "Precedence Violation",
        "Precedence Cutoff",
    };
    if (error.code == 4)
    {
        return fmt::format("Frag needed and DF set (mtu = {})", error.rest & 0xffff);
    }
    return error.code < std::size(TEXTS)
               ? TEXTS[error.code]
               : fmt::format("Dest Unreachable, Bad Code: {}", error.code);
}

std::string
Redirect(const PingError& error)
{
    static constexpr const char* TEXTS[] = {
        "Redirect Network",
        "Redirect Host",
        "Redirect Type of Service and Network",
        "Redirect Type of Service and Host",
    };
    const std::string text = error.code < std::size(TEXTS)
                                 ? TEXTS[error.code]
                                 : fmt::format("Redirect, Bad Code: {}", error.code);
    return text + fmt::format("(New nexthop: {})", FormatIpv4(error.rest));
}

} // namespace

std::string
FormatIpv4(uint32_t address)
{
    return fmt::format("{}.{}.{}.{}",
                       address >> 24,
                       address >> 16 & 0xff,
                       address >> 8 & 0xff,
                       address & 0xff);
}

std::string
FormatIcmpError(const PingError& error)
{
    switch (error.type)
    {
    case 3:
        return Unreachable(error);
    case 4:
        return "Source Quench";
    case 5:
        return Redirect(error);
    case 11:
        switch (error.code)
        {
        case 0:
            return "Time to live exceeded";
        case 1:
            return "Frag reassembly time exceeded";
        default:
            return fmt::format("Time exceeded, Bad Code: {}", error.code);
        }
    case 12:
        return fmt::format("Parameter problem: pointer = {}", error.rest >> 24);
    default:
        return fmt::format("Bad ICMP type: {}", error.type);
    }
}

std::string
PingPrinter::Banner(const PingParameters& parameters)
{
    const std::string name = FormatIpv4(parameters.destination);
    return fmt::format("PING {} ({}) {}({}) bytes of data.\n",
                       name,
                       name,
                       parameters.size,
                       parameters.size + OVERHEAD + parameters.optionBytes);
}

std::string
PingPrinter::Options(const Bytes& options)
{
    std::string text;
    Ipv4OptionReader reader{ByteView(options)};
    while (const auto option = reader.Next())
    {
        const auto route = Ipv4RouteOption::Parse(*option);
        const auto times = Ipv4TimestampOption::Parse(*option);
        if (option->Is(Ipv4OptionKind::NOP))
        {
            text += "\nNOP";
        }
        else if (option->IsSourceRoute() && route)
        {
            text += option->Is(Ipv4OptionKind::LOOSE_SOURCE_ROUTE) ? "\nLSRR: " : "\nSSRR: ";
            text += Addresses(*route, route->SlotCount());
        }
        else if (option->Is(Ipv4OptionKind::RECORD_ROUTE) && route)
        {
            text += RecordedRoute(*route);
        }
        else if (option->Is(Ipv4OptionKind::TIMESTAMP) && times)
        {
            text += times->RecordedCount() == 0 ? "" : Times(*times);
        }
        else
        {
            text += fmt::format("\nunknown option {:x}", option->kind);
        }
    }
    return text;
}

std::string
PingPrinter::RecordedRoute(const Ipv4RouteOption& route)
{
    if (route.RecordedCount() == 0)
    {
        return {};
    }
    const std::string addresses = Addresses(route, route.RecordedCount());
    if (addresses == m_route)
    {
        return "\t(same route)";
    }
    m_route = addresses;
    return "\nRR: " + addresses;
}

std::string
PingPrinter::Line(const PingReport& report)
{
    if (const auto* error = std::get_if<PingErrorReport>(&report))
    {
        // Linux hears of these two beside its queue of errors, and writes a colon then.
        const bool beside = error->error.type == 4 || error->error.type == 5;
        return fmt::format("From {}{} icmp_seq={} {}\n",
                           FormatIpv4(error->error.from),
                           beside ? ":" : "",
                           error->error.sequence,
                           FormatIcmpError(error->error));
    }
    if (const auto* local = std::get_if<PingLocalErrorReport>(&report))
    {
        return local->mtu == 0
                   ? std::string("ping: sendmsg: Network is unreachable\n")
                   : fmt::format("ping: local error: message too long, mtu={}\n", local->mtu);
    }
    const auto& shown = std::get<PingReplyReport>(report);
    std::string line = fmt::format("{} bytes from {}: icmp_seq={} ttl={}",
                                   shown.reply.size,
                                   FormatIpv4(shown.reply.from),
                                   shown.reply.sequence,
                                   shown.reply.ttl);
    if (shown.truncated)
    {
        return line + " (truncated)\n";
    }
    if (shown.rtt)
    {
        line += fmt::format(" time={} ms", FormatRtt(shown.rtt->count() / 1000));
    }
    line += shown.duplicate ? " (DUP!)" : "";
    line += shown.differentAddress ? " (DIFFERENT ADDRESS!)" : "";
    return line + Options(shown.reply.options) + '\n';
}

std::string
PingPrinter::Summary(const PingParameters& parameters, const PingStatistics& statistics)
{
    std::string text = fmt::format("\n--- {} ping statistics ---\n"
                                   "{} packets transmitted, {} received",
                                   FormatIpv4(parameters.destination),
                                   statistics.transmitted,
                                   statistics.received);
    if (statistics.duplicates != 0)
    {
        text += fmt::format(", +{} duplicates", statistics.duplicates);
    }
    if (statistics.errors != 0)
    {
        text += fmt::format(", +{} errors", statistics.errors);
    }
    text += fmt::format(", {:.6g}% packet loss, time {}ms\n",
                        statistics.LossPercent(),
                        statistics.duration.count() / 1'000'000);
    const char* comma = "";
    if (statistics.samples != 0)
    {
        text += fmt::format("rtt min/avg/max/mdev = {}/{}/{}/{} ms",
                            FormatMicros(statistics.minimum),
                            FormatMicros(statistics.Average()),
                            FormatMicros(statistics.maximum),
                            FormatMicros(statistics.Deviation()));
        comma = ", ";
    }
    if (statistics.pipe > 1)
    {
        text += fmt::format("{}pipe {}", comma, statistics.pipe);
    }
    return text + '\n';
}

} // namespace strata
} // namespace ns3

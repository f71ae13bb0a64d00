// SPDX-License-Identifier: GPL-2.0-only

#ifndef STRATA_PING_FORMAT_H
#define STRATA_PING_FORMAT_H

#include "strata-ping-machine.h"

#include "ns3/strata-ipv4-option.h"

#include <string>

namespace ns3
{
namespace strata
{

/** An IPv4 address in host order as four decimal numbers. */
std::string FormatIpv4(uint32_t address);

/**
 * The output of a ping as Linux's iputils writes it. Lines that iputils writes to the standard
 * error stream ("ping: ...") come from here too.
 */
class PingPrinter
{
  public:
    /** `PING 10.0.0.1 (10.0.0.1) 56(84) bytes of data.` and a newline. */
    static std::string Banner(const PingParameters& parameters);

    /** The line, or the lines with route and times, of one report, newline included. */
    std::string Line(const PingReport& report);

    /** The block of statistics at the end, an empty line before it. */
    static std::string Summary(const PingParameters& parameters, const PingStatistics& statistics);

  private:
    std::string Options(const Bytes& options);
    std::string RecordedRoute(const Ipv4RouteOption& route);

    std::string m_route; //!< the last one that was written out
};

/** What iputils says of an ICMP error, without newline: `Destination Host Unreachable`. */
std::string FormatIcmpError(const PingError& error);

} // namespace strata
} // namespace ns3

#endif /* STRATA_PING_FORMAT_H */

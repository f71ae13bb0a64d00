// SPDX-License-Identifier: GPL-2.0-only

#include "strata-time-of-day.h"

#include "strata-ipv4-options-decision.h"

#include "ns3/global-value.h"
#include "ns3/nstime.h"
#include "ns3/simulator.h"
#include "ns3/strata-time.h"

namespace ns3
{
namespace strata
{

namespace
{

GlobalValue g_timeOfDay("StrataTimeOfDay",
                        "Time since midnight UT at which the simulation begins, for the timestamps "
                        "of IPv4 and ICMP",
                        TimeValue(Time(0)),
                        MakeTimeChecker(Time(0), Hours(24)));

} // namespace

uint32_t
TimestampNow()
{
    TimeValue begin;
    g_timeOfDay.GetValue(begin);
    return Ipv4TimestampAt(Nanos((begin.Get() + Simulator::Now()).GetNanoSeconds()));
}

} // namespace strata
} // namespace ns3

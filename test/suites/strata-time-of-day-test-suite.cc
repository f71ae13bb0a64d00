// SPDX-License-Identifier: GPL-2.0-only

#include "ns3/global-value.h"
#include "ns3/nstime.h"
#include "ns3/simulator.h"
#include "ns3/strata-time-of-day.h"
#include "ns3/test.h"

using namespace ns3;
using namespace ns3::strata;

namespace
{

class TimeOfDayTestCase : public TestCase
{
  public:
    TimeOfDayTestCase()
        : TestCase("timestamps count from the time of day at which the simulation begins")
    {
    }

  private:
    void DoRun() override
    {
        Simulator::Schedule(MilliSeconds(1500), [this] {
            NS_TEST_EXPECT_MSG_EQ(TimestampNow(), 1500, "from midnight, where nothing is said");
            GlobalValue::Bind("StrataTimeOfDay", TimeValue(Hours(3)));
            NS_TEST_EXPECT_MSG_EQ(TimestampNow(), 3 * 3600 * 1000 + 1500, "from three");
            GlobalValue::Bind("StrataTimeOfDay", TimeValue(Hours(24) - Seconds(1)));
            NS_TEST_EXPECT_MSG_EQ(TimestampNow(), 500, "the next day begins at 0");
        });
        Simulator::Run();
        Simulator::Destroy();
        GlobalValue::Bind("StrataTimeOfDay", TimeValue(Time(0)));
    }
};

class TimeOfDayTestSuite : public TestSuite
{
  public:
    TimeOfDayTestSuite()
        : TestSuite("strata-time-of-day")
    {
        AddTestCase(new TimeOfDayTestCase);
    }
};

TimeOfDayTestSuite g_timeOfDayTestSuite;

} // namespace

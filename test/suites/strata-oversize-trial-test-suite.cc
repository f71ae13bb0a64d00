// SPDX-License-Identifier: GPL-2.0-only

#include "ns3/strata-oversize-trial.h"
#include "ns3/test.h"

#include <string>

using namespace ns3;
using namespace ns3::strata;

namespace
{

constexpr uint32_t DATAGRAMS = 10;
constexpr uint32_t OCTETS = 1500 - OVERSIZE_HEADERS; //!< of data in the largest

/** Three links, the middle one small; the source has ten full datagrams to send. */
OversizePlan
PlanOf(OversizeMethod method)
{
    OversizePlan plan;
    plan.method = method;
    plan.mtus = {1500, 600, 1500};
    plan.octets = DATAGRAMS * OCTETS;
    return plan;
}

class CrossingsTest : public TestCase
{
  public:
    CrossingsTest()
        : TestCase("Theory says by hand what crosses each link")
    {
    }

  private:
    void Check(OversizeMethod method, const std::vector<std::pair<uint32_t, uint32_t>>& expected)
    {
        const auto crossings = OversizeCrossings(method, PlanOf(method).mtus);
        NS_TEST_ASSERT_MSG_EQ(crossings.size(), expected.size(), "links");
        for (std::size_t i = 0; i < expected.size(); ++i)
        {
            const std::string where =
                OversizeMethodName(method) + std::string(", link ") + std::to_string(i);
            NS_TEST_EXPECT_MSG_EQ(crossings[i].packets, expected[i].first, where);
            NS_TEST_EXPECT_MSG_EQ(crossings[i].bytes, expected[i].second, where);
        }
    }

    void DoRun() override
    {
        NS_TEST_ASSERT_MSG_EQ(OversizeMethods().size(), 4, "methods");
        // 1480 octets: 576, 576 and 328, each behind a header; and they stay so.
        Check(OversizeMethod::NONTRANSPARENT, {{1, 1500}, {3, 1540}, {3, 1540}});
        // 1500 octets with the header: 576, 576 and 348.
        Check(OversizeMethod::TRANSPARENT, {{1, 1500}, {3, 1560}, {1, 1500}});
        Check(OversizeMethod::DISCOVERY, {{1, 600}, {1, 600}, {1, 600}});
        Check(OversizeMethod::TRUNCATION, {{1, 600}, {1, 600}, {1, 600}});
    }
};

class FragmentingTrialTest : public TestCase
{
  public:
    FragmentingTrialTest()
        : TestCase("Where routers fragment, a trial counts what theory says")
    {
    }

  private:
    void DoRun() override
    {
        for (const OversizeMethod method :
             {OversizeMethod::NONTRANSPARENT, OversizeMethod::TRANSPARENT})
        {
            const OversizePlan plan = PlanOf(method);
            const OversizeReport report = RunOversize(plan);
            const std::string name = OversizeMethodName(method);
            uint64_t packets = 0;
            uint64_t bytes = 0;
            for (const OversizeCrossing& crossing : OversizeCrossings(method, plan.mtus))
            {
                packets += crossing.packets;
                bytes += crossing.bytes;
            }
            NS_TEST_EXPECT_MSG_EQ(report.sent, DATAGRAMS, name);
            NS_TEST_EXPECT_MSG_EQ(report.whole, DATAGRAMS, name);
            NS_TEST_EXPECT_MSG_EQ(report.octets, plan.octets, name);
            NS_TEST_EXPECT_MSG_EQ(report.packets, DATAGRAMS * packets, name);
            NS_TEST_EXPECT_MSG_EQ(report.bytes, DATAGRAMS * bytes, name);
            NS_TEST_EXPECT_MSG_EQ(report.lessons, 0, name);
            const bool exit = method == OversizeMethod::TRANSPARENT;
            const OversizeReassembly& where = exit ? report.exits : report.host;
            const OversizeReassembly& elsewhere = exit ? report.host : report.exits;
            NS_TEST_EXPECT_MSG_EQ(where.fragments, 3 * DATAGRAMS, name);
            NS_TEST_EXPECT_MSG_GT(where.peakBytes, 1000, name);
            NS_TEST_EXPECT_MSG_EQ(elsewhere.fragments, 0, name);
            NS_TEST_EXPECT_MSG_EQ((report.firstData < report.lastData), true, name);
        }
    }
};

class AdaptiveTrialTest : public TestCase
{
  public:
    AdaptiveTrialTest()
        : TestCase("Where the source learns, it learns once, and what was too large is lost")
    {
    }

  private:
    void DoRun() override
    {
        for (const OversizeMethod method : {OversizeMethod::DISCOVERY, OversizeMethod::TRUNCATION})
        {
            const OversizePlan plan = PlanOf(method);
            const OversizeReport report = RunOversize(plan);
            const std::string name = OversizeMethodName(method);
            NS_TEST_EXPECT_MSG_EQ(report.lessons, 1, name);
            NS_TEST_EXPECT_MSG_GT(report.tooLarge, 0, name);
            NS_TEST_EXPECT_MSG_LT(report.tooLarge, DATAGRAMS, name);
            NS_TEST_EXPECT_MSG_EQ(report.whole + report.tooLarge, report.sent, name);
            NS_TEST_EXPECT_MSG_EQ(report.octets + report.tooLarge * OCTETS, plan.octets, name);
            NS_TEST_EXPECT_MSG_EQ(report.host.fragments + report.exits.fragments, 0, name);
        }
    }
};

class LossyTrialTest : public TestCase
{
  public:
    LossyTrialTest()
        : TestCase("A lost fragment loses its datagram")
    {
    }

  private:
    void DoRun() override
    {
        OversizePlan plan = PlanOf(OversizeMethod::NONTRANSPARENT);
        plan.octets *= 20;
        plan.losses = {0, 0.1};
        const OversizeReport report = RunOversize(plan);
        NS_TEST_EXPECT_MSG_EQ(report.sent, 20 * DATAGRAMS, "datagrams");
        const double share = static_cast<double>(report.whole) / static_cast<double>(report.sent);
        // 0.9 to the third is 0.73.
        NS_TEST_EXPECT_MSG_EQ_TOL(share, 0.73, 0.1, "whole");
        NS_TEST_EXPECT_MSG_EQ(report.octets, report.whole * OCTETS, "only whole ones count");
        NS_TEST_EXPECT_MSG_GT(report.host.lost, 0, "others of the same datagram");
        NS_TEST_EXPECT_MSG_EQ(report.host.fragments, 3 * report.whole + report.host.lost, "all");
    }
};

class StrataOversizeTrialTestSuite : public TestSuite
{
  public:
    StrataOversizeTrialTestSuite()
        : TestSuite("strata-oversize-trial")
    {
        AddTestCase(new CrossingsTest);
        AddTestCase(new FragmentingTrialTest);
        AddTestCase(new AdaptiveTrialTest);
        AddTestCase(new LossyTrialTest);
    }
};

StrataOversizeTrialTestSuite g_strataOversizeTrialTestSuite;

} // namespace

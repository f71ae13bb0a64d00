// SPDX-License-Identifier: GPL-2.0-only

#include "ns3/strata-statistics.h"

#include <cmath>
#include <gtest/gtest.h>

namespace ns3
{
namespace strata
{
namespace
{

/** Rows of the t table of NIST/SEMATECH, e-Handbook of Statistical Methods, section 1.3.6.7.2. */
struct TableRow
{
    double degrees;
    double t90;
    double t95;
    double t99;
};

constexpr TableRow TABLE[] = {{1, 6.314, 12.706, 63.657},
                              {2, 2.920, 4.303, 9.925},
                              {3, 2.353, 3.182, 5.841},
                              {4, 2.132, 2.776, 4.604},
                              {9, 1.833, 2.262, 3.250},
                              {19, 1.729, 2.093, 2.861},
                              {29, 1.699, 2.045, 2.756},
                              {100, 1.660, 1.984, 2.626}};

TEST(Statistics, StudentTMatchesThePublishedTable)
{
    for (const TableRow& row : TABLE)
    {
        EXPECT_NEAR(StudentT(0.90, row.degrees), row.t90, 0.0005) << row.degrees;
        EXPECT_NEAR(StudentT(0.95, row.degrees), row.t95, 0.0005) << row.degrees;
        EXPECT_NEAR(StudentT(0.99, row.degrees), row.t99, 0.0005) << row.degrees;
    }
}

TEST(Statistics, StudentTOfOneDegreeIsTheCauchyQuantile)
{
    // F(t) = 1/2 + atan(t)/pi, so the two-sided quantile of confidence c is tan(pi c / 2).
    for (double confidence : {0.1, 0.5, 0.9, 0.99})
    {
        const double exact = std::tan(std::acos(-1.0) * confidence / 2);
        EXPECT_NEAR(StudentT(confidence, 1) / exact, 1, 1e-12);
    }
}

TEST(Statistics, StudentTOfTwoDegreesHasItsClosedForm)
{
    // t = sqrt(2) c / sqrt(1 - c^2) for two degrees of freedom.
    for (double confidence : {0.1, 0.5, 0.9, 0.99})
    {
        const double exact = std::sqrt(2.0) * confidence / std::sqrt(1 - confidence * confidence);
        EXPECT_NEAR(StudentT(confidence, 2) / exact, 1, 1e-12);
    }
}

TEST(Statistics, StudentTOutsideItsDomainIsNotANumber)
{
    EXPECT_TRUE(std::isnan(StudentT(0, 5)));
    EXPECT_TRUE(std::isnan(StudentT(1, 5)));
    EXPECT_TRUE(std::isnan(StudentT(0.95, 0)));
    EXPECT_TRUE(std::isnan(StudentT(std::nan(""), 5)));
    EXPECT_TRUE(std::isnan(StudentT(0.95, INFINITY)));
}

TEST(Statistics, SummaryOfEightSamplesIsTheTextbookOne)
{
    const SampleSummary summary = Summarize({2, 4, 4, 4, 5, 5, 7, 9});
    EXPECT_EQ(summary.n, 8U);
    EXPECT_DOUBLE_EQ(summary.mean, 5);
    EXPECT_DOUBLE_EQ(summary.stddev, std::sqrt(32.0 / 7));
    // t(0.95, 7) = 2.365 in the table.
    EXPECT_NEAR(summary.ci95, 2.3646 * std::sqrt(32.0 / 7) / std::sqrt(8.0), 1e-4);
    EXPECT_DOUBLE_EQ(summary.minimum, 2);
    EXPECT_DOUBLE_EQ(summary.median, 4.5);
    EXPECT_DOUBLE_EQ(summary.maximum, 9);
}

TEST(Statistics, OneSampleHasNoInterval)
{
    const SampleSummary summary = Summarize({3.5});
    EXPECT_EQ(summary.n, 1U);
    EXPECT_DOUBLE_EQ(summary.mean, 3.5);
    EXPECT_DOUBLE_EQ(summary.median, 3.5);
    EXPECT_TRUE(std::isnan(summary.stddev));
    EXPECT_TRUE(std::isnan(summary.ci95));
}

TEST(Statistics, NoSampleHasNoMean)
{
    const SampleSummary summary = Summarize({});
    EXPECT_EQ(summary.n, 0U);
    EXPECT_TRUE(std::isnan(summary.mean));
    EXPECT_TRUE(std::isnan(summary.median));
}

TEST(Statistics, EqualSamplesHaveAnIntervalOfZero)
{
    const SampleSummary summary = Summarize({0.1, 0.1, 0.1, 0.1});
    EXPECT_EQ(summary.stddev, 0);
    EXPECT_EQ(summary.ci95, 0);
}

TEST(Statistics, SmallSpreadOnALargeMeanIsKept)
{
    const SampleSummary summary = Summarize({1e9 + 1, 1e9 + 2, 1e9 + 3});
    EXPECT_DOUBLE_EQ(summary.stddev, 1);
}

TEST(Statistics, OrderOfSamplesDoesNotMatter)
{
    const SampleSummary forward = Summarize({1e16, 1, -1e16, 3});
    const SampleSummary backward = Summarize({3, -1e16, 1, 1e16});
    EXPECT_EQ(forward.mean, backward.mean);
    EXPECT_EQ(forward.stddev, backward.stddev);
}

TEST(Statistics, PercentilesInterpolateBetweenOrderStatistics)
{
    // R: quantile(c(10, 20, 30, 40), type = 7)
    const std::vector<double> samples{40, 10, 30, 20};
    EXPECT_DOUBLE_EQ(Percentile(samples, 0), 10);
    EXPECT_DOUBLE_EQ(Percentile(samples, 25), 17.5);
    EXPECT_DOUBLE_EQ(Percentile(samples, 50), 25);
    EXPECT_DOUBLE_EQ(Percentile(samples, 90), 37);
    EXPECT_DOUBLE_EQ(Percentile(samples, 100), 40);
}

TEST(Statistics, PercentileOutsideItsDomainIsNotANumber)
{
    EXPECT_TRUE(std::isnan(Percentile({}, 50)));
    EXPECT_TRUE(std::isnan(Percentile({1}, -1)));
    EXPECT_TRUE(std::isnan(Percentile({1}, 101)));
    EXPECT_TRUE(std::isnan(Percentile({1}, std::nan(""))));
}

} // namespace
} // namespace strata
} // namespace ns3

// SPDX-License-Identifier: GPL-2.0-only

#include "strata-statistics.h"

#include <algorithm>
#include <boost/math/distributions/students_t.hpp>
#include <cmath>
#include <limits>

namespace ns3
{
namespace strata
{

namespace
{

constexpr double NOT_A_NUMBER = std::numeric_limits<double>::quiet_NaN();

double
SortedPercentile(const std::vector<double>& sorted, double percent)
{
    if (sorted.empty() || !(percent >= 0) || !(percent <= 100))
    {
        return NOT_A_NUMBER;
    }
    const double position = static_cast<double>(sorted.size() - 1) * percent / 100;
    const auto below = static_cast<std::size_t>(std::floor(position));
    if (below + 1 >= sorted.size())
    {
        return sorted.back();
    }
    const double share = position - static_cast<double>(below);
    return sorted[below] + share * (sorted[below + 1] - sorted[below]);
}

} // namespace

double
StudentT(double confidence, double degrees)
{
    if (!(confidence > 0) || !(confidence < 1) || !(degrees >= 1) || !std::isfinite(degrees))
    {
        return NOT_A_NUMBER;
    }
    const boost::math::students_t distribution(degrees);
    // The upper tail through the complement keeps its digits when confidence is close to 1.
    return boost::math::quantile(boost::math::complement(distribution, (1 - confidence) / 2));
}

SampleSummary
Summarize(const std::vector<double>& samples)
{
    SampleSummary summary;
    summary.n = samples.size();
    summary.mean = NOT_A_NUMBER;
    summary.stddev = NOT_A_NUMBER;
    summary.ci95 = NOT_A_NUMBER;
    summary.minimum = NOT_A_NUMBER;
    summary.median = NOT_A_NUMBER;
    summary.percentile90 = NOT_A_NUMBER;
    summary.maximum = NOT_A_NUMBER;
    if (samples.empty())
    {
        return summary;
    }
    std::vector<double> sorted = samples;
    std::sort(sorted.begin(), sorted.end());
    summary.minimum = sorted.front();
    summary.median = SortedPercentile(sorted, 50);
    summary.percentile90 = SortedPercentile(sorted, 90);
    summary.maximum = sorted.back();

    // Summed in sorted order, so that the result does not depend on the order of the samples.
    const auto n = static_cast<double>(sorted.size());
    double total = 0;
    for (double x : sorted)
    {
        total += x;
    }
    summary.mean = total / n;
    if (sorted.size() < 2)
    {
        return summary;
    }
    // Two passes: the squares of the deviations do not cancel as the squares of the samples do.
    double squares = 0;
    for (double x : sorted)
    {
        squares += (x - summary.mean) * (x - summary.mean);
    }
    summary.stddev = std::sqrt(squares / (n - 1));
    summary.ci95 = StudentT(0.95, n - 1) * summary.stddev / std::sqrt(n);
    return summary;
}

double
Percentile(std::vector<double> samples, double percent)
{
    std::sort(samples.begin(), samples.end());
    return SortedPercentile(samples, percent);
}

} // namespace strata
} // namespace ns3

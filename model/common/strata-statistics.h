// SPDX-License-Identifier: GPL-2.0-only

#ifndef STRATA_STATISTICS_H
#define STRATA_STATISTICS_H

#include <cstddef>
#include <vector>

namespace ns3
{
namespace strata
{

/** What replications of one measure say together. */
struct SampleSummary
{
    std::size_t n{0};       //!< number of samples
    double mean{0};         //!< arithmetic mean; not a number if n is 0
    double stddev{0};       //!< sample standard deviation (n - 1); not a number if n < 2
    double ci95{0};         //!< half width of the 95 % confidence interval; not a number if n < 2
    double minimum{0};      //!< smallest sample; not a number if n is 0
    double median{0};       //!< the 50th percentile; not a number if n is 0
    double percentile90{0}; //!< the 90th percentile; not a number if n is 0
    double maximum{0};      //!< largest sample; not a number if n is 0
};

/**
 * The quantile of Student's t that a two-sided interval of \p confidence needs: the t with
 * P(|T| <= t) = confidence at \p degrees degrees of freedom (the inverse of the distribution
 * function, as Boost.Math computes it).
 *
 * \pre 0 < confidence < 1 and degrees >= 1; else not a number.
 */
double StudentT(double confidence, double degrees);

/**
 * Summary of \p samples. The interval is mean +- t(0.95, n - 1) * stddev / sqrt(n), which holds for
 * independent samples of a nearly normal quantity.
 */
SampleSummary Summarize(const std::vector<double>& samples);

/**
 * The \p percent percentile of \p samples: linear interpolation between the order statistics at
 * 1 + (n - 1) * percent / 100 (definition 7 of Hyndman and Fan, "Sample Quantiles in Statistical
 * Packages", 1996; the default of R and NumPy).
 *
 * \pre 0 <= percent <= 100 and at least one sample; else not a number.
 */
double Percentile(std::vector<double> samples, double percent);

} // namespace strata
} // namespace ns3

#endif /* STRATA_STATISTICS_H */

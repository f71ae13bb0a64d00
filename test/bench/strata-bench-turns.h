// SPDX-License-Identifier: GPL-2.0-only

#ifndef STRATA_BENCH_TURNS_H
#define STRATA_BENCH_TURNS_H

#include <algorithm>
#include <cstdint>
#include <ctime>
#include <fmt/format.h>
#include <functional>
#include <string>
#include <sys/wait.h>
#include <unistd.h>
#include <vector>

namespace ns3
{
namespace strata
{

/** What a variant of a forwarding benchmark has to carry. */
struct Load
{
    uint32_t packets{10000};
    uint32_t payload{1000};
};

struct Outcome
{
    double seconds{0}; //!< of the processor
    uint64_t delivered{0};
};

inline double
ProcessorSeconds()
{
    timespec now{};
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
    return static_cast<double>(now.tv_sec) + static_cast<double>(now.tv_nsec) * 1e-9;
}

struct Variant
{
    std::string name;
    std::function<Outcome(const Load&)> run;
    std::vector<double> rates{}; //!< packet-hops per second, run by run
    uint64_t missing{0};
};

/** Runs \p variant in a process of its own, so that none leaves anything to the next. */
inline bool
RunApart(const Variant& variant, const Load& load, Outcome& outcome)
{
    int ends[2];
    if (pipe(ends) != 0)
    {
        return false;
    }
    const pid_t child = fork();
    if (child == 0)
    {
        const Outcome result = variant.run(load);
        const bool told = write(ends[1], &result, sizeof(result)) == sizeof(result);
        _exit(told ? 0 : 1);
    }
    close(ends[1]);
    const bool heard = child > 0 && read(ends[0], &outcome, sizeof(outcome)) == sizeof(outcome);
    close(ends[0]);
    int status = 0;
    return child > 0 && waitpid(child, &status, 0) == child && status == 0 && heard;
}

/** The middle, the least and the largest. */
inline std::string
Spread(std::vector<double> values, int digits)
{
    std::sort(values.begin(), values.end());
    return fmt::format("{:8.{}f} [{:.{}f} to {:.{}f}]",
                       values[values.size() / 2],
                       digits,
                       values.front(),
                       digits,
                       values.back(),
                       digits);
}

inline void
PrintRatio(const Variant& ours, const Variant& theirs)
{
    std::vector<double> ratios;
    for (std::size_t i = 0; i < ours.rates.size(); ++i)
    {
        ratios.push_back(ours.rates[i] / theirs.rates[i]);
    }
    fmt::print("{:<52} {}  run by run\n", ours.name + " / " + theirs.name, Spread(ratios, 2));
}

/**
 * Runs each variant \p runs times, in turns, and prints its rate.
 *
 * \return whether all ran to their end and none lost a packet
 */
inline bool
TakeTurns(std::vector<Variant>& variants, const Load& load, uint32_t runs, uint32_t hops)
{
    for (uint32_t run = 0; run < runs; ++run)
    {
        for (Variant& variant : variants)
        {
            Outcome outcome;
            if (!RunApart(variant, load, outcome))
            {
                fmt::print(stderr, "{} ended early\n", variant.name);
                return false;
            }
            variant.missing += load.packets - outcome.delivered;
            variant.rates.push_back(static_cast<double>(load.packets) * hops / outcome.seconds *
                                    1e-6);
        }
    }
    uint64_t missing = 0;
    for (const Variant& variant : variants)
    {
        fmt::print("{:<28} {}  million hops a second, {} missing\n",
                   variant.name,
                   Spread(variant.rates, 3),
                   variant.missing);
        missing += variant.missing;
    }
    if (missing != 0)
    {
        fmt::print(stderr, "packets are missing\n");
    }
    return missing == 0;
}

} // namespace strata
} // namespace ns3

#endif /* STRATA_BENCH_TURNS_H */

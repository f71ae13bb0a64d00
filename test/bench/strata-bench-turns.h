// SPDX-License-Identifier: GPL-2.0-only

#ifndef STRATA_BENCH_TURNS_H
#define STRATA_BENCH_TURNS_H

#include <algorithm>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
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
    uint32_t routes{0}; //!< on each router, where that is asked for
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
    std::string note{};          //!< what its number must not be read without
    std::vector<double> rates{}; //!< packet-hops per second, run by run
    uint64_t missing{0};
};

/** The word before a variant's name and load, by which the program runs that and nothing else. */
constexpr const char* RUN_WORD = "run-variant";

/** Whether the program was started as "PROGRAM run-variant NAME PACKETS PAYLOAD ROUTES". */
inline bool
IsOneRun(int argc, char* argv[])
{
    return argc == 6 && std::strcmp(argv[1], RUN_WORD) == 0;
}

/** Runs the variant that the arguments name, and prints its seconds and packets delivered. */
inline int
RunOne(const std::vector<Variant>& variants, char* argv[])
{
    const auto number = [argv](int index) {
        return static_cast<uint32_t>(std::strtoul(argv[index], nullptr, 10));
    };
    for (const Variant& variant : variants)
    {
        if (variant.name == argv[2])
        {
            const Outcome outcome = variant.run({number(3), number(4), number(5)});
            fmt::print("{} {}\n", outcome.seconds, outcome.delivered);
            return 0;
        }
    }
    fmt::print(stderr, "there is no variant '{}'\n", argv[2]);
    return 2;
}

/**
 * Runs \p variant in a process of its own, so that none leaves anything to the next, and of an own
 * image: where its code and data happen to lie is worth some percent, and differs from run to run.
 */
inline bool
RunApart(const Variant& variant, const Load& load, Outcome& outcome)
{
    std::vector<std::string> words{"bench",
                                   RUN_WORD,
                                   variant.name,
                                   std::to_string(load.packets),
                                   std::to_string(load.payload),
                                   std::to_string(load.routes)};
    std::vector<char*> arguments;
    for (std::string& word : words)
    {
        arguments.push_back(word.data());
    }
    arguments.push_back(nullptr);
    // A program that forgets RunOne() would start itself for ever.
    constexpr const char* APART = "STRATA_BENCH_APART";
    int ends[2];
    if (std::getenv(APART) || pipe(ends) != 0)
    {
        return false;
    }
    const pid_t child = fork();
    if (child == 0)
    {
        setenv(APART, "1", 1);
        dup2(ends[1], STDOUT_FILENO);
        close(ends[0]);
        close(ends[1]);
        execv("/proc/self/exe", arguments.data());
        _exit(127);
    }
    close(ends[1]);
    unsigned long long delivered = 0;
    bool heard = false;
    if (FILE* told = fdopen(ends[0], "r"))
    {
        heard = std::fscanf(told, "%lf %llu", &outcome.seconds, &delivered) == 2;
        std::fclose(told);
    }
    outcome.delivered = delivered;
    int status = 0;
    return child > 0 && waitpid(child, &status, 0) == child && status == 0 && heard;
}

/** Leaves the variant of the name \p only, or those with it in their names. */
inline void
Choose(std::vector<Variant>& variants, const std::string& only)
{
    const bool whole = std::any_of(variants.begin(), variants.end(), [&](const Variant& v) {
        return v.name == only;
    });
    const auto unwanted = [&](const Variant& v) {
        return whole ? v.name != only : v.name.find(only) == std::string::npos;
    };
    variants.erase(std::remove_if(variants.begin(), variants.end(), unwanted), variants.end());
}

/** The numbers in \p text, between commas. */
inline std::vector<uint32_t>
Numbers(const std::string& text)
{
    std::vector<uint32_t> numbers;
    for (std::size_t at = 0; at < text.size();)
    {
        const std::size_t comma = std::min(text.find(',', at), text.size());
        numbers.push_back(static_cast<uint32_t>(std::stoul(text.substr(at, comma - at))));
        at = comma + 1;
    }
    return numbers;
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

/** The ratio of the variants of these names, if both were run. */
inline void
PrintRatio(const std::vector<Variant>& variants, const std::string& ours, const std::string& theirs)
{
    const auto find = [&](const std::string& name) {
        return std::find_if(variants.begin(), variants.end(), [&](const Variant& v) {
            return v.name == name;
        });
    };
    if (find(ours) != variants.end() && find(theirs) != variants.end())
    {
        PrintRatio(*find(ours), *find(theirs));
    }
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
        fmt::print("{:<28} {}  million hops a second, {} missing{}{}\n",
                   variant.name,
                   Spread(variant.rates, 3),
                   variant.missing,
                   variant.note.empty() ? "" : "; ",
                   variant.note);
        missing += variant.missing;
    }
    if (missing != 0)
    {
        fmt::print(stderr, "packets are missing\n");
    }
    return missing == 0;
}

/** Whether a forwarding benchmark can do what it is asked for; says so if not. */
inline bool
IsFeasible(const char* program, const Load& load, uint32_t runs)
{
    if (load.packets >= 100 && load.payload > 0 && load.payload <= 1400 && runs > 0)
    {
        return true;
    }
    fmt::print(stderr, "{}: needs runs, 100 packets, and 1 to 1400 bytes\n", program);
    return false;
}

/** TakeTurns() with \p routes on each router. A stock lookup costs with the routes: from 100 of
 * them on there are fewer packets, so that the time of a run stays bearable. */
inline bool
TakeTurnsWithRoutes(std::vector<Variant>& variants,
                    const Load& load,
                    uint32_t routes,
                    uint32_t runs,
                    uint32_t hops)
{
    Load share = load;
    share.routes = routes;
    share.packets =
        std::max<uint32_t>(100, routes > 100 ? load.packets * 10 / routes : load.packets);
    fmt::print("{} routes on each router, {} packets of {} bytes over {} hops, {} runs: median "
               "[least to most]\n",
               routes,
               share.packets,
               share.payload,
               hops,
               runs);
    return TakeTurns(variants, share, runs, hops);
}

} // namespace strata
} // namespace ns3

#endif /* STRATA_BENCH_TURNS_H */

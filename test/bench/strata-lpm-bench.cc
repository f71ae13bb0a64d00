// SPDX-License-Identifier: GPL-2.0-only

// How fast is longest-prefix match, beside DPDK's rte_lpm and rte_lpm6?
//
// One run builds the same tables in both, asks each for the same addresses one by one, and prints
// how they compare. The tables have the lengths that prefixes of the Internet have; six of ten of
// the longer ones lie in an earlier one. Addresses are drawn from the table's prefixes (a prefix at
// random, a host in it at random) or from everything (2000::/3 for IPv6), shuffled. Before anything
// is timed, all answers are compared with those of a map asked length by length.
//
//   lpm-bench --prefixes4=1000000 --prefixes6=200000   the sizes; rte_lpm takes minutes to insert a
//                                                      million prefixes (its insertion is
//                                                      quadratic)
//   lpm-bench --rte4=false                             without rte_lpm
//   lpm-bench --benchmark_repetitions=5                options of Google Benchmark

#include "ns3/strata-lpm-table.h"

#include <algorithm>
#include <benchmark/benchmark.h>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <ctime>
#include <fmt/format.h>
#include <map>
#include <memory>
#include <random>
#include <string>
#include <unordered_map>
#include <vector>

#ifdef STRATA_HAVE_DPDK
#include <rte_eal.h>
#include <rte_errno.h>
#include <rte_lpm.h>
#include <rte_lpm6.h>
#endif

using namespace ns3::strata;

namespace
{

using Random = std::mt19937_64;
using Clock = std::chrono::steady_clock;

constexpr uint32_t NEXT_HOPS = 64;

/** Addresses of one draw; too many to be learnt by heart. */
constexpr std::size_t ADDRESSES = 1 << 20;

struct Share
{
    unsigned length;
    double percent;
};

/** Shares of prefix lengths in full tables. */
const std::vector<Share> MIX4{{24, 61.0},
                              {23, 10.4},
                              {22, 11.5},
                              {21, 5.3},
                              {20, 4.6},
                              {19, 2.6},
                              {18, 1.45},
                              {17, 0.85},
                              {16, 1.4},
                              {15, 0.2},
                              {14, 0.12},
                              {13, 0.06},
                              {12, 0.03},
                              {11, 0.01},
                              {10, 0.005},
                              {9, 0.0015},
                              {8, 0.0016}};
const std::vector<Share> MIX6{{48, 48.0}, {47, 1.6},  {46, 2.5},  {45, 1.2}, {44, 8.5}, {43, 0.4},
                              {42, 1.2},  {40, 7.5},  {39, 0.3},  {38, 0.8}, {36, 3.5}, {34, 1.0},
                              {33, 1.8},  {32, 11.5}, {31, 0.2},  {30, 0.5}, {29, 3.5}, {28, 0.3},
                              {64, 0.7},  {56, 0.6},  {24, 0.05}, {20, 0.02}};

unsigned
DrawLength(const std::vector<Share>& mix, Random& random)
{
    double sum = 0;
    for (const Share& share : mix)
    {
        sum += share.percent;
    }
    double draw = std::uniform_real_distribution<double>(0, sum)(random);
    for (const Share& share : mix)
    {
        draw -= share.percent;
        if (draw < 0)
        {
            return share.length;
        }
    }
    return mix.front().length;
}

uint32_t
Draw(Random& random, uint32_t)
{
    return static_cast<uint32_t>(random());
}

std::array<uint8_t, 16>
Draw(Random& random, const std::array<uint8_t, 16>&)
{
    std::array<uint8_t, 16> address;
    FromLpmKey(LpmKey128{random(), random()}, address);
    address[0] = static_cast<uint8_t>(0x20 | (address[0] & 0x1f)); // 2000::/3
    return address;
}

/** Tables hold no prefix of the classes D and E. */
bool
IsUnicast(uint32_t address)
{
    return address < 0xe0000000;
}

bool
IsUnicast(const std::array<uint8_t, 16>&)
{
    return true;
}

/** \p prefix, and behind its bits those of \p rest. */
uint32_t
Join(const Ipv4Prefix& prefix, uint32_t rest)
{
    const uint32_t mask = KeepBits(~uint32_t{0}, prefix.GetLength());
    return prefix.GetAddress() | (rest & ~mask);
}

std::array<uint8_t, 16>
Join(const Ipv6Prefix& prefix, const std::array<uint8_t, 16>& rest)
{
    std::array<uint8_t, 16> ones;
    ones.fill(0xff);
    const auto mask = KeepBits(ones, prefix.GetLength());
    auto address = prefix.GetAddress();
    for (std::size_t i = 0; i < 16; ++i)
    {
        address[i] = static_cast<uint8_t>(address[i] | (rest[i] & ~mask[i]));
    }
    return address;
}

struct PrefixHash
{
    std::size_t operator()(const Ipv4Prefix& prefix) const
    {
        return (prefix.GetAddress() + prefix.GetLength()) * 0x9e3779b97f4a7c15ULL >> 20;
    }

    std::size_t operator()(const Ipv6Prefix& prefix) const
    {
        const LpmKey128 key = ToLpmKey(prefix.GetAddress());
        return (key.high ^ (key.low * 31) ^ prefix.GetLength()) * 0x9e3779b97f4a7c15ULL >> 20;
    }
};

template <class Family>
struct Workload
{
    using Address = typename Family::Address;

    std::vector<std::pair<Prefix<Family>, uint32_t>> prefixes;
    std::vector<Address> fromTable;
    std::vector<Address> uniform;
    std::vector<uint32_t> fromTableAnswers;
    std::vector<uint32_t> uniformAnswers;

    Workload(std::size_t size, const std::vector<Share>& mix, uint64_t seed)
    {
        Random random(seed);
        std::unordered_map<Prefix<Family>, uint32_t, PrefixHash> naive;
        std::vector<Prefix<Family>> outer;
        while (prefixes.size() < size)
        {
            const unsigned length = DrawLength(mix, random);
            Address address = Draw(random, Address{});
            if (!outer.empty() && random() % 10 < 6)
            {
                const Prefix<Family>& around = outer[random() % outer.size()];
                if (around.GetLength() < length)
                {
                    address = Join(around, address);
                }
            }
            if (!IsUnicast(address))
            {
                continue;
            }
            const Prefix<Family> prefix(address, length);
            const auto value = static_cast<uint32_t>(random() % NEXT_HOPS);
            if (naive.emplace(prefix, value).second)
            {
                prefixes.emplace_back(prefix, value);
                if (length < (Family::BITS == 32 ? 22 : 40))
                {
                    outer.push_back(prefix);
                }
            }
        }
        for (std::size_t i = 0; i < ADDRESSES; ++i)
        {
            fromTable.push_back(
                Join(prefixes[random() % prefixes.size()].first, Draw(random, Address{})));
            uniform.push_back(Draw(random, Address{}));
        }
        std::vector<unsigned> lengths;
        for (const Share& share : mix)
        {
            lengths.push_back(share.length);
        }
        std::sort(lengths.rbegin(), lengths.rend());
        const auto answer = [&](const Address& address) {
            for (const unsigned length : lengths)
            {
                const auto found = naive.find(Prefix<Family>(address, length));
                if (found != naive.end())
                {
                    return found->second;
                }
            }
            return LpmTable<Family>::NO_VALUE;
        };
        std::transform(fromTable.begin(),
                       fromTable.end(),
                       std::back_inserter(fromTableAnswers),
                       answer);
        std::transform(uniform.begin(), uniform.end(), std::back_inserter(uniformAnswers), answer);
    }
};

/** Ends the program unless \p lookup gives the right answers. */
template <class Address, class Lookup>
void
Verify(const char* name,
       const std::vector<Address>& addresses,
       const std::vector<uint32_t>& answers,
       Lookup lookup)
{
    for (std::size_t i = 0; i < addresses.size(); ++i)
    {
        if (lookup(addresses[i]) != answers[i])
        {
            fmt::print(stderr, "lpm-bench: {} gives a wrong answer\n", name);
            std::exit(1);
        }
    }
}

template <class Address, class Lookup>
void
Register(const std::string& name,
         const std::vector<Address>& addresses,
         const std::vector<uint32_t>& answers,
         Lookup lookup)
{
    Verify(name.c_str(), addresses, answers, lookup);
    benchmark::RegisterBenchmark(name.c_str(), [&addresses, lookup](benchmark::State& state) {
        std::size_t i = 0;
        for (auto _ : state)
        {
            benchmark::DoNotOptimize(lookup(addresses[i]));
            i = (i + 1) % ADDRESSES;
        }
        state.SetItemsProcessed(state.iterations());
    });
}

/** Time of this thread alone: what others do on the machine is not an update's. */
double
ThreadSeconds()
{
    timespec now;
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
    return static_cast<double>(now.tv_sec) + static_cast<double>(now.tv_nsec) * 1e-9;
}

/** Builds, measures updates and memory, and registers the lookups. */
template <class Family>
void
RegisterStrata(const std::string& family, const Workload<Family>& load, LpmTable<Family>& table)
{
    const double start = ThreadSeconds();
    for (const auto& [prefix, value] : load.prefixes)
    {
        table.Insert(prefix, value);
    }
    const double build = ThreadSeconds() - start;

    // Churn with the table's own lengths: takes out a prefix, puts one in, changes one.
    Random random(99);
    constexpr std::size_t ROUNDS = 500000;
    std::vector<std::size_t> which(ROUNDS);
    for (auto& one : which)
    {
        one = random() % load.prefixes.size();
    }
    const double churnStart = ThreadSeconds();
    for (const std::size_t i : which)
    {
        table.Erase(load.prefixes[i].first);
        table.Insert(load.prefixes[i].first, load.prefixes[i].second ^ 1);
        table.Insert(load.prefixes[i].first, load.prefixes[i].second);
    }
    const double churn = (ThreadSeconds() - churnStart) / (3 * ROUNDS);

    // The longest one, with the cost of a clock in it; building anew to see growth as well.
    double worst = 0;
    double worstDefault = 0;
    {
        LpmTable<Family> again;
        for (const auto& [prefix, value] : load.prefixes)
        {
            const double before = ThreadSeconds();
            again.Insert(prefix, value);
            worst = std::max(worst, ThreadSeconds() - before);
        }
        for (int i = 0; i < 100; ++i)
        {
            const double before = ThreadSeconds();
            again.Insert({}, 1);
            worstDefault = std::max(worstDefault, ThreadSeconds() - before);
            again.Erase({});
        }
        for (const auto& [prefix, value] : load.prefixes)
        {
            const double before = ThreadSeconds();
            again.Erase(prefix);
            worst = std::max(worst, ThreadSeconds() - before);
        }
    }
    const double copyStart = ThreadSeconds();
    const LpmTable<Family> copy = table;
    const double copying = ThreadSeconds() - copyStart;
    fmt::print("strata {}: {} prefixes built in {:.3f} s, {:.2f} MiB, update {:.3f} us (longest "
               "{:.1f} us, default route {:.1f} us), copied in {:.1f} ms\n",
               family,
               table.Size(),
               build,
               static_cast<double>(table.MemoryBytes()) / (1 << 20),
               churn * 1e6,
               worst * 1e6,
               worstDefault * 1e6,
               copying * 1e3);
    std::fflush(stdout);
    benchmark::DoNotOptimize(copy.Size());

    using Address = typename Family::Address;
    const auto lookup = [&table](const Address& address) { return table.Lookup(address); };
    Register("strata/" + family + "/table", load.fromTable, load.fromTableAnswers, lookup);
    Register("strata/" + family + "/uniform", load.uniform, load.uniformAnswers, lookup);
}

#ifdef STRATA_HAVE_DPDK

double
SecondsSince(Clock::time_point start)
{
    return std::chrono::duration<double>(Clock::now() - start).count();
}

void
StartDpdk()
{
    std::vector<std::string> words{"lpm-bench",
                                   "--no-huge",
                                   "--no-pci",
                                   "--no-telemetry",
                                   "--no-shconf",
                                   "-m",
                                   "2048",
                                   "-l",
                                   "0",
                                   "--log-level=error"};
    std::vector<char*> arguments;
    for (auto& word : words)
    {
        arguments.push_back(word.data());
    }
    if (rte_eal_init(static_cast<int>(arguments.size()), arguments.data()) < 0)
    {
        fmt::print(stderr, "lpm-bench: DPDK does not start: {}\n", rte_strerror(rte_errno));
        std::exit(1);
    }
}

[[noreturn]] void
DpdkFailed(const char* what)
{
    fmt::print(stderr, "lpm-bench: {}: {}\n", what, rte_strerror(rte_errno));
    std::exit(1);
}

void
RegisterRte4(const Workload<Ipv4Family>& load)
{
    rte_lpm_config config{};
    config.max_rules = static_cast<uint32_t>(load.prefixes.size()) + 16;
    config.number_tbl8s = 256;
    rte_lpm* lpm = rte_lpm_create("lpm", -1, &config);
    if (lpm == nullptr)
    {
        DpdkFailed("rte_lpm_create");
    }
    const auto start = Clock::now();
    for (const auto& [prefix, value] : load.prefixes)
    {
        if (rte_lpm_add(lpm,
                        prefix.GetAddress(),
                        static_cast<uint8_t>(prefix.GetLength()),
                        value) != 0)
        {
            DpdkFailed("rte_lpm_add");
        }
    }
    fmt::print("rte_lpm: built in {:.1f} s\n", SecondsSince(start));
    std::fflush(stdout);
    const auto lookup = [lpm](uint32_t address) {
        uint32_t value = 0;
        return rte_lpm_lookup(lpm, address, &value) == 0 ? value : LPM_NO_VALUE;
    };
    Register("rte_lpm/ipv4/table", load.fromTable, load.fromTableAnswers, lookup);
    Register("rte_lpm/ipv4/uniform", load.uniform, load.uniformAnswers, lookup);
}

void
RegisterRte6(const Workload<Ipv6Family>& load)
{
    rte_lpm6_config config{};
    config.max_rules = static_cast<uint32_t>(load.prefixes.size()) + 16;
    config.number_tbl8s = 1 << 19;
    rte_lpm6* lpm = rte_lpm6_create("lpm6", -1, &config);
    if (lpm == nullptr)
    {
        DpdkFailed("rte_lpm6_create");
    }
    const auto start = Clock::now();
    for (const auto& [prefix, value] : load.prefixes)
    {
        if (rte_lpm6_add(lpm,
                         prefix.GetAddress().data(),
                         static_cast<uint8_t>(prefix.GetLength()),
                         value) != 0)
        {
            DpdkFailed("rte_lpm6_add");
        }
    }
    fmt::print("rte_lpm6: built in {:.1f} s\n", SecondsSince(start));
    std::fflush(stdout);
    const auto lookup = [lpm](const std::array<uint8_t, 16>& address) {
        uint32_t value = 0;
        return rte_lpm6_lookup(lpm, address.data(), &value) == 0 ? value : LPM_NO_VALUE;
    };
    Register("rte_lpm/ipv6/table", load.fromTable, load.fromTableAnswers, lookup);
    Register("rte_lpm/ipv6/uniform", load.uniform, load.uniformAnswers, lookup);
}

#endif

/** Prints as usual, and keeps the times for the ratios. */
class Reporter : public benchmark::ConsoleReporter
{
  public:
    void ReportRuns(const std::vector<Run>& runs) override
    {
        for (const Run& run : runs)
        {
            if (run.run_type == Run::RT_Iteration)
            {
                m_times[run.run_name.function_name].push_back(run.GetAdjustedCPUTime());
            }
        }
        ConsoleReporter::ReportRuns(runs);
    }

    void PrintRatios() const
    {
        for (const auto& [name, times] : m_times)
        {
            const auto slash = name.find('/');
            const auto other = m_times.find("rte_lpm" + name.substr(slash));
            if (name.substr(0, slash) == "strata" && other != m_times.end())
            {
                const double mine = Median(times);
                const double theirs = Median(other->second);
                fmt::print("{}: {:.1f} ns against {:.1f} ns, {:.2f} times as many lookups\n",
                           name.substr(slash + 1),
                           mine,
                           theirs,
                           theirs / mine);
            }
        }
    }

  private:
    static double Median(std::vector<double> values)
    {
        std::sort(values.begin(), values.end());
        return values[values.size() / 2];
    }

    std::map<std::string, std::vector<double>> m_times;
};

/** Takes --name=value out of the arguments. */
std::string
Option(int& argc, char** argv, const std::string& name, const std::string& preset)
{
    std::string value = preset;
    const std::string start = "--" + name + "=";
    const auto end = std::remove_if(argv + 1, argv + argc, [&](const char* word) {
        const bool mine = std::strncmp(word, start.c_str(), start.size()) == 0;
        value = mine ? word + start.size() : value;
        return mine;
    });
    argc = static_cast<int>(end - argv);
    return value;
}

} // namespace

int
main(int argc, char** argv)
{
    const auto prefixes4 = std::stoul(Option(argc, argv, "prefixes4", "1000000"));
    const auto prefixes6 = std::stoul(Option(argc, argv, "prefixes6", "200000"));
    const bool rte4 = Option(argc, argv, "rte4", "true") == "true";
    const bool rte6 = Option(argc, argv, "rte6", "true") == "true";
    benchmark::Initialize(&argc, argv);
    if (benchmark::ReportUnrecognizedArguments(argc, argv))
    {
        return 1;
    }

    const Workload<Ipv4Family> load4(prefixes4, MIX4, 1);
    const Workload<Ipv6Family> load6(prefixes6, MIX6, 2);
    LpmTable<Ipv4Family> table4;
    LpmTable<Ipv6Family> table6;
    RegisterStrata("ipv4", load4, table4);
    RegisterStrata("ipv6", load6, table6);
#ifdef STRATA_HAVE_DPDK
    StartDpdk();
    if (rte4)
    {
        RegisterRte4(load4);
    }
    if (rte6)
    {
        RegisterRte6(load6);
    }
#else
    fmt::print("built without DPDK: nothing to compare with\n");
    benchmark::DoNotOptimize(rte4 && rte6);
#endif
    Reporter reporter;
    benchmark::RunSpecifiedBenchmarks(&reporter);
    reporter.PrintRatios();
    return 0;
}

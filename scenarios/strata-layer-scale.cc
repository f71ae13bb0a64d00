// SPDX-License-Identifier: GPL-2.0-only

// Question: how do the state and the traffic of a layer grow with its members and its mobiles?
//
// A layer of routers enrolls and converges, machines join it, each moves inside of its region, and
// a router elsewhere reaches each of them afterwards. Five sizes show the growth: with a quarter of
// the machines, a quarter, half and all of the routers; with all of the routers, half and all of
// the machines. A second design stands beside the first, at a size that it can bear. What is built
// is in doc/scale.rst.

#include "ns3/strata-layer-scale.h"

#include "ns3/strata-mobility-design.h"
#include "ns3/strata-study.h"

#include <algorithm>
#include <fmt/format.h>
#include <iostream>
#include <limits>
#include <sys/resource.h>

using namespace ns3;
using namespace ns3::strata;

namespace
{

/** Routers hold a record of each other: more of them ask for more memory than a desktop has. */
constexpr uint32_t MOST_MEMBERS = 4000;
constexpr uint32_t MOST_MOBILES = 100000;
constexpr uint32_t MOST_MOVES = 1000;

/** The size at which the design beside is shown, at most. */
constexpr uint32_t BESIDE_MEMBERS = 100;
constexpr uint32_t BESIDE_MOBILES = 1000;

const std::string NONE = "none";

struct Settings
{
    std::string design{"two-layer"};
    std::string beside{"flood"};
    uint32_t members{100};
    uint32_t mobiles{1000};
    uint32_t moves{1};
    bool growth{true};
};

/** The sizes at which \p largest is shown, the largest last. */
std::vector<LayerScalePlan>
SizesOf(const LayerScalePlan& largest, bool growth)
{
    std::vector<LayerScalePlan> plans;
    const auto add = [&](uint32_t members, uint32_t mobiles) {
        LayerScalePlan plan = largest;
        plan.members = std::max(members, LayerScaleNet::SMALLEST);
        plan.mobiles = std::max<uint32_t>(mobiles, 1);
        const bool known = std::any_of(plans.begin(), plans.end(), [&plan](const auto& other) {
            return other.members == plan.members && other.mobiles == plan.mobiles;
        });
        if (!known)
        {
            plans.push_back(plan);
        }
    };
    if (growth)
    {
        add(largest.members / 4, largest.mobiles / 4);
        add(largest.members / 2, largest.mobiles / 4);
        add(largest.members, largest.mobiles / 4);
        add(largest.members, largest.mobiles / 2);
    }
    add(largest.members, largest.mobiles);
    return plans;
}

void
AddColumns(StudyTable& table)
{
    table.AddGroup("design", "mobility design");
    table.AddGroup("members", "routers of the large layer");
    table.AddGroup("mobiles", "machines that move");
    table.AddMeasure("reachable", "1", "share of the machines that are reached after all moves");
    table.AddMeasure("enrolled", "1", "share of the machines that are members before the moves");
    table.AddMeasure("large_state", "B", "tables of a router of the large layer at the end: mean");
    table.AddMeasure("large_state_most", "B", "the same: of the router that holds most");
    table.AddMeasure("other_state", "B", "tables of any other member at the end: mean");
    table.AddMeasure("large_messages", "1", "control PDUs of the large layer's routers per move");
    table.AddMeasure("large_writes", "1", "changes of their tables per move");
    table.AddMeasure("messages", "1", "control PDUs of all members per move, made or repeated");
    table.AddMeasure("message_bytes", "B", "of those PDUs");
    table.AddMeasure("writes", "1", "changes of tables of all members per move");
    table.AddMeasure("layers", "1", "layers that run at once");
    table.AddMeasure("all_members", "1", "members of all layers");
    table.AddMeasure("converged", "s", "simulated time until all routers are at rest");
    table.AddMeasure("events", "1", "events of the simulator in the whole run");
}

double
Share(uint64_t part, uint64_t whole)
{
    return static_cast<double>(part) / static_cast<double>(whole);
}

StudyJson
MakeRow(const LayerScalePlan& plan, const LayerScaleReport& report)
{
    const uint64_t moves = uint64_t{plan.mobiles} * plan.moves;
    const LayerScaleShare& large = report.routers;
    const LayerScaleShare& others = report.others;
    return {{"design", plan.design},
            {"members", std::to_string(plan.members)},
            {"mobiles", std::to_string(plan.mobiles)},
            {"reachable", Share(report.reachable, plan.mobiles)},
            {"enrolled", Share(report.enrolled, plan.mobiles)},
            {"large_state", Share(large.stateBytes, large.members)},
            {"large_state_most", static_cast<double>(large.mostStateBytes)},
            {"other_state", Share(others.stateBytes, others.members)},
            {"large_messages", Share(large.messages, moves)},
            {"large_writes", Share(large.writes, moves)},
            {"messages", Share(large.messages + others.messages, moves)},
            {"message_bytes", Share(large.messageBytes + others.messageBytes, moves)},
            {"writes", Share(large.writes + others.writes, moves)},
            {"layers", static_cast<double>(report.layers)},
            {"all_members", static_cast<double>(large.members + others.members)},
            {"converged",
             report.converged ? static_cast<double>(report.convergedAt.count()) * 1e-9
                              : std::numeric_limits<double>::infinity()},
            {"events", static_cast<double>(report.events)}};
}

/** Peak memory of this process in MiB. */
double
PeakMemory()
{
    rusage usage{};
    getrusage(RUSAGE_SELF, &usage);
    return static_cast<double>(usage.ru_maxrss) / 1024;
}

/** One line of a plot for each design: those rows in which \p fixed has the value \p of. */
void
PlotGrowth(Study& study,
           const std::vector<LayerScalePlan>& largest,
           const std::string& measure,
           const std::string& title,
           const std::string& unit,
           bool overMobiles)
{
    LinePlot plot;
    plot.title = title;
    plot.xLabel = overMobiles ? "machines that move" : "routers of the large layer";
    plot.yLabel = unit;
    plot.logX = true;
    plot.logY = true;
    for (const LayerScalePlan& most : largest)
    {
        PlotSeries series;
        const auto fixed = overMobiles ? most.members : std::max<uint32_t>(most.mobiles / 4, 1);
        series.title =
            fmt::format("{}, {} {}", most.design, fixed, overMobiles ? "routers" : "machines");
        for (const auto& group : study.Table().Groups())
        {
            if (group[0] != most.design || group[overMobiles ? 1 : 2] != std::to_string(fixed))
            {
                continue;
            }
            const auto samples = study.Table().Samples(group, measure);
            const auto summary = Summarize(samples);
            // a logarithm has no zero
            if (!samples.empty() && summary.mean > 0)
            {
                series.points.push_back({std::stod(group[overMobiles ? 2 : 1]),
                                         summary.mean,
                                         samples.size() < 2 ? 0 : summary.ci95});
            }
        }
        if (!series.points.empty())
        {
            plot.series.push_back(std::move(series));
        }
    }
    if (!plot.series.empty())
    {
        study.Plot(fmt::format("{}-over-{}", measure, overMobiles ? "mobiles" : "members"), plot);
    }
}

void
Grow(Study& study, const Settings& settings)
{
    std::vector<LayerScalePlan> largest{
        {settings.design, settings.members, settings.mobiles, settings.moves}};
    if (settings.beside != NONE && settings.beside != settings.design)
    {
        largest.push_back({settings.beside,
                           std::min(settings.members, BESIDE_MEMBERS),
                           std::min(settings.mobiles, BESIDE_MOBILES),
                           settings.moves});
    }
    AddColumns(study.Table());
    std::vector<LayerScalePlan> plans;
    std::vector<std::string> names;
    for (const LayerScalePlan& most : largest)
    {
        for (const LayerScalePlan& plan : SizesOf(most, settings.growth))
        {
            plans.push_back(plan);
            names.push_back(
                fmt::format("{}, {} members, {} mobiles", plan.design, plan.members, plan.mobiles));
        }
    }
    // the largest first: workers that end early take what is small
    std::vector<StudyJobResult> results =
        study.Run({names.rbegin(), names.rend()}, [&plans](const StudyJob& job) {
            const LayerScalePlan& plan = plans[plans.size() - 1 - job.cell];
            const auto report = RunLayerScale(plan);
            return StudyJson{{"row", MakeRow(plan, report)}, {"peak", PeakMemory()}};
        });
    std::stable_sort(results.begin(), results.end(), [](const auto& a, const auto& b) {
        return a.job.cell > b.job.cell;
    });
    for (const StudyJobResult& result : results)
    {
        const StudyJson& row = result.value["row"];
        study.Table().AddRow(row);
        std::cout << fmt::format("{}: {:.0f} events in {:.1f} s, {:.0f} MiB\n",
                                 result.job.name,
                                 row["events"].get<double>(),
                                 result.wallSeconds,
                                 result.value["peak"].get<double>());
        if (row["reachable"] != 1.0)
        {
            std::cout << result.job.name << ": not all machines are reached after their moves\n";
        }
    }
    std::cout << "\n";
    study.Table().Print(std::cout);
    for (const bool overMobiles : {true, false})
    {
        if (settings.growth)
        {
            PlotGrowth(study, largest, "large_state", "Tables of a router", "[B]", overMobiles);
            PlotGrowth(study,
                       largest,
                       "large_messages",
                       "What the large layer says about a move",
                       "control PDUs",
                       overMobiles);
            PlotGrowth(study,
                       largest,
                       "messages",
                       "Messages of a move",
                       "control PDUs",
                       overMobiles);
        }
    }
}

} // namespace

int
main(int argc, char* argv[])
{
    Study study("layer-scale",
                "How do the state and the traffic of a layer grow with its members and its "
                "mobiles?");
    Settings settings;
    const std::vector<std::string> designs = MobilityDesignNames();
    std::vector<std::string> besides = designs;
    besides.push_back(NONE);
    study.Parameters().AddInteger("members",
                                  "routers of the large layer",
                                  LayerScaleNet::SMALLEST,
                                  MOST_MEMBERS,
                                  settings.members);
    study.Parameters().AddInteger("mobiles",
                                  "machines that move",
                                  1,
                                  MOST_MOBILES,
                                  settings.mobiles);
    study.Parameters().AddInteger("moves", "of each machine", 1, MOST_MOVES, settings.moves);
    study.Parameters().AddChoice("design", "mobility design", designs, settings.design);
    study.Parameters().AddChoice("beside",
                                 "design to compare with, at no more than 100 members and 1000 "
                                 "mobiles",
                                 besides,
                                 settings.beside);
    study.Parameters().AddFlag("growth",
                               "also run smaller sizes, which show the growth",
                               settings.growth);
    study.Parameters().SetDefaultRuns(1);
    return study.Main(argc, argv, [&] { Grow(study, settings); });
}

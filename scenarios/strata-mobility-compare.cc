// SPDX-License-Identifier: GPL-2.0-only

// Question: what does a move cost under each mobility design, on a real topology?
//
// Every node of the topology is a router of one large layer. Two machines, each a leaf of some
// router, exchange messages in both directions while one of them, or both, move. What the designs
// are is in doc/mobility.rst; what is measured, in the descriptions of the columns below.

#include "ns3/boolean.h"
#include "ns3/config.h"
#include "ns3/random-variable-stream.h"
#include "ns3/strata-mobility-design.h"
#include "ns3/strata-mobility-trial.h"
#include "ns3/strata-study.h"
#include "ns3/strata-topology.h"

#include <cmath>
#include <fmt/format.h>
#include <iostream>
#include <limits>
#include <numeric>

using namespace ns3;
using namespace ns3::strata;

namespace
{

/** Moves of the patterns that have several. */
constexpr uint32_t WALK_MOVES = 6;
constexpr uint32_t GAME_MOVES = 3;

/** Long enough for every design to settle under the slowest profile, without a gap of the user's.
 */
constexpr Nanos BETWEEN = std::chrono::seconds(6);

/** Offsets between two moves at once, in round trips. */
const std::vector<double> OFFSETS{0, 0.25, 0.5, 0.75, 1, 1.5, 2};

/** The sequence plot begins so many ms before the move. */
constexpr double SEQUENCE_BEFORE = -50;

constexpr double FOR_EVER = std::numeric_limits<double>::infinity();

struct Settings
{
    bool check{true};
    std::string pattern{"one-move"};
    std::string profile{"ideal"};
    double overlap{0};
    std::string file{STRATA_SOURCE_DIR "/scenarios/data/Abilene.graphml"};
    std::vector<std::string> designs{MobilityDesignNames()};
};

/** One cell of the study. */
struct Cell
{
    std::string design;
    std::string pattern;
    double offset{0}; //!< round trips
};

/** The plan of one replication: the same for every design; steps of a sequence are so far apart. */
MobilityPlan
MakePlan(const Topology& topology, const Cell& cell, Nanos between)
{
    auto random = CreateObject<UniformRandomVariable>();
    random->SetStream(1);
    const uint32_t count = topology.NodeCount();
    std::vector<uint32_t> drawn;
    while (drawn.size() < 4)
    {
        const uint32_t next = random->GetInteger(0, count - 1);
        if (std::find(drawn.begin(), drawn.end(), next) == drawn.end())
        {
            drawn.push_back(next);
        }
    }
    using Kind = MobilityStep::Kind;
    MobilityPlan plan;
    plan.places = {drawn[0], drawn[1]};
    plan.tail = between;
    if (cell.pattern == "one-move" || cell.pattern == "simultaneous")
    {
        plan.steps.push_back({Kind::MOVE, 0, drawn[2], Nanos(0)});
    }
    if (cell.pattern == "simultaneous")
    {
        const Nanos trip = 2 * topology.DelaysFrom(drawn[0]).at(drawn[1]);
        const auto after = Nanos(std::llround(cell.offset * static_cast<double>(trip.count())));
        plan.steps.push_back({Kind::MOVE, 1, drawn[3], after});
    }
    if (cell.pattern == "walk" || cell.pattern == "game")
    {
        uint32_t place = drawn[0];
        for (uint32_t i = 0; i < (cell.pattern == "walk" ? WALK_MOVES : GAME_MOVES); ++i)
        {
            const auto neighbours = topology.Neighbours(place);
            place = neighbours[random->GetInteger(0, static_cast<uint32_t>(neighbours.size() - 1))];
            plan.steps.push_back({Kind::MOVE, 0, place, i * between});
        }
    }
    if (cell.pattern == "game")
    {
        plan.spares.push_back(drawn[3]);
        plan.steps.back().after += between;
        plan.steps.insert(plan.steps.begin() + 2, {Kind::MIGRATE, 1, drawn[3], 2 * between});
    }
    return plan;
}

double
Milliseconds(Nanos span)
{
    return static_cast<double>(span.count()) * 1e-6;
}

double
Mean(const std::vector<double>& values)
{
    return values.empty() ? FOR_EVER
                          : std::accumulate(values.begin(), values.end(), 0.0) /
                                static_cast<double>(values.size());
}

/** The row of one replication: means over its handoffs. */
StudyJson
MakeRow(const Cell& cell, const MobilityTrialReport& report)
{
    std::map<std::string, std::vector<double>> values;
    std::vector<double> stretch;
    bool recovered = true;
    for (const auto& handoff : report.handoffs)
    {
        const auto& to = handoff.heard[0];
        const auto& from = handoff.heard[1];
        recovered = recovered && to.recovered && from.recovered;
        values["outage_to"].push_back(to.recovered ? Milliseconds(to.outage) : FOR_EVER);
        values["outage_from"].push_back(from.recovered ? Milliseconds(from.outage) : FOR_EVER);
        values["link_share"].push_back(Milliseconds(handoff.shares[0].link));
        values["address_share"].push_back(Milliseconds(handoff.shares[0].address));
        values["mobility_share"].push_back(to.recovered ? Milliseconds(handoff.shares[0].mobility)
                                                        : FOR_EVER);
        values["control_latency"].push_back(
            handoff.cost.firstSignal < Nanos(0) || handoff.cost.lastWrite < handoff.cost.firstSignal
                ? 0
                : Milliseconds(handoff.cost.lastWrite - handoff.cost.firstSignal));
        values["lost"].push_back(to.lost + from.lost);
        values["duplicated"].push_back(to.duplicated + from.duplicated);
        values["reordered"].push_back(to.reordered + from.reordered);
        values["messages"].push_back(static_cast<double>(handoff.cost.messages));
        values["bytes"].push_back(static_cast<double>(handoff.cost.bytes));
        values["members_written"].push_back(static_cast<double>(handoff.cost.membersWritten));
        values["large_written"].push_back(static_cast<double>(handoff.cost.largeWritten));
        stretch.insert(stretch.end(), handoff.stretch.begin(), handoff.stretch.end());
    }
    StudyJson row{{"design", cell.design}};
    for (const auto& [name, samples] : values)
    {
        row[name] = Mean(samples);
    }
    row["state"] = static_cast<double>(report.state.total);
    row["state_per_member"] =
        static_cast<double>(report.state.total) / static_cast<double>(report.state.members);
    row["large_state"] = static_cast<double>(report.state.large);
    row["stretch"] = Mean(stretch);
    std::sort(stretch.begin(), stretch.end());
    row["stretch_p90"] = stretch.empty() ? FOR_EVER : stretch[(stretch.size() * 9 + 9) / 10 - 1];
    row["header"] = report.headerBytes;
    row["survived"] = report.survived && recovered ? 1 : 0;
    row["unrest"] = report.unrest.size();
    return row;
}

void
AddColumns(StudyTable& table, bool offsets)
{
    table.AddGroup("design", "mobility design");
    if (offsets)
    {
        table.AddGroup("offset", "round trips between the moves of the two ends");
    }
    table.AddMeasure("outage_to", "ms", "towards the end that moves; missing: for ever");
    table.AddMeasure("outage_from", "ms", "from the end that moves; missing: for ever");
    table.AddMeasure("link_share", "ms", "of outage_to: no link");
    table.AddMeasure("address_share", "ms", "of outage_to: a link, but no name to use on it");
    table.AddMeasure("mobility_share", "ms", "of outage_to: what the design took");
    table.AddMeasure("control_latency", "ms", "from the first control PDU to the last write");
    table.AddMeasure("lost", "1", "messages lost in both directions, per handoff");
    table.AddMeasure("duplicated", "1", "messages that came twice, per handoff");
    table.AddMeasure("reordered", "1", "messages that a later one overtook, per handoff");
    table.AddMeasure("messages", "1", "control PDUs that members made or repeated, per handoff");
    table.AddMeasure("bytes", "B", "of those PDUs");
    table.AddMeasure("members_written", "1", "members with a changed table, per handoff");
    table.AddMeasure("large_written", "1", "those of the large layer");
    table.AddMeasure("state", "1", "table entries of all members at the end");
    table.AddMeasure("state_per_member", "1", "mean of the entries of a member");
    table.AddMeasure("large_state", "1", "table entries of the large layer's routers");
    table.AddMeasure("stretch", "1", "delay after a handoff over the shortest path's: mean");
    table.AddMeasure("stretch_p90", "1", "the same: 90th percentile");
    table.AddMeasure("header", "B", "headers around a message as it leaves the end that moves");
    table.AddMeasure("survived", "1", "share of runs in which the session goes on");
    table.AddMeasure("unrest", "1", "invariants between members that do not hold at the end");
}

/** The first handoff as the end that moves sees it: [ms since the move, message], and its length.
 */
StudyJson
SequenceOf(const MobilityTrialReport& report)
{
    StudyJson points = StudyJson::array();
    uint32_t first = 0;
    for (const Arrival& arrival : report.arrivals[0])
    {
        const double at = Milliseconds(arrival.time - report.firstStep);
        if (at < SEQUENCE_BEFORE)
        {
            first = arrival.sequence;
            continue;
        }
        points.push_back({at, arrival.sequence - first});
    }
    const auto& heard = report.handoffs.front().heard[0];
    return {{"points", points}, {"outage", heard.recovered ? Milliseconds(heard.outage) : 0}};
}

/** Control bytes since the first move, after each handoff. */
StudyJson
GrowthOf(const MobilityTrialReport& report)
{
    StudyJson points = StudyJson::array();
    double sum = 0;
    points.push_back({0, 0});
    for (std::size_t i = 0; i < report.handoffs.size(); ++i)
    {
        sum += static_cast<double>(report.handoffs[i].cost.bytes);
        points.push_back({static_cast<double>(i + 1), sum});
    }
    return points;
}

MobilityTrialReport
Simulate(const Settings& settings, const Topology& topology, const Cell& cell, std::string pcap)
{
    MobilityOptions options;
    options.topology = &topology;
    options.profile = MakeMobilityProfile(settings.profile);
    options.overlap = Nanos(std::llround(settings.overlap * 1e9));
    const Nanos between = BETWEEN + std::max(-options.overlap, Nanos::zero());
    const MobilityPlan plan = MakePlan(topology, cell, between);
    options.pcap = std::move(pcap);
    options.places = {{plan.places[0]}, {plan.places[1]}};
    for (const auto& step : plan.steps)
    {
        if (step.kind == MobilityStep::Kind::MOVE)
        {
            options.places[step.end].push_back(step.place);
        }
    }
    Config::SetDefault("ns3::strata::LayerMember::CheckInvariants", BooleanValue(settings.check));
    const auto system = MakeLayerMobilitySystem(cell.design, options);
    return RunMobilityTrial(*system, topology, plan);
}

std::vector<PlotPoint>
PointsOf(const StudyJson& points)
{
    std::vector<PlotPoint> result;
    for (const auto& point : points)
    {
        result.push_back({point[0].get<double>(), point[1].get<double>(), 0});
    }
    return result;
}

void
PlotOffsets(Study& study, const Settings& settings)
{
    for (const auto& [measure, title, unit] :
         {std::make_tuple("outage_to",
                          "Outage when both ends move, where every session survives",
                          "outage [ms]"),
          std::make_tuple("survived", "Sessions that survive when both ends move", "share")})
    {
        LinePlot plot;
        plot.title = title;
        plot.xLabel = "offset between the two moves [round trips]";
        plot.yLabel = unit;
        for (const std::string& design : settings.designs)
        {
            PlotSeries series;
            series.title = design;
            for (const double offset : OFFSETS)
            {
                const std::vector<std::string> group{design, fmt::format("{:.2f}", offset)};
                const auto samples = study.Table().Samples(group, measure);
                // the mean of those that live on flatters a design that loses the others
                if (samples.size() == study.Table().Samples(group, "survived").size())
                {
                    series.points.push_back({offset, Mean(samples), 0});
                }
            }
            plot.series.push_back(std::move(series));
        }
        study.Plot(std::string(measure) + "-over-offset", plot);
    }
}

void
Plots(Study& study,
      const Settings& settings,
      const std::map<std::string, StudyJson>& sequences,
      const std::map<std::string, StudyJson>& growths)
{
    if (settings.pattern == "simultaneous")
    {
        PlotOffsets(study, settings);
    }
    else
    {
        study.PlotMeasure("outage", "Outage towards the end that moves", "outage_to");
        study.PlotMeasure("loss", "Messages lost in one handoff", "lost");
        study.PlotMeasure("messages", "Control PDUs of one handoff", "messages");
        study.PlotMeasure("state", "Table entries of all members", "state");
    }
    SequencePlot sequence;
    sequence.title = "Messages at the end that moves, through one handoff (designs shifted apart)";
    sequence.xLabel = "time since the move [ms]";
    sequence.yLabel = "message";
    double longest = 0;
    for (const std::string& design : settings.designs)
    {
        longest = std::max(longest, sequences.at(design)["outage"].get<double>());
    }
    const double until = 1.3 * longest + 2 * -SEQUENCE_BEFORE;
    const double apart = std::ceil(until / 5 / 4); // a quarter of the messages that are shown
    LinePlot growth;
    growth.title = "Control traffic over a walk";
    growth.xLabel = "moves";
    growth.yLabel = "control PDUs since the first move [B]";
    for (const std::string& design : settings.designs)
    {
        PlotSeries messages{design, {}};
        const double shift = apart * static_cast<double>(sequence.series.size());
        for (const PlotPoint& point : PointsOf(sequences.at(design)["points"]))
        {
            if (point.x <= until)
            {
                messages.points.push_back({point.x, point.y + shift, 0});
            }
        }
        sequence.series.push_back(std::move(messages));
        growth.series.push_back({design, PointsOf(growths.at(design))});
    }
    sequence.marks.push_back({0, "move"});
    study.Plot("sequence", sequence);
    study.Plot("cost-against-moves", growth);
}

void
Compare(Study& study, const Settings& settings)
{
    if (settings.profile == "wifi" && settings.overlap != 0)
    {
        throw StudyError("--overlap is for the other profiles: a station walks at its own pace");
    }
    const Topology topology = Topology::Load(settings.file);
    std::cout << topology.Notes() << "\n";
    if (topology.NodeCount() < 4)
    {
        throw TopologyError("the topology needs four nodes: two ends and two places to go to");
    }
    const bool offsets = settings.pattern == "simultaneous";
    AddColumns(study.Table(), offsets);
    std::vector<Cell> cells;
    std::vector<std::string> names;
    for (const std::string& design : settings.designs)
    {
        for (const double offset : offsets ? OFFSETS : std::vector<double>{0})
        {
            cells.push_back({design, settings.pattern, offset});
            names.push_back(offsets ? fmt::format("{} at {:.2f}", design, offset) : design);
        }
    }
    std::map<std::string, StudyJson> sequences;
    std::map<std::string, StudyJson> growths;
    std::map<std::string, std::string> unrest;
    std::vector<std::string> faults;
    for (const auto& result : study.Run(names, [&](const StudyJob& job) {
             const Cell& cell = cells[job.cell];
             const bool shown = job.run == 0 && cell.offset == 0;
             const auto report =
                 Simulate(settings,
                          topology,
                          cell,
                          shown ? study.Folder().Stage(cell.design) : std::string());
             StudyJson value{{"row", MakeRow(cell, report)},
                             {"faults", report.faults},
                             {"unrest", report.unrest}};
             if (offsets)
             {
                 value["row"]["offset"] = fmt::format("{:.2f}", cell.offset);
             }
             if (shown)
             {
                 value["sequence"] = SequenceOf(report);
             }
             return value;
         }))
    {
        study.Table().AddRow(result.value["row"]);
        for (const auto& fault : result.value["faults"])
        {
            faults.push_back(result.job.name + ": " + fault.get<std::string>());
        }
        if (!result.value["unrest"].empty())
        {
            unrest.try_emplace(result.job.name, result.value["unrest"][0].get<std::string>());
        }
        if (result.value.contains("sequence"))
        {
            sequences[cells[result.job.cell].design] = result.value["sequence"];
        }
    }
    study.Table().Print(std::cout);
    for (const auto& [cell, first] : unrest)
    {
        std::cout << cell << " does not come to rest: " << first << "\n";
    }
    study.AddToResults("unrest", unrest);
    if (!faults.empty())
    {
        study.Fail(fmt::format("{} invariants broken: {}", faults.size(), faults.front()));
    }
    for (const auto& result : study.Run(settings.designs, 1, [&](const StudyJob& job) {
             const Cell cell{settings.designs[job.cell], "walk", 0};
             return GrowthOf(Simulate(settings, topology, cell, ""));
         }))
    {
        growths[settings.designs[result.job.cell]] = result.value;
    }
    Plots(study, settings, sequences, growths);
}

} // namespace

int
main(int argc, char* argv[])
{
    Study study("mobility-compare",
                "What does a move cost under each mobility design, on a real topology?");
    Settings settings;
    const std::vector<std::string> all = MobilityDesignNames();
    study.Parameters().AddChoiceList("designs", "designs to compare", all, settings.designs);
    study.Parameters().AddChoice("pattern",
                                 "what happens: one end moves once or walks, both move at once, or "
                                 "one walks while the other's process migrates",
                                 {"one-move", "walk", "simultaneous", "game"},
                                 settings.pattern);
    study.Parameters().AddChoice("profile",
                                 "what a move means to the link layer",
                                 MobilityProfileNames(),
                                 settings.profile);
    study.Parameters().AddReal("overlap",
                               "seconds for which the new link is there before the old one goes "
                               "(make before break); below 0: a gap on top of the profile's",
                               -1,
                               1,
                               settings.overlap);
    study.Parameters().AddFlag("check",
                               "check the invariants of every member after every step",
                               settings.check);
    study.Parameters().AddPath("topology", "a GraphML file of the Topology Zoo", settings.file);
    study.Parameters().SetDefaultRuns(10);
    return study.Main(argc, argv, [&] { Compare(study, settings); });
}

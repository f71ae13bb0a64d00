// SPDX-License-Identifier: GPL-2.0-only

// Question: do both kinds of mobility compose in one layer without extra work?
//
// The game of Zave and Rexford's talk: the player's device roams between the LANs of a topology
// while the provider migrates the game instance to another server. Four runs of the same seed, with
// nothing, with the moves of the device, with the migration, and with both, are compared: less what
// happens anyway, the control messages that members originate and the writes to their tables must
// be, as multisets, the sum of what each kind of mobility needs alone.

#include "ns3/boolean.h"
#include "ns3/config.h"
#include "ns3/random-variable-stream.h"
#include "ns3/strata-mobility-design.h"
#include "ns3/strata-mobility-trial.h"
#include "ns3/strata-study.h"
#include "ns3/strata-topology.h"

#include <fmt/format.h>
#include <iostream>

using namespace ns3;
using namespace ns3::strata;

namespace
{

using Acts = std::map<MobilityAct, uint64_t>;
using Surplus = std::map<MobilityAct, int64_t>;

constexpr Nanos BETWEEN = std::chrono::seconds(6);

const std::vector<std::string> CELLS{"nothing", "device roams", "process migrates", "both"};

struct Settings
{
    bool check{true};
    std::string profile{"ideal"};
    std::string file{STRATA_SOURCE_DIR "/scenarios/data/Abilene.graphml"};
    uint32_t moves{3};
};

MobilityPlan
MakePlan(const Topology& topology, uint32_t moves, bool roams, bool migrates)
{
    auto random = CreateObject<UniformRandomVariable>();
    random->SetStream(1);
    std::vector<uint32_t> drawn;
    while (drawn.size() < 3)
    {
        const uint32_t next = random->GetInteger(0, topology.NodeCount() - 1);
        if (std::find(drawn.begin(), drawn.end(), next) == drawn.end())
        {
            drawn.push_back(next);
        }
    }
    using Kind = MobilityStep::Kind;
    MobilityPlan plan;
    plan.places = {drawn[0], drawn[1]};
    plan.spares = {drawn[2]};
    plan.atLeast = (moves + 1) * BETWEEN;
    uint32_t place = drawn[0];
    for (uint32_t i = 0; i < moves; ++i)
    {
        const auto neighbours = topology.Neighbours(place);
        place = neighbours[random->GetInteger(0, static_cast<uint32_t>(neighbours.size() - 1))];
        if (roams)
        {
            plan.steps.push_back({Kind::MOVE, 0, place, i * BETWEEN});
        }
        if (migrates && i == moves / 2)
        {
            plan.steps.push_back({Kind::MIGRATE, 1, drawn[2], i * BETWEEN + BETWEEN / 2});
        }
    }
    return plan;
}

MobilityTrialReport
Simulate(const Settings& settings, const Topology& topology, std::size_t cell, std::string pcap)
{
    const bool roams = cell == 1 || cell == 3;
    const bool migrates = cell == 2 || cell == 3;
    const MobilityPlan plan = MakePlan(topology, settings.moves, roams, migrates);
    MobilityOptions options;
    options.topology = &topology;
    options.profile = MakeMobilityProfile(settings.profile);
    options.pcap = std::move(pcap);
    options.places = {{plan.places[0]}, {plan.places[1]}};
    for (const auto& step : plan.steps)
    {
        if (step.kind == MobilityStep::Kind::MOVE)
        {
            options.places[0].push_back(step.place);
        }
    }
    Config::SetDefault("ns3::strata::LayerMember::CheckInvariants", BooleanValue(settings.check));
    const auto system = MakeLayerMobilitySystem("both", options);
    return RunMobilityTrial(*system, topology, plan);
}

Surplus
Less(const Acts& acts, const Acts& anyway)
{
    Surplus surplus;
    for (const auto& [act, count] : acts)
    {
        surplus[act] += static_cast<int64_t>(count);
    }
    for (const auto& [act, count] : anyway)
    {
        surplus[act] -= static_cast<int64_t>(count);
    }
    return surplus;
}

std::string
ActName(const MobilityAct& act)
{
    const auto& [layer, member, what, why] = act;
    return what == "message" ? fmt::format("message {}", why)
                             : fmt::format("write {} because of {}", what, why);
}

/** What the trial says of itself, for the process that compares. */
StudyJson
Describe(const MobilityTrialReport& report)
{
    StudyJson acts = StudyJson::array();
    for (const auto& [act, count] : report.acts)
    {
        const auto& [layer, member, what, why] = act;
        acts.push_back({layer, member, what, why, count});
    }
    StudyJson arrivals = StudyJson::array();
    for (const Arrival& arrival : report.arrivals[0])
    {
        arrivals.push_back({static_cast<double>((arrival.time - report.firstStep).count()) * 1e-9,
                            arrival.sequence});
    }
    uint64_t lost = 0;
    for (const auto& handoff : report.handoffs)
    {
        lost += handoff.heard[0].lost + handoff.heard[1].lost;
    }
    std::vector<std::string> faults = report.faults;
    faults.insert(faults.end(), report.unrest.begin(), report.unrest.end());
    return {{"acts", acts},
            {"arrivals", arrivals},
            {"lost", lost},
            {"survived", report.survived},
            {"faults", faults}};
}

Acts
ActsOf(const StudyJson& value)
{
    Acts acts;
    for (const auto& act : value.at("acts"))
    {
        acts[{act[0].get<uint16_t>(),
              act[1].get<uint64_t>(),
              act[2].get<std::string>(),
              act[3].get<std::string>()}] = act[4].get<uint64_t>();
    }
    return acts;
}

/** Rows of the table for one replication; the acts that are not the sum of both alone. */
std::vector<std::string>
CompareActs(StudyTable& table, const std::vector<StudyJson>& values)
{
    const Acts anyway = ActsOf(values[0]);
    const Surplus device = Less(ActsOf(values[1]), anyway);
    const Surplus process = Less(ActsOf(values[2]), anyway);
    const Surplus both = Less(ActsOf(values[3]), anyway);
    const auto countOf = [](const Surplus& surplus, const MobilityAct& act) {
        const auto found = surplus.find(act);
        return found == surplus.end() ? int64_t{0} : found->second;
    };
    std::set<MobilityAct> all;
    for (const Surplus* surplus : {&device, &process, &both})
    {
        for (const auto& [act, count] : *surplus)
        {
            all.insert(act);
        }
    }
    std::vector<std::string> wrong;
    std::map<std::string, std::array<int64_t, 3>> sums;
    for (const MobilityAct& act : all)
    {
        const int64_t alone = countOf(device, act) + countOf(process, act);
        const int64_t together = countOf(both, act);
        auto& sum = sums[ActName(act)];
        sum[0] += countOf(device, act);
        sum[1] += countOf(process, act);
        sum[2] += together;
        if (alone != together)
        {
            wrong.push_back(fmt::format("{} of member {}: {} alone, {} together",
                                        ActName(act),
                                        std::get<1>(act),
                                        alone,
                                        together));
        }
    }
    for (const auto& [name, sum] : sums)
    {
        if (sum[0] != 0 || sum[1] != 0 || sum[2] != 0)
        {
            table.AddRow({{"act", name},
                          {"device", static_cast<double>(sum[0])},
                          {"process", static_cast<double>(sum[1])},
                          {"together", static_cast<double>(sum[2])}});
        }
    }
    return wrong;
}

void
PlotGame(Study& study, const Settings& settings, const StudyJson& arrivals)
{
    SequencePlot plot;
    plot.title = "The game at the player's device";
    plot.xLabel = "time since the first move [s]";
    plot.yLabel = "message";
    PlotSeries series;
    series.title = "messages from the game instance";
    for (std::size_t i = 0; i < arrivals.size(); i += 4)
    {
        series.points.push_back({arrivals[i][0].get<double>(), arrivals[i][1].get<double>(), 0});
    }
    plot.series.push_back(std::move(series));
    const double between = static_cast<double>(BETWEEN.count()) * 1e-9;
    for (uint32_t i = 0; i < settings.moves; ++i)
    {
        plot.marks.push_back({i * between, "device moves"});
    }
    plot.marks.push_back({settings.moves / 2 * between + between / 2, "server migrates"});
    study.Plot("game", plot);
}

void
Play(Study& study, const Settings& settings)
{
    const Topology topology = Topology::Load(settings.file);
    std::cout << topology.Notes() << "\n";
    if (topology.NodeCount() < 3)
    {
        throw TopologyError("the topology needs three nodes: the player and two servers");
    }
    study.Table().AddGroup("act", "what members do beyond what happens without any move");
    study.Table().AddMeasure("device", "1", "when the device roams");
    study.Table().AddMeasure("process", "1", "when the process migrates");
    study.Table().AddMeasure("together", "1", "when both happen");
    const auto results = study.Run(CELLS, [&](const StudyJob& job) {
        const std::string pcap =
            job.cell == 3 && job.run == 0 ? study.Folder().Stage("game") : std::string();
        return Describe(Simulate(settings, topology, job.cell, pcap));
    });
    const std::size_t runs = results.size() / CELLS.size();
    std::vector<std::string> wrong;
    uint64_t lost = 0;
    std::size_t survived = 0;
    for (std::size_t run = 0; run < runs; ++run)
    {
        std::vector<StudyJson> values;
        for (std::size_t cell = 0; cell < CELLS.size(); ++cell)
        {
            values.push_back(results[cell * runs + run].value);
        }
        const auto bad = CompareActs(study.Table(), values);
        wrong.insert(wrong.end(), bad.begin(), bad.end());
        lost += values[3].at("lost").get<uint64_t>();
        for (const auto& value : values)
        {
            for (const auto& fault : value.at("faults"))
            {
                wrong.push_back(fault.get<std::string>());
            }
        }
        survived += values[3].at("survived").get<bool>() ? 1 : 0;
    }
    study.Table().Print(std::cout);
    PlotGame(study, settings, results[3 * runs].value.at("arrivals"));
    std::cout << fmt::format("{} of {} games went on to the end; {} messages lost\n",
                             survived,
                             runs,
                             lost);
    study.AddToResults("composes", wrong.empty());
    study.AddToResults("survived", survived);
    if (!wrong.empty())
    {
        study.Fail(fmt::format("the two kinds of mobility interfere: {} ({} such)",
                               wrong.front(),
                               wrong.size()));
        return;
    }
    std::cout << "both kinds together did exactly what each did alone\n";
    if (survived != runs)
    {
        study.Fail("a game was lost");
    }
}

} // namespace

int
main(int argc, char* argv[])
{
    Study study("game", "Do both kinds of mobility compose in one layer without extra work?");
    Settings settings;
    study.Parameters().AddChoice("profile",
                                 "what a move means to the link layer",
                                 {"ideal", "wifi-like", "cellular-like"},
                                 settings.profile);
    study.Parameters().AddInteger("moves", "of the device", 1, 20, settings.moves);
    study.Parameters().AddFlag("check",
                               "check the invariants of every member after every step",
                               settings.check);
    study.Parameters().AddPath("topology", "a GraphML file of the Topology Zoo", settings.file);
    study.Parameters().SetDefaultRuns(5);
    return study.Main(argc, argv, [&] { Play(study, settings); });
}

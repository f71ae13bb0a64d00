// SPDX-License-Identifier: GPL-2.0-only

// Question: what do fragmentation, path MTU discovery and truncation cost over a chain of links?
//
// A source sends data over links of given MTUs and loss to a destination. Routers fragment and the
// destination reassembles; or the far router of each small link reassembles; or routers refuse
// and tell the MTU; or they cut, and the destination tells what arrived. Beside the chain, a
// single small link fragments each datagram more and more, to show what a lost fragment costs.

#include "ns3/strata-oversize-trial.h"
#include "ns3/strata-study.h"

#include <algorithm>
#include <cmath>
#include <fmt/format.h>
#include <iostream>
#include <numeric>
#include <sstream>

using namespace ns3;
using namespace ns3::strata;

namespace
{

constexpr uint32_t LEAST_MTU = 68; // RFC 791 section 3.2
constexpr uint32_t MOST_MTU = 65535;
constexpr std::size_t MOST_LINKS = 30;
constexpr uint16_t SWEEP_MTU = 1500;

struct Settings
{
    std::string mtus{"1500,1400,1200,900,1500"};
    double loss{0.01};
    uint32_t octets{736000};
    double rate{2};
    double linkRate{10};
    Nanos delay{5'000'000};
    uint32_t most{16};
};

struct Cell
{
    OversizePlan plan;
    std::string path; //!< its MTUs
};

std::vector<uint16_t>
ParseMtus(const std::string& text)
{
    std::vector<uint16_t> mtus;
    std::istringstream stream(text);
    for (std::string item; std::getline(stream, item, ',');)
    {
        const bool digits = !item.empty() && item.size() <= 5 &&
                            item.find_first_not_of("0123456789") == std::string::npos;
        const unsigned long mtu = digits ? std::stoul(item) : 0;
        if (mtu < LEAST_MTU || mtu > MOST_MTU)
        {
            throw StudyError(
                fmt::format("--mtus: '{}' is no MTU from {} to {}", item, LEAST_MTU, MOST_MTU));
        }
        mtus.push_back(static_cast<uint16_t>(mtu));
    }
    if (mtus.empty() || mtus.size() > MOST_LINKS || text.back() == ',')
    {
        throw StudyError(
            fmt::format("--mtus: from 1 to {} numbers, separated by commas", MOST_LINKS));
    }
    return mtus;
}

std::string
Join(const std::vector<uint16_t>& mtus)
{
    std::string text;
    for (const uint16_t mtu : mtus)
    {
        text += (text.empty() ? "" : ",") + std::to_string(mtu);
    }
    return text;
}

/** The MTU over which a datagram of SWEEP_MTU goes in \p fragments; 0 if there is none. */
uint16_t
MtuFor(uint32_t fragments)
{
    const uint32_t payload = SWEEP_MTU - 20;
    const uint32_t room = (payload + fragments * 8 - 1) / (fragments * 8) * 8;
    const bool exact = (payload + room - 1) / room == fragments;
    return fragments == 1 ? SWEEP_MTU : exact ? static_cast<uint16_t>(room + 20) : 0;
}

/** Of the datagrams that fit, what share the loss of any of their packets takes. */
double
ExpectedLoss(const OversizePlan& plan)
{
    const auto crossings = OversizeCrossings(plan.method, plan.mtus);
    double arrives = 1;
    for (std::size_t i = 0; i < crossings.size(); ++i)
    {
        arrives *= std::pow(1 - plan.losses[i], crossings[i].packets);
    }
    return 1 - arrives;
}

std::vector<Cell>
MakeCells(const Settings& settings)
{
    OversizePlan plan;
    plan.octets = settings.octets;
    plan.rate = settings.rate * 1e6;
    plan.linkRate = settings.linkRate * 1e6;
    plan.delay = settings.delay;
    plan.mtus = ParseMtus(settings.mtus);
    plan.losses.assign(plan.mtus.size(), settings.loss);
    std::vector<Cell> cells;
    for (const OversizeMethod method : OversizeMethods())
    {
        plan.method = method;
        cells.push_back({plan, Join(plan.mtus)});
    }
    plan.method = OversizeMethod::NONTRANSPARENT;
    plan.losses = {0, settings.loss, 0};
    for (uint32_t fragments = 1; fragments <= settings.most; ++fragments)
    {
        const uint16_t mtu = MtuFor(fragments);
        plan.mtus = {SWEEP_MTU, mtu, SWEEP_MTU};
        const std::string path = Join(plan.mtus);
        if (mtu != 0 && path != cells.front().path)
        {
            cells.push_back({plan, path});
        }
    }
    return cells;
}

void
AddColumns(StudyTable& table)
{
    table.AddGroup("mtus", "of the links from the source to the destination, in octets");
    table.AddGroup("method", "what is done about datagrams that are too large");
    table.AddMeasure("fragments", "1", "packets of a datagram where it is in most");
    table.AddMeasure("sent", "1", "datagrams that the source sent");
    table.AddMeasure("too_large", "1", "of these, lost to learn the MTU");
    table.AddMeasure("whole", "1", "that arrived whole");
    table.AddMeasure("lost", "1", "share of the datagrams that were not too large");
    table.AddMeasure("lost_theory", "1", "the same, as the loss of any packet takes the datagram");
    table.AddMeasure("packets", "1", "on all links, both ways");
    table.AddMeasure("bytes", "B", "on all links, both ways, with IPv4 headers");
    table.AddMeasure("bytes_per_octet", "1", "the same, by link and octet that arrived");
    table.AddMeasure("round_trips", "1", "answers that the source needed to find its size");
    table.AddMeasure("first_data", "ms", "until the first datagram arrived whole");
    table.AddMeasure("goodput", "kbit/s", "octets of data that arrived whole, over their time");
    table.AddMeasure("exit_fragments", "1", "fragments that the exits of small links took in");
    table.AddMeasure("exit_lost", "1", "of these, discarded by timeout");
    table.AddMeasure("exit_buffer", "B", "most at once, at the exit that needed most");
    table.AddMeasure("host_fragments", "1", "fragments that the destination took in");
    table.AddMeasure("host_lost", "1", "of these, discarded by timeout");
    table.AddMeasure("host_buffer", "B", "most at once");
}

StudyJson
MakeRow(const Cell& cell, const OversizeReport& report)
{
    const auto number = [](uint64_t value) { return static_cast<double>(value); };
    const StudyJson unknown;
    const uint64_t fitting = report.sent - report.tooLarge;
    const bool arrived = report.whole > 0;
    uint32_t fragments = 0;
    for (const OversizeCrossing& crossing : OversizeCrossings(cell.plan.method, cell.plan.mtus))
    {
        fragments = std::max(fragments, crossing.packets);
    }
    StudyJson row;
    row["mtus"] = cell.path;
    row["method"] = OversizeMethodName(cell.plan.method);
    row["fragments"] = number(fragments);
    row["sent"] = number(report.sent);
    row["too_large"] = number(report.tooLarge);
    row["whole"] = number(report.whole);
    row["lost"] = fitting == 0 ? unknown : StudyJson(1 - number(report.whole) / number(fitting));
    row["lost_theory"] = ExpectedLoss(cell.plan);
    row["packets"] = number(report.packets);
    row["bytes"] = number(report.bytes);
    row["bytes_per_octet"] =
        arrived ? StudyJson(number(report.bytes) / number(report.octets * cell.plan.mtus.size()))
                : unknown;
    row["round_trips"] = number(report.lessons);
    row["first_data"] =
        arrived ? StudyJson(static_cast<double>(report.firstData.count()) * 1e-6) : unknown;
    row["goodput"] =
        arrived
            ? StudyJson(number(report.octets) * 8e6 / static_cast<double>(report.lastData.count()))
            : unknown;
    row["exit_fragments"] = number(report.exits.fragments);
    row["exit_lost"] = number(report.exits.lost);
    row["exit_buffer"] = number(report.exits.peakBytes);
    row["host_fragments"] = number(report.host.fragments);
    row["host_lost"] = number(report.host.lost);
    row["host_buffer"] = number(report.host.peakBytes);
    return row;
}

/** A bar for each method on the chain. */
void
PlotBars(Study& study,
         const std::vector<Cell>& cells,
         const std::string& measure,
         const char* title,
         const char* unit)
{
    BarPlot plot;
    plot.title = title;
    plot.yLabel = unit;
    PlotSeries series;
    series.title = cells.front().path;
    for (std::size_t i = 0; i < OversizeMethods().size(); ++i)
    {
        const std::string method = OversizeMethodName(cells[i].plan.method);
        const auto samples = study.Table().Samples({cells[i].path, method}, measure);
        const auto summary = Summarize(samples);
        plot.categories.push_back(method);
        series.points.push_back({0, summary.mean, samples.size() < 2 ? 0 : summary.ci95});
    }
    plot.series.push_back(series);
    study.Plot(measure, plot);
}

/** What is lost over the number of fragments, with theory beside it. */
void
PlotLoss(Study& study, const std::vector<Cell>& cells)
{
    LinePlot plot;
    plot.title = "One lost fragment loses the datagram";
    plot.xLabel = "fragments of a datagram";
    plot.yLabel = "datagrams lost [1]";
    PlotSeries measured;
    measured.title = "measured";
    PlotSeries theory;
    theory.title = "1-(1-p)^n";
    for (std::size_t i = OversizeMethods().size(); i < cells.size(); ++i)
    {
        const std::vector<std::string> group{cells[i].path,
                                             OversizeMethodName(cells[i].plan.method)};
        const double x = Summarize(study.Table().Samples(group, "fragments")).mean;
        const auto samples = study.Table().Samples(group, "lost");
        const auto summary = Summarize(samples);
        measured.points.push_back({x, summary.mean, samples.size() < 2 ? 0 : summary.ci95});
        theory.points.push_back({x, ExpectedLoss(cells[i].plan), 0});
    }
    plot.series = {measured, theory};
    study.Plot("lost-over-fragments", plot);
}

void
Compare(Study& study, const Settings& settings)
{
    const std::vector<Cell> cells = MakeCells(settings);
    AddColumns(study.Table());
    std::vector<std::string> names;
    for (const Cell& cell : cells)
    {
        names.push_back(fmt::format("{} over {}", OversizeMethodName(cell.plan.method), cell.path));
    }
    study.RunTable(names, [&](const StudyJob& job) {
        Cell cell = cells[job.cell];
        if (job.run == 0 && job.cell < OversizeMethods().size())
        {
            cell.plan.pcap = study.Folder().Stage(OversizeMethodName(cell.plan.method));
        }
        return MakeRow(cell, RunOversize(cell.plan));
    });
    study.Table().Print(std::cout);
    PlotBars(study, cells, "packets", "Packets on all links", "packets");
    PlotBars(study, cells, "bytes", "Bytes on all links", "[B]");
    PlotBars(study, cells, "goodput", "Data that arrived whole", "[kbit/s]");
    PlotBars(study, cells, "first_data", "Until data flows", "[ms]");
    PlotBars(study, cells, "lost", "Datagrams lost with one of their packets", "[1]");
    if (cells.size() > OversizeMethods().size())
    {
        PlotLoss(study, cells);
    }
}

} // namespace

int
main(int argc, char* argv[])
{
    Study study("fragmentation-compare",
                "What do fragmentation, path MTU discovery and truncation cost over a chain of "
                "links?");
    Settings settings;
    StudyParameters& parameters = study.Parameters();
    parameters.AddString("mtus", "of the links from the source on", settings.mtus);
    parameters.AddReal("loss",
                       "share of the packets that each link loses towards the destination",
                       0,
                       1,
                       settings.loss);
    parameters.AddInteger("octets", "that the source has to send", 1, 100'000'000, settings.octets);
    parameters.AddReal("rate", "of these octets, in Mbit/s", 0.001, 10'000, settings.rate);
    parameters.AddReal("linkRate", "of each link, in Mbit/s", 0.001, 100'000, settings.linkRate);
    parameters.AddTime("delay", "of each link", Nanos(0), std::chrono::seconds(10), settings.delay);
    parameters.AddInteger("most",
                          "fragments at most of a datagram over a single small link; 0: no such "
                          "runs",
                          0,
                          64,
                          settings.most);
    return study.Main(argc, argv, [&] { Compare(study, settings); });
}

// SPDX-License-Identifier: GPL-2.0-only

// Question: which applications survive which NATs and firewalls?
//
// Each application runs between a host behind a box and a server, or a host behind another box of
// the same kind, and says whether it works, as its ends see it. Why not, the drops of the boxes
// say.

#include "ns3/strata-middlebox-trial.h"
#include "ns3/strata-study.h"

#include <algorithm>
#include <fmt/format.h>
#include <iostream>
#include <map>
#include <sstream>

using namespace ns3;
using namespace ns3::strata;

namespace
{

/** Characters of a column, and columns that stand side by side. */
constexpr std::size_t WIDTH = 11;
constexpr std::size_t BLOCK = 6;

struct Settings
{
    std::vector<std::string> applications;
    std::vector<std::string> boxes;
    bool pcap{true};
};

std::vector<std::string>
NamesOf(const std::vector<MiddleboxName>& all)
{
    std::vector<std::string> names;
    for (const MiddleboxName& name : all)
    {
        names.push_back(name.name);
    }
    return names;
}

void
PrintLegend(const char* title,
            const std::vector<MiddleboxName>& all,
            const std::vector<std::string>& used)
{
    std::cout << "\n" << title << ":\n";
    for (const MiddleboxName& name : all)
    {
        if (std::find(used.begin(), used.end(), name.name) != used.end())
        {
            std::cout << fmt::format("  {:<21} {}\n", name.name, name.description);
        }
    }
}

/** A name in lines of a column: at its hyphens, where it is too long for one. */
std::vector<std::string>
Fold(const std::string& name)
{
    std::vector<std::string> lines{""};
    std::istringstream words(name);
    for (std::string word; std::getline(words, word, '-');)
    {
        const bool first = lines.back().empty();
        if (!first && lines.back().size() + word.size() + 1 > WIDTH)
        {
            lines.back() += '-';
            lines.emplace_back();
        }
        lines.back() += (lines.back().empty() ? "" : "-") + word;
    }
    return lines;
}

/** The table, in blocks of boxes that fit the screen. */
void
PrintMatrix(const Settings& settings, const std::map<std::string, std::string>& reasons)
{
    for (std::size_t first = 0; first < settings.boxes.size(); first += BLOCK)
    {
        const std::size_t last = std::min(first + BLOCK, settings.boxes.size());
        std::size_t height = 0;
        for (std::size_t i = first; i < last; ++i)
        {
            height = std::max(height, Fold(settings.boxes[i]).size());
        }
        std::cout << "\n";
        for (std::size_t line = 0; line < height; ++line)
        {
            std::string text = fmt::format("{:<22}", "");
            for (std::size_t i = first; i < last; ++i)
            {
                const auto lines = Fold(settings.boxes[i]);
                const std::size_t above = height - lines.size();
                text += fmt::format(" {:<{}}", line < above ? "" : lines[line - above], WIDTH);
            }
            std::cout << text.substr(0, text.find_last_not_of(' ') + 1) << "\n";
        }
        for (const std::string& application : settings.applications)
        {
            std::string text = fmt::format("{:<22}", application);
            for (std::size_t i = first; i < last; ++i)
            {
                text += fmt::format(" {:<{}}",
                                    reasons.at(application + " " + settings.boxes[i]),
                                    WIDTH);
            }
            std::cout << text.substr(0, text.find_last_not_of(' ') + 1) << "\n";
        }
    }
    std::vector<std::string> used;
    for (const auto& [cell, reason] : reasons)
    {
        used.push_back(reason);
    }
    PrintLegend("Why not", MiddleboxReasons(), used);
    PrintLegend("Boxes", MiddleboxBoxes(), settings.boxes);
    PrintLegend("Applications", MiddleboxApplications(), settings.applications);
}

void
Survive(Study& study, const Settings& settings)
{
    StudyTable& table = study.Table();
    table.AddGroup("application", "what is tried");
    table.AddGroup("box", "what stands in its way");
    table.AddColumn("works", "1", "as the ends see it", StudyType::BOOLEAN, StudyRole::MEASURE);
    table.AddColumn("seen", "", "what the ends see", StudyType::TEXT, StudyRole::DETAIL);
    table.AddColumn("reason", "", "why, by the drops", StudyType::TEXT, StudyRole::DETAIL);
    table.AddColumn("detail", "", "in the words of the ends", StudyType::TEXT, StudyRole::DETAIL);
    table.AddColumn("drops", "", "of boxes and ISP", StudyType::TEXT, StudyRole::DETAIL);
    std::vector<std::string> names;
    std::vector<MiddleboxCase> cases;
    for (const std::string& application : settings.applications)
    {
        for (const std::string& box : settings.boxes)
        {
            cases.push_back({application, box, ""});
            names.push_back(application + " " + box);
        }
    }
    // Nothing is random: one run of each says all.
    const auto results = study.Run(names, 1, [&](const StudyJob& job) {
        MiddleboxCase which = cases[job.cell];
        if (settings.pcap)
        {
            which.pcap = study.Folder().Stage(which.application + "-" + which.box);
        }
        const MiddleboxReport report = RunMiddlebox(which);
        return StudyJson{{"application", which.application},
                         {"box", which.box},
                         {"works", report.Works()},
                         {"seen", TrafficVerdictName(report.verdict)},
                         {"reason", report.reason},
                         {"detail", report.detail},
                         {"drops", report.drops}};
    });
    std::map<std::string, std::string> reasons;
    for (const StudyJobResult& result : results)
    {
        table.AddRow(result.value);
        reasons[result.job.name] = result.value["reason"].get<std::string>();
    }
    PrintMatrix(settings, reasons);
    std::cout << "\n";
    BarPlot plot;
    plot.title =
        "Of " + std::to_string(settings.applications.size()) + " applications, so many work";
    plot.yLabel = "applications";
    plot.series.emplace_back();
    for (const std::string& box : settings.boxes)
    {
        plot.categories.push_back(box);
        const auto works = std::count_if(
            settings.applications.begin(),
            settings.applications.end(),
            [&](const std::string& name) { return reasons.at(name + " " + box) == "ok"; });
        plot.series[0].points.push_back({0, static_cast<double>(works), 0});
    }
    study.Plot("survivors", plot);
}

} // namespace

int
main(int argc, char* argv[])
{
    Study study("middlebox-survival", "Which applications survive which NATs and firewalls?");
    Settings settings;
    settings.applications = NamesOf(MiddleboxApplications());
    settings.boxes = NamesOf(MiddleboxBoxes());
    StudyParameters& parameters = study.Parameters();
    parameters.AddChoiceList("applications",
                             "that are tried",
                             NamesOf(MiddleboxApplications()),
                             settings.applications);
    parameters.AddChoiceList("boxes", "in their way", NamesOf(MiddleboxBoxes()), settings.boxes);
    parameters.AddFlag("pcap", "capture on both sides of the box", settings.pcap);
    parameters.SetDefaultRuns(1);
    return study.Main(argc, argv, [&] { Survive(study, settings); });
}

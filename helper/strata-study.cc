// SPDX-License-Identifier: GPL-2.0-only

#include "strata-study.h"

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <ctime>
#include <fmt/format.h>
#include <fmt/ranges.h>
#include <fstream>
#include <iostream>

namespace ns3
{
namespace strata
{

namespace
{

/** Raised when a member of the file changes its meaning or goes. */
constexpr int SCHEMA_VERSION = 1;

double
WallSeconds()
{
    return std::chrono::duration<double>(std::chrono::steady_clock::now().time_since_epoch())
        .count();
}

/** The date as RFC 3339 writes it. */
std::string
DateText()
{
    const std::time_t now = std::time(nullptr);
    std::tm parts = {};
    ::gmtime_r(&now, &parts);
    char text[32] = "";
    std::strftime(text, sizeof text, "%Y-%m-%dT%H:%M:%SZ", &parts);
    return text;
}

/** The files that the results in \p folder consist of, if there are any. */
std::vector<std::string>
FormerFiles(const std::string& folder)
{
    std::vector<std::string> files;
    std::ifstream stream(folder + "/results.json");
    const StudyJson former = StudyJson::parse(stream, nullptr, false);
    if (!former.is_object() || former.value("schema", "") != "strata-results")
    {
        return files;
    }
    const auto found = former.find("files");
    if (found != former.end() && found->is_array())
    {
        for (const StudyJson& name : *found)
        {
            if (name.is_string())
            {
                files.push_back(name.get<std::string>());
            }
        }
    }
    return files;
}

} // namespace

Study::Study(const std::string& name, const std::string& question)
    : m_parameters(name, question),
      m_question(question),
      m_extra(StudyJson::object()),
      m_timing(StudyJson::array())
{
}

Study::~Study() = default;

StudyParameters&
Study::Parameters()
{
    return m_parameters;
}

const StudyOptions&
Study::Options() const
{
    return m_parameters.Options();
}

StudyTable&
Study::Table()
{
    return m_table;
}

StudyFolder&
Study::Folder()
{
    if (!m_folder)
    {
        throw StudyError("the results folder is open only while the study runs");
    }
    return *m_folder;
}

int
Study::Main(int argc, char* argv[], const std::function<void()>& body)
{
    try
    {
        const std::vector<std::string> arguments(argv + std::min(argc, 1), argv + argc);
        if (!m_parameters.Parse(arguments, std::cout))
        {
            return 0;
        }
        m_started = WallSeconds();
        m_date = DateText();
        m_folder = std::make_unique<StudyFolder>(Options().out);
        body();
        Commit();
        return m_status;
    }
    catch (const std::exception& error)
    {
        m_folder.reset();
        std::cout.flush();
        std::cerr << m_parameters.Study() << ": " << error.what() << std::endl;
        return 2;
    }
}

std::vector<StudyJobResult>
Study::Run(const std::vector<std::string>& cells, const StudyFunction& function)
{
    return Run(cells, Options().runs, function);
}

std::vector<StudyJobResult>
Study::Run(const std::vector<std::string>& cells, uint32_t runs, const StudyFunction& function)
{
    StudyOptions options = Options();
    options.runs = runs;
    std::vector<StudyJobResult> results = RunJobs(options, cells, function);
    for (const StudyJobResult& result : results)
    {
        m_timing.push_back({{"cell", result.job.name},
                            {"run", result.job.run + 1},
                            {"wall_s", result.wallSeconds}});
    }
    return results;
}

void
Study::RunTable(const std::vector<std::string>& cells, const StudyFunction& function)
{
    for (const StudyJobResult& result : Run(cells, function))
    {
        if (result.value.is_array())
        {
            for (const StudyJson& row : result.value)
            {
                m_table.AddRow(row);
            }
        }
        else
        {
            m_table.AddRow(result.value);
        }
    }
}

void
Study::Plot(const std::string& name, const BarPlot& plot)
{
    WritePlot(name, GnuplotProgram(plot, name + ".svg"));
}

void
Study::Plot(const std::string& name, const LinePlot& plot)
{
    WritePlot(name, GnuplotProgram(plot, name + ".svg"));
}

void
Study::Plot(const std::string& name, const SequencePlot& plot)
{
    WritePlot(name, GnuplotProgram(plot, name + ".svg"));
}

void
Study::PlotMeasure(const std::string& name,
                   const std::string& title,
                   const std::string& measure,
                   bool logY)
{
    BarPlot plot;
    plot.title = title;
    plot.yLabel = measure;
    std::replace(plot.yLabel.begin(), plot.yLabel.end(), '_', ' ');
    for (const StudyColumn& column : m_table.Columns())
    {
        if (column.name == measure && !column.unit.empty() && column.unit != "1")
        {
            plot.yLabel += " [" + column.unit + "]";
        }
    }
    plot.logY = logY;
    plot.series.emplace_back();
    const std::vector<StudySummary> summaries = m_table.Summaries();
    for (const std::vector<std::string>& group : m_table.Groups())
    {
        plot.categories.push_back(fmt::format("{}", fmt::join(group, " ")));
        for (const StudySummary& cell : summaries)
        {
            if (cell.group == group && cell.column == measure)
            {
                plot.series[0].points.push_back({0, cell.sample.mean, cell.sample.ci95});
                if (cell.missing > 0)
                {
                    const std::size_t all = cell.sample.n + cell.missing;
                    plot.categories.back() += fmt::format(" ({}/{})", cell.sample.n, all);
                }
            }
        }
    }
    Plot(name, plot);
}

void
Study::WritePlot(const std::string& name, const std::string& program)
{
    const std::string file = "plots/" + name + ".plt";
    Folder().Write(file, program);
    const std::string path = Folder().Stage(file);
    const std::size_t slash = path.find_last_of('/');
    switch (RunGnuplot(path.substr(0, slash), path.substr(slash + 1)))
    {
    case PlotOutcome::DRAWN:
        break;
    case PlotOutcome::NO_GNUPLOT:
        if (!m_plotsSkipped)
        {
            std::cerr << m_parameters.Study()
                      << ": gnuplot is not installed, so plots are skipped (their programs are in "
                         "plots/*.plt)"
                      << std::endl;
            m_plotsSkipped = true;
        }
        break;
    case PlotOutcome::FAILED:
        throw StudyError(fmt::format("gnuplot refuses plots/{}.plt", name));
    }
}

void
Study::AddToResults(const std::string& name, const StudyJson& value)
{
    m_extra[name] = value;
}

void
Study::Fail(const std::string& message)
{
    std::cout.flush();
    std::cerr << m_parameters.Study() << ": " << message << std::endl;
    m_status = 1;
}

void
Study::Commit()
{
    const StudyFolder& folder = Folder();
    if (!m_table.Columns().empty())
    {
        folder.Write("results.csv", m_table.Csv());
    }
    const double wall = WallSeconds() - m_started;
    StudyJson timing = {{"schema", "strata-timing"},
                        {"version", SCHEMA_VERSION},
                        {"study", m_parameters.Study()},
                        {"started", m_date},
                        {"wall_s", wall},
                        {"workers", WorkerCount(Options())},
                        {"jobs", m_timing}};
    folder.Write("timing.json", timing.dump(2) + "\n");

    StudyJson results = {{"schema", "strata-results"},
                         {"version", SCHEMA_VERSION},
                         {"study", m_parameters.Study()},
                         {"question", m_question},
                         {"parameters", m_parameters.Record()},
                         {"columns", m_table.ColumnsJson()},
                         {"rows", m_table.RowsJson()},
                         {"summary", m_table.SummaryJson()}};
    for (const auto& member : m_extra.items())
    {
        if (results.contains(member.key()) || member.key() == "files")
        {
            throw StudyError(fmt::format("results.json has a member '{}' already", member.key()));
        }
        results[member.key()] = member.value();
    }
    const std::vector<std::string> files = folder.Files();
    results["files"] = files;
    folder.Write("results.json", results.dump(2) + "\n");
    m_folder->Commit("results.json", FormerFiles(folder.Path()));

    const auto count = [&](const std::string& extension) {
        return std::count_if(files.begin(), files.end(), [&](const std::string& name) {
            return name.size() > extension.size() &&
                   name.compare(name.size() - extension.size(), extension.size(), extension) == 0;
        });
    };
    std::cout << fmt::format("results in {} ({} rows, {} plots, {} pcaps), {:.1f} s",
                             folder.Path(),
                             m_table.RowCount(),
                             count(".svg"),
                             count(".pcap"),
                             wall)
              << std::endl;
}

} // namespace strata
} // namespace ns3

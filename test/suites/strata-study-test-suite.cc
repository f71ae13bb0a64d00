// SPDX-License-Identifier: GPL-2.0-only

#include "ns3/random-variable-stream.h"
#include "ns3/simulator.h"
#include "ns3/strata-study.h"
#include "ns3/test.h"

#include <algorithm>
#include <chrono>
#include <cmath>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <functional>
#include <iostream>
#include <sstream>
#include <thread>
#include <unistd.h>

using namespace ns3;
using namespace ns3::strata;

namespace
{

/** The line with which \p act is refused; empty if it is accepted. */
std::string
Refusal(const std::function<void()>& act)
{
    try
    {
        act();
    }
    catch (const StudyError& error)
    {
        return error.what();
    }
    return "";
}

bool
Contains(const std::string& text, const std::string& part)
{
    return text.find(part) != std::string::npos;
}

std::string
Content(const std::string& path)
{
    std::ifstream file(path, std::ios::binary);
    std::ostringstream os;
    os << file.rdbuf();
    return os.str();
}

/** A folder of its own, gone at the end. */
class Scratch
{
  public:
    Scratch()
    {
        std::string pattern =
            (std::filesystem::temp_directory_path() / "strata-study-XXXXXX").string();
        m_path = ::mkdtemp(pattern.data());
    }

    ~Scratch()
    {
        std::error_code error;
        std::filesystem::remove_all(m_path, error);
    }

    Scratch(const Scratch&) = delete;
    Scratch& operator=(const Scratch&) = delete;

    std::string operator/(const std::string& name) const
    {
        return m_path + "/" + name;
    }

    /** Everything in it, hidden files too. */
    std::size_t Count() const
    {
        const std::filesystem::recursive_directory_iterator all(m_path);
        return static_cast<std::size_t>(std::distance(begin(all), end(all)));
    }

  private:
    std::string m_path;
};

/** Keeps a stream's output while it lives. */
class Captured
{
  public:
    explicit Captured(std::ostream& stream)
        : m_stream(stream),
          m_before(stream.rdbuf(m_text.rdbuf()))
    {
    }

    ~Captured()
    {
        m_stream.rdbuf(m_before);
    }

    Captured(const Captured&) = delete;
    Captured& operator=(const Captured&) = delete;

    std::string Text() const
    {
        return m_text.str();
    }

  private:
    std::ostream& m_stream;
    std::ostringstream m_text;
    std::streambuf* m_before;
};

/** Runs a study as its main program would. */
int
RunMain(Study& study, const std::vector<std::string>& arguments, const std::function<void()>& body)
{
    std::vector<std::string> words{"program"};
    words.insert(words.end(), arguments.begin(), arguments.end());
    std::vector<char*> argv;
    for (std::string& word : words)
    {
        argv.push_back(word.data());
    }
    return study.Main(static_cast<int>(argv.size()), argv.data(), body);
}

struct Bound
{
    std::string text{"x"};
    std::string shape{"chain"};
    std::vector<std::string> designs{"flood", "anchor", "direct"};
    uint32_t members{10};
    double share{0.5};
    Nanos overlap{20'000'000};
    bool checks{true};
    std::string path{"a/b.graphml"};
    StudyParameters parameters{"test-study", "Does it work?"};

    Bound()
    {
        parameters.AddString("text", "some text", text);
        parameters.AddChoice("shape", "a shape", {"chain", "star"}, shape);
        parameters.AddChoiceList("designs", "designs", {"flood", "anchor", "direct"}, designs);
        parameters.AddInteger("members", "members", 2, 1000, members);
        parameters.AddReal("share", "a share", 0, 1, share);
        parameters.AddTime("overlap", "overlap", Nanos(0), Nanos(10'000'000'000), overlap);
        parameters.AddFlag("checks", "invariants", checks);
        parameters.AddPath("file", "a file", path);
    }

    bool Parse(const std::vector<std::string>& arguments)
    {
        std::ostringstream os;
        return parameters.Parse(arguments, os);
    }
};

class GoodParametersAreStored : public TestCase
{
  public:
    GoodParametersAreStored()
        : TestCase("Good parameters are stored")
    {
    }

  private:
    void DoRun() override
    {
        Bound bound;
        const bool run = bound.Parse({"--text=two words",
                                      "--shape=star",
                                      "--designs=direct,flood",
                                      "--members=1000",
                                      "--share=1e-3",
                                      "--overlap=1.5ms",
                                      "--checks=false",
                                      "--file=/tmp/c.graphml",
                                      "--runs=3",
                                      "--workers=2",
                                      "--seed=77",
                                      "--out=somewhere",
                                      "--timeLimit=2min"});
        NS_TEST_ASSERT_MSG_EQ(run, true, "runs");
        NS_TEST_EXPECT_MSG_EQ(bound.text, "two words", "text");
        NS_TEST_EXPECT_MSG_EQ(bound.shape, "star", "shape");
        NS_TEST_ASSERT_MSG_EQ(bound.designs.size(), 2, "designs");
        NS_TEST_EXPECT_MSG_EQ(bound.designs[0], "flood", "in the order of the choices");
        NS_TEST_EXPECT_MSG_EQ(bound.members, 1000, "members");
        NS_TEST_EXPECT_MSG_EQ(bound.share, 0.001, "share");
        NS_TEST_EXPECT_MSG_EQ(bound.overlap.count(), 1'500'000, "overlap");
        NS_TEST_EXPECT_MSG_EQ(bound.checks, false, "checks");
        const StudyOptions& options = bound.parameters.Options();
        NS_TEST_EXPECT_MSG_EQ(options.runs, 3, "runs");
        NS_TEST_EXPECT_MSG_EQ(options.workers, 2, "workers");
        NS_TEST_EXPECT_MSG_EQ(options.seed, 77, "seed");
        NS_TEST_EXPECT_MSG_EQ(options.out, "somewhere", "out");
        NS_TEST_EXPECT_MSG_EQ(options.timeLimit.count(), 120'000'000'000, "time limit");

        const StudyJson record = bound.parameters.Record();
        NS_TEST_EXPECT_MSG_EQ(record.value("file", ""), "c.graphml", "no folder in results");
        NS_TEST_EXPECT_MSG_EQ(record.contains("workers"), false, "workers change no result");
        NS_TEST_EXPECT_MSG_EQ(record.contains("out"), false, "nor does the folder");
        NS_TEST_EXPECT_MSG_EQ(record.value("overlap", ""), "1.5ms", "time");
    }
};

class TimesTakeUnits : public TestCase
{
  public:
    TimesTakeUnits()
        : TestCase("Times take units, and are seconds without one")
    {
    }

  private:
    void DoRun() override
    {
        const std::vector<std::pair<std::string, int64_t>> times{{"2", 2'000'000'000},
                                                                 {"2s", 2'000'000'000},
                                                                 {"0.25", 250'000'000},
                                                                 {"7ns", 7},
                                                                 {"7us", 7'000},
                                                                 {"7ms", 7'000'000},
                                                                 {"0.1min", 6'000'000'000},
                                                                 {"0.001h", 3'600'000'000}};
        for (const auto& time : times)
        {
            Bound bound;
            bound.Parse({"--overlap=" + time.first});
            NS_TEST_EXPECT_MSG_EQ(bound.overlap.count(), time.second, time.first);
        }
    }
};

class BadParametersAreRefusedInOneLine : public TestCase
{
  public:
    BadParametersAreRefusedInOneLine()
        : TestCase("Bad parameters are refused in one line that names them")
    {
    }

  private:
    void DoRun() override
    {
        const std::vector<std::pair<std::string, std::string>> bad{
            {"--designz=flood", "did you mean --designs?"},
            {"--nonsense=1", "unknown parameter --nonsense"},
            {"flood", "unexpected argument 'flood'"},
            {"-", "unexpected argument"},
            {"--", "unexpected argument"},
            {"", "unexpected argument"},
            {"--designs=foo", "'foo' is not all or one of flood, anchor, direct"},
            {"--designs=flood,,anchor", "'' is not"},
            {"--designs=flood,flood", "stands twice"},
            {"--shape=all", "one of chain, star"},
            {"--members=0", "from 2 to 1000"},
            {"--members=1001", "from 2 to 1000"},
            {"--members=-5", "from 2 to 1000"},
            {"--members=10x", "from 2 to 1000"},
            {"--members= 10", "from 2 to 1000"},
            {"--members=99999999999999999999", "from 2 to 1000"},
            {"--members=", "from 2 to 1000"},
            {"--members", "needs a value"},
            {"--share=1.01", "from 0 to 1"},
            {"--share=nan", "from 0 to 1"},
            {"--share=inf", "from 0 to 1"},
            {"--share=0x1", "from 0 to 1"},
            {"--share=1e999", "from 0 to 1"},
            {"--overlap=-1s", "from 0s to 10s"},
            {"--overlap=11", "from 0s to 10s"},
            {"--overlap=5parsecs", "from 0s to 10s"},
            {"--overlap=ms", "from 0s to 10s"},
            {"--overlap=1e300h", "from 0s to 10s"},
            {"--checks=maybe", "true or false"},
            {"--text=", "needs a value"},
            {"--runs=0", "from 1 to 100000"},
            {"--workers=-1", "from 0 to 1024"},
            {"--seed=0", "from 1 to"},
            {"--timeLimit=0", "from 1ms"},
            {"--RngRun=5", "use --seed"},
            {"--ns3::Nothing::Attribute=5", "no such ns-3 attribute"},
            {"--ns3::RandomVariableStream::Stream=many", "no such ns-3 attribute"},
            {"--PrintAttributes=ns3::Nothing", "unknown type"}};
        for (const auto& row : bad)
        {
            Bound bound;
            const std::string line = Refusal([&] { bound.Parse({row.first}); });
            NS_TEST_EXPECT_MSG_EQ(Contains(line, row.second),
                                  true,
                                  row.first << " gives '" << line << "'");
            NS_TEST_EXPECT_MSG_EQ(Contains(line, "\n"), false, "one line");
        }
    }
};

class HelpListsDefaultsAndRanges : public TestCase
{
  public:
    HelpListsDefaultsAndRanges()
        : TestCase("Help lists defaults and ranges")
    {
    }

  private:
    void DoRun() override
    {
        Bound bound;
        bound.parameters.SetDefaultRuns(7);
        std::ostringstream os;
        const bool run = bound.parameters.Parse({"--help"}, os);
        NS_TEST_EXPECT_MSG_EQ(run, false, "does not run");
        for (const char* part : {"Does it work?",
                                 "members (2 to 1000) [10]",
                                 "(chain|star) [chain]",
                                 "[all]",
                                 "(0s to 10s) [20ms]",
                                 "replications of each cell (1 to 100000) [7]",
                                 "[results/test-study]"})
        {
            NS_TEST_EXPECT_MSG_EQ(Contains(os.str(), part), true, part);
        }
    }
};

StudyOptions
SmallOptions(uint32_t runs, uint32_t workers)
{
    StudyOptions options;
    options.runs = runs;
    options.workers = workers;
    options.timeLimit = Nanos(20'000'000'000);
    return options;
}

/** What a simulation sees of the state that ns-3 keeps for the whole process. */
StudyJson
Observe(const StudyJob& job)
{
    Ptr<UniformRandomVariable> random = CreateObject<UniformRandomVariable>();
    double value = random->GetValue();
    Simulator::Schedule(Seconds(1), [&] { value += random->GetValue(); });
    Simulator::Run();
    const double now = Simulator::Now().GetSeconds();
    Simulator::Destroy();
    return {{"cell", job.name}, {"run", job.run}, {"value", value}, {"now", now}};
}

StudyJson
ValuesOf(const std::vector<StudyJobResult>& results)
{
    StudyJson values = StudyJson::array();
    for (const StudyJobResult& result : results)
    {
        values.push_back(result.value);
    }
    return values;
}

class ResultsDependOnNeitherWorkersNorOrder : public TestCase
{
  public:
    ResultsDependOnNeitherWorkersNorOrder()
        : TestCase("Results are the same for any number of workers, in the order of the jobs")
    {
    }

  private:
    void DoRun() override
    {
        const std::vector<std::string> cells{"a", "b", "c"};
        const StudyJson one = ValuesOf(RunJobs(SmallOptions(4, 1), cells, Observe));
        // Later jobs end first.
        const StudyJson five = ValuesOf(RunJobs(SmallOptions(4, 5), cells, [](const StudyJob& job) {
            std::this_thread::sleep_for(std::chrono::milliseconds(30 - 2 * job.index));
            return Observe(job);
        }));
        NS_TEST_ASSERT_MSG_EQ(one.size(), 12, "cells times runs");
        NS_TEST_EXPECT_MSG_EQ(one.dump(), five.dump(), "the same");
        NS_TEST_EXPECT_MSG_EQ(one[5].value("cell", ""), "b", "ordered by cell");
        NS_TEST_EXPECT_MSG_EQ(one[5].value("run", 9), 1, "then by run");
        NS_TEST_EXPECT_MSG_NE(one[0]["value"].get<double>(),
                              one[1]["value"].get<double>(),
                              "replications differ");
        NS_TEST_EXPECT_MSG_EQ(one[0]["value"].get<double>(),
                              one[4]["value"].get<double>(),
                              "cells see the same random numbers");
        StudyOptions other = SmallOptions(4, 1);
        other.seed = 2;
        NS_TEST_EXPECT_MSG_NE(ValuesOf(RunJobs(other, cells, Observe)).dump(),
                              one.dump(),
                              "the seed counts");
    }
};

class LargeResultsArrive : public TestCase
{
  public:
    LargeResultsArrive()
        : TestCase("Results larger than a pipe arrive whole")
    {
    }

  private:
    void DoRun() override
    {
        const auto results = RunJobs(SmallOptions(2, 2), {"a"}, [](const StudyJob& job) {
            return StudyJson(std::string(3'000'000 + job.run, 'x'));
        });
        NS_TEST_EXPECT_MSG_EQ(results[1].value.get<std::string>().size(), 3'000'001, "whole");
    }
};

class FailingJobsAreNamed : public TestCase
{
  public:
    FailingJobsAreNamed()
        : TestCase("Jobs that throw, crash, leave or hang are named")
    {
    }

  private:
    void Expect(const StudyFunction& fail, const std::string& part, Nanos limit)
    {
        StudyOptions options = SmallOptions(2, 2);
        options.timeLimit = limit;
        const auto started = std::chrono::steady_clock::now();
        const std::string line = Refusal([&] {
            RunJobs(options, {"good", "bad"}, [&](const StudyJob& job) {
                return job.cell == 1 && job.run == 1 ? fail(job) : StudyJson(1);
            });
        });
        NS_TEST_EXPECT_MSG_EQ(Contains(line, "'bad', run 2"), true, line);
        NS_TEST_EXPECT_MSG_EQ(Contains(line, part), true, line);
        NS_TEST_EXPECT_MSG_EQ(Contains(line, "\n"), false, "one line");
        const auto took = std::chrono::steady_clock::now() - started;
        NS_TEST_EXPECT_MSG_EQ((took < std::chrono::seconds(100)), true, "ends");
    }

    void DoRun() override
    {
        const Nanos long_(300'000'000'000);
        Expect([](const StudyJob&) -> StudyJson { throw std::runtime_error("two\nlines"); },
               "two lines",
               long_);
        Expect([](const StudyJob&) -> StudyJson { throw 7; }, "unknown type", long_);
        Expect([](const StudyJob&) -> StudyJson { std::abort(); }, "signal 6", long_);
        Expect([](const StudyJob&) -> StudyJson { ::_exit(0); }, "without a result", long_);
        Expect(
            [](const StudyJob&) -> StudyJson {
                while (true)
                {
                    std::this_thread::sleep_for(std::chrono::seconds(1));
                }
            },
            "more than 1 s",
            Nanos(1'000'000'000));
    }
};

StudyTable
SmallTable()
{
    StudyTable table;
    table.AddGroup("design", "which design");
    table.AddColumn("run", "", "replication", StudyType::INTEGER, StudyRole::DETAIL);
    table.AddMeasure("outage", "s", "how long");
    table.AddColumn("survived", "1", "lived", StudyType::BOOLEAN, StudyRole::MEASURE);
    table.AddColumn("why", "", "in words", StudyType::TEXT, StudyRole::DETAIL);
    table.AddRow({{"design", "flood"}, {"run", 1}, {"outage", 0.1}, {"survived", true}});
    table.AddRow({{"why", "a \"b\", c"}, {"design", "flood"}, {"run", 2}, {"outage", 0.3}});
    table.AddRow(
        {{"design", "anchor"}, {"outage", std::nan("")}, {"survived", false}, {"why", nullptr}});
    return table;
}

class TablesAreWrittenAsRfc4180 : public TestCase
{
  public:
    TablesAreWrittenAsRfc4180()
        : TestCase("Tables are written as RFC 4180 says")
    {
    }

  private:
    void DoRun() override
    {
        NS_TEST_EXPECT_MSG_EQ(SmallTable().Csv(),
                              "design,run,outage[s],survived[1],why\r\n"
                              "flood,1,0.1,true,\r\n"
                              "flood,2,0.3,,\"a \"\"b\"\", c\"\r\n"
                              "anchor,,,false,\r\n",
                              "csv");
        for (double value : {0.1, 1.0 / 3, 1e300, 5e-324, -0.0, 123456789012345680.0})
        {
            NS_TEST_EXPECT_MSG_EQ(std::strtod(StudyNumber(value).c_str(), nullptr),
                                  value,
                                  "reads back");
        }
    }
};

class TablesAreSummarized : public TestCase
{
  public:
    TablesAreSummarized()
        : TestCase("Tables are summarized by group")
    {
    }

  private:
    void DoRun() override
    {
        const std::vector<StudySummary> summaries = SmallTable().Summaries();
        NS_TEST_ASSERT_MSG_EQ(summaries.size(), 4, "groups times measures");
        NS_TEST_EXPECT_MSG_EQ_TOL(summaries[0].sample.mean, 0.2, 1e-12, "mean");
        // t(0.95, 1) = 12.706, stddev = 0.2 / sqrt(2), n = 2
        NS_TEST_EXPECT_MSG_EQ_TOL(summaries[0].sample.ci95, 1.2706, 1e-4, "interval");
        NS_TEST_EXPECT_MSG_EQ(summaries[1].sample.n, 1, "one value");
        NS_TEST_EXPECT_MSG_EQ(summaries[1].missing, 1, "one missing");
        NS_TEST_EXPECT_MSG_EQ(summaries[2].sample.n, 0, "never recovered");
        NS_TEST_EXPECT_MSG_EQ(summaries[2].missing, 1, "so it is missing");
        NS_TEST_EXPECT_MSG_EQ(summaries[3].sample.mean, 0, "false is 0");
        std::ostringstream os;
        SmallTable().Print(os);
        NS_TEST_EXPECT_MSG_EQ(Contains(os.str(), " (1/2)"), true, "one of two: " << os.str());
        const StudyJson json = SmallTable().SummaryJson();
        NS_TEST_EXPECT_MSG_EQ(json[2]["mean"].is_null(), true, "no mean");
        NS_TEST_EXPECT_MSG_EQ(json[0]["group"]["design"], "flood", "group");
    }
};

class TablesArePrintedInTheWidth : public TestCase
{
  public:
    TablesArePrintedInTheWidth()
        : TestCase("Tables are printed in the width that there is")
    {
    }

  private:
    void DoRun() override
    {
        StudyTable table;
        table.AddGroup("design", "which");
        for (int i = 0; i < 12; ++i)
        {
            table.AddMeasure("measure_number_" + std::to_string(i), "ms", "a number");
        }
        for (int run = 0; run < 3; ++run)
        {
            StudyJson row{{"design", "flood"}};
            for (int i = 0; i < 12; ++i)
            {
                row["measure_number_" + std::to_string(i)] = 100.0 * i + run;
            }
            table.AddRow(row);
        }
        std::ostringstream os;
        table.Print(os, {}, 80);
        std::istringstream lines(os.str());
        std::string line;
        std::size_t rows = 0;
        while (std::getline(lines, line))
        {
            // The sign for plus or minus takes two bytes.
            const auto wide = std::count(line.begin(), line.end(), '\xc2');
            NS_TEST_EXPECT_MSG_LT_OR_EQ(line.size() - static_cast<std::size_t>(wide), 80, line);
            rows += line.compare(0, 5, "flood") == 0 ? 1 : 0;
        }
        NS_TEST_EXPECT_MSG_GT(rows, 1, "more than one block");
        NS_TEST_EXPECT_MSG_EQ(Contains(os.str(), "101.0 \u00b12.5"), true, os.str());
    }
};

class WrongRowsAreRefused : public TestCase
{
  public:
    WrongRowsAreRefused()
        : TestCase("Rows that do not fit are refused")
    {
    }

  private:
    void DoRun() override
    {
        StudyTable table = SmallTable();
        NS_TEST_EXPECT_MSG_NE(Refusal([&] { table.AddRow({{"outage", "long"}}); }), "", "text");
        NS_TEST_EXPECT_MSG_NE(Refusal([&] { table.AddRow({{"run", 1.5}}); }), "", "fraction");
        NS_TEST_EXPECT_MSG_NE(Refusal([&] { table.AddRow({{"other", 1}}); }), "", "column");
        NS_TEST_EXPECT_MSG_NE(Refusal([&] { table.AddRow(StudyJson::array()); }), "", "array");
        NS_TEST_EXPECT_MSG_NE(Refusal([&] { table.AddMeasure("late", "s", ""); }), "", "late");
        NS_TEST_EXPECT_MSG_EQ(table.RowCount(), 3, "none was added");
    }
};

class FoldersAreWholeOrNotThere : public TestCase
{
  public:
    FoldersAreWholeOrNotThere()
        : TestCase("Folders are whole or not there")
    {
    }

  private:
    void DoRun() override
    {
        const Scratch scratch;
        {
            const StudyFolder folder(scratch / "a/b/");
            folder.Write("results.csv", "x");
            folder.Write("plots/p.svg", "y");
            NS_TEST_EXPECT_MSG_EQ(std::filesystem::exists(scratch / "a/b/results.csv"),
                                  false,
                                  "not yet");
        }
        NS_TEST_EXPECT_MSG_EQ(scratch.Count(), 0, "nothing is left without a commit");
        {
            StudyFolder folder(scratch / "a");
            folder.Write("old.pcap", "1");
            folder.Write("results.json", "1");
            folder.Commit("results.json", {});
        }
        {
            StudyFolder folder(scratch / "a");
            folder.Write("plots/new.svg", "2");
            folder.Write("results.json", "2");
            NS_TEST_EXPECT_MSG_EQ(Content(scratch / "a/results.json"), "1", "the former results");
            folder.Commit("results.json", {"old.pcap", "../escape", "results.json"});
        }
        NS_TEST_EXPECT_MSG_EQ(Content(scratch / "a/results.json"), "2", "the new results");
        NS_TEST_EXPECT_MSG_EQ(std::filesystem::exists(scratch / "a/old.pcap"), false, "stale");
        NS_TEST_EXPECT_MSG_EQ(scratch.Count(), 4, "a, plots and two files");

        const StudyFolder folder(scratch / "c");
        for (const char* name : {"", "/etc/passwd", "../x", "a/../../x", ".hidden", "a/"})
        {
            NS_TEST_EXPECT_MSG_NE(Refusal([&] { folder.Stage(name); }), "", name);
        }
    }
};

class UnwritableFoldersAreRefused : public TestCase
{
  public:
    UnwritableFoldersAreRefused()
        : TestCase("Unwritable folders are refused before anything runs")
    {
    }

  private:
    void DoRun() override
    {
        const Scratch scratch;
        std::ofstream(scratch / "file") << "x";
        for (const std::string& path :
             {scratch / "file", scratch / "file/below", std::string("/proc/strata")})
        {
            bool ran = false;
            Study study("test-study", "?");
            const Captured error(std::cerr);
            const int status = RunMain(study, {"--out=" + path}, [&] { ran = true; });
            NS_TEST_EXPECT_MSG_EQ(status, 2, path);
            NS_TEST_EXPECT_MSG_EQ(ran, false, path);
            const std::string line = error.Text();
            NS_TEST_EXPECT_MSG_EQ(Contains(line, "cannot be written"), true, line);
            NS_TEST_EXPECT_MSG_EQ(std::count(line.begin(), line.end(), '\n'), 1, "one line");
        }
        NS_TEST_EXPECT_MSG_EQ(scratch.Count(), 1, "nothing was made");
    }
};

/** A small study with everything that results have. */
int
RunSmallStudy(const std::string& out, const std::string& workers)
{
    Study study("test-study", "Does it work?");
    return RunMain(study, {"--out=" + out, "--workers=" + workers, "--runs=3"}, [&] {
        study.Table().AddGroup("cell", "which cell");
        study.Table().AddMeasure("value", "s", "a random number");
        study.RunTable({"a", "b"}, [&](const StudyJob& job) -> StudyJson {
            const StudyJson seen = Observe(job);
            std::ofstream(study.Folder().Stage(job.name + ".pcap")) << job.name;
            return {{"cell", job.name}, {"value", seen["value"]}};
        });
        study.PlotMeasure("value", "Value", "value");
        study.AddToResults("extra", StudyJson{{"answer", 42}});
    });
}

class StudiesWriteTheSameResultsAgain : public TestCase
{
  public:
    StudiesWriteTheSameResultsAgain()
        : TestCase("Studies write the same results again, for any number of workers")
    {
    }

  private:
    void DoRun() override
    {
        const Scratch scratch;
        const Captured output(std::cout);
        NS_TEST_ASSERT_MSG_EQ(RunSmallStudy(scratch / "one", "1"), 0, "status");
        NS_TEST_ASSERT_MSG_EQ(RunSmallStudy(scratch / "four", "4"), 0, "status");
        for (const char* name :
             {"results.csv", "results.json", "a.pcap", "b.pcap", "plots/value.plt"})
        {
            const std::string content = Content(scratch / ("one/" + std::string(name)));
            NS_TEST_EXPECT_MSG_NE(content, "", name);
            NS_TEST_EXPECT_MSG_EQ((content == Content(scratch / ("four/" + std::string(name)))),
                                  true,
                                  name);
        }
        NS_TEST_EXPECT_MSG_EQ(Content(scratch / "one/plots/value.svg"),
                              Content(scratch / "four/plots/value.svg"),
                              "pictures");
        const StudyJson results = StudyJson::parse(Content(scratch / "one/results.json"));
        NS_TEST_EXPECT_MSG_EQ(results["schema"], "strata-results", "schema");
        NS_TEST_EXPECT_MSG_EQ(results["version"], 1, "version");
        NS_TEST_EXPECT_MSG_EQ(results["rows"].size(), 6, "rows");
        NS_TEST_EXPECT_MSG_EQ(results["summary"][0]["n"], 3, "summary");
        NS_TEST_EXPECT_MSG_EQ(results["columns"][1]["unit"], "s", "units");
        NS_TEST_EXPECT_MSG_EQ(results["extra"]["answer"], 42, "extra");
        NS_TEST_EXPECT_MSG_EQ(results["parameters"]["runs"], 3, "parameters");
        const StudyJson timing = StudyJson::parse(Content(scratch / "four/timing.json"));
        NS_TEST_EXPECT_MSG_EQ(timing["workers"], 4, "workers");
        NS_TEST_EXPECT_MSG_EQ(timing["jobs"].size(), 6, "jobs");
    }
};

class FailedStudiesLeaveNothingBehind : public TestCase
{
  public:
    FailedStudiesLeaveNothingBehind()
        : TestCase("Failed studies leave nothing behind and former results alone")
    {
    }

  private:
    void DoRun() override
    {
        const Scratch scratch;
        const Captured output(std::cout);
        const Captured error(std::cerr);
        const auto fail = [&] {
            Study study("test-study", "?");
            return RunMain(study, {"--out=" + (scratch / "out")}, [&] {
                study.Folder().Write("half.pcap", "x");
                study.Run({"a"}, [](const StudyJob&) -> StudyJson { std::abort(); });
            });
        };
        NS_TEST_EXPECT_MSG_EQ(fail(), 2, "status");
        NS_TEST_EXPECT_MSG_EQ(scratch.Count(), 0, "nothing");
        NS_TEST_ASSERT_MSG_EQ(RunSmallStudy(scratch / "out", "2"), 0, "status");
        const std::size_t count = scratch.Count();
        const std::string before = Content(scratch / "out/results.json");
        NS_TEST_EXPECT_MSG_EQ(fail(), 2, "status");
        NS_TEST_EXPECT_MSG_EQ(scratch.Count(), count, "as many files");
        NS_TEST_EXPECT_MSG_EQ(Content(scratch / "out/results.json"), before, "the same");
    }
};

class FailMarksAStudyThatRan : public TestCase
{
  public:
    FailMarksAStudyThatRan()
        : TestCase("Fail gives status 1 and keeps the results")
    {
    }

  private:
    void DoRun() override
    {
        const Scratch scratch;
        const Captured output(std::cout);
        const Captured error(std::cerr);
        Study study("test-study", "?");
        const int status =
            RunMain(study, {"--out=" + (scratch / "out")}, [&] { study.Fail("not the sum"); });
        NS_TEST_EXPECT_MSG_EQ(status, 1, "status");
        NS_TEST_EXPECT_MSG_EQ(error.Text(), "test-study: not the sum\n", "one line");
        NS_TEST_EXPECT_MSG_EQ(std::filesystem::exists(scratch / "out/results.json"), true, "kept");
    }
};

class PlotProgramsHoldTheirData : public TestCase
{
  public:
    PlotProgramsHoldTheirData()
        : TestCase("Plot programs hold their data and run no text of it")
    {
    }

  private:
    void Draw(const std::string& program, const std::string& part)
    {
        const Scratch scratch;
        std::ofstream(scratch / "p.plt") << program;
        const PlotOutcome outcome = RunGnuplot(scratch / "", "p.plt");
        if (outcome == PlotOutcome::NO_GNUPLOT)
        {
            return;
        }
        NS_TEST_EXPECT_MSG_EQ((outcome == PlotOutcome::DRAWN), true, program);
        const std::string svg = Content(scratch / "p.svg");
        NS_TEST_EXPECT_MSG_EQ(Contains(svg, part), true, "shows " << part);
        NS_TEST_EXPECT_MSG_EQ(Contains(svg, "width=\"900\" height=\"540\""), true, "size");
        NS_TEST_EXPECT_MSG_EQ(scratch.Count(), 2, "and wrote nothing else");
    }

    void DoRun() override
    {
        BarPlot bar;
        bar.title = "A `touch evil` \"title\" \\ of bars";
        bar.yLabel = "time [s]";
        bar.categories = {"one_design", "two"};
        bar.series = {{"first", {{0, 1, 0.5}, {0, std::nan(""), 0}}},
                      {"second", {{0, 0, 0}, {0, 3, 4}}}};
        for (const bool logarithmic : {false, true})
        {
            bar.logY = logarithmic;
            Draw(GnuplotProgram(bar, "p.svg"), "one_design");
        }
        LinePlot line;
        line.title = "Lines";
        line.xLabel = "moves";
        line.yLabel = "messages [1]";
        line.series = {{"a", {{0, 0, 0}, {1, 2, 1}, {2, INFINITY, 0}}}, {"nothing", {}}};
        for (const bool logarithmic : {false, true})
        {
            line.logX = logarithmic;
            line.logY = logarithmic;
            for (PlotStyle style :
                 {PlotStyle::POINTS, PlotStyle::LINES, PlotStyle::LINES_POINTS, PlotStyle::STEPS})
            {
                line.style = style;
                Draw(GnuplotProgram(line, "p.svg"), "messages [1]");
            }
        }
        SequencePlot sequence;
        sequence.title = "Sequence";
        sequence.xLabel = "time [s]";
        sequence.yLabel = "number";
        sequence.series = {{"arrived", {{1, 1, 0}}}};
        sequence.marks = {{1.5, "detached"}, {1.6, "attached"}};
        sequence.spans = {{1.5, 1.6, "link layer"}};
        Draw(GnuplotProgram(sequence, "p.svg"), "detached");
        Draw(GnuplotProgram(LinePlot(), "p.svg"), "no data");
        Draw(GnuplotProgram(BarPlot(), "p.svg"), "no data");
        Draw(GnuplotProgram(SequencePlot(), "p.svg"), "no data");
    }
};

class StrataStudyTestSuite : public TestSuite
{
  public:
    StrataStudyTestSuite()
        : TestSuite("strata-study")
    {
        AddTestCase(new GoodParametersAreStored());
        AddTestCase(new TimesTakeUnits());
        AddTestCase(new BadParametersAreRefusedInOneLine());
        AddTestCase(new HelpListsDefaultsAndRanges());
        AddTestCase(new ResultsDependOnNeitherWorkersNorOrder());
        AddTestCase(new LargeResultsArrive());
        AddTestCase(new FailingJobsAreNamed());
        AddTestCase(new TablesAreWrittenAsRfc4180());
        AddTestCase(new TablesAreSummarized());
        AddTestCase(new TablesArePrintedInTheWidth());
        AddTestCase(new WrongRowsAreRefused());
        AddTestCase(new FoldersAreWholeOrNotThere());
        AddTestCase(new UnwritableFoldersAreRefused());
        AddTestCase(new StudiesWriteTheSameResultsAgain());
        AddTestCase(new FailedStudiesLeaveNothingBehind());
        AddTestCase(new FailMarksAStudyThatRan());
        AddTestCase(new PlotProgramsHoldTheirData());
    }
};

StrataStudyTestSuite g_strataStudyTestSuite;

} // namespace

// SPDX-License-Identifier: GPL-2.0-only

#ifndef STRATA_STUDY_H
#define STRATA_STUDY_H

#include "strata-study-error.h"
#include "strata-study-folder.h"
#include "strata-study-parameters.h"
#include "strata-study-plot.h"
#include "strata-study-runner.h"
#include "strata-study-table.h"

#include <functional>
#include <memory>
#include <string>
#include <vector>

namespace ns3
{
namespace strata
{

/**
 * A study: a question, parameters, replications in worker processes, a table, plots and a folder
 * of results.
 *
 * \code
 * int
 * main(int argc, char* argv[])
 * {
 *     Study study("ping-delay", "How does the delay of a ping grow with the hops?");
 *     uint32_t hops = 5;
 *     study.Parameters().AddInteger("hops", "hops at most", 1, 100, hops);
 *     return study.Main(argc, argv, [&] {
 *         study.Table().AddGroup("hops", "hops between the two ends");
 *         study.Table().AddMeasure("delay", "ms", "round-trip time");
 *         std::vector<std::string> cells;
 *         for (uint32_t i = 1; i <= hops; ++i)
 *         {
 *             cells.push_back(std::to_string(i));
 *         }
 *         study.RunTable(cells, [&](const StudyJob& job) {
 *             return StudyJson{{"hops", job.name}, {"delay", Simulate(job.cell + 1)}};
 *         });
 *         study.Table().Print(std::cout);
 *     });
 * }
 * \endcode
 */
class Study
{
  public:
    Study(const std::string& name, const std::string& question);
    ~Study();

    Study(const Study&) = delete;
    Study& operator=(const Study&) = delete;

    /** Add the study's own parameters here before Main. */
    StudyParameters& Parameters();

    /** The values of --runs, --seed and so on; valid in Main's body. */
    const StudyOptions& Options() const;

    /** The rows of results.csv and results.json. */
    StudyTable& Table();

    /** Where to write pcaps; valid in Main's body. */
    StudyFolder& Folder();

    /**
     * Reads the command line, opens the results folder, runs \p body, and when it returns writes
     * results.csv, results.json and timing.json and renames all results into place.
     *
     * \return the exit status: 0; 2 after one line on stderr if a parameter, an input or the folder
     *         is wrong or a job failed, and then nothing is left behind; 1 if \p body failed the
     *         study with Fail
     */
    int Main(int argc, char* argv[], const std::function<void()>& body);

    /** Runs cells x --runs; see RunJobs. */
    std::vector<StudyJobResult> Run(const std::vector<std::string>& cells,
                                    const StudyFunction& function);

    /** The same with \p runs replications instead of --runs. */
    std::vector<StudyJobResult> Run(const std::vector<std::string>& cells,
                                    uint32_t runs,
                                    const StudyFunction& function);

    /** Run, and each job's object, or each object of its array, as a row of the table. */
    void RunTable(const std::vector<std::string>& cells, const StudyFunction& function);

    /** Writes plots/NAME.svg and the program that draws it, plots/NAME.plt. */
    void Plot(const std::string& name, const BarPlot& plot);
    void Plot(const std::string& name, const LinePlot& plot);
    void Plot(const std::string& name, const SequencePlot& plot);

    /** Bars of the table's \p measure by group, with confidence intervals. */
    void PlotMeasure(const std::string& name,
                     const std::string& title,
                     const std::string& measure,
                     bool logY = false);

    /** Adds the member \p name to results.json, after the rows. */
    void AddToResults(const std::string& name, const StudyJson& value);

    /** Results stay and are committed, but the exit status is 1 and \p message goes to stderr. */
    void Fail(const std::string& message);

  private:
    void WritePlot(const std::string& name, const std::string& program);
    void Commit();

    StudyParameters m_parameters;
    std::string m_question;
    StudyTable m_table;
    std::unique_ptr<StudyFolder> m_folder;
    StudyJson m_extra;
    StudyJson m_timing;
    double m_started{0};
    std::string m_date;
    bool m_plotsSkipped{false};
    int m_status{0};
};

} // namespace strata
} // namespace ns3

#endif /* STRATA_STUDY_H */

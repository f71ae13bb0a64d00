// SPDX-License-Identifier: GPL-2.0-only

#ifndef STRATA_STUDY_RUNNER_H
#define STRATA_STUDY_RUNNER_H

#include "strata-study-parameters.h"

#include <functional>
#include <string>
#include <vector>

namespace ns3
{
namespace strata
{

/** One simulation: a cell of the study's plan, and which of its replications. */
struct StudyJob
{
    std::size_t index{0}; //!< over all jobs, the order of the results
    std::size_t cell{0};  //!< which cell
    std::string name;     //!< the cell's name, for messages
    uint32_t run{0};      //!< which replication, from 0
};

/** What a job returned. */
struct StudyJobResult
{
    StudyJob job;
    StudyJson value;
    double wallSeconds{0}; //!< wall time, for timing.json only
};

/** The simulation itself; runs in a process of its own. */
using StudyFunction = std::function<StudyJson(const StudyJob&)>;

/**
 * Runs the jobs cells x runs in worker processes, so many at a time, and returns their results in
 * the order of the jobs (cell by cell, run by run).
 *
 * Each job is forked from this process, which must not have built a simulation, so each starts from
 * the same ns-3 state (node ids, packet uids, stream numbers), whatever ran before it. The
 * random streams get the study's seed and the run number run + 1: replications are independent,
 * and the cells of one replication see the same random numbers, which makes differences between
 * cells sharper than their confidence intervals (common random numbers; Law, Simulation Modeling
 * and Analysis, chapter 11). So results are the same for any number of workers.
 *
 * \throws StudyError that names the job which threw, crashed, exited or exceeded the time limit;
 *         the other workers are ended.
 */
std::vector<StudyJobResult> RunJobs(const StudyOptions& options,
                                    const std::vector<std::string>& cells,
                                    const StudyFunction& function);

/** The number of worker processes that \p options means. */
uint32_t WorkerCount(const StudyOptions& options);

} // namespace strata
} // namespace ns3

#endif /* STRATA_STUDY_RUNNER_H */

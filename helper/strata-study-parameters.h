// SPDX-License-Identifier: GPL-2.0-only

#ifndef STRATA_STUDY_PARAMETERS_H
#define STRATA_STUDY_PARAMETERS_H

#include "ns3/strata-time.h"

#include <cstddef>
#include <cstdint>
#include <functional>
#include <iosfwd>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

namespace ns3
{
namespace strata
{

/** JSON whose members keep the order in which they were written. */
using StudyJson = nlohmann::ordered_json;

/** Parameters that every study has. */
struct StudyOptions
{
    uint32_t runs{10};                //!< --runs: replications of each cell
    uint32_t workers{0};              //!< --workers: processes at a time; 0 is one per core
    uint32_t seed{1};                 //!< --seed: seed of the random streams
    std::string out;                  //!< --out: folder of the results
    Nanos timeLimit{600'000'000'000}; //!< --timeLimit: wall time that one job may take
};

/**
 * Typed and checked parameters in front of ns3::CommandLine, which prints the help and sets ns-3
 * attributes and globals (--ns3::Class::Attribute=value).
 *
 * The stock class reads "1x" as 1, prints a page for a bad value, or aborts. Here any unknown
 * option, and any value that does not parse or is out of range, throws StudyError with one line.
 * Parameters write to the variables that they were bound to; the value there when a parameter is
 * added is its default.
 */
class StudyParameters
{
  public:
    /**
     * \param study the name, as on the command line
     * \param question what the study answers: the text of --help
     * \param replicated false for a program that runs once and writes no results: it has none of
     *                   the StudyOptions
     */
    StudyParameters(const std::string& study, const std::string& question, bool replicated = true);

    /** Any text. */
    void AddString(const std::string& name, const std::string& help, std::string& value);

    /** One of \p choices. */
    void AddChoice(const std::string& name,
                   const std::string& help,
                   const std::vector<std::string>& choices,
                   std::string& value);

    /**
     * Some of \p choices, separated by commas, or "all". Duplicates are an error; the result is in
     * the order of \p choices.
     */
    void AddChoiceList(const std::string& name,
                       const std::string& help,
                       const std::vector<std::string>& choices,
                       std::vector<std::string>& values);

    /** A whole number from \p minimum to \p maximum. */
    void AddInteger(const std::string& name,
                    const std::string& help,
                    uint32_t minimum,
                    uint32_t maximum,
                    uint32_t& value);

    /** A finite number from \p minimum to \p maximum. */
    void AddReal(const std::string& name,
                 const std::string& help,
                 double minimum,
                 double maximum,
                 double& value);

    /**
     * A time from \p minimum to \p maximum: a number with the unit h, min, s, ms, us or ns; without
     * a unit, seconds.
     */
    void AddTime(const std::string& name,
                 const std::string& help,
                 Nanos minimum,
                 Nanos maximum,
                 Nanos& value);

    /** A switch: --name, --name=true or --name=false. */
    void AddFlag(const std::string& name, const std::string& help, bool& value);

    /** A file or folder; results record its last component only. */
    void AddPath(const std::string& name, const std::string& help, std::string& value);

    /** The values of --runs, --workers and so on. */
    const StudyOptions& Options() const;

    /** Changes the default of --runs; call before Parse. */
    void SetDefaultRuns(uint32_t runs);

    /**
     * Reads the command line.
     *
     * \return true if the study shall run, false if help was asked for and printed to \p os
     * \throws StudyError with one line about the first thing that is wrong
     */
    bool Parse(const std::vector<std::string>& arguments, std::ostream& os);

    /**
     * The parameters that results depend on, in the order in which they were added, then the
     * ns-3 attributes that were set: not --workers, --out or --timeLimit.
     */
    StudyJson Record() const;

    /** The study's name. */
    const std::string& Study() const;

  private:
    struct Item
    {
        std::string name;
        std::string help;
        std::string initial;                         //!< default as text
        std::function<void(const std::string&)> set; //!< throws StudyError
        std::function<StudyJson()> record;           //!< empty: results do not depend on it
        bool bare{false};                            //!< may stand without a value
    };

    void Add(Item item);
    const Item* Find(const std::string& name) const;
    void CheckAttribute(const std::string& name, const std::string& value) const;
    std::string Suggest(const std::string& name) const;

    std::string m_study;
    std::string m_question;
    std::vector<Item> m_items;
    std::size_t m_common{0}; //!< the first items are those of every study
    StudyOptions m_options;
    StudyJson m_attributes;
};

} // namespace strata
} // namespace ns3

#endif /* STRATA_STUDY_PARAMETERS_H */

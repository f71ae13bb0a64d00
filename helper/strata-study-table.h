// SPDX-License-Identifier: GPL-2.0-only

#ifndef STRATA_STUDY_TABLE_H
#define STRATA_STUDY_TABLE_H

#include "strata-study-parameters.h"

#include "ns3/strata-statistics.h"

#include <iosfwd>
#include <string>
#include <vector>

namespace ns3
{
namespace strata
{

/** What a column's values are. */
enum class StudyType
{
    TEXT,
    INTEGER,
    NUMBER,
    BOOLEAN,
};

/** What a column is for. */
enum class StudyRole
{
    GROUP,   //!< rows with equal groups are replications of one another
    DETAIL,  //!< says more about the row: the run, a reason
    MEASURE, //!< summarized over the replications; a BOOLEAN counts as 0 or 1
};

/** A column of results. */
struct StudyColumn
{
    std::string name; //!< lower_case_with_underscores
    std::string unit; //!< "s", "B", "1" for a ratio or a count, "" for text
    std::string description;
    StudyType type{StudyType::NUMBER};
    StudyRole role{StudyRole::MEASURE};
};

/** One measure over the replications of one group. */
struct StudySummary
{
    std::vector<std::string> group; //!< values of the GROUP columns, as text
    std::string column;
    SampleSummary sample;
    std::size_t missing{0}; //!< rows of the group without a value
};

/** Rows of results with named and typed columns. */
class StudyTable
{
  public:
    /** Adds a column; all columns come before the first row. \throws StudyError on a second \p name
     */
    void AddColumn(const std::string& name,
                   const std::string& unit,
                   const std::string& description,
                   StudyType type,
                   StudyRole role);

    /** A column that groups: text. */
    void AddGroup(const std::string& name, const std::string& description);

    /** A column that is measured: a number. */
    void AddMeasure(const std::string& name,
                    const std::string& unit,
                    const std::string& description);

    /**
     * Adds a row: an object whose members are columns. A column without a member, null, or a number
     * that is not finite is a missing value.
     *
     * \throws StudyError if a member is no column or its value is not of the column's type
     */
    void AddRow(const StudyJson& row);

    const std::vector<StudyColumn>& Columns() const;
    std::size_t RowCount() const;

    /** The value at \p row in column \p name; null if missing. \throws StudyError on no such column
     */
    const StudyJson& At(std::size_t row, const std::string& name) const;

    /** Every measure of every group; groups in the order of their first rows. */
    std::vector<StudySummary> Summaries() const;

    /** The samples of \p measure in the rows whose groups are \p group; missing ones left out. */
    std::vector<double> Samples(const std::vector<std::string>& group,
                                const std::string& measure) const;

    /** The groups that occur, in the order of their first rows. */
    std::vector<std::vector<std::string>> Groups() const;

    /**
     * RFC 4180: a header line of name[unit] (the bare name if there is no unit), lines end in CRLF,
     * numbers as short as they read back the same, a missing value as an empty field.
     */
    std::string Csv() const;

    /** "columns" and "rows" of results.json. */
    StudyJson ColumnsJson() const;
    StudyJson RowsJson() const;

    /** "summary" of results.json. */
    StudyJson SummaryJson() const;

    /**
     * Prints mean and 95 % confidence interval of \p measures (all if empty) by group, in aligned
     * columns; what does not fit \p width characters goes on in a second block. "(2/4)" behind a
     * mean says that it is of two rows of four: the others have no value.
     */
    void Print(std::ostream& os,
               const std::vector<std::string>& measures = {},
               std::size_t width = 100) const;

  private:
    std::size_t IndexOf(const std::string& name) const;
    std::vector<std::string> GroupOf(const std::vector<StudyJson>& row) const;

    std::vector<StudyColumn> m_columns;
    std::vector<std::vector<StudyJson>> m_rows;
};

/**
 * \p value with as few digits as read back the same (at most 17), never with a locale; what
 * results.csv prints.
 */
std::string StudyNumber(double value);

} // namespace strata
} // namespace ns3

#endif /* STRATA_STUDY_TABLE_H */

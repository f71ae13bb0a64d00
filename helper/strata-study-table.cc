// SPDX-License-Identifier: GPL-2.0-only

#include "strata-study-table.h"

#include "strata-study-error.h"

#include <algorithm>
#include <cmath>
#include <fmt/format.h>
#include <ostream>

namespace ns3
{
namespace strata
{

namespace
{

const char*
TypeName(StudyType type)
{
    switch (type)
    {
    case StudyType::TEXT:
        return "text";
    case StudyType::INTEGER:
        return "integer";
    case StudyType::NUMBER:
        return "number";
    case StudyType::BOOLEAN:
        return "boolean";
    }
    return "unknown";
}

const char*
RoleName(StudyRole role)
{
    switch (role)
    {
    case StudyRole::GROUP:
        return "group";
    case StudyRole::DETAIL:
        return "detail";
    case StudyRole::MEASURE:
        return "measure";
    }
    return "unknown";
}

bool
Fits(const StudyJson& value, StudyType type)
{
    switch (type)
    {
    case StudyType::TEXT:
        return value.is_string();
    case StudyType::INTEGER:
        return value.is_number_integer();
    case StudyType::NUMBER:
        return value.is_number();
    case StudyType::BOOLEAN:
        return value.is_boolean();
    }
    return false;
}

std::string
CellText(const StudyJson& value)
{
    if (value.is_null())
    {
        return "";
    }
    if (value.is_string())
    {
        return value.get<std::string>();
    }
    if (value.is_number_float())
    {
        return StudyNumber(value.get<double>());
    }
    return value.dump();
}

/** A field of RFC 4180 section 2, quoted only where it must be. */
std::string
CsvField(const std::string& text)
{
    if (text.find_first_of(",\"\r\n") == std::string::npos)
    {
        return text;
    }
    std::string quoted = "\"";
    for (char c : text)
    {
        quoted += c;
        if (c == '"')
        {
            quoted += '"';
        }
    }
    return quoted + "\"";
}

double
SampleOf(const StudyJson& value)
{
    return value.is_boolean() ? (value.get<bool>() ? 1.0 : 0.0) : value.get<double>();
}

StudyJson
FiniteOrNull(double value)
{
    return std::isfinite(value) ? StudyJson(value) : StudyJson();
}

/** Characters on the screen, as UTF-8's first bytes. */
std::size_t
Width(const std::string& text)
{
    return static_cast<std::size_t>(
        std::count_if(text.begin(), text.end(), [](char c) { return (c & 0xc0) != 0x80; }));
}

std::string
Padded(const std::string& text, std::size_t width, bool right)
{
    const std::string space(width - std::min(width, Width(text)), ' ');
    return right ? space + text : text + space;
}

/** Decimals that give the largest mean of a column four digits. */
int
Decimals(const std::vector<const StudySummary*>& cells)
{
    double largest = 0;
    bool whole = true;
    for (const StudySummary* cell : cells)
    {
        if (cell && cell->sample.n > 0)
        {
            largest = std::max(largest, std::abs(cell->sample.mean));
            const bool spread = std::isfinite(cell->sample.ci95) && cell->sample.ci95 > 0;
            whole = whole && !spread && cell->sample.mean == std::floor(cell->sample.mean);
        }
    }
    if (whole || largest == 0)
    {
        return 0;
    }
    return std::clamp(3 - static_cast<int>(std::floor(std::log10(largest))), 0, 6);
}

std::string
MeanText(const StudySummary* cell, int decimals)
{
    if (!cell || cell->sample.n == 0)
    {
        return "-";
    }
    std::string text = fmt::format("{:.{}f}", cell->sample.mean, decimals);
    if (std::isfinite(cell->sample.ci95) && cell->sample.ci95 > 0)
    {
        text += fmt::format(" \u00b1{:.{}f}", cell->sample.ci95, decimals);
    }
    if (cell->missing > 0)
    {
        text += fmt::format(" ({}/{})", cell->sample.n, cell->sample.n + cell->missing);
    }
    return text;
}

} // namespace

std::string
StudyNumber(double value)
{
    return std::isfinite(value) ? StudyJson(value).dump() : "";
}

void
StudyTable::AddColumn(const std::string& name,
                      const std::string& unit,
                      const std::string& description,
                      StudyType type,
                      StudyRole role)
{
    for (const StudyColumn& column : m_columns)
    {
        if (column.name == name)
        {
            throw StudyError(fmt::format("the column '{}' is added twice", name));
        }
    }
    if (!m_rows.empty())
    {
        throw StudyError(fmt::format("the column '{}' comes after the first row", name));
    }
    m_columns.push_back({name, unit, description, type, role});
}

void
StudyTable::AddGroup(const std::string& name, const std::string& description)
{
    AddColumn(name, "", description, StudyType::TEXT, StudyRole::GROUP);
}

void
StudyTable::AddMeasure(const std::string& name,
                       const std::string& unit,
                       const std::string& description)
{
    AddColumn(name, unit, description, StudyType::NUMBER, StudyRole::MEASURE);
}

void
StudyTable::AddRow(const StudyJson& row)
{
    if (!row.is_object())
    {
        throw StudyError("a row of results is not an object");
    }
    std::vector<StudyJson> cells(m_columns.size());
    for (const auto& member : row.items())
    {
        const std::size_t index = IndexOf(member.key());
        const StudyJson& value = member.value();
        if (value.is_null() || (value.is_number_float() && !std::isfinite(value.get<double>())))
        {
            continue;
        }
        if (!Fits(value, m_columns[index].type))
        {
            throw StudyError(fmt::format("the column '{}' takes a {}, not {}",
                                         member.key(),
                                         TypeName(m_columns[index].type),
                                         value.dump()));
        }
        cells[index] = value;
    }
    m_rows.push_back(std::move(cells));
}

const std::vector<StudyColumn>&
StudyTable::Columns() const
{
    return m_columns;
}

std::size_t
StudyTable::RowCount() const
{
    return m_rows.size();
}

std::size_t
StudyTable::IndexOf(const std::string& name) const
{
    for (std::size_t i = 0; i < m_columns.size(); ++i)
    {
        if (m_columns[i].name == name)
        {
            return i;
        }
    }
    throw StudyError(fmt::format("no column is called '{}'", name));
}

const StudyJson&
StudyTable::At(std::size_t row, const std::string& name) const
{
    return m_rows.at(row)[IndexOf(name)];
}

std::vector<std::string>
StudyTable::GroupOf(const std::vector<StudyJson>& row) const
{
    std::vector<std::string> group;
    for (std::size_t i = 0; i < m_columns.size(); ++i)
    {
        if (m_columns[i].role == StudyRole::GROUP)
        {
            group.push_back(CellText(row[i]));
        }
    }
    return group;
}

std::vector<std::vector<std::string>>
StudyTable::Groups() const
{
    std::vector<std::vector<std::string>> groups;
    for (const std::vector<StudyJson>& row : m_rows)
    {
        std::vector<std::string> group = GroupOf(row);
        if (std::find(groups.begin(), groups.end(), group) == groups.end())
        {
            groups.push_back(std::move(group));
        }
    }
    return groups;
}

std::vector<double>
StudyTable::Samples(const std::vector<std::string>& group, const std::string& measure) const
{
    const std::size_t index = IndexOf(measure);
    if (m_columns[index].type == StudyType::TEXT)
    {
        throw StudyError(fmt::format("the column '{}' holds text, no samples", measure));
    }
    std::vector<double> samples;
    for (const std::vector<StudyJson>& row : m_rows)
    {
        if (!row[index].is_null() && GroupOf(row) == group)
        {
            samples.push_back(SampleOf(row[index]));
        }
    }
    return samples;
}

std::vector<StudySummary>
StudyTable::Summaries() const
{
    std::vector<StudySummary> summaries;
    for (const std::vector<std::string>& group : Groups())
    {
        std::vector<const std::vector<StudyJson>*> rows;
        for (const std::vector<StudyJson>& row : m_rows)
        {
            if (GroupOf(row) == group)
            {
                rows.push_back(&row);
            }
        }
        for (std::size_t i = 0; i < m_columns.size(); ++i)
        {
            if (m_columns[i].role != StudyRole::MEASURE || m_columns[i].type == StudyType::TEXT)
            {
                continue;
            }
            std::vector<double> samples;
            for (const std::vector<StudyJson>* row : rows)
            {
                if (!(*row)[i].is_null())
                {
                    samples.push_back(SampleOf((*row)[i]));
                }
            }
            summaries.push_back(
                {group, m_columns[i].name, Summarize(samples), rows.size() - samples.size()});
        }
    }
    return summaries;
}

std::string
StudyTable::Csv() const
{
    std::string csv;
    for (std::size_t i = 0; i < m_columns.size(); ++i)
    {
        const StudyColumn& column = m_columns[i];
        csv += i == 0 ? "" : ",";
        csv += CsvField(column.unit.empty() ? column.name : column.name + "[" + column.unit + "]");
    }
    csv += "\r\n";
    for (const std::vector<StudyJson>& row : m_rows)
    {
        for (std::size_t i = 0; i < row.size(); ++i)
        {
            csv += i == 0 ? "" : ",";
            csv += CsvField(CellText(row[i]));
        }
        csv += "\r\n";
    }
    return csv;
}

StudyJson
StudyTable::ColumnsJson() const
{
    StudyJson columns = StudyJson::array();
    for (const StudyColumn& column : m_columns)
    {
        columns.push_back({{"name", column.name},
                           {"unit", column.unit},
                           {"type", TypeName(column.type)},
                           {"role", RoleName(column.role)},
                           {"description", column.description}});
    }
    return columns;
}

StudyJson
StudyTable::RowsJson() const
{
    StudyJson rows = StudyJson::array();
    for (const std::vector<StudyJson>& row : m_rows)
    {
        StudyJson object = StudyJson::object();
        for (std::size_t i = 0; i < row.size(); ++i)
        {
            object[m_columns[i].name] = row[i];
        }
        rows.push_back(std::move(object));
    }
    return rows;
}

StudyJson
StudyTable::SummaryJson() const
{
    StudyJson summary = StudyJson::array();
    for (const StudySummary& cell : Summaries())
    {
        StudyJson group = StudyJson::object();
        std::size_t next = 0;
        for (const StudyColumn& column : m_columns)
        {
            if (column.role == StudyRole::GROUP)
            {
                group[column.name] = cell.group[next++];
            }
        }
        const SampleSummary& sample = cell.sample;
        summary.push_back({{"group", group},
                           {"column", cell.column},
                           {"unit", m_columns[IndexOf(cell.column)].unit},
                           {"n", sample.n},
                           {"missing", cell.missing},
                           {"mean", FiniteOrNull(sample.mean)},
                           {"stddev", FiniteOrNull(sample.stddev)},
                           {"ci95", FiniteOrNull(sample.ci95)},
                           {"min", FiniteOrNull(sample.minimum)},
                           {"median", FiniteOrNull(sample.median)},
                           {"p90", FiniteOrNull(sample.percentile90)},
                           {"max", FiniteOrNull(sample.maximum)}});
    }
    return summary;
}

void
StudyTable::Print(std::ostream& os,
                  const std::vector<std::string>& measures,
                  std::size_t width) const
{
    /** A printed column: header, unit, cells, right-aligned if of numbers. */
    struct Printed
    {
        std::vector<std::string> lines;
        std::size_t width{0};
        bool right{false};
    };

    const auto finish = [](Printed& column) {
        for (const std::string& line : column.lines)
        {
            column.width = std::max(column.width, Width(line));
        }
    };
    const std::vector<std::vector<std::string>> groups = Groups();
    const std::vector<StudySummary> summaries = Summaries();

    std::vector<Printed> left;
    for (const StudyColumn& column : m_columns)
    {
        if (column.role == StudyRole::GROUP)
        {
            Printed printed;
            printed.lines = {column.name, column.unit};
            for (const std::vector<std::string>& group : groups)
            {
                printed.lines.push_back(group[left.size()]);
            }
            finish(printed);
            left.push_back(printed);
        }
    }
    std::vector<Printed> right;
    for (const StudyColumn& column : m_columns)
    {
        const bool wanted =
            measures.empty() ||
            std::find(measures.begin(), measures.end(), column.name) != measures.end();
        if (column.role != StudyRole::MEASURE || column.type == StudyType::TEXT || !wanted)
        {
            continue;
        }
        std::vector<const StudySummary*> cells;
        for (const StudySummary& summary : summaries)
        {
            if (summary.column == column.name)
            {
                cells.push_back(&summary);
            }
        }
        const int decimals = Decimals(cells);
        Printed printed;
        printed.right = true;
        printed.lines = {column.name, column.unit.empty() ? "" : "[" + column.unit + "]"};
        for (const StudySummary* cell : cells)
        {
            printed.lines.push_back(MeanText(cell, decimals));
        }
        finish(printed);
        right.push_back(printed);
    }

    std::size_t leftWidth = 0;
    for (const Printed& column : left)
    {
        leftWidth += column.width + 2;
    }
    std::size_t next = 0;
    do
    {
        // As many columns as fit, but at least one.
        const std::size_t first = next;
        std::size_t used = leftWidth;
        while (next < right.size() && (next == first || used + right[next].width <= width))
        {
            used += right[next].width + 2;
            ++next;
        }
        if (first > 0)
        {
            os << "\n";
        }
        for (std::size_t line = 0; line < groups.size() + 2; ++line)
        {
            std::string text;
            for (const Printed& column : left)
            {
                text += Padded(column.lines[line], column.width, false) + "  ";
            }
            for (std::size_t i = first; i < next; ++i)
            {
                text += Padded(right[i].lines[line], right[i].width, true) + "  ";
            }
            text.erase(text.find_last_not_of(' ') + 1);
            os << text << "\n";
            if (line == 1)
            {
                os << std::string(used - 2, '-') << "\n";
            }
        }
    } while (next < right.size());
    os.flush();
}

} // namespace strata
} // namespace ns3

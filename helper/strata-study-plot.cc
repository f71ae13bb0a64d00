// SPDX-License-Identifier: GPL-2.0-only

#include "strata-study-plot.h"

#include "ns3/gnuplot.h"

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <fcntl.h>
#include <fmt/format.h>
#include <fmt/ranges.h>
#include <limits>
#include <sstream>
#include <sys/wait.h>
#include <unistd.h>

namespace ns3
{
namespace strata
{

namespace
{

constexpr double WIDTH = 900;
constexpr double HEIGHT = 540;

/** Mean width of a character of the labels' font. */
constexpr double CHARACTER = 7.2;

/** After Paul Tol's "bright" and "light" schemes, told apart by the colour-blind too. */
constexpr const char* PALETTE[] = {"#4477aa",
                                   "#ee6677",
                                   "#228833",
                                   "#ccbb44",
                                   "#66ccee",
                                   "#aa3377",
                                   "#222255",
                                   "#ee8866",
                                   "#999933",
                                   "#44bb99",
                                   "#884411",
                                   "#777777"};
constexpr std::size_t COLOURS = sizeof(PALETTE) / sizeof(PALETTE[0]);

/** Filled gnuplot point types first: circle, square, triangle, diamond, ... */
constexpr int POINT_TYPES[] = {7, 5, 9, 13, 11, 6, 4};
constexpr std::size_t SHAPES = sizeof(POINT_TYPES) / sizeof(POINT_TYPES[0]);

/** Lines with two caps: gnuplot's own error bars are cut where the point would be. */
constexpr const char* ERROR_BARS =
    "with vectors heads size screen 0.004,90 linecolor \"{}\" linewidth 1.4";

/** Shades of spans, so light that grid and points stay visible. */
constexpr const char* SHADES[] = {"#f6d8a8", "#d9d2e9", "#cfe2d4"};

/** \p text inside a double-quoted string of gnuplot, where ` would run a command. */
std::string
Quoted(const std::string& text)
{
    std::string quoted = "\"";
    for (char c : text)
    {
        if (c == '"' || c == '`')
        {
            c = '\'';
        }
        else if (c == '\\')
        {
            c = '/';
        }
        else if (c >= 0 && c < ' ')
        {
            c = ' ';
        }
        quoted += c;
    }
    return quoted + "\"";
}

/** The same without the quotes, which ns3::Gnuplot writes. */
std::string
Bare(const std::string& text)
{
    const std::string quoted = Quoted(text);
    return quoted.substr(1, quoted.size() - 2);
}

bool
IsDrawn(double value, bool logarithmic)
{
    return std::isfinite(value) && (!logarithmic || value > 0);
}

bool
HasError(const PlotPoint& point)
{
    return std::isfinite(point.error) && point.error > 0;
}

/** Grows to hold what is added. */
struct Range
{
    double low{std::numeric_limits<double>::infinity()};
    double high{-std::numeric_limits<double>::infinity()};

    void Add(double value)
    {
        low = std::min(low, value);
        high = std::max(high, value);
    }

    bool IsEmpty() const
    {
        return low > high;
    }

    /** Room on both sides, also around a single value. */
    void Widen(double share)
    {
        const double span = high > low ? high - low : std::max(1.0, std::abs(high));
        low -= span * share;
        high += span * share;
    }
};

/** The common part of all plots: the frame, the fonts, the grid. */
Gnuplot
MakePlot(const std::string& title,
         const std::string& xLabel,
         const std::string& yLabel,
         const std::string& svg)
{
    Gnuplot plot(svg, Bare(title));
    plot.SetTerminal(
        fmt::format("svg size {},{} fixed noenhanced font \"sans-serif,13\" background \"#ffffff\"",
                    WIDTH,
                    HEIGHT));
    plot.SetLegend(Bare(xLabel), Bare(yLabel));
    plot.AppendExtra("set encoding utf8");
    plot.AppendExtra(
        fmt::format("set title {} font \"sans-serif,16\" offset 0,0.3", Quoted(title)));
    plot.AppendExtra("set border 3 linecolor \"#555555\"");
    plot.AppendExtra("set tics nomirror textcolor \"#333333\" scale 0.5");
    plot.AppendExtra("set grid ytics linecolor \"#dddddd\" linetype 1 linewidth 1");
    plot.AppendExtra("set style fill solid 0.9 noborder");
    plot.AppendExtra("set tmargin 3");
    return plot;
}

std::string
Program(Gnuplot& plot)
{
    std::ostringstream os;
    plot.GenerateOutput(os);
    return os.str();
}

/** An empty frame that says why it is empty. */
std::string
EmptyProgram(const std::string& title, const std::string& svg)
{
    Gnuplot plot = MakePlot(title, "", "", svg);
    plot.AppendExtra("unset tics");
    plot.AppendExtra("set xrange [0:1]");
    plot.AppendExtra("set yrange [0:1]");
    plot.AppendExtra("unset key");
    plot.AppendExtra("set label 1 \"no data\" at graph 0.5,0.5 center textcolor \"#777777\"");
    plot.AddDataset(Gnuplot2dFunction("", "-1"));
    return Program(plot);
}

/** A block of data that plots refer to by its name. */
std::string
Block(const std::string& name, const std::vector<std::string>& lines)
{
    return fmt::format("${} << EOD\n{}\nEOD", name, fmt::join(lines, "\n"));
}

void
AddCurve(Gnuplot& plot,
         const std::string& title,
         const std::string& expression,
         const std::string& with)
{
    Gnuplot2dFunction curve(Bare(title), expression);
    curve.SetExtra((title.empty() ? "notitle " : "") + with);
    plot.AddDataset(curve);
}

/** The key goes where it hides nothing: outside, if there is anything to tell apart. */
void
SetKey(Gnuplot& plot, const std::vector<PlotSeries>& series)
{
    const bool needed = series.size() > 1 || (series.size() == 1 && !series[0].title.empty());
    plot.AppendExtra(needed
                         ? "set key outside right top vertical Left reverse samplen 1.5 spacing 1.2"
                         : "unset key");
}

/** Limits of a linear axis that starts at zero when all values are above it. */
std::string
ValueRange(Range range, bool logarithmic, double headroom)
{
    if (logarithmic)
    {
        return fmt::format("[{}:{}]", range.low / 2, range.high * (1 + 4 * headroom));
    }
    range.Add(0);
    if (range.high == range.low)
    {
        range.high = 1;
    }
    const double span = range.high - range.low;
    const double low = range.low < 0 ? range.low - span * headroom : 0;
    return fmt::format("[{}:{}]", low, range.high + span * headroom);
}

/** \p value with three digits, as a label above a bar. */
std::string
Label(double value)
{
    if (value != 0 && (std::abs(value) >= 1e6 || std::abs(value) < 1e-3))
    {
        return fmt::format("{:.2e}", value);
    }
    const int digits = value == 0 ? 0 : static_cast<int>(std::floor(std::log10(std::abs(value))));
    std::string text = fmt::format("{:.{}f}", value, std::clamp(2 - digits, 0, 5));
    if (text.find('.') != std::string::npos)
    {
        text.erase(text.find_last_not_of('0') + 1);
        text.erase(text.find_last_not_of('.') + 1);
    }
    return text;
}

} // namespace

std::string
GnuplotProgram(const BarPlot& bar, const std::string& svg)
{
    Range values;
    for (const PlotSeries& series : bar.series)
    {
        for (const PlotPoint& point : series.points)
        {
            if (IsDrawn(point.y, bar.logY))
            {
                values.Add(point.y);
                values.Add(point.y + (HasError(point) ? point.error : 0));
            }
        }
    }
    if (values.IsEmpty() || bar.categories.empty())
    {
        return EmptyProgram(bar.title, svg);
    }
    Gnuplot plot = MakePlot(bar.title, "", bar.yLabel, svg);
    SetKey(plot, bar.series);
    const double count = static_cast<double>(bar.categories.size());
    const double width = 0.76 / static_cast<double>(bar.series.size());

    std::size_t longest = 0;
    std::string tics;
    for (std::size_t i = 0; i < bar.categories.size(); ++i)
    {
        longest = std::max(longest, bar.categories[i].size());
        tics += fmt::format("{}{} {}", i == 0 ? "" : ", ", Quoted(bar.categories[i]), i);
    }
    const double room = (WIDTH - 130) / count;
    if (static_cast<double>(longest) * CHARACTER > room)
    {
        plot.AppendExtra(fmt::format("set xtics rotate by -35 left ({})", tics));
        plot.AppendExtra(
            fmt::format("set bmargin {:.1f}",
                        2 + 0.27 * static_cast<double>(std::min<std::size_t>(longest, 30))));
        if (bar.series.size() == 1)
        {
            plot.AppendExtra("set rmargin 6");
        }
    }
    else
    {
        plot.AppendExtra(fmt::format("set xtics ({}) scale 0", tics));
    }
    plot.AppendExtra(fmt::format("set xrange [-0.6:{}]", count - 0.4));
    if (bar.logY)
    {
        plot.AppendExtra("set logscale y");
    }
    plot.AppendExtra("set yrange " + ValueRange(values, bar.logY, 0.12));
    plot.AppendExtra(fmt::format("set boxwidth {} absolute", width * 0.92));

    // Values are printed above the bars where they have the room to be read.
    const bool labelled = room * width > 4.2 * CHARACTER;
    for (std::size_t s = 0; s < bar.series.size(); ++s)
    {
        const PlotSeries& series = bar.series[s];
        std::vector<std::string> boxes;
        std::vector<std::string> errors;
        std::vector<std::string> labels;
        for (std::size_t i = 0; i < series.points.size() && i < bar.categories.size(); ++i)
        {
            const PlotPoint& point = series.points[i];
            const double x =
                static_cast<double>(i) +
                (static_cast<double>(s) - (static_cast<double>(bar.series.size()) - 1) / 2) * width;
            if (!IsDrawn(point.y, bar.logY))
            {
                plot.AppendExtra(fmt::format("set label {} at first {},graph 0.035 center "
                                             "textcolor \"#999999\"",
                                             Quoted(point.y == 0 ? "0" : "none"),
                                             x));
                continue;
            }
            boxes.push_back(fmt::format("{} {}", x, point.y));
            const double error = HasError(point) ? point.error : 0;
            if (error > 0)
            {
                // On a logarithmic axis the lower end must stay above zero.
                const double low =
                    bar.logY ? std::max(point.y - error, point.y / 100) : point.y - error;
                errors.push_back(fmt::format("{} {} {} {}", x, point.y, low, point.y + error));
            }
            labels.push_back(fmt::format("{} {} {}", x, point.y + error, Quoted(Label(point.y))));
        }
        const char* colour = PALETTE[s % COLOURS];
        if (!boxes.empty())
        {
            plot.AppendExtra(Block(fmt::format("boxes{}", s), boxes));
            AddCurve(plot,
                     series.title,
                     fmt::format("$boxes{} using 1:2", s),
                     fmt::format("with boxes linecolor \"{}\"", colour));
        }
        if (!errors.empty())
        {
            plot.AppendExtra(Block(fmt::format("errors{}", s), errors));
            AddCurve(plot,
                     "",
                     fmt::format("$errors{} using 1:3:(0):($4-$3)", s),
                     fmt::format(ERROR_BARS, "#222222"));
        }
        if (labelled && !labels.empty())
        {
            plot.AppendExtra(Block(fmt::format("labels{}", s), labels));
            AddCurve(plot,
                     "",
                     fmt::format("$labels{} using 1:2:3", s),
                     "with labels offset 0,0.7 font \"sans-serif,11\" textcolor \"#333333\"");
        }
    }
    return Program(plot);
}

std::string
GnuplotProgram(const LinePlot& line, const std::string& svg)
{
    Range xs;
    Range ys;
    for (const PlotSeries& series : line.series)
    {
        for (const PlotPoint& point : series.points)
        {
            if (IsDrawn(point.x, line.logX) && IsDrawn(point.y, line.logY))
            {
                xs.Add(point.x);
                ys.Add(point.y);
                if (HasError(point))
                {
                    ys.Add(point.y + point.error);
                }
            }
        }
    }
    if (xs.IsEmpty())
    {
        return EmptyProgram(line.title, svg);
    }
    Gnuplot plot = MakePlot(line.title, line.xLabel, line.yLabel, svg);
    SetKey(plot, line.series);
    plot.AppendExtra("set grid xtics ytics linecolor \"#dddddd\" linetype 1 linewidth 1");
    if (line.logX)
    {
        plot.AppendExtra("set logscale x");
        plot.AppendExtra(fmt::format("set xrange [{}:{}]", xs.low / 1.25, xs.high * 1.25));
    }
    else
    {
        Range padded = xs;
        padded.Widen(0.03);
        plot.AppendExtra(fmt::format("set xrange [{}:{}]",
                                     xs.low >= 0 ? std::max(padded.low, xs.low > 0 ? 0 : padded.low)
                                                 : padded.low,
                                     padded.high));
    }
    if (line.logY)
    {
        plot.AppendExtra("set logscale y");
    }
    plot.AppendExtra("set yrange " + ValueRange(ys, line.logY, 0.06));

    std::string with;
    switch (line.style)
    {
    case PlotStyle::POINTS:
        with = "points";
        break;
    case PlotStyle::LINES:
        with = "lines";
        break;
    case PlotStyle::LINES_POINTS:
        with = "linespoints";
        break;
    case PlotStyle::STEPS:
        with = "steps";
        break;
    }
    for (std::size_t s = 0; s < line.series.size(); ++s)
    {
        std::vector<std::string> points;
        std::vector<std::string> errors;
        for (const PlotPoint& point : line.series[s].points)
        {
            if (!IsDrawn(point.x, line.logX) || !IsDrawn(point.y, line.logY))
            {
                continue;
            }
            points.push_back(fmt::format("{} {}", point.x, point.y));
            if (HasError(point))
            {
                const double low = line.logY ? std::max(point.y - point.error, point.y / 100)
                                             : point.y - point.error;
                errors.push_back(
                    fmt::format("{} {} {} {}", point.x, point.y, low, point.y + point.error));
            }
        }
        if (points.empty())
        {
            continue;
        }
        const char* colour = PALETTE[s % COLOURS];
        std::string look = fmt::format("with {} linecolor \"{}\"", with, colour);
        if (with != "points")
        {
            // Colours repeat after one round; the dashes do not.
            look += fmt::format(" linewidth 2 dashtype {}", 1 + s / COLOURS);
        }
        if (with == "points" || with == "linespoints")
        {
            look += fmt::format(" pointtype {} pointsize 0.8", POINT_TYPES[s % SHAPES]);
        }
        if (!errors.empty())
        {
            plot.AppendExtra(Block(fmt::format("errors{}", s), errors));
            AddCurve(plot,
                     "",
                     fmt::format("$errors{} using 1:3:(0):($4-$3)", s),
                     fmt::format(ERROR_BARS, colour));
        }
        plot.AppendExtra(Block(fmt::format("points{}", s), points));
        AddCurve(plot, line.series[s].title, fmt::format("$points{} using 1:2", s), look);
    }
    return Program(plot);
}

std::string
GnuplotProgram(const SequencePlot& sequence, const std::string& svg)
{
    Range xs;
    Range ys;
    for (const PlotSeries& series : sequence.series)
    {
        for (const PlotPoint& point : series.points)
        {
            if (std::isfinite(point.x) && std::isfinite(point.y))
            {
                xs.Add(point.x);
                ys.Add(point.y);
            }
        }
    }
    if (xs.IsEmpty())
    {
        return EmptyProgram(sequence.title, svg);
    }
    for (const PlotMark& mark : sequence.marks)
    {
        if (std::isfinite(mark.x))
        {
            xs.Add(mark.x);
        }
    }
    for (const PlotSpan& span : sequence.spans)
    {
        if (std::isfinite(span.from) && std::isfinite(span.to))
        {
            xs.Add(span.from);
            xs.Add(span.to);
        }
    }
    xs.Widen(0.02);
    ys.Widen(0.05);
    const double perPixel = (xs.high - xs.low) / (WIDTH - 120);

    /** A label that hangs from the top of the frame, in the first row where it is free. */
    struct Tag
    {
        double x;
        std::string text;
        std::size_t row;
    };

    std::vector<Tag> tags;
    for (const PlotMark& mark : sequence.marks)
    {
        if (std::isfinite(mark.x) && !mark.label.empty())
        {
            tags.push_back({mark.x, mark.label, 0});
        }
    }
    std::stable_sort(tags.begin(), tags.end(), [](const Tag& a, const Tag& b) {
        return a.x < b.x;
    });
    std::vector<double> rowEnds;
    for (Tag& tag : tags)
    {
        const double length = (static_cast<double>(tag.text.size()) * CHARACTER + 14) * perPixel;
        // A tag that would leave the frame on the right hangs to the left of its instant.
        const double start = tag.x + length > xs.high ? tag.x - length : tag.x;
        while (tag.row < rowEnds.size() && start < rowEnds[tag.row])
        {
            ++tag.row;
        }
        if (tag.row == rowEnds.size())
        {
            rowEnds.push_back(0);
        }
        rowEnds[tag.row] = start + length;
    }
    // Rows of tags stand above the data.
    constexpr double rowHeight = 0.052;
    const double share = std::min(0.5, rowHeight * static_cast<double>(rowEnds.size()));
    const double top = ys.low + (ys.high - ys.low) / (1 - share);

    Gnuplot plot = MakePlot(sequence.title, sequence.xLabel, sequence.yLabel, svg);
    const bool needed =
        !sequence.spans.empty() || sequence.series.size() > 1 || !sequence.series[0].title.empty();
    plot.AppendExtra(needed ? "set key below center horizontal Left reverse samplen 1.2 width 1"
                            : "unset key");
    plot.AppendExtra("set rmargin 3");
    plot.AppendExtra("set grid xtics ytics linecolor \"#dddddd\" linetype 1 linewidth 1");
    plot.AppendExtra(fmt::format("set xrange [{}:{}]", xs.low, xs.high));
    plot.AppendExtra(fmt::format("set yrange [{}:{}]", ys.low, top));
    std::size_t next = 0;
    for (const PlotSpan& span : sequence.spans)
    {
        if (std::isfinite(span.from) && std::isfinite(span.to) && span.to > span.from)
        {
            plot.AppendExtra(fmt::format("set object {} rectangle from first {},graph 0 to first "
                                         "{},graph 1 behind fillcolor \"{}\" fillstyle solid 0.6 "
                                         "noborder",
                                         next + 1,
                                         span.from,
                                         span.to,
                                         SHADES[next % 3]));
            if (!span.label.empty())
            {
                AddCurve(plot,
                         span.label,
                         "NaN",
                         fmt::format("with boxes fillcolor \"{}\" fillstyle solid 0.6 noborder",
                                     SHADES[next % 3]));
            }
            ++next;
        }
    }
    for (const PlotMark& mark : sequence.marks)
    {
        if (std::isfinite(mark.x))
        {
            plot.AppendExtra(fmt::format("set arrow from first {0},graph 0 to first {0},graph 1 "
                                         "nohead linecolor \"#888888\" dashtype 2 linewidth 1.2",
                                         mark.x));
        }
    }
    for (const Tag& tag : tags)
    {
        const double length = (static_cast<double>(tag.text.size()) * CHARACTER + 14) * perPixel;
        const bool left = tag.x + length > xs.high;
        plot.AppendExtra(fmt::format("set label {} at first {},graph {} {} offset {},0 front "
                                     "font \"sans-serif,12\" textcolor \"#333333\"",
                                     Quoted(tag.text),
                                     tag.x,
                                     1 - rowHeight * (static_cast<double>(tag.row) + 0.55),
                                     left ? "right" : "left",
                                     left ? -0.6 : 0.6));
    }
    for (std::size_t s = 0; s < sequence.series.size(); ++s)
    {
        std::vector<std::string> points;
        for (const PlotPoint& point : sequence.series[s].points)
        {
            if (std::isfinite(point.x) && std::isfinite(point.y))
            {
                points.push_back(fmt::format("{} {}", point.x, point.y));
            }
        }
        if (points.empty())
        {
            continue;
        }
        plot.AppendExtra(Block(fmt::format("points{}", s), points));
        AddCurve(plot,
                 sequence.series[s].title,
                 fmt::format("$points{} using 1:2", s),
                 fmt::format("with points linecolor \"{}\" pointtype {} pointsize 0.5",
                             PALETTE[s % COLOURS],
                             POINT_TYPES[s % SHAPES]));
    }
    return Program(plot);
}

PlotOutcome
RunGnuplot(const std::string& folder, const std::string& program)
{
    constexpr int notFound = 127;
    const pid_t child = ::fork();
    if (child < 0)
    {
        return PlotOutcome::FAILED;
    }
    if (child == 0)
    {
        const int null = ::open("/dev/null", O_RDWR);
        ::dup2(null, STDIN_FILENO);
        ::dup2(null, STDOUT_FILENO);
        ::dup2(null, STDERR_FILENO);
        if (::chdir(folder.c_str()) != 0 || ::setenv("LC_ALL", "C", 1) != 0)
        {
            ::_exit(1);
        }
        // -d: a user's own settings change no picture.
        ::execlp("gnuplot", "gnuplot", "-d", program.c_str(), static_cast<char*>(nullptr));
        ::_exit(notFound);
    }
    int status = 0;
    ::waitpid(child, &status, 0);
    if (WIFEXITED(status) && WEXITSTATUS(status) == 0)
    {
        return PlotOutcome::DRAWN;
    }
    return WIFEXITED(status) && WEXITSTATUS(status) == notFound ? PlotOutcome::NO_GNUPLOT
                                                                : PlotOutcome::FAILED;
}

} // namespace strata
} // namespace ns3

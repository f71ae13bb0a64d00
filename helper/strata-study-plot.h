// SPDX-License-Identifier: GPL-2.0-only

#ifndef STRATA_STUDY_PLOT_H
#define STRATA_STUDY_PLOT_H

#include <string>
#include <vector>

namespace ns3
{
namespace strata
{

/** A point, with the half width of its error bar (0 or not a number: none). */
struct PlotPoint
{
    double x{0};
    double y{0};
    double error{0};
};

/** Points that belong together. */
struct PlotSeries
{
    std::string title;
    std::vector<PlotPoint> points;
};

/** Bars by category: series[i].points[j].y is the bar of series i at categories[j]; x is unused. */
struct BarPlot
{
    std::string title;
    std::string yLabel; //!< with its unit
    std::vector<std::string> categories;
    std::vector<PlotSeries> series;
    bool logY{false};
};

/** How a line plot draws. */
enum class PlotStyle
{
    POINTS,
    LINES,
    LINES_POINTS,
    STEPS,
};

/** Curves or scattered points over a number. */
struct LinePlot
{
    std::string title;
    std::string xLabel; //!< with its unit
    std::string yLabel; //!< with its unit
    std::vector<PlotSeries> series;
    PlotStyle style{PlotStyle::LINES_POINTS};
    bool logX{false};
    bool logY{false};
};

/** An instant in a sequence plot: a dashed line with its label at the top. */
struct PlotMark
{
    double x{0};
    std::string label;
};

/** A span of time in a sequence plot, shaded, its label in the key. */
struct PlotSpan
{
    double from{0};
    double to{0};
    std::string label;
};

/** What happens over time: one point an event, marked instants and shaded spans. */
struct SequencePlot
{
    std::string title;
    std::string xLabel; //!< with its unit
    std::string yLabel; //!< with its unit
    std::vector<PlotSeries> series;
    std::vector<PlotMark> marks;
    std::vector<PlotSpan> spans;
};

/**
 * \name gnuplot programs, through ns3::Gnuplot
 * The program of a plot that draws an SVG of 900 x 540 on the file \p svg (a name relative to where
 * gnuplot runs). A plot without a single finite point draws an empty frame that says so. Points
 * that are not finite, or not above 0 on a logarithmic axis, are left out.
 * @{
 */
std::string GnuplotProgram(const BarPlot& plot, const std::string& svg);
std::string GnuplotProgram(const LinePlot& plot, const std::string& svg);
std::string GnuplotProgram(const SequencePlot& plot, const std::string& svg);
/** @} */

/** How drawing ended. */
enum class PlotOutcome
{
    DRAWN,
    NO_GNUPLOT, //!< the program is not installed
    FAILED,     //!< gnuplot refused
};

/** Runs gnuplot on the file \p program in \p folder. */
PlotOutcome RunGnuplot(const std::string& folder, const std::string& program);

} // namespace strata
} // namespace ns3

#endif /* STRATA_STUDY_PLOT_H */

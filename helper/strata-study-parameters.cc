// SPDX-License-Identifier: GPL-2.0-only

#include "strata-study-parameters.h"

#include "strata-study-error.h"

#include "ns3/command-line.h"
#include "ns3/config.h"
#include "ns3/string.h"
#include "ns3/type-id.h"

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <fmt/format.h>
#include <fmt/ranges.h>
#include <ostream>
#include <sys/wait.h>
#include <unistd.h>
#include <utility>

namespace ns3
{
namespace strata
{

namespace
{

/** RngSeedManager's generator needs seeds below its second modulus (MRG32k3a). */
constexpr uint32_t MAXIMUM_SEED = 4294944442;

std::string
Join(const std::vector<std::string>& words)
{
    return fmt::format("{}", fmt::join(words, ", "));
}

/** \p text for a message: one line of printable ASCII, not long. */
std::string
Printable(const std::string& text)
{
    std::string printable;
    for (char c : text.substr(0, 80))
    {
        printable += c >= ' ' && c <= '~' ? c : '?';
    }
    return text.size() > 80 ? printable + "..." : printable;
}

[[noreturn]] void
Refuse(const std::string& name, const std::string& value, const std::string& wanted)
{
    throw StudyError(fmt::format("--{}: '{}' is not {}", name, Printable(value), wanted));
}

/** The number that is all of \p text, without spaces, in decimal. */
bool
ParseReal(const std::string& text, double& value)
{
    if (text.empty() || text.find_first_not_of("0123456789.eE+-") != std::string::npos)
    {
        return false;
    }
    char* end = nullptr;
    value = std::strtod(text.c_str(), &end);
    return end == text.c_str() + text.size() && std::isfinite(value);
}

bool
ParseInteger(const std::string& text, uint64_t& value)
{
    if (text.empty() || text.size() > 18 ||
        text.find_first_not_of("0123456789") != std::string::npos)
    {
        return false;
    }
    value = std::strtoull(text.c_str(), nullptr, 10);
    return true;
}

struct TimeUnit
{
    const char* name;
    double nanoseconds;
};

// Longest suffixes first: "ms" ends in "s" too.
constexpr TimeUnit TIME_UNITS[] =
    {{"min", 60e9}, {"ms", 1e6}, {"us", 1e3}, {"ns", 1}, {"s", 1e9}, {"h", 3600e9}};

bool
ParseTime(const std::string& text, Nanos& value)
{
    std::string number = text;
    double unit = 1e9;
    for (const TimeUnit& candidate : TIME_UNITS)
    {
        const std::string suffix = candidate.name;
        if (text.size() > suffix.size() &&
            text.compare(text.size() - suffix.size(), suffix.size(), suffix) == 0)
        {
            number.resize(text.size() - suffix.size());
            unit = candidate.nanoseconds;
            break;
        }
    }
    double count = 0;
    if (!ParseReal(number, count) || std::abs(count * unit) > 9.2e18)
    {
        return false;
    }
    value = Nanos(std::llround(count * unit));
    return true;
}

/** \p time in its largest unit that needs no fraction of a thousandth. */
std::string
TimeText(Nanos time)
{
    const double nanoseconds = static_cast<double>(time.count());
    for (const TimeUnit& unit : {TimeUnit{"s", 1e9}, TimeUnit{"ms", 1e6}, TimeUnit{"us", 1e3}})
    {
        if (time.count() == 0 || nanoseconds >= unit.nanoseconds)
        {
            return fmt::format("{}{}", nanoseconds / unit.nanoseconds, unit.name);
        }
    }
    return fmt::format("{}ns", time.count());
}

bool
ParseFlag(const std::string& text, bool& value)
{
    value = text.empty() || text == "true" || text == "1";
    return value || text == "false" || text == "0";
}

/** Levenshtein's distance, for "did you mean". */
std::size_t
EditDistance(const std::string& a, const std::string& b)
{
    std::vector<std::size_t> row(b.size() + 1);
    for (std::size_t j = 0; j <= b.size(); ++j)
    {
        row[j] = j;
    }
    for (std::size_t i = 1; i <= a.size(); ++i)
    {
        std::size_t diagonal = row[0];
        row[0] = i;
        for (std::size_t j = 1; j <= b.size(); ++j)
        {
            const std::size_t kept = diagonal + (a[i - 1] == b[j - 1] ? 0 : 1);
            diagonal = row[j];
            row[j] = std::min({kept, row[j] + 1, row[j - 1] + 1});
        }
    }
    return row[b.size()];
}

struct Argument
{
    std::string name;
    std::string value;
    bool hasValue{false};
};

/** Splits -name=value or --name=value. \throws StudyError on anything else */
Argument
Split(const std::string& text)
{
    const std::size_t start = text.compare(0, 2, "--") == 0 ? 2 : 1;
    if (text.empty() || text[0] != '-' || text.size() == start)
    {
        throw StudyError(
            fmt::format("unexpected argument '{}'; parameters are --name=value", Printable(text)));
    }
    Argument argument;
    const std::size_t equals = text.find('=');
    argument.name = text.substr(start, equals == std::string::npos ? equals : equals - start);
    argument.hasValue = equals != std::string::npos;
    argument.value = argument.hasValue ? text.substr(equals + 1) : "";
    return argument;
}

/** Arguments after which ns-3 prints something and leaves. */
bool
IsPrintArgument(const std::string& name)
{
    return name == "PrintGlobals" || name == "PrintGroups" || name == "PrintGroup" ||
           name == "PrintTypeIds" || name == "PrintAttributes" || name == "PrintVersion" ||
           name == "version";
}

} // namespace

StudyParameters::StudyParameters(const std::string& study,
                                 const std::string& question,
                                 bool replicated)
    : m_study(study),
      m_question(question),
      m_attributes(StudyJson::object())
{
    if (!replicated)
    {
        return;
    }
    m_options.out = "results/" + study;
    AddInteger("runs", "replications of each cell", 1, 100000, m_options.runs);
    AddInteger("seed", "seed of the random streams", 1, MAXIMUM_SEED, m_options.seed);
    AddInteger("workers", "simulations at a time; 0 is one per core", 0, 1024, m_options.workers);
    AddString("out", "folder of the results", m_options.out);
    AddTime("timeLimit",
            "wall time that one simulation may take",
            Nanos(1'000'000),
            Nanos(1'000'000'000'000'000),
            m_options.timeLimit);
    for (Item& item : m_items)
    {
        if (item.name == "workers" || item.name == "out" || item.name == "timeLimit")
        {
            item.record = nullptr;
        }
    }
    m_common = m_items.size();
}

void
StudyParameters::Add(Item item)
{
    if (Find(item.name))
    {
        throw StudyError(fmt::format("the parameter --{} is added twice", item.name));
    }
    m_items.push_back(std::move(item));
}

void
StudyParameters::AddString(const std::string& name, const std::string& help, std::string& value)
{
    Item item;
    item.name = name;
    item.help = help;
    item.initial = value;
    item.set = [name, &value](const std::string& text) {
        if (text.empty())
        {
            throw StudyError(fmt::format("--{} needs a value", name));
        }
        value = text;
    };
    item.record = [&value] { return StudyJson(value); };
    Add(item);
}

void
StudyParameters::AddChoice(const std::string& name,
                           const std::string& help,
                           const std::vector<std::string>& choices,
                           std::string& value)
{
    Item item;
    item.name = name;
    item.help = fmt::format("{} ({})", help, fmt::join(choices, "|"));
    item.initial = value;
    item.set = [name, choices, &value](const std::string& text) {
        if (std::find(choices.begin(), choices.end(), text) == choices.end())
        {
            Refuse(name, text, "one of " + Join(choices));
        }
        value = text;
    };
    item.record = [&value] { return StudyJson(value); };
    Add(item);
}

void
StudyParameters::AddChoiceList(const std::string& name,
                               const std::string& help,
                               const std::vector<std::string>& choices,
                               std::vector<std::string>& values)
{
    Item item;
    item.name = name;
    item.help = fmt::format("{} (all, or some of {})", help, Join(choices));
    item.initial = values == choices ? "all" : fmt::format("{}", fmt::join(values, ","));
    item.set = [name, choices, &values](const std::string& text) {
        if (text == "all")
        {
            values = choices;
            return;
        }
        std::vector<bool> chosen(choices.size());
        for (std::size_t start = 0; start <= text.size();)
        {
            const std::size_t end = std::min(text.find(',', start), text.size());
            const std::string word = text.substr(start, end - start);
            const auto found = std::find(choices.begin(), choices.end(), word);
            if (found == choices.end())
            {
                Refuse(name, word, "all or one of " + Join(choices));
            }
            const auto index = static_cast<std::size_t>(found - choices.begin());
            if (chosen[index])
            {
                throw StudyError(fmt::format("--{}: '{}' stands twice", name, word));
            }
            chosen[index] = true;
            start = end + 1;
        }
        values.clear();
        for (std::size_t i = 0; i < choices.size(); ++i)
        {
            if (chosen[i])
            {
                values.push_back(choices[i]);
            }
        }
    };
    item.record = [&values] { return StudyJson(values); };
    Add(item);
}

void
StudyParameters::AddInteger(const std::string& name,
                            const std::string& help,
                            uint32_t minimum,
                            uint32_t maximum,
                            uint32_t& value)
{
    Item item;
    item.name = name;
    item.help = fmt::format("{} ({} to {})", help, minimum, maximum);
    item.initial = std::to_string(value);
    item.set = [name, minimum, maximum, &value](const std::string& text) {
        uint64_t number = 0;
        if (!ParseInteger(text, number) || number < minimum || number > maximum)
        {
            Refuse(name, text, fmt::format("a whole number from {} to {}", minimum, maximum));
        }
        value = static_cast<uint32_t>(number);
    };
    item.record = [&value] { return StudyJson(value); };
    Add(item);
}

void
StudyParameters::AddReal(const std::string& name,
                         const std::string& help,
                         double minimum,
                         double maximum,
                         double& value)
{
    Item item;
    item.name = name;
    item.help = fmt::format("{} ({} to {})", help, minimum, maximum);
    item.initial = fmt::format("{}", value);
    item.set = [name, minimum, maximum, &value](const std::string& text) {
        double number = 0;
        if (!ParseReal(text, number) || number < minimum || number > maximum)
        {
            Refuse(name, text, fmt::format("a number from {} to {}", minimum, maximum));
        }
        value = number;
    };
    item.record = [&value] { return StudyJson(value); };
    Add(item);
}

void
StudyParameters::AddTime(const std::string& name,
                         const std::string& help,
                         Nanos minimum,
                         Nanos maximum,
                         Nanos& value)
{
    const std::string range = fmt::format("{} to {}", TimeText(minimum), TimeText(maximum));
    Item item;
    item.name = name;
    item.help = fmt::format("{} ({})", help, range);
    item.initial = TimeText(value);
    item.set = [name, range, minimum, maximum, &value](const std::string& text) {
        Nanos time{0};
        if (!ParseTime(text, time) || time < minimum || time > maximum)
        {
            Refuse(name, text, "a time from " + range + " (units h, min, s, ms, us, ns)");
        }
        value = time;
    };
    item.record = [&value] { return StudyJson(TimeText(value)); };
    Add(item);
}

void
StudyParameters::AddFlag(const std::string& name, const std::string& help, bool& value)
{
    Item item;
    item.name = name;
    item.help = help + " (true|false)";
    item.initial = value ? "true" : "false";
    item.bare = true;
    item.set = [name, &value](const std::string& text) {
        if (!ParseFlag(text, value))
        {
            Refuse(name, text, "true or false");
        }
    };
    item.record = [&value] { return StudyJson(value); };
    Add(item);
}

void
StudyParameters::AddPath(const std::string& name, const std::string& help, std::string& value)
{
    AddString(name, help, value);
    m_items.back().record = [&value] {
        return StudyJson(value.substr(value.find_last_of('/') + 1));
    };
}

const StudyOptions&
StudyParameters::Options() const
{
    return m_options;
}

void
StudyParameters::SetDefaultRuns(uint32_t runs)
{
    m_options.runs = runs;
    for (Item& item : m_items)
    {
        if (item.name == "runs")
        {
            item.initial = std::to_string(runs);
        }
    }
}

const StudyParameters::Item*
StudyParameters::Find(const std::string& name) const
{
    for (const Item& item : m_items)
    {
        if (item.name == name)
        {
            return &item;
        }
    }
    return nullptr;
}

std::string
StudyParameters::Suggest(const std::string& name) const
{
    std::string best;
    std::size_t distance = 3;
    for (const Item& item : m_items)
    {
        const std::size_t d = EditDistance(item.name, name.substr(0, 40));
        if (d < distance)
        {
            distance = d;
            best = item.name;
        }
    }
    return best.empty() ? "--help lists all parameters" : "did you mean --" + best + "?";
}

void
StudyParameters::CheckAttribute(const std::string& name, const std::string& value) const
{
    if (name == "RngRun" || name == "RngSeed")
    {
        throw StudyError(fmt::format("--{}: use --seed and --runs", name));
    }
    // Some attribute values make ns-3 abort; a process of its own finds out without harm.
    const pid_t child = ::fork();
    if (child < 0)
    {
        throw StudyError("cannot start a process");
    }
    if (child == 0)
    {
        if (!std::freopen("/dev/null", "w", stderr) || !std::freopen("/dev/null", "w", stdout))
        {
            ::_exit(1);
        }
        bool accepted = false;
        try
        {
            accepted = Config::SetGlobalFailSafe(name, StringValue(value)) ||
                       Config::SetDefaultFailSafe(name, StringValue(value));
        }
        catch (...)
        {
        }
        ::_exit(accepted ? 0 : 1);
    }
    int status = 0;
    ::waitpid(child, &status, 0);
    if (WIFEXITED(status) && WEXITSTATUS(status) == 0)
    {
        return;
    }
    if (name.find("::") != std::string::npos)
    {
        throw StudyError(fmt::format("--{}: no such ns-3 attribute, or it does not take '{}'",
                                     Printable(name),
                                     Printable(value)));
    }
    throw StudyError(fmt::format("unknown parameter --{}; {}", Printable(name), Suggest(name)));
}

bool
StudyParameters::Parse(const std::vector<std::string>& arguments, std::ostream& os)
{
    CommandLine command(m_study + ".cc");
    command.Usage(m_question);
    for (const Item& item : m_items)
    {
        // Values are checked below, so the stock parser only stores them.
        const auto set = item.set;
        command.AddValue(
            item.name,
            item.help,
            [set](const std::string& text) {
                set(text);
                return true;
            },
            item.initial);
    }

    std::vector<std::string> accepted{m_study};
    std::vector<Argument> split;
    for (const std::string& text : arguments)
    {
        split.push_back(Split(text));
        if (split.back().name == "help" || split.back().name == "PrintHelp")
        {
            command.PrintHelp(os);
            return false;
        }
    }
    for (std::size_t i = 0; i < split.size(); ++i)
    {
        const Argument& argument = split[i];
        if (IsPrintArgument(argument.name))
        {
            TypeId type;
            if (argument.name == "PrintAttributes" &&
                !TypeId::LookupByNameFailSafe(argument.value, &type))
            {
                throw StudyError(
                    fmt::format("--PrintAttributes: unknown type '{}'", Printable(argument.value)));
            }
            accepted.push_back(arguments[i]);
        }
        else if (const Item* item = Find(argument.name))
        {
            if (!argument.hasValue && !item->bare)
            {
                throw StudyError(
                    fmt::format("--{} needs a value: --{}=VALUE", item->name, item->name));
            }
            item->set(argument.value);
            accepted.push_back(arguments[i]);
        }
        else
        {
            CheckAttribute(argument.name, argument.value);
            m_attributes[argument.name] = argument.value;
            accepted.push_back(arguments[i]);
        }
    }
    command.Parse(accepted);
    return true;
}

StudyJson
StudyParameters::Record() const
{
    StudyJson record = StudyJson::object();
    // The study's own parameters before those that every study has.
    for (const bool own : {true, false})
    {
        for (std::size_t i = 0; i < m_items.size(); ++i)
        {
            const bool common = i < m_common;
            if (common != own && m_items[i].record)
            {
                record[m_items[i].name] = m_items[i].record();
            }
        }
    }
    for (const auto& attribute : m_attributes.items())
    {
        record[attribute.key()] = attribute.value();
    }
    return record;
}

const std::string&
StudyParameters::Study() const
{
    return m_study;
}

} // namespace strata
} // namespace ns3

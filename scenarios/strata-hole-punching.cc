// SPDX-License-Identifier: GPL-2.0-only

// Question: behind which pairs of NATs do two hosts find each other?
//
// Each host tells a rendezvous server by UDP that it is there, hears at which address the server
// saw the other one, and sends there (RFC 5128 section 3.3), and to wherever the other one's
// datagrams come from. They have found each other if datagrams go both ways. What was observed
// stands beside what the rules of mapping and filtering predict; a difference fails the study.

#include "ns3/simulator.h"
#include "ns3/strata-middlebox-world.h"
#include "ns3/strata-study.h"
#include "ns3/strata-traffic-helper.h"
#include "ns3/string.h"

#include <algorithm>
#include <fmt/format.h>
#include <iostream>
#include <map>
#include <set>
#include <tuple>

using namespace ns3;
using namespace ns3::strata;

namespace
{

constexpr uint16_t RENDEZVOUS = 40000;

/** What of the remote end counts (RFC 4787 sections 4.1 and 5). */
enum class Scope
{
    ENDPOINT_INDEPENDENT,
    ADDRESS,
    ADDRESS_AND_PORT,
};

constexpr Scope SCOPES[] = {Scope::ENDPOINT_INDEPENDENT, Scope::ADDRESS, Scope::ADDRESS_AND_PORT};
constexpr const char* SCOPE_NAMES[] = {"endpoint-independent",
                                       "address-dependent",
                                       "address-and-port-dependent"};
constexpr const char* SCOPE_SHORT[] = {"EI", "AD", "APD"};

struct Kind
{
    std::string name;
    Scope mapping;
    Scope filtering;
};

/** The four kinds of RFC 3489 section 5, or all nine pairs. */
std::vector<Kind>
KindsOf(const std::string& grid)
{
    if (grid == "kinds")
    {
        return {{"full-cone", Scope::ENDPOINT_INDEPENDENT, Scope::ENDPOINT_INDEPENDENT},
                {"restricted-cone", Scope::ENDPOINT_INDEPENDENT, Scope::ADDRESS},
                {"port-restricted-cone", Scope::ENDPOINT_INDEPENDENT, Scope::ADDRESS_AND_PORT},
                {"symmetric", Scope::ADDRESS_AND_PORT, Scope::ADDRESS_AND_PORT}};
    }
    std::vector<Kind> kinds;
    for (const Scope mapping : SCOPES)
    {
        for (const Scope filtering : SCOPES)
        {
            kinds.push_back({fmt::format("{}/{}",
                                         SCOPE_SHORT[static_cast<int>(mapping)],
                                         SCOPE_SHORT[static_cast<int>(filtering)]),
                             mapping,
                             filtering});
        }
    }
    return kinds;
}

/** A public end: whose, and made for what; ports are not numbers here, only equal or not. */
struct End
{
    int owner{0};     //!< 0 and 1 are the hosts' boxes, 2 the server
    std::string port; //!< what the mapping was made for

    bool operator<(const End& other) const
    {
        return std::tie(owner, port) < std::tie(other.owner, other.port);
    }
};

/** The part of a remote end that counts. */
std::string
Key(Scope scope, const End& remote)
{
    switch (scope)
    {
    case Scope::ENDPOINT_INDEPENDENT:
        return "any";
    case Scope::ADDRESS:
        return std::to_string(remote.owner);
    case Scope::ADDRESS_AND_PORT:
        return std::to_string(remote.owner) + ":" + remote.port;
    }
    return "";
}

/**
 * Whether two hosts find each other, by the rules alone: each sends to all ends of the other that
 * it knows, from the mapping for that end; what the other's filter on that end lets in tells the
 * other a further end; until nothing new comes. An answer leaves by the mapping by which came what
 * it answers, whatever the rule of mapping says of datagrams that begin. So it counts who sends
 * first: the right host, which hears of the left one as it comes.
 */
bool
Predict(const Kind& left, const Kind& right)
{
    const Kind* kinds[] = {&left, &right};
    const End server{2, "server"};
    // By end: whom its filter lets in, because the host sent to them from it.
    std::map<End, std::set<std::string>> open;
    std::set<End> known[2];
    std::map<std::string, End> mappings[2]; // by what of the remote end counts
    bool hears[2] = {false, false};
    const auto send = [&](int host, const End& remote) {
        const std::string key = Key(kinds[host]->mapping, remote);
        const End from = mappings[host].insert({key, End{host, key}}).first->second;
        open[from].insert(Key(kinds[host]->filtering, remote));
        return from;
    };
    for (const int host : {0, 1})
    {
        known[1 - host].insert(send(host, server));
    }
    // Where each answer comes from another end there is no last one.
    constexpr int ROUNDS = 8;
    for (int round = 0; round < ROUNDS && !(hears[0] && hears[1]); ++round)
    {
        for (const int host : {1, 0})
        {
            const int other = 1 - host;
            const std::set<End> targets = known[host];
            for (const End& target : targets)
            {
                const End from = send(host, target);
                const auto filter = open.find(target);
                if (filter != open.end() &&
                    filter->second.count(Key(kinds[other]->filtering, from)) > 0)
                {
                    hears[other] = true;
                    known[other].insert(from);
                    mappings[other].insert({Key(kinds[other]->mapping, from), target});
                }
            }
        }
    }
    return hears[0] && hears[1];
}

/** What became of it in the simulation. */
struct Observation
{
    bool found{false};
    std::string detail;
};

Observation
Observe(const Kind& left, const Kind& right, const std::string& pcap)
{
    Observation observation;
    {
        MiddleboxPlan plan;
        plan.pcap = pcap;
        for (const auto& [spec, kind] : {std::pair(&plan.left[0], &left), {&plan.right[0], &right}})
        {
            spec->nat = "full-cone";
            spec->attributes = {{"Mapping", SCOPE_NAMES[static_cast<int>(kind->mapping)]},
                                {"Filtering", SCOPE_NAMES[static_cast<int>(kind->filtering)]}};
        }
        MiddleboxWorld world(plan);
        StrataTrafficHelper("RendezvousServer").Install(world.GetServer());
        std::vector<Ptr<TrafficApplication>> peers;
        for (const auto side : {MiddleboxWorld::LEFT, MiddleboxWorld::RIGHT})
        {
            const bool isLeft = side == MiddleboxWorld::LEFT;
            StrataTrafficHelper peer("RendezvousPeer");
            peer.SetAttribute("Server", StringValue(world.AtServer(RENDEZVOUS)));
            peer.SetAttribute("Name", StringValue(isLeft ? "alice" : "bob"));
            peer.SetAttribute("Peer", StringValue(isLeft ? "bob" : "alice"));
            ApplicationContainer applications = peer.Install(world.GetHost(side));
            applications.Start(Seconds(1));
            peers.push_back(DynamicCast<TrafficApplication>(applications.Get(0)));
        }
        Simulator::Stop(Seconds(30));
        Simulator::Run();
        observation.found = peers[0]->GetVerdict() == TrafficVerdict::WORKS &&
                            peers[1]->GetVerdict() == TrafficVerdict::WORKS;
        observation.detail = peers[0]->GetDetail() + "; " + peers[1]->GetDetail();
        for (const auto& [reason, count] : world.GetDrops())
        {
            observation.detail += fmt::format("; {} {}", reason, count);
        }
    }
    Simulator::Destroy();
    return observation;
}

/** Rows and columns are the kinds; cells are in row order. */
void
PrintMatrix(const char* title, const std::vector<Kind>& kinds, const std::vector<bool>& cells)
{
    std::size_t width = 0;
    for (const Kind& kind : kinds)
    {
        width = std::max(width, kind.name.size());
    }
    std::cout << fmt::format("{:<{}}", title, width);
    for (const Kind& kind : kinds)
    {
        std::cout << "  " << kind.name;
    }
    std::cout << "\n";
    for (std::size_t row = 0; row < kinds.size(); ++row)
    {
        std::cout << fmt::format("{:<{}}", kinds[row].name, width);
        for (std::size_t column = 0; column < kinds.size(); ++column)
        {
            std::cout << fmt::format("  {:<{}}",
                                     cells[row * kinds.size() + column] ? "yes" : "no",
                                     kinds[column].name.size());
        }
        std::cout << "\n";
    }
    std::cout << "\n";
}

struct Settings
{
    std::string grid{"kinds"};
    bool pcap{true};
};

void
Punch(Study& study, const Settings& settings)
{
    const std::vector<Kind> kinds = KindsOf(settings.grid);
    StudyTable& table = study.Table();
    table.AddGroup("left", "the box of one host");
    table.AddGroup("right", "the box of the other");
    table.AddColumn("found", "1", "observed", StudyType::BOOLEAN, StudyRole::MEASURE);
    table.AddColumn("predicted", "1", "by the rules", StudyType::BOOLEAN, StudyRole::MEASURE);
    table.AddColumn("detail", "", "in words of the hosts", StudyType::TEXT, StudyRole::DETAIL);
    std::vector<std::string> names;
    for (const Kind& left : kinds)
    {
        for (const Kind& right : kinds)
        {
            names.push_back(fmt::format("{} and {}", left.name, right.name));
        }
    }
    // Nothing is random: one run of each says all.
    const auto results = study.Run(names, 1, [&](const StudyJob& job) {
        const Kind& left = kinds[job.cell / kinds.size()];
        const Kind& right = kinds[job.cell % kinds.size()];
        std::string file = left.name + "-" + right.name;
        std::replace(file.begin(), file.end(), '/', '-');
        const Observation observation =
            Observe(left, right, settings.pcap ? study.Folder().Stage(file) : std::string());
        return StudyJson{{"left", left.name},
                         {"right", right.name},
                         {"found", observation.found},
                         {"predicted", Predict(left, right)},
                         {"detail", observation.detail}};
    });
    std::vector<bool> found;
    std::vector<bool> predicted;
    std::string different;
    for (const StudyJobResult& result : results)
    {
        table.AddRow(result.value);
        found.push_back(result.value["found"].get<bool>());
        predicted.push_back(result.value["predicted"].get<bool>());
        if (found.back() != predicted.back())
        {
            different += (different.empty() ? "" : ", ") + result.job.name;
        }
    }
    PrintMatrix("observed", kinds, found);
    PrintMatrix("predicted", kinds, predicted);
    if (!different.empty())
    {
        study.Fail("the rules predict otherwise for " + different);
    }
}

} // namespace

int
main(int argc, char* argv[])
{
    Study study("hole-punching", "Behind which pairs of NATs do two hosts find each other?");
    Settings settings;
    StudyParameters& parameters = study.Parameters();
    parameters.AddChoice("grid",
                         "the four kinds of RFC 3489, or all nine pairs of mapping and filtering "
                         "of RFC 4787: endpoint-independent (EI), address-dependent (AD), "
                         "address-and-port-dependent (APD)",
                         {"kinds", "full"},
                         settings.grid);
    parameters.AddFlag("pcap", "capture on both sides of the left box", settings.pcap);
    parameters.SetDefaultRuns(1);
    return study.Main(argc, argv, [&] { Punch(study, settings); });
}

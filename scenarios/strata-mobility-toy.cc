// SPDX-License-Identifier: GPL-2.0-only

// Question: what does one move cost on a chain, clique, star or tree, flood against anchor?
//
// Every node of the toy is a router of one layer, and at each router a mobile is at home. In a
// round, every mobile moves so many routers onwards; rounds of all strides together hold each
// ordered pair of routers once. What a move rewrites is read from the routers' tables, distances
// from the hops that probes counted.

#include "ns3/core-module.h"
#include "ns3/strata-member-net.h"
#include "ns3/strata-mobility-design.h"
#include "ns3/strata-study-error.h"
#include "ns3/strata-study-folder.h"
#include "ns3/strata-study-parameters.h"
#include "ns3/strata-study-runner.h"
#include "ns3/strata-topology.h"

#include <algorithm>
#include <array>
#include <cstdio>
#include <fmt/format.h>
#include <iostream>
#include <memory>
#include <numeric>

using namespace ns3;
using namespace ns3::strata;

namespace
{

constexpr uint32_t MOST_MEMBERS = 255; // hops are counted in eight bits
constexpr uint32_t MOST_IN_CLIQUE = 63;
constexpr uint32_t MOST_FOR_TRIPLES = 31; // up to here every triple is probed by itself
constexpr Nanos WIRE_DELAY = std::chrono::milliseconds(1);
constexpr Nanos REST = std::chrono::hours(24); // nothing takes longer
constexpr int LOST = -1;

/** A route that is seeded to see that results follow the layer: of \p at, for \p to, by \p via. */
struct WrongRoute
{
    bool wanted{false};
    uint32_t at{0};
    uint32_t to{0};
    uint32_t via{0};
};

MemberName
RouterName(uint32_t node)
{
    return MakeName(static_cast<uint16_t>(node + 1));
}

/** The routing of a design, and one static route that stands before what it finds. */
template <class Base>
class MisledRouting : public Base
{
  public:
    explicit MisledRouting(const WrongRoute& wrong)
        : m_wrong(
              {{RouterName(wrong.at), NameBlock(RouterName(wrong.to), 16), RouterName(wrong.via)}})
    {
    }

    void OnLinkUp(AttachmentTurn& turn, PortId port) const override
    {
        Base::OnLinkUp(turn, port);
        m_wrong.OnLinkUp(turn, port);
    }

  private:
    StaticRouting m_wrong;
};

/** Numbers from 0 of one kind for each ordered pair, or LOST. */
class Matrix
{
  public:
    explicit Matrix(uint32_t n)
        : m_n(n),
          m_values(std::size_t{n} * n, LOST)
    {
    }

    int& At(uint32_t a, uint32_t b)
    {
        return m_values[std::size_t{a} * m_n + b];
    }

    int At(uint32_t a, uint32_t b) const
    {
        return m_values[std::size_t{a} * m_n + b];
    }

    int64_t Sum() const
    {
        return std::accumulate(m_values.begin(), m_values.end(), int64_t{0});
    }

    uint64_t Lost() const
    {
        return static_cast<uint64_t>(std::count(m_values.begin(), m_values.end(), LOST));
    }

  private:
    uint32_t m_n;
    std::vector<int> m_values;
};

/** A layer over a toy, under one design. */
class Toy
{
  public:
    Toy(const Topology& topology, const std::string& design, const WrongRoute& wrong);

    /** The whole measurement. */
    StudyJson Measure();

  private:
    /** What a router would do with a PDU for a mobile. */
    struct Entry
    {
        MemberName nextHop{NO_NAME};
        bool tunnel{false};
        bool visitor{false};

        bool SameWay(const Entry& other) const
        {
            return nextHop == other.nextHop && tunnel == other.tunnel;
        }
    };

    void BeginLayer(const LayerPolicies& policies);
    void MoveAll(uint32_t stride, bool pairs);
    void Settle();
    Entry EntryOf(uint32_t router, uint32_t mobile) const;
    void MeasurePairs();
    void MeasureTriples();
    std::vector<int> Probe(uint32_t sender, const std::vector<uint32_t>& mobiles);

    const Topology& m_topology;
    const uint32_t m_n;
    const bool m_anchor;
    const bool m_tree; //!< the toy has no cycle
    LayerPolicies m_policies;
    MemberNet m_net{MemberNet::Keep::NOTHING};
    std::vector<MemberName> m_names; //!< of mobiles, each at home at the router of its number
    std::vector<uint32_t> m_places;  //!< the router that a mobile is attached to
    std::vector<PortId> m_ports;     //!< of mobiles
    std::vector<int> m_hops;         //!< of the probes under way
    std::vector<Entry> m_before;

    Matrix m_direct;   //!< from a router to a mobile that has never moved
    Matrix m_fromHome; //!< from the home of a mobile to where it is
    Matrix m_reached;  //!< flood: from a router to mobiles that have moved
    uint64_t m_moves{0};
    uint64_t m_rewritten{0}; //!< entries for the mobile that lead elsewhere after a move
    uint64_t m_oddMoves{0};  //!< on a tree, moves that did not rewrite one more than their length
    std::array<uint64_t, 2> m_visits{};   //!< moves away from home, and from or to it
    std::array<uint64_t, 2> m_visitors{}; //!< entries of visitors that these changed
    int64_t m_tripleHops{0}; //!< over all triples that were probed: from sender to mobile
    uint64_t m_triples{0};
    uint64_t m_oddTriples{0}; //!< that differ from the sum of their legs
};

LayerPolicies
MakePolicies(const std::string& design, const WrongRoute& wrong)
{
    LayerPolicies policies = MakeMobilityDesign(design).large;
    if (wrong.wanted && design == "anchor")
    {
        policies.routing = std::make_shared<MisledRouting<AnchorRouting>>(wrong);
    }
    else if (wrong.wanted)
    {
        policies.routing = std::make_shared<MisledRouting<LinkStateRouting>>(wrong);
    }
    return policies;
}

Toy::Toy(const Topology& topology, const std::string& design, const WrongRoute& wrong)
    : m_topology(topology),
      m_n(topology.NodeCount()),
      m_anchor(design == "anchor"),
      m_tree(topology.Edges().size() + 1 == m_n),
      m_policies(MakePolicies(design, wrong)),
      m_before(std::size_t{m_n} * m_n),
      m_direct(m_n),
      m_fromHome(m_n),
      m_reached(m_n)
{
    m_net.onNotice = [this](MemberNet::Index, const Notice& notice) {
        if (const auto* probe = std::get_if<ProbeNotice>(&notice))
        {
            // the last link, to the mobile itself, is no part of the toy
            m_hops.at(probe->id) = probe->hops - 1;
        }
    };
    BeginLayer(m_policies);
}

void
Toy::BeginLayer(const LayerPolicies& policies)
{
    for (uint32_t i = 0; i < m_n; ++i)
    {
        LayerParameters parameters;
        // some routers wait, so that the records of many moves share a PDU
        parameters.floodPacing = std::chrono::milliseconds(i % 16 == 0 ? 1000 : 5);
        parameters.shortestPathDelay = std::chrono::seconds(5);
        parameters.retryInterval = std::chrono::minutes(1);
        parameters.leafHold = std::chrono::hours(2);
        m_net.Add(parameters, policies);
    }
    for (const Topology::Edge& edge : m_topology.Edges())
    {
        m_net.Connect(edge.a, edge.b, WIRE_DELAY);
    }
    m_net.Do(0, BootstrapEvent{RouterName(0), 16});
    for (uint32_t i = 1; i < m_n; ++i)
    {
        m_net.Do(i, JoinEvent{RouterName(i)});
    }
    Settle();
    for (uint32_t i = 0; i < m_n; ++i)
    {
        if (m_net.State(i).phase != MemberPhase::MEMBER || m_net.State(i).linkStates.size() != m_n)
        {
            throw StudyError(fmt::format("router {} did not join the layer", i));
        }
        LayerParameters parameters;
        parameters.role = MemberRole::LEAF;
        parameters.retryInterval = std::chrono::minutes(1);
        const MemberNet::Index mobile = m_net.Add(parameters, policies);
        m_ports.push_back(m_net.Connect(mobile, i, WIRE_DELAY).first);
        m_places.push_back(i);
        m_net.Do(mobile, JoinEvent{});
    }
    Settle();
    for (uint32_t i = 0; i < m_n; ++i)
    {
        m_names.push_back(m_net.State(m_n + i).name);
        if (m_names.back() == NO_NAME)
        {
            throw StudyError(fmt::format("mobile {} did not join the layer", i));
        }
    }
}

void
Toy::Settle()
{
    if (!m_net.RunUntilIdle(m_net.Now() + REST))
    {
        throw StudyError("the layer does not come to rest");
    }
}

void
Toy::MoveAll(uint32_t stride, bool pairs)
{
    const std::vector<uint32_t> from = m_places;
    for (uint32_t k = 0; k < m_n; ++k)
    {
        m_net.Cut(m_n + k, m_ports[k]);
        m_places[k] = (m_places[k] + stride) % m_n;
        m_ports[k] = m_net.Connect(m_n + k, m_places[k], WIRE_DELAY).first;
    }
    Settle();
    if (!pairs && m_n > MOST_FOR_TRIPLES)
    {
        // the rounds of all pairs held enough moves of each sort
        return;
    }
    std::vector<uint32_t> changes(m_n);
    for (uint32_t router = 0; router < m_n; ++router)
    {
        for (uint32_t mobile = 0; mobile < m_n; ++mobile)
        {
            Entry& before = m_before[std::size_t{router} * m_n + mobile];
            const Entry now = EntryOf(router, mobile);
            changes[mobile] += !now.SameWay(before);
            m_visitors[from[mobile] == mobile || m_places[mobile] == mobile] +=
                now.visitor != before.visitor;
            before = now;
        }
    }
    for (uint32_t mobile = 0; mobile < m_n; ++mobile)
    {
        ++m_visits[from[mobile] == mobile || m_places[mobile] == mobile];
        if (!pairs)
        {
            continue;
        }
        ++m_moves;
        m_rewritten += changes[mobile];
        const int length = m_direct.At(from[mobile], m_places[mobile]);
        m_oddMoves += m_tree && !m_anchor && static_cast<int>(changes[mobile]) != length + 1;
    }
}

Toy::Entry
Toy::EntryOf(uint32_t router, uint32_t mobile) const
{
    const RouteTable& routes = m_net.State(router).routes;
    Entry entry;
    if (const Route* route = m_policies.forwarding->Select(routes, m_names[mobile]))
    {
        entry.nextHop = route->nextHop;
        entry.tunnel = route->port == TUNNEL_PORT;
    }
    const RouteKey key{NameBlock::Host(m_names[mobile]), RouteOrigin::VISITOR};
    entry.visitor = m_anchor && routes.FindExact(key) != nullptr;
    return entry;
}

std::vector<int>
Toy::Probe(uint32_t sender, const std::vector<uint32_t>& mobiles)
{
    m_hops.assign(mobiles.size(), LOST);
    for (uint32_t i = 0; i < mobiles.size(); ++i)
    {
        m_net.Do(sender, ProbeEvent{m_names[mobiles[i]], i});
    }
    Settle();
    return m_hops;
}

void
Toy::MeasurePairs()
{
    for (uint32_t router = 0; router < m_n; ++router)
    {
        for (uint32_t mobile = 0; mobile < m_n; ++mobile)
        {
            m_before[std::size_t{router} * m_n + mobile] = EntryOf(router, mobile);
        }
    }
    for (uint32_t stride = 1; stride < m_n; ++stride)
    {
        MoveAll(stride, true);
    }
}

void
Toy::MeasureTriples()
{
    std::vector<uint32_t> all(m_n);
    std::iota(all.begin(), all.end(), 0);
    const bool each = m_n <= MOST_FOR_TRIPLES;
    const auto probeAll = [&](uint32_t sender, const auto& use) {
        const std::vector<int> hops = Probe(sender, all);
        for (const uint32_t mobile : all)
        {
            use(mobile, hops[mobile]);
        }
    };
    if (!m_anchor)
    {
        // no home takes part: any mobile stands for the place where it is
        for (const uint32_t sender : all)
        {
            probeAll(sender, [&](uint32_t mobile, int hops) {
                m_reached.At(sender, m_places[mobile]) = hops;
            });
        }
        m_fromHome = m_reached;
    }
    for (uint32_t round = 0; round < m_n && (m_anchor || each); ++round)
    {
        MoveAll(1, false);
        for (const uint32_t home : all)
        {
            if (m_anchor)
            {
                m_fromHome.At(home, m_places[home]) = Probe(home, {home})[0];
            }
        }
        for (uint32_t sender = 0; sender < m_n && each; ++sender)
        {
            probeAll(sender, [&](uint32_t mobile, int hops) {
                const uint32_t place = m_places[mobile];
                const int legs = m_anchor
                                     ? m_direct.At(sender, mobile) + m_fromHome.At(mobile, place)
                                     : m_reached.At(sender, place);
                ++m_triples;
                m_tripleHops += hops;
                m_oddTriples += hops != legs;
            });
        }
    }
}

StudyJson
Toy::Measure()
{
    std::vector<uint32_t> all(m_n);
    std::iota(all.begin(), all.end(), 0);
    for (uint32_t sender = 0; sender < m_n; ++sender)
    {
        const std::vector<int> hops = Probe(sender, all);
        for (uint32_t mobile = 0; mobile < m_n; ++mobile)
        {
            m_direct.At(sender, mobile) = hops[mobile];
        }
    }
    MeasurePairs();
    MeasureTriples();

    const auto n = static_cast<int64_t>(m_n);
    const uint64_t lost = m_direct.Lost() + m_fromHome.Lost() + (m_anchor ? 0 : m_reached.Lost());
    // Over all triples, what the way takes beyond the direct one. Where triples were not probed
    // each by itself, their legs were: each pair stands in n triples.
    const int64_t legs = n * (m_anchor ? m_direct.Sum() + m_fromHome.Sum() : m_reached.Sum());
    const int64_t detours = (m_triples != 0 ? m_tripleHops : legs) - n * m_direct.Sum();
    const auto mean = [](int64_t sum, int64_t count) {
        return static_cast<double>(sum) / static_cast<double>(count);
    };
    StudyJson result;
    result["rewritten_fraction"] =
        mean(static_cast<int64_t>(m_rewritten), static_cast<int64_t>(m_moves) * n);
    if (m_anchor)
    {
        // of all homes and ordered pairs, 2 in n begin or end at home
        const double home =
            mean(static_cast<int64_t>(m_visitors[1]), static_cast<int64_t>(m_visits[1]));
        const double away = m_visits[0] == 0 ? 0
                                             : mean(static_cast<int64_t>(m_visitors[0]),
                                                    static_cast<int64_t>(m_visits[0]));
        result["access_entries_per_move"] =
            (2 * home + static_cast<double>(n - 2) * away) / static_cast<double>(n);
    }
    const StudyJson unknown;
    result["home_hops"] = lost != 0 ? unknown : StudyJson(mean(m_fromHome.Sum(), n * n));
    result["triangle_detour_hops"] = lost != 0 ? unknown : StudyJson(mean(detours, n * n * n));
    result["moves"] = m_moves;
    if (m_tree && !m_anchor)
    {
        result["moves_not_distance_plus_one"] = m_oddMoves;
    }
    result["probes_lost"] = lost;
    result["triples_probed"] = m_triples;
    result["triples_not_sum_of_legs"] = m_oddTriples;
    return result;
}

/** JSON with all digits of real numbers. */
std::string
Text(const StudyJson& json, const std::string& indent = "")
{
    if (json.is_number_float())
    {
        return fmt::format("{:.17g}", json.get<double>());
    }
    if (!json.is_object())
    {
        return json.dump();
    }
    std::string text;
    for (const auto& item : json.items())
    {
        text += fmt::format("{}\n{}  \"{}\": {}",
                            text.empty() ? "{" : ",",
                            indent,
                            item.key(),
                            Text(item.value(), indent + "  "));
    }
    return text + "\n" + indent + "}";
}

/** Reads AT,TO,VIA. \throws StudyError if it is none that the toy can have */
WrongRoute
ParseWrongRoute(const std::string& text, const Topology& topology)
{
    WrongRoute wrong;
    wrong.wanted = true;
    char end = 0;
    const bool read =
        std::sscanf(text.c_str(), "%u,%u,%u%c", &wrong.at, &wrong.to, &wrong.via, &end) == 3;
    const uint32_t n = topology.NodeCount();
    if (!read || wrong.at >= n || wrong.to >= n || wrong.at == wrong.to)
    {
        throw StudyError("--wrongRoute: needs three members, AT,TO,VIA, numbered from 0");
    }
    const std::vector<uint32_t> neighbours = topology.Neighbours(wrong.at);
    if (std::find(neighbours.begin(), neighbours.end(), wrong.via) == neighbours.end())
    {
        throw StudyError(
            fmt::format("--wrongRoute: {} is no neighbour of {}", wrong.via, wrong.at));
    }
    return wrong;
}

} // namespace

int
main(int argc, char* argv[])
{
    StudyParameters parameters("mobility-toy",
                               "What does one move cost on a toy topology, flood against anchor?");
    std::string shape = "tree";
    uint32_t members = 15;
    std::string wrongText;
    parameters.SetDefaultRuns(1);
    parameters.AddChoice("shape", "topology", {"chain", "clique", "star", "tree"}, shape);
    parameters.AddInteger("members",
                          fmt::format("routers; a clique has at most {}", MOST_IN_CLIQUE),
                          2,
                          MOST_MEMBERS,
                          members);
    parameters.AddString("wrongRoute",
                         "for tests: AT,TO,VIA puts a wrong route for TO's names into AT's table",
                         wrongText);
    try
    {
        const std::string folder = parameters.Options().out;
        if (!parameters.Parse({argv + std::min(argc, 1), argv + argc}, std::cout))
        {
            return 0;
        }
        if (shape == "clique" && members > MOST_IN_CLIQUE)
        {
            throw StudyError(fmt::format("--members: a clique has at most {}", MOST_IN_CLIQUE));
        }
        if (parameters.Options().runs != 1)
        {
            throw StudyError("--runs: all pairs are measured once, there is nothing to repeat");
        }
        const Topology topology = Topology::Toy(shape, members, WIRE_DELAY);
        const WrongRoute wrong =
            wrongText.empty() ? WrongRoute() : ParseWrongRoute(wrongText, topology);
        std::unique_ptr<StudyFolder> results;
        if (parameters.Options().out != folder)
        {
            results = std::make_unique<StudyFolder>(parameters.Options().out);
        }

        StudyJson json;
        json["shape"] = shape;
        json["members"] = members;
        json["pairs"] = "all";
        std::string complaint;
        const auto jobs =
            RunJobs(parameters.Options(), {"flood", "anchor"}, [&](const StudyJob& job) {
                return Toy(topology, job.name, wrong).Measure();
            });
        for (const StudyJobResult& result : jobs)
        {
            json[result.job.name] = result.value;
            for (const char* what :
                 {"probes_lost", "triples_not_sum_of_legs", "moves_not_distance_plus_one"})
            {
                const uint64_t count = result.value.value(what, uint64_t{0});
                if (count != 0)
                {
                    complaint += fmt::format(" {} {}={}", result.job.name, what, count);
                }
            }
        }
        const std::string text = Text(json) + "\n";
        std::cout << text << std::flush;
        if (results)
        {
            results->Write("results.json", text);
            results->Commit("results.json", {});
        }
        if (!complaint.empty())
        {
            std::cerr << "mobility-toy: the layer is not as theory says:" << complaint << std::endl;
            return 1;
        }
        return 0;
    }
    catch (const std::exception& error)
    {
        std::cerr << "mobility-toy: " << error.what() << std::endl;
        return 2;
    }
}

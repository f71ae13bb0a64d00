// SPDX-License-Identifier: GPL-2.0-only

#include "ns3/strata-topology.h"
#include "ns3/test.h"

#include <cmath>
#include <cstdio>
#include <fstream>
#include <functional>
#include <sys/stat.h>
#include <unistd.h>

using namespace ns3;
using namespace ns3::strata;

namespace
{

const std::string DATA = STRATA_SOURCE_DIR "/scenarios/data/";

const std::string KEYS =
    "<key attr.name=\"label\" attr.type=\"string\" for=\"node\" id=\"name\"/>"
    "<key attr.name=\"Latitude\" attr.type=\"double\" for=\"node\" id=\"lat\"/>"
    "<key attr.name=\"Longitude\" attr.type=\"double\" for=\"node\" id=\"lon\"/>"
    "<key attr.name=\"label\" attr.type=\"string\" for=\"graph\" id=\"g\"/>"
    "<key attr.name=\"id\" attr.type=\"string\" for=\"edge\" id=\"e\"/>";

std::string
Document(const std::string& graph, const std::string& direction = "undirected")
{
    return "<?xml version=\"1.0\"?>\n<graphml>" + KEYS + "<graph edgedefault=\"" + direction +
           "\"><data key=\"g\">a graph</data>" + graph + "</graph></graphml>";
}

std::string
Placed(const std::string& id, const std::string& latitude, const std::string& longitude)
{
    return "<node id=\"" + id + "\"><data key=\"lat\">" + latitude + "</data><data key=\"lon\">" +
           longitude + "</data></node>";
}

std::string
Node(const std::string& id)
{
    return "<node id=\"" + id + "\"/>";
}

std::string
Edge(const std::string& a, const std::string& b)
{
    return "<edge source=\"" + a + "\" target=\"" + b + "\"/>";
}

/** The line with which \p act is refused; empty if it is accepted. */
std::string
Refusal(const std::function<void()>& act)
{
    try
    {
        act();
    }
    catch (const TopologyError& error)
    {
        return error.what();
    }
    return "";
}

bool
Contains(const std::string& text, const std::string& part)
{
    return text.find(part) != std::string::npos;
}

double
Milliseconds(Nanos time)
{
    return static_cast<double>(time.count()) / 1e6;
}

class AbileneIsLoadedWithDelaysFromItsPlaces : public TestCase
{
  public:
    AbileneIsLoadedWithDelaysFromItsPlaces()
        : TestCase("Abilene is loaded with delays from its places")
    {
    }

  private:
    void DoRun() override
    {
        const Topology abilene = Topology::Load(DATA + "Abilene.graphml");
        NS_TEST_ASSERT_MSG_EQ(abilene.NodeCount(), 11, "nodes");
        NS_TEST_ASSERT_MSG_EQ(abilene.Edges().size(), 14, "links");
        NS_TEST_EXPECT_MSG_EQ(abilene.Notes(), "Abilene: 11 nodes, 14 links", "notes");
        NS_TEST_EXPECT_MSG_EQ(abilene.Name(), "Abilene", "name");
        const uint32_t newYork = abilene.Find("New York");
        const uint32_t losAngeles = abilene.Find("Los Angeles");
        NS_TEST_EXPECT_MSG_EQ(abilene.Node(newYork).placed, true, "has a place");

        // The great-circle distance of the two cities' coordinates is 3936 km.
        const double kilometres =
            Topology::Distance(abilene.Node(newYork), abilene.Node(losAngeles));
        NS_TEST_EXPECT_MSG_EQ_TOL(kilometres, 3936, 10, "New York to Los Angeles");

        // New York to Chicago are joined: 1144 km of fibre.
        const uint32_t chicago = abilene.Find("Chicago");
        NS_TEST_EXPECT_MSG_EQ_TOL(Milliseconds(abilene.DelaysFrom(newYork)[chicago]),
                                  1145 / Topology::FIBRE_KM_PER_S * 1e3,
                                  0.02,
                                  "New York to Chicago");

        const std::vector<uint32_t> path = abilene.Path(newYork, losAngeles);
        NS_TEST_EXPECT_MSG_EQ(path.front(), newYork, "starts there");
        NS_TEST_EXPECT_MSG_EQ(path.back(), losAngeles, "ends there");
        const std::vector<Nanos> delays = abilene.DelaysFrom(newYork);
        Nanos sum{0};
        for (std::size_t i = 1; i < path.size(); ++i)
        {
            for (const Topology::Edge& edge : abilene.Edges())
            {
                if (edge.a == std::min(path[i - 1], path[i]) &&
                    edge.b == std::max(path[i - 1], path[i]))
                {
                    sum += edge.delay;
                }
            }
        }
        NS_TEST_EXPECT_MSG_EQ(sum.count(), delays[losAngeles].count(), "the path's delay");
        NS_TEST_EXPECT_MSG_EQ((abilene.Diameter() >= sum), true, "the diameter is the longest");
    }
};

class TheSecondShippedGraphIsLoaded : public TestCase
{
  public:
    TheSecondShippedGraphIsLoaded()
        : TestCase("Nsfnet is loaded")
    {
    }

  private:
    void DoRun() override
    {
        const Topology nsfnet = Topology::Load(DATA + "Nsfnet.graphml");
        NS_TEST_EXPECT_MSG_EQ(nsfnet.Notes(), "Nsfnet: 13 nodes, 15 links", "notes");
    }
};

class DistancesAreThoseOfTheSphere : public TestCase
{
  public:
    DistancesAreThoseOfTheSphere()
        : TestCase("Distances are those of the sphere")
    {
    }

  private:
    void DoRun() override
    {
        const auto at = [](double latitude, double longitude) {
            TopologyNode node;
            node.latitude = latitude;
            node.longitude = longitude;
            return node;
        };
        const double half = 3.14159265358979323846 * Topology::EARTH_RADIUS_KM;
        NS_TEST_EXPECT_MSG_EQ_TOL(Topology::Distance(at(90, 0), at(-90, 0)), half, 1e-6, "poles");
        NS_TEST_EXPECT_MSG_EQ_TOL(Topology::Distance(at(0, 0), at(0, 90)), half / 2, 1e-6, "arc");
        NS_TEST_EXPECT_MSG_EQ_TOL(Topology::Distance(at(0, 179.5), at(0, -179.5)),
                                  half / 180,
                                  1e-6,
                                  "over the date line");
        NS_TEST_EXPECT_MSG_EQ_TOL(Topology::Distance(at(5, 5), at(5, 5)), 0, 1e-9, "itself");
    }
};

class NodesWithoutAPlaceGoToTheMeanOfTheirNeighbours : public TestCase
{
  public:
    NodesWithoutAPlaceGoToTheMeanOfTheirNeighbours()
        : TestCase("Nodes without a place go to the mean of their neighbours, round after round")
    {
    }

  private:
    void DoRun() override
    {
        // b lies between a and c over the date line; d hangs on b alone, so it comes later.
        const Topology topology = Topology::Parse(
            Document(Placed("a", "0", "170") + Node("d") + Node("b") + Placed("c", "0", "-170") +
                     Edge("a", "b") + Edge("b", "c") + Edge("b", "d")),
            "x.graphml");
        const TopologyNode& b = topology.Node(topology.Find("b"));
        NS_TEST_EXPECT_MSG_EQ_TOL(std::abs(b.longitude), 180, 1e-9, "between, not behind");
        NS_TEST_EXPECT_MSG_EQ_TOL(b.latitude, 0, 1e-9, "on the equator");
        NS_TEST_EXPECT_MSG_EQ(b.placed, false, "a guess");
        const TopologyNode& d = topology.Node(topology.Find("d"));
        NS_TEST_EXPECT_MSG_EQ_TOL(std::abs(d.longitude), 180, 1e-9, "where its neighbour is");
        NS_TEST_EXPECT_MSG_EQ(
            topology.Notes(),
            "x: 4 nodes, 3 links; 2 nodes without a place put at the mean of the neighbours",
            "notes");
        const Nanos delay = topology.DelaysFrom(topology.Find("b"))[topology.Find("d")];
        NS_TEST_EXPECT_MSG_EQ(delay.count(), Topology::MINIMUM_DELAY.count(), "not zero");
    }
};

class AGraphWithoutPlacesIsARing : public TestCase
{
  public:
    AGraphWithoutPlacesIsARing()
        : TestCase("A graph without places is put on a ring")
    {
    }

  private:
    void DoRun() override
    {
        const Topology topology =
            Topology::Parse(Document(Node("a") + Node("b") + Edge("a", "b")), "ring");
        NS_TEST_EXPECT_MSG_EQ(topology.Notes(),
                              "ring: 2 nodes, 1 link; no node has a place, all are put on a ring",
                              "notes");
        NS_TEST_EXPECT_MSG_EQ((topology.Edges()[0].delay > Topology::MINIMUM_DELAY), true, "apart");
    }
};

class TheLargestComponentIsKept : public TestCase
{
  public:
    TheLargestComponentIsKept()
        : TestCase("The largest component is kept, parallel edges and loops are not")
    {
    }

  private:
    void DoRun() override
    {
        const Topology topology = Topology::Parse(
            Document(Placed("lonely", "0", "0") + Placed("a", "1", "1") + Placed("b", "2", "2") +
                     Placed("c", "3", "3") + Edge("a", "b") + Edge("b", "a") + Edge("b", "c") +
                     Edge("c", "c")),
            "/somewhere/parts.graphml");
        NS_TEST_EXPECT_MSG_EQ(topology.Notes(),
                              "parts: 3 nodes, 2 links; the largest of 2 components kept, 1 node "
                              "dropped; 1 parallel edge merged; 1 loop dropped",
                              "notes");
        NS_TEST_EXPECT_MSG_EQ(topology.Node(0).id, "a", "order of the file");
        NS_TEST_EXPECT_MSG_EQ(topology.HopsFrom(0)[2], 2, "hops");
    }
};

class DirectedGraphsAreReadAsUndirected : public TestCase
{
  public:
    DirectedGraphsAreReadAsUndirected()
        : TestCase("Directed graphs are read as undirected")
    {
    }

  private:
    void DoRun() override
    {
        const Topology topology =
            Topology::Parse(Document(Placed("a", "1", "1") + Placed("b", "2", "2") +
                                         Edge("a", "b") + Edge("b", "a"),
                                     "directed"),
                            "d");
        NS_TEST_EXPECT_MSG_EQ(topology.Notes(),
                              "d: 2 nodes, 1 link; 1 parallel edge merged; directions ignored",
                              "notes");
    }
};

class BadFilesAreRefusedInOneLine : public TestCase
{
  public:
    BadFilesAreRefusedInOneLine()
        : TestCase("Bad files are refused in one line")
    {
    }

  private:
    void Expect(const std::string& content, const std::string& part)
    {
        const std::string line = Refusal([&] { Topology::Parse(content, "bad"); });
        NS_TEST_EXPECT_MSG_EQ(Contains(line, part), true, "'" << line << "' says '" << part << "'");
        NS_TEST_EXPECT_MSG_EQ(Contains(line, "\n"), false, "one line");
        NS_TEST_EXPECT_MSG_EQ(line.compare(0, 3, "bad"), 0, "names the file");
    }

    void DoRun() override
    {
        Expect("", "not XML");
        Expect("not a graph", "not XML");
        Expect("<html></html>", "not 'graphml'");
        Expect("<graphml></graphml>", "no graph");
        Expect(Document(""), "no nodes");
        Expect(Document(Node("a") + Edge("a", "b")), "'b', which does not exist");
        Expect(Document(Node("a") + Node("a")), "two nodes with the id 'a'");
        Expect("<!DOCTYPE x [<!ENTITY y \"z\">]><graphml/>", "document type");
        Expect(Document(Placed("a", "north", "1")), "north");
        Expect(Document(Placed("a", "91", "1")), "no place on Earth");
        Expect(Document(Placed("a", "1", "1e300")), "no place on Earth");
        Expect(Document(Placed("a", "inf", "1")), "no place on Earth");
    }
};

class BadPathsAreRefusedInOneLine : public TestCase
{
  public:
    BadPathsAreRefusedInOneLine()
        : TestCase("Missing files, folders, pipes and files that are too large are refused")
    {
    }

  private:
    void Expect(const std::string& path, const std::string& part)
    {
        const std::string line = Refusal([&] { Topology::Load(path); });
        NS_TEST_EXPECT_MSG_EQ(Contains(line, part), true, "'" << line << "' says '" << part << "'");
    }

    void DoRun() override
    {
        Expect(DATA + "Atlantis.graphml", "No such file");
        Expect(DATA, "is not a file");
        Expect("", "No such file");
        SetDataDir("");
        const std::string pipe = CreateTempDirFilename("pipe.graphml");
        NS_TEST_ASSERT_MSG_EQ(::mkfifo(pipe.c_str(), 0600), 0, "a pipe");
        Expect(pipe, "is not a file");
        ::unlink(pipe.c_str());

        // A million nodes: refused by the file's size before a byte is read.
        const std::string bomb = CreateTempDirFilename("bomb.graphml");
        std::ofstream(bomb) << "<graphml>";
        NS_TEST_ASSERT_MSG_EQ(::truncate(bomb.c_str(), 20'000'000), 0, "a large file");
        Expect(bomb, "is larger than 4194304 bytes");
        ::unlink(bomb.c_str());

        // A bomb below that size is refused where it passes the limit of nodes.
        std::string nodes;
        for (int i = 0; nodes.size() < 4'000'000; ++i)
        {
            nodes += Node(std::to_string(i));
        }
        const std::string line = Refusal([&] { Topology::Parse(Document(nodes), "bomb"); });
        NS_TEST_EXPECT_MSG_EQ(line, "bomb:2: more than 5000 nodes", "by the count");
    }
};

class ToysHaveTheirShapes : public TestCase
{
  public:
    ToysHaveTheirShapes()
        : TestCase("Toys have their shapes")
    {
    }

  private:
    void DoRun() override
    {
        const Nanos delay(1'000'000);
        const Topology chain = Topology::Chain(5, delay);
        NS_TEST_EXPECT_MSG_EQ(chain.Edges().size(), 4, "links of a chain");
        NS_TEST_EXPECT_MSG_EQ(chain.HopsFrom(0)[4], 4, "hops of a chain");
        NS_TEST_EXPECT_MSG_EQ(chain.Diameter().count(), 4'000'000, "its diameter");
        const Topology clique = Topology::Clique(6, delay);
        NS_TEST_EXPECT_MSG_EQ(clique.Edges().size(), 15, "links of a clique");
        NS_TEST_EXPECT_MSG_EQ(clique.HopsFrom(3)[5], 1, "hops of a clique");
        const Topology star = Topology::Star(7, delay);
        NS_TEST_EXPECT_MSG_EQ(star.Neighbours(0).size(), 6, "neighbours of the hub");
        NS_TEST_EXPECT_MSG_EQ(star.HopsFrom(1)[2], 2, "hops over the hub");
        const Topology tree = Topology::Tree(7, delay);
        const std::vector<uint32_t> path{3, 1, 0, 2, 6};
        NS_TEST_EXPECT_MSG_EQ((tree.Path(3, 6) == path), true, "from leaf to leaf");
        NS_TEST_EXPECT_MSG_EQ(Topology::Toy("star", 1, delay).NodeCount(), 1, "one node");
        NS_TEST_EXPECT_MSG_EQ(Contains(Refusal([&] { Topology::Toy("ring", 3, delay); }), "ring"),
                              true,
                              "unknown shape");
        NS_TEST_EXPECT_MSG_EQ(Contains(Refusal([&] { Topology::Chain(0, delay); }), "not 0"),
                              true,
                              "no nodes");
        NS_TEST_EXPECT_MSG_EQ(Contains(Refusal([&] { chain.Find("x"); }), "'x'"),
                              true,
                              "unknown node");
    }
};

class StrataTopologyTestSuite : public TestSuite
{
  public:
    StrataTopologyTestSuite()
        : TestSuite("strata-topology")
    {
        AddTestCase(new DistancesAreThoseOfTheSphere());
        AddTestCase(new ToysHaveTheirShapes());
#ifdef STRATA_HAVE_GRAPHML
        AddTestCase(new AbileneIsLoadedWithDelaysFromItsPlaces());
        AddTestCase(new TheSecondShippedGraphIsLoaded());
        AddTestCase(new NodesWithoutAPlaceGoToTheMeanOfTheirNeighbours());
        AddTestCase(new AGraphWithoutPlacesIsARing());
        AddTestCase(new TheLargestComponentIsKept());
        AddTestCase(new DirectedGraphsAreReadAsUndirected());
        AddTestCase(new BadFilesAreRefusedInOneLine());
        AddTestCase(new BadPathsAreRefusedInOneLine());
#endif
    }
};

StrataTopologyTestSuite g_strataTopologyTestSuite;

} // namespace

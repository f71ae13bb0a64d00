// SPDX-License-Identifier: GPL-2.0-only

#include "ns3/strata-topology-check.h"

#include <gtest/gtest.h>

namespace ns3
{
namespace strata
{
namespace
{

const std::string KEYS = "<key id=\"d0\" for=\"node\" attr.name=\"label\" attr.type=\"string\"/>";

std::string
Document(const std::string& graph)
{
    return "<?xml version=\"1.0\" encoding=\"utf-8\"?>\n<graphml>" + KEYS +
           "\n<graph edgedefault=\"undirected\">\n" + graph + "\n</graph></graphml>\n";
}

const std::string TWO_NODES = Document("<node id=\"a\"><data key=\"d0\">A &amp; B</data></node>\n"
                                       "<node id=\"b\"/>\n"
                                       "<edge source=\"a\" target=\"b\"/>");

/** The refusal of \p text, as a code; fails the test if it is accepted. */
void
ExpectRefused(const std::string& text, GraphmlCode code, std::size_t line = 0)
{
    const auto facts = CheckGraphml(text);
    ASSERT_FALSE(facts) << text.substr(0, 200);
    EXPECT_EQ(static_cast<int>(facts.error().code), static_cast<int>(code))
        << facts.error().message << "\n"
        << text.substr(0, 200);
    if (line > 0)
    {
        EXPECT_EQ(facts.error().line, line) << facts.error().message;
    }
    EXPECT_FALSE(facts.error().message.empty());
    for (char c : facts.error().message)
    {
        EXPECT_TRUE(c >= ' ' && c <= '~');
    }
}

TEST(TopologyCheck, NodesAndEdgesAreCountedInTheirOrder)
{
    const auto facts = CheckGraphml(TWO_NODES);
    ASSERT_TRUE(facts) << facts.error().message;
    EXPECT_EQ(facts->nodeIds, (std::vector<std::string>{"a", "b"}));
    EXPECT_EQ(facts->edges, 1U);
    EXPECT_FALSE(facts->directed);
}

TEST(TopologyCheck, EdgesMayComeBeforeTheirNodes)
{
    EXPECT_TRUE(
        CheckGraphml(Document("<edge source=\"b\" target=\"a\"/><node id=\"a\"/><node id='b'/>")));
}

TEST(TopologyCheck, ReferencesInIdsAreResolved)
{
    const auto facts = CheckGraphml(
        Document("<node id=\"&lt;&#65;&#x42;&quot;&#x20ac;\"/>"
                 "<edge source='&lt;AB&quot;\xe2\x82\xac' target=\"&lt;A&#66;&quot;&#8364;\"/>"));
    ASSERT_TRUE(facts) << facts.error().message;
    EXPECT_EQ(facts->nodeIds[0], "<AB\"\xe2\x82\xac");
}

TEST(TopologyCheck, CommentsInstructionsAndCdataAreSkipped)
{
    EXPECT_TRUE(
        CheckGraphml("\xef\xbb\xbf<?xml version='1.0'?><!-- <node> --><?x <node> ?>\n" +
                     Document("<node id=\"a\"><data key=\"d0\"><![CDATA[<node & >]]></data></node>")
                         .substr(38)));
}

TEST(TopologyCheck, EveryTruncationIsRefused)
{
    const std::size_t whole = TWO_NODES.rfind('>') + 1;
    for (std::size_t length = 0; length < whole; ++length)
    {
        EXPECT_FALSE(CheckGraphml(std::string_view(TWO_NODES).substr(0, length))) << length;
    }
}

TEST(TopologyCheck, WhatIsNotXmlIsRefused)
{
    ExpectRefused("", GraphmlCode::NOT_XML);
    ExpectRefused("graph { a -- b }", GraphmlCode::NOT_XML, 1);
    ExpectRefused("{\"nodes\": []}", GraphmlCode::NOT_XML);
    ExpectRefused("<graphml>", GraphmlCode::NOT_XML);
    ExpectRefused("<graphml></graph>", GraphmlCode::NOT_XML);
    ExpectRefused("<graphml/><graphml/>", GraphmlCode::NOT_XML);
    ExpectRefused("<graphml/>text", GraphmlCode::NOT_XML);
    ExpectRefused("<graphml a=\"1\" a=\"2\"/>", GraphmlCode::NOT_XML);
    ExpectRefused("<graphml a=\"1\"b=\"2\"/>", GraphmlCode::NOT_XML);
    ExpectRefused("<graphml a=1/>", GraphmlCode::NOT_XML);
    ExpectRefused("<graphml a/>", GraphmlCode::NOT_XML);
    ExpectRefused("<graphml a=\"<\"/>", GraphmlCode::NOT_XML);
    ExpectRefused("<graphml>&#0;</graphml>", GraphmlCode::NOT_XML);
    ExpectRefused("<graphml>&#x110000;</graphml>", GraphmlCode::NOT_XML);
    ExpectRefused("<graphml>&#xd800;</graphml>", GraphmlCode::NOT_XML);
    ExpectRefused("<graphml>&lol;</graphml>", GraphmlCode::NOT_XML);
    ExpectRefused("<graphml>a & b</graphml>", GraphmlCode::NOT_XML);
    ExpectRefused(std::string("<graphml>\0</graphml>", 20), GraphmlCode::NOT_XML);
    ExpectRefused("<!-- ", GraphmlCode::NOT_XML);
}

TEST(TopologyCheck, OtherEncodingsAreRefused)
{
    ExpectRefused("<graphml>\xff</graphml>", GraphmlCode::NOT_UTF8);
    ExpectRefused("<graphml>\xc0\xaf</graphml>", GraphmlCode::NOT_UTF8);
    ExpectRefused("<graphml>\xed\xa0\x80</graphml>", GraphmlCode::NOT_UTF8);
    ExpectRefused("<graphml>\xf4\x90\x80\x80</graphml>", GraphmlCode::NOT_UTF8);
    ExpectRefused("<graphml>\xe2\x82", GraphmlCode::NOT_UTF8);
    ExpectRefused("<?xml version=\"1.0\" encoding=\"utf-16\"?><graphml/>", GraphmlCode::NOT_UTF8);
}

TEST(TopologyCheck, EntityBombsAreRefusedByTheirDocumentType)
{
    ExpectRefused("<?xml version=\"1.0\"?>\n<!DOCTYPE lolz [<!ENTITY lol \"lol\">"
                  "<!ENTITY lol2 \"&lol;&lol;&lol;\">]>\n<graphml>&lol2;</graphml>",
                  GraphmlCode::DOCTYPE,
                  2);
}

TEST(TopologyCheck, DeepNestingIsRefused)
{
    std::string text = "<graphml>";
    for (int i = 0; i < 100000; ++i)
    {
        text += "<a>";
    }
    ExpectRefused(text, GraphmlCode::TOO_DEEP);
}

TEST(TopologyCheck, OtherRootsAreRefused)
{
    ExpectRefused("<html><body/></html>", GraphmlCode::NOT_GRAPHML);
    ExpectRefused("<gexf/>", GraphmlCode::NOT_GRAPHML);
}

TEST(TopologyCheck, WrongKeysAreRefused)
{
    ExpectRefused("<graphml><key/></graphml>", GraphmlCode::NOT_GRAPHML);
    ExpectRefused("<graphml><key id=\"a\" for=\"node\" attr.type=\"date\"/></graphml>",
                  GraphmlCode::NOT_GRAPHML);
    ExpectRefused("<graphml><key id=\"a\" for=\"moon\" attr.type=\"int\"/></graphml>",
                  GraphmlCode::NOT_GRAPHML);
    ExpectRefused("<graphml>" + KEYS + KEYS + "</graphml>", GraphmlCode::NOT_GRAPHML);
    ExpectRefused(Document("<node id=\"a\">\n<data key=\"d9\">x</data></node>"),
                  GraphmlCode::NOT_GRAPHML,
                  5);
    ExpectRefused(Document("<node id=\"a\"><data>x</data></node>"), GraphmlCode::NOT_GRAPHML);
}

TEST(TopologyCheck, AFileWithoutAGraphIsRefused)
{
    ExpectRefused("<graphml/>", GraphmlCode::NO_GRAPH);
    ExpectRefused("<graphml><graph/></graphml>", GraphmlCode::NOT_GRAPHML);
}

TEST(TopologyCheck, SeveralGraphsAndOtherPartsOfGraphmlAreRefused)
{
    ExpectRefused("<graphml><graph edgedefault=\"directed\"/><graph edgedefault=\"directed\"/>"
                  "</graphml>",
                  GraphmlCode::UNSUPPORTED);
    ExpectRefused(Document("<node id=\"a\"><graph edgedefault=\"directed\"/></node>"),
                  GraphmlCode::UNSUPPORTED);
    ExpectRefused(Document("<node id=\"a\"/><hyperedge/>"), GraphmlCode::UNSUPPORTED);
    ExpectRefused(Document("<node id=\"a\"/><edge source=\"a\" target=\"a\" directed=\"true\"/>"),
                  GraphmlCode::UNSUPPORTED);
    ExpectRefused(Document("<node id=\"a\"><node id=\"b\"/></node>"), GraphmlCode::NOT_GRAPHML);
}

TEST(TopologyCheck, AGraphWithoutNodesIsRefused)
{
    ExpectRefused(Document(""), GraphmlCode::NO_NODES);
}

TEST(TopologyCheck, NodeIdsAreThereAndUnique)
{
    ExpectRefused(Document("<node/>"), GraphmlCode::BAD_NODE_ID, 4);
    ExpectRefused(Document("<node id=\"\"/>"), GraphmlCode::BAD_NODE_ID);
    ExpectRefused(Document("<node id=\"a\"/>\n<node id=\"a\"/>"), GraphmlCode::DUPLICATE_NODE, 5);
    ExpectRefused(Document("<node id=\"A\"/><node id=\"&#65;\"/>"), GraphmlCode::DUPLICATE_NODE);
}

TEST(TopologyCheck, AnEdgeToNowhereIsRefusedAtItsLine)
{
    ExpectRefused(Document("<node id=\"a\"/>\n\n<edge source=\"a\" target=\"c\"/>"),
                  GraphmlCode::DANGLING_EDGE,
                  6);
    ExpectRefused(Document("<node id=\"a\"/><edge source=\"a\"/>"), GraphmlCode::DANGLING_EDGE);
}

TEST(TopologyCheck, TooManyNodesAreRefusedWhereTheLimitIsPassed)
{
    std::string nodes;
    for (int i = 0; i < 6000; ++i)
    {
        nodes += "<node id=\"" + std::to_string(i) + "\"/>\n";
    }
    // Three lines come before the first node.
    ExpectRefused(Document(nodes), GraphmlCode::TOO_MANY_NODES, 3 + GraphmlLimits().nodes + 1);
}

TEST(TopologyCheck, TooManyEdgesElementsAttributesAndBytesAreRefused)
{
    GraphmlLimits limits;
    limits.edges = 1;
    const std::string graph = Document("<node id=\"a\"/><edge source=\"a\" target=\"a\"/>"
                                       "<edge source=\"a\" target=\"a\"/>");
    EXPECT_TRUE(CheckGraphml(graph));
    EXPECT_EQ(CheckGraphml(graph, limits).error().code, GraphmlCode::TOO_MANY_EDGES);
    limits = {};
    limits.elements = 4;
    EXPECT_EQ(CheckGraphml(graph, limits).error().code, GraphmlCode::TOO_LARGE);
    limits = {};
    limits.attributes = 1;
    EXPECT_EQ(CheckGraphml(graph, limits).error().code, GraphmlCode::TOO_LARGE);
    limits = {};
    limits.bytes = graph.size() - 1;
    EXPECT_EQ(CheckGraphml(graph, limits).error().code, GraphmlCode::TOO_LARGE);
    limits.bytes = graph.size();
    EXPECT_TRUE(CheckGraphml(graph, limits));
}

} // namespace
} // namespace strata
} // namespace ns3

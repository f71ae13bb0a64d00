// SPDX-License-Identifier: GPL-2.0-only

#include "strata-topology-check.h"

#include <algorithm>
#include <cstdint>
#include <unordered_set>

namespace ns3
{
namespace strata
{

namespace
{

/** Thrown inside this file only. */
struct Refusal
{
    GraphmlError error;
};

/** \p text for a message: printable ASCII and not long. */
std::string
Quote(std::string_view text)
{
    std::string quoted = "'";
    for (char c : text)
    {
        if (quoted.size() > 40)
        {
            quoted += "...";
            break;
        }
        quoted += c >= ' ' && c <= '~' ? c : '?';
    }
    return quoted + "'";
}

/** The length of the UTF-8 character at \p at, or 0 (RFC 3629 section 4). */
std::size_t
Utf8Length(std::string_view text, std::size_t at)
{
    const auto byte = [&](std::size_t i) {
        return at + i < text.size() ? static_cast<uint8_t>(text[at + i]) : uint8_t{0};
    };
    const auto tail = [&](std::size_t i) { return (byte(i) & 0xc0) == 0x80; };
    const uint8_t first = byte(0);
    if (first < 0x80)
    {
        return 1;
    }
    if (first >= 0xc2 && first <= 0xdf)
    {
        return tail(1) ? 2 : 0;
    }
    if (first >= 0xe0 && first <= 0xef)
    {
        const bool overlong = first == 0xe0 && byte(1) < 0xa0;
        const bool surrogate = first == 0xed && byte(1) >= 0xa0;
        return tail(1) && tail(2) && !overlong && !surrogate ? 3 : 0;
    }
    if (first >= 0xf0 && first <= 0xf4)
    {
        const bool overlong = first == 0xf0 && byte(1) < 0x90;
        const bool beyond = first == 0xf4 && byte(1) >= 0x90;
        return tail(1) && tail(2) && tail(3) && !overlong && !beyond ? 4 : 0;
    }
    return 0;
}

void
AppendUtf8(std::string& text, uint32_t code)
{
    const auto put = [&](uint32_t byte) { text += static_cast<char>(byte); };
    if (code < 0x80)
    {
        put(code);
    }
    else if (code < 0x800)
    {
        put(0xc0 | (code >> 6));
        put(0x80 | (code & 0x3f));
    }
    else if (code < 0x10000)
    {
        put(0xe0 | (code >> 12));
        put(0x80 | ((code >> 6) & 0x3f));
        put(0x80 | (code & 0x3f));
    }
    else
    {
        put(0xf0 | (code >> 18));
        put(0x80 | ((code >> 12) & 0x3f));
        put(0x80 | ((code >> 6) & 0x3f));
        put(0x80 | (code & 0x3f));
    }
}

bool
IsSpace(char c)
{
    return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

/** Names are compared, not judged: any character but XML's own ends none of ours. */
bool
IsNameCharacter(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' ||
           c == '-' || c == '.' || c == ':' || static_cast<uint8_t>(c) >= 0x80;
}

bool
IsNameStart(char c)
{
    return IsNameCharacter(c) && !(c >= '0' && c <= '9') && c != '-' && c != '.';
}

struct Attribute
{
    std::string_view name;
    std::string value;
};

struct EdgeEnds
{
    std::string source;
    std::string target;
    std::size_t line;
};

struct DataKey
{
    std::string key;
    std::size_t line;
};

/** One pass over the document; the line of a refusal is counted only when it happens. */
class Checker
{
  public:
    Checker(std::string_view text, const GraphmlLimits& limits)
        : m_text(text),
          m_limits(limits)
    {
    }

    GraphmlFacts Run()
    {
        if (m_text.size() > m_limits.bytes)
        {
            Refuse(GraphmlCode::TOO_LARGE,
                   "larger than " + std::to_string(m_limits.bytes) + " bytes");
        }
        CheckCharacters();
        if (StartsWith("\xef\xbb\xbf"))
        {
            m_at += 3;
        }
        if (StartsWith("<?xml") && m_at + 5 < m_text.size() && IsSpace(m_text[m_at + 5]))
        {
            ReadDeclaration();
        }
        while (m_at < m_text.size())
        {
            ReadNext();
        }
        if (!m_open.empty())
        {
            Refuse(GraphmlCode::NOT_XML, "the element " + Quote(m_open.back()) + " is not closed");
        }
        if (!m_root)
        {
            Refuse(GraphmlCode::NOT_XML, "not XML: no element");
        }
        CheckGraph();
        return std::move(m_facts);
    }

  private:
    [[noreturn]] void RefuseAt(std::size_t line, GraphmlCode code, const std::string& message) const
    {
        throw Refusal{{code, line, message}};
    }

    [[noreturn]] void Refuse(GraphmlCode code, const std::string& message) const
    {
        RefuseAt(Line(), code, message);
    }

    std::size_t Line() const
    {
        const auto end =
            m_text.begin() + static_cast<std::ptrdiff_t>(std::min(m_at, m_text.size()));
        return 1 + static_cast<std::size_t>(std::count(m_text.begin(), end, '\n'));
    }

    /** The line here, counted on from the last call; the document is read forward only. */
    std::size_t RunningLine()
    {
        m_line += static_cast<std::size_t>(
            std::count(m_text.begin() + static_cast<std::ptrdiff_t>(m_lineAt),
                       m_text.begin() + static_cast<std::ptrdiff_t>(m_at),
                       '\n'));
        m_lineAt = m_at;
        return m_line;
    }

    bool StartsWith(std::string_view what) const
    {
        return m_text.compare(m_at, what.size(), what) == 0;
    }

    void CheckCharacters()
    {
        while (m_at < m_text.size())
        {
            const std::size_t length = Utf8Length(m_text, m_at);
            if (length == 0)
            {
                Refuse(GraphmlCode::NOT_UTF8, "not UTF-8 text");
            }
            const char c = m_text[m_at];
            if (static_cast<uint8_t>(c) < 0x20 && !IsSpace(c))
            {
                Refuse(GraphmlCode::NOT_XML, "not XML: a control character");
            }
            m_at += length;
        }
        m_at = 0;
    }

    /** Moves behind the next \p end, and returns what was before it. */
    std::string_view SkipPast(std::string_view end, const char* what)
    {
        const std::size_t found = m_text.find(end, m_at);
        if (found == std::string_view::npos)
        {
            Refuse(GraphmlCode::NOT_XML, std::string("not XML: ") + what + " does not end");
        }
        const std::string_view skipped = m_text.substr(m_at, found - m_at);
        m_at = found + end.size();
        return skipped;
    }

    void ReadDeclaration()
    {
        const std::string_view declaration = SkipPast("?>", "the XML declaration");
        const std::size_t at = declaration.find("encoding");
        if (at == std::string_view::npos)
        {
            return;
        }
        std::string encoding;
        bool quoted = false;
        for (char c : declaration.substr(at + 8))
        {
            if (c == '"' || c == '\'')
            {
                if (quoted)
                {
                    break;
                }
                quoted = true;
            }
            else if (quoted)
            {
                encoding += static_cast<char>(c >= 'a' && c <= 'z' ? c - 'a' + 'A' : c);
            }
        }
        if (encoding != "UTF-8" && encoding != "US-ASCII" && encoding != "ASCII")
        {
            Refuse(GraphmlCode::NOT_UTF8, "the encoding " + Quote(encoding) + " is not UTF-8");
        }
    }

    void ReadNext()
    {
        if (m_text[m_at] != '<')
        {
            ReadText();
        }
        else if (StartsWith("<!--"))
        {
            m_at += 4;
            SkipPast("-->", "a comment");
        }
        else if (StartsWith("<![CDATA["))
        {
            if (m_open.empty())
            {
                Refuse(GraphmlCode::NOT_XML, "not XML: text outside of the root element");
            }
            SkipPast("]]>", "a CDATA section");
        }
        else if (StartsWith("<!"))
        {
            Refuse(GraphmlCode::DOCTYPE, "a document type or entity declaration is not accepted");
        }
        else if (StartsWith("<?"))
        {
            SkipPast("?>", "a processing instruction");
        }
        else if (StartsWith("</"))
        {
            ReadEndTag();
        }
        else
        {
            ReadStartTag();
        }
    }

    void ReadText()
    {
        while (m_at < m_text.size() && m_text[m_at] != '<')
        {
            if (m_open.empty() && !IsSpace(m_text[m_at]))
            {
                Refuse(GraphmlCode::NOT_XML,
                       m_root ? "not XML: text behind the root element"
                              : "not XML: does not start with '<'");
            }
            if (m_text[m_at] == '&')
            {
                ReadReference();
            }
            else
            {
                ++m_at;
            }
        }
    }

    /** One of the five entities of XML, or a character by number. */
    std::string ReadReference()
    {
        const std::size_t end = m_text.find(';', m_at);
        if (end == std::string_view::npos || end - m_at > 12)
        {
            Refuse(GraphmlCode::NOT_XML, "not XML: '&' without a reference");
        }
        const std::string_view name = m_text.substr(m_at + 1, end - m_at - 1);
        std::string value;
        if (name == "lt")
        {
            value = "<";
        }
        else if (name == "gt")
        {
            value = ">";
        }
        else if (name == "amp")
        {
            value = "&";
        }
        else if (name == "quot")
        {
            value = "\"";
        }
        else if (name == "apos")
        {
            value = "'";
        }
        else if (name.size() >= 2 && name[0] == '#')
        {
            AppendUtf8(value, ReadNumber(name.substr(1)));
        }
        else
        {
            Refuse(GraphmlCode::NOT_XML, "the entity " + Quote(name) + " is not one of XML's own");
        }
        m_at = end + 1;
        return value;
    }

    uint32_t ReadNumber(std::string_view digits) const
    {
        const bool hexadecimal = digits[0] == 'x';
        digits.remove_prefix(hexadecimal ? 1 : 0);
        uint32_t code = 0;
        bool valid = !digits.empty();
        for (char c : digits)
        {
            uint32_t digit = 99;
            if (c >= '0' && c <= '9')
            {
                digit = static_cast<uint32_t>(c - '0');
            }
            else if (hexadecimal && c >= 'a' && c <= 'f')
            {
                digit = static_cast<uint32_t>(c - 'a') + 10;
            }
            else if (hexadecimal && c >= 'A' && c <= 'F')
            {
                digit = static_cast<uint32_t>(c - 'A') + 10;
            }
            code = code * (hexadecimal ? 16 : 10) + digit;
            valid = valid && digit != 99 && code <= 0x10ffff;
            if (!valid)
            {
                break;
            }
        }
        const bool surrogate = code >= 0xd800 && code <= 0xdfff;
        if (!valid || surrogate || (code < 0x20 && code != 9 && code != 10 && code != 13))
        {
            Refuse(GraphmlCode::NOT_XML, "not XML: a reference to no character");
        }
        return code;
    }

    std::string_view ReadName()
    {
        const std::size_t start = m_at;
        if (m_at >= m_text.size() || !IsNameStart(m_text[m_at]))
        {
            Refuse(GraphmlCode::NOT_XML, "not XML: a name is missing");
        }
        while (m_at < m_text.size() && IsNameCharacter(m_text[m_at]))
        {
            ++m_at;
        }
        return m_text.substr(start, m_at - start);
    }

    bool SkipSpace()
    {
        const std::size_t start = m_at;
        while (m_at < m_text.size() && IsSpace(m_text[m_at]))
        {
            ++m_at;
        }
        return m_at != start;
    }

    void ReadEndTag()
    {
        m_at += 2;
        const std::string_view name = ReadName();
        SkipSpace();
        if (m_at >= m_text.size() || m_text[m_at] != '>')
        {
            Refuse(GraphmlCode::NOT_XML, "not XML: an end tag does not end");
        }
        if (m_open.empty() || m_open.back() != name)
        {
            Refuse(GraphmlCode::NOT_XML, "not XML: the end tag " + Quote(name) + " closes nothing");
        }
        ++m_at;
        m_open.pop_back();
    }

    void ReadStartTag()
    {
        ++m_at;
        const std::string_view name = ReadName();
        if (m_root && m_open.empty())
        {
            Refuse(GraphmlCode::NOT_XML, "not XML: a second root element");
        }
        m_root = true;
        std::vector<Attribute> attributes;
        bool empty = false;
        while (true)
        {
            const bool space = SkipSpace();
            if (m_at >= m_text.size())
            {
                Refuse(GraphmlCode::NOT_XML, "not XML: the tag " + Quote(name) + " does not end");
            }
            if (m_text[m_at] == '>')
            {
                ++m_at;
                break;
            }
            if (StartsWith("/>"))
            {
                m_at += 2;
                empty = true;
                break;
            }
            if (!space)
            {
                Refuse(GraphmlCode::NOT_XML, "not XML: the tag " + Quote(name) + " is malformed");
            }
            ReadAttribute(attributes);
        }
        if (++m_elements > m_limits.elements)
        {
            Refuse(GraphmlCode::TOO_LARGE,
                   "more than " + std::to_string(m_limits.elements) + " elements");
        }
        if (m_open.size() >= m_limits.depth)
        {
            Refuse(GraphmlCode::TOO_DEEP,
                   "elements nested deeper than " + std::to_string(m_limits.depth));
        }
        Visit(name, attributes);
        if (!empty)
        {
            m_open.push_back(name);
        }
    }

    void ReadAttribute(std::vector<Attribute>& attributes)
    {
        if (attributes.size() >= m_limits.attributes)
        {
            Refuse(GraphmlCode::TOO_LARGE,
                   "more than " + std::to_string(m_limits.attributes) +
                       " attributes in one element");
        }
        Attribute attribute;
        attribute.name = ReadName();
        SkipSpace();
        if (m_at >= m_text.size() || m_text[m_at] != '=')
        {
            Refuse(GraphmlCode::NOT_XML,
                   "not XML: the attribute " + Quote(attribute.name) + " has no value");
        }
        ++m_at;
        SkipSpace();
        const char quote = m_at < m_text.size() ? m_text[m_at] : '\0';
        if (quote != '"' && quote != '\'')
        {
            Refuse(GraphmlCode::NOT_XML,
                   "not XML: the value of " + Quote(attribute.name) + " is not quoted");
        }
        ++m_at;
        while (true)
        {
            if (m_at >= m_text.size() || m_text[m_at] == '<')
            {
                Refuse(GraphmlCode::NOT_XML,
                       "not XML: the value of " + Quote(attribute.name) + " does not end");
            }
            if (m_text[m_at] == quote)
            {
                ++m_at;
                break;
            }
            if (m_text[m_at] == '&')
            {
                attribute.value += ReadReference();
            }
            else
            {
                attribute.value += m_text[m_at];
                ++m_at;
            }
        }
        for (const Attribute& other : attributes)
        {
            if (other.name == attribute.name)
            {
                Refuse(GraphmlCode::NOT_XML,
                       "not XML: the attribute " + Quote(attribute.name) + " stands twice");
            }
        }
        attributes.push_back(std::move(attribute));
    }

    static const std::string* Get(const std::vector<Attribute>& attributes, std::string_view name)
    {
        for (const Attribute& attribute : attributes)
        {
            if (attribute.name == name)
            {
                return &attribute.value;
            }
        }
        return nullptr;
    }

    /** What GraphML says about the element \p name below the open ones. */
    void Visit(std::string_view name, const std::vector<Attribute>& attributes)
    {
        if (m_open.empty())
        {
            if (name != "graphml")
            {
                Refuse(GraphmlCode::NOT_GRAPHML,
                       "the root element is " + Quote(name) + ", not 'graphml'");
            }
        }
        else if (name == "key")
        {
            VisitKey(attributes);
        }
        else if (name == "graph")
        {
            VisitGraph(attributes);
        }
        else if (name == "node")
        {
            VisitNode(attributes);
        }
        else if (name == "edge")
        {
            VisitEdge(attributes);
        }
        else if (name == "data")
        {
            const std::string* key = Get(attributes, "key");
            if (!key)
            {
                Refuse(GraphmlCode::NOT_GRAPHML, "a data element without a key");
            }
            if (m_dataKeys.empty() || m_dataKeys.back().key != *key)
            {
                m_dataKeys.push_back({*key, RunningLine()});
            }
        }
        else if (name == "hyperedge" || name == "port" || name == "graphml")
        {
            Refuse(GraphmlCode::UNSUPPORTED, "the element " + Quote(name) + " is not supported");
        }
    }

    void VisitKey(const std::vector<Attribute>& attributes)
    {
        static const std::string_view types[] =
            {"boolean", "int", "long", "float", "double", "string"};
        static const std::string_view targets[] = {"all", "graph", "node", "edge"};
        const std::string* id = Get(attributes, "id");
        const std::string* type = Get(attributes, "attr.type");
        const std::string* target = Get(attributes, "for");
        if (!id || m_open.size() != 1)
        {
            Refuse(GraphmlCode::NOT_GRAPHML, "a key without an id, or not below graphml");
        }
        if (!type || std::find(std::begin(types), std::end(types), *type) == std::end(types))
        {
            Refuse(GraphmlCode::NOT_GRAPHML, "the key " + Quote(*id) + " has no known attr.type");
        }
        if (!target ||
            std::find(std::begin(targets), std::end(targets), *target) == std::end(targets))
        {
            Refuse(GraphmlCode::NOT_GRAPHML, "the key " + Quote(*id) + " is for nothing known");
        }
        if (!m_keys.insert(*id).second)
        {
            Refuse(GraphmlCode::NOT_GRAPHML, "two keys with the id " + Quote(*id));
        }
    }

    void VisitGraph(const std::vector<Attribute>& attributes)
    {
        if (m_open.size() != 1)
        {
            Refuse(GraphmlCode::UNSUPPORTED, "nested graphs are not supported");
        }
        if (m_graph)
        {
            Refuse(GraphmlCode::UNSUPPORTED, "several graphs in one file are not supported");
        }
        const std::string* direction = Get(attributes, "edgedefault");
        if (!direction || (*direction != "directed" && *direction != "undirected"))
        {
            Refuse(GraphmlCode::NOT_GRAPHML,
                   "the graph's edgedefault is neither 'directed' nor 'undirected'");
        }
        m_graph = true;
        m_facts.directed = *direction == "directed";
    }

    void CheckInGraph(std::string_view name) const
    {
        if (m_open.size() != 2 || m_open.back() != "graph")
        {
            Refuse(GraphmlCode::NOT_GRAPHML, "the element " + Quote(name) + " is not in a graph");
        }
    }

    void VisitNode(const std::vector<Attribute>& attributes)
    {
        CheckInGraph("node");
        if (m_facts.nodeIds.size() >= m_limits.nodes)
        {
            Refuse(GraphmlCode::TOO_MANY_NODES,
                   "more than " + std::to_string(m_limits.nodes) + " nodes");
        }
        const std::string* id = Get(attributes, "id");
        if (!id || id->empty())
        {
            Refuse(GraphmlCode::BAD_NODE_ID, "a node without an id");
        }
        if (!m_nodes.insert(*id).second)
        {
            Refuse(GraphmlCode::DUPLICATE_NODE, "two nodes with the id " + Quote(*id));
        }
        m_facts.nodeIds.push_back(*id);
    }

    void VisitEdge(const std::vector<Attribute>& attributes)
    {
        CheckInGraph("edge");
        if (m_facts.edges >= m_limits.edges)
        {
            Refuse(GraphmlCode::TOO_MANY_EDGES,
                   "more than " + std::to_string(m_limits.edges) + " edges");
        }
        const std::string* source = Get(attributes, "source");
        const std::string* target = Get(attributes, "target");
        if (!source || !target)
        {
            Refuse(GraphmlCode::DANGLING_EDGE, "an edge without a source or a target");
        }
        const std::string* directed = Get(attributes, "directed");
        if (directed && (*directed == "true") != m_facts.directed)
        {
            Refuse(GraphmlCode::UNSUPPORTED, "directed and undirected edges are mixed");
        }
        ++m_facts.edges;
        m_edges.push_back({*source, *target, RunningLine()});
    }

    /** What can be said only when every node and key is known. */
    void CheckGraph() const
    {
        if (!m_graph)
        {
            Refuse(GraphmlCode::NO_GRAPH, "no graph element");
        }
        if (m_facts.nodeIds.empty())
        {
            Refuse(GraphmlCode::NO_NODES, "the graph has no nodes");
        }
        for (const EdgeEnds& edge : m_edges)
        {
            for (const std::string* end : {&edge.source, &edge.target})
            {
                if (m_nodes.count(*end) == 0)
                {
                    RefuseAt(edge.line,
                             GraphmlCode::DANGLING_EDGE,
                             "an edge leads to the node " + Quote(*end) + ", which does not exist");
                }
            }
        }
        for (const DataKey& data : m_dataKeys)
        {
            if (m_keys.count(data.key) == 0)
            {
                RefuseAt(data.line,
                         GraphmlCode::NOT_GRAPHML,
                         "a data element uses the key " + Quote(data.key) +
                             ", which does not exist");
            }
        }
    }

    std::string_view m_text;
    const GraphmlLimits& m_limits;
    std::size_t m_at{0};
    std::size_t m_line{1};
    std::size_t m_lineAt{0};
    std::vector<std::string_view> m_open;
    bool m_root{false};
    bool m_graph{false};
    std::size_t m_elements{0};
    std::unordered_set<std::string> m_keys;
    std::unordered_set<std::string> m_nodes;
    std::vector<EdgeEnds> m_edges;
    std::vector<DataKey> m_dataKeys;
    GraphmlFacts m_facts;
};

} // namespace

Expected<GraphmlFacts, GraphmlError>
CheckGraphml(std::string_view text, const GraphmlLimits& limits)
{
    try
    {
        return Checker(text, limits).Run();
    }
    catch (Refusal& refusal)
    {
        return Unexpected{std::move(refusal.error)};
    }
}

} // namespace strata
} // namespace ns3

// SPDX-License-Identifier: GPL-2.0-only

// Reads rules. What words there are, and the text of a rule, stand in the files beside.

#include "strata-firewall-rule-format.h"
#include "strata-firewall-rule-words-format.h"

#include "ns3/strata-flow-hash.h"

#include <algorithm>
#include <fmt/format.h>
#include <optional>

namespace ns3
{
namespace strata
{

namespace
{

using namespace firewall_words;

std::optional<uint32_t>
Number(std::string_view text, uint32_t most)
{
    if (text.empty() || text.size() > 5)
    {
        return {};
    }
    uint32_t value = 0;
    for (const char c : text)
    {
        if (c < '0' || c > '9')
        {
            return {};
        }
        value = value * 10 + static_cast<uint32_t>(c - '0');
    }
    return value <= most ? std::optional<uint32_t>(value) : std::nullopt;
}

/** Two numbers from 7-9, or one. */
bool
NumberRange(std::string_view text, uint32_t most, uint32_t& first, uint32_t& last)
{
    const std::size_t dash = text.find('-');
    const auto from = Number(text.substr(0, dash), most);
    const auto to = dash == std::string_view::npos ? from : Number(text.substr(dash + 1), most);
    if (!from || !to || *from > *to)
    {
        return false;
    }
    first = *from;
    last = *to;
    return true;
}

bool
IsDeviceName(std::string_view text)
{
    return !text.empty() && std::all_of(text.begin(), text.end(), [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
               c == '-' || c == '_' || c == '.' || c == '/' || c == ':' || c == '@';
    });
}

constexpr std::string_view KEYS[] =
    {"in", "out", "ip", "proto", "src", "dst", "sport", "dport", "type", "state", "with"};

/** Reads one line; the first fault found stays. */
class RuleReader
{
  public:
    explicit RuleReader(std::string_view text)
        : m_text(text)
    {
    }

    Expected<FirewallRule, FirewallRuleError> Read()
    {
        while (m_message.empty() && NextToken())
        {
            if (!m_hasAction)
            {
                ReadAction();
            }
            else
            {
                ReadCondition();
            }
        }
        if (m_message.empty())
        {
            CheckWhole();
        }
        if (!m_message.empty())
        {
            return Unexpected<FirewallRuleError>{{1, m_column, m_message}};
        }
        return m_rule;
    }

  private:
    bool NextToken()
    {
        const std::string_view blanks = " \t\r";
        const std::size_t begin = m_text.find_first_not_of(blanks, m_position);
        if (begin == std::string_view::npos || m_text[begin] == '#')
        {
            return false;
        }
        const std::size_t end = std::min(m_text.find_first_of(" \t\r#", begin), m_text.size());
        m_token = m_text.substr(begin, end - begin);
        m_begin = begin;
        m_position = end;
        return true;
    }

    void Fail(std::size_t at, std::string message)
    {
        if (m_message.empty())
        {
            m_column = at + 1;
            m_message = std::move(message);
        }
    }

    void ReadAction()
    {
        const auto action = Find(ACTIONS, m_token);
        if (!action)
        {
            Fail(m_begin,
                 fmt::format("a rule begins with accept, drop or reject, not '{}'", m_token));
            return;
        }
        m_hasAction = true;
        m_rule.action = static_cast<FirewallAction>(*action);
    }

    void ReadCondition()
    {
        const std::size_t equals = m_token.find('=');
        const std::string key = Lower(m_token.substr(0, equals));
        const auto known = std::find(std::begin(KEYS), std::end(KEYS), key);
        if (equals == std::string_view::npos || known == std::end(KEYS))
        {
            Fail(m_begin, fmt::format("'{}' is none of {}", m_token, fmt::join(KEYS, "=, ")) + "=");
            return;
        }
        std::size_t& at = m_keyAt[static_cast<std::size_t>(known - std::begin(KEYS))];
        if (at != NOWHERE)
        {
            Fail(m_begin, fmt::format("{}= stands twice", key));
            return;
        }
        at = m_begin;
        std::string_view value = m_token.substr(equals + 1);
        if (Lower(value) == "any" && key != "with" && key != "ip")
        {
            if (key == "state")
            {
                m_rule.states = FirewallRule::ALL_STATES;
            }
            return;
        }
        if (key == "state")
        {
            m_rule.states = 0;
        }
        FirewallAddresses* addresses = key == "src"   ? &m_rule.source
                                       : key == "dst" ? &m_rule.destination
                                                      : nullptr;
        if (addresses && !value.empty() && value.front() == '!')
        {
            addresses->others = true;
            value.remove_prefix(1);
        }
        std::size_t itemAt = m_begin + m_token.size() - value.size();
        for (;;)
        {
            const std::size_t comma = value.find(',');
            const std::string_view item = value.substr(0, comma);
            ReadItem(key, item, itemAt);
            if (comma == std::string_view::npos)
            {
                break;
            }
            itemAt += comma + 1;
            value.remove_prefix(comma + 1);
        }
    }

    void ReadItem(const std::string& key, std::string_view item, std::size_t at)
    {
        if (item.empty())
        {
            Fail(at, fmt::format("{}= lacks a value", key));
        }
        else if (key == "in" || key == "out")
        {
            ReadPlace(key == "in" ? m_rule.in : m_rule.out, item, at);
        }
        else if (key == "ip")
        {
            if (m_rule.family != 0 || (item != "4" && item != "6"))
            {
                Fail(at, fmt::format("ip= is 4 or 6, not '{}'", item));
            }
            m_rule.family = static_cast<uint8_t>(item == "4" ? 4 : 6);
        }
        else if (key == "proto")
        {
            const auto named = Find(PROTOCOLS, item);
            const auto protocol = named ? std::optional<uint32_t>(*named) : Number(item, 255);
            if (!protocol)
            {
                Fail(at, fmt::format("'{}' is no protocol", item));
                return;
            }
            Insert(m_rule.protocols, static_cast<uint8_t>(*protocol));
        }
        else if (key == "src" || key == "dst")
        {
            const auto prefix = ParseFlowPrefix(item);
            if (!prefix)
            {
                Fail(at, fmt::format("'{}' is no address or prefix", item));
                return;
            }
            (key == "src" ? m_rule.source : m_rule.destination).blocks.push_back(*prefix);
        }
        else if (key == "sport" || key == "dport")
        {
            uint32_t first = 0;
            uint32_t last = 0;
            if (!NumberRange(item, 65535, first, last))
            {
                Fail(at, fmt::format("'{}' is no port or range of ports", item));
                return;
            }
            (key == "sport" ? m_rule.sourcePorts : m_rule.destinationPorts)
                .push_back({static_cast<uint16_t>(first), static_cast<uint16_t>(last)});
        }
        else if (key == "type")
        {
            m_types.push_back({item, at}); // what a name means depends on the protocol
        }
        else if (key == "state")
        {
            const auto state = Find(STATES, item);
            if (!state)
            {
                Fail(at, fmt::format("'{}' is no state; there are {}", item, Names(STATES)));
                return;
            }
            m_rule.states |= static_cast<uint8_t>(1 << *state);
        }
        else
        {
            const auto answer = Find(ANSWERS, item);
            if (!answer || m_answers++ > 0)
            {
                Fail(at, fmt::format("with= is one of {}, not '{}'", Names(ANSWERS), item));
                return;
            }
            m_rule.answer = static_cast<FirewallAnswer>(*answer);
        }
    }

    void ReadPlace(FirewallPlaces& places, std::string_view item, std::size_t at)
    {
        if (const auto side = Find(SIDES, item))
        {
            places.sides |= static_cast<uint8_t>(1 << *side);
        }
        else if (Lower(item) == "any" || !IsDeviceName(item))
        {
            Fail(at, fmt::format("'{}' is neither {} nor a device", item, Names(SIDES)));
        }
        else
        {
            Insert(places.devices, std::string(item));
        }
    }

    template <class T>
    static void Insert(std::vector<T>& values, T value)
    {
        const auto place = std::lower_bound(values.begin(), values.end(), value);
        if (place == values.end() || *place != value)
        {
            values.insert(place, std::move(value));
        }
    }

    template <std::size_t N>
    static std::string Names(const Word (&words)[N])
    {
        std::string names;
        for (const Word& word : words)
        {
            names += names.empty() ? "" : ", ";
            names += word.text;
        }
        return names;
    }

    bool IsOnly(uint8_t protocol) const
    {
        return m_rule.protocols.size() == 1 && m_rule.protocols.front() == protocol;
    }

    void ReadType(std::string_view item, std::size_t at)
    {
        const std::size_t slash = item.find('/');
        const std::string_view name = item.substr(0, slash);
        FirewallIcmpRange range;
        uint32_t first = 0;
        uint32_t last = 0;
        const std::string lower = Lower(name);
        const auto named = std::find_if(std::begin(ICMP_TYPES),
                                        std::end(ICMP_TYPES),
                                        [&](const IcmpWord& word) { return word.text == lower; });
        if (named != std::end(ICMP_TYPES))
        {
            first = last = IsOnly(ICMP6) ? named->type6 : named->type4;
        }
        else if (!NumberRange(name, 255, first, last))
        {
            Fail(at, fmt::format("'{}' is no ICMP type", name));
            return;
        }
        range.first = static_cast<uint8_t>(first);
        range.last = static_cast<uint8_t>(last);
        if (slash != std::string_view::npos)
        {
            const auto code = Number(item.substr(slash + 1), 255);
            if (!code)
            {
                Fail(at + slash + 1, fmt::format("'{}' is no ICMP code", item.substr(slash + 1)));
                return;
            }
            range.code = static_cast<uint16_t>(*code);
        }
        m_rule.icmp.push_back(range);
    }

    std::size_t At(std::string_view key) const
    {
        const auto known = std::find(std::begin(KEYS), std::end(KEYS), key);
        return m_keyAt[static_cast<std::size_t>(known - std::begin(KEYS))];
    }

    /** What the parts of a rule ask of each other. */
    void CheckWhole()
    {
        if (!m_hasAction)
        {
            Fail(m_text.size(), "there is no rule");
            return;
        }
        const bool ports = !m_rule.sourcePorts.empty() || !m_rule.destinationPorts.empty();
        if (ports && !std::all_of(m_rule.protocols.begin(), m_rule.protocols.end(), HasPorts))
        {
            const char* key = m_rule.destinationPorts.empty() ? "sport" : "dport";
            Fail(At(key), fmt::format("{}= is for protocols with ports", key));
        }
        if (!m_types.empty() && !IsOnly(ICMP) && !IsOnly(ICMP6))
        {
            Fail(At("type"), "type= is for proto=icmp or proto=icmp6");
        }
        for (const auto& [item, at] : m_types)
        {
            ReadType(item, at);
        }
        if (At("with") != NOWHERE && m_rule.action != FirewallAction::REJECT)
        {
            Fail(At("with"), "with= is for reject");
        }
        if (m_rule.action == FirewallAction::REJECT && m_rule.answer == FirewallAnswer::RESET &&
            !IsOnly(TCP))
        {
            Fail(At("with"), "with=reset is for proto=tcp");
        }
        CheckFamily(m_rule.source, "src");
        CheckFamily(m_rule.destination, "dst");
    }

    /** A rule about addresses of one family can never hold for a packet of the other. */
    void CheckFamily(const FirewallAddresses& addresses, std::string_view key)
    {
        for (const FlowPrefix& block : addresses.blocks)
        {
            const uint8_t family = block.address.IsIpv4() ? 4 : 6;
            if (m_rule.family != 0 && m_rule.family != family)
            {
                Fail(At(key), "addresses of IPv4 and IPv6 do not go together");
            }
            m_rule.family = family;
        }
    }

    static constexpr std::size_t NOWHERE = SIZE_MAX;

    std::string_view m_text;
    std::size_t m_position{0};
    std::string_view m_token;
    std::size_t m_begin{0};
    bool m_hasAction{false};
    int m_answers{0};
    std::vector<std::size_t> m_keyAt{std::vector<std::size_t>(std::size(KEYS), NOWHERE)};
    std::vector<std::pair<std::string_view, std::size_t>> m_types;
    FirewallRule m_rule;
    std::size_t m_column{1};
    std::string m_message;
};

} // namespace

Expected<FirewallRule, FirewallRuleError>
ParseFirewallRule(std::string_view text)
{
    return RuleReader(text).Read();
}

Expected<std::vector<FirewallRule>, FirewallRuleError>
ParseFirewallRules(std::string_view text)
{
    std::vector<FirewallRule> rules;
    std::size_t line = 1;
    std::size_t column = 0; // of the piece, in its line
    while (true)
    {
        std::size_t end = text.find_first_of(";\n#");
        if (end != std::string_view::npos && text[end] == '#')
        {
            end = text.find('\n', end); // a remark goes on to the end of the line
        }
        end = std::min(end, text.size());
        const std::string_view piece = text.substr(0, end);
        const std::size_t first = piece.find_first_not_of(" \t\r");
        if (first != std::string_view::npos && piece[first] != '#')
        {
            auto rule = ParseFirewallRule(piece);
            if (!rule)
            {
                FirewallRuleError error = rule.error();
                error.line = line;
                error.column += column;
                return Unexpected<FirewallRuleError>{error};
            }
            rules.push_back(std::move(*rule));
        }
        if (end == text.size())
        {
            return rules;
        }
        column += end + 1;
        if (text[end] == '\n')
        {
            ++line;
            column = 0;
        }
        text.remove_prefix(end + 1);
    }
}

} // namespace strata
} // namespace ns3

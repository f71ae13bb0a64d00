// SPDX-License-Identifier: GPL-2.0-only

#include "strata-fuzz.h"

#include "ns3/strata-firewall-rule-format.h"

#include <algorithm>

extern "C" int
LLVMFuzzerTestOneInput(const uint8_t* data, std::size_t size)
{
    using namespace ns3::strata;
    const std::string text(data, data + size);
    const auto rules = ParseFirewallRules(text);
    if (!rules)
    {
        const FirewallRuleError& error = rules.error();
        const auto lines = static_cast<std::size_t>(std::count(text.begin(), text.end(), '\n')) + 1;
        Require(error.line >= 1 && error.line <= lines, "the line is one of the text's");
        Require(error.column >= 1 && error.column <= size + 1, "so is the column");
        Require(!error.message.empty(), "an error says what is wrong");
        return 0;
    }
    for (const FirewallRule& rule : *rules)
    {
        const std::string own = ToText(rule);
        const auto again = ParseFirewallRule(own);
        Require(again.has_value(), "a rule's text is a rule");
        Require(*again == rule, "the same one");
        Require(ToText(*again) == own, "with the same text");
    }
    return 0;
}

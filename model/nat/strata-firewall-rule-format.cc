// SPDX-License-Identifier: GPL-2.0-only

#include "strata-firewall-rule-format.h"

#include "strata-firewall-rule-words-format.h"

#include <fmt/format.h>

namespace ns3
{
namespace strata
{

using namespace firewall_words;

namespace
{

std::string
PlacesText(const FirewallPlaces& places)
{
    std::vector<std::string> items;
    for (const Word& side : SIDES)
    {
        if (places.sides & (1 << side.value))
        {
            items.emplace_back(side.text);
        }
    }
    items.insert(items.end(), places.devices.begin(), places.devices.end());
    return fmt::format("{}", fmt::join(items, ","));
}

std::string
AddressesText(const FirewallAddresses& addresses)
{
    std::string text = addresses.others ? "!" : "";
    for (const FlowPrefix& block : addresses.blocks)
    {
        text += &block == &addresses.blocks.front() ? "" : ",";
        text += ToText(block);
    }
    return text;
}

std::string
RangeText(uint32_t first, uint32_t last)
{
    return first == last ? fmt::format("{}", first) : fmt::format("{}-{}", first, last);
}

std::string
PortsText(const std::vector<FirewallPortRange>& ports)
{
    std::vector<std::string> items;
    for (const FirewallPortRange& range : ports)
    {
        items.push_back(RangeText(range.first, range.last));
    }
    return fmt::format("{}", fmt::join(items, ","));
}

} // namespace

const char*
FirewallActionName(FirewallAction action)
{
    return ACTIONS[static_cast<std::size_t>(action)].text.data();
}

const char*
FirewallStateName(FirewallState state)
{
    return STATES[static_cast<std::size_t>(state)].text.data();
}

std::string
FirewallRuleError::ToText() const
{
    return fmt::format("line {}, column {}: {}", line, column, message);
}

std::string
FirewallProtocolName(uint8_t protocol)
{
    const std::string_view name = NameOf(PROTOCOLS, protocol);
    return name.empty() ? fmt::format("{}", protocol) : std::string(name);
}

std::string
ToText(const FirewallRule& rule)
{
    std::string text = FirewallActionName(rule.action);
    const auto add = [&text](const char* key, const std::string& value) {
        if (!value.empty())
        {
            text += fmt::format(" {}={}", key, value);
        }
    };
    add("in", PlacesText(rule.in));
    add("out", PlacesText(rule.out));
    if (rule.family != 0 && rule.source.blocks.empty() && rule.destination.blocks.empty())
    {
        add("ip", std::to_string(rule.family));
    }
    std::vector<std::string> items;
    for (const uint8_t protocol : rule.protocols)
    {
        items.push_back(FirewallProtocolName(protocol));
    }
    add("proto", fmt::format("{}", fmt::join(items, ",")));
    add("src", AddressesText(rule.source));
    add("dst", AddressesText(rule.destination));
    add("sport", PortsText(rule.sourcePorts));
    add("dport", PortsText(rule.destinationPorts));
    items.clear();
    for (const FirewallIcmpRange& range : rule.icmp)
    {
        std::string item = RangeText(range.first, range.last);
        if (range.code != FirewallIcmpRange::ANY_CODE)
        {
            item += fmt::format("/{}", range.code);
        }
        items.push_back(item);
    }
    add("type", fmt::format("{}", fmt::join(items, ",")));
    if (rule.states == FirewallRule::ALL_STATES)
    {
        add("state", "any");
    }
    else if (rule.states != FirewallRule::VALID_STATES)
    {
        items.clear();
        for (const Word& state : STATES)
        {
            if (rule.states & (1 << state.value))
            {
                items.emplace_back(state.text);
            }
        }
        add("state", fmt::format("{}", fmt::join(items, ",")));
    }
    if (rule.action == FirewallAction::REJECT)
    {
        add("with", std::string(NameOf(ANSWERS, static_cast<uint8_t>(rule.answer))));
    }
    return text;
}

} // namespace strata
} // namespace ns3

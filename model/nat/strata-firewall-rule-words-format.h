// SPDX-License-Identifier: GPL-2.0-only

#ifndef STRATA_FIREWALL_RULE_WORDS_FORMAT_H
#define STRATA_FIREWALL_RULE_WORDS_FORMAT_H

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace ns3
{
namespace strata
{

/** The words of rules, for what reads and what writes them. */
namespace firewall_words
{

/** A word of a rule, and the value that it stands for. */
struct Word
{
    std::string_view text;
    uint8_t value;
};

inline constexpr uint8_t ICMP = 1;
inline constexpr uint8_t TCP = 6;
inline constexpr uint8_t ICMP6 = 58;

inline constexpr Word ACTIONS[] = {{"accept", 0}, {"drop", 1}, {"reject", 2}};
inline constexpr Word ANSWERS[] = {{"prohibited", 0}, {"port", 1}, {"reset", 2}};
inline constexpr Word SIDES[] = {{"inside", 0}, {"outside", 1}, {"local", 2}};
inline constexpr Word STATES[] = {{"new", 0}, {"established", 1}, {"related", 2}, {"invalid", 3}};

/** Assigned Internet Protocol Numbers (IANA); the first name of a number is the one printed. */
inline constexpr Word PROTOCOLS[] = {{"icmp", ICMP},
                                     {"igmp", 2},
                                     {"ipip", 4},
                                     {"tcp", TCP},
                                     {"udp", 17},
                                     {"dccp", 33},
                                     {"ipv6", 41},
                                     {"gre", 47},
                                     {"esp", 50},
                                     {"ah", 51},
                                     {"icmp6", ICMP6},
                                     {"ospf", 89},
                                     {"sctp", 132},
                                     {"udplite", 136}};

/** An ICMP type by name: its number for icmp, and for icmp6. */
struct IcmpWord
{
    std::string_view text;
    uint8_t type4;
    uint8_t type6;
};

inline constexpr IcmpWord ICMP_TYPES[] = {{"echo-request", 8, 128},
                                          {"echo-reply", 0, 129},
                                          {"unreachable", 3, 1},
                                          {"time-exceeded", 11, 3},
                                          {"parameter-problem", 12, 4}};

inline std::string
Lower(std::string_view text)
{
    std::string lower(text);
    for (char& c : lower)
    {
        if (c >= 'A' && c <= 'Z')
        {
            c = static_cast<char>(c - 'A' + 'a');
        }
    }
    return lower;
}

/** The value of a word, whose letters may be capitals; none if it is none of these. */
template <std::size_t N>
std::optional<uint8_t>
Find(const Word (&words)[N], std::string_view text)
{
    const std::string lower = Lower(text);
    for (const Word& word : words)
    {
        if (lower == word.text)
        {
            return word.value;
        }
    }
    return {};
}

/** The first word of a value; empty if it has none. */
template <std::size_t N>
std::string_view
NameOf(const Word (&words)[N], uint8_t value)
{
    for (const Word& word : words)
    {
        if (word.value == value)
        {
            return word.text;
        }
    }
    return {};
}

} // namespace firewall_words
} // namespace strata
} // namespace ns3

#endif /* STRATA_FIREWALL_RULE_WORDS_FORMAT_H */

// SPDX-License-Identifier: GPL-2.0-only

#include "strata-member-name.h"

#include <charconv>
#include <fmt/format.h>

namespace ns3
{
namespace strata
{

std::string
FormatName(MemberName name, NameScheme scheme)
{
    if (scheme == NameScheme::FLAT)
    {
        return fmt::format("{}", name);
    }
    std::string text = fmt::format("{}", name >> 48);
    for (int shift = 32; shift >= 0 && (name << (48 - shift)) != 0; shift -= 16)
    {
        text += fmt::format(".{}", (name >> shift) & 0xffff);
    }
    return text;
}

std::string
FormatBlock(const NameBlock& block, NameScheme scheme)
{
    return fmt::format("{}/{}", FormatName(block.GetAddress(), scheme), block.GetLength());
}

std::optional<MemberName>
ParseName(const std::string& text, NameScheme scheme)
{
    const char* next = text.data();
    const char* const end = text.data() + text.size();
    if (scheme == NameScheme::FLAT)
    {
        MemberName name = 0;
        const auto [stop, error] = std::from_chars(next, end, name);
        return error == std::errc{} && stop == end ? std::optional(name) : std::nullopt;
    }
    MemberName name = 0;
    for (int shift = 48; shift >= 0; shift -= 16)
    {
        uint16_t part = 0;
        const auto [stop, error] = std::from_chars(next, end, part);
        if (error != std::errc{})
        {
            return std::nullopt;
        }
        name |= MemberName{part} << shift;
        if (stop == end)
        {
            return name;
        }
        if (*stop != '.')
        {
            return std::nullopt;
        }
        next = stop + 1;
    }
    return std::nullopt;
}

} // namespace strata
} // namespace ns3

// SPDX-License-Identifier: GPL-2.0-only

#include "strata-flow-address-format.h"

#include <array>
#include <fmt/format.h>

namespace ns3
{
namespace strata
{

namespace
{

constexpr unsigned IPV4_BITS_BEFORE = 96;

/** The number at the front of \p text, of at most \p digits digits; it is taken off. */
std::optional<uint32_t>
TakeNumber(std::string_view& text, unsigned base, std::size_t digits)
{
    uint32_t value = 0;
    std::size_t used = 0;
    while (used < digits && used < text.size())
    {
        const char c = text[used];
        unsigned digit = base;
        if (c >= '0' && c <= '9')
        {
            digit = static_cast<unsigned>(c - '0');
        }
        else if (c >= 'a' && c <= 'f')
        {
            digit = static_cast<unsigned>(c - 'a') + 10;
        }
        else if (c >= 'A' && c <= 'F')
        {
            digit = static_cast<unsigned>(c - 'A') + 10;
        }
        if (digit >= base)
        {
            break;
        }
        value = value * base + digit;
        ++used;
    }
    if (used == 0)
    {
        return {};
    }
    text.remove_prefix(used);
    return value;
}

bool
TakeChar(std::string_view& text, char c)
{
    if (text.empty() || text.front() != c)
    {
        return false;
    }
    text.remove_prefix(1);
    return true;
}

std::optional<uint32_t>
ParseIpv4(std::string_view text)
{
    uint32_t address = 0;
    for (int i = 0; i < 4; ++i)
    {
        if (i > 0 && !TakeChar(text, '.'))
        {
            return {};
        }
        const auto part = TakeNumber(text, 10, 3);
        if (!part || *part > 255)
        {
            return {};
        }
        address = address << 8 | *part;
    }
    return text.empty() ? std::optional<uint32_t>(address) : std::nullopt;
}

std::optional<FlowAddress>
ParseIpv6(std::string_view text)
{
    std::array<uint16_t, 8> groups{};
    std::size_t count = 0;
    std::optional<std::size_t> gap; // groups before the ::
    if (text.substr(0, 2) == "::")
    {
        gap = 0;
        text.remove_prefix(2);
    }
    while (!text.empty())
    {
        if (count > 0 && gap != count && !TakeChar(text, ':'))
        {
            return {};
        }
        if (count > 0 && !gap && TakeChar(text, ':'))
        {
            gap = count;
            continue;
        }
        // the last 32 bits may be written as an IPv4 address
        if (const auto ipv4 = ParseIpv4(text); ipv4 && count <= 6)
        {
            groups[count++] = static_cast<uint16_t>(*ipv4 >> 16);
            groups[count++] = static_cast<uint16_t>(*ipv4);
            break;
        }
        const auto group = TakeNumber(text, 16, 4);
        if (!group || count == groups.size())
        {
            return {};
        }
        groups[count++] = static_cast<uint16_t>(*group);
    }
    if (gap ? count == groups.size() : count != groups.size())
    {
        return {};
    }
    std::array<uint16_t, 8> all{};
    const std::size_t front = gap.value_or(count);
    for (std::size_t i = 0; i < count; ++i)
    {
        all[i < front ? i : i + groups.size() - count] = groups[i];
    }
    FlowAddress address;
    for (std::size_t i = 0; i < 4; ++i)
    {
        address.high = address.high << 16 | all[i];
        address.low = address.low << 16 | all[4 + i];
    }
    return address;
}

} // namespace

FlowPrefix
FlowPrefix::Of(const FlowAddress& address, unsigned length)
{
    const unsigned bits = length < 128 ? length : 128;
    const FlowAddress mask = Mask(bits);
    return {{address.high & mask.high, address.low & mask.low}, static_cast<uint8_t>(bits)};
}

std::optional<FlowAddress>
ParseFlowAddress(std::string_view text)
{
    if (const auto ipv4 = ParseIpv4(text))
    {
        return FlowAddress::FromIpv4(*ipv4);
    }
    return ParseIpv6(text);
}

std::optional<FlowPrefix>
ParseFlowPrefix(std::string_view text)
{
    const std::size_t slash = text.find('/');
    const auto address = ParseFlowAddress(text.substr(0, slash));
    if (!address)
    {
        return {};
    }
    if (slash == std::string_view::npos)
    {
        return FlowPrefix::Of(*address, 128);
    }
    std::string_view rest = text.substr(slash + 1);
    const auto length = TakeNumber(rest, 10, 3);
    const unsigned before = address->IsIpv4() ? IPV4_BITS_BEFORE : 0;
    if (!length || !rest.empty() || *length > 128 - before)
    {
        return {};
    }
    return FlowPrefix::Of(*address, before + *length);
}

std::string
ToText(const FlowAddress& address)
{
    if (address.IsIpv4())
    {
        const uint32_t a = address.Ipv4();
        return fmt::format("{}.{}.{}.{}", a >> 24, a >> 16 & 0xff, a >> 8 & 0xff, a & 0xff);
    }
    std::array<unsigned, 8> groups;
    for (std::size_t i = 0; i < 8; ++i)
    {
        const uint64_t half = i < 4 ? address.high : address.low;
        groups[i] = half >> (48 - 16 * (i % 4)) & 0xffff;
    }
    // RFC 5952 section 4.2: the longest run of zeros, the first of equal ones, never a single one
    std::size_t begin = 8;
    std::size_t length = 1;
    for (std::size_t i = 0; i < 8; ++i)
    {
        std::size_t run = 0;
        while (i + run < 8 && groups[i + run] == 0)
        {
            ++run;
        }
        if (run > length)
        {
            begin = i;
            length = run;
        }
    }
    std::string text;
    for (std::size_t i = 0; i < 8; ++i)
    {
        if (i == begin)
        {
            text += "::";
            i += length - 1;
            continue;
        }
        if (!text.empty() && text.back() != ':')
        {
            text += ':';
        }
        text += fmt::format("{:x}", groups[i]);
    }
    return text;
}

std::string
ToText(const FlowPrefix& prefix)
{
    if (prefix.length == 128)
    {
        return ToText(prefix.address);
    }
    const unsigned before =
        prefix.address.IsIpv4() && prefix.length >= IPV4_BITS_BEFORE ? IPV4_BITS_BEFORE : 0;
    return fmt::format("{}/{}", ToText(prefix.address), prefix.length - before);
}

} // namespace strata
} // namespace ns3

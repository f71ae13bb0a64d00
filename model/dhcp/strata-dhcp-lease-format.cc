// SPDX-License-Identifier: GPL-2.0-only

#include "strata-dhcp-lease-format.h"

#include <charconv>
#include <fmt/format.h>

namespace ns3
{
namespace strata
{

namespace
{

constexpr int64_t SECOND = 1'000'000'000;
constexpr std::string_view STATES[] =
    {"free", "probing", "offered", "bound", "permanent", "abandoned"};

/** The next word of \p line, which loses it. */
std::string_view
TakeWord(std::string_view& line)
{
    const std::size_t start = std::min(line.find_first_not_of(' '), line.size());
    const std::size_t end = std::min(line.find(' ', start), line.size());
    const std::string_view word = line.substr(start, end - start);
    line.remove_prefix(end);
    return word;
}

template <class T>
bool
ReadNumber(std::string_view text, T& value, int base = 10)
{
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value, base);
    return error == std::errc() && end == text.data() + text.size() && !text.empty();
}

std::optional<uint32_t>
ReadAddress(std::string_view text)
{
    uint32_t address = 0;
    for (int i = 0; i < 4; ++i)
    {
        const std::size_t end = i < 3 ? text.find('.') : text.size();
        uint8_t part = 0;
        if (end == std::string_view::npos || !ReadNumber(text.substr(0, end), part))
        {
            return std::nullopt;
        }
        address = (address << 8) | part;
        text.remove_prefix(std::min(end + 1, text.size()));
    }
    return address;
}

std::optional<Bytes>
ReadHex(std::string_view text)
{
    Bytes bytes;
    while (!text.empty())
    {
        uint8_t byte = 0;
        if (!ReadNumber(text.substr(0, 2), byte, 16) || (text.size() > 2 && text[2] != ':'))
        {
            return std::nullopt;
        }
        bytes.push_back(byte);
        text.remove_prefix(std::min<std::size_t>(3, text.size()));
    }
    return bytes;
}

std::optional<Nanos>
ReadTime(std::string_view text)
{
    if (text == "never")
    {
        return NEVER;
    }
    const std::size_t point = text.find('.');
    int64_t seconds = 0;
    int64_t fraction = 0;
    if (point == std::string_view::npos || text.size() - point != 10 ||
        !ReadNumber(text.substr(0, point), seconds) ||
        !ReadNumber(text.substr(point + 1), fraction) || seconds < 0 || fraction < 0 ||
        seconds > NEVER.count() / SECOND - 1)
    {
        return std::nullopt;
    }
    return Nanos(seconds * SECOND + fraction);
}

std::string
Quote(const std::string& name)
{
    std::string text = "\"";
    for (const char c : name)
    {
        if (c < ' ' || c > '~' || c == '"' || c == '\\')
        {
            text += fmt::format("\\{:02x}", static_cast<unsigned char>(c));
        }
        else
        {
            text += c;
        }
    }
    return text + '"';
}

std::optional<std::string>
Unquote(std::string_view text)
{
    if (text.size() < 2 || text.front() != '"' || text.back() != '"')
    {
        return std::nullopt;
    }
    text = text.substr(1, text.size() - 2);
    std::string name;
    while (!text.empty())
    {
        std::size_t taken = 1;
        if (text[0] == '\\')
        {
            uint8_t byte = 0;
            taken = 3;
            if (text.size() < taken || !ReadNumber(text.substr(1, 2), byte, 16))
            {
                return std::nullopt;
            }
            name += static_cast<char>(byte);
        }
        else
        {
            name += text[0];
        }
        text.remove_prefix(taken);
    }
    return name;
}

ByteView
ViewOf(const std::string& text, std::size_t from)
{
    return ByteView(reinterpret_cast<const uint8_t*>(text.data()), text.size()).Sub(from);
}

} // namespace

std::string
DhcpAddressText(uint32_t address)
{
    return fmt::format("{}.{}.{}.{}",
                       address >> 24,
                       (address >> 16) & 0xff,
                       (address >> 8) & 0xff,
                       address & 0xff);
}

std::string
DhcpHardwareText(ByteView bytes)
{
    std::string text;
    for (const uint8_t byte : bytes)
    {
        text += fmt::format("{}{:02x}", text.empty() ? "" : ":", byte);
    }
    return text.empty() ? "-" : text;
}

std::string
DhcpLeaseLine(const DhcpBinding& binding)
{
    const std::string expires = binding.expires == NEVER
                                    ? std::string("never")
                                    : fmt::format("{}.{:09}",
                                                  binding.expires.count() / SECOND,
                                                  binding.expires.count() % SECOND);
    const std::string client =
        binding.client.empty()
            ? std::string("-")
            : fmt::format("{}:{}", binding.client[0], DhcpHardwareText(ViewOf(binding.client, 1)));
    return fmt::format("{} {} {} {} {} {}",
                       DhcpAddressText(binding.address),
                       DhcpBindingStateName(binding.state),
                       expires,
                       client,
                       DhcpHardwareText(binding.hardware),
                       Quote(binding.name));
}

std::optional<DhcpBinding>
ParseDhcpLeaseLine(std::string_view line)
{
    DhcpBinding binding;
    const auto address = ReadAddress(TakeWord(line));
    const std::string_view state = TakeWord(line);
    const auto expires = ReadTime(TakeWord(line));
    std::string_view client = TakeWord(line);
    std::string_view hardware = TakeWord(line);
    while (!line.empty() && line.front() == ' ')
    {
        line.remove_prefix(1);
    }
    const auto name = Unquote(line);
    const auto known = std::find(std::begin(STATES), std::end(STATES), state);
    if (!address || known == std::end(STATES) || !expires || !name)
    {
        return std::nullopt;
    }
    binding.address = *address;
    binding.state = static_cast<DhcpBindingState>(known - std::begin(STATES));
    binding.expires = *expires;
    binding.name = *name;
    if (client != "-")
    {
        if (client.size() < 2 || client[1] != ':' ||
            std::string_view("ihb").find(client[0]) == std::string_view::npos)
        {
            return std::nullopt;
        }
        binding.client = client[0];
        const auto bytes = ReadHex(client.substr(2));
        if (!bytes)
        {
            return std::nullopt;
        }
        binding.client.append(bytes->begin(), bytes->end());
    }
    if (hardware != "-")
    {
        const auto bytes = ReadHex(hardware);
        if (!bytes)
        {
            return std::nullopt;
        }
        binding.hardware = *bytes;
    }
    return binding;
}

std::string
DhcpLeaseTableText(const std::vector<DhcpBinding>& bindings, Nanos now)
{
    std::string text = fmt::format("{:<15} {:<17} {:<9} {:>9}  {}\n",
                                   "address",
                                   "hardware",
                                   "state",
                                   "left (s)",
                                   "name");
    for (const DhcpBinding& binding : bindings)
    {
        const std::string left =
            binding.expires == NEVER
                ? std::string("-")
                : fmt::format("{:.0f}",
                              static_cast<double>((binding.expires - now).count()) / SECOND);
        std::string line = fmt::format("{:<15} {:<17} {:<9} {:>9}  {}",
                                       DhcpAddressText(binding.address),
                                       DhcpHardwareText(binding.hardware),
                                       DhcpBindingStateName(binding.state),
                                       left,
                                       binding.name);
        line.erase(line.find_last_not_of(' ') + 1);
        text += line + '\n';
    }
    return text;
}

} // namespace strata
} // namespace ns3

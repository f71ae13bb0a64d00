// SPDX-License-Identifier: GPL-2.0-only

#include "strata-ftp-endpoint-format.h"

#include <algorithm>
#include <array>

namespace ns3
{
namespace strata
{

namespace
{

bool
IsDigit(char c)
{
    return c >= '0' && c <= '9';
}

/** The number from \p at on; nothing if there is none up to \p most. \p at then stands behind it.
 */
std::optional<uint32_t>
ReadNumber(const std::string& text, std::size_t& at, uint32_t most)
{
    const std::size_t begin = at;
    uint32_t number = 0;
    for (; at < text.size() && IsDigit(text[at]); ++at)
    {
        number = number * 10 + static_cast<uint32_t>(text[at] - '0');
        if (number > most)
        {
            return std::nullopt;
        }
    }
    return at == begin ? std::nullopt : std::optional<uint32_t>(number);
}

/** Six numbers of an octet each, from \p at on. */
std::optional<FtpEndpoint>
ReadSix(const std::string& text, std::size_t at)
{
    std::array<uint32_t, 6> octets{};
    for (std::size_t i = 0; i < octets.size(); ++i)
    {
        if (i > 0 && (at >= text.size() || text[at++] != ','))
        {
            return std::nullopt;
        }
        const std::optional<uint32_t> octet = ReadNumber(text, at, 255);
        if (!octet)
        {
            return std::nullopt;
        }
        octets[i] = *octet;
    }
    FtpEndpoint endpoint;
    for (std::size_t i = 0; i < 4; ++i)
    {
        endpoint.host += (i > 0 ? "." : "") + std::to_string(octets[i]);
    }
    endpoint.port = static_cast<uint16_t>(octets[4] << 8 | octets[5]);
    return endpoint;
}

/** Protocol, address and port between four delimiters, from \p at on. */
std::optional<FtpEndpoint>
ReadDelimited(const std::string& text, std::size_t at)
{
    const char delimiter = text[at];
    // RFC 2428 section 2: a printable character, which is no digit lest it end a number.
    if (delimiter < 33 || delimiter > 126 || IsDigit(delimiter))
    {
        return std::nullopt;
    }
    const std::size_t host = text.find(delimiter, at + 1);
    const std::size_t port =
        host == std::string::npos ? std::string::npos : text.find(delimiter, host + 1);
    if (port == std::string::npos)
    {
        return std::nullopt;
    }
    std::size_t end = port + 1;
    const std::optional<uint32_t> number = ReadNumber(text, end, 65535);
    if (!number || end >= text.size() || text[end] != delimiter)
    {
        return std::nullopt;
    }
    return FtpEndpoint{text.substr(host + 1, port - host - 1), static_cast<uint16_t>(*number)};
}

} // namespace

std::optional<FtpEndpoint>
ParseFtpHostPort(const std::string& text)
{
    for (std::size_t at = 0; at < text.size(); ++at)
    {
        const bool begins = IsDigit(text[at]) && (at == 0 || !IsDigit(text[at - 1]));
        if (const auto endpoint = begins ? ReadSix(text, at) : std::nullopt)
        {
            return endpoint;
        }
    }
    return std::nullopt;
}

std::string
FormatFtpHostPort(const FtpEndpoint& endpoint)
{
    std::string text = endpoint.host;
    std::replace(text.begin(), text.end(), '.', ',');
    return text + "," + std::to_string(endpoint.port >> 8) + "," +
           std::to_string(endpoint.port & 255);
}

std::optional<FtpEndpoint>
ParseFtpExtended(const std::string& text)
{
    // In a reply it stands in parentheses, behind words.
    const std::size_t open = text.find('(');
    const std::size_t at = open == std::string::npos ? 0 : open + 1;
    return at < text.size() ? ReadDelimited(text, at) : std::nullopt;
}

std::string
FormatFtpExtended(const FtpEndpoint& endpoint)
{
    const bool v6 = endpoint.host.find(':') != std::string::npos;
    const std::string family = endpoint.host.empty() ? "" : v6 ? "2" : "1";
    return "|" + family + "|" + endpoint.host + "|" + std::to_string(endpoint.port) + "|";
}

} // namespace strata
} // namespace ns3

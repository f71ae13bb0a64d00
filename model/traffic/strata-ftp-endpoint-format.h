// SPDX-License-Identifier: GPL-2.0-only

#ifndef STRATA_FTP_ENDPOINT_FORMAT_H
#define STRATA_FTP_ENDPOINT_FORMAT_H

#include <cstdint>
#include <optional>
#include <string>

namespace ns3
{
namespace strata
{

/** Where a data connection of FTP goes, as commands and replies say it. */
struct FtpEndpoint
{
    std::string host; //!< as text; empty where the other end of the control connection is meant
    uint16_t port{0};

    bool operator==(const FtpEndpoint& other) const
    {
        return host == other.host && port == other.port;
    }
};

/** "h1,h2,h3,h4,p1,p2" of PORT and of reply 227 (RFC 959 section 4.1.2); the first in \p text. */
std::optional<FtpEndpoint> ParseFtpHostPort(const std::string& text);

/** What ParseFtpHostPort reads. \pre the host is an IPv4 address */
std::string FormatFtpHostPort(const FtpEndpoint& endpoint);

/**
 * "|2|2001:db8::1|5282|" of EPRT (RFC 2428 section 2) and "|||6446|" of reply 229 (section 3),
 * with any delimiter; the first in \p text.
 */
std::optional<FtpEndpoint> ParseFtpExtended(const std::string& text);

/** What ParseFtpExtended reads, with the delimiter that RFC 2428 recommends. */
std::string FormatFtpExtended(const FtpEndpoint& endpoint);

} // namespace strata
} // namespace ns3

#endif /* STRATA_FTP_ENDPOINT_FORMAT_H */

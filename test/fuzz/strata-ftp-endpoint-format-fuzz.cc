// SPDX-License-Identifier: GPL-2.0-only

#include "strata-fuzz.h"

#include "ns3/strata-ftp-endpoint-format.h"

extern "C" int
LLVMFuzzerTestOneInput(const uint8_t* data, std::size_t size)
{
    using namespace ns3::strata;
    const std::string text(data, data + size);
    if (const auto endpoint = ParseFtpHostPort(text))
    {
        const auto again = ParseFtpHostPort(FormatFtpHostPort(*endpoint));
        Require(again && *again == *endpoint, "host and port come back");
    }
    if (const auto endpoint = ParseFtpExtended(text))
    {
        Require(endpoint->host.size() + 4 < size, "the host is a part of the text");
    }
    return 0;
}

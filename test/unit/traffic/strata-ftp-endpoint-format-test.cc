// SPDX-License-Identifier: GPL-2.0-only

#include "ns3/strata-ftp-endpoint-format.h"

#include <gtest/gtest.h>

namespace ns3
{
namespace strata
{
namespace
{

/** 132.235.1.2, port 6275 = 24 * 256 + 131. */
const FtpEndpoint EXAMPLE{"132.235.1.2", 6275};

TEST(FtpEndpointFormat, PortCommandsAndReply227AreReadAndWritten)
{
    EXPECT_EQ(FormatFtpHostPort(EXAMPLE), "132,235,1,2,24,131");
    EXPECT_EQ(ParseFtpHostPort("132,235,1,2,24,131"), EXAMPLE);
    EXPECT_EQ(ParseFtpHostPort(" Entering Passive Mode (132,235,1,2,24,131)."), EXAMPLE);
    EXPECT_EQ(ParseFtpHostPort(" =132,235,1,2,24,131"), EXAMPLE)
        << "RFC 1123 section 4.1.2.6: parentheses may be missing";
}

/** RFC 2428 sections 2 and 3 give these. */
TEST(FtpEndpointFormat, TheExamplesOfRfc2428AreReadAndWritten)
{
    EXPECT_EQ(ParseFtpExtended("|1|132.235.1.2|6275|"), EXAMPLE);
    EXPECT_EQ(FormatFtpExtended(EXAMPLE), "|1|132.235.1.2|6275|");
    const FtpEndpoint six{"1080::8:800:200C:417A", 5282};
    EXPECT_EQ(ParseFtpExtended("|2|1080::8:800:200C:417A|5282|"), six);
    EXPECT_EQ(FormatFtpExtended(six), "|2|1080::8:800:200C:417A|5282|");
    EXPECT_EQ(ParseFtpExtended(" Entering Extended Passive Mode (|||6446|)"),
              (FtpEndpoint{"", 6446}));
    EXPECT_EQ(FormatFtpExtended({"", 6446}), "|||6446|");
    EXPECT_EQ(ParseFtpExtended("!1!132.235.1.2!6275!"), EXAMPLE) << "any delimiter";
}

TEST(FtpEndpointFormat, NumbersThatAreNoOctetsAreRefused)
{
    EXPECT_FALSE(ParseFtpHostPort("256,0,0,1,0,1"));
    EXPECT_FALSE(ParseFtpHostPort("10,0,0,1,0,256"));
    EXPECT_FALSE(ParseFtpHostPort("10,0,0,1,99999999999999999999,1"));
    EXPECT_FALSE(ParseFtpHostPort("10,0,0,1,0"));
    EXPECT_FALSE(ParseFtpHostPort("10.0.0.1.0.1"));
    EXPECT_FALSE(ParseFtpHostPort("10,,0,1,0,1"));
    EXPECT_FALSE(ParseFtpHostPort(""));
    EXPECT_FALSE(ParseFtpExtended("|1|10.0.0.1|65536|"));
    EXPECT_FALSE(ParseFtpExtended("|1|10.0.0.1||"));
    EXPECT_FALSE(ParseFtpExtended("11110.0.0.1111"));
    EXPECT_FALSE(ParseFtpExtended("("));
    EXPECT_FALSE(ParseFtpExtended(""));
}

TEST(FtpEndpointFormat, EveryTruncationIsRefused)
{
    const std::string port = "132,235,1,2,24,131";
    // Without its last digits it is another port.
    for (std::size_t size = 0; size < port.rfind(',') + 1; ++size)
    {
        EXPECT_FALSE(ParseFtpHostPort(port.substr(0, size))) << size;
    }
    const std::string extended = "|2|1080::8:800:200C:417A|5282|";
    for (std::size_t size = 0; size < extended.size(); ++size)
    {
        EXPECT_FALSE(ParseFtpExtended(extended.substr(0, size))) << size;
    }
}

} // namespace
} // namespace strata
} // namespace ns3

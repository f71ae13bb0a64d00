// SPDX-License-Identifier: GPL-2.0-only

#include "ns3/strata-ftp-command-format.h"

#include <gtest/gtest.h>
#include <string>

using namespace ns3::strata;

namespace
{

Bytes
ToBytes(const std::string& text)
{
    return Bytes(text.begin(), text.end());
}

FtpCommandLine
Line(FtpCommand command,
     const char* before,
     uint8_t delimiter,
     uint32_t address,
     uint16_t port,
     const char* after)
{
    return {command, ToBytes(before), delimiter, address, port, ToBytes(after)};
}

} // namespace

TEST(FtpCommandLine, ReadsAndWritesTheFourLines)
{
    const std::pair<const char*, FtpCommandLine> samples[]{
        {"PORT 10,0,0,1,21,168\r\n", Line(FtpCommand::PORT, "PORT ", 0, 0x0a000001, 5544, "\r\n")},
        {"eprt |1|132.235.1.2|6275|\r\n",
         Line(FtpCommand::EXTENDED_PORT, "eprt ", '|', 0x84eb0102, 6275, "\r\n")},
        {"227 Entering Passive Mode (10,0,0,2,195,149).\r\n",
         Line(FtpCommand::PASSIVE, "227 Entering Passive Mode (", 0, 0x0a000002, 50069, ").\r\n")},
        {"229 Entering Extended Passive Mode (|||6446|)\r\n",
         Line(FtpCommand::EXTENDED_PASSIVE,
              "229 Entering Extended Passive Mode (",
              '|',
              0,
              6446,
              ")\r\n")},
    };
    for (const auto& [text, line] : samples)
    {
        const Bytes bytes = ToBytes(text);
        const auto decoded = FtpCommandLine::Decode(bytes, {});
        ASSERT_TRUE(decoded) << text;
        EXPECT_EQ(*decoded, line) << text;
        EXPECT_EQ(EncodeToBytes(line), bytes) << text;
        for (std::size_t size = 0; size < bytes.size(); ++size)
        {
            const auto cut = FtpCommandLine::Decode(ByteView(bytes).Sub(0, size), {});
            ASSERT_FALSE(cut) << text << size;
            EXPECT_EQ(cut.error().code, DecodeCode::INCOMPLETE) << text << size;
        }
    }
}

TEST(FtpCommandLine, RefusesOtherLinesAndBadNumbers)
{
    for (const char* text : {"USER x\r\n", "200 PORT 1,2,3,4,5,6\r\n", "\n"})
    {
        EXPECT_EQ(FtpCommandLine::Decode(ToBytes(text), {}).error(),
                  (DecodeError{DecodeCode::BAD_TYPE, 0}))
            << text;
    }
    const std::pair<const char*, std::size_t> bad[]{{"PORT 10,0,0,256,1,1\r\n", 12},
                                                    {"PORT 10,0,0,1,1\r\n", 15},
                                                    {"PORT 10,0,0,01,1,1\r\n", 12},
                                                    {"EPRT |2|::1|6275|\r\n", 6},
                                                    {"EPRT |1|1.2.3.4|65536|\r\n", 16},
                                                    {"227 no numbers\r\n", 16}};
    for (const auto& [text, offset] : bad)
    {
        EXPECT_EQ(FtpCommandLine::Decode(ToBytes(text), {}).error(),
                  (DecodeError{DecodeCode::BAD_VALUE, offset}))
            << text;
    }
    EXPECT_EQ(FtpCommandLine::Decode(Bytes(600, 'x'), {}).error().code, DecodeCode::BAD_LENGTH);
}

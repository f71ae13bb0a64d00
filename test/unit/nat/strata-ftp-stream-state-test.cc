// SPDX-License-Identifier: GPL-2.0-only

#include "ns3/strata-ftp-stream-state.h"

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

const std::string LINE = "PORT 10,0,0,1,25,143\r\n";
const std::string LONGER = "PORT 198,60,42,12,250,145\r\n";
const std::string SHORTER = "PORT 1,2,3,4,5,6\r\n";

} // namespace

TEST(FtpStreamState, TakesNumbersOverAndBackAcrossTheEndOfTheirRange)
{
    FtpStreamState stream;
    const uint32_t start = 0xfffffff0; // the line goes around zero
    EXPECT_TRUE(stream.Add({start, 22, Bytes(26, 'x')}));
    EXPECT_EQ(stream.Forward(start), start);
    EXPECT_EQ(stream.Forward(start + 22), start + 26);
    EXPECT_EQ(stream.Back(start + 26), start + 22);
    EXPECT_EQ(stream.Back(start + 25), start); // a part of the line is none of it
    EXPECT_EQ(stream.BackUp(start + 1), start + 22);
    EXPECT_EQ(stream.Back(start), start);
    EXPECT_EQ(stream.Find(start - 1), nullptr);
    EXPECT_NE(stream.Find(start + 21), nullptr);
    EXPECT_EQ(stream.Find(start + 22), nullptr);
    EXPECT_FALSE(stream.Add({start + 10, 5, Bytes(5, 'y')}));
    // A shorter one behind it
    EXPECT_TRUE(stream.Add({start + 100, 30, Bytes(20, 'y')}));
    EXPECT_EQ(stream.Forward(start + 130), start + 124);
    EXPECT_EQ(stream.Back(start + 124), start + 130);
}

TEST(FtpStreamState, CountsOnAfterItForgetsWhatIsAcknowledged)
{
    FtpStreamState stream;
    for (uint32_t i = 0; i < 200; ++i)
    {
        const uint32_t at = 1000 + i * 50;
        ASSERT_TRUE(stream.Add({at, 20, Bytes(21, 'x')})) << i;
        EXPECT_EQ(stream.Forward(at + 20), at + 20 + i + 1);
        EXPECT_EQ(stream.Back(at + 21 + i), at + 20);
        stream.Acknowledge(at + 21 + i);
    }
}

/*
 * What a sender cuts otherwise when it sends again, or sends in single octets into a window of zero
 * (RFC 9293 section 3.8.6.1), is the same text to its receiver: each octet of it once, in order.
 */
TEST(FtpStreamState, MakesTheSameTextOfALineHoweverItIsCut)
{
    constexpr uint32_t START = 0xfffffff8;
    const auto size = static_cast<uint32_t>(LINE.size());
    for (const std::string& text : {LONGER, SHORTER, std::string("x\n"), std::string("\n")})
    {
        FtpStreamState stream;
        ASSERT_TRUE(stream.Add({START, size, ToBytes(text)}));
        for (uint32_t first = 0; first <= size; ++first)
        {
            for (uint32_t second = first; second <= size; ++second)
            {
                std::string got;
                const uint32_t cuts[] = {0, first, second, size};
                for (int i = 0; i < 3; ++i)
                {
                    if (cuts[i] == cuts[i + 1])
                    {
                        continue;
                    }
                    const FtpStreamState::Edit* edit = stream.Find(START + cuts[i]);
                    ASSERT_NE(edit, nullptr);
                    const Bytes part = edit->Part(cuts[i], cuts[i + 1] - cuts[i]).ToBytes();
                    EXPECT_EQ(stream.Forward(START + cuts[i]) - START, got.size());
                    got.append(part.begin(), part.end());
                }
                ASSERT_EQ(got, text) << first << ' ' << second;
            }
        }
        EXPECT_EQ(stream.Forward(START + size) - START, text.size());
        // RFC 1122 section 4.2.3.6: a keep-alive has SEG.SEQ = SND.NXT - 1, at both ends.
        EXPECT_EQ(stream.Forward(START + size - 1) - START, text.size() - 1);
    }
}

/*
 * RFC 2018 section 3: the left edge is the first number of a block, the right edge the one behind
 * its last. What the receiver has of a line in part the sender must not count as received.
 */
TEST(FtpStreamState, ReportsNoLineAsReceivedOfWhichAPartIs)
{
    FtpStreamState stream;
    ASSERT_TRUE(stream.Add({1000, 22, ToBytes(LONGER)}));
    const auto size = static_cast<uint32_t>(LONGER.size());
    Bytes segment(20 + 4 + 16, 0);
    segment[12] = 10 << 4;
    segment[13] = 0x10;
    const auto put = [&](std::size_t at, uint32_t value) {
        for (int i = 0; i < 4; ++i)
        {
            segment[at + i] = static_cast<uint8_t>(value >> (24 - 8 * i));
        }
    };
    const auto get = [&](std::size_t at) {
        return uint32_t{segment[at]} << 24 | uint32_t{segment[at + 1]} << 16 |
               uint32_t{segment[at + 2]} << 8 | segment[at + 3];
    };
    const uint8_t options[] = {1, 1, 5, 18};
    std::copy(std::begin(options), std::end(options), segment.begin() + 20);
    put(8, 1000 + size - 1);
    put(24, 1000 + 5);
    put(28, 1000 + size + 8);
    put(32, 1000 + size + 20);
    put(36, 1000 + size + 30);
    EXPECT_TRUE(TurnBackAcknowledgments(segment.data(), segment.size(), stream));
    EXPECT_EQ(get(8), 1000);
    EXPECT_EQ(get(24), 1022);
    EXPECT_EQ(get(28), 1030);
    EXPECT_EQ(get(32), 1042);
    EXPECT_EQ(get(36), 1052);
    // Without ACK there is no acknowledgment; cut short there is nothing to read.
    segment[13] = 0x04;
    put(8, 1000 + size);
    EXPECT_FALSE(TurnBackAcknowledgments(segment.data(), 19, stream));
    TurnBackAcknowledgments(segment.data(), segment.size(), stream);
    EXPECT_EQ(get(8), 1000 + size);
}

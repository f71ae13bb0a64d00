// SPDX-License-Identifier: GPL-2.0-only

#include "ns3/strata-bgp-message.h"

#include <gtest/gtest.h>

namespace ns3
{
namespace strata
{
namespace
{

using Type = BgpMessageType;

const BgpMessage::Context PLAIN{};

BgpMessage::Context
Extended()
{
    BgpMessage::Context context;
    context.extendedMessage = true;
    return context;
}

/** A header as a hostile peer may write it. */
Bytes
Framed(std::size_t length, unsigned type, std::size_t bodySize)
{
    Bytes bytes(16, 0xff);
    bytes.push_back(static_cast<uint8_t>(length >> 8));
    bytes.push_back(static_cast<uint8_t>(length));
    bytes.push_back(static_cast<uint8_t>(type));
    bytes.insert(bytes.end(), bodySize, 0);
    return bytes;
}

/** Decoding \p bytes gives \p expected. */
testing::AssertionResult
Refuses(const Bytes& bytes, const BgpMessage::Context& context, DecodeError expected)
{
    const auto message = BgpMessage::Decode(bytes, context);
    if (message)
    {
        return testing::AssertionFailure() << "decoded";
    }
    if (message.error() != expected)
    {
        return testing::AssertionFailure()
               << DecodeCodeName(message.error().code) << " at " << message.error().offset;
    }
    return testing::AssertionSuccess();
}

/** An OPEN: version 4, AS 65001, hold time 90, identifier 192.0.2.1, no parameters. */
const Bytes OPEN_BYTES{0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff,
                       0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x00, 0x1d, 0x01, 0x04,
                       0xfd, 0xe9, 0x00, 0x5a, 0xc0, 0x00, 0x02, 0x01, 0x00};

const Bytes KEEPALIVE_BYTES = Framed(19, 4, 0);

TEST(BgpMessage, AnOpenEncodesAndDecodes)
{
    const BgpMessage open{Type::OPEN, {4, 0xfd, 0xe9, 0, 0x5a, 0xc0, 0, 2, 1, 0}};
    EXPECT_EQ(EncodeToBytes(open), OPEN_BYTES);
    const auto decoded = BgpMessage::Decode(OPEN_BYTES, PLAIN);
    ASSERT_TRUE(decoded);
    EXPECT_EQ(*decoded, open);
    EXPECT_EQ(decoded->EncodedSize(), OPEN_BYTES.size());
}

TEST(BgpMessage, AKeepaliveIsAHeaderAlone)
{
    EXPECT_EQ(EncodeToBytes(BgpMessage{}), KEEPALIVE_BYTES);
    const auto decoded = BgpMessage::Decode(KEEPALIVE_BYTES, PLAIN);
    ASSERT_TRUE(decoded);
    EXPECT_EQ(*decoded, BgpMessage{});
}

TEST(BgpMessage, AMessageInTwoPiecesIsIncompleteThenWhole)
{
    for (std::size_t first = 0; first < OPEN_BYTES.size(); ++first)
    {
        Bytes stream = ByteView(OPEN_BYTES).Sub(0, first).ToBytes();
        const auto early = BgpMessage::Decode(stream, PLAIN);
        ASSERT_FALSE(early) << first;
        EXPECT_EQ(early.error().code, DecodeCode::INCOMPLETE);
        // The length is known as soon as the header is whole.
        const std::size_t needed = first < 19 ? 19 : OPEN_BYTES.size();
        EXPECT_EQ(early.error().offset, needed) << first;

        const ByteView second = ByteView(OPEN_BYTES).Sub(first);
        stream.insert(stream.end(), second.begin(), second.end());
        const auto whole = BgpMessage::Decode(stream, PLAIN);
        ASSERT_TRUE(whole) << first;
        EXPECT_EQ(EncodeToBytes(*whole), OPEN_BYTES);
    }
}

TEST(BgpMessage, AskingForTheNeededBytesEndsInTwoSteps)
{
    std::size_t there = 0;
    std::vector<std::size_t> asked;
    auto message = BgpMessage::Decode({}, PLAIN);
    while (!message && message.error().code == DecodeCode::INCOMPLETE)
    {
        ASSERT_GT(message.error().offset, there);
        there = message.error().offset;
        asked.push_back(there);
        message = BgpMessage::Decode(ByteView(OPEN_BYTES).Sub(0, there), PLAIN);
    }
    EXPECT_TRUE(message);
    EXPECT_EQ(asked, (std::vector<std::size_t>{19, 29}));
}

TEST(BgpMessage, TwoMessagesInOnePieceComeOneByOne)
{
    Bytes stream = OPEN_BYTES;
    stream.insert(stream.end(), KEEPALIVE_BYTES.begin(), KEEPALIVE_BYTES.end());
    const auto first = BgpMessage::Decode(stream, PLAIN);
    ASSERT_TRUE(first);
    EXPECT_EQ(first->type, Type::OPEN);
    const auto second = BgpMessage::Decode(ByteView(stream).Sub(first->EncodedSize()), PLAIN);
    ASSERT_TRUE(second);
    EXPECT_EQ(second->type, Type::KEEPALIVE);
}

TEST(BgpMessage, AWrongMarkerIsRefusedAsSoonAsItsOctetArrives)
{
    for (std::size_t wrong = 0; wrong < 16; ++wrong)
    {
        Bytes bytes = OPEN_BYTES;
        bytes[wrong] = 0xfe;
        EXPECT_TRUE(Refuses(bytes, PLAIN, {DecodeCode::BAD_VALUE, wrong}));
        EXPECT_TRUE(Refuses(ByteView(bytes).Sub(0, wrong + 1).ToBytes(),
                            PLAIN,
                            {DecodeCode::BAD_VALUE, wrong}));
        EXPECT_TRUE(
            Refuses(ByteView(bytes).Sub(0, wrong).ToBytes(), PLAIN, {DecodeCode::INCOMPLETE, 19}));
    }
}

TEST(BgpMessage, ALengthOutOfBoundsIsRefusedBeforeTheBodyArrives)
{
    const DecodeError badLength{DecodeCode::BAD_LENGTH, 16};
    for (const std::size_t length : {0, 1, 18, 4097, 65535})
    {
        EXPECT_TRUE(Refuses(Framed(length, 2, 0), PLAIN, badLength)) << length;
        Bytes withoutType = Framed(length, 2, 0);
        withoutType.pop_back();
        EXPECT_TRUE(Refuses(withoutType, PLAIN, badLength)) << length;
    }
    EXPECT_TRUE(Refuses(Framed(4096, 2, 0), PLAIN, {DecodeCode::INCOMPLETE, 4096}));
}

/** RFC 8654: what was negotiated decides how the same bytes are read. */
TEST(BgpMessage, AnExtendedMessageNeedsItsCapability)
{
    for (const std::size_t length : {4097, 65535})
    {
        const Bytes update = Framed(length, 2, length - 19);
        EXPECT_TRUE(Refuses(update, PLAIN, {DecodeCode::BAD_LENGTH, 16}));
        const auto decoded = BgpMessage::Decode(update, Extended());
        ASSERT_TRUE(decoded) << length;
        EXPECT_EQ(decoded->body.size(), length - 19);
        EXPECT_EQ(EncodeToBytes(*decoded), update);
    }
}

TEST(BgpMessage, OpenAndKeepaliveAreNeverExtended)
{
    EXPECT_TRUE(Refuses(Framed(4097, 1, 4078), Extended(), {DecodeCode::BAD_LENGTH, 16}));
    EXPECT_TRUE(Refuses(Framed(20, 4, 1), Extended(), {DecodeCode::BAD_LENGTH, 16}));
    EXPECT_TRUE(BgpMessage::Decode(Framed(4096, 1, 4077), Extended()));
}

/** RFC 4271 section 6.1 and, for ROUTE-REFRESH, RFC 2918 section 3. */
TEST(BgpMessage, EachTypeHasItsLeastLength)
{
    BgpMessage::Context context;
    context.routeRefresh = true;
    const std::pair<Type, std::size_t> rows[] = {{Type::OPEN, 29},
                                                 {Type::UPDATE, 23},
                                                 {Type::NOTIFICATION, 21},
                                                 {Type::KEEPALIVE, 19},
                                                 {Type::ROUTE_REFRESH, 23}};
    for (const auto& [type, least] : rows)
    {
        const auto number = static_cast<unsigned>(type);
        EXPECT_TRUE(BgpMessage::Decode(Framed(least, number, least - 19), context)) << number;
        EXPECT_TRUE(
            Refuses(Framed(least - 1, number, least), context, {DecodeCode::BAD_LENGTH, 16}))
            << number;
    }
}

TEST(BgpMessage, AnUnknownTypeIsRefusedAtItsOctet)
{
    const DecodeError badType{DecodeCode::BAD_TYPE, 18};
    for (const unsigned type : {0u, 5u, 6u, 128u, 255u})
    {
        EXPECT_TRUE(Refuses(Framed(23, type, 4), PLAIN, badType)) << type;
    }
    BgpMessage::Context context;
    context.routeRefresh = true;
    EXPECT_TRUE(BgpMessage::Decode(Framed(23, 5, 4), context));
    EXPECT_TRUE(Refuses(Framed(23, 6, 4), context, badType));
}

/** The order of RFC 4271 section 6.1: marker, length, type. */
TEST(BgpMessage, TheFirstOfSeveralErrorsIsReported)
{
    Bytes all = Framed(5, 9, 0);
    EXPECT_TRUE(Refuses(all, PLAIN, {DecodeCode::BAD_LENGTH, 16}));
    all[15] = 0;
    EXPECT_TRUE(Refuses(all, PLAIN, {DecodeCode::BAD_VALUE, 15}));
}

TEST(BgpNotification, EncodesAndDecodesAndKeepsUnknownCodes)
{
    const Bytes bytes{0xee, 0xdd, 1, 2, 3};
    const auto decoded = BgpNotification::Decode(bytes, {});
    ASSERT_TRUE(decoded);
    EXPECT_EQ(*decoded, (BgpNotification{0xee, 0xdd, {1, 2, 3}}));
    EXPECT_EQ(EncodeToBytes(*decoded), bytes);
}

TEST(BgpNotification, EveryTruncationOfItsCodesFails)
{
    EXPECT_EQ(BgpNotification::Decode({}, {}).error(), (DecodeError{DecodeCode::TRUNCATED, 0}));
    EXPECT_EQ(BgpNotification::Decode(Bytes{6}, {}).error(),
              (DecodeError{DecodeCode::TRUNCATED, 1}));
    EXPECT_TRUE(BgpNotification::Decode(Bytes{6, 2}, {}));
}

TEST(BgpNotification, AnswersARefusedHeaderWithTheFieldAtFault)
{
    Bytes marker = OPEN_BYTES;
    marker[3] = 0;
    const std::pair<Bytes, BgpNotification> rows[] = {{marker, {1, 1, {}}},
                                                      {Framed(4097, 2, 0), {1, 2, {0x10, 0x01}}},
                                                      {Framed(18, 4, 0), {1, 2, {0x00, 0x12}}},
                                                      {Framed(19, 77, 0), {1, 3, {77}}}};
    for (const auto& [bytes, answer] : rows)
    {
        const auto message = BgpMessage::Decode(bytes, PLAIN);
        ASSERT_FALSE(message);
        EXPECT_EQ(BgpNotification::ForHeaderError(message.error(), bytes), answer);
    }
}

TEST(BgpNotification, TravelsInAMessage)
{
    const BgpNotification notification{6, 4, {}};
    const BgpMessage message{Type::NOTIFICATION, EncodeToBytes(notification)};
    const auto decoded = BgpMessage::Decode(EncodeToBytes(message), PLAIN);
    ASSERT_TRUE(decoded);
    const auto body = BgpNotification::Decode(decoded->body, {});
    ASSERT_TRUE(body);
    EXPECT_EQ(*body, notification);
}

} // namespace
} // namespace strata
} // namespace ns3

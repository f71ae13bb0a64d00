// SPDX-License-Identifier: GPL-2.0-only

#include "ns3/strata-checksum.h"
#include "ns3/strata-icmp-message.h"

#include <gtest/gtest.h>

namespace ns3
{
namespace strata
{
namespace
{

/** The header of a UDP datagram and its first eight octets: the least that an error quotes. */
const Bytes QUOTE{0x45, 0x00, 0x00, 0x73, 0x00, 0x00, 0x40, 0x00, 0x40, 0x11,
                  0xb8, 0x61, 0xc0, 0xa8, 0x00, 0x01, 0xc0, 0xa8, 0x00, 0xc7,
                  0xd4, 0x31, 0x00, 0x35, 0x00, 0x5f, 0x00, 0x00};

const IcmpMessage ECHO_ASKED = IcmpMessage::EchoRequest(0x1234, 1, {0x61, 0x62, 0x63, 0x64});
const IcmpMessage TIMES_ASKED = IcmpMessage::TimestampRequest(0x1234, 2, 43200000);
const IcmpMessage MASK_ASKED = IcmpMessage::AddressMaskRequest(0x1234, 3);

Bytes
Quoting(Bytes header)
{
    header.insert(header.end(), QUOTE.begin(), QUOTE.end());
    return header;
}

struct Golden
{
    IcmpMessage message;
    Bytes bytes;
};

/** Every message of Fig. 5-61 and more; tshark reads all and finds their checksums right. */
std::vector<Golden>
AllGolden()
{
    return {
        {IcmpMessage::Unreachable(IcmpUnreachableCode::PORT, QUOTE),
         Quoting({0x03, 0x03, 0x28, 0x37, 0x00, 0x00, 0x00, 0x00})},
        {IcmpMessage::FragmentationNeeded(1200, QUOTE),
         Quoting({0x03, 0x04, 0x23, 0x86, 0x00, 0x00, 0x04, 0xb0})},
        {IcmpMessage::TimeExceeded(IcmpTimeExceededCode::REASSEMBLY, QUOTE),
         Quoting({0x0b, 0x01, 0x20, 0x39, 0x00, 0x00, 0x00, 0x00})},
        {IcmpMessage::ParameterProblem(22, QUOTE),
         Quoting({0x0c, 0x00, 0x09, 0x3a, 0x16, 0x00, 0x00, 0x00})},
        {IcmpMessage::MissingOption(130, QUOTE),
         Quoting({0x0c, 0x01, 0x9d, 0x38, 0x82, 0x00, 0x00, 0x00})},
        {IcmpMessage::SourceQuench(QUOTE),
         Quoting({0x04, 0x00, 0x27, 0x3a, 0x00, 0x00, 0x00, 0x00})},
        {IcmpMessage::Redirect(IcmpRedirectCode::HOST, 0x0a010003, QUOTE),
         Quoting({0x05, 0x01, 0x1c, 0x35, 0x0a, 0x01, 0x00, 0x03})},
        {IcmpMessage::EchoRequest(0x1234, 1, {0x61, 0x62, 0x63, 0x64}),
         Bytes{0x08, 0x00, 0x21, 0x04, 0x12, 0x34, 0x00, 0x01, 0x61, 0x62, 0x63, 0x64}},
        {IcmpMessage::EchoReply(ECHO_ASKED),
         Bytes{0x00, 0x00, 0x29, 0x04, 0x12, 0x34, 0x00, 0x01, 0x61, 0x62, 0x63, 0x64}},
        {IcmpMessage::TimestampRequest(0x1234, 2, 43200000),
         Bytes{0x0d, 0x00, 0xb0, 0x36, 0x12, 0x34, 0x00, 0x02, 0x02, 0x93,
               0x2e, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00}},
        {IcmpMessage::TimestampReply(TIMES_ASKED, 43200010, 43200011),
         Bytes{0x0e, 0x00, 0x4d, 0xfb, 0x12, 0x34, 0x00, 0x02, 0x02, 0x93,
               0x2e, 0x00, 0x02, 0x93, 0x2e, 0x0a, 0x02, 0x93, 0x2e, 0x0b}},
        {IcmpMessage::AddressMaskRequest(0x1234, 3),
         Bytes{0x11, 0x00, 0xdc, 0xc8, 0x12, 0x34, 0x00, 0x03, 0x00, 0x00, 0x00, 0x00}},
        {IcmpMessage::AddressMaskReply(MASK_ASKED, 0xffffff00),
         Bytes{0x12, 0x00, 0xdc, 0xc7, 0x12, 0x34, 0x00, 0x03, 0xff, 0xff, 0xff, 0x00}},
        {IcmpMessage::RouterSolicitation(), Bytes{0x0a, 0x00, 0xf5, 0xff, 0x00, 0x00, 0x00, 0x00}},
        {IcmpMessage::RouterAdvertisement({1800, {{0x0a000001, 0}, {0x0a000002, -100}}}),
         Bytes{0x09, 0x00, 0xda, 0x55, 0x02, 0x02, 0x07, 0x08, 0x0a, 0x00, 0x00, 0x01,
               0x00, 0x00, 0x00, 0x00, 0x0a, 0x00, 0x00, 0x02, 0xff, 0xff, 0xff, 0x9c}},
    };
}

IcmpMessage
Decoded(const Bytes& bytes)
{
    const auto message = IcmpMessage::Decode(bytes, {});
    EXPECT_TRUE(message);
    return message ? *message : IcmpMessage{};
}

TEST(IcmpMessage, EachMakerWritesTheBytesOfItsRfc)
{
    for (const Golden& golden : AllGolden())
    {
        EXPECT_EQ(EncodeToBytes(golden.message), golden.bytes);
        EXPECT_EQ(golden.message.EncodedSize(), golden.bytes.size());
    }
}

TEST(IcmpMessage, EachMessageIsReadBackWithARightChecksum)
{
    for (const Golden& golden : AllGolden())
    {
        const IcmpMessage message = Decoded(golden.bytes);
        EXPECT_EQ(message, golden.message);
        EXPECT_TRUE(message.HasRightChecksum());
        EXPECT_EQ(ComputeChecksum(golden.bytes), 0);
    }
}

TEST(IcmpMessage, EveryTruncationOfTheHeaderFailsBehindTheLastByte)
{
    const Bytes bytes = EncodeToBytes(IcmpMessage::RouterSolicitation());
    ASSERT_EQ(bytes.size(), 8u);
    for (std::size_t size = 0; size < bytes.size(); ++size)
    {
        const auto message = IcmpMessage::Decode(ByteView(bytes).Sub(0, size), {});
        ASSERT_FALSE(message);
        EXPECT_EQ(message.error(), (DecodeError{DecodeCode::TRUNCATED, size}));
    }
}

/** A message cut in its body decodes, but its checksum tells, and no view reads out of it. */
TEST(IcmpMessage, EveryTruncationOfABodyIsReadWithoutHarm)
{
    for (const Golden& golden : AllGolden())
    {
        for (std::size_t size = 8; size < golden.bytes.size(); ++size)
        {
            const IcmpMessage message = Decoded(ByteView(golden.bytes).Sub(0, size).ToBytes());
            EXPECT_EQ(message.Quote().has_value(),
                      golden.message.IsError() && size >= 8 + Ipv4WireHeader::MIN_SIZE);
            EXPECT_EQ(message.Timestamps().has_value(), size >= 8 + 12);
            EXPECT_EQ(message.AddressMask().has_value(), size >= 8 + 4);
            EXPECT_FALSE(message.Advertisement());
        }
    }
}

TEST(IcmpMessage, AChangedBitMakesTheChecksumWrong)
{
    for (const Golden& golden : AllGolden())
    {
        for (std::size_t bit = 0; bit < golden.bytes.size() * 8; ++bit)
        {
            Bytes bytes = golden.bytes;
            bytes[bit / 8] ^= static_cast<uint8_t>(1 << (bit % 8));
            const IcmpMessage message = Decoded(bytes);
            EXPECT_FALSE(message.HasRightChecksum());
            EXPECT_EQ(EncodeToBytes(message), bytes) << "kept as it came";
        }
    }
}

/** RFC 1122 section 3.2.2 lists the errors; the rest are queries, or unknown. */
TEST(IcmpMessage, FiveTypesAreErrors)
{
    for (unsigned type = 0; type < 256; ++type)
    {
        const bool error = type == 3 || type == 4 || type == 5 || type == 11 || type == 12;
        EXPECT_EQ(IcmpMessage::IsIcmpError(static_cast<uint8_t>(type)), error) << type;
    }
}

TEST(IcmpMessage, TheFieldsOfTheHeaderAreReadByType)
{
    EXPECT_EQ(IcmpMessage::FragmentationNeeded(1200, QUOTE).NextHopMtu(), 1200);
    EXPECT_TRUE(IcmpMessage::FragmentationNeeded(1200, QUOTE)
                    .IsUnreachable(IcmpUnreachableCode::FRAGMENTATION_NEEDED));
    EXPECT_FALSE(ECHO_ASKED.IsUnreachable(IcmpUnreachableCode::NET));
    EXPECT_EQ(IcmpMessage::ParameterProblem(22, QUOTE).Pointer(), 22);
    EXPECT_EQ(IcmpMessage::Redirect(IcmpRedirectCode::NET, 0x0a010003, QUOTE).Gateway(),
              0x0a010003u);
    EXPECT_EQ(ECHO_ASKED.Identifier(), 0x1234);
    EXPECT_EQ(ECHO_ASKED.Sequence(), 1);
    EXPECT_EQ(IcmpMessage::TimestampReply(TIMES_ASKED, 43200010, 43200011).Timestamps(),
              (IcmpTimestamps{43200000, 43200010, 43200011}));
    EXPECT_EQ(IcmpMessage::AddressMaskReply(MASK_ASKED, 0xffffff00).AddressMask(), 0xffffff00u);
}

TEST(IcmpMessage, TheQuoteTellsTheDatagram)
{
    const IcmpMessage error = IcmpMessage::Unreachable(IcmpUnreachableCode::PORT, QUOTE);
    const auto quote = error.Quote();
    ASSERT_TRUE(quote);
    EXPECT_EQ(quote->header.source, 0xc0a80001u);
    EXPECT_EQ(quote->header.totalLength, 115);
    EXPECT_EQ(quote->payload, ByteView(QUOTE).Sub(20));
}

TEST(IcmpMessage, PaddingBehindTheQuotedDatagramIsNotItsPayload)
{
    Bytes padded = QUOTE;
    padded[3] = 24;
    const IcmpMessage error = IcmpMessage::Unreachable(IcmpUnreachableCode::PORT, padded);
    const auto quote = error.Quote();
    ASSERT_TRUE(quote);
    EXPECT_EQ(quote->payload.size(), 4u);
}

/** RFC 4884 section 4: a length in words, and extensions behind so many. */
TEST(IcmpMessage, ALengthEndsTheQuoteBeforeTheExtensions)
{
    Bytes body = QUOTE;
    body.insert(body.end(), {0x20, 0, 0, 0, 0, 4, 1, 1});
    IcmpMessage error = IcmpMessage::TimeExceeded(IcmpTimeExceededCode::IN_TRANSIT, body);
    EXPECT_EQ(error.QuoteLength(), 0u);
    EXPECT_EQ(error.QuotedBytes().size(), 36u);
    error.rest = 7u << 16;
    EXPECT_EQ(error.QuoteLength(), 28u);
    EXPECT_EQ(error.QuotedBytes(), ByteView(QUOTE));
    EXPECT_EQ(Decoded(EncodeToBytes(error)), error);
    error.rest = 255u << 16;
    EXPECT_EQ(error.QuotedBytes().size(), 36u) << "no more than there is";
    error.type = IcmpType::REDIRECT;
    EXPECT_EQ(error.QuoteLength(), 0u) << "a redirect's gateway is no length";
}

TEST(IcmpMessage, ABrokenQuoteIsAnError)
{
    Bytes other = QUOTE;
    other[0] = 0x65;
    const auto quote = IcmpMessage::Unreachable(IcmpUnreachableCode::NET, other).Quote();
    ASSERT_FALSE(quote);
    EXPECT_EQ(quote.error(), (DecodeError{DecodeCode::BAD_VERSION, 0}));
    EXPECT_FALSE(IcmpMessage::Unreachable(IcmpUnreachableCode::NET, {}).Quote());
}

TEST(IcmpMessage, AnAdvertisementNamesItsRouters)
{
    const auto said =
        IcmpMessage::RouterAdvertisement({1800, {{0x0a000001, 0}, {0x0a000002, -100}}})
            .Advertisement();
    ASSERT_TRUE(said);
    EXPECT_EQ(said->lifetime, 1800);
    EXPECT_EQ(said->routers, (std::vector<IcmpRouterEntry>{{0x0a000001, 0}, {0x0a000002, -100}}));
}

/** RFC 1256 section 5.2: which advertisements a host must discard. */
TEST(IcmpMessage, AnInvalidAdvertisementSaysNothing)
{
    const IcmpMessage valid = IcmpMessage::RouterAdvertisement({1800, {{0x0a000001, 0}}});
    ASSERT_TRUE(valid.Advertisement());
    IcmpMessage other = valid;
    other.code = 1;
    EXPECT_FALSE(other.Advertisement());
    other = valid;
    other.rest = 0x00020708;
    EXPECT_FALSE(other.Advertisement()) << "no address";
    other.rest = 0x01010708;
    EXPECT_FALSE(other.Advertisement()) << "entries of one word";
    other.rest = 0x02020708;
    EXPECT_FALSE(other.Advertisement()) << "a second entry that is not there";
    other.rest = 0x01030708;
    other.body.resize(12);
    EXPECT_TRUE(other.Advertisement()) << "longer entries are allowed";
    other = valid;
    other.body.resize(20, 0xaa);
    EXPECT_TRUE(other.Advertisement()) << "more than the entries is allowed";
    other.type = IcmpType::ECHO_REPLY;
    EXPECT_FALSE(other.Advertisement());
}

TEST(IcmpMessage, AnAdvertisementNamesAtMost255Routers)
{
    IcmpRouterAdvertisement many;
    many.routers.resize(300, {0x0a000001, 7});
    const auto said = IcmpMessage::RouterAdvertisement(many).Advertisement();
    ASSERT_TRUE(said);
    EXPECT_EQ(said->routers.size(), 255u);
}

TEST(IcmpMessage, MessagesDifferInEveryField)
{
    for (int field = 0; field < 5; ++field)
    {
        IcmpMessage other = ECHO_ASKED;
        other.type = field == 0 ? IcmpType::REDIRECT : other.type;
        other.code ^= field == 1;
        other.checksum ^= field == 2;
        other.rest ^= field == 3;
        other.body[3] ^= field == 4;
        EXPECT_NE(other, ECHO_ASKED);
    }
}

} // namespace
} // namespace strata
} // namespace ns3

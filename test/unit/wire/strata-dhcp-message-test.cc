// SPDX-License-Identifier: GPL-2.0-only

#include "ns3/strata-dhcp-message.h"

#include <gtest/gtest.h>

namespace ns3
{
namespace strata
{
namespace
{

constexpr std::size_t OPTIONS = DhcpMessage::FIXED_SIZE + 4;

/** The fixed part of a DISCOVER of 02:00:00:00:00:01, as RFC 2131 figure 1 has it. */
Bytes
FixedBytes()
{
    Bytes bytes{0x01, 0x01, 0x06, 0x02, 0x39, 0x03, 0xf3, 0x26, 0x00, 0x0a, 0x80, 0x00,
                0xc0, 0x00, 0x02, 0x01, 0xc0, 0x00, 0x02, 0x02, 0xc0, 0x00, 0x02, 0x03,
                0xc0, 0x00, 0x02, 0x04, 0x02, 0x00, 0x00, 0x00, 0x00, 0x01};
    bytes.resize(44, 0); // chaddr has 16 octets
    const std::string name = "boot.example";
    bytes.insert(bytes.end(), name.begin(), name.end());
    bytes.resize(108, 0);
    const std::string file = "/image";
    bytes.insert(bytes.end(), file.begin(), file.end());
    bytes.resize(236, 0);
    return bytes;
}

DhcpMessage
FixedMessage()
{
    DhcpMessage message;
    message.hops = 2;
    message.transaction = 0x3903f326;
    message.seconds = 10;
    message.flags = DhcpMessage::BROADCAST_FLAG;
    message.clientAddress = 0xc0000201;
    message.yourAddress = 0xc0000202;
    message.serverAddress = 0xc0000203;
    message.relayAddress = 0xc0000204;
    message.hardware = {2, 0, 0, 0, 0, 1};
    const std::string name = "boot.example";
    std::copy(name.begin(), name.end(), message.serverName.begin());
    const std::string file = "/image";
    std::copy(file.begin(), file.end(), message.bootFile.begin());
    return message;
}

/** \p options behind the magic cookie. */
Bytes
WithOptions(const Bytes& options)
{
    Bytes bytes = FixedBytes();
    const Bytes cookie{0x63, 0x82, 0x53, 0x63};
    bytes.insert(bytes.end(), cookie.begin(), cookie.end());
    bytes.insert(bytes.end(), options.begin(), options.end());
    return bytes;
}

DhcpOptions
OptionsOf(const Bytes& bytes)
{
    const auto message = DhcpMessage::Decode(bytes, {});
    EXPECT_TRUE(message);
    return message ? message->Options() : DhcpOptions();
}

DecodeError
ErrorOf(const Bytes& bytes)
{
    const auto message = DhcpMessage::Decode(bytes, {});
    EXPECT_FALSE(message);
    return message ? DecodeError{DecodeCode::TRAILING, 0} : message.error();
}

Bytes
DataOf(const DhcpOptions& options, DhcpOptionCode code)
{
    const auto data = options.Find(code);
    return data ? data->ToBytes() : Bytes{0xde, 0xad};
}

TEST(DhcpMessage, TheFixedPartHasThePlacesOfTheRfc)
{
    EXPECT_EQ(EncodeToBytes(FixedMessage()), FixedBytes());
    const auto decoded = DhcpMessage::Decode(FixedBytes(), {});
    ASSERT_TRUE(decoded);
    EXPECT_EQ(*decoded, FixedMessage());
    EXPECT_EQ(decoded->HardwareAddress(), ByteView(Bytes{2, 0, 0, 0, 0, 1}));
    EXPECT_TRUE(decoded->WantsBroadcast());
}

TEST(DhcpMessage, OptionsComeBackByteForByte)
{
    const Bytes bytes = WithOptions({0, 53, 1, 1, 0, 0, 200, 3, 1, 2, 3, 255, 0, 7, 7});
    const auto decoded = DhcpMessage::Decode(bytes, {});
    ASSERT_TRUE(decoded);
    EXPECT_EQ(decoded->EncodedSize(), bytes.size());
    EXPECT_EQ(EncodeToBytes(*decoded), bytes);
    const DhcpOptions options = decoded->Options();
    EXPECT_EQ(options.U8(DhcpOptionCode::MESSAGE_TYPE), 1);
    EXPECT_EQ(DataOf(options, static_cast<DhcpOptionCode>(200)), (Bytes{1, 2, 3}));
    EXPECT_EQ(options.All().size(), 2u); // no pads, and nothing behind END
}

TEST(DhcpMessage, EveryTruncationOfTheFixedPartFails)
{
    const Bytes bytes = FixedBytes();
    for (std::size_t size = 0; size < bytes.size(); ++size)
    {
        EXPECT_EQ(ErrorOf(ByteView(bytes).Sub(0, size).ToBytes()),
                  (DecodeError{DecodeCode::TRUNCATED, size}));
    }
}

TEST(DhcpMessage, EveryTruncationInsideAnOptionFails)
{
    const Bytes bytes = WithOptions({53, 1, 1, 54, 4, 192, 0, 2, 1});
    for (std::size_t size = OPTIONS; size <= bytes.size(); ++size)
    {
        const std::size_t inside = size - OPTIONS;
        // Whole options may stand without END; less than four octets are no cookie's.
        const bool whole = inside == 0 || inside == 3 || inside == 9;
        EXPECT_EQ(DhcpMessage::Decode(ByteView(bytes).Sub(0, size), {}).has_value(), whole) << size;
    }
    EXPECT_EQ(ErrorOf(WithOptions({53})), (DecodeError{DecodeCode::BAD_LENGTH, OPTIONS}));
    EXPECT_EQ(ErrorOf(WithOptions({54, 4, 1})), (DecodeError{DecodeCode::BAD_LENGTH, OPTIONS + 1}));
}

TEST(DhcpMessage, WithoutTheCookieAnythingMayFollow)
{
    Bytes bytes = FixedBytes();
    bytes.resize(300, 0x35);
    const auto decoded = DhcpMessage::Decode(bytes, {});
    ASSERT_TRUE(decoded);
    EXPECT_FALSE(decoded->HasCookie());
    EXPECT_TRUE(decoded->Options().All().empty());
    EXPECT_EQ(EncodeToBytes(*decoded), bytes);
    EXPECT_TRUE(DhcpMessage::Decode(FixedBytes(), {})); // nothing at all may follow
}

TEST(DhcpMessage, OtherOperationsAndLongHardwareAddressesAreRefused)
{
    Bytes bytes = FixedBytes();
    bytes[0] = 3;
    EXPECT_EQ(ErrorOf(bytes), (DecodeError{DecodeCode::BAD_VALUE, 0}));
    bytes = FixedBytes();
    bytes[2] = 17;
    EXPECT_EQ(ErrorOf(bytes), (DecodeError{DecodeCode::BAD_LENGTH, 2}));
}

TEST(DhcpMessage, OptionsThatRunOutOfTheirFieldAreRefused)
{
    EXPECT_EQ(ErrorOf(WithOptions({53, 1, 1, 12, 200, 'a'})),
              (DecodeError{DecodeCode::BAD_LENGTH, OPTIONS + 4}));
    EXPECT_EQ(ErrorOf(WithOptions({53, 2, 1, 1, 255})),
              (DecodeError{DecodeCode::BAD_LENGTH, OPTIONS + 1}));
    // Two message types would be two bytes (RFC 3396), which is no type.
    EXPECT_EQ(ErrorOf(WithOptions({53, 1, 1, 53, 1, 2, 255})),
              (DecodeError{DecodeCode::BAD_LENGTH, OPTIONS + 4}));
    EXPECT_EQ(ErrorOf(WithOptions({52, 1, 4, 255})),
              (DecodeError{DecodeCode::BAD_VALUE, OPTIONS + 2}));
    EXPECT_EQ(ErrorOf(WithOptions({52, 0, 255})),
              (DecodeError{DecodeCode::BAD_LENGTH, OPTIONS + 1}));
}

/** RFC 2132 section 9.3: 1 is file, 2 is sname, 3 is both; RFC 3396 section 5: in this order. */
TEST(DhcpMessage, OverloadedFieldsHoldOptions)
{
    Bytes bytes = WithOptions({53, 1, 2, 52, 1, 3, 12, 1, 'a', 255});
    const Bytes inFile{12, 1, 'b', 200, 1, 9, 255, 12, 1, 'x'};
    const Bytes inName{0, 12, 2, 'c', 'd', 255};
    std::copy(inFile.begin(), inFile.end(), bytes.begin() + DhcpMessage::FILE_OFFSET);
    std::copy(inName.begin(), inName.end(), bytes.begin() + DhcpMessage::SNAME_OFFSET);
    const DhcpOptions options = OptionsOf(bytes);
    EXPECT_EQ(options.Text(DhcpOptionCode::HOST_NAME), "abcd");
    EXPECT_EQ(options.U8(static_cast<DhcpOptionCode>(200)), 9);
    EXPECT_FALSE(options.Has(DhcpOptionCode::OVERLOAD));
    bytes[OPTIONS + 5] = 2; // sname alone
    EXPECT_EQ(OptionsOf(bytes).Text(DhcpOptionCode::HOST_NAME), "acd");
    bytes[OPTIONS + 5] = 3;
    bytes[DhcpMessage::FILE_OFFSET + 1] = 200; // runs out of the 128 octets
    EXPECT_EQ(ErrorOf(bytes), (DecodeError{DecodeCode::BAD_LENGTH, DhcpMessage::FILE_OFFSET + 1}));
}

TEST(DhcpMessage, LongOptionsAreSplitAndJoined)
{
    Bytes value(600);
    for (std::size_t i = 0; i < value.size(); ++i)
    {
        value[i] = static_cast<uint8_t>(i * 7);
    }
    DhcpOptions options;
    options.SetU8(DhcpOptionCode::MESSAGE_TYPE, 2);
    options.Set(DhcpOptionCode::CLASSLESS_STATIC_ROUTES, value);
    DhcpMessage message;
    EXPECT_EQ(message.SetOptions(options, 1400), 0u);
    // 255, 255 and 90 octets, each behind its code and length (RFC 3396 section 7).
    EXPECT_EQ(message.vendor[4 + 3], 121);
    EXPECT_EQ(message.vendor[4 + 4], 255);
    EXPECT_EQ(message.vendor[4 + 3 + 257], 121);
    EXPECT_EQ(message.vendor[4 + 3 + 514 + 1], 90);
    EXPECT_EQ(message.Options(), options);
    EXPECT_TRUE(DhcpMessage::Decode(EncodeToBytes(message), {}));
}

TEST(DhcpMessage, OptionsThatDoNotFitOverloadTheNames)
{
    DhcpOptions options;
    options.SetU8(DhcpOptionCode::MESSAGE_TYPE, 2);
    for (uint8_t code = 150; code < 158; ++code)
    {
        options.Set(static_cast<DhcpOptionCode>(code), Bytes(50, code));
    }
    DhcpMessage message;
    EXPECT_EQ(message.SetOptions(options), 0u); // 419 octets in 308, 128 and 64
    EXPECT_LE(message.EncodedSize(), DhcpMessage::COMMON_SIZE);
    EXPECT_EQ(message.Options().All().size(), options.All().size());
    for (uint8_t code = 150; code < 158; ++code)
    {
        EXPECT_EQ(DataOf(message.Options(), static_cast<DhcpOptionCode>(code)), Bytes(50, code));
    }
    EXPECT_EQ(message.bootFile[0], 155); // the first that did not fit
    // Fewer options later on: the names are free again.
    options.Remove(static_cast<DhcpOptionCode>(157));
    options.Remove(static_cast<DhcpOptionCode>(156));
    options.Remove(static_cast<DhcpOptionCode>(155));
    EXPECT_EQ(message.SetOptions(options), 0u);
    EXPECT_EQ(message.bootFile, DhcpMessage().bootFile);
    EXPECT_EQ(message.Options(), options);
    // A name that is in use is left alone, and then there is no room.
    DhcpMessage named = FixedMessage();
    options.Set(static_cast<DhcpOptionCode>(158), Bytes(200, 1));
    EXPECT_EQ(named.SetOptions(options), 1u);
    EXPECT_EQ(named.bootFile, FixedMessage().bootFile);
}

TEST(DhcpMessage, OptionEightyTwoComesLastAndHasItsRoom)
{
    DhcpOptions options;
    options.SetU8(DhcpOptionCode::MESSAGE_TYPE, 1);
    options.SetRelayAgent({{1, Bytes(20, 'c')}, {2, Bytes(4, 'r')}});
    options.Set(static_cast<DhcpOptionCode>(150), Bytes(40, 9));
    DhcpMessage message = FixedMessage();
    EXPECT_EQ(message.SetOptions(options, 300), 1u); // 150 gives way
    EXPECT_EQ(message.EncodedSize(), 300u);
    const DhcpOptions written = message.Options();
    EXPECT_EQ(written.All().back().code, 82);
    EXPECT_EQ(written.RelayAgent(), options.RelayAgent());
    EXPECT_EQ(message.SetOptions(options, 400), 0u);
    EXPECT_EQ(message.Options().All().back().code, 82);
}

TEST(DhcpMessage, ShortMessagesAreFilledUp)
{
    DhcpMessage message;
    DhcpOptions options;
    options.SetU8(DhcpOptionCode::MESSAGE_TYPE, 1);
    message.SetOptions(options);
    EXPECT_EQ(message.EncodedSize(), 300u);
    EXPECT_EQ(ByteView(message.vendor).Sub(0, 9),
              ByteView(Bytes{0x63, 0x82, 0x53, 0x63, 53, 1, 1, 255, 0}));
}

/** The example of RFC 3442: 10.27.129.0/24 by 10.27.129.1, and destinations of other widths. */
TEST(DhcpOptions, ClasslessRoutesHaveAsManyOctetsAsTheyNeed)
{
    DhcpOptions options;
    const std::vector<DhcpRoute> routes{{Ipv4Prefix(), 0x0a010101},
                                        {Ipv4Prefix(0x0a000000, 8), 0x0a010101},
                                        {Ipv4Prefix(0x0a1b8100, 24), 0x0a1b8101},
                                        {Ipv4Prefix(0x0a118000, 17), 0},
                                        {Ipv4Prefix(0x0a8d0081, 32), 1}};
    options.SetRoutes(routes);
    EXPECT_EQ(DataOf(options, DhcpOptionCode::CLASSLESS_STATIC_ROUTES),
              (Bytes{0, 10, 1,  1,  1,   8, 10, 10, 1, 1,  1,  24,  10, 27,  129, 10, 27, 129,
                     1, 17, 10, 17, 128, 0, 0,  0,  0, 32, 10, 141, 0,  129, 0,   0,  0,  1}));
    EXPECT_EQ(options.Routes(), routes);
    // Bits of hosts are no part of a route; a width above 32 is none.
    options.Set(DhcpOptionCode::CLASSLESS_STATIC_ROUTES,
                {8, 10, 1, 1, 1, 1, 25, 1, 2, 3, 4, 0, 0, 0, 0});
    ASSERT_TRUE(options.Routes());
    EXPECT_EQ(options.Routes()->at(1).destination, Ipv4Prefix(0x01020300, 25));
    options.Set(DhcpOptionCode::CLASSLESS_STATIC_ROUTES, {33, 10, 1, 1, 1, 1, 1, 1, 1});
    EXPECT_FALSE(options.Routes());
    options.Set(DhcpOptionCode::CLASSLESS_STATIC_ROUTES, {8, 10, 1});
    EXPECT_FALSE(options.Routes());
}

TEST(DhcpOptions, RelayInformationHasParts)
{
    DhcpOptions options;
    options.SetRelayAgent({{1, {'p', '1'}}, {2, {}}, {5, {10, 0, 0, 1}}});
    EXPECT_EQ(DataOf(options, DhcpOptionCode::RELAY_AGENT),
              (Bytes{1, 2, 'p', '1', 2, 0, 5, 4, 10, 0, 0, 1}));
    EXPECT_EQ(options.RelayAgent()->size(), 3u);
    options.Set(DhcpOptionCode::RELAY_AGENT, {1, 5, 'x'});
    EXPECT_FALSE(options.RelayAgent());
}

TEST(DhcpOptions, ValuesOfOtherLengthsAreNone)
{
    DhcpOptions options;
    options.Set(DhcpOptionCode::ROUTERS, {1, 2, 3, 4, 5});
    options.Set(DhcpOptionCode::LEASE_TIME, {1, 2, 3});
    options.Set(DhcpOptionCode::MAX_MESSAGE_SIZE, {1});
    options.Set(DhcpOptionCode::HOST_NAME, {'a', 0, 0});
    EXPECT_TRUE(options.Addresses(DhcpOptionCode::ROUTERS).empty());
    EXPECT_FALSE(options.U32(DhcpOptionCode::LEASE_TIME));
    EXPECT_FALSE(options.U16(DhcpOptionCode::MAX_MESSAGE_SIZE));
    EXPECT_FALSE(options.U8(DhcpOptionCode::OVERLOAD));
    EXPECT_EQ(options.Text(DhcpOptionCode::HOST_NAME), "a");
    options.SetAddresses(DhcpOptionCode::ROUTERS, {0x0a000001, 0x0a000002});
    EXPECT_EQ(options.Addresses(DhcpOptionCode::ROUTERS),
              (std::vector<uint32_t>{0x0a000001, 0x0a000002}));
}

} // namespace
} // namespace strata
} // namespace ns3

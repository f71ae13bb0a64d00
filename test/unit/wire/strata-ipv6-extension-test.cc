// SPDX-License-Identifier: GPL-2.0-only

#include "ns3/strata-ipv6-extension.h"

#include <gtest/gtest.h>

namespace ns3
{
namespace strata
{
namespace
{

constexpr uint8_t UDP = 17;
constexpr uint8_t HOP_BY_HOP = 0;
constexpr uint8_t ROUTING = 43;
constexpr uint8_t FRAGMENT = 44;
constexpr uint8_t NONE = 59;
constexpr uint8_t DESTINATION = 60;

/**
 * The chain of two: hop-by-hop with a router alert (RFC 2711), then destination options with the
 * experimental kind 0x1e, Pad1 and PadN. tshark reads the packet built of it without a complaint.
 */
const Bytes CHAIN_BYTES{0x3c, 0x00, 0x05, 0x02, 0x00, 0x00, 0x01, 0x00, 0x11, 0x01, 0x1e, 0x06,
                        0x01, 0x02, 0x03, 0x04, 0x05, 0x06, 0x00, 0x01, 0x03, 0x00, 0x00, 0x00};

Ipv6ExtensionChain
ChainOfTwo()
{
    Ipv6HopByHop first;
    first.nextHeader = DESTINATION;
    first.options.clear();
    AppendIpv6Option(first.options, 5, Bytes{0, 0});
    PadIpv6Options(first.options);

    Ipv6DestinationOptions second;
    second.nextHeader = UDP;
    second.options.clear();
    AppendIpv6Option(second.options, 0x1e, Bytes{1, 2, 3, 4, 5, 6});
    AppendIpv6Option(second.options, Ipv6Option::PAD1, {});
    PadIpv6Options(second.options);

    Ipv6ExtensionChain chain;
    chain.headers = {{first}, {second}};
    return chain;
}

DecodeError
ErrorOf(const Bytes& bytes, uint8_t nextHeader)
{
    const auto chain = Ipv6ExtensionChain::Decode(bytes, {nextHeader});
    EXPECT_FALSE(chain);
    return chain ? DecodeError{DecodeCode::TRAILING, 0} : chain.error();
}

std::vector<Ipv6Option>
OptionsOf(const Bytes& raw)
{
    std::vector<Ipv6Option> options;
    ByteReader reader(raw);
    while (reader.Remaining() > 0)
    {
        options.push_back(Ipv6Option::Read(reader));
    }
    EXPECT_TRUE(reader.Ok());
    return options;
}

TEST(Ipv6Extension, AChainOfTwoEncodesAndDecodes)
{
    EXPECT_EQ(EncodeToBytes(ChainOfTwo()), CHAIN_BYTES);
    EXPECT_EQ(ChainOfTwo().EncodedSize(), CHAIN_BYTES.size());
    const Ipv6ExtensionChain::Context context{HOP_BY_HOP};
    const auto decoded = Ipv6ExtensionChain::Decode(CHAIN_BYTES, context);
    ASSERT_TRUE(decoded);
    EXPECT_EQ(*decoded, ChainOfTwo());
    EXPECT_EQ(decoded->UpperLayer(context), UDP);
}

TEST(Ipv6Extension, EveryTruncationFailsBehindTheLastByteOfThePacket)
{
    for (std::size_t size = 0; size < CHAIN_BYTES.size(); ++size)
    {
        EXPECT_EQ(ErrorOf(ByteView(CHAIN_BYTES).Sub(0, size).ToBytes(), HOP_BY_HOP),
                  (DecodeError{DecodeCode::TRUNCATED, 40 + size}));
    }
}

TEST(Ipv6Extension, TheHeaderBeforeDecidesWhatTheSameBytesMean)
{
    const Bytes bytes{UDP, 0, 1, 4, 0, 0, 0, 0};
    const auto options = Ipv6Extension::Decode(bytes, {DESTINATION});
    const auto hopByHop = Ipv6Extension::Decode(bytes, {HOP_BY_HOP});
    const auto routing = Ipv6Extension::Decode(bytes, {ROUTING});
    const auto fragment = Ipv6Extension::Decode(bytes, {FRAGMENT});
    ASSERT_TRUE(options && hopByHop && routing && fragment);
    EXPECT_EQ(std::get<Ipv6DestinationOptions>(options->header).options, (Bytes{1, 4, 0, 0, 0, 0}));
    EXPECT_EQ(std::get<Ipv6HopByHop>(hopByHop->header).options, (Bytes{1, 4, 0, 0, 0, 0}));
    EXPECT_EQ(std::get<Ipv6Routing>(routing->header), (Ipv6Routing{UDP, 1, 4, {0, 0, 0, 0}}));
    EXPECT_EQ(std::get<Ipv6Fragment>(fragment->header), (Ipv6Fragment{UDP, 0, 0x20, 2, false, 0}));
    EXPECT_NE(*options, *hopByHop);
    for (const auto* extension : {&options, &hopByHop, &routing, &fragment})
    {
        EXPECT_EQ(EncodeToBytes(**extension), bytes);
        EXPECT_EQ((*extension)->NextHeader(), UDP);
    }
    EXPECT_EQ(options->Type(), DESTINATION);
    EXPECT_EQ(hopByHop->Type(), HOP_BY_HOP);
    EXPECT_EQ(routing->Type(), ROUTING);
    EXPECT_EQ(fragment->Type(), FRAGMENT);
}

TEST(Ipv6Extension, AHeaderUnknownHereIsRefusedWhereItWasNamed)
{
    Ipv6Extension::Context context;
    context.nextHeader = UDP;
    context.namedAt = 48;
    const auto extension = Ipv6Extension::Decode(CHAIN_BYTES, context);
    ASSERT_FALSE(extension);
    EXPECT_EQ(extension.error(), (DecodeError{DecodeCode::BAD_TYPE, 48}));
}

TEST(Ipv6Extension, AChainMayBeEmpty)
{
    for (const uint8_t upper : {UDP, NONE, uint8_t{255}})
    {
        const Ipv6ExtensionChain::Context context{upper};
        const auto chain = Ipv6ExtensionChain::Decode(CHAIN_BYTES, context);
        ASSERT_TRUE(chain);
        EXPECT_TRUE(chain->headers.empty());
        EXPECT_EQ(chain->EncodedSize(), 0u);
        EXPECT_EQ(chain->UpperLayer(context), upper);
    }
}

TEST(Ipv6Extension, AllFourHeadersMayFollowEachOtherInAnyOrder)
{
    const Bytes bytes{ROUTING,     0, 1, 4, 0,    0,    0,    0,    // destination options
                      FRAGMENT,    2, 4, 1, 0,    0,    0,    0,    // routing: segment routing
                      1,           2, 3, 4, 5,    6,    7,    8,    //
                      1,           2, 3, 4, 5,    6,    7,    8,    //
                      DESTINATION, 9, 0, 7, 0xde, 0xad, 0xbe, 0xef, // first fragment
                      NONE,        0, 1, 4, 0,    0,    0,    0};
    const auto chain = Ipv6ExtensionChain::Decode(bytes, {DESTINATION});
    ASSERT_TRUE(chain);
    ASSERT_EQ(chain->headers.size(), 4u);
    EXPECT_EQ(std::get<Ipv6Routing>(chain->headers[1].header).data.size(), 20u);
    EXPECT_EQ(std::get<Ipv6Fragment>(chain->headers[2].header),
              (Ipv6Fragment{DESTINATION, 9, 0, 3, true, 0xdeadbeef}));
    EXPECT_EQ(chain->UpperLayer({DESTINATION}), NONE);
    EXPECT_EQ(EncodeToBytes(*chain), bytes);
}

/** RFC 8200 section 4.5: what follows is the middle of the fragmentable part. */
TEST(Ipv6Extension, TheChainEndsBehindAFragmentHeaderWithAnOffset)
{
    const Bytes bytes{DESTINATION, 0, 0, 8, 0, 0, 0, 1, 0xff, 0xff, 0xff, 0xff};
    const auto chain = Ipv6ExtensionChain::Decode(bytes, {FRAGMENT});
    ASSERT_TRUE(chain);
    ASSERT_EQ(chain->headers.size(), 1u);
    EXPECT_EQ(std::get<Ipv6Fragment>(chain->headers[0].header).fragmentOffset, 1u);
    EXPECT_EQ(chain->EncodedSize(), 8u);
}

/** RFC 8200 section 4: a Next Header of 0 elsewhere than in the IPv6 header is unrecognized. */
TEST(Ipv6Extension, HopByHopBehindAnotherHeaderIsRefusedWhereItIsNamed)
{
    const Bytes bytes{DESTINATION, 0, 1, 4, 0, 0, 0, 0, HOP_BY_HOP, 0, 1, 4, 0, 0, 0, 0};
    EXPECT_EQ(ErrorOf(bytes, DESTINATION), (DecodeError{DecodeCode::BAD_TYPE, 48}));
    EXPECT_EQ(ErrorOf(bytes, HOP_BY_HOP), (DecodeError{DecodeCode::BAD_TYPE, 48}));
    const Bytes twice{HOP_BY_HOP, 0, 1, 4, 0, 0, 0, 0};
    EXPECT_EQ(ErrorOf(twice, HOP_BY_HOP), (DecodeError{DecodeCode::BAD_TYPE, 40}));
}

TEST(Ipv6Extension, AnOptionThatRunsOutOfItsHeaderIsRefusedAtItsLength)
{
    Bytes bytes = CHAIN_BYTES;
    bytes.insert(bytes.end(), 64, 0);
    bytes[11] = 13; // one more than what is left of the second header
    EXPECT_EQ(ErrorOf(bytes, HOP_BY_HOP), (DecodeError{DecodeCode::BAD_LENGTH, 40 + 11}));
    bytes[11] = 12;
    EXPECT_TRUE(Ipv6ExtensionChain::Decode(bytes, {HOP_BY_HOP}));
    bytes[3] = 5;
    EXPECT_EQ(ErrorOf(bytes, HOP_BY_HOP), (DecodeError{DecodeCode::BAD_LENGTH, 40 + 3}));
}

TEST(Ipv6Extension, AnOptionWithoutALengthIsRefusedAtItsKind)
{
    const Bytes bytes{UDP, 0, 1, 3, 0, 0, 0, 0xc2, 0, 0};
    EXPECT_EQ(ErrorOf(bytes, DESTINATION), (DecodeError{DecodeCode::BAD_LENGTH, 47}));
}

TEST(Ipv6Extension, TheLongestHeaderIsRead)
{
    Bytes bytes(2048, 0);
    bytes[0] = UDP;
    bytes[1] = 255;
    const auto padding = Ipv6ExtensionChain::Decode(bytes, {DESTINATION});
    ASSERT_TRUE(padding);
    EXPECT_EQ(EncodeToBytes(*padding), bytes);
    const auto routing = Ipv6ExtensionChain::Decode(bytes, {ROUTING});
    ASSERT_TRUE(routing);
    EXPECT_EQ(EncodeToBytes(*routing), bytes);
    bytes.pop_back();
    EXPECT_EQ(ErrorOf(bytes, ROUTING), (DecodeError{DecodeCode::TRUNCATED, 40 + 2047}));
}

TEST(Ipv6Extension, TheLongestChainIsReadAndALongerOneIsRefusedAtItsFirstHeaderTooMany)
{
    Bytes bytes;
    for (std::size_t i = 0; i < Ipv6ExtensionChain::MAX_HEADERS; ++i)
    {
        const Bytes header{DESTINATION, 0, 1, 4, 0, 0, 0, 0};
        bytes.insert(bytes.end(), header.begin(), header.end());
    }
    EXPECT_EQ(ErrorOf(bytes, DESTINATION), (DecodeError{DecodeCode::TOO_MANY, 40 + bytes.size()}));
    bytes[bytes.size() - 8] = UDP;
    const auto chain = Ipv6ExtensionChain::Decode(bytes, {DESTINATION});
    ASSERT_TRUE(chain);
    EXPECT_EQ(chain->headers.size(), Ipv6ExtensionChain::MAX_HEADERS);
}

TEST(Ipv6Extension, ThePayloadBehindTheChainIsLeft)
{
    Bytes bytes = CHAIN_BYTES;
    bytes.insert(bytes.end(), {0x03, 0xe8, 0x07, 0xd0});
    const auto chain = Ipv6ExtensionChain::Decode(bytes, {HOP_BY_HOP});
    ASSERT_TRUE(chain);
    EXPECT_EQ(chain->EncodedSize(), CHAIN_BYTES.size());
}

TEST(Ipv6Option, IsReadWithItsPlaceAndData)
{
    const auto options =
        OptionsOf(std::get<Ipv6DestinationOptions>(ChainOfTwo().headers[1].header).options);
    ASSERT_EQ(options.size(), 3u);
    EXPECT_EQ(options[0].kind, 0x1e);
    EXPECT_EQ(options[0].offset, 0u);
    EXPECT_EQ(options[0].data.size(), 6u);
    EXPECT_EQ(options[1].kind, Ipv6Option::PAD1);
    EXPECT_EQ(options[1].offset, 8u);
    EXPECT_TRUE(options[1].data.empty());
    EXPECT_EQ(options[2].kind, Ipv6Option::PADN);
    EXPECT_EQ(options[2].offset, 9u);
    EXPECT_EQ(options[2].data.size(), 3u);
    EXPECT_FALSE(options[0].IsPadding());
    EXPECT_TRUE(options[1].IsPadding());
    EXPECT_TRUE(options[2].IsPadding());
}

/** RFC 8200 section 4.2: the two highest bits say what to do, the third whether data may change. */
TEST(Ipv6Option, TheKindSaysWhatToDoWhenItIsUnknown)
{
    const auto of = [](uint8_t kind) {
        Ipv6Option option;
        option.kind = kind;
        return option;
    };
    EXPECT_EQ(of(0x1e).ActionWhenUnknown(), Ipv6OptionAction::SKIP);
    EXPECT_EQ(of(0x5e).ActionWhenUnknown(), Ipv6OptionAction::DISCARD);
    EXPECT_EQ(of(0x9e).ActionWhenUnknown(), Ipv6OptionAction::DISCARD_AND_REPORT);
    EXPECT_EQ(of(0xde).ActionWhenUnknown(), Ipv6OptionAction::DISCARD_AND_REPORT_UNICAST);
    EXPECT_FALSE(of(0xde).MayChange());
    EXPECT_TRUE(of(0x3e).MayChange());
}

TEST(Ipv6Option, EveryKindIsKeptByteForByte)
{
    for (int kind = 0; kind < 256; ++kind)
    {
        const auto k = static_cast<uint8_t>(kind);
        const Bytes bytes =
            kind == 0 ? Bytes{UDP, 0, 0, 0, 0, 0, 0, 0} : Bytes{UDP, 0, k, 4, 0xa5, 0x5a, k, 0xff};
        const auto chain = Ipv6ExtensionChain::Decode(bytes, {DESTINATION});
        ASSERT_TRUE(chain) << kind;
        EXPECT_EQ(EncodeToBytes(*chain), bytes) << kind;
    }
}

TEST(Ipv6Option, PaddingFillsUnitsOfEightOctetsForEveryLength)
{
    for (std::size_t size = 0; size < 40; ++size)
    {
        Ipv6DestinationOptions header;
        header.options.clear();
        AppendIpv6Option(header.options, 0x1e, Bytes(size, 7));
        const std::size_t before = header.options.size();
        PadIpv6Options(header.options);
        EXPECT_EQ((header.options.size() + 2) % 8, 0u) << size;
        EXPECT_LT(header.options.size() - before, 8u) << size;
        const Ipv6Extension extension{header};
        const auto decoded = Ipv6Extension::Decode(EncodeToBytes(extension), {DESTINATION});
        ASSERT_TRUE(decoded) << size;
        EXPECT_EQ(*decoded, extension) << size;
    }
}

TEST(Ipv6Extension, DefaultsAreHeadersThatDecode)
{
    const Ipv6Extension defaults[] = {{Ipv6HopByHop{}},
                                      {Ipv6Routing{}},
                                      {Ipv6Fragment{}},
                                      {Ipv6DestinationOptions{}}};
    for (const Ipv6Extension& extension : defaults)
    {
        const Bytes bytes = EncodeToBytes(extension);
        EXPECT_EQ(bytes.size(), 8u);
        const auto decoded = Ipv6Extension::Decode(bytes, {extension.Type()});
        ASSERT_TRUE(decoded);
        EXPECT_EQ(*decoded, extension);
    }
}

TEST(Ipv6Extension, TheNextHeaderCanBeSet)
{
    Ipv6Extension extension{Ipv6Routing{}};
    extension.SetNextHeader(UDP);
    EXPECT_EQ(extension.NextHeader(), UDP);
    EXPECT_EQ(EncodeToBytes(extension)[0], UDP);
}

} // namespace
} // namespace strata
} // namespace ns3

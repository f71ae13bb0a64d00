// SPDX-License-Identifier: GPL-2.0-only

#include "ns3/strata-ipv4-option.h"

#include <gtest/gtest.h>

namespace ns3
{
namespace strata
{
namespace
{

using Options = Ipv4WireHeader::Options;

constexpr uint32_t A = 0x0a000001;
constexpr uint32_t B = 0x0a000002;

Bytes
BytesOf(const Options& options)
{
    return Bytes(options.begin(), options.end());
}

Bytes
BytesOf(ByteView view)
{
    return view.ToBytes();
}

std::vector<Ipv4Option>
All(const Bytes& options)
{
    std::vector<Ipv4Option> all;
    Ipv4OptionReader reader{ByteView(options)};
    while (const auto option = reader.Next())
    {
        all.push_back(*option);
    }
    EXPECT_TRUE(reader.Ok());
    return all;
}

DecodeError
ErrorOf(const Bytes& options)
{
    Ipv4OptionReader reader{ByteView(options)};
    while (reader.Next())
    {
    }
    EXPECT_FALSE(reader.Ok());
    return reader.Ok() ? DecodeError{DecodeCode::TRAILING, 0} : reader.Error();
}

/** The one option in \p options. */
Ipv4Option
Only(const Bytes& options)
{
    const auto all = All(options);
    EXPECT_EQ(all.size(), 1u);
    return all.empty() ? Ipv4Option{} : all.front();
}

/** Each of RFC 791's as a header carries it; tshark names each of them so. */
TEST(Ipv4Option, EveryBuilderWritesTheBytesOfItsRfc)
{
    Options options;
    Ipv4OptionWriter writer(options);
    EXPECT_TRUE(writer.RecordRoute(2));
    EXPECT_EQ(BytesOf(options), (Bytes{7, 11, 4, 0, 0, 0, 0, 0, 0, 0, 0}));
    options.clear();
    EXPECT_TRUE(writer.SourceRoute(Ipv4OptionKind::LOOSE_SOURCE_ROUTE, {A, B}));
    EXPECT_EQ(BytesOf(options), (Bytes{0x83, 11, 4, 10, 0, 0, 1, 10, 0, 0, 2}));
    options.clear();
    EXPECT_TRUE(writer.SourceRoute(Ipv4OptionKind::STRICT_SOURCE_ROUTE, {A}));
    EXPECT_EQ(BytesOf(options), (Bytes{0x89, 7, 4, 10, 0, 0, 1}));
    options.clear();
    EXPECT_TRUE(writer.Timestamps(2));
    EXPECT_EQ(BytesOf(options), (Bytes{0x44, 12, 5, 0, 0, 0, 0, 0, 0, 0, 0, 0}));
    options.clear();
    EXPECT_TRUE(writer.TimestampsWithAddress(1));
    EXPECT_EQ(BytesOf(options), (Bytes{0x44, 12, 5, 1, 0, 0, 0, 0, 0, 0, 0, 0}));
    options.clear();
    EXPECT_TRUE(writer.PrespecifiedTimestamps({A}));
    EXPECT_EQ(BytesOf(options), (Bytes{0x44, 12, 5, 3, 10, 0, 0, 1, 0, 0, 0, 0}));
    options.clear();
    EXPECT_TRUE(writer.Security(Ipv4SecurityLevel::SECRET, 0x80));
    EXPECT_EQ(BytesOf(options), (Bytes{0x82, 4, 0x5a, 0x80}));
    options.clear();
    EXPECT_TRUE(writer.Security(Ipv4SecurityLevel::UNCLASSIFIED));
    EXPECT_EQ(BytesOf(options), (Bytes{0x82, 3, 0xab}));
    options.clear();
    EXPECT_TRUE(writer.RouterAlert());
    EXPECT_EQ(BytesOf(options), (Bytes{0x94, 4, 0, 0}));
    EXPECT_TRUE(writer.Nop());
    writer.Pad();
    EXPECT_EQ(BytesOf(options), (Bytes{0x94, 4, 0, 0, 1, 0, 0, 0}));
}

TEST(Ipv4Option, TheReaderFindsEachOptionWhereTheHeaderHasIt)
{
    const Bytes options{1, 0x94, 4, 0, 0, 7, 7, 4, 0, 0, 0, 0, 0x1e, 2, 0, 0xff};
    const auto all = All(options);
    ASSERT_EQ(all.size(), 4u);
    EXPECT_TRUE(all[0].Is(Ipv4OptionKind::NOP));
    EXPECT_EQ(all[0].offset, 20u);
    EXPECT_EQ(all[0].bytes.size(), 1u);
    EXPECT_TRUE(all[1].Is(Ipv4OptionKind::ROUTER_ALERT));
    EXPECT_EQ(all[1].offset, 21u);
    EXPECT_TRUE(all[2].Is(Ipv4OptionKind::RECORD_ROUTE));
    EXPECT_EQ(all[2].offset, 25u);
    EXPECT_EQ(BytesOf(all[2].bytes), (Bytes{7, 7, 4, 0, 0, 0, 0}));
    EXPECT_EQ(all[3].kind, 0x1e) << "unknown kinds are read by their length";
    EXPECT_EQ(all[3].offset, 32u);
}

TEST(Ipv4Option, NothingIsReadBehindTheEnd)
{
    EXPECT_TRUE(All({}).empty());
    EXPECT_TRUE(All({0, 7, 0, 0}).empty());
}

TEST(Ipv4Option, ABadLengthIsRefusedAtItsOctet)
{
    EXPECT_EQ(ErrorOf({1, 7, 0, 0}), (DecodeError{DecodeCode::BAD_LENGTH, 22}));
    EXPECT_EQ(ErrorOf({7, 1, 0, 0}), (DecodeError{DecodeCode::BAD_LENGTH, 21}));
    EXPECT_EQ(ErrorOf({7, 5, 4, 0}), (DecodeError{DecodeCode::BAD_LENGTH, 21}));
    EXPECT_EQ(ErrorOf({1, 1, 1, 0x44}), (DecodeError{DecodeCode::BAD_LENGTH, 23}));
}

/** Every cut of a list of options is either read in whole options or refused inside of it. */
TEST(Ipv4Option, EveryTruncationEndsBetweenOptionsOrIsRefused)
{
    const Bytes whole{0x94, 4, 0, 0, 7, 7, 4, 0, 0, 0, 0, 1};
    for (std::size_t size = 0; size < whole.size(); ++size)
    {
        const Bytes cut = ByteView(whole).Sub(0, size).ToBytes();
        Ipv4OptionReader reader{ByteView(cut)};
        while (reader.Next())
        {
        }
        EXPECT_EQ(reader.Ok(), size == 0 || size == 4 || size == 11) << size;
    }
}

/** RFC 791: the high bit of the type says whether fragments carry it. */
TEST(Ipv4Option, TheCopyBitOfEachKindIsThatOfRfc791)
{
    const auto copied = [](Ipv4OptionKind kind) {
        Ipv4Option option;
        option.kind = static_cast<uint8_t>(kind);
        return option.IsCopied();
    };
    EXPECT_TRUE(copied(Ipv4OptionKind::SECURITY));
    EXPECT_TRUE(copied(Ipv4OptionKind::LOOSE_SOURCE_ROUTE));
    EXPECT_TRUE(copied(Ipv4OptionKind::STRICT_SOURCE_ROUTE));
    EXPECT_TRUE(copied(Ipv4OptionKind::STREAM_ID));
    EXPECT_TRUE(copied(Ipv4OptionKind::ROUTER_ALERT));
    EXPECT_FALSE(copied(Ipv4OptionKind::RECORD_ROUTE));
    EXPECT_FALSE(copied(Ipv4OptionKind::TIMESTAMP));
    EXPECT_FALSE(copied(Ipv4OptionKind::TRACEROUTE));
    EXPECT_FALSE(copied(Ipv4OptionKind::NOP));
    EXPECT_FALSE(copied(Ipv4OptionKind::END));
}

TEST(Ipv4Option, FragmentsCarryTheCopiedOptionsAloneInOrder)
{
    Options options;
    Ipv4OptionWriter writer(options);
    writer.Nop();
    writer.SourceRoute(Ipv4OptionKind::LOOSE_SOURCE_ROUTE, {A});
    writer.RecordRoute(2);
    writer.RouterAlert();
    writer.Timestamps(1);
    writer.Pad();
    EXPECT_EQ(BytesOf(CopiedIpv4Options(options)),
              (Bytes{0x83, 7, 4, 10, 0, 0, 1, 0x94, 4, 0, 0, 0}));
    const Options none{7, 3, 4, 0};
    EXPECT_TRUE(CopiedIpv4Options(none).empty());
    const Options broken{0x94, 4, 0, 0, 0x94, 9, 0, 0};
    EXPECT_EQ(BytesOf(CopiedIpv4Options(broken)), (Bytes{0x94, 4, 0, 0}));
}

/** Fig. 5-47: 40 octets hold nine slots of a recorded route. */
TEST(Ipv4Option, FortyOctetsHoldNineSlotsAndNotTen)
{
    Options options;
    Ipv4OptionWriter writer(options);
    EXPECT_FALSE(writer.RecordRoute(10));
    EXPECT_TRUE(options.empty());
    EXPECT_TRUE(writer.RecordRoute(9));
    EXPECT_EQ(options.size(), 39u);
    EXPECT_FALSE(writer.RouterAlert());
    EXPECT_TRUE(writer.Nop());
    EXPECT_FALSE(writer.Nop());
    EXPECT_EQ(options.size(), 40u);

    options.clear();
    EXPECT_FALSE(writer.Timestamps(10));
    EXPECT_TRUE(writer.Timestamps(9));
    options.clear();
    EXPECT_FALSE(writer.TimestampsWithAddress(5));
    EXPECT_TRUE(writer.TimestampsWithAddress(4));
    options.clear();
    EXPECT_FALSE(writer.PrespecifiedTimestamps(std::vector<uint32_t>(5, A)));
    EXPECT_FALSE(
        writer.SourceRoute(Ipv4OptionKind::STRICT_SOURCE_ROUTE, std::vector<uint32_t>(10, A)));
    EXPECT_FALSE(writer.Append(0x1e, Bytes(39, 0)));
    EXPECT_TRUE(options.empty());
    EXPECT_FALSE(writer.RecordRoute(SIZE_MAX / 2));
}

TEST(Ipv4Option, ARouteTellsItsSlotsAndWhereItStands)
{
    const Bytes bytes{0x83, 11, 8, 10, 0, 0, 1, 10, 0, 0, 2};
    const auto route = Ipv4RouteOption::Parse(Only(bytes));
    ASSERT_TRUE(route);
    EXPECT_EQ(route->SlotCount(), 2u);
    EXPECT_EQ(route->RecordedCount(), 1u);
    EXPECT_EQ(route->Slot(0), A);
    EXPECT_EQ(route->Slot(1), B);
    EXPECT_TRUE(route->HasRoom());
    EXPECT_FALSE(route->IsExhausted());
    EXPECT_EQ(route->PointerOffset(), 22u);
}

/** RFC 791: when the pointer is greater than the length the route is exhausted. */
TEST(Ipv4Option, ARouteIsExhaustedWhenThePointerIsBehindTheLength)
{
    for (const uint8_t pointer : {uint8_t{12}, uint8_t{13}, uint8_t{255}})
    {
        const Bytes bytes{7, 11, pointer, 10, 0, 0, 1, 10, 0, 0, 2};
        const auto route = Ipv4RouteOption::Parse(Only(bytes));
        ASSERT_TRUE(route);
        EXPECT_TRUE(route->IsExhausted());
        EXPECT_FALSE(route->HasRoom());
        EXPECT_EQ(route->RecordedCount(), 2u);
    }
}

TEST(Ipv4Option, ASlotTooShortIsNoRoomAndNoEnd)
{
    const Bytes bytes{7, 9, 8, 10, 0, 0, 1, 0, 0};
    const auto route = Ipv4RouteOption::Parse(Only(bytes));
    ASSERT_TRUE(route);
    EXPECT_FALSE(route->IsExhausted());
    EXPECT_FALSE(route->HasRoom());
}

/** RFC 791: the smallest legal value for the pointer is 4. */
TEST(Ipv4Option, ARouteWithABadPointerOrLengthIsRefusedThere)
{
    const auto errorOf = [](const Bytes& bytes) { return Ipv4RouteOption::Parse(Only(bytes)); };
    for (const uint8_t pointer : {0, 1, 3, 5, 6, 7})
    {
        const auto route = errorOf({7, 11, pointer, 0, 0, 0, 0, 0, 0, 0, 0});
        ASSERT_FALSE(route) << unsigned{pointer};
        EXPECT_EQ(route.error(), (DecodeError{DecodeCode::BAD_VALUE, 22}));
    }
    const auto shortOne = errorOf({7, 2});
    ASSERT_FALSE(shortOne);
    EXPECT_EQ(shortOne.error(), (DecodeError{DecodeCode::BAD_LENGTH, 21}));
    EXPECT_TRUE(errorOf({7, 3, 4})) << "a route without slots is exhausted from the start";
}

TEST(Ipv4Option, EachFormOfTimestampHasItsEntries)
{
    const Bytes timeOnly{0x44, 12, 9, 0xf0, 0, 0, 1, 0, 0, 0, 0, 0};
    const auto first = Ipv4TimestampOption::Parse(Only(timeOnly));
    ASSERT_TRUE(first);
    EXPECT_TRUE(first->Is(Ipv4TimestampForm::TIME_ONLY));
    EXPECT_EQ(first->overflow, 15);
    EXPECT_EQ(first->EntryCount(), 2u);
    EXPECT_EQ(first->RecordedCount(), 1u);
    EXPECT_EQ(first->Time(0), 256u);
    EXPECT_TRUE(first->HasRoom());
    EXPECT_EQ(first->OverflowOffset(), 23u);

    for (const uint8_t form : {1, 3})
    {
        const Bytes bytes{0x44, 20, 13, form, 10, 0, 0, 1, 0, 0, 1, 0, 10, 0, 0, 2, 0, 0, 0, 0};
        const auto second = Ipv4TimestampOption::Parse(Only(bytes));
        ASSERT_TRUE(second);
        EXPECT_EQ(second->form, form);
        EXPECT_EQ(second->EntryCount(), 2u);
        EXPECT_EQ(second->RecordedCount(), 1u);
        EXPECT_EQ(second->Address(0), A);
        EXPECT_EQ(second->Time(0), 256u);
        EXPECT_EQ(second->Address(1), B);
        EXPECT_TRUE(second->HasRoom());
        EXPECT_FALSE(second->IsFull());
    }
}

TEST(Ipv4Option, ATimestampIsFullWhenThePointerIsBehindTheLength)
{
    const Bytes bytes{0x44, 12, 13, 1, 10, 0, 0, 1, 0, 0, 1, 0};
    const auto timestamp = Ipv4TimestampOption::Parse(Only(bytes));
    ASSERT_TRUE(timestamp);
    EXPECT_TRUE(timestamp->IsFull());
    EXPECT_FALSE(timestamp->HasRoom());
    EXPECT_EQ(timestamp->RecordedCount(), 1u);
}

/** RFC 791: the smallest legal value of the pointer is 5. */
TEST(Ipv4Option, ATimestampWithABadPointerOrLengthIsRefusedThere)
{
    for (const uint8_t pointer : {0, 4, 6, 8, 9, 12})
    {
        const Bytes bytes{0x44, 12, pointer, 1, 0, 0, 0, 0, 0, 0, 0, 0};
        const auto timestamp = Ipv4TimestampOption::Parse(Only(bytes));
        ASSERT_FALSE(timestamp) << unsigned{pointer};
        EXPECT_EQ(timestamp.error(), (DecodeError{DecodeCode::BAD_VALUE, 22}));
    }
    const auto shortOne = Ipv4TimestampOption::Parse(Only({0x44, 3, 5}));
    ASSERT_FALSE(shortOne);
    EXPECT_EQ(shortOne.error(), (DecodeError{DecodeCode::BAD_LENGTH, 21}));
}

TEST(Ipv4Option, AnUnknownFormIsKept)
{
    const auto timestamp = Ipv4TimestampOption::Parse(Only({0x44, 8, 5, 0x27, 0, 0, 0, 0}));
    ASSERT_TRUE(timestamp);
    EXPECT_EQ(timestamp->form, 7);
    EXPECT_EQ(timestamp->overflow, 2);
    EXPECT_FALSE(timestamp->IsKnownForm());
}

/** RFC 1108 section 2.3 orders the levels; their codes do not. */
TEST(Ipv4Option, SecurityLevelsHaveAnOrder)
{
    EXPECT_EQ(Ipv4SecurityRank(0xab), 0u);
    EXPECT_EQ(Ipv4SecurityRank(0x96), 1u);
    EXPECT_EQ(Ipv4SecurityRank(0x5a), 2u);
    EXPECT_EQ(Ipv4SecurityRank(0x3d), 3u);
    EXPECT_FALSE(Ipv4SecurityRank(0xf1));
}

} // namespace
} // namespace strata
} // namespace ns3

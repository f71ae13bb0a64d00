// SPDX-License-Identifier: GPL-2.0-only

#include "ns3/strata-guarded-table.h"
#include "ns3/strata-route-table.h"
#include "ns3/strata-write-audit-decision.h"

#include <gtest/gtest.h>

using namespace ns3::strata;

namespace
{

struct Entry
{
    uint32_t value{0};
    uint32_t heard{0}; // outside of Tie()

    auto Tie() const
    {
        return std::tie(value);
    }

    friend bool operator==(const Entry& a, const Entry& b)
    {
        return a.Tie() == b.Tie();
    }
};

using Attachments = GuardedTable<uint32_t, Entry, TableKind::ATTACHMENTS>;
using Links = GuardedTable<uint32_t, Entry, TableKind::LINKS>;
using Locations = GuardedTable<std::string, Entry, TableKind::LOCATIONS>;
using Sessions = GuardedTable<uint32_t, Entry, TableKind::SESSIONS>;

struct Tables
{
    Attachments attachments;
    Links links;
    RouteTable routes;
    Locations locations;
    Sessions sessions;

    auto Tie() const
    {
        return std::tie(attachments, links, routes, locations, sessions);
    }

    friend bool operator==(const Tables& a, const Tables& b)
    {
        return a.Tie() == b.Tie();
    }
};

// Whether a call compiles.

template <class Right, class Table, class = void>
struct CanSet : std::false_type
{
};

template <class Right, class Table>
struct CanSet<Right,
              Table,
              std::void_t<decltype(std::declval<const Right&>().Set(
                  std::declval<Table&>(),
                  std::declval<typename Table::KeyType>(),
                  std::declval<typename Table::ValueType>()))>> : std::true_type
{
};

template <class Right, class Table, class = void>
struct CanErase : std::false_type
{
};

template <class Right, class Table>
struct CanErase<Right,
                Table,
                std::void_t<decltype(std::declval<const Right&>().Erase(
                    std::declval<Table&>(),
                    std::declval<typename Table::KeyType>()))>> : std::true_type
{
};

template <class Right, class Table, class = void>
struct CanClear : std::false_type
{
};

template <class Right, class Table>
struct CanClear<Right,
                Table,
                std::void_t<decltype(std::declval<const Right&>().Clear(std::declval<Table&>()))>>
    : std::true_type
{
};

template <class Table, class = void>
struct CanPut : std::false_type
{
};

template <class Table>
struct CanPut<
    Table,
    std::void_t<decltype(std::declval<Table&>().Put(std::declval<typename Table::KeyType>(),
                                                    std::declval<typename Table::ValueType>()))>>
    : std::true_type
{
};

template <class Right, class Table>
constexpr bool MAY_WRITE =
    CanSet<Right, Table>::value&& CanErase<Right, Table>::value&& CanClear<Right, Table>::value;

template <class Right, class Table>
constexpr bool MAY_NOT_WRITE = !CanSet<Right, Table>::value && !CanErase<Right, Table>::value &&
                               !CanClear<Right, Table>::value;

static_assert(MAY_WRITE<AttachmentRight, Attachments>);
static_assert(MAY_WRITE<AttachmentRight, Links>);
static_assert(MAY_WRITE<AttachmentRight, RouteTable>);
static_assert(MAY_NOT_WRITE<AttachmentRight, Locations>);
static_assert(MAY_NOT_WRITE<AttachmentRight, Sessions>);
static_assert(MAY_NOT_WRITE<LocationRight, Attachments>);
static_assert(MAY_NOT_WRITE<LocationRight, Links>);
static_assert(MAY_NOT_WRITE<LocationRight, RouteTable>);
static_assert(MAY_WRITE<LocationRight, Locations>);
static_assert(MAY_WRITE<LocationRight, Sessions>);
static_assert(!CanPut<Links>::value && !CanPut<Sessions>::value && !CanPut<RouteTable>::value,
              "a table has no change without a right");
static_assert(!std::is_constructible_v<LocationRight, MemberName, WriteCause>,
              "a right comes from the owner of tables");
static_assert(!std::is_convertible_v<LocationRight, AttachmentRight>);

class WriteRightTest : public ::testing::Test
{
  protected:
    const Tables& Read() const
    {
        return m_tables;
    }

    Tables m_tables;
    WriteLedger m_ledger;
    AttachmentRight m_attachment{m_tables, 7, WriteCause::ATTACHMENT_MOBILITY, &m_ledger};
    LocationRight m_location{m_tables, 7, WriteCause::LOCATION_MOBILITY, &m_ledger};
};

} // namespace

TEST_F(WriteRightTest, WhoReadsTheTablesAsConstWritesThroughTheRight)
{
    EXPECT_TRUE(m_attachment.Set(Read().links, 3, Entry{5, 0}));
    ASSERT_NE(Read().links.Find(3U), nullptr);
    EXPECT_EQ(Read().links.Find(3U)->value, 5U);
    EXPECT_EQ(Read().links.Find(4U), nullptr);
    EXPECT_TRUE(m_attachment.Erase(Read().links, 3));
    EXPECT_TRUE(Read().links.empty());
}

TEST_F(WriteRightTest, EveryChangeIsRecordedWithItsCauseAndKey)
{
    m_attachment.Set(m_tables.links, 3, Entry{5, 0});
    m_location.Set(m_tables.locations, "server", Entry{1, 0});
    m_location.For(WriteCause::SESSION_USE).Set(m_tables.sessions, 9, Entry{});
    m_attachment.Erase(m_tables.links, 3);
    const WriteLedger expected{
        {7, TableKind::LINKS, WriteCause::ATTACHMENT_MOBILITY, 3},
        {7, TableKind::LOCATIONS, WriteCause::LOCATION_MOBILITY, HashOf(std::string("server"))},
        {7, TableKind::SESSIONS, WriteCause::SESSION_USE, 9},
        {7, TableKind::LINKS, WriteCause::ATTACHMENT_MOBILITY, 3},
    };
    EXPECT_TRUE(m_ledger == expected);
}

TEST_F(WriteRightTest, AWriteThatChangesNothingIsNotRecorded)
{
    EXPECT_TRUE(m_attachment.Set(m_tables.links, 3, Entry{5, 0}));
    m_ledger.clear();
    EXPECT_FALSE(m_attachment.Set(m_tables.links, 3, Entry{5, 0}));
    EXPECT_FALSE(m_attachment.Erase(m_tables.links, 4));
    EXPECT_FALSE(m_attachment.Modify(m_tables.links, 3, [](Entry& e) { e.value = 5; }));
    EXPECT_FALSE(m_attachment.Modify(m_tables.links, 4, [](Entry& e) { e.value = 6; }));
    EXPECT_FALSE(m_attachment.Clear(m_tables.attachments));
    EXPECT_TRUE(m_ledger.empty());
}

TEST_F(WriteRightTest, WhatStandsOutsideOfTheTieIsWrittenWithoutARecord)
{
    m_attachment.Set(m_tables.links, 3, Entry{5, 0});
    m_ledger.clear();
    EXPECT_FALSE(m_attachment.Set(m_tables.links, 3, Entry{5, 88}));
    EXPECT_EQ(Read().links.Find(3U)->heard, 88U);
    EXPECT_FALSE(m_attachment.Modify(m_tables.links, 3, [](Entry& e) { e.heard = 99; }));
    EXPECT_EQ(Read().links.Find(3U)->heard, 99U);
    EXPECT_TRUE(m_ledger.empty());
}

TEST_F(WriteRightTest, ModifyBelievesAChangeThatSaysWhetherItChanged)
{
    m_attachment.Set(m_tables.links, 3, Entry{5, 0});
    m_ledger.clear();
    EXPECT_FALSE(m_attachment.Modify(m_tables.links, 3, [](Entry&) { return false; }));
    EXPECT_TRUE(m_ledger.empty());
    EXPECT_TRUE(m_attachment.Modify(m_tables.links, 3, [](Entry& e) {
        e.value = 6;
        return true;
    }));
    EXPECT_TRUE(m_attachment.Modify(m_tables.links, 3, [](Entry& e) { e.value = 7; }));
    EXPECT_EQ(Read().links.Find(3U)->value, 7U);
    EXPECT_EQ(m_ledger.size(), 2U);
}

TEST_F(WriteRightTest, EraseIfRecordsEachEntryThatGoes)
{
    for (uint32_t i = 0; i < 6; ++i)
    {
        m_location.Set(m_tables.sessions, i, Entry{i % 2, 0});
    }
    m_ledger.clear();
    EXPECT_EQ(
        m_location.EraseIf(m_tables.sessions,
                           [](uint32_t key, const Entry& e) { return key > 1 && e.value == 1; }),
        2U);
    ASSERT_EQ(m_ledger.size(), 2U);
    EXPECT_EQ(m_ledger[0].key, 3U);
    EXPECT_EQ(m_ledger[1].key, 5U);
    EXPECT_EQ(Read().sessions.size(), 4U);
    EXPECT_TRUE(m_location.Clear(m_tables.sessions));
    EXPECT_EQ(m_ledger.size(), 6U);
}

TEST_F(WriteRightTest, WithoutALedgerWritesWorkAsWell)
{
    const AttachmentRight right(m_tables, 7, WriteCause::ROUTING);
    EXPECT_TRUE(right.Set(m_tables.links, 3, Entry{5, 0}));
    EXPECT_TRUE(right.Modify(m_tables.links, 3, [](Entry& e) { e.value = 6; }));
    EXPECT_FALSE(right.Set(m_tables.links, 3, Entry{6, 0}));
    EXPECT_EQ(Read().links.Find(3U)->value, 6U);
}

TEST_F(WriteRightTest, TheTablesOfAnotherMemberAreLeftAlone)
{
    Tables other;
    AttachmentRight(other, 8, WriteCause::ROUTING).Set(other.links, 1, Entry{1, 0});
    const Tables before = other;
    EXPECT_FALSE(m_attachment.Set(other.links, 3, Entry{5, 0}));
    EXPECT_FALSE(m_attachment.Erase(other.links, 1));
    EXPECT_FALSE(m_attachment.Modify(other.links, 1, [](Entry& e) { e.value = 2; }));
    EXPECT_FALSE(m_attachment.Clear(other.links));
    EXPECT_FALSE(m_attachment.Set(other.routes, ns3::strata::Route{}));
    EXPECT_EQ(m_attachment.ReplaceAll(other.routes,
                                      RouteOrigin::STATIC,
                                      std::vector<ns3::strata::Route>(1)),
              0U);
    EXPECT_TRUE(other == before);
    EXPECT_TRUE(m_ledger.empty());
}

TEST_F(WriteRightTest, TablesAreValues)
{
    m_attachment.Set(m_tables.links, 3, Entry{5, 0});
    m_location.Set(m_tables.locations, "a", Entry{1, 0});
    const Tables copy = m_tables;
    EXPECT_TRUE(copy == m_tables);
    EXPECT_EQ(HashOf(copy), HashOf(m_tables));
    m_attachment.Modify(m_tables.links, 3, [](Entry& e) { e.value = 6; });
    EXPECT_FALSE(copy == m_tables);
    EXPECT_NE(HashOf(copy), HashOf(m_tables));
    m_tables = copy;
    EXPECT_EQ(HashOf(copy), HashOf(m_tables));
}

TEST_F(WriteRightTest, ATableIsReadInTheOrderOfItsKeys)
{
    for (const char* name : {"c", "a", "b"})
    {
        m_location.Set(m_tables.locations, name, Entry{});
    }
    std::string order;
    for (const auto& [name, entry] : Read().locations)
    {
        order += name;
    }
    EXPECT_EQ(order, "abc");
    EXPECT_EQ(Read().locations.LowerBound("b")->first, "b");
    EXPECT_TRUE(Read().locations.Contains(std::string("c")));
    EXPECT_GE(Read().locations.MemoryBytes(), 3 * (sizeof(Entry) + sizeof(std::string)));
}

TEST(WriteGateTest, EachKindMayWriteItsOwnTablesAlone)
{
    const auto attachment = [](TableKind t) {
        return WriteGate::Check(MobilityKind::ATTACHMENT, t);
    };
    const auto location = [](TableKind t) { return WriteGate::Check(MobilityKind::LOCATION, t); };
    for (const TableKind table : {TableKind::ATTACHMENTS, TableKind::LINKS, TableKind::ROUTES})
    {
        EXPECT_EQ(attachment(table), WriteVerdict::ALLOWED);
        EXPECT_EQ(location(table), WriteVerdict::REFUSED);
    }
    for (const TableKind table : {TableKind::LOCATIONS, TableKind::SESSIONS})
    {
        EXPECT_EQ(attachment(table), WriteVerdict::REFUSED);
        EXPECT_EQ(location(table), WriteVerdict::ALLOWED);
    }
    EXPECT_EQ(attachment(static_cast<TableKind>(5)), WriteVerdict::REFUSED);
    EXPECT_EQ(location(static_cast<TableKind>(5)), WriteVerdict::REFUSED);
}

TEST(WriteAuditorTest, ASeededWriteOutsideOfTheSetIsFound)
{
    const WriteRecord seeded{1, TableKind::ROUTES, WriteCause::LOCATION_MOBILITY, 4};
    const WriteRecord other{1, TableKind::SESSIONS, WriteCause::ATTACHMENT_MOBILITY, 4};
    const WriteLedger good{{1, TableKind::ROUTES, WriteCause::ATTACHMENT_MOBILITY, 4},
                           {1, TableKind::LOCATIONS, WriteCause::REGISTRATION, 4},
                           {1, TableKind::ROUTES, WriteCause::AGEING, 4},
                           {1, TableKind::LOCATIONS, WriteCause::AGEING, 4}};
    WriteAuditor auditor;
    EXPECT_TRUE(auditor.Audit(good));
    EXPECT_FALSE(auditor.Audit({good[0], seeded, good[1], other}));
    EXPECT_TRUE(auditor.Audit(good)) << "each ledger has a verdict of its own";
    EXPECT_EQ(auditor.GetChecked(), 12U);
    EXPECT_TRUE((auditor.GetViolations() == WriteLedger{seeded, other}));
    EXPECT_EQ(FormatWrite(seeded, NameScheme::FLAT),
              "member 1 wrote routes because of location-mobility");
}

TEST(WriteAuditorTest, ARightThatClaimsAForeignCauseIsFound)
{
    Tables tables;
    WriteLedger ledger;
    AttachmentRight(tables, 1, WriteCause::LOCATION_MOBILITY, &ledger)
        .Set(tables.links, 1, Entry{});
    WriteAuditor auditor;
    EXPECT_FALSE(auditor.Audit(ledger));
}

TEST(WriteAuditorTest, NumbersOutsideOfTheEnumsAreRefused)
{
    EXPECT_EQ(WriteGate::Check({1, TableKind::LINKS, static_cast<WriteCause>(8), 0}),
              WriteVerdict::REFUSED);
    EXPECT_EQ(WriteGate::Check({1, static_cast<TableKind>(5), WriteCause::AGEING, 0}),
              WriteVerdict::REFUSED);
    EXPECT_STREQ(WriteCauseName(static_cast<WriteCause>(8)), "unknown");
    EXPECT_STREQ(TableKindName(static_cast<TableKind>(5)), "unknown");
    EXPECT_STREQ(MobilityKindName(MobilityKind::LOCATION), "location");
}

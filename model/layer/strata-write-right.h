// SPDX-License-Identifier: GPL-2.0-only

#ifndef STRATA_WRITE_RIGHT_H
#define STRATA_WRITE_RIGHT_H

#include "ns3/strata-member-name.h"
#include "ns3/strata-tied.h"
#include "ns3/strata-time.h"

#include <string>
#include <tuple>
#include <type_traits>
#include <utility>
#include <vector>

namespace ns3
{
namespace strata
{

/**
 * \file
 * Who may write what. Attachment mobility writes attachments, links and routes; location mobility
 * writes locations and sessions (Zave and Rexford, "The Design Space of Network Mobility", 2013).
 * A guarded table offers its changes to a right of its own kind alone, so that a write outside
 * the set does not compile. What comes from elsewhere (a record of a run) is audited.
 */

/** The two kinds of mobility. */
enum class MobilityKind : uint8_t
{
    ATTACHMENT,
    LOCATION,
};

/** The tables of a member that mobility may write. */
enum class TableKind : uint8_t
{
    ATTACHMENTS,
    LINKS,
    ROUTES,
    LOCATIONS,
    SESSIONS,
};

/** Why a table changes. */
enum class WriteCause : uint8_t
{
    ENROLLMENT,          //!< a member joins or leaves
    LINK_CHANGE,         //!< a port or a neighbour comes or goes
    ROUTING,             //!< routes follow the links
    ATTACHMENT_MOBILITY, //!< a member changes its attachment
    REGISTRATION,        //!< a process begins or ends its location at a member
    SESSION_USE,         //!< a session opens, is used or ends
    LOCATION_MOBILITY,   //!< a process changes its location
    AGEING,              //!< an entry was not refreshed in time
};

/** The kind whose write set holds \p table. */
constexpr MobilityKind
OwnerOf(TableKind table)
{
    return table == TableKind::LOCATIONS || table == TableKind::SESSIONS ? MobilityKind::LOCATION
                                                                         : MobilityKind::ATTACHMENT;
}

/** One change of a guarded table. */
struct WriteRecord
{
    MemberName member{NO_NAME}; //!< whose table
    TableKind table{TableKind::ATTACHMENTS};
    WriteCause cause{WriteCause::ENROLLMENT};
    uint64_t key{0}; //!< \see WriteKey

    auto Tie() const
    {
        return std::tie(member, table, cause, key);
    }

    friend bool operator<(const WriteRecord& a, const WriteRecord& b)
    {
        return a.Tie() < b.Tie();
    }
};

/** Changes in the order in which they happened. */
using WriteLedger = std::vector<WriteRecord>;

/** A table's key in a record: a number as it is, a route's by its first name, the rest hashed. */
template <class Key>
uint64_t
WriteKey(const Key& key)
{
    if constexpr (std::is_integral_v<Key> || std::is_enum_v<Key>)
    {
        return static_cast<uint64_t>(key);
    }
    else
    {
        return HashOf(key);
    }
}

/**
 * The right of one mobility kind to change the tables of one member, for one cause. It is built
 * from the object that holds the tables, so only the owner of that object can hand one out; who
 * holds a right reads the tables as const and names them in each write.
 *
 * A table outside the write set has no matching function here. A table that is not part of the
 * owner's object is left alone, and the call says false. A write that changes nothing is not
 * recorded; without a ledger nothing is.
 */
template <MobilityKind Kind>
class WriteRight
{
    template <class Table>
    using Within = std::enable_if_t<OwnerOf(Table::TABLE) == Kind, bool>;

  public:
    static constexpr MobilityKind KIND = Kind;

    /**
     * \p tables is the object that holds the tables, not const: who may only read can't hand out a
     * right. It and \p ledger outlive the right.
     */
    template <class Tables, class = std::enable_if_t<!std::is_const_v<Tables>>>
    WriteRight(Tables& tables, MemberName member, WriteCause cause, WriteLedger* ledger = nullptr)
        : m_begin(reinterpret_cast<uintptr_t>(&tables)),
          m_end(m_begin + sizeof(Tables)),
          m_member(member),
          m_cause(cause),
          m_ledger(ledger)
    {
    }

    MemberName GetMember() const
    {
        return m_member;
    }

    WriteCause GetCause() const
    {
        return m_cause;
    }

    /** The same right for another cause. */
    WriteRight For(WriteCause cause) const
    {
        WriteRight other(*this);
        other.m_cause = cause;
        return other;
    }

    /** Sets the value of \p key; true if that changed the table. */
    template <class Table>
    Within<Table> Set(const Table& table,
                      const typename Table::KeyType& key,
                      typename Table::ValueType value) const
    {
        return Owns(table) && Record(table, key, Open(table).Put(key, std::move(value)));
    }

    /** Sets a route; it replaces the one of the same block and origin. */
    template <class Table>
    Within<Table> Set(const Table& table, const typename Table::ValueType& value) const
    {
        return Owns(table) && Record(table, value.Key(), Open(table).Put(value.Key(), value));
    }

    /** Removes \p key; true if it was there. */
    template <class Table>
    Within<Table> Erase(const Table& table, const typename Table::KeyType& key) const
    {
        return Owns(table) && Record(table, key, Open(table).Remove(key));
    }

    /**
     * Calls \p change(value) on the value of \p key; true if that changed the table.
     *
     * \p change may return a bool that says whether it changed the value. One that returns
     * nothing costs a copy of the value, which is compared.
     */
    template <class Table, class Change>
    Within<Table> Modify(const Table& table,
                         const typename Table::KeyType& key,
                         Change change) const
    {
        auto* value = Owns(table) ? Open(table).At(key) : nullptr;
        if (!value)
        {
            return false;
        }
        if constexpr (std::is_same_v<decltype(change(*value)), bool>)
        {
            return Record(table, key, change(*value));
        }
        else
        {
            const auto before = *value;
            change(*value);
            return Record(table, key, !(before == *value));
        }
    }

    /** Removes every entry; true if there was one. */
    template <class Table>
    Within<Table> Clear(const Table& table) const
    {
        return Owns(table) && EraseIf(table, [](const auto&, const auto&) { return true; }) > 0;
    }

    /** Removes the entries for which \p gone(key, value) holds; returns how many. */
    template <class Table, class Gone>
    std::enable_if_t<OwnerOf(Table::TABLE) == Kind, std::size_t> EraseIf(const Table& table,
                                                                         Gone gone) const
    {
        std::size_t count = 0;
        if (Owns(table))
        {
            Open(table).RemoveIf(gone, [&](const auto& key) {
                ++count;
                Record(table, key, true);
            });
        }
        return count;
    }

    /**
     * Makes \p routes all the routes of one origin, with as few changes as that takes; returns
     * the number of changes. \see RouteTable
     */
    template <class Table, class Origin, class Routes>
    std::enable_if_t<OwnerOf(Table::TABLE) == Kind, std::size_t> ReplaceAll(const Table& table,
                                                                            Origin origin,
                                                                            Routes routes) const
    {
        std::size_t count = 0;
        if (Owns(table))
        {
            Open(table).ReplaceAll(origin, std::move(routes), [&](const auto& key) {
                ++count;
                Record(table, key, true);
            });
        }
        return count;
    }

    /** Removes the routes whose time is over at \p now; returns how many. \see RouteTable */
    template <class Table>
    std::enable_if_t<OwnerOf(Table::TABLE) == Kind, std::size_t> ExpireBefore(const Table& table,
                                                                              Nanos now) const
    {
        return EraseIf(table,
                       [now](const auto&, const auto& value) { return value.expires <= now; });
    }

  private:
    template <class Table>
    bool Owns(const Table& table) const
    {
        const auto address = reinterpret_cast<uintptr_t>(&table);
        return address >= m_begin && address + sizeof(Table) <= m_end;
    }

    /** The table lies in the object from which the right was built, and that is not const. */
    template <class Table>
    static Table& Open(const Table& table)
    {
        return const_cast<Table&>(table);
    }

    template <class Table, class Key>
    bool Record(const Table&, const Key& key, bool changed) const
    {
        if (changed && m_ledger)
        {
            m_ledger->push_back({m_member, Table::TABLE, m_cause, WriteKey(key)});
        }
        return changed;
    }

    uintptr_t m_begin;
    uintptr_t m_end;
    MemberName m_member;
    WriteCause m_cause;
    WriteLedger* m_ledger;
};

/** Writes attachments, links and routes. */
using AttachmentRight = WriteRight<MobilityKind::ATTACHMENT>;

/** Writes locations and sessions. */
using LocationRight = WriteRight<MobilityKind::LOCATION>;

} // namespace strata
} // namespace ns3

#endif /* STRATA_WRITE_RIGHT_H */

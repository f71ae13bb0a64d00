// SPDX-License-Identifier: GPL-2.0-only

#ifndef STRATA_DROP_REASON_H
#define STRATA_DROP_REASON_H

#include <cstdint>
#include <ostream>
#include <string_view>
#include <vector>

namespace ns3
{
namespace strata
{

/**
 * Why a packet was dropped: a name of the form `room.reason`.
 *
 * A room declares its reasons as constants beside the code that drops, `inline constexpr
 * DropReason MTU_EXCEEDED{"link.mtu-exceeded"};`; nothing registers them. Two reasons are equal
 * when their names are. The name must live as long as the program, as a literal does.
 */
class DropReason
{
  public:
    constexpr explicit DropReason(std::string_view name)
        : m_name(name)
    {
    }

    constexpr std::string_view Name() const
    {
        return m_name;
    }

    friend constexpr bool operator==(DropReason a, DropReason b)
    {
        return a.m_name == b.m_name;
    }

    friend constexpr bool operator!=(DropReason a, DropReason b)
    {
        return !(a == b);
    }

  private:
    std::string_view m_name;
};

inline std::ostream&
operator<<(std::ostream& os, DropReason reason)
{
    return os << reason.Name();
}

/** Packets and bytes dropped, by reason, in the order in which the reasons first came. */
class DropCounters
{
  public:
    struct Entry
    {
        DropReason reason;
        uint64_t packets;
        uint64_t bytes;
    };

    void Count(DropReason reason, uint64_t bytes)
    {
        for (Entry& entry : m_entries)
        {
            if (entry.reason == reason)
            {
                ++entry.packets;
                entry.bytes += bytes;
                return;
            }
        }
        m_entries.push_back({reason, 1, bytes});
    }

    /** Packets dropped for \p reason. */
    uint64_t Packets(DropReason reason) const
    {
        for (const Entry& entry : m_entries)
        {
            if (entry.reason == reason)
            {
                return entry.packets;
            }
        }
        return 0;
    }

    /** Packets dropped for any reason. */
    uint64_t Packets() const
    {
        uint64_t sum = 0;
        for (const Entry& entry : m_entries)
        {
            sum += entry.packets;
        }
        return sum;
    }

    const std::vector<Entry>& Entries() const
    {
        return m_entries;
    }

    /** One line for each reason: name, packets, bytes. */
    void Print(std::ostream& os) const
    {
        for (const Entry& entry : m_entries)
        {
            os << entry.reason << ' ' << entry.packets << " packets " << entry.bytes << " bytes\n";
        }
    }

  private:
    std::vector<Entry> m_entries;
};

} // namespace strata
} // namespace ns3

#endif /* STRATA_DROP_REASON_H */

// SPDX-License-Identifier: GPL-2.0-only

#include "ns3/strata-dhcp-lease-table.h"

#include <algorithm>
#include <gtest/gtest.h>
#include <map>
#include <set>

namespace ns3
{
namespace strata
{
namespace
{

using std::chrono::seconds;

/** The rules of the table in the words of its header, by looking at everything each time. */
class NaiveLeases
{
  public:
    struct Entry
    {
        DhcpBindingState state{DhcpBindingState::FREE};
        Nanos expires{NEVER};
        uint64_t freed{0};
        bool told{false}; //!< its end was told
    };

    NaiveLeases(uint32_t first, uint32_t last)
        : m_first(first),
          m_last(last)
    {
    }

    void Set(uint32_t address, DhcpBindingState state, Nanos expires)
    {
        Entry& entry = m_entries[address];
        entry.state = state;
        entry.expires = state == DhcpBindingState::FREE ? NEVER : expires;
        entry.told = false;
        entry.freed = state == DhcpBindingState::FREE ? ++m_turn : 0;
    }

    std::optional<uint32_t> Choose() const
    {
        std::optional<uint32_t> best;
        uint64_t oldest = 0;
        for (uint32_t address = m_first; address <= m_last; ++address)
        {
            if (excluded.count(address) != 0)
            {
                continue;
            }
            const auto known = m_entries.find(address);
            if (known == m_entries.end())
            {
                return address;
            }
            if (known->second.state == DhcpBindingState::FREE &&
                (!best || known->second.freed < oldest))
            {
                best = address;
                oldest = known->second.freed;
            }
        }
        return best;
    }

    Nanos First() const
    {
        Nanos first = NEVER;
        for (const auto& [address, entry] : m_entries)
        {
            first = entry.told ? first : std::min(first, entry.expires);
        }
        return first;
    }

    std::vector<uint32_t> TakeDue(Nanos now)
    {
        std::vector<std::pair<Nanos, uint32_t>> due;
        for (auto& [address, entry] : m_entries)
        {
            if (entry.expires <= now && !entry.told)
            {
                entry.told = true;
                due.emplace_back(entry.expires, address);
            }
        }
        std::sort(due.begin(), due.end());
        std::vector<uint32_t> addresses;
        for (const auto& [time, address] : due)
        {
            addresses.push_back(address);
        }
        return addresses;
    }

    std::size_t Taken() const
    {
        return std::count_if(m_entries.begin(), m_entries.end(), [](const auto& entry) {
            return entry.second.state != DhcpBindingState::FREE;
        });
    }

    bool Knows(uint32_t address) const
    {
        return m_entries.count(address) != 0;
    }

    std::set<uint32_t> excluded;

  private:
    uint32_t m_first;
    uint32_t m_last;
    std::map<uint32_t, Entry> m_entries;
    uint64_t m_turn{0};
};

/** What is due, what is free and in which order, whatever was done before. */
TEST(DhcpLeaseTable, KeepsTheOrderOfWhatIsDueAndOfWhatIsFree)
{
    constexpr uint32_t first = 0x0a000001;
    constexpr uint32_t last = first + 11;
    for (uint64_t seed = 1; seed <= 20; ++seed)
    {
        DhcpLeaseTable table;
        table.AddRange(0, first, last, true);
        NaiveLeases naive(first, last);
        uint64_t state = seed;
        const auto draw = [&state](uint64_t below) {
            state = state * 6364136223846793005ULL + 1442695040888963407ULL;
            return (state >> 33) % below;
        };
        Nanos now{0};
        for (int step = 0; step < 3000; ++step)
        {
            const auto any = static_cast<uint32_t>(first + draw(12));
            // Few different ends, so that some come together and some come back.
            const Nanos end = now + seconds(1 + 5 * draw(4));
            switch (draw(8))
            {
            case 0:
            case 1:
                if (const auto chosen = table.Choose(0, true))
                {
                    const std::string name(1, static_cast<char>(*chosen));
                    table.Assign(*chosen, 0, name, {}, "", DhcpBindingState::OFFERED, end);
                    naive.Set(*chosen, DhcpBindingState::OFFERED, end);
                }
                break;
            case 2:
            case 3:
                if (naive.Knows(any))
                {
                    table.SetState(any, DhcpBindingState::BOUND, end);
                    naive.Set(any, DhcpBindingState::BOUND, end);
                }
                break;
            case 4:
                if (naive.Knows(any))
                {
                    table.SetState(any, DhcpBindingState::FREE);
                    naive.Set(any, DhcpBindingState::FREE, NEVER);
                }
                break;
            case 5:
                if (naive.Knows(any))
                {
                    table.Abandon(any, end);
                    naive.Set(any, DhcpBindingState::ABANDONED, end);
                }
                break;
            case 6:
                if (draw(200) == 0)
                {
                    table.Exclude(any);
                    naive.excluded.insert(any);
                }
                break;
            default:
                now += seconds(draw(6));
                const std::vector<uint32_t> due = table.TakeDue(now);
                ASSERT_EQ(due, naive.TakeDue(now));
                for (const uint32_t address : due)
                {
                    table.SetState(address, DhcpBindingState::FREE);
                    naive.Set(address, DhcpBindingState::FREE, NEVER);
                }
                break;
            }
            ASSERT_EQ(table.NextDeadline(), naive.First());
            ASSERT_EQ(table.Choose(0, true), naive.Choose());
            ASSERT_EQ(table.CountTaken(0, true), naive.Taken());
        }
    }
}

/** An address that goes from one subnet's to another's account leaves the first one's. */
TEST(DhcpLeaseTable, AnAddressIsCountedInOneSubnet)
{
    DhcpLeaseTable table;
    table.AddRange(1, 10, 19, true);
    table.Assign(10, 1, "a", {}, "", DhcpBindingState::BOUND, seconds(9));
    table.Assign(11, 1, "b", {}, "", DhcpBindingState::FREE, NEVER);
    EXPECT_EQ(table.CountTaken(1, true), 1u);
    for (const uint32_t address : {10U, 11U})
    {
        table.Assign(address, 2, "c", {}, "", DhcpBindingState::BOUND, seconds(9));
    }
    EXPECT_EQ(table.CountTaken(1, true), 0u);
    for (uint32_t address = 12; address < 20; ++address)
    {
        EXPECT_EQ(table.Choose(1, true), address);
        table.Assign(address, 1, std::to_string(address), {}, "", DhcpBindingState::BOUND, NEVER);
    }
    EXPECT_FALSE(table.Choose(1, true));
}

} // namespace
} // namespace strata
} // namespace ns3

// SPDX-License-Identifier: GPL-2.0-only

#ifndef STRATA_NAIVE_REASSEMBLY_H
#define STRATA_NAIVE_REASSEMBLY_H

#include "ns3/strata-reassembly-table.h"

#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace ns3
{
namespace strata
{

/** What becomes of one fragment. */
struct NaiveOutcome
{
    enum Kind
    {
        HELD,
        REFUSED,
        GIVEN_UP,
        WHOLE,
    };

    Kind kind{HELD};
    ReassemblyDropReason reason{ReassemblyDropReason::EMPTY};
    Bytes payload;
    Bytes header;
};

/** Reassembly byte by byte, with no thought of memory or time. */
class NaiveReassembly
{
  public:
    explicit NaiveReassembly(OverlapPolicy policy)
        : m_policy(policy)
    {
    }

    void Forget(const ReassemblyKey& key)
    {
        m_datagrams.erase(key);
    }

    NaiveOutcome Add(const ReassemblyFragment& fragment)
    {
        using Reason = ReassemblyDropReason;
        const std::size_t size = fragment.payload.size();
        const std::size_t end = fragment.offset + size;
        if (fragment.offset == 0 && !fragment.moreFragments)
        {
            return Whole(fragment.payload.ToBytes(), fragment.header.ToBytes());
        }
        if (size == 0)
        {
            return {NaiveOutcome::REFUSED, Reason::EMPTY, {}, {}};
        }
        if (fragment.moreFragments && size % 8 != 0)
        {
            return {NaiveOutcome::REFUSED, Reason::RAGGED, {}, {}};
        }
        if (end + 20 > 65535)
        {
            return {NaiveOutcome::REFUSED, Reason::TOO_LONG, {}, {}};
        }
        Datagram& datagram = m_datagrams[fragment.key];
        if (datagram.dead)
        {
            return {NaiveOutcome::REFUSED, Reason::LATE, {}, {}};
        }
        const bool strict = m_policy == OverlapPolicy::DROP_DATAGRAM;
        for (const auto& [otherEnd, otherMore] : datagram.ends)
        {
            // two ends differ, or something follows what was the end
            const bool contradiction = fragment.moreFragments
                                           ? !otherMore && end >= otherEnd
                                           : (otherMore ? end <= otherEnd : end != otherEnd);
            if (contradiction)
            {
                datagram.dead = strict;
                return {strict ? NaiveOutcome::GIVEN_UP : NaiveOutcome::REFUSED,
                        Reason::CONFLICTING_END,
                        {},
                        {}};
            }
        }
        std::size_t known = 0;
        std::size_t equal = 0;
        for (std::size_t i = 0; i < size; ++i)
        {
            const auto byte = datagram.bytes.find(fragment.offset + i);
            known += byte != datagram.bytes.end();
            equal += byte != datagram.bytes.end() && byte->second == fragment.payload[i];
        }
        if (equal == size)
        {
            return {NaiveOutcome::REFUSED, Reason::DUPLICATE, {}, {}};
        }
        if (strict && known > 0)
        {
            datagram.dead = true;
            return {NaiveOutcome::GIVEN_UP, Reason::OVERLAP, {}, {}};
        }
        if (m_policy == OverlapPolicy::FIRST_WINS && known == size)
        {
            return {NaiveOutcome::REFUSED, Reason::OVERLAP, {}, {}};
        }
        for (std::size_t i = 0; i < size; ++i)
        {
            if (m_policy == OverlapPolicy::LAST_WINS ||
                datagram.bytes.count(fragment.offset + i) == 0)
            {
                datagram.bytes[fragment.offset + i] = fragment.payload[i];
            }
        }
        datagram.ends.emplace_back(end, fragment.moreFragments);
        datagram.sawCe = datagram.sawCe || fragment.ecn == 3;
        datagram.sawNotEct = datagram.sawNotEct || fragment.ecn == 0;
        if (fragment.offset == 0 &&
            (m_policy == OverlapPolicy::LAST_WINS || datagram.header.empty()))
        {
            datagram.header = fragment.header.ToBytes();
        }
        const std::size_t farthest = datagram.bytes.rbegin()->first + 1;
        if (datagram.header.size() + farthest > 65535)
        {
            datagram.dead = true;
            return {NaiveOutcome::GIVEN_UP, Reason::TOO_LONG, {}, {}};
        }
        bool sawEnd = false;
        for (const auto& [otherEnd, otherMore] : datagram.ends)
        {
            sawEnd = sawEnd || !otherMore;
        }
        if (!sawEnd || datagram.bytes.size() != farthest)
        {
            return {};
        }
        if (datagram.sawCe && datagram.sawNotEct)
        {
            datagram.dead = true;
            return {NaiveOutcome::GIVEN_UP, Reason::MIXED_ECN, {}, {}};
        }
        Bytes payload;
        for (const auto& [offset, byte] : datagram.bytes)
        {
            payload.push_back(byte);
        }
        NaiveOutcome whole = Whole(std::move(payload), datagram.header);
        m_datagrams.erase(fragment.key);
        return whole;
    }

  private:
    struct Datagram
    {
        std::map<std::size_t, uint8_t> bytes;
        std::vector<std::pair<std::size_t, bool>> ends; //!< of each fragment, with its bit
        Bytes header;
        bool dead{false};
        bool sawCe{false};
        bool sawNotEct{false};
    };

    static NaiveOutcome Whole(Bytes payload, Bytes header)
    {
        return {NaiveOutcome::WHOLE,
                ReassemblyDropReason::EMPTY,
                std::move(payload),
                std::move(header)};
    }

    OverlapPolicy m_policy;
    std::map<ReassemblyKey, Datagram> m_datagrams;
};

/**
 * A table beside the naive model. Step says what is wrong, nothing while all is right.
 * Precondition: the table's limit of fragments is out of reach.
 */
class CheckedReassembly
{
  public:
    explicit CheckedReassembly(const ReassemblyTable::Config& config)
        : m_table(config),
          m_naive(config.overlap)
    {
    }

    const ReassemblyTable& Table() const
    {
        return m_table;
    }

    std::optional<std::string> Step(const ReassemblyFragment& fragment, Nanos now)
    {
        auto effects = m_table.Add(fragment, now);
        ++m_in;
        bool refusedForMemory = false;
        std::optional<NaiveOutcome> seen;
        for (const ReassemblyEffect& effect : effects)
        {
            if (const auto* timeout = std::get_if<ReassemblyTimeout>(&effect))
            {
                m_out += timeout->fragments;
                continue;
            }
            if (const auto* whole = std::get_if<ReassembledDatagram>(&effect))
            {
                m_out += whole->fragments;
                seen = NaiveOutcome{NaiveOutcome::WHOLE, {}, whole->payload, whole->header};
                continue;
            }
            const auto& drop = std::get<ReassemblyDrop>(effect);
            m_out += drop.fragments;
            if (drop.reason != ReassemblyDropReason::NO_MEMORY)
            {
                seen = NaiveOutcome{NaiveOutcome::REFUSED, drop.reason, {}, {}};
            }
            refusedForMemory = drop.reason == ReassemblyDropReason::NO_MEMORY;
            refusedForMemory = refusedForMemory && drop.key == fragment.key;
        }
        for (auto known = m_deadlines.begin(); known != m_deadlines.end();)
        {
            // time is over, or another one needed the room
            const bool gone = known->second <= now ||
                              (!m_table.Knows(known->first) && known->first != fragment.key);
            if (gone)
            {
                m_naive.Forget(known->first);
            }
            known = gone ? m_deadlines.erase(known) : std::next(known);
        }
        if (m_table.MemoryBytes() > m_table.GetConfig().highMemory)
        {
            return "the memory limit is exceeded";
        }
        if (m_table.size() == 0 && m_table.MemoryBytes() != 0)
        {
            return "an empty table holds memory";
        }
        if (refusedForMemory)
        {
            return std::nullopt;
        }
        const NaiveOutcome expected = m_naive.Add(fragment);
        if (expected.kind == NaiveOutcome::HELD || expected.kind == NaiveOutcome::GIVEN_UP)
        {
            m_deadlines.emplace(fragment.key, now + m_table.GetConfig().timeout);
        }
        if (expected.kind == NaiveOutcome::WHOLE && fragment.moreFragments + fragment.offset != 0)
        {
            m_deadlines.erase(fragment.key);
        }
        const bool shows = expected.kind != NaiveOutcome::HELD;
        if (shows != seen.has_value())
        {
            return shows ? "the model lets something happen, the table nothing"
                         : "the table lets something happen, the model nothing";
        }
        if (shows &&
            ((expected.kind == NaiveOutcome::WHOLE) != (seen->kind == NaiveOutcome::WHOLE) ||
             expected.reason != seen->reason))
        {
            return std::string("another outcome: ") + ReassemblyDropName(expected.reason) +
                   " expected, " + ReassemblyDropName(seen->reason) + " seen";
        }
        if (shows && (expected.payload != seen->payload || expected.header != seen->header))
        {
            return "another datagram than the model's";
        }
        return std::nullopt;
    }

    /** Ends all; every fragment must have come out once by then. */
    std::optional<std::string> Finish()
    {
        for (const ReassemblyEffect& effect : m_table.Advance(NEVER))
        {
            if (const auto* timeout = std::get_if<ReassemblyTimeout>(&effect))
            {
                m_out += timeout->fragments;
            }
        }
        if (m_table.size() != 0 || m_table.MemoryBytes() != 0 || m_table.NextDeadline() != NEVER)
        {
            return "something is left behind the last deadline";
        }
        if (m_in != m_out)
        {
            return "fragments came out more or less often than once";
        }
        return std::nullopt;
    }

  private:
    ReassemblyTable m_table;
    NaiveReassembly m_naive;
    std::map<ReassemblyKey, Nanos> m_deadlines;
    uint64_t m_in{0};
    uint64_t m_out{0};
};

} // namespace strata
} // namespace ns3

#endif /* STRATA_NAIVE_REASSEMBLY_H */

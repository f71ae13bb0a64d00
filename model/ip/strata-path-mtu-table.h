// SPDX-License-Identifier: GPL-2.0-only

#ifndef STRATA_PATH_MTU_TABLE_H
#define STRATA_PATH_MTU_TABLE_H

#include "ns3/strata-tied.h"
#include "ns3/strata-time.h"

#include <cstdint>
#include <map>
#include <set>
#include <utility>
#include <vector>

namespace ns3
{
namespace strata
{

/** The largest plateau below \p size (RFC 1191 section 7.1); 68 from there down. */
uint32_t PlateauBelow(uint32_t size);

/** The smallest plateau above \p size; 65,535 from there up. */
uint32_t PlateauAbove(uint32_t size);

/** What a host may send to a destination. */
struct PathMtu
{
    uint32_t mtu{0};         //!< bytes, header included
    bool dontFragment{true}; //!< false: the path is narrower than the floor, routers must fragment

    auto Tie() const
    {
        return std::tie(mtu, dontFragment);
    }
};

/** An ICMP 3/4 about a datagram of this host. Sizes in bytes. */
struct PathMtuReport
{
    uint32_t destination{0};       //!< of the quoted datagram
    uint32_t nextHopMtu{0};        //!< 0: from a router that doesn't know RFC 1191
    uint32_t quotedTotalLength{0}; //!< as the quoted header says
    uint32_t quotedHeaderSize{20};
    uint32_t firstHopMtu{0};        //!< of the interface that leads to the destination
    bool quotesSomethingSent{true}; //!< the caller finds in the quote what it has sent (RFC 5927)
};

/** What became of a report. */
enum class PathMtuVerdict : uint8_t
{
    LOWERED,     //!< a smaller estimate is in force
    NOT_SENT,    //!< refused: it quotes nothing that this host sent
    IMPLAUSIBLE, //!< refused: the quoted datagram fits through the MTU that it reports
    NOT_LOWER,   //!< of no effect: the estimate is no larger (RFC 1191 section 3: never raised)
};

const char* PathMtuVerdictName(PathMtuVerdict verdict);

/** The estimate for a destination has changed. */
struct PathMtuChange
{
    uint32_t destination{0};
    PathMtu now;

    auto Tie() const
    {
        return std::tie(destination, now);
    }
};

/**
 * What a host knows of path MTUs, one estimate a destination (RFC 1191). A value.
 *
 * Only destinations whose path is narrower than the first hop are kept. Time raises estimates
 * again, for a path may have changed: some minutes after the last report the estimate goes one
 * plateau up, or back to the first hop's MTU at once, and if no report answers it, further up.
 */
class PathMtuTable
{
  public:
    /** What time does to an estimate. */
    enum class Raise : uint8_t
    {
        BY_PLATEAU,   //!< RFC 1191 section 7.1
        TO_FIRST_HOP, //!< RFC 1191 section 6.3
        NOT_AT_ALL,
    };

    struct Config
    {
        /** No estimate is smaller: 68 by RFC 1191 section 3; Linux has 552 against forged reports.
         */
        uint32_t floor{68};
        Nanos afterReport{std::chrono::minutes(10)}; //!< RFC 1191 section 3: not under 5 min
        Nanos afterRaise{std::chrono::minutes(2)};   //!< RFC 1191 section 3: not under 1 min
        Raise raise{Raise::BY_PLATEAU};
        std::size_t maxEntries{4096}; //!< those due first make room

        auto Tie() const
        {
            return std::tie(floor, afterReport, afterRaise, raise, maxEntries);
        }
    };

    PathMtuTable()
        : PathMtuTable(Config{})
    {
    }

    explicit PathMtuTable(const Config& config)
        : m_config(config)
    {
    }

    const Config& GetConfig() const
    {
        return m_config;
    }

    /** The estimate for \p destination, never above \p firstHopMtu. */
    PathMtu Find(uint32_t destination, uint32_t firstHopMtu) const;

    /** Judges a report and acts on it; \p now never goes back. */
    PathMtuVerdict Report(const PathMtuReport& report, Nanos now);

    /**
     * Takes an estimate from a source that is trusted, as the destination itself that says how much
     * of a truncated datagram came; it may be larger than before.
     */
    void Learn(uint32_t destination, uint32_t mtu, uint32_t firstHopMtu, Nanos now);

    /** Forgets what is known of \p destination. */
    void Forget(uint32_t destination);

    /** Raises the estimates that are old enough at \p now. */
    std::vector<PathMtuChange> Advance(Nanos now);

    /** When Advance has something to do next. */
    Nanos NextDeadline() const
    {
        return m_byTime.empty() ? NEVER : m_byTime.begin()->first;
    }

    std::size_t size() const
    {
        return m_entries.size();
    }

    auto Tie() const
    {
        return std::tie(m_config, m_entries);
    }

  private:
    struct Entry
    {
        PathMtu estimate;
        uint32_t firstHopMtu{0};
        Nanos deadline{NEVER};

        auto Tie() const
        {
            return std::tie(estimate, firstHopMtu, deadline);
        }
    };

    void Store(uint32_t destination, uint32_t mtu, uint32_t firstHopMtu, Nanos deadline);

    Config m_config;
    std::map<uint32_t, Entry> m_entries;
    std::set<std::pair<Nanos, uint32_t>> m_byTime; //!< one for each entry
};

} // namespace strata
} // namespace ns3

#endif /* STRATA_PATH_MTU_TABLE_H */

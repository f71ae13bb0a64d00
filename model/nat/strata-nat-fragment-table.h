// SPDX-License-Identifier: GPL-2.0-only

#ifndef STRATA_NAT_FRAGMENT_TABLE_H
#define STRATA_NAT_FRAGMENT_TABLE_H

#include "ns3/strata-tied.h"
#include "ns3/strata-time.h"

#include <cstdint>
#include <map>
#include <optional>
#include <vector>

namespace ns3
{
namespace strata
{

/** Which fragments belong together, as they come in. */
struct NatFragmentKey
{
    uint32_t source{0};
    uint32_t destination{0};
    uint16_t identification{0};
    uint8_t protocol{0};
    uint8_t way{0}; //!< keeps directions apart

    auto Tie() const
    {
        return std::tie(source, destination, identification, protocol, way);
    }

    friend bool operator<(const NatFragmentKey& a, const NatFragmentKey& b)
    {
        return a.Tie() < b.Tie();
    }
};

/** What became of a datagram's first fragment, and so becomes of the others. */
struct NatFragmentFate
{
    uint8_t drop{0};         //!< a reason; 0: they go on
    uint32_t source{0};      //!< the new address; 0: as it is
    uint32_t destination{0}; //!< likewise
    uint16_t identification{0};
    uint32_t hairpinSource{0}; //!< the source that they get when they leave

    auto Tie() const
    {
        return std::tie(drop, source, destination, identification, hairpinSource);
    }
};

/**
 * Fragments without ports (RFC 4787 section 11, REQ-14): what their first fragment's ports decided,
 * and which of them wait for it. The packets that wait are kept by the caller under a ticket. What
 * waits never takes room from what is decided; in both, the oldest makes room (REQ-14a). A value.
 */
class NatFragmentTable
{
  public:
    struct Config
    {
        Nanos timeout{std::chrono::seconds(30)};
        Nanos hold{std::chrono::seconds(2)};
        std::size_t maxKnown{4096};
        std::size_t maxHeld{256}; //!< fragments, of all datagrams
    };

    NatFragmentTable()
        : NatFragmentTable(Config{})
    {
    }

    explicit NatFragmentTable(const Config& config)
        : m_config(config)
    {
    }

    void SetConfig(const Config& config)
    {
        m_config = config;
    }

    /** What was decided; null if nothing was, or too long ago. */
    const NatFragmentFate* Find(const NatFragmentKey& key, Nanos now) const;

    /** \return the ticket of those that waited for it */
    std::optional<uint32_t> Learn(const NatFragmentKey& key,
                                  const NatFragmentFate& fate,
                                  Nanos now);

    /**
     * Takes note of a fragment that waits.
     *
     * \param [out] dropped tickets whose fragments make room
     * \return the ticket of its datagram; none if there is no room at all
     */
    std::optional<uint32_t> Hold(const NatFragmentKey& key,
                                 Nanos now,
                                 std::vector<uint32_t>& dropped);

    /** Forgets what was decided for datagrams to or from \p address, as they came or went on. */
    void ForgetAddress(uint32_t address);

    /** Tickets whose time is over. */
    std::vector<uint32_t> Advance(Nanos now);

    Nanos NextDeadline() const;

    /** All tickets, which are void from now on. */
    std::vector<uint32_t> Clear();

    std::size_t CountHeld() const
    {
        return m_held;
    }

    std::size_t CountKnown() const
    {
        return m_known.size();
    }

  private:
    struct Known
    {
        NatFragmentFate fate;
        Nanos deadline{0};
        uint64_t age{0};
    };

    struct Waiting
    {
        uint32_t ticket{0};
        std::size_t fragments{0};
        Nanos deadline{0};
        uint64_t age{0};
    };

    uint32_t Forget(std::map<NatFragmentKey, Waiting>::iterator which);

    Config m_config;
    std::map<NatFragmentKey, Known> m_known;
    std::map<NatFragmentKey, Waiting> m_waiting;
    std::map<uint64_t, NatFragmentKey> m_knownByAge;
    std::map<uint64_t, NatFragmentKey> m_waitingByAge;
    std::size_t m_held{0};
    uint64_t m_nextAge{0};
    uint32_t m_nextTicket{0};
};

} // namespace strata
} // namespace ns3

#endif /* STRATA_NAT_FRAGMENT_TABLE_H */

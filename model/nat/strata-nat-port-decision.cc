// SPDX-License-Identifier: GPL-2.0-only

#include "strata-nat-port-decision.h"

#include <algorithm>

namespace ns3
{
namespace strata
{

namespace
{

constexpr uint16_t WELL_KNOWN = 1024;
constexpr uint16_t LAST = 65535;

/** One choice. */
class Search
{
  public:
    Search(const NatConfig& config,
           const NatPortWish& wish,
           const NatPortTable& free,
           NatPortChooser& chooser,
           uint16_t& cursor)
        : m_allocation(config.allocation),
          m_wish(wish),
          m_free(free),
          m_chooser(chooser),
          m_cursor(cursor)
    {
    }

    bool IsFine(uint16_t port) const
    {
        return m_free.IsFree(port) && m_chooser.IsFree(port) &&
               !(m_wish.ports && m_chooser.IsOwn(port));
    }

    /** The first fine port of a range, from where allocation has it begin. */
    std::optional<uint16_t> In(uint16_t low, uint16_t high)
    {
        uint16_t start = m_cursor;
        std::optional<unsigned> parity;
        switch (m_allocation)
        {
        case NatPortAllocation::PRESERVATION:
            start = m_wish.port;
            parity = m_wish.port & 1;
            break;
        case NatPortAllocation::PARITY:
            parity = m_wish.port & 1;
            break;
        case NatPortAllocation::SEQUENTIAL:
            break;
        case NatPortAllocation::RANDOM:
            start = Anywhere(low, high);
            break;
        }
        std::optional<uint16_t> port = From(start, low, high, parity);
        if (!port && parity)
        {
            port = From(start, low, high, std::nullopt);
        }
        return port;
    }

  private:
    uint16_t Anywhere(uint16_t low, uint16_t high)
    {
        return static_cast<uint16_t>(low + m_chooser.Random() % (uint32_t{high} - low + 1));
    }

    std::optional<uint16_t> From(uint16_t at,
                                 uint16_t low,
                                 uint16_t high,
                                 std::optional<unsigned> parity)
    {
        // Ports of the node itself are few, and so are those that one remote end has used up.
        for (int tries = 0; tries < 64; ++tries)
        {
            const std::optional<uint16_t> port = m_free.FreeFrom(at, low, high, parity);
            if (!port)
            {
                break;
            }
            if (IsFine(*port))
            {
                m_cursor = static_cast<uint16_t>(*port + 1);
                return port;
            }
            at = m_wish.shared ? Anywhere(low, high) : static_cast<uint16_t>(*port + 1);
        }
        return std::nullopt;
    }

    NatPortAllocation m_allocation;
    const NatPortWish& m_wish;
    const NatPortTable& m_free;
    NatPortChooser& m_chooser;
    uint16_t& m_cursor;
};

} // namespace

std::optional<uint16_t>
ChooseNatPort(const NatConfig& config,
              const NatPortWish& wish,
              const NatPortTable& free,
              NatPortChooser& chooser,
              uint16_t& cursor)
{
    // What the node itself sends keeps its port, reserved or not, unless a mapping has it.
    if (wish.own && free.IsFree(wish.port) && chooser.IsFree(wish.port))
    {
        return wish.port;
    }
    Search search(config, wish, free, chooser, cursor);
    const auto reserved =
        static_cast<uint16_t>(wish.ports ? std::min<uint32_t>(config.reservedPorts, LAST) : 0);
    uint16_t first = std::max<uint16_t>(reserved, wish.ports ? WELL_KNOWN : 0);
    uint16_t last = LAST;
    if (wish.ports && wish.port < WELL_KNOWN && reserved < WELL_KNOWN)
    {
        first = std::max<uint16_t>(reserved, 1);
        last = WELL_KNOWN - 1;
    }
    if (config.allocation == NatPortAllocation::PRESERVATION && wish.port >= first &&
        wish.port <= last && search.IsFine(wish.port))
    {
        return wish.port;
    }
    std::optional<uint16_t> port = search.In(first, last);
    if (!port && wish.ports && last < LAST)
    {
        port = search.In(WELL_KNOWN, LAST);
    }
    else if (!port && wish.ports && reserved < WELL_KNOWN)
    {
        port = search.In(std::max<uint16_t>(reserved, 1), WELL_KNOWN - 1);
    }
    return port;
}

} // namespace strata
} // namespace ns3

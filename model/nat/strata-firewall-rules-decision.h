// SPDX-License-Identifier: GPL-2.0-only

#ifndef STRATA_FIREWALL_RULES_DECISION_H
#define STRATA_FIREWALL_RULES_DECISION_H

#include "strata-firewall-packet-decision.h"
#include "strata-firewall-rule-format.h"

#include <array>
#include <functional>

namespace ns3
{
namespace strata
{

/** Whether \p packet, which is in \p state, has all that \p rule asks for, but for devices. */
bool HoldsButForDevices(const FirewallRule& rule,
                        const FirewallPacket& packet,
                        FirewallState state);

/**
 * Rules in order: the first one that a packet fits decides. A value.
 *
 * A packet is compared with the rules about its family and protocol alone, and with little of each:
 * of what a rule asks for, the most telling stands in a list without gaps (Sieve). Only a rule that
 * may hold by that is looked at as a whole.
 */
class FirewallRules
{
  public:
    static constexpr std::size_t NONE = SIZE_MAX;

    /** Finds the number of a device by its name; none if there is none. */
    using Resolver = std::function<std::optional<uint32_t>(const std::string& name)>;

    /** A rule and what it did. */
    struct Entry
    {
        FirewallRule rule;
        uint64_t packets{0};
        uint64_t bytes{0};
        std::vector<uint32_t> in; //!< numbers of the devices that it names
        std::vector<uint32_t> out;
    };

    /** Puts a rule at \p place, and those from there on behind it; at the end by default. */
    void Insert(const FirewallRule& rule, std::size_t place = NONE);

    /** Precondition: \p place < size(). */
    void Remove(std::size_t place);

    void Clear();

    /**
     * Finds the devices that rules name. Until then such a name is no device's.
     *
     * \return the first name that is not known; empty if all are
     */
    std::string Resolve(const Resolver& resolver);

    /** The first rule that holds for the packet, whose packet and bytes are counted; or NONE. */
    std::size_t Decide(const FirewallPacket& packet, FirewallState state);

    /** Counts a packet for the rule at \p place, or for none. */
    void Count(std::size_t place, const FirewallPacket& packet)
    {
        if (place != NONE)
        {
            ++m_entries[place].packets;
            m_entries[place].bytes += packet.size;
        }
    }

    /** Never 0, and another one after each change: what was decided before may not hold. */
    uint32_t Version() const
    {
        return m_version;
    }

    /** How often a packet was compared with rules. */
    uint64_t GetWalks() const
    {
        return m_walks;
    }

    const std::vector<Entry>& Entries() const
    {
        return m_entries;
    }

    std::size_t size() const
    {
        return m_entries.size();
    }

  private:
    /** Bits of an address, and what they have to be. */
    struct Bits
    {
        FlowAddress mask;
        FlowAddress value;

        bool Fit(const FlowAddress& address) const
        {
            return (((address.high & mask.high) ^ value.high) |
                    ((address.low & mask.low) ^ value.low)) == 0;
        }
    };

    /** What a packet has at least if a rule holds for it. */
    struct Sieve
    {
        Bits source;
        Bits destination;
        FirewallPortRange sourcePorts{0, UINT16_MAX};
        FirewallPortRange destinationPorts{0, UINT16_MAX};
        uint32_t place{0};
        uint8_t states{0};
        uint8_t in{0}; //!< sides, a bit for each
        uint8_t out{0};
    };

    /** Packets of TCP, UDP, ICMP and all others, of either family. */
    static constexpr std::size_t CLASSES = 8;

    static Sieve SieveOf(const FirewallRule& rule, std::size_t place);
    static std::size_t ClassOf(const FirewallPacket& packet);
    void Change();
    void Sort();

    std::vector<Entry> m_entries;
    std::array<std::vector<Sieve>, CLASSES> m_byClass; //!< in order
    bool m_sorted{true};
    uint32_t m_version{1};
    uint64_t m_walks{0};
};

} // namespace strata
} // namespace ns3

#endif /* STRATA_FIREWALL_RULES_DECISION_H */

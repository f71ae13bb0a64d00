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
 * Rules of one state are looked through alone, so that packets of known flows don't pass a long
 * list of rules for new ones.
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

    const std::vector<Entry>& Entries() const
    {
        return m_entries;
    }

    std::size_t size() const
    {
        return m_entries.size();
    }

  private:
    void Sort();

    std::vector<Entry> m_entries;
    std::array<std::vector<std::size_t>, 4> m_byState; //!< in order
};

} // namespace strata
} // namespace ns3

#endif /* STRATA_FIREWALL_RULES_DECISION_H */

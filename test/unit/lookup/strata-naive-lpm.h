// SPDX-License-Identifier: GPL-2.0-only

#ifndef STRATA_NAIVE_LPM_H
#define STRATA_NAIVE_LPM_H

#include "ns3/strata-prefix.h"

#include <cstdint>
#include <map>
#include <optional>

namespace ns3
{
namespace strata
{

/** Longest-prefix match as the definition says: asks for each length, the longest one first. */
template <class Family>
class NaiveLpm
{
  public:
    using Address = typename Family::Address;

    bool Insert(const Prefix<Family>& prefix, uint32_t value)
    {
        return m_values.insert_or_assign(prefix, value).second;
    }

    bool Erase(const Prefix<Family>& prefix)
    {
        return m_values.erase(prefix) != 0;
    }

    std::optional<uint32_t> Lookup(const Address& address) const
    {
        for (unsigned length = Family::BITS + 1; length > 0; --length)
        {
            const auto found = m_values.find(Prefix<Family>(address, length - 1));
            if (found != m_values.end())
            {
                return found->second;
            }
        }
        return std::nullopt;
    }

    const std::map<Prefix<Family>, uint32_t>& Values() const
    {
        return m_values;
    }

  private:
    std::map<Prefix<Family>, uint32_t> m_values;
};

} // namespace strata
} // namespace ns3

#endif /* STRATA_NAIVE_LPM_H */

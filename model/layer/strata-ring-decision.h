// SPDX-License-Identifier: GPL-2.0-only

#ifndef STRATA_RING_DECISION_H
#define STRATA_RING_DECISION_H

#include "ns3/strata-member-name.h"

#include <string>
#include <tuple>
#include <utility>
#include <vector>

namespace ns3
{
namespace strata
{

/**
 * \file
 * Consistent hashing (Karger et al., "Consistent Hashing and Random Trees", 1997): members and
 * keys lie on a ring of 2^64 points, and the first member at or behind a key's point is
 * responsible for it. When a member goes, only its keys get another.
 */

/**
 * Points of one member. The more, the more even the shares: with v points the standard deviation
 * of a share is about 1 / sqrt(v) of its mean, here 18 %.
 */
constexpr uint32_t RING_POINTS = 32;

/** The point of a key on the ring. */
uint64_t RingKey(MemberName name);
uint64_t RingKey(const std::string& process);

/**
 * The member of \p ring that is responsible for \p key; NO_NAME for an empty ring. Goes through all
 * points, without allocation: for few questions, or members that change often.
 */
MemberName Responsible(const std::vector<MemberName>& ring, uint64_t key);

/** The same answers, in a binary search over points kept sorted. */
class HashRing
{
  public:
    HashRing() = default;

    /** \p members in any order. */
    explicit HashRing(const std::vector<MemberName>& members);

    /** NO_NAME for an empty ring. */
    MemberName Responsible(uint64_t key) const;

    auto Tie() const
    {
        return std::tie(m_points);
    }

  private:
    std::vector<std::pair<uint64_t, MemberName>> m_points;
};

} // namespace strata
} // namespace ns3

#endif /* STRATA_RING_DECISION_H */

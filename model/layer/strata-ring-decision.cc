// SPDX-License-Identifier: GPL-2.0-only

#include "strata-ring-decision.h"

#include "ns3/strata-hash.h"

#include <algorithm>

namespace ns3
{
namespace strata
{

namespace
{

/** Keys and points are hashed apart: a member's name as a key is not its first point. */
enum : uint8_t
{
    POINT = 1,
    NAME = 2,
    PROCESS = 3,
};

/** The hash of a member, to which each of its points adds its number. */
StableHash
BeginPoints(MemberName member)
{
    StableHash hash;
    hash.AddByte(POINT);
    hash.Add(member);
    return hash;
}

uint64_t
PointOf(StableHash hash, uint32_t i)
{
    hash.AddByte(static_cast<uint8_t>(i));
    return hash.Get();
}

static_assert(RING_POINTS <= 256, "a point's number is hashed as one byte");

} // namespace

uint64_t
RingKey(MemberName name)
{
    StableHash hash;
    hash.AddByte(NAME);
    hash.Add(name);
    return hash.Get();
}

uint64_t
RingKey(const std::string& process)
{
    StableHash hash;
    hash.AddByte(PROCESS);
    HashValue(hash, process);
    return hash.Get();
}

MemberName
Responsible(const std::vector<MemberName>& ring, uint64_t key)
{
    MemberName best = NO_NAME;
    uint64_t distance = UINT64_MAX;
    for (const MemberName member : ring)
    {
        const StableHash hash = BeginPoints(member);
        for (uint32_t i = 0; i < RING_POINTS; ++i)
        {
            // around the ring, as unsigned numbers wrap
            const uint64_t ahead = PointOf(hash, i) - key;
            if (best == NO_NAME || ahead < distance || (ahead == distance && member < best))
            {
                best = member;
                distance = ahead;
            }
        }
    }
    return best;
}

HashRing::HashRing(const std::vector<MemberName>& members)
{
    m_points.reserve(members.size() * RING_POINTS);
    for (const MemberName member : members)
    {
        const StableHash hash = BeginPoints(member);
        for (uint32_t i = 0; i < RING_POINTS; ++i)
        {
            m_points.emplace_back(PointOf(hash, i), member);
        }
    }
    std::sort(m_points.begin(), m_points.end());
}

MemberName
HashRing::Responsible(uint64_t key) const
{
    if (m_points.empty())
    {
        return NO_NAME;
    }
    const auto i = std::lower_bound(m_points.begin(), m_points.end(), std::pair(key, NO_NAME));
    return i == m_points.end() ? m_points.front().second : i->second;
}

} // namespace strata
} // namespace ns3

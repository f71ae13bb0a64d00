// SPDX-License-Identifier: GPL-2.0-only

#include "strata-naming-policy.h"

namespace ns3
{
namespace strata
{

namespace
{

constexpr unsigned PART_BITS = 16;
constexpr uint32_t LAST_PART = 0xffff;
constexpr uint8_t HOST_LENGTH = 64;

} // namespace

FlatNaming::FlatNaming(bool assigns)
    : m_assigns(assigns)
{
}

const char*
FlatNaming::Name() const
{
    return "flat";
}

NameScheme
FlatNaming::Scheme() const
{
    return NameScheme::FLAT;
}

std::optional<NameAssignment>
FlatNaming::Assign(NamingState& state, MemberName ownName, uint8_t, MemberRole role) const
{
    // together the two counters stay below 2^32
    const uint64_t given = uint64_t{state.leaves} + state.routers;
    if (!m_assigns || ownName == NO_NAME || ownName > UINT32_MAX || given >= UINT32_MAX)
    {
        return std::nullopt;
    }
    ++(role == MemberRole::LEAF ? state.leaves : state.routers);
    return NameAssignment{(ownName << 32) | (given + 1), HOST_LENGTH};
}

bool
FlatNaming::Fits(MemberName name, MemberRole, MemberName neighbour, uint8_t) const
{
    return name != NO_NAME && name != neighbour;
}

uint8_t
FlatNaming::BlockLengthFor(MemberName, MemberRole) const
{
    return HOST_LENGTH;
}

const char*
HierarchicalNaming::Name() const
{
    return "hierarchical";
}

NameScheme
HierarchicalNaming::Scheme() const
{
    return NameScheme::HIERARCHICAL;
}

std::optional<NameAssignment>
HierarchicalNaming::Assign(NamingState& state,
                           MemberName ownName,
                           uint8_t ownBlockLength,
                           MemberRole role) const
{
    // a router's part of its child's name ends at the child's block length
    const bool leaf = role == MemberRole::LEAF;
    const unsigned length = leaf ? HOST_LENGTH : ownBlockLength + PART_BITS;
    const unsigned longest = leaf ? HOST_LENGTH - PART_BITS : HOST_LENGTH - 2 * PART_BITS;
    uint32_t& given = leaf ? state.leaves : state.routers;
    if (ownName == NO_NAME || ownBlockLength == 0 || ownBlockLength % PART_BITS != 0 ||
        ownBlockLength > longest || KeepBits(ownName, ownBlockLength) != ownName ||
        given >= LAST_PART)
    {
        return std::nullopt;
    }
    ++given;
    const MemberName part = MemberName{given} << (HOST_LENGTH - length);
    return NameAssignment{ownName | part, static_cast<uint8_t>(length)};
}

bool
HierarchicalNaming::Fits(MemberName name,
                         MemberRole role,
                         MemberName neighbour,
                         uint8_t neighbourBlockLength) const
{
    if (name == NO_NAME || name == neighbour)
    {
        return false;
    }
    if (role == MemberRole::LEAF)
    {
        return NameBlock(neighbour, neighbourBlockLength).Contains(name);
    }
    const uint8_t length = BlockLengthFor(name, role);
    return length < HOST_LENGTH && name >> (HOST_LENGTH - PART_BITS) != 0;
}

uint8_t
HierarchicalNaming::BlockLengthFor(MemberName name, MemberRole role) const
{
    if (role == MemberRole::LEAF || name == NO_NAME)
    {
        return HOST_LENGTH;
    }
    unsigned length = PART_BITS;
    while (KeepBits(name, length) != name)
    {
        length += PART_BITS;
    }
    return static_cast<uint8_t>(length);
}

} // namespace strata
} // namespace ns3

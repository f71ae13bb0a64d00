// SPDX-License-Identifier: GPL-2.0-only

#ifndef STRATA_MEMBER_NAME_H
#define STRATA_MEMBER_NAME_H

#include "strata-expected.h"
#include "strata-prefix.h"

#include <optional>
#include <string>

namespace ns3
{
namespace strata
{

/**
 * The name of a member of a layer: unique and permanent, a number of 64 bits.
 *
 * A flat name is the number itself. A hierarchical name has four parts of 16 bits, from the
 * largest region to the single member ("3.1.0.7"), so that a route can lead to a block of names.
 */
using MemberName = uint64_t;

/** Nobody: the source of a process that is not a member yet, and the neighbour on a link. */
constexpr MemberName NO_NAME = 0;

/** A block of names. */
using NameBlock = Prefix<LayerFamily>;

/** How a layer's names are printed and whether they have blocks. */
enum class NameScheme : uint8_t
{
    FLAT,
    HIERARCHICAL,
};

/** A hierarchical name of up to four parts, the largest region first. */
constexpr MemberName
MakeName(uint16_t a, uint16_t b = 0, uint16_t c = 0, uint16_t d = 0)
{
    return (MemberName{a} << 48) | (MemberName{b} << 32) | (MemberName{c} << 16) | d;
}

/** The name as people write it: "42", or "3.1.0.7" without zero parts at its end ("3.1"). */
std::string FormatName(MemberName name, NameScheme scheme);

/** The block as people write it: the name, a slash and the length in bits. */
std::string FormatBlock(const NameBlock& block, NameScheme scheme);

/** Reads what FormatName writes; none for anything else. */
std::optional<MemberName> ParseName(const std::string& text, NameScheme scheme);

} // namespace strata
} // namespace ns3

#endif /* STRATA_MEMBER_NAME_H */

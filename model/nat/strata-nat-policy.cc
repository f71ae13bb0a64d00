// SPDX-License-Identifier: GPL-2.0-only

#include "strata-nat-policy.h"

#include <array>

namespace ns3
{
namespace strata
{

namespace
{

constexpr auto EI = NatBehaviour::ENDPOINT_INDEPENDENT;
constexpr auto AD = NatBehaviour::ADDRESS_DEPENDENT;
constexpr auto APD = NatBehaviour::ADDRESS_AND_PORT_DEPENDENT;

constexpr std::array<NatKind, 4> KINDS{{
    {"full-cone", EI, EI},
    {"restricted-cone", EI, AD},
    {"port-restricted-cone", EI, APD},
    {"symmetric", APD, APD},
}};

constexpr std::array<const char*, 3> BEHAVIOURS{
    {"endpoint-independent", "address-dependent", "address-and-port-dependent"}};

constexpr std::array<const char*, 4> ALLOCATIONS{
    {"preservation", "parity", "sequential", "random"}};

template <class Enum, std::size_t N>
std::optional<Enum>
Find(const std::array<const char*, N>& names, std::string_view name)
{
    for (std::size_t i = 0; i < N; ++i)
    {
        if (name == names[i])
        {
            return static_cast<Enum>(i);
        }
    }
    return std::nullopt;
}

} // namespace

const char*
NatBehaviourName(NatBehaviour behaviour)
{
    return BEHAVIOURS[static_cast<std::size_t>(behaviour)];
}

std::optional<NatBehaviour>
NatBehaviourOf(std::string_view name)
{
    return Find<NatBehaviour>(BEHAVIOURS, name);
}

const char*
NatPortAllocationName(NatPortAllocation allocation)
{
    return ALLOCATIONS[static_cast<std::size_t>(allocation)];
}

std::optional<NatPortAllocation>
NatPortAllocationOf(std::string_view name)
{
    return Find<NatPortAllocation>(ALLOCATIONS, name);
}

const NatKind*
NatKindOf(std::string_view name)
{
    for (const NatKind& kind : KINDS)
    {
        if (name == kind.name)
        {
            return &kind;
        }
    }
    return nullptr;
}

std::string
NatKindNames()
{
    std::string names;
    for (const NatKind& kind : KINDS)
    {
        names += (names.empty() ? "" : ", ") + std::string(kind.name);
    }
    return names;
}

} // namespace strata
} // namespace ns3

// SPDX-License-Identifier: GPL-2.0-only

#ifndef STRATA_FLOW_ADDRESS_FORMAT_H
#define STRATA_FLOW_ADDRESS_FORMAT_H

#include "ns3/strata-tied.h"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace ns3
{
namespace strata
{

/**
 * An address of either family in 16 octets, as two numbers: an IPv4 address a.b.c.d is
 * ::ffff:a.b.c.d (RFC 4291 section 2.5.5.2).
 */
struct FlowAddress
{
    uint64_t high{0};
    uint64_t low{0};

    static constexpr uint64_t MAPPED = 0xffff00000000;

    static constexpr FlowAddress FromIpv4(uint32_t address)
    {
        return {0, MAPPED | address};
    }

    /** \p octets are 16, in network order. */
    static constexpr FlowAddress FromIpv6(const uint8_t* octets)
    {
        FlowAddress address;
        for (int i = 0; i < 8; ++i)
        {
            address.high = address.high << 8 | octets[i];
            address.low = address.low << 8 | octets[8 + i];
        }
        return address;
    }

    constexpr bool IsIpv4() const
    {
        return high == 0 && low >> 32 == MAPPED >> 32;
    }

    /** Precondition: IsIpv4(). */
    constexpr uint32_t Ipv4() const
    {
        return static_cast<uint32_t>(low);
    }

    /** Multicast of either family, or the limited broadcast of IPv4. */
    constexpr bool IsToMany() const
    {
        if (IsIpv4())
        {
            return Ipv4() >> 28 == 0xe || Ipv4() == 0xffffffff;
        }
        return high >> 56 == 0xff;
    }

    /** Nobody: 0.0.0.0 or ::. */
    constexpr bool IsUnspecified() const
    {
        return high == 0 && (low == 0 || low == MAPPED);
    }

    friend constexpr bool operator==(const FlowAddress& a, const FlowAddress& b)
    {
        return a.high == b.high && a.low == b.low;
    }

    friend constexpr bool operator!=(const FlowAddress& a, const FlowAddress& b)
    {
        return !(a == b);
    }

    friend constexpr bool operator<(const FlowAddress& a, const FlowAddress& b)
    {
        return a.high != b.high ? a.high < b.high : a.low < b.low;
    }

    auto Tie() const
    {
        return std::tie(high, low);
    }
};

/** A block of addresses of one family. */
struct FlowPrefix
{
    FlowAddress address; //!< host bits are zero
    uint8_t length{0};   //!< of 128 bits, so 96 more than IPv4 says

    /** The block of \p length bits (of 128) that holds \p address. */
    static FlowPrefix Of(const FlowAddress& address, unsigned length);

    /** The first \p length of 128 bits set. */
    static constexpr FlowAddress Mask(unsigned length)
    {
        const auto ones = [](unsigned bits) {
            return bits == 0 ? uint64_t{0} : ~uint64_t{0} << (64 - bits);
        };
        return {ones(length < 64 ? length : 64), ones(length < 64 ? 0 : length - 64)};
    }

    /** Addresses of the other family are never in it, not even in ::/0. */
    bool Contains(const FlowAddress& other) const
    {
        const FlowAddress mask = Mask(length);
        return other.IsIpv4() == address.IsIpv4() && (other.high & mask.high) == address.high &&
               (other.low & mask.low) == address.low;
    }

    auto Tie() const
    {
        return std::tie(address, length);
    }
};

/** Reads 10.0.0.1 or fd00::1, all of \p text; none if it is no address. */
std::optional<FlowAddress> ParseFlowAddress(std::string_view text);

/** Reads an address, or a prefix as 10.0.0.0/8 or fd00::/16; none if it is neither. */
std::optional<FlowPrefix> ParseFlowPrefix(std::string_view text);

/** As RFC 5952 section 4 has it, for IPv6. */
std::string ToText(const FlowAddress& address);

/** Without a length if it is one address. */
std::string ToText(const FlowPrefix& prefix);

} // namespace strata
} // namespace ns3

#endif /* STRATA_FLOW_ADDRESS_FORMAT_H */

// SPDX-License-Identifier: GPL-2.0-only

#ifndef STRATA_PREFIX_H
#define STRATA_PREFIX_H

#include <array>
#include <cstddef>
#include <cstdint>
#include <tuple>
#include <type_traits>

namespace ns3
{
namespace strata
{

/** IPv4: an address is a number of 32 bits in host order. */
struct Ipv4Family
{
    using Address = uint32_t;
    static constexpr unsigned BITS = 32;
};

/** IPv6: an address is 16 bytes in network order. */
struct Ipv6Family
{
    using Address = std::array<uint8_t, 16>;
    static constexpr unsigned BITS = 128;
};

/** Names of a layer: a number of 64 bits. */
struct LayerFamily
{
    using Address = uint64_t;
    static constexpr unsigned BITS = 64;
};

/** The first \p length bits of \p address, the others zero; all bits from the full length on. */
template <class UInt>
constexpr UInt
KeepBits(UInt address, unsigned length)
{
    static_assert(std::is_unsigned_v<UInt>);
    constexpr unsigned bits = sizeof(UInt) * 8;
    if (length == 0 || length >= bits)
    {
        return length == 0 ? UInt{0} : address;
    }
    return static_cast<UInt>(address & (static_cast<UInt>(~UInt{0}) << (bits - length)));
}

template <std::size_t N>
constexpr std::array<uint8_t, N>
KeepBits(std::array<uint8_t, N> address, unsigned length)
{
    for (std::size_t i = 0; i < N; ++i)
    {
        const unsigned first = static_cast<unsigned>(i) * 8;
        if (length <= first)
        {
            address[i] = 0;
        }
        else if (length < first + 8)
        {
            address[i] = static_cast<uint8_t>(address[i] & (0xff << (first + 8 - length)));
        }
    }
    return address;
}

/**
 * A block of addresses: those whose first length bits are the prefix's. Host bits are always
 * zero, so equal blocks compare equal. Ordered by address, then by length: a block comes before
 * the blocks inside it.
 */
template <class Family>
class Prefix
{
  public:
    using Address = typename Family::Address;
    static constexpr unsigned BITS = Family::BITS;

    /** The block of everything. */
    constexpr Prefix() = default;

    /** The block of \p length bits that holds \p address; a length above BITS means BITS. */
    constexpr Prefix(Address address, unsigned length)
        : m_address(KeepBits(address, length < BITS ? length : BITS)),
          m_length(static_cast<uint8_t>(length < BITS ? length : BITS))
    {
    }

    /** The block of one address. */
    static constexpr Prefix Host(Address address)
    {
        return Prefix(address, BITS);
    }

    constexpr const Address& GetAddress() const
    {
        return m_address;
    }

    constexpr unsigned GetLength() const
    {
        return m_length;
    }

    constexpr bool IsHost() const
    {
        return m_length == BITS;
    }

    constexpr bool Contains(const Address& address) const
    {
        return KeepBits(address, m_length) == m_address;
    }

    constexpr bool Contains(const Prefix& other) const
    {
        return other.m_length >= m_length && Contains(other.m_address);
    }

    friend bool operator==(const Prefix& a, const Prefix& b)
    {
        return a.Tie() == b.Tie();
    }

    friend bool operator!=(const Prefix& a, const Prefix& b)
    {
        return !(a == b);
    }

    friend bool operator<(const Prefix& a, const Prefix& b)
    {
        return a.Tie() < b.Tie();
    }

    constexpr auto Tie() const
    {
        return std::tie(m_address, m_length);
    }

  private:
    Address m_address{};
    uint8_t m_length{0};
};

using Ipv4Prefix = Prefix<Ipv4Family>;
using Ipv6Prefix = Prefix<Ipv6Family>;

} // namespace strata
} // namespace ns3

#endif /* STRATA_PREFIX_H */

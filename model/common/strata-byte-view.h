// SPDX-License-Identifier: GPL-2.0-only

#ifndef STRATA_BYTE_VIEW_H
#define STRATA_BYTE_VIEW_H

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <vector>

namespace ns3
{
namespace strata
{

/** Owned bytes. */
using Bytes = std::vector<uint8_t>;

/**
 * Read-only view over bytes that somebody else owns; never outlives them.
 *
 * Sub views are clamped to the viewed range, so no view reaches out of the original bytes.
 */
class ByteView
{
  public:
    constexpr ByteView() = default;

    constexpr ByteView(const uint8_t* data, std::size_t size)
        : m_data(data),
          m_size(size)
    {
    }

    ByteView(const Bytes& bytes)
        : m_data(bytes.data()),
          m_size(bytes.size())
    {
    }

    template <std::size_t N>
    constexpr ByteView(const std::array<uint8_t, N>& bytes)
        : m_data(bytes.data()),
          m_size(N)
    {
    }

    constexpr const uint8_t* data() const
    {
        return m_data;
    }

    constexpr std::size_t size() const
    {
        return m_size;
    }

    constexpr bool empty() const
    {
        return m_size == 0;
    }

    constexpr const uint8_t* begin() const
    {
        return m_data;
    }

    constexpr const uint8_t* end() const
    {
        return m_data + m_size;
    }

    /** Precondition: i < size(). */
    constexpr uint8_t operator[](std::size_t i) const
    {
        return m_data[i];
    }

    /** At most \p count bytes from \p offset on; empty when \p offset lies behind the end. */
    constexpr ByteView Sub(std::size_t offset, std::size_t count = SIZE_MAX) const
    {
        if (offset >= m_size)
        {
            return {};
        }
        return {m_data + offset, count < m_size - offset ? count : m_size - offset};
    }

    Bytes ToBytes() const
    {
        return Bytes(begin(), end());
    }

    friend bool operator==(ByteView a, ByteView b)
    {
        return std::equal(a.begin(), a.end(), b.begin(), b.end());
    }

    friend bool operator!=(ByteView a, ByteView b)
    {
        return !(a == b);
    }

  private:
    const uint8_t* m_data{nullptr};
    std::size_t m_size{0};
};

} // namespace strata
} // namespace ns3

#endif /* STRATA_BYTE_VIEW_H */

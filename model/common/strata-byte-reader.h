// SPDX-License-Identifier: GPL-2.0-only

#ifndef STRATA_BYTE_READER_H
#define STRATA_BYTE_READER_H

#include "strata-byte-view.h"
#include "strata-decode-error.h"
#include "strata-expected.h"

#include <array>
#include <string>

namespace ns3
{
namespace strata
{

/**
 * Checked cursor over bytes in network order.
 *
 * The first failure sticks: from then on every read gives zero or an empty view and moves nothing,
 * so a decoder reads straight through and asks once at its end. Offsets count from the start of
 * the view, plus \p base where a decoder works on a part of a larger packet.
 */
class ByteReader
{
  public:
    explicit ByteReader(ByteView bytes, std::size_t base = 0)
        : m_bytes(bytes),
          m_base(base)
    {
    }

    uint8_t U8()
    {
        return static_cast<uint8_t>(Unsigned<1>());
    }

    uint16_t U16()
    {
        return static_cast<uint16_t>(Unsigned<2>());
    }

    /** 24 bits, as MPLS, BGP and IPv6 use them. */
    uint32_t U24()
    {
        return static_cast<uint32_t>(Unsigned<3>());
    }

    uint32_t U32()
    {
        return static_cast<uint32_t>(Unsigned<4>());
    }

    uint64_t U64()
    {
        return Unsigned<8>();
    }

    /** The next \p count bytes, without a copy. */
    ByteView Read(std::size_t count)
    {
        if (!Need(count))
        {
            return {};
        }
        const ByteView part = m_bytes.Sub(m_position, count);
        m_position += count;
        return part;
    }

    template <std::size_t N>
    std::array<uint8_t, N> Array()
    {
        std::array<uint8_t, N> value{};
        const ByteView part = Read(N);
        std::copy(part.begin(), part.end(), value.begin());
        return value;
    }

    /** A text with its length in one byte before it. */
    std::string ShortText()
    {
        const ByteView part = Read(U8());
        return std::string(part.begin(), part.end());
    }

    void Skip(std::size_t count)
    {
        Read(count);
    }

    /** A cursor over the next \p count bytes only; this one moves behind them. */
    ByteReader Part(std::size_t count)
    {
        const std::size_t base = Offset();
        ByteReader part(Read(count), base);
        part.m_error = m_error;
        part.m_failed = m_failed;
        return part;
    }

    /** Refuses the bytes, at the present position unless an offset is given. */
    void Fail(DecodeCode code)
    {
        FailAt(code, Offset());
    }

    void FailAt(DecodeCode code, std::size_t offset)
    {
        if (!m_failed)
        {
            m_error = DecodeError{code, offset};
            m_failed = true;
        }
    }

    /** Takes over the failure of a part, if it has one. */
    void Adopt(const ByteReader& part)
    {
        if (!m_failed)
        {
            m_error = part.m_error;
            m_failed = part.m_failed;
        }
    }

    /** Refuses bytes that are left over. */
    void ExpectEnd()
    {
        if (Remaining() != 0)
        {
            Fail(DecodeCode::TRAILING);
        }
    }

    bool Ok() const
    {
        return !m_failed;
    }

    /** Precondition: !Ok(). */
    Unexpected<DecodeError> Error() const
    {
        return Unexpected<DecodeError>{m_error};
    }

    /** Bytes consumed, plus the base. */
    std::size_t Offset() const
    {
        return m_base + m_position;
    }

    /** Bytes left to read; 0 after a failure. */
    std::size_t Remaining() const
    {
        return Ok() ? m_bytes.size() - m_position : 0;
    }

    /** What is left, without reading it. */
    ByteView Rest() const
    {
        return Ok() ? m_bytes.Sub(m_position) : ByteView{};
    }

  private:
    bool Need(std::size_t count)
    {
        if (!Ok())
        {
            return false;
        }
        if (count > m_bytes.size() - m_position)
        {
            FailAt(DecodeCode::TRUNCATED, m_base + m_bytes.size());
            return false;
        }
        return true;
    }

    template <std::size_t N>
    uint64_t Unsigned()
    {
        if (!Need(N))
        {
            return 0;
        }
        uint64_t value = 0;
        for (std::size_t i = 0; i < N; ++i)
        {
            value = (value << 8) | m_bytes[m_position + i];
        }
        m_position += N;
        return value;
    }

    ByteView m_bytes;
    std::size_t m_base;
    std::size_t m_position{0};
    DecodeError m_error; //!< meaningful once m_failed is set
    bool m_failed{false};
};

} // namespace strata
} // namespace ns3

#endif /* STRATA_BYTE_READER_H */

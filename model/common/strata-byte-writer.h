// SPDX-License-Identifier: GPL-2.0-only

#ifndef STRATA_BYTE_WRITER_H
#define STRATA_BYTE_WRITER_H

#include "strata-byte-view.h"

#include <algorithm>
#include <string>

namespace ns3
{
namespace strata
{

/**
 * Appends bytes in network order to a buffer of the caller; offsets count from where the writer
 * began. Lengths and checksums are reserved first and patched when they are known.
 */
class ByteWriter
{
  public:
    explicit ByteWriter(Bytes& out)
        : m_out(out),
          m_start(out.size())
    {
    }

    void U8(uint8_t value)
    {
        m_out.push_back(value);
    }

    void U16(uint16_t value)
    {
        Unsigned<2>(value);
    }

    /** The low 24 bits of \p value. */
    void U24(uint32_t value)
    {
        Unsigned<3>(value);
    }

    void U32(uint32_t value)
    {
        Unsigned<4>(value);
    }

    void U64(uint64_t value)
    {
        Unsigned<8>(value);
    }

    /** Makes room at once for \p bytes that will be written. */
    void Expect(std::size_t bytes)
    {
        m_out.reserve(m_out.size() + bytes);
    }

    /** Precondition: \p bytes lie outside the buffer that is written. */
    void Write(ByteView bytes)
    {
        m_out.insert(m_out.end(), bytes.begin(), bytes.end());
    }

    void Zeros(std::size_t count)
    {
        m_out.insert(m_out.end(), count, 0);
    }

    /** A text behind its length in one byte; a longer text is cut at 255 bytes. */
    void ShortText(const std::string& text)
    {
        const std::size_t size = std::min<std::size_t>(text.size(), 255);
        U8(static_cast<uint8_t>(size));
        m_out.insert(m_out.end(), text.begin(), text.begin() + static_cast<std::ptrdiff_t>(size));
    }

    /** Bytes written so far. */
    std::size_t Offset() const
    {
        return m_out.size() - m_start;
    }

    /** Reserves two bytes of zero and gives their offset for PatchU16. */
    std::size_t ReserveU16()
    {
        const std::size_t offset = Offset();
        U16(0);
        return offset;
    }

    /** Precondition, here and below: the patched bytes are already written. */
    void PatchU8(std::size_t offset, uint8_t value)
    {
        m_out[m_start + offset] = value;
    }

    void PatchU16(std::size_t offset, uint16_t value)
    {
        m_out[m_start + offset] = static_cast<uint8_t>(value >> 8);
        m_out[m_start + offset + 1] = static_cast<uint8_t>(value);
    }

    /** What was written from \p offset on; valid until the next write. */
    ByteView Written(std::size_t offset = 0) const
    {
        return ByteView(m_out).Sub(m_start + offset);
    }

  private:
    template <std::size_t N>
    void Unsigned(uint64_t value)
    {
        for (std::size_t i = N; i > 0; --i)
        {
            m_out.push_back(static_cast<uint8_t>(value >> (8 * (i - 1))));
        }
    }

    Bytes& m_out;
    std::size_t m_start;
};

} // namespace strata
} // namespace ns3

#endif /* STRATA_BYTE_WRITER_H */

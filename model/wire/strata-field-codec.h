// SPDX-License-Identifier: GPL-2.0-only

#ifndef STRATA_FIELD_CODEC_H
#define STRATA_FIELD_CODEC_H

#include "ns3/strata-byte-reader.h"
#include "ns3/strata-byte-writer.h"

#include <algorithm>
#include <string>
#include <type_traits>
#include <vector>

namespace ns3
{
namespace strata
{

/**
 * Reads fields in the order in which a struct's Code() names them.
 *
 * A struct states its format once, in a template method Code(codec); this codec fills the fields
 * from bytes and FieldWriter writes them, so the two directions can't drift apart.
 */
class FieldReader
{
  public:
    explicit FieldReader(ByteReader& reader)
        : m_reader(reader)
    {
    }

    /** An unsigned number or enum of one, two, four or eight bytes. */
    template <class T>
    void Number(T& value)
    {
        if constexpr (sizeof(T) == 1)
        {
            value = static_cast<T>(m_reader.U8());
        }
        else if constexpr (sizeof(T) == 2)
        {
            value = static_cast<T>(m_reader.U16());
        }
        else if constexpr (sizeof(T) == 4)
        {
            value = static_cast<T>(m_reader.U32());
        }
        else
        {
            value = static_cast<T>(m_reader.U64());
        }
    }

    /** A text behind its length in one byte. */
    void Text(std::string& value)
    {
        value = m_reader.ShortText();
    }

    /** Elements behind their count in two bytes; every element takes at least one byte. */
    template <class T>
    void List(std::vector<T>& elements)
    {
        const uint16_t count = m_reader.U16();
        elements.reserve(std::min<std::size_t>(count, m_reader.Remaining()));
        for (uint16_t i = 0; i < count && m_reader.Ok(); ++i)
        {
            T element{};
            element.Code(*this);
            elements.push_back(std::move(element));
        }
    }

    /** All bytes to the end. */
    void Rest(Bytes& bytes)
    {
        bytes = m_reader.Read(m_reader.Remaining()).ToBytes();
    }

  private:
    ByteReader& m_reader;
};

/** Writes the fields that FieldReader reads. */
class FieldWriter
{
  public:
    explicit FieldWriter(ByteWriter& writer)
        : m_writer(writer)
    {
    }

    template <class T>
    void Number(const T& value)
    {
        if constexpr (sizeof(T) == 1)
        {
            m_writer.U8(static_cast<uint8_t>(value));
        }
        else if constexpr (sizeof(T) == 2)
        {
            m_writer.U16(static_cast<uint16_t>(value));
        }
        else if constexpr (sizeof(T) == 4)
        {
            m_writer.U32(static_cast<uint32_t>(value));
        }
        else
        {
            m_writer.U64(static_cast<uint64_t>(value));
        }
    }

    void Text(const std::string& value)
    {
        m_writer.ShortText(value);
    }

    /** Precondition: at most 65535 elements. */
    template <class T>
    void List(const std::vector<T>& elements)
    {
        m_writer.U16(static_cast<uint16_t>(elements.size()));
        for (const T& element : elements)
        {
            // Code() is one method for both directions; writing changes nothing.
            const_cast<T&>(element).Code(*this);
        }
    }

    void Rest(const Bytes& bytes)
    {
        m_writer.Write(bytes);
    }

  private:
    ByteWriter& m_writer;
};

/** Counts the bytes that FieldWriter writes. */
class FieldSizer
{
  public:
    template <class T>
    void Number(const T&)
    {
        m_size += sizeof(T);
    }

    void Text(const std::string& value)
    {
        m_size += 1 + std::min<std::size_t>(value.size(), 255);
    }

    template <class T>
    void List(const std::vector<T>& elements)
    {
        m_size += 2;
        for (const T& element : elements)
        {
            const_cast<T&>(element).Code(*this);
        }
    }

    void Rest(const Bytes& bytes)
    {
        m_size += bytes.size();
    }

    std::size_t GetSize() const
    {
        return m_size;
    }

  private:
    std::size_t m_size{0};
};

} // namespace strata
} // namespace ns3

#endif /* STRATA_FIELD_CODEC_H */

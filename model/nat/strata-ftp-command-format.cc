// SPDX-License-Identifier: GPL-2.0-only

#include "strata-ftp-command-format.h"

#include <string>
#include <string_view>

namespace ns3
{
namespace strata
{

namespace
{

bool
IsDigit(uint8_t byte)
{
    return byte >= '0' && byte <= '9';
}

/** Reads a line from left to right; the first failure sticks. */
class LineReader
{
  public:
    explicit LineReader(ByteView line)
        : m_line(line)
    {
    }

    /** Passes over \p text, in whatever case. */
    bool Skip(std::string_view text)
    {
        for (std::size_t i = 0; i < text.size(); ++i)
        {
            const uint8_t byte = At(m_at + i);
            const auto upper =
                static_cast<uint8_t>(byte >= 'a' && byte <= 'z' ? byte - 'a' + 'A' : byte);
            if (upper != static_cast<uint8_t>(text[i]))
            {
                return false;
            }
        }
        m_at += text.size();
        return true;
    }

    void SkipSpaces()
    {
        while (At(m_at) == ' ')
        {
            ++m_at;
        }
    }

    /** Goes on to the first byte for which \p wanted holds, or to the end. */
    template <class Wanted>
    void Find(Wanted&& wanted)
    {
        while (m_at < m_line.size() && !wanted(m_line[m_at]))
        {
            ++m_at;
        }
    }

    void Expect(uint8_t byte)
    {
        if (At(m_at) != byte)
        {
            Fail(m_at);
            return;
        }
        ++m_at;
    }

    /** A number without zeros in front. */
    uint32_t Number(uint32_t most)
    {
        const std::size_t start = m_at;
        uint32_t value = 0;
        while (IsDigit(At(m_at)) && value <= most)
        {
            value = value * 10 + (At(m_at) - '0');
            ++m_at;
        }
        if (m_at == start || value > most || (m_line[start] == '0' && m_at > start + 1))
        {
            Fail(start);
            return 0;
        }
        return value;
    }

    /** Four numbers with \p mark between. */
    uint32_t Address(uint8_t mark)
    {
        uint32_t address = 0;
        for (int i = 0; i < 4; ++i)
        {
            if (i > 0)
            {
                Expect(mark);
            }
            address = address << 8 | Number(255);
        }
        return address;
    }

    uint8_t At(std::size_t i) const
    {
        return i < m_line.size() ? m_line[i] : 0;
    }

    std::size_t Position() const
    {
        return m_at;
    }

    void Fail(std::size_t at)
    {
        if (!m_failed)
        {
            m_failed = true;
            m_fault = at;
        }
    }

    bool Failed() const
    {
        return m_failed;
    }

    std::size_t Fault() const
    {
        return m_fault;
    }

  private:
    ByteView m_line;
    std::size_t m_at{0};
    bool m_failed{false};
    std::size_t m_fault{0};
};

Unexpected<DecodeError>
Refuse(DecodeCode code, std::size_t offset)
{
    return Unexpected<DecodeError>{DecodeError{code, offset}};
}

} // namespace

Expected<FtpCommandLine, DecodeError>
FtpCommandLine::Decode(ByteView bytes, const Context&)
{
    std::size_t size = 0;
    while (size < bytes.size() && size < MAX_SIZE && bytes[size] != '\n')
    {
        ++size;
    }
    if (size == MAX_SIZE)
    {
        return Refuse(DecodeCode::BAD_LENGTH, MAX_SIZE);
    }
    if (size == bytes.size())
    {
        return Refuse(DecodeCode::INCOMPLETE, size + 1);
    }
    const ByteView text = bytes.Sub(0, size + 1);
    LineReader reader(text);
    FtpCommandLine line;
    if (reader.Skip("PORT "))
    {
        line.command = FtpCommand::PORT;
        reader.SkipSpaces();
    }
    else if (reader.Skip("EPRT "))
    {
        line.command = FtpCommand::EXTENDED_PORT;
        reader.SkipSpaces();
    }
    else if (reader.Skip("227 "))
    {
        line.command = FtpCommand::PASSIVE;
        reader.Find(IsDigit);
    }
    else if (reader.Skip("229 "))
    {
        line.command = FtpCommand::EXTENDED_PASSIVE;
        reader.Find([](uint8_t byte) { return byte == '('; });
        reader.Expect('(');
    }
    else
    {
        return Refuse(DecodeCode::BAD_TYPE, 0);
    }
    line.before = text.Sub(0, reader.Position()).ToBytes();
    if (line.IsExtended())
    {
        line.delimiter = reader.At(reader.Position());
        // RFC 2428 section 2: a printable character; a digit could not be told from numbers.
        if (line.delimiter < 33 || line.delimiter > 126 || IsDigit(line.delimiter))
        {
            reader.Fail(reader.Position());
        }
        reader.Expect(line.delimiter);
        if (line.command == FtpCommand::EXTENDED_PORT)
        {
            reader.Expect('1'); // IPv4
            reader.Expect(line.delimiter);
            line.address = reader.Address('.');
        }
        else
        {
            reader.Expect(line.delimiter);
        }
        reader.Expect(line.delimiter);
        line.port = static_cast<uint16_t>(reader.Number(65535));
        reader.Expect(line.delimiter);
    }
    else
    {
        line.address = reader.Address(',');
        reader.Expect(',');
        const uint32_t high = reader.Number(255);
        reader.Expect(',');
        line.port = static_cast<uint16_t>(high << 8 | reader.Number(255));
    }
    if (reader.Failed())
    {
        return Refuse(DecodeCode::BAD_VALUE, reader.Fault());
    }
    line.after = text.Sub(reader.Position()).ToBytes();
    return line;
}

std::string
FtpCommandLine::EndText() const
{
    const auto octets = [this](const char* mark) {
        return std::to_string(address >> 24) + mark + std::to_string(address >> 16 & 0xff) + mark +
               std::to_string(address >> 8 & 0xff) + mark + std::to_string(address & 0xff);
    };
    const std::string mark(1, static_cast<char>(delimiter));
    switch (command)
    {
    case FtpCommand::EXTENDED_PORT:
        return mark + "1" + mark + octets(".") + mark + std::to_string(port) + mark;
    case FtpCommand::EXTENDED_PASSIVE:
        return mark + mark + mark + std::to_string(port) + mark;
    case FtpCommand::PORT:
    case FtpCommand::PASSIVE:
        break;
    }
    return octets(",") + "," + std::to_string(port >> 8) + "," + std::to_string(port & 0xff);
}

std::size_t
FtpCommandLine::EncodedSize() const
{
    return before.size() + EndText().size() + after.size();
}

void
FtpCommandLine::Encode(ByteWriter& writer) const
{
    const std::string end = EndText();
    writer.Write(before);
    writer.Write(ByteView(reinterpret_cast<const uint8_t*>(end.data()), end.size()));
    writer.Write(after);
}

} // namespace strata
} // namespace ns3

// SPDX-License-Identifier: GPL-2.0-only

#include "strata-ipv4-option.h"

#include "ns3/strata-byte-reader.h"

namespace ns3
{
namespace strata
{

namespace
{

constexpr uint8_t FIRST_ROUTE_POINTER = 4;
constexpr uint8_t FIRST_TIMESTAMP_POINTER = 5;

Unexpected<DecodeError>
Fault(DecodeCode code, std::size_t offset)
{
    return Unexpected<DecodeError>{DecodeError{code, offset}};
}

uint32_t
AddressAt(ByteView bytes, std::size_t offset)
{
    return ByteReader(bytes.Sub(offset)).U32();
}

void
Push32(Ipv4WireHeader::Options& out, uint32_t value)
{
    for (int shift = 24; shift >= 0; shift -= 8)
    {
        out.push_back(static_cast<uint8_t>(value >> shift));
    }
}

} // namespace

std::optional<Ipv4Option>
Ipv4OptionReader::Next()
{
    if (m_failed || m_position >= m_options.size() ||
        m_options[m_position] == static_cast<uint8_t>(Ipv4OptionKind::END))
    {
        return std::nullopt;
    }
    const std::size_t start = m_position;
    Ipv4Option option;
    option.kind = m_options[start];
    option.offset = Ipv4WireHeader::MIN_SIZE + start;
    std::size_t length = 1;
    if (!option.Is(Ipv4OptionKind::NOP))
    {
        if (start + 1 == m_options.size())
        {
            m_error = DecodeError{DecodeCode::BAD_LENGTH, option.offset};
            m_failed = true;
            return std::nullopt;
        }
        length = m_options[start + 1];
        if (length < 2 || length > m_options.size() - start)
        {
            m_error = DecodeError{DecodeCode::BAD_LENGTH, option.offset + 1};
            m_failed = true;
            return std::nullopt;
        }
    }
    option.bytes = m_options.Sub(start, length);
    m_position += length;
    return option;
}

Expected<Ipv4RouteOption, DecodeError>
Ipv4RouteOption::Parse(const Ipv4Option& option)
{
    if (option.bytes.size() < FIRST_SLOT)
    {
        return Fault(DecodeCode::BAD_LENGTH, option.offset + 1);
    }
    const Ipv4RouteOption route{option, option.bytes[2]};
    if (route.pointer < FIRST_ROUTE_POINTER ||
        (!route.IsExhausted() && (route.pointer - FIRST_ROUTE_POINTER) % 4 != 0))
    {
        return Fault(DecodeCode::BAD_VALUE, route.PointerOffset());
    }
    return route;
}

uint32_t
Ipv4RouteOption::Slot(std::size_t i) const
{
    return AddressAt(option.bytes, FIRST_SLOT + 4 * i);
}

Expected<Ipv4TimestampOption, DecodeError>
Ipv4TimestampOption::Parse(const Ipv4Option& option)
{
    if (option.bytes.size() < FIRST_ENTRY)
    {
        return Fault(DecodeCode::BAD_LENGTH, option.offset + 1);
    }
    Ipv4TimestampOption timestamp;
    timestamp.option = option;
    timestamp.pointer = option.bytes[2];
    timestamp.overflow = option.bytes[3] >> 4;
    timestamp.form = option.bytes[3] & 0xf;
    if (timestamp.pointer < FIRST_TIMESTAMP_POINTER ||
        (!timestamp.IsFull() &&
         (timestamp.pointer - FIRST_TIMESTAMP_POINTER) % timestamp.EntrySize() != 0))
    {
        return Fault(DecodeCode::BAD_VALUE, timestamp.PointerOffset());
    }
    return timestamp;
}

uint32_t
Ipv4TimestampOption::Address(std::size_t i) const
{
    return AddressAt(option.bytes, FIRST_ENTRY + EntrySize() * i);
}

uint32_t
Ipv4TimestampOption::Time(std::size_t i) const
{
    return AddressAt(option.bytes, FIRST_ENTRY + EntrySize() * (i + 1) - 4);
}

std::optional<unsigned>
Ipv4SecurityRank(uint8_t level)
{
    switch (static_cast<Ipv4SecurityLevel>(level))
    {
    case Ipv4SecurityLevel::UNCLASSIFIED:
        return 0;
    case Ipv4SecurityLevel::CONFIDENTIAL:
        return 1;
    case Ipv4SecurityLevel::SECRET:
        return 2;
    case Ipv4SecurityLevel::TOP_SECRET:
        return 3;
    }
    return std::nullopt;
}

bool
Ipv4OptionWriter::Copy(ByteView option)
{
    if (option.size() > m_out.capacity() - m_out.size())
    {
        return false;
    }
    m_out.insert(m_out.end(), option.begin(), option.end());
    return true;
}

bool
Ipv4OptionWriter::Nop()
{
    return Copy(std::array<uint8_t, 1>{static_cast<uint8_t>(Ipv4OptionKind::NOP)});
}

bool
Ipv4OptionWriter::Append(uint8_t kind, ByteView data)
{
    if (data.size() + 2 > m_out.capacity() - m_out.size())
    {
        return false;
    }
    m_out.push_back(kind);
    m_out.push_back(static_cast<uint8_t>(data.size() + 2));
    m_out.insert(m_out.end(), data.begin(), data.end());
    return true;
}

bool
Ipv4OptionWriter::Route(Ipv4OptionKind kind, std::size_t slots, const uint32_t* hops)
{
    if (slots > m_out.capacity() / 4 ||
        Ipv4RouteOption::FIRST_SLOT + 4 * slots > m_out.capacity() - m_out.size())
    {
        return false;
    }
    m_out.push_back(static_cast<uint8_t>(kind));
    m_out.push_back(static_cast<uint8_t>(Ipv4RouteOption::FIRST_SLOT + 4 * slots));
    m_out.push_back(FIRST_ROUTE_POINTER);
    for (std::size_t i = 0; i < slots; ++i)
    {
        Push32(m_out, hops ? hops[i] : 0);
    }
    return true;
}

bool
Ipv4OptionWriter::RecordRoute(std::size_t slots)
{
    return Route(Ipv4OptionKind::RECORD_ROUTE, slots, nullptr);
}

bool
Ipv4OptionWriter::SourceRoute(Ipv4OptionKind kind, const std::vector<uint32_t>& hops)
{
    return Route(kind, hops.size(), hops.data());
}

bool
Ipv4OptionWriter::TimestampEntries(Ipv4TimestampForm form,
                                   std::size_t entries,
                                   const uint32_t* addresses)
{
    const std::size_t entrySize = form == Ipv4TimestampForm::TIME_ONLY ? 4 : 8;
    if (entries > m_out.capacity() / entrySize ||
        Ipv4TimestampOption::FIRST_ENTRY + entrySize * entries > m_out.capacity() - m_out.size())
    {
        return false;
    }
    m_out.push_back(static_cast<uint8_t>(Ipv4OptionKind::TIMESTAMP));
    m_out.push_back(static_cast<uint8_t>(Ipv4TimestampOption::FIRST_ENTRY + entrySize * entries));
    m_out.push_back(FIRST_TIMESTAMP_POINTER);
    m_out.push_back(static_cast<uint8_t>(form));
    for (std::size_t i = 0; i < entries; ++i)
    {
        if (entrySize == 8)
        {
            Push32(m_out, addresses ? addresses[i] : 0);
        }
        Push32(m_out, 0);
    }
    return true;
}

bool
Ipv4OptionWriter::Timestamps(std::size_t entries)
{
    return TimestampEntries(Ipv4TimestampForm::TIME_ONLY, entries, nullptr);
}

bool
Ipv4OptionWriter::TimestampsWithAddress(std::size_t entries)
{
    return TimestampEntries(Ipv4TimestampForm::WITH_ADDRESS, entries, nullptr);
}

bool
Ipv4OptionWriter::PrespecifiedTimestamps(const std::vector<uint32_t>& addresses)
{
    return TimestampEntries(Ipv4TimestampForm::PRESPECIFIED, addresses.size(), addresses.data());
}

bool
Ipv4OptionWriter::Security(Ipv4SecurityLevel level, uint8_t authorities)
{
    // the flags' low bit says that another octet of flags follows (RFC 1108 section 2.4)
    const std::array<uint8_t, 2> data{static_cast<uint8_t>(level),
                                      static_cast<uint8_t>(authorities & 0xfe)};
    return Append(static_cast<uint8_t>(Ipv4OptionKind::SECURITY),
                  ByteView(data).Sub(0, data[1] != 0 ? 2 : 1));
}

bool
Ipv4OptionWriter::RouterAlert(uint16_t value)
{
    const std::array<uint8_t, 2> data{static_cast<uint8_t>(value >> 8),
                                      static_cast<uint8_t>(value)};
    return Append(static_cast<uint8_t>(Ipv4OptionKind::ROUTER_ALERT), data);
}

void
Ipv4OptionWriter::Pad()
{
    while (m_out.size() % 4 != 0)
    {
        m_out.push_back(static_cast<uint8_t>(Ipv4OptionKind::END));
    }
}

Ipv4WireHeader::Options
CopiedIpv4Options(const Ipv4WireHeader::Options& options)
{
    Ipv4WireHeader::Options copied;
    Ipv4OptionWriter writer(copied);
    Ipv4OptionReader reader(ByteView(options.data(), options.size()));
    while (const auto option = reader.Next())
    {
        if (option->IsCopied())
        {
            writer.Copy(option->bytes);
        }
    }
    writer.Pad();
    return copied;
}

} // namespace strata
} // namespace ns3

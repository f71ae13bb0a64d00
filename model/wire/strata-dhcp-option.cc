// SPDX-License-Identifier: GPL-2.0-only

#include "strata-dhcp-option.h"

#include "strata-dhcp-message.h"

#include "ns3/strata-byte-reader.h"
#include "ns3/strata-byte-writer.h"

#include <algorithm>

namespace ns3
{
namespace strata
{

namespace
{

constexpr uint8_t FILE_HOLDS_OPTIONS = 1;
constexpr uint8_t SNAME_HOLDS_OPTIONS = 2;

constexpr uint8_t
Code(DhcpOptionCode code)
{
    return static_cast<uint8_t>(code);
}

} // namespace

DhcpOptions::Option*
DhcpOptions::FindOption(uint8_t code)
{
    const auto found = std::find_if(m_options.begin(), m_options.end(), [code](const Option& o) {
        return o.code == code;
    });
    return found == m_options.end() ? nullptr : &*found;
}

std::optional<DecodeError>
DhcpOptions::ParseField(ByteView field, std::size_t base, uint8_t* overload)
{
    // Many options of one code, or many codes, would make a search for each a quadratic affair.
    std::array<uint16_t, 256> known{};
    for (std::size_t i = 0; i < m_options.size(); ++i)
    {
        known[m_options[i].code] = static_cast<uint16_t>(i + 1);
    }
    std::size_t position = 0;
    while (position < field.size())
    {
        const uint8_t code = field[position];
        if (code == Code(DhcpOptionCode::END))
        {
            break;
        }
        if (code == Code(DhcpOptionCode::PAD))
        {
            ++position;
            continue;
        }
        if (position + 1 == field.size())
        {
            return DecodeError{DecodeCode::BAD_LENGTH, base + position};
        }
        const std::size_t lengthAt = base + position + 1;
        const std::size_t length = field[position + 1];
        if (length > field.size() - position - 2)
        {
            return DecodeError{DecodeCode::BAD_LENGTH, lengthAt};
        }
        const ByteView data = field.Sub(position + 2, length);
        position += 2 + length;
        if (code == Code(DhcpOptionCode::MESSAGE_TYPE) && (length != 1 || known[code] != 0))
        {
            return DecodeError{DecodeCode::BAD_LENGTH, lengthAt};
        }
        if (code == Code(DhcpOptionCode::OVERLOAD))
        {
            if (length != 1)
            {
                return DecodeError{DecodeCode::BAD_LENGTH, lengthAt};
            }
            if (data[0] < 1 || data[0] > 3)
            {
                return DecodeError{DecodeCode::BAD_VALUE, lengthAt + 1};
            }
            if (overload)
            {
                *overload = data[0];
            }
            continue;
        }
        if (known[code] == 0)
        {
            m_options.push_back({code, data.ToBytes()});
            known[code] = static_cast<uint16_t>(m_options.size());
        }
        else
        {
            // RFC 3396 section 5: parts of one option, to be joined.
            Bytes& whole = m_options[known[code] - 1].data;
            whole.insert(whole.end(), data.begin(), data.end());
        }
    }
    return std::nullopt;
}

Expected<DhcpOptions, DecodeError>
DhcpOptions::Parse(ByteView options, std::size_t base, ByteView file, ByteView serverName)
{
    DhcpOptions all;
    uint8_t overload = 0;
    std::optional<DecodeError> error = all.ParseField(options, base, &overload);
    // RFC 3396 section 5: the options field, then file, then sname.
    if (!error && (overload & FILE_HOLDS_OPTIONS))
    {
        error = all.ParseField(file, DhcpMessage::FILE_OFFSET, nullptr);
    }
    if (!error && (overload & SNAME_HOLDS_OPTIONS))
    {
        error = all.ParseField(serverName, DhcpMessage::SNAME_OFFSET, nullptr);
    }
    if (error)
    {
        return Unexpected<DecodeError>{*error};
    }
    return all;
}

std::optional<ByteView>
DhcpOptions::Find(DhcpOptionCode code) const
{
    for (const Option& option : m_options)
    {
        if (option.code == Code(code))
        {
            return ByteView(option.data);
        }
    }
    return std::nullopt;
}

std::optional<uint8_t>
DhcpOptions::U8(DhcpOptionCode code) const
{
    const auto data = Find(code);
    return data && data->size() == 1 ? std::optional<uint8_t>((*data)[0]) : std::nullopt;
}

std::optional<uint16_t>
DhcpOptions::U16(DhcpOptionCode code) const
{
    const auto data = Find(code);
    return data && data->size() == 2 ? std::optional<uint16_t>(ByteReader(*data).U16())
                                     : std::nullopt;
}

std::optional<uint32_t>
DhcpOptions::U32(DhcpOptionCode code) const
{
    const auto data = Find(code);
    return data && data->size() == 4 ? std::optional<uint32_t>(ByteReader(*data).U32())
                                     : std::nullopt;
}

std::vector<uint32_t>
DhcpOptions::Addresses(DhcpOptionCode code) const
{
    std::vector<uint32_t> addresses;
    const auto data = Find(code);
    if (data && data->size() % 4 == 0)
    {
        ByteReader reader(*data);
        while (reader.Remaining() > 0)
        {
            addresses.push_back(reader.U32());
        }
    }
    return addresses;
}

std::string
DhcpOptions::Text(DhcpOptionCode code) const
{
    const auto data = Find(code);
    std::string text = data ? std::string(data->begin(), data->end()) : std::string();
    while (!text.empty() && text.back() == '\0')
    {
        text.pop_back();
    }
    return text;
}

std::optional<std::vector<DhcpRoute>>
DhcpOptions::Routes() const
{
    const auto data = Find(DhcpOptionCode::CLASSLESS_STATIC_ROUTES);
    if (!data)
    {
        return std::nullopt;
    }
    std::vector<DhcpRoute> routes;
    ByteReader reader(*data);
    while (reader.Remaining() > 0)
    {
        const uint8_t width = reader.U8();
        if (width > 32)
        {
            return std::nullopt;
        }
        uint32_t network = 0;
        // RFC 3442: as many octets of the network number as have significant bits.
        for (unsigned i = 0; i < (width + 7U) / 8; ++i)
        {
            network |= static_cast<uint32_t>(reader.U8()) << (24 - 8 * i);
        }
        // Host bits that are set are to be cleared by the client: the prefix does so.
        routes.push_back({Ipv4Prefix(network, width), reader.U32()});
    }
    return reader.Ok() ? std::optional(routes) : std::nullopt;
}

std::optional<std::vector<DhcpSubOption>>
DhcpOptions::RelayAgent() const
{
    const auto data = Find(DhcpOptionCode::RELAY_AGENT);
    if (!data)
    {
        return std::nullopt;
    }
    std::vector<DhcpSubOption> parts;
    ByteReader reader(*data);
    while (reader.Remaining() > 0)
    {
        DhcpSubOption part;
        part.code = reader.U8();
        part.data = reader.Read(reader.U8()).ToBytes();
        parts.push_back(std::move(part));
    }
    return reader.Ok() ? std::optional(parts) : std::nullopt;
}

void
DhcpOptions::Set(DhcpOptionCode code, Bytes data)
{
    if (Option* option = FindOption(Code(code)))
    {
        option->data = std::move(data);
        return;
    }
    m_options.push_back({Code(code), std::move(data)});
}

void
DhcpOptions::SetU8(DhcpOptionCode code, uint8_t value)
{
    Set(code, {value});
}

void
DhcpOptions::SetU16(DhcpOptionCode code, uint16_t value)
{
    Bytes data;
    ByteWriter(data).U16(value);
    Set(code, std::move(data));
}

void
DhcpOptions::SetU32(DhcpOptionCode code, uint32_t value)
{
    Bytes data;
    ByteWriter(data).U32(value);
    Set(code, std::move(data));
}

void
DhcpOptions::SetAddresses(DhcpOptionCode code, const std::vector<uint32_t>& addresses)
{
    Bytes data;
    ByteWriter writer(data);
    for (const uint32_t address : addresses)
    {
        writer.U32(address);
    }
    Set(code, std::move(data));
}

void
DhcpOptions::SetText(DhcpOptionCode code, const std::string& text)
{
    Set(code, Bytes(text.begin(), text.end()));
}

void
DhcpOptions::SetRoutes(const std::vector<DhcpRoute>& routes)
{
    Bytes data;
    ByteWriter writer(data);
    for (const DhcpRoute& route : routes)
    {
        const unsigned width = route.destination.GetLength();
        writer.U8(static_cast<uint8_t>(width));
        for (unsigned i = 0; i < (width + 7U) / 8; ++i)
        {
            writer.U8(static_cast<uint8_t>(route.destination.GetAddress() >> (24 - 8 * i)));
        }
        writer.U32(route.router);
    }
    Set(DhcpOptionCode::CLASSLESS_STATIC_ROUTES, std::move(data));
}

void
DhcpOptions::SetRelayAgent(const std::vector<DhcpSubOption>& parts)
{
    Bytes data;
    ByteWriter writer(data);
    for (const DhcpSubOption& part : parts)
    {
        writer.U8(part.code);
        writer.U8(static_cast<uint8_t>(part.data.size()));
        writer.Write(part.data);
    }
    Set(DhcpOptionCode::RELAY_AGENT, std::move(data));
}

void
DhcpOptions::Remove(DhcpOptionCode code)
{
    m_options.erase(std::remove_if(m_options.begin(),
                                   m_options.end(),
                                   [code](const Option& o) { return o.code == Code(code); }),
                    m_options.end());
}

} // namespace strata
} // namespace ns3
